//! What a template says in another order, with a word more or a word less: the names that it
//! needs must all be there, what distinguishes it from others too, and nothing that speaks for
//! another. A template is weighed as the set of its words; `docs/design/understanding.md` says
//! why. Never asked while a question is open, nor about what must not be guessed.

use std::collections::BTreeSet;

use super::likely::Makings;
use super::{Engine, Heard, Listener, Reading, Rule, Spoken, Value, without};
use crate::program::{Matched, Sentence, Taken, WordId};
use crate::template::{Node, SlotKind};
use crate::things::{Place, ThingName};

/// Ways through one template that are kept apart; the others are understood in their own order.
const WAYS_MAX: usize = 96;
/// A longer request (words) is a story.
const WORDS_MAX: usize = 16;
/// Of each, as a share of what the rarest word is worth: a name, a word that nothing knows, one
/// that only stands between others.
const NAME_WORTH: f32 = 0.6;
const UNKNOWN_WORTH: f32 = 0.7;
const SMALL_WORTH: f32 = 0.04;
/// What one costs that is left over and may have been a word of the meaning.
const MISHEARD_WORTH: f32 = 0.4;
/// A word worth less only stands between others.
const SMALL_BELOW: f32 = 0.4;
/// What a word costs that was only found by its likeness.
const LIKENESS_COST: f32 = 0.1;
/// No more than this may be missing, and no more may be left over.
const MISSING_MAX: f32 = 0.32;
const LEFT_MAX: f32 = 0.45;
/// Two meanings nearer than this to one another are none.
const MARGIN: f32 = 0.06;
/// Everything that was said is in the way or was heard beside it: how sure such a reading is.
const SURE: f32 = 0.9;

/// One way to say a template, its order forgotten.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Way {
    slots: Vec<SlotKind>,
    /// Of each of these one word is said.
    needed: Vec<Vec<WordId>>,
}

impl Way {
    /// Those of a meaning, each once.
    pub(super) fn all(templates: &[Vec<Node>], id: &impl Fn(&str) -> Option<WordId>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for nodes in templates {
            for mut way in through(nodes, id) {
                // The resident's own words may be anything.
                if way.slots.contains(&SlotKind::Words) {
                    continue;
                }
                way.needed.sort();
                way.needed.dedup();
                if !all.contains(&way) {
                    all.push(way);
                }
            }
        }
        all
    }

    fn and(&self, other: &Self) -> Self {
        Self {
            slots: self.slots.iter().chain(&other.slots).copied().collect(),
            needed: self.needed.iter().chain(&other.needed).cloned().collect(),
        }
    }
}

fn through(nodes: &[Node], id: &impl Fn(&str) -> Option<WordId>) -> Vec<Way> {
    let mut ways = vec![Way::default()];
    for node in nodes {
        let next = match node {
            Node::Start | Node::End => continue,
            Node::Word { norm, .. } => {
                let needed = vec![id(norm).into_iter().collect()];
                vec![Way { slots: Vec::new(), needed }]
            }
            Node::Slot(kind) => vec![Way { slots: vec![*kind], needed: Vec::new() }],
            Node::Choice(choices) => choose(choices, id),
        };
        ways = ways.iter().flat_map(|way| next.iter().map(|next| way.and(next))).collect();
        ways.truncate(WAYS_MAX);
    }
    ways
}

/// Single words to choose from are one need; what may be left out and names nothing is none.
fn choose(choices: &[Vec<Node>], id: &impl Fn(&str) -> Option<WordId>) -> Vec<Way> {
    let mut words = Vec::new();
    let mut ways: Vec<Way> = Vec::new();
    for choice in choices {
        match &choice[..] {
            [Node::Word { norm, .. }] => words.extend(id(norm)),
            nodes => ways.extend(through(nodes, id)),
        }
    }
    let optional = choices.iter().any(Vec::is_empty);
    if optional {
        ways.retain(|way| !way.slots.is_empty());
        ways.push(Way::default());
    } else if !words.is_empty() {
        words.sort_unstable();
        ways.push(Way { slots: Vec::new(), needed: vec![words] });
    }
    ways
}

/// What each word says about which meaning is meant: 1 of a word that only one has, next to
/// nothing of one that all have.
pub(super) fn worths<'a>(makings: impl Iterator<Item = &'a Makings>, words: usize) -> Vec<f32> {
    let mut meanings = 0.0_f32;
    let mut having = vec![0.0_f32; words];
    for makings in makings {
        meanings += 1.0;
        for word in &makings.carriers {
            having[*word as usize] += 1.0;
        }
    }
    let worth = |having: &f32| (meanings / having.max(1.0)).ln() / meanings.max(2.0).ln();
    having.iter().map(worth).collect()
}

/// Where the ways are that a sentence may be: those are not laid over it of which no word that
/// they cannot do without was said.
#[derive(Clone, Debug, Default)]
pub(super) struct Ways {
    /// By word: (rule, way).
    by_word: Vec<Vec<(u32, u32)>>,
    /// They can do without each of their words.
    always: Vec<(u32, u32)>,
}

impl Ways {
    pub(super) fn of(rules: &[Rule], worths: &[f32]) -> Self {
        let mut ways = Self { by_word: vec![Vec::new(); worths.len()], always: Vec::new() };
        for (rule, number) in rules.iter().zip(0..) {
            for (way, place) in rule.ways.iter().zip(0..) {
                let least = |words: &Vec<WordId>| {
                    words.iter().map(|word| worths[*word as usize]).fold(f32::MAX, f32::min)
                };
                let key = way.needed.iter().max_by(|a, b| least(a).total_cmp(&least(b)));
                match key.filter(|words| least(words) > MISSING_MAX) {
                    Some(words) => {
                        for word in words {
                            ways.by_word[*word as usize].push((number, place));
                        }
                    }
                    None => ways.always.push((number, place)),
                }
            }
        }
        ways
    }

    /// Each once, by rule.
    fn near(&self, said: &[Said]) -> Vec<(usize, usize)> {
        let words = said.iter().flat_map(|word| &word.ids);
        let found = words.flat_map(|word| &self.by_word[*word as usize]).chain(&self.always);
        let mut near: Vec<_> = found.map(|(rule, way)| (*rule as usize, *way as usize)).collect();
        near.sort_unstable();
        near.dedup();
        near
    }
}

/// A word that was said.
struct Said {
    /// What it is, or what it may have been.
    ids: Vec<WordId>,
    /// It was found by its likeness alone.
    alike: bool,
    /// "What", "how many": a sentence with it is another without it.
    asks: bool,
    /// Carries nothing by itself: an article, "everywhere", "here".
    free: bool,
}

/// A way, laid over what was said.
struct Laid {
    score: f32,
    matched: Matched<Value>,
}

impl Listener<'_> {
    /// The one meaning that what was said comes near enough.
    pub(super) fn loosely(&self, plain: &[Heard]) -> Option<Reading> {
        if self.hearing.expectation.expects.is_question() {
            return None;
        }
        let reduced = without(plain, &self.tongue.politeness);
        let reduced: Vec<Heard> = reduced.iter().flat_map(|word| self.apart(word)).collect();
        if reduced.is_empty() || reduced.len() > WORDS_MAX {
            return None;
        }
        let spoken = self.spoken(reduced.iter().map(|word| word.near.clone()).collect());
        let said = self.said_words(&spoken, &reduced);
        let mut there = vec![false; self.engine.worths.len()];
        for id in said.iter().flat_map(|word| &word.ids) {
            there[*id as usize] = true;
        }
        let heard: Vec<Heard> = reduced
            .iter()
            .map(|word| Heard { strict: word.near.clone(), ..word.clone() })
            .collect();
        let everywhere = without(&heard, &self.tongue.everywhere).len() < heard.len();
        let expected: Vec<bool> = self.expected_rules();
        let mut best: Option<(Laid, usize)> = None;
        let mut second = f32::MIN;
        for (number, way) in self.engine.ways.near(&said) {
            let rule = &self.engine.rules[number];
            let way = &rule.ways[way];
            if !expected[number]
                || self.missing(way, &there) > MISSING_MAX
                || self.denies(&spoken, rule)
            {
                continue;
            }
            let Some(laid) = self.lay(way, rule, &spoken, &said) else { continue };
            match &best {
                Some((known, other)) if known.score >= laid.score => {
                    if *other != number {
                        second = second.max(laid.score);
                    }
                }
                Some((known, other)) => {
                    if *other != number {
                        second = second.max(known.score);
                    }
                    best = Some((laid, number));
                }
                None => best = Some((laid, number)),
            }
        }
        let (Laid { score, mut matched }, number) = best?;
        if score - second < MARGIN {
            return None;
        }
        if everywhere {
            matched.taken.iter_mut().for_each(everywhere_meant);
        }
        matched.until = reduced.len();
        self.reading(&self.engine.rules[number], &matched, &reduced, SURE)
    }

    /// "Kitchentimer" is a room's, and two words.
    fn apart(&self, word: &Heard) -> Vec<Heard> {
        let known = |norm: &str| self.engine.words.id(norm).is_some();
        let cuts = word.near.char_indices().map(|(at, _)| word.near.split_at(at));
        let mut rooms = cuts.filter(|(first, rest)| {
            self.vocabulary.room(first).is_some() && known(rest) && !known(&word.near)
        });
        let parts = rooms.next().map_or(vec![&*word.near], |(room, rest)| vec![room, rest]);
        parts.into_iter().map(|part| Heard { near: part.to_owned(), ..word.clone() }).collect()
    }

    /// Of each rule, whether it is looked for now.
    fn expected_rules(&self) -> Vec<bool> {
        let rules = self.engine.rules.iter();
        rules.map(|rule| self.enabled[rule.skill] && rule.rule.may_be_guessed()).collect()
    }

    fn said_words(&self, spoken: &Spoken<'_>, heard: &[Heard]) -> Vec<Said> {
        let free = |list: &[Vec<String>]| -> BTreeSet<usize> {
            let put_right = heard.iter().map(|it| Heard { strict: it.near.clone(), ..it.clone() });
            let put_right: Vec<Heard> = put_right.collect();
            let kept: BTreeSet<usize> =
                without(&put_right, list).iter().map(|word| word.at).collect();
            heard.iter().map(|word| word.at).filter(|at| !kept.contains(at)).collect()
        };
        let (everywhere, here) = (free(&self.tongue.everywhere), free(&self.tongue.here));
        let words = heard.iter().zip(&spoken.ids);
        words
            .map(|(word, id)| {
                let ids = match id {
                    Some(id) => vec![*id],
                    None => self.engine.may_have_been(&word.near, self.tongue),
                };
                let article = self.tongue.articles.contains(&word.near);
                Said {
                    alike: id.is_none() || word.near != word.strict,
                    ids,
                    asks: self.tongue.asking.contains(&word.near),
                    free: article || everywhere.contains(&word.at) || here.contains(&word.at),
                }
            })
            .collect()
    }

    /// What the words are worth that a way needs and that are not there at all.
    fn missing(&self, way: &Way, there: &[bool]) -> f32 {
        let is_there = |word: &WordId| there[*word as usize];
        let missing = way.needed.iter().filter(|words| !words.iter().any(is_there));
        missing.map(|words| self.least_worth(words)).sum()
    }

    fn least_worth(&self, words: &[WordId]) -> f32 {
        let worths = words.iter().map(|word| self.engine.worths[*word as usize]);
        worths.fold(f32::MAX, f32::min)
    }

    /// `None` if a name is missing, or too much else.
    fn lay(&self, way: &Way, rule: &Rule, spoken: &Spoken<'_>, said: &[Said]) -> Option<Laid> {
        let mut used = vec![false; said.len()];
        let mut matched = Matched::default();
        let mut score = 0.0;
        let mut take = |kind: SlotKind, used: &mut Vec<bool>| {
            let taken = spoken.longest_free(kind, used)?;
            used[taken.from..taken.until].fill(true);
            matched.taken.push(taken);
            Some(())
        };
        for kind in &way.slots {
            take(*kind, &mut used)?;
            score += NAME_WORTH;
        }
        let has_place = way.slots.contains(&SlotKind::Room);
        if !has_place {
            let _ = take(SlotKind::Room, &mut used);
        }
        let mut missing = 0.0;
        for alternatives in &way.needed {
            let is_one = |word: &Said| word.ids.iter().any(|id| alternatives.contains(id));
            let found = (0..said.len()).find(|at| !used[*at] && is_one(&said[*at]));
            let least = self.least_worth(alternatives);
            match found {
                Some(at) => {
                    used[at] = true;
                    matched.words += 1;
                    score += least - if said[at].alike { LIKENESS_COST } else { 0.0 };
                }
                None => missing += least,
            }
        }
        // "In five minutes": what is meant for later is not done now.
        if [SlotKind::When, SlotKind::Duration].map(|kind| spoken.longest_free(kind, &used))
            != [None, None]
        {
            return None;
        }
        let left: f32 =
            (0..said.len()).filter(|at| !used[*at]).map(|at| self.left_over(&said[at], rule)).sum();
        let fits = missing <= MISSING_MAX && left <= LEFT_MAX && matched.words > 0;
        fits.then_some(Laid { score: score - missing - left, matched })
    }

    fn left_over(&self, word: &Said, rule: &Rule) -> f32 {
        if word.asks {
            return UNKNOWN_WORTH;
        }
        if word.free {
            return SMALL_WORTH;
        }
        if word.ids.iter().any(|id| rule.makings.carriers.contains(id)) {
            return if word.alike { MISHEARD_WORTH } else { SMALL_WORTH };
        }
        let worth = |id: &WordId| self.engine.worths[*id as usize];
        let known = word.ids.iter().filter(|_| !word.alike).map(worth);
        known.reduce(f32::min).unwrap_or(UNKNOWN_WORTH)
    }
}

/// "The lights, in all the rooms" are not those here.
fn everywhere_meant(taken: &mut Taken<Value>) {
    if let Value::Thing(_, ThingName::Sort { place, .. }) = &mut taken.value
        && *place == Place::Here
    {
        *place = Place::Everywhere;
    }
}

impl Engine {
    /// A word that stands in sentences of many meanings.
    pub(super) fn is_small(&self, word: WordId) -> bool {
        self.worths[word as usize] < SMALL_BELOW
    }

    /// The words that one which nothing knows may have been.
    pub(super) fn may_have_been(
        &self,
        word: &str,
        tongue: &crate::language::Tongue,
    ) -> Vec<WordId> {
        let alike = self.spelling[0].alike(word, tongue);
        let near = if alike.is_empty() { self.spelling[0].near(word) } else { alike };
        near.into_iter().filter_map(|word| self.words.id(word)).collect()
    }
}

impl Spoken<'_> {
    /// Of the values of a slot among the words that are not used yet the most exact, and of those
    /// the longest.
    fn longest_free(&self, kind: SlotKind, used: &[bool]) -> Option<Taken<Value>> {
        let mut best: Option<((u8, usize), Taken<Value>)> = None;
        for from in (0..used.len()).filter(|at| !used[*at]) {
            for (until, value) in self.values(kind, from).iter() {
                let rank = (exactness(value), until - from);
                let better = best.as_ref().is_none_or(|(known, _)| rank > *known);
                if better && used[from..*until].iter().all(|used| !used) {
                    let value = value.clone();
                    best = Some((rank, Taken { kind, from, until: *until, value }));
                }
            }
        }
        best.map(|(_, taken)| taken)
    }
}

/// A thing by its own name is meant before one by what it is, and that before "it".
fn exactness(value: &Value) -> u8 {
    match value {
        Value::Thing(_, ThingName::Last) => 0,
        Value::Thing(_, ThingName::Sort { .. }) => 1,
        Value::Thing(_, ThingName::Device { .. }) | Value::Given(_) | Value::Words => 2,
    }
}
