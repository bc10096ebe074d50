//! The decisions of Omzien.
//!
//! Everything that happens in a home becomes an [`Event`]; [`Home`] decides; what it wants done is
//! an [`Effect`]. This crate is plain data and functions. It has no clock, file, socket, thread,
//! environment or randomness (`clippy.toml` beside it forbids them), and depends on none of our
//! other crates. Time is an argument ([`Now`]); a deadline is data ([`Home::poll_timeout`]).
//!
//! The contract of [`Home`]: after every `handle_*`, drain [`Home::poll_effect`] until it is
//! empty, then ask [`Home::poll_timeout`]; only then hand in the next event.

#![warn(clippy::wildcard_enum_match_arm)]

mod activity;
#[cfg(test)]
mod afternoon;
pub mod agenda;
pub mod catalogue;
mod check_in;
mod circle;
pub mod colour;
mod conversation;
#[cfg(test)]
mod conversation_tests;
pub mod coverage;
pub mod device;
pub mod effect;
pub mod event;
mod explain;
mod home;
pub mod incident;
pub mod intent;
mod kept;
pub mod ledger;
mod lights;
pub mod lists;
pub mod manner;
pub mod measurement;
pub mod names;
mod operate;
#[cfg(test)]
mod operate_tests;
mod outbox;
mod outcome;
pub mod phrases;
pub mod plan;
pub mod proof;
mod question;
mod reminder;
pub mod reply;
pub mod request;
mod scene;
pub mod snapshot;
mod standing;
pub mod stay;
pub mod time;
pub mod timer;
pub mod view;
mod watch;

pub use device::{Capability, Command, Observation, Opening, Power, Press, Reading};
pub use effect::{
    Again, Effect, EffectId, Listening, Manner, Notification, Outcome, PendingEffect, Tap, Urgency,
};
pub use event::{Absence, Event, Heard, Start, Trouble, TroubleState};
pub use home::Home;
pub use incident::{Acknowledgement, Answer, Cause, Closing, Incident, IncidentId, Stage};
pub use intent::{Expectation, Expects, Intent, MannerChange, Utterance};
pub use names::{CalendarId, ContactId, DeviceId, ReminderId, RoomId, SceneId};
pub use phrases::{Part, Phrases, Place, Step, Word, plain};
pub use plan::{Language, Plan};
pub use proof::HeardBack;
pub use reply::{Reply, Slot};
pub use time::{BootId, Instant, Now, WallTrust, Weekday, Zone};
