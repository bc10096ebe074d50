//! Whether a microphone is set as one should be: not dead, and not so loud that it clips. Pure:
//! it is given samples and turns, hears no words and tells nobody.

use std::collections::VecDeque;

use super::turns::Turn;
use crate::sound::RATE_HZ;

/// A microphone whose samples stay the same for this long is dead: switched off at its case, or
/// its plug half out. The softest of them has noise of its own.
const DEAD_SAMPLES: usize = 10 * RATE_HZ as usize;
/// What still is the same: −120 dB. The noise of a small digital microphone lies near −90 dB, and
/// one step of 16 bits is −90 dB too; below 20 bits there is only what our own reckoning rounds.
const SAME: f32 = 1e-6;

/// Silence that no living microphone gives.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pulse {
    last: Option<f32>,
    /// Whether any sample ever differed from the one before it.
    moved: bool,
    /// How many samples did not differ from the last.
    same: usize,
}

impl Pulse {
    /// Whether it is alive, after these samples.
    pub(super) fn feel(&mut self, samples: &[f32]) -> Alive {
        for sample in samples {
            let last = *self.last.get_or_insert(*sample);
            if (sample - last).abs() > SAME {
                (self.last, self.moved, self.same) = (Some(*sample), true, 0);
            } else {
                self.same = self.same.saturating_add(1);
            }
        }
        match (self.same >= DEAD_SAMPLES, self.moved) {
            (true, _) => Alive::No,
            (false, true) => Alive::Yes,
            (false, false) => Alive::Unknown,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alive {
    Yes,
    No,
    /// It was opened a moment ago, and has given one value so far.
    Unknown,
}

/// From here on a sample counts as cut off. Less than full: what was cut off and then brought to
/// another rate is not flat any more.
const FULL_SCALE: f32 = 0.97;
/// A well-set microphone never reaches full scale, or with the one loudest syllable. A turn of
/// which more than this share does was clipped: that is 6 to 12 dB too loud.
const CLIPS: f32 = 0.01;
/// And one of which more than this does is no clear evidence for anything. Of 16 commands that
/// were made 12 dB too loud, so that 5 % of the voice was cut off, Whisper wrote 6 letter for
/// letter as before; of those with 27 % cut off, 3. Measured once, by hand.
const DISTORTED: f32 = 0.05;
/// So many of the last turns tell a microphone that is set wrong from somebody who shouted once.
const CLIPPED_MIN: usize = 3;
const TURNS: usize = 5;

/// How much of a turn's voice is cut off.
pub(super) fn clipping(turn: &Turn) -> Clipping {
    let cut = turn.samples.iter().filter(|sample| sample.abs() >= FULL_SCALE).count();
    let voice = (turn.ended - turn.began).max(1);
    let share = cut as f32 / voice as f32;
    match share {
        share if share > DISTORTED => Clipping::Distorted,
        share if share > CLIPS => Clipping::Clipped,
        _ => Clipping::None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clipping {
    None,
    Clipped,
    Distorted,
}

/// The last turns, and whether the microphone is to be turned down.
#[derive(Debug, Clone, Default)]
pub(super) struct Gain {
    clipped: VecDeque<bool>,
    too_high: bool,
}

impl Gain {
    /// Begins with the third clipped turn of five, and ends with five clean ones.
    pub(super) fn note(&mut self, turn: Clipping) -> Set {
        if self.clipped.len() == TURNS {
            self.clipped.pop_front();
        }
        self.clipped.push_back(turn != Clipping::None);
        let clipped = self.clipped.iter().filter(|clipped| **clipped).count();
        self.too_high = match self.too_high {
            false => clipped >= CLIPPED_MIN,
            true => clipped > 0,
        };
        if self.too_high { Set::TooHigh } else { Set::Well }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Well,
    TooHigh,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::turns::{End, Onset};

    const SECOND: usize = RATE_HZ as usize;

    #[test]
    fn ten_seconds_of_the_same_are_dead_and_the_next_sound_is_life() {
        for value in [0.0, -1.0, 0.25] {
            let mut pulse = Pulse::default();
            pulse.feel(&[0.1, 0.2, value]);
            for _ in 0..99 {
                assert_eq!(pulse.feel(&[value; SECOND / 10]), Alive::Yes);
            }
            assert_eq!(pulse.feel(&[value; SECOND / 10]), Alive::No, "always {value}");
            assert_eq!(pulse.feel(&[]), Alive::No);
            let one_step_of_16_bits = value + 1.0 / 32_768.0;
            assert_eq!(pulse.feel(&[one_step_of_16_bits]), Alive::Yes);
            assert_eq!(pulse.feel(&[value; SECOND]), Alive::Yes);
        }
    }

    #[test]
    fn one_that_was_just_opened_is_neither_dead_nor_alive() {
        for value in [0.0, -1.0, 0.25] {
            let mut pulse = Pulse::default();
            assert_eq!(pulse.feel(&[]), Alive::Unknown);
            assert_eq!(pulse.feel(&[value; 10 * SECOND - 1]), Alive::Unknown, "always {value}");
            assert_eq!(pulse.feel(&[value]), Alive::No);
            let mut pulse = Pulse::default();
            assert_eq!(pulse.feel(&[value, value + 0.1]), Alive::Yes);
        }
    }

    #[test]
    fn the_softest_noise_is_life() {
        let mut pulse = Pulse::default();
        pulse.feel(&[0.0]);
        for at in 0..20 * SECOND {
            let step = if at % 1_000 == 0 { 1.0 / 32_768.0 } else { 0.0 };
            assert_eq!(pulse.feel(&[step]), Alive::Yes);
        }
    }

    /// A second of a voice-like wave, so much louder than full scale.
    fn turn(over: f32) -> Turn {
        let wave = |at: usize| {
            let at = at as f32 / SECOND as f32;
            // Loud and soft by turns, as syllables are.
            ((at * 1_200.0).sin() * (at * 25.0).sin().powi(2) * over).clamp(-1.0, 1.0)
        };
        Turn {
            samples: (0..SECOND).map(wave).collect(),
            pauses_ms: vec![],
            pause_ms: 800,
            began: 0,
            ended: SECOND as u64,
            end: End::Pause,
            onset: Onset::Sentence,
        }
    }

    #[test]
    fn louder_is_more_of_it_cut_off() {
        for (over, expected) in [
            (0.3, Clipping::None),
            (0.95, Clipping::None),
            (1.05, Clipping::Clipped),
            (4.0, Clipping::Distorted),
        ] {
            assert_eq!(clipping(&turn(over)), expected, "{over} times full scale");
        }
    }

    #[test]
    fn one_shout_is_no_trouble_and_a_wrong_gain_is_one_until_it_is_right() {
        use Clipping::{Clipped, Distorted, None};
        let mut gain = Gain::default();
        for (turn, expected) in [
            (Clipped, Set::Well),
            (None, Set::Well),
            (Distorted, Set::Well),
            (None, Set::Well),
            (Clipped, Set::TooHigh),
            (None, Set::TooHigh),
            (None, Set::TooHigh),
            (None, Set::TooHigh),
            (None, Set::TooHigh),
            (None, Set::Well),
            (Clipped, Set::Well),
        ] {
            assert_eq!(gain.note(turn), expected, "{turn:?}");
        }
    }
}
