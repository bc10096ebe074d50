//! The small texts of a home file that mean something: names, identifiers, times, zones. Each is
//! a type that cannot hold anything else, and a named format by which the shape of a file is
//! compared before it is read.

use std::borrow::Cow;

use jiff::civil::Time;
use omzien_core::Zone;
use omzien_core::names::NAME_BYTES_MAX;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// Text → the value it means, or how to mend it.
trait Format: Sized {
    const NAME: &'static str;
    fn read(text: &str) -> Result<Self, String>;
}

/// Compares a text with a format by name. Formats of others are not ours to judge.
pub(super) fn check(format: &str, text: &str) -> Result<(), String> {
    match format {
        Name::NAME => Name::read(text).map(drop),
        Clock::NAME => Clock::read(text).map(drop),
        ZoneName::NAME => ZoneName::read(text).map(drop),
        _ => Ok(()),
    }
}

/// A name as people say it: "mevrouw De Wit", "gang".
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Name(pub(super) String);

/// A time of day, written "07:30".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Clock(pub(super) Time);

/// A time zone that jiff's bundled database knows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ZoneName(pub(super) Zone);

/// What is set of a skill; the skill knows what it takes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub(super) struct Setting(pub(super) toml::Value);

impl JsonSchema for Setting {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "setting".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({})
    }
}

impl Format for Name {
    const NAME: &'static str = "name";

    fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("write a name that can be said".to_owned());
        }
        if text.len() > NAME_BYTES_MAX {
            return Err(format!("write a name of at most {NAME_BYTES_MAX} bytes"));
        }
        if text != text.trim() || text.chars().any(char::is_control) {
            return Err("write it without spaces at the ends, tabs and new lines".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl Format for Clock {
    const NAME: &'static str = "clock";

    fn read(text: &str) -> Result<Self, String> {
        let mend = || "write a time from \"00:00\" to \"23:59\", as \"07:30\"".to_owned();
        let (hour, minute) = text.split_once(':').ok_or_else(mend)?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<i8>().ok()).flatten()
        };
        let (hour, minute) = two(hour).zip(two(minute)).ok_or_else(mend)?;
        Time::new(hour, minute, 0, 0).map(Self).map_err(|_| mend())
    }
}

impl Format for ZoneName {
    const NAME: &'static str = "zone";

    fn read(text: &str) -> Result<Self, String> {
        if let Some(zone) = Zone::new(text) {
            return Ok(Self(zone));
        }
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let nearest = super::nearest::nearest(text, known.iter().map(String::as_str));
        Err(nearest.map_or_else(
            || "write a zone as \"Europe/Amsterdam\"".to_owned(),
            |zone| format!("did you mean \"{zone}\"?"),
        ))
    }
}

macro_rules! text {
    ($type:ident) => {
        impl TryFrom<String> for $type {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::read(&text)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                Self::NAME.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": Self::NAME })
            }
        }
    };
}

text!(Name);
text!(Clock);
text!(ZoneName);

/// An identifier by which the file refers to its own entries: `front_door`.
pub(super) fn check_id(id: &str) -> Result<(), String> {
    let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if id.is_empty() || id.len() > NAME_BYTES_MAX || !id.bytes().all(usual) {
        return Err(format!(
            "write it in small letters, digits and `_`, at most {NAME_BYTES_MAX}: `front_door`"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_four_digits_and_a_colon() {
        assert_eq!(Clock::read("07:30"), Ok(Clock(Time::constant(7, 30, 0, 0))));
        for wrong in ["24:00", "7:30", "07:60", "0730", "07:30:00", "+7:30", "", "ab:cd", "é:30"] {
            assert!(Clock::read(wrong).is_err(), "{wrong:?} is no time");
        }
    }

    #[test]
    fn a_name_can_be_said_and_has_a_bound() {
        assert!(Name::read("mevrouw De Wit").is_ok());
        for wrong in ["", "  ", " Anna", "An\nna", &"a".repeat(NAME_BYTES_MAX + 1)] {
            assert!(Name::read(wrong).is_err(), "{wrong:?} is no name");
        }
    }

    #[test]
    fn an_unknown_zone_finds_the_nearest_one() {
        assert!(ZoneName::read("Europe/Amsterdam").is_ok());
        let mend = ZoneName::read("Europe/Amsterdm").expect_err("misspelt");
        assert_eq!(mend, "did you mean \"Europe/Amsterdam\"?");
    }
}
