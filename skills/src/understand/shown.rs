//! Which of its templates a meaning was found by, for whoever writes them. Not on the way of a
//! sentence through the home.

use super::{Engine, Extent, Found, Heard, Listener, without};
use crate::hearing::Hearing;
use crate::language;
use crate::vocabulary::Vocabulary;

impl Engine {
    /// The place of the template that takes the sentence for this meaning.
    pub(crate) fn sentence_said(
        &self,
        text: &str,
        name: &str,
        hearing: &Hearing<'_>,
        vocabulary: &Vocabulary,
    ) -> Option<usize> {
        let rule = self.rules.iter().find(|rule| rule.name == name)?;
        let tongue = language::tongue(self.language);
        let (_, said) = self.without_companion(self.heard(text, vocabulary), vocabulary, tongue);
        let plain = without(&said, &tongue.hesitation);
        let reduced = without(&plain, &tongue.politeness);
        let listener =
            Listener { engine: self, hearing, vocabulary, tongue, enabled: &[], said: &said };
        let strict: fn(&Heard) -> &String = |word| &word.strict;
        let put_right: fn(&Heard) -> &String = |word| &word.norm;
        let readings = [(&plain, strict), (&plain, put_right), (&reduced, put_right)];
        readings.into_iter().find_map(|(words, form)| {
            let spoken = listener.spoken(words.iter().map(|word| form(word).clone()).collect());
            let starts = match rule.rule.found {
                Found::Whole => 0..1,
                Found::Anywhere => 0..words.len().max(1),
            };
            let extent = match rule.rule.found {
                Found::Whole => Extent::Whole,
                Found::Anywhere => Extent::Prefix,
            };
            rule.programs.iter().position(|program| {
                starts.clone().any(|from| program.run(&spoken, from, extent).is_some())
            })
        })
    }
}
