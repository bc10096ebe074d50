//! The voice of the simulated resident: a recording for each sentence of the day, made by
//! espeak-ng or brought by whoever wants to be heard. She decides nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use omzien_core::Language;
use omzien_drivers::sound::{Pcm, wav};
use omzien_drivers::speech;
use omzien_drivers::speech::voice::{Espeak, Voice};

/// A sentence of the day, in the words of each try: whoever is not understood says it another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) id: &'static str,
    en: [&'static str; TRIES],
    nl: [&'static str; TRIES],
}

/// How often she says something that is not understood.
pub(super) const TRIES: usize = 3;

impl Line {
    pub(super) fn words(&self, language: Language) -> [&'static str; TRIES] {
        match language {
            Language::En => self.en,
            Language::Nl => self.nl,
        }
    }

    /// Its recording in a folder of one's own.
    fn file(&self) -> String {
        format!("{}.wav", self.id)
    }

    /// The recording that is needed, and what to say in it.
    fn wish(&self, language: Language) -> String {
        format!("  {:12} “{}”", self.file(), self.words(language)[0])
    }
}

macro_rules! lines {
    ($($name:ident $id:literal en $en:expr, nl $nl:expr;)*) => {
        $(pub(super) const $name: Line = Line { id: $id, en: $en, nl: $nl };)*
        const LINES: &[Line] = &[$($name),*];
    };
}

lines! {
    LATER "later"
        en ["No, not yet.", "Ask me again later.", "No, ask me again soon."],
        nl ["Nog niet.", "Nee, nu niet.", "Vraag het straks nog eens."];
    TAKEN "taken"
        en ["Yes, I have taken them.", "Yes.", "I have taken them."],
        nl ["Ja, ik heb ze genomen.", "Ja.", "Ik heb ze genomen."];
    FINE "fine"
        en ["Yes, I am fine.", "I feel fine.", "Yes."],
        nl ["Het gaat goed met mij.", "Ja, met mij gaat het goed.", "Ja."];
    LIGHT "light"
        en [
            "Robin, turn on the bedside lamp.",
            "Robin, turn on the light in the bedroom.",
            "Robin, turn on the bedroom light.",
        ],
        nl [
            "Robin, ik wil de lamp in de slaapkamer aan.",
            "Robin, doe de lamp in de slaapkamer aan.",
            "Robin, doe de bedlamp aan.",
        ];
    TIME "time"
        en ["Robin, what time is it?", "Robin, what is the time?", "Robin, tell me the time."],
        nl ["Robin, hoe laat is het?", "Robin, hoe laat is het nu?", "Robin, kun je zeggen hoe laat het is?"];
    REMIND "remind"
        en [
            "Robin, remind me in one hour to call Anna.",
            "Robin, remind me in an hour to call Anna.",
            "Robin, remind me in one hour to phone Anna.",
        ],
        nl [
            "Robin, herinner mij over een uur aan de thee.",
            "Robin, herinner mij over een uur aan de planten.",
            "Robin, wil je mij over een uur herinneren aan de planten?",
        ];
    DARK "dark"
        en [
            "Robin, turn off all the lights.",
            "Robin, turn all lights off.",
            "Robin, all lights off.",
        ],
        nl ["Robin, zet alles uit.", "Robin, doe alle lampen uit.", "Robin, alle lampen uit."];
}

/// Quiet before the first word: a microphone that was idle delivers its first sound late.
const SILENCE_S: f32 = 0.6;
/// A lighter and quicker voice than the companion's, so that a listener hears two people.
const VOICE_EN: &str = "en-gb+f2";
const WORDS_PER_MINUTE: u16 = 140;
/// Dutch voices that a recogniser understands, and their data in Debian's packages.
const VOICES_NL: [(&str, &str); 2] =
    [("mb-nl2", "/usr/share/mbrola/nl2/nl2"), ("mb-nl3", "/usr/share/mbrola/nl3/nl3")];

/// Why she cannot speak.
#[derive(Debug, thiserror::Error)]
pub enum NoVoice {
    #[error(
        "plain espeak-ng Dutch is understood by no recogniser. Install the Debian packages \
         mbrola and mbrola-nl2 (from contrib and non-free), or put recordings of your own in a \
         folder and name it with --voices:\n{files}"
    )]
    Dutch { files: String },
    #[error("these recordings are missing in {}:\n{missing}", folder.display())]
    Recordings { folder: PathBuf, missing: String },
    #[error("the sentence `{id}` cannot be spoken: {why}")]
    Sentence { id: &'static str, why: String },
}

/// What is heard in one try.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) words: &'static str,
    pub(super) file: PathBuf,
}

/// What each sentence is, try by try.
pub(super) type Recorded = BTreeMap<Line, [Said; TRIES]>;

/// Makes the sound files of every sentence in `folder`. `own`: recordings that are used instead;
/// one recording is said again as it is.
pub(super) fn record(
    folder: &Path,
    language: Language,
    own: Option<&Path>,
) -> Result<Recorded, NoVoice> {
    if let Some(own) = own {
        all_are_there(own, language)?;
    }
    let mut recorded = BTreeMap::new();
    for line in LINES {
        let failed = |why: String| NoVoice::Sentence { id: line.id, why };
        let brought = own.map(|own| own.join(line.file()));
        let mut tries = [const { Said { words: "", file: PathBuf::new() } }; TRIES];
        for (number, said) in tries.iter_mut().enumerate() {
            // One recording has one way to say it, however often it is played.
            said.words = line.words(language)[if brought.is_some() { 0 } else { number }];
            said.file = folder.join(format!("{}-{}.wav", line.id, number + 1));
            let sound = match &brought {
                Some(brought) => wav::read(brought).map_err(|error| failed(error.to_string()))?,
                None => synthetic(language)?
                    .synthesise(said.words, language)
                    .map_err(|error| failed(error.to_string()))?,
            };
            wav::write(&said.file, &after_a_silence(&sound))
                .map_err(|error| failed(error.to_string()))?;
        }
        recorded.insert(*line, tries);
    }
    Ok(recorded)
}

/// Two people in one resident would puzzle whoever listens: all recordings, or none.
fn all_are_there(own: &Path, language: Language) -> Result<(), NoVoice> {
    let missing: Vec<String> = LINES
        .iter()
        .filter(|line| !own.join(line.file()).is_file())
        .map(|line| line.wish(language))
        .collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(NoVoice::Recordings { folder: own.into(), missing: missing.join("\n") }),
    }
}

fn synthetic(language: Language) -> Result<Espeak, NoVoice> {
    let installed = VOICES_NL.iter().find(|(_, data)| Path::new(data).exists());
    let voice_nl = installed.map(|(voice, _)| (*voice).to_owned());
    if language == Language::Nl && voice_nl.is_none() {
        let files: Vec<String> = LINES.iter().map(|line| line.wish(language)).collect();
        return Err(NoVoice::Dutch { files: files.join("\n") });
    }
    Ok(Espeak::new(&speech::Settings {
        voice_nl,
        voice_en: Some(VOICE_EN.to_owned()),
        words_per_minute: WORDS_PER_MINUTE,
        pitch: 50,
        ..speech::Settings::default()
    }))
}

fn after_a_silence(said: &Pcm) -> Pcm {
    let mut samples = vec![0.0; (said.rate_hz as f32 * SILENCE_S) as usize];
    samples.extend(&said.samples);
    Pcm { samples, rate_hz: said.rate_hz }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_of_ones_own_are_used_and_begin_with_a_silence() {
        let (own, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let said = Pcm { samples: vec![0.5; 8_000], rate_hz: 16_000 };
        for line in LINES {
            wav::write(&own.path().join(line.file()), &said).unwrap();
        }
        // Whoever brings recordings needs no voice of a program, so Dutch is no trouble.
        let recorded = record(folder.path(), Language::Nl, Some(own.path())).unwrap();
        let heard = wav::read(&recorded[&LATER][0].file).unwrap();
        assert!(
            recorded[&LATER].iter().all(|said| said.words == "Nog niet."),
            "as it was recorded"
        );
        assert_eq!(heard.samples.len(), 8_000 + (16_000.0 * SILENCE_S) as usize);
        assert!(heard.samples[..9_000].iter().all(|sample| *sample == 0.0));
        assert!(heard.loudness() > 0.01);
    }

    #[test]
    fn a_missing_recording_is_named_with_its_words() {
        let (own, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let said = Pcm { samples: vec![0.5; 8_000], rate_hz: 16_000 };
        for line in LINES.iter().filter(|line| **line != FINE) {
            wav::write(&own.path().join(line.file()), &said).unwrap();
        }
        let missed = record(folder.path(), Language::En, Some(own.path())).unwrap_err();
        let missed = missed.to_string();
        assert!(missed.ends_with("  fine.wav     “Yes, I am fine.”"), "{missed}");
        assert!(!missed.contains("later.wav"), "{missed}");
    }
}
