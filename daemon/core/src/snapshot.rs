//! The home as it is kept on disk: a type of its own per release, so that a newer program reads
//! an older home. One file of each release stays in `tests/fixtures` and must load for ever.

use serde::{Deserialize, Serialize};

use crate::home::{Home, State};

/// The state of a home, with the version of its form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "version")]
pub enum Snapshot {
    #[serde(rename = "1")]
    V1(Box<V1>),
}

/// The form of release 0.1. Opaque: it is read and written, never looked into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct V1(pub(crate) State);

impl Home {
    /// What must survive, at the moment between two events.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::V1(Box::new(V1(self.state.clone())))
    }

    /// The home as it was. Its next event is a journalled one, or `Configured`.
    pub fn restore(snapshot: Snapshot) -> Self {
        match snapshot {
            Snapshot::V1(state) => Self::from_state(state.0),
        }
    }
}
