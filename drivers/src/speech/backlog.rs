//! Turns on their way from the ears to the recogniser: a minute of sound at most, oldest first.
//! When understanding falls behind, each is first listened through for a cry for help, and only
//! what was listened through makes room. It hears nothing and starts no thread.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use omzien_core::{Trouble, TroubleState};

use super::SpeechError;
use super::ability::Ability;
use crate::{Inbox, Input};

/// Sound that waits, milliseconds: 4 MB. At this bound a turn is dropped and counted: the oldest
/// that was listened through for a cry, and only if there is none the oldest of all.
pub(super) const WAITING_MAX_MS: u64 = 60_000;
/// With more than this waiting, cries come first.
const CRIES_FIRST_MS: u64 = 30_000;
/// Whoever waits longer than this for an answer thinks that nobody heard.
const BEHIND_MS: u64 = 5_000;

/// What waits knows how much sound it is, and since when it waits.
pub(super) trait Waits {
    fn sound_ms(&self) -> u64;
    fn since_ms(&self) -> u64;
}

/// What to do with a turn.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Task<T> {
    Understand(T),
    /// Listen for a cry for help; if it is none, give it back.
    SeekCry(T),
    /// Nobody has spoken for as long as was asked.
    Rest,
}

/// The order of things, without its lock.
#[derive(Debug)]
struct Line<T> {
    /// Oldest first; those listened through for a cry are marked.
    waiting: VecDeque<(T, Cry)>,
    /// Dropped since the last report.
    unheard: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cry {
    Unknown,
    None,
}

impl<T: Waits> Line<T> {
    fn waiting_ms(&self) -> u64 {
        self.waiting.iter().map(|(turn, _)| turn.sound_ms()).sum()
    }

    fn push(&mut self, turn: T) {
        while !self.waiting.is_empty() && self.waiting_ms() + turn.sound_ms() > WAITING_MAX_MS {
            let none = self.waiting.iter().position(|(_, cry)| *cry == Cry::None);
            if none.is_none() {
                tracing::warn!("no time even for cries for help: a turn of speech was not heard");
            }
            self.waiting.remove(none.unwrap_or(0));
            self.unheard += 1;
        }
        self.waiting.push_back((turn, Cry::Unknown));
    }

    fn take(&mut self) -> Option<Task<T>> {
        let unknown = self.waiting.iter().position(|(_, cry)| *cry == Cry::Unknown);
        match unknown {
            Some(place) if self.waiting_ms() > CRIES_FIRST_MS => {
                self.waiting.remove(place).map(|(turn, _)| Task::SeekCry(turn))
            }
            Some(_) | None => self.waiting.pop_front().map(|(turn, _)| Task::Understand(turn)),
        }
    }

    /// A turn that holds no cry goes back to its place.
    fn give_back(&mut self, turn: T) {
        let younger = |(other, _): &(T, Cry)| other.since_ms() > turn.since_ms();
        let place = self.waiting.iter().position(younger).unwrap_or(self.waiting.len());
        self.waiting.insert(place, (turn, Cry::None));
    }

    fn is_behind(&self, now_ms: u64) -> bool {
        let oldest = self.waiting.iter().map(|(turn, _)| turn.since_ms()).min();
        oldest.is_some_and(|oldest| now_ms.saturating_sub(oldest) > BEHIND_MS)
    }
}

/// The line between the two threads.
pub(super) struct Backlog<T> {
    line: Mutex<(Line<T>, Open)>,
    changed: Condvar,
    behind: Ability,
    inbox: Inbox,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Yes,
    No,
}

impl<T: Waits> Backlog<T> {
    pub(super) fn new(inbox: Inbox) -> Self {
        let line = Line { waiting: VecDeque::new(), unheard: 0 };
        Self {
            line: Mutex::new((line, Open::Yes)),
            changed: Condvar::new(),
            behind: Ability::new(Trouble::Behind, inbox.clone()),
            inbox,
        }
    }

    /// Never waits for the recogniser.
    pub(super) fn push(&self, turn: T) {
        self.lock().0.push(turn);
        self.changed.notify_one();
    }

    /// The next thing to do; waits for it, or for so long. `None` when nobody listens any more:
    /// what still waits then is forgotten.
    pub(super) fn take(&self, patience: Option<Duration>) -> Option<Task<T>> {
        let mut line = self.lock();
        loop {
            if line.1 == Open::No {
                return None;
            }
            if let Some(task) = line.0.take() {
                return Some(task);
            }
            drop(line);
            // All that was said is understood.
            self.behind.report("understanding", None);
            line = self.lock();
            if line.0.waiting.is_empty() && line.1 == Open::Yes {
                let Some(patience) = patience else {
                    line = self.changed.wait(line).unwrap_or_else(PoisonError::into_inner);
                    continue;
                };
                let waited = self.changed.wait_timeout(line, patience);
                let (woken, waited) = waited.unwrap_or_else(PoisonError::into_inner);
                if waited.timed_out() {
                    return Some(Task::Rest);
                }
                line = woken;
            }
        }
    }

    pub(super) fn give_back(&self, turn: T) {
        self.lock().0.give_back(turn);
    }

    /// Looks whether somebody has waited too long, and tells what was dropped.
    pub(super) fn look(&self, now_ms: u64) {
        let mut line = self.lock();
        let behind = line.0.is_behind(now_ms);
        let turns = std::mem::take(&mut line.0.unheard);
        drop(line);
        if behind {
            self.behind.report("understanding", Some(&SpeechError::Behind));
        }
        if turns > 0 {
            let (trouble, state) = (Trouble::Unheard { turns }, TroubleState::Happened);
            self.inbox.blocking_send(Input::Troubled { trouble, state });
        }
    }

    pub(super) fn close(&self) {
        self.lock().1 = Open::No;
        self.changed.notify_one();
    }

    /// A line is whole whatever became of a thread that held it.
    fn lock(&self) -> MutexGuard<'_, (Line<T>, Open)> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number, length.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Said(u64, u64);

    impl Waits for Said {
        fn sound_ms(&self) -> u64 {
            self.1
        }

        fn since_ms(&self) -> u64 {
            self.0 * 1_000
        }
    }

    fn line(turns: impl IntoIterator<Item = Said>) -> Line<Said> {
        let mut line = Line { waiting: VecDeque::new(), unheard: 0 };
        turns.into_iter().for_each(|turn| line.push(turn));
        line
    }

    #[test]
    fn with_time_enough_each_is_understood_in_its_order() {
        let mut line = line((0..10).map(|n| Said(n, 3_000)));
        for n in 0..10 {
            assert_eq!(line.take(), Some(Task::Understand(Said(n, 3_000))));
        }
        assert_eq!(line.take(), None);
    }

    #[test]
    fn without_time_cries_come_first_and_only_what_holds_none_is_dropped() {
        let mut line = line((0..11).map(|n| Said(n, 5_000)));
        for n in 0..11 {
            let Some(Task::SeekCry(turn)) = line.take() else { panic!("turn {n}") };
            assert_eq!(turn, Said(n, 5_000), "the oldest first");
            line.give_back(turn);
        }
        assert_eq!(line.take(), Some(Task::Understand(Said(0, 5_000))));
        // Ten are left; the minute is full at twelve.
        for n in 11..15 {
            line.push(Said(n, 5_000));
        }
        assert_eq!(line.unheard, 2);
        assert!(line.waiting_ms() <= WAITING_MAX_MS);
        let numbers: Vec<u64> = line.waiting.iter().map(|(turn, _)| turn.0).collect();
        assert_eq!(numbers, (3..15).collect::<Vec<_>>());
        assert_eq!(line.take(), Some(Task::SeekCry(Said(11, 5_000))), "the new one is not known");
    }

    #[test]
    fn what_cannot_be_kept_is_counted_and_the_bound_holds() {
        let mut line = line((0..100).map(|n| Said(n, 28_000)));
        assert_eq!(line.unheard, 98);
        assert_eq!(line.waiting_ms(), 56_000);
        line.push(Said(100, 200_000));
        assert_eq!(line.waiting.len(), 1, "one turn alone has a place, however long");
    }

    #[test]
    fn whoever_waits_too_long_is_told_once_and_again_when_it_is_over() {
        let (inbox, mut received) = crate::inbox::open();
        let backlog = Backlog::new(inbox);
        backlog.push(Said(1, 2_000));
        backlog.look(6_000);
        assert_eq!(received.take_now(10).len(), 0);
        backlog.look(6_001);
        backlog.look(9_000);
        assert!(matches!(backlog.take(None), Some(Task::Understand(_))));
        let told = |received: &mut crate::inbox::Received| -> Vec<(Trouble, TroubleState)> {
            let inputs = received.take_now(10).into_iter();
            inputs
                .map(|input| match input {
                    Input::Troubled { trouble, state } => (trouble, state),
                    other => panic!("{other:?}"),
                })
                .collect()
        };
        assert_eq!(told(&mut received), [(Trouble::Behind, TroubleState::Began)]);
        std::thread::scope(|scope| {
            let taken = scope.spawn(|| backlog.take(None));
            let over = loop {
                let over = told(&mut received);
                if !over.is_empty() {
                    break over;
                }
                std::thread::yield_now();
            };
            assert_eq!(over, [(Trouble::Behind, TroubleState::Over)]);
            backlog.push(Said(9, 2_000));
            assert!(taken.join().unwrap().is_some());
        });
        for n in 0..4 {
            backlog.push(Said(n, 28_000));
        }
        backlog.look(0);
        let unheard = Trouble::Unheard { turns: 2 };
        assert_eq!(told(&mut received), [(unheard, TroubleState::Happened)]);
        backlog.close();
        assert_eq!(backlog.take(None), None, "what waits at the end is forgotten");
    }
}
