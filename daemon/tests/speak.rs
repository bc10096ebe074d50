//! `omzien speak` as an installer meets it: a sound file out of a sentence, with this home's
//! loudness and pronunciations, and a clear word where it cannot be.

#![allow(clippy::unwrap_used, reason = "a test may die where the home may not")]

use std::path::Path;
use std::process::{Command, Output};

use omzien_drivers::sound::wav;

/// A home where it is always day, or always night.
fn home(folder: &Path, quiet: &str) -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../images/example/home.toml");
    let example = std::fs::read_to_string(example).unwrap();
    let (before, after) = example.split_once("[quiet_hours]\n").unwrap();
    let (_, after) = after.split_once("\n\n").unwrap();
    let say_as = "[say_as]\nmetoprolol = \"meto prolol\"\n";
    let home = folder.join("home.toml");
    let text = format!("{before}[quiet_hours]\n{quiet}\n\n{after}\n{say_as}");
    std::fs::write(&home, text).unwrap();
    home.display().to_string()
}

const ALL_DAY: &str = "from = \"00:00\"\nuntil = \"00:00\"";

fn speak(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_omzien")).arg("speak").args(arguments).output().unwrap()
}

#[test]
fn a_sentence_goes_into_a_file_as_loud_as_the_night_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    let (home, file) = (home(folder.path(), ALL_DAY), folder.path().join("said.wav"));
    let out = file.display().to_string();
    let said = speak(&["--home", &home, "--out", &out, "Om 8:30, 50 mg metoprolol."]);
    assert!(said.status.success(), "{said:?}");
    let pronounced = "Om half negen 's ochtends, vijftig milligram meto prolol.\n";
    assert_eq!(String::from_utf8(said.stdout).unwrap(), pronounced);
    let sound = wav::read(&file).unwrap();
    assert!((2.0..9.0).contains(&sound.duration().as_secs_f32()), "{:?}", sound.duration());
    let peak = sound.samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    // The night's 35 % of the loudest that a sentence may be.
    assert!((peak - 0.9 * 0.35).abs() < 0.01, "{peak}");
}

#[test]
fn what_cannot_be_said_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no/such/folder/said.wav").display().to_string();
    let said = speak(&["--lang", "en", "--out", &nowhere, "hello"]);
    assert_eq!(said.status.code(), Some(1));
    let words = String::from_utf8(said.stderr).unwrap();
    assert!(words.contains(&nowhere), "{words}");
    let home = home(folder.path(), "from = \"noon\"\nuntil = \"07:00\"");
    let said = speak(&["--home", &home, "hallo"]);
    assert_eq!(said.status.code(), Some(2));
    let words = String::from_utf8(said.stderr).unwrap();
    assert!(words.contains("home.toml") && words.contains("noon"), "{words}");
}
