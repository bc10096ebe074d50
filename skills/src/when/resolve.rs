//! What was said, beside the moment at which it was said, becomes a period of the calendar. Pure:
//! the moment is an argument. What cannot be (30 February, "friday the 13th" on another day) is
//! none, so that it is asked.

mod days;
mod hours;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, ToSpan, Zoned};

use super::holidays::Holiday;
use super::said::{Clock, Dial, Edge, Length, MEALS, Meal, MealSide, Part, Said, Unit, Way};
use hours::{Face, edge_of_part, faces};

/// From its first instant up to where it ends, with the unit in which it was named.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Period {
    pub(super) start: DateTime,
    pub(super) end: DateTime,
    pub(super) grain: Unit,
    /// The other moments it could be.
    pub(super) others: Vec<DateTime>,
    /// It is told as from and to, though it was one word: "vanavond".
    pub(super) ranged: bool,
}

impl Period {
    pub(super) fn new(start: DateTime, end: DateTime, grain: Unit) -> Self {
        Self { start, end, grain, others: Vec::new(), ranged: grain > Unit::Day }
    }

    pub(super) fn day(date: Date) -> Option<Self> {
        let next = date.tomorrow().ok()?;
        Some(Self::new(midnight(date), midnight(next), Unit::Day))
    }

    /// From one day up to another.
    pub(super) fn days(from: Date, until: Date, grain: Unit) -> Self {
        Self::new(midnight(from), midnight(until), grain)
    }

    pub(super) fn ranged(self) -> Self {
        Self { ranged: true, ..self }
    }

    /// Every moment it could be, in order.
    pub(super) fn all(&self) -> Vec<DateTime> {
        let mut all = self.others.clone();
        all.push(self.start);
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Said and now.
pub(super) struct Resolver<'a> {
    pub(super) now: &'a Zoned,
}

impl Resolver<'_> {
    pub(super) fn today(&self) -> Date {
        self.now.date()
    }

    pub(super) fn period(&self, said: &Said) -> Option<Period> {
        if let Some(minutes) = said.zone {
            return self.elsewhere(said, minutes);
        }
        if let Some((length, way)) = said.shift {
            return self.shifted(said, length, way);
        }
        if let (Some((unit, count)), Some(_)) = (said.run, said.which) {
            // "Two upcoming weeks": the second of them, or both.
            let others = vec![self.run((unit, count))?.start];
            return Some(Period { others, ..self.cycle(unit, count)? });
        }
        if let Some(run) = said.run {
            return self.run(run).and_then(|period| {
                (said.clock.is_none() && said.part.is_none()).then_some(period)
            });
        }
        if said.now.is_some() {
            let now = second(self.now.datetime());
            return Some(Period::new(now, now.checked_add(1.second()).ok()?, Unit::Second));
        }
        let days = if said.names_day() { Some(self.days(said)?) } else { None };
        let evening = matches!(said.holiday, Some(Holiday::Evening(_)));
        let evening = evening && said.clock.is_some_and(Clock::is_open);
        let part = if evening { said.part.or(Some(Part::Evening)) } else { said.part };
        match (said.clock, part, said.meal) {
            (Some(clock), part, None) => self.at_clock(said, days, clock, part),
            (Some(_), _, Some(_)) => None,
            (None, Some(part), None) => self.in_part(said, days, part),
            (None, part, Some(meal)) => {
                if part.is_some_and(|part| matches!(part, Part::Am | Part::Pm)) {
                    return None;
                }
                self.by_meal(days, meal)
            }
            (None, None, None) => match said.edge {
                Some(edge) => self.edge(days?, edge),
                None => days,
            },
        }
    }

    /// What was said with the name of another zone is a moment there.
    fn elsewhere(&self, said: &Said, minutes: i16) -> Option<Period> {
        let offset = Offset::from_seconds(i32::from(minutes) * 60).ok()?;
        let there = TimeZone::fixed(offset);
        let now = self.now.with_time_zone(there.clone());
        let period = Resolver { now: &now }.period(&Said { zone: None, ..said.clone() })?;
        let home = self.now.time_zone();
        let moved = |moment: DateTime| {
            Some(moment.to_zoned(there.clone()).ok()?.with_time_zone(home.clone()).datetime())
        };
        Some(Period {
            start: moved(period.start)?,
            end: moved(period.end)?,
            others: period.others.iter().filter_map(|other| moved(*other)).collect(),
            ..period
        })
    }

    fn shifted(&self, said: &Said, length: Length, way: Way) -> Option<Period> {
        let base = Said { shift: None, measured: None, eight_days: None, ..said.clone() };
        let span = span(length, way)?;
        let dayless = Said { clock: None, part: None, edge: None, ..base.clone() };
        if dayless.is_empty() && said.measured.is_none() {
            return self.counted(&base, length, &span);
        }
        // "Thanksgiving in a year": in the year that is meant.
        let by_year = length.days == 0 && length.seconds == 0;
        if by_year && said.measured.is_none() && (said.holiday.is_some() || said.month.is_some()) {
            let year = self.now.checked_add(span).ok()?.year();
            return self.period(&Said { year: Some(year), ..base });
        }
        // The day on which a week begins counts as well: "woensdag over twee weken".
        let of_today = base.weekday == Some(self.today().weekday())
            && base.which.is_none()
            && base.clock.is_none()
            && base.cycle.is_none();
        let mut period = if of_today {
            self.period(&Said { weekday: None, ahead: Some(0), ..base.clone() })?
        } else {
            self.period(&base)?
        };
        // Today or in a week, of a weekday, was settled above; "next friday" was not.
        if base.which.is_none() {
            period.others.clear();
        }
        for other in &mut period.others {
            *other = moved(*other, span, self.now)?;
        }
        // "A year after christmas": the first that is still to come.
        if said.holiday.is_some() && way == Way::Forward && said.measured.is_some() {
            let last = Said { which: Some(super::said::Which::Previous), ..base };
            if let Some(before) = self.period(&last)
                && moved(before.start, span, self.now)? > self.now.datetime()
            {
                period = before;
            }
        }
        let span = if said.eight_days.is_some() {
            period.others.push(period.start.checked_add(8.days()).ok()?);
            7.days()
        } else {
            span
        };
        period.start = moved(period.start, span, self.now)?;
        period.end = moved(period.end, span, self.now)?;
        if length.unit < Unit::Day && said.clock.is_some() {
            period.grain = period.grain.min(Unit::Minute);
        }
        Some(period)
    }

    /// "Over drie weken", "two days ago", "over twee dagen om negen uur".
    fn counted(&self, base: &Said, length: Length, span: &Span) -> Option<Period> {
        let then = self.now.checked_add(*span).ok()?.datetime();
        if base.clock.is_some() || base.part.is_some() {
            if length.unit < Unit::Day {
                return None;
            }
            let ahead = self.today().until(then.date()).ok()?.get_days();
            return self.period(&Said { ahead: Some(ahead), ..base.clone() });
        }
        let first = midnight(then.date());
        // A unit finer than what was named, as the collections of sentences have it.
        let (start, grain) = match length.unit {
            Unit::Second | Unit::Minute => (second(then), Unit::Second),
            Unit::Hour => (minute(then), Unit::Minute),
            Unit::Day => (hour(then), Unit::Hour),
            Unit::Week | Unit::Weekend | Unit::Month => (first, Unit::Day),
            Unit::Quarter | Unit::Year | Unit::Decade | Unit::Century => {
                (midnight(then.date().first_of_month()), Unit::Month)
            }
        };
        let end = start.checked_add(one(grain)?).ok()?;
        Some(Period { ranged: false, ..Period::new(start, end, grain) })
    }

    /// "The next six hours": whole units, counted from the next one or up to this one.
    fn run(&self, (unit, count): (Unit, i32)) -> Option<Period> {
        let now = self.now.datetime();
        if unit < Unit::Day && count.abs() == 1 {
            let other = now.checked_add(times(unit, count)?).ok()?;
            let (start, end) = if count < 0 { (other, now) } else { (now, other) };
            return Some(Period::new(second(start), second(end), unit).ranged());
        }
        let floor = match unit {
            Unit::Second => second(now),
            Unit::Minute => minute(now),
            Unit::Hour => hour(now),
            Unit::Day
            | Unit::Week
            | Unit::Weekend
            | Unit::Month
            | Unit::Quarter
            | Unit::Year
            | Unit::Decade
            | Unit::Century => self.cycle(unit, 0)?.start,
        };
        let (start, end) = if count < 0 {
            (floor.checked_add(times(unit, count)?).ok()?, floor)
        } else {
            let start = floor.checked_add(times(unit, 1)?).ok()?;
            (start, start.checked_add(times(unit, count)?).ok()?)
        };
        Some(Period::new(start, end, unit).ranged())
    }

    /// Every moment of that day that the clock may mean, the likeliest first.
    pub(super) fn clocks(&self, said: &Said, date: Date) -> Vec<DateTime> {
        let Some(clock) = said.clock else { return Vec::new() };
        faces(clock, said.part)
            .into_iter()
            .filter_map(|face| {
                let date = date.checked_add(face.after.days()).ok()?;
                Some(date.at(face.hour, clock.minute, clock.second, 0))
            })
            .collect()
    }

    fn at_clock(
        &self,
        said: &Said,
        days: Option<Period>,
        clock: Clock,
        part: Option<Part>,
    ) -> Option<Period> {
        let times = faces(clock, part);
        if times.is_empty() || said.edge.is_some() {
            return None;
        }
        let now = self.now.datetime();
        let on = |date: Date, face: Face| -> Option<DateTime> {
            let date = date.checked_add(face.after.days()).ok()?;
            Some(date.at(face.hour, clock.minute, clock.second, 0))
        };
        let all: Vec<DateTime>;
        let start;
        if let Some(days) = days {
            if days.grain != Unit::Day {
                return None;
            }
            let date = days.start.date();
            let mut found: Vec<DateTime> =
                times.iter().filter_map(|face| on(date, *face)).collect();
            // Said on the very day, a weekday is today or in a week: whichever is still to come.
            for other in &days.others {
                found.extend(times.iter().filter_map(|face| on(other.date(), *face)));
            }
            let first = *found.first()?;
            let same_day = found.iter().copied().filter(|moment| moment.date() == self.today());
            start = if date == self.today() {
                let ahead = found.iter().copied().find(|moment| *moment > now);
                ahead.filter(|moment| moment.date() <= first.date()).unwrap_or(first)
            } else {
                same_day.filter(|moment| *moment > now).min().unwrap_or(first)
            };
            if date == self.today() && times.len() > 1 {
                found.retain(|moment| *moment > now || *moment == start);
            }
            all = found;
        } else {
            let coming: Vec<DateTime> = times
                .iter()
                .filter_map(|face| {
                    (-1..=1)
                        .filter_map(|ahead| on(self.today().checked_add(ahead.days()).ok()?, *face))
                        .find(|moment| *moment > now)
                })
                .collect();
            let first = *coming.first()?;
            // "At four in the night", said at half past four.
            let passed = part.and_then(|part| {
                let today = times.iter().find_map(|face| on(self.today(), *face))?;
                let (from, until) = part.hours();
                let goes_on = (from..until).contains(&self.now.hour());
                let soon = today.checked_add(1.hour()).ok()?;
                (goes_on && today < now && now < soon).then_some(today)
            });
            start = match coming.get(1) {
                Some(other)
                    if *other < first
                        && clock.dial != Dial::Written
                        && (6..23).contains(&other.hour()) =>
                {
                    *other
                }
                Some(_) | None => first,
            };
            all = coming.into_iter().chain(passed).collect();
        }
        let end = start.checked_add(one(clock.grain)?).ok()?;
        let others = all.into_iter().filter(|moment| *moment != start).collect();
        Some(Period { others, ..Period::new(start, end, clock.grain) })
    }

    /// The day that was named, or the first on which it is not yet over.
    fn day_with(&self, days: Option<Period>, (from, until): (i8, i8)) -> Option<Period> {
        let on = |date: Date, days: Option<&Period>| {
            let start = midnight(date).checked_add(i32::from(from).hours()).ok()?;
            let end = midnight(date).checked_add(i32::from(until).hours()).ok()?;
            let others = days.map(|days| days.others.as_slice()).unwrap_or_default().iter();
            let others = others
                .filter_map(|other| {
                    midnight(other.date()).checked_add(i32::from(from).hours()).ok()
                })
                .collect();
            Some(Period { others, ..Period::new(start, end, Unit::Hour) }.ranged())
        };
        match days {
            Some(days) if days.grain == Unit::Day => on(days.start.date(), Some(&days)),
            Some(_) => None,
            None => {
                let today = on(self.today(), None)?;
                if today.end > self.now.datetime() {
                    Some(today)
                } else {
                    on(self.today().tomorrow().ok()?, None)
                }
            }
        }
    }

    fn in_part(&self, said: &Said, days: Option<Period>, part: Part) -> Option<Period> {
        let hours = match said.edge {
            None => part.hours(),
            Some(edge) => edge_of_part(part, edge)?,
        };
        // To some the night of a day begins in its evening.
        let evening = days.as_ref().filter(|_| said.ahead != Some(0)).map(|days| {
            let late = matches!(said.edge, Some(Edge::Late | Edge::End));
            days.start.date().at(if late { 22 } else { 20 }, 0, 0, 0)
        });
        let mut period = if part == Part::Overnight {
            let days = days?;
            let night = said.ahead == Some(0) && self.now.hour() < 6;
            let date = days.start.date();
            let date = if night { date } else { date.tomorrow().ok()? };
            self.day_with(Period::day(date), hours)?
        } else {
            self.day_with(days, hours)?
        };
        if matches!(part, Part::Overnight | Part::Night) {
            period.others.extend(evening);
        }
        Some(period)
    }

    fn by_meal(&self, days: Option<Period>, (meal, side): (Meal, MealSide)) -> Option<Period> {
        let (_, (from, until), after) = MEALS.iter().find(|(known, ..)| *known == meal)?;
        let hours = match side {
            MealSide::Before | MealSide::For => (from - 1, *from),
            MealSide::At => (*from, *until),
            MealSide::After => (*until, *after),
        };
        let mut period = self.day_with(days, hours)?;
        if side == MealSide::For {
            period.others.push(period.end);
        }
        Some(period)
    }

    fn edge(&self, days: Period, edge: Edge) -> Option<Period> {
        let now = second(self.now.datetime());
        let part = |from: i64, until: i64, grain| {
            let start = days.start.checked_add(from.days()).ok()?;
            let end = days.start.checked_add(until.days()).ok()?;
            Some(Period::new(start, end, grain).ranged())
        };
        let of_year = |from: i64, until: i64| {
            let start = days.start.checked_add(from.months()).ok()?;
            let end = days.start.checked_add(until.months()).ok()?;
            Some(Period::new(start, end, Unit::Month))
        };
        match (edge, days.grain) {
            (Edge::Rest | Edge::Later, _) => {
                (days.end > now).then(|| Period::new(now, days.end, Unit::Second).ranged())
            }
            (Edge::Sooner, _) => {
                (days.start < now).then(|| Period::new(days.start, now, days.grain).ranged())
            }
            (Edge::Begin | Edge::Early, Unit::Day) => {
                let end = days.start.checked_add(9.hours()).ok()?;
                Some(Period::new(days.start, end, Unit::Hour).ranged())
            }
            (Edge::End | Edge::Late, Unit::Day) => {
                let start = days.start.checked_add(17.hours()).ok()?;
                Some(Period::new(start, days.end, Unit::Hour).ranged())
            }
            (Edge::Begin | Edge::Early, Unit::Week) => part(0, 3, Unit::Day),
            (Edge::Middle, Unit::Week) => part(2, 4, Unit::Day),
            // Some begin a day earlier, and half a month.
            (Edge::End | Edge::Late, Unit::Week) => {
                let others = vec![days.start.checked_add(3.days()).ok()?];
                Some(Period { others, ..part(4, 7, Unit::Day)? })
            }
            (Edge::Begin | Edge::Early, Unit::Month) => part(0, 10, Unit::Day),
            (Edge::Middle, Unit::Month) => part(10, 20, Unit::Day),
            (Edge::End | Edge::Late, Unit::Month) => {
                let start = days.start.checked_add(20.days()).ok()?;
                let others = vec![days.start.checked_add(15.days()).ok()?];
                Some(Period { others, ..Period::new(start, days.end, Unit::Day) }.ranged())
            }
            (Edge::Begin | Edge::Early, Unit::Year) => of_year(0, 3),
            (Edge::Middle, Unit::Year) => of_year(4, 8),
            (Edge::End | Edge::Late, Unit::Year) => of_year(8, 12),
            (Edge::Begin | Edge::Early | Edge::Middle | Edge::End | Edge::Late, _) => None,
        }
    }
}

pub(super) fn midnight(date: Date) -> DateTime {
    date.at(0, 0, 0, 0)
}

fn hour(moment: DateTime) -> DateTime {
    moment.date().at(moment.hour(), 0, 0, 0)
}

fn minute(moment: DateTime) -> DateTime {
    moment.date().at(moment.hour(), moment.minute(), 0, 0)
}

fn second(moment: DateTime) -> DateTime {
    moment.date().at(moment.hour(), moment.minute(), moment.second(), 0)
}

fn one(unit: Unit) -> Option<Span> {
    times(unit, 1)
}

/// So many of a unit.
pub(super) fn times(unit: Unit, count: i32) -> Option<Span> {
    let span = Span::new();
    match unit {
        Unit::Second => span.try_seconds(count),
        Unit::Minute => span.try_minutes(count),
        Unit::Hour => span.try_hours(count),
        Unit::Day => span.try_days(count),
        Unit::Week | Unit::Weekend => span.try_weeks(count),
        Unit::Month => span.try_months(count),
        Unit::Quarter => span.try_months(count.checked_mul(3)?),
        Unit::Year => span.try_years(count),
        Unit::Decade => span.try_years(count.checked_mul(10)?),
        Unit::Century => span.try_years(count.checked_mul(100)?),
    }
    .ok()
}

fn span(length: Length, way: Way) -> Option<Span> {
    let sign = match way {
        Way::Forward => 1,
        Way::Back => -1,
    };
    Span::new()
        .try_months(sign * length.months)
        .and_then(|span| span.try_days(sign * length.days))
        .and_then(|span| span.try_seconds(i64::from(sign) * length.seconds))
        .ok()
}

/// By the calendar for days, by the clock for hours.
fn moved(moment: DateTime, span: Span, now: &Zoned) -> Option<DateTime> {
    let moment = moment.to_zoned(now.time_zone().clone()).ok()?;
    Some(moment.checked_add(span).ok()?.datetime())
}
