//! What can be said here and now, as a graph of words: skills build it, the recogniser decodes
//! along it. It knows no language and understands nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A place between two words. Small and cheap; valid only in the graph that gave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    at: u32,
    /// Within a part: where the sentence goes on behind it.
    back: u32,
}

impl Place {
    /// Where every sentence begins.
    pub const START: Self = Self::outside(0);

    const fn outside(at: u32) -> Self {
        Self { at, back: NONE }
    }
}

/// What many sentences have in them, such as the names of the lamps: it lies in the graph once,
/// however many sentences go through it. No part goes through another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub begin: Place,
    pub end: Place,
}

/// A word as it is written. Valid only in the graph that gave it out, which holds each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(u32);

/// What leads from one place to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Word(Word),
    /// The speaker's own words, one or more.
    OwnWords,
    /// Nothing: what lies between may be left out.
    Nothing,
}

/// Every way from the start to an end is a sentence that can be said now. An empty graph has
/// none: then nothing is expected, and nothing is excluded either.
///
/// A home has some ten thousand places, most with one step. They lie in two long rows, some 25
/// bytes a place: a list of its own for each took six times as much, and the names of the home
/// once for every sentence with a name in it thirty times as much again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrases {
    places: Vec<Chain>,
    links: Vec<Link>,
    ends: BTreeSet<u32>,
    /// Where parts end.
    returns: BTreeSet<u32>,
    spellings: Vec<Arc<str>>,
    words: BTreeMap<Arc<str>, Word>,
    /// Words worth expecting: the companion's name, rooms, devices, people.
    pub names: Vec<String>,
    /// Sentences (in [`plain`] form) that are left out although the graph has them.
    except: BTreeSet<String>,
}

/// The steps from one place: where the first and the last of them lie among the links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chain {
    first: u32,
    last: u32,
}

/// One step, and where the next from the same place lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Link {
    step: Step,
    to: u32,
    /// Into a part: where the sentence goes on behind it.
    back: u32,
    next: u32,
}

/// No link, or no place: a graph is built from templates of bounded size, far below four thousand
/// million.
const NONE: u32 = u32::MAX;

impl Chain {
    const EMPTY: Self = Self { first: NONE, last: NONE };
}

/// A number within a graph, whose rows are never so long.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

impl Default for Phrases {
    fn default() -> Self {
        Self {
            places: vec![Chain::EMPTY],
            links: Vec::new(),
            ends: BTreeSet::new(),
            returns: BTreeSet::new(),
            spellings: Vec::new(),
            words: BTreeMap::new(),
            names: Vec::new(),
            except: BTreeSet::new(),
        }
    }
}

impl Phrases {
    /// These sentences and no others.
    pub fn of<S: AsRef<str>>(sentences: impl IntoIterator<Item = S>) -> Self {
        let mut phrases = Self::default();
        for sentence in sentences {
            let words = sentence.as_ref().split_whitespace();
            let end = words.fold(Place::START, |at, word| phrases.word(at, word));
            phrases.end(end);
        }
        phrases
    }

    /// With these words worth expecting.
    #[must_use]
    pub fn with_names<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), ..self }
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many places there are: what the graph takes of memory and of time to build.
    pub fn size(&self) -> usize {
        self.places.len()
    }

    /// A place that nothing leads to yet.
    pub fn place(&mut self) -> Place {
        let place = Place::outside(number(self.places.len()));
        self.places.push(Chain::EMPTY);
        place
    }

    /// A part that leads nowhere yet.
    pub fn part(&mut self) -> Part {
        let part = Part { begin: self.place(), end: self.place() };
        self.returns.insert(part.end.at);
        part
    }

    /// What a part says leads from one place to another.
    pub fn through(&mut self, from: Place, part: Part, to: Place) {
        self.link(from, Link { step: Step::Nothing, to: part.begin.at, back: to.at, next: NONE });
    }

    /// The place after `word`. The same word from the same place leads to the same place.
    pub fn word(&mut self, from: Place, word: &str) -> Place {
        let step = Step::Word(self.known(word));
        let known = self.steps(from).find_map(|(known, to)| (known == step).then_some(to));
        known.unwrap_or_else(|| {
            let to = self.place();
            self.step(from, step, to);
            to
        })
    }

    /// This word is in the graph, though nothing may lead over it yet.
    pub fn known(&mut self, word: &str) -> Word {
        if let Some(known) = self.words.get(word) {
            return *known;
        }
        let (new, spelling) = (Word(number(self.spellings.len())), Arc::from(word));
        self.spellings.push(Arc::clone(&spelling));
        self.words.insert(spelling, new);
        new
    }

    /// As it is written.
    pub fn spelling(&self, word: Word) -> &str {
        &self.spellings[word.0 as usize]
    }

    pub fn step(&mut self, from: Place, step: Step, to: Place) {
        self.link(from, Link { step, to: to.at, back: NONE, next: NONE });
    }

    fn link(&mut self, from: Place, link: Link) {
        let new = number(self.links.len());
        self.links.push(link);
        let chain = &mut self.places[from.at as usize];
        match self.links.get_mut(chain.last as usize) {
            Some(last) => last.next = new,
            None => chain.first = new,
        }
        chain.last = new;
    }

    /// A sentence may end here.
    pub fn end(&mut self, at: Place) {
        self.ends.insert(at.at);
    }

    pub fn ends_at(&self, at: Place) -> bool {
        at.back == NONE && self.ends.contains(&at.at)
    }

    /// In the order in which they were added.
    pub fn steps(&self, from: Place) -> impl Iterator<Item = (Step, Place)> + '_ {
        let link = |at: u32| self.links.get(at as usize);
        let first = link(self.places[from.at as usize].first);
        let links = std::iter::successors(first, move |before| link(before.next));
        let steps = links.map(move |link| {
            let back = if link.back == NONE { from.back } else { link.back };
            (link.step, Place { at: link.to, back })
        });
        let returns = from.back != NONE && self.returns.contains(&from.at);
        let behind = returns.then_some((Step::Nothing, Place::outside(from.back)));
        steps.chain(behind)
    }

    /// These places and all that can be reached from them by saying nothing, each once.
    pub fn reached(&self, from: impl IntoIterator<Item = Place>) -> BTreeSet<Place> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<Place> = from.into_iter().collect();
        while let Some(at) = waiting.pop() {
            if reached.insert(at) {
                let silent = self.steps(at).filter(|(step, _)| *step == Step::Nothing);
                waiting.extend(silent.map(|(_, to)| to));
            }
        }
        reached
    }

    /// The same graph without these sentences, word for word.
    #[must_use]
    pub fn without<S: AsRef<str>>(&self, sentences: impl IntoIterator<Item = S>) -> Self {
        let mut fewer = self.clone();
        fewer.except.extend(sentences.into_iter().map(|sentence| plain(sentence.as_ref())));
        fewer
    }

    /// Whether a sentence that the graph has is left out of it.
    pub fn leaves_out(&self, sentence: &str) -> bool {
        !self.except.is_empty() && self.except.contains(&plain(sentence))
    }

    /// Whether exactly this can be said; capitals and signs do not count, and the speaker's own
    /// words are never exact.
    pub fn has(&self, sentence: &str) -> bool {
        let sentence = plain(sentence);
        // How much of the sentence is said, and where that may be: a step may be several of its
        // words ("20:15"), or none (a comma).
        let mut reached = BTreeSet::from([(0, Place::START)]);
        let mut waiting: Vec<(usize, Place)> = reached.iter().copied().collect();
        while let Some((said, at)) = waiting.pop() {
            let left = &sentence[said..];
            if left.is_empty() && self.ends_at(at) && said > 0 {
                return !self.except.contains(&sentence);
            }
            for (step, to) in self.steps(at) {
                let length = match step {
                    Step::Word(word) => spoken_length(&plain(self.spelling(word)), left),
                    Step::OwnWords => None,
                    Step::Nothing => Some(0),
                };
                if let Some(length) = length
                    && reached.insert((said + length, to))
                {
                    waiting.push((said + length, to));
                }
            }
        }
        false
    }
}

/// How much of what is left a word takes, the space behind it included; `None` if it is another.
fn spoken_length(word: &str, left: &str) -> Option<usize> {
    let behind = left.strip_prefix(word)?;
    match behind.chars().next() {
        None => Some(word.len()),
        Some(' ') if !word.is_empty() => Some(word.len() + 1),
        Some(_) => word.is_empty().then_some(0),
    }
}

/// Lower case, letters and digits, single spaces: what two texts are compared by.
pub fn plain(text: &str) -> String {
    let letters: String = text
        .chars()
        .filter(|c| *c != '\'' && *c != '’')
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(doe|zet) [de] lamp aan`, and the speaker's own words after "zeg".
    fn lamp() -> Phrases {
        let mut phrases = Phrases::default();
        let verb = phrases.word(Place::START, "Doe");
        let put = phrases.known("zet");
        phrases.step(Place::START, Step::Word(put), verb);
        let article = phrases.word(verb, "de");
        phrases.step(verb, Step::Nothing, article);
        let lamp = phrases.word(article, "lamp");
        let on = phrases.word(lamp, "aan");
        phrases.end(on);
        let say = phrases.word(Place::START, "zeg");
        let own = phrases.place();
        phrases.step(say, Step::OwnWords, own);
        phrases.end(own);
        phrases
    }

    #[test]
    fn what_may_be_left_out_may_be_left_out() {
        let phrases = lamp();
        for said in ["doe de lamp aan", "Zet lamp aan!", "zet de LAMP aan."] {
            assert!(phrases.has(said), "{said}");
        }
        for not in ["", "doe de lamp", "de lamp aan", "doe de de lamp aan", "zeg hallo"] {
            assert!(!phrases.has(not), "{not}");
        }
        let late = Phrases::of(["om 20:15 , Robin"]);
        assert!(late.has("Om 20:15, Robin.") && late.has("om 20 15 robin") && !late.has("om 20"));
        assert!(!phrases.without(["Doe de lamp aan."]).has("doe de lamp aan"));
        assert!(phrases.without(["Doe de lamp aan."]).has("doe lamp aan"));
    }

    #[test]
    fn sentences_share_their_beginning() {
        let phrases = Phrases::of(["ja", "ja hoor", "nee"]);
        assert_eq!(phrases.size(), 4);
        assert!(phrases.has("ja") && phrases.has("ja hoor") && !phrases.has("hoor"));
        assert!(Phrases::default().is_empty() && !phrases.is_empty());
    }

    #[test]
    fn a_part_goes_on_behind_where_it_was_entered() {
        let mut phrases = Phrases::default();
        let names = phrases.part();
        for name in ["lamp", "radio"] {
            let end = phrases.word(names.begin, name);
            phrases.step(end, Step::Nothing, names.end);
        }
        let (on, off) = (phrases.place(), phrases.place());
        phrases.through(Place::START, names, on);
        let done = phrases.word(on, "aan");
        let put = phrases.word(Place::START, "doe");
        phrases.through(put, names, off);
        let undone = phrases.word(off, "uit");
        phrases.end(done);
        phrases.end(undone);
        for said in ["lamp aan", "radio aan", "doe lamp uit", "doe radio uit"] {
            assert!(phrases.has(said), "{said}");
        }
        for not in ["lamp", "lamp uit", "doe lamp aan", "doe uit", "lamp radio aan"] {
            assert!(!phrases.has(not), "{not}");
        }
    }

    #[test]
    fn a_ring_of_nothing_ends() {
        let mut phrases = Phrases::default();
        let there = phrases.place();
        phrases.step(Place::START, Step::Nothing, there);
        phrases.step(there, Step::Nothing, Place::START);
        assert_eq!(phrases.reached([Place::START]).len(), 2);
    }
}
