//! Running a home on a machine: the clock, the drivers, the page, and the loop that sleeps until
//! the next deadline. The loop's body is [`Companion::step`]; nothing here decides.

pub mod asker;
pub mod clock;
pub mod observer;
pub mod published;
pub mod queues;
mod wiring;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use omzien_core::event::{Trouble, TroubleState};
use omzien_core::incident::Cause;
use omzien_core::request::Actor;
use omzien_core::{Event, Zone};
use omzien_drivers::calendar::WallClock;
use omzien_drivers::inbox;
use omzien_drivers::simulated::Controls;
use omzien_drivers::speech::{BootClock, Hearing};
use omzien_drivers::{Input, Received};
use omzien_skills::{Addressed, Skills, Through, Vocabulary};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::companion::{Companion, UnknownSnapshot};
use crate::config::{self, Loaded, Mistakes};
use crate::journal::{self, OpenError, SledStore, Stats};

use asker::{Answers, Asker};
use clock::Clock;
use observer::Observer;
use published::{Published, Publisher};
use queues::Queues;
pub use wiring::{SPEECH_MODEL, Speech, VOICE_MODEL, listening_chain};
use wiring::{Surroundings, wire};

/// Inputs taken at once: enough to share one write of the journal, few enough to stay quick.
const BATCH: usize = 256;
/// Passing records reach the disk about this often; a power cut may take so much of them.
const SYNC_EVERY: Duration = Duration::from_secs(1);
/// When their queues are closed, drivers have this long to finish what they have in hand.
const FAREWELL: Duration = Duration::from_secs(3);

/// How to run a home.
pub struct Options {
    pub home: PathBuf,
    pub state: PathBuf,
    pub speech: Speech,
}

/// What somebody outside the loop tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Read the home file again; a bad one keeps the old plan.
    Reload,
    Stop,
}

/// Why a home does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("{0}")]
    Home(Mistakes),
    #[error(transparent)]
    Journal(#[from] OpenError),
    #[error(transparent)]
    Snapshot(#[from] UnknownSnapshot),
}

/// What others need of a running home: the page, the demo, the tests.
#[derive(Clone)]
pub struct Handle {
    pub published: watch::Receiver<Arc<Published>>,
    pub asker: Asker,
    pub inbox: omzien_drivers::Inbox,
    controls: watch::Receiver<Option<Controls>>,
    pub signals: mpsc::Sender<Signal>,
}

impl Handle {
    /// Of the simulated house, if this home has one now.
    pub fn controls(&self) -> Option<Controls> {
        self.controls.borrow().clone()
    }
}

/// A home that is ready to run.
pub struct Shell<C> {
    options: Options,
    clock: Arc<C>,
    loaded: Loaded,
    vocabulary: Vocabulary,
    companion: Companion<SledStore, Queues>,
    received: Received,
    around: Surroundings,
    publisher: Publisher,
    hearing: watch::Sender<Hearing>,
    controls: watch::Sender<Option<Controls>>,
    drivers: JoinSet<&'static str>,
    signals: mpsc::Receiver<Signal>,
    handle: Handle,
    observer: Option<Box<dyn Observer>>,
}

impl<C: Clock + Send + Sync + 'static> Shell<C> {
    /// Reads the home file, opens the journal, takes up the home and starts its drivers. Needs a
    /// tokio runtime.
    pub fn open(options: Options, clock: C) -> Result<Self, RunError> {
        let loaded = config::load(&options.home).map_err(RunError::Home)?;
        let opened = journal::open(&options.state)?;
        let clock = Arc::new(clock);
        let plan = Arc::new(loaded.plan.clone());
        let skills = loaded.skills.clone();
        let (sender, received) = inbox::open();
        let answers = Answers::default();
        let asker = Asker::new(sender.clone(), answers.clone());
        let (hearing, hearing_receiver) = watch::channel(Hearing::default());
        let boot_clock: BootClock = {
            let clock = Arc::clone(&clock);
            Arc::new(move || u64::try_from(clock.since_boot().as_millis()).unwrap_or(u64::MAX))
        };
        let wall: WallClock = {
            let clock = Arc::clone(&clock);
            Arc::new(move || clock.wall())
        };
        let around = Surroundings {
            inbox: sender.clone(),
            clock: boot_clock,
            wall,
            hearing: hearing_receiver,
            speech: options.speech,
        };
        let mut queues = Queues::new(&plan, answers);
        let wired = wire(&plan, &loaded.settings, &options.state, &around, &mut queues);
        let now = clock.now(&plan.zone);
        let companion = Companion::start(opened, Arc::clone(&plan), skills, queues, &now)?;
        let publisher = Publisher::new(&companion);
        let (controls, controls_receiver) = watch::channel(wired.controls.clone());
        let (signal_sender, signals) = mpsc::channel(8);
        let handle = Handle {
            published: publisher.subscribe(),
            asker,
            inbox: sender,
            controls: controls_receiver,
            signals: signal_sender,
        };
        let mut shell = Self {
            options,
            clock,
            vocabulary: Vocabulary::of(&plan),
            loaded,
            companion,
            received,
            around,
            publisher,
            hearing,
            controls,
            drivers: JoinSet::new(),
            signals,
            handle,
            observer: None,
        };
        shell.launch(wired);
        shell.tell_of_skills();
        shell.publish_hearing_anew();
        Ok(shell)
    }

    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Shows whatever crosses between the home and the world from now on.
    #[must_use]
    pub fn observed_by(mut self, observer: Box<dyn Observer>) -> Self {
        self.companion.outlets().take_handed();
        self.observer = Some(observer);
        self
    }

    /// Runs until it is told to stop. `alive` is called by the loop itself, about once a second.
    pub async fn run(mut self, mut alive: impl FnMut()) {
        let mut last_sync = self.clock.since_boot();
        loop {
            let wake = last_sync + SYNC_EVERY;
            let due = self.companion.sleep_until().map_or(wake, |due| due.min(wake));
            let clock = Arc::clone(&self.clock);
            let inputs = tokio::select! {
                biased;
                signal = self.signals.recv() => match signal {
                    Some(Signal::Reload) => { self.reload().await; Vec::new() }
                    Some(Signal::Stop) | None => break,
                },
                Some(ended) = self.drivers.join_next() => {
                    vec![driver_ended(ended)]
                }
                inputs = self.received.take(BATCH) => inputs.unwrap_or_default(),
                () = clock.sleep_until(due) => Vec::new(),
            };
            self.step(inputs);
            // The drivers first: they have what was just decided, and a lamp waits for no disk.
            tokio::task::yield_now().await;
            let since_boot = self.clock.since_boot();
            self.companion.tidy(since_boot);
            self.publisher.publish(&self.companion, since_boot);
            if since_boot >= last_sync + SYNC_EVERY {
                let now = self.now();
                self.companion.sync(&now);
                self.show_handed(&now);
                self.note_coalesced();
                alive();
                last_sync = self.clock.since_boot();
            }
        }
        self.farewell().await;
    }

    fn step(&mut self, inputs: Vec<Input>) {
        let zone = self.loaded.plan.zone.clone();
        let now = self.clock.now(&zone);
        let mut events = Vec::with_capacity(inputs.len());
        for input in inputs {
            let shown = self.observer.is_some().then(|| input.clone());
            let event = self.understand(input, &now);
            if let (Some(observer), Some(input)) = (&mut self.observer, shown) {
                observer.came_in(&input, event.as_ref(), &now);
            }
            events.extend(event);
        }
        self.companion.step(events, &now);
        self.show_handed(&now);
        self.publish_hearing();
    }

    /// What came in, as the core's event. Speech that was not for us is none.
    fn understand(&self, input: Input, now: &omzien_core::Now) -> Option<Event> {
        Some(match input {
            Input::Observed(observation) => Event::Observed(observation),
            Input::Acknowledged(acknowledgement) => Event::Acknowledged(acknowledgement),
            Input::Concluded { effect, outcome } => Event::Concluded { effect, outcome },
            Input::Requested(request) => Event::Requested(request),
            Input::HeardBack(heard) => Event::HeardBack(heard),
            Input::CalendarRead(read) => Event::CalendarRead(read),
            Input::Troubled { trouble, state } => Event::Troubled { trouble, state },
            Input::VoiceBegan { .. } => {
                // Where nothing is asked, no limit waits for words.
                self.companion.home().awaits_answer().then_some(Event::VoiceBegan)?
            }
            Input::Heard(utterance) => {
                let hearing = omzien_skills::Hearing {
                    language: self.loaded.plan.language,
                    expectation: utterance.expectation,
                    now: now.local().datetime(),
                    room: utterance.room.as_ref(),
                    through: Through::Voice,
                    confidence: utterance.confidence,
                };
                let understood =
                    self.skills().understand(&utterance.text, &hearing, &self.vocabulary)?;
                let named = understood.addressed != Addressed::Following;
                tracing::debug!(named, "something was said to us");
                Event::Heard(omzien_core::Heard {
                    intent: understood.intent,
                    room: utterance.room,
                    expectation: utterance.expectation,
                })
            }
        })
    }

    /// The ears learn what is expected now, whenever it changed.
    fn publish_hearing(&self) {
        let home = self.companion.home();
        let known = self.hearing.borrow();
        let same = known.expectation == home.expectation() && known.listening == home.listening();
        drop(known);
        if !same {
            self.publish_hearing_anew();
        }
    }

    /// The same where other skills or names may have come with a plan.
    fn publish_hearing_anew(&self) {
        let home = self.companion.home();
        let (expectation, listening) = (home.expectation(), home.listening());
        let (skills, language) = (self.skills(), self.loaded.plan.language);
        let phrases = Arc::new(skills.phrases(language, &self.vocabulary, expectation));
        let cries = Arc::new(skills.cries(language, &self.vocabulary));
        self.hearing.send_replace(Hearing { expectation, phrases, cries, listening });
    }

    /// A good file replaces the plan, and the drivers where their settings changed; a bad one
    /// changes nothing but what is said.
    async fn reload(&mut self) {
        let loaded = match config::load(&self.options.home) {
            Ok(loaded) => loaded,
            Err(mistakes) => {
                tracing::warn!("the home file has mistakes, the old plan holds:\n{mistakes}");
                let refused = Event::Troubled {
                    trouble: Trouble::PlanRefused,
                    state: TroubleState::Happened,
                };
                let now = self.now();
                self.companion.step(vec![refused], &now);
                return;
            }
        };
        let rewire = loaded.settings != self.loaded.settings;
        let plan = Arc::new(loaded.plan.clone());
        let skills = loaded.skills.clone();
        self.vocabulary = Vocabulary::of(&plan);
        self.loaded = loaded;
        let now = self.now();
        if rewire {
            // The new drivers need the pins, ports and telephone lines of the old.
            self.companion.outlets().close(&plan);
            self.dismiss_drivers().await;
            let wired = wire(
                &plan,
                &self.loaded.settings,
                &self.options.state,
                &self.around,
                self.companion.outlets(),
            );
            self.controls.send_replace(wired.controls.clone());
            self.launch(wired);
        } else {
            self.companion.outlets().route_by(&plan);
        }
        self.companion.configure(plan, skills, &now);
        self.tell_of_skills();
        self.publish_hearing_anew();
        tracing::info!("the home file was read again");
    }

    fn launch(&mut self, wired: wiring::Wired) {
        for (name, running) in wired.running {
            self.drivers.spawn(async move {
                running.await;
                name
            });
        }
        let now = self.now();
        let troubles: Vec<Event> =
            wired.troubles.into_iter().filter_map(|input| self.understand(input, &now)).collect();
        if !troubles.is_empty() {
            self.companion.step(troubles, &now);
        }
    }

    /// A broken skill is left out and told, until it is mended; the home goes on with the others.
    fn tell_of_skills(&mut self) {
        let left_out = &self.loaded.left_out;
        if !left_out.is_empty() {
            tracing::warn!("skills with mistakes are left out:\n{}", self.loaded.in_skills);
        }
        let mended = self.skills_in_trouble().into_iter().filter(|name| !left_out.contains(name));
        let mended = mended.map(|name| (name, TroubleState::Over));
        let broken = left_out.iter().map(|name| (name.clone(), TroubleState::Began));
        let told: Vec<Event> = broken
            .chain(mended)
            .map(|(name, state)| Event::Troubled { trouble: Trouble::SkillRefused { name }, state })
            .collect();
        if !told.is_empty() {
            let now = self.now();
            self.companion.step(told, &now);
        }
    }

    /// Those that the home still tells of, from before the last start too.
    fn skills_in_trouble(&self) -> Vec<String> {
        let incidents = self.companion.home().view(&Actor::Resident).incidents;
        let open = incidents.into_iter().filter(|incident| incident.is_open());
        let refused = open.filter_map(|incident| {
            let Cause::Technical(Trouble::SkillRefused { name }) = incident.cause else {
                return None;
            };
            Some(name)
        });
        refused.collect()
    }

    async fn dismiss_drivers(&mut self) {
        let ended = async { while self.drivers.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, ended).await.is_err() {
            tracing::warn!("a driver did not end in time and is stopped");
            // Awaited here: one that was stopped is no driver that broke down.
            self.drivers.shutdown().await;
        }
    }

    fn show_handed(&mut self, now: &omzien_core::Now) {
        let Some(observer) = &mut self.observer else { return };
        for pending in self.companion.outlets().take_handed() {
            observer.went_out(&pending, now);
        }
    }

    fn note_coalesced(&self) {
        let coalesced = self.received.take_coalesced();
        if coalesced > 0 {
            tracing::warn!(coalesced, "devices spoke faster than they could be heard");
        }
    }

    /// Drivers finish what they have in hand; then the home is written down.
    async fn farewell(mut self) {
        let plan = Arc::new(self.loaded.plan.clone());
        self.companion.outlets().close(&plan);
        self.dismiss_drivers().await;
        // The outcomes of the last orders.
        let inputs = self.received.take_now(usize::MAX);
        self.step(inputs);
        let now = self.now();
        self.companion.sync(&now);
        self.companion.snapshot();
        let Stats { records, bytes, syncs, .. } = self.companion.journal().stats();
        tracing::info!(records, bytes, syncs, "what the journal wrote in this run");
    }

    fn skills(&self) -> &Skills {
        self.companion.performer().skills()
    }

    fn now(&self) -> omzien_core::Now {
        let zone: Zone = self.loaded.plan.zone.clone();
        self.clock.now(&zone)
    }
}

/// A driver ends only when its queue is closed: anything else is a mistake of ours, and the home
/// goes on without it.
fn driver_ended(ended: Result<&'static str, tokio::task::JoinError>) -> Input {
    let name = match ended {
        Ok(name) => name.to_owned(),
        Err(error) => {
            tracing::error!(%error, "a driver broke down");
            "unknown".to_owned()
        }
    };
    Input::Troubled { trouble: Trouble::Driver { name }, state: TroubleState::Began }
}
