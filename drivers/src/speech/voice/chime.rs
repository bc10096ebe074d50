//! The one sound that stands for no words, said by a voice that otherwise has words only: so it
//! waits its turn, is as loud as a sentence, and gives way like one. It knows nobody's language.

use omzien_core::Language;
use omzien_core::catalogue::CHIME_WRITTEN;

use super::Voice;
use crate::sound::{Pcm, chime};
use crate::speech::SpeechError;

/// A voice, and the chime where [`CHIME_WRITTEN`] is all there is to say.
pub(in crate::speech) struct Chiming(pub(in crate::speech) Box<dyn Voice>);

impl Voice for Chiming {
    fn synthesise_at(
        &self,
        text: &str,
        language: Language,
        pace_percent: u8,
    ) -> Result<Pcm, SpeechError> {
        if text == CHIME_WRITTEN {
            return Ok(chime::chime());
        }
        self.0.synthesise_at(text, language, pace_percent)
    }
}
