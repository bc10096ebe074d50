//! `omzien reset`: the device forgets a home, for the next resident. It erases only what it
//! names, and only after a word that nobody types by mistake.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::backup::fail;
use super::run::state_folder;
use crate::backup::BackupError;
use crate::config::{HOME_FILE, SECRETS_FILE};
use crate::journal;

const WORD: &str = "erase";

/// Forget this home: for the next resident
///
/// Erases the journal, the ledger, the keys, the secrets and the home file. The next resident
/// must not meet the circle of the last one. `omzien backup` first, if anything is to be kept.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The home file; its secrets are in `secrets.toml` beside it
    #[arg(long, value_name = "FILE", default_value = HOME_FILE)]
    pub home: PathBuf,
    /// Where the journal lives [default: the service's own, or ~/.local/state/omzien]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub yes_erase_everything: bool,
}

/// Exit code 1 if nothing, or not everything, was erased.
pub fn run(arguments: Arguments) -> ExitCode {
    let state = state_folder(arguments.state);
    let sure = arguments.yes_erase_everything
        || ask(&state, &arguments.home, io::stdin().lock(), io::stderr());
    if !sure {
        eprintln!("Nothing was erased.");
        return ExitCode::FAILURE;
    }
    match erase(&state, &arguments.home) {
        Ok(()) => {
            tell!("{LEFT}");
            ExitCode::SUCCESS
        }
        Err(error) => fail("not everything was erased; run it again", &error),
    }
}

const LEFT: &str = "\
This device has forgotten the home.
Still there: the program and its speech model; archives that `omzien backup` made; the messages
on the phones of the circle; the devices, until they are unpaired from their own radio stick.
Erased files can be recovered from a card with special tools: destroy the card if that matters.";

fn ask(state: &Path, home: &Path, mut answer: impl BufRead, mut out: impl Write) -> bool {
    let (state, home) = (state.display(), home.display());
    let question = format!(
        "This erases all that this device remembers ({state}), the home file ({home}) and the \
         secrets beside it. It cannot be undone.\nType {WORD} to go on: "
    );
    let mut line = String::new();
    let asked = out.write_all(question.as_bytes()).and_then(|()| out.flush());
    asked.is_ok() && answer.read_line(&mut line).is_ok() && line.trim() == WORD
}

/// Erases a home that is not running. Can be repeated after an interruption.
pub fn erase(state: &Path, home: &Path) -> Result<(), BackupError> {
    if !state.exists() && !home.exists() {
        return Err(BackupError::NoState(state.to_owned()));
    }
    // A newer version's state is erased like any other: that is what was asked for.
    let claim = match journal::claim(state) {
        Ok(claim) => Some(claim),
        Err(journal::OpenError::Newer { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| BackupError::File { path, error }
    };
    for name in [SECRETS_FILE, &home.file_name().unwrap_or_default().to_string_lossy()] {
        for ending in ["", ".restoring", ".before-restore"] {
            let path = home.with_file_name(format!("{name}{ending}"));
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(at(&path)(error));
                }
                Ok(()) | Err(_) => {}
            }
        }
    }
    for entry in fs::read_dir(state).map_err(at(state))? {
        let path = entry.map_err(at(state))?.path();
        let erased =
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        erased.map_err(at(&path))?;
    }
    drop(claim);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_will_do() {
        let sure = |line: &str| ask(Path::new("s"), Path::new("h"), line.as_bytes(), io::sink());
        assert!(sure("erase\n"));
        for line in ["", "\n", "y\n", "yes\n", "ERASE\n", "erase everything\n"] {
            assert!(!sure(line), "{line:?}");
        }
    }
}
