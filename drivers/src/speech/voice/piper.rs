//! Piper voices: a small neural network that speaks, run by ONNX Runtime. Both are files that the
//! owner names; nothing is loaded before it is needed, and nothing is ever fetched. The library is
//! opened while the program runs, so the program starts without it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use omzien_core::Language;
use ort::environment::Environment;
use ort::session::{Session, SessionInputValue};
use ort::value::Tensor;
use serde::Deserialize;

use super::super::{Settings, SpeechError};
use super::{Espeak, Speaks, Voice, cut, pause_ms, within};
use crate::model;
use crate::sound::Pcm;

/// Words a minute at which these voices speak when nobody says otherwise, more or less: as
/// espeak-ng does.
const USUAL_WORDS_PER_MINUTE: u16 = 175;
/// The library as `omzien models get onnxruntime` names it.
const LIBRARY_MODEL: &str = "onnxruntime";
/// As a Debian package would install it; the system's loader looks for it.
const LIBRARY_SYSTEM: &str = "libonnxruntime.so";
/// The voices that exist describe themselves in some five kilobytes.
const CONFIG_BYTES_MAX: u64 = 1 << 20;
/// Half a minute of talking without a full stop. What is longer is cut off: a network's time and
/// memory grow with its input, and nothing can interrupt it.
const PHONEMES_MAX: usize = 600;
/// What is softer than this, of 1, is breath.
const QUIET: f32 = 0.005;

/// The voices that the home file names, loaded with the first sentence.
pub struct Piper {
    library: Option<PathBuf>,
    nl: Option<Speaker>,
    en: Option<Speaker>,
    espeak: Espeak,
    words_per_minute: u16,
}

/// One voice: a `.onnx`, and beside it a `.onnx.json`.
struct Speaker {
    model: PathBuf,
    /// Empty until it was needed, and after it could not be loaded.
    loaded: Mutex<Option<Loaded>>,
}

struct Loaded {
    session: Session,
    config: Config,
}

impl Piper {
    /// `None` if the home names no voice.
    #[must_use]
    pub fn new(settings: &Settings) -> Option<Self> {
        let speaker = |model: &Option<PathBuf>| {
            model.clone().map(|model| Speaker { model, loaded: Mutex::new(None) })
        };
        let (nl, en) = (speaker(&settings.piper_nl), speaker(&settings.piper_en));
        (nl.is_some() || en.is_some()).then(|| Self {
            library: settings.onnxruntime.clone(),
            nl,
            en,
            espeak: Espeak::new(settings),
            words_per_minute: settings.words_per_minute.clamp(80, 300),
        })
    }

    fn speaker(&self, language: Language) -> Option<&Speaker> {
        match language {
            Language::Nl => self.nl.as_ref(),
            Language::En => self.en.as_ref(),
        }
    }
}

impl Speaks for Piper {
    fn speaks(&self, language: Language) -> bool {
        self.speaker(language).is_some()
    }
}

impl Voice for Piper {
    fn synthesise_at(
        &self,
        text: &str,
        language: Language,
        pace_percent: u8,
    ) -> Result<Pcm, SpeechError> {
        let Some(speaker) = self.speaker(language) else {
            return Err(SpeechError::Voice {
                program: "Piper".to_owned(),
                why: "the home file names no voice for this language".to_owned(),
            });
        };
        // A voice is whole, or gone, whatever became of a thread that held it.
        let mut loaded = speaker.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let voice = match &mut *loaded {
            Some(voice) => voice,
            none => none.insert(Loaded::load(&speaker.model, self.library.as_deref())?),
        };
        let slower = f32::from(USUAL_WORDS_PER_MINUTE) / f32::from(self.words_per_minute);
        let slower = slower * 100.0 / f32::from(within(pace_percent));
        let rate_hz = voice.config.audio.sample_rate;
        let mut samples: Vec<f32> = Vec::new();
        let mut pause_before_ms = None;
        for sentence in sentences(&cut(text)) {
            let phonemes = phonemes(sentence, &self.espeak, &voice.config.espeak.voice)?;
            let said = voice.speak(&phonemes, slower).map_err(|why| speaker.failed(&why))?;
            if let Some(pause_ms) = pause_before_ms {
                // The voice breathes out as long as it likes; the pause is ours.
                let end = samples.iter().rposition(|sample| sample.abs() > QUIET);
                let pause = u64::from(pause_ms) * u64::from(rate_hz) / 1_000;
                // Two seconds at most at any rate that a sound card knows, so it fits.
                samples.truncate(end.map_or(0, |end| end + 1));
                samples.resize(samples.len() + pause as usize, 0.0);
            }
            samples.extend(said);
            let sign = sentence.chars().next_back();
            pause_before_ms = sign.and_then(|sign| pause_ms(sign, pace_percent));
        }
        match samples.is_empty() {
            true => Err(speaker.failed("it said nothing")),
            false => Ok(Pcm { samples, rate_hz }),
        }
    }
}

impl Speaker {
    fn failed(&self, why: impl ToString) -> SpeechError {
        failed(&self.model, why)
    }
}

fn failed(what: &Path, why: impl ToString) -> SpeechError {
    SpeechError::Voice { program: what.display().to_string(), why: why.to_string() }
}

impl Loaded {
    fn load(model: &Path, library: Option<&Path>) -> Result<Self, SpeechError> {
        let config = Config::read(model)?;
        // Without the check, the library's own message names no file.
        File::open(model).map_err(|error| failed(model, error))?;
        let environment = environment(library)?;
        let session = || -> ort::Result<Session> {
            let builder = Session::builder(environment)?;
            // One thread: the other cores listen meanwhile.
            builder.with_intra_threads(1)?.commit_from_file(model)
        };
        let session = session().map_err(|error| failed(model, error))?;
        Ok(Self { session, config })
    }

    fn speak(&mut self, phonemes: &str, slower: f32) -> Result<Vec<f32>, String> {
        let ids = self.config.ids(phonemes);
        let inference = &self.config.inference;
        let scales =
            vec![inference.noise_scale, inference.length_scale * slower, inference.noise_w];
        let wrong = |error: ort::Error| error.to_string();
        let count = ids.len();
        let length = i64::try_from(count).unwrap_or(i64::MAX);
        let mut inputs: Vec<(&str, SessionInputValue<'_>)> = vec![
            ("input", Tensor::from_array(([1, count], ids)).map_err(wrong)?.into()),
            ("input_lengths", Tensor::from_array(([1], vec![length])).map_err(wrong)?.into()),
            ("scales", Tensor::from_array(([3], scales)).map_err(wrong)?.into()),
        ];
        if self.config.num_speakers > 1 {
            inputs.push(("sid", Tensor::from_array(([1], vec![0_i64])).map_err(wrong)?.into()));
        }
        let outputs = self.session.run(inputs).map_err(wrong)?;
        let output = outputs.get("output").ok_or("the network has no `output`")?;
        let (_, samples) = output.try_extract_tensor::<f32>().map_err(wrong)?;
        match samples.iter().all(|sample| sample.is_finite()) {
            true => Ok(samples.to_vec()),
            false => Err("the network gave no sound".to_owned()),
        }
    }
}

/// ONNX Runtime, opened once in the life of the program. A library that could not be opened is
/// tried again: it may have been installed meanwhile.
fn environment(named: Option<&Path>) -> Result<&'static Environment, SpeechError> {
    static OPENED: OnceLock<Environment> = OnceLock::new();
    if let Some(environment) = OPENED.get() {
        return Ok(environment);
    }
    let library = named
        .map(Path::to_owned)
        .or_else(|| model::locate(LIBRARY_MODEL).ok())
        .unwrap_or_else(|| LIBRARY_SYSTEM.into());
    let opened = ort::init_from(&library).map_err(|error| failed(&library, error))?;
    let environment =
        opened.with_telemetry(false).build().map_err(|error| failed(&library, error))?;
    Ok(OPENED.get_or_init(|| environment))
}

/// What lies beside a voice: its rate, and which number stands for which sound.
#[derive(Debug, Deserialize)]
struct Config {
    audio: Audio,
    espeak: EspeakVoice,
    #[serde(default)]
    inference: Inference,
    phoneme_id_map: BTreeMap<String, Vec<i64>>,
    #[serde(default)]
    num_speakers: u32,
}

#[derive(Debug, Deserialize)]
struct Audio {
    sample_rate: u32,
}

#[derive(Debug, Deserialize)]
struct EspeakVoice {
    voice: String,
}

/// How lively it speaks; Piper's own defaults.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct Inference {
    noise_scale: f32,
    length_scale: f32,
    noise_w: f32,
}

impl Default for Inference {
    fn default() -> Self {
        Self { noise_scale: 0.667, length_scale: 1.0, noise_w: 0.8 }
    }
}

impl Config {
    fn read(model: &Path) -> Result<Self, SpeechError> {
        let mut path = model.as_os_str().to_owned();
        path.push(".json");
        let path = PathBuf::from(path);
        let mut text = String::new();
        File::open(&path)
            .and_then(|file| file.take(CONFIG_BYTES_MAX).read_to_string(&mut text))
            .map_err(|error| failed(&path, error))?;
        let config: Self = serde_json::from_str(&text).map_err(|error| failed(&path, error))?;
        match config.audio.sample_rate {
            8_000..=48_000 => Ok(config),
            other => Err(failed(&path, format!("a sample rate of {other} Hz is none of speech"))),
        }
    }

    /// The numbers of a sentence: a beginning, each sound with a rest behind it, an end. A sound
    /// that the voice does not know is left out.
    fn ids(&self, phonemes: &str) -> Vec<i64> {
        let of = |sign: &str| self.phoneme_id_map.get(sign).map_or(&[][..], Vec::as_slice);
        let mut ids = of("^").to_vec();
        let mut letter = [0; 4];
        for phoneme in phonemes.chars().take(PHONEMES_MAX) {
            let known = of(phoneme.encode_utf8(&mut letter));
            if !known.is_empty() {
                ids.extend(known);
                ids.extend(of("_"));
            }
        }
        ids.extend(of("$"));
        ids
    }
}

/// The sentences of a text, each with its sign at the end; without signs, the whole text.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    pieces(text, &['.', '?', '!'])
}

/// The pieces of a text that end with one of these signs before a space, without the space.
fn pieces<'t>(text: &'t str, signs: &'static [char]) -> impl Iterator<Item = &'t str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let end = rest
            .char_indices()
            .zip(rest.chars().skip(1))
            .find(|((_, sign), next)| signs.contains(sign) && next.is_whitespace())
            .map_or(rest.len(), |((at, sign), _)| at + sign.len_utf8());
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The sounds of a sentence, with the signs at the ends of its clauses: espeak-ng itself leaves
/// them out, and the voice was taught to pause and to rise by them.
fn phonemes(sentence: &str, espeak: &Espeak, voice: &str) -> Result<String, SpeechError> {
    let mut sounds = String::new();
    for clause in pieces(sentence, &[',', ';', ':']) {
        let words = clause.trim_end_matches([',', ';', ':', '.', '?', '!']);
        if !sounds.is_empty() {
            sounds.push(' ');
        }
        if words.chars().any(char::is_alphanumeric) {
            sounds.push_str(&without_flags(&espeak.phonemes(words, voice)?));
        }
        sounds.extend(clause[words.len()..].chars().take(1));
    }
    Ok(sounds)
}

/// espeak-ng marks a word of another language: "(en)lˈaɪt(nl)". The marks are no sounds.
fn without_flags(phonemes: &str) -> String {
    let mut plain = String::with_capacity(phonemes.len());
    let mut within = false;
    for letter in phonemes.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match letter {
            '(' => within = true,
            ')' => within = false,
            _ if !within => plain.push(letter),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_sentences_and_clauses() {
        let text = "Goed, ik kom.  Om 8.30 uur? Ja!";
        assert_eq!(sentences(text).collect::<Vec<_>>(), ["Goed, ik kom.", "Om 8.30 uur?", "Ja!"]);
        let clauses: Vec<_> = pieces("Goed, ik kom.", &[',']).collect();
        assert_eq!(clauses, ["Goed,", "ik kom."]);
        assert_eq!(sentences("  ").count(), 0);
        assert_eq!(sentences("zonder einde").collect::<Vec<_>>(), ["zonder einde"]);
    }

    #[test]
    fn clauses_keep_the_sign_that_they_end_with() {
        let espeak = Espeak::new(&Settings::default());
        let sounds = phonemes("Yes, it is the light?", &espeak, "en-us").unwrap();
        assert!(sounds.starts_with("jˈɛs, "), "{sounds}");
        assert!(sounds.ends_with("lˈaɪt?"), "{sounds}");
        assert_eq!(phonemes("...", &espeak, "en-us").unwrap(), ".");
        assert_eq!(without_flags("(en)lˈaɪt(nl) ˈaːn\n"), "lˈaɪt ˈaːn");
    }

    #[test]
    fn sounds_become_the_numbers_of_the_voice() {
        let config: Config = serde_json::from_str(
            r#"{
                "audio": { "sample_rate": 22050 }, "espeak": { "voice": "nl" },
                "phoneme_id_map": { "^": [1], "$": [2], "_": [0], "a": [14], "ː": [122] }
            }"#,
        )
        .unwrap();
        assert_eq!(config.ids("aːx"), [1, 14, 0, 122, 0, 2]);
        assert_eq!(config.ids(&"a".repeat(5_000)).len(), 2 * PHONEMES_MAX + 2);
        assert!((config.inference.length_scale - 1.0).abs() < f32::EPSILON);
    }
}
