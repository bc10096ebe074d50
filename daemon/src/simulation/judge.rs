//! The promises, judged from what crossed the drivers: readings, words, taps and outcomes in;
//! sentences and messages out. It never looks into the home.
//!
//! A broken promise is a fact with its moment. Which promise is checked where is in the table of
//! ARCHITECTURE.md.

mod episode;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use omzien_core::catalogue::key;
use omzien_core::device::{Motion, Opening, Press, Reading};
use omzien_core::effect::Tap;
use omzien_core::incident::{Acknowledgement, IncidentId};
use omzien_core::plan::{Grant, ReminderKind};
use omzien_core::{
    Capability, ContactId, DeviceId, Effect, EffectId, Heard, Intent, Notification, Observation,
    Outcome, PendingEffect, Plan, Reply, Slot,
};

use super::crossing::{Crossing, What};
use episode::{Begins, Episode};

/// The promises that a simulated life can break (numbers as in the design).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    NoAlarmWithoutFollowUp = 1,
    ResidentFirst = 2,
    NeverMoreThanSo = 3,
    BlindnessIsNotSilence = 4,
    NothingIsLost = 5,
    OnlyAsFarAsTheRoleNeeds = 8,
    OffMeansOff = 9,
    NobodyIsSaid = 11,
}

/// A promise that was broken, when and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub promise: Promise,
    pub at_ms: u64,
    pub how: String,
}

/// From detection to the first message: the design's ceilings, and what one step of the loop and
/// one sentence that is just being said may add.
const SLACK_MS: u64 = 2_000;
/// Longest time an alarm that nobody holds may rest: set from the plan, plus this.
const REST_SLACK_MS: u64 = 30_000;
/// Longest that a person may hold an alarm before somebody is asked again: three hours and the
/// grace of the question, or three hourly "is it done?".
const HELD_MAX_MS: u64 = 4 * 3_600_000 + 600_000;
/// The end of a press that called for help closes nothing: some hold the button in panic.
const PRESS_OF_ITS_OWN_MS: u64 = 5_000;
/// The daemon and the simulated world sync at least this often.
const SYNCED_WITHIN_MS: u64 = 61_000;
/// A list of what was broken need not be longer to be believed.
const BROKEN_MAX: usize = 100;

/// Watches one home.
#[derive(Clone, Debug)]
pub struct Judge {
    broken: Vec<Broken>,
    contacts: BTreeMap<ContactId, (Grant, Grant)>,
    names: BTreeMap<String, ContactId>,
    doses: BTreeMap<String, jiff::civil::Time>,
    zone: jiff::tz::TimeZone,
    sensors: BTreeSet<DeviceId>,
    silent_after_ms: u64,
    rest_ms: u64,
    last_seen: BTreeMap<DeviceId, u64>,
    /// Doors inside, and how each stood when it was last heard. The way out tells of no movement:
    /// somebody may have gone.
    doors: BTreeMap<DeviceId, Option<Opening>>,
    moved_ms: Option<u64>,
    open: Option<Episode>,
    alarms: BTreeSet<IncidentId>,
    /// Taps that came in, newest last, with their moment.
    taps: Vec<(u64, Acknowledgement)>,
    accepted: BTreeSet<ContactId>,
    /// Who was asked to come and has tapped nothing about it since.
    unanswered: BTreeSet<ContactId>,
    awaiting: BTreeMap<EffectId, ContactId>,
    /// Effects with a good outcome that the home knows.
    settled: BTreeMap<EffectId, u64>,
    offers: BTreeMap<(String, jiff::civil::Date), u32>,
    answers: Answers,
    dark: Option<u64>,
    repeated_ms: Option<u64>,
}

/// The last clear words.
#[derive(Clone, Copy, Debug, Default)]
struct Answers {
    no_ms: Option<u64>,
    yes_ms: Option<u64>,
    taken_ms: Option<u64>,
    listen_off: Option<(u64, Option<u64>)>,
}

impl Judge {
    pub fn new(plan: &Plan) -> Self {
        let longest = plan.escalation.steps.iter().map(|step| step.wait).max();
        // With nobody to reach it is said every five minutes.
        let rest = longest
            .unwrap_or_default()
            .max(plan.escalation.again_after)
            .max(Duration::from_secs(300));
        Self {
            broken: Vec::new(),
            contacts: plan
                .circle
                .iter()
                .map(|(id, one)| (id.clone(), (one.grants.alarms, one.grants.good_news)))
                .collect(),
            names: plan.circle.iter().map(|(id, one)| (one.name.clone(), id.clone())).collect(),
            doses: plan
                .reminders
                .values()
                .filter_map(|reminder| match reminder.kind {
                    ReminderKind::Dose { latest } => Some((reminder.what.clone(), latest)),
                    ReminderKind::Plain => None,
                })
                .collect(),
            zone: plan.zone.time_zone(),
            sensors: plan
                .devices_with(Capability::Motion)
                .chain(plan.devices_with(Capability::Opening))
                .cloned()
                .collect(),
            silent_after_ms: millis(plan.watch.silent_after),
            rest_ms: millis(rest) + REST_SLACK_MS,
            last_seen: BTreeMap::new(),
            doors: plan
                .devices_with(Capability::Opening)
                .filter(|door| plan.devices.get(*door).is_some_and(|known| !known.way_out))
                .map(|door| (door.clone(), None))
                .collect(),
            moved_ms: None,
            open: None,
            alarms: BTreeSet::new(),
            taps: Vec::new(),
            accepted: BTreeSet::new(),
            unanswered: BTreeSet::new(),
            awaiting: BTreeMap::new(),
            settled: BTreeMap::new(),
            offers: BTreeMap::new(),
            answers: Answers::default(),
            dark: None,
            repeated_ms: None,
        }
    }

    pub fn broken(&self) -> &[Broken] {
        &self.broken
    }

    /// Alarms that reached as far as a message.
    pub fn alarms(&self) -> u64 {
        self.alarms.len() as u64
    }

    /// Takes a crossing in, in the order of time.
    pub fn see(&mut self, crossing: &Crossing<'_>) {
        let at = crossing.at_ms;
        match crossing.what {
            What::Dark => {
                self.dark = Some(at);
                // An outcome that came in since the last sync may not have reached the disk.
                self.settled.retain(|_, settled| settled.saturating_add(SYNCED_WITHIN_MS) < at);
            }
            What::Light => self.light(at),
            What::Reading(observation) => {
                self.check_deadlines(at);
                self.last_seen.insert(observation.device.clone(), at);
                self.reading(observation, at);
            }
            What::Heard(heard) => {
                self.check_deadlines(at);
                self.heard(heard, at);
            }
            What::Tap(tap) => {
                self.check_deadlines(at);
                self.tap(tap, at);
            }
            What::Outcome(id, outcome) => self.outcome(id, outcome, at),
            What::Handed(pending) => {
                self.handed(pending, crossing);
                self.check_deadlines(at);
            }
        }
    }

    /// The end of the life: an alarm still open is fine only while somebody is being reached.
    pub fn end(&mut self, at_ms: u64) {
        self.check_deadlines(at_ms);
    }

    fn reading(&mut self, observation: &Observation, at: u64) {
        match observation.reading {
            Reading::Button(Press::Short) => self.begin(at, 0, Begins::Button),
            Reading::Button(Press::Long) => {
                // Held in person: ends what was open, but not what this very press began.
                let called = self.open.as_ref().and_then(|open| open.called_ms);
                if called.is_none_or(|called| at > called + PRESS_OF_ITS_OWN_MS) {
                    self.open = None;
                }
            }
            Reading::Fall => self.begin(at, 60_000, Begins::Fall),
            Reading::Motion(Motion::Detected) => self.moved_ms = Some(at),
            Reading::Opening(opening) => self.door(&observation.device, opening, at),
            Reading::Motion(Motion::Clear)
            | Reading::Light(_)
            | Reading::Cover(_)
            | Reading::Lock(_)
            | Reading::Switch(_)
            | Reading::Fan(_)
            | Reading::Temperature(_)
            | Reading::Target(_)
            | Reading::BatteryPercent(_)
            | Reading::Link(_) => {}
        }
    }

    /// A door that only tells again how it stands was moved by nobody.
    fn door(&mut self, device: &DeviceId, opening: Opening, at: u64) {
        let Some(stood) = self.doors.get_mut(device) else { return };
        if stood.replace(opening).is_some_and(|stood| stood != opening) {
            self.moved_ms = Some(at);
        }
    }

    fn heard(&mut self, heard: &Heard, at: u64) {
        match &heard.intent {
            Intent::Help => self.begin(at, 20_000, Begins::Words),
            Intent::No | Intent::Fine => self.answers.no_ms = Some(at),
            Intent::Yes => {
                self.answers.yes_ms = Some(at);
                self.answers.taken_ms = Some(at);
            }
            Intent::Taken => self.answers.taken_ms = Some(at),
            Intent::StopListening { duration } => {
                self.answers.listen_off = Some((at, duration.map(|length| at + millis(length))));
            }
            // Called by its name it asks again what it had asked.
            Intent::Repeat | Intent::Called => self.repeated_ms = Some(at),
            Intent::NotUnderstood
            | Intent::Later
            | Intent::Skip
            | Intent::Operate { .. }
            | Intent::OtherOne
            | Intent::AskState { .. }
            | Intent::RunScene(_)
            | Intent::AskTime
            | Intent::AskDate
            | Intent::Remind { .. }
            | Intent::RemindWhen { .. }
            | Intent::RemindMinutes { .. }
            | Intent::Moment(_)
            | Intent::Number(_)
            | Intent::Person(_)
            | Intent::ListReminders
            | Intent::CancelReminders
            | Intent::Words { .. }
            | Intent::List { .. }
            | Intent::Measure(_)
            | Intent::Agenda(_)
            | Intent::Stay(_)
            | Intent::Timer(_)
            | Intent::Tell { .. }
            | Intent::TellWhom { .. }
            | Intent::AskTold { .. }
            | Intent::AskWhy
            | Intent::AskPlan
            | Intent::AskAbilities
            | Intent::AskMore
            | Intent::AskKnown
            | Intent::AskSeen
            | Intent::AskPhone { .. }
            | Intent::Lonely
            | Intent::Speak(_)
            | Intent::Cancel
            | Intent::Skill { .. } => {}
        }
    }

    fn tap(&mut self, tap: &Acknowledgement, at: u64) {
        if self.taps.len() > 1000 {
            self.taps.drain(..500);
        }
        self.taps.push((at, tap.clone()));
        let granted =
            self.contacts.get(&tap.contact).is_some_and(|(alarms, _)| *alarms == Grant::Given);
        let Some(open) = self.open.as_mut().filter(|_| granted) else { return };
        let about_this = open.incident == Some(tap.incident);
        if about_this {
            // Who answers has received it, whatever became of the server's word.
            self.accepted.insert(tap.contact.clone());
            self.unanswered.remove(&tap.contact);
        }
        match tap.tap {
            Tap::Go | Tap::Phone | Tap::There if about_this => {
                open.last_act_ms = at;
                if open.held.is_none() || tap.tap == Tap::There {
                    open.held = Some(tap.contact.clone());
                }
            }
            Tap::Cannot if about_this && open.held.as_ref() == Some(&tap.contact) => {
                open.held = None;
                open.last_act_ms = at;
            }
            Tap::Done if about_this => self.open = None,
            Tap::Go | Tap::Phone | Tap::There | Tap::Cannot | Tap::Done => {}
        }
    }

    fn outcome(&mut self, id: EffectId, outcome: &Outcome, at: u64) {
        match outcome {
            Outcome::Accepted | Outcome::Delivered => {
                if let Some(contact) = self.awaiting.remove(&id) {
                    self.accepted.insert(contact);
                }
                self.settled.insert(id, at);
            }
            Outcome::Done | Outcome::Spoken { .. } | Outcome::Interrupted { .. } => {
                self.settled.insert(id, at);
            }
            Outcome::Failed { .. } | Outcome::Lapsed => {}
        }
        while self.settled.len() > 5_000 {
            self.settled.pop_first();
        }
    }

    fn handed(&mut self, pending: &PendingEffect, crossing: &Crossing<'_>) {
        let at = crossing.at_ms;
        if self.settled.contains_key(&pending.id) {
            self.break_(Promise::NothingIsLost, at, format!("{} was done twice", pending.id));
        }
        match &pending.effect {
            Effect::Say { reply, .. } => self.said(reply, crossing),
            Effect::Notify(message) => self.notified(pending.id, message, at),
            Effect::Listen(omzien_core::Listening::On) => {
                let early = self.answers.listen_off.and_then(|(_, until)| until);
                if early.is_some_and(|until| at + SLACK_MS < until) && self.open.is_none() {
                    self.break_(Promise::OffMeansOff, at, "listened before the hour was over");
                }
                self.answers.listen_off = None;
            }
            Effect::Listen(omzien_core::Listening::Off)
            | Effect::Command { .. }
            | Effect::Respond { .. } => {}
        }
    }

    fn notified(&mut self, id: EffectId, message: &Notification, at: u64) {
        let (alarms, news) = self.contacts.get(&message.contact).copied().unwrap_or_default();
        let about_resident = message.incident.is_some() && !message.taps.is_empty();
        if about_resident && alarms != Grant::Given {
            self.break_(Promise::OnlyAsFarAsTheRoleNeeds, at, "an alarm to one without the grant");
        }
        let good_news = message
            .body
            .iter()
            .any(|line| [key::GOOD_MORNING_NEWS, key::NO_WORD_YET].contains(&line.key.as_ref()));
        if good_news && news != Grant::Given {
            self.break_(Promise::OnlyAsFarAsTheRoleNeeds, at, "good news to one without the grant");
        }
        if !about_resident {
            return;
        }
        self.awaiting.insert(id, message.contact.clone());
        if message.taps.contains(&Tap::Go) {
            self.unanswered.insert(message.contact.clone());
        }
        if let Some(incident) = message.incident {
            self.alarms.insert(incident);
        }
        // Silence and a bad morning begin inside the home: its question is their beginning.
        let Some(open) = &mut self.open else { return };
        open.last_act_ms = at;
        open.incident = message.incident;
        let unasked = open.needs_question && !open.asked;
        open.reached = true;
        if unasked {
            self.break_(Promise::ResidentFirst, at, "a message left before a question was asked");
        }
    }

    fn said(&mut self, reply: &Reply, crossing: &Crossing<'_>) {
        let at = crossing.at_ms;
        // What was asked to be said again says nothing new.
        if self.repeated_ms == Some(at) {
            return;
        }
        match reply.key.as_ref() {
            key::FALL_ASK
            | key::HELP_ASK
            | key::CRY_ASK_NOBODY
            | key::WAS_OFF
            | key::WAS_OFF_UNKNOWN => self.question(at, None),
            key::RECHECK => {
                self.question(at, Some(60_000));
                if let Some(open) = &mut self.open {
                    open.rechecked = true;
                    open.ceiling_ms = at + 60_000 + SLACK_MS;
                }
            }
            key::SILENCE_ASK => {
                self.check_eyes(at);
                self.question(at, Some(300_000));
            }
            key::CHECK_IN_HELP => self.question(at, Some(300_000)),
            key::MOVED => self.open = None,
            key::NO_HELP => self.stand_down(at),
            key::NOBODY_TO_REACH | key::NOBODY_ANSWERED => {
                if let Some(open) = &mut self.open {
                    open.reached = true;
                    open.last_act_ms = at;
                }
            }
            key::COMING | key::COMING_AT => self.needs_tap(reply, Tap::Go, at),
            key::PHONING => self.needs_tap(reply, Tap::Phone, at),
            key::THERE => self.needs_tap(reply, Tap::There, at),
            key::CLOSED_BY => self.needs_tap(reply, Tap::Done, at),
            key::CANNOT_NEXT => self.needs_tap(reply, Tap::Cannot, at),
            key::SENT_NOT_ANSWERED => self.needs_acceptance(reply, at),
            key::SORRY_TELL => {
                self.stand_down(at);
                self.needs_no(at);
            }
            // Whoever says that it will ask again has an alarm open.
            key::NO_HELP_ASK_LATER => {
                self.put_off(at);
                self.needs_no(at);
            }
            key::HOLD_EXPIRED => {
                if let Some(open) = &mut self.open {
                    open.held = None;
                    open.last_act_ms = at;
                }
            }
            key::DOSE_TAKEN
                if self.answers.taken_ms.is_none_or(|taken| at.saturating_sub(taken) > 10_000) =>
            {
                self.break_(Promise::NeverMoreThanSo, at, "taken, which nobody said");
            }
            key::DOSE_ASK | key::DOSE_ASK_AGAIN | key::DOSE_ASK_LATE | key::DOSE_CLOCK_UNSURE => {
                self.dose_offered(reply, crossing)
            }
            _ => {}
        }
    }

    fn needs_no(&mut self, at: u64) {
        if self.answers.no_ms.is_none_or(|no| at.saturating_sub(no) > 10_000) {
            self.break_(Promise::NeverMoreThanSo, at, "a no that nobody said");
        }
    }

    fn check_eyes(&mut self, at: u64) {
        let alive = self.sensors.iter().any(|sensor| {
            let seen = self.last_seen.get(sensor);
            seen.is_some_and(|seen| at.saturating_sub(*seen) <= self.silent_after_ms)
        });
        if !alive && !self.sensors.is_empty() {
            self.break_(Promise::BlindnessIsNotSilence, at, "silence judged without a live sensor");
        }
    }

    /// What is said about a person must be what that person tapped.
    fn needs_tap(&mut self, reply: &Reply, tap: Tap, at: u64) {
        let Some(Slot::Name(name)) = reply.slots.get("contact") else { return };
        let who = self.names.get(name).cloned();
        let tapped =
            self.taps.iter().any(|(_, one)| Some(&one.contact) == who.as_ref() && one.tap == tap);
        if !tapped {
            let how = format!("{} of a person who never tapped it", reply.key);
            self.break_(Promise::NeverMoreThanSo, at, how);
        }
    }

    fn needs_acceptance(&mut self, reply: &Reply, at: u64) {
        let Some(Slot::Names(names)) = reply.slots.get("contacts") else { return };
        let all_in = |people: &BTreeSet<ContactId>| {
            names.iter().all(|name| self.names.get(name).is_some_and(|one| people.contains(one)))
        };
        let (sent, unanswered) = (all_in(&self.accepted), all_in(&self.unanswered));
        if !sent {
            self.break_(Promise::NeverMoreThanSo, at, "sent, before a server took it");
        }
        if !unanswered {
            self.break_(Promise::NeverMoreThanSo, at, "no answer yet, of one who answered");
        }
    }

    fn dose_offered(&mut self, reply: &Reply, crossing: &Crossing<'_>) {
        let Some(Slot::Words(what)) = reply.slots.get("what") else { return };
        let local = crossing.wall.to_zoned(self.zone.clone());
        if let Some(latest) = self.doses.get(what)
            && local.time() > *latest
        {
            self.break_(Promise::NothingIsLost, crossing.at_ms, "a dose after its latest time");
        }
        let offers = self.offers.entry((what.clone(), local.date())).or_default();
        *offers += 1;
        if *offers > 2 {
            self.break_(Promise::NothingIsLost, crossing.at_ms, "a dose offered a third time");
        }
    }

    /// Whatever the home owed by now.
    fn check_deadlines(&mut self, at: u64) {
        if self.dark.is_some() {
            return;
        }
        let Some(open) = &mut self.open else { return };
        if !open.reached && at > open.ceiling_ms {
            open.ceiling_ms = u64::MAX;
            open.reached = true;
            let nobody = !self.contacts.values().any(|(alarms, _)| *alarms == Grant::Given);
            let promise =
                if nobody { Promise::NobodyIsSaid } else { Promise::NoAlarmWithoutFollowUp };
            return self.break_(promise, at, "nobody was told in time");
        }
        let may_rest = if open.held.is_some() { HELD_MAX_MS } else { self.rest_ms };
        if open.reached && at > open.last_act_ms + may_rest {
            open.last_act_ms = at;
            self.break_(Promise::NoAlarmWithoutFollowUp, at, "an open alarm rested too long");
        }
    }

    fn break_(&mut self, promise: Promise, at_ms: u64, how: impl Into<String>) {
        if self.broken.len() < BROKEN_MAX {
            self.broken.push(Broken { promise, at_ms, how: how.into() });
        }
    }
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
