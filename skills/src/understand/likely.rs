//! What a sentence most resembles where no template matched it: the names and times in it are
//! found first, the classifier chooses the meaning, and the slots of that meaning alone are filled.
//! Never asked about an answer that may close something, nor about a cry for help.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use omzien_core::Expectation;
use omzien_core::intent::Given;

use super::{Engine, Heard, Listener, Reading, Rule, Spoken, Telling, Value, without};
use crate::hearing::{Hearing, Through};
use crate::language;
use crate::program::{Matched, Sentence, Taken, WordId};
use crate::skill::Found;
use crate::template::{Node, SlotKind};
use crate::things::ThingName;
use crate::vocabulary::Vocabulary;

/// The certainty at which one of two opposites is guessed from no word that tells them apart.
const UNTOLD_MIN: f32 = 0.8;

/// What the sentences of a meaning are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Makings {
    /// The slots that they name.
    pub(crate) kinds: Vec<SlotKind>,
    /// Slots of which each sentence names at least one; empty if one needs none.
    needed: Vec<SlotKind>,
    /// Their own words: what they are not is the resident's.
    pub(super) carriers: BTreeSet<WordId>,
}

impl Makings {
    pub(super) fn of(templates: &[Vec<Node>], id: impl Fn(&str) -> Option<WordId>) -> Self {
        let mut makings = Self::default();
        for nodes in templates {
            makings.gather(nodes, &id);
        }
        if templates.iter().all(|nodes| always_names(nodes)) {
            makings.needed.clone_from(&makings.kinds);
        }
        makings
    }

    fn gather(&mut self, nodes: &[Node], id: &impl Fn(&str) -> Option<WordId>) {
        for node in nodes {
            match node {
                Node::Word { norm, .. } => self.carriers.extend(id(norm)),
                Node::Slot(kind) if !self.kinds.contains(kind) => self.kinds.push(*kind),
                Node::Choice(ways) => ways.iter().for_each(|way| self.gather(way, id)),
                Node::Slot(_) | Node::Start | Node::End => {}
            }
        }
    }
}

/// Is a slot on every way through it?
fn always_names(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Slot(_) => true,
        Node::Choice(ways) => ways.iter().all(|way| always_names(way)),
        Node::Word { .. } | Node::Start | Node::End => false,
    })
}

impl Listener<'_> {
    /// The likeliest meaning of which everything that it needs is there. What answers a question
    /// must be an answer: nothing is guessed then.
    pub(super) fn likeliest(&self, plain: &[Heard]) -> Option<Reading> {
        if self.hearing.expectation.expects.is_question() {
            return None;
        }
        let classifier = self.engine.classifier.as_ref()?;
        let reduced = without(plain, &self.tongue.politeness);
        if reduced.is_empty() {
            return None;
        }
        let words = &reduced[..];
        let spoken = self.spoken(words.iter().map(|word| word.norm.clone()).collect());
        let tokens = spoken.tokens(&self.engine.kinds);
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let rules: Vec<&Rule> =
            self.rules(Found::Whole).filter(|rule| rule.rule.may_be_guessed()).collect();
        let asked = |label: &str| rules.iter().any(|rule| rule.name == label);
        let (label, share) = classifier.likeliest(&tokens, asked)?;
        let rule = rules.into_iter().find(|rule| rule.name == label)?;
        if self.denies(&spoken, rule)
            || self.is_for_later(&spoken, rule)
            || share < rule.sure_enough(&spoken)?
        {
            return None;
        }
        let filled = spoken.fill(&rule.makings)?;
        if self.leaves_out_a_name(&spoken, &filled) {
            return None;
        }
        self.reading(rule, &filled, words, share)
    }
}

impl Rule {
    /// How sure a guess must be: of two opposites the one whose own words were not said is hardly
    /// guessed, and not at all (`None`) if the other's were.
    fn sure_enough(&self, spoken: &Spoken<'_>) -> Option<f32> {
        let Some(Telling { own, opposite }) = &self.telling else { return Some(0.0) };
        let Listener { engine, tongue, .. } = *spoken.listener;
        let said = spoken.ids.iter().zip(&spoken.norms);
        let said: BTreeSet<WordId> = said
            .flat_map(|(id, norm)| match id {
                Some(id) => vec![*id],
                None => engine.may_have_been(norm, tongue),
            })
            .collect();
        match (said.is_disjoint(own), said.is_disjoint(opposite)) {
            (false, _) => Some(0.0),
            (true, true) => Some(UNTOLD_MIN),
            (true, false) => None,
        }
    }
}

impl Listener<'_> {
    /// "What is on the television?" names a thing with which a list for the shop has nothing to do.
    fn leaves_out_a_name(&self, spoken: &Spoken<'_>, filled: &Matched<Value>) -> bool {
        let taken = |at: usize| filled.taken.iter().any(|it| (it.from..it.until).contains(&at));
        let is_own = |value: &Value| {
            matches!(
                value,
                Value::Thing(_, ThingName::Device { .. }) | Value::Given(Given::Contact(_))
            )
        };
        (0..spoken.norms.len()).filter(|at| !taken(*at)).any(|at| {
            let kinds = self.engine.kinds.iter().filter(|kind| **kind != SlotKind::Words);
            kinds
                .flat_map(|kind| spoken.values(*kind, at).to_vec())
                .any(|(_, value)| is_own(&value))
        })
    }

    /// "In five minutes": what is meant for later is not done now.
    fn is_for_later(&self, spoken: &Spoken<'_>, rule: &Rule) -> bool {
        let times = [SlotKind::When, SlotKind::Duration];
        let acts = |kind: &SlotKind| matches!(kind, SlotKind::Things(_) | SlotKind::Scene);
        rule.makings.kinds.iter().any(acts)
            && (0..spoken.norms.len())
                .any(|at| times.iter().any(|kind| !spoken.values(*kind, at).is_empty()))
    }

    /// "Not" turns a sentence round, and to a classifier it is a word like any other.
    pub(super) fn denies(&self, spoken: &Spoken<'_>, rule: &Rule) -> bool {
        spoken.norms.iter().zip(&spoken.ids).any(|(norm, id)| {
            let carried = id.is_some_and(|id| rule.makings.carriers.contains(&id));
            !carried && self.tongue.denial.contains(norm)
        })
    }
}

impl Engine {
    /// A sentence as the classifier reads it.
    pub(crate) fn tokens(&self, text: &str, vocabulary: &Vocabulary) -> Vec<String> {
        let tongue = language::tongue(self.language);
        let hearing = Hearing {
            language: self.language,
            expectation: Expectation::default(),
            now: DateTime::default(),
            room: None,
            through: Through::Text,
            confidence: 1.0,
        };
        let (_, said) = self.without_companion(self.heard(text, vocabulary), vocabulary, tongue);
        let plain = without(&without(&said, &tongue.hesitation), &tongue.politeness);
        let listener = Listener {
            engine: self,
            hearing: &hearing,
            vocabulary,
            tongue,
            enabled: &[],
            said: &said,
        };
        let spoken = listener.spoken(plain.iter().map(|word| word.norm.clone()).collect());
        spoken.tokens(&self.kinds)
    }
}

impl Spoken<'_> {
    /// The words, with what names something replaced by the name of its slot: which lamp it is
    /// says nothing about what is wanted of it.
    fn tokens(&self, kinds: &[SlotKind]) -> Vec<String> {
        let lists = &self.listener.engine.lists;
        let mut tokens = Vec::with_capacity(self.norms.len());
        let mut at = 0;
        while at < self.norms.len() {
            match self.longest(kinds, at) {
                Some(taken) => {
                    tokens.push(format!("{{{}}}", taken.kind.name(lists)));
                    at = taken.until;
                }
                None => {
                    tokens.push(self.norms[at].clone());
                    at += 1;
                }
            }
        }
        tokens
    }

    /// The longest value that begins at a place; of two as long the first kind's.
    fn longest(&self, kinds: &[SlotKind], at: usize) -> Option<Taken<Value>> {
        let mut longest: Option<Taken<Value>> = None;
        for kind in kinds.iter().filter(|kind| **kind != SlotKind::Words) {
            let values = self.values(*kind, at);
            let Some((until, value)) = values.first().cloned() else { continue };
            if longest.as_ref().is_none_or(|longest| until > longest.until) {
                longest = Some(Taken { kind: *kind, from: at, until, value });
            }
        }
        longest
    }

    /// What the slots of a meaning take, wherever in the sentence it stands; `None` if what each
    /// of its sentences names is not there.
    fn fill(&self, makings: &Makings) -> Option<Matched<Value>> {
        let mut matched = Matched { until: self.norms.len(), ..Matched::default() };
        let mut at = 0;
        while at < self.norms.len() {
            match self.longest(&makings.kinds, at) {
                Some(taken) => {
                    at = taken.until;
                    matched.taken.push(taken);
                }
                None => at += 1,
            }
        }
        if makings.kinds.contains(&SlotKind::Words) {
            let own = self.own_words(makings, &matched);
            matched.taken.extend(own);
        }
        let named = |kind: &SlotKind| matched.taken.iter().any(|taken| taken.kind == *kind);
        (makings.needed.is_empty() || makings.needed.iter().any(named)).then_some(matched)
    }

    /// The longest stretch that is neither named nor carried: from the first word that is the
    /// resident's own to the last.
    fn own_words(&self, makings: &Makings, matched: &Matched<Value>) -> Option<Taken<Value>> {
        let named = |at: usize| matched.taken.iter().any(|it| (it.from..it.until).contains(&at));
        let carried = |at: usize| self.ids[at].is_some_and(|id| makings.carriers.contains(&id));
        let mut best: Option<(usize, usize)> = None;
        let mut from = None;
        for at in 0..self.norms.len() {
            if named(at) {
                from = None;
            } else if !carried(at) {
                let first = *from.get_or_insert(at);
                if best.is_none_or(|(from, until)| at + 1 - first > until - from) {
                    best = Some((first, at + 1));
                }
            }
        }
        let (from, until) = best?;
        Some(Taken { kind: SlotKind::Words, from, until, value: Value::Words })
    }
}
