//! From a topic to the device that publishes on it, and the filters that bring those topics in.
//! Built once from the wiring; it never changes while the driver runs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use omzien_core::DeviceId;

use super::payload::{Lasting, Shape};
use super::{Via, Wiring};
use crate::DriverError;

/// A topic longer than this is not one (MQTT allows 65,535 bytes; Zigbee2MQTT's are short).
const TOPIC_BYTES_MAX: usize = 256;
const AVAILABILITY: &str = "availability";

/// All topics of the home.
#[derive(Debug)]
pub(super) struct Topics {
    devices: Vec<Device>,
    /// Where each leads; several devices may share a topic (a switch with two gangs).
    places: HashMap<String, Place>,
    by_name: BTreeMap<DeviceId, usize>,
    pub(super) filters: BTreeSet<String>,
}

#[derive(Debug)]
pub(super) struct Device {
    pub(super) id: DeviceId,
    pub(super) shape: Shape,
    /// `zigbee2mqtt/lamp/set`.
    pub(super) set_topic: String,
    /// How it is spoken to.
    pub(super) via: Via,
    /// What the device last said about itself, so that its beginning is seen.
    pub(super) calling: Lasting,
    pub(super) fallen: Lasting,
}

/// What a message on a topic is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Said(Vec<usize>),
    Availability(Vec<usize>),
    /// Zigbee2MQTT itself.
    Bridge,
}

impl Topics {
    /// # Errors
    /// A topic that is empty, too long, or has wildcards.
    pub(super) fn new(wiring: &Wiring) -> Result<Self, DriverError> {
        let base = &wiring.settings.base_topic;
        check("[mqtt] base_topic", base)?;
        let bridge = format!("{base}/bridge/state");
        let mut topics = Self {
            devices: Vec::with_capacity(wiring.devices.len()),
            places: HashMap::from([(bridge.clone(), Place::Bridge)]),
            by_name: BTreeMap::new(),
            filters: BTreeSet::from([bridge]),
        };
        for (id, (via, capabilities)) in &wiring.devices {
            check(&format!("devices.{id}.via.mqtt.topic"), &via.topic)?;
            topics.add(id, via, Shape::new(via, capabilities));
        }
        Ok(topics)
    }

    fn add(&mut self, id: &DeviceId, via: &Via, shape: Shape) {
        let index = self.devices.len();
        let availability = format!("{}/{AVAILABILITY}", via.topic);
        match self.places.entry(via.topic.clone()).or_insert_with(|| Place::Said(Vec::new())) {
            Place::Said(devices) => devices.push(index),
            // A device that calls itself `bridge/state` is not heard; the bridge is.
            Place::Availability(_) | Place::Bridge => {}
        }
        let place = self.places.entry(availability.clone());
        match place.or_insert_with(|| Place::Availability(Vec::new())) {
            Place::Availability(devices) => devices.push(index),
            Place::Said(_) | Place::Bridge => {}
        }
        // One filter for all neighbours: a broker keeps a log per filter, and matches each.
        match via.topic.rsplit_once('/') {
            Some((parent, _)) => {
                self.filters.insert(format!("{parent}/+"));
                self.filters.insert(format!("{parent}/+/{AVAILABILITY}"));
            }
            None => {
                self.filters.insert(via.topic.clone());
                self.filters.insert(availability);
            }
        }
        self.by_name.insert(id.clone(), index);
        self.devices.push(Device {
            id: id.clone(),
            shape,
            set_topic: format!("{}/set", via.topic),
            via: via.clone(),
            calling: Lasting::No,
            fallen: Lasting::No,
        });
    }

    /// What a topic is about, and all devices for its indices. `None`: not ours.
    pub(super) fn place(&mut self, topic: &str) -> Option<(&Place, &mut [Device])> {
        self.places.get(topic).map(|place| (place, self.devices.as_mut_slice()))
    }

    pub(super) fn device(&self, id: &DeviceId) -> Option<&Device> {
        self.by_name.get(id).map(|&index| &self.devices[index])
    }
}

fn check(place: &str, topic: &str) -> Result<(), DriverError> {
    let problem = if topic.is_empty() {
        "the topic is empty"
    } else if topic.len() > TOPIC_BYTES_MAX {
        "the topic is longer than 256 bytes"
    } else if topic.contains(['+', '#', '\0']) {
        "the topic has a wildcard"
    } else if topic.starts_with('/') || topic.ends_with('/') {
        "the topic begins or ends with a slash"
    } else {
        return Ok(());
    };
    Err(DriverError::Setting {
        place: place.to_owned(),
        problem: problem.to_owned(),
        mend: "write the topic as Zigbee2MQTT shows it, such as \"zigbee2mqtt/front_door\"",
    })
}

#[cfg(test)]
mod tests {
    use omzien_core::device::Capability;

    use super::super::{Secrets, Settings};
    use super::*;

    fn topics(devices: &[(&str, &str)]) -> Result<Topics, DriverError> {
        let devices = devices
            .iter()
            .map(|(id, topic)| (DeviceId::new(id), (Via::topic(*topic), vec![Capability::Light])));
        Topics::new(&Wiring {
            settings: Settings::default(),
            secrets: Secrets::default(),
            devices: devices.collect(),
        })
    }

    #[test]
    fn neighbours_share_their_filters() {
        let topics = topics(&[("a", "zigbee2mqtt/a"), ("b", "zigbee2mqtt/b"), ("c", "c")]);
        let filters: Vec<_> = topics.expect("valid topics").filters.into_iter().collect();
        let expected = [
            "c",
            "c/availability",
            "zigbee2mqtt/+",
            "zigbee2mqtt/+/availability",
            "zigbee2mqtt/bridge/state",
        ];
        assert_eq!(filters, expected);
    }

    #[test]
    fn two_parts_of_one_switch_share_a_topic() {
        let mut topics = topics(&[("left", "z/switch"), ("right", "z/switch")]).expect("valid");
        let (place, devices) = topics.place("z/switch").expect("known topic");
        assert_eq!(place, &Place::Said(vec![0, 1]));
        assert_eq!(devices[1].id.as_str(), "right");
        assert!(topics.place("z/other").is_none());
    }

    #[test]
    fn a_wildcard_is_refused_with_its_place() {
        let error = topics(&[("spy", "zigbee2mqtt/#")]).expect_err("a wildcard");
        assert!(error.to_string().contains("devices.spy.via.mqtt.topic"), "{error}");
    }
}
