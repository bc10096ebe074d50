//! What `Home` wants done, and what became of it. Describes; never does.

use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::device::Command;
use crate::incident::IncidentId;
use crate::names::{ContactId, DeviceId, RequestId};
use crate::plan::Channel;
use crate::reply::Reply;
use crate::request::Response;

/// Never used twice: the epoch is one more at every start and on disk before the first effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EffectId {
    pub epoch: u64,
    pub counter: u64,
}

impl std::fmt::Display for EffectId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.epoch, self.counter)
    }
}

/// How much a sentence matters: the more urgent one interrupts, two never overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// A greeting, a reminder, an answer.
    Calm,
    /// About an open incident: interrupts, and is said loudly.
    Alarm,
}

/// How a sentence is spoken, beside its words: [`crate::Home::manner`] decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Of the loudest that the card can, 1 to 100.
    pub volume_percent: u8,
    /// Of the pace that the home file names, 70 to 130.
    pub pace_percent: u8,
}

impl Manner {
    /// As loud as can be, at the home's own pace.
    pub const FULL: Self = Self { volume_percent: 100, pace_percent: 100 };
}

/// Whether the microphone is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listening {
    #[default]
    On,
    Off,
}

/// What the receiver of a message can tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tap {
    /// "I go": holds the incident.
    Go,
    /// "I'll phone": holds it for a shorter time, and is said as phoning.
    Phone,
    Cannot,
    /// "I'm there".
    There,
    /// "It is done": closes it.
    Done,
}

impl Tap {
    /// The key of the words on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Go => key::TAP_GO,
            Self::Phone => key::TAP_PHONE,
            Self::Cannot => key::TAP_CANNOT,
            Self::There => key::TAP_THERE,
            Self::Done => key::TAP_DONE,
        }
    }
}

/// A message to one person of the circle over one channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    pub contact: ContactId,
    pub channel: Channel,
    /// The incident it is about; good news has none.
    pub incident: Option<IncidentId>,
    /// Short enough for a locked screen; no health words.
    pub title: Reply,
    /// The sentences of the body, in order.
    pub body: Vec<Reply>,
    /// In the order in which they are offered; a channel may show the first three.
    pub taps: Vec<Tap>,
    pub urgency: Urgency,
}

/// One thing to be done outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Say {
        reply: Reply,
        urgency: Urgency,
    },
    Command {
        device: DeviceId,
        command: Command,
    },
    Notify(Box<Notification>),
    /// Open or close the microphone.
    Listen(Listening),
    Respond {
        request: RequestId,
        response: Box<Response>,
    },
}

impl Effect {
    /// Must it be on disk before it leaves? A light may run ahead of the disk; a sentence about
    /// an incident, a reminder, a message to a person, an answer to a request may not
    /// (docs/design/restart.md).
    pub fn durable_first(&self) -> bool {
        match self {
            Self::Command { .. } => false,
            Self::Say { .. } | Self::Notify(_) | Self::Listen(_) | Self::Respond { .. } => true,
        }
    }
}

/// An effect on its way out. A retry after a failure is a new attempt of the same effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingEffect {
    pub id: EffectId,
    /// Counts from 1.
    pub attempt: u32,
    pub effect: Effect,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A command went out, the microphone changed, a response was given.
    Done,
    /// Said aloud to the end, in these words; the ledger keeps them as spoken.
    Spoken { text: String },
    /// A more urgent sentence, or the resident, cut it off.
    Interrupted { text: String },
    /// The channel's server took it. Sent is not received.
    Accepted,
    /// It reached the receiver's device. Delivered is not read.
    Delivered,
    /// `trouble` is for the log and the ledger: what happened and where, no secrets.
    Failed { trouble: String, again: Again },
    /// Nobody wants it any more: its time passed while the home was down.
    Lapsed,
}

/// Whether another attempt can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// The network or the server was not there.
    Later,
    /// A wrong address, a refused password, no such device.
    Never,
}
