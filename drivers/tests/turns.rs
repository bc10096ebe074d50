//! Turns from the microphone to the inbox when it is not easy: a recogniser slower than talking or
//! failing, a monologue, the shortest answers, sounds that are none. Time is counted in samples:
//! the microphone is read faster than it would be, and the boot clock goes with it.

#![allow(clippy::unwrap_used)]

use std::collections::VecDeque;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use omzien_core::{Expectation, Expects, Language, Phrases, Trouble, TroubleState, Utterance};
use omzien_drivers::inbox::{self, Received};
use omzien_drivers::simulated::sound::{FileCard, Pace};
use omzien_drivers::sound::resample::resample;
use omzien_drivers::sound::volume::Volume;
use omzien_drivers::sound::{
    self, Block, Microphone, Pcm, Played, RATE_HZ, SoundCard, SoundError, Speaker, wav,
};
use omzien_drivers::speech::chain::Chain;
use omzien_drivers::speech::confirm::{Confirm, Silero};
use omzien_drivers::speech::live::{self, Live};
use omzien_drivers::speech::recogniser::{Heard, Recogniser, Transcript};
use omzien_drivers::speech::turns::{Ears, Onset, Turn};
use omzien_drivers::speech::voice::{Espeak, Voice};
use omzien_drivers::speech::{self, Hearing, Parts, SpeechError, Wiring};
use omzien_drivers::{Input, Order};
use tokio::sync::{mpsc, watch};

/// Nothing here takes this long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(120);
const PER_MS: usize = RATE_HZ as usize / 1_000;
/// How much faster than life the microphone is read.
const FASTER: u32 = 25;

/// Milliseconds of sound that were heard.
#[derive(Clone, Default)]
struct SampleClock(Arc<AtomicU64>);

impl SampleClock {
    fn ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn wait_until(&self, ms: u64) {
        while self.ms() < ms {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Hears a recording, then silence for ever; a loudspeaker that is never used.
struct Room {
    heard: Arc<Mutex<VecDeque<f32>>>,
    clock: SampleClock,
}

impl SoundCard for Room {
    fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError> {
        Ok(Box::new(Self { heard: Arc::clone(&self.heard), clock: self.clock.clone() }))
    }

    fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError> {
        Ok(Box::new(Self { heard: Arc::clone(&self.heard), clock: self.clock.clone() }))
    }

    fn volume(&self) -> Result<Option<Volume>, SoundError> {
        Ok(None)
    }

    fn set_volume(&self, _: &Volume) -> Result<(), SoundError> {
        Ok(())
    }
}

impl Microphone for Room {
    fn next_block(&mut self, wait: Duration) -> Result<Block, SoundError> {
        std::thread::sleep(wait / FASTER);
        let count = wait.as_millis() as usize * PER_MS;
        let mut heard = self.heard.lock().unwrap();
        let left = heard.len().min(count);
        let mut samples: Vec<f32> = heard.drain(..left).collect();
        samples.resize(count, 0.0);
        self.clock.0.fetch_add(wait.as_millis() as u64, Ordering::SeqCst);
        Ok(Block::Samples(samples))
    }
}

impl Speaker for Room {
    fn play(&mut self, _: &Pcm, _: &AtomicBool) -> Result<Played, SoundError> {
        Ok(Played::ToTheEnd)
    }
}

/// Knows a cry by its loudness; takes as long as it is told, in the time of the samples.
#[derive(Clone)]
struct Twin {
    clock: SampleClock,
    /// Of the sound's length: for everything, and for cries alone.
    understanding_percent: u64,
    seeking_percent: u64,
    /// What a sentence is that is no cry.
    hears: Heard,
    /// The turns it was given, and how many of them it fails at first.
    given: Arc<Mutex<Vec<Vec<f32>>>>,
    fails: Arc<AtomicU64>,
}

const LOUD: f32 = 0.8;

impl Twin {
    fn quick(clock: &SampleClock) -> Self {
        Self {
            clock: clock.clone(),
            understanding_percent: 0,
            seeking_percent: 0,
            hears: Heard::Known,
            given: Arc::default(),
            fails: Arc::default(),
        }
    }
}

impl Recogniser for Twin {
    fn transcribe(
        &mut self,
        samples: &[f32],
        phrases: &Phrases,
    ) -> Result<Transcript, SpeechError> {
        self.given.lock().unwrap().push(samples.to_vec());
        let only_cries = *phrases == cries();
        let percent = if only_cries { self.seeking_percent } else { self.understanding_percent };
        let began_ms = self.clock.ms();
        self.clock.wait_until(began_ms + (samples.len() / PER_MS) as u64 * percent / 100);
        let failing = self.fails.load(Ordering::SeqCst);
        if failing > 0 {
            self.fails.store(failing - 1, Ordering::SeqCst);
            return Err(SpeechError::Recogniser { why: "as the test wants".to_owned() });
        }
        let loud = samples.iter().any(|sample| sample.abs() > LOUD);
        let text = match (loud, only_cries) {
            (true, _) => "help",
            (false, true) => "",
            (false, false) => "what time is it",
        };
        let heard = match text {
            "" => Heard::Nothing,
            "help" => Heard::Known,
            _ => self.hears,
        };
        Ok(Transcript { heard, text: text.to_owned(), confidence: 0.9, ..Transcript::default() })
    }
}

fn cries() -> Phrases {
    Phrases::default().with_names(["only cries".to_owned()])
}

struct Home {
    received: Received,
    clock: SampleClock,
    _orders: mpsc::Sender<Order>,
    _hearing: watch::Sender<Hearing>,
}

fn home(heard: Vec<f32>, expects: Expects, clock: &SampleClock, twin: Twin) -> Home {
    let expectation = Expectation { question: 3, expects };
    let hearing = Hearing { expectation, cries: Arc::new(cries()), ..Hearing::default() };
    let (publish, hearing) = watch::channel(hearing);
    let (orders, to_do) = mpsc::channel(8);
    let (inbox, received) = inbox::open();
    let heard = Arc::new(Mutex::new(heard.into()));
    let parts = Parts {
        card: Arc::new(Room { heard, clock: clock.clone() }),
        voice: Box::new(voice()),
        load: Box::new(move || Ok(Box::new(twin.clone()))),
        confirm: Box::new(|| None),
    };
    let boot = clock.clone();
    let wiring = Wiring {
        sound: sound::Settings::default(),
        speech: speech::Settings::default(),
        model: "/nowhere".into(),
        voice_model: "/nowhere".into(),
        language: Language::En,
        room: None,
        hearing,
        clock: Arc::new(move || boot.ms()),
    };
    tokio::spawn(speech::open_with(parts, wiring, to_do, inbox).unwrap());
    Home { received, clock: clock.clone(), _orders: orders, _hearing: publish }
}

impl Home {
    async fn next(&mut self) -> Input {
        let batch = tokio::time::timeout(PATIENCE, self.received.take(1)).await;
        batch.expect("an input in time").expect("a driver").remove(0)
    }

    async fn next_utterance(&mut self) -> Utterance {
        loop {
            if let Input::Heard(utterance) = self.next().await {
                return utterance;
            }
        }
    }

    /// Everything that comes in while this much sound is heard.
    async fn everything_until(&mut self, ms: u64) -> Vec<Input> {
        let mut inputs = Vec::new();
        while self.clock.ms() < ms {
            tokio::time::sleep(Duration::from_millis(1)).await;
            inputs.extend(self.received.take_now(100));
        }
        inputs
    }
}

fn voice() -> Espeak {
    Espeak::new(&speech::Settings::default())
}

/// A sentence at [`RATE_HZ`], with this as its loudest sample.
fn spoken(text: &str, peak: f32) -> Vec<f32> {
    let said = voice().synthesise(text, Language::En).unwrap();
    let mut samples = resample(&said.samples, said.rate_hz, RATE_HZ);
    let loudest = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    samples.iter_mut().for_each(|sample| *sample *= peak / loudest);
    samples
}

fn silence(ms: usize) -> Vec<f32> {
    vec![0.0; ms * PER_MS]
}

fn ms(samples: &[f32]) -> u64 {
    (samples.len() / PER_MS) as u64
}

/// Two minutes of talk in which somebody cries for help three times, and a recogniser that takes
/// twice as long as the talk.
#[tokio::test]
async fn a_recogniser_slower_than_talking_loses_no_cry() {
    let sentence = spoken("Well, I told her that the weather would not hold.", 0.4);
    let cry = spoken("Help me, please help me!", 0.95);
    let mut talk = silence(1_000);
    for number in 0..30 {
        talk.extend(if number % 10 == 7 { &cry } else { &sentence });
        talk.extend(silence(1_500));
    }
    let until_ms = ms(&talk);
    assert!((110_000..200_000).contains(&until_ms), "{until_ms} ms");
    let clock = SampleClock::default();
    let twin = Twin { understanding_percent: 200, seeking_percent: 40, ..Twin::quick(&clock) };
    let mut home = home(talk, Expects::Anything, &clock, twin);
    let mut inputs = home.everything_until(until_ms + 1_000).await;
    let told = |inputs: &[Input], wanted: TroubleState| {
        let behind = |input: &&Input| matches!(input, Input::Troubled { trouble: Trouble::Behind, state } if *state == wanted);
        inputs.iter().filter(behind).count()
    };
    assert_eq!(told(&inputs, TroubleState::Began), 1, "one moment");
    // And what still waits is understood in silence.
    while told(&inputs, TroubleState::Over) == 0 {
        inputs.push(home.next().await);
    }
    assert_eq!(told(&inputs, TroubleState::Began), 1, "said once");
    let (mut cries, mut others, mut unheard) = (Vec::new(), 0, 0);
    for input in &inputs {
        match input {
            Input::Heard(heard) if heard.text == "help" => cries.push(heard.began_ms),
            Input::Heard(_) => others += 1,
            Input::Troubled { trouble: Trouble::Unheard { turns }, .. } => unheard += turns,
            _ => {}
        }
    }
    assert_eq!(cries.len(), 3, "began at {cries:?} ms");
    assert!(unheard > 0, "a minute of sound is the bound");
    assert_eq!(others + unheard, 27, "each is understood or counted");
    println!("{others} understood, {unheard} listened through for a cry and dropped");
}

/// Nobody pauses for four minutes: turns are cut, and their sound is all there, in its order.
#[tokio::test]
async fn a_monologue_is_heard_whole() {
    let sentence = spoken("and then we went to the market and bought potatoes", 0.4);
    let loud: Vec<f32> = sentence.iter().copied().filter(|sample| sample.abs() > 0.004).collect();
    let mut talk = silence(1_000);
    while talk.len() < 240 * RATE_HZ as usize {
        talk.extend(&loud);
    }
    let spoken = talk[RATE_HZ as usize..].to_vec();
    let until_ms = ms(&talk) + 2_000;
    let clock = SampleClock::default();
    let twin = Twin::quick(&clock);
    let given = Arc::clone(&twin.given);
    let mut home = home(talk, Expects::Anything, &clock, twin);
    let inputs = home.everything_until(until_ms).await;
    let turns = inputs.iter().filter(|input| matches!(input, Input::Heard(_))).count();
    assert!((8..=10).contains(&turns), "{turns} turns");
    let given = given.lock().unwrap();
    assert!(given.iter().all(|turn| turn.len() <= 30 * RATE_HZ as usize));
    let heard: Vec<f32> = given.iter().flatten().copied().collect();
    // Before the first sound there is the room.
    let begin = heard.windows(400).position(|some| *some == spoken[..400]).unwrap();
    assert!(heard[begin..].starts_with(&spoken), "not a sample is missing");
}

/// Whoever talks in the room, with pauses of their own, teaches nobody's pace.
#[tokio::test]
async fn a_television_teaches_it_no_pace() {
    let sentence = spoken("and now the weather for tomorrow", 0.4);
    let mut talk = silence(1_000);
    for _ in 0..12 {
        talk.extend([&sentence[..], &silence(1_500)].concat());
    }
    let until_ms = ms(&talk);
    let clock = SampleClock::default();
    let twin = Twin::quick(&clock);
    let given = Arc::clone(&twin.given);
    let mut home = home(talk, Expects::Anything, &clock, twin);
    home.everything_until(until_ms).await;
    assert_eq!(given.lock().unwrap().len(), 12);
}

/// Commands with a pause that ends no turn yet, then one with a longer: whoever is understood is
/// let finish, and whoever talks in the room has taught nothing.
#[tokio::test]
async fn commands_teach_it_the_pace_and_a_television_does_not() {
    let voiced = |text: &str| {
        let said = spoken(text, 0.4);
        let loud = |sample: &f32| sample.abs() > 0.02;
        let (first, last) = (said.iter().position(loud), said.iter().rposition(loud));
        said[first.unwrap()..=last.unwrap()].to_vec()
    };
    let (first, second) = (voiced("Robin, what time"), voiced("is it now"));
    let mut talk = silence(1_000);
    for pause in [840, 840, 840, 840, 840, 1_040] {
        talk.extend([&first[..], &silence(pause), &second, &silence(4_000)].concat());
    }
    let until_ms = ms(&talk);
    for (hears, turns) in [(Heard::Known, 6), (Heard::Words, 7)] {
        let clock = SampleClock::default();
        let twin = Twin { hears, ..Twin::quick(&clock) };
        let given = Arc::clone(&twin.given);
        let mut home = home(talk.clone(), Expects::Anything, &clock, twin);
        home.everything_until(until_ms).await;
        let lengths: Vec<u64> = given.lock().unwrap().iter().map(|turn| ms(turn)).collect();
        assert_eq!(lengths.len(), turns, "{hears:?}: {lengths:?} ms");
    }
}

#[tokio::test]
async fn a_recogniser_that_fails_is_brought_anew_with_the_next_words() {
    let sentence = spoken("What time is it?", 0.4);
    let pause = silence(2_000);
    let talk = [&pause, &sentence, &pause, &sentence, &pause].map(Vec::as_slice).concat();
    let clock = SampleClock::default();
    let twin = Twin::quick(&clock);
    twin.fails.store(1, Ordering::SeqCst);
    let mut home = home(talk, Expects::Anything, &clock, twin);
    let mut inputs = Vec::new();
    while !matches!(inputs.last(), Some(Input::Heard(_))) {
        inputs.push(home.next().await);
    }
    let deaf = |state| Input::Troubled { trouble: Trouble::Deaf, state };
    inputs.retain(|input| !matches!(input, Input::VoiceBegan { .. } | Input::HeardBack(_)));
    assert_eq!(inputs[..2], [deaf(TroubleState::Began), deaf(TroubleState::Over)]);
    assert_eq!(inputs.len(), 3);
}

#[tokio::test]
async fn a_voice_is_told_when_it_begins_and_not_when_it_ends() {
    let story = spoken("A long story begins, which will go on for some time yet.", 0.4);
    let talk = [silence(1_000), story, silence(2_000)].concat();
    let clock = SampleClock::default();
    let mut home = home(talk, Expects::YesNo, &clock, Twin::quick(&clock));
    let Input::VoiceBegan { began_ms } = home.next().await else { panic!("nobody spoke") };
    let told_ms = clock.ms();
    assert!(began_ms.abs_diff(1_000) < 250, "began {began_ms} ms");
    assert!(told_ms < began_ms + 1_500, "told at {told_ms} ms");
    let heard = home.next_utterance().await;
    assert!(heard.began_ms.abs_diff(began_ms) <= 100, "{} ms", heard.began_ms);
    assert!(heard.ended_ms > told_ms, "long after it was told");
    assert_eq!(heard.expectation.question, 3);
}

/// Somebody who answers with pauses of 1.6 s is cut off at first, and soon no more.
#[tokio::test]
async fn a_slow_speaker_is_soon_let_finish() {
    let (first, second) = (spoken("well, I think", 0.4), spoken("that I am fine", 0.4));
    let mut talk = silence(1_000);
    for _ in 0..6 {
        talk.extend([&first[..], &silence(1_600), &second, &silence(5_000)].concat());
    }
    let until_ms = ms(&talk);
    let clock = SampleClock::default();
    let twin = Twin::quick(&clock);
    let given = Arc::clone(&twin.given);
    let mut home = home(talk, Expects::YesNo, &clock, twin);
    home.everything_until(until_ms).await;
    let lengths: Vec<u64> = given.lock().unwrap().iter().map(|turn| ms(turn)).collect();
    let whole = lengths.iter().rev().take_while(|length| **length > 3_000).count();
    assert!(whole >= 3, "the last three at least are whole: {lengths:?} ms");
    assert!(lengths.len() <= 9, "cut off three times at most: {lengths:?} ms");
}

/// `omzien listen` tells each stage in its order, and what it took.
#[test]
fn whoever_tries_the_ears_is_shown_every_stage() {
    let clock = SampleClock::default();
    let sentence = spoken("What time is it?", 0.4);
    let heard =
        Pcm { samples: [silence(1_000), sentence, silence(1_500)].concat(), rate_hz: RATE_HZ };
    let file = tempfile::NamedTempFile::new().unwrap();
    let card = FileCard::new(&heard, file.path().into(), Pace::AsFastAsPossible);
    let (microphone, stop) = (card.open_microphone().unwrap(), AtomicBool::new(false));
    let chain = Chain::new(Some(Box::new(silero())), Box::new(Twin::quick(&clock)));
    let told = Mutex::new(Vec::new());
    let tell = |live| told.lock().unwrap().push(live);
    live::listen(microphone, chain, &Phrases::default(), Expects::Anything, &stop, tell).unwrap();
    let told = told.into_inner().unwrap();
    let [Live::Began { at: began }, Live::Ended { at: ended, .. }, Live::Understood(it)] =
        &told[..]
    else {
        panic!("{told:?}")
    };
    assert!(began.as_millis().abs_diff(1_000) < 250 && ended > began);
    assert!(it.voice.is_some_and(|voice| voice.likeliest > 0.9));
    assert_eq!(it.transcript.as_ref().unwrap().text, "what time is it");
    assert!(it.stages.pause_ms.abs_diff(800) < 32 && it.stages.confirm_ms > 0);
    assert!(it.stages.total_ms() >= it.stages.work_ms() + 784);
    stop.store(true, Ordering::SeqCst);
    let (microphone, chain) =
        (card.open_microphone().unwrap(), Chain::new(None, Box::new(Twin::quick(&clock))));
    let nobody = |live| panic!("{live:?} after the end");
    live::listen(microphone, chain, &Phrases::default(), Expects::Time, &stop, nobody).unwrap();
}

// ---- The shortest answers, through the real detectors -------------------------------------

fn silero() -> Silero {
    let model = omzien_drivers::model::locate("silero-vad");
    Silero::load(&model.unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

/// A word of espeak-ng, as short as somebody in a hurry says it: 250 ms, faded at its ends.
fn short(language: &str, word: &str) -> Vec<f32> {
    let file = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
    let made = Command::new("espeak-ng")
        .args(["-v", language, "-s", "230", "-w"])
        .arg(file.path())
        .arg(word)
        .status()
        .unwrap();
    assert!(made.success());
    let mut samples = wav::read_for_ears(file.path()).unwrap().samples;
    let begin = samples.iter().position(|sample| sample.abs() > 0.02).unwrap();
    samples.drain(..begin);
    samples.truncate(250 * PER_MS);
    let (count, fade) = (samples.len(), 10 * PER_MS);
    for at in 0..fade {
        samples[count - 1 - at] *= at as f32 / fade as f32;
    }
    samples
}

/// Noise that dies away: the louder part of a slammed door, or a cough.
fn burst(decay_per_s: f32, rumble_hz: f32, times: usize) -> Vec<f32> {
    let mut seed = 11_u32;
    let one: Vec<f32> = (0..250 / times * PER_MS)
        .map(|n| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 8) as f32 / (1 << 23) as f32 - 1.0;
            let at_s = n as f32 / RATE_HZ as f32;
            let rumble = (std::f32::consts::TAU * rumble_hz * at_s).sin();
            0.45 * (noise + rumble) * (-decay_per_s * at_s).exp()
        })
        .collect();
    one.repeat(times)
}

/// What the ears make of a sound that follows a question at once.
fn answered(sound: &[f32]) -> Vec<Turn> {
    let mut ears = Ears::default();
    ears.attend(600, Onset::Answer);
    // The room before, with its own faint hiss.
    let hiss = burst(0.0, 0.0, 1).iter().map(|sample| sample * 0.002).collect::<Vec<_>>();
    let before = hiss.repeat(4);
    let after = hiss.repeat(8);
    [&before[..], sound, &after].iter().flat_map(|part| ears.push(part)).collect()
}

#[test]
fn a_quarter_of_a_second_is_an_answer() {
    let mut silero = silero();
    for (language, word) in
        [("nl", "ja"), ("nl", "nee"), ("en", "yes"), ("en", "no"), ("nl", "help"), ("en", "help")]
    {
        let said = short(language, word);
        assert!(ms(&said) <= 250, "{word}: {} ms", ms(&said));
        let turns = answered(&said);
        let [turn] = &turns[..] else { panic!("{word}: {} turns", turns.len()) };
        let whole = turn.samples.windows(said.len()).any(|heard| *heard == said);
        assert!(whole, "{word}: not a sample is missing");
        let voice = silero.voice(&turn.samples);
        let voice = voice.unwrap();
        assert!(voice.is_one(turn.sound_ms(), turn.onset), "{word}: {voice:?}");
        assert!(turn.pause_ms <= 620, "{word}: {} ms waited", turn.pause_ms);
    }
}

#[test]
fn a_slam_or_a_cough_as_short_is_none() {
    let mut silero = silero();
    for (what, sound) in [
        ("a door", burst(14.0, 70.0, 1)),
        ("a heavy door", burst(6.0, 45.0, 1)),
        ("a cough", burst(18.0, 300.0, 2)),
        ("a dry cough", burst(9.0, 0.0, 1)),
        ("a cup", burst(40.0, 2_900.0, 1)),
        ("digital zero", vec![0.0; 250 * PER_MS]),
    ] {
        for turn in answered(&sound) {
            let voice = silero.voice(&turn.samples);
            let voice = voice.unwrap();
            assert!(!voice.is_one(turn.sound_ms(), turn.onset), "{what}: {voice:?}");
        }
    }
}
