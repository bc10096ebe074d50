//! Sound out of a sentence, behind a trait. Nothing is played here.

use omzien_core::Language;

use super::SpeechError;
use crate::sound::Pcm;

/// Turns a sentence into sound.
pub trait Voice: Send {
    /// `text`: plain, at most 2,000 bytes (more is cut at a word).
    fn synthesise(&self, text: &str, language: Language) -> Result<Pcm, SpeechError>;
}
