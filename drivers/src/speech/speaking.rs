//! The speaking thread: sentences out of the queue, one at a time, to the loudspeaker; each ends
//! in one outcome. Somebody who speaks over a sentence pauses it. What to say, and what was said,
//! is never its business.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use omzien_core::{Again, Language, Outcome};

use super::SpeechError;
use super::ability::Ability;
use super::floor::{Floor, Onward, VoiceId};
use super::loudness::Loudness;
use super::queue::{Queue, Sentence};
use super::voice::{self, Voice};
use crate::sound::{Pcm, Played, SoundCard, SoundError, Speaker, samples_in};
use crate::{Inbox, Input};

/// A mute companion tries this often whether it can speak again.
const RETRY: Duration = Duration::from_secs(10);
/// And one that has nothing to say, whether it still can: a card is pulled out or turned down.
const LOOK: Duration = Duration::from_secs(5 * 60);

/// How far back a sentence goes on: a word and the pause before it, said slowly.
const LOOK_BACK: Duration = Duration::from_millis(1_500);
/// A pause between words, in steps of 10 ms, and how much softer than the loudest moment it is.
const PAUSE_STEPS: usize = 4;
const PAUSE_SHARE: f32 = 0.001;

/// The queue between the orders and the thread.
#[derive(Default)]
pub(super) struct Mouth {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    /// What is being said must stop: something more urgent waits, somebody speaks over it, or the
    /// companion ends.
    stop: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    queue: Queue,
    floor: Floor,
    closed: bool,
}

/// Somebody who began to speak. It travels with their words until those are known; dropped, it
/// was nothing for us, and a sentence that was paused for it goes on.
pub(super) struct Interjection {
    mouth: Arc<Mouth>,
    id: VoiceId,
}

impl Interjection {
    /// They fell silent. What they said is not known yet.
    pub(super) fn ended(&self) {
        self.mouth.change(|floor| floor.voice_ended(self.id, Instant::now()));
    }

    /// They said something that is ours to answer: a sentence that they spoke over is over.
    /// A television's words are not; they are dropped.
    pub(super) fn understood(self) {
        self.mouth.change(|floor| floor.understood(self.id));
    }
}

impl Drop for Interjection {
    fn drop(&mut self) {
        self.mouth.change(|floor| floor.nothing(self.id));
    }
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

    /// Somebody begins to speak: what is being said is paused, at once.
    pub(super) fn speech_began(self: &Arc<Self>) -> Interjection {
        let id = self.change(|floor| floor.voice_began(Instant::now()));
        Interjection { mouth: Arc::clone(self), id }
    }

    /// Whether a sentence is being said, or paused.
    pub(super) fn speaks(&self) -> bool {
        self.lock().queue.is_saying()
    }

    fn change<T>(&self, change: impl FnOnce(&mut Floor) -> T) -> T {
        let mut waiting = self.lock();
        let result = change(&mut waiting.floor);
        if waiting.floor.must_stop() {
            self.stop.store(true, Ordering::Release);
        }
        drop(waiting);
        self.changed.notify_one();
        result
    }

    /// The sound of a sentence was stopped: waits until it is known why, and whether it goes on.
    fn goes_on(&self) -> bool {
        let mut waiting = self.lock();
        loop {
            if waiting.closed || waiting.queue.must_stop() {
                return false;
            }
            let now = Instant::now();
            match waiting.floor.onward(now) {
                Onward::GoOn => {
                    self.stop.store(false, Ordering::Release);
                    return true;
                }
                Onward::End => return false,
                Onward::Wait(until) => {
                    (waiting, _) = self
                        .changed
                        .wait_timeout(waiting, until.duration_since(now))
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
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

    /// Waits for the next sentence, at most this long.
    fn next(&self, patience: Duration) -> Next {
        // A moment, and not a length: whoever talks in the room wakes this again and again.
        let until = Instant::now() + patience;
        let mut waiting = self.lock();
        loop {
            waiting.queue.finish();
            waiting.floor.finish();
            if waiting.closed {
                return Next::End;
            }
            if let Some(sentence) = waiting.queue.begin() {
                waiting.floor.begin(sentence.urgency);
                self.stop.store(false, Ordering::Release);
                return Next::Say(sentence);
            }
            let (woken, time) = self
                .changed
                .wait_timeout(waiting, until.saturating_duration_since(Instant::now()))
                .unwrap_or_else(PoisonError::into_inner);
            if time.timed_out() {
                return Next::Nothing;
            }
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
    pub(super) mute: Ability,
    pub(super) loudness: Loudness,
    pub(super) language: Language,
    pub(super) inbox: Inbox,
}

impl Speaking {
    /// Runs until the mouth is closed.
    pub(super) fn run(self) {
        let mut speaker = None;
        self.probe(&mut speaker);
        loop {
            let patience = if speaker.is_none() { RETRY } else { LOOK };
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
        *speaker = None;
        let able = self.voice.synthesise("a", self.language).and_then(|_| {
            *speaker = Some(self.card.open_speaker()?);
            Ok(())
        });
        self.mute.report("voice", able.as_ref().err());
        if able.is_ok() {
            self.loudness.look();
        }
    }

    fn say(&self, sentence: &Sentence, speaker: &mut Option<Box<dyn Speaker>>) -> Outcome {
        let text = sentence.text.clone();
        let Sentence { spoken, language, manner, .. } = sentence;
        let made = self.voice.synthesise_at(spoken, *language, manner.pace_percent);
        let played = made.and_then(|mut sound| {
            voice::set_volume(&mut sound, manner.volume_percent);
            self.loudness.around(sentence.urgency, || self.play_on(&sound, speaker))
        });
        self.mute.report("voice", played.as_ref().err());
        match played {
            Ok(Played::ToTheEnd) => Outcome::Spoken { text },
            Ok(Played::Stopped { .. }) => Outcome::Interrupted { text },
            Err(error) => {
                // Without a speaker it is tried again by itself.
                *speaker = None;
                Outcome::Failed { trouble: error.to_string(), again: again(&error) }
            }
        }
    }

    /// All of it, with pauses while somebody speaks over it.
    fn play_on(
        &self,
        sound: &Pcm,
        speaker: &mut Option<Box<dyn Speaker>>,
    ) -> Result<Played, SpeechError> {
        let mut rest = sound.clone();
        loop {
            match self.play(&rest, speaker)? {
                Played::Stopped { at } if self.mouth.goes_on() => {
                    rest.samples.drain(..pause_before(&rest, at));
                }
                played @ (Played::ToTheEnd | Played::Stopped { .. }) => return Ok(played),
            }
        }
    }

    /// A speaker that fails may have been replugged: another is opened, once.
    fn play(
        &self,
        sound: &Pcm,
        speaker: &mut Option<Box<dyn Speaker>>,
    ) -> Result<Played, SpeechError> {
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
        Ok(played?)
    }
}

/// Whether saying it again later can help.
fn again(error: &SpeechError) -> Again {
    match error {
        SpeechError::NoVoice { .. }
        | SpeechError::NoModel { .. }
        | SpeechError::BadModel { .. }
        | SpeechError::NoVoiceModel { .. }
        | SpeechError::Sound(SoundError::NoDevice { .. } | SoundError::NotFound { .. }) => {
            Again::Never
        }
        SpeechError::Voice { .. }
        | SpeechError::Behind
        | SpeechError::DeadSilent
        | SpeechError::Clipping
        | SpeechError::TurnedDown
        | SpeechError::Recogniser { .. }
        | SpeechError::Sound(
            SoundError::Refused { .. } | SoundError::Lost { .. } | SoundError::File { .. },
        ) => Again::Later,
    }
}

/// Where a sentence goes on that was stopped at `at`: the sample in the middle of the last pause
/// between words, as far back as [`LOOK_BACK`]; with no pause there, the softest moment.
fn pause_before(sound: &Pcm, at: Duration) -> usize {
    let step = (sound.rate_hz / 100).max(1) as usize;
    let samples = |time: Duration| samples_in(time, sound.rate_hz);
    let end = samples(at).min(sound.samples.len());
    let start = end.saturating_sub(samples(LOOK_BACK));
    let loudness: Vec<f32> = sound.samples[start..end]
        .chunks(step)
        .map(|step| step.iter().map(|sample| sample * sample).sum::<f32>() / step.len() as f32)
        .collect();
    // A moment is as soft as the 40 ms around it: the closing of a "t" is no pause.
    let moments = loudness.windows(PAUSE_STEPS).map(|around| around.iter().sum::<f32>());
    let loudest = loudness.iter().copied().fold(0.0_f32, f32::max);
    let silent = loudest * PAUSE_STEPS as f32 * PAUSE_SHARE;
    let softest = moments
        .enumerate()
        .map(|(place, power)| (place, power.max(silent)))
        .min_by(|(place, one), (later, other)| one.total_cmp(other).then(later.cmp(place)));
    softest.map_or(start, |(place, _)| start + (place + PAUSE_STEPS / 2) * step)
}

#[cfg(test)]
mod tests {
    use omzien_core::Urgency;

    use super::*;

    /// Words of 300 ms with pauses of 100 ms between them.
    fn words(count: usize) -> Pcm {
        let rate_hz = 16_000;
        let word = (0..4_800).map(|n| (n as f32 * 0.3).sin() * 0.5);
        let word: Vec<f32> = word.chain(std::iter::repeat_n(0.0, 1_600)).collect();
        Pcm { samples: word.repeat(count), rate_hz }
    }

    #[test]
    fn a_sentence_goes_on_from_the_last_pause() {
        // (stopped at, goes on between), in milliseconds: the pauses are 300-400, 700-800, ...
        for (at, from, until) in [(1_000, 700, 800), (790, 700, 800), (1_450, 1_100, 1_200)] {
            let place = pause_before(&words(5), Duration::from_millis(at)) / 16;
            assert!((from..=until).contains(&place), "stopped at {at}, goes on at {place}");
        }
        // From the beginning if it had hardly begun; and never from after where it stopped.
        assert_eq!(pause_before(&words(5), Duration::ZERO), 0);
        assert!(pause_before(&words(5), Duration::from_millis(150)) <= 150 * 16);
        assert!(pause_before(&words(1), Duration::from_secs(60)) <= 6_400);
    }

    #[test]
    fn an_interjection_pauses_once_and_ends_once() {
        let mouth = Arc::new(Mouth::default());
        // Nothing is being said: nothing is paused.
        drop(mouth.speech_began());
        assert!(!mouth.stop.load(Ordering::Acquire));
        mouth.lock().floor.begin(Urgency::Calm);
        let voice = mouth.speech_began();
        assert!(mouth.stop.load(Ordering::Acquire));
        voice.ended();
        drop(voice);
        assert!(mouth.goes_on(), "it was nothing");
        assert!(!mouth.stop.load(Ordering::Acquire));
        let voice = mouth.speech_began();
        voice.understood();
        assert!(mouth.stop.load(Ordering::Acquire));
        assert!(!mouth.goes_on(), "somebody was understood");
    }

    #[test]
    fn a_talkative_room_does_not_keep_it_from_looking_after_itself() {
        let mouth = Arc::new(Mouth::default());
        let (done, talks) = (Arc::new(AtomicBool::new(false)), Arc::clone(&mouth));
        let ended = Arc::clone(&done);
        let talker = std::thread::spawn(move || {
            while !ended.load(Ordering::Acquire) {
                drop(talks.speech_began());
                std::thread::yield_now();
            }
        });
        assert!(matches!(mouth.next(Duration::from_millis(50)), Next::Nothing));
        done.store(true, Ordering::Release);
        talker.join().unwrap();
    }
}
