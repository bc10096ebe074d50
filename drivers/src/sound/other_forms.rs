//! A card that has only 44.1 kHz and two channels, tried for real: the card is the virtual one,
//! asked as if it offered nothing else. Only a test; PulseAudio itself takes any form.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use cpal::traits::DeviceTrait;
use cpal::{SampleFormat, SupportedBufferSize, SupportedStreamConfigRange};
use omzien_core::Language;

use super::capture::{Capture, Wanted, open};
use super::card::{CardSpeaker, LOUDSPEAKER, LOUDSPEAKER_RATES_HZ, choose, find};
use super::patience::Patience;
use super::resample::resample;
use super::{Block, Microphone, Pcm, Played, RATE_HZ, Speaker};
use crate::simulated::in_a_room;
use crate::simulated::likeness::likeness;
use crate::simulated::virtual_card::Room;
use crate::speech::turns::Ears;
use crate::speech::voice::{Espeak, Voice};

const COMPACT_DISC: Wanted = Wanted { rates_hz: &[44_100], channels: 2 };
const PATIENCE: Duration = Duration::from_secs(60);

fn said() -> Pcm {
    let settings = crate::speech::Settings::default();
    Espeak::new(&settings).synthesise("Turn on the kitchen light.", Language::En).unwrap()
}

fn in_a_room(test: &str, body: impl FnOnce(Room)) {
    let module = module_path!().split_once("::").map_or("", |(_, module)| module);
    in_a_room::in_a_room(&format!("{module}::{test}"), body);
}

#[test]
fn what_is_said_in_the_room_is_one_turn_and_itself() {
    in_a_room("what_is_said_in_the_room_is_one_turn_and_itself", |room| {
        let patience = Patience::default();
        let (_, form) = open("robotmic", COMPACT_DISC).unwrap();
        assert_eq!((form.rate_hz, form.channels), (44_100, 2));
        let find = || Ok("robotmic".to_owned());
        let mut microphone = Capture::open(&patience, COMPACT_DISC, find).unwrap();
        let said = said();
        let sound = said.clone();
        let player = std::thread::spawn(move || room.play(&sound));
        let (mut ears, since) = (Ears::default(), Instant::now());
        let turn = loop {
            assert!(since.elapsed() < PATIENCE, "no turn was heard");
            let block = microphone.next_block(Duration::from_millis(200)).unwrap();
            if let Block::Samples(samples) = block
                && let Some(turn) = ears.push(&samples).pop()
            {
                break turn;
            }
        };
        player.join().unwrap().unwrap();
        let wanted = resample(&said.samples, said.rate_hz, RATE_HZ);
        let wanted = Pcm { samples: wanted, rate_hz: RATE_HZ };
        let heard = Pcm { samples: turn.samples, rate_hz: RATE_HZ };
        assert!(likeness(&wanted, &heard) > 0.9, "{}", likeness(&wanted, &heard));
    });
}

#[test]
fn what_it_says_comes_out_like_itself() {
    in_a_room("what_it_says_comes_out_like_itself", |room| {
        let device = find(LOUDSPEAKER, Some("robotspk")).unwrap();
        let only = SupportedStreamConfigRange::new(
            COMPACT_DISC.channels as u16,
            44_100,
            44_100,
            SupportedBufferSize::Unknown,
            SampleFormat::I16,
        );
        assert!(device.supports_output());
        let (config, format) =
            choose(LOUDSPEAKER, Ok(std::iter::once(only)), &LOUDSPEAKER_RATES_HZ).unwrap();
        assert_eq!((config.sample_rate, config.channels), (44_100, 2));
        let (patience, tell) = (Patience::default(), Arc::new(|| ()));
        let mut speaker = CardSpeaker { device, config, format, patience, tell };
        let (said, recording) = (said(), room.record_speaker().unwrap());
        let since = Instant::now();
        let played = speaker.play(&said, &AtomicBool::new(false)).unwrap();
        assert_eq!(played, Played::ToTheEnd);
        assert!(since.elapsed() >= said.duration());
        let heard = recording.stop();
        assert!(likeness(&said, &heard) > 0.9, "{}", likeness(&said, &heard));
    });
}
