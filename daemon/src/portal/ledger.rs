//! The ledger as a page shows it: sentences, by day, newest first.

use std::collections::BTreeSet;

use jiff::civil::Date;
use omzien_core::ledger::{Fact, LedgerEntry};
use omzien_core::request::Actor;
use omzien_core::{EffectId, Language};

use super::words::facts::Teller;
use super::words::{Words, clock};
use crate::shell::published::Published;

/// The lines of one day.
pub(super) struct Day {
    pub(super) date: String,
    pub(super) lines: Vec<Line>,
}

pub(super) struct Line {
    pub(super) time: String,
    pub(super) class: &'static str,
    pub(super) text: String,
}

/// The lines that say something new: a sentence that was spoken needs no second line that says
/// that it was going to be.
pub(super) fn worth_telling(entries: &[LedgerEntry]) -> Vec<&LedgerEntry> {
    let spoken: BTreeSet<EffectId> = entries
        .iter()
        .filter_map(|entry| match &entry.fact {
            Fact::Spoken { effect, .. } => Some(*effect),
            _ => None,
        })
        .collect();
    entries
        .iter()
        .filter(|entry| match &entry.fact {
            Fact::Say { effect, .. } => !spoken.contains(effect),
            _ => true,
        })
        .collect()
}

/// The whole day as plain lines, oldest first: for a terminal.
pub(crate) fn plain(published: &Published, language: Language) -> Vec<String> {
    let teller = Teller { published, words: Words::of(language) };
    let entries = published.view(&Actor::Resident).ledger;
    let mut lines: Vec<String> = days(&teller, &worth_telling(&entries))
        .into_iter()
        .flat_map(|day| day.lines)
        .map(|line| format!("{}  {}", line.time, line.text))
        .collect();
    lines.reverse();
    lines
}

/// Groups lines by the day on which they happened in the home.
pub(super) fn days(teller: &Teller<'_>, entries: &[&LedgerEntry]) -> Vec<Day> {
    let zone = teller.published.plan().zone.time_zone();
    let mut days: Vec<(Date, Day)> = Vec::new();
    for entry in entries {
        let local = entry.wall.to_zoned(zone.clone());
        let (kind, text) = teller.tell(entry);
        let line = Line { time: clock(local.time()), class: kind.class(), text };
        match days.last_mut() {
            Some((date, day)) if *date == local.date() => day.lines.push(line),
            Some(_) | None => {
                let date = teller.words.date(local.date());
                days.push((local.date(), Day { date, lines: vec![line] }));
            }
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}
