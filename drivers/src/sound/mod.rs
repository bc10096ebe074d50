//! Sound: what a room hears and what it is played. Samples go through here and are forgotten;
//! nothing in this folder stores audio (but for the file that a command names), knows words, or
//! decides anything.

mod capture;
pub mod card;
pub mod chime;
mod mixer;
#[cfg(test)]
mod other_forms;
mod patience;
pub mod reference;
pub mod resample;
pub mod volume;
pub mod wav;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use volume::Volume;

/// What every microphone delivers and every recogniser takes: mono, this many samples a second.
pub const RATE_HZ: u32 = 16_000;

/// How many samples there are in a length of time, at a rate; what is left of one is cut off.
pub(crate) fn samples_in(time: Duration, rate_hz: u32) -> usize {
    (time.as_secs_f64() * f64::from(rate_hz)) as usize
}

/// `[sound]` in home.toml: which devices are the ears and the mouth.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Settings {
    /// The microphone, as `arecord -L` names it. Left out: the system's default.
    pub microphone: Option<String>,
    /// The loudspeaker, as `aplay -L` names it. Left out: the system's default.
    pub speaker: Option<String>,
}

/// Mono sound in memory: samples from -1 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Pcm {
    pub samples: Vec<f32>,
    pub rate_hz: u32,
}

impl Pcm {
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(self.rate_hz.max(1)))
    }

    /// Loudness: the root of the mean square, 0 to 1. Silence, also of no samples, is 0.
    pub fn loudness(&self) -> f32 {
        let squares: f32 = self.samples.iter().map(|sample| sample * sample).sum();
        (squares / self.samples.len().max(1) as f32).sqrt()
    }
}

/// A pair of ears and a mouth. Opening may be tried again and again: cards come and go.
pub trait SoundCard: Send + Sync {
    /// Opens the capture device; dropping the microphone closes it really.
    fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError>;

    fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError>;

    /// How loud the card itself is set; `None`: it has no control that is known. Takes a second
    /// at most.
    fn volume(&self) -> Result<Option<Volume>, SoundError>;

    /// Sets what [`SoundCard::volume`] gave, changed or not. A card without controls does nothing.
    fn set_volume(&self, volume: &Volume) -> Result<(), SoundError>;
}

/// What one look at the microphone brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The samples since the last look: [`RATE_HZ`], mono, oldest first.
    Samples(Vec<f32>),
    /// Nothing within the time.
    Nothing,
    /// No more will ever come: a file has been read to its end.
    Ended,
}

/// An open capture device.
pub trait Microphone: Send {
    /// Waits at most `wait` for samples. Samples that nobody fetched for two seconds are lost,
    /// and the loss is logged. An error ends this microphone: drop it and open another.
    fn next_block(&mut self, wait: Duration) -> Result<Block, SoundError>;
}

/// How a playback ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Played {
    ToTheEnd,
    /// This much of it was heard.
    Stopped {
        at: Duration,
    },
}

/// A loudspeaker; one sound at a time.
pub trait Speaker: Send {
    /// Plays all of it and returns when the last sample was heard, or soon (50 ms) after `stop`
    /// became true. A device that takes no samples for two seconds, or does not answer for four,
    /// is an error; whatever it does, nobody waits longer for it.
    fn play(&mut self, sound: &Pcm, stop: &AtomicBool) -> Result<Played, SoundError>;

    /// From now on `tell` is called, from any thread, when the first sample of a sound is handed
    /// to the device. A loudspeaker that no microphone can hear need not do it.
    fn tell_when_it_sounds(&mut self, tell: Arc<dyn Fn() + Send + Sync>) {
        drop(tell);
    }
}

/// Why sound did not go in or out.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    #[error(
        "there is no {what}: plug one in, or choose one under [sound] (`arecord -L`, `aplay -L`)"
    )]
    NoDevice { what: &'static str },
    #[error("no {what} is called {name:?}: `arecord -L` and `aplay -L` list the names for [sound]")]
    NotFound { what: &'static str, name: String },
    #[error("the {what} refused: {why}; check that nothing else holds it")]
    Refused { what: &'static str, why: String },
    #[error("the {what} went away: {why}; it is tried again")]
    Lost { what: &'static str, why: String },
    #[error("{file}: {why}")]
    File { file: String, why: String },
}
