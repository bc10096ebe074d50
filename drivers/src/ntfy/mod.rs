//! Messages to people through an ntfy server, with buttons whose answers come back.
//!
//! A message goes out over ntfy's published HTTP form. Each of its buttons makes the phone post
//! one signed line to a *reply topic* on the same server, and this driver keeps a subscription to
//! that topic: so an acknowledgement needs no port opened at home (docs/design/people.md).
//!
//! It never decides whether an answer counts, never retries a message by itself (an attempt has
//! one outcome, the core tries again), and never writes a topic or token to the log.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use omzien_core::ContactId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::secret::Secret;

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
