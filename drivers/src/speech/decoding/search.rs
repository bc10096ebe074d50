//! The search: the most promising half-written sentence is written on, until no other can be
//! better. Its bounds say how long it may take.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

use omzien_core::Phrases;

use super::paths::{Next, Paths, Position};
use super::tokens::{Token, Tokens, WordAt};
use super::{NextToken, SpeechError};

/// Bounds of a search.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// How often the model is asked (some 20 ms each on one core of a small machine), and how
    /// often more for each token of the longest half-written sentence.
    asked: usize,
    asked_a_token: usize,
    /// How many half-written sentences of one length are written on.
    width: usize,
    /// Sentences of more tokens are not written on: the graph has rings ("Robin, Robin, …"), and
    /// a model that is fond of one would go round for ever.
    longest: usize,
}

impl Bounds {
    pub(super) fn up_to(self, longest: usize) -> Self {
        Self { longest, ..self }
    }
}

/// Among all sentences: clear speech is followed in one question a token, and what gets stuck is
/// found by its spelling, or not at all.
pub(super) const ALONG: Bounds =
    Bounds { asked: 8, asked_a_token: 2, width: 6, longest: usize::MAX };
/// Among a few: each of them in two spellings.
pub(super) const NEAR: Bounds =
    Bounds { asked: 60, asked_a_token: 0, width: 24, longest: usize::MAX };

/// Worth of a token that is written: without it short sentences win by saying less.
const WORTH: f32 = 1.0;
/// A half-written sentence this much worse than the best whole one is given up.
const MARGIN: f32 = 6.0;
/// How much the length counts when whole sentences are compared (0: not; 1: mean of the tokens).
const LENGTH: f32 = 0.7;
/// Of the speaker's own words, so many of the likeliest tokens are followed.
const FREE_TOKENS: usize = 2;
/// What each of them costs: they are likely by nature, and would be followed for ever.
const FREE_COST: f32 = 2.0;

/// Where the model heard something this much likelier than a token, the token was not said: a
/// sentence that merely begins like one of ours ends too early.
const REGRET_MAX: f32 = -10.0;
/// And where it heard more to come, the sentence was not at its end: "no, I fell" is no "no".
const END_REGRET_MAX: f32 = -4.0;

/// A sentence as likely as this, with no token that fell further short than this, is clear.
const CLEAR_LIKELY: f32 = -0.5;
const CLEAR_REGRET: f32 = -2.0;

/// What comes before an end in the middle of a sentence is as likely as this, or it was another's.
const BEGUN_LIKELY: f32 = -2.0;

/// The sentence that was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::speech) struct Decoded {
    pub(in crate::speech) text: String,
    /// What whole sentences are compared by; the greater, the likelier.
    pub(in crate::speech) score: f32,
    /// Mean of the natural logarithms of the tokens' probabilities, the end's included. Right
    /// sentences lie between 0 and -3, most above -1.5.
    pub(in crate::speech) mean_log_probability: f32,
    /// By how much the token that the model liked least fell short of the one it liked best.
    pub(in crate::speech) worst_regret: f32,
    /// How often the model was asked.
    pub(in crate::speech) asked: usize,
}

impl Decoded {
    /// The model would have written nearly this by itself: nothing else needs to be tried.
    pub(in crate::speech) fn is_clear(&self) -> bool {
        self.mean_log_probability >= CLEAR_LIKELY && self.worst_regret >= CLEAR_REGRET
    }
}

/// What a search came to.
#[derive(Debug, Default)]
pub(in crate::speech) struct Searched {
    /// The likeliest whole sentence, if one could be written within the bounds.
    pub(in crate::speech) found: Option<Decoded>,
    /// What the likeliest sentence that stopped between two words is compared by, if one is likely
    /// at all.
    pub(in crate::speech) begun: Option<f32>,
}

struct Hypothesis {
    promise: f32,
    /// Sum of the shortfalls to the model's favourite, at most 0.
    regret: f32,
    worst_regret: f32,
    log_probability: f32,
    written: Vec<Token>,
    position: Position,
}

/// The sentence of the graph that the model finds likeliest.
pub(super) fn search(
    model: &mut dyn NextToken,
    tokens: &Tokens,
    phrases: &Phrases,
    bounds: Bounds,
) -> Result<Searched, SpeechError> {
    let mut searched = Searched::default();
    if phrases.is_empty() {
        return Ok(searched);
    }
    let paths = Paths::new(phrases, tokens);
    let mut best_promise = f32::NEG_INFINITY;
    let mut widths: HashMap<usize, usize> = HashMap::new();
    let (mut asked, mut longest) = (0, 0);
    let mut open = BinaryHeap::from([Hypothesis {
        promise: 0.0,
        regret: 0.0,
        worst_regret: 0.0,
        log_probability: 0.0,
        written: Vec::new(),
        position: paths.start(),
    }]);
    while let Some(hypothesis) = open.pop() {
        longest = longest.max(hypothesis.written.len());
        if asked >= bounds.asked + bounds.asked_a_token * longest
            || hypothesis.promise < best_promise - MARGIN
        {
            break;
        }
        let width = widths.entry(hypothesis.written.len()).or_default();
        if *width == bounds.width || hypothesis.written.len() >= bounds.longest {
            continue;
        }
        *width += 1;
        asked += 1;
        let likely = Likelihoods::new(model.after(&hypothesis.written)?, tokens);
        let end = likely.best_of(&tokens.ends);
        if likely.shortfall(end) >= END_REGRET_MAX {
            let ended = hypothesis.then(end, &likely, Position::default());
            if !paths.may_end(&hypothesis.position) {
                if hypothesis.stops_between_words() && ended.mean() >= BEGUN_LIKELY {
                    let score = ended.score();
                    searched.begun = Some(searched.begun.map_or(score, |best| best.max(score)));
                }
            } else if let text = tokens.text(&hypothesis.written)
                && !phrases.leaves_out(&text)
            {
                best_promise = best_promise.max(ended.promise);
                if searched.take(&ended, text, asked).is_clear() {
                    return Ok(searched);
                }
            }
        }
        let at = if hypothesis.written.is_empty() { WordAt::Start } else { WordAt::Within };
        let Next { mut expected, free } = paths.next(&hypothesis.position, at);
        for (token, free) in likely.favourites(FREE_TOKENS).into_iter().zip(free.iter().cycle()) {
            match expected.get_mut(&token) {
                Some(position) => position.follow(free),
                None => open.push(hypothesis.then(token, &likely, free.clone()).freely()),
            }
        }
        expected.retain(|token, _| likely.shortfall(*token) >= REGRET_MAX);
        for (token, position) in expected {
            open.push(hypothesis.then(token, &likely, position));
        }
    }
    if let Some(found) = &mut searched.found {
        found.asked = asked;
    }
    Ok(searched)
}

impl Searched {
    /// The likelier of a whole sentence and of what was found before.
    fn take(&mut self, whole: &Hypothesis, text: String, asked: usize) -> &Decoded {
        let score = whole.score();
        let new = Decoded {
            text,
            score,
            mean_log_probability: whole.mean(),
            worst_regret: whole.worst_regret,
            asked,
        };
        let likelier = self.found.take().filter(|found| found.score >= score).unwrap_or(new);
        self.found.insert(likelier)
    }
}

impl Hypothesis {
    /// Of the logarithms of its tokens' probabilities.
    fn mean(&self) -> f32 {
        self.log_probability / self.written.len() as f32
    }

    /// What sentences of different lengths are compared by.
    fn score(&self) -> f32 {
        self.log_probability / (self.written.len() as f32).powf(LENGTH)
    }

    fn stops_between_words(&self) -> bool {
        !self.written.is_empty() && self.position.is_between_words()
    }

    fn then(&self, token: Token, likely: &Likelihoods<'_>, position: Position) -> Self {
        let shortfall = likely.shortfall(token);
        let mut written = self.written.clone();
        written.push(token);
        let regret = self.regret + shortfall;
        Self {
            promise: regret + WORTH * written.len() as f32,
            regret,
            worst_regret: self.worst_regret.min(shortfall),
            log_probability: self.log_probability + likely.log_probability(token),
            written,
            position,
        }
    }

    /// Its last token was the speaker's own.
    fn freely(self) -> Self {
        Self {
            promise: self.promise - FREE_COST - WORTH,
            regret: self.regret - FREE_COST - WORTH,
            log_probability: self.log_probability - FREE_COST,
            ..self
        }
    }
}

/// The most promising first; among equals the one that was written first in the vocabulary, so
/// that a turn is heard the same each time.
impl Ord for Hypothesis {
    fn cmp(&self, other: &Self) -> Ordering {
        self.promise.total_cmp(&other.promise).then_with(|| other.written.cmp(&self.written))
    }
}

impl PartialOrd for Hypothesis {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Hypothesis {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Hypothesis {}

/// What the model thinks comes next, over text and the end alone: signs for times and languages
/// are none of a sentence's.
pub(super) struct Likelihoods<'a> {
    logits: &'a [f32],
    favourite: f32,
    /// Logarithm of the sum of the others' odds against the favourite.
    log_sum: f32,
}

impl<'a> Likelihoods<'a> {
    pub(super) fn new(logits: &'a [f32], tokens: &Tokens) -> Self {
        let text = usize::try_from(tokens.end_of_text()).unwrap_or_default();
        let logits = &logits[..logits.len().min(text + 1)];
        let favourite = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let log_sum = logits.iter().map(|logit| (logit - favourite).exp()).sum::<f32>().ln();
        Self { logits, favourite, log_sum }
    }

    /// 0 for the favourite; what is no token of text is impossible.
    fn shortfall(&self, token: Token) -> f32 {
        let logit = usize::try_from(token).ok().and_then(|token| self.logits.get(token));
        logit.map_or(f32::NEG_INFINITY, |logit| logit - self.favourite)
    }

    pub(super) fn log_probability(&self, token: Token) -> f32 {
        self.shortfall(token) - self.log_sum
    }

    fn best_of(&self, tokens: &[Token]) -> Token {
        let best = tokens.iter().max_by(|a, b| self.shortfall(**a).total_cmp(&self.shortfall(**b)));
        // A vocabulary has an end.
        best.copied().unwrap_or_default()
    }

    /// The likeliest of the tokens that are allowed; the end if none is.
    pub(super) fn likeliest(&self, allowed: impl Fn(Token) -> bool) -> Token {
        let tokens = (0..self.logits.len()).map(|token| token as Token);
        let best = tokens
            .filter(|token| allowed(*token))
            .max_by(|a, b| self.shortfall(*a).total_cmp(&self.shortfall(*b)));
        best.unwrap_or(self.logits.len() as Token - 1)
    }

    /// The likeliest tokens of text.
    fn favourites(&self, count: usize) -> Vec<Token> {
        let mut best: Vec<(f32, Token)> = Vec::with_capacity(count + 1);
        let text = &self.logits[..self.logits.len().saturating_sub(1)];
        for (token, logit) in text.iter().enumerate() {
            if best.len() < count || best.last().is_some_and(|(least, _)| logit > least) {
                let place = best.partition_point(|(better, _)| better >= logit);
                best.insert(place, (*logit, token as Token));
                best.truncate(count);
            }
        }
        best.into_iter().map(|(_, token)| token).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use omzien_core::{Place, Step};

    use super::*;

    /// A model that heard a text: it likes the text's next token best, and of others those that
    /// share a beginning with it a little. Counts how often it is asked.
    pub(in super::super) struct Toy {
        heard: Vec<Token>,
        logits: Vec<f32>,
        asked: usize,
    }

    impl Toy {
        pub(in super::super) fn hearing(text: &str) -> (Self, Tokens) {
            let tokens = Tokens::new((0..=255_u8).map(|byte| vec![byte]));
            let heard = format!(" {text}").bytes().map(Token::from).collect();
            (Self { heard, logits: Vec::new(), asked: 0 }, tokens)
        }
    }

    fn search_for(text: &str, phrases: &Phrases) -> Option<Decoded> {
        let (mut toy, tokens) = Toy::hearing(text);
        let found = search(&mut toy, &tokens, phrases, NEAR).unwrap().found;
        assert!(toy.asked <= NEAR.asked);
        found
    }

    impl NextToken for Toy {
        fn after(&mut self, said: &[Token]) -> Result<&[f32], SpeechError> {
            self.asked += 1;
            self.logits = vec![0.0; 257];
            let next = self.heard.get(said.len()).copied().unwrap_or(256);
            // No model takes a voice for the end of it.
            for end in [256, usize::from(b'.'), usize::from(b'?'), usize::from(b'!')] {
                self.logits[end] = -5.0;
            }
            self.logits[next as usize] = 9.0;
            // A letter missed or doubled.
            for near in [said.len() + 1, said.len().saturating_sub(1)] {
                if let Some(near) = self.heard.get(near) {
                    self.logits[*near as usize] += 3.0;
                }
            }
            Ok(&self.logits)
        }
    }

    #[test]
    fn what_was_said_is_found_among_what_can_be_said() {
        let phrases = Phrases::of(["lamp aan", "lamp uit", "radio aan", "help"]);
        for said in ["lamp uit", "Radio aan", "help"] {
            let found = search_for(said, &phrases).unwrap();
            assert_eq!(found.text, said);
            assert!(found.mean_log_probability > -0.5 && found.worst_regret == 0.0, "{found:?}");
            assert!(found.asked <= said.len() + 12, "{}", found.asked);
        }
    }

    #[test]
    fn what_was_nearly_said_is_found_and_less_likely() {
        let phrases = Phrases::of(["lamp aan", "lamp uit", "radio aan"]);
        let found = search_for("lanp aan", &phrases).unwrap();
        assert_eq!(found.text, "lamp aan");
        assert!(found.mean_log_probability < -0.5 && found.worst_regret < -3.0, "{found:?}");
    }

    #[test]
    fn a_sentence_that_goes_on_is_not_the_one_it_begins_with() {
        let found = search_for("lamp aan bij de buren", &Phrases::of(["lamp aan"]));
        assert_eq!(found, None);
    }

    #[test]
    fn people_pause_between_words_and_say_more_than_one_of_ours() {
        let phrases = Phrases::of(["no not yet", "no", "no thanks"]);
        assert_eq!(search_for("no, not yet", &phrases).unwrap().text, "no, not yet");
        assert_eq!(search_for("no", &phrases).unwrap().text, "no");
        assert_eq!(search_for("no, I fell", &phrases), None);
    }

    #[test]
    fn what_gets_stuck_is_given_up_soon() {
        let phrases = Phrases::of(["lamp aan", "lamp uit", "radio aan", "help", "gauw"]);
        let (mut toy, tokens) = Toy::hearing("gordijnen dicht");
        assert_eq!(search(&mut toy, &tokens, &phrases, ALONG).unwrap().found, None);
        assert!(toy.asked <= 20, "{}", toy.asked);
    }

    #[test]
    fn where_somebody_stopped_in_the_middle_is_told() {
        let phrases = Phrases::of(["lamp in de gang aan", "lamp uit", "nee"]);
        for (said, begun) in [
            ("lamp in de gang", true),
            ("lamp", true),
            ("la", false),
            ("lamp uit", false),
            ("nee", false),
            ("het weer", false),
        ] {
            let (mut toy, tokens) = Toy::hearing(said);
            let searched = search(&mut toy, &tokens, &phrases, NEAR).unwrap();
            assert_eq!(searched.begun.is_some(), begun, "{said}");
        }
    }

    #[test]
    fn a_sentence_that_is_left_out_is_not_found() {
        let phrases = Phrases::of(["lamp aan", "lamp aap"]).without(["Lamp aan."]);
        assert_eq!(search_for("lamp aan", &phrases).unwrap().text, "lamp aap");
    }

    #[test]
    fn a_name_that_is_heard_for_ever_is_followed_within_the_bounds() {
        let mut phrases = Phrases::of(["lamp aan"]);
        let named = phrases.word(Place::START, "Robin");
        phrases.step(named, Step::Nothing, Place::START);
        phrases.end(named);
        let (mut toy, tokens) = Toy::hearing(&"Robin, ".repeat(500));
        let found = search(&mut toy, &tokens, &phrases, ALONG.up_to(24)).unwrap().found;
        assert!(toy.asked <= 8 + 2 * 24, "{}", toy.asked);
        assert!(found.is_none(), "{found:?}: this one never came to an end");
    }

    #[test]
    fn own_words_are_followed_within_the_bounds() {
        let mut phrases = Phrases::default();
        let tell = phrases.word(Place::START, "zeg");
        let end = phrases.place();
        phrases.step(tell, Step::OwnWords, end);
        phrases.end(end);
        assert_eq!(search_for("zeg dag", &phrases).unwrap().text, "zeg dag");
        let endless = "zeg ".to_owned() + &"x".repeat(500);
        search_for(&endless, &phrases);
    }

    #[test]
    fn of_nothing_that_can_be_said_nothing_is_found() {
        assert_eq!(search_for("lamp aan", &Phrases::default()), None);
    }
}
