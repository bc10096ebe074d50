//! The store on a card: one sled tree in the state folder, and beside it what sled does not do
//! (a lock, a version, a reserve for the full disk, copies of the snapshot). Never interprets a
//! value.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::opening::OpenError;
use super::store::{Order, Space, Store, StoreError, Write};

/// The layout of the state folder; written once, when the folder is new.
const VERSION: u64 = 1;
/// sled's default is one gibibyte; the journal reads what it wrote only at the start.
const CACHE_BYTES: u64 = 4 << 20;
const RESERVE_BYTES: u64 = 8 << 20;
/// sled 0.34 deadlocks for good when its seven writing threads all wait for a lock whose holder
/// waits for an eighth task (segment.rs, `bump_tip`). Two segments under way cannot do that.
const UNFLUSHED_BYTES_MAX: usize = 512 << 10;

#[derive(Debug)]
pub struct SledStore {
    folder: PathBuf,
    /// `None` between an error and reopening.
    db: Option<sled::Db>,
    /// sled's own file, for a sync that reaches the medium.
    file: File,
    /// Handed to sled since its last flush.
    unflushed_bytes: usize,
    /// Held as long as the store lives.
    _lock: File,
}

impl SledStore {
    /// Opens or creates a state folder.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let failed = |what: &str| {
            let what = format!("{} {what}", folder.display());
            move |error| OpenError::Folder { what, error }
        };
        fs::create_dir_all(folder).map_err(failed("cannot be made"))?;
        let lock = File::create(folder.join("lock")).map_err(failed("cannot be locked"))?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| OpenError::Locked)?;
        check_version(folder)?;
        let (db, file) = open_sled(folder)?;
        let mut store =
            Self { folder: folder.to_owned(), db: Some(db), file, unflushed_bytes: 0, _lock: lock };
        // A full disk is no reason not to start; the journal meets it at its first write.
        let _ = store.restore_reserve();
        Ok(store)
    }

    fn db(&self) -> Result<&sled::Db, StoreError> {
        self.db.as_ref().ok_or_else(|| StoreError::Failed { what: "closed".into() })
    }
}

fn check_version(folder: &Path) -> Result<(), OpenError> {
    let path = folder.join("VERSION");
    let failed = |error| OpenError::Folder { what: path.display().to_string(), error };
    match fs::read_to_string(&path) {
        Ok(text) => match text.trim().parse() {
            Ok(VERSION) => Ok(()),
            Ok(found) => Err(OpenError::Newer { found, known: VERSION }),
            Err(_) => Err(failed(io::Error::other("it holds no number"))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::write(&path, format!("{VERSION}\n")).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

fn open_sled(folder: &Path) -> Result<(sled::Db, File), StoreError> {
    let path = folder.join("journal");
    let db = sled::Config::new()
        .path(&path)
        .cache_capacity(CACHE_BYTES)
        .flush_every_ms(None)
        .use_compression(false)
        .mode(sled::Mode::LowSpace)
        .open()?;
    let file = File::open(path.join("db"))?;
    Ok((db, file))
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
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Failed { what: error.to_string() },
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
        let db = self.db()?;
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
        self.unflushed_bytes += bytes;
        if self.unflushed_bytes >= UNFLUSHED_BYTES_MAX {
            self.db()?.flush()?;
            self.unflushed_bytes = 0;
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.db()?.flush()?;
        self.unflushed_bytes = 0;
        // sled's own flush (`sync_file_range`) leaves the disk's cache and the file's length.
        Ok(self.file.sync_data()?)
    }

    fn read(
        &self,
        space: Space,
        keys: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let pairs = self.db()?.range(self::keys(space, &keys));
        let pair = |pair: sled::Result<(sled::IVec, sled::IVec)>| {
            let (key, value) = pair?;
            Ok((number(&key).unwrap_or(0), value.to_vec()))
        };
        match order {
            Order::OldestFirst => pairs.take(limit).map(pair).collect(),
            Order::NewestFirst => pairs.rev().take(limit).map(pair).collect(),
        }
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        self.db = None;
        let (db, file) = open_sled(&self.folder)?;
        self.db = Some(db);
        self.file = file;
        Ok(())
    }

    fn spend_reserve(&mut self) {
        let _ = fs::remove_file(self.folder.join("reserve"));
    }

    fn restore_reserve(&mut self) -> Result<(), StoreError> {
        let file = File::create(self.folder.join("reserve"))?;
        let flags = rustix::fs::FallocateFlags::empty();
        rustix::fs::fallocate(&file, flags, 0, RESERVE_BYTES).map_err(io::Error::from)?;
        Ok(())
    }

    fn copy_snapshot(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let [new, current, previous] =
            ["snapshot.new", "snapshot", "snapshot.previous"].map(|name| self.folder.join(name));
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        if current.exists() {
            fs::rename(&current, previous)?;
        }
        fs::rename(new, current)?;
        Ok(File::open(&self.folder)?.sync_all()?)
    }

    fn snapshot_copies(&self) -> Vec<Vec<u8>> {
        let names = ["snapshot", "snapshot.previous"];
        names.iter().filter_map(|name| fs::read(self.folder.join(name)).ok()).collect()
    }

    fn set_aside(&mut self, bytes: &[u8]) {
        let file = File::options().create(true).append(true).open(self.folder.join("cut"));
        if let Ok(mut file) = file {
            let _ = file.write_all(bytes);
        }
    }

    fn size_bytes(&self) -> u64 {
        self.db().and_then(|db| Ok(db.size_on_disk()?)).unwrap_or(0)
    }
}
