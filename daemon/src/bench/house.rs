//! The far side of a measurement: one plain connection on which doors speak and lamps are told.
//! Blocking and in one thread, so that it costs little beside what is measured.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use omzien_core::device::{Opening, Reading};
use omzien_drivers::simulated::zigbee2mqtt::payload;
use rumqttc::{Connect, ConnectReturnCode, Packet, Publish, QoS, Subscribe};

use super::{DOORS, Times};

pub(super) const BASE_TOPIC: &str = "zigbee2mqtt";
/// Where a broker is measured alone: the house hears itself.
const ECHO_TOPIC: &str = "zigbee2mqtt/echo/set";
/// Whoever says nothing for this long is broken.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries to be heard at a start: the finest that a cold start is measured.
const TRY_EVERY: Duration = Duration::from_millis(1);
const PACKET_BYTES_MAX: usize = 1 << 20;
/// Longer than the whole measurement: a house that is asleep during a start must not be missed.
const KEEP_ALIVE: Duration = Duration::from_secs(600);

/// Doors and lamps on one connection.
#[derive(Debug)]
pub struct House {
    stream: TcpStream,
    incoming: BytesMut,
    outgoing: BytesMut,
    doors: Vec<Opening>,
    said: [String; 2],
}

/// So many were answered in so long.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub answered: u64,
    pub took: Duration,
}

impl Rate {
    pub fn per_s(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64().max(1e-9)
    }
}

impl House {
    /// Connects as soon as there is a broker, and hears what lamps are told.
    pub fn connect(broker: SocketAddr) -> io::Result<Self> {
        let stream = patiently(|| match TcpStream::connect(broker) {
            Ok(stream) => Ok(Some(stream)),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(None),
            Err(error) => Err(error),
        })?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut house = Self {
            stream,
            incoming: BytesMut::new(),
            outgoing: BytesMut::new(),
            doors: vec![Opening::Closed; DOORS],
            said: [Opening::Open, Opening::Closed].map(|one| payload(Reading::Opening(one))),
        };
        let mut connect = Connect::new("omzien-bench");
        connect.keep_alive = KEEP_ALIVE.as_secs() as u16;
        house.exchange(Packet::Connect(connect), |packet| {
            matches!(packet, Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success)
        })?;
        let mut lamps = Subscribe::new(format!("{BASE_TOPIC}/+/set"), QoS::AtMostOnce);
        lamps.pkid = 1;
        house.exchange(Packet::Subscribe(lamps), |packet| matches!(packet, Packet::SubAck(_)))?;
        Ok(house)
    }

    /// Says that a door opened, again and again, until its lamp is told to go on.
    pub fn await_first_lamp(&mut self) -> io::Result<()> {
        self.stream.set_read_timeout(Some(TRY_EVERY))?;
        self.doors[0] = Opening::Open;
        let answered = patiently(|| {
            self.speak(0);
            self.flush()?;
            match self.hear() {
                Ok(packets) => {
                    Ok(packets.iter().any(|one| self.answers(one) == Some(0)).then_some(()))
                }
                Err(error) if is_timeout(&error) => Ok(None),
                Err(error) => Err(error),
            }
        });
        self.stream.set_read_timeout(Some(PATIENCE))?;
        answered
    }

    /// How long a message takes to the broker and back, one at a time with a pause between.
    pub fn echoes(&mut self, pause: Duration, during: Duration) -> io::Result<Option<Times>> {
        self.one_by_one(pause, during, |house| {
            house.publish(ECHO_TOPIC.to_owned(), "{}".to_owned());
            house.flush()?;
            house.await_answer(|_, packet| is_echo(packet))
        })
    }

    /// How long a door takes to its lamp, one at a time with a pause between.
    pub fn doors_to_lights(
        &mut self,
        pause: Duration,
        during: Duration,
    ) -> io::Result<Option<Times>> {
        self.one_by_one(pause, during, |house| {
            house.toggle(0);
            house.flush()?;
            house.await_answer(|house, packet| house.answers(packet) == Some(0))
        })
    }

    /// As many messages under way to the broker and back as there are doors.
    pub fn echo_rate(&mut self, during: Duration) -> io::Result<Rate> {
        self.all_at_once(
            during,
            |house, _| house.publish(ECHO_TOPIC.to_owned(), "{}".to_owned()),
            |_, packet| is_echo(packet).then_some(0),
        )
    }

    /// Every door toggles again as soon as its lamp has answered: none is ever lost or merged.
    pub fn toggle_rate(&mut self, during: Duration) -> io::Result<Rate> {
        self.all_at_once(during, Self::toggle, Self::answers)
    }

    /// Closes every door and waits for its lamp, so that the next start finds them as a new house
    /// has them.
    pub fn close_doors(&mut self) -> io::Result<()> {
        let open: Vec<usize> =
            (0..DOORS).filter(|door| self.doors[*door] == Opening::Open).collect();
        open.iter().for_each(|door| self.toggle(*door));
        self.flush()?;
        let mut waiting = open.len();
        while waiting > 0 {
            let packets = self.hear()?;
            waiting -= packets.iter().filter(|packet| self.answers(packet).is_some()).count();
        }
        Ok(())
    }

    fn one_by_one(
        &mut self,
        pause: Duration,
        during: Duration,
        mut once: impl FnMut(&mut Self) -> io::Result<()>,
    ) -> io::Result<Option<Times>> {
        let until = Instant::now() + during;
        let mut times = Vec::new();
        while Instant::now() < until {
            let began = Instant::now();
            once(self)?;
            times.push(began.elapsed());
            thread::sleep(pause);
        }
        Ok(Times::new(times))
    }

    fn all_at_once(
        &mut self,
        during: Duration,
        mut say: impl FnMut(&mut Self, usize),
        mut answers: impl FnMut(&Self, &Packet) -> Option<usize>,
    ) -> io::Result<Rate> {
        let began = Instant::now();
        let mut open = DOORS;
        let mut answered = 0;
        (0..DOORS).for_each(|door| say(self, door));
        while open > 0 {
            self.flush()?;
            for packet in self.hear()? {
                let Some(door) = answers(self, &packet) else { continue };
                answered += 1;
                if began.elapsed() < during {
                    say(self, door);
                } else {
                    open -= 1;
                }
            }
        }
        Ok(Rate { answered, took: began.elapsed() })
    }

    fn toggle(&mut self, door: usize) {
        self.doors[door] = match self.doors[door] {
            Opening::Open => Opening::Closed,
            Opening::Closed => Opening::Open,
        };
        self.speak(door);
    }

    /// A door says how it is.
    fn speak(&mut self, door: usize) {
        let said = match self.doors[door] {
            Opening::Open => self.said[0].clone(),
            Opening::Closed => self.said[1].clone(),
        };
        self.publish(format!("{BASE_TOPIC}/door{door}"), said);
    }

    /// The door whose lamp was told what that door asks for.
    fn answers(&self, packet: &Packet) -> Option<usize> {
        let Packet::Publish(publish) = packet else { return None };
        let lamp = publish.topic.strip_prefix(BASE_TOPIC)?.strip_prefix("/lamp")?;
        let door: usize = lamp.strip_suffix("/set")?.parse().ok()?;
        let wanted: &[u8] = match self.doors.get(door)? {
            Opening::Open => br#"{"state":"ON"}"#,
            Opening::Closed => br#"{"state":"OFF"}"#,
        };
        (publish.payload == wanted).then_some(door)
    }

    fn await_answer(&mut self, answers: impl Fn(&Self, &Packet) -> bool) -> io::Result<()> {
        while !self.hear()?.iter().any(|packet| answers(self, packet)) {}
        Ok(())
    }

    fn exchange(&mut self, ask: Packet, answers: impl Fn(&Packet) -> bool) -> io::Result<()> {
        self.write(&ask);
        self.flush()?;
        self.await_answer(|_, packet| answers(packet))
    }

    fn publish(&mut self, topic: String, payload: String) {
        self.write(&Packet::Publish(Publish::new(topic, QoS::AtMostOnce, payload)));
    }

    fn write(&mut self, packet: &Packet) {
        // It refuses only what is longer than the bound, and nothing of ours is.
        let _ = packet.write(&mut self.outgoing, PACKET_BYTES_MAX);
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.outgoing)?;
        self.outgoing.clear();
        Ok(())
    }

    /// Waits for packets, and returns all that came together.
    fn hear(&mut self) -> io::Result<Vec<Packet>> {
        let mut chunk = [0; 64 << 10];
        let read = self.stream.read(&mut chunk)?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the broker has gone"));
        }
        self.incoming.extend_from_slice(&chunk[..read]);
        let mut packets = Vec::new();
        loop {
            match Packet::read(&mut self.incoming, PACKET_BYTES_MAX) {
                Ok(packet) => packets.push(packet),
                Err(rumqttc::Error::InsufficientBytes(_)) => return Ok(packets),
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}

fn is_echo(packet: &Packet) -> bool {
    matches!(packet, Packet::Publish(publish) if publish.topic == ECHO_TOPIC)
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// Tries until there is something, or patience ends.
fn patiently<T>(mut attempt: impl FnMut() -> io::Result<Option<T>>) -> io::Result<T> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(there) = attempt()? {
            return Ok(there);
        }
        if Instant::now() >= until {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "nothing answers in time"));
        }
        thread::sleep(TRY_EVERY);
    }
}
