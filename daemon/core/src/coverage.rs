//! Which hours of a day have somebody to reach in an alarm, by the plan alone. A home with
//! nobody is a valid home; its gaps are named, aloud and on paper.

use jiff::civil::Time;

use crate::plan::{Grant, Hours, Plan};

/// Hours in which nobody of the plan's steps can be reached. `from` equal to `until` is the
/// whole day; `from` later than `until` runs over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from: Time,
    pub until: Time,
}

/// The gaps of a day, in its order. Empty: somebody can be reached at every hour.
pub fn coverage(plan: &Plan) -> Vec<Gap> {
    let reached: Vec<Hours> = plan
        .escalation
        .steps
        .iter()
        .flat_map(|step| &step.contacts)
        .filter_map(|id| plan.circle.get(id))
        .filter(|contact| contact.grants.alarms == Grant::Given && !contact.channels.is_empty())
        .map(|contact| contact.hours)
        .collect();
    // Coverage can change only where somebody's hours begin or end.
    let mut edges: Vec<Time> = reached.iter().flat_map(|hours| [hours.from, hours.until]).collect();
    edges.sort();
    edges.dedup();
    let covered = |time: Time| reached.iter().any(|hours| hours.contains(time));
    if edges.len() < 2 {
        let all = Gap { from: Time::midnight(), until: Time::midnight() };
        return if covered(Time::midnight()) { Vec::new() } else { vec![all] };
    }
    let mut gaps: Vec<Gap> = Vec::new();
    for (place, from) in edges.iter().enumerate() {
        let until = edges[(place + 1) % edges.len()];
        if covered(*from) {
            continue;
        }
        match gaps.last_mut() {
            Some(last) if last.until == *from => last.until = until,
            _ => gaps.push(Gap { from: *from, until }),
        }
    }
    // The last gap may run over midnight into the first.
    if gaps.len() > 1
        && let (Some(first), Some(last)) = (gaps.first().copied(), gaps.last().copied())
        && last.until == first.from
    {
        gaps.pop();
        gaps[0].from = last.from;
    }
    gaps
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::names::ContactId;
    use crate::plan::{Channel, Contact, Grants, Language, Pronoun, Step};

    fn person(hours: Hours, alarms: Grant) -> Contact {
        Contact {
            name: "Anna".to_owned(),
            aliases: Vec::new(),
            pronoun: Pronoun::She,
            language: Language::Nl,
            channels: vec![Channel::Simulated],
            hours,
            grants: Grants { alarms, ..Grants::default() },
            caretaker: false,
        }
    }

    fn plan(people: &[(Hours, Grant)]) -> Plan {
        let mut plan = Plan::empty();
        for (number, (hours, alarms)) in people.iter().enumerate() {
            let id = ContactId::new(format!("person_{number}"));
            plan.circle.insert(id.clone(), person(*hours, *alarms));
            let wait = Duration::from_secs(180);
            plan.escalation.steps.push(Step { contacts: vec![id], wait });
        }
        plan
    }

    fn at(minute: i16) -> Time {
        let part = |number: i16| i8::try_from(number).expect("below sixty");
        Time::constant(part(minute / 60), part(minute % 60), 0, 0)
    }

    #[test]
    fn with_nobody_it_is_the_whole_day() {
        let whole = vec![Gap { from: Time::midnight(), until: Time::midnight() }];
        assert_eq!(coverage(&Plan::empty()), whole);
        assert_eq!(coverage(&plan(&[(Hours::ALWAYS, Grant::Withheld)])), whole);
        assert_eq!(coverage(&plan(&[(Hours::ALWAYS, Grant::Given)])), vec![]);
    }

    proptest! {
        /// Minute by minute, a gap is where nobody can be reached, and gaps never touch.
        #[test]
        fn gaps_are_exactly_the_minutes_without_anybody(
            people in prop::collection::vec((0..1440i16, 0..1440i16, any::<bool>()), 0..6)
        ) {
            let people: Vec<_> = people
                .into_iter()
                .map(|(from, until, may)| {
                    let hours = Hours { from: at(from), until: at(until) };
                    (hours, if may { Grant::Given } else { Grant::Withheld })
                })
                .collect();
            let gaps = coverage(&plan(&people));
            for minute in 0..1440 {
                let time = at(minute);
                let reached = people
                    .iter()
                    .any(|(hours, may)| *may == Grant::Given && hours.contains(time));
                let inside = gaps
                    .iter()
                    .filter(|gap| Hours { from: gap.from, until: gap.until }.contains(time))
                    .count();
                prop_assert_eq!(inside, usize::from(!reached), "minute {}", minute);
            }
            for gap in &gaps {
                let touches = gaps.len() > 1 && gaps.iter().any(|other| other.from == gap.until);
                prop_assert!(!touches);
            }
        }
    }
}
