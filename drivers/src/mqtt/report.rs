//! What the driver tells about itself: the broker is gone or back, and how much nonsense came in.
//! Never a payload, a topic or a name; never more often than once a minute.

use std::time::Duration;

use omzien_core::event::{Trouble, TroubleState};
use tokio::time::Instant;

use super::NAME;
use crate::Inbox;

/// Between two reports of nonsense: a broken device may send thousands a second.
const NONSENSE_EVERY: Duration = Duration::from_secs(60);
/// How long the first report gathers, so that a burst is told as one.
const GATHER: Duration = Duration::from_secs(1);

/// Whether anything can be heard through the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    Well,
    Broken,
}

#[derive(Debug)]
pub(super) struct Report {
    health: Health,
    count: u64,
    /// Messages of devices that `home.toml` does not name: no trouble, they are the neighbours
    /// of ours on the same Zigbee2MQTT.
    strangers: u64,
    last: Option<Instant>,
    due: Option<Instant>,
}

impl Report {
    /// Well until it proves otherwise: a start is not a trouble.
    pub(super) fn new() -> Self {
        Self { health: Health::Well, count: 0, strangers: 0, last: None, due: None }
    }

    /// Tells a change once.
    pub(super) async fn health(&mut self, health: Health, inbox: &Inbox) {
        if health == self.health {
            return;
        }
        self.health = health;
        let state = match health {
            Health::Well => TroubleState::Over,
            Health::Broken => TroubleState::Began,
        };
        inbox.trouble(Trouble::Driver { name: NAME.to_owned() }, state).await;
    }

    pub(super) fn nonsense(&mut self, count: u64, now: Instant) {
        self.count = self.count.saturating_add(count);
        self.schedule(now);
    }

    pub(super) fn stranger(&mut self, now: Instant) {
        self.strangers = self.strangers.saturating_add(1);
        self.schedule(now);
    }

    fn schedule(&mut self, now: Instant) {
        if self.due.is_some() {
            return;
        }
        let earliest = self.last.map_or(now, |last| last + NONSENSE_EVERY);
        self.due = Some(earliest.max(now + GATHER));
    }

    /// When [`Self::tell`] has something to do.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Tells what was counted, if it is time.
    pub(super) async fn tell(&mut self, now: Instant, inbox: &Inbox) {
        if self.due.is_none_or(|due| now < due) {
            return;
        }
        self.due = None;
        self.last = Some(now);
        let strangers = std::mem::take(&mut self.strangers);
        if strangers > 0 {
            tracing::debug!(strangers, "mqtt: messages of devices that home.toml does not name");
        }
        let count = std::mem::take(&mut self.count);
        if count > 0 {
            tracing::warn!(count, "mqtt: messages that make no sense");
            let nonsense = Trouble::Nonsense { driver: NAME.to_owned(), count };
            inbox.trouble(nonsense, TroubleState::Happened).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, inbox};

    fn nonsense(count: u64) -> Input {
        let trouble = Trouble::Nonsense { driver: NAME.to_owned(), count };
        Input::Troubled { trouble, state: TroubleState::Happened }
    }

    #[tokio::test]
    async fn a_burst_is_told_once_and_the_next_a_minute_later() {
        let (inbox, mut received) = inbox::open();
        let mut report = Report::new();
        let mut now = Instant::now();
        for _ in 0..1000 {
            report.nonsense(1, now);
        }
        report.tell(now, &inbox).await;
        assert_eq!(received.take_now(9), [], "told before it gathered");
        now += GATHER;
        report.tell(now, &inbox).await;
        assert_eq!(received.take_now(9), [nonsense(1000)]);

        report.nonsense(7, now);
        assert_eq!(report.due(), Some(now + NONSENSE_EVERY));
        now += NONSENSE_EVERY;
        report.tell(now, &inbox).await;
        assert_eq!(received.take_now(9), [nonsense(7)]);
        assert_eq!(report.due(), None, "an idle report wakes nobody");
    }

    #[tokio::test]
    async fn a_broken_link_is_told_once() {
        let (inbox, mut received) = inbox::open();
        let mut report = Report::new();
        report.health(Health::Well, &inbox).await;
        assert_eq!(received.take_now(9), [], "a start is not a trouble that ends");
        report.health(Health::Broken, &inbox).await;
        report.health(Health::Broken, &inbox).await;
        report.health(Health::Well, &inbox).await;
        let states: Vec<_> = received
            .take_now(9)
            .into_iter()
            .map(|input| match input {
                Input::Troubled { state, .. } => state,
                other => panic!("unexpected {other:?}"),
            })
            .collect();
        assert_eq!(states, [TroubleState::Began, TroubleState::Over]);
    }

    #[tokio::test]
    async fn strangers_are_no_trouble() {
        let (inbox, mut received) = inbox::open();
        let mut report = Report::new();
        let now = Instant::now();
        report.stranger(now);
        report.tell(now + NONSENSE_EVERY, &inbox).await;
        assert_eq!(received.take_now(9), []);
    }
}
