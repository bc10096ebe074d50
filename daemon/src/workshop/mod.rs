//! A skill in the making: its folder checked, its sentences tried, a new one begun. It changes no
//! home, and writes nothing but the folder of a new skill.

mod new;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use omzien_core::intent::Given;
use omzien_core::{Expects, Language, Plan};
use omzien_skills::{Mismatch, Origin, Skills};

use crate::config::{self, HomeSkills, Mistakes};
use crate::understanding::Reader;

pub use new::{NewError, begin};

/// When the examples of skills are said: a Sunday afternoon, so that "tomorrow" is always the same.
pub const EXAMPLES_AT: DateTime = DateTime::constant(2026, 11, 22, 14, 10, 0, 0);
/// Of the examples that came out otherwise so many are told; the rest is counted.
const TOLD_MAX: usize = 40;

/// What `check` found.
#[derive(Debug)]
pub struct Checked {
    /// In the files.
    pub mistakes: Mistakes,
    /// Examples that came out otherwise, and sentences that two skills claim; each a line.
    pub otherwise: Vec<String>,
    /// What was looked at and is right, by name, with its number of examples.
    pub right: BTreeMap<String, usize>,
}

impl Checked {
    pub fn is_right(&self) -> bool {
        self.mistakes.is_empty() && self.otherwise.is_empty()
    }
}

/// The skills in a folder: of one skill, if it is one, else one in each folder below it.
pub fn skills_in(folder: &Path) -> HomeSkills {
    match is_skill(folder) {
        true => HomeSkills::of_skill(folder),
        false => HomeSkills::of_folder(folder),
    }
}

/// Does a skill lie here, broken or not?
pub fn is_skill(folder: &Path) -> bool {
    omzien_skills::FILES_OF_A_SKILL.iter().any(|file| folder.join(file).is_file())
}

/// The home file beside the folder of skills, if there is one.
pub fn home_beside(folder: &Path) -> Option<PathBuf> {
    let folder = std::fs::canonicalize(folder).ok()?;
    let skills = if is_skill(&folder) { folder.parent()?.to_owned() } else { folder };
    let home = skills.with_file_name("home.toml");
    home.is_file().then_some(home)
}

/// Runs the examples of a home's skills, and looks for sentences that two skills claim. Without a
/// plan both reference homes are asked, each in its language.
pub fn check(found: HomeSkills, plan: Option<&Plan>) -> Checked {
    let HomeSkills { skills, mistakes, .. } = found;
    let skills = skills.everything();
    let mut otherwise = Vec::new();
    for language in [Language::Nl, Language::En] {
        let reference = || config::reference(language).plan;
        let plan = plan.map_or_else(reference, Plan::clone);
        let mismatches = skills.try_examples_in(language, &plan, EXAMPLES_AT);
        let own = mismatches.iter().filter(|it| is_of_the_home(&skills, it));
        otherwise.extend(own.map(ToString::to_string));
        let claims = skills.claims(language, &plan, EXAMPLES_AT);
        otherwise.extend(claims.iter().map(|claim| {
            format!("{claim}\n  say it in other words; the program's own skills go first")
        }));
    }
    if let Some(more) = otherwise.len().checked_sub(TOLD_MAX).filter(|more| *more > 0) {
        otherwise.truncate(TOLD_MAX);
        otherwise.push(format!("… and {more} more."));
    }
    let own = skills.list().iter().filter(|skill| skill.origin == Origin::Home);
    let right = own.map(|skill| (skill.name.clone(), skill.example_count())).collect();
    Checked { mistakes, otherwise, right }
}

fn is_of_the_home(skills: &Skills, mismatch: &Mismatch) -> bool {
    let mut skills = skills.list().iter();
    skills.any(|skill| skill.name == mismatch.skill && skill.origin == Origin::Home)
}

/// Understands sentences in one home, and says by which template, and what would be answered.
pub struct Trial {
    reader: Reader,
}

/// Whether a sentence was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    Understood,
    NotUnderstood,
}

impl Trial {
    pub fn new(plan: Plan, skills: &Skills, now: Timestamp) -> Self {
        Self { reader: Reader::new(plan, skills, now, Expects::Anything) }
    }

    /// The lines to print about a sentence.
    pub fn read(&self, text: &str) -> (String, Tried) {
        let Some(understood) = self.reader.understand(text).filter(|it| !it.name.is_empty()) else {
            return (format!("{text}\n  not understood by any skill"), Tried::NotUnderstood);
        };
        let skills = self.reader.skills();
        let skill = understood.name.split('.').next().unwrap_or_default();
        let known = skills.list().iter().find(|known| known.name == skill);
        let origin = match known.map(|skill| skill.origin) {
            Some(Origin::Home) => "in the folder",
            Some(Origin::Program) | None => "of the program",
        };
        let template = self.reader.template(text, &understood.name);
        let by = template.map_or("a guess: no sentence of it says this", |template| template);
        let mut lines = format!("{text}\n  means   {} ({origin})\n  by      {by}", understood.name);
        for (name, given) in &understood.slots {
            lines.push_str(&format!("\n  {name:7} {}", in_words(given)));
        }
        let answer = self.reader.answer(understood.intent);
        lines.push_str(&format!("\n  says    {}", answer.as_deref().unwrap_or("nothing")));
        (lines, Tried::Understood)
    }
}

fn in_words(given: &Given) -> String {
    serde_json::to_string(given).unwrap_or_else(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `new` writes is a skill that works, in both languages, as it is.
    #[test]
    fn what_is_begun_is_right_and_answers() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["tea", "tea-time", "thee_2"] {
            let written = begin(folder.path(), name).expect("a new skill");
            let checked = check(skills_in(&written), None);
            assert!(checked.is_right(), "{name}: {}\n{:?}", checked.mistakes, checked.otherwise);
            assert!(checked.right[name] >= 10);
        }
        let found = skills_in(folder.path());
        assert_eq!(found.of_the_home().count(), 3);
        // Three skills that claim the same sentences: two of them never get theirs.
        let checked = check(found, None);
        assert!(checked.otherwise.iter().any(|line| line.contains("both claim")));
    }

    #[test]
    fn a_folder_is_begun_once_and_by_a_fitting_name() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(begin(folder.path(), "tea").is_ok());
        for name in ["tea", "Tea", "lights", "help", "first-help", "", "../tea"] {
            assert!(begin(folder.path(), name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn an_example_that_comes_out_otherwise_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let written = begin(folder.path(), "tea").expect("a new skill");
        let path = written.join("examples.toml");
        let text = std::fs::read_to_string(&path).expect("written");
        let wrong = format!("{text}\n[[example]]\nmeans = \"tea.brew\"\nnl = [\"wat een weer\"]\n");
        std::fs::write(&path, wrong).expect("written");
        let checked = check(skills_in(&written), None);
        assert!(checked.otherwise.iter().any(|line| line.contains("wat een weer")), "{checked:?}");
    }
}
