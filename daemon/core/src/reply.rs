//! What is said or written to a person, before it has words: a key and its slots.
//! The words are in `skills/`, per language; this file never holds a sentence.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::intent::Given;
use crate::time::Weekday;

/// A value inside a sentence. `skills::render` gives it its spoken form ("drie uur").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// A person, room or device by the name the household uses.
    Name(String),
    /// The resident's own words.
    Words(String),
    Time(Time),
    Date(Date),
    Duration(Duration),
    Number(i64),
    Days(Vec<Weekday>),
    /// Several names: "Anna en Piet".
    Names(Vec<String>),
    /// Several parts, one after the other.
    List(Vec<Self>),
    /// A sentence inside a sentence.
    Reply(Box<Reply>),
}

/// One thing to say. Keys and the slots each needs are listed in [`crate::catalogue`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub key: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slots: BTreeMap<Cow<'static, str>, Slot>,
}

impl Reply {
    pub const fn new(key: &'static str) -> Self {
        Self { key: Cow::Borrowed(key), slots: BTreeMap::new() }
    }

    /// A skill's own answer, with what the sentence named, as far as it can be said.
    pub fn of_skill(name: &str, given: &BTreeMap<String, Given>) -> Self {
        let slots = given
            .iter()
            .filter_map(|(name, given)| Some((name.clone().into(), given.slot()?)))
            .collect();
        Self { key: name.to_owned().into(), slots }
    }

    #[must_use]
    pub fn with(mut self, slot: &'static str, value: Slot) -> Self {
        self.slots.insert(Cow::Borrowed(slot), value);
        self
    }

    #[must_use]
    pub fn name(self, slot: &'static str, name: impl Into<String>) -> Self {
        self.with(slot, Slot::Name(name.into()))
    }
}
