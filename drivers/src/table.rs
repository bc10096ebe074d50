//! The drivers as a table: what the documents list and a test walks. Never what opens them.

/// One driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// As `via.<name>`, its section of `home.toml` and its troubles call it.
    pub name: &'static str,
    /// One line: what it connects.
    pub about: &'static str,
    /// The module of its simulated twin, below `drivers/src/simulated/`.
    pub twin: &'static str,
}

/// Every driver, by name.
pub const DRIVERS: &[Row] = &[
    Row {
        name: "calendar",
        about: "Calendars that the resident chose: files, addresses, CalDAV; they are only read",
        twin: "calendar_server",
    },
    Row {
        name: "gpio",
        about: "Contacts, motion sensors, buttons and relays on the pins of a Raspberry Pi",
        twin: "house",
    },
    Row { name: "mail", about: "People, by mail through any SMTP server", twin: "mail_server" },
    Row {
        name: "mqtt",
        about: "Zigbee sensors, buttons, lights, curtains, locks and what else Zigbee2MQTT publishes",
        twin: "zigbee2mqtt",
    },
    Row {
        name: "ntfy",
        about: "People, by messages on their phones whose buttons answer",
        twin: "ntfy_server",
    },
    Row { name: "simulated", about: "A house, its resident and its circle to play", twin: "house" },
    Row { name: "speech", about: "Ears and mouth: words out of sound and back", twin: "sound" },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_used_once() {
        assert!(DRIVERS.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn every_driver_has_a_twin() {
        let twins = concat!(env!("CARGO_MANIFEST_DIR"), "/src/simulated");
        for row in DRIVERS {
            let twin = std::path::Path::new(twins).join(row.twin);
            assert!(twin.with_extension("rs").is_file() || twin.is_dir(), "{}", row.name);
        }
    }
}
