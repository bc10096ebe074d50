//! The speaking thread: sentences out of the queue, one at a time, to the loudspeaker; each ends
//! in one outcome. What to say is never its business.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use omzien_core::{Again, Language, Outcome, Urgency};

use super::ability::Ability;
use super::queue::{Queue, Sentence};
use super::voice::Voice;
use super::{BootClock, SpeechError};
use crate::sound::{Pcm, Played, SoundCard, SoundError, Speaker};
use crate::{Inbox, Input};

/// A mute companion tries this often whether it can speak again.
const RETRY: Duration = Duration::from_secs(30);
/// The room rings on after a sentence, and the card holds some sound back.
const ECHO_MS: u64 = 200;
/// The loudest sample of a sentence: a little below what a card distorts.
const PEAK: f32 = 0.9;

/// Who may be heard now: while the companion speaks, and until its echo is gone, its microphone
/// hears nothing. (A resident who talks into a sentence is not heard either; that needs the echo
/// to be taken out of what the microphone hears.)
#[derive(Debug, Default)]
pub(super) struct Floor {
    taken_until_ms: AtomicU64,
}

impl Floor {
    pub(super) fn is_free(&self, now_ms: u64) -> bool {
        self.taken_until_ms.load(Ordering::Acquire) <= now_ms
    }

    fn take(&self) {
        self.taken_until_ms.store(u64::MAX, Ordering::Release);
    }

    fn give_back(&self, now_ms: u64) {
        self.taken_until_ms.store(now_ms + ECHO_MS, Ordering::Release);
    }
}

/// The queue between the orders and the thread.
#[derive(Default)]
pub(super) struct Mouth {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    /// What is being said must stop: something more urgent waits, or the companion ends.
    stop: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    queue: Queue,
    closed: bool,
}

impl Mouth {
    /// Puts a sentence in its place; gives back one that the full queue has no room for.
    pub(super) fn say(&self, sentence: Sentence) -> Option<Sentence> {
        let mut waiting = self.lock();
        let refused = waiting.queue.push(sentence);
        if waiting.queue.must_stop() {
            self.stop.store(true, Ordering::Release);
        }
        drop(waiting);
        self.changed.notify_one();
        refused
    }

    /// Stops the sentence that is being said, ends the thread, and gives back what waits.
    pub(super) fn close(&self) -> Vec<Sentence> {
        let mut waiting = self.lock();
        waiting.closed = true;
        self.stop.store(true, Ordering::Release);
        let left = std::iter::from_fn(|| waiting.queue.begin()).collect();
        drop(waiting);
        self.changed.notify_one();
        left
    }

    /// Waits for the next sentence, at most `patience` if there is one.
    fn next(&self, patience: Option<Duration>) -> Next {
        let mut waiting = self.lock();
        loop {
            waiting.queue.finish();
            if waiting.closed {
                return Next::End;
            }
            if let Some(sentence) = waiting.queue.begin() {
                self.stop.store(false, Ordering::Release);
                return Next::Say(sentence);
            }
            let woken = match patience {
                None => self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
                Some(patience) => {
                    let (woken, time) = self
                        .changed
                        .wait_timeout(waiting, patience)
                        .unwrap_or_else(PoisonError::into_inner);
                    if time.timed_out() {
                        return Next::Nothing;
                    }
                    woken
                }
            };
            waiting = woken;
        }
    }

    /// A queue of sentences is whole whatever became of a thread that held it.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Next {
    Say(Sentence),
    Nothing,
    End,
}

/// Everything the thread works with.
pub(super) struct Speaking {
    pub(super) mouth: Arc<Mouth>,
    pub(super) voice: Box<dyn Voice>,
    pub(super) card: Arc<dyn SoundCard>,
    pub(super) floor: Arc<Floor>,
    pub(super) mute: Ability,
    pub(super) clock: BootClock,
    pub(super) calm_volume_percent: u8,
    pub(super) language: Language,
    pub(super) inbox: Inbox,
}

impl Speaking {
    /// Runs until the mouth is closed.
    pub(super) fn run(self) {
        let mut speaker = None;
        self.probe(&mut speaker);
        loop {
            let patience = speaker.is_none().then_some(RETRY);
            match self.mouth.next(patience) {
                Next::Say(sentence) => {
                    let outcome = self.say(&sentence, &mut speaker);
                    self.inbox.blocking_send(Input::Concluded { effect: sentence.id, outcome });
                }
                Next::Nothing => self.probe(&mut speaker),
                Next::End => return,
            }
        }
    }

    /// Whether it could speak, found out before it must.
    fn probe(&self, speaker: &mut Option<Box<dyn Speaker>>) {
        let able = self.voice.synthesise("a", self.language).and_then(|_| {
            *speaker = Some(self.card.open_speaker()?);
            Ok(())
        });
        self.mute.report("voice", able.as_ref().err());
    }

    fn say(&self, sentence: &Sentence, speaker: &mut Option<Box<dyn Speaker>>) -> Outcome {
        let text = sentence.text.clone();
        let played = self.voice.synthesise(&text, sentence.language).and_then(|mut sound| {
            self.set_volume(&mut sound, sentence.urgency);
            self.play(&sound, speaker)
        });
        self.mute.report("voice", played.as_ref().err());
        match played {
            Ok(Played::ToTheEnd) => Outcome::Spoken { text },
            Ok(Played::Stopped) => Outcome::Interrupted { text },
            Err(error) => {
                // Without a speaker it is tried again by itself.
                *speaker = None;
                Outcome::Failed { trouble: error.to_string(), again: again(&error) }
            }
        }
    }

    /// A speaker that fails may have been replugged: another is opened, once.
    fn play(
        &self,
        sound: &Pcm,
        speaker: &mut Option<Box<dyn Speaker>>,
    ) -> Result<Played, SpeechError> {
        self.floor.take();
        let first = match speaker {
            Some(speaker) => speaker.play(sound, &self.mouth.stop).ok(),
            None => None,
        };
        let played = match first {
            Some(played) => Ok(played),
            None => self
                .card
                .open_speaker()
                .and_then(|opened| speaker.insert(opened).play(sound, &self.mouth.stop)),
        };
        self.floor.give_back((self.clock)());
        Ok(played?)
    }

    /// Every voice equally loud, a calm sentence less so than an alarm.
    fn set_volume(&self, sound: &mut Pcm, urgency: Urgency) {
        let loudest = sound.samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let share = match urgency {
            Urgency::Calm => f32::from(self.calm_volume_percent.clamp(1, 100)) / 100.0,
            Urgency::Alarm => 1.0,
        };
        // Silence stays silence.
        let gain = PEAK * share / loudest.max(0.01);
        sound.samples.iter_mut().for_each(|sample| *sample *= gain);
    }
}

/// Whether saying it again later can help.
fn again(error: &SpeechError) -> Again {
    match error {
        SpeechError::NoVoice { .. }
        | SpeechError::NoModel { .. }
        | SpeechError::BadModel { .. }
        | SpeechError::Sound(SoundError::NoDevice { .. } | SoundError::NotFound { .. }) => {
            Again::Never
        }
        SpeechError::Voice { .. }
        | SpeechError::Recogniser { .. }
        | SpeechError::Sound(
            SoundError::Refused { .. } | SoundError::Lost { .. } | SoundError::File { .. },
        ) => Again::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_heard_while_it_speaks_and_a_moment_after() {
        let floor = Floor::default();
        assert!(floor.is_free(0));
        floor.take();
        assert!(!floor.is_free(1_000_000));
        floor.give_back(5_000);
        assert!(!floor.is_free(5_000 + ECHO_MS - 1));
        assert!(floor.is_free(5_000 + ECHO_MS));
    }
}
