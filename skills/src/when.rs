//! Moments, rules for moments and lengths of time, in Dutch and English: a small careful parser.
//! What it does not understand whole it does not understand at all, so that it is asked: it never
//! takes the "morgen" out of "overmorgen".
#![expect(clippy::wildcard_enum_match_arm, reason = "every other word ends what is being read")]

mod words;

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use omzien_core::intent::When;
use omzien_core::{Language, Weekday};

use words::{Part, Unit, Word, word};

/// A reminder further ahead than this is for a calendar.
const AHEAD_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// The longest moment that begins at a place, and where it ends.
pub(crate) fn when_at(
    tokens: &[String],
    at: usize,
    language: Language,
    now: DateTime,
) -> Option<(usize, When)> {
    let words = Reader { tokens, language };
    if let Some((until, length)) = words.relative(at) {
        return Some((until, When::In(length)));
    }
    let mut said = Said::default();
    let mut place = at;
    while let Some(next) = words.component(place, &mut said) {
        place = next;
    }
    said.resolve(now).map(|when| (place, when))
}

/// The longest length of time that begins at a place: "an hour and a half".
pub(crate) fn duration_at(
    tokens: &[String],
    at: usize,
    language: Language,
) -> Option<(usize, Duration)> {
    Reader { tokens, language }.duration(at)
}

/// The number that begins at a place, and where it ends.
pub(crate) fn number_at(tokens: &[String], at: usize, language: Language) -> Option<(usize, u32)> {
    Reader { tokens, language }.number(at)
}

/// Does the word belong to a moment? Then what surrounds it is not safely anything else.
pub(crate) fn is_about_time(norm: &str, language: Language) -> bool {
    match word(norm, language) {
        None => words::ALSO_TIME.contains(&norm),
        Some(
            Word::Number(_)
            | Word::Past
            | Word::To
            | Word::At
            | Word::And
            | Word::The
            | Word::On
            | Word::Of
            | Word::After
            | Word::Genitive
            | Word::In,
        ) => false,
        Some(_) => true,
    }
}

/// Is the word one this parser reads, so that nobody corrects it into another?
pub(crate) fn is_known(norm: &str, language: Language) -> bool {
    word(norm, language).is_some() || words::ALSO_TIME.contains(&norm)
}

/// What a sentence said about a moment, before it is one.
#[derive(Default)]
struct Said {
    clock: Option<Clock>,
    part: Option<Part>,
    day: Option<Day>,
}

#[derive(Clone)]
enum Day {
    /// From today, in days.
    Ahead(i32),
    Next(Weekday),
    Date {
        day: i8,
        month: i8,
    },
    Every,
    EveryWeek(Vec<Weekday>),
}

#[derive(Clone, Copy)]
struct Clock {
    hour: i8,
    minute: i8,
    dial: Dial,
}

/// "Eight o'clock" is twice a day; "20:00", "noon" and "8 pm" are once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dial {
    Twelve,
    TwentyFour,
}

impl Said {
    fn resolve(&self, now: DateTime) -> Option<When> {
        // A day without an hour is asked for the hour.
        let clock = self.clock?;
        match &self.day {
            None => self.next(clock, now).map(When::Today),
            Some(Day::Ahead(days)) => self.on(now.date().checked_add(days.days()).ok()?, now),
            Some(Day::Next(day)) => self.on(next_date(*day, now.date())?, now),
            Some(Day::Date { day, month }) => self.on(coming(*day, *month, now.date())?, now),
            Some(Day::Every) => self.settled(clock).map(When::Daily),
            Some(Day::EveryWeek(days)) => {
                Some(When::Weekly { days: days.clone(), at: self.settled(clock)? })
            }
        }
    }

    /// At that date, if that is still to come.
    fn on(&self, date: Date, now: DateTime) -> Option<When> {
        let time = self.settled(self.clock?)?;
        // On the day itself "at eight" is the eight o'clock that is left.
        let moment = [time, flip(time)]
            .into_iter()
            .take(if self.open() { 2 } else { 1 })
            .map(|time| date.to_datetime(time))
            .find(|moment| *moment > now)?;
        Some(When::At(moment))
    }

    /// The next time a clock shows it.
    fn next(&self, clock: Clock, now: DateTime) -> Option<Time> {
        let time = self.settled(clock)?;
        let other = flip(time);
        let later = |time: Time| (time <= now.time(), time);
        Some(if self.open() && is_sensible(other) && later(other) < later(time) {
            other
        } else {
            time
        })
    }

    /// Could it be both halves of the day?
    fn open(&self) -> bool {
        self.part.is_none() && self.clock.is_some_and(|clock| clock.dial == Dial::Twelve)
    }

    /// The hour of the day that it most likely means; it is said back with its part of the day.
    fn settled(&self, clock: Clock) -> Option<Time> {
        let Clock { hour, minute, dial } = clock;
        let hour = match (dial, self.part) {
            (Dial::TwentyFour, None) => hour,
            (Dial::TwentyFour, Some(part)) => part.holds(hour).then_some(hour)?,
            // Nobody is reminded between one and six at night unless they say so.
            (Dial::Twelve, None) if (1..=5).contains(&hour) => hour + 12,
            (Dial::Twelve, None) => hour,
            (Dial::Twelve, Some(part)) => {
                [hour % 12, hour % 12 + 12].into_iter().find(|hour| part.holds(*hour))?
            }
        };
        Time::new(hour % 24, minute, 0, 0).ok()
    }
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

struct Reader<'a> {
    tokens: &'a [String],
    language: Language,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> Option<Word> {
        word(self.tokens.get(at)?, self.language)
    }

    fn is(&self, at: usize, wanted: Word) -> bool {
        self.word(at) == Some(wanted)
    }

    /// A number and where it ends; English writes "twenty five" and "one hundred" in two words.
    fn number(&self, at: usize) -> Option<(usize, u32)> {
        let Word::Number(number) = self.word(at)? else { return None };
        let written = self.tokens[at].starts_with(|first: char| first.is_ascii_digit());
        Some(match self.word(at + 1) {
            Some(Word::Number(ones @ 1..=9))
                if self.language == Language::En
                    && !written
                    && (20..100).contains(&number)
                    && number % 10 == 0 =>
            {
                (at + 2, number + ones)
            }
            Some(Word::Number(100)) if !written && (1..=9).contains(&number) => {
                (at + 2, number * 100)
            }
            _ => (at + 1, number),
        })
    }

    fn is_one(&self, at: usize) -> bool {
        self.is(at, Word::Number(1))
    }

    /// "Over tien minuten", "in half an hour".
    fn relative(&self, at: usize) -> Option<(usize, Duration)> {
        let opens = match self.language {
            Language::Nl => self.is(at, Word::Past),
            Language::En => self.is(at, Word::In),
        };
        let (until, length) = self.duration(at + 1).filter(|_| opens)?;
        (length <= AHEAD_MAX).then_some((until, length))
    }

    fn duration(&self, at: usize) -> Option<(usize, Duration)> {
        let (mut until, mut last) = self.simple_duration(at)?;
        let mut length = last;
        // "An hour and ten minutes", "een uur tien minuten en vijf seconden".
        loop {
            let next = if self.is(until, Word::And) { until + 1 } else { until };
            match self.simple_duration(next) {
                Some((end, more)) if more < last => {
                    (until, last, length) = (end, more, length.checked_add(more)?);
                }
                Some(_) | None => break,
            }
        }
        (!length.is_zero()).then_some((until, length))
    }

    fn simple_duration(&self, at: usize) -> Option<(usize, Duration)> {
        match self.word(at)? {
            Word::Length(seconds) => Some((at + 1, Duration::from_secs(seconds.into()))),
            // "Half an hour", "half uur".
            Word::Half => {
                let hour = if self.is_one(at + 1) { at + 2 } else { at + 1 };
                self.unit(hour, 1).map(|(until, length)| (until, length / 2))
            }
            // "Anderhalf uur".
            Word::AndAHalf(number) => {
                let (until, one) = self.unit(at + 1, 1)?;
                Some((until, one * number + one / 2))
            }
            _ => {
                let (after, number) = self.number(at)?;
                self.counted(after, number)
            }
        }
    }

    /// What follows a number: "drie kwartier", "a quarter of an hour", "an hour and a half".
    fn counted(&self, at: usize, number: u32) -> Option<(usize, Duration)> {
        match self.word(at)? {
            Word::Length(seconds) => {
                Some((at + 1, Duration::from_secs(seconds.into()).checked_mul(number)?))
            }
            Word::Half if number == 1 => {
                self.unit(at + 1, 1).map(|(until, length)| (until, length / 2))
            }
            Word::Quarter if self.language == Language::En => {
                let of = if self.is(at + 1, Word::Of) { at + 2 } else { at + 1 };
                let hour = if self.is_one(of) { of + 1 } else { of };
                let quarters = Duration::from_secs(900).checked_mul(number)?;
                self.is(hour, Word::Unit(Unit::Hour)).then_some((hour + 1, quarters))
            }
            // "Acht en een halve minuut", "four and a half hours".
            Word::And => {
                let half = if self.is_one(at + 1) { at + 2 } else { at + 1 };
                let (until, one) = self.unit(half + 1, 1).filter(|_| self.is(half, Word::Half))?;
                Some((until, one.checked_mul(number)? + one / 2))
            }
            _ => {
                let (until, length) = self.unit(at, number)?;
                let half = [Word::And, Word::Number(1), Word::Half];
                let half = half.iter().zip(until..).all(|(word, at)| self.is(at, *word));
                let one = length.checked_div(number)?;
                Some(if half { (until + 3, length + one / 2) } else { (until, length) })
            }
        }
    }

    fn unit(&self, at: usize, number: u32) -> Option<(usize, Duration)> {
        let Word::Unit(unit) = self.word(at)? else { return None };
        let seconds = match unit {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 3_600,
            Unit::Day => 86_400,
        };
        Duration::from_secs(seconds).checked_mul(number).map(|length| (at + 1, length))
    }

    /// One piece of a moment, each at most once; gives where it ends.
    fn component(&self, at: usize, said: &mut Said) -> Option<usize> {
        if said.day.is_none()
            && let Some((until, day, part)) = self.day(at)
        {
            if part.is_some() && said.part.is_some() {
                return None;
            }
            said.day = Some(day);
            said.part = said.part.or(part);
            return Some(until);
        }
        if said.part.is_none()
            && let Some((until, part)) = self.part(at)
        {
            said.part = Some(part);
            return Some(until);
        }
        if said.clock.is_none()
            && let Some((until, clock)) = self.clock_with_at(at)
        {
            said.clock = Some(clock);
            return Some(until);
        }
        None
    }

    fn day(&self, at: usize) -> Option<(usize, Day, Option<Part>)> {
        match self.word(at)? {
            Word::Ahead(days, part) => Some((at + 1, Day::Ahead(days), part)),
            Word::Daily => Some((at + 1, Day::Every, None)),
            Word::The | Word::On => self.day_on(at + 1),
            Word::Weekday(day) => Some((at + 1, Day::Next(day), None)),
            Word::Weekdays(day) => self.weekdays(at, day),
            Word::Every => match self.word(at + 1)? {
                Word::Unit(Unit::Day) => Some((at + 2, Day::Every, None)),
                Word::Part(part) => Some((at + 2, Day::Every, Some(part))),
                Word::Weekday(day) => self.weekdays(at + 1, day),
                _ => None,
            },
            Word::Number(_) => self.date(at),
            _ => None,
        }
    }

    fn day_on(&self, at: usize) -> Option<(usize, Day, Option<Part>)> {
        match self.word(at)? {
            Word::Weekday(day) => Some((at + 1, Day::Next(day), None)),
            Word::Weekdays(day) => self.weekdays(at, day),
            Word::The => self.date(at + 1),
            Word::Number(_) => self.date(at),
            // "The day after tomorrow".
            Word::Unit(Unit::Day) if self.is(at + 1, Word::After) => (self.word(at + 2)?
                == Word::Ahead(1, None))
            .then_some((at + 3, Day::Ahead(2), None)),
            _ => None,
        }
    }

    fn date(&self, at: usize) -> Option<(usize, Day, Option<Part>)> {
        let (after, day) = self.number(at)?;
        let day = i8::try_from(day).ok()?;
        let at = if self.is(after, Word::Of) { after + 1 } else { after };
        let Word::Month(month) = self.word(at)? else { return None };
        Some((at + 1, Day::Date { day, month }, None))
    }

    fn weekdays(&self, at: usize, first: Weekday) -> Option<(usize, Day, Option<Part>)> {
        let mut days = vec![first];
        let mut at = at + 1;
        loop {
            let next = if self.is(at, Word::And) { at + 1 } else { at };
            let next_day = if self.is(next, Word::Every) { next + 1 } else { next };
            match self.word(next_day) {
                Some(Word::Weekday(day) | Word::Weekdays(day)) if !days.contains(&day) => {
                    days.push(day);
                    at = next_day + 1;
                }
                _ => return Some((at, Day::EveryWeek(days), None)),
            }
        }
    }

    /// "'s Ochtends", "in de middag", "in the evening", "at night".
    fn part(&self, at: usize) -> Option<(usize, Part)> {
        let opening = [Word::In, Word::At, Word::The, Word::Genitive];
        let skipped = (at..at + 2)
            .take_while(|at| self.word(*at).is_some_and(|word| opening.contains(&word)))
            .count();
        match self.word(at + skipped)? {
            Word::Part(part) => Some((at + skipped + 1, part)),
            Word::HalfOfDay(part) if skipped == 0 => Some((at + 1, part)),
            // English spells "a.m." with points, which separate.
            _ => None,
        }
    }

    fn clock_with_at(&self, at: usize) -> Option<(usize, Clock)> {
        if self.is(at, Word::At) {
            self.clock(at + 1).or_else(|| self.bare_hour(at + 1))
        } else {
            self.clock(at)
        }
    }

    /// "At eight": an hour by itself, only after "at".
    fn bare_hour(&self, at: usize) -> Option<(usize, Clock)> {
        let (until, hour) = self.number(at)?;
        // "At ten minutes …" is something else.
        if matches!(self.word(until), Some(Word::Unit(_) | Word::Quarter | Word::Half)) {
            return None;
        }
        clock(hour, 0).map(|clock| (until, clock))
    }

    fn clock(&self, at: usize) -> Option<(usize, Clock)> {
        let (until, clock) = self.face(at)?;
        let hour = matches!(self.word(until), Some(Word::Unit(Unit::Hour)));
        Some((if hour { until + 1 } else { until }, clock))
    }

    fn face(&self, at: usize) -> Option<(usize, Clock)> {
        match self.word(at)? {
            Word::Clock(hour, minute) => clock(hour, minute).map(|clock| (at + 1, clock)),
            Word::Noon => clock(12, 0).map(|clock| (at + 1, clock)),
            Word::Midnight => clock(0, 0).map(|clock| (at + 1, clock)),
            Word::HalfTo(hour) => shifted(hour, -30).map(|clock| (at + 1, clock)),
            Word::Half => self.half(at),
            Word::Quarter => self.past_or_to(at + 1, 15),
            Word::Number(_) => {
                let (after, number) = self.number(at)?;
                self.after_number(after, number)
            }
            _ => None,
        }
    }

    /// Half to nine in Dutch is half past eight in English, and so is "half eight".
    fn half(&self, at: usize) -> Option<(usize, Clock)> {
        let past = self.is(at + 1, Word::Past);
        let hour = if past { at + 2 } else { at + 1 };
        let minutes = match self.language {
            Language::Nl if past => return None,
            Language::Nl => -30,
            Language::En => 30,
        };
        let (until, hour) = self.number(hour)?;
        shifted(hour, minutes).map(|clock| (until, clock))
    }

    fn after_number(&self, after: usize, number: u32) -> Option<(usize, Clock)> {
        match (self.language, self.word(after)?) {
            (_, Word::Unit(Unit::Minute)) => self.past_or_to(after + 1, number),
            (_, Word::Past | Word::To) => self.past_or_to(after, number),
            (Language::En, Word::OClock) => clock(number, 0).map(|clock| (after + 1, clock)),
            (Language::En, Word::HalfOfDay(_)) => clock(number, 0).map(|clock| (after, clock)),
            (Language::En, Word::Number(_)) => {
                let (until, minute) = self.number(after)?;
                (minute >= 10).then(|| clock(number, minute))?.map(|clock| (until, clock))
            }
            (Language::Nl, Word::Unit(Unit::Hour)) => match self.number(after + 1) {
                // "Acht uur een herinnering" is not a minute past eight.
                Some((until, minute @ 2..=59)) => clock(number, minute).map(|clock| (until, clock)),
                _ => clock(number, 0).map(|clock| (after + 1, clock)),
            },
            _ => None,
        }
    }

    /// From "over" or "voor" on: "kwart over tien", "vijf voor half drie".
    fn past_or_to(&self, at: usize, minutes: u32) -> Option<(usize, Clock)> {
        let minutes = i32::try_from(minutes).ok().filter(|minutes| (1..60).contains(minutes))?;
        let minutes = match self.word(at)? {
            Word::Past => minutes,
            Word::To => -minutes,
            _ => return None,
        };
        match (self.language, self.word(at + 1)?) {
            (_, Word::Number(_)) => {
                let (until, hour) = self.number(at + 1)?;
                shifted(hour, minutes).map(|clock| (until, clock))
            }
            (Language::Nl, Word::HalfTo(hour)) => {
                shifted(hour, minutes - 30).map(|clock| (at + 2, clock))
            }
            (Language::Nl, Word::Half) => {
                let (until, hour) = self.number(at + 2)?;
                shifted(hour, minutes - 30).map(|clock| (until, clock))
            }
            _ => None,
        }
    }
}

/// "8:30" is said of both halves of the day, "20:30" is not.
fn clock(hour: u32, minute: u32) -> Option<Clock> {
    let dial = if (1..=12).contains(&hour) { Dial::Twelve } else { Dial::TwentyFour };
    let hour = i8::try_from(hour).ok().filter(|hour| *hour < 24)?;
    let minute = i8::try_from(minute).ok().filter(|minute| *minute < 60)?;
    Some(Clock { hour, minute, dial })
}

/// Minutes before or after a full hour of the twelve-hour face.
fn shifted(hour: u32, minutes: i32) -> Option<Clock> {
    let hour = i32::try_from(hour).ok().filter(|hour| (1..=24).contains(hour))?;
    let day = if hour <= 12 { 12 * 60 } else { 24 * 60 };
    let minutes = (hour * 60 + minutes).rem_euclid(day);
    let (hour, minute) = (minutes / 60, minutes % 60);
    let dial = if day == 12 * 60 { Dial::Twelve } else { Dial::TwentyFour };
    let hour = if dial == Dial::Twelve && hour == 0 { 12 } else { hour };
    Some(Clock { hour: i8::try_from(hour).ok()?, minute: i8::try_from(minute).ok()?, dial })
}

#[cfg(test)]
mod tests;
