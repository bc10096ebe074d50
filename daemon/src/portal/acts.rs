//! Acts of a page: each is done once, however often its form is posted, and what became of it is
//! told on the page that is shown next. In memory only; the core remembers its own requests.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::mistake::Mistake;

/// Acts that are remembered. An older form that is posted again is done again.
const KEPT: usize = 256;

/// The name of one loading of a page; all its forms carry it. Two acts of one page differ by what
/// they ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token(String);

impl Token {
    /// # Errors
    /// It is not one that a page of ours was given.
    pub(super) fn parse(text: &str) -> Result<Self, Mistake> {
        let whole = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if whole { Ok(Self(text.to_owned())) } else { Err(Mistake::Bad) }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes tokens that nobody can guess and that never repeat, over restarts too: the standard
/// library's keyed hash (its key comes from the system at start) of a counter.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    key: RandomState,
    made: AtomicU64,
}

impl Tokens {
    pub(super) fn make(&self) -> Token {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let half = |which: u8| self.key.hash_one((number, which));
        Token(format!("{:016x}{:016x}", half(0), half(1)))
    }
}

/// What became of an act, in the words of whoever did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// `done` or `not`, for the style sheet.
    pub(super) class: &'static str,
    pub(super) text: String,
}

impl Told {
    pub(super) fn done(text: impl Into<String>) -> Self {
        Self { class: "done", text: text.into() }
    }

    pub(super) fn not(text: impl Into<String>) -> Self {
        Self { class: "not", text: text.into() }
    }
}

#[derive(Debug, Default)]
pub(super) struct Acts {
    done: Mutex<VecDeque<Act>>,
}

#[derive(Debug)]
struct Act {
    token: Token,
    what: String,
    told: Told,
}

impl Acts {
    /// Does it, unless this page asked for the same before.
    pub(super) fn once(&self, token: &Token, what: &str, act: impl FnOnce() -> Told) {
        let mut done = self.lock();
        if done.iter().any(|known| known.token == *token && known.what == what) {
            return;
        }
        if done.len() == KEPT {
            done.pop_front();
        }
        done.push_back(Act { token: token.clone(), what: what.to_owned(), told: act() });
    }

    /// What became of the last act of a page.
    pub(super) fn told(&self, token: Option<&str>) -> Option<Told> {
        let done = self.lock();
        let act = done.iter().rev().find(|act| Some(act.token.as_str()) == token)?;
        Some(act.told.clone())
    }

    /// A panic elsewhere undoes no act.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Act>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_act_of_the_same_page_is_done_once_and_told_again() {
        let (acts, tokens) = (Acts::default(), Tokens::default());
        let (first, second) = (tokens.make(), tokens.make());
        assert_ne!(first, second);
        let mut times = 0;
        for (token, what) in [(&first, "fall"), (&first, "fall"), (&second, "fall")] {
            acts.once(token, what, || {
                times += 1;
                Told::done(format!("{times}"))
            });
        }
        acts.once(&first, "get up", || Told::not("no"));
        assert_eq!(times, 2);
        assert_eq!(acts.told(Some(second.as_str())), Some(Told::done("2")));
        assert_eq!(acts.told(Some(first.as_str())), Some(Told::not("no")), "the last one");
        assert_eq!(acts.told(None), None);
    }

    #[test]
    fn a_token_is_thirty_two_digits_and_nothing_else() {
        assert!(Token::parse(Tokens::default().make().as_str()).is_ok());
        for text in ["", "1", "'; --", &"g".repeat(32), &"0".repeat(33)] {
            assert!(Token::parse(text).is_err(), "{text:?}");
        }
    }
}
