//! What the portal and the command line may ask of the home, and what they get. The daemon
//! authenticates the actor; the core decides whether this actor may.

use serde::{Deserialize, Serialize};

use crate::incident::{Acknowledgement, Incident};
use crate::intent::Intent;
use crate::ledger::LedgerEntry;
use crate::names::{ContactId, DeviceId, RequestId, RoomId};
use crate::reply::Reply;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub id: RequestId,
    pub actor: Actor,
    pub ask: Ask,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// At the device itself.
    Resident,
    Contact(ContactId),
    /// With a shell on the device.
    Installer,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// "I go", "I can't", "done", from a page instead of a message.
    Acknowledge(Acknowledgement),
    /// *Yes*, *no* or another answer from the resident's face, to the question of this number
    /// ([`crate::Expectation::question`]); *help* needs none.
    Answer { question: u64, intent: Intent },
    /// Somebody looked at the page: goes into the ledger, so that the resident can ask who.
    Look,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    Accepted(Reply),
    Refused(Reply),
}

/// What one viewer may see now; the core has already left out what they may not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// How things are, in one sentence; `None` for who may not know of alarms, because "quiet"
    /// would be a lie or a hint.
    pub headline: Option<Reply>,
    /// What Omzien cannot see or do right now.
    pub cannot: Vec<Reply>,
    /// When loudspeaker and microphone were last proved to work.
    pub proved: Option<Reply>,
    pub incidents: Vec<Incident>,
    /// Newest first.
    pub ledger: Vec<LedgerEntry>,
    pub devices: Vec<DeviceView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceView {
    pub device: DeviceId,
    pub name: String,
    pub room: RoomId,
    /// The last reading of each kind.
    pub readings: Vec<crate::device::Reading>,
    pub alive: Alive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alive {
    Proven,
    Unknown,
}
