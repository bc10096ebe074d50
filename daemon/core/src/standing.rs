//! How the things of the house stand, when the resident asks. Only what a device said itself is
//! told as so; what it never said, or said long ago, is told as that.

use crate::activity::DeviceState;
use crate::catalogue::key;
use crate::device::{Bolt, Capability, Command, Move, Opening, Power};
use crate::effect::Urgency;
use crate::home::Home;
use crate::intent::{Asked, Target};
use crate::names::DeviceId;
use crate::operate::degrees;
use crate::reply::{Reply, Slot};
use crate::request::Alive;

/// How warm it is in more rooms than this is no answer to be listened to.
const ROOMS_SAID_MAX: usize = 3;

/// How one thing stands, as far as a question about it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    On,
    Off,
    Open,
    Closed,
    Locked,
    Unlocked,
}

impl Stands {
    fn word(self) -> Slot {
        Slot::Reply(Box::new(Reply::new(match self {
            Self::On => key::STATE_ON,
            Self::Off => key::STATE_OFF,
            Self::Open => key::STATE_OPEN,
            Self::Closed => key::STATE_CLOSED,
            Self::Locked => key::STATE_LOCKED,
            Self::Unlocked => key::STATE_UNLOCKED,
        })))
    }

    fn opposite(self) -> Self {
        match self {
            Self::On => Self::Off,
            Self::Off => Self::On,
            Self::Open => Self::Closed,
            Self::Closed => Self::Open,
            Self::Locked => Self::Unlocked,
            Self::Unlocked => Self::Locked,
        }
    }
}

impl Home {
    /// "Is the front door closed?", "How warm is it?"
    pub(crate) fn tell_state(&mut self, what: &Target, asked: Asked) {
        let devices = self.meant(what);
        let replies = match asked {
            Asked::Temperature => self.temperatures(&devices),
            Asked::Setting => self.settings(&devices),
            Asked::How => devices.iter().take(ROOMS_SAID_MAX).map(|id| self.how(id)).collect(),
            Asked::On => self.whether(&devices, Stands::On),
            Asked::Off => self.whether(&devices, Stands::Off),
            Asked::Open => self.whether(&devices, Stands::Open),
            Asked::Closed => self.whether(&devices, Stands::Closed),
            Asked::Locked => self.whether(&devices, Stands::Locked),
            Asked::Unlocked => self.whether(&devices, Stands::Unlocked),
        };
        if replies.is_empty() {
            self.say(Reply::new(key::STATE_NOTHING), Urgency::Calm);
        }
        for reply in replies {
            self.say(reply, Urgency::Calm);
        }
    }

    fn whether(&self, devices: &[DeviceId], asked: Stands) -> Vec<Reply> {
        match devices {
            [] => Vec::new(),
            [device] => vec![self.whether_one(device, asked)],
            [_, _, ..] => self.whether_any(devices, asked),
        }
    }

    fn whether_one(&self, device: &DeviceId, asked: Stands) -> Reply {
        match self.said(device, asked) {
            Some(stands) if self.alive(device) == Alive::Proven => {
                let key = if stands == asked { key::STATE_YES } else { key::STATE_NO };
                self.stands(key, device, stands)
            }
            Some(_) | None => self.not_sure(device, asked),
        }
    }

    /// Of several: those that stand out. "Are all doors locked?" is answered by those that are not.
    fn whether_any(&self, devices: &[DeviceId], asked: Stands) -> Vec<Reply> {
        let sought = match asked {
            Stands::On | Stands::Open | Stands::Unlocked => asked,
            Stands::Off | Stands::Closed | Stands::Locked => asked.opposite(),
        };
        let (mut found, mut unsure) = (Vec::new(), Vec::new());
        for device in devices {
            match self.said(device, asked).filter(|_| self.alive(device) == Alive::Proven) {
                Some(stands) if stands == sought => found.push(device.clone()),
                Some(_) => {}
                None => unsure.push(device.clone()),
            }
        }
        let mut replies = Vec::new();
        if !found.is_empty() {
            let these = Reply::new(key::STATE_THESE).with("device", self.things(&found));
            replies.push(these.with("state", sought.word()));
        } else if unsure.len() < devices.len() {
            replies.push(Reply::new(key::STATE_NONE).with("state", sought.word()));
        }
        if !unsure.is_empty() {
            replies.push(Reply::new(key::STATE_UNSURE).with("device", self.things(&unsure)));
        }
        replies
    }

    fn how(&self, device: &DeviceId) -> Reply {
        let asked = [
            (Capability::Lock, Stands::Locked),
            (Capability::Cover, Stands::Open),
            (Capability::Opening, Stands::Open),
            (Capability::Light, Stands::On),
            (Capability::Switch, Stands::On),
            (Capability::Fan, Stands::On),
        ];
        let asked = asked.into_iter().find(|(capability, _)| self.can(device, *capability));
        let Some((_, asked)) = asked else {
            return self.settings(std::slice::from_ref(device)).pop().unwrap_or_else(|| {
                Reply::new(key::STATE_UNSURE).with("device", self.named(device))
            });
        };
        match self.said(device, asked).filter(|_| self.alive(device) == Alive::Proven) {
            Some(stands) => self.stands(key::STATE_IS, device, stands),
            None => self.not_sure(device, asked),
        }
    }

    /// It says nothing now: what it said last with the time, or what it was told, as just that.
    fn not_sure(&self, device: &DeviceId, asked: Stands) -> Reply {
        let state = self.state.activity.devices.get(device);
        let seen = state.and_then(|state| state.last_seen);
        if let (Some(stands), Some(seen)) = (self.said(device, asked), seen) {
            let ago = self.at.since(seen);
            if ago > self.state.plan.watch.silent_after {
                return Reply::new(key::STATE_LONG_AGO).with("device", self.named(device));
            }
            let then = self.local().checked_sub(ago).unwrap_or_else(|_| self.local());
            return self
                .stands(key::STATE_WAS, device, stands)
                .with("time", Slot::Time(then.time()));
        }
        match self.state.operated.told.get(device).and_then(|command| told(*command)) {
            Some(stands) => self.stands(key::STATE_TOLD, device, stands),
            None => Reply::new(key::STATE_UNSURE).with("device", self.named(device)),
        }
    }

    fn stands(&self, key: &'static str, device: &DeviceId, stands: Stands) -> Reply {
        Reply::new(key).with("device", self.named(device)).with("state", stands.word())
    }

    /// What it said of itself last, of that kind.
    fn said(&self, device: &DeviceId, asked: Stands) -> Option<Stands> {
        let state = self.state.activity.devices.get(device)?;
        match asked {
            Stands::On | Stands::Off => state.power().map(|power| match power {
                Power::On => Stands::On,
                Power::Off => Stands::Off,
            }),
            Stands::Open | Stands::Closed => state.openness().map(|opening| match opening {
                Opening::Open => Stands::Open,
                Opening::Closed => Stands::Closed,
            }),
            Stands::Locked | Stands::Unlocked => state.lock.map(|bolt| match bolt {
                Bolt::Locked => Stands::Locked,
                Bolt::Unlocked => Stands::Unlocked,
            }),
        }
    }

    fn temperatures(&self, devices: &[DeviceId]) -> Vec<Reply> {
        let measured = devices.iter().filter_map(|id| {
            let state = self.state.activity.devices.get(id)?;
            let celsius = state.temperature.filter(|_| self.alive(id) == Alive::Proven)?;
            Some(degrees(key::TEMPERATURE_IS, celsius).name("room", self.where_it_is(id)))
        });
        let measured: Vec<Reply> = measured.take(ROOMS_SAID_MAX).collect();
        if measured.is_empty() { vec![Reply::new(key::TEMPERATURE_UNKNOWN)] } else { measured }
    }

    fn settings(&self, devices: &[DeviceId]) -> Vec<Reply> {
        let thermostats = devices.iter().filter(|id| self.can(id, Capability::Thermostat));
        let reply = |id: &DeviceId| match self.setting(id) {
            Some(celsius) => degrees(key::SETTING_IS, celsius).with("device", self.named(id)),
            None => Reply::new(key::SETTING_UNKNOWN).with("device", self.named(id)),
        };
        thermostats.take(ROOMS_SAID_MAX).map(reply).collect()
    }

    fn named(&self, device: &DeviceId) -> Slot {
        Slot::Names(vec![self.device_name(device)])
    }

    /// The room, unless the sensor has a name that says more: "outside".
    fn where_it_is(&self, device: &DeviceId) -> String {
        let plan = &self.state.plan;
        let known = plan.devices.get(device);
        let rooms_own = |room| {
            let sensors = plan.devices_with(Capability::Temperature);
            sensors.filter(|id| plan.devices.get(*id).is_some_and(|it| it.room == room)).count()
                == 1
        };
        let room = known.filter(|known| rooms_own(known.room.clone()));
        let room = room.and_then(|known| plan.rooms.get(&known.room));
        room.map_or_else(|| self.device_name(device), |room| room.name.clone())
    }
}

impl DeviceState {
    fn power(&self) -> Option<Power> {
        self.light.or(self.switch).or(self.fan)
    }

    /// A curtain that is a little open is open.
    fn openness(&self) -> Option<Opening> {
        let cover = self.cover.map(|percent| match percent.get() {
            0 => Opening::Closed,
            1.. => Opening::Open,
        });
        self.opening.or(cover)
    }
}

/// How a thing would stand if it did what it was told.
fn told(command: Command) -> Option<Stands> {
    match command {
        Command::Light(Power::On)
        | Command::Switch(Power::On)
        | Command::Fan(Power::On)
        | Command::Brightness(_)
        | Command::BrightnessStep(_)
        | Command::Colour(_)
        | Command::FanSpeed(_) => Some(Stands::On),
        Command::Light(Power::Off) | Command::Switch(Power::Off) | Command::Fan(Power::Off) => {
            Some(Stands::Off)
        }
        Command::Cover(Move::Open) => Some(Stands::Open),
        Command::Cover(Move::Close) => Some(Stands::Closed),
        Command::Lock(Bolt::Locked) => Some(Stands::Locked),
        Command::Lock(Bolt::Unlocked) => Some(Stands::Unlocked),
        Command::LightRise { .. }
        | Command::Siren(_)
        | Command::Cover(Move::Stop | Move::To(_))
        | Command::Target(_) => None,
    }
}
