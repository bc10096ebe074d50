//! `omzien understand-train`: makes the weights with which sentences are understood that no
//! template matches. For whoever changes a skill of this project; a home needs it never.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use omzien_core::{Expects, Language};

use crate::config::{self, Loaded};
use crate::understand_bench::data::{self, Data, NoData};
use crate::understand_bench::massive::{self, Part};
use crate::understanding::Reader;

/// What stands at the head of the weights.
const ABOUT: &str = "Weights of the sentence classifier, made by `omzien understand-train` from the templates in
skills/ and from the training sentences of MASSIVE 1.1 (FitzGerald and others, 2022; Amazon.com,
Inc.; Creative Commons Attribution 4.0), of which no sentence is in here.";

/// Make the weights of the sentence classifier anew, from the skills and a folder of sentences
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder of the sentences
    #[arg(value_name = "DIR", env = "OMZIEN_DATA")]
    folder: PathBuf,
    /// Where the weights go
    #[arg(long, value_name = "FOLDER", default_value = "skills/weights")]
    out: PathBuf,
    /// From how much of what is given: `train` leaves some to measure with
    #[arg(long, value_enum, default_value_t = Part::All)]
    from: Part,
}

/// Exit code 1 if the sentences could not be read or the weights not written.
pub fn run(arguments: Arguments) -> ExitCode {
    for language in [Language::Nl, Language::En] {
        let weights = match weights(&arguments, language) {
            Ok(weights) => weights,
            Err(error) => {
                eprintln!("omzien understand-train: {error}");
                return ExitCode::FAILURE;
            }
        };
        let file = arguments.out.join(format!("{}.weights", data::code(language)));
        if let Err(error) = fs::write(&file, &weights) {
            eprintln!("omzien understand-train: {} cannot be written: {error}", file.display());
            return ExitCode::FAILURE;
        }
        tell!("{}: {} bytes; build again to use them", file.display(), weights.len());
    }
    ExitCode::SUCCESS
}

fn weights(arguments: &Arguments, language: Language) -> Result<Vec<u8>, NoData> {
    let Loaded { plan, skills, .. } = config::reference(language);
    let reader = Reader::new(plan, &skills, Timestamp::UNIX_EPOCH, Expects::Anything);
    let skills = reader.skills();
    let data = Data::open(&arguments.folder)?;
    let said = massive::lessons(&data, language, skills, arguments.from)?;
    Ok(skills.train(language, reader.vocabulary(), &said, ABOUT))
}
