//! The phone of a person of the circle: what ntfy's app does when a message comes and when a
//! button is pressed. It knows only what is in the messages it got.

use std::time::Duration;

use omzien_core::effect::Tap;
use reqwest::{Client, Method};
use tokio::time::timeout;

use super::Kept;
use crate::ntfy::{Action, Line, Lines, says};

/// A person waiting longer for a message in a test would give up.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub struct Phone {
    client: Client,
    server: String,
    topic: String,
    token: Option<String>,
}

/// Why a phone did not do what its owner wanted.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    #[error("the server cannot be reached from the phone, or broke off: {0}")]
    Network(#[from] reqwest::Error),
    #[error("the server answered {0}; the app shows that the answer failed")]
    Status(u16),
    #[error("no message on the phone has such a button")]
    NoButton,
    #[error("fewer messages came than were waited for")]
    NoMessage,
}

impl Phone {
    pub(super) fn new(server: &str, topic: &str, token: Option<&str>) -> Self {
        let client = Client::builder().no_proxy().build().unwrap_or_default();
        Self {
            client,
            server: server.to_owned(),
            topic: topic.to_owned(),
            token: token.map(str::to_owned),
        }
    }

    /// Waits until `count` messages are there and shows all that came, oldest first.
    pub async fn messages(&self, count: usize) -> Result<Vec<Kept>, PhoneError> {
        let reading = timeout(PATIENCE, self.read("since=all", count)).await;
        match reading {
            Ok(Ok(messages)) if messages.len() < count => Err(PhoneError::NoMessage),
            Ok(reading) => reading,
            Err(_) => Err(PhoneError::NoMessage),
        }
    }

    /// What the screen shows: a message replaces the one with the same `sequence_id`.
    pub async fn shown(&self, count: usize) -> Result<Vec<Kept>, PhoneError> {
        let mut shown: Vec<Kept> = Vec::new();
        for message in self.messages(count).await? {
            let replaces = |earlier: &Kept| {
                !message.sequence_id.is_empty() && earlier.sequence_id == message.sequence_id
            };
            shown.retain(|earlier| !replaces(earlier));
            shown.push(message);
        }
        Ok(shown)
    }

    /// Presses the newest button that means `tap`, among the messages that are there now.
    pub async fn tap(&self, tap: Tap) -> Result<(), PhoneError> {
        let messages = timeout(PATIENCE, self.read("poll=1&since=all", usize::MAX)).await;
        let messages = messages.unwrap_or(Err(PhoneError::NoMessage))?;
        let actions = messages.iter().rev().flat_map(|message| &message.actions);
        let means = |action: &&Action| says(&action.body) == Some(tap);
        let action = actions.into_iter().find(means).ok_or(PhoneError::NoButton)?;
        self.press(action).await
    }

    /// Sends exactly what the button's JSON says, as the app does: method, address, headers,
    /// body; anything but a 2xx is a failure.
    pub async fn press(&self, action: &Action) -> Result<(), PhoneError> {
        let method = Method::from_bytes(action.method.as_bytes()).unwrap_or(Method::POST);
        let mut request = self.client.request(method, &action.url).body(action.body.clone());
        for (name, value) in &action.headers {
            request = request.header(name, value);
        }
        let status = request.timeout(PATIENCE).send().await?.status();
        if status.is_success() { Ok(()) } else { Err(PhoneError::Status(status.as_u16())) }
    }

    /// Reads until the stream ends or `count` messages came.
    async fn read(&self, ask: &str, count: usize) -> Result<Vec<Kept>, PhoneError> {
        let url = format!("{}/{}/json?{ask}", self.server, self.topic);
        let mut request = self.client.get(url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await?;
        if !response.status().is_success() {
            return Err(PhoneError::Status(response.status().as_u16()));
        }
        let mut lines = Lines::default();
        let mut messages = Vec::new();
        while messages.len() < count
            && let Some(bytes) = response.chunk().await?
        {
            for line in lines.push(&bytes) {
                if let Line::Whole(line) = line
                    && let Ok(kept) = serde_json::from_slice::<Kept>(&line)
                    && kept.event == "message"
                {
                    messages.push(kept);
                }
            }
        }
        Ok(messages)
    }
}
