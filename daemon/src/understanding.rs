//! A sentence by itself: what it means in a home that was just started, and what would be said to
//! it. For the commands that read sentences; the running companion does not use it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use omzien_core::event::{Absence, Start};
use omzien_core::intent::{Given, Target, When};
use omzien_core::time::Gap;
use omzien_core::{
    BootId, DeviceId, Effect, Event, Expectation, Expects, Heard, Home, Intent, Now, Plan, RoomId,
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
    /// wrote them, lengths of time in seconds, moments in the home's zone.
    fn slots(&self, understood: &Understood) -> BTreeMap<String, Value> {
        let mut slots = BTreeMap::new();
        for (name, given) in &understood.slots {
            match given {
                Given::Listed { id, .. } => slots.insert(name.clone(), json!(id)),
                Given::Words(words) => slots.insert(name.clone(), json!(words)),
                Given::Number(number) => slots.insert(name.clone(), json!(number)),
                Given::Duration(length) => {
                    slots.insert("duration_s".to_owned(), json!(length.as_secs()))
                }
                Given::When(when) => slots.insert("when".to_owned(), self.moment(when)),
                Given::Contact(id) => {
                    let contact = self.plan.circle.get(id).map(|contact| contact.name.clone());
                    slots.insert("contact".to_owned(), json!(contact))
                }
                Given::Room(id) => slots.insert("area".to_owned(), self.room(id)),
                Given::Device(id) => slots.insert("name".to_owned(), self.device(id)),
                Given::Things(target) => {
                    self.things(target, &mut slots);
                    None
                }
                Given::Scene(id) => {
                    let scene = self.plan.scenes.get(id).map(|scene| scene.name.clone());
                    slots.insert("name".to_owned(), json!(scene))
                }
                Given::Tenths(tenths) => {
                    slots.insert(name.clone(), json!(f64::from(*tenths) / 10.0))
                }
            };
        }
        slots
    }

    fn things(&self, target: &Target, slots: &mut BTreeMap<String, Value>) {
        match target {
            Target::Device(id) => {
                slots.insert("name".to_owned(), self.device(id));
            }
            Target::Room { room, of } => {
                slots.insert("area".to_owned(), self.room(room));
                slots.insert("domain".to_owned(), json!(of));
            }
            Target::All(of) => {
                slots.insert("domain".to_owned(), json!(of));
            }
            Target::Several(ids) => {
                let names: Vec<Value> = ids.iter().map(|id| self.device(id)).collect();
                slots.insert("names".to_owned(), json!(names));
            }
            Target::Last => {}
        }
    }

    fn room(&self, id: &RoomId) -> Value {
        json!(self.plan.rooms.get(id).map(|room| &room.name))
    }

    fn device(&self, id: &DeviceId) -> Value {
        json!(self.plan.devices.get(id).map(|device| &device.name))
    }

    fn moment(&self, when: &When) -> Value {
        let local = self.now.local();
        let zoned = |at: DateTime| match at.to_zoned(local.time_zone().clone()) {
            Ok(at) => json!(at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            Err(_) => Value::Null,
        };
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
