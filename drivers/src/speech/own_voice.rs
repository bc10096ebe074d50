//! Whether a turn is nothing but what the loudspeaker said. The canceller takes that out of what
//! the microphone hears; what slips past it (a busy machine's card stumbles and the echo moves, a
//! bathroom rings) must not pass for somebody who answers. It compares samples and knows no words.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::resemblance::{COMPARED_HZ, find, rms, speech_band};
use super::turns::Turn;
use crate::sound::reference::Reference;
use crate::sound::{RATE_HZ, samples_in};

/// A sound may have been handed to the card so much earlier than it is heard: buffers, the room,
/// and stumbles make a second and a half of it. The rest is there to know chance by.
const EARLIER: Duration = Duration::from_secs(4);
/// A turn holds so much after its voice, and the clock of the samples errs by less.
const LATER: Duration = Duration::from_secs(1);
/// Each piece of a turn, half over the one before, must be our own.
const PIECE: Duration = Duration::from_secs(1);
/// Pieces softer than the loudest by this factor (4 dB) are what rings on, or nothing.
const SOFT: f32 = 0.63;
/// Peaks are cut off at so many times the mean: a click is like everything.
const PEAK: f32 = 1.5;
/// A whole turn of ours is found that much better than by chance, percent. Measured
/// (docs/design/listening.md): turns of ours 3,100 to 8,000, people 1,000 at most.
const WHOLE_PERCENT: u16 = 1_700;
/// And each piece of it correlates so well: people alone 0.13, a cry over what slips past 0.3.
const PIECE_CORRELATION: f32 = 0.35;

/// Compares turns with what was played.
#[derive(Clone)]
pub struct OwnVoice(Arc<Reference>);

impl OwnVoice {
    pub(super) fn new(reference: Arc<Reference>) -> Self {
        Self(reference)
    }

    /// Whether a turn, whose voice ended then, holds what was played and no other voice. Whoever
    /// speaks over it, as loud as what slips past, makes it theirs.
    pub fn is_all_of(&self, turn: &Turn, ended: Instant) -> bool {
        let heard = Duration::from_millis(turn.sound_ms());
        let Some(from) = ended.checked_sub(heard + EARLIER) else { return false };
        let played =
            self.0.sounded(from, turn.samples.len() + samples_in(EARLIER + LATER, RATE_HZ));
        played.is_some_and(|played| is_all(&turn.samples, &played))
    }
}

/// `played` begins before `heard` by [`EARLIER`] and goes on after it; both at [`RATE_HZ`].
fn is_all(heard: &[f32], played: &[f32]) -> bool {
    let [heard, played] = [heard, played].map(|samples| cut_peaks(speech_band(samples)));
    if find(&heard, &played).likeness_percent < WHOLE_PERCENT {
        return false;
    }
    let length = samples_in(PIECE, COMPARED_HZ).min(heard.len());
    let starts = || (0..=heard.len() - length).step_by(length.div_ceil(2).max(1));
    let loudness = |start: usize| rms(&heard[start..start + length]);
    let loudest = starts().map(loudness).fold(0.0, f32::max);
    starts().filter(|start| loudness(*start) > loudest * SOFT).all(|start| {
        let around = start + length + samples_in(EARLIER + LATER, COMPARED_HZ);
        let played = &played[start..around.min(played.len())];
        find(&heard[start..start + length], played).correlation > PIECE_CORRELATION
    })
}

fn cut_peaks(mut samples: Vec<f32>) -> Vec<f32> {
    let most = PEAK * rms(&samples);
    samples.iter_mut().for_each(|sample| *sample = sample.clamp(-most, most));
    samples
}

#[cfg(test)]
mod tests {
    use omzien_core::Language;

    use super::*;
    use crate::simulated::virtual_card::Echo;
    use crate::sound::Pcm;
    use crate::speech::Settings;
    use crate::speech::turns::Ears;
    use crate::speech::voice::{Espeak, Voice};

    const QUESTION: &str = "Do you need help? Say yes or no. I will tell Anna in fifty seconds.";

    fn say(text: &str) -> Vec<f32> {
        let said = Espeak::new(&Settings::default()).synthesise(text, Language::En).unwrap();
        crate::sound::resample::resample(&said.samples, said.rate_hz, RATE_HZ)
    }

    fn ms(ms: u64) -> usize {
        samples_in(Duration::from_millis(ms), RATE_HZ)
    }

    /// The only turn, and whether it is all our own if it was heard now and the question began
    /// so much before.
    fn is_own(heard: Vec<f32>, played: &[f32], began_ms: u64) -> bool {
        let mut ears = Ears::default();
        let mut turns = ears.push(&[vec![0.0; ms(1_000)], heard, vec![0.0; ms(1_500)]].concat());
        turns.extend(ears.close());
        let [turn] = &turns[..] else { panic!("{} turns", turns.len()) };
        let reference = Arc::new(Reference::default());
        let now = Instant::now() + Duration::from_secs(3_600);
        reference.prepare(&Pcm { samples: played.to_vec(), rate_hz: RATE_HZ });
        reference.begin(now);
        let ended = turn.ended as i64 * 1_000 / i64::from(RATE_HZ) - 1_000 + began_ms as i64;
        OwnVoice::new(reference).is_all_of(turn, now + Duration::from_millis(ended as u64))
    }

    fn in_the_room(sound: &[f32]) -> Vec<f32> {
        let mut echo = Echo::new(-6.0);
        sound.iter().map(|sample| echo.push(*sample)).collect()
    }

    #[test]
    fn its_own_sentence_is_its_own_however_late_and_whatever_the_walls_do() {
        let played = say(QUESTION);
        for late_ms in [20, 300, 900, 1_500] {
            assert!(is_own(in_the_room(&played), &played, late_ms), "{late_ms} ms late");
        }
        let end = in_the_room(&played[ms(2_000)..]);
        assert!(is_own(end, &played, 2_200), "nor is its second half anybody's");
    }

    #[test]
    fn a_person_is_a_person_also_in_the_same_words() {
        let played = say(QUESTION);
        let slower = Settings { words_per_minute: 95, ..Settings::default() };
        let repeats = Espeak::new(&slower).synthesise("Do you need help?", Language::En).unwrap();
        let repeats = crate::sound::resample::resample(&repeats.samples, repeats.rate_hz, RATE_HZ);
        assert!(!is_own(repeats, &played, 500));
        for text in ["Yes.", "No, I am fine.", "Help! I cannot get up.", "What did you say?"] {
            for began_ms in [0, 1_000, 3_000] {
                assert!(!is_own(say(text), &played, began_ms), "{text} at {began_ms}");
            }
        }
    }

    #[test]
    fn whoever_speaks_over_it_is_heard_even_when_it_slips_past() {
        let played = say(QUESTION);
        let mut both: Vec<f32> = in_the_room(&played).iter().map(|sample| sample * 0.5).collect();
        let cry = say("Help! I cannot get up.");
        both[ms(1_000)..].iter_mut().zip(cry).for_each(|(both, cry)| *both += cry);
        assert!(!is_own(both, &played, 200));
    }

    #[test]
    fn a_click_is_nobodys_and_silence_neither() {
        let mut click = vec![0.0; ms(2_000)];
        click[ms(1_000)] = 1.0;
        let played = say(QUESTION);
        assert!(!is_all(&click, &played) && !is_all(&vec![0.0; ms(2_000)], &played));
        assert!(!is_all(&played, &vec![0.0; ms(9_000)]));
    }
}
