//! Time in Dutch and English, read by one parser to one meaning: moments, ranges, lengths and what
//! repeats. What it does not understand whole it leaves out, so that it is asked: it never takes
//! the "morgen" out of "overmorgen". It knows no clock: the moment of speaking is an argument.
#![expect(clippy::wildcard_enum_match_arm, reason = "every other word ends what is being read")]

mod calendars;
mod dutch;
mod english;
mod feasts;
mod found;
mod grammar;
mod holidays;
mod lexer;
mod reminder;
mod resolve;
mod rule;
mod said;
mod sky;
mod stretch;
mod words;

use std::time::Duration;

use jiff::Zoned;
use jiff::civil::DateTime;
use omzien_core::Language;
use omzien_core::agenda::Stretch;
use omzien_core::intent::When;

use grammar::Reader;
use words::{Word, word};

/// Letters of a sentence beyond these are not looked at.
const LETTERS_MAX: usize = 16_384;

/// What a sentence says about time. What it does not say is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimeFound {
    /// The first instant; where more are possible, the next that makes sense.
    pub start: Option<Zoned>,
    /// The first instant after it, of what was told as from and to.
    pub end: Option<Zoned>,
    /// The unit in which the start was named.
    pub grain: Option<Grain>,
    /// A length of time: "three quarters of an hour".
    pub duration: Option<Duration>,
    /// What repeats, in the words of RFC 5545; the start is its first occurrence.
    pub rrule: Option<String>,
    /// All the starts that are possible, in order, if there is more than one.
    pub ambiguous: Vec<Zoned>,
}

/// How exactly a moment was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// To the second.
    Second,
    /// To the minute.
    Minute,
    /// An hour, or a part of the day.
    Hour,
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A year.
    Year,
}

impl Grain {
    /// As the command line writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// The time that a sentence speaks of. None: it speaks of none, or of one that is not understood
/// whole.
pub fn times(text: &str, language: Language, now: &Zoned) -> Option<TimeFound> {
    let end = text.char_indices().nth(LETTERS_MAX).map_or(text.len(), |(end, _)| end);
    let lexemes = lexer::lex(&text[..end], language);
    if !lexemes.iter().any(|lexeme| lexeme.word.is_some_and(Word::says_something)) {
        return None;
    }
    found::found(&Reader::new(&lexemes, language).phrases(), now)
}

/// The longest moment that begins at a place, and where it ends, of those that a reminder knows.
pub(crate) fn when_at(
    tokens: &[String],
    at: usize,
    language: Language,
    now: DateTime,
) -> Option<(usize, When)> {
    reminder::when_at(tokens, at, language, now)
}

/// The longest piece of the calendar that begins at a place, and where it ends.
pub(crate) fn stretch_at(
    tokens: &[String],
    at: usize,
    language: Language,
    now: DateTime,
) -> Option<(usize, Stretch)> {
    stretch::stretch_at(tokens, at, language, now)
}

/// The longest length of time that begins at a place: "an hour and a half".
pub(crate) fn duration_at(
    tokens: &[String],
    at: usize,
    language: Language,
) -> Option<(usize, Duration)> {
    reminder::duration_at(tokens, at, language)
}

/// The number that begins at a place, and where it ends.
pub(crate) fn number_at(tokens: &[String], at: usize, language: Language) -> Option<(usize, u32)> {
    reminder::number_at(tokens, at, language)
}

/// Does the word belong to a moment? Then what surrounds it is not safely anything else.
pub(crate) fn is_about_time(norm: &str, language: Language) -> bool {
    !matches!(
        read(norm, language),
        None | Some(
            Word::Number(_)
                | Word::Hundredths(_)
                | Word::Ordinal(_)
                | Word::Second
                | Word::Past
                | Word::To
                | Word::At
                | Word::For
                | Word::And
                | Word::Or
                | Word::The
                | Word::This
                | Word::On
                | Word::Of
                | Word::Mine
                | Word::Other
                | Word::Once
                | Word::Per
                | Word::Last
                | Word::Whole
                | Word::Couple(_)
                | Word::Early
                | Word::Late
                | Word::EarlyAdverb
                | Word::LateAdverb
                | Word::Earlier
                | Word::Rest
                | Word::Now
                | Word::Meal(_)
                | Word::Greeting
                | Word::Lasts
                | Word::Roughly
                | Word::Plus
                | Word::After
                | Word::Genitive
                | Word::In
                | Word::InAdvance
                | Word::Thing
                | Word::Rings
        )
    )
}

/// Is the word one this parser reads, so that nobody corrects it into another?
pub(crate) fn is_known(norm: &str, language: Language) -> bool {
    read(norm, language).is_some_and(|word| !matches!(word, Word::Thing | Word::Rings))
}

fn read(norm: &str, language: Language) -> Option<Word> {
    if norm.starts_with(|first: char| first.is_ascii_digit()) {
        return lexer::lex(norm, language).first()?.word;
    }
    word(norm, language)
}

#[cfg(test)]
mod tests;
