//! What the resident says about a dose, and until when it counts. It keeps what was said, and knows
//! nothing of what was done.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;

use super::{OFFER_AGAIN_AFTER, OFFERS_MAX, Offer};
use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::ledger::{DoseAnswer, Fact};
use crate::names::ReminderId;
use crate::question::{ANSWER_WITHIN, Topic, WORDS_COME_IN};
use crate::reply::{Reply, Slot};
use crate::time::{Instant, WallTrust};

impl Home {
    /// What the resident said about a dose. "Later" gets the second offer, and no third.
    pub(crate) fn answer_dose(&mut self, id: &ReminderId, answer: DoseAnswer) {
        self.drop_question(|topic| *topic == Topic::Dose(id.clone()));
        self.note(None, Fact::DoseAnswered { reminder: id.clone(), answer });
        let offers = &mut self.state.reminders.offers;
        let Some(place) = offers.iter().position(|offer| offer.reminder == *id) else { return };
        let reply = match answer {
            DoseAnswer::Taken => {
                offers.remove(place);
                Reply::new(key::DOSE_TAKEN)
            }
            DoseAnswer::Skipped => {
                offers.remove(place);
                Reply::new(key::DOSE_SKIPPED)
            }
            DoseAnswer::Later => {
                let offer = offers[place].clone();
                self.offer_later(&offer)
            }
        };
        self.say(reply, Urgency::Calm);
    }

    /// An answer that can only be about a dose, while none is asked about: its question was given
    /// up, or something else is asked now. It counts for the one dose that waits for an answer; of
    /// several it asks which. `false`: there is none.
    pub(crate) fn answer_waiting_dose(&mut self, answer: DoseAnswer) -> bool {
        let offers = self.state.reminders.offers.iter();
        let waiting: Vec<ReminderId> = offers
            .filter(|offer| offer.latest.is_some() && offer.offered > 0)
            .map(|offer| offer.reminder.clone())
            .collect();
        match &waiting[..] {
            [] => return false,
            [only] => self.answer_dose(only, answer),
            [first, ..] => self.ask_in_fewer_words(Topic::Dose(first.clone())),
        }
        true
    }

    /// "Later": once more in half an hour, or halfway to the end of a window that ends before. The
    /// answer is what will be.
    fn offer_later(&mut self, offer: &Offer) -> Reply {
        let end = self.end_of_window(offer);
        let left = end.since(self.at);
        let wait = match left > OFFER_AGAIN_AFTER + ANSWER_WITHIN {
            true => OFFER_AGAIN_AFTER,
            // Whole minutes, as they are said.
            false => Duration::from_secs(left.as_secs() / 2 / 60 * 60),
        };
        if offer.offered >= OFFERS_MAX || wait.is_zero() {
            self.change_offer(offer, |open| open.next = end);
            let until = Slot::Time(self.answered_until(offer.latest));
            return Reply::new(key::DOSE_LATER_UNTIL).with("until", until);
        }
        let next = self.at + wait;
        self.change_offer(offer, |open| open.next = next);
        Reply::new(key::DOSE_LATER).with("in", Slot::Duration(wait))
    }

    /// When the window of a dose is over; of anything else: now.
    pub(super) fn end_of_window(&self, offer: &Offer) -> Instant {
        let end = offer.latest.map(|latest| self.state.clock.instant_of(latest));
        end.unwrap_or(self.at) + Duration::from_secs(1)
    }

    /// Somebody speaks while a dose is asked about: what began within the window is heard. The
    /// window itself is not held open by whoever goes on.
    pub(crate) fn let_dose_be_answered(&mut self, id: &ReminderId) {
        let Some(offer) = self.state.reminders.offers.iter().find(|one| one.reminder == *id) else {
            return;
        };
        let (offer, end) = (offer.clone(), self.end_of_window(offer));
        if offer.next < end {
            return;
        }
        let due = (self.at + WORDS_COME_IN).min(end + WORDS_COME_IN);
        self.change_offer(&offer, |open| open.next = open.next.max(due));
    }

    /// The question about a dose that stands, once more.
    pub(crate) fn dose_question_again(&self, id: &ReminderId) -> Reply {
        let offer = self.state.reminders.offers.iter().find(|offer| offer.reminder == *id);
        let key = match self.now.wall_trusted {
            WallTrust::Trusted => key::DOSE_ASK_AGAIN,
            WallTrust::Unknown => key::DOSE_CLOCK_UNSURE,
        };
        let reply = Reply::new(key).with("what", Slot::Words(self.reminder_words(id)));
        self.with_window(reply, offer)
    }

    /// With the end of the window in which a dose may be answered: as a clock shows it, or how long
    /// that is where the clock may be wrong.
    pub(super) fn with_window(&self, reply: Reply, offer: Option<&Offer>) -> Reply {
        if reply.key == key::DOSE_CLOCK_UNSURE {
            let left =
                offer.map_or(Duration::ZERO, |offer| self.end_of_window(offer).since(self.at));
            // Whole minutes, and never more than there are.
            let left = Duration::from_secs(match left.as_secs() {
                seconds @ 0..120 => seconds,
                seconds => seconds / 60 * 60,
            });
            return reply.with("in", Slot::Duration(left));
        }
        reply.with("until", Slot::Time(self.answered_until(offer.and_then(|one| one.latest))))
    }

    /// Until when a dose may be answered, as a clock shows it.
    fn answered_until(&self, latest: Option<Timestamp>) -> Time {
        latest.unwrap_or(self.now.wall).to_zoned(self.now.zone.time_zone()).time()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use jiff::SignedDuration;

    use super::*;
    use crate::afternoon::Afternoon;
    use crate::event::Event;
    use crate::intent::{Expects, Intent};
    use crate::plan::{Plan, Reminder, ReminderKind};
    use crate::time::WallTrust;

    const fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(minutes * 60)
    }

    /// Doses, all of them five minutes from now, each with a window of so many minutes.
    fn doses(windows: &[(&str, i64)]) -> Afternoon {
        let mut afternoon = Afternoon::begin(Plan::empty());
        let at = afternoon.home.local().time().round(jiff::Unit::Minute).expect("a time");
        let at = at + SignedDuration::from_mins(5);
        let dose = |(what, window): &(&str, i64)| {
            let kind = ReminderKind::Dose { latest: at + SignedDuration::from_mins(*window) };
            ((*what).into(), Reminder { what: (*what).to_owned(), at, days: vec![], kind })
        };
        let reminders: BTreeMap<ReminderId, Reminder> = windows.iter().map(dose).collect();
        afternoon.happens(&Event::Configured(Arc::new(Plan { reminders, ..Plan::empty() })));
        afternoon.said();
        afternoon.passes(minutes(6));
        let asked = keys(&afternoon.said());
        assert!(asked.iter().all(|asked| asked == key::DOSE_ASK), "{asked:?}");
        assert_eq!(asked.len(), windows.len());
        afternoon
    }

    fn keys(replies: &[Reply]) -> Vec<String> {
        replies.iter().map(|reply| reply.key.clone().into_owned()).collect()
    }

    /// Nothing of it is heard three times, and it stops asking.
    fn mumbles(afternoon: &mut Afternoon) {
        for _ in 0..3 {
            afternoon.hears(Intent::NotUnderstood);
        }
        assert_eq!(keys(&afternoon.said()).last().map(|key| &**key), Some(key::GIVE_UP));
        assert!(!afternoon.home.awaits_answer());
    }

    fn missed(afternoon: &mut Afternoon) -> usize {
        let facts = afternoon.home.take_ledger().into_iter().map(|entry| entry.fact);
        facts.filter(|fact| matches!(fact, Fact::DoseMissed { .. })).count()
    }

    #[test]
    fn what_was_taken_counts_when_the_question_was_given_up() {
        for (answer, reply) in [(Intent::Taken, key::DOSE_TAKEN), (Intent::Skip, key::DOSE_SKIPPED)]
        {
            let mut afternoon = doses(&[("uw pillen", 60)]);
            mumbles(&mut afternoon);
            afternoon.passes(minutes(15));
            afternoon.hears(answer);
            assert_eq!(keys(&afternoon.said()), [reply]);
            afternoon.passes(minutes(120));
            assert_eq!(afternoon.said(), [], "it neither asks again nor says that it is too late");
            assert_eq!(missed(&mut afternoon), 0);
        }
    }

    #[test]
    fn what_was_taken_counts_while_something_else_is_asked() {
        let mut afternoon = doses(&[("uw pillen", 60)]);
        afternoon.hears(Intent::RemindWhen { what: "de was".to_owned() });
        afternoon.said();
        afternoon.hears(Intent::Taken);
        assert_eq!(keys(&afternoon.said()), [key::DOSE_TAKEN]);
        assert_eq!(afternoon.home.expectation().expects, Expects::Time, "and still is");
        afternoon.passes(minutes(120));
        assert_eq!(missed(&mut afternoon), 0);
    }

    /// Whoever called is asked about the dose at once, and what they say counts for it.
    #[test]
    fn a_dose_does_not_wait_for_what_it_was_called_for() {
        let mut afternoon = Afternoon::begin(Plan::empty());
        let at = afternoon.home.local().time().round(jiff::Unit::Minute).expect("a time");
        let at = at + SignedDuration::from_mins(5);
        let kind = ReminderKind::Dose { latest: at + SignedDuration::from_mins(60) };
        let pills = Reminder { what: "uw pillen".to_owned(), at, days: vec![], kind };
        let reminders = BTreeMap::from([("pillen".into(), pills)]);
        afternoon.happens(&Event::Configured(Arc::new(Plan { reminders, ..Plan::empty() })));
        let due = afternoon.home.local().time().duration_until(at);
        let due = Duration::try_from(due).expect("still to come");
        afternoon.passes(due - Duration::from_secs(3));
        afternoon.said();
        afternoon.hears(Intent::Called);
        assert_eq!(keys(&afternoon.said()), [key::CALLED]);
        afternoon.passes(Duration::from_secs(4));
        assert_eq!(keys(&afternoon.said()), [key::DOSE_ASK]);
        assert_eq!(afternoon.home.expectation().expects, Expects::Dose);
        afternoon.hears(Intent::Called);
        assert_eq!(keys(&afternoon.said()), [key::DOSE_ASK_AGAIN]);
        afternoon.hears(Intent::Taken);
        assert_eq!(keys(&afternoon.said()), [key::DOSE_TAKEN]);
    }

    #[test]
    fn what_was_taken_counts_for_whoever_called_to_say_so() {
        let mut afternoon = doses(&[("uw pillen", 60)]);
        mumbles(&mut afternoon);
        afternoon.hears(Intent::Called);
        assert_eq!(keys(&afternoon.said()), [key::CALLED]);
        afternoon.hears(Intent::Taken);
        assert_eq!(keys(&afternoon.said()), [key::DOSE_TAKEN]);
        afternoon.passes(minutes(120));
        assert_eq!(missed(&mut afternoon), 0);
    }

    #[test]
    fn of_two_doses_it_asks_which_was_taken() {
        let mut afternoon = doses(&[("uw druppels", 60), ("uw pillen", 60)]);
        mumbles(&mut afternoon);
        afternoon.hears(Intent::Taken);
        let drops = Slot::Words("uw druppels".to_owned());
        assert_eq!(afternoon.said(), [Reply::new(key::DOSE_SIMPLER).with("what", drops)]);
        afternoon.hears(Intent::Yes);
        assert_eq!(keys(&afternoon.said()), [key::DOSE_TAKEN]);
        afternoon.hears(Intent::Taken);
        assert_eq!(keys(&afternoon.said()), [key::DOSE_TAKEN], "there was one left");
        afternoon.passes(minutes(120));
        assert_eq!(afternoon.said(), []);
        assert_eq!(missed(&mut afternoon), 0);
    }

    #[test]
    fn what_nobody_asked_about_is_no_answer() {
        let mut afternoon = doses(&[("uw pillen", 60)]);
        for _ in 0..2 {
            afternoon.hears(Intent::Taken);
        }
        let said = keys(&afternoon.said());
        assert_eq!(said, [key::DOSE_TAKEN, key::YES_HEARD_NO_QUESTION]);
    }

    #[test]
    fn later_promises_what_will_happen_within_the_window() {
        for (window, after, wait) in [(60, 1, 30), (34, 2, 30), (20, 5, 7)] {
            let mut afternoon = doses(&[("uw pillen", window)]);
            afternoon.passes(minutes(after - 1));
            afternoon.hears(Intent::Later);
            let later = Reply::new(key::DOSE_LATER).with("in", Slot::Duration(minutes(wait)));
            assert_eq!(afternoon.said(), [later], "{window} min");
            afternoon.passes(minutes(wait) - Duration::from_secs(5));
            assert_eq!(afternoon.said(), []);
            afternoon.passes(Duration::from_secs(10));
            assert_eq!(keys(&afternoon.said()), [key::DOSE_ASK_AGAIN], "{window} min");
            assert_eq!(afternoon.faults(), []);
        }
    }

    #[test]
    fn who_says_later_at_the_last_asking_can_still_say_taken() {
        for (window, offers) in [(60, 2), (2, 1)] {
            let mut afternoon = doses(&[("uw pillen", window)]);
            for _ in 1..offers {
                afternoon.passes(minutes(30));
            }
            afternoon.said();
            afternoon.hears(Intent::Later);
            let said = afternoon.said();
            assert_eq!(keys(&said), [key::DOSE_LATER_UNTIL]);
            assert!(matches!(said[0].slots.get("until"), Some(Slot::Time(_))), "{said:?}");
            afternoon.hears(Intent::Taken);
            assert_eq!(keys(&afternoon.said()), [key::DOSE_TAKEN]);
            afternoon.passes(minutes(120));
            assert_eq!(afternoon.said(), []);
            assert_eq!(missed(&mut afternoon), 0);
        }
    }

    #[test]
    fn once_more_is_the_dose_only_if_the_dose_was_said_last() {
        let mut afternoon = doses(&[("uw pillen", 60)]);
        for (said, again) in [
            (Intent::Repeat, key::DOSE_ASK_AGAIN),
            (Intent::AskTime, key::TIME_NOW),
            (Intent::NotUnderstood, key::DOSE_ASK_AGAIN),
        ] {
            afternoon.hears(said);
            afternoon.said();
            afternoon.hears(Intent::Repeat);
            assert_eq!(keys(&afternoon.said()), [again]);
        }
    }

    #[test]
    fn who_is_not_sure_of_the_time_says_how_long_and_not_until_when() {
        let mut afternoon = doses(&[("uw pillen", 60)]);
        afternoon.wall_trusted = WallTrust::Unknown;
        afternoon.passes(minutes(30));
        let asked = |left| {
            let what = Slot::Words("uw pillen".to_owned());
            let asked = Reply::new(key::DOSE_CLOCK_UNSURE).with("what", what);
            asked.with("in", Slot::Duration(minutes(left)))
        };
        assert_eq!(afternoon.said(), [asked(30)]);
        afternoon.passes(minutes(10));
        afternoon.hears(Intent::Repeat);
        assert_eq!(afternoon.said(), [asked(19)]);
    }

    #[test]
    fn a_dose_says_until_when_it_waits_and_hears_an_answer_that_has_begun() {
        for speaks in [false, true] {
            let mut afternoon = doses(&[("uw pillen", 20)]);
            afternoon.hears(Intent::Repeat);
            let said = afternoon.said();
            let [Reply { slots, .. }] = &said[..] else { panic!("{said:?}") };
            let Some(Slot::Time(until)) = slots.get("until") else { panic!("{said:?}") };
            let now = afternoon.home.local().time();
            let left = Duration::try_from(now.duration_until(*until)).expect("still to come");
            afternoon.passes(left - Duration::from_secs(1));
            assert!(afternoon.home.awaits_answer());
            if speaks {
                afternoon.happens(&Event::VoiceBegan);
                afternoon.passes(Duration::from_secs(10));
                afternoon.hears(Intent::Taken);
                assert_eq!(afternoon.said(), [Reply::new(key::DOSE_TAKEN)]);
            } else {
                afternoon.passes(Duration::from_secs(3));
                assert!(!afternoon.home.awaits_answer(), "the announced time is over");
            }
            // A television holds no window open.
            for _ in 0..60 {
                afternoon.happens(&Event::VoiceBegan);
                afternoon.passes(Duration::from_secs(1));
            }
            assert!(!afternoon.home.awaits_answer());
            assert_eq!(afternoon.faults(), []);
        }
    }
}
