//! People are reached by mail over real sockets: taken, refused, stalled, cut off, repeated. The
//! server is our own (`simulated::mail_server`); it speaks no TLS, so what is shown about the
//! encrypted line is only that nothing leaves without it.

use std::collections::BTreeMap;
use std::time::Duration;

use omzien_core::effect::Again;
use omzien_core::incident::IncidentId;
use omzien_core::plan::Channel;
use omzien_core::{EffectId, Language, Outcome, Tap, Urgency};
use omzien_drivers::mail::{self, Secrets, Settings, Tls, Via, Wiring};
use omzien_drivers::simulated::mail_server::{Fault, MailServer};
use omzien_drivers::{DriverError, Input, Message, Order, Received, Secret};
use tokio::sync::mpsc;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

struct Home {
    orders: mpsc::Sender<Order>,
    received: Received,
}

fn wiring(server: &MailServer) -> Wiring {
    let address = server.address();
    Wiring {
        settings: Settings {
            server: address.ip().to_string(),
            port: address.port(),
            from: "Omzien <home@example.org>".into(),
            tls: Tls::None,
            username: None,
            page: Some("https://omzien.example.org/".into()),
        },
        secrets: Secrets::default(),
        contacts: BTreeMap::from([("anna".into(), Via { address: "anna@example.org".into() })]),
        timeout: mail::TIMEOUT,
    }
}

fn message() -> Message {
    Message {
        contact: "anna".into(),
        channel: Channel::Mail,
        incident: Some(IncidentId(7)),
        title: "Omzien: één bericht over mevrouw De Wit\r\nBcc: everyone@example.org".into(),
        body: "Mevrouw De Wit drukte om 21.14 uur op de knop.\n.\nBij levensgevaar: bel 112 – één keer."
            .into(),
        taps: vec![(Tap::Go, "Ik ga".into()), (Tap::Cannot, "Ik kan niet".into())],
        urgency: Urgency::Alarm,
        language: Language::Nl,
    }
}

impl Home {
    fn open(wiring: Wiring) -> Self {
        let (orders, queue) = mpsc::channel(32);
        let (inbox, received) = omzien_drivers::inbox::open();
        tokio::spawn(mail::open(wiring, queue, inbox).expect("it opens"));
        Self { orders, received }
    }

    async fn send(&mut self, counter: u64, message: Message) -> Outcome {
        let id = EffectId { epoch: 1, counter };
        self.orders.send(Order::Notify { id, message }).await.expect("the driver lives");
        let batch = timeout(PATIENCE, self.received.take(2)).await.expect("in time");
        match batch.expect("the driver lives").as_slice() {
            [Input::Concluded { effect, outcome }] if *effect == id => outcome.clone(),
            other => panic!("{other:?}"),
        }
    }
}

fn again(outcome: &Outcome) -> Again {
    match outcome {
        Outcome::Failed { again, .. } => *again,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = MailServer::start(None).unwrap();
    let mut home = Home::open(wiring(&server));
    assert_eq!(home.send(1, message()).await, Outcome::Accepted);
    let mail = server.mails().remove(0);
    assert_eq!((mail.from.as_str(), mail.to.len()), ("home@example.org", 1));
    assert_eq!(mail.to[0], "anna@example.org");
    let subject = mail.header("Subject").unwrap();
    assert_eq!(subject, "Omzien: één bericht over mevrouw De Wit  Bcc: everyone@example.org");
    assert_eq!(mail.header("Bcc"), None);
    assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert_eq!(mail.header("Importance").as_deref(), Some("high"));
    assert!(mail.header("Content-Type").unwrap().starts_with("text/plain; charset=utf-8"));
    assert_eq!(
        mail.text().trim_end(),
        format!("{}\n\nIk ga / Ik kan niet:\nhttps://omzien.example.org/", message().body)
    );
}

#[tokio::test]
async fn good_news_asks_for_nothing() {
    let server = MailServer::start(None).unwrap();
    let mut home = Home::open(wiring(&server));
    let news = Message { taps: Vec::new(), urgency: Urgency::Calm, ..message() };
    assert_eq!(home.send(1, news).await, Outcome::Accepted);
    let mail = server.mails().remove(0);
    assert_eq!(mail.text().trim_end(), message().body);
    assert_eq!(mail.header("Importance"), None);
}

#[tokio::test]
async fn a_refusal_says_whether_another_attempt_can_help() {
    let server = MailServer::start(None).unwrap();
    let mut wiring = wiring(&server);
    wiring.timeout = Duration::from_millis(500);
    let mut home = Home::open(wiring);
    let script = [
        (Fault::Greeting(421), Again::Later),
        (Fault::Greeting(554), Again::Never),
        (Fault::Receiver(450), Again::Later),
        (Fault::Receiver(550), Again::Never),
        (Fault::Mail(451), Again::Later),
        (Fault::Mail(552), Again::Never),
        (Fault::HangUpInText, Again::Later),
        (Fault::Stall, Again::Later),
    ];
    for (counter, (fault, expected)) in (1..).zip(script) {
        server.fail_next([fault]);
        let outcome = home.send(counter, message()).await;
        assert_eq!(again(&outcome), expected, "{fault:?}: {outcome:?}");
        let Outcome::Failed { trouble, .. } = outcome else { unreachable!("it failed") };
        assert!(!trouble.contains("anna"), "{trouble}");
    }
    assert_eq!(server.mails(), []);
    assert_eq!(home.send(99, message()).await, Outcome::Accepted);
}

#[tokio::test]
async fn a_repeated_attempt_can_be_recognised_and_nothing_else_is() {
    let server = MailServer::start(None).unwrap();
    let mut home = Home::open(wiring(&server));
    server.fail_next([Fault::LoseAnswer]);
    assert_eq!(again(&home.send(1, message()).await), Again::Later);
    assert_eq!(home.send(1, message()).await, Outcome::Accepted);
    assert_eq!(home.send(2, message()).await, Outcome::Accepted);
    let other = Message { title: "Omzien: meneer Bakker".into(), ..message() };
    assert_eq!(home.send(2, other).await, Outcome::Accepted);
    let ids: Vec<_> =
        server.mails().iter().map(|mail| mail.header("Message-ID").expect("has one")).collect();
    assert_eq!(ids[0], ids[1], "two attempts of one effect");
    assert_ne!(ids[1], ids[2], "two effects");
    assert_ne!(ids[2], ids[3], "two homes with the same sender, receiver and count");
    assert!(ids[0].ends_with("@example.org>"), "{}", ids[0]);
}

#[tokio::test]
async fn a_server_that_is_gone_and_comes_back() {
    let mut server = MailServer::start(None).unwrap();
    let mut home = Home::open(wiring(&server));
    server.down();
    assert_eq!(again(&home.send(1, message()).await), Again::Later);
    server.up().unwrap();
    assert_eq!(home.send(1, message()).await, Outcome::Accepted);
    server.wait_for(1).await;
}

#[tokio::test]
async fn a_password_is_used_and_a_wrong_one_is_not_tried_again() {
    let server = MailServer::start(Some(("home", "hush"))).unwrap();
    let with = |password: &str| {
        let mut wiring = wiring(&server);
        wiring.settings.username = Some("home".into());
        wiring.secrets.password = Some(Secret::new(password));
        wiring
    };
    assert_eq!(Home::open(with("hush")).send(1, message()).await, Outcome::Accepted);
    let outcome = Home::open(with("wrong")).send(1, message()).await;
    assert_eq!(again(&outcome), Again::Never, "{outcome:?}");
}

#[tokio::test]
async fn nothing_leaves_over_a_line_that_should_be_encrypted_and_is_not() {
    let server = MailServer::start(Some(("home", "hush"))).unwrap();
    let mut wiring = wiring(&server);
    wiring.settings.tls = Tls::Required;
    wiring.settings.username = Some("home".into());
    wiring.secrets.password = Some(Secret::new("hush"));
    let outcome = Home::open(wiring).send(1, message()).await;
    assert_eq!(again(&outcome), Again::Never, "{outcome:?}");
    assert_eq!((server.mails().len(), server.callers()), (0, 1));
}

#[tokio::test]
async fn a_person_without_address_is_never_tried() {
    let server = MailServer::start(None).unwrap();
    let mut home = Home::open(wiring(&server));
    let outcome = home.send(1, Message { contact: "piet".into(), ..message() }).await;
    assert_eq!(again(&outcome), Again::Never);
    assert_eq!(server.callers(), 0);
}

/// What makes a good wiring bad.
type Change<'a> = &'a dyn Fn(&mut Wiring);

#[tokio::test]
async fn what_cannot_be_safe_does_not_open() {
    let server = MailServer::start(None).unwrap();
    let cases: [(Change<'_>, &str); 5] = [
        (&|wiring| wiring.settings.server = "mail.example.org".into(), "another machine"),
        (&|wiring| wiring.settings.from = "nobody".into(), "no mail address"),
        (&|wiring| wiring.settings.username = Some("home".into()), "no password"),
        (&|wiring| wiring.secrets.password = Some(Secret::new("hush")), "no username"),
        (
            &|wiring| drop(wiring.contacts.insert("anna".into(), Via { address: "anna".into() })),
            "mail address of anna",
        ),
    ];
    for (change, expected) in cases {
        let mut wiring = wiring(&server);
        change(&mut wiring);
        let (_, queue) = mpsc::channel(1);
        let (inbox, _) = omzien_drivers::inbox::open();
        match mail::open(wiring, queue, inbox) {
            Err(error @ DriverError::Setting { .. }) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it opened: {expected}"),
        }
    }
}
