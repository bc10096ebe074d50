//! The mapping as a table, and the promise that no bytes can hurt it.

use omzien_core::device::Capability::{
    self, Button, Fall, Light, Motion as Moves, Opening as Opens,
};
use proptest::prelude::*;

use super::super::Contact;
use super::*;

fn shape(capabilities: &[Capability]) -> Shape {
    Shape::new(&Via::topic("z/device"), capabilities)
}

fn part(endpoint: &str, capabilities: &[Capability]) -> Shape {
    let via = Via { endpoint: Some(endpoint.to_owned()), ..Via::topic("z/device") };
    Shape::new(&via, capabilities)
}

#[track_caller]
fn says(capabilities: &[Capability], payload: &str, meaning: Meaning) {
    assert_eq!(read(payload.as_bytes(), &shape(capabilities)), Ok(meaning), "{payload}");
}

fn none() -> Meaning {
    Meaning::default()
}

fn pressed(press: Press) -> Meaning {
    Meaning { press: Some(press), ..none() }
}

#[test]
fn doors() {
    let is = |opening| Meaning { opening: Some(opening), ..none() };
    says(&[Opens], r#"{"contact":true}"#, is(Opening::Closed));
    says(&[Opens], r#"{"contact":false,"tamper":false,"voltage":3015}"#, is(Opening::Open));
    says(&[Opens], r#"{"contact":"ON"}"#, is(Opening::Closed));
    says(&[Opens], r#"{"contact":"OFF"}"#, is(Opening::Open));
    says(&[Opens], r#"{"contact":null,"battery":null}"#, none());
    let via = Via { contact: Contact::TrueIsOpen, ..Via::topic("z/door") };
    let inverted = Shape::new(&via, &[Opens]);
    assert_eq!(read(br#"{"contact":true}"#, &inverted), Ok(is(Opening::Open)));
}

#[test]
fn motion_is_either_of_its_two_properties() {
    let is = |motion| Meaning { motion: Some(motion), ..none() };
    says(&[Moves], r#"{"occupancy":true,"illuminance":12}"#, is(Motion::Detected));
    says(&[Moves], r#"{"presence":false}"#, is(Motion::Clear));
    for both in [r#"{"occupancy":false,"presence":true}"#, r#"{"presence":true,"occupancy":false}"#]
    {
        says(&[Moves], both, is(Motion::Detected));
    }
}

#[test]
fn presses() {
    let short = [
        "single",
        "double",
        "many",
        "1_single",
        "single_left",
        "press_1",
        "button_3_click",
        "on",
        "off",
        "toggle",
        "emergency",
        "panic",
        "sos",
        "on_press",
        "scene_1",
        "recall_2",
        "button_3",
    ];
    let long = ["hold", "1_hold", "hold_left", "long", "2_long", "long_press", "on_hold"];
    let neither = [
        "release",
        "hold_release",
        "hold_released",
        "dot_press_release",
        "brightness_stop",
        "",
        "disarm",
        "arm_all_zones",
        "rotate_left",
        "fall",
        "shake",
        "brightness_step_up",
    ];
    let action = |action: &str| format!(r#"{{"action":"{action}"}}"#);
    for word in short {
        says(&[Button], &action(word), pressed(Press::Short));
    }
    for word in long {
        says(&[Button], &action(word), pressed(Press::Long));
    }
    for word in neither {
        says(&[Button], &action(word), none());
    }
}

#[test]
fn a_help_button_that_goes_on_calling() {
    let calling = |lasting| Meaning { calling: Some(lasting), ..none() };
    says(&[Button], r#"{"sos":true,"battery":null}"#, calling(Lasting::Yes));
    says(&[Button], r#"{"sos":false}"#, calling(Lasting::No));
}

#[test]
fn falls_of_people_and_only_of_people() {
    let fallen = |lasting| Meaning { fallen: Some(lasting), ..none() };
    let yes = [
        r#"{"fall_status":"fall_alarm"}"#,
        r#"{"fall_down_status":"fall"}"#,
        r#"{"status":"falling"}"#,
    ];
    let no = [
        r#"{"fall_status":"normal"}"#,
        r#"{"fall_status":"fall_warning"}"#,
        r#"{"fall_down_status":"maybe_fall"}"#,
        r#"{"status":"on_the_bed"}"#,
    ];
    for payload in yes {
        says(&[Fall], payload, fallen(Lasting::Yes));
    }
    for payload in no {
        says(&[Fall], payload, fallen(Lasting::No));
    }
    // A setting, an object that fell, an unrelated option.
    for payload in [
        r#"{"fall_detection":"ON"}"#,
        r#"{"action":"fall"}"#,
        r#"{"fallback_order":"stop"}"#,
        r#"{"fall_sensitivity":5}"#,
    ] {
        says(&[Fall], payload, none());
    }
}

#[test]
fn lights_and_batteries() {
    says(
        &[Light],
        r#"{"state":"ON","brightness":254}"#,
        Meaning { light: Some(Power::On), ..none() },
    );
    let charge = |percent| Meaning { battery_percent: Some(percent), ..none() };
    says(&[], r#"{"battery":99.6}"#, charge(100));
    says(&[], r#"{"battery":0}"#, charge(0));
}

#[test]
fn a_part_hears_only_itself() {
    let left = part("left", &[Light, Button, Opens]);
    let read = |payload: &str| read(payload.as_bytes(), &left).expect("an object");
    let on = Meaning { light: Some(Power::On), ..none() };
    assert_eq!(read(r#"{"state_left":"ON","state_right":"OFF"}"#), on);
    assert_eq!(read(r#"{"state":"ON","contact":true}"#), none());
    assert_eq!(read(r#"{"action":"single_left"}"#), pressed(Press::Short));
    assert_eq!(read(r#"{"action":"single_right"}"#), none());
    assert_eq!(read(r#"{"action_left":"hold"}"#), pressed(Press::Long));
    assert_eq!(read(r#"{"battery":7}"#).battery_percent, Some(7));
}

#[test]
fn what_is_not_used_is_not_heard() {
    says(&[Opens], r#"{"occupancy":true,"action":"single","state":"ON","sos":true}"#, none());
}

#[test]
fn odd_values_are_counted_and_the_rest_is_read() {
    let odd = |strange| Meaning { strange, ..none() };
    says(&[Opens], r#"{"contact":"banana"}"#, odd(1));
    says(&[Opens], r#"{"contact":{"contact":true}}"#, odd(1));
    says(&[Opens], r#"{"contact":[true],"battery":-1}"#, odd(2));
    says(&[], r#"{"battery":101}"#, odd(1));
    says(&[], r#"{"battery":1e300}"#, odd(1));
    says(&[Button], r#"{"action":1}"#, odd(1));
    says(
        &[Opens],
        r#"{"battery":"full","contact":false}"#,
        Meaning { opening: Some(Opening::Open), ..odd(1) },
    );
}

#[test]
fn nonsense_is_an_answer() {
    let deep = format!(r#"{{"contact":{}{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
    let deep_elsewhere = format!(r#"{{"x":{}{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
    let long = format!(r#"{{"x":"{}"}}"#, "x".repeat(PAYLOAD_BYTES_MAX));
    let table: &[(&[u8], Nonsense)] = &[
        (b"", Nonsense::NotAnObject),
        (b"online", Nonsense::NotAnObject),
        (b"[]", Nonsense::NotAnObject),
        (b"null", Nonsense::NotAnObject),
        (b"{", Nonsense::NotAnObject),
        (b"{}{}", Nonsense::NotAnObject),
        (br#"{"contact":NaN}"#, Nonsense::NotAnObject),
        (br#"{"battery":1e999}"#, Nonsense::NotAnObject),
        (b"{\"contact\":\"\xff\xfe\"}", Nonsense::NotAnObject),
        (b"\xff\xfe\x00", Nonsense::NotAnObject),
        (long.as_bytes(), Nonsense::TooLong),
    ];
    for (payload, nonsense) in table {
        assert_eq!(read(payload, &shape(&[Opens])), Err(*nonsense));
    }
    for deep in [deep, deep_elsewhere] {
        // Read or refused, but never a full stack.
        let _ = read(deep.as_bytes(), &shape(&[Opens]));
    }
}

#[test]
fn things_of_the_house() {
    let percent = Percent::new;
    let degrees = |tenths| Celsius::tenths(tenths);
    for (capability, payload, meaning) in [
        (
            Capability::Cover,
            r#"{"state":"OPEN","position":40}"#,
            Meaning { cover: percent(40), ..none() },
        ),
        (
            Capability::Cover,
            r#"{"position":0,"state":"OPEN"}"#,
            Meaning { cover: percent(0), ..none() },
        ),
        (Capability::Cover, r#"{"state":"CLOSE"}"#, Meaning { cover: percent(0), ..none() }),
        (Capability::Cover, r#"{"state":"STOP"}"#, none()),
        (Capability::Cover, r#"{"position":140}"#, Meaning { strange: 1, ..none() }),
        (Capability::Lock, r#"{"state":"LOCK"}"#, Meaning { lock: Some(Bolt::Locked), ..none() }),
        // It was told to lock, and is not.
        (
            Capability::Lock,
            r#"{"lock_state":"not_fully_locked","state":"LOCK"}"#,
            Meaning { lock: Some(Bolt::Unlocked), ..none() },
        ),
        (
            Capability::Switch,
            r#"{"state":"ON","power":3.1}"#,
            Meaning { switch: Some(Power::On), ..none() },
        ),
        (Capability::Fan, r#"{"fan_state":"OFF"}"#, Meaning { fan: Some(Power::Off), ..none() }),
        (
            Capability::Temperature,
            r#"{"temperature":-3.46}"#,
            Meaning { temperature: degrees(-35), ..none() },
        ),
        (Capability::Temperature, r#"{"temperature":3276.7}"#, Meaning { strange: 1, ..none() }),
        (
            Capability::Thermostat,
            r#"{"local_temperature":19.8,"occupied_heating_setpoint":21}"#,
            Meaning { temperature: degrees(198), setting: degrees(210), ..none() },
        ),
        (Light, r#"{"state":"LOCK"}"#, Meaning { strange: 1, ..none() }),
    ] {
        says(&[capability], payload, meaning);
    }
}

#[test]
fn links_in_both_forms() {
    assert_eq!(read_link(b"online"), Ok(Link::Online));
    assert_eq!(read_link(b"offline"), Ok(Link::Offline));
    assert_eq!(read_link(br#"{"state":"online"}"#), Ok(Link::Online));
    assert_eq!(read_link(br#"{"x":{"state":"online"},"state":"offline"}"#), Ok(Link::Offline));
    let wrong: [&[u8]; 5] = [b"", b"Online", br#"{"state":1}"#, b"{}", &[b'x'; 300]];
    for payload in wrong {
        assert!(read_link(payload).is_err());
    }
}

/// Every capability there is.
const ALL: &[Capability] = &[
    Opens,
    Moves,
    Button,
    Fall,
    Light,
    Capability::Siren,
    Capability::Cover,
    Capability::Lock,
    Capability::Thermostat,
    Capability::Temperature,
];

fn json() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        prop::sample::select(PROPERTIES).prop_map(|(name, ..)| name.to_owned()),
        prop::sample::select(PROPERTIES).prop_map(|(name, ..)| format!("{name}_left")),
        "[a-z_]{0,12}",
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        (-1e9..1e9_f64).prop_map(|value| value.to_string()),
        "[a-z_]{0,16}".prop_map(|value| format!("{value:?}")),
        prop::sample::select(&["\"ON\"", "\"OFF\"", "\"hold\"", "\"fall_alarm\"", "\"falling\""])
            .prop_map(str::to_owned),
    ];
    let value = leaf.prop_recursive(4, 32, 4, |inner| {
        prop::collection::vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(",")))
    });
    prop::collection::vec((key, value), 0..8).prop_map(|pairs| {
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key:?}:{value}")).collect();
        format!("{{{}}}", pairs.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_can_hurt(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = read(&bytes, &shape(ALL));
        let _ = read(&bytes, &part("left", ALL));
        let _ = read_link(&bytes);
    }

    #[test]
    fn any_object_is_read_and_what_it_says_is_in_range(payload in json()) {
        for shape in [shape(ALL), part("left", ALL)] {
            let meaning = read(payload.as_bytes(), &shape);
            prop_assert!(meaning.is_ok(), "{payload}");
            let percent = meaning.ok().and_then(|meaning| meaning.battery_percent);
            prop_assert!(percent.is_none_or(|percent| percent <= 100));
        }
    }

    #[test]
    fn half_an_object_is_refused(payload in json(), cut in 0.0..1.0_f64) {
        let end = (payload.len() as f64 * cut) as usize;
        prop_assert!(read(&payload.as_bytes()[..end], &shape(ALL)).is_err());
    }
}
