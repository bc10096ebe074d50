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
        nl ["Ja, het gaat goed.", "Het gaat goed met mij.", "Ja."];
    LIGHT "light"
        en [
            "Robin, turn on the kitchen light.",
            "Robin, turn on the light in the kitchen.",
            "Robin, kitchen light on.",
        ],
        nl [
            "Robin, doe de keukenlamp aan.",
            "Robin, zet de lamp in de keuken aan.",
            "Robin, keukenlamp aan.",
        ];
    TIME "time"
        en ["Robin, what time is it?", "Robin, what is the time?", "Robin, tell me the time."],
        nl ["Robin, hoe laat is het?", "Robin, hoe laat is het nu?", "Robin, wat is de tijd?"];
    REMIND "remind"
        en [
            "Robin, remind me in one hour to call Anna.",
            "Robin, remind me in an hour to call Anna.",
            "Robin, remind me in one hour to phone Anna.",
        ],
        nl [
            "Robin, herinner mij over een uur aan de planten.",
            "Robin, herinner me over een uur aan de planten.",
            "Robin, herinner mij over een uur aan de thee.",
        ];
    DARK "dark"
        en ["Robin, turn everything off.", "Robin, switch everything off.", "Everything off."],
        nl ["Robin, doe alles uit.", "Robin, zet alles uit.", "Robin, alle lampen uit."];
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
         mbrola and mbrola-nl2 (not free), or put recordings of your own in a folder and name it \
         with --voices: {files}"
    )]
    Dutch { files: String },
    #[error("the sentence `{id}` cannot be spoken: {why}")]
    Sentence { id: &'static str, why: String },
}

/// The sound files of each sentence, one a try.
pub(super) type Recorded = BTreeMap<Line, [PathBuf; TRIES]>;

/// Makes the sound files of every sentence in `folder`. `own`: recordings that are used instead;
/// one recording is said again as it is.
pub(super) fn record(
    folder: &Path,
    language: Language,
    own: Option<&Path>,
) -> Result<Recorded, NoVoice> {
    let mut recorded = BTreeMap::new();
    for line in LINES {
        let failed = |why: String| NoVoice::Sentence { id: line.id, why };
        let brought = own.map(|own| own.join(line.id).with_extension("wav"));
        let brought = brought.filter(|file| file.exists());
        let mut files = [const { PathBuf::new() }; TRIES];
        for (number, (file, words)) in files.iter_mut().zip(line.words(language)).enumerate() {
            let said = match &brought {
                Some(brought) => wav::read(brought).map_err(|error| failed(error.to_string()))?,
                None => synthetic(language)?
                    .synthesise(words, language)
                    .map_err(|error| failed(error.to_string()))?,
            };
            *file = folder.join(format!("{}-{}.wav", line.id, number + 1));
            wav::write(file, &after_a_silence(&said)).map_err(|error| failed(error.to_string()))?;
        }
        recorded.insert(*line, files);
    }
    Ok(recorded)
}

fn synthetic(language: Language) -> Result<Espeak, NoVoice> {
    let installed = VOICES_NL.iter().find(|(_, data)| Path::new(data).exists());
    let voice_nl = installed.map(|(voice, _)| (*voice).to_owned());
    if language == Language::Nl && voice_nl.is_none() {
        let files: Vec<String> = LINES.iter().map(|line| format!("{}.wav", line.id)).collect();
        return Err(NoVoice::Dutch { files: files.join(", ") });
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
        wav::write(&own.path().join("later.wav"), &said).unwrap();
        let recorded = record(folder.path(), Language::En, Some(own.path())).unwrap();
        let heard = wav::read(&recorded[&LATER][0]).unwrap();
        assert_eq!(heard.samples.len(), 8_000 + (16_000.0 * SILENCE_S) as usize);
        assert!(heard.samples[..9_000].iter().all(|sample| *sample == 0.0));
        assert!(wav::read(&recorded[&FINE][0]).unwrap().loudness() > 0.01, "the others are made");
    }
}
