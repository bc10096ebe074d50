//! Scenes: what the household set together under one name, done at a word. A scene locks and never
//! unlocks; the home file is refused otherwise.

use std::sync::Arc;

use crate::catalogue::key;
use crate::device::{Bolt, Command, Move, Power};
use crate::effect::Urgency;
use crate::home::Home;
use crate::names::{DeviceId, SceneId};
use crate::reply::{Reply, Slot};

impl Home {
    /// "I am going to bed": done, and said in a few words.
    pub(crate) fn run_scene(&mut self, id: &SceneId) {
        let plan = Arc::clone(&self.state.plan);
        let Some(scene) = plan.scenes.get(id) else {
            self.say(Reply::new(key::OPERATE_NONE), Urgency::Calm);
            return;
        };
        let mut parts: Vec<(Command, Vec<DeviceId>)> = Vec::new();
        for (device, command) in &scene.sets {
            self.tell_device(device, *command);
            match parts.iter_mut().find(|(known, _)| state_of(*known) == state_of(*command)) {
                Some((_, devices)) => devices.push(device.clone()),
                None => parts.push((*command, vec![device.clone()])),
            }
        }
        let part = |(command, devices): (Command, Vec<DeviceId>)| {
            let part = Reply::new(key::SCENE_PART).with("device", self.things(&devices));
            Slot::Reply(Box::new(part.with("state", Slot::Reply(Box::new(state_of(command))))))
        };
        let what = Slot::List(parts.into_iter().map(part).collect());
        self.say(Reply::new(key::SCENE_RUNS).with("parts", what), Urgency::Calm);
    }
}

/// What a command makes of a thing, in a word or two.
fn state_of(command: Command) -> Reply {
    let percent = |percent: crate::device::Percent| {
        Reply::new(key::STATE_PERCENT).with("percent", Slot::Number(percent.get().into()))
    };
    Reply::new(match command {
        Command::Light(Power::On)
        | Command::LightRise { .. }
        | Command::Siren(Power::On)
        | Command::Switch(Power::On)
        | Command::Fan(Power::On) => key::STATE_ON,
        Command::Light(Power::Off)
        | Command::Siren(Power::Off)
        | Command::Switch(Power::Off)
        | Command::Fan(Power::Off) => key::STATE_OFF,
        Command::Cover(Move::Open) => key::STATE_OPEN,
        Command::Cover(Move::Close) => key::STATE_CLOSED,
        Command::Cover(Move::Stop) => key::STATE_STILL,
        Command::Lock(Bolt::Locked) => key::STATE_LOCKED,
        Command::Lock(Bolt::Unlocked) => key::STATE_UNLOCKED,
        Command::BrightnessStep(_) | Command::Colour(_) => key::STATE_ON,
        Command::Brightness(level) | Command::FanSpeed(level) | Command::Cover(Move::To(level)) => {
            return percent(level);
        }
        Command::Target(wanted) => return crate::operate::degrees(key::STATE_DEGREES, wanted),
    })
}
