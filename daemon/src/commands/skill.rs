//! `omzien skill`: the skills of a home, a look at one that is being written, and the beginning of
//! a new one. It writes the folder of a new skill and nothing else.

use std::io::{self, BufRead, IsTerminal as _, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use jiff::Timestamp;
use omzien_core::Language;
use omzien_skills::{Autonomy, Origin, Purpose, Skill, Skills};

use crate::commands::{LanguageArgument, load_home};
use crate::config::{self, HOME_FILE, HomeSkills, Loaded, Paint, SKILLS_FOLDER};
use crate::workshop::{self, Trial, Tried};

/// Exit code for a skill or a home file with mistakes.
const MISTAKEN: u8 = 2;

/// List, check, try and begin skills
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the skills of a home: the program's, and those in the folder beside its file
    List {
        /// The home file [default: the installed one, if there is one]
        #[arg(long, value_name = "FILE")]
        home: Option<PathBuf>,
    },
    /// Read a skill, or all in a folder: every mistake with its mend, and its examples tried
    Check {
        /// A skill's folder, or one that holds several [default: that of the installed home]
        folder: Option<PathBuf>,
        /// Try the examples in this home [default: the one beside the folder, or a built-in one]
        #[arg(long, value_name = "FILE")]
        home: Option<PathBuf>,
    },
    /// Understand sentences with a skill, and print by which template and what would be said
    Try {
        /// The language of the sentences
        #[arg(long, value_enum, default_value_t = LanguageArgument::Nl)]
        lang: LanguageArgument,
        /// In this home [default: the one beside the folder, or a built-in one]
        #[arg(long, value_name = "FILE")]
        home: Option<PathBuf>,
        /// A folder as for `check`, and a sentence; without a sentence those of the standard input
        #[arg(value_name = "[DIR] SENTENCE")]
        words: Vec<String>,
    },
    /// Write a small skill that works, to be changed
    New {
        /// Small letters, digits, `-` and `_`: the name in `home.toml`
        name: String,
        /// Where its folder goes
        #[arg(long, value_name = "DIR", default_value = SKILLS_FOLDER)]
        r#in: PathBuf,
    },
}

/// Exit code 2 for mistakes, 1 if `try` understood nothing or a file cannot be written.
pub fn run(arguments: Arguments) -> ExitCode {
    match arguments.action {
        Action::List { home } => list(home),
        Action::Check { folder, home } => check(folder, home),
        Action::Try { lang, home, words } => attempt(lang, home, words),
        Action::New { name, r#in } => begin(&r#in, &name),
    }
}

fn list(home: Option<PathBuf>) -> ExitCode {
    let home = home.or_else(|| Some(PathBuf::from(HOME_FILE)).filter(|file| file.is_file()));
    let loaded = match load_home(home.as_deref(), None) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    for skill in loaded.skills.list() {
        tell!("{}", row(skill, &loaded.skills));
        tell!("  {}", skill.manifest.about);
        for (name, parameter) in &skill.manifest.parameters {
            let (wanted, usual) = (parameter.wanted(), parameter.default_written());
            tell!("  {name}: {} ({wanted}; left out: {usual})", parameter.ask.en);
        }
    }
    if loaded.in_skills.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(MISTAKEN) }
}

fn row(skill: &Skill, skills: &Skills) -> String {
    let purpose = match skill.manifest.purpose {
        Purpose::Safety => "safety",
        Purpose::Communication => "communication",
        Purpose::Comfort => "comfort",
        Purpose::Wellbeing => "wellbeing",
    };
    let autonomy = match skill.manifest.autonomy {
        Autonomy::Announces => "announces",
        Autonomy::Asks => "asks",
        Autonomy::Suggests => "suggests",
        Autonomy::Agrees => "as agreed",
        Autonomy::ResidentDecides => "resident decides",
    };
    let listens = if skills.listens(&skill.name) { "listens" } else { "does not listen" };
    let origin = match skill.origin {
        Origin::Program => "program",
        Origin::Home => "folder",
    };
    let [nl, en] = [Language::Nl, Language::En].map(|language| skill.sentences(language));
    let name = &skill.name;
    format!("{name:12} {purpose:13} {autonomy:16} {listens:15} {origin:7} nl {nl:3}  en {en:3}")
}

fn check(folder: Option<PathBuf>, home: Option<PathBuf>) -> ExitCode {
    let folder = folder.unwrap_or_else(|| Path::new(HOME_FILE).with_file_name(SKILLS_FOLDER));
    let found = match skills_in(&folder) {
        Ok(found) => found,
        Err(code) => return code,
    };
    let plan = match home.or_else(|| workshop::home_beside(&folder)) {
        None => None,
        Some(file) => match config::load(&file) {
            Ok(loaded) => Some(loaded.plan),
            Err(mistakes) => {
                eprint!("{}", mistakes.show(paint()));
                return ExitCode::from(MISTAKEN);
            }
        },
    };
    let checked = workshop::check(found, plan.as_ref());
    eprint!("{}", checked.mistakes.show(paint()));
    for line in &checked.otherwise {
        eprintln!("{line}");
    }
    for (name, examples) in &checked.right {
        tell!("{name}: read; {examples} examples tried");
    }
    if checked.is_right() {
        tell!("Nothing is wrong.");
        return ExitCode::SUCCESS;
    }
    let count = checked.mistakes.0.len() + checked.otherwise.len();
    let noun = if count == 1 { "thing is" } else { "things are" };
    eprintln!("{count} {noun} to be mended; a skill that cannot be read is left out of a home.");
    ExitCode::from(MISTAKEN)
}

fn attempt(lang: LanguageArgument, home: Option<PathBuf>, mut words: Vec<String>) -> ExitCode {
    let first = words.first().map(PathBuf::from).filter(|path| path.is_dir());
    let found = match first.as_deref().map(skills_in).transpose() {
        Ok(found) => found,
        Err(code) => return code,
    };
    let home = home.or_else(|| first.as_deref().and_then(workshop::home_beside));
    let Loaded { plan, skills, .. } = match load_home(home.as_deref(), Some(lang)) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    if let Some(found) = &found {
        words.remove(0);
        eprint!("{}", found.mistakes.show(paint()));
    }
    let skills = found.map_or(skills, |found| found.skills);
    let trial = Trial::new(plan, &skills, Timestamp::now());
    if !words.is_empty() {
        return told(&trial, &words.join(" "));
    }
    let mut code = ExitCode::SUCCESS;
    for line in io::stdin().lock().split(b'\n') {
        match line {
            Ok(line) => {
                if told(&trial, String::from_utf8_lossy(&line).trim()) != ExitCode::SUCCESS {
                    code = ExitCode::FAILURE;
                }
            }
            Err(error) => {
                eprintln!("omzien skill try: the standard input cannot be read: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    code
}

fn told(trial: &Trial, text: &str) -> ExitCode {
    let (lines, tried) = trial.read(text);
    tell!("{lines}");
    match tried {
        Tried::Understood => ExitCode::SUCCESS,
        Tried::NotUnderstood => ExitCode::FAILURE,
    }
}

fn begin(folder: &Path, name: &str) -> ExitCode {
    match workshop::begin(folder, name) {
        Ok(path) => {
            let path = path.display();
            tell!("{path} is written. It works as it is; now change it:");
            tell!("  omzien skill check {path}");
            tell!("  omzien skill try {path} \"waar staat de thee\"");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("omzien skill new: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The exit code if there is no such folder.
fn skills_in(folder: &Path) -> Result<HomeSkills, ExitCode> {
    if !folder.is_dir() {
        eprintln!("{}: there is no such folder; `omzien skill new` begins one", folder.display());
        return Err(ExitCode::from(MISTAKEN));
    }
    Ok(workshop::skills_in(folder))
}

fn paint() -> Paint {
    if stderr().is_terminal() { Paint::Coloured } else { Paint::Plain }
}
