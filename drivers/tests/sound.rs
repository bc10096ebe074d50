//! Sound and speech for real: cpal, PulseAudio, espeak-ng, Whisper. No hardware: the sound card is
//! a virtual one, and the sentences are made here. Needs what `make setup` installs.

#![allow(clippy::unwrap_used)]

mod room;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use omzien_core::{EffectId, Language, Manner, Outcome, Phrases, Urgency, plain};
use omzien_drivers::simulated::likeness::{envelope, likeness};
use omzien_drivers::simulated::virtual_card::Room;
use omzien_drivers::sound::resample::resample;
use omzien_drivers::sound::{Block, Pcm, Played, RATE_HZ, Settings, SoundCard, wav};
use omzien_drivers::speech::chain::Chain;
use omzien_drivers::speech::confirm::{self, Silero};
use omzien_drivers::speech::recogniser::{Recogniser, Whisper};
use omzien_drivers::speech::transcribe::transcribe_file;
use omzien_drivers::speech::turns::Ears;
use omzien_drivers::speech::voice::{Espeak, Voice};
use omzien_drivers::speech::{self, Hearing, Wiring};
use omzien_drivers::{Input, Order, inbox};
use room::{card, in_a_room};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(60);
const SENTENCE: &str = "Turn on the kitchen light.";

fn voice() -> Espeak {
    Espeak::new(&speech::Settings::default())
}

/// A model that is missing says what brings it.
fn fetched(name: &str) -> PathBuf {
    omzien_drivers::model::locate(name).unwrap_or_else(|error| panic!("{error}"))
}

fn model() -> PathBuf {
    std::env::var_os("OMZIEN_MODEL").map_or_else(|| fetched("whisper-base"), PathBuf::from)
}

fn voice_model() -> PathBuf {
    fetched("silero-vad")
}

fn chain() -> Chain {
    Chain::new(Some(Box::new(Silero::load(&voice_model()).unwrap())), Box::new(whisper()))
}

fn whisper() -> Whisper {
    Whisper::find(&model(), Language::En, Some(1)).unwrap()
}

fn phrases() -> Phrases {
    Phrases::of(["turn on the bedroom light", "what time is it"])
}

fn saved(pcm: &Pcm) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
    wav::write(file.path(), pcm).unwrap();
    file
}

/// An open microphone delivers its first sound a moment later: nobody speaks at once.
fn after_a_silence(pcm: &Pcm) -> Pcm {
    let mut samples = vec![0.0; pcm.rate_hz as usize];
    samples.extend(&pcm.samples);
    Pcm { samples, rate_hz: pcm.rate_hz }
}

fn loud_steps(pcm: &Pcm) -> usize {
    envelope(pcm).into_iter().filter(|step| *step > 0.1).count()
}

#[test]
fn what_it_plays_is_what_comes_out() {
    in_a_room("what_it_plays_is_what_comes_out", |room| {
        let said = voice().synthesise("Anna is coming at three.", Language::En).unwrap();
        let recording = room.record_speaker().unwrap();
        let mut speaker = card().open_speaker().unwrap();
        let start = Instant::now();
        let played = speaker.play(&said, &AtomicBool::new(false)).unwrap();
        assert_eq!(played, Played::ToTheEnd);
        assert!(start.elapsed() >= said.duration(), "it returned before the end");
        let heard = recording.stop();
        assert_eq!(heard.rate_hz, RATE_HZ);
        let likeness = likeness(&said, &heard);
        assert!(likeness > 0.9, "likeness {likeness}");
    });
}

#[test]
fn a_stopped_sound_ends_at_once() {
    in_a_room("a_stopped_sound_ends_at_once", |room| {
        let recording = room.record_speaker().unwrap();
        let mut speaker = card().open_speaker().unwrap();
        let tone = Pcm {
            samples: (0..10 * RATE_HZ).map(|n| (n as f32 * 0.2).sin() * 0.5).collect(),
            rate_hz: RATE_HZ,
        };
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let playing = scope.spawn(|| speaker.play(&tone, &stop).unwrap());
            recording.wait_until(|heard| loud_steps(heard) > 10).unwrap();
            stop.store(true, std::sync::atomic::Ordering::Release);
            let played = playing.join().unwrap();
            assert!(matches!(played, Played::Stopped { .. }), "{played:?}");
        });
        let loud = loud_steps(&recording.stop());
        assert!(loud < 300, "{loud} of 500 steps of 20 ms were loud");
    });
}

#[test]
fn what_is_said_in_the_room_is_one_turn() {
    in_a_room("what_is_said_in_the_room_is_one_turn", |room| {
        let said = voice().synthesise(SENTENCE, Language::En).unwrap();
        let file = saved(&after_a_silence(&said));
        let mut microphone = card().open_microphone().unwrap();
        let player = std::thread::spawn(move || room.play_into_room(file.path()));
        let (mut ears, start) = (Ears::default(), Instant::now());
        let turn = loop {
            assert!(start.elapsed() < PATIENCE, "no turn was heard");
            if let Block::Samples(samples) =
                microphone.next_block(Duration::from_millis(200)).unwrap()
                && let Some(turn) = ears.push(&samples).pop()
            {
                break turn;
            }
        };
        player.join().unwrap().unwrap();
        let heard = Pcm { samples: turn.samples, rate_hz: RATE_HZ };
        let wanted = resample(&said.samples, said.rate_hz, RATE_HZ);
        let likeness = likeness(&Pcm { samples: wanted, rate_hz: RATE_HZ }, &heard);
        assert!(likeness > 0.9, "likeness {likeness}");
    });
}

#[test]
fn a_sentence_said_in_the_room_arrives_in_the_inbox_and_an_answer_is_heard() {
    let name = "a_sentence_said_in_the_room_arrives_in_the_inbox_and_an_answer_is_heard";
    in_a_room(name, |room| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(converse(room));
    });
}

/// The ears and the mouth of a home, in the room.
struct Talking {
    orders: mpsc::Sender<Order>,
    received: inbox::Received,
    _hearing: watch::Sender<Hearing>,
    running: JoinHandle<()>,
}

impl Talking {
    fn begin(phrases: Phrases) -> Self {
        let hearing = Hearing { phrases: Arc::new(phrases), ..Hearing::default() };
        let (publish, hearing) = watch::channel(hearing);
        let (orders, to_do) = mpsc::channel(8);
        let (inbox, received) = inbox::open();
        let began = Instant::now();
        let wiring = Wiring {
            sound: Settings::default(),
            speech: speech::Settings { threads: Some(1), ..speech::Settings::default() },
            model: model(),
            voice_model: voice_model(),
            language: Language::En,
            room: None,
            hearing,
            clock: Arc::new(move || u64::try_from(began.elapsed().as_millis()).unwrap()),
        };
        let running = tokio::spawn(speech::open(wiring, to_do, inbox).unwrap());
        Self { orders, received, _hearing: publish, running }
    }

    async fn say(&self, counter: u64, text: &str) {
        let say = Order::Say {
            id: id(counter),
            text: text.to_owned(),
            spoken: text.to_owned(),
            language: Language::En,
            urgency: Urgency::Calm,
            manner: Manner::FULL,
        };
        self.orders.send(say).await.unwrap();
    }

    async fn next(&mut self) -> Input {
        loop {
            let batch = tokio::time::timeout(PATIENCE, self.received.take(1)).await;
            match batch.unwrap().unwrap().remove(0) {
                Input::VoiceBegan { .. } | Input::HeardBack(_) | Input::CalendarRead(_) => {}
                input => return input,
            }
        }
    }

    async fn end(self) {
        drop(self.orders);
        tokio::time::timeout(PATIENCE, self.running).await.unwrap().unwrap();
    }
}

async fn converse(room: Room) {
    let mut home = Talking::begin(phrases());

    // Said once the ears are open: an order that is concluded tells it.
    let listen = Order::Listen { id: id(1), listening: omzien_core::Listening::On };
    home.orders.send(listen).await.unwrap();
    assert_eq!(home.next().await, concluded(1, Outcome::Done));
    let said = voice().synthesise(SENTENCE, Language::En).unwrap();
    let said = saved(&after_a_silence(&said));
    let in_room = room.clone();
    tokio::task::spawn_blocking(move || in_room.play_into_room(said.path()))
        .await
        .unwrap()
        .unwrap();
    let Input::Heard(utterance) = home.next().await else { panic!("nothing was heard") };
    assert_understood(&utterance.text);
    assert!(utterance.ended_ms - utterance.began_ms > 800);

    let recording = room.record_speaker().unwrap();
    let text = "The kitchen light is on.";
    home.say(2, text).await;
    assert_eq!(home.next().await, concluded(2, Outcome::Spoken { text: text.to_owned() }));
    let wanted = voice().synthesise(text, Language::En).unwrap();
    let likeness = likeness(&wanted, &recording.stop());
    assert!(likeness > 0.9, "likeness {likeness}");
    home.end().await;
}

#[test]
fn whoever_speaks_over_it_is_heard_and_understood_and_it_falls_silent() {
    let name = "whoever_speaks_over_it_is_heard_and_understood_and_it_falls_silent";
    in_a_room(name, |room| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(talk_over(room));
    });
}

/// The room hears the loudspeaker; somebody speaks into a story.
async fn talk_over(room: Room) {
    let _feedback = room.feed_back(Duration::from_millis(80), -10.0).unwrap();
    // It can be said in a home that has that light; what two say at once is no dictation.
    let mut home = Talking::begin(Phrases::of(["turn on the kitchen light", "what time is it"]));
    let story = "Once upon a time there was a lamp that nobody had switched off for a year and \
                 it shone and shone and nobody knew why it shone until the moon came by and \
                 looked into the kitchen and asked the lamp whether it was not tired of it";
    let speaker = room.record_speaker().unwrap();
    let voices = room.record_room().unwrap();
    home.say(1, story).await;
    let said = saved(&voice().synthesise(SENTENCE, Language::En).unwrap());
    let talking = tokio::task::spawn_blocking(move || {
        speaker.wait_until(|heard| loud_steps(heard) > 100).unwrap();
        // From here on both recordings run side by side.
        let now = (speaker.heard().samples.len(), voices.heard().samples.len());
        room.play_into_room(said.path()).unwrap();
        (speaker, voices, now)
    });
    let mut heard = None;
    loop {
        match home.next().await {
            Input::Heard(utterance) => heard = Some(utterance.text),
            Input::Concluded { outcome, .. } => {
                assert!(matches!(outcome, Outcome::Interrupted { .. }), "{outcome:?}");
            }
            other => panic!("{other:?}"),
        }
        if let Some(heard) = &heard {
            assert_understood(heard);
            break;
        }
    }
    let (speaker, voices, now) = talking.await.unwrap();
    home.end().await;
    // The voice is louder in the room than the echo; both are counted in steps of 20 ms.
    let steps_since = |pcm: &Pcm, since: usize| -> Vec<bool> {
        let rest = Pcm { samples: pcm.samples[since..].to_vec(), rate_hz: RATE_HZ };
        envelope(&rest).into_iter().map(|step| step > 0.1).collect()
    };
    let voice = steps_since(&voices.stop(), now.1);
    let own = steps_since(&speaker.stop(), now.0);
    let began = voice.iter().position(|loud| *loud).expect("a voice");
    let silent = own.iter().rposition(|loud| *loud).map_or(0, |last| last + 1);
    let after_ms = 20 * silent.saturating_sub(began);
    println!("it fell silent {after_ms} ms after somebody began to speak");
    assert!(after_ms <= 500, "{after_ms} ms");
}

fn id(counter: u64) -> EffectId {
    EffectId { epoch: 1, counter }
}

fn concluded(counter: u64, outcome: Outcome) -> Input {
    Input::Concluded { effect: id(counter), outcome }
}

/// As a skill would compare it: without signs and capitals.
fn assert_understood(text: &str) {
    let words = plain(text);
    assert_eq!(words, plain(SENTENCE), "heard {text:?}");
}

fn transcribe(file: &Path) -> speech::transcribe::Transcription {
    transcribe_file(file, &mut chain(), &phrases()).unwrap()
}

#[test]
fn a_recording_is_understood() {
    let said = voice().synthesise(SENTENCE, Language::En).unwrap();
    let transcription = transcribe(saved(&said).path());
    assert_understood(&transcription.text);
    assert!((transcription.audio_s - said.duration().as_secs_f64()).abs() < 0.01);
    assert!(transcription.wall_s > 0.0);
}

/// By likelihood along what can be said alone, Dutch ears took it for "ik heb geen hulp nodig".
#[test]
fn another_language_is_written_as_it_is_and_taken_for_no_sentence_of_ours() {
    let dutch = Whisper::find(&model(), Language::Nl, Some(1)).unwrap();
    let mut chain = Chain::new(None, Box::new(dutch));
    let phrases = Phrases::of(["Robin, bel mijn dochter", "Robin, ik heb geen hulp nodig"]);
    let mut heard = |sentence: &str, language: Language| {
        let said = voice().synthesise(sentence, language).unwrap();
        plain(&transcribe_file(saved(&said).path(), &mut chain, &phrases).unwrap().text)
    };
    assert_eq!(heard("Robin, bel mijn dochter.", Language::Nl), "robin bel mijn dochter");
    let foreign = heard("Robin, I do not feel well today.", Language::En);
    assert!(foreign.starts_with("robin i do not"), "{foreign}");
}

/// By its likelihoods alone the model takes the "no" in each of them for the whole sentence.
#[test]
fn a_no_that_goes_on_is_not_heard_as_a_no() {
    let phrases = Phrases::of(["no", "no thanks", "no not yet", "I fell", "I cannot get up"]);
    let heard = |sentence: &str| {
        let said = voice().synthesise(sentence, Language::En).unwrap();
        plain(&transcribe_file(saved(&said).path(), &mut chain(), &phrases).unwrap().text)
    };
    assert_eq!(heard("No."), "no");
    assert_eq!(heard("No, not yet."), "no not yet");
    for sentence in ["No, I fell.", "No, I cannot get up.", "No, my hip hurts."] {
        let heard = heard(sentence);
        assert!(heard.split(' ').count() > 1, "{sentence} was heard as {heard:?}");
    }
}

#[test]
fn silence_and_noise_are_no_words() {
    let mut seed = 7_u32;
    let mut noise = |loudness: f32| -> Vec<f32> {
        (0..4 * RATE_HZ)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0) * loudness
            })
            .collect()
    };
    for samples in [vec![], vec![0.0; 4 * RATE_HZ as usize], noise(0.01), noise(0.5)] {
        let file = saved(&Pcm { samples, rate_hz: RATE_HZ });
        assert_eq!(transcribe(file.path()).text, "");
    }
}

#[test]
fn whatever_the_recogniser_is_given_passes_the_gate_or_nothing_does() {
    let mut whisper = whisper();
    for samples in [vec![], vec![0.0; 10], vec![0.0; 35 * RATE_HZ as usize]] {
        let transcript = whisper.transcribe(&samples, &Phrases::default()).unwrap();
        assert_eq!(transcript.text, "", "the model wrote {:?}", transcript.free_text);
    }
}

#[test]
fn a_truncated_voice_model_is_refused_and_every_sound_taken_for_a_voice() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let whole = std::fs::read(voice_model()).unwrap();
    for length in [3, 40, 1_000, whole.len() / 2, whole.len() - 1] {
        std::fs::write(file.path(), &whole[..length]).unwrap();
        let error = Silero::load(file.path()).err().unwrap().to_string();
        assert!(error.contains("is cut off at") && error.contains("get silero-vad"), "{error}");
        assert!(confirm::find(file.path()).is_none());
    }
}

#[test]
fn a_truncated_model_is_refused_and_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let whole = std::fs::read(model()).unwrap();
    for length in [1_000, whole.len() / 2, whole.len() - 1] {
        std::fs::write(file.path(), &whole[..length]).unwrap();
        let error = Whisper::find(file.path(), Language::En, None).err().unwrap().to_string();
        assert!(error.contains("is damaged") && error.contains("omzien models get"), "{error}");
    }
}
