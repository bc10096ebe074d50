//! The sentences of a graph that are spelt most like what the model wrote by itself. Letters only:
//! spaces, capitals and signs do not count, and letters that sound alike are half a mistake.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use omzien_core::{Phrases, Place, Step, plain};

/// Longer texts are nobody's command (letters).
const LETTERS_MAX: usize = 80;
/// How many half-written sentences are followed from each letter of the text.
const WIDTH: usize = 120;
/// A word may be this much longer or shorter than what is written of it (letters).
const STRETCH: usize = 4;
/// Of a text's letters, so many in a hundred may be wrong.
const WRONG_PERCENT: usize = 45;
/// A whole mistake; letters that sound alike are one.
const MISTAKE: usize = 2;
const ALIKE: [&str; 8] = ["aeiouy", "dt", "vfw", "szc", "gh", "kcq", "bp", "mn"];

/// A half-written sentence: the word that came last, and what came before it.
struct Written {
    before: Option<usize>,
    word: Option<Arc<str>>,
}

/// At most `wanted` sentences, the nearest first.
pub(super) fn nearest(phrases: &Phrases, text: &str, wanted: usize) -> Vec<String> {
    let letters: Vec<char> = plain(text).chars().filter(|c| !c.is_whitespace()).collect();
    if letters.is_empty() || letters.len() > LETTERS_MAX {
        return Vec::new();
    }
    let mut search = Search {
        phrases,
        written: vec![Written { before: None, word: None }],
        reached: vec![HashMap::new(); letters.len() + 1],
        letters,
    };
    search.reach(0, Place::START, 0, 0);
    for at in 0..search.reached.len() {
        search.go_on(at);
    }
    search.whole(wanted)
}

struct Search<'a> {
    phrases: &'a Phrases,
    letters: Vec<char>,
    written: Vec<Written>,
    /// For each letter of the text: where in the graph the letters before it may lead, at what
    /// cost, by what sentence.
    reached: Vec<HashMap<Place, (usize, usize)>>,
}

impl Search<'_> {
    fn reach(&mut self, at: usize, place: Place, cost: usize, written: usize) -> bool {
        let known = self.reached[at].get(&place);
        let better = known.is_none_or(|(known, _)| cost < *known);
        if better {
            self.reached[at].insert(place, (cost, written));
        }
        better
    }

    /// From the best places before this letter over every step that leads on.
    fn go_on(&mut self, at: usize) {
        let mut open: BinaryHeap<_> =
            self.reached[at].iter().map(|(place, (cost, _))| Reverse((*cost, *place))).collect();
        let mut followed = BTreeSet::new();
        let most = MISTAKE * self.letters.len() * WRONG_PERCENT / 100;
        while let Some(Reverse((cost, place))) = open.pop() {
            if cost > most || followed.len() == WIDTH {
                break;
            }
            if !followed.insert(place) {
                continue;
            }
            let written = self.reached[at][&place].1;
            let phrases = self.phrases;
            for (step, to) in phrases.steps(place) {
                match step {
                    Step::Nothing => {
                        if self.reach(at, *to, cost, written) {
                            open.push(Reverse((cost, *to)));
                        }
                    }
                    Step::Word(word) => {
                        let here = self.written.len();
                        let mut used = false;
                        for (until, wrong) in self.distances(at, word) {
                            used |= self.reach(until, *to, cost + wrong, here);
                            if until == at {
                                open.push(Reverse((cost + wrong, *to)));
                            }
                        }
                        if used {
                            let word = Some(Arc::clone(word));
                            self.written.push(Written { before: Some(written), word });
                        }
                    }
                    // What is like anything is near to nothing.
                    Step::OwnWords => {}
                }
            }
        }
    }

    /// Where a word that begins at a letter may end, and what is wrong with it then.
    fn distances(&self, at: usize, word: &str) -> Vec<(usize, usize)> {
        let word: Vec<char> = plain(word).chars().filter(|c| !c.is_whitespace()).collect();
        let until = self.letters.len().min(at + word.len() + STRETCH);
        let heard = &self.letters[at..until];
        let mut row: Vec<usize> = (0..=heard.len()).map(|length| length * MISTAKE).collect();
        for letter in &word {
            let mut diagonal = row[0];
            row[0] += MISTAKE;
            for (place, other) in heard.iter().enumerate() {
                let exchanged = diagonal + mistake(*letter, *other);
                diagonal = row[place + 1];
                row[place + 1] = exchanged.min(row[place] + MISTAKE).min(diagonal + MISTAKE);
            }
        }
        let least = word.len().saturating_sub(STRETCH).min(heard.len());
        (least..=heard.len()).map(|length| (at + length, row[length])).collect()
    }

    fn whole(&self, wanted: usize) -> Vec<String> {
        let at_the_end = self.reached[self.letters.len()].iter();
        let mut whole: Vec<(usize, String)> = at_the_end
            .filter(|(place, _)| self.phrases.ends_at(**place))
            .map(|(_, (cost, written))| (*cost, self.sentence(*written)))
            .filter(|(_, sentence)| !self.phrases.leaves_out(sentence))
            .collect();
        whole.sort();
        whole.dedup_by(|a, b| a.1 == b.1);
        whole.into_iter().map(|(_, sentence)| sentence).take(wanted).collect()
    }

    fn sentence(&self, written: usize) -> String {
        let mut words = Vec::new();
        let mut at = Some(written);
        while let Some(Written { before, word }) = at.map(|at| &self.written[at]) {
            words.extend(word.as_deref());
            at = *before;
        }
        words.reverse();
        words.join(" ")
    }
}

fn mistake(one: char, other: char) -> usize {
    if one == other {
        0
    } else if ALIKE.iter().any(|alike| alike.contains(one) && alike.contains(other)) {
        MISTAKE / 2
    } else {
        MISTAKE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelt_alike_is_near_whatever_its_spaces() {
        let phrases = Phrases::of([
            "doe slaapkamerschakelaar in de keuken aan",
            "doe rolgordijnen in de keuken dicht",
            "zet timer voor 3 uur",
            "zet timer voor 5 uur",
            "doe de garagedeur dicht",
        ]);
        for (written, said) in [
            (
                "Looslapkamer schakelaar in de keuken aan.",
                "doe slaapkamerschakelaar in de keuken aan",
            ),
            ("Doel voordijnen in de keuken dicht.", "doe rolgordijnen in de keuken dicht"),
            ("Set timer voor 3 uur", "zet timer voor 3 uur"),
        ] {
            let near = nearest(&phrases, written, 2);
            assert_eq!(near.first().map(String::as_str), Some(said), "{written}: {near:?}");
        }
    }

    #[test]
    fn what_resembles_nothing_is_near_to_nothing() {
        let phrases = Phrases::of(["doe de lamp aan", "help"]);
        for written in ["", "…", "Thank you for watching the programme", &"la ".repeat(200)] {
            assert!(nearest(&phrases, written, 5).is_empty(), "{written}");
        }
        assert!(nearest(&Phrases::default(), "help", 5).is_empty());
    }
}
