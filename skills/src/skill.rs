//! A skill as its folder says it: manifest, sentences, answers, examples. Types only; they are
//! read from text that was handed in, and a broken folder is refused with file, line and mend.

mod answers;
mod page;
mod parameter;
mod permits;
mod reading;

pub use page::FILE_BYTES_MAX;
pub(crate) use parameter::Setting;
pub use parameter::{InBoth, Parameter};
pub(crate) use permits::{folder_name, is_kept};
pub use reading::FILES_OF_A_SKILL;
pub(crate) use reading::Folder;

use std::collections::BTreeMap;

use omzien_core::{Expects, Language};
use serde::Deserialize;

use crate::language;
use crate::template::Node;

/// A skill, read and checked.
#[derive(Clone, Debug)]
pub struct Skill {
    /// The folder's name.
    pub name: String,
    /// Who wrote it.
    pub origin: Origin,
    /// What it is, for whoever reads the folder, and for the installer.
    pub manifest: Manifest,
    pub(crate) speech: [Speech; 2],
    pub(crate) examples: Vec<Example>,
}

/// Who wrote a skill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is part of the program.
    Program,
    /// It lies in a folder of the home: whoever set the home up.
    Home,
}

/// `skill.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// One sentence for the installer.
    pub about: String,
    /// What it is for.
    pub purpose: Purpose,
    /// How far it acts on its own.
    pub autonomy: Autonomy,
    /// Whether a home can do without its sentences.
    pub listens: Listens,
    /// What it may move or tell.
    pub touches: Vec<Touches>,
    /// What an installer can set, by the name that its answers say it by.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    /// What it can mean, by the name its sentences have in the language files.
    #[serde(default)]
    pub(crate) intents: BTreeMap<String, IntentRule>,
}

/// What a skill is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Purpose {
    Safety,
    Communication,
    Comfort,
    Wellbeing,
}

/// How far a skill acts on its own, from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Autonomy {
    /// Acts, and says that it does.
    Announces,
    /// Acts unless the resident, asked first, says no.
    Asks,
    /// Offers something; nothing happens without a yes.
    Suggests,
    /// Acts only as was agreed beforehand.
    Agrees,
    /// Acts on the resident's word alone.
    ResidentDecides,
}

/// Whether a home can do without the sentences of a skill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listens {
    /// In every home.
    Always,
    /// Where the plan names it.
    WhenEnabled,
}

/// What a skill may move or tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touches {
    /// Switches lamps.
    Lights,
    /// Moves curtains, blinds and gates.
    Covers,
    /// Locks doors, and unlocks them after a yes.
    Locks,
    /// Switches what is no lamp.
    Switches,
    /// Switches fans.
    Fans,
    /// Sets thermostats.
    Heating,
    /// Sounds the siren.
    Siren,
    /// Sends to people of the circle.
    Circle,
    /// Keeps reminders.
    Reminders,
    /// Keeps timers.
    Timers,
    /// Keeps lists.
    Lists,
    /// Keeps an agenda, and tells what stands in calendars elsewhere.
    Agenda,
    /// Says whether silence means anything.
    Watch,
    /// Keeps measurements.
    Measurements,
    /// Opens and closes the microphone.
    Microphone,
}

/// One meaning of a skill and how its sentences are looked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntentRule {
    pub(crate) means: Means,
    /// What Home Assistant calls the same, where it has an intent for it.
    #[serde(default)]
    pub(crate) equivalent: Option<String>,
    /// What it calls the slots, where that is something else.
    #[serde(default)]
    pub(crate) equivalent_slots: BTreeMap<String, String>,
    /// The state that it asks about there.
    #[serde(default)]
    pub(crate) equivalent_state: Option<String>,
    #[serde(default)]
    pub(crate) found: Found,
    #[serde(default)]
    pub(crate) words: WordsRule,
    #[serde(default)]
    pub(crate) guessed: Guessed,
    /// Only while one of these is expected; empty: at any time.
    #[serde(default)]
    pub(crate) while_expected: Vec<Expects>,
}

/// Where in what was said a sentence may stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Found {
    /// It is all that was said.
    #[default]
    Whole,
    /// It is a piece of it. A longer piece under the `except` of the same name hides it.
    Anywhere,
}

/// Whether it may be meant where none of its sentences was said but something like them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Guessed {
    #[default]
    Maybe,
    /// What it does is not asked back, and cannot be taken back.
    Never,
}

/// Which words count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WordsRule {
    /// Politeness falls away, a misheard word is corrected.
    #[default]
    Lenient,
    /// Every word counts as it was heard: an answer that may close something.
    Strict,
}

/// What a sentence can mean: the words of [`omzien_core::Intent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Means {
    Yes,
    No,
    Help,
    Fine,
    Taken,
    Later,
    Skip,
    SwitchOn,
    SwitchOff,
    /// So bright, so far open, so fast.
    Level,
    Brighter,
    Dimmer,
    Colour,
    Open,
    Close,
    Stop,
    Lock,
    Unlock,
    SetTemperature,
    Warmer,
    Cooler,
    AskOn,
    AskOff,
    AskOpen,
    AskClosed,
    AskLocked,
    AskUnlocked,
    AskHow,
    AskTemperature,
    AskSetting,
    RunScene,
    /// "No, the other one."
    OtherOne,
    AskTime,
    AskDate,
    Remind,
    RemindMinutes,
    Moment,
    Number,
    Person,
    ListReminders,
    CancelReminders,
    Words,
    Leave,
    Back,
    Company,
    Alone,
    Measured,
    AskMeasured,
    ForgetMeasured,
    AddToList,
    TakeOffList,
    ReadList,
    AskList,
    ClearList,
    AddToAgenda,
    /// A time by itself, where one is asked for.
    OnDay,
    AskAgenda,
    RemoveFromAgenda,
    StartTimer,
    StopTimer,
    StopTimers,
    PauseTimer,
    ResumeTimer,
    AskTimer,
    LengthenTimer,
    ShortenTimer,
    Tell,
    TellWhom,
    AskTold,
    AskWhy,
    AskPlan,
    AskAbilities,
    AskMore,
    AskKnown,
    AskSeen,
    AskPhone,
    Lonely,
    StopListening,
    Repeat,
    Louder,
    Softer,
    Slower,
    Faster,
    Cancel,
    /// Answered by the skill's own words, nothing is decided.
    Answer,
}

/// Meanings of which one undoes the other.
const OPPOSITES: [(Means, Means); 12] = [
    (Means::SwitchOn, Means::SwitchOff),
    (Means::Open, Means::Close),
    (Means::Lock, Means::Unlock),
    (Means::Warmer, Means::Cooler),
    (Means::Brighter, Means::Dimmer),
    (Means::Louder, Means::Softer),
    (Means::Slower, Means::Faster),
    (Means::PauseTimer, Means::ResumeTimer),
    (Means::LengthenTimer, Means::ShortenTimer),
    (Means::AskOn, Means::AskOff),
    (Means::AskOpen, Means::AskClosed),
    (Means::AskLocked, Means::AskUnlocked),
];

impl Means {
    pub(crate) fn opposite(self) -> Option<Self> {
        OPPOSITES.iter().find_map(|(one, other)| match self {
            it if it == *one => Some(*other),
            it if it == *other => Some(*one),
            _ => None,
        })
    }
}

impl IntentRule {
    /// Whether the classifier may choose it: an answer, a cry and what cannot be taken back are
    /// found by their own sentences alone.
    pub(crate) fn may_be_guessed(&self) -> bool {
        self.found == Found::Whole
            && self.words == WordsRule::Lenient
            && self.guessed == Guessed::Maybe
            && self.while_expected.is_empty()
    }
}

/// What a skill says and hears in one language.
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    pub(crate) why: String,
    pub(crate) sentences: Vec<Sentences>,
    pub(crate) answers: BTreeMap<String, Wording>,
}

/// The sentences of one meaning.
#[derive(Clone, Debug)]
pub(crate) struct Sentences {
    pub(crate) intent: String,
    /// Of a skill of a home some sentences are the program's still.
    pub(crate) origin: Origin,
    pub(crate) rule: IntentRule,
    pub(crate) templates: Vec<Vec<Node>>,
    /// The same as the file writes them.
    pub(crate) written: Vec<String>,
    pub(crate) except: Vec<Vec<Node>>,
}

/// The words of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wording {
    Plain(String),
    /// By how a sentence refers to the people in it.
    ByPerson(ByPerson),
}

/// A sentence for each way of referring to people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByPerson {
    pub(crate) she: String,
    pub(crate) he: String,
    /// One person whose pronoun nobody said.
    pub(crate) one: String,
    pub(crate) many: String,
}

impl Wording {
    /// Every sentence it may become.
    pub(crate) fn all(&self) -> Vec<&str> {
        match self {
            Self::Plain(words) => vec![words],
            Self::ByPerson(ByPerson { she, he, one, many }) => vec![she, he, one, many],
        }
    }
}

/// Sentences that show what a skill understands, and are its tests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Example {
    /// In the form of [`crate::brief`]; `-` for "not for us".
    pub(crate) means: String,
    #[serde(default)]
    pub(crate) expects: Expects,
    #[serde(default)]
    pub(crate) through: ExampleThrough,
    /// The skill's own answer, where it has one.
    #[serde(default)]
    pub(crate) answer: Option<Answer>,
    #[serde(default)]
    pub(crate) nl: Vec<String>,
    #[serde(default)]
    pub(crate) en: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) nl: String,
    pub(crate) en: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExampleThrough {
    #[default]
    Text,
    Voice,
}

impl Skill {
    /// What comes near its sentences and means something else.
    pub(crate) fn near(&self, language: Language) -> impl Iterator<Item = &String> {
        let other = self.examples.iter().filter(|it| matches!(&*it.means, "?" | "-"));
        other.flat_map(move |example| match language {
            Language::Nl => &example.nl,
            Language::En => &example.en,
        })
    }

    /// Whether a cry for help is among what it hears.
    pub(crate) fn hears_cries(&self, language: Language) -> bool {
        let sentences = &self.speech[language::place(language)].sentences;
        sentences.iter().any(|sentences| sentences.rule.means == Means::Help)
    }

    /// How many examples it has, in both languages together.
    pub fn example_count(&self) -> usize {
        self.examples.iter().map(|example| example.nl.len() + example.en.len()).sum()
    }

    /// How many sentences it has in a language.
    pub fn sentences(&self, language: Language) -> usize {
        let sentences = &self.speech[language::place(language)].sentences;
        sentences.iter().map(|sentences| sentences.templates.len()).sum()
    }

    /// The answer to "why are you asking?".
    pub fn why(&self, language: Language) -> &str {
        &self.speech[language::place(language)].why
    }
}
