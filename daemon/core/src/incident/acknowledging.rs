//! What people of the circle say about an alarm: "I go", "I'll phone", "I can't", "I'm there",
//! "done". One holder at a time; the same word twice changes nothing the second time; a word
//! about a closed alarm is answered, never obeyed.

use std::time::Duration;

use jiff::civil::Time;

use crate::activity::Household;
use crate::catalogue::key;
use crate::effect::{Tap, Urgency};
use crate::home::Home;
use crate::incident::{
    Acknowledgement, Closing, Delivery, Finding, Hold, Incident, Reminded, Stage, Told,
    escalation::{ALARM_TAPS, HOLDER_TAPS},
};
use crate::ledger::Fact;
use crate::names::ContactId;
use crate::reply::{Reply, Slot};
use crate::time::Instant;

/// "I go" without a time holds this long.
const COMING_HOLDS: Duration = Duration::from_secs(30 * 60);
/// After the time somebody gave, they have this long before they are asked.
const LATE_BY: Duration = Duration::from_secs(10 * 60);
/// A time further away than this is asked about earlier: an alarm does not wait half a day.
const HOLD_MAX: Duration = Duration::from_secs(3 * 3600);
/// "I'll phone" holds this long.
const PHONING_HOLDS: Duration = Duration::from_secs(10 * 60);

impl Home {
    /// A reply that came back over a channel; what there is to answer goes back the same way.
    pub(crate) fn acknowledge_by_message(&mut self, acknowledgement: &Acknowledgement) {
        let (counted, reply) = self.acknowledge(acknowledgement);
        let taps: &[Tap] = match (counted, acknowledgement.tap) {
            (Counted::Yes, Tap::Go | Tap::Phone | Tap::There) => &HOLDER_TAPS,
            (Counted::Yes, Tap::Cannot | Tap::Done) | (Counted::No, _) => &[],
            // Said before: they have their answer.
            (Counted::Again, _) => return,
        };
        if self.state.plan.circle.contains_key(&acknowledgement.contact) {
            let known = self.state.incidents.iter().any(|one| one.id == acknowledgement.incident);
            if known {
                let contact = &acknowledgement.contact;
                self.update(acknowledgement.incident, contact, vec![reply], taps);
            }
        }
    }

    /// Takes an acknowledgement in; returns whether it counts, and the answer to whoever gave it.
    pub(crate) fn acknowledge(&mut self, given: &Acknowledgement) -> (Counted, Reply) {
        let contact = &given.contact;
        if !self.may_know_alarms(contact) {
            return self.not_counted(given, Reply::new(key::ACK_NOT_ALLOWED));
        }
        let incident = self.state.incidents.iter().find(|one| one.id == given.incident).cloned();
        let Some(incident) = incident else {
            return self.not_counted(given, Reply::new(key::ACK_UNKNOWN));
        };
        if let Stage::Closed(_) = incident.stage {
            let closed = incident.closed_wall.unwrap_or(self.now.wall);
            let time = Slot::Time(closed.to_zoned(self.now.zone.time_zone()).time());
            return match self.closed_by_same(&incident, given) {
                Counted::Again => (Counted::Again, Reply::new(key::ACK_DONE)),
                Counted::Yes | Counted::No => {
                    self.not_counted(given, Reply::new(key::ACK_ALREADY_CLOSED).with("time", time))
                }
            };
        }
        if self.said_before(&incident, given) {
            return (Counted::Again, self.answer_to(given.tap));
        }
        if let Some(holder) = incident.holder().filter(|holder| *holder != contact) {
            // Who is in the home counts, and who closes it counts; a second "I go" does not.
            if matches!(given.tap, Tap::Go | Tap::Phone) {
                let name = self.contact_name(holder);
                let reply = Reply::new(key::ACK_OTHER_HAS_IT).name("contact", name);
                return self.not_counted(given, reply);
            }
        }
        self.note(
            Some(incident.id),
            Fact::Acknowledged { contact: contact.clone(), tap: given.tap },
        );
        self.remember_answer(&incident, given);
        match given.tap {
            Tap::Go => self.hold(&incident, contact, Hold::Coming { at: given.at }),
            Tap::Phone => self.hold(&incident, contact, Hold::Phoning),
            Tap::Cannot => self.refuse(&incident, contact),
            Tap::There => self.arrive(&incident, contact),
            Tap::Done => self.done(&incident, given),
        }
        (Counted::Yes, self.answer_to(given.tap))
    }

    fn hold(&mut self, incident: &Incident, by: &ContactId, how: Hold) {
        let id = incident.id;
        let until = self.hold_until(&how);
        if let Some(open) = self.incident_mut(id) {
            open.stage =
                Stage::Held { by: by.clone(), how: how.clone(), until, reminded: Reminded::NotYet };
            open.deadline = Some(until);
        }
        let said = self.hold_sentence(by, &how);
        self.say_about(Some(id), said, Urgency::Alarm);
        let name = self.contact_name(by);
        let line = match how {
            Hold::Coming { at: Some(at) } => {
                Reply::new(key::UPDATE_COMING_AT).with("at", Slot::Time(at))
            }
            Hold::Coming { at: None } => Reply::new(key::UPDATE_COMING),
            Hold::Phoning => Reply::new(key::UPDATE_PHONING),
        };
        self.update_others(incident, Some(by), &[line.name("contact", name)], &[]);
    }

    fn hold_until(&self, how: &Hold) -> Instant {
        match how {
            Hold::Phoning => self.at + PHONING_HOLDS,
            Hold::Coming { at: None } => self.at + COMING_HOLDS,
            Hold::Coming { at: Some(at) } => {
                (self.next_time(*at) + LATE_BY).min(self.at + HOLD_MAX)
            }
        }
    }

    /// The next moment at which a clock shows `time`. A few minutes ago means just now.
    fn next_time(&self, time: Time) -> Instant {
        let local = self.local();
        let today = local.with().time(time).build();
        let Ok(today) = today else { return self.at };
        let at = self.state.clock.instant_of(today.timestamp());
        if at + LATE_BY >= self.at {
            return at;
        }
        local
            .tomorrow()
            .and_then(|day| day.with().time(time).build())
            .map_or(self.at, |day| self.state.clock.instant_of(day.timestamp()))
    }

    fn refuse(&mut self, incident: &Incident, contact: &ContactId) {
        let id = incident.id;
        let name = self.contact_name(contact);
        if incident.holder() == Some(contact) {
            // Who had it gives it back: the plan goes on at once.
            let line = Reply::new(key::UPDATE_HOLD_EXPIRED).name("contact", name.clone());
            self.update_others(incident, Some(contact), &[line], &ALARM_TAPS);
            self.say_about(
                Some(id),
                Reply::new(key::CANNOT_NEXT).name("contact", name),
                Urgency::Alarm,
            );
            self.escalate_again(id);
        } else if matches!(incident.stage, Stage::Escalating { .. }) {
            self.say_about(
                Some(id),
                Reply::new(key::CANNOT_NEXT).name("contact", name),
                Urgency::Alarm,
            );
            self.go_on_if_step_is_dead(id);
        }
    }

    fn escalate_again(&mut self, id: crate::incident::IncidentId) {
        let at = self.at;
        if let Some(open) = self.incident_mut(id) {
            open.stage = Stage::Escalating { round: 0, step: 0 };
            open.deadline = Some(at);
        }
    }

    fn arrive(&mut self, incident: &Incident, contact: &ContactId) {
        self.attend(incident.id, contact);
        let name = self.contact_name(contact);
        self.say_about(
            Some(incident.id),
            Reply::new(key::THERE).name("contact", name.clone()),
            Urgency::Calm,
        );
        let line = Reply::new(key::UPDATE_THERE).name("contact", name);
        self.update_others(incident, Some(contact), &[line], &[]);
    }

    fn done(&mut self, incident: &Incident, given: &Acknowledgement) {
        let finding = given.finding.unwrap_or(Finding::NotSaid);
        if finding == Finding::ToHospital {
            self.state.activity.household = Household::Hospital;
        }
        self.close(incident.id, Closing::Contact { by: given.contact.clone(), finding });
    }

    fn remember_answer(&mut self, incident: &Incident, given: &Acknowledgement) {
        let Some(channel) = self.first_channel(&given.contact) else { return };
        let Some(open) = self.incident_mut(incident.id) else { return };
        match open.told.get_mut(&given.contact) {
            Some(told) => {
                told.answer = Some(given.tap);
                // Who answers has received it.
                told.delivery = Delivery::Delivered;
            }
            // Heard of it another way (the page, a neighbour): from now on they are told too.
            None => {
                let effect = crate::effect::EffectId { epoch: 0, counter: 0 };
                let told = Told {
                    effect,
                    channel,
                    delivery: Delivery::Delivered,
                    answer: Some(given.tap),
                };
                open.told.insert(given.contact.clone(), told);
            }
        }
    }

    /// Exactly this was their last word already, and it still stands.
    fn said_before(&self, incident: &Incident, given: &Acknowledgement) -> bool {
        let told = incident.told.get(&given.contact);
        let same = told.is_some_and(|told| told.answer == Some(given.tap));
        let stands = match given.tap {
            Tap::Go => matches!(
                &incident.stage,
                Stage::Held { by, how: Hold::Coming { at }, .. }
                    if *by == given.contact && (given.at.is_none() || *at == given.at)
            ),
            Tap::Phone => matches!(
                &incident.stage,
                Stage::Held { by, how: Hold::Phoning, .. } if *by == given.contact
            ),
            Tap::There => {
                incident.holder() == Some(&given.contact)
                    && matches!(incident.stage, Stage::Attended { .. })
            }
            Tap::Cannot => incident.holder() != Some(&given.contact),
            Tap::Done => false,
        };
        same && stands
    }

    fn closed_by_same(&self, incident: &Incident, given: &Acknowledgement) -> Counted {
        let same = matches!(
            &incident.stage,
            Stage::Closed(Closing::Contact { by, .. })
                if *by == given.contact && given.tap == Tap::Done
        );
        if same { Counted::Again } else { Counted::No }
    }

    fn not_counted(&mut self, given: &Acknowledgement, why: Reply) -> (Counted, Reply) {
        let fact = Fact::NotCounted { contact: given.contact.clone(), why: why.clone() };
        let known = self.state.incidents.iter().any(|one| one.id == given.incident);
        self.note(known.then_some(given.incident), fact);
        (Counted::No, why)
    }

    fn answer_to(&self, tap: Tap) -> Reply {
        Reply::new(match tap {
            Tap::Go | Tap::Phone => key::ACK_HELD,
            Tap::Cannot => key::ACK_CANNOT,
            Tap::There => key::ACK_THERE,
            Tap::Done => key::ACK_DONE,
        })
    }
}

/// Whether an acknowledgement changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Yes,
    /// It was said before and holds already.
    Again,
    No,
}
