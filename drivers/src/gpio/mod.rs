//! Door contacts, help buttons and relays on the pins of a Raspberry Pi.
//!
//! `logic` turns levels into readings and is written against `embedded-hal`, without a clock;
//! `pins` gets the pins from `rppal`. This file is the driver: a reader in a thread of its own,
//! and the relays on the order queue. It never decides what a press means.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[gpio]` in `home.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case", default)]
pub struct Settings {
    /// How often the pins are read, in milliseconds: 1 to 50.
    #[schemars(range(min = 1, max = 50))]
    pub poll_ms: u16,
    /// How long a level must last before it counts, in milliseconds: 1 to 500.
    #[schemars(range(min = 1, max = 500))]
    pub debounce_ms: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self { poll_ms: 5, debounce_ms: 25 }
    }
}

/// `via.gpio = { pin = 17 }` of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Via {
    /// The pin by its BCM number (GPIO17 is 17, whatever its place on the header).
    pub pin: Pin,
    /// The resistor that holds an open input at rest. A relay has no use for it.
    #[serde(default)]
    pub pull: Pull,
    /// The level at which the button is pressed, the door open, the light on.
    #[serde(default)]
    pub active: Level,
}

/// A pin of the 40-pin header, 0 to 27 (BCM).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "u8", into = "u8")]
pub struct Pin(#[schemars(range(min = 0, max = 27))] u8);

impl Pin {
    pub const MAX: u8 = 27;

    pub fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Pin {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        if number <= Self::MAX {
            Ok(Self(number))
        } else {
            Err(format!("there is no pin {number}; BCM numbers go from 0 to {}", Self::MAX))
        }
    }
}

impl From<Pin> for u8 {
    fn from(pin: Pin) -> Self {
        pin.0
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pull {
    #[default]
    Up,
    Down,
    /// There is a resistor on the board.
    Off,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A switch to ground, and most relay boards.
    #[default]
    Low,
    High,
}
