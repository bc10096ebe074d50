//! Calendars as people and programs write them → what comes; and calendars that mean harm.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::super::event::{Read, read};
use super::*;

fn home() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").expect("a zone")
}

/// Of two weeks around the night in March on which the clock goes forward.
fn window() -> Window {
    let midnight = |day: i8, month: i8| {
        let date = date(2026, month, day).to_zoned(home()).expect("a day");
        date.timestamp()
    };
    Window { from: midnight(22, 3), until: midnight(5, 4), home: home() }
}

/// The lines of one event each, without BEGIN and END.
fn coming_of(events: &[&str]) -> Result<Coming, TooMuch> {
    let events: Vec<String> =
        events.iter().map(|event| format!("BEGIN:VEVENT\n{event}\nEND:VEVENT\n")).collect();
    let source = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", events.concat());
    let mut found = Read::default();
    read(&source, &home(), &mut found).expect("a calendar");
    coming(&found.events, &window(), Instant::now() + WORK_MAX)
}

/// `title 03-24 10:00 +30`, in the time of the home.
fn told(events: &[&str]) -> Vec<String> {
    let local = |at: Timestamp| at.to_zoned(home());
    let told = |entry: &Entry| match entry.when {
        Occasion::Hours { start, end } => {
            let length = end.duration_since(start).as_mins();
            format!("{} {} +{length}", entry.title, local(start).strftime("%m-%d %H:%M"))
        }
        Occasion::Days { first, last } => {
            format!("{} {} {}", entry.title, first.strftime("%m-%d"), last.strftime("%m-%d"))
        }
    };
    coming_of(events).expect("in time").entries.iter().map(told).collect()
}

/// Every Monday at ten since January, with what is put behind it.
macro_rules! mondays {
    ($more:literal) => {
        concat!(
            "UID:1\nSUMMARY:zorg\nDTSTART;TZID=Europe/Amsterdam:20260105T100000\n",
            "DTEND;TZID=Europe/Amsterdam:20260105T103000\nRRULE:FREQ=WEEKLY;BYDAY=MO",
            $more
        )
    };
}

/// What it is, its events, and what comes of them.
const CALENDARS: &[(&str, &[&str], &[&str])] = &[
    ("ten stays ten", &[mondays!("")], &["zorg 03-23 10:00 +30", "zorg 03-30 10:00 +30"]),
    (
        "an exception, an addition and another time",
        &[
            mondays!(
                "\nEXDATE;TZID=Europe/Amsterdam:20260323T100000\n\
                 RDATE;TZID=Europe/Amsterdam:20260325T110000"
            ),
            "UID:1\nSUMMARY:later\nRECURRENCE-ID;TZID=Europe/Amsterdam:20260330T100000\n\
             DTSTART;TZID=Europe/Amsterdam:20260330T140000\nDURATION:PT30M",
        ],
        &["zorg 03-25 11:00 +30", "later 03-30 14:00 +30"],
    ),
    (
        "one that is cancelled, named in another zone",
        &[
            mondays!(""),
            "UID:1\nSTATUS:CANCELLED\nRECURRENCE-ID:20260323T090000Z\nDTSTART:20260323T090000Z",
        ],
        &["zorg 03-30 10:00 +30"],
    ),
    ("all of it cancelled", &[mondays!("\nSTATUS:CANCELLED")], &[]),
    ("a last time", &[mondays!(";UNTIL=20260323T090000Z")], &["zorg 03-23 10:00 +30"]),
    ("a last day", &[mondays!(";UNTIL=20260329")], &["zorg 03-23 10:00 +30"]),
    ("a count that is used up", &[mondays!(";COUNT=12")], &["zorg 03-23 10:00 +30"]),
    ("every other week", &[mondays!(";INTERVAL=2")], &["zorg 03-30 10:00 +30"]),
    ("days left out", &[mondays!("\nEXDATE;VALUE=DATE:20260323,20260330")], &[]),
    (
        "the last friday of the month",
        &["SUMMARY:koor\nDTSTART:20250131T140000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR"],
        &["koor 03-27 14:00 +0"],
    ),
    (
        "a birthday of long ago",
        &["SUMMARY:Anna jarig\nDTSTART;VALUE=DATE:19580325\nRRULE:FREQ=YEARLY"],
        &["Anna jarig 03-25 03-25"],
    ),
    (
        "days, the end being the first that is free",
        &["SUMMARY:logeren\nDTSTART;VALUE=DATE:20260320\nDTEND;VALUE=DATE:20260323"],
        &["logeren 03-20 03-22"],
    ),
    (
        "a night of change, and one that began before",
        &[
            "SUMMARY:waken\nDTSTART:20260328T220000\nDTEND:20260329T070000",
            "SUMMARY:reis\nDTSTART:20260321T120000Z\nDURATION:P2D",
        ],
        &["reis 03-21 13:00 +2880", "waken 03-28 22:00 +480"],
    ),
    (
        "from where the clock changes on another day",
        &["SUMMARY:bellen\nDTSTART;TZID=America/New_York:20260302T090000\nRRULE:FREQ=WEEKLY"],
        &["bellen 03-23 14:00 +0", "bellen 03-30 15:00 +0"],
    ),
    (
        "before and after what is looked at",
        &["SUMMARY:toen\nDTSTART:20260301T100000", "SUMMARY:dan\nDTSTART:20260501T100000"],
        &[],
    ),
    (
        "the hour that is skipped",
        &["SUMMARY:nacht\nDTSTART:20260328T023000\nRRULE:FREQ=DAILY;COUNT=3"],
        &["nacht 03-28 02:30 +0", "nacht 03-29 03:30 +0", "nacht 03-30 02:30 +0"],
    ),
];

#[test]
fn what_comes_is_what_was_meant() {
    for (what, events, wanted) in CALENDARS {
        assert_eq!(told(events), *wanted, "{what}");
    }
}

#[test]
fn what_comes_too_often_or_never_is_left_out_soon() {
    let begun = Instant::now();
    let times: Vec<String> = (0..60).map(|time| time.to_string()).collect();
    let times = times.join(",");
    for rule in [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        &format!("FREQ=DAILY;BYMINUTE={times};BYSECOND={times}"),
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=DAILY;UNTIL=nonsense",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=",
        "nonsense",
        "",
        &"X=1;".repeat(999),
        "FREQ=DAILY\u{7f}é",
    ] {
        let event = format!("SUMMARY:x\nDTSTART:19000101T000000\nRRULE:{rule}");
        let coming = coming_of(&[&event]).expect("in time");
        assert!(coming.left_out == 1 || coming.entries.is_empty(), "{rule}: {coming:?}");
    }
    // Twice a day since 1900 comes more often than anybody counts.
    let often = "SUMMARY:x\nDTSTART:19000101T000000\nRRULE:FREQ=DAILY;BYHOUR=9,21";
    assert_eq!(coming_of(&[often]).expect("in time").left_out, 1);
    let never = "SUMMARY:x\nDTSTART:20000230T000000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30";
    let never = never.replace("20000230", "20000201");
    assert_eq!(coming_of(&[&never]).expect("in time").entries, []);
    assert!(begun.elapsed() < WORK_MAX, "{:?}", begun.elapsed());
}

#[test]
fn a_calendar_that_takes_too_much_time_is_refused_whole_and_no_more_is_kept_than_can_be_told() {
    let never = "SUMMARY:x\nDTSTART:20000201T000000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30";
    let events = vec![format!("BEGIN:VEVENT\n{never}\nEND:VEVENT\n"); 1_000].concat();
    let mut found = Read::default();
    let source = format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n");
    read(&source, &home(), &mut found).expect("a calendar");
    let begun = Instant::now();
    let limit = Duration::from_millis(200);
    assert_eq!(coming(&found.events, &window(), begun + limit), Err(TooMuch));
    assert!(begun.elapsed() < limit + WORK_MAX, "{:?}", begun.elapsed());
    let many: Vec<String> = (0..ENTRIES_MAX + 50)
        .map(|number| format!("SUMMARY:{number:04}\nDTSTART:20260324T100000"))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let coming = coming_of(&many).expect("in time");
    assert_eq!(coming.entries.len(), ENTRIES_MAX);
    assert_eq!(coming.entries[0].title, "0000");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_rule_is_survived(
        freq in "(DAILY|WEEKLY|MONTHLY|YEARLY)",
        parts in proptest::collection::vec(
            "(COUNT=[0-9]{1,6}|INTERVAL=[0-9]{1,3}|BYDAY=(MO|-?[1-5]TU|SU),FR|BYMONTHDAY=-?[0-9]{1,2}|BYMONTH=[0-9]{1,2}|BYSETPOS=-?[0-9]{1,3}|BYYEARDAY=-?[0-9]{1,3}|BYWEEKNO=[0-9]{1,2}|BYHOUR=[0-9]{1,2}|WKST=SU|UNTIL=2026[0-9]{4})",
            0..4,
        ),
        start in "(19|20)[0-9]{2}(0[1-9]|1[0-2])([01][1-9]|2[0-8])(T[01][0-9]3000)?",
    ) {
        let event = format!("SUMMARY:x\nDTSTART:{start}\nRRULE:FREQ={freq};{}", parts.join(";"));
        if let Ok(coming) = coming_of(&[&event]) {
            prop_assert!(coming.entries.len() <= ENTRIES_MAX);
        }
    }
}
