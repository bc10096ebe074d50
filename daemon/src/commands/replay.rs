//! `omzien replay`: what the home would have asked, had it lived in a recorded one. The same loop
//! as the daemon's; only clock, disk and drivers are exchanged.

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use omzien_core::Plan;

use crate::config;
use crate::recording::{Player, Recording, Unreadable};

/// Play a recorded home and tell what would have been asked, one JSON line each
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// `time,room,device,capability,reading`, also packed as `.csv.gz`
    #[arg(value_name = "EVENTS.csv")]
    events: PathBuf,
    /// The door to the outside [default: the device `front_door`, if there is one]
    #[arg(long, value_name = "NAME", conflicts_with = "plan")]
    front_door: Option<String>,
    /// Stop at this moment, before or after the last reading
    #[arg(long, value_name = "RFC3339")]
    until: Option<Timestamp>,
    /// Live by this home file instead of a plan made from the recording
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
}

/// Exit code 2 for a recording or a home file that cannot be read.
pub fn run(arguments: Arguments) -> ExitCode {
    match play(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("omzien replay: {failure}");
            ExitCode::from(2)
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{file}: {why}")]
    Recording { file: String, why: Unreadable },
    #[error("{0}")]
    Home(config::Mistakes),
}

fn play(arguments: &Arguments) -> Result<(), Failure> {
    let unreadable =
        |why| Failure::Recording { file: arguments.events.display().to_string(), why };
    let recording = Recording::read(&arguments.events).map_err(unreadable)?;
    let plan: Plan = match &arguments.plan {
        Some(file) => config::load(file).map_err(Failure::Home)?.plan,
        None => recording.plan(arguments.front_door.as_deref()).map_err(unreadable)?,
    };
    for raised in Player::new(&recording, plan).map_err(unreadable)?.play(arguments.until) {
        tell!("{}", serde_json::to_string(&raised).unwrap_or_else(|error| error.to_string()));
    }
    Ok(())
}
