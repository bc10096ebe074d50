//! Replies to sentences. A reply without words, or with a slot too few, is an error: a broken
//! sentence is never said.

use std::collections::BTreeMap;

use omzien_core::catalogue::{self, To};
use omzien_core::plan::Pronoun;
use omzien_core::{Language, Plan, Reply, Slot};

use crate::error::RenderError;
use crate::skill::{ByPerson, Wording};
use crate::spoken::{self, Form};

/// Replies within replies.
const DEPTH_MAX: usize = 4;

/// The words for every key in one language.
pub(crate) type Answers = BTreeMap<String, Wording>;

/// See [`crate::Skills::render`].
pub(crate) fn render(
    reply: &Reply,
    answers: &Answers,
    language: Language,
    plan: &Plan,
) -> Result<String, RenderError> {
    let renderer = Renderer { answers, language, plan };
    let words = renderer.render(reply, 0)?;
    let part = catalogue::row(&reply.key).is_some_and(|row| row.to == To::Part);
    Ok(if part { words } else { with_capitals(&words) })
}

struct Renderer<'a> {
    answers: &'a Answers,
    language: Language,
    plan: &'a Plan,
}

impl Renderer<'_> {
    fn render(&self, reply: &Reply, depth: usize) -> Result<String, RenderError> {
        let key = || reply.key.to_string();
        if depth >= DEPTH_MAX {
            return Err(RenderError::TooDeep { key: key() });
        }
        let wording =
            self.answers.get(&*reply.key).ok_or_else(|| RenderError::UnknownKey { key: key() })?;
        let words = match wording {
            Wording::Plain(words) => words,
            Wording::ByPerson(words) => self.by_person(reply, words)?,
        };
        let mut said = String::with_capacity(words.len() + 32);
        for piece in pieces(words) {
            match piece {
                Piece::Words(words) => said.push_str(words),
                Piece::Slot { name, form } => {
                    let slot = reply.slots.get(name).ok_or_else(|| RenderError::MissingSlot {
                        key: key(),
                        slot: name.to_owned(),
                    })?;
                    let wrong = || RenderError::WrongSlot { key: key(), slot: name.to_owned() };
                    let form = Form::named(form).ok_or_else(wrong)?;
                    let words = self.slot(slot, form, depth)?;
                    said.push_str(&words.ok_or_else(wrong)?);
                }
            }
        }
        Ok(said)
    }

    /// `None` if the value cannot be said in this form, or says nothing.
    fn slot(&self, slot: &Slot, form: Form, depth: usize) -> Result<Option<String>, RenderError> {
        match slot {
            Slot::Reply(reply) => self.render(reply, depth + 1).map(Some),
            Slot::List(_) if depth >= DEPTH_MAX => Ok(None),
            Slot::List(parts) => {
                let parts = parts.iter().map(|part| self.slot(part, form, depth + 1));
                let parts: Option<Vec<String>> = parts.collect::<Result<_, _>>()?;
                Ok(parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("; ")))
            }
            Slot::Name(_)
            | Slot::Words(_)
            | Slot::Time(_)
            | Slot::Date(_)
            | Slot::Duration(_)
            | Slot::Number(_)
            | Slot::Degrees(_)
            | Slot::Days(_)
            | Slot::Names(_) => Ok(spoken::slot(slot, form, self.language)),
        }
    }

    /// Which sentence is right for the people in it: the row's `contacts` or `contact`.
    fn by_person<'w>(&self, reply: &Reply, words: &'w ByPerson) -> Result<&'w str, RenderError> {
        let missing =
            || RenderError::MissingSlot { key: reply.key.to_string(), slot: "contact".to_owned() };
        let slot = reply.slots.get("contacts").or_else(|| reply.slots.get("contact"));
        let name = match slot.ok_or_else(missing)? {
            Slot::Names(names) => match &names[..] {
                [name] => name,
                [] => return Err(missing()),
                [_, _, ..] => return Ok(&words.many),
            },
            Slot::Name(name) => name,
            // "Somebody": nobody knows the pronoun.
            Slot::Reply(_)
            | Slot::List(_)
            | Slot::Words(_)
            | Slot::Time(_)
            | Slot::Date(_)
            | Slot::Duration(_)
            | Slot::Number(_)
            | Slot::Degrees(_)
            | Slot::Days(_) => return Ok(&words.one),
        };
        let contact = self
            .plan
            .circle
            .values()
            .find(|contact| contact.name == *name || contact.aliases.contains(name));
        Ok(match contact.map(|contact| contact.pronoun) {
            Some(Pronoun::She) => &words.she,
            Some(Pronoun::He) => &words.he,
            Some(Pronoun::They) | None => &words.one,
        })
    }
}

/// A piece of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Words(&'a str),
    /// `{time}` or, in a certain form, `{time:digits}`.
    Slot {
        name: &'a str,
        form: &'a str,
    },
}

/// The pieces of a sentence; an unclosed bracket is words.
pub(crate) fn pieces(words: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((slot, after)) = after.split_once('}') else { break };
        let (name, form) = slot.split_once(':').unwrap_or((slot, ""));
        pieces.extend([Piece::Words(before), Piece::Slot { name, form }]);
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// A name at the beginning of a sentence gets its capital: "de buurman zegt" is "De buurman zegt".
fn with_capitals(words: &str) -> String {
    let mut capitals = String::with_capacity(words.len());
    let mut letters = words.chars();
    capitals.extend(letters.next().into_iter().flat_map(char::to_uppercase));
    capitals.push_str(letters.as_str());
    capitals
}
