//! What a command of the core is in the words of Zigbee2MQTT. Pure; never sends anything.

use omzien_core::device::{Capability, Command, Power};
use rumqttc::QoS;

use super::Siren;
use super::topics::Device;

/// Seconds; Zigbee counts transitions in tenths of a second in 16 bits.
const TRANSITION_MAX_S: u32 = 6_000;
/// A siren whose home died falls silent by itself after ten minutes.
const SIREN_S: u32 = 600;

/// One message to a device.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    pub(super) payload: String,
    pub(super) qos: QoS,
}

/// The messages of a command, in order, or why this device cannot do it.
///
/// A light goes at QoS 0: it must be fast, is repeated by whoever pressed, and a lamp that comes
/// on late is worse than one that does not. What belongs to an alarm goes at QoS 1: it is done
/// when the broker has confirmed it.
pub(super) fn messages(device: &Device, command: Command) -> Result<Vec<Message>, &'static str> {
    match command {
        Command::Light(power) => {
            needs(device, Capability::Light)?;
            let payload = format!(r#"{{"{}":"{}"}}"#, key(device, "state"), word(power));
            Ok(vec![Message { payload, qos: QoS::AtMostOnce }])
        }
        Command::LightRise { over_s } => {
            needs(device, Capability::Light)?;
            let (state, brightness) = (key(device, "state"), key(device, "brightness"));
            let over_s = over_s.min(TRANSITION_MAX_S);
            let steps = [
                format!(r#"{{"{state}":"ON","{brightness}":1,"transition":0}}"#),
                format!(r#"{{"{brightness}":254,"transition":{over_s}}}"#),
            ];
            Ok(steps.map(|payload| Message { payload, qos: QoS::AtLeastOnce }).into())
        }
        Command::Siren(power) => {
            needs(device, Capability::Siren)?;
            Ok(vec![Message { payload: siren(device, power), qos: QoS::AtLeastOnce }])
        }
    }
}

fn siren(device: &Device, power: Power) -> String {
    let (state, alarm) = (key(device, "state"), key(device, "alarm"));
    match (device.siren, power) {
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
    match (device.shape.has(capability), capability) {
        (true, _) => Ok(()),
        (false, Capability::Light) => Err("this device is no light"),
        (false, Capability::Siren) => Err("this device is no siren"),
        (
            false,
            Capability::Opening | Capability::Motion | Capability::Button | Capability::Fall,
        ) => Err("this device only tells"),
    }
}

fn key(device: &Device, property: &str) -> String {
    match &device.endpoint {
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
            endpoint: via.endpoint.clone(),
            siren: via.siren,
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
    fn a_door_cannot_be_switched() {
        let door = device(&Via::topic("z/door"), Capability::Opening);
        assert!(messages(&door, Command::Light(Power::On)).is_err());
        assert!(messages(&door, Command::Siren(Power::On)).is_err());
    }
}
