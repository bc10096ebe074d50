//! What the loudspeaker was given, and since when it sounds: what an echo canceller compares the
//! microphone with. Kept for as long as a room can answer; it plays nothing and stores nothing.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::resample::resample;
use super::{Pcm, RATE_HZ, samples_in};

/// How long after a sound the room still answers: what the card holds back, the way through the
/// room, and its ringing. Afterwards nothing is compared and nothing computed.
pub const TAIL: Duration = Duration::from_secs(1);

/// The last sounds: while a new one begins, the room may still answer the one before.
const SOUNDS_MAX: usize = 2;

/// What was played last. Memory: [`SOUNDS_MAX`] sounds at [`RATE_HZ`], and the next.
#[derive(Debug, Default)]
pub struct Reference {
    sounds: Mutex<Sounds>,
}

#[derive(Debug, Default)]
struct Sounds {
    number: u64,
    /// What is handed to the device next.
    prepared: Vec<f32>,
    /// The newest last.
    played: VecDeque<Sound>,
}

#[derive(Debug)]
struct Sound {
    number: u64,
    samples: Vec<f32>,
    /// When its first sample was handed to the device.
    began: Instant,
}

impl Reference {
    /// This is what will be played next; it does not sound yet.
    pub fn prepare(&self, sound: &Pcm) {
        self.lock().prepared = resample(&sound.samples, sound.rate_hz, RATE_HZ);
    }

    /// The first sample of what was prepared is handed to the device.
    pub fn begin(&self, now: Instant) {
        let mut sounds = self.lock();
        sounds.number += 1;
        let samples = std::mem::take(&mut sounds.prepared);
        let sound = Sound { number: sounds.number, samples, began: now };
        sounds.played.push_back(sound);
        if sounds.played.len() > SOUNDS_MAX {
            sounds.played.pop_front();
        }
    }

    /// What sounds was stopped after this much: the rest will not be heard.
    pub fn stop(&self, at: Duration) {
        if let Some(sound) = self.lock().played.back_mut() {
            sound.samples.truncate(count(at));
        }
    }

    /// The number of the sound that began last; they count up.
    pub fn newest(&self) -> Option<u64> {
        self.lock().played.back().map(|sound| sound.number)
    }

    /// What was played of a sound in `wanted` samples from a moment on, silence before and after
    /// it; `None` while the room is free of it.
    pub fn stretch(&self, number: u64, from: Instant, wanted: usize) -> Option<Vec<f32>> {
        let sounds = self.lock();
        let sound = sounds.played.iter().find(|sound| sound.number == number)?;
        // Where the stretch lies: a little before the sound, or within it, or after.
        let before = count(sound.began.saturating_duration_since(from));
        let skipped = count(from.saturating_duration_since(sound.began));
        if before >= wanted || skipped >= sound.samples.len() + count(TAIL) {
            return None;
        }
        let played = sound.samples.iter().skip(skipped).copied();
        let silence = std::iter::repeat_n(0.0, before);
        Some(silence.chain(played).chain(std::iter::repeat(0.0)).take(wanted).collect())
    }

    /// What was played in `wanted` samples from a moment on, whichever sounds they were; `None`
    /// while the room is free of all of them.
    pub fn sounded(&self, from: Instant, wanted: usize) -> Option<Vec<f32>> {
        let numbers: Vec<u64> = self.lock().played.iter().map(|sound| sound.number).collect();
        let stretches = numbers.iter().filter_map(|number| self.stretch(*number, from, wanted));
        stretches.reduce(|mut all, one| {
            all.iter_mut().zip(one).for_each(|(all, one)| *all += one);
            all
        })
    }

    /// Samples are whole whatever became of a thread that held them.
    fn lock(&self) -> MutexGuard<'_, Sounds> {
        self.sounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(time: Duration) -> usize {
    samples_in(time, RATE_HZ)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_what_sounds_when_and_nothing_otherwise() {
        let reference = Reference::default();
        let now = Instant::now();
        assert_eq!(reference.newest(), None);
        let samples: Vec<f32> = (1..=1_600).map(|n| n as f32).collect();
        reference.prepare(&Pcm { samples, rate_hz: RATE_HZ });
        assert_eq!(reference.newest(), None, "it does not sound yet");
        reference.begin(now);
        assert_eq!(reference.newest(), Some(1));
        let ms = Duration::from_millis;
        let first = |from| reference.stretch(1, from, 160).map(|samples| samples[0]);
        assert_eq!(first(now), Some(1.0));
        assert_eq!(first(now + ms(50)), Some(801.0));
        assert_eq!(first(now + ms(200)), Some(0.0), "the room rings on");
        assert_eq!(first(now + ms(1_100)), None, "and then no more");
        // Half of the stretch lies before the sound.
        let early = reference.stretch(1, now - ms(5), 160);
        assert_eq!(early.map(|early| (early[79], early[80])), Some((0.0, 1.0)));
        assert_eq!(first(now - ms(10)), None);
        reference.stop(ms(20));
        assert_eq!(first(now + ms(50)), Some(0.0), "what was stopped is not heard");
        // Another begins while the room still answers the first; the one after ends that.
        reference.begin(now + ms(100));
        assert_eq!((reference.newest(), first(now + ms(100))), (Some(2), Some(0.0)));
        reference.begin(now + ms(200));
        assert_eq!((reference.newest(), first(now + ms(200))), (Some(3), None));
    }
}
