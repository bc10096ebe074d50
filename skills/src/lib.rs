//! What Omzien can talk about: one folder of data per skill, the small engine that finds the
//! [`Intent`](omzien_core::Intent) in a sentence, and the words for everything the home can say.
//!
//! This crate never touches a file, a clock or the network: folders come in as `(path, text)`
//! pairs, and the moment at which something was said is an argument.

#![warn(missing_docs)]

mod brief;
mod built_in;
mod claims;
mod classifier;
mod error;
mod examples;
mod hearing;
mod language;
mod lists;
mod phrases;
mod program;
mod render;
mod samples;
mod skill;
mod spelling;
mod spoken;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod things;
mod understand;
mod vocabulary;
mod when;

pub use brief::brief;
pub use claims::Claim;
pub use classifier::lessons::Labelled;
pub use error::{RenderError, SkillError};
pub use examples::Mismatch;
pub use hearing::{Addressed, Hearing, Through, Understood};
pub use skill::{
    Autonomy, FILE_BYTES_MAX, FILES_OF_A_SKILL, InBoth, Listens, Manifest, Origin, Parameter,
    Purpose, Skill, Touches,
};
pub use template::Refused;
pub use vocabulary::Vocabulary;
pub use when::{Grain, TimeFound, times};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::civil::DateTime;
use omzien_core::catalogue::{CHIME_WRITTEN, key};
use omzien_core::{Expectation, Language, Phrases, Plan, Reply};

use classifier::{lessons, training};
use lists::Lists;
use render::Answers;
use skill::{Folder, IntentRule, Setting, Wording};
use understand::Engine;

/// The skills of a home. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Skills {
    all: Arc<All>,
    /// Of each skill, whether it listens.
    enabled: Vec<bool>,
    /// What an installer set, by skill and parameter.
    settings: Arc<BTreeMap<(String, String), Setting>>,
}

#[derive(Debug)]
struct All {
    skills: Vec<Skill>,
    lists: Arc<Lists>,
    engines: [Engine; 2],
    answers: [Answers; 2],
}

impl Skills {
    /// The skills that are part of the program, all enabled. They are read once.
    pub fn built_in() -> Self {
        // What is wrong in a built-in folder fails this crate's tests; a home loses that skill.
        static BUILT_IN: LazyLock<Skills> =
            LazyLock::new(|| Skills::read(built_in::FILES.iter().copied()).0);
        BUILT_IN.clone()
    }

    /// The same with others of ours behind them.
    pub fn built_in_and<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<SkillError>) {
        Self::read(built_in::FILES.iter().copied().chain(files))
    }

    /// Reads skills of ours from `(path, text)` pairs, the path being `name/file`, all enabled. A
    /// broken skill is left out and told about; the others go on.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<SkillError>) {
        Self::gather(files, [])
    }

    /// The built-in skills with those of a home, of which each adds one or takes the place of the
    /// one of its name. They can weaken nothing that keeps somebody safe.
    pub fn with_those_of_a_home<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<SkillError>) {
        Self::gather(built_in::FILES.iter().copied(), files)
    }

    fn gather<'a>(
        ours: impl IntoIterator<Item = (&'a str, &'a str)>,
        of_the_home: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<SkillError>) {
        let mut shelf = Shelf::default();
        for (name, files) in folders(ours) {
            let folder = Folder { name, files: &files, origin: Origin::Program, instead_of: None };
            shelf.put(folder);
        }
        shelf.lists.end_of_program();
        for (name, files) in folders(of_the_home) {
            shelf.put_of_home(name, &files);
        }
        let Shelf { skills, replaced, lists, errors } = shelf;
        let answers = language::LANGUAGES.map(|language| {
            let speeches = skills.iter().map(|skill| &skill.speech[language::place(language)]);
            let answers = speeches.flat_map(|speech| speech.answers.clone());
            // A sound is the same in every language.
            let chime = Wording::Plain(CHIME_WRITTEN.to_owned());
            answers.chain([(key::CHIME.to_owned(), chime)]).collect()
        });
        let lists = Arc::new(lists);
        let engines =
            language::LANGUAGES.map(|language| Engine::new(&skills, &replaced, &lists, language));
        let enabled = vec![true; skills.len()];
        let all = Arc::new(All { skills, lists, engines, answers });
        (Self { all, enabled, settings: Arc::default() }, errors)
    }

    /// The same skills with only `names` listening, and those that always do (help and what any
    /// conversation needs). Everything can still be *said*: an alarm has its words in a home
    /// where nothing is enabled. Returns the names that are no skill beside it.
    pub fn enable<S: AsRef<str>>(&self, names: &[S]) -> (Self, Vec<String>) {
        let wanted = |name: &str| names.iter().any(|wanted| wanted.as_ref() == name);
        let skills = &self.all.skills;
        let enabled = skills
            .iter()
            .map(|skill| match skill.manifest.listens {
                Listens::Always => true,
                Listens::WhenEnabled => wanted(&skill.name),
            })
            .collect();
        let unknown = names
            .iter()
            .map(AsRef::as_ref)
            .filter(|name| !skills.iter().any(|skill| skill.name == *name))
            .map(str::to_owned)
            .collect();
        (self.with_enabled(enabled), unknown)
    }

    /// The same skills, all enabled.
    pub fn everything(&self) -> Self {
        self.with_enabled(vec![true; self.enabled.len()])
    }

    fn with_enabled(&self, enabled: Vec<bool>) -> Self {
        Self { enabled, ..self.clone() }
    }

    /// The same skills with a parameter of one set to a value of its file.
    pub fn with_setting(
        &self,
        skill: &str,
        name: &str,
        value: &toml::Value,
    ) -> Result<Self, Refused> {
        let known = self.all.skills.iter().find(|known| known.name == skill);
        let parameters = known.map(|skill| &skill.manifest.parameters);
        let Some(parameter) = parameters.and_then(|it| it.get(name)) else {
            let names = parameters.into_iter().flat_map(|it| it.keys()).map(String::as_str);
            let names: Vec<_> = names.collect();
            let mend = match names.is_empty() {
                true => "leave it out: nothing of it can be set".to_owned(),
                false => format!("possible here: {}", names.join(", ")),
            };
            let problem = format!("the skill `{skill}` has no parameter `{name}`");
            return Err(Refused { problem, mend });
        };
        let setting = parameter.read(value)?;
        let mut settings = (*self.settings).clone();
        settings.insert((skill.to_owned(), name.to_owned()), setting);
        Ok(Self { settings: Arc::new(settings), ..self.clone() })
    }

    /// Every skill, enabled or not, in the order in which they are asked.
    pub fn list(&self) -> &[Skill] {
        &self.all.skills
    }

    /// Whether a skill of this name listens.
    pub fn listens(&self, name: &str) -> bool {
        let mut skills = self.all.skills.iter().zip(&self.enabled);
        skills.any(|(skill, enabled)| skill.name == name && *enabled)
    }

    pub(crate) fn lists(&self) -> &Lists {
        &self.all.lists
    }

    pub(crate) fn engine(&self, language: Language) -> &Engine {
        &self.all.engines[language::place(language)]
    }

    /// What Home Assistant calls an intent, given as `skill.intent`, where it has one for the same.
    pub fn equivalent(&self, intent: &str) -> Option<&str> {
        self.rule(intent)?.equivalent.as_deref()
    }

    /// What it calls a slot of that intent.
    pub fn equivalent_slot<'a>(&'a self, intent: &str, slot: &'a str) -> &'a str {
        let theirs = self.rule(intent).and_then(|rule| rule.equivalent_slots.get(slot));
        theirs.map_or(slot, String::as_str)
    }

    /// The state about which that intent asks there.
    pub fn equivalent_state(&self, intent: &str) -> Option<&str> {
        self.rule(intent)?.equivalent_state.as_deref()
    }

    fn rule(&self, intent: &str) -> Option<&IntentRule> {
        let (skill, intent) = intent.rsplit_once('.')?;
        let skill = self.all.skills.iter().find(|known| known.name == skill)?;
        skill.manifest.intents.get(intent)
    }

    /// The names of everything that can be meant: `skill.intent`.
    pub fn intents(&self) -> impl Iterator<Item = &str> {
        self.all.engines[0].names()
    }

    /// What the resident meant; `None` if it was not said to us: a television, a telephone call.
    /// A cry for help is always for us. Never panics; a sentence of any length takes bounded time.
    pub fn understand(
        &self,
        text: &str,
        hearing: &Hearing<'_>,
        vocabulary: &Vocabulary,
    ) -> Option<Understood> {
        let engine = &self.all.engines[language::place(hearing.language)];
        engine.understand(text, hearing, vocabulary, &self.enabled)
    }

    /// What can be said now, for a recogniser that decodes along it: a graph of at most half a
    /// million places.
    pub fn phrases(
        &self,
        language: Language,
        vocabulary: &Vocabulary,
        expectation: Expectation,
    ) -> Phrases {
        let All { skills, lists, .. } = &*self.all;
        phrases::phrases(skills, lists, &self.enabled, language, vocabulary, expectation)
    }

    /// What is a cry for help, and nothing else: for a recogniser that has time for no more.
    pub fn cries(&self, language: Language, vocabulary: &Vocabulary) -> Phrases {
        let skills = self.all.skills.iter();
        let enabled = skills.map(|skill| skill.hears_cries(language)).collect();
        self.with_enabled(enabled).phrases(language, vocabulary, Expectation::default())
    }

    /// Weights for the classifier of a language, learnt from the sentences of the skills that are
    /// listening and from what people said. `about` says whose sentences those are. Takes some
    /// seconds; the same sentences give the same weights.
    pub fn train(
        &self,
        language: Language,
        vocabulary: &Vocabulary,
        said: &[Labelled],
        about: &str,
    ) -> Vec<u8> {
        let All { skills, lists, engines, .. } = &*self.all;
        let engine = &engines[language::place(language)];
        let samples = lessons::samples(skills, lists, engine, language, vocabulary, said);
        training::train(&samples, about)
    }

    /// The words of a reply: of a row of the catalogue, or of a skill's own answer, whose key is
    /// the name of the intent. The plan knows how a sentence refers to a contact.
    pub fn render(
        &self,
        reply: &Reply,
        language: Language,
        plan: &Plan,
    ) -> Result<String, RenderError> {
        let answers = &self.all.answers[language::place(language)];
        render::render(&self.with_settings(reply, language), answers, language, plan)
    }

    /// A skill's own answer can say what an installer set.
    fn with_settings<'r>(&self, reply: &'r Reply, language: Language) -> Cow<'r, Reply> {
        let name = reply.key.split('.').next().unwrap_or_default();
        let skill = self.all.skills.iter().find(|skill| skill.name == name);
        let Some(skill) = skill.filter(|skill| !skill.manifest.parameters.is_empty()) else {
            return Cow::Borrowed(reply);
        };
        let mut reply = reply.clone();
        for (parameter, rule) in &skill.manifest.parameters {
            let key = (name.to_owned(), parameter.clone());
            let setting = self.settings.get(&key).cloned().or_else(|| rule.usual());
            if let Some(setting) = setting {
                let slot = reply.slots.entry(parameter.clone().into());
                slot.or_insert_with(|| setting.slot(language));
            }
        }
        Cow::Owned(reply)
    }

    /// A rendered sentence as a voice is to pronounce it: times, numbers, units and short forms in
    /// words, names as the plan says they sound. What is shown and kept is the sentence itself.
    /// A sign that no voice knows falls away, but for the one that stands for a sound.
    pub fn speakable(&self, text: &str, language: Language, plan: &Plan) -> String {
        if text == CHIME_WRITTEN {
            return text.to_owned();
        }
        spoken::speakable(text, language, &plan.voice.say_as)
    }

    /// Tries the examples of every skill in a home (the one for which they were written), and
    /// tells which came out otherwise.
    pub fn try_examples(&self, plan: &Plan, now: DateTime) -> Vec<Mismatch> {
        examples::mismatches(self, &language::LANGUAGES, plan, now)
    }

    /// The same in a home where one language is spoken.
    pub fn try_examples_in(&self, language: Language, plan: &Plan, now: DateTime) -> Vec<Mismatch> {
        examples::mismatches(self, &[language], plan, now)
    }
}

/// Whether a folder of a home can have this name; if not, what is wrong and the mend.
pub fn check_folder_name(name: &str) -> Result<(), Refused> {
    skill::folder_name(name)
}

/// The files of each folder, in the order in which the folders were named.
fn folders<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<(&'a str, BTreeMap<&'a str, &'a str>)> {
    let mut folders: Vec<(&str, BTreeMap<&str, &str>)> = Vec::new();
    for (path, text) in files {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let name = folder.rsplit_once('/').map_or(folder, |(_, name)| name);
        match folders.iter_mut().find(|(known, _)| *known == name) {
            Some((_, files)) => {
                files.insert(file, text);
            }
            None => folders.push((name, BTreeMap::from([(file, text)]))),
        }
    }
    folders
}

/// What could be read so far.
#[derive(Default)]
struct Shelf {
    skills: Vec<Skill>,
    /// The program's, whose place another took.
    replaced: Vec<Skill>,
    lists: Lists,
    errors: Vec<SkillError>,
}

impl Shelf {
    fn put(&mut self, folder: Folder<'_>) {
        match folder.read(&mut self.lists) {
            Ok(skill) => self.skills.push(skill),
            Err(errors) => self.errors.extend(errors),
        }
    }

    fn put_of_home(&mut self, name: &str, files: &BTreeMap<&str, &str>) {
        let known = self.skills.iter().position(|skill| skill.name == name);
        let allowed = match known.map(|place| &self.skills[place]) {
            Some(known) if skill::is_kept(known) => Err(Refused::new(
                format!("{name:?} keeps the resident safe, or is needed in every home"),
                "give the folder another name; the program's own stays as it is",
            )),
            Some(_) => Ok(()),
            None => skill::folder_name(name),
        };
        if let Err(refused) = allowed {
            return self.errors.push(SkillError::of_file(name, "skill.toml", refused));
        }
        let instead_of = known.map(|place| &self.skills[place]);
        let folder = Folder { name, files, origin: Origin::Home, instead_of };
        match (folder.read(&mut self.lists), known) {
            (Ok(skill), Some(place)) => {
                self.replaced.push(std::mem::replace(&mut self.skills[place], skill));
            }
            (Ok(skill), None) => self.skills.push(skill),
            (Err(errors), _) => self.errors.extend(errors),
        }
    }
}
