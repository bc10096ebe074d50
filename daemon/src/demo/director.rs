//! The director of the demonstration: lets things happen in the world, waits until the home has
//! answered, has it told line by line, and hands everything that crosses to the judge. It looks
//! at the world only, never into the home.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;
use omzien_core::catalogue::key;
use omzien_core::plan::Channel;
use omzien_core::{
    ContactId, DeviceId, Effect, EffectId, Intent, Notification, Outcome, Plan, Reading, Tap,
    Trouble, TroubleState,
};
use omzien_drivers::simulated::virtual_card::Room;
use omzien_drivers::simulated::zigbee2mqtt::SimulatedZigbee;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::clock::DayClock;
use super::resident::{Line, Recorded};
use super::seen::{Happening, Seen};
use super::stage::Stage;
use super::telling::Teller;
use crate::shell::clock::Clock;
use crate::simulation::{Broken, Judge};

/// Nothing of the day takes this long in real time, on however slow a machine.
const PATIENCE: Duration = Duration::from_secs(300);
/// From the end of a sentence to what was understood of it: at least, and at most.
const UNDERSTOOD_WITHIN: [Duration; 2] = [Duration::from_secs(20), Duration::from_secs(240)];
/// She says it again when the slowest answer so far has not come in so many times its time. Sooner,
/// on a busy machine, and her words would be the answer to the next question.
const SLOWER_AT_MOST: u32 = 4;

/// Why the day ended early.
#[derive(Debug, thiserror::Error)]
pub enum Missed {
    #[error("at {at} this did not happen: {what}")]
    Step { at: String, what: String },
    #[error("it cannot {0}: run `make setup`; `OMZIEN_LOG=warn omzien demo` says more")]
    Sense(&'static str),
    #[error("sensors and lamps do not reach the broker of the day; try again")]
    Wires,
}

/// How time goes while something is awaited.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace {
    Real,
    /// Quiet time is skipped, up to this time of day.
    SkipTo(Time),
}

/// What was done, as the steps of the day await it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Deed {
    Read(DeviceId, Reading),
    Understood(Intent),
    Tapped(ContactId, Tap),
    /// Said to the end: the name of the sentence in the catalogue.
    Said(String),
    /// A channel's server took a message.
    Sent(ContactId, Channel),
    NotSent(ContactId, Channel),
    /// A command reached a device over MQTT.
    Commanded(String, Instant),
}

pub(super) struct Director<'s> {
    pub(super) stage: &'s Stage,
    zigbee: SimulatedZigbee,
    room: Room,
    voice: Recorded,
    clock: DayClock,
    seen: mpsc::Receiver<Seen>,
    judge: Judge,
    pub(super) teller: Teller,
    morning: Timestamp,
    /// Handed to a driver, outcome not seen yet.
    on_their_way: BTreeMap<EffectId, Effect>,
    /// What was done and no step has awaited yet.
    unclaimed: Vec<Deed>,
    /// The longest that the home took to understand a sentence; `None`: it has heard none.
    slowest: Option<Duration>,
}

impl<'s> Director<'s> {
    pub(super) fn new(
        stage: &'s Stage,
        plan: &Plan,
        zigbee: SimulatedZigbee,
        (room, voice): (Room, Recorded),
        (clock, seen): (DayClock, mpsc::Receiver<Seen>),
    ) -> Self {
        Self {
            stage,
            zigbee,
            room,
            voice,
            morning: clock.wall(),
            clock,
            seen,
            judge: Judge::new(plan),
            teller: Teller::new(plan),
            on_their_way: BTreeMap::new(),
            unclaimed: Vec::new(),
            slowest: None,
        }
    }

    /// What was broken, at the end of the day.
    pub(super) fn verdict(&mut self) -> &[Broken] {
        let now_ms = u64::try_from(self.clock.since_boot().as_millis()).unwrap_or(u64::MAX);
        self.judge.end(now_ms);
        self.judge.broken()
    }

    // ---- what happens in the world -----------------------------------------------------------

    /// Sensors and lamps are connected, and can be told what to do.
    pub(super) async fn wired(&mut self) -> Result<(), Missed> {
        timeout(PATIENCE, self.zigbee.ready()).await.map_err(|_| Missed::Wires)
    }

    /// Quiet time passes, deadline by deadline, until a clock shows `time`; then something new
    /// begins.
    pub(super) async fn quiet_until(&mut self, time: Time) -> Result<(), Missed> {
        self.settle().await?;
        self.clock.leap_until(self.moment(time));
        while let Some(seen) = self.next_before_goal().await? {
            self.take(seen)?;
        }
        self.unclaimed.clear();
        Ok(())
    }

    /// A line of the story that nobody says.
    pub(super) fn tell(&mut self, text: &str) {
        self.teller.tell(self.clock.wall(), "", text);
    }

    /// A device says something over MQTT, and the home has got it. Returns when it was said.
    pub(super) async fn device(
        &mut self,
        device: &str,
        reading: Reading,
    ) -> Result<Instant, Missed> {
        let at = Instant::now();
        self.zigbee.say(device, reading).await;
        let wanted = Deed::Read(DeviceId::new(device), reading);
        let what = format!("the reading of {device} arrives over MQTT");
        self.until(&what, Pace::Real, |deed| *deed == wanted).await?;
        Ok(at)
    }

    /// She says a sentence into the room, again if need be, until the home has understood it as
    /// one of the intents that `meant` accepts.
    pub(super) async fn say(
        &mut self,
        line: Line,
        meant: impl Fn(&Intent) -> bool,
    ) -> Result<(), Missed> {
        for said in self.voice.get(&line).cloned().into_iter().flatten() {
            self.settle().await?;
            self.unclaimed.retain(|deed| !matches!(deed, Deed::Understood(_)));
            self.teller.resident_says(self.clock.wall(), said.words);
            self.play(line, said.file).await?;
            let slowest = self.slowest;
            let heard = |deed: &Deed| matches!(deed, Deed::Understood(_));
            let heard = self.until("what she said is understood", Pace::Real, heard);
            let [least, most] = UNDERSTOOD_WITHIN;
            let within = slowest.map_or(most, |slowest| slowest * SLOWER_AT_MOST);
            let began = Instant::now();
            let answered = timeout(within.clamp(least, most), heard).await;
            if answered.is_ok() {
                self.slowest = slowest.max(Some(began.elapsed()));
            }
            match answered {
                Ok(Ok(Deed::Understood(intent))) if meant(&intent) => return Ok(()),
                Ok(Ok(_)) => self.tell("(That was not understood.)"),
                Err(_) => self.tell("(Nothing comes back.)"),
                Ok(Err(missed)) => return Err(missed),
            }
        }
        Err(self.missed(&format!("the sentence `{}` is understood", line.id)))
    }

    /// The home says a sentence to the end; `key` is its name in the catalogue.
    pub(super) async fn hear(&mut self, key: &str, pace: Pace) -> Result<(), Missed> {
        let what = format!("it says its sentence `{key}`");
        let said = |deed: &Deed| matches!(deed, Deed::Said(said) if said == key);
        self.until(&what, pace, said).await.map(drop)
    }

    /// A server has taken a message to this person.
    pub(super) async fn sent(
        &mut self,
        contact: &str,
        channel: Channel,
        pace: Pace,
    ) -> Result<(), Missed> {
        let wanted = Deed::Sent(ContactId::new(contact), channel);
        let what = format!("a message to {contact} leaves by {channel:?}");
        self.until(&what, pace, |deed| *deed == wanted).await.map(drop)
    }

    /// A command reaches the device over MQTT.
    pub(super) async fn commanded(&mut self, device: &str) -> Result<Instant, Missed> {
        let what = format!("a command reaches {device} over MQTT");
        let wanted = |deed: &Deed| matches!(deed, Deed::Commanded(to, _) if to == device);
        match self.until(&what, Pace::Real, wanted).await? {
            Deed::Commanded(_, at) => Ok(at),
            _ => Err(self.missed(&what)),
        }
    }

    /// Anna presses a button on her telephone, and the home has got her answer.
    pub(super) async fn anna_taps(&mut self, tap: Tap) -> Result<(), Missed> {
        let pressed = self.stage.phone_of_anna().tap(tap).await;
        pressed.map_err(|error| self.missed(&format!("Anna taps {tap:?} ({error})")))?;
        let wanted = Deed::Tapped(ContactId::new("anna"), tap);
        let what = format!("Anna's {tap:?} comes back over ntfy");
        self.until(&what, Pace::Real, |deed| *deed == wanted).await.map(drop)
    }

    // ---- waiting -----------------------------------------------------------------------------

    /// Waits until something was done.
    pub(super) async fn until(
        &mut self,
        what: &str,
        pace: Pace,
        wanted: impl Fn(&Deed) -> bool,
    ) -> Result<Deed, Missed> {
        if let Pace::SkipTo(time) = pace {
            self.clock.leap_until(self.moment(time));
        }
        loop {
            if let Some(place) = self.unclaimed.iter().position(&wanted) {
                self.clock.run();
                return Ok(self.unclaimed.remove(place));
            }
            let next = match pace {
                Pace::Real => timeout(PATIENCE, self.seen.recv()).await.ok().flatten(),
                Pace::SkipTo(_) => self.next_before_goal().await?,
            };
            match next {
                Some(seen) => self.take(seen)?,
                None => return Err(self.missed(what)),
            }
        }
    }

    /// Waits until no driver has anything in hand: nobody is speaking, nothing is being sent.
    pub(super) async fn settle(&mut self) -> Result<(), Missed> {
        loop {
            while let Ok(seen) = self.seen.try_recv() {
                self.take(seen)?;
            }
            if !self.clock.is_anything_owed() {
                return Ok(());
            }
            match timeout(PATIENCE, self.seen.recv()).await {
                Ok(Some(seen)) => self.take(seen)?,
                Ok(None) | Err(_) => return Err(self.missed("every driver says what it did")),
            }
        }
    }

    /// What happens next, if it happens before the clock's goal.
    async fn next_before_goal(&mut self) -> Result<Option<Seen>, Missed> {
        tokio::select! {
            biased;
            seen = self.seen.recv() => match seen {
                Some(seen) => Ok(Some(seen)),
                None => Err(self.missed("the home runs")),
            },
            () = self.clock.reached() => Ok(None),
            () = tokio::time::sleep(PATIENCE) => Err(self.missed("time passes")),
        }
    }

    /// Takes note of something that crossed. Only then may time leap again.
    fn take(&mut self, seen: Seen) -> Result<(), Missed> {
        if let Some(crossing) = seen.crossing() {
            self.judge.see(&crossing);
        }
        let wall = seen.wall;
        match seen.what {
            Happening::Reading(one) => {
                self.teller.noticed(wall, &one.device, one.reading);
                self.done(Deed::Read(one.device, one.reading));
            }
            Happening::Words(words) => self.teller.heard(wall, &words),
            Happening::Heard(heard) => self.done(Deed::Understood(heard.intent)),
            Happening::Tapped(tap) => self.done(Deed::Tapped(tap.contact, tap.tap)),
            Happening::Handed(pending) => {
                if reports_a_fault(&pending.effect) {
                    return Err(self.missed("the home finds no fault in itself"));
                }
                self.on_their_way.insert(pending.id, pending.effect);
            }
            Happening::Concluded(id, outcome) => {
                if let Some(effect) = self.on_their_way.remove(&id) {
                    self.conclude(wall, effect, outcome);
                }
            }
            Happening::Commanded(commanded) => {
                self.teller.commanded(wall, &commanded.device, &commanded.payload);
                self.done(Deed::Commanded(commanded.device, commanded.at));
            }
            Happening::Troubled(trouble, state) => {
                self.teller.troubled(wall, &trouble, state);
                let missing = match trouble {
                    Trouble::Deaf => Some("hear"),
                    Trouble::Mute => Some("speak"),
                    _ => None,
                };
                if let (Some(sense), TroubleState::Began) = (missing, state) {
                    return Err(Missed::Sense(sense));
                }
            }
        }
        self.clock.looked_at();
        Ok(())
    }

    fn conclude(&mut self, wall: Timestamp, effect: Effect, outcome: Outcome) {
        match (effect, outcome) {
            (
                Effect::Say { reply, .. },
                Outcome::Spoken { text } | Outcome::Interrupted { text },
            ) => {
                self.teller.companion_says(wall, &text);
                self.done(Deed::Said(reply.key.into_owned()));
            }
            (Effect::Notify(message), Outcome::Failed { trouble, .. }) => {
                self.teller.not_sent(wall, &message, &trouble);
                self.done(Deed::NotSent(message.contact, message.channel));
            }
            (Effect::Notify(message), _) => self.arrived(wall, *message),
            (Effect::Say { .. } | Effect::Command { .. }, Outcome::Failed { trouble, .. }) => {
                self.teller.tell(wall, "", &format!("(That failed: {trouble}.)"));
            }
            (
                Effect::Say { .. }
                | Effect::Command { .. }
                | Effect::Listen(_)
                | Effect::Respond { .. },
                _,
            ) => {}
        }
    }

    fn arrived(&mut self, wall: Timestamp, message: Notification) {
        match self.stage.newest(&message.contact, message.channel) {
            Some(letter) => self.teller.arrived(wall, &message, &letter),
            None => self.teller.tell(wall, "", "(A message left, and is nowhere.)"),
        }
        self.done(Deed::Sent(message.contact, message.channel));
    }

    fn done(&mut self, deed: Deed) {
        self.unclaimed.push(deed);
    }

    async fn play(&mut self, line: Line, file: PathBuf) -> Result<(), Missed> {
        let what = format!("the recording `{}` sounds in the room", line.id);
        let room = self.room.clone();
        let played = tokio::task::spawn_blocking(move || room.play_into_room(&file)).await;
        match played {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.missed(&format!("{what} ({error})"))),
            Err(error) => Err(self.missed(&format!("{what} ({error})"))),
        }
    }

    /// This time of the day of the demonstration.
    fn moment(&self, time: Time) -> Timestamp {
        let morning = self.morning.to_zoned(self.teller.zone.clone());
        morning.with().time(time).build().map_or(self.morning, |moment| moment.timestamp())
    }

    fn missed(&self, what: &str) -> Missed {
        Missed::Step { at: self.teller.clock(self.clock.wall()), what: what.to_owned() }
    }
}

/// A broken rule of its own is told to whoever looks after the technique.
fn reports_a_fault(effect: &Effect) -> bool {
    matches!(effect, Effect::Notify(message)
        if message.body.iter().any(|line| line.key == key::TECH_FAULT))
}
