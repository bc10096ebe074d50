//! Time as an argument. Nothing here can read a clock.
//!
//! Two clocks reach the core in every [`Now`]: time since boot, on which durations run, and the
//! wall clock, which people mean. A Raspberry Pi has no battery clock, so the wall clock after a
//! boot is a guess until something (NTP) vouches for it: [`WallTrust`].
//!
//! Inside the core a duration ends at an [`Instant`] of *home time*: it runs with the boot clock
//! and, over a power cut, goes on by what the wall clock says was missed ([`HomeClock::resume`]).
//! So a deadline is one number, before and after a restart.

use std::ops::{Add, Sub};
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// One boot of the machine (the kernel's boot id). Restarts of the daemon share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BootId(pub u64);

/// Whether something vouches for the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WallTrust {
    Trusted,
    /// Not synchronised since boot: good enough to show, not to count a dose or an absence by.
    Unknown,
}

/// An IANA time zone by name: `Europe/Amsterdam`. Checked when the plan is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(Arc<str>);

impl Zone {
    /// `None` if jiff's bundled database does not know the name.
    pub fn new(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(|_| Self(Arc::from(name)))
    }

    pub fn utc() -> Self {
        Self(Arc::from("UTC"))
    }

    pub fn name(&self) -> &str {
        &self.0
    }

    /// UTC for a name that another version's database knew and this one does not.
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }
}

/// The moment at which an event is handled, stamped by the loop and kept in the journal: with
/// every event, and therefore as a list and not by names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stamp", into = "Stamp")]
pub struct Now {
    pub boot_id: BootId,
    pub since_boot_ms: u64,
    pub wall: Timestamp,
    pub zone: Zone,
    pub wall_trusted: WallTrust,
}

/// [`Now`] as it is written; the wall clock in nanoseconds since 1970.
#[derive(Serialize, Deserialize)]
struct Stamp(
    BootId,
    u64,
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::required")] Timestamp,
    Zone,
    WallTrust,
);

impl From<Now> for Stamp {
    fn from(now: Now) -> Self {
        Self(now.boot_id, now.since_boot_ms, now.wall, now.zone, now.wall_trusted)
    }
}

impl From<Stamp> for Now {
    fn from(Stamp(boot_id, since_boot_ms, wall, zone, wall_trusted): Stamp) -> Self {
        Self { boot_id, since_boot_ms, wall, zone, wall_trusted }
    }
}

impl Now {
    /// What a clock on the wall of this home shows.
    pub fn local(&self) -> Zoned {
        self.wall.to_zoned(self.zone.time_zone())
    }
}

/// A moment of home time, in milliseconds since the home was first started. Only goes forward.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Instant {
    ms: u64,
}

impl Instant {
    pub const fn from_ms(ms: u64) -> Self {
        Self { ms }
    }

    pub const fn as_ms(self) -> u64 {
        self.ms
    }

    /// Zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.ms.saturating_sub(earlier.ms))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;
    fn add(self, length: Duration) -> Self {
        let ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        Self { ms: self.ms.saturating_add(ms) }
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;
    fn sub(self, length: Duration) -> Self {
        let ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        Self { ms: self.ms.saturating_sub(ms) }
    }
}

/// How long the home was not running, as far as anyone can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    Known(Duration),
    /// Another boot and a wall clock that nobody vouches for.
    Unknown,
}

/// Turns the stamps of many boots into one home time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomeClock {
    boot_id: BootId,
    since_boot_ms: u64,
    instant: Instant,
    wall: Timestamp,
    wall_trusted: WallTrust,
}

impl HomeClock {
    pub fn start(now: &Now) -> Self {
        Self {
            boot_id: now.boot_id,
            since_boot_ms: now.since_boot_ms,
            instant: Instant::default(),
            wall: now.wall,
            wall_trusted: now.wall_trusted,
        }
    }

    /// The home time of `now`. A boot clock that goes back (it must not) stands still here.
    pub fn advance(&mut self, now: &Now) -> Instant {
        let gap = if now.boot_id == self.boot_id {
            Duration::from_millis(now.since_boot_ms.saturating_sub(self.since_boot_ms))
        } else {
            match self.gap(now) {
                Gap::Known(gap) => gap,
                Gap::Unknown => Duration::ZERO,
            }
        };
        *self = Self {
            boot_id: now.boot_id,
            since_boot_ms: if now.boot_id == self.boot_id {
                self.since_boot_ms.max(now.since_boot_ms)
            } else {
                now.since_boot_ms
            },
            instant: self.instant + gap,
            wall: now.wall,
            wall_trusted: now.wall_trusted,
        };
        self.instant
    }

    /// How long ago the last event was: by the boot clock within a boot, else by the wall clock
    /// if it is trusted on both sides.
    pub fn gap(&self, now: &Now) -> Gap {
        if now.boot_id == self.boot_id {
            let ms = now.since_boot_ms.saturating_sub(self.since_boot_ms);
            return Gap::Known(Duration::from_millis(ms));
        }
        match (self.wall_trusted, now.wall_trusted) {
            (WallTrust::Trusted, WallTrust::Trusted) => {
                let ms = now.wall.as_millisecond() - self.wall.as_millisecond();
                Gap::Known(Duration::from_millis(u64::try_from(ms).unwrap_or(0)))
            }
            (WallTrust::Unknown, _) | (_, WallTrust::Unknown) => Gap::Unknown,
        }
    }

    pub fn instant(&self) -> Instant {
        self.instant
    }

    pub fn wall(&self) -> Timestamp {
        self.wall
    }

    /// The home time at which the wall clock will show `wall`, if it does not jump. Rounded up to
    /// whole milliseconds: it has come exactly when the wall clock shows `wall`, and never before.
    pub fn instant_of(&self, wall: Timestamp) -> Instant {
        let ahead = wall.duration_since(self.wall);
        match Duration::try_from(ahead) {
            Ok(ahead) => self.instant + (ahead + Duration::from_nanos(999_999)),
            Err(_) => self.instant - ahead.unsigned_abs(),
        }
    }

    /// What the boot clock will show at `instant`: what the loop sleeps until.
    pub fn since_boot_of(&self, instant: Instant) -> Duration {
        let ahead = instant.since(self.instant);
        Duration::from_millis(self.since_boot_ms) + ahead
    }
}

/// A day of the week (jiff's own has no serde form).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<jiff::civil::Weekday> for Weekday {
    fn from(day: jiff::civil::Weekday) -> Self {
        match day {
            jiff::civil::Weekday::Monday => Self::Monday,
            jiff::civil::Weekday::Tuesday => Self::Tuesday,
            jiff::civil::Weekday::Wednesday => Self::Wednesday,
            jiff::civil::Weekday::Thursday => Self::Thursday,
            jiff::civil::Weekday::Friday => Self::Friday,
            jiff::civil::Weekday::Saturday => Self::Saturday,
            jiff::civil::Weekday::Sunday => Self::Sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A deadline that had come by one measure and not by the other held the home up.
    #[test]
    fn a_moment_has_come_exactly_when_the_wall_clock_shows_it() {
        let now = Now {
            boot_id: BootId(1),
            since_boot_ms: 60_000,
            wall: Timestamp::new(1_000, 250_400_000).expect("a moment of 1970"),
            zone: Zone::utc(),
            wall_trusted: WallTrust::Trusted,
        };
        let mut clock = HomeClock::start(&now);
        let at = clock.advance(&Now { since_boot_ms: 3_660_000, ..now.clone() });
        for ns in [-2_000_000, -1_000_001, -1_000_000, -999_999, -1, 0] {
            let wall = now.wall + jiff::SignedDuration::from_nanos(ns);
            assert!(clock.instant_of(wall) <= at, "{ns} ns from now has come");
        }
        for (ns, ms) in [(1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (5_600_000, 6)] {
            let wall = now.wall + jiff::SignedDuration::from_nanos(ns);
            assert_eq!(clock.instant_of(wall), at + Duration::from_millis(ms), "{ns} ns from now");
        }
    }
}
