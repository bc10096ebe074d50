//! Finds our frames in the bytes of sled's files, whatever sled itself makes of them: a flipped
//! bit in its bookkeeping must not cost an open alarm. Reads only; writes nothing.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::frame::{self, Frame, Kind};
use super::opening::Tip;

/// sled writes in segments, and nothing it writes crosses from one into the next.
pub(super) const SEGMENT_BYTES: usize = 512 << 10;
/// The ledger of a file up to this size is kept in memory while sled opens it: a tree that it
/// takes for empty it begins to overwrite. Of a larger file it can only spoil a small part.
const KEPT_BYTES_MAX: u64 = 32 << 20;
/// A node too large for a segment has a file of its own; a larger one than this is not ours.
const BLOB_BYTES_MAX: u64 = 32 << 20;

/// Whose bytes are kept.
#[derive(Clone, Copy)]
enum Keep {
    All,
    Records,
}

/// What lies about in the files of a sled folder.
#[derive(Debug, Default)]
pub(super) struct Ruins {
    files: Vec<File>,
    records: Vec<Piece>,
    ledger: Vec<Piece>,
}

/// A whole frame, and where it is.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) number: u64,
    link: u64,
    crc: u32,
    file: usize,
    at: u64,
    length: usize,
    kept: Option<Box<[u8]>>,
}

impl Ruins {
    /// Looks through every file; what cannot be read is passed over. Records up to `covered` are
    /// of no interest.
    pub(super) fn survey(folder: &Path, covered: u64) -> Self {
        let mut ruins = Self::default();
        if let Ok(file) = File::open(folder.join("db")) {
            ruins.look_through(file, SEGMENT_BYTES, covered);
        }
        for entry in fs::read_dir(folder.join("blobs")).into_iter().flatten().flatten() {
            let length = entry.metadata().map_or(0, |meta| meta.len());
            if let Ok(file) = File::open(entry.path())
                && length <= BLOB_BYTES_MAX
            {
                // Bounded above.
                ruins.look_through(file, length as usize, covered);
            }
        }
        ruins
    }

    fn look_through(&mut self, file: File, window_bytes: usize, covered: u64) {
        let mut window = vec![0; window_bytes];
        let mut start = 0;
        let length = file.metadata().map_or(0, |meta| meta.len());
        while start < length {
            let wanted = window_bytes.min((length - start) as usize);
            // A sector that cannot be read costs its segment.
            if file.read_exact_at(&mut window[..wanted], start).is_ok() {
                let keep = if length <= KEPT_BYTES_MAX { Keep::All } else { Keep::Records };
                self.look_at(&window[..wanted], start, covered, keep);
            }
            start += window_bytes as u64;
        }
        self.files.push(file);
    }

    fn look_at(&mut self, window: &[u8], start: u64, covered: u64, keep: Keep) {
        let mut at = 0;
        while let Some(found) = window[at..].iter().position(|byte| *byte == frame::MARK[0]) {
            at += found;
            let Ok((frame, rest)) = frame::read(&window[at..]) else {
                at += 1;
                continue;
            };
            let length = window.len() - at - rest.len();
            let Frame { kind, number, link, crc, .. } = frame;
            let kept = match (kind, keep) {
                (Kind::Record, _) | (_, Keep::All) => Some(window[at..at + length].into()),
                (Kind::Ledger | Kind::Snapshot, Keep::Records) => None,
            };
            let (file, place) = (self.files.len(), start + at as u64);
            let piece = Piece { number, link, crc, file, at: place, length, kept };
            match kind {
                Kind::Record if number > covered => self.records.push(piece),
                Kind::Ledger => self.ledger.push(piece),
                Kind::Record | Kind::Snapshot => {}
            }
            at += length;
        }
    }

    /// The longest chain of records that follows `tip`. sled moves things about, so the same
    /// frame may lie in several places, beside frames that were never part of the journal.
    pub(super) fn chain(&self, tip: Tip) -> Vec<&Piece> {
        let mut backwards: Vec<&Piece> = self.records.iter().collect();
        backwards.sort_unstable_by_key(|piece| std::cmp::Reverse(piece.number));
        // By link: the piece that leads furthest, and how far.
        let mut best: HashMap<u64, (u64, &Piece)> = HashMap::new();
        for piece in backwards {
            let following = best.get(&piece.crc.into());
            let end = match following {
                Some((end, next)) if next.number > piece.number => *end,
                Some(_) | None => piece.number,
            };
            let known = best.entry(piece.link).or_insert((end, piece));
            if end > known.0 {
                *known = (end, piece);
            }
        }
        let mut chain = Vec::new();
        let mut tip = tip;
        while let Some((_, piece)) = best.get(&tip.crc.into())
            && piece.number > tip.seq
        {
            chain.push(*piece);
            tip = Tip { seq: piece.number, crc: piece.crc };
        }
        chain
    }

    /// The ledger's entries in order, one for each number.
    pub(super) fn ledger(&self) -> Vec<&Piece> {
        let mut entries: Vec<&Piece> = self.ledger.iter().collect();
        // A number that was given out twice, around a crash: the later one has more before it.
        entries.sort_unstable_by_key(|piece| (piece.number, std::cmp::Reverse(piece.link)));
        entries.dedup_by_key(|piece| piece.number);
        entries
    }

    /// The frame itself; `None` if it has changed since.
    pub(super) fn bytes(&self, piece: &Piece) -> Option<Vec<u8>> {
        if let Some(kept) = &piece.kept {
            return Some(kept.to_vec());
        }
        let mut bytes = vec![0; piece.length];
        self.files[piece.file].read_exact_at(&mut bytes, piece.at).ok()?;
        let (frame, _) = frame::read(&bytes).ok()?;
        (frame.crc == piece.crc).then_some(bytes)
    }
}

/// Reads a file that must not be larger than `max` bytes.
pub(super) fn read_bounded(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(max).read_to_end(&mut bytes)?;
    Ok(bytes)
}
