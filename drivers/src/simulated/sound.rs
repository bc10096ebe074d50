//! The twin of the sound card: it hears a recording and speaks into a file. No device is touched.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::sound::resample::resample;
use crate::sound::volume::Volume;
use crate::sound::{Block, Microphone, Pcm, Played, RATE_HZ, SoundCard, SoundError, Speaker, wav};

/// What the microphone hands over at a time: 100 ms.
const BLOCK: usize = RATE_HZ as usize / 10;
/// How soon a stop is noticed.
const LOOK: Duration = Duration::from_millis(10);

/// Whether sound takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    RealTime,
    AsFastAsPossible,
}

/// A room in which a recording sounds once for each opening of the microphone.
#[derive(Debug, Clone)]
pub struct FileCard {
    heard: Pcm,
    /// Everything spoken so far, at [`RATE_HZ`]; written anew after each sentence.
    spoken: Arc<Mutex<Pcm>>,
    file: PathBuf,
    pace: Pace,
}

impl FileCard {
    /// `heard` may have any rate; what is spoken goes into the wav file `spoken`.
    pub fn new(heard: &Pcm, spoken: PathBuf, pace: Pace) -> Self {
        let samples = resample(&heard.samples, heard.rate_hz, RATE_HZ);
        Self {
            heard: Pcm { samples, rate_hz: RATE_HZ },
            spoken: Arc::new(Mutex::new(Pcm { samples: Vec::new(), rate_hz: RATE_HZ })),
            file: spoken,
            pace,
        }
    }
}

impl SoundCard for FileCard {
    fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError> {
        let start = Instant::now();
        Ok(Box::new(FileMicrophone { heard: self.heard.clone(), at: 0, start, pace: self.pace }))
    }

    fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError> {
        Ok(Box::new(FileSpeaker(self.clone())))
    }

    fn volume(&self) -> Result<Option<Volume>, SoundError> {
        Ok(None)
    }

    fn set_volume(&self, _: &Volume) -> Result<(), SoundError> {
        Ok(())
    }
}

struct FileMicrophone {
    heard: Pcm,
    at: usize,
    start: Instant,
    pace: Pace,
}

impl Microphone for FileMicrophone {
    fn next_block(&mut self, wait: Duration) -> Result<Block, SoundError> {
        if self.at >= self.heard.samples.len() {
            return Ok(Block::Ended);
        }
        let until = (self.at + BLOCK).min(self.heard.samples.len());
        if self.pace == Pace::RealTime {
            let due = Duration::from_secs_f64(until as f64 / f64::from(RATE_HZ));
            let left = due.saturating_sub(self.start.elapsed());
            std::thread::sleep(left.min(wait));
            if left > wait {
                return Ok(Block::Nothing);
            }
        }
        let samples = self.heard.samples[self.at..until].to_vec();
        self.at = until;
        Ok(Block::Samples(samples))
    }
}

struct FileSpeaker(FileCard);

impl Speaker for FileSpeaker {
    fn play(&mut self, sound: &Pcm, stop: &AtomicBool) -> Result<Played, SoundError> {
        let start = Instant::now();
        while self.0.pace == Pace::RealTime
            && start.elapsed() < sound.duration()
            && !stop.load(Ordering::Acquire)
        {
            std::thread::sleep(LOOK);
        }
        let stopped = stop.load(Ordering::Acquire);
        let heard = if stopped { start.elapsed() } else { sound.duration() };
        let mut samples = resample(&sound.samples, sound.rate_hz, RATE_HZ);
        samples.truncate((heard.as_secs_f64() * f64::from(RATE_HZ)).ceil() as usize);
        let mut spoken = self.0.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        spoken.samples.extend(samples);
        wav::write(&self.0.file, &spoken)?;
        Ok(if stopped { Played::Stopped { at: heard } } else { Played::ToTheEnd })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pcm(count: usize) -> Pcm {
        Pcm { samples: (0..count).map(|n| n as f32 / count as f32).collect(), rate_hz: RATE_HZ }
    }

    #[test]
    fn a_recording_is_heard_whole_and_then_ends() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let card = FileCard::new(&pcm(4_000), file.path().into(), Pace::AsFastAsPossible);
        let mut microphone = card.open_microphone().unwrap();
        let mut heard = Vec::new();
        while let Block::Samples(samples) = microphone.next_block(Duration::ZERO).unwrap() {
            heard.extend(samples);
        }
        assert_eq!(heard, pcm(4_000).samples);
        assert_eq!(microphone.next_block(Duration::ZERO).unwrap(), Block::Ended);
    }

    #[test]
    fn real_time_takes_its_time() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let card = FileCard::new(&pcm(4_000), file.path().into(), Pace::RealTime);
        let mut microphone = card.open_microphone().unwrap();
        assert_eq!(microphone.next_block(Duration::ZERO).unwrap(), Block::Nothing);
        let start = Instant::now();
        while microphone.next_block(Duration::from_secs(1)).unwrap() != Block::Ended {}
        assert!(start.elapsed() >= Duration::from_millis(200));
    }

    #[test]
    fn sentences_follow_each_other_in_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let card = FileCard::new(&pcm(0), file.path().into(), Pace::AsFastAsPossible);
        let mut speaker = card.open_speaker().unwrap();
        for _ in 0..2 {
            let played = speaker.play(&pcm(1_000), &AtomicBool::new(false)).unwrap();
            assert_eq!(played, Played::ToTheEnd);
        }
        assert_eq!(wav::read(file.path()).unwrap().samples.len(), 2_000);
        let stopped = speaker.play(&pcm(1_000), &AtomicBool::new(true)).unwrap();
        assert!(matches!(stopped, Played::Stopped { .. }), "{stopped:?}");
    }
}
