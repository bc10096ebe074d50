//! The broker that Omzien brings when none is configured: rumqttd's router behind a front door of
//! our own. The door is ours because rumqttd's keeps Nagle's delay on (40 ms on every second
//! message), tells nobody when its port is taken, lets in any number, and cannot be stopped.
//!
//! It speaks MQTT 3.1.1 without TLS, keeps nothing on disk and no session over a reconnection. It
//! never listens beyond this machine without a password for each who may come in.
//!
//! rumqttd logs names of clients and topics under the target `rumqttd`; whoever sets up the log
//! switches that target off. It runs in two threads, `mqtt-door` and rumqttd's `router-0`. Dropping
//! [`Broker`] closes the port and every connection and ends the first; rumqttd has no way to end
//! its router, whose thread stays asleep until the process ends.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rumqttd::local::{LinkRx, LinkTx};
use rumqttd::protocol::v4::V4;
use rumqttd::protocol::{
    ConnAck, Connect, ConnectReturnCode, Disconnect, DisconnectReasonCode, LastWill, Login, Packet,
    Protocol, Publish,
};
use rumqttd::{Config, RouterConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use crate::{DriverError, Secret};

/// Zigbee2MQTT, Omzien, and some Wi-Fi devices. One more is turned away at the door.
const CONNECTIONS_MAX: usize = 64;
/// Zigbee2MQTT describes all devices of a large home in one message (`bridge/devices`).
const PACKET_BYTES_MAX: usize = 4 * 1024 * 1024;
/// What is read into at a time, and when the next such piece is taken.
const CHUNK_BYTES: usize = 8 * 1024;
const SPARE_BYTES_MIN: usize = 128;
/// Before somebody has logged in: name, password and a will.
const FIRST_PACKET_BYTES_MAX: usize = 16 * 1024;
/// rumqttd keeps a log for each filter: two segments of this size, some 5,000 readings or 2 MB
/// with its own bookkeeping. A subscriber further behind than that misses the oldest.
const SEGMENT_BYTES_MAX: usize = 256 * 1024;
const SEGMENTS_MAX: usize = 2;
/// Messages handed to one subscriber at a time.
const OUTGOING_MAX: u64 = 200;
/// Packets of one peer that the router has not taken. At the bound nothing more is read from that
/// peer, which TCP tells it.
const BACKLOG_MAX: usize = 512;
/// How often a full backlog is looked at: the router takes it whole, and tells nobody.
const BACKLOG_PAUSE: Duration = Duration::from_millis(1);
const LOGIN_TIMEOUT: Duration = Duration::from_secs(5);
/// A peer that takes nothing for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// A peer that asked for no keep-alive.
const SILENCE_MAX: Duration = Duration::from_secs(3600);
const PASSWORD_BYTES_MIN: usize = 8;
/// The name by which Omzien itself logs in; its password is new at every start.
const OWN_NAME: &str = "omzien";

/// A running broker; it stops when this is dropped.
#[derive(Debug)]
pub struct Broker {
    address: SocketAddr,
    own_password: Option<Secret>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Broker {
    /// Starts to listen. Port 0 takes a free one. An address beyond this machine needs `logins`,
    /// name and password for each device; with logins, everybody must log in.
    ///
    /// # Errors
    /// An address beyond this machine without logins, a password shorter than eight bytes, a name
    /// that is empty or ours, a port that cannot be had.
    pub fn start(
        address: SocketAddr,
        logins: BTreeMap<String, Secret>,
    ) -> Result<Self, DriverError> {
        check(address, &logins)?;
        let port = |why| DriverError::Port { address, why };
        let listener = std::net::TcpListener::bind(address).map_err(port)?;
        listener.set_nonblocking(true).map_err(port)?;
        let address = listener.local_addr().map_err(port)?;
        let mut logins = logins;
        let own_password = if logins.is_empty() { None } else { Some(new_password()?) };
        if let Some(password) = &own_password {
            logins.insert(OWN_NAME.to_owned(), password.clone());
        }
        let (stop, stopped) = oneshot::channel();
        let started = thread::Builder::new()
            .name("mqtt-door".to_owned())
            .spawn(move || open_door(listener, logins, stopped));
        let thread = started.map_err(|why| DriverError::Thread { what: "the MQTT broker", why })?;
        Ok(Self { address, own_password, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where this machine reaches it.
    pub fn reachable(&self) -> SocketAddr {
        if self.address.ip().is_unspecified() {
            let ip = match self.address.ip() {
                IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(_) => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
            };
            return SocketAddr::new(ip, self.address.port());
        }
        self.address
    }

    pub(super) fn own_login(&self) -> Option<(String, Secret)> {
        self.own_password.clone().map(|password| (OWN_NAME.to_owned(), password))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was printed there; the port is free either way.
            let _ = thread.join();
        }
    }
}

fn check(address: SocketAddr, logins: &BTreeMap<String, Secret>) -> Result<(), DriverError> {
    let refuse = |place: &str, problem: String, mend| {
        Err(DriverError::Setting { place: place.to_owned(), problem, mend })
    };
    if !address.ip().is_loopback() && logins.is_empty() {
        return refuse(
            "[mqtt] listen",
            format!("{address} can be reached from the network, and nobody has a password"),
            "give each device a password in the secrets file, under [mqtt.devices]; \
             or remove `listen`",
        );
    }
    for (name, password) in logins {
        let place = format!("[mqtt.devices] {name:?}");
        if name.is_empty() || name == OWN_NAME {
            let problem = "this name cannot be used".to_owned();
            return refuse(&place, problem, "choose another name, not empty and not \"omzien\"");
        }
        if password.reveal().len() < PASSWORD_BYTES_MIN {
            let problem = "the password is too short".to_owned();
            return refuse(&place, problem, "use eight characters or more");
        }
    }
    Ok(())
}

fn new_password() -> Result<Secret, DriverError> {
    let mut random = [0_u8; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .map_err(|why| DriverError::Thread { what: "the MQTT broker", why })?;
    Ok(Secret::new(random.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

/// The thread of the door: everybody inside is a task of this one runtime, and ends with it.
fn open_door(
    listener: std::net::TcpListener,
    logins: BTreeMap<String, Secret>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(why) => {
            tracing::warn!(%why, "mqtt: the broker cannot start");
            return;
        }
    };
    let router = rumqttd::Broker::new(Config {
        router: RouterConfig {
            max_connections: CONNECTIONS_MAX,
            max_outgoing_packet_count: OUTGOING_MAX,
            max_segment_size: SEGMENT_BYTES_MAX,
            max_segment_count: SEGMENTS_MAX,
            ..RouterConfig::default()
        },
        ..Config::default()
    });
    let desk = Arc::new(Desk { router, logins });
    runtime.block_on(async move {
        tokio::select! {
            () = admit(listener, desk) => {}
            _ = stopped => {}
        }
    });
}

struct Desk {
    router: rumqttd::Broker,
    /// Empty: nobody needs to log in.
    logins: BTreeMap<String, Secret>,
}

async fn admit(listener: std::net::TcpListener, desk: Arc<Desk>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(why) => {
            tracing::warn!(%why, "mqtt: the broker cannot listen");
            return;
        }
    };
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(why) => {
                // Out of descriptors, most likely: without a pause this would spin.
                tracing::warn!(%why, "mqtt: the broker cannot accept a connection");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            tracing::warn!(CONNECTIONS_MAX, "mqtt: the broker is full");
            continue;
        };
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            if let Err(left) = Visit::serve(stream, &desk).await {
                tracing::debug!(%left, "mqtt: a peer of the broker left");
            }
            drop(place);
        });
    }
}

/// Why a peer is no longer there.
#[derive(Debug, thiserror::Error)]
enum Left {
    #[error("its connection broke: {0}")]
    Network(#[from] io::Error),
    #[error("it spoke no MQTT 3.1.1: {0}")]
    Protocol(#[from] rumqttd::protocol::Error),
    #[error("it did not begin with CONNECT")]
    NoConnect,
    #[error("it has no right name and password")]
    NotAllowed,
    #[error("it was silent for too long")]
    Silent,
    #[error("the router let it go")]
    Router,
    #[error("it said goodbye")]
    Goodbye,
}

/// One peer, from its first packet to its last.
struct Visit {
    wire: Wire,
    to_router: LinkTx,
    from_router: LinkRx,
    silence_max: Duration,
}

impl Visit {
    async fn serve(stream: TcpStream, desk: &Desk) -> Result<(), Left> {
        stream.set_nodelay(true)?;
        let mut wire = Wire::new(stream);
        let first = timeout(LOGIN_TIMEOUT, wire.read(FIRST_PACKET_BYTES_MAX)).await;
        let Packet::Connect(connect, _, will, _, login) = first.map_err(|_| Left::Silent)?? else {
            return Err(Left::NoConnect);
        };
        if !allowed(&desk.logins, login.as_ref()) {
            // 3.1.1 has two codes for this; rumqttd's codec can write this one.
            wire.write([connack(ConnectReturnCode::BadUserNamePassword)]).await?;
            return Err(Left::NotAllowed);
        }
        let mut visit = Self::introduce(connect, wire, desk)?;
        visit.wire.write([connack(ConnectReturnCode::Success)]).await?;
        let left = visit.stay().await;
        visit.leave(&left, will).await;
        Err(left)
    }

    fn introduce(connect: Connect, wire: Wire, desk: &Desk) -> Result<Self, Left> {
        let mut name = connect.client_id;
        if name.is_empty() {
            name = format!("nameless-{}", wire.stream.peer_addr()?.port());
        }
        // The router answers at once, from its own thread.
        let (to_router, from_router) = desk.router.link(&name).map_err(|_| Left::Router)?;
        let silence_max = match connect.keep_alive {
            0 => SILENCE_MAX,
            // The protocol's own margin: one and a half times.
            keep_alive_s => Duration::from_millis(1500 * u64::from(keep_alive_s)),
        };
        Ok(Self { wire, to_router, from_router, silence_max })
    }

    async fn stay(&mut self) -> Left {
        loop {
            let done = tokio::select! {
                read = timeout(self.silence_max, self.wire.read(PACKET_BYTES_MAX)) => match read {
                    Ok(Ok(packet)) => self.hand_in(packet).await,
                    Ok(Err(left)) => Err(left),
                    Err(_) => Err(Left::Silent),
                },
                next = self.from_router.next() => match next {
                    Ok(notification) => self.hand_out(notification).await,
                    Err(_) => Err(Left::Router),
                },
            };
            if let Err(left) = done {
                return left;
            }
        }
    }

    /// This packet, and all that came with it.
    async fn hand_in(&mut self, mut packet: Packet) -> Result<(), Left> {
        loop {
            if let Packet::Disconnect(..) = packet {
                return Err(Left::Goodbye);
            }
            match self.wire.parse(PACKET_BYTES_MAX)? {
                // The router is woken once, with the last of them.
                Some(next) => {
                    self.to_router.buffer().push_back(std::mem::replace(&mut packet, next));
                }
                None => break,
            }
        }
        self.to_router.send(packet).await.map_err(|_| Left::Router)?;
        let deadline = Instant::now() + WRITE_TIMEOUT;
        while self.to_router.buffer().len() > BACKLOG_MAX {
            if Instant::now() > deadline {
                return Err(Left::Router);
            }
            tokio::time::sleep(BACKLOG_PAUSE).await;
        }
        Ok(())
    }

    /// This notification, and all that the router has ready.
    async fn hand_out(&mut self, first: Option<rumqttd::Notification>) -> Result<(), Left> {
        let now = Instant::now();
        let mut more = false;
        let mut packets = Vec::new();
        let mut next = first;
        loop {
            if let Some(notification) = next {
                match Option::<Packet>::from(notification) {
                    Some(packet) => packets.push(packet),
                    // The router holds more back until it is asked.
                    None => more = true,
                }
            }
            match self.from_router.recv_deadline(now) {
                Ok(notification) => next = notification,
                Err(_) => break,
            }
        }
        self.wire.write(packets).await?;
        if more {
            self.from_router.wake().await.map_err(|_| Left::Router)?;
        }
        Ok(())
    }

    /// Publishes the will of who left without a goodbye, and has the router forget this peer.
    async fn leave(mut self, left: &Left, will: Option<LastWill>) {
        if let (false, Some(will)) = (matches!(left, Left::Goodbye), will) {
            let LastWill { topic, message, qos: _, retain } = will;
            let will = Packet::Publish(Publish::new(topic, message, retain), None);
            self.to_router.buffer().push_back(will);
        }
        let reason_code = DisconnectReasonCode::NormalDisconnection;
        // A router that is gone has forgotten everybody.
        let _ = self.to_router.send(Packet::Disconnect(Disconnect { reason_code }, None)).await;
    }
}

fn connack(code: ConnectReturnCode) -> Packet {
    Packet::ConnAck(ConnAck { session_present: false, code }, None)
}

fn allowed(logins: &BTreeMap<String, Secret>, login: Option<&Login>) -> bool {
    if logins.is_empty() {
        return true;
    }
    let Some(login) = login else { return false };
    logins.get(&login.username).is_some_and(|password| same(password.reveal(), &login.password))
}

/// Takes as long for a password that is nearly right as for any other of its length.
fn same(password: &str, other: &str) -> bool {
    let (password, other) = (password.as_bytes(), other.as_bytes());
    let difference = password.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
    password.len() == other.len() && difference == 0
}

/// Packets from and to a socket.
struct Wire {
    stream: TcpStream,
    codec: V4,
    incoming: BytesMut,
    outgoing: BytesMut,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        Self { stream, codec: V4, incoming: BytesMut::new(), outgoing: BytesMut::new() }
    }

    /// A packet that is already here.
    fn parse(&mut self, bytes_max: usize) -> Result<Option<Packet>, Left> {
        match self.codec.read_mut(&mut self.incoming, bytes_max) {
            Ok(packet) => Ok(Some(packet)),
            Err(rumqttd::protocol::Error::InsufficientBytes(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The next packet. Nothing is lost when this is cancelled.
    async fn read(&mut self, bytes_max: usize) -> Result<Packet, Left> {
        loop {
            if let Some(packet) = self.parse(bytes_max)? {
                return Ok(packet);
            }
            // A kept message keeps the whole chunk it came in: a new chunk for every read would
            // cost 4 KB a message (measured: 60 MB after a burst).
            if self.incoming.spare_capacity_mut().len() < SPARE_BYTES_MIN {
                self.incoming.reserve(CHUNK_BYTES);
            }
            if self.stream.read_buf(&mut self.incoming).await? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
        }
    }

    async fn write(&mut self, packets: impl IntoIterator<Item = Packet>) -> Result<(), Left> {
        for packet in packets {
            self.codec.write(packet, &mut self.outgoing)?;
        }
        let written = timeout(WRITE_TIMEOUT, self.stream.write_all(&self.outgoing)).await;
        self.outgoing.clear();
        written.map_err(|_| Left::Silent)??;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logins(name: &str, password: &str) -> BTreeMap<String, Secret> {
        BTreeMap::from([(name.to_owned(), Secret::new(password))])
    }

    #[test]
    fn the_network_is_not_let_in_without_passwords() {
        let network = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let error = Broker::start(network, BTreeMap::new()).expect_err("open to everybody");
        assert!(error.to_string().contains("[mqtt.devices]"), "{error}");
        let error = Broker::start(network, logins("plug", "short")).expect_err("a short password");
        assert!(!error.to_string().contains("short\""), "{error}");
        Broker::start(network, logins("omzien", "long enough")).expect_err("our own name");
    }

    #[test]
    fn a_taken_port_is_told_at_once_and_free_after_the_broker() {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let first = Broker::start(local, BTreeMap::new()).expect("a free port");
        let error = Broker::start(first.address(), BTreeMap::new()).expect_err("a taken port");
        assert!(error.to_string().contains(&first.address().to_string()), "{error}");
        let address = first.address();
        drop(first);
        Broker::start(address, BTreeMap::new()).expect("the port is free again");
    }

    #[test]
    fn passwords_are_compared_whole() {
        assert!(same("hush hush", "hush hush"));
        assert!(!same("hush hush", "hush hus"));
        assert!(!same("hush hush", ""));
        let logins = logins("plug", "long enough");
        let login = |username: &str, password: &str| Login {
            username: username.to_owned(),
            password: password.to_owned(),
        };
        assert!(allowed(&logins, Some(&login("plug", "long enough"))));
        assert!(!allowed(&logins, Some(&login("plug", "long enougH"))));
        assert!(!allowed(&logins, Some(&login("other", "long enough"))));
        assert!(!allowed(&logins, None));
        assert!(allowed(&BTreeMap::new(), None));
    }
}
