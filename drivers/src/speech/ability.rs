//! Something the companion can do until it cannot: each change is told to the inbox once, so that
//! "it is deaf" is one trouble and not one a second. It mends nothing.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use omzien_core::{Trouble, TroubleState};

use super::SpeechError;
use crate::{Inbox, Input};

/// An ability rests on parts; it is lost while any of them fails. Shared by their threads.
pub(super) struct Ability {
    trouble: Trouble,
    failing: Mutex<BTreeSet<&'static str>>,
    inbox: Inbox,
}

impl Ability {
    pub(super) fn new(trouble: Trouble, inbox: Inbox) -> Self {
        Self { trouble, failing: Mutex::default(), inbox }
    }

    /// How the last try of one part went.
    pub(super) fn report(&self, part: &'static str, error: Option<&SpeechError>) {
        // Held while the trouble is sent, so that no "over" overtakes its "began".
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = failing.is_empty();
        match error {
            Some(error) => {
                if failing.insert(part) {
                    tracing::warn!(%error, part, "a part of speech fails");
                }
            }
            None => {
                if failing.remove(part) {
                    tracing::info!(part, "a part of speech works again");
                }
            }
        }
        let state = match (before, failing.is_empty()) {
            (true, false) => TroubleState::Began,
            (false, true) => TroubleState::Over,
            (true, true) | (false, false) => return,
        };
        self.inbox.blocking_send(Input::Troubled { trouble: self.trouble.clone(), state });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_begins_with_the_first_failing_part_and_ends_with_the_last() {
        let (inbox, mut received) = crate::inbox::open();
        let deaf = Ability::new(Trouble::Deaf, inbox);
        let error = SpeechError::NoVoice { program: "espeak-ng".to_owned() };
        for (part, error) in [
            ("model", None),
            ("model", Some(&error)),
            ("model", Some(&error)),
            ("microphone", Some(&error)),
            ("model", None),
            ("microphone", None),
            ("microphone", None),
        ] {
            deaf.report(part, error);
        }
        let states: Vec<TroubleState> = received
            .take_now(10)
            .into_iter()
            .filter_map(|input| match input {
                Input::Troubled { trouble: Trouble::Deaf, state } => Some(state),
                _ => None,
            })
            .collect();
        assert_eq!(states, [TroubleState::Began, TroubleState::Over]);
    }
}
