//! A folder → a [`Skill`], or everything that is wrong in it: each with its place and mend. Opens
//! no file.

use std::collections::BTreeMap;

use omzien_core::Language;
use serde::Deserialize;

use super::answers;
use super::page::{Page, nearest};
use super::parameter;
use super::permits::{self, Needs};
use super::{ByPerson, Example, Guessed, IntentRule, Manifest, Origin, Sentences, Skill, Speech};
use crate::error::SkillError;
use crate::language::{self, LANGUAGES};
use crate::lists::{Lists, RawList};
use crate::samples::Sampler;
use crate::template::{self, Node, Refused, Scope, SlotKind};

/// The files of a folder beside those of the languages.
const MANIFEST: &str = "skill.toml";
const EXAMPLES: &str = "examples.toml";
/// Everything that a folder needs.
pub const FILES_OF_A_SKILL: [&str; 4] = [MANIFEST, "nl.toml", "en.toml", EXAMPLES];
/// Words, values and brackets in the sentences of a file. The largest of ours has a third of it;
/// at this, thirty folders take some 60 MB.
const NODES_MAX: usize = 10_000;
/// Of a folder with more mistakes the rest is found the next time.
const MISTAKES_MAX: usize = 20;

/// A folder that was handed in.
#[derive(Clone, Copy)]
pub(crate) struct Folder<'a> {
    pub(crate) name: &'a str,
    /// Text by name of the file.
    pub(crate) files: &'a BTreeMap<&'a str, &'a str>,
    pub(crate) origin: Origin,
    /// The program's skill of this name, whose place it takes.
    pub(crate) instead_of: Option<&'a Skill>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpeech {
    why: String,
    #[serde(default)]
    parts: BTreeMap<String, String>,
    #[serde(default)]
    lists: BTreeMap<String, toml::Spanned<RawList>>,
    #[serde(default)]
    sentences: BTreeMap<String, Vec<toml::Spanned<String>>>,
    #[serde(default)]
    except: BTreeMap<String, Vec<toml::Spanned<String>>>,
    #[serde(default)]
    answers: BTreeMap<String, String>,
    #[serde(default)]
    answers_by_person: BTreeMap<String, ByPerson>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExamples {
    example: Vec<Example>,
}

impl<'a> Folder<'a> {
    /// The skill; its lists are among `lists` then, and of a refused one none is.
    pub(crate) fn read(self, lists: &mut Lists) -> Result<Skill, Vec<SkillError>> {
        let mut errors = Vec::new();
        let known = lists.count();
        let skill = self.skill(lists, &mut errors);
        match skill.filter(|_| errors.is_empty()) {
            Some(skill) => Ok(skill),
            None => {
                lists.forget_from(known);
                errors.truncate(MISTAKES_MAX);
                Err(errors)
            }
        }
    }

    /// `None` only with an error.
    fn skill(self, lists: &mut Lists, errors: &mut Vec<SkillError>) -> Option<Skill> {
        let manifest = self.form::<Manifest>(MANIFEST, errors);
        let examples = self.form::<RawExamples>(EXAMPLES, errors);
        let speeches = LANGUAGES.map(|language| {
            let raw = self.form::<RawSpeech>(language::file(language), errors);
            (language, raw)
        });
        let (page, mut manifest) = manifest?;
        let refused = permits::refusals(&manifest, self.origin);
        for (path, refused) in refused.into_iter().chain(parameter::refusals(&manifest.parameters))
        {
            errors.push(page.of(&path, refused));
        }
        self.guess_as_before(&mut manifest);
        let mut speech = Vec::new();
        for (language, raw) in speeches {
            let Some((page, raw)) = raw else { continue };
            let mut reader =
                Reader { folder: self, manifest: &manifest, page, language, nodes: 0, errors };
            speech.push(reader.speech(raw, lists));
        }
        // Fewer where a file could not be read, which was told.
        let speech = <[Speech; 2]>::try_from(speech).ok()?;
        let (_, RawExamples { example: examples }) = examples?;
        let name = self.name.to_owned();
        let mut skill = Skill { name, origin: self.origin, manifest, speech, examples };
        if let Some(known) = self.instead_of {
            skill.keep_answering_for(known);
        }
        Some(skill)
    }

    /// A file as its type.
    fn form<T: for<'t> Deserialize<'t>>(
        &self,
        file: &'static str,
        errors: &mut Vec<SkillError>,
    ) -> Option<(Page<'a>, T)> {
        let page = Page { skill: self.name, file, text: self.files.get(file).unwrap_or(&"") };
        if !self.files.contains_key(file) {
            let mend = format!("a skill has {}", FILES_OF_A_SKILL.join(", "));
            errors.push(page.whole(Refused::new("the file is missing", mend)));
            return None;
        }
        match page.read() {
            Ok(read) => Some((page, read)),
            Err(error) => {
                errors.push(error);
                None
            }
        }
    }

    /// The classifier learnt what the program's skills mean, and nothing of what a home's do.
    fn guess_as_before(&self, manifest: &mut Manifest) {
        if self.origin == Origin::Program {
            return;
        }
        for (name, rule) in &mut manifest.intents {
            let known = self.instead_of.and_then(|skill| skill.manifest.intents.get(name));
            if known.is_none_or(|known| known.means != rule.means) {
                rule.guessed = Guessed::Never;
            }
        }
    }
}

impl Skill {
    /// What the program alone hears and says stays, whatever takes the place of its skill.
    fn keep_answering_for(&mut self, known: &Self) {
        let kept = known.manifest.intents.iter();
        let kept = kept.filter(|(_, rule)| rule.means.needs() == Needs::Program);
        let kept: Vec<_> = kept.map(|(name, rule)| (name.clone(), rule.clone())).collect();
        for (speech, known) in self.speech.iter_mut().zip(&known.speech) {
            let own = known.sentences.iter();
            let own = own.filter(|sentences| sentences.rule.means.needs() == Needs::Program);
            speech.sentences.extend(own.cloned());
            for (key, wording) in &known.answers {
                speech.answers.entry(key.clone()).or_insert_with(|| wording.clone());
            }
        }
        self.manifest.intents.extend(kept);
    }
}

/// Reads what a skill says and hears in one language.
struct Reader<'a, 'e> {
    folder: Folder<'a>,
    manifest: &'a Manifest,
    page: Page<'a>,
    language: Language,
    /// In the sentences so far.
    nodes: usize,
    errors: &'e mut Vec<SkillError>,
}

impl Reader<'_, '_> {
    /// As far as it can be read: it counts only without an error.
    fn speech(&mut self, mut raw: RawSpeech, lists: &mut Lists) -> Speech {
        let (mut sentences, mut missing) = (Vec::new(), Vec::new());
        let Some(scope) = self.scope(std::mem::take(&mut raw.parts), &raw.lists, lists) else {
            // What names a list that is refused is not wrong as well.
            return Speech { why: raw.why, sentences, answers: BTreeMap::new() };
        };
        for (intent, rule) in &self.manifest.intents {
            let Some(templates) = raw.sentences.remove(intent).filter(|it| !it.is_empty()) else {
                missing.push(intent.as_str());
                continue;
            };
            let except = raw.except.remove(intent).unwrap_or_default();
            sentences.push(Sentences {
                intent: intent.clone(),
                origin: self.folder.origin,
                rule: rule.clone(),
                written: templates.iter().map(|it| it.get_ref().clone()).collect(),
                templates: self.templates(&templates, &scope, lists, Some(intent)),
                except: self.templates(&except, &scope, lists, None),
            });
        }
        self.names(&raw, &missing);
        let answers = answers::all(raw.answers, raw.answers_by_person);
        let answering = answers::Answering {
            skill: self.folder.name,
            origin: self.folder.origin,
            manifest: self.manifest,
            instead_of: self
                .folder
                .instead_of
                .map(|skill| &skill.speech[language::place(self.language)].answers),
            sentences: &sentences,
            lists,
            language: self.language,
        };
        for (path, refused) in answering.refusals(&answers, &raw.why) {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            self.errors.push(self.page.of(&path, refused));
        }
        Speech { why: raw.why, sentences, answers }
    }

    /// What is left in the file has no intent, and these intents no sentences. A name that was
    /// misspelt is one mistake, not two.
    fn names(&mut self, left: &RawSpeech, missing: &[&str]) {
        let unknown = [("sentences", &left.sentences), ("except", &left.except)];
        let mut misspelt = false;
        for (section, sentences) in unknown {
            for intent in sentences.keys() {
                misspelt = true;
                let mend = match nearest(intent, missing.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("add `[intents.{intent}]` there, or take it out here"),
                };
                let refused = Refused::new(format!("skill.toml has no intent {intent:?}"), mend);
                self.errors.push(self.page.of(&[section, intent], refused));
            }
        }
        for intent in missing.iter().filter(|_| !misspelt) {
            let problem = format!("no sentences for the intent {intent:?} of skill.toml");
            let mend = format!("add `{intent} = [\"…\"]` under [sentences]");
            self.errors.push(self.page.of(&["sentences"], Refused::new(problem, mend)));
        }
    }

    /// `None` if a list is refused.
    fn scope(
        &mut self,
        parts: BTreeMap<String, String>,
        raw: &BTreeMap<String, toml::Spanned<RawList>>,
        lists: &mut Lists,
    ) -> Option<Scope> {
        let mut scope = Scope { parts, lists: BTreeMap::new() };
        for (name, list) in raw {
            let known = SlotKind::TABLE.iter().any(|(known, _)| known == name);
            let added = if known || self.manifest.parameters.contains_key(name) {
                let problem = format!("the list {name:?} has the name of a slot that exists");
                Err(Refused::new(problem, "give it another"))
            } else {
                lists.add(self.language, name, list.get_ref())
            };
            match added {
                Ok(id) => {
                    scope.lists.insert(name.clone(), id);
                }
                Err(refused) => self.errors.push(self.page.at(list.span(), refused)),
            }
        }
        (scope.lists.len() == raw.len()).then_some(scope)
    }

    /// Those that can be read. `intent`: they are its sentences, and no exception.
    fn templates(
        &mut self,
        sources: &[toml::Spanned<String>],
        scope: &Scope,
        lists: &Lists,
        intent: Option<&str>,
    ) -> Vec<Vec<Node>> {
        let mut templates = Vec::new();
        for source in sources {
            let read = template::read(source.get_ref(), scope).and_then(|nodes| {
                self.room_for(&nodes)?;
                let rule = intent.and_then(|intent| self.manifest.intents.get(intent));
                if let Some(rule) = rule {
                    self.owned(&nodes, rule)?;
                    self.bounded(&nodes, rule, source.get_ref(), lists)?;
                }
                Ok(nodes)
            });
            match read {
                Ok(nodes) => templates.push(nodes),
                Err(refused) => self.errors.push(self.page.at(source.span(), refused)),
            }
        }
        templates
    }

    fn room_for(&mut self, nodes: &[Node]) -> Result<(), Refused> {
        self.nodes += template::size(nodes);
        if self.nodes > NODES_MAX {
            return Err(Refused::new("this file has too many sentences", "make two skills of it"));
        }
        Ok(())
    }

    /// It does not take sentences about anything; to a question almost anything is an answer.
    fn bounded(
        &self,
        nodes: &[Node],
        rule: &IntentRule,
        source: &str,
        lists: &Lists,
    ) -> Result<(), Refused> {
        let sampler = Sampler { lists, language: self.language, vocabulary: None };
        let shown = match rule.while_expected.is_empty() {
            true => sampler.boundless(nodes),
            false => template::is_anything(nodes).then(|| sampler.sentence(nodes, 0)),
        };
        match shown {
            Some(shown) => Err(Refused::new(
                format!("{source:?} matches sentences about anything: it would take {shown:?}"),
                "give every way through it at least one word of its own, and not a common one",
            )),
            None => Ok(()),
        }
    }

    /// The manifest owns up to everything that is named here to be operated.
    fn owned(&self, nodes: &[Node], rule: &IntentRule) -> Result<(), Refused> {
        let Needs::Things(usual) = rule.means.needs() else { return Ok(()) };
        let mut things: Vec<_> =
            template::kinds(nodes).into_iter().filter_map(SlotKind::thing).collect();
        if !template::always_names(nodes, &|kind| kind.thing().is_some()) {
            things.push(usual);
        }
        let mut touched = things.into_iter().filter_map(permits::touched);
        let unsaid = touched.find(|touches| !self.manifest.touches.contains(touches));
        unsaid.map_or(Ok(()), |touches| Err(permits::not_owned(touches)))
    }
}
