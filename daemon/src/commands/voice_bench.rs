//! `omzien voice-bench`: how much of what is said is understood, and how fast, on recordings of
//! your own. It measures and does not judge: its exit code is 0 however little it understood.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use omzien_core::Language;
use omzien_drivers::model;
use omzien_drivers::speech::SpeechError;
use omzien_drivers::speech::recogniser::Whisper;

use crate::commands::LanguageArgument;
use crate::shell::SPEECH_MODEL;
use crate::voice_bench::clips::{self, NoClips};
use crate::voice_bench::home::Home;
use crate::voice_bench::{strangers, understanding};

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
    /// Measure only this; may be given more than once [default: all but the peer]
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// How long each of silence, noise, music, talk and its own voice is heard
    #[arg(long, value_name = "HOURS", default_value_t = 0.05)]
    hours: f64,
    /// What the noises and their order are made from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Another Whisper model in ggml form
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// What is understood of the recordings
    Understanding,
    /// What is understood where nobody speaks to it
    Strangers,
}

impl Part {
    const USUAL: [Self; 2] = [Self::Understanding, Self::Strangers];
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Clips(#[from] NoClips),
    #[error(transparent)]
    Model(#[from] model::ModelError),
    #[error(transparent)]
    Speech(#[from] SpeechError),
}

/// Exit code 1 if it could not measure.
pub fn run(arguments: Arguments) -> ExitCode {
    if cfg!(debug_assertions) {
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
    let parts = if arguments.only.is_empty() { &Part::USUAL[..] } else { &arguments.only };
    for (language, clips) in &found {
        let home = Home::of(*language);
        let title = title(*language);
        let mut recogniser = recogniser(&model, *language)?;
        if parts.contains(&Part::Understanding) {
            let measured = understanding::measure(clips, &home, &mut recogniser, title)?;
            tell!("{}", measured.table());
            if arguments.misses {
                tell!("{}", measured.misses());
            }
        }
        if parts.contains(&Part::Strangers) {
            // A year at most: what is longer is a slip of the finger.
            let each = Duration::from_secs_f64(arguments.hours.clamp(0.0, 8_760.0) * 3_600.0);
            let seed = arguments.seed;
            let measured = strangers::measure(&home, &mut recogniser, title, each, seed)?;
            tell!("{measured}");
            if arguments.misses {
                tell!("{}", measured.accepted());
            }
        }
    }
    Ok(())
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
