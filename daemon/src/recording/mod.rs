//! A recorded home: what its sensors said and when, read from a file, and the plan of a home that
//! has just those sensors. It reads; what the readings mean is decided where it always is.

mod player;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::Offset;
use omzien_core::device::{Capability, Motion, Opening, Reading};
use omzien_core::plan::{Alone, Device, Hours, Inactivity, Resident, Room, Watch};
use omzien_core::{DeviceId, Language, Plan, RoomId, Zone};

pub use player::{Player, Raised};

const HEADER: &str = "time,room,device,capability,reading";
/// The device that is the way out where nobody names another.
const FRONT_DOOR: &str = "front_door";
/// The plain rule: no sign of life for so long, counted in the waking hours.
const SILENT_FOR: Duration = Duration::from_secs(4 * 3600);
const WAKING: Hours =
    Hours { from: Time::constant(7, 0, 0, 0), until: Time::constant(22, 0, 0, 0) };

/// Readings in the order of their time; at least one.
#[derive(Clone, Debug)]
pub struct Recording {
    rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) time: Timestamp,
    pub(crate) offset: Offset,
    pub(crate) room: RoomId,
    pub(crate) device: DeviceId,
    pub(crate) reading: Reading,
}

/// Why there is no recording to play.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("line {line}: {problem}")]
    Line { line: usize, problem: String },
    #[error("there is no reading in it")]
    Empty,
    #[error("no device is called {0:?}; --front-door takes a name from the file")]
    NoSuchDoor(String),
    #[error("no time zone has the clock of this file; give the home's own with --plan")]
    NoZone,
}

impl Recording {
    /// Reads `.csv`, or `.csv.gz`.
    pub fn read(file: &Path) -> Result<Self, Unreadable> {
        let bytes = File::open(file)?;
        let packed = file.extension().is_some_and(|extension| extension == "gz");
        let text: Box<dyn Read> =
            if packed { Box::new(MultiGzDecoder::new(bytes)) } else { Box::new(bytes) };
        Self::read_lines(BufReader::new(text))
    }

    fn read_lines(text: impl BufRead) -> Result<Self, Unreadable> {
        let mut rows = Vec::new();
        for (place, line) in text.lines().enumerate() {
            let line = line?;
            if place == 0 && line == HEADER || line.is_empty() {
                continue;
            }
            let row = Row::read(&line)
                .map_err(|problem| Unreadable::Line { line: place + 1, problem })?;
            rows.push(row);
        }
        rows.sort_by_key(|row| row.time);
        if rows.is_empty() { Err(Unreadable::Empty) } else { Ok(Self { rows }) }
    }

    /// The plan of a home with the devices of the file and the plain rule of silence. It has
    /// nobody in its circle: what is asked is recorded, not passed on.
    pub fn plan(&self, front_door: Option<&str>) -> Result<Plan, Unreadable> {
        let way_out = DeviceId::new(front_door.unwrap_or(FRONT_DOOR));
        let mut rooms = BTreeMap::new();
        let mut devices: BTreeMap<DeviceId, Device> = BTreeMap::new();
        for row in &self.rows {
            let room =
                || Room { name: row.room.as_str().to_owned(), aliases: Vec::new(), floor: None };
            rooms.entry(row.room.clone()).or_insert_with(room);
            let device = devices.entry(row.device.clone()).or_insert_with(|| Device {
                name: row.device.as_str().to_owned(),
                aliases: Vec::new(),
                room: row.room.clone(),
                capabilities: Vec::new(),
                driver: "recording".to_owned(),
                way_out: row.device == way_out,
            });
            let capability = match row.reading {
                Reading::Opening(_) => Capability::Opening,
                Reading::Motion(_)
                | Reading::Button(_)
                | Reading::Fall
                | Reading::Light(_)
                | Reading::Cover(_)
                | Reading::Lock(_)
                | Reading::Switch(_)
                | Reading::Fan(_)
                | Reading::Temperature(_)
                | Reading::Target(_)
                | Reading::BatteryPercent(_)
                | Reading::Link(_) => Capability::Motion,
            };
            if !device.capabilities.contains(&capability) {
                device.capabilities.push(capability);
            }
        }
        if front_door.is_some() && !devices.contains_key(&way_out) {
            return Err(Unreadable::NoSuchDoor(way_out.to_string()));
        }
        Ok(Plan {
            companion: "Robin".to_owned(),
            language: Language::En,
            zone: self.zone().ok_or(Unreadable::NoZone)?,
            residents: vec![Resident {
                name: "the resident".to_owned(),
                address: "the resident".to_owned(),
            }],
            rooms,
            devices,
            watch: Watch {
                inactivity: Some(Inactivity { after: SILENT_FOR, hours: WAKING }),
                alone: Alone::Surely,
                ..Plan::empty().watch
            },
            ..Plan::empty()
        })
    }

    /// The first zone whose clock agrees with every time of the file.
    fn zone(&self) -> Option<Zone> {
        let mut moments: Vec<(Timestamp, Offset)> =
            self.rows.iter().map(|row| (row.time, row.offset)).collect();
        // Only where the offset changes can two zones differ that agree at the ends.
        let last = moments.len() - 1;
        let changes = |at: usize| {
            at == 0
                || at == last
                || self.rows[at - 1].offset != self.rows[at].offset
                || self.rows[at + 1].offset != self.rows[at].offset
        };
        let mut at = 0..=last;
        moments.retain(|_| at.next().is_some_and(changes));
        jiff::tz::db().available().find_map(|name| {
            let zone = Zone::new(name.as_str())?;
            let clock = zone.time_zone();
            moments.iter().all(|(time, offset)| clock.to_offset(*time) == *offset).then_some(zone)
        })
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }
}

impl Row {
    fn read(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split(',').collect();
        let [time, room, device, capability, reading] = fields[..] else {
            return Err(format!("expected {HEADER}"));
        };
        // The offset is the home's own; jiff reads it where it stands for a zone.
        let parsed = jiff::fmt::temporal::DateTimeParser::new()
            .parse_pieces(time)
            .map_err(|error| error.to_string())?;
        let offset = parsed.to_numeric_offset().ok_or("the time has no offset")?;
        let time = time.parse().map_err(|error: jiff::Error| error.to_string())?;
        let reading = meaning(capability, reading)
            .ok_or_else(|| format!("{capability} cannot be {reading}"))?;
        Ok(Self { time, offset, room: RoomId::new(room), device: DeviceId::new(device), reading })
    }
}

/// What a recorded reading is in the words of the core. Somebody who sits down or gets up moves;
/// so does whoever switches something on. Off it may go by itself.
fn meaning(capability: &str, reading: &str) -> Option<Reading> {
    Some(match (capability, reading) {
        ("opening", "open") => Reading::Opening(Opening::Open),
        ("opening", "closed") => Reading::Opening(Opening::Closed),
        ("motion", "detected") | ("pressure", "pressed" | "released") | ("use", "on") => {
            Reading::Motion(Motion::Detected)
        }
        ("motion", "clear") | ("use", "off") => Reading::Motion(Motion::Clear),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(rows: &str) -> Recording {
        Recording::read_lines(format!("{HEADER}\n{rows}").as_bytes()).unwrap()
    }

    #[test]
    fn a_file_becomes_a_home_with_its_devices_its_clock_and_its_way_out() {
        let recording = recording(
            "2026-03-28T09:00:00+01:00,hall,front_door,opening,open\n\
             2026-03-29T09:00:00+02:00,kitchen,fridge,use,on\n",
        );
        let plan = recording.plan(None).unwrap();
        assert_eq!(plan.devices.len(), 2);
        assert!(plan.devices[&DeviceId::new("front_door")].way_out);
        let clock = plan.zone.time_zone();
        for row in recording.rows() {
            assert_eq!(clock.to_offset(row.time), row.offset);
        }
        assert!(matches!(recording.plan(Some("gate")), Err(Unreadable::NoSuchDoor(_))));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for line in ["nonsense", "2026-03-28T09:00:00+01:00,hall,door,opening,ajar", "x,a,b,c,d"] {
            let read = Recording::read_lines(format!("{HEADER}\n{line}\n").as_bytes());
            assert!(matches!(read, Err(Unreadable::Line { line: 2, .. })), "{line}: {read:?}");
        }
    }

    /// Asked after four hours, at once closed by movement, and not while she is out.
    #[test]
    fn silence_is_asked_about_once_and_absence_is_none() {
        let recording = recording(
            "2026-03-10T08:00:00+01:00,kitchen,kitchen_motion,motion,detected\n\
             2026-03-10T13:00:00+01:00,kitchen,kitchen_motion,motion,detected\n\
             2026-03-10T14:00:00+01:00,hall,front_door,opening,open\n\
             2026-03-10T14:00:10+01:00,hall,front_door,opening,closed\n\
             2026-03-10T21:00:00+01:00,kitchen,kitchen_motion,motion,detected\n",
        );
        let plan = recording.plan(None).unwrap();
        let raised = Player::new(&recording, plan).unwrap().play(None);
        let asked: Vec<_> =
            raised.iter().map(|one| (one.cause.as_str(), one.time.as_str())).collect();
        assert_eq!(asked, [("inactivity", "2026-03-10T12:00:00+01:00")], "{raised:?}");
    }

    /// The recording ends, the home goes on: that is how a delay is measured.
    #[test]
    fn after_the_last_reading_time_goes_on_until_it_is_told_to_stop() {
        let recording =
            recording("2026-03-10T09:30:00+01:00,kitchen,kitchen_motion,motion,detected\n");
        let plan = recording.plan(None).unwrap();
        let until = "2026-03-10T20:00:00+01:00".parse().unwrap();
        let raised = Player::new(&recording, plan).unwrap().play(Some(until));
        assert_eq!(raised.len(), 1, "{raised:?}");
        assert_eq!(raised[0].time, "2026-03-10T13:30:00+01:00");
        assert_eq!(raised[0].room.as_deref(), Some("kitchen"));
    }
}
