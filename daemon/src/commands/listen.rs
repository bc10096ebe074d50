//! `omzien listen`: what the ears make of the room, stage by stage, on the terminal of whoever
//! asked for it and nowhere else. It needs no running home, and decides nothing.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use omzien_core::{Expectation, Expects, Intent};
use omzien_drivers::sound::SoundCard;
use omzien_drivers::sound::card::SystemCard;
use omzien_drivers::speech::chain::Understanding;
use omzien_drivers::speech::live::{self, Live};
use omzien_drivers::speech::recogniser::Nearest;
use omzien_drivers::speech::stages::Stages;
use omzien_skills::{Hearing, Through, Vocabulary};

use crate::commands::{LanguageArgument, load_home, log_to_stderr};
use crate::config::Loaded;
use crate::shell::clock::{Clock, SystemClock};
use crate::shell::listening_chain;

/// Listen, and show what each stage makes of it; Ctrl-C ends it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The language that is spoken; left out: that of the home
    #[arg(long, value_enum)]
    lang: Option<LanguageArgument>,
    /// With the microphone, the rooms, devices and people of this home
    #[arg(long, value_name = "FILE")]
    home: Option<PathBuf>,
    /// As if this had just been asked
    #[arg(long, value_enum, default_value_t = Expected::Anything)]
    expect: Expected,
    /// Another Whisper model in ggml form
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Expected {
    Anything,
    YesNo,
    Dose,
    Time,
    Number,
    Name,
    Words,
    Request,
}

impl From<Expected> for Expects {
    fn from(expected: Expected) -> Self {
        match expected {
            Expected::Anything => Self::Anything,
            Expected::YesNo => Self::YesNo,
            Expected::Dose => Self::Dose,
            Expected::Time => Self::Time,
            Expected::Number => Self::Number,
            Expected::Name => Self::Name,
            Expected::Words => Self::Words,
            Expected::Request => Self::Request,
        }
    }
}

/// Exit code 1 without a microphone or a model, 2 for a home file with mistakes.
pub fn run(arguments: Arguments) -> ExitCode {
    log_to_stderr("warn");
    let loaded = match load_home(arguments.home.as_deref(), arguments.lang) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    match listen(loaded, arguments.model, arguments.expect.into()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("omzien: {error}");
            ExitCode::FAILURE
        }
    }
}

fn listen(loaded: Loaded, model: Option<PathBuf>, expects: Expects) -> Result<(), String> {
    let Loaded { plan, settings, skills, .. } = loaded;
    let model = model.or(settings.speech.model);
    let chain = listening_chain(model, plan.language, settings.speech.threads)?;
    let card = SystemCard::new(settings.sound);
    let microphone = card.open_microphone().map_err(|error| error.to_string())?;
    let expectation = Expectation { question: 0, expects };
    let vocabulary = Vocabulary::of(&plan);
    let phrases = skills.phrases(plan.language, &vocabulary, expectation);
    let zone = plan.zone.clone();
    let clock = SystemClock::default();
    let meant = |text: &str, confidence: f32| {
        let hearing = Hearing {
            language: plan.language,
            expectation,
            now: clock.now(&zone).local().datetime(),
            room: settings.microphone_room.as_ref(),
            through: Through::Voice,
            confidence,
        };
        match skills.understand(text, &hearing, &vocabulary) {
            None => format!("nothing that was said to {}", plan.companion),
            Some(it) if it.intent == Intent::NotUnderstood => {
                format!("said to {}, and not understood", plan.companion)
            }
            Some(it) => serde_json::to_string(&it.intent).unwrap_or_else(|error| error.to_string()),
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    stop_with_ctrl_c(&stop)?;
    tell!("I listen. What is heard is shown here and kept nowhere. Ctrl-C ends it.");
    live::listen(microphone, chain, &phrases, expects, &stop, |live| show(live, &meant))
        .map_err(|error| error.to_string())
}

fn show(live: Live, meant: &impl Fn(&str, f32) -> String) {
    match live {
        Live::Began { at } => tell!("{} a voice begins", clock_of(at)),
        Live::Ended { at, voice_ms, pause_ms, pauses_ms } => {
            let thought = match &pauses_ms[..] {
                [] => String::new(),
                pauses => format!(", pauses inside it {pauses:?} ms"),
            };
            tell!(
                "{} it ends: {voice_ms} ms of voice{thought}, then {pause_ms} ms of silence",
                clock_of(at)
            );
        }
        Live::Understood(understanding) => show_understanding(&understanding, meant),
        Live::Lost => tell!("         lost: turns before it are not understood yet"),
    }
}

fn show_understanding(understanding: &Understanding, meant: &impl Fn(&str, f32) -> String) {
    if let Some(voice) = understanding.voice {
        let (likely, voiced) = (voice.likeliest * 100.0, voice.voiced_ms);
        tell!("         voice: {likely:.0} % likely, {voiced} ms of it");
    }
    match &understanding.transcript {
        None => tell!("         that was no voice"),
        Some(transcript) => {
            tell!("         freely: “{}”", transcript.free_text);
            if let Some(nearest) = &transcript.nearest {
                let Nearest { text, mean_log_probability, worst_regret, asked } = nearest;
                tell!(
                    "         nearest: “{text}” (log-probability {mean_log_probability:.2}, worst \
                     {worst_regret:.1}, {asked} questions)"
                );
            }
            if transcript.text.is_empty() {
                tell!("         heard: nothing");
            } else {
                let (text, confidence) = (&transcript.text, transcript.confidence);
                tell!("         heard: “{text}” ({confidence:.2})");
                tell!("         meant: {}", meant(text, confidence));
            }
        }
    }
    let Stages { pause_ms, waited_ms, confirm_ms, free_ms, along_ms, .. } = understanding.stages;
    tell!(
        "         took: pause {pause_ms} + waiting {waited_ms} + voice {confirm_ms} + freely \
         {free_ms} + along {along_ms} = {} ms",
        understanding.stages.total_ms()
    );
}

fn clock_of(at: Duration) -> String {
    format!("{:7.1} s", at.as_secs_f64())
}

/// The first Ctrl-C ends the listening; what is being understood is still shown.
fn stop_with_ctrl_c(stop: &Arc<AtomicBool>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let stop = Arc::clone(stop);
    let wait = move || {
        // Without signals the program ends as any does.
        let _ = runtime.block_on(tokio::signal::ctrl_c());
        stop.store(true, Ordering::Release);
    };
    std::thread::Builder::new().spawn(wait).map(drop).map_err(|error| error.to_string())
}
