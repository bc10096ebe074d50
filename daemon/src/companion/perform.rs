//! Performing: an effect gets its words and goes to the driver that can do it. Every attempt ends
//! in an outcome: the driver's, or "no driver", "queue full", "no answer". It never waits.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use omzien_core::effect::{Again, Notification};
use omzien_core::names::RequestId;
use omzien_core::request::Response;
use omzien_core::{Effect, EffectId, Event, Home, Language, Outcome, PendingEffect, Plan, Reply};
use omzien_drivers::{Message, Order};
use omzien_skills::Skills;

/// A driver that says nothing for this long has failed (its own time-outs are far shorter; the
/// longest sentence takes half a minute).
const ANSWER_WITHIN_MS: u64 = 90_000;

/// Why an order was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The driver's queue is full.
    Full,
    /// There is no such driver in this home.
    NoDriver,
}

/// The drivers' order queues, and the way back to whoever asked. Exchanged in the simulator.
pub trait Outlets {
    fn hand(&mut self, pending: &PendingEffect, order: Order) -> Result<(), Refused>;
    fn respond(&mut self, request: &RequestId, response: &Response);
}

/// Renders effects and hands them out.
#[derive(Debug)]
pub struct Performer<O> {
    outlets: O,
    skills: Skills,
    plan: Arc<Plan>,
    /// Attempts that a driver has and did not conclude.
    pending: BTreeMap<EffectId, u64>,
    /// The same in the order of their end; concluded ones are passed over.
    expiries: VecDeque<(u64, EffectId)>,
}

impl<O: Outlets> Performer<O> {
    pub(super) fn new(plan: &Arc<Plan>, skills: Skills, outlets: O) -> Self {
        Self {
            outlets,
            skills,
            plan: Arc::clone(plan),
            pending: BTreeMap::new(),
            expiries: VecDeque::new(),
        }
    }

    pub(super) fn configure(&mut self, plan: &Arc<Plan>, skills: Skills) {
        self.plan = Arc::clone(plan);
        self.skills = skills;
    }

    pub(super) fn outlets(&mut self) -> &mut O {
        &mut self.outlets
    }

    /// Hands an attempt out; what fails at once comes back as its outcome.
    pub(super) fn perform(
        &mut self,
        pending: &PendingEffect,
        home: &Home,
        now_ms: u64,
    ) -> Option<Event> {
        let id = pending.id;
        let order = match &pending.effect {
            Effect::Respond { request, response } => {
                self.outlets.respond(request, response);
                return None;
            }
            Effect::Command { device, command } => {
                Ok(Order::Command { id, device: device.clone(), command: *command })
            }
            Effect::Listen(listening) => Ok(Order::Listen { id, listening: *listening }),
            Effect::Say { reply, urgency } => {
                let language = self.plan.language;
                self.words(reply, language).map(|text| Order::Say {
                    id,
                    spoken: self.skills.speakable(&text, language, &self.plan),
                    text,
                    language,
                    urgency: *urgency,
                    manner: home.manner(*urgency),
                })
            }
            Effect::Notify(notification) => {
                self.message(notification).map(|message| Order::Notify { id, message })
            }
        };
        let trouble = match order.map(|order| self.outlets.hand(pending, order)) {
            Ok(Ok(())) => {
                let until = now_ms + ANSWER_WITHIN_MS;
                self.pending.insert(id, until);
                self.expiries.push_back((until, id));
                return None;
            }
            Ok(Err(Refused::Full)) => ("the driver's queue is full".to_owned(), Again::Later),
            Ok(Err(Refused::NoDriver)) => {
                ("no driver of this home can do that".to_owned(), Again::Never)
            }
            Err(missing) => {
                tracing::error!(%missing, "a reply has no words");
                (missing, Again::Never)
            }
        };
        let (trouble, again) = trouble;
        Some(Event::Concluded { effect: id, outcome: Outcome::Failed { trouble, again } })
    }

    pub(super) fn concluded(&mut self, id: EffectId) {
        self.pending.remove(&id);
        while let Some((_, first)) = self.expiries.front()
            && !self.pending.contains_key(first)
        {
            self.expiries.pop_front();
        }
    }

    pub(super) fn next_expiry_ms(&self) -> Option<u64> {
        self.expiries.front().map(|(until, _)| *until)
    }

    /// The attempts that nobody answered in time.
    pub(super) fn expire(&mut self, now_ms: u64) -> Vec<Event> {
        let mut late = Vec::new();
        while let Some((until, id)) = self.expiries.front().copied()
            && until <= now_ms
        {
            self.expiries.pop_front();
            // A later attempt of the same effect has an end of its own.
            if self.pending.get(&id) == Some(&until) {
                self.pending.remove(&id);
                let trouble = "the driver gave no answer".to_owned();
                let outcome = Outcome::Failed { trouble, again: Again::Later };
                late.push(Event::Concluded { effect: id, outcome });
            }
        }
        late
    }

    pub fn skills(&self) -> &Skills {
        &self.skills
    }

    /// The words of a reply, as the resident or the circle gets them.
    pub fn words(&self, reply: &Reply, language: Language) -> Result<String, String> {
        self.skills.render(reply, language, &self.plan).map_err(|error| error.to_string())
    }

    fn message(&self, notification: &Notification) -> Result<Message, String> {
        let contact = self.plan.circle.get(&notification.contact);
        let language = contact.map_or(self.plan.language, |contact| contact.language);
        let lines: Result<Vec<String>, String> =
            notification.body.iter().map(|line| self.words(line, language)).collect();
        let taps: Result<Vec<_>, String> = notification
            .taps
            .iter()
            .map(|tap| self.words(&Reply::new(tap.label()), language).map(|label| (*tap, label)))
            .collect();
        Ok(Message {
            contact: notification.contact.clone(),
            channel: notification.channel,
            incident: notification.incident,
            title: self.words(&notification.title, language)?,
            body: lines?.join("\n"),
            taps: taps?,
            urgency: notification.urgency,
            language,
        })
    }
}

#[cfg(test)]
mod tests {
    use omzien_core::catalogue::key;
    use omzien_core::{Slot, Urgency};

    use super::*;

    #[derive(Default)]
    struct Kept(Vec<Order>);

    impl Outlets for Kept {
        fn hand(&mut self, _: &PendingEffect, order: Order) -> Result<(), Refused> {
            self.0.push(order);
            Ok(())
        }

        fn respond(&mut self, _: &RequestId, _: &Response) {}
    }

    #[test]
    fn the_voice_gets_what_is_pronounced_and_the_ledger_what_is_written() {
        let mut plan = Plan { language: Language::En, ..Plan::empty() };
        plan.voice.say_as.insert("metoprolol".to_owned(), "meto prolol".to_owned());
        let mut performer = Performer::new(&Arc::new(plan), Skills::built_in(), Kept::default());
        let what = Slot::Words("50 mg metoprolol".to_owned());
        let reply = Reply::new(key::REMIND).with("what", what);
        let effect = Effect::Say { reply, urgency: Urgency::Alarm };
        let id = EffectId { epoch: 1, counter: 1 };
        performer.perform(&PendingEffect { id, attempt: 1, effect }, &Home::new(), 0);
        let [Order::Say { text, spoken, manner, .. }] = &performer.outlets().0[..] else {
            panic!("one order to speak")
        };
        assert!(text.contains("50 mg metoprolol"), "{text}");
        assert_eq!(*spoken, text.replace("50 mg metoprolol", "fifty milligrams meto prolol"));
        assert_eq!(manner.volume_percent, 100);
    }
}
