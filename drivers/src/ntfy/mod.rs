//! Messages to people through an ntfy server, with buttons whose answers come back.
//!
//! A message goes out over ntfy's published HTTP form. Each of its buttons makes the phone post
//! one signed line to a *reply topic* on the same server, and this driver keeps a subscription to
//! that topic: so an acknowledgement needs no port opened at home (docs/design/people.md).
//!
//! It never decides whether an answer counts, never retries a message by itself (an attempt has
//! one outcome, the core tries again), and never writes a topic or token to the log.

mod cursor;
mod lines;
mod message;
mod reply;
mod subscription;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use omzien_core::effect::Again;
use omzien_core::plan::Channel;
use omzien_core::{ContactId, EffectId, Outcome};
use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use schemars::JsonSchema;
use serde::Deserialize;

use self::cursor::Cursor;
use self::subscription::Subscription;
use crate::lanes::{deliver, failed};
use crate::secret::Secret;
use crate::{DriverError, Inbox, Message, Orders, Running};

pub use lines::{LINE_BYTES_MAX, Line, Lines};
pub use message::{ACTIONS_MAX, Action, Publish};
pub use reply::{REPLY_BYTES_MAX, Refused, Signer, says};

/// As the table and troubles call it.
pub const NAME: &str = "ntfy";

/// A key shorter than this could be guessed (128 bits in hexadecimal).
const KEY_CHARS_MIN: usize = 32;
/// On a server where anybody may read, the topic is all that keeps a message private.
const OPEN_TOPIC_CHARS_MIN: usize = 16;
const TOPIC_CHARS_MAX: usize = 64;

/// The section `[ntfy]` of `home.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case", default)]
pub struct Settings {
    /// The server that carries the messages. `http` only on this machine itself.
    pub server: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { server: "https://ntfy.sh".into() }
    }
}

/// `via.ntfy` of a person in the circle.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case", default)]
pub struct Via {
    /// The topic this person's app is subscribed to: letters, digits, `-` and `_`, at most 64.
    /// Whoever knows it can read along, so it may stand in the secrets file instead.
    pub topic: Option<Secret>,
}

/// The section `[ntfy]` of the secrets file.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Secrets {
    /// Signs the buttons, so that nobody can invent an answer: 32 characters or more, a new one
    /// for each home (`openssl rand -hex 32`).
    pub reply_key: Secret,
    /// The topic to which the buttons answer. Left out, it is derived from `reply_key`.
    #[serde(default)]
    pub reply_topic: Option<Secret>,
    /// Access token of the home on a server that asks for one: write to the people's topics,
    /// read the reply topic.
    #[serde(default)]
    pub token: Option<Secret>,
    /// Access token that goes out with every button: may only write to the reply topic. Needed
    /// where the server lets nobody write without one.
    #[serde(default)]
    pub reply_token: Option<Secret>,
    /// The topic of each person whose `via.ntfy` names none.
    #[serde(default)]
    pub topics: BTreeMap<String, Secret>,
}

/// Everything the driver needs, resolved.
#[derive(Debug, Clone)]
pub struct Wiring {
    pub settings: Settings,
    pub secrets: Secrets,
    /// The people who are reached this way.
    pub contacts: BTreeMap<ContactId, Via>,
    /// A file of the driver's own in the state directory: the last answer that was surely taken,
    /// so that one given while the home was dark is fetched later, and an old one is not. Without
    /// it every answer the server still keeps is handed in at each start.
    pub cursor: Option<PathBuf>,
    pub pacing: Pacing,
}

/// How long it waits for what. The defaults suit the real world; tests are in more of a hurry.
#[derive(Debug, Clone, PartialEq)]
pub struct Pacing {
    /// To connect and be answered.
    pub request: Duration,
    /// A subscription on which nothing came for this long is dead. ntfy sends a sign of life
    /// every 45 s.
    pub silence: Duration,
    /// Pause before the first attempt to subscribe again; doubles, with jitter, up to `pause_max`.
    pub pause_min: Duration,
    pub pause_max: Duration,
    /// An answer counts as surely taken this long after it was handed in: by then the loop has
    /// it on disk, or its watchdog has ended it.
    pub settle: Duration,
    /// Forged answers are reported at most this often; in between they are counted.
    pub stranger_report: Duration,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(10),
            silence: Duration::from_secs(120),
            pause_min: Duration::from_secs(1),
            pause_max: Duration::from_secs(60),
            settle: Duration::from_secs(30),
            stranger_report: Duration::from_secs(600),
        }
    }
}

/// Opens the driver. Nothing is sent before the first order; the subscription begins when the
/// future is first polled.
///
/// # Errors
/// [`DriverError::Setting`] names the setting or secret that cannot be used.
pub fn open(wiring: Wiring, orders: Orders, inbox: Inbox) -> Result<Running, DriverError> {
    let topics = topics(&wiring)?;
    let route = Route::new(&wiring)?;
    if topics.values().any(|topic| topic == route.reply_topic()) {
        return Err(secret_error("reply_topic", "is also a person's topic", "give each its own"));
    }
    let cursor = Cursor::open(wiring.cursor, wiring.pacing.settle);
    let listening =
        Subscription::new(route.clone(), wiring.pacing.clone(), inbox.clone(), cursor).keep();
    let delivering = deliver(Channel::Ntfy, orders, inbox, move |id, message| {
        publish(
            route.clone(),
            wiring.pacing.request,
            topics.get(&message.contact).cloned(),
            id,
            message,
        )
    });
    Ok(Box::pin(async move {
        tokio::select! {
            () = delivering => {}
            never = listening => match never {},
        }
    }))
}

async fn publish(
    route: Route,
    request: Duration,
    topic: Option<String>,
    id: EffectId,
    message: Message,
) -> Outcome {
    let Some(topic) = topic else {
        return failed("this person has no ntfy topic", Again::Never);
    };
    let form = Publish::new(id, &message, &topic, &route);
    match route.publish(&form).timeout(request).send().await {
        Ok(response) => outcome(response.status()),
        Err(error) => failed(describe(error), Again::Later),
    }
}

/// What the server's answer to a message means. Sent is not received.
fn outcome(status: StatusCode) -> Outcome {
    if status.is_success() {
        return Outcome::Accepted;
    }
    let (why, again) = match status {
        StatusCode::UNAUTHORIZED => ("refused the token", Again::Never),
        StatusCode::FORBIDDEN => ("does not let us write to this person's topic", Again::Never),
        StatusCode::NOT_FOUND => ("is not an ntfy server at this address", Again::Never),
        StatusCode::PAYLOAD_TOO_LARGE => ("finds the message too large", Again::Never),
        StatusCode::TOO_MANY_REQUESTS => ("wants fewer messages", Again::Later),
        StatusCode::REQUEST_TIMEOUT => ("did not get the message in time", Again::Later),
        status if status.is_redirection() => ("has moved; write its new address", Again::Never),
        status if status.is_client_error() => ("refused the message", Again::Never),
        _ => ("is in trouble", Again::Later),
    };
    failed(format!("the ntfy server {why} ({})", status.as_u16()), again)
}

/// An error without the address it happened at, which holds the topic.
fn describe(error: reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "the ntfy server cannot be reached"
    } else {
        "the connection to the ntfy server broke"
    };
    tracing::debug!(error = %error.without_url(), what);
    what.into()
}

/// Where messages go and answers come from.
#[derive(Clone)]
struct Route {
    client: Client,
    publish_url: Url,
    reply_url: Url,
    subscribe_url: Url,
    /// What a phone sends along with an answer.
    reply_headers: BTreeMap<String, String>,
    token: Option<Secret>,
    signer: Signer,
}

impl Route {
    fn new(wiring: &Wiring) -> Result<Self, DriverError> {
        let Wiring { settings, secrets, pacing, .. } = wiring;
        let publish_url = server(&settings.server)?;
        if secrets.reply_key.reveal().len() < KEY_CHARS_MIN {
            let mend = "make a new one with `openssl rand -hex 32`";
            return Err(secret_error("reply_key", "is shorter than 32 characters", mend));
        }
        let signer = Signer::new(&secrets.reply_key);
        let topic = match &secrets.reply_topic {
            Some(topic) => topic.reveal().to_owned(),
            None => signer.topic(),
        };
        check_topic(&topic).map_err(|problem| {
            secret_error("reply_topic", problem, "leave it out to have one made from `reply_key`")
        })?;
        let client = Client::builder()
            .user_agent(concat!("omzien/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(pacing.request)
            .build()
            .map_err(|error| {
                let mend = "start it again; if that does not help, reinstall";
                setting_error("[ntfy]", format!("gets no HTTP client: {error}"), mend)
            })?;
        // The push service has no business with an answer, only this home.
        let mut reply_headers = BTreeMap::from([("Firebase".into(), "no".into())]);
        if let Some(token) = &secrets.reply_token {
            reply_headers.insert("Authorization".into(), bearer(token));
        }
        Ok(Self {
            client,
            reply_url: below(&publish_url, &[&topic]),
            subscribe_url: below(&publish_url, &[&topic, "json"]),
            publish_url,
            reply_headers,
            token: secrets.token.clone(),
            signer,
        })
    }

    fn reply_topic(&self) -> &str {
        self.reply_url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default()
    }

    fn publish(&self, form: &Publish) -> RequestBuilder {
        self.authorised(self.client.post(self.publish_url.clone()).json(form))
    }

    fn subscribe(&self, since: &str) -> RequestBuilder {
        let request = self.client.get(self.subscribe_url.clone());
        self.authorised(request.query(&[("since", since)]))
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, bearer(token)),
            None => request,
        }
    }
}

fn bearer(token: &Secret) -> String {
    format!("Bearer {}", token.reveal())
}

/// The address of the server: encrypted, unless it is this machine.
fn server(text: &str) -> Result<Url, DriverError> {
    let refuse = |problem: &str| {
        let mend = "write it like \"https://ntfy.sh\"";
        setting_error("[ntfy] server", problem.to_owned(), mend)
    };
    let url = Url::parse(text).map_err(|_| refuse("is not an address"))?;
    let host = url.host_str().ok_or_else(|| refuse("names no machine"))?;
    match url.scheme() {
        "https" => {}
        "http" if crate::is_this_machine(host) => {}
        _ => return Err(refuse("is not encrypted")),
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err(refuse("holds more than an address; a token belongs in the secrets file"));
    }
    Ok(url)
}

fn below(server: &Url, parts: &[&str]) -> Url {
    let mut url = server.clone();
    // Invariant: `server` has a host, so it has path segments.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(parts);
    }
    url
}

/// The topic of each person, checked.
fn topics(wiring: &Wiring) -> Result<BTreeMap<ContactId, String>, DriverError> {
    let mut topics = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (contact, via) in &wiring.contacts {
        let topic = topic(contact, via, &wiring.secrets).and_then(|topic| {
            if taken.insert(topic) {
                Ok(topic)
            } else {
                Err((
                    "is another person's too: answers could not be told apart",
                    "give each their own",
                ))
            }
        });
        let topic = topic.map_err(|(problem, mend)| {
            setting_error(format!("ntfy topic of {contact}"), problem.into(), mend)
        })?;
        topics.insert(contact.clone(), topic.to_owned());
    }
    Ok(topics)
}

/// The topic of one person, or what is wrong with it and what to do.
fn topic<'a>(
    contact: &ContactId,
    via: &'a Via,
    secrets: &'a Secrets,
) -> Result<&'a str, (&'static str, &'static str)> {
    let topic = via.topic.as_ref().or_else(|| secrets.topics.get(contact.as_str()));
    let Some(topic) = topic.map(Secret::reveal) else {
        return Err(("is missing", "write it in the secrets file, under [ntfy.topics]"));
    };
    if let Err(problem) = check_topic(topic) {
        return Err((problem, "use letters, digits, `-` and `_`, 64 at most"));
    }
    if secrets.token.is_none() && topic.len() < OPEN_TOPIC_CHARS_MIN {
        let mend = "make one with `openssl rand -hex 16`";
        return Err(("is short enough to guess, and without a token anybody may read it", mend));
    }
    Ok(topic)
}

fn check_topic(topic: &str) -> Result<(), &'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match topic.len() {
        0 => Err("is empty"),
        1..=TOPIC_CHARS_MAX if topic.bytes().all(allowed) => Ok(()),
        1..=TOPIC_CHARS_MAX => Err("has a character that ntfy does not take"),
        _ => Err("is longer than 64 characters"),
    }
}

fn secret_error(secret: &str, problem: &str, mend: &'static str) -> DriverError {
    setting_error(format!("secrets, [ntfy] {secret}"), problem.to_owned(), mend)
}

fn setting_error(place: impl Into<String>, problem: String, mend: &'static str) -> DriverError {
    DriverError::Setting { place: place.into(), problem: format!("it {problem}"), mend }
}
