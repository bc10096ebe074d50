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
