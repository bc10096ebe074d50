//! The simulated loudspeaker and microphone, as far as one hears the other. No samples: what a
//! real pair would measure.

use omzien_core::{HeardBack, Listening};

/// From the end of a sentence until the microphone has told of it.
pub(super) const HEARD_BACK_MS: u64 = 1_300;

/// Whether what is said can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loudspeaker {
    Works,
    /// Unplugged behind the card's back, or turned down: every sentence is said to its end.
    Dead,
}

/// A pair of them.
#[derive(Debug)]
pub struct Sound {
    pub loudspeaker: Loudspeaker,
    pub(super) microphone: Listening,
}

impl Default for Sound {
    fn default() -> Self {
        Self { loudspeaker: Loudspeaker::Works, microphone: Listening::On }
    }
}

impl Sound {
    /// What the microphone tells of a sentence: as loud as across a quiet room, or nothing.
    pub(super) fn heard_back(&self) -> Option<HeardBack> {
        let (likeness_percent, during_dbfs) = match self.loudspeaker {
            Loudspeaker::Works => (5_000, -35),
            Loudspeaker::Dead => (400, -60),
        };
        let heard = HeardBack { likeness_percent, during_dbfs, room_dbfs: -60 };
        (self.microphone == Listening::On).then_some(heard)
    }
}
