//! The calendars of other faiths and lands, counted and not seen: each gives the date in our own
//! calendar. Where people keep a feast a day earlier or later, `holidays.rs` says so.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::sky;

/// Noon of 1 January 2000, in universal time, is Julian day 2451545.
const EPOCH: Date = date(2000, 1, 1);
const EPOCH_DAY: f64 = 2_451_544.5;

/// Hours that the clocks of these lands are ahead of universal time.
const CHINA: f64 = 8.0;
const INDIA: f64 = 5.5;

/// From here on Umm al-Qura asks for the new moon before sunset in Mecca; before, before midnight.
const SUNSET_SINCE: i64 = 1_420;
/// Sunset in Mecca and some time for the moon to set after it, in universal time.
const SUNSET_HOUR: f64 = 14.5;

/// Month and day of the Islamic calendar, as Umm al-Qura of Saudi Arabia counts it.
pub(super) fn islamic(year: i16, month: i32, day: i32) -> Option<Date> {
    let near = floor((i64::from(year) - 622) * 33, 32);
    (near - 1..near + 3)
        .filter_map(|of| {
            let counted = arithmetic_islamic(of, i64::from(month))?;
            let new_moon = sky::new_moon_before(julian(counted, 0.0) + 5.0);
            let evening = if of >= SUNSET_SINCE { SUNSET_HOUR } else { 24.0 };
            let first = local(new_moon, 24.0 - evening)?.tomorrow().ok()?;
            first.checked_add((day - 1).days()).ok()
        })
        .find(|date| date.year() == year)
}

/// Reingold and Dershowitz, Calendrical Calculations: right to two days.
fn arithmetic_islamic(year: i64, month: i64) -> Option<Date> {
    let months = 29 * (month - 1) + floor(month, 2);
    from_fixed(227_014 + 354 * (year - 1) + floor(3 + 11 * year, 30) + months + 1)
}

/// Month and day of the Chinese calendar: in its first month the sun reaches 330 degrees.
pub(super) fn chinese(year: i16, month: i32, day: i32) -> Option<Date> {
    let (turn, near) = (f64::from(300 + 30 * month), f64::from(month - 1) * 30.44);
    let turned = sky::sun_at(turn, julian(Date::new(year, 2, 19).ok()?, 0.0) + near);
    let midnight = julian(local(turned, CHINA)?.tomorrow().ok()?, -CHINA);
    let first = local(sky::new_moon_before(midnight), CHINA)?;
    first.checked_add((day - 1).days()).ok()
}

/// A day of the moon of the Hindu calendar, 15 is full: the month, counted from Chaitra by the new
/// moon that begins it, and the hour in India at which the day must have that moon.
pub(super) fn hindu(year: i16, month: i32, moon: i32, hour: i32) -> Option<Date> {
    (-1..=1)
        .filter_map(|other| {
            let turned = sign_entered((30 * (month + 11)) % 360, year.checked_add(other)?)?;
            let begun = sky::new_moon_before(turned);
            let near = begun + f64::from(moon) * sky::MOON_DAY;
            let [from, until] =
                [moon - 1, moon].map(|moon| sky::moon_at(f64::from(moon) * 12.0, near));
            // The last day with that hour before it ends, or the one before if that has it too.
            let hours = f64::from(hour);
            let last = local(until, INDIA - hours)?;
            let before = last.yesterday().ok()?;
            Some(if julian(before, hours - INDIA) >= from { before } else { last })
        })
        .find(|date| date.year() == year)
}

/// So many days after the sun enters a sign of the Hindu zodiac; after sunset is the next day.
pub(super) fn hindu_sun(year: i16, degrees: i32, days: i32) -> Option<Date> {
    (-1..=1)
        .filter_map(|other| {
            let entered = sign_entered(degrees, year.checked_add(other)?)?;
            local(entered, INDIA + 6.0)?.checked_add(days.days()).ok()
        })
        .find(|date| date.year() == year)
}

/// When the sun enters a sign in the year that begins in April: the signs of India lie that far
/// behind the equinox (Lahiri).
fn sign_entered(degrees: i32, year: i16) -> Option<f64> {
    let behind = 23.857 + 0.013_97 * (f64::from(year) - 2_000.0);
    let near = julian(Date::new(year, 4, 14).ok()?, 0.0) + f64::from(degrees) * 365.25 / 360.0;
    Some(sky::sun_at(f64::from(degrees) + behind, near))
}

/// Month and day of the Hebrew calendar; the month is counted from Tishri. Reingold and
/// Dershowitz; a day begins with the evening before it.
pub(super) fn hebrew(year: i16, month: i32, day: i32) -> Option<Date> {
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

/// Days before the Hebrew year, with its postponements.
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

/// Days are counted from the first of the year 1.
fn from_fixed(days: i64) -> Option<Date> {
    date(1, 1, 1).checked_add((days - 1).days()).ok()
}

fn floor(number: i64, by: i64) -> i64 {
    number.div_euclid(by)
}

/// The Julian day of an hour of universal time on a date.
fn julian(date: Date, hour: f64) -> f64 {
    let days = EPOCH.until(date).map_or(0, |span| span.get_days());
    EPOCH_DAY + f64::from(days) + hour / 24.0
}

/// The date at that moment, where clocks are so many hours ahead.
fn local(day: f64, hours: f64) -> Option<Date> {
    // Dates of our calendar are far from the bounds of an i64.
    let days = (day - EPOCH_DAY + hours / 24.0).floor() as i64;
    EPOCH.checked_add(days.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_years() {
        for (found, wanted) in [
            (islamic(2024, 9, 1), "2024-03-11"),
            (islamic(2020, 9, 1), "2020-04-24"),
            (islamic(2025, 10, 1), "2025-03-30"),
            (islamic(2019, 12, 10), "2019-08-11"),
            (hebrew(2024, 1, 1), "2024-10-03"),
            (hebrew(2025, 1, 10), "2025-10-02"),
            (hebrew(2024, 7, 15), "2024-04-23"),
            (hebrew(2025, 7, 15), "2025-04-13"),
            (chinese(2024, 1, 1), "2024-02-10"),
            (chinese(2025, 1, 1), "2025-01-29"),
            (chinese(2026, 1, 1), "2026-02-17"),
            (chinese(2025, 8, 15), "2025-10-06"),
            (hindu(2024, 7, 30, 18), "2024-10-31"),
            (hindu(2023, 7, 30, 18), "2023-11-12"),
            (hindu(2025, 12, 15, 18), "2025-03-13"),
            (hindu(2022, 1, 9, 12), "2022-04-10"),
            (hindu_sun(2025, 270, 0), "2025-01-14"),
            (hindu_sun(2025, 0, 0), "2025-04-14"),
        ] {
            assert_eq!(found.map(|date| date.to_string()).as_deref(), Some(wanted));
        }
    }
}
