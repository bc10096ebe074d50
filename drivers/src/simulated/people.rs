//! A simulated person of the circle: gets messages, and answers them as people do: later, twice,
//! too late, not at all, or by somebody nobody knows. Seeded for the year-runner, scripted for a
//! story. It has no clock; it never knows more about the home than the messages it got.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::civil::Time;
use omzien_core::ContactId;
use omzien_core::effect::Tap;
use omzien_core::incident::{Acknowledgement, Finding, IncidentId};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::calendar::Calendar;
use crate::order::Message;

/// What a person may still have in mind. Beyond it they forget the newest.
const PLANNED_MAX: usize = 32;
/// Incidents that a person keeps apart. Beyond it they forget the oldest.
const MATTERS_MAX: usize = 8;

/// What a person needs to know of a message to answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub incident: Option<IncidentId>,
    pub taps: Vec<Tap>,
}

impl From<&Message> for Letter {
    fn from(message: &Message) -> Self {
        let taps = message.taps.iter().map(|(tap, _)| *tap).collect();
        Self { incident: message.incident, taps }
    }
}

/// What a person does.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    Taps(Acknowledgement),
    /// Is in the home, whether they tell the home or not.
    Arrives(IncidentId),
}

/// How a person is. Chances are 0 to 1; what remains of the first three is no answer at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manners {
    /// "I go", "I'll phone", "I can't", as the answer to one message.
    pub goes: f64,
    pub phones: f64,
    pub cannot: f64,
    /// Usual time before an answer; now and then it takes five times as long.
    pub answers_after: Duration,
    pub travels: Duration,
    /// Says the time at which they expect to be there.
    pub says_when: f64,
    /// Remembers to say "I'm there" and "done" unasked.
    pub remembers: f64,
    /// Taps everything twice.
    pub doubles: f64,
    /// Taps something again, hours later, when it may long be closed.
    pub late_word: f64,
    /// Somebody who is not in the circle answers too.
    pub stranger: f64,
}

impl Manners {
    /// Answers within minutes, comes, and says when it is done.
    pub const DEPENDABLE: Self = Self {
        goes: 0.8,
        phones: 0.1,
        cannot: 0.1,
        answers_after: Duration::from_secs(60),
        travels: Duration::from_secs(15 * 60),
        says_when: 0.5,
        remembers: 1.0,
        doubles: 0.0,
        late_word: 0.0,
        stranger: 0.0,
    };

    /// Everything that people do, far more often than they do it.
    pub const HARSH: Self = Self {
        goes: 0.3,
        phones: 0.15,
        cannot: 0.2,
        answers_after: Duration::from_secs(240),
        travels: Duration::from_secs(25 * 60),
        says_when: 0.4,
        remembers: 0.5,
        doubles: 0.2,
        late_word: 0.15,
        stranger: 0.05,
    };

    /// Never answers by themself: a person of the live house, played by whoever uses the page.
    pub const SILENT: Self = Self {
        goes: 0.0,
        phones: 0.0,
        cannot: 0.0,
        answers_after: Duration::ZERO,
        travels: Duration::ZERO,
        says_when: 0.0,
        remembers: 0.0,
        doubles: 0.0,
        late_word: 0.0,
        stranger: 0.0,
    };
}

/// One answer of a script: this long after the so-manieth message about an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Counts from 1.
    pub message: u32,
    pub after: Duration,
    pub tap: Tap,
    pub at: Option<Time>,
    pub finding: Option<Finding>,
}

/// One person of the circle. In: [`Self::receive`]. Out: [`Self::poll_deed`].
#[derive(Clone, Debug)]
pub struct Person {
    contact: ContactId,
    calendar: Calendar,
    mind: Mind,
    matters: VecDeque<Matter>,
    planned: Vec<Planned>,
    /// Keeps deeds of the same moment in the order in which they were planned.
    plans: u64,
}

#[derive(Clone, Debug)]
enum Mind {
    Seeded { rng: SmallRng, manners: Manners },
    Scripted { lines: Vec<Line>, messages: u32 },
}

/// An incident, as this person knows it.
#[derive(Clone, Debug)]
struct Matter {
    incident: IncidentId,
    /// Everything that a message about it has offered.
    offered: Vec<Tap>,
    /// What they wanted to tap and were not offered.
    wanted: Option<Tap>,
    stance: Stance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stance {
    Unanswered,
    Coming,
    Phoning,
    There,
    Done,
}

#[derive(Clone, Debug)]
struct Planned {
    at_ms: u64,
    order: u64,
    incident: IncidentId,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// If it was offered by then.
    Tap(Tap),
    /// Whatever was offered: a slip, a late word, a line of a script.
    Repeat {
        tap: Tap,
        at: Option<Time>,
        finding: Option<Finding>,
    },
    Stranger,
    Arrive,
}

impl Person {
    /// The same seed and the same messages give the same deeds.
    pub fn seeded(contact: ContactId, seed: u64, manners: Manners, calendar: Calendar) -> Self {
        // Each person of a circle has dice of their own under one seed of the home.
        let salt = contact
            .as_str()
            .bytes()
            .fold(seed, |salt, byte| (salt ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self::new(contact, calendar, Mind::Seeded { rng: SmallRng::seed_from_u64(salt), manners })
    }

    /// Does what the lines say, and nothing else.
    pub fn scripted(contact: ContactId, lines: Vec<Line>, calendar: Calendar) -> Self {
        Self::new(contact, calendar, Mind::Scripted { lines, messages: 0 })
    }

    fn new(contact: ContactId, calendar: Calendar, mind: Mind) -> Self {
        let (matters, planned) = (VecDeque::new(), Vec::new());
        Self { contact, calendar, mind, matters, planned, plans: 0 }
    }

    pub fn contact(&self) -> &ContactId {
        &self.contact
    }

    /// A message arrives. Good news needs no answer and gets none.
    pub fn receive(&mut self, letter: &Letter, at_ms: u64) {
        let Some(incident) = letter.incident else { return };
        let place = self.matter(incident);
        for tap in &letter.taps {
            if !self.matters[place].offered.contains(tap) {
                self.matters[place].offered.push(*tap);
            }
        }
        match &mut self.mind {
            Mind::Seeded { .. } => self.react(place, at_ms),
            Mind::Scripted { lines, messages } => {
                *messages += 1;
                let said: Vec<Line> =
                    lines.iter().filter(|line| line.message == *messages).cloned().collect();
                for Line { after, tap, at, finding, .. } in said {
                    let when = at_ms.saturating_add(millis(after));
                    if tap == Tap::There {
                        self.plan(when, incident, What::Arrive);
                    }
                    self.plan(when, incident, What::Repeat { tap, at, finding });
                }
            }
        }
    }

    /// When this person does something next; `None`: nothing, until they hear more.
    pub fn next_at_ms(&self) -> Option<u64> {
        self.planned.iter().map(|planned| planned.at_ms).min()
    }

    /// What they do by now. Call until it is `None`.
    pub fn poll_deed(&mut self, now_ms: u64) -> Option<Deed> {
        loop {
            let due = |planned: &&Planned| planned.at_ms <= now_ms;
            let next = self.planned.iter().filter(due).min_by_key(|p| (p.at_ms, p.order))?.order;
            let place = self.planned.iter().position(|planned| planned.order == next)?;
            let planned = self.planned.swap_remove(place);
            if let Some(deed) = self.deed(&planned) {
                return Some(deed);
            }
        }
    }

    fn deed(&mut self, planned: &Planned) -> Option<Deed> {
        let Planned { at_ms, incident, what, .. } = *planned;
        match what {
            What::Arrive => {
                let place = self.matter(incident);
                self.matters[place].stance = Stance::There;
                Some(Deed::Arrives(incident))
            }
            What::Repeat { tap, at, finding } => {
                Some(Deed::Taps(self.acknowledgement(incident, tap, at, finding)))
            }
            What::Stranger => Some(Deed::Taps(Acknowledgement {
                contact: ContactId::new("nobody_of_this_circle"),
                ..self.acknowledgement(incident, Tap::Done, None, None)
            })),
            What::Tap(tap) => {
                let place = self.matter(incident);
                if !self.matters[place].offered.contains(&tap) {
                    self.matters[place].wanted = Some(tap);
                    return None;
                }
                Some(Deed::Taps(self.tap(place, tap, at_ms)))
            }
        }
    }

    /// Where this incident is kept in mind.
    fn matter(&mut self, incident: IncidentId) -> usize {
        if let Some(place) = self.matters.iter().position(|matter| matter.incident == incident) {
            return place;
        }
        if self.matters.len() >= MATTERS_MAX {
            self.matters.pop_front();
        }
        let (offered, wanted, stance) = (Vec::new(), None, Stance::Unanswered);
        self.matters.push_back(Matter { incident, offered, wanted, stance });
        self.matters.len() - 1
    }

    /// What a message makes this person want.
    fn react(&mut self, place: usize, at_ms: u64) {
        let Mind::Seeded { rng, manners } = &mut self.mind else { return };
        let manners = *manners;
        let Matter { incident, stance, wanted, ref offered } = self.matters[place];
        if let Some(tap) = wanted.filter(|tap| offered.contains(tap)) {
            self.matters[place].wanted = None;
            return self.plan(at_ms.saturating_add(5_000), incident, What::Tap(tap));
        }
        let answer = match stance {
            // One answer on its way is enough.
            Stance::Unanswered if self.planned.iter().any(|p| p.incident == incident) => return,
            Stance::Unanswered => {
                let dice: f64 = rng.random();
                if dice < manners.goes {
                    Tap::Go
                } else if dice < manners.goes + manners.phones {
                    Tap::Phone
                } else if dice < manners.goes + manners.phones + manners.cannot {
                    Tap::Cannot
                } else {
                    return;
                }
            }
            // Asked "are you there?", "is it done?": most people look at their phone once more.
            Stance::There if offered.contains(&Tap::Done) => Tap::Done,
            Stance::There => Tap::There,
            Stance::Coming | Stance::Phoning | Stance::Done => return,
        };
        let mut after = manners.answers_after.mul_f64(rng.random_range(0.2..1.8));
        if rng.random::<f64>() < 0.1 {
            after *= 5;
        }
        let stranger = rng.random::<f64>() < manners.stranger;
        let at_ms = at_ms.saturating_add(millis(after));
        self.plan(at_ms, incident, What::Tap(answer));
        if stranger {
            self.plan(at_ms, incident, What::Stranger);
        }
    }

    /// Taps, and plans what follows from it.
    fn tap(&mut self, place: usize, tap: Tap, at_ms: u64) -> Acknowledgement {
        let incident = self.matters[place].incident;
        let Mind::Seeded { rng, manners } = &mut self.mind else {
            return self.acknowledgement(incident, tap, None, None);
        };
        let manners = *manners;
        let in_minutes = |rng: &mut SmallRng, minutes: std::ops::Range<u64>| {
            at_ms.saturating_add(rng.random_range(minutes) * 60_000)
        };
        let mut at = None;
        let mut finding = None;
        let mut next: Vec<(u64, What)> = Vec::new();
        let stance = match tap {
            Tap::Go => {
                let travels = millis(manners.travels.mul_f64(rng.random_range(0.5..2.0)));
                let arrives_ms = at_ms.saturating_add(travels);
                if rng.random::<f64>() < manners.says_when {
                    at = Some(self.calendar.local(arrives_ms).time());
                }
                next.push((arrives_ms, What::Arrive));
                if rng.random::<f64>() < manners.remembers {
                    next.push((arrives_ms.saturating_add(60_000), What::Tap(Tap::There)));
                }
                Stance::Coming
            }
            Tap::Phone => {
                let then = if rng.random::<bool>() { Tap::Done } else { Tap::Go };
                next.push((in_minutes(rng, 2..10), What::Tap(then)));
                Stance::Phoning
            }
            Tap::There => {
                if rng.random::<f64>() < manners.remembers {
                    next.push((in_minutes(rng, 5..30), What::Tap(Tap::Done)));
                }
                Stance::There
            }
            Tap::Done => {
                finding = match rng.random_range(0..10) {
                    0..3 => Some(Finding::FalseAlarm),
                    3..9 => Some(Finding::Helped),
                    _ => None,
                };
                Stance::Done
            }
            Tap::Cannot => Stance::Unanswered,
        };
        let again = What::Repeat { tap, at, finding };
        if rng.random::<f64>() < manners.doubles {
            next.push((at_ms.saturating_add(rng.random_range(0..5_000)), again));
        }
        if rng.random::<f64>() < manners.late_word {
            next.push((in_minutes(rng, 60..600), again));
        }
        self.matters[place].stance = stance;
        for (at_ms, what) in next {
            self.plan(at_ms, incident, what);
        }
        self.acknowledgement(incident, tap, at, finding)
    }

    fn plan(&mut self, at_ms: u64, incident: IncidentId, what: What) {
        if self.planned.len() < PLANNED_MAX {
            self.plans += 1;
            self.planned.push(Planned { at_ms, order: self.plans, incident, what });
        }
    }

    fn acknowledgement(
        &self,
        incident: IncidentId,
        tap: Tap,
        at: Option<Time>,
        finding: Option<Finding>,
    ) -> Acknowledgement {
        Acknowledgement { incident, contact: self.contact.clone(), tap, at, finding }
    }
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
