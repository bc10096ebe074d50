//! Is it a voice at all? A second opinion on a whole turn, before Whisper is asked: earshot, which
//! runs on every frame, takes much music and humming for a voice; Silero does not. It hears no
//! words and forgets the sound at once.

use std::path::Path;

use whisper_rs::{WhisperVadContext, WhisperVadContextParams, install_logging_hooks};

use super::SpeechError;
use super::ggml;
use super::turns::Onset;

/// What was found in one turn.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Voice {
    /// The likeliest moment, 0 to 1.
    pub likeliest: f32,
    /// How long it was more likely a voice than not, milliseconds.
    pub voiced_ms: u64,
}

/// Below this at its likeliest moment nothing was a voice. Far lower than Silero's own 0.5: that
/// decides where a sentence begins, this whether anybody could have called for help.
const LIKELY: f32 = 0.2;
/// A turn this long holds a voice for as long as one short word at least: music, singing and hum
/// have a likely moment now and then.
const LONG_MS: u64 = 4_000;
const WORD_MS: u64 = 6 * STEP_MS;
/// The shortest answer. A quick "ja" or "no" is voiced for 190 ms and more, a cough for half of
/// this.
const ANSWER_MS: u64 = 4 * STEP_MS;

impl Voice {
    /// Whether the recogniser should hear a turn of this length, in which such a beginning was
    /// enough.
    pub fn is_one(&self, sound_ms: u64, onset: Onset) -> bool {
        let least_ms = match onset {
            _ if sound_ms >= LONG_MS => WORD_MS,
            Onset::Answer => ANSWER_MS,
            Onset::Sentence => 0,
        };
        self.likeliest >= LIKELY && self.voiced_ms >= least_ms
    }
}

/// Tells voices from other sounds.
pub trait Confirm: Send {
    /// `samples`: one turn, [`crate::sound::RATE_HZ`], mono, at most 30 s.
    fn voice(&mut self, samples: &[f32]) -> Result<Voice, SpeechError>;
}

/// Silero VAD through whisper.cpp, on one core: some 1.5 % of the time that the turn took.
pub struct Silero {
    context: WhisperVadContext,
}

/// What Silero looks at at once: 512 samples.
const STEP_MS: u64 = 32;

/// Silero, if its model is there and whole; without it every sound is taken for a voice, which
/// the log says once.
pub fn find(model: &Path) -> Option<Box<dyn Confirm>> {
    match Silero::load(model) {
        Ok(silero) => Some(Box::new(silero)),
        Err(error) => {
            tracing::warn!(%error, "every sound is taken for a voice");
            None
        }
    }
}

impl Silero {
    /// Brings the model into memory (1 MB).
    pub fn load(model: &Path) -> Result<Self, SpeechError> {
        // whisper.cpp writes to stderr otherwise.
        install_logging_hooks();
        let bad = |why: &str| SpeechError::NoVoiceModel { path: model.into(), why: why.to_owned() };
        ggml::check_voice(model).map_err(|why| bad(&why))?;
        // A path of home.toml cannot hold a zero byte; whisper-rs would panic at one.
        let name = model.to_str().filter(|name| !name.contains('\0'));
        let name = name.ok_or_else(|| bad("its path is not UTF-8"))?;
        let mut parameters = WhisperVadContextParams::default();
        parameters.set_n_threads(1);
        let context = WhisperVadContext::new(name, parameters)
            .map_err(|_| bad("it is no voice activity model"))?;
        Ok(Self { context })
    }
}

impl Confirm for Silero {
    fn voice(&mut self, samples: &[f32]) -> Result<Voice, SpeechError> {
        if samples.is_empty() {
            return Ok(Voice::default());
        }
        self.context
            .detect_speech(samples)
            .map_err(|error| SpeechError::Recogniser { why: error.to_string() })?;
        let steps = self.context.probabilities();
        let voiced = steps.iter().filter(|step| **step >= 0.5).count() as u64;
        let likeliest = steps.iter().copied().fold(0.0, f32::max);
        Ok(Voice { likeliest, voiced_ms: voiced * STEP_MS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was measured of real turns: likeliest moment, milliseconds voiced, length.
    #[test]
    fn words_pass_and_other_sounds_do_not() {
        for (what, likeliest, voiced_ms, sound_ms, onset, passes) in [
            ("a sentence", 1.0, 1_400, 2_700, Onset::Sentence, true),
            ("a word through a poor microphone", 0.25, 0, 2_700, Onset::Sentence, true),
            ("help, in an endless film", 0.9, 192, 28_000, Onset::Sentence, true),
            ("a quick yes", 1.0, 256, 1_350, Onset::Answer, true),
            ("a cough after a question", 0.64, 64, 1_350, Onset::Answer, false),
            ("a kettle", 0.04, 0, 2_600, Onset::Sentence, false),
            ("a bell", 0.07, 0, 1_900, Onset::Sentence, false),
            ("chords", 0.28, 0, 13_300, Onset::Sentence, false),
            ("singing without words", 0.88, 160, 6_100, Onset::Sentence, false),
        ] {
            let voice = Voice { likeliest, voiced_ms };
            assert_eq!(voice.is_one(sound_ms, onset), passes, "{what}");
        }
    }

    #[test]
    fn a_model_that_is_none_is_named() {
        let missing = Silero::load(Path::new("/nowhere/silero.bin")).err().unwrap();
        assert!(missing.to_string().contains("omzien models get silero-vad"), "{missing}");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"ggml and no more").unwrap();
        let damaged = Silero::load(file.path()).err().unwrap();
        assert!(damaged.to_string().contains("not in ggml form"), "{damaged}");
    }
}
