//! The sound card of this machine: its loudspeaker through cpal (ALSA), its microphone through
//! `capture.rs`. Devices are opened when they are needed and closed when they are dropped; whatever
//! rate and channels they have becomes mono.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Data, Device, ErrorKind, FromSample, SampleFormat, StreamConfig,
    SupportedStreamConfigRange,
};

use super::capture::{Capture, WANTED};
use super::mixer;
use super::patience::{LIMIT, Patience};
use super::resample::resample;
use super::volume::Volume;
use super::{Microphone, Pcm, Played, Settings, SoundCard, SoundError, Speaker};

const MICROPHONE: &str = "microphone";
pub(super) const LOUDSPEAKER: &str = "loudspeaker";
const MIXER: &str = "volume";
/// What is asked for, best first; a device that has neither gets its highest.
pub(super) const LOUDSPEAKER_RATES_HZ: [u32; 2] = [48_000, 44_100];
/// The forms of samples that are understood here; every ALSA device has one of them.
const FORMATS: [SampleFormat; 3] = [SampleFormat::F32, SampleFormat::I16, SampleFormat::I32];
/// How much sound the card takes at a time. Sound that is not there in time is a gap, and moves
/// the echo of all that follows; sound that is there early does no harm: a stop throws it away.
const PERIOD: Duration = Duration::from_millis(200);
/// A card that plays nothing for this long is gone.
const STALLED: Duration = Duration::from_secs(2);
/// A card that complained and does not go on within this has failed.
const STUMBLE: Duration = Duration::from_secs(1);
/// A look at the volume stands before a sentence: it is not waited for as a sound is.
const VOLUME_LIMIT: Duration = Duration::from_secs(1);
/// How soon a stop is noticed.
const LOOK: Duration = Duration::from_millis(10);

/// The devices that `[sound]` names, or the system's defaults.
#[derive(Debug, Clone)]
pub struct SystemCard {
    settings: Settings,
    patience: Patience,
    /// Its controls have threads of their own: they are a nicety, and sound is none.
    mixer: Patience,
}

impl SystemCard {
    pub fn new(settings: Settings) -> Self {
        Self { settings, patience: Patience::default(), mixer: Patience::default() }
    }
}

impl SoundCard for SystemCard {
    fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError> {
        let name = self.settings.microphone.clone();
        Ok(Box::new(Capture::open(&self.patience, WANTED, move || {
            hush();
            if name.is_some() || cpal::default_host().default_input_device().is_none() {
                // Only to say which it is: no microphone at all, or none of that name.
                find(MICROPHONE, name.as_deref())?;
            }
            Ok(name.unwrap_or_else(|| "default".to_owned()))
        })?))
    }

    fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError> {
        let name = self.settings.speaker.clone();
        let (device, (config, format)) =
            self.patience.within(LIMIT, LOUDSPEAKER, move || {
                let device = find(LOUDSPEAKER, name.as_deref())?;
                let offers = device.supported_output_configs();
                choose(LOUDSPEAKER, offers, &LOUDSPEAKER_RATES_HZ).map(|chosen| (device, chosen))
            })??;
        let (patience, tell) = (self.patience.clone(), Arc::new(|| ()));
        Ok(Box::new(CardSpeaker { device, config, format, patience, tell }))
    }

    fn volume(&self) -> Result<Option<Volume>, SoundError> {
        self.at_the_mixer(mixer::read)
    }

    fn set_volume(&self, volume: &Volume) -> Result<(), SoundError> {
        let volume = volume.clone();
        self.at_the_mixer(move |name| mixer::set(name, &volume))
    }
}

impl SystemCard {
    fn at_the_mixer<T: Send + 'static>(
        &self,
        act: impl FnOnce(&str) -> alsa::Result<T> + Send + 'static,
    ) -> Result<T, SoundError> {
        let name = mixer::beside(self.settings.speaker.as_deref());
        let done = self.mixer.within(VOLUME_LIMIT, MIXER, move || {
            hush();
            act(&name)
        })?;
        done.map_err(|error| SoundError::Refused { what: MIXER, why: error.to_string() })
    }
}

/// The device is opened for each sound: silence keeps no card, no thread and no power busy.
pub(super) struct CardSpeaker {
    pub(super) device: Device,
    pub(super) config: StreamConfig,
    pub(super) format: SampleFormat,
    pub(super) patience: Patience,
    /// Whoever wants to know when a sound begins.
    pub(super) tell: Arc<dyn Fn() + Send + Sync>,
}

impl Speaker for CardSpeaker {
    fn play(&mut self, sound: &Pcm, stop: &AtomicBool) -> Result<Played, SoundError> {
        let samples = resample(&sound.samples, sound.rate_hz, self.config.sample_rate);
        let count = samples.len();
        let progress = Arc::new(Progress::default());
        let failure = Failure::default();
        let channels = usize::from(self.config.channels.max(1));
        let (shared, tell) = (Arc::clone(&progress), Arc::clone(&self.tell));
        let speak = move |data: &mut Data, info: &cpal::OutputCallbackInfo| {
            let at = shared.played.load(Ordering::Acquire);
            if at == 0 {
                tell();
            }
            let until = (at + data.len() / channels).min(samples.len());
            fill(data, channels, &samples[at..until]);
            let moment = info.timestamp();
            if let Some(ahead) = moment.playback.checked_duration_since(moment.callback) {
                let ahead_ms = u64::try_from(ahead.as_millis()).unwrap_or(u64::MAX);
                shared.ahead_ms.store(ahead_ms, Ordering::Relaxed);
            }
            shared.played.store(until, Ordering::Release);
        };
        let (device, config, format) = (self.device.clone(), self.config, self.format);
        let listener = failure.listener();
        let stream = self.patience.within(LIMIT, LOUDSPEAKER, move || {
            hush();
            device
                .build_output_stream_raw(config, format, speak, listener, Some(STALLED))
                .and_then(|stream| stream.play().map(|()| stream))
                .map_err(|error| refused(LOUDSPEAKER, &error))
        })??;
        let played = progress.wait(count, config.sample_rate, stop, &failure);
        // Dropping it ends the sound. A card that does not answer to that has not played the last
        // of it either.
        let closed = self.patience.within(LIMIT, LOUDSPEAKER, move || drop(stream));
        played.and_then(|played| closed.map(|()| played))
    }

    fn tell_when_it_sounds(&mut self, tell: Arc<dyn Fn() + Send + Sync>) {
        self.tell = tell;
    }
}

/// How far a sound has been handed to the card, and how long the card takes to make it heard.
#[derive(Default)]
struct Progress {
    played: AtomicUsize,
    ahead_ms: AtomicU64,
}

impl Progress {
    fn wait(
        &self,
        count: usize,
        rate_hz: u32,
        stop: &AtomicBool,
        failure: &Failure,
    ) -> Result<Played, SoundError> {
        let (mut seen, mut moved) = (0, Instant::now());
        let (mut all_handed_over, mut complaint) = (None, None);
        loop {
            if stop.load(Ordering::Acquire) {
                return Ok(Played::Stopped { at: self.heard(rate_hz) });
            }
            complaint = failure.take().or(complaint);
            let played = self.played.load(Ordering::Acquire);
            if played >= count {
                let since = *all_handed_over.get_or_insert_with(Instant::now);
                let ahead = Duration::from_millis(self.ahead_ms.load(Ordering::Relaxed));
                if since.elapsed() > ahead.min(STALLED) + PERIOD {
                    return Ok(Played::ToTheEnd);
                }
            } else if played != seen {
                (seen, moved, complaint) = (played, Instant::now(), None);
            } else {
                // A card may complain and go on: what counts is that the sound moves.
                let patience = if complaint.is_some() { STUMBLE } else { STALLED };
                if moved.elapsed() > patience {
                    let why = complaint.unwrap_or_else(|| "it takes no sound".to_owned());
                    return Err(SoundError::Lost { what: LOUDSPEAKER, why });
                }
            }
            std::thread::sleep(LOOK);
        }
    }

    /// What has left the loudspeaker: what was handed over, less what the card still holds.
    fn heard(&self, rate_hz: u32) -> Duration {
        let handed_over = self.played.load(Ordering::Acquire) as f64 / f64::from(rate_hz.max(1));
        let ahead = Duration::from_millis(self.ahead_ms.load(Ordering::Relaxed));
        Duration::from_secs_f64(handed_over).saturating_sub(ahead)
    }
}

/// What the card's own thread complained about, until somebody asks.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<String>>>);

impl Failure {
    fn listener(&self) -> impl FnMut(cpal::Error) + Send + 'static {
        let failure = self.clone();
        move |error| {
            // These mend themselves; a gap of some milliseconds is no failure.
            let passing = [ErrorKind::Xrun, ErrorKind::DeviceChanged, ErrorKind::RealtimeDenied];
            if passing.contains(&error.kind()) {
                tracing::debug!(%error, "the sound card stumbled");
            } else {
                *failure.lock() = Some(error.to_string());
            }
        }
    }

    fn take(&self) -> Option<String> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// alsa-lib writes on the terminal whatever it thinks of a card. On this thread it no longer does:
/// what matters comes back as an error.
pub(super) fn hush() {
    if let Err(error) = alsa::Output::local_error_handler() {
        tracing::debug!(%error, "alsa-lib keeps talking to the terminal");
    }
}

pub(super) fn find(what: &'static str, name: Option<&str>) -> Result<Device, SoundError> {
    hush();
    let host = cpal::default_host();
    let Some(name) = name else {
        let device = if what == MICROPHONE {
            host.default_input_device()
        } else {
            host.default_output_device()
        };
        return device.ok_or(SoundError::NoDevice { what });
    };
    host.devices()
        .map_err(|error| refused(what, &error))?
        .find(|device| device.id().is_ok_and(|id| id.id() == name))
        .ok_or_else(|| SoundError::NotFound { what, name: name.to_owned() })
}

/// The best of what a device offers: few channels, a rate that needs no change.
pub(super) fn choose(
    what: &'static str,
    offers: Result<impl Iterator<Item = SupportedStreamConfigRange>, cpal::Error>,
    rates_hz: &[u32],
) -> Result<(StreamConfig, SampleFormat), SoundError> {
    let rate_of = |offer: &SupportedStreamConfigRange| {
        let range = offer.min_sample_rate()..=offer.max_sample_rate();
        let place = rates_hz.iter().position(|rate| range.contains(rate));
        match place {
            Some(place) => (place, rates_hz[place]),
            None => (rates_hz.len(), offer.max_sample_rate()),
        }
    };
    let offer = offers
        .map_err(|error| match error.kind() == ErrorKind::DeviceNotAvailable {
            true => SoundError::NoDevice { what },
            false => refused(what, &error),
        })?
        .filter(|offer| FORMATS.contains(&offer.sample_format()))
        .min_by_key(|offer| {
            let format = FORMATS.iter().position(|format| *format == offer.sample_format());
            (rate_of(offer).0, offer.channels(), format)
        })
        .ok_or_else(|| SoundError::Refused {
            what,
            why: "it has no form of samples that is understood here".to_owned(),
        })?;
    let sample_rate = rate_of(&offer).1;
    let period = u64::from(sample_rate) * PERIOD.as_millis() as u64 / 1_000;
    let config = StreamConfig {
        channels: offer.channels(),
        sample_rate,
        // A fraction of a second of any 32-bit rate fits 32 bits.
        buffer_size: BufferSize::Fixed(period as u32),
    };
    Ok((config, offer.sample_format()))
}

fn refused(what: &'static str, error: &cpal::Error) -> SoundError {
    SoundError::Refused { what, why: error.to_string() }
}

/// The same sound in every channel; what it does not fill stays silent, as cpal handed it over.
fn fill(data: &mut Data, channels: usize, sound: &[f32]) {
    fn spread<T: FromSample<f32>>(samples: &mut [T], channels: usize, sound: &[f32]) {
        for (frame, sample) in samples.chunks_exact_mut(channels).zip(sound) {
            frame.fill_with(|| T::from_sample_(*sample));
        }
    }
    if let Some(samples) = data.as_slice_mut::<f32>() {
        spread(samples, channels, sound);
    } else if let Some(samples) = data.as_slice_mut::<i16>() {
        spread(samples, channels, sound);
    } else if let Some(samples) = data.as_slice_mut::<i32>() {
        spread(samples, channels, sound);
    }
}
