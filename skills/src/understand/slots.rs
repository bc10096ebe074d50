//! What a slot can take at a place of a sentence: names of the home, values of lists, numbers and
//! times. It chooses nothing; the programs do.

use std::rc::Rc;

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

    fn named(&self) -> &[bool] {
        self.named.get_or_init(|| {
            let mut named = vec![false; self.norms.len()];
            let kinds = self.listener.engine.all_kinds.iter();
            for kind in kinds.filter(|kind| **kind != SlotKind::Words) {
                for at in 0..self.norms.len() {
                    let until = self.values(*kind, at).iter().map(|(until, _)| *until).max();
                    named[at..until.unwrap_or(at)].fill(true);
                }
            }
            named
        })
    }

    fn values(&self, kind: SlotKind, at: usize) -> Rc<[(usize, Value)]> {
        let place = kind.number() * self.norms.len() + at;
        if let Some(Some(known)) = self.found.borrow().get(place) {
            return Rc::clone(known);
        }
        let found: Rc<[(usize, Value)]> = self.look(kind, at).into();
        let mut all = self.found.borrow_mut();
        if all.len() <= place {
            all.resize(place + 1, None);
        }
        all[place] = Some(Rc::clone(&found));
        found
    }
}

impl Spoken<'_> {
    fn look(&self, kind: SlotKind, at: usize) -> Vec<(usize, Value)> {
        if kind.is_time() && !self.timely(at) {
            return Vec::new();
        }
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
            SlotKind::Room => self.given(at, |name| {
                let room = vocabulary.room(name).cloned().map(Given::Room);
                room.or_else(|| vocabulary.floor(name).cloned().map(Given::Floor))
            }),
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

    fn all_stretches(&self) -> Vec<Option<(usize, Stretch)>> {
        let Listener { engine, hearing, .. } = *self.listener;
        let stretch = |at| when::stretch_at(&self.norms, at, engine.language, hearing.now);
        (0..self.norms.len()).map(stretch).collect()
    }

    fn given(&self, at: usize, find: impl Fn(&str) -> Option<Given>) -> Vec<(usize, Value)> {
        self.names(at, |name| find(name).map(Value::Given))
    }

    /// A moment or a length of time may begin here.
    fn timely(&self, at: usize) -> bool {
        let language = self.listener.engine.language;
        let is_known = |norm: &String| when::is_known(norm, language);
        self.timely.get_or_init(|| self.norms.iter().map(is_known).collect())[at]
    }

    /// From each place the words that are somebody's or something's name, without the spaces.
    fn joined(&self) -> &[Vec<(usize, String)>] {
        self.joined.get_or_init(|| {
            let Listener { engine, vocabulary, .. } = *self.listener;
            let is_name =
                |name: &str| vocabulary.has(name, engine.language) || engine.listed.contains(name);
            let from_each = |from: usize| {
                let mut joined = String::new();
                let words = self.norms[from..].iter().take(NAME_WORDS_MAX).enumerate();
                let named = words.filter_map(|(ahead, norm)| {
                    joined.push_str(norm);
                    is_name(&joined).then(|| (from + ahead + 1, joined.clone()))
                });
                named.collect()
            };
            (0..self.norms.len()).map(from_each).collect()
        })
    }

    /// The names that begin at a place, the longest first; an article before one is skipped,
    /// but where it belongs to it: "put that off".
    fn names(&self, at: usize, find: impl Fn(&str) -> Option<Value>) -> Vec<(usize, Value)> {
        let is_article = self.listener.tongue.articles.contains(&self.norms[at]);
        let mut found = Vec::new();
        for from in at..=at + usize::from(is_article) {
            let named = self.joined().get(from).into_iter().flatten();
            found.extend(named.filter_map(|(until, name)| Some((*until, find(name)?))));
        }
        found.sort_by_key(|(until, _)| std::cmp::Reverse(*until));
        found
    }
}
