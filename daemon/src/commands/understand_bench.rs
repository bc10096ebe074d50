//! `omzien understand-bench`: how much is understood of sentences that others collected. It
//! measures and does not judge: its exit code is 0 however little it understood.

use std::path::PathBuf;
use std::process::ExitCode;

use omzien_core::Language;

use crate::understand_bench::data::{Data, NoData};
use crate::understand_bench::times::{self, Show};

/// Measure how much is understood of collected sentences
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder of the collections, as packed lines of JSON (.jsonl.gz)
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Show every sentence that came out wrong, with what was understood
    #[arg(long)]
    misses: bool,
    /// Measure only this; may be given more than once [default: all]
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Moments, lengths, and the agreement of both languages
    Times,
}

impl Part {
    const ALL: [Self; 1] = [Self::Times];
}

/// Exit code 1 if it could not measure.
pub fn run(arguments: Arguments) -> ExitCode {
    match measure(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("omzien understand-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), NoData> {
    let data = Data::open(&arguments.folder)?;
    let show = if arguments.misses { Show::Misses } else { Show::Figures };
    let parts = if arguments.only.is_empty() { &Part::ALL[..] } else { &arguments.only };
    for part in parts {
        match part {
            Part::Times => {
                for language in [Language::Nl, Language::En] {
                    tell!("{}", times::measure(&data, language, show)?);
                }
                tell!("{}", times::pairs(&data, show)?);
            }
        }
    }
    Ok(())
}
