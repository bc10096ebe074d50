//! The subcommands of `omzien`, one file each: `Arguments` for clap, and `run`. A new one is a
//! file and a row in the table below; the help is derived from the file.

use std::fmt::Arguments;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use omzien_core::{Event, Home, Language, Manner, Plan, Urgency};
use tracing_subscriber::EnvFilter;

use crate::config::{self, Loaded, Paint};
use crate::shell::clock::{Clock, SystemClock};

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
    listen Listen;
    models Models;
    replay Replay;
    reset Reset;
    restore Restore;
    run Run;
    say Say;
    simulate Simulate;
    skill Skill;
    speak Speak;
    transcribe Transcribe;
    understand Understand;
    understand_bench UnderstandBench;
    understand_train UnderstandTrain;
    voice_bench VoiceBench;
    voice_test VoiceTest;
    when When;
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

/// Logs what the household would want to know: of `usual` severity, or as `OMZIEN_LOG` says. Never
/// names, transcripts or health.
pub(crate) fn log_to_stderr(usual: &str) {
    let filter = EnvFilter::try_from_env("OMZIEN_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_target(false)
        .try_init();
}

/// The home that a command is about: that of a file, or else one that is built in; in this
/// language, if one was named. Mistakes are shown here, and the exit code for them comes back.
pub(crate) fn load_home(
    file: Option<&Path>,
    language: Option<LanguageArgument>,
) -> Result<Loaded, ExitCode> {
    let language = language.map(Language::from);
    let loaded = match file {
        Some(file) => config::load(file),
        None => Ok(config::reference(language.unwrap_or_default())),
    };
    match loaded {
        Ok(mut loaded) => {
            loaded.plan.language = language.unwrap_or(loaded.plan.language);
            eprint!("{}", loaded.in_skills.show(Paint::Plain));
            Ok(loaded)
        }
        Err(mistakes) => {
            eprint!("{}", mistakes.show(Paint::Plain));
            Err(ExitCode::from(2))
        }
    }
}

/// How a home says something calm at this hour. What the resident made louder or slower by voice
/// is not known here.
pub(crate) fn calm_manner(plan: &Plan) -> Manner {
    let now = SystemClock::default().now(&plan.zone);
    let mut home = Home::new();
    home.handle_event(&Event::Configured(Arc::new(plan.clone())), &now);
    home.manner(Urgency::Calm)
}

/// A language on the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum LanguageArgument {
    Nl,
    En,
}

impl From<LanguageArgument> for Language {
    fn from(argument: LanguageArgument) -> Self {
        match argument {
            LanguageArgument::Nl => Self::Nl,
            LanguageArgument::En => Self::En,
        }
    }
}
