//! What an installer can set of a skill: its kind, bounds and default, and the sentence that asks
//! for it. Judges values; where they are kept is the home file's.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Time;
use omzien_core::{Language, Slot};
use serde::Deserialize;
use toml::Value;

use crate::template::{Refused, SlotKind};

/// Of one skill; nobody sets more.
const PARAMETERS_MAX: usize = 20;
/// A text to be said back (bytes).
const WORDS_BYTES_MAX: usize = 64;
/// A day: longer is no length of time that a sentence speaks of.
const MINUTES_MAX: i64 = 24 * 60;
/// What a voice can say digit by digit and a person remembers.
const NUMBER_MAX: i64 = 999_999;

/// `[parameters.NAME]` of `skill.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    #[serde(rename = "type")]
    kind: ParameterKind,
    /// Bounds of a number or of minutes.
    #[serde(default)]
    min: Option<i64>,
    #[serde(default)]
    max: Option<i64>,
    /// How each choice is said.
    #[serde(default)]
    choices: BTreeMap<String, InBoth>,
    default: Value,
    /// The sentence that asks the installer for it.
    pub ask: InBoth,
}

/// What kind of value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ParameterKind {
    /// A length of time, said as one: "een kwartier".
    Minutes,
    Number,
    /// A time of day, written "07:30".
    Time,
    /// A few words, said as they are written.
    Words,
    /// One of `choices`.
    Choice,
}

/// A text in each language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InBoth {
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
}

/// A value that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Minutes(u64),
    Number(i64),
    Time(Time),
    Words(String),
    Choice(InBoth),
}

impl InBoth {
    fn get(&self, language: Language) -> &str {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }
}

impl Setting {
    /// As an answer says it.
    pub(crate) fn slot(&self, language: Language) -> Slot {
        match self {
            Self::Minutes(minutes) => Slot::Duration(Duration::from_secs(minutes * 60)),
            Self::Number(number) => Slot::Number(*number),
            Self::Time(time) => Slot::Time(*time),
            Self::Words(words) => Slot::Words(words.clone()),
            Self::Choice(choice) => Slot::Words(choice.get(language).to_owned()),
        }
    }
}

impl Parameter {
    /// A value for it, or what is wrong.
    pub(crate) fn read(&self, value: &Value) -> Result<Setting, Refused> {
        let wrong = || Refused::new(format!("{value} does not fit here"), self.wanted());
        match (self.kind, value) {
            (ParameterKind::Minutes, Value::Integer(amount)) if self.holds(*amount) => {
                u64::try_from(*amount).map(Setting::Minutes).map_err(|_| wrong())
            }
            (ParameterKind::Number, Value::Integer(amount)) if self.holds(*amount) => {
                Ok(Setting::Number(*amount))
            }
            (ParameterKind::Time, Value::String(text)) => {
                clock(text).map(Setting::Time).ok_or_else(wrong)
            }
            (ParameterKind::Words, Value::String(text)) => {
                let usual = !text.trim().is_empty()
                    && text.len() <= WORDS_BYTES_MAX
                    && !text.chars().any(char::is_control);
                usual.then(|| Setting::Words(text.clone())).ok_or_else(wrong)
            }
            (ParameterKind::Choice, Value::String(text)) => {
                self.choices.get(text).cloned().map(Setting::Choice).ok_or_else(wrong)
            }
            (
                ParameterKind::Minutes
                | ParameterKind::Number
                | ParameterKind::Time
                | ParameterKind::Words
                | ParameterKind::Choice,
                Value::String(_)
                | Value::Integer(_)
                | Value::Float(_)
                | Value::Boolean(_)
                | Value::Datetime(_)
                | Value::Array(_)
                | Value::Table(_),
            ) => Err(wrong()),
        }
    }

    /// What it is where nobody set it. That it fits is checked when the skill is read.
    pub(crate) fn usual(&self) -> Option<Setting> {
        self.read(&self.default).ok()
    }

    /// What may be written, for whoever wrote something else.
    pub fn wanted(&self) -> String {
        let (min, max) = self.bounds();
        match self.kind {
            ParameterKind::Minutes => format!("write a number of minutes from {min} to {max}"),
            ParameterKind::Number => format!("write a whole number from {min} to {max}"),
            ParameterKind::Time => "write a time as \"07:30\"".to_owned(),
            ParameterKind::Words => format!("write a text of at most {WORDS_BYTES_MAX} bytes"),
            ParameterKind::Choice => {
                let choices: Vec<_> = self.choices.keys().map(|it| format!("{it:?}")).collect();
                format!("write one of {}", choices.join(", "))
            }
        }
    }

    /// The default as it is written in a file.
    pub fn default_written(&self) -> String {
        self.default.to_string()
    }

    fn holds(&self, amount: i64) -> bool {
        let (min, max) = self.bounds();
        (min..=max).contains(&amount)
    }

    /// Its own within those of its kind.
    fn bounds(&self) -> (i64, i64) {
        let (least, most) = match self.kind {
            ParameterKind::Minutes => (1, MINUTES_MAX),
            ParameterKind::Number
            | ParameterKind::Time
            | ParameterKind::Words
            | ParameterKind::Choice => (0, NUMBER_MAX),
        };
        (self.min.unwrap_or(least).max(least), self.max.unwrap_or(most).min(most))
    }

    /// What is wrong with it itself, by the key.
    fn refusals(&self) -> Vec<(&'static str, Refused)> {
        let mut refusals = Vec::new();
        let measured = matches!(self.kind, ParameterKind::Minutes | ParameterKind::Number);
        if !measured && (self.min.is_some() || self.max.is_some()) {
            let problem = "only numbers and minutes have bounds";
            refusals.push(("type", Refused::new(problem, "leave `min` and `max` out")));
        }
        let (min, max) = self.bounds();
        if measured && min > max {
            let problem = format!("nothing is from {min} to {max}");
            refusals.push(("max", Refused::new(problem, "write `min` below `max`")));
        }
        if (self.kind == ParameterKind::Choice) == self.choices.is_empty() {
            let problem = "a choice has `choices`, and nothing else has";
            let mend = "write `choices = { black = { nl = \"zwart\", en = \"black\" } }`";
            refusals.push(("type", Refused::new(problem, mend)));
        }
        if let Err(refused) = self.read(&self.default) {
            refusals.push(("default", refused));
        }
        let said = self.choices.values().chain([&self.ask]);
        if said.flat_map(|it| [&it.nl, &it.en]).any(|text| text.trim().is_empty()) {
            let problem = "a sentence is missing";
            refusals.push(("ask", Refused::new(problem, "write it in both languages")));
        }
        refusals
    }
}

/// What is wrong with the parameters of a skill, by the path of the key.
pub(super) fn refusals(parameters: &BTreeMap<String, Parameter>) -> Vec<(Vec<&str>, Refused)> {
    let mut refusals = Vec::new();
    if parameters.len() > PARAMETERS_MAX {
        let problem = format!("a skill has at most {PARAMETERS_MAX} parameters");
        refusals.push((vec!["parameters"], Refused::new(problem, "leave the others out")));
    }
    for (name, parameter) in parameters {
        let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if name.is_empty() || !name.bytes().all(usual) {
            let problem = format!("a parameter cannot be called {name:?}");
            let mend = "small letters, digits and `_`: `brew_min`";
            refusals.push((vec!["parameters", name], Refused::new(problem, mend)));
        }
        if SlotKind::TABLE.iter().any(|(known, _)| known == name) {
            let problem = format!("{{{name}}} is a value of every sentence already");
            let mend = "give the parameter another name";
            refusals.push((vec!["parameters", name], Refused::new(problem, mend)));
        }
        for (key, refused) in parameter.refusals() {
            refusals.push((vec!["parameters", name, key], refused));
        }
    }
    refusals
}

fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i8>().ok()).flatten()
    };
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
}
