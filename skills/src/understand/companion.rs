//! Where the companion is named in what was said, and whether that is all: then it is called. Knows
//! nothing of what else was said.

use super::correction::CORRECTED_LETTERS_MIN;
use super::{Engine, Heard, without};
use crate::language::Tongue;
use crate::vocabulary::{NAME_WORDS_MAX, Vocabulary};
use crate::when;

impl Engine {
    /// Takes the companion's name out, at the beginning (after a hesitation) or at the end.
    pub(super) fn without_companion(
        &self,
        mut said: Vec<Heard>,
        vocabulary: &Vocabulary,
        tongue: &Tongue,
    ) -> (bool, Vec<Heard>) {
        let name = vocabulary.companion();
        if name.is_empty() {
            return (false, said);
        }
        let skip = (0..said.len().min(3))
            .take_while(|at| {
                let one = std::slice::from_ref(&said[*at].strict);
                tongue.hesitation.iter().chain(&tongue.politeness).any(|words| words == one)
            })
            .count();
        let first = (0..=skip.min(said.len()))
            .find_map(|at| self.companion_at(&said, at, name).map(|length| (at, length)));
        if let Some((at, length)) = first {
            said.drain(at..at + length);
        }
        // The shortest first: in "dank u, Robin" the name is not "u Robin".
        let last = (1..=NAME_WORDS_MAX.min(said.len()))
            .find(|length| self.companion_at(&said, said.len() - length, name) == Some(*length));
        if let Some(length) = last {
            said.truncate(said.len() - length);
        }
        (first.is_some() || last.is_some(), said)
    }

    /// Beside hesitation and the words of `list` it is the name and nothing else, however often:
    /// who is not heard calls again.
    pub(super) fn is_call(
        &self,
        said: &[Heard],
        list: &[Vec<String>],
        vocabulary: &Vocabulary,
        tongue: &Tongue,
    ) -> bool {
        let name = vocabulary.companion();
        let names = without(&without(said, &tongue.hesitation), list);
        let mut at = 0;
        while !name.is_empty() && at < names.len() {
            match self.companion_at(&names, at, name) {
                Some(length) => at += length,
                None => return false,
            }
        }
        at > 0
    }

    fn companion_at(&self, said: &[Heard], at: usize, name: &str) -> Option<usize> {
        let mut joined = String::new();
        for (length, word) in said.iter().skip(at).take(NAME_WORDS_MAX).enumerate() {
            joined.push_str(&word.strict);
            let misheard = name.len() >= CORRECTED_LETTERS_MIN
                && self.words.id(&joined).is_none()
                && !when::is_known(&joined, self.language)
                && strsim::osa_distance(&joined, name) == 1;
            if joined == name || misheard {
                return Some(length + 1);
            }
        }
        None
    }
}
