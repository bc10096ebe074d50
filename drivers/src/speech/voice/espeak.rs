//! espeak-ng as a child process, one for each sentence. No sentence ever meets a shell, and no
//! sign in it is taken for a command of the voice.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use omzien_core::Language;

use super::super::{Settings, SpeechError};
use super::{Voice, cut, pause_ms, within};
use crate::sound::{Pcm, wav};

/// espeak-ng takes a tenth of a second for a sentence; a busy Pi ten times as long.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Five minutes at 22,050 Hz; a program that writes more is broken.
const OUTPUT_BYTES_MAX: u64 = 5 * 60 * 22_050 * 2;

/// Speaks Dutch and English, whatever else is there.
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

    /// The sounds of a clause in the phonetic alphabet, as a voice of espeak-ng has them.
    #[cfg(feature = "piper")]
    pub(super) fn phonemes(&self, clause: &str, voice: &str) -> Result<String, SpeechError> {
        let output = self.run(&["-q", "--ipa", "-v", voice], cut(clause).as_bytes())?;
        String::from_utf8(output).map_err(|error| self.failed(&error.to_string()))
    }

    /// Hands the program its text and takes what it writes; a program that hangs is ended.
    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, SpeechError> {
        let mut child = self.start(arguments)?;
        // Both pipes were asked for; dropping stdin tells the program that it has all.
        if let Some(mut stdin) = child.stdin.take()
            && let Err(error) = stdin.write_all(input)
        {
            end(&mut child);
            return Err(self.failed(&error.to_string()));
        }
        let (sender, written) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let read = stdout.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes);
                let _ = sender.send(read.map(|_| bytes));
            });
        }
        let bytes = written.recv_timeout(TIMEOUT);
        let status = end(&mut child);
        let bytes = bytes
            .map_err(|_| self.failed("it did not finish in time"))?
            .map_err(|error| self.failed(&error.to_string()))?;
        match bytes.is_empty() {
            true => Err(self.failed(&format!("it wrote nothing ({status})"))),
            false => Ok(bytes),
        }
    }

    fn start(&self, arguments: &[&str]) -> Result<Child, SpeechError> {
        Command::new(&self.program)
            .args(arguments)
            .args(["--stdin", "-b", "1"])
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
        let voice = match language {
            Language::Nl => &self.voice_nl,
            Language::En => &self.voice_en,
        };
        let pace = u32::from(self.words_per_minute) * u32::from(within(pace_percent)) / 100;
        let (pace, pitch) = (pace.to_string(), self.pitch.to_string());
        let arguments = ["-m", "--stdout", "-v", voice, "-s", &pace, "-p", &pitch];
        let bytes = self.run(&arguments, marked_up(&cut(text), pace_percent).as_bytes())?;
        wav::parse_streamed(bytes).map_err(|why| self.failed(&why))
    }
}

/// The text in the speech markup language, with our own pauses; every sign of the text itself is
/// only a sign.
fn marked_up(text: &str, pace_percent: u8) -> String {
    let mut marked = String::with_capacity(text.len() + 256);
    marked.push_str("<speak>");
    let mut letters = text.trim_end().chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '<' => marked.push_str("&lt;"),
            '>' => marked.push_str("&gt;"),
            '&' => marked.push_str("&amp;"),
            _ => marked.push(letter),
        }
        // "12.30" and "'s avonds" have no pause within.
        if let Some(pause_ms) = pause_ms(letter, pace_percent)
            && letters.peek().is_some_and(|next| next.is_whitespace())
        {
            // Writing to a String does not fail.
            let _ = write!(marked, "<break time=\"{pause_ms}ms\"/>");
        }
    }
    marked.push_str("</speak>");
    marked
}

/// Ends the program if it has not ended, and leaves no zombie. What it ended with, in words.
fn end(child: &mut Child) -> String {
    // A program that closed its output ends by itself; one that did not must not linger.
    let _ = child.kill();
    child.wait().map_or_else(|error| error.to_string(), |status| status.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn espeak() -> Espeak {
        Espeak::new(&Settings::default())
    }

    /// How long each silence within the speech lasts, in steps of 10 ms; what is below 200 is
    /// a "t" or a "p".
    fn pauses_ms(sound: &Pcm) -> Vec<u32> {
        let step = sound.rate_hz as usize / 100;
        let silent = |part: &[f32]| part.iter().all(|sample| sample.abs() < 0.005);
        let steps: Vec<bool> = sound.samples.chunks(step).map(silent).collect();
        let speech = steps.split(|silent| *silent);
        // Between two silent steps in a row lies an empty piece.
        let mut pauses = vec![0];
        for piece in speech {
            match piece.is_empty() {
                true => *pauses.last_mut().expect("at least one") += 10,
                false => pauses.push(10),
            }
        }
        // The silence before the first word and after the last is none of ours.
        let within = &pauses[1..pauses.len() - 1];
        within.iter().copied().filter(|pause| *pause >= 200).collect()
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
    fn commas_and_full_stops_are_heard() {
        for (text, language) in [
            ("Het is acht uur, en uw pillen liggen klaar. Heeft u ze ingenomen?", Language::Nl),
            ("It is eight, and your pills are waiting. Have you taken them?", Language::En),
        ] {
            for (pace_percent, comma_ms, stop_ms) in [(100, 350, 600), (70, 500, 857)] {
                let sound = espeak().synthesise_at(text, language, pace_percent).unwrap();
                let pauses = pauses_ms(&sound);
                let [comma, stop] = pauses[..] else { panic!("{text}: {pauses:?}") };
                assert!(comma.abs_diff(comma_ms) <= 60, "{text}: {pauses:?} at {pace_percent} %");
                assert!(stop.abs_diff(stop_ms) <= 60, "{text}: {pauses:?} at {pace_percent} %");
            }
        }
        let without = espeak().synthesise("It is eight and you are well", Language::En).unwrap();
        assert!(pauses_ms(&without).is_empty());
    }

    #[test]
    fn slower_is_longer() {
        let say = |words_per_minute, pace_percent| {
            let voice = Espeak::new(&Settings { words_per_minute, ..Settings::default() });
            let text = "The kitchen light is on.";
            voice.synthesise_at(text, Language::En, pace_percent).unwrap().duration()
        };
        assert!(say(100, 100) > say(175, 100));
        assert!(say(140, 70) > say(140, 100));
        assert!(say(140, 130) < say(140, 100));
        assert_eq!(say(140, 0), say(140, 50));
    }

    #[test]
    fn a_sentence_is_only_ever_words() {
        let place = std::env::temp_dir().join("omzien-must-not-exist");
        let text = format!("'; touch {} #\n--help $(touch {0})", place.display());
        assert!(espeak().synthesise(&text, Language::En).is_ok());
        assert!(!place.exists());
        let text = "one <break time=\"9s\"/> two</speak> & <audio src=\"/dev/zero\"/> three";
        assert_eq!(
            marked_up(text, 100),
            "<speak>one &lt;break time=\"9s\"/&gt; two&lt;/speak&gt; &amp; \
             &lt;audio src=\"/dev/zero\"/&gt; three</speak>"
        );
        let sound = espeak().synthesise(text, Language::En).unwrap();
        assert!(pauses_ms(&sound).iter().all(|pause| *pause < 1_000), "{:?}", pauses_ms(&sound));
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
}
