//! The words of a skill's answers: whether each has what it needs wherever it is said, so that no
//! sentence breaks off in a home. Says nothing itself.

use std::collections::BTreeMap;
use std::time::Duration;

use omzien_core::{Language, Slot, catalogue};

use super::{ByPerson, Manifest, Means, Origin, Parameter, Sentences, Wording};
use crate::lists::Lists;
use crate::render::{Piece, pieces};
use crate::spoken::{self, Form};
use crate::template::{self, Node, Refused, SlotKind};

/// Some twenty seconds of speech (bytes); nobody listens longer.
const ANSWER_BYTES_MAX: usize = 400;

/// The words by their keys.
pub(super) fn all(
    plain: BTreeMap<String, String>,
    by_person: BTreeMap<String, ByPerson>,
) -> BTreeMap<String, Wording> {
    let plain = plain.into_iter().map(|(key, words)| (key, Wording::Plain(words)));
    let by_person = by_person.into_iter().map(|(key, words)| (key, Wording::ByPerson(words)));
    plain.chain(by_person).collect()
}

/// What the answers of one file must agree with.
pub(super) struct Answering<'a> {
    pub(super) skill: &'a str,
    pub(super) origin: Origin,
    pub(super) manifest: &'a Manifest,
    /// The answers of the program's skill whose place this one takes.
    pub(super) instead_of: Option<&'a BTreeMap<String, Wording>>,
    pub(super) sentences: &'a [Sentences],
    pub(super) lists: &'a Lists,
    pub(super) language: Language,
}

/// The path of a key, and what is wrong there.
type Refusal = (Vec<String>, Refused);

impl Answering<'_> {
    pub(super) fn refusals(&self, answers: &BTreeMap<String, Wording>, why: &str) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let answering = self.manifest.intents.iter().filter(|(_, it)| it.means == Means::Answer);
        for (intent, _) in answering {
            let key = format!("{}.{intent}", self.skill);
            if !answers.contains_key(&key) {
                let problem = format!("the intent {intent:?} has no answer");
                let mend = format!("add `\"{key}\" = \"…\"` under [answers]");
                refusals.push((vec!["answers".to_owned()], Refused::new(problem, mend)));
            }
        }
        if let Err(refused) = speakable(why) {
            refusals.push((vec!["why".to_owned()], refused));
        }
        for (key, wording) in answers {
            let section = match wording {
                Wording::Plain(_) => "answers",
                Wording::ByPerson(_) => "answers_by_person",
            };
            for words in wording.all() {
                if let Err(refused) = self.fits(key, wording, words) {
                    refusals.push((vec![section.to_owned(), key.clone()], refused));
                }
            }
        }
        refusals
    }

    fn fits(&self, key: &str, wording: &Wording, words: &str) -> Result<(), Refused> {
        speakable(words)?;
        let own = key.strip_prefix(self.skill).and_then(|rest| rest.strip_prefix('.'));
        let own = own.filter(|intent| {
            self.manifest.intents.get(*intent).is_some_and(|it| it.means == Means::Answer)
        });
        match (own, self.origin) {
            (Some(intent), _) => self.own(intent, wording, words),
            // Tests compare each of the program's with the catalogue.
            (None, Origin::Program) => Ok(()),
            (None, Origin::Home) => self.of_the_program(key, wording, words),
        }
    }

    /// An answer to one of its own sentences, which have the values that it needs.
    fn own(&self, intent: &str, wording: &Wording, words: &str) -> Result<(), Refused> {
        if let Wording::ByPerson(_) = wording {
            let problem = "this sentence names nobody to speak of";
            return Err(Refused::new(problem, "write one answer under [answers]"));
        }
        let sentences = self.sentences.iter().find(|sentences| sentences.intent == intent);
        let templates = sentences.map_or(&[][..], |sentences| &sentences.templates);
        for (name, form) in values(words) {
            let set = self.manifest.parameters.get(name).and_then(Parameter::usual);
            if let Some(set) = set {
                self.in_form(name, form, &set.slot(self.language))?;
                continue;
            }
            let mut kinds = templates.iter().flat_map(|nodes| template::kinds(nodes));
            let kind = kinds.find(|kind| kind.name(self.lists) == name);
            let sample = kind.and_then(sample);
            let Some(sample) = sample else {
                let problem = match kind {
                    Some(_) => format!("{{{name}}} cannot be said back"),
                    None => format!("no sentence of {intent:?} names {{{name}}}"),
                };
                let mend = "lists, {number}, {duration} and {words} can be said back, named in \
                            every sentence of the intent, and so can the skill's parameters";
                return Err(Refused::new(problem, mend));
            };
            let named = |nodes: &Vec<Node>| {
                template::always_names(nodes, &|kind| kind.name(self.lists) == name)
            };
            if !templates.iter().all(named) {
                return Err(Refused::new(
                    format!("{{{name}}} is not named on every way through the sentences"),
                    "name it in each of them, or make two intents of it",
                ));
            }
            self.in_form(name, form, &sample)?;
        }
        Ok(())
    }

    fn in_form(&self, name: &str, form: &str, sample: &Slot) -> Result<(), Refused> {
        let form = Form::named(form).and_then(|form| spoken::slot(sample, form, self.language));
        match form {
            Some(_) => Ok(()),
            None => Err(Refused::new(
                format!("{{{name}}} cannot be said in this form"),
                format!("write {{{name}}} alone"),
            )),
        }
    }

    /// Other words for what the program's skill of this name says, with the same values.
    fn of_the_program(&self, key: &str, wording: &Wording, words: &str) -> Result<(), Refused> {
        let known = self.instead_of.and_then(|answers| answers.get(key));
        let (Some(known), Some(row)) = (known, catalogue::row(key)) else {
            return Err(Refused::new(
                format!("nothing of this skill says {key:?}"),
                format!("an answer is called `\"{}.INTENT\"`, after an intent", self.skill),
            ));
        };
        if matches!(known, Wording::ByPerson(_)) != matches!(wording, Wording::ByPerson(_)) {
            let problem = "this sentence depends on whom it is about, or does not";
            return Err(Refused::new(problem, "write it under the heading of the program's own"));
        }
        let used = |slot: &&&str| values(words).any(|(name, _)| name == **slot);
        if let Some(unsaid) = row.slots.iter().find(|slot| !used(slot)) {
            let problem = format!("{{{unsaid}}} is not said, and whoever hears it needs it");
            return Err(Refused::new(problem, format!("add {{{unsaid}}}")));
        }
        match values(words)
            .find(|(name, form)| !row.slots.contains(name) || Form::named(form).is_none())
        {
            Some((name, _)) => Err(Refused::new(
                format!("there is no {{{name}}} in this sentence"),
                format!("it has: {}", row.slots.join(", ")),
            )),
            None => Ok(()),
        }
    }
}

/// The values in a sentence, with their forms.
fn values(words: &str) -> impl Iterator<Item = (&str, &str)> {
    pieces(words).into_iter().filter_map(|piece| match piece {
        Piece::Slot { name, form } => Some((name, form)),
        Piece::Words(_) => None,
    })
}

fn speakable(words: &str) -> Result<(), Refused> {
    if words.trim().is_empty() || words.chars().any(char::is_control) {
        return Err(Refused::new("this cannot be said", "write a sentence on one line"));
    }
    if words.len() > ANSWER_BYTES_MAX {
        let problem = format!("this is longer than {ANSWER_BYTES_MAX} bytes");
        return Err(Refused::new(problem, "say it in one or two short sentences"));
    }
    Ok(())
}

/// A value of a kind that can be said back.
fn sample(kind: SlotKind) -> Option<Slot> {
    match kind {
        SlotKind::List(_) => Some(Slot::Name("x".to_owned())),
        SlotKind::Words => Some(Slot::Words("x".to_owned())),
        SlotKind::Number => Some(Slot::Number(3)),
        SlotKind::Duration | SlotKind::By => Some(Slot::Duration(Duration::from_secs(300))),
        SlotKind::Things(_)
        | SlotKind::Scene
        | SlotKind::Contact
        | SlotKind::When
        | SlotKind::Period
        | SlotKind::Room
        | SlotKind::Device
        | SlotKind::Tenths => None,
    }
}
