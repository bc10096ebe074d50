//! Misheard words put right: the one known word that an unknown one may have been. What a home's
//! own skills know is tried last, and never where a cry for help is looked for.

use omzien_core::Language;

use super::{CORRECTED_LETTERS_MIN, Engine, Heard};
use crate::lists::Lists;
use crate::program::{WordId, Words};
use crate::skill::Sentences;
use crate::text::{self, Token};
use crate::vocabulary::Vocabulary;
use crate::when;

impl Engine {
    /// The words, misheard ones put right beside what was heard.
    pub(super) fn heard(&self, text: &str, vocabulary: &Vocabulary) -> Vec<Heard> {
        text::tokens(text)
            .into_iter()
            .enumerate()
            .map(|(at, Token { raw, norm, before })| {
                let sure = self.correction(&norm, vocabulary);
                let corrected = match self.words.id(&norm) {
                    Some(_) => None,
                    None => sure.clone().or_else(|| self.correction_of_home(&norm)),
                };
                let sure = sure.unwrap_or_else(|| norm.clone());
                let strict = norm.clone();
                Heard { at, raw, before, strict, sure, norm: corrected.unwrap_or(norm) }
            })
            .collect()
    }

    /// The one word of the program or the home's names that this unknown one may have been.
    fn correction(&self, norm: &str, vocabulary: &Vocabulary) -> Option<String> {
        let names = vocabulary.words(self.language);
        let ours = self.words.id(norm).is_some_and(|id| (id as usize) < self.of_program);
        if ours || names.contains(norm) {
            return None;
        }
        self.nearest(norm, names.iter().chain(&self.long_words[0]))
    }

    /// The same among the words of a home's own skills.
    fn correction_of_home(&self, norm: &str) -> Option<String> {
        let known = &self.long_words[1];
        if known.is_empty() { None } else { self.nearest(norm, known.iter()) }
    }

    /// A letter off, or two in a long one.
    fn nearest<'w>(&self, norm: &str, known: impl Iterator<Item = &'w String>) -> Option<String> {
        if norm.len() < CORRECTED_LETTERS_MIN
            || when::is_known(norm, self.language)
            || norm.starts_with(|letter: char| letter.is_ascii_digit())
        {
            return None;
        }
        let allowed = if norm.len() >= 10 { 2 } else { 1 };
        let mut nearest: Option<(usize, &str)> = None;
        let mut alone = true;
        for word in known.filter(|word| {
            word.len() >= CORRECTED_LETTERS_MIN && word.len().abs_diff(norm.len()) <= allowed
        }) {
            let distance = strsim::osa_distance(word, norm);
            let best = nearest.map_or(allowed + 1, |(best, _)| best);
            if distance < best {
                (nearest, alone) = (Some((distance, word.as_str())), true);
            } else if distance == best && nearest.is_some_and(|(_, other)| other != word) {
                alone = false;
            }
        }
        // Two words it may have been: it stays what it was.
        nearest.filter(|_| alone).map(|(_, word)| word.to_owned())
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

/// Those from this one on that are long enough to be told apart.
pub(super) fn long_words(words: &Words, from: usize, language: Language) -> Vec<String> {
    let such =
        |(word, id): &(&str, WordId)| word.len() > CORRECTED_LETTERS_MIN && *id as usize >= from;
    let mut long: Vec<_> = words.iter().filter(such).map(|(word, _)| word.to_owned()).collect();
    long.sort();
    long.retain(|word| !when::is_known(word, language));
    long
}
