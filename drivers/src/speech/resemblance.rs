//! Where, and how surely, one piece of sound lies within another: by correlation, at every delay.
//! Another voice, a radio or a kettle correlates with nothing at any delay, however loud; a
//! sentence does at one, however soft. Pure; it knows neither card nor clock.

use sonora_fft::pffft::{FftType, Pffft};

use crate::sound::RATE_HZ;
use crate::sound::resample::resample;

/// What is compared: the band of speech up to 2 kHz. Less would hold too little to tell sentences
/// apart; more costs by the square and is lost in a small loudspeaker's own sound.
pub(super) const COMPARED_HZ: u32 = 4_000;
/// The hum of the mains and the rumble of a house are left out: each sample less so much of the
/// one before it.
const LESS_OF_LAST: f32 = 0.95;
/// Within so many steps of its best delay a sound resembles itself: a vowel, a string.
const RESEMBLES: usize = COMPARED_HZ as usize / 10;
/// A stretch with less than this share of the whole's mean power holds nothing (30 dB).
const NEXT_TO_NOTHING: f64 = 0.001;

/// The best place.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Found {
    /// In samples at [`COMPARED_HZ`].
    pub(super) delay: usize,
    /// How alike the two are there, 0 to 1: its square is the share of the whole's power, at that
    /// place, that the piece explains.
    pub(super) correlation: f32,
    /// The correlation there as a share of what chance gives elsewhere.
    pub(super) likeness_percent: u16,
}

/// Finds a piece in a whole that is longer by the delays that are tried; both at [`COMPARED_HZ`].
/// Silence is like nothing, and nothing is found in it.
pub(super) fn find(piece: &[f32], whole: &[f32]) -> Found {
    let matches = correlations(piece, whole);
    let strengths =
        || matches.iter().enumerate().filter_map(|(delay, m)| Some((delay, (*m)?.abs())));
    let best = strengths().max_by(|one, other| one.1.total_cmp(&other.1));
    let Some((delay, peak)) = best else { return Found::default() };
    // Around its best delay a sound resembles itself; that is no chance.
    let by_chance = strengths().filter(|(at, _)| at.abs_diff(delay) > RESEMBLES);
    let chance = rms(&by_chance.map(|(_, strength)| strength).collect::<Vec<_>>());
    // A correlation is at most 1, and chance no less than one over their number.
    let likeness_percent = if chance > 0.0 { (100.0 * peak / chance) as u16 } else { 0 };
    Found { delay, correlation: peak, likeness_percent }
}

/// At [`COMPARED_HZ`], the low tones taken out.
pub(super) fn speech_band(samples: &[f32]) -> Vec<f32> {
    let samples = resample(samples, RATE_HZ, COMPARED_HZ);
    let before = std::iter::once(&0.0).chain(&samples);
    samples.iter().zip(before).map(|(now, before)| now - LESS_OF_LAST * before).collect()
}

/// How alike the two are, -1 to 1, at every delay; `None` where the whole holds next to nothing:
/// what the transform rounds off would be compared.
fn correlations(piece: &[f32], whole: &[f32]) -> Vec<Option<f32>> {
    let Some(delays) = whole.len().checked_sub(piece.len()) else { return Vec::new() };
    let products = products(piece, whole);
    let power = |samples: &[f32]| samples.iter().map(square).sum::<f64>();
    let own = power(piece);
    let least = NEXT_TO_NOTHING * power(whole) * piece.len() as f64 / whole.len() as f64;
    let mut within = power(&whole[..piece.len()]);
    let mut matches = Vec::with_capacity(delays + 1);
    for delay in 0..=delays {
        let scale = (own * within.max(0.0)).sqrt();
        let something = within > least && scale > f64::EPSILON;
        matches.push(something.then(|| products[delay] / scale as f32));
        if let Some(next) = whole.get(delay + piece.len()) {
            within += square(next) - square(&whole[delay]);
        }
    }
    matches
}

fn square(sample: &f32) -> f64 {
    f64::from(*sample) * f64::from(*sample)
}

/// The sum of the products at every delay: the one folded with the other played backwards. What
/// wraps around falls on the delays before the first.
fn products(piece: &[f32], whole: &[f32]) -> Vec<f32> {
    // A power of two from 32 on is a size that the transform knows.
    let size = whole.len().next_power_of_two().max(32);
    let mut transform = Pffft::new(size, FftType::Real);
    let mut spectrum = |samples: &mut dyn Iterator<Item = &f32>| {
        let (mut input, mut output) = (transform.create_buffer(), transform.create_buffer());
        input.as_mut_slice().iter_mut().zip(samples).for_each(|(to, from)| *to = *from);
        transform.forward(&input, &mut output, false);
        output
    };
    let backwards = spectrum(&mut piece.iter().rev());
    let whole = spectrum(&mut whole.iter());
    let (mut both, mut folded) = (transform.create_buffer(), transform.create_buffer());
    transform.convolve_accumulate(&backwards, &whole, &mut both, 1.0 / size as f32);
    transform.backward(&both, &mut folded, false);
    folded.as_slice()[piece.len().saturating_sub(1)..].to_vec()
}

pub(super) fn rms(values: &[f32]) -> f32 {
    let squares: f32 = values.iter().map(|value| value * value).sum();
    (squares / values.len().max(1) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_is_comparing_at_every_delay() {
        let noise = |seed: u32, count: usize| -> Vec<f32> {
            let mut seed = seed;
            let next = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
            };
            std::iter::repeat_with(next).take(count).collect()
        };
        let (played, mut heard) = (noise(1, 300), noise(2, 1_000));
        heard.iter_mut().skip(123).zip(&played).for_each(|(heard, played)| *heard += played);
        let matches = correlations(&played, &heard);
        assert_eq!(matches.len(), 701);
        for (delay, found) in matches.iter().enumerate() {
            let heard = &heard[delay..delay + 300];
            let product: f32 = played.iter().zip(heard).map(|(one, other)| one * other).sum();
            let wanted = product / (rms(&played) * rms(heard) * 300.0);
            let found = found.unwrap();
            assert!((found - wanted).abs() < 1e-3, "{delay}: {found}, not {wanted}");
        }
        assert!(matches.iter().all(|found| *found <= matches[123]));
    }

    #[test]
    fn in_silence_nothing_is_found() {
        let mut whole = vec![0.0; 4_000];
        let piece: Vec<f32> = (0..400).map(|n| (n as f32 * n as f32 * 0.01).sin()).collect();
        assert_eq!(find(&piece, &whole), Found::default());
        assert_eq!(find(&whole, &piece), Found::default(), "nor a whole in its piece");
        // A sound and silence around it: what is rounded off there is no place for it.
        whole[2_000..2_400].copy_from_slice(&piece);
        assert_eq!(find(&piece, &whole).delay, 2_000);
    }
}
