//! The journal: every event with everything it caused, in order, so that a home survives a power
//! cut, a damaged card and a full disk. It keeps and gives back; it decides nothing, and the loop
//! decides when to wait for the disk ([`Class`]).
//!
//! Three things are in a [`Store`]: *records* since the last snapshot, each in an envelope that
//! names the checksum of the one before it; the *snapshot*; and the *ledger*. A snapshot and the
//! removal of the records it covers are one write. docs/design/restart.md tells what is lost when.

mod folder;
mod frame;
mod memory;
mod opening;
mod pages;
mod record;
mod salvage;
mod shelf;
mod sled;
mod store;

use std::collections::VecDeque;
use std::path::Path;

use omzien_core::ledger::LedgerEntry;
use serde::Serialize;

pub use self::sled::SledStore;
pub(crate) use folder::replace;
pub use memory::{Fault, MemoryStore, Spared};
pub use opening::{Cut, OpenError, Snapshot};
pub use record::{Class, Journaled, Record};
pub use shelf::Bounds;
pub use store::{Order, Space, Store, StoreError, Write};

use frame::Kind;
use opening::Tip;
use pages::Pages;
use shelf::Shelf;

/// Records that may wait for the disk. When they are all taken the journal syncs by itself; when
/// the disk refuses, the newest record is dropped, counted and reported.
const HELD_MAX: usize = 10_000;
const HELD_BYTES_MAX: usize = 16 << 20;
/// From here on [`Journal::hand_over`] has something to do. Less would win nothing: what is not
/// synced is in the store's own buffers at best, and gone with the program.
const WRITE_BYTES: usize = 16 << 10;
/// While the disk refuses, [`Journal::sync`] tries anew after 1, 2, 4 … this many calls.
const WAIT_MAX: u32 = 64;

/// A journal just opened, and what was in it.
#[derive(Debug)]
pub struct Opened<S> {
    pub journal: Journal<S>,
    pub snapshot: Option<Snapshot>,
    /// The whole records after the snapshot, in order.
    pub tail: Vec<Journaled>,
    pub cut: Option<Cut>,
}

/// Where a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// Survives a power cut.
    Synced,
    /// In memory until the next sync; as long as the disk refuses ([`Condition`]), until it
    /// takes it.
    Waiting,
    /// Nowhere. A reading while the disk is full, or anything once [`HELD_MAX`] wait.
    Dropped,
}

/// How the disk does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    Well,
    /// Full: living on the reserve. Readings are dropped, everything else is kept.
    Tight,
    /// Nothing can be written; records wait in memory.
    Refusing(StoreError),
}

/// Counted since the journal was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub records: u64,
    /// Handed to the store, envelopes included.
    pub bytes: u64,
    pub syncs: u64,
    pub snapshots: u64,
    /// Times the store was reopened after an error.
    pub reopened: u64,
    pub readings_dropped: u64,
    /// Dropped although they mattered, because too many waited for a disk that refused.
    pub records_dropped: u64,
    pub ledger_dropped: u64,
}

#[derive(Debug)]
pub struct Journal<S> {
    store: S,
    last_seq: u64,
    /// The last record in the store.
    written: Tip,
    /// The last record that is surely on the disk.
    durable: Tip,
    durable_ledger: u64,
    /// Everything after `durable`, oldest first: what reopening writes again.
    held: VecDeque<Held>,
    held_bytes: usize,
    /// So many of `held`, and of their bytes, are in the store.
    held_written: usize,
    held_written_bytes: usize,
    condition: Condition,
    /// The disk was full and the reserve is spent: readings are not kept.
    tight: bool,
    /// A snapshot may make room: the disk became full since the last one was tried.
    squeezed: bool,
    since_snapshot: u64,
    /// Calls of `sync` to let pass before the next try, and how many were let pass.
    wait: u32,
    waited: u32,
    shelf: Shelf,
    bounds: Bounds,
    stats: Stats,
    /// Room to write in, kept from record to record.
    draft: Vec<u8>,
}

/// A record as bytes, without its envelope: the link changes if one before it is dropped.
#[derive(Debug)]
struct Held {
    seq: u64,
    class: Class,
    payload: Vec<u8>,
    ledger: Vec<(u64, Vec<u8>)>,
}

/// A state folder that nobody else opens for as long as this lives: to copy it or to erase it.
#[derive(Debug)]
pub struct Claim {
    _folder: folder::Folder,
}

/// Claims a state folder without opening its journal.
pub fn claim(folder: &Path) -> Result<Claim, OpenError> {
    Ok(Claim { _folder: folder::Folder::open(folder)? })
}

/// Opens the journal of a state folder, or makes a new one.
pub fn open(folder: &Path) -> Result<Opened<SledStore>, OpenError> {
    Journal::open(SledStore::open(folder)?)
}

impl Held {
    fn bytes(&self) -> usize {
        self.payload.len() + self.ledger.iter().map(|(_, payload)| payload.len()).sum::<usize>()
    }
}

impl<S: Store> Journal<S> {
    /// Reads what the store holds; cuts what cannot be read.
    pub fn open(mut store: S) -> Result<Opened<S>, OpenError> {
        let found = opening::find(&mut store)?;
        let shelf = Shelf::load(&store)?;
        let journal = Self {
            store,
            last_seq: found.last_seq,
            written: found.tip,
            durable: found.tip,
            durable_ledger: shelf.last(),
            held: VecDeque::new(),
            held_bytes: 0,
            held_written: 0,
            held_written_bytes: 0,
            condition: Condition::Well,
            tight: false,
            squeezed: false,
            since_snapshot: found.tail.len() as u64,
            wait: 0,
            waited: 0,
            shelf,
            bounds: Bounds::USUAL,
            stats: Stats::default(),
            draft: Vec::new(),
        };
        Ok(Opened { journal, snapshot: found.snapshot, tail: found.tail, cut: found.cut })
    }

    /// Keeps another amount of ledger than [`Bounds::USUAL`].
    pub fn with_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Appends one record. Cannot fail: what the disk refuses is held, and the answer says so.
    pub fn append(&mut self, record: &Record) -> Durability {
        self.append_all(std::slice::from_ref(record))
    }

    /// Appends records in order, for one write (one for every [`HELD_MAX`]): after a crash all of
    /// them are there, or none. Returns the least durable of them.
    pub fn append_all(&mut self, records: &[Record]) -> Durability {
        let before = self.stats;
        for record in records {
            self.hold(record);
            if self.is_crowded() {
                self.sync();
            }
        }
        let after = self.stats;
        let dropped = after.readings_dropped > before.readings_dropped
            || after.records_dropped > before.records_dropped;
        match (dropped, self.held.is_empty()) {
            (true, _) => Durability::Dropped,
            (false, true) => Durability::Synced,
            (false, false) => Durability::Waiting,
        }
    }

    /// Hands what was appended to the store once it is enough to be worth it, without a sync:
    /// that one then takes less time. For a moment at which nobody waits.
    pub fn hand_over(&mut self) {
        if self.held_bytes - self.held_written_bytes < WRITE_BYTES {
            return;
        }
        match self.condition {
            Condition::Well | Condition::Tight => {
                if let Err(error) = self.write_pages() {
                    self.fail(error);
                }
            }
            Condition::Refusing(_) => {}
        }
    }

    /// Makes everything appended so far durable. After an error the store is reopened and what
    /// waits is written again; while that fails, the answer is `Waiting`.
    pub fn sync(&mut self) -> Durability {
        if self.held.is_empty() {
            return Durability::Synced;
        }
        match self.condition {
            Condition::Well | Condition::Tight => {
                match self.write_pages().and_then(|()| self.store.sync()) {
                    Ok(()) => self.settle(),
                    Err(error) => self.fail(error),
                }
            }
            Condition::Refusing(_) if self.waited < self.wait => self.waited += 1,
            Condition::Refusing(_) => self.mend(),
        }
        match self.condition {
            Condition::Well | Condition::Tight => Durability::Synced,
            Condition::Refusing(_) => Durability::Waiting,
        }
    }

    /// Replaces the snapshot by `state`, which covers every record appended so far, and removes
    /// those records, in one write. On an error the old snapshot and its records stay.
    pub fn snapshot(&mut self, state: &[u8]) -> Result<(), StoreError> {
        self.squeezed = false;
        self.sync();
        if let Condition::Refusing(error) = &self.condition {
            return Err(error.clone());
        }
        let mut value = Vec::with_capacity(frame::HEADER_BYTES + state.len());
        frame::write(Kind::Snapshot, self.last_seq, self.durable.crc.into(), state, &mut value);
        self.stats.bytes += value.len() as u64;
        // The copy first: whichever of the two survives, the records after it are still there.
        let written = self.store.copy_snapshot(&value).and_then(|()| {
            let mut batch = opening::snapshot_pieces(&value);
            batch.push(Write::Remove { space: Space::Records, keys: 0..=self.last_seq });
            self.store.write(batch)
        });
        if let Err(error) = written.and_then(|()| self.store.sync()) {
            self.fail(error.clone());
            return Err(error);
        }
        self.durable.seq = self.last_seq;
        self.written = self.durable;
        self.since_snapshot = 0;
        self.stats.syncs += 1;
        self.stats.snapshots += 1;
        Ok(())
    }

    /// Ledger entries older than `before` (`None`: from the newest on), newest first, at most
    /// `limit` and one thousand.
    pub fn ledger(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let before = before.unwrap_or(u64::MAX);
        let limit = limit.min(shelf::READ_MAX);
        let waiting =
            self.held.range(self.held_written..).rev().flat_map(|it| it.ledger.iter().rev());
        let mut entries: Vec<LedgerEntry> = waiting
            .filter(|(number, _)| *number < before)
            .filter_map(|(_, payload)| serde_json::from_slice(payload).ok())
            .take(limit)
            .collect();
        let before = entries.last().map_or(before, |entry| entry.number);
        entries.extend(Shelf::read(&self.store, before, limit - entries.len())?);
        Ok(entries)
    }

    /// Tries to bring the disk back to [`Condition::Well`]: reopens it, writes what waits, sets
    /// the reserve aside again. Cheap when all is well; call it now and then.
    pub fn mend(&mut self) {
        if let Condition::Refusing(_) = self.condition {
            match self.recover() {
                Ok(()) => {
                    (self.wait, self.waited) = (0, 0);
                }
                Err(error) => {
                    self.note(error);
                    self.wait = (self.wait * 2).clamp(1, WAIT_MAX);
                    self.waited = 0;
                }
            }
        }
        if self.condition == Condition::Tight && self.store.restore_reserve().is_ok() {
            self.condition = Condition::Well;
            self.tight = false;
        }
    }

    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// The number of the newest record; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Records since the snapshot: what the next start has to replay.
    pub fn since_snapshot(&self) -> u64 {
        self.since_snapshot
    }

    /// Whether it is time for a snapshot: there are `every` records since the last, or the disk
    /// has just become full and fewer records are more room. Never while the disk refuses.
    pub fn wants_snapshot(&self, every: u64) -> bool {
        match self.condition {
            Condition::Well => self.since_snapshot >= every,
            Condition::Tight => {
                self.since_snapshot >= every || self.squeezed && self.since_snapshot > 0
            }
            Condition::Refusing(_) => false,
        }
    }

    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// What the store occupies on the disk.
    pub fn size_bytes(&self) -> u64 {
        self.store.size_bytes()
    }

    /// Takes a record into memory, or drops and counts it.
    fn hold(&mut self, record: &Record) {
        let class = record.class();
        match class {
            Class::Passing if self.tight || self.is_crowded() => {
                self.stats.readings_dropped += 1;
                return;
            }
            Class::Lasting | Class::First if self.is_crowded() => {
                self.stats.records_dropped += 1;
                return;
            }
            Class::Passing | Class::Lasting | Class::First => {}
        }
        let encoded = encode(record, &mut self.draft).and_then(|payload| {
            let ledger = record.ledger.iter();
            let ledger: serde_json::Result<Vec<_>> =
                ledger.map(|entry| Ok((entry.number, encode(entry, &mut self.draft)?))).collect();
            Ok((payload, ledger?))
        });
        let (payload, ledger) = match encoded {
            Ok(encoded) => encoded,
            Err(error) => {
                tracing::error!(%error, "a record has no words");
                self.stats.records_dropped += 1;
                return;
            }
        };
        self.last_seq += 1;
        self.since_snapshot += 1;
        self.stats.records += 1;
        let held = Held { seq: self.last_seq, class, payload, ledger };
        self.held_bytes += held.bytes();
        self.held.push_back(held);
    }

    fn is_crowded(&self) -> bool {
        self.held.len() >= HELD_MAX || self.held_bytes >= HELD_BYTES_MAX
    }

    fn write_pages(&mut self) -> Result<(), StoreError> {
        let mut batch = Vec::new();
        let mut records = Pages::new(Space::Records);
        let mut entries = Pages::new(Space::Ledger);
        for held in self.held.iter().skip(self.held_written) {
            let link = self.written.crc.into();
            let page = records.page(held.seq, &mut batch);
            let crc = frame::write(Kind::Record, held.seq, link, &held.payload, page);
            self.written = Tip { seq: held.seq, crc };
            for (number, payload) in &held.ledger {
                self.shelf.write(*number, payload, entries.page(*number, &mut batch));
            }
        }
        self.held_written = self.held.len();
        self.held_written_bytes = self.held_bytes;
        records.close(&mut batch);
        entries.close(&mut batch);
        self.stats.bytes += batch
            .iter()
            .map(|write| match write {
                Write::Put { value, .. } => value.len() as u64,
                Write::Remove { .. } => 0,
            })
            .sum::<u64>();
        let dropped = &mut self.stats.ledger_dropped;
        batch.extend(self.shelf.drop_oldest(&self.store, self.bounds, dropped)?);
        if batch.is_empty() { Ok(()) } else { self.store.write(batch) }
    }

    /// Everything written is on the disk.
    fn settle(&mut self) {
        self.stats.syncs += 1;
        self.durable = self.written;
        self.durable_ledger = self.shelf.last();
        self.held.clear();
        self.held_bytes = 0;
        self.held_written = 0;
        self.held_written_bytes = 0;
    }

    /// After an error: once more at once, for the reserve may have made room.
    fn fail(&mut self, error: StoreError) {
        self.note(error);
        self.mend();
    }

    fn note(&mut self, error: StoreError) {
        let known = matches!(&self.condition, Condition::Refusing(before) if *before == error);
        if !known {
            tracing::warn!(%error, "the journal's disk refuses");
        }
        if error == StoreError::DiskFull {
            self.store.spend_reserve();
            self.squeezed |= !self.tight;
            self.tight = true;
        }
        self.condition = Condition::Refusing(error);
        // Whatever of it arrived: it is written again.
        self.held_written = 0;
        self.held_written_bytes = 0;
    }

    /// Reopens the store and writes everything again that is not surely on the disk.
    fn recover(&mut self) -> Result<(), StoreError> {
        self.store.reopen()?;
        self.stats.reopened += 1;
        if self.tight {
            let before = self.held.len();
            self.held.retain(|held| held.class != Class::Passing);
            self.stats.readings_dropped += (before - self.held.len()) as u64;
            self.held_bytes = self.held.iter().map(Held::bytes).sum();
        }
        // Some of it may have arrived; the chain begins anew after what surely did.
        let mut batch = Vec::new();
        for (space, last) in
            [(Space::Records, self.durable.seq), (Space::Ledger, self.durable_ledger)]
        {
            batch.push(Write::Remove { space, keys: last.saturating_add(1)..=u64::MAX });
        }
        self.store.write(batch)?;
        // A disk that lost what it had synced: the chain goes on from what is left of it.
        let reached = opening::reach(&self.store, opening::start(&self.store).tip);
        match reached {
            Ok(tip) if tip.seq < self.durable.seq => {
                let (had, has) = (self.durable.seq, tip.seq);
                tracing::warn!(had, has, "the disk lost records that it had taken for good");
                self.durable = tip;
            }
            Ok(_) | Err(_) => {}
        }
        self.written = self.durable;
        self.shelf = Shelf::load(&self.store)?;
        self.write_pages()?;
        self.store.sync()?;
        self.settle();
        self.condition = if self.tight { Condition::Tight } else { Condition::Well };
        tracing::info!("the journal's disk takes data again");
        Ok(())
    }
}

/// As JSON, in no more room than it takes.
fn encode(value: &impl Serialize, draft: &mut Vec<u8>) -> serde_json::Result<Vec<u8>> {
    draft.clear();
    serde_json::to_writer(&mut *draft, value)?;
    Ok(draft.clone())
}
