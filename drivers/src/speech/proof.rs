//! Whether what is said can be heard: a card that listens, with its microphone as it is and
//! before any echo is taken out, for what its own loudspeaker plays, and tells how much of it came
//! back. It makes no sound, decides nothing, and forgets what it heard as soon as it is compared.
//!
//! A sentence is found again by correlation: the microphone's samples against the loudspeaker's,
//! at every delay up to [`DELAY_MAX`].

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use omzien_core::HeardBack;

use super::resemblance::{Found, find, rms, speech_band};
use crate::sound::resample::resample;
use crate::sound::volume::Volume;
use crate::sound::{
    Block, Microphone, Pcm, Played, RATE_HZ, SoundCard, SoundError, Speaker, samples_in,
};

/// So much from the beginning of a sound is compared, and a shorter one than this not at all.
const COMPARED_MAX: Duration = Duration::from_secs(2);
const COMPARED_MIN: Duration = Duration::from_millis(700);
/// From handing a sample to the card until it is heard: PulseAudio takes up to three tenths.
const DELAY_MAX: Duration = Duration::from_secs(1);
/// What arrives is counted from when it was looked at, up to two looks after it was heard.
const UNSURE: Duration = Duration::from_millis(200);
/// How long the room is listened to before, and how much of that must be there.
const ROOM: Duration = Duration::from_secs(1);
const ROOM_MIN: Duration = Duration::from_millis(500);
/// Digital silence.
const SILENT_DBFS: f32 = -96.0;

/// Whoever is told.
pub type Tell = Arc<dyn Fn(HeardBack) + Send + Sync>;

/// A card like the one within, that tells of each sound how much of it came back. Sounds that
/// were stopped, that began within a second after another, or while no microphone was open, are
/// passed over: of them nothing is known.
pub struct Proving {
    card: Arc<dyn SoundCard>,
    sounds: Arc<Sounds>,
}

impl Proving {
    pub fn new(card: Arc<dyn SoundCard>, tell: Tell) -> Self {
        Self { card, sounds: Arc::new(Sounds { newest: Mutex::default(), tell }) }
    }
}

impl SoundCard for Proving {
    fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError> {
        let microphone = self.card.open_microphone()?;
        let sounds = Arc::clone(&self.sounds);
        Ok(Box::new(ProvingMicrophone { microphone, sounds, heard: Vec::new() }))
    }

    fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError> {
        let speaker = self.card.open_speaker()?;
        let mut proving = ProvingSpeaker { speaker, sounds: Arc::clone(&self.sounds) };
        proving.tell_when_it_sounds(Arc::new(|| ()));
        Ok(Box::new(proving))
    }

    fn volume(&self) -> Result<Option<Volume>, SoundError> {
        self.card.volume()
    }

    fn set_volume(&self, volume: &Volume) -> Result<(), SoundError> {
        self.card.set_volume(volume)
    }
}

/// The newest sound, between the thread that plays it and the one that hears it.
struct Sounds {
    newest: Mutex<Newest>,
    tell: Tell,
}

#[derive(Default)]
struct Newest {
    /// When the room was last free of any sound of ours.
    ended: Option<Instant>,
    sound: Option<Sound>,
}

struct Sound {
    /// At [`RATE_HZ`], as much as is compared.
    samples: Vec<f32>,
    began: Option<Instant>,
    heard: Option<HeardBack>,
    whole: bool,
}

impl Sounds {
    fn prepare(&self, sound: &Pcm) {
        let count = (f64::from(sound.rate_hz) * COMPARED_MAX.as_secs_f64()) as usize;
        let first = &sound.samples[..count.min(sound.samples.len())];
        let long_enough = sound.duration() >= COMPARED_MIN;
        let mut newest = self.lock();
        newest.sound = long_enough.then(|| Sound {
            samples: resample(first, sound.rate_hz, RATE_HZ),
            began: None,
            heard: None,
            whole: false,
        });
    }

    fn begin(&self, now: Instant) {
        let mut newest = self.lock();
        let free = newest.ended.is_none_or(|ended| now.duration_since(ended) > ROOM);
        newest.sound = newest.sound.take().filter(|_| free);
        if let Some(sound) = &mut newest.sound {
            sound.began = Some(now);
        }
    }

    fn end(&self, played: &Result<Played, SoundError>) {
        let mut newest = self.lock();
        newest.ended = Some(Instant::now());
        match (played, &mut newest.sound) {
            (Ok(Played::ToTheEnd), Some(sound)) => sound.whole = true,
            _ => newest.sound = None,
        }
        self.tell_if_known(newest);
    }

    /// Whether a sound is being heard that is yet to be compared.
    fn is_awaiting(&self) -> bool {
        let newest = self.lock();
        newest.sound.as_ref().is_some_and(|sound| sound.began.is_some() && sound.heard.is_none())
    }

    /// The sound of which everything has been heard by now, and when it began; once.
    fn awaited(&self, now: Instant) -> Option<(Vec<f32>, Instant)> {
        let mut newest = self.lock();
        let sound = newest.sound.as_mut().filter(|sound| !sound.samples.is_empty())?;
        let over = sound.began? + duration(sound.samples.len()) + DELAY_MAX + UNSURE;
        (now >= over).then(|| Some((std::mem::take(&mut sound.samples), sound.began?))).flatten()
    }

    /// What came back of the sound that began then; `None`: that is not known.
    fn heard(&self, began: Instant, heard: Option<HeardBack>) {
        let mut newest = self.lock();
        // Another sound may have begun meanwhile.
        let sound = newest.sound.take_if(|sound| sound.began == Some(began));
        newest.sound = match (sound, heard) {
            (Some(sound), Some(heard)) => Some(Sound { heard: Some(heard), ..sound }),
            (Some(_), None) => None,
            (None, _) => newest.sound.take(),
        };
        self.tell_if_known(newest);
    }

    fn tell_if_known(&self, mut newest: MutexGuard<'_, Newest>) {
        let known = newest.sound.as_ref().filter(|sound| sound.whole).and_then(|one| one.heard);
        if let Some(heard) = known {
            newest.sound = None;
            drop(newest);
            tracing::debug!(?heard, "what came back of a sentence");
            (self.tell)(heard);
        }
    }

    /// Samples are whole whatever became of a thread that held them.
    fn lock(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct ProvingSpeaker {
    speaker: Box<dyn Speaker>,
    sounds: Arc<Sounds>,
}

impl Speaker for ProvingSpeaker {
    fn play(&mut self, sound: &Pcm, stop: &AtomicBool) -> Result<Played, SoundError> {
        self.sounds.prepare(sound);
        let played = self.speaker.play(sound, stop);
        self.sounds.end(&played);
        played
    }

    fn tell_when_it_sounds(&mut self, tell: Arc<dyn Fn() + Send + Sync>) {
        let sounds = Arc::clone(&self.sounds);
        self.speaker.tell_when_it_sounds(Arc::new(move || {
            sounds.begin(Instant::now());
            tell();
        }));
    }
}

struct ProvingMicrophone {
    microphone: Box<dyn Microphone>,
    sounds: Arc<Sounds>,
    /// The last second, and while a sound is compared what was heard since it began.
    heard: Vec<f32>,
}

impl Microphone for ProvingMicrophone {
    fn next_block(&mut self, wait: Duration) -> Result<Block, SoundError> {
        let block = self.microphone.next_block(wait)?;
        if let Block::Samples(samples) = &block {
            self.heard.extend_from_slice(samples);
            self.listen(Instant::now());
        }
        Ok(block)
    }
}

impl ProvingMicrophone {
    fn listen(&mut self, now: Instant) {
        let Some((played, began)) = self.sounds.awaited(now) else {
            if !self.sounds.is_awaiting() {
                let old = self.heard.len().saturating_sub(count(ROOM + UNSURE));
                self.heard.drain(..old);
            }
            return;
        };
        // Where the sound began; sound that was lost on the way makes it seem earlier.
        let at = self.heard.len().checked_sub(count(now.duration_since(began)));
        let room = at.map_or(&[][..], |at| &self.heard[..at.saturating_sub(count(UNSURE) / 2)]);
        let enough = room.len() >= count(ROOM_MIN);
        let heard = enough.then(|| compare(&played, &self.heard[room.len()..], room));
        self.sounds.heard(began, heard);
    }
}

/// Finds a sound in what was heard from its beginning on, with the room before it. All at
/// [`RATE_HZ`]; `heard` longer than `played` by the delays that are tried.
pub fn compare(played: &[f32], heard: &[f32], room: &[f32]) -> HeardBack {
    let [played, heard, room] = [played, heard, room].map(speech_band);
    let Found { delay, likeness_percent, .. } = find(&played, &heard);
    let during = heard.get(delay..delay + played.len()).unwrap_or(&heard);
    HeardBack { likeness_percent, during_dbfs: dbfs(during), room_dbfs: dbfs(&room) }
}

/// How loud samples are, in dB of full scale: -96 for silence, 0 for a square wave from -1 to 1.
pub fn dbfs(samples: &[f32]) -> i16 {
    // Within -96 and some ten, so it fits.
    (20.0 * rms(samples).max(1e-9).log10()).max(SILENT_DBFS) as i16
}

fn count(time: Duration) -> usize {
    samples_in(time, RATE_HZ)
}

fn duration(samples: usize) -> Duration {
    Duration::from_secs_f64(samples as f64 / f64::from(RATE_HZ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_and_nothing_are_like_nothing() {
        let silence = vec![0.0; 40_000];
        for (played, heard) in [(&silence[..20_000], &silence[..]), (&silence[..], &silence[..9])] {
            let heard = compare(played, heard, &[]);
            let none = HeardBack { likeness_percent: 0, during_dbfs: -96, room_dbfs: -96 };
            assert_eq!(heard, none);
        }
    }
}
