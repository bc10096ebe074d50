//! Taking up a home where its journal left it: the snapshot, then the records after it, effects
//! muted. Where replay comes to another result than the journal tells, the journal wins.

use omzien_core::{Home, snapshot};

use crate::journal::{Journaled, Snapshot};

/// The snapshot on disk is whole, and of no form that this release knows.
#[derive(Debug, thiserror::Error)]
#[error(
    "the snapshot in the state folder has a form that this release does not know ({why}); \
     install the release that wrote it, or move the folder aside to begin anew"
)]
pub struct UnknownSnapshot {
    why: String,
}

/// A home as it was, and what the journal says about its end.
pub(super) struct Replayed {
    pub(super) home: Home,
    /// The highest epoch that any start had.
    pub(super) differing: u64,
}

pub(super) fn replay(
    snapshot: Option<&Snapshot>,
    tail: &[Journaled],
) -> Result<Replayed, UnknownSnapshot> {
    let mut home = match snapshot {
        None => Home::new(),
        Some(found) => {
            let read: snapshot::Snapshot = serde_json::from_slice(&found.state)
                .map_err(|error| UnknownSnapshot { why: error.to_string() })?;
            Home::restore(read)
        }
    };
    let mut differing = 0;
    for Journaled { record, .. } in tail {
        home.handle_event(&record.event, &record.now);
        let effects: Vec<_> = std::iter::from_fn(|| home.poll_effect()).collect();
        let ledger = home.take_ledger();
        let incidents = home.take_changed_incidents();
        if effects != record.effects || incidents != record.incidents || ledger != record.ledger {
            differing += 1;
            home.adopt(&record.effects, &record.incidents, &record.ledger);
        }
    }
    Ok(Replayed { home, differing })
}
