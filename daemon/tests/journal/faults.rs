//! The disk in memory: power cut at every operation, faults at random ones, full, and refusing
//! for good.

use omzien::journal::{
    Bounds, Class, Condition, Durability, Fault, Journal, MemoryStore, Opened, Record, Space,
    Spared,
};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use crate::records::{Expected, covered, record, state};
use crate::seeds;

fn open(disk: &MemoryStore) -> Opened<MemoryStore> {
    Journal::open(disk.clone()).expect("a disk in memory opens")
}

/// Opens the disk anew and compares it with what must be there; returns the last record.
fn check(disk: &MemoryStore, expected: &Expected, context: &str) -> Opened<MemoryStore> {
    let opened = open(disk);
    let tail: Vec<Record> = opened.tail.iter().map(|it| it.record.clone()).collect();
    expected.check(covered(opened.snapshot.as_ref()), &tail, context);
    opened
}

/// Appends, syncs and takes snapshots, as a loop does; tells what became durable.
fn live(disk: &MemoryStore) -> Expected {
    let mut journal = open(disk).journal;
    let mut expected = Expected::default();
    for n in 1..=60 {
        let record = record(n);
        journal.append(&record);
        expected.appended = n;
        let sync = record.class() == Class::First || n % 7 == 0;
        if sync && journal.sync() == Durability::Synced {
            expected.synced = n;
        }
        if n % 20 == 0 && journal.snapshot(&state(n)).is_ok() {
            expected.synced = n;
        }
    }
    expected
}

/// So a lamp never waits for it: the loop hands over when the drivers had their turn.
#[test]
fn appending_touches_no_disk_and_handing_over_only_for_enough() {
    let disk = MemoryStore::new();
    let mut journal = open(&disk).journal;
    let before = disk.operations();
    journal.append(&record(1));
    journal.hand_over();
    assert_eq!(disk.operations(), before, "too little to be worth a write");
    for n in 2..=1_000 {
        journal.append(&record(n));
    }
    assert_eq!(disk.operations(), before);
    journal.hand_over();
    journal.hand_over();
    assert_eq!(disk.operations(), before + 1, "one write, and nothing twice");
}

#[test]
fn a_power_cut_at_any_operation_loses_nothing_synced() {
    let counting = MemoryStore::new();
    live(&counting);
    let operations = counting.operations();
    assert!(operations > 50);
    for at in 1..=operations {
        for spared in [
            Spared::Nothing,
            Spared::Batches(1),
            Spared::Batches(usize::MAX),
            Spared::BatchesAndTorn(0),
            Spared::BatchesAndTorn(1),
        ] {
            let disk = MemoryStore::new();
            disk.fail_at(at, Fault::PowerCut);
            let expected = live(&disk);
            disk.power_up(spared);
            let context = format!("cut at operation {at}, {spared:?}");
            check(&disk, &expected, &context);
            // What was cut off is gone for good: the next start finds a whole journal.
            assert_eq!(open(&disk).cut, None, "{context}");
        }
    }
}

#[test]
fn one_error_of_the_disk_at_any_operation_loses_nothing_at_all() {
    let counting = MemoryStore::new();
    live(&counting);
    for at in 1..=counting.operations() {
        for fault in [Fault::Failed, Fault::DiskFull] {
            let disk = MemoryStore::new();
            disk.fail_at(at, fault);
            let mut expected = live(&disk);
            expected.readings_may_miss = fault == Fault::DiskFull;
            // The last one that is synced by itself; the snapshot after it may be what failed.
            assert!(expected.synced >= 58, "{fault:?} at {at}: {expected:?}");
            disk.power_up(Spared::Nothing);
            check(&disk, &expected, &format!("{fault:?} at operation {at}"));
        }
    }
}

#[test]
fn random_lives_with_random_faults_lose_nothing_synced() {
    for seed in seeds(400) {
        let mut rng = SmallRng::seed_from_u64(seed);
        let disk = MemoryStore::new();
        let mut expected = Expected::default();
        for life in 0..rng.random_range(1..6) {
            let context = format!("SEED={seed}, life {life}");
            let opened = check(&disk, &expected, &context);
            let last = opened.tail.last().map(|it| it.record.now.since_boot_ms);
            let last = last.unwrap_or_else(|| covered(opened.snapshot.as_ref()));
            // Whatever did not survive never happened; the home goes on from here.
            expected = Expected { appended: last, synced: last, ..expected };
            let mut journal = opened.journal;
            for _ in 0..rng.random_range(0..80) {
                match rng.random_range(0..20) {
                    0..14 => {
                        let count = rng.random_range(1..5);
                        let batch: Vec<Record> =
                            (1..=count).map(|more| record(expected.appended + more)).collect();
                        expected.appended += count;
                        journal.append_all(&batch);
                    }
                    14..17 => {
                        if journal.sync() == Durability::Synced {
                            expected.synced = expected.appended;
                        }
                    }
                    17 => {
                        if journal.snapshot(&state(expected.appended)).is_ok() {
                            expected.synced = expected.appended;
                        }
                    }
                    18 => {
                        let fault = if rng.random() { Fault::Failed } else { Fault::DiskFull };
                        expected.readings_may_miss |= fault == Fault::DiskFull;
                        disk.fail_at(rng.random_range(1..6), fault);
                    }
                    _ => journal.mend(),
                }
            }
            drop(journal);
            disk.power_up(match rng.random_range(0..3) {
                0 => Spared::Nothing,
                1 => Spared::Batches(rng.random_range(0..5)),
                _ => Spared::BatchesAndTorn(rng.random_range(0..5)),
            });
        }
        check(&disk, &expected, &format!("SEED={seed}, at last"));
    }
}

#[test]
fn a_full_disk_keeps_what_matters_and_says_so() {
    let disk = MemoryStore::with_capacity(40_000, 20_000);
    let mut journal = open(&disk).journal;
    let mut n = 0;
    while *journal.condition() == Condition::Well {
        n += 1;
        journal.append(&record(n));
        journal.sync();
        assert!(n < 1000, "it never became full");
    }
    assert_eq!(*journal.condition(), Condition::Tight, "the reserve made room");
    let full_at = n;
    for n in full_at + 1..=full_at + 20 {
        let record = record(n);
        let durability = journal.append(&record);
        match record.class() {
            Class::Passing => assert_eq!(durability, Durability::Dropped),
            Class::Lasting | Class::First => assert_eq!(journal.sync(), Durability::Synced),
        }
    }
    assert_eq!(journal.stats().records_dropped, 0);
    assert!(journal.stats().readings_dropped >= 10);
    journal.mend();
    assert_eq!(*journal.condition(), Condition::Tight, "there is no room yet");
    disk.resize(1_000_000);
    journal.mend();
    assert_eq!(*journal.condition(), Condition::Well);
    let last = full_at + 24;
    for n in full_at + 21..=last {
        assert_ne!(journal.append(&record(n)), Durability::Dropped);
    }
    assert_eq!(journal.sync(), Durability::Synced);
    drop(journal);
    disk.power_up(Spared::Nothing);
    let expected = Expected { appended: last, synced: last, readings_may_miss: true };
    check(&disk, &expected, "after the disk was full");
}

#[test]
fn a_snapshot_makes_room_on_a_full_disk() {
    let disk = MemoryStore::with_capacity(40_000, 20_000);
    let mut journal = open(&disk).journal;
    let mut n = 0;
    while *journal.condition() == Condition::Well {
        n += 1;
        journal.append(&record(n));
        journal.sync();
    }
    assert!(journal.wants_snapshot(u64::MAX), "however few records there are");
    journal.snapshot(&state(n)).unwrap();
    assert!(!journal.wants_snapshot(u64::MAX));
    journal.mend();
    assert_eq!(*journal.condition(), Condition::Well);
}

#[test]
fn a_disk_that_refuses_for_good_fills_the_memory_to_its_bound_and_no_further() {
    let disk = MemoryStore::with_capacity(0, 0);
    let mut journal = open(&disk).journal;
    let lasting = record(3);
    let mut held = 0;
    while journal.append(&lasting) == Durability::Waiting {
        held += 1;
        journal.sync();
        assert!(held <= 10_000, "more than the bound waits");
    }
    assert_eq!(held, 10_000);
    assert_eq!(journal.append(&record(4)), Durability::Dropped);
    let stats = journal.stats();
    assert_eq!((stats.records_dropped, stats.readings_dropped), (1, 1));
    // Tries grow rare, or ten thousand of them would keep the loop from its work.
    assert!(stats.reopened < 400, "reopened {} times", stats.reopened);
    disk.resize(100_000_000);
    journal.mend();
    assert_eq!(journal.sync(), Durability::Synced);
    drop(journal);
    disk.power_up(Spared::Nothing);
    assert_eq!(open(&disk).tail.len(), 10_000);
}

#[test]
fn a_record_that_went_bad_is_cut_with_everything_after_it() {
    for bad in 1..=9 {
        let disk = MemoryStore::new();
        let mut journal = open(&disk).journal;
        for n in 1..=9 {
            journal.append(&record(n));
            journal.sync();
        }
        drop(journal);
        disk.damage(Space::Records, bad, |bytes| bytes[40] ^= 4);
        let opened = open(&disk);
        let cut = opened.cut.expect("it is reported");
        assert_eq!((cut.first_seq, cut.records), (bad, 10 - bad), "{cut:?}");
        assert_eq!(opened.tail.len() as u64, bad - 1);
        assert_eq!(disk.aside().len() as u64, 10 - bad, "what was cut is kept");
        // The journal goes on, with numbers that were never used.
        let mut journal = opened.journal;
        journal.append(&record(bad));
        journal.sync();
        assert!(journal.last_seq() > 9);
        let opened = open(&disk);
        assert_eq!((opened.tail.len() as u64, opened.cut), (bad, None));
    }
}

#[test]
fn a_snapshot_that_went_bad_is_replaced_by_its_copy() {
    let disk = MemoryStore::new();
    let expected = live(&disk);
    disk.damage(Space::Snapshot, 0, |bytes| bytes[33] ^= 1);
    let opened = check(&disk, &expected, "bad snapshot");
    assert_eq!(covered(opened.snapshot.as_ref()), 60);
}

#[test]
fn the_ledger_gives_its_newest_first_and_forgets_its_oldest() {
    let disk = MemoryStore::new();
    let bounds = Bounds { entries: 1_000, bytes: 1 << 30 };
    let mut journal = open(&disk).journal.with_bounds(bounds);
    let (mut appended, mut entries) = (0, Vec::new());
    for n in 1..=4_000 {
        let record = record(n);
        entries.extend(record.ledger.iter().cloned());
        journal.append(&record);
        appended = n;
        if n % 50 == 0 {
            journal.sync();
        }
    }
    // With the ones that are not written yet, across pages, and never more than asked for.
    entries.reverse();
    assert_eq!(journal.ledger(None, 30).unwrap(), entries[..30]);
    assert_eq!(journal.ledger(Some(entries[29].number), 200).unwrap(), entries[30..230]);
    assert_eq!(journal.ledger(Some(1), 10).unwrap(), []);
    journal.sync();
    let mut kept = 0;
    let mut before = None;
    loop {
        let page = journal.ledger(before, 1000).unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        kept += page.len() as u64;
    }
    let span = appended - before.unwrap();
    assert!((900..=1_200).contains(&span), "numbers over {span} are kept, {kept} entries");
    assert_eq!(journal.stats().ledger_dropped + span, appended - 1, "what went was counted");
}

#[test]
fn the_ledger_is_bounded_in_bytes_too() {
    let disk = MemoryStore::new();
    let bounds = Bounds { entries: u64::MAX, bytes: 50_000 };
    let mut journal = open(&disk).journal.with_bounds(bounds);
    for n in 1..=4_000 {
        journal.append(&record(n));
        journal.sync();
    }
    journal.snapshot(&state(4_000)).unwrap();
    let size = journal.size_bytes();
    assert!((30_000..100_000).contains(&size), "{size} bytes are kept");
}
