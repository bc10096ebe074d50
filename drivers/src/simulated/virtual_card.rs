//! A sound card where there is none: a private PulseAudio with a loudspeaker that can be recorded
//! and a room that the microphone hears. Real drivers, real time, no hardware, no session of any
//! user. It is for tests and the demonstration; the companion itself never starts one.
//!
//! A program finds its sound card through its environment, and changing one's own is unsound with
//! threads about. So the card is made in one process and used in a child of it, which is given
//! [`VirtualCard::environment`]. The child takes hold of the room with [`Room::inherited`].

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::sound::{Pcm, RATE_HZ, samples_in};

/// The server is up within this, or not at all.
const START_MAX: Duration = Duration::from_secs(20);
/// Longer sounds are not played into a room.
const PLAY_MAX: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(50);
/// How much of its echo a room holds ready: a busy machine that comes later moves the echo. It is
/// late by as much.
const WALLS_AHEAD_MS: u32 = 200;

/// What is written to the terminal when a room's echo came too late after all: the machine was
/// held up for longer than [`WALLS_AHEAD_MS`], and for a moment no room of stone was like it.
pub const STUMBLED: &str = "the room stumbled: its echo came late";

/// A sound is due now; whatever else the machine does can wait. Where that is not allowed it is
/// not done, and nothing else changes.
const PUNCTUAL: [&str; 2] = ["-n", "-10"];

const PACKAGES: &str = "Debian packages pulseaudio, pulseaudio-utils, libasound2-plugins";

/// What the environment names; the first is how a child knows that it is in a room.
const SERVER: &str = "PULSE_SERVER";
const ALSA: &str = "ALSA_CONFIG_PATH";

/// ALSA's own configuration first, then ours: the default is the server, and two names are shown
/// to whoever lists devices.
const ALSA_CONFIG: &str = r#"
pcm.!default { type pulse }
ctl.!default { type pulse }
pcm.robotmic { type pulse device robotmic hint { show on description "The room" } }
pcm.robotspk { type pulse device speaker hint { show on description "The loudspeaker" } }
ctl.robotspk { type pulse device speaker }
"#;
const ALSA_OWN: &str = "/usr/share/alsa/alsa.conf";

/// What the server is made of. Loudspeaker and room take and give sound in even pieces
/// (`norewinds`), as a card does: without it PulseAudio works up to two seconds ahead, and an echo
/// comes a second late. No microphone is digitally silent: the room hums as the mains do, at
/// −66 dB, which no ear takes for anything (the first player of a server has number 0; 6554 of
/// 65536 is a tenth, and volumes are cubic: −60 dB).
const SCRIPT: &str = "\
load-module module-null-sink sink_name=speaker rate=48000 channels=2 norewinds=1
load-module module-null-sink sink_name=room rate=16000 channels=1 norewinds=1
load-module module-remap-source master=room.monitor source_name=robotmic
load-module module-sine sink=room frequency=50
set-sink-input-volume 0 6554
set-default-sink speaker
set-default-source robotmic
";

/// The running server. It ends when this is dropped.
pub struct VirtualCard {
    /// Held until this is dropped, which ends it.
    _server: Server,
    folder: tempfile::TempDir,
}

impl VirtualCard {
    /// Needs the Debian packages pulseaudio, pulseaudio-utils and libasound2-plugins.
    pub fn start() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("omzien-sound-").tempdir()?;
        std::fs::write(folder.path().join("asound.conf"), ALSA_CONFIG)?;
        let server = Server::start(folder.path())?;
        Ok(Self { _server: server, folder })
    }

    /// What a child needs to hear the room and to speak through the loudspeaker.
    pub fn environment(&self) -> [(&'static str, String); 2] {
        let config = self.folder.path().join("asound.conf");
        [(SERVER, self.room().server), (ALSA, format!("{ALSA_OWN}:{}", config.display()))]
    }

    /// The other side of the card: what sounds in the room, what came out of the loudspeaker.
    pub fn room(&self) -> Room {
        Room::in_folder(self.folder.path())
    }
}

/// A sound server with its socket in a folder; it ends when this is dropped.
pub struct Server(Child);

impl Server {
    fn start(folder: &Path) -> io::Result<Self> {
        let path = |name: &str| folder.join(name);
        let socket = path("socket");
        let door = "load-module module-native-protocol-unix auth-anonymous=1 socket";
        std::fs::write(path("server.pa"), format!("{SCRIPT}{door}={}\n", socket.display()))?;
        let server = punctual("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"])
            // A real-time thread that comes late on a busy machine is ended by its kernel.
            .args(["--realtime=no", "--high-priority=no", "-F"])
            .arg(path("server.pa"))
            .envs(
                ["HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_RUNTIME_PATH"]
                    .map(|name| (name, folder)),
            )
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(path("log"))?)
            .spawn()
            .map_err(|error| named("pulseaudio", error))?;
        let mut server = Self(server);
        std::fs::write(path("pid"), server.0.id().to_string())?;
        server.wait_until_up(folder)?;
        Ok(server)
    }

    fn wait_until_up(&mut self, folder: &Path) -> io::Result<()> {
        let start = Instant::now();
        loop {
            let answer = Room::in_folder(folder).command("pactl").arg("info").output();
            if answer.map_err(|error| named("pactl", error))?.status.success() {
                return Ok(());
            }
            if start.elapsed() > START_MAX || self.0.try_wait()?.is_some() {
                let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                let message = format!("pulseaudio did not start: {log}; needs the {PACKAGES}");
                return Err(io::Error::other(message));
            }
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It holds nothing that could be lost.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The room around a virtual card.
#[derive(Debug, Clone)]
pub struct Room {
    server: String,
}

impl Room {
    /// The room that this process was started in; `None` outside of one.
    pub fn inherited() -> Option<Self> {
        let server = std::env::var(SERVER).ok()?;
        // The name of our own folder tells our server from one that a user runs.
        server.contains("omzien-sound-").then_some(Self { server })
    }

    fn in_folder(folder: &Path) -> Self {
        Self { server: format!("unix:{}", folder.join("socket").display()) }
    }

    fn folder(&self) -> &Path {
        let socket = Path::new(self.server.trim_start_matches("unix:"));
        // The socket lies in the folder, by `in_folder`.
        socket.parent().unwrap_or(socket)
    }

    /// The sound server stands still: whoever calls it waits until [`Room::thaw`].
    pub fn freeze(&self) -> io::Result<()> {
        self.signal("-STOP")
    }

    pub fn thaw(&self) -> io::Result<()> {
        self.signal("-CONT")
    }

    /// The sound server is gone at once, and every card with it.
    pub fn unplug(&self) -> io::Result<()> {
        self.signal("-KILL")
    }

    /// Another server with the same cards, until this is dropped.
    pub fn plug_in(&self) -> io::Result<Server> {
        Server::start(self.folder())
    }

    /// The cards are pulled out of a server that stays: loudspeaker, room and microphone.
    pub fn take_cards(&self) -> io::Result<()> {
        let modules = ["module-remap-source", "module-sine", "module-null-sink"];
        modules.iter().try_for_each(|module| self.ask(&["unload-module", module]))
    }

    /// And put in again.
    pub fn give_cards(&self) -> io::Result<()> {
        for line in SCRIPT.lines() {
            // The hum is not the first player any more, and has another number: it stays away.
            if !line.contains("module-sine") && !line.starts_with("set-sink-input") {
                self.ask(&line.split(' ').collect::<Vec<_>>())?;
            }
        }
        Ok(())
    }

    fn signal(&self, signal: &str) -> io::Result<()> {
        let pid = std::fs::read_to_string(self.folder().join("pid"))?;
        done("kill", Command::new("kill").args([signal, &pid]).status())
    }

    /// Asks something of the running server, as `pactl` does.
    pub fn ask(&self, words: &[&str]) -> io::Result<()> {
        done("pactl", self.command("pactl").args(words).stdout(Stdio::null()).status())
    }

    /// Plays a sound file in the room, and returns when it has ended.
    pub fn play_into_room(&self, wav: &Path) -> io::Result<()> {
        let mut player = self
            .command("paplay")
            .args(["-d", "room"])
            .arg(wav)
            .spawn()
            .map_err(|error| named("paplay", error))?;
        let start = Instant::now();
        loop {
            match player.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(io::Error::other(format!("paplay ended: {status}"))),
                None if start.elapsed() > PLAY_MAX => {
                    player.kill()?;
                    player.wait()?;
                    return Err(io::Error::other("paplay did not end in two minutes"));
                }
                None => std::thread::sleep(LOOK),
            }
        }
    }

    /// Records what the loudspeaker plays, from now until [`Recording::stop`].
    pub fn record_speaker(&self) -> io::Result<Recording> {
        self.record("speaker.monitor")
    }

    /// Records what the microphone hears, from now until [`Recording::stop`].
    pub fn record_room(&self) -> io::Result<Recording> {
        self.record("room.monitor")
    }

    /// From now on the room hears its loudspeaker, that much later and louder or softer, with
    /// what its walls throw back.
    pub fn feed_back(&self, delay: Duration, gain_db: f32) -> io::Result<Feedback> {
        let missing = || io::Error::other("no pipe");
        let mut player = self
            .raw("pacat", "room", WALLS_AHEAD_MS)
            .arg("--verbose")
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| named("pacat", error))?;
        let mut walls = player.stdin.take().ok_or_else(missing)?;
        let told = player.stderr.take().ok_or_else(missing)?;
        std::thread::spawn(|| tell_of_stumbles(told));
        // What was recorded before there is a player would be late by that much for ever.
        self.wait_for_a_player()?;
        let mut recorder = self
            .raw("parec", "speaker.monitor", 20)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| named("parec", error))?;
        let mut heard = recorder.stdout.take().ok_or_else(missing)?;
        let samples = samples_in(delay, RATE_HZ);
        let mut echo = Echo::new(gain_db);
        let carrier = std::thread::spawn(move || {
            let mut bytes = vec![0; samples * 2];
            let mut buffer = [0; 640];
            // Either end closes when the feedback is dropped.
            while heard.read_exact(&mut buffer).is_ok() {
                bytes.extend(pcm(&buffer).samples.into_iter().flat_map(|sample| {
                    let sample = (echo.push(sample) * 32_767.0).clamp(-32_768.0, 32_767.0);
                    (sample as i16).to_le_bytes()
                }));
                if walls.write_all(&bytes).is_err() {
                    return;
                }
                bytes.clear();
            }
        });
        Ok(Feedback { programs: [recorder, player], carrier: Some(carrier) })
    }

    fn wait_for_a_player(&self) -> io::Result<()> {
        let start = Instant::now();
        loop {
            let players = self.command("pactl").args(["list", "short", "sink-inputs"]).output()?;
            // Beside the room's own hum.
            if players.stdout.split(|byte| *byte == b'\n').count() > 2 {
                return Ok(());
            }
            if start.elapsed() > START_MAX {
                return Err(io::Error::other("nothing plays into the room"));
            }
            std::thread::sleep(LOOK);
        }
    }

    fn raw(&self, program: &str, device: &str, latency_ms: u32) -> Command {
        let mut command = self.command(program);
        command
            .args(["-d", device, "--raw", "--format=s16le", "--channels=1"])
            .args([format!("--rate={RATE_HZ}"), format!("--latency-msec={latency_ms}")]);
        command
    }

    fn record(&self, source: &str) -> io::Result<Recording> {
        let mut recorder = self
            .raw("parec", source, 20)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| named("parec", error))?;
        let mut sound = recorder.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
        let heard = Arc::new(Heard::default());
        let hearing = Arc::clone(&heard);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = sound.read(&mut buffer) {
                hearing.lock().extend_from_slice(&buffer[..count]);
                hearing.more.notify_all();
            }
        });
        let recording = Recording { recorder, reader: Some(reader), heard };
        // A monitor delivers silence too: the first bytes mean that nothing will be missed.
        recording.wait_until(|heard| !heard.samples.is_empty())?;
        Ok(recording)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = punctual(program);
        command.env(SERVER, &self.server).stdin(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// A loudspeaker that the room hears, until this is dropped.
pub struct Feedback {
    programs: [Child; 2],
    carrier: Option<JoinHandle<()>>,
}

impl Drop for Feedback {
    fn drop(&mut self) {
        for program in &mut self.programs {
            let _ = program.kill();
            let _ = program.wait();
        }
        if let Some(carrier) = self.carrier.take() {
            let _ = carrier.join();
        }
    }
}

/// The way of a sound through a furnished room: direct, and by its walls.
pub struct Echo {
    past: VecDeque<f32>,
    gain: f32,
}

impl Echo {
    /// Milliseconds after the direct sound, and how much of it comes back: a dead living room.
    const WALLS: [(usize, f32); 7] =
        [(3, 0.5), (7, -0.35), (13, 0.25), (21, 0.18), (37, -0.1), (61, 0.06), (97, -0.03)];
    const PER_MS: usize = RATE_HZ as usize / 1_000;

    /// `gain_db`: how much louder the direct sound is at the microphone than it was played.
    pub fn new(gain_db: f32) -> Self {
        let past = std::iter::repeat_n(0.0, 100 * Self::PER_MS).collect();
        Self { past, gain: 10.0_f32.powf(gain_db / 20.0) }
    }

    /// One sample in, one out, at [`RATE_HZ`].
    pub fn push(&mut self, sample: f32) -> f32 {
        self.past.push_front(sample);
        self.past.pop_back();
        let walls = Self::WALLS.iter().map(|(ms, share)| self.past[ms * Self::PER_MS] * share);
        (sample + walls.sum::<f32>()) * self.gain
    }
}

/// A recording that is running.
pub struct Recording {
    recorder: Child,
    reader: Option<JoinHandle<()>>,
    heard: Arc<Heard>,
}

/// The bytes so far: 16-bit samples, little endian.
#[derive(Default)]
struct Heard {
    bytes: Mutex<Vec<u8>>,
    more: Condvar,
}

impl Recording {
    /// Waits until what was heard so far is enough; an error after two minutes.
    pub fn wait_until(&self, enough: impl Fn(&Pcm) -> bool) -> io::Result<()> {
        let unheard = |bytes: &mut Vec<u8>| !enough(&pcm(bytes));
        let waited = self
            .heard
            .more
            .wait_timeout_while(self.heard.lock(), PLAY_MAX, unheard)
            .unwrap_or_else(PoisonError::into_inner);
        match waited.1.timed_out() {
            true => Err(io::Error::other("the loudspeaker did not play what was awaited")),
            false => Ok(()),
        }
    }

    /// Everything so far.
    pub fn heard(&self) -> Pcm {
        pcm(&self.heard.lock())
    }

    /// Everything since it began.
    pub fn stop(mut self) -> Pcm {
        self.end();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        pcm(&self.heard.lock())
    }

    fn end(&mut self) {
        let _ = self.recorder.kill();
        let _ = self.recorder.wait();
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.end();
    }
}

impl Heard {
    /// Bytes are whole whatever became of a thread that held them.
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until the player ends.
fn tell_of_stumbles(told: ChildStderr) {
    let lines = BufReader::new(told).split(b'\n').map_while(Result::ok);
    for _ in lines.filter(|line| String::from_utf8_lossy(line).contains("underrun")) {
        eprintln!("{STUMBLED}");
    }
}

/// Starts a program with sound to make before whatever else the machine does.
pub(super) fn punctual(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("nice");
    command.args(PUNCTUAL).arg(program);
    command
}

fn pcm(bytes: &[u8]) -> Pcm {
    let sample = |pair: &[u8]| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0;
    Pcm { samples: bytes.chunks_exact(2).map(sample).collect(), rate_hz: RATE_HZ }
}

fn done(program: &str, status: io::Result<ExitStatus>) -> io::Result<()> {
    match status.map_err(|error| named(program, error))? {
        status if status.success() => Ok(()),
        status => Err(io::Error::other(format!("{program} ended: {status}"))),
    }
}

fn named(program: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot start {program} ({error}); needs the {PACKAGES}"))
}
