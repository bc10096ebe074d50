//! What Omzien can talk about: one folder of data per skill, the small engine that finds the
//! [`Intent`](omzien_core::Intent) in a sentence, and the words for everything the home can say.
//!
//! This crate never touches a file, a clock or the network: folders come in as `(path, text)`
//! pairs, and the moment at which something was said is an argument.

#![warn(missing_docs)]

mod error;
mod hearing;
mod render;
mod vocabulary;

pub use error::{RenderError, SkillError};
pub use hearing::{Addressed, Hearing, Through, Understood};
pub use vocabulary::Vocabulary;

use omzien_core::{Language, Phrases, Plan, Reply};

/// The skills of a home. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Skills {}

impl Skills {
    /// The skills that are part of the program, all enabled.
    pub fn built_in() -> Self {
        Self {}
    }

    /// The same skills with only `names` listening, and those that always do (help and the
    /// common words of a conversation). Everything can still be *said*: an alarm has its words
    /// in a home where nothing is enabled. Returns the names that are no skill beside it.
    pub fn enable<S: AsRef<str>>(&self, names: &[S]) -> (Self, Vec<String>) {
        (self.clone(), names.iter().map(|name| name.as_ref().to_owned()).collect())
    }

    /// What the resident meant; `None` if it was not said to us: a television, a telephone call.
    /// A cry for help is always for us. Never panics; a sentence of any length takes bounded time.
    pub fn understand(
        &self,
        text: &str,
        hearing: &Hearing<'_>,
        vocabulary: &Vocabulary,
    ) -> Option<Understood> {
        let _ = (text, hearing, vocabulary);
        None
    }

    /// What can be said now, for a recogniser that decodes along it: at most 4,000 sentences.
    pub fn phrases(
        &self,
        language: Language,
        vocabulary: &Vocabulary,
        expectation: omzien_core::Expectation,
    ) -> Phrases {
        let _ = (language, vocabulary, expectation);
        Phrases::default()
    }

    /// The words of a reply. The plan knows how a sentence refers to a contact.
    pub fn render(
        &self,
        reply: &Reply,
        language: Language,
        plan: &Plan,
    ) -> Result<String, RenderError> {
        let _ = (language, plan);
        Err(RenderError::UnknownKey { key: reply.key.to_string() })
    }
}
