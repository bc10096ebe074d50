//! The driver at work: one connection, one task. It hears, it performs orders, it comes back when
//! the broker does. Never a task per message, and never an order without its outcome.

use std::hash::BuildHasher;
use std::pin::pin;
use std::time::Duration;

use omzien_core::device::{Link, Observation, Reading};
use omzien_core::{Again, EffectId, Outcome};
use rumqttc::{
    AsyncClient, Event, EventLoop, Incoming, MqttOptions, Outgoing, Publish, QoS, SubscribeFilter,
    SubscribeReasonCode,
};
use tokio::select;
use tokio::time::{Instant, sleep_until};

use super::orders;
use super::payload::{self, Lasting, Meaning};
use super::pending::Pending;
use super::report::{Health, Report};
use super::topics::{Device, Place, Topics};
use crate::{Inbox, Order, Orders, Secret};

/// An order that has not left by then has failed, and may be tried again later.
const ORDER_WAIT: Duration = Duration::from_secs(2);
/// Two unanswered pings and the broker is gone: within ten seconds.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// To connect, and to get rid of what was written.
const NETWORK_TIMEOUT_S: u64 = 5;
/// A longer packet ends the connection before it is read: the memory of a small machine is worth
/// more than a broker that forwards such things. Zigbee2MQTT's devices say some kilobytes.
const INCOMING_BYTES_MAX: usize = 1024 * 1024;
/// Room for the subscriptions of some thousand devices.
const OUTGOING_BYTES_MAX: usize = 256 * 1024;
/// Every pending order is at most two messages.
const REQUESTS_MAX: usize = 2 * super::pending::ORDERS_MAX + 8;

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
    let (requests, mut events) = connection(&peer);
    let mut client = Client::new(topics, requests, inbox);
    let mut back_off = BackOff::default();
    let mut connected_at = None;
    loop {
        match client.next(&mut events, &mut orders).await {
            Next::Closed => return,
            Next::Event(Ok(event)) => {
                if let Event::Incoming(Incoming::ConnAck(_)) = event {
                    connected_at = Some(Instant::now());
                }
                client.handle(event).await;
            }
            Next::Event(Err(error)) => {
                tracing::warn!(%error, "mqtt: no connection to the broker");
                if connected_at.take().is_some_and(|at| at.elapsed() >= LASTING) {
                    back_off = BackOff::default();
                }
                client.lost().await;
                if client.rest(Instant::now() + back_off.pause(), &mut orders).await.is_closed() {
                    return;
                }
            }
        }
    }
}

fn connection(peer: &Peer) -> (AsyncClient, EventLoop) {
    // Two with the same name would throw each other out for ever.
    let id = format!("omzien-{:08x}", random() as u32);
    let mut options = MqttOptions::new(id, &peer.host, peer.port);
    options
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_session(true)
        .set_max_packet_size(INCOMING_BYTES_MAX, OUTGOING_BYTES_MAX);
    if let Some((name, password)) = &peer.login {
        options.set_credentials(name, password.reveal());
    }
    let (requests, mut events) = AsyncClient::new(options, REQUESTS_MAX);
    events.network_options.set_tcp_nodelay(true);
    events.network_options.set_connection_timeout(NETWORK_TIMEOUT_S);
    (requests, events)
}

enum Next {
    Event(Result<Event, rumqttc::ConnectionError>),
    Closed,
}

/// Whether the order queue still has a far end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Queue {
    Open,
    Closed,
}

impl Queue {
    fn is_closed(self) -> bool {
        self == Self::Closed
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Broker {
    Gone,
    Connected,
    /// Connected, and every filter is subscribed to.
    Heard,
}

struct Client {
    topics: Topics,
    requests: AsyncClient,
    inbox: Inbox,
    pending: Pending,
    report: Report,
    broker: Broker,
    /// What `bridge/state` said last; a broker without Zigbee2MQTT never says anything.
    bridge: Link,
}

impl Client {
    fn new(topics: Topics, requests: AsyncClient, inbox: Inbox) -> Self {
        Self {
            topics,
            requests,
            inbox,
            pending: Pending::default(),
            report: Report::new(),
            broker: Broker::Gone,
            bridge: Link::Online,
        }
    }

    /// The connection's next event. Orders are taken meanwhile; the poll is never cancelled by
    /// one, or a slow connection would be begun anew with every order.
    async fn next(&mut self, events: &mut EventLoop, orders: &mut Orders) -> Next {
        let mut poll = pin!(events.poll());
        loop {
            let due = self.due();
            select! {
                biased;
                order = orders.recv(), if self.pending.has_room() => match order {
                    Some(order) => self.take(order).await,
                    None => return Next::Closed,
                },
                event = &mut poll => return Next::Event(event),
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.tick().await;
                }
            }
        }
    }

    /// The pause between two attempts to connect. Orders go on being taken.
    async fn rest(&mut self, until: Instant, orders: &mut Orders) -> Queue {
        loop {
            let due = self.due().map_or(until, |due| due.min(until));
            select! {
                biased;
                order = orders.recv(), if self.pending.has_room() => match order {
                    Some(order) => self.take(order).await,
                    None => return Queue::Closed,
                },
                () = sleep_until(due) => {
                    self.tick().await;
                    if Instant::now() >= until {
                        return Queue::Open;
                    }
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

    async fn take(&mut self, order: Order) {
        match self.broker {
            Broker::Gone => self.pending.hold(order, Instant::now() + ORDER_WAIT),
            Broker::Connected | Broker::Heard => self.perform(order).await,
        }
    }

    async fn perform(&mut self, order: Order) {
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
            // The queue has room for every pending order; a full one is a broker that hangs.
            if self.requests.try_publish(&device.set_topic, qos, false, payload).is_ok() {
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
            Event::Incoming(Incoming::ConnAck(_)) => self.connected().await,
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

    async fn connected(&mut self) {
        tracing::info!("mqtt: connected");
        self.broker = Broker::Connected;
        // QoS 0: rumqttd delivers at the QoS of the subscription, whatever the publisher's, and
        // would then wait for an acknowledgement of every reading.
        let filters = self.topics.filters.iter();
        let filters = filters.map(|filter| SubscribeFilter::new(filter.clone(), QoS::AtMostOnce));
        if self.requests.try_subscribe_many(filters).is_err() {
            // The queue was emptied when the connection was lost, and filters are checked when
            // they are made: this is a fault of ours, and it shows as a trouble that stays.
            tracing::error!("mqtt: cannot subscribe");
            self.report.health(Health::Broken, &self.inbox).await;
        }
        for order in self.pending.release() {
            self.perform(order).await;
        }
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
