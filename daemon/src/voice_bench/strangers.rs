//! What is understood where nobody speaks to the companion: hours of silence, noise, music, a talk
//! programme and its own voice, faster than real time, through the ears and the recogniser.

use std::fmt;
use std::time::{Duration, Instant};

use omzien_core::{Expectation, Expects, Intent, Language, Phrases};
use omzien_drivers::speech::SpeechError;
use omzien_drivers::speech::chain::Chain;
use omzien_drivers::speech::halves::Halves;
use omzien_drivers::speech::turns::{Ears, Turn};
use omzien_skills::brief;

use super::home::Home;
use super::sounds::{Music, Noise, Room, Silence, Talk};

/// Who is there instead of the resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranger {
    Silence,
    Noise,
    Music,
    Talk,
    Own,
}

impl Stranger {
    pub const ALL: [Self; 5] = [Self::Silence, Self::Noise, Self::Music, Self::Talk, Self::Own];

    fn title(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Noise => "noise",
            Self::Music => "music",
            Self::Talk => "talk programme",
            Self::Own => "its own voice",
        }
    }

    fn room(self, seed: u64, language: Language) -> Result<Box<dyn Room>, SpeechError> {
        Ok(match self {
            Self::Silence => Box::new(Silence::new(seed)),
            Self::Noise => Box::new(Noise::new(seed)),
            Self::Music => Box::new(Music::new(seed)),
            Self::Talk => Box::new(Talk::programme(seed, language)?),
            Self::Own => Box::new(Talk::own(seed, language)?),
        })
    }
}

/// What came of one stranger.
#[derive(Default)]
struct Count {
    turns: usize,
    /// Turns that were a voice to the second opinion too.
    voices: usize,
    words: usize,
    /// Understood while nothing was asked, cries for help apart.
    commands: usize,
    /// Understood while a yes or no was awaited.
    answers: usize,
    /// Of these: "no" and "I am fine", which could end an alarm.
    fine: usize,
    cries: usize,
    took: Duration,
    accepted: Vec<String>,
}

/// Every stranger, for so long.
pub struct Strangers {
    title: &'static str,
    each: Duration,
    seed: u64,
    counts: Vec<(Stranger, Count)>,
}

/// What the home expects, with what can be said then.
struct Moment {
    expectation: Expectation,
    phrases: Phrases,
    halves: Halves<()>,
}

/// Lets each stranger be heard for so long, whole seconds.
pub fn measure(
    home: &Home,
    chain: &mut Chain,
    title: &'static str,
    each: Duration,
    seed: u64,
) -> Result<Strangers, SpeechError> {
    let mut moments = [Expects::Anything, Expects::YesNo].map(|expects| {
        let expectation = Expectation { question: 1, expects };
        Moment { expectation, phrases: home.phrases_while(expectation), halves: Halves::default() }
    });
    let mut counts = Vec::new();
    for stranger in Stranger::ALL {
        let mut room = stranger.room(seed, home.language())?;
        let mut ears = Ears::default();
        let mut count = Count::default();
        moments.iter_mut().for_each(|moment| moment.halves = Halves::default());
        let began = Instant::now();
        for _ in 0..each.as_secs() {
            for turn in ears.push(&room.second()) {
                count.hear(&turn, home, chain, &mut moments)?;
            }
        }
        if let Some(turn) = ears.close() {
            count.hear(&turn, home, chain, &mut moments)?;
        }
        count.took = began.elapsed();
        counts.push((stranger, count));
    }
    Ok(Strangers { title, each, seed, counts })
}

impl Count {
    fn hear(
        &mut self,
        turn: &Turn,
        home: &Home,
        chain: &mut Chain,
        moments: &mut [Moment],
    ) -> Result<(), SpeechError> {
        self.turns += 1;
        for Moment { expectation, phrases, halves } in moments {
            let (understanding, _) = halves.understand(chain, turn, (), phrases)?;
            let Some(heard) = understanding.transcript else { return Ok(()) };
            self.voices += usize::from(expectation.expects == Expects::Anything);
            self.words += usize::from(!heard.text.is_empty());
            let Some(intent) = home.overhear(&heard, *expectation) else { continue };
            let asked = expectation.expects != Expects::Anything;
            if intent == Intent::Help {
                self.cries += usize::from(!asked);
            } else if asked {
                self.answers += 1;
                self.fine += usize::from(matches!(intent, Intent::No | Intent::Fine));
            } else {
                self.commands += 1;
            }
            let moment = if asked { "asked" } else { "unasked" };
            self.accepted.push(format!("{moment}: {:?} as {}", heard.text, brief(&intent)));
        }
        Ok(())
    }
}

impl Strangers {
    /// What was taken for ours, and for what.
    pub fn accepted(&self) -> impl fmt::Display + '_ {
        Accepted(self)
    }
}

impl fmt::Display for Strangers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, each, seed, counts } = self;
        writeln!(f, "{title}: {} s of each, seed {seed}", each.as_secs())?;
        let columns =
            ["turns", "voices", "words", "commands", "answers", "fine", "cries", "took (s)"];
        write!(f, "{:16}", "")?;
        columns.iter().try_for_each(|column| write!(f, "{column:>10}"))?;
        writeln!(f)?;
        for (stranger, count) in counts {
            let Count { turns, voices, words, commands, answers, fine, cries, took, .. } = count;
            let took = took.as_secs_f64();
            writeln!(
                f,
                "{:16}{turns:10}{voices:10}{words:10}{commands:10}{answers:10}{fine:10}{cries:10}{took:10.1}",
                stranger.title()
            )?;
        }
        writeln!(
            f,
            "voices: taken for a voice twice; words: written, over both moments; commands: understood while nothing was asked; answers: while a yes or no was awaited, \
             fine: \"no\" and \"I am fine\" among them; cries: for help, unasked"
        )
    }
}

struct Accepted<'a>(&'a Strangers);

impl fmt::Display for Accepted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (stranger, count) in &self.0.counts {
            for accepted in &count.accepted {
                writeln!(f, "{}, {}: {accepted}", self.0.title, stranger.title())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use omzien_drivers::speech::recogniser::{Recogniser, Transcript};
    use omzien_drivers::speech::turns::{End, Onset};

    use super::*;

    /// Hears the same in every turn.
    struct Parrot(&'static str);

    impl Recogniser for Parrot {
        fn transcribe(&mut self, _: &[f32], _: &Phrases) -> Result<Transcript, SpeechError> {
            Ok(Transcript { text: self.0.to_owned(), confidence: 1.0, ..Transcript::default() })
        }
    }

    #[test]
    fn what_is_taken_for_ours_is_counted_by_what_it_could_do() {
        let home = Home::of(Language::En);
        let mut moments = [Expects::Anything, Expects::YesNo].map(|expects| Moment {
            expectation: Expectation { question: 1, expects },
            phrases: Phrases::default(),
            halves: Halves::default(),
        });
        let turn = Turn {
            samples: vec![0.0; 16_000],
            pauses_ms: Vec::new(),
            pause_ms: 800,
            began: 0,
            ended: 3_200,
            end: End::Pause,
            onset: Onset::Sentence,
        };
        for (text, commands, answers, fine, cries) in [
            ("", 0, 0, 0, 0),
            ("and now the weather in the north", 0, 0, 0, 0),
            ("no", 0, 1, 1, 0),
            ("I am fine", 0, 1, 1, 0),
            ("yes", 0, 1, 0, 0),
            ("Robin, turn on the lights", 1, 1, 0, 0),
            ("turn on the lights", 0, 1, 0, 0),
            ("help me", 0, 0, 0, 1),
        ] {
            let mut count = Count::default();
            let mut chain = Chain::new(None, Box::new(Parrot(text)));
            count.hear(&turn, &home, &mut chain, &mut moments).unwrap();
            let found = (count.commands, count.answers, count.fine, count.cries);
            assert_eq!(found, (commands, answers, fine, cries), "{text:?}");
            assert_eq!((count.turns, count.voices), (1, 1));
        }
    }
}
