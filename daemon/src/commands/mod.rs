//! The subcommands of `omzien`, one file each: `Arguments` for clap, and `run`. A new one is a
//! file and a row in the table below; the help is derived from the file.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};
use std::process::ExitCode;

macro_rules! commands {
    ($($(#[$attribute:meta])* $file:ident $variant:ident;)*) => {
        $(pub mod $file;)*

        /// What to do.
        #[derive(Debug, clap::Subcommand)]
        pub enum Command {
            $($(#[$attribute])* $variant($file::Arguments),)*
        }

        impl Command {
            pub fn run(self) -> ExitCode {
                match self {
                    $(Self::$variant(arguments) => $file::run(arguments),)*
                }
            }
        }
    };
}

commands! {
    backup Backup;
    bench Bench;
    check Check;
    demo Demo;
    models Models;
    replay Replay;
    reset Reset;
    restore Restore;
    run Run;
    say Say;
    simulate Simulate;
    transcribe Transcribe;
}

/// Prints a line. Who has seen enough (`omzien check | head`) does not stop the command; any other
/// failure must not pass for a complete answer.
///
/// # Panics
/// The standard output cannot be written: the disk under it is full, for one.
pub(crate) fn tell(line: Arguments<'_>) {
    match writeln!(stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            panic!("the standard output cannot be written: {error}")
        }
        Ok(()) | Err(_) => {}
    }
}

/// A language on the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum LanguageArgument {
    Nl,
    En,
}

impl From<LanguageArgument> for omzien_core::Language {
    fn from(argument: LanguageArgument) -> Self {
        match argument {
            LanguageArgument::Nl => Self::Nl,
            LanguageArgument::En => Self::En,
        }
    }
}
