//! `omzien run`: the daemon. Wires signals, systemd and the page to the shell, and waits.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::commands::log_to_stderr;
use crate::config::HOME_FILE;
use crate::portal;
use crate::shell::clock::SystemClock;
use crate::shell::{Options, RunError, Shell, Signal, Speech};

/// Run the companion
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The home file; its secrets are in `secrets.toml` beside it
    #[arg(long, value_name = "FILE", default_value = HOME_FILE)]
    pub home: PathBuf,
    /// Where the journal lives [default: the service's own, or ~/.local/state/omzien]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Where the page is served
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470")]
    pub page: SocketAddr,
    /// Neither listen nor speak aloud: for a machine without sound
    #[arg(long)]
    pub silent: bool,
}

/// Exit code 2 for a home file with mistakes, 1 for anything else that keeps it from running.
pub fn run(arguments: Arguments) -> ExitCode {
    log_to_stderr("info,rumqttd=off,sled=warn");
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the program cannot start ({error}); is the machine out of memory?");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(serve(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Run(RunError::Home(mistakes))) => {
            eprint!("{mistakes}");
            ExitCode::from(2)
        }
        Err(failure) => {
            eprintln!("omzien: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The state folder: as named, as systemd made it, or the caller's own.
pub fn state_folder(named: Option<PathBuf>) -> PathBuf {
    let from_environment = |name: &str| {
        std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    };
    named
        .or_else(|| from_environment("STATE_DIRECTORY"))
        .or_else(|| from_environment("XDG_STATE_HOME").map(|folder| folder.join("omzien")))
        .or_else(|| from_environment("HOME").map(|home| home.join(".local/state/omzien")))
        .unwrap_or_else(|| PathBuf::from("omzien-state"))
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("the page cannot be served at {address} ({error}); choose another with --page")]
    Page { address: SocketAddr, error: std::io::Error },
    #[error("signals cannot be awaited ({0})")]
    Signals(std::io::Error),
}

async fn serve(arguments: Arguments) -> Result<(), Failure> {
    let options = Options {
        home: arguments.home,
        state: state_folder(arguments.state),
        speech: if arguments.silent { Speech::Off } else { Speech::On },
    };
    let address = arguments.page;
    // The page's place first: a second daemon ends here and not at the journal.
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| Failure::Page { address, error })?;
    // Port 0 is any that is free; whoever reads the log wants the one it became.
    let address = listener.local_addr().unwrap_or(address);
    let shell = Shell::open(options, SystemClock::default())?;
    let handle = shell.handle();
    let page = tokio::spawn(portal::serve(listener, handle.clone()));
    let signals = tokio::spawn(pass_signals(handle.signals)?);
    tracing::info!("the companion runs; its page is at http://{address}");
    let _ = sd_notify::notify(false, &[NotifyState::Ready]);
    shell
        .run(|| {
            let _ = sd_notify::notify(false, &[NotifyState::Watchdog]);
        })
        .await;
    signals.abort();
    page.abort();
    tracing::info!("the companion has stopped; nothing is lost");
    Ok(())
}

/// SIGHUP reads the home file again; SIGTERM and SIGINT stop.
fn pass_signals(
    signals: mpsc::Sender<Signal>,
) -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let mut hangup = signal(SignalKind::hangup()).map_err(Failure::Signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;
    Ok(async move {
        loop {
            let told = tokio::select! {
                Some(()) = hangup.recv() => Signal::Reload,
                Some(()) = terminate.recv() => Signal::Stop,
                Some(()) = interrupt.recv() => Signal::Stop,
                else => return,
            };
            if signals.send(told).await.is_err() {
                return;
            }
        }
    })
}
