//! Measuring the daemon from outside: the whole program as a child process, a broker between, and
//! doors and lamps on the far side. It measures; it neither judges nor reaches into the daemon.

mod broker;
mod daemon;
mod house;

use std::io;
use std::time::{Duration, Instant};

pub use broker::{Broker, NoBroker};
pub use daemon::{Daemon, Figures};
pub use house::{House, Rate};

/// Doors, and lamps: one each.
pub const DOORS: usize = 100;

/// The home that is measured: every door switches its own lamp, on and off.
pub fn home(broker: &Broker) -> String {
    use std::fmt::Write;
    let mut text =
        String::from("companion = \"Robin\"\nlanguage = \"en\"\nzone = \"UTC\"\nskills = []\n");
    // Writing to a text cannot fail.
    let _ = write!(text, "\n[[resident]]\nname = \"Mrs De Wit\"\n\n[room.hall]\nname = \"hall\"\n");
    let _ = write!(text, "\n[mqtt]\n{}port = {}\n", broker.host_line(), broker.port());
    for n in 0..DOORS {
        let _ = write!(
            text,
            r#"
[device.door{n}]
name = "door {n}"
room = "hall"
can = ["opening"]
via.mqtt = {{ topic = "{BASE}/door{n}" }}

[device.lamp{n}]
name = "lamp {n}"
room = "hall"
can = ["light"]
via.mqtt = {{ topic = "{BASE}/lamp{n}" }}
"#,
            BASE = house::BASE_TOPIC,
        );
        for (is, power) in [("open", "on"), ("closed", "off")] {
            let _ = write!(
                text,
                "\n[[automation]]\nwhen.opening = {{ device = \"door{n}\", is = \"{is}\" }}\n\
                 lights = [\"lamp{n}\"]\npower = \"{power}\"\n"
            );
        }
    }
    text
}

/// From before a process is spawned until its first lamp answers a door.
pub fn cold_start(
    broker: &Broker,
    spawn: impl FnOnce() -> io::Result<Daemon>,
) -> io::Result<(Duration, Daemon, House)> {
    let ready = match broker {
        Broker::Mosquitto(_) => Some(House::connect(broker.address())?),
        Broker::Embedded { .. } => None,
    };
    let began = Instant::now();
    let mut daemon = spawn()?;
    let answered = ready
        .map_or_else(|| House::connect(broker.address()), Ok)
        .and_then(|mut house| house.await_first_lamp().map(|()| (began.elapsed(), house)));
    match answered {
        Ok((took, house)) => Ok((took, daemon, house)),
        Err(error) => Err(io::Error::other(format!("{error}; it said: {}", daemon.last_words()))),
    }
}

/// Times in order, of which a share can be asked.
#[derive(Clone, Debug)]
pub struct Times(Vec<Duration>);

impl Times {
    /// `None` for no times at all.
    pub fn new(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        (!times.is_empty()).then_some(Self(times))
    }

    /// So that this share (0 to 1) of the times is no longer.
    pub fn quantile(&self, share: f64) -> Duration {
        let last = self.0.len() - 1;
        self.0[((last as f64 * share).round() as usize).min(last)]
    }

    pub fn median(&self) -> Duration {
        self.quantile(0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_times_are_those_of_the_sorted() {
        assert!(Times::new(Vec::new()).is_none());
        let times = Times::new((1..=101).rev().map(Duration::from_millis).collect()).unwrap();
        assert_eq!(times.median(), Duration::from_millis(51));
        assert_eq!(times.quantile(0.99), Duration::from_millis(100));
        assert_eq!(times.quantile(1.0), Duration::from_millis(101));
    }

    #[test]
    fn the_measured_home_is_a_valid_one() {
        let broker = Broker::Embedded { port: 1 };
        let loaded = crate::config::read_text("home.toml", &home(&broker)).unwrap();
        assert_eq!(loaded.plan.devices.len(), 2 * DOORS);
        assert_eq!(loaded.plan.automations.len(), 2 * DOORS);
    }
}
