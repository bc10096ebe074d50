//! Words out of a turn of sound, behind a trait; and Whisper behind that. Nothing is kept between
//! two turns, and no word leaves this file but in the transcript.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use omzien_core::{Language, Phrases};
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperError,
    WhisperState, get_lang_id, get_lang_max_id, install_logging_hooks,
};

use super::SpeechError;
use super::asked::{Asked, Preamble};
use super::decoding::{self, Decoded, Searched, Token, Tokens, Written};
use super::gate::{self, Candidate};
use super::ggml;
use crate::sound::RATE_HZ;

/// What was heard in one turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    pub heard: Heard,
    /// The sentence that was known, or else what the model wrote, if that passed the gate
    /// (`gate.rs`); empty if nothing did.
    pub text: String,
    /// What the model wrote by itself; the sentence that was known, if that was clear without.
    pub free_text: String,
    /// The likeliest of the sentences that can be said now, said or not.
    pub nearest: Option<Nearest>,
    /// It stopped in the middle of one of them.
    pub begun: bool,
    /// 0 (a guess) to 1 (certain) that `text` was said.
    pub confidence: f32,
    /// How much of the time went into finding the nearest sentence.
    pub along: Duration,
}

/// What kind of thing was heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Heard {
    /// One of the sentences that can be said now.
    Known,
    /// Words, and none of those sentences.
    Words,
    #[default]
    Nothing,
}

/// The likeliest of the sentences that can be said now, and what speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    pub text: String,
    /// Mean natural logarithm of its tokens' probabilities: 0 is certain.
    pub mean_log_probability: f32,
    /// By how much the token that the model liked least fell short of the one it liked best.
    pub worst_regret: f32,
    /// How many tokens the model was asked for.
    pub asked: usize,
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
/// A sentence of ours is believed from this mean log-probability on. Of 85 commands in two
/// languages (neural voices and people) the least likely that was right had -2.9; of what was none
/// of them, the likeliest had -3.4 (docs/design/listening.md).
const KNOWN_MIN: f32 = -3.0;
/// And only if what the model wrote by itself is no likelier than by this; from a trial on a few
/// clips (docs/design/listening.md).
const SHORT_OF_FREE_MAX: f32 = 2.0;

/// Half of a sentence is likelier than a whole one by at least this, or the whole was said: of 43
/// Dutch commands two came out 0.5 and 0.7 less likely than half of another, and of such that were
/// cut in two the halves were mostly likelier by 1.4 and more (docs/design/turns.md).
const BEGUN_BETTER: f32 = 1.0;

/// Nobody speaks more slowly than this (letters a second), and no turn holds more silence.
const LETTERS_PER_S_MIN: f32 = 4.0;
const SILENCE_S: f32 = 1.0;

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
    tokens: Tokens,
    preamble: Preamble,
    /// That of the other language that the companion knows.
    other: Preamble,
    /// Of all languages that the model knows.
    languages: Range<Token>,
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
            self.loaded = Some(Loaded::new(&self.model, self.language)?);
        }
        // It was put there just above.
        self.loaded.as_mut().ok_or_else(|| SpeechError::NoModel { path: self.model.clone() })
    }

    fn parameters(&self, seconds: f32) -> FullParams<'static, 'static> {
        let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        parameters.set_n_threads(i32::from(self.threads));
        parameters.set_language(Some(code(self.language)));
        // Bounded far below an i32 (see the function).
        parameters.set_audio_ctx(positions(seconds) as i32);
        parameters.set_max_tokens(1);
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
    fn new(model: &Path, language: Language) -> Result<Self, SpeechError> {
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
        let bytes = |token| context.token_to_bytes(token).map(<[u8]>::to_vec);
        let words: Result<Vec<_>, _> = (0..context.token_eot()).map(bytes).collect();
        let tokens = Tokens::new(words.map_err(bad)?);
        let preamble = |language| {
            let language = context.token_lang(get_lang_id(code(language)).unwrap_or_default());
            [context.token_sot(), language, context.token_transcribe(), context.token_not()]
        };
        let (own, other) = (preamble(language), preamble(other_than(language)));
        let languages = context.token_lang(0)..context.token_lang(get_lang_max_id()) + 1;
        Ok(Self { state, tokens, preamble: own, other, languages, context })
    }
}

pub(super) fn failed(error: WhisperError) -> SpeechError {
    SpeechError::Recogniser { why: error.to_string() }
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
        let (parameters, threads) = (self.parameters(seconds), self.threads);
        let Loaded { context, state, tokens, preamble, other, languages } = self.loaded()?;
        // whisper.cpp reads less than thirty seconds only where it also writes: a token, unused.
        state.full(parameters, &samples).map_err(failed)?;
        let mut model = Asked::new(context, state, preamble, threads);
        let is_other = model.is_rather(other, languages)?;
        let start = Instant::now();
        let longest = tokens_max(seconds);
        let Searched { found, begun } = decoding::along(&mut model, tokens, phrases, longest)?;
        let mut along = start.elapsed();
        let found = match found {
            Some(found) if found.is_clear() && fills(&found.text, seconds) => {
                return Ok(Transcript { along, ..known(found) });
            }
            other => other,
        };
        if is_other {
            let mut model = Asked::new(context, state, other, threads);
            let written = decoding::write(&mut model, tokens, longest)?;
            return Ok(Transcript { along, ..judge(written, None, seconds, phrases) });
        }
        let written = decoding::write(&mut model, tokens, longest)?;
        let start = Instant::now();
        let found = decoding::likelier(&mut model, tokens, phrases, found, &written.text)?;
        along += start.elapsed();
        // Half of one sentence is not the whole of its neighbour.
        let better = |begun: f32, whole: &Decoded| begun > whole.score + BEGUN_BETTER;
        let begun = begun.filter(|begun| found.as_ref().is_none_or(|it| better(*begun, it)));
        let found = found.filter(|_| begun.is_none());
        let judged = judge(written, found, seconds, phrases);
        Ok(Transcript { along, begun: begun.is_some(), ..judged })
    }
}

/// A sentence of ours.
fn known(nearest: Decoded) -> Transcript {
    let confidence = (1.0 - nearest.mean_log_probability / KNOWN_MIN).clamp(0.0, 1.0);
    Transcript {
        heard: Heard::Known,
        text: nearest.text.clone(),
        free_text: nearest.text.clone(),
        nearest: Some(nearest.into()),
        begun: false,
        confidence,
        along: Duration::ZERO,
    }
}

fn is_believed(nearest: &Decoded, written: &Written) -> bool {
    let likely = nearest.mean_log_probability;
    likely >= KNOWN_MIN && likely >= written.mean_log_probability - SHORT_OF_FREE_MAX
}

/// One of ours, something else, or nothing.
fn judge(
    written: Written,
    nearest: Option<Decoded>,
    seconds: f32,
    phrases: &Phrases,
) -> Transcript {
    let candidate = Candidate {
        text: &written.text,
        mean_log_probability: written.mean_log_probability,
        voice_s: seconds,
        tokens: if written.cut_off { gate::Tokens::CutOff } else { gate::Tokens::Finished },
    };
    let transcript = match (nearest, gate::pass(candidate, phrases)) {
        (Some(nearest), _) if is_believed(&nearest, &written) => known(nearest),
        (nearest, Ok(text)) => Transcript {
            heard: Heard::Words,
            text,
            nearest: nearest.map(Nearest::from),
            confidence: written.mean_log_probability.exp().clamp(0.0, 1.0),
            ..Transcript::default()
        },
        (nearest, Err(rejected)) => {
            tracing::debug!(?rejected, "what was heard did not pass the gate");
            Transcript { nearest: nearest.map(Nearest::from), ..Transcript::default() }
        }
    };
    Transcript { free_text: written.text, ..transcript }
}

impl From<Decoded> for Nearest {
    fn from(decoded: Decoded) -> Self {
        let Decoded { text, mean_log_probability, worst_regret, asked, .. } = decoded;
        Self { text, mean_log_probability, worst_regret, asked }
    }
}

/// Whether so short a sentence can have taken so long: otherwise more was said than it.
fn fills(text: &str, seconds: f32) -> bool {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    letters as f32 >= LETTERS_PER_S_MIN * (seconds - SILENCE_S)
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

fn other_than(language: Language) -> Language {
    match language {
        Language::Nl => Language::En,
        Language::En => Language::Nl,
    }
}

/// How much the encoder looks at: the turn and a second more, in steps that suit its kernels.
fn positions(seconds: f32) -> usize {
    let wanted = (seconds + 1.0) * POSITIONS_PER_S as f32;
    (wanted.ceil() as usize).next_multiple_of(64).clamp(POSITIONS_MIN, POSITIONS_MAX)
}

/// How much is written of a turn, freely or along.
fn tokens_max(seconds: f32) -> usize {
    ((seconds * TOKENS_PER_S as f32) as usize).clamp(TOKENS_MIN, TOKENS_MAX)
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
    fn a_no_that_took_two_seconds_was_more_than_a_no() {
        assert!(fills("No", 0.8) && fills("Ja", 1.2) && fills("Doe de lamp aan", 3.0));
        assert!(!fills("No", 1.8) && !fills("Nee", 2.0) && !fills("Doe de lamp aan", 6.0));
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
