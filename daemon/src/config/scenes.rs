//! Scenes as they are written, and what each device is told. Looks devices up; there is no way to
//! write that a scene unlocks.

use std::collections::BTreeMap;

use omzien_core::device::{Bolt, Celsius, Command, Move, Percent, Power};
use omzien_core::names::{DeviceId, SceneId};
use omzien_core::plan;
use schemars::JsonSchema;
use serde::Deserialize;

use super::file::power;
use super::format::Name;
use super::page::Cursor;
use super::resolve::{Look, texts};

/// What the household set together: "naar bed". Said by its name, or after "ik ga" and the like.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Scene {
    /// In the resident's own words: "naar bed".
    pub(super) name: Name,
    /// Other words for it.
    #[serde(default)]
    #[schemars(extend("maxItems" = 20))]
    pub(super) aliases: Vec<Name>,
    /// What is done, in this order. A scene locks doors and never unlocks one.
    #[schemars(extend("minItems" = 1, "maxItems" = 50))]
    pub(super) sets: Vec<Sets>,
}

/// One thing that a scene does: exactly one of these.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Sets {
    /// Switches lights.
    Light {
        /// IDs of devices that can `light`.
        devices: Vec<String>,
        /// Which of the two.
        #[schemars(schema_with = "power")]
        power: Power,
    },
    /// Sets how bright lights are.
    Dimmer {
        /// IDs of devices that can `dimmer`.
        devices: Vec<String>,
        /// Of the brightest.
        #[schemars(range(min = 1, max = 100))]
        percent: u8,
    },
    /// Opens and closes.
    Cover {
        /// IDs of devices that can `cover`.
        devices: Vec<String>,
        /// How far open: 0 is closed, 100 is open.
        #[schemars(range(min = 0, max = 100))]
        open_percent: u8,
    },
    /// Locks.
    Lock {
        /// IDs of devices that can `lock`.
        devices: Vec<String>,
    },
    /// Switches plugs and appliances.
    Switch {
        /// IDs of devices that can `switch`.
        devices: Vec<String>,
        /// Which of the two.
        #[schemars(schema_with = "power")]
        power: Power,
    },
    /// Switches fans.
    Fan {
        /// IDs of devices that can `fan`.
        devices: Vec<String>,
        /// Which of the two.
        #[schemars(schema_with = "power")]
        power: Power,
    },
    /// Sets thermostats.
    Thermostat {
        /// IDs of devices that can `thermostat`.
        devices: Vec<String>,
        /// Whole degrees Celsius.
        #[schemars(range(min = 5, max = 30))]
        degrees: u8,
    },
}

impl Look<'_, '_> {
    pub(super) fn scenes(&mut self) -> BTreeMap<SceneId, plan::Scene> {
        let file = self.file;
        let mut scenes = BTreeMap::new();
        for (id, scene) in &file.scene {
            let place = self.home.at("scene").at(id).at("sets");
            let meant = plan::Scene {
                name: scene.name.0.clone(),
                aliases: texts(&scene.aliases),
                sets: self.sets(scene, &place),
            };
            scenes.insert(SceneId::new(id), meant);
        }
        scenes
    }

    fn sets(&mut self, scene: &Scene, place: &Cursor<'_, '_>) -> Vec<(DeviceId, Command)> {
        let mut told = Vec::new();
        for (number, sets) in scene.sets.iter().enumerate() {
            let (kind, devices, command) = commanded(sets);
            let place = place.nth(number).at(kind).at("devices");
            for (number, id) in devices.iter().enumerate() {
                self.device_that(id, command.needs(), &place.nth(number));
                told.push((DeviceId::new(id), command));
            }
        }
        told
    }
}

/// The word it is written under, its devices, and what each is told.
fn commanded(sets: &Sets) -> (&'static str, &[String], Command) {
    match sets {
        Sets::Light { devices, power } => ("light", devices, Command::Light(*power)),
        Sets::Dimmer { devices, percent } => {
            ("dimmer", devices, Command::Brightness(checked(*percent)))
        }
        Sets::Cover { devices, open_percent } => {
            let to = match open_percent {
                0 => Move::Close,
                1..100 => Move::To(checked(*open_percent)),
                100.. => Move::Open,
            };
            ("cover", devices, Command::Cover(to))
        }
        Sets::Lock { devices } => ("lock", devices, Command::Lock(Bolt::Locked)),
        Sets::Switch { devices, power } => ("switch", devices, Command::Switch(*power)),
        Sets::Fan { devices, power } => ("fan", devices, Command::Fan(*power)),
        Sets::Thermostat { devices, degrees } => {
            // The shape of the file lets no more than 30 in.
            let wanted = Celsius::tenths(i32::from(*degrees.min(&30)) * 10);
            ("thermostat", devices, Command::Target(wanted.expect("a temperature of a house")))
        }
    }
}

/// The shape of the file lets no more than a hundred in.
fn checked(percent: u8) -> Percent {
    Percent::new(percent.min(100).into()).expect("no more than a hundred")
}
