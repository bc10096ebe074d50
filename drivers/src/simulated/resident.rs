//! The simulated resident of the year-runner: lives by the clock, is out, sleeps, falls, answers
//! or does not. The same seed, plan, calendar and questions give the same life on every 64-bit
//! machine. It has no clock; it never sees what the home decides, it only hears what is asked.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, time};
use omzien_core::device::Press;
use omzien_core::intent::{Expects, When};
use omzien_core::{Intent, Plan, RoomId};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::act::Act;
use super::calendar::Calendar;
use super::habits::Habits;
use super::routine::{self, Layout, Mishap, Moment, Step};

/// Acts that follow from what happened (answers, helpers). Beyond it the newest is forgotten.
const SOON_MAX: usize = 64;
const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
/// However badly the home does, somebody finds the resident after so long at the latest.
const FOUND_AFTER_MS: u64 = 36 * HOUR_MS;

/// How the resident really is. The truth of the simulated world: a judge may read it, the home
/// never can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Well,
    /// Needs help, and can say so.
    InNeed,
    /// On the floor, and can speak.
    Fallen,
    /// On the floor, and cannot.
    Unconscious,
    /// In bed, and does not answer.
    Ill,
}

/// Somebody who lives in the house. In: [`Self::asked`], [`Self::help_arrives`]. Out:
/// [`Self::poll_act`] at [`Self::next_at_ms`].
#[derive(Clone, Debug)]
pub struct Resident {
    rng: SmallRng,
    calendar: Calendar,
    habits: Habits,
    life: Option<Life>,
}

/// What there is of a resident whose house has rooms.
#[derive(Clone, Debug)]
struct Life {
    layout: Layout,
    /// The day that is lived next.
    tomorrow: Date,
    /// What is left of this day, last first.
    today: Vec<Moment>,
    /// What follows from what happened, last first.
    soon: Vec<(u64, Follows)>,
    now_ms: u64,
    condition: Condition,
    condition_since_ms: u64,
    whereabouts: Whereabouts,
    has_visitor: bool,
    room: RoomId,
}

/// What a yes says. The question tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yes {
    /// "Do you need help?"
    NeedsHelp,
    /// "Are you well?"
    IsWell,
}

#[derive(Clone, Debug)]
enum Follows {
    Act(Act),
    /// A word to a question, if they can still speak then.
    Answer(Intent),
    /// Well again: was helped, got up alone, or slept it off.
    Recovers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whereabouts {
    Awake,
    Asleep,
    Out,
}

impl Resident {
    pub fn new(seed: u64, plan: &Plan, calendar: Calendar, habits: Habits) -> Self {
        let start = calendar.local(0);
        // The day begins at four in the morning.
        let today =
            if start.hour() < 4 { start.date().saturating_sub(1.day()) } else { start.date() };
        let life = Layout::of(plan).map(|layout| Life {
            room: layout.bedroom.clone(),
            layout,
            tomorrow: today,
            today: Vec::new(),
            soon: Vec::new(),
            now_ms: 0,
            condition: Condition::Well,
            condition_since_ms: 0,
            whereabouts: Whereabouts::Awake,
            has_visitor: false,
        });
        let rng = SmallRng::seed_from_u64(seed);
        let mut resident = Self { rng, calendar, habits, life };
        resident.fill();
        resident
    }

    /// When something happens next; `None` only in a house without rooms, in which nobody lives,
    /// and at the end of the calendar.
    pub fn next_at_ms(&self) -> Option<u64> {
        let life = self.life.as_ref()?;
        let soon = life.soon.last().map(|(at_ms, _)| *at_ms);
        let today = life.today.last().map(|(at_ms, _)| (*at_ms).max(life.now_ms));
        match (soon, today) {
            (Some(soon), Some(today)) => Some(soon.min(today)),
            (soon, today) => soon.or(today),
        }
    }

    /// What happens by now, with its moment. Call until it is `None`.
    pub fn poll_act(&mut self, now_ms: u64) -> Option<(u64, Act)> {
        loop {
            let at_ms = self.next_at_ms().filter(|at_ms| *at_ms <= now_ms)?;
            let life = self.life.as_mut()?;
            life.now_ms = life.now_ms.max(at_ms);
            let soon_first = life.soon.last().is_some_and(|(soon_ms, _)| *soon_ms <= at_ms);
            let act = if soon_first {
                let follows = life.soon.pop().map(|(_, follows)| follows);
                follows.and_then(|follows| life.follow(follows))
            } else {
                let step = life.today.pop().map(|(_, step)| step);
                step.and_then(|step| life.step(step, &self.habits, &mut self.rng))
            };
            self.fill();
            if let Some(act) = act {
                return Some((at_ms, act));
            }
        }
    }

    /// The home asked something and awaits such an answer. Whoever is out hears nothing; a later
    /// question is answered instead of an earlier one.
    pub fn asked(&mut self, expects: Expects, yes: Yes, at_ms: u64) {
        let Some(life) = self.life.as_mut() else { return };
        life.soon.retain(|(_, follows)| !matches!(follows, Follows::Answer(_)));
        let hears = match life.whereabouts {
            Whereabouts::Awake => true,
            Whereabouts::Asleep => self.rng.random::<f64>() < self.habits.wakes,
            Whereabouts::Out => false,
        };
        if !hears {
            return;
        }
        if let Some(intent) = answer(life.condition, expects, yes, &self.habits, &mut self.rng) {
            let after = self.habits.answers_after.mul_f64(self.rng.random_range(0.3..2.5));
            life.plan(at_ms + millis(after), Follows::Answer(intent));
        }
    }

    /// Somebody of the circle comes to the door, and helps.
    pub fn help_arrives(&mut self, at_ms: u64) {
        let Some(life) = self.life.as_mut() else { return };
        life.plan(at_ms, Follows::Act(Act::VisitorEnters));
        life.plan(at_ms + MINUTE_MS, Follows::Act(Act::VisitorWalks(life.room.clone())));
        let buttons = &life.layout.buttons;
        if !buttons.is_empty() && self.rng.random::<f64>() < self.habits.helper_holds_button {
            let device = buttons[self.rng.random_range(0..buttons.len())].clone();
            for act in held(device) {
                life.plan(at_ms + 2 * MINUTE_MS + act.0, Follows::Act(act.1));
            }
        }
        let helped_ms = at_ms + self.rng.random_range(3..15) * MINUTE_MS;
        life.plan(helped_ms, Follows::Recovers);
        let leaves_ms = helped_ms + self.rng.random_range(10..60) * MINUTE_MS;
        life.plan(leaves_ms, Follows::Act(Act::VisitorLeaves));
    }

    /// How the resident really is, and since when.
    pub fn condition(&self) -> (Condition, u64) {
        match &self.life {
            Some(life) => (life.condition, life.condition_since_ms),
            None => (Condition::Well, 0),
        }
    }

    /// Days are made one at a time; a day away from home has no moments at all.
    fn fill(&mut self) {
        let Some(life) = self.life.as_mut() else { return };
        while life.today.is_empty() && life.tomorrow < Date::MAX.saturating_sub(30.days()) {
            life.next_day(&self.habits, &self.calendar, &mut self.rng);
        }
    }
}

impl Life {
    fn next_day(&mut self, habits: &Habits, calendar: &Calendar, rng: &mut SmallRng) {
        let date = self.tomorrow;
        self.today = routine::day(date, &self.layout, habits, calendar, rng);
        let mut days = 1;
        if rng.random::<f64>() < habits.trips_a_year / 365.25 {
            days = rng.random_range(2..9);
            let leaves = calendar.at_ms(date, time(9, 30, 0, 0));
            let returns_on = date.saturating_add(i64::from(days - 1).days());
            let returns = calendar.at_ms(returns_on, time(16, 0, 0, 0));
            if let (Ok(leaves), Ok(returns)) = (u64::try_from(leaves), u64::try_from(returns)) {
                self.today.retain(|(at_ms, _)| *at_ms < leaves);
                self.today.push((leaves, Step::Act(Act::Leave)));
                self.today.push((returns, Step::Act(Act::ComeHome)));
            }
        }
        self.today.reverse();
        self.tomorrow = date.saturating_add(i64::from(days).days());
    }

    fn plan(&mut self, at_ms: u64, follows: Follows) {
        if self.soon.len() < SOON_MAX {
            let place = self.soon.partition_point(|(soon_ms, _)| *soon_ms > at_ms);
            self.soon.insert(place, (at_ms.max(self.now_ms), follows));
        }
    }

    /// Keeps count of the one visitor; false for what takes a visitor who is not there, or is.
    fn company(&mut self, act: &Act) -> bool {
        match act {
            Act::VisitorEnters => !std::mem::replace(&mut self.has_visitor, true),
            Act::VisitorLeaves => std::mem::replace(&mut self.has_visitor, false),
            Act::VisitorWalks(_) => self.has_visitor,
            Act::Walk(_)
            | Act::Stir
            | Act::LieDown
            | Act::FallAsleep
            | Act::GetUp
            | Act::Fall
            | Act::DropWearable
            | Act::TakeOffWearable
            | Act::PutOnWearable
            | Act::Leave
            | Act::ComeHome
            | Act::Press { .. }
            | Act::Open { .. }
            | Act::Say(_) => true,
        }
    }

    fn becomes(&mut self, condition: Condition) {
        self.condition = condition;
        self.condition_since_ms = self.now_ms;
    }

    /// What follows happens whatever the routine was; what can no longer be does not.
    fn follow(&mut self, follows: Follows) -> Option<Act> {
        match follows {
            Follows::Act(act) => self.company(&act).then_some(act),
            Follows::Answer(intent) => match self.whereabouts {
                Whereabouts::Out => None,
                Whereabouts::Awake | Whereabouts::Asleep => Some(Act::Say(intent)),
            },
            Follows::Recovers => match self.condition {
                Condition::Well => None,
                Condition::InNeed | Condition::Fallen | Condition::Unconscious | Condition::Ill => {
                    self.becomes(Condition::Well);
                    // Whatever else was on its way to help finds them up.
                    self.soon.retain(|(_, follows)| !matches!(follows, Follows::Recovers));
                    self.whereabouts = Whereabouts::Awake;
                    Some(Act::GetUp)
                }
            },
        }
    }

    /// The routine goes on only while the resident is well.
    fn step(&mut self, step: Step, habits: &Habits, rng: &mut SmallRng) -> Option<Act> {
        let act = match step {
            Step::Act(act) => act,
            Step::Befalls(mishap) => return self.befalls(mishap, habits, rng),
        };
        let out = self.whereabouts == Whereabouts::Out;
        // Nobody visits an empty home.
        if (out && act == Act::VisitorEnters) || !self.company(&act) {
            return None;
        }
        if self.condition != Condition::Well {
            if act == Act::VisitorEnters {
                // Whoever visits finds them.
                self.plan(self.now_ms + 5 * MINUTE_MS, Follows::Recovers);
                return Some(act);
            }
            let of_the_visitor = matches!(act, Act::VisitorWalks(_) | Act::VisitorLeaves);
            return of_the_visitor.then_some(act);
        }
        match &act {
            Act::VisitorEnters | Act::VisitorWalks(_) | Act::VisitorLeaves => return Some(act),
            Act::ComeHome if !out => return None,
            Act::ComeHome => self.whereabouts = Whereabouts::Awake,
            _ if out => return None,
            Act::Leave => self.whereabouts = Whereabouts::Out,
            Act::FallAsleep => self.whereabouts = Whereabouts::Asleep,
            Act::GetUp => self.whereabouts = Whereabouts::Awake,
            Act::Walk(room) => {
                self.whereabouts = Whereabouts::Awake;
                self.room = room.clone();
            }
            // Nobody asks for the time in their sleep.
            Act::Say(_) if self.whereabouts == Whereabouts::Asleep => return None,
            Act::Stir
            | Act::LieDown
            | Act::Fall
            | Act::DropWearable
            | Act::TakeOffWearable
            | Act::PutOnWearable
            | Act::Press { .. }
            | Act::Open { .. }
            | Act::Say(_) => {}
        }
        Some(act)
    }

    fn befalls(&mut self, mishap: Mishap, habits: &Habits, rng: &mut SmallRng) -> Option<Act> {
        let well = self.condition == Condition::Well;
        if !well || self.whereabouts == Whereabouts::Out {
            return None;
        }
        let asleep = self.whereabouts == Whereabouts::Asleep;
        match mishap {
            Mishap::Fall if asleep => None,
            Mishap::Fall => {
                if rng.random::<f64>() < habits.unconscious {
                    self.becomes(Condition::Unconscious);
                    self.found_at(self.now_ms + FOUND_AFTER_MS);
                } else if rng.random::<f64>() < habits.gets_up_alone {
                    self.becomes(Condition::Fallen);
                    let up_ms = self.now_ms + rng.random_range(1..90) * MINUTE_MS;
                    self.plan(up_ms, Follows::Recovers);
                } else {
                    self.becomes(Condition::Fallen);
                    self.found_at(self.now_ms + FOUND_AFTER_MS);
                }
                Some(Act::Fall)
            }
            Mishap::Illness => {
                self.becomes(Condition::Ill);
                let over_ms = self.now_ms + rng.random_range(10..40) * HOUR_MS;
                self.plan(over_ms, Follows::Recovers);
                Some(Act::LieDown)
            }
            Mishap::Press | Mishap::MistakenPress => {
                let buttons = &self.layout.buttons;
                if buttons.is_empty() {
                    return None;
                }
                let device = buttons[rng.random_range(0..buttons.len())].clone();
                if matches!(mishap, Mishap::Press) {
                    self.in_need(rng);
                }
                // Some hold it in panic, some press again and again.
                match rng.random_range(0..10) {
                    0 => {
                        for (after_ms, act) in held(device.clone()).into_iter().skip(1) {
                            self.plan(self.now_ms + after_ms, Follows::Act(act));
                        }
                    }
                    1..3 => {
                        let again = Act::Press { device: device.clone(), press: Press::Short };
                        let after_ms = rng.random_range(300..20_000);
                        self.plan(self.now_ms + after_ms, Follows::Act(again));
                    }
                    _ => {}
                }
                Some(Act::Press { device, press: Press::Short })
            }
            Mishap::Cry => {
                self.in_need(rng);
                Some(Act::Say(Intent::Help))
            }
            Mishap::TelevisionCry if asleep => None,
            Mishap::TelevisionCry => Some(Act::Say(Intent::Help)),
            Mishap::WearableDrop => Some(Act::DropWearable),
        }
    }

    fn in_need(&mut self, rng: &mut SmallRng) {
        self.whereabouts = Whereabouts::Awake;
        self.becomes(Condition::InNeed);
        let over_ms = self.now_ms + rng.random_range(1..12) * HOUR_MS;
        self.plan(over_ms, Follows::Recovers);
    }

    /// Nobody came: a neighbour finds them.
    fn found_at(&mut self, at_ms: u64) {
        self.plan(at_ms - MINUTE_MS, Follows::Act(Act::VisitorEnters));
        self.plan(at_ms + 30 * MINUTE_MS, Follows::Act(Act::VisitorLeaves));
        self.plan(at_ms, Follows::Recovers);
    }
}

/// A button held for more than two seconds tells twice: at once that it is pressed, and then that
/// it is held.
fn held(device: omzien_core::DeviceId) -> [(u64, Act); 2] {
    let press = |press| Act::Press { device: device.clone(), press };
    [(0, press(Press::Short)), (2_000, press(Press::Long))]
}

/// What somebody in this condition says to a question; `None` is silence.
fn answer(
    condition: Condition,
    expects: Expects,
    yes: Yes,
    habits: &Habits,
    rng: &mut SmallRng,
) -> Option<Intent> {
    let needs_help = match condition {
        Condition::Well => false,
        Condition::InNeed | Condition::Fallen => true,
        Condition::Unconscious | Condition::Ill => return None,
    };
    let dice: f64 = rng.random();
    if dice >= habits.clear + habits.unclear {
        return None;
    }
    if dice >= habits.clear {
        return Some(Intent::NotUnderstood);
    }
    let says_help = needs_help != (rng.random::<f64>() < habits.mistaken);
    let dice = rng.random_range(0..10);
    Some(match expects {
        Expects::YesNo if dice >= 8 && says_help => Intent::Help,
        Expects::YesNo if dice >= 8 => Intent::Fine,
        Expects::YesNo if says_help == (yes == Yes::NeedsHelp) => Intent::Yes,
        Expects::YesNo => Intent::No,
        // Nobody here asks for a door to be unlocked; whoever is asked says no.
        Expects::Confirm if says_help => Intent::Help,
        Expects::Confirm => Intent::No,
        Expects::Dose if says_help => Intent::Help,
        Expects::Dose => match dice {
            0..7 => Intent::Taken,
            7..9 => Intent::Later,
            _ => Intent::Skip,
        },
        Expects::Time => Intent::Moment(When::In(Duration::from_secs(60 * (5 + 10 * dice)))),
        Expects::Number => Intent::Number(5 + dice as u32),
        // Whom, what or which day somebody thinks of is not known here.
        Expects::Day | Expects::Name | Expects::Words => return None,
        Expects::Request if says_help => Intent::Help,
        Expects::Request => match dice {
            0..5 => Intent::AskTime,
            5..7 => Intent::RemindMinutes { what: "de was".to_owned() },
            7 => Intent::Cancel,
            // Whoever called found it out alone meanwhile.
            _ => return None,
        },
        // Nothing was asked: most people say nothing.
        Expects::Anything if says_help => Intent::Help,
        Expects::Anything if dice == 0 => Intent::Repeat,
        Expects::Anything => return None,
    })
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
