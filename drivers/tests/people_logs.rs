//! Whatever goes wrong on the way to people and to calendars, the log at its most talkative holds
//! no topic, token, key, password, address, sentence or title.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use omzien_core::incident::IncidentId;
use omzien_core::plan::Channel;
use omzien_core::{EffectId, Language, Tap, Urgency};
use omzien_drivers::calendar::{self, Via, WebVia};
use omzien_drivers::simulated::calendar_server::CalendarServer;
use omzien_drivers::simulated::mail_server::{self, MailServer};
use omzien_drivers::simulated::ntfy_server::{self, NtfyServer, Rules};
use omzien_drivers::{Input, Message, Order, Orders, Received, Secret, mail, ntfy};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing_subscriber::filter::LevelFilter;

const ANNA: &str = "topic-of-anna-0123456789";
const REPLIES: &str = "topic-of-replies-0123456789";
const TOKEN: &str = "token-of-the-home";
const REPLY_TOKEN: &str = "token-of-the-buttons";
const KEY: &str = "key-of-the-home-0123456789-0123456789";
const PASSWORD: &str = "password-of-the-mailbox";
const ADDRESS: &str = "anna@example.org";
const BODY: &str = "fell in the bathroom";
const STRANGE: &str = "sentence of a stranger";
const SECRET_PATH: &str = "secret-path-of-the-calendar";
const TITLE: &str = "kidney clinic";
const HUSH: [&str; 11] =
    [ANNA, REPLIES, TOKEN, REPLY_TOKEN, KEY, PASSWORD, ADDRESS, BODY, STRANGE, SECRET_PATH, TITLE];
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no panic")).into_owned()
    }
}

async fn next(received: &mut Received) -> Input {
    let batch = timeout(PATIENCE, received.take(1)).await.expect("in time");
    batch.and_then(|mut batch| batch.pop()).expect("the driver lives")
}

async fn notify(orders: &mpsc::Sender<Order>, counter: u64, channel: Channel) {
    let message = Message {
        contact: "anna".into(),
        channel,
        incident: Some(IncidentId(7)),
        title: BODY.into(),
        body: BODY.into(),
        taps: vec![(Tap::Go, "Ik ga".into())],
        urgency: Urgency::Alarm,
        language: Language::En,
    };
    let id = EffectId { epoch: 1, counter };
    orders.send(Order::Notify { id, message }).await.expect("the driver lives");
}

fn ntfy_wiring(server: &NtfyServer, cursor: std::path::PathBuf) -> ntfy::Wiring {
    let secret = |secret: &str| Some(Secret::new(secret));
    ntfy::Wiring {
        settings: ntfy::Settings { server: server.url() },
        secrets: ntfy::Secrets {
            reply_key: Secret::new(KEY),
            reply_topic: secret(REPLIES),
            token: secret(TOKEN),
            reply_token: secret(REPLY_TOKEN),
            topics: BTreeMap::new(),
        },
        contacts: BTreeMap::from([("anna".into(), ntfy::Via { topic: secret(ANNA) })]),
        cursor: Some(cursor),
        pacing: ntfy::Pacing {
            pause_min: Duration::from_millis(5),
            pause_max: Duration::from_millis(20),
            settle: Duration::ZERO,
            ..ntfy::Pacing::default()
        },
    }
}

fn mail_wiring(server: &MailServer) -> mail::Wiring {
    mail::Wiring {
        settings: mail::Settings {
            server: server.address().ip().to_string(),
            port: server.address().port(),
            from: "home@example.org".into(),
            tls: mail::Tls::None,
            username: Some("home".into()),
            page: None,
        },
        secrets: mail::Secrets { password: Some(Secret::new(PASSWORD)) },
        contacts: BTreeMap::from([("anna".into(), mail::Via { address: ADDRESS.into() })]),
        timeout: mail::TIMEOUT,
    }
}

async fn ntfy_goes_wrong(folder: &std::path::Path) {
    let mut server = NtfyServer::start(Rules::default()).expect("the twin works");
    // The folder of the cursor does not exist, so it cannot be written.
    let wiring = ntfy_wiring(&server, folder.join("nowhere").join("ntfy.cursor"));
    tracing::info!(?wiring, "opened");
    let (orders, queue): (_, Orders) = mpsc::channel(8);
    let (inbox, mut received) = omzien_drivers::inbox::open();
    tokio::spawn(ntfy::open(wiring, queue, inbox).expect("it opens"));
    server.fail_next([400, 401, 500].map(ntfy_server::Fault::Status));
    for counter in 1..=4 {
        notify(&orders, counter, Channel::Ntfy).await;
        assert!(matches!(next(&mut received).await, Input::Concluded { .. }));
    }
    server.publish(REPLIES, STRANGE).expect("the twin works");
    assert!(matches!(next(&mut received).await, Input::Troubled { .. }));
    server.phone(ANNA, None).tap(Tap::Go).await.expect("the twin works");
    assert!(matches!(next(&mut received).await, Input::Acknowledged(_)));
    server.down();
    assert!(matches!(next(&mut received).await, Input::Troubled { .. }));
    notify(&orders, 5, Channel::Ntfy).await;
    assert!(matches!(next(&mut received).await, Input::Concluded { .. }));
    server.up().expect("the twin works");
    assert!(matches!(next(&mut received).await, Input::Troubled { .. }));
}

async fn mail_goes_wrong() {
    let mut server = MailServer::start(Some(("home", PASSWORD))).expect("the twin works");
    let wiring = mail_wiring(&server);
    tracing::info!(?wiring.secrets, "opened");
    let (orders, queue): (_, Orders) = mpsc::channel(8);
    let (inbox, mut received) = omzien_drivers::inbox::open();
    tokio::spawn(mail::open(wiring, queue, inbox).expect("it opens"));
    server.fail_next([
        mail_server::Fault::Receiver(550),
        mail_server::Fault::Mail(451),
        mail_server::Fault::HangUpInText,
    ]);
    for counter in 1..=4 {
        notify(&orders, counter, Channel::Mail).await;
        assert!(matches!(next(&mut received).await, Input::Concluded { .. }));
    }
    server.down();
    notify(&orders, 5, Channel::Mail).await;
    assert!(matches!(next(&mut received).await, Input::Concluded { .. }));
}

async fn calendars_go_wrong() {
    let mut server = CalendarServer::start().expect("the twin works");
    server.keep(&[&format!("SUMMARY:{TITLE}\nDTSTART:20261124T100000"), "SUMMARY:broken"]);
    let now: jiff::Timestamp = "2026-11-24T08:00:00Z".parse().expect("a moment");
    let via = Via::Web(WebVia {
        address: Some(Secret::new(format!("{}{SECRET_PATH}", server.url()))),
        username: Some("home".into()),
    });
    let settings = calendar::Settings { via, every: Duration::from_millis(10) };
    let secrets = calendar::Secrets { password: Some(Secret::new(PASSWORD)), address: None };
    tracing::info!(?settings, ?secrets, "opened");
    let wiring = calendar::Wiring {
        calendars: BTreeMap::from([("anna".into(), settings)]),
        secrets: BTreeMap::from([("anna".to_owned(), secrets)]),
        zone: jiff::tz::TimeZone::UTC,
        clock: Arc::new(move || now),
        pacing: calendar::Pacing::default(),
    };
    let (_orders, queue): (_, Orders) = mpsc::channel(8);
    let (inbox, mut received) = omzien_drivers::inbox::open();
    tokio::spawn(calendar::open(wiring, queue, inbox).expect("it opens"));
    assert!(matches!(next(&mut received).await, Input::CalendarRead(_)));
    assert!(matches!(next(&mut received).await, Input::Troubled { .. }), "one is broken");
    server.down();
    while !matches!(next(&mut received).await, Input::Troubled { .. }) {}
}

#[tokio::test]
async fn nothing_secret_is_logged() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // The test runs on one thread, so this hears everything the drivers say.
    let listening = tracing::subscriber::set_default(subscriber);
    ntfy_goes_wrong(folder.path()).await;
    mail_goes_wrong().await;
    calendars_go_wrong().await;
    drop(listening);
    let log = log.text();
    for expected in [
        "answers that none of our buttons gave",
        "cannot come in",
        "come in again",
        "cannot be read",
    ] {
        assert!(log.contains(expected), "the log was not heard: {log}");
    }
    for hush in HUSH {
        assert!(!log.contains(hush), "{hush} in the log: {log}");
    }
}
