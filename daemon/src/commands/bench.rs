//! `omzien bench`: how fast and how large the daemon is on this machine, with its journal on,
//! beside the broker alone. It measures and does not judge: its exit code is 0 however slow.

use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::bench::{Broker, DOORS, Daemon, Figures, House, NoBroker, Times, cold_start, home};

/// One reading at a time, as a home has them: between two of them everything comes to rest.
const PAUSE: Duration = Duration::from_millis(2);
const ONE_BY_ONE: Duration = Duration::from_secs(4);
const ALL_AT_ONCE: Duration = Duration::from_secs(5);
const COLD_STARTS: usize = 7;

/// Measure latency, throughput, memory and start, beside the broker alone
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Measure with Omzien's own broker instead of mosquitto
    #[arg(long)]
    embedded: bool,
    /// Measure this build of omzien [default: the one that you run]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Exit code 1 if it could not measure.
pub fn run(arguments: Arguments) -> ExitCode {
    if cfg!(debug_assertions) && arguments.program.is_none() {
        eprintln!("this program was built without optimisation: measure one built with --release");
    }
    match measure(arguments) {
        Ok(measured) => {
            tell!("{}", measured.to_string().trim_end());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("omzien bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Broker(#[from] NoBroker),
    #[error("the measurement ended early: {0}")]
    Broken(#[from] io::Error),
    #[error("nothing was answered")]
    Nothing,
}

/// Times in seconds, rates per second, sizes in bytes.
struct Measured {
    broker: &'static str,
    alone: Alone,
    latency: Times,
    toggles: f64,
    memory_at_start: u64,
    memory_after_load: u64,
    cold_starts: Times,
    start_after_load: Duration,
    figures: Figures,
}

struct Alone {
    echoes: Times,
    echo_rate: f64,
}

fn measure(arguments: Arguments) -> Result<Measured, Failure> {
    let Arguments { embedded, program } = arguments;
    let program = program.map_or_else(std::env::current_exe, Ok)?;
    let broker = if embedded { Broker::embedded()? } else { Broker::mosquitto()? };
    let folder = tempfile::tempdir()?;
    let home_file = folder.path().join("home.toml");
    fs::write(&home_file, home(&broker))?;
    let state = |name: &str| folder.path().join(name);
    let start = |name: &str| cold_start(&broker, || Daemon::start(&program, &home_file, &state(name)));

    let mut cold_starts = Vec::new();
    for n in 0..COLD_STARTS {
        let (took, daemon, _) = start(&format!("cold-{n}"))?;
        cold_starts.push(took);
        daemon.kill()?;
    }
    let (_, daemon, mut house) = start("load")?;
    let memory_at_start = daemon.memory_bytes()?;
    let latency = house.doors_to_lights(PAUSE, ONE_BY_ONE)?.ok_or(Failure::Nothing)?;
    // The broker of the daemon itself is measured while it runs; its subscriptions are others.
    let alone = broker_alone(&mut house)?;
    let toggles = house.toggle_rate(ALL_AT_ONCE)?.per_s();
    let memory_after_load = daemon.memory_bytes()?;
    house.close_doors()?;
    drop(house);
    let figures = daemon.stop()?;
    let (start_after_load, daemon, _) = start("load")?;
    daemon.kill()?;
    Ok(Measured {
        broker: if embedded { "the embedded broker" } else { "mosquitto" },
        alone,
        latency,
        toggles,
        memory_at_start,
        memory_after_load,
        cold_starts: Times::new(cold_starts).ok_or(Failure::Nothing)?,
        start_after_load,
        figures,
    })
}

fn broker_alone(house: &mut House) -> Result<Alone, Failure> {
    let echoes = house.echoes(PAUSE, ONE_BY_ONE / 2)?.ok_or(Failure::Nothing)?;
    Ok(Alone { echoes, echo_rate: house.echo_rate(ALL_AT_ONCE / 2)?.per_s() })
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let mb = |bytes: u64| bytes as f64 / 1e6;
        let of = |share| (ms(self.latency.quantile(share)), Some(ms(self.alone.echoes.quantile(share))));
        let (median, p99, longest) = (of(0.5), of(0.99), of(1.0));
        writeln!(f, "{DOORS} doors, each with its own lamp; {}; journal on", self.broker)?;
        writeln!(f)?;
        let titles = ["measured", "alone", "ratio", "must", "aim"].map(|title| format!("{title:>10}"));
        writeln!(f, "{:32}{}", "", titles.concat())?;
        let mut row = |what, (measured, alone): (f64, Option<f64>), must, aim, digits| {
            let number = |value: Option<f64>, digits| match value {
                Some(value) => format!("{value:10.digits$}"),
                None => format!("{:>10}", "-"),
            };
            writeln!(
                f,
                "{what:32}{}{}{}{}{}",
                number(Some(measured), digits),
                number(alone, digits),
                number(alone.map(|alone| measured / alone), 2),
                number(must, digits),
                number(aim, digits),
            )
        };
        row("door to light, median (ms)", median, Some(1.0), Some(0.4), 3)?;
        row("door to light, p99 (ms)", p99, Some(5.0), Some(2.0), 3)?;
        row("door to light, longest (ms)", longest, None, None, 3)?;
        let toggles = (self.toggles, Some(self.alone.echo_rate));
        row("door toggles a second", toggles, Some(10_000.0), Some(30_000.0), 0)?;
        row("memory after start (MB)", (mb(self.memory_at_start), None), Some(40.0), Some(20.0), 1)?;
        row("memory after the load (MB)", (mb(self.memory_after_load), None), None, None, 1)?;
        let cold = self.cold_starts.median().as_secs_f64();
        row("cold start to light (s)", (cold, None), Some(0.5), Some(0.2), 3)?;
        let again = self.start_after_load.as_secs_f64();
        row("start after the load (s)", (again, None), None, None, 3)?;
        let Figures { records, bytes, syncs } = self.figures;
        writeln!(f)?;
        writeln!(
            f,
            "journal: {records} records, {:.0} bytes a record, {syncs} syncs",
            bytes as f64 / records.max(1) as f64
        )
    }
}
