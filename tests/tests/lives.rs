//! Whole lives in a harsh world: seeded homes with falls, illness, outages, power cuts in the
//! middle of anything, people who answer late, twice, or not at all. No promise may break.
//! A failure prints its seed and the hours before it.

use std::sync::Arc;

use jiff::civil::date;
use omzien::config;
use omzien::simulation::{Setting, World};
use omzien_core::Language;
use omzien_drivers::simulated::{Faults, Habits, Manners};
use omzien_skills::Skills;

const DAY_MS: u64 = 86_400_000;
const DAYS: u64 = 14;
const HOURS_TOLD_MS: u64 = 3 * 3_600_000;

fn live(seed: u64, habits: Habits, manners: Manners, faults: Faults, cuts_a_year: f64) -> World {
    let text = include_str!("../../images/example/home.toml");
    let plan = config::read_text("home.toml", text).expect("the example home is whole").plan;
    assert_eq!(plan.language, Language::Nl);
    // Every life meets the change to summer time.
    let start = date(2026, 3, 20).at(0, 0, 0, 0).to_zoned(plan.zone.time_zone());
    let setting = Setting {
        start: start.expect("a moment that exists").timestamp(),
        plan: Arc::new(plan),
        skills: Skills::built_in(),
        seed,
        habits,
        manners,
        faults,
        cuts_a_year,
    };
    let mut life = World::seeded(setting).expect("an empty disk opens");
    life.write_down_everything();
    life.run_until(DAYS * DAY_MS).expect("the home goes on");
    life.judge.end(DAYS * DAY_MS);
    if let Some(broken) = life.judge.broken().first() {
        // The hours before it are usually the whole story.
        let hours = broken.at_ms.saturating_sub(HOURS_TOLD_MS)..=broken.at_ms;
        for line in life.transcript().iter().filter(|line| hours.contains(&line.at_ms)) {
            println!("{:>9} s {:?}: {}", line.at_ms / 1000, line.to, line.text);
        }
        panic!("seed {seed}: {broken:?}");
    }
    assert!(life.counts.observations > 100 * DAYS, "seed {seed}: somebody lives here");
    life
}

#[test]
fn no_promise_breaks_in_a_harsh_world() {
    for seed in 1..=6 {
        live(seed, Habits::HARSH, Manners::HARSH, Faults::HARSH, 52.0);
    }
}

/// Nor is anybody alarmed, and the next start has two days to replay, not fourteen.
#[test]
fn no_promise_breaks_in_a_calm_world() {
    let life = live(1, Habits::QUIET, Manners::DEPENDABLE, Faults::NONE, 0.0);
    assert_eq!(life.judge.alarms(), 0);
    let journal = life.companion().expect("it runs").journal();
    assert_eq!(journal.stats().snapshots, DAYS / 2);
}
