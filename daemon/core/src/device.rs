//! Devices: what they can tell, what they can be told. No vendor, protocol or raw payload here;
//! drivers translate those into these few words.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
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
    /// A light that can be brighter and dimmer.
    Dimmer,
    /// A light that can take a colour.
    Colour,
    /// A curtain, blind, shutter, awning or gate that opens and closes by itself.
    Cover,
    /// A door that is locked and unlocked by itself.
    Lock,
    /// A plug or switch of something that is no light.
    Switch,
    /// Blows air.
    Fan,
    /// Keeps a temperature that it is told.
    Thermostat,
    /// Tells how warm it is.
    Temperature,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bolt {
    Locked,
    Unlocked,
}

/// Where something that opens and closes should go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    Open,
    Close,
    /// Stays where it is now.
    Stop,
    /// So far open.
    To(Percent),
}

/// A little more or less of what there is: of light, of warmth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Up,
    Down,
}

/// Of a whole, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Percent(u8);

impl Percent {
    /// `None` beyond a hundred.
    pub fn new(percent: u32) -> Option<Self> {
        u8::try_from(percent).ok().filter(|percent| *percent <= 100).map(Self)
    }

    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Percent {
    type Error = &'static str;

    fn try_from(percent: u8) -> Result<Self, Self::Error> {
        Self::new(percent.into()).ok_or("a percentage is 0 to 100")
    }
}

impl From<Percent> for u8 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

/// A temperature in tenths of a degree Celsius, between what a house can be on the outside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct Celsius(i16);

impl Celsius {
    /// `None` below -60 and above 100 degrees: no house measures that, so something is broken.
    pub fn tenths(tenths: i32) -> Option<Self> {
        i16::try_from(tenths).ok().filter(|tenths| (-600..=1000).contains(tenths)).map(Self)
    }

    pub fn in_tenths(self) -> i16 {
        self.0
    }
}

impl TryFrom<i16> for Celsius {
    type Error = &'static str;

    fn try_from(tenths: i16) -> Result<Self, Self::Error> {
        Self::tenths(tenths.into()).ok_or("a temperature is -600 to 1000 tenths of a degree")
    }
}

impl From<Celsius> for i16 {
    fn from(celsius: Celsius) -> Self {
        celsius.0
    }
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
    /// How far open; 0 is closed.
    Cover(Percent),
    Lock(Bolt),
    Switch(Power),
    Fan(Power),
    /// How warm it is.
    Temperature(Celsius),
    /// How warm a thermostat tries to make it.
    Target(Celsius),
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
            | Self::Cover(_)
            | Self::Lock(_)
            | Self::Switch(_)
            | Self::Fan(_)
            | Self::Temperature(_)
            | Self::Target(_)
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
    /// On, and so bright.
    Brightness(Percent),
    /// A step brighter or dimmer than it is.
    BrightnessStep(Step),
    /// On, and in this colour.
    Colour(Colour),
    Cover(Move),
    Lock(Bolt),
    Switch(Power),
    Fan(Power),
    /// On, and so fast.
    FanSpeed(Percent),
    Target(Celsius),
}

impl Command {
    /// What a device must be able to do to be told this.
    pub fn needs(self) -> Capability {
        match self {
            Self::Light(_) | Self::LightRise { .. } => Capability::Light,
            Self::Siren(_) => Capability::Siren,
            Self::Brightness(_) | Self::BrightnessStep(_) => Capability::Dimmer,
            Self::Colour(_) => Capability::Colour,
            Self::Cover(_) => Capability::Cover,
            Self::Lock(_) => Capability::Lock,
            Self::Switch(_) => Capability::Switch,
            Self::Fan(_) | Self::FanSpeed(_) => Capability::Fan,
            Self::Target(_) => Capability::Thermostat,
        }
    }
}
