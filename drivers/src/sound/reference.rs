//! What the loudspeaker was given, and since when it sounds: what an echo canceller compares the
//! microphone with. Kept for as long as a room can answer; it plays nothing and stores nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::resample::resample;
use super::{Pcm, RATE_HZ};

/// How long after a sound the room still answers: what the card holds back, the way through the
/// room, and its ringing. Afterwards nothing is compared and nothing computed.
pub const TAIL: Duration = Duration::from_secs(1);

/// The sound of one playback. Memory: the sound at [`RATE_HZ`], until the next replaces it.
#[derive(Debug, Default)]
pub struct Reference {
    sound: Mutex<Sound>,
}

#[derive(Debug, Default)]
struct Sound {
    number: u64,
    samples: Vec<f32>,
    /// When its first sample was handed to the device.
    began: Option<Instant>,
}

/// A stretch of what was played.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Another number is another sound, whose way to the microphone may take another time.
    pub sound: u64,
    /// At [`RATE_HZ`]; silence before and after the sound.
    pub samples: Vec<f32>,
}

impl Reference {
    /// This is what will be played next; it does not sound yet.
    pub fn prepare(&self, sound: &Pcm) {
        let samples = resample(&sound.samples, sound.rate_hz, RATE_HZ);
        let mut current = self.lock();
        *current = Sound { number: current.number + 1, samples, began: None };
    }

    /// Its first sample is handed to the device.
    pub fn begin(&self, now: Instant) {
        self.lock().began = Some(now);
    }

    /// It was stopped after this much: the rest will not be heard.
    pub fn stop(&self, at: Duration) {
        let heard = (at.as_secs_f64() * f64::from(RATE_HZ)) as usize;
        self.lock().samples.truncate(heard);
    }

    /// What was played in `count` samples from a moment on; `None` while the room is free of it.
    pub fn stretch(&self, from: Instant, count: usize) -> Option<Stretch> {
        let sound = self.lock();
        let began = sound.began?;
        let samples = |time: Duration| (time.as_secs_f64() * f64::from(RATE_HZ)) as usize;
        // Where the stretch lies in the sound: a little before it, or within it, or after.
        let before = samples(began.saturating_duration_since(from));
        let skipped = samples(from.saturating_duration_since(began));
        if before >= count || skipped >= sound.samples.len() + samples(TAIL) {
            return None;
        }
        let silence = std::iter::repeat_n(0.0, before);
        let played = sound.samples.iter().skip(skipped).copied();
        let samples = silence.chain(played).chain(std::iter::repeat(0.0)).take(count).collect();
        Some(Stretch { sound: sound.number, samples })
    }

    /// Samples are whole whatever became of a thread that held them.
    fn lock(&self) -> MutexGuard<'_, Sound> {
        self.sound.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_what_sounds_when_and_nothing_otherwise() {
        let reference = Reference::default();
        let now = Instant::now();
        assert_eq!(reference.stretch(now, 160), None);
        let samples: Vec<f32> = (1..=1_600).map(|n| n as f32).collect();
        reference.prepare(&Pcm { samples, rate_hz: RATE_HZ });
        assert_eq!(reference.stretch(now, 160), None, "it does not sound yet");
        reference.begin(now);
        let ms = Duration::from_millis;
        let first = |from| reference.stretch(from, 160).map(|stretch| stretch.samples[0]);
        assert_eq!(first(now), Some(1.0));
        assert_eq!(first(now + ms(50)), Some(801.0));
        assert_eq!(first(now + ms(200)), Some(0.0), "the room rings on");
        assert_eq!(first(now + ms(1_100)), None, "and then no more");
        // Half of the stretch lies before the sound.
        let early = reference.stretch(now - ms(5), 160).map(|stretch| stretch.samples);
        assert_eq!(early.map(|early| (early[79], early[80])), Some((0.0, 1.0)));
        assert_eq!(reference.stretch(now - ms(10), 160), None);
        reference.stop(ms(20));
        assert_eq!(first(now + ms(50)), Some(0.0), "what was stopped is not heard");
    }
}
