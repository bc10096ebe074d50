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

use crate::sound::reference::Reference;
use crate::sound::{Block, Microphone, Pcm, Played, RATE_HZ, SoundCard, SoundError, Speaker};

/// How many 100 ms stretches of delay are searched: some 0.8 s between handing a sample to the
/// card and hearing it. The room takes milliseconds of that, PulseAudio up to three tenths.
const DELAY_FILTERS: usize = 8;
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
    /// The echo may come up to 0.8 s after what was played, and never before.
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

    /// What has not filled a block.
    fn left(self) -> impl Iterator<Item = f32> {
        self.rest.into_iter().map(|(heard, _)| heard)
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
}

impl SoundCard for EchoFree {
    fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError> {
        let microphone = self.card.open_microphone()?;
        let reference = Arc::clone(&self.reference);
        Ok(Box::new(EchoFreeMicrophone { microphone, reference, clock: None, at_work: None }))
    }

    fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError> {
        let mut speaker = self.card.open_speaker()?;
        let reference = Arc::clone(&self.reference);
        speaker.tell_when_it_sounds(Arc::new(move || reference.begin(Instant::now())));
        Ok(Box::new(ReferredSpeaker { speaker, reference: Arc::clone(&self.reference) }))
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
    at_work: Option<AtWork>,
}

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
    fn clean(&mut self, heard: Vec<f32>, now: Instant) -> Vec<f32> {
        let clock = self.clock.get_or_insert_with(|| SampleClock::new(now));
        let from = clock.count(heard.len(), now);
        let from = match &mut self.at_work {
            Some(work) => work.clock.count_on(heard.len(), clock).unwrap_or(from),
            None => from,
        };
        let Some(stretch) = self.reference.stretch(from, heard.len()) else {
            let left = self.at_work.take().map(|work| work.canceller.left());
            return left.into_iter().flatten().chain(heard).collect();
        };
        let mut clean = Vec::with_capacity(heard.len() + BLOCK_SIZE);
        if self.at_work.as_ref().is_some_and(|work| work.sound != stretch.sound) {
            clean.extend(self.at_work.take().into_iter().flat_map(|work| work.canceller.left()));
        }
        let work = self.at_work.get_or_insert_with(|| AtWork {
            sound: stretch.sound,
            clock: clock.clone(),
            canceller: Canceller::default(),
        });
        let pushed = catch_unwind(AssertUnwindSafe(|| {
            work.canceller.push(&heard, &stretch.samples, &mut clean);
        }));
        if pushed.is_err() {
            // What it computed with is thrown away; the ears go on with silence for this moment.
            tracing::error!("the echo canceller failed; another takes its place");
            self.at_work = None;
            clean = vec![0.0; heard.len()];
        }
        clean
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

    /// Counts a block without looking at the time; `None` when the other clock, which did, says
    /// that samples were lost.
    fn count_on(&mut self, samples: usize, other: &Self) -> Option<Instant> {
        self.samples += samples as u64;
        let (mine, its) = (self.at(self.samples), other.at(other.samples));
        let apart = its.max(mine) - its.min(mine);
        if apart > LOST {
            *self = other.clone();
            return None;
        }
        Some(self.at(self.samples - samples as u64))
    }

    fn at(&self, sample: u64) -> Instant {
        self.origin + duration(sample)
    }
}

fn duration(samples: u64) -> Duration {
    Duration::from_secs_f64(samples as f64 / f64::from(RATE_HZ))
}
