//! What a slot can take at a place of a sentence: names of the home, values of lists, numbers and
//! times. It chooses nothing; the programs do.

use omzien_core::agenda::Stretch;
use omzien_core::intent::Given;

use super::{Listener, REQUEST_WORDS_MAX, Spoken, Value};
use crate::program::{Sentence, WordId};
use crate::template::SlotKind;
use crate::vocabulary::NAME_WORDS_MAX;
use crate::when;

impl Sentence for Spoken<'_> {
    type Value = Value;

    fn words(&self) -> &[Option<WordId>] {
        &self.ids
    }

    fn values(&self, kind: SlotKind, at: usize) -> Vec<(usize, Value)> {
        let Listener { engine, hearing, vocabulary, .. } = *self.listener;
        let language = engine.language;
        let one = |found: Option<(usize, Given)>| {
            found.map(|(until, given)| (until, Value::Given(given))).into_iter().collect()
        };
        match kind {
            SlotKind::Things(kind) => self.names(at, |name| {
                let thing = vocabulary.things(kind, language).get(name)?;
                Some(Value::Thing(kind, thing.clone()))
            }),
            SlotKind::Scene => {
                self.given(at, |name| vocabulary.scene(name).cloned().map(Given::Scene))
            }
            SlotKind::Contact => {
                self.given(at, |name| vocabulary.contact(name).cloned().map(Given::Contact))
            }
            SlotKind::Room => {
                self.given(at, |name| vocabulary.room(name).cloned().map(Given::Room))
            }
            SlotKind::Device => {
                self.given(at, |name| vocabulary.device(name).cloned().map(Given::Device))
            }
            SlotKind::List(list) => self.given(at, |name| engine.lists.get(list, name).cloned()),
            SlotKind::When => one(when::when_at(&self.norms, at, language, hearing.now)
                .map(|(until, when)| (until, Given::When(when)))),
            SlotKind::Period => one(self.stretches.get_or_init(|| self.all_stretches())[at]
                .map(|(until, stretch)| (until, Given::Stretch(stretch)))),
            SlotKind::Duration | SlotKind::By => one(when::duration_at(&self.norms, at, language)
                .map(|(until, length)| (until, Given::Duration(length)))),
            SlotKind::Tenths => one(self.tenths_at(at)),
            SlotKind::Number => one(when::number_at(&self.norms, at, language)
                .map(|(until, number)| (until, Given::Number(number)))),
            SlotKind::Words => {
                let most = self.norms.len().min(at + REQUEST_WORDS_MAX);
                (at + 1..=most).map(|until| (until, Value::Words)).collect()
            }
        }
    }
}

impl Spoken<'_> {
    fn all_stretches(&self) -> Vec<Option<(usize, Stretch)>> {
        let Listener { engine, hearing, .. } = *self.listener;
        let stretch = |at| when::stretch_at(&self.norms, at, engine.language, hearing.now);
        (0..self.norms.len()).map(stretch).collect()
    }

    fn given(&self, at: usize, find: impl Fn(&str) -> Option<Given>) -> Vec<(usize, Value)> {
        self.names(at, |name| find(name).map(Value::Given))
    }

    /// The names that begin at a place, the longest first; an article before one is skipped,
    /// but where it belongs to it: "put that off".
    fn names(&self, at: usize, find: impl Fn(&str) -> Option<Value>) -> Vec<(usize, Value)> {
        let is_article = self.listener.tongue.articles.contains(&self.norms[at]);
        let mut found = Vec::new();
        for from in at..=at + usize::from(is_article) {
            let mut joined = String::new();
            for (ahead, norm) in self.norms[from..].iter().take(NAME_WORDS_MAX).enumerate() {
                joined.push_str(norm);
                if let Some(value) = find(&joined) {
                    found.push((from + ahead + 1, value));
                }
            }
        }
        found.sort_by_key(|(until, _)| std::cmp::Reverse(*until));
        found
    }
}
