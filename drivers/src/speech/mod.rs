//! Speech: words out of sound, sound out of words. It hears and says; what is meant, what is
//! answered and whether it was meant for us is decided elsewhere. Audio lives in memory until its
//! turn is transcribed, and is never stored; words go into the inbox and never into the log.
//!
//! Three threads, so that none waits for another: *listening* (microphone → turns), *recognising*
//! (turns → words; Whisper), *speaking* (sentences → loudspeaker). Half duplex: while it speaks,
//! and a moment after, it does not listen, so that it never answers itself.

pub mod gate;
mod ggml;
pub mod queue;
pub mod recogniser;
pub mod transcribe;
pub mod turns;
pub mod voice;

use std::path::PathBuf;
use std::sync::Arc;

use omzien_core::{Expectation, Language, Listening, Phrases, RoomId};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::watch;

use crate::sound::{self, SoundCard, SoundError};

use recogniser::Recogniser;
use voice::Voice;

/// `[speech]` in home.toml: how it hears and how it sounds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Settings {
    /// A Whisper model of your own in ggml form, instead of the one that `make setup` fetched.
    pub model: Option<PathBuf>,
    /// When the speech model is brought into memory (some 160 MB): `at_start`, so that nobody
    /// waits for the first answer, or `when_needed`, with the first words said.
    pub load: Load,
    /// Processor cores for understanding. Left out: all but one, and at least one.
    pub threads: Option<u8>,
    /// Another Dutch voice of espeak-ng, such as `mb-nl2` (Debian package mbrola-nl2, not free).
    pub voice_nl: Option<String>,
    /// Another English voice of espeak-ng, such as `en-gb-scotland`.
    pub voice_en: Option<String>,
    /// Words a minute (80 to 300). Slower than espeak-ng's own 175 because older ears need it.
    pub words_per_minute: u16,
    /// Pitch, 0 to 99. Lower than espeak-ng's own 50: age takes the high tones first.
    pub pitch: u8,
    /// How loud a calm sentence is, 1 to 100. An alarm is always 100.
    pub calm_volume_percent: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: None,
            load: Load::default(),
            threads: None,
            voice_nl: None,
            voice_en: None,
            words_per_minute: 140,
            pitch: 35,
            calm_volume_percent: 60,
        }
    }
}

/// When the speech model is loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    #[default]
    AtStart,
    WhenNeeded,
}

/// What the daemon lets the ears know, published whenever it changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hearing {
    /// Attached to whatever is said from now on.
    pub expectation: Expectation,
    /// What may be said now.
    pub phrases: Arc<Phrases>,
    /// Whether the microphone is open. An [`crate::Order::Listen`] changes it too; of the two,
    /// the later change counts.
    pub listening: Listening,
}

/// Milliseconds on the boot clock: monotonic, also through suspend.
pub type BootClock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Everything speech hangs on.
pub struct Wiring {
    pub sound: sound::Settings,
    pub speech: Settings,
    /// A Whisper model in ggml form. Missing or damaged: `Trouble::Deaf`, everything else works.
    pub model: PathBuf,
    /// The language that is spoken in this home. Guessing it fails too often (Dutch became Thai).
    pub language: Language,
    /// Where the microphone stands.
    pub room: Option<RoomId>,
    pub hearing: watch::Receiver<Hearing>,
    pub clock: BootClock,
}

/// Brings a recogniser into memory; tried again with the next words if it fails.
pub type Loader = Box<dyn Fn() -> Result<Box<dyn Recogniser>, SpeechError> + Send>;

/// The parts that touch the world; a twin exchanges them.
pub struct Parts {
    pub card: Box<dyn SoundCard>,
    pub voice: Box<dyn Voice>,
    pub load: Loader,
}

/// Why words did not come in or go out.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    #[error("the speech model {path} is missing: `make setup` fetches it")]
    NoModel { path: PathBuf },
    #[error(
        "the speech model {path} is damaged ({why}): delete it, then `make setup` fetches it anew"
    )]
    BadModel { path: PathBuf, why: String },
    #[error("the recogniser failed: {why}")]
    Recogniser { why: String },
    #[error("the voice program `{program}` is missing: install the Debian package espeak-ng")]
    NoVoice { program: String },
    #[error("the voice program `{program}` failed: {why}")]
    Voice { program: String, why: String },
    #[error(transparent)]
    Sound(#[from] SoundError),
}
