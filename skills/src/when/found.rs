//! What a sentence says about time, whole: start, end, length and rule, in a zone. Days on which
//! the clock changes are handled here, and only here.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;
use jiff::{Span, Zoned};

use super::resolve::{Period, Resolver};
use super::rule::rule;
use super::said::{Edge, Length, Meaning, Said, Unit};
use super::{Grain, TimeFound};

/// What the phrases of one sentence mean together.
pub(super) fn found(phrases: &[Meaning], now: &Zoned) -> Option<TimeFound> {
    let mut main: Option<Meaning> = None;
    let mut length: Option<Length> = None;
    for phrase in phrases {
        if let Meaning::Length(more) = phrase {
            length = length.or(Some(*more));
            continue;
        }
        main = Some(match main {
            None => phrase.clone(),
            Some(main) => together(&main, phrase).unwrap_or(main),
        });
    }
    let mut found = match main {
        Some(meaning) => resolve(&meaning, now)?,
        None => TimeFound::default(),
    };
    if let Some(length) = length {
        found.duration = duration(length);
    }
    (found.start.is_some() || found.end.is_some() || found.duration.is_some()).then_some(found)
}

fn duration(length: Length) -> Option<Duration> {
    u64::try_from(length.as_seconds()).ok().map(Duration::from_secs)
}

/// Two phrases of one sentence say one thing, if they name different sides of it: "morgen … om
/// negen uur". Of two moments the first stands.
fn together(one: &Meaning, other: &Meaning) -> Option<Meaning> {
    let both = |one: &Said, other: &Said| {
        // "Easter … this year" is one; two days are two.
        let same = |day: &Said, other: &Said| {
            let plain = Said { clock: None, part: None, ..other.clone() };
            day.ahead.is_some() && plain == Said { ahead: day.ahead, ..Said::default() }
        };
        let one_day = one.names_day()
            && other.names_day()
            && !one.is_frame()
            && !other.is_frame()
            && !same(one, other);
        let named = if one_day { None } else { one.and(other) };
        named.filter(|said| said.now.is_none())
    };
    match (one, other) {
        (Meaning::Moment(one), Meaning::Moment(other)) => both(one, other).map(Meaning::Moment),
        // "Tweewekelijks … op de vrijdagen".
        (Meaning::Every(one, said, until), Meaning::Every(other, more, None))
            if one.unit == Unit::Week
                && other.unit == Unit::Week
                && (one.weekdays.is_empty() || other.weekdays.is_empty()) =>
        {
            let mut every = one.clone();
            every.weekdays.extend(&other.weekdays);
            every.interval = one.interval.max(other.interval);
            Some(Meaning::Every(every, said.and(more)?, until.clone()))
        }
        // "The monday meeting … every monday".
        (Meaning::Every(every, ..), Meaning::Moment(day))
        | (Meaning::Moment(day), Meaning::Every(every, ..))
            if day.weekday.is_some_and(|weekday| every.weekdays.contains(&weekday))
                && *day == (Said { weekday: day.weekday, ..Said::default() }) =>
        {
            let one_is_every = matches!(one, Meaning::Every(..));
            Some(if one_is_every { one.clone() } else { other.clone() })
        }
        (Meaning::Every(every, said, until), Meaning::Moment(other))
        | (Meaning::Moment(other), Meaning::Every(every, said, until)) => {
            Some(Meaning::Every(every.clone(), said.and(other)?, until.clone()))
        }
        (Meaning::Every(every, said, None), Meaning::Before(until) | Meaning::Through(until))
            if until.names_day() =>
        {
            Some(Meaning::Every(every.clone(), said.clone(), Some(until.clone())))
        }
        (Meaning::Every(every, said, until), Meaning::Span(from, _)) if !from.names_day() => {
            Some(Meaning::Every(every.clone(), said.and(from)?, until.clone()))
        }
        (Meaning::Moment(day), Meaning::Span(from, to))
        | (Meaning::Span(from, to), Meaning::Moment(day)) => {
            (!from.names_day() && day.names_day() && day.clock.is_none())
                .then(|| Some(Meaning::Span(from.and(day)?, to.and(day)?)))?
        }
        (Meaning::Moment(day), Meaning::Before(to))
        | (Meaning::Before(to), Meaning::Moment(day)) => both(day, to).map(Meaning::Before),
        (Meaning::Moment(day), Meaning::From(from))
        | (Meaning::From(from), Meaning::Moment(day)) => both(day, from).map(Meaning::From),
        _ => None,
    }
}

fn resolve(meaning: &Meaning, now: &Zoned) -> Option<TimeFound> {
    let resolver = Resolver { now };
    match meaning {
        Meaning::Moment(said) => moment(&resolver.period(said)?, now),
        Meaning::Span(from, to) => span(from, to, &resolver),
        Meaning::Within(length) => {
            let end = now.checked_add(whole(*length)?).ok()?;
            Some(TimeFound {
                start: Some(seconds(now)?),
                end: Some(seconds(&end)?),
                grain: Some(Grain::Second),
                ..TimeFound::default()
            })
        }
        Meaning::Lasting(said, length) => {
            let period = resolver.period(said)?;
            let mut found = moment(&period, now)?;
            found.end = Some(found.start.as_ref()?.checked_add(whole(*length)?).ok()?);
            found.grain = Some(grain(period.grain.min(length.unit)));
            Some(found)
        }
        Meaning::From(said) => {
            let period = resolver.period(said)?;
            let found = moment(&period, now)?;
            // What is over has its end: "from last month".
            let end = found.end.filter(|_| period.end <= now.datetime());
            Some(TimeFound { end, ..found })
        }
        Meaning::After(said) => {
            let period = resolver.period(said)?;
            let mut found = moment(&period, now)?;
            if period.grain > Unit::Day {
                found.start = Some(zoned(period.end, now)?.0);
            }
            Some(TimeFound { end: None, ..found })
        }
        Meaning::Before(said) => {
            let period = resolver.period(said)?;
            let at_end = matches!(said.edge, Some(Edge::End | Edge::Late));
            deadline(&period, if at_end { period.end } else { period.start }, now)
        }
        Meaning::Through(said) => {
            let period = resolver.period(said)?;
            let at_end = period.grain >= Unit::Day || period.ranged;
            deadline(&period, if at_end { period.end } else { period.start }, now)
        }
        Meaning::Length(length) => {
            Some(TimeFound { duration: duration(*length), ..TimeFound::default() })
        }
        Meaning::Every(every, said, until) => {
            let (rule, first) = rule(every, said, until.as_ref(), now)?;
            let found = moment(&first, now)?;
            let end = found.end.filter(|_| first.ranged && first.grain < Unit::Day);
            Some(TimeFound { rrule: Some(rule), end, ..found })
        }
    }
}

/// From now until then.
fn deadline(period: &Period, end: DateTime, now: &Zoned) -> Option<TimeFound> {
    let (end, _) = zoned(end, now)?;
    // What is over already says no more than its end.
    let start = if end > *now { Some(seconds(now)?) } else { None };
    let found = moment(period, now)?;
    Some(TimeFound { start, end: Some(end), ambiguous: Vec::new(), ..found })
}

fn moment(period: &Period, now: &Zoned) -> Option<TimeFound> {
    let (start, again) = zoned(period.start, now)?;
    let mut all = vec![start.clone()];
    all.extend(again);
    for other in &period.others {
        all.push(zoned(*other, now)?.0);
    }
    all.sort_by_key(Zoned::timestamp);
    all.dedup();
    let end = if period.ranged { Some(zoned(period.end, now)?.0) } else { None };
    Some(TimeFound {
        start: Some(start),
        end,
        grain: Some(grain(period.grain)),
        ambiguous: if all.len() > 1 { all } else { Vec::new() },
        ..TimeFound::default()
    })
}

fn span(from: &Said, to: &Said, resolver: &Resolver<'_>) -> Option<TimeFound> {
    let now = resolver.now;
    if from.names_day() || to.names_day() || from.clock.is_none() || to.clock.is_none() {
        return bounded(from, to, resolver);
    }
    // Hours without a day: the first day on which they are not over, and not at night.
    let coming: Vec<TimeFound> = (0..=1)
        .filter_map(|ahead| {
            let on = |said: &Said| Said { ahead: Some(ahead), ..said.clone() };
            bounded(&on(from), &on(to), resolver)
        })
        .filter(|found| found.end.as_ref().is_some_and(|end| end > now))
        .collect();
    let by_day = |found: &&TimeFound| {
        let open = !found.ambiguous.is_empty();
        !open || found.start.as_ref().is_some_and(|start| (6..23).contains(&start.hour()))
    };
    coming.iter().find(by_day).or(coming.first()).cloned()
}

fn bounded(from: &Said, to: &Said, resolver: &Resolver<'_>) -> Option<TimeFound> {
    let now = resolver.now;
    // "From monday to friday at nine": until then, or at nine on each of them?
    if from.weekday.is_some() && from.clock.is_none() && to.weekday.is_some() && to.clock.is_some()
    {
        return None;
    }
    let own_year = from.year.is_some();
    let from = from.or(to);
    let to = to.or(&from);
    let mut first = resolver.period(&from)?;
    let second = resolver.period(&to)?;
    let open = |said: &Said| said.part.is_none() && said.clock.is_some_and(|clock| clock.is_open());
    let ends = if open(&to) { resolver.clocks(&to, second.start.date()) } else { ends_of(&second) };
    let last = ends.iter().copied().max()?;
    if from.month.is_some() && !own_year && first.start >= last {
        first = a_year_before(first)?;
    }
    let mut starts = vec![first.start];
    if open(&from) {
        starts = resolver.clocks(&from, first.start.date());
    } else {
        starts.extend(&first.others);
    }
    let mut start = first.start;
    let near = first.start.date() == second.start.date();
    if !open(&to) && second.others.is_empty() {
        starts.retain(|start| *start < last);
        // "Five to six pm": the five before it.
        let inherits =
            near && (to.part.is_some() || to.clock.is_some_and(|clock| clock.is_halved()));
        start = if inherits {
            starts = starts.into_iter().max().into_iter().collect();
            *starts.first().unwrap_or(&start)
        } else if near {
            starts.iter().copied().max().unwrap_or(start)
        } else {
            start
        };
    }
    let later = |ends: &[DateTime]| ends.iter().copied().filter(|end| *end > start).min();
    let mut end = later(&ends);
    if end.is_none() {
        // "From eleven at night to three", "from thursday to sunday", "25 december to 2 january".
        let step = if to.clock.is_some() {
            Span::new().try_days(1)
        } else if to.weekday.is_some() {
            // Or since the last one.
            starts.push(first.start.checked_sub(Span::new().try_days(7).ok()?).ok()?);
            Span::new().try_days(7)
        } else if to.year.is_none() && to.month.is_some() {
            Span::new().try_years(1)
        } else {
            return None;
        };
        let step = step.ok()?;
        let moved: Vec<DateTime> =
            ends.iter().filter_map(|end| end.checked_add(step).ok()).collect();
        end = later(&moved);
    }
    let grain_of = grain(first.grain.min(second.grain));
    let others = starts.into_iter().filter(|other| *other != start).collect();
    let found = moment(&Period { start, others, ..first }, now)?;
    Some(TimeFound { end: Some(zoned(end?, now)?.0), grain: Some(grain_of), ..found })
}

/// What ends first has begun: "from December to May", said in April.
fn a_year_before(period: Period) -> Option<Period> {
    let back = |moment: DateTime| moment.checked_sub(Span::new().try_years(1).ok()?).ok();
    // Another hour of that day goes with it, another year does not.
    let same_day = period.others.iter().filter(|other| other.date() == period.start.date());
    let others = same_day.filter_map(|other| back(*other)).collect();
    Some(Period { start: back(period.start)?, others, ..period })
}

/// A day, a week, a month belong to what they end; an hour does not.
fn ends_of(period: &Period) -> Vec<DateTime> {
    if period.grain >= Unit::Day { vec![period.end] } else { period.all() }
}

/// The moment in the zone of now, and the second one where the clock shows it twice. An hour that
/// does not exist is as long after midnight as it would be: the clock shows an hour more.
fn zoned(moment: DateTime, now: &Zoned) -> Option<(Zoned, Option<Zoned>)> {
    let ambiguous = now.time_zone().to_ambiguous_zoned(moment);
    let twice = matches!(ambiguous.offset(), AmbiguousOffset::Fold { .. });
    let again = if twice { ambiguous.clone().later().ok() } else { None };
    Some((ambiguous.compatible().ok()?, again))
}

fn seconds(moment: &Zoned) -> Option<Zoned> {
    moment.with().subsec_nanosecond(0).build().ok()
}

fn whole(length: Length) -> Option<Span> {
    Span::new()
        .try_months(length.months)
        .and_then(|span| span.try_days(length.days))
        .and_then(|span| span.try_seconds(length.seconds))
        .ok()
}

fn grain(unit: Unit) -> Grain {
    match unit {
        Unit::Second => Grain::Second,
        Unit::Minute => Grain::Minute,
        Unit::Hour => Grain::Hour,
        Unit::Day => Grain::Day,
        Unit::Week | Unit::Weekend => Grain::Week,
        Unit::Month => Grain::Month,
        Unit::Quarter => Grain::Quarter,
        Unit::Year | Unit::Decade | Unit::Century => Grain::Year,
    }
}
