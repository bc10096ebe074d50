//! Where the journal keeps its bytes: ordered keys in three spaces, written in batches that hold
//! whole or not at all. Knows nothing of records.

use std::ops::RangeInclusive;

use thiserror::Error;

/// Three orders of keys in one store, so that one batch can span them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    /// By the sequence number of the first record of a page.
    Records,
    /// By the number of the first entry of a page.
    Ledger,
    /// The snapshot's pieces, from 0.
    Snapshot,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    Put { space: Space, key: u64, value: Vec<u8> },
    Remove { space: Space, keys: RangeInclusive<u64> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    OldestFirst,
    NewestFirst,
}

/// After either, only [`Store::reopen`] helps; nothing since the last sync is certain.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    #[error("the disk is full; free some space, the home goes on meanwhile")]
    DiskFull,
    #[error("the disk does not take or give data ({what}); check the card or the cable")]
    Failed { what: String },
}

/// A disk, or what stands in for one.
pub trait Store {
    /// Applies the writes in order: after a crash all of them are there, or none. Not durable
    /// before the next [`sync`](Self::sync).
    fn write(&mut self, batch: Vec<Write>) -> Result<(), StoreError>;

    /// Returns when everything written so far survives a power cut.
    fn sync(&mut self) -> Result<(), StoreError>;

    /// At most `limit` pairs with keys in the range.
    fn read(
        &self,
        space: Space,
        keys: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError>;

    /// Forgets the handle and its error, and begins anew with what is on the disk.
    fn reopen(&mut self) -> Result<(), StoreError>;

    /// Gives back the space that was set aside for a full disk.
    fn spend_reserve(&mut self);

    /// Sets it aside again; an error means that there is still no room.
    fn restore_reserve(&mut self) -> Result<(), StoreError>;

    /// Keeps a durable copy of the snapshot apart from everything else; the copy before it stays
    /// as well.
    fn copy_snapshot(&mut self, bytes: &[u8]) -> Result<(), StoreError>;

    /// The copies that can be read, newest first.
    fn snapshot_copies(&self) -> Vec<Vec<u8>>;

    /// Keeps what was cut off for whoever wants to look; bounded, and allowed to fail.
    fn set_aside(&mut self, bytes: &[u8]);

    /// What was found broken and mended when it opened; told once.
    fn take_damage(&mut self) -> Option<String> {
        None
    }

    /// What the store occupies.
    fn size_bytes(&self) -> u64;
}
