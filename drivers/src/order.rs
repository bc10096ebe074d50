//! What a driver is told to do: an effect with its words already rendered.

use omzien_core::device::Command;
use omzien_core::effect::Tap;
use omzien_core::incident::IncidentId;
use omzien_core::plan::Channel;
use omzien_core::{ContactId, DeviceId, EffectId, Language, Listening, Manner, Urgency};

/// A driver's queue. Bounded by whoever opens it; a full queue fails the effect, never waits.
pub type Orders = tokio::sync::mpsc::Receiver<Order>;

#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    Command {
        id: EffectId,
        device: DeviceId,
        command: Command,
    },
    Say {
        id: EffectId,
        /// As it is written: what the ledger and the face keep.
        text: String,
        /// The same as it is pronounced: what the voice gets.
        spoken: String,
        language: Language,
        urgency: Urgency,
        manner: Manner,
    },
    Notify {
        id: EffectId,
        message: Message,
    },
    Listen {
        id: EffectId,
        listening: Listening,
    },
}

impl Order {
    pub fn id(&self) -> EffectId {
        match self {
            Self::Command { id, .. }
            | Self::Say { id, .. }
            | Self::Notify { id, .. }
            | Self::Listen { id, .. } => *id,
        }
    }
}

/// A message to one person, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub contact: ContactId,
    pub channel: Channel,
    pub incident: Option<IncidentId>,
    pub title: String,
    /// Plain text, sentences on lines of their own.
    pub body: String,
    /// What can be tapped, with its label in the contact's language.
    pub taps: Vec<(Tap, String)>,
    pub urgency: Urgency,
    pub language: Language,
}
