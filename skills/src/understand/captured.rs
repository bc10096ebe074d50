//! What the slots of a matched sentence took, for the meanings to choose from. Looks at no word.

use std::collections::BTreeMap;
use std::time::Duration;

use omzien_core::intent::{Given, When};
use omzien_core::{ContactId, Intent};

use super::{Heard, Listener, Value};
use crate::program::Matched;
use crate::template::SlotKind;
use crate::when;

/// What the slots of a matched sentence took.
pub(super) struct Captured<'a> {
    pub(super) matched: &'a Matched<Value>,
    pub(super) heard: &'a [Heard],
    pub(super) listener: &'a Listener<'a>,
}

impl Captured<'_> {
    /// The first thing named that is picked.
    pub(super) fn first<T>(&self, pick: impl Fn(&Given) -> Option<T>) -> Option<T> {
        self.matched.taken.iter().find_map(|taken| match &taken.value {
            Value::Given(given) => pick(given),
            Value::Thing(..) | Value::Words => None,
        })
    }

    pub(super) fn contact(&self) -> Option<ContactId> {
        self.first(|given| if let Given::Contact(it) = given { Some(it.clone()) } else { None })
    }

    pub(super) fn duration(&self) -> Option<Duration> {
        self.first(|given| if let Given::Duration(it) = given { Some(*it) } else { None })
    }

    pub(super) fn number(&self) -> Option<u32> {
        self.first(|given| if let Given::Number(it) = given { Some(*it) } else { None })
    }

    /// A length of time where a moment is wanted counts from now.
    pub(super) fn when(&self) -> Option<When> {
        self.first(|given| if let Given::When(it) = given { Some(it.clone()) } else { None })
            .or_else(|| self.duration().map(When::In))
    }

    /// Everything that was named, by the names of the slots.
    pub(super) fn slots(&self) -> BTreeMap<String, Given> {
        let lists = &self.listener.engine.lists;
        let mut slots = BTreeMap::new();
        for taken in &self.matched.taken {
            let given = match &taken.value {
                Value::Given(given) => Some(given.clone()),
                Value::Thing(kind, name) => {
                    let what = self.named_with(*kind, name);
                    slots.extend(what.map(|(slot, given)| (slot.to_owned(), given)));
                    Some(Given::Things(self.target(*kind, name)))
                }
                Value::Words => self.words().map(Given::Words),
            };
            if let Some(given) = given {
                slots.entry(taken.kind.name(lists).to_owned()).or_insert(given);
            }
        }
        slots
    }

    /// The resident's own words as they were said, whatever fell away between them included.
    pub(super) fn own(&self) -> Option<&[Heard]> {
        let taken = self.matched.taken.iter().find(|taken| taken.kind == SlotKind::Words)?;
        self.said(taken.from, taken.until)
    }

    /// Everything that was said from one word of the sentence to another.
    pub(super) fn said(&self, from: usize, until: usize) -> Option<&[Heard]> {
        let (first, last) = (self.heard[from].at, self.heard[until - 1].at);
        let said = self.listener.said;
        let from = said.iter().position(|word| word.at == first)?;
        let until = said.iter().position(|word| word.at == last)?;
        Some(&said[from..=until])
    }

    pub(super) fn words(&self) -> Option<String> {
        let raws: Vec<&str> = self.own()?.iter().map(|word| &*word.raw).collect();
        Some(raws.join(" "))
    }

    /// The resident's own words as they are said back: "mijn pillen" become "uw pillen".
    pub(super) fn what(&self) -> Option<String> {
        Some(self.listener.turned(self.own()?))
    }

    /// A moment beside words that speak of time themselves is not safely the moment: it is asked.
    pub(super) fn reminder(&self) -> Option<Intent> {
        let listener = self.listener;
        let language = listener.engine.language;
        let own = self.own()?;
        let unsure = own.iter().any(|word| when::is_about_time(&word.strict, language));
        let what = self.what()?;
        Some(match self.when() {
            Some(when) if !unsure => Intent::Remind { what, when },
            Some(_) | None => Intent::RemindWhen { what },
        })
    }
}
