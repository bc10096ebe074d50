//! The home as it is kept on disk: a type of its own per release, so that a newer program reads
//! an older home. One file of each release stays in `tests/fixtures` and must load for ever.

use serde::{Deserialize, Serialize};

use crate::home::{Home, State};

/// The state of a home, under the version of its form. Opaque: it is read, never looked into.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Snapshot(Form<State>);

/// Every form that was ever written, newest last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Form<S> {
    /// Of release 0.1.
    #[serde(rename = "1")]
    V1(S),
}

impl Home {
    /// What must survive, at the moment between two events: as a [`Snapshot`] is written.
    pub fn snapshot(&self) -> impl Serialize {
        Form::V1(&self.state)
    }

    /// The home as it was. Its next event is a journalled one, or `Configured`.
    pub fn restore(snapshot: Snapshot) -> Self {
        let Snapshot(Form::V1(state)) = snapshot;
        Self::from_state(state)
    }
}
