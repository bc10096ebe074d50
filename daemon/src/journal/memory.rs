//! A disk in memory, for the year-runner and for tests: it knows what was synced and what was
//! not, loses the rest when the power is cut, and fails on demand. Never touches a file.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::store::{Order, Space, Store, StoreError, Write};

/// What happens instead of an operation on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    DiskFull,
    Failed,
    /// Nothing gets through any more until [`MemoryStore::power_up`].
    PowerCut,
}

/// Of what was written and not synced, how much a power cut spared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spared {
    Nothing,
    /// The first so many batches.
    Batches(usize),
    /// The first so many batches, and the next one with its last value cut in half: a disk that
    /// broke its word.
    BatchesAndTorn(usize),
}

/// Clones are the same disk, so a test keeps one while the journal owns another.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    disk: Arc<Mutex<Disk>>,
}

type Key = (Space, u64);
type Value = Arc<[u8]>;

#[derive(Debug, Default)]
struct Disk {
    pairs: BTreeMap<Key, Value>,
    /// Batches since the last sync, in order.
    unsynced: Vec<Batch>,
    operations: u64,
    faults: BTreeMap<u64, Fault>,
    /// After an error every operation fails until the store is reopened.
    broken: Option<StoreError>,
    dark: bool,
    capacity_bytes: Option<u64>,
    /// Kept of the capacity for bad times; zero when it was spent.
    reserve_bytes: u64,
    reserve_wanted_bytes: u64,
    used_bytes: u64,
    copies: Vec<Vec<u8>>,
    aside: Vec<Vec<u8>>,
}

/// A batch that a power cut can take back.
#[derive(Debug, Default)]
struct Batch {
    /// What was there before each of its writes.
    before: Vec<(Key, Option<Value>)>,
    /// The key of its last value, if a value was written last.
    last: Option<Key>,
}

impl MemoryStore {
    pub fn new() -> Self {
        Self::default()
    }

    /// A disk that is full at `capacity_bytes`, `reserve_bytes` of them set aside.
    pub fn with_capacity(capacity_bytes: u64, reserve_bytes: u64) -> Self {
        let store = Self::new();
        {
            let mut disk = store.lock();
            disk.capacity_bytes = Some(capacity_bytes);
            disk.reserve_bytes = reserve_bytes;
            disk.reserve_wanted_bytes = reserve_bytes;
        }
        store
    }

    /// Lets the `n`-th operation from now (1 is the next; writes, syncs and copies count) fail.
    pub fn fail_at(&self, n: u64, fault: Fault) {
        let mut disk = self.lock();
        let at = disk.operations + n;
        disk.faults.insert(at, fault);
    }

    /// Writes, syncs and copies so far.
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// Whether a [`Fault::PowerCut`] struck and the power is not back yet.
    pub fn is_dark(&self) -> bool {
        self.lock().dark
    }

    /// The power comes back after a cut, or is cut right now.
    pub fn power_up(&self, spared: Spared) {
        let mut disk = self.lock();
        let (whole, torn) = match spared {
            Spared::Nothing => (0, false),
            Spared::Batches(count) => (count, false),
            Spared::BatchesAndTorn(count) => (count, true),
        };
        let torn = disk.unsynced.get(whole).filter(|_| torn).map(|batch| batch.last);
        disk.take_back(whole + usize::from(torn.is_some()));
        if let Some(value) = torn.flatten().and_then(|key| disk.pairs.get_mut(&key)) {
            *value = Arc::from(&value[..value.len() / 2]);
        }
        disk.unsynced.clear();
        disk.count();
        disk.faults.clear();
        disk.broken = None;
        disk.dark = false;
    }

    /// Changes the bytes on the disk, synced ones too, as a dying card would.
    pub fn damage(&self, space: Space, key: u64, harm: impl Fn(&mut Vec<u8>)) {
        let mut disk = self.lock();
        let Disk { pairs, unsynced, .. } = &mut *disk;
        let before = unsynced.iter_mut().flat_map(|batch| &mut batch.before);
        let before = before.filter(|(at, _)| *at == (space, key)).filter_map(|it| it.1.as_mut());
        for value in pairs.get_mut(&(space, key)).into_iter().chain(before) {
            let mut bytes = value.to_vec();
            harm(&mut bytes);
            *value = Arc::from(bytes);
        }
    }

    /// Changes how much fits: room returns when somebody tidies up.
    pub fn resize(&self, capacity_bytes: u64) {
        self.lock().capacity_bytes = Some(capacity_bytes);
    }

    /// What was set aside, oldest first.
    pub fn aside(&self) -> Vec<Vec<u8>> {
        self.lock().aside.clone()
    }

    /// A panic elsewhere does not unwrite a byte.
    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk {
    /// Counts an operation and lets it fail if it must.
    fn operate(&mut self) -> Result<(), StoreError> {
        self.operations += 1;
        let fault = self.faults.remove(&self.operations);
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let error = match fault {
            None => return Ok(()),
            Some(Fault::DiskFull) => StoreError::DiskFull,
            Some(Fault::Failed) => StoreError::Failed { what: "a fault of the test".into() },
            Some(Fault::PowerCut) => {
                self.dark = true;
                StoreError::Failed { what: "no power".into() }
            }
        };
        self.broken = Some(error.clone());
        Err(error)
    }

    /// Takes unsynced batches back, the newest first, until so many are left.
    fn take_back(&mut self, left: usize) {
        let lost = self.unsynced.drain(left.min(self.unsynced.len())..).rev();
        for (key, value) in lost.flat_map(|batch| batch.before.into_iter().rev()) {
            match value {
                Some(value) => self.pairs.insert(key, value),
                None => self.pairs.remove(&key),
            };
        }
    }

    fn count(&mut self) {
        self.used_bytes = self.pairs.values().map(|value| value.len() as u64).sum();
    }

    fn has_room_for(&self, bytes: u64) -> bool {
        self.capacity_bytes
            .is_none_or(|capacity| self.used_bytes + self.reserve_bytes + bytes <= capacity)
    }
}

impl Store for MemoryStore {
    fn write(&mut self, batch: Vec<Write>) -> Result<(), StoreError> {
        let mut disk = self.lock();
        disk.operate()?;
        let wanted: u64 = batch
            .iter()
            .map(|write| match write {
                Write::Put { value, .. } => value.len() as u64,
                Write::Remove { .. } => 0,
            })
            .sum();
        if !disk.has_room_for(wanted) {
            disk.broken = Some(StoreError::DiskFull);
            return Err(StoreError::DiskFull);
        }
        disk.used_bytes += wanted;
        let mut done = Batch::default();
        for write in batch {
            match write {
                Write::Put { space, key, value } => {
                    let key = (space, key);
                    done.last = Some(key);
                    done.before.push((key, disk.pairs.insert(key, Arc::from(value))));
                }
                Write::Remove { space, keys } => {
                    let range = (space, *keys.start())..=(space, *keys.end());
                    let gone: Vec<Key> = disk.pairs.range(range).map(|(key, _)| *key).collect();
                    done.last = None;
                    done.before.extend(gone.into_iter().map(|key| (key, disk.pairs.remove(&key))));
                }
            }
        }
        let gone = done.before.iter().filter_map(|(_, value)| value.as_ref());
        disk.used_bytes -= gone.map(|value| value.len() as u64).sum::<u64>();
        disk.unsynced.push(done);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        let mut disk = self.lock();
        disk.operate()?;
        disk.unsynced.clear();
        Ok(())
    }

    fn read(
        &self,
        space: Space,
        keys: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let disk = self.lock();
        if let Some(error) = &disk.broken {
            return Err(error.clone());
        }
        let range = disk.pairs.range((space, *keys.start())..=(space, *keys.end()));
        let pair = |((_, key), value): (&(Space, u64), &Arc<[u8]>)| (*key, value.to_vec());
        Ok(match order {
            Order::OldestFirst => range.take(limit).map(pair).collect(),
            Order::NewestFirst => range.rev().take(limit).map(pair).collect(),
        })
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        let mut disk = self.lock();
        if disk.dark {
            return Err(StoreError::Failed { what: "no power".into() });
        }
        // The worst that an error may mean: nothing since the last sync arrived.
        disk.take_back(0);
        disk.count();
        disk.broken = None;
        Ok(())
    }

    fn spend_reserve(&mut self) {
        self.lock().reserve_bytes = 0;
    }

    fn restore_reserve(&mut self) -> Result<(), StoreError> {
        let mut disk = self.lock();
        let missing = disk.reserve_wanted_bytes - disk.reserve_bytes;
        if !disk.has_room_for(missing) {
            return Err(StoreError::DiskFull);
        }
        disk.reserve_bytes = disk.reserve_wanted_bytes;
        Ok(())
    }

    fn copy_snapshot(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let mut disk = self.lock();
        disk.operate()?;
        disk.copies.insert(0, bytes.to_vec());
        disk.copies.truncate(2);
        Ok(())
    }

    fn snapshot_copies(&self) -> Vec<Vec<u8>> {
        self.lock().copies.clone()
    }

    fn set_aside(&mut self, bytes: &[u8]) {
        self.lock().aside.push(bytes.to_vec());
    }

    fn size_bytes(&self) -> u64 {
        self.lock().used_bytes
    }
}
