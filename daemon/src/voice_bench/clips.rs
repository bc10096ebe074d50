//! Recordings to measure with: a folder of wav files, each named after what is said in it. Reads
//! them, and forgets them with the measurement.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use omzien_core::Language;
use omzien_drivers::sound::{RATE_HZ, SoundError, wav};
use omzien_drivers::speech::turns::{Ears, Turn};

/// More are not read: 2,000 clips of three seconds are 400 MB.
const CLIPS_MAX: usize = 2_000;

/// One recording.
pub struct Clip {
    /// The file.
    pub path: PathBuf,
    /// What is said in it.
    pub words: String,
    pub wanted: Wanted,
    samples: Vec<f32>,
}

/// What is to be made of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What its words mean.
    Command,
    /// Nothing: it is out of the vocabulary.
    Nothing,
}

/// Why a folder cannot be measured with.
#[derive(Debug, thiserror::Error)]
pub enum NoClips {
    #[error("{path}: {source}: name a folder of recordings")]
    Folder { path: PathBuf, source: io::Error },
    #[error("{path} holds no .wav files: name a folder that has some, or has them in nl/ and en/")]
    Empty { path: PathBuf },
    #[error("{path} cannot be read: {source}")]
    Sound { path: PathBuf, source: SoundError },
}

/// The recordings below `folder`: those in `nl/` and `en/`, and in `folder` itself those of
/// `language`.
pub fn read(folder: &Path, language: Language) -> Result<Vec<(Language, Vec<Clip>)>, NoClips> {
    let mut found = Vec::new();
    for (below, language) in [(folder.join("nl"), Language::Nl), (folder.join("en"), Language::En)]
    {
        if below.is_dir() {
            found.push((language, in_folder(&below)?));
        }
    }
    if found.is_empty() {
        found.push((language, in_folder(folder)?));
    }
    found.retain(|(_, clips)| !clips.is_empty());
    if found.is_empty() {
        return Err(NoClips::Empty { path: folder.to_owned() });
    }
    Ok(found)
}

fn in_folder(folder: &Path) -> Result<Vec<Clip>, NoClips> {
    let failed = |source| NoClips::Folder { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav")) {
            paths.push(path);
        }
    }
    paths.sort();
    paths.truncate(CLIPS_MAX);
    paths.into_iter().map(Clip::read).collect()
}

impl Clip {
    fn read(path: PathBuf) -> Result<Self, NoClips> {
        let pcm = wav::read_for_ears(&path)
            .map_err(|source| NoClips::Sound { path: path.clone(), source })?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let (words, wanted) = said(&stem);
        Ok(Self { path, words, wanted, samples: pcm.samples })
    }

    /// Its turns, as the microphone's ears find them. A second of silence before it and two after
    /// stand for the room that the recording was cut out of.
    pub fn turns(&self) -> Vec<Turn> {
        let room = vec![0.0; RATE_HZ as usize];
        let mut ears = Ears::default();
        let parts = [&room, &self.samples, &room, &room];
        let mut turns: Vec<Turn> = parts.iter().flat_map(|part| ears.push(part)).collect();
        turns.extend(ears.close());
        turns
    }

    /// Seconds.
    pub fn length_s(&self) -> f64 {
        self.samples.len() as f64 / f64::from(RATE_HZ)
    }

    /// As it was recorded, [`RATE_HZ`].
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }
}

#[cfg(test)]
impl Clip {
    /// A recording in which nothing sounds.
    pub(super) fn silent(name: &str) -> Self {
        let (words, wanted) = said(name);
        Self { path: name.into(), words, wanted, samples: Vec::new() }
    }
}

/// `kind__words_of_it` → the words, and whether they are ours to understand.
fn said(stem: &str) -> (String, Wanted) {
    let words = stem.split_once("__").map_or(stem, |(_, words)| words);
    let wanted = if words.contains("oov_") { Wanted::Nothing } else { Wanted::Command };
    (words.replace('_', " ").trim().to_owned(), wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_what_is_said_in_it() {
        for (stem, words, wanted) in [
            ("spoken__doe_de_lamp_aan", "doe de lamp aan", Wanted::Command),
            ("what's_the_time", "what's the time", Wanted::Command),
            ("spoken__oov_2", "oov 2", Wanted::Nothing),
        ] {
            assert_eq!(said(stem), (words.to_owned(), wanted));
        }
    }

    #[test]
    fn an_empty_folder_says_what_to_name_instead() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = read(folder.path(), Language::Nl).err().unwrap();
        assert!(nothing.to_string().contains("holds no .wav files"), "{nothing}");
        assert!(read(&folder.path().join("none"), Language::Nl).is_err());
    }
}
