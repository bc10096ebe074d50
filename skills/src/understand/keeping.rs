//! What a sentence wants of what is kept for the resident: timers, lists, measurements. Knows what
//! the slots of a matched sentence took, and no word of any language.

use omzien_core::intent::Given;
use omzien_core::lists::{ListName, ListWish};
use omzien_core::timer::{TimerChange, TimerWish, WhichTimer};
use omzien_core::{Expects, Intent, RoomId};
use std::time::Duration;

use super::{Captured, Heard, Listener, without};
use crate::template::SlotKind;
use crate::text::Before;

/// An answer in the resident's own words is no longer than this (words): a name, a few things.
const OWN_WORDS_MAX: usize = 24;
/// The list of things that a skill knows by name.
const THING: &str = "item";
/// The entry of the list that is not for the shop.
const TO_DO: &str = "to_do";

impl Listener<'_> {
    /// Where own words are asked for, whatever is no sentence of ours is the answer.
    pub(super) fn own_words(&self, plain: &[Heard]) -> Option<(Intent, f32)> {
        let asked = self.hearing.expectation.expects == Expects::Words;
        let fits = !plain.is_empty() && plain.len() <= OWN_WORDS_MAX;
        let reduced = without(plain, &self.tongue.politeness);
        let own = if reduced.is_empty() { plain } else { &reduced };
        (asked && fits).then(|| {
            let (words, things) = (self.turned(own), self.things(own));
            (Intent::Words { words, things }, self.hearing.confidence)
        })
    }

    /// "Milk, bread and eggs" are three.
    fn things(&self, own: &[Heard]) -> Vec<String> {
        let mut things = Vec::new();
        let mut begun = 0;
        let mut at = 0;
        while at < own.len() {
            let and = self.tongue.and.iter().filter(|and| {
                own.len() - at >= and.len()
                    && and.iter().zip(&own[at..]).all(|(word, heard)| *word == heard.strict)
            });
            let and = and.map(Vec::len).max().unwrap_or(0);
            if and > 0 || (own[at].before == Before::Comma && at > begun) {
                things.push(&own[begun..at]);
                begun = at + and;
            }
            at += and.max(1);
        }
        things.push(own.get(begun..).unwrap_or_default());
        let said = things.into_iter().filter(|thing| !thing.is_empty());
        said.map(|thing| self.turned(thing)).collect()
    }
}

impl Captured<'_> {
    /// What goes on a list or comes off: own words, or what the skill knows, with how many.
    pub(super) fn things(&self) -> Vec<String> {
        let lists = &self.listener.engine.lists;
        let is_thing = |kind: SlotKind| match kind {
            SlotKind::Words | SlotKind::Number => true,
            SlotKind::List(list) => lists.name(list) == THING,
            SlotKind::Light
            | SlotKind::Contact
            | SlotKind::When
            | SlotKind::Duration
            | SlotKind::By
            | SlotKind::Room
            | SlotKind::Device => false,
        };
        let taken = self.matched.taken.iter().filter(|taken| is_thing(taken.kind));
        let from = taken.clone().map(|taken| taken.from).min();
        let until = taken.map(|taken| taken.until).max();
        let said = from.zip(until).and_then(|(from, until)| self.said(from, until));
        said.map(|said| self.listener.things(said)).unwrap_or_default()
    }

    /// A list that is not named is the one for the shop.
    pub(super) fn list(&self, wish: ListWish) -> Intent {
        let named = self.first(|given| match given {
            Given::Listed { id, .. } if id == TO_DO => Some(ListName::ToDo),
            _ => None,
        });
        Intent::List { list: named.unwrap_or(ListName::Shopping), wish }
    }

    pub(super) fn new_timer(&self) -> Intent {
        Intent::Timer(TimerWish::Start { name: self.what(), length: self.long() })
    }

    pub(super) fn timer(&self, change: TimerChange) -> Intent {
        let which = WhichTimer { name: self.what(), length: self.long(), room: self.room() };
        Intent::Timer(TimerWish::Change { which, change })
    }

    pub(super) fn all_timers(&self) -> Intent {
        Intent::Timer(TimerWish::StopAll { room: self.room() })
    }

    /// By how much something changes.
    pub(super) fn by(&self) -> Option<Duration> {
        self.length_of(SlotKind::By)
    }

    fn long(&self) -> Option<Duration> {
        self.length_of(SlotKind::Duration)
    }

    fn length_of(&self, kind: SlotKind) -> Option<Duration> {
        self.matched.taken.iter().find(|taken| taken.kind == kind).and_then(|taken| {
            match &taken.value {
                super::Value::Given(Given::Duration(length)) => Some(*length),
                super::Value::Given(_) | super::Value::Words => None,
            }
        })
    }

    fn room(&self) -> Option<RoomId> {
        self.first(|given| if let Given::Room(it) = given { Some(it.clone()) } else { None })
    }
}
