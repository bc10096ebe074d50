//! Lights: by rule, and as a signal to a person who cannot hear. A hand on the wall
//! switch always wins: what a person switched, no rule switches back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::device::{Capability, Command, Opening, Power};
use crate::effect::Effect;
use crate::home::Home;
use crate::incident::IncidentId;
use crate::ledger::Fact;
use crate::names::{DeviceId, RoomId};
use crate::plan::{Automation, Trigger};
use crate::reply::Reply;
use crate::time::Instant;

/// The signal lamp rises over this time: seen in the dark, and no shock.
const RISE_S: u32 = 20;
/// After an alarm closed, the lamp stays on for the way back to bed.
const SIGNAL_STAYS: Duration = Duration::from_secs(120);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct LightStates {
    lights: BTreeMap<DeviceId, LightState>,
    sirens_on: BTreeSet<DeviceId>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct LightState {
    /// What it was last told or last said itself.
    power: Option<Power>,
    /// Switched on by a rule or as a signal: goes off again then.
    undo_at: Option<Instant>,
    /// It rose for this alarm, and stays on until the alarm is closed.
    signal: Option<IncidentId>,
}

impl LightStates {
    pub(crate) fn next_undo(&self) -> Option<Instant> {
        self.lights.values().filter_map(|light| light.undo_at).min()
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&DeviceId) -> bool) {
        self.lights.retain(|id, _| keep(id));
    }

    pub(crate) fn power(&self, device: &DeviceId) -> Option<Power> {
        self.lights.get(device).and_then(|light| light.power)
    }
}

impl Home {
    /// The light says how it is. Not as we left it: somebody used the wall switch.
    pub(crate) fn light_reports(&mut self, device: &DeviceId, power: Power) {
        let light = self.state.lights.lights.entry(device.clone()).or_default();
        if light.power != Some(power) {
            *light = LightState { power: Some(power), ..LightState::default() };
        }
    }

    pub(crate) fn trigger_opening(&mut self, device: &DeviceId, opening: Opening) {
        let plan = Arc::clone(&self.state.plan);
        for rule in &plan.automations {
            match &rule.when {
                Trigger::Opening { device: trigger, is } if trigger == device && *is == opening => {
                    self.run_rule(rule);
                }
                Trigger::Opening { .. } | Trigger::Motion { .. } => {}
            }
        }
    }

    pub(crate) fn trigger_motion(&mut self, device: &DeviceId) {
        let plan = Arc::clone(&self.state.plan);
        for rule in &plan.automations {
            match &rule.when {
                Trigger::Motion { device: trigger } if trigger == device => self.run_rule(rule),
                Trigger::Motion { .. } | Trigger::Opening { .. } => {}
            }
        }
    }

    pub(crate) fn undo_lights_due(&mut self) {
        let at = self.at;
        let due: Vec<DeviceId> = self
            .state
            .lights
            .lights
            .iter()
            .filter(|(_, light)| light.undo_at.is_some_and(|undo| undo <= at))
            .map(|(id, _)| id.clone())
            .collect();
        for device in due {
            self.switch(&device, Command::Light(Power::Off), None);
        }
    }

    /// The lamp rises for a person who cannot hear the question.
    pub(crate) fn signal_with_lamp(&mut self, incident: IncidentId, room: Option<&RoomId>) {
        let mut lamps = room.map_or_else(Vec::new, |room| self.lights_in(room));
        if lamps.is_empty() {
            lamps = self.state.plan.devices_with(Capability::Light).cloned().collect();
        }
        for lamp in lamps {
            if self.state.lights.power(&lamp) != Some(Power::On) {
                self.switch(&lamp, Command::LightRise { over_s: RISE_S }, Some(incident));
            }
        }
    }

    /// Loud, for the neighbours: nobody else can be reached.
    pub(crate) fn sound_sirens(&mut self, incident: IncidentId) {
        let sirens: Vec<DeviceId> =
            self.state.plan.devices_with(Capability::Siren).cloned().collect();
        for siren in sirens {
            self.switch(&siren, Command::Siren(Power::On), Some(incident));
            self.state.lights.sirens_on.insert(siren);
        }
    }

    /// The alarm is closed: lamps that rose for it go out after a while, sirens at once.
    pub(crate) fn end_signals(&mut self, incident: IncidentId) {
        let at = self.at;
        for light in self.state.lights.lights.values_mut() {
            if light.signal == Some(incident) {
                light.signal = None;
                light.undo_at = Some(at + SIGNAL_STAYS);
            }
        }
        for siren in std::mem::take(&mut self.state.lights.sirens_on) {
            self.switch(&siren, Command::Siren(Power::Off), Some(incident));
        }
    }

    pub(crate) fn switch(
        &mut self,
        device: &DeviceId,
        command: Command,
        incident: Option<IncidentId>,
    ) {
        let power = match command {
            Command::Light(power) => Some(power),
            Command::LightRise { .. } => Some(Power::On),
            Command::Brightness(_) | Command::Colour(_) => Some(Power::On),
            // What is on or off stays so, or is no light.
            Command::BrightnessStep(_)
            | Command::Siren(_)
            | Command::Cover(_)
            | Command::Lock(_)
            | Command::Switch(_)
            | Command::Fan(_)
            | Command::FanSpeed(_)
            | Command::Target(_) => None,
        };
        if let Some(power) = power {
            let light = self.state.lights.lights.entry(device.clone()).or_default();
            *light = LightState { power: Some(power), undo_at: None, signal: incident };
        }
        if incident.is_some() {
            self.note(incident, Fact::Switched { device: device.clone(), command });
        }
        self.send(Effect::Command { device: device.clone(), command }, incident);
    }

    fn run_rule(&mut self, rule: &Automation) {
        if rule.hours != crate::plan::Hours::ALWAYS && !rule.hours.contains(self.local().time()) {
            return;
        }
        for device in &rule.lights {
            let known = self.state.lights.lights.get(device);
            let as_wanted = known.is_some_and(|light| light.power == Some(rule.power));
            // On by hand: the rule leaves it alone, also when its own time is over.
            let by_hand = as_wanted && known.is_some_and(|light| light.undo_at.is_none());
            if !as_wanted {
                self.switch(device, Command::Light(rule.power), None);
                let name = self.state.plan.devices.get(device).map(|one| one.name.clone());
                self.state.talk.last_reason =
                    name.map(|name| Reply::new(key::WHY_AUTOMATION).name("light", name));
            }
            if let (false, Some(after)) = (by_hand, rule.undo_after)
                && let Some(light) = self.state.lights.lights.get_mut(device)
            {
                light.undo_at = Some(self.at + after);
            }
        }
    }

    fn lights_in(&self, room: &RoomId) -> Vec<DeviceId> {
        let plan = &self.state.plan;
        plan.devices_with(Capability::Light)
            .filter(|id| plan.devices.get(*id).is_some_and(|device| device.room == *room))
            .cloned()
            .collect()
    }
}
