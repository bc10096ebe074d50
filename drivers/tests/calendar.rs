//! Calendars are read over real sockets and from real files: taken, refused, stalled, cut off,
//! changed, too large, meant to harm. The server is our own (`simulated::calendar_server`); the
//! test with another is in `radicale.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use omzien_core::agenda::{CalendarRead, Entry, Found, Occasion};
use omzien_core::event::{Trouble, TroubleState};
use omzien_core::{EffectId, Listening, Outcome};
use omzien_drivers::calendar::{
    self, CaldavVia, FileVia, NAME, Pacing, Secrets, Settings, Via, WebVia, Wiring,
};
use omzien_drivers::simulated::calendar_server::{CalendarServer, Fault};
use omzien_drivers::{DriverError, Input, Order, Received, Secret};
use tokio::sync::mpsc;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);
/// The morning of a Tuesday.
const NOW: &str = "2026-11-24T08:00:00Z";
const KAPPER: &str = "UID:1\nSUMMARY:Kapper\nLOCATION:Dorpsstraat 3\nDTSTART:20261124T100000\n\
                      DTEND:20261124T103000";
const ZORG: &str = "UID:2\nSUMMARY:Thuiszorg\nDTSTART:20261101T090000\nRRULE:FREQ=DAILY;COUNT=25";

struct Home {
    _orders: mpsc::Sender<Order>,
    received: Received,
}

fn web(server: &CalendarServer) -> Via {
    Via::Web(WebVia { address: Some(Secret::new(server.url())), username: None })
}

fn caldav(server: &CalendarServer, username: Option<&str>) -> Via {
    let (address, username) = (Some(Secret::new(server.url())), username.map(str::to_owned));
    Via::Caldav(CaldavVia { address, username })
}

fn wiring(via: Via, password: Option<&str>) -> Wiring {
    let settings = Settings { via, every: Duration::from_millis(40) };
    let secrets = Secrets { password: password.map(Secret::new), address: None };
    let now: Timestamp = NOW.parse().expect("a moment");
    Wiring {
        calendars: BTreeMap::from([("anna".into(), settings)]),
        secrets: BTreeMap::from([("anna".to_owned(), secrets)]),
        zone: TimeZone::get("Europe/Amsterdam").expect("a zone"),
        clock: Arc::new(move || now),
        pacing: Pacing { request: Duration::from_millis(400), again: Duration::from_millis(20) },
    }
}

impl Home {
    fn open(wiring: Wiring) -> Self {
        let (orders, queue) = mpsc::channel(8);
        let (inbox, received) = omzien_drivers::inbox::open();
        tokio::spawn(calendar::open(wiring, queue, inbox).expect("it opens"));
        Self { _orders: orders, received }
    }

    async fn next(&mut self) -> Input {
        let batch = timeout(PATIENCE, self.received.take(1)).await.expect("in time");
        batch.and_then(|mut batch| batch.pop()).expect("the driver lives")
    }

    /// The next that is not "the same as before".
    async fn news(&mut self) -> Input {
        loop {
            match self.next().await {
                Input::CalendarRead(CalendarRead { found: Found::Unchanged, .. }) => {}
                other => return other,
            }
        }
    }

    /// The titles of what is read next.
    async fn titles(&mut self) -> Vec<String> {
        match self.news().await {
            Input::CalendarRead(CalendarRead { calendar, found: Found::Entries(entries) }) => {
                assert_eq!(calendar.as_str(), "anna");
                entries.into_iter().map(|entry| entry.title).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    async fn is_troubled(&mut self, state: TroubleState) {
        let trouble = Trouble::Driver { name: NAME.to_owned() };
        assert_eq!(self.news().await, Input::Troubled { trouble, state });
    }
}

#[tokio::test]
async fn what_stands_at_an_address_is_handed_in_once_until_it_changes() {
    let server = CalendarServer::start().expect("the twin works");
    server.keep(&[KAPPER, ZORG]);
    for via in [web(&server), caldav(&server, None)] {
        server.keep(&[KAPPER, ZORG]);
        let mut home = Home::open(wiring(via, None));
        let Input::CalendarRead(CalendarRead { found: Found::Entries(entries), .. }) =
            home.next().await
        else {
            panic!("nothing was read");
        };
        // From the day before on: the nurse of yesterday, of today and tomorrow.
        let titles: Vec<_> = entries.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(titles, ["Thuiszorg", "Thuiszorg", "Kapper", "Thuiszorg"]);
        let instant = |text: &str| text.parse::<Timestamp>().expect("a moment");
        let when = Occasion::Hours {
            start: instant("2026-11-24T09:00:00Z"),
            end: instant("2026-11-24T09:30:00Z"),
        };
        let place = Some("Dorpsstraat 3".to_owned());
        assert_eq!(entries[2], Entry { title: "Kapper".to_owned(), when, place });
        let read = CalendarRead { calendar: "anna".into(), found: Found::Unchanged };
        assert_eq!(home.next().await, Input::CalendarRead(read));
        server.keep(&[KAPPER]);
        assert_eq!(home.titles().await, ["Kapper"]);
        server.keep(&[]);
        assert!(home.titles().await.is_empty());
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_once_and_what_was_known_stays() {
    let mut server = CalendarServer::start().expect("the twin works");
    server.keep(&[KAPPER]);
    let html = || Fault::Answer("<html>Please log in</html>".to_owned());
    let half = || Fault::Answer("BEGIN:VCALENDAR\nBEGIN:VEVENT\n".to_owned());
    let large = || Fault::Answer("x".repeat(9 * 1024 * 1024));
    let away = || Fault::Redirect("http://calendar.example.org/".to_owned());
    let faults =
        || [Fault::Status(500), Fault::Status(404), html(), half(), large(), away(), Fault::Stall];
    for via in [web(&server), caldav(&server, None)] {
        let mut home = Home::open(wiring(via, None));
        assert_eq!(home.titles().await, ["Kapper"]);
        for fault in faults() {
            server.fail_next([fault.clone(), fault]);
            home.is_troubled(TroubleState::Began).await;
            // Nothing was handed in between: "the same" comes after it is over.
            home.is_troubled_no_more().await;
        }
    }
    let mut home = Home::open(wiring(web(&server), None));
    assert_eq!(home.titles().await, ["Kapper"]);
    server.down();
    home.is_troubled(TroubleState::Began).await;
    server.keep(&[KAPPER, ZORG]);
    server.up().expect("the twin works");
    assert_eq!(home.titles().await.len(), 4);
    home.is_troubled(TroubleState::Over).await;
}

impl Home {
    async fn is_troubled_no_more(&mut self) {
        let read = self.next().await;
        let same = CalendarRead { calendar: "anna".into(), found: Found::Unchanged };
        assert_eq!(read, Input::CalendarRead(same), "what was known stays, and is read again");
        let over = Trouble::Driver { name: NAME.to_owned() };
        let state = TroubleState::Over;
        assert_eq!(self.next().await, Input::Troubled { trouble: over, state });
    }
}

#[tokio::test]
async fn who_asks_says_who_they_are_and_a_wrong_password_is_a_trouble() {
    let server = CalendarServer::start().expect("the twin works");
    server.keep(&[KAPPER]);
    // riet:open
    server.ask_for("Basic cmlldDpvcGVu");
    let mut home = Home::open(wiring(caldav(&server, Some("riet")), Some("open")));
    assert_eq!(home.titles().await, ["Kapper"]);
    let mut home = Home::open(wiring(caldav(&server, Some("riet")), Some("wrong")));
    home.is_troubled(TroubleState::Began).await;
}

#[tokio::test]
async fn a_file_is_read_again_when_it_is_there_and_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("nurses.ics");
    let whole = |title: &str| {
        format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:{title}\nDTSTART:20261125T100000\nEND:VEVENT\nEND:VCALENDAR\n"
        )
    };
    let mut home = Home::open(wiring(Via::File(FileVia { path: path.clone() }), None));
    home.is_troubled(TroubleState::Began).await;
    std::fs::write(&path, whole("Zuster")).expect("written");
    assert_eq!(home.titles().await, ["Zuster"]);
    home.is_troubled(TroubleState::Over).await;
    // In the middle of being written, and with letters of another age.
    std::fs::write(&path, &whole("Zuster")[..40]).expect("written");
    home.is_troubled(TroubleState::Began).await;
    let latin: Vec<u8> = whole("Z\u{fc}ster").chars().map(|letter| letter as u8).collect();
    std::fs::write(&path, latin).expect("written");
    assert_eq!(home.titles().await, ["Z\u{fffd}ster"]);
    home.is_troubled(TroubleState::Over).await;
}

#[tokio::test]
async fn events_that_nobody_understands_are_counted_and_the_others_told() {
    let server = CalendarServer::start().expect("the twin works");
    let often = "UID:3\nSUMMARY:x\nDTSTART:20261101T090000\nRRULE:FREQ=SECONDLY";
    server.keep(&[KAPPER, often, "SUMMARY:never"]);
    let mut home = Home::open(wiring(web(&server), None));
    assert_eq!(home.titles().await, ["Kapper"]);
    let trouble = Trouble::Nonsense { driver: NAME.to_owned(), count: 2 };
    let state = TroubleState::Happened;
    assert_eq!(home.next().await, Input::Troubled { trouble, state });
    // Said once, and again only when there are more.
    let asked = server.asked();
    while server.asked() < asked + 3 {
        let next = home.next().await;
        let same = matches!(&next, Input::CalendarRead(read) if read.found == Found::Unchanged);
        assert!(same, "{next:?}");
    }
}

#[tokio::test]
async fn it_ends_with_its_orders_also_while_it_waits_for_an_answer_and_takes_none() {
    let server = CalendarServer::start().expect("the twin works");
    server.fail_next([Fault::Stall, Fault::Stall]);
    let mut slow = wiring(web(&server), None);
    slow.pacing.request = Duration::from_secs(600);
    let (orders, queue) = mpsc::channel(8);
    let (inbox, mut received) = omzien_drivers::inbox::open();
    let running = tokio::spawn(calendar::open(slow, queue, inbox).expect("it opens"));
    let id = EffectId { epoch: 1, counter: 1 };
    orders.send(Order::Listen { id, listening: Listening::On }).await.expect("it lives");
    let batch = timeout(PATIENCE, received.take(1)).await.expect("in time").expect("it lives");
    assert!(
        matches!(&batch[..], [Input::Concluded { effect, outcome: Outcome::Failed { .. } }] if *effect == id)
    );
    drop(orders);
    timeout(PATIENCE, running).await.expect("in time").expect("it ends");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_with_their_mend() {
    let web = |address: &str, username: Option<&str>| {
        Via::Web(WebVia {
            address: Some(Secret::new(address)),
            username: username.map(str::to_owned),
        })
    };
    let https = "https://cloud.example.org/a.ics";
    for (via, password, problem) in [
        (web("http://cloud.example.org/a.ics", None), None, "not encrypted"),
        (web("ftp://cloud.example.org/a.ics", None), None, "not encrypted"),
        (web("cloud.example.org", None), None, "is none"),
        (web("https://riet:open@cloud.example.org/", None), None, "password in its address"),
        (web(https, Some("riet")), None, "without a password"),
        (web(https, None), Some("open"), "without a username"),
        (Via::Web(WebVia::default()), None, "no address"),
        (Via::File(FileVia { path: "a.ics".into() }), None, "where it is started"),
    ] {
        let (_orders, queue) = mpsc::channel(1);
        let (inbox, _received) = omzien_drivers::inbox::open();
        let refused = calendar::open(wiring(via, password), queue, inbox).err();
        let Some(error @ DriverError::Setting { .. }) = refused else { panic!("{problem}") };
        let text = error.to_string();
        assert!(text.contains(problem) && text.contains("[calendar.anna]"), "{text}");
        assert!(!text.contains("open@") && !text.contains("example.org/a"), "{text}");
    }
    for good in [https, "webcal://cloud.example.org/a.ics", "http://localhost:5232/riet/"] {
        assert!(calendar::check(&web(good, None), None).is_ok(), "{good}");
    }
}
