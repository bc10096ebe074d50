//! The driver at work: one connection, one task. It hears, it performs orders, it comes back when
//! the broker does. Never a task per message, and never an order without its outcome.

use std::future::Future;
use std::hash::BuildHasher;
use std::pin::pin;
use std::time::Duration;

use omzien_core::device::{Link, Observation, Reading};
use omzien_core::{Again, EffectId, Outcome};
use rumqttc::{
    Event, Incoming, Outgoing, Publish, QoS, Request, Subscribe, SubscribeFilter,
    SubscribeReasonCode,
};
use tokio::select;
use tokio::time::{Instant, sleep, sleep_until};

use super::connection::{Connection, Lost};
use super::orders;
use super::payload::{self, Lasting, Meaning};
use super::pending::Pending;
use super::report::{Health, Report};
use super::topics::{Device, Place, Topics};
use crate::{Inbox, Order, Orders, Secret};

/// An order that has not left by then has failed, and may be tried again later.
const ORDER_WAIT: Duration = Duration::from_secs(2);

const BACK_OFF_FIRST: Duration = Duration::from_millis(250);
const BACK_OFF_MAX: Duration = Duration::from_secs(30);
/// A connection that lasted this long was a good one: the next loss starts with a short pause.
const LASTING: Duration = Duration::from_secs(10);

/// The broker to connect to.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) login: Option<(String, Secret)>,
}

/// Runs until `orders` is closed.
pub(super) async fn run(peer: Peer, topics: Topics, mut orders: Orders, inbox: Inbox) {
    let mut client = Client::new(topics, inbox);
    let mut back_off = BackOff::default();
    // Two with the same name would throw each other out for ever.
    let id = format!("omzien-{:08x}", random() as u32);
    loop {
        let opened = client.meanwhile(Connection::open(&peer, &id), &mut orders).await;
        let lost = match opened {
            None => return,
            Some(Err(lost)) => lost,
            Some(Ok(connection)) => {
                let since = Instant::now();
                let lived = client.live(connection, &mut orders).await;
                if since.elapsed() >= LASTING {
                    back_off = BackOff::default();
                }
                match lived {
                    Ok(Closed) => return,
                    Err(lost) => lost,
                }
            }
        };
        tracing::warn!(%lost, "mqtt: no connection to the broker");
        client.lost().await;
        if client.meanwhile(sleep(back_off.pause()), &mut orders).await.is_none() {
            return;
        }
    }
}

/// Nobody gives orders any more.
struct Closed;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Broker {
    Gone,
    Connected,
    /// Connected, and every filter is subscribed to.
    Heard,
}

struct Client {
    topics: Topics,
    inbox: Inbox,
    pending: Pending,
    report: Report,
    broker: Broker,
    /// What `bridge/state` said last; a broker without Zigbee2MQTT never says anything.
    bridge: Link,
}

impl Client {
    fn new(topics: Topics, inbox: Inbox) -> Self {
        Self {
            topics,
            inbox,
            pending: Pending::default(),
            report: Report::new(),
            broker: Broker::Gone,
            bridge: Link::Online,
        }
    }

    /// Waits for something while there is no broker. Orders are taken, and held until there is
    /// one or they have waited long enough. `None`: nobody gives orders any more.
    async fn meanwhile<T>(
        &mut self,
        something: impl Future<Output = T>,
        orders: &mut Orders,
    ) -> Option<T> {
        let mut something = pin!(something);
        loop {
            let due = self.due();
            select! {
                biased;
                done = &mut something => return Some(done),
                order = orders.recv(), if self.pending.has_room() => {
                    self.pending.hold(order?, Instant::now() + ORDER_WAIT);
                }
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.tick().await;
                }
            }
        }
    }

    /// The life of one connection.
    async fn live(&mut self, mut wire: Connection, orders: &mut Orders) -> Result<Closed, Lost> {
        self.connected(&mut wire).await?;
        loop {
            wire.flush().await?;
            while let Some(event) = wire.events().pop_front() {
                self.handle(event).await;
            }
            let due = self.due();
            select! {
                biased;
                order = orders.recv(), if self.pending.has_room() => {
                    let Some(order) = order else { return Ok(Closed) };
                    self.perform(order, &mut wire).await;
                    // What was ordered together leaves together, in one write.
                    while self.pending.has_room()
                        && let Ok(order) = orders.try_recv()
                    {
                        self.perform(order, &mut wire).await;
                    }
                }
                heard = wire.hear() => heard?,
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.tick().await;
                }
            }
        }
    }

    fn due(&self) -> Option<Instant> {
        match (self.pending.due(), self.report.due()) {
            (Some(order), Some(report)) => Some(order.min(report)),
            (order, report) => order.or(report),
        }
    }

    async fn tick(&mut self) {
        let now = Instant::now();
        for id in self.pending.expire(now) {
            self.fail(id, "the broker did not take it in time", Again::Later).await;
        }
        self.report.tell(now, &self.inbox).await;
    }

    async fn perform(&mut self, order: Order, wire: &mut Connection) {
        let Order::Command { id, device, command } = order else {
            self.fail(order.id(), "mqtt can only command devices", Again::Never).await;
            return;
        };
        let Some(device) = self.topics.device(&device) else {
            self.fail(id, "this device is not wired to mqtt", Again::Never).await;
            return;
        };
        let messages = match orders::messages(device, command) {
            Ok(messages) => messages,
            Err(why) => {
                self.fail(id, why, Again::Never).await;
                return;
            }
        };
        let mut sent = 0;
        for orders::Message { payload, qos } in messages {
            let publish = Publish::new(&device.set_topic, qos, payload);
            if wire.send(Request::Publish(publish)).is_ok() {
                sent += 1;
            }
        }
        if !self.pending.sent(id, sent, Instant::now() + ORDER_WAIT) {
            self.fail(id, "the broker takes nothing", Again::Later).await;
        }
    }

    async fn handle(&mut self, event: Event) {
        match event {
            Event::Incoming(Incoming::Publish(publish)) => self.hear(publish).await,
            Event::Outgoing(Outgoing::Publish(packet)) => {
                if let Some(id) = self.pending.written(packet) {
                    self.inbox.conclude(id, Outcome::Done).await;
                }
            }
            Event::Incoming(Incoming::PubAck(ack)) => {
                if let Some(id) = self.pending.confirmed(ack.pkid) {
                    self.inbox.conclude(id, Outcome::Done).await;
                }
            }
            Event::Incoming(Incoming::SubAck(ack)) => {
                let refused = |code: &SubscribeReasonCode| *code == SubscribeReasonCode::Failure;
                if ack.return_codes.iter().any(refused) {
                    tracing::warn!("mqtt: the broker refuses to let us hear all devices");
                    self.broker = Broker::Connected;
                    self.report.health(Health::Broken, &self.inbox).await;
                } else {
                    self.broker = Broker::Heard;
                    self.tell_health().await;
                }
            }
            // Pings, and parts of QoS 2, which nobody here uses.
            Event::Incoming(_) | Event::Outgoing(_) => {}
        }
    }

    async fn connected(&mut self, wire: &mut Connection) -> Result<(), Lost> {
        tracing::info!("mqtt: connected");
        self.broker = Broker::Connected;
        // QoS 0: rumqttd delivers at the QoS of the subscription, whatever the publisher's, and
        // would then wait for an acknowledgement of every reading.
        let filters = self.topics.filters.iter();
        let filters = filters.map(|filter| SubscribeFilter::new(filter.clone(), QoS::AtMostOnce));
        wire.send(Request::Subscribe(Subscribe::new_many(filters)))?;
        for order in self.pending.release() {
            self.perform(order, wire).await;
        }
        Ok(())
    }

    async fn lost(&mut self) {
        self.broker = Broker::Gone;
        self.report.health(Health::Broken, &self.inbox).await;
        for id in self.pending.lost() {
            self.fail(id, "the connection to the broker was lost", Again::Later).await;
        }
    }

    async fn tell_health(&mut self) {
        let health = match (self.broker, self.bridge) {
            (Broker::Heard, Link::Online) => Health::Well,
            (Broker::Gone | Broker::Connected, _) | (_, Link::Offline) => Health::Broken,
        };
        self.report.health(health, &self.inbox).await;
    }

    async fn hear(&mut self, publish: Publish) {
        let Publish { topic, payload, retain, .. } = publish;
        let Some((place, devices)) = self.topics.place(&topic) else {
            self.report.stranger(Instant::now());
            return;
        };
        match place {
            Place::Said(indices) => {
                for &index in indices {
                    let device = &mut devices[index];
                    match payload::read(&payload, &device.shape) {
                        // What a broker kept may be months old: it proves no life and moves
                        // nothing, but a button that was already calling does not call anew.
                        Ok(meaning) if retain => remember(device, &meaning),
                        Ok(meaning) => {
                            if meaning.strange > 0 {
                                self.report.nonsense(meaning.strange.into(), Instant::now());
                            }
                            tell(device, &meaning, &self.inbox).await;
                        }
                        Err(_) => self.report.nonsense(1, Instant::now()),
                    }
                }
            }
            Place::Availability(indices) => match payload::read_link(&payload) {
                Ok(link) => {
                    for &index in indices {
                        let device = devices[index].id.clone();
                        let reading = Reading::Link(link);
                        self.inbox.observe(Observation { device, reading }).await;
                    }
                }
                Err(_) => self.report.nonsense(1, Instant::now()),
            },
            Place::Bridge => match payload::read_link(&payload) {
                Ok(link) => {
                    self.bridge = link;
                    if self.broker == Broker::Heard {
                        self.tell_health().await;
                    }
                }
                Err(_) => self.report.nonsense(1, Instant::now()),
            },
        }
    }

    async fn fail(&self, id: EffectId, why: &str, again: Again) {
        self.inbox.conclude(id, Outcome::Failed { trouble: format!("mqtt: {why}"), again }).await;
    }
}

/// Hands in what a device says now.
async fn tell(device: &mut Device, meaning: &Meaning, inbox: &Inbox) {
    let calls = begins(device.calling, meaning.calling);
    let falls = begins(device.fallen, meaning.fallen);
    remember(device, meaning);
    let readings = [
        calls.then_some(Reading::Button(omzien_core::Press::Short)),
        meaning.press.map(Reading::Button),
        falls.then_some(Reading::Fall),
        meaning.opening.map(Reading::Opening),
        meaning.motion.map(Reading::Motion),
        meaning.light.map(Reading::Light),
        meaning.cover.map(Reading::Cover),
        meaning.lock.map(Reading::Lock),
        meaning.switch.map(Reading::Switch),
        meaning.fan.map(Reading::Fan),
        meaning.temperature.map(Reading::Temperature),
        meaning.setting.map(Reading::Target),
        meaning.battery_percent.map(Reading::BatteryPercent),
    ];
    for reading in readings.into_iter().flatten() {
        inbox.observe(Observation { device: device.id.clone(), reading }).await;
    }
}

fn begins(before: Lasting, now: Option<Lasting>) -> bool {
    before == Lasting::No && now == Some(Lasting::Yes)
}

fn remember(device: &mut Device, meaning: &Meaning) {
    device.calling = meaning.calling.unwrap_or(device.calling);
    device.fallen = meaning.fallen.unwrap_or(device.fallen);
}

/// Doubles from a quarter of a second to half a minute, and spreads what comes back together.
#[derive(Debug, Default)]
struct BackOff {
    attempts: u32,
}

impl BackOff {
    fn pause(&mut self) -> Duration {
        let whole = BACK_OFF_FIRST.saturating_mul(1 << self.attempts.min(16)).min(BACK_OFF_MAX);
        self.attempts = self.attempts.saturating_add(1);
        // Between half and the whole of it.
        let half = whole / 2;
        half + half.mul_f64(random() as u32 as f64 / f64::from(u32::MAX))
    }
}

/// From the keys that the standard library draws for its maps: good enough for names and jitter,
/// not for secrets.
fn random() -> u64 {
    std::hash::RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_bound_and_never_beyond() {
        let mut back_off = BackOff::default();
        let pauses: Vec<_> = (0..100).map(|_| back_off.pause()).collect();
        assert!(pauses[0] <= BACK_OFF_FIRST && pauses[0] >= BACK_OFF_FIRST / 2);
        assert!(pauses[7..].iter().all(|pause| *pause >= BACK_OFF_MAX / 2), "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= BACK_OFF_MAX), "{pauses:?}");
    }

    #[test]
    fn a_state_that_lasts_begins_once() {
        assert!(begins(Lasting::No, Some(Lasting::Yes)));
        assert!(!begins(Lasting::Yes, Some(Lasting::Yes)));
        assert!(!begins(Lasting::Yes, Some(Lasting::No)));
        assert!(!begins(Lasting::No, None));
    }
}
