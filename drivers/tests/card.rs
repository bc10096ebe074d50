//! The sound card as it is in a home: it stands still, it is pulled out, it comes back, somebody
//! turned it down. No hardware: the card is a virtual one, and what happens to it is real.

#![allow(clippy::unwrap_used)]

mod room;

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use omzien_drivers::simulated::virtual_card::Room;
use omzien_drivers::sound::{Block, Pcm, Played, RATE_HZ, SoundCard, SoundError};
use room::{card, in_a_room};

/// Nothing that a card does to us may take longer than this.
const BOUND: Duration = Duration::from_secs(15);

fn tone(seconds: u32) -> Pcm {
    let wave = |at: u32| (at as f32 * 0.2).sin() * 0.5;
    Pcm { samples: (0..seconds * RATE_HZ).map(wave).collect(), rate_hz: RATE_HZ }
}

/// Plays a long sound, does something to the room once it is heard, and gives what became of it.
fn played_while(room: &Room, happening: impl FnOnce()) -> Result<Played, SoundError> {
    let recording = room.record_speaker().unwrap();
    let playing = std::thread::spawn(|| {
        let mut speaker = card().open_speaker()?;
        speaker.play(&tone(30), &AtomicBool::new(false))
    });
    recording.wait_until(|heard| heard.loudness() > 0.01).unwrap();
    happening();
    let since = Instant::now();
    while !playing.is_finished() {
        assert!(since.elapsed() < BOUND, "the sound neither plays nor fails");
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("it ended {:?} after the card", since.elapsed());
    playing.join().unwrap()
}

#[test]
fn a_card_that_stands_still_ends_the_sound_and_keeps_nobody_waiting() {
    in_a_room("a_card_that_stands_still_ends_the_sound_and_keeps_nobody_waiting", |room| {
        let played = played_while(&room, || room.freeze().unwrap());
        println!("{played:?}");
        assert!(matches!(played, Err(SoundError::Lost { .. })), "{played:?}");
        for _ in 0..3 {
            let since = Instant::now();
            let opened = card()
                .open_speaker()
                .and_then(|mut speaker| speaker.play(&tone(1), &AtomicBool::new(false)));
            println!("{opened:?} after {:?}", since.elapsed());
            assert!(opened.is_err() && since.elapsed() < BOUND);
        }
        room.thaw().unwrap();
        let mut speaker = card().open_speaker().unwrap();
        assert_eq!(speaker.play(&tone(1), &AtomicBool::new(false)).unwrap(), Played::ToTheEnd);
    });
}

#[test]
fn a_microphone_that_stands_still_is_lost_and_comes_back() {
    in_a_room("a_microphone_that_stands_still_is_lost_and_comes_back", |room| {
        let mut microphone = card().open_microphone().unwrap();
        let samples = |block: &Result<Block, SoundError>| matches!(block, Ok(Block::Samples(_)));
        let look = Duration::from_millis(100);
        while !samples(&microphone.next_block(look)) {}
        room.freeze().unwrap();
        let since = Instant::now();
        let lost = loop {
            assert!(since.elapsed() < BOUND, "it neither hears nor fails");
            if let Err(error) = microphone.next_block(look) {
                break error;
            }
        };
        println!("{lost} after {:?}", since.elapsed());
        drop(microphone);
        for _ in 0..3 {
            let since = Instant::now();
            let opened = card().open_microphone().map(drop);
            println!("{opened:?} after {:?}", since.elapsed());
            assert!(opened.is_err() && since.elapsed() < BOUND);
        }
        room.thaw().unwrap();
        let mut microphone = card().open_microphone().unwrap();
        let since = Instant::now();
        while !samples(&microphone.next_block(look)) {
            assert!(since.elapsed() < BOUND, "it is deaf for ever");
        }
    });
}

#[test]
fn a_card_that_is_pulled_out_ends_the_sound_and_is_found_again() {
    in_a_room("a_card_that_is_pulled_out_ends_the_sound_and_is_found_again", |room| {
        let played = played_while(&room, || room.unplug().unwrap());
        println!("{played:?}");
        assert!(matches!(played, Err(SoundError::Lost { .. })), "{played:?}");
        let since = Instant::now();
        assert!(card().open_microphone().is_err());
        assert!(since.elapsed() < BOUND);
        let _server = room.plug_in().unwrap();
        let mut speaker = card().open_speaker().unwrap();
        assert_eq!(speaker.play(&tone(1), &AtomicBool::new(false)).unwrap(), Played::ToTheEnd);
        drop(card().open_microphone().unwrap());
    });
}
