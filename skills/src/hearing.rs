//! What understanding takes and gives, beside the text. Types only.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use omzien_core::intent::Given;
use omzien_core::{Expectation, Intent, Language, RoomId};

/// The circumstances in which something was said.
#[derive(Clone, Copy, Debug)]
pub struct Hearing<'a> {
    /// The language to understand it in.
    pub language: Language,
    /// What the home expected when the utterance *began*.
    pub expectation: Expectation,
    /// What a clock on the wall shows: "tomorrow" needs a date.
    pub now: DateTime,
    /// Where it was heard: "the light" without a room is the light here.
    pub room: Option<&'a RoomId>,
    /// By voice the companion must be named, in writing it need not.
    pub through: Through,
    /// How sure the recogniser is that these are the words, 0 to 1; what is typed is certain.
    pub confidence: f32,
}

/// How the words came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// The microphone: other people and televisions speak there too.
    Voice,
    /// A page or a command line: whoever types there means us.
    Text,
}

/// Why we think that it was said to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressed {
    /// The companion was named.
    ByName,
    /// A question was open, and this followed it.
    Following,
    /// A cry for help: it needs no name.
    Cry,
    /// It was typed.
    Typed,
}

/// A sentence that was for us.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// What was meant; `Intent::NotUnderstood` if it was for us and resembles nothing.
    pub intent: Intent,
    /// `skill.intent`, as the skill's folder calls it; empty where no skill's sentence was said.
    pub name: String,
    /// What the sentence named, by the names of the slots.
    pub slots: BTreeMap<String, Given>,
    /// 0 (a guess) to 1 (word for word).
    pub confidence: f32,
    /// Why we think that it was said to us.
    pub addressed: Addressed,
}
