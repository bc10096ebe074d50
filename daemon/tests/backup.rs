//! A home moved to a new card, and what keeps a bad archive from becoming a bad home.

#![allow(clippy::unwrap_used)]

#[path = "journal/records.rs"]
mod records;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use omzien::backup::{BackupError, Places, back_up, restore};
use omzien::commands::reset::erase;
use omzien::journal::{self, OpenError};
use records::{Expected, covered, record, state};

struct Card {
    _folder: tempfile::TempDir,
    state: PathBuf,
    home: PathBuf,
    archive: PathBuf,
}

impl Card {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let etc = folder.path().join("etc");
        fs::create_dir(&etc).unwrap();
        Self {
            state: folder.path().join("state"),
            home: etc.join("home.toml"),
            archive: folder.path().join("home.tar"),
            _folder: folder,
        }
    }

    fn lived_in() -> Self {
        let card = Self::new();
        fs::write(&card.home, "companion = \"Robin\"\n").unwrap();
        let secrets = card.home.with_file_name("secrets.toml");
        fs::write(&secrets, "[mail]\npassword = \"x\"\n").unwrap();
        fs::set_permissions(&secrets, fs::Permissions::from_mode(0o600)).unwrap();
        let mut journal = journal::open(&card.state).unwrap().journal;
        for n in 1..=90 {
            journal.append(&record(n));
            if n == 40 {
                journal.snapshot(&state(n)).unwrap();
            }
        }
        journal.sync();
        fs::write(card.state.join("ntfy-cursor"), "abc").unwrap();
        card
    }

    fn places(&self) -> Places<'_> {
        Places { state: &self.state, home: &self.home }
    }

    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        for folder in [&self.state, self.home.parent().unwrap()] {
            collect(folder, folder, &mut files);
        }
        files
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(path).unwrap());
        }
    }
}

#[test]
fn a_home_wakes_up_on_its_new_card_as_it_fell_asleep_on_the_old_one() {
    let (old, new) = (Card::lived_in(), Card::new());
    back_up(old.places(), &old.archive).unwrap();
    let mode = fs::metadata(&old.archive).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner reads an archive");
    // As a service manager leaves it.
    fs::create_dir(&new.state).unwrap();
    restore(&old.archive, new.places()).unwrap();
    assert_eq!(fs::read(&new.home).unwrap(), fs::read(&old.home).unwrap());
    let secrets = new.home.with_file_name("secrets.toml");
    assert_eq!(fs::metadata(secrets).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(new.state.join("ntfy-cursor")).unwrap(), b"abc");
    let ledger = |state: &Path| {
        let opened = journal::open(state).unwrap();
        let tail: Vec<_> = opened.tail.into_iter().map(|it| it.record).collect();
        let expected = Expected { appended: 90, synced: 90, readings_may_miss: false };
        expected.check(covered(opened.snapshot.as_ref()), &tail, "restored");
        assert_eq!(opened.cut, None);
        opened.journal.ledger(None, 1000).unwrap()
    };
    assert_eq!(ledger(&new.state), ledger(&old.state));
    let left: Vec<_> = fs::read_dir(new.home.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 2, "nothing of the restoring itself stays: {left:?}");
}

#[test]
fn every_damaged_archive_is_refused_and_changes_nothing() {
    let old = Card::lived_in();
    back_up(old.places(), &old.archive).unwrap();
    let whole = fs::read(&old.archive).unwrap();
    let step = whole.len() / 61;
    for place in (0..whole.len()).step_by(step) {
        let new = Card::new();
        fs::write(&new.home, "mine").unwrap();
        let before = new.files();
        let mut flipped = whole.clone();
        flipped[place] ^= 0x10;
        for (bytes, what) in [(&flipped[..], "flipped"), (&whole[..place], "cut")] {
            let archive = new.archive.with_extension(what);
            fs::write(&archive, bytes).unwrap();
            match restore(&archive, new.places()) {
                Err(BackupError::Archive(_)) => {
                    assert_eq!(new.files(), before, "{what} at {place}");
                }
                // Padding between two files and behind the last carries nothing.
                Ok(_) => {
                    assert_eq!(what, "flipped", "{what} at {place} of {}", whole.len());
                    assert_eq!(whole[place], 0, "a flip at {place} went unseen");
                    break;
                }
                Err(error) => panic!("{what} at {place}: {error}"),
            }
        }
    }
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in ["../home.toml", "/etc/passwd", "state/../../x", "state", "other"] {
        let card = Card::new();
        let mut archive = tar::Builder::new(fs::File::create(&card.archive).unwrap());
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        header.set_mode(0o644);
        // The crate itself refuses to write such names, so they are put in by hand.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        archive.append(&header, &b"x"[..]).unwrap();
        archive.finish().unwrap();
        let refused = restore(&card.archive, card.places());
        assert!(matches!(refused, Err(BackupError::Archive(_))), "{name}: {refused:?}");
        assert!(!card.state.exists(), "{name}");
    }
}

#[test]
fn a_card_with_a_home_on_it_is_not_restored_over() {
    let (old, lived) = (Card::lived_in(), Card::lived_in());
    back_up(old.places(), &old.archive).unwrap();
    let before = lived.files();
    let refused = restore(&old.archive, lived.places());
    assert!(matches!(refused, Err(BackupError::NotEmpty(_))), "{refused:?}");
    assert_eq!(lived.files(), before);
}

#[test]
fn the_home_file_of_the_new_card_is_kept_beside() {
    let (old, new) = (Card::lived_in(), Card::new());
    back_up(old.places(), &old.archive).unwrap();
    fs::write(&new.home, "the example").unwrap();
    restore(&old.archive, new.places()).unwrap();
    let kept = new.home.with_file_name("home.toml.before-restore");
    assert_eq!(fs::read(kept).unwrap(), b"the example");
}

/// A home file that names a skill needs its folder on the new card as well.
#[test]
fn the_skills_of_the_home_move_with_it() {
    let (old, new) = (Card::lived_in(), Card::new());
    let of = |card: &Card| card.home.with_file_name("skills").join("tea").join("nl.toml");
    fs::create_dir_all(of(&old).parent().unwrap()).unwrap();
    fs::write(of(&old), "why = \"thee\"").unwrap();
    back_up(old.places(), &old.archive).unwrap();
    // Whatever lay there stays beside, the last of it.
    for before in ["an older one", "an old one"] {
        fs::create_dir_all(of(&new).parent().unwrap()).unwrap();
        fs::write(of(&new), before).unwrap();
        restore(&old.archive, new.places()).unwrap();
        assert_eq!(fs::read_to_string(of(&new)).unwrap(), "why = \"thee\"");
        let beside = new.home.with_file_name("skills.before-restore").join("tea").join("nl.toml");
        assert_eq!(fs::read_to_string(beside).unwrap(), before);
        fs::remove_dir_all(&new.state).unwrap();
    }
}

#[test]
fn a_running_companion_is_not_copied_and_not_erased() {
    let card = Card::lived_in();
    let running = journal::open(&card.state).unwrap();
    let refused = back_up(card.places(), &card.archive);
    assert!(matches!(refused, Err(BackupError::State(OpenError::Locked))), "{refused:?}");
    assert!(!card.archive.exists());
    let refused = erase(&card.state, &card.home);
    assert!(matches!(refused, Err(BackupError::State(OpenError::Locked))), "{refused:?}");
    assert!(card.home.exists());
    drop(running);
    back_up(card.places(), &card.archive).unwrap();
    let again = back_up(card.places(), &card.archive);
    assert!(matches!(again, Err(BackupError::Exists(_))), "an archive is never overwritten");
}

#[test]
fn a_state_of_a_newer_release_is_not_restored() {
    let (old, new) = (Card::lived_in(), Card::new());
    fs::write(old.state.join("VERSION"), "1\n").unwrap();
    back_up(old.places(), &old.archive).unwrap();
    // The same archive with another VERSION in it, all its sums right.
    let newer = Card::lived_in();
    restore_with_version(&old.archive, &newer.archive, "9\n");
    let refused = restore(&newer.archive, new.places());
    let known = matches!(refused, Err(BackupError::State(OpenError::Newer { found: 9, known: 1 })));
    assert!(known, "{refused:?}");
    assert!(new.files().is_empty());
}

fn restore_with_version(from: &Path, to: &Path, version: &str) {
    use sha2::Digest as _;
    use std::io::Read as _;
    let mut archive = tar::Archive::new(fs::File::open(from).unwrap());
    let mut out = tar::Builder::new(fs::File::create(to).unwrap());
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name.ends_with("VERSION") {
            bytes = version.into();
        }
        if name.ends_with("manifest.json") {
            let mut manifest: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let sum = sha2::Sha256::digest(version);
            let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
            manifest["files"]["state/VERSION"]["sha256"] = sum.into();
            bytes = serde_json::to_vec(&manifest).unwrap();
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        out.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    out.finish().unwrap();
}

#[test]
fn after_a_reset_nothing_of_the_home_is_left() {
    let card = Card::lived_in();
    fs::write(card.home.with_file_name("home.toml.before-restore"), "older").unwrap();
    fs::create_dir(card.state.join("journal.damaged-1")).unwrap();
    erase(&card.state, &card.home).unwrap();
    assert_eq!(card.files(), BTreeMap::new());
    assert!(card.state.exists(), "the folder belongs to the service manager");
    // The next home starts as a first one.
    let opened = journal::open(&card.state).unwrap();
    assert!(opened.snapshot.is_none() && opened.tail.is_empty());
    assert_eq!(opened.journal.ledger(None, 10).unwrap(), []);
    drop(opened);
    let empty = Card::new();
    assert!(matches!(erase(&empty.state, &empty.home), Err(BackupError::NoState(_))));
}
