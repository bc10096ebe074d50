//! What the tests share that need a virtual sound card: running in a room, and the card there.

use std::process::Command;

use omzien_drivers::simulated::virtual_card::{Room, VirtualCard};
use omzien_drivers::sound::Settings;
use omzien_drivers::sound::card::SystemCard;

/// Runs a test within a virtual room: the outer run makes the room and starts the same test in a
/// child that has the room in its environment; there the body runs.
pub(crate) fn in_a_room(test: &str, body: impl FnOnce(Room)) {
    if let Some(room) = Room::inherited() {
        return body(room);
    }
    let card = VirtualCard::start().expect("a virtual sound card; `make setup` installs it");
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args([test, "--exact", "--nocapture"])
        .envs(card.environment())
        .output()
        .expect("this test again");
    let told = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    // One test, not none: a misspelt name would pass otherwise.
    assert!(
        output.status.success() && told.contains("1 passed"),
        "in the room:\n{told}\n{complained}"
    );
    println!("{told}");
}

pub(crate) fn card() -> SystemCard {
    SystemCard::new(Settings {
        microphone: Some("robotmic".to_owned()),
        speaker: Some("robotspk".to_owned()),
    })
}
