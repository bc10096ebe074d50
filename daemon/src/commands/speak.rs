//! `omzien speak`: a sentence aloud, or into a sound file, as this home would say it now. It asks
//! no running home: what the resident made louder or slower by voice is not known here.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use omzien_core::{Language, Plan};
use omzien_drivers::sound::card::SystemCard;
use omzien_drivers::sound::{Pcm, SoundCard, wav};
use omzien_drivers::speech::{SpeechError, voice};
use omzien_skills::Skills;

use crate::commands::{LanguageArgument, calm_manner, load_home, log_to_stderr};
use crate::config::{Loaded, Settings};

/// Say a sentence aloud, or write it into a sound file
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The language of the sentence; left out: that of the home
    #[arg(long, value_enum)]
    lang: Option<LanguageArgument>,
    /// With the voice, the loudness and the pronunciations of this home
    #[arg(long, value_name = "FILE")]
    home: Option<PathBuf>,
    /// Into this file instead of the loudspeaker
    #[arg(long, value_name = "FILE.wav")]
    out: Option<PathBuf>,
    /// What to say; more than some two minutes of it is cut off
    #[arg(required = true)]
    text: Vec<String>,
}

/// Prints how the sentence is pronounced. Exit code 1 if it could not be said, 2 for a home file
/// with mistakes.
pub fn run(arguments: Arguments) -> ExitCode {
    log_to_stderr("warn");
    let Loaded { plan, settings, .. } =
        match load_home(arguments.home.as_deref(), arguments.lang) {
            Ok(loaded) => loaded,
            Err(code) => return code,
        };
    let language = plan.language;
    let text = arguments.text.join(" ");
    let spoken = Skills::built_in().speakable(&text, language, &plan);
    tell!("{spoken}");
    let said = pronounce(&spoken, language, &plan, &settings)
        .and_then(|sound| put(&sound, arguments.out.as_deref(), &settings));
    match said {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("omzien: {error}");
            ExitCode::FAILURE
        }
    }
}

fn pronounce(
    spoken: &str,
    language: Language,
    plan: &Plan,
    settings: &Settings,
) -> Result<Pcm, SpeechError> {
    let manner = calm_manner(plan);
    let voice = voice::of(&settings.speech);
    let mut sound = voice.synthesise_at(spoken, language, manner.pace_percent)?;
    voice::set_volume(&mut sound, manner.volume_percent);
    Ok(sound)
}

fn put(sound: &Pcm, file: Option<&Path>, settings: &Settings) -> Result<(), SpeechError> {
    match file {
        Some(file) => wav::write(file, sound)?,
        None => {
            let card = SystemCard::new(settings.sound.clone());
            card.open_speaker()?.play(sound, &AtomicBool::new(false))?;
        }
    }
    Ok(())
}
