//! The daemon as a child process: started with a home and a state folder, looked at from outside,
//! stopped or killed.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Longer than the daemon lets its drivers take to finish.
const STOPS_WITHIN: Duration = Duration::from_secs(10);
/// Of its log.
const LINES_MAX: usize = 20;

/// `omzien run`; killed when this is dropped.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: Arc<Mutex<VecDeque<String>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

/// What the journal counted over one run, as the daemon logs it at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub records: u64,
    pub bytes: u64,
    pub syncs: u64,
}

impl Daemon {
    /// Without sound, and with its page on a free port.
    pub fn start(program: &Path, home: &Path, state: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args(["run", "--silent", "--page", "127.0.0.1:0", "--home"])
            .arg(home)
            .arg("--state")
            .arg(state)
            .env_remove("OMZIEN_LOG")
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let log = Arc::new(Mutex::new(VecDeque::new()));
        let lines = child.stderr.take().map(BufReader::new);
        let kept = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            for line in lines.into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == LINES_MAX {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
        });
        Ok(Self { child, log, reader: Some(reader) })
    }

    /// Bytes of memory that it has of its own or shares, as the kernel counts them.
    pub fn memory_bytes(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok())
            .map(|kilobytes: u64| kilobytes * 1024)
            .ok_or_else(|| io::Error::other("the kernel does not tell its memory"))
    }

    /// Lets it finish; says what its journal counted.
    pub fn stop(mut self) -> io::Result<Figures> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("it has no process id"))?;
        kill_process(pid, Signal::TERM)?;
        let until = Instant::now() + STOPS_WITHIN;
        while self.child.try_wait()?.is_none() {
            if Instant::now() >= until {
                let said = self.last_words();
                return Err(io::Error::other(format!("it does not stop; it said: {said}")));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let said = self.last_words();
        said.lines()
            .find_map(figures)
            .ok_or_else(|| io::Error::other(format!("no count of the journal in its log: {said}")))
    }

    /// Lets it die as by a power cut.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// The end of its log. It is whole once the process has ended.
    pub fn last_words(&mut self) -> String {
        if let Ok(Some(_)) = self.child.try_wait()
            && let Some(reader) = self.reader.take()
        {
            // It has ended: so does its log.
            let _ = reader.join();
        }
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter().map(|line| format!("{line}\n")).collect()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn figures(line: &str) -> Option<Figures> {
    let number = |name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}="))?;
        rest.split(' ').next()?.parse().ok()
    };
    Some(Figures { records: number("records")?, bytes: number("bytes")?, syncs: number("syncs")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_journal_counted() {
        let line = "2026-02-03T04:05:06Z  INFO the journal's count records=12 bytes=3400 syncs=5";
        assert_eq!(figures(line), Some(Figures { records: 12, bytes: 3400, syncs: 5 }));
        assert_eq!(figures("INFO the companion has stopped"), None);
    }
}
