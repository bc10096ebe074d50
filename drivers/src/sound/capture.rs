//! The microphone, through alsa-lib itself: a thread looks every 50 ms what has come. It never
//! waits in `poll`: the plugin that stands between ALSA and PulseAudio wakes whoever does for
//! every piece of sound, however small, and calls it a whole period until one is there, so that a
//! waiting reader spins (measured with cpal 0.18: a sixth of a core for a silent room; so, a
//! hundredth).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use alsa::pcm::{Access, Format, HwParams, IO, IoFormat, PCM};
use alsa::{Direction, ValueOr};

use super::card::hush;
use super::patience::{LIMIT, Patience};
use super::resample::Resampler;
use super::{Block, Microphone, RATE_HZ, SoundError};

const MICROPHONE: &str = "microphone";
/// What a device is asked for, best first; one that has none of them gives its nearest to the
/// second.
const ELSE_HZ: u32 = 48_000;
const RATES_HZ: [u32; 3] = [RATE_HZ, ELSE_HZ, 44_100];
const FORMATS: [Format; 3] = [Format::S16LE, Format::S32LE, Format::FloatLE];
pub(super) const WANTED: Wanted = Wanted { rates_hz: &RATES_HZ, channels: 1 };
/// How often is looked, and how much the device keeps meanwhile: a busy machine comes late.
const LOOK: Duration = Duration::from_millis(50);
const KEPT: Duration = Duration::from_secs(1);
/// Looks that wait for a slow listener: two seconds. Then the newest are lost.
const LOOKS_MAX: usize = 40;
/// A device that gives nothing for this long is gone.
const STALLED: Duration = Duration::from_secs(2);
/// And so is one whose thread does not even say so.
const SILENT: Duration = Duration::from_secs(4);

/// Captures from its opening until it is dropped.
pub(super) struct Capture {
    pieces: mpsc::Receiver<Result<Vec<f32>, String>>,
    resampler: Resampler,
    /// When the last piece came.
    heard: Instant,
    lost: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Capture {
    /// `find` gives a name as `arecord -L` does; whatever it asks of the card is waited for like
    /// the opening itself.
    pub(super) fn open(
        patience: &Patience,
        wanted: Wanted,
        find: impl FnOnce() -> Result<String, SoundError> + Send + 'static,
    ) -> Result<Self, SoundError> {
        let (pcm, form) = patience.within(LIMIT, MICROPHONE, move || {
            let name = find()?;
            open(&name, wanted)
                .map_err(|error| SoundError::Refused { what: MICROPHONE, why: error.to_string() })
        })??;
        let (sender, pieces) = mpsc::sync_channel(LOOKS_MAX);
        let (lost, stop) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let reader = Reader { pcm, form, sender, lost: Arc::clone(&lost), stop: Arc::clone(&stop) };
        patience.start(MICROPHONE, move || {
            hush();
            reader.run();
        })?;
        let resampler = Resampler::new(form.rate_hz, RATE_HZ);
        Ok(Self { pieces, resampler, heard: Instant::now(), lost, stop })
    }
}

pub(super) fn open(name: &str, wanted: Wanted) -> alsa::Result<(PCM, Form)> {
    // Not to wait is also what keeps a device that another program holds from waiting for it.
    let pcm = PCM::new(name, Direction::Capture, true)?;
    let form = Form::choose(&pcm, wanted)?;
    pcm.start()?;
    Ok((pcm, form))
}

impl Drop for Capture {
    /// The device is closed when the thread next looks; whoever waits for its end gets it. A
    /// thread that the card holds fast is left to itself.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let since = Instant::now();
        while since.elapsed() < STALLED && self.pieces.recv_timeout(STALLED).is_ok() {}
    }
}

impl Microphone for Capture {
    fn next_block(&mut self, wait: Duration) -> Result<Block, SoundError> {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(lost, "the listener was slow: sound was lost, in pieces of 50 ms");
        }
        let gone = |why| SoundError::Lost { what: MICROPHONE, why };
        let mut samples = Vec::new();
        match self.pieces.recv_timeout(wait) {
            Ok(piece) => self.resampler.push(&piece.map_err(gone)?, &mut samples),
            Err(RecvTimeoutError::Timeout) if self.heard.elapsed() > SILENT => {
                return Err(gone("it does not answer".into()));
            }
            Err(RecvTimeoutError::Timeout) => return Ok(Block::Nothing),
            Err(RecvTimeoutError::Disconnected) => return Err(gone("its thread ended".into())),
        }
        self.heard = Instant::now();
        while let Ok(piece) = self.pieces.try_recv() {
            self.resampler.push(&piece.map_err(gone)?, &mut samples);
        }
        Ok(Block::Samples(samples))
    }
}

/// What a device is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) rates_hz: &'static [u32],
    pub(super) channels: u32,
}

/// How a device gives its samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    format: Format,
    pub(super) rate_hz: u32,
    pub(super) channels: u32,
}

impl Form {
    /// Few channels, a rate that needs no change; whatever it is becomes mono at [`RATE_HZ`].
    fn choose(pcm: &PCM, wanted: Wanted) -> alsa::Result<Self> {
        let parameters = HwParams::any(pcm)?;
        parameters.set_access(Access::RWInterleaved)?;
        let known = |format: &&Format| parameters.test_format(**format).is_ok();
        // A device that has none of them says so itself.
        let format = *FORMATS.iter().find(known).unwrap_or(&FORMATS[0]);
        parameters.set_format(format)?;
        let channels = parameters.set_channels_near(wanted.channels)?;
        let takes = |rate_hz: &&u32| parameters.test_rate(**rate_hz).is_ok();
        let rate_hz = wanted.rates_hz.iter().find(takes).copied().unwrap_or(ELSE_HZ);
        let rate_hz = parameters.set_rate_near(rate_hz, ValueOr::Nearest)?;
        // A second and a twentieth fit 32 bits of microseconds.
        parameters.set_buffer_time_near(KEPT.as_micros() as u32, ValueOr::Nearest)?;
        parameters.set_period_time_near(LOOK.as_micros() as u32, ValueOr::Nearest)?;
        pcm.hw_params(&parameters)?;
        Ok(Self { format, rate_hz, channels })
    }
}

struct Reader {
    pcm: PCM,
    form: Form,
    sender: SyncSender<Result<Vec<f32>, String>>,
    lost: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Reader {
    /// Until it is told to stop or the device fails.
    fn run(self) {
        let read = match self.form.format {
            Format::S16LE => self.read(self.pcm.io_i16(), |s: i16| f32::from(s) / 32_768.0),
            Format::S32LE => self.read(self.pcm.io_i32(), |s: i32| s as f32 / 2_147_483_648.0),
            _ => self.read(self.pcm.io_f32(), |sample: f32| sample),
        };
        if let Err(error) = read {
            // A listener that is two seconds behind finds the channel closed instead.
            let _ = self.sender.try_send(Err(error.to_string()));
        }
    }

    fn read<T: IoFormat + Default>(
        &self,
        io: alsa::Result<IO<'_, T>>,
        float: impl Fn(T) -> f32,
    ) -> alsa::Result<()> {
        let (io, channels) = (io?, self.form.channels as usize);
        let frames = (f64::from(self.form.rate_hz) * KEPT.as_secs_f64()) as usize;
        let mut buffer = vec![T::default(); frames * channels];
        let mut moved = Instant::now();
        while !self.stop.load(Ordering::Acquire) {
            match io.readi(&mut buffer) {
                Ok(0) => {}
                Ok(count) => {
                    moved = Instant::now();
                    let frames = buffer[..count * channels].chunks_exact(channels);
                    let mono = frames.map(|frame| {
                        frame.iter().copied().map(&float).sum::<f32>() / channels as f32
                    });
                    if let Err(TrySendError::Full(_)) = self.sender.try_send(Ok(mono.collect())) {
                        self.lost.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Err(error) if error.errno() == WAIT => {}
                // It overflowed or slept: sound is lost, and it goes on.
                Err(error) => {
                    tracing::debug!(%error, "the microphone stumbled");
                    self.pcm.try_recover(error, true)?;
                    self.pcm.start()?;
                }
            }
            if moved.elapsed() > STALLED {
                return Err(alsa::Error::new("it gives no sound", GONE));
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}

/// Linux' numbers for "nothing there yet" and "no such device".
const WAIT: i32 = 11;
const GONE: i32 = 19;
