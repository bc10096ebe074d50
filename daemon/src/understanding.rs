//! A sentence by itself: what it means in a home that was just started, and what would be said to
//! it. For the commands that read sentences; the running companion does not use it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use omzien_core::agenda::Stretch;
use omzien_core::event::{Absence, Start};
use omzien_core::intent::{Given, Target, When};
use omzien_core::time::Gap;
use omzien_core::{
    BootId, DeviceId, Effect, Event, Expectation, Expects, Heard, Home, Intent, Now, Plan,
    WallTrust,
};
use omzien_skills::{Hearing, Skills, Through, Understood, Vocabulary};
use serde::Serialize;
use serde_json::{Value, json};

/// Reads sentences in one home at one moment.
#[derive(Debug)]
pub struct Reader {
    plan: Arc<Plan>,
    skills: Skills,
    vocabulary: Vocabulary,
    now: Now,
    expects: Expects,
}

/// What became of a line.
#[derive(Debug, Serialize)]
pub struct Line {
    /// The line.
    pub text: String,
    /// `skill.intent`; none: it was not for the companion, or resembles nothing.
    pub intent: Option<String>,
    /// What Home Assistant calls the same.
    pub equivalent: Option<String>,
    /// What was named.
    pub slots: BTreeMap<String, Value>,
    /// 0 to 1, to two decimals.
    pub confidence: f64,
    /// What would be said; none after a question, for the home has not asked it.
    pub answer: Option<String>,
}

impl Reader {
    /// Every skill listens: what is measured is what can be understood, not what is switched on.
    pub fn new(plan: Plan, skills: &Skills, now: Timestamp, expects: Expects) -> Self {
        let vocabulary = Vocabulary::of(&plan);
        let now = Now {
            boot_id: BootId(1),
            since_boot_ms: 0,
            wall: now,
            zone: plan.zone.clone(),
            wall_trusted: WallTrust::Trusted,
        };
        Self { plan: Arc::new(plan), skills: skills.everything(), vocabulary, now, expects }
    }

    /// One line of JSON for one line of text.
    pub fn read(&self, text: &str) -> String {
        let understood = self.understand(text);
        let answer = understood.as_ref().and_then(|it| self.answer(it.intent.clone()));
        let line = self.told(text, understood);
        let line = Line { answer: answer.filter(|_| line.intent.is_some()), ..line };
        serde_json::to_string(&line)
            .unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string())
    }

    /// The same without what would be said.
    pub fn line(&self, text: &str) -> Line {
        self.told(text, self.understand(text))
    }

    /// The skills that it reads with.
    pub fn skills(&self) -> &Skills {
        &self.skills
    }

    /// The names of the home that it reads in.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    fn told(&self, text: &str, understood: Option<Understood>) -> Line {
        let text = text.to_owned();
        let Some(understood) = understood.filter(|it| !it.name.is_empty()) else {
            let slots = BTreeMap::new();
            return Line {
                text,
                intent: None,
                equivalent: None,
                slots,
                confidence: 0.0,
                answer: None,
            };
        };
        Line {
            text,
            equivalent: self.skills.equivalent(&understood.name).map(str::to_owned),
            slots: self.slots(&understood),
            confidence: (f64::from(understood.confidence) * 100.0).round() / 100.0,
            intent: Some(understood.name),
            answer: None,
        }
    }

    /// What a sentence means, as the running companion would understand it.
    pub fn understand(&self, text: &str) -> Option<Understood> {
        self.skills.understand(text, &self.hearing(), &self.vocabulary)
    }

    /// By which sentence of its skill it was understood so; none where it was guessed.
    pub fn template(&self, text: &str, name: &str) -> Option<&str> {
        self.skills.template(text, name, &self.hearing(), &self.vocabulary)
    }

    fn hearing(&self) -> Hearing<'static> {
        Hearing {
            language: self.plan.language,
            expectation: self.expectation(),
            now: self.now.local().datetime(),
            room: None,
            through: Through::Text,
            confidence: 1.0,
        }
    }

    fn expectation(&self) -> Expectation {
        Expectation { question: 0, expects: self.expects }
    }

    /// What would be said to it.
    pub fn answer(&self, intent: Intent) -> Option<String> {
        if self.expects.is_question() {
            return None;
        }
        let mut home = Home::new();
        home.handle_event(&Event::Configured(Arc::clone(&self.plan)), &self.now);
        let start = Start { epoch: 1, away: Absence::For(Gap::Unknown) };
        home.handle_event(&Event::Started(start), &self.now);
        while home.poll_effect().is_some() {}
        let heard = Heard { intent, room: None, expectation: home.expectation() };
        home.handle_event(&Event::Heard(heard), &self.now);
        let mut said = Vec::new();
        while let Some(pending) = home.poll_effect() {
            if let Effect::Say { reply, .. } = pending.effect {
                said.extend(self.skills.render(&reply, self.plan.language, &self.plan).ok());
            }
        }
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// What was named, in the words of Home Assistant where it has one: names as the household
    /// wrote them, lengths of time in seconds beside hours, minutes and seconds, moments in the
    /// home's zone.
    fn slots(&self, understood: &Understood) -> BTreeMap<String, Value> {
        let intent = &understood.name;
        let mut slots = BTreeMap::new();
        if let Some(state) = self.skills.equivalent_state(intent) {
            slots.insert("state".to_owned(), json!(state));
        }
        for (name, given) in &understood.slots {
            let theirs = self.skills.equivalent_slot(intent, name);
            let mut named = |slot: &str, value: Value| {
                slots.insert(slot.to_owned(), value);
            };
            match given {
                Given::Listed { id, .. } if name == "sort" => {
                    if id != "any" {
                        named("device_class", json!(id));
                    }
                }
                // A thing for a list is called as it was said.
                Given::Listed { written, .. } if theirs == "item" => named(theirs, json!(written)),
                // "Half" is a number too.
                Given::Listed { id, .. } => match id.parse::<u32>() {
                    Ok(number) => named(theirs, json!(number)),
                    Err(_) => named(theirs, json!(id)),
                },
                Given::Words(words) => named(theirs, json!(words)),
                Given::Number(number) => named(theirs, json!(number)),
                Given::Duration(length) => lasts(name, theirs, length.as_secs(), &mut slots),
                Given::Stretch(stretch) => named("when", self.stretch(stretch)),
                Given::When(when) => named(theirs, self.moment(when)),
                Given::Contact(id) => {
                    let contact = self.plan.circle.get(id).map(|contact| &contact.name);
                    named(theirs, json!(contact));
                }
                Given::Room(id) => {
                    named("area", json!(self.plan.rooms.get(id).map(|room| &room.name)));
                }
                Given::Floor(floor) => named("floor", json!(floor)),
                Given::Device(id) => named("name", self.device(id)),
                // Named by what it is, it has no name.
                Given::Things(Target::Device(id)) if !understood.slots.contains_key("sort") => {
                    named("name", self.device(id));
                }
                Given::Things(Target::Last) => {}
                Given::Things(_) => named("domain", json!(domain(name))),
                Given::Scene(id) => {
                    let scene = self.plan.scenes.get(id).map(|scene| &scene.name);
                    named("name", json!(scene));
                }
                Given::Tenths(tenths) => named(theirs, json!(f64::from(*tenths) / 10.0)),
            }
        }
        slots
    }

    fn device(&self, id: &DeviceId) -> Value {
        json!(self.plan.devices.get(id).map(|device| &device.name))
    }

    fn zoned(&self, at: DateTime) -> Value {
        match at.to_zoned(self.now.local().time_zone().clone()) {
            Ok(at) => json!(at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            Err(_) => Value::Null,
        }
    }

    /// A moment as it is, anything longer from and to.
    fn stretch(&self, stretch: &Stretch) -> Value {
        match stretch {
            Stretch::Moment(at) => self.zoned(*at),
            Stretch::Days { first, last } if first == last => json!(first.to_string()),
            Stretch::Days { first, last } => {
                json!({ "from": first.to_string(), "to": last.to_string() })
            }
            Stretch::Between { from, until } | Stretch::Within { from, until } => {
                json!({ "from": self.zoned(*from), "to": self.zoned(*until) })
            }
        }
    }

    fn moment(&self, when: &When) -> Value {
        let local = self.now.local();
        let zoned = |at: DateTime| self.zoned(at);
        match when {
            When::In(length) => match local.checked_add(*length) {
                Ok(at) => zoned(at.datetime()),
                Err(_) => Value::Null,
            },
            When::Today(time) => {
                let today = local.date().to_datetime(*time);
                let at = if today > local.datetime() { Ok(today) } else { today.tomorrow() };
                at.map_or(Value::Null, zoned)
            }
            When::At(at) => zoned(*at),
            When::Daily(at) => json!({ "every": "day", "at": at.strftime("%H:%M").to_string() }),
            When::Weekly { days, at } => {
                json!({ "every": days, "at": at.strftime("%H:%M").to_string() })
            }
        }
    }
}

/// A length of time whole, and as Home Assistant has it; a timer that is meant by its length has
/// that before the units (`start_`).
fn lasts(name: &str, before: &str, length_s: u64, slots: &mut BTreeMap<String, Value>) {
    let before = if before == name { "" } else { before };
    slots.insert(format!("{before}duration_s"), json!(length_s));
    let units = [("hours", length_s / 3_600), ("minutes", length_s / 60 % 60)];
    for (unit, count) in units.into_iter().chain([("seconds", length_s % 60)]) {
        if count > 0 {
            slots.insert(format!("{before}{unit}"), json!(count));
        }
    }
}

/// What Home Assistant calls a kind of thing.
fn domain(kind: &str) -> &str {
    match kind {
        "thermostat" => "climate",
        "thermometer" => "sensor",
        "door" => "binary_sensor",
        other => other,
    }
}
