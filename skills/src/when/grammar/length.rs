//! Numbers and lengths of time: "twenty five", "anderhalf uur", "an hour and a half".

use omzien_core::Language;

use super::super::said::{Length, Unit};
use super::super::words::Word;
use super::{Found, Reader};

impl Reader<'_> {
    /// A number and where it ends; English writes "twenty five" and "one hundred" in two words.
    pub(crate) fn number(&self, at: usize) -> Found<u32> {
        let Word::Number(number) = self.word(at)? else { return None };
        let written = self.lexemes[at].stressed && !self.is_one_word(at);
        Some(match self.word(at + 1) {
            Some(Word::Number(ones @ 1..=9))
                if self.language == Language::En
                    && !written
                    && (20..100).contains(&number)
                    && number % 10 == 0
                    && (!self.lexemes[at + 1].stressed || self.is_one_word(at + 1)) =>
            {
                (at + 2, number + ones)
            }
            Some(Word::Number(100)) if !written && (1..=9).contains(&number) => {
                let hundreds = (at + 2, number * 100);
                // "Five hundred and thirty".
                let rest = self.number(at + 3).filter(|(_, rest)| (10..100).contains(rest));
                match rest.filter(|_| self.is(at + 2, Word::And)) {
                    Some((until, rest)) if self.language == Language::En => {
                        (until, hundreds.1 + rest)
                    }
                    _ => hundreds,
                }
            }
            _ => (at + 1, number),
        })
    }

    /// "Één" has an accent and "one" is no article; neither is a digit.
    fn is_one_word(&self, at: usize) -> bool {
        self.word(at) == Some(Word::Number(1))
    }

    /// "Third", "twenty second", "3rd".
    pub(super) fn ordinal(&self, at: usize) -> Found<u32> {
        match self.word(at)? {
            Word::Ordinal(number) => Some((at + 1, number)),
            Word::Second => Some((at + 1, 2)),
            Word::Number(tens @ (20 | 30)) if !self.is_stressed(at) => match self.word(at + 1)? {
                Word::Ordinal(ones @ 1..=9) => Some((at + 2, tens + ones)),
                Word::Second => Some((at + 2, tens + 2)),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn unit_at(&self, at: usize) -> Found<Unit> {
        match self.word(at)? {
            Word::Unit(unit) => Some((at + 1, unit)),
            Word::Hour => Some((at + 1, Unit::Hour)),
            Word::Second => Some((at + 1, Unit::Second)),
            Word::Quarter if self.language == Language::En => Some((at + 1, Unit::Quarter)),
            _ => None,
        }
    }

    /// A length of time: "een uur en tien minuten", "2 days 3 hours".
    pub(crate) fn length(&self, at: usize) -> Found<Length> {
        // "The twenty second" is a day.
        if self.before(at) == Some(Word::The) && self.ordinal(at).is_some() {
            return None;
        }
        let at = self.skip(at, &[Word::About]);
        let (mut until, mut length) = self.simple_length(at)?;
        let mut last = length.unit;
        loop {
            let next = self.skip(until, &[Word::Comma]);
            let next = self.skip(next, &[Word::And]);
            // "An hour and a half" is whole already; "two days and one month" is said as well.
            match self.simple_length(next) {
                Some((end, more))
                    if more.unit != last
                        || more.as_seconds() < length.as_seconds() && more.unit < last =>
                {
                    (until, last) = (end, more.unit);
                    length = length.plus(more)?;
                }
                Some(_) | None => break,
            }
        }
        if last == Unit::Hour
            && let Some((end, minutes)) = self.trailing_minutes(until)
        {
            (until, length) = (end, length.plus(minutes)?);
        }
        (length.as_seconds() > 0).then_some((until, length))
    }

    /// "One hour fifteen", at the end of what is said.
    fn trailing_minutes(&self, at: usize) -> Found<Length> {
        let next = self.skip(at, &[Word::And]);
        let (until, minutes) =
            self.number(next).filter(|(_, minutes)| (2..60).contains(minutes))?;
        if self.language != Language::En || until < self.lexemes.len() {
            return None;
        }
        Some((until, Length::of(Unit::Minute, minutes * 100)?))
    }

    fn simple_length(&self, at: usize) -> Found<Length> {
        // "Een dag of drie" is about three.
        if let Some((after, unit)) = self.unit_at(at + 1)
            && self.is(at, Word::Number(1))
            && self.is(after, Word::Or)
            && let Some((until, count)) = self.number(after + 1)
            && self.language == Language::Nl
        {
            return Some((until, Length::of(unit, count.checked_mul(100)?)?));
        }
        match self.word(at)? {
            Word::Length(unit, count) => Some((at + 1, Length::of(unit, count * 100)?)),
            Word::Quarter => self.quarters(at, 1),
            // "Half an hour", "half uur".
            Word::Half => {
                let unit = self.skip(at + 1, &[Word::Number(1)]);
                self.of_unit(unit, 50)
            }
            // "Anderhalf uur".
            Word::AndAHalf(number) => self.of_unit(at + 1, number * 100 + 50),
            Word::Hundredths(count) => {
                let of = self.skip(at + 1, &[Word::Of]);
                self.of_unit(self.skip(of, &[Word::Number(1)]), count)
            }
            // "The whole day", "nog een week".
            Word::Whole => {
                let count = self.skip(at + 1, &[Word::Number(1)]);
                self.of_unit(count, 100).or_else(|| self.simple_length(at + 1))
            }
            Word::Couple(count) => {
                let of = self.skip(at + 1, &[Word::Of]);
                self.of_unit(of, count * 100)
            }
            _ => {
                let (after, number) = self.number(at)?;
                self.counted(after, number)
            }
        }
    }

    /// What follows a number: "drie kwartier", "a quarter of an hour", "an hour and a half".
    fn counted(&self, at: usize, number: u32) -> Found<Length> {
        match self.word(at)? {
            Word::Length(unit, count) => {
                Some((at + 1, Length::of(unit, count.checked_mul(number)?.checked_mul(100)?)?))
            }
            Word::Half if number == 1 => self.of_unit(at + 1, 50),
            Word::Whole | Word::Couple(_) if number == 1 => self.simple_length(at),
            Word::Quarter => self.quarters(at, number).or_else(|| {
                // Of the year.
                self.of_unit(at, number.checked_mul(100)?)
            }),
            // "Acht en een halve minuut", "four and a half hours", "two and three quarter hours".
            Word::And => {
                let one = self.skip(at + 1, &[Word::Number(1)]);
                if self.is(one, Word::Half) {
                    return self.of_unit(one + 1, number.checked_mul(100)? + 50);
                }
                let (after, quarters) = self.number(at + 1).unwrap_or((at + 1, 1));
                let (until, part) = self.quarters(after, quarters)?;
                let whole = Length::of(Unit::Hour, number.checked_mul(100)?)?;
                Some((until, whole.plus(part)?))
            }
            _ => {
                let (until, length) = self.of_unit(at, number.checked_mul(100)?)?;
                let half = self.skip(until + 1, &[Word::Number(1)]);
                if self.is(until, Word::And) && self.is(half, Word::Half) {
                    let more = Length::of(length.unit, 50)?;
                    let end = half + 1;
                    return Some((end, length.plus(more)?));
                }
                Some((until, length))
            }
        }
    }

    /// "Quarter of an hour", "quarters hour", "kwart uur".
    fn quarters(&self, at: usize, number: u32) -> Found<Length> {
        let of = self.skip(at + 1, &[Word::Of]);
        let hour = self.skip(of, &[Word::Number(1)]);
        let quarters = Length::of(Unit::Hour, number.checked_mul(25)?)?;
        let is_hour = self.unit_at(hour).is_some_and(|(_, unit)| unit == Unit::Hour);
        (self.is(at, Word::Quarter) && is_hour)
            .then_some((hour + 1, Length { unit: Unit::Minute, ..quarters }))
    }

    fn of_unit(&self, at: usize, hundredths: u32) -> Found<Length> {
        let (until, unit) = self.unit_at(at).filter(|(_, unit)| *unit != Unit::Weekend)?;
        let length = Length::of(unit, hundredths)?;
        // What is half of it is counted in the next finer one.
        let unit = match unit {
            _ if hundredths.is_multiple_of(100) => unit,
            Unit::Hour => Unit::Minute,
            Unit::Day => Unit::Hour,
            Unit::Week => Unit::Day,
            Unit::Month => Unit::Day,
            Unit::Year => Unit::Month,
            Unit::Second
            | Unit::Minute
            | Unit::Weekend
            | Unit::Quarter
            | Unit::Decade
            | Unit::Century => unit,
        };
        Some((until, Length { unit, ..length }))
    }
}
