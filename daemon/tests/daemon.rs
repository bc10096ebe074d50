//! The daemon as a whole: what reading the home file again does to a home that runs, a calendar
//! from its server to what is said, and the program itself as systemd and an installer's shell
//! meet it.

#![allow(clippy::unwrap_used, reason = "a test may die where the home may not")]

mod living;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use jiff::{ToSpan, Zoned};
use living::{HOME, PATIENCE, Visit, living, token};
use omzien::shell::published::Published;
use omzien::workshop;
use omzien_core::catalogue::key;
use omzien_core::device::{Opening, Reading};
use omzien_core::event::Trouble;
use omzien_core::incident::Cause;
use omzien_core::ledger::{Fact, LedgerEntry};
use omzien_core::request::Actor;
use omzien_core::{Expectation, Utterance};
use omzien_drivers::Input;
use omzien_drivers::simulated::calendar_server::CalendarServer;
use omzien_drivers::simulated::free_port;
use omzien_drivers::simulated::zigbee2mqtt::{Lamps, SimulatedZigbee};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

/// The home tells its caretaker of this.
fn troubled_by(home: &Published, trouble: &Trouble) -> bool {
    let incidents = home.view(&Actor::Resident).incidents;
    incidents.iter().any(|one| matches!(&one.cause, Cause::Technical(known) if known == trouble))
}

#[tokio::test]
async fn a_good_home_file_is_taken_while_it_runs() {
    living(HOME, async |visit| {
        visit.reload(&HOME.replace("meneer Jansen", "meneer Pietersen")).await;
        visit
            .until("the new name", |home| {
                home.plan().circle.values().any(|one| one.name == "meneer Pietersen")
            })
            .await;
        assert_eq!(visit.count(|fact| matches!(fact, Fact::PlanTaken)), 2);
    })
    .await;
}

#[tokio::test]
async fn a_bad_home_file_keeps_the_old_plan_and_says_so() {
    living(HOME, async |visit| {
        visit.reload(&HOME.replace("wait_min = 3", "wait_mins = 3")).await;
        let refused =
            |fact: &Fact| matches!(fact, Fact::Say { reply, .. } if reply.key == key::PLAN_REFUSED);
        visit
            .until("the refusal", |home| {
                home.view(&Actor::Resident).ledger.iter().any(|entry| refused(&entry.fact))
            })
            .await;
        assert_eq!(visit.count(|fact| matches!(fact, Fact::PlanTaken)), 1);
        // It lives on by the old plan.
        visit.house(r#"{"press":{"device":"help_button","press":"short"}}"#).await;
        visit.until_alarm("an alarm", |one| one.is_open()).await;
    })
    .await;
}

#[tokio::test]
async fn new_drivers_take_the_place_of_the_old_ones() {
    let free = free_port().unwrap();
    let home = |base: &str| {
        let by_mqtt = format!("via.mqtt = {{ topic = \"{base}/front\" }}");
        let home = HOME.replacen("via.simulated = {}", &by_mqtt, 1);
        format!("{home}\n[mqtt]\nport = {free}\nbase_topic = \"{base}\"\n")
    };
    let is_open = |home: &Published| {
        let devices = home.view(&Actor::Resident).devices;
        let readings = devices.iter().flat_map(|device| &device.readings);
        readings.into_iter().any(|reading| *reading == Reading::Opening(Opening::Open))
    };
    living(&home("first"), async |visit| {
        for base in ["first", "second"] {
            if base == "second" {
                visit.reload(&home(base)).await;
            }
            // The broker at the same port is the new driver's own.
            let (mut zigbee, _commands) =
                SimulatedZigbee::connect("127.0.0.1", free, None, base, Lamps::Answer);
            tokio::time::timeout(PATIENCE, zigbee.ready()).await.expect("a broker");
            for (opening, so) in [(Opening::Open, true), (Opening::Closed, false)] {
                zigbee.say("front", Reading::Opening(opening)).await;
                visit.until(base, |home| is_open(home) == so).await;
            }
        }
        assert!(!troubled_by(
            &visit.handle.published.borrow(),
            &Trouble::Driver { name: "mqtt".to_owned() }
        ));
    })
    .await;
}

async fn says(visit: &Visit, text: &str, key: &str) {
    let page = visit.page("/house").await;
    let form = [("id", token(&page)), ("text", text)];
    visit.act("/house/say", &form).await;
    let said = |home: &Published| {
        let view = home.view(&Actor::Resident);
        view.ledger.iter().any(
            |entry| matches!(&entry.fact, Fact::Say { reply, .. } if reply.key.starts_with(key)),
        )
    };
    visit.until(key, said).await;
}

#[tokio::test]
async fn a_skill_in_the_folder_answers_beside_a_broken_one_that_is_told_until_it_is_mended() {
    living(HOME, async |visit| {
        let trouble = |name: &str| Trouble::SkillRefused { name: name.to_owned() };
        let is_open = |home: &Published, name| {
            let incidents = home.view(&Actor::Resident).incidents;
            let cause = Cause::Technical(trouble(name));
            incidents.iter().any(|incident| incident.is_open() && incident.cause == cause)
        };
        let skills = visit.file.with_file_name("skills");
        workshop::begin(&skills, "tea").unwrap();
        let dutch = workshop::begin(&skills, "coffee").unwrap().join("nl.toml");
        let whole = fs::read_to_string(&dutch).unwrap();
        fs::write(&dutch, whole.replace("{kind} niet vinden", "{kindt} niet vinden")).unwrap();
        let home = HOME.replace("\"time\"]", "\"time\", \"tea\", \"coffee\"]");
        visit.reload(&home).await;
        visit.until("the broken one is told", |home| is_open(home, "coffee")).await;
        says(&visit, "waar staat de thee", "tea.where").await;
        // Those of the program go on, and the working one is no trouble.
        says(&visit, "hoe laat is het", "time.").await;
        assert!(!troubled_by(&visit.handle.published.borrow(), &trouble("tea")));

        fs::write(&dutch, whole).unwrap();
        visit.reload(&home).await;
        visit.until("it is mended", |home| !is_open(home, "coffee")).await;
    })
    .await;
}

/// `omzien run` in a folder of its own, and what it logs.
struct Program {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
}

impl Program {
    fn start(folder: &Path, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_omzien"))
            .env("HOME", folder)
            .env_remove("XDG_CACHE_HOME")
            .args(["run", "--page", "127.0.0.1:0", "--home"])
            .arg(folder.join("home.toml"))
            .args(options)
            .arg("--state")
            .arg(folder.join("state"))
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, log }
    }

    /// Reads the log up to the line that has this; gives all that was read.
    async fn says(&mut self, what: &str) -> String {
        let mut read = Vec::new();
        let found = async {
            while let Some(line) = self.log.next_line().await.unwrap() {
                read.push(line);
                if read.last().is_some_and(|line| line.contains(what)) {
                    return Some(());
                }
            }
            None
        };
        let found = tokio::time::timeout(PATIENCE, found).await.unwrap_or(None);
        let read = read.join("\n");
        found.unwrap_or_else(|| panic!("it never said {what:?}:\n{read}"));
        read
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    async fn ends(&mut self) -> Option<i32> {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended.expect("it did not end").unwrap().code()
    }
}

#[tokio::test]
async fn the_program_starts_reloads_stops_and_comes_back_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("home.toml");
    fs::write(&file, HOME).unwrap();
    let mut program = Program::start(folder.path(), &["--silent"]);
    let line = program.says("its page is at").await;
    assert!(!line.contains('\u{1b}'), "colours in a file: {line:?}");
    let health = format!("{}/health", &line[line.find("http://").unwrap()..]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let health = client.get(health).send().await.unwrap().text().await.unwrap();
    assert!(health.contains(r#""running":true"#), "{health}");

    fs::write(&file, HOME.replace("wait_min = 3", "wait_mins = 3")).unwrap();
    program.signal(Signal::HUP);
    program.says("the old plan holds").await;
    program.says("wait_mins").await;
    fs::write(&file, HOME).unwrap();
    program.signal(Signal::HUP);
    program.says("was read again").await;
    // A second one beside it is refused, and disturbs nothing.
    let mut second = Program::start(folder.path(), &["--silent"]);
    assert_eq!(second.ends().await, Some(1));

    program.signal(Signal::KILL);
    assert_eq!(program.ends().await, None);
    let mut program = Program::start(folder.path(), &["--silent"]);
    program.says("its page is at").await;
    program.signal(Signal::TERM);
    program.says("nothing is lost").await;
    assert_eq!(program.ends().await, Some(0));
}

#[tokio::test]
async fn a_machine_without_sound_says_so_in_words_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("home.toml"), HOME).unwrap();
    let mut program = Program::start(folder.path(), &[]);
    let mut log = program.says("its page is at").await;
    program.signal(Signal::TERM);
    while let Some(line) = program.log.next_line().await.unwrap() {
        log = format!("{log}\n{line}");
    }
    assert!(!log.contains("ALSA lib"), "{log}");
    assert_eq!(program.ends().await, Some(0));
}

#[tokio::test]
async fn whoever_stops_reading_does_not_break_a_command() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_omzien"))
        .args(["say", "--lang", "nl", "hoe laat is het"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = tokio::time::timeout(Duration::from_secs(60), child.wait_with_output()).await;
    let output = ended.unwrap().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

/// What it said under this key, with all that is in it.
fn told(ledger: &[LedgerEntry], key: &str) -> Option<String> {
    ledger.iter().find_map(|entry| match &entry.fact {
        Fact::Say { reply, .. } if reply.key == key => Some(format!("{reply:?}")),
        _ => None,
    })
}

#[tokio::test]
async fn who_comes_tomorrow_is_told_from_a_calendar_elsewhere_and_to_the_resident_alone() {
    let server = CalendarServer::start().unwrap();
    let tomorrow = Zoned::now().in_tz("Europe/Amsterdam").unwrap().checked_add(1.day()).unwrap();
    let start = tomorrow.strftime("DTSTART;TZID=Europe/Amsterdam:%Y%m%dT100000");
    server.keep(&[&format!("UID:1\nSUMMARY:Thuiszorg Fatma\n{start}\nDURATION:PT30M")]);
    let skills = HOME.replace("\"time\"]", "\"time\", \"agenda\"]");
    let address = server.url();
    let home = format!(
        "{skills}\n[calendar.nurses]\nname = \"het rooster\"\n\
         via.caldav = {{ address = \"{address}\" }}\n"
    );
    living(&home, async |visit| {
        let ask = |text: &str| Utterance {
            text: text.to_owned(),
            confidence: 1.0,
            room: None,
            began_ms: 0,
            ended_ms: 0,
            expectation: Expectation::default(),
        };
        // Asked until the calendar was read; before that it says that it was not.
        let ledger = || visit.handle.published.borrow().view(&Actor::Resident).ledger;
        while told(&ledger(), key::AGENDA_COMING).is_none() {
            let heard = Input::Heard(ask("Robin, wanneer komt de thuiszorg"));
            let lines = ledger().len();
            visit.handle.inbox.send(heard).await;
            visit.until("an answer", |home| home.view(&Actor::Resident).ledger.len() > lines).await;
        }
        assert!(told(&ledger(), key::AGENDA_COMING).unwrap().contains("Thuiszorg Fatma"));
        let anna = Actor::Contact("anna".into());
        let seen = visit.handle.published.borrow().view(&anna).ledger;
        assert!(!format!("{seen:?}").contains("Thuiszorg"), "{seen:?}");
        assert!(!visit.page("/circle/anna").await.contains("Thuiszorg"));
    })
    .await;
}
