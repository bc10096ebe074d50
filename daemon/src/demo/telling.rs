//! How the day is told: one line for everything that a person in the house, or with a telephone
//! in hand, would notice. It prints, and knows nothing that did not cross.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use omzien_core::device::Motion;
use omzien_core::plan::Channel;
use omzien_core::{
    ContactId, DeviceId, Notification, Opening, Plan, Reading, Trouble, TroubleState,
};
use serde_json::Value;

/// The column of who speaks.
const WHO: usize = 14;
/// The columns of what is told, for a terminal of 100.
const WIDTH: usize = 76;

/// What lies in a letter box or on a telephone.
pub(super) struct Letter {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) buttons: Vec<String>,
}

pub(super) struct Teller {
    pub(super) zone: TimeZone,
    resident: String,
    companion: String,
    devices: BTreeMap<String, String>,
    people: BTreeMap<ContactId, String>,
    /// The time that was printed last: it is not repeated.
    shown: String,
}

impl Teller {
    pub(super) fn new(plan: &Plan) -> Self {
        let devices = plan.devices.iter();
        let people = plan.circle.iter();
        Self {
            zone: plan.zone.time_zone(),
            resident: plan.resident_name().to_owned(),
            companion: plan.companion.clone(),
            devices: devices.map(|(id, one)| (id.to_string(), one.name.clone())).collect(),
            people: people.map(|(id, one)| (id.clone(), one.name.clone())).collect(),
            shown: String::new(),
        }
    }

    /// What is about to be seen.
    pub(super) fn introduce(&self, page: Option<SocketAddr>) {
        let (resident, companion) = (&self.resident, &self.companion);
        tell!(
            "One day of {resident}, who lives alone, and of {companion}, her companion. Her voice\n\
             sounds in a virtual room, and Whisper on this machine hears it. Sensors and lamps speak\n\
             MQTT. Messages go to two small servers of our own that speak ntfy and mail, and Anna's\n\
             answers come back from there. Quiet time is skipped: it takes about two minutes."
        );
        if let Some(address) = page {
            tell!("The page meanwhile: http://{address}");
        }
        tell!("");
    }

    pub(super) fn clock(&self, wall: Timestamp) -> String {
        wall.to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }

    pub(super) fn tell(&mut self, wall: Timestamp, who: &str, text: &str) {
        let time = self.clock(wall);
        let mut margin = if time == self.shown { String::new() } else { time.clone() };
        self.shown = time;
        let mut who = who;
        for line in wrapped(text) {
            tell!("{margin:5}  {who:WHO$}  {line}");
            (margin, who) = (String::new(), "");
        }
    }

    pub(super) fn resident_says(&mut self, wall: Timestamp, words: &str) {
        let who = self.resident.clone();
        self.tell(wall, &who, &quoted(words));
    }

    pub(super) fn companion_says(&mut self, wall: Timestamp, text: &str) {
        let who = self.companion.clone();
        self.tell(wall, &who, &quoted(text));
    }

    pub(super) fn heard(&mut self, wall: Timestamp, words: &str) {
        self.tell(wall, "", &format!("(Whisper heard: {})", quoted(words)));
    }

    /// A reading came in. What only ends another is not worth a line.
    pub(super) fn noticed(&mut self, wall: Timestamp, device: &DeviceId, reading: Reading) {
        let said = match reading {
            Reading::Motion(Motion::Detected) => "motion",
            Reading::Opening(Opening::Open) => "open",
            Reading::Opening(Opening::Closed) => "closed",
            Reading::Button(_) => "pressed",
            Reading::Fall => "perhaps a fall",
            Reading::Motion(Motion::Clear)
            | Reading::Light(_)
            | Reading::Cover(_)
            | Reading::Lock(_)
            | Reading::Switch(_)
            | Reading::Fan(_)
            | Reading::Temperature(_)
            | Reading::Target(_)
            | Reading::Link(_)
            | Reading::BatteryPercent(_) => return,
        };
        let name = self.device(device.as_str());
        self.tell(wall, "MQTT in", &format!("{name}: {said}"));
    }

    pub(super) fn commanded(&mut self, wall: Timestamp, device: &str, payload: &Value) {
        let name = self.device(device);
        self.tell(wall, "MQTT out", &format!("{name}: {payload}"));
    }

    pub(super) fn arrived(&mut self, wall: Timestamp, message: &Notification, letter: &Letter) {
        let text = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut told = format!(
            "{} by {}: {} · {text}",
            self.name(&message.contact),
            by(message.channel),
            letter.title
        );
        for button in &letter.buttons {
            told += &format!(" [{button}]");
        }
        self.tell(wall, "reads", &told);
    }

    pub(super) fn not_sent(&mut self, wall: Timestamp, message: &Notification, trouble: &str) {
        let name = self.name(&message.contact);
        let told =
            format!("the message to {name} by {} did not leave: {trouble}", by(message.channel));
        self.tell(wall, "failed", &told);
    }

    pub(super) fn troubled(&mut self, wall: Timestamp, trouble: &Trouble, state: TroubleState) {
        self.tell(wall, "technique", &format!("{trouble:?} {state:?}"));
    }

    fn device(&self, id: &str) -> String {
        self.devices.get(id).map_or(id, String::as_str).to_owned()
    }

    fn name(&self, contact: &ContactId) -> String {
        self.people.get(contact).cloned().unwrap_or_else(|| contact.to_string())
    }
}

fn by(channel: Channel) -> &'static str {
    match channel {
        Channel::Ntfy => "ntfy",
        Channel::Mail => "mail",
        Channel::Simulated => "the simulated house",
    }
}

fn quoted(words: &str) -> String {
    format!("“{words}”")
}

/// Lines of at most [`WIDTH`] letters; a longer word has a line of its own.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        // There is always a last line.
        let Some(line) = lines.last_mut() else { break };
        let length = line.chars().count();
        if length > 0 && length + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            if length > 0 {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_wrapped_at_words_and_loses_none() {
        let text = "word ".repeat(40) + &"x".repeat(100) + " end";
        let lines = wrapped(&text);
        assert_eq!(lines.join(" "), text);
        assert!(lines.iter().all(|line| line.len() <= WIDTH || !line.contains(' ')));
    }
}
