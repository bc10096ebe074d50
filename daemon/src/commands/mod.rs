//! The subcommands of `omzien`, one file each: `Arguments` for clap, and `run`. A new one is a
//! file and a row in the table below; the help is derived from the file.

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
