//! One connection to a broker: rumqttc's state and codec on a socket of our own, because rumqttc's
//! event loop hands its socket to nobody, and this one must acknowledge at once. It hears and
//! sends; what it means is not its concern.
//!
//! Why at once: mosquitto leaves Nagle's delay on, so it holds a reading back until the one before
//! is acknowledged, and Linux delays an acknowledgement by 40 ms. Measured on the way from a
//! sensor to a lamp that answers: median 42.8 ms, without the delay 0.3 ms.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use bytes::BytesMut;
use rumqttc::{
    Connect, ConnectReturnCode, Event, Login, MqttState, Packet, PingReq, Request, StateError,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

use super::client::Peer;

/// Two unanswered pings and the broker is gone: within ten seconds.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// To connect, and to get rid of what was written.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(5);
/// A longer packet ends the connection before it is read: the memory of a small machine is worth
/// more than a broker that forwards such things. Zigbee2MQTT's devices say some kilobytes.
const INCOMING_BYTES_MAX: usize = 1024 * 1024;
/// Room for the subscriptions of some thousand devices.
const OUTGOING_BYTES_MAX: usize = 256 * 1024;
/// Messages that the broker has yet to confirm.
const INFLIGHT_MAX: u16 = 200;

/// Why there is no connection, or no longer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    #[error("{0}")]
    Network(#[from] io::Error),
    #[error("it does not answer")]
    Silent,
    #[error("it refuses us: {0:?}")]
    Refused(ConnectReturnCode),
    #[error("it speaks no MQTT: {0}")]
    Protocol(#[from] rumqttc::Error),
    #[error("{0}")]
    State(#[from] StateError),
}

pub(super) struct Connection {
    stream: TcpStream,
    state: MqttState,
    incoming: BytesMut,
    outgoing: BytesMut,
    ping_at: Instant,
}

impl Connection {
    /// Connects and logs in. `id` is this client's name, new at every start.
    pub(super) async fn open(peer: &Peer, id: &str) -> Result<Self, Lost> {
        timeout(NETWORK_TIMEOUT, Self::log_in(peer, id)).await.map_err(|_| Lost::Silent)?
    }

    async fn log_in(peer: &Peer, id: &str) -> Result<Self, Lost> {
        let stream = TcpStream::connect((peer.host.as_str(), peer.port)).await?;
        stream.set_nodelay(true)?;
        let mut connection = Self {
            stream,
            state: MqttState::new(INFLIGHT_MAX, false),
            incoming: BytesMut::with_capacity(4096),
            outgoing: BytesMut::with_capacity(4096),
            ping_at: Instant::now() + KEEP_ALIVE,
        };
        let mut connect = Connect::new(id);
        connect.keep_alive = KEEP_ALIVE.as_secs() as u16;
        connect.clean_session = true;
        connect.login = peer.login.as_ref().map(|(name, word)| Login::new(name, word.reveal()));
        Packet::Connect(connect).write(&mut connection.outgoing, OUTGOING_BYTES_MAX)?;
        connection.flush().await?;
        match connection.packet().await? {
            Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => Ok(connection),
            Packet::ConnAck(ack) => Err(Lost::Refused(ack.code)),
            _ => Err(Lost::Silent),
        }
    }

    /// Puts a request on the wire at the next [`Self::flush`].
    pub(super) fn send(&mut self, request: Request) -> Result<(), Lost> {
        if let Some(packet) = self.state.handle_outgoing_packet(request)? {
            packet.write(&mut self.outgoing, OUTGOING_BYTES_MAX)?;
        }
        Ok(())
    }

    /// What happened since the last call; read when it is empty.
    pub(super) fn events(&mut self) -> &mut VecDeque<Event> {
        &mut self.state.events
    }

    /// Waits for the broker's next packets, and pings it. Nothing is lost when it is cancelled.
    pub(super) async fn hear(&mut self) -> Result<(), Lost> {
        tokio::select! {
            read = self.stream.read_buf(&mut self.incoming) => {
                if read? == 0 {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
                }
                // It holds for this acknowledgement only; a refusal costs speed, no more.
                #[cfg(target_os = "linux")]
                let _ = self.stream.set_quickack(true);
                while let Some(packet) = self.parse()? {
                    if let Some(answer) = self.state.handle_incoming_packet(packet)? {
                        answer.write(&mut self.outgoing, OUTGOING_BYTES_MAX)?;
                    }
                }
            }
            () = sleep_until(self.ping_at) => {
                self.ping_at = Instant::now() + KEEP_ALIVE;
                self.send(Request::PingReq(PingReq))?;
            }
        }
        Ok(())
    }

    /// Writes what waits. Must not be cancelled.
    pub(super) async fn flush(&mut self) -> Result<(), Lost> {
        if self.outgoing.is_empty() {
            return Ok(());
        }
        let written = timeout(NETWORK_TIMEOUT, self.stream.write_all(&self.outgoing)).await;
        self.outgoing.clear();
        written.map_err(|_| Lost::Silent)??;
        Ok(())
    }

    async fn packet(&mut self) -> Result<Packet, Lost> {
        loop {
            if let Some(packet) = self.parse()? {
                return Ok(packet);
            }
            if self.stream.read_buf(&mut self.incoming).await? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
        }
    }

    fn parse(&mut self) -> Result<Option<Packet>, Lost> {
        match Packet::read(&mut self.incoming, INCOMING_BYTES_MAX) {
            Ok(packet) => Ok(Some(packet)),
            Err(rumqttc::Error::InsufficientBytes(_)) => {
                self.incoming.reserve(4096);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}
