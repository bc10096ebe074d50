//! What a payload of Zigbee2MQTT means, in the few words of the core. Pure: bytes in, [`Meaning`]
//! out. Unknown properties cost a glance and no allocation; nothing in a payload can panic or
//! recurse. It never remembers an earlier payload: presses and falls that last (`sos: true`) are
//! told as states here, and the client sees them begin.

mod press;

use std::fmt;

use omzien_core::device::{
    Bolt, Capability, Celsius, Link, Motion, Opening, Percent, Power, Press,
};
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Contact, Via};
use press::press;

/// A payload longer than this is not read. A device with every property of the collection says
/// some two kilobytes.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;

/// Which properties of a payload concern us: what of the device is used, and which part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    capabilities: Vec<Capability>,
    endpoint: Option<String>,
    contact: Contact,
}

impl Shape {
    pub fn new(via: &Via, capabilities: &[Capability]) -> Self {
        Self {
            capabilities: capabilities.to_vec(),
            endpoint: via.endpoint.clone(),
            contact: via.contact,
        }
    }

    pub(super) fn has(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }
}

/// What one payload says. Every part may be missing; most are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    pub opening: Option<Opening>,
    pub motion: Option<Motion>,
    pub press: Option<Press>,
    pub light: Option<Power>,
    pub cover: Option<Percent>,
    pub lock: Option<Bolt>,
    pub switch: Option<Power>,
    pub fan: Option<Power>,
    pub temperature: Option<Celsius>,
    pub setting: Option<Celsius>,
    pub battery_percent: Option<u8>,
    /// A help button that keeps saying so until it is reset.
    pub calling: Option<Lasting>,
    /// A wearable or radar that keeps saying so until it is reset.
    pub fallen: Option<Lasting>,
    /// Properties of ours with a value that makes no sense.
    pub strange: u32,
}

/// A state that is repeated with every payload while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    Yes,
    No,
}

/// Why a payload means nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonsense {
    TooLong,
    NotAnObject,
}

/// Reads the payload of a device's own topic.
///
/// # Errors
/// [`Nonsense`] for what is too long, or not one JSON object. An object whose values are odd is
/// no error: what can be read is read, and the rest counted as `strange`.
pub fn read(payload: &[u8], shape: &Shape) -> Result<Meaning, Nonsense> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(Nonsense::TooLong);
    }
    let mut json = serde_json::Deserializer::from_slice(payload);
    let meaning = Object(shape).deserialize(&mut json).map_err(|_| Nonsense::NotAnObject)?;
    json.end().map_err(|_| Nonsense::NotAnObject)?;
    Ok(meaning)
}

/// Reads an availability topic or `bridge/state`: `online`, or `{"state":"online"}`.
///
/// # Errors
/// [`Nonsense`] for anything else.
pub fn read_link(payload: &[u8]) -> Result<Link, Nonsense> {
    const LONG: usize = 256;
    match payload {
        b"online" => return Ok(Link::Online),
        b"offline" => return Ok(Link::Offline),
        _ if payload.len() > LONG => return Err(Nonsense::TooLong),
        _ => {}
    }
    let mut json = serde_json::Deserializer::from_slice(payload);
    let link = LinkObject.deserialize(&mut json).map_err(|_| Nonsense::NotAnObject)?;
    json.end().map_err(|_| Nonsense::NotAnObject)?;
    link.ok_or(Nonsense::NotAnObject)
}

/// The properties that are read, as Zigbee2MQTT names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Property {
    Contact,
    Occupancy,
    Presence,
    Action,
    /// The plain `action` of a device with several parts: its value names the part.
    ActionOfAny,
    Sos,
    FallStatus,
    FallDownStatus,
    Status,
    State,
    CoverState,
    Position,
    LockState,
    LockWord,
    SwitchState,
    FanState,
    Temperature,
    Setting,
    Battery,
}

/// `None`: for any capability.
const PROPERTIES: &[(&str, Property, Option<Capability>)] = &[
    ("contact", Property::Contact, Some(Capability::Opening)),
    ("occupancy", Property::Occupancy, Some(Capability::Motion)),
    ("presence", Property::Presence, Some(Capability::Motion)),
    ("action", Property::Action, Some(Capability::Button)),
    ("sos", Property::Sos, Some(Capability::Button)),
    ("fall_status", Property::FallStatus, Some(Capability::Fall)),
    ("fall_down_status", Property::FallDownStatus, Some(Capability::Fall)),
    ("status", Property::Status, Some(Capability::Fall)),
    ("state", Property::State, Some(Capability::Light)),
    ("state", Property::CoverState, Some(Capability::Cover)),
    ("position", Property::Position, Some(Capability::Cover)),
    ("state", Property::LockState, Some(Capability::Lock)),
    ("lock_state", Property::LockWord, Some(Capability::Lock)),
    ("state", Property::SwitchState, Some(Capability::Switch)),
    ("state", Property::FanState, Some(Capability::Fan)),
    ("fan_state", Property::FanState, Some(Capability::Fan)),
    ("temperature", Property::Temperature, Some(Capability::Temperature)),
    ("local_temperature", Property::Temperature, Some(Capability::Thermostat)),
    ("occupied_heating_setpoint", Property::Setting, Some(Capability::Thermostat)),
    ("current_heating_setpoint", Property::Setting, Some(Capability::Thermostat)),
    ("battery", Property::Battery, None),
];

/// The property that a key names for this device. With an endpoint, `state_left` is ours and
/// `state` is not; only what belongs to the whole device (`action`, `battery`) has no suffix.
fn property(key: &str, shape: &Shape) -> Option<Property> {
    PROPERTIES.iter().find_map(|&(name, property, capability)| {
        let rest = key.strip_prefix(name)?;
        if !capability.is_none_or(|capability| shape.has(capability)) {
            return None;
        }
        match (&shape.endpoint, rest.strip_prefix('_')) {
            (Some(endpoint), Some(suffix)) => (suffix == endpoint).then_some(property),
            (Some(_), None) if !rest.is_empty() => None,
            (Some(_), None) if property == Property::Action => Some(Property::ActionOfAny),
            (Some(_), None) => (property == Property::Battery).then_some(property),
            (None, _) => rest.is_empty().then_some(property),
        }
    })
}

/// A JSON value of which only the plain ones matter.
enum Value<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(&'a str),
    Nested,
}

impl Meaning {
    fn take(&mut self, property: Property, value: &Value<'_>, shape: &Shape) {
        // Zigbee2MQTT says null for what it does not know yet.
        if matches!(value, Value::Null) {
            return;
        }
        let understood = match property {
            Property::Contact => self.contact(value, shape.contact),
            Property::Occupancy | Property::Presence => self.motion(value),
            Property::Action => self.action(value, None),
            Property::ActionOfAny => self.action(value, shape.endpoint.as_deref()),
            Property::Sos => set(&mut self.calling, switch(value).map(lasting)),
            Property::FallStatus => self.fall(value, "fall_alarm"),
            Property::FallDownStatus => self.fall(value, "fall"),
            Property::Status => self.fall(value, "falling"),
            Property::State => set(&mut self.light, switch(value).map(power)),
            Property::CoverState => self.cover_state(value),
            Property::Position => set(&mut self.cover, position(value)),
            Property::LockState => self.lock_state(value),
            Property::LockWord => self.lock_word(value),
            Property::SwitchState => set(&mut self.switch, switch(value).map(power)),
            Property::FanState => set(&mut self.fan, switch(value).map(power)),
            Property::Temperature => set(&mut self.temperature, celsius(value)),
            Property::Setting => set(&mut self.setting, celsius(value)),
            Property::Battery => set(&mut self.battery_percent, percent(value)),
        };
        if !understood {
            self.strange += 1;
        }
    }

    fn contact(&mut self, value: &Value<'_>, contact: Contact) -> bool {
        let opening = switch(value).map(|on| match (on, contact) {
            (true, Contact::TrueIsClosed) | (false, Contact::TrueIsOpen) => Opening::Closed,
            (false, Contact::TrueIsClosed) | (true, Contact::TrueIsOpen) => Opening::Open,
        });
        set(&mut self.opening, opening)
    }

    /// A radar may have both properties: either of them sees a person.
    fn motion(&mut self, value: &Value<'_>) -> bool {
        match switch(value) {
            Some(true) => self.motion = Some(Motion::Detected),
            Some(false) => {
                self.motion.get_or_insert(Motion::Clear);
            }
            None => return false,
        }
        true
    }

    /// An action that is no press (a release, a turn of the knob) is no nonsense either.
    fn action(&mut self, value: &Value<'_>, endpoint: Option<&str>) -> bool {
        let Value::Text(action) = value else { return false };
        let ours = endpoint.is_none_or(|part| action.split('_').any(|word| word == part));
        if ours && let Some(press) = press(action) {
            self.press = Some(press);
        }
        true
    }

    /// Which way it goes or went; how far says `position`, wherever it stands in the payload.
    fn cover_state(&mut self, value: &Value<'_>) -> bool {
        let Value::Text(word) = value else { return false };
        let end = match *word {
            "OPEN" => Percent::new(100),
            "CLOSE" | "CLOSED" => Percent::new(0),
            "STOP" => None,
            _ => return false,
        };
        self.cover = self.cover.or(end);
        true
    }

    /// What it was told; where it is says `lock_state`, wherever it stands in the payload.
    fn lock_state(&mut self, value: &Value<'_>) -> bool {
        let Value::Text(word) = value else { return false };
        let bolt = match *word {
            "LOCK" => Bolt::Locked,
            "UNLOCK" => Bolt::Unlocked,
            _ => return false,
        };
        self.lock.get_or_insert(bolt);
        true
    }

    /// Not quite locked is not locked.
    fn lock_word(&mut self, value: &Value<'_>) -> bool {
        let Value::Text(word) = value else { return false };
        self.lock = Some(match *word {
            "locked" => Bolt::Locked,
            "unlocked" | "not_fully_locked" => Bolt::Unlocked,
            _ => return false,
        });
        true
    }

    fn fall(&mut self, value: &Value<'_>, fallen: &str) -> bool {
        let Value::Text(text) = value else { return false };
        self.fallen = Some(lasting(*text == fallen));
        true
    }
}

/// `true`, or one of the words that devices use for it.
fn switch(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::Text("ON") => Some(true),
        Value::Text("OFF") => Some(false),
        Value::Text(_) | Value::Number(_) | Value::Null | Value::Nested => None,
    }
}

fn power(on: bool) -> Power {
    if on { Power::On } else { Power::Off }
}

fn lasting(yes: bool) -> Lasting {
    if yes { Lasting::Yes } else { Lasting::No }
}

fn percent(value: &Value<'_>) -> Option<u8> {
    let Value::Number(number) = value else { return None };
    // Not NaN (JSON has none), and within a byte: the range is checked here.
    (0.0..=100.0).contains(number).then(|| number.round() as u8)
}

fn position(value: &Value<'_>) -> Option<Percent> {
    Percent::new(percent(value)?.into())
}

fn celsius(value: &Value<'_>) -> Option<Celsius> {
    let Value::Number(degrees) = value else { return None };
    // A cast of a float stays within its bounds, and `tenths` refuses what no house measures.
    Celsius::tenths((degrees * 10.0).round() as i32)
}

fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let understood = value.is_some();
    if understood {
        *slot = value;
    }
    understood
}

struct Object<'a>(&'a Shape);

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Meaning;
    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Meaning, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Meaning;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Meaning, A::Error> {
        let mut meaning = Meaning::default();
        while let Some(found) = map.next_key_seed(Key(|key: &str| property(key, self.0)))? {
            match found {
                Some(property) => map.next_value_seed(Taken(|value: &Value<'_>| {
                    meaning.take(property, value, self.0);
                }))?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(meaning)
    }
}

/// `{"state":"online"}`.
struct LinkObject;

impl<'de> DeserializeSeed<'de> for LinkObject {
    type Value = Option<Link>;
    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Option<Link>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LinkObject {
    type Value = Option<Link>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Link>, A::Error> {
        let mut link = None;
        while let Some(is_state) = map.next_key_seed(Key(|key: &str| key == "state"))? {
            map.next_value_seed(Taken(|value: &Value<'_>| match (is_state, value) {
                (true, Value::Text("online")) => link = Some(Link::Online),
                (true, Value::Text("offline")) => link = Some(Link::Offline),
                (true | false, _) => {}
            }))?;
        }
        Ok(link)
    }
}

/// Looks at a key where it stands, without copying it.
struct Key<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for Key<F> {
    type Value = T;
    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<T, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Key<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<T, E> {
        Ok((self.0)(key))
    }
}

/// Looks at a value where it stands, without copying it.
struct Taken<F>(F);

impl<'de, F: FnOnce(&Value<'_>)> DeserializeSeed<'de> for Taken<F> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, F: FnOnce(&Value<'_>)> Visitor<'de> for Taken<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.say(&Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.say(&Value::Bool(value))
    }

    // Far beyond a hundred percent precision does not matter.
    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.say(&Value::Number(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.say(&Value::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.say(&Value::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.say(&Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        self.say(&Value::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.say(&Value::Nested)
    }
}

impl<F: FnOnce(&Value<'_>)> Taken<F> {
    fn say<E>(self, value: &Value<'_>) -> Result<(), E> {
        (self.0)(value);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
