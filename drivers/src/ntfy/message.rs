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
/// A locked screen shows some forty characters.
const TITLE_BYTES_MAX: usize = 120;
/// Half of what ntfy takes. An alarm has some 400 bytes, and with up to 600 its text reaches a
/// phone's push service whole (the test below); a longer one is whole in the app.
const TEXT_BYTES_MAX: usize = 2048;
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
            // A sign before the title, so that an alarm among a night's messages is seen at once.
            tags: match message.urgency {
                Urgency::Calm => Vec::new(),
                Urgency::Alarm => vec!["rotating_light".into()],
            },
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use omzien_core::incident::IncidentId;
    use omzien_core::plan::Channel;
    use omzien_core::{Language, Tap};
    use serde_json::json;

    use super::super::{Pacing, Secrets, Settings, Wiring};
    use super::*;
    use crate::Secret;

    fn route() -> Route {
        let secrets = Secrets {
            reply_key: Secret::new("0123456789abcdef0123456789abcdef"),
            reply_topic: None,
            token: None,
            // Where a server asks for tokens, ntfy pushes no text: the phone comes to fetch it.
            reply_token: None,
            topics: BTreeMap::new(),
        };
        let settings = Settings { server: "https://ntfy.example.org".into() };
        let contacts = BTreeMap::new();
        let pacing = Pacing::default();
        Route::new(&Wiring { settings, secrets, contacts, cursor: None, pacing }).unwrap()
    }

    /// What ntfy hands to Firebase, as its source builds it: every field as text, once for
    /// Android and once more for Apple, with the beginning of the text.
    fn pushed(form: &Publish) -> String {
        let mut actions = serde_json::to_value(&form.actions).unwrap();
        for action in actions.as_array_mut().unwrap() {
            action["id"] = json!("0123456789");
        }
        let data = json!({
            "id": "012345678901", "time": "1700000000", "event": "message",
            "sequence_id": form.sequence_id, "topic": form.topic, "priority": "5",
            "tags": form.tags.join(","), "click": "", "icon": "", "title": form.title,
            "message": form.message, "content_type": "", "encoding": "",
            "actions": actions.to_string(),
        });
        let alert = json!({ "title": form.title, "body": &form.message[..100] });
        let mut payload = data.clone();
        payload["aps"] = json!({ "alert": alert, "mutable-content": 1 });
        let android = json!({ "priority": "high" });
        let apns = json!({ "payload": payload });
        json!({ "data": data, "android": android, "apns": apns, "topic": form.topic }).to_string()
    }

    /// Otherwise the phone's first glance would end before "call 112".
    #[test]
    fn an_alarm_reaches_the_push_service_whole() {
        let message = Message {
            contact: "mevrouw_van_den_berg".into(),
            channel: Channel::Ntfy,
            incident: Some(IncidentId(100_000)),
            title: "Over de melding van mevrouw Van den Berg".into(),
            body: "Een zin die iemand in de nacht moet kunnen lezen en begrijpen, zonder bril.\n"
                .repeat(8),
            taps: vec![
                (Tap::There, "Ik ben er".into()),
                (Tap::Done, "Het is klaar".into()),
                (Tap::Cannot, "Ik kan niet".into()),
            ],
            urgency: Urgency::Alarm,
            language: Language::Nl,
        };
        assert!(message.body.len() >= 600);
        let id = EffectId { epoch: 1000, counter: 1_000_000 };
        let topic = "0123456789abcdef0123456789abcdef";
        let form = Publish::new(id, &message, topic, &route());
        assert_eq!(form.message, message.body);
        let pushed = pushed(&form);
        assert!(pushed.len() < 4000, "{} bytes: {pushed}", pushed.len());
    }
}
