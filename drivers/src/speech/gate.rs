//! Is this what somebody said, or what the model made up? A recogniser must write something even
//! where nobody spoke: "Subtitles by …", "[music]", one word a hundred times. A pure check of the
//! text against the time it took, the model's own likelihood, and the sentences that can be said.
//! It never changes the meaning of what passes.

use omzien_core::{Phrases, plain};

/// A recogniser's raw result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    pub text: &'a str,
    /// Mean of the tokens' log-probabilities; 0 is certain.
    pub mean_log_probability: f32,
    /// How long the voice was heard, seconds.
    pub voice_s: f32,
    /// The model was still writing when its bound was reached.
    pub tokens: Tokens,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    Finished,
    CutOff,
}

/// Why a text did not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// Nothing but spaces, signs, or a description of a sound.
    Empty,
    /// What subtitles say when nobody speaks.
    Subtitle,
    /// The same words again and again.
    Loop,
    /// More words than a mouth can say in the time.
    TooFast,
    /// The model itself does not believe it.
    Unlikely,
}

/// OpenAI's own decoder distrusts a text below -1.0.
const LIKELY: f32 = -1.0;
/// Dutch is spoken at some five syllables a second (Verhoeven 2004); seven whole words are no
/// mouth's.
const WORDS_PER_S_MAX: f32 = 7.0;
/// People repeat a cry; nobody says the same three words three times in a row.
const LOOP_WORDS: usize = 3;
const LOOP_TIMES: usize = 3;
/// And nobody the same one or two this often within a turn.
const CHANT_TIMES: usize = 8;

/// Whole texts and parts of texts that the training subtitles left behind, in normal form.
const SUBTITLE_WHOLE: &[&str] = &[
    "muziek",
    "music",
    "applaus",
    "applause",
    "gelach",
    "laughter",
    "stilte",
    "silence",
    "bedankt voor het kijken",
    "thank you for watching",
    "thanks for watching",
    "you",
];
const SUBTITLE_PART: &[&str] = &[
    "ondertiteld door",
    "ondertiteling",
    "ondertitels",
    "tv gelderland",
    "amara org",
    "subtitles by",
    "subtitled by",
    "subscribe to",
    "npo 2",
    "nederlandse ondertitel",
];

/// The text that passes, cleaned of signs for sounds.
pub fn pass(candidate: Candidate<'_>, phrases: &Phrases) -> Result<String, Rejected> {
    let mut spoken = without_sound_signs(candidate.text);
    let normal = plain(&spoken);
    if normal.is_empty() {
        return Err(Rejected::Empty);
    }
    let known = |text: &str| phrases.has(text);
    if known(&normal) {
        return likely(candidate, spoken);
    }
    let words: Vec<&str> = normal.split(' ').collect();
    if let Some((unit, times)) = repetition(&words) {
        // A known sentence said often is that sentence: a cry for help is not lost in an echo.
        if known(&unit) {
            return likely(candidate, unit);
        }
        let unit_words = unit.split(' ').count();
        if (unit_words >= LOOP_WORDS && times >= LOOP_TIMES) || times >= CHANT_TIMES {
            return Err(Rejected::Loop);
        }
        // A sentence written twice, and nothing else, says what it says once: small models echo.
        if unit_words >= LOOP_WORDS && times * unit_words == words.len() {
            spoken = unit;
        }
    }
    if candidate.tokens == Tokens::CutOff {
        return Err(Rejected::Loop);
    }
    if is_subtitle(&spoken, &normal) {
        return Err(Rejected::Subtitle);
    }
    if words.len() as f32 > 2.0 + candidate.voice_s * WORDS_PER_S_MAX {
        return Err(Rejected::TooFast);
    }
    likely(candidate, spoken)
}

fn likely(candidate: Candidate<'_>, text: String) -> Result<String, Rejected> {
    if candidate.mean_log_probability >= LIKELY { Ok(text) } else { Err(Rejected::Unlikely) }
}

/// Without "[music]", "(laughs)", "*sighs*" and notes.
fn without_sound_signs(text: &str) -> String {
    let mut spoken = String::new();
    let mut closing = None;
    for c in text.chars() {
        match (closing, c) {
            (Some(end), _) if c == end => closing = None,
            (Some(_), _) | (None, '♪' | '♫') => {}
            (None, '[') => closing = Some(']'),
            (None, '(') => closing = Some(')'),
            (None, '*') => closing = Some('*'),
            (None, _) => spoken.push(c),
        }
    }
    spoken.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Subtitles shout: what is written all in capitals was a description. (A short "TV" is not.)
fn is_subtitle(spoken: &str, normal: &str) -> bool {
    let letters: Vec<char> = spoken.chars().filter(|c| c.is_alphabetic()).collect();
    let shouted = letters.len() >= 4 && letters.iter().all(|c| c.is_uppercase());
    shouted
        || SUBTITLE_WHOLE.contains(&normal)
        || SUBTITLE_PART.iter().any(|part| normal.contains(part))
}

/// The words that are said over and over from some word on to the end, and how often; at least
/// twice, and only if they make up most of the text.
fn repetition(words: &[&str]) -> Option<(String, usize)> {
    (1..=words.len() / 2)
        .filter_map(|length| {
            let unit = &words[words.len() - length..];
            let times = words.rchunks_exact(length).take_while(|chunk| *chunk == unit).count();
            (times >= 2 && times * length * 2 > words.len()).then_some((unit, times))
        })
        .max_by_key(|(unit, times)| (times * unit.len(), std::cmp::Reverse(unit.len())))
        .map(|(unit, times)| (unit.join(" "), times))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases() -> Phrases {
        Phrases::of(["Help", "Muziek", "Turn on the kitchen light", "Zet de lamp aan"])
    }

    fn candidate(text: &str) -> Candidate<'_> {
        Candidate { text, mean_log_probability: -0.3, voice_s: 2.0, tokens: Tokens::Finished }
    }

    fn judge(text: &str) -> Result<String, Rejected> {
        pass(candidate(text), &phrases())
    }

    #[test]
    fn what_people_say_passes_unchanged() {
        for text in [
            "Turn on the kitchen light.",
            "Zet de lamp in de keuken aan, alsjeblieft.",
            "Ja",
            "Nee, nee, nee, dat hoeft niet",
            "TV uit",
            "Ik ben gevallen",
            "no no no",
        ] {
            assert_eq!(judge(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_nobody_said_does_not() {
        for (text, why) in [
            ("", Rejected::Empty),
            (" . ", Rejected::Empty),
            ("[Muziek]", Rejected::Empty),
            ("(zachte muziek) ♪ ♪", Rejected::Empty),
            ("*zucht*", Rejected::Empty),
            ("TV GELDERLAND 2020.", Rejected::Subtitle),
            ("APPLAUS", Rejected::Subtitle),
            ("Music", Rejected::Subtitle),
            ("Ondertiteld door de buurman", Rejected::Subtitle),
            ("Thanks for watching!", Rejected::Subtitle),
            ("dat is goed dat is goed dat is goed dat is goed", Rejected::Loop),
            ("en dan dat is goed dat is goed dat is goed", Rejected::Loop),
            ("la la la la la la la la la la", Rejected::Loop),
        ] {
            assert_eq!(judge(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_sentence_that_is_echoed_passes_once() {
        let text = "Robin turn everything off. Robin, turn everything off.";
        assert_eq!(judge(text).as_deref(), Ok("robin turn everything off"));
        assert_eq!(judge("Nee. Nee.").as_deref(), Ok("Nee. Nee."), "a person may insist");
    }

    #[test]
    fn a_sign_for_a_sound_is_left_out_of_a_sentence() {
        assert_eq!(judge("[hoest] Zet de lamp aan.").as_deref(), Ok("Zet de lamp aan."));
    }

    #[test]
    fn a_cry_for_help_passes_however_often_it_is_said() {
        assert_eq!(judge("Help! Help! Help!").as_deref(), Ok("help"));
        let endless = Candidate { tokens: Tokens::CutOff, ..candidate(&HELP_OFTEN) };
        assert_eq!(pass(endless, &phrases()).as_deref(), Ok("help"));
    }

    static HELP_OFTEN: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| "Help! ".repeat(60));

    #[test]
    fn a_sentence_the_home_knows_is_no_subtitle() {
        assert_eq!(judge("Muziek!").as_deref(), Ok("Muziek!"));
    }

    #[test]
    fn time_and_likelihood_count() {
        let long = "een twee drie vier vijf zes zeven acht negen tien elf twaalf";
        let hurried = Candidate { voice_s: 0.5, ..candidate(long) };
        assert_eq!(pass(hurried, &phrases()), Err(Rejected::TooFast));
        let endless = Candidate { tokens: Tokens::CutOff, ..candidate(long) };
        assert_eq!(pass(endless, &phrases()), Err(Rejected::Loop));
        let doubtful = Candidate { mean_log_probability: -1.6, ..candidate("Zet de lamp aan") };
        assert_eq!(pass(doubtful, &phrases()), Err(Rejected::Unlikely));
    }
}
