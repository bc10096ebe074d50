//! Whether devices hang where they can hang: no two on one topic or pin, and a broker that is
//! one or the other. It opens nothing and looks nothing up.

use std::collections::BTreeMap;

use super::Secrets;
use super::file::DeviceVia;
use super::resolve::Look;

pub(super) fn check(look: &mut Look<'_, '_>, secrets: &Secrets) {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for (id, device) in &look.file.device {
        let place = look.home.at("device").at(id).at("via");
        let (wire, place) = match &device.via {
            DeviceVia::Mqtt(via) => {
                let endpoint = via.endpoint.as_deref().unwrap_or_default();
                (format!("topic {} {endpoint}", via.topic), place.at("mqtt").at("topic"))
            }
            DeviceVia::Gpio(via) => {
                (format!("pin {}", via.pin.number()), place.at("gpio").at("pin"))
            }
            DeviceVia::Simulated(_) => continue,
        };
        let wire = wire.trim_end().to_owned();
        if let Some(other) = taken.get(wire.as_str()) {
            let message = format!("`{other}` hangs on {wire} already");
            let mend = "give each device its own; one thing that can more is one device";
            look.mistakes.push(place.mistake(message, mend));
        } else {
            taken.insert(wire, id);
        }
    }
    broker(look, secrets);
}

/// Our own broker, or another: the settings of both at once contradict each other.
fn broker(look: &mut Look<'_, '_>, secrets: &Secrets) {
    let (mqtt, place) = (&look.file.mqtt, look.home.at("mqtt"));
    if mqtt.host.is_some() && mqtt.listen.is_some() {
        let message = "`host` is for a broker of your own, `listen` for the one Omzien brings";
        look.mistakes.push(place.at("listen").mistake(message, "leave one of the two out"));
    }
    if mqtt.username.is_some() && mqtt.host.is_none() {
        let mend = "add `host`, or leave `username` out";
        look.mistakes.push(place.at("username").mistake("there is no broker to log in to", mend));
    }
    if mqtt.username.is_some() && secrets.mqtt.password.is_none() {
        let mend = "add [mqtt] password = \"…\" to secrets.toml, readable by its owner only";
        look.mistakes.push(place.at("username").mistake("this user has no password", mend));
    }
    let network = mqtt.listen.filter(|listen| !listen.ip().is_loopback());
    if network.is_some() && secrets.mqtt.devices.is_empty() {
        let message = "devices on the network need a password each, or anybody could send";
        let mend = "add [mqtt.devices] NAME = \"PASSWORD\" to secrets.toml for each";
        look.mistakes.push(place.at("listen").mistake(message, mend));
    }
}
