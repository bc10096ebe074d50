//! Everything of Omzien that touches the world: devices, sound, speech, and the channels to
//! people. Drivers translate; they never decide and never hold a dialogue.
//!
//! A driver is one file, one row in [`DRIVERS`], and a simulated twin. It runs as one future: it
//! takes [`Order`]s from its bounded queue, and puts what happens into the [`Inbox`]. Every order
//! ends in exactly one `Input::Concluded` per attempt, also when the other side is gone.

pub mod calendar;
pub mod error;
pub mod gpio;
pub mod inbox;
mod lanes;
pub mod mail;
pub mod model;
pub mod mqtt;
pub mod ntfy;
pub mod order;
pub mod secret;
pub mod simulated;
pub mod sound;
pub mod speech;
pub mod table;

pub use error::DriverError;
pub use inbox::{Inbox, Input, Received};
pub use order::{Message, Order, Orders};
pub use secret::Secret;
pub use table::{DRIVERS, Row};

use std::future::Future;
use std::pin::Pin;

/// A driver at work. It ends only when its order queue is closed.
pub type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Whether a host name means the machine this runs on.
fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
