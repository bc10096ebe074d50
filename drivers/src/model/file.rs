//! Files that appear whole or not at all: sums, joins, and the last rename. It never leaves a
//! half-written file under its final name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::ModelError;
use super::manifest::Sum;

/// Checks a file against its sum, and removes it when it differs.
pub(super) fn check(path: &Path, wanted: Sum) -> Result<(), ModelError> {
    let mut digest = Sha256::new();
    let mut file = File::open(path).map_err(ModelError::file("read", path))?;
    io::copy(&mut file, &mut digest).map_err(ModelError::file("read", path))?;
    let found = Sum(digest.finalize().into());
    if found == wanted {
        return Ok(());
    }
    fs::remove_file(path).map_err(ModelError::file("remove", path))?;
    let what = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Err(ModelError::Mismatch { what, wanted, found })
}

/// Writes the parts one after the other into `whole`.
pub(super) fn join(parts: &[PathBuf], whole: &Path) -> Result<(), ModelError> {
    let mut joined = File::create(whole).map_err(ModelError::file("write", whole))?;
    for part in parts {
        let mut part_file = File::open(part).map_err(ModelError::file("read", part))?;
        io::copy(&mut part_file, &mut joined).map_err(ModelError::file("write", whole))?;
    }
    Ok(())
}

/// Gives a finished file its name, after its bytes are on the disk.
pub(super) fn publish(finished: &Path, file: &Path) -> Result<(), ModelError> {
    File::open(finished)
        .and_then(|opened| opened.sync_all())
        .and_then(|()| fs::rename(finished, file))
        .map_err(ModelError::file("write", file))
}
