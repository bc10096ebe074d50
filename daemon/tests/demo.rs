//! The whole day of `omzien demo`, once: a real sound server, a real recogniser, a real broker,
//! real messages. It takes about two minutes, more on a busy machine, and needs what `make setup`
//! installs.

#![allow(clippy::unwrap_used)]

use std::process::{Command, Stdio};

#[test]
fn one_day_of_the_example_home_is_lived_as_promised() {
    let day = Command::new(env!("CARGO_BIN_EXE_omzien"))
        .arg("demo")
        .stdin(Stdio::null())
        .output()
        .unwrap();
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
