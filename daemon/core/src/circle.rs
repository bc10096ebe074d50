//! The circle as the resident meets it: messages to people, what they were told, who would be
//! reached. What a person may know is the resident's to grant, and asked of the plan each time.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::coverage;
use crate::effect::{Effect, EffectId, Tap, Urgency};
use crate::home::Home;
use crate::incident::Cause;
use crate::intent::Intent;
use crate::ledger::Fact;
use crate::names::{ContactId, RequestId};
use crate::plan::Grant;
use crate::reply::{Reply, Slot};
use crate::request::{Actor, Ask, Request, Response};

/// Answers that are kept for a repeated request.
const ANSWERS_MAX: usize = 256;
/// Messages sent for the resident whose arrival is said aloud.
const AWAITED_MAX: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Circle {
    answered: VecDeque<(RequestId, Response)>,
    /// Messages the resident sent: they hear whether one left.
    awaited: VecDeque<(EffectId, ContactId)>,
}

impl Home {
    /// A request from the portal or the command line: authorised here, answered once; the same
    /// id again gets the same answer.
    pub(crate) fn answer_request(&mut self, request: &Request) {
        let before = self.state.circle.answered.iter().find(|(id, _)| *id == request.id);
        let response = match before {
            Some((_, response)) => response.clone(),
            None => self.decide_request(request),
        };
        if self.state.circle.answered.iter().all(|(id, _)| *id != request.id) {
            if self.state.circle.answered.len() == ANSWERS_MAX {
                self.state.circle.answered.pop_front();
            }
            self.state.circle.answered.push_back((request.id.clone(), response.clone()));
        }
        let effect = Effect::Respond { request: request.id.clone(), response: Box::new(response) };
        self.send(effect, None);
    }

    fn decide_request(&mut self, request: &Request) -> Response {
        match &request.ask {
            Ask::Acknowledge(acknowledgement) => {
                // Nobody speaks for another, and the resident's own words come by voice or face.
                if request.actor != Actor::Contact(acknowledgement.contact.clone()) {
                    return Response::Refused(Reply::new(key::ACK_NOT_ALLOWED));
                }
                match self.acknowledge(acknowledgement) {
                    (crate::incident::acknowledging::Counted::No, why) => Response::Refused(why),
                    (_, answer) => Response::Accepted(answer),
                }
            }
            Ask::Answer { question, intent } => {
                if request.actor != Actor::Resident {
                    return Response::Refused(Reply::new(key::ACK_NOT_ALLOWED));
                }
                let older = *intent != Intent::Help && self.state.talk.asks_another(*question);
                self.answer(*question, intent.clone());
                if older {
                    Response::Refused(Reply::new(key::ANSWER_TO_OLDER_QUESTION))
                } else {
                    Response::Accepted(Reply::new(key::LOOKED))
                }
            }
            Ask::Look => {
                self.note(None, Fact::LookedAt { by: request.actor.clone() });
                Response::Accepted(Reply::new(key::LOOKED))
            }
        }
    }

    /// At the first start, and when asked: which hours nobody covers. An empty circle is a valid
    /// home, but it is never kept quiet about.
    pub(crate) fn say_who_is_not_reached(&mut self) {
        let gaps = coverage::coverage(&self.state.plan);
        if let Some(gap) = gaps.first() {
            if gap.from == gap.until {
                self.say(Reply::new(key::PLAN_NOBODY), Urgency::Calm);
                return;
            }
            let reply = Reply::new(key::PLAN_GAP)
                .with("from", Slot::Time(gap.from))
                .with("until", Slot::Time(gap.until));
            self.say(reply, Urgency::Calm);
        }
    }

    /// "Who do you call if something happens?"
    pub(crate) fn tell_plan(&mut self) {
        let contacts: Vec<String> = self
            .state
            .plan
            .escalation
            .steps
            .iter()
            .flat_map(|step| &step.contacts)
            .filter(|contact| self.may_know_alarms(contact))
            .map(|contact| self.contact_name(contact))
            .collect();
        let reply = if contacts.is_empty() {
            Reply::new(key::PLAN_NOBODY)
        } else {
            Reply::new(key::PLAN_CONTACTS).with("contacts", Slot::Names(contacts))
        };
        let nobody = reply.key == key::PLAN_NOBODY;
        self.say(reply, Urgency::Calm);
        if !nobody {
            self.say_who_is_not_reached();
        }
    }

    /// "What did you tell my daughter?" One fixed answer unless the resident is surely alone.
    pub(crate) fn tell_what_was_told(&mut self, contact: Option<&ContactId>) {
        if !self.surely_alone() {
            let address = self.state.plan.resident_address().to_owned();
            self.say(Reply::new(key::TOLD_FIXED).name("address", address), Urgency::Calm);
            return;
        }
        let last = self.state.ledger.recent().find_map(|entry| {
            let Fact::Notified { contact: to, body, .. } = &entry.fact else { return None };
            let asked = contact.is_none_or(|who| who == to);
            asked.then(|| Some((to.clone(), entry.wall, body.first().cloned()?)))?
        });
        let reply = match last {
            None => Reply::new(key::TOLD_NOTHING),
            Some((to, wall, message)) => {
                let time = wall.to_zoned(self.now.zone.time_zone()).time();
                let name = self.contact_name(&to);
                Reply::new(key::TOLD)
                    .with("contacts", Slot::Names(vec![name]))
                    .with("time", Slot::Time(time))
                    .with("message", Slot::Reply(Box::new(message)))
            }
        };
        self.say(reply, Urgency::Calm);
    }

    /// "Why did you do that?"
    pub(crate) fn tell_why(&mut self) {
        let reply = self.state.talk.last_reason.clone();
        self.say(reply.unwrap_or_else(|| Reply::new(key::WHY_NOTHING)), Urgency::Calm);
    }

    /// Keeps the reason of what follows, for "why?".
    pub(crate) fn explain(&mut self, cause: &Cause) {
        let zone = self.now.zone.time_zone();
        let now = Slot::Time(self.local().time());
        self.state.talk.last_reason = Some(match cause {
            Cause::Button { .. } => Reply::new(key::WHY_BUTTON).with("time", now),
            Cause::Cry => Reply::new(key::WHY_CRY).with("time", now),
            Cause::Fall { .. } => Reply::new(key::WHY_FALL).with("time", now),
            Cause::CheckIn => Reply::new(key::WHY_CHECK_IN).with("time", now),
            Cause::Inactivity { since } => {
                Reply::new(key::WHY_SILENCE).with("since", Slot::Time(since.to_zoned(zone).time()))
            }
            Cause::Technical(_) | Cause::Blind { .. } => Reply::new(key::WHY_NOTHING),
        });
    }

    /// The resident's own words to a person. Whether it left is said when it is known.
    pub(crate) fn tell_contact(&mut self, contact: &ContactId, words: &str) {
        let name = self.state.plan.resident_name().to_owned();
        let line = Reply::new(key::MESSAGE_FROM)
            .name("name", name)
            .with("words", Slot::Words(words.to_owned()));
        self.send_for_resident(contact, line);
    }

    /// "Shall I ask Anna to phone?" – yes.
    pub(crate) fn ask_to_phone(&mut self, contact: &ContactId) {
        let name = self.state.plan.resident_name().to_owned();
        let line = Reply::new(key::PLEASE_PHONE).name("name", name);
        self.send_for_resident(contact, line);
    }

    fn send_for_resident(&mut self, contact: &ContactId, line: Reply) {
        let Some(channel) = self.first_channel(contact) else {
            let name = self.contact_name(contact);
            self.say(Reply::new(key::MESSAGE_FAILED).name("contact", name), Urgency::Calm);
            return;
        };
        let effect = self.write_to(contact, channel, line);
        if self.state.circle.awaited.len() == AWAITED_MAX {
            self.state.circle.awaited.pop_front();
        }
        self.state.circle.awaited.push_back((effect, contact.clone()));
    }

    /// Good news, to those whom the resident lets have it; not in the quiet hours.
    pub(crate) fn tell_good_news(&mut self, line: &Reply) -> Vec<String> {
        if self.state.plan.quiet_hours.contains(self.local().time()) {
            return Vec::new();
        }
        let people: Vec<ContactId> = self
            .state
            .plan
            .circle
            .iter()
            .filter(|(_, contact)| contact.grants.good_news == Grant::Given)
            .map(|(id, _)| id.clone())
            .collect();
        let mut told = Vec::new();
        for contact in people {
            if let Some(channel) = self.first_channel(&contact) {
                self.write_to(&contact, channel, line.clone());
                told.push(self.contact_name(&contact));
            }
        }
        told
    }

    pub(crate) fn message_sent(&mut self, id: EffectId) {
        if let Some(contact) = self.take_awaited(id) {
            let name = self.contact_name(&contact);
            self.say(Reply::new(key::MESSAGE_SENT).name("contact", name), Urgency::Calm);
        }
    }

    pub(crate) fn message_failed(&mut self, id: EffectId) {
        if let Some(contact) = self.take_awaited(id) {
            let name = self.contact_name(&contact);
            self.say(Reply::new(key::MESSAGE_FAILED).name("contact", name), Urgency::Calm);
        }
    }

    fn take_awaited(&mut self, id: EffectId) -> Option<ContactId> {
        let place = self.state.circle.awaited.iter().position(|(effect, _)| *effect == id)?;
        self.state.circle.awaited.remove(place).map(|(_, contact)| contact)
    }

    fn write_to(
        &mut self,
        contact: &ContactId,
        channel: crate::plan::Channel,
        line: Reply,
    ) -> EffectId {
        let name = self.state.plan.resident_name().to_owned();
        let title = Reply::new(key::TITLE_GOOD_NEWS).name("name", name);
        let no_taps: [Tap; 0] = [];
        self.notify(None, contact, channel, title, vec![line], &no_taps, Urgency::Calm)
    }
}
