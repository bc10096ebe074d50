//! What of the agenda is told, and in which words: which entries are meant, what a day holds, and
//! how long ago a calendar could be read. Changes nothing.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::{Entry, Occasion, Source, Stretch};
use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::kept::Kept;
use crate::phrases::plain;
use crate::question::Topic;
use crate::reply::{Reply, Slot};
use crate::time::WallTrust;

/// Entries that are told in one breath.
const TOLD_AT_ONCE: usize = 3;
/// A shorter word (letters) is looked for whole: "arts" is in "huisarts", "jan" not in "januari".
const WITHIN_LETTERS_MIN: usize = 4;

/// How much of an entry is said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Day {
    /// The sentence around it named the day.
    Named(Date),
    Unnamed,
}

impl Home {
    /// From a place on, three at a time; then it asks whether to go on.
    pub(super) fn tell_agenda(&mut self, what: Option<&str>, when: Option<Stretch>, from: usize) {
        // "Who is coming?" while help is on its way is no question about the agenda.
        if self.alarm().is_some() {
            self.tell_what_was_told(None);
            return;
        }
        let mut meant = self.entries(what, when);
        // "Have I got the dentist tomorrow?" is answered with what there is tomorrow.
        if meant.is_empty() && when.is_some() {
            meant = self.entries(None, when);
        }
        let rest = meant.get(from..).unwrap_or_default();
        // "When does the nurse come?" is answered with the next time.
        let at_once = if what.is_some() && when.is_none() { 1 } else { TOLD_AT_ONCE };
        let day = self.day_named(when);
        let told: Vec<Slot> =
            rest.iter().take(at_once).map(|(_, entry)| self.entry(entry, day)).collect();
        let (next, left) = (from + told.len(), rest.len() - told.len());
        let reply = match (told.is_empty(), day) {
            (true, _) => self.nothing(what.filter(|_| when.is_none()), when),
            (false, Day::Named(date)) => {
                self.about_day([key::AGENDA_TODAY, key::AGENDA_TOMORROW, key::AGENDA_DAY], date)
            }
            (false, Day::Unnamed) => Reply::new(key::AGENDA_COMING),
        };
        let reply = if told.is_empty() { reply } else { reply.with("entries", Slot::List(told)) };
        if from == 0 && self.now.wall_trusted == WallTrust::Unknown {
            self.say(Reply::new(key::AGENDA_CLOCK_UNSURE), Urgency::Calm);
        }
        self.say(reply, Urgency::Calm);
        if from == 0 {
            self.tell_unread();
        }
        if left > 0 && at_once > 1 {
            let what = what.map(str::to_owned);
            self.pose(Topic::Kept(Kept::AgendaRest { what, when, from: next }));
        }
    }

    /// The entries that are meant and not over, soonest first; of a time that is past, all. The
    /// same in two calendars is one.
    pub(super) fn entries(
        &self,
        what: Option<&str>,
        when: Option<Stretch>,
    ) -> Vec<(Source<'_>, &Entry)> {
        let (zone, now) = (self.now.zone.time_zone(), self.now.wall);
        let within = match when.map(|when| when.bounds(&zone)) {
            Some(None) => return Vec::new(),
            Some(bounds) => bounds,
            None => None,
        };
        let is_past = within.is_some_and(|(_, until)| until <= now);
        let asked: Vec<String> = what.map(words).unwrap_or_default();
        let mut meant: Vec<(Timestamp, usize, Source<'_>, &Entry)> = Vec::new();
        for (source, entry) in self.state.agenda.all() {
            let Some((start, end)) = entry.when.bounds(&zone) else { continue };
            let inside =
                within.is_none_or(|(from, until)| start < until && (end > from || start >= from));
            let fits = if asked.is_empty() { 1 } else { likeness(&asked, &entry.title) };
            if inside && fits > 0 && (is_past || !entry.when.is_over(now, &zone)) {
                meant.push((start, fits, source, entry));
            }
        }
        // "The doctor of the eyes" is the one with most of these words.
        let best = meant.iter().map(|(_, fits, ..)| *fits).max().unwrap_or(0);
        meant.retain(|(_, fits, ..)| *fits == best);
        meant.sort_by(|(one, _, _, first), (other, _, _, second)| {
            (one, &first.title).cmp(&(other, &second.title))
        });
        meant.dedup_by(|(_, _, _, later), (_, _, _, first)| {
            later.when == first.when && plain(&later.title) == plain(&first.title)
        });
        meant.into_iter().map(|(_, _, source, entry)| (source, entry)).collect()
    }

    /// That there is nothing of it.
    pub(super) fn nothing(&self, what: Option<&str>, when: Option<Stretch>) -> Reply {
        match (what, when) {
            (Some(what), _) => {
                Reply::new(key::AGENDA_NO_SUCH).with("what", Slot::Words(what.to_owned()))
            }
            (None, Some(Stretch::Days { first, last })) if first == last => self.about_day(
                [key::AGENDA_NONE_TODAY, key::AGENDA_NONE_TOMORROW, key::AGENDA_NONE_DAY],
                first,
            ),
            (None, None) => Reply::new(key::AGENDA_EMPTY),
            // "This afternoon" is not all of today.
            (None, Some(_)) => Reply::new(key::AGENDA_NONE),
        }
    }

    /// As it was heard, to be confirmed: with its end.
    pub(crate) fn entry_read_back(&self, entry: &Entry) -> Slot {
        let zone = self.now.zone.time_zone();
        let Occasion::Hours { start, end } = entry.when else {
            return self.entry(entry, Day::Unnamed);
        };
        if start >= end {
            return self.entry(entry, Day::Unnamed);
        }
        let (from, until) = (start.to_zoned(zone.clone()), end.to_zoned(zone));
        let when = Reply::new(key::AGENDA_BETWEEN)
            .with("date", Slot::Date(from.date()))
            .with("from", Slot::Time(from.time()))
            .with("until", Slot::Time(until.time()));
        item(entry, when)
    }

    fn entry(&self, entry: &Entry, day: Day) -> Slot {
        let zone = self.now.zone.time_zone();
        let dated = |key: &'static str, date: Date| Reply::new(key).with("date", Slot::Date(date));
        let when = match (entry.when, day) {
            (Occasion::Hours { start, end }, day) => {
                let (from, until) = (start.to_zoned(zone.clone()), end.to_zoned(zone));
                match day {
                    // It began on a day before, or is still so on one after.
                    Day::Named(date) if from.date() < date => {
                        dated(key::AGENDA_STILL, until.date())
                            .with("time", Slot::Time(until.time()))
                    }
                    Day::Named(_) => {
                        Reply::new(key::AGENDA_AT).with("time", Slot::Time(from.time()))
                    }
                    Day::Unnamed => {
                        dated(key::AGENDA_ON, from.date()).with("time", Slot::Time(from.time()))
                    }
                }
            }
            (Occasion::Days { first, last }, Day::Named(date)) if last > date || first < date => {
                dated(key::AGENDA_UNTIL, last)
            }
            (Occasion::Days { .. }, Day::Named(_)) => Reply::new(key::AGENDA_ALL_DAY),
            (Occasion::Days { first, last }, Day::Unnamed) if last > first => {
                dated(key::AGENDA_DAYS, last).with("first", Slot::Date(first))
            }
            (Occasion::Days { first, .. }, Day::Unnamed) => dated(key::AGENDA_ON_ALL_DAY, first),
        };
        item(entry, when)
    }

    /// The one day that was asked about, if it was one.
    fn day_named(&self, when: Option<Stretch>) -> Day {
        match when {
            Some(Stretch::Days { first, last }) if first == last => Day::Named(first),
            Some(Stretch::Moment(at)) => Day::Named(at.date()),
            Some(Stretch::Within { from, until } | Stretch::Between { from, until })
                if until.checked_sub(1.second()).is_ok_and(|last| last.date() == from.date()) =>
            {
                Day::Named(from.date())
            }
            Some(_) | None => Day::Unnamed,
        }
    }

    /// Today, tomorrow, or by its date.
    fn about_day(&self, [today, tomorrow, day]: [&'static str; 3], date: Date) -> Reply {
        let now = self.local().date();
        if date == now {
            Reply::new(today)
        } else if now.tomorrow().is_ok_and(|next| next == date) {
            Reply::new(tomorrow)
        } else {
            Reply::new(day).with("date", Slot::Date(date))
        }
    }

    /// What could not be read, or not for long, is said: what was told may be out of date.
    fn tell_unread(&mut self) {
        let zone = self.now.zone.time_zone();
        let mut unread = Vec::new();
        for (id, calendar) in &self.state.plan.calendars {
            let reply = match self.state.agenda.calendars.get(id).map(|known| known.read_at) {
                None => Reply::new(key::AGENDA_NEVER),
                Some(read_at) if self.is_old(read_at, calendar.stale_after) => {
                    let read_at = read_at.to_zoned(zone.clone());
                    Reply::new(key::AGENDA_STALE)
                        .with("date", Slot::Date(read_at.date()))
                        .with("time", Slot::Time(read_at.time()))
                }
                Some(_) => continue,
            };
            unread.push(reply.name("calendar", calendar.name.clone()));
        }
        for reply in unread {
            self.say(reply, Urgency::Calm);
        }
    }

    fn is_old(&self, read_at: Timestamp, after: std::time::Duration) -> bool {
        read_at.checked_add(after).is_ok_and(|old| old < self.now.wall)
    }
}

fn item(entry: &Entry, when: Reply) -> Slot {
    let title = match plain(&entry.title).is_empty() {
        true => Slot::Reply(Box::new(Reply::new(key::AGENDA_UNTITLED))),
        false => Slot::Words(entry.title.clone()),
    };
    let reply = match &entry.place {
        Some(place) => Reply::new(key::AGENDA_ITEM_AT).with("place", Slot::Words(place.clone())),
        None => Reply::new(key::AGENDA_ITEM),
    };
    let reply = reply.with("what", title).with("when", Slot::Reply(Box::new(when)));
    Slot::Reply(Box::new(reply))
}

fn words(text: &str) -> Vec<String> {
    plain(text).split_whitespace().map(str::to_owned).collect()
}

/// How many of these words are in it, counted by their letters: an article is found in many titles
/// and says little. 0: not one that says anything.
fn likeness(asked: &[String], title: &str) -> usize {
    let title = words(title);
    let within = |word: &str, other: &str| {
        word == other || word.len() >= WITHIN_LETTERS_MIN && other.contains(word)
    };
    let found = asked
        .iter()
        .filter(|word| title.iter().any(|other| within(word, other) || within(other, word)));
    let longest = asked.iter().map(String::len).max().unwrap_or(0);
    let found: Vec<usize> = found.map(String::len).collect();
    // "De arts" is not found by its article alone.
    let telling = found.iter().any(|length| *length >= WITHIN_LETTERS_MIN || *length == longest);
    if telling { found.iter().sum() } else { 0 }
}
