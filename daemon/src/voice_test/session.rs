//! The ears and the mouth of a test: it says a sentence, hears what follows, and tells what became
//! of it. The same stages as the companion's, one after the other. Sound is forgotten with its
//! turn, but for what the resident allowed to be kept ([`Recordings`]): files that nobody but
//! their owner can read, for half an hour.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use omzien_core::{Expectation, Expects, Manner, Phrases};
use omzien_drivers::sound::card::SystemCard;
use omzien_drivers::sound::{Block, Microphone, Pcm, RATE_HZ, SoundCard, SoundError, Speaker, wav};
use omzien_drivers::speech::chain::Chain;
use omzien_drivers::speech::echo::EchoFree;
use omzien_drivers::speech::pace::Pace;
use omzien_drivers::speech::proof::dbfs;
use omzien_drivers::speech::recogniser::Transcript;
use omzien_drivers::speech::turns::{Ears, Onset, Turn};
use omzien_drivers::speech::voice::{self, Voice};
use omzien_drivers::speech::{self, SpeechError};

use super::score::{Became, Tried, voice_dbfs};
use super::sentences::{Listener, Sentence};

/// One look at the microphone.
const LOOK: Duration = Duration::from_millis(100);
/// Who has not begun to speak by then is not waited for.
const BEGINS_WITHIN: Duration = Duration::from_secs(12);
/// And whoever has begun, no longer than a turn can be, and some.
const ENDS_WITHIN: Duration = Duration::from_secs(45);
/// How long the room is listened to while nobody speaks.
const ROOM: Duration = Duration::from_secs(3);

/// An open card, and what understands what it hears.
pub struct Session<'a> {
    home: &'a Listener<'a>,
    chain: Chain,
    voice: Box<dyn Voice>,
    manner: Manner,
    speaker: Box<dyn Speaker>,
    microphone: Box<dyn Microphone>,
    ears: Ears,
    recordings: Option<Recordings>,
    recorded: usize,
}

/// Where sentences are kept, and until when: both were said aloud, and somebody said yes.
#[derive(Debug)]
pub struct Recordings {
    pub folder: PathBuf,
    pub until: Instant,
}

/// What came of waiting for words.
enum Came {
    Words {
        turn: Turn,
        text: String,
        confidence: f32,
        took_ms: u64,
    },
    /// Somebody spoke, and the recogniser wrote nothing.
    Voice(Turn),
    Nothing,
}

/// What was heard of a sentence, for the terminal alone.
#[derive(Debug)]
pub struct Heard {
    pub tried: Tried,
    pub words: String,
}

impl<'a> Session<'a> {
    /// # Errors
    /// There is no card, or another program holds it.
    pub fn open(
        home: &'a Listener<'a>,
        chain: Chain,
        sound: &omzien_drivers::sound::Settings,
        speech: &speech::Settings,
        manner: Manner,
    ) -> Result<Self, SpeechError> {
        let card = EchoFree::new(Arc::new(SystemCard::new(sound.clone())));
        Ok(Self {
            home,
            chain,
            voice: voice::of(speech),
            manner,
            speaker: card.open_speaker()?,
            microphone: card.open_microphone()?,
            ears: Ears::default(),
            recordings: None,
            recorded: 0,
        })
    }

    /// From now on, until their time is over.
    pub fn record(&mut self, recordings: Recordings) {
        self.recordings = Some(recordings);
    }

    /// How many sentences were kept.
    pub fn recorded(&self) -> usize {
        self.recorded
    }

    /// Says it to its end; whoever speaks meanwhile is not listened to.
    pub fn say(&mut self, text: &str) -> Result<(), SpeechError> {
        let language = self.home.plan.language;
        let spoken = self.home.skills.speakable(text, language, self.home.plan);
        let mut sound = self.voice.synthesise_at(&spoken, language, self.manner.pace_percent)?;
        voice::set_volume(&mut sound, self.manner.volume_percent);
        let Self { speaker, microphone, .. } = self;
        meanwhile(microphone.as_mut(), || speaker.play(&sound, &AtomicBool::new(false)))??;
        // What was begun is its own echo, or somebody who spoke over it.
        self.ears.forget();
        Ok(())
    }

    /// Waits for something else than a voice.
    pub fn wait<T: Send>(&mut self, work: impl FnOnce() -> T + Send) -> Result<T, SpeechError> {
        Ok(meanwhile(self.microphone.as_mut(), work)?)
    }

    /// How loud the room is by itself, in dB of full scale.
    pub fn room(&mut self) -> Result<i16, SpeechError> {
        let (start, mut samples) = (Instant::now(), Vec::new());
        while start.elapsed() < ROOM {
            if let Block::Samples(block) = self.microphone.next_block(LOOK)? {
                samples.extend(block);
            }
        }
        Ok(dbfs(&samples))
    }

    /// Waits for a sentence and tells what became of it. `place` and `number` name its recording;
    /// no two may be alike.
    pub fn hear(
        &mut self,
        sentence: &Sentence,
        place: &str,
        number: usize,
    ) -> Result<Heard, SpeechError> {
        let (turn, became, words, took_ms) = match self.next_words(sentence.expects)? {
            Came::Words { turn, text, confidence, took_ms } => {
                let meant = |sure| self.home.meaning(&text, sentence.expects, sure);
                let (meaning, wanted) = (meant(confidence), Some(&sentence.means));
                let became = match meaning {
                    meaning if meaning.as_ref() == wanted => Became::Understood,
                    _ if meant(1.0).as_ref() == wanted => Became::Unsure,
                    Some(_) => Became::Otherwise,
                    None => Became::Unaddressed,
                };
                (Some(turn), became, text, Some(took_ms))
            }
            Came::Voice(turn) => (Some(turn), Became::NoWords, String::new(), None),
            Came::Nothing => (None, Became::Nothing, String::new(), None),
        };
        let asked = sentence.text.clone();
        if let Some(turn) = &turn {
            self.keep(turn, place, number, &asked)?;
        }
        let voice_dbfs = turn.map(|turn| voice_dbfs(&turn.samples));
        Ok(Heard { tried: Tried { asked, became, voice_dbfs, took_ms }, words })
    }

    /// The first words that follow; if none do in time, the last voice without. What is no voice
    /// is passed over.
    fn next_words(&mut self, expects: Expects) -> Result<Came, SpeechError> {
        let phrases = self.phrases(expects);
        self.ears.attend(Pace::default().pause_ms(expects), Onset::of(expects));
        let (start, mut came) = (Instant::now(), Came::Nothing);
        loop {
            let patience = match self.ears.began() {
                Some(_) => ENDS_WITHIN,
                None => BEGINS_WITHIN,
            };
            if start.elapsed() > patience {
                self.ears.forget();
                return Ok(came);
            }
            let Self { microphone, ears, chain, .. } = self;
            for turn in hear(microphone.as_mut(), ears)? {
                let understood = || chain.understand(&turn, &phrases);
                let understanding = meanwhile(microphone.as_mut(), understood)??;
                let took_ms = understanding.stages.total_ms();
                let Some(said) = understanding.transcript else { continue };
                let Transcript { text, confidence, .. } = said;
                if !text.is_empty() {
                    return Ok(Came::Words { turn, text, confidence, took_ms });
                }
                came = Came::Voice(turn);
            }
        }
    }

    fn phrases(&self, expects: Expects) -> Phrases {
        let Listener { plan, skills, vocabulary, .. } = self.home;
        skills.phrases(plan.language, vocabulary, Expectation { question: 1, expects })
    }

    fn keep(
        &mut self,
        turn: &Turn,
        place: &str,
        number: usize,
        text: &str,
    ) -> Result<(), SpeechError> {
        self.recordings = self.recordings.take().filter(|kept| Instant::now() < kept.until);
        let Some(recordings) = &self.recordings else { return Ok(()) };
        let name = format!("{}-{number:02}-{}.wav", file_name(place), file_name(text));
        let sound = Pcm { samples: turn.samples.clone(), rate_hz: RATE_HZ };
        wav::write_private(&recordings.folder.join(name), &sound)?;
        self.recorded += 1;
        Ok(())
    }
}

/// Does something while the microphone is read on and nobody listens, so that nothing old is taken
/// for an answer. A microphone that is lost ends it only when that is done.
fn meanwhile<T: Send>(
    microphone: &mut dyn Microphone,
    work: impl FnOnce() -> T + Send,
) -> Result<T, SoundError> {
    std::thread::scope(|scope| {
        let working = scope.spawn(work);
        let mut heard = Ok(());
        while heard.is_ok() && !working.is_finished() {
            heard = microphone.next_block(LOOK).map(drop);
        }
        // A panic of that thread is one of ours, and goes on here.
        let done = working.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        heard.map(|()| done)
    })
}

fn hear(microphone: &mut dyn Microphone, ears: &mut Ears) -> Result<Vec<Turn>, SoundError> {
    Ok(match microphone.next_block(LOOK)? {
        Block::Samples(samples) => ears.push(&samples),
        Block::Nothing | Block::Ended => Vec::new(),
    })
}

/// Letters and digits, and a line between words.
fn file_name(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("-").chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_recording_is_named_by_what_was_asked_and_leaves_its_folder_never() {
        assert_eq!(file_name("Robin, hoe laat is het?"), "robin-hoe-laat-is-het");
        assert_eq!(file_name("../../etc/passwd"), "etc-passwd");
        assert_eq!(file_name("é".repeat(100).as_str()).chars().count(), 60);
    }
}
