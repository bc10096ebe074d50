//! The simulated house: the twin of every driver that reaches a sensor, a lamp or a person.
//!
//! Its heart is pure and synchronous, without a clock: a [`House`] with its devices, a seeded
//! [`Resident`] who lives in it, [`Person`]s of the circle who answer, and a [`Network`] that
//! fails. The live driver ([`live`]) and the year-runner use the same heart. Nothing here decides
//! anything, and nothing here knows what the home thinks.
//!
//! A runner moves time to the earliest `next_at_ms`, lets everybody do what is due, and hands
//! what the sensors saw to the home:
//!
//! ```
//! use omzien_core::{Plan, Zone, plan::Room};
//! use omzien_drivers::simulated::{Act, Calendar, Habits, House, Resident};
//!
//! let mut plan = Plan::empty();
//! for room in ["bedroom", "kitchen", "living"] {
//!     let named = Room { name: room.to_owned(), aliases: vec![], floor: None };
//!     plan.rooms.insert(room.into(), named);
//! }
//! let zone = Zone::new("Europe/Amsterdam").expect("jiff brings its time zones");
//! let calendar = Calendar::new("2026-03-28T00:00:00Z".parse()?, &zone);
//! let mut house = House::new(&plan);
//! let mut resident = Resident::new(7, &plan, calendar, Habits::ORDINARY);
//!
//! let two_days_ms = 2 * 24 * 3_600_000;
//! let mut walks = 0;
//! while let Some(now_ms) = resident.next_at_ms().filter(|at_ms| *at_ms < two_days_ms) {
//!     while let Some((_, act)) = resident.poll_act(now_ms) {
//!         walks += u32::from(matches!(act, Act::Walk(_)));
//!         // An act that cannot be (a door that a helper already holds) is simply not done.
//!         let _ = house.act(&act);
//!         while let Some(_observation) = house.poll_observation() {
//!             // home.handle_event(Event::Observed(observation), now)
//!         }
//!     }
//! }
//! assert!(walks > 50);
//! # Ok::<(), jiff::Error>(())
//! ```

use std::io;
use std::net::{Ipv4Addr, TcpListener};

pub mod act;
pub mod calendar;
pub mod calendar_server;
pub mod habits;
pub mod house;
pub mod in_a_room;
pub mod likeness;
pub mod live;
pub mod mail_server;
pub mod network;
pub mod ntfy_server;
mod own_thread;
pub mod people;
pub mod resident;
mod routine;
pub mod sound;
pub mod things;
pub mod virtual_card;
pub mod zigbee2mqtt;

#[cfg(test)]
mod tests;

pub use act::{Act, Impossible};
pub use calendar::Calendar;
pub use habits::Habits;
pub use house::House;
pub use live::{Controls, Snapshot, Via, Wiring, open};
pub use network::{Faults, Network, Way};
pub use people::{Deed, Letter, Manners, Person};
pub use resident::{Condition, Resident, Yes};

/// A port of this machine that was free a moment ago, for whoever cannot take one unseen.
///
/// # Errors
/// None is left, or sockets are forbidden.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
