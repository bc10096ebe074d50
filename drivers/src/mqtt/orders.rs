//! What a command of the core is in the words of Zigbee2MQTT. Pure; never sends anything.

use omzien_core::colour::{Colour, Shade};
use omzien_core::device::{Bolt, Capability, Celsius, Command, Move, Percent, Power, Step};
use rumqttc::QoS;

use super::topics::Device;
use super::{Setpoint, Siren, Speed, Tint};

/// Seconds; Zigbee counts transitions in tenths of a second in 16 bits.
const TRANSITION_MAX_S: u32 = 6_000;
/// A siren whose home died falls silent by itself after ten minutes.
const SIREN_S: u32 = 600;
/// Every lamp that Zigbee2MQTT knows counts its brightness to here.
const BRIGHTEST: u32 = 254;
/// "Brighter" is a quarter of it: less is not noticed.
const BRIGHTNESS_STEP: i32 = 64;

/// One message to a device.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    pub(super) payload: String,
    pub(super) qos: QoS,
}

/// The messages of a command, in order, or why this device cannot do it.
///
/// A light goes at QoS 0: it must be fast, is repeated by whoever pressed, and a lamp that comes
/// on late is worse than one that does not. What belongs to an alarm, moves, locks or heats goes
/// at QoS 1: it is done when the broker has confirmed it.
pub(super) fn messages(device: &Device, command: Command) -> Result<Vec<Message>, &'static str> {
    needs(device, command.needs())?;
    let key = |property| key(device, property);
    let fast = |payload| Ok(vec![Message { payload, qos: QoS::AtMostOnce }]);
    let sure = |payload| Ok(vec![Message { payload, qos: QoS::AtLeastOnce }]);
    match command {
        Command::Light(power) | Command::Switch(power) => {
            fast(format!(r#"{{"{}":"{}"}}"#, key("state"), word(power)))
        }
        Command::LightRise { over_s } => {
            let (state, brightness) = (key("state"), key("brightness"));
            let over_s = over_s.min(TRANSITION_MAX_S);
            let steps = [
                format!(r#"{{"{state}":"ON","{brightness}":1,"transition":0}}"#),
                format!(r#"{{"{brightness}":{BRIGHTEST},"transition":{over_s}}}"#),
            ];
            Ok(steps.map(|payload| Message { payload, qos: QoS::AtLeastOnce }).into())
        }
        Command::Siren(power) => sure(siren(device, power)),
        Command::Brightness(percent) => {
            let level = share(percent, BRIGHTEST);
            fast(format!(r#"{{"{}":"ON","{}":{level}}}"#, key("state"), key("brightness")))
        }
        Command::BrightnessStep(step) => {
            let by = match step {
                Step::Up => BRIGHTNESS_STEP,
                Step::Down => -BRIGHTNESS_STEP,
            };
            fast(format!(r#"{{"{}":{by}}}"#, key("brightness_step")))
        }
        Command::Colour(colour) => fast(tint(device, colour)?),
        Command::Cover(to) => sure(match to {
            Move::Open => format!(r#"{{"{}":"OPEN"}}"#, key("state")),
            Move::Close => format!(r#"{{"{}":"CLOSE"}}"#, key("state")),
            Move::Stop => format!(r#"{{"{}":"STOP"}}"#, key("state")),
            Move::To(percent) => format!(r#"{{"{}":{}}}"#, key("position"), percent.get()),
        }),
        Command::Lock(Bolt::Locked) => sure(format!(r#"{{"{}":"LOCK"}}"#, key("state"))),
        Command::Lock(Bolt::Unlocked) => sure(format!(r#"{{"{}":"UNLOCK"}}"#, key("state"))),
        Command::Fan(power) => {
            let state = match device.via.fan {
                Speed::Mode => key("fan_state"),
                Speed::To254 | Speed::To5 | Speed::State => key("state"),
            };
            fast(format!(r#"{{"{state}":"{}"}}"#, word(power)))
        }
        Command::FanSpeed(percent) => fast(speed(device, percent)?),
        Command::Target(celsius) => sure(setpoint(device, celsius)),
    }
}

/// In what a device with that many steps counts; at least one, for none is off.
fn share(percent: Percent, steps: u32) -> u32 {
    (u32::from(percent.get()) * steps).div_ceil(100).max(1)
}

/// A hue is told as the lamp understands it, and a white by how warm it is.
fn tint(device: &Device, colour: Colour) -> Result<String, &'static str> {
    let (state, color) = (key(device, "state"), key(device, "color"));
    Ok(match (colour.shade(), device.via.colour) {
        (Shade::White { mired }, Tint::Xy | Tint::Hs | Tint::Whites) => {
            format!(r#"{{"{state}":"ON","{}":{mired}}}"#, key(device, "color_temp"))
        }
        (Shade::Hue { degrees, strength_percent }, Tint::Hs) => format!(
            r#"{{"{state}":"ON","{color}":{{"hue":{degrees},"saturation":{strength_percent}}}}}"#
        ),
        (Shade::Hue { degrees, strength_percent }, Tint::Xy) => {
            let (x, y) = chromaticity(degrees, strength_percent);
            format!(r#"{{"{state}":"ON","{color}":{{"x":{x:.3},"y":{y:.3}}}}}"#)
        }
        (Shade::Hue { .. }, Tint::Whites) => return Err("this lamp has whites, and no colours"),
    })
}

/// From the circle of colours to the plane in which lamps count: sRGB (IEC 61966-2-1) to CIE 1931.
fn chromaticity(degrees: u16, strength_percent: u8) -> (f64, f64) {
    let strength = f64::from(strength_percent) / 100.0;
    let part = |offset: f64| {
        let k = (offset + f64::from(degrees) / 60.0) % 6.0;
        1.0 - strength * k.min(4.0 - k).clamp(0.0, 1.0)
    };
    let linear = |part: f64| {
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = [5.0, 3.0, 1.0].map(part).map(linear);
    let x = 0.4124 * red + 0.3576 * green + 0.1805 * blue;
    let y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let z = 0.0193 * red + 0.1192 * green + 0.9505 * blue;
    let sum = x + y + z;
    (x / sum, y / sum)
}

fn speed(device: &Device, percent: Percent) -> Result<String, &'static str> {
    let (state, speed) = (key(device, "state"), key(device, "speed"));
    let steps = match device.via.fan {
        Speed::Mode => {
            let mode = match percent.get() {
                0..=33 => "low",
                34..=66 => "medium",
                67.. => "high",
            };
            return Ok(format!(r#"{{"{}":"{mode}"}}"#, key(device, "fan_mode")));
        }
        Speed::To254 => 254,
        Speed::To5 => 5,
        Speed::State => return Err("this fan has one speed"),
    };
    Ok(format!(r#"{{"{state}":"ON","{speed}":{}}}"#, share(percent, steps)))
}

fn setpoint(device: &Device, celsius: Celsius) -> String {
    let property = match device.via.thermostat {
        Setpoint::Occupied => "occupied_heating_setpoint",
        Setpoint::Current => "current_heating_setpoint",
    };
    let tenths = celsius.in_tenths();
    format!(r#"{{"{}":{:.1}}}"#, key(device, property), f64::from(tenths) / 10.0)
}

fn siren(device: &Device, power: Power) -> String {
    let (state, alarm) = (key(device, "state"), key(device, "alarm"));
    match (device.via.siren, power) {
        (Siren::Warning, Power::On) => format!(
            r#"{{"warning":{{"mode":"emergency","level":"high","strobe":true,"duration":{SIREN_S}}}}}"#
        ),
        (Siren::Warning, Power::Off) => {
            r#"{"warning":{"mode":"stop","level":"low","strobe":false,"duration":1}}"#.to_owned()
        }
        (Siren::AlarmTrue, power) => format!(r#"{{"{alarm}":{}}}"#, power == Power::On),
        (Siren::AlarmOn, power) => format!(r#"{{"{alarm}":"{}"}}"#, word(power)),
        (Siren::State, power) => format!(r#"{{"{state}":"{}"}}"#, word(power)),
    }
}

fn needs(device: &Device, capability: Capability) -> Result<(), &'static str> {
    if device.shape.has(capability) { Ok(()) } else { Err("this device cannot do that") }
}

fn key(device: &Device, property: &str) -> String {
    match &device.via.endpoint {
        Some(endpoint) => format!("{property}_{endpoint}"),
        None => property.to_owned(),
    }
}

fn word(power: Power) -> &'static str {
    match power {
        Power::On => "ON",
        Power::Off => "OFF",
    }
}

#[cfg(test)]
mod tests {
    use omzien_core::DeviceId;

    use super::super::Via;
    use super::super::payload::{Lasting, Shape};
    use super::*;

    fn device(via: &Via, capability: Capability) -> Device {
        Device {
            id: DeviceId::new("lamp"),
            shape: Shape::new(via, &[capability]),
            set_topic: format!("{}/set", via.topic),
            via: via.clone(),
            calling: Lasting::No,
            fallen: Lasting::No,
        }
    }

    fn payloads(device: &Device, command: Command) -> Vec<String> {
        let messages = messages(device, command).expect("it can do that");
        for message in &messages {
            let json: serde_json::Value =
                serde_json::from_str(&message.payload).expect("valid JSON");
            assert!(json.is_object());
        }
        messages.into_iter().map(|message| message.payload).collect()
    }

    #[test]
    fn a_light_is_switched_by_its_own_endpoint() {
        let mut via = Via::topic("z/switch");
        let light = device(&via, Capability::Light);
        assert_eq!(payloads(&light, Command::Light(Power::On)), [r#"{"state":"ON"}"#]);
        via.endpoint = Some("left".into());
        let left = device(&via, Capability::Light);
        assert_eq!(payloads(&left, Command::Light(Power::Off)), [r#"{"state_left":"OFF"}"#]);
    }

    #[test]
    fn a_light_rises_from_the_lowest_step_to_full() {
        let light = device(&Via::topic("z/lamp"), Capability::Light);
        assert_eq!(
            payloads(&light, Command::LightRise { over_s: u32::MAX }),
            [
                r#"{"state":"ON","brightness":1,"transition":0}"#,
                r#"{"brightness":254,"transition":6000}"#
            ]
        );
    }

    #[test]
    fn a_siren_sounds_in_each_of_its_dialects() {
        let table = [
            (Siren::AlarmTrue, r#"{"alarm":true}"#, r#"{"alarm":false}"#),
            (Siren::AlarmOn, r#"{"alarm":"ON"}"#, r#"{"alarm":"OFF"}"#),
            (Siren::State, r#"{"state":"ON"}"#, r#"{"state":"OFF"}"#),
        ];
        for (siren, on, off) in table {
            let siren = device(&Via { siren, ..Via::topic("z/siren") }, Capability::Siren);
            assert_eq!(payloads(&siren, Command::Siren(Power::On)), [on]);
            assert_eq!(payloads(&siren, Command::Siren(Power::Off)), [off]);
        }
        let siren = device(&Via::topic("z/siren"), Capability::Siren);
        let on = payloads(&siren, Command::Siren(Power::On)).concat();
        assert!(on.contains("emergency") && on.contains("600"), "{on}");
        assert!(payloads(&siren, Command::Siren(Power::Off)).concat().contains("stop"));
    }

    #[test]
    fn each_thing_is_told_in_its_own_words() {
        use Capability::{Colour as Colours, Cover, Dimmer, Fan, Lock, Switch, Thermostat};
        let percent = |percent| Percent::new(percent).expect("a percentage");
        let warm = Celsius::tenths(205).expect("a temperature");
        let plain = Via::topic("z/thing");
        let hs = Via { colour: Tint::Hs, ..plain.clone() };
        let to_254 = Via { fan: Speed::To254, ..plain.clone() };
        let to_5 = Via { fan: Speed::To5, ..plain.clone() };
        let current = Via { thermostat: Setpoint::Current, ..plain.clone() };
        let left = Via { endpoint: Some("left".into()), ..plain.clone() };
        for (via, capability, command, payload) in [
            (&plain, Cover, Command::Cover(Move::Open), r#"{"state":"OPEN"}"#),
            (&plain, Cover, Command::Cover(Move::Close), r#"{"state":"CLOSE"}"#),
            (&left, Cover, Command::Cover(Move::Stop), r#"{"state_left":"STOP"}"#),
            (&plain, Cover, Command::Cover(Move::To(percent(40))), r#"{"position":40}"#),
            (&plain, Lock, Command::Lock(Bolt::Locked), r#"{"state":"LOCK"}"#),
            (&plain, Lock, Command::Lock(Bolt::Unlocked), r#"{"state":"UNLOCK"}"#),
            (&left, Switch, Command::Switch(Power::On), r#"{"state_left":"ON"}"#),
            (
                &plain,
                Dimmer,
                Command::Brightness(percent(50)),
                r#"{"state":"ON","brightness":127}"#,
            ),
            (
                &plain,
                Dimmer,
                Command::Brightness(percent(100)),
                r#"{"state":"ON","brightness":254}"#,
            ),
            (&plain, Dimmer, Command::BrightnessStep(Step::Down), r#"{"brightness_step":-64}"#),
            (
                &plain,
                Colours,
                Command::Colour(Colour::WarmWhite),
                r#"{"state":"ON","color_temp":370}"#,
            ),
            (
                &hs,
                Colours,
                Command::Colour(Colour::Blue),
                r#"{"state":"ON","color":{"hue":240,"saturation":100}}"#,
            ),
            // The corners of sRGB.
            (
                &plain,
                Colours,
                Command::Colour(Colour::Red),
                r#"{"state":"ON","color":{"x":0.640,"y":0.330}}"#,
            ),
            (
                &plain,
                Colours,
                Command::Colour(Colour::Green),
                r#"{"state":"ON","color":{"x":0.300,"y":0.600}}"#,
            ),
            (
                &plain,
                Colours,
                Command::Colour(Colour::Blue),
                r#"{"state":"ON","color":{"x":0.150,"y":0.060}}"#,
            ),
            (&plain, Fan, Command::Fan(Power::Off), r#"{"fan_state":"OFF"}"#),
            (&plain, Fan, Command::FanSpeed(percent(50)), r#"{"fan_mode":"medium"}"#),
            (&to_254, Fan, Command::FanSpeed(percent(50)), r#"{"state":"ON","speed":127}"#),
            (&to_5, Fan, Command::FanSpeed(percent(1)), r#"{"state":"ON","speed":1}"#),
            (&plain, Thermostat, Command::Target(warm), r#"{"occupied_heating_setpoint":20.5}"#),
            (&current, Thermostat, Command::Target(warm), r#"{"current_heating_setpoint":20.5}"#),
        ] {
            assert_eq!(payloads(&device(via, capability), command), [payload], "{command:?}");
        }
        let whites = device(&Via { colour: Tint::Whites, ..plain.clone() }, Colours);
        assert!(messages(&whites, Command::Colour(Colour::Red)).is_err());
        assert!(messages(&whites, Command::Colour(Colour::White)).is_ok());
        let plug = device(&Via { fan: Speed::State, ..plain }, Fan);
        assert_eq!(payloads(&plug, Command::Fan(Power::On)), [r#"{"state":"ON"}"#]);
        assert!(messages(&plug, Command::FanSpeed(percent(50))).is_err());
    }

    #[test]
    fn a_door_cannot_be_switched() {
        let door = device(&Via::topic("z/door"), Capability::Opening);
        assert!(messages(&door, Command::Light(Power::On)).is_err());
        assert!(messages(&door, Command::Siren(Power::On)).is_err());
    }
}
