//! A template compiled to a few instructions, and the machine that runs them over a sentence.
//! Every state is visited once, so the time is at most instructions × words. Holds no sentence.

use std::collections::HashMap;
use std::rc::Rc;

use crate::template::{Node, SlotKind};

/// A word of the templates, by number.
pub(crate) type WordId = u32;

/// All words that occur in the templates of a language, or in how it names lamps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words(HashMap<String, WordId>);

impl Words {
    pub(crate) fn id(&self, norm: &str) -> Option<WordId> {
        self.0.get(norm).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, WordId)> {
        self.0.iter().map(|(word, id)| (word.as_str(), *id))
    }

    /// The words of a template.
    pub(crate) fn learn_all(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Word { norm, .. } => {
                    self.learn(norm);
                }
                Node::Choice(ways) => ways.iter().for_each(|way| self.learn_all(way)),
                Node::Slot(_) | Node::Start | Node::End => {}
            }
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn learn(&mut self, norm: &str) -> WordId {
        let next = self.0.len() as WordId;
        *self.0.entry(norm.to_owned()).or_insert(next)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Word(WordId),
    Slot(SlotKind),
    /// Try the next instruction, then this one.
    Split(usize),
    Jump(usize),
    Start,
    End,
    Accept,
}

#[derive(Clone, Debug)]
pub(crate) struct Program {
    ops: Vec<Op>,
    /// Words without which it cannot match.
    required: Vec<WordId>,
    /// The word it begins with, if it begins with one.
    first: Option<WordId>,
    /// Its words, many to a bit: one that is not among them cannot be in a sentence of its.
    words: u128,
    /// The resident's own words may be in it.
    is_free: bool,
}

fn bit(word: WordId) -> u128 {
    1 << (word % u128::BITS)
}

/// A piece is looked for within this many words, so that a flood takes time in proportion.
const PIECE_WORDS_MAX: usize = 24;

/// How much of the sentence must be matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    Whole,
    /// From the start on, to wherever it ends.
    Prefix,
}

/// A value that a slot took, with the words (from, until) it took it from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taken<V> {
    pub(crate) kind: SlotKind,
    pub(crate) from: usize,
    pub(crate) until: usize,
    pub(crate) value: V,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matched<V> {
    pub(crate) until: usize,
    /// Words of the template itself: the more of them, the surer.
    pub(crate) words: usize,
    /// Words taken as the resident's own.
    pub(crate) free: usize,
    pub(crate) taken: Vec<Taken<V>>,
}

impl<V> Default for Matched<V> {
    fn default() -> Self {
        Self { until: 0, words: 0, free: 0, taken: Vec::new() }
    }
}

/// What a program runs over.
pub(crate) trait Sentence {
    type Value: Clone;
    fn words(&self) -> &[Option<WordId>];
    /// Of each word, whether a slot can take it, own words aside.
    fn named(&self) -> &[bool];
    /// The values that a slot may take at a place, the preferred first, with where each ends.
    fn values(&self, kind: SlotKind, at: usize) -> Rc<[(usize, Self::Value)]>;
}

impl Program {
    pub(crate) fn compile(nodes: &[Node], words: &mut Words) -> Self {
        let mut ops = Vec::new();
        emit(nodes, words, &mut ops);
        ops.push(Op::Accept);
        let first = match ops.first() {
            Some(Op::Word(word)) => Some(*word),
            _ => None,
        };
        let required = nodes
            .iter()
            .filter_map(|node| match node {
                Node::Word { norm, .. } => Some(words.learn(norm)),
                Node::Slot(_) | Node::Choice(_) | Node::Start | Node::End => None,
            })
            .collect();
        let words = ops.iter().fold(0, |words, op| match op {
            Op::Word(word) => words | bit(*word),
            _ => words,
        });
        let is_free = ops.contains(&Op::Slot(SlotKind::Words));
        Self { ops, required, first, words, is_free }
    }

    /// Runs from a place; the longest way for [`Extent::Prefix`] is the first in the template's
    /// order that ends.
    pub(crate) fn run<S: Sentence>(
        &self,
        sentence: &S,
        from: usize,
        extent: Extent,
    ) -> Option<Matched<S::Value>> {
        let words = sentence.words();
        let until = match extent {
            Extent::Whole => words.len(),
            Extent::Prefix => words.len().min(from + PIECE_WORDS_MAX),
        };
        let begins = self.first.is_none_or(|word| words.get(from) == Some(&Some(word)));
        if !begins || !self.required.iter().all(|word| words[from..until].contains(&Some(*word))) {
            return None;
        }
        if extent == Extent::Whole && !self.is_free && !self.has_the_words_of(sentence) {
            return None;
        }
        let places = until - from + 1;
        let mut run = Run {
            ops: &self.ops,
            sentence,
            from,
            until,
            extent,
            seen: vec![false; self.ops.len() * places],
            matched: Matched::default(),
        };
        run.step(0, from).then_some(run.matched)
    }

    /// Whatever no slot can take is one of its words.
    fn has_the_words_of<S: Sentence>(&self, sentence: &S) -> bool {
        let named = sentence.named();
        sentence
            .words()
            .iter()
            .zip(named)
            .all(|(word, named)| *named || word.is_some_and(|word| self.words & bit(word) != 0))
    }
}

fn emit(nodes: &[Node], words: &mut Words, ops: &mut Vec<Op>) {
    for node in nodes {
        match node {
            Node::Word { norm, .. } => ops.push(Op::Word(words.learn(norm))),
            Node::Slot(kind) => ops.push(Op::Slot(*kind)),
            Node::Start => ops.push(Op::Start),
            Node::End => ops.push(Op::End),
            Node::Choice(ways) => {
                let mut jumps = Vec::new();
                for (number, way) in ways.iter().enumerate() {
                    let last = number + 1 == ways.len();
                    let split = ops.len();
                    if !last {
                        ops.push(Op::Split(0));
                    }
                    emit(way, words, ops);
                    if !last {
                        jumps.push(ops.len());
                        ops.push(Op::Jump(0));
                        ops[split] = Op::Split(ops.len());
                    }
                }
                let end = ops.len();
                for jump in jumps {
                    ops[jump] = Op::Jump(end);
                }
            }
        }
    }
}

struct Run<'a, S: Sentence> {
    ops: &'a [Op],
    sentence: &'a S,
    from: usize,
    /// Nothing behind this place is looked at.
    until: usize,
    extent: Extent,
    seen: Vec<bool>,
    matched: Matched<S::Value>,
}

impl<S: Sentence> Run<'_, S> {
    /// Deeper by one a word, slot or split: bounded by the template's length.
    fn step(&mut self, mut op: usize, at: usize) -> bool {
        let length = self.sentence.words().len();
        loop {
            let state = op * (self.until - self.from + 1) + (at - self.from);
            if std::mem::replace(&mut self.seen[state], true) {
                return false;
            }
            match self.ops[op] {
                Op::Accept => {
                    self.matched.until = at;
                    return self.extent == Extent::Prefix || at == length;
                }
                Op::Word(word) => {
                    if at == self.until || self.sentence.words()[at] != Some(word) {
                        return false;
                    }
                    self.matched.words += 1;
                    if self.step(op + 1, at + 1) {
                        return true;
                    }
                    self.matched.words -= 1;
                    return false;
                }
                Op::Slot(kind) => return at < self.until && self.slot(kind, op, at),
                Op::Split(other) => {
                    if self.step(op + 1, at) {
                        return true;
                    }
                    op = other;
                }
                Op::Jump(to) => op = to,
                Op::Start if at != 0 => return false,
                Op::End if at != length => return false,
                Op::Start | Op::End => op += 1,
            }
        }
    }

    fn slot(&mut self, kind: SlotKind, op: usize, at: usize) -> bool {
        for (until, value) in self.sentence.values(kind, at).iter() {
            let (until, value) = (*until, value.clone());
            if until > self.until {
                continue;
            }
            let free = if kind == SlotKind::Words { until - at } else { 0 };
            self.matched.free += free;
            self.matched.taken.push(Taken { kind, from: at, until, value });
            if self.step(op + 1, until) {
                return true;
            }
            self.matched.free -= free;
            self.matched.taken.pop();
        }
        false
    }
}
