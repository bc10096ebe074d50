//! The driver on pins of our own making: settings refused, a press that arrives, a relay that
//! answers, and a machine without pins.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use embedded_hal::digital::{ErrorType, InputPin};
use omzien_core::device::{Command, Power, Press};
use omzien_core::{EffectId, Reading};
use tokio::sync::mpsc;

use super::*;
use crate::Input;

fn via(pin: u8) -> Via {
    Via { pin: Pin(pin), pull: Pull::Up, active: Level::Low }
}

fn wiring<const N: usize>(devices: [(&str, u8, &[Capability]); N]) -> Wiring {
    let devices = devices.map(|(id, pin, can)| (DeviceId::new(id), (via(pin), can.to_vec())));
    Wiring { settings: Settings::default(), devices: devices.into() }
}

fn problem(wiring: &Wiring) -> String {
    assign(wiring).expect_err("must be refused").to_string()
}

#[test]
fn a_via_is_read_and_its_pin_is_checked() {
    let read: Via =
        serde_json::from_str(r#"{"pin": 17, "pull": "down", "active": "high"}"#).expect("is valid");
    assert_eq!(read, Via { pin: Pin(17), pull: Pull::Down, active: Level::High });
    assert_eq!(serde_json::from_str::<Via>(r#"{"pin": 4}"#).expect("is valid"), via(4));
    let refused = serde_json::from_str::<Via>(r#"{"pin": 28}"#).expect_err("no such pin");
    assert!(refused.to_string().contains("0 to 27"), "{refused}");
    assert!(serde_json::from_str::<Via>(r#"{"pin": 4, "led": 1}"#).is_err());
}

#[test]
fn wrong_wirings_are_refused_with_the_place_and_the_mend() {
    let twice = wiring([("a", 4, &[Capability::Button]), ("b", 4, &[Capability::Light])]);
    assert_eq!(
        problem(&twice),
        "devices.b: pin 4 is taken by a; give each device a pin of its own"
    );
    let two = wiring([("a", 4, &[Capability::Button, Capability::Light])]);
    assert_eq!(problem(&two), "devices.a: 2 capabilities on one pin; give it exactly one");
    assert!(problem(&wiring([("a", 4, &[Capability::Fall])])).contains("no such thing"));
    let mut hasty = wiring([]);
    hasty.settings.poll_ms = 0;
    assert!(problem(&hasty).starts_with("gpio.poll_ms: 0 ms"));
    let mut slow = wiring([]);
    slow.settings.debounce_ms = 501;
    assert!(problem(&slow).starts_with("gpio.debounce_ms: 501 ms"));
}

#[test]
fn a_machine_without_pins_is_told_in_one_sentence() {
    if std::path::Path::new("/dev/gpiomem").exists() {
        return; // On a Pi there are pins, and taking them here would move somebody's lamp.
    }
    let (_sender, orders) = mpsc::channel(1);
    let (inbox, _received) = crate::inbox::open();
    let opened = open(wiring([("help", 17, &[Capability::Button])]), orders, inbox);
    let refused = opened.err().expect("there are no pins").to_string();
    assert!(refused.contains("take `via.gpio` out of home.toml, or run on a Raspberry Pi"));
}

/// An input that a test holds the other end of.
#[derive(Clone, Default)]
struct Wire(Arc<AtomicBool>);

impl ErrorType for Wire {
    type Error = Infallible;
}

impl InputPin for Wire {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.load(Ordering::SeqCst))
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(!self.0.load(Ordering::SeqCst))
    }
}

impl OutputPin for Wire {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.store(false, Ordering::SeqCst);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.store(true, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn a_press_reaches_the_inbox_and_a_command_the_relay() {
    let (button, lamp) = (Wire::default(), Wire::default());
    let help = DeviceId::new("help");
    let input = logic::Input::new(help.clone(), Sensor::Button, Level::High, button.clone(), 1);
    let readings = reader::start(vec![input], Duration::from_millis(1)).expect("a thread");
    let hall = DeviceId::new("hall_light");
    let relay = Relay::new(Capability::Light, Level::High, lamp.clone());
    let (orders, queue) = mpsc::channel(4);
    let (inbox, mut received) = crate::inbox::open();
    let driver = tokio::spawn(run(readings, [(hall.clone(), relay)].into(), queue, inbox));

    button.0.store(true, Ordering::SeqCst);
    let press = Observation { device: help, reading: Reading::Button(Press::Short) };
    assert_eq!(received.take(1).await, Some(vec![Input::Observed(press)]));

    for (counter, device, outcome) in [
        (1, hall, Outcome::Done),
        (2, DeviceId::new("elsewhere"), logic::failed("no relay of this name", Again::Never)),
    ] {
        let id = EffectId { epoch: 1, counter };
        let command = Command::Light(Power::On);
        orders.send(Order::Command { id, device, command }).await.expect("it listens");
        let concluded = loop {
            // The button is held on, so a long press may come between.
            match received.take(1).await.expect("it lives").remove(0) {
                Input::Concluded { effect, outcome } => break (effect, outcome),
                Input::Observed(_) => {}
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(concluded, (id, outcome));
    }
    assert!(lamp.0.load(Ordering::SeqCst));
    drop(orders);
    driver.await.expect("it ends with its queue");
}
