//! What the journal finds when it opens: the newest snapshot that is whole, the records after it
//! up to the first that is not, and what had to be cut. Repairs the store; never panics.

use thiserror::Error;

use super::frame::{self, Broken, Kind};
use super::record::{Journaled, Record};
use super::store::{Order, Space, Store, StoreError, Write};

/// Pages read at a time: a few hundred kilobytes.
const PAGES: usize = 64;

/// The state at one moment: what replay begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last record it covers.
    pub up_to_seq: u64,
    pub state: Vec<u8>,
}

/// What was cut off the end because it could not be read; its bytes were set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// At least so many: what is unreadable cannot be counted exactly.
    pub records: u64,
    pub first_seq: u64,
    pub why: String,
}

/// Why there is no journal. Nothing was changed.
#[derive(Debug, Error)]
pub enum OpenError {
    #[error("the state is of version {found}, this program knows {known}; install a newer omzien")]
    Newer { found: u64, known: u64 },
    #[error("another omzien uses this state; stop it first")]
    Locked,
    #[error("{what}: {error}; check that the folder can be written")]
    Folder { what: String, error: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The end of the chain of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) seq: u64,
    pub(super) crc: u32,
}

pub(super) struct Found {
    pub(super) snapshot: Option<Snapshot>,
    pub(super) tail: Vec<Journaled>,
    pub(super) cut: Option<Cut>,
    pub(super) tip: Tip,
    /// The last number that may have been given out.
    pub(super) last_seq: u64,
}

pub(super) fn find(store: &mut impl Store) -> Result<Found, OpenError> {
    let mut images: Vec<Vec<u8>> = store.snapshot_copies();
    let whole = 0..=u64::MAX;
    let pieces = store.read(Space::Snapshot, whole, Order::OldestFirst, usize::MAX)?;
    images.push(pieces.into_iter().flat_map(|(_, piece)| piece).collect());
    let mut newest: Option<frame::Frame<'_>> = None;
    for image in &images {
        match frame::read(image) {
            Ok((frame, _)) => {
                let newer = newest.is_none_or(|newest| frame.number > newest.number);
                if frame.kind == Kind::Snapshot && newer {
                    newest = Some(frame);
                }
            }
            Err(Broken::Newer(found)) => return Err(newer(found)),
            Err(Broken::Short | Broken::Header | Broken::Checksum) => {}
        }
    }
    let mut found = Found {
        snapshot: newest
            .map(|frame| Snapshot { up_to_seq: frame.number, state: frame.payload.to_vec() }),
        tail: Vec::new(),
        cut: None,
        tip: newest.map_or(Tip::default(), |frame| Tip {
            seq: frame.number,
            // Written from a checksum of 32 bits.
            crc: frame.link as u32,
        }),
        last_seq: newest.map_or(0, |frame| frame.number),
    };
    follow(store, &mut found)?;
    found.last_seq = found.last_seq.max(found.tip.seq);
    Ok(found)
}

fn newer(found: u8) -> OpenError {
    OpenError::Newer { found: found.into(), known: frame::VERSION.into() }
}

/// Follows the chain of records from the snapshot on.
fn follow(store: &mut impl Store, found: &mut Found) -> Result<(), OpenError> {
    // A page may begin before the snapshot and end after it.
    let mut next = 0;
    loop {
        let pages = store.read(Space::Records, next..=u64::MAX, Order::OldestFirst, PAGES)?;
        let Some((last, _)) = pages.last() else { return Ok(()) };
        let following = last.checked_add(1);
        for (key, page) in &pages {
            if let Err((broken_at, why)) = read_page(page, found)? {
                return cut(store, *key, broken_at, why, found);
            }
        }
        match following {
            Some(following) => next = following,
            None => return Ok(()),
        }
    }
}

type Page = Result<(), (usize, String)>;

/// Takes the records of a page; an inner error tells at which byte the chain broke.
fn read_page(page: &[u8], found: &mut Found) -> Result<Page, OpenError> {
    let mut rest = page;
    while !rest.is_empty() {
        let at = page.len() - rest.len();
        let (frame, following) = match frame::read(rest) {
            Ok(read) => read,
            Err(Broken::Newer(version)) => return Err(newer(version)),
            Err(broken @ (Broken::Short | Broken::Header | Broken::Checksum)) => {
                return Ok(Err((at, broken.to_string())));
            }
        };
        rest = following;
        let covered = found.snapshot.as_ref().is_some_and(|it| frame.number <= it.up_to_seq);
        if covered {
            continue;
        }
        if frame.kind != Kind::Record || frame.link != u64::from(found.tip.crc) {
            return Ok(Err((at, "the record before it is missing".into())));
        }
        match serde_json::from_slice::<Record>(frame.payload) {
            Ok(record) => found.tail.push(Journaled { seq: frame.number, record }),
            Err(error) => return Ok(Err((at, format!("its words are unknown: {error}")))),
        }
        found.tip = Tip { seq: frame.number, crc: frame.crc };
    }
    Ok(Ok(()))
}

/// Sets everything from the broken byte on aside and removes it.
fn cut(
    store: &mut impl Store,
    key: u64,
    broken_at: usize,
    why: String,
    found: &mut Found,
) -> Result<(), OpenError> {
    let mut cut = Cut { records: 0, first_seq: found.tip.seq + 1, why };
    let mut batch = vec![Write::Remove { space: Space::Records, keys: key..=u64::MAX }];
    let mut next = key;
    let mut skip = broken_at;
    loop {
        let pages = store.read(Space::Records, next..=u64::MAX, Order::OldestFirst, PAGES)?;
        let Some((last, _)) = pages.last() else { break };
        let following = last.checked_add(1);
        for (key, page) in &pages {
            if skip > 0 {
                let whole = page[..skip].to_vec();
                batch.push(Write::Put { space: Space::Records, key: *key, value: whole });
            }
            let broken = &page[skip..];
            skip = 0;
            store.set_aside(broken);
            cut.records += count(broken).max(1);
            found.last_seq = found.last_seq.max(*key);
        }
        match following {
            Some(following) => next = following,
            None => break,
        }
    }
    found.last_seq = found.last_seq.saturating_add(cut.records);
    store.write(batch)?;
    store.sync()?;
    found.cut = Some(cut);
    Ok(())
}

/// How many records begin in these bytes.
fn count(bytes: &[u8]) -> u64 {
    bytes.windows(frame::MARK.len()).filter(|window| *window == frame::MARK).count() as u64
}
