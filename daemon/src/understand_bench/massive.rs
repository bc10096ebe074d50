//! MASSIVE and xSID: is the right intent found, and is what is not for us left alone? A table
//! (`massive.toml`) says which of our meanings an intent of theirs may have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use omzien_core::Language;
use omzien_skills::{Labelled, Skills};
use serde::Deserialize;

use super::data::{Data, NoData};
use crate::understanding::Reader;

/// A sentence of one of these collections.
#[derive(Debug, Deserialize)]
struct Sentence {
    text: String,
    intent: String,
    /// `train` and `dev` of MASSIVE; xSID has none.
    #[serde(default)]
    partition: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    ours: BTreeMap<String, Vec<String>>,
    unsure: BTreeSet<String>,
}

/// What a sentence may be understood as.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// One of these.
    Ours(Vec<String>),
    Nothing,
    /// It is not judged.
    Unsure,
}

impl Table {
    fn get() -> &'static Self {
        static TABLE: LazyLock<Table> = LazyLock::new(|| {
            // Part of the program, and a test reads it.
            toml::from_str(include_str!("massive.toml")).unwrap_or_else(|error| {
                unreachable!("massive.toml: {error}");
            })
        });
        &TABLE
    }

    fn wanted(&self, intent: &str, skills: &Skills) -> Wanted {
        if self.unsure.contains(intent) {
            return Wanted::Unsure;
        }
        let Some(names) = self.ours.get(intent) else { return Wanted::Nothing };
        let known = |name: &&String| skills.intents().any(|intent| intent == **name);
        let names: Vec<String> = names.iter().filter(known).cloned().collect();
        if names.is_empty() { Wanted::Unsure } else { Wanted::Ours(names) }
    }
}

/// What to learn from: the part of MASSIVE that is meant for it, or all that is given.
pub(crate) fn lessons(
    data: &Data,
    language: Language,
    skills: &Skills,
    of: Part,
) -> Result<Vec<Labelled>, NoData> {
    let sentences: Vec<Sentence> = data.sentences("massive", language)?;
    let table = Table::get();
    let lesson = |sentence: Sentence| {
        let means = match table.wanted(&sentence.intent, skills) {
            Wanted::Ours(names) => names,
            Wanted::Nothing => Vec::new(),
            Wanted::Unsure => return None,
        };
        Some(Labelled { text: sentence.text, means })
    };
    let wanted = sentences.into_iter().filter(|it| of == Part::All || it.partition == "train");
    Ok(wanted.filter_map(lesson).collect())
}

/// The sentences of MASSIVE that nothing was learnt from.
pub(crate) fn texts(data: &Data, language: Language) -> Result<Vec<String>, NoData> {
    let sentences: Vec<Sentence> = data.sentences("massive", language)?;
    Ok(sentences.into_iter().filter(|it| it.partition != "train").map(|it| it.text).collect())
}

/// How much of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// All that is given
    All,
    /// What its authors meant to be learnt from
    Train,
}

/// What came out of one collection.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    right: usize,
    ours: usize,
    /// Of what is nothing for us.
    accepted: usize,
    nothing: usize,
    /// What was wanted, what was found, the sentence.
    pub(crate) misses: Vec<(String, String, String)>,
}

/// Judges a collection; of MASSIVE only what nothing was learnt from.
pub(crate) fn judge(
    data: &Data,
    name: &str,
    language: Language,
    reader: &Reader,
) -> Result<Outcome, NoData> {
    let sentences: Vec<Sentence> = data.sentences(name, language)?;
    let mut outcome = Outcome::default();
    for sentence in sentences.iter().filter(|sentence| sentence.partition != "train") {
        let wanted = Table::get().wanted(&sentence.intent, reader.skills());
        if wanted == Wanted::Unsure {
            continue;
        }
        let found = reader.understand(&sentence.text).map(|it| it.name).unwrap_or_default();
        let right = match &wanted {
            Wanted::Ours(names) => {
                outcome.ours += 1;
                let right = names.contains(&found);
                outcome.right += usize::from(right);
                right
            }
            Wanted::Nothing | Wanted::Unsure => {
                outcome.nothing += 1;
                outcome.accepted += usize::from(!found.is_empty());
                found.is_empty()
            }
        };
        if !right {
            outcome.misses.push((sentence.intent.clone(), found, sentence.text.clone()));
        }
    }
    Ok(outcome)
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        write!(
            f,
            "right intent {:.1} % of {}, not for us and accepted {:.1} % of {}",
            share(self.right, self.ours),
            self.ours,
            share(self.accepted, self.nothing),
            self.nothing
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_in_the_table_is_one_of_ours_or_is_still_to_come() {
        let skills = Skills::built_in();
        let named = Table::get()
            .ours
            .values()
            .filter(|names| names.iter().any(|name| skills.intents().any(|intent| intent == name)));
        assert!(named.count() > 10);
        assert_eq!(Table::get().wanted("weather_query", &skills), Wanted::Nothing);
        assert_eq!(Table::get().wanted("audio_volume_mute", &skills), Wanted::Unsure);
    }
}
