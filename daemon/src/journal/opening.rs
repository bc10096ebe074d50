//! What the journal finds when it opens: the newest snapshot that is whole, the records after it
//! up to the first that is not, and what had to be cut. Repairs the store; never panics.

use thiserror::Error;

use super::frame::{self, Frame, Kind, NotAFrame};
use super::record::{Journaled, Record};
use super::store::{Order, Space, Store, StoreError, Write};

/// Pages read at a time: a few hundred kilobytes.
const PAGES: usize = 64;
/// Small values suit the store; an image can be a hundred kilobytes.
const SNAPSHOT_PIECE_BYTES: usize = 4096;

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

/// Where the chain of records begins: the newest snapshot that is whole.
pub(super) struct Start {
    pub(super) image: Option<Vec<u8>>,
    pub(super) tip: Tip,
}

/// Looks for the newest snapshot; a damaged one is passed over for a copy of it.
pub(super) fn start(store: &impl Store) -> Start {
    let mut images: Vec<Vec<u8>> = store.snapshot_copies();
    let whole = 0..=u64::MAX;
    // A store that cannot be read is found out by whoever reads the records; the copies do here.
    if let Ok(pieces) = store.read(Space::Snapshot, whole, Order::OldestFirst, usize::MAX) {
        images.push(pieces.into_iter().flat_map(|(_, piece)| piece).collect());
    }
    let whole = images.into_iter().filter_map(|image| Some((covers(&image)?, image)));
    let image = whole.max_by_key(|(seq, _)| *seq).map(|(_, image)| image);
    let frame = image.as_deref().and_then(|image| frame::read(image).ok());
    let tip = match frame {
        // The link was written from a checksum of 32 bits.
        Some((frame, _)) => Tip { seq: frame.number, crc: frame.link as u32 },
        None => Tip::default(),
    };
    Start { image, tip }
}

/// The last record that a snapshot's image covers; `None` if it is not whole.
pub(super) fn covers(image: &[u8]) -> Option<u64> {
    let (frame, _) = frame::read(image).ok()?;
    (frame.kind == Kind::Snapshot).then_some(frame.number)
}

/// The writes that make an image the store's snapshot.
pub(super) fn snapshot_pieces(image: &[u8]) -> Vec<Write> {
    let mut writes = vec![Write::Remove { space: Space::Snapshot, keys: 0..=u64::MAX }];
    let pieces = (0..).zip(image.chunks(SNAPSHOT_PIECE_BYTES));
    writes.extend(pieces.map(|(key, piece)| Write::Put {
        space: Space::Snapshot,
        key,
        value: piece.to_vec(),
    }));
    writes
}

/// The end of the chain of records from `tip` on, whatever their words mean.
pub(super) fn reach(store: &impl Store, tip: Tip) -> Result<Tip, OpenError> {
    let (tip, _) = walk(store, tip, &mut |_| Ok(()))?;
    Ok(tip)
}

/// Reads everything, and cuts off what cannot be read.
pub(super) fn find(store: &mut impl Store) -> Result<Found, OpenError> {
    let start = start(store);
    let mut tail = Vec::new();
    let (tip, broken) = walk(store, start.tip, &mut |frame| {
        let record = read(frame.payload)?;
        tail.push(Journaled { seq: frame.number, record });
        Ok(())
    })?;
    let mut found = Found {
        snapshot: start.image.map(|mut image| Snapshot {
            up_to_seq: start.tip.seq,
            state: image.split_off(frame::HEADER_BYTES),
        }),
        tail,
        cut: None,
        tip,
        last_seq: tip.seq,
    };
    if let Some(broken) = broken {
        cut(store, broken, &mut found)?;
    }
    if let Some(why) = store.take_damage() {
        let first_seq = found.last_seq + 1;
        let cut = found.cut.get_or_insert(Cut { records: 0, first_seq, why: String::new() });
        cut.why = if cut.why.is_empty() { why } else { format!("{why}; {}", cut.why) };
    }
    Ok(found)
}

/// One look at all of the letters is quicker than one at every name.
fn read(payload: &[u8]) -> serde_json::Result<Record> {
    match std::str::from_utf8(payload) {
        Ok(words) => serde_json::from_str(words),
        Err(_) => serde_json::from_slice(payload),
    }
}

/// Where the chain of records ends before the records do.
struct Broken {
    page: u64,
    at: usize,
    why: String,
}

type Visit<'a> = &'a mut dyn FnMut(&Frame<'_>) -> serde_json::Result<()>;

/// Follows the chain of records after `tip` to its end.
fn walk(
    store: &impl Store,
    mut tip: Tip,
    visit: Visit<'_>,
) -> Result<(Tip, Option<Broken>), OpenError> {
    let covered = tip.seq;
    let mut next = Some(0);
    while let Some(from) = next {
        let pages = store.read(Space::Records, from..=u64::MAX, Order::OldestFirst, PAGES)?;
        next = pages.last().and_then(|(last, _)| last.checked_add(1));
        for (key, page) in pages {
            let mut rest = &page[..];
            while !rest.is_empty() {
                let at = page.len() - rest.len();
                let broken = |why: String| Some(Broken { page: key, at, why });
                let (frame, following) = match frame::read(rest) {
                    Ok(read) => read,
                    Err(NotAFrame::Newer(found)) => {
                        let (found, known) = (found.into(), frame::VERSION.into());
                        return Err(OpenError::Newer { found, known });
                    }
                    Err(why @ (NotAFrame::Short | NotAFrame::Header | NotAFrame::Checksum)) => {
                        return Ok((tip, broken(why.to_string())));
                    }
                };
                rest = following;
                if frame.number <= covered {
                    continue;
                }
                if frame.kind != Kind::Record || frame.link != u64::from(tip.crc) {
                    return Ok((tip, broken("the record before it is missing".into())));
                }
                if let Err(error) = visit(&frame) {
                    return Ok((tip, broken(format!("its words are unknown: {error}"))));
                }
                tip = Tip { seq: frame.number, crc: frame.crc };
            }
        }
    }
    Ok((tip, None))
}

/// Sets everything from the broken byte on aside and removes it.
fn cut(store: &mut impl Store, broken: Broken, found: &mut Found) -> Result<(), OpenError> {
    let Broken { page: first_page, at, why } = broken;
    let mut cut = Cut { records: 0, first_seq: found.tip.seq + 1, why };
    let mut batch = vec![Write::Remove { space: Space::Records, keys: first_page..=u64::MAX }];
    let mut next = Some(first_page);
    while let Some(from) = next {
        let pages = store.read(Space::Records, from..=u64::MAX, Order::OldestFirst, PAGES)?;
        next = pages.last().and_then(|(last, _)| last.checked_add(1));
        for (key, mut page) in pages {
            let lost =
                if key == first_page { page.split_off(at) } else { std::mem::take(&mut page) };
            if !page.is_empty() {
                batch.push(Write::Put { space: Space::Records, key, value: page });
            }
            store.set_aside(&lost);
            let records = count(&lost).max(1);
            cut.records += records;
            // A number is never given twice, also if what was cut can be read some day.
            found.last_seq = found.last_seq.max(key.saturating_add(records));
        }
    }
    store.write(batch)?;
    store.sync()?;
    found.cut = Some(cut);
    Ok(())
}

/// How many frames begin in these bytes.
fn count(bytes: &[u8]) -> u64 {
    bytes.windows(frame::MARK.len()).filter(|window| *window == frame::MARK).count() as u64
}
