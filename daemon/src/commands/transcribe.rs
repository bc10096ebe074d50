//! `omzien transcribe`: sound files to words, one JSON line each in the order given. A file that
//! cannot be read gets an `error` and does not stop the others.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use omzien_core::{Expectation, Language};
use omzien_drivers::speech::transcribe::transcribe_file;
use omzien_skills::Vocabulary;
use serde_json::json;

use crate::commands::LanguageArgument;
use crate::config::{self, Loaded, Paint};
use crate::shell::listening_chain;

/// Write down what is said in sound files: one JSON line a file
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The language that is spoken
    #[arg(long, value_enum, default_value_t = LanguageArgument::Nl)]
    lang: LanguageArgument,
    /// Whose rooms, devices and people to expect, instead of the built-in reference home
    #[arg(long, value_name = "FILE")]
    home: Option<PathBuf>,
    /// Another Whisper model in ggml form
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Sound files (wav)
    #[arg(required = true, value_name = "FILE.wav")]
    files: Vec<PathBuf>,
}

/// Exit code 1 if there is no model or a file could not be read, 2 for a home file with mistakes.
pub fn run(arguments: Arguments) -> ExitCode {
    let language = Language::from(arguments.lang);
    let loaded = match &arguments.home {
        Some(file) => config::load(file),
        None => Ok(config::reference(language)),
    };
    let Loaded { plan, skills, .. } = match loaded {
        Ok(loaded) => loaded,
        Err(mistakes) => {
            eprint!("{}", mistakes.show(Paint::Plain));
            return ExitCode::from(2);
        }
    };
    let mut chain = match listening_chain(arguments.model, language, None) {
        Ok(chain) => chain,
        Err(error) => {
            eprintln!("omzien: {error}");
            return ExitCode::FAILURE;
        }
    };
    let phrases = skills.phrases(language, &Vocabulary::of(&plan), Expectation::default());
    let mut code = ExitCode::SUCCESS;
    for file in &arguments.files {
        match transcribe_file(file, &mut chain, &phrases) {
            Ok(transcription) => match serde_json::to_string(&transcription) {
                Ok(line) => tell!("{line}"),
                Err(error) => tell!("{}", failed(file, &error.to_string())),
            },
            Err(error) => {
                tell!("{}", failed(file, &error.to_string()));
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn failed(file: &Path, error: &str) -> String {
    json!({ "file": file.display().to_string(), "error": error }).to_string()
}
