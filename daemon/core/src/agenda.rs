//! The agenda: what the resident asked to be noted, and what calendars elsewhere say. It tells what
//! is coming, a few things at a time, and since when a calendar could not be read. What stands
//! elsewhere is never changed, and nobody but the resident is told any of it.

mod telling;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::effect::Urgency;
use crate::event::Heard;
use crate::home::Home;
use crate::intent::Intent;
use crate::kept::Kept;
use crate::names::CalendarId;
use crate::question::Topic;
use crate::reply::{Reply, Slot};

/// Entries by voice that a home keeps: several a week for a year.
const OWN_MAX: usize = 200;
/// Entries of one calendar that are kept, the soonest: eight a day over two months.
pub const ENTRIES_MAX: usize = 500;
/// Letters of a title or a place; what is longer is cut there.
const LETTERS_MAX: usize = 100;
/// What is said to have no end is over after this long: a nurse who is late is still to come.
const WITHOUT_END_LASTS: Duration = Duration::from_secs(3600);
/// An entry by voice is forgotten so long after it was over: "what did I have yesterday?".
const KEPT_AFTER: Duration = Duration::from_secs(7 * 24 * 3600);

/// When something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// At a time of the day. Both are the same where nobody said how long it takes.
    Hours { start: Timestamp, end: Timestamp },
    /// Whole days, the last one included.
    Days { first: Date, last: Date },
}

/// Something in an agenda, one occurrence of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// As it was written or said; may be empty.
    pub title: String,
    pub when: Occasion,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A calendar elsewhere was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarRead {
    pub calendar: CalendarId,
    pub found: Found,
}

/// What stood in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Everything of the coming weeks, in place of what stood there before.
    Entries(Vec<Entry>),
    /// The same as before.
    Unchanged,
}

/// A piece of the calendar, as it was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stretch {
    /// "Tomorrow at ten."
    Moment(DateTime),
    /// "Friday from two to four."
    Between { from: DateTime, until: DateTime },
    /// "Tuesday"; the last day is included.
    Days { first: Date, last: Date },
    /// "This afternoon", "next week": something is in it, and nobody knows when.
    Within { from: DateTime, until: DateTime },
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgendaWish {
    /// What is missing is asked, and all of it is read back.
    Add {
        what: Option<String>,
        when: Option<Stretch>,
    },
    /// A time by itself: the answer to "when is it?".
    On(Stretch),
    /// "What is on tomorrow?", "when does the nurse come?".
    Tell {
        what: Option<String>,
        when: Option<Stretch>,
    },
    Remove {
        what: Option<String>,
        when: Option<Stretch>,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Agenda {
    last_number: u64,
    /// By voice, each with its number.
    own: BTreeMap<u64, Entry>,
    calendars: BTreeMap<CalendarId, Known>,
}

/// A calendar elsewhere, as it was last read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Known {
    read_at: Timestamp,
    entries: Vec<Entry>,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source<'a> {
    Own(u64),
    Calendar(&'a CalendarId),
}

impl Agenda {
    pub(crate) fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// Everything there is, wherever it stands.
    fn all(&self) -> impl Iterator<Item = (Source<'_>, &Entry)> {
        let own = self.own.iter().map(|(number, entry)| (Source::Own(*number), entry));
        let elsewhere = self.calendars.iter().flat_map(|(id, known)| {
            known.entries.iter().map(move |entry| (Source::Calendar(id), entry))
        });
        own.chain(elsewhere)
    }
}

impl Home {
    /// A time by itself answers a question, and is nothing else.
    pub(crate) fn hear_agenda(&mut self, heard: &Heard, wish: &AgendaWish) {
        match wish {
            AgendaWish::On(_) => self.hear_answer(heard),
            AgendaWish::Add { what, when } => self.add_to_agenda(what.as_deref(), *when),
            AgendaWish::Tell { what, when } => self.tell_agenda(what.as_deref(), *when, 0),
            AgendaWish::Remove { what, when } => self.ask_to_remove(what.as_deref(), *when),
        }
    }

    /// An answer to a question about it; `None`: it answers none.
    pub(crate) fn answer_agenda(&mut self, kept: &Kept, answer: &Intent) -> Option<()> {
        match (kept, answer) {
            (Kept::AgendaWhat { when }, Intent::Words { words, .. }) => {
                self.drop_question(|_| true);
                self.add_to_agenda(Some(words), *when);
            }
            (Kept::AgendaWhen { what }, Intent::Agenda(AgendaWish::On(when))) => {
                self.drop_question(|_| true);
                self.add_to_agenda(Some(what), Some(*when));
            }
            (Kept::AgendaRight { entry }, Intent::Yes) => {
                self.drop_question(|_| true);
                self.keep_entry(entry.clone());
            }
            (Kept::AgendaRemove { number, .. }, Intent::Yes) => {
                self.drop_question(|_| true);
                self.state.agenda.own.remove(number);
                self.say(Reply::new(key::AGENDA_REMOVED), Urgency::Calm);
            }
            (Kept::AgendaRest { what, when, from }, Intent::Yes) => {
                self.drop_question(|_| true);
                self.tell_agenda(what.as_deref(), *when, *from);
            }
            (_, _) => return None,
        }
        Some(())
    }

    /// A calendar was read. One that the plan does not know any more came too late.
    pub(crate) fn take_calendar(&mut self, read: &CalendarRead) {
        if !self.state.plan.calendars.contains_key(&read.calendar) {
            return;
        }
        let read_at = self.now.wall;
        let calendars = &mut self.state.agenda.calendars;
        match (&read.found, calendars.get_mut(&read.calendar)) {
            (Found::Unchanged, Some(known)) => known.read_at = read_at,
            // What it is the same as was lost with the power; it is told whole at the next start.
            (Found::Unchanged, None) => {}
            (Found::Entries(entries), _) => {
                let entries = entries.iter().take(ENTRIES_MAX).map(Entry::bounded).collect();
                calendars.insert(read.calendar.clone(), Known { read_at, entries });
            }
        }
    }

    /// Forgets calendars that the plan has no more, and what is long over.
    pub(crate) fn tidy_agenda(&mut self) {
        let zone = self.now.zone.time_zone();
        let over = self.now.wall - jiff::SignedDuration::try_from(KEPT_AFTER).unwrap_or_default();
        let agenda = &mut self.state.agenda;
        agenda.calendars.retain(|id, _| self.state.plan.calendars.contains_key(id));
        agenda.own.retain(|_, entry| entry.when.bounds(&zone).is_some_and(|(_, end)| end > over));
    }

    /// Nothing is noted that was not read back; what is missing is asked.
    fn add_to_agenda(&mut self, what: Option<&str>, when: Option<Stretch>) {
        let Some(what) = what else {
            self.pose(Topic::Kept(Kept::AgendaWhat { when }));
            return;
        };
        let what = shortened(what);
        let zone = self.now.zone.time_zone();
        match when.and_then(|when| when.occasion(&zone)) {
            Some(when) if when.is_over(self.now.wall, &zone) => {
                self.say(Reply::new(key::AGENDA_PAST), Urgency::Calm);
                self.pose(Topic::Kept(Kept::AgendaWhen { what }));
            }
            Some(when) => {
                let entry = Entry { title: what, when, place: None };
                self.pose(Topic::Kept(Kept::AgendaRight { entry }));
            }
            None => self.pose(Topic::Kept(Kept::AgendaWhen { what })),
        }
    }

    fn keep_entry(&mut self, entry: Entry) {
        self.tidy_agenda();
        let agenda = &mut self.state.agenda;
        let reply = if agenda.own.len() >= OWN_MAX {
            Reply::new(key::AGENDA_FULL).with("count", Slot::Number(OWN_MAX as i64))
        } else {
            agenda.last_number += 1;
            agenda.own.insert(agenda.last_number, entry);
            Reply::new(key::AGENDA_ADDED)
        };
        self.say(reply, Urgency::Calm);
    }

    /// The soonest that is meant. What stands elsewhere is not ours to change.
    fn ask_to_remove(&mut self, what: Option<&str>, when: Option<Stretch>) {
        if what.is_none() && when.is_none() {
            self.not_understand();
            return;
        }
        let meant = self.entries(what, when);
        let own = meant.iter().find_map(|(source, entry)| match source {
            Source::Own(number) => Some((*number, (*entry).clone())),
            Source::Calendar(_) => None,
        });
        let elsewhere = meant.iter().find_map(|(source, _)| match source {
            Source::Calendar(id) => Some((*id).clone()),
            Source::Own(_) => None,
        });
        match (own, elsewhere) {
            (Some((number, entry)), _) => {
                self.pose(Topic::Kept(Kept::AgendaRemove { number, entry }));
            }
            (None, Some(calendar)) => self.refuse_to_change(&calendar),
            (None, None) => {
                let reply = self.nothing(what, when);
                self.say(reply, Urgency::Calm);
            }
        }
    }

    fn refuse_to_change(&mut self, calendar: &CalendarId) {
        let known = self.state.plan.calendars.get(calendar);
        let name = known.map_or_else(String::new, |calendar| calendar.name.clone());
        let reply = match known.and_then(|calendar| calendar.kept_by.clone()) {
            Some(keeper) => Reply::new(key::AGENDA_NOT_MINE_ASK).name("contact", keeper),
            None => Reply::new(key::AGENDA_NOT_MINE),
        };
        self.say(reply.name("calendar", name), Urgency::Calm);
    }
}

impl Entry {
    /// Letters of others are not ours to trust.
    fn bounded(&self) -> Self {
        Self {
            title: shortened(&self.title),
            when: self.when,
            place: self.place.as_deref().map(shortened).filter(|place| !place.is_empty()),
        }
    }
}

fn shortened(words: &str) -> String {
    words.trim().chars().take(LETTERS_MAX).collect()
}

impl Occasion {
    /// From its first instant up to its last; `None` beyond the calendar's end.
    fn bounds(self, zone: &jiff::tz::TimeZone) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::Hours { start, end } => Some((start, end.max(start))),
            Self::Days { first, last } => {
                let start = first.to_zoned(zone.clone()).ok()?;
                let end = last.max(first).tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
                Some((start.timestamp(), end.timestamp()))
            }
        }
    }

    fn is_over(self, now: Timestamp, zone: &jiff::tz::TimeZone) -> bool {
        let Some((start, end)) = self.bounds(zone) else { return true };
        let lasts = start.checked_add(WITHOUT_END_LASTS).unwrap_or(end);
        (if start == end { lasts } else { end }) <= now
    }
}

impl Stretch {
    /// What of it can be noted; `None`: the day or the hour is missing. An hour that a change of
    /// the clock skips comes when the clock has passed it.
    fn occasion(self, zone: &jiff::tz::TimeZone) -> Option<Occasion> {
        let instant = |at: DateTime| Some(at.to_zoned(zone.clone()).ok()?.timestamp());
        match self {
            Self::Moment(at) => Some(Occasion::Hours { start: instant(at)?, end: instant(at)? }),
            Self::Between { from, until } => {
                Some(Occasion::Hours { start: instant(from)?, end: instant(until)? })
            }
            Self::Days { first, last } => Some(Occasion::Days { first, last }),
            Self::Within { .. } => None,
        }
    }

    /// From its first instant up to its last. A moment is the hour that it begins.
    fn bounds(self, zone: &jiff::tz::TimeZone) -> Option<(Timestamp, Timestamp)> {
        let (from, until) = match self {
            Self::Moment(at) => (at, at.checked_add(1.hour()).ok()?),
            Self::Between { from, until } | Self::Within { from, until } => (from, until),
            Self::Days { first, last } => {
                (first.to_datetime(jiff::civil::Time::midnight()), last.tomorrow().ok()?.into())
            }
        };
        let instant = |at: DateTime| Some(at.to_zoned(zone.clone()).ok()?.timestamp());
        Some((instant(from)?, instant(until)?))
    }
}

#[cfg(test)]
mod tests;
