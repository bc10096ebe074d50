//! What a sentence wants of the agenda. Knows what the slots of a matched sentence took, and no
//! word of any language.

use omzien_core::Intent;
use omzien_core::agenda::{AgendaWish, Stretch};
use omzien_core::intent::Given;

use super::{Captured, Heard};
use crate::when;

impl Captured<'_> {
    /// A time beside words that speak of time themselves is not safely the time: it is asked.
    pub(super) fn add_to_agenda(&self) -> Intent {
        let language = self.listener.engine.language;
        let own = self.own().unwrap_or_default();
        let unsure = own.iter().any(|word| when::is_about_time(&word.strict, language));
        let when = self.stretch().filter(|_| !unsure);
        Intent::Agenda(AgendaWish::Add { what: self.entry(), when })
    }

    pub(super) fn ask_agenda(&self) -> Intent {
        Intent::Agenda(AgendaWish::Tell { what: self.entry(), when: self.stretch() })
    }

    pub(super) fn remove_from_agenda(&self) -> Intent {
        Intent::Agenda(AgendaWish::Remove { what: self.entry(), when: self.stretch() })
    }

    /// The piece of the calendar that was named.
    pub(super) fn stretch(&self) -> Option<Stretch> {
        self.first(|given| if let Given::Stretch(it) = given { Some(*it) } else { None })
    }

    /// What it is: own words, or what the skill knows by name; "my dentist" is the dentist.
    fn entry(&self) -> Option<String> {
        let listed = || {
            self.first(|given| match given {
                Given::Listed { written, .. } => Some(written.clone()),
                _ => None,
            })
        };
        let own = self.own().map(|own| self.without_article(own));
        own.filter(|own| !own.is_empty()).map(|own| self.listener.turned(own)).or_else(listed)
    }

    fn without_article<'a>(&self, own: &'a [Heard]) -> &'a [Heard] {
        match own {
            [first, rest @ ..] if self.listener.tongue.articles.contains(&first.strict) => rest,
            _ => own,
        }
    }
}
