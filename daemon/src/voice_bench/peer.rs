//! Beside another program with the same weights: whole processes, one after the other on one core,
//! the same recordings. It measures; whoever reads it judges.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use omzien_core::Language;
use serde::{Deserialize, Serialize};

use super::clips::Clip;
use super::idle;
use super::understanding::Way;
use crate::bench::Times;

/// Interleaved, so that whatever else the machine does slows all of them alike.
const ROUNDS: usize = 3;
/// Any core will do; it is the same for all.
const CORE: &str = "0";
/// In the folder that `tests/peers/setup` made.
const PYTHON: &str = "bin/python";
const MODEL: &str = "model";

/// What one process tells of itself, in one line of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figures {
    /// The model into memory, seconds.
    pub load_s: f64,
    /// All recordings, seconds.
    pub decode_s: f64,
    /// At its highest.
    pub memory_bytes: u64,
    /// What was heard in each recording.
    pub texts: Vec<String>,
}

impl Figures {
    /// Of this process, which did nothing else.
    pub fn of_this_process(
        load: Duration,
        decode: Duration,
        texts: Vec<String>,
    ) -> io::Result<Self> {
        let memory_bytes = idle::memory("VmHWM:")?;
        let (load_s, decode_s) = (load.as_secs_f64(), decode.as_secs_f64());
        Ok(Self { load_s, decode_s, memory_bytes, texts })
    }
}

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
pub enum NoPeer {
    #[error("there is no {0}: make it with tests/peers/setup")]
    Missing(PathBuf),
    #[error("`taskset` cannot be started: {0}; install the Debian package util-linux")]
    Taskset(io::Error),
    #[error("{who} failed: {said}")]
    Failed { who: &'static str, said: String },
}

/// Who decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Free,
    Along,
    Peer,
}

impl Who {
    const ALL: [Self; 3] = [Self::Free, Self::Along, Self::Peer];

    fn title(self) -> &'static str {
        match self {
            Self::Free => "omzien, free",
            Self::Along => "omzien, along",
            Self::Peer => "faster-whisper",
        }
    }
}

/// Every round of each.
pub struct Comparison {
    title: &'static str,
    rounds: Vec<(Who, Vec<(Duration, Figures)>)>,
}

/// Decodes the recordings of one language with each, in turns. `peer` is what `tests/peers/setup`
/// made.
pub fn measure(
    peer: &Path,
    model: &Path,
    language: Language,
    clips: &[Clip],
    title: &'static str,
) -> Result<Comparison, NoPeer> {
    for needed in [peer.join(PYTHON), peer.join(MODEL)] {
        if !needed.exists() {
            return Err(NoPeer::Missing(needed));
        }
    }
    let ours = std::env::current_exe().map_err(NoPeer::Taskset)?;
    let mut rounds = Who::ALL.map(|who| (who, Vec::new()));
    for _ in 0..ROUNDS {
        for (who, measured) in &mut rounds {
            let mut command = Command::new("taskset");
            command.args(["-c", CORE]);
            match who {
                Who::Free => worker(&mut command, &ours, model, language, Way::Free, clips),
                Who::Along => worker(&mut command, &ours, model, language, Way::Along, clips),
                Who::Peer => {
                    let script = include_str!("../../../tests/peers/faster-whisper.py");
                    command.arg(peer.join(PYTHON)).args(["-c", script]).arg(peer.join(MODEL));
                    command.arg(code(language)).args(clips.iter().map(|clip| &clip.path));
                    command.env("OMP_NUM_THREADS", "1").env("HF_HUB_OFFLINE", "1");
                }
            }
            let began = Instant::now();
            let output = command.output().map_err(NoPeer::Taskset)?;
            measured.push((began.elapsed(), figures(*who, &output)?));
        }
    }
    Ok(Comparison { title, rounds: rounds.into() })
}

/// This program as a process that only decodes.
fn worker(
    command: &mut Command,
    ours: &Path,
    model: &Path,
    language: Language,
    way: Way,
    clips: &[Clip],
) {
    let folder = clips.first().and_then(|clip| clip.path.parent()).unwrap_or(Path::new("."));
    command.arg(ours).arg("voice-bench").arg(folder).args(["--lang", code(language)]);
    command.arg("--model").arg(model).args(["--decode", way.name()]);
}

fn figures(who: Who, output: &Output) -> Result<Figures, NoPeer> {
    let said = String::from_utf8_lossy(&output.stderr);
    let failed = || {
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
        NoPeer::Failed { who: who.title(), said: last.to_owned() }
    };
    let line = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(line.trim()).map_err(|_| failed())
}

fn code(language: Language) -> &'static str {
    match language {
        Language::Nl => "nl",
        Language::En => "en",
    }
}

impl Comparison {
    /// The median of a figure over the rounds, in its own unit.
    fn median(&self, who: Who, of: impl Fn(&(Duration, Figures)) -> f64) -> f64 {
        let rounds = self.rounds.iter().find(|(known, _)| *known == who);
        let values = rounds.map(|(_, rounds)| rounds.iter().map(of)).into_iter().flatten();
        let times = Times::new(values.map(Duration::from_secs_f64).collect());
        times.map_or(0.0, |times| times.median().as_secs_f64())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: whole processes on core {CORE}, median of {ROUNDS}", self.title)?;
        write!(f, "{:34}", "")?;
        Who::ALL.iter().try_for_each(|who| write!(f, "{:>16}", who.title()))?;
        writeln!(f, "{:>16}{:>16}", "free / peer", "along / peer")?;
        let row =
            |f: &mut fmt::Formatter<'_>, what: &str, of: &dyn Fn(&(Duration, Figures)) -> f64| {
                let [free, along, peer] = Who::ALL.map(|who| self.median(who, of));
                write!(f, "{what:34}{free:16.2}{along:16.2}{peer:16.2}")?;
                writeln!(f, "{:16.2}{:16.2}", free / peer, along / peer)
            };
        row(f, "load the model (s)", &|(_, figures)| figures.load_s)?;
        row(f, "decode the recordings (s)", &|(_, figures)| figures.decode_s)?;
        row(f, "the whole process (s)", &|(wall, _)| wall.as_secs_f64())?;
        row(f, "memory at its highest (MB)", &|(_, figures)| figures.memory_bytes as f64 / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_peer_says_how_to_make_it() {
        let folder = tempfile::tempdir().unwrap();
        let missing = measure(folder.path(), Path::new("model"), Language::Nl, &[], "Dutch");
        let missing = missing.err().unwrap().to_string();
        assert!(missing.ends_with("bin/python: make it with tests/peers/setup"), "{missing}");
    }

    #[test]
    fn ratios_are_those_of_the_medians() {
        let rounds = |decode_s: [f64; 3]| {
            let figures = |decode_s| Figures {
                load_s: 0.5,
                decode_s,
                memory_bytes: 100_000_000,
                texts: Vec::new(),
            };
            decode_s.map(|decode_s| (Duration::from_secs(3), figures(decode_s))).to_vec()
        };
        let comparison = Comparison {
            title: "Dutch",
            rounds: vec![
                (Who::Free, rounds([1.0, 2.0, 90.0])),
                (Who::Along, rounds([4.0, 3.0, 3.5])),
                (Who::Peer, rounds([4.0, 4.0, 4.0])),
            ],
        };
        let table = comparison.to_string();
        let row = table.lines().find(|line| line.starts_with("decode the recordings")).unwrap();
        let numbers: Vec<&str> = row.split_whitespace().skip(4).collect();
        assert_eq!(numbers, ["2.00", "3.50", "4.00", "0.50", "0.88"]);
    }
}
