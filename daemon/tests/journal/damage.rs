//! sled's own files, damaged in every way that a card has: cut short, flipped, zeroed, gone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use omzien::journal::{self, OpenError, Record};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use crate::records::{Expected, covered, record, state};
use crate::seeds;

/// Records under the snapshot, and synced ones after it.
const COVERED: u64 = 40;
const LAST: u64 = 140;

/// A folder as a power cut leaves it after everything was synced: copied while it is in use.
fn lived_in() -> tempfile::TempDir {
    let lived = tempfile::tempdir().unwrap();
    let mut journal = journal::open(lived.path()).unwrap().journal;
    for n in 1..=LAST {
        journal.append(&record(n));
        journal.sync();
        if n == COVERED {
            journal.snapshot(&state(n)).unwrap();
        }
    }
    let cut_off = tempfile::tempdir().unwrap();
    copy(lived.path(), cut_off.path());
    cut_off
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.metadata().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Every record's frame as it lies in the file: header and words.
fn frames(folder: &Path) -> BTreeMap<u64, Vec<u8>> {
    let bytes = fs::read(folder.join("journal/db")).unwrap();
    let mut frames = BTreeMap::new();
    for n in COVERED + 1..=LAST {
        let words = serde_json::to_vec(&record(n)).unwrap();
        let at = find(&bytes, &words).expect("each record lies in the file in one piece");
        frames.insert(n, bytes[at - 32..at + words.len()].to_vec());
    }
    frames
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// How far the frames are whole on the disk, whatever else is broken.
fn intact(folder: &Path, frames: &BTreeMap<u64, Vec<u8>>) -> u64 {
    let bytes = fs::read(folder.join("journal/db")).unwrap_or_default();
    let marks: Vec<&[u8]> = (0..bytes.len())
        .map(|at| &bytes[at..])
        .filter(|rest| rest.first() == Some(&b'O') && rest.starts_with(b"Omz"))
        .collect();
    let is_whole = |frame: &[u8]| marks.iter().any(|rest| rest.starts_with(frame));
    let whole = frames.iter().take_while(|(_, frame)| is_whole(frame));
    whole.last().map_or(COVERED, |(n, _)| *n)
}

/// Opens a damaged folder; what comes back must reach at least to `intact`.
fn check(folder: &Path, intact: u64, context: &str) {
    let opened = match journal::open(folder) {
        Ok(opened) => opened,
        Err(error) => panic!("{context}: {error}"),
    };
    let tail: Vec<Record> = opened.tail.into_iter().map(|it| it.record).collect();
    let expected = Expected { appended: LAST, synced: intact, readings_may_miss: false };
    let from = covered(opened.snapshot.as_ref());
    expected.check(from, &tail, context);
    let last = from + tail.len() as u64;
    if last < LAST {
        // A file that is cut exactly between two records looks like one that was never longer.
        let silent = opened.cut.is_none() && intact == last;
        assert!(opened.cut.is_some() || silent, "{context}: {last} of {LAST}, and no word of it");
    }
    // It lives on, and what it learns now is there at the next start.
    let mut journal = opened.journal;
    for n in last + 1..=last + 5 {
        journal.append(&record(n));
    }
    journal.sync();
    drop(journal);
    let again = journal::open(folder).unwrap_or_else(|error| panic!("{context}, then: {error}"));
    let count = covered(again.snapshot.as_ref()) + again.tail.len() as u64;
    assert_eq!((count, again.cut), (last + 5, None), "{context}: the start after");
}

fn harm(rng: &mut SmallRng, folder: &Path) -> String {
    let db = folder.join("journal/db");
    let mut bytes = fs::read(&db).unwrap();
    // Most of the file is the unused rest of a segment; harm what is in use.
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0) + 1;
    let told = match rng.random_range(0..8) {
        0 => {
            let length = rng.random_range(0..used);
            bytes.truncate(length);
            format!("cut to {length} of {used} bytes")
        }
        1 | 2 => {
            let places: Vec<usize> =
                (0..rng.random_range(1..4)).map(|_| rng.random_range(0..used)).collect();
            for place in &places {
                bytes[*place] ^= 1 << rng.random_range(0..8);
            }
            format!("bits flipped at {places:?}")
        }
        3 => {
            let from = rng.random_range(0..used);
            bytes[from..].fill(0);
            format!("zero from {from} of {used} on")
        }
        4 => {
            let (from, length) = (rng.random_range(0..used), rng.random_range(1..5_000));
            let to = (from + length).min(used);
            bytes[from..to].fill(rng.random());
            format!("{from}..{to} overwritten")
        }
        5 => {
            // A sector of four kilobytes went away.
            let from = rng.random_range(0..used) / 4096 * 4096;
            let to = (from + 4096).min(bytes.len());
            bytes[from..to].fill(0xff);
            format!("sector at {from} gone")
        }
        6 => {
            let place = rng.random_range(0..64.min(used));
            bytes[place] = bytes[place].wrapping_add(rng.random_range(1..=255));
            format!("head of the file changed at {place}")
        }
        _ => {
            let conf = folder.join("journal/conf");
            let mut bytes = fs::read(&conf).unwrap();
            let place = rng.random_range(0..bytes.len());
            bytes[place] ^= 1 << rng.random_range(0..8);
            fs::write(&conf, bytes).unwrap();
            format!("conf changed at {place}")
        }
    };
    fs::write(&db, bytes).unwrap();
    told
}

#[test]
fn whatever_happens_to_the_files_whole_records_come_back() {
    let lived = lived_in();
    let frames = frames(lived.path());
    assert_eq!(intact(lived.path(), &frames), LAST);
    for seed in seeds(150) {
        let mut rng = SmallRng::seed_from_u64(seed);
        let folder = tempfile::tempdir().unwrap();
        copy(lived.path(), folder.path());
        let told = harm(&mut rng, folder.path());
        let intact = intact(folder.path(), &frames);
        check(folder.path(), intact, &format!("SEED={seed}: {told}"));
    }
}

#[test]
fn files_that_are_gone_cost_what_was_in_them_and_no_more() {
    let lived = lived_in();
    let frames = frames(lived.path());
    for gone in ["conf", "db", "blobs", ""] {
        let folder = tempfile::tempdir().unwrap();
        copy(lived.path(), folder.path());
        let path = folder.path().join("journal").join(gone);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
        } else {
            fs::remove_file(&path).unwrap();
        }
        let intact = intact(folder.path(), &frames);
        check(folder.path(), intact, &format!("journal/{gone} gone"));
    }
}

#[test]
fn a_damaged_snapshot_has_a_copy_and_a_copy_of_its_copy() {
    let lived = lived_in();
    let harm = |folder: &Path, name: &str| {
        let path = folder.join(name);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    let folder = tempfile::tempdir().unwrap();
    copy(lived.path(), folder.path());
    // The copy is bad, sled's is not.
    harm(folder.path(), "snapshot");
    check(folder.path(), LAST, "bad copy");
    // Both the files of sled and the newest copy: the one before it is from the start.
    let folder = tempfile::tempdir().unwrap();
    copy(lived.path(), folder.path());
    fs::remove_dir_all(folder.path().join("journal")).unwrap();
    check(folder.path(), COVERED, "sled's files gone");
}

#[test]
fn the_ledger_survives_what_the_records_survive() {
    let lived = lived_in();
    let before = {
        let folder = tempfile::tempdir().unwrap();
        copy(lived.path(), folder.path());
        journal::open(folder.path()).unwrap().journal.ledger(None, 1000).unwrap()
    };
    assert_eq!(before.len() as u64, LAST / 2);
    fs::write(lived.path().join("journal/conf"), b"nonsense, and long enough for it").unwrap();
    let opened = journal::open(lived.path()).unwrap();
    assert!(opened.cut.is_some_and(|cut| cut.records == 0 && cut.why.contains("saved")));
    assert_eq!(opened.journal.ledger(None, 1000).unwrap(), before);
    assert!(lived.path().join("journal.damaged-1").exists(), "nothing is thrown away");
}

#[test]
fn damaged_journals_do_not_pile_up() {
    let lived = lived_in();
    for _ in 0..4 {
        fs::write(lived.path().join("journal/conf"), b"nonsense, and long enough for it").unwrap();
        journal::open(lived.path()).unwrap();
    }
    let mut aside: Vec<PathBuf> = fs::read_dir(lived.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("damaged"))
        .collect();
    aside.sort();
    assert_eq!(aside.len(), 2, "{aside:?}");
}

#[test]
fn an_exchange_that_a_power_cut_interrupted_is_finished_or_forgotten() {
    let lived = lived_in();
    let path = |name: &str| lived.path().join(name);
    // The new journal was whole, and the damaged one already out of the way.
    fs::rename(path("journal"), path("journal.new")).unwrap();
    check(lived.path(), LAST, "between the two renames");
    // The new journal was still being made.
    let lived = lived_in();
    let path = |name: &str| lived.path().join(name);
    fs::create_dir(path("journal.new")).unwrap();
    fs::write(path("journal.new/db"), b"half of it").unwrap();
    check(lived.path(), LAST, "before the first rename");
    fs::write(path("journal/conf"), b"nonsense, and long enough for it").unwrap();
    let opened = journal::open(lived.path()).unwrap();
    assert!(opened.cut.is_some_and(|cut| cut.why.contains("saved")));
    assert_eq!(opened.tail.len() as u64, LAST + 5 - COVERED);
}

#[test]
fn a_newer_state_is_refused_and_left_as_it_is() {
    let lived = lived_in();
    fs::write(lived.path().join("VERSION"), "2\n").unwrap();
    let before = contents(lived.path());
    let refused = journal::open(lived.path());
    assert!(matches!(refused, Err(OpenError::Newer { found: 2, known: 1 })), "{refused:?}");
    assert_eq!(contents(lived.path()), before);
}

#[test]
fn a_second_companion_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = journal::open(folder.path()).unwrap();
    assert!(matches!(journal::open(folder.path()), Err(OpenError::Locked)));
    drop(first);
    journal::open(folder.path()).unwrap();
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(contents(&path));
        } else {
            files.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    files
}
