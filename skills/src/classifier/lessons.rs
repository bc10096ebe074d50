//! What a classifier learns from: sentences made from the skills' own templates, disturbed as
//! people and recognisers disturb them, beside sentences that people said. Keeps none of them.

use omzien_core::Language;

use super::training::{Said, Sample};
use crate::language;
use crate::lists::Lists;
use crate::skill::{Sentences, Skill};
use crate::template::{Node, SlotKind};
use crate::text;
use crate::understand::Engine;
use crate::vocabulary::Vocabulary;

/// Sentences that are made for each meaning.
const MADE: usize = 160;
/// A sentence that we made counts for less than one that somebody said.
const MADE_WORTH: f32 = 0.4;
/// What a skill's examples say must not be taken for anything counts for more: it comes near.
const NEAR_WORTH: f32 = 10.0;
/// The resident's own words are at most this many here.
const OWN_MAX: u64 = 5;

/// A sentence that somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// As it was written down.
    pub text: String,
    /// The `skill.intent` that it means, or those that it may; none: it is nothing for us.
    pub means: Vec<String>,
}

/// Everything to learn from.
pub(crate) fn samples(
    skills: &[Skill],
    lists: &Lists,
    engine: &Engine,
    language: Language,
    vocabulary: &Vocabulary,
    said: &[Labelled],
) -> Vec<Sample> {
    let mut samples: Vec<Sample> = said
        .iter()
        .map(|sentence| Sample {
            tokens: engine.tokens(&sentence.text, vocabulary),
            labels: sentence.means.clone(),
            worth: 1.0,
            said: Said::ByPeople,
        })
        .collect();
    let near = skills.iter().flat_map(|skill| skill.near(language));
    samples.extend(near.map(|sentence| Sample {
        tokens: engine.tokens(sentence, vocabulary),
        labels: Vec::new(),
        worth: NEAR_WORTH,
        said: Said::ByOurTemplates,
    }));
    let own: Vec<String> = samples.iter().flat_map(|sample| sample.tokens.clone()).collect();
    let own: Vec<String> = own.into_iter().filter(|token| !token.starts_with('{')).collect();
    let polite = language::tongue(language).polite_before();
    let polite: Vec<Vec<String>> = polite.iter().map(|written| text::norms(written)).collect();
    let mut teacher = Teacher { lists, own: &own, polite: &polite, chance: 7 };
    for skill in skills {
        for sentences in &skill.speech[language::place(language)].sentences {
            let Sentences { intent, rule, templates, .. } = sentences;
            if rule.may_be_guessed() {
                samples.extend(teacher.lessons(&format!("{}.{intent}", skill.name), templates));
            }
        }
    }
    samples
}

/// Makes sentences by chance, the same each time.
struct Teacher<'a> {
    lists: &'a Lists,
    /// Words that people used, to stand for the resident's own.
    own: &'a [String],
    /// What may stand before a request.
    polite: &'a [Vec<String>],
    chance: u64,
}

impl Teacher<'_> {
    /// Sentences of one meaning.
    fn lessons(&mut self, name: &str, templates: &[Vec<Node>]) -> Vec<Sample> {
        (0..MADE)
            .map(|turn| {
                let mut tokens = Vec::new();
                self.expand(&templates[turn % templates.len()], &mut tokens);
                if !turn.is_multiple_of(3) {
                    self.disturb(&mut tokens);
                }
                let labels = vec![name.to_owned()];
                Sample { tokens, labels, worth: MADE_WORTH, said: Said::ByOurTemplates }
            })
            .collect()
    }

    fn expand(&mut self, nodes: &[Node], tokens: &mut Vec<String>) {
        for node in nodes {
            match node {
                Node::Word { norm, .. } => tokens.push(norm.clone()),
                Node::Slot(SlotKind::Words) => self.own_words(tokens),
                Node::Slot(kind) => tokens.push(format!("{{{}}}", kind.name(self.lists))),
                Node::Choice(ways) => {
                    let way = self.below(ways.len() as u64);
                    self.expand(&ways[way], tokens);
                }
                Node::Start | Node::End => {}
            }
        }
    }

    fn own_words(&mut self, tokens: &mut Vec<String>) {
        if self.own.is_empty() {
            return;
        }
        let length = 1 + self.below(OWN_MAX);
        let from = self.below(self.own.len() as u64);
        tokens.extend(self.own.iter().cycle().skip(from).take(length).cloned());
    }

    /// As it is said in haste, politely, in another order, or misheard.
    fn disturb(&mut self, tokens: &mut Vec<String>) {
        match self.below(5) {
            0 if tokens.len() > 2 => {
                let at = self.below(tokens.len() as u64);
                if !tokens[at].starts_with('{') {
                    tokens.remove(at);
                }
            }
            1 => {
                let at = self.below(tokens.len().max(1) as u64);
                tokens.rotate_left(at);
            }
            2 | 3 => {
                let at = self.below(tokens.len().max(1) as u64);
                if let Some(token) = tokens.get_mut(at).filter(|token| !token.starts_with('{'))
                    && token.chars().count() > 3
                {
                    let gone = self.below(token.chars().count() as u64);
                    *token = token
                        .chars()
                        .enumerate()
                        .filter(|it| it.0 != gone)
                        .map(|it| it.1)
                        .collect();
                }
            }
            _ => {
                if !self.polite.is_empty() {
                    let polite = self.below(self.polite.len() as u64);
                    let before = self.polite[polite].clone();
                    tokens.splice(0..0, before);
                }
            }
        }
    }

    fn below(&mut self, bound: u64) -> usize {
        self.chance = self
            .chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.chance >> 33) % bound.max(1)) as usize
    }
}
