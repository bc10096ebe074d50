//! Measures the journal on this machine's disk: how fast it takes records, what a sync costs, and
//! how large it grows in a day. The figures in docs/design/restart.md come from here:
//! `cargo run --release -p omzien --example journal [FOLDER]`.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use omzien::journal::{self, Journal, Record, SledStore};
use omzien_core::device::{Motion, Opening};
use omzien_core::ledger::{Fact, LedgerEntry};
use omzien_core::{
    BootId, Command, DeviceId, Effect, EffectId, Event, Now, Observation, PendingEffect, Power,
    Reading, WallTrust, Zone,
};

/// Replay of so many is a tenth of a second: the loop takes a snapshot then.
const SNAPSHOT_EVERY: u64 = 10_000;
/// As large as the state of a well-used home.
const STATE_BYTES: usize = 100_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = match std::env::args_os().nth(1) {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    for (name, make) in [
        ("reading", reading as fn(u64) -> Record),
        ("reading, light and ledger entry", light as fn(u64) -> Record),
    ] {
        println!("{name}: {} bytes of JSON", serde_json::to_vec(&make(1))?.len());
        for batch in [1, 16, 64] {
            let folder = folder.path().join(format!("{batch}{}", name.len()));
            rate(&folder, make, batch)?;
        }
    }
    syncs(&folder.path().join("syncs"))?;
    day(&folder.path().join("ordinary"), 5_000, 2)?;
    day(&folder.path().join("heavy"), 24 * 30_000, 30)?;
    Ok(())
}

fn rate(
    folder: &Path,
    make: fn(u64) -> Record,
    batch: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    const RECORDS: u64 = 300_000;
    let records: Vec<Record> = (0..batch as u64).map(make).collect();
    let mut journal = journal::open(folder)?.journal;
    let state = vec![b' '; STATE_BYTES];
    let (mut longest_append, mut longest_snapshot) = (Duration::ZERO, Duration::ZERO);
    let mut snapshots = Duration::ZERO;
    let (start, cpu) = (Instant::now(), cpu_time());
    for _ in 0..RECORDS / batch as u64 {
        let begun = Instant::now();
        journal.append_all(&records);
        journal.hand_over();
        longest_append = longest_append.max(begun.elapsed());
        if journal.since_snapshot() >= SNAPSHOT_EVERY {
            let begun = Instant::now();
            journal.snapshot(&state)?;
            longest_snapshot = longest_snapshot.max(begun.elapsed());
            snapshots += begun.elapsed();
        }
    }
    journal.sync();
    let stats = journal.stats();
    println!(
        "  {batch:2} at a time: {:7.0} records/s ({:7.0} by processor time), {} bytes a record, \
         {} syncs, longest append {longest_append:.1?}, longest snapshot {longest_snapshot:.1?} \
         (all {snapshots:.1?}), {:.1} MB on disk",
        stats.records as f64 / start.elapsed().as_secs_f64(),
        stats.records as f64 / (cpu_time() - cpu).as_secs_f64(),
        stats.bytes / stats.records,
        stats.syncs,
        journal.size_bytes() as f64 / 1e6,
    );
    Ok(())
}

fn syncs(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut journal = journal::open(folder)?.journal;
    let mut times: Vec<Duration> = (0..500)
        .map(|n| {
            journal.append(&light(n));
            let begun = Instant::now();
            journal.sync();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("sync of one record: median {:.1?}, p99 {:.1?}", times[250], times[495]);
    Ok(())
}

/// A day of so many events, one in `sync_every` of them waiting for the disk.
fn day(folder: &Path, events: u64, sync_every: u64) -> Result<(), Box<dyn std::error::Error>> {
    let state = vec![b' '; STATE_BYTES];
    let mut journal = journal::open(folder)?.journal;
    let mut largest = 0;
    for n in 0..events {
        journal.append(&light(n));
        journal.hand_over();
        if n % sync_every == 0 {
            journal.sync();
        }
        if journal.since_snapshot() >= SNAPSHOT_EVERY {
            journal.snapshot(&state)?;
            largest = largest.max(journal.size_bytes());
        }
    }
    journal.sync();
    let stats = journal.stats();
    println!(
        "a day of {events} events: {:.1} MB written by us, {} syncs, at most {:.1} MB in sled, \
         {:.1} MB in the folder, {} ledger entries dropped",
        stats.bytes as f64 / 1e6,
        stats.syncs,
        largest as f64 / 1e6,
        folder_bytes(folder)? as f64 / 1e6,
        stats.ledger_dropped,
    );
    drop(journal);
    let before = resident_bytes()?;
    let begun = Instant::now();
    let opened = journal::open(folder)?;
    println!(
        "opened in {:.1?} with {} records to replay, {:+.1} MB of memory",
        begun.elapsed(),
        opened.tail.len(),
        (resident_bytes()? - before) / 1e6,
    );
    read_ledger(&opened.journal)?;
    Ok(())
}

fn resident_bytes() -> Result<f64, Box<dyn std::error::Error>> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: f64 = statm.split(' ').nth(1).ok_or("statm has another form")?.parse()?;
    Ok(pages * 4096.0)
}

fn read_ledger(journal: &Journal<SledStore>) -> Result<(), Box<dyn std::error::Error>> {
    let begun = Instant::now();
    let entries = journal.ledger(None, 100)?;
    println!("the newest {} ledger entries in {:.1?}", entries.len(), begun.elapsed());
    Ok(())
}

fn folder_bytes(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        bytes += if meta.is_dir() { folder_bytes(&entry.path())? } else { meta.len() };
    }
    Ok(bytes)
}

fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

fn reading(n: u64) -> Record {
    Record {
        now: Now {
            boot_id: BootId(0x5eed),
            since_boot_ms: n * 120,
            wall: Timestamp::UNIX_EPOCH + Duration::from_millis(1_767_225_600_000 + n * 120),
            zone: Zone::new("Europe/Amsterdam").unwrap_or_else(Zone::utc),
            wall_trusted: WallTrust::Trusted,
        },
        event: Event::Observed(Observation {
            device: DeviceId::from("motion_hall"),
            reading: Reading::Motion(Motion::Detected),
        }),
        effects: Vec::new(),
        incidents: Vec::new(),
        ledger: Vec::new(),
    }
}

fn light(n: u64) -> Record {
    let (device, command) = (DeviceId::from("light_hall"), Command::Light(Power::On));
    let mut record = reading(n);
    record.event = Event::Observed(Observation {
        device: DeviceId::from("front_door"),
        reading: Reading::Opening(Opening::Open),
    });
    record.ledger.push(LedgerEntry {
        number: n + 1,
        wall: record.now.wall,
        incident: None,
        fact: Fact::Switched { device: device.clone(), command },
    });
    record.effects.push(PendingEffect {
        id: EffectId { epoch: 1, counter: n },
        attempt: 1,
        effect: Effect::Command { device, command },
    });
    record
}
