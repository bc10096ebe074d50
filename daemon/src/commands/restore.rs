//! `omzien restore`: a home from its archive onto a new card. Changes nothing before everything
//! is verified.

use std::path::PathBuf;
use std::process::ExitCode;

use super::backup::fail;
use super::run::state_folder;
use crate::backup::{self, Places};
use crate::config::HOME_FILE;

/// Put a home from its archive onto a new card
///
/// Every checksum is verified first. A state that is not empty is refused; a home file that is
/// there already stays beside the restored one.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What `omzien backup` wrote
    #[arg(value_name = "FILE")]
    pub archive: PathBuf,
    /// Where the home file goes; its secrets go beside it
    #[arg(long, value_name = "FILE", default_value = HOME_FILE)]
    pub home: PathBuf,
    /// Where the journal goes [default: the service's own, or ~/.local/state/omzien]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

pub fn run(arguments: Arguments) -> ExitCode {
    let state = state_folder(arguments.state);
    let places = Places { state: &state, home: &arguments.home };
    match backup::restore(&arguments.archive, places) {
        Ok(manifest) => {
            tell!(
                "{} files are in their places. Never run the old card beside the new one: two \
                 companions would alarm one circle.",
                manifest.files.len(),
            );
            ExitCode::SUCCESS
        }
        Err(error) => fail("nothing was restored", &error),
    }
}
