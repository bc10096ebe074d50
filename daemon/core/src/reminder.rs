//! Reminders: those of the plan and those the resident made by voice. A dose is offered at most
//! twice, never after its latest time, and never twice because of a restart or a clock that
//! jumped. What is answered is in [`dose`].

mod dose;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan, Zoned, civil::Time};
use serde::{Deserialize, Serialize};

use crate::activity::{Household, Whereabouts};
use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::intent::When;
use crate::kept::Kept;
use crate::ledger::Fact;
use crate::names::ReminderId;
use crate::plan::ReminderKind;
use crate::question::Topic;
use crate::reply::{Reply, Slot};
use crate::time::{Instant, WallTrust, Weekday};

/// The second offer of a dose comes this long after the first.
const OFFER_AGAIN_AFTER: Duration = Duration::from_secs(30 * 60);
/// Offers of one dose.
const OFFERS_MAX: u8 = 2;
/// While an alarm is open, or nobody is in, a reminder waits this long and looks again.
const WAIT_FOR_A_MOMENT: Duration = Duration::from_secs(5 * 60);
/// A reminder that is late by more than this says so.
const LATE_IS_SAID_AFTER: Duration = Duration::from_secs(2 * 60);
/// A plain reminder is no use after this long.
const PLAIN_LAPSES_AFTER: Duration = Duration::from_secs(2 * 3600);
/// Reminders by voice that a home keeps.
const OWN_MAX: usize = 100;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reminders {
    last_number: u64,
    /// Made by voice.
    own: BTreeMap<ReminderId, Own>,
    /// The next occurrence of each.
    next: BTreeMap<ReminderId, Timestamp>,
    /// The last occurrence that was handled: nothing up to it comes again.
    handled: BTreeMap<ReminderId, Timestamp>,
    /// Occurrences that are being offered now.
    offers: Vec<Offer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Own {
    what: String,
    recurs: Recurs,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Recurs {
    Once { at: Timestamp },
    Days { days: Vec<Weekday>, at: Time },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Offer {
    reminder: ReminderId,
    planned: Timestamp,
    /// After this nothing is offered any more; plain reminders have none.
    latest: Option<Timestamp>,
    offered: u8,
    next: Instant,
}

impl Reminders {
    pub(crate) fn has_own(&self) -> bool {
        !self.own.is_empty()
    }
}

impl Home {
    /// Computes the next occurrence of each: after a change of plan, zone or clock.
    pub(crate) fn plan_reminders(&mut self) {
        let plan = Arc::clone(&self.state.plan);
        let own = self.state.reminders.own.clone();
        self.state.reminders.next.clear();
        for (id, reminder) in &plan.reminders {
            let recurs = Recurs::Days { days: reminder.days.clone(), at: reminder.at };
            self.plan_next(id, &recurs);
        }
        for (id, own) in &own {
            self.plan_next(id, &own.recurs);
        }
        let known = |id: &ReminderId| plan.reminders.contains_key(id) || own.contains_key(id);
        self.state.reminders.handled.retain(|id, _| known(id));
        self.state.reminders.offers.retain(|offer| known(&offer.reminder));
    }

    pub(crate) fn next_reminder(&self) -> Option<Instant> {
        let reminders = &self.state.reminders;
        let planned = reminders.next.values().min().map(|wall| self.state.clock.instant_of(*wall));
        let offered = reminders.offers.iter().map(|offer| offer.next).min();
        [planned, offered].into_iter().flatten().min()
    }

    pub(crate) fn handle_reminders_due(&mut self) {
        let wall = self.now.wall;
        let due: Vec<(ReminderId, Timestamp)> = self
            .state
            .reminders
            .next
            .iter()
            .filter(|(_, planned)| **planned <= wall)
            .map(|(id, planned)| (id.clone(), *planned))
            .collect();
        for (id, planned) in due {
            self.open_offer(&id, planned);
        }
        let at = self.at;
        let offers: Vec<Offer> =
            self.state.reminders.offers.iter().filter(|offer| offer.next <= at).cloned().collect();
        for offer in offers {
            self.offer(&offer);
        }
    }

    pub(crate) fn remind_by_voice(&mut self, what: &str, when: &When) {
        if self.state.reminders.own.len() >= OWN_MAX {
            self.say(Reply::new(key::REMIND_FULL), Urgency::Calm);
            return;
        }
        let Some(recurs) = self.resolve(when) else {
            // A moment that does not exist or is past: asked, never guessed.
            self.pose(Topic::ReminderTime { what: what.to_owned() });
            return;
        };
        self.state.reminders.last_number += 1;
        let id = ReminderId::new(format!("voice-{}", self.state.reminders.last_number));
        self.plan_next(&id, &recurs);
        let confirmation = self.confirm(what, when, &recurs);
        self.state.reminders.own.insert(id, Own { what: what.to_owned(), recurs });
        self.say(confirmation, Urgency::Calm);
    }

    pub(crate) fn list_reminders(&mut self) {
        let zone = self.now.zone.time_zone();
        let mut next: Vec<(Timestamp, ReminderId)> =
            self.state.reminders.next.iter().map(|(id, wall)| (*wall, id.clone())).collect();
        next.sort();
        let items: Vec<Slot> = next
            .into_iter()
            .take(5)
            .map(|(wall, id)| {
                let time = wall.to_zoned(zone.clone()).time();
                let item = Reply::new(key::LIST_ITEM)
                    .with("what", Slot::Words(self.reminder_words(&id)))
                    .with("time", Slot::Time(time));
                Slot::Reply(Box::new(item))
            })
            .collect();
        let reply = if items.is_empty() {
            Reply::new(key::REMIND_NONE)
        } else {
            Reply::new(key::REMIND_LIST).with("reminders", Slot::List(items))
        };
        self.say(reply, Urgency::Calm);
    }

    /// What is gone is gone: it is asked first.
    pub(crate) fn ask_to_cancel_reminders(&mut self) {
        if self.state.reminders.own.is_empty() {
            self.say(Reply::new(key::REMIND_NONE), Urgency::Calm);
        } else {
            self.pose(Topic::Kept(Kept::RemindersClear));
        }
    }

    /// Forgets what was made by voice; the plan's reminders are the plan's to change.
    pub(crate) fn cancel_reminders(&mut self) {
        self.state.reminders.own.clear();
        self.plan_reminders();
        self.say(Reply::new(key::REMIND_CANCELLED), Urgency::Calm);
    }

    pub(crate) fn reminder_words(&self, id: &ReminderId) -> String {
        let planned = self.state.plan.reminders.get(id).map(|reminder| reminder.what.clone());
        let own = || self.state.reminders.own.get(id).map(|own| own.what.clone());
        planned.or_else(own).unwrap_or_default()
    }

    /// An occurrence is due: it is handled from here on, whatever becomes of it.
    fn open_offer(&mut self, id: &ReminderId, planned: Timestamp) {
        self.state.reminders.handled.insert(id.clone(), planned);
        let recurs = self.recurs(id);
        self.state.reminders.next.remove(id);
        if let Some(recurs) = &recurs {
            self.plan_next(id, recurs);
        }
        let latest = self.state.plan.reminders.get(id).and_then(|reminder| match reminder.kind {
            ReminderKind::Plain => None,
            ReminderKind::Dose { latest } => {
                let zoned = planned.to_zoned(self.now.zone.time_zone());
                // A window that ends before it begins ends the next morning.
                let day = if latest < zoned.time() { zoned.tomorrow().ok()? } else { zoned };
                Some(day.with().time(latest).build().ok()?.timestamp())
            }
        });
        let offer = Offer { reminder: id.clone(), planned, latest, offered: 0, next: self.at };
        // The last one, if it is still open, is over with this one.
        self.state.reminders.offers.retain(|open| open.reminder != *id);
        self.state.reminders.offers.push(offer);
    }

    fn offer(&mut self, offer: &Offer) {
        let dose = offer.latest.is_some();
        let late = Duration::from_secs(
            u64::try_from(self.now.wall.duration_since(offer.planned).as_secs()).unwrap_or(0),
        );
        let over = match offer.latest {
            Some(latest) => self.now.wall > latest,
            None => late > PLAIN_LAPSES_AFTER,
        };
        if over {
            self.miss(offer, dose);
            return;
        }
        let busy = self.alarm().is_some()
            || self.state.activity.whereabouts == Whereabouts::PerhapsOut
            || self.state.activity.household != Household::Living;
        if busy {
            let wait = self.at + WAIT_FOR_A_MOMENT;
            self.change_offer(offer, |open| open.next = wait);
            return;
        }
        if !dose {
            self.note(None, Fact::Reminded { reminder: offer.reminder.clone() });
            let key = if late > LATE_IS_SAID_AFTER { key::REMIND_LATE } else { key::REMIND };
            self.say_reminder(key, offer, late);
            // Last: one that came once takes its words with it.
            self.finish_offer(offer);
            return;
        }
        let end = self.end_of_window(offer);
        if offer.offered >= OFFERS_MAX {
            // Two offers were enough; the window ends in silence, and that is noted.
            self.change_offer(offer, |open| open.next = end);
            return;
        }
        let key = match (offer.offered, self.now.wall_trusted) {
            (_, WallTrust::Unknown) => key::DOSE_CLOCK_UNSURE,
            (0, WallTrust::Trusted) if late > LATE_IS_SAID_AFTER => key::DOSE_ASK_LATE,
            (0, WallTrust::Trusted) => key::DOSE_ASK,
            (_, WallTrust::Trusted) => key::DOSE_ASK_AGAIN,
        };
        let next = (self.at + OFFER_AGAIN_AFTER).min(end);
        self.change_offer(offer, |open| {
            open.offered += 1;
            open.next = next;
        });
        self.note(None, Fact::Reminded { reminder: offer.reminder.clone() });
        self.say_reminder(key, offer, late);
        self.ask(Topic::Dose(offer.reminder.clone()));
    }

    fn say_reminder(&mut self, key: &'static str, offer: &Offer, late: Duration) {
        let what = Slot::Words(self.reminder_words(&offer.reminder));
        let mut reply = Reply::new(key).with("what", what);
        if offer.latest.is_some() {
            reply = self.with_window(reply, Some(offer));
        }
        if late > LATE_IS_SAID_AFTER && matches!(key, key::REMIND_LATE | key::DOSE_ASK_LATE) {
            let time = offer.planned.to_zoned(self.now.zone.time_zone()).time();
            reply = reply.with("time", Slot::Time(time));
        }
        self.say(reply, Urgency::Calm);
    }

    /// The window is over. That a dose was not answered is said once, and never as a reproach.
    fn miss(&mut self, offer: &Offer, dose: bool) {
        self.finish_offer(offer);
        self.drop_question(|topic| *topic == Topic::Dose(offer.reminder.clone()));
        if dose {
            self.note(None, Fact::DoseMissed { reminder: offer.reminder.clone() });
            let at_home = self.state.activity.household == Household::Living;
            if at_home {
                let what = Slot::Words(self.reminder_words(&offer.reminder));
                self.say(Reply::new(key::DOSE_PASSED).with("what", what), Urgency::Calm);
            }
        }
    }

    fn finish_offer(&mut self, offer: &Offer) {
        self.state.reminders.offers.retain(|open| open.reminder != offer.reminder);
        // One that came once is done.
        let once = self
            .state
            .reminders
            .own
            .get(&offer.reminder)
            .is_some_and(|own| matches!(own.recurs, Recurs::Once { .. }));
        if once {
            self.state.reminders.own.remove(&offer.reminder);
            self.state.reminders.handled.remove(&offer.reminder);
        }
    }

    fn change_offer(&mut self, offer: &Offer, change: impl FnOnce(&mut Offer)) {
        let open =
            self.state.reminders.offers.iter_mut().find(|open| open.reminder == offer.reminder);
        if let Some(open) = open {
            change(open);
        }
    }

    fn recurs(&self, id: &ReminderId) -> Option<Recurs> {
        let planned = self
            .state
            .plan
            .reminders
            .get(id)
            .map(|reminder| Recurs::Days { days: reminder.days.clone(), at: reminder.at });
        planned.or_else(|| self.state.reminders.own.get(id).map(|own| own.recurs.clone()))
    }

    /// The first occurrence after the last handled one. Of those that were missed while the home
    /// was down only the newest counts: done once, marked late.
    fn plan_next(&mut self, id: &ReminderId, recurs: &Recurs) {
        let handled = self.state.reminders.handled.get(id).copied();
        let next = match recurs {
            Recurs::Once { at } => handled.is_none().then_some(*at),
            Recurs::Days { days, at } => {
                let local = self.local();
                let planned = |day: i32| occurrence(&local, day, days, *at);
                // Yesterday's is worth looking at only if it was planned before we went down.
                let missed = handled.and_then(|handled| {
                    [0, -1]
                        .into_iter()
                        .filter_map(planned)
                        .find(|wall| *wall <= self.now.wall && *wall > handled)
                });
                missed.or_else(|| {
                    (0..=8)
                        .filter_map(planned)
                        .find(|wall| *wall > self.now.wall && handled.is_none_or(|h| *wall > h))
                })
            }
        };
        match next {
            Some(wall) => self.state.reminders.next.insert(id.clone(), wall),
            None => self.state.reminders.next.remove(id),
        };
        // A reminder that is new today has missed nothing.
        if handled.is_none() {
            self.state.reminders.handled.insert(id.clone(), self.now.wall);
        }
    }

    /// The one moment that is meant, if it is one and still to come.
    pub(crate) fn moment_of(&self, when: &When) -> Option<Timestamp> {
        match self.resolve(when)? {
            Recurs::Once { at } => Some(at),
            Recurs::Days { .. } => None,
        }
    }

    fn resolve(&self, when: &When) -> Option<Recurs> {
        let local = self.local();
        match when {
            When::In(length) => {
                let at = self.now.wall.checked_add(jiff::SignedDuration::try_from(*length).ok()?);
                Some(Recurs::Once { at: at.ok()? })
            }
            When::Today(time) => {
                let next = (0..=1)
                    .filter_map(|day| occurrence(&local, day, &[], *time))
                    .find(|wall| *wall > self.now.wall)?;
                Some(Recurs::Once { at: next })
            }
            When::At(moment) => {
                let at = moment.to_zoned(self.now.zone.time_zone()).ok()?.timestamp();
                (at > self.now.wall).then_some(Recurs::Once { at })
            }
            When::Daily(at) => Some(Recurs::Days { days: Vec::new(), at: *at }),
            When::Weekly { days, at } => Some(Recurs::Days { days: days.clone(), at: *at }),
        }
    }

    fn confirm(&self, what: &str, when: &When, recurs: &Recurs) -> Reply {
        let what = Slot::Words(what.to_owned());
        match (when, recurs) {
            (When::In(length), _) => Reply::new(key::REMIND_SET_IN)
                .with("what", what)
                .with("in", Slot::Duration(*length)),
            (_, Recurs::Once { at }) => {
                let zoned = at.to_zoned(self.now.zone.time_zone());
                Reply::new(key::REMIND_SET_AT)
                    .with("what", what)
                    .with("date", Slot::Date(zoned.date()))
                    .with("time", Slot::Time(zoned.time()))
            }
            (_, Recurs::Days { days, at }) if days.is_empty() => {
                Reply::new(key::REMIND_SET_DAILY).with("what", what).with("time", Slot::Time(*at))
            }
            (_, Recurs::Days { days, at }) => Reply::new(key::REMIND_SET_WEEKLY)
                .with("what", what)
                .with("days", Slot::Days(days.clone()))
                .with("time", Slot::Time(*at)),
        }
    }
}

/// The planned moment `day` days from `local`'s day, if it is one of `days` (empty: every day).
/// A time that a change of the clock skips comes when the clock has passed it.
fn occurrence(local: &Zoned, day: i32, days: &[Weekday], at: Time) -> Option<Timestamp> {
    let day = local.checked_add(i64::from(day).days()).ok()?;
    let wanted = days.is_empty() || days.contains(&Weekday::from(day.weekday()));
    wanted.then(|| day.with().time(at).build().ok().map(|zoned| zoned.timestamp()))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::afternoon::Afternoon;
    use crate::intent::Intent;
    use crate::plan::Plan;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn a_reminder_made_by_voice_is_said_once_with_its_words_and_then_forgotten() {
        let mut afternoon = Afternoon::begin(Plan::empty());
        let what = "call Anna".to_owned();
        afternoon.hears(Intent::Remind { what: what.clone(), when: When::In(HOUR) });
        assert_eq!(afternoon.said().last().map(|reply| &*reply.key), Some(key::REMIND_SET_IN));
        afternoon.passes(HOUR + Duration::from_secs(1));
        let said = afternoon.said();
        let reminder = Reply::new(key::REMIND).with("what", Slot::Words(what));
        assert_eq!(said, [reminder]);
        afternoon.hears(Intent::ListReminders);
        assert_eq!(afternoon.said(), [Reply::new(key::REMIND_NONE)]);
        afternoon.passes(3 * HOUR);
        assert_eq!(afternoon.said(), []);
        assert_eq!(afternoon.faults(), []);
    }
}
