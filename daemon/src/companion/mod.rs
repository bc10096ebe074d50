//! The companion: the one loop body, used alike by the daemon, the demo and the year-runner.
//!
//! Event → stamped with `Now` → `Home` → effects → journal → perform → outcome, which is an event
//! again. Only the clock, the disk and the drivers differ between those who call it. It decides
//! nothing, never sleeps and never waits for anything but the disk.

mod perform;
mod replay;

use std::sync::Arc;
use std::time::Duration;

use omzien_core::event::{Absence, Start, Trouble, TroubleState};
use omzien_core::{Event, Home, Now, PendingEffect, Plan};
use omzien_skills::Skills;

pub use perform::{Outlets, Performer, Refused};
pub use replay::UnknownSnapshot;

use crate::journal::{Class, Condition, Cut, Journal, Opened, Record, Store};

/// The wall clock may differ from the boot clock by this much before it has jumped: NTP slews at
/// most half a millisecond a second, and a stamp is taken in microseconds.
const JUMP_S: i64 = 2;
/// Between two marks of an open alarm.
const MARK_EVERY_MS: u64 = 60_000;
/// Records between snapshots: a start replays fewer than this, in well under a second.
const SNAPSHOT_EVERY: u64 = 20_000;
/// And one every two days, so that a start in a quiet home replays no more than that.
const SNAPSHOT_AFTER: Duration = Duration::from_secs(48 * 3600);

/// A home with its journal and its ways out.
pub struct Companion<S: Store, O: Outlets> {
    home: Home,
    journal: Journal<S>,
    performer: Performer<O>,
    /// Wall minus boot clock when last looked at (milliseconds).
    offset_ms: Option<i64>,
    disk: Disk,
    /// When the last mark was left, on the boot clock.
    marked_ms: u64,
    /// When the last snapshot was tried, or this run began, on the boot clock.
    snapshot_at: Duration,
    /// Counts up with every step that changed something a page could show.
    revision: u64,
}

/// What was last said about the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disk {
    Well,
    Full,
}

impl<S: Store, O: Outlets> Companion<S, O> {
    /// Takes up a home where its journal left it, with effects muted; then tells it its plan and
    /// that it started. What the start wants done is performed before this returns.
    ///
    /// # Errors
    /// The snapshot is whole but of a form this release does not know: nothing was changed.
    pub fn start(
        opened: Opened<S>,
        plan: Arc<Plan>,
        skills: Skills,
        outlets: O,
        now: &Now,
    ) -> Result<Self, UnknownSnapshot> {
        let Opened { journal, snapshot, tail, cut } = opened;
        let first = snapshot.is_none() && tail.is_empty();
        let replayed = replay::replay(snapshot.as_ref(), &tail)?;
        let away = if first { Absence::First } else { Absence::For(replayed.home.gap(now)) };
        let start = Start { epoch: replayed.home.next_epoch(), away };
        let mut companion = Self {
            home: replayed.home,
            journal,
            performer: Performer::new(&plan, skills, outlets),
            offset_ms: None,
            disk: Disk::Well,
            marked_ms: 0,
            snapshot_at: Duration::from_millis(now.since_boot_ms),
            revision: 0,
        };
        let mut events = vec![Event::Configured(plan), Event::Started(start)];
        events.extend(cut.as_ref().map(tell_cut));
        if replayed.differing > 0 {
            let state = TroubleState::Happened;
            events.push(Event::Troubled { trouble: Trouble::ReplayDiffers, state });
        }
        companion.step(events, now);
        Ok(companion)
    }

    /// Handles what happened, in order, and whatever came due by `now`. Lights leave at once;
    /// everything else leaves when its record is on the disk, or known not to get there.
    pub fn step(&mut self, events: Vec<Event>, now: &Now) {
        let mut events = events;
        if let Some(by_s) = self.jumped(now) {
            events.insert(0, Event::ClockJumped { by_s });
        }
        events.extend(self.performer.expire(now.since_boot_ms));
        if self.sleep_until().is_some_and(|due| due.as_millis() <= u128::from(now.since_boot_ms)) {
            events.push(Event::TimedOut);
        }
        // An effect that cannot even be handed over concludes at once: that is an event too, and
        // each round has fewer effects than the one before (a bound keeps a mistake from spinning).
        for _ in 0..ROUNDS_MAX {
            if events.is_empty() {
                break;
            }
            events = self.round(std::mem::take(&mut events), now);
        }
        if !events.is_empty() {
            tracing::error!(
                left = events.len(),
                "effects that fail at once did not come to an end"
            );
        }
    }

    /// What the disk is owed and nobody waits for: called after every step, and after the drivers
    /// had their turn, so that no light waits for it.
    pub fn tidy(&mut self, since_boot: Duration) {
        self.journal.hand_over();
        let is_due = self.snapshot_at + SNAPSHOT_AFTER <= since_boot;
        if self.journal.wants_snapshot(if is_due { 1 } else { SNAPSHOT_EVERY }) {
            self.snapshot_at = since_boot;
            self.snapshot();
        }
    }

    /// Takes another plan. The event is journalled like any other.
    pub fn configure(&mut self, plan: Arc<Plan>, skills: Skills, now: &Now) {
        self.performer.configure(&plan, skills);
        self.step(vec![Event::Configured(plan)], now);
    }

    /// When the next step is due at the latest, on the boot clock.
    pub fn sleep_until(&self) -> Option<Duration> {
        let answers = self.performer.next_expiry_ms().map(Duration::from_millis);
        [self.home.poll_timeout(), answers].into_iter().flatten().min()
    }

    /// Makes everything so far durable. Called about once a second: while an alarm is open it
    /// also leaves a mark a minute, so that the home knows how long it was blind if it goes dark.
    pub fn sync(&mut self, now: &Now) {
        let mark_due = self.marked_ms.saturating_add(MARK_EVERY_MS) <= now.since_boot_ms;
        if mark_due && self.home.has_alarm() {
            self.marked_ms = now.since_boot_ms;
            self.step(vec![Event::TimedOut], now);
        }
        self.journal.sync();
        self.journal.mend();
    }

    /// Writes a snapshot, so that the next start replays little. A disk that refuses keeps the
    /// old one and its records.
    pub fn snapshot(&mut self) {
        let state = match serde_json::to_vec(&self.home.snapshot()) {
            Ok(state) => state,
            Err(error) => {
                tracing::error!(%error, "the home cannot be written as a snapshot");
                return;
            }
        };
        if let Err(error) = self.journal.snapshot(&state) {
            tracing::warn!(%error, "the snapshot was not written; the journal grows instead");
        }
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    pub fn performer(&self) -> &Performer<O> {
        &self.performer
    }

    pub fn outlets(&mut self) -> &mut O {
        self.performer.outlets()
    }

    pub fn journal(&self) -> &Journal<S> {
        &self.journal
    }

    /// Gives the journal back, as it is: for the end of a run, and for tests that crash.
    pub fn into_journal(self) -> Journal<S> {
        self.journal
    }

    /// Another number means that a page may have something new to show.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// One round: every event through the home, then one write, then out.
    fn round(&mut self, events: Vec<Event>, now: &Now) -> Vec<Event> {
        let mut records = Vec::with_capacity(events.len());
        let mut waiting: Vec<PendingEffect> = Vec::new();
        let mut failed = Vec::new();
        for event in events {
            if let Event::Concluded { effect, .. } = &event {
                self.performer.concluded(*effect);
            }
            self.home.handle_event(&event, now);
            let effects: Vec<PendingEffect> =
                std::iter::from_fn(|| self.home.poll_effect()).collect();
            let record = Record {
                now: now.clone(),
                event,
                incidents: self.home.take_changed_incidents(),
                ledger: self.home.take_ledger(),
                effects,
            };
            for pending in &record.effects {
                if pending.effect.durable_first() {
                    waiting.push(pending.clone());
                } else {
                    failed.extend(self.performer.perform(pending, &self.home, now.since_boot_ms));
                }
            }
            records.push(record);
        }
        self.journal.append_all(&records);
        if records.iter().any(|record| record.class() == Class::First) {
            self.journal.sync();
        }
        for pending in &waiting {
            failed.extend(self.performer.perform(pending, &self.home, now.since_boot_ms));
        }
        self.revision += 1;
        failed.extend(self.disk_changed());
        failed
    }

    fn jumped(&mut self, now: &Now) -> Option<i64> {
        let boot_ms = i64::try_from(now.since_boot_ms).unwrap_or(i64::MAX);
        let offset_ms = now.wall.as_millisecond().saturating_sub(boot_ms);
        let by_s = (offset_ms - self.offset_ms.unwrap_or(offset_ms)) / 1000;
        if by_s.abs() >= JUMP_S || self.offset_ms.is_none() {
            self.offset_ms = Some(offset_ms);
        }
        (by_s.abs() >= JUMP_S).then_some(by_s)
    }

    /// The disk filled up, or took writes again: said once each way.
    fn disk_changed(&mut self) -> Option<Event> {
        let disk = match self.journal.condition() {
            Condition::Well => Disk::Well,
            Condition::Tight | Condition::Refusing(_) => Disk::Full,
        };
        if disk == self.disk {
            return None;
        }
        self.disk = disk;
        let state = match disk {
            Disk::Well => TroubleState::Over,
            Disk::Full => TroubleState::Began,
        };
        Some(Event::Troubled { trouble: Trouble::DiskFull, state })
    }
}

/// Rounds of effects that fail at once within one step: a person's channels, one after another.
const ROUNDS_MAX: usize = 32;

/// Damage is told, also where no record is known to be lost: the card may be at its end.
fn tell_cut(cut: &Cut) -> Event {
    tracing::warn!(
        records = cut.records,
        first = cut.first_seq,
        why = %cut.why,
        "the end of the journal could not be read and was set aside"
    );
    let trouble = Trouble::JournalCut { records: cut.records };
    Event::Troubled { trouble, state: TroubleState::Happened }
}
