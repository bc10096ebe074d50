//! Where in the graph a half-written sentence may be, token by token. Several places at once: a
//! word may belong to many sentences.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use omzien_core::{Phrases, Place, Step, Word};

use super::tokens::{Token, Tokens, WordAt};

/// A word of the graph in the tokens of one of its spellings.
type Spelling = Rc<[Token]>;

/// Everywhere a half-written sentence may be.
#[derive(Clone, Debug, Default)]
pub(super) struct Position {
    /// Between two words.
    places: BTreeSet<Place>,
    /// A comma was written there: another is none that is spoken.
    paused: bool,
    /// Within a word: its spelling, how much of it is written, and where it leads.
    within: Vec<(Spelling, usize, Place)>,
    /// Within the speaker's own words, that may be followed by what is at the place.
    own: BTreeSet<Place>,
}

impl Position {
    /// A sentence may end here.
    pub(super) fn may_end(&self, phrases: &Phrases) -> bool {
        let after_own = phrases.reached(self.own.iter().copied());
        self.places.iter().chain(&after_own).any(|place| phrases.ends_at(*place))
    }

    pub(super) fn is_between_words(&self) -> bool {
        !self.places.is_empty()
    }

    /// Here, and wherever `other` is too.
    pub(super) fn follow(&mut self, other: &Self) {
        self.places.extend(&other.places);
        self.paused |= other.paused;
        self.within.extend(other.within.iter().cloned());
        self.own.extend(&other.own);
    }

    fn arrive(&mut self, phrases: &Phrases, spelling: &Spelling, written: usize, to: Place) {
        if written == spelling.len() {
            self.places.extend(phrases.reached([to]));
        } else {
            self.within.push((Rc::clone(spelling), written, to));
        }
    }
}

/// The words that were spelt already.
type Spelt = HashMap<(Word, WordAt), Vec<Spelling>>;

/// The graph, in tokens.
pub(super) struct Paths<'a> {
    phrases: &'a Phrases,
    tokens: &'a Tokens,
    spelt: RefCell<Spelt>,
}

/// What may come next.
#[derive(Debug, Default)]
pub(super) struct Next {
    pub(super) expected: BTreeMap<Token, Position>,
    /// Where any word leads, if any word may follow.
    pub(super) free: Option<Position>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(phrases: &'a Phrases, tokens: &'a Tokens) -> Self {
        Self { phrases, tokens, spelt: RefCell::default() }
    }

    pub(super) fn start(&self) -> Position {
        Position { places: self.phrases.reached([Place::START]), ..Position::default() }
    }

    pub(super) fn may_end(&self, position: &Position) -> bool {
        position.may_end(self.phrases)
    }

    /// The tokens that may follow, each with where it leads.
    pub(super) fn next(&self, position: &Position, at: WordAt) -> Next {
        let mut next = Next::default();
        let mut own = position.own.clone();
        let after_own = self.phrases.reached(position.own.iter().copied());
        for (spelling, written, to) in &position.within {
            let there = next.expected.entry(spelling[*written]).or_default();
            there.arrive(self.phrases, spelling, written + 1, *to);
        }
        for place in position.places.union(&after_own) {
            for (step, to) in self.phrases.steps(*place) {
                match step {
                    Step::Word(word) => {
                        for spelling in &self.spellings(word, at) {
                            let there = next.expected.entry(spelling[0]).or_default();
                            there.arrive(self.phrases, spelling, 1, to);
                        }
                    }
                    Step::OwnWords => {
                        own.insert(to);
                    }
                    Step::Nothing => {}
                }
            }
        }
        // People pause between any two words, and the model writes it.
        if let Some(comma) = self.tokens.comma
            && at == WordAt::Within
            && !position.paused
            && !position.places.is_empty()
        {
            let paused =
                Position { places: position.places.clone(), paused: true, ..Position::default() };
            next.expected.entry(comma).or_default().follow(&paused);
        }
        next.free = (!own.is_empty()).then(|| Position { own, ..Position::default() });
        next
    }

    fn spellings(&self, word: Word, at: WordAt) -> Vec<Spelling> {
        let mut spelt = self.spelt.borrow_mut();
        let spellings = spelt.entry((word, at)).or_insert_with(|| {
            let spellings = self.tokens.spellings(self.phrases.spelling(word), at).into_iter();
            spellings.filter(|spelling| !spelling.is_empty()).map(Rc::from).collect()
        });
        spellings.clone()
    }
}
