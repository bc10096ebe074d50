//! The MQTT driver against both brokers it will meet: its own, and a real mosquitto. Readings in,
//! commands out, the broker killed and back, hostile payloads, refused passwords.

mod rig;

use std::collections::BTreeMap;
use std::time::Duration;

use omzien_core::device::{
    Bolt, Celsius, Command, Link, Motion, Move, Opening, Percent, Power, Press, Reading,
};
use omzien_core::event::{Trouble, TroubleState};
use omzien_core::{Again, Outcome};
use omzien_drivers::mqtt::broker::Broker;
use omzien_drivers::simulated::free_port;
use omzien_drivers::simulated::zigbee2mqtt::{FALL_OVER, Kept, Lamps, SimulatedZigbee};
use omzien_drivers::{Input, Secret};
use rig::{Mosquitto, Rig, local};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn own() -> Broker {
    Broker::start(local(0), BTreeMap::new()).expect("a free port")
}

#[tokio::test]
async fn readings_come_in_and_commands_go_out_through_our_own_broker() {
    let broker = own();
    live_through_a_day(broker.address().port()).await;
}

#[tokio::test]
async fn readings_come_in_and_commands_go_out_through_mosquitto() {
    let broker = Mosquitto::start(local(0).port(), None).await;
    live_through_a_day(broker.port).await;
}

async fn live_through_a_day(port: u16) {
    let mut rig = Rig::start(port).await;
    let readings = [
        ("front_door", Reading::Opening(Opening::Open)),
        ("front_door", Reading::Opening(Opening::Closed)),
        ("hall", Reading::Motion(Motion::Detected)),
        ("hall", Reading::Motion(Motion::Clear)),
        ("help", Reading::Button(Press::Short)),
        ("help", Reading::Button(Press::Long)),
        ("help", Reading::BatteryPercent(81)),
        ("band", Reading::Fall),
        ("front_door", Reading::Link(Link::Offline)),
        ("front_door", Reading::Link(Link::Online)),
    ];
    for (device, reading) in readings {
        rig.zigbee.say(device, reading).await;
        assert_eq!(rig.reading().await, (device.into(), reading));
    }

    let id = rig.order("lamp", Command::Light(Power::On)).await;
    assert_eq!(rig.command().await, ("lamp".into(), json!({ "state": "ON" })));
    assert_eq!(rig.outcome(id).await, Outcome::Done);
    assert_eq!(rig.reading().await, ("lamp".into(), Reading::Light(Power::On)));

    let id = rig.order("lamp", Command::LightRise { over_s: 30 }).await;
    let low = json!({ "state": "ON", "brightness": 1, "transition": 0 });
    assert_eq!(rig.command().await, ("lamp".into(), low));
    let full = json!({ "brightness": 254, "transition": 30 });
    assert_eq!(rig.command().await, ("lamp".into(), full));
    assert_eq!(rig.outcome(id).await, Outcome::Done);

    let id = rig.order("siren", Command::Siren(Power::On)).await;
    let (device, payload) = rig.command().await;
    assert_eq!((device.as_str(), &payload["warning"]["mode"]), ("siren", &json!("emergency")));
    assert_eq!(rig.outcome(id).await, Outcome::Done);
    operate_the_house(&mut rig).await;
}

/// Each is told in its own words, says what it does, and is understood.
async fn operate_the_house(rig: &mut Rig) {
    let percent = |percent| Percent::new(percent).expect("a percentage");
    let warm = Celsius::tenths(205).expect("a temperature");
    for (device, command, payload, reading) in [
        (
            "curtain",
            Command::Cover(Move::To(percent(40))),
            json!({ "position": 40 }),
            Reading::Cover(percent(40)),
        ),
        (
            "curtain",
            Command::Cover(Move::Close),
            json!({ "state": "CLOSE" }),
            Reading::Cover(percent(0)),
        ),
        (
            "lock",
            Command::Lock(Bolt::Locked),
            json!({ "state": "LOCK" }),
            Reading::Lock(Bolt::Locked),
        ),
        (
            "lock",
            Command::Lock(Bolt::Unlocked),
            json!({ "state": "UNLOCK" }),
            Reading::Lock(Bolt::Unlocked),
        ),
        (
            "thermostat",
            Command::Target(warm),
            json!({ "occupied_heating_setpoint": 20.5 }),
            Reading::Target(warm),
        ),
    ] {
        let id = rig.order(device, command).await;
        assert_eq!(rig.command().await, (device.into(), payload));
        assert_eq!(rig.outcome(id).await, Outcome::Done);
        let mut said = rig.reading().await;
        // The lamp that rose still tells of it.
        while said.0 == "lamp".into() {
            said = rig.reading().await;
        }
        assert_eq!(said, (device.into(), reading));
    }
    let half_way = Reading::Cover(percent(50));
    rig.zigbee.say("curtain", half_way).await;
    assert_eq!(rig.reading().await, ("curtain".into(), half_way));
}

#[tokio::test]
async fn what_cannot_be_done_is_told_for_good() {
    let broker = own();
    let mut rig = Rig::start(broker.address().port()).await;
    for device in ["front_door", "nowhere"] {
        let id = rig.order(device, Command::Light(Power::On)).await;
        let outcome = rig.outcome(id).await;
        assert!(matches!(outcome, Outcome::Failed { again: Again::Never, .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn our_own_broker_dies_and_comes_back() {
    let broker = own();
    let port = broker.address().port();
    let rig = Rig::start(port).await;
    lose_and_find(
        rig,
        || async move { drop(broker) },
        || async move { Broker::start(local(port), BTreeMap::new()).expect("its port") },
    )
    .await;
}

#[tokio::test]
async fn mosquitto_is_killed_and_comes_back() {
    let broker = Mosquitto::start(local(0).port(), None).await;
    let port = broker.port;
    let rig = Rig::start(port).await;
    lose_and_find(rig, || broker.kill(), || Mosquitto::start(port, None)).await;
}

async fn lose_and_find<B>(
    mut rig: Rig,
    kill: impl AsyncFnOnce(),
    restart: impl AsyncFnOnce() -> B,
) {
    kill().await;
    assert_eq!(rig.trouble().await, (gone(), TroubleState::Began));
    let id = rig.order("lamp", Command::Light(Power::On)).await;
    let outcome = rig.outcome(id).await;
    assert!(matches!(outcome, Outcome::Failed { again: Again::Later, .. }), "{outcome:?}");

    let broker = restart().await;
    // Began was told once, however often it tried.
    assert_eq!(rig.trouble().await, (gone(), TroubleState::Over));
    rig.zigbee.ready().await;
    rig.zigbee.say("front_door", Reading::Opening(Opening::Open)).await;
    assert_eq!(rig.reading().await, ("front_door".into(), Reading::Opening(Opening::Open)));
    let id = rig.order("lamp", Command::Light(Power::On)).await;
    assert_eq!(rig.outcome(id).await, Outcome::Done);
    drop(broker);
}

fn gone() -> Trouble {
    Trouble::Driver { name: "mqtt".to_owned() }
}

#[tokio::test]
async fn hostile_payloads_are_counted_by_way_of_our_own_broker() {
    let broker = own();
    survive_nonsense(broker.address().port()).await;
}

#[tokio::test]
async fn hostile_payloads_are_counted_by_way_of_mosquitto() {
    let broker = Mosquitto::start(local(0).port(), None).await;
    survive_nonsense(broker.port).await;
}

async fn survive_nonsense(port: u16) {
    let mut rig = Rig::start(port).await;
    let deep = format!(r#"{{"contact":{}"#, "[".repeat(20_000));
    let huge = format!(r#"{{"x":"{}"}}"#, "x".repeat(200 * 1024));
    let hostile: &[(&str, &[u8])] = &[
        ("front_door", b"\xff\xfe\x00\x01"),
        ("front_door", b"not json"),
        ("front_door", br#"{"contact":NaN}"#),
        ("front_door", br#"{"contact":"banana"}"#),
        ("front_door", br#"{"battery":1e999}"#),
        ("front_door", deep.as_bytes()),
        ("front_door", huge.as_bytes()),
        ("front_door/availability", br#"{"state":["online"]}"#),
        ("bridge/state", b"perhaps"),
    ];
    for (below, payload) in hostile {
        rig.zigbee.publish(below, payload, Kept::No).await;
    }
    // A neighbour that home.toml does not name is no nonsense, whatever it says.
    rig.zigbee.publish("stranger", b"\xff", Kept::No).await;
    rig.zigbee.say("front_door", Reading::Opening(Opening::Open)).await;
    assert_eq!(rig.reading().await, ("front_door".into(), Reading::Opening(Opening::Open)));
    let nonsense = Trouble::Nonsense { driver: "mqtt".to_owned(), count: hostile.len() as u64 };
    assert_eq!(rig.trouble().await, (nonsense, TroubleState::Happened));
}

#[tokio::test]
async fn what_a_broker_kept_presses_no_button() {
    for broker in ["own", "mosquitto"] {
        let own = (broker == "own").then(own);
        let mosquitto = match own {
            Some(_) => None,
            None => Some(Mosquitto::start(local(0).port(), None).await),
        };
        let ports = (own.as_ref().map(|own| own.address().port()), mosquitto.as_ref());
        let port = ports.0.or(ports.1.map(|mosquitto| mosquitto.port)).expect("one of them");
        let (mut before, _commands) =
            SimulatedZigbee::connect("127.0.0.1", port, None, "zigbee2mqtt", Lamps::Answer);
        before.ready().await;
        before.publish("help", br#"{"action":"single"}"#, Kept::Yes).await;
        before.publish("band", br#"{"fall_status":"fall_alarm"}"#, Kept::Yes).await;
        before.publish("hall", br#"{"occupancy":true}"#, Kept::Yes).await;

        // Only the availability of the rig's own anchor is heard of all that was kept.
        let mut rig = Rig::start(port).await;
        rig.zigbee.publish("band", br#"{"fall_status":"fall_alarm"}"#, Kept::No).await;
        rig.zigbee.publish("band", FALL_OVER.as_bytes(), Kept::No).await;
        rig.zigbee.say("hall", Reading::Motion(Motion::Clear)).await;
        assert_eq!(
            rig.reading().await,
            ("hall".into(), Reading::Motion(Motion::Clear)),
            "{broker}"
        );
        rig.zigbee.say("band", Reading::Fall).await;
        assert_eq!(rig.reading().await, ("band".into(), Reading::Fall), "a new fall is heard");
    }
}

#[tokio::test]
async fn a_dead_zigbee2mqtt_is_a_trouble_although_the_broker_lives() {
    let broker = own();
    let port = broker.address().port();
    let mut rig = Rig::start(port).await;
    let mut options = rumqttc::MqttOptions::new("zigbee2mqtt", "127.0.0.1", port);
    options.set_last_will(rumqttc::LastWill::new(
        "zigbee2mqtt/bridge/state",
        r#"{"state":"offline"}"#,
        rumqttc::QoS::AtLeastOnce,
        true,
    ));
    let mut bridge = rumqttc::EventLoop::new(options, 1);
    bridge.poll().await.expect("it connects");
    drop(bridge);
    assert_eq!(rig.trouble().await, (gone(), TroubleState::Began));
    rig.zigbee.publish("bridge/state", br#"{"state":"online"}"#, Kept::Yes).await;
    assert_eq!(rig.trouble().await, (gone(), TroubleState::Over));
}

#[tokio::test]
async fn our_own_broker_lets_in_only_who_has_a_password() {
    let secret = |password: &str| Secret::new(password);
    let logins = BTreeMap::from([("zigbee2mqtt".to_owned(), secret("a long password"))]);
    let port = free_port().unwrap();
    let settings = omzien_drivers::mqtt::Settings {
        listen: Some(local(port)),
        ..omzien_drivers::mqtt::Settings::default()
    };
    let secrets = omzien_drivers::mqtt::Secrets { password: None, devices: logins };
    let login = ("zigbee2mqtt", "a long password");
    let mut rig = Rig::start_with(settings, secrets, port, Some(login)).await;
    rig.zigbee.say("help", Reading::Button(Press::Short)).await;
    assert_eq!(rig.reading().await, ("help".into(), Reading::Button(Press::Short)));

    for login in [None, Some(("zigbee2mqtt", "a wrong password")), Some(("omzien", ""))] {
        let refusal = rig::knock(port, login).await.expect_err("refused");
        assert!(refusal.contains("BadUserNamePassword"), "{refusal}");
    }
}

#[tokio::test]
async fn a_password_that_mosquitto_refuses_is_a_trouble_that_stays_until_it_is_right() {
    let port = free_port().unwrap();
    let broker = Mosquitto::start(port, Some(("omzien", "another password"))).await;
    let settings = omzien_drivers::mqtt::Settings {
        host: Some("127.0.0.1".to_owned()),
        port,
        username: Some("omzien".to_owned()),
        ..Default::default()
    };
    let secrets = omzien_drivers::mqtt::Secrets {
        password: Some(Secret::new("the right password")),
        devices: BTreeMap::new(),
    };
    let mut rig = Rig::open(settings, secrets, port, Some(("omzien", "the right password")));
    assert_eq!(rig.trouble().await, (gone(), TroubleState::Began));
    broker.kill().await;
    let _broker = Mosquitto::start(port, Some(("omzien", "the right password"))).await;
    assert_eq!(rig.trouble().await, (gone(), TroubleState::Over));
}

#[tokio::test]
async fn our_own_broker_survives_who_speaks_no_mqtt_and_who_comes_in_numbers() {
    let broker = own();
    let address = broker.address();
    let mut garbage = TcpStream::connect(address).await.expect("it listens");
    garbage.write_all(b"GET / HTTP/1.1\r\nHost: home\r\n\r\n").await.expect("written");
    let mut answer = Vec::new();
    // Closed, politely or not; never an answer.
    let _ = garbage.read_to_end(&mut answer).await;
    assert_eq!(answer, b"");
    drop(garbage);

    // More than it has room for: who is too many is shown out, and nobody else.
    let mut rig = Rig::start(address.port()).await;
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(TcpStream::connect(address).await.expect("it listens"));
    }
    let mut last = crowd.pop().expect("the last of them");
    let shown_out = tokio::time::timeout(Duration::from_secs(4), last.read(&mut [0; 1])).await;
    assert!(matches!(shown_out, Ok(Ok(0) | Err(_))), "{shown_out:?}");
    rig.zigbee.say("front_door", Reading::Opening(Opening::Open)).await;
    assert_eq!(rig.reading().await, ("front_door".into(), Reading::Opening(Opening::Open)));
}

#[tokio::test]
async fn a_burst_arrives_whole() {
    let broker = own();
    let mut rig = Rig::start(broker.address().port()).await;
    const TOGGLES: usize = 4000;
    let zigbee = rig.zigbee.clone();
    let talker = tokio::spawn(async move {
        for toggle in 0..TOGGLES {
            let opening = if toggle % 2 == 0 { Opening::Open } else { Opening::Closed };
            zigbee.say("front_door", Reading::Opening(opening)).await;
        }
    });
    for toggle in 0..TOGGLES {
        let opening = if toggle % 2 == 0 { Opening::Open } else { Opening::Closed };
        let expected = ("front_door".into(), Reading::Opening(opening));
        assert_eq!(rig.reading().await, expected, "toggle {toggle}");
    }
    talker.await.expect("it spoke");
}

#[tokio::test]
async fn it_ends_with_its_orders_and_its_broker_with_it() {
    let port = free_port().unwrap();
    let settings = omzien_drivers::mqtt::Settings { port, ..Default::default() };
    let mut rig = Rig::start_with(settings, Default::default(), port, None).await;
    rig.close().await;
    let inputs: Vec<Input> = rig.rest();
    assert_eq!(inputs, [], "an end is not a trouble");
    TcpStream::connect(local(port)).await.expect_err("nobody listens any more");
}
