//! An agenda over some days: noted, told, taken out, read from elsewhere, and out of date.

use std::time::Duration;

use jiff::civil::{Date, DateTime, date};
use jiff::{Timestamp, ToSpan};

use super::*;
use crate::afternoon::{Afternoon, plan};
use crate::event::Event;
use crate::intent::Expects;
use crate::plan::{Calendar, Grant, Plan};
use crate::request::Actor;
use crate::time::WallTrust;

/// The day on which every [`Afternoon`] begins, soon after eleven in the morning.
const TODAY: Date = date(2026, 11, 18);

fn at(day: i8, hour: i8, minute: i8) -> DateTime {
    date(2026, 11, day).at(hour, minute, 0, 0)
}

fn instant(at: DateTime) -> Timestamp {
    at.to_zoned(jiff::tz::TimeZone::UTC).expect("a moment").timestamp()
}

fn hours(title: &str, start: DateTime, end: DateTime) -> Entry {
    let when = Occasion::Hours { start: instant(start), end: instant(end) };
    Entry { title: title.to_owned(), when, place: None }
}

fn days(title: &str, first: i8, last: i8) -> Entry {
    let when = Occasion::Days { first: date(2026, 11, first), last: date(2026, 11, last) };
    Entry { title: title.to_owned(), when, place: None }
}

fn day(day: i8) -> Option<Stretch> {
    let day = date(2026, 11, day);
    Some(Stretch::Days { first: day, last: day })
}

fn add(what: Option<&str>, when: Option<Stretch>) -> Intent {
    Intent::Agenda(AgendaWish::Add { what: what.map(str::to_owned), when })
}

fn tell(what: Option<&str>, when: Option<Stretch>) -> Intent {
    Intent::Agenda(AgendaWish::Tell { what: what.map(str::to_owned), when })
}

fn remove(what: &str) -> Intent {
    Intent::Agenda(AgendaWish::Remove { what: Some(what.to_owned()), when: None })
}

/// With Anna's calendar and the nurses' list.
fn with_calendars() -> Plan {
    let calendar = |name: &str, kept_by: Option<&str>| Calendar {
        name: name.to_owned(),
        kept_by: kept_by.map(str::to_owned),
        stale_after: Duration::from_secs(2 * 3600),
    };
    let calendars = BTreeMap::from([
        ("anna".into(), calendar("de agenda van Anna", Some("Anna"))),
        ("nurses".into(), calendar("het rooster", None)),
    ]);
    Plan { calendars, ..plan() }
}

fn reads(afternoon: &mut Afternoon, calendar: &str, found: Found) {
    afternoon.happens(&Event::CalendarRead(CalendarRead { calendar: calendar.into(), found }));
}

/// What was said since the last call: each key, with every title in it.
fn said(afternoon: &mut Afternoon) -> Vec<(String, String)> {
    fn titles(slot: &Slot, found: &mut Vec<String>) {
        match slot {
            Slot::List(parts) => parts.iter().for_each(|part| titles(part, found)),
            Slot::Reply(reply) => {
                if let Some(Slot::Words(title)) = reply.slots.get("what") {
                    let when = match reply.slots.get("when") {
                        Some(Slot::Reply(when)) => {
                            when.key.trim_start_matches("agenda.").to_owned()
                        }
                        _ => String::new(),
                    };
                    found.push(format!("{title}/{when}"));
                } else {
                    reply.slots.values().for_each(|slot| titles(slot, found));
                }
            }
            Slot::Name(_)
            | Slot::Words(_)
            | Slot::Time(_)
            | Slot::Date(_)
            | Slot::Duration(_)
            | Slot::Number(_)
            | Slot::Degrees(_)
            | Slot::Days(_)
            | Slot::Names(_) => {}
        }
    }
    let said = afternoon.said();
    said.iter()
        .map(|reply| {
            let mut found = Vec::new();
            reply.slots.values().for_each(|slot| titles(slot, &mut found));
            (reply.key.clone().into_owned(), found.join(", "))
        })
        .collect()
}

fn keys(afternoon: &mut Afternoon) -> Vec<String> {
    said(afternoon).into_iter().map(|(key, _)| key).collect()
}

fn told(key: &str, titles: &str) -> (String, String) {
    (key.to_owned(), titles.to_owned())
}

fn note(afternoon: &mut Afternoon, what: &str, when: Stretch) {
    afternoon.hears(add(Some(what), Some(when)));
    afternoon.hears(Intent::Yes);
    assert_eq!(keys(afternoon).last().map(String::as_str), Some(key::AGENDA_ADDED), "{what}");
}

#[test]
fn the_day_of_these_tests() {
    let afternoon = Afternoon::begin(plan());
    assert_eq!(afternoon.home.local().date(), TODAY);
}

#[test]
fn nothing_is_noted_without_a_yes_and_what_is_missing_is_asked() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    afternoon.hears(add(None, None));
    assert_eq!(afternoon.home.expectation().expects, Expects::Words);
    afternoon.hears(Intent::Words { words: "de kapper".to_owned(), things: Vec::new() });
    assert_eq!(afternoon.home.expectation().expects, Expects::Day);
    // "Next week" is no day: it is asked again.
    let week = Stretch::Within { from: at(23, 0, 0), until: at(30, 0, 0) };
    afternoon.hears(Intent::Agenda(AgendaWish::On(week)));
    assert_eq!(afternoon.home.expectation().expects, Expects::Day);
    afternoon.hears(Intent::Agenda(AgendaWish::On(Stretch::Moment(at(24, 10, 0)))));
    assert_eq!(afternoon.home.expectation().expects, Expects::YesNo);
    assert_eq!(
        said(&mut afternoon).last(),
        Some(&told(key::KEPT_ASK, "de kapper/on")),
        "it is read back"
    );
    afternoon.hears(Intent::No);
    afternoon.hears(tell(None, None));
    assert_eq!(keys(&mut afternoon), [key::CANCELLED, key::AGENDA_EMPTY]);
    note(&mut afternoon, "de kapper", Stretch::Moment(at(24, 10, 0)));
    afternoon.hears(tell(None, day(24)));
    assert_eq!(said(&mut afternoon).pop(), Some(told(key::AGENDA_DAY, "de kapper/at")));
}

#[test]
fn what_is_past_is_said_to_be_and_asked_anew() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    afternoon.hears(add(Some("de kapper"), Some(Stretch::Moment(at(18, 9, 0)))));
    assert_eq!(keys(&mut afternoon), [key::AGENDA_PAST, key::KEPT_ASK]);
    assert_eq!(afternoon.home.expectation().expects, Expects::Day);
}

/// Every kind of entry, asked after in every way, before and after the plug was pulled.
#[test]
fn each_day_holds_what_is_in_it() {
    let mut afternoon = Afternoon::begin(with_calendars());
    let anna = vec![
        hours("lunch met Anna", at(19, 12, 0), at(19, 13, 0)),
        days("logeren", 20, 22),
        hours("nachtdienst", at(19, 22, 0), at(20, 7, 0)),
        days("verjaardag Piet", 19, 19),
    ];
    reads(&mut afternoon, "anna", Found::Entries(anna));
    let nurses = vec![
        hours("Thuiszorg", at(18, 20, 0), at(18, 20, 30)),
        hours("Thuiszorg", at(19, 9, 0), at(19, 9, 30)),
        hours("lunch met anna", at(19, 12, 0), at(19, 13, 0)),
    ];
    reads(&mut afternoon, "nurses", Found::Entries(nurses));
    reads(&mut afternoon, "nobody", Found::Entries(vec![days("onbekend", 19, 19)]));
    note(&mut afternoon, "de oogarts", Stretch::Moment(at(21, 10, 0)));
    let kapper = Stretch::Between { from: at(18, 17, 0), until: at(18, 18, 45) };
    note(&mut afternoon, "de kapper", kapper);
    let rows = [
        (None, day(18), key::AGENDA_TODAY, "de kapper/at, Thuiszorg/at"),
        (
            None,
            day(19),
            key::AGENDA_TOMORROW,
            "verjaardag Piet/all_day, Thuiszorg/at, lunch met Anna/at",
        ),
        (None, day(20), key::AGENDA_DAY, "nachtdienst/still, logeren/until"),
        (None, day(22), key::AGENDA_DAY, "logeren/until"),
        (None, day(23), key::AGENDA_NONE_DAY, ""),
        (Some("de thuiszorg"), None, key::AGENDA_COMING, "Thuiszorg/on"),
        (Some("de thuiszorg"), day(19), key::AGENDA_TOMORROW, "Thuiszorg/at"),
        (Some("arts"), None, key::AGENDA_COMING, "de oogarts/on"),
        (Some("de tandarts"), None, key::AGENDA_NO_SUCH, ""),
        // Not that, but this: what there is, is the answer.
        (Some("de tandarts"), day(21), key::AGENDA_DAY, "logeren/until, de oogarts/at"),
        (
            None,
            Some(Stretch::Within { from: at(19, 12, 0), until: at(19, 18, 0) }),
            key::AGENDA_TOMORROW,
            "verjaardag Piet/all_day, lunch met Anna/at",
        ),
        (
            None,
            Some(Stretch::Within { from: at(23, 12, 0), until: at(23, 18, 0) }),
            key::AGENDA_NONE,
            "",
        ),
        (
            None,
            Some(Stretch::Moment(at(19, 9, 0))),
            key::AGENDA_TOMORROW,
            "verjaardag Piet/all_day, Thuiszorg/at",
        ),
    ];
    for times in 0..2 {
        for (what, when, key, titles) in &rows {
            afternoon.said();
            afternoon.hears(tell(*what, *when));
            assert_eq!(said(&mut afternoon)[0], told(key, titles), "{what:?} {when:?} {times}");
            afternoon.hears(Intent::Cancel);
        }
        afternoon.is_off(Duration::from_secs(60));
    }
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn what_is_over_is_told_only_of_a_time_that_is_past() {
    let mut afternoon = Afternoon::begin(with_calendars());
    let entries = vec![
        hours("gisteren", at(17, 9, 0), at(17, 10, 0)),
        hours("vanochtend", at(18, 9, 0), at(18, 10, 0)),
        // Nobody said how long: who is late is still to come.
        hours("zo net", at(18, 11, 0), at(18, 11, 0)),
    ];
    reads(&mut afternoon, "anna", Found::Entries(entries));
    for (when, key, titles) in [
        (day(18), key::AGENDA_TODAY, "zo net/at"),
        (day(17), key::AGENDA_DAY, "gisteren/at"),
        (None, key::AGENDA_COMING, "zo net/on"),
    ] {
        afternoon.said();
        afternoon.hears(tell(None, when));
        assert_eq!(said(&mut afternoon)[0], told(key, titles));
    }
    afternoon.passes(Duration::from_secs(3600));
    afternoon.said();
    afternoon.hears(tell(None, day(18)));
    assert_eq!(said(&mut afternoon)[0], told(key::AGENDA_NONE_TODAY, ""));
}

#[test]
fn a_full_day_is_told_three_at_a_time() {
    let mut afternoon = Afternoon::begin(plan());
    for number in 1..=7 {
        let when = Stretch::Moment(at(19, 8 + number, 0));
        note(&mut afternoon, &format!("ding {number}"), when);
    }
    afternoon.hears(tell(None, day(19)));
    let mut counts = Vec::new();
    loop {
        let said = said(&mut afternoon);
        counts.push(said[0].1.split(", ").count());
        if said.len() == 1 {
            break;
        }
        assert_eq!(said[1].0, key::KEPT_ASK);
        afternoon.hears(Intent::Yes);
    }
    assert_eq!(counts, [3, 3, 1]);
}

#[test]
fn it_takes_out_its_own_after_a_yes_and_nothing_of_others() {
    for (answer, left) in [(Intent::Yes, key::AGENDA_NO_SUCH), (Intent::No, key::AGENDA_COMING)] {
        let mut afternoon = Afternoon::begin(with_calendars());
        note(&mut afternoon, "de kapper", Stretch::Moment(at(24, 10, 0)));
        afternoon.hears(remove("kapper"));
        assert_eq!(afternoon.home.expectation().expects, Expects::YesNo);
        afternoon.hears(answer);
        afternoon.said();
        afternoon.hears(tell(Some("de kapper"), None));
        assert_eq!(said(&mut afternoon)[0].0, left);
    }
    let mut afternoon = Afternoon::begin(with_calendars());
    let entry = vec![hours("lunch", at(19, 12, 0), at(19, 13, 0))];
    reads(&mut afternoon, "anna", Found::Entries(entry));
    reads(&mut afternoon, "nurses", Found::Entries(vec![days("wassen", 19, 19)]));
    for (what, key) in [
        ("de lunch", key::AGENDA_NOT_MINE_ASK),
        ("wassen", key::AGENDA_NOT_MINE),
        ("de kapper", key::AGENDA_NO_SUCH),
    ] {
        afternoon.said();
        afternoon.hears(remove(what));
        assert_eq!(keys(&mut afternoon), [key], "{what}");
        assert_eq!(afternoon.home.expectation().expects, Expects::Anything);
    }
}

#[test]
fn since_when_a_calendar_could_not_be_read_is_said() {
    let mut afternoon = Afternoon::begin(with_calendars());
    afternoon.said();
    let told = |afternoon: &mut Afternoon| {
        afternoon.hears(tell(None, day(19)));
        keys(afternoon)
    };
    let nothing = key::AGENDA_NONE_TOMORROW;
    assert_eq!(told(&mut afternoon), [nothing, key::AGENDA_NEVER, key::AGENDA_NEVER]);
    reads(&mut afternoon, "anna", Found::Entries(Vec::new()));
    reads(&mut afternoon, "nurses", Found::Entries(Vec::new()));
    assert_eq!(told(&mut afternoon), [nothing]);
    afternoon.passes(Duration::from_secs(100 * 60));
    reads(&mut afternoon, "nurses", Found::Unchanged);
    afternoon.passes(Duration::from_secs(100 * 60));
    assert_eq!(told(&mut afternoon), [nothing, key::AGENDA_STALE]);
    afternoon.wall_trusted = WallTrust::Unknown;
    assert_eq!(told(&mut afternoon), [key::AGENDA_CLOCK_UNSURE, nothing, key::AGENDA_STALE]);
}

#[test]
fn a_calendar_that_is_chosen_no_more_is_forgotten_and_others_have_bounds() {
    let mut afternoon = Afternoon::begin(with_calendars());
    let many = (0..ENTRIES_MAX + 9).map(|_| days(&"lang ".repeat(99), 19, 19)).collect();
    reads(&mut afternoon, "anna", Found::Entries(many));
    let known = &afternoon.home.state.agenda.calendars[&"anna".into()];
    assert_eq!(known.entries.len(), ENTRIES_MAX);
    assert!(known.entries.iter().all(|entry| entry.title.chars().count() <= LETTERS_MAX));
    afternoon.happens(&Event::Configured(std::sync::Arc::new(plan())));
    assert!(afternoon.home.state.agenda.calendars.is_empty());
    for _ in 0..=OWN_MAX {
        afternoon.hears(add(Some("ding"), day(25)));
        afternoon.hears(Intent::Yes);
    }
    assert_eq!(keys(&mut afternoon).pop().as_deref(), Some(key::AGENDA_FULL));
    afternoon.passes(Duration::from_secs(30 * 24 * 3600));
    note(
        &mut afternoon,
        "ding",
        Stretch::Moment(at(30, 10, 0).checked_add(30.days()).expect("a day")),
    );
    assert_eq!(afternoon.home.state.agenda.own.len(), 1, "what was long over made room");
}

/// Summer and winter time: ten o'clock is ten o'clock, and a day has its own hours.
#[test]
fn a_day_on_which_the_clock_changes_is_a_day() {
    let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").expect("a zone");
    for (day, hours) in [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (TODAY, 24)] {
        let (start, end) = Occasion::Days { first: day, last: day }.bounds(&zone).expect("a day");
        assert_eq!(end.duration_since(start).as_hours(), hours, "{day}");
        let ten = Stretch::Moment(day.at(10, 0, 0, 0)).occasion(&zone);
        let Some(Occasion::Hours { start, .. }) = ten else { panic!("{ten:?}") };
        assert_eq!(start.to_zoned(zone.clone()).time().hour(), 10);
    }
    // An hour that is skipped comes when the clock has passed it.
    let skipped = Stretch::Moment(date(2026, 3, 29).at(2, 30, 0, 0)).occasion(&zone);
    let Some(Occasion::Hours { start, .. }) = skipped else { panic!("{skipped:?}") };
    assert_eq!(start.to_zoned(zone).time(), jiff::civil::time(3, 30, 0, 0));
}

#[test]
fn nobody_but_the_resident_reads_what_was_told() {
    let mut plan = plan();
    if let Some(anna) = plan.circle.get_mut(&"anna".into()) {
        anna.grants.ledger = Grant::Given;
    }
    let mut afternoon = Afternoon::begin(plan);
    note(&mut afternoon, "de oogarts", Stretch::Moment(at(24, 10, 0)));
    afternoon.hears(tell(None, day(24)));
    let seen = |afternoon: &Afternoon, who: &Actor| {
        let view = afternoon.home.view(who);
        serde_json::to_string(&view.ledger).expect("lines").contains("agenda.")
    };
    assert!(seen(&afternoon, &Actor::Resident));
    assert!(!seen(&afternoon, &Actor::Contact("anna".into())));
}
