//! The home: one piece of plain data, and what changes it.
//!
//! `handle_*` takes in what happened, `poll_*` gives out what is wanted. Each room of the core
//! (activity, incident, conversation, reminder, …) adds its own part in its own file; this file
//! holds the door: the order in which an event is looked at.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use crate::activity::Activity;
use crate::agenda::Agenda;
use crate::check_in::CheckIns;
use crate::circle::Circle;
use crate::conversation::{Said, Talk};
use crate::effect::{Effect, EffectId, PendingEffect, Urgency};
use crate::event::{Absence, Event, Start};
use crate::incident::{Incident, IncidentId};
use crate::intent::Expectation;
use crate::ledger::{Fact, Ledger, LedgerEntry};
use crate::lights::LightStates;
use crate::lists::Lists;
use crate::measurement::Measurements;
use crate::operate::Operated;
use crate::outbox::Outbox;
use crate::plan::Plan;
use crate::proof::Proving;
use crate::reminder::Reminders;
use crate::reply::Reply;
use crate::stay::Stay;
use crate::time::{BootId, Gap, HomeClock, Instant, Now, WallTrust, Zone};
use crate::timer::Timers;
use crate::watch::Watching;

/// What the home knows. Durable: it is the snapshot (see [`crate::snapshot`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) plan: Arc<Plan>,
    pub(crate) clock: HomeClock,
    pub(crate) outbox: Outbox,
    pub(crate) ledger: Ledger,
    pub(crate) activity: Activity,
    pub(crate) watching: Watching,
    pub(crate) incidents: Vec<Incident>,
    pub(crate) next_incident: u64,
    pub(crate) talk: Talk,
    pub(crate) lights: LightStates,
    #[serde(default)]
    pub(crate) operated: Operated,
    pub(crate) reminders: Reminders,
    pub(crate) check_ins: CheckIns,
    pub(crate) circle: Circle,
    #[serde(default)]
    pub(crate) proving: Proving,
    #[serde(default)]
    pub(crate) timers: Timers,
    #[serde(default)]
    pub(crate) lists: Lists,
    #[serde(default)]
    pub(crate) measurements: Measurements,
    #[serde(default)]
    pub(crate) stay: Stay,
    #[serde(default)]
    pub(crate) agenda: Agenda,
}

/// See the crate's contract for the order of calls.
#[derive(Clone, Debug)]
pub struct Home {
    pub(crate) state: State,
    /// The stamp of the event that is being handled, and its home time.
    pub(crate) now: Now,
    pub(crate) at: Instant,
    /// The nearest deadline after the last event. Between events nothing moves it.
    due: Option<Instant>,
    /// Changed since the loop last took them.
    pub(crate) touched: BTreeSet<IncidentId>,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// A home that knows nothing yet. Its first event is `Configured`, its second `Started`.
    pub fn new() -> Self {
        let now = Now {
            boot_id: BootId(0),
            since_boot_ms: 0,
            wall: Timestamp::UNIX_EPOCH,
            zone: Zone::utc(),
            wall_trusted: WallTrust::Unknown,
        };
        Self::from_state(State {
            plan: Arc::new(Plan::empty()),
            clock: HomeClock::start(&now),
            outbox: Outbox::default(),
            ledger: Ledger::default(),
            activity: Activity::default(),
            watching: Watching::default(),
            incidents: Vec::new(),
            next_incident: 1,
            talk: Talk::default(),
            lights: LightStates::default(),
            operated: Operated::default(),
            reminders: Reminders::default(),
            check_ins: CheckIns::default(),
            circle: Circle::default(),
            proving: Proving::default(),
            timers: Timers::default(),
            lists: Lists::default(),
            measurements: Measurements::default(),
            stay: Stay::default(),
            agenda: Agenda::default(),
        })
    }

    pub(crate) fn from_state(state: State) -> Self {
        let now = Now {
            boot_id: BootId(0),
            since_boot_ms: 0,
            wall: state.clock.wall(),
            zone: state.plan.zone.clone(),
            wall_trusted: WallTrust::Unknown,
        };
        let at = state.clock.instant();
        let mut home = Self { state, now, at, due: None, touched: BTreeSet::new() };
        home.due = home.next_deadline();
        home
    }

    /// Takes in one event. Total: there is no event it refuses, only some it does not believe.
    pub fn handle_event(&mut self, event: &Event, now: &Now) {
        self.stamp(event, now);
        match event {
            Event::Configured(plan) => self.configure(Arc::clone(plan)),
            Event::Started(start) => self.start(start),
            Event::Observed(observation) => self.observe(observation),
            Event::VoiceBegan => self.wait_for_words(),
            Event::Heard(heard) => self.hear(heard),
            Event::Acknowledged(acknowledgement) => self.acknowledge_by_message(acknowledgement),
            Event::Concluded { effect, outcome } => self.conclude(*effect, outcome),
            Event::Requested(request) => self.answer_request(request),
            Event::HeardBack(heard) => self.be_heard_back(heard),
            Event::CalendarRead(read) => self.take_calendar(read),
            Event::ClockJumped { by_s } => {
                self.note(None, Fact::ClockJumped { by_s: *by_s });
                self.plan_day();
            }
            Event::Troubled { trouble, state } => self.be_troubled(trouble, *state),
            Event::TimedOut => {}
        }
        // A deadline that passed meanwhile is handled with the event, never after it. Only a plan
        // comes before the start that tells how long the home was away.
        if matches!(event, Event::Configured(_)) {
            self.due = self.next_deadline();
        } else {
            self.handle_deadlines();
        }
    }

    /// Handles every deadline up to `now`. Harmless when called early.
    pub fn handle_timeout(&mut self, now: &Now) {
        self.handle_event(&Event::TimedOut, now);
    }

    /// The next thing to do outside, oldest first.
    pub fn poll_effect(&mut self) -> Option<PendingEffect> {
        self.state.outbox.poll()
    }

    /// When to call [`Home::handle_timeout`], as the boot clock will show it; `None`: never.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.due.map(|at| self.state.clock.since_boot_of(at))
    }

    /// The ledger lines since the last call, for the journal.
    pub fn take_ledger(&mut self) -> Vec<LedgerEntry> {
        self.state.ledger.take_new()
    }

    /// The incidents that changed since the last call, for the journal.
    pub fn take_changed_incidents(&mut self) -> Vec<Incident> {
        let touched = std::mem::take(&mut self.touched);
        if touched.is_empty() {
            return Vec::new();
        }
        self.state.incidents.iter().filter(|one| touched.contains(&one.id)).cloned().collect()
    }

    pub fn plan(&self) -> &Arc<Plan> {
        &self.state.plan
    }

    /// What the resident is expected to say now.
    pub fn expectation(&self) -> Expectation {
        self.state.talk.expectation()
    }

    /// A question is open: the limit of its answer waits for words that have begun.
    pub fn awaits_answer(&self) -> bool {
        self.state.talk.topic().is_some()
    }

    /// How long the home was blind, had it started with this stamp. Asked before `Started`.
    pub fn gap(&self, now: &Now) -> Gap {
        self.state.clock.gap(now)
    }

    /// The epoch of the next start.
    pub fn next_epoch(&self) -> u64 {
        self.state.outbox.next_epoch()
    }

    /// Replay came to another result than the journal tells: what was done then was done, what
    /// was told was told, and an incident stands where it stood.
    pub fn adopt(
        &mut self,
        effects: &[PendingEffect],
        incidents: &[Incident],
        ledger: &[LedgerEntry],
    ) {
        for pending in effects {
            self.state.outbox.adopt(pending, self.at);
        }
        for incident in incidents {
            self.state.next_incident = self.state.next_incident.max(incident.id.0 + 1);
            match self.state.incidents.iter_mut().find(|known| known.id == incident.id) {
                Some(known) => *known = incident.clone(),
                None => self.state.incidents.push(incident.clone()),
            }
        }
        self.state.ledger.adopt(ledger);
        self.due = self.next_deadline();
    }

    // ---- for the rooms of the core -------------------------------------------------------

    pub(crate) fn local(&self) -> Zoned {
        self.now.local()
    }

    /// Writes a line of the ledger.
    pub(crate) fn note(&mut self, incident: Option<IncidentId>, fact: Fact) {
        self.state.ledger.push(self.now.wall, incident, fact);
    }

    pub(crate) fn say(&mut self, reply: Reply, urgency: Urgency) -> EffectId {
        self.say_about(None, reply, urgency)
    }

    pub(crate) fn say_about(
        &mut self,
        incident: Option<IncidentId>,
        reply: Reply,
        urgency: Urgency,
    ) -> EffectId {
        self.state.talk.last_said = Some(Said { reply: reply.clone(), at: self.at });
        let effect = Effect::Say { reply: reply.clone(), urgency };
        let id = self.send(effect, incident);
        self.note(incident, Fact::Say { effect: id, reply });
        id
    }

    pub(crate) fn send(&mut self, effect: Effect, incident: Option<IncidentId>) -> EffectId {
        self.state.outbox.send(effect, incident, self.at)
    }

    // ---- the door --------------------------------------------------------------------------

    fn stamp(&mut self, event: &Event, now: &Now) {
        // The first stamp of all starts home time; it has no "before".
        if matches!(event, Event::Configured(_)) && self.state.ledger.is_empty() {
            self.state.clock = HomeClock::start(now);
        }
        self.now = now.clone();
        self.at = self.state.clock.advance(now);
    }

    fn configure(&mut self, plan: Arc<Plan>) {
        self.state.plan = plan;
        self.note(None, Fact::PlanTaken);
        self.forget_devices_gone();
        self.tidy_agenda();
        self.plan_day();
        self.look_at_silence_again();
    }

    fn start(&mut self, start: &Start) {
        self.state.outbox.start(start.epoch);
        self.note(None, Fact::Started { away: start.away });
        self.plan_day();
        self.prove_anew();
        match start.away {
            Absence::First => self.say_who_is_not_reached(),
            Absence::For(gap) => self.resume(gap),
        }
    }

    /// What the plan has for certain hours, from the wall clock as it stands.
    fn plan_day(&mut self) {
        self.plan_reminders();
        self.plan_check_in();
        self.plan_proof();
    }

    /// The home is back: what has no outcome is done again or lapses, open alarms go on.
    fn resume(&mut self, gap: Gap) {
        self.resume_effects();
        self.resume_microphone();
        self.resume_incidents(gap);
        self.resume_timers(gap);
    }

    fn next_deadline(&self) -> Option<Instant> {
        [
            self.state.outbox.next_retry(),
            self.next_incident_deadline(),
            self.state.watching.next_look,
            self.state.talk.next_deadline(),
            self.state.lights.next_undo(),
            self.next_reminder(),
            self.next_check_in(),
            self.next_proof(),
            self.next_timer(),
            self.next_stay(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn handle_deadlines(&mut self) {
        // Handling one deadline may set another at this very moment; each of them moves its own
        // deadline on, so this ends. The bound turns a mistake of ours into a fault, not a hang.
        for _ in 0..DEADLINES_AT_ONCE_MAX {
            self.due = self.next_deadline();
            if self.due.is_none_or(|due| due > self.at) {
                return;
            }
            self.retry_due();
            self.handle_incident_deadlines();
            self.look_at_silence();
            self.handle_talk_deadline();
            self.undo_lights_due();
            self.handle_reminders_due();
            self.handle_check_in_due();
            self.handle_proof_due();
            self.handle_timers_due();
            self.handle_stay_due();
        }
        self.fault("a deadline did not move on");
        let later = self.at + STUCK_FOR;
        self.put_off_incidents(later);
        // Whatever else is stuck waits for the next event, or a minute: it must not spin the loop.
        self.due = self.next_deadline().map(|due| due.max(later));
    }
}

/// More rounds than the home has kinds of deadlines, times the steps of the longest script.
const DEADLINES_AT_ONCE_MAX: usize = 64;
/// What a mistake of ours holds up is tried again after this long.
const STUCK_FOR: Duration = Duration::from_secs(60);
