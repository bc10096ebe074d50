//! Everything that can happen, as `Home` and the journal know it. Closed: a new cause of work is
//! a new variant here, and the compiler names every place that must answer to it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::agenda::CalendarRead;
use crate::device::Observation;
use crate::effect::{EffectId, Outcome};
use crate::incident::Acknowledgement;
use crate::intent::{Expectation, Intent};
use crate::names::RoomId;
use crate::plan::Plan;
use crate::proof::HeardBack;
use crate::request::Request;
use crate::time::Gap;

/// An event is handled once, in the order of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The parsed plan, at start and at each reload.
    Configured(Arc<Plan>),
    Started(Start),
    Observed(Observation),
    /// Somebody speaks while an answer is awaited: its limit waits for the words.
    VoiceBegan,
    Heard(Heard),
    Acknowledged(Acknowledgement),
    Concluded {
        effect: EffectId,
        outcome: Outcome,
    },
    Requested(Request),
    /// A sentence was said to its end, and the microphone listened.
    HeardBack(HeardBack),
    /// A calendar elsewhere was read.
    CalendarRead(CalendarRead),
    /// The wall clock moved against the boot clock by this much (seconds).
    ClockJumped {
        by_s: i64,
    },
    /// Something of ours is broken or well again.
    Troubled {
        trouble: Trouble,
        state: TroubleState,
    },
    /// A deadline passed: the journal's form of [`crate::Home::handle_timeout`].
    TimedOut,
}

/// The first event of every run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// One more than the last; the first half of every [`EffectId`] of this run.
    pub epoch: u64,
    pub away: Absence,
}

/// How long the home did not watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// There is no earlier run.
    First,
    For(Gap),
}

/// An utterance after understanding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    pub intent: Intent,
    pub room: Option<RoomId>,
    /// The expectation that held when the utterance began.
    pub expectation: Expectation,
}

/// What of ours can be broken. Technical: it is told to whoever looks after the technique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// A driver lost its other side: broker, sound card, mail server.
    Driver { name: String },
    /// Records at the journal's end were unreadable and cut off.
    JournalCut { records: u64 },
    /// The disk refuses writes; the home goes on in memory.
    DiskFull,
    /// The speech model is missing or broken: it does not listen, buttons work.
    Deaf,
    /// It cannot speak aloud.
    Mute,
    /// What it says is not heard by its own microphone, or too softly: one of the two does not
    /// work, or the loudspeaker is turned down.
    Inaudible,
    /// Understanding is slower than talking: what was said waits.
    Behind,
    /// The volume of the card is so low, or so muted, that nobody hears a calm sentence.
    TurnedDown,
    /// The microphone is set so high that voices arrive as flat-topped waves.
    Clipping,
    /// Turns of speech that nobody understood, for want of time; counted since the last report.
    Unheard { turns: u64 },
    /// A reload of `home.toml` was refused; the old plan holds.
    PlanRefused,
    /// A skill in a folder of the home has mistakes and is left out; the others go on.
    SkillRefused { name: String },
    /// Replay of another release's journal came to another result; the journal won.
    ReplayDiffers,
    /// Readings that made no sense, counted since the last report.
    Nonsense { driver: String, count: u64 },
    /// An acknowledgement from someone who is not in the circle.
    Stranger,
    /// A broken invariant of ours.
    Fault { invariant: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleState {
    /// It lasts until it is `Over`.
    Began,
    Over,
    /// It happened and is past.
    Happened,
}
