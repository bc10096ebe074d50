//! It does not hear itself: a card whose microphone no longer hears its own loudspeaker. What was
//! handed to the loudspeaker is taken out of what the microphone hears, by WebRTC's third echo
//! canceller (AEC3, as the crate sonora-aec3); what somebody says meanwhile stays. It knows no
//! words and keeps no sound.
//!
//! Every sound gets a canceller of its own. Its way to the microphone takes another time each
//! time the card is opened, and a canceller that has learnt the wrong one lets a syllable through
//! before it notices; a new one suppresses first and learns then (measured: docs/design). That
//! makes a changed card nothing special, and while nothing sounds there is none and it costs
//! nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use sonora_aec3::block::Block as AecBlock;
use sonora_aec3::block_processor::BlockProcessor;
use sonora_aec3::common::BLOCK_SIZE;
use sonora_aec3::config::EchoCanceller3Config;

use super::own_voice::OwnVoice;
use crate::sound::reference::Reference;
use crate::sound::volume::Volume;
use crate::sound::{Block, Microphone, Pcm, Played, RATE_HZ, SoundCard, SoundError, Speaker};

/// How many 100 ms stretches of delay are searched: some 1 s between handing a sample to the
/// card and hearing it. The room takes milliseconds of that, PulseAudio up to three tenths.
const DELAY_FILTERS: usize = 10;
/// AEC3 reckons in the numbers of 16-bit samples.
const SCALE: f32 = 32_768.0;
/// Sound that comes this much later than it should was lost on the way: the count begins anew.
const LOST: Duration = Duration::from_millis(300);
/// By how much of the time that passes the two clocks may differ (cards: some 0.0001).
const DRIFT: f64 = 0.001;

/// Takes one sound out of what is heard while it sounds. Memory: some 400 kB.
pub struct Canceller {
    processor: BlockProcessor,
    /// Less than a block, until the next samples come: heard, played.
    rest: Vec<(f32, f32)>,
}

impl Default for Canceller {
    fn default() -> Self {
        let mut config = EchoCanceller3Config::default();
        config.delay.num_filters = DELAY_FILTERS;
        let processor = BlockProcessor::new(&config, RATE_HZ as usize, 1, 1);
        Self { processor, rest: Vec::with_capacity(BLOCK_SIZE) }
    }
}

impl Canceller {
    /// Takes samples of both sides at [`RATE_HZ`], pair by pair, and appends what is left of the
    /// microphone's: as many, but for up to a block of 4 ms that comes with the next.
    /// The echo may come up to 1 s after what was played, and never before.
    pub fn push(&mut self, heard: &[f32], played: &[f32], clean: &mut Vec<f32>) {
        self.rest.extend(heard.iter().copied().zip(played.iter().copied()));
        let whole = self.rest.len() - self.rest.len() % BLOCK_SIZE;
        let mut block = AecBlock::new(1, 1);
        for pairs in self.rest[..whole].chunks_exact(BLOCK_SIZE) {
            let fill = |block: &mut AecBlock, side: fn(&(f32, f32)) -> f32| {
                for (sample, pair) in block.view_mut(0, 0).iter_mut().zip(pairs) {
                    *sample = side(pair).clamp(-1.0, 1.0) * SCALE;
                }
            };
            fill(&mut block, |(_, played)| *played);
            self.processor.buffer_render(&block);
            fill(&mut block, |(heard, _)| *heard);
            let clipped = pairs.iter().any(|(heard, _)| heard.abs() >= 0.999);
            self.processor.process_capture(false, clipped, None, &mut block);
            clean.extend(block.view(0, 0).iter().map(|sample| sample / SCALE));
        }
        self.rest.drain(..whole);
    }
}

/// A card whose microphone does not hear its loudspeaker.
pub struct EchoFree {
    card: Arc<dyn SoundCard>,
    reference: Arc<Reference>,
}

impl EchoFree {
    pub fn new(card: Arc<dyn SoundCard>) -> Self {
        Self { card, reference: Arc::default() }
    }

    /// Tells whether a turn that was heard through this card is its own voice after all.
    pub fn own_voice(&self) -> OwnVoice {
        OwnVoice::new(Arc::clone(&self.reference))
    }
}

impl SoundCard for EchoFree {
    fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError> {
        let microphone = self.card.open_microphone()?;
        let reference = Arc::clone(&self.reference);
        Ok(Box::new(EchoFreeMicrophone {
            microphone,
            // What began before is not in what this one hears, or will be by its tail alone.
            known: reference.newest().unwrap_or_default(),
            reference,
            clock: None,
            at_work: Vec::new(),
        }))
    }

    fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError> {
        let mut speaker = self.card.open_speaker()?;
        let reference = Arc::clone(&self.reference);
        speaker.tell_when_it_sounds(Arc::new(move || reference.begin(Instant::now())));
        Ok(Box::new(ReferredSpeaker { speaker, reference: Arc::clone(&self.reference) }))
    }

    fn volume(&self) -> Result<Option<Volume>, SoundError> {
        self.card.volume()
    }

    fn set_volume(&self, volume: &Volume) -> Result<(), SoundError> {
        self.card.set_volume(volume)
    }
}

struct ReferredSpeaker {
    speaker: Box<dyn Speaker>,
    reference: Arc<Reference>,
}

impl Speaker for ReferredSpeaker {
    fn play(&mut self, sound: &Pcm, stop: &AtomicBool) -> Result<Played, SoundError> {
        self.reference.prepare(sound);
        let played = self.speaker.play(sound, stop);
        if let Ok(Played::Stopped { at }) = &played {
            self.reference.stop(*at);
        }
        played
    }
}

struct EchoFreeMicrophone {
    microphone: Box<dyn Microphone>,
    reference: Arc<Reference>,
    clock: Option<SampleClock>,
    /// The newest sound that has, or had, a canceller.
    known: u64,
    /// One for each sound that the room answers, the newest first: two at most.
    at_work: Vec<AtWork>,
}

/// One sound, taken out of what is heard.
struct AtWork {
    sound: u64,
    /// What the clock of the samples said when it began; it counts on from there, so that the
    /// way of the sound keeps its length.
    clock: SampleClock,
    canceller: Canceller,
}

impl Microphone for EchoFreeMicrophone {
    fn next_block(&mut self, wait: Duration) -> Result<Block, SoundError> {
        match self.microphone.next_block(wait)? {
            Block::Samples(heard) => Ok(Block::Samples(self.clean(heard, Instant::now()))),
            other @ (Block::Nothing | Block::Ended) => Ok(other),
        }
    }
}

impl EchoFreeMicrophone {
    /// What is left of a block when every sound of ours is taken out of it.
    fn clean(&mut self, mut heard: Vec<f32>, now: Instant) -> Vec<f32> {
        let clock = self.clock.get_or_insert_with(|| SampleClock::new(now));
        let from = clock.count(heard.len(), now);
        if let Some(sound) = self.reference.newest()
            && sound > self.known
            && self.reference.stretch(sound, from, heard.len()).is_some()
        {
            self.known = sound;
            let clock = clock.before(heard.len());
            let work = AtWork { sound, clock, canceller: Canceller::default() };
            // First of all, for what a suppressor has passed is no longer an echo that can be
            // learnt; of the older sound only the tail is left.
            self.at_work.insert(0, work);
        }
        let clock = clock.clone();
        let mut done = Vec::new();
        for work in &mut self.at_work {
            match work.take_out(&heard, &self.reference, &clock) {
                Some(clean) => heard = clean,
                None => {
                    heard.splice(..0, work.canceller.rest.drain(..).map(|(heard, _)| heard));
                    done.push(work.sound);
                }
            }
        }
        self.at_work.retain(|work| !done.contains(&work.sound));
        heard
    }
}

impl AtWork {
    /// `None` when the room is free of this sound.
    fn take_out(
        &mut self,
        heard: &[f32],
        reference: &Reference,
        clock: &SampleClock,
    ) -> Option<Vec<f32>> {
        let from = self.clock.count_on(heard.len(), clock);
        let played = reference.stretch(self.sound, from, heard.len())?;
        let mut clean = Vec::with_capacity(heard.len() + BLOCK_SIZE);
        let pushed = catch_unwind(AssertUnwindSafe(|| {
            self.canceller.push(heard, &played, &mut clean);
        }));
        if pushed.is_err() {
            // What it computed with is thrown away; the ears go on with silence for this moment.
            tracing::error!("the echo canceller failed; another takes its place");
            self.canceller = Canceller::default();
            clean = vec![0.0; heard.len()];
        }
        Some(clean)
    }
}

/// When each sample was heard. Blocks arrive late, never early: the earliest tells the time.
#[derive(Debug, Clone)]
struct SampleClock {
    /// When the sample of number 0 was heard.
    origin: Instant,
    samples: u64,
}

impl SampleClock {
    fn new(now: Instant) -> Self {
        Self { origin: now, samples: 0 }
    }

    /// Takes a block that arrived now; gives the moment of its first sample.
    fn count(&mut self, samples: usize, now: Instant) -> Instant {
        let block = duration(samples as u64);
        let origin = |samples| now.checked_sub(duration(samples)).unwrap_or(self.origin);
        let seen = origin(self.samples + samples as u64);
        let late = seen.saturating_duration_since(self.origin);
        if seen <= self.origin || late > LOST {
            self.origin = seen;
        } else {
            self.origin += late.min(block.mul_f64(DRIFT));
        }
        self.samples += samples as u64;
        self.at(self.samples - samples as u64)
    }

    /// As it was before the last block.
    fn before(&self, samples: usize) -> Self {
        Self { origin: self.origin, samples: self.samples - samples as u64 }
    }

    /// Counts a block without looking at the time, unless the other clock, which did, says that
    /// sound was lost; gives the moment of its first sample.
    fn count_on(&mut self, samples: usize, other: &Self) -> Instant {
        self.samples += samples as u64;
        let (mine, its) = (self.at(self.samples), other.at(other.samples));
        if its.max(mine) - its.min(mine) > LOST {
            *self = other.clone();
        }
        self.at(self.samples - samples as u64)
    }

    fn at(&self, sample: u64) -> Instant {
        self.origin + duration(sample)
    }
}

fn duration(samples: u64) -> Duration {
    Duration::from_secs_f64(samples as f64 / f64::from(RATE_HZ))
}
