//! Which of the sentences that can be said now was said? A search along their graph, guided by
//! the recogniser's own likelihood of each next token. It hears nothing and understands nothing:
//! the recogniser has listened already, and skills will understand.
//!
//! Why this way, and what else was tried: `docs/design/listening.md`.

mod near;
mod paths;
mod search;
mod tokens;
mod writing;

pub(super) use search::{Decoded, Searched};
pub(super) use tokens::{Token, Tokens};
pub(super) use writing::{Written, write};

use omzien_core::{Phrases, plain};

use super::SpeechError;

/// So many sentences near the one that was written freely are looked at.
const NEAR: usize = 12;

/// The sentence of the graph that the model finds likeliest, of at most so many tokens, and
/// whether one was begun.
pub(super) fn along(
    model: &mut dyn NextToken,
    tokens: &Tokens,
    phrases: &Phrases,
    longest: usize,
) -> Result<Searched, SpeechError> {
    search::search(model, tokens, phrases, search::ALONG.up_to(longest))
}

/// The likelier of the one that was found along the graph and of those that are spelt like what
/// the model wrote by itself: each finds sentences that the other misses.
pub(super) fn likelier(
    model: &mut dyn NextToken,
    tokens: &Tokens,
    phrases: &Phrases,
    found: Option<Decoded>,
    written: &str,
) -> Result<Option<Decoded>, SpeechError> {
    let near = Phrases::of(near::nearest(phrases, written, NEAR));
    let near = search::search(model, tokens, &near, search::NEAR)?.found;
    // "No, I fell" is no "no", however likely the "no" in it.
    let found = found.filter(|found| !says_more(written, &found.text));
    let asked = [&near, &found].into_iter().flatten().map(|found| found.asked).sum();
    let likelier = [near, found].into_iter().flatten().max_by(|a, b| a.score.total_cmp(&b.score));
    Ok(likelier.map(|found| Decoded { asked, ..found }))
}

/// Whether what was written holds another sentence's letters and as many more.
fn says_more(written: &str, than: &str) -> bool {
    let letters = |text| plain(text).chars().filter(|c| !c.is_whitespace()).count();
    letters(written) > 2 * letters(than)
}

/// A recogniser that has listened to a turn and can be asked how a sentence goes on.
pub(super) trait NextToken {
    /// For every token of the vocabulary, how likely it comes after these (logits, not yet
    /// normalised).
    fn after(&mut self, said: &[Token]) -> Result<&[f32], SpeechError>;
}

#[cfg(test)]
mod tests {
    use super::search::tests::Toy;
    use super::*;

    #[test]
    fn a_no_within_a_longer_sentence_is_none() {
        let phrases = Phrases::of(["no", "no not yet", "help"]);
        for (written, expected) in
            [("No.", Some("no")), ("No, not yet.", Some("no, not yet")), ("No, I fell.", None)]
        {
            let heard = written.to_lowercase();
            let (mut toy, tokens) = Toy::hearing(heard.trim_end_matches('.'));
            let no = Decoded { text: "no".to_owned(), score: 0.0, ..Decoded::default() };
            let found = likelier(&mut toy, &tokens, &phrases, Some(no), written).unwrap();
            let found = found.map(|found| found.text);
            assert_eq!(found.as_deref(), expected, "{written}");
        }
    }
}
