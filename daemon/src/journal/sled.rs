//! The store on a card: one sled tree, and what it takes to live with sled. It can refuse, panic,
//! hang, or open and have forgotten what it still holds; each of these ends here as a value, or
//! as a tree made anew from the frames that its files hold. Never interprets a record.

use std::fs::File;
use std::io;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::folder::Folder;
use super::opening::{self, OpenError};
use super::salvage::{Piece, Ruins, SEGMENT_BYTES};
use super::store::{Order, Space, Store, StoreError, Write};

/// sled's default is one gibibyte; the journal reads what it wrote only at the start.
const CACHE_BYTES: u64 = 4 << 20;
/// sled 0.34 deadlocks for good when its seven writing threads all wait for a lock whose holder
/// waits for an eighth task (segment.rs, `bump_tip`). Two segments under way cannot do that.
const UNFLUSHED_BYTES_MAX: usize = SEGMENT_BYTES;
/// A hundred megabytes open in a tenth of a second here, in some seconds on a slow card. Too short
/// a time costs no record: what the files hold is taken over all the same.
const OPEN_WITHIN: Duration = Duration::from_secs(20);
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
const LOCK_AGAIN: Duration = Duration::from_millis(5);
/// Frames put back in one write.
const RESTORE_STEP: usize = 256;

#[derive(Debug)]
pub struct SledStore {
    folder: Folder,
    /// `None` between an error and reopening.
    open: Option<Open>,
    /// What the files held before sled opened them, while it could not be put to safety.
    ruins: Option<Ruins>,
    /// What was found broken and mended, until it is told.
    damage: Option<String>,
}

#[derive(Debug)]
struct Open {
    db: sled::Db,
    /// sled's own file, for a sync that reaches the medium.
    file: File,
    /// Handed to sled since its last flush.
    unflushed_bytes: usize,
}

/// Why sled does not open.
enum Shut {
    /// The disk or the system refuses: nothing is wrong with the files.
    Refused(StoreError),
    Damaged(String),
}

impl SledStore {
    /// Opens or creates a state folder. Files that sled cannot live with are moved aside and
    /// what they hold is taken over.
    ///
    /// # Errors
    /// A newer version, another program that uses it, a folder that cannot be written.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let mut store = Self { folder: Folder::open(path)?, open: None, ruins: None, damage: None };
        match store.load() {
            Err(StoreError::DiskFull) => {
                store.folder.spend_reserve();
                store.load()?;
            }
            loaded => loaded?,
        }
        // A full disk is no reason not to start; the journal meets it at its first write.
        let _ = store.folder.restore_reserve();
        Ok(store)
    }

    /// Opens sled, and looks whether it gives back all that its files hold.
    fn load(&mut self) -> Result<(), StoreError> {
        self.folder.finish_exchange()?;
        let ruins = match self.ruins.take() {
            Some(ruins) => ruins,
            // Before sled, which empties segments that it cannot make sense of.
            None => {
                let copies = self.snapshot_copies();
                let covered = copies.iter().filter_map(|copy| opening::covers(copy)).min();
                Ruins::survey(&self.folder.journal(), covered.unwrap_or(0))
            }
        };
        let why = match open_aside(self.folder.journal()) {
            Ok(open) => {
                self.open = Some(open);
                let tip = opening::start(self).tip;
                let held = ruins.chain(tip).last().map_or(0, |last| last.number);
                match opening::reach(self, tip) {
                    Ok(reached) if reached.seq >= held => return Ok(()),
                    Ok(reached) => {
                        let known = reached.seq;
                        format!("sled knew the records up to {known}, its file held {held}")
                    }
                    // The journal says so in a moment.
                    Err(OpenError::Newer { .. }) => return Ok(()),
                    Err(error) => error.to_string(),
                }
            }
            Err(Shut::Refused(error)) => {
                self.ruins = Some(ruins);
                return Err(error);
            }
            Err(Shut::Damaged(why)) => why,
        };
        let rebuilt = self.rebuild(&ruins, why);
        if rebuilt.is_err() {
            self.close();
            self.ruins = Some(ruins);
        }
        rebuilt
    }

    /// Makes a new tree with everything that can be saved, and only then exchanges it for the old
    /// one: a full disk or a power cut meanwhile leaves the old one as it is.
    fn rebuild(&mut self, ruins: &Ruins, why: String) -> Result<(), StoreError> {
        let start = opening::start(self);
        self.close();
        self.folder.clear_new_journal()?;
        self.open_at(self.folder.new_journal())?;
        if let Some(image) = &start.image {
            self.write(opening::snapshot_pieces(image))?;
        }
        let (records, entries) = (ruins.chain(start.tip), ruins.ledger());
        self.put_back(ruins, Space::Records, &records)?;
        self.put_back(ruins, Space::Ledger, &entries)?;
        self.sync()?;
        self.close();
        self.folder.exchange_journal()?;
        self.open_at(self.folder.journal())?;
        let saved = format!("{} records and {} ledger entries saved", records.len(), entries.len());
        tracing::warn!(why, saved, "the journal's files were damaged; they are kept aside");
        self.damage = Some(format!("{why}; {saved}"));
        Ok(())
    }

    /// Opens a tree in which damage is an error.
    fn open_at(&mut self, path: PathBuf) -> Result<(), StoreError> {
        let open = open_aside(path).map_err(|shut| match shut {
            Shut::Refused(error) => error,
            Shut::Damaged(what) => StoreError::Failed { what },
        })?;
        self.open = Some(open);
        Ok(())
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            discard(open);
        }
    }

    fn put_back(
        &mut self,
        ruins: &Ruins,
        space: Space,
        pieces: &[&Piece],
    ) -> Result<(), StoreError> {
        for step in pieces.chunks(RESTORE_STEP) {
            let put = |piece: &&Piece| {
                let value = ruins.bytes(piece)?;
                Some(Write::Put { space, key: piece.number, value })
            };
            self.write(step.iter().filter_map(put).collect())?;
        }
        Ok(())
    }

    /// Does something with sled; a panic in it is an error like any other.
    fn with<T>(
        &self,
        operate: impl FnOnce(&sled::Db) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some(open) = &self.open else {
            return Err(StoreError::Failed { what: "it is closed".into() });
        };
        // After a panic the journal reopens, so nothing half-changed is used again.
        catch_unwind(AssertUnwindSafe(|| operate(&open.db)))
            .unwrap_or_else(|_| Err(StoreError::Failed { what: "sled panicked".into() }))
    }
}

/// Opens sled in a thread of its own, which may panic or never come back.
fn open_aside(path: PathBuf) -> Result<Open, Shut> {
    let (done, opened) = mpsc::sync_channel(1);
    let open = move || -> Result<Open, Shut> {
        let config = sled::Config::new()
            .path(&path)
            .segment_size(SEGMENT_BYTES)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(None)
            .use_compression(false)
            .mode(sled::Mode::LowSpace);
        // The folder's lock is ours, so sled's can only be held by a thread of an earlier handle
        // that has not ended yet.
        let begun = Instant::now();
        let db = loop {
            match config.open() {
                Err(sled::Error::Io(error))
                    if error.to_string().contains("acquire lock")
                        && begun.elapsed() < CLOSE_WITHIN =>
                {
                    thread::sleep(LOCK_AGAIN);
                }
                opened => break opened?,
            }
        };
        // Everything that the journal is about to read, so that it breaks here if it breaks.
        for space in [Space::Snapshot, Space::Records] {
            for pair in db.range(keys(space, &(0..=u64::MAX))) {
                pair?;
            }
        }
        let file = File::open(path.join("db")).map_err(|error| Shut::Refused(error.into()))?;
        Ok(Open { db, file, unflushed_bytes: 0 })
    };
    thread::Builder::new()
        .name("journal-open".into())
        .spawn(move || done.send(open()))
        .map_err(|error| Shut::Refused(error.into()))?;
    match opened.recv_timeout(OPEN_WITHIN) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(Shut::Damaged("sled hangs".into())),
        Err(RecvTimeoutError::Disconnected) => Err(Shut::Damaged("sled panicked".into())),
    }
}

/// Closes sled where it may panic or hang; what was not flushed is given up.
fn discard(open: Open) {
    let (done, closed) = mpsc::sync_channel(1);
    let close = move || {
        drop(open);
        // Nobody waits any more: then it took too long.
        let _ = done.send(());
    };
    if thread::Builder::new().name("journal-close".into()).spawn(close).is_ok() {
        // Either way it goes on: a handle that is still open fails the next opening, which is
        // tried again.
        let _ = closed.recv_timeout(CLOSE_WITHIN);
    }
}

impl From<sled::Error> for Shut {
    fn from(error: sled::Error) -> Self {
        let unreadable = rustix::io::Errno::IO.raw_os_error();
        match error {
            sled::Error::Io(error)
                if error.raw_os_error() == Some(unreadable)
                    || error.kind() == io::ErrorKind::UnexpectedEof
                    || error.kind() == io::ErrorKind::InvalidData =>
            {
                Self::Damaged(error.to_string())
            }
            sled::Error::Io(error) => Self::Refused(error.into()),
            sled::Error::CollectionNotFound(_)
            | sled::Error::Unsupported(_)
            | sled::Error::ReportableBug(_)
            | sled::Error::Corruption { .. } => Self::Damaged(error.to_string()),
        }
    }
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(error) => error.into(),
            sled::Error::CollectionNotFound(_)
            | sled::Error::Unsupported(_)
            | sled::Error::ReportableBug(_)
            | sled::Error::Corruption { .. } => Self::Failed { what: error.to_string() },
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            Self::DiskFull
        } else {
            Self::Failed { what: error.to_string() }
        }
    }
}

/// The snapshot sorts first, where no newest record shares its nodes.
fn key(space: Space, number: u64) -> [u8; 9] {
    let mut key = [0; 9];
    key[0] = match space {
        Space::Snapshot => b'a',
        Space::Ledger => b'l',
        Space::Records => b'r',
    };
    key[1..].copy_from_slice(&number.to_be_bytes());
    key
}

fn keys(space: Space, numbers: &RangeInclusive<u64>) -> RangeInclusive<[u8; 9]> {
    key(space, *numbers.start())..=key(space, *numbers.end())
}

fn number(key: &[u8]) -> Option<u64> {
    key.get(1..)?.try_into().ok().map(u64::from_be_bytes)
}

impl Store for SledStore {
    fn write(&mut self, batch: Vec<Write>) -> Result<(), StoreError> {
        let bytes = self.with(|db| {
            let mut writes = sled::Batch::default();
            let mut bytes = 0;
            for write in batch {
                match write {
                    Write::Put { space, key: number, value } => {
                        bytes += value.len();
                        writes.insert(&key(space, number), value);
                    }
                    Write::Remove { space, keys: numbers } => {
                        for gone in db.range(keys(space, &numbers)).keys() {
                            let gone = gone?;
                            bytes += gone.len();
                            writes.remove(gone);
                        }
                    }
                }
            }
            db.apply_batch(writes)?;
            Ok(bytes)
        })?;
        let unflushed_bytes = self.open.as_ref().map_or(0, |open| open.unflushed_bytes) + bytes;
        let crowded = unflushed_bytes >= UNFLUSHED_BYTES_MAX;
        if crowded {
            self.with(|db| Ok(db.flush()?))?;
        }
        if let Some(open) = &mut self.open {
            open.unflushed_bytes = if crowded { 0 } else { unflushed_bytes };
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.with(|db| Ok(db.flush()?))?;
        if let Some(open) = &mut self.open {
            open.unflushed_bytes = 0;
            // sled's own flush (`sync_file_range`) leaves out the disk's cache and the length.
            open.file.sync_data()?;
        }
        Ok(())
    }

    fn read(
        &self,
        space: Space,
        keys: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.with(|db| {
            let pairs = db.range(self::keys(space, &keys));
            let pair = |pair: sled::Result<(sled::IVec, sled::IVec)>| {
                let (key, value) = pair?;
                Ok((number(&key).unwrap_or(0), value.to_vec()))
            };
            match order {
                Order::OldestFirst => pairs.take(limit).map(pair).collect(),
                Order::NewestFirst => pairs.rev().take(limit).map(pair).collect(),
            }
        })
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        self.close();
        self.load()
    }

    fn spend_reserve(&mut self) {
        self.folder.spend_reserve();
    }

    fn restore_reserve(&mut self) -> Result<(), StoreError> {
        Ok(self.folder.restore_reserve()?)
    }

    fn copy_snapshot(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        Ok(self.folder.copy_snapshot(bytes)?)
    }

    fn snapshot_copies(&self) -> Vec<Vec<u8>> {
        self.folder.snapshot_copies()
    }

    fn set_aside(&mut self, bytes: &[u8]) {
        if let Err(error) = self.folder.keep_cut(bytes) {
            tracing::warn!(%error, "what was cut off the journal could not be kept");
        }
    }

    fn take_damage(&mut self) -> Option<String> {
        self.damage.take()
    }

    fn size_bytes(&self) -> u64 {
        self.with(|db| Ok(db.size_on_disk()?)).unwrap_or(0)
    }
}
