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
