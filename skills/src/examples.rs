//! The examples of the skills, tried: each sentence must come out as its folder says.

use std::fmt;

use jiff::civil::DateTime;
use omzien_core::{Expectation, Intent, Language, Plan, Reply};

use crate::hearing::{Hearing, Through};
use crate::skill::{Example, ExampleThrough};
use crate::vocabulary::Vocabulary;
use crate::{Skills, brief};

/// An example that came out otherwise than its folder says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The skill's folder.
    pub skill: String,
    /// The sentence.
    pub sentence: String,
    /// What the folder says.
    pub wanted: String,
    /// What it was understood as.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { skill, sentence, wanted, found } = self;
        write!(f, "{skill}: {sentence:?} should be `{wanted}`, is `{found}`")
    }
}

/// See [`Skills::try_examples`].
pub(crate) fn mismatches(
    skills: &Skills,
    languages: &[Language],
    plan: &Plan,
    now: DateTime,
) -> Vec<Mismatch> {
    let vocabulary = Vocabulary::of(plan);
    let mut mismatches = Vec::new();
    for skill in skills.list() {
        for example in &skill.examples {
            for &language in languages {
                let hearing = hearing(example, language, now);
                let (sentences, answer) = match language {
                    Language::Nl => (&example.nl, example.answer.as_ref().map(|it| &it.nl)),
                    Language::En => (&example.en, example.answer.as_ref().map(|it| &it.en)),
                };
                let mut mismatch = |sentence: &str, wanted: &str, found: String| {
                    if found != wanted {
                        mismatches.push(Mismatch {
                            skill: skill.name.clone(),
                            sentence: sentence.to_owned(),
                            wanted: wanted.to_owned(),
                            found,
                        });
                    }
                };
                for sentence in sentences {
                    let understood = skills.understand(sentence, &hearing, &vocabulary);
                    let intent = understood.map(|understood| understood.intent);
                    let found = intent.as_ref().map_or_else(|| "-".to_owned(), brief);
                    mismatch(sentence, &example.means, found);
                    if let (Some(answer), Some(Intent::Skill { name, slots })) = (answer, intent) {
                        let reply = Reply::of_skill(&name, &slots);
                        let found = skills.render(&reply, language, plan);
                        let found = found.unwrap_or_else(|error| error.to_string());
                        mismatch(sentence, answer, found);
                    }
                }
            }
        }
    }
    mismatches
}

fn hearing(example: &Example, language: Language, now: DateTime) -> Hearing<'static> {
    Hearing {
        language,
        expectation: Expectation { question: 1, expects: example.expects },
        now,
        room: None,
        through: match example.through {
            ExampleThrough::Text => Through::Text,
            ExampleThrough::Voice => Through::Voice,
        },
        confidence: 1.0,
    }
}
