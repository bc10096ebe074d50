//! Reaching people: along the plan, one step after the other, until one of them has it; and when
//! the plan is exhausted, from its start again. What is said is never more than is so.

use std::time::Duration;

use super::script::script;
use crate::catalogue::key;
use crate::effect::{Effect, EffectId, Notification, Tap, Urgency};
use crate::home::Home;
use crate::incident::{
    Cause, Closing, Delivery, Hold, Incident, IncidentId, Reminded, Stage, Told,
};
use crate::ledger::Fact;
use crate::names::ContactId;
use crate::plan::{Channel, Grant, Step};
use crate::reply::{Reply, Slot};

/// When nobody can be reached: lamp, siren and [7] again after this long.
const NOBODY_AGAIN: Duration = Duration::from_secs(300);
/// From "are you there?" to taking the alarm up again.
const GRACE: Duration = Duration::from_secs(300);
/// From arriving to "is it done?", and between two such questions.
const ASK_WHETHER_DONE: Duration = Duration::from_secs(3600);
/// Unanswered "is it done?" questions before the alarm is taken up again.
const ASK_WHETHER_DONE_MAX: u8 = 3;

pub(crate) const ALARM_TAPS: [Tap; 3] = [Tap::Go, Tap::Phone, Tap::Cannot];
pub(crate) const HOLDER_TAPS: [Tap; 3] = [Tap::There, Tap::Done, Tap::Cannot];

impl Home {
    /// The questions are over: the first step of the plan, now.
    pub(crate) fn escalate(&mut self, id: IncidentId) {
        let warned = self.alarm().is_some_and(|alarm| match alarm.stage {
            Stage::Asking { said, script: which, .. } => script(which).warned(said),
            Stage::Escalating { .. }
            | Stage::Held { .. }
            | Stage::Attended { .. }
            | Stage::Recheck
            | Stage::Closed(_) => false,
        });
        self.ask(crate::question::Topic::Help(id));
        let contacts = self.next_contact_names(id);
        if !warned && !contacts.is_empty() {
            let reply = Reply::new(key::ALARMING).with("contacts", Slot::Names(contacts));
            self.say_about(Some(id), reply, Urgency::Alarm);
        }
        self.reach_step(id, 0, 0);
    }

    /// The wait of a step is over and nobody has it: the next one.
    pub(crate) fn reach_next(&mut self, id: IncidentId, round: u32, step: usize) {
        let last = self.state.plan.escalation.steps.len();
        if step < last {
            // `reach_step` leaves the step it stands on; its wait is over.
            self.reach_step(id, round, step + 1);
        } else {
            self.reach_step(id, round + 1, 0);
        }
    }

    /// Sends the messages of the first step from `step` on that has somebody to reach now.
    fn reach_step(&mut self, id: IncidentId, round: u32, step: usize) {
        let plan = std::sync::Arc::clone(&self.state.plan);
        for (place, one) in plan.escalation.steps.iter().enumerate().skip(step) {
            let people = self.reachable(id, one);
            if people.is_empty() {
                continue;
            }
            let due = self.at + one.wait;
            if let Some(incident) = self.incident_mut(id) {
                incident.stage = Stage::Escalating { round, step: place };
                incident.deadline = Some(due);
            }
            for contact in people {
                self.alert(id, &contact, round);
            }
            return;
        }
        self.plan_exhausted(id, round, step);
    }

    /// Nobody was left in this round. If anyone was told, wait and start again; if there is
    /// nobody at all, say so, loudly, again and again.
    fn plan_exhausted(&mut self, id: IncidentId, round: u32, step: usize) {
        let plan = std::sync::Arc::clone(&self.state.plan);
        let Some(incident) = self.state.incidents.iter().find(|one| one.id == id) else { return };
        let anybody = incident.told.values().any(|told| told.delivery != Delivery::Failed);
        let room = incident.room.clone();
        let wait = if anybody { plan.escalation.again_after } else { NOBODY_AGAIN };
        let due = self.at + wait;
        if let Some(incident) = self.incident_mut(id) {
            incident.stage =
                Stage::Escalating { round, step: plan.escalation.steps.len().max(step) };
            incident.deadline = Some(due);
            // In the next round a "can't" of this one is asked again.
            for told in incident.told.values_mut() {
                told.answer = None;
            }
        }
        if anybody {
            self.say_about(Some(id), Reply::new(key::NOBODY_ANSWERED), Urgency::Alarm);
        } else {
            self.signal_with_lamp(id, room.as_ref());
            self.sound_sirens(id);
            self.say_about(Some(id), Reply::new(key::NOBODY_TO_REACH), Urgency::Alarm);
        }
    }

    /// Who of a step can be reached now and has not refused in this round.
    fn reachable(&self, id: IncidentId, step: &Step) -> Vec<ContactId> {
        let time = self.local().time();
        let incident = self.state.incidents.iter().find(|incident| incident.id == id);
        step.contacts
            .iter()
            .filter(|id| {
                self.state.plan.circle.get(*id).is_some_and(|contact| {
                    contact.grants.alarms == Grant::Given
                        && !contact.channels.is_empty()
                        && contact.hours.contains(time)
                })
            })
            .filter(|id| {
                let told = incident.and_then(|incident| incident.told.get(*id));
                told.is_none_or(|told| told.answer != Some(Tap::Cannot))
            })
            .cloned()
            .collect()
    }

    /// Whom the next message would reach, by name: what a warning announces.
    pub(crate) fn next_contact_names(&self, id: IncidentId) -> Vec<String> {
        self.state
            .plan
            .escalation
            .steps
            .iter()
            .map(|step| self.reachable(id, step))
            .find(|people| !people.is_empty())
            .unwrap_or_default()
            .iter()
            .map(|contact| self.contact_name(contact))
            .collect()
    }

    fn alert(&mut self, id: IncidentId, contact: &ContactId, round: u32) {
        let Some(incident) = self.state.incidents.iter().find(|one| one.id == id).cloned() else {
            return;
        };
        let Some(channel) = self.first_channel(contact) else { return };
        let mut body = self.alarm_lines(&incident);
        if round > 0 {
            body.push(Reply::new(key::ALARM_AGAIN));
        }
        let others: Vec<String> = incident
            .told
            .iter()
            .filter(|(other, told)| *other != contact && told.delivery >= Delivery::Sent)
            .map(|(other, _)| self.contact_name(other))
            .collect();
        if !others.is_empty() {
            body.push(Reply::new(key::ALARM_ALSO_TOLD).with("contacts", Slot::Names(others)));
        }
        body.push(Reply::new(key::ALARM_LIMITS));
        let title = Reply::new(key::TITLE_ALARM).name("name", self.state.plan.resident_name());
        let effect =
            self.notify(Some(id), contact, channel, title, body, &ALARM_TAPS, Urgency::Alarm);
        let told = Told { effect, channel, delivery: Delivery::Sending, answer: None };
        if let Some(incident) = self.incident_mut(id) {
            incident.told.insert(contact.clone(), told);
        }
    }

    /// What happened, where, since when, and what was tried: the least that lets a person act.
    pub(crate) fn alarm_lines(&self, incident: &Incident) -> Vec<Reply> {
        let zone = self.now.zone.time_zone();
        let name = self.state.plan.resident_name();
        let opened = Slot::Time(incident.opened_wall.to_zoned(zone.clone()).time());
        let what = match &incident.cause {
            Cause::Button { .. } => Reply::new(key::ALARM_BUTTON).with("time", opened),
            Cause::Cry => Reply::new(key::ALARM_CRY).with("time", opened),
            Cause::Fall { .. } => Reply::new(key::ALARM_FALL).with("time", opened),
            Cause::CheckIn => Reply::new(key::ALARM_CHECK_IN).with("time", opened),
            Cause::Inactivity { since } => Reply::new(key::ALARM_SILENCE)
                .with("since", Slot::Time(since.to_zoned(zone).time())),
            Cause::Technical(_) | Cause::Blind { .. } => Reply::new(key::TECH_FAULT),
        };
        let mut lines = vec![what.name("name", name)];
        let room = incident.room.as_ref().and_then(|room| self.state.plan.rooms.get(room));
        if let Some(room) = room {
            lines.push(Reply::new(key::ALARM_ROOM).name("room", room.name.clone()));
        }
        let answers = self.state.ledger.recent().find_map(|entry| {
            let Fact::Answered { answer } = &entry.fact else { return None };
            (entry.incident == Some(incident.id)).then_some(*answer)
        });
        match answers {
            // Who is being asked may yet answer; and the button asks nothing.
            _ if matches!(incident.stage, Stage::Asking { .. } | Stage::Recheck) => {}
            Some(crate::incident::Answer::Yes) => lines.push(Reply::new(key::ALARM_SAYS_YES)),
            Some(crate::incident::Answer::No) => lines.push(Reply::new(key::ALARM_RECHECK)),
            Some(crate::incident::Answer::Unclear) => {
                lines.push(Reply::new(key::ALARM_UNCLEAR));
            }
            None if matches!(incident.cause, Cause::Button { .. }) => {}
            None => match self.asked_aloud(incident.id) {
                Some(true) => lines.push(Reply::new(key::ALARM_NO_ANSWER)),
                Some(false) => lines.push(Reply::new(key::ALARM_NOT_ASKED)),
                None => {}
            },
        }
        lines
    }

    /// Whether anything was said about it before anybody was told: a loudspeaker that fails asks
    /// nobody, and how it stands is no question. `None`: that is longer ago than is remembered.
    fn asked_aloud(&self, id: IncidentId) -> Option<bool> {
        let about = self.state.ledger.recent().rev().filter(|entry| entry.incident == Some(id));
        let mut facts = about.map(|entry| &entry.fact);
        matches!(facts.next()?, Fact::Opened { .. }).then(|| {
            facts
                .take_while(|fact| !matches!(fact, Fact::Notified { .. }))
                .any(|fact| matches!(fact, Fact::Spoken { .. }))
        })
    }

    /// A message about an alarm left the house, or did not.
    pub(crate) fn alarm_delivery(&mut self, id: IncidentId, effect: EffectId, to: Delivery) {
        let Some(incident) = self.incident_mut(id) else { return };
        let Some((contact, told)) =
            incident.told.iter_mut().find(|(_, told)| told.effect == effect)
        else {
            return;
        };
        let first = told.delivery == Delivery::Sending && to >= Delivery::Sent;
        told.delivery = told.delivery.max(to);
        if to == Delivery::Failed {
            told.delivery = Delivery::Failed;
        }
        let contact = contact.clone();
        // Whoever looks after the technique is not somebody whom the resident waits for.
        if !incident.cause.is_about_the_resident() {
            return;
        }
        let waiting = matches!(incident.stage, Stage::Escalating { .. });
        if first && waiting {
            let name = self.contact_name(&contact);
            let reply =
                Reply::new(key::SENT_NOT_ANSWERED).with("contacts", Slot::Names(vec![name]));
            self.say_about(Some(id), reply, Urgency::Alarm);
        }
        if to == Delivery::Failed {
            self.go_on_if_step_is_dead(id);
        }
    }

    /// Everyone of this step failed or refused: do not wait for the step's time.
    pub(crate) fn go_on_if_step_is_dead(&mut self, id: IncidentId) {
        let at = self.at;
        let plan = std::sync::Arc::clone(&self.state.plan);
        let Some(incident) = self.incident_mut(id) else { return };
        let Stage::Escalating { step, .. } = incident.stage else { return };
        let Some(step) = plan.escalation.steps.get(step) else { return };
        let dead = step
            .contacts
            .iter()
            .filter_map(|contact| incident.told.get(contact))
            .all(|told| told.delivery == Delivery::Failed || told.answer == Some(Tap::Cannot));
        if dead {
            incident.deadline = Some(at);
        }
    }

    /// The holder's time is over: "are you there?", and then the plan goes on.
    pub(crate) fn expire_hold(&mut self, incident: &Incident) {
        let Stage::Held { by, how, reminded, .. } = &incident.stage else { return };
        let id = incident.id;
        match reminded {
            Reminded::NotYet => {
                let until = self.at + GRACE;
                if let Some(open) = self.incident_mut(id) {
                    open.stage = Stage::Held {
                        by: by.clone(),
                        how: how.clone(),
                        until,
                        reminded: Reminded::Once,
                    };
                    open.deadline = Some(until);
                }
                self.update(id, by, vec![Reply::new(key::ARE_YOU_THERE)], &HOLDER_TAPS);
                let reply = Reply::new(key::HOLD_EXPIRED).name("contact", self.contact_name(by));
                self.say_about(Some(id), reply, Urgency::Alarm);
            }
            Reminded::Once => {
                self.note(Some(id), Fact::HoldExpired { contact: by.clone() });
                let line =
                    Reply::new(key::UPDATE_HOLD_EXPIRED).name("contact", self.contact_name(by));
                self.update_others(incident, Some(by), &[line], &ALARM_TAPS);
                self.reach_step(id, 0, 0);
            }
        }
    }

    /// Somebody is there and has not closed it.
    pub(crate) fn ask_whether_done(&mut self, incident: &Incident) {
        let Stage::Attended { by, asked } = &incident.stage else { return };
        let id = incident.id;
        if *asked >= ASK_WHETHER_DONE_MAX {
            self.note(Some(id), Fact::HoldExpired { contact: by.clone() });
            self.reach_step(id, 0, 0);
            return;
        }
        let due = self.at + ASK_WHETHER_DONE;
        if let Some(open) = self.incident_mut(id) {
            open.stage = Stage::Attended { by: by.clone(), asked: asked + 1 };
            open.deadline = Some(due);
        }
        self.update(id, by, vec![Reply::new(key::IS_IT_DONE)], &[Tap::Done]);
    }

    pub(crate) fn attend(&mut self, id: IncidentId, by: &ContactId) {
        let due = self.at + ASK_WHETHER_DONE;
        if let Some(incident) = self.incident_mut(id) {
            incident.stage = Stage::Attended { by: by.clone(), asked: 0 };
            incident.deadline = Some(due);
        }
    }

    /// Tells everyone who was told how it ended.
    pub(crate) fn tell_closed(&mut self, incident: &Incident, closing: &Closing) {
        let time = Slot::Time(self.local().time());
        let (line, by) = match closing {
            Closing::InPerson => {
                (Some(Reply::new(key::UPDATE_CLOSED_IN_PERSON).with("time", time)), None)
            }
            Closing::Contact { by, .. } => {
                let name = self.contact_name(by);
                self.say_about(
                    Some(incident.id),
                    Reply::new(key::CLOSED_BY).name("contact", name.clone()),
                    Urgency::Calm,
                );
                (Some(Reply::new(key::UPDATE_CLOSED).name("contact", name)), Some(by.clone()))
            }
            // The resident's "no" was told when it was said; movement closes before anyone knows.
            Closing::Resident | Closing::Moved | Closing::Alive => (None, None),
        };
        if let Some(line) = line {
            self.update_others(incident, by.as_ref(), &[line], &[]);
        }
    }

    /// "I am sorry. I tell Anna that you say: no help needed."
    pub(crate) fn apologise_and_tell(&mut self, incident: &Incident) {
        let told: Vec<String> = incident
            .told
            .iter()
            .filter(|(_, told)| told.delivery != Delivery::Failed)
            .map(|(contact, _)| self.contact_name(contact))
            .collect();
        let id = Some(incident.id);
        if told.is_empty() {
            self.say_about(id, Reply::new(key::NO_HELP), Urgency::Alarm);
            return;
        }
        let sorry = Reply::new(key::SORRY_TELL).with("contacts", Slot::Names(told));
        self.say_about(id, sorry, Urgency::Alarm);
        let time = Slot::Time(self.local().time());
        let line = Reply::new(key::UPDATE_SAYS_NO)
            .name("name", self.state.plan.resident_name())
            .with("time", time);
        self.update_others(incident, None, &[line], &[]);
    }

    /// After a restart, or when help is called for again: who has it, if anyone.
    pub(crate) fn say_who_has_it(&mut self, incident: &Incident) {
        let Stage::Held { by, how, .. } = &incident.stage else { return };
        let reply = self.hold_sentence(by, how);
        self.say_about(Some(incident.id), reply, Urgency::Alarm);
    }

    pub(crate) fn say_how_it_stands(&mut self, incident: &Incident) {
        let reply = self.how_it_stands(incident);
        self.say_about(Some(incident.id), reply, Urgency::Alarm);
    }

    pub(crate) fn how_it_stands(&self, incident: &Incident) -> Reply {
        match &incident.stage {
            Stage::Held { by, how, .. } => self.hold_sentence(by, how),
            Stage::Escalating { .. } => {
                let sent: Vec<String> = incident
                    .told
                    .iter()
                    .filter(|(contact, told)| self.awaits(incident.id, contact, told))
                    .map(|(contact, _)| self.contact_name(contact))
                    .collect();
                if sent.is_empty() {
                    Reply::new(key::STILL_OPEN)
                } else {
                    Reply::new(key::SENT_NOT_ANSWERED).with("contacts", Slot::Names(sent))
                }
            }
            Stage::Asking { .. } | Stage::Attended { .. } | Stage::Recheck | Stage::Closed(_) => {
                Reply::new(key::STILL_OPEN)
            }
        }
    }

    /// Sent, and not a word since. What a person refused in the last round is no answer in the
    /// next, but it was said all the same: the ledger knows.
    fn awaits(&self, id: IncidentId, contact: &ContactId, told: &Told) -> bool {
        let facts = self.state.ledger.recent().filter(|entry| entry.incident == Some(id));
        let since_told = facts.map(|entry| &entry.fact).take_while(
            |fact| !matches!(fact, Fact::Notified { effect, .. } if *effect == told.effect),
        );
        let mut answers = since_told
            .filter(|fact| matches!(fact, Fact::Acknowledged { contact: by, .. } if by == contact));
        told.delivery >= Delivery::Sent && answers.next().is_none()
    }

    /// [4] and [5]: only what the person said, with the time they gave.
    pub(crate) fn hold_sentence(&self, by: &ContactId, how: &Hold) -> Reply {
        let name = self.contact_name(by);
        match how {
            Hold::Coming { at: Some(at) } => {
                Reply::new(key::COMING_AT).name("contact", name).with("at", Slot::Time(*at))
            }
            Hold::Coming { at: None } => Reply::new(key::COMING).name("contact", name),
            Hold::Phoning => Reply::new(key::PHONING).name("contact", name),
        }
    }

    /// A follow-up to one person who was told, over the channel that reached them.
    pub(crate) fn update(
        &mut self,
        id: IncidentId,
        contact: &ContactId,
        body: Vec<Reply>,
        taps: &[Tap],
    ) {
        let used = self
            .state
            .incidents
            .iter()
            .find(|incident| incident.id == id)
            .and_then(|incident| incident.told.get(contact))
            .map(|told| told.channel);
        let Some(channel) = used.or_else(|| self.first_channel(contact)) else { return };
        let title = Reply::new(key::TITLE_UPDATE).name("name", self.state.plan.resident_name());
        // Only what asks for an answer may ring at night; "Anna goes" is read in its own time.
        let asks = body.iter().any(|line| {
            [key::ARE_YOU_THERE, key::IS_IT_DONE, key::UPDATE_HOLD_EXPIRED]
                .contains(&line.key.as_ref())
        });
        let urgency = if asks { Urgency::Alarm } else { Urgency::Calm };
        self.notify(Some(id), contact, channel, title, body, taps, urgency);
    }

    pub(crate) fn update_others(
        &mut self,
        incident: &Incident,
        but: Option<&ContactId>,
        body: &[Reply],
        taps: &[Tap],
    ) {
        let others: Vec<ContactId> = incident
            .told
            .iter()
            .filter(|(contact, told)| Some(*contact) != but && told.delivery != Delivery::Failed)
            .map(|(contact, _)| contact.clone())
            .collect();
        for contact in others {
            self.update(incident.id, &contact, body.to_vec(), taps);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a message has these parts; each call names all")]
    pub(crate) fn notify(
        &mut self,
        incident: Option<IncidentId>,
        contact: &ContactId,
        channel: Channel,
        title: Reply,
        body: Vec<Reply>,
        taps: &[Tap],
        urgency: Urgency,
    ) -> EffectId {
        let notification = Notification {
            contact: contact.clone(),
            channel,
            incident,
            title,
            body: body.clone(),
            taps: taps.to_vec(),
            urgency,
        };
        let effect = self.send(Effect::Notify(Box::new(notification)), incident);
        let fact = Fact::Notified { effect, contact: contact.clone(), channel, body };
        self.note(incident, fact);
        effect
    }

    pub(crate) fn first_channel(&self, contact: &ContactId) -> Option<Channel> {
        self.state.plan.circle.get(contact)?.channels.first().copied()
    }

    pub(crate) fn contact_name(&self, contact: &ContactId) -> String {
        self.state
            .plan
            .circle
            .get(contact)
            .map_or_else(|| contact.as_str().to_owned(), |known| known.name.clone())
    }

    pub(crate) fn may_know_alarms(&self, contact: &ContactId) -> bool {
        self.state.plan.circle.get(contact).is_some_and(|known| known.grants.alarms == Grant::Given)
    }
}
