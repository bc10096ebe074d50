//! A home to tell stories of: the daemon's own loop, journal and perform code over a simulated
//! clock, disk, house and people. It holds no test, and judges by what was heard and read alone.

use std::sync::{Arc, LazyLock};

use jiff::civil::{date, time};
use omzien::config;
use omzien::simulation::{Setting, To, World};
use omzien_core::effect::Tap;
use omzien_core::incident::{Acknowledgement, Finding, IncidentId};
use omzien_core::{ContactId, DeviceId, Plan};
use omzien_drivers::simulated::{Act, Faults, Habits, Manners};
use omzien_skills::{Hearing, Skills, Through, Vocabulary};

/// In milliseconds.
pub const SECOND: u64 = 1_000;
pub const MINUTE: u64 = 60 * SECOND;

/// The home of the stories: mevrouw De Wit, Anna first, then Piet, ten minutes each.
pub fn home() -> Plan {
    static PLAN: LazyLock<Plan> = LazyLock::new(|| {
        let text = include_str!("../homes/story.toml");
        match config::read_text("story.toml", text) {
            Ok(loaded) => loaded.plan,
            Err(mistakes) => panic!("{mistakes}"),
        }
    });
    PLAN.clone()
}

/// Compiled once for all stories.
fn skills() -> Skills {
    static SKILLS: LazyLock<Skills> = LazyLock::new(Skills::built_in);
    SKILLS.clone()
}

/// A day of that home, told act by act.
pub struct Story {
    pub world: World,
    /// Milliseconds after midnight at which the story begins.
    begins: u64,
}

/// From two in the afternoon on, each sentence at its second after a quarter past, after everything
/// before it was said. It comes through the microphone, in the language of the plan; what is not
/// for the companion does not reach it.
pub fn conversation(plan: Plan, says: &[(u64, &str)]) -> Story {
    let (skills, vocabulary, language) = (skills(), Vocabulary::of(&plan), plan.language);
    let mut story = Story::begin(plan, 14, 0);
    for (second, text) in says {
        let at = story.at(14, 15, *second);
        story.world.run_until(at).expect("the home goes on");
        let companion = story.world.companion().expect("it runs");
        let hearing = Hearing {
            language,
            expectation: companion.home().expectation(),
            now: date(2026, 3, 10).at(14, 15, 0, 0),
            room: None,
            through: Through::Voice,
            confidence: 1.0,
        };
        if let Some(understood) = skills.understand(text, &hearing, &vocabulary) {
            story.act(14, 15, *second, Act::Say(understood.intent));
        }
    }
    story
}

impl Story {
    /// On a Tuesday in March, at this hour and minute.
    pub fn begin(plan: Plan, hour: i8, minute: i8) -> Self {
        let begins = date(2026, 3, 10).to_datetime(time(hour, minute, 0, 0));
        let start = begins.to_zoned(plan.zone.time_zone()).expect("a moment that exists");
        let setting = Setting {
            plan: Arc::new(plan),
            skills: skills(),
            start: start.timestamp(),
            seed: 1,
            habits: Habits::QUIET,
            manners: Manners::SILENT,
            faults: Faults::NONE,
            cuts_a_year: 0.0,
        };
        let begins =
            (u64::from(hour.unsigned_abs()) * 60 + u64::from(minute.unsigned_abs())) * MINUTE;
        let world = World::told(setting, Vec::new()).expect("an empty disk opens");
        Self { world, begins }
    }

    /// Milliseconds of the story at this time of day (hours count on over midnight).
    pub fn at(&self, hour: u64, minute: u64, second: u64) -> u64 {
        (hour * 60 + minute) * MINUTE + second * SECOND - self.begins
    }

    pub fn act(&mut self, hour: u64, minute: u64, second: u64, act: Act) {
        let at = self.at(hour, minute, second);
        self.world.at(at, act);
    }

    /// A person of the circle answers the first alarm, perhaps with a time.
    pub fn tap(
        &mut self,
        hour: u64,
        minute: u64,
        who: &str,
        tap: Tap,
        at: Option<jiff::civil::Time>,
    ) {
        let acknowledgement = Acknowledgement {
            incident: IncidentId(1),
            contact: ContactId::new(who),
            tap,
            at,
            finding: (tap == Tap::Done).then_some(Finding::Helped),
        };
        let when = self.at(hour, minute, 0);
        self.world.taps(when, acknowledgement);
    }

    pub fn run_until(&mut self, hour: u64, minute: u64) {
        let until = self.at(hour, minute, 0);
        self.world.run_until(until).expect("the home goes on");
    }

    /// Every sentence heard from one moment to another, with its time of day.
    pub fn heard(&self, from: (u64, u64), until: (u64, u64)) -> Vec<String> {
        let (from, until) = (self.at(from.0, from.1, 0), self.at(until.0, until.1, 0));
        self.lines(from, until, |to| *to == To::Home)
    }

    /// Every message that this person read.
    pub fn read(&self, who: &str, from: (u64, u64), until: (u64, u64)) -> Vec<String> {
        let (from, until) = (self.at(from.0, from.1, 0), self.at(until.0, until.1, 0));
        let who = To::Contact(ContactId::new(who));
        self.lines(from, until, |to| *to == who)
    }

    /// Every command that this device was given.
    pub fn switched(&self, device: &str, from: (u64, u64), until: (u64, u64)) -> Vec<String> {
        let (from, until) = (self.at(from.0, from.1, 0), self.at(until.0, until.1, 0));
        let device = To::Device(DeviceId::new(device));
        self.lines(from, until, |to| *to == device)
    }

    fn lines(&self, from: u64, until: u64, to: impl Fn(&To) -> bool) -> Vec<String> {
        self.world
            .transcript()
            .iter()
            .filter(|line| from <= line.at_ms && line.at_ms < until && to(&line.to))
            .map(|line| line.text.clone())
            .collect()
    }

    /// No promise was broken.
    pub fn end(mut self) {
        let now = self.world.now_ms();
        self.world.judge.end(now);
        assert_eq!(self.world.judge.broken(), [], "{:#?}", self.world.transcript());
    }
}
