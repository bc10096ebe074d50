//! Door contacts, help buttons and relays on the pins of a Raspberry Pi.
//!
//! [`logic`] turns levels into readings and is written against `embedded-hal`, without a clock;
//! `pins` gets the pins from `rppal`; `reader` is the thread that looks at them. This file is the
//! settings and the driver. It never decides what a press means.

pub mod logic;
mod pins;
mod reader;

use std::collections::BTreeMap;
use std::time::Duration;

use embedded_hal::digital::OutputPin;
use omzien_core::device::Capability;
use omzien_core::{Again, DeviceId, Observation, Outcome, Trouble, TroubleState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::Receiver;

use self::logic::{Relay, Sensor};
use crate::{DriverError, Inbox, Order, Orders, Running};

/// The name of this driver in `via`, troubles and the table.
pub const NAME: &str = "gpio";

/// `[gpio]` in `home.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case", default)]
pub struct Settings {
    /// How often the pins are read, in milliseconds: 1 to 50.
    #[schemars(range(min = 1, max = 50))]
    pub poll_ms: u16,
    /// How long a level must last before it counts, in milliseconds: 1 to 500. Eighteen switches
    /// bounced for 1.6 ms on average and 6.2 ms at worst (Ganssle, A Guide to Debouncing, 2004);
    /// the default is four times the worst, and still no wait for a hand.
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

/// What hangs on the pins.
#[derive(Debug, Clone, PartialEq)]
pub struct Wiring {
    pub settings: Settings,
    pub devices: BTreeMap<DeviceId, (Via, Vec<Capability>)>,
}

/// One device on one pin.
#[derive(Debug, Clone, PartialEq)]
struct Assigned {
    device: DeviceId,
    via: Via,
    used_as: Use,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Reads(Sensor),
    /// `Light` or `Siren`.
    Switches(Capability),
}

/// Takes the pins and starts the reader.
///
/// # Errors
/// A setting out of its bounds, a pin used twice, a device that no pin can be, a machine without
/// pins, or a thread that cannot start.
pub fn open(wiring: Wiring, orders: Orders, inbox: Inbox) -> Result<Running, DriverError> {
    let assigned = assign(&wiring)?;
    let (inputs, relays) = pins::claim(assigned, wiring.settings.debounce_ms)?;
    let poll = Duration::from_millis(u64::from(wiring.settings.poll_ms));
    let readings = reader::start(inputs, poll)?;
    Ok(Box::pin(run(readings, relays, orders, inbox)))
}

/// Which pin is what; everything that can be wrong without looking at the machine.
fn assign(wiring: &Wiring) -> Result<Vec<Assigned>, DriverError> {
    let Settings { poll_ms, debounce_ms } = wiring.settings;
    let setting =
        |place: String, problem: String, mend| Err(DriverError::Setting { place, problem, mend });
    if !(1..=50).contains(&poll_ms) {
        let problem = format!("{poll_ms} ms between two looks at the pins");
        return setting("gpio.poll_ms".to_owned(), problem, "choose 1 to 50");
    }
    if !(1..=500).contains(&debounce_ms) {
        let problem = format!("{debounce_ms} ms until a level counts");
        return setting("gpio.debounce_ms".to_owned(), problem, "choose 1 to 500");
    }
    let mut taken: BTreeMap<Pin, &DeviceId> = BTreeMap::new();
    let mut assigned = Vec::new();
    for (device, (via, capabilities)) in &wiring.devices {
        let place = format!("devices.{device}");
        if let Some(other) = taken.insert(via.pin, device) {
            let problem = format!("pin {} is taken by {other}", via.pin.number());
            return setting(place, problem, "give each device a pin of its own");
        }
        let [capability] = capabilities[..] else {
            let problem = format!("{} capabilities on one pin", capabilities.len());
            return setting(place, problem, "give it exactly one");
        };
        let used_as = match (Sensor::of(capability), capability) {
            (Some(sensor), _) => Use::Reads(sensor),
            (
                None,
                Capability::Light | Capability::Siren | Capability::Switch | Capability::Fan,
            ) => Use::Switches(capability),
            (None, _) => {
                let problem = "a pin reads or switches, and can do no such thing".to_owned();
                return setting(place, problem, "use another driver for it");
            }
        };
        assigned.push(Assigned { device: device.clone(), via: *via, used_as });
    }
    Ok(assigned)
}

/// Carries readings into the home and orders to the relays, until the order queue is closed.
async fn run<P: OutputPin>(
    mut readings: Receiver<Observation>,
    mut relays: BTreeMap<DeviceId, Relay<P>>,
    mut orders: Orders,
    inbox: Inbox,
) {
    let mut reader_lives = true;
    loop {
        tokio::select! {
            biased;
            reading = readings.recv(), if reader_lives => match reading {
                Some(observation) => inbox.observe(observation).await,
                None => {
                    reader_lives = false;
                    let trouble = Trouble::Driver { name: NAME.to_owned() };
                    inbox.trouble(trouble, TroubleState::Began).await;
                }
            },
            order = orders.recv() => {
                let Some(order) = order else { return };
                let id = order.id();
                inbox.conclude(id, perform(&mut relays, order)).await;
            }
        }
    }
}

fn perform<P: OutputPin>(relays: &mut BTreeMap<DeviceId, Relay<P>>, order: Order) -> Outcome {
    match order {
        Order::Command { device, command, .. } => match relays.get_mut(&device) {
            Some(relay) => relay.perform(command),
            None => logic::failed("no relay of this name", Again::Never),
        },
        Order::Say { .. } | Order::Notify { .. } | Order::Listen { .. } => {
            logic::failed("a pin cannot do that", Again::Never)
        }
    }
}

#[cfg(test)]
#[path = "mod_tests.rs"]
mod tests;
