//! People are reached over real sockets: a message goes out by ntfy, a button is pressed on a
//! phone, the answer comes home; and everything that can be wrong on the way. The server is our
//! own twin of ntfy (`simulated::ntfy_server`), which is unproven against the original.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use omzien_core::effect::Again;
use omzien_core::event::{Trouble, TroubleState};
use omzien_core::incident::{Acknowledgement, IncidentId};
use omzien_core::plan::Channel;
use omzien_core::{EffectId, Language, Outcome, Tap, Urgency};
use omzien_drivers::ntfy::{self, Pacing, Secrets, Settings, Signer, Via, Wiring};
use omzien_drivers::simulated::ntfy_server::{Fault, Grant, NtfyServer, PhoneError, Right, Rules};
use omzien_drivers::{DriverError, Input, Message, Order, Received, Secret};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const ANNA: &str = "anna-0123456789abcdef";
const PIET: &str = "piet-0123456789abcdef";
const KEY: &str = "a key that only this home has: 42";
const PATIENCE: Duration = Duration::from_secs(20);
const GO: [Tap; 3] = [Tap::Go, Tap::Phone, Tap::Cannot];

/// A driver at work, with both of its ends.
struct Home {
    orders: mpsc::Sender<Order>,
    received: Received,
    waiting: Vec<Input>,
    driver: JoinHandle<()>,
    sent: u64,
}

fn wiring(server: &str) -> Wiring {
    let via = |topic: &str| Via { topic: Some(Secret::new(topic)) };
    Wiring {
        settings: Settings { server: server.into() },
        secrets: Secrets {
            reply_key: Secret::new(KEY),
            reply_topic: None,
            token: None,
            reply_token: None,
            topics: BTreeMap::from([("piet".into(), Secret::new(PIET))]),
        },
        contacts: BTreeMap::from([("anna".into(), via(ANNA)), ("piet".into(), Via::default())]),
        cursor: None,
        pacing: Pacing {
            pause_min: Duration::from_millis(5),
            pause_max: Duration::from_millis(20),
            ..Pacing::default()
        },
    }
}

impl Home {
    fn open(wiring: Wiring) -> Self {
        let (orders, queue) = mpsc::channel(32);
        let (inbox, received) = omzien_drivers::inbox::open();
        let driver = tokio::spawn(ntfy::open(wiring, queue, inbox).expect("it opens"));
        Self { orders, received, waiting: Vec::new(), driver, sent: 0 }
    }

    async fn next(&mut self) -> Input {
        if self.waiting.is_empty() {
            let batch = timeout(PATIENCE, self.received.take(32)).await.expect("in time");
            self.waiting = batch.expect("the driver lives");
        }
        self.waiting.remove(0)
    }

    /// Hands a message over, does not wait for what becomes of it.
    async fn notify(&mut self, contact: &str, taps: &[Tap]) -> EffectId {
        self.sent += 1;
        let id = EffectId { epoch: 1, counter: self.sent };
        self.notify_as(id, contact, taps).await;
        id
    }

    async fn notify_as(&mut self, id: EffectId, contact: &str, taps: &[Tap]) {
        let message = Message {
            contact: contact.into(),
            channel: Channel::Ntfy,
            incident: Some(IncidentId(7)),
            title: "Omzien: mevrouw De Wit".into(),
            body: "Mevrouw De Wit drukte om 21.14 uur op de knop.\nBij levensgevaar: bel 112."
                .into(),
            taps: taps.iter().map(|tap| (*tap, label(*tap).to_owned())).collect(),
            urgency: Urgency::Alarm,
            language: Language::Nl,
        };
        self.orders.send(Order::Notify { id, message }).await.expect("the driver lives");
    }

    /// Sends and waits for the outcome, which must be the next thing to happen.
    async fn outcome(&mut self, contact: &str, taps: &[Tap]) -> Outcome {
        let id = self.notify(contact, taps).await;
        match self.next().await {
            Input::Concluded { effect, outcome } if effect == id => outcome,
            other => panic!("{other:?}"),
        }
    }

    /// As if the plug were pulled.
    async fn die(self) {
        self.driver.abort();
        let _ = self.driver.await;
    }
}

fn label(tap: Tap) -> &'static str {
    match tap {
        Tap::Go => "Ik ga",
        Tap::Phone => "Ik bel",
        Tap::Cannot => "Ik kan niet",
        Tap::There => "Ik ben er",
        Tap::Done => "Klaar",
    }
}

fn answer(contact: &str, tap: Tap) -> Input {
    Input::Acknowledged(Acknowledgement {
        incident: IncidentId(7),
        contact: contact.into(),
        tap,
        at: None,
        finding: None,
    })
}

fn ntfy_is(state: TroubleState) -> Input {
    Input::Troubled { trouble: Trouble::Driver { name: "ntfy".into() }, state }
}

fn reply_topic() -> String {
    Signer::new(&Secret::new(KEY)).topic()
}

fn line(contact: &str, tap: Tap) -> String {
    Signer::new(&Secret::new(KEY)).line(IncidentId(7), &contact.into(), tap)
}

#[tokio::test]
async fn a_pressed_button_comes_home() {
    let server = NtfyServer::start(Rules::default()).unwrap();
    let mut home = Home::open(wiring(&server.url()));
    let (anna, piet) = (server.phone(ANNA, None), server.phone(PIET, None));

    assert_eq!(home.outcome("anna", &GO).await, Outcome::Accepted);
    let message = anna.messages(1).await.unwrap().remove(0);
    assert_eq!(message.title, "Omzien: mevrouw De Wit");
    assert!(message.message.ends_with("bel 112."), "{}", message.message);
    assert_eq!((message.priority, message.tags.as_slice()), (5, &["rotating_light".into()][..]));
    let labels: Vec<_> = message.actions.iter().map(|action| action.label.as_str()).collect();
    assert_eq!(labels, ["Ik ga", "Ik bel", "Ik kan niet"]);
    anna.tap(Tap::Go).await.unwrap();
    assert_eq!(home.next().await, answer("anna", Tap::Go));

    assert_eq!(home.outcome("piet", &GO).await, Outcome::Accepted);
    piet.tap(Tap::Cannot).await.unwrap();
    assert_eq!(home.next().await, answer("piet", Tap::Cannot));
    // Pressed again is said again; what it means is the core's to judge.
    anna.tap(Tap::Go).await.unwrap();
    assert_eq!(home.next().await, answer("anna", Tap::Go));
}

#[tokio::test]
async fn more_than_three_buttons_and_a_long_text_fit() {
    let server = NtfyServer::start(Rules::default()).unwrap();
    let mut home = Home::open(wiring(&server.url()));
    let id = EffectId { epoch: 1, counter: 1 };
    let taps = [Tap::Go, Tap::Phone, Tap::Cannot, Tap::There, Tap::Done];
    let message = Message {
        contact: "anna".into(),
        channel: Channel::Ntfy,
        incident: Some(IncidentId(u64::MAX)),
        title: "é\n".repeat(500),
        body: "één zin. ".repeat(5000),
        taps: taps.iter().map(|tap| (*tap, "ë".repeat(99))).collect(),
        urgency: Urgency::Calm,
        language: Language::Nl,
    };
    home.orders.send(Order::Notify { id, message }).await.unwrap();
    assert_eq!(home.next().await, Input::Concluded { effect: id, outcome: Outcome::Accepted });
    let message = server.messages(ANNA).remove(0);
    assert_eq!(message.actions.len(), 3);
    assert!(!message.title.contains('\n'));
    assert!(message.message.len() <= 4096 && message.message.ends_with('…'));
    server.phone(ANNA, None).tap(Tap::Cannot).await.unwrap();
    assert!(matches!(home.next().await, Input::Acknowledged(_)));
}

#[tokio::test]
async fn what_our_buttons_did_not_say_is_reported_once_and_harms_nothing() {
    let server = NtfyServer::start(Rules::default()).unwrap();
    let mut home = Home::open(wiring(&server.url()));
    assert_eq!(home.outcome("anna", &GO).await, Outcome::Accepted);
    let true_line = line("anna", Tap::Cannot);
    let long = "x".repeat(4096);
    for forged in [
        "hello",
        "",
        "{}",
        "1 7 done",
        "2 7 done 00000000000000000000000000000000 anna",
        &long,
        &true_line.replace("cannot", "done"),
        &true_line.replace("anna", "piet"),
        &true_line.replace(" 7 ", " 8 "),
        &true_line.replace(" 7 ", " 07 "),
        &Signer::new(&Secret::new("another home's key")).line(
            IncidentId(7),
            &"anna".into(),
            Tap::Done,
        ),
    ] {
        server.publish(&reply_topic(), forged).unwrap();
    }
    server.publish(&reply_topic(), &true_line).unwrap();
    let stranger = Input::Troubled { trouble: Trouble::Stranger, state: TroubleState::Happened };
    assert_eq!(home.next().await, stranger);
    assert_eq!(home.next().await, answer("anna", Tap::Cannot));
}

#[tokio::test]
async fn an_answer_given_while_the_server_was_gone_arrives_when_it_is_back() {
    let mut server = NtfyServer::start(Rules::default()).unwrap();
    let mut home = Home::open(wiring(&server.url()));
    assert_eq!(home.outcome("anna", &GO).await, Outcome::Accepted);
    server.phone(ANNA, None).tap(Tap::Phone).await.unwrap();
    assert_eq!(home.next().await, answer("anna", Tap::Phone));

    server.down();
    assert_eq!(home.next().await, ntfy_is(TroubleState::Began));
    let outcome = home.outcome("anna", &GO).await;
    assert!(matches!(outcome, Outcome::Failed { again: Again::Later, .. }), "{outcome:?}");
    server.publish(&reply_topic(), &line("anna", Tap::There)).unwrap();
    server.up().unwrap();
    assert_eq!(home.next().await, ntfy_is(TroubleState::Over));
    // The earlier answer is not repeated: the first thing heard is the new one.
    assert_eq!(home.next().await, answer("anna", Tap::There));
    assert_eq!(home.outcome("anna", &GO).await, Outcome::Accepted);
}

#[tokio::test]
async fn an_answer_given_while_the_home_was_dark_arrives_and_an_old_one_does_not() {
    let server = NtfyServer::start(Rules::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cursor = folder.path().join("ntfy.cursor");
    let wiring = Wiring { cursor: Some(cursor.clone()), ..wiring(&server.url()) };
    let mut settling = wiring.clone();
    settling.pacing.settle = Duration::ZERO;

    let mut home = Home::open(settling);
    assert_eq!(home.outcome("anna", &GO).await, Outcome::Accepted);
    let anna = server.phone(ANNA, None);
    anna.tap(Tap::Go).await.unwrap();
    assert_eq!(home.next().await, answer("anna", Tap::Go));
    written(&cursor).await;
    home.die().await;

    anna.tap(Tap::Cannot).await.unwrap();
    let mut home = Home::open(wiring.clone());
    assert_eq!(home.next().await, answer("anna", Tap::Cannot));
    // It dies before the answer settled: whether the loop had it on disk, nobody knows.
    home.die().await;
    let mut home = Home::open(wiring);
    assert_eq!(home.next().await, answer("anna", Tap::Cannot));
}

/// A file tells nobody that it was written.
async fn written(path: &Path) {
    let waiting = async {
        while !path.exists() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("written in time");
}

#[tokio::test]
async fn a_repeated_attempt_replaces_the_message_on_the_phone() {
    let server = NtfyServer::start(Rules::default()).unwrap();
    let mut wiring = wiring(&server.url());
    wiring.pacing.request = Duration::from_millis(500);
    let mut home = Home::open(wiring);
    server.fail_next([Fault::LoseAnswer]);
    let outcome = home.outcome("anna", &GO).await;
    assert!(matches!(outcome, Outcome::Failed { again: Again::Later, .. }), "{outcome:?}");
    let again = EffectId { epoch: 1, counter: 1 };
    home.notify_as(again, "anna", &GO).await;
    assert_eq!(home.next().await, Input::Concluded { effect: again, outcome: Outcome::Accepted });
    assert_eq!(home.outcome("anna", &GO).await, Outcome::Accepted);
    let shown = server.phone(ANNA, None).shown(3).await.unwrap();
    assert_eq!(shown.len(), 2, "the repetition replaced the first, the next effect did not");
}

#[tokio::test]
async fn a_refusal_says_whether_another_attempt_can_help() {
    let server = NtfyServer::start(Rules::default()).unwrap();
    let mut home = Home::open(wiring(&server.url()));
    for (status, expected) in [
        (400, Again::Never),
        (401, Again::Never),
        (403, Again::Never),
        (404, Again::Never),
        (413, Again::Never),
        (408, Again::Later),
        (429, Again::Later),
        (500, Again::Later),
        (503, Again::Later),
    ] {
        server.fail_next([Fault::Status(status)]);
        match home.outcome("anna", &GO).await {
            Outcome::Failed { trouble, again } => {
                assert_eq!(again, expected, "{status}");
                assert!(trouble.contains(&status.to_string()), "{trouble}");
            }
            other => panic!("{status}: {other:?}"),
        }
    }
    server.fail_next([Fault::Redirect]);
    let outcome = home.outcome("anna", &GO).await;
    assert!(matches!(outcome, Outcome::Failed { again: Again::Never, .. }), "{outcome:?}");
    assert!(!server.topics().contains(&"elsewhere".into()), "it followed");
    assert_eq!(server.messages(ANNA), []);
}

#[tokio::test]
async fn a_server_that_stalls_on_one_person_delays_nobody_else() {
    let server = NtfyServer::start(Rules::default()).unwrap();
    let mut home = Home::open(wiring(&server.url()));
    server.fail_next([Fault::Stall]);
    home.notify("anna", &GO).await;
    stalled(&server).await;
    let piets = home.notify("piet", &GO).await;
    assert_eq!(home.next().await, Input::Concluded { effect: piets, outcome: Outcome::Accepted });
}

/// Waits until the script's fault was used up.
async fn stalled(server: &NtfyServer) {
    let waiting = async {
        while server.faults() > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("in time");
}

#[tokio::test]
async fn tokens_open_only_what_they_are_for() {
    let grant =
        |token: &str, topic: Option<String>, right| Grant { token: token.into(), topic, right };
    let server = NtfyServer::start(Rules {
        grants: vec![
            grant("home", None, Right::Read),
            grant("home", None, Right::Write),
            grant("button", Some(reply_topic()), Right::Write),
            grant("annas", Some(ANNA.into()), Right::Read),
        ],
        ..Rules::default()
    })
    .unwrap();
    let mut right = wiring(&server.url());
    right.secrets.token = Some(Secret::new("home"));
    right.secrets.reply_token = Some(Secret::new("button"));
    let mut home = Home::open(right.clone());
    assert_eq!(home.outcome("anna", &GO).await, Outcome::Accepted);
    let anna = server.phone(ANNA, Some("annas"));
    anna.tap(Tap::Go).await.unwrap();
    assert_eq!(home.next().await, answer("anna", Tap::Go));
    assert!(matches!(
        server.phone(PIET, Some("annas")).tap(Tap::Go).await,
        Err(PhoneError::Status(403))
    ));
    assert!(matches!(
        server.phone(&reply_topic(), None).messages(1).await,
        Err(PhoneError::Status(403))
    ));
    home.die().await;

    let mut silent = right.clone();
    silent.secrets.reply_token = None;
    let mut home = Home::open(silent);
    assert_eq!(home.next().await, answer("anna", Tap::Go));
    assert_eq!(home.outcome("anna", &[Tap::Done]).await, Outcome::Accepted);
    assert!(matches!(anna.tap(Tap::Done).await, Err(PhoneError::Status(403))));
    home.die().await;

    right.secrets.token = Some(Secret::new("somebody's"));
    let mut home = Home::open(right);
    assert_eq!(home.next().await, ntfy_is(TroubleState::Began));
    let outcome = home.outcome("anna", &GO).await;
    assert!(matches!(outcome, Outcome::Failed { again: Again::Never, .. }), "{outcome:?}");
}

/// A server that says exactly this on the reply topic to each caller in turn, and then waits.
async fn say_on_stream(listener: &TcpListener, text: &str) -> (TcpStream, String) {
    let (mut stream, _) =
        timeout(PATIENCE, listener.accept()).await.expect("in time").expect("a caller");
    let mut request = vec![0; 8192];
    let count = stream.read(&mut request).await.expect("a caller");
    let answer = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{text}");
    stream.write_all(answer.as_bytes()).await.expect("a caller");
    (stream, String::from_utf8_lossy(&request[..count]).into_owned())
}

fn event(id: &str, message: &str) -> String {
    let event = serde_json::json!({ "id": id, "event": "message", "message": message });
    format!("{event}\n")
}

#[tokio::test]
async fn the_same_answer_from_the_server_twice_is_handed_in_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut wiring = wiring(&format!("http://{}", listener.local_addr().unwrap()));
    wiring.pacing.silence = Duration::from_millis(200);
    let mut home = Home::open(wiring);

    let go = event("aaaaaaaaaaaa", &line("anna", Tap::Go));
    let text = format!("{{\"event\":\"open\"}}\n{go}{go}garbage\n\u{0}\n{{\"event\":\"new\"}}\n");
    let (held, request) = say_on_stream(&listener, &text).await;
    assert!(request.contains("since=all"), "{request}");
    assert_eq!(home.next().await, answer("anna", Tap::Go));
    let nonsense = Trouble::Nonsense { driver: "ntfy".into(), count: 1 };
    let nonsense = Input::Troubled { trouble: nonsense, state: TroubleState::Happened };
    assert_eq!(home.next().await, nonsense);

    // It says nothing more: held to be dead, and asked again from where it was.
    let again = format!("{go}{}", event("bbbbbbbbbbbb", &line("anna", Tap::Done)));
    let (_held, request) = say_on_stream(&listener, &again).await;
    assert!(request.contains("since=aaaaaaaaaaaa"), "{request}");
    assert_eq!(home.next().await, answer("anna", Tap::Done));
    drop(held);
}

#[tokio::test]
async fn an_endless_line_is_skipped() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut home = Home::open(wiring(&format!("http://{}", listener.local_addr().unwrap())));
    let text = format!("{}\n{}", "x".repeat(1 << 20), event("c", &line("anna", Tap::Go)));
    let (_held, _) = say_on_stream(&listener, &text).await;
    let stranger = Input::Troubled { trouble: Trouble::Stranger, state: TroubleState::Happened };
    assert_eq!(home.next().await, stranger);
    assert_eq!(home.next().await, answer("anna", Tap::Go));
}

/// What makes a good wiring bad.
type Change<'a> = &'a dyn Fn(&mut Wiring);

#[test]
fn what_cannot_be_safe_does_not_open() {
    let refused = |change: Change<'_>| {
        let mut wiring = wiring("https://ntfy.sh");
        change(&mut wiring);
        let (_, queue) = mpsc::channel(1);
        let (inbox, _) = omzien_drivers::inbox::open();
        match ntfy::open(wiring, queue, inbox) {
            Err(error @ DriverError::Setting { .. }) => error.to_string(),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it opened"),
        }
    };
    let anna = |topic: &'static str| {
        move |wiring: &mut Wiring| {
            wiring.contacts.insert("anna".into(), Via { topic: Some(Secret::new(topic)) });
        }
    };
    let server =
        |server: &'static str| move |wiring: &mut Wiring| wiring.settings.server = server.into();
    let cases: [(Change<'_>, &str); 10] = [
        (&server("http://ntfy.sh"), "not encrypted"),
        (&server("http://127.0.0.1.example.org"), "not encrypted"),
        (&server("https://home:hush@ntfy.sh"), "secrets file"),
        (&server("ntfy.sh"), "not an address"),
        (&|wiring| wiring.secrets.reply_key = Secret::new("short"), "32 characters"),
        (&|wiring| wiring.secrets.topics.clear(), "piet: it is missing"),
        (&anna("mama"), "guess"),
        (&anna("a/../../b?c=0123456789"), "does not take"),
        (&anna(PIET), "another person's"),
        (&|wiring| wiring.secrets.reply_topic = Some(Secret::new(ANNA)), "also a person's"),
    ];
    for (change, expected) in cases {
        let error = refused(change);
        assert!(error.contains(expected), "{error}");
        for secret in [KEY, ANNA, PIET, "hush"] {
            assert!(!error.contains(secret), "{error}");
        }
    }
}
