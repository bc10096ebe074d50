//! The collections of sentences as they lie on disk: one JSON object a line, packed. It reads
//! them and judges nothing.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use omzien_core::Language;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Unpacked, the largest of the collections has some seven million letters.
const BYTES_MAX: u64 = 64 << 20;

/// One line of a collection.
pub(crate) type Row = Value;

/// The folder of the collections.
#[derive(Debug)]
pub(crate) struct Data {
    folder: PathBuf,
}

/// Why nothing can be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoData {
    #[error("{0} is not there: give the folder that holds the collections of sentences")]
    Absent(PathBuf),
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("{0}, line {1} is no JSON: {2}")]
    Broken(PathBuf, usize, serde_json::Error),
    #[error("{0} is no moment")]
    Moment(String),
}

/// How the files name a language.
pub(crate) fn code(language: Language) -> &'static str {
    match language {
        Language::Nl => "nl",
        Language::En => "en",
    }
}

impl Data {
    /// Absent: a clear mistake, before anything is measured.
    pub(crate) fn open(folder: &Path) -> Result<Self, NoData> {
        if folder.is_dir() {
            Ok(Self { folder: folder.to_owned() })
        } else {
            Err(NoData::Absent(folder.to_owned()))
        }
    }

    /// The sentences of a collection in one language.
    pub(crate) fn rows(&self, name: &str, language: Language) -> Result<Vec<Row>, NoData> {
        self.read(&format!("{name}_{}.jsonl.gz", code(language)))
    }

    /// The same as values of a type.
    pub(crate) fn sentences<T: DeserializeOwned>(
        &self,
        name: &str,
        language: Language,
    ) -> Result<Vec<T>, NoData> {
        let rows = self.rows(name, language)?.into_iter().enumerate();
        let broken =
            |number: usize, error| NoData::Broken(self.folder.join(name), number + 1, error);
        rows.map(|(number, row)| serde_json::from_value(row).map_err(|it| broken(number, it)))
            .collect()
    }

    /// The same sentence in both languages.
    pub(crate) fn pairs(&self) -> Result<Vec<Row>, NoData> {
        self.read("massive_time_pairs.jsonl.gz")
    }

    fn read(&self, name: &str) -> Result<Vec<Row>, NoData> {
        let path = self.folder.join(name);
        let file = File::open(&path).map_err(|_| NoData::Absent(path.clone()))?;
        let mut lines = String::new();
        GzDecoder::new(file)
            .take(BYTES_MAX)
            .read_to_string(&mut lines)
            .map_err(|error| NoData::Unreadable(path.clone(), error))?;
        let rows = lines.lines().enumerate().map(|(number, line)| {
            serde_json::from_str(line)
                .map_err(|error| NoData::Broken(path.clone(), number + 1, error))
        });
        rows.collect()
    }
}

/// A text of a line.
pub(crate) fn text<'a>(row: &'a Row, key: &str) -> Option<&'a str> {
    row.get(key)?.as_str()
}
