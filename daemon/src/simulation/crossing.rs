//! What crosses between a home and the world, as a judge can see it.

use jiff::Timestamp;
use omzien_core::incident::Acknowledgement;
use omzien_core::{EffectId, Heard, Observation, Outcome, PendingEffect};

/// One crossing, with the moment in milliseconds since the simulation began.
#[derive(Clone, Debug)]
pub struct Crossing<'a> {
    pub at_ms: u64,
    pub wall: Timestamp,
    pub what: What<'a>,
}

impl Crossing<'_> {
    /// What the companion was told, if a reader of a life would care.
    pub(super) fn told(&self) -> Option<String> {
        match self.what {
            What::Reading(observation) if observation.reading.is_momentary() => {
                Some(format!("{}: {:?}", observation.device, observation.reading))
            }
            What::Heard(heard) => Some(format!("{:?}", heard.intent)),
            What::Tap(tap) => {
                Some(format!("{} taps {:?} about alarm {}", tap.contact, tap.tap, tap.incident))
            }
            What::Dark => Some("the power is cut".to_owned()),
            What::Light => Some("the power is back".to_owned()),
            What::Reading(_) | What::Outcome(..) | What::Handed(_) => None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    /// In: a reading.
    Reading(&'a Observation),
    /// In: what the resident meant.
    Heard(&'a Heard),
    /// In: what a person tapped.
    Tap(&'a Acknowledgement),
    /// In: what became of an effect.
    Outcome(EffectId, &'a Outcome),
    /// Out: handed to a driver.
    Handed(&'a PendingEffect),
    /// The power went.
    Dark,
    /// The home runs again.
    Light,
}
