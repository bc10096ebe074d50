//! Tries the judge on short scenes: what it must see, and what it must not take for more than it
//! is. It looks at what crossed the drivers, never at a home.

use jiff::Timestamp;
use omzien_core::effect::Urgency;
use omzien_core::intent::Expectation;
use omzien_core::plan::Channel;

use super::*;
use crate::config;

const ALARM: IncidentId = IncidentId(1);

/// A judge, and what crosses before it. Moments are in seconds.
struct Scene {
    judge: Judge,
    effects: u64,
}

impl Scene {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Plan)) -> Self {
        let text = include_str!("../../../../images/example/home.toml");
        let mut plan =
            config::read_text("home.toml", text).expect("the example home is whole").plan;
        change(&mut plan);
        Self { judge: Judge::new(&plan), effects: 0 }
    }

    fn cross(&mut self, at_s: u64, what: What<'_>) {
        let wall = Timestamp::UNIX_EPOCH;
        self.judge.see(&Crossing { at_ms: at_s * 1000, wall, what });
    }

    fn reads(&mut self, at_s: u64, device: &str, reading: Reading) {
        let device = DeviceId::new(device);
        self.cross(at_s, What::Reading(&Observation { device, reading }));
    }

    fn hears(&mut self, at_s: u64, intent: Intent) {
        let heard = Heard { intent, room: None, expectation: Expectation::default() };
        self.cross(at_s, What::Heard(&heard));
    }

    fn hands(&mut self, at_s: u64, effect: Effect) {
        self.effects += 1;
        let id = EffectId { epoch: 1, counter: self.effects };
        self.cross(at_s, What::Handed(&PendingEffect { id, attempt: 1, effect }));
    }

    fn says(&mut self, at_s: u64, key: &'static str) {
        self.hands(at_s, Effect::Say { reply: Reply::new(key), urgency: Urgency::Alarm });
    }

    fn alarms(&mut self, at_s: u64) {
        let message = Notification {
            contact: anna(),
            channel: Channel::Simulated,
            incident: Some(ALARM),
            title: Reply::new(key::TITLE_ALARM),
            body: Vec::new(),
            taps: vec![Tap::Go],
            urgency: Urgency::Alarm,
        };
        self.hands(at_s, Effect::Notify(Box::new(message)));
    }

    fn taps(&mut self, at_s: u64, tap: Tap) {
        let contact = anna();
        let given = Acknowledgement { incident: ALARM, contact, tap, at: None, finding: None };
        self.cross(at_s, What::Tap(&given));
    }

    /// A fall and a clear "no"; between the two the front door, which was closed, tells this.
    fn falls_and_wants_no_help(&mut self, front_door: Opening) {
        self.reads(0, "front_door", Reading::Opening(Opening::Closed));
        self.reads(0, "wristband", Reading::Fall);
        self.says(0, key::FALL_ASK);
        self.reads(10, "front_door", Reading::Opening(front_door));
        self.hears(20, Intent::No);
        self.says(20, key::NO_HELP_ASK_LATER);
    }

    fn name_of(&self, contact: &ContactId) -> String {
        let mut names = self.judge.names.iter();
        let (name, _) = names.find(|(_, one)| *one == contact).expect("in the example's circle");
        name.clone()
    }

    /// Held for more than two seconds, a button tells twice.
    fn holds(&mut self, at_s: u64, device: &str) {
        self.reads(at_s, device, Reading::Button(Press::Short));
        self.reads(at_s + 2, device, Reading::Button(Press::Long));
    }

    /// What was broken when a quiet day is over.
    fn broken_after_a_day(mut self) -> Vec<(Promise, u64)> {
        self.judge.end(86_400_000);
        self.judge.broken().iter().map(|broken| (broken.promise, broken.at_ms)).collect()
    }
}

fn anna() -> ContactId {
    ContactId::new("anna")
}

/// Whoever opened the front door may have left: the question is put off, and owed.
#[test]
fn a_question_that_was_put_off_is_owed() {
    let mut scene = Scene::new();
    scene.falls_and_wants_no_help(Opening::Open);
    assert_eq!(scene.broken_after_a_day(), [(Promise::NoAlarmWithoutFollowUp, 86_400_000)]);
}

/// Nor does the hourly report of a door between the fall and the "no" end the alarm. Whoever
/// comes in the end holds the button: that ends it, and begins nothing.
#[test]
fn a_door_that_tells_again_how_it_stands_was_moved_by_nobody() {
    let mut scene = Scene::new();
    scene.falls_and_wants_no_help(Opening::Closed);
    scene.says(920, key::RECHECK);
    scene.alarms(980);
    scene.taps(1100, Tap::Go);
    scene.holds(2000, "help_button");
    assert_eq!(scene.broken_after_a_day(), []);
}

/// Told that there is a "no", people wait for the second question; a door that was opened inside
/// confirms the first.
#[test]
fn a_no_after_a_fall_counts_with_movement_only() {
    for (second, owed) in [(Opening::Closed, 1), (Opening::Open, 0)] {
        let mut scene = Scene::with(|plan| {
            let door = DeviceId::new("front_door");
            plan.devices.get_mut(&door).expect("the example has it").way_out = false;
        });
        scene.reads(0, "front_door", Reading::Opening(Opening::Closed));
        scene.reads(10, "wristband", Reading::Fall);
        scene.says(10, key::FALL_ASK);
        scene.alarms(70);
        scene.reads(80, "front_door", Reading::Opening(second));
        scene.hears(90, Intent::No);
        scene.says(90, key::SORRY_TELL);
        assert_eq!(scene.broken_after_a_day().len(), owed, "{second:?}");
    }
}

/// Between the question that was put off and its repetition the resident calls, and holds the
/// button in panic: that alarm goes on, until the one who came holds it.
#[test]
fn a_button_held_in_panic_ends_nothing_and_one_held_by_a_helper_does() {
    let mut scene = Scene::new();
    scene.falls_and_wants_no_help(Opening::Closed);
    scene.reads(300, "wristband", Reading::Button(Press::Short));
    scene.alarms(300);
    scene.reads(302, "wristband", Reading::Button(Press::Long));
    scene.taps(400, Tap::Go);
    scene.taps(1000, Tap::There);
    let panic_only = Scene { judge: scene.judge.clone(), effects: scene.effects };
    assert_eq!(panic_only.broken_after_a_day().len(), 1, "it is still open");
    scene.holds(1100, "help_button");
    assert_eq!(scene.broken_after_a_day(), []);
}

/// An answer proves that the message came, though no server ever said so; and from then on it is
/// not so that there is no answer yet.
#[test]
fn who_answered_was_reached_and_is_not_waited_for() {
    let mut scene = Scene::new();
    scene.reads(0, "help_button", Reading::Button(Press::Short));
    scene.alarms(0);
    scene.taps(60, Tap::Cannot);
    scene.alarms(120);
    let waits = Slot::Names(vec![scene.name_of(&anna())]);
    let reply = Reply::new(key::SENT_NOT_ANSWERED).with("contacts", waits);
    let sentence = Effect::Say { reply, urgency: Urgency::Alarm };
    scene.hands(121, sentence.clone());
    assert_eq!(scene.judge.broken(), []);
    scene.taps(130, Tap::Cannot);
    scene.hands(131, sentence);
    let promises: Vec<_> = scene.judge.broken().iter().map(|broken| broken.promise).collect();
    assert_eq!(promises, [Promise::NeverMoreThanSo]);
}
