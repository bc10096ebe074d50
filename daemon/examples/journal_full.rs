//! Fills a real, small disk under the journal, empties it again, and checks that nothing that
//! matters was lost. Needs a file system of some 40 MB of its own:
//! `mount -t tmpfs -o size=40m none /mnt && cargo run -p omzien --example journal_full /mnt`.

#[path = "../tests/journal/records.rs"]
mod records;

use std::error::Error;
use std::fs;
use std::path::Path;

use omzien::journal::{self, Class, Condition, Durability, Journal, Record, SledStore};
use records::{Expected, covered, record, state};

const RECORDS: u64 = 26_000;
const BALLAST_BYTES: usize = 26_000_000;
/// The ballast comes after so many records and goes after so many.
const BALLAST: std::ops::Range<u64> = 2_000..24_000;
const MEND_EVERY: u64 = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("name the folder of a small file system")?;
    let folder = Path::new(&folder);
    let state_folder = folder.join("state");
    let expected = fill(&mut journal::open(&state_folder)?.journal, &folder.join("ballast"))?;
    let opened = journal::open(&state_folder)?;
    let tail: Vec<Record> = opened.tail.into_iter().map(|it| it.record).collect();
    let covered = covered(opened.snapshot.as_ref());
    expected.check(covered, &tail, "after the disk was full");
    println!("covered {covered}, tail {}, cut {:?}: nothing is lost", tail.len(), opened.cut);
    fs::remove_dir_all(state_folder)?;
    Ok(())
}

fn fill(journal: &mut Journal<SledStore>, ballast: &Path) -> Result<Expected, Box<dyn Error>> {
    let mut expected = Expected { readings_may_miss: true, ..Expected::default() };
    let mut condition = Condition::Well;
    for n in 1..=RECORDS {
        if n == BALLAST.start {
            fs::write(ballast, vec![1; BALLAST_BYTES])?;
        }
        if n == BALLAST.end {
            fs::remove_file(ballast)?;
        }
        let record = record(n);
        journal.append(&record);
        expected.appended = n;
        if record.class() == Class::First && journal.sync() == Durability::Synced {
            expected.synced = n;
        }
        if n % MEND_EVERY == 0 {
            journal.mend();
        }
        if condition != *journal.condition() {
            condition = journal.condition().clone();
            println!("record {n}: {condition:?}, {} bytes", journal.size_bytes());
        }
        if journal.wants_snapshot(u64::MAX) {
            println!("record {n}: snapshot {:?}", journal.snapshot(&state(n)));
        }
    }
    println!("{:?}", journal.stats());
    if journal.stats().records_dropped > 0 {
        return Err("records that matter were dropped".into());
    }
    Ok(expected)
}
