//! Whole homes in simulated time: the daemon's own loop body, journal and perform code over a
//! simulated clock, disk, house, network and people. One seed is one life, exactly repeatable.
//!
//! What a home did is judged from what crossed the drivers ([`judge`]), never from what it thinks.

mod crossing;
pub mod judge;
mod outlets;
mod sound;
mod world;

pub use crossing::{Crossing, What};
pub use judge::{Broken, Judge, Promise};
pub use outlets::Collected;
pub use sound::{Loudspeaker, Sound};
pub use world::{Counts, Line, Setting, Stuck, To, World};
