//! Devices: what they can tell, what they can be told. No vendor, protocol or raw payload here;
//! drivers translate those into these few words.

use serde::{Deserialize, Serialize};

use crate::names::DeviceId;

/// What a device can do. A door sensor has `Opening`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Tells whether a door, window or drawer is open.
    Opening,
    /// Tells whether something moves before it.
    Motion,
    /// Is pressed by a person: the help button.
    Button,
    /// Is worn, and tells when it believes that its wearer fell.
    Fall,
    /// Can be switched on and off, and dimmed if it knows how.
    Light,
    /// Can make a loud noise.
    Siren,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opening {
    Open,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    Detected,
    Clear,
}

/// `Short` asks for help; `Long` (held two seconds or more) closes an alarm in person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Press {
    Short,
    Long,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    On,
    Off,
}

/// Whether the world can still hear from a device at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    Online,
    Offline,
}

/// What one device says at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    Opening(Opening),
    Motion(Motion),
    Button(Press),
    /// The wearable believes that its wearer fell: a reason to ask, never a verdict.
    Fall,
    Light(Power),
    /// Charge left, 0 to 100.
    BatteryPercent(u8),
    Link(Link),
}

impl Reading {
    /// An event in itself, not a state that stays until it changes: it never coalesces.
    pub fn is_momentary(self) -> bool {
        match self {
            Self::Button(_) | Self::Fall => true,
            Self::Opening(_)
            | Self::Motion(_)
            | Self::Light(_)
            | Self::BatteryPercent(_)
            | Self::Link(_) => false,
        }
    }
}

/// A reading with the device that made it; written as a pair, for most of the journal is these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(DeviceId, Reading)", into = "(DeviceId, Reading)")]
pub struct Observation {
    pub device: DeviceId,
    pub reading: Reading,
}

impl From<(DeviceId, Reading)> for Observation {
    fn from((device, reading): (DeviceId, Reading)) -> Self {
        Self { device, reading }
    }
}

impl From<Observation> for (DeviceId, Reading) {
    fn from(observation: Observation) -> Self {
        (observation.device, observation.reading)
    }
}

/// What a device can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    Light(Power),
    /// Rises to full over the given seconds and stays on: seen by a person who cannot hear.
    LightRise {
        over_s: u32,
    },
    Siren(Power),
}
