//! What can be said now, as a graph of words: the templates of the skills with the names of the
//! home, for a recogniser that decodes along it. Bounded, and the same each time.

use std::collections::BTreeSet;

use omzien_core::{Expectation, Expects, Language, Part, Phrases, Place, Step};

use crate::language::{self, Tongue};
use crate::lists::Lists;
use crate::skill::{IntentRule, Means, Skill, WordsRule};
use crate::template::{Node, SlotKind};
use crate::vocabulary::Vocabulary;

/// A home with two hundred lamps has a third of this; templates beyond it are left out, the
/// cries and answers never.
pub(crate) const PLACES_MAX: usize = 100_000;

/// See [`crate::Skills::phrases`].
pub(crate) fn phrases(
    skills: &[Skill],
    lists: &Lists,
    enabled: &[bool],
    language: Language,
    vocabulary: &Vocabulary,
    expectation: Expectation,
) -> Phrases {
    let mut graph = Graph::new(lists, language, vocabulary);
    let listening = skills.iter().zip(enabled).filter(|(_, enabled)| **enabled);
    let mut meanings: Vec<_> = listening
        .flat_map(|(skill, _)| &skill.speech[language::place(language)].sentences)
        .filter(|sentences| {
            let expected = &sentences.rule.while_expected;
            expected.is_empty() || expected.contains(&expectation.expects)
        })
        .collect();
    meanings.sort_by_key(|sentences| {
        sentences.rule.means != Means::Help && sentences.rule.while_expected.is_empty()
    });
    for sentences in &meanings {
        for template in &sentences.templates {
            if graph.phrases.size() < PLACES_MAX {
                graph.add(template, &sentences.rule);
            }
        }
    }
    // A recogniser that has time for cries alone is told no more.
    if meanings.iter().any(|sentences| sentences.rule.means != Means::Help) {
        graph.call();
    }
    if expectation.expects == Expects::Words {
        graph.own_words();
    }
    graph.finish()
}

/// A compound's parts are at least this long (letters).
const PART_MIN: usize = 4;

/// A compound in two words that are known by themselves: a recogniser writes "garage deur" for
/// "garagedeur", and skills understand both.
pub(crate) fn in_two_words(name: &str, known: &BTreeSet<&str>) -> Option<String> {
    let cuts = name.char_indices().map(|(at, _)| at).filter(|at| *at > 0);
    let mut parts = cuts.map(|at| name.split_at(at));
    let long = |part: &str| part.chars().count() >= PART_MIN;
    let (first, second) = parts.find(|(first, second)| {
        long(first) && long(second) && known.contains(first) && known.contains(second)
    })?;
    Some(format!("{first} {second}"))
}

/// The graph of one meaning alone.
#[cfg(test)]
pub(crate) fn of_sentences(
    sentences: &crate::skill::Sentences,
    lists: &Lists,
    language: Language,
    vocabulary: &Vocabulary,
) -> Phrases {
    let mut graph = Graph::new(lists, language, vocabulary);
    sentences.templates.iter().for_each(|template| graph.add(template, &sentences.rule));
    graph.phrases
}

struct Graph<'a> {
    phrases: Phrases,
    /// Where requests begin: politeness may stand before them.
    request: Place,
    /// Where requests end, and may be followed by politeness; where answers end.
    asked: Place,
    answered: Place,
    lists: &'a Lists,
    language: Language,
    vocabulary: &'a Vocabulary,
    tongue: &'static Tongue,
    /// The words of all names and lists.
    named: BTreeSet<&'a str>,
    /// What each slot can be, once.
    slots: Vec<(SlotKind, Part)>,
}

impl<'a> Graph<'a> {
    fn new(lists: &'a Lists, language: Language, vocabulary: &'a Vocabulary) -> Self {
        let mut phrases = Phrases::default();
        let (request, asked, answered) = (phrases.place(), phrases.place(), phrases.place());
        phrases.step(Place::START, Step::Nothing, request);
        phrases.step(asked, Step::Nothing, answered);
        phrases.end(answered);
        let tongue = language::tongue(language);
        let names = lists
            .all_forms(language)
            .chain(vocabulary.thing_samples(language))
            .chain(vocabulary.scene_samples())
            .chain(vocabulary.room_samples())
            .chain(vocabulary.device_samples());
        let named = names.flat_map(|name| name.split_whitespace()).collect();
        Self {
            phrases,
            request,
            asked,
            answered,
            lists,
            language,
            vocabulary,
            tongue,
            named,
            slots: Vec::new(),
        }
    }

    /// Nothing polite stands around a cry, nor around an answer that counts word for word.
    fn add(&mut self, template: &[Node], rule: &IntentRule) {
        let (from, to) = match (rule.means, rule.words) {
            (Means::Help, _) | (_, WordsRule::Strict) => (Place::START, self.answered),
            (_, WordsRule::Lenient) => (self.request, self.asked),
        };
        let end = self.nodes(template, from);
        self.phrases.step(end, Step::Nothing, to);
    }

    /// Anything is an answer.
    fn own_words(&mut self) {
        self.phrases.step(Place::START, Step::OwnWords, self.answered);
    }

    /// The companion's name is a sentence by itself, and with a word that calls beside it.
    fn call(&mut self) {
        let name = self.vocabulary.companion_spoken();
        if name.is_empty() {
            return;
        }
        let calling = &self.tongue.calling_written;
        let before = self.texts(calling, Place::START);
        for from in [Place::START, before] {
            let named = self.text(name, from);
            self.phrases.end(named);
            let after = self.texts(calling, named);
            self.phrases.end(after);
        }
    }

    /// The companion's name goes before and after anything, a few polite words around a request.
    fn finish(mut self) -> Phrases {
        let (request, asked, answered) = (self.request, self.asked, self.answered);
        let before = self.texts(self.tongue.polite_before(), Place::START);
        self.phrases.step(before, Step::Nothing, request);
        let after = self.texts(self.tongue.polite_after(), asked);
        self.phrases.step(after, Step::Nothing, answered);
        let name = self.vocabulary.companion_spoken();
        if !name.is_empty() {
            let end = self.text(name, Place::START);
            self.phrases.step(end, Step::Nothing, Place::START);
            let end = self.text(name, answered);
            self.phrases.end(end);
        }
        self.phrases.names = self.vocabulary.spoken().to_vec();
        self.phrases
    }

    fn nodes(&mut self, nodes: &[Node], from: Place) -> Place {
        nodes.iter().fold(from, |at, node| match node {
            Node::Word { raw, .. } => self.phrases.word(at, raw),
            Node::Start | Node::End => at,
            Node::Slot(kind) => self.slot(*kind, at),
            Node::Choice(ways) => {
                let after = self.phrases.place();
                for way in ways {
                    let end = self.nodes(way, at);
                    self.phrases.step(end, Step::Nothing, after);
                }
                after
            }
        })
    }

    fn slot(&mut self, kind: SlotKind, from: Place) -> Place {
        let after = self.phrases.place();
        if kind == SlotKind::Words {
            self.phrases.step(from, Step::OwnWords, after);
        } else {
            let part = self.part(kind);
            self.phrases.through(from, part, after);
        }
        after
    }

    /// What a slot can be.
    fn part(&mut self, kind: SlotKind) -> Part {
        if let Some((_, known)) = self.slots.iter().find(|(known, _)| *known == kind) {
            return *known;
        }
        let part = self.phrases.part();
        self.slots.push((kind, part));
        let (lists, vocabulary) = (self.lists, self.vocabulary);
        let names = match kind {
            SlotKind::Things(kind) => vocabulary.things(kind, self.language).samples(),
            SlotKind::Scene => vocabulary.scene_samples(),
            SlotKind::Contact => vocabulary.contact_samples(),
            SlotKind::Room => vocabulary.room_samples(),
            SlotKind::Device => vocabulary.device_samples(),
            SlotKind::List(list) => lists.forms(list),
            SlotKind::When
            | SlotKind::Duration
            | SlotKind::By
            | SlotKind::Number
            | SlotKind::Tenths
            | SlotKind::Words => &[],
        };
        if !names.is_empty() {
            self.names(names, part);
        }
        for template in self.tongue.said(kind) {
            let end = self.nodes(template, part.begin);
            self.phrases.step(end, Step::Nothing, part.end);
        }
        part
    }

    /// These names, with or without an article.
    fn names(&mut self, names: &[String], part: Part) {
        let begin = self.phrases.place();
        self.phrases.step(part.begin, Step::Nothing, begin);
        for article in self.tongue.said_articles() {
            let article = Step::Word(self.phrases.known(article));
            self.phrases.step(part.begin, article, begin);
        }
        let after = self.texts(names, begin);
        self.phrases.step(after, Step::Nothing, part.end);
        for name in names {
            if let Some(name) = in_two_words(name, &self.named) {
                let end = self.text(&name, begin);
                self.phrases.step(end, Step::Nothing, after);
            }
        }
    }

    /// One of these. Nothing to choose from leads nowhere.
    fn texts(&mut self, texts: &[String], from: Place) -> Place {
        let after = self.phrases.place();
        for text in texts {
            let end = self.text(text, from);
            self.phrases.step(end, Step::Nothing, after);
        }
        after
    }

    fn text(&mut self, text: &str, from: Place) -> Place {
        text.split_whitespace().fold(from, |at, word| self.phrases.word(at, word))
    }
}
