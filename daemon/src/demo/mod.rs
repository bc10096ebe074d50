//! One day of the example home in about two minutes. The daemon's own shell, with another clock
//! and another world: sentences sound in a virtual room and are heard by the recogniser, sensors
//! and lamps speak over MQTT, messages go to two small servers of our own that speak ntfy and
//! mail, and the answer comes back from a telephone over HTTP. What crossed is judged by the
//! promises.
//!
//! Nothing here reaches into the home, and nothing of it runs in a real one.

mod clock;
mod day;
mod director;
mod resident;
mod seen;
mod stage;
mod telling;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::civil::{DateTime, date};
use omzien_core::Language;
use omzien_drivers::simulated::virtual_card::Room;
use omzien_drivers::simulated::zigbee2mqtt::{Commands, Lamps, SimulatedZigbee};
use tokio::net::TcpListener;

pub use director::Missed;
pub use resident::NoVoice;

use crate::config;
use crate::portal;
use crate::shell::{Handle, Options, RunError, Shell, Signal, Speech};
use crate::simulation::Broken;
use clock::DayClock;
use director::Director;
use seen::{Eyes, Happening};
use stage::{BASE_TOPIC, Stage};

/// An ordinary Wednesday in autumn begins.
const MORNING: DateTime = date(2026, 11, 18).at(7, 39, 0, 0);

/// What was asked for on the command line.
pub struct Wishes {
    pub language: Language,
    /// Recordings to use instead of the synthetic voice.
    pub voices: Option<PathBuf>,
    /// Where the page is served meanwhile.
    pub page: Option<SocketAddr>,
}

/// Why there was no day, or none as it should be.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("the stage cannot be built ({0})")]
    Stage(#[from] io::Error),
    #[error(transparent)]
    Voice(#[from] NoVoice),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("the page cannot be served at {address} ({error}); choose another with --page")]
    Page { address: SocketAddr, error: io::Error },
    #[error(transparent)]
    Missed(#[from] Missed),
    #[error("interrupted")]
    Interrupted,
    #[error("{}", list(.0))]
    Broken(Vec<Broken>),
}

impl Failed {
    /// Whether the day could be lived at all: if not, nothing is said about the promises.
    pub fn is_before_the_day(&self) -> bool {
        match self {
            Self::Stage(_)
            | Self::Voice(_)
            | Self::Run(_)
            | Self::Page { .. }
            | Self::Missed(Missed::Sense(_) | Missed::Wires) => true,
            Self::Missed(Missed::Step { .. }) | Self::Interrupted | Self::Broken(_) => false,
        }
    }
}

/// Lives the day, within a virtual room. Needs a tokio runtime.
pub async fn live(room: Room, wishes: Wishes) -> Result<(), Failed> {
    let stage = Stage::build(wishes.language)?;
    let voice = resident::record(stage.folder.path(), wishes.language, wishes.voices.as_deref())?;
    let plan = config::load(&stage.home()).map_err(RunError::Home)?.plan;
    let morning = MORNING.to_zoned(plan.zone.time_zone()).map_err(io::Error::other)?;
    let clock = DayClock::begin(morning.timestamp());
    let (eyes, seen) = Eyes::open(&clock);
    let page = match wishes.page {
        Some(address) => Some(
            TcpListener::bind(address).await.map_err(|error| Failed::Page { address, error })?,
        ),
        None => None,
    };
    let options = Options { home: stage.home(), state: stage.state(), speech: Speech::On };
    let shell = Shell::open(options, clock.clone())?.observed_by(Box::new(eyes.clone()));
    let handle = shell.handle();
    let page = page.map(|listener| tokio::spawn(portal::serve(listener, handle.clone())));
    let (zigbee, commands) =
        SimulatedZigbee::connect("127.0.0.1", stage.mqtt_port, None, BASE_TOPIC, Lamps::Answer);
    let watching = tokio::spawn(watch(commands, eyes));
    let living = async {
        let mut director = Director::new(&stage, &plan, zigbee, (room, voice), (clock, seen));
        director.teller.introduce(wishes.page);
        let lived = tokio::select! {
            lived = day::live(&mut director) => lived.map_err(Failed::from),
            _ = tokio::signal::ctrl_c() => Err(Failed::Interrupted),
        };
        if !lived.as_ref().is_err_and(Failed::is_before_the_day) {
            show_ledger(&handle, wishes.language);
        }
        // The loop is gone only if it broke down, and then the day was missed.
        let _ = handle.signals.send(Signal::Stop).await;
        lived?;
        match director.verdict() {
            [] => Ok(()),
            broken => Err(Failed::Broken(broken.to_vec())),
        }
    };
    let ((), lived) = tokio::join!(shell.run(|| {}), living);
    watching.abort();
    if let Some(page) = page {
        page.abort();
    }
    lived
}

/// Shows the director what reaches the lamps.
async fn watch(mut commands: Commands, eyes: Eyes) {
    while let Some(commanded) = commands.next().await {
        eyes.see(Happening::Commanded(commanded));
    }
}

fn show_ledger(handle: &Handle, language: Language) {
    tell!("\nThe ledger, as she can ask it back:");
    for line in portal::ledger::plain(&handle.published.borrow(), language) {
        tell!("{line}");
    }
}

fn list(broken: &[Broken]) -> String {
    let lines: Vec<String> = broken
        .iter()
        .map(|one| format!("promise {} ({:?}): {}", one.promise as u8, one.promise, one.how))
        .collect();
    format!("a promise was broken:\n{}", lines.join("\n"))
}
