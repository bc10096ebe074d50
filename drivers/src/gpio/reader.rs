//! The thread that looks at the pins.
//!
//! It looks again and again instead of waiting for interrupts: a loose wire can raise interrupts
//! without end, while a look costs the same whatever hangs on the pin (a register read, two
//! hundred times a second). A thread of its own keeps a busy loop from stretching a press.

use std::thread;
use std::time::{Duration, Instant};

use embedded_hal::digital::InputPin;
use omzien_core::Observation;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::logic::Input;
use crate::DriverError;

/// Readings on their way into the home. Beyond it the reader waits: the home has stopped reading.
const READINGS_MAX: usize = 256;
/// How often every input says again how it is.
const REPORT_EVERY_MS: u64 = 3_600_000;

/// Starts it. It ends when nobody takes its readings any more.
pub(super) fn start<P>(
    inputs: Vec<Input<P>>,
    poll: Duration,
) -> Result<Receiver<Observation>, DriverError>
where
    P: InputPin + Send + 'static,
{
    let (readings, receiver) = channel(READINGS_MAX);
    let what = "the GPIO pins";
    thread::Builder::new()
        .name("omzien-gpio".to_owned())
        .spawn(move || read(inputs, poll, &readings))
        .map_err(|why| DriverError::Thread { what, why })?;
    Ok(receiver)
}

fn read<P: InputPin>(mut inputs: Vec<Input<P>>, poll: Duration, readings: &Sender<Observation>) {
    let started = Instant::now();
    let mut report_ms = REPORT_EVERY_MS;
    while !readings.is_closed() {
        let at_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // A reading that nobody takes ends the loop above.
        let tell = |observation| drop(readings.blocking_send(observation));
        for input in &mut inputs {
            input.sample(at_ms, tell);
        }
        if at_ms >= report_ms {
            report_ms = at_ms.saturating_add(REPORT_EVERY_MS);
            inputs.iter().for_each(|input| input.report(tell));
        }
        thread::sleep(poll);
    }
}
