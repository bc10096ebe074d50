//! `omzien backup`: the whole home in one archive. It changes nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use super::run::state_folder;
use crate::backup::{self, BackupError, Places};
use crate::config::HOME_FILE;
use crate::journal::OpenError;

/// Write the home, its secrets and all that it remembers into one archive
///
/// The companion must be stopped meanwhile. The archive is not encrypted: it holds the secrets,
/// and whoever has it has the home. `omzien restore` puts it onto a new card.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The archive to write; it must not be there yet
    #[arg(value_name = "OUT.tar")]
    pub archive: PathBuf,
    /// The home file; its secrets are in `secrets.toml` beside it
    #[arg(long, value_name = "FILE", default_value = HOME_FILE)]
    pub home: PathBuf,
    /// Where the journal lives [default: the service's own, or ~/.local/state/omzien]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

pub fn run(arguments: Arguments) -> ExitCode {
    let state = state_folder(arguments.state);
    let places = Places { state: &state, home: &arguments.home };
    match backup::back_up(places, &arguments.archive) {
        Ok(manifest) => {
            tell!(
                "{}: {} files, {} bytes. It holds the secrets of this home; keep it as you keep \
                 its key.",
                arguments.archive.display(),
                manifest.files.len(),
                manifest.bytes(),
            );
            ExitCode::SUCCESS
        }
        Err(error) => fail("no backup was made", &error),
    }
}

/// Says what went wrong, and how to stop the companion if that is what is in the way.
pub(super) fn fail(what: &str, error: &BackupError) -> ExitCode {
    eprintln!("omzien: {what}: {error}");
    if matches!(error, BackupError::State(OpenError::Locked)) {
        eprintln!("  sudo systemctl stop omzien    (and start it again afterwards)");
    }
    ExitCode::FAILURE
}
