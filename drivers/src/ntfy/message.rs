//! A message in ntfy's published form, as far as the home uses it. It never adds a word of its
//! own: title, text and labels come rendered, and are only cut where a limit says so.

use std::collections::BTreeMap;

use omzien_core::{EffectId, Urgency};
use serde::{Deserialize, Serialize};

use super::Route;
use crate::Message;
use crate::lanes::shorten;

/// ntfy shows three buttons and refuses a message with more.
pub const ACTIONS_MAX: usize = 3;
/// Title and text together with three buttons (some 450 bytes each) stay below the 4,000 bytes
/// at which ntfy cuts what it hands to a phone's push service.
const TITLE_BYTES_MAX: usize = 200;
const TEXT_BYTES_MAX: usize = 2000;
/// A button has room for two or three words.
const LABEL_BYTES_MAX: usize = 40;

/// The body of `POST /`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Publish {
    pub topic: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub message: String,
    /// 1 to 5; 5 rings through on a phone that allows it.
    #[serde(default)]
    pub priority: u8,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub actions: Vec<Action>,
    /// A message with the same one replaces it on the phone (ntfy 2.16 and later; earlier
    /// servers ignore it, and a repeated message is shown twice).
    #[serde(default)]
    pub sequence_id: String,
}

/// A button that makes the phone send an HTTP request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// `http`
    pub action: String,
    pub label: String,
    pub url: String,
    pub method: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub body: String,
    /// Whether the message goes away once the request succeeded.
    #[serde(default)]
    pub clear: bool,
}

impl Publish {
    pub(super) fn new(id: EffectId, message: &Message, topic: &str, route: &Route) -> Self {
        Self {
            topic: topic.to_owned(),
            title: shorten(&one_line(&message.title), TITLE_BYTES_MAX),
            message: shorten(&message.body, TEXT_BYTES_MAX),
            priority: match message.urgency {
                Urgency::Calm => 3,
                Urgency::Alarm => 5,
            },
            tags: Vec::new(),
            actions: actions(message, route),
            sequence_id: route.signer.sequence(id),
        }
    }
}

/// A button answers about an incident; a message about none has none.
fn actions(message: &Message, route: &Route) -> Vec<Action> {
    let Some(incident) = message.incident else { return Vec::new() };
    let action = |(tap, label): &(_, String)| Action {
        action: "http".into(),
        label: shorten(&one_line(label), LABEL_BYTES_MAX),
        url: route.reply_url.to_string(),
        method: "POST".into(),
        headers: route.reply_headers.clone(),
        body: route.signer.line(incident, &message.contact, *tap),
        // The message stays: whoever said "I go" needs "I'm there" later.
        clear: false,
    };
    message.taps.iter().take(ACTIONS_MAX).map(action).collect()
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
