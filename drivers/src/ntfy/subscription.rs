//! Listens to the reply topic for as long as the home lives: reads signed answers, reports what
//! is not one, and comes back after every loss with what was said meanwhile.
//! It never answers on the topic, and no line on it can end it.

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use omzien_core::event::{Trouble, TroubleState};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::cursor::{Cursor, Novelty};
use super::lines::{Line, Lines};
use super::{NAME, Pacing, Route};
use crate::{Inbox, Input};

pub(super) struct Subscription {
    route: Route,
    pacing: Pacing,
    inbox: Inbox,
    cursor: Cursor,
    pause: Pause,
    strangers: Tally,
    nonsense: Tally,
    /// Whether it was reported that the server is gone.
    reported_gone: bool,
}

/// A line of the stream, as far as it matters here.
#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    id: String,
    event: String,
    #[serde(default)]
    message: String,
}

/// Why a subscription ended. The text is for the log: no topic, no token.
enum Lost {
    /// It never began.
    Refused(String),
    /// It was there, and then no more.
    Ended(&'static str),
}

impl Subscription {
    pub(super) fn new(route: Route, pacing: Pacing, inbox: Inbox, cursor: Cursor) -> Self {
        let pause = Pause::new(pacing.pause_min, pacing.pause_max);
        let (strangers, nonsense) =
            (Tally::new(pacing.stranger_report), Tally::new(pacing.stranger_report));
        Self { route, pacing, inbox, cursor, pause, strangers, nonsense, reported_gone: false }
    }

    pub(super) async fn keep(mut self) -> Infallible {
        loop {
            match self.listen().await {
                // A proxy or a server's update ends a subscription now and then; it is worth
                // telling only if the next one does not begin.
                Lost::Ended(why) => tracing::debug!(why, "the reply topic's stream ended"),
                Lost::Refused(why) => self.gone(&why).await,
            }
            let until = Instant::now() + self.pause.next();
            self.idle(until).await;
        }
    }

    /// One subscription from beginning to end.
    async fn listen(&mut self) -> Lost {
        let mut response = match self.subscribe().await {
            Ok(response) => response,
            Err(why) => return Lost::Refused(why),
        };
        let mut lines = Lines::default();
        let mut dead_at = Instant::now() + self.pacing.silence;
        loop {
            let settles_at = self.cursor.settles_at();
            let chunk = tokio::select! {
                chunk = timeout_at(dead_at, response.chunk()) => chunk,
                () = sleep_until(settles_at.unwrap_or(dead_at)), if settles_at.is_some() => {
                    self.cursor.settle(Instant::now()).await;
                    continue;
                }
            };
            match chunk {
                Ok(Ok(Some(bytes))) => {
                    dead_at = Instant::now() + self.pacing.silence;
                    for line in lines.push(&bytes) {
                        self.line(&line).await;
                    }
                }
                Ok(Ok(None)) => return Lost::Ended("the server closed it"),
                Ok(Err(_)) => return Lost::Ended("the connection broke"),
                Err(_) => return Lost::Ended("the server fell silent"),
            }
        }
    }

    async fn subscribe(&mut self) -> Result<Response, String> {
        let request = self.route.subscribe(self.cursor.since());
        let answer = timeout(self.pacing.request, request.send()).await;
        let response =
            answer.map_err(|_| "no answer in time".to_owned())?.map_err(super::describe)?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => {
                if status == StatusCode::BAD_REQUEST {
                    // The only thing in the request that was not so yesterday is the cursor.
                    self.cursor.forget();
                }
                Err(format!("the server answered {status} to the subscription"))
            }
        }
    }

    async fn line(&mut self, line: &Line) {
        let bytes = match line {
            Line::Whole(bytes) if bytes.is_empty() => return,
            Line::Whole(bytes) => bytes,
            // Far longer than an answer of ours: somebody else's.
            Line::TooLong => return self.stranger("too long").await,
        };
        let Ok(event) = serde_json::from_slice::<Event>(bytes) else {
            return self.nonsense().await;
        };
        match event.event.as_str() {
            "open" => self.back().await,
            "message" => {
                self.pause.reset();
                self.message(&event).await;
            }
            "keepalive" => self.pause.reset(),
            // ntfy has others for its own apps, and may get more.
            _ => {}
        }
    }

    async fn message(&mut self, event: &Event) {
        match self.cursor.is_new(&event.id, Instant::now()) {
            Err(_) => self.nonsense().await,
            Ok(Novelty::Seen) => {}
            Ok(Novelty::New) => match self.route.signer.read(&event.message) {
                Ok(answer) => self.inbox.send(Input::Acknowledged(answer)).await,
                Err(refused) => self.stranger(&refused.to_string()).await,
            },
        }
    }

    async fn stranger(&mut self, why: &str) {
        if let Some(count) = self.strangers.add(Instant::now()) {
            tracing::warn!(count, why, "answers that none of our buttons gave were ignored");
            self.inbox.trouble(Trouble::Stranger, TroubleState::Happened).await;
        }
    }

    async fn nonsense(&mut self) {
        if let Some(count) = self.nonsense.add(Instant::now()) {
            tracing::warn!(count, "the ntfy server sent lines that are not its form");
            let trouble = Trouble::Nonsense { driver: NAME.into(), count };
            self.inbox.trouble(trouble, TroubleState::Happened).await;
        }
    }

    async fn gone(&mut self, why: &str) {
        tracing::debug!(why, "the reply topic cannot be heard");
        if !self.reported_gone {
            self.reported_gone = true;
            tracing::warn!(why, "answers by ntfy cannot come in until its server is back");
            let trouble = Trouble::Driver { name: NAME.into() };
            self.inbox.trouble(trouble, TroubleState::Began).await;
        }
    }

    async fn back(&mut self) {
        if std::mem::take(&mut self.reported_gone) {
            tracing::info!("answers by ntfy come in again");
            let trouble = Trouble::Driver { name: NAME.into() };
            self.inbox.trouble(trouble, TroubleState::Over).await;
        }
    }

    /// Answers settle also while the server is gone.
    async fn idle(&mut self, until: Instant) {
        while let Some(settles_at) = self.cursor.settles_at()
            && settles_at < until
        {
            sleep_until(settles_at).await;
            self.cursor.settle(Instant::now()).await;
        }
        sleep_until(until).await;
    }
}

/// Doubles from `min` to `max`, each time shortened by chance, so that the homes of a region do
/// not all knock at the same moment after a server's restart.
struct Pause {
    min: Duration,
    max: Duration,
    now: Duration,
    chance: SmallRng,
}

impl Pause {
    fn new(min: Duration, max: Duration) -> Self {
        // The standard library's hasher is seeded by the system, once per process and use.
        let chance = SmallRng::seed_from_u64(RandomState::new().hash_one(0));
        Self { min, max, now: min, chance }
    }

    fn next(&mut self) -> Duration {
        let pause = self.now.mul_f64(self.chance.random_range(0.5..=1.0));
        self.now = (self.now * 2).min(self.max);
        pause
    }

    fn reset(&mut self) {
        self.now = self.min;
    }
}

/// Counts what must not flood the ledger.
struct Tally {
    every: Duration,
    reported: Option<Instant>,
    count: u64,
}

impl Tally {
    fn new(every: Duration) -> Self {
        Self { every, reported: None, count: 0 }
    }

    /// How many since the last report, if it is time for one.
    fn add(&mut self, now: Instant) -> Option<u64> {
        self.count = self.count.saturating_add(1);
        let due = self.reported.is_none_or(|reported| now >= reported + self.every);
        due.then(|| {
            self.reported = Some(now);
            std::mem::take(&mut self.count)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_to_its_bound_and_begins_again() {
        let (min, max) = (Duration::from_secs(1), Duration::from_secs(60));
        let mut pause = Pause::new(min, max);
        assert!(pause.next() <= min);
        for _ in 0..20 {
            let next = pause.next();
            assert!(min / 2 <= next && next <= max, "{next:?}");
        }
        assert!(pause.next() >= max / 2);
        pause.reset();
        assert!(pause.next() <= min);
    }

    #[test]
    fn a_flood_is_reported_once_in_a_while_and_counted() {
        let every = Duration::from_secs(600);
        let mut tally = Tally::new(every);
        let begin = Instant::now();
        assert_eq!(tally.add(begin), Some(1));
        for second in 1..600 {
            assert_eq!(tally.add(begin + Duration::from_secs(second)), None);
        }
        assert_eq!(tally.add(begin + every), Some(600));
    }
}
