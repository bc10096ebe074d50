//! What a page may show to whom. The core filters here; the portal only draws.

use crate::activity::{Household, Whereabouts};
use crate::catalogue::key;
use crate::event::Trouble;
use crate::home::Home;
use crate::incident::{Cause, Incident, IncidentId, Stage};
use crate::intent::Expectation;
use crate::ledger::{Fact, LedgerEntry};
use crate::plan::Grant;
use crate::reply::Reply;
use crate::request::{Actor, DeviceView, View};

/// Ledger lines on a page.
const LINES: usize = 100;

/// A trouble as the caretaker reads it, for the ledger's page.
pub fn trouble_line(trouble: &Trouble) -> Reply {
    crate::incident::technical::trouble_line(trouble)
}

impl Home {
    /// The home as this person may see it now.
    pub fn view(&self, viewer: &Actor) -> View {
        let sight = self.sight(viewer);
        let incidents: Vec<Incident> = self
            .state
            .incidents
            .iter()
            .rev()
            .filter(|incident| sight.incident(incident))
            .cloned()
            .collect();
        let ledger: Vec<LedgerEntry> = self
            .state
            .ledger
            .recent()
            .filter(|entry| sight.entry(entry, &incidents))
            .filter(|entry| *viewer == Actor::Resident || !self.is_private(&entry.fact))
            .take(LINES)
            .cloned()
            .collect();
        View {
            headline: sight.alarms.then(|| self.headline(&sight)),
            cannot: if sight.house { self.what_it_cannot() } else { Vec::new() },
            proved: if sight.house { self.proof_line() } else { None },
            incidents,
            ledger,
            devices: if sight.house { self.device_views() } else { Vec::new() },
        }
    }

    /// A sentence about a measurement or an appointment: neither what was to be said nor how it was
    /// said is for anybody else. What nobody can tell any more is private as well.
    fn is_private(&self, fact: &Fact) -> bool {
        if let Fact::Say { reply, .. } = fact {
            return reply.is_private();
        }
        let Fact::Spoken { effect, .. } = fact else { return false };
        let meant = self.state.ledger.recent().find_map(|entry| {
            let Fact::Say { effect: known, reply } = &entry.fact else { return None };
            (known == effect).then(|| reply.is_private())
        });
        meant.unwrap_or(true)
    }

    /// What happened, where and since when: a page says it in the words of the message.
    pub fn about_alarm(&self, incident: &Incident) -> Vec<Reply> {
        self.alarm_lines(incident)
    }

    /// What the resident's face shows: the open question, if any.
    pub fn question(&self) -> Option<Expectation> {
        self.state.talk.topic().map(|_| self.expectation())
    }

    /// Whether an incident about the resident is open.
    pub fn has_alarm(&self) -> bool {
        self.alarm().is_some()
    }

    /// The alarm that the open question is about; `None`: it is about something else.
    pub fn asked_about(&self) -> Option<IncidentId> {
        self.state.talk.topic()?.incident()
    }

    pub fn listening(&self) -> crate::effect::Listening {
        self.state.talk.listening()
    }

    fn sight(&self, viewer: &Actor) -> Sight {
        match viewer {
            Actor::Resident | Actor::Installer => {
                Sight { alarms: true, house: true, own_messages: None }
            }
            Actor::Contact(id) => {
                let grants = self.state.plan.circle.get(id).map(|contact| contact.grants);
                let grants = grants.unwrap_or_default();
                Sight {
                    alarms: grants.alarms == Grant::Given,
                    house: grants.ledger == Grant::Given,
                    own_messages: Some(id.clone()),
                }
            }
        }
    }

    /// How things are, in one sentence.
    fn headline(&self, sight: &Sight) -> Reply {
        let name = self.state.plan.resident_name().to_owned();
        match self.alarm().map(|alarm| &alarm.stage) {
            Some(Stage::Asking { .. } | Stage::Recheck) => {
                Reply::new(key::NOW_ASKING).name("name", name)
            }
            Some(Stage::Escalating { .. } | Stage::Closed(_)) => {
                Reply::new(key::NOW_ALARM).name("name", name)
            }
            Some(Stage::Held { by, .. }) => {
                Reply::new(key::NOW_HELD).name("contact", self.contact_name(by))
            }
            Some(Stage::Attended { by, .. }) => {
                Reply::new(key::NOW_ATTENDED).name("contact", self.contact_name(by))
            }
            None if sight.house && self.is_perhaps_out() => {
                Reply::new(key::NOW_AWAY).name("name", name)
            }
            None => Reply::new(key::NOW_QUIET).name("name", name),
        }
    }

    fn is_perhaps_out(&self) -> bool {
        let activity = &self.state.activity;
        activity.whereabouts == Whereabouts::PerhapsOut || activity.household == Household::Away
    }

    fn what_it_cannot(&self) -> Vec<Reply> {
        self.state
            .incidents
            .iter()
            .filter(|incident| incident.is_open())
            .filter_map(|incident| match &incident.cause {
                Cause::Technical(trouble) => {
                    Some(crate::incident::technical::trouble_line(trouble))
                }
                Cause::Blind { device } => Some(
                    Reply::new(key::TECH_BLIND)
                        .name("device", self.device_name(device))
                        .name("room", self.room_name(device)),
                ),
                Cause::Button { .. }
                | Cause::Cry
                | Cause::Fall { .. }
                | Cause::CheckIn
                | Cause::Inactivity { .. } => None,
            })
            .collect()
    }

    fn device_views(&self) -> Vec<DeviceView> {
        self.state
            .plan
            .devices
            .iter()
            .map(|(id, device)| DeviceView {
                device: id.clone(),
                name: device.name.clone(),
                room: device.room.clone(),
                readings: self
                    .state
                    .activity
                    .devices
                    .get(id)
                    .map_or_else(Vec::new, crate::activity::DeviceState::readings),
                alive: self.alive(id),
            })
            .collect()
    }
}

/// What a viewer may see.
struct Sight {
    alarms: bool,
    house: bool,
    /// A contact sees their own messages and words, whatever else is granted.
    own_messages: Option<crate::names::ContactId>,
}

impl Sight {
    fn incident(&self, incident: &Incident) -> bool {
        (self.alarms && incident.cause.is_about_the_resident())
            || (self.house && self.own_messages.is_none())
    }

    fn entry(&self, entry: &LedgerEntry, incidents: &[Incident]) -> bool {
        if self.house {
            // The house's day, without what the alarms of the resident would tell.
            return self.own_messages.is_none() || self.alarms || entry.incident.is_none();
        }
        let of_alarm = self.alarms
            && entry.incident.is_some_and(|id| incidents.iter().any(|one| one.id == id));
        let own = match &entry.fact {
            Fact::Notified { contact, .. }
            | Fact::Accepted { contact, .. }
            | Fact::Acknowledged { contact, .. }
            | Fact::NotCounted { contact, .. } => self.own_messages.as_ref() == Some(contact),
            Fact::LookedAt { by: Actor::Contact(contact) } => {
                self.own_messages.as_ref() == Some(contact)
            }
            Fact::Started { .. }
            | Fact::PlanTaken
            | Fact::Opened { .. }
            | Fact::Say { .. }
            | Fact::Spoken { .. }
            | Fact::Answered { .. }
            | Fact::Delivered { .. }
            | Fact::NotSent { .. }
            | Fact::HoldExpired { .. }
            | Fact::Closed { .. }
            | Fact::Switched { .. }
            | Fact::Reminded { .. }
            | Fact::DoseAnswered { .. }
            | Fact::DoseMissed { .. }
            | Fact::Microphone { .. }
            | Fact::Troubled { .. }
            | Fact::SoundProved
            | Fact::ClockJumped { .. }
            | Fact::LookedAt { .. } => false,
        };
        of_alarm || own
    }
}
