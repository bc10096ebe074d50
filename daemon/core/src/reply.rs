//! What is said or written to a person, before it has words: a key and its slots.
//! The words are in `skills/`, per language; this file never holds a sentence.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::device::Celsius;
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
    /// A temperature.
    Degrees(Celsius),
    Days(Vec<Weekday>),
    /// Several names: "Anna en Piet".
    Names(Vec<String>),
    /// Several parts, one after the other.
    List(Vec<Self>),
    /// A sentence inside a sentence.
    Reply(Box<Reply>),
}

impl Slot {
    fn is_private(&self) -> bool {
        match self {
            Self::Reply(reply) => reply.is_private(),
            Self::List(parts) => parts.iter().any(Self::is_private),
            Self::Name(_)
            | Self::Words(_)
            | Self::Time(_)
            | Self::Date(_)
            | Self::Duration(_)
            | Self::Number(_)
            | Self::Degrees(_)
            | Self::Days(_)
            | Self::Names(_) => false,
        }
    }
}

/// One thing to say. Keys and the slots each needs are listed in [`crate::catalogue`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub key: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slots: BTreeMap<Cow<'static, str>, Slot>,
}

/// How the key of a sentence begins that is about a measurement or an appointment.
const PRIVATE: [&str; 2] = ["measure.", "agenda."];

/// The slot of a length of time from when it is said.
const IN: &str = "in";

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

    /// The resident's own: nobody else reads it, whatever they may see.
    pub(crate) fn is_private(&self) -> bool {
        let is_private = PRIVATE.iter().any(|begins| self.key.starts_with(begins));
        is_private || self.slots.values().any(Slot::is_private)
    }

    /// It says in how long something will be.
    pub(crate) fn announces(&self) -> bool {
        self.slots.contains_key(IN)
    }

    /// What is still so of it when that much time has passed: whatever it announces comes so much
    /// sooner, to the second. `None`: that is past.
    pub(crate) fn after(&self, passed: Duration) -> Option<Self> {
        let mut later = self.clone();
        if let Some(Slot::Duration(left)) = later.slots.get_mut(IN) {
            let rest = left.saturating_sub(passed) + Duration::from_millis(500);
            *left = Some(Duration::from_secs(rest.as_secs())).filter(|left| !left.is_zero())?;
        }
        Some(later)
    }

    #[must_use]
    pub fn name(self, slot: &'static str, name: impl Into<String>) -> Self {
        self.with(slot, Slot::Name(name.into()))
    }
}
