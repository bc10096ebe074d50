//! A small house on a broker: the driver at one end, the simulated Zigbee2MQTT at the other. Every
//! wait has an end, and names what it waited for.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use omzien_core::device::{Capability, Command, Link, Observation, Reading};
use omzien_core::event::{Trouble, TroubleState};
use omzien_core::{DeviceId, EffectId, Outcome};
use omzien_drivers::mqtt::{self, Secrets, Settings, Via, Wiring};
use omzien_drivers::simulated::free_port;
use omzien_drivers::simulated::zigbee2mqtt::{Commands, Lamps, SimulatedZigbee};
use omzien_drivers::{Input, Order, Received, inbox};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(40);
/// A device that is only there to say that the driver hears.
const ANCHOR: &str = "anchor";

pub(crate) struct Rig {
    pub(crate) zigbee: SimulatedZigbee,
    commands: Commands,
    orders: Option<mpsc::Sender<Order>>,
    received: Received,
    waiting: VecDeque<Input>,
    driver: JoinHandle<()>,
    next_id: u64,
}

impl Rig {
    /// A house on a broker without passwords; ready when this returns.
    pub(crate) async fn start(port: u16) -> Self {
        let host = Some("127.0.0.1".to_owned());
        let settings = Settings { host, port, ..Settings::default() };
        Self::start_with(settings, Secrets::default(), port, None).await
    }

    pub(crate) async fn start_with(
        settings: Settings,
        secrets: Secrets,
        port: u16,
        login: Option<(&str, &str)>,
    ) -> Self {
        let mut rig = Self::open(settings, secrets, port, login);
        timeout(PATIENCE, rig.zigbee.ready()).await.expect("the simulated house connects");
        // Kept by the broker: heard as soon as the driver subscribes.
        rig.zigbee.say(ANCHOR, Reading::Link(Link::Online)).await;
        let anchor = Input::Observed(Observation {
            device: ANCHOR.into(),
            reading: Reading::Link(Link::Online),
        });
        rig.first("the anchor", |input| (*input == anchor).then_some(())).await;
        rig
    }

    /// Opened, and not yet known to have connected.
    pub(crate) fn open(
        settings: Settings,
        secrets: Secrets,
        port: u16,
        login: Option<(&str, &str)>,
    ) -> Self {
        let (inbox, received) = inbox::open();
        let (orders, queue) = mpsc::channel(16);
        let devices = devices();
        let wiring = Wiring { settings, secrets, devices };
        let driver = tokio::spawn(mqtt::open(wiring, queue, inbox).expect("it opens"));
        let (zigbee, commands) =
            SimulatedZigbee::connect("127.0.0.1", port, login, "zigbee2mqtt", Lamps::Answer);
        Self {
            zigbee,
            commands,
            orders: Some(orders),
            received,
            waiting: VecDeque::new(),
            driver,
            next_id: 0,
        }
    }

    pub(crate) async fn order(&mut self, device: &str, command: Command) -> EffectId {
        self.next_id += 1;
        let id = EffectId { epoch: 1, counter: self.next_id };
        let order = Order::Command { id, device: device.into(), command };
        let orders = self.orders.as_ref().expect("not closed");
        orders.send(order).await.expect("the driver runs");
        id
    }

    pub(crate) async fn command(&mut self) -> (String, Value) {
        let commanded = timeout(PATIENCE, self.commands.next()).await.expect("a command");
        let commanded = commanded.expect("the simulated house runs");
        (commanded.device, commanded.payload)
    }

    /// The next reading, whatever else comes before. The anchor's do not count: said while the
    /// driver subscribes, the broker may hand it out twice, as it comes and as it was kept.
    pub(crate) async fn reading(&mut self) -> (DeviceId, Reading) {
        self.first("a reading", |input| match input {
            Input::Observed(seen) if seen.device != ANCHOR.into() => {
                Some((seen.device.clone(), seen.reading))
            }
            _ => None,
        })
        .await
    }

    pub(crate) async fn trouble(&mut self) -> (Trouble, TroubleState) {
        self.first("a trouble", |input| match input {
            Input::Troubled { trouble, state } => Some((trouble.clone(), *state)),
            _ => None,
        })
        .await
    }

    /// The one outcome of an order.
    pub(crate) async fn outcome(&mut self, id: EffectId) -> Outcome {
        self.first("an outcome", |input| match input {
            Input::Concluded { effect, outcome } if *effect == id => Some(outcome.clone()),
            _ => None,
        })
        .await
    }

    async fn first<T>(&mut self, what: &str, of: impl Fn(&Input) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let found =
                    self.waiting.iter().enumerate().find_map(|(i, input)| Some((i, of(input)?)));
                if let Some((place, found)) = found {
                    self.waiting.remove(place);
                    return found;
                }
                self.waiting.extend(self.received.take(256).await.expect("the driver runs"));
            }
        };
        let found = timeout(PATIENCE, waiting).await;
        found.unwrap_or_else(|_| panic!("waited for {what}, got only {:?}", self.waiting))
    }

    /// Closes the order queue and waits for the driver's end.
    pub(crate) async fn close(&mut self) {
        self.orders = None;
        let ended = timeout(PATIENCE, &mut self.driver).await.expect("it ends with its orders");
        ended.expect("it does not panic");
    }

    /// What was told and not asked for, the anchor's readings apart.
    pub(crate) fn rest(&mut self) -> Vec<Input> {
        self.waiting.extend(self.received.take_now(usize::MAX));
        let others = self.waiting.drain(..).filter(
            |input| !matches!(input, Input::Observed(seen) if seen.device == ANCHOR.into()),
        );
        others.collect()
    }
}

fn devices() -> BTreeMap<DeviceId, (Via, Vec<Capability>)> {
    let devices = [
        ("front_door", vec![Capability::Opening]),
        ("hall", vec![Capability::Motion]),
        ("help", vec![Capability::Button]),
        ("band", vec![Capability::Fall]),
        ("lamp", vec![Capability::Light]),
        ("siren", vec![Capability::Siren]),
        ("curtain", vec![Capability::Cover]),
        ("lock", vec![Capability::Lock]),
        ("thermostat", vec![Capability::Thermostat]),
        (ANCHOR, vec![]),
    ];
    let wired = devices.map(|(name, capabilities)| {
        (DeviceId::new(name), (Via::topic(format!("zigbee2mqtt/{name}")), capabilities))
    });
    wired.into()
}

pub(crate) fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Tries to come in as a device would.
pub(crate) async fn knock(port: u16, login: Option<(&str, &str)>) -> Result<(), String> {
    let mut options = rumqttc::MqttOptions::new("knock", "127.0.0.1", port);
    if let Some((name, password)) = login {
        options.set_credentials(name, password);
    }
    let mut events = rumqttc::EventLoop::new(options, 1);
    let first = timeout(PATIENCE, events.poll()).await.expect("an answer");
    first.map(|_| ()).map_err(|refusal| refusal.to_string())
}

/// A real mosquitto, killed when it is dropped.
pub(crate) struct Mosquitto {
    pub(crate) port: u16,
    child: Child,
    /// Its log is read to its end, or it would wait for a reader.
    _log: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Mosquitto {
    /// Running and listening when this returns. Port 0 takes a free one.
    pub(crate) async fn start(port: u16, login: Option<(&str, &str)>) -> Self {
        let port = if port == 0 { free_port().expect("a free port") } else { port };
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = format!("listener {port} 127.0.0.1\nlog_dest stderr\npersistence false\n");
        match login {
            None => config.push_str("allow_anonymous true\n"),
            Some((name, password)) => {
                let file = folder.path().join("passwords");
                let made = std::process::Command::new(program("mosquitto_passwd"))
                    .args(["-b", "-c"])
                    .arg(&file)
                    .args([name, password])
                    .output()
                    .expect("mosquitto_passwd runs");
                assert!(made.status.success(), "{made:?}");
                // Started as root, mosquitto reads it as its own user.
                config.push_str(&format!("user root\npassword_file {}\n", file.display()));
            }
        }
        let file = folder.path().join("mosquitto.conf");
        std::fs::write(&file, config).expect("its configuration");
        let mut child = tokio::process::Command::new(program("mosquitto"))
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("mosquitto starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log")).lines();
        timeout(PATIENCE, running(&mut log)).await.expect("mosquitto runs");
        let log = tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        Self { port, child, _log: log, _folder: folder }
    }

    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it was running");
    }
}

async fn running(log: &mut tokio::io::Lines<BufReader<ChildStderr>>) {
    let mut seen = String::new();
    while let Some(line) = log.next_line().await.expect("its log") {
        if line.ends_with("running") {
            return;
        }
        seen.push_str(&line);
    }
    panic!("mosquitto ended: {seen}");
}

/// On the path, or where Debian puts a server.
fn program(name: &str) -> std::path::PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([Path::new("/usr/sbin").to_owned()]);
    let mut places = folders.map(|folder| folder.join(name));
    places
        .find(|place| place.is_file())
        .unwrap_or_else(|| panic!("there is no {name}: apt-get install mosquitto"))
}
