//! The daily proof that the companion can be heard, and hears, as a home file sets it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::format::Clock;

/// That it can be heard, and hears.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SoundProof {
    /// A friendly hour, "09:00", as it is when left out. What is said before it is the proof: the
    /// microphone hears it come back through the room. If nothing was, the companion says good
    /// morning.
    pub(super) at: Clock,
    /// `apart`: a microphone that hears its loudspeaker through the room. `speakerphone`: a device
    /// that takes its own sound out of what it hears; then there is nothing to prove it by, and
    /// nothing is.
    pub(super) devices: SoundDevices,
}

/// How microphone and loudspeaker stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SoundDevices {
    #[default]
    Apart,
    Speakerphone,
}

impl Default for SoundProof {
    fn default() -> Self {
        Self {
            devices: SoundDevices::default(),
            at: Clock(jiff::civil::Time::constant(9, 0, 0, 0)),
        }
    }
}
