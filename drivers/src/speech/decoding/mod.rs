//! Which of the sentences that can be said now was said? A search along their graph, guided by
//! the recogniser's own likelihood of each next token. It hears nothing and understands nothing:
//! the recogniser has listened already, and skills will understand.
//!
//! Why this way, and what else was tried: `docs/design/listening.md`.

mod near;
mod paths;
mod search;
mod tokens;

pub(super) use search::Decoded;
pub(super) use tokens::{Token, Tokens};

use omzien_core::Phrases;

use super::SpeechError;

/// So many sentences near the one that was written freely are looked at first.
const NEAR: usize = 8;
/// One of them that is as likely as this needs no wider search.
const CLEAR: f32 = -1.0;

/// The sentence of the graph that the model finds likeliest. `written`: what it wrote by itself.
/// First among the sentences spelt like that, then, unless one of them is clear, among all: each
/// finds sentences that the other misses.
pub(super) fn decode(
    model: &mut dyn NextToken,
    tokens: &Tokens,
    phrases: &Phrases,
    written: &str,
) -> Result<Option<Decoded>, SpeechError> {
    let near = Phrases::of(near::nearest(phrases, written, NEAR));
    let near = if near.is_empty() { None } else { search::search(model, tokens, &near)? };
    if near.as_ref().is_some_and(|near| near.mean_log_probability >= CLEAR) {
        return Ok(near);
    }
    let any = search::search(model, tokens, phrases)?;
    let asked = [&near, &any].into_iter().flatten().map(|found| found.asked).sum();
    let likelier = [near, any].into_iter().flatten().max_by(|a, b| a.score.total_cmp(&b.score));
    Ok(likelier.map(|found| Decoded { asked, ..found }))
}

/// A recogniser that has listened to a turn and can be asked how a sentence goes on.
pub(super) trait NextToken {
    /// For every token of the vocabulary, how likely it comes after these (logits, not yet
    /// normalised).
    fn after(&mut self, said: &[Token]) -> Result<&[f32], SpeechError>;
}
