//! The things of the house, operated by voice: which are meant, what each can do of what was
//! asked, and what is said. What gives way to a stranger is asked back first, and is never done
//! without a clear yes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::device::{Bolt, Capability, Celsius, Command, Move, Power, Step};
use crate::effect::Urgency;
use crate::home::Home;
use crate::intent::{Act, Target};
use crate::ledger::Fact;
use crate::names::{DeviceId, RoomId};
use crate::question::Topic;
use crate::reply::{Reply, Slot};
use crate::time::Instant;

/// "It" and "the other one" mean what was operated so long ago at most.
const LAST_MEANS: Duration = Duration::from_secs(10 * 60);
/// More things than this are said as a number: nobody remembers a longer list.
const NAMES_SAID_MAX: usize = 3;
/// "Warmer" is a degree: less is not felt, more costs a night's gas.
const WARMTH_STEP_TENTHS: i32 = 10;
/// What a thermostat is set to, in degrees: those of a home stop there themselves.
const DEGREES: std::ops::RangeInclusive<u8> = 5..=30;

/// What was operated, for "it" and for questions. Survives a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Operated {
    last: Option<Last>,
    /// What each was last told, by voice or in a scene.
    pub(crate) told: BTreeMap<DeviceId, Command>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Last {
    devices: Vec<DeviceId>,
    act: Act,
    at: Instant,
}

impl Operated {
    pub(crate) fn retain(&mut self, keep: impl Fn(&DeviceId) -> bool) {
        self.told.retain(|id, _| keep(id));
        self.last.take_if(|last| !last.devices.iter().all(&keep));
    }
}

impl Home {
    /// "Turn on the kitchen light": done, and said. What opens the house is asked first.
    pub(crate) fn operate_by_voice(&mut self, what: &Target, act: Act) {
        let meant = self.meant(what);
        let able: Vec<_> = meant.iter().filter(|id| self.command(id, act).is_some()).collect();
        let able: Vec<DeviceId> = able.into_iter().cloned().collect();
        if able.is_empty() {
            let reply = self.cannot(what, &meant, act);
            self.say(reply, Urgency::Calm);
        } else if !able.iter().any(|id| self.gives_way(id, act)) {
            self.operate(what, &able, act);
        } else if let [device] = &able[..] {
            self.pose(Topic::GiveWay { device: device.clone(), act });
        } else {
            self.ask_which(&able);
        }
    }

    /// The answer was a clear yes.
    pub(crate) fn give_way(&mut self, device: &DeviceId, act: Act) {
        self.operate(&Target::Device(device.clone()), std::slice::from_ref(device), act);
    }

    /// "No, the other one": the last is put back where that harms nothing, its neighbour does it.
    pub(crate) fn operate_other(&mut self) {
        let Some(last) = self.last_operated().cloned() else {
            self.say(Reply::new(key::OPERATE_NOTHING_LAST), Urgency::Calm);
            return;
        };
        let others = self.others(&last);
        let [other] = &others[..] else {
            self.ask_which(&others);
            return;
        };
        if let Some(back) = inverse(last.act) {
            for device in &last.devices {
                if let Some(command) = self.command(device, back)
                    && !self.gives_way(device, back)
                {
                    self.tell_device(device, command);
                }
            }
        }
        self.operate_by_voice(&Target::Device(other.clone()), last.act);
    }

    /// What a target stands for now.
    pub(crate) fn meant(&self, what: &Target) -> Vec<DeviceId> {
        let plan = &self.state.plan;
        let in_room = |id: &&DeviceId, room: &RoomId| {
            plan.devices.get(*id).is_some_and(|known| known.room == *room)
        };
        match what {
            Target::Device(id) => {
                plan.devices.contains_key(id).then(|| id.clone()).into_iter().collect()
            }
            Target::Room { room, of } => {
                plan.devices_with(*of).filter(|id| in_room(id, room)).cloned().collect()
            }
            Target::All(of) => plan.devices_with(*of).cloned().collect(),
            Target::Several(ids) => {
                ids.iter().filter(|id| plan.devices.contains_key(*id)).cloned().collect()
            }
            Target::Last => self.last_operated().map_or_else(Vec::new, |last| last.devices.clone()),
        }
    }

    /// A few things by name, more by number.
    pub(crate) fn things(&self, devices: &[DeviceId]) -> Slot {
        if devices.len() <= NAMES_SAID_MAX {
            return Slot::Names(devices.iter().map(|id| self.device_name(id)).collect());
        }
        let count = Slot::Number(i64::try_from(devices.len()).unwrap_or(i64::MAX));
        Slot::Reply(Box::new(Reply::new(key::ALL_OF_THEM).with("count", count)))
    }

    /// Tells a device, and remembers it.
    pub(crate) fn tell_device(&mut self, device: &DeviceId, command: Command) {
        self.switch(device, command, None);
        self.state.operated.told.insert(device.clone(), command);
        self.note(None, Fact::Switched { device: device.clone(), command });
    }

    /// The words in which it is asked whether a stranger may get in.
    pub(crate) fn ask_to_give_way(&self, key: &'static str, device: &DeviceId) -> Reply {
        Reply::new(key).name("device", self.device_name(device))
    }

    fn operate(&mut self, what: &Target, devices: &[DeviceId], act: Act) {
        for device in devices {
            if let Some(command) = self.command(device, act) {
                self.tell_device(device, command);
            }
        }
        self.state.operated.last = Some(Last { devices: devices.to_vec(), act, at: self.at });
        let reply = self.as_done(what, devices, act);
        self.say(reply, Urgency::Calm);
    }

    /// What this device is to be told; `None`: it cannot do that.
    fn command(&self, device: &DeviceId, act: Act) -> Option<Command> {
        let can = |capability| self.can(device, capability);
        match act {
            Act::Switch(power) => [
                (Capability::Light, Command::Light(power)),
                (Capability::Switch, Command::Switch(power)),
                (Capability::Fan, Command::Fan(power)),
            ]
            .into_iter()
            .find_map(|(needs, command)| can(needs).then_some(command)),
            Act::Level(percent) if percent.get() == 0 && can(Capability::Light) => {
                Some(Command::Light(Power::Off))
            }
            // "Set it to twenty-one" is what a thermostat is told, too.
            Act::Level(percent) if can(Capability::Thermostat) => self
                .command(device, Act::Temperature(Celsius::tenths(i32::from(percent.get()) * 10)?)),
            Act::Level(percent) => [
                (Capability::Dimmer, Command::Brightness(percent)),
                (Capability::Cover, Command::Cover(Move::To(percent))),
                (Capability::Fan, Command::FanSpeed(percent)),
            ]
            .into_iter()
            .find_map(|(needs, command)| can(needs).then_some(command)),
            Act::Step(step) if can(Capability::Thermostat) => {
                let by = match step {
                    Step::Up => WARMTH_STEP_TENTHS,
                    Step::Down => -WARMTH_STEP_TENTHS,
                };
                let now = self.setting(device)?;
                let wanted = Celsius::tenths(i32::from(now.in_tenths()) + by)?;
                self.command(device, Act::Temperature(wanted))
            }
            Act::Step(step) => can(Capability::Dimmer).then_some(Command::BrightnessStep(step)),
            Act::Colour(colour) => can(Capability::Colour).then_some(Command::Colour(colour)),
            Act::Move(to) => can(Capability::Cover).then_some(Command::Cover(to)),
            Act::Bolt(bolt) => can(Capability::Lock).then_some(Command::Lock(bolt)),
            Act::Temperature(wanted) => {
                (can(Capability::Thermostat) && in_range(wanted)).then_some(Command::Target(wanted))
            }
        }
    }

    /// Whether it lets somebody in who was outside: a lock that opens, a door or gate to the
    /// outside.
    fn gives_way(&self, device: &DeviceId, act: Act) -> bool {
        let way_out = self.state.plan.devices.get(device).is_some_and(|known| known.way_out);
        match self.command(device, act) {
            Some(Command::Lock(Bolt::Unlocked)) => true,
            Some(Command::Cover(Move::Open | Move::To(_))) => way_out,
            Some(
                Command::Lock(Bolt::Locked)
                | Command::Cover(Move::Close | Move::Stop)
                | Command::Light(_)
                | Command::LightRise { .. }
                | Command::Siren(_)
                | Command::Brightness(_)
                | Command::BrightnessStep(_)
                | Command::Colour(_)
                | Command::Switch(_)
                | Command::Fan(_)
                | Command::FanSpeed(_)
                | Command::Target(_),
            )
            | None => false,
        }
    }

    /// What is said when it was done: that it is being done, never that it is so.
    fn as_done(&self, what: &Target, devices: &[DeviceId], act: Act) -> Reply {
        let percent = |slot, percent: crate::device::Percent| {
            Reply::new(slot).with("percent", Slot::Number(percent.get().into()))
        };
        let first = devices.first().and_then(|device| self.command(device, act));
        let (reply, slot) = match act {
            Act::Switch(Power::On) => (Reply::new(key::LIGHT_ON), "light"),
            Act::Switch(Power::Off) => (Reply::new(key::LIGHT_OFF), "light"),
            Act::Level(level) => match first {
                Some(Command::Light(_)) => (Reply::new(key::LIGHT_OFF), "light"),
                Some(Command::Target(wanted)) => (degrees(key::SETTING_TO, wanted), "device"),
                Some(_) | None => (percent(key::LEVEL_TO, level), "device"),
            },
            Act::Step(step) => match (first, step) {
                (Some(Command::Target(wanted)), _) => (degrees(key::SETTING_TO, wanted), "device"),
                (_, Step::Up) => (Reply::new(key::LIGHT_BRIGHTER), "light"),
                (_, Step::Down) => (Reply::new(key::LIGHT_DIMMER), "light"),
            },
            Act::Colour(_) => (Reply::new(key::LIGHT_COLOUR), "light"),
            Act::Move(Move::Open) => (Reply::new(key::COVER_OPENS), "cover"),
            Act::Move(Move::Close) => (Reply::new(key::COVER_CLOSES), "cover"),
            Act::Move(Move::Stop) => (Reply::new(key::COVER_STOPS), "cover"),
            Act::Move(Move::To(level)) => (percent(key::LEVEL_TO, level), "device"),
            Act::Bolt(Bolt::Locked) => (Reply::new(key::LOCK_LOCKS), "lock"),
            Act::Bolt(Bolt::Unlocked) => (Reply::new(key::LOCK_UNLOCKS), "lock"),
            Act::Temperature(wanted) => (degrees(key::SETTING_TO, wanted), "device"),
        };
        reply.with(slot, self.as_named(what, devices))
    }

    /// Lamps are named as they were asked for: "the kitchen", "all lamps".
    fn as_named(&self, what: &Target, devices: &[DeviceId]) -> Slot {
        match what {
            Target::Room { room, of: Capability::Light } => {
                let known = self.state.plan.rooms.get(room);
                Slot::Name(known.map_or_else(|| room.to_string(), |room| room.name.clone()))
            }
            Target::All(Capability::Light) => Slot::Reply(Box::new(Reply::new(key::ALL_LIGHTS))),
            Target::Device(_)
            | Target::Room { .. }
            | Target::All(_)
            | Target::Several(_)
            | Target::Last => self.things(devices),
        }
    }

    /// Why nothing was done, kindly and as exactly as it is known.
    fn cannot(&self, what: &Target, meant: &[DeviceId], act: Act) -> Reply {
        if meant.is_empty() {
            return match what {
                Target::Last => Reply::new(key::OPERATE_NOTHING_LAST),
                Target::Device(_) | Target::Room { of: Capability::Light, .. } => {
                    Reply::new(key::LIGHT_NONE)
                }
                Target::All(Capability::Light) => Reply::new(key::LIGHT_NONE),
                Target::Room { .. } | Target::All(_) | Target::Several(_) => {
                    Reply::new(key::OPERATE_NONE)
                }
            };
        }
        let any = |capability| meant.iter().any(|id| self.can(id, capability));
        let key = match act {
            Act::Level(_) | Act::Temperature(_) if any(Capability::Thermostat) => {
                return Reply::new(key::SETTING_RANGE)
                    .with("least", Slot::Number((*DEGREES.start()).into()))
                    .with("most", Slot::Number((*DEGREES.end()).into()));
            }
            Act::Step(_) if any(Capability::Thermostat) => key::SETTING_UNKNOWN,
            Act::Level(_) | Act::Step(_) if any(Capability::Light) => key::LIGHT_CANNOT_DIM,
            Act::Colour(_) if any(Capability::Light) => key::LIGHT_CANNOT_COLOUR,
            Act::Switch(_)
            | Act::Level(_)
            | Act::Step(_)
            | Act::Colour(_)
            | Act::Move(_)
            | Act::Bolt(_)
            | Act::Temperature(_) => key::OPERATE_CANNOT,
        };
        Reply::new(key).with("device", self.things(meant))
    }

    fn ask_which(&mut self, devices: &[DeviceId]) {
        let reply = match devices {
            [] => Reply::new(key::OPERATE_NONE),
            [_, ..] => {
                let named = &devices[..devices.len().min(NAMES_SAID_MAX)];
                Reply::new(key::OPERATE_WHICH).with("device", self.things(named))
            }
        };
        self.say(reply, Urgency::Calm);
    }

    /// Those that could have been meant instead: in the same room, or else anywhere.
    fn others(&self, last: &Last) -> Vec<DeviceId> {
        let plan = Arc::clone(&self.state.plan);
        let Some(first) = last.devices.first().and_then(|id| plan.devices.get(id)) else {
            return Vec::new();
        };
        let needs = last.devices.first().and_then(|id| self.command(id, last.act));
        let needs = needs.map(Command::needs);
        let alike: Vec<_> = plan
            .devices
            .iter()
            .filter(|(id, _)| !last.devices.contains(id))
            .filter(|(id, _)| self.command(id, last.act).map(Command::needs) == needs)
            .collect();
        let near: Vec<DeviceId> = alike
            .iter()
            .filter(|(_, device)| device.room == first.room)
            .map(|(id, _)| (*id).clone())
            .collect();
        if near.is_empty() { alike.into_iter().map(|(id, _)| id.clone()).collect() } else { near }
    }

    fn last_operated(&self) -> Option<&Last> {
        self.state.operated.last.as_ref().filter(|last| self.at.since(last.at) <= LAST_MEANS)
    }

    /// What a thermostat is set to: as it said, or as it was told.
    pub(crate) fn setting(&self, device: &DeviceId) -> Option<Celsius> {
        let said = self.state.activity.devices.get(device).and_then(|state| state.setting);
        let told = match self.state.operated.told.get(device) {
            Some(Command::Target(wanted)) => Some(*wanted),
            Some(_) | None => None,
        };
        said.or(told)
    }

    pub(crate) fn can(&self, device: &DeviceId, capability: Capability) -> bool {
        let known = self.state.plan.devices.get(device);
        known.is_some_and(|known| known.capabilities.contains(&capability))
    }
}

pub(crate) fn degrees(key: &'static str, celsius: Celsius) -> Reply {
    Reply::new(key).with("degrees", Slot::Degrees(celsius))
}

fn in_range(wanted: Celsius) -> bool {
    let tenths = |degrees: u8| i16::from(degrees) * 10;
    (tenths(*DEGREES.start())..=tenths(*DEGREES.end())).contains(&wanted.in_tenths())
}

/// What puts it back; `None` where what it was before is not known.
fn inverse(act: Act) -> Option<Act> {
    match act {
        Act::Switch(Power::On) => Some(Act::Switch(Power::Off)),
        Act::Switch(Power::Off) => Some(Act::Switch(Power::On)),
        Act::Step(Step::Up) => Some(Act::Step(Step::Down)),
        Act::Step(Step::Down) => Some(Act::Step(Step::Up)),
        Act::Move(Move::Open) => Some(Act::Move(Move::Close)),
        Act::Move(Move::Close) => Some(Act::Move(Move::Open)),
        Act::Bolt(Bolt::Unlocked) => Some(Act::Bolt(Bolt::Locked)),
        Act::Bolt(Bolt::Locked)
        | Act::Level(_)
        | Act::Colour(_)
        | Act::Move(Move::Stop | Move::To(_))
        | Act::Temperature(_) => None,
    }
}
