//! The whole day of `omzien demo`, once: a real sound server, a real recogniser, a real broker,
//! real messages. It takes about two minutes, more on a busy machine, and needs what `make setup`
//! installs.

#![allow(clippy::unwrap_used)]

use std::process::{Command, Output, Stdio};

fn live() -> Output {
    Command::new(env!("CARGO_BIN_EXE_omzien"))
        .arg("demo")
        .env("OMZIEN_LOG", "warn")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// A machine that is held up for some seconds loses its sound card, virtual as it is, and a day on
/// which nobody can be heard ends there.
fn was_deaf(day: &Output) -> bool {
    !day.status.success() && String::from_utf8_lossy(&day.stderr).contains("it cannot hear")
}

#[test]
fn one_day_of_the_example_home_is_lived_as_promised() {
    let mut day = live();
    if was_deaf(&day) {
        println!("once more, after {}", String::from_utf8_lossy(&day.stderr));
        day = live();
    }
    let told = String::from_utf8_lossy(&day.stdout);
    let complained = String::from_utf8_lossy(&day.stderr);
    assert!(day.status.success(), "`make setup` installs what it needs\n{told}\n{complained}");
    for line in [
        "hall light: {\"state\":\"ON\"}",
        "“Fine. I write down that you say: taken.”",
        "Anna by ntfy: Message from Mrs De Wit · Mrs De Wit says that all is well.",
        "bedside lamp: {\"state\":\"ON\"}",
        "“Perhaps you fell. Do you need help? Say yes or no.”",
        "Piet by mail: Alarm from Mrs De Wit",
        "“Anna says she is coming. She did not say when.”",
        "“Anna has closed your alarm.”",
        "Every step of the day happened, and every promise held.",
    ] {
        // The lines of a terminal are wrapped.
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(line), "{line:?} is missing in\n{told}");
    }
}
