//! The sentences of a graph that are spelt most like what the model wrote by itself. Letters only:
//! spaces, capitals and signs do not count, and letters that sound alike are half a mistake.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use omzien_core::{Phrases, Place, Step, Word, plain};

/// Longer texts are nobody's command (letters).
const LETTERS_MAX: usize = 80;
/// How many places of the graph are followed from each letter of the text. With 400 Dutch commands
/// are missed once a home has all the skills (docs/design/listening.md).
const WIDTH: usize = 1_200;
/// How many ends of sentences are looked at before the nearest are taken to be found.
const ENDS_MAX: usize = 4_000;
/// A word may be this much longer or shorter than what is written of it (letters).
const STRETCH: usize = 4;
/// Of the letters so far, so many in a hundred may be wrong, and so many more.
const WRONG_PERCENT: u32 = 45;
const WRONG_MORE: u32 = 4;
/// A whole mistake; letters that sound alike are one.
const MISTAKE: Mistakes = 2;
const ALIKE: [&[char]; 8] = [
    &['a', 'e', 'i', 'o', 'u', 'y'],
    &['d', 't'],
    &['v', 'f', 'w'],
    &['s', 'z', 'c'],
    &['g', 'h'],
    &['k', 'c', 'q'],
    &['b', 'p'],
    &['m', 'n'],
];

/// At most `wanted` sentences, the nearest first.
pub(super) fn nearest(phrases: &Phrases, text: &str, wanted: usize) -> Vec<String> {
    let letters: Vec<char> = plain(text).chars().filter(|c| !c.is_whitespace()).collect();
    if letters.is_empty() || letters.len() > LETTERS_MAX {
        return Vec::new();
    }
    let lengths = letters.len() + 1;
    let mut search = Search {
        phrases,
        letters,
        reached: vec![HashMap::new(); lengths],
        arrivals: vec![Vec::new(); lengths],
        spelt: HashMap::new(),
    };
    search.reached[0].insert(Place::START, 0);
    for at in 0..lengths {
        search.go_on(at);
    }
    search.arrivals.iter_mut().for_each(|there| there.sort_unstable_by_key(|arrival| arrival.to));
    search.sentences(wanted)
}

/// How wrong something is.
type Mistakes = u32;

/// One step of a sentence: from which place to which, after how many letters it begins, the word
/// that is said, and what is wrong with it. Small, for there are many.
#[derive(Clone, Copy)]
struct Arrival {
    to: Place,
    from: Place,
    word: Option<Word>,
    at: u32,
    wrong: Mistakes,
}

/// Where a word may end, and what is wrong with it then.
type Ways = Vec<(usize, Mistakes)>;

struct Search<'a> {
    phrases: &'a Phrases,
    letters: Vec<char>,
    /// For each letter of the text: where in the graph the letters before it may lead, and what is
    /// wrong with them at least.
    reached: Vec<HashMap<Place, Mistakes>>,
    /// For each letter of the text: the last steps before it.
    arrivals: Vec<Vec<Arrival>>,
    /// The letters of the words that were met.
    spelt: HashMap<Word, Vec<char>>,
}

impl<'a> Search<'a> {
    /// Whether this is the cheapest way there so far.
    fn arrive(&mut self, until: usize, cost: Mistakes, arrival: Arrival) -> bool {
        self.arrivals[until].push(arrival);
        let known = self.reached[until].entry(arrival.to).or_insert(Mistakes::MAX);
        let better = cost < *known;
        *known = cost.min(*known);
        better
    }

    /// From the best places before this letter over every step that leads on.
    fn go_on(&mut self, at: usize) {
        let mut open: BinaryHeap<_> =
            self.reached[at].iter().map(|(place, cost)| Reverse((*cost, *place))).collect();
        let (mut followed, mut ways) = (HashSet::new(), HashMap::new());
        let here = count(at);
        while let Some(Reverse((cost, from))) = open.pop() {
            if followed.len() == WIDTH {
                break;
            }
            if !followed.insert(from) {
                continue;
            }
            let phrases = self.phrases;
            for (step, to) in phrases.steps(from) {
                match step {
                    Step::Nothing => {
                        let arrival = Arrival { to, from, word: None, at: here, wrong: 0 };
                        if self.arrive(at, cost, arrival) {
                            open.push(Reverse((cost, to)));
                        }
                    }
                    Step::Word(word) => {
                        let ways: &mut Ways =
                            ways.entry(word).or_insert_with(|| self.ways(at, word));
                        for (until, wrong) in ways.iter().copied() {
                            if cost + wrong > most(until) {
                                continue;
                            }
                            let arrival = Arrival { to, from, word: Some(word), at: here, wrong };
                            let better = self.arrive(until, cost + wrong, arrival);
                            if better && until == at {
                                open.push(Reverse((cost + wrong, to)));
                            }
                        }
                    }
                    // What is like anything is near to nothing.
                    Step::OwnWords => {}
                }
            }
        }
    }

    fn ways(&mut self, at: usize, word: Word) -> Ways {
        let spelt = self.spelt.entry(word).or_insert_with(|| {
            let spelling = plain(self.phrases.spelling(word));
            spelling.chars().filter(|letter| !letter.is_whitespace()).collect()
        });
        ways(&self.letters[at..], at, spelt)
    }

    /// The whole sentences, read from their ends: what is before an end costs what it cost to
    /// get there, so the first that comes out at the start is the nearest, and so on.
    fn sentences(&self, wanted: usize) -> Vec<String> {
        let all = self.letters.len();
        let ends = self.reached[all].iter().filter(|(place, _)| self.phrases.ends_at(**place));
        let mut open: BinaryHeap<_> =
            ends.map(|(place, cost)| Reverse((*cost, 0, all, *place, String::new()))).collect();
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        for _ in 0..ENDS_MAX {
            let Some(Reverse((_, after, at, place, said))) = open.pop() else { break };
            // The same words cut elsewhere out of the letters are the same sentence.
            if !seen.insert((place, said.clone())) {
                continue;
            }
            if at == 0 && place == Place::START {
                if !found.contains(&said) && !self.phrases.leaves_out(&said) {
                    found.push(said);
                }
                if found.len() == wanted {
                    break;
                }
                continue;
            }
            for Arrival { from, word, at, wrong, .. } in self.last_steps(at, place) {
                let said = match word.map(|word| self.phrases.spelling(word)) {
                    Some(word) if said.is_empty() => word.to_owned(),
                    Some(word) => format!("{word} {said}"),
                    None => said.clone(),
                };
                let (at, after) = (*at as usize, after + wrong);
                let cost = self.reached[at][from] + after;
                open.push(Reverse((cost, after, at, *from, said)));
            }
        }
        found
    }

    fn last_steps(&self, at: usize, to: Place) -> &[Arrival] {
        let there = &self.arrivals[at];
        let first = there.partition_point(|arrival| arrival.to < to);
        let count = there[first..].partition_point(|arrival| arrival.to == to);
        &there[first..first + count]
    }
}

/// No sentence, and no word, may be more wrong after so many letters.
fn most(letters: usize) -> Mistakes {
    MISTAKE * (count(letters) * WRONG_PERCENT / 100 + WRONG_MORE)
}

/// A number of letters; `home.toml` is far shorter than four thousand million.
fn count(letters: usize) -> u32 {
    u32::try_from(letters).unwrap_or(u32::MAX)
}

/// Where a word may end that begins with the first of these letters, and what is wrong with it
/// then: the fewest mistakes for every end.
fn ways(letters: &[char], at: usize, word: &[char]) -> Ways {
    let heard = &letters[..letters.len().min(word.len() + STRETCH)];
    let mut row: Vec<Mistakes> = (0..=heard.len()).map(|length| count(length) * MISTAKE).collect();
    for letter in word {
        let mut diagonal = row[0];
        row[0] += MISTAKE;
        for (place, other) in heard.iter().enumerate() {
            let exchanged = diagonal + mistake(*letter, *other);
            diagonal = row[place + 1];
            row[place + 1] = exchanged.min(row[place] + MISTAKE).min(diagonal + MISTAKE);
        }
    }
    let least = word.len().saturating_sub(STRETCH).min(heard.len());
    let most = most(word.len());
    let ways = (least..=heard.len()).map(|length| (at + length, row[length]));
    ways.filter(|(_, wrong)| *wrong <= most).collect()
}

fn mistake(one: char, other: char) -> Mistakes {
    if one == other {
        0
    } else if ALIKE.iter().any(|alike| alike.contains(&one) && alike.contains(&other)) {
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
    fn several_are_found_the_nearest_first() {
        let phrases = Phrases::of([
            "mag de timer uit",
            "maak een timer voor 3 uur",
            "maak timer voor 3 uur",
            "maak timer voor 8 uur",
            "help",
        ]);
        let near = nearest(&phrases, "Mac Timer voor 3 uur.", 3);
        let wanted =
            ["maak timer voor 3 uur", "maak een timer voor 3 uur", "maak timer voor 8 uur"];
        assert_eq!(near.len(), 3, "{near:?}");
        assert!(near[0] == wanted[0] && wanted.iter().all(|said| near.contains(&(*said).into())));
        let left_out = phrases.without(["Maak timer voor 3 uur"]);
        assert!(!nearest(&left_out, "Mac Timer voor 3 uur.", 3).contains(&wanted[0].into()));
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
