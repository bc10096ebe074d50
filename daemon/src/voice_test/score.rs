//! What came of it: numbers and a verdict per place, and the file in which they are kept for the
//! certificate. It holds what was asked, never what was said, and no sound.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use omzien_core::Language;
use omzien_drivers::speech::proof::dbfs;
use serde::{Deserialize, Serialize};

use crate::journal;

/// The form of the file; another number is another form.
pub const VERSION: u32 = 1;
/// Under the state folder.
pub const FILE: &str = "voice-test.json";

/// A voice that stands less above the room is the first thing to mend; and a room louder than this
/// has something that plays or hums. Chosen: a quiet room and a voice at two metres are some 25 dB
/// apart. In a virtual room, once, a voice 15 to 19 dB over a hum lost the name at the beginning of
/// three commands of three.
const CLEAR_DB: i16 = 20;
const LOUD_ROOM_DBFS: i16 = -45;

/// A whole test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub version: u32,
    pub at: Timestamp,
    pub language: Language,
    pub places: Vec<Place>,
}

/// One place in the home.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub name: String,
    /// How loud the room is while nobody speaks, in dB of full scale.
    pub room_dbfs: i16,
    pub tried: Vec<Tried>,
}

/// One sentence that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    pub asked: String,
    pub became: Became,
    /// Of the voice, in dB of full scale; `None`: none was heard.
    pub voice_dbfs: Option<i16>,
    /// From the last sound of the voice until it was understood, milliseconds.
    pub took_ms: Option<u64>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    Understood,
    /// Words were heard, and they mean something else or nothing.
    Otherwise,
    /// The words were right, and too unclear to count: "I am fine" needs more than others.
    Unsure,
    /// Words were heard, and nothing that was said to the companion: its name was not among them.
    Unaddressed,
    /// A voice was heard, and no words in it.
    NoWords,
    /// No voice within the time.
    Nothing,
}

/// What would help at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    Nothing,
    /// No voice arrived: the wrong microphone, or one that is shut.
    Microphone,
    /// The voice does not stand above a loud room.
    Quieter,
    /// Nor above a quiet one.
    Nearer,
    /// What was heard was understood, and some of it was not said, or not loudly enough once.
    Again,
    /// It is loud enough: another model, or another way to say it.
    Model,
}

impl Place {
    pub fn understood(&self) -> usize {
        self.count(Became::Understood)
    }

    /// How often somebody spoke in vain.
    fn misheard(&self) -> usize {
        self.tried.len() - self.understood() - self.count(Became::Nothing)
    }

    fn count(&self, became: Became) -> usize {
        self.tried.iter().filter(|one| one.became == became).count()
    }

    /// How far the voice stands above the room, in the middle of what was heard; `None`: no voice.
    pub fn voice_over_room_db(&self) -> Option<i16> {
        let mut voices: Vec<i16> = self.tried.iter().filter_map(|one| one.voice_dbfs).collect();
        voices.sort_unstable();
        Some(voices.get(voices.len() / 2)? - self.room_dbfs)
    }

    pub fn mend(&self) -> Mend {
        match self.voice_over_room_db() {
            _ if self.understood() == self.tried.len() => Mend::Nothing,
            None => Mend::Microphone,
            Some(over) if over < CLEAR_DB && self.room_dbfs > LOUD_ROOM_DBFS => Mend::Quieter,
            Some(over) if over < CLEAR_DB => Mend::Nearer,
            Some(_) if self.misheard() == 0 => Mend::Again,
            Some(_) => Mend::Model,
        }
    }
}

impl Score {
    /// Writes the file whole or not at all; an older test is replaced.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn keep(&self, state: &Path) -> io::Result<PathBuf> {
        fs::create_dir_all(state)?;
        journal::replace(state, FILE, &serde_json::to_vec_pretty(self)?)?;
        Ok(state.join(FILE))
    }
}

/// The loudness of a voice: the mean of the moments within 20 dB of its loudest, so that pauses
/// do not count.
pub fn voice_dbfs(samples: &[f32]) -> i16 {
    let moments = || samples.chunks(320).map(|moment| (dbfs(moment), moment));
    let loudest = moments().map(|(loud, _)| loud).max().unwrap_or_default();
    let voiced = moments().filter(|(loud, _)| *loud >= loudest - 20);
    dbfs(&voiced.map(|(_, moment)| moment).collect::<Vec<_>>().concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(room_dbfs: i16, results: &[(Became, Option<i16>)]) -> Place {
        let tried = results.iter().map(|(became, voice_dbfs)| Tried {
            asked: "Yes.".to_owned(),
            became: *became,
            voice_dbfs: *voice_dbfs,
            took_ms: None,
        });
        Place { name: "chair".to_owned(), room_dbfs, tried: tried.collect() }
    }

    #[test]
    fn the_mend_is_what_is_wrong() {
        use Became::{NoWords, Nothing, Otherwise, Unaddressed, Understood};
        for (room_dbfs, results, mend) in [
            (-60, vec![(Understood, Some(-30))], Mend::Nothing),
            (-30, vec![(Understood, Some(-30))], Mend::Nothing),
            (-60, vec![(Nothing, None), (Nothing, None)], Mend::Microphone),
            (-60, vec![(NoWords, Some(-50)), (NoWords, Some(-52))], Mend::Nearer),
            (-60, vec![(NoWords, Some(-25)), (Nothing, None)], Mend::Model),
            (-40, vec![(Understood, Some(-30)), (Otherwise, Some(-32))], Mend::Quieter),
            (-60, vec![(Otherwise, Some(-50)), (Nothing, None)], Mend::Nearer),
            (-60, vec![(Otherwise, Some(-25)), (Understood, Some(-25))], Mend::Model),
            (-60, vec![(Unaddressed, Some(-25)), (Nothing, None)], Mend::Model),
            (-60, vec![(Unaddressed, Some(-43))], Mend::Nearer),
            (-60, vec![(Understood, Some(-25)), (Nothing, None)], Mend::Again),
            (-60, vec![(Understood, Some(-43)), (Nothing, None)], Mend::Nearer),
        ] {
            assert_eq!(place(room_dbfs, &results).mend(), mend, "{room_dbfs} {results:?}");
        }
    }

    #[test]
    fn loudness_is_in_decibels_and_pauses_are_no_voice() {
        let tone = |gain: f32| (0..16_000).map(move |n| gain * (n as f32 * 0.2).sin());
        assert_eq!(voice_dbfs(&tone(1.0).collect::<Vec<_>>()), -3);
        assert_eq!(voice_dbfs(&tone(0.1).collect::<Vec<_>>()), -23);
        assert_eq!((voice_dbfs(&[]), voice_dbfs(&[0.0; 640])), (-96, -96));
        let spoken: Vec<f32> = tone(0.1).chain(std::iter::repeat_n(0.0, 48_000)).collect();
        assert_eq!((voice_dbfs(&spoken), dbfs(&spoken)), (-23, -29));
    }

    #[test]
    fn the_file_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let places = vec![place(-60, &[(Became::Understood, Some(-30))])];
        let at = Timestamp::UNIX_EPOCH;
        let score = Score { version: VERSION, at, language: Language::Nl, places };
        let file = score.keep(folder.path()).expect("written");
        let read: Score =
            serde_json::from_slice(&fs::read(file).expect("there")).expect("the form");
        assert_eq!(read, score);
    }
}
