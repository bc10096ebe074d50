//! `omzien voice-bench`: how much of what is said is understood, and how fast, on recordings of
//! your own. It measures and does not judge: its exit code is 0 however little it understood.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use omzien_core::Language;
use omzien_drivers::model;
use omzien_drivers::speech::SpeechError;
use omzien_drivers::speech::chain::Chain;
use omzien_drivers::speech::confirm;
use omzien_drivers::speech::recogniser::Whisper;

use crate::commands::LanguageArgument;
use crate::shell::{SPEECH_MODEL, VOICE_MODEL};
use crate::voice_bench::clips::{self, Clip, NoClips};
use crate::voice_bench::home::Home;
use crate::voice_bench::idle::{self, NotMeasured};
use crate::voice_bench::peer::{self, Figures, NoPeer};
use crate::voice_bench::understanding::{self, Guides, Way};
use crate::voice_bench::{latency, strangers};

/// Long enough to see a share of a hundredth of one core.
const IDLE: Duration = Duration::from_secs(30);

/// Measure how much of what is said is understood, and how fast
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A folder of recordings, each named after what is said in it, or one with such folders nl
    /// and en
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The language of recordings that lie in DIR itself
    #[arg(long, value_enum, default_value_t = LanguageArgument::Nl)]
    lang: LanguageArgument,
    /// Show every recording that came out wrong, with what was heard
    #[arg(long)]
    misses: bool,
    /// Measure only this; may be given more than once [default: all]
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// How long each of silence, noise, music, talk and its own voice is heard
    #[arg(long, value_name = "HOURS", default_value_t = 0.05)]
    hours: f64,
    /// What the noises and their order are made from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Beside faster-whisper, which tests/peers/setup put into this folder
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = "target/peers")]
    peer: Option<PathBuf>,
    /// Only decode the recordings in DIR, and print the figures as one line of JSON
    #[arg(long, hide = true, value_enum)]
    decode: Option<Way>,
    /// Another Whisper model in ggml form
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// What is understood of the recordings
    Understanding,
    /// How long it takes from the end of speech to an effect
    Latency,
    /// What is understood where nobody speaks to it
    Strangers,
    /// What listening to a quiet room costs
    Idle,
}

impl Part {
    const ALL: [Self; 4] = [Self::Idle, Self::Understanding, Self::Latency, Self::Strangers];
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Clips(#[from] NoClips),
    #[error(transparent)]
    Model(#[from] model::ModelError),
    #[error(transparent)]
    Speech(#[from] SpeechError),
    #[error(transparent)]
    Idle(#[from] NotMeasured),
    #[error(transparent)]
    Peer(#[from] NoPeer),
    #[error("the figures cannot be told: {0}")]
    Figures(#[from] io::Error),
}

/// Exit code 1 if it could not measure.
pub fn run(arguments: Arguments) -> ExitCode {
    if cfg!(debug_assertions) && arguments.decode.is_none() {
        eprintln!("this program was built without optimisation: times mean little");
    }
    match measure(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("omzien voice-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let found = clips::read(&arguments.folder, arguments.lang.into())?;
    let model = arguments.model.clone().map_or_else(|| model::locate(SPEECH_MODEL), Ok)?;
    let model = model.as_path();
    if let Some(way) = arguments.decode {
        return found.iter().try_for_each(|(language, clips)| decode(model, *language, clips, way));
    }
    let parts = if arguments.only.is_empty() { &Part::ALL[..] } else { &arguments.only };
    // First, while there is no model in memory.
    if parts.contains(&Part::Idle)
        && let Some((language, _)) = found.first()
    {
        tell!("{}", idle::measure(IDLE, arguments.seed, || recogniser(model, *language))?);
    }
    for (language, clips) in &found {
        if parts.iter().any(|part| *part != Part::Idle) {
            measure_language(arguments, parts, model, *language, clips)?;
        }
        if let Some(peer) = &arguments.peer {
            let title = title(*language);
            tell!("{}", peer::measure(peer, model, *language, clips, title)?);
        }
    }
    Ok(())
}

fn measure_language(
    arguments: &Arguments,
    parts: &[Part],
    model: &Path,
    language: Language,
    clips: &[Clip],
) -> Result<(), Failure> {
    let (home, title) = (Home::of(language), title(language));
    let mut chain = chain(model, language)?;
    if parts.contains(&Part::Understanding) {
        let measured = understanding::measure(clips, &home, &mut chain, title)?;
        tell!("{}", measured.table());
        if arguments.misses {
            tell!("{}", measured.misses());
        }
    }
    if parts.contains(&Part::Latency) {
        tell!("{}", latency::measure(clips, &home, &mut chain, title)?);
    }
    if parts.contains(&Part::Strangers) {
        // A year at most: what is longer is a slip of the finger.
        let each = Duration::from_secs_f64(arguments.hours.clamp(0.0, 8_760.0) * 3_600.0);
        let measured =
            strangers::measure(&home, &mut chain, title, each, arguments.seed)?;
        tell!("{measured}");
        if arguments.misses {
            tell!("{}", measured.accepted());
        }
    }
    Ok(())
}

/// What a process of its own does for [`peer`].
fn decode(model: &Path, language: Language, clips: &[Clip], way: Way) -> Result<(), Failure> {
    let guides = Guides::only(way, clips, &Home::of(language));
    let began = Instant::now();
    let mut chain = chain(model, language)?;
    let loaded = began.elapsed();
    let began = Instant::now();
    let heard = clips.iter().map(|clip| understanding::decode(clip, &mut chain, way, &guides));
    let texts = heard.map(|heard| heard.map(|(text, _)| text)).collect::<Result<_, _>>()?;
    let figures = Figures::of_this_process(loaded, began.elapsed(), texts)?;
    tell!("{}", serde_json::to_string(&figures).map_err(io::Error::from)?);
    Ok(())
}

/// Everything behind the ears, as the daemon has it.
fn chain(model: &Path, language: Language) -> Result<Chain, Failure> {
    let confirm = model::locate(VOICE_MODEL).ok().and_then(|file| confirm::find(&file));
    if confirm.is_none() {
        eprintln!("without the model {VOICE_MODEL} every sound is taken for a voice");
    }
    Ok(Chain::new(confirm, Box::new(recogniser(model, language)?)))
}

/// One thread: what is left of a Raspberry Pi is for the rest of the home.
fn recogniser(model: &Path, language: Language) -> Result<Whisper, SpeechError> {
    let mut whisper = Whisper::find(model, language, Some(1))?;
    whisper.load()?;
    Ok(whisper)
}

fn title(language: Language) -> &'static str {
    match language {
        Language::Nl => "Dutch",
        Language::En => "English",
    }
}
