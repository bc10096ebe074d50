//! The planned check-in: a friendly question at the time the resident chose. What they answer is
//! good news for those who may have it; silence is neither refusal nor wellness.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::activity::{Household, Whereabouts};
use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::incident::Cause;
use crate::intent::Intent;
use crate::question::{ANSWER_WITHIN, Topic};
use crate::reply::{Reply, Slot};
use crate::time::Instant;

/// From the first question to the second, and from the second to "no word yet".
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(10 * 60);
/// Later than this (the home was down, the clock jumped) the morning is over.
const TOO_LATE_AFTER: Duration = Duration::from_secs(3 * 3600);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CheckIns {
    /// The next planned moment; one that was handled never comes again.
    next: Option<Timestamp>,
    handled: Option<Timestamp>,
    open: Option<OpenCheckIn>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct OpenCheckIn {
    asked: u8,
    next: Instant,
}

impl Home {
    pub(crate) fn plan_check_in(&mut self) {
        let Some(check_in) = self.state.plan.check_in.clone() else {
            self.state.check_ins = CheckIns::default();
            return;
        };
        let local = self.local();
        let after = self.state.check_ins.handled;
        self.state.check_ins.next = (-1..=2)
            .filter_map(|days| local.checked_add(days.days()).ok())
            .filter_map(|day| day.with().time(check_in.at).build().ok())
            .map(|planned| planned.timestamp())
            .find(|planned| {
                let late = self.now.wall.duration_since(*planned);
                let in_time = late.as_secs() < TOO_LATE_AFTER.as_secs().cast_signed();
                in_time && after.is_none_or(|handled| *planned > handled)
            });
    }

    pub(crate) fn next_check_in(&self) -> Option<Instant> {
        let planned = self.state.check_ins.next.map(|wall| self.state.clock.instant_of(wall));
        let again = self.state.check_ins.open.as_ref().map(|open| open.next);
        [planned, again].into_iter().flatten().min()
    }

    pub(crate) fn handle_check_in_due(&mut self) {
        if let Some(planned) = self.state.check_ins.next
            && planned <= self.now.wall
        {
            self.state.check_ins.handled = Some(planned);
            self.plan_check_in();
            self.begin_check_in();
        }
        let due = self.state.check_ins.open.as_ref().filter(|open| open.next <= self.at);
        if let Some(asked) = due.map(|open| open.asked) {
            self.ask_check_in(asked);
        }
    }

    /// The answer to "how are you?": *no* is not an alarm, it leads to the question about help.
    pub(crate) fn answer_check_in(&mut self, intent: &Intent) {
        self.state.check_ins.open = None;
        self.drop_question(|topic| *topic == Topic::CheckIn);
        if *intent == Intent::No {
            self.open_alarm(Cause::CheckIn, None);
            return;
        }
        let name = self.state.plan.resident_name().to_owned();
        let told = self.tell_good_news(&Reply::new(key::GOOD_MORNING_NEWS).name("name", name));
        let reply = if told.is_empty() {
            Reply::new(key::CHECK_IN_GOOD)
        } else {
            Reply::new(key::CHECK_IN_GOOD_TOLD).with("contacts", Slot::Names(told))
        };
        self.say(reply, Urgency::Calm);
    }

    /// "I am fine", while something else or nothing is asked. `false`: no check-in waits for it.
    pub(crate) fn answer_waiting_check_in(&mut self) -> bool {
        let waits = self.state.check_ins.open.as_ref().is_some_and(|open| open.asked > 0);
        if waits {
            self.answer_check_in(&Intent::Fine);
        }
        waits
    }

    fn begin_check_in(&mut self) {
        let out = self.state.activity.whereabouts == Whereabouts::PerhapsOut
            || self.state.activity.household != Household::Living;
        if !out && self.alarm().is_none() {
            self.state.check_ins.open = Some(OpenCheckIn { asked: 0, next: self.at });
        }
    }

    fn ask_check_in(&mut self, asked: u8) {
        let name = self.state.plan.resident_name().to_owned();
        if asked >= 2 {
            self.state.check_ins.open = None;
            // The circle was promised a morning message; this is its counterpart.
            self.tell_good_news(&Reply::new(key::NO_WORD_YET).name("name", name));
            return;
        }
        self.state.check_ins.open =
            Some(OpenCheckIn { asked: asked + 1, next: self.at + ASK_AGAIN_AFTER });
        // An alarm has the floor; the check-in waits for its next turn.
        if self.asking_about_help() {
            return;
        }
        let reply = if asked == 0 {
            Reply::new(key::CHECK_IN_ASK).name("name", name)
        } else {
            Reply::new(key::CHECK_IN_ASK_AGAIN)
        };
        self.say(reply.with("in", Slot::Duration(ANSWER_WITHIN)), Urgency::Calm);
        self.ask(Topic::CheckIn);
    }
}
