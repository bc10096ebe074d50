//! What one line of the journal says: an event, and everything that came of it, as one whole.
//! Decides nothing; [`Class`] is read off the content.

use omzien_core::agenda::Found;
use omzien_core::ledger::LedgerEntry;
use omzien_core::{Event, Incident, Now, PendingEffect};
use serde::{Deserialize, Serialize};

/// One event with what it caused. Written whole or not at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub now: Now,
    pub event: Event,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<PendingEffect>,
    /// Those that changed, as they are after the event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<Incident>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<LedgerEntry>,
}

/// A record with its place: counts up, never repeats, may skip (see [`super::Durability`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Journaled {
    pub seq: u64,
    pub record: Record,
}

/// How much a record matters to the disk (docs/design/restart.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A reading, and at most a light: its effects may leave at once. A power cut may take the
    /// last ones, and a full disk drops them, counted.
    Passing,
    /// Kept through a full disk; on the disk with the next sync, which nothing waits for.
    Lasting,
    /// On the disk before any of its effects leaves.
    First,
}

impl Record {
    pub fn class(&self) -> Class {
        let first = self.effects.iter().any(|pending| pending.effect.durable_first());
        if first || !self.incidents.is_empty() {
            return Class::First;
        }
        match &self.event {
            // The epoch of every effect id of this run, and the plan it is decided from; an
            // answer that a person was, or will be, told has been counted.
            Event::Configured(_)
            | Event::Started(_)
            | Event::Acknowledged(_)
            | Event::Requested(_) => Class::First,
            Event::Observed(observation) if !observation.reading.is_momentary() => Class::Passing,
            // That nothing changed since is read again soon.
            Event::CalendarRead(read) if read.found == Found::Unchanged => Class::Passing,
            Event::Observed(_)
            | Event::CalendarRead(_)
            | Event::VoiceBegan
            | Event::Heard(_)
            | Event::Concluded { .. }
            | Event::HeardBack(_)
            | Event::ClockJumped { .. }
            | Event::Troubled { .. }
            | Event::TimedOut => Class::Lasting,
        }
    }
}
