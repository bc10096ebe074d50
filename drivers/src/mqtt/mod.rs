//! Devices that speak MQTT as [Zigbee2MQTT] publishes it: door and motion sensors, buttons,
//! wearables, lights, sirens, curtains, locks, plugs, fans, thermostats, thermometers. With no
//! broker in `home.toml` it brings its own ([`broker`]).
//!
//! It translates and never decides; it holds no state of the home but what is needed to see a
//! press or a fall *begin*. What it reads may come from a stranger: nothing a payload contains
//! stops it, and no payload is ever written to the log.
//!
//! [Zigbee2MQTT]: https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html

pub mod broker;
mod client;
mod connection;
mod orders;
pub mod payload;
mod pending;
mod report;
mod topics;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use omzien_core::DeviceId;
use omzien_core::device::Capability;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{DriverError, Inbox, Orders, Running, Secret};

/// The name of this driver in `via`, troubles and the table.
pub const NAME: &str = "mqtt";

/// `[mqtt]`: where the broker is. Without it, or without `host`, Omzien brings its own broker.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Settings {
    /// Name or address of your own broker. Without it Omzien starts a small one of its own.
    pub host: Option<String>,
    /// Port of the broker, yours or the one that Omzien starts.
    pub port: u16,
    /// The name to log in with at your own broker; the password is in the secrets file.
    pub username: Option<String>,
    /// `base_topic` of Zigbee2MQTT: its `bridge/state` tells whether it is alive.
    pub base_topic: String,
    /// Where Omzien's own broker listens for devices on the network, such as `"0.0.0.0:1883"`.
    /// Every such device needs a password in the secrets file. Without it the broker is reachable
    /// on this machine alone.
    pub listen: Option<SocketAddr>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: None,
            port: 1883,
            username: None,
            base_topic: "zigbee2mqtt".to_owned(),
            listen: None,
        }
    }
}

/// `[mqtt]` of the secrets file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Secrets {
    /// The password for your own broker.
    pub password: Option<Secret>,
    /// Who may log in to Omzien's own broker when it listens on the network: name = password,
    /// at least eight characters each. Zigbee2MQTT and every Wi-Fi device have one of their own.
    pub devices: BTreeMap<String, Secret>,
}

/// `via.mqtt = { topic = "zigbee2mqtt/front_door" }`: how to reach one device.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Via {
    /// Where the device publishes; `/set` and `/availability` are appended.
    pub topic: String,
    /// Which part of a device with several: `"left"` for `state_left`, `"2"` for `contact_2`.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// What `contact: true` means; the walk test shows whether it is right.
    #[serde(default)]
    pub contact: Contact,
    /// How a siren is told to sound.
    #[serde(default)]
    pub siren: Siren,
    /// How a lamp is told a colour.
    #[serde(default)]
    pub colour: Tint,
    /// How a fan is told how fast.
    #[serde(default)]
    pub fan: Speed,
    /// How a thermostat is told how warm.
    #[serde(default)]
    pub thermostat: Setpoint,
}

impl Via {
    /// The usual device: one endpoint, the usual meanings.
    pub fn topic(topic: impl Into<String>) -> Self {
        Self {
            topic: topic.into(),
            endpoint: None,
            contact: Contact::default(),
            siren: Siren::default(),
            colour: Tint::default(),
            fan: Speed::default(),
            thermostat: Setpoint::default(),
        }
    }
}

/// The property by which a lamp takes a colour, as the `exposes` of the device name it. Whites go
/// by `color_temp`. Of 2,127 lamps known to Zigbee2MQTT 834 have `color_xy`, 20 `color_hs` alone,
/// and 572 nothing but whites.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tint {
    /// `color` with `x` and `y`.
    #[default]
    Xy,
    /// `color` with `hue` and `saturation`.
    Hs,
    /// `color_temp` alone: whites, and no colours.
    Whites,
}

/// The property by which a fan is told how fast, as the `exposes` of the device name it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Speed {
    /// `fan_mode`: low, medium or high; switched by `fan_state`.
    #[default]
    Mode,
    /// `speed` 1 to 254; switched by `state`.
    #[serde(rename = "speed_254")]
    To254,
    /// `speed` 1 to 5; switched by `state`.
    #[serde(rename = "speed_5")]
    To5,
    /// A fan on a switched plug: `state`, and no speed.
    State,
}

/// The property by which a thermostat is told how warm, as the `exposes` of the device name it:
/// of 352 known to Zigbee2MQTT 197 have the first and 155 the second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Setpoint {
    /// `occupied_heating_setpoint`
    #[default]
    Occupied,
    /// `current_heating_setpoint`
    Current,
}

/// What a contact sensor's `true` (or `"ON"`) means. Of 131 devices with `contact` known to
/// Zigbee2MQTT 2.14 all are documented as closed; a few are built the other way round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    #[default]
    TrueIsClosed,
    TrueIsOpen,
}

/// The property by which a siren sounds, as the `exposes` of the device name it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Siren {
    /// `warning` with mode, level and duration.
    #[default]
    Warning,
    /// `alarm`, `true` or `false`.
    AlarmTrue,
    /// `alarm`, `"ON"` or `"OFF"`.
    AlarmOn,
    /// `state`, `"ON"` or `"OFF"`: a siren on a switched plug.
    State,
}

/// Everything the driver needs, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Wiring {
    pub settings: Settings,
    pub secrets: Secrets,
    pub devices: BTreeMap<DeviceId, (Via, Vec<Capability>)>,
}

/// Starts the driver, and its own broker if none is configured.
///
/// The broker is listening when this returns; the connection is made by the returned future. It
/// ends when `orders` is closed, and the broker with it.
///
/// # Errors
/// A topic that cannot be subscribed to, settings that contradict each other, a network listener
/// without passwords, a port that is taken. A broker elsewhere that is not there is no error: it
/// is a `Trouble` that begins, and the driver goes on trying.
pub fn open(wiring: Wiring, orders: Orders, inbox: Inbox) -> Result<Running, DriverError> {
    let topics = topics::Topics::new(&wiring)?;
    let (peer, broker) = reach(wiring)?;
    Ok(Box::pin(async move {
        client::run(peer, topics, orders, inbox).await;
        drop(broker);
    }))
}

/// The broker to connect to: the one configured, or our own, which lives as long as its handle.
fn reach(wiring: Wiring) -> Result<(client::Peer, Option<broker::Broker>), DriverError> {
    let Wiring { settings, secrets, devices: _ } = wiring;
    let setting = |problem: &str, mend| DriverError::Setting {
        place: "[mqtt]".to_owned(),
        problem: problem.to_owned(),
        mend,
    };
    match (settings.host, settings.listen) {
        (Some(_), Some(_)) => Err(setting(
            "`host` names a broker of your own, `listen` is for the one that Omzien brings",
            "remove one of the two",
        )),
        (Some(host), None) => {
            let login = match (settings.username, secrets.password) {
                (Some(name), password) => Some((name, password.unwrap_or_else(|| Secret::new("")))),
                (None, None) => None,
                (None, Some(_)) => {
                    return Err(setting(
                        "there is a password in the secrets file, and no `username`",
                        "add `username`, or remove the password",
                    ));
                }
            };
            Ok((client::Peer { host, port: settings.port, login }, None))
        }
        (None, listen) => {
            let own = SocketAddr::from((Ipv4Addr::LOCALHOST, settings.port));
            let broker = broker::Broker::start(listen.unwrap_or(own), secrets.devices)?;
            let peer = client::Peer {
                host: broker.reachable().ip().to_string(),
                port: broker.reachable().port(),
                login: broker.own_login(),
            };
            Ok((peer, Some(broker)))
        }
    }
}
