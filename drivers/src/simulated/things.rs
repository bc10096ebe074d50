//! The curtains, locks, plugs and thermostats of the simulated house. They do at once what they are
//! told, and say so; they never decide.

use omzien_core::colour::Colour;
use omzien_core::device::{Bolt, Celsius, Command, Move, Percent, Power, Reading, Step};
use serde::Serialize;

/// A step of brightness, of a hundred.
const STEP: u8 = 25;

/// How they stand; of one device only what it can do matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Things {
    pub brightness: Percent,
    pub colour: Colour,
    /// How far open.
    pub cover: Percent,
    pub lock: Bolt,
    pub switch: Power,
    pub fan: Power,
    pub fan_speed: Percent,
    pub setting: Celsius,
    pub temperature: Celsius,
}

impl Default for Things {
    /// Everything shut, locked and off, in a room of twenty degrees.
    fn default() -> Self {
        let warm = degrees(20);
        Self {
            brightness: percent(100),
            colour: Colour::WarmWhite,
            cover: percent(0),
            lock: Bolt::Locked,
            switch: Power::Off,
            fan: Power::Off,
            fan_speed: percent(100),
            setting: warm,
            temperature: warm,
        }
    }
}

impl Things {
    /// Does it; what it says of it, or `None` for a lamp, which says that it is on.
    pub(super) fn perform(&mut self, command: Command) -> Option<Reading> {
        match command {
            Command::Brightness(level) => self.brightness = level,
            Command::BrightnessStep(step) => {
                let now = self.brightness.get();
                self.brightness = percent(match step {
                    Step::Up => now.saturating_add(STEP).min(100),
                    Step::Down => now.saturating_sub(STEP),
                });
            }
            Command::Colour(colour) => self.colour = colour,
            Command::Cover(to) => {
                self.cover = match to {
                    Move::Open => percent(100),
                    Move::Close => percent(0),
                    // It is wherever it is already.
                    Move::Stop => self.cover,
                    Move::To(level) => level,
                };
                return Some(Reading::Cover(self.cover));
            }
            Command::Lock(bolt) => {
                self.lock = bolt;
                return Some(Reading::Lock(bolt));
            }
            Command::Switch(power) => {
                self.switch = power;
                return Some(Reading::Switch(power));
            }
            Command::Fan(power) => {
                self.fan = power;
                return Some(Reading::Fan(power));
            }
            Command::FanSpeed(level) => {
                (self.fan, self.fan_speed) = (Power::On, level);
                return Some(Reading::Fan(Power::On));
            }
            Command::Target(celsius) => {
                self.setting = celsius;
                return Some(Reading::Target(celsius));
            }
            Command::Light(_) | Command::LightRise { .. } | Command::Siren(_) => {}
        }
        None
    }
}

/// Of at most a hundred, as everything above is.
fn percent(percent: u8) -> Percent {
    Percent::new(percent.min(100).into()).expect("no more than a hundred")
}

fn degrees(degrees: u8) -> Celsius {
    // Up to 99 degrees can be written.
    Celsius::tenths(i32::from(degrees.min(99)) * 10).expect("a temperature of a house")
}
