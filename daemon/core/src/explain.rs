//! What it says about itself: what it can do, what it keeps, who may read that; and the people it
//! can ask to phone, for it cannot phone itself. It judges nobody, and being alone is met by
//! offering a person.

use crate::catalogue::key;
use crate::device::Capability;
use crate::effect::Urgency;
use crate::home::Home;
use crate::kept::Kept;
use crate::names::ContactId;
use crate::plan::Grant;
use crate::question::Topic;
use crate::reply::{Reply, Slot};
use jiff::civil::Time;

/// Things it can do that are told in one breath.
const ABILITIES_AT_ONCE: usize = 3;

/// What can be done: the skill that must be on, how it is said, and from when until when of the
/// day it fits best.
struct Ability {
    skill: &'static str,
    said: &'static str,
    fits: (i8, i8),
}

const fn ability(skill: &'static str, said: &'static str, from: i8, until: i8) -> Ability {
    Ability { skill, said, fits: (from, until) }
}

/// In the order in which they are told; what fits the hour comes first.
const ABILITIES: [Ability; 10] = [
    ability("reminder", key::CAN_REMIND, 0, 24),
    ability("agenda", key::CAN_AGENDA, 6, 11),
    ability("lights", key::CAN_LIGHTS, 16, 24),
    ability("circle", key::CAN_MESSAGE, 9, 21),
    ability("timer", key::CAN_TIMER, 11, 19),
    ability("shopping", key::CAN_SHOPPING, 8, 18),
    ability("time", key::CAN_TIME, 0, 9),
    ability("measurement", key::CAN_MEASURE, 7, 10),
    ability("away", key::CAN_AWAY, 9, 18),
    ability("talk", key::CAN_LISTEN, 0, 24),
];

impl Home {
    /// Three things, those that fit the hour first; asked again, the next three.
    pub(crate) fn tell_abilities(&mut self, from: usize) {
        let now = self.local().time();
        let within = |hour: i8| Time::new(hour, 0, 0, 0).is_ok_and(|time| time <= now);
        let fits = |ability: &&Ability| within(ability.fits.0) && !within(ability.fits.1);
        let has = |ability: &&Ability| {
            let always = ["circle", "away", "talk"].contains(&ability.skill);
            let dark = self.state.plan.devices_with(Capability::Light).next().is_none();
            if ability.skill == "lights" && dark {
                return false;
            }
            always || self.state.plan.skills.iter().any(|skill| skill == ability.skill)
        };
        let mut abilities: Vec<&Ability> = ABILITIES.iter().filter(has).collect();
        abilities.sort_by_key(|ability| !fits(ability));
        let from = if from < abilities.len() { from } else { 0 };
        let told = abilities.iter().skip(from).take(ABILITIES_AT_ONCE);
        let parts: Vec<Slot> =
            told.map(|ability| Slot::Reply(Box::new(Reply::new(ability.said)))).collect();
        let next = from + parts.len();
        self.state.talk.abilities_told = next;
        let key = if next < abilities.len() { key::CAN_AND_MORE } else { key::CAN };
        self.say(Reply::new(key).with("abilities", Slot::List(parts)), Urgency::Calm);
    }

    pub(crate) fn tell_more_abilities(&mut self) {
        self.tell_abilities(self.state.talk.abilities_told);
    }

    /// "What do you know about me?"
    pub(crate) fn tell_what_is_known(&mut self) {
        let plan = &self.state.plan;
        let sees = plan.devices_with(Capability::Motion).next().is_some()
            || plan.devices_with(Capability::Opening).next().is_some();
        let known = [
            (true, key::KNOWN_NAME),
            (!plan.circle.is_empty(), key::KNOWN_CIRCLE),
            (sees, key::KNOWN_MOVEMENT),
            (true, key::KNOWN_SAID),
            (self.keeps_anything(), key::KNOWN_KEPT),
            (!plan.calendars.is_empty(), key::KNOWN_CALENDARS),
        ];
        let parts = known.iter().filter(|(is_so, _)| *is_so);
        let parts = parts.map(|(_, key)| Slot::Reply(Box::new(Reply::new(key)))).collect();
        self.say(Reply::new(key::KNOWN).with("known", Slot::List(parts)), Urgency::Calm);
    }

    /// "Who can see this?": who may read the day, and who learns of an alarm.
    pub(crate) fn tell_who_sees(&mut self) {
        let circle = self.state.plan.circle.values();
        let readers = circle.filter(|contact| contact.grants.ledger == Grant::Given);
        let names: Vec<String> = readers.map(|contact| contact.name.clone()).collect();
        let reply = match names.is_empty() {
            true => Reply::new(key::SEEN_BY_NOBODY),
            false => Reply::new(key::SEEN_BY).with("contacts", Slot::Names(names)),
        };
        self.say(reply, Urgency::Calm);
        self.tell_plan();
    }

    /// "Call Anna": it cannot, and asks before it sends somebody a message. Who is not known is
    /// the first person whom an alarm would reach.
    pub(crate) fn offer_a_call(&mut self, contact: Option<&ContactId>) {
        let steps = &self.state.plan.escalation.steps;
        let mut first = steps.iter().flat_map(|step| &step.contacts);
        let first = first.find(|contact| self.may_know_alarms(contact));
        match contact.or(first).cloned() {
            Some(contact) => self.pose(Topic::Kept(Kept::Phone { contact })),
            None => {
                self.say(Reply::new(key::PLAN_NOBODY), Urgency::Calm);
            }
        }
    }

    /// "I feel so alone": no word about how that is, but a person.
    pub(crate) fn meet_loneliness(&mut self) {
        self.say(Reply::new(key::LONELY), Urgency::Calm);
        self.offer_a_call(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::afternoon::{Afternoon, plan};
    use crate::intent::{Expects, Intent};
    use crate::plan::{Grants, Plan};

    fn keys(afternoon: &mut Afternoon) -> Vec<String> {
        afternoon.said().into_iter().map(|reply| reply.key.into_owned()).collect()
    }

    fn parts(reply: &Reply, slot: &str) -> Vec<String> {
        let Some(Slot::List(parts)) = reply.slots.get(slot) else { panic!("{reply:?}") };
        let key = |part: &Slot| {
            let Slot::Reply(reply) = part else { panic!("{part:?}") };
            reply.key.clone().into_owned()
        };
        parts.iter().map(key).collect()
    }

    #[test]
    fn it_tells_three_things_at_a_time_each_once_and_only_what_it_can() {
        for (skills, count) in [(&["lights", "timer", "reminder", "shopping"][..], 6), (&[], 3)] {
            let skills = skills.iter().map(|skill| (*skill).to_owned()).collect();
            let mut afternoon = Afternoon::begin(Plan { skills, ..plan() });
            afternoon.said();
            let mut told = Vec::new();
            for (place, intent) in [Intent::AskAbilities, Intent::AskMore].into_iter().enumerate() {
                if place * ABILITIES_AT_ONCE < count {
                    afternoon.hears(intent);
                    let said = afternoon.said().remove(0);
                    let last = (place + 1) * ABILITIES_AT_ONCE >= count;
                    assert_eq!(said.key, if last { key::CAN } else { key::CAN_AND_MORE });
                    told.extend(parts(&said, "abilities"));
                }
            }
            assert_eq!(told.len(), count);
            told.sort();
            told.dedup();
            assert_eq!(told.len(), count, "each once");
            afternoon.hears(Intent::AskMore);
            assert_eq!(parts(&afternoon.said()[0], "abilities").len(), 3, "from the beginning");
        }
    }

    #[test]
    fn what_it_knows_is_told_as_far_as_it_is_so() {
        let mut alone = Afternoon::begin(Plan::empty());
        alone.said();
        alone.hears(Intent::AskKnown);
        let known = parts(&alone.said()[0], "known");
        assert_eq!(known, [key::KNOWN_NAME, key::KNOWN_SAID]);
        let mut home = Afternoon::begin(plan());
        home.said();
        let (list, wish) = (crate::lists::ListName::ToDo, vec!["ramen".to_owned()]);
        home.hears(Intent::List { list, wish: crate::lists::ListWish::Add(wish) });
        home.said();
        home.hears(Intent::AskKnown);
        let known = parts(&home.said()[0], "known");
        assert_eq!(known, [key::KNOWN_NAME, key::KNOWN_CIRCLE, key::KNOWN_SAID, key::KNOWN_KEPT]);
    }

    #[test]
    fn who_may_read_is_named_and_nobody_else() {
        for (ledger, said) in [(Grant::Given, key::SEEN_BY), (Grant::Withheld, key::SEEN_BY_NOBODY)]
        {
            let mut plan = plan();
            if let Some(anna) = plan.circle.get_mut(&"anna".into()) {
                anna.grants = Grants { ledger, ..anna.grants };
            }
            let mut afternoon = Afternoon::begin(plan);
            afternoon.said();
            afternoon.hears(Intent::AskSeen);
            let heard = afternoon.said();
            assert_eq!(heard[0].key, said);
            assert_eq!(heard[1].key, key::PLAN_CONTACTS);
            if ledger == Grant::Given {
                let anna = Slot::Names(vec!["Anna".to_owned()]);
                assert_eq!(heard[0].slots.get("contacts"), Some(&anna));
            }
        }
    }

    #[test]
    fn nobody_is_asked_to_phone_without_a_yes() {
        for (wish, first) in [
            (Intent::AskPhone { contact: Some("piet".into()) }, &[key::KEPT_ASK][..]),
            (Intent::AskPhone { contact: None }, &[key::KEPT_ASK]),
            (Intent::Lonely, &[key::LONELY, key::KEPT_ASK]),
        ] {
            for (answer, messages) in [(Intent::Yes, 1), (Intent::No, 0), (Intent::Cancel, 0)] {
                let mut afternoon = Afternoon::begin(plan());
                afternoon.said();
                afternoon.hears(wish.clone());
                assert_eq!(keys(&mut afternoon), first);
                assert_eq!(afternoon.home.expectation().expects, Expects::YesNo);
                assert_eq!(afternoon.sent(), []);
                afternoon.hears(answer);
                let sent = afternoon.sent();
                assert_eq!(sent.len(), messages);
                let named = matches!(wish, Intent::AskPhone { contact: Some(_) });
                let whom = if named { "piet" } else { "anna" };
                assert!(sent.iter().all(|one| one.contact == whom.into()));
                let told = sent.iter().flat_map(|one| &one.body);
                assert!(told.into_iter().all(|line| line.key == key::PLEASE_PHONE));
            }
        }
        let mut nobody = Afternoon::begin(Plan::empty());
        nobody.said();
        nobody.hears(Intent::Lonely);
        assert_eq!(keys(&mut nobody), [key::LONELY, key::PLAN_NOBODY]);
    }
}
