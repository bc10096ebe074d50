//! The piece of the calendar that a sentence names, out of everything that can be said about time:
//! "tomorrow", "Friday at three", "next week". What repeats, and "from now on", it leaves out.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use omzien_core::Language;
use omzien_core::agenda::Stretch;

use super::found::found;
use super::grammar::Reader;
use super::reminder::{end, near};
use super::said::{Meaning, Unit};
use super::{Grain, TimeFound};

pub(super) fn stretch_at(
    tokens: &[String],
    at: usize,
    language: Language,
    now: DateTime,
) -> Option<(usize, Stretch)> {
    let lexemes = near(tokens, at, language);
    let (place, meaning) = Reader::new(&lexemes, language).phrase(0)?;
    let until = end(&lexemes, place)?;
    Some((at + until, stretch(&meaning, now)?))
}

fn stretch(meaning: &Meaning, now: DateTime) -> Option<Stretch> {
    // Of a day it matters only which; the zone's own hours come in where it is written down.
    let now = now.to_zoned(TimeZone::UTC).ok()?;
    let named = match meaning {
        // "Now" is no time to come, and "in three days" is a day and not this hour of it.
        Meaning::Moment(said) if said.now.is_some() => return None,
        Meaning::Moment(said) => {
            let shifted = said.shift.is_some_and(|(length, _)| length.unit >= Unit::Day);
            let is_day = shifted && said.clock.is_none() && said.part.is_none();
            if is_day { Some(Grain::Day) } else { None }
        }
        Meaning::Span(..) | Meaning::Lasting(..) | Meaning::Before(_) | Meaning::Through(_) => None,
        Meaning::Every(..)
        | Meaning::Within(_)
        | Meaning::From(_)
        | Meaning::After(_)
        | Meaning::Length(_) => return None,
    };
    let TimeFound { start, end, grain, .. } = found(std::slice::from_ref(meaning), &now)?;
    let (from, grain) = (start?.datetime(), named.or(grain)?);
    let end = end.as_ref().map(Zoned::datetime);
    let is_part = !matches!(meaning, Meaning::Span(..) | Meaning::Lasting(..));
    Some(match (grain, end) {
        (Grain::Day, None) => Stretch::Days { first: from.date(), last: from.date() },
        (Grain::Day, Some(until)) => {
            Stretch::Days { first: from.date(), last: until.checked_sub(1.second()).ok()?.date() }
        }
        (Grain::Second | Grain::Minute | Grain::Hour, None) => Stretch::Moment(from),
        (Grain::Second | Grain::Minute | Grain::Hour, Some(until)) if !is_part => {
            Stretch::Between { from, until }
        }
        (_, Some(until)) => Stretch::Within { from, until },
        (Grain::Week, None) => Stretch::Within { from, until: from.checked_add(7.days()).ok()? },
        (Grain::Month, None) => Stretch::Within { from, until: from.checked_add(1.month()).ok()? },
        // Nobody asks an agenda about a year.
        (Grain::Quarter | Grain::Year, None) => return None,
    })
}
