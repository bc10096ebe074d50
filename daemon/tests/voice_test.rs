//! `omzien voice-test` as an installer meets it: the real command in a virtual room, answered by a
//! voice that waits until it is asked.

#![allow(clippy::unwrap_used, reason = "a test may die where the home may not")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use omzien::journal;
use omzien::voice_test::score::{Became, Mend, Score, VERSION};
use omzien_core::Language;
use omzien_drivers::simulated::virtual_card::{Room, VirtualCard};
use omzien_drivers::sound::resample::resample;
use omzien_drivers::sound::{Pcm, RATE_HZ};
use omzien_drivers::speech::voice::{Espeak, Voice};

const HOME: &str = r#"
companion = "Robin"
language = "en"
zone = "Europe/Amsterdam"
skills = ["lights", "help", "time"]

[[resident]]
name = "Mrs De Wit"

[room.kitchen]
name = "kitchen"

[device.kitchen_lamp]
name = "kitchen lamp"
room = "kitchen"
can = ["light"]
via.simulated = {}
"#;

fn command(folder: &Path, more: &[&str]) -> Command {
    let home = folder.join("home.toml");
    fs::write(&home, HOME).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_omzien"));
    command
        .args(["voice-test", "--home"])
        .arg(home)
        .arg("--state")
        .arg(folder.join("state"))
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A voice in the room, or a cough.
fn answer(room: &Room, text: &str) {
    if text == COUGH {
        return play(room, cough());
    }
    let said = Espeak::new(&Default::default()).synthesise(text, Language::En).unwrap();
    play(room, resample(&said.samples, said.rate_hz, RATE_HZ));
}

const COUGH: &str = "(a cough)";

/// Two bursts of noise that die away, as loud as a voice.
fn cough() -> Vec<f32> {
    let mut seed = 7_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    let burst = RATE_HZ as usize * 3 / 10;
    let fades = |at: usize| (-6.0 * (at % burst) as f32 / burst as f32).exp();
    (0..2 * burst).map(|at| 0.5 * noise() * fades(at)).collect()
}

/// It does not begin at once.
fn play(room: &Room, sound: Vec<f32>) {
    let samples = [vec![0.0; RATE_HZ as usize / 2], sound].concat();
    room.play(&Pcm { samples, rate_hz: RATE_HZ }).unwrap();
}

/// Answers whatever is asked, by what `reply` says to it, until the test is over.
fn lead(child: &mut Child, room: &Room, reply: impl Fn(&str) -> String) -> String {
    let mut enter = child.stdin.take().unwrap();
    let (mut told, mut asked) = (String::new(), String::new());
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        told += &format!("{line}\n");
        if line.ends_with("when you are there.") {
            enter.write_all(b"\n").unwrap();
        } else if line == "(I listen)" {
            answer(room, &reply(&asked));
        } else {
            asked = line;
        }
    }
    told
}

/// Four sentences at two places: three are repeated, and for one something else is said.
#[test]
fn a_home_is_told_what_was_understood_where_and_what_would_help() {
    let card = VirtualCard::start().expect("a virtual sound card; `make setup` installs it");
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let more = ["--places", "the chair,the bed", "--sentences", "4", "--keep-recordings"];
    let mut child =
        command(folder.path(), &more).arg(&kept).envs(card.environment()).spawn().unwrap();
    let told = lead(&mut child, &card.room(), |asked| {
        match asked.strip_prefix("Please repeat: ") {
            Some("Yes.") => "The weather is lovely in Spain.".to_owned(),
            Some(sentence) => sentence.to_owned(),
            // Whether it may record.
            None => "Yes.".to_owned(),
        }
    });
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{told}\n{}", String::from_utf8_lossy(&ended.stderr));

    let file = fs::read(folder.path().join("state/voice-test.json")).unwrap();
    let score: Score = serde_json::from_slice(&file).unwrap();
    assert_eq!((score.version, score.language, score.places.len()), (VERSION, Language::En, 2));
    let [chair, bed] = &score.places[..] else { panic!("{score:?}") };
    let asked: Vec<&str> = chair.tried.iter().map(|tried| tried.asked.as_str()).collect();
    assert_eq!((chair.name.as_str(), asked), ("the chair", vec!["Help me!", "Yes."]));
    assert_eq!(chair.tried[0].became, Became::Understood, "{told}");
    assert_eq!(chair.tried[1].became, Became::Otherwise, "{told}");
    assert_eq!(chair.mend(), Mend::Model, "loud enough, and something else was said");
    assert_eq!((bed.understood(), bed.mend()), (2, Mend::Nothing), "{told}");
    for tried in score.places.iter().flat_map(|place| &place.tried) {
        assert!((-40..0).contains(&tried.voice_dbfs.unwrap()), "{tried:?}");
        assert!(tried.took_ms.unwrap() > 500, "the pause alone is longer: {tried:?}");
    }
    assert!(told.contains("the chair: 1 of 2 understood."), "{told}");
    assert!(told.contains("I hear you well here."), "{told}");
    // What was said is nowhere in the file, and what was allowed to be kept has its names and is
    // for nobody else.
    assert!(!String::from_utf8(file).unwrap().contains("Spain"));
    let entries = fs::read_dir(&kept).unwrap().map(Result::unwrap);
    let mode = |entry: &fs::DirEntry| entry.metadata().unwrap().permissions().mode() & 0o777;
    let mut names: Vec<_> =
        entries.inspect(|it| assert_eq!(mode(it), 0o600)).map(|it| it.file_name()).collect();
    names.sort();
    let wanted = [
        "the-bed-03-robin-turn-on-the-kitchen-lamp.wav",
        "the-bed-04-robin-what-time-is-it.wav",
        "the-chair-01-help-me.wav",
        "the-chair-02-yes.wav",
    ];
    assert_eq!(names, wanted);
    assert!(told.contains("Delete them when they are not needed any more."), "{told}");
}

#[test]
fn nothing_is_recorded_without_a_clear_yes_and_a_cough_is_no_voice() {
    let card = VirtualCard::start().expect("a virtual sound card; `make setup` installs it");
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    fs::create_dir(&kept).unwrap();
    let more = ["--places", "the chair", "--sentences", "1", "--keep-recordings"];
    let mut child =
        command(folder.path(), &more).arg(&kept).envs(card.environment()).spawn().unwrap();
    let told = lead(&mut child, &card.room(), |asked| {
        let wanted = asked.starts_with("Please");
        if wanted { COUGH.to_owned() } else { "No, thank you.".to_owned() }
    });
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{told}\n{}", String::from_utf8_lossy(&ended.stderr));
    assert!(told.contains("Then I record nothing.") && !told.contains("Delete them"), "{told}");
    assert_eq!(fs::read_dir(&kept).unwrap().count(), 0);
    assert!(told.contains("the chair: 0 of 1 understood."), "{told}");
    assert_eq!(told.matches("no voice was heard").count(), 1, "{told}");
    assert!(!told.contains("a voice was heard") && !told.contains("not understood:"), "{told}");
    assert!(told.contains("See that the microphone is on"), "{told}");
}

fn refused(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    assert_eq!(status.code(), Some(1));
    String::from_utf8(stderr).unwrap()
}

#[test]
fn it_refuses_in_words_what_cannot_be_tried() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let running = journal::claim(&state).unwrap();
    let words = refused(&mut command(folder.path(), &[]));
    assert!(words.contains("another omzien uses this state"), "{words}");
    drop(running);
    let words = refused(&mut command(folder.path(), &["--places", "a,b,c", "--sentences", "2"]));
    assert!(words.contains("2 sentences are too few for 3 places"), "{words}");
    let full = folder.path().to_str().unwrap();
    let words = refused(&mut command(folder.path(), &["--keep-recordings", full]));
    assert!(words.contains("name a new folder"), "{words}");
    let words = refused(command(folder.path(), &[]).env("XDG_CACHE_HOME", folder.path()));
    assert!(words.contains("omzien models get"), "{words}");
    // A place for ALSA's configuration in which there is no card at all.
    let nowhere = folder.path().join("asound.conf");
    fs::write(&nowhere, "").unwrap();
    let words = refused(
        command(folder.path(), &[]).env("ALSA_CONFIG_PATH", nowhere).env_remove("PULSE_SERVER"),
    );
    assert!(words.contains("there is no") || words.contains("refused"), "{words}");
}
