//! Ears and mouth as the daemon sees them: orders in, inputs out. The card is a file or a fake,
//! the recogniser a fake; sound.rs tries the real ones.

#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use omzien_core::intent::Expects;
use omzien_core::{
    EffectId, Expectation, Language, Listening, Manner, Outcome, Phrases, Trouble, TroubleState,
    Urgency,
};
use omzien_drivers::inbox::{self, Received};
use omzien_drivers::simulated::sound::{FileCard, Pace};
use omzien_drivers::sound::volume::Volume;
use omzien_drivers::sound::{
    self, Block, Microphone, Pcm, Played, RATE_HZ, SoundCard, SoundError, Speaker,
};
use omzien_drivers::speech::recogniser::{Heard, Recogniser, Transcript};
use omzien_drivers::speech::voice::{Espeak, Voice};
use omzien_drivers::speech::{self, Hearing, Parts, Settings, SpeechError, Wiring};
use omzien_drivers::{Input, Order};
use tokio::sync::{mpsc, watch};

/// Nothing here takes this long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(30);

struct Driver {
    orders: mpsc::Sender<Order>,
    received: Received,
    hearing: watch::Sender<Hearing>,
    running: tokio::task::JoinHandle<()>,
}

fn start(parts: Parts, hearing: Hearing) -> Driver {
    let (hearing, published) = watch::channel(hearing);
    let (orders, to_do) = mpsc::channel(64);
    let (inbox, received) = inbox::open();
    let began = Instant::now();
    let wiring = Wiring {
        sound: sound::Settings::default(),
        speech: Settings::default(),
        model: "/nowhere".into(),
        voice_model: "/nowhere".into(),
        language: Language::En,
        room: Some("kitchen".into()),
        hearing: published,
        clock: Arc::new(move || u64::try_from(began.elapsed().as_millis()).unwrap()),
    };
    let running = speech::open_with(parts, wiring, to_do, inbox).unwrap();
    Driver { orders, received, hearing, running: tokio::spawn(running) }
}

impl Driver {
    /// The next input but for beginnings: those have a test of their own.
    async fn next(&mut self) -> Input {
        loop {
            let batch = tokio::time::timeout(PATIENCE, self.received.take(1)).await;
            match batch.expect("an input in time").expect("a driver").remove(0) {
                Input::VoiceBegan { .. } | Input::HeardBack(_) | Input::CalendarRead(_) => {}
                input => return input,
            }
        }
    }

    async fn say(&self, counter: u64, text: &str, urgency: Urgency) {
        let (id, text) = (id(counter), text.to_owned());
        let (spoken, language, manner) = (text.clone(), Language::En, Manner::FULL);
        let say = Order::Say { id, text, spoken, language, urgency, manner };
        self.orders.send(say).await.unwrap();
    }

    async fn listen(&self, counter: u64, listening: Listening) {
        self.orders.send(Order::Listen { id: id(counter), listening }).await.unwrap();
    }

    /// Closes the orders; the driver must end by itself.
    async fn end(self) -> Vec<Input> {
        drop(self.orders);
        tokio::time::timeout(PATIENCE, self.running).await.expect("an end in time").unwrap();
        let mut received = self.received;
        let mut left = received.take_now(100);
        left.retain(|input| !matches!(input, Input::VoiceBegan { .. } | Input::HeardBack(_)));
        left
    }
}

fn id(counter: u64) -> EffectId {
    EffectId { epoch: 1, counter }
}

fn concluded(counter: u64, outcome: Outcome) -> Input {
    Input::Concluded { effect: id(counter), outcome }
}

fn spoken(counter: u64, text: &str) -> Input {
    concluded(counter, Outcome::Spoken { text: text.to_owned() })
}

fn troubled(trouble: Trouble, state: TroubleState) -> Input {
    Input::Troubled { trouble, state }
}

/// Writes how long it listened: what it was given is then seen in the utterance.
struct Listener(Arc<AtomicUsize>);

impl Recogniser for Listener {
    fn transcribe(
        &mut self,
        samples: &[f32],
        phrases: &Phrases,
    ) -> Result<Transcript, SpeechError> {
        self.0.fetch_add(samples.len(), Ordering::SeqCst);
        let text = phrases.names.first().cloned().unwrap_or_default();
        let heard = Heard::Known;
        let free_text = text.clone();
        Ok(Transcript { heard, free_text, text, confidence: 0.9, ..Transcript::default() })
    }
}

fn parts(card: impl SoundCard + 'static, heard: &Arc<AtomicUsize>) -> Parts {
    let heard = Arc::clone(heard);
    Parts {
        card: Arc::new(card),
        voice: Box::new(Espeak::new(&Settings::default())),
        load: Box::new(move || Ok(Box::new(Listener(Arc::clone(&heard))))),
        confirm: Box::new(|| None),
    }
}

fn hearing(question: u64, sentence: &str) -> Hearing {
    Hearing {
        expectation: Expectation { question, expects: Expects::YesNo },
        phrases: Arc::new(Phrases::default().with_names([sentence.to_owned()])),
        ..Hearing::default()
    }
}

/// Speech with silence around it.
fn recording() -> Pcm {
    let said = Espeak::new(&Settings::default())
        .synthesise("Please turn on the kitchen light.", Language::En)
        .unwrap();
    let silence = vec![0.0; said.rate_hz as usize];
    let samples = [silence.clone(), said.samples, silence.clone(), silence].concat();
    Pcm { samples, rate_hz: said.rate_hz }
}

#[tokio::test]
async fn a_turn_becomes_an_utterance_with_what_held_when_it_began() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let heard = Arc::new(AtomicUsize::new(0));
    let recording = recording();
    let card = FileCard::new(&recording, file.path().into(), Pace::RealTime);
    let mut driver = start(parts(card, &heard), hearing(7, "yes"));
    // Another question is asked while the answer to the first is being given.
    tokio::time::sleep(Duration::from_millis(2_000)).await;
    driver.hearing.send_replace(hearing(8, "no"));
    let Input::Heard(utterance) = driver.next().await else { panic!("nothing was heard") };
    assert_eq!(utterance.text, "yes");
    assert_eq!(utterance.expectation.question, 7);
    assert_eq!(utterance.room, Some("kitchen".into()));
    assert!((utterance.confidence - 0.9).abs() < f32::EPSILON);
    let length = utterance.ended_ms - utterance.began_ms;
    assert!((1_000..3_500).contains(&length), "{length} ms");
    assert!((700..1_500).contains(&utterance.began_ms), "began {}", utterance.began_ms);
    assert!(heard.load(Ordering::SeqCst) > RATE_HZ as usize);
    assert!(driver.end().await.is_empty());
}

#[tokio::test]
async fn sentences_are_said_one_after_another_and_an_alarm_interrupts() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let silence = Pcm { samples: vec![], rate_hz: RATE_HZ };
    let card = FileCard::new(&silence, file.path().into(), Pace::RealTime);
    let mut driver = start(parts(card, &Arc::default()), Hearing::default());
    let story = "Once upon a time there was a lamp that nobody had switched off for a year.";
    driver.say(1, story, Urgency::Calm).await;
    driver.say(2, "Good night.", Urgency::Calm).await;
    // It is surely being said: a second is longer than making it, and shorter than saying it.
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    driver.say(3, "Help is on its way.", Urgency::Alarm).await;
    let interrupted = Outcome::Interrupted { text: story.to_owned() };
    assert_eq!(driver.next().await, concluded(1, interrupted));
    assert_eq!(driver.next().await, spoken(3, "Help is on its way."));
    assert_eq!(driver.next().await, spoken(2, "Good night."));
    assert!(driver.end().await.is_empty());
    assert!(sound::wav::read(file.path()).unwrap().loudness() > 0.01);
}

#[tokio::test]
async fn what_waits_at_the_end_is_concluded_once() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let silence = Pcm { samples: vec![], rate_hz: RATE_HZ };
    let card = FileCard::new(&silence, file.path().into(), Pace::RealTime);
    let driver = start(parts(card, &Arc::default()), Hearing::default());
    for counter in 1..=3 {
        driver.say(counter, "This is a sentence that takes its time.", Urgency::Calm).await;
    }
    let mut ends: Vec<EffectId> = driver
        .end()
        .await
        .into_iter()
        .map(|input| match input {
            Input::Concluded { effect, .. } => effect,
            other => panic!("{other:?}"),
        })
        .collect();
    ends.sort();
    assert_eq!(ends, [id(1), id(2), id(3)]);
}

/// A card that counts its open microphones, hears a tone-like buzz for ever, and plays nothing.
#[derive(Clone, Default)]
struct CountingCard {
    open: Arc<AtomicUsize>,
    broken: Arc<AtomicBool>,
    speech: Arc<Vec<f32>>,
    playing: Arc<Mutex<Option<Duration>>>,
}

struct CountedMicrophone {
    card: CountingCard,
    at: usize,
}

impl SoundCard for CountingCard {
    fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(SoundError::NoDevice { what: "microphone" });
        }
        self.open.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(CountedMicrophone { card: self.clone(), at: 0 }))
    }

    fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(SoundError::NoDevice { what: "loudspeaker" });
        }
        Ok(Box::new(SlowSpeaker(self.clone())))
    }

    fn volume(&self) -> Result<Option<Volume>, SoundError> {
        Ok(None)
    }

    fn set_volume(&self, _: &Volume) -> Result<(), SoundError> {
        Ok(())
    }
}

impl Drop for CountedMicrophone {
    fn drop(&mut self) {
        self.card.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Microphone for CountedMicrophone {
    fn next_block(&mut self, wait: Duration) -> Result<Block, SoundError> {
        if self.card.broken.load(Ordering::SeqCst) {
            return Err(SoundError::Lost { what: "microphone", why: "pulled out".to_owned() });
        }
        // Twenty times as fast as time, so that whole turns fit into a short sentence.
        std::thread::sleep(wait / 20);
        let block = self.card.speech.iter().cycle().skip(self.at).take(1_600).copied().collect();
        self.at = (self.at + 1_600) % self.card.speech.len().max(1);
        Ok(Block::Samples(block))
    }
}

struct SlowSpeaker(CountingCard);

impl Speaker for SlowSpeaker {
    fn play(&mut self, sound: &Pcm, stop: &AtomicBool) -> Result<Played, SoundError> {
        let start = Instant::now();
        while start.elapsed() < sound.duration() {
            if stop.load(Ordering::SeqCst) {
                return Ok(Played::Stopped { at: start.elapsed() });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        *self.0.playing.lock().unwrap() = Some(sound.duration());
        Ok(Played::ToTheEnd)
    }
}

#[tokio::test]
async fn off_closes_the_microphone_and_on_opens_it() {
    let card = CountingCard::default();
    let open = Arc::clone(&card.open);
    let mut driver = start(parts(card, &Arc::default()), Hearing::default());
    driver.listen(1, Listening::Off).await;
    assert_eq!(driver.next().await, concluded(1, Outcome::Done));
    assert_eq!(open.load(Ordering::SeqCst), 0);
    driver.listen(2, Listening::On).await;
    assert_eq!(driver.next().await, concluded(2, Outcome::Done));
    assert_eq!(open.load(Ordering::SeqCst), 1);
    // The same by what the daemon publishes.
    driver.hearing.send_replace(Hearing { listening: Listening::Off, ..Hearing::default() });
    while open.load(Ordering::SeqCst) != 0 {
        tokio::task::yield_now().await;
    }
    assert!(driver.end().await.is_empty());
}

#[tokio::test]
async fn a_home_that_starts_with_its_ears_shut_opens_no_microphone() {
    let card = CountingCard::default();
    let open = Arc::clone(&card.open);
    let hearing = Hearing { listening: Listening::Off, ..Hearing::default() };
    let mut driver = start(parts(card, &Arc::default()), hearing);
    driver.listen(1, Listening::Off).await;
    assert_eq!(driver.next().await, concluded(1, Outcome::Done));
    assert_eq!(open.load(Ordering::SeqCst), 0);
    driver.end().await;
}

#[tokio::test]
async fn without_a_card_it_is_deaf_and_mute_and_goes_on() {
    let card = CountingCard::default();
    card.broken.store(true, Ordering::SeqCst);
    let broken = Arc::clone(&card.broken);
    let mut driver = start(parts(card, &Arc::default()), Hearing::default());
    let mut troubles = vec![driver.next().await, driver.next().await];
    troubles.sort_by_key(|trouble| format!("{trouble:?}"));
    let began = |trouble| troubled(trouble, TroubleState::Began);
    assert_eq!(troubles, [began(Trouble::Deaf), began(Trouble::Mute)]);
    driver.say(1, "Hello?", Urgency::Alarm).await;
    let Input::Concluded { outcome: Outcome::Failed { trouble, .. }, .. } = driver.next().await
    else {
        panic!("it cannot have been said")
    };
    assert!(trouble.contains("there is no loudspeaker"), "{trouble}");
    // The card is plugged in: the next sentence, the next order find it.
    broken.store(false, Ordering::SeqCst);
    driver.say(2, "Hello!", Urgency::Alarm).await;
    assert_eq!(driver.next().await, troubled(Trouble::Mute, TroubleState::Over));
    assert_eq!(driver.next().await, spoken(2, "Hello!"));
    driver.listen(3, Listening::On).await;
    assert_eq!(driver.next().await, troubled(Trouble::Deaf, TroubleState::Over));
    assert_eq!(driver.next().await, concluded(3, Outcome::Done));
    driver.end().await;
}

/// What a microphone gives is what was put here; it takes a twentieth of its time.
async fn deafness(samples: Vec<f32>) -> Vec<TroubleState> {
    let card = CountingCard { speech: Arc::new(samples), ..CountingCard::default() };
    let broken = Arc::clone(&card.broken);
    let mut driver = start(parts(card, &Arc::default()), Hearing::default());
    let mut states = Vec::new();
    // Once around: dead or not, and alive again.
    for _ in 0..2 {
        if let Input::Troubled { trouble: Trouble::Deaf, state } = driver.next().await {
            states.push(state);
        }
    }
    broken.store(true, Ordering::SeqCst);
    driver.end().await;
    states
}

#[tokio::test]
async fn a_microphone_that_gives_digital_silence_is_deaf_until_it_gives_a_sound() {
    for dead in [0.0, 0.3] {
        let mut samples = vec![dead; 11 * RATE_HZ as usize];
        samples.push(dead + 0.001);
        let states = deafness(samples).await;
        assert_eq!(states, [TroubleState::Began, TroubleState::Over], "always {dead}");
    }
}

#[tokio::test]
async fn a_dead_microphone_is_not_told_alive_because_it_was_opened_anew() {
    let speech = Arc::new(vec![0.3; RATE_HZ as usize]);
    let card = CountingCard { speech, ..CountingCard::default() };
    let mut driver = start(parts(card, &Arc::default()), Hearing::default());
    assert_eq!(driver.next().await, troubled(Trouble::Deaf, TroubleState::Began));
    // Between two orders it listens at least once.
    for counter in 1..=3 {
        driver.listen(counter, Listening::On).await;
        assert_eq!(driver.next().await, concluded(counter, Outcome::Done));
    }
    assert_eq!(driver.end().await, []);
}

#[tokio::test]
async fn a_microphone_that_clips_is_told_and_its_words_are_no_clear_evidence() {
    for (louder, distorted) in [(1.0, false), (30.0, true)] {
        let mut recording = recording();
        recording.samples.iter_mut().for_each(|it| *it = (*it * louder).clamp(-1.0, 1.0));
        let samples = sound::resample::resample(&recording.samples, recording.rate_hz, RATE_HZ);
        let card = CountingCard { speech: Arc::new(samples), ..CountingCard::default() };
        let mut driver = start(parts(card, &Arc::default()), hearing(1, "yes"));
        let (mut heard, mut told) = (0, 0);
        while heard < 4 {
            match driver.next().await {
                Input::Heard(utterance) => {
                    heard += 1;
                    // The recogniser believes 0.9 of whatever it hears.
                    assert_eq!(utterance.confidence < 0.5, distorted, "{}", utterance.confidence);
                }
                other => {
                    assert_eq!(other, troubled(Trouble::Clipping, TroubleState::Began));
                    told += 1;
                }
            }
        }
        assert_eq!(told, usize::from(distorted));
        driver.end().await;
    }
}

/// Hears voices without end, and understands none of them.
struct Television;

impl Recogniser for Television {
    fn transcribe(&mut self, _: &[f32], _: &Phrases) -> Result<Transcript, SpeechError> {
        Ok(Transcript::default())
    }
}

/// A room that talks without end while a sentence is being said: what becomes of the sentence.
async fn said_into_a_talking_room(load: speech::Loader) -> Outcome {
    let recording = recording();
    let samples = sound::resample::resample(&recording.samples, recording.rate_hz, RATE_HZ);
    let card = CountingCard { speech: Arc::new(samples), ..CountingCard::default() };
    let parts = Parts { load, ..parts(card, &Arc::default()) };
    let mut driver = start(parts, hearing(1, "yes"));
    driver
        .say(1, "This sentence is said into a room that never falls silent.", Urgency::Calm)
        .await;
    let outcome = loop {
        match driver.next().await {
            Input::Concluded { outcome, .. } => break outcome,
            Input::Heard(_) => {}
            other => panic!("{other:?}"),
        }
    };
    driver.end().await;
    outcome
}

#[tokio::test]
async fn whoever_is_understood_over_a_sentence_ends_it() {
    let outcome =
        said_into_a_talking_room(Box::new(|| Ok(Box::new(Listener(Arc::default()))))).await;
    assert!(matches!(outcome, Outcome::Interrupted { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_television_pauses_a_sentence_and_does_not_keep_it_from_being_said() {
    let outcome = said_into_a_talking_room(Box::new(|| Ok(Box::new(Television)))).await;
    assert!(matches!(outcome, Outcome::Spoken { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_missing_model_is_told_and_found_when_it_comes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let card = FileCard::new(&recording(), file.path().into(), Pace::AsFastAsPossible);
    let fetched = Arc::new(AtomicBool::new(false));
    let there = Arc::clone(&fetched);
    let mut parts = parts(card, &Arc::default());
    parts.load = Box::new(move || match there.load(Ordering::SeqCst) {
        true => Ok(Box::new(Listener(Arc::default()))),
        false => Err(SpeechError::NoModel { path: "/nowhere".into() }),
    });
    let mut driver = start(parts, hearing(1, "yes"));
    assert_eq!(driver.next().await, troubled(Trouble::Deaf, TroubleState::Began));
    fetched.store(true, Ordering::SeqCst);
    // The recording sounds again.
    driver.listen(1, Listening::On).await;
    let mut inputs = vec![driver.next().await, driver.next().await, driver.next().await];
    inputs.retain(|input| !matches!(input, Input::Concluded { .. }));
    assert_eq!(inputs[0], troubled(Trouble::Deaf, TroubleState::Over));
    assert!(matches!(inputs[1], Input::Heard(_)));
    driver.end().await;
}

/// Keeps what it was asked to say, and how fast; says a tone.
struct Tone(Arc<Mutex<Vec<(String, u8)>>>);

impl Voice for Tone {
    fn synthesise_at(&self, text: &str, _: Language, pace: u8) -> Result<Pcm, SpeechError> {
        self.0.lock().unwrap().push((text.to_owned(), pace));
        let wave = |at: u32| (at as f32 * 0.2).sin() * 0.3;
        Ok(Pcm { samples: (0..RATE_HZ / 4).map(wave).collect(), rate_hz: RATE_HZ })
    }
}

#[tokio::test]
async fn a_sentence_is_pronounced_as_it_sounds_and_told_as_it_is_written() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let silence = Pcm { samples: vec![0.0; RATE_HZ as usize], rate_hz: RATE_HZ };
    let card = FileCard::new(&silence, file.path().into(), Pace::AsFastAsPossible);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let parts = Parts { voice: Box::new(Tone(Arc::clone(&asked))), ..parts(card, &Arc::default()) };
    let mut driver = start(parts, hearing(1, "yes"));
    let say = |counter, manner| Order::Say {
        id: id(counter),
        text: "At 8:30.".to_owned(),
        spoken: "At half past eight.".to_owned(),
        language: Language::En,
        urgency: Urgency::Calm,
        manner,
    };
    for (counter, volume_percent) in [(1, 100), (2, 50), (3, 15)] {
        let manner = Manner { volume_percent, pace_percent: 70 };
        driver.orders.send(say(counter, manner)).await.unwrap();
        assert_eq!(driver.next().await, spoken(counter, "At 8:30."));
        let played = sound::wav::read(file.path()).unwrap().samples;
        let last = &played[played.len() - RATE_HZ as usize / 8..];
        let peak = last.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let wanted = 0.9 * f32::from(volume_percent) / 100.0;
        assert!((peak - wanted).abs() < 0.01, "{peak} at {volume_percent} %");
    }
    let asked = asked.lock().unwrap().clone();
    // Before them it tried whether it could speak.
    assert_eq!(asked[1..], vec![("At half past eight.".to_owned(), 70); 3]);
    driver.end().await;
}
