//! Conversations, sentence by sentence: what is asked, and what becomes of the answer. Tests only.

use std::time::Duration;

use crate::afternoon::{Afternoon, plan};
use crate::catalogue::key;
use crate::intent::{Expects, When};
use crate::{Intent, Plan, Reply, Slot};

fn keys(replies: &[Reply]) -> Vec<&str> {
    replies.iter().map(|reply| &*reply.key).collect()
}

fn begin(plan: Plan) -> Afternoon {
    let mut afternoon = Afternoon::begin(plan);
    afternoon.said();
    afternoon
}

fn expects(afternoon: &Afternoon) -> Expects {
    afternoon.home.expectation().expects
}

#[test]
fn a_message_without_a_name_asks_whom_it_is_for_and_a_name_sends_it() {
    let mut afternoon = begin(plan());
    afternoon.hears(Intent::TellWhom { words: "ik kom later".to_owned() });
    assert_eq!(keys(&afternoon.said()), [key::MESSAGE_WHOM]);
    assert_eq!(expects(&afternoon), Expects::Name);
    assert_eq!(afternoon.sent(), [], "nobody is guessed");
    afternoon.hears(Intent::Person("piet".into()));
    let sent = afternoon.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].contact, "piet".into());
    let words = Slot::Words("ik kom later".to_owned());
    assert_eq!(sent[0].body[0].slots.get("words"), Some(&words));
    assert_eq!(expects(&afternoon), Expects::Anything);
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn where_there_is_nobody_it_is_not_asked_whom_a_message_is_for() {
    let mut afternoon = begin(Plan::empty());
    afternoon.hears(Intent::TellWhom { words: "ik kom later".to_owned() });
    assert_eq!(keys(&afternoon.said()), [key::PLAN_NOBODY]);
    assert_eq!(expects(&afternoon), Expects::Anything);
}

#[test]
fn a_few_minutes_are_asked_and_a_number_sets_the_reminder() {
    for answer in [Intent::Number(10), Intent::Moment(When::In(Duration::from_secs(600)))] {
        let mut afternoon = begin(plan());
        afternoon.hears(Intent::RemindMinutes { what: "de oven".to_owned() });
        assert_eq!(keys(&afternoon.said()), [key::REMIND_MINUTES]);
        assert_eq!(expects(&afternoon), Expects::Number);
        afternoon.hears(answer);
        let length = Slot::Duration(Duration::from_secs(600));
        assert_eq!(afternoon.said()[0].slots.get("in"), Some(&length));
        afternoon.passes(Duration::from_secs(601));
        assert_eq!(keys(&afternoon.said()), [key::REMIND]);
        assert_eq!(afternoon.faults(), []);
    }
}

/// A number that cannot be meant was misheard; one that nobody asked for is no answer.
#[test]
fn no_number_is_taken_that_was_not_asked_for_or_cannot_be_meant() {
    let mut afternoon = begin(plan());
    afternoon.hears(Intent::Number(10));
    assert_eq!(keys(&afternoon.said()), [key::YES_HEARD_NO_QUESTION]);
    afternoon.hears(Intent::RemindMinutes { what: "de oven".to_owned() });
    afternoon.said();
    for number in [0, 100_000] {
        afternoon.hears(Intent::Number(number));
        assert_eq!(expects(&afternoon), Expects::Number, "{number} is asked again");
    }
    afternoon.hears(Intent::No);
    assert_eq!(keys(&afternoon.said()).last(), Some(&key::CANCELLED));
    afternoon.hears(Intent::ListReminders);
    assert_eq!(keys(&afternoon.said()), [key::REMIND_NONE]);
}

/// While an alarm stands open for hours a television may talk: it is answered three times.
#[test]
fn whoever_talks_on_during_an_alarm_is_not_answered_for_ever() {
    let mut afternoon = begin(plan());
    afternoon.hears(Intent::Help);
    afternoon.passes(Duration::from_secs(21));
    assert_eq!(afternoon.sent().len(), 1);
    afternoon.said();
    for _ in 0..20 {
        afternoon.hears(Intent::NotUnderstood);
    }
    let said = afternoon.said();
    assert_eq!(keys(&said), [key::ASK_REPHRASED, key::ASK_SIMPLER, key::ASK_BUTTON]);
    assert_eq!(afternoon.faults(), []);
}

/// One question at a time, and none that is not listened to.
#[test]
fn while_help_is_asked_about_nothing_else_is() {
    let requests = [
        Intent::RemindWhen { what: "de was".to_owned() },
        Intent::RemindMinutes { what: "de was".to_owned() },
        Intent::TellWhom { words: "ik kom later".to_owned() },
    ];
    let mut afternoon = begin(plan());
    afternoon.hears(Intent::Help);
    afternoon.said();
    for request in requests {
        afternoon.hears(request);
        let said = afternoon.said();
        assert_eq!(keys(&said), [key::NOT_NOW, key::HELP_ASK]);
        assert_eq!(said[1].slots.get("in"), Some(&seconds(15)), "and how long it still waits");
        assert_eq!(expects(&afternoon), Expects::YesNo);
    }
}

#[test]
fn once_more_is_the_question_once_more() {
    let mut afternoon = begin(plan());
    for _ in 0..3 {
        afternoon.hears(Intent::NotUnderstood);
    }
    let said = keys(&afternoon.said()).join(" ");
    assert!(said.ends_with(&format!("{} {}", key::DONT_KNOW, key::ANSWER_WITHIN)), "{said}");
    afternoon.hears(Intent::Repeat);
    assert_eq!(keys(&afternoon.said()), [key::DONT_KNOW, key::ANSWER_WITHIN]);
}

const fn seconds(seconds: u64) -> Slot {
    Slot::Duration(Duration::from_secs(seconds))
}

/// Fifteen seconds after a cry somebody is told, twenty where words had begun.
#[test]
fn once_more_says_what_is_left_and_then_how_it_stands() {
    let mut afternoon = begin(plan());
    afternoon.hears(Intent::Help);
    afternoon.said();
    afternoon.passes(Duration::from_secs(5));
    afternoon.happens(&crate::Event::VoiceBegan);
    afternoon.passes(Duration::from_secs(2));
    afternoon.hears(Intent::Repeat);
    let said = afternoon.said();
    assert_eq!(keys(&said), [key::HELP_ASK]);
    assert_eq!(said[0].slots.get("in"), Some(&seconds(13)));
    afternoon.passes(Duration::from_secs(12));
    assert_eq!(afternoon.sent(), []);
    afternoon.passes(Duration::from_secs(2));
    assert_eq!(afternoon.sent().len(), 1);
    afternoon.said();
    afternoon.hears(Intent::AskTime);
    afternoon.hears(Intent::Repeat);
    assert_eq!(keys(&afternoon.said()), [key::TIME_NOW, key::SENT_NOT_ANSWERED]);
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn once_more_with_nobody_to_reach_says_how_long_it_waits() {
    let mut afternoon = begin(Plan::empty());
    afternoon.hears(Intent::Help);
    afternoon.said();
    afternoon.hears(Intent::Repeat);
    let said = afternoon.said();
    assert_eq!(keys(&said), [key::WARN_NOBODY]);
    assert_eq!(said[0].slots.get("in"), Some(&seconds(15)));
}

#[test]
fn once_more_says_of_the_past_only_what_is_still_so() {
    let mut afternoon = begin(plan());
    let when = When::In(Duration::from_secs(600));
    afternoon.hears(Intent::Remind { what: "de oven".to_owned(), when });
    assert_eq!(afternoon.said()[0].slots.get("in"), Some(&seconds(600)));
    afternoon.passes(Duration::from_secs(240));
    afternoon.hears(Intent::Repeat);
    let said = afternoon.said();
    assert_eq!(keys(&said), [key::REMIND_SET_IN]);
    assert_eq!(said[0].slots.get("in"), Some(&seconds(360)));
    afternoon.passes(Duration::from_secs(361));
    let reminded = afternoon.said();
    afternoon.passes(Duration::from_secs(3_600));
    afternoon.hears(Intent::Repeat);
    assert_eq!(afternoon.said(), reminded, "whoever comes in later hears it all the same");

    afternoon.hears(Intent::AskTime);
    let then = afternoon.said();
    afternoon.passes(Duration::from_secs(3_600));
    afternoon.hears(Intent::Repeat);
    let now = afternoon.said();
    assert_eq!(keys(&now), [key::TIME_NOW]);
    assert_ne!(now, then);

    afternoon.hears(Intent::RemindWhen { what: "de was".to_owned() });
    for _ in 0..2 {
        afternoon.hears(Intent::NotUnderstood);
        assert!(keys(&afternoon.said()).iter().any(|key| key.starts_with("remind.when")));
    }
    afternoon.passes(Duration::from_secs(200));
    afternoon.hears(Intent::Repeat);
    assert_eq!(keys(&afternoon.said()), [key::NOTHING_TO_REPEAT], "nothing is asked any more");
}

/// Whoever was not understood and then says it clearly has answered.
#[test]
fn i_am_fine_answers_the_check_in_whose_question_was_given_up() {
    for answer in [Intent::Fine, Intent::NotUnderstood] {
        let mut afternoon = begin(plan());
        let at = afternoon.home.local().time() + jiff::SignedDuration::from_mins(5);
        let check_in = Some(crate::plan::CheckIn { at });
        afternoon.happens(&crate::Event::Configured(Plan { check_in, ..plan() }.into()));
        afternoon.passes(Duration::from_secs(301));
        assert_eq!(keys(&afternoon.said()), [key::CHECK_IN_ASK]);
        for _ in 0..3 {
            afternoon.hears(Intent::NotUnderstood);
        }
        afternoon.passes(Duration::from_secs(60));
        afternoon.said();
        let answered = answer == Intent::Fine;
        afternoon.hears(answer);
        afternoon.passes(Duration::from_secs(1_200));
        let said = afternoon.said();
        let asked_again = keys(&said).contains(&key::CHECK_IN_ASK_AGAIN);
        assert_eq!(asked_again, !answered, "{said:?}");
    }
}

/// Called by its name, with nothing asked before.
fn called(plan: Plan) -> Afternoon {
    let mut afternoon = begin(plan);
    afternoon.hears(Intent::Called);
    assert_eq!(keys(&afternoon.said()), [key::CALLED]);
    assert_eq!(expects(&afternoon), Expects::Request);
    afternoon
}

#[test]
fn who_calls_it_says_the_rest_without_its_name() {
    let requests = [
        (Intent::AskTime, key::TIME_NOW, Expects::Anything),
        (Intent::RemindWhen { what: "de was".to_owned() }, key::REMIND_WHEN, Expects::Time),
        (
            Intent::Skill { name: "talk.thanks".to_owned(), slots: [].into() },
            "talk.thanks",
            Expects::Anything,
        ),
        (Intent::Yes, key::YES_HEARD_NO_QUESTION, Expects::Anything),
        (Intent::Taken, key::YES_HEARD_NO_QUESTION, Expects::Anything),
        (Intent::Number(10), key::YES_HEARD_NO_QUESTION, Expects::Anything),
        (Intent::Cancel, key::CANCELLED, Expects::Anything),
        (Intent::Help, key::HELP_ASK, Expects::YesNo),
    ];
    for (request, answer, then) in requests {
        let mut afternoon = called(plan());
        afternoon.hears(request.clone());
        assert_eq!(keys(&afternoon.said()), [answer], "{request:?}");
        assert_eq!(expects(&afternoon), then, "{request:?}");
        assert_eq!(afternoon.faults(), []);
    }
}

#[test]
fn a_call_that_nothing_follows_is_soon_over_and_who_speaks_is_waited_for_a_little() {
    let mut silent = called(plan());
    silent.passes(Duration::from_secs(15));
    assert_eq!(expects(&silent), Expects::Request);
    silent.passes(Duration::from_secs(6));
    assert_eq!(expects(&silent), Expects::Anything);
    assert_eq!(silent.said(), [], "nothing is lost, so nothing is said");
    silent.hears(Intent::Repeat);
    assert_eq!(keys(&silent.said()), [key::NOTHING_TO_REPEAT]);

    let mut talked_over = called(plan());
    for second in 0..45 {
        assert_eq!(expects(&talked_over), Expects::Request, "{second} s");
        talked_over.happens(&crate::Event::VoiceBegan);
        talked_over.passes(Duration::from_secs(1));
    }
    assert_eq!(expects(&talked_over), Expects::Anything, "a television talks on");
}

#[test]
fn once_more_after_a_call_is_the_same_and_a_second_call_is_answered_again() {
    let mut afternoon = called(plan());
    for again in [Intent::Repeat, Intent::Called, Intent::NotUnderstood, Intent::Repeat] {
        let understood = again != Intent::NotUnderstood;
        afternoon.hears(again);
        let said = if understood { key::CALLED } else { key::NOT_UNDERSTOOD };
        assert_eq!(keys(&afternoon.said()), [said]);
        assert_eq!(expects(&afternoon), Expects::Request);
    }
}

/// As without a call, and the next try needs no name.
#[test]
fn who_calls_and_is_not_understood_tries_again_and_is_then_offered_a_person_or_the_button() {
    let person = [key::DONT_KNOW, key::ANSWER_WITHIN];
    for (plan, offered, then) in [
        (plan(), &person[..], Expects::YesNo),
        (Plan::empty(), &[key::NOT_UNDERSTOOD_THRICE], Expects::Anything),
    ] {
        let mut afternoon = called(plan);
        for said in [key::NOT_UNDERSTOOD, key::NOT_UNDERSTOOD_TWICE] {
            afternoon.passes(Duration::from_secs(10));
            afternoon.hears(Intent::NotUnderstood);
            assert_eq!(keys(&afternoon.said()), [said]);
            assert_eq!(expects(&afternoon), Expects::Request);
        }
        afternoon.hears(Intent::NotUnderstood);
        assert_eq!(keys(&afternoon.said()), offered);
        assert_eq!(expects(&afternoon), then);
        assert_eq!(afternoon.faults(), []);
    }
}

#[test]
fn a_question_that_is_open_is_asked_again_when_it_is_called() {
    let mut afternoon = begin(plan());
    afternoon.hears(Intent::RemindWhen { what: "de was".to_owned() });
    let asked = afternoon.said();
    afternoon.hears(Intent::Called);
    assert_eq!(afternoon.said(), asked);
    assert_eq!(expects(&afternoon), Expects::Time);
}

/// Whoever calls during an alarm has not answered it: calling without end, they cannot keep the
/// message back longer than words of theirs could.
#[test]
fn calling_closes_no_alarm_and_delays_it_no_longer_than_speech_does() {
    let mut afternoon = begin(plan());
    afternoon.hears(Intent::Help);
    assert_eq!(keys(&afternoon.said()), [key::HELP_ASK]);
    for second in 0..20 {
        assert_eq!(afternoon.sent(), [], "{second} s");
        afternoon.hears(Intent::Called);
        assert_eq!(keys(&afternoon.said()), [key::HELP_ASK], "{second} s");
        assert_eq!(expects(&afternoon), Expects::YesNo);
        afternoon.passes(Duration::from_secs(1));
    }
    afternoon.passes(Duration::from_secs(1));
    assert_eq!(afternoon.sent().len(), 1);
    afternoon.said();
    afternoon.hears(Intent::Called);
    assert_eq!(keys(&afternoon.said()), [key::SENT_NOT_ANSWERED], "how it stands");
    assert!(afternoon.home.has_alarm());
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn a_check_in_does_not_wait_for_what_it_was_called_for() {
    let mut afternoon = begin(plan());
    let at = afternoon.home.local().time() + jiff::SignedDuration::from_mins(5);
    let check_in = Some(crate::plan::CheckIn { at });
    afternoon.happens(&crate::Event::Configured(Plan { check_in, ..plan() }.into()));
    afternoon.passes(Duration::from_secs(295));
    afternoon.hears(Intent::Called);
    assert_eq!(keys(&afternoon.said()), [key::CALLED]);
    afternoon.passes(Duration::from_secs(6));
    assert_eq!(keys(&afternoon.said()), [key::CHECK_IN_ASK]);
    assert_eq!(expects(&afternoon), Expects::YesNo);
    afternoon.hears(Intent::Called);
    assert_eq!(keys(&afternoon.said()), [key::CHECK_IN_ASK_AGAIN]);
}

#[test]
fn a_call_is_read_back_from_a_snapshot_and_lapses_all_the_same() {
    let mut afternoon = called(plan());
    let kept = serde_json::to_string(&afternoon.home.snapshot()).expect("json");
    afternoon.home = crate::Home::restore(serde_json::from_str(&kept).expect("the same data"));
    afternoon.happens(&crate::Event::Configured(plan().into()));
    assert_eq!(expects(&afternoon), Expects::Request);
    afternoon.passes(Duration::from_secs(21));
    assert_eq!(expects(&afternoon), Expects::Anything);
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn it_forgets_no_reminder_without_a_yes() {
    let remind =
        Intent::Remind { what: "de was".to_owned(), when: When::In(Duration::from_secs(7_200)) };
    for (answer, said_then, left) in [
        (Intent::Yes, key::REMIND_CANCELLED, key::REMIND_NONE),
        (Intent::No, key::CANCELLED, key::REMIND_LIST),
        (Intent::NotUnderstood, key::KEPT_REPHRASED, key::REMIND_LIST),
    ] {
        let mut afternoon = begin(plan());
        afternoon.hears(Intent::CancelReminders);
        assert_eq!(keys(&afternoon.said()), [key::REMIND_NONE], "there is none to forget");
        afternoon.hears(remind.clone());
        afternoon.hears(Intent::CancelReminders);
        assert_eq!(expects(&afternoon), Expects::YesNo);
        afternoon.said();
        afternoon.hears(answer);
        afternoon.hears(Intent::ListReminders);
        assert_eq!(keys(&afternoon.said()), [said_then, left]);
    }
}
