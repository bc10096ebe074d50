//! Whisper, after it listened to a turn: which word comes next, and which language it was. What
//! was asked is remembered as long as the turn is looked at.

use std::collections::VecDeque;
use std::ops::Range;

use whisper_rs::{WhisperContext, WhisperState};

use super::SpeechError;
use super::decoding::{NextToken, Token};
use super::recogniser::failed;

/// Who speaks the other language says nothing that sounds like one of ours: from this share of all
/// languages on for it, and up to this one for our own. Of 44 English commands 40 were so, of 43
/// Dutch ones none, nor short answers of three made voices (docs/design/listening.md). Languages
/// beside these two are not looked at: a worn voice passes for Hebrew.
const OTHER_LANGUAGE_MIN: f32 = 0.8;
const OWN_LANGUAGE_MAX: f32 = 0.005;

/// Questions about one turn whose answers are kept (some 200 kB each): what is searched, written
/// and compared with what was written begins alike. Of 17 Dutch commands 1,107 questions were new
/// with 32 kept and with 48, 1,110 with 24, 1,149 with 16.
const ANSWERS_MAX: usize = 20;

/// What stands before every transcript: its start, the language, the task, no times.
pub(super) type Preamble = [Token; 4];

/// The model's memory of what it was asked: nothing is asked twice, and what two questions share
/// is not read again.
pub(super) struct Asked<'a> {
    state: &'a mut WhisperState,
    preamble: &'a Preamble,
    vocabulary: usize,
    /// It can be asked about so many at once.
    tokens_max: usize,
    threads: u8,
    remembered: Vec<Token>,
    /// What was asked, and the answer; the last that was needed first.
    answers: VecDeque<(Vec<Token>, Vec<f32>)>,
}

impl<'a> Asked<'a> {
    /// About the turn that `state` listened to last.
    pub(super) fn new(
        context: &WhisperContext,
        state: &'a mut WhisperState,
        preamble: &'a Preamble,
        threads: u8,
    ) -> Self {
        let size = |tokens| usize::try_from(tokens).unwrap_or_default();
        Self {
            state,
            preamble,
            vocabulary: size(context.n_vocab()),
            tokens_max: size(context.n_text_ctx()),
            threads,
            remembered: Vec::new(),
            answers: VecDeque::new(),
        }
    }
}

impl Asked<'_> {
    /// Whether the model is sure that it heard the language of another preamble, of all that it
    /// knows.
    pub(super) fn is_rather(
        &mut self,
        other: &Preamble,
        all: &Range<Token>,
    ) -> Result<bool, SpeechError> {
        let ([start, own, ..], [_, other, ..]) = (self.preamble, other);
        let logits = self.ask(vec![*start])?;
        let odds = |token: Token| logits.get(token as usize).map_or(0.0, |logit| logit.exp());
        let sum: f32 = all.clone().map(odds).sum();
        Ok(odds(*own) <= OWN_LANGUAGE_MAX * sum && odds(*other) >= OTHER_LANGUAGE_MIN * sum)
    }

    fn ask(&mut self, tokens: Vec<Token>) -> Result<Vec<f32>, SpeechError> {
        if tokens.len() > self.tokens_max {
            // whisper.cpp would end the whole program.
            let why = format!("asked about {} tokens of {}", tokens.len(), self.tokens_max);
            return Err(SpeechError::Recogniser { why });
        }
        let shared = tokens.iter().zip(&self.remembered).take_while(|(a, b)| a == b).count();
        // The last token is read by itself: the answer to several is that of the first.
        let last = tokens.len() - 1;
        let shared = shared.min(last);
        let threads = usize::from(self.threads);
        let mut read = |from, until| self.state.decode(&tokens[from..until], from, threads);
        if shared < last {
            read(shared, last).map_err(failed)?;
        }
        read(last, last + 1).map_err(failed)?;
        self.remembered = tokens;
        let logits = self.state.get_logits().map_err(failed)?;
        Ok(logits[logits.len().saturating_sub(self.vocabulary)..].to_vec())
    }
}

impl NextToken for Asked<'_> {
    fn after(&mut self, said: &[Token]) -> Result<&[f32], SpeechError> {
        let known = self.answers.iter().position(|(asked, _)| asked == said);
        let answer = match known.and_then(|place| self.answers.remove(place)) {
            Some(known) => known,
            None => {
                self.answers.truncate(ANSWERS_MAX - 1);
                let answer = self.ask(self.preamble.iter().chain(said).copied().collect())?;
                (said.to_vec(), answer)
            }
        };
        self.answers.push_front(answer);
        Ok(&self.answers[0].1)
    }
}
