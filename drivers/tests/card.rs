//! The sound card as it is in a home: it stands still, it is pulled out, it comes back, somebody
//! turned it down. No hardware: the card is a virtual one, and what happens to it is real.

#![allow(clippy::unwrap_used)]

mod room;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use omzien_core::{EffectId, Language, Manner, Outcome, Phrases, Trouble, TroubleState, Urgency};
use omzien_drivers::inbox::{self, Received};
use omzien_drivers::simulated::virtual_card::Room;
use omzien_drivers::sound::{Block, Pcm, Played, RATE_HZ, Settings, SoundCard, SoundError};
use omzien_drivers::speech::recogniser::{Heard, Recogniser, Transcript};
use omzien_drivers::speech::voice::{Espeak, Voice};
use omzien_drivers::speech::{self, Hearing, Parts, SpeechError, Wiring};
use omzien_drivers::{Input, Order};
use room::{card, in_a_room};
use tokio::sync::{mpsc, watch};

/// Nothing that a card does to us may take longer than this.
const BOUND: Duration = Duration::from_secs(15);

fn tone(seconds: u32) -> Pcm {
    let wave = |at: u32| (at as f32 * 0.2).sin() * 0.5;
    Pcm { samples: (0..seconds * RATE_HZ).map(wave).collect(), rate_hz: RATE_HZ }
}

/// A card that is back may refuse for a moment, and one on a busy machine take more than its
/// limit: both are tried again, as the ears and the mouth do.
fn found_again<T>(open: impl Fn() -> Result<T, SoundError>) -> T {
    let since = Instant::now();
    loop {
        match open() {
            Ok(opened) => return opened,
            Err(error) => assert!(since.elapsed() < BOUND, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(200));
    }
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
        let mut speaker = found_again(|| card().open_speaker());
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
        let mut microphone = found_again(|| card().open_microphone());
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

/// How loud the loudest second was that came out of the loudspeaker.
fn loudest(heard: &Pcm) -> f32 {
    let loudness = |second: &[f32]| Pcm { samples: second.to_vec(), rate_hz: RATE_HZ }.loudness();
    heard.samples.chunks(RATE_HZ as usize).map(loudness).fold(0.0, f32::max)
}

#[test]
fn a_card_that_is_turned_down_or_muted_is_seen_and_can_be_made_audible_and_put_back() {
    let name = "a_card_that_is_turned_down_or_muted_is_seen_and_can_be_made_audible_and_put_back";
    in_a_room(name, |room| {
        let card = card();
        let now = || found_again(|| card.volume()).expect("the room's card has controls");
        assert!(!now().is_turned_down());
        for (how, set, turned_down) in [
            ("volume", ["set-sink-volume", "speaker", "50%"], false),
            ("volume", ["set-sink-volume", "speaker", "15%"], true),
            ("muted", ["set-sink-mute", "speaker", "1"], true),
        ] {
            room.ask(&set).unwrap();
            let since = Instant::now();
            let before = now();
            println!("{how}: a look takes {:?}", since.elapsed());
            assert_eq!(before.is_turned_down(), turned_down, "{how}: {before:?}");
            found_again(|| card.set_volume(&before.made_audible()));
            assert!(!now().is_turned_down(), "{how}: {:?}", now());
            assert!(now().is_set_like(&before.made_audible()));
            found_again(|| card.set_volume(&before));
            assert!(now().is_set_like(&before), "{how}: {:?}", now());
        }
        // A card that stands still tells nothing, and soon; it takes a moment until it stands.
        room.freeze().unwrap();
        let since = Instant::now();
        while card.volume().is_ok() {}
        println!("a look at a card that stands still took {:?}", since.elapsed());
        assert!(since.elapsed() < BOUND);
        room.thaw().unwrap();
    });
}

/// Believes that whatever is said is "yes".
struct Yes;

impl Recogniser for Yes {
    fn transcribe(&mut self, _: &[f32], _: &Phrases) -> Result<Transcript, SpeechError> {
        let (text, heard) = ("yes".to_owned(), Heard::Known);
        Ok(Transcript {
            heard,
            free_text: text.clone(),
            text,
            confidence: 1.0,
            ..Transcript::default()
        })
    }
}

/// Ears and mouth at the card of the room.
struct Companion {
    orders: mpsc::Sender<Order>,
    received: Received,
    said: u64,
    _hearing: watch::Sender<Hearing>,
}

impl Companion {
    fn start() -> Self {
        let (publish, hearing) = watch::channel(Hearing::default());
        let (orders, to_do) = mpsc::channel(8);
        let (inbox, received) = inbox::open();
        let began = Instant::now();
        let wiring = Wiring {
            sound: Settings::default(),
            speech: speech::Settings::default(),
            model: "/nowhere".into(),
            voice_model: "/nowhere".into(),
            language: Language::En,
            room: None,
            hearing,
            clock: Arc::new(move || u64::try_from(began.elapsed().as_millis()).unwrap()),
        };
        let parts = Parts {
            card: Arc::new(card()),
            voice: Box::new(Espeak::new(&speech::Settings::default())),
            load: Box::new(|| Ok(Box::new(Yes))),
            confirm: Box::new(|| None),
        };
        tokio::spawn(speech::open_with(parts, wiring, to_do, inbox).unwrap());
        Self { orders, received, said: 0, _hearing: publish }
    }

    async fn say(&mut self, text: &str, urgency: Urgency) {
        self.said += 1;
        let (id, text) = (EffectId { epoch: 1, counter: self.said }, text.to_owned());
        let (spoken, language, manner) = (text.clone(), Language::En, Manner::FULL);
        let say = Order::Say { id, text, spoken, language, urgency, manner };
        self.orders.send(say).await.unwrap();
    }

    async fn next(&mut self) -> Input {
        loop {
            let batch = tokio::time::timeout(Duration::from_secs(60), self.received.take(1)).await;
            match batch.expect("an input in time").expect("ears and mouth").remove(0) {
                Input::VoiceBegan { .. } | Input::HeardBack(_) | Input::CalendarRead(_) => {}
                input => return input,
            }
        }
    }

    /// The troubles until something is concluded, and how that was.
    async fn concluded(&mut self) -> (Vec<(Trouble, TroubleState)>, Outcome) {
        let mut troubles = Vec::new();
        loop {
            match self.next().await {
                Input::Troubled { trouble, state } => troubles.push((trouble, state)),
                Input::Concluded { outcome, .. } => return (troubles, outcome),
                other => panic!("{other:?}"),
            }
        }
    }
}

fn in_a_room_with_ears_and_mouth<F: Future>(name: &str, test: impl FnOnce(Room) -> F) {
    in_a_room(name, |room| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(test(room));
        // Its threads may be with a card that is gone.
        runtime.shutdown_background();
    });
}

const STORY: &str = "Once upon a time there was a lamp that nobody had switched off for a year and \
                     it shone and shone and nobody knew why it shone until the moon came by";

#[test]
fn a_calm_sentence_leaves_the_volume_alone_and_an_alarm_is_heard() {
    let name = "a_calm_sentence_leaves_the_volume_alone_and_an_alarm_is_heard";
    in_a_room_with_ears_and_mouth(name, async |room| {
        room.ask(&["set-sink-volume", "speaker", "15%"]).unwrap();
        let mut companion = Companion::start();
        let began = (Trouble::TurnedDown, TroubleState::Began);
        let set = card().volume().unwrap();
        let mut loudness = Vec::new();
        let mut told = Vec::new();
        for urgency in [Urgency::Calm, Urgency::Alarm, Urgency::Calm] {
            let recording = room.record_speaker().unwrap();
            companion.say("Is there anybody at home?", urgency).await;
            let (troubles, outcome) = companion.concluded().await;
            assert!(matches!(outcome, Outcome::Spoken { .. }), "{outcome:?}");
            loudness.push(loudest(&recording.stop()));
            told.extend(troubles);
            assert_eq!(card().volume().unwrap(), set, "after {urgency:?}");
        }
        println!("calm {}, alarm {}, calm {}", loudness[0], loudness[1], loudness[2]);
        assert!(loudness[0] < 0.01 && loudness[2] < 0.01, "what was chosen stands: {loudness:?}");
        assert!(loudness[1] > 0.03, "an alarm is heard: {loudness:?}");
        assert_eq!(told, [began], "told once");
        room.ask(&["set-sink-volume", "speaker", "80%"]).unwrap();
        companion.say("That is better.", Urgency::Calm).await;
        let (told, _) = companion.concluded().await;
        assert_eq!(told, [(Trouble::TurnedDown, TroubleState::Over)]);
    });
}

/// The card goes while a sentence is being said and the microphone is open; it comes back.
async fn goes_and_comes_back<T>(
    room: Room,
    goes: impl FnOnce(&Room),
    comes: impl FnOnce(&Room) -> T,
) {
    let mut companion = Companion::start();
    let recording = room.record_speaker().unwrap();
    companion.say(STORY, Urgency::Alarm).await;
    let recording = tokio::task::spawn_blocking(move || {
        recording.wait_until(|heard| heard.loudness() > 0.01).unwrap();
        recording
    });
    let recording = recording.await.unwrap();
    goes(&room);
    let since = Instant::now();
    // Both are told once each, and the sentence is concluded.
    let (mut troubles, outcome) = companion.concluded().await;
    println!("the sentence was concluded {:?} after its card went", since.elapsed());
    assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
    assert!(since.elapsed() < BOUND, "{:?}", since.elapsed());
    drop(recording);
    // Another is refused at once or soon; nothing is told twice.
    companion.say("Does anybody hear me?", Urgency::Alarm).await;
    let (more, outcome) = companion.concluded().await;
    assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
    troubles.extend(more);
    let began = |trouble| (trouble, TroubleState::Began);
    troubles.sort_by_key(|(trouble, _)| trouble.clone());
    assert_eq!(troubles, [began(Trouble::Deaf), began(Trouble::Mute)]);
    let _card = comes(&room);
    // By themselves: nobody says anything, nobody asks it to listen.
    let since = Instant::now();
    let mut over = Vec::new();
    while over.len() < 2 {
        match companion.next().await {
            Input::Troubled { trouble, state: TroubleState::Over } => over.push(trouble),
            other => panic!("{other:?}"),
        }
    }
    over.sort();
    assert_eq!(over, [Trouble::Deaf, Trouble::Mute]);
    println!("it hears and speaks again after {:?}", since.elapsed());
    companion.say("Here I am.", Urgency::Calm).await;
    let (troubles, outcome) = companion.concluded().await;
    assert!(troubles.is_empty() && matches!(outcome, Outcome::Spoken { .. }), "{outcome:?}");
    let said = Espeak::new(&speech::Settings::default()).synthesise("Yes, please.", Language::En);
    tokio::task::spawn_blocking(move || room.play(&said.unwrap())).await.unwrap().unwrap();
    let heard = companion.next().await;
    assert!(matches!(&heard, Input::Heard(utterance) if utterance.text == "yes"), "{heard:?}");
}

#[test]
fn a_sound_server_that_dies_and_comes_back_is_found_again() {
    let name = "a_sound_server_that_dies_and_comes_back_is_found_again";
    in_a_room_with_ears_and_mouth(name, |room| {
        goes_and_comes_back(room, |room| room.unplug().unwrap(), |room| room.plug_in().unwrap())
    });
}

#[test]
fn a_sound_server_that_stands_still_and_goes_on_is_found_again() {
    let name = "a_sound_server_that_stands_still_and_goes_on_is_found_again";
    in_a_room_with_ears_and_mouth(name, |room| {
        goes_and_comes_back(room, |room| room.freeze().unwrap(), |room| room.thaw().unwrap())
    });
}

#[test]
fn a_card_that_vanishes_from_its_server_and_comes_back_is_found_again() {
    let name = "a_card_that_vanishes_from_its_server_and_comes_back_is_found_again";
    in_a_room_with_ears_and_mouth(name, |room| {
        goes_and_comes_back(
            room,
            |room| room.take_cards().unwrap(),
            |room| room.give_cards().unwrap(),
        )
    });
}
