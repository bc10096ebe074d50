//! What it costs to listen to a quiet room: processor time of the ears, fed at the pace of a real
//! microphone, and memory with and without the model. The sound card's own thread is not in it.

use std::fmt;
use std::fs;
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use omzien_drivers::speech::SpeechError;
use omzien_drivers::speech::recogniser::Recogniser;
use omzien_drivers::speech::turns::Ears;
use rustix::time::{ClockId, clock_gettime};

use super::sounds::{QuietRoom, Room};
use omzien_core::Phrases;
use omzien_drivers::sound::RATE_HZ;

/// What an open microphone brings at a time.
const BLOCK: usize = RATE_HZ as usize / 10;

/// Why it could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum NotMeasured {
    #[error(transparent)]
    Speech(#[from] SpeechError),
    #[error("this process cannot see its own memory: {0}")]
    Memory(#[from] io::Error),
}

/// Bytes and shares of one core.
pub struct Idle {
    heard: Duration,
    /// Processor time a second of sound.
    share: f64,
    turns: usize,
    without_model: u64,
    with_model: u64,
    after_a_turn: u64,
    highest: u64,
}

/// Listens for so long in real time, then loads the model by hearing one turn of it.
pub fn measure<R: Recogniser>(
    heard: Duration,
    seed: u64,
    load: impl FnOnce() -> Result<R, SpeechError>,
) -> Result<Idle, NotMeasured> {
    let mut room = QuietRoom::new(seed);
    let mut ears = Ears::default();
    let (began, processor) = (Instant::now(), processor_time());
    let (mut turns, mut blocks) = (0, 0_u32);
    while began.elapsed() < heard {
        let second = room.second();
        for block in second.chunks(BLOCK) {
            turns += ears.push(block).len();
            blocks += 1;
            sleep((Duration::from_millis(100) * blocks).saturating_sub(began.elapsed()));
        }
    }
    let share = (processor_time() - processor).as_secs_f64() / began.elapsed().as_secs_f64();
    let without_model = memory("VmRSS:")?;
    let mut recogniser = load()?;
    let with_model = memory("VmRSS:")?;
    let turn: Vec<f32> = (0..3).flat_map(|_| room.second()).collect();
    recogniser.transcribe(&turn, &Phrases::default())?;
    let after_a_turn = memory("VmRSS:")?;
    let highest = memory("VmHWM:")?;
    Ok(Idle { heard, share, turns, without_model, with_model, after_a_turn, highest })
}

/// Of this process, all threads.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    // Processor time is never negative, and its nanoseconds are below a second.
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// A line of this process' status, in bytes.
pub(super) fn memory(line: &str) -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    status
        .lines()
        .find_map(|at| at.strip_prefix(line)?.trim().strip_suffix(" kB")?.parse::<u64>().ok())
        .map(|kilobytes| kilobytes * 1024)
        .ok_or_else(|| io::Error::other(format!("there is no {line}")))
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mb = |bytes: u64| bytes as f64 / 1e6;
        let heard_s = self.heard.as_secs_f64();
        writeln!(f, "Listening to a quiet room for {heard_s:.0} s: {} turns", self.turns)?;
        writeln!(f, "{:34}{:10.2}", "of one core (%)", self.share * 100.0)?;
        writeln!(f, "{:34}{:10.1}", "memory without the model (MB)", mb(self.without_model))?;
        writeln!(f, "{:34}{:10.1}", "memory with the model (MB)", mb(self.with_model))?;
        writeln!(f, "{:34}{:10.1}", "memory after a turn (MB)", mb(self.after_a_turn))?;
        writeln!(f, "{:34}{:10.1}", "at its highest (MB)", mb(self.highest))
    }
}
