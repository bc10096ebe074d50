//! Which days are meant: weekdays, dates, months, weeks, holidays, the third of something.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};

use super::super::holidays::Holiday;
use super::super::said::{Nth, NthOf, Said, Season, Unit, Which};
use super::{Period, Resolver, midnight, times};

/// Years ahead in which a date is looked for: 29 February needs eight.
const YEARS_AHEAD: i16 = 8;

/// A date that is over for no longer than this many months may be looked back to: ours, so that
/// the nearer of two years is told as well.
const LOOKED_BACK_MONTHS: i32 = 4;

impl Resolver<'_> {
    /// The day, or the longer period, that was named.
    pub(super) fn days(&self, said: &Said) -> Option<Period> {
        if let Some(holiday) = said.holiday {
            return self.holiday(said, holiday);
        }
        if let Some(season) = said.season {
            return self.season(said, season);
        }
        if let Some(nth) = said.nth {
            return self.nth(said, nth);
        }
        if let Some(week) = said.week_number {
            return self.week_number(said, week);
        }
        if let Some(quarter) = said.quarter {
            let (year, _) = self.year_of(said);
            let from = Date::new(year, quarter * 3 - 2, 1).ok()?;
            let until = from.checked_add(3.months()).ok()?;
            return Some(Period::days(from, until, Unit::Quarter));
        }
        if let Some(unit @ (Unit::Decade | Unit::Century)) = said.around {
            let from = Date::new(said.year?, 1, 1).ok()?;
            return Some(Period::days(from, from.checked_add(times(unit, 1)?).ok()?, unit));
        }
        if said.around == Some(Unit::Week) {
            let day = self.days(&Said { around: None, ..said.clone() })?.start.date();
            return week_of(day);
        }
        if let Some(ahead) = said.ahead {
            let named = said.weekday.is_some() || said.day.is_some() || said.month.is_some();
            let day = Period::day(self.today().checked_add(ahead.days()).ok()?)?;
            // "Morgen, dinsdag" must be one.
            let agrees = said.weekday.is_none_or(|weekday| day.start.date().weekday() == weekday)
                && said.day.is_none_or(|number| day.start.date().day() == number)
                && said.month.is_none_or(|month| day.start.date().month() == month);
            return (!named || agrees).then_some(day);
        }
        match (said.day, said.weekday) {
            (Some(day), weekday) => self.date(said, day, weekday),
            (None, Some(weekday)) => self.weekday(said, weekday),
            (None, None) => match (said.month, said.cycle, said.year) {
                (Some(month), _, _) => self.month(said, month),
                (None, Some((unit, way)), None) => self.cycle(unit, way),
                (None, None, Some(year)) => year_period(year),
                (None, Some(_), Some(_)) | (None, None, None) => None,
            },
        }
    }

    /// The year that was named, and whether one was.
    fn year_of(&self, said: &Said) -> (i16, Option<()>) {
        match (said.year, said.cycle) {
            (Some(year), _) => (year, Some(())),
            (None, Some((Unit::Year, way))) => {
                let way = i16::try_from(way).unwrap_or(0);
                (self.today().year().saturating_add(way), Some(()))
            }
            (None, Some(_) | None) => (self.today().year(), None),
        }
    }

    fn holiday(&self, said: &Said, holiday: Holiday) -> Option<Period> {
        let (year, named) = self.year_of(said);
        if said.day.is_some() || said.weekday.is_some() || said.month.is_some() {
            return None;
        }
        let dates = || (year - 4..=year + 4).filter_map(|year| holiday.date(year));
        let today = self.today();
        let date = match (named, said.which) {
            (Some(()), _) | (None, Some(Which::This)) => holiday.date(year),
            (None, Some(Which::Previous)) => dates().rev().find(|date| *date < today),
            (None, Some(Which::AfterNext)) => dates().filter(|date| *date >= today).nth(1),
            (None, None | Some(Which::Coming | Which::Next | Which::Count(_))) => {
                dates().find(|date| *date >= today)
            }
        };
        let date = date?;
        let until = date.checked_add(holiday.days().days()).ok()?;
        let others = holiday.others(date).into_iter().map(midnight).collect();
        let ranged = holiday.days() > 1;
        Some(Period { others, ranged, ..Period::days(date, until, Unit::Day) })
    }

    /// By the stars, on the days on which they mostly begin.
    fn season(&self, said: &Said, season: Season) -> Option<Period> {
        let (year, named) = self.year_of(said);
        let (from, until) = match season {
            Season::Spring => ((3, 20), (6, 21)),
            Season::Summer => ((6, 21), (9, 24)),
            Season::Autumn => ((9, 23), (12, 21)),
            Season::Winter => ((12, 21), (3, 21)),
        };
        let in_year = |year: i16| {
            let start = Date::new(year, from.0, from.1).ok()?;
            let ends = if season == Season::Winter { year + 1 } else { year };
            Some(Period::days(start, Date::new(ends, until.0, until.1).ok()?, Unit::Day).ranged())
        };
        let now = self.now.datetime();
        let mut all = (year.saturating_sub(2)..=year.saturating_add(2)).filter_map(in_year);
        match (named, said.which) {
            (Some(()), _) => in_year(year),
            (None, Some(Which::Previous)) => all.rfind(|season| season.end <= now),
            (None, Some(Which::Next)) => all.find(|season| season.start > now),
            (None, Some(Which::AfterNext)) => all.filter(|season| season.start > now).nth(1),
            (None, None | Some(Which::This | Which::Coming | Which::Count(_))) => {
                all.find(|season| season.end > now)
            }
        }
    }

    fn week_number(&self, said: &Said, week: i8) -> Option<Period> {
        let (year, named) = self.year_of(said);
        let of = |year: i16| {
            let week = jiff::civil::ISOWeekDate::new(year, week, Weekday::Monday).ok()?;
            week_of(Date::from(week))
        };
        let this = of(year)?;
        if named.is_none() && this.end <= self.now.datetime() && said.cycle.is_none() {
            return of(year + 1);
        }
        Some(this)
    }

    fn date(&self, said: &Said, day: i8, weekday: Option<Weekday>) -> Option<Period> {
        let today = self.today();
        let fits = |date: &Date| weekday.is_none_or(|weekday| date.weekday() == weekday);
        let (year, named) = self.year_of(said);
        let date = match (said.month, said.cycle) {
            (Some(month), _) if named.is_some() => {
                let exchanged =
                    || said.exchangeable.and_then(|()| Date::new(year, day, month).ok());
                let written = Date::new(year, month, day).ok().filter(|date| fits(date));
                let date = written.or_else(|| exchanged().filter(|date| fits(date)))?;
                if weekday.is_some() {
                    return Period::day(date);
                }
                date
            }
            (Some(month), _) => (year..=year + YEARS_AHEAD)
                .filter_map(|year| Date::new(year, month, day).ok())
                .find(|date| *date >= today)
                .filter(|date| fits(date))?,
            (None, Some((Unit::Month, way))) => {
                let month = today.first_of_month().checked_add(way.months()).ok()?;
                Date::new(month.year(), month.month(), day).ok().filter(|date| fits(date))?
            }
            (None, Some(_)) => return None,
            (None, None) if said.year.is_some() => return None,
            // The 31st may be two months ahead; what is further is another slip.
            (None, None) => (0..if weekday.is_some() { 4 } else { 3 })
                .filter_map(|ahead| {
                    let month = today.first_of_month().checked_add(ahead.months()).ok()?;
                    Date::new(month.year(), month.month(), day).ok()
                })
                .find(|date| *date >= today && fits(date))?,
        };
        let mut period = Period::day(date)?;
        // "Friday the 13th", a week after it, may be looking back.
        if said.month.is_none() && said.cycle.is_none() && weekday.is_some() {
            let past = Date::new(today.year(), today.month(), day).ok();
            let past = past.filter(|past| *past < today && fits(past));
            period.others.extend(past.map(midnight));
        }
        if let (Some(month), None, None) = (said.month, named, weekday) {
            period.others.extend(self.just_over(month, day).map(midnight));
        }
        // Day and month in digits could be exchanged.
        if let (Some(()), Some(month)) = (said.exchangeable, said.month) {
            let other =
                Said { day: Some(month), month: Some(day), exchangeable: None, ..said.clone() };
            period.others.extend(self.date(&other, month, weekday).map(|other| other.start));
        }
        Some(period)
    }

    /// That date, where it was not long ago.
    fn just_over(&self, month: i8, day: i8) -> Option<Date> {
        let today = self.today();
        let earliest = today.checked_sub(LOOKED_BACK_MONTHS.months()).ok()?;
        let dates = [today.year(), today.year() - 1]
            .into_iter()
            .filter_map(|year| Date::new(year, month, day).ok());
        dates.into_iter().find(|date| (earliest..today).contains(date))
    }

    fn weekday(&self, said: &Said, weekday: Weekday) -> Option<Period> {
        let today = self.today();
        if let Some((Unit::Week, way)) = said.cycle {
            let monday = self.cycle(Unit::Week, way)?.start.date();
            let days = i64::from(weekday.to_monday_zero_offset());
            return Period::day(monday.checked_add(days.days()).ok()?);
        }
        if said.month.is_some() || said.year.is_some() || said.cycle.is_some() {
            return None;
        }
        let ahead = i64::from(today.weekday().until(weekday));
        let coming = if ahead == 0 { 7 } else { ahead };
        let on = |days: i64| today.checked_add(days.days()).ok();
        // "Next friday" is of next week to most, and the coming one to some.
        let this_week = weekday.to_monday_zero_offset() > today.weekday().to_monday_zero_offset();
        let (days, other) = match said.which {
            None | Some(Which::This) if ahead == 0 => (7, Some(0)),
            None | Some(Which::This | Which::Coming) => (coming, None),
            Some(Which::Next) if this_week => (coming + 7, Some(coming)),
            Some(Which::Next) => (coming, None),
            Some(Which::AfterNext) => (coming + 7, None),
            Some(Which::Previous) => (if ahead == 0 { -7 } else { ahead - 7 }, None),
            Some(Which::Count(count)) => (coming + 7 * i64::from(count - 1), None),
        };
        let mut period = Period::day(on(days)?)?;
        period.others.extend(other.and_then(on).map(midnight));
        Some(period)
    }

    fn month(&self, said: &Said, month: i8) -> Option<Period> {
        let today = self.today();
        let (year, named) = self.year_of(said);
        let later = i16::from(month < today.month());
        let year = match (named, said.which) {
            (Some(()), _) | (None, Some(Which::This)) => year,
            (None, None | Some(Which::Coming | Which::Count(_))) => year + later,
            (None, Some(Which::Next)) => year + i16::from(month <= today.month()),
            (None, Some(Which::AfterNext)) => year + 1 + i16::from(month <= today.month()),
            (None, Some(Which::Previous)) => year - i16::from(month >= today.month()),
        };
        let from = Date::new(year, month, 1).ok()?;
        Some(Period::days(from, from.checked_add(1.month()).ok()?, Unit::Month))
    }

    /// "This week", "next month", "last year".
    pub(super) fn cycle(&self, unit: Unit, way: i32) -> Option<Period> {
        let today = self.today();
        let first = today.first_of_month();
        let monday = || {
            let days = i64::from(today.weekday().to_monday_zero_offset());
            today.checked_sub(days.days()).ok()
        };
        let start = match unit {
            Unit::Week => monday()?,
            Unit::Weekend => {
                let monday = monday()?.checked_add(times(Unit::Week, way)?).ok()?;
                return weekend_of(monday);
            }
            Unit::Month => first,
            Unit::Quarter => first.checked_sub(((first.month() - 1) % 3).months()).ok()?,
            Unit::Year => today.first_of_year(),
            Unit::Decade => Date::new(today.year() / 10 * 10, 1, 1).ok()?,
            Unit::Century => Date::new(today.year() / 100 * 100, 1, 1).ok()?,
            Unit::Day => today,
            Unit::Second | Unit::Minute | Unit::Hour => return None,
        };
        let start = start.checked_add(times(unit, way)?).ok()?;
        Some(Period::days(start, start.checked_add(times(unit, 1)?).ok()?, unit))
    }

    fn nth(&self, said: &Said, nth: Nth) -> Option<Period> {
        let container = Said { nth: None, which: None, ..said.clone() };
        let found = nth_of(&self.days(&container)?, nth)?;
        let open = said.year.is_none() && (said.month.is_some() || said.which.is_some());
        if !open || found.end > self.now.datetime() {
            return Some(found);
        }
        // This one is over: the next, unless one looks back.
        let next = match (said.month, said.cycle) {
            (Some(_), _) => {
                let year = self.days(&container)?.start.year() + 1;
                nth_of(&self.days(&Said { year: Some(year), ..container })?, nth)
            }
            (None, Some((unit, way))) => {
                nth_of(&self.days(&Said { cycle: Some((unit, way + 1)), ..container })?, nth)
            }
            (None, None) => return Some(found),
        };
        let mut next = next?;
        next.others.push(found.start);
        Some(next)
    }
}

fn nth_of(container: &Period, Nth { count, of }: Nth) -> Option<Period> {
    let (from, until) = (container.start.date(), container.end.date());
    let index = count.abs() - 1;
    let period = match of {
        NthOf::Weekday(weekday) => {
            let date = if count > 0 {
                let ahead = from.weekday().until(weekday);
                from.checked_add((i64::from(ahead) + 7 * i64::from(index)).days()).ok()?
            } else {
                let last = until.yesterday().ok()?;
                let back = weekday.until(last.weekday());
                last.checked_sub((i64::from(back) + 7 * i64::from(index)).days()).ok()?
            };
            Period::day(date)?
        }
        NthOf::Unit(Unit::Day) => {
            let date = if count > 0 {
                from.checked_add(index.days()).ok()?
            } else {
                until.checked_sub(count.abs().days()).ok()?
            };
            Period::day(date)?
        }
        NthOf::Unit(Unit::Week) if container.grain == Unit::Year && count > 0 => {
            let week = i8::try_from(count).ok()?;
            let week = jiff::civil::ISOWeekDate::new(from.year(), week, Weekday::Monday).ok()?;
            return week_of(Date::from(week));
        }
        NthOf::Unit(unit @ (Unit::Week | Unit::Weekend)) => {
            let monday = if count > 0 {
                let ahead = from.weekday().until(Weekday::Monday);
                from.checked_add((i64::from(ahead) + 7 * i64::from(index)).days()).ok()?
            } else {
                // The last that lies in it whole.
                let end =
                    if unit == Unit::Week { until } else { until.checked_add(1.day()).ok()? };
                let back = Weekday::Monday.until(end.weekday());
                end.checked_sub((i64::from(back) + 7 * i64::from(index + 1)).days()).ok()?
            };
            if unit == Unit::Weekend {
                weekend_of(monday)?
            } else {
                let mut week = week_of(monday)?;
                // Some count from the week that has most of its days in it.
                let part = Weekday::Monday.until(from.weekday());
                if (1..4).contains(&part) && count > 0 {
                    week.others.push(midnight(monday.checked_sub(7.days()).ok()?));
                }
                week
            }
        }
        NthOf::Unit(unit @ (Unit::Month | Unit::Quarter | Unit::Year)) => {
            let start = if count > 0 {
                from.checked_add(times(unit, index)?).ok()?
            } else {
                until.checked_sub(times(unit, count.abs())?).ok()?
            };
            Period::days(start, start.checked_add(times(unit, 1)?).ok()?, unit)
        }
        NthOf::Unit(Unit::Second | Unit::Minute | Unit::Hour | Unit::Decade | Unit::Century) => {
            return None;
        }
    };
    let within: DateTime = period.start;
    (within < container.end && period.end > container.start).then_some(period)
}

fn week_of(day: Date) -> Option<Period> {
    let days = i64::from(day.weekday().to_monday_zero_offset());
    let monday = day.checked_sub(days.days()).ok()?;
    Some(Period::days(monday, monday.checked_add(7.days()).ok()?, Unit::Week))
}

/// From Friday evening, as the larger collection has it; some mean Saturday.
fn weekend_of(monday: Date) -> Option<Period> {
    let friday = monday.checked_add(4.days()).ok()?;
    let start = friday.at(18, 0, 0, 0);
    let end = midnight(monday.checked_add(7.days()).ok()?);
    let saturday = midnight(friday.tomorrow().ok()?);
    Some(Period { others: vec![saturday], ..Period::new(start, end, Unit::Hour) }.ranged())
}

fn year_period(year: i16) -> Option<Period> {
    let from = Date::new(year, 1, 1).ok()?;
    Some(Period::days(from, Date::new(year.checked_add(1)?, 1, 1).ok()?, Unit::Year))
}
