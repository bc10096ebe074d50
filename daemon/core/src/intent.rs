//! What the resident means, and what they may say now. Skills turn words into an [`Intent`];
//! the recogniser listens along the [`Phrases`](crate::Phrases); `Home` acts on the intent alone.

use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

use crate::agenda::{AgendaWish, Stretch};
use crate::colour::Colour;
use crate::device::{Bolt, Capability, Celsius, Move, Percent, Power, Step};
use crate::lists::{ListName, ListWish};
use crate::measurement::MeasureWish;
use crate::names::{ContactId, DeviceId, RoomId, SceneId};
use crate::reply::Slot;
use crate::stay::StayWish;
use crate::time::{Instant, Weekday};
use crate::timer::TimerWish;

/// Words that were heard, with the moment and place. Not journalled: the intent is.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    pub text: String,
    /// 0 (a guess) to 1 (certain), as the recogniser judges it.
    pub confidence: f32,
    pub room: Option<RoomId>,
    /// When it began and ended, on the boot clock (milliseconds).
    pub began_ms: u64,
    pub ended_ms: u64,
    /// The expectation that held when it *began*: an answer to another question is never counted.
    pub expectation: Expectation,
}

/// Things of the house as people name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Device(DeviceId),
    /// Those of a room: "the kitchen lights".
    Room {
        room: RoomId,
        of: Capability,
    },
    /// "All the curtains."
    All(Capability),
    /// Some of a room or of the house: "the curtains", where there are shutters too.
    Several(Vec<DeviceId>),
    /// "It", "that one": what was operated last.
    Last,
}

/// What is to be done with them. What that is for each depends on what it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Switch(Power),
    /// So much: of light, of speed, so far open.
    Level(Percent),
    /// A little more or less: of light, of warmth.
    Step(Step),
    Colour(Colour),
    Move(Move),
    Bolt(Bolt),
    Temperature(Celsius),
}

/// What is asked about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// "Is it on?"
    On,
    Off,
    Open,
    Closed,
    Locked,
    Unlocked,
    /// "How does it stand?"
    How,
    /// "How warm is it?"
    Temperature,
    /// "What is the thermostat set to?"
    Setting,
}

/// When a reminder is due, as it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    In(Duration),
    /// The next time a clock shows this.
    Today(Time),
    At(DateTime),
    Weekly {
        days: Vec<Weekday>,
        at: Time,
    },
    Daily(Time),
}

/// What a sentence of a skill named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// An entry of a list: `id` is the same in every language, `written` is how it is said back.
    Listed {
        id: String,
        written: String,
    },
    Things(Target),
    Scene(SceneId),
    Room(RoomId),
    /// A floor, by its name.
    Floor(String),
    Device(DeviceId),
    Contact(ContactId),
    When(When),
    Stretch(Stretch),
    Duration(Duration),
    Number(u32),
    /// A number with a tenth, as a meter shows it.
    Tenths(u32),
    Words(String),
}

impl Given {
    /// How an answer says it; the core knows no names of what only an id was kept of.
    pub(crate) fn slot(&self) -> Option<Slot> {
        match self {
            Self::Listed { written, .. } => Some(Slot::Name(written.clone())),
            Self::Duration(length) => Some(Slot::Duration(*length)),
            Self::Number(number) => Some(Slot::Number(i64::from(*number))),
            Self::Words(words) => Some(Slot::Words(words.clone())),
            Self::Things(_)
            | Self::Scene(_)
            | Self::Room(_)
            | Self::Floor(_)
            | Self::Device(_)
            | Self::Contact(_)
            | Self::Tenths(_)
            | Self::Stretch(_)
            | Self::When(_) => None,
        }
    }
}

/// Everything the resident can want, as far as a decision depends on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// A clear yes or no, to whatever was asked.
    Yes,
    No,
    /// A cry for help: always its own path, never needs the robot's name.
    Help,
    /// "I am fine": only clear words reach this.
    Fine,
    /// Answers to a dose: taken, later, skip.
    Taken,
    Later,
    Skip,
    /// Something of the house is to do something.
    Operate {
        what: Target,
        act: Act,
    },
    /// "No, the other one": of what was operated last.
    OtherOne,
    /// How something of the house stands.
    AskState {
        what: Target,
        is: Asked,
    },
    RunScene(SceneId),
    AskTime,
    AskDate,
    Remind {
        what: String,
        when: When,
    },
    /// "Remind me to take a walk": the time is asked.
    RemindWhen {
        what: String,
    },
    /// "Remind me in a few minutes": how many is asked.
    RemindMinutes {
        what: String,
    },
    /// A moment by itself, the answer to "when?".
    Moment(When),
    /// A number by itself, the answer to "how many?".
    Number(u32),
    /// One of the circle by name alone, the answer to "who?".
    Person(ContactId),
    /// The resident's own words by themselves, the answer to "which?" or "what?".
    Words {
        words: String,
        /// The same, thing by thing: "cheese and sweets" are two.
        things: Vec<String>,
    },
    ListReminders,
    CancelReminders,
    Timer(TimerWish),
    Agenda(AgendaWish),
    Measure(MeasureWish),
    /// Away, back, with company.
    Stay(StayWish),
    List {
        list: ListName,
        wish: ListWish,
    },
    /// "How are you doing?" turned round: the resident asks for a check-in or says how it goes.
    Tell {
        contact: ContactId,
        words: String,
    },
    /// "Send a message that I will be late": to whom is asked.
    TellWhom {
        words: String,
    },
    /// "What did you tell my daughter?"; `None`: anyone.
    AskTold {
        contact: Option<ContactId>,
    },
    /// "Why did you do that?"
    AskWhy,
    /// "What can you do?", and "what else?".
    AskAbilities,
    AskMore,
    /// "What do you know about me?"
    AskKnown,
    /// "Who can see this?"
    AskSeen,
    /// "Call Anna"; `None`: somebody who is not of the circle.
    AskPhone {
        contact: Option<ContactId>,
    },
    /// "I feel so alone."
    Lonely,
    /// "Who do you call if something happens?"
    AskPlan,
    /// "Stop listening for an hour"; `None`: until the button is pressed.
    StopListening {
        duration: Option<Duration>,
    },
    Repeat,
    /// The companion's name and nothing else: somebody calls it.
    Called,
    /// "Louder": how it speaks from now on.
    Speak(MannerChange),
    /// "Never mind".
    Cancel,
    /// An intent that lives in a skill folder alone: it is answered, nothing is decided.
    Skill {
        /// `skill.intent`
        name: String,
        /// What the sentence named, by the name of the slot; of two with one name, the first.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        slots: BTreeMap<String, Given>,
    },
    /// It was for us, and we did not understand it.
    NotUnderstood,
}

/// How it should speak from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MannerChange {
    Louder,
    Softer,
    Slower,
    Faster,
}

/// What kind of answer is awaited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expects {
    #[default]
    Anything,
    /// Yes always means help when the question is about help.
    YesNo,
    /// A clear yes or no, and nothing like it: what is asked cannot be taken back.
    Confirm,
    /// Taken, later, skip.
    Dose,
    /// A moment or a duration.
    Time,
    /// A day, with an hour or without.
    Day,
    /// How many.
    Number,
    /// One of the circle.
    Name,
    /// The resident's own words: a name of theirs, a thing to buy.
    Words,
    /// What it was called for: anything, and without the name.
    Request,
}

impl Expects {
    /// Every kind, for whoever must try them all.
    pub const ALL: [Self; 10] = [
        Self::Anything,
        Self::YesNo,
        Self::Confirm,
        Self::Dose,
        Self::Time,
        Self::Day,
        Self::Number,
        Self::Name,
        Self::Words,
        Self::Request,
    ];

    /// Whether a question stands: what is said then is its answer.
    pub fn is_question(self) -> bool {
        !matches!(self, Self::Anything | Self::Request)
    }
}

/// What `Home` expects now. `question` counts up with each question, so a late answer is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    pub question: u64,
    pub expects: Expects,
}

/// When an answer may still come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerWindow {
    pub opened: Instant,
    pub closes: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skills_intent_from_before_it_carried_anything_is_read() {
        let old: Intent =
            serde_json::from_str(r#"{"skill":{"name":"time.now"}}"#).expect("an intent");
        let new = Intent::Skill { name: "time.now".into(), slots: BTreeMap::new() };
        assert_eq!(old, new);
        assert_eq!(serde_json::to_string(&new).expect("json"), r#"{"skill":{"name":"time.now"}}"#);
    }
}
