//! Lists that the resident keeps by voice: what to buy, what to do. Several things go on at once;
//! the same thing never twice. Emptying one is asked first. Nobody else reads them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::kept::Kept;
use crate::phrases::plain;
use crate::question::Topic;
use crate::reply::{Reply, Slot};

/// Things on one list: longer than any basket, and what still can be gone through aloud.
const THINGS_MAX: usize = 50;
/// Letters of one thing; what is longer was no thing.
const LETTERS_MAX: usize = 80;
/// Things that are read in one breath: about seven can be kept in mind (Miller 1956, Psychological
/// Review 63, 81–97).
const READ_AT_ONCE: usize = 7;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListName {
    Shopping,
    ToDo,
}

/// What is wanted of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListWish {
    /// Of none it is asked what.
    Add(Vec<String>),
    TakeOff(Vec<String>),
    Read,
    /// "Is there milk on it?"
    Ask(Vec<String>),
    Clear,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Lists(BTreeMap<ListName, Vec<String>>);

impl Lists {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.values().all(Vec::is_empty)
    }

    fn things(&self, list: ListName) -> &[String] {
        self.0.get(&list).map_or(&[], Vec::as_slice)
    }
}

impl ListName {
    fn part(self) -> Slot {
        let key = match self {
            Self::Shopping => key::LIST_SHOPPING,
            Self::ToDo => key::LIST_TO_DO,
        };
        Slot::Reply(Box::new(Reply::new(key)))
    }

    /// A sentence about it.
    pub(crate) fn reply(self, key: &'static str) -> Reply {
        Reply::new(key).with("list", self.part())
    }
}

impl Home {
    pub(crate) fn wish_list(&mut self, list: ListName, wish: &ListWish) {
        match wish {
            ListWish::Add(things) if things.is_empty() => {
                self.pose(Topic::Kept(Kept::ListThings { list }));
            }
            ListWish::Add(things) => self.add_to_list(list, things),
            ListWish::TakeOff(things) => self.take_off_list(list, things),
            ListWish::Read => self.read_list(list, 0),
            ListWish::Ask(things) => self.ask_list(list, things),
            ListWish::Clear if self.state.lists.things(list).is_empty() => {
                self.say(list.reply(key::LIST_EMPTY), Urgency::Calm);
            }
            ListWish::Clear => self.pose(Topic::Kept(Kept::ListClear { list })),
        }
    }

    /// What does not fit any more is said to be left out, never dropped in silence.
    pub(crate) fn add_to_list(&mut self, list: ListName, things: &[String]) {
        let kept = self.state.lists.0.entry(list).or_default();
        let mut added = Vec::new();
        let mut left_out = false;
        for thing in things.iter().filter(|thing| thing.chars().count() <= LETTERS_MAX) {
            if kept.iter().any(|known| plain(known) == plain(thing)) {
                continue;
            }
            if kept.len() >= THINGS_MAX {
                left_out = true;
                break;
            }
            kept.push(thing.clone());
            added.push(thing.clone());
        }
        if !added.is_empty() {
            let reply = list.reply(key::LIST_ADDED).with("things", Slot::Names(added));
            self.say(reply, Urgency::Calm);
        } else if !left_out {
            self.say(list.reply(key::LIST_ALREADY), Urgency::Calm);
        }
        if left_out {
            let count = Slot::Number(THINGS_MAX as i64);
            self.say(list.reply(key::LIST_FULL).with("count", count), Urgency::Calm);
        }
    }

    pub(crate) fn clear_list(&mut self, list: ListName) {
        self.state.lists.0.remove(&list);
        self.say(list.reply(key::LIST_CLEARED), Urgency::Calm);
    }

    /// From a place on, as many as can be kept in mind; then it asks whether to go on.
    pub(crate) fn read_list(&mut self, list: ListName, from: usize) {
        let things = self.state.lists.things(list);
        let rest = things.get(from..).unwrap_or_default();
        if rest.is_empty() {
            self.say(list.reply(key::LIST_EMPTY), Urgency::Calm);
            return;
        }
        let read: Vec<String> = rest.iter().take(READ_AT_ONCE).cloned().collect();
        let (next, left) = (from + read.len(), rest.len() - read.len());
        let names = Slot::Names(read);
        self.say(list.reply(key::LIST_READ).with("things", names), Urgency::Calm);
        if left > 0 {
            self.pose(Topic::Kept(Kept::ListRest { list, from: next }));
        }
    }

    fn take_off_list(&mut self, list: ListName, things: &[String]) {
        let (found, missing) = self.look_on_list(list, things);
        if !found.is_empty() {
            if let Some(kept) = self.state.lists.0.get_mut(&list) {
                kept.retain(|thing| !found.contains(thing));
            }
            let reply = list.reply(key::LIST_TAKEN_OFF).with("things", Slot::Names(found));
            self.say(reply, Urgency::Calm);
        }
        self.say_not_on_list(list, missing);
    }

    fn ask_list(&mut self, list: ListName, things: &[String]) {
        let (found, missing) = self.look_on_list(list, things);
        if !found.is_empty() {
            let reply = list.reply(key::LIST_READ).with("things", Slot::Names(found));
            self.say(reply, Urgency::Calm);
        }
        self.say_not_on_list(list, missing);
    }

    fn say_not_on_list(&mut self, list: ListName, missing: Vec<String>) {
        if !missing.is_empty() {
            let reply = list.reply(key::LIST_NOT_ON).with("things", Slot::Names(missing));
            self.say(reply, Urgency::Calm);
        }
    }

    /// What is on it of these, as it stands there, and what is not: "melk" is also found as "twee
    /// pakken melk".
    fn look_on_list(&self, list: ListName, things: &[String]) -> (Vec<String>, Vec<String>) {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for thing in things {
            let wanted = plain(thing);
            let kept = self.state.lists.things(list).iter();
            let same = kept.clone().find(|kept| plain(kept) == wanted);
            let words = |kept: &&String| format!(" {} ", plain(kept));
            match same
                .or_else(|| kept.clone().find(|it| words(it).contains(&format!(" {wanted} "))))
            {
                Some(kept) if !found.contains(kept) => found.push(kept.clone()),
                Some(_) => {}
                None => missing.push(thing.clone()),
            }
        }
        (found, missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::afternoon::{Afternoon, plan};
    use crate::intent::{Expects, Intent};
    use std::time::Duration;

    fn things(words: &str) -> Vec<String> {
        words.split(", ").filter(|thing| !thing.is_empty()).map(str::to_owned).collect()
    }

    fn wish(wish: ListWish) -> Intent {
        Intent::List { list: ListName::Shopping, wish }
    }

    fn add(words: &str) -> Intent {
        wish(ListWish::Add(things(words)))
    }

    /// The keys of what was said, with the things in it.
    fn said(afternoon: &mut Afternoon) -> Vec<(String, String)> {
        let things = |reply: &Reply| match reply.slots.get("things") {
            Some(Slot::Names(names)) => names.join(", "),
            _ => String::new(),
        };
        let said = afternoon.said();
        said.iter().map(|reply| (reply.key.clone().into_owned(), things(reply))).collect()
    }

    fn told(key: &str, things: &str) -> (String, String) {
        (key.to_owned(), things.to_owned())
    }

    #[test]
    fn what_goes_on_comes_off_and_is_asked_after() {
        let mut afternoon = Afternoon::begin(plan());
        afternoon.said();
        let rows = [
            (wish(ListWish::Read), key::LIST_EMPTY, ""),
            (wish(ListWish::Clear), key::LIST_EMPTY, ""),
            (add("melk, brood, eieren"), key::LIST_ADDED, "melk, brood, eieren"),
            (add("Melk"), key::LIST_ALREADY, ""),
            (add("melk, twee potten jam"), key::LIST_ADDED, "twee potten jam"),
            (wish(ListWish::Ask(things("jam"))), key::LIST_READ, "twee potten jam"),
            (wish(ListWish::Ask(things("am"))), key::LIST_NOT_ON, "am"),
            (
                wish(ListWish::TakeOff(things("brood, jam"))),
                key::LIST_TAKEN_OFF,
                "brood, twee potten jam",
            ),
            (wish(ListWish::TakeOff(things("kaas"))), key::LIST_NOT_ON, "kaas"),
            (wish(ListWish::Read), key::LIST_READ, "melk, eieren"),
        ];
        for (intent, key, named) in rows {
            afternoon.hears(intent.clone());
            assert_eq!(said(&mut afternoon), [told(key, named)], "{intent:?}");
        }
        afternoon.is_off(Duration::from_secs(600));
        afternoon.hears(wish(ListWish::Read));
        assert_eq!(said(&mut afternoon), [told(key::LIST_READ, "melk, eieren")]);
        afternoon.hears(Intent::List { list: ListName::ToDo, wish: ListWish::Read });
        assert_eq!(said(&mut afternoon), [told(key::LIST_EMPTY, "")], "the other list");
    }

    #[test]
    fn what_goes_on_it_is_asked_and_may_be_several_things() {
        let mut afternoon = Afternoon::begin(plan());
        afternoon.hears(add(""));
        assert_eq!(afternoon.home.expectation().expects, Expects::Words);
        afternoon.said();
        let words = "kaas en drop".to_owned();
        afternoon.hears(Intent::Words { words, things: things("kaas, drop") });
        assert_eq!(said(&mut afternoon), [told(key::LIST_ADDED, "kaas, drop")]);
        assert_eq!(afternoon.home.expectation().expects, Expects::Anything);
    }

    #[test]
    fn it_empties_no_list_without_a_yes() {
        for (answer, said_then, left) in [
            (Intent::Yes, key::LIST_CLEARED, key::LIST_EMPTY),
            (Intent::No, key::CANCELLED, key::LIST_READ),
            (Intent::Cancel, key::CANCELLED, key::LIST_READ),
            (Intent::NotUnderstood, key::KEPT_REPHRASED, key::LIST_READ),
        ] {
            let mut afternoon = Afternoon::begin(plan());
            afternoon.hears(add("melk"));
            afternoon.hears(wish(ListWish::Clear));
            assert_eq!(afternoon.home.expectation().expects, Expects::YesNo);
            afternoon.said();
            afternoon.hears(answer);
            afternoon.hears(wish(ListWish::Read));
            let keys: Vec<_> = said(&mut afternoon).into_iter().map(|(key, _)| key).collect();
            assert_eq!(keys, [said_then, left]);
        }
    }

    #[test]
    fn a_long_list_is_read_in_parts_and_a_full_one_says_so() {
        let mut afternoon = Afternoon::begin(plan());
        let many: Vec<String> =
            (0..THINGS_MAX + 5).map(|number| format!("ding {number}")).collect();
        afternoon.said();
        afternoon.hears(wish(ListWish::Add(many)));
        let keys: Vec<_> = said(&mut afternoon).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, [key::LIST_ADDED, key::LIST_FULL]);
        afternoon.hears(wish(ListWish::Read));
        let mut read = 0;
        loop {
            let said = said(&mut afternoon);
            assert_eq!(said[0].0, key::LIST_READ);
            read += said[0].1.split(", ").count();
            if said.len() == 1 {
                break;
            }
            assert_eq!(said[1].0, key::KEPT_ASK);
            afternoon.hears(Intent::Yes);
        }
        assert_eq!(read, THINGS_MAX);
        assert_eq!(afternoon.home.expectation().expects, Expects::Anything);
    }
}
