//! A sentence in the recogniser's tokens. Byte pairs are merged in the order in which they were
//! learnt, which is the order of the vocabulary: any other spelling of a word is one that the
//! model never writes, and scores as if it had not been said. (whisper.cpp's own tokeniser takes
//! the longest token that fits; with it, half of the Dutch sentences below were never found.)

use std::collections::HashMap;

/// A token's number in the vocabulary.
pub(in crate::speech) type Token = i32;

/// Endings that English hangs on a word with an apostrophe; tokens never cross them.
const CONTRACTIONS: [&str; 7] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

/// Where in a sentence a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum WordAt {
    Start,
    Within,
}

/// The vocabulary of a model.
#[derive(Debug, Default)]
pub(in crate::speech) struct Tokens {
    by_bytes: HashMap<Vec<u8>, Token>,
    bytes: Vec<Vec<u8>>,
    /// For each token, whether it can be part of what somebody says.
    speech: Vec<bool>,
    /// What a sentence may end with: a sign, or nothing.
    pub(super) ends: Vec<Token>,
    /// What is written where somebody pauses.
    pub(super) comma: Option<Token>,
}

impl Tokens {
    /// `words`: the bytes of every token that is text, in order. The end-of-text token follows
    /// them.
    pub(in crate::speech) fn new(words: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let bytes: Vec<Vec<u8>> = words.into_iter().collect();
        let numbered = bytes.iter().enumerate();
        // A vocabulary has some fifty thousand words.
        let by_bytes: HashMap<Vec<u8>, Token> =
            numbered.map(|(number, word)| (word.clone(), number as Token)).collect();
        let speech = bytes.iter().map(|word| is_speech(word)).collect();
        let comma = by_bytes.get(&b","[..]).copied();
        let mut tokens = Self { by_bytes, bytes, speech, ends: Vec::new(), comma };
        let signs = [".", "?", "!"].iter().filter_map(|sign| tokens.by_bytes.get(sign.as_bytes()));
        tokens.ends = signs.copied().chain([tokens.end_of_text()]).collect();
        tokens
    }

    pub(super) fn end_of_text(&self) -> Token {
        self.bytes.len() as Token
    }

    /// Whether it can be part of what somebody says, and is not a sign for a sound or a speaker.
    pub(super) fn is_speech(&self, token: Token) -> bool {
        usize::try_from(token).is_ok_and(|token| self.speech.get(token) == Some(&true))
    }

    /// The ways to write a word: as it is, in lower case, and with a capital if a sentence begins
    /// with it. Empty if the vocabulary lacks a byte of it.
    pub(super) fn spellings(&self, word: &str, at: WordAt) -> Vec<Vec<Token>> {
        let space = if word.starts_with(|c: char| c.is_ascii_punctuation()) { "" } else { " " };
        let lower = word.to_lowercase();
        let mut letters = word.chars();
        let capital = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters);
        let mut forms = match at {
            WordAt::Start => vec![capital.collect(), lower],
            WordAt::Within => vec![word.to_owned(), lower],
        };
        forms.sort();
        forms.dedup();
        forms.iter().filter_map(|form| self.encode(&format!("{space}{form}"))).collect()
    }

    fn encode(&self, text: &str) -> Option<Vec<Token>> {
        let mut tokens = Vec::new();
        for piece in pieces(text) {
            tokens.extend(self.merge(piece)?);
        }
        Some(tokens)
    }

    fn merge(&self, piece: &str) -> Option<Vec<Token>> {
        let mut parts: Vec<Vec<u8>> = piece.bytes().map(|byte| vec![byte]).collect();
        let token = |part: &[u8]| self.by_bytes.get(part).copied();
        loop {
            let pairs = parts.windows(2).enumerate();
            let earliest = pairs.filter_map(|(at, pair)| Some((token(&pair.concat())?, at))).min();
            let Some((_, at)) = earliest else { break };
            let second = parts.remove(at + 1);
            parts[at].extend(second);
        }
        parts.iter().map(|part| token(part)).collect()
    }

    /// What was written.
    pub(super) fn text(&self, tokens: &[Token]) -> String {
        let words = tokens.iter().filter_map(|token| self.bytes.get(usize::try_from(*token).ok()?));
        let bytes: Vec<u8> = words.flatten().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}

/// Subtitles write `(laughs)`, `[music]`, `♪` and `- Who?`; people say letters, digits and pauses.
/// Part of a letter is let through: the rest of it follows.
fn is_speech(word: &[u8]) -> bool {
    let Ok(word) = std::str::from_utf8(word) else { return true };
    let said = |c: char| c.is_alphanumeric() || c.is_whitespace() || ".,?!'’-…%€$&".contains(c);
    word.chars().all(said) && !word.starts_with(" -") && word != " '"
}

/// A text in pieces of letters, digits or signs, each with the space before it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let contraction = CONTRACTIONS.iter().find(|end| rest.starts_with(**end));
        let length = contraction.map_or_else(|| piece_length(rest), |end| end.len());
        let (piece, after) = rest.split_at(length);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn piece_length(text: &str) -> usize {
    let kind =
        |c: char| if c.is_alphabetic() { 'a' } else { if c.is_numeric() { '1' } else { '.' } };
    let space = text.len() - text.trim_start_matches(' ').len();
    let Some(first) = text[space..].chars().next().map(kind) else { return text.len() };
    let end = text[space..].find(|c: char| c == ' ' || kind(c) != first);
    end.map_or(text.len(), |end| space + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A toy vocabulary: letters, then what was learnt, earliest first.
    fn toy() -> Tokens {
        let letters = (0..=255_u8).map(|byte| vec![byte]);
        let learnt = [" m", "in", "ut", " min", "en", " minut", "uten"];
        Tokens::new(letters.chain(learnt.iter().map(|word| word.as_bytes().to_vec())))
    }

    #[test]
    fn pairs_are_merged_in_the_order_they_were_learnt() {
        let tokens = toy();
        let spelt: Vec<String> =
            tokens.encode(" minuten").unwrap().iter().map(|token| tokens.text(&[*token])).collect();
        assert_eq!(spelt, ["minut", "en"], "not the longest piece that fits somewhere");
        assert_eq!(tokens.text(&tokens.encode(" minuten").unwrap()), "minuten");
    }

    #[test]
    fn tokens_never_cross_letters_digits_and_signs() {
        assert_eq!(
            pieces(" it's 20:15 o'clock"),
            [" it", "'s", " 20", ":", "15", " o", "'", "clock"]
        );
        assert_eq!(pieces(" 's avonds"), [" '", "s", " avonds"]);
        assert_eq!(pieces(""), Vec::<&str>::new());
    }

    #[test]
    fn a_word_is_spelt_as_it_is_in_lower_case_and_at_the_start_with_a_capital() {
        let tokens = toy();
        let written = |word: &str, at| -> Vec<String> {
            tokens.spellings(word, at).iter().map(|spelling| tokens.text(spelling)).collect()
        };
        assert_eq!(written("EcoBee", WordAt::Within), ["EcoBee", "ecobee"]);
        assert_eq!(written("de", WordAt::Start), ["De", "de"]);
        assert_eq!(written("de", WordAt::Within), ["de"]);
        let comma = tokens.spellings(",", WordAt::Within).concat();
        assert_eq!(comma, [i32::from(b',')], "no space before a comma");
    }
}
