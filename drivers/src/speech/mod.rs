//! Speech: words out of sound, sound out of words. It hears and says; what is meant, what is
//! answered and whether it was meant for us is decided elsewhere. Audio lives in memory until its
//! turn is transcribed, and is never stored; words go into the inbox and never into the log.
//!
//! Three threads, so that none waits for another: *listening* (microphone → turns), *recognising*
//! (turns → words; Whisper), *speaking* (sentences → loudspeaker). It listens while it speaks,
//! with its own voice taken out of what it hears; whoever speaks over it is heard.

mod ability;
mod asked;
mod backlog;
pub mod chain;
pub mod confirm;
mod decoding;
pub mod echo;
mod floor;
pub mod gate;
mod ggml;
pub mod halves;
mod learning;
mod level;
mod listening;
pub mod live;
mod loudness;
pub mod own_voice;
pub mod pace;
pub mod proof;
mod queue;
pub mod recogniser;
mod recognising;
mod resemblance;
mod speaking;
pub mod stages;
pub mod transcribe;
pub mod turns;
pub mod voice;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use omzien_core::{
    Again, EffectId, Expectation, Language, Listening, Outcome, Phrases, RoomId, Trouble,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::watch;

use crate::sound::card::SystemCard;
use crate::sound::{self, SoundCard, SoundError};
use crate::{DriverError, Inbox, Input, Order, Orders, Running};

use ability::Ability;
use backlog::Backlog;
use confirm::Confirm;
use echo::EchoFree;
use halves::Halves;
use learning::Learning;
use listening::{Hearer, Listen};
use loudness::Loudness;
use pace::Pace;
use proof::Proving;
use queue::Sentence;
use recogniser::{Recogniser, Whisper};
use recognising::Recognising;
use speaking::{Mouth, Speaking};
use voice::{Chiming, Voice};

/// `[speech]` in home.toml: how it hears and how it sounds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Settings {
    /// A Whisper model of your own in ggml form, instead of the one that `make setup` fetched.
    pub model: Option<PathBuf>,
    /// When the speech model is brought into memory (some 200 MB): `at_start`, so that nobody
    /// waits for the first answer, or `when_needed`, with the first words said.
    pub load: Load,
    /// Processor cores for understanding. Left out: all but one, and at least one.
    pub threads: Option<u8>,
    /// Another Dutch voice of espeak-ng, such as `mb-nl2` (Debian package mbrola-nl2, not free).
    pub voice_nl: Option<String>,
    /// Another English voice of espeak-ng, such as `en-gb-scotland`.
    pub voice_en: Option<String>,
    /// A Dutch Piper voice: a `.onnx` with its `.onnx.json` beside it. Where it fails, espeak-ng
    /// says the sentence. Which there are: docs/guide/voice.md.
    pub piper_nl: Option<PathBuf>,
    /// The same for English; `omzien models get piper-joe` brings one.
    pub piper_en: Option<PathBuf>,
    /// The library that Piper voices need. Left out: what `omzien models get onnxruntime` brought,
    /// or the system's own `libonnxruntime.so`.
    pub onnxruntime: Option<PathBuf>,
    /// Words a minute (80 to 300). Slower than espeak-ng's own 175 because older ears need it.
    #[schemars(range(min = 80, max = 300))]
    pub words_per_minute: u16,
    /// Pitch, 0 to 99. Lower than espeak-ng's own 50: age takes the high tones first.
    #[schemars(range(min = 0, max = 99))]
    pub pitch: u8,
    /// How loud a calm sentence is by day, 1 to 100. An alarm is always 100.
    #[schemars(range(min = 1, max = 100))]
    pub day_volume_percent: u8,
    /// The same in the quiet hours.
    #[schemars(range(min = 1, max = 100))]
    pub night_volume_percent: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: None,
            load: Load::default(),
            threads: None,
            voice_nl: None,
            voice_en: None,
            piper_nl: None,
            piper_en: None,
            onnxruntime: None,
            words_per_minute: 140,
            pitch: 35,
            day_volume_percent: 50,
            night_volume_percent: 35,
        }
    }
}

/// When the speech model is loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    #[default]
    AtStart,
    WhenNeeded,
}

/// What the daemon lets the ears know, published whenever it changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hearing {
    /// Attached to whatever is said from now on.
    pub expectation: Expectation,
    /// What may be said now.
    pub phrases: Arc<Phrases>,
    /// What is a cry for help: heard first when there is no time for everything.
    pub cries: Arc<Phrases>,
    /// Whether the microphone is open. An [`crate::Order::Listen`] changes it too; of the two,
    /// the later change counts.
    pub listening: Listening,
}

/// Milliseconds on the boot clock: monotonic, also through suspend.
pub type BootClock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Everything speech hangs on.
pub struct Wiring {
    pub sound: sound::Settings,
    pub speech: Settings,
    /// A Whisper model in ggml form. Missing or damaged: `Trouble::Deaf`, everything else works.
    pub model: PathBuf,
    /// Silero's model, which tells a voice from a kettle. Missing or damaged: every sound that
    /// might be a voice goes to Whisper, and the log says so once.
    pub voice_model: PathBuf,
    /// The language that is spoken in this home. Guessing it fails too often (Dutch became Thai).
    pub language: Language,
    /// Where the microphone stands.
    pub room: Option<RoomId>,
    pub hearing: watch::Receiver<Hearing>,
    pub clock: BootClock,
}

/// Brings a recogniser into memory; tried again with the next words if it fails.
pub type Loader = Box<dyn Fn() -> Result<Box<dyn Recogniser>, SpeechError> + Send>;

/// Brings the second opinion into memory, once; `None`: there is none.
pub type ConfirmLoader = Box<dyn FnOnce() -> Option<Box<dyn Confirm>> + Send>;

/// The parts that touch the world; a twin exchanges them.
pub struct Parts {
    pub card: Arc<dyn SoundCard>,
    pub voice: Box<dyn Voice>,
    pub load: Loader,
    pub confirm: ConfirmLoader,
}

impl Parts {
    /// This machine's sound card, espeak-ng, Whisper.
    pub fn real(wiring: &Wiring) -> Self {
        let (model, language) = (wiring.model.clone(), wiring.language);
        let (load, threads) = (wiring.speech.load, wiring.speech.threads);
        let voice_model = wiring.voice_model.clone();
        Self {
            card: Arc::new(SystemCard::new(wiring.sound.clone())),
            voice: voice::of(&wiring.speech),
            load: Box::new(move || {
                let mut whisper = Whisper::find(&model, language, threads)?;
                if load == Load::AtStart {
                    whisper.load()?;
                }
                Ok(Box::new(whisper))
            }),
            confirm: Box::new(move || confirm::find(&voice_model)),
        }
    }
}

/// Opens ears and mouth. A missing microphone, model, voice or loudspeaker is no error: it is a
/// trouble in the inbox, and is tried again.
pub fn open(wiring: Wiring, orders: Orders, inbox: Inbox) -> Result<Running, DriverError> {
    let parts = Parts::real(&wiring);
    open_with(parts, wiring, orders, inbox)
}

/// The same with other parts.
pub fn open_with(
    parts: Parts,
    mut wiring: Wiring,
    orders: Orders,
    inbox: Inbox,
) -> Result<Running, DriverError> {
    let card = echo_free(parts.card, &inbox);
    let own_voice = card.own_voice();
    let card: Arc<dyn SoundCard> = Arc::new(card);
    let deaf = Arc::new(Ability::new(Trouble::Deaf, inbox.clone()));
    let mouth = Arc::new(Mouth::default());
    let (listen, listen_orders) = mpsc::channel();
    let line = Arc::new(Backlog::new(inbox.clone()));
    let pace = Arc::new(Mutex::new(Pace::default()));
    let listening = wiring.hearing.borrow_and_update().listening;
    let speaking = Speaking {
        mouth: Arc::clone(&mouth),
        voice: Box::new(Chiming(parts.voice)),
        card: Arc::clone(&card),
        mute: Ability::new(Trouble::Mute, inbox.clone()),
        loudness: Loudness::new(Arc::clone(&card), inbox.clone()),
        language: wiring.language,
        inbox: inbox.clone(),
    };
    let hearer = Hearer {
        orders: listen_orders,
        listening,
        card,
        own_voice,
        mouth: Arc::clone(&mouth),
        over: None,
        hearing: wiring.hearing.clone(),
        clock: Arc::clone(&wiring.clock),
        line: Arc::clone(&line),
        pace: Arc::clone(&pace),
        deaf: Arc::clone(&deaf),
        clipping: Ability::new(Trouble::Clipping, inbox.clone()),
        inbox: inbox.clone(),
    };
    let recognising = Recognising {
        load: parts.load,
        confirm: parts.confirm,
        line,
        learning: Learning::new(pace),
        halves: Halves::default(),
        room: wiring.room,
        clock: wiring.clock,
        deaf,
        inbox: inbox.clone(),
    };
    let threads =
        [thread("speaking", move || speaking.run())?, thread("listening", move || hearer.run())?];
    // Not waited for at the end: a turn that is being understood may take seconds, and nobody
    // listens any more.
    thread("recognising", move || recognising.run())?;
    let hearing = wiring.hearing;
    let carrying = Carrying { orders, hearing, listening, mouth, listen, inbox, threads };
    Ok(Box::pin(carrying.run()))
}

/// Carries orders to the threads until there are no more, and waits for their end.
struct Carrying {
    orders: Orders,
    hearing: watch::Receiver<Hearing>,
    /// What the listening thread was told last.
    listening: Listening,
    mouth: Arc<Mouth>,
    listen: mpsc::Sender<Listen>,
    inbox: Inbox,
    threads: [JoinHandle<()>; 2],
}

impl Carrying {
    async fn run(mut self) {
        let mut daemon_is_there = true;
        loop {
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(order) => pass_on(order, &self.mouth, &self.listen, &self.inbox).await,
                    None => break,
                },
                changed = self.hearing.changed(), if daemon_is_there => {
                    daemon_is_there = changed.is_ok();
                    self.follow();
                }
            }
        }
        self.end().await;
    }

    /// The microphone as the core wants it now.
    fn follow(&mut self) {
        let listening = self.hearing.borrow_and_update().listening;
        if listening != self.listening {
            self.listening = listening;
            // Without a listening thread there is no microphone to open or close.
            let _ = self.listen.send(Listen { listening, effect: None });
        }
    }

    async fn end(self) {
        let Self { mouth, listen, inbox, threads, .. } = self;
        drop(listen);
        for Sentence { id, .. } in mouth.close() {
            failed(&inbox, id, "the companion is stopping", Again::Later).await;
        }
        let ended = tokio::task::spawn_blocking(|| threads.map(JoinHandle::join)).await;
        if !matches!(ended, Ok([Ok(()), Ok(())])) {
            tracing::error!("a thread of speech panicked");
        }
    }
}

/// A card that does not hear itself, and tells how much of itself there was to hear.
fn echo_free(card: Arc<dyn SoundCard>, inbox: &Inbox) -> EchoFree {
    let inbox = inbox.clone();
    let tell = Arc::new(move |heard| inbox.blocking_send(Input::HeardBack(heard)));
    // Before the echo is taken out.
    EchoFree::new(Arc::new(Proving::new(card, tell)))
}

async fn pass_on(order: Order, mouth: &Mouth, listen: &mpsc::Sender<Listen>, inbox: &Inbox) {
    match order {
        Order::Say { id, text, spoken, language, urgency, manner } => {
            let sentence = Sentence { id, text, spoken, language, urgency, manner };
            let refused = mouth.say(sentence);
            if let Some(refused) = refused {
                failed(inbox, refused.id, "too many sentences wait to be said", Again::Later).await;
            }
        }
        Order::Listen { id, listening } => {
            let sent = listen.send(Listen { listening, effect: Some(id) });
            if sent.is_err() {
                failed(inbox, id, "the listening thread has ended", Again::Never).await;
            }
        }
        Order::Command { id, .. } | Order::Notify { id, .. } => {
            failed(inbox, id, "speech neither switches nor writes", Again::Never).await;
        }
    }
}

async fn failed(inbox: &Inbox, id: EffectId, trouble: &str, again: Again) {
    inbox.conclude(id, Outcome::Failed { trouble: trouble.to_owned(), again }).await;
}

fn thread(
    what: &'static str,
    run: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, DriverError> {
    std::thread::Builder::new()
        .name(what.to_owned())
        .spawn(run)
        .map_err(|why| DriverError::Thread { what, why })
}

/// Why words did not come in or go out.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    #[error("the speech model {path} is missing: `omzien models get` fetches it")]
    NoModel { path: PathBuf },
    #[error(
        "the speech model {path} is damaged ({why}): delete it, then `omzien models get` \
         fetches it anew"
    )]
    BadModel { path: PathBuf, why: String },
    #[error(
        "the voice activity model {path} cannot be used ({why}): delete it if it is there, then \
         `omzien models get silero-vad` fetches it"
    )]
    NoVoiceModel { path: PathBuf, why: String },
    #[error("understanding is slower than talking: what was said waits")]
    Behind,
    #[error(
        "the microphone gives no sound at all, not even noise: is it switched off at its case, \
         is its plug half out?"
    )]
    DeadSilent,
    #[error("voices are cut off at full scale: turn the microphone's gain down (`alsamixer`, F4)")]
    Clipping,
    #[error("the card is muted or turned down: turn it up at the device or with `alsamixer`")]
    TurnedDown,
    #[error("the recogniser failed: {why}")]
    Recogniser { why: String },
    #[error("the voice program `{program}` is missing: install the Debian package espeak-ng")]
    NoVoice { program: String },
    #[error("the voice program `{program}` failed: {why}")]
    Voice { program: String, why: String },
    #[error(transparent)]
    Sound(#[from] SoundError),
}
