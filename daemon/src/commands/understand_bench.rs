//! `omzien understand-bench`: how much is understood of sentences that others collected. It
//! measures and does not judge: its exit code is 0 however little it understood.

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use omzien_core::{Expects, Language};

use crate::config::{self, Loaded};
use crate::understand_bench::data::{self, Data, NoData};
use crate::understand_bench::times::{self, Show};
use crate::understand_bench::{home_assistant, massive, speed};
use crate::understanding::Reader;

/// Any moment will do, if it is the same each time: a Sunday afternoon.
const NOW: Timestamp = Timestamp::constant(1_795_353_000, 0);

/// Measure how much is understood of collected sentences
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder of the collections, as packed lines of JSON (.jsonl.gz)
    #[arg(value_name = "DIR", env = "OMZIEN_DATA")]
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
    /// Home Assistant's sentences, as they are and disturbed
    HomeAssistant,
    /// The intents of MASSIVE and xSID, and what is none of ours
    Intents,
    /// How long a sentence takes
    Speed,
    /// Moments, lengths, and the agreement of both languages
    Times,
}

impl Part {
    const ALL: [Self; 4] = [Self::HomeAssistant, Self::Intents, Self::Speed, Self::Times];
}

/// Exit code 1 if it could not measure.
pub fn run(arguments: Arguments) -> ExitCode {
    if cfg!(debug_assertions) {
        eprintln!("this program was built without optimisation: times mean little");
    }
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
    for language in [Language::Nl, Language::En] {
        tell!("== {}", data::code(language));
        let Loaded { plan, skills, .. } = config::reference(language);
        let reader = Reader::new(plan, &skills, NOW, Expects::Anything);
        for part in parts {
            match part {
                Part::HomeAssistant => {
                    for name in ["ha_intents", "ha_perturbed"] {
                        let outcome = home_assistant::judge(&data, name, language, &reader)?;
                        tell!("{name}\n{outcome}");
                        tell_misses(show, &outcome.misses);
                    }
                }
                Part::Intents => {
                    for name in ["massive", "xsid"] {
                        let outcome = massive::judge(&data, name, language, &reader)?;
                        tell!("{name}: {outcome}");
                        tell_misses(show, &outcome.misses);
                    }
                }
                Part::Speed => {
                    let sentences = massive::texts(&data, language)?;
                    tell!("speed, {}", speed::measure(&reader, &sentences));
                }
                Part::Times => tell!("{}", times::measure(&data, language, show)?),
            }
        }
    }
    if parts.contains(&Part::Times) {
        tell!("{}", times::pairs(&data, show)?);
    }
    Ok(())
}

fn tell_misses(show: Show, misses: &[(String, String, String)]) {
    match show {
        Show::Figures => {}
        Show::Misses => {
            for (wanted, found, sentence) in misses {
                tell!("    {sentence:?}: wanted {wanted}, found {found}");
            }
        }
    }
}
