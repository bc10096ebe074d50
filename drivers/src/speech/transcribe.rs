//! A sound file to words: what `omzien transcribe` prints. No microphone, no inbox.

use std::path::PathBuf;

use serde::Serialize;

/// One line of `omzien transcribe`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transcription {
    pub file: PathBuf,
    /// What passed the gate; empty if nothing did, or nobody spoke.
    pub text: String,
    /// What the model wrote, before the gate.
    pub free_text: String,
    /// Length of the recording, seconds.
    pub audio_s: f64,
    /// How long it took, seconds.
    pub wall_s: f64,
}
