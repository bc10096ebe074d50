//! What a sentence wants of what is kept for the resident: timers, lists, measurements. Knows what
//! the slots of a matched sentence took, and no word of any language.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use omzien_core::intent::Given;
use omzien_core::lists::{ListName, ListWish};
use omzien_core::measurement::{Amount, MeasureWish, Quantity};
use omzien_core::stay::{StayWish, Until};
use omzien_core::timer::{TimerChange, TimerWish, WhichTimer};
use omzien_core::{Expects, Intent, RoomId};
use std::time::Duration;

use super::{Captured, Heard, Listener, Reading, Spoken, Value, without};
use crate::template::SlotKind;
use crate::text::Before;
use crate::when;

/// An answer in the resident's own words is no longer than this (words): a name, a few things.
const OWN_WORDS_MAX: usize = 24;
/// What an answer in own words is called: no sentence of a skill was said.
const OWN_WORDS: &str = "answer.words";
/// The list of things that a skill knows by name.
const THING: &str = "item";
/// The entries of a list of quantities.
const QUANTITIES: [(&str, Quantity); 5] = [
    ("blood_pressure", Quantity::BloodPressure),
    ("pulse", Quantity::Pulse),
    ("weight", Quantity::Weight),
    ("glucose", Quantity::Glucose),
    ("temperature", Quantity::Temperature),
];
/// The entry of the list that is not for the shop.
const TO_DO: &str = "to_do";

/// A day that a list names.
#[derive(Clone, Copy)]
enum Day {
    /// So many days from today.
    Ahead(u32),
    /// The next day of that name.
    Next(Weekday),
}

/// The entries of a list of days.
const DAYS: [(&str, Day); 11] = [
    ("today", Day::Ahead(0)),
    ("tomorrow", Day::Ahead(1)),
    ("day_after_tomorrow", Day::Ahead(2)),
    ("week", Day::Ahead(7)),
    ("monday", Day::Next(Weekday::Monday)),
    ("tuesday", Day::Next(Weekday::Tuesday)),
    ("wednesday", Day::Next(Weekday::Wednesday)),
    ("thursday", Day::Next(Weekday::Thursday)),
    ("friday", Day::Next(Weekday::Friday)),
    ("saturday", Day::Next(Weekday::Saturday)),
    ("sunday", Day::Next(Weekday::Sunday)),
];

fn ahead(today: Date, days: u32) -> Option<Date> {
    today.checked_add(i64::from(days).days()).ok()
}

impl Listener<'_> {
    /// Where own words are asked for, whatever is no sentence of ours is the answer.
    pub(super) fn own_words(&self, plain: &[Heard]) -> Option<Reading> {
        let asked = self.hearing.expectation.expects == Expects::Words;
        let fits = !plain.is_empty() && plain.len() <= OWN_WORDS_MAX;
        let reduced = without(plain, &self.tongue.politeness);
        let own = if reduced.is_empty() { plain } else { &reduced };
        (asked && fits).then(|| {
            let (words, things) = (self.turned(own), self.things(own));
            let intent = Intent::Words { words, things };
            Reading {
                name: OWN_WORDS.to_owned(),
                ..Reading::nameless(intent, self.hearing.confidence)
            }
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

impl Spoken<'_> {
    /// "Thirty-seven point five", "68 and a half", "6.1".
    pub(super) fn tenths_at(&self, at: usize) -> Option<(usize, Given)> {
        let language = self.listener.engine.language;
        let tongue = self.listener.tongue;
        if let Some((whole, tenth)) = self.norms[at].split_once('.') {
            let (whole, tenth) = (whole.parse::<u32>().ok()?, tenth.parse::<u32>().ok()?);
            let given = Given::Tenths(whole.checked_mul(10)?.checked_add(tenth)?);
            return (tenth < 10).then_some((at + 1, given));
        }
        let (until, whole) = self.whole_at(at)?;
        let whole = whole.checked_mul(10)?;
        let rest = &self.norms[until..];
        let half = tongue.and_a_half.iter().find(|half| rest.starts_with(half));
        if let Some(half) = half {
            return Some((until + half.len(), Given::Tenths(whole + 5)));
        }
        let point = rest.first().is_some_and(|word| *word == tongue.speakable.comma);
        let is_digit = |word: &String| word.len() == 1 && word.as_bytes()[0].is_ascii_digit();
        // "37,5" is two words, of digits alone.
        let comma = self.norms[at].ends_with(|last: char| last.is_ascii_digit())
            && rest.first().is_some_and(is_digit);
        if point || comma {
            let from = until + usize::from(point);
            let tenth = when::number_at(&self.norms, from, language);
            if let Some((until, tenth @ 0..10)) = tenth {
                return Some((until, Given::Tenths(whole + tenth)));
            }
        }
        Some((until, Given::Tenths(whole)))
    }
}

impl Spoken<'_> {
    /// A whole number as a meter is read aloud: "a hundred and thirty" is one.
    fn whole_at(&self, at: usize) -> Option<(usize, u32)> {
        let language = self.listener.engine.language;
        let tongue = self.listener.tongue;
        let number = |at: usize| {
            let at = Some(at).filter(|at| *at < self.norms.len())?;
            when::number_at(&self.norms, at, language)
        };
        let hundred = |at: usize| self.norms.get(at).is_some_and(|word| *word == tongue.hundred);
        // "Honderddertig" is one word.
        if let Some(rest) = self.norms[at].strip_prefix(&tongue.hundred).filter(|it| !it.is_empty())
        {
            let (_, rest) = when::number_at(&[rest.to_owned()], 0, language)?;
            return (rest < 100).then_some((at + 1, 100 + rest));
        }
        let (until, whole) = match tongue.articles.contains(&self.norms[at]) && hundred(at + 1) {
            true => (at + 2, 100),
            false => number(at)?,
        };
        if !hundred(until - 1) {
            return Some((until, whole));
        }
        let and = tongue.and.iter().find(|and| self.norms[until..].starts_with(and));
        let from = until + and.map_or(0, Vec::len);
        Some(match number(from) {
            Some((until, rest @ 1..100)) => (until, whole + rest),
            Some(_) | None => (until, whole),
        })
    }
}

impl Captured<'_> {
    /// What goes on a list or comes off: own words, or what the skill knows, with how many.
    pub(super) fn things(&self) -> Vec<String> {
        let lists = &self.listener.engine.lists;
        let is_thing = |kind: SlotKind| match kind {
            SlotKind::Words | SlotKind::Number => true,
            SlotKind::List(list) => lists.name(list) == THING,
            SlotKind::Things(_)
            | SlotKind::Scene
            | SlotKind::Contact
            | SlotKind::When
            | SlotKind::Period
            | SlotKind::Duration
            | SlotKind::By
            | SlotKind::Tenths
            | SlotKind::Room
            | SlotKind::Device => false,
        };
        let taken = self.matched.taken.iter().filter(|taken| is_thing(taken.kind));
        let from = taken.clone().map(|taken| taken.from).min();
        let until = taken.map(|taken| taken.until).max();
        let said = from.zip(until).and_then(|(from, until)| self.said(from, until));
        said.map(|said| self.listener.things(said)).unwrap_or_default()
    }

    /// "My blood pressure is 130 over 80": two numbers are one over another.
    pub(super) fn measured(&self) -> Intent {
        let mut tenths = self.matched.taken.iter().filter_map(|taken| match &taken.value {
            Value::Given(Given::Tenths(tenths)) => Some(*tenths),
            Value::Given(Given::Number(number)) => number.checked_mul(10),
            Value::Given(_) | Value::Thing(..) | Value::Words => None,
        });
        let amount =
            tenths.next().map(|first| Amount { tenths: first, under_tenths: tenths.next() });
        // "130 over 80" is nothing else.
        let over = amount.and_then(|amount| amount.under_tenths).map(|_| Quantity::BloodPressure);
        let asked = self.listener.hearing.expectation.expects == Expects::Number;
        let quantity = self.quantity().or(if asked { None } else { over });
        Intent::Measure(MeasureWish::Keep { quantity, amount })
    }

    pub(super) fn ask_measured(&self) -> Intent {
        Intent::Measure(MeasureWish::Tell { quantity: self.quantity() })
    }

    pub(super) fn forget_measured(&self) -> Intent {
        Intent::Measure(MeasureWish::Forget { quantity: self.quantity() })
    }

    /// Until a day, a moment, or for so many days; `None` for a day that the calendar lacks.
    pub(super) fn leave(&self) -> Option<Intent> {
        let today = self.listener.hearing.now.date();
        let day = self.first(|given| {
            let Given::Listed { id, .. } = given else { return None };
            DAYS.iter().find(|(name, _)| name == id).map(|(_, day)| *day)
        });
        let until = match (day, self.when(), self.number()) {
            (Some(Day::Ahead(days)), _, _) => Some(Until::Day(ahead(today, days)?)),
            (Some(Day::Next(weekday)), _, _) => {
                let days = 1..=7;
                let mut coming = days.filter_map(|days| ahead(today, days));
                Some(Until::Day(coming.find(|date| date.weekday() == weekday)?))
            }
            (None, Some(when), _) => Some(Until::Moment(when)),
            (None, None, Some(days)) => Some(Until::Day(ahead(today, days)?)),
            (None, None, None) => None,
        };
        Some(Intent::Stay(StayWish::Leave { until }))
    }

    fn quantity(&self) -> Option<Quantity> {
        self.first(|given| {
            let Given::Listed { id, .. } = given else { return None };
            QUANTITIES.iter().find(|(name, _)| name == id).map(|(_, quantity)| *quantity)
        })
    }

    /// A list that is not named is the one for the shop.
    pub(super) fn list(&self, wish: ListWish) -> Intent {
        let named = self.first(|given| match given {
            Given::Listed { id, .. } if id == TO_DO => Some(ListName::ToDo),
            _ => None,
        });
        Intent::List { list: named.unwrap_or(ListName::Shopping), wish }
    }

    pub(super) fn new_timer(&self) -> Option<Intent> {
        let (name, length) = (self.timer_name()?, self.long());
        Some(Intent::Timer(TimerWish::Start { name, length }))
    }

    pub(super) fn timer(&self, change: TimerChange) -> Option<Intent> {
        let (name, length, room) = (self.timer_name()?, self.long(), self.room());
        let which = WhichTimer { name, length, room };
        Some(Intent::Timer(TimerWish::Change { which, change }))
    }

    /// `None`: what would be the name is none. No timer is called "five minutes", or "in the".
    fn timer_name(&self) -> Option<Option<String>> {
        let Some(own) = self.own() else { return Some(None) };
        let Listener { engine, vocabulary, tongue, .. } = *self.listener;
        let is_time = |word: &Heard| when::is_about_time(&word.strict, engine.language);
        let names = |word: &Heard| {
            let small = engine.words.id(&word.near).is_some_and(|id| engine.is_small(id));
            let article = tongue.articles.contains(&word.strict);
            !small && !article && vocabulary.room(&word.near).is_none()
        };
        let is_name = !own.iter().any(is_time) && own.iter().any(names);
        is_name.then(|| self.what())
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
                Value::Given(Given::Duration(length)) => Some(*length),
                Value::Given(_) | Value::Thing(..) | Value::Words => None,
            }
        })
    }

    pub(super) fn room(&self) -> Option<RoomId> {
        self.first(|given| if let Given::Room(it) = given { Some(it.clone()) } else { None })
    }
}
