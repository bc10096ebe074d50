//! Timers that the resident sets by voice: several at once, with or without a name. Each rings with
//! a sentence, twice, and is then gone. A length of time runs on home time, so it survives a
//! restart, and one that ended meanwhile is said as late. It never guesses which timer was meant.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::kept::Kept;
use crate::names::RoomId;
use crate::phrases::plain;
use crate::question::Topic;
use crate::reply::{Reply, Slot};
use crate::time::{Gap, Instant};

/// Timers at once: more than any kitchen has pans, and few enough to be told apart aloud.
const TIMERS_MAX: usize = 12;
/// A longer one is a reminder: it belongs to an hour of the clock.
const LENGTH_MAX: Duration = Duration::from_secs(24 * 3600);
/// It rings again after this long: time to come back into the kitchen.
const RINGS_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// While help is asked about it waits this long and looks again.
const WAITS_FOR_HELP: Duration = Duration::from_secs(30);
/// One that is late by more than this says so: what was ready is overdone by then.
const LATE_IS_SAID_AFTER: Duration = Duration::from_secs(60);

/// What is wanted of a timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerWish {
    /// "A timer of ten minutes for the eggs"; without a length it is asked.
    Start { name: Option<String>, length: Option<Duration> },
    /// Something with one that runs.
    Change { which: WhichTimer, change: TimerChange },
    /// "Stop all timers"; of a room alone where one is named.
    StopAll { room: Option<RoomId> },
}

/// What can be done with a timer that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerChange {
    Stop,
    Pause,
    GoOn,
    /// "How long still?"
    Tell,
    Add(Duration),
    TakeOff(Duration),
}

/// Which timer is meant, as far as the sentence says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhichTimer {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub length: Option<Duration>,
    #[serde(default)]
    pub room: Option<RoomId>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Timers {
    /// In the order in which they were set.
    timers: Vec<Timer>,
    last_number: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Timer {
    number: u64,
    name: Option<String>,
    /// As it was set: it is called by it.
    length: Duration,
    /// Where it was set.
    room: Option<RoomId>,
    course: Course,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Course {
    Runs {
        ends: Instant,
    },
    Stands {
        left: Duration,
    },
    /// It was said once; at `again` it is said once more.
    Rings {
        again: Instant,
    },
    /// It ended while something else had to be said.
    Waits {
        ended: Instant,
        next: Instant,
    },
}

impl Timer {
    /// The next moment at which it does something.
    fn due(&self) -> Option<Instant> {
        match self.course {
            Course::Runs { ends: due }
            | Course::Rings { again: due }
            | Course::Waits { next: due, .. } => Some(due),
            Course::Stands { .. } => None,
        }
    }

    fn left(&self, at: Instant) -> Duration {
        match self.course {
            Course::Runs { ends } => in_seconds(ends.since(at)),
            Course::Stands { left } => left,
            Course::Rings { .. } | Course::Waits { .. } => Duration::ZERO,
        }
    }

    fn is(&self, which: &WhichTimer) -> bool {
        let called = |wanted: &String| {
            let wanted = plain(wanted);
            let name = self.name.as_deref().map(plain);
            name.is_some_and(|name| name.contains(&wanted) || wanted.contains(&name))
        };
        which.name.as_ref().is_none_or(called)
            && which.length.is_none_or(|length| length == self.length)
            && which.room.as_ref().is_none_or(|room| self.room.as_ref() == Some(room))
    }

    /// "timer for the eggs", "timer of ten minutes".
    fn spoken(&self) -> Slot {
        let part = match &self.name {
            Some(name) => Reply::new(key::TIMER_NAMED).with("what", Slot::Words(name.clone())),
            None => Reply::new(key::TIMER_PART).with("duration", Slot::Duration(self.length)),
        };
        Slot::Reply(Box::new(part))
    }

    fn reply(&self, key: &'static str) -> Reply {
        Reply::new(key).with("timer", self.spoken())
    }

    /// How it stands.
    fn told(&self, at: Instant) -> Reply {
        let left = Slot::Duration(self.left(at));
        match self.course {
            Course::Runs { .. } => self.reply(key::TIMER_LEFT).with("in", left),
            Course::Stands { .. } => self.reply(key::TIMER_STANDS).with("duration", left),
            Course::Rings { .. } | Course::Waits { .. } => self.reply(key::TIMER_DONE),
        }
    }
}

impl Timers {
    fn remove(&mut self, number: u64) {
        self.timers.retain(|timer| timer.number != number);
    }
}

impl Home {
    pub(crate) fn next_timer(&self) -> Option<Instant> {
        self.state.timers.timers.iter().filter_map(Timer::due).min()
    }

    pub(crate) fn wish_timer(&mut self, wish: &TimerWish, room: Option<&RoomId>) {
        match wish {
            TimerWish::Start { name, length: None } => {
                self.pose(Topic::Kept(Kept::TimerLength { name: name.clone() }));
            }
            TimerWish::Start { name, length: Some(length) } => {
                self.start_timer(name.clone(), *length, room);
            }
            TimerWish::Change { which, change } => self.change_timer(which, *change),
            TimerWish::StopAll { room } => self.stop_timers(room.as_ref()),
        }
    }

    pub(crate) fn start_timer(
        &mut self,
        name: Option<String>,
        length: Duration,
        room: Option<&RoomId>,
    ) {
        if length.is_zero() {
            self.pose(Topic::Kept(Kept::TimerLength { name }));
            return;
        }
        if length > LENGTH_MAX {
            self.say(Reply::new(key::TIMER_TOO_LONG), Urgency::Calm);
            return;
        }
        let at = self.at;
        let timers = &mut self.state.timers;
        if timers.timers.len() >= TIMERS_MAX {
            let count = Slot::Number(TIMERS_MAX as i64);
            self.say(Reply::new(key::TIMER_FULL).with("count", count), Urgency::Calm);
            return;
        }
        timers.last_number += 1;
        let course = Course::Runs { ends: at + length };
        let number = timers.last_number;
        let timer = Timer { number, name: name.clone(), length, room: room.cloned(), course };
        timers.timers.push(timer);
        let reply = match name {
            Some(name) => Reply::new(key::TIMER_SET_NAMED).with("what", Slot::Words(name)),
            None => Reply::new(key::TIMER_SET),
        };
        self.say(reply.with("in", Slot::Duration(length)), Urgency::Calm);
    }

    /// Of several that may be meant it asks which; "how long still?" tells them all.
    pub(crate) fn change_timer(&mut self, which: &WhichTimer, change: TimerChange) {
        let timers = &self.state.timers.timers;
        let meant: Vec<Timer> = timers.iter().filter(|timer| timer.is(which)).cloned().collect();
        match &meant[..] {
            [] if timers.is_empty() => {
                self.say(Reply::new(key::TIMER_NONE), Urgency::Calm);
            }
            [] => {
                self.say(Reply::new(key::TIMER_NO_SUCH), Urgency::Calm);
                self.tell_timers(&self.state.timers.timers.clone());
            }
            [timer] => self.change_this_timer(timer, change),
            [_, ..] if change == TimerChange::Tell => self.tell_timers(&meant),
            [_, ..] => {
                self.tell_timers(&meant);
                self.pose(Topic::Kept(Kept::WhichTimer { change }));
            }
        }
    }

    /// "Stop" while one rings is said to it. `false`: none rings.
    pub(crate) fn quiet_timers(&mut self) -> bool {
        let timers = &mut self.state.timers.timers;
        let before = timers.len();
        timers.retain(|timer| !matches!(timer.course, Course::Rings { .. }));
        timers.len() < before
    }

    /// After a time that nobody can measure none of them can be trusted: said, and no more.
    pub(crate) fn resume_timers(&mut self, gap: Gap) {
        let Gap::Unknown = gap else { return };
        let timers = std::mem::take(&mut self.state.timers.timers);
        let (stand, ran): (Vec<_>, Vec<_>) =
            timers.into_iter().partition(|timer| timer.due().is_none());
        self.state.timers.timers = stand;
        for timer in ran {
            self.say(timer.reply(key::TIMER_UNSURE), Urgency::Calm);
        }
    }

    pub(crate) fn handle_timers_due(&mut self) {
        let at = self.at;
        let timers = &self.state.timers.timers;
        let due: Vec<Timer> = timers
            .iter()
            .filter(|timer| timer.due().is_some_and(|due| due <= at))
            .cloned()
            .collect();
        for timer in due {
            self.ring(&timer);
        }
    }

    fn ring(&mut self, timer: &Timer) {
        let (at, help) = (self.at, self.asking_about_help());
        let (reply, course) = match timer.course {
            Course::Stands { .. } => return,
            Course::Runs { ends: ended } | Course::Waits { ended, .. } if help => {
                (None, Some(Course::Waits { ended, next: at + WAITS_FOR_HELP }))
            }
            Course::Rings { .. } if help => {
                (None, Some(Course::Rings { again: at + WAITS_FOR_HELP }))
            }
            Course::Runs { ends: ended } | Course::Waits { ended, .. } => {
                let late = at.since(ended);
                if late > LATE_IS_SAID_AFTER {
                    let ago = Slot::Duration(in_minutes(late));
                    (Some(timer.reply(key::TIMER_LATE).with("duration", ago)), None)
                } else {
                    let rings = Course::Rings { again: at + RINGS_AGAIN_AFTER };
                    (Some(timer.reply(key::TIMER_DONE)), Some(rings))
                }
            }
            Course::Rings { .. } => (Some(timer.reply(key::TIMER_DONE_AGAIN)), None),
        };
        match course {
            Some(course) => self.set_course(timer.number, course),
            None => self.state.timers.remove(timer.number),
        }
        if let Some(reply) = reply {
            self.say(reply, Urgency::Calm);
        }
    }

    fn change_this_timer(&mut self, timer: &Timer, change: TimerChange) {
        let at = self.at;
        let course = match (change, timer.course) {
            (TimerChange::Stop, _) => {
                self.state.timers.remove(timer.number);
                self.say(timer.reply(key::TIMER_STOPPED), Urgency::Calm);
                return;
            }
            (TimerChange::TakeOff(length), Course::Runs { .. } | Course::Stands { .. })
                if length >= timer.left(at) =>
            {
                // It would be over at once, and that was hardly meant.
                self.say(timer.told(at), Urgency::Calm);
                return;
            }
            (TimerChange::Add(length), Course::Runs { .. } | Course::Stands { .. })
                if timer.left(at) + length > LENGTH_MAX =>
            {
                self.say(Reply::new(key::TIMER_TOO_LONG), Urgency::Calm);
                return;
            }
            (TimerChange::Pause, Course::Runs { .. }) => Course::Stands { left: timer.left(at) },
            (TimerChange::GoOn, Course::Stands { left }) => Course::Runs { ends: at + left },
            (TimerChange::Add(length), Course::Runs { ends }) => {
                Course::Runs { ends: ends + length }
            }
            (TimerChange::Add(length), Course::Stands { left }) => {
                Course::Stands { left: left + length }
            }
            (TimerChange::Add(length), Course::Rings { .. } | Course::Waits { .. }) => {
                Course::Runs { ends: at + length.min(LENGTH_MAX) }
            }
            (TimerChange::TakeOff(length), Course::Runs { ends }) => {
                Course::Runs { ends: ends - length }
            }
            (TimerChange::TakeOff(length), Course::Stands { left }) => {
                Course::Stands { left: left - length }
            }
            (TimerChange::Tell, course)
            | (TimerChange::Pause, course @ (Course::Stands { .. } | Course::Rings { .. }))
            | (TimerChange::Pause, course @ Course::Waits { .. })
            | (TimerChange::GoOn, course @ (Course::Runs { .. } | Course::Rings { .. }))
            | (TimerChange::GoOn, course @ Course::Waits { .. })
            | (TimerChange::TakeOff(_), course @ (Course::Rings { .. } | Course::Waits { .. })) => {
                course
            }
        };
        self.set_course(timer.number, course);
        // How it stands now is the whole answer, whatever was changed.
        let told = Timer { course, ..timer.clone() }.told(at);
        self.say(told, Urgency::Calm);
    }

    fn stop_timers(&mut self, room: Option<&RoomId>) {
        let timers = &mut self.state.timers.timers;
        let before = timers.len();
        timers.retain(|timer| room.is_some() && timer.room.as_ref() != room);
        let stopped = before - timers.len();
        let reply = match stopped {
            0 => Reply::new(key::TIMER_NONE),
            _ => Reply::new(key::TIMERS_STOPPED),
        };
        self.say(reply, Urgency::Calm);
    }

    fn tell_timers(&mut self, timers: &[Timer]) {
        let at = self.at;
        let reply = match timers {
            [timer] => timer.told(at),
            [] | [_, ..] => {
                let item = |timer: &Timer| {
                    let left = Slot::Duration(timer.left(at));
                    let item = timer.reply(key::TIMER_ITEM).with("duration", left);
                    Slot::Reply(Box::new(item))
                };
                let items = timers.iter().map(item).collect();
                Reply::new(key::TIMER_LIST).with("timers", Slot::List(items))
            }
        };
        self.say(reply, Urgency::Calm);
    }

    fn set_course(&mut self, number: u64, course: Course) {
        let mut timers = self.state.timers.timers.iter_mut();
        if let Some(timer) = timers.find(|timer| timer.number == number) {
            timer.course = course;
        }
    }
}

/// To the second, as it is said.
fn in_seconds(length: Duration) -> Duration {
    Duration::from_secs((length + Duration::from_millis(500)).as_secs())
}

/// Nobody wants the seconds of what is late.
fn in_minutes(length: Duration) -> Duration {
    Duration::from_secs(length.as_secs() / 60 * 60)
}

#[cfg(test)]
mod tests;
