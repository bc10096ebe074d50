//! What happens between two moments: every event, each time that it comes. Repetition is worked out
//! on the clock on the wall, so that ten o'clock stays ten o'clock over the changes of the clock.
//! Nothing in a rule can keep it busy for long: what comes too often, or takes too much, is left
//! out and counted.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use omzien_core::agenda::{ENTRIES_MAX, Entry, Occasion};
use rrule::RRuleSet;

use super::event::Event;
use super::moment::Moment;

/// How often a rule may have come since it began: every day for fifty years.
const TIMES_MAX: usize = 20_000;
/// Times a day that one rule may name.
const TIMES_A_DAY_MAX: usize = 48;
/// Bytes of a rule; longer ones name every day of a year one by one.
const RULE_BYTES_MAX: usize = 1_024;
/// Within all of a calendar is worked out, on any machine that runs this.
pub(super) const WORK_MAX: Duration = Duration::from_secs(10);

/// The time that is looked at, in the zone of the home.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) home: TimeZone,
}

/// What comes in it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Coming {
    /// Soonest first.
    pub(super) entries: Vec<Entry>,
    /// Events that were left out.
    pub(super) left_out: usize,
}

/// It took longer than [`WORK_MAX`]: what was found is not all, and nothing of it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMuch;

pub(super) fn coming(events: &[Event], window: &Window, until: Instant) -> Result<Coming, TooMuch> {
    let mut coming = Coming::default();
    // What stands in place of one occurrence, by the event that it is of.
    let mut instead: HashMap<&str, Vec<&Moment>> = HashMap::new();
    for event in events {
        if let Some(moment) = &event.instead_of {
            instead.entry(&event.name).or_default().push(moment);
        }
    }
    let mut entries: Vec<(Timestamp, Entry)> = Vec::new();
    for event in events.iter().filter(|event| !event.is_cancelled) {
        in_time(until)?;
        let replaced = instead.get(event.name.as_str()).map_or(&[][..], Vec::as_slice);
        let Some(starts) = starts(event, window, until)? else {
            coming.left_out += 1;
            continue;
        };
        for start in starts {
            in_time(until)?;
            let is_excepted = |exception: &Moment| start.is_excepted_by(exception, &window.home);
            let gone = event.instead_of.is_none()
                && (event.except.iter().any(is_excepted)
                    || replaced.iter().any(|moment| is_excepted(moment)));
            if !gone && let Some(found) = entry(event, &start, window) {
                entries.push(found);
            }
        }
        // The soonest are enough; a calendar of one minute each is no reason to keep them all.
        if entries.len() > 4 * ENTRIES_MAX {
            keep_soonest(&mut entries);
        }
    }
    keep_soonest(&mut entries);
    coming.entries = entries.into_iter().map(|(_, entry)| entry).collect();
    Ok(coming)
}

fn in_time(until: Instant) -> Result<(), TooMuch> {
    if Instant::now() < until { Ok(()) } else { Err(TooMuch) }
}

fn keep_soonest(entries: &mut Vec<(Timestamp, Entry)>) {
    entries
        .sort_by(|(one, first), (other, second)| (one, &first.title).cmp(&(other, &second.title)));
    entries.dedup();
    entries.truncate(ENTRIES_MAX);
}

fn entry(event: &Event, start: &Moment, window: &Window) -> Option<(Timestamp, Entry)> {
    let end = start.after(event.length)?;
    let (from, until) = (start.instant(&window.home)?, end.instant(&window.home)?);
    let is_inside = from < window.until && (until > window.from || from >= window.from);
    let when = match (start, &end) {
        (Moment::Day(first), end) => {
            // The end of days is the first that it is over.
            let last = end.civil().date().yesterday().ok()?.max(*first);
            Occasion::Days { first: *first, last }
        }
        (Moment::At { .. }, _) => Occasion::Hours { start: from, end: until },
    };
    let entry = Entry { title: event.title.clone(), when, place: event.place.clone() };
    is_inside.then_some((from, entry))
}

/// Every beginning that may be inside. `None`: its rule is none, or comes too often.
fn starts(event: &Event, window: &Window, until: Instant) -> Result<Option<Vec<Moment>>, TooMuch> {
    let mut starts = match &event.rule {
        // What stands in place of one occurrence comes once, whatever was copied into it.
        Some(rule) if event.instead_of.is_none() => {
            let Some(set) = rule_set(rule, &event.start) else { return Ok(None) };
            let Some(starts) = repeated(&set, event, window, until)? else { return Ok(None) };
            starts
        }
        Some(_) | None => vec![event.start.clone()],
    };
    starts.extend(event.more.iter().cloned());
    Ok(Some(starts))
}

fn repeated(
    set: &RRuleSet,
    event: &Event,
    window: &Window,
    until: Instant,
) -> Result<Option<Vec<Moment>>, TooMuch> {
    // A day on both sides, because the wall clock of an event is another than the home's.
    let local = |at: Timestamp| at.to_zoned(TimeZone::UTC).datetime();
    let first = local(window.from).checked_sub((event.length.days_at_most() + 1).days());
    let last = local(window.until).checked_add(1.day());
    let (Ok(first), Ok(last)) = (first, last) else { return Ok(None) };
    let mut starts = Vec::new();
    for (count, at) in set.into_iter().enumerate() {
        let Ok(at) = Timestamp::from_second(at.timestamp()).map(local) else { return Ok(None) };
        if at > last {
            break;
        }
        if count >= TIMES_MAX {
            return Ok(None);
        }
        in_time(until)?;
        if at >= first {
            starts.push(event.start.moved_to(at));
        }
    }
    Ok(Some(starts))
}

/// The rule on the clock on the wall, which is written as if it were in Greenwich.
fn rule_set(rule: &str, start: &Moment) -> Option<RRuleSet> {
    if rule.len() > RULE_BYTES_MAX || !rule.is_ascii() {
        return None;
    }
    let mut parts = Vec::new();
    let mut times_a_day = 1_usize;
    for part in rule.split(';').filter(|part| !part.trim().is_empty()) {
        let (name, value) = part.split_once('=')?;
        let (name, value) = (name.trim().to_ascii_uppercase(), value.trim().to_ascii_uppercase());
        match name.as_str() {
            // Nobody has an appointment every hour, let alone every second.
            "FREQ" if !["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].contains(&&*value) => return None,
            "BYHOUR" | "BYMINUTE" | "BYSECOND" => {
                times_a_day = times_a_day.saturating_mul(value.split(',').count());
            }
            "UNTIL" => {
                parts.push(format!("UNTIL={}", until_on_the_wall(&value, start)?));
                continue;
            }
            _ => {}
        }
        parts.push(format!("{name}={value}"));
    }
    if times_a_day > TIMES_A_DAY_MAX {
        return None;
    }
    let text = format!("DTSTART:{}\nRRULE:{}", on_the_wall(start.civil()), parts.join(";"));
    // Limited: what never comes ("30 February") is given up after some years.
    Some(text.parse::<RRuleSet>().ok()?.limit())
}

fn on_the_wall(at: DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Until when it repeats, the last moment included.
fn until_on_the_wall(value: &str, start: &Moment) -> Option<String> {
    let home = TimeZone::UTC;
    let line = super::lines::lines(&format!("UNTIL:{value}")).next()?;
    let civil = match (Moment::read(&line, &home)?, start) {
        (Moment::Day(day), _) => day.at(23, 59, 59, 0),
        (until, Moment::At { zone, .. }) if value.ends_with('Z') => {
            until.instant(&home)?.to_zoned(zone.clone()).datetime()
        }
        (until, _) => until.civil(),
    };
    Some(on_the_wall(civil))
}

#[cfg(test)]
mod tests;
