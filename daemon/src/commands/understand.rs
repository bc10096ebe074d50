//! `omzien understand`: a sentence a line in, what was understood a line of JSON out. No hardware
//! and no state: each line is heard by a home that was just started.

use std::io::{self, BufRead};
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use omzien_core::Expects;

use crate::commands::{LanguageArgument, load_home};
use crate::understanding::Reader;

/// Understand a sentence a line of the standard input, and print each as a line of JSON
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The language of the sentences
    #[arg(long, value_enum, default_value_t = LanguageArgument::Nl)]
    lang: LanguageArgument,
    /// In this home instead of the built-in reference home
    #[arg(long, value_name = "FILE")]
    home: Option<PathBuf>,
    /// The moment at which they are said [default: now]
    #[arg(long, value_name = "RFC3339")]
    now: Option<Timestamp>,
    /// What was asked before
    #[arg(long, value_enum)]
    expect: Option<ExpectArgument>,
}

/// What kind of answer is awaited.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum ExpectArgument {
    YesNo,
    Dose,
    Time,
    Number,
    Name,
}

impl From<ExpectArgument> for Expects {
    fn from(argument: ExpectArgument) -> Self {
        match argument {
            ExpectArgument::YesNo => Self::YesNo,
            ExpectArgument::Dose => Self::Dose,
            ExpectArgument::Time => Self::Time,
            ExpectArgument::Number => Self::Number,
            ExpectArgument::Name => Self::Name,
        }
    }
}

/// Exit code 2 for a home file with mistakes, 1 if the standard input cannot be read.
pub fn run(arguments: Arguments) -> ExitCode {
    let loaded = match load_home(arguments.home.as_deref(), Some(arguments.lang)) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let now = arguments.now.unwrap_or_else(Timestamp::now);
    let expects = arguments.expect.map_or(Expects::Anything, Expects::from);
    let reader = Reader::new(loaded.plan, &loaded.skills, now, expects);
    for line in io::stdin().lock().split(b'\n') {
        match line {
            // What is no UTF-8 was not said by anybody: its strange letters are passed over.
            Ok(line) => tell!("{}", reader.read(String::from_utf8_lossy(&line).trim_end())),
            Err(error) => {
                eprintln!("omzien understand: the standard input cannot be read: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
