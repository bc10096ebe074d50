//! `omzien demo`: one day of the example home. A program finds its sound card through its
//! environment, so the virtual card is made here, and a second process of ours lives the day in it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use omzien_core::Language;
use omzien_drivers::model;
use omzien_drivers::simulated::virtual_card::{Room, VirtualCard};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use crate::commands::{LanguageArgument, log_to_stderr};
use crate::demo::{self, Wishes};
use crate::shell::SPEECH_MODEL;

/// Live one day of the example home in about two minutes
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The language that is spoken; Dutch needs an mbrola voice, or recordings
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    lang: LanguageArgument,
    /// Recordings to use instead of the synthetic voice of the resident; an empty folder tells
    /// which are needed, and what to say in them
    #[arg(long, value_name = "DIR")]
    voices: Option<PathBuf>,
    /// Serve the page meanwhile, so that one can look
    #[arg(long, value_name = "ADDRESS")]
    page: Option<SocketAddr>,
}

/// The day could not be lived at all.
const NO_DAY: u8 = 2;

/// Exit code 0 if every step of the day happened and every promise held, 1 if not, 2 if the day
/// could not be lived: something is missing, and the text says what.
pub fn run(arguments: Arguments) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the program cannot start ({error})")),
    };
    match Room::inherited() {
        Some(room) => runtime.block_on(live(room, arguments)),
        None => runtime.block_on(in_a_room()),
    }
}

async fn live(room: Room, arguments: Arguments) -> ExitCode {
    log_to_stderr("off");
    let language = Language::from(arguments.lang);
    let wishes = Wishes { language, voices: arguments.voices, page: arguments.page };
    match demo::live(room, wishes).await {
        Ok(()) => {
            tell!("\nEvery step of the day happened, and every promise held.");
            ExitCode::SUCCESS
        }
        Err(failed) if failed.is_before_the_day() => fail(&failed.to_string()),
        Err(failed) => {
            eprintln!("\nomzien demo: {failed}");
            ExitCode::FAILURE
        }
    }
}

/// Makes the virtual room and lives the day in a second process, which has it in its environment.
async fn in_a_room() -> ExitCode {
    if let Err(error) = model::locate(SPEECH_MODEL) {
        return fail(&format!("it could not hear: {error} (or run `make setup`)"));
    }
    let card = match VirtualCard::start() {
        Ok(card) => card,
        Err(error) => return fail(&format!("there is no virtual sound card: {error}")),
    };
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return fail(&format!("it does not find itself ({error})")),
    };
    let day = Command::new(program)
        .args(std::env::args_os().skip(1))
        .envs(card.environment())
        .kill_on_drop(true)
        .spawn();
    let (mut day, mut terminate, mut interrupt) =
        match (day, signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
            (Ok(day), Ok(terminate), Ok(interrupt)) => (day, terminate, interrupt),
            (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
                return fail(&format!("the day cannot begin ({error})"));
            }
        };
    loop {
        tokio::select! {
            ended = day.wait() => return match ended {
                Ok(status) => {
                    let code = status.code().and_then(|code| u8::try_from(code).ok());
                    code.map_or(ExitCode::FAILURE, ExitCode::from)
                }
                Err(error) => fail(&format!("the day is lost from sight ({error})")),
            },
            // The terminal interrupts the second process too, which then ends by itself.
            Some(()) = interrupt.recv() => {}
            // It is killed with this one; the card and its folder are cleared away.
            Some(()) = terminate.recv() => return ExitCode::FAILURE,
        }
    }
}

fn fail(why: &str) -> ExitCode {
    eprintln!("omzien demo: {why}");
    ExitCode::from(NO_DAY)
}
