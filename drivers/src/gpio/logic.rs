//! From levels to readings: debounced contacts, buttons and motion sensors, and relays. Written
//! against `embedded-hal`, so that it runs on mock pins; the time is an argument. It never
//! decides what a press means, and a pin that cannot be read is news, never a panic.

use embedded_hal::digital::{InputPin, OutputPin, PinState};
use omzien_core::device::{Capability, Command, Link, Motion, Opening, Power, Press};
use omzien_core::{Again, DeviceId, Observation, Outcome, Reading};

use super::Level;

/// A button held this long was meant to be held.
pub const LONG_PRESS_MS: u64 = 2_000;
/// Nobody holds a button for a minute: it is stuck, or its wire is, and help cannot be asked
/// with it.
pub const STUCK_MS: u64 = 60_000;

/// Whether an input is at its active level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    AtRest,
}

/// Believes in a level only after it lasted.
#[derive(Clone, Debug)]
pub struct Debounce {
    lasts_ms: u64,
    settled: Option<State>,
    /// Seen without interruption since.
    candidate: Option<(State, u64)>,
}

impl Debounce {
    pub fn new(lasts_ms: u64) -> Self {
        Self { lasts_ms, settled: None, candidate: None }
    }

    /// Takes one look at the pin. A state that has newly settled, and when it began.
    pub fn sample(&mut self, seen: State, at_ms: u64) -> Option<(State, u64)> {
        if self.settled == Some(seen) {
            self.candidate = None;
            return None;
        }
        let since_ms = match self.candidate {
            Some((state, since_ms)) if state == seen => since_ms,
            Some(_) | None => at_ms,
        };
        self.candidate = Some((seen, since_ms));
        if at_ms.saturating_sub(since_ms) < self.lasts_ms {
            return None;
        }
        self.settled = Some(seen);
        self.candidate = None;
        Some((seen, since_ms))
    }

    /// What was seen before a fault does not count.
    fn forget_candidate(&mut self) {
        self.candidate = None;
    }
}

/// What is wired to an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensor {
    /// Active is open.
    Contact,
    /// Active is movement.
    Motion,
    /// Active is pressed.
    Button,
}

impl Sensor {
    /// `None`: a device that is told, or that no pin can be.
    pub fn of(capability: Capability) -> Option<Self> {
        match capability {
            Capability::Opening => Some(Self::Contact),
            Capability::Motion => Some(Self::Motion),
            Capability::Button => Some(Self::Button),
            Capability::Fall
            | Capability::Light
            | Capability::Siren
            | Capability::Dimmer
            | Capability::Colour
            | Capability::Cover
            | Capability::Lock
            | Capability::Switch
            | Capability::Fan
            | Capability::Thermostat
            | Capability::Temperature => None,
        }
    }
}

/// An input pin and the device on it.
///
/// Help must not wait, so a button reports [`Press::Short`] as soon as it is pressed, not when it
/// is released; one that is still pressed after two seconds reports [`Press::Long`] too. So every
/// long press follows a short one. A button that is pressed when the home starts counts as well:
/// a restart must not swallow a call for help.
#[derive(Debug)]
pub struct Input<P> {
    device: DeviceId,
    sensor: Sensor,
    active: Level,
    pin: P,
    debounce: Debounce,
    hold: Hold,
    pin_answers: Link,
}

/// How far a press has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    Released,
    Pressed { since_ms: u64 },
    Long { since_ms: u64 },
    Stuck,
}

impl<P: InputPin> Input<P> {
    pub fn new(device: DeviceId, sensor: Sensor, active: Level, pin: P, debounce_ms: u16) -> Self {
        Self {
            device,
            sensor,
            active,
            pin,
            debounce: Debounce::new(u64::from(debounce_ms)),
            hold: Hold::Released,
            pin_answers: Link::Online,
        }
    }

    /// Takes one look at the pin, and hands what follows from it to `tell`.
    pub fn sample(&mut self, at_ms: u64, mut tell: impl FnMut(Observation)) {
        let read = match self.active {
            Level::Low => self.pin.is_low(),
            Level::High => self.pin.is_high(),
        };
        let Ok(is_active) = read else {
            self.debounce.forget_candidate();
            return self.set_link(Link::Offline, &mut tell);
        };
        self.set_link(Link::Online, &mut tell);
        let seen = if is_active { State::Active } else { State::AtRest };
        if let Some((state, since_ms)) = self.debounce.sample(seen, at_ms) {
            self.settled(state, since_ms, &mut tell);
        }
        // While a release is still being believed, a press grows no longer.
        if seen == State::Active {
            self.held(at_ms, &mut tell);
        }
    }

    /// Says once more how things are: the proof of life of a wired device. A wire that was cut
    /// looks like an input at rest, so the proof is the pin's, not the wire's.
    pub fn report(&self, mut tell: impl FnMut(Observation)) {
        if self.pin_answers == Link::Offline || self.hold == Hold::Stuck {
            return;
        }
        match (self.sensor, self.debounce.settled) {
            (Sensor::Button, _) => tell(self.says(Reading::Link(Link::Online))),
            (Sensor::Contact | Sensor::Motion, Some(state)) => tell(self.says(self.state(state))),
            (Sensor::Contact | Sensor::Motion, None) => {}
        }
    }

    fn settled(&mut self, state: State, since_ms: u64, tell: &mut impl FnMut(Observation)) {
        match (self.sensor, state) {
            (Sensor::Contact | Sensor::Motion, _) => tell(self.says(self.state(state))),
            (Sensor::Button, State::Active) => {
                self.hold = Hold::Pressed { since_ms };
                tell(self.says(Reading::Button(Press::Short)));
            }
            (Sensor::Button, State::AtRest) => {
                if self.hold == Hold::Stuck {
                    tell(self.says(Reading::Link(Link::Online)));
                }
                self.hold = Hold::Released;
            }
        }
    }

    fn held(&mut self, at_ms: u64, tell: &mut impl FnMut(Observation)) {
        match self.hold {
            Hold::Pressed { since_ms } if at_ms.saturating_sub(since_ms) >= LONG_PRESS_MS => {
                self.hold = Hold::Long { since_ms };
                tell(self.says(Reading::Button(Press::Long)));
            }
            Hold::Long { since_ms } if at_ms.saturating_sub(since_ms) >= STUCK_MS => {
                self.hold = Hold::Stuck;
                tell(self.says(Reading::Link(Link::Offline)));
            }
            Hold::Released | Hold::Pressed { .. } | Hold::Long { .. } | Hold::Stuck => {}
        }
    }

    fn set_link(&mut self, link: Link, tell: &mut impl FnMut(Observation)) {
        if self.pin_answers != link {
            self.pin_answers = link;
            tell(self.says(Reading::Link(link)));
        }
    }

    fn state(&self, state: State) -> Reading {
        match (self.sensor, state) {
            (Sensor::Motion, State::Active) => Reading::Motion(Motion::Detected),
            (Sensor::Motion, State::AtRest) => Reading::Motion(Motion::Clear),
            (Sensor::Contact | Sensor::Button, State::Active) => Reading::Opening(Opening::Open),
            (Sensor::Contact | Sensor::Button, State::AtRest) => Reading::Opening(Opening::Closed),
        }
    }

    fn says(&self, reading: Reading) -> Observation {
        Observation { device: self.device.clone(), reading }
    }
}

/// A relay and the lamp, siren, plug or fan behind it.
#[derive(Debug)]
pub struct Relay<P> {
    capability: Capability,
    active: Level,
    pin: P,
}

impl<P: OutputPin> Relay<P> {
    pub fn new(capability: Capability, active: Level, pin: P) -> Self {
        Self { capability, active, pin }
    }

    /// Switches it. A relay cannot rise: where a light should rise, it goes on.
    pub fn perform(&mut self, command: Command) -> Outcome {
        let power = match (self.capability, command) {
            (Capability::Light, Command::Light(power)) => power,
            (Capability::Light, Command::LightRise { .. }) => Power::On,
            (Capability::Siren, Command::Siren(power))
            | (Capability::Switch, Command::Switch(power))
            | (Capability::Fan, Command::Fan(power)) => power,
            (
                Capability::Light
                | Capability::Siren
                | Capability::Switch
                | Capability::Fan
                | Capability::Opening
                | Capability::Motion
                | Capability::Button
                | Capability::Fall
                | Capability::Dimmer
                | Capability::Colour
                | Capability::Cover
                | Capability::Lock
                | Capability::Thermostat
                | Capability::Temperature,
                _,
            ) => return failed("the relay has no such use", Again::Never),
        };
        let level = match (power, self.active) {
            (Power::On, Level::High) | (Power::Off, Level::Low) => PinState::High,
            (Power::On, Level::Low) | (Power::Off, Level::High) => PinState::Low,
        };
        match self.pin.set_state(level) {
            Ok(()) => Outcome::Done,
            Err(_) => failed("the pin could not be set", Again::Later),
        }
    }
}

pub(super) fn failed(trouble: &str, again: Again) -> Outcome {
    Outcome::Failed { trouble: trouble.to_owned(), again }
}

#[cfg(test)]
#[path = "logic_tests.rs"]
mod tests;
