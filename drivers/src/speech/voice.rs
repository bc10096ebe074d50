//! Sound out of a sentence, behind a trait. espeak-ng is robust, small, and speaks every language
//! everywhere; a Piper voice sounds more like a person, where the home has one, and whatever goes
//! wrong with it, espeak-ng says the sentence. Nothing is played here.

mod chime;
mod espeak;
#[cfg(feature = "piper")]
mod piper;

use std::ops::RangeInclusive;
#[cfg(feature = "piper")]
use std::sync::atomic::{AtomicBool, Ordering};

use omzien_core::Language;

use super::{Settings, SpeechError};
use crate::sound::Pcm;

pub(super) use chime::Chiming;
pub use espeak::Espeak;
#[cfg(feature = "piper")]
pub use piper::Piper;

/// Slower or faster than this nobody follows; what lies outside is brought to the end of it.
pub const PACE_PERCENT: RangeInclusive<u8> = 50..=150;
/// Two minutes of talking; and less than a pipe holds, so that writing it never blocks.
pub const TEXT_BYTES_MAX: usize = 2_000;
/// How long a pause is at the home's own pace. Pauses where a clause ends give older listeners
/// back what speed took from them (Wingfield et al. 1999, Psychology and Aging 14, 380–389);
/// espeak-ng's own are 210 and 440 ms at 140 words a minute, and less where it speaks faster.
const COMMA_PAUSE_MS: u32 = 350;
const SENTENCE_PAUSE_MS: u32 = 600;

/// The loudest sample of a sentence: a little below what a card distorts.
const PEAK: f32 = 0.9;

/// Turns a sentence into sound.
pub trait Voice: Send {
    /// `text`: plain, at most [`TEXT_BYTES_MAX`] (more is cut off at a word). `pace_percent`: of
    /// the pace that the home file names, within [`PACE_PERCENT`].
    fn synthesise_at(
        &self,
        text: &str,
        language: Language,
        pace_percent: u8,
    ) -> Result<Pcm, SpeechError>;

    /// The same at the home's own pace.
    fn synthesise(&self, text: &str, language: Language) -> Result<Pcm, SpeechError> {
        self.synthesise_at(text, language, 100)
    }
}

/// The voice of a home: Piper for the languages that have one, and espeak-ng.
#[must_use]
pub fn of(settings: &Settings) -> Box<dyn Voice> {
    let espeak = Espeak::new(settings);
    #[cfg(feature = "piper")]
    if let Some(piper) = Piper::new(settings) {
        return Box::new(Fallback { first: piper, last: espeak, failing: AtomicBool::new(false) });
    }
    #[cfg(not(feature = "piper"))]
    if settings.piper_nl.is_some() || settings.piper_en.is_some() {
        tracing::warn!("this program was built without Piper; espeak-ng speaks");
    }
    Box::new(espeak)
}

/// Every voice equally loud, and as loud as was decided: 1 to 100 per cent.
pub fn set_volume(sound: &mut Pcm, volume_percent: u8) {
    let loudest = sound.samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let share = f32::from(volume_percent.clamp(1, 100)) / 100.0;
    // Silence stays silence.
    let gain = PEAK * share / loudest.max(0.01);
    sound.samples.iter_mut().for_each(|sample| *sample *= gain);
}

/// A voice that may fail, and one that then says the same sentence. A failure is told once, until
/// it works again.
#[cfg(feature = "piper")]
struct Fallback<F, L> {
    first: F,
    last: L,
    failing: AtomicBool,
}

#[cfg(feature = "piper")]
impl<F: Speaks, L: Voice> Voice for Fallback<F, L> {
    fn synthesise_at(
        &self,
        text: &str,
        language: Language,
        pace_percent: u8,
    ) -> Result<Pcm, SpeechError> {
        if self.first.speaks(language) {
            match self.first.synthesise_at(text, language, pace_percent) {
                Ok(sound) => {
                    if self.failing.swap(false, Ordering::Relaxed) {
                        tracing::info!("the Piper voice works again");
                    }
                    return Ok(sound);
                }
                Err(error) => {
                    if !self.failing.swap(true, Ordering::Relaxed) {
                        tracing::warn!(%error, "the Piper voice fails; espeak-ng speaks instead");
                    }
                }
            }
        }
        self.last.synthesise_at(text, language, pace_percent)
    }
}

/// A voice for some languages.
#[cfg(feature = "piper")]
trait Speaks: Voice {
    fn speaks(&self, language: Language) -> bool;
}

/// At most [`TEXT_BYTES_MAX`], ending with a whole word; and no control characters.
fn cut(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if plain.len() <= TEXT_BYTES_MAX {
        return plain;
    }
    let end = plain.floor_char_boundary(TEXT_BYTES_MAX);
    let end = plain[..end].rfind(' ').unwrap_or(end);
    plain[..end].to_owned()
}

/// How long to wait after a sign that ends a clause or a sentence; `None`: it ends neither.
fn pause_ms(sign: char, pace_percent: u8) -> Option<u32> {
    let usual_ms = match sign {
        ',' | ';' | ':' => COMMA_PAUSE_MS,
        '.' | '?' | '!' => SENTENCE_PAUSE_MS,
        _ => return None,
    };
    Some(usual_ms * 100 / u32::from(within(pace_percent)))
}

fn within(pace_percent: u8) -> u8 {
    pace_percent.clamp(*PACE_PERCENT.start(), *PACE_PERCENT.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_with_a_word() {
        let text = "één lamp ".repeat(400);
        let text = cut(&text);
        assert!(text.len() <= TEXT_BYTES_MAX);
        assert!(text.ends_with("één") || text.ends_with("lamp"));
        assert_eq!(cut("a\0b\u{1b}c"), "a b c");
    }

    #[cfg(feature = "piper")]
    #[test]
    fn a_piper_voice_that_fails_never_silences_the_home() {
        let nowhere = Some("/nowhere/voice.onnx".into());
        let settings = Settings { piper_en: nowhere, ..Settings::default() };
        let piper = Piper::new(&settings).expect("a voice that is named");
        let error = piper.synthesise("Good morning.", Language::En).unwrap_err().to_string();
        assert!(error.contains("/nowhere/voice.onnx"), "{error}");
        let voice = of(&settings);
        for language in [Language::En, Language::Nl] {
            let said = voice.synthesise("Good morning.", language).unwrap();
            let wanted = Espeak::new(&settings).synthesise("Good morning.", language).unwrap();
            assert_eq!(said.samples, wanted.samples);
        }
    }
}
