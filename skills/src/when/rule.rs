//! What repeats, as RFC 5545 writes it, and when it happens first.

use std::fmt::Write as _;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Span, ToSpan, Zoned};

use super::resolve::{Period, Resolver, times};
use super::said::{Every, Said, Unit};

/// Days that are looked through for the first: 29 February needs eight years.
const DAYS_AHEAD: i64 = 8 * 366;

/// The rule and its first occurrence.
pub(super) fn rule(
    every: &Every,
    said: &Said,
    until: Option<&Said>,
    now: &Zoned,
) -> Option<(String, Period)> {
    let resolver = Resolver { now };
    let mut every = every.clone();
    let mut said = said.clone();
    // "Vrijdag om de week", "elke week op dinsdag".
    if let Some(weekday) = said.weekday.filter(|_| every.weekdays.is_empty()) {
        if every.unit != Unit::Week {
            return None;
        }
        every.weekdays.push(weekday);
        said.weekday = None;
    }
    // "Elk jaar op 3 mei" needs the date, and a rhythm of days cannot have one.
    let dated = said.day.is_some() || said.month.is_some() || said.holiday.is_some();
    let date_fits = match every.unit {
        Unit::Month => said.month.is_none() && said.holiday.is_none(),
        Unit::Year => true,
        Unit::Second
        | Unit::Minute
        | Unit::Hour
        | Unit::Day
        | Unit::Week
        | Unit::Weekend
        | Unit::Quarter
        | Unit::Decade
        | Unit::Century => !dated,
    };
    let strange = said.cycle.is_some()
        || said.nth.is_some()
        || said.shift.is_some()
        || said.run.is_some()
        || said.season.is_some()
        || said.year.is_some()
        || said.weekday.is_some();
    if !date_fits || strange {
        return None;
    }
    let movable = said.holiday.is_some();
    let first = first(&every, &said, &resolver)?;
    let text = text(&every, &said, &first, until, &resolver)?;
    // A feast that moves has no rule of this kind.
    (!movable || fixed(&said)).then_some((text, first))
}

fn fixed(said: &Said) -> bool {
    matches!(said.holiday, Some(super::holidays::Holiday::On(..)))
}

fn first(every: &Every, said: &Said, resolver: &Resolver<'_>) -> Option<Period> {
    if every.unit < Unit::Day {
        let now = resolver.now.datetime();
        let start = match said.clock {
            Some(_) => return resolver.period(said),
            None => {
                now.checked_add(times(every.unit, i32::try_from(every.interval).ok()?)?).ok()?
            }
        };
        let start = start.date().at(start.hour(), start.minute(), start.second(), 0);
        let end = start.checked_add(1.second()).ok()?;
        return Some(Period::new(start, end, every.unit));
    }
    let from = said.ahead.unwrap_or(0);
    let now = resolver.now.datetime();
    (i64::from(from)..DAYS_AHEAD).find_map(|ahead| {
        let date = resolver.today().checked_add(ahead.days()).ok()?;
        if !matches(every, said, date) {
            return None;
        }
        let on = Said {
            day: None,
            month: None,
            holiday: None,
            ahead: Some(i32::try_from(ahead).ok()?),
            ..said.clone()
        };
        if said.clock.is_some() && said.zone.is_none() && said.meal.is_none() {
            return at_clock(said, date, resolver);
        }
        let period = resolver.period(&on)?;
        // What has begun today counts, if it is a day or a part of one that is not over.
        let counts = if period.ranged { period.end > now } else { period.start > now };
        let whole_day = said.clock.is_none() && said.part.is_none() && said.meal.is_none();
        if whole_day
            && every.weekdays.is_empty()
            && !dated(said)
            && ahead == 0
            && said.ahead.is_none()
        {
            // "Elke dag", "every week": from today on.
            return Some(period);
        }
        (counts || ahead > 0).then(|| Period { others: Vec::new(), ..period })
    })
}

/// The likeliest hour on every day alike: the half of today that is left must not become the half
/// of every day.
fn at_clock(said: &Said, date: Date, resolver: &Resolver<'_>) -> Option<Period> {
    let clock = said.clock?;
    let mut all = resolver.clocks(said, date).into_iter();
    let start = all.next().filter(|start| *start > resolver.now.datetime())?;
    let end = start.checked_add(times(clock.grain, 1)?).ok()?;
    let others = all.filter(|other| other.date() == date).collect();
    Some(Period { others, ..Period::new(start, end, clock.grain) })
}

fn dated(said: &Said) -> bool {
    said.day.is_some() || said.month.is_some() || said.holiday.is_some()
}

fn matches(every: &Every, said: &Said, date: Date) -> bool {
    let by_holiday = said
        .holiday
        .is_none_or(|holiday| holiday.date(date.year()).is_some_and(|feast| feast == date));
    let by_date = said.day.is_none_or(|day| date.day() == day)
        && said
            .month
            .is_none_or(|month| date.month() == month && (said.day.is_some() || date.day() == 1))
        && by_holiday;
    let by_weekday = every.weekdays.is_empty() || every.weekdays.contains(&date.weekday());
    let by_nth = every.nth.is_none_or(|nth| {
        let nth = i8::try_from(nth).unwrap_or(i8::MAX);
        date.nth_weekday_of_month(nth, date.weekday()).is_ok_and(|found| found == date)
    });
    by_date && by_weekday && by_nth
}

fn text(
    every: &Every,
    said: &Said,
    first: &Period,
    until: Option<&Said>,
    resolver: &Resolver<'_>,
) -> Option<String> {
    let frequency = match every.unit {
        Unit::Second => "SECONDLY",
        Unit::Minute => "MINUTELY",
        Unit::Hour => "HOURLY",
        Unit::Day => "DAILY",
        Unit::Week => "WEEKLY",
        Unit::Month => "MONTHLY",
        Unit::Year => "YEARLY",
        Unit::Weekend | Unit::Quarter | Unit::Decade | Unit::Century => return None,
    };
    let mut text = format!("FREQ={frequency}");
    // A String takes everything.
    if every.interval != 1 {
        let _ = write!(text, ";INTERVAL={}", every.interval);
    }
    let date = first.start.date();
    if every.unit == Unit::Year && dated(said) {
        let _ = write!(text, ";BYMONTH={};BYMONTHDAY={}", date.month(), date.day());
    }
    if every.unit == Unit::Month && said.day.is_some() {
        let _ = write!(text, ";BYMONTHDAY={}", date.day());
    }
    if !every.weekdays.is_empty() {
        let mut days = every.weekdays.clone();
        days.sort_by_key(|day| day.to_monday_zero_offset());
        let nth = every.nth.map(|nth| nth.to_string()).unwrap_or_default();
        let days: Vec<String> = days.iter().map(|day| format!("{nth}{}", short(*day))).collect();
        let _ = write!(text, ";BYDAY={}", days.join(","));
    }
    if let Some(until) = until {
        let end = last_instant(&resolver.period(until)?, resolver.now)?;
        let _ = write!(text, ";UNTIL={}", end.strftime("%Y%m%dT%H%M%SZ"));
    }
    Some(text)
}

/// The day that was named belongs to it. In universal time, as the standard asks.
fn last_instant(period: &Period, now: &Zoned) -> Option<DateTime> {
    let last = period.end.checked_sub(Span::new().try_seconds(1).ok()?).ok()?;
    let zoned = last.to_zoned(now.time_zone().clone()).ok()?;
    Some(zoned.with_time_zone(jiff::tz::TimeZone::UTC).datetime())
}

fn short(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}
