//! The twin of the MQTT driver's far side: devices that really travel over MQTT. It publishes what
//! Zigbee2MQTT would, and answers `/set` as a lamp does. It never reaches into the driver.
//!
//! Tests use it as a house, the demo as its sensors, the benchmark as its load and its stopwatch:
//! [`SimulatedZigbee::say`] a reading, await [`Commands::next`].

use std::sync::Arc;
use std::time::Duration;

use omzien_core::device::{Bolt, Link, Motion, Opening, Power, Press, Reading};
use rumqttc::{AsyncClient, Event, Incoming, MqttOptions, Packet, QoS};
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// Commands that nobody has looked at; a further one makes the oldest wait in the broker.
const COMMANDS_MAX: usize = 4096;
const REQUESTS_MAX: usize = 4096;
const PACKET_BYTES_MAX: usize = 1024 * 1024;
const RETRY: Duration = Duration::from_millis(50);

/// A connection to a broker as Zigbee2MQTT would have it. Clones share it; it ends with the last.
#[derive(Clone, Debug)]
pub struct SimulatedZigbee {
    requests: AsyncClient,
    base_topic: Arc<str>,
    ready: watch::Receiver<Ready>,
    _task: Arc<Task>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ready {
    No,
    Yes,
}

#[derive(Debug)]
struct Task(tokio::task::JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What a lamp does when it is told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lamps {
    /// Publishes its new state, as every Zigbee lamp does.
    Answer,
    /// Says nothing: for measuring the way of a command alone.
    StaySilent,
}

/// One message to a device.
#[derive(Clone, Debug, PartialEq)]
pub struct Commanded {
    /// The device, without the base topic and `/set`.
    pub device: String,
    pub payload: Value,
    pub at: Instant,
}

/// The commands in the order of their arrival.
#[derive(Debug)]
pub struct Commands(mpsc::Receiver<Commanded>);

impl Commands {
    /// The next command; `None` when the connection has ended.
    pub async fn next(&mut self) -> Option<Commanded> {
        self.0.recv().await
    }
}

impl SimulatedZigbee {
    /// Connects in the background and stays connected. `login` is name and password.
    pub fn connect(
        host: &str,
        port: u16,
        login: Option<(&str, &str)>,
        base_topic: &str,
        lamps: Lamps,
    ) -> (Self, Commands) {
        let mut options = MqttOptions::new(format!("zigbee-{}", fresh()), host, port);
        options
            .set_keep_alive(Duration::from_secs(5))
            .set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX);
        if let Some((name, password)) = login {
            options.set_credentials(name, password);
        }
        let (requests, mut events) = AsyncClient::new(options, REQUESTS_MAX);
        events.network_options.set_tcp_nodelay(true);
        let base_topic: Arc<str> = Arc::from(base_topic);
        let (commands, received) = mpsc::channel(COMMANDS_MAX);
        let (is_ready, ready) = watch::channel(Ready::No);
        let far_side = FarSide {
            requests: requests.clone(),
            base_topic: Arc::clone(&base_topic),
            lamps,
            commands,
            ready: is_ready,
        };
        let task = tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(event) => far_side.handle(event).await,
                    Err(_) => {
                        far_side.ready.send_replace(Ready::No);
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        });
        let simulated = Self { requests, base_topic, ready, _task: Arc::new(Task(task)) };
        (simulated, Commands(received))
    }

    /// Waits until the broker delivers commands to these devices.
    pub async fn ready(&mut self) {
        // The sender lives in the task, and the task as long as this.
        let _ = self.ready.wait_for(|ready| *ready == Ready::Yes).await;
    }

    /// Publishes a reading as the device would.
    pub async fn say(&self, device: &str, reading: Reading) {
        match reading {
            Reading::Link(link) => {
                let state = match link {
                    Link::Online => r#"{"state":"online"}"#,
                    Link::Offline => r#"{"state":"offline"}"#,
                };
                self.publish(&format!("{device}/availability"), state.as_bytes(), Kept::Yes).await;
            }
            Reading::Opening(_)
            | Reading::Motion(_)
            | Reading::Button(_)
            | Reading::Fall
            | Reading::Light(_)
            | Reading::Cover(_)
            | Reading::Lock(_)
            | Reading::Switch(_)
            | Reading::Fan(_)
            | Reading::Temperature(_)
            | Reading::Target(_)
            | Reading::BatteryPercent(_) => {
                self.publish(device, payload(reading).as_bytes(), Kept::No).await;
            }
        }
    }

    /// Publishes any bytes below the base topic; waits while the connection's queue is full.
    pub async fn publish(&self, below: &str, payload: &[u8], kept: Kept) {
        let topic = format!("{}/{below}", self.base_topic);
        let retain = kept == Kept::Yes;
        // It fails only when the task is gone, and the task lives as long as this.
        let _ = self.requests.publish(topic, QoS::AtMostOnce, retain, payload).await;
    }
}

/// Whether the broker keeps a message for whoever subscribes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Yes,
    No,
}

/// The payload of a reading, with the companions that real devices send along. A fall is that of
/// a band that keeps saying so until [`FALL_OVER`].
pub fn payload(reading: Reading) -> String {
    let said = match reading {
        Reading::Opening(opening) => json!({ "contact": opening == Opening::Closed }),
        Reading::Motion(motion) => json!({ "occupancy": motion == Motion::Detected }),
        Reading::Button(Press::Short) => json!({ "action": "single" }),
        Reading::Button(Press::Long) => json!({ "action": "hold" }),
        Reading::Fall => json!({ "fall_status": "fall_alarm" }),
        Reading::Light(power) => json!({ "state": word(power), "brightness": 254 }),
        Reading::Cover(percent) => {
            let state = if percent.get() == 0 { "CLOSE" } else { "OPEN" };
            json!({ "state": state, "position": percent.get() })
        }
        Reading::Lock(Bolt::Locked) => json!({ "state": "LOCK", "lock_state": "locked" }),
        Reading::Lock(Bolt::Unlocked) => json!({ "state": "UNLOCK", "lock_state": "unlocked" }),
        Reading::Switch(power) => json!({ "state": word(power), "power": 12.5 }),
        Reading::Fan(power) => json!({ "fan_state": word(power) }),
        Reading::Temperature(celsius) => {
            json!({ "temperature": f64::from(celsius.in_tenths()) / 10.0, "humidity": 51.2 })
        }
        Reading::Target(celsius) => {
            json!({ "occupied_heating_setpoint": f64::from(celsius.in_tenths()) / 10.0 })
        }
        Reading::BatteryPercent(percent) => json!({ "battery": percent }),
        Reading::Link(link) => {
            json!({ "state": if link == Link::Online { "online" } else { "offline" } })
        }
    };
    let mut payload = Map::from_iter([("linkquality".to_owned(), json!(120))]);
    if let Value::Object(said) = said {
        payload.extend(said);
    }
    Value::Object(payload).to_string()
}

/// What a band says when the wearer is up again.
pub const FALL_OVER: &str = r#"{"fall_status":"normal","linkquality":120}"#;

fn word(power: Power) -> &'static str {
    match power {
        Power::On => "ON",
        Power::Off => "OFF",
    }
}

/// The half that runs in the task.
struct FarSide {
    requests: AsyncClient,
    base_topic: Arc<str>,
    lamps: Lamps,
    commands: mpsc::Sender<Commanded>,
    ready: watch::Sender<Ready>,
}

impl FarSide {
    async fn handle(&self, event: Event) {
        match event {
            Event::Incoming(Incoming::ConnAck(_)) => {
                // The queue outlives the connection; one filter always finds room in it.
                let filter = format!("{}/+/set", self.base_topic);
                let _ = self.requests.try_subscribe(filter, QoS::AtMostOnce);
            }
            Event::Incoming(Packet::SubAck(_)) => {
                self.ready.send_replace(Ready::Yes);
            }
            Event::Incoming(Packet::Publish(publish)) => {
                self.command(&publish.topic, &publish.payload).await;
            }
            Event::Incoming(_) | Event::Outgoing(_) => {}
        }
    }

    async fn command(&self, topic: &str, payload: &[u8]) {
        let at = Instant::now();
        let below = topic.strip_prefix(&*self.base_topic).and_then(|rest| rest.strip_prefix('/'));
        let Some(device) = below.and_then(|rest| rest.strip_suffix("/set")) else { return };
        let Ok(payload) = serde_json::from_slice::<Value>(payload) else { return };
        if let (Lamps::Answer, Some(state)) = (self.lamps, answer(&payload)) {
            let topic = format!("{}/{device}", self.base_topic);
            // A full queue: this lamp's answer is lost, as on the air.
            let _ = self.requests.try_publish(topic, QoS::AtMostOnce, false, state.to_string());
        }
        let commanded = Commanded { device: device.to_owned(), payload, at };
        // Nobody looks at the commands any more: the lamps go on answering.
        let _ = self.commands.send(commanded).await;
    }
}

/// What a lamp says after a command: the properties it was told, but not how it got there.
fn answer(command: &Value) -> Option<Value> {
    let mut state = command.as_object()?.clone();
    state.remove("transition");
    (!state.is_empty()).then_some(Value::Object(state))
}

/// Distinct within and, near enough, between processes.
fn fresh() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{:x}-{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
