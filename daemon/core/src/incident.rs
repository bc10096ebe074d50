//! An incident: from "something may be wrong" to a person who closed it. The types; what moves
//! them along is in [`asking`] and [`escalation`].

pub(crate) mod acknowledging;
pub(crate) mod asking;
pub(crate) mod escalation;
mod script;
pub(crate) mod technical;
#[cfg(test)]
mod words_tests;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Time};
use serde::{Deserialize, Serialize};

use crate::effect::{EffectId, Tap};
use crate::event::Trouble;
use crate::names::{ContactId, DeviceId, RoomId};
use crate::plan::Channel;
use crate::time::Instant;

/// Counts up from 1 within a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub u64);

impl std::fmt::Display for IncidentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Why there is an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The help button: the first message leaves at once.
    Button { device: DeviceId },
    /// A spoken cry for help: announced, because it may be a film.
    Cry,
    /// A wearable believes that its wearer fell.
    Fall { device: DeviceId },
    /// Asked how it goes, the resident said: not well.
    CheckIn,
    /// No sign of life since.
    Inactivity { since: Timestamp },
    /// Something of ours, or a device, is broken: goes to whoever looks after the technique.
    Technical(Trouble),
    /// A device that a watch rests on is not known to be alive.
    Blind { device: DeviceId },
}

impl Cause {
    /// About the resident, or about the technique?
    pub fn is_about_the_resident(&self) -> bool {
        match self {
            Self::Button { .. }
            | Self::Cry
            | Self::Fall { .. }
            | Self::CheckIn
            | Self::Inactivity { .. } => true,
            Self::Technical(_) | Self::Blind { .. } => false,
        }
    }
}

/// Where an incident stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The resident is asked, from `since` on; `said` lines of the script so far.
    Asking {
        since: Instant,
        said: u8,
        script: Script,
    },
    /// People are being reached: the step (from 0) of the round (from 0).
    Escalating {
        round: u32,
        step: usize,
    },
    /// One person has it, until then.
    Held {
        by: ContactId,
        how: Hold,
        until: Instant,
        reminded: Reminded,
    },
    /// That person is in the home.
    /// `asked`: how often they were asked whether it is done.
    Attended {
        by: ContactId,
        asked: u8,
    },
    /// After a clear "no" that no movement confirmed: asked once more at the deadline.
    Recheck,
    Closed(Closing),
}

/// Which questions are asked, and how soon silence is passed on: the rows of `script.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    Fall,
    Cry,
    Silence,
    CheckIn,
    /// The second question after a clear "no" that no movement confirmed.
    Recheck,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// "I go", with the time they gave.
    Coming { at: Option<Time> },
    /// "I'll phone": says nothing about coming.
    Phoning,
}

/// Whether the holder was asked "are you there?" after their time passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminded {
    NotYet,
    Once,
}

/// Who ended it and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// The resident said or pressed clearly that no help is needed.
    Resident,
    /// Movement, before any message went out.
    Moved,
    /// Somebody at the device held the button.
    InPerson,
    Contact {
        by: ContactId,
        finding: Finding,
    },
    /// The device or service proved alive again (technical incidents only).
    Alive,
}

/// What it was, in one tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    Helped,
    FalseAlarm,
    /// The home then knows that nobody is in.
    ToHospital,
    NotSaid,
}

/// How the resident answered a question, as far as it can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Help is needed.
    Yes,
    /// Clearly no help.
    No,
    /// Something was said that is neither.
    Unclear,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: IncidentId,
    pub cause: Cause,
    pub room: Option<RoomId>,
    pub opened: Instant,
    pub opened_wall: Timestamp,
    pub stage: Stage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_wall: Option<Timestamp>,
    /// When it moves on by itself; `None` only when closed.
    pub deadline: Option<Instant>,
    /// Everyone who was told, and what came of it.
    pub told: BTreeMap<ContactId, Told>,
    /// Every cause that was folded into this incident after the first.
    pub also: Vec<Cause>,
}

impl Incident {
    pub fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Closed(_))
    }

    /// Open, and about the resident.
    pub fn is_alarm(&self) -> bool {
        self.is_open() && self.cause.is_about_the_resident()
    }

    pub fn holder(&self) -> Option<&ContactId> {
        match &self.stage {
            Stage::Held { by, .. } | Stage::Attended { by, .. } => Some(by),
            Stage::Asking { .. } | Stage::Escalating { .. } | Stage::Recheck | Stage::Closed(_) => {
                None
            }
        }
    }
}

/// One person who was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub effect: EffectId,
    pub channel: Channel,
    pub delivery: Delivery,
    /// Their last word.
    pub answer: Option<Tap>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// On its way out of the house.
    Sending,
    /// Every channel of this person failed.
    Failed,
    /// A server took it.
    Sent,
    /// It reached their device.
    Delivered,
}

/// What a person of the circle says about an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acknowledgement {
    pub incident: IncidentId,
    pub contact: ContactId,
    pub tap: Tap,
    /// With "I go": when they expect to be there.
    pub at: Option<Time>,
    /// With "done": what it was.
    pub finding: Option<Finding>,
}
