//! Misheard words put right: the one known word that an unknown one may have been.

use super::{Engine, Heard};
use crate::language;
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
            .map(|(at, Token { raw, norm, before })| {
                let near = self.correction(&norm, vocabulary).unwrap_or_else(|| norm.clone());
                // Too many others are near a short word to put it right by itself.
                let sure = norm.len() >= CORRECTED_LETTERS_MIN;
                let corrected = if sure { near.clone() } else { norm.clone() };
                Heard { at, raw, before, strict: norm, norm: corrected, near }
            })
            .collect()
    }

    /// The one known word that this unknown one may have been.
    fn correction(&self, norm: &str, vocabulary: &Vocabulary) -> Option<String> {
        let names = vocabulary.spelling(self.language);
        if self.words.id(norm).is_some()
            || names.has(norm)
            || when::is_known(norm, self.language)
            || norm.starts_with(|letter: char| letter.is_ascii_digit())
        {
            return None;
        }
        let whole = self.nearest(norm, names);
        whole.or_else(|| self.compound(norm, names, COMPOUND_PARTS_MAX))
    }

    fn nearest(&self, norm: &str, names: &Spelling) -> Option<String> {
        let tongue = language::tongue(self.language);
        let mut known = [self.spelling.alike(norm, tongue), names.alike(norm, tongue)].concat();
        if known.is_empty() {
            known = [self.spelling.near(norm), names.near(norm)].concat();
        }
        known.sort_unstable();
        known.dedup();
        // A letter is lost more often than one is exchanged.
        let longest = known.iter().map(|word| word.len()).max();
        known.retain(|word| Some(word.len()) == longest);
        // Two words it may have been: it stays what it was.
        let [alone] = known[..] else { return None };
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
                    let rest = self.nearest(rest, names);
                    let rest = rest.or_else(|| self.compound(&norm[at..], names, parts - 1));
                    rest.map(|rest| [first, &*rest].concat())
                }
                (false, true) => self.nearest(first, names).map(|first| first + rest),
                (false, false) => None,
            }
        });
        wholes.next()
    }
}
