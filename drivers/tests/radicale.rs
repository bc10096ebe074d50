//! A calendar on a CalDAV server that is not ours: Radicale, as Debian has it, started here with a
//! folder, a password and a port of its own. It is read, changed, emptied, refused and gone.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use omzien_core::agenda::{CalendarRead, Found, Occasion};
use omzien_core::event::{Trouble, TroubleState};
use omzien_drivers::calendar::{
    self, CaldavVia, NAME, Pacing, Secrets, Settings, Via, WebVia, Wiring,
};
use omzien_drivers::simulated::free_port;
use omzien_drivers::{Input, Order, Received, Secret};
use reqwest::{Client, Method, StatusCode};
use tokio::sync::mpsc;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(40);
const USER: &str = "riet";
const PASSWORD: &str = "tulp-en-roos";
/// Debian's own, which finds Debian's packages whatever else is called `python3`.
const PYTHON: &str = "/usr/bin/python3";

struct Radicale {
    child: Child,
    url: String,
}

impl Radicale {
    fn start(folder: &Path, port: u16) -> Self {
        std::fs::write(folder.join("users"), format!("{USER}:{PASSWORD}\n")).expect("written");
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(PYTHON)
            .args(["-m", "radicale", "--config", "", "--auth-type", "htpasswd"])
            .args(["--auth-htpasswd-encryption", "plain", "--auth-delay", "0"])
            .args(["--server-hosts", &address])
            .arg("--auth-htpasswd-filename")
            .arg(folder.join("users"))
            .arg("--storage-filesystem-folder")
            .arg(folder.join("collections"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("radicale starts: images/setup/packages test installs python3-radicale");
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "radicale does not listen");
            std::thread::yield_now();
        }
        Self { child, url: format!("http://{address}/{USER}/agenda/") }
    }
}

impl Drop for Radicale {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a calendar program of the daughter's does.
async fn does(method: &str, url: &str, body: &str, wanted: StatusCode) {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let kind = if body.starts_with('<') { "application/xml" } else { "text/calendar" };
    let answer = Client::new()
        .request(method.clone(), url)
        .basic_auth(USER, Some(PASSWORD))
        .header("Content-Type", kind)
        .body(body.to_owned())
        .send()
        .await
        .expect("radicale answers");
    assert_eq!(answer.status(), wanted, "{method} {url}");
}

/// As calendar programs write it beside their events.
const ZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Amsterdam\r\n\
    BEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n\
    DTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n\
    BEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\n\
    DTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n\
    END:VTIMEZONE\r\n";

fn event(name: &str, title: &str, lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Omzien//test//EN\r\n{ZONE}BEGIN:VEVENT\r\nUID:{name}\r\n\
         DTSTAMP:20261101T000000Z\r\nSUMMARY:{title}\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

const CALENDAR: &str = r#"<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:"
    xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:displayname>Agenda</D:displayname>
    </D:prop></D:set></C:mkcalendar>"#;

struct Home {
    _orders: mpsc::Sender<Order>,
    received: Received,
}

impl Home {
    fn open(via: Via, password: &str) -> Self {
        let now: Timestamp = "2026-11-24T08:00:00Z".parse().expect("a moment");
        let settings = Settings { via, every: Duration::from_millis(100) };
        let secrets = Secrets { password: Some(Secret::new(password)), address: None };
        let wiring = Wiring {
            calendars: BTreeMap::from([("anna".into(), settings)]),
            secrets: BTreeMap::from([("anna".to_owned(), secrets)]),
            zone: TimeZone::get("Europe/Amsterdam").expect("a zone"),
            clock: Arc::new(move || now),
            pacing: Pacing { request: Duration::from_secs(20), again: Duration::from_millis(50) },
        };
        let (orders, queue) = mpsc::channel(8);
        let (inbox, received) = omzien_drivers::inbox::open();
        tokio::spawn(calendar::open(wiring, queue, inbox).expect("it opens"));
        Self { _orders: orders, received }
    }

    /// The next that is not "the same as before".
    async fn news(&mut self) -> Input {
        loop {
            let batch = timeout(PATIENCE, self.received.take(1)).await.expect("in time");
            match batch.and_then(|mut batch| batch.pop()).expect("the driver lives") {
                Input::CalendarRead(CalendarRead { found: Found::Unchanged, .. }) => {}
                other => return other,
            }
        }
    }

    /// Each title with its moment in Greenwich.
    async fn reads(&mut self) -> Vec<String> {
        let Input::CalendarRead(CalendarRead { found: Found::Entries(entries), .. }) =
            self.news().await
        else {
            panic!("it was not read");
        };
        let told = entries.into_iter().map(|entry| match entry.when {
            Occasion::Hours { start, .. } => {
                format!("{} {}", entry.title, start.strftime("%d %H:%M"))
            }
            Occasion::Days { first, last } => {
                format!("{} {}-{}", entry.title, first.strftime("%d"), last.strftime("%d"))
            }
        });
        told.collect()
    }

    async fn is_troubled(&mut self, state: TroubleState) {
        let trouble = Trouble::Driver { name: NAME.to_owned() };
        assert_eq!(self.news().await, Input::Troubled { trouble, state });
    }
}

#[tokio::test]
async fn a_calendar_of_radicale_is_read_as_it_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port().expect("a port");
    let radicale = Radicale::start(folder.path(), port);
    let url = radicale.url.clone();
    does("MKCALENDAR", &url, CALENDAR, StatusCode::CREATED).await;
    let hairdresser = format!("{url}1.ics");
    let ten = "DTSTART;TZID=Europe/Amsterdam:20261125T100000";
    does("PUT", &hairdresser, &event("1", "Kapper", ten), StatusCode::CREATED).await;
    let mondays = "DTSTART;TZID=Europe/Amsterdam:20261005T090000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=10\r\n\
                   EXDATE;TZID=Europe/Amsterdam:20261130T090000";
    does(
        "PUT",
        &format!("{url}2.ics"),
        &event("2", "Thuiszorg & co", mondays),
        StatusCode::CREATED,
    )
    .await;

    let address = Some(Secret::new(&url));
    let caldav = Via::Caldav(CaldavVia { address, username: Some(USER.to_owned()) });
    let mut home = Home::open(caldav.clone(), PASSWORD);
    let nurse = ["Thuiszorg & co 23 08:00", "Thuiszorg & co 07 08:00"];
    let read = home.reads().await;
    assert_eq!(read, [nurse[0], "Kapper 25 09:00", nurse[1]]);

    let whole_days = "DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20261128";
    does("PUT", &hairdresser, &event("1", "Logeren", whole_days), StatusCode::CREATED).await;
    assert_eq!(home.reads().await, [nurse[0], "Logeren 26-27", nurse[1]]);
    does("DELETE", &hairdresser, "", StatusCode::OK).await;
    assert_eq!(home.reads().await, nurse);

    // The same as one file, as "subscribe" gives it.
    let address = Some(Secret::new(&url));
    let web = Via::Web(WebVia { address, username: Some(USER.to_owned()) });
    assert_eq!(Home::open(web, PASSWORD).reads().await, nurse);

    let mut stranger = Home::open(caldav, "guessed");
    stranger.is_troubled(TroubleState::Began).await;

    drop(radicale);
    home.is_troubled(TroubleState::Began).await;
    let _radicale = Radicale::start(folder.path(), port);
    home.is_troubled(TroubleState::Over).await;
}
