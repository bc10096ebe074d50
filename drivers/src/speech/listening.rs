//! The listening and the recognising thread: microphone → turns → words → inbox. Sound that
//! belongs to no turn is forgotten within a second; a turn is forgotten when its words are known.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError};
use std::time::Duration;

use omzien_core::{Again, EffectId, Listening, Outcome, RoomId, Utterance};
use tokio::sync::watch;

use super::ability::Ability;
use super::recogniser::Recogniser;
use super::speaking::{Interjection, Mouth};
use super::turns::{Ears, Turn};
use super::{BootClock, Hearing, Loader};
use crate::sound::{Block, Microphone, RATE_HZ, SoundCard};
use crate::{Inbox, Input};

/// Turns that wait for the recogniser. It needs a fifth of the time that a turn took, so a full
/// queue means a machine that is far too slow: then the newest turn is lost, and the log says so.
pub(super) const TURNS_MAX: usize = 4;
/// How long one look at the microphone lasts: the delay of an order to close it.
const LOOK: Duration = Duration::from_millis(100);
/// A microphone that is not there is tried this often.
const RETRY: Duration = Duration::from_secs(5);
const PER_MS: u64 = RATE_HZ as u64 / 1_000;

/// Open or close the ears; whoever asked by an effect learns the outcome.
pub(super) struct Listen {
    pub(super) listening: Listening,
    pub(super) effect: Option<EffectId>,
}

/// A turn with everything that held when it began.
pub(super) struct Said {
    turn: Turn,
    began_ms: u64,
    ended_ms: u64,
    hearing: Hearing,
    /// Dropped with a turn that was nothing for us.
    over: Interjection,
}

/// What held when: the last changes of [`Hearing`] with their moments. A change is seen up to
/// [`LOOK`] late, so words that fall together with a question are never taken for its answer.
#[derive(Default)]
struct Changes(VecDeque<(u64, Hearing)>);

impl Changes {
    /// A turn lasts half a minute at most; more changes than this within it lose the oldest.
    const MAX: usize = 64;

    fn note(&mut self, now_ms: u64, hearing: Hearing) {
        if self.0.len() == Self::MAX {
            self.0.pop_front();
        }
        self.0.push_back((now_ms, hearing));
    }

    /// What held at a moment; the oldest that is known if it lies before.
    fn at(&self, ms: u64) -> Hearing {
        let then = self.0.iter().rev().find(|(since, _)| *since <= ms).or_else(|| self.0.front());
        then.map(|(_, hearing)| hearing.clone()).unwrap_or_default()
    }
}

/// Everything the listening thread works with.
pub(super) struct Hearer {
    pub(super) orders: Receiver<Listen>,
    pub(super) listening: Listening,
    pub(super) card: Arc<dyn SoundCard>,
    /// Whoever speaks over what it says interrupts it.
    pub(super) mouth: Arc<Mouth>,
    /// Who is speaking now.
    pub(super) over: Option<Interjection>,
    pub(super) hearing: watch::Receiver<Hearing>,
    pub(super) clock: BootClock,
    pub(super) said: SyncSender<Said>,
    pub(super) deaf: Arc<Ability>,
    pub(super) inbox: Inbox,
}

impl Hearer {
    /// Runs until its orders are closed. While the ears are shut it sleeps until an order.
    pub(super) fn run(mut self) {
        let mut changes = Changes::default();
        changes.note(0, self.hearing.borrow_and_update().clone());
        let mut ears = Ears::default();
        let mut microphone = self.open();
        loop {
            match self.next_order(microphone.is_some()) {
                Ok(Some(order)) => {
                    // What was begun is not finished: off means off.
                    ears.forget();
                    self.over = None;
                    self.listening = order.listening;
                    drop(microphone.take());
                    microphone = self.open();
                    self.conclude(&order, microphone.is_some());
                }
                Ok(None) if microphone.is_none() => microphone = self.open(),
                Ok(None) => {}
                Err(Ended) => return,
            }
            let now_ms = (self.clock)();
            if self.hearing.has_changed().unwrap_or(false) {
                changes.note(now_ms, self.hearing.borrow_and_update().clone());
            }
            if let Some(open) = &mut microphone
                && let Err(Ended) = self.hear(open.as_mut(), &mut ears, &changes)
            {
                microphone = None;
            }
        }
    }

    fn next_order(&self, hearing: bool) -> Result<Option<Listen>, Ended> {
        if hearing {
            return match self.orders.try_recv() {
                Ok(order) => Ok(Some(order)),
                Err(TryRecvError::Empty) => Ok(None),
                Err(TryRecvError::Disconnected) => Err(Ended),
            };
        }
        match self.listening {
            Listening::Off => self.orders.recv().map(Some).map_err(|_| Ended),
            Listening::On => match self.orders.recv_timeout(RETRY) {
                Ok(order) => Ok(Some(order)),
                Err(RecvTimeoutError::Timeout) => Ok(None),
                Err(RecvTimeoutError::Disconnected) => Err(Ended),
            },
        }
    }

    /// The microphone, if it is wanted and there is one.
    fn open(&mut self) -> Option<Box<dyn Microphone>> {
        match self.listening {
            Listening::Off => None,
            Listening::On => match self.card.open_microphone() {
                Ok(microphone) => {
                    self.deaf.report("microphone", None);
                    Some(microphone)
                }
                Err(error) => {
                    self.deaf.report("microphone", Some(&error.into()));
                    None
                }
            },
        }
    }

    fn conclude(&self, order: &Listen, open: bool) {
        let Some(effect) = order.effect else { return };
        let wanted = order.listening == Listening::On;
        let outcome = if wanted == open {
            Outcome::Done
        } else {
            let trouble = "the microphone cannot be opened; it is tried again".to_owned();
            Outcome::Failed { trouble, again: Again::Later }
        };
        self.inbox.blocking_send(Input::Concluded { effect, outcome });
    }

    /// One look at the microphone.
    fn hear(
        &mut self,
        microphone: &mut dyn Microphone,
        ears: &mut Ears,
        changes: &Changes,
    ) -> Result<(), Ended> {
        let turns = match microphone.next_block(LOOK) {
            Ok(Block::Nothing) => return Ok(()),
            Ok(Block::Samples(_)) if self.mouth.sounds() => {
                ears.forget();
                self.over = None;
                return Ok(());
            }
            Ok(Block::Samples(samples)) => ears.push(&samples),
            Ok(Block::Ended) => {
                self.pass_on(ears.close().into_iter().collect(), ears, changes);
                // A recording sounds once; another order opens it again.
                self.listening = Listening::Off;
                return Err(Ended);
            }
            Err(error) => {
                ears.forget();
                self.over = None;
                self.deaf.report("microphone", Some(&error.into()));
                return Err(Ended);
            }
        };
        self.pass_on(turns, ears, changes);
        Ok(())
    }

    fn pass_on(&mut self, turns: Vec<Turn>, ears: &Ears, changes: &Changes) {
        let now_ms = (self.clock)();
        for turn in turns {
            let over = self.over.take().unwrap_or_else(|| self.mouth.speech_began());
            over.ended();
            let ago_ms = |sample: u64| now_ms.saturating_sub((ears.heard() - sample) / PER_MS);
            let (began_ms, ended_ms) = (ago_ms(turn.began), ago_ms(turn.ended));
            let said = Said { turn, began_ms, ended_ms, hearing: changes.at(began_ms), over };
            if let Err(TrySendError::Full(_)) = self.said.try_send(said) {
                tracing::warn!("understanding is slower than talking: a turn was lost");
            }
        }
        if ears.began().is_some() && self.over.is_none() {
            self.over = Some(self.mouth.speech_began());
        }
    }
}

/// The orders are closed, or the microphone is gone.
struct Ended;

/// Everything the recognising thread works with.
pub(super) struct Recognising {
    pub(super) load: Loader,
    pub(super) said: Receiver<Said>,
    pub(super) room: Option<RoomId>,
    pub(super) deaf: Arc<Ability>,
    pub(super) inbox: Inbox,
}

impl Recognising {
    /// Runs until the listening thread has ended.
    pub(super) fn run(mut self) {
        let mut recogniser = None;
        self.load(&mut recogniser);
        while let Ok(said) = self.said.recv() {
            self.load(&mut recogniser);
            let Some(ready) = &mut recogniser else { continue };
            match ready.transcribe(&said.turn.samples, &said.hearing.phrases) {
                Ok(transcript) if transcript.text.is_empty() => {}
                Ok(transcript) => {
                    said.over.understood();
                    self.inbox.blocking_send(Input::Heard(Utterance {
                        text: transcript.text,
                        confidence: transcript.confidence,
                        room: self.room.clone(),
                        began_ms: said.began_ms,
                        ended_ms: said.ended_ms,
                        expectation: said.hearing.expectation,
                    }));
                }
                Err(error) => {
                    self.deaf.report("model", Some(&error));
                    recogniser = None;
                }
            }
        }
    }

    /// Loads what is not loaded; a model that was fetched meanwhile is found with the next words.
    fn load(&mut self, recogniser: &mut Option<Box<dyn Recogniser>>) {
        if recogniser.is_some() {
            return;
        }
        match (self.load)() {
            Ok(loaded) => {
                self.deaf.report("model", None);
                *recogniser = Some(loaded);
            }
            Err(error) => self.deaf.report("model", Some(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use omzien_core::Expectation;

    fn question(question: u64) -> Hearing {
        let expectation = Expectation { question, ..Expectation::default() };
        Hearing { expectation, ..Hearing::default() }
    }

    #[test]
    fn words_belong_to_the_question_that_held_when_they_began() {
        let mut changes = Changes::default();
        changes.note(0, question(1));
        changes.note(5_000, question(2));
        for (began_ms, expected) in [(0, 1), (4_999, 1), (5_000, 2), (60_000, 2)] {
            assert_eq!(changes.at(began_ms).expectation.question, expected, "{began_ms} ms");
        }
    }

    #[test]
    fn old_changes_are_forgotten() {
        let mut changes = Changes::default();
        for number in 0..1_000 {
            changes.note(number * 10, question(number));
        }
        assert_eq!(changes.0.len(), Changes::MAX);
        assert_eq!(changes.at(0).expectation.question, 1_000 - Changes::MAX as u64);
        assert_eq!(Changes::default().at(3), Hearing::default());
    }
}
