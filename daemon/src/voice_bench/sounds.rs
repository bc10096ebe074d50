//! What a room sounds like when nobody speaks to the companion: silence, noise, music, a talk
//! programme, and the companion's own voice. Made here from a seed, second by second; nothing of
//! it is kept.

use std::f32::consts::TAU;

use omzien_core::Language;
use omzien_drivers::sound::{Pcm, RATE_HZ, resample};
use omzien_drivers::speech::voice::{Espeak, Voice};
use omzien_drivers::speech::{Settings, SpeechError};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

const RATE: f32 = RATE_HZ as f32;
const SECOND: usize = RATE_HZ as usize;

/// A room's sound without end.
pub trait Room {
    /// The next second of it, [`RATE_HZ`] samples.
    fn second(&mut self) -> Vec<f32>;
}

/// Nothing but the last bits of a converter.
pub struct Silence(SmallRng);

impl Silence {
    pub fn new(seed: u64) -> Self {
        Self(SmallRng::seed_from_u64(seed))
    }
}

impl Room for Silence {
    fn second(&mut self) -> Vec<f32> {
        (0..SECOND).map(|_| self.0.random_range(-1.0..1.0) * 1e-4).collect()
    }
}

/// A living room at night: soft pink noise (40 dB below the loudest) and a clock.
pub struct QuietRoom(Noise);

impl QuietRoom {
    pub fn new(seed: u64) -> Self {
        Self(Noise::new(seed))
    }
}

impl Room for QuietRoom {
    fn second(&mut self) -> Vec<f32> {
        let tick = |at: usize| if at < 40 { 0.02 * (1.0 - at as f32 / 40.0) } else { 0.0 };
        (0..SECOND).map(|at| 0.01 * self.0.pink() + tick(at)).collect()
    }
}

/// White and pink noise, mains hum, a kettle that comes to the boil: half a minute of each, at
/// another loudness each time.
pub struct Noise {
    chance: SmallRng,
    kind: u64,
    loudness: f32,
    /// Samples since the kind began.
    at: usize,
    pink: [f32; 3],
}

impl Noise {
    const EACH_S: usize = 30;

    pub fn new(seed: u64) -> Self {
        let chance = SmallRng::seed_from_u64(seed);
        Self { chance, kind: 0, loudness: 0.05, at: 0, pink: [0.0; 3] }
    }

    /// Paul Kellet's filter: three poles, within 0.5 dB of pink above 30 Hz.
    fn pink(&mut self) -> f32 {
        let white = self.white();
        let [a, b, c] = &mut self.pink;
        *a = 0.99765 * *a + white * 0.099_046;
        *b = 0.963 * *b + white * 0.296_516_4;
        *c = 0.57 * *c + white * 1.052_691_3;
        (*a + *b + *c + white * 0.1848) * 0.3
    }

    fn white(&mut self) -> f32 {
        self.chance.random_range(-1.0..1.0)
    }

    fn sample(&mut self) -> f32 {
        let seconds = self.at as f32 / RATE;
        self.at += 1;
        match self.kind % 4 {
            0 => self.white(),
            1 => self.pink(),
            2 => (1..=7).map(|n| (TAU * 50.0 * n as f32 * seconds).sin() / n as f32).sum::<f32>(),
            _ => {
                // It hisses louder and louder, and bubbles.
                let bubbles =
                    1.0 + 0.8 * (TAU * 11.0 * seconds).sin() * (TAU * 3.7 * seconds).sin();
                self.pink() * bubbles * (seconds / Self::EACH_S as f32) * 2.0
            }
        }
    }
}

impl Room for Noise {
    fn second(&mut self) -> Vec<f32> {
        if self.at >= Self::EACH_S * SECOND {
            self.at = 0;
            self.kind += 1;
            self.loudness = 10_f32.powf(self.chance.random_range(-2.2..-0.7));
        }
        (0..SECOND).map(|_| (self.sample() * self.loudness).clamp(-1.0, 1.0)).collect()
    }
}

/// A band without end: chords, drums, and somebody who sings without words.
pub struct Music {
    chance: SmallRng,
    at: usize,
    /// Semitones above A, 110 Hz.
    root: i32,
    note: i32,
    vowel: [f32; 2],
    formants: [[f32; 2]; 2],
    phase: f32,
}

impl Music {
    const BEAT: usize = SECOND * 6 / 10;
    const CHORDS: [i32; 4] = [0, -3, 5, 7];
    const SCALE: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
    /// First and second formant of "a", "i", "o", "e" (Peterson & Barney 1952), Hz.
    const VOWELS: [[f32; 2]; 4] =
        [[730.0, 1_090.0], [270.0, 2_290.0], [570.0, 840.0], [530.0, 1_840.0]];

    pub fn new(seed: u64) -> Self {
        Self {
            chance: SmallRng::seed_from_u64(seed),
            at: 0,
            root: 0,
            note: 12,
            vowel: Self::VOWELS[0],
            formants: [[0.0; 2]; 2],
            phase: 0.0,
        }
    }

    fn hz(semitones: i32) -> f32 {
        110.0 * 2_f32.powf(semitones as f32 / 12.0)
    }

    fn sample(&mut self) -> f32 {
        if self.at.is_multiple_of(Self::BEAT) {
            let beat = self.at / Self::BEAT;
            self.root = Self::CHORDS[beat / 4 % 4];
            // Scale and vowels are not empty.
            let step = Self::SCALE.choose(&mut self.chance).copied().unwrap_or(0);
            self.note = 12 + step;
            self.vowel = Self::VOWELS.choose(&mut self.chance).copied().unwrap_or([730.0, 1_090.0]);
        }
        let within = (self.at % Self::BEAT) as f32 / RATE;
        let seconds = self.at as f32 / RATE;
        let chord: f32 = [0, 4, 7]
            .iter()
            .map(|third| (TAU * Self::hz(self.root + third) * seconds).sin())
            .sum::<f32>()
            * (-within * 2.0).exp();
        let kick = (TAU * 55.0 * within).sin() * (-within * 18.0).exp();
        let hat = self.chance.random_range(-1.0..1.0) * (-within * 40.0).exp();
        let sung = self.sing(seconds);
        self.at += 1;
        0.06 * chord + 0.25 * kick + 0.05 * hat + 0.2 * sung
    }

    /// A buzz with vibrato through two resonances.
    fn sing(&mut self, seconds: f32) -> f32 {
        let vibrato = 1.0 + 0.012 * (TAU * 5.5 * seconds).sin();
        self.phase = (self.phase + Self::hz(self.note) * vibrato / RATE).fract();
        let mut voice = 1.0 - 2.0 * self.phase;
        for (centre, state) in self.vowel.iter().zip(&mut self.formants) {
            let (width, angle) = ((-TAU * 45.0 / RATE).exp(), TAU * centre / RATE);
            let out = (1.0 - width) * voice + 2.0 * width * angle.cos() * state[0]
                - width * width * state[1];
            *state = [out, state[0]];
            voice = out;
        }
        voice.clamp(-1.0, 1.0)
    }
}

impl Room for Music {
    fn second(&mut self) -> Vec<f32> {
        (0..SECOND).map(|_| self.sample()).collect()
    }
}

/// Sentences by several voices, in any order, with short and long pauses.
pub struct Talk {
    chance: SmallRng,
    sentences: Vec<Vec<f32>>,
    next: Vec<f32>,
}

impl Talk {
    /// Sentences that were spoken already; at least one.
    fn new(seed: u64, sentences: Vec<Vec<f32>>) -> Self {
        Self { chance: SmallRng::seed_from_u64(seed), sentences, next: Vec::new() }
    }

    /// The talk programme of a language, by every voice of it that this machine has.
    pub fn programme(seed: u64, language: Language) -> Result<Self, SpeechError> {
        let text = match language {
            Language::Nl => include_str!("../../../tests/voice/talk_nl.txt"),
            Language::En => include_str!("../../../tests/voice/talk_en.txt"),
        };
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let mut spoken = Vec::new();
        for voice in voices(language) {
            for line in &lines {
                spoken.push(say(voice.as_ref(), line, language)?);
            }
        }
        Ok(Self::new(seed, spoken))
    }

    /// Everything that the companion itself says in the home, in its own voice.
    pub fn own(seed: u64, language: Language) -> Result<Self, SpeechError> {
        let voice = Espeak::new(&Settings::default());
        let said = own_sentences(language).map(|sentence| say(&voice, sentence, language));
        Ok(Self::new(seed, said.collect::<Result<_, _>>()?))
    }
}

impl Room for Talk {
    fn second(&mut self) -> Vec<f32> {
        while self.next.len() < SECOND {
            if let Some(sentence) = self.sentences.choose(&mut self.chance) {
                self.next.extend(sentence);
            }
            // Every other one is followed within a breath, the rest after a pause that ends a turn.
            let pause_s = if self.chance.random_ratio(1, 2) { 0.1..0.6 } else { 0.9..2.5 };
            let pause = self.chance.random_range(pause_s) * RATE;
            let hiss = &mut self.chance;
            self.next.extend((0..pause as usize).map(|_| hiss.random_range(-1.0..1.0) * 1e-3));
        }
        self.next.drain(..SECOND).collect()
    }
}

/// The sentences said in the home, with example names, from the list that is read aloud.
fn own_sentences(language: Language) -> impl Iterator<Item = &'static str> {
    let list = include_str!("../../../docs/ref/sentences.md");
    let home = list.split("\n## ").find(|part| part.starts_with("Said in the home"));
    let column = match language {
        Language::Nl => 2,
        Language::En => 3,
    };
    home.unwrap_or_default()
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| |"))
        .filter_map(move |line| line.split('|').nth(column))
        .map(str::trim)
}

/// The voices of a language that can speak here; the plain one is always tried.
fn voices(language: Language) -> Vec<Box<dyn Voice>> {
    let names: &[&str] = match language {
        Language::Nl => &["nl", "mb-nl2", "mb-nl3"],
        Language::En => &["en-gb", "en-us", "mb-en1", "mb-us1"],
    };
    let voices = names.iter().enumerate().map(|(number, name)| {
        let voice = Some((*name).to_owned());
        let (voice_nl, voice_en) = (voice.clone(), voice);
        let (words_per_minute, pitch) = (150 + 12 * number as u16, 40 + 8 * number as u8);
        let settings =
            Settings { voice_nl, voice_en, words_per_minute, pitch, ..Settings::default() };
        Box::new(Espeak::new(&settings)) as Box<dyn Voice>
    });
    voices
        .enumerate()
        .filter(|(number, voice)| *number == 0 || voice.synthesise("test", language).is_ok())
        .map(|(_, voice)| voice)
        .collect()
}

fn say(voice: &dyn Voice, sentence: &str, language: Language) -> Result<Vec<f32>, SpeechError> {
    let Pcm { samples, rate_hz } = voice.synthesise(sentence, language)?;
    Ok(resample::resample(&samples, rate_hz, RATE_HZ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_room_again_and_another_seed_another() {
        let made: [fn(u64) -> Box<dyn Room>; 3] = [
            |seed| Box::new(Silence::new(seed)),
            |seed| Box::new(Noise::new(seed)),
            |seed| Box::new(Music::new(seed)),
        ];
        for make in made {
            let second = make(1).second();
            assert_eq!(second.len(), SECOND);
            assert!(second.iter().all(|sample| sample.abs() <= 1.0));
            assert_eq!(second, make(1).second());
            assert_ne!(second, make(2).second());
        }
    }

    #[test]
    fn the_companions_own_sentences_are_known() {
        for language in [Language::Nl, Language::En] {
            let sentences: Vec<_> = own_sentences(language).collect();
            assert!(sentences.len() > 60, "{}", sentences.len());
            assert!(sentences.iter().all(|sentence| sentence.len() > 3), "{sentences:?}");
        }
    }
}
