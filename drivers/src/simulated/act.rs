//! What can happen inside a simulated house: a closed list, the same for a hand on the page, a
//! story of a test and the seeded [`Resident`](super::Resident). It says what happens, never what
//! a sensor makes of it.

use omzien_core::device::{Opening, Press};
use omzien_core::{DeviceId, Intent, RoomId};
use serde::{Deserialize, Serialize};

/// One thing that somebody in the house does, or that befalls them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The resident walks into a room. Gets up first where they lay.
    Walk(RoomId),
    /// Moves about in the same room, or turns over in bed.
    Stir,
    LieDown,
    FallAsleep,
    /// Up again: in the morning, from the sofa, or from the floor.
    GetUp,
    /// Falls, and lies where they fell. A wearable notices if it is worn.
    Fall,
    /// The wearable is dropped on the floor: it believes in a fall, and nobody fell.
    DropWearable,
    TakeOffWearable,
    PutOnWearable,
    /// Leaves the house by its way out.
    Leave,
    ComeHome,
    /// Somebody presses a button.
    Press {
        device: DeviceId,
        press: Press,
    },
    /// A door, window, cupboard or drawer is opened or closed.
    Open {
        device: DeviceId,
        is: Opening,
    },
    /// The resident says something that means this.
    Say(Intent),
    /// Somebody else comes in by the way out. There is one visitor at a time.
    VisitorEnters,
    VisitorWalks(RoomId),
    VisitorLeaves,
}

/// Why an act cannot be. Each tells what would have to be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    #[error("there is no such room in this house; name one of the plan")]
    UnknownRoom,
    #[error("there is no such simulated device; give it `via.simulated = {{}}`")]
    UnknownDevice,
    #[error("this device cannot do that; look at its capabilities in the plan")]
    NotThatDevice,
    #[error("the house has no room; add one to the plan")]
    NoRooms,
    #[error("the resident is out; let them come home first")]
    Out,
    #[error("the resident is at home already")]
    AtHome,
    #[error("the resident lies on the floor; help them up first")]
    OnTheFloor,
    #[error("somebody is visiting already")]
    HasVisitor,
    #[error("too much at once; try again in a moment")]
    Busy,
    #[error("nobody is visiting; let a visitor in first")]
    NoVisitor,
}
