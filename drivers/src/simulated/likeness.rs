//! How much one sound is like another, whatever their rates: their loudness over time compared.
//! For tests of what comes out of a loudspeaker or into a microphone; it recognises no words.

use crate::sound::Pcm;

/// Loudness in steps of 20 ms, 0 to 1.
pub fn envelope(pcm: &Pcm) -> Vec<f32> {
    let step = (pcm.rate_hz as usize / 50).max(1);
    let loudness = |step: &[f32]| Pcm { samples: step.to_vec(), rate_hz: pcm.rate_hz }.loudness();
    pcm.samples.chunks(step).map(loudness).collect()
}

/// The best correlation of `wanted` with any stretch of `heard`: 1 is the same shape, 0 is
/// another sound, or one that is too short to hold it.
pub fn likeness(wanted: &Pcm, heard: &Pcm) -> f32 {
    let wanted = centred(&envelope(wanted));
    let length = |steps: &[f32]| steps.iter().map(|step| step * step).sum::<f32>().sqrt();
    let product = |stretch: &[f32]| -> f32 {
        wanted.iter().zip(stretch).map(|(one, other)| one * other).sum()
    };
    envelope(heard)
        .windows(wanted.len().max(1))
        .map(centred)
        .map(|stretch| {
            product(&stretch) / (length(&wanted) * length(&stretch)).max(f32::MIN_POSITIVE)
        })
        .fold(0.0, f32::max)
}

fn centred(steps: &[f32]) -> Vec<f32> {
    let mean = steps.iter().sum::<f32>() / steps.len().max(1) as f32;
    steps.iter().map(|step| step - mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bursts(rate_hz: u32, lengths_ms: &[u32]) -> Pcm {
        let samples = lengths_ms.iter().enumerate().flat_map(|(place, ms)| {
            let loudness = if place % 2 == 0 { 0.0 } else { 0.4 };
            std::iter::repeat_n(loudness, (ms * rate_hz / 1_000) as usize)
        });
        Pcm { samples: samples.collect(), rate_hz }
    }

    #[test]
    fn a_sound_is_found_at_any_rate_and_another_is_not() {
        let wanted = bursts(16_000, &[100, 300, 100, 80, 60, 200]);
        let later = bursts(44_100, &[700, 300, 100, 80, 60, 200, 900]);
        assert!(likeness(&wanted, &later) > 0.95, "{}", likeness(&wanted, &later));
        let other = bursts(44_100, &[700, 40, 300, 300, 300, 40, 900]);
        assert!(likeness(&wanted, &other) < 0.7, "{}", likeness(&wanted, &other));
        assert_eq!(likeness(&wanted, &bursts(16_000, &[100])), 0.0);
        assert_eq!(likeness(&wanted, &bursts(16_000, &[2_000])), 0.0);
    }
}
