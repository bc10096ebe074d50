//! `omzien voice-test`: leads an installer and the resident through the sentences of this home, at
//! the places where they will be said, and tells per place what was understood and what would
//! help. The words of the answers are shown to whoever sits there and kept nowhere.

use std::fs::DirBuilder;
use std::io::{self, BufRead};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use omzien_core::{Event, Expects, Home, Intent, Language, Manner, Plan, Urgency};
use omzien_drivers::speech::SpeechError;
use omzien_skills::{Skills, Vocabulary};

use crate::commands::run::state_folder;
use crate::commands::{LanguageArgument, load_home, log_to_stderr};
use crate::config::{Loaded, Settings};
use crate::journal;
use crate::shell::clock::{Clock, SystemClock};
use crate::shell::listening_chain;
use crate::voice_test::score::{Place, Became, Score, Tried, VERSION};
use crate::voice_test::sentences::{self, Listener, Sentence};
use crate::voice_test::session::{Heard, Recordings, Session};
use crate::voice_test::words::{Words, fill};

/// A test lasts a quarter of an hour; recordings end by then, whatever happens.
const RECORDS_FOR: Duration = Duration::from_secs(30 * 60);

/// Try how well this home is heard at the chair, the bed and the kitchen table
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The home file; left out: a home that is built in
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
    /// Where the result is kept [default: the service's own, or ~/.local/state/omzien]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Another Whisper model in ggml form
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Keep the sentences as sound files in this folder, for half an hour, if the resident allows
    /// it aloud
    #[arg(long, value_name = "DIR")]
    keep_recordings: Option<PathBuf>,
}

/// Exit code 1 without a card or a model, or while the companion runs; 2 for a home file with
/// mistakes.
pub fn run(arguments: Arguments) -> ExitCode {
    log_to_stderr("warn");
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

fn test(loaded: Loaded, arguments: &Arguments) -> Result<(), String> {
    let Loaded { plan, settings, .. } = loaded;
    let state = state_folder(arguments.state.clone());
    // While the companion runs, both would answer.
    let _claim = journal::claim(&state).map_err(|error| error.to_string())?;
    let (skills, _) = Skills::built_in().enable(&plan.skills);
    let vocabulary = Vocabulary::of(&plan);
    let now = SystemClock::default().now(&plan.zone).local().datetime();
    let home = Listener { plan: &plan, skills: &skills, vocabulary: &vocabulary, now };
    let mut session = open(&home, &settings, arguments)?;
    let words = Words::of(plan.language);
    let mut sentences = sentences::of(&home);
    sentences.truncate(arguments.sentences.into());
    let places = places(arguments, plan.language);
    let keep = arguments.keep_recordings.as_deref();
    let tried = conduct(&mut session, words, &places, &sentences, keep, &plan);
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
    session.say(words.thanks).map_err(|error| error.to_string())
}

fn open<'a>(
    home: &'a Listener<'a>,
    settings: &Settings,
    arguments: &Arguments,
) -> Result<Session<'a>, String> {
    let model = arguments.model.clone().or_else(|| settings.speech.model.clone());
    let chain = listening_chain(model, home.plan.language, settings.speech.threads)?;
    Session::open(home, chain, &settings.sound, &settings.speech, manner(home.plan))
        .map_err(|error| error.to_string())
}

/// As loud as something calm is at this hour.
fn manner(plan: &Plan) -> Manner {
    let now = SystemClock::default().now(&plan.zone);
    let mut home = Home::new();
    home.handle_event(&Event::Configured(Arc::new(plan.clone())), &now);
    home.manner(Urgency::Calm)
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
    places: &[String],
    sentences: &[Sentence],
    keep: Option<&Path>,
    plan: &Plan,
) -> Result<Vec<Place>, SpeechError> {
    say(session, &fill(words.begin, &[places.len().to_string()]))?;
    if let Some(folder) = keep {
        ask_to_record(session, words, folder, plan)?;
    }
    let mut shares = sentences.chunks(sentences.len().div_ceil(places.len()).max(1));
    let mut done = Vec::new();
    for name in places {
        say(session, &fill(words.go_to, &[name]))?;
        let mut line = String::new();
        // Whoever leads this has gone: what was measured so far stands.
        if io::stdin().lock().read_line(&mut line).unwrap_or(0) == 0 {
            break;
        }
        say(session, words.quiet)?;
        let room_dbfs = session.room()?;
        let mut tried = Vec::new();
        for (number, sentence) in (1..).zip(shares.next().unwrap_or_default()) {
            say(session, &fill(words.say, &[&sentence.text]))?;
            tell!("{}", words.now);
            let heard = session.hear(sentence, name, number)?;
            show(&heard, room_dbfs, words);
            tried.push(heard.tried);
        }
        done.push(Place { name: name.clone(), room_dbfs, tried });
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
    made.map_err(|error| omzien_drivers::sound::SoundError::File {
        file: folder.display().to_string(),
        why: error.to_string(),
    })?;
    session.record(Recordings { folder: folder.to_owned(), until });
    say(session, &fill(words.records, &[&clock]))
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
        Became::Nothing => words.nothing.to_owned(),
    };
    tell!("    {line}");
    if let (Some(voice), Some(took_ms)) = (voice_dbfs, took_ms) {
        let numbers = [i64::from(*voice), i64::from(voice - room_dbfs)].map(|n| n.to_string());
        let [voice, over] = numbers;
        tell!("    {}", fill(words.levels, &[voice, over, took_ms.to_string()]));
    }
}
