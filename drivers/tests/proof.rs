//! Loudspeaker and microphone prove each other: what was said is found again in what the room's
//! microphone hears, and nothing else is taken for it. `--nocapture` prints what was measured.

#![allow(clippy::unwrap_used)]

mod room;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use omzien_core::{HeardBack, Language};
use omzien_drivers::simulated::virtual_card::{Echo, Room};
use omzien_drivers::sound::chime::chime;
use omzien_drivers::sound::resample::resample;
use omzien_drivers::sound::{Block, Pcm, Played, RATE_HZ, SoundCard, wav};
use omzien_drivers::speech::Settings;
use omzien_drivers::speech::proof::{Proving, compare};
use omzien_drivers::speech::voice::{Espeak, Voice};
use room::{card, in_a_room};

const GREETING: &str = "Goedemorgen, mevrouw De Wit. Het is vandaag zondag tweeëntwintig november.";
const QUESTION: &str = "Do you need help? Say yes or no.";
/// The same voice, and many of the same words.
const SAME: &str =
    "Goedemiddag, meneer De Vries. Het is vandaag dinsdag, en de thuiszorg komt om tien uur.";
const WEATHER: &str = "And now the weather for tomorrow: rain in the west, and towards the evening \
                       some wind from the sea. Nobody will be left behind, said the minister.";
/// From here on the core takes a match for the sound itself.
const SURE_PERCENT: u16 = 1_200;

fn ms(ms: usize) -> usize {
    ms * RATE_HZ as usize / 1_000
}

/// A sentence as loud as a calm one is played.
fn say(text: &str, language: Language) -> Vec<f32> {
    let said = Espeak::new(&Settings::default()).synthesise(text, language).unwrap();
    let mut samples = resample(&said.samples, said.rate_hz, RATE_HZ);
    let loudest = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    samples.iter_mut().for_each(|sample| *sample *= 0.5 / loudest);
    samples
}

fn louder(sound: &[f32], by_db: f32) -> Vec<f32> {
    sound.iter().map(|sample| sample * 10.0_f32.powf(by_db / 20.0)).collect()
}

/// Three tones that change three times a second.
fn music() -> Vec<f32> {
    let sample = |place: usize| {
        let at = place as f32 / RATE_HZ as f32;
        let hz = [440.0, 523.3, 659.3, 784.0][(at * 3.0) as usize % 4];
        let tone = |of: f32| (std::f32::consts::TAU * hz * of * at).sin();
        0.3 * tone(1.0) + 0.2 * tone(1.5) + 0.1 * tone(2.0)
    };
    (0..ms(6_000)).map(sample).collect()
}

/// A soft hiss: no room is digitally silent.
fn hiss() -> impl Iterator<Item = f32> {
    let mut seed = 7_u32;
    std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0) * 0.001
    })
}

/// What is measured in a room where this sounds; `echo`: how much later and louder what is played
/// is heard there, if it is.
fn measure(played: &[f32], echo: Option<(usize, f32)>, room: &[f32]) -> HeardBack {
    let played = &played[..played.len().min(ms(2_000))];
    let before = ms(1_000);
    let length = before + played.len() + ms(1_300);
    let room = room.iter().copied().chain(std::iter::repeat(0.0));
    let mut heard: Vec<f32> = room.zip(hiss()).map(|(one, hiss)| one + hiss).take(length).collect();
    if let Some((delay_ms, gain_db)) = echo {
        let mut walls = Echo::new(gain_db);
        let late = std::iter::repeat_n(&0.0, ms(delay_ms)).chain(played);
        let way = late.chain(std::iter::repeat(&0.0)).map(|sample| walls.push(*sample));
        heard[before..].iter_mut().zip(way).for_each(|(heard, echo)| *heard += echo);
    }
    compare(played, &heard[before..], &heard[..before])
}

#[test]
fn what_was_played_is_found_and_nothing_else_is_taken_for_it() {
    let (weather, same) = (say(WEATHER, Language::En), say(SAME, Language::Nl));
    let rooms = [
        ("silence", Vec::new()),
        ("a soft radio", louder(&weather, -20.0)),
        ("a loud radio", weather),
        ("the same voice and words", same),
        ("music", music()),
    ];
    for (name, played) in [
        ("greeting", say(GREETING, Language::Nl)),
        ("question", say(QUESTION, Language::En)),
        ("chime", louder(&chime().samples, -3.0)),
    ] {
        for (room_name, room) in &rooms {
            let alone = measure(&played, None, room);
            println!("{name}, not heard in {room_name}: {alone:?}");
            assert!(alone.likeness_percent < SURE_PERCENT * 3 / 4, "{name}, {room_name}");
        }
        for (room_name, room) in &rooms[..4] {
            let heard = measure(&played, Some((80, -10.0)), room);
            println!("{name}, heard in {room_name}: {heard:?}");
            assert!(heard.likeness_percent > SURE_PERCENT * 5 / 4, "{name}, {room_name}");
        }
        // From far away, late, and softer than anybody hears it over a hiss.
        for (delay_ms, gain_db) in [(20, 0.0), (300, -30.0), (900, -40.0)] {
            let heard = measure(&played, Some((delay_ms, gain_db)), &[]);
            assert!(heard.likeness_percent > SURE_PERCENT * 5 / 4, "{name}, {gain_db} dB");
        }
    }
    let greeting = say(GREETING, Language::Nl);
    for gain_db in [0.0, -10.0, -20.0] {
        let heard = measure(&greeting, Some((80, gain_db)), &[]);
        let louder_db = measure(&greeting, Some((80, gain_db - 10.0)), &[]).during_dbfs;
        assert!((9..=11).contains(&(heard.during_dbfs - louder_db)), "{heard:?}");
        assert!((-72..=-66).contains(&heard.room_dbfs), "{heard:?}");
    }
}

/// A card that proves, its microphone open and read until told to end.
fn proving(body: impl FnOnce(&dyn SoundCard, &Receiver<HeardBack>)) {
    let (told, measured) = channel();
    let tell = Arc::new(move |heard| {
        // Who measured no more has ended.
        let _ = told.send(heard);
    });
    let proving = Proving::new(Arc::new(card()), tell);
    let end = AtomicBool::new(false);
    let mut microphone = proving.open_microphone().unwrap();
    let mut heard = 0;
    while heard < ms(1_500) {
        if let Block::Samples(samples) = microphone.next_block(LOOK).unwrap() {
            heard += samples.len();
        }
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !end.load(Ordering::SeqCst) {
                microphone.next_block(LOOK).unwrap();
            }
        });
        let body = std::panic::AssertUnwindSafe(|| body(&proving, &measured));
        let result = std::panic::catch_unwind(body);
        // Before anything can fail here: the scope waits for whoever listens.
        end.store(true, Ordering::SeqCst);
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

const LOOK: Duration = Duration::from_millis(100);
/// Two seconds of a sound are compared, and one more for its way through the room.
const TOLD_WITHIN: Duration = Duration::from_secs(4);
/// A sentence, its tail, and a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn play(card: &dyn SoundCard, samples: Vec<f32>, stop: &AtomicBool) -> Played {
    let sound = Pcm { samples, rate_hz: RATE_HZ };
    card.open_speaker().unwrap().play(&sound, stop).unwrap()
}

/// What is measured of a sentence that is played to its end.
fn prove(card: &dyn SoundCard, measured: &Receiver<HeardBack>, samples: Vec<f32>) -> HeardBack {
    play(card, samples, &AtomicBool::new(false));
    measured.recv_timeout(PATIENCE).unwrap()
}

#[test]
fn a_room_that_hears_its_loudspeaker_is_proof() {
    in_a_room("a_room_that_hears_its_loudspeaker_is_proof", |room| {
        let _feedback = room.feed_back(Duration::from_millis(80), -10.0).unwrap();
        proving(|card, measured| {
            for sound in [say(GREETING, Language::Nl), louder(&chime().samples, -3.0)] {
                let heard = prove(card, measured, sound);
                println!("at -10 dB: {heard:?}");
                assert!(heard.likeness_percent > SURE_PERCENT, "{heard:?}");
                assert!(heard.during_dbfs > heard.room_dbfs + 20, "{heard:?}");
                // The next is measured only in a room that is free of this one.
                std::thread::sleep(Duration::from_millis(1_200));
            }
        });
    });
}

#[test]
fn a_room_that_does_not_is_none_whatever_else_sounds() {
    in_a_room("a_room_that_does_not_is_none_whatever_else_sounds", |room| {
        proving(|card, measured| {
            let unheard = prove(card, measured, say(GREETING, Language::Nl));
            println!("a dead loudspeaker: {unheard:?}");
            assert!(unheard.likeness_percent < SURE_PERCENT, "{unheard:?}");
            assert!(unheard.during_dbfs < -60, "{unheard:?}");
            std::thread::sleep(Duration::from_millis(1_200));
            let file = tempfile::NamedTempFile::new().unwrap();
            let radio = radio(&room, file.path());
            let unheard = prove(card, measured, say(GREETING, Language::Nl));
            println!("a dead loudspeaker and a radio: {unheard:?}");
            assert!(unheard.likeness_percent < SURE_PERCENT, "{unheard:?}");
            assert!(unheard.during_dbfs > -40, "the radio was heard: {unheard:?}");
            radio.join().unwrap();
        });
    });
}

/// Another voice that talks on for a while; returns when it is heard.
fn radio(room: &Room, file: &Path) -> std::thread::JoinHandle<()> {
    let talk = say(WEATHER, Language::En).repeat(2);
    wav::write(file, &Pcm { samples: talk, rate_hz: RATE_HZ }).unwrap();
    let listening = room.record_room().unwrap();
    let (room, file) = (room.clone(), file.to_path_buf());
    let playing = std::thread::spawn(move || room.play_into_room(&file).unwrap());
    listening.wait_until(|heard| heard.loudness() > 0.001).unwrap();
    playing
}

#[test]
fn what_was_stopped_or_too_short_tells_nothing() {
    in_a_room("what_was_stopped_or_too_short_tells_nothing", |room| {
        let _feedback = room.feed_back(Duration::from_millis(80), -10.0).unwrap();
        proving(|card, measured| {
            let greeting = say(GREETING, Language::Nl);
            // Stopped while it sounds. Whatever could be told of it would be by then; and the next
            // begins in a room that is free of it.
            let stop = AtomicBool::new(false);
            let stopped = std::thread::scope(|scope| {
                let heard = room.record_speaker().unwrap();
                let playing = scope.spawn(|| play(card, greeting.clone(), &stop));
                heard.wait_until(|heard| heard.loudness() > 0.001).unwrap();
                stop.store(true, Ordering::SeqCst);
                playing.join().unwrap()
            });
            assert!(matches!(stopped, Played::Stopped { .. }), "{stopped:?}");
            assert_eq!(measured.recv_timeout(TOLD_WITHIN), Err(RecvTimeoutError::Timeout));
            let short = greeting[..ms(400)].to_vec();
            assert_eq!(play(card, short, &AtomicBool::new(false)), Played::ToTheEnd);
            assert_eq!(measured.recv_timeout(TOLD_WITHIN), Err(RecvTimeoutError::Timeout));
            // And after them it is measured again.
            assert!(prove(card, measured, greeting).likeness_percent > SURE_PERCENT);
        });
    });
}
