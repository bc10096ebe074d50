//! The simulated house as a driver of a running home: devices with `via.simulated = {}` and
//! people with a simulated channel, operated through [`Controls`] by whoever plays the house.
//!
//! Here alone the heart of the house meets tokio. Nobody in this house acts by themself: every
//! act and every reply comes in through [`Controls`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use omzien_core::effect::Tap;
use omzien_core::incident::{Acknowledgement, IncidentId};
use omzien_core::plan::Channel;
use omzien_core::{
    Again, ContactId, DeviceId, EffectId, Expectation, Listening, Outcome, Plan, RoomId, Utterance,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::act::{Act, Impossible};
use super::house::{Device, House, Posture};
use crate::order::{Message, Order, Orders};
use crate::{DriverError, Inbox, Input, Running};

/// How often every device proves that it lives: battery devices do so about once an hour.
const REPORT_EVERY: Duration = Duration::from_secs(3600);
/// Sentences, and messages of one person, that the page can look back on. Older ones go.
const KEPT: usize = 50;
/// Sentences and replies on their way into the home. Beyond it the hand on the page must wait.
const ON_THEIR_WAY_MAX: usize = 64;

/// `via.simulated = {}`: the device, or the person, is of the simulated house.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Via {}

/// What hangs on the simulated house.
#[derive(Debug)]
pub struct Wiring {
    controls: Controls,
}

impl Wiring {
    /// A house with the plan's rooms, those of its devices, and all people of the circle who have
    /// a simulated channel.
    pub fn new(plan: &Plan, devices: &BTreeSet<DeviceId>) -> Self {
        let people = plan
            .circle
            .iter()
            .filter(|(_, contact)| contact.channels.contains(&Channel::Simulated))
            .map(|(id, _)| (id.clone(), VecDeque::new()))
            .collect();
        let state = State {
            house: House::with_devices(plan, |device| devices.contains(device)),
            people,
            said: VecDeque::new(),
            listening: Listening::On,
            on_their_way: VecDeque::new(),
        };
        let shared = Shared {
            state: Mutex::new(state),
            wake: Notify::new(),
            version: watch::Sender::new(0),
        };
        Self { controls: Controls { shared: Arc::new(shared) } }
    }

    /// The handle for whoever plays the house; clones play the same one.
    pub fn controls(&self) -> Controls {
        self.controls.clone()
    }
}

/// Plays the house: everything returns at once, and reaches the home as a real sensor's word
/// would.
#[derive(Clone, Debug)]
pub struct Controls {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// There is something for the driver to carry into the home.
    wake: Notify,
    version: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    house: House,
    people: BTreeMap<ContactId, VecDeque<ReceivedMessage>>,
    said: VecDeque<String>,
    listening: Listening,
    on_their_way: VecDeque<Input>,
}

/// A message as a simulated person sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReceivedMessage {
    /// The same message sent again is shown once.
    pub effect: EffectId,
    pub incident: Option<IncidentId>,
    pub title: String,
    pub body: String,
    /// What can be tapped, with its label.
    pub taps: Vec<(Tap, String)>,
}

/// The house as it is now, for a page that draws it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Snapshot {
    pub rooms: Vec<RoomId>,
    pub devices: Vec<Device>,
    /// `None`: out.
    pub resident_room: Option<RoomId>,
    pub posture: Posture,
    pub visitor_room: Option<RoomId>,
    /// What the home said through a simulated speaker, oldest first.
    pub said: Vec<String>,
    pub listening: Listening,
    /// What each simulated person received, oldest first.
    pub people: BTreeMap<ContactId, Vec<ReceivedMessage>>,
}

impl Controls {
    /// Lets it happen. A sentence needs words: [`Self::say`].
    pub fn act(&self, act: &Act) -> Result<(), Impossible> {
        self.change(|state| state.house.act(act))
    }

    /// Anything else that can be done to a house: links, batteries, reports.
    pub fn with_house<T>(&self, change: impl FnOnce(&mut House) -> T) -> T {
        self.change(|state| change(&mut state.house))
    }

    /// The resident says a sentence, where they are. `at_ms` on the boot clock and `expectation`
    /// are those of the moment at which it began.
    pub fn say(
        &self,
        text: impl Into<String>,
        at_ms: u64,
        expectation: Expectation,
    ) -> Result<(), Impossible> {
        self.change(|state| {
            let room = state.house.resident_room().cloned().ok_or(Impossible::Out)?;
            state.send(Input::Heard(Utterance {
                text: text.into(),
                confidence: 1.0,
                room: Some(room),
                began_ms: at_ms,
                ended_ms: at_ms,
                expectation,
            }))
        })
    }

    /// A person answers. Anybody may: also twice, too late, or from outside the circle.
    pub fn reply(&self, reply: Acknowledgement) -> Result<(), Impossible> {
        self.change(|state| state.send(Input::Acknowledged(reply)))
    }

    pub fn snapshot(&self) -> Snapshot {
        let state = self.shared.lock();
        let house = &state.house;
        Snapshot {
            rooms: house.rooms().cloned().collect(),
            devices: house.devices().to_vec(),
            resident_room: house.resident_room().cloned(),
            posture: house.posture(),
            visitor_room: house.visitor_room().cloned(),
            said: state.said.iter().cloned().collect(),
            listening: state.listening,
            people: state
                .people
                .iter()
                .map(|(contact, messages)| (contact.clone(), messages.iter().cloned().collect()))
                .collect(),
        }
    }

    /// Changes with every change of the [`Snapshot`].
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.version.subscribe()
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.shared.lock());
        self.shared.wake.notify_one();
        self.shared.version.send_modify(|version| *version += 1);
        result
    }
}

/// Opens the house. It ends when its order queue is closed; it cannot fail to open.
pub fn open(wiring: Wiring, mut orders: Orders, inbox: Inbox) -> Result<Running, DriverError> {
    let Wiring { controls } = wiring;
    Ok(Box::pin(async move {
        let mut report = interval(REPORT_EVERY);
        report.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => {
                    let Some(order) = order else { return };
                    let id = order.id();
                    let outcome = controls.change(|state| state.perform(order));
                    inbox.conclude(id, outcome).await;
                }
                () = controls.shared.wake.notified() => {}
                _ = report.tick() => controls.with_house(House::report),
            }
            while let Some(input) = controls.shared.next() {
                match input {
                    Input::Observed(observation) => inbox.observe(observation).await,
                    other @ (Input::VoiceBegan { .. }
                    | Input::Heard(_)
                    | Input::Acknowledged(_)
                    | Input::Concluded { .. }
                    | Input::Requested(_)
                    | Input::HeardBack(_)
                    | Input::CalendarRead(_)
                    | Input::Troubled { .. }) => inbox.send(other).await,
                }
            }
        }
    }))
}

impl Shared {
    /// A panic of one page does not make the house untrue.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes into the home next. Sensors first: who speaks in a room has walked there.
    fn next(&self) -> Option<Input> {
        let mut state = self.lock();
        let observed = state.house.poll_observation().map(Input::Observed);
        observed.or_else(|| state.on_their_way.pop_front())
    }
}

impl State {
    fn send(&mut self, input: Input) -> Result<(), Impossible> {
        if self.on_their_way.len() >= ON_THEIR_WAY_MAX {
            return Err(Impossible::Busy);
        }
        self.on_their_way.push_back(input);
        Ok(())
    }

    fn perform(&mut self, order: Order) -> Outcome {
        match order {
            Order::Command { device, command, .. } => self.house.perform(&device, command),
            Order::Notify { id, message } => self.deliver(id, message),
            Order::Listen { listening, .. } => {
                self.listening = listening;
                Outcome::Done
            }
            Order::Say { text, .. } => {
                keep(&mut self.said, text.clone());
                Outcome::Spoken { text }
            }
        }
    }

    fn deliver(&mut self, effect: EffectId, message: Message) -> Outcome {
        let Some(letters) = self.people.get_mut(&message.contact) else {
            let trouble = "this person is not of the simulated house".to_owned();
            return Outcome::Failed { trouble, again: Again::Never };
        };
        if !letters.iter().any(|letter| letter.effect == effect) {
            let Message { incident, title, body, taps, .. } = message;
            keep(letters, ReceivedMessage { effect, incident, title, body, taps });
        }
        Outcome::Delivered
    }
}

fn keep<T>(kept: &mut VecDeque<T>, newest: T) {
    if kept.len() >= KEPT {
        kept.pop_front();
    }
    kept.push_back(newest);
}
