//! What is heard of timers in an afternoon, and across a power cut.

use super::*;
use crate::afternoon::{Afternoon, plan};
use crate::intent::{Expects, Intent, When};
use crate::time::WallTrust;

const SECOND: Duration = Duration::from_secs(1);

const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

fn start(name: Option<&str>, length: Duration) -> Intent {
    let name = name.map(str::to_owned);
    Intent::Timer(TimerWish::Start { name, length: Some(length) })
}

fn change(which: WhichTimer, change: TimerChange) -> Intent {
    Intent::Timer(TimerWish::Change { which, change })
}

fn any() -> WhichTimer {
    WhichTimer::default()
}

fn called(name: &str) -> WhichTimer {
    WhichTimer { name: Some(name.to_owned()), ..any() }
}

fn words(words: &str) -> Intent {
    Intent::Words { words: words.to_owned(), things: vec![words.to_owned()] }
}

fn keys(afternoon: &mut Afternoon) -> Vec<String> {
    afternoon.said().into_iter().map(|reply| reply.key.into_owned()).collect()
}

fn left(reply: &Reply) -> Option<&Slot> {
    reply.slots.get("in").or(reply.slots.get("duration"))
}

/// A home with a timer of ten minutes, and one of twenty for the eggs.
fn two() -> Afternoon {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.hears(start(None, minutes(10)));
    afternoon.hears(start(Some("de eieren"), minutes(20)));
    afternoon.said();
    afternoon
}

#[test]
fn it_rings_with_a_sentence_and_once_more_and_is_gone() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    afternoon.hears(start(Some("de eieren"), minutes(10)));
    let set = Reply::new(key::TIMER_SET_NAMED).with("what", Slot::Words("de eieren".into()));
    assert_eq!(afternoon.said(), [set.with("in", Slot::Duration(minutes(10)))]);
    afternoon.passes(minutes(10) - SECOND);
    assert_eq!(keys(&mut afternoon), [""; 0]);
    afternoon.passes(2 * SECOND);
    assert_eq!(keys(&mut afternoon), [key::TIMER_DONE]);
    afternoon.passes(RINGS_AGAIN_AFTER);
    assert_eq!(keys(&mut afternoon), [key::TIMER_DONE_AGAIN]);
    afternoon.passes(minutes(60));
    assert_eq!(keys(&mut afternoon), [""; 0]);
    afternoon.hears(change(any(), TimerChange::Tell));
    assert_eq!(keys(&mut afternoon), [key::TIMER_NONE]);
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn who_says_stop_hears_it_once() {
    for stop in [Intent::Cancel, change(any(), TimerChange::Stop)] {
        let mut afternoon = two();
        afternoon.passes(minutes(10) + SECOND);
        assert_eq!(keys(&mut afternoon), [key::TIMER_DONE]);
        afternoon.hears(stop.clone());
        if stop != Intent::Cancel {
            afternoon.hears(Intent::Moment(When::In(minutes(10))));
        }
        afternoon.said();
        afternoon.passes(minutes(5));
        assert_eq!(keys(&mut afternoon), [""; 0]);
        afternoon.passes(minutes(5));
        assert_eq!(keys(&mut afternoon), [key::TIMER_DONE], "the other one still runs");
    }
}

/// What is wanted of one timer after four minutes of ten, what is said, and what is left.
#[test]
fn what_was_changed_is_told_by_how_it_stands() {
    for (wishes, said, minutes_left) in [
        (&[TimerChange::Tell][..], key::TIMER_LEFT, 6),
        (&[TimerChange::Add(minutes(5))], key::TIMER_LEFT, 11),
        (&[TimerChange::TakeOff(minutes(2))], key::TIMER_LEFT, 4),
        (&[TimerChange::TakeOff(minutes(6))], key::TIMER_LEFT, 6),
        (&[TimerChange::TakeOff(minutes(90))], key::TIMER_LEFT, 6),
        (&[TimerChange::Pause], key::TIMER_STANDS, 6),
        (&[TimerChange::Pause, TimerChange::Add(minutes(1))], key::TIMER_STANDS, 7),
        (&[TimerChange::Pause, TimerChange::TakeOff(minutes(1))], key::TIMER_STANDS, 5),
        (&[TimerChange::Pause, TimerChange::Pause], key::TIMER_STANDS, 6),
        (&[TimerChange::Pause, TimerChange::GoOn], key::TIMER_LEFT, 6),
        (&[TimerChange::GoOn], key::TIMER_LEFT, 6),
    ] {
        let mut afternoon = Afternoon::begin(plan());
        afternoon.hears(start(None, minutes(10)));
        afternoon.passes(minutes(4));
        for wish in wishes {
            afternoon.hears(change(any(), *wish));
        }
        let last = afternoon.said().pop().expect("an answer");
        assert_eq!(last.key, said, "{wishes:?}");
        assert_eq!(left(&last), Some(&Slot::Duration(minutes(minutes_left))), "{wishes:?}");
        if wishes.last() == Some(&TimerChange::Pause) {
            afternoon.passes(minutes(60));
            assert_eq!(keys(&mut afternoon), [""; 0], "it stands still");
            afternoon.hears(change(any(), TimerChange::GoOn));
            afternoon.said();
        }
        afternoon.passes(minutes(minutes_left) - SECOND);
        assert_eq!(keys(&mut afternoon), [""; 0], "{wishes:?}");
        afternoon.passes(2 * SECOND);
        if said == key::TIMER_LEFT || wishes.last() == Some(&TimerChange::Pause) {
            assert_eq!(keys(&mut afternoon), [key::TIMER_DONE], "{wishes:?}");
        }
    }
}

#[test]
fn of_several_it_asks_which_and_guesses_none() {
    let answers = [
        (words("die voor de eieren"), key::TIMER_STOPPED),
        (words("eieren"), key::TIMER_STOPPED),
        (Intent::Moment(When::In(minutes(20))), key::TIMER_STOPPED),
        (words("de pasta"), key::TIMER_NO_SUCH),
        (Intent::No, key::CANCELLED),
        (Intent::Cancel, key::CANCELLED),
    ];
    for (answer, said) in answers {
        let mut afternoon = two();
        afternoon.hears(change(any(), TimerChange::Stop));
        assert_eq!(keys(&mut afternoon), [key::TIMER_LIST, key::KEPT_ASK]);
        assert_eq!(afternoon.home.expectation().expects, Expects::Words);
        afternoon.hears(answer.clone());
        assert_eq!(keys(&mut afternoon).first().map(|key| &**key), Some(said), "{answer:?}");
        assert_eq!(afternoon.home.expectation().expects, Expects::Anything);
        afternoon.hears(change(called("eieren"), TimerChange::Tell));
        let eggs_run = keys(&mut afternoon) == [key::TIMER_LEFT];
        assert_eq!(eggs_run, said != key::TIMER_STOPPED, "{answer:?}");
    }
}

#[test]
fn a_timer_is_found_by_what_was_said_of_it() {
    let kitchen = WhichTimer { room: Some("kitchen".into()), ..any() };
    for (which, found) in [
        (called("eieren"), key::TIMER_STOPPED),
        (called("de eieren"), key::TIMER_STOPPED),
        (WhichTimer { length: Some(minutes(10)), ..any() }, key::TIMER_STOPPED),
        (WhichTimer { length: Some(minutes(11)), ..any() }, key::TIMER_NO_SUCH),
        (kitchen, key::TIMER_NO_SUCH),
    ] {
        let mut afternoon = two();
        afternoon.hears(change(which.clone(), TimerChange::Stop));
        assert_eq!(keys(&mut afternoon).first().map(|key| &**key), Some(found), "{which:?}");
    }
    let mut afternoon = two();
    afternoon.hears(Intent::Timer(TimerWish::StopAll { room: None }));
    afternoon.hears(Intent::Timer(TimerWish::StopAll { room: None }));
    assert_eq!(keys(&mut afternoon), [key::TIMERS_STOPPED, key::TIMER_NONE]);
}

#[test]
fn what_is_missing_is_asked_in_other_words_and_in_fewer() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    let wish = TimerWish::Start { name: Some("de was".to_owned()), length: None };
    afternoon.hears(Intent::Timer(wish));
    afternoon.hears(Intent::NotUnderstood);
    afternoon.hears(Intent::NotUnderstood);
    let asked = [key::KEPT_ASK, key::KEPT_REPHRASED, key::KEPT_SIMPLER];
    assert_eq!(keys(&mut afternoon), asked);
    afternoon.hears(Intent::Moment(When::In(minutes(45))));
    assert_eq!(keys(&mut afternoon), [key::TIMER_SET_NAMED]);
}

#[test]
fn at_its_bounds_it_says_so_and_sets_nothing() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    afternoon.hears(start(None, LENGTH_MAX + SECOND));
    assert_eq!(keys(&mut afternoon), [key::TIMER_TOO_LONG]);
    afternoon.hears(start(None, Duration::ZERO));
    assert_eq!(keys(&mut afternoon), [key::KEPT_ASK]);
    for _ in 0..TIMERS_MAX {
        afternoon.hears(start(None, minutes(10)));
    }
    afternoon.said();
    afternoon.hears(start(None, minutes(10)));
    assert_eq!(keys(&mut afternoon), [key::TIMER_FULL]);
    afternoon.hears(change(any(), TimerChange::Add(LENGTH_MAX)));
    afternoon.passes(minutes(10) + SECOND);
    let rings = keys(&mut afternoon);
    assert_eq!(rings.iter().filter(|key| **key == key::TIMER_DONE).count(), TIMERS_MAX);
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn a_power_cut_stops_no_timer_and_what_is_late_is_said_as_late() {
    for (off, rings) in [(2, key::TIMER_DONE), (30, key::TIMER_LATE)] {
        let mut afternoon = Afternoon::begin(plan());
        afternoon.hears(start(None, minutes(10)));
        afternoon.said();
        afternoon.is_off(minutes(off));
        afternoon.passes(minutes(8));
        let said = afternoon.said();
        assert_eq!(said.iter().map(|reply| &*reply.key).collect::<Vec<_>>(), [rings]);
        let late = Slot::Duration(minutes(20));
        assert_eq!(said[0].slots.get("duration") == Some(&late), rings == key::TIMER_LATE);
        afternoon.passes(minutes(60));
        assert_eq!(keys(&mut afternoon).len(), usize::from(rings == key::TIMER_DONE));
    }
}

#[test]
fn who_does_not_know_how_long_it_was_off_does_not_say_when_a_timer_ended() {
    let mut afternoon = two();
    afternoon.hears(change(called("eieren"), TimerChange::Pause));
    afternoon.said();
    afternoon.wall_trusted = WallTrust::Unknown;
    afternoon.is_off(minutes(2));
    assert_eq!(keys(&mut afternoon), [key::TIMER_UNSURE]);
    afternoon.passes(minutes(60));
    afternoon.hears(change(any(), TimerChange::Tell));
    assert_eq!(keys(&mut afternoon), [key::TIMER_STANDS], "what stood still still stands");
}

#[test]
fn a_question_about_help_comes_first() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.hears(start(None, minutes(1)));
    afternoon.passes(minutes(1) - 5 * SECOND);
    afternoon.hears(Intent::Help);
    afternoon.said();
    afternoon.passes(10 * SECOND);
    assert!(!keys(&mut afternoon).contains(&key::TIMER_DONE.to_owned()));
    afternoon.hears(Intent::No);
    afternoon.passes(minutes(1));
    assert!(keys(&mut afternoon).contains(&key::TIMER_DONE.to_owned()));
}
