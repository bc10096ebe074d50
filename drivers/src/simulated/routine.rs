//! One day of a simulated resident, from four in the morning to four in the morning, as a list of
//! moments. What people do by the clock (waking, meals, bed) starts at a time on the wall, also on
//! the days on which the clock changes; what follows from it takes as long as it takes.

use std::ops::Range;
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, Time, time};
use omzien_core::device::{Capability, Opening, Power};
use omzien_core::intent::{self, Target, When};
use omzien_core::{DeviceId, Intent, Plan, RoomId};
use rand::Rng;
use rand::rngs::SmallRng;

use super::act::Act;
use super::calendar::Calendar;
use super::habits::Habits;

/// A day has some 300 moments; one with more than this is cut off in the evening.
const MOMENTS_MAX: usize = 2048;

/// What is in a day: an act, or something that befalls the resident if it can.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Act(Act),
    Befalls(Mishap),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Mishap {
    Fall,
    Illness,
    Press,
    MistakenPress,
    Cry,
    TelevisionCry,
    WearableDrop,
}

/// A step, so many milliseconds after the start of the simulation.
pub(super) type Moment = (u64, Step);

/// The rooms by what people do in them, and the few devices they touch.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) bedroom: RoomId,
    bathroom: RoomId,
    kitchen: RoomId,
    living: RoomId,
    hall: RoomId,
    cupboards: Vec<DeviceId>,
    pub(super) buttons: Vec<DeviceId>,
}

/// The words by which a room is known for what it is, in the languages of the companion.
const BEDROOM: &[&str] = &["bedroom", "slaapkamer"];
const BATHROOM: &[&str] = &["bathroom", "badkamer", "toilet", "wc", "shower", "douche"];
const KITCHEN: &[&str] = &["kitchen", "keuken"];
const LIVING: &[&str] = &["living", "woonkamer", "sitting", "lounge", "kamer"];
const HALL: &[&str] = &["hall", "gang", "entrance", "landing"];

impl Layout {
    /// `None`: a house without rooms, in which nobody can live.
    pub(super) fn of(plan: &Plan) -> Option<Self> {
        let rooms: Vec<&RoomId> = plan.rooms.keys().collect();
        if rooms.is_empty() {
            return None;
        }
        // A house that does not have such a room: another room serves, each its own if possible.
        let find = |words: &[&str], otherwise: usize| {
            let named = plan.rooms.iter().find(|(id, room)| {
                let names = [id.as_str(), &room.name].map(str::to_lowercase);
                words.iter().any(|word| names.iter().any(|name| name.contains(word)))
            });
            named.map_or(rooms[otherwise % rooms.len()], |(id, _)| id).clone()
        };
        let cupboards = plan.devices_with(Capability::Opening);
        Some(Self {
            living: find(LIVING, 0),
            kitchen: find(KITCHEN, 1),
            bedroom: find(BEDROOM, 2),
            bathroom: find(BATHROOM, 3),
            hall: find(HALL, 4),
            cupboards: cupboards.filter(|id| !plan.devices[*id].way_out).cloned().collect(),
            buttons: plan.devices_with(Capability::Button).cloned().collect(),
        })
    }
}

/// The moments of one day, in order of time. Those before the simulation are left out.
pub(super) fn day(
    date: Date,
    layout: &Layout,
    habits: &Habits,
    calendar: &Calendar,
    rng: &mut SmallRng,
) -> Vec<Moment> {
    let mut day = Day { date, layout, calendar, rng, moments: Vec::with_capacity(512) };
    let up_ms = day.anchor(time(7, 10, 0, 0), 80);
    let bed_ms = day.anchor(time(22, 30, 0, 0), 60);
    let away = day.away(habits);
    let nap_ms = day.anchor(time(13, 30, 0, 0), 30);
    let nap = if day.happens(0.6) { nap_ms..nap_ms + MINUTE_MS * 45 } else { nap_ms..nap_ms };
    day.wakes(up_ms);
    for at in [time(7, 50, 0, 0), time(12, 20, 0, 0), time(17, 45, 0, 0)] {
        let meal_ms = day.anchor(at, 30);
        if !away.contains(&meal_ms) {
            day.meal(meal_ms);
        }
    }
    day.potters(up_ms + 40 * MINUTE_MS..bed_ms, [&away, &nap]);
    if !nap.is_empty() && !away.contains(&nap.start) && !away.contains(&nap.end) {
        day.push(nap.start, Act::Walk(layout.living.clone()));
        day.push(nap.start + MINUTE_MS, Act::FallAsleep);
        day.push(nap.end, Act::GetUp);
    }
    if !away.is_empty() {
        day.push(away.start, Act::Leave);
        day.push(away.end, Act::ComeHome);
    }
    if day.happens(habits.visits_a_week / 7.0) {
        day.visit();
    }
    day.goes_to_bed(bed_ms);
    day.night();
    day.talks(up_ms..bed_ms);
    day.mishaps(habits);
    day.finish()
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

struct Day<'a> {
    date: Date,
    layout: &'a Layout,
    calendar: &'a Calendar,
    rng: &'a mut SmallRng,
    moments: Vec<(i64, Step)>,
}

impl Day<'_> {
    /// A time on the wall, give or take so many minutes. Before four it is of the next morning.
    fn anchor(&mut self, at: Time, give_or_take_min: i64) -> i64 {
        let morning_after = if at < time(4, 0, 0, 0) { 1 } else { 0 };
        let date = self.date.saturating_add(morning_after.days());
        let shift_ms = self.rng.random_range(-give_or_take_min..=give_or_take_min) * MINUTE_MS;
        self.calendar.at_ms(date, at).saturating_add(shift_ms)
    }

    fn happens(&mut self, chance: f64) -> bool {
        self.rng.random::<f64>() < chance
    }

    fn push(&mut self, at_ms: i64, act: Act) {
        self.moments.push((at_ms, Step::Act(act)));
    }

    fn seconds(&mut self, range: Range<i64>) -> i64 {
        self.rng.random_range(range) * 1000
    }

    /// Out to the shops, or for a walk; an empty range is a day at home.
    fn away(&mut self, habits: &Habits) -> Range<i64> {
        let morning = self.happens(0.5);
        let leaves = if morning { time(10, 15, 0, 0) } else { time(14, 30, 0, 0) };
        let leaves_ms = self.anchor(leaves, 30);
        if !self.happens(habits.outings_a_week / 7.0) {
            return leaves_ms..leaves_ms;
        }
        leaves_ms..leaves_ms + self.rng.random_range(25..120) * MINUTE_MS
    }

    fn wakes(&mut self, up_ms: i64) {
        let Layout { bedroom, bathroom, .. } = self.layout;
        self.push(up_ms, Act::GetUp);
        self.push(up_ms + MINUTE_MS, Act::PutOnWearable);
        self.push(up_ms + 3 * MINUTE_MS, Act::Walk(bathroom.clone()));
        self.push(up_ms + 14 * MINUTE_MS, Act::Walk(bedroom.clone()));
    }

    fn meal(&mut self, meal_ms: i64) {
        let layout = self.layout;
        let mut at = meal_ms;
        self.push(at, Act::Walk(layout.kitchen.clone()));
        for _ in 0..self.rng.random_range(4..9) {
            at += self.seconds(20..180);
            if layout.cupboards.is_empty() || self.happens(0.4) {
                self.push(at, Act::Stir);
                continue;
            }
            let device = &layout.cupboards[self.rng.random_range(0..layout.cupboards.len())];
            self.push(at, Act::Open { device: device.clone(), is: Opening::Open });
            at += self.seconds(3..20);
            self.push(at, Act::Open { device: device.clone(), is: Opening::Closed });
        }
        self.push(at + MINUTE_MS, Act::Walk(layout.living.clone()));
    }

    /// From room to room, and in a chair, through the day.
    fn potters(&mut self, awake: Range<i64>, busy: [&Range<i64>; 2]) {
        let layout = self.layout;
        let mut at = awake.start;
        while at < awake.end && self.moments.len() < MOMENTS_MAX {
            if let Some(busy) = busy.iter().find(|busy| busy.contains(&at)) {
                at = busy.end;
            }
            at += self.seconds(30..540);
            let act = match self.rng.random_range(0..100) {
                0..40 => Act::Stir,
                40..65 => Act::Walk(layout.living.clone()),
                65..80 => Act::Walk(layout.kitchen.clone()),
                80..88 => Act::Walk(layout.hall.clone()),
                88..95 => Act::Walk(layout.bathroom.clone()),
                _ => Act::Walk(layout.bedroom.clone()),
            };
            if at < awake.end && !busy.iter().any(|busy| busy.contains(&at)) {
                self.push(at, act);
            }
        }
    }

    fn visit(&mut self) {
        let mut at = self.anchor(time(15, 30, 0, 0), 90);
        let leaves_ms = at + self.rng.random_range(30..150) * MINUTE_MS;
        self.push(at, Act::VisitorEnters);
        while at + 30_000 < leaves_ms {
            let layout = self.layout;
            let room = if self.happens(0.7) { &layout.living } else { &layout.kitchen };
            self.push(at + 30_000, Act::VisitorWalks(room.clone()));
            at += self.seconds(120..1200);
        }
        self.push(leaves_ms, Act::VisitorLeaves);
    }

    fn goes_to_bed(&mut self, bed_ms: i64) {
        let Layout { bedroom, bathroom, .. } = self.layout;
        self.push(bed_ms, Act::Walk(bathroom.clone()));
        self.push(bed_ms + 12 * MINUTE_MS, Act::Walk(bedroom.clone()));
        if self.happens(0.3) {
            self.push(bed_ms + 14 * MINUTE_MS, Act::TakeOffWearable);
        }
        self.push(bed_ms + 15 * MINUTE_MS, Act::LieDown);
        self.push(bed_ms + 35 * MINUTE_MS, Act::FallAsleep);
    }

    /// Turns over, and goes to the toilet once or twice.
    fn night(&mut self) {
        let layout = self.layout;
        for at in [time(0, 20, 0, 0), time(1, 50, 0, 0), time(3, 20, 0, 0), time(5, 30, 0, 0)] {
            let turns_ms = self.anchor(at, 35);
            self.push(turns_ms, Act::Stir);
        }
        for (at, chance) in [(time(2, 30, 0, 0), 0.9), (time(5, 10, 0, 0), 0.6)] {
            let up_ms = self.anchor(at, 25);
            if self.happens(chance) {
                self.push(up_ms, Act::GetUp);
                self.push(up_ms + 40_000, Act::Walk(layout.hall.clone()));
                self.push(up_ms + 55_000, Act::Walk(layout.bathroom.clone()));
                self.push(up_ms + 5 * MINUTE_MS, Act::Walk(layout.bedroom.clone()));
                self.push(up_ms + 6 * MINUTE_MS, Act::FallAsleep);
            }
        }
    }

    /// A few sentences to the companion, of the everyday kind.
    fn talks(&mut self, awake: Range<i64>) {
        for _ in 0..self.rng.random_range(1..6) {
            let at = self.rng.random_range(awake.start..awake.end.max(awake.start + 1));
            let intent = match self.rng.random_range(0..43) {
                0..10 => Intent::AskTime,
                10..14 => Intent::AskDate,
                14..22 => self.switches(Power::On),
                22..28 => self.switches(Power::Off),
                28..30 => Intent::ListReminders,
                30..32 => Intent::AskWhy,
                32..33 => Intent::AskPlan,
                33..35 => Intent::AskTold { contact: None },
                35..36 => Intent::Repeat,
                36..37 => Intent::StopListening { duration: Some(Duration::from_secs(3600)) },
                37..38 => self.reminder(),
                38..39 => Intent::RemindMinutes { what: "de was".to_owned() },
                39..42 => Intent::Called,
                _ => Intent::NotUnderstood,
            };
            self.push(at, Act::Say(intent));
        }
    }

    fn switches(&mut self, power: Power) -> Intent {
        let layout = self.layout;
        let room = if self.happens(0.7) { &layout.living } else { &layout.bedroom };
        Intent::Operate {
            what: Target::Room { room: room.clone(), of: Capability::Light },
            act: intent::Act::Switch(power),
        }
    }

    fn reminder(&mut self) -> Intent {
        let minutes = self.rng.random_range(5..240);
        Intent::Remind {
            what: "the washing".to_owned(),
            when: When::In(Duration::from_secs(60 * minutes)),
        }
    }

    fn mishaps(&mut self, habits: &Habits) {
        let rates = [
            (Mishap::Fall, habits.falls_a_year),
            (Mishap::Illness, habits.illnesses_a_year),
            (Mishap::Press, habits.presses_a_year),
            (Mishap::MistakenPress, habits.mistaken_presses_a_year),
            (Mishap::Cry, habits.cries_a_year),
            (Mishap::TelevisionCry, habits.television_cries_a_year),
            (Mishap::WearableDrop, habits.wearable_drops_a_year),
        ];
        for (mishap, a_year) in rates {
            if self.happens(a_year / 365.25) {
                // At any hour of the day or night.
                let at = self.anchor(time(4, 0, 0, 0), 0) + self.seconds(0..24 * HOUR_MS / 1000);
                self.moments.push((at, Step::Befalls(mishap)));
            }
        }
    }

    fn finish(self) -> Vec<Moment> {
        let mut moments: Vec<Moment> = self
            .moments
            .into_iter()
            .filter_map(|(at_ms, step)| Some((u64::try_from(at_ms).ok()?, step)))
            .collect();
        moments.sort_by_key(|(at_ms, _)| *at_ms);
        moments.truncate(MOMENTS_MAX);
        moments
    }
}
