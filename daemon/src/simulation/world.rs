//! The simulated world around one home: what happens next, and to whom.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use omzien_core::catalogue::key;
use omzien_core::incident::Acknowledgement;
use omzien_core::{
    BootId, ContactId, DeviceId, Effect, EffectId, Event, Heard, Intent, Listening, Now, Outcome,
    Plan, WallTrust,
};
use omzien_drivers::Order;
use omzien_drivers::simulated::people::{Deed, Letter};
use omzien_drivers::simulated::{
    Act, Calendar, Faults, Habits, House, Manners, Network, Person, Resident, Way, Yes,
};
use omzien_skills::Skills;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::crossing::{Crossing, What};
use super::judge::Judge;
use super::outlets::Collected;
use super::sound::{HEARD_BACK_MS, Sound};
use crate::companion::{Companion, UnknownSnapshot};
use crate::journal::{Fault, Journal, MemoryStore, OpenError, Spared};

/// Battery devices prove that they live about this often.
const REPORT_EVERY_MS: u64 = 3_600_000;
/// Every so often the loop makes passing records durable, as the daemon does.
const SYNC_EVERY_MS: u64 = 60_000;

/// From dying to running again, when nothing else is said.
const REBOOT_MS: u64 = 20_000;

/// What a simulated life is made of.
#[derive(Clone, Debug)]
pub struct Setting {
    pub plan: Arc<Plan>,
    pub skills: Skills,
    pub start: Timestamp,
    pub seed: u64,
    pub habits: Habits,
    pub manners: Manners,
    pub faults: Faults,
    /// Mean power cuts and kills of the program a year.
    pub cuts_a_year: f64,
}

/// What was simulated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub events: u64,
    pub observations: u64,
    pub sentences: u64,
    pub messages: u64,
    pub cuts: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.events += other.events;
        self.observations += other.observations;
        self.sentences += other.sentences;
        self.messages += other.messages;
        self.cuts += other.cuts;
    }
}

/// Something that will happen at a known moment.
#[derive(Debug)]
enum Coming {
    Outcome(EffectId, Outcome),
    HeardBack,
    Letter(usize, Letter),
    Report,
    Sync,
    PowerCut,
    Story(Act),
    Tap(Acknowledgement),
}

/// One home in its world.
pub struct World {
    setting: Setting,
    calendar: Calendar,
    house: House,
    resident: Option<Resident>,
    people: Vec<Person>,
    network: Network,
    disk: MemoryStore,
    companion: Option<Companion<MemoryStore, Collected>>,
    rng: SmallRng,
    now_ms: u64,
    /// When this boot began, and its id.
    booted_ms: u64,
    boot: u64,
    /// What a cut in the middle of a write leaves of the unsynced rest.
    spared: Spared,
    /// Until then the house is dark.
    dark_until_ms: Option<u64>,
    /// By its moment; what comes at one moment comes in the order in which it was expected.
    coming: BTreeMap<(u64, u64), Coming>,
    order: u64,
    /// A sync is among what is coming.
    sync_comes: bool,
    asked: u64,
    pub sound: Sound,
    /// Every sentence and message with its moment, if somebody wants to read them.
    transcript: Option<Vec<Line>>,
    pub judge: Judge,
    pub counts: Counts,
}

/// What a person in the story heard or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at_ms: u64,
    pub to: To,
    pub text: String,
}

/// Who heard or read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// Everybody in the home.
    Home,
    Contact(ContactId),
    /// A lamp or a siren.
    Device(DeviceId),
    /// The companion: what it was told.
    Companion,
}

/// Why a world cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum Stuck {
    #[error(transparent)]
    Journal(#[from] OpenError),
    #[error(transparent)]
    Snapshot(#[from] UnknownSnapshot),
}

impl World {
    /// A seeded life.
    pub fn seeded(setting: Setting) -> Result<Self, Stuck> {
        let calendar = Calendar::new(setting.start, &setting.plan.zone);
        let resident = Resident::new(setting.seed, &setting.plan, calendar.clone(), setting.habits);
        let people = setting
            .plan
            .circle
            .keys()
            .map(|id| Person::seeded(id.clone(), setting.seed, setting.manners, calendar.clone()))
            .collect();
        Self::begin(setting, calendar, Some(resident), people)
    }

    /// A told life: nobody acts but as the story says.
    pub fn told(setting: Setting, people: Vec<Person>) -> Result<Self, Stuck> {
        let calendar = Calendar::new(setting.start, &setting.plan.zone);
        let mut world = Self::begin(setting, calendar, None, people)?;
        world.transcript = Some(Vec::new());
        Ok(world)
    }

    /// Keeps what is heard, read, switched and told from now on.
    pub fn write_down_everything(&mut self) {
        self.transcript.get_or_insert_default();
    }

    /// What was said, written, switched and told so far.
    pub fn transcript(&self) -> &[Line] {
        self.transcript.as_deref().unwrap_or_default()
    }

    fn begin(
        setting: Setting,
        calendar: Calendar,
        resident: Option<Resident>,
        people: Vec<Person>,
    ) -> Result<Self, Stuck> {
        let mut world = Self {
            house: House::new(&setting.plan),
            network: Network::new(setting.seed, setting.faults),
            judge: Judge::new(&setting.plan),
            rng: SmallRng::seed_from_u64(setting.seed ^ 0x776f_726c_6421),
            calendar,
            resident,
            people,
            disk: MemoryStore::new(),
            companion: None,
            now_ms: 0,
            booted_ms: 0,
            boot: 1,
            spared: Spared::Nothing,
            dark_until_ms: None,
            coming: BTreeMap::new(),
            order: 0,
            sync_comes: false,
            asked: 0,
            sound: Sound::default(),
            transcript: None,
            counts: Counts::default(),
            setting,
        };
        world.start()?;
        world.expect(REPORT_EVERY_MS, Coming::Report);
        world.expect_sync();
        world.plan_cut();
        world.house.report();
        world.drain_house();
        Ok(world)
    }

    /// Lets an act happen at a moment of the story (milliseconds since its start).
    pub fn at(&mut self, at_ms: u64, act: Act) {
        self.expect(at_ms, Coming::Story(act));
    }

    /// Lets a person tap at a moment of the story, whatever they were told.
    pub fn taps(&mut self, at_ms: u64, acknowledgement: Acknowledgement) {
        self.expect(at_ms, Coming::Tap(acknowledgement));
    }

    /// Runs until that moment.
    pub fn run_until(&mut self, until_ms: u64) -> Result<(), Stuck> {
        while let Some(next) = self.next_ms().filter(|next| *next <= until_ms) {
            self.now_ms = self.now_ms.max(next);
            if self.dark_until_ms.is_some_and(|dark| dark <= self.now_ms) {
                self.dark_until_ms = None;
                self.start()?;
            }
            self.let_happen();
        }
        self.now_ms = self.now_ms.max(until_ms);
        Ok(())
    }

    /// Lets the machine die at the `n`-th operation of its disk from now (1 is the next).
    pub fn die_at_write(&mut self, n: u64, spared: Spared) {
        self.spared = spared;
        self.disk.fail_at(n, Fault::PowerCut);
    }

    /// Operations of the disk so far.
    pub fn writes(&self) -> u64 {
        self.disk.operations()
    }

    /// Cuts the power at this moment of the story, for so long.
    pub fn cut_power(&mut self, for_ms: u64, spared: Spared) {
        self.companion = None;
        self.disk.power_up(spared);
        self.dark_until_ms = Some(self.now_ms + for_ms);
        self.counts.cuts += 1;
        self.cross(What::Dark);
    }

    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    pub fn house(&self) -> &House {
        &self.house
    }

    pub fn companion(&self) -> Option<&Companion<MemoryStore, Collected>> {
        self.companion.as_ref()
    }

    fn next_ms(&self) -> Option<u64> {
        let coming = self.coming.first_key_value().map(|((at, _), _)| *at);
        let resident = self.resident.as_ref().and_then(Resident::next_at_ms);
        let people = self.people.iter().filter_map(Person::next_at_ms).min();
        let due = self.companion.as_ref().and_then(|companion| companion.sleep_until());
        let due =
            due.map(|due| self.booted_ms + u64::try_from(due.as_millis()).unwrap_or(u64::MAX));
        [coming, resident, people, due, self.dark_until_ms].into_iter().flatten().min()
    }

    fn let_happen(&mut self) {
        self.let_resident_act();
        self.let_people_act();
        while let Some(next) = self.coming.first_entry()
            && next.key().0 <= self.now_ms
        {
            let coming = next.remove();
            self.let_come(coming);
        }
        // Whatever fell due without anything happening.
        let due = self.companion.as_ref().and_then(|companion| companion.sleep_until());
        if due.is_some_and(|due| due.as_millis() <= u128::from(self.now_ms - self.booted_ms)) {
            self.step(Vec::new());
        }
    }

    fn let_resident_act(&mut self) {
        while let Some((_, act)) = self.resident.as_mut().and_then(|one| one.poll_act(self.now_ms))
        {
            self.act(&act);
        }
    }

    fn act(&mut self, act: &Act) {
        // An act that the house cannot do (walking while out) simply does not happen.
        if self.house.act(act).is_err() {
            return;
        }
        self.drain_house();
        if let Act::Say(intent) = act {
            self.hear(intent.clone());
        }
    }

    fn hear(&mut self, intent: Intent) {
        let Some(companion) = &self.companion else { return };
        let heard = Heard { intent, room: None, expectation: companion.home().expectation() };
        self.cross(What::Heard(&heard));
        self.step(vec![Event::Heard(heard)]);
    }

    fn let_people_act(&mut self) {
        for place in 0..self.people.len() {
            while let Some(deed) = self.people[place].poll_deed(self.now_ms) {
                match deed {
                    Deed::Taps(acknowledgement) => self.tap(acknowledgement),
                    Deed::Arrives(_) => {
                        if let Some(resident) = &mut self.resident {
                            resident.help_arrives(self.now_ms);
                        }
                    }
                }
            }
        }
    }

    fn tap(&mut self, acknowledgement: Acknowledgement) {
        // A dark house hears nothing; the channel keeps the reply until it is back.
        if let Some(dark) = self.dark_until_ms {
            self.expect(dark + 5_000, Coming::Tap(acknowledgement));
            return;
        }
        self.cross(What::Tap(&acknowledgement));
        self.step(vec![Event::Acknowledged(acknowledgement.clone())]);
        // The home died over it: the channel keeps a reply until it was surely taken.
        if let Some(dark) = self.dark_until_ms {
            self.expect(dark + 5_000, Coming::Tap(acknowledgement));
        }
    }

    fn let_come(&mut self, coming: Coming) {
        match coming {
            Coming::Outcome(id, outcome) => {
                if self.companion.is_some() {
                    self.cross(What::Outcome(id, &outcome));
                    self.step(vec![Event::Concluded { effect: id, outcome }]);
                }
            }
            Coming::HeardBack => {
                let heard = self.sound.heard_back();
                self.step(heard.map(Event::HeardBack).into_iter().collect());
            }
            Coming::Letter(place, letter) => self.people[place].receive(&letter, self.now_ms),
            Coming::Report => {
                self.house.report();
                self.drain_house();
                self.expect(self.now_ms + REPORT_EVERY_MS, Coming::Report);
            }
            Coming::Sync => {
                let now = self.now();
                self.sync_comes = false;
                if let Some(companion) = &mut self.companion {
                    companion.sync(&now);
                    // An open alarm leaves a mark a minute.
                    if companion.home().has_alarm() {
                        self.expect_sync();
                    }
                }
                self.carry_out();
            }
            Coming::PowerCut => {
                let for_ms = self.rng.random_range(1..90) * 60_000;
                let spared = Spared::Batches(self.rng.random_range(0..4));
                if self.dark_until_ms.is_none() {
                    self.cut_power(for_ms, spared);
                }
                self.plan_cut();
            }
            Coming::Story(act) => self.act(&act),
            Coming::Tap(acknowledgement) => self.tap(acknowledgement),
        }
    }

    fn drain_house(&mut self) {
        let mut events = Vec::new();
        while let Some(observation) = self.house.poll_observation() {
            // A dark home hears nothing.
            if self.companion.is_some() {
                self.counts.observations += 1;
                self.cross(What::Reading(&observation));
                events.push(Event::Observed(observation));
            }
        }
        if !events.is_empty() {
            self.step(events);
        }
    }

    fn step(&mut self, events: Vec<Event>) {
        let now = self.now();
        let Some(companion) = &mut self.companion else { return };
        self.counts.events += events.len() as u64;
        companion.step(events, &now);
        companion.tidy(Duration::from_millis(now.since_boot_ms));
        self.expect_sync();
        if self.disk.is_dark() {
            // The machine died in the middle of this step: nothing of it left the house.
            self.cut_power(REBOOT_MS, self.spared);
            return;
        }
        self.carry_out();
    }

    /// Everything the home handed out crosses into the world.
    fn carry_out(&mut self) {
        let Some(companion) = &mut self.companion else { return };
        let handed = std::mem::take(&mut companion.outlets().handed);
        let expectation = companion.home().expectation();
        let greets = handed.iter().any(|(pending, _)| asks_how_it_goes(&pending.effect));
        let yes = if greets { Yes::IsWell } else { Yes::NeedsHelp };
        for (pending, order) in handed {
            self.cross(What::Handed(&pending));
            self.carry(pending.id, order);
        }
        if expectation.question != self.asked
            && expectation.expects != omzien_core::intent::Expects::Anything
        {
            self.asked = expectation.question;
            if let Some(resident) = &mut self.resident {
                resident.asked(expectation.expects, yes, self.now_ms);
            }
        }
    }

    fn carry(&mut self, id: EffectId, order: Order) {
        self.write_down(&order);
        match order {
            Order::Say { text, .. } => {
                self.counts.sentences += 1;
                // Spoken at about the pace the voice has: fourteen letters a second.
                let takes_ms = 500 + text.chars().count() as u64 * 1000 / 14;
                let ends_ms = self.now_ms + takes_ms;
                self.expect(ends_ms, Coming::Outcome(id, Outcome::Spoken { text }));
                self.expect(ends_ms + HEARD_BACK_MS, Coming::HeardBack);
            }
            Order::Command { device, command, .. } => {
                let outcome = if self.network.is_open(Way::Devices, self.now_ms) {
                    self.house.perform(&device, command)
                } else {
                    let trouble = "the broker is gone".to_owned();
                    Outcome::Failed { trouble, again: omzien_core::Again::Later }
                };
                self.expect(self.now_ms + 40, Coming::Outcome(id, outcome));
                self.expect_readings();
            }
            Order::Listen { listening, .. } => {
                self.sound.microphone = listening;
                self.expect(self.now_ms + 100, Coming::Outcome(id, Outcome::Done));
            }
            Order::Notify { message, .. } => {
                self.counts.messages += 1;
                let way = Way::People(message.channel);
                let carried = self.network.carry(way, Outcome::Accepted, self.now_ms);
                if let Some((at_ms, outcome)) = carried.outcome {
                    self.expect(at_ms, Coming::Outcome(id, outcome));
                }
                let place =
                    self.people.iter().position(|person| *person.contact() == message.contact);
                if let Some(place) = place {
                    let letter = Letter::from(&message);
                    let arrivals = [carried.received_at_ms, carried.received_again_at_ms];
                    for at_ms in arrivals.into_iter().flatten() {
                        self.expect(at_ms, Coming::Letter(place, letter.clone()));
                    }
                }
            }
        }
    }

    fn write_down(&mut self, order: &Order) {
        let Some(transcript) = &mut self.transcript else { return };
        let (to, text) = match order {
            Order::Say { text, .. } => (To::Home, text.clone()),
            Order::Notify { message, .. } => {
                let text = format!("{}\n{}", message.title, message.body);
                (To::Contact(message.contact.clone()), text)
            }
            Order::Command { device, command, .. } => {
                (To::Device(device.clone()), format!("{command:?}"))
            }
            Order::Listen { .. } => return,
        };
        transcript.push(Line { at_ms: self.now_ms, to, text });
    }

    /// What the house says back (a lamp's own state) comes in a moment later.
    fn expect_readings(&mut self) {
        let mut observations = Vec::new();
        while let Some(observation) = self.house.poll_observation() {
            observations.push(observation);
        }
        for observation in observations {
            self.counts.observations += 1;
            self.cross(What::Reading(&observation));
            let now = self.now();
            if let Some(companion) = &mut self.companion {
                self.counts.events += 1;
                companion.step(vec![Event::Observed(observation)], &now);
                companion.tidy(Duration::from_millis(now.since_boot_ms));
            }
            self.expect_sync();
        }
        self.carry_out();
    }

    fn start(&mut self) -> Result<(), Stuck> {
        self.boot += 1;
        // A machine takes a while from power to program.
        self.booted_ms = self.now_ms.saturating_sub(15_000);
        self.asked = 0;
        self.sound.microphone = Listening::On;
        let now = self.now();
        let opened = Journal::open(self.disk.clone())?;
        self.cross(What::Light);
        let companion = Companion::start(
            opened,
            Arc::clone(&self.setting.plan),
            self.setting.skills.clone(),
            Collected::default(),
            &now,
        )?;
        self.companion = Some(companion);
        self.carry_out();
        Ok(())
    }

    fn now(&self) -> Now {
        Now {
            boot_id: BootId(self.boot),
            since_boot_ms: self.now_ms - self.booted_ms,
            wall: self.calendar.timestamp(self.now_ms),
            zone: self.setting.plan.zone.clone(),
            wall_trusted: WallTrust::Trusted,
        }
    }

    fn plan_cut(&mut self) {
        if self.setting.cuts_a_year > 0.0 {
            let mean_ms = 365.25 * 86_400_000.0 / self.setting.cuts_a_year;
            let wait = -(1.0 - self.rng.random::<f64>()).ln() * mean_ms;
            self.expect(self.now_ms + wait as u64, Coming::PowerCut);
        }
    }

    /// Where nothing happens, nothing waits for the disk.
    fn expect_sync(&mut self) {
        if !self.sync_comes {
            self.sync_comes = true;
            self.expect(self.now_ms + SYNC_EVERY_MS, Coming::Sync);
        }
    }

    fn expect(&mut self, at_ms: u64, coming: Coming) {
        self.order += 1;
        self.coming.insert((at_ms, self.order), coming);
    }

    fn cross(&mut self, what: What<'_>) {
        let wall = self.calendar.timestamp(self.now_ms);
        let crossing = Crossing { at_ms: self.now_ms, wall, what };
        if let (Some(transcript), Some(text)) = (&mut self.transcript, crossing.told()) {
            transcript.push(Line { at_ms: self.now_ms, to: To::Companion, text });
        }
        self.judge.see(&crossing);
    }
}

fn asks_how_it_goes(effect: &Effect) -> bool {
    match effect {
        Effect::Say { reply, .. } => {
            [key::CHECK_IN_ASK, key::CHECK_IN_ASK_AGAIN].contains(&reply.key.as_ref())
        }
        Effect::Notify(_) | Effect::Command { .. } | Effect::Listen(_) | Effect::Respond { .. } => {
            false
        }
    }
}
