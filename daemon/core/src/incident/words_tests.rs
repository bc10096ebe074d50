//! That an answer which has begun is waited for, and that no voice moves a ceiling. Tests only.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::afternoon::{Afternoon, plan};
use crate::catalogue::key;
use crate::device::{Capability, Observation, Reading};
use crate::event::{Event, Trouble, TroubleState};
use crate::plan::{Device, Plan};
use crate::{Intent, Reply};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn keys(replies: &[Reply]) -> Vec<&str> {
    replies.iter().map(|reply| &*reply.key).collect()
}

/// The resident said that they are not well: asked at once, warned after 240 s, 270 s the limit.
fn not_well() -> Afternoon {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.home.ask(crate::conversation::Topic::CheckIn);
    afternoon.hears(Intent::No);
    assert_eq!(keys(&afternoon.said()).last(), Some(&key::CHECK_IN_HELP));
    afternoon
}

#[test]
fn without_a_voice_the_limit_holds() {
    let mut afternoon = not_well();
    afternoon.passes(seconds(269));
    assert_eq!(afternoon.sent(), []);
    afternoon.passes(seconds(2));
    assert_eq!(afternoon.sent().len(), 1);
}

#[test]
fn an_answer_that_has_begun_is_heard_to_its_end() {
    let mut afternoon = not_well();
    afternoon.passes(seconds(268));
    afternoon.happens(&Event::VoiceBegan);
    afternoon.passes(seconds(10));
    assert_eq!(afternoon.sent(), [], "it waits for the words");
    afternoon.hears(Intent::No);
    afternoon.passes(seconds(600));
    assert_eq!(afternoon.sent(), []);
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn a_television_moves_neither_the_warning_by_much_nor_the_ceiling() {
    let mut afternoon = not_well();
    let mut warned = None;
    for second in 1..=300 {
        afternoon.passes(seconds(1));
        afternoon.happens(&Event::VoiceBegan);
        if keys(&afternoon.said()).contains(&key::WARN_BEFORE_ALARM) {
            warned = Some(second);
        }
    }
    assert_eq!(warned, Some(255), "announced, and fifteen seconds before the limit");
    afternoon.passes(seconds(1));
    assert_eq!(afternoon.sent().len(), 1, "five minutes are the ceiling");
    assert_eq!(afternoon.faults(), []);
}

/// Sixty seconds are the ceiling of a fall and its limit: only the warning lets people finish.
#[test]
fn after_a_fall_only_the_warning_waits() {
    let wristband = Device {
        name: "wristband".to_owned(),
        aliases: Vec::new(),
        room: "hall".into(),
        capabilities: vec![Capability::Fall],
        driver: "simulated".to_owned(),
        way_out: false,
    };
    let devices = BTreeMap::from([("wristband".into(), wristband)]);
    let mut afternoon = Afternoon::begin(Plan { devices, ..plan() });
    let fall = Observation { device: "wristband".into(), reading: Reading::Fall };
    afternoon.happens(&Event::Observed(fall));
    afternoon.said();
    afternoon.passes(seconds(29));
    afternoon.happens(&Event::VoiceBegan);
    afternoon.passes(seconds(13));
    assert_eq!(keys(&afternoon.said()), [""; 0], "it does not talk over the answer");
    afternoon.passes(seconds(3));
    assert_eq!(keys(&afternoon.said()), [key::WARN_BEFORE_ALARM]);
    afternoon.happens(&Event::VoiceBegan);
    assert_eq!(afternoon.sent(), []);
    afternoon.passes(seconds(16));
    assert_eq!(afternoon.sent().len(), 1);
}

#[test]
fn a_calm_question_waits_too_and_not_for_ever() {
    let open = |afternoon: &Afternoon| afternoon.home.awaits_answer();
    let mut afternoon = Afternoon::begin(plan());
    afternoon.home.ask(crate::conversation::Topic::CheckIn);
    afternoon.passes(seconds(89));
    afternoon.happens(&Event::VoiceBegan);
    afternoon.passes(seconds(14));
    assert!(open(&afternoon), "who began within the limit is heard");
    afternoon.passes(seconds(2));
    assert!(!open(&afternoon));

    afternoon.home.ask(crate::conversation::Topic::CheckIn);
    for _ in 0..178 {
        afternoon.passes(seconds(1));
        afternoon.happens(&Event::VoiceBegan);
    }
    assert!(open(&afternoon));
    afternoon.passes(seconds(3));
    assert!(!open(&afternoon), "a television keeps no question open");
}

#[test]
fn one_moment_is_said_once() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    for _ in 0..5 {
        for state in [TroubleState::Began, TroubleState::Over] {
            afternoon.happens(&Event::Troubled { trouble: Trouble::Behind, state });
        }
        afternoon.passes(seconds(60));
    }
    assert_eq!(keys(&afternoon.said()), [key::ONE_MOMENT]);
    let unheard = Trouble::Unheard { turns: 2 };
    afternoon.happens(&Event::Troubled { trouble: unheard, state: TroubleState::Happened });
    assert_eq!(afternoon.said(), []);
}
