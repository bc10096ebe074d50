//! When the technique is broken: told to whoever looks after it, by day, and closed when it
//! proves alive. Never the daughter at night, and never silence about blindness.

use std::time::Duration;

use jiff::ToSpan;

use crate::catalogue::key;
use crate::effect::{Tap, Urgency};
use crate::event::{Trouble, TroubleState};
use crate::home::Home;
use crate::incident::{Cause, Closing, Delivery, IncidentId, Stage, Told};
use crate::ledger::Fact;
use crate::names::{ContactId, DeviceId};
use crate::reply::{Reply, Slot};
use crate::time::Instant;

/// A connection that comes back within this time was never a trouble worth a message.
const SETTLES_IN: Duration = Duration::from_secs(5 * 60);
/// A trouble that lasts is mentioned again once a day.
const REMIND_AFTER: Duration = Duration::from_secs(24 * 3600);
/// Open technical incidents; more than this is one dead house, and the newest are only noted.
const OPEN_MAX: usize = 50;

impl Home {
    pub(crate) fn be_troubled(&mut self, trouble: &Trouble, state: TroubleState) {
        self.note(None, Fact::Troubled { trouble: trouble.clone(), state });
        match state {
            TroubleState::Began => {
                self.open_technical(trouble);
                if *trouble == Trouble::Behind {
                    self.ask_for_a_moment();
                }
            }
            TroubleState::Over => {
                self.close_technical(trouble);
                // Another card, perhaps, or another socket.
                if matches!(trouble, Trouble::Deaf | Trouble::Mute | Trouble::TurnedDown) {
                    self.prove_anew();
                }
            }
            TroubleState::Happened => self.mention(trouble),
        }
    }

    /// A broken invariant of ours: told, and on we go.
    pub(crate) fn fault(&mut self, invariant: &str) {
        let trouble = Trouble::Fault { invariant: invariant.to_owned() };
        self.be_troubled(&trouble, TroubleState::Happened);
    }

    /// A driver that lost its other side: nothing behind it is known to be alive.
    pub(crate) fn driver_in_trouble(&self, driver: &str) -> bool {
        self.state.incidents.iter().any(|incident| {
            incident.is_open()
                && matches!(&incident.cause, Cause::Technical(Trouble::Driver { name })
                    if name == driver)
        })
    }

    /// Silence cannot be told from a dead sensor: say so, and tell the caretaker.
    pub(crate) fn be_blind(&mut self, device: &DeviceId) {
        let cause = Cause::Blind { device: device.clone() };
        let known =
            |incident: &&crate::incident::Incident| incident.is_open() && incident.cause == cause;
        if self.state.incidents.iter().find(known).is_some() {
            return;
        }
        let room = self.state.plan.devices.get(device).map(|device| device.room.clone());
        let name = self.room_name(device);
        let id = self.new_incident(cause.clone(), room);
        self.note(Some(id), Fact::Opened { cause });
        let due = self.at.max(self.by_day());
        if let Some(incident) = self.incident_mut(id) {
            incident.deadline = Some(due);
        }
        if due == self.at {
            self.say(Reply::new(key::BLIND).name("room", name), Urgency::Calm);
        }
    }

    /// A device speaks again.
    pub(crate) fn see_again(&mut self, device: &DeviceId) {
        let blind = self.state.incidents.iter().find(|incident| {
            incident.is_open()
                && matches!(&incident.cause, Cause::Blind { device: blind } if blind == device)
        });
        if let Some(id) = blind.map(|incident| incident.id) {
            self.close_alive(id);
        }
    }

    /// The deadline of a technical incident: tell the caretaker, once a day while it lasts.
    pub(crate) fn remind_caretaker(&mut self, id: IncidentId) {
        let day = self.by_day();
        if day > self.at {
            if let Some(incident) = self.incident_mut(id) {
                incident.deadline = Some(day);
            }
            return;
        }
        let due = self.at + REMIND_AFTER;
        let Some(incident) = self.incident_mut(id) else { return };
        incident.deadline = Some(due);
        let line = match incident.cause.clone() {
            Cause::Technical(trouble) => trouble_line(&trouble),
            Cause::Blind { device } => {
                let room = self.room_name(&device);
                let name = self.device_name(&device);
                Reply::new(key::TECH_BLIND).name("device", name).name("room", room)
            }
            Cause::Button { .. }
            | Cause::Cry
            | Cause::Fall { .. }
            | Cause::CheckIn
            | Cause::Inactivity { .. } => return,
        };
        self.tell_caretakers(Some(id), line);
    }

    fn open_technical(&mut self, trouble: &Trouble) {
        let cause = Cause::Technical(trouble.clone());
        let open = self.state.incidents.iter().filter(|incident| incident.is_open());
        if open.clone().any(|incident| incident.cause == cause)
            || open.filter(|incident| !incident.is_alarm()).count() >= OPEN_MAX
        {
            return;
        }
        let id = self.new_incident(cause.clone(), None);
        self.note(Some(id), Fact::Opened { cause });
        let due = self.at + SETTLES_IN;
        if let Some(incident) = self.incident_mut(id) {
            incident.deadline = Some(due);
        }
    }

    fn close_technical(&mut self, trouble: &Trouble) {
        let cause = Cause::Technical(trouble.clone());
        let open = self.state.incidents.iter().find(|one| one.is_open() && one.cause == cause);
        if let Some(id) = open.map(|incident| incident.id) {
            self.close_alive(id);
        }
    }

    fn close_alive(&mut self, id: IncidentId) {
        let Some(incident) = self.state.incidents.iter().find(|one| one.id == id).cloned() else {
            return;
        };
        self.close(id, Closing::Alive);
        // Only who heard of the trouble hears that it is over.
        if incident.told.is_empty() {
            return;
        }
        let line = match &incident.cause {
            Cause::Blind { device } => {
                Reply::new(key::TECH_ALIVE).name("device", self.device_name(device))
            }
            Cause::Technical(Trouble::Driver { name }) => {
                Reply::new(key::TECH_DRIVER_OVER).name("driver", name.clone())
            }
            Cause::Technical(_)
            | Cause::Button { .. }
            | Cause::Cry
            | Cause::Fall { .. }
            | Cause::CheckIn
            | Cause::Inactivity { .. } => Reply::new(key::TECH_OVER),
        };
        self.tell_caretakers(Some(id), line);
        if let Cause::Blind { device } = &incident.cause {
            let room = self.room_name(device);
            self.say(Reply::new(key::SEES_AGAIN).name("room", room), Urgency::Calm);
        }
    }

    /// It happened and is past: what a person must know is said or sent, the rest is noted.
    fn mention(&mut self, trouble: &Trouble) {
        match trouble {
            Trouble::JournalCut { records } => {
                // Where nothing is known to be lost it is no matter of the resident's.
                if *records > 0 {
                    self.say(Reply::new(key::JOURNAL_CUT), Urgency::Calm);
                }
                self.tell_caretakers(None, trouble_line(trouble));
            }
            Trouble::PlanRefused => {
                self.say(Reply::new(key::PLAN_REFUSED), Urgency::Calm);
            }
            Trouble::ReplayDiffers | Trouble::Fault { .. } => {
                self.tell_caretakers(None, trouble_line(trouble));
            }
            Trouble::Driver { .. }
            | Trouble::DiskFull
            | Trouble::Deaf
            | Trouble::Mute
            | Trouble::Inaudible
            | Trouble::Behind
            | Trouble::TurnedDown
            | Trouble::Clipping
            | Trouble::Unheard { .. }
            | Trouble::SkillRefused { .. }
            | Trouble::Nonsense { .. }
            | Trouble::Stranger => {}
        }
    }

    fn tell_caretakers(&mut self, id: Option<IncidentId>, line: Reply) {
        let caretakers: Vec<ContactId> = self
            .state
            .plan
            .circle
            .iter()
            .filter(|(_, contact)| contact.caretaker)
            .map(|(id, _)| id.clone())
            .collect();
        for contact in caretakers {
            let Some(channel) = self.first_channel(&contact) else { continue };
            let title =
                Reply::new(key::TITLE_TECHNICAL).name("name", self.state.plan.resident_name());
            let body = vec![line.clone()];
            let no_taps: [Tap; 0] = [];
            let effect = self.notify(id, &contact, channel, title, body, &no_taps, Urgency::Calm);
            let told = Told { effect, channel, delivery: Delivery::Sending, answer: None };
            if let Some(incident) = id.and_then(|id| self.incident_mut(id))
                && !matches!(incident.stage, Stage::Closed(_))
            {
                incident.told.insert(contact, told);
            }
        }
    }

    /// Now, or when the quiet hours end.
    fn by_day(&self) -> Instant {
        let hours = self.state.plan.quiet_hours;
        let local = self.local();
        if hours.from == hours.until || !hours.contains(local.time()) {
            return self.at;
        }
        let today = local.with().time(hours.until).build().ok();
        let end = today
            .filter(|end| *end > local)
            .or_else(|| local.checked_add(1.day()).ok()?.with().time(hours.until).build().ok());
        end.map_or(self.at, |end| self.state.clock.instant_of(end.timestamp()))
    }

    pub(crate) fn device_name(&self, device: &DeviceId) -> String {
        self.state
            .plan
            .devices
            .get(device)
            .map_or_else(|| device.as_str().to_owned(), |known| known.name.clone())
    }

    pub(crate) fn room_name(&self, device: &DeviceId) -> String {
        self.state
            .plan
            .devices
            .get(device)
            .and_then(|known| self.state.plan.rooms.get(&known.room))
            .map_or_else(|| self.device_name(device), |room| room.name.clone())
    }
}

/// What the caretaker reads.
pub(crate) fn trouble_line(trouble: &Trouble) -> Reply {
    match trouble {
        Trouble::Driver { name } => Reply::new(key::TECH_DRIVER).name("driver", name.clone()),
        Trouble::JournalCut { records: 0 } => Reply::new(key::TECH_JOURNAL_SAVED),
        Trouble::JournalCut { records } => {
            let count = i64::try_from(*records).unwrap_or(i64::MAX);
            Reply::new(key::TECH_JOURNAL_CUT).with("count", Slot::Number(count))
        }
        Trouble::DiskFull => Reply::new(key::TECH_DISK_FULL),
        Trouble::Deaf => Reply::new(key::TECH_DEAF),
        Trouble::Mute => Reply::new(key::TECH_MUTE),
        Trouble::Inaudible => Reply::new(key::TECH_INAUDIBLE),
        Trouble::Behind => Reply::new(key::TECH_BEHIND),
        Trouble::TurnedDown => Reply::new(key::TECH_TURNED_DOWN),
        Trouble::Clipping => Reply::new(key::TECH_CLIPPING),
        Trouble::Unheard { turns } => {
            let count = i64::try_from(*turns).unwrap_or(i64::MAX);
            Reply::new(key::TECH_UNHEARD).with("count", Slot::Number(count))
        }
        Trouble::PlanRefused => Reply::new(key::TECH_PLAN_REFUSED),
        Trouble::SkillRefused { name } => {
            Reply::new(key::TECH_SKILL_REFUSED).name("skill", name.clone())
        }
        Trouble::ReplayDiffers => Reply::new(key::TECH_REPLAY_DIFFERS),
        Trouble::Nonsense { driver, count } => {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            Reply::new(key::TECH_NONSENSE)
                .name("driver", driver.clone())
                .with("count", Slot::Number(count))
        }
        Trouble::Stranger => Reply::new(key::TECH_STRANGER),
        Trouble::Fault { .. } => Reply::new(key::TECH_FAULT),
    }
}
