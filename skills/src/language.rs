//! What a language says beside its sentences: hesitation, politeness, articles, how lamps are
//! named. Data from `language/*.toml`, read once; this file knows no word of either language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use omzien_core::Language;
use serde::Deserialize;

use crate::template::{self, Node, Scope, SlotKind};
use crate::text;
use crate::things::ThingForms;

/// Every language, in the order of [`place`].
pub(crate) const LANGUAGES: [Language; 2] = [Language::Nl, Language::En];

/// The place of a language in an array.
pub(crate) fn place(language: Language) -> usize {
    match language {
        Language::Nl => 0,
        Language::En => 1,
    }
}

/// The file of a language in a skill's folder.
pub(crate) fn file(language: Language) -> &'static str {
    match language {
        Language::Nl => "nl.toml",
        Language::En => "en.toml",
    }
}

/// The weights of the language's classifier.
pub(crate) fn weights(language: Language) -> &'static [u8] {
    match language {
        Language::Nl => include_bytes!("../weights/nl.weights"),
        Language::En => include_bytes!("../weights/en.weights"),
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
    /// Beside the companion's name it only calls.
    pub(crate) calling: Vec<Vec<String>>,
    /// The same as it is written.
    pub(crate) calling_written: Vec<String>,
    /// Turns a sentence round.
    pub(crate) denial: Vec<String>,
    /// Makes a sentence a question about something.
    pub(crate) asking: Vec<String>,
    /// What may stand before a name.
    pub(crate) articles: Vec<String>,
    /// Where things are meant that are named by what they are: in all rooms, or in this one.
    pub(crate) everywhere: Vec<Vec<String>>,
    /// What lengths of time are counted in: a misheard one is put right.
    units: Vec<String>,
    pub(crate) here: Vec<Vec<String>>,
    /// Spellings of one sound, each with the one that stands for them, the longest first; at the
    /// end of a word others.
    pub(crate) sounds: Vec<(String, String)>,
    pub(crate) endings: Vec<(String, String)>,
    /// Lamps of a room, `_` being the room.
    pub(crate) room_lights: Vec<String>,
    /// In a room, `_` being the room.
    pub(crate) within: Vec<String>,
    /// All lamps.
    pub(crate) all_lights: Vec<String>,
    /// The lamps here.
    pub(crate) these_lights: Vec<String>,
    /// "Hundred", with which longer numbers begin.
    pub(crate) hundred: String,
    /// After a number: "and a half".
    pub(crate) and_a_half: Vec<Vec<String>>,
    /// Between the things of a list.
    pub(crate) and: Vec<Vec<String>>,
    /// Things by what they are.
    pub(crate) things: ThingForms,
    /// "Mijn" as the companion says it back.
    pub(crate) turned: Vec<(String, String)>,
    /// What people say about other things: no sentence of ours takes them.
    pub(crate) strangers: Vec<String>,
    /// How a slot that every home has is said, as templates.
    said: Said,
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
    calling: Vec<String>,
    denial: Vec<String>,
    asking: Vec<String>,
    articles: Vec<String>,
    everywhere: Vec<String>,
    units: Vec<String>,
    here: Vec<String>,
    sounds: Vec<(String, String)>,
    endings: Vec<(String, String)>,
    room_lights: Vec<String>,
    within: Vec<String>,
    all_lights: Vec<String>,
    these_lights: Vec<String>,
    and: Vec<String>,
    hundred: String,
    and_a_half: Vec<String>,
    things: ThingForms,
    turned: Vec<(String, String)>,
    strangers: Vec<String>,
    said: RawSaid,
    speakable: Speakable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSaid {
    parts: BTreeMap<String, String>,
    articles: Vec<String>,
    before: Vec<String>,
    after: Vec<String>,
    when: Vec<String>,
    period: Vec<String>,
    duration: Vec<String>,
    number: Vec<String>,
    tenths: Vec<String>,
}

#[derive(Debug)]
struct Said {
    articles: Vec<String>,
    before: Vec<String>,
    after: Vec<String>,
    when: Vec<Vec<Node>>,
    period: Vec<Vec<Node>>,
    duration: Vec<Vec<Node>>,
    number: Vec<Vec<Node>>,
    tenths: Vec<Vec<Node>>,
}

impl RawSaid {
    fn read(self) -> Said {
        let scope = Scope { parts: self.parts, ..Scope::default() };
        // Part of the program, as the whole file is.
        let read = |source: &String| template::parse(source, &scope).expect("a template");
        let templates = |sources: &[String]| sources.iter().map(read).collect();
        Said {
            articles: self.articles,
            before: self.before,
            after: self.after,
            when: templates(&self.when),
            period: templates(&self.period),
            duration: templates(&self.duration),
            number: templates(&self.number),
            tenths: templates(&self.tenths),
        }
    }
}

impl Tongue {
    fn read(source: &str) -> Self {
        // Part of the program and read by every test: it cannot be wrong in a home.
        let raw: Raw = toml::from_str(source).expect("the language files are well formed");
        let lists = |list: &[String]| list.iter().map(|entry| text::norms(entry)).collect();
        Self {
            hesitation: lists(&raw.hesitation),
            politeness: lists(&raw.politeness),
            calling: lists(&raw.calling),
            calling_written: raw.calling,
            denial: raw.denial.iter().flat_map(|word| text::norms(word)).collect(),
            asking: raw.asking,
            articles: raw.articles,
            everywhere: lists(&raw.everywhere),
            units: raw.units,
            here: lists(&raw.here),
            sounds: raw.sounds,
            endings: raw.endings,
            room_lights: raw.room_lights,
            within: raw.within,
            all_lights: raw.all_lights,
            these_lights: raw.these_lights,
            and: lists(&raw.and),
            hundred: raw.hundred,
            and_a_half: lists(&raw.and_a_half),
            things: raw.things,
            turned: raw.turned,
            strangers: raw.strangers,
            said: raw.said.read(),
            speakable: raw.speakable,
        }
    }

    /// What is said around the names of things, and before and after a request.
    pub(crate) fn around(&self) -> impl Iterator<Item = &String> {
        let lists = [&self.everywhere, &self.here, &self.politeness];
        lists.into_iter().flatten().flatten().chain(&self.articles)
    }

    /// What lengths of time are counted in.
    pub(crate) fn units(&self) -> impl Iterator<Item = &str> {
        self.units.iter().map(String::as_str)
    }

    /// What people say before a name.
    pub(crate) fn said_articles(&self) -> &[String] {
        &self.said.articles
    }

    /// What people say before a request, and after it.
    pub(crate) fn polite_before(&self) -> &[String] {
        &self.said.before
    }

    pub(crate) fn polite_after(&self) -> &[String] {
        &self.said.after
    }

    /// How a slot that every home has is said; of names there are none here.
    pub(crate) fn said(&self, kind: SlotKind) -> &[Vec<Node>] {
        match kind {
            SlotKind::When => &self.said.when,
            SlotKind::Period => &self.said.period,
            SlotKind::Duration | SlotKind::By => &self.said.duration,
            SlotKind::Number => &self.said.number,
            SlotKind::Tenths => &self.said.tenths,
            SlotKind::Words
            | SlotKind::Things(_)
            | SlotKind::Scene
            | SlotKind::Contact
            | SlotKind::Room
            | SlotKind::Device
            | SlotKind::List(_) => &[],
        }
    }
}
