//! How long each stage took between the last sound of a turn and its words: what `omzien listen`
//! shows and `omzien voice-bench` adds up. Numbers only; it measures nothing and holds no word.

use std::time::Duration;

use serde::Serialize;

/// One turn on its way to words. All in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Stages {
    /// How long the voice was heard.
    pub voice_ms: u64,
    /// The silence that ended the turn: it is waited for, not worked through. Zero if the turn was
    /// cut for its length.
    pub pause_ms: u64,
    /// From the end of the turn until the recogniser was free for it.
    pub waited_ms: u64,
    /// Whether it is a voice at all (Silero).
    pub confirm_ms: u64,
    /// Sound to words, all of it; zero if it was no voice.
    pub recognise_ms: u64,
    /// The parts of it: the sound is read once, and written down freely, …
    pub free_ms: u64,
    /// … and along what can be said now.
    pub along_ms: u64,
}

impl Stages {
    /// From the last sound of the voice to the words.
    pub fn total_ms(&self) -> u64 {
        self.pause_ms + self.waited_ms + self.confirm_ms + self.recognise_ms
    }

    /// The same without the pause: what a faster machine makes shorter.
    pub fn work_ms(&self) -> u64 {
        self.total_ms() - self.pause_ms
    }
}

/// Whole milliseconds; a stage that took five hundred million years is shown shorter.
pub(super) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
