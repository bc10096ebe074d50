//! The ledger: what the home said, did, was told and told others. The resident can ask any of it
//! back. It keeps keys and slots (and the words as spoken), never audio or transcripts.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::device::Command;
use crate::effect::{EffectId, Tap};
use crate::event::{Absence, Trouble, TroubleState};
use crate::incident::{Answer, Cause, Closing, IncidentId};
use crate::names::{ContactId, DeviceId, ReminderId};
use crate::plan::Channel;
use crate::reply::Reply;
use crate::request::Actor;

/// One line. `number` counts up by one and never repeats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub number: u64,
    pub wall: Timestamp,
    /// The incident it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    pub fact: Fact,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Started {
        away: Absence,
    },
    PlanTaken,
    Opened {
        cause: Cause,
    },
    /// The home wants to say this; `Spoken` follows when it was.
    Say {
        effect: EffectId,
        reply: Reply,
    },
    Spoken {
        effect: EffectId,
        text: String,
    },
    Answered {
        answer: Answer,
    },
    /// Handed to a channel. Sent is not received.
    Notified {
        effect: EffectId,
        contact: ContactId,
        channel: Channel,
        body: Vec<Reply>,
    },
    Accepted {
        effect: EffectId,
        contact: ContactId,
    },
    Delivered {
        effect: EffectId,
        contact: ContactId,
    },
    /// It did not leave; `trouble` says why.
    NotSent {
        effect: EffectId,
        contact: ContactId,
        channel: Channel,
        trouble: String,
    },
    /// A person said this.
    Acknowledged {
        contact: ContactId,
        tap: Tap,
    },
    /// What a person said was not counted, and why.
    NotCounted {
        contact: ContactId,
        why: Reply,
    },
    HoldExpired {
        contact: ContactId,
    },
    Closed {
        closing: Closing,
    },
    Switched {
        device: DeviceId,
        command: Command,
    },
    Reminded {
        reminder: ReminderId,
    },
    /// What the resident said about a dose; not what they did.
    DoseAnswered {
        reminder: ReminderId,
        answer: DoseAnswer,
    },
    /// The time for it passed without a "taken" or a "no", or while the home was down.
    DoseMissed {
        reminder: ReminderId,
    },
    Microphone {
        listening: crate::effect::Listening,
    },
    Troubled {
        trouble: Trouble,
        state: TroubleState,
    },
    /// Loudspeaker and microphone work: what was said was heard back. Once a day, and after a
    /// doubt.
    SoundProved,
    ClockJumped {
        by_s: i64,
    },
    LookedAt {
        by: Actor,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoseAnswer {
    Taken,
    Later,
    Skipped,
}

/// What the core remembers of the ledger by itself, to answer the resident's questions. The whole
/// ledger is in the journal.
const REMEMBERED: usize = 300;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ledger {
    last_number: u64,
    recent: VecDeque<LedgerEntry>,
    /// Not state: what the loop has yet to take.
    #[serde(skip)]
    new: Vec<LedgerEntry>,
}

impl Ledger {
    pub(crate) fn push(&mut self, wall: Timestamp, incident: Option<IncidentId>, fact: Fact) {
        self.last_number += 1;
        let entry = LedgerEntry { number: self.last_number, wall, incident, fact };
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(entry.clone());
        self.new.push(entry);
    }

    /// Lines that the journal has and replay did not write, or wrote otherwise.
    pub(crate) fn adopt(&mut self, entries: &[LedgerEntry]) {
        for entry in entries {
            self.last_number = self.last_number.max(entry.number);
            self.recent.retain(|known| known.number != entry.number);
            self.recent.push_back(entry.clone());
        }
        while self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
    }

    pub(crate) fn take_new(&mut self) -> Vec<LedgerEntry> {
        std::mem::take(&mut self.new)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.last_number == 0
    }

    /// Newest first.
    pub(crate) fn recent(&self) -> impl DoubleEndedIterator<Item = &LedgerEntry> {
        self.recent.iter().rev()
    }
}
