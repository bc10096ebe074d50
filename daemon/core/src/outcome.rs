//! What became of an effect, and what follows from it: the next channel, another attempt, a
//! sentence that may now be said because it is so.

use std::time::Duration;

use crate::catalogue::key;
use crate::device::Command;
use crate::effect::{Again, Effect, EffectId, Notification, Outcome, Urgency};
use crate::home::{Home, State};
use crate::incident::{Delivery, Incident, Stage, Told};
use crate::ledger::Fact;
use crate::outbox::Outstanding;
use crate::reply::Reply;
use crate::time::Instant;

/// A sentence or a command that waited longer than this over a restart is no longer true.
const STALE_AFTER: Duration = Duration::from_secs(60);

impl Outstanding {
    /// What of it is wanted when its turn comes again. What is said to be `in` so long is so much
    /// sooner by now, and said only while it is still being asked.
    fn still(&self, incidents: &[Incident], at: Instant) -> Option<Effect> {
        match &self.effect {
            Effect::Say { reply, urgency } if reply.announces() => {
                let mut about = incidents.iter().filter(|one| Some(one.id) == self.incident);
                let asked = about.any(|one| matches!(one.stage, Stage::Asking { .. }));
                let reply = reply.after(at.since(self.since)).filter(|_| asked)?;
                Some(Effect::Say { reply, urgency: *urgency })
            }
            Effect::Say { .. }
            | Effect::Command { .. }
            | Effect::Notify(_)
            | Effect::Listen(_)
            | Effect::Respond { .. } => Some(self.effect.clone()),
        }
    }

    /// After a restart: does nobody want it any more? A message to a person never lapses.
    fn lapses(&self, at: Instant) -> bool {
        match &self.effect {
            Effect::Say { urgency: Urgency::Calm, .. } => true,
            // After a longer gap the home says anew how things stand.
            Effect::Say { urgency: Urgency::Alarm, .. } | Effect::Command { .. } => {
                at.since(self.since) > STALE_AFTER
            }
            // What the microphone should be now is sent anew.
            Effect::Listen(_) | Effect::Respond { .. } => true,
            Effect::Notify(_) => false,
        }
    }
}

impl Home {
    pub(crate) fn retry_due(&mut self) {
        let (at, State { outbox, incidents, .. }) = (self.at, &mut self.state);
        outbox.retry_due(at, |waiting| waiting.still(incidents, at));
    }

    /// After a restart: what has no outcome is done again, or lapses.
    pub(crate) fn resume_effects(&mut self) {
        let (at, State { outbox, incidents, .. }) = (self.at, &mut self.state);
        outbox.resume(|waiting| waiting.still(incidents, at).filter(|_| !waiting.lapses(at)));
    }

    /// An outcome that is not awaited (a repeat, an old one) changes nothing.
    pub(crate) fn conclude(&mut self, id: EffectId, outcome: &Outcome) {
        if matches!(outcome, Outcome::Delivered) {
            self.delivered(id);
            return;
        }
        let Some(done) = self.state.outbox.settle(id) else { return };
        match (&done.effect, outcome) {
            (_, Outcome::Failed { trouble, again }) => {
                self.failed(id, done.clone(), trouble, *again);
            }
            (Effect::Say { reply, .. }, _) if reply.key == key::CHIME => {}
            (Effect::Say { .. }, Outcome::Spoken { text } | Outcome::Interrupted { text }) => {
                self.note(done.incident, Fact::Spoken { effect: id, text: text.clone() });
            }
            (Effect::Notify(message), _) => {
                let contact = message.contact.clone();
                self.note(done.incident, Fact::Accepted { effect: id, contact });
                match done.incident {
                    Some(incident) => self.alarm_delivery(incident, id, Delivery::Sent),
                    None => self.message_sent(id),
                }
            }
            (Effect::Say { .. } | Effect::Command { .. } | Effect::Listen(_), _)
            | (Effect::Respond { .. }, _) => {}
        }
    }

    fn delivered(&mut self, id: EffectId) {
        let told = self.state.incidents.iter().find_map(|incident| {
            let who = incident.told.iter().find(|(_, told)| told.effect == id);
            who.map(|(contact, _)| (incident.id, contact.clone()))
        });
        if let Some((incident, contact)) = told {
            self.note(Some(incident), Fact::Delivered { effect: id, contact });
            self.alarm_delivery(incident, id, Delivery::Delivered);
        }
        self.state.outbox.settle(id);
    }

    fn failed(&mut self, id: EffectId, failed: Outstanding, trouble: &str, again: Again) {
        match failed.effect.clone() {
            Effect::Notify(message) => {
                self.note(
                    failed.incident,
                    Fact::NotSent {
                        effect: id,
                        contact: message.contact.clone(),
                        channel: message.channel,
                        trouble: trouble.to_owned(),
                    },
                );
                self.try_other_channel(id, &failed, &message);
                if again == Again::Later && self.still_wanted(&failed) {
                    let _ = self.state.outbox.retry_later(id, failed, self.at);
                }
            }
            Effect::Say { urgency: Urgency::Alarm, .. } if again == Again::Later => {
                let _ = self.state.outbox.retry_later(id, failed, self.at);
            }
            Effect::Command { device, command } if failed.incident.is_none() => {
                let name = self.device_name(&device);
                let reply = match command {
                    Command::Light(_)
                    | Command::LightRise { .. }
                    | Command::Brightness(_)
                    | Command::BrightnessStep(_)
                    | Command::Colour(_) => Reply::new(key::LIGHT_FAILED).name("light", name),
                    Command::Lock(_) => Reply::new(key::LOCK_FAILED).name("lock", name),
                    Command::Siren(_)
                    | Command::Cover(_)
                    | Command::Switch(_)
                    | Command::Fan(_)
                    | Command::FanSpeed(_)
                    | Command::Target(_) => Reply::new(key::OPERATE_FAILED).name("device", name),
                };
                self.say(reply, Urgency::Calm);
            }
            Effect::Say { .. }
            | Effect::Command { .. }
            | Effect::Listen(_)
            | Effect::Respond { .. } => {}
        }
    }

    /// The first failure of a message about an alarm goes to the person's next channel at once;
    /// with none left they count as not reached.
    fn try_other_channel(&mut self, id: EffectId, failed: &Outstanding, message: &Notification) {
        let Some(incident) = failed.incident else {
            self.message_failed(id);
            return;
        };
        if failed.attempt > 1 || !self.still_wanted(failed) {
            return;
        }
        let channels =
            self.state.plan.circle.get(&message.contact).map(|contact| contact.channels.clone());
        let next = channels.and_then(|channels| {
            let place = channels.iter().position(|channel| *channel == message.channel)?;
            channels.get(place + 1).copied()
        });
        let Some(channel) = next else {
            self.alarm_delivery(incident, id, Delivery::Failed);
            return;
        };
        let effect = self.notify(
            Some(incident),
            &message.contact,
            channel,
            message.title.clone(),
            message.body.clone(),
            &message.taps,
            message.urgency,
        );
        if let Some(open) = self.incident_mut(incident)
            && let Some(told) = open.told.get_mut(&message.contact)
            && told.effect == id
        {
            *told = Told { effect, channel, delivery: Delivery::Sending, answer: told.answer };
        }
    }

    /// A call to a closed alarm need not be tried again; the word that it is closed must.
    fn still_wanted(&self, failed: &Outstanding) -> bool {
        let Effect::Notify(message) = &failed.effect else { return false };
        failed.incident.is_none_or(|id| {
            message.taps.is_empty()
                || self.state.incidents.iter().any(|one| one.id == id && one.is_open())
        })
    }
}
