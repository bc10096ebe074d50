//! The listening thread: microphone → turns → the line before the recogniser. Sound that belongs
//! to no turn is forgotten within a second. It understands nothing and waits for nobody but the
//! microphone.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use omzien_core::{Again, EffectId, Listening, Outcome};
use tokio::sync::watch;

use super::ability::Ability;
use super::backlog::{Backlog, Waits};
use super::level::{self, Alive, Gain, Pulse, Set};
use super::own_voice::OwnVoice;
use super::pace::Pace;
use super::speaking::{Interjection, Mouth};
use super::turns::{Ears, Onset, Turn};
use super::{BootClock, Hearing, SpeechError};
use crate::sound::{Block, Microphone, RATE_HZ, SoundCard};
use crate::{Inbox, Input};

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

/// A turn with everything that held when it began. All on the boot clock.
pub(super) struct Said {
    pub(super) turn: Turn,
    /// The first and the last sound of the voice, and when the turn was known to be over.
    pub(super) began_ms: u64,
    pub(super) ended_ms: u64,
    pub(super) closed_ms: u64,
    pub(super) hearing: Hearing,
    /// Dropped with a turn that was nothing for us.
    pub(super) over: Interjection,
}

impl Waits for Said {
    fn sound_ms(&self) -> u64 {
        self.turn.sound_ms()
    }

    fn since_ms(&self) -> u64 {
        self.closed_ms
    }
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
    pub(super) own_voice: OwnVoice,
    /// Whoever speaks over what it says interrupts it.
    pub(super) mouth: Arc<Mouth>,
    /// Who is speaking now.
    pub(super) over: Option<Interjection>,
    pub(super) hearing: watch::Receiver<Hearing>,
    pub(super) clock: BootClock,
    pub(super) line: Arc<Backlog<Said>>,
    /// How long this home's people pause.
    pub(super) pace: Arc<Mutex<Pace>>,
    pub(super) deaf: Arc<Ability>,
    /// The microphone's gain is too high while this is lost.
    pub(super) clipping: Ability,
    pub(super) inbox: Inbox,
}

impl Hearer {
    /// Runs until its orders are closed. While the ears are shut it sleeps until an order.
    pub(super) fn run(mut self) {
        self.listen();
        self.line.close();
    }

    fn listen(&mut self) {
        let mut changes = Changes::default();
        changes.note(0, self.hearing.borrow_and_update().clone());
        let (mut ears, mut level) = (Ears::default(), Level::default());
        let mut microphone = self.open();
        loop {
            match self.next_order(microphone.is_some()) {
                Ok(Some(order)) => {
                    // What was begun is not finished: off means off.
                    ears.forget();
                    self.over = None;
                    self.listening = order.listening;
                    level.pulse = Pulse::default();
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
                && let Err(Ended) = self.hear(open.as_mut(), &mut ears, &mut level, &changes)
            {
                microphone = None;
                level.pulse = Pulse::default();
            }
            if microphone.is_none() {
                // Whether the next one is dead is not known yet.
                self.deaf.report("silence", None);
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
        level: &mut Level,
        changes: &Changes,
    ) -> Result<(), Ended> {
        let turns = match microphone.next_block(LOOK) {
            Ok(Block::Nothing) => return Ok(()),
            Ok(Block::Samples(samples)) => {
                self.feel(&mut level.pulse, &samples);
                self.attend(ears);
                ears.push(&samples)
            }
            Ok(Block::Ended) => {
                self.pass_on(ears.close().into_iter().collect(), ears, level, changes);
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
        self.pass_on(turns, ears, level, changes);
        Ok(())
    }

    /// Whether the microphone is alive. While something is being said nothing is concluded: an
    /// echo canceller may leave digital silence.
    fn feel(&self, pulse: &mut Pulse, samples: &[f32]) {
        if self.mouth.speaks() {
            return;
        }
        let dead = match pulse.feel(samples) {
            Alive::Yes => None,
            Alive::No => Some(SpeechError::DeadSilent),
            // Opening it anew heals no dead microphone.
            Alive::Unknown => return,
        };
        self.deaf.report("silence", dead.as_ref());
    }

    /// What ends a turn now, and how little begins one.
    fn attend(&self, ears: &mut Ears) {
        let expects = self.hearing.borrow().expectation.expects;
        let pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        // What is left of its own voice must not pass for a short answer.
        let onset = if self.mouth.speaks() { Onset::Sentence } else { Onset::of(expects) };
        ears.attend(pace.pause_ms(expects), onset);
    }

    fn pass_on(&mut self, turns: Vec<Turn>, ears: &Ears, level: &mut Level, changes: &Changes) {
        let (now, now_ms) = (Instant::now(), (self.clock)());
        let at_ms = |sample: u64| now_ms.saturating_sub((ears.heard() - sample) / PER_MS);
        for turn in turns {
            let clipping = match level.gain.note(level::clipping(&turn)) {
                Set::Well => None,
                Set::TooHigh => Some(SpeechError::Clipping),
            };
            self.clipping.report("gain", clipping.as_ref());
            let (began_ms, ended_ms) = (at_ms(turn.began), at_ms(turn.ended));
            let over = self.over.take().unwrap_or_else(|| self.somebody_speaks(began_ms));
            over.ended();
            let ago = Duration::from_millis((ears.heard() - turn.ended) / PER_MS);
            if self.own_voice.is_all_of(&turn, now.checked_sub(ago).unwrap_or(now)) {
                tracing::debug!("what slipped past the echo canceller is passed over");
                continue;
            }
            let hearing = changes.at(began_ms);
            self.line.push(Said { turn, began_ms, ended_ms, closed_ms: now_ms, hearing, over });
        }
        if let (Some(began), None) = (ears.began(), &self.over) {
            self.over = Some(self.somebody_speaks(at_ms(began)));
        }
        self.line.look(now_ms);
    }

    fn somebody_speaks(&self, began_ms: u64) -> Interjection {
        self.inbox.blocking_send(Input::VoiceBegan { began_ms });
        self.mouth.speech_began()
    }
}

/// How the microphone is set, as far as what came tells.
#[derive(Default)]
struct Level {
    pulse: Pulse,
    gain: Gain,
}

/// The orders are closed, or the microphone is gone.
struct Ended;

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
