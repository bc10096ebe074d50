//! What a language says beside its sentences: hesitation, politeness, articles, how lamps are
//! named. Data from `language/*.toml`, read once; this file knows no word of either language.

use std::sync::LazyLock;

use omzien_core::Language;
use serde::Deserialize;

use crate::template::SlotKind;
use crate::text;

/// Every language, in the order of [`place`].
pub(crate) const LANGUAGES: [Language; 2] = [Language::Nl, Language::En];

/// The place of a language in an array.
pub(crate) fn place(language: Language) -> usize {
    match language {
        Language::Nl => 0,
        Language::En => 1,
    }
}

/// The tongue of a language.
pub(crate) fn tongue(language: Language) -> &'static Tongue {
    static TONGUES: LazyLock<[Tongue; 2]> = LazyLock::new(|| {
        [include_str!("../language/nl.toml"), include_str!("../language/en.toml")].map(Tongue::read)
    });
    &TONGUES[place(language)]
}

/// Word lists, each entry in compared form.
#[derive(Debug)]
pub(crate) struct Tongue {
    /// Carries nothing, not even in a short answer.
    pub(crate) hesitation: Vec<Vec<String>>,
    /// Carries nothing in a request; in an answer it may ("nee, graag").
    pub(crate) politeness: Vec<Vec<String>>,
    /// What may stand before a name.
    pub(crate) articles: Vec<String>,
    /// Lamps of a room, `_` being the room.
    pub(crate) room_lights: Vec<String>,
    /// In a room, `_` being the room.
    pub(crate) within: Vec<String>,
    /// All lamps.
    pub(crate) all_lights: Vec<String>,
    /// The lamps here.
    pub(crate) these_lights: Vec<String>,
    /// "Mijn" as the companion says it back.
    pub(crate) turned: Vec<(String, String)>,
    /// What a slot of no names is filled with when sentences are listed.
    samples: Samples,
    /// How what is written is said.
    pub(crate) speakable: Speakable,
}

/// How what is written is said: short forms, units, signs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Speakable {
    /// Between thousands; of `,` and `.` the other stands before decimals.
    pub(crate) thousands: char,
    /// "22-11-2026" can only be a day.
    pub(crate) day_first: bool,
    /// "Komma", "point".
    pub(crate) comma: String,
    pub(crate) plus: String,
    /// Between two numbers: "8-10".
    pub(crate) until: String,
    /// Behind a time: it says nothing more.
    pub(crate) oclock: Vec<String>,
    pub(crate) before_noon: Vec<String>,
    pub(crate) after_noon: Vec<String>,
    /// Short numbers that are said digit by digit.
    pub(crate) telephones: Vec<String>,
    /// Short forms, and in full.
    pub(crate) short: Vec<(String, String)>,
    /// Signs that have a name.
    pub(crate) signs: Vec<(String, String)>,
    pub(crate) money: Vec<Money>,
    /// Behind a number.
    pub(crate) units: Vec<Unit>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Money {
    pub(crate) sign: String,
    pub(crate) one: String,
    pub(crate) many: String,
    pub(crate) hundredth: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unit {
    pub(crate) sign: String,
    pub(crate) one: String,
    pub(crate) many: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    hesitation: Vec<String>,
    politeness: Vec<String>,
    articles: Vec<String>,
    room_lights: Vec<String>,
    within: Vec<String>,
    all_lights: Vec<String>,
    these_lights: Vec<String>,
    turned: Vec<(String, String)>,
    samples: Samples,
    speakable: Speakable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Samples {
    when: Vec<String>,
    duration: Vec<String>,
    number: Vec<String>,
    words: Vec<String>,
}

impl Tongue {
    fn read(source: &str) -> Self {
        // Part of the program and read by every test: it cannot be wrong in a home.
        let raw: Raw = toml::from_str(source).expect("the language files are well formed");
        let lists = |list: &[String]| list.iter().map(|entry| text::norms(entry)).collect();
        Self {
            hesitation: lists(&raw.hesitation),
            politeness: lists(&raw.politeness),
            articles: raw.articles,
            room_lights: raw.room_lights,
            within: raw.within,
            all_lights: raw.all_lights,
            these_lights: raw.these_lights,
            turned: raw.turned,
            samples: raw.samples,
            speakable: raw.speakable,
        }
    }

    /// Values to list sentences with; names come from the home.
    pub(crate) fn samples(&self, kind: SlotKind) -> &[String] {
        match kind {
            SlotKind::When => &self.samples.when,
            SlotKind::Duration => &self.samples.duration,
            SlotKind::Number => &self.samples.number,
            SlotKind::Words => &self.samples.words,
            SlotKind::Light
            | SlotKind::Contact
            | SlotKind::Room
            | SlotKind::Device
            | SlotKind::List(_) => &[],
        }
    }
}
