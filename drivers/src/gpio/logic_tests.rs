//! The logic of the pins on mock pins: bounce, press lengths, polarity, pins that fail.

use embedded_hal_mock::eh1::MockError;
use embedded_hal_mock::eh1::digital::{Mock, State as Seen, Transaction};
use proptest::prelude::*;

use super::*;

const DEBOUNCE_MS: u16 = 25;
const POLL_MS: u64 = 5;

/// Looks at the pin every five milliseconds; `levels` are (level, looks).
fn run(sensor: Sensor, active: Level, levels: &[(Seen, usize)]) -> Vec<(u64, Reading)> {
    let looks: Vec<Transaction> = levels
        .iter()
        .flat_map(|(level, looks)| std::iter::repeat_n(Transaction::get(*level), *looks))
        .collect();
    run_looks(sensor, active, &looks)
}

fn run_looks(sensor: Sensor, active: Level, looks: &[Transaction]) -> Vec<(u64, Reading)> {
    let mut pin = Mock::new(looks);
    let mut input = Input::new(DeviceId::new("it"), sensor, active, pin.clone(), DEBOUNCE_MS);
    let mut readings = Vec::new();
    for look in 0..looks.len() as u64 {
        input.sample(look * POLL_MS, |told| readings.push((look * POLL_MS, told.reading)));
    }
    pin.done();
    readings
}

#[test]
fn a_door_tells_how_it_is_at_first_and_then_what_changes() {
    let told = run(Sensor::Contact, Level::High, &[(Seen::Low, 10), (Seen::High, 10)]);
    let expected =
        vec![(25, Reading::Opening(Opening::Closed)), (50 + 25, Reading::Opening(Opening::Open))];
    assert_eq!(told, expected);
}

#[test]
fn a_bouncing_door_opens_once() {
    let bounce = [(Seen::Low, 10), (Seen::High, 2), (Seen::Low, 1), (Seen::High, 3)];
    let levels = [&bounce[..], &[(Seen::Low, 4), (Seen::High, 20)]].concat();
    let told = run(Sensor::Contact, Level::High, &levels);
    let opened: Vec<_> = told.iter().skip(1).collect();
    assert_eq!(opened, [&(100 + 25, Reading::Opening(Opening::Open))]);
}

#[test]
fn help_does_not_wait_for_the_release() {
    let told = run(Sensor::Button, Level::Low, &[(Seen::High, 10), (Seen::Low, 6)]);
    assert_eq!(told, [(50 + 25, Reading::Button(Press::Short))]);
}

#[test]
fn a_press_of_less_than_two_seconds_is_not_long() {
    // 399 looks from the first to the last: 1990 ms.
    let told = run(Sensor::Button, Level::Low, &[(Seen::Low, 399), (Seen::High, 100)]);
    assert_eq!(told, [(25, Reading::Button(Press::Short))]);
}

#[test]
fn a_held_button_is_long_after_two_seconds_and_once() {
    let told = run(Sensor::Button, Level::Low, &[(Seen::Low, 1000), (Seen::High, 100)]);
    let expected = vec![(25, Reading::Button(Press::Short)), (2000, Reading::Button(Press::Long))];
    assert_eq!(told, expected);
}

#[test]
fn a_trembling_hand_still_holds() {
    let tremble = [(Seen::Low, 100), (Seen::High, 3)];
    let told = run(Sensor::Button, Level::Low, &tremble.repeat(5));
    let expected = vec![(25, Reading::Button(Press::Short)), (2000, Reading::Button(Press::Long))];
    assert_eq!(told, expected);
}

#[test]
fn a_stuck_button_is_offline_until_it_is_released() {
    let looks = (STUCK_MS / POLL_MS) as usize;
    let told = run(Sensor::Button, Level::Low, &[(Seen::Low, looks + 100), (Seen::High, 10)]);
    let expected = vec![
        (25, Reading::Button(Press::Short)),
        (2000, Reading::Button(Press::Long)),
        (STUCK_MS, Reading::Link(Link::Offline)),
        (STUCK_MS + 500 + 25, Reading::Link(Link::Online)),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_stuck_button_gives_no_proof_of_life() {
    let looks = vec![Transaction::get(Seen::Low); 3];
    let mut pin = Mock::new(&looks);
    let device = DeviceId::new("it");
    let mut button = Input::new(device, Sensor::Button, Level::Low, pin.clone(), DEBOUNCE_MS);
    let mut told = 0;
    button.report(|_| told += 1);
    assert_eq!(told, 1);
    for at_ms in [0, 30, STUCK_MS] {
        button.sample(at_ms, |_| {});
    }
    // The second look settled it, the third found it held past two seconds but not twice over.
    pin.update_expectations(&[Transaction::get(Seen::Low)]);
    button.sample(STUCK_MS + POLL_MS, |_| {});
    button.report(|_| told += 1);
    assert_eq!(told, 1);
    pin.done();
}

#[test]
fn a_pin_that_fails_is_news_and_its_return_too() {
    let broken =
        || Transaction::get(Seen::Low).with_error(MockError::Io(std::io::ErrorKind::NotConnected));
    let mut looks = vec![Transaction::get(Seen::Low); 10];
    looks.extend([broken(), broken(), broken()]);
    looks.extend(vec![Transaction::get(Seen::Low); 10]);
    let told = run_looks(Sensor::Contact, Level::High, &looks);
    let expected = vec![
        (25, Reading::Opening(Opening::Closed)),
        (50, Reading::Link(Link::Offline)),
        (65, Reading::Link(Link::Online)),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_relay_is_switched_by_its_polarity() {
    for (active, on, off) in
        [(Level::High, Seen::High, Seen::Low), (Level::Low, Seen::Low, Seen::High)]
    {
        let mut pin =
            Mock::new(&[Transaction::set(on), Transaction::set(off), Transaction::set(on)]);
        let mut relay = Relay::new(Capability::Light, active, pin.clone());
        assert_eq!(relay.perform(Command::Light(Power::On)), Outcome::Done);
        assert_eq!(relay.perform(Command::Light(Power::Off)), Outcome::Done);
        assert_eq!(relay.perform(Command::LightRise { over_s: 60 }), Outcome::Done);
        let refused = relay.perform(Command::Siren(Power::On));
        assert!(matches!(refused, Outcome::Failed { again: Again::Never, .. }));
        pin.done();
    }
}

#[test]
fn a_relay_that_fails_says_so() {
    let error = MockError::Io(std::io::ErrorKind::NotConnected);
    let mut pin = Mock::new(&[Transaction::set(Seen::High).with_error(error)]);
    let mut relay = Relay::new(Capability::Siren, Level::High, pin.clone());
    let outcome = relay.perform(Command::Siren(Power::On));
    assert!(matches!(outcome, Outcome::Failed { again: Again::Later, .. }));
    pin.done();
}

proptest! {
    /// Whatever bounces, at whatever moments it is looked at: what never lasts, never counts.
    #[test]
    fn no_bounce_shorter_than_the_debounce_is_an_event(
        runs in proptest::collection::vec((1u64..=5, 1u64..25, 1u64..=60), 1..60),
        active_low in any::<bool>(),
    ) {
        let (active, pressed, rest) = if active_low {
            (Level::Low, Seen::Low, Seen::High)
        } else {
            (Level::High, Seen::High, Seen::Low)
        };
        // At rest long enough to settle, then bounces of less than 25 ms between any rests.
        let mut looks = vec![(rest, 0), (rest, 30)];
        let mut at_ms = 30;
        for (step_ms, bounce_ms, rest_ms) in runs {
            let start_ms = at_ms + 1;
            for look_ms in (start_ms..start_ms + bounce_ms).step_by(step_ms as usize) {
                looks.push((pressed, look_ms));
            }
            at_ms = start_ms + bounce_ms;
            looks.push((rest, at_ms));
            at_ms += rest_ms;
            looks.push((rest, at_ms));
        }
        let levels: Vec<_> = looks.iter().map(|(level, _)| Transaction::get(*level)).collect();
        let mut pin = Mock::new(&levels);
        let device = DeviceId::new("it");
        let mut button =
            Input::new(device, Sensor::Button, active, pin.clone(), DEBOUNCE_MS);
        let mut told = Vec::new();
        for (_, look_ms) in &looks {
            button.sample(*look_ms, |observation| told.push(observation));
        }
        pin.done();
        prop_assert_eq!(told, vec![]);
    }

    /// And what lasts counts exactly once, after the debounce and one look at most.
    #[test]
    fn what_lasts_counts_once_and_in_time(step_ms in 1u64..=20, lasts_ms in 46u64..1900) {
        let mut debounce = Debounce::new(u64::from(DEBOUNCE_MS));
        debounce.sample(State::AtRest, 0);
        debounce.sample(State::AtRest, 25);
        let mut settled = Vec::new();
        for at_ms in (100..100 + lasts_ms).step_by(step_ms as usize) {
            settled.extend(debounce.sample(State::Active, at_ms).map(|_| at_ms));
        }
        prop_assert_eq!(settled.len(), 1);
        prop_assert!(settled[0] - 100 < u64::from(DEBOUNCE_MS) + step_ms);
    }
}
