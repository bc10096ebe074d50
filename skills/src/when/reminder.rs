//! The moments that a reminder knows, out of everything that can be said about time. Careful: a
//! day without an hour, and a day or half a day that could be another, is asked.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use omzien_core::intent::When;
use omzien_core::{Language, Weekday};

use super::grammar::Reader;
use super::lexer::{Lexeme, lex_tokens};
use super::said::{Clock, Dial, Every, Length, Meaning, Part, Said, Unit, Way};

/// A reminder further ahead than this is for a calendar.
const AHEAD_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// Words after a place that are looked at: no moment has more.
const WORDS_MAX: usize = 32;

pub(super) fn when_at(
    tokens: &[String],
    at: usize,
    language: Language,
    now: DateTime,
) -> Option<(usize, When)> {
    let lexemes = near(tokens, at, language);
    let (place, meaning) = Reader::new(&lexemes, language).phrase(0)?;
    let until = end(&lexemes, place)?;
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

fn near(tokens: &[String], at: usize, language: Language) -> Vec<Lexeme> {
    let rest = tokens.get(at..).unwrap_or_default();
    lex_tokens(&rest[..rest.len().min(WORDS_MAX)], language)
}

/// In words, unless it ends inside of one.
fn end(lexemes: &[Lexeme], place: usize) -> Option<usize> {
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
            if let Some((length, Way::Forward)) = said.shift {
                let alone = *said == Said { shift: said.shift, ..Said::default() };
                return plain(length).filter(|length| alone && *length <= AHEAD_MAX).map(When::In);
            }
            moment(said, now)
        }
        Meaning::Every(every, said, None) => {
            // A day without an hour is asked for the hour.
            let time = settled(said.clock?, said.part)?;
            if !said.is_only_clock() || every.interval != 1 || every.nth.is_some() {
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
    let clock = said.clock?;
    if clock.second != 0 {
        return None;
    }
    let time = Said { clock: said.clock, part: said.part, ..Said::default() };
    if *said == time {
        return next(clock, said.part, now).map(When::Today);
    }
    let date = if *said == (Said { ahead: said.ahead, ..time.clone() }) {
        now.date().checked_add(said.ahead.filter(|days| *days >= 0)?.days()).ok()?
    } else if *said == (Said { weekday: said.weekday, ..time.clone() }) {
        next_date(Weekday::from(said.weekday?), now.date())?
    } else if *said == (Said { day: said.day, month: said.month, ..time }) {
        coming(said.day?, said.month?, now.date())?
    } else {
        return None;
    };
    on(date, clock, said.part, now)
}

/// At that date, if that is still to come.
fn on(date: Date, clock: Clock, part: Option<Part>, now: DateTime) -> Option<When> {
    let time = settled(clock, part)?;
    // On the day itself "at eight" is the eight o'clock that is left.
    let moment = [time, flip(time)]
        .into_iter()
        .take(if is_open(clock, part) { 2 } else { 1 })
        .map(|time| date.to_datetime(time))
        .find(|moment| *moment > now)?;
    Some(When::At(moment))
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
