//! A small server that speaks ntfy's published HTTP form, and a phone to hold beside it: the twin
//! of the `ntfy` driver, for tests and for the demonstration, on this machine only.
//!
//! It knows what the driver and a phone use: publishing as JSON and as plain text, the JSON
//! stream and its poll with `since`, signs of life, access tokens, message ids, size limits,
//! replacement by `sequence_id`. It was written from ntfy's documents and behaviour as published
//! (2.13 to 2.16) and is **unproven against the original**: no test here can show that the real
//! server or app does the same. It keeps everything in memory and forgets the oldest.

mod http;
mod phone;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::own_thread::OwnThread;
use crate::ntfy::{Action, Publish};

pub use phone::{Phone, PhoneError};

/// As ntfy: bytes of a message's text, and of a whole message in JSON.
const MESSAGE_BYTES_MAX: usize = 4096;
const JSON_BYTES_MAX: usize = 2 * MESSAGE_BYTES_MAX;
/// The oldest message is forgotten beyond these, a new topic refused.
const MESSAGES_MAX: usize = 1000;
const TOPICS_MAX: usize = 100;

/// How the server behaves; the default lets everybody do everything, as ntfy does.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Who may do what. Empty: everybody everything. Otherwise nobody anything else.
    pub grants: Vec<Grant>,
    /// Between two signs of life on a stream; ntfy's is 45 s.
    pub keepalive: Option<Duration>,
}

/// What the bearer of a token may do.
#[derive(Clone, Debug)]
pub struct Grant {
    pub token: String,
    /// `None` is every topic.
    pub topic: Option<String>,
    pub right: Right,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    Read,
    Write,
}

/// What goes wrong with the next message that is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is refused with this HTTP status.
    Status(u16),
    /// It is not taken, and nothing is answered.
    Stall,
    /// It is taken, and the answer is lost.
    LoseAnswer,
    /// The answer points to another address, where a listener would read along.
    Redirect,
}

/// A message as the server keeps it and its streams show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub id: String,
    /// Unix time in seconds.
    pub time: u64,
    /// `message`, on streams also `open` and `keepalive`.
    pub event: String,
    pub topic: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sequence_id: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in a reference")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// The server. It ends when dropped.
#[derive(Debug)]
pub struct NtfyServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// `None` while it is down.
    serving: Option<OwnThread>,
}

#[derive(Debug)]
struct Shared {
    rules: Rules,
    state: Mutex<State>,
    /// Counts up with each message; streams look for new ones when it does.
    arrived: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    /// Oldest first, each with its number, which counts up by one.
    kept: VecDeque<(u64, Kept)>,
    next: u64,
    topics: BTreeMap<String, u64>,
    faults: VecDeque<Fault>,
    chance: SmallRng,
}

impl NtfyServer {
    /// Starts on a free port of this machine.
    pub fn start(rules: Rules) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            rules,
            state: Mutex::new(State {
                kept: VecDeque::new(),
                next: 1,
                topics: BTreeMap::new(),
                faults: VecDeque::new(),
                chance: SmallRng::seed_from_u64(1),
            }),
            arrived: watch::Sender::new(0),
        });
        let mut server = Self { address: (Ipv4Addr::LOCALHOST, 0).into(), shared, serving: None };
        server.up()?;
        Ok(server)
    }

    /// `http://127.0.0.1:PORT`, the same over [`Self::down`] and [`Self::up`].
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends every connection and takes no new one. What was published stays.
    pub fn down(&mut self) {
        self.serving = None;
    }

    /// Takes connections again, at the same address.
    pub fn up(&mut self) -> io::Result<()> {
        let listener = std::net::TcpListener::bind(self.address)?;
        listener.set_nonblocking(true)?;
        self.address = listener.local_addr()?;
        let shared = Arc::clone(&self.shared);
        self.serving = Some(OwnThread::start("ntfy-twin", http::serve(listener, shared))?);
        Ok(())
    }

    /// The next published messages go wrong in this way, in this order.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.state().faults.extend(faults);
    }

    /// How many of the planned faults are still to come.
    pub fn faults(&self) -> usize {
        self.shared.state().faults.len()
    }

    /// What was published to a topic and is still kept, oldest first.
    pub fn messages(&self, topic: &str) -> Vec<Kept> {
        self.shared.after(0, topic).into_iter().map(|(_, kept)| kept).collect()
    }

    /// The topics that something was published or subscribed to.
    pub fn topics(&self) -> Vec<String> {
        self.shared.state().topics.keys().cloned().collect()
    }

    /// Publishes as anybody on the network could, without asking the server's rules.
    pub fn publish(&self, topic: &str, text: &str) -> Option<Kept> {
        let form = Publish { topic: topic.into(), message: text.into(), ..Publish::default() };
        self.shared.keep(form)
    }

    /// A phone whose app is subscribed to a topic.
    pub fn phone(&self, topic: &str, token: Option<&str>) -> Phone {
        Phone::new(&self.url(), topic, token)
    }
}

impl Shared {
    /// A panic elsewhere does not make a kept message untrue.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` when there are too many topics.
    fn keep(&self, form: Publish) -> Option<Kept> {
        let mut state = self.state();
        if !state.knows(&form.topic) {
            return None;
        }
        let kept = Kept {
            id: state.id(),
            time: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            event: "message".into(),
            topic: form.topic,
            title: form.title,
            message: form.message,
            priority: form.priority,
            tags: form.tags,
            actions: form.actions,
            sequence_id: form.sequence_id,
        };
        let number = state.next;
        state.next += 1;
        state.kept.push_back((number, kept.clone()));
        if state.kept.len() > MESSAGES_MAX {
            state.kept.pop_front();
        }
        drop(state);
        self.arrived.send_replace(number);
        Some(kept)
    }

    fn after(&self, number: u64, topic: &str) -> Vec<(u64, Kept)> {
        let state = self.state();
        let newer = state.kept.iter().filter(|(of, kept)| *of > number && kept.topic == topic);
        newer.cloned().collect()
    }

    /// The number of a message; of one it does not know, as ntfy does, the beginning.
    fn number_of(&self, id: &str) -> u64 {
        let state = self.state();
        state.kept.iter().find(|(_, kept)| kept.id == id).map_or(0, |(number, _)| *number)
    }

    fn latest(&self) -> u64 {
        self.state().next - 1
    }

    fn may(&self, token: Option<&str>, topic: &str, right: Right) -> Access {
        let grants = &self.rules.grants;
        if grants.is_empty() {
            return Access::Given;
        }
        match token {
            None => Access::Forbidden,
            Some(token) if grants.iter().all(|grant| grant.token != token) => Access::Unknown,
            Some(token) => {
                let given = grants.iter().any(|grant| {
                    grant.token == token
                        && grant.right == right
                        && grant.topic.as_deref().is_none_or(|of| of == topic)
                });
                if given { Access::Given } else { Access::Forbidden }
            }
        }
    }
}

impl State {
    /// Is this topic there, or is there room for it?
    fn knows(&mut self, topic: &str) -> bool {
        if self.topics.len() >= TOPICS_MAX && !self.topics.contains_key(topic) {
            return false;
        }
        *self.topics.entry(topic.to_owned()).or_default() += 1;
        true
    }

    /// Twelve letters and digits, as ntfy's.
    fn id(&mut self) -> String {
        const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..12).map(|_| char::from(SIGNS[self.chance.random_range(0..SIGNS.len())])).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Given,
    Forbidden,
    /// Nobody has this token.
    Unknown,
}
