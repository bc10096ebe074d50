//! Which of the sentences that can be said now was said? A search along their graph, guided by
//! the recogniser's own likelihood of each next token. It hears nothing and understands nothing:
//! the recogniser has listened already, and skills will understand.
//!
//! Why this way, and what else was tried: `docs/design/listening.md`.

mod paths;
mod search;
mod tokens;

pub(super) use search::{Decoded, search};
pub(super) use tokens::{Token, Tokens};

use super::SpeechError;

/// A recogniser that has listened to a turn and can be asked how a sentence goes on.
pub(super) trait NextToken {
    /// For every token of the vocabulary, how likely it comes after these (logits, not yet
    /// normalised).
    fn after(&mut self, said: &[Token]) -> Result<&[f32], SpeechError>;
}
