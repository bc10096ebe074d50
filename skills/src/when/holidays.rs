//! Days that have a name, as data: each with the rule that gives its date in a year. What moves
//! with a calendar that we do not keep is not here, so it is asked.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::calendars::{chinese, hebrew, hindu, hindu_sun, islamic};

/// The rule of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holiday {
    /// Month and day.
    On(i8, i8),
    /// Month, which (from the end if negative) and weekday.
    Nth(i8, i8, Weekday),
    /// Days after Easter Sunday.
    Easter(i32),
    /// Days after Orthodox Easter Sunday.
    OrthodoxEaster(i32),
    /// On that weekday it is kept so many days later.
    Moved(&'static Self, Weekday, i32),
    /// Only in leap years.
    Leap(&'static Self),
    /// Year, month and day of one of them; each is 365 days after the last.
    Wandering(i16, i8, i8),
    /// Month and day of the Islamic calendar.
    Islamic(i32, i32),
    /// Month, counted from Tishri, and day of the Hebrew calendar. It begins the evening before.
    Hebrew(i32, i32),
    /// Month and day of the Chinese calendar.
    Chinese(i32, i32),
    /// Month and moon of the Hindu calendar, and the hour at which the day must have it.
    Hindu(i32, i32, i32),
    /// The degrees at which the sun stands in the Hindu zodiac, and days after that.
    HinduSun(i32, i32),
    /// So many days after another.
    After(&'static Self, i32),
    /// The last such weekday before another.
    Before(&'static Self, Weekday),
    /// For so many days.
    Long(&'static Self, i32),
    /// An hour of it is in the evening.
    Evening(&'static Self),
    /// Not everybody means the first.
    OneOf(&'static [Self]),
}

impl Holiday {
    /// Its date in that year.
    pub(super) fn date(self, year: i16) -> Option<Date> {
        match self {
            Self::On(month, day) => Date::new(year, month, day).ok(),
            Self::Nth(month, which, weekday) => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(which, weekday).ok()
            }
            Self::Easter(days) => easter(year)?.checked_add(days.days()).ok(),
            Self::OrthodoxEaster(days) => orthodox_easter(year)?.checked_add(days.days()).ok(),
            Self::Moved(other, weekday, days) => {
                let date = other.date(year)?;
                let days = if date.weekday() == weekday { days } else { 0 };
                date.checked_add(days.days()).ok()
            }
            Self::Leap(other) => other.date(year).filter(|date| date.in_leap_year()),
            Self::Wandering(first, month, day) => {
                let years = i64::from(year) - i64::from(first);
                Date::new(first, month, day).ok()?.checked_add((365 * years).days()).ok()
            }
            Self::Islamic(month, day) => islamic(year, month, day),
            Self::Hebrew(month, day) => hebrew(year, month, day)?.yesterday().ok(),
            Self::Chinese(month, day) => chinese(year, month, day),
            Self::Hindu(month, moon, hour) => hindu(year, month, moon, hour),
            Self::HinduSun(degrees, days) => hindu_sun(year, degrees, days),
            Self::After(other, days) => other.date(year)?.checked_add(days.days()).ok(),
            Self::Before(other, weekday) => other.date(year)?.nth_weekday(-1, weekday).ok(),
            Self::Long(other, _) | Self::Evening(other) => other.date(year),
            Self::OneOf(all) => all.first()?.date(year),
        }
    }

    /// The other dates on which some keep it.
    pub(super) fn others(self, date: Date) -> Vec<Date> {
        let around = |days: &[i32]| {
            days.iter().filter_map(|days| date.checked_add(days.days()).ok()).collect()
        };
        match self {
            // It begins in the evening before, and the moon is seen a day later elsewhere.
            Self::Islamic(..) => around(&[-1, 1]),
            Self::Hebrew(..) => around(&[1]),
            // By where the sun rises.
            Self::Hindu(..) | Self::HinduSun(..) => around(&[-1, 1]),
            Self::After(other, _)
            | Self::Before(other, _)
            | Self::Long(other, _)
            | Self::Moved(other, ..)
            | Self::Leap(other)
            | Self::Evening(other) => other.others(date),
            Self::OneOf(all) => {
                all.iter().skip(1).filter_map(|other| other.date(date.year())).collect()
            }
            Self::On(..)
            | Self::Nth(..)
            | Self::Easter(_)
            | Self::OrthodoxEaster(_)
            | Self::Wandering(..)
            | Self::Chinese(..) => Vec::new(),
        }
    }

    /// For how many days it is kept.
    pub(super) fn days(self) -> i32 {
        if let Self::Long(_, days) = self { days } else { 1 }
    }
}

/// Meeus, Astronomical Algorithms, chapter 8.
fn easter(year: i16) -> Option<Date> {
    let year_of = i32::from(year);
    let (a, b, c) = (year_of % 19, year_of / 100, year_of % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let day = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(day / 31).ok()?, i8::try_from(day % 31 + 1).ok()?).ok()
}

/// The same of the Julian calendar, moved to ours; good for the centuries 1900 to 2099.
fn orthodox_easter(year: i16) -> Option<Date> {
    let year_of = i32::from(year);
    let (a, b, c) = (year_of % 4, year_of % 7, year_of % 19);
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b - d + 34) % 7;
    let day = d + e + 114;
    let julian = Date::new(year, i8::try_from(day / 31).ok()?, i8::try_from(day % 31 + 1).ok()?);
    julian.ok()?.checked_add(13.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_years() {
        for (holiday, year, wanted) in [
            (Holiday::Easter(0), 2026, "2026-04-05"),
            (Holiday::Easter(0), 2027, "2027-03-28"),
            (Holiday::Easter(39), 2026, "2026-05-14"),
            (Holiday::OrthodoxEaster(0), 2026, "2026-04-12"),
            (Holiday::Moved(&Holiday::On(4, 27), Weekday::Sunday, -1), 2025, "2025-04-26"),
            (Holiday::Moved(&Holiday::On(4, 27), Weekday::Sunday, -1), 2026, "2026-04-27"),
            (Holiday::Wandering(2022, 8, 16), 2025, "2025-08-15"),
            (Holiday::Nth(5, 2, Weekday::Sunday), 2026, "2026-05-10"),
            (Holiday::Hebrew(1, 10), 2025, "2025-10-01"),
            (Holiday::Before(&Holiday::Islamic(10, 1), Weekday::Friday), 2025, "2025-03-28"),
        ] {
            let date = holiday.date(year).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Some(wanted), "{holiday:?}");
        }
    }
}
