//! The envelope of everything the journal writes. Each frame carries a mark, a version, what it
//! is, its number, a link to the one before it and a checksum over all of that, so that it can be
//! recognised wherever its bytes are found, also in the ruins of a damaged file. Pure.
//!
//! ```text
//! 0      3       4     5         8        12       20     28      32
//! | Omz | version | kind | 0 0 0 | length | number | link | crc32 | payload …
//! ```
//! Numbers are little-endian. The checksum covers everything but itself.

/// Of the envelope and the payload in it. A reader refuses a newer one.
pub(super) const VERSION: u8 = 1;
pub(super) const HEADER_BYTES: usize = 32;
/// Larger than any snapshot of a home; a length beyond it is damage.
pub(super) const PAYLOAD_BYTES_MAX: usize = 16 << 20;

pub(super) const MARK: [u8; 3] = *b"Omz";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Record = 1,
    Ledger = 2,
    Snapshot = 3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub kind: Kind,
    /// A record's sequence number, a ledger entry's number, the last record of a snapshot.
    pub number: u64,
    /// A record's: the checksum of the record before it. A snapshot's: that of its last record.
    /// A ledger entry's: the bytes of all entries before it.
    pub link: u64,
    pub crc: u32,
    pub payload: &'a [u8],
}

/// Why bytes are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotAFrame {
    #[error("it is not whole")]
    Short,
    #[error("its beginning is damaged")]
    Header,
    #[error("it is of version {0}, newer than this program")]
    Newer(u8),
    #[error("its checksum does not match")]
    Checksum,
}

/// Appends a frame to `out` and returns its checksum.
pub(super) fn write(kind: Kind, number: u64, link: u64, payload: &[u8], out: &mut Vec<u8>) -> u32 {
    debug_assert!(payload.len() <= PAYLOAD_BYTES_MAX);
    let mut header = [0; HEADER_BYTES];
    header[..3].copy_from_slice(&MARK);
    header[3] = VERSION;
    header[4] = kind as u8;
    // Bounded above; a longer one would be read back as damage, never as something else.
    header[8..12].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    header[12..20].copy_from_slice(&number.to_le_bytes());
    header[20..28].copy_from_slice(&link.to_le_bytes());
    let crc = checksum(&header, payload);
    header[28..].copy_from_slice(&crc.to_le_bytes());
    out.reserve(HEADER_BYTES + payload.len());
    out.extend_from_slice(&header);
    out.extend_from_slice(payload);
    crc
}

/// Reads the frame at the start of `bytes`; returns it with what follows it.
pub(super) fn read(bytes: &[u8]) -> Result<(Frame<'_>, &[u8]), NotAFrame> {
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        return Err(NotAFrame::Short);
    };
    if header[..3] != MARK || header[5..8] != [0; 3] {
        return Err(NotAFrame::Header);
    }
    let kind = match header[4] {
        1 => Kind::Record,
        2 => Kind::Ledger,
        3 => Kind::Snapshot,
        _ => return Err(NotAFrame::Header),
    };
    let length = u32_at(header, 8) as usize;
    if length > PAYLOAD_BYTES_MAX {
        return Err(NotAFrame::Header);
    }
    let Some((payload, rest)) = rest.split_at_checked(length) else {
        return Err(NotAFrame::Short);
    };
    let crc = u32_at(header, 28);
    if checksum(header, payload) != crc {
        return Err(NotAFrame::Checksum);
    }
    // After the checksum: a flipped bit must not pass for a newer release.
    if header[3] != VERSION {
        return Err(NotAFrame::Newer(header[3]));
    }
    let (number, link) = (u64_at(header, 12), u64_at(header, 20));
    Ok((Frame { kind, number, link, crc, payload }, rest))
}

fn checksum(header: &[u8; HEADER_BYTES], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&header[..28]);
    hasher.update(payload);
    hasher.finalize()
}

fn u32_at(header: &[u8; HEADER_BYTES], at: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&header[at..at + 4]);
    u32::from_le_bytes(bytes)
}

fn u64_at(header: &[u8; HEADER_BYTES], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&header[at..at + 8]);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_went() {
        let mut bytes = Vec::new();
        let first = write(Kind::Record, 7, 9, b"one", &mut bytes);
        write(Kind::Ledger, 8, u64::from(first), b"", &mut bytes);
        let (frame, rest) = read(&bytes).unwrap();
        assert_eq!((frame.kind, frame.number, frame.link), (Kind::Record, 7, 9));
        assert_eq!((frame.crc, frame.payload), (first, &b"one"[..]));
        let (frame, rest) = read(rest).unwrap();
        assert_eq!((frame.kind, frame.link, rest), (Kind::Ledger, u64::from(first), &[][..]));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let mut bytes = Vec::new();
        write(Kind::Record, 1, 0, b"{\"a\":1}", &mut bytes);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                assert!(read(&damaged).is_err(), "byte {at} bit {bit}");
            }
            assert!(read(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_newer_version_is_named() {
        let mut bytes = Vec::new();
        write(Kind::Record, 1, 0, b"x", &mut bytes);
        bytes[3] = VERSION + 1;
        let crc = checksum(bytes[..HEADER_BYTES].try_into().unwrap(), b"x");
        bytes[28..32].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(read(&bytes), Err(NotAFrame::Newer(VERSION + 1)));
    }
}
