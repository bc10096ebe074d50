//! The home that is measured: rooms, lamps, and skills for more than Omzien can do yet, so that
//! commands of every kind have a meaning. They are understood here and nothing acts on them.

use jiff::civil::DateTime;
use omzien_core::{Expectation, Intent, Language, Phrases, Plan};
use omzien_drivers::speech::recogniser::Transcript;
use omzien_skills::{Hearing, Skills, Through, Vocabulary};

use crate::config;

/// A Sunday afternoon; a day and an hour have to be some.
const NOW: DateTime = DateTime::constant(2026, 11, 22, 14, 10, 0, 0);

macro_rules! skills {
    ($($name:literal),* $(,)?) => {
        /// `(path, text)` of every file of the skills that are there to be measured.
        const FILES: &[(&str, &str)] = &[$(
            skills!(file $name, "skill.toml"),
            skills!(file $name, "nl.toml"),
            skills!(file $name, "en.toml"),
            skills!(file $name, "examples.toml"),
        )*];
    };
    (file $name:literal, $file:literal) => {
        (
            concat!($name, "/", $file),
            include_str!(concat!("../../../tests/voice/skills/", $name, "/", $file)),
        )
    };
}

skills!["alarm", "cleaning", "media", "sensor", "weather"];

/// Understands what is said in the measured home, in one language.
pub struct Home {
    language: Language,
    plan: Plan,
    skills: Skills,
    vocabulary: Vocabulary,
}

impl Home {
    /// The home of a language, every skill listening.
    pub fn of(language: Language) -> Self {
        let (name, text) = match language {
            Language::Nl => ("home_nl.toml", include_str!("../../../tests/voice/home_nl.toml")),
            Language::En => ("home_en.toml", include_str!("../../../tests/voice/home_en.toml")),
        };
        let plan = match config::read_text(name, text) {
            Ok(loaded) => loaded.plan,
            // They are part of the program, and a test reads both.
            Err(mistakes) => unreachable!("the measured home has mistakes:\n{mistakes}"),
        };
        // What is wrong in a folder fails the test below.
        let (skills, _) = Skills::built_in_and(FILES.iter().copied());
        let vocabulary = Vocabulary::of(&plan);
        Self { language, plan, skills, vocabulary }
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// What the words mean if they were said to the companion; `None` for nothing it knows.
    pub fn understand(&self, words: &str) -> Option<Intent> {
        self.understand_while(words, Expectation::default(), Through::Text, 1.0)
    }

    /// What the words mean when they come out of the microphone and nobody was named.
    pub fn overhear(&self, heard: &Transcript, expectation: Expectation) -> Option<Intent> {
        self.understand_while(&heard.text, expectation, Through::Voice, heard.confidence)
    }

    fn understand_while(
        &self,
        words: &str,
        expectation: Expectation,
        through: Through,
        confidence: f32,
    ) -> Option<Intent> {
        let language = self.language;
        let hearing = Hearing { language, expectation, now: NOW, room: None, through, confidence };
        let understood = self.skills.understand(words, &hearing, &self.vocabulary)?;
        (understood.intent != Intent::NotUnderstood).then_some(understood.intent)
    }

    /// What can be said when nothing was asked.
    pub fn phrases(&self) -> Phrases {
        self.phrases_while(Expectation::default())
    }

    /// What the daemon's recogniser decodes along.
    pub fn phrases_while(&self, expectation: Expectation) -> Phrases {
        self.skills.phrases(self.language, &self.vocabulary, expectation)
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub fn skills(&self) -> &Skills {
        &self.skills
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_home_understands_the_examples_of_its_skills() {
        let (_, errors) = Skills::built_in_and(FILES.iter().copied());
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        let mut wrong = Vec::new();
        for language in [Language::Nl, Language::En] {
            let Home { plan, skills, .. } = Home::of(language);
            let ours =
                |name: &str| FILES.iter().any(|(path, _)| path.starts_with(&format!("{name}/")));
            let mismatches = skills.try_examples_in(language, &plan, NOW);
            wrong.extend(mismatches.into_iter().filter(|it| ours(&it.skill)));
        }
        let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
