//! Misheard words put right: the one known word that an unknown one may have been. What a home's
//! own skills know is tried last, and never where a cry for help is looked for.

use omzien_core::Language;

use super::{Engine, Heard};
use crate::language;
use crate::lists::Lists;
use crate::program::{WordId, Words};
use crate::skill::Sentences;
use crate::spelling::Spelling;
use crate::text::{self, Token};
use crate::vocabulary::Vocabulary;
use crate::when;

/// A shorter word (letters) is not corrected by itself: too many others are one letter away.
pub(super) const CORRECTED_LETTERS_MIN: usize = 5;
/// Parts of a compound that is put right, and how short (letters) one may be.
const COMPOUND_PARTS_MAX: usize = 3;
const COMPOUND_PART_MIN: usize = 4;

impl Engine {
    /// The words, misheard ones put right beside what was heard.
    pub(super) fn heard(&self, text: &str, vocabulary: &Vocabulary) -> Vec<Heard> {
        text::tokens(text)
            .into_iter()
            .enumerate()
            .map(|(at, Token { raw, norm: strict, before })| {
                let ours = self.correction(&strict, vocabulary);
                let near = match self.words.id(&strict) {
                    Some(_) => None,
                    None => ours.clone().or_else(|| self.correction_of_home(&strict)),
                };
                let near = near.unwrap_or_else(|| strict.clone());
                // Too many others are near a short word to put it right by itself.
                let (sure, norm) = match strict.len() >= CORRECTED_LETTERS_MIN {
                    true => (ours.unwrap_or_else(|| strict.clone()), near.clone()),
                    false => (strict.clone(), strict.clone()),
                };
                Heard { at, raw, before, strict, sure, norm, near }
            })
            .collect()
    }

    /// The one word of the program or the home's names that this unknown one may have been.
    fn correction(&self, norm: &str, vocabulary: &Vocabulary) -> Option<String> {
        let names = vocabulary.spelling(self.language);
        let ours = self.words.id(norm).is_some_and(|id| (id as usize) < self.of_program);
        if ours || names.has(norm) || self.is_time(norm) {
            return None;
        }
        let whole = self.nearest(norm, &[&self.spelling[0], names]);
        whole.or_else(|| self.compound(norm, names, COMPOUND_PARTS_MAX))
    }

    /// The same among the words of a home's own skills.
    fn correction_of_home(&self, norm: &str) -> Option<String> {
        if self.is_time(norm) { None } else { self.nearest(norm, &[&self.spelling[1]]) }
    }

    /// Words of times and numbers are read by themselves.
    fn is_time(&self, norm: &str) -> bool {
        when::is_known(norm, self.language)
            || norm.starts_with(|letter: char| letter.is_ascii_digit())
    }

    fn nearest(&self, norm: &str, known: &[&Spelling]) -> Option<String> {
        let tongue = language::tongue(self.language);
        let mut near: Vec<_> = known.iter().flat_map(|it| it.alike(norm, tongue)).collect();
        if near.is_empty() {
            near = known.iter().flat_map(|it| it.near(norm)).collect();
        }
        near.sort_unstable();
        near.dedup();
        // A letter is lost more often than one is exchanged.
        let longest = near.iter().map(|word| word.len()).max();
        near.retain(|word| Some(word.len()) == longest);
        // Two words it may have been: it stays what it was.
        let [alone] = near[..] else { return None };
        Some(alone.to_owned())
    }

    /// A word of several names of which one was misheard: the "kitchnlamp".
    fn compound(&self, norm: &str, names: &Spelling, parts: usize) -> Option<String> {
        if parts < 2 || norm.len() < 2 * COMPOUND_PART_MIN {
            return None;
        }
        let cuts = norm.char_indices().map(|(at, _)| at);
        let cuts =
            cuts.filter(|at| (COMPOUND_PART_MIN..=norm.len() - COMPOUND_PART_MIN).contains(at));
        let mut wholes = cuts.filter_map(|at| {
            let (first, rest) = norm.split_at(at);
            match (names.has(first), names.has(rest)) {
                (true, _) => {
                    let rest = self.nearest(rest, &[&self.spelling[0], names]);
                    let rest = rest.or_else(|| self.compound(&norm[at..], names, parts - 1));
                    rest.map(|rest| [first, &*rest].concat())
                }
                (false, true) => {
                    self.nearest(first, &[&self.spelling[0], names]).map(|first| first + rest)
                }
                (false, false) => None,
            }
        });
        wholes.next()
    }
}

/// What the program's own sentences and lists are made of.
pub(super) fn words_of(ours: &[&Sentences], lists: &Lists, language: Language) -> Words {
    let mut words = Words::default();
    for nodes in ours.iter().flat_map(|it| it.templates.iter().chain(&it.except)) {
        words.learn_all(nodes);
    }
    for norm in lists.forms_of_program(language).flat_map(|form| text::norms(form)) {
        words.learn(&norm);
    }
    words
}

/// Those from this one on; no day is guessed from a misheard word.
pub(super) fn spelling(words: &Words, from: usize, language: Language) -> Spelling {
    let tongue = language::tongue(language);
    let such = |(_, id): &(&str, WordId)| *id as usize >= from;
    let words = words.iter().filter(such).map(|(word, _)| word);
    let words = words.filter(|word| !when::is_known(word, language));
    Spelling::of(words.chain(tongue.units()), tongue)
}
