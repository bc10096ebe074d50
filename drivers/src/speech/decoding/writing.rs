//! What the model writes by itself: always the likeliest next token of what people say.

use super::search::Likelihoods;
use super::tokens::{Token, Tokens};
use super::{NextToken, SpeechError};

/// What was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::speech) struct Written {
    pub(in crate::speech) text: String,
    /// Mean of the natural logarithms of the tokens' probabilities, the end left out.
    pub(in crate::speech) mean_log_probability: f32,
    /// It was still writing when its bound was reached.
    pub(in crate::speech) cut_off: bool,
}

/// Writes at most `longest` tokens, and at least one.
pub(in crate::speech) fn write(
    model: &mut dyn NextToken,
    tokens: &Tokens,
    longest: usize,
) -> Result<Written, SpeechError> {
    let mut written: Vec<Token> = Vec::new();
    let mut log_probability = 0.0;
    while written.len() < longest {
        let likely = Likelihoods::new(model.after(&written)?, tokens);
        let next = likely.likeliest(|token| {
            tokens.is_speech(token) || (token == tokens.end_of_text() && !written.is_empty())
        });
        if next == tokens.end_of_text() {
            break;
        }
        log_probability += likely.log_probability(next);
        written.push(next);
    }
    Ok(Written {
        text: tokens.text(&written),
        mean_log_probability: log_probability / written.len().max(1) as f32,
        cut_off: written.len() == longest,
    })
}

#[cfg(test)]
mod tests {
    use super::super::search::tests::Toy;
    use super::*;

    #[test]
    fn it_writes_what_it_hears_to_the_end() {
        let (mut toy, tokens) = Toy::hearing("lamp aan");
        let written = write(&mut toy, &tokens, 30).unwrap();
        assert!(written.text == "lamp aan" && !written.cut_off, "{written:?}");
        assert!(written.mean_log_probability > -0.5);
        let (mut toy, tokens) = Toy::hearing("lamp aan");
        let written = write(&mut toy, &tokens, 5).unwrap();
        assert!(written.text == "lamp" && written.cut_off, "{written:?}");
    }

    #[test]
    fn signs_for_sounds_are_nothing_that_people_say() {
        let (mut toy, tokens) = Toy::hearing("(lamp) [aan]");
        assert!(!write(&mut toy, &tokens, 30).unwrap().text.contains(['(', ')', '[', ']']));
    }

    #[test]
    fn of_nothing_it_writes_something_and_ends() {
        let (mut toy, tokens) = Toy::hearing("");
        let written = write(&mut toy, &tokens, 30).unwrap();
        assert!(written.text.len() <= 30, "{written:?}");
    }
}
