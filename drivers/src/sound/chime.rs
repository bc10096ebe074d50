//! A short soft sound of no words: a run over eight strings, as on a small harp. It rises through
//! an octave and a half, so that no moment of it resembles another and it is found again in what
//! a microphone hears. It plays nothing.

use std::f32::consts::TAU;

use super::Pcm;

const RATE_HZ: u32 = 16_000;
/// Five tones of the scale, upward from C: no two that sound together can clash.
const STRINGS_HZ: [f32; 8] = [523.3, 587.3, 659.3, 784.0, 880.0, 1046.5, 1174.7, 1318.5];
/// From one string to the next, and how long a string sounds on.
const STEP_S: f32 = 0.085;
const FADES_S: f32 = 0.08;
const LENGTH_S: f32 = 1.2;
/// From nothing to its full sound: a soft finger.
const PLUCK_S: f32 = 0.008;

/// At its full loudness.
pub fn chime() -> Pcm {
    let samples = (0..(LENGTH_S * RATE_HZ as f32) as usize).map(|place| {
        let at = place as f32 / RATE_HZ as f32;
        let tones = STRINGS_HZ.iter().enumerate().map(|(string, hz)| {
            let since = at - string as f32 * STEP_S;
            if since < 0.0 {
                return 0.0;
            }
            let loudness = (since / PLUCK_S).min(1.0) * (-since / FADES_S).exp();
            loudness * ((TAU * hz * since).sin() + 0.3 * (TAU * 2.0 * hz * since).sin())
        });
        0.4 * tones.sum::<f32>()
    });
    Pcm { samples: samples.collect(), rate_hz: RATE_HZ }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_short_neither_clips_nor_clicks_and_ends_in_silence() {
        let chime = chime();
        assert!(chime.duration().as_secs_f32() < 1.5);
        let loudest = chime.samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!((0.3..1.0).contains(&loudest), "{loudest}");
        let step =
            chime.samples.windows(2).fold(0.0_f32, |most, two| most.max((two[1] - two[0]).abs()));
        assert!(step < 0.4, "{step}");
        assert!(
            chime.samples[chime.samples.len() - 160..].iter().all(|sample| sample.abs() < 0.01)
        );
    }
}
