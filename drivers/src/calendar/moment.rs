//! The times of iCalendar: days, moments in a zone, lengths. A time without a zone, or with one
//! that nobody knows, is of the home's.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::lines::Line;

/// Years outside of these are no appointment of anybody's.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;
/// A longer event (days) is a mistake.
const DAYS_MAX: i64 = 366;

/// The zones that Outlook and Exchange write by names of their own, those of Europe (Unicode CLDR
/// 46, windowsZones.xml, territory 001). Others are read as the home's.
const WINDOWS_ZONES: &[(&str, &str)] = &[
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("E. Europe Standard Time", "Europe/Chisinau"),
    ("FLE Standard Time", "Europe/Kiev"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("Turkey Standard Time", "Europe/Istanbul"),
    ("UTC", "UTC"),
];

/// When something begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Moment {
    Day(Date),
    At { civil: DateTime, zone: TimeZone },
}

/// How long something lasts: days are of the calendar, the rest is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Length {
    days: i64,
    rest: SignedDuration,
}

impl Moment {
    /// The first of a line's values.
    pub(super) fn read(line: &Line, home: &TimeZone) -> Option<Self> {
        Self::read_all(line, home).into_iter().next()?
    }

    /// Every value of a line; what cannot be read is `None`.
    pub(super) fn read_all(line: &Line, home: &TimeZone) -> Vec<Option<Self>> {
        let zone = line.parameter("TZID").map_or_else(|| home.clone(), |name| zone(name, home));
        line.value.split(',').map(|value| Self::parse(value.trim(), &zone)).collect()
    }

    fn parse(value: &str, zone: &TimeZone) -> Option<Self> {
        // A period ("from/to") begins with its moment.
        let value = value.split('/').next()?;
        let (value, zone) = match value.strip_suffix(['Z', 'z']) {
            Some(value) => (value, TimeZone::UTC),
            None => (value, zone.clone()),
        };
        if let Some((day, time)) = value.split_once(['T', 't']) {
            let civil = date(day)?.to_datetime(self::time(time)?);
            return Some(Self::At { civil, zone });
        }
        date(value).map(Self::Day)
    }

    /// The clock on the wall, where it is.
    pub(super) fn civil(&self) -> DateTime {
        match self {
            Self::Day(day) => day.to_datetime(Time::midnight()),
            Self::At { civil, .. } => *civil,
        }
    }

    /// The same kind of moment at another time of the same wall clock.
    pub(super) fn moved_to(&self, civil: DateTime) -> Self {
        match self {
            Self::Day(_) => Self::Day(civil.date()),
            Self::At { zone, .. } => Self::At { civil, zone: zone.clone() },
        }
    }

    /// An hour that a change of the clock skips comes when the clock has passed it.
    pub(super) fn instant(&self, home: &TimeZone) -> Option<Timestamp> {
        let (civil, zone) = match self {
            Self::Day(day) => (day.to_datetime(Time::midnight()), home),
            Self::At { civil, zone } => (*civil, zone),
        };
        Some(civil.to_zoned(zone.clone()).ok()?.timestamp())
    }

    /// An exception by its day alone is of every moment of that day.
    pub(super) fn is_excepted_by(&self, exception: &Self, home: &TimeZone) -> bool {
        match (self, exception) {
            (Self::Day(_) | Self::At { .. }, Self::Day(day)) => self.civil().date() == *day,
            (Self::Day(day), Self::At { civil, .. }) => *day == civil.date(),
            (Self::At { .. }, Self::At { .. }) => self.instant(home) == exception.instant(home),
        }
    }

    /// From one to the other: whole days, or exactly so long (RFC 5545, 3.8.5.3).
    pub(super) fn until(&self, end: &Self, home: &TimeZone) -> Option<Length> {
        let length = match self {
            Self::Day(first) => {
                let days = first.until((jiff::Unit::Day, end.civil().date())).ok()?.get_days();
                Length { days: i64::from(days), rest: SignedDuration::ZERO }
            }
            Self::At { .. } => {
                let rest = end.instant(home)?.duration_since(self.instant(home)?);
                Length { days: 0, rest }
            }
        };
        length.is_plain().then_some(length)
    }

    /// This long after it.
    pub(super) fn after(&self, length: Length) -> Option<Self> {
        let civil = self.civil().checked_add(length.days.days()).ok()?;
        match self {
            Self::Day(_) => Some(Self::Day(civil.date())),
            Self::At { zone, .. } => {
                let end = civil.to_zoned(zone.clone()).ok()?.checked_add(length.rest).ok()?;
                Some(Self::At { civil: end.datetime(), zone: zone.clone() })
            }
        }
    }
}

impl Length {
    pub(super) const DAY: Self = Self { days: 1, rest: SignedDuration::ZERO };

    /// `P1W`, `PT1H30M`, `P1DT12H`.
    pub(super) fn read(value: &str) -> Option<Self> {
        let value = value.trim().trim_start_matches('+').strip_prefix(['P', 'p'])?;
        let (mut length, mut number, mut in_day) = (Self::default(), None::<i64>, false);
        for letter in value.chars() {
            if let Some(digit) = letter.to_digit(10) {
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit.into())?);
                continue;
            }
            let unit = letter.to_ascii_uppercase();
            if unit == 'T' {
                in_day = true;
                continue;
            }
            let count = number.take().filter(|count| *count <= 1_000_000)?;
            match (unit, in_day) {
                ('W', false) => length.days += count * 7,
                ('D', false) => length.days += count,
                ('H', true) => length.rest += SignedDuration::from_hours(count),
                ('M', true) => length.rest += SignedDuration::from_mins(count),
                ('S', true) => length.rest += SignedDuration::from_secs(count),
                _ => return None,
            }
        }
        (number.is_none() && length.is_plain()).then_some(length)
    }

    fn is_plain(self) -> bool {
        (0..=DAYS_MAX).contains(&self.days)
            && (0..=DAYS_MAX * 24).contains(&self.rest.as_hours())
            && !self.rest.is_negative()
    }

    /// At most so many days: what began so long ago may still be going on.
    pub(super) fn days_at_most(self) -> i64 {
        self.days + self.rest.as_hours() / 24 + 1
    }
}

fn zone(name: &str, home: &TimeZone) -> TimeZone {
    let windows = WINDOWS_ZONES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    // "/freeassociation.sourceforge.net/Europe/Amsterdam" ends with the name.
    let place = name.rmatch_indices('/').nth(1).map(|(at, _)| &name[at + 1..]);
    let names = [windows.map(|(_, iana)| *iana), Some(name), place];
    let found = names.into_iter().flatten().find_map(|name| TimeZone::get(name).ok());
    found.unwrap_or_else(|| home.clone())
}

fn date(digits: &str) -> Option<Date> {
    let number = |from: usize, until: usize| digits.get(from..until)?.parse::<i16>().ok();
    let whole = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (month, day) = (i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?);
    let date = Date::new(number(0, 4)?, month, day).ok()?;
    (whole && YEARS.contains(&date.year())).then_some(date)
}

fn time(digits: &str) -> Option<Time> {
    let number = |from: usize, until: usize| digits.get(from..until)?.parse::<i8>().ok();
    let whole = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    // A leap second is the last one.
    let time = Time::new(number(0, 2)?, number(2, 4)?, number(4, 6)?.min(59), 0).ok()?;
    whole.then_some(time)
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::*;
    use proptest::prelude::*;

    fn home() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").expect("a zone")
    }

    fn moment(line: &str) -> Option<Moment> {
        Moment::read(&lines(line).next()?, &home())
    }

    #[test]
    fn a_moment_is_where_its_zone_says() {
        for (line, instant) in [
            ("DTSTART:20261124T090000Z", Some("2026-11-24T09:00:00Z")),
            ("DTSTART:20261124T100000", Some("2026-11-24T09:00:00Z")),
            ("DTSTART;TZID=Europe/London:20261124T090000", Some("2026-11-24T09:00:00Z")),
            ("DTSTART;TZID=GMT Standard Time:20260624T090000", Some("2026-06-24T08:00:00Z")),
            (
                "DTSTART;TZID=/x.example.org/2026/Europe/London:20261124T090000",
                Some("2026-11-24T09:00:00Z"),
            ),
            ("DTSTART;TZID=Customized Time Zone:20261124T100000", Some("2026-11-24T09:00:00Z")),
            ("DTSTART;VALUE=DATE:20261124", Some("2026-11-23T23:00:00Z")),
            // Two in the morning is skipped on that day.
            ("DTSTART:20260329T023000", Some("2026-03-29T01:30:00Z")),
            ("DTSTART:20260230T100000", None),
            ("DTSTART:2026-11-24T10:00", None),
            ("DTSTART:00011124T100000", None),
            ("DTSTART:", None),
        ] {
            let read = moment(line).and_then(|moment| moment.instant(&home()));
            assert_eq!(read.map(|at| at.to_string()).as_deref(), instant, "{line}");
        }
    }

    #[test]
    fn a_length_is_read_and_a_night_of_change_keeps_its_hours() {
        let hours = |hours| SignedDuration::from_hours(hours);
        for (value, length) in [
            ("PT1H", Some((0, hours(1)))),
            ("P1DT12H", Some((1, hours(12)))),
            ("P2W", Some((14, hours(0)))),
            ("-PT1H", None),
            ("PT1", None),
            ("P1H", None),
            ("PT99999999H", None),
            ("", None),
        ] {
            let wanted = length.map(|(days, rest)| Length { days, rest });
            assert_eq!(Length::read(value), wanted, "{value}");
        }
        let evening = moment("DTSTART:20260328T220000").expect("a moment");
        let morning = moment("DTEND:20260329T070000").expect("a moment");
        // From ten to seven by the clock, which is eight hours on that night.
        let night = evening.until(&morning, &home());
        assert_eq!(night, Some(Length { days: 0, rest: hours(8) }));
        assert_eq!(evening.after(night.expect("a length")), Some(morning.clone()));
        assert_eq!(morning.until(&evening, &home()), None, "it ends before it begins");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_value_is_survived(value in "[0-9TZtzPpWDHMS/,:+. é-]{0,24}", name in "[A-Za-z/é.]{0,20}") {
            for moment in Moment::read_all(&lines(&format!("X;TZID={name}:{value}")).next().expect("a line"), &home()).into_iter().flatten() {
                moment.instant(&home());
                moment.after(Length::read(&value).unwrap_or(Length::DAY));
            }
        }
    }
}
