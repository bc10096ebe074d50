//! Sentences made from templates, to show what a skill would take: the same each time. Judges one
//! thing: whether a template takes sentences about anything.

use std::rc::Rc;

use omzien_core::Language;

use crate::language::{self, Tongue};
use crate::lists::Lists;
use crate::program::{Extent, Program, Sentence, WordId, Words};
use crate::template::{self, Node, SlotKind};
use crate::text;
use crate::vocabulary::Vocabulary;

/// Makes sentences of one language.
#[derive(Clone, Copy)]
pub(crate) struct Sampler<'a> {
    pub(crate) lists: &'a Lists,
    pub(crate) language: Language,
    /// The names of the home in which it is said; without them a slot is called as it is written.
    pub(crate) vocabulary: Option<&'a Vocabulary>,
}

impl Sampler<'_> {
    /// One way through a template: of turn 0 the first of everything.
    pub(crate) fn sentence(&self, nodes: &[Node], turn: usize) -> String {
        let mut words = Vec::new();
        self.walk(nodes, &mut Turn(turn), &mut words);
        words.join(" ")
    }

    /// A sentence that shows that a template takes sentences about anything; none if it does not.
    pub(crate) fn boundless(&self, nodes: &[Node]) -> Option<String> {
        let free = template::takes_own_words(nodes);
        let shown = || free.then(|| self.stranger_taken(nodes)).flatten();
        match template::is_anything(nodes) {
            true => Some(shown().unwrap_or_else(|| self.sentence(nodes, 0))),
            false => shown(),
        }
    }

    /// What people say about other things, and the template takes.
    fn stranger_taken(&self, nodes: &[Node]) -> Option<String> {
        let mut words = Words::default();
        let program = Program::compile(nodes, &mut words);
        let mut strangers = self.tongue().strangers.iter();
        let taken = strangers.find(|stranger| {
            let ids: Vec<_> = text::norms(stranger).iter().map(|norm| words.id(norm)).collect();
            let named = vec![false; ids.len()];
            program.run(&Stranger { ids, named }, 0, Extent::Whole).is_some()
        });
        taken.cloned()
    }

    fn walk(&self, nodes: &[Node], turn: &mut Turn, words: &mut Vec<String>) {
        for node in nodes {
            match node {
                Node::Word { raw, .. } => words.push(raw.clone()),
                Node::Slot(kind) => self.slot(*kind, turn, words),
                Node::Choice(ways) => {
                    let way = turn.of(ways.len());
                    self.walk(&ways[way], turn, words);
                }
                Node::Start | Node::End => {}
            }
        }
    }

    fn slot(&self, kind: SlotKind, turn: &mut Turn, words: &mut Vec<String>) {
        let tongue = self.tongue();
        let said = tongue.said(kind);
        if !said.is_empty() {
            return self.walk(&said[turn.of(said.len())], turn, words);
        }
        let names = match (kind, self.vocabulary) {
            (SlotKind::List(list), _) => self.lists.forms(list),
            (SlotKind::Words, _) => &tongue.strangers[..],
            (SlotKind::Things(kind), Some(home)) => home.things(kind, self.language).samples(),
            (SlotKind::Scene, Some(home)) => home.scene_samples(),
            (SlotKind::Contact, Some(home)) => home.contact_samples(),
            (SlotKind::Room, Some(home)) => home.room_samples(),
            (SlotKind::Device, Some(home)) => home.device_samples(),
            (
                SlotKind::Things(_)
                | SlotKind::Scene
                | SlotKind::Contact
                | SlotKind::Room
                | SlotKind::Device
                | SlotKind::When
                | SlotKind::Period
                | SlotKind::Duration
                | SlotKind::By
                | SlotKind::Tenths
                | SlotKind::Number,
                _,
            ) => &[],
        };
        let name = names.get(turn.of(names.len().max(1)));
        words.push(name.map_or_else(|| kind.name(self.lists).to_owned(), Clone::clone));
    }

    fn tongue(&self) -> &'static Tongue {
        language::tongue(self.language)
    }
}

/// Chooses by chance, the same each time.
struct Turn(usize);

impl Turn {
    fn of(&mut self, count: usize) -> usize {
        let chosen = self.0 % count.max(1);
        // The multiplier of Knuth's generator; the high bits are the better ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005) >> 7;
        chosen
    }
}

/// A sentence that names nothing of a home.
struct Stranger {
    ids: Vec<Option<WordId>>,
    named: Vec<bool>,
}

impl Sentence for Stranger {
    type Value = ();

    fn words(&self) -> &[Option<WordId>] {
        &self.ids
    }

    fn named(&self) -> &[bool] {
        &self.named
    }

    fn values(&self, kind: SlotKind, at: usize) -> Rc<[(usize, ())]> {
        match kind {
            SlotKind::Words => (at + 1..=self.ids.len()).map(|until| (until, ())).collect(),
            SlotKind::Things(_)
            | SlotKind::Scene
            | SlotKind::Contact
            | SlotKind::When
            | SlotKind::Period
            | SlotKind::Duration
            | SlotKind::By
            | SlotKind::Room
            | SlotKind::Device
            | SlotKind::Tenths
            | SlotKind::Number
            | SlotKind::List(_) => Rc::default(),
        }
    }
}
