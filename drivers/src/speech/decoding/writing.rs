//! What the model writes by itself: always the likeliest next token of what people say.

use omzien_core::plain;

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

/// A sentence of so many words that comes again at once was said once: small models go round. A
/// person may cry "help" or say "no" again.
const ECHO_WORDS: usize = 3;

/// Writes at most `longest` tokens, and at least one.
pub(in crate::speech) fn write(
    model: &mut dyn NextToken,
    tokens: &Tokens,
    longest: usize,
) -> Result<Written, SpeechError> {
    let mut written: Vec<Token> = Vec::new();
    let mut log_probability = 0.0;
    let mut sentence: Option<Written> = None;
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
        if tokens.ends.contains(&next) {
            let so_far = sum_up(tokens, &written, log_probability);
            match sentence {
                Some(first) if first.comes_again_in(&so_far) => return Ok(first),
                Some(_) => {}
                None => sentence = Some(so_far),
            }
        }
    }
    let cut_off = written.len() == longest;
    Ok(Written { cut_off, ..sum_up(tokens, &written, log_probability) })
}

fn sum_up(tokens: &Tokens, written: &[Token], log_probability: f32) -> Written {
    Written {
        text: tokens.text(written),
        mean_log_probability: log_probability / written.len().max(1) as f32,
        cut_off: false,
    }
}

impl Written {
    /// Whether the other is this sentence twice.
    fn comes_again_in(&self, other: &Self) -> bool {
        let once = plain(&self.text);
        once.split(' ').count() >= ECHO_WORDS && plain(&other.text) == format!("{once} {once}")
    }
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
    fn a_model_that_goes_round_said_it_once() {
        let write_in = |heard: &str, longest| {
            let (mut toy, tokens) = Toy::hearing(heard);
            write(&mut toy, &tokens, longest).unwrap()
        };
        let round = write_in(&"Ik ga naar bed. ".repeat(5), 70);
        assert!(round.text == "Ik ga naar bed." && !round.cut_off, "{round:?}");
        let once = write_in("Ik ga naar bed.", 70);
        assert!((round.mean_log_probability - once.mean_log_probability).abs() < 0.05);
        assert_eq!(write_in("Help! Help! Help!", 70).text, "Help! Help! Help!");
        let two = "Ik ga naar bed. Ik ga naar huis.";
        assert_eq!(write_in(two, 70).text, two);
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
