//! The ledger's place in the store: pages of entries, bounded, the oldest dropped first. Where it
//! begins and how large it is follows from its first and last entry alone, so opening it reads
//! two pages, however long it is.

use omzien_core::ledger::LedgerEntry;

use super::frame::{self, Kind};
use super::store::{Order, Space, Store, StoreError, Write};

/// What one reading gives at most.
pub(super) const READ_MAX: usize = 1000;
/// Dropping goes by this many, so that it is rare and still no visible pause.
const DROP_STEP: u64 = 100;

/// How much of the ledger is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub entries: u64,
    pub bytes: u64,
}

impl Bounds {
    /// Years of an ordinary home (some fifty entries a day), and small on any card.
    pub const USUAL: Self = Self { entries: 100_000, bytes: 64 << 20 };
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shelf {
    /// Number of the oldest entry, and the bytes that were written before it.
    first: Option<(u64, u64)>,
    last: u64,
    /// Bytes of all entries ever written.
    written_bytes: u64,
}

impl Shelf {
    pub(super) fn load(store: &impl Store) -> Result<Self, StoreError> {
        let whole = 0..=u64::MAX;
        let mut shelf = Self::default();
        for (_, page) in store.read(Space::Ledger, whole.clone(), Order::OldestFirst, 1)? {
            shelf.first = frame::read(&page).ok().map(|(frame, _)| (frame.number, frame.link));
        }
        for (_, page) in store.read(Space::Ledger, whole, Order::NewestFirst, 1)? {
            let mut rest = &page[..];
            while let Ok((frame, following)) = frame::read(rest) {
                shelf.last = frame.number;
                shelf.written_bytes = frame.link + frame.payload.len() as u64;
                rest = following;
            }
        }
        Ok(shelf)
    }

    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// Adds an entry to a page.
    pub(super) fn write(&mut self, number: u64, payload: &[u8], page: &mut Vec<u8>) {
        frame::write(Kind::Ledger, number, self.written_bytes, payload, page);
        if self.first.is_none() {
            self.first = Some((number, self.written_bytes));
        }
        self.last = number;
        self.written_bytes += payload.len() as u64;
    }

    /// What must go to stay within the bounds; counts it.
    pub(super) fn drop_oldest(
        &mut self,
        store: &impl Store,
        bounds: Bounds,
        dropped: &mut u64,
    ) -> Result<Option<Write>, StoreError> {
        let Some((first, before_bytes)) = self.first else { return Ok(None) };
        let entries = self.last.saturating_sub(first) + 1;
        let bytes = self.written_bytes - before_bytes;
        if entries <= bounds.entries && bytes <= bounds.bytes {
            return Ok(None);
        }
        // The page that stays first; the one just being written is not in the store yet.
        let from = first.saturating_add(DROP_STEP);
        let next = store.read(Space::Ledger, from..=u64::MAX, Order::OldestFirst, 1)?;
        let Some((key, page)) = next.into_iter().next() else { return Ok(None) };
        let link = frame::read(&page).map_or(before_bytes, |(frame, _)| frame.link);
        self.first = Some((key, link));
        *dropped += key - first;
        Ok(Some(Write::Remove { space: Space::Ledger, keys: 0..=key - 1 }))
    }

    /// Entries older than `before`, newest first, at most `limit`. A damaged page is left out.
    pub(super) fn read(
        store: &impl Store,
        before: u64,
        limit: usize,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let mut entries = Vec::new();
        let mut end = before;
        while entries.len() < limit && end > 0 {
            let wanted = limit - entries.len();
            let pages = store.read(Space::Ledger, 0..=end - 1, Order::NewestFirst, wanted)?;
            let Some((oldest, _)) = pages.last() else { break };
            end = *oldest;
            for (_, page) in &pages {
                let mut rest = &page[..];
                let start = entries.len();
                while let Ok((frame, following)) = frame::read(rest) {
                    if frame.number < before
                        && let Ok(entry) = serde_json::from_slice(frame.payload)
                    {
                        entries.push(entry);
                    }
                    rest = following;
                }
                entries[start..].reverse();
            }
        }
        entries.truncate(limit);
        Ok(entries)
    }
}
