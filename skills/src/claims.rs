//! Sentences that two skills would take: made from the templates of a home's own skills, and
//! understood as the home would. Judges nothing else.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::DateTime;
use omzien_core::{Expectation, Language, Plan};

use crate::Skills;
use crate::hearing::{Hearing, Through};
use crate::language;
use crate::samples::Sampler;
use crate::skill::{Origin, Skill};
use crate::vocabulary::Vocabulary;

/// Ways through one template that are tried.
const TURNS: usize = 8;
/// Of one intent so many are told; the rest is alike.
const TOLD_MAX: usize = 3;

/// A sentence of one skill that is understood as another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The skill whose sentence it is.
    pub skill: String,
    /// The language of the sentence.
    pub language: Language,
    /// The sentence.
    pub sentence: String,
    /// `skill.intent` of the template.
    pub of: String,
    /// `skill.intent` that takes it.
    pub taken_by: String,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sentence, of, taken_by, .. } = self;
        write!(f, "{of} and {taken_by} both claim {sentence:?}; {taken_by} gets it")
    }
}

/// See [`Skills::claims`].
pub(crate) fn claims(
    skills: &Skills,
    language: Language,
    plan: &Plan,
    now: DateTime,
) -> Vec<Claim> {
    let vocabulary = Vocabulary::of(plan);
    let mut claims = Vec::new();
    for skill in skills.list().iter().filter(|skill| skill.origin == Origin::Home) {
        claims.extend(of_skill(skills, skill, language, &vocabulary, now));
    }
    claims
}

fn of_skill(
    skills: &Skills,
    skill: &Skill,
    language: Language,
    vocabulary: &Vocabulary,
    now: DateTime,
) -> Vec<Claim> {
    let sampler = Sampler { lists: skills.lists(), language, vocabulary: Some(vocabulary) };
    let hearing = hearing(language, now);
    let mut claims = Vec::new();
    let sentences = &skill.speech[language::place(language)].sentences;
    for sentences in sentences.iter().filter(|it| it.origin == Origin::Home) {
        let of = format!("{}.{}", skill.name, sentences.intent);
        let ways = sentences
            .templates
            .iter()
            .flat_map(|nodes| (0..TURNS).map(move |turn| sampler.sentence(nodes, turn * 37)));
        let ways: BTreeSet<String> = ways.collect();
        let taken = ways.into_iter().filter_map(|sentence| {
            let understood = skills.understand(&sentence, &hearing, vocabulary)?;
            let other = !understood.name.is_empty() && understood.name != of;
            other.then_some((sentence, understood.name))
        });
        claims.extend(taken.take(TOLD_MAX).map(|(sentence, taken_by)| Claim {
            skill: skill.name.clone(),
            language,
            sentence,
            of: of.clone(),
            taken_by,
        }));
    }
    claims
}

fn hearing(language: Language, now: DateTime) -> Hearing<'static> {
    let expectation = Expectation::default();
    Hearing { language, expectation, now, room: None, through: Through::Text, confidence: 1.0 }
}

impl Skills {
    /// Sentences of a home's own skills that are understood as something else.
    pub fn claims(&self, language: Language, plan: &Plan, now: DateTime) -> Vec<Claim> {
        claims(self, language, plan, now)
    }

    /// The template that took a sentence, as its file writes it; none where it was guessed.
    pub fn template(
        &self,
        text: &str,
        name: &str,
        hearing: &Hearing<'_>,
        vocabulary: &Vocabulary,
    ) -> Option<&str> {
        let (skill, intent) = name.rsplit_once('.')?;
        let skill = self.list().iter().find(|known| known.name == skill)?;
        let place = language::place(hearing.language);
        let sentences = skill.speech[place].sentences.iter().find(|it| it.intent == intent)?;
        let said = self.engine(hearing.language).sentence_said(text, name, hearing, vocabulary)?;
        sentences.written.get(said).map(String::as_str)
    }
}
