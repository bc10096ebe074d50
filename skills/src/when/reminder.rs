//! The moments that a reminder knows, out of everything that can be said about time. Careful: a
//! day without an hour, and a day or half a day that could be another, is asked. It never takes the
//! hour of a meal, for a home has its own.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use omzien_core::intent::When;
use omzien_core::{Language, Weekday};

use super::grammar::Reader;
use super::lexer::{Lexeme, lex_tokens};
use super::resolve::Resolver;
use super::said::{Clock, Dial, Edge, Every, Length, Meaning, Part, Said, Unit, Way};
use super::words::Word;

/// A reminder further ahead than this is for a calendar.
const AHEAD_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// Words after a place that are looked at: no moment has more.
const WORDS_MAX: usize = 32;

/// At which hour a part of the day is meant, where none is named. Ours, within what the collections
/// of sentences take for these parts; a night is asked.
const PART_HOURS: &[(Part, &[Option<Edge>], i8)] = &[
    (Part::Morning, &[None, Some(Edge::Middle)], 9),
    (Part::Morning, &[Some(Edge::Begin), Some(Edge::Early)], 8),
    (Part::Morning, &[Some(Edge::End), Some(Edge::Late)], 11),
    (Part::Afternoon, &[None, Some(Edge::Middle)], 14),
    (Part::Afternoon, &[Some(Edge::Begin), Some(Edge::Early)], 13),
    (Part::Afternoon, &[Some(Edge::End), Some(Edge::Late)], 17),
    (Part::Evening, &[None], 19),
    (Part::Evening, &[Some(Edge::Begin), Some(Edge::Early)], 18),
    (Part::Evening, &[Some(Edge::End), Some(Edge::Late)], 21),
    (Part::Tonight, &[None], 19),
];

pub(super) fn when_at(
    tokens: &[String],
    at: usize,
    language: Language,
    now: DateTime,
) -> Option<(usize, When)> {
    let lexemes = near(tokens, at, language);
    let (place, meaning) = Reader::new(&lexemes, language).phrase(0)?;
    let until = end(&lexemes, place)?;
    // "Until this evening" bounds something, and has no hour of its own.
    let bounds = at.checked_sub(1).and_then(|before| super::read(&tokens[before], language));
    let bounded = matches!(bounds, Some(Word::Until | Word::Through | Word::From | Word::Before));
    if bounded
        && matches!(&meaning, Meaning::Moment(said) if said.clock.is_none() && said.part.is_some())
    {
        return None;
    }
    when(&meaning, now).map(|when| (at + until, when))
}

pub(super) fn duration_at(
    tokens: &[String],
    at: usize,
    language: Language,
) -> Option<(usize, Duration)> {
    let lexemes = near(tokens, at, language);
    let (place, length) = Reader::new(&lexemes, language).length(0)?;
    Some((at + end(&lexemes, place)?, plain(length)?))
}

pub(super) fn number_at(tokens: &[String], at: usize, language: Language) -> Option<(usize, u32)> {
    let lexemes = near(tokens, at, language);
    let (place, number) = Reader::new(&lexemes, language).number(0)?;
    Some((at + end(&lexemes, place)?, number))
}

pub(super) fn near(tokens: &[String], at: usize, language: Language) -> Vec<Lexeme> {
    let rest = tokens.get(at..).unwrap_or_default();
    lex_tokens(&rest[..rest.len().min(WORDS_MAX)], language)
}

/// In words, unless it ends inside of one.
pub(super) fn end(lexemes: &[Lexeme], place: usize) -> Option<usize> {
    let until = lexemes.get(place.checked_sub(1)?)?.until;
    lexemes.get(place).is_none_or(|next| next.from >= until).then_some(until)
}

/// A length that needs no calendar.
fn plain(length: Length) -> Option<Duration> {
    let fine = length.months == 0 && length.unit <= Unit::Day;
    fine.then(|| u64::try_from(length.as_seconds()).ok().map(Duration::from_secs))?
}

fn when(meaning: &Meaning, now: DateTime) -> Option<When> {
    match meaning {
        Meaning::Moment(said) => {
            if let Some((length, Way::Forward)) = said.shift
                && *said == (Said { shift: said.shift, ..Said::default() })
            {
                return plain(length).filter(|length| *length <= AHEAD_MAX).map(When::In);
            }
            moment(said, now)
        }
        Meaning::Every(every, said, None) => {
            // A day without an hour is asked for the hour.
            let time = time_of(said)?;
            if *said != hours_of(said) || every.interval != 1 || every.nth.is_some() {
                return None;
            }
            repeated(every, time)
        }
        Meaning::Every(..)
        | Meaning::Span(..)
        | Meaning::Within(_)
        | Meaning::Lasting(..)
        | Meaning::From(_)
        | Meaning::After(_)
        | Meaning::Before(_)
        | Meaning::Through(_)
        | Meaning::Length(_) => None,
    }
}

fn repeated(every: &Every, at: Time) -> Option<When> {
    let days: Vec<Weekday> = every.weekdays.iter().map(|day| Weekday::from(*day)).collect();
    match (every.unit, days.is_empty()) {
        (Unit::Day, true) => Some(When::Daily(at)),
        (Unit::Week, false) => Some(When::Weekly { days, at }),
        (
            Unit::Second
            | Unit::Minute
            | Unit::Hour
            | Unit::Day
            | Unit::Week
            | Unit::Weekend
            | Unit::Month
            | Unit::Quarter
            | Unit::Year
            | Unit::Decade
            | Unit::Century,
            _,
        ) => None,
    }
}

fn moment(said: &Said, now: DateTime) -> Option<When> {
    // A day without an hour is asked for the hour.
    let time = time_of(said)?;
    let hours = hours_of(said);
    if *said == hours {
        return match said.clock {
            Some(clock) => next(clock, said.part, now).map(When::Today),
            None => Some(When::Today(time)),
        };
    }
    let date = if *said == (Said { weekday: said.weekday, ..hours.clone() }) {
        next_date(Weekday::from(said.weekday?), now.date())?
    } else if *said == (Said { day: said.day, month: said.month, ..hours }) {
        coming(said.day?, said.month?, now.date())?
    } else {
        day_of(said, now)?
    };
    // On the day itself "at eight" is the eight o'clock that is left.
    let open = said.clock.is_some_and(|clock| is_open(clock, said.part));
    let moment = [time, flip(time)]
        .into_iter()
        .take(if open { 2 } else { 1 })
        .map(|time| date.to_datetime(time))
        .find(|moment| *moment > now)?;
    Some(When::At(moment))
}

/// Which hour, and nothing of the day.
fn hours_of(said: &Said) -> Said {
    Said { clock: said.clock, part: said.part, edge: said.edge, ..Said::default() }
}

/// The hour that was said, or the one at which a part of the day is meant; it is said back.
fn time_of(said: &Said) -> Option<Time> {
    match (said.clock, said.edge) {
        (Some(clock), None) if clock.second == 0 => settled(clock, said.part),
        (Some(_), _) => None,
        (None, edge) => {
            let (.., hour) = PART_HOURS
                .iter()
                .find(|(part, edges, _)| said.part == Some(*part) && edges.contains(&edge))?;
            Time::new(*hour, 0, 0, 0).ok()
        }
    }
}

/// The one day that was named, if it is one and no other is possible: "volgende week maandag",
/// "over twee weken", "tweede kerstdag".
fn day_of(said: &Said, now: DateTime) -> Option<Date> {
    if said.shift.is_some_and(|(length, _)| length.unit < Unit::Day) || said.now.is_some() {
        return None;
    }
    // Days are counted by the calendar, whatever the zone.
    let now = now.to_zoned(TimeZone::UTC).ok()?;
    let dayed = Said { clock: None, part: None, edge: None, zone: None, ..said.clone() };
    if said.zone.is_some() || said.meal.is_some() {
        return None;
    }
    let period = Resolver { now: &now }.period(&dayed)?;
    let counted = said.shift.is_some() && period.grain == Unit::Hour && !period.ranged;
    let date = period.start.date();
    let one = (period.grain == Unit::Day || counted) && period.others.is_empty();
    let coming = now.date()..=now.date().checked_add(1.year()).ok()?;
    (one && coming.contains(&date)).then_some(date)
}

/// The next time a clock shows it.
fn next(clock: Clock, part: Option<Part>, now: DateTime) -> Option<Time> {
    let time = settled(clock, part)?;
    let other = flip(time);
    let later = |time: Time| (time <= now.time(), time);
    let sooner = is_open(clock, part) && is_sensible(other) && later(other) < later(time);
    Some(if sooner { other } else { time })
}

/// Could it be both halves of the day?
fn is_open(clock: Clock, part: Option<Part>) -> bool {
    part.is_none() && clock.is_open()
}

/// The hour of the day that it most likely means; it is said back with its part of the day.
fn settled(clock: Clock, part: Option<Part>) -> Option<Time> {
    let Clock { hour, minute, dial, .. } = clock;
    let hour = match (dial, part) {
        (Dial::TwentyFour | Dial::Halved, None) => hour,
        (Dial::TwentyFour | Dial::Halved, Some(part)) => part.holds(hour).then_some(hour)?,
        // Nobody is reminded between one and six at night unless they say so.
        (Dial::Twelve | Dial::Written, None) if (1..=5).contains(&hour) => hour + 12,
        (Dial::Twelve | Dial::Written, None) => hour,
        // The night that a day begins or ends with is asked.
        (_, Some(Part::Overnight)) => return None,
        (Dial::Twelve | Dial::Written, Some(part)) => {
            [hour % 12, hour % 12 + 12].into_iter().find(|hour| part.holds(*hour))?
        }
    };
    Time::new(hour % 24, minute, 0, 0).ok()
}

/// The same face of the clock, in the other half of the day.
fn flip(time: Time) -> Time {
    time.with().hour((time.hour() + 12) % 24).build().unwrap_or(time)
}

/// An hour at which people want to be reminded without saying "at night".
fn is_sensible(time: Time) -> bool {
    (6..23).contains(&time.hour())
}

/// On that day of the week itself it is asked: today or in a week?
fn next_date(day: Weekday, today: Date) -> Option<Date> {
    (1..7)
        .filter_map(|ahead| today.checked_add(ahead.days()).ok())
        .find(|date| Weekday::from(date.weekday()) == day)
}

/// None for February 30th.
fn coming(day: i8, month: i8, today: Date) -> Option<Date> {
    [today.year(), today.year() + 1]
        .into_iter()
        .filter_map(|year| Date::new(year, month, day).ok())
        .find(|date| *date >= today)
}
