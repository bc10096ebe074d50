//! Words out of a turn of sound, behind a trait. Nothing is kept between two turns.

use omzien_core::Phrases;

use super::SpeechError;

/// What was heard in one turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    /// What passed the gate (`gate.rs`); empty if nothing did.
    pub text: String,
    /// What the model wrote, before the gate.
    pub free_text: String,
    /// 0 (a guess) to 1 (certain).
    pub confidence: f32,
}

/// Turns sound into words.
pub trait Recogniser: Send {
    /// `samples`: one turn, [`crate::sound::RATE_HZ`], mono, at most 30 s (more is cut off).
    /// `phrases`: what may be said now.
    fn transcribe(&mut self, samples: &[f32], phrases: &Phrases)
    -> Result<Transcript, SpeechError>;
}
