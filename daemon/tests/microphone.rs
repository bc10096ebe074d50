//! The microphone is the resident's: what it hears is written nowhere, and "stop listening" closes
//! it. The whole program, in a virtual room, with the real recogniser.

#![allow(clippy::unwrap_used, reason = "a test may die where the home may not")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use omzien_core::Language;
use omzien_drivers::simulated::virtual_card::VirtualCard;
use omzien_drivers::sound::resample::resample;
use omzien_drivers::sound::{Pcm, RATE_HZ, wav};
use omzien_drivers::speech::voice::{Espeak, Voice};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The recogniser is not optimised in a test, and other tests run beside it.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(50);
/// Somebody is reached at every hour: it has nothing to say at its start, while others speak.
const HOME: &str = r#"
companion = "Robin"
language = "en"
zone = "Europe/Amsterdam"
skills = ["lights", "help", "time"]

[[resident]]
name = "mevrouw De Wit"

[room.kitchen]
name = "kitchen"

[device.help_button]
name = "help button"
room = "kitchen"
can = ["button"]
via.simulated = {}

[circle.anna]
name = "Anna"
may_know = ["alarms"]
via.simulated = {}

[[step]]
contacts = ["anna"]
wait_min = 3
"#;
/// Words that stand in no file of ours, said to nobody.
const SENTENCE: &str = "The purple elephant dances on Tuesday.";
const WORDS: [&str; 2] = ["elephant", "purple"];

/// `omzien run` with everything that it logs.
struct Program {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Program {
    fn start(folder: &Path, card: &VirtualCard) -> Self {
        // Its home is the folder; its models are not.
        let model = omzien_drivers::model::locate("silero-vad").unwrap();
        let cache = model.ancestors().nth(3).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_omzien"))
            .env("HOME", folder)
            .env("TMPDIR", folder)
            .env("XDG_CACHE_HOME", cache)
            .env("OMZIEN_LOG", "trace")
            .envs(card.environment())
            .args(["run", "--page", "127.0.0.1:0", "--home"])
            .arg(folder.join("home.toml"))
            .arg("--state")
            .arg(folder.join("state"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                *written.lock().unwrap() += &format!("{line}\n");
            }
        });
        Self { child, log }
    }

    async fn page(&self) -> String {
        self.until("its page", |log| log.contains("its page is at")).await;
        let log = self.log.lock().unwrap();
        let from = &log[log.find("its page is at").unwrap()..];
        let from = &from[from.find("http://").unwrap()..];
        from.split_whitespace().next().unwrap().trim_end_matches('/').to_owned()
    }

    async fn until(&self, what: &str, so: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !so(&self.log.lock().unwrap()) {
            if start.elapsed() > PATIENCE {
                let log = self.log.lock().unwrap();
                panic!("it never came so far: {what}\n{log}");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn end(mut self) -> String {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        assert!(ended.expect("an end").unwrap().success());
        let log = self.log.lock().unwrap();
        log.clone()
    }
}

/// How many programs have the microphone open, as the card's own server counts them.
fn listeners(card: &VirtualCard) -> usize {
    let output = std::process::Command::new("pactl")
        .args(["list", "short", "source-outputs"])
        .envs(card.environment())
        .output()
        .unwrap();
    assert!(output.status.success());
    // The room's own remapping is one of them; whoever has no client is no program.
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| line.split('\t').nth(2).is_some_and(|client| client != "-")).count()
}

async fn until_listeners(card: &VirtualCard, wanted: usize) {
    let start = Instant::now();
    while listeners(card) != wanted {
        assert!(start.elapsed() < PATIENCE, "{} listen, not {wanted}", listeners(card));
        tokio::time::sleep(LOOK).await;
    }
}

/// Some stretches of the sound as a file would hold them: 16-bit and float samples.
fn stretches(sound: &Pcm) -> Vec<Vec<u8>> {
    let whole: Vec<i16> =
        sound.samples.iter().map(|sample| (sample * 32_767.0).round() as i16).collect();
    let loud = whole.windows(12).filter(|some| some.iter().all(|sample| sample.abs() > 300));
    let mut found = Vec::new();
    for some in loud.step_by(97).take(60) {
        found.push(some.iter().flat_map(|sample| sample.to_le_bytes()).collect());
        let float = |sample: &i16| (f32::from(*sample) / 32_768.0).to_le_bytes();
        found.push(some.iter().flat_map(float).collect());
    }
    assert!(found.len() > 40, "the sound is loud somewhere");
    found
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|some| some == part)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

async fn tap(client: &reqwest::Client, page: &str, path: &str, form: [(&str, &str); 1]) {
    let house = client.get(format!("{page}/house")).send().await.unwrap().text().await.unwrap();
    let (_, token) = house.split_once(r#"name="id" value=""#).expect("a form");
    let (token, _) = token.split_once('"').unwrap();
    let form = [("id", token), form[0]];
    let url = format!("{page}{path}");
    let sent = client.post(url).header("origin", page).form(&form).send().await.unwrap();
    assert!(sent.status().is_success(), "{path}: {}", sent.status());
}

#[tokio::test]
async fn what_is_heard_is_written_nowhere_and_stop_closes_the_microphone() {
    let card = VirtualCard::start().expect("a virtual sound card; `make setup` installs it");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("home.toml"), HOME).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let said = Espeak::new(&Default::default()).synthesise(SENTENCE, Language::En).unwrap();
    let mut samples = vec![0.0; RATE_HZ as usize];
    samples.extend(resample(&said.samples, said.rate_hz, RATE_HZ));
    let sound = Pcm { samples, rate_hz: RATE_HZ };
    let file = elsewhere.path().join("said.wav");
    wav::write(&file, &sound).unwrap();
    let (room, client) = (card.room(), reqwest::Client::builder().no_proxy().build().unwrap());

    let program = Program::start(folder.path(), &card);
    let page = program.page().await;
    until_listeners(&card, 1).await;
    room.play_into_room(&file).unwrap();
    let listened = |log: &str| {
        let words = log.lines().filter(|line| line.contains("a turn was listened to"));
        words.filter(|line| !line.contains("recognise_ms: 0,")).count()
    };
    program.until("words", |log| listened(log) > 0).await;

    tap(&client, &page, "/house/say", [("text", "Robin, stop listening")]).await;
    until_listeners(&card, 0).await;
    room.play_into_room(&file).unwrap();
    let mut log = program.end().await;
    assert_eq!(listened(&log), 1, "nobody listened the second time");

    // Off is kept over a restart, and the button works and opens the ears again.
    let program = Program::start(folder.path(), &card);
    let page = program.page().await;
    room.play_into_room(&file).unwrap();
    assert_eq!(listeners(&card), 0);
    let press = r#"{"press":{"device":"help_button","press":"short"}}"#;
    tap(&client, &page, "/house/act", [("act", press)]).await;
    until_listeners(&card, 1).await;
    log += &program.end().await;

    let stretches = stretches(&sound);
    let control = fs::read(&file).unwrap();
    assert!(stretches.iter().any(|part| holds(&control, part)), "the search finds sound");
    let mut written = files(folder.path());
    assert!(written.len() > 2, "the journal is among them: {written:?}");
    written.retain(|path| {
        let bytes = fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let words = WORDS.iter().any(|word| text.contains(word));
        words || stretches.iter().any(|part| holds(&bytes, part))
    });
    assert!(written.is_empty(), "these hold what was said: {written:?}");
    let log = log.to_lowercase();
    let lines = log.lines().filter(|line| WORDS.iter().any(|word| line.contains(word)));
    assert_eq!(lines.count(), 0, "the log tells what was said");
}
