//! Whose pauses are learnt: those of whoever talks to the companion, and not those of the room. A
//! television pauses, too. It keeps no words and no sound.

use std::sync::{Arc, Mutex, PoisonError};

use omzien_core::Expectation;

use super::pace::Pace;
use super::recogniser::Heard;
use super::turns::{End, Turn};

/// So many turns that are none of ours may be tries at answering one question: after the third the
/// companion gives up a calm one, and whoever goes on talking is not answering.
const TRIES_MAX: u8 = 3;

/// Learns from turn to turn.
#[derive(Debug)]
pub(super) struct Learning {
    pace: Arc<Mutex<Pace>>,
    /// The turn before, as far as the next may be its second half.
    before: Option<Before>,
    /// The question that was answered last, and how often with words that were none of ours.
    question: u64,
    tries: u8,
}

#[derive(Debug, Clone, Copy)]
struct Before {
    ended_ms: u64,
    pause_ms: u64,
    expectation: Expectation,
}

/// A turn that held words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoken<'a> {
    pub(super) turn: &'a Turn,
    pub(super) heard: Heard,
    pub(super) expectation: Expectation,
    /// On the boot clock.
    pub(super) began_ms: u64,
    pub(super) ended_ms: u64,
}

impl Learning {
    pub(super) fn new(pace: Arc<Mutex<Pace>>) -> Self {
        Self { pace, before: None, question: 0, tries: 0 }
    }

    /// The pauses within a turn are somebody's own. And the question that stands after a turn was
    /// not answered by it, so what follows soon is its second half.
    pub(super) fn learn(&mut self, spoken: Spoken<'_>) {
        let before = self.before.take();
        if spoken.turn.end != End::Pause || !self.is_for_us(&spoken) {
            return;
        }
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.learn(&spoken.turn.pauses_ms);
        let Spoken { turn, expectation, began_ms, ended_ms, .. } = spoken;
        if !expectation.expects.is_question() {
            return;
        }
        if let Some(before) = before.filter(|before| before.expectation == expectation) {
            pace.went_on(began_ms.saturating_sub(before.ended_ms), before.pause_ms);
        }
        self.before = Some(Before { ended_ms, pause_ms: turn.pause_ms, expectation });
    }

    /// Two turns were one sentence of ours: whoever said it was cut off by so short a pause.
    pub(super) fn was_cut_off(&mut self, silent_ms: u64, pause_ms: u64) {
        self.before = None;
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.went_on(silent_ms, pause_ms);
    }

    /// One of our sentences is said to us. Other words are, for some turns, while an answer is
    /// awaited: somebody thinks aloud.
    fn is_for_us(&mut self, spoken: &Spoken<'_>) -> bool {
        match spoken.heard {
            Heard::Known => true,
            Heard::Nothing => false,
            Heard::Words if !spoken.expectation.expects.is_question() => false,
            Heard::Words => {
                if self.question != spoken.expectation.question {
                    (self.question, self.tries) = (spoken.expectation.question, 0);
                }
                self.tries = self.tries.saturating_add(1);
                self.tries <= TRIES_MAX
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use omzien_core::Expects;

    use super::*;
    use crate::speech::pace::PAUSE_MS;
    use crate::speech::turns::Onset;

    struct Talk {
        learning: Learning,
        now_ms: u64,
    }

    impl Talk {
        fn begin() -> Self {
            Self { learning: Learning::new(Arc::default()), now_ms: 0 }
        }

        /// Somebody speaks for two seconds after this silence, with one pause inside.
        fn hears(&mut self, silent_ms: u64, pause_ms: u64, heard: Heard, expects: Expects) {
            let began_ms = self.now_ms + silent_ms;
            self.now_ms = began_ms + 2_000;
            let turn = Turn {
                samples: Vec::new(),
                pauses_ms: vec![pause_ms],
                pause_ms: PAUSE_MS,
                began: 0,
                ended: 0,
                end: End::Pause,
                onset: Onset::Sentence,
            };
            let expectation = Expectation { question: 7, expects };
            let ended_ms = self.now_ms;
            let spoken = Spoken { turn: &turn, heard, expectation, began_ms, ended_ms };
            self.learning.learn(spoken);
        }

        fn pause_ms(&self) -> u64 {
            self.learning.pace.lock().expect("no test holds it").pause_ms(Expects::Anything)
        }
    }

    #[test]
    fn a_command_teaches_and_a_television_does_not() {
        let mut talk = Talk::begin();
        for _ in 0..20 {
            talk.hears(10_000, 700, Heard::Words, Expects::Anything);
            talk.hears(10_000, 700, Heard::Nothing, Expects::Anything);
        }
        assert_eq!(talk.pause_ms(), PAUSE_MS);
        for _ in 0..4 {
            talk.hears(10_000, 700, Heard::Known, Expects::Anything);
        }
        assert_eq!(talk.pause_ms(), 1_000);
    }

    /// One command behind the other is no sentence that was cut off, and neither is a command
    /// that follows a sentence of the television.
    #[test]
    fn only_an_answer_goes_on() {
        let mut talk = Talk::begin();
        for heard in [Heard::Known, Heard::Words, Heard::Known, Heard::Words, Heard::Known] {
            talk.hears(1_500, 300, heard, Expects::Anything);
            talk.hears(1_500, 300, heard, Expects::Request);
        }
        assert_eq!(talk.pause_ms(), PAUSE_MS);
        talk.hears(10_000, 300, Heard::Words, Expects::YesNo);
        talk.hears(1_500, 300, Heard::Words, Expects::YesNo);
        assert_eq!(talk.pause_ms(), 1_800);
    }

    /// While an alarm is open a question stands for hours, before a television too.
    #[test]
    fn whoever_talks_on_and_on_is_not_answering() {
        let mut talk = Talk::begin();
        talk.hears(60_000, 200, Heard::Known, Expects::YesNo);
        for _ in 0..3 {
            talk.hears(60_000, 200, Heard::Words, Expects::YesNo);
        }
        for _ in 0..30 {
            talk.hears(1_900, 750, Heard::Words, Expects::YesNo);
        }
        assert_eq!(talk.pause_ms(), PAUSE_MS);
        talk.hears(60_000, 750, Heard::Known, Expects::YesNo);
        assert_eq!(talk.pause_ms(), 1_050, "and whoever is understood still teaches");
    }
}
