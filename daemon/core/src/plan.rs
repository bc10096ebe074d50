//! The plan of a home: what `home.toml` says, checked. Every name that refers to something
//! refers to something that exists; the daemon's config reader guarantees it and shows the span
//! of what does not.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::device::{Capability, Command, Opening, Power};
use crate::names::{CalendarId, ContactId, DeviceId, ReminderId, RoomId, SceneId};
use crate::time::{Weekday, Zone};

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    Nl,
    En,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What the companion is called.
    pub companion: String,
    pub language: Language,
    pub zone: Zone,
    pub residents: Vec<Resident>,
    pub rooms: BTreeMap<RoomId, Room>,
    pub devices: BTreeMap<DeviceId, Device>,
    pub circle: BTreeMap<ContactId, Contact>,
    pub escalation: EscalationPlan,
    pub automations: Vec<Automation>,
    #[serde(default)]
    pub scenes: BTreeMap<SceneId, Scene>,
    pub watch: Watch,
    pub check_in: Option<CheckIn>,
    pub reminders: BTreeMap<ReminderId, Reminder>,
    /// Calendars elsewhere that the resident chose.
    #[serde(default)]
    pub calendars: BTreeMap<CalendarId, Calendar>,
    /// When nothing calm is said aloud and no good news is sent.
    pub quiet_hours: Hours,
    /// The skills that are on, by folder name.
    pub skills: Vec<String>,
    /// The friendly hour by which loudspeaker and microphone are proved; `None`:
    /// never, because this microphone takes its own loudspeaker out of what it hears.
    #[serde(default)]
    pub prove_sound_at: Option<Time>,
    /// How it speaks.
    #[serde(default)]
    pub voice: Voice,
}

impl Plan {
    /// A home before its plan was read: no devices, nobody to reach.
    pub fn empty() -> Self {
        Self {
            companion: String::new(),
            language: Language::default(),
            zone: Zone::utc(),
            residents: Vec::new(),
            rooms: BTreeMap::new(),
            devices: BTreeMap::new(),
            circle: BTreeMap::new(),
            escalation: EscalationPlan { steps: Vec::new(), again_after: Duration::from_secs(300) },
            automations: Vec::new(),
            scenes: BTreeMap::new(),
            watch: Watch {
                inactivity: None,
                silent_after: Duration::from_secs(25 * 3600),
                alone: Alone::CannotTell,
            },
            check_in: None,
            reminders: BTreeMap::new(),
            calendars: BTreeMap::new(),
            quiet_hours: Hours {
                from: Time::constant(22, 30, 0, 0),
                until: Time::constant(7, 30, 0, 0),
            },
            skills: Vec::new(),
            prove_sound_at: None,
            voice: Voice::default(),
        }
    }

    /// How the first resident wants to be called.
    pub fn resident_name(&self) -> &str {
        self.residents.first().map_or("", |resident| resident.name.as_str())
    }

    /// How the house speaks of the first resident without the name.
    pub fn resident_address(&self) -> &str {
        self.residents.first().map_or("", |resident| resident.address.as_str())
    }

    pub fn devices_with(&self, capability: Capability) -> impl Iterator<Item = &DeviceId> {
        self.devices
            .iter()
            .filter(move |(_, device)| device.capabilities.contains(&capability))
            .map(|(id, _)| id)
    }
}

/// How it speaks; the resident's "louder" and "slower" go from here. Night is the quiet hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Voice {
    /// How loud a calm sentence is by day, 1 to 100. An alarm is always 100.
    pub day_percent: u8,
    pub night_percent: u8,
    /// Louder or softer by so many steps of 3 dB while the resident was last noticed there.
    pub room_steps: BTreeMap<RoomId, i8>,
    /// How a name or word is pronounced, by how it is written.
    pub say_as: BTreeMap<String, String>,
}

impl Default for Voice {
    /// Half of what the card can leaves two steps of "louder" by day.
    fn default() -> Self {
        Self {
            day_percent: 50,
            night_percent: 35,
            room_steps: BTreeMap::new(),
            say_as: BTreeMap::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resident {
    /// As they want to be called: "mevrouw De Wit", "Riet".
    pub name: String,
    /// As the house speaks of them to others, without the name: "mevrouw".
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Room {
    /// In the resident's own words.
    pub name: String,
    pub aliases: Vec<String>,
    /// What the floor that it is on is called.
    #[serde(default)]
    pub floor: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Device {
    pub name: String,
    pub aliases: Vec<String>,
    pub room: RoomId,
    pub capabilities: Vec<Capability>,
    /// The driver it hangs on: while that driver is in trouble, the device is not known to live.
    pub driver: String,
    /// A door to the outside: after it opens, silence inside may mean "gone out".
    pub way_out: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub name: String,
    pub aliases: Vec<String>,
    #[serde(default)]
    pub pronoun: Pronoun,
    pub language: Language,
    /// In the order in which they are tried.
    pub channels: Vec<Channel>,
    /// When this person can be reached for an alarm.
    pub hours: Hours,
    /// What the resident lets this person know.
    pub grants: Grants,
    /// Looks after the technique: batteries, radio, software.
    pub caretaker: bool,
}

/// How a sentence refers to a person after the name was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pronoun {
    She,
    He,
    /// Not said: the sentence is built without a pronoun.
    #[default]
    They,
}

/// A way to a person. The address and its secrets are the driver's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Ntfy,
    Mail,
    /// A person of the simulated house.
    Simulated,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    pub alarms: Grant,
    pub good_news: Grant,
    /// May read what the house did today.
    pub ledger: Grant,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    Given,
    #[default]
    Withheld,
}

/// Part of every day, local time. `from` later than `until` runs over midnight; equal is the
/// whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub from: Time,
    pub until: Time,
}

impl Hours {
    pub const ALWAYS: Self = Self { from: Time::midnight(), until: Time::midnight() };

    pub fn contains(&self, time: Time) -> bool {
        if self.from == self.until {
            return true;
        }
        if self.from < self.until {
            self.from <= time && time < self.until
        } else {
            time >= self.from || time < self.until
        }
    }
}

/// Who is reached in which order. Empty steps are a valid plan: nobody is reached, and it says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EscalationPlan {
    pub steps: Vec<Step>,
    /// From the last step's wait to the first step again.
    pub again_after: Duration,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub contacts: Vec<ContactId>,
    /// How long these people have before the next step.
    pub wait: Duration,
}

/// "When the hall moves, the hall light goes on, and off ten minutes after."
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Automation {
    pub when: Trigger,
    pub lights: Vec<DeviceId>,
    pub power: Power,
    /// Only in these hours.
    pub hours: Hours,
    /// Undone this long after the trigger's last reading.
    pub undo_after: Option<Duration>,
}

/// What the household set together under one name: "naar bed".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    pub name: String,
    pub aliases: Vec<String>,
    /// In this order; each device can do what it is told, and nothing is unlocked.
    pub sets: Vec<(DeviceId, Command)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    Opening { device: DeviceId, is: Opening },
    Motion { device: DeviceId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    pub inactivity: Option<Inactivity>,
    /// A device that has said nothing for this long is not known to be alive.
    pub silent_after: Duration,
    /// The resident is the only one whose movement is seen; with company or a cat that trips
    /// sensors, inactivity is "I cannot tell".
    pub alone: Alone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alone {
    Surely,
    CannotTell,
}

/// The plain rule: no sign of life for `after` while at home, counted within `hours`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inactivity {
    pub after: Duration,
    pub hours: Hours,
}

/// A friendly question at a time the resident chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckIn {
    pub at: Time,
}

/// A calendar elsewhere. Its address and password are the driver's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// In the resident's own words: "de agenda van Anna".
    pub name: String,
    /// Who can change what stands in it.
    pub kept_by: Option<String>,
    /// When it was last read longer ago than this, that is said.
    pub stale_after: Duration,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reminder {
    /// As it is said: "uw pillen".
    pub what: String,
    pub at: Time,
    /// Empty: every day.
    pub days: Vec<Weekday>,
    pub kind: ReminderKind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderKind {
    /// Said once.
    Plain,
    /// Offered twice at most, never after `latest`; what the resident answers is kept.
    Dose { latest: Time },
}
