//! The ledger: what the home said, did, was told and told others. The resident can ask any of it
//! back. It keeps keys and slots (and the words as spoken), never audio or transcripts.

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
    Started { away: Absence },
    PlanTaken,
    Opened { cause: Cause },
    /// The home wants to say this; `Spoken` follows when it was.
    Say { effect: EffectId, reply: Reply },
    Spoken { effect: EffectId, text: String },
    Answered { answer: Answer },
    /// Handed to a channel. Sent is not received.
    Notified { effect: EffectId, contact: ContactId, channel: Channel, body: Vec<Reply> },
    Accepted { effect: EffectId, contact: ContactId },
    Delivered { effect: EffectId, contact: ContactId },
    /// It did not leave; `trouble` says why.
    NotSent { effect: EffectId, contact: ContactId, channel: Channel, trouble: String },
    /// A person said this.
    Acknowledged { contact: ContactId, tap: Tap },
    /// What a person said was not counted, and why.
    NotCounted { contact: ContactId, why: Reply },
    HoldExpired { contact: ContactId },
    Closed { closing: Closing },
    Switched { device: DeviceId, command: Command },
    Reminded { reminder: ReminderId },
    /// What the resident said about a dose; not what they did.
    DoseAnswered { reminder: ReminderId, answer: DoseAnswer },
    /// The time for it passed without an answer, or while the home was down.
    DoseMissed { reminder: ReminderId },
    Microphone { listening: crate::effect::Listening },
    Troubled { trouble: Trouble, state: TroubleState },
    ClockJumped { by_s: i64 },
    LookedAt { by: Actor },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoseAnswer {
    Taken,
    Later,
    Skipped,
}
