//! The state folder around sled: whose it is, of which version, a reserve for the full disk,
//! copies of the snapshot, what was cut off and what was damaged. Never looks into sled's files.
//!
//! ```text
//! VERSION  lock  reserve
//! journal/  journal.new/  journal.damaged-1/  journal.damaged-2/
//! snapshot  snapshot.previous  cut
//! ```

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::frame;
use super::opening::OpenError;
use super::salvage::read_bounded;

/// The layout above.
const VERSION: u64 = 1;
/// A day of alarms is some hundred kilobytes.
const RESERVE_BYTES: u64 = 8 << 20;
/// Of what was cut off; enough to see what happened.
const CUT_BYTES_MAX: u64 = 4 << 20;
const COPY_BYTES_MAX: u64 = (frame::HEADER_BYTES + frame::PAYLOAD_BYTES_MAX) as u64;

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held for as long as this lives.
    _lock: File,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |what: &'static str| {
            let what = format!("{} {what}", path.display());
            move |error| OpenError::Folder { what, error }
        };
        // Before anything else, so that a newer folder stays as it is.
        let version = read_version(path).map_err(failed("cannot be read"))?;
        if let Some(found) = version
            && found != VERSION
        {
            return Err(OpenError::Newer { found, known: VERSION });
        }
        fs::create_dir_all(path).map_err(failed("cannot be made"))?;
        let lock = File::create(path.join("lock")).map_err(failed("cannot be locked"))?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| OpenError::Locked)?;
        let folder = Self { path: path.to_owned(), _lock: lock };
        if version.is_none() {
            let text = format!("{VERSION}\n");
            replace(path, "VERSION", text.as_bytes()).map_err(failed("cannot be written"))?;
        }
        folder.finish_exchange().map_err(failed("cannot be put in order"))?;
        Ok(folder)
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// Where a journal is made anew.
    pub(super) fn new_journal(&self) -> PathBuf {
        self.path.join("journal.new")
    }

    pub(super) fn clear_new_journal(&self) -> io::Result<()> {
        remove_folder(&self.new_journal())
    }

    /// Puts the new journal, which is whole and synced, in the place of the damaged one. The last
    /// two damaged ones are kept.
    pub(super) fn exchange_journal(&self) -> io::Result<()> {
        let [first, second] = self.damaged();
        remove_folder(&second)?;
        if first.exists() {
            fs::rename(&first, second)?;
        }
        if self.journal().exists() {
            fs::rename(self.journal(), first)?;
        }
        self.finish_exchange()
    }

    /// After a power cut within an exchange: only a whole journal ever stood without an old one.
    pub(super) fn finish_exchange(&self) -> io::Result<()> {
        if self.new_journal().exists() && !self.journal().exists() {
            fs::rename(self.new_journal(), self.journal())?;
            self.sync()?;
        }
        Ok(())
    }

    fn damaged(&self) -> [PathBuf; 2] {
        [1, 2].map(|n| self.path.join(format!("journal.damaged-{n}")))
    }

    /// Makes what room there is: the reserve, and what is kept for diagnosis only.
    pub(super) fn spend_reserve(&self) {
        // Not there: then it is spent already.
        let _ = fs::remove_file(self.path.join("reserve"));
        for damaged in self.damaged() {
            let _ = remove_folder(&damaged);
        }
    }

    pub(super) fn restore_reserve(&self) -> io::Result<()> {
        let path = self.path.join("reserve");
        let file = File::options().create(true).truncate(false).write(true).open(&path)?;
        if file.metadata()?.len() == RESERVE_BYTES {
            return Ok(());
        }
        let flags = rustix::fs::FallocateFlags::empty();
        rustix::fs::fallocate(&file, flags, 0, RESERVE_BYTES).map_err(|error| {
            // A half of it would look like the whole the next time.
            let _ = fs::remove_file(&path);
            io::Error::from(error)
        })
    }

    pub(super) fn copy_snapshot(&self, bytes: &[u8]) -> io::Result<()> {
        let current = self.path.join("snapshot");
        if current.exists() {
            // The name moves, the bytes stay: at no moment is there less than one whole copy.
            let previous = self.path.join("snapshot.previous");
            let _ = fs::remove_file(&previous);
            fs::hard_link(&current, previous)?;
        }
        replace(&self.path, "snapshot", bytes)
    }

    pub(super) fn snapshot_copies(&self) -> Vec<Vec<u8>> {
        ["snapshot", "snapshot.previous"]
            .iter()
            .filter_map(|name| read_bounded(&self.path.join(name), COPY_BYTES_MAX).ok())
            .collect()
    }

    pub(super) fn keep_cut(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::options().create(true).append(true).open(self.path.join("cut"))?;
        let room = CUT_BYTES_MAX.saturating_sub(file.metadata()?.len());
        let kept = bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        file.write_all(&bytes[..kept])
    }

    fn sync(&self) -> io::Result<()> {
        sync(&self.path)
    }
}

/// Writes a file beside, makes it durable, and only then gives it the name.
pub(crate) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let new = folder.join(format!("{name}.new"));
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, folder.join(name))?;
    sync(folder)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// `None` if there is none, or none that can be read: then the frames' own version decides.
fn read_version(path: &Path) -> io::Result<Option<u64>> {
    match read_bounded(&path.join("VERSION"), 32) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).trim().parse().ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
