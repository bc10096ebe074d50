//! Values as they are said: times, lengths, days, numbers, lists. One file a language below.

mod dutch;
mod english;
mod speakable;

pub(crate) use speakable::speakable;

use std::time::Duration;

use jiff::civil::{Date, Time};
use omzien_core::device::Celsius;
use omzien_core::{Language, Slot, Weekday};

use crate::language::tongue;

/// How a value is wanted; only a time has more than one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// "Three", "drie uur".
    Plain,
    /// "Three o'clock in the afternoon", "drie uur 's middags".
    Part,
    /// "15:00", for what is read.
    Digits,
}

impl Form {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "" => Some(Self::Plain),
            "part" => Some(Self::Part),
            "digits" => Some(Self::Digits),
            _ => None,
        }
    }
}

/// How a language says a value.
trait Speech {
    /// Below ten thousand; larger ones are said by their digits.
    fn number(&self, number: u32) -> String;
    fn time(&self, time: Time) -> String;
    /// With the part of the day.
    fn time_in_day(&self, time: Time) -> String;
    fn date(&self, date: Date) -> String;
    /// As it stands before a month: "tweeëntwintig", "the twenty-second of".
    fn day_of_month(&self, day: u32) -> String;
    fn month(&self, date: Date) -> &'static str;
    fn year(&self, year: u32) -> String;
    fn day(&self, day: Weekday) -> &'static str;
    fn and(&self) -> &'static str;
    /// A length that has words of its own: "een kwartier".
    fn special_length(&self, length_s: u64) -> Option<&'static str>;
    fn unit(&self, unit: Unit, count: u64) -> &'static str;
    fn minus(&self) -> &'static str;
    /// One of something: "één", "a".
    fn one(&self, unit: Unit) -> &'static str;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Hour,
    Minute,
    Second,
}

fn speech(language: Language) -> &'static dyn Speech {
    match language {
        Language::Nl => &dutch::Dutch,
        Language::En => &english::English,
    }
}

/// The words for a value; `None` if the form is not for it, or it says nothing.
pub(crate) fn slot(slot: &Slot, form: Form, language: Language) -> Option<String> {
    let speech = speech(language);
    let words = match (slot, form) {
        (Slot::Time(time), Form::Plain) => speech.time(*time),
        (Slot::Time(time), Form::Part) => speech.time_in_day(*time),
        (Slot::Time(time), Form::Digits) => time.strftime("%H:%M").to_string(),
        // A Reply is rendered by whoever knows the words; a form is for times alone.
        (Slot::Reply(_) | Slot::List(_), _) | (_, Form::Part | Form::Digits) => return None,
        (Slot::Name(words) | Slot::Words(words), Form::Plain) => clean(words),
        (Slot::Date(date), Form::Plain) => speech.date(*date),
        (Slot::Duration(length), Form::Plain) => self::length(speech, *length),
        (Slot::Number(value), Form::Plain) => number(speech, *value),
        (Slot::Degrees(celsius), Form::Plain) => degrees(language, *celsius),
        (Slot::Days(days), Form::Plain) => {
            list(speech, &days.iter().map(|day| speech.day(*day)).collect::<Vec<_>>())
        }
        (Slot::Names(names), Form::Plain) => {
            let names: Vec<String> = names.iter().map(|name| clean(name)).collect();
            list(speech, &names.iter().map(|name| &**name).collect::<Vec<_>>())
        }
    };
    (!words.is_empty()).then_some(words)
}

/// Names and words come from people: nothing in them may change how a sentence is spoken.
fn clean(words: &str) -> String {
    let spaced: String =
        words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn list(speech: &dyn Speech, names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {} {last}", first.join(", "), speech.and()),
    }
}

fn number(speech: &dyn Speech, value: i64) -> String {
    match u32::try_from(value.unsigned_abs()) {
        Ok(size) if size < 10_000 && value < 0 => {
            format!("{} {}", speech.minus(), speech.number(size))
        }
        Ok(size) if size < 10_000 => speech.number(size),
        Ok(_) | Err(_) => value.to_string(),
    }
}

/// As exact as people are: seconds below two minutes, minutes below a day, hours below three days.
fn length(speech: &dyn Speech, length: Duration) -> String {
    let seconds = length.as_secs();
    if let Some(words) = speech.special_length(seconds) {
        return words.to_owned();
    }
    let minutes = (seconds + 30) / 60;
    if seconds < 60 || seconds < 120 && !seconds.is_multiple_of(60) {
        counted(speech, Unit::Second, seconds)
    } else if minutes < 60 {
        counted(speech, Unit::Minute, minutes)
    } else if minutes < 24 * 60 {
        two(speech, (Unit::Hour, minutes / 60), (Unit::Minute, minutes % 60))
    } else {
        let hours = (minutes + 30) / 60;
        let rest = if hours < 72 { hours % 24 } else { 0 };
        two(speech, (Unit::Day, hours / 24), (Unit::Hour, rest))
    }
}

/// "Twintig komma vijf graden".
fn degrees(language: Language, celsius: Celsius) -> String {
    let (speech, speakable) = (speech(language), &tongue(language).speakable);
    let tenths = i64::from(celsius.in_tenths());
    let unit = speakable.units.iter().find(|unit| unit.sign == "°");
    let unit = unit.map_or("", |unit| if tenths == 10 { &unit.one } else { &unit.many });
    let below_zero = if tenths < 0 { format!("{} ", speech.minus()) } else { String::new() };
    let whole = number(speech, tenths.abs() / 10);
    match tenths.abs() % 10 {
        0 => format!("{below_zero}{whole} {unit}"),
        tenth => {
            let tenth = number(speech, tenth);
            format!("{below_zero}{whole} {} {tenth} {unit}", speakable.comma)
        }
    }
}

fn two(speech: &dyn Speech, large: (Unit, u64), small: (Unit, u64)) -> String {
    let large = counted(speech, large.0, large.1);
    match small.1 {
        0 => large,
        count => format!("{large} {} {}", speech.and(), counted(speech, small.0, count)),
    }
}

fn counted(speech: &dyn Speech, unit: Unit, count: u64) -> String {
    let words = match count {
        1 => speech.one(unit).to_owned(),
        _ => number(speech, i64::try_from(count).unwrap_or(i64::MAX)),
    };
    format!("{words} {}", speech.unit(unit, count))
}

#[cfg(test)]
mod tests;
