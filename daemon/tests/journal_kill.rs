//! A program that writes its journal is killed with SIGKILL at random moments, again and again on
//! the same folder, and each time everything it had reported as durable must be there, once.
//! Prints its seed; `SEED=n cargo test -p omzien --test journal_kill` runs one seed alone.
//!
//! This test has a `main` of its own, because it is its own victim.

#[path = "journal/records.rs"]
mod records;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use omzien::journal::{self, Durability, Record};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use records::{Expected, covered, number, record, state};

const VICTIM: &str = "--victim";
const SEEDS: u64 = 4;
const DEATHS: u64 = 8;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, folder, seed] = &arguments[..]
        && mode == VICTIM
    {
        return live(Path::new(folder), seed.parse().expect("the killer passes a number"));
    }
    let seeds = match std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..=seed,
        None => 1..=SEEDS,
    };
    for seed in seeds {
        let records = kill(seed);
        println!("SEED={seed}: killed {DEATHS} times, {records} records, nothing lost or doubled");
    }
}

/// Appends for ever; prints every number that became durable.
fn live(folder: &Path, seed: u64) {
    let mut rng = SmallRng::seed_from_u64(seed);
    let opened = journal::open(folder).expect("the folder opens");
    let last = opened.tail.last().map(|it| number(&it.record));
    let mut last = last.unwrap_or_else(|| covered(opened.snapshot.as_ref()));
    let mut journal = opened.journal;
    let mut out = std::io::stdout();
    loop {
        let count = rng.random_range(1..200);
        let batch: Vec<Record> = (1..=count).map(|more| record(last + more)).collect();
        last += count;
        let mut durability = journal.append_all(&batch);
        if rng.random_range(0..3) == 0 {
            durability = journal.sync();
        }
        if rng.random_range(0..20) == 0 {
            journal.snapshot(&state(last)).expect("the disk takes it");
            durability = Durability::Synced;
        }
        if durability == Durability::Synced {
            writeln!(out, "{last}").expect("the killer listens");
        }
    }
}

fn kill(seed: u64) -> u64 {
    let mut rng = SmallRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let mut synced = 0;
    for death in 0..DEATHS {
        let mut victim = Command::new(std::env::current_exe().expect("this program"))
            .args([VICTIM.as_ref(), folder.path(), rng.random::<u32>().to_string().as_ref()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(victim.stdout.take().expect("it is piped")).lines();
        let mut told = String::new();
        for _ in 0..rng.random_range(1..120) {
            told = lines.next().expect("it lives until it is killed").expect("it prints");
        }
        // A moment that no line marks.
        for _ in 0..rng.random_range(0..200_000) {
            std::hint::spin_loop();
        }
        victim.kill().expect("SIGKILL");
        victim.wait().expect("it is dead");
        for line in lines.map_while(Result::ok) {
            told = line;
        }
        let context = format!("SEED={seed}, death {death}");
        let opened = journal::open(folder.path()).unwrap_or_else(|error| {
            panic!("{context}: {error}");
        });
        let tail: Vec<Record> = opened.tail.into_iter().map(|it| it.record).collect();
        let from = covered(opened.snapshot.as_ref());
        let last = from + tail.len() as u64;
        // A last line that was cut in the middle names a smaller number, or none.
        synced = told.parse().unwrap_or(0).max(synced);
        let expected = Expected { appended: last.max(synced), synced, readings_may_miss: false };
        expected.check(from, &tail, &context);
        // sled may forget what its file still holds: it is taken from there, nothing is lost.
        let lost = opened.cut.as_ref().map_or(0, |cut| cut.records);
        assert_eq!(lost, 0, "{context}: a kill damages nothing: {:?}", opened.cut);
        synced = last;
    }
    synced
}
