//! Days that have a name, as data: each with the rule that gives its date in a year. What moves
//! with a calendar that we do not keep is not here, so it is asked.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// A rule, and for how many days.
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
    /// Days after the so manieth weekday of a month: "black friday".
    AfterNth(i8, i8, Weekday, i32),
    /// Kings' day: the 27th of April, or the day before if that is a Sunday.
    Kings,
    /// Month and day of the Islamic calendar, counted and not seen.
    Islamic(i32, i32),
    /// Month and day of the Hebrew calendar; the month is counted from Tishri.
    Hebrew(i32, i32),
}

impl Holiday {
    /// Its date in that year.
    pub(super) fn date(self, year: i16) -> Option<Date> {
        match self {
            Self::On(month, day) => Date::new(year, month, day).ok(),
            Self::Nth(month, which, weekday) => nth(year, month, which, weekday),
            Self::Easter(days) => easter(year)?.checked_add(days.days()).ok(),
            Self::OrthodoxEaster(days) => orthodox_easter(year)?.checked_add(days.days()).ok(),
            Self::AfterNth(month, which, weekday, days) => {
                nth(year, month, which, weekday)?.checked_add(days.days()).ok()
            }
            Self::Kings => {
                let day = Date::new(year, 4, 27).ok()?;
                if day.weekday() == Weekday::Sunday { day.yesterday().ok() } else { Some(day) }
            }
            Self::Islamic(month, day) => islamic(year, month, day),
            Self::Hebrew(month, day) => hebrew(year, month, day),
        }
    }
}

fn nth(year: i16, month: i8, which: i8, weekday: Weekday) -> Option<Date> {
    Date::new(year, month, 1).ok()?.nth_weekday_of_month(which, weekday).ok()
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

/// Days are counted from the first of the year 1.
fn from_fixed(days: i64) -> Option<Date> {
    Date::new(1, 1, 1).ok()?.checked_add((days - 1).days()).ok()
}

fn floor(number: i64, by: i64) -> i64 {
    number.div_euclid(by)
}

/// Reingold and Dershowitz, Calendrical Calculations: the arithmetic Islamic calendar.
fn islamic(year: i16, month: i32, day: i32) -> Option<Date> {
    let (month, day) = (i64::from(month), i64::from(day));
    let near = floor((i64::from(year) - 622) * 33, 32);
    (near - 1..near + 3)
        .filter_map(|of| {
            let months = 29 * (month - 1) + floor(month, 2);
            from_fixed(227_014 + 354 * (of - 1) + floor(3 + 11 * of, 30) + months + day)
        })
        .find(|date| date.year() == year)
}

/// The same book: days before the Hebrew year, with its postponements.
fn hebrew_elapsed(year: i64) -> i64 {
    let months = floor(235 * year - 234, 19);
    let parts = 12_084 + 13_753 * months;
    let day = 29 * months + floor(parts, 25_920);
    if (3 * (day + 1)).rem_euclid(7) < 3 { day + 1 } else { day }
}

fn hebrew_new_year(year: i64) -> i64 {
    let (before, this, after) =
        (hebrew_elapsed(year - 1), hebrew_elapsed(year), hebrew_elapsed(year + 1));
    let late = if after - this == 356 { 2 } else { i64::from(this - before == 382) };
    -1_373_427 + 1 + this + late - 1
}

fn hebrew(year: i16, month: i32, day: i32) -> Option<Date> {
    let near = i64::from(year) + 3_760;
    (near..near + 2)
        .filter_map(|of| {
            let new_year = hebrew_new_year(of);
            let length = hebrew_new_year(of + 1) - new_year;
            let leap = (7 * of + 1).rem_euclid(19) < 7;
            let long_heshvan = i64::from(matches!(length, 355 | 385));
            let short_kislev = i64::from(matches!(length, 353 | 383));
            let before = [30, 29 + long_heshvan, 30 - short_kislev, 29, 30];
            // From Tishri to Shevat; then Adar, in leap years the second of two.
            let adar: &[i64] = if leap { &[30, 29] } else { &[29] };
            let rest = [30, 29, 30, 29, 30, 29];
            let lengths: Vec<i64> = before.iter().chain(adar).chain(&rest).copied().collect();
            let month = usize::try_from(month).ok()?;
            let month = if leap && month >= 6 { month } else { month - 1 };
            let days: i64 = lengths.get(..month)?.iter().sum();
            from_fixed(new_year + days + i64::from(day) - 1)
        })
        .find(|date| date.year() == year)
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
            (Holiday::Kings, 2025, "2025-04-26"),
            (Holiday::Kings, 2026, "2026-04-27"),
            (Holiday::Nth(5, 2, Weekday::Sunday), 2026, "2026-05-10"),
            (Holiday::Islamic(9, 1), 2024, "2024-03-11"),
            (Holiday::Hebrew(1, 1), 2024, "2024-10-03"),
            (Holiday::Hebrew(1, 10), 2025, "2025-10-02"),
            (Holiday::Hebrew(7, 15), 2024, "2024-04-23"),
            (Holiday::Hebrew(7, 15), 2025, "2025-04-13"),
        ] {
            let date = holiday.date(year).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Some(wanted), "{holiday:?}");
        }
    }
}
