//! What the devices said last, and what that says about where the resident is. Signs of life are
//! collected here; what their absence means is decided in [`crate::watch`].

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::device::{
    Bolt, Capability, Celsius, Link, Motion, Observation, Opening, Percent, Power, Press, Reading,
};
use crate::home::Home;
use crate::names::{DeviceId, RoomId};
use crate::request::Alive;
use crate::time::Instant;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Activity {
    pub(crate) devices: BTreeMap<DeviceId, DeviceState>,
    pub(crate) last_sign: Option<SignOfLife>,
    /// The last movement or opening inside, whoever made it.
    pub(crate) moved_at: Option<Instant>,
    pub(crate) whereabouts: Whereabouts,
    /// When the door to the outside last opened: from then on somebody else may be in.
    pub(crate) way_out_opened: Option<Instant>,
    pub(crate) household: Household,
}

/// The last readings of one device, at most one of each kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeviceState {
    pub(crate) last_seen: Option<Instant>,
    pub(crate) opening: Option<Opening>,
    pub(crate) motion: Option<Motion>,
    pub(crate) light: Option<Power>,
    #[serde(default)]
    pub(crate) cover: Option<Percent>,
    #[serde(default)]
    pub(crate) lock: Option<Bolt>,
    #[serde(default)]
    pub(crate) switch: Option<Power>,
    #[serde(default)]
    pub(crate) fan: Option<Power>,
    #[serde(default)]
    pub(crate) temperature: Option<Celsius>,
    /// What a thermostat says that it is set to.
    #[serde(default)]
    pub(crate) setting: Option<Celsius>,
    pub(crate) battery_percent: Option<u8>,
    pub(crate) link: Option<Link>,
}

/// Something that only a living person does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SignOfLife {
    pub(crate) at: Instant,
    pub(crate) wall: jiff::Timestamp,
    pub(crate) room: Option<RoomId>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Whereabouts {
    #[default]
    Unknown,
    Home,
    /// The door to the outside was the last that was heard.
    PerhapsOut,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Household {
    #[default]
    Living,
    /// Closed as "to hospital": nobody is watched or reminded until the resident is heard again.
    Hospital,
    /// As the resident said, until they are noticed again ([`crate::stay`]).
    Away,
}

impl DeviceState {
    /// Takes over the reading; says whether it changed anything.
    fn take(&mut self, reading: Reading, at: Instant) -> Change {
        if !matches!(reading, Reading::Link(Link::Offline)) {
            self.last_seen = Some(at);
            // A device that speaks is online, whatever was said about it before.
            if self.link.is_some() {
                self.link = Some(Link::Online);
            }
        }
        fn put<T: PartialEq>(place: &mut Option<T>, value: T) -> Change {
            let change = if place.as_ref() == Some(&value) { Change::None } else { Change::New };
            *place = Some(value);
            change
        }
        match reading {
            // The first word of a door that is closed tells how it stands, not that it moved.
            Reading::Opening(Opening::Closed) if self.opening.is_none() => {
                self.opening = Some(Opening::Closed);
                Change::None
            }
            Reading::Opening(opening) => put(&mut self.opening, opening),
            Reading::Motion(motion) => put(&mut self.motion, motion),
            Reading::Light(power) => put(&mut self.light, power),
            Reading::Cover(open) => put(&mut self.cover, open),
            Reading::Lock(bolt) => put(&mut self.lock, bolt),
            Reading::Switch(power) => put(&mut self.switch, power),
            Reading::Fan(power) => put(&mut self.fan, power),
            Reading::Temperature(celsius) => put(&mut self.temperature, celsius),
            Reading::Target(celsius) => put(&mut self.setting, celsius),
            Reading::BatteryPercent(percent) => put(&mut self.battery_percent, percent),
            Reading::Link(link) => put(&mut self.link, link),
            Reading::Button(_) | Reading::Fall => Change::New,
        }
    }

    /// Heard within that time, and not gone since.
    fn is_heard(&self, at: Instant, silent_after: Duration) -> bool {
        self.link != Some(Link::Offline)
            && self.last_seen.is_some_and(|seen| at.since(seen) <= silent_after)
    }

    pub(crate) fn readings(&self) -> Vec<Reading> {
        [
            self.opening.map(Reading::Opening),
            self.motion.map(Reading::Motion),
            self.light.map(Reading::Light),
            self.cover.map(Reading::Cover),
            self.lock.map(Reading::Lock),
            self.switch.map(Reading::Switch),
            self.fan.map(Reading::Fan),
            self.temperature.map(Reading::Temperature),
            self.setting.map(Reading::Target),
            self.battery_percent.map(Reading::BatteryPercent),
            self.link.map(Reading::Link),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    New,
    None,
}

impl Home {
    /// Takes in a reading. One from a device that is not in the plan is not believed.
    pub(crate) fn observe(&mut self, observation: &Observation) {
        let Observation { device, reading } = observation;
        let plan = std::sync::Arc::clone(&self.state.plan);
        let Some(known) = plan.devices.get(device) else { return };
        let (at, silent_after) = (self.at, plan.watch.silent_after);
        let state = self.state.activity.devices.entry(device.clone()).or_default();
        let before = state.is_heard(at, silent_after);
        let change = state.take(*reading, at);
        if !before && state.is_heard(at, silent_after) && self.alive(device) == Alive::Proven {
            self.see_again(device);
        }
        match reading {
            Reading::Opening(opening) => {
                if change == Change::New {
                    self.sign_of_life(Some(known.room.clone()));
                    if known.way_out {
                        self.pass_way_out(*opening);
                    } else {
                        self.move_inside();
                    }
                    self.trigger_opening(device, *opening);
                }
            }
            Reading::Motion(Motion::Detected) => {
                self.sign_of_life(Some(known.room.clone()));
                self.move_inside();
                self.trigger_motion(device);
            }
            // A sensor that calms down is not a person who moves.
            Reading::Motion(Motion::Clear) => {}
            Reading::Light(power) => self.light_reports(device, *power),
            Reading::Button(press) => {
                self.sign_of_life(Some(known.room.clone()));
                self.notice_at_home(None);
                match press {
                    Press::Short => self.press_help(device, &known.room),
                    Press::Long => self.hold_button(),
                }
            }
            Reading::Fall => self.suspect_fall(device),
            // What a thing of the house does is no sign of life: a timer moves curtains, too.
            Reading::Cover(_)
            | Reading::Lock(_)
            | Reading::Switch(_)
            | Reading::Fan(_)
            | Reading::Temperature(_)
            | Reading::Target(_)
            | Reading::BatteryPercent(_)
            | Reading::Link(_) => {}
        }
    }

    pub(crate) fn sign_of_life(&mut self, room: Option<RoomId>) {
        let sign = SignOfLife { at: self.at, wall: self.now.wall, room };
        self.state.activity.last_sign = Some(sign);
        self.look_at_silence_again();
    }

    /// The room in which the resident was last noticed.
    pub(crate) fn last_room(&self) -> Option<&RoomId> {
        self.state.activity.last_sign.as_ref().and_then(|sign| sign.room.as_ref())
    }

    pub(crate) fn moved_since(&self, since: Instant) -> bool {
        self.state.activity.moved_at.is_some_and(|moved| moved > since)
    }

    /// Proven alive: heard within the time the plan allows, and nothing on its way is broken.
    pub(crate) fn alive(&self, device: &DeviceId) -> Alive {
        let silent_after = self.state.plan.watch.silent_after;
        let known = self.state.activity.devices.get(device);
        let heard = known.is_some_and(|state| state.is_heard(self.at, silent_after));
        let reachable = self
            .state
            .plan
            .devices
            .get(device)
            .is_some_and(|known| !self.driver_in_trouble(&known.driver));
        if heard && reachable { Alive::Proven } else { Alive::Unknown }
    }

    /// Nobody else can be in: no door to the outside opened in the last day. ("Visitors" end
    /// within a day, because nobody tells a device that they have gone.)
    pub(crate) fn surely_alone(&self) -> bool {
        let visitors_end = Duration::from_secs(24 * 3600);
        self.state.plan.residents.len() == 1
            && self
                .state
                .activity
                .way_out_opened
                .is_none_or(|opened| self.at.since(opened) > visitors_end)
            && self.state.plan.devices_with(Capability::Opening).any(|id| {
                self.state.plan.devices.get(id).is_some_and(|device| device.way_out)
                    && self.alive(id) == Alive::Proven
            })
    }

    /// A changed plan may have fewer devices; what is gone says nothing any more.
    pub(crate) fn forget_devices_gone(&mut self) {
        let plan = std::sync::Arc::clone(&self.state.plan);
        self.state.activity.devices.retain(|id, _| plan.devices.contains_key(id));
        self.state.lights.retain(|id| plan.devices.contains_key(id));
        self.state.operated.retain(|id| plan.devices.contains_key(id));
    }

    fn move_inside(&mut self) {
        self.state.activity.moved_at = Some(self.at);
        self.state.activity.whereabouts = Whereabouts::Home;
        self.movement_answers();
    }

    fn pass_way_out(&mut self, opening: Opening) {
        self.state.activity.whereabouts = Whereabouts::PerhapsOut;
        if opening == Opening::Open {
            self.state.activity.way_out_opened = Some(self.at);
        } else {
            self.door_asks();
        }
    }
}
