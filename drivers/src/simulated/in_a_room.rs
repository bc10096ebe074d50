//! What tests share that need a virtual sound card: running in a room, and sounds in it. Only for
//! tests; whatever goes wrong ends them.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::virtual_card::{Room, STUMBLED, VirtualCard, punctual};
use crate::sound::{Pcm, wav};

/// A test in a room lasts some minutes of real time at most; one that hangs would hold up the rest.
const TEST_MAX: Duration = Duration::from_secs(600);

/// A test that failed in a room that stumbled says nothing; it is tried so often.
const ROOMS_MAX: usize = 3;

/// Sound is real time: two rooms at once starve each other on a small machine.
static ONE_ROOM: Mutex<()> = Mutex::new(());

/// Runs a test within a virtual room: the outer run makes the room and starts the same test in a
/// child that has the room in its environment; there the body runs. `test` is its whole name, as
/// the test program lists it.
///
/// # Panics
/// The room cannot be made, or the test fails in it.
pub fn in_a_room(test: &str, body: impl FnOnce(Room)) {
    if let Some(room) = Room::inherited() {
        std::thread::spawn(|| {
            std::thread::sleep(TEST_MAX);
            eprintln!("not done after {TEST_MAX:?}: something waits for ever");
            std::process::abort();
        });
        return body(room);
    }
    // Free again whatever became of the test before.
    let _one = ONE_ROOM.lock().unwrap_or_else(PoisonError::into_inner);
    for room in 1..=ROOMS_MAX {
        let card = VirtualCard::start().expect("a virtual sound card; `make setup` installs it");
        let output = punctual(std::env::current_exe().expect("this test"))
            .args([test, "--exact", "--nocapture"])
            .envs(card.environment())
            .output()
            .expect("this test again");
        let told = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        // One test, not none: a misspelt name would pass otherwise.
        if output.status.success() && told.contains("1 passed") {
            println!("{told}");
            return;
        }
        println!("in room {room}:\n{told}\n{complained}");
        assert!(complained.contains(STUMBLED), "it failed in an even room; see above");
    }
    panic!("the machine is too busy for sound: {ROOMS_MAX} rooms stumbled");
}

impl Room {
    /// Plays a sound in the room, and returns when it has ended.
    pub fn play(&self, sound: &Pcm) -> io::Result<()> {
        let file = tempfile::Builder::new().suffix(".wav").tempfile()?;
        wav::write(file.path(), sound).map_err(io::Error::other)?;
        self.play_into_room(file.path())
    }
}
