//! `omzien voice-test`: leads an installer and the resident through the sentences of this home, at
//! the places where they will be said, and tells per place what was understood and what would
//! help. The words of the answers are shown to whoever sits there and kept nowhere; their sound
//! only with `--keep-recordings`, and only after the resident said yes to that aloud.

use std::fs::{self, DirBuilder};
use std::io::{self, BufRead};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use omzien_core::{Expects, Intent, Language, Plan};
use omzien_drivers::sound::SoundError;
use omzien_drivers::speech::SpeechError;
use omzien_skills::Vocabulary;

use crate::commands::run::state_folder;
use crate::commands::{LanguageArgument, calm_manner, load_home, log_to_stderr};
use crate::config::{HOME_FILE, Loaded, Settings};
use crate::journal;
use crate::shell::clock::{Clock, SystemClock};
use crate::shell::listening_chain;
use crate::voice_test::score::{Place, Became, Score, Tried, VERSION};
use crate::voice_test::sentences::{self, Listener, Sentence, shares};
use crate::voice_test::session::{Heard, Recordings, Session};
use crate::voice_test::words::Words;
use crate::words::fill;

/// A test lasts a quarter of an hour; recordings end by then, whatever happens.
const RECORDS_FOR: Duration = Duration::from_secs(30 * 60);

/// Try how well this home is heard at the chair, the bed and the kitchen table
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The home file; left out, where no service is installed: a home that is built in
    #[arg(long, value_name = "FILE")]
    home: Option<PathBuf>,
    /// The language that is spoken; left out: that of the home
    #[arg(long, value_enum)]
    lang: Option<LanguageArgument>,
    /// The places, as they are said; left out: the chair, the bed, the kitchen table
    #[arg(long, value_name = "PLACE", value_delimiter = ',')]
    places: Vec<String>,
    /// How many sentences, over all places
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=20))]
    sentences: u8,
    /// Where the result is kept: /var/lib/omzien for an installed service [default:
    /// ~/.local/state/omzien]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Another Whisper model in ggml form
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Keep the sentences as sound files in this folder, a new or an empty one, for half an hour,
    /// if the resident allows it aloud
    #[arg(long, value_name = "DIR")]
    keep_recordings: Option<PathBuf>,
}

/// Exit code 1 without a card or a model, while the companion runs, or beside an installed home
/// that is not the one to be tried; 2 for a home file with mistakes.
pub fn run(arguments: Arguments) -> ExitCode {
    log_to_stderr("warn");
    if let Some(advice) = advice(&arguments, Path::new(HOME_FILE)) {
        eprintln!("omzien: {advice}");
        return ExitCode::FAILURE;
    }
    let loaded = match load_home(arguments.home.as_deref(), arguments.lang) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    match test(loaded, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("omzien: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where a service is installed, its home is to be tried, and not one that is built in, under the
/// state that the service holds while it runs; what to type for that, if it was not typed.
fn advice(arguments: &Arguments, installed: &Path) -> Option<String> {
    // A folder that may not be looked into is there.
    if matches!(installed.try_exists(), Ok(false)) {
        return None;
    }
    let other = arguments.home.as_deref().is_some_and(|home| home != installed);
    if other || (arguments.home.is_some() && arguments.state.is_some()) {
        return None;
    }
    let installed = installed.display();
    Some(format!(
        "a home is installed here; try that one, as its service and in its place:\n  \
         sudo systemctl stop omzien\n  \
         sudo -u omzien XDG_CACHE_HOME=/var/cache omzien voice-test \\\n    \
         --home {installed} --state /var/lib/omzien\n  \
         sudo systemctl start omzien\n\
         Another home is named with --home."
    ))
}

fn test(loaded: Loaded, arguments: &Arguments) -> Result<(), String> {
    let Loaded { plan, settings, skills, .. } = loaded;
    let state = state_folder(arguments.state.clone());
    // While the companion runs, both would answer.
    let _claim = journal::claim(&state).map_err(|error| error.to_string())?;
    let vocabulary = Vocabulary::of(&plan);
    let now = SystemClock::default().now(&plan.zone).local().datetime();
    let home = Listener { plan: &plan, skills: &skills, vocabulary: &vocabulary, now };
    let words = Words::of(plan.language);
    let mut sentences = sentences::of(&home);
    sentences.truncate(arguments.sentences.into());
    let places = places(arguments, plan.language);
    let shares = shares(&places, &sentences).ok_or_else(|| {
        fill(words.too_few, &[sentences.len().to_string(), places.len().to_string()])
    })?;
    let keep = arguments.keep_recordings.as_deref();
    keep.map_or(Ok(()), is_empty).map_err(|error| error.to_string())?;
    let mut session = open(&home, &settings, arguments)?;
    let tried = conduct(&mut session, words, &shares, keep, &plan);
    let places = tried.map_err(|error| error.to_string())?;
    tell!("");
    for place in &places {
        for line in words.verdict(place) {
            tell!("{line}");
        }
    }
    let score = Score { version: VERSION, at: Timestamp::now(), language: plan.language, places };
    let file = score.keep(&state).map_err(|error| format!("{}: {error}", state.display()))?;
    tell!("{}", fill(words.kept, &[file.display().to_string()]));
    if let Some(folder) = keep.filter(|_| session.recorded() > 0) {
        let line = fill(words.recordings, &[folder.display().to_string()]);
        tell!("{line}");
    }
    say(&mut session, words.thanks).map_err(|error| error.to_string())
}

fn open<'a>(
    home: &'a Listener<'a>,
    settings: &Settings,
    arguments: &Arguments,
) -> Result<Session<'a>, String> {
    let model = arguments.model.clone().or_else(|| settings.speech.model.clone());
    let chain = listening_chain(model, home.plan.language, settings.speech.threads)?;
    Session::open(home, chain, &settings.sound, &settings.speech, calm_manner(home.plan))
        .map_err(|error| error.to_string())
}

fn places(arguments: &Arguments, language: Language) -> Vec<String> {
    if !arguments.places.is_empty() {
        return arguments.places.clone();
    }
    let usual = match language {
        Language::Nl => ["de stoel", "het bed", "de keukentafel"],
        Language::En => ["the chair", "the bed", "the kitchen table"],
    };
    usual.map(str::to_owned).to_vec()
}

/// Every place with its share of the sentences.
fn conduct(
    session: &mut Session<'_>,
    words: &Words,
    shares: &[(&str, &[Sentence])],
    keep: Option<&Path>,
    plan: &Plan,
) -> Result<Vec<Place>, SpeechError> {
    say(session, words.begin)?;
    if let Some(folder) = keep {
        ask_to_record(session, words, folder, plan)?;
    }
    let mut done = Vec::new();
    let mut numbers = 1..;
    for &(name, sentences) in shares {
        say(session, &fill(words.go_to, &[name]))?;
        // Whoever leads this has gone: what was measured so far stands.
        if session.wait(|| io::stdin().lock().read_line(&mut String::new()).unwrap_or(0))? == 0 {
            break;
        }
        say(session, words.quiet)?;
        let room_dbfs = session.room()?;
        let mut tried = Vec::new();
        for (sentence, number) in sentences.iter().zip(&mut numbers) {
            say(session, &fill(words.say, &[&sentence.text]))?;
            tell!("{}", words.now);
            let heard = session.hear(sentence, name, number)?;
            show(&heard, room_dbfs, words);
            tried.push(heard.tried);
        }
        done.push(Place { name: name.to_owned(), room_dbfs, tried });
    }
    Ok(done)
}

/// Says until when it would record, and does so only after a clear yes.
fn ask_to_record(
    session: &mut Session<'_>,
    words: &Words,
    folder: &Path,
    plan: &Plan,
) -> Result<(), SpeechError> {
    let until = Instant::now() + RECORDS_FOR;
    let clock = (Timestamp::now() + RECORDS_FOR).to_zoned(plan.zone.time_zone());
    let clock = clock.strftime("%H:%M").to_string();
    say(session, &fill(words.may_record, &[&clock]))?;
    tell!("{}", words.now);
    let yes = Sentence { text: String::new(), expects: Expects::YesNo, means: Intent::Yes };
    let heard = session.hear(&yes, "", 0)?;
    if heard.tried.became != Became::Understood {
        return say(session, words.records_not);
    }
    // Readable for whoever leads this, and nobody else.
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| of_folder(folder, &error.to_string()))?;
    session.record(Recordings { folder: folder.to_owned(), until });
    say(session, &fill(words.records, &[&clock]))
}

/// The recordings of one test lie in a folder, and nothing else.
fn is_empty(folder: &Path) -> Result<(), SoundError> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(of_folder(folder, "there is something in it; name a new folder")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(of_folder(folder, &error.to_string())),
    }
}

fn of_folder(folder: &Path, why: &str) -> SoundError {
    SoundError::File { file: folder.display().to_string(), why: why.to_owned() }
}

/// Shown and said.
fn say(session: &mut Session<'_>, line: &str) -> Result<(), SpeechError> {
    tell!("{line}");
    session.say(line)
}

fn show(heard: &Heard, room_dbfs: i16, words: &Words) {
    let Tried { became, voice_dbfs, took_ms, .. } = &heard.tried;
    let line = match became {
        Became::Understood => fill(words.understood, &[&heard.words]),
        Became::Otherwise => fill(words.otherwise, &[&heard.words]),
        Became::Unsure => fill(words.unsure, &[&heard.words]),
        Became::Unaddressed => fill(words.unaddressed, &[&heard.words]),
        Became::NoWords => words.no_words.to_owned(),
        Became::Nothing => words.nothing.to_owned(),
    };
    tell!("    {line}");
    let numbers = voice_dbfs.map(|voice| [voice, voice - room_dbfs].map(|db| db.to_string()));
    let levels = numbers.map(|numbers| fill(words.levels, &numbers));
    let took = took_ms.map(|ms| fill(words.took, &[ms.to_string()]));
    let measured: Vec<String> = levels.into_iter().chain(took).collect();
    if !measured.is_empty() {
        tell!("    {}", measured.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn beside_an_installed_service_it_says_what_to_type() {
        let folder = tempfile::tempdir().expect("a folder");
        let installed = folder.path().join("home.toml");
        let home = installed.to_str().expect("a plain name");
        let advice = |typed: &[&str]| {
            let line = Line::parse_from([&["voice-test"], typed].concat());
            advice(&line.arguments, &installed)
        };
        assert_eq!(advice(&[]), None, "nothing is installed");
        fs::write(&installed, "").expect("written");
        for typed in [&[][..], &["--home", home], &["--state", "/var/lib/omzien"]] {
            let told = advice(typed).unwrap_or_else(|| panic!("not a word to {typed:?}"));
            assert!(told.contains("systemctl stop omzien") && told.contains(home), "{told}");
        }
        assert_eq!(advice(&["--home", "other.toml"]), None);
        assert_eq!(advice(&["--home", home, "--state", "/var/lib/omzien"]), None);
    }
}
