//! That an answer which has begun is waited for, and that no voice moves a ceiling. Tests only.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::afternoon::{Afternoon, plan};
use crate::catalogue::key;
use crate::device::{Capability, Observation, Reading};
use crate::event::{Event, Trouble, TroubleState};
use crate::plan::{Device, Plan};
use crate::{Intent, Reply, Slot};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn keys(replies: &[Reply]) -> Vec<&str> {
    replies.iter().map(|reply| &*reply.key).collect()
}

/// The resident said that they are not well: asked at once, warned after 240 s, 270 s the limit.
fn not_well() -> Afternoon {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.home.ask(crate::question::Topic::CheckIn);
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

const FALL: Reading = Reading::Fall;

/// A home with a wristband that may believe its wearer fell, and with these people.
fn with_wristband(plan: Plan) -> Afternoon {
    let wristband = Device {
        name: "wristband".to_owned(),
        aliases: Vec::new(),
        room: "hall".into(),
        capabilities: vec![Capability::Fall],
        driver: "simulated".to_owned(),
        way_out: false,
    };
    let devices = BTreeMap::from([("wristband".into(), wristband)]);
    let mut afternoon = Afternoon::begin(Plan { devices, ..plan });
    afternoon.said();
    afternoon
}

fn falls(afternoon: &mut Afternoon) {
    let fall = Observation { device: "wristband".into(), reading: FALL };
    afternoon.happens(&Event::Observed(fall));
}

#[test]
fn an_alarm_goes_on_although_nothing_can_be_said() {
    let mut afternoon = with_wristband(plan());
    afternoon.is_mute = true;
    falls(&mut afternoon);
    afternoon.passes(seconds(61));
    let sent = afternoon.sent();
    assert_eq!(sent.len(), 1, "sixty seconds are the ceiling");
    assert!(keys(&sent[0].body).contains(&key::ALARM_NOT_ASKED), "{:?}", keys(&sent[0].body));
    assert!(!keys(&sent[0].body).contains(&key::ALARM_NO_ANSWER), "nobody was asked");
    assert_eq!(afternoon.said(), []);
    // A card that comes back says what is still to be said.
    afternoon.is_mute = false;
    afternoon.passes(seconds(120));
    assert!(!afternoon.said().is_empty());
    assert_eq!(afternoon.faults(), []);
}

/// How long a sentence says that it waits.
fn announced(reply: &Reply) -> Option<Duration> {
    match reply.slots.get("in") {
        Some(Slot::Duration(length)) => Some(*length),
        _ => None,
    }
}

/// Fifty seconds are the limit after a fall, sixty its ceiling.
#[test]
fn after_a_fall_the_warning_waits_and_so_does_the_alarm() {
    let mut afternoon = with_wristband(plan());
    falls(&mut afternoon);
    afternoon.said();
    afternoon.passes(seconds(19));
    afternoon.happens(&Event::VoiceBegan);
    afternoon.passes(seconds(14));
    assert_eq!(keys(&afternoon.said()), [""; 0], "it does not talk over the answer");
    afternoon.passes(seconds(2));
    let said = afternoon.said();
    assert_eq!(keys(&said), [key::WARN_BEFORE_ALARM]);
    assert!(announced(&said[0]).is_some_and(|left| left <= seconds(16)), "{said:?}");
    afternoon.passes(seconds(13));
    afternoon.happens(&Event::VoiceBegan);
    afternoon.passes(seconds(11));
    assert_eq!(afternoon.sent(), [], "who has begun to answer is heard");
    afternoon.happens(&Event::VoiceBegan);
    afternoon.passes(seconds(2));
    assert_eq!(afternoon.sent().len(), 1, "a minute is the ceiling, whoever speaks");
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn after_a_fall_an_answer_that_began_within_the_limit_stops_the_alarm() {
    let mut afternoon = with_wristband(plan());
    falls(&mut afternoon);
    afternoon.passes(seconds(49));
    afternoon.happens(&Event::VoiceBegan);
    afternoon.passes(seconds(8));
    afternoon.hears(Intent::No);
    afternoon.passes(seconds(600));
    assert_eq!(afternoon.sent(), []);
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn a_cry_says_how_long_it_waits_and_hears_an_answer_that_has_begun() {
    for begins in [false, true] {
        let mut afternoon = Afternoon::begin(plan());
        afternoon.said();
        afternoon.hears(Intent::Help);
        let said = afternoon.said();
        assert_eq!(keys(&said), [key::HELP_ASK]);
        assert_eq!(announced(&said[0]), Some(seconds(15)));
        afternoon.passes(seconds(14));
        assert_eq!(afternoon.sent(), []);
        if begins {
            afternoon.happens(&Event::VoiceBegan);
        }
        afternoon.passes(seconds(2));
        assert_eq!(afternoon.sent().len(), usize::from(!begins));
        afternoon.passes(seconds(5));
        let late = afternoon.sent().len();
        assert_eq!(late, usize::from(begins), "twenty seconds are the ceiling");
        assert_eq!(afternoon.faults(), []);
    }
}

/// The limit that was announced stands: a fall never puts it off.
#[test]
fn a_fall_while_silence_is_asked_about_alarms_no_later() {
    for (fell_after_s, alarm_after_s) in [(10, 60), (100, 150), (230, 270), (250, 270), (269, 270)]
    {
        let mut afternoon = with_wristband(plan());
        afternoon.home.ask(crate::question::Topic::CheckIn);
        afternoon.hears(Intent::No);
        afternoon.passes(seconds(fell_after_s));
        let warned = keys(&afternoon.said()).contains(&key::WARN_BEFORE_ALARM);
        falls(&mut afternoon);
        let said = afternoon.said();
        assert_eq!(keys(&said), [key::FALL_ASK], "{fell_after_s} s");
        afternoon.passes(seconds(alarm_after_s - fell_after_s - 1));
        assert_eq!(afternoon.sent(), [], "{fell_after_s} s");
        let warnings = afternoon.said();
        assert_eq!(warnings.len(), usize::from(!warned), "{fell_after_s} s: {warnings:?}");
        afternoon.passes(seconds(2));
        assert_eq!(afternoon.sent().len(), 1, "{fell_after_s} s");
        assert_eq!(afternoon.faults(), []);
    }
}

#[test]
fn a_question_about_help_says_how_long_it_waits_before_anything_is_done() {
    for nobody in [false, true] {
        let people = if nobody { Plan::empty() } else { plan() };
        let mut fallen = with_wristband(people.clone());
        falls(&mut fallen);
        fallen.passes(seconds(49));
        let mut not_well = with_wristband(people.clone());
        not_well.home.ask(crate::question::Topic::CheckIn);
        not_well.hears(Intent::No);
        not_well.passes(seconds(269));
        let mut cry = with_wristband(people);
        cry.hears(Intent::Help);
        for (mut afternoon, expected) in [
            (fallen, vec![None, Some(30)]),
            (not_well, vec![Some(240), Some(120), Some(30)]),
            (cry, vec![Some(15)]),
        ] {
            let said = afternoon.said();
            let waits: Vec<_> = said.iter().map(announced).collect();
            let expected: Vec<_> = expected.into_iter().map(|it| it.map(seconds)).collect();
            assert_eq!(waits, expected, "{said:?}");
        }
    }
}

#[test]
fn a_calm_question_waits_too_and_not_for_ever() {
    let open = |afternoon: &Afternoon| afternoon.home.awaits_answer();
    let mut afternoon = Afternoon::begin(plan());
    afternoon.home.ask(crate::question::Topic::CheckIn);
    afternoon.passes(seconds(89));
    afternoon.happens(&Event::VoiceBegan);
    afternoon.passes(seconds(14));
    assert!(open(&afternoon), "who began within the limit is heard");
    afternoon.passes(seconds(2));
    assert!(!open(&afternoon));

    afternoon.home.ask(crate::question::Topic::CheckIn);
    for _ in 0..178 {
        afternoon.passes(seconds(1));
        afternoon.happens(&Event::VoiceBegan);
    }
    assert!(open(&afternoon));
    afternoon.passes(seconds(3));
    assert!(!open(&afternoon), "a television keeps no question open");
}

#[test]
fn every_calm_question_says_how_long_it_waits_and_waits_no_less() {
    let when = || Intent::RemindWhen { what: "de was".to_owned() };
    for questions in [vec![when()], vec![Intent::NotUnderstood; 3], vec![when(), when()]] {
        let mut afternoon = Afternoon::begin(plan());
        afternoon.said();
        let mut last = Duration::ZERO;
        for intent in questions {
            afternoon.passes(seconds(50));
            afternoon.hears(intent);
            last = afternoon.said().last().and_then(announced).unwrap_or_default();
        }
        assert_eq!(last, seconds(60), "it says a minute");
        afternoon.passes(last);
        assert!(afternoon.home.awaits_answer(), "and waits one from the end of its sentence on");
        afternoon.passes(seconds(31));
        assert!(!afternoon.home.awaits_answer());
    }
}

#[test]
fn who_is_not_understood_gets_the_minute_once_more_within_the_bound() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.home.ask(crate::question::Topic::CheckIn);
    afternoon.passes(seconds(80));
    afternoon.hears(Intent::NotUnderstood);
    afternoon.passes(seconds(59));
    assert!(afternoon.home.awaits_answer());
    afternoon.hears(Intent::NotUnderstood);
    afternoon.passes(seconds(40));
    assert!(afternoon.home.awaits_answer());
    afternoon.passes(seconds(2));
    assert!(!afternoon.home.awaits_answer(), "three minutes are the bound");
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

#[test]
fn what_was_mumbled_before_a_no_is_not_held_against_the_second_question() {
    let mut afternoon = with_wristband(plan());
    falls(&mut afternoon);
    for answer in [Intent::NotUnderstood, Intent::NotUnderstood, Intent::No] {
        afternoon.hears(answer);
    }
    assert_eq!(keys(&afternoon.said()).last(), Some(&key::NO_HELP_ASK_LATER));
    afternoon.passes(seconds(15 * 60 + 21));
    assert_eq!(keys(&afternoon.said()), [key::RECHECK, key::WARN_BEFORE_ALARM], "nobody spoke");
    afternoon.hears(Intent::NotUnderstood);
    assert_eq!(keys(&afternoon.said()), [key::ASK_REPHRASED]);
    assert_eq!(afternoon.faults(), []);
}

/// The warning fails twenty seconds after the fall, and is tried again after five and after
/// fifteen more.
#[test]
fn a_warning_that_could_not_be_said_is_said_with_what_is_left_or_not_at_all() {
    for (mute_s, left_s) in [(21, Some(25)), (26, Some(10)), (41, None)] {
        let mut afternoon = with_wristband(plan());
        afternoon.is_mute = true;
        falls(&mut afternoon);
        afternoon.passes(seconds(mute_s));
        afternoon.is_mute = false;
        afternoon.passes(seconds(600));
        let said = afternoon.said();
        let warned: Vec<_> = said
            .iter()
            .filter(|reply| reply.key == key::WARN_BEFORE_ALARM)
            .map(announced)
            .collect();
        let expected: Vec<_> = left_s.map(|left| Some(seconds(left))).into_iter().collect();
        assert_eq!(warned, expected, "mute for {mute_s} s");
        assert!(keys(&said).contains(&key::FALL_ASK), "the question still stands");
        assert_eq!(afternoon.faults(), []);
    }
}

#[test]
fn whoever_answered_is_not_warned_late() {
    let mut afternoon = with_wristband(plan());
    afternoon.is_mute = true;
    falls(&mut afternoon);
    afternoon.passes(seconds(21));
    afternoon.is_mute = false;
    afternoon.hears(Intent::No);
    afternoon.passes(seconds(120));
    assert!(!keys(&afternoon.said()).contains(&key::WARN_BEFORE_ALARM));
    assert_eq!(afternoon.sent(), []);
}

#[test]
fn what_is_said_after_the_first_message_makes_no_question_of_it() {
    let mut afternoon = with_wristband(plan());
    afternoon.is_mute = true;
    falls(&mut afternoon);
    afternoon.passes(seconds(51));
    afternoon.is_mute = false;
    afternoon.passes(seconds(600));
    assert!(!afternoon.said().is_empty());
    let sent = afternoon.sent();
    assert!(sent.len() > 1, "the plan begins again");
    for message in sent {
        let lines = keys(&message.body);
        assert!(lines.contains(&key::ALARM_NOT_ASKED), "{lines:?}");
        assert!(!lines.contains(&key::ALARM_NO_ANSWER), "{lines:?}");
    }
}

/// As after a restart that nobody noticed: a line comes late, and still leaves time for an answer.
#[test]
fn a_line_that_comes_late_announces_a_wait_that_is_long_enough_and_true() {
    type Begin = fn() -> Afternoon;
    let fallen: Begin = || {
        let mut afternoon = with_wristband(plan());
        falls(&mut afternoon);
        afternoon
    };
    for (begin, late_s, left_s, alarm_s, told) in [
        (not_well as Begin, 239, 8, 270, key::WARN_BEFORE_ALARM),
        (not_well, 245, 8, 270, key::WARN_BEFORE_ALARM),
        // No time was left for the warning: it is said when it is done.
        (not_well, 268, 8, 276, key::ALARMING),
        (fallen, 48, 8, 56, key::WARN_BEFORE_ALARM),
    ] {
        let mut afternoon = begin();
        afternoon.said();
        afternoon.sleeps(seconds(late_s));
        afternoon.happens(&Event::TimedOut);
        let mut said = afternoon.said();
        assert_eq!(said.len(), 1, "{late_s} s: {said:?}");
        assert_eq!(announced(&said[0]), Some(seconds(left_s)), "{late_s} s: {said:?}");
        afternoon.passes(seconds(left_s - 1));
        assert_eq!(afternoon.said(), [], "{late_s} s: it waits as long as it said");
        afternoon.passes(seconds(alarm_s - late_s - left_s));
        assert_eq!(afternoon.sent(), [], "{late_s} s");
        afternoon.passes(seconds(2));
        assert_eq!(afternoon.sent().len(), 1, "{late_s} s");
        said.extend(afternoon.said());
        let mut tells = keys(&said);
        tells.retain(|key| [key::WARN_BEFORE_ALARM, key::ALARMING].contains(key));
        assert_eq!(tells, [told], "{late_s} s");
        assert_eq!(afternoon.faults(), []);
    }
}
