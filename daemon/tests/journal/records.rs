//! Records that can be told apart, of every class, and what must be true of those that come back.

use std::time::Duration;

use jiff::Timestamp;
use omzien::journal::{Class, Record, Snapshot};
use omzien_core::device::Motion;
use omzien_core::ledger::{Fact, LedgerEntry};
use omzien_core::{
    BootId, Command, DeviceId, Effect, EffectId, Event, Now, Observation, PendingEffect, Power,
    Reading, Reply, Urgency, WallTrust, Zone,
};

/// Record number `n`, which it carries as its boot time.
pub(crate) fn record(n: u64) -> Record {
    let wall = Timestamp::UNIX_EPOCH + Duration::from_millis(1_767_225_600_000 + n);
    let device = DeviceId::from("hall");
    let id = EffectId { epoch: 1, counter: n };
    let mut record = Record {
        now: Now {
            boot_id: BootId(1),
            since_boot_ms: n,
            wall,
            zone: Zone::utc(),
            wall_trusted: WallTrust::Trusted,
        },
        event: Event::TimedOut,
        effects: Vec::new(),
        incidents: Vec::new(),
        ledger: Vec::new(),
    };
    let (effect, fact) = match n % 4 {
        0 => {
            record.event =
                Event::Observed(Observation { device, reading: Reading::Motion(Motion::Detected) });
            return record;
        }
        1 => {
            let command = Command::Light(Power::On);
            let reading = Reading::Motion(Motion::Clear);
            record.event = Event::Observed(Observation { device: device.clone(), reading });
            let effect = Effect::Command { device: device.clone(), command };
            (effect, Fact::Switched { device, command })
        }
        2 => {
            let reply = Reply::new(omzien_core::catalogue::key::FALL_ASK);
            let effect = Effect::Say { reply: reply.clone(), urgency: Urgency::Alarm };
            (effect, Fact::Say { effect: id, reply })
        }
        _ => return record,
    };
    record.effects.push(PendingEffect { id, attempt: 1, effect });
    record.ledger.push(LedgerEntry { number: n, wall, incident: None, fact });
    record
}

/// The state after record `n`: nothing but that number.
pub(crate) fn state(n: u64) -> Vec<u8> {
    n.to_string().into_bytes()
}

/// The number in a snapshot's state; 0 without one.
pub(crate) fn covered(snapshot: Option<&Snapshot>) -> u64 {
    snapshot
        .map_or(0, |snapshot| String::from_utf8_lossy(&snapshot.state).parse().expect("a number"))
}

pub(crate) fn number(record: &Record) -> u64 {
    record.now.since_boot_ms
}

/// What a test appended, what of it was surely durable, and what may be missing.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    pub(crate) appended: u64,
    pub(crate) synced: u64,
    /// A full disk may have taken readings out of the middle.
    pub(crate) readings_may_miss: bool,
}

impl Expected {
    /// Nothing synced is lost, nothing comes twice, nothing was made up, nothing is skipped.
    pub(crate) fn check(&self, covered: u64, tail: &[Record], context: &str) {
        let mut last = covered;
        for found in tail {
            let n = number(found);
            assert!(n > last, "{context}: record {n} after {last}");
            for missing in last + 1..n {
                let passing = record(missing).class() == Class::Passing;
                assert!(
                    passing && self.readings_may_miss,
                    "{context}: record {missing} is missing before {n}"
                );
            }
            assert_eq!(*found, record(n), "{context}: record {n} has other words");
            last = n;
        }
        assert!(last <= self.appended, "{context}: record {last} was never appended");
        for missing in last + 1..=self.synced {
            let passing = record(missing).class() == Class::Passing;
            assert!(
                passing && self.readings_may_miss,
                "{context}: synced record {missing} is lost; the last one is {last}"
            );
        }
    }
}
