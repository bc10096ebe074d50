//! The simulated ways out of the house: they accept, delay, fail, refuse, or carry a message and
//! lose the word that they did. Seeded and synchronous; a network never reads what it carries.

use std::time::Duration;

use omzien_core::plan::Channel;
use omzien_core::{Again, Outcome};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// What can be cut off on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To people over this channel.
    People(Channel),
    /// To the devices in the house.
    Devices,
}

impl Way {
    const COUNT: usize = 4;

    fn index(self) -> usize {
        match self {
            Self::Devices => 0,
            Self::People(Channel::Ntfy) => 1,
            Self::People(Channel::Mail) => 2,
            Self::People(Channel::Simulated) => 3,
        }
    }
}

/// How badly the world behaves. Chances are per attempt, 0 to 1; what is left over works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faults {
    /// Not taken, try later.
    pub failed: f64,
    /// Not taken, never will be.
    pub refused: f64,
    /// Carried, but the word of it is lost: the sender never hears of this attempt.
    pub outcome_lost: f64,
    /// Carried, but reported as failed: a retry arrives a second time.
    pub failed_after_carrying: f64,
    /// Carried, twice.
    pub doubled: f64,
    /// Usual and longest time on the way.
    pub delay_usual: Duration,
    pub delay_max: Duration,
    /// Chance of the longest delay.
    pub delayed: f64,
    /// Outages of one way, and how long one lasts on average. In one, every attempt fails.
    pub outages_a_day: f64,
    pub outage_mean: Duration,
}

impl Faults {
    /// Everything arrives at once.
    pub const NONE: Self = Self {
        failed: 0.0,
        refused: 0.0,
        outcome_lost: 0.0,
        failed_after_carrying: 0.0,
        doubled: 0.0,
        delay_usual: Duration::from_millis(200),
        delay_max: Duration::from_millis(200),
        delayed: 0.0,
        outages_a_day: 0.0,
        outage_mean: Duration::ZERO,
    };

    /// Far worse than any household's connection, so that a simulated year meets everything.
    pub const HARSH: Self = Self {
        failed: 0.15,
        refused: 0.03,
        outcome_lost: 0.05,
        failed_after_carrying: 0.05,
        doubled: 0.05,
        delay_usual: Duration::from_secs(2),
        delay_max: Duration::from_secs(600),
        delayed: 0.1,
        outages_a_day: 1.0,
        outage_mean: Duration::from_secs(40 * 60),
    };
}

/// What becomes of one attempt. Moments in milliseconds since the start of the simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// When the sender hears what; `None`: never (its own time-out must answer).
    pub outcome: Option<(u64, Outcome)>,
    /// When the receiver has it; `None`: never.
    pub received_at_ms: Option<u64>,
    /// When the receiver has it once more.
    pub received_again_at_ms: Option<u64>,
}

/// When a way is cut next, and until when.
#[derive(Clone, Copy, Debug)]
struct Outage {
    from_ms: u64,
    until_ms: u64,
}

/// All ways out of one house.
#[derive(Clone, Debug)]
pub struct Network {
    rng: SmallRng,
    faults: Faults,
    outages: [Outage; Way::COUNT],
}

const DAY_MS: f64 = 86_400_000.0;
/// An outage longer than this is a house without a connection, which is another plan.
const OUTAGE_MAX_MS: f64 = 7.0 * DAY_MS;
/// The longest time without an outage.
const QUIET_MAX_MS: f64 = 10_000.0 * DAY_MS;

impl Network {
    /// The same seed and the same questions give the same faults.
    pub fn new(seed: u64, faults: Faults) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed ^ 0x6e65_7477_6f72_6b21);
        let outages = std::array::from_fn(|_| next_outage(&mut rng, &faults, 0));
        Self { rng, faults, outages }
    }

    /// Is this way open at that moment? Ask in the order of time.
    pub fn is_open(&mut self, way: Way, at_ms: u64) -> bool {
        let outage = &mut self.outages[way.index()];
        while at_ms >= outage.until_ms {
            *outage = next_outage(&mut self.rng, &self.faults, outage.until_ms);
        }
        at_ms < outage.from_ms
    }

    /// One attempt. `accepted` is what a channel that took it says: `Accepted` for a server,
    /// `Done` for a device.
    pub fn carry(&mut self, way: Way, accepted: Outcome, at_ms: u64) -> Carried {
        let answered_ms = at_ms + self.delay_ms();
        if !self.is_open(way, at_ms) {
            return not_carried(answered_ms, "the network is unreachable", Again::Later);
        }
        let faults = self.faults;
        let mut dice = self.rng.random::<f64>();
        let mut falls_on = |chance: f64| {
            let hit = dice < chance;
            dice -= chance;
            hit
        };
        if falls_on(faults.failed) {
            return not_carried(answered_ms, "the server did not answer", Again::Later);
        }
        if falls_on(faults.refused) {
            return not_carried(answered_ms, "the server refused the address", Again::Never);
        }
        let received_at_ms = at_ms + self.delay_ms();
        let carried = Carried {
            outcome: Some((answered_ms, accepted)),
            received_at_ms: Some(received_at_ms),
            received_again_at_ms: None,
        };
        if falls_on(faults.outcome_lost) {
            return Carried { outcome: None, ..carried };
        }
        if falls_on(faults.failed_after_carrying) {
            let outcome = failed("the connection broke while sending", Again::Later);
            return Carried { outcome: Some((answered_ms, outcome)), ..carried };
        }
        if falls_on(faults.doubled) {
            let again = received_at_ms + self.delay_ms();
            return Carried { received_again_at_ms: Some(again), ..carried };
        }
        carried
    }

    fn delay_ms(&mut self) -> u64 {
        let longest = if self.rng.random::<f64>() < self.faults.delayed {
            self.faults.delay_max
        } else {
            self.faults.delay_usual
        };
        millis(longest.mul_f64(self.rng.random()))
    }
}

fn not_carried(at_ms: u64, trouble: &str, again: Again) -> Carried {
    Carried {
        outcome: Some((at_ms, failed(trouble, again))),
        received_at_ms: None,
        received_again_at_ms: None,
    }
}

fn failed(trouble: &str, again: Again) -> Outcome {
    Outcome::Failed { trouble: trouble.to_owned(), again }
}

fn next_outage(rng: &mut SmallRng, faults: &Faults, after_ms: u64) -> Outage {
    if faults.outages_a_day <= 0.0 {
        return Outage { from_ms: u64::MAX, until_ms: u64::MAX };
    }
    let from_ms =
        after_ms.saturating_add(exponential_ms(rng, DAY_MS / faults.outages_a_day, QUIET_MAX_MS));
    let mean_ms = faults.outage_mean.as_secs_f64() * 1000.0;
    // At least one millisecond, so that asking always ends.
    let until_ms = from_ms.saturating_add(exponential_ms(rng, mean_ms, OUTAGE_MAX_MS).max(1));
    Outage { from_ms, until_ms }
}

/// Waiting times of things that happen by chance.
fn exponential_ms(rng: &mut SmallRng, mean_ms: f64, max_ms: f64) -> u64 {
    let uniform: f64 = rng.random();
    (-(1.0 - uniform).ln() * mean_ms).clamp(0.0, max_ms) as u64
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
