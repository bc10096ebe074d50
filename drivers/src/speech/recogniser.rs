//! Words out of a turn of sound, behind a trait; and Whisper behind that. Nothing is kept between
//! two turns, and no word leaves this file but in the transcript.

use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use omzien_core::{Language, Phrases};
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperError,
    WhisperState, install_logging_hooks,
};

use super::SpeechError;
use super::gate::{self, Candidate, Tokens};
use super::ggml;
use crate::sound::RATE_HZ;

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

/// Whisper hears at most this.
const LONGEST: usize = 30 * RATE_HZ as usize;
/// Shorter turns are filled up with silence: whisper.cpp refuses what is under a second.
const SHORTEST: usize = RATE_HZ as usize * 11 / 10;
/// Encoder positions a second, and the least that does not make the decoder loop (256 does).
const POSITIONS_PER_S: usize = 50;
const POSITIONS_MIN: usize = 512;
const POSITIONS_MAX: usize = 1_500;
/// A second of speech is three to five tokens; twice that and a few for a start is enough.
const TOKENS_PER_S: usize = 10;
const TOKENS_MIN: usize = 24;
const TOKENS_MAX: usize = 220;
/// Whisper reads the last 224 tokens of a prompt; Dutch names take a token for two letters.
const PROMPT_CHARS_MAX: usize = 400;

/// whisper.cpp on this machine's processor. Memory, once loaded: 170 to 210 MB with the q8_0
/// base model and turns up to ten seconds.
pub struct Whisper {
    model: PathBuf,
    language: Language,
    threads: u8,
    loaded: Option<Loaded>,
}

struct Loaded {
    context: WhisperContext,
    state: WhisperState,
}

impl Whisper {
    /// Finds a whole model; brings nothing into memory yet. `threads`: left out, all cores but
    /// one.
    pub fn find(
        model: &Path,
        language: Language,
        threads: Option<u8>,
    ) -> Result<Self, SpeechError> {
        let path = || model.to_path_buf();
        if !model.is_file() {
            return Err(SpeechError::NoModel { path: path() });
        }
        ggml::check(model).map_err(|why| SpeechError::BadModel { path: path(), why })?;
        let threads = threads.unwrap_or_else(spare_cores).max(1);
        Ok(Self { model: path(), language, threads, loaded: None })
    }

    /// Reads the model into memory, if it is not there: 0.2 s from a fast disk, seconds from a
    /// slow card. The first turn does it, too.
    pub fn load(&mut self) -> Result<(), SpeechError> {
        self.loaded().map(|_| ())
    }

    fn loaded(&mut self) -> Result<&mut Loaded, SpeechError> {
        if self.loaded.is_none() {
            self.loaded = Some(Loaded::new(&self.model)?);
        }
        // It was put there just above.
        self.loaded.as_mut().ok_or_else(|| SpeechError::NoModel { path: self.model.clone() })
    }

    fn parameters(&self, seconds: f32, prompt: &str) -> FullParams<'static, 'static> {
        let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        parameters.set_n_threads(i32::from(self.threads));
        parameters.set_language(Some(code(self.language)));
        parameters.set_initial_prompt(prompt);
        // Both are bounded far below an i32 (see the functions).
        parameters.set_audio_ctx(positions(seconds) as i32);
        parameters.set_max_tokens(tokens(seconds) as i32);
        parameters.set_no_context(true);
        parameters.set_single_segment(true);
        parameters.set_no_timestamps(true);
        parameters.set_suppress_nst(true);
        // No second try at a higher temperature: it invents, and takes as long again.
        parameters.set_temperature_inc(0.0);
        parameters.set_print_progress(false);
        parameters.set_print_realtime(false);
        parameters.set_print_special(false);
        parameters.set_print_timestamps(false);
        parameters
    }
}

impl Loaded {
    fn new(model: &Path) -> Result<Self, SpeechError> {
        // whisper.cpp writes to stderr otherwise, transcripts included.
        install_logging_hooks();
        let bad = |error: WhisperError| SpeechError::BadModel {
            path: model.to_path_buf(),
            why: error.to_string(),
        };
        let mut parameters = WhisperContextParameters::default();
        parameters.use_gpu(false);
        let context = WhisperContext::new_with_params(model, parameters).map_err(bad)?;
        let state = context.create_state().map_err(bad)?;
        Ok(Self { context, state })
    }

    /// What the model wrote: text, mean log-probability, number of tokens.
    fn written(&self) -> (String, f32, usize) {
        let (mut text, mut sum, mut count) = (String::new(), 0.0, 0);
        for segment in self.state.as_iter() {
            text += &segment.to_str_lossy().unwrap_or_default();
            for place in 0..segment.n_tokens() {
                let Some(token) = segment.get_token(place) else { continue };
                if token.token_id() < self.context.token_eot() {
                    sum += token.token_data().plog;
                    count += 1;
                }
            }
        }
        (text.trim().to_owned(), if count == 0 { 0.0 } else { sum / count as f32 }, count)
    }
}

impl Recogniser for Whisper {
    fn transcribe(
        &mut self,
        samples: &[f32],
        phrases: &Phrases,
    ) -> Result<Transcript, SpeechError> {
        let mut samples = samples[..samples.len().min(LONGEST)].to_vec();
        let seconds = samples.len() as f32 / RATE_HZ as f32;
        samples.resize(samples.len().max(SHORTEST), 0.0);
        let parameters = self.parameters(seconds, &prompt(phrases));
        let loaded = self.loaded()?;
        loaded
            .state
            .full(parameters, &samples)
            .map_err(|error| SpeechError::Recogniser { why: error.to_string() })?;
        let (free_text, mean_log_probability, count) = loaded.written();
        let cut_off = count >= tokens(seconds);
        let candidate = Candidate {
            text: &free_text,
            mean_log_probability,
            voice_s: seconds,
            tokens: if cut_off { Tokens::CutOff } else { Tokens::Finished },
        };
        let text = gate::pass(candidate, phrases).unwrap_or_else(|rejected| {
            tracing::debug!(?rejected, "what was heard did not pass the gate");
            String::new()
        });
        Ok(Transcript { text, confidence: mean_log_probability.exp().clamp(0.0, 1.0), free_text })
    }
}

/// All cores but one; ggml's threads spin, and on the last core they starve everybody.
fn spare_cores() -> u8 {
    let cores = available_parallelism().map_or(1, usize::from);
    u8::try_from(cores.saturating_sub(1)).unwrap_or(u8::MAX)
}

fn code(language: Language) -> &'static str {
    match language {
        Language::Nl => "nl",
        Language::En => "en",
    }
}

/// How much the encoder looks at: the turn and a second more, in steps that suit its kernels.
fn positions(seconds: f32) -> usize {
    let wanted = (seconds + 1.0) * POSITIONS_PER_S as f32;
    (wanted.ceil() as usize).next_multiple_of(64).clamp(POSITIONS_MIN, POSITIONS_MAX)
}

fn tokens(seconds: f32) -> usize {
    ((seconds * TOKENS_PER_S as f32) as usize).clamp(TOKENS_MIN, TOKENS_MAX)
}

/// What Whisper believes was said just before: a few of the home's sentences, evenly chosen, and
/// its names. Names come last, because of a long prompt only the end is read.
fn prompt(phrases: &Phrases) -> String {
    let mut names = String::new();
    for name in &phrases.names {
        if names.len() + name.len() > PROMPT_CHARS_MAX / 2 {
            break;
        }
        names += if names.is_empty() { "" } else { ", " };
        names += name;
    }
    let mut prompt = String::new();
    let every = phrases.sentences.len().div_ceil(12).max(1);
    for sentence in phrases.sentences.iter().step_by(every) {
        if prompt.len() + sentence.len() + names.len() > PROMPT_CHARS_MAX {
            break;
        }
        prompt += sentence;
        prompt += ". ";
    }
    prompt += &names;
    // whisper.cpp takes a C string.
    prompt.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoder_looks_at_the_turn_and_never_at_too_little() {
        assert_eq!(positions(0.3), POSITIONS_MIN);
        assert!(positions(12.0) >= 13 * POSITIONS_PER_S);
        assert_eq!(positions(30.0), POSITIONS_MAX);
    }

    #[test]
    fn the_prompt_has_a_bound_and_ends_with_the_names() {
        let phrases = Phrases {
            sentences: (0..1_000).map(|n| format!("Zet lamp nummer {n} aan")).collect(),
            names: vec!["Robin".into(), "keu\0ken".into()],
        };
        let prompt = prompt(&phrases);
        assert!(prompt.len() <= PROMPT_CHARS_MAX + 30, "{}", prompt.len());
        assert!(prompt.ends_with("Robin, keuken"));
        assert!(prompt.starts_with("Zet lamp nummer 0 aan. "));
        assert_eq!(super::prompt(&Phrases::default()), "");
    }

    #[test]
    fn a_missing_or_damaged_model_says_what_to_do() {
        let missing = Whisper::find(Path::new("/nowhere/model.bin"), Language::Nl, None);
        let error = missing.err().unwrap().to_string();
        assert!(error.contains("/nowhere/model.bin is missing: `omzien models get"), "{error}");
        let file = tempfile::NamedTempFile::new().unwrap();
        for bytes in [&b""[..], b"lmgg", &ggml::tests::tiny()[..40]] {
            std::fs::write(file.path(), bytes).unwrap();
            let error = Whisper::find(file.path(), Language::Nl, None).err().unwrap();
            assert!(matches!(error, SpeechError::BadModel { .. }), "{error}");
        }
    }
}
