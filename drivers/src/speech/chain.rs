//! One turn of sound to words, stage by stage: is it a voice, and what did it say. The running
//! companion, `omzien listen`, `omzien transcribe` and `omzien voice-bench` all go through here,
//! so that what is measured is what is lived with. It keeps nothing between two turns.

use std::time::Instant;

use omzien_core::Phrases;

use super::SpeechError;
use super::confirm::{Confirm, Voice};
use super::level::{self, Clipping};
use super::recogniser::{Heard, Recogniser, Transcript};
use super::stages::{Stages, ms};
use super::turns::Turn;

/// What is heard in a distorted voice may be wrong in a way that the recogniser does not see:
/// it never counts as clear evidence, whatever the recogniser believes.
const DISTORTED_CONFIDENCE_MAX: f32 = 0.4;

/// The stages behind the ears.
pub struct Chain {
    /// Without it every turn is taken for a voice.
    confirm: Option<Box<dyn Confirm>>,
    recogniser: Box<dyn Recogniser>,
}

/// What became of one turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Understanding {
    /// The second opinion; `None` if there is nobody to give one.
    pub voice: Option<Voice>,
    /// `None` if it was no voice.
    pub transcript: Option<Transcript>,
    /// What it took; how long the turn had waited is not known here.
    pub stages: Stages,
}

impl Understanding {
    pub(super) fn heard(&self) -> Heard {
        self.transcript.as_ref().map(|transcript| transcript.heard).unwrap_or_default()
    }
}

impl Chain {
    pub fn new(confirm: Option<Box<dyn Confirm>>, recogniser: Box<dyn Recogniser>) -> Self {
        Self { confirm, recogniser }
    }

    /// Sound to words. `phrases`: what may be said now. A second opinion that fails is given up
    /// for good, and the log says so; a recogniser that fails is the caller's.
    pub fn understand(
        &mut self,
        turn: &Turn,
        phrases: &Phrases,
    ) -> Result<Understanding, SpeechError> {
        let mut stages =
            Stages { voice_ms: turn.voice_ms(), pause_ms: turn.pause_ms, ..Stages::default() };
        let start = Instant::now();
        let voice = self.voice(turn);
        stages.confirm_ms = ms(start.elapsed());
        if voice.is_some_and(|voice| !voice.is_one(turn.sound_ms(), turn.onset)) {
            return Ok(Understanding { voice, transcript: None, stages });
        }
        let start = Instant::now();
        let mut transcript = self.recogniser.transcribe(&turn.samples, phrases)?;
        match level::clipping(turn) {
            Clipping::Distorted => {
                transcript.confidence = transcript.confidence.min(DISTORTED_CONFIDENCE_MAX);
            }
            Clipping::None | Clipping::Clipped => {}
        }
        stages.recognise_ms = ms(start.elapsed());
        stages.along_ms = ms(transcript.along);
        stages.free_ms = stages.recognise_ms.saturating_sub(stages.along_ms);
        Ok(Understanding { voice, transcript: Some(transcript), stages })
    }

    /// The second opinion, when the recogniser has failed.
    pub(super) fn without_recogniser(self) -> Option<Box<dyn Confirm>> {
        self.confirm
    }

    fn voice(&mut self, turn: &Turn) -> Option<Voice> {
        match self.confirm.as_mut()?.voice(&turn.samples) {
            Ok(voice) => Some(voice),
            Err(error) => {
                tracing::warn!(%error, "every sound is taken for a voice from now on");
                self.confirm = None;
                None
            }
        }
    }
}
