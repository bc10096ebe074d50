//! Which answers were taken already. It survives a restart in one small file and never holds
//! anything but the server's name for an answer.
//!
//! An id is written once it is *settled*: handed in so long ago that the loop surely has it on
//! disk. So an answer may come twice over a crash (the core bears that), and none is lost.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

/// Answers remembered to recognise a repetition. A server that repeats an older one is believed.
const SEEN_MAX: usize = 1024;
/// ntfy's are 12 long.
const ID_BYTES_MAX: usize = 32;

#[derive(Debug)]
pub(super) struct Cursor {
    path: Option<PathBuf>,
    settle: Duration,
    /// The newest last.
    seen: VecDeque<String>,
    /// The newest answer handed in but not settled, and since when. Later ones wait behind it.
    unsettled: Option<(Instant, String)>,
    latest: Option<String>,
}

impl Cursor {
    /// A file that is missing or is not ours means: everything the server still keeps.
    pub(super) fn open(path: Option<PathBuf>, settle: Duration) -> Self {
        let latest = path.as_deref().and_then(|path| match read(path) {
            Ok(id) => id,
            Err(error) => {
                tracing::warn!(%error, "cannot read which answers were taken; asking for all");
                None
            }
        });
        let seen = latest.iter().cloned().collect();
        Self { path, settle, seen, unsettled: None, latest }
    }

    /// What to ask the server for: what came after this answer.
    pub(super) fn since(&self) -> &str {
        self.latest.as_deref().unwrap_or("all")
    }

    /// The server does not take our id: ask for everything, and sort out what we have seen.
    pub(super) fn forget(&mut self) {
        self.latest = None;
    }

    /// Is this one new? From now on it is not.
    pub(super) fn is_new(&mut self, id: &str, now: Instant) -> Result<Novelty, NotAnId> {
        if !is_id(id) {
            return Err(NotAnId);
        }
        if self.seen.iter().any(|seen| seen == id) {
            return Ok(Novelty::Seen);
        }
        if self.seen.len() == SEEN_MAX {
            self.seen.pop_front();
        }
        self.seen.push_back(id.to_owned());
        self.latest = Some(id.to_owned());
        if self.unsettled.is_none() {
            self.unsettled = Some((now, id.to_owned()));
        }
        Ok(Novelty::New)
    }

    /// When [`Self::settle`] has something to do.
    pub(super) fn settles_at(&self) -> Option<Instant> {
        self.unsettled.as_ref().map(|(since, _)| *since + self.settle)
    }

    /// Writes the settled answer down. On a full disk it stays unwritten: then answers since the
    /// last one written come again after a restart.
    pub(super) async fn settle(&mut self, now: Instant) {
        let Some((_, id)) = self.unsettled.take() else { return };
        if self.latest.as_ref() != Some(&id)
            && let Some(latest) = &self.latest
        {
            self.unsettled = Some((now, latest.clone()));
        }
        let Some(path) = self.path.clone() else { return };
        let written = tokio::task::spawn_blocking(move || write(&path, &id)).await;
        if let Ok(Err(error)) = written {
            tracing::warn!(%error, "cannot note which answers were taken; they may come again");
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Novelty {
    New,
    Seen,
}

/// The server's name for a message is not one: nothing a query may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotAnId;

fn is_id(id: &str) -> bool {
    (1..=ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn read(path: &Path) -> io::Result<Option<String>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut id = String::new();
    file.take(ID_BYTES_MAX as u64 + 2).read_to_string(&mut id)?;
    let id = id.trim_end();
    if is_id(id) {
        Ok(Some(id.to_owned()))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "the file does not hold an answer's id"))
    }
}

/// Whole or not at all, also when the power goes.
fn write(path: &Path, id: &str) -> io::Result<()> {
    let next = path.with_extension("next");
    let mut file = File::create(&next)?;
    writeln!(file, "{id}")?;
    file.sync_all()?;
    fs::rename(&next, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn only_what_is_settled_survives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ntfy.cursor");
        let begin = Instant::now();
        let mut cursor = Cursor::open(Some(path.clone()), SETTLE);
        assert_eq!(cursor.since(), "all");
        assert_eq!(cursor.is_new("first", begin), Ok(Novelty::New));
        assert_eq!(cursor.is_new("second", begin + SETTLE / 2), Ok(Novelty::New));
        assert_eq!(cursor.is_new("first", begin), Ok(Novelty::Seen));
        assert_eq!(cursor.since(), "second");
        assert_eq!(cursor.settles_at(), Some(begin + SETTLE));

        cursor.settle(begin + SETTLE).await;
        assert_eq!(Cursor::open(Some(path.clone()), SETTLE).since(), "first");
        assert_eq!(cursor.settles_at(), Some(begin + SETTLE * 2));
        cursor.settle(begin + SETTLE * 2).await;
        assert_eq!(Cursor::open(Some(path), SETTLE).since(), "second");
        assert_eq!(cursor.settles_at(), None);
    }

    #[test]
    fn a_damaged_file_asks_for_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ntfy.cursor");
        for damage in ["", "\n", "a b", "&since=none", &"x".repeat(4096)] {
            fs::write(&path, damage).unwrap();
            assert_eq!(Cursor::open(Some(path.clone()), SETTLE).since(), "all", "{damage:?}");
        }
    }

    #[test]
    fn what_could_change_the_query_is_not_an_id() {
        let mut cursor = Cursor::open(None, SETTLE);
        assert_eq!(cursor.is_new("a&poll=1", Instant::now()), Err(NotAnId));
        assert_eq!(cursor.is_new("", Instant::now()), Err(NotAnId));
        assert_eq!(cursor.since(), "all");
    }

    #[test]
    fn memory_is_bounded() {
        let mut cursor = Cursor::open(None, SETTLE);
        for number in 0..SEEN_MAX * 2 {
            cursor.is_new(&format!("n{number}"), Instant::now()).unwrap();
        }
        assert_eq!(cursor.seen.len(), SEEN_MAX);
    }
}
