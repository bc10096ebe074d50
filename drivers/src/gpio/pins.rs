//! The pins of a Raspberry Pi, from `rppal`. Nothing here reads or decides; elsewhere than on a
//! Pi it says so in one sentence.

use omzien_core::DeviceId;
use rppal::gpio::{Error, Gpio, InputPin, Mode, OutputPin};

use super::{Assigned, Level, Pull, Use, Via, logic};
use crate::DriverError;

pub(super) type Inputs = Vec<logic::Input<InputPin>>;
pub(super) type Relays = std::collections::BTreeMap<DeviceId, logic::Relay<OutputPin>>;

/// Takes the pins that were assigned.
pub(super) fn claim(
    assigned: Vec<Assigned>,
    debounce_ms: u16,
) -> Result<(Inputs, Relays), DriverError> {
    let gpio = Gpio::new().map_err(unusable)?;
    let (mut inputs, mut relays) = (Inputs::new(), Relays::new());
    for Assigned { device, via, used_as } in assigned {
        match used_as {
            Use::Reads(sensor) => {
                let pin = input(&gpio, via)?;
                inputs.push(logic::Input::new(device, sensor, via.active, pin, debounce_ms));
            }
            Use::Switches(capability) => {
                let relay = logic::Relay::new(capability, via.active, output(&gpio, via)?);
                relays.insert(device, relay);
            }
        }
    }
    Ok((inputs, relays))
}

fn input(gpio: &Gpio, via: Via) -> Result<InputPin, DriverError> {
    let pin = gpio.get(via.pin.number()).map_err(unusable)?;
    Ok(match via.pull {
        Pull::Up => pin.into_input_pullup(),
        Pull::Down => pin.into_input_pulldown(),
        Pull::Off => pin.into_input(),
    })
}

/// A restart leaves a lamp as it is; the first start leaves it dark.
fn output(gpio: &Gpio, via: Via) -> Result<OutputPin, DriverError> {
    let pin = gpio.get(via.pin.number()).map_err(unusable)?;
    let mut pin = match (pin.mode() == Mode::Output, via.active) {
        (true, _) => pin.into_output(),
        (false, Level::Low) => pin.into_output_high(),
        (false, Level::High) => pin.into_output_low(),
    };
    pin.set_reset_on_drop(false);
    Ok(pin)
}

fn unusable(error: Error) -> DriverError {
    let mend = match &error {
        Error::UnknownModel => {
            "this machine has no GPIO pins: take `via.gpio` out of home.toml, or run on a \
             Raspberry Pi"
        }
        Error::PermissionDenied(_) => "add the user that runs Omzien to the group `gpio`",
        Error::PinUsed(_) | Error::PinNotAvailable(_) => "give each device a pin of its own",
        Error::Io(_) | Error::ThreadPanic => "stop other programs that use the pins, and restart",
    };
    DriverError::Pins { why: error.to_string(), mend }
}
