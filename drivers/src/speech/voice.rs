//! Sound out of a sentence, behind a trait; and espeak-ng behind that: robust, small, every
//! language, everywhere. Nothing is played here, and no sentence ever meets a shell.

use std::io::{Read, Write};
use std::ops::RangeInclusive;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use omzien_core::Language;

use super::{Settings, SpeechError};
use crate::sound::{Pcm, wav};

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

/// Slower or faster than this nobody follows; what lies outside is brought to the end of it.
pub const PACE_PERCENT: RangeInclusive<u8> = 50..=150;
/// Two minutes of talking; and less than a pipe holds, so that writing it never blocks.
pub const TEXT_BYTES_MAX: usize = 2_000;
/// espeak-ng takes a tenth of a second for a sentence; a busy Pi ten times as long.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Five minutes at 22,050 Hz; a program that writes more is broken.
const SOUND_BYTES_MAX: u64 = 5 * 60 * 22_050 * 2;

/// espeak-ng as a child process, one for each sentence.
#[derive(Debug, Clone)]
pub struct Espeak {
    program: String,
    voice_nl: String,
    voice_en: String,
    words_per_minute: u16,
    pitch: u8,
}

impl Espeak {
    pub fn new(settings: &Settings) -> Self {
        let or = |voice: &Option<String>, plain: &str| voice.as_deref().unwrap_or(plain).to_owned();
        Self {
            program: "espeak-ng".to_owned(),
            voice_nl: or(&settings.voice_nl, "nl"),
            voice_en: or(&settings.voice_en, "en-gb"),
            // What espeak-ng itself can do; the settings' own bounds are narrower.
            words_per_minute: settings.words_per_minute.clamp(80, 300),
            pitch: settings.pitch.min(99),
        }
    }

    fn start(&self, language: Language, pace_percent: u8) -> Result<Child, SpeechError> {
        let pace = u32::from(pace_percent.clamp(*PACE_PERCENT.start(), *PACE_PERCENT.end()));
        let words_per_minute = u32::from(self.words_per_minute) * pace / 100;
        let voice = match language {
            Language::Nl => &self.voice_nl,
            Language::En => &self.voice_en,
        };
        Command::new(&self.program)
            .args(["-v", voice, "-s", &words_per_minute.to_string()])
            .args(["-p", &self.pitch.to_string(), "--stdin", "--stdout", "-b", "1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => {
                    SpeechError::NoVoice { program: self.program.clone() }
                }
                _ => self.failed(&error.to_string()),
            })
    }

    fn failed(&self, why: &str) -> SpeechError {
        SpeechError::Voice { program: self.program.clone(), why: why.to_owned() }
    }
}

impl Voice for Espeak {
    fn synthesise_at(
        &self,
        text: &str,
        language: Language,
        pace_percent: u8,
    ) -> Result<Pcm, SpeechError> {
        let mut child = self.start(language, pace_percent)?;
        // Both pipes were asked for just above; dropping stdin tells the program that it has all.
        if let Some(mut stdin) = child.stdin.take()
            && let Err(error) = stdin.write_all(cut(text).as_bytes())
        {
            end(&mut child);
            return Err(self.failed(&error.to_string()));
        }
        let (sender, spoken) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let read = stdout.take(SOUND_BYTES_MAX).read_to_end(&mut bytes);
                let _ = sender.send(read.map(|_| bytes));
            });
        }
        let bytes = spoken.recv_timeout(TIMEOUT);
        let status = end(&mut child);
        let bytes = bytes
            .map_err(|_| self.failed("it did not finish in time"))?
            .map_err(|error| self.failed(&error.to_string()))?;
        wav::parse_streamed(bytes).map_err(|why| self.failed(&format!("{why} ({status})")))
    }
}

/// Ends the program if it has not ended, and leaves no zombie. What it ended with, in words.
fn end(child: &mut Child) -> String {
    // A program that closed its output ends by itself; one that did not must not linger.
    let _ = child.kill();
    child.wait().map_or_else(|error| error.to_string(), |status| status.to_string())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn espeak() -> Espeak {
        Espeak::new(&Settings::default())
    }

    #[test]
    fn a_sentence_becomes_sound() {
        for (text, language) in [
            ("Goedemorgen. Heeft u goed geslapen?", Language::Nl),
            ("Good morning. Did you sleep well?", Language::En),
        ] {
            let pcm = espeak().synthesise(text, language).unwrap();
            assert_eq!(pcm.rate_hz, 22_050);
            let seconds = pcm.duration().as_secs_f32();
            assert!((1.5..6.0).contains(&seconds), "{seconds} s");
            assert!(pcm.loudness() > 0.02, "{}", pcm.loudness());
        }
    }

    #[test]
    fn slower_is_longer() {
        let say = |words_per_minute| {
            let settings = Settings { words_per_minute, ..Settings::default() };
            let voice = Espeak::new(&settings);
            voice.synthesise("The kitchen light is on.", Language::En).unwrap().duration()
        };
        assert!(say(100) > say(175));
    }

    #[test]
    fn a_sentence_is_only_ever_words() {
        let place = std::env::temp_dir().join("omzien-must-not-exist");
        let text = format!("'; touch {} #\n--help $(touch {0})", place.display());
        assert!(espeak().synthesise(&text, Language::En).is_ok());
        assert!(!place.exists());
    }

    #[test]
    fn a_missing_or_silent_program_is_named() {
        let missing = Espeak { program: "no-such-voice".into(), ..espeak() };
        let error = missing.synthesise("hello", Language::En).unwrap_err();
        assert!(matches!(error, SpeechError::NoVoice { .. }), "{error}");
        let silent = Espeak { program: "true".into(), ..espeak() };
        let error = silent.synthesise("hello", Language::En).unwrap_err().to_string();
        assert!(error.contains("`true` failed"), "{error}");
    }

    #[test]
    fn long_texts_end_with_a_word() {
        let text = "één lamp ".repeat(400);
        let text = cut(&text);
        assert!(text.len() <= TEXT_BYTES_MAX);
        assert!(text.ends_with("één") || text.ends_with("lamp"));
        assert_eq!(cut("a\0b\u{1b}c"), "a b c");
    }
}
