//! The simulated house: the twin of every driver that reaches a sensor, a lamp or a person.
//!
//! Its heart is pure and synchronous, without a clock: a [`House`] with its devices, a seeded
//! [`Resident`] who lives in it, [`Person`]s of the circle who answer, and a [`Network`] that
//! fails. The live driver and the year-runner use the same heart. Nothing here decides anything,
//! and nothing here knows what the home thinks.

pub mod act;
pub mod calendar;
pub mod habits;
pub mod house;
pub mod live;
pub mod mail_server;
pub mod network;
pub mod ntfy_server;
mod own_thread;
pub mod people;
pub mod resident;
mod routine;
pub mod sound;
pub mod virtual_card;
pub mod zigbee2mqtt;

pub use act::{Act, Impossible};
pub use calendar::Calendar;
pub use habits::Habits;
pub use house::House;
pub use live::{Controls, Snapshot, Via, Wiring, open};
pub use network::{Faults, Network, Way};
pub use people::{Deed, Letter, Manners, Person};
pub use resident::{Condition, Resident};
