//! Where simulated time lies in the calendar. A simulation counts milliseconds from its start;
//! the people in it live by the clock on the wall, daylight saving included. It reads no clock.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use omzien_core::Zone;

/// The first moment of a simulation, and the zone in which it happens.
#[derive(Clone, Debug)]
pub struct Calendar {
    start_ms: i64,
    zone: TimeZone,
}

impl Calendar {
    pub fn new(start: Timestamp, zone: &Zone) -> Self {
        Self { start_ms: start.as_millisecond(), zone: zone.time_zone() }
    }

    /// What a watch shows so many milliseconds after the start. Stands still at the end of
    /// jiff's calendar (the year 9999).
    pub fn local(&self, at_ms: u64) -> Zoned {
        self.timestamp(at_ms).to_zoned(self.zone.clone())
    }

    pub fn timestamp(&self, at_ms: u64) -> Timestamp {
        let at = i64::try_from(at_ms).unwrap_or(i64::MAX).saturating_add(self.start_ms);
        Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX)
    }

    /// When a watch shows this; negative before the start. A time that the spring change skips
    /// comes an hour later, one that the autumn change repeats is its first.
    pub(super) fn at_ms(&self, date: Date, time: Time) -> i64 {
        match self.zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible() {
            Ok(at) => at.as_millisecond() - self.start_ms,
            // Only within a day of the end of the calendar.
            Err(_) => i64::MAX,
        }
    }
}
