//! Which known word a misheard one may have been: one that sounds the same, or is a letter off.
//! Chooses between no meanings.

use std::collections::HashMap;

use crate::language::Tongue;

/// In a word this long (letters) two letters may be off.
const LONG: usize = 10;
/// Of a shorter word (letters) another letter makes another word.
const LETTERS_MIN: usize = 3;
/// Words (letters) of which one letter may be another; of a shorter one it may be lost.
const CHANGED_MIN: usize = 5;

/// Known words, so that a misheard one is found without looking at each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Spelling {
    words: Vec<String>,
    /// Their numbers.
    numbers: HashMap<String, usize>,
    by_sound: HashMap<String, Vec<usize>>,
    /// Each word with each of its letters left out.
    by_piece: HashMap<String, Vec<usize>>,
}

impl Spelling {
    pub(crate) fn of<'a>(words: impl Iterator<Item = &'a str>, tongue: &Tongue) -> Self {
        let mut spelling = Self::default();
        for word in words {
            let number = spelling.words.len();
            spelling.words.push(word.to_owned());
            spelling.numbers.insert(word.to_owned(), number);
            spelling.by_sound.entry(sound(word, tongue)).or_default().push(number);
            let pieces = pieces(word).filter(|_| word.chars().count() >= LETTERS_MIN);
            for piece in pieces {
                let with_it = spelling.by_piece.entry(piece).or_default();
                if with_it.last() != Some(&number) {
                    with_it.push(number);
                }
            }
        }
        spelling
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.numbers.contains_key(word)
    }

    /// The words that sound like this one.
    pub(crate) fn alike<'a>(&'a self, word: &str, tongue: &Tongue) -> Vec<&'a str> {
        self.listed(self.by_sound.get(&sound(word, tongue)))
    }

    /// The words from which this one is a letter off; from a long one two, if none is nearer.
    pub(crate) fn near<'a>(&'a self, word: &str) -> Vec<&'a str> {
        let letters = word.chars().count();
        // A letter of it was lost.
        let mut near = self.listed(self.by_piece.get(word));
        if letters >= CHANGED_MIN {
            // It has a letter too many, or another one.
            for piece in pieces(word) {
                near.extend(self.numbers.get(&piece).map(|number| &*self.words[*number]));
                near.extend(self.listed(self.by_piece.get(&piece)));
            }
            near.retain(|known| strsim::osa_distance(known, word) <= 1);
        }
        if near.is_empty() && letters >= LONG {
            // One of the two letters at most is at its beginning.
            let begins = |known: &&String| known.as_bytes()[0] == word.as_bytes()[0];
            let long = self.words.iter().filter(|known| known.len().abs_diff(word.len()) <= 2);
            let long = long.filter(begins);
            near = long.map(String::as_str).collect();
            near.retain(|known| strsim::osa_distance(known, word) <= 2);
        }
        near.sort_unstable();
        near.dedup();
        near
    }

    fn listed(&self, numbers: Option<&Vec<usize>>) -> Vec<&str> {
        let numbers = numbers.map_or(&[][..], Vec::as_slice);
        numbers.iter().map(|number| &*self.words[*number]).collect()
    }
}

/// The word with each of its letters left out.
fn pieces(word: &str) -> impl Iterator<Item = String> {
    let starts = word.char_indices();
    starts.map(|(at, letter)| [&word[..at], &word[at + letter.len_utf8()..]].concat())
}

/// How a word sounds, roughly: spellings of the same sound are written alike.
fn sound(word: &str, tongue: &Tongue) -> String {
    let mut sound = String::with_capacity(word.len());
    let mut at = 0;
    while let Some(letter) = word[at..].chars().next() {
        let alike = tongue.sounds.iter().find(|(from, _)| word[at..].starts_with(from.as_str()));
        let (taken, to) = match alike {
            Some((from, to)) => (from.len(), to.as_str()),
            None => (letter.len_utf8(), &word[at..at + letter.len_utf8()]),
        };
        for letter in to.chars().filter(|letter| !letter.is_ascii_digit()) {
            if !sound.ends_with(letter) {
                sound.push(letter);
            }
        }
        at += taken;
    }
    let ending = tongue.endings.iter().find(|(from, _)| sound.ends_with(from.as_str()));
    if let Some((from, to)) = ending {
        sound.truncate(sound.len() - from.len());
        sound.push_str(to);
    }
    sound
}

#[cfg(test)]
mod tests {
    use omzien_core::Language;

    use super::*;
    use crate::language;

    #[test]
    fn what_sounds_alike_is_found_and_what_is_a_letter_off() {
        let tongue = language::tongue(Language::Nl);
        let known = ["uitzetten", "zolder", "dicht", "slaapkamerlamp", "annuleren", "radio"];
        let spelling = Spelling::of(known.into_iter(), tongue);
        for (heard, word) in [
            ("eutzetten", "uitzetten"),
            ("solder", "zolder"),
            ("dichd", "dicht"),
            ("annulere", "annuleren"),
        ] {
            assert_eq!(spelling.alike(heard, tongue), [word], "{heard}");
        }
        for (heard, word) in
            [("dict", "dicht"), ("slapkamerlmp", "slaapkamerlamp"), ("radjo", "radio")]
        {
            assert_eq!(spelling.near(heard), [word], "{heard}");
        }
        assert!(spelling.near("lantaarn").is_empty() && spelling.near("").is_empty());
    }
}
