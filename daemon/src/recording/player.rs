//! Plays a recording to the companion, in simulated time: the loop's own body, a disk in memory,
//! and sensors that prove every hour that they live. Nobody answers but by being seen again.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use omzien_core::device::{Link, Observation, Reading};
use omzien_core::names::RequestId;
use omzien_core::request::{Actor, Response};
use omzien_core::{
    BootId, Event, Heard, Incident, Intent, Now, Outcome, PendingEffect, Plan, WallTrust,
};
use omzien_drivers::Order;
use omzien_skills::Skills;
use serde::Serialize;
use serde_json::Value;

use super::{Recording, Unreadable};
use crate::companion::{Companion, Outlets, Refused};
use crate::journal::{Journal, MemoryStore};

/// A recording holds what people did, not what sensors say of themselves; without this every
/// silence would be the sensor's.
const PROVEN_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The home never looks twice at one moment.
const TICK: SignedDuration = SignedDuration::from_millis(1);
/// What is said leads to an outcome, and that perhaps to another sentence.
const ECHOES_MAX: usize = 16;

/// A recording on its way through a home.
pub struct Player<'a> {
    recording: &'a Recording,
    plan: Arc<Plan>,
    companion: Companion<MemoryStore, Performed>,
    began: Timestamp,
    now: Timestamp,
    last_incident: u64,
    raised: Vec<Raised>,
}

/// A question or an incident that the home raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Raised {
    /// RFC 3339, by the home's own clock.
    pub time: String,
    pub cause: String,
    /// The rule that it rests on.
    pub watch: Option<String>,
    pub stage: String,
    pub room: Option<String>,
    pub because: String,
}

/// Everything that is wanted is done at once.
#[derive(Debug, Default)]
struct Performed(Vec<Event>);

impl Outlets for Performed {
    fn hand(&mut self, pending: &PendingEffect, order: Order) -> Result<(), Refused> {
        let outcome = match order {
            Order::Say { text, .. } => Outcome::Spoken { text },
            Order::Notify { .. } => Outcome::Accepted,
            Order::Command { .. } | Order::Listen { .. } => Outcome::Done,
        };
        self.0.push(Event::Concluded { effect: pending.id, outcome });
        Ok(())
    }

    fn respond(&mut self, _request: &RequestId, _response: &Response) {}
}

impl<'a> Player<'a> {
    /// A new home with this plan, at the moment of the first reading.
    pub fn new(recording: &'a Recording, plan: Plan) -> Result<Self, Unreadable> {
        let plan = Arc::new(plan);
        let began = recording.rows().first().ok_or(Unreadable::Empty)?.time;
        let broken = |error: String| Unreadable::Io(std::io::Error::other(error));
        let opened =
            Journal::open(MemoryStore::new()).map_err(|error| broken(error.to_string()))?;
        let outlets = Performed::default();
        let stamp = stamp(&plan, began, began);
        let skills = Skills::built_in();
        let companion = Companion::start(opened, Arc::clone(&plan), skills, outlets, &stamp)
            .map_err(|error| broken(error.to_string()))?;
        Ok(Self {
            recording,
            plan,
            companion,
            began,
            now: began,
            last_incident: 0,
            raised: Vec::new(),
        })
    }

    /// Plays until then, or to the last reading; says what was raised, in order.
    pub fn play(mut self, until: Option<Timestamp>) -> Vec<Raised> {
        let rows = self.recording.rows();
        let until = until.unwrap_or_else(|| rows.last().map_or(self.began, |row| row.time));
        let mut proven = self.began;
        self.prove();
        for row in rows.iter().take_while(|row| row.time <= until) {
            self.wait_until(row.time, &mut proven);
            let observation = Observation { device: row.device.clone(), reading: row.reading };
            let asked = self.companion.home().has_alarm();
            self.step(vec![Event::Observed(observation)]);
            if asked && self.companion.home().has_alarm() {
                self.answer();
            }
        }
        self.wait_until(until, &mut proven);
        self.raised
    }

    /// Whoever is seen again after people were called says that all is well.
    fn answer(&mut self) {
        let expectation = self.companion.home().expectation();
        self.step(vec![Event::Heard(Heard { intent: Intent::No, room: None, expectation })]);
    }

    fn wait_until(&mut self, time: Timestamp, proven: &mut Timestamp) {
        loop {
            let due = self.companion.sleep_until().map(|due| {
                let due = SignedDuration::try_from(due).unwrap_or(SignedDuration::MAX);
                later(self.began, due).max(later(self.now, TICK))
            });
            let prove = later(*proven, PROVEN_EVERY);
            let next = due.map_or(prove, |due| due.min(prove));
            if next > time {
                break;
            }
            self.now = next;
            if next == prove {
                *proven = prove;
                self.prove();
            } else {
                self.step(Vec::new());
            }
        }
        self.now = self.now.max(time);
    }

    fn prove(&mut self) {
        let online = |device: &omzien_core::DeviceId| {
            let reading = Reading::Link(Link::Online);
            Event::Observed(Observation { device: device.clone(), reading })
        };
        self.step(self.plan.devices.keys().map(online).collect());
    }

    fn step(&mut self, events: Vec<Event>) {
        let now = stamp(&self.plan, self.began, self.now);
        let mut events = events;
        for _ in 0..ECHOES_MAX {
            self.companion.step(events, &now);
            self.companion.tidy(Duration::from_millis(now.since_boot_ms));
            self.look();
            events = std::mem::take(&mut self.companion.outlets().0);
            if events.is_empty() {
                break;
            }
        }
    }

    /// Incidents are numbered: the new ones are those with a number not seen yet.
    fn look(&mut self) {
        let view = self.companion.home().view(&Actor::Resident);
        let mut new: Vec<Incident> =
            view.incidents.into_iter().filter(|one| one.id.0 > self.last_incident).collect();
        new.sort_by_key(|one| one.id);
        for incident in new {
            self.last_incident = incident.id.0;
            let raised = self.describe(&incident);
            self.raised.push(raised);
        }
    }

    fn describe(&self, incident: &Incident) -> Raised {
        let cause = tag(&incident.cause);
        let rule = self.plan.watch.inactivity.as_ref().filter(|_| cause == "inactivity");
        let lines = self.companion.home().about_alarm(incident);
        let because: Vec<String> = lines
            .iter()
            .filter_map(|line| self.companion.performer().words(line, self.plan.language).ok())
            .collect();
        let at = incident.opened_wall.to_zoned(self.plan.zone.time_zone());
        Raised {
            time: at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            cause,
            watch: rule.map(|rule| {
                let (hours, minutes) =
                    (rule.after.as_secs() / 3600, rule.after.as_secs() / 60 % 60);
                let (from, until) =
                    (rule.hours.from.strftime("%H:%M"), rule.hours.until.strftime("%H:%M"));
                format!("no sign of life for {hours}:{minutes:02} between {from} and {until}")
            }),
            stage: tag(&incident.stage),
            room: incident.room.as_ref().map(ToString::to_string),
            because: because.join(" "),
        }
    }
}

/// The name of a variant, as the journal writes it.
fn tag(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        Ok(Value::Object(fields)) => fields.into_iter().next().map_or_else(String::new, |it| it.0),
        Ok(_) | Err(_) => String::new(),
    }
}

/// A recording is one boot of a machine that knows the time.
fn stamp(plan: &Plan, began: Timestamp, now: Timestamp) -> Now {
    let since_boot_ms = now.as_millisecond() - began.as_millisecond();
    Now {
        boot_id: BootId(1),
        since_boot_ms: u64::try_from(since_boot_ms).unwrap_or(0),
        wall: now,
        zone: plan.zone.clone(),
        wall_trusted: WallTrust::Trusted,
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
