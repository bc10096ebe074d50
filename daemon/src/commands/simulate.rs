//! `omzien simulate`: whole lives in simulated time, each with a seed, judged by the promises. A
//! broken promise is printed with the seed that shows it again.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::date;
use omzien_drivers::simulated::{Faults, Habits, Manners};
use omzien_skills::Skills;

use crate::config::{self, Paint};
use crate::simulation::{Broken, Counts, Judge, Setting, Stuck, To, World};

const DAY_MS: u64 = 86_400_000;
/// The built-in plan of a simulated home.
const HOME: &str = include_str!("../../../images/example/home.toml");

/// Live whole lives in simulated time and judge them by the promises
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The seeds, one life each, both ends included: `1..20`
    #[arg(long, value_name = "A..B", default_value = "1..10", value_parser = seeds)]
    seeds: (u64, u64),
    /// Days of each life
    #[arg(long, default_value_t = 30, conflicts_with = "years")]
    days: u64,
    /// Years of each life, instead of days
    #[arg(long)]
    years: Option<u64>,
    /// Live in this home instead of the example home
    #[arg(long, value_name = "FILE")]
    home: Option<PathBuf>,
    /// Tell the lives: everything that was heard, read, switched and told
    #[arg(long)]
    tell: bool,
    /// How badly the world behaves
    #[arg(long, value_enum, default_value_t = Weather::Harsh)]
    world: Weather,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Weather {
    /// Nothing goes wrong.
    Calm,
    /// Everything goes wrong, far more often than it does.
    Harsh,
}

/// Exit code 1 for a broken promise, 2 for a home that cannot be read.
pub fn run(arguments: Arguments) -> ExitCode {
    let plan = match &arguments.home {
        Some(file) => config::load(file).map(|loaded| loaded.plan),
        None => config::read_text("home.toml", HOME).map(|loaded| loaded.plan),
    };
    let plan = match plan {
        Ok(plan) => Arc::new(plan),
        Err(mistakes) => {
            eprint!("{}", mistakes.show(Paint::Plain));
            return ExitCode::from(2);
        }
    };
    let skills = Skills::built_in();
    let days = arguments.years.map_or(arguments.days, |years| years * 365);
    let began = Instant::now();
    let mut total = Counts::default();
    let mut broken = 0;
    let mut alarms = 0;
    for seed in arguments.seeds.0..=arguments.seeds.1 {
        match live(&plan, &skills, seed, days, &arguments) {
            Ok((counts, judge)) => {
                total += counts;
                alarms += judge.alarms();
                broken += judge.broken().len();
                for one in judge.broken() {
                    tell!("{}", describe(seed, one));
                }
            }
            Err(stuck) => {
                tell!("seed {seed}: the home cannot go on: {stuck}");
                broken += 1;
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64().max(1e-9);
    let lives = arguments.seeds.1 - arguments.seeds.0 + 1;
    let home_days = (lives * days) as f64;
    tell!("{lives} lives of {days} days: {} broken promises", broken);
    tell!(
        "{} events ({:.0} observations a day), {} sentences, {} messages, {} alarms, {} power cuts",
        total.events,
        total.observations as f64 / home_days,
        total.sentences,
        total.messages,
        alarms,
        total.cuts,
    );
    tell!(
        "{:.0} home-days a second, {:.0} events a second",
        home_days / seconds,
        total.events as f64 / seconds
    );
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn live(
    plan: &Arc<omzien_core::Plan>,
    skills: &Skills,
    seed: u64,
    days: u64,
    arguments: &Arguments,
) -> Result<(Counts, Judge), Stuck> {
    let (habits, manners, faults, cuts_a_year) = match arguments.world {
        Weather::Calm => (Habits::QUIET, Manners::DEPENDABLE, Faults::NONE, 0.0),
        Weather::Harsh => (Habits::HARSH, Manners::HARSH, Faults::HARSH, 52.0),
    };
    let setting = Setting {
        plan: Arc::clone(plan),
        skills: skills.clone(),
        start: start_of(seed, plan),
        seed,
        habits,
        manners,
        faults,
        cuts_a_year,
    };
    let mut life = World::seeded(setting)?;
    if arguments.tell {
        life.write_down_everything();
    }
    life.run_until(days * DAY_MS)?;
    for line in life.transcript() {
        let who = match &line.to {
            To::Home => "heard".to_owned(),
            To::Contact(contact) => format!("{contact} reads"),
            To::Device(device) => device.to_string(),
            To::Companion => "  told".to_owned(),
        };
        tell!("{} {who}: {}", moment(line.at_ms), line.text.replace('\n', " / "));
    }
    life.judge.end(days * DAY_MS);
    Ok((life.counts, life.judge))
}

/// Lives begin on different days, so that a few of them meet both changes of the clock.
fn start_of(seed: u64, plan: &omzien_core::Plan) -> Timestamp {
    let first = date(2026, 1, 1).at(0, 0, 0, 0);
    let days = i32::try_from(seed % 365).unwrap_or(0);
    first
        .checked_add(jiff::Span::new().days(days))
        .ok()
        .and_then(|day| day.to_zoned(plan.zone.time_zone()).ok())
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

fn describe(seed: u64, one: &Broken) -> String {
    let (promise, number) = (one.promise, one.promise as u8);
    format!("seed {seed}, {}: promise {number} ({promise:?}): {}", moment(one.at_ms), one.how)
}

/// So long after the life began.
fn moment(at_ms: u64) -> String {
    let (day, rest) = (at_ms / DAY_MS, at_ms % DAY_MS);
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    format!("day {day} + {hour:02}:{minute:02}:{second:02}")
}

fn seeds(text: &str) -> Result<(u64, u64), String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let number = |part: &str| {
        part.trim_start_matches('=')
            .parse::<u64>()
            .map_err(|_| "write two numbers, such as 1..20".to_owned())
    };
    let (first, last) = (number(first)?, number(last)?);
    if first <= last { Ok((first, last)) } else { Err("the second is the larger".to_owned()) }
}
