//! The way out of the core: effects with ids that are never used twice, their retries, and the
//! ledger lines that go with them. It remembers every effect until its outcome is known.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::effect::{Effect, EffectId, PendingEffect};
use crate::incident::IncidentId;
use crate::time::Instant;

/// Waits before the second, third, … attempt; the last one repeats. Short first, because most
/// failures are a lost connection that is back at once; a minute later the next person of the
/// plan is being reached anyway.
const RETRY_AFTER_S: &[u64] = &[5, 15, 30, 60, 120, 300];
/// After this many attempts (about twenty minutes) an effect is given up and the ledger says so.
const ATTEMPTS_MAX: u32 = 8;
/// More effects without an outcome than this means that nothing answers: the oldest command or
/// sentence makes room, a message to a person never does.
const OUTSTANDING_MAX: usize = 1000;

/// An effect whose outcome is not known yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outstanding {
    pub(crate) attempt: u32,
    pub(crate) since: Instant,
    /// The next attempt, after a failure.
    pub(crate) retry_at: Option<Instant>,
    pub(crate) incident: Option<IncidentId>,
    pub(crate) effect: Effect,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outbox {
    epoch: u64,
    counter: u64,
    #[serde(with = "pairs")]
    outstanding: BTreeMap<EffectId, Outstanding>,
    /// Not state: what the loop has yet to take.
    #[serde(skip)]
    queue: VecDeque<PendingEffect>,
}

impl Outbox {
    /// A new run: ids start again under a new first half.
    pub(crate) fn start(&mut self, epoch: u64) {
        self.epoch = epoch;
        self.counter = 0;
    }

    pub(crate) fn next_epoch(&self) -> u64 {
        self.epoch + 1
    }

    /// An effect that the journal knows and replay did not come to.
    pub(crate) fn adopt(&mut self, pending: &PendingEffect, at: Instant) {
        self.counter = self.counter.max(pending.id.counter);
        let incident = match &pending.effect {
            Effect::Notify(message) => message.incident,
            Effect::Say { .. }
            | Effect::Command { .. }
            | Effect::Listen(_)
            | Effect::Respond { .. } => None,
        };
        self.outstanding.entry(pending.id).or_insert_with(|| Outstanding {
            attempt: pending.attempt,
            since: at,
            retry_at: None,
            incident,
            effect: pending.effect.clone(),
        });
    }

    pub(crate) fn send(
        &mut self,
        effect: Effect,
        incident: Option<IncidentId>,
        at: Instant,
    ) -> EffectId {
        self.counter += 1;
        let id = EffectId { epoch: self.epoch, counter: self.counter };
        self.queue.push_back(PendingEffect { id, attempt: 1, effect: effect.clone() });
        // A response is given once or its asker has gone: nobody waits for its outcome.
        if !matches!(effect, Effect::Respond { .. }) {
            self.make_room();
            let waiting = Outstanding { attempt: 1, since: at, retry_at: None, incident, effect };
            self.outstanding.insert(id, waiting);
        }
        id
    }

    pub(crate) fn poll(&mut self) -> Option<PendingEffect> {
        self.queue.pop_front()
    }

    /// Takes the effect whose outcome has come. `None`: known already, or never ours.
    pub(crate) fn settle(&mut self, id: EffectId) -> Option<Outstanding> {
        self.outstanding.remove(&id)
    }

    /// Puts a failed effect back for another attempt; gives it back when there were enough.
    pub(crate) fn retry_later(
        &mut self,
        id: EffectId,
        mut failed: Outstanding,
        at: Instant,
    ) -> Result<(), Outstanding> {
        if failed.attempt >= ATTEMPTS_MAX {
            return Err(failed);
        }
        let place = usize::try_from(failed.attempt - 1).unwrap_or(usize::MAX);
        let wait = RETRY_AFTER_S.get(place).or(RETRY_AFTER_S.last()).copied().unwrap_or(300);
        failed.retry_at = Some(at + Duration::from_secs(wait));
        self.outstanding.insert(id, failed);
        Ok(())
    }

    pub(crate) fn next_retry(&self) -> Option<Instant> {
        self.outstanding.values().filter_map(|waiting| waiting.retry_at).min()
    }

    /// Queues the retries that are due, each as `still` wants it now; what it wants no more lapses.
    pub(crate) fn retry_due(
        &mut self,
        at: Instant,
        still: impl Fn(&Outstanding) -> Option<Effect>,
    ) {
        let queue = &mut self.queue;
        self.outstanding.retain(|id, waiting| {
            if waiting.retry_at.is_none_or(|due| due > at) {
                return true;
            }
            let Some(effect) = still(waiting) else { return false };
            waiting.retry_at = None;
            waiting.attempt += 1;
            queue.push_back(PendingEffect { id: *id, attempt: waiting.attempt, effect });
            true
        });
    }

    /// After a restart: performs again what has no outcome, as `still` wants it now; what it wants
    /// no more lapses.
    pub(crate) fn resume(&mut self, still: impl Fn(&Outstanding) -> Option<Effect>) {
        let queue = &mut self.queue;
        self.outstanding.retain(|id, waiting| {
            let Some(effect) = still(waiting) else { return false };
            if waiting.retry_at.is_none() {
                queue.push_back(PendingEffect { id: *id, attempt: waiting.attempt, effect });
            }
            true
        });
    }

    fn make_room(&mut self) {
        if self.outstanding.len() < OUTSTANDING_MAX {
            return;
        }
        let oldest = self
            .outstanding
            .iter()
            .find(|(_, waiting)| !matches!(waiting.effect, Effect::Notify(_)))
            .map(|(id, _)| *id);
        if let Some(id) = oldest {
            self.outstanding.remove(&id);
        }
    }
}

/// A map as a list of pairs: JSON keys are texts, an [`EffectId`] is not.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{EffectId, Outstanding};

    pub(super) fn serialize<S: Serializer>(
        map: &BTreeMap<EffectId, Outstanding>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<EffectId, Outstanding>, D::Error> {
        Ok(Vec::<(EffectId, Outstanding)>::deserialize(deserializer)?.into_iter().collect())
    }
}
