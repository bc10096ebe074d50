//! The clock of the demonstration: real time while something is happening, and leaps over the
//! quiet in between.
//!
//! It leaps only within the loop's own sleep, and never further than the loop wanted to sleep: so
//! never past a deadline of the home. And it leaps only while nothing is on its way: no driver
//! owes an outcome, and the director has seen everything that crossed. Boot clock and wall clock
//! leap together, so no clock ever jumps.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use omzien_core::{BootId, EffectId, WallTrust};
use tokio::sync::Notify;

use crate::shell::clock::Clock;

/// The machine of the demonstration has been on for a minute when the day begins.
const ON_FOR: Duration = Duration::from_secs(60);

/// Clones show the same time.
#[derive(Clone, Debug)]
pub(super) struct DayClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    began: Instant,
    morning: Timestamp,
    state: Mutex<State>,
    /// Whether it may leap has changed.
    changed: Notify,
    /// The goal was reached.
    reached: Notify,
}

#[derive(Debug, Default)]
struct State {
    leapt: Duration,
    /// It may leap until the boot clock shows this.
    goal: Option<Duration>,
    /// What drivers have in hand.
    owed: BTreeSet<EffectId>,
    /// What crossed and was not looked at yet.
    unseen: usize,
}

impl DayClock {
    pub(super) fn begin(morning: Timestamp) -> Self {
        Self(Arc::new(Inner {
            began: Instant::now(),
            morning,
            state: Mutex::default(),
            changed: Notify::new(),
            reached: Notify::new(),
        }))
    }

    /// Quiet time passes at once, until this moment at the latest.
    pub(super) fn leap_until(&self, moment: Timestamp) {
        let since_morning = moment.duration_since(self.0.morning);
        let goal = ON_FOR + Duration::try_from(since_morning).unwrap_or_default();
        self.change(|state| state.goal = Some(goal));
    }

    /// From now on it runs in real time.
    pub(super) fn run(&self) {
        self.change(|state| state.goal = None);
    }

    /// Waits until the goal is reached, or there is none.
    pub(super) async fn reached(&self) {
        while self.state().goal.is_some() {
            self.0.reached.notified().await;
        }
    }

    pub(super) fn handed(&self, effect: EffectId) {
        self.change(|state| _ = state.owed.insert(effect));
    }

    pub(super) fn concluded(&self, effect: EffectId) {
        self.change(|state| _ = state.owed.remove(&effect));
    }

    pub(super) fn is_anything_owed(&self) -> bool {
        !self.state().owed.is_empty()
    }

    pub(super) fn crossed(&self) {
        self.change(|state| state.unseen += 1);
    }

    pub(super) fn looked_at(&self) {
        self.change(|state| state.unseen = state.unseen.saturating_sub(1));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.0.changed.notify_one();
    }

    /// Numbers are whole whatever became of a thread that held them.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self, state: &State) -> Duration {
        ON_FOR + self.0.began.elapsed() + state.leapt
    }

    fn may_leap(&self) -> bool {
        let state = self.state();
        state.goal.is_some() && state.owed.is_empty() && state.unseen == 0
    }

    /// Leaps to `due`, or to the goal if that is nearer.
    fn leap(&self, due: Duration) {
        let mut state = self.state();
        let Some(goal) = state.goal else { return };
        let now = self.shown(&state);
        state.leapt += due.min(goal).saturating_sub(now);
        if goal <= due.max(now) {
            state.goal = None;
            self.0.reached.notify_one();
        }
    }
}

impl Clock for DayClock {
    fn since_boot(&self) -> Duration {
        let state = self.state();
        self.shown(&state)
    }

    fn wall(&self) -> Timestamp {
        let since = self.since_boot().saturating_sub(ON_FOR);
        // A day of the demonstration is far from the end of time.
        let since = SignedDuration::try_from(since).unwrap_or_default();
        self.0.morning.checked_add(since).unwrap_or(self.0.morning)
    }

    fn wall_trusted(&self) -> WallTrust {
        WallTrust::Trusted
    }

    fn boot_id(&self) -> BootId {
        BootId(1)
    }

    async fn sleep_until(&self, due: Duration) {
        loop {
            let left = due.saturating_sub(self.since_boot());
            if left.is_zero() {
                return;
            }
            if self.may_leap() {
                // Whoever else has something to do comes first; it may end the quiet.
                tokio::task::yield_now().await;
                if self.may_leap() {
                    self.leap(due);
                }
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                () = self.0.changed.notified() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn clock() -> DayClock {
        DayClock::begin(Timestamp::UNIX_EPOCH)
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn owed(counter: u64) -> EffectId {
        EffectId { epoch: 1, counter }
    }

    #[tokio::test]
    async fn it_leaps_to_a_deadline_and_no_further() {
        let clock = clock();
        clock.leap_until(at(8));
        let deadline = ON_FOR + HOUR;
        clock.sleep_until(deadline).await;
        let shown = clock.since_boot();
        assert!(shown >= deadline && shown < deadline + HOUR / 60, "{shown:?}");
        let drift = clock.wall().duration_since(at(1));
        assert!(drift.abs() < SignedDuration::from_mins(1), "the wall leaps along: {drift}");
    }

    #[tokio::test]
    async fn it_stops_at_the_goal() {
        let clock = clock();
        clock.leap_until(at(1));
        let sleeper = clock.clone();
        let sleeping = tokio::spawn(async move { sleeper.sleep_until(ON_FOR + 5 * HOUR).await });
        clock.reached().await;
        assert!(clock.since_boot() < ON_FOR + HOUR + HOUR / 60);
        assert!(!sleeping.is_finished());
        sleeping.abort();
    }

    #[tokio::test]
    async fn it_waits_for_what_is_on_its_way() {
        let clock = clock();
        clock.handed(owed(1));
        clock.crossed();
        clock.leap_until(at(5));
        let sleeper = clock.clone();
        let sleeping = tokio::spawn(async move { sleeper.sleep_until(ON_FOR + HOUR).await });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(clock.since_boot() < ON_FOR + HOUR / 60, "an outcome and a look are missing");
        clock.concluded(owed(1));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(clock.since_boot() < ON_FOR + HOUR / 60, "a look is missing");
        clock.looked_at();
        sleeping.await.unwrap();
        assert!(clock.since_boot() >= ON_FOR + HOUR);
    }
}
