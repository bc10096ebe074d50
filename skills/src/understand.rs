//! The sentence engine: which skill's sentence was said, and what it means. A first, small one:
//! templates over words. Decides nothing and remembers nothing.

mod agenda;
mod captured;
mod companion;
mod correction;
mod house;
mod keeping;
mod likely;
mod loose;
mod meaning;
mod shown;
mod slots;

use omzien_core::agenda::Stretch;
use omzien_core::intent::Given;
use omzien_core::{Expects, Intent, Language};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::classifier::Classifier;
use crate::hearing::{Addressed, Hearing, Through, Understood};
use crate::language::{self, Tongue};
use crate::lists::Lists;
use crate::program::{Extent, Matched, Program, WordId, Words};
use crate::skill::{Found, IntentRule, Means, Origin, Sentences, Skill, WordsRule};
use crate::spelling::Spelling;
use crate::template::{self, SlotKind};
use crate::text::{self, Before};
use crate::things::{Kind, ThingName};
use crate::vocabulary::Vocabulary;

use captured::Captured;
use likely::Makings;
use loose::{Way, Ways};

/// A request longer than this (words) is none; a cry for help is found in it all the same.
const REQUEST_WORDS_MAX: usize = 40;
/// An answer that may close something (`words = "strict"`) counts from this confidence of the
/// recogniser on: "no" and "I am fine" need clear evidence. "Yes" asks for help and needs none.
const CLEAR_MIN: f32 = 0.5;
/// More than a sentence has words: what the household gave a name itself is meant by it.
const NAMED_BY_THE_HOUSEHOLD: i64 = 100;
/// As much: a home's own skills add to what the program understands, and take nothing from it.
const BEHIND_THE_PROGRAM: i64 = 10_000;
/// The confidence of a piece of what was said.
const ANYWHERE: f32 = 0.8;
/// What a corrected word takes from the confidence.
const CORRECTION_COST: f32 = 0.15;

/// Everything that can be understood in one language, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    language: Language,
    lists: Arc<Lists>,
    /// Every form of the language's lists, without spaces.
    listed: HashSet<String>,
    words: Words,
    /// So many words are the program's, those behind them a home's.
    of_program: usize,
    /// The words that a misheard one may have been: the program's, and a home's.
    spelling: [Spelling; 2],
    /// What each word says about which meaning is meant.
    worths: Vec<f32>,
    ways: Ways,
    rules: Vec<Rule>,
    /// Every slot that a sentence of the program names in this language.
    kinds: Vec<SlotKind>,
    /// Every slot that any sentence names, a home's own included.
    all_kinds: Vec<SlotKind>,
    /// Chooses where no template does.
    classifier: Option<Classifier>,
}

/// One meaning of one skill.
#[derive(Clone, Debug)]
struct Rule {
    /// Its place in the list of skills.
    skill: usize,
    origin: Origin,
    /// `skill.intent`
    name: String,
    rule: IntentRule,
    programs: Vec<Program>,
    except: Vec<Program>,
    makings: Makings,
    /// Its templates as sets of words; none if it must not be guessed.
    ways: Vec<Way>,
    /// Where another meaning is its opposite: what tells them apart.
    telling: Option<Telling>,
}

/// The words that only one of two opposites has.
#[derive(Clone, Debug)]
struct Telling {
    own: BTreeSet<WordId>,
    opposite: BTreeSet<WordId>,
}

impl Engine {
    /// `replaced` are skills of the program in whose place others stand: their words are known
    /// still, so that a cry is put right as it always was.
    pub(crate) fn new(
        skills: &[Skill],
        replaced: &[Skill],
        lists: &Arc<Lists>,
        language: Language,
    ) -> Self {
        let place = language::place(language);
        let ours = skills.iter().chain(replaced).flat_map(|skill| &skill.speech[place].sentences);
        let ours: Vec<_> = ours.filter(|it| it.origin == Origin::Program).collect();
        let mut words = correction::words_of(&ours, lists, language);
        let tongue = language::tongue(language);
        tongue.around().flat_map(|word| text::norms(word)).for_each(|norm| _ = words.learn(&norm));
        let spelling = correction::spelling(&words, 0, language);
        // "Lights" is a word by itself, and no misheard "light"; nothing is corrected to it either.
        let lights = [&tongue.all_lights, &tongue.these_lights, &tongue.room_lights];
        for norm in lights.into_iter().flatten().flat_map(|form| text::norms(form)) {
            words.learn(&norm);
        }
        let of_program = words.count();
        let mut rules = Vec::new();
        for (number, skill) in skills.iter().enumerate() {
            for sentences in &skill.speech[place].sentences {
                rules.push(Rule::compile(number, &skill.name, sentences, &mut words));
            }
        }
        for norm in lists.all_forms(language).flat_map(|form| text::norms(form)) {
            words.learn(&norm);
        }
        let spelling = [spelling, correction::spelling(&words, of_program, language)];
        let of_program_rules = rules.iter().filter(|rule| rule.origin == Origin::Program);
        let makings = of_program_rules.map(|rule| &rule.makings);
        let worths = loose::worths(makings, words.count());
        tell_opposites_apart(&mut rules);
        let ways = Ways::of(&rules, &worths);
        let named: Vec<_> = ours
            .iter()
            .flat_map(|sentences| &sentences.templates)
            .flat_map(|nodes| template::kinds(nodes))
            .collect();
        // A day stays a word: of "today" and "tomorrow" the classifier learns what is asked.
        let kinds = SlotKind::distinct(named.iter().filter(|kind| **kind != SlotKind::Period));
        let all_kinds = SlotKind::distinct(rules.iter().flat_map(|rule| &rule.makings.kinds));
        // The weights are part of the program, and a test reads them: without them templates do.
        let classifier = Classifier::read(Cow::Borrowed(language::weights(language))).ok();
        let listed = lists.all_forms(language).map(|form| text::joined(form)).collect();
        let lists = Arc::clone(lists);
        Self {
            language,
            lists,
            listed,
            words,
            of_program,
            spelling,
            worths,
            ways,
            rules,
            kinds,
            all_kinds,
            classifier,
        }
    }

    /// The names of all its meanings.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_str())
    }

    /// See [`crate::Skills::understand`]. `enabled` says of each skill whether it listens.
    pub(crate) fn understand(
        &self,
        text: &str,
        hearing: &Hearing<'_>,
        vocabulary: &Vocabulary,
        enabled: &[bool],
    ) -> Option<Understood> {
        let tongue = language::tongue(self.language);
        let said = self.heard(text, vocabulary);
        let calls = self.is_call(&said, &tongue.calling, vocabulary, tongue);
        // "Robin, would you ..." that breaks off is a call as well; an answer keeps its politeness.
        let breaks_off = !hearing.expectation.expects.is_question()
            && self.is_call(&said, &tongue.politeness, vocabulary, tongue);
        let (named, said) = self.without_companion(said, vocabulary, tongue);
        let plain = without(&said, &tongue.hesitation);
        let listener = Listener { engine: self, hearing, vocabulary, tongue, enabled, said: &said };
        let addressed = match (named || calls, hearing.through, hearing.expectation.expects) {
            (true, _, _) => Some(Addressed::ByName),
            (false, Through::Text, _) => Some(Addressed::Typed),
            (false, Through::Voice, Expects::Anything) => None,
            (
                false,
                Through::Voice,
                Expects::YesNo
                | Expects::Confirm
                | Expects::Dose
                | Expects::Time
                | Expects::Day
                | Expects::Number
                | Expects::Name
                | Expects::Words
                | Expects::Request,
            ) => Some(Addressed::Following),
        };
        if let Some(rule) = listener.cry(&plain) {
            return Some(Understood {
                intent: Intent::Help,
                name: rule.name.clone(),
                slots: BTreeMap::new(),
                confidence: 1.0,
                addressed: addressed.unwrap_or(Addressed::Cry),
            });
        }
        let addressed = addressed?;
        let request = if calls { None } else { listener.request(&plain) };
        let Reading { intent, name, slots, confidence } =
            request.unwrap_or_else(|| match calls || breaks_off {
                true => Reading::nameless(Intent::Called, 1.0),
                false => Reading::nameless(Intent::NotUnderstood, 0.0),
            });
        Some(Understood { intent, name, slots, confidence, addressed })
    }
}

impl Rule {
    fn compile(skill: usize, skill_name: &str, sentences: &Sentences, words: &mut Words) -> Self {
        let Sentences { intent, origin, rule, templates, except, .. } = sentences;
        let mut compile = |templates: &[Vec<_>]| -> Vec<Program> {
            templates.iter().map(|nodes| Program::compile(nodes, words)).collect()
        };
        let (programs, except) = (compile(templates), compile(except));
        let makings = Makings::of(templates, |norm| words.id(norm));
        let ways = match rule.may_be_guessed() {
            true => Way::all(templates, &|norm: &str| words.id(norm)),
            false => Vec::new(),
        };
        Self {
            skill,
            origin: *origin,
            name: format!("{skill_name}.{intent}"),
            rule: rule.clone(),
            programs,
            except,
            makings,
            ways,
            telling: None,
        }
    }
}

/// "On" and "off" stand in much the same sentences: what makes the difference must be there.
fn tell_opposites_apart(rules: &mut [Rule]) {
    for at in 0..rules.len() {
        let rule = &rules[at];
        let opposite = rules.iter().find(|other| {
            other.skill == rule.skill && Some(other.rule.means) == rule.rule.means.opposite()
        });
        let telling = opposite.map(|other| {
            let (own, opposite) = (&rule.makings.carriers, &other.makings.carriers);
            Telling { own: own - opposite, opposite: opposite - own }
        });
        rules[at].telling = telling;
    }
}

/// One word of what was said.
#[derive(Clone, Debug)]
struct Heard {
    /// Its place in what was said, before anything fell away.
    at: usize,
    raw: String,
    before: Before,
    /// As it was heard.
    strict: String,
    /// Put right without a home's own skills: a cry is found as in any other home.
    sure: String,
    /// With a misheard word put right.
    norm: String,
    /// The same for short words too, where the rest of the sentence bears it out.
    near: String,
}

/// Leaves out every run of words that is on the list; the longest first.
fn without(said: &[Heard], list: &[Vec<String>]) -> Vec<Heard> {
    let mut kept = Vec::with_capacity(said.len());
    let mut at = 0;
    while at < said.len() {
        let is_here = |words: &&Vec<String>| {
            said.len() - at >= words.len()
                && words.iter().zip(&said[at..]).all(|(word, heard)| *word == heard.strict)
        };
        match list.iter().filter(is_here).map(Vec::len).max() {
            Some(length) if length > 0 => at += length,
            Some(_) | None => {
                kept.push(said[at].clone());
                at += 1;
            }
        }
    }
    kept
}

/// What a slot took.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Given(Given),
    /// Which they are is known with the room, which may be named apart.
    Thing(Kind, ThingName),
    /// The resident's own: which they are is known when the rest of the sentence is.
    Words,
}

/// The values that a slot may take at a place, with where each ends.
type Values = Rc<[(usize, Value)]>;

/// A sentence as the programs see it.
struct Spoken<'a> {
    ids: Vec<Option<WordId>>,
    norms: Vec<String>,
    /// What begins at each place: many sentences ask for it, and it takes the whole grammar.
    stretches: OnceCell<Vec<Option<(usize, Stretch)>>>,
    listener: &'a Listener<'a>,
    /// What was found already, for many templates ask the same.
    found: RefCell<Vec<Option<Values>>>,
    timely: OnceCell<Vec<bool>>,
    named: OnceCell<Vec<bool>>,
    joined: OnceCell<Vec<Vec<(usize, String)>>>,
}

struct Listener<'a> {
    engine: &'a Engine,
    hearing: &'a Hearing<'a>,
    vocabulary: &'a Vocabulary,
    tongue: &'static Tongue,
    enabled: &'a [bool],
    /// Every word but the companion's name.
    said: &'a [Heard],
}

impl Listener<'_> {
    fn spoken<'s>(&'s self, norms: Vec<String>) -> Spoken<'s> {
        let ids = norms.iter().map(|norm| self.engine.words.id(norm)).collect();
        let (named, joined, timely) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        let (found, stretches) = (RefCell::default(), OnceCell::new());
        Spoken { ids, norms, stretches, listener: self, found, timely, named, joined }
    }

    /// While a question stands, the program alone hears the answer.
    fn rules(&self, found: Found) -> impl Iterator<Item = &Rule> {
        let expects = self.hearing.expectation.expects;
        self.engine.rules.iter().filter(move |rule| {
            let expected = &rule.rule.while_expected;
            self.enabled[rule.skill]
                && rule.rule.found == found
                && (rule.origin == Origin::Program || !expects.is_question())
                && (expected.is_empty() || expected.contains(&expects))
        })
    }

    /// A cry for help anywhere in what was said: its own path, before everything else.
    fn cry(&self, plain: &[Heard]) -> Option<&Rule> {
        let spoken = self.spoken(plain.iter().map(|word| word.sure.clone()).collect());
        self.rules(Found::Anywhere)
            .filter(|rule| rule.rule.means == Means::Help)
            .find(|rule| rule.anywhere(&spoken))
    }

    /// The sentence that was said, if it is one of ours.
    fn request(&self, plain: &[Heard]) -> Option<Reading> {
        if plain.is_empty() || plain.len() > REQUEST_WORDS_MAX {
            return None;
        }
        let strict = self.spoken(plain.iter().map(|word| word.strict.clone()).collect());
        let reduced = without(plain, &self.tongue.politeness);
        let lenient = |words: &[Heard]| {
            let corrected = words.iter().filter(|word| word.norm != word.strict).count();
            let confidence = (1.0 - corrected as f32 * CORRECTION_COST).max(0.1);
            (self.spoken(words.iter().map(|word| word.norm.clone()).collect()), confidence)
        };
        // A polite word may be a sentence's own ("nog eens"), so both readings are tried.
        let (as_said, confidence) = lenient(plain);
        let mut best = Best::default();
        best.try_all(self, WordsRule::Strict, &strict, plain, 1.0);
        best.try_all(self, WordsRule::Lenient, &as_said, plain, confidence);
        if reduced.len() < plain.len() {
            let (spoken, confidence) = lenient(&reduced);
            best.try_all(self, WordsRule::Lenient, &spoken, &reduced, confidence);
        }
        let anywhere = || {
            self.rules(Found::Anywhere)
                .filter(|rule| rule.rule.means != Means::Help)
                .find(|rule| rule.anywhere(&strict))
                .and_then(|rule| self.reading(rule, &Matched::default(), plain, ANYWHERE))
        };
        let found = best.0.map(|(_, reading)| reading).or_else(anywhere);
        found
            .or_else(|| self.own_words(plain))
            .or_else(|| self.loosely(plain))
            .or_else(|| self.likeliest(plain))
    }

    fn reading(
        &self,
        rule: &Rule,
        matched: &Matched<Value>,
        heard: &[Heard],
        confidence: f32,
    ) -> Option<Reading> {
        let intent = self.intent(rule, matched, heard)?;
        let slots = Captured { matched, heard, listener: self }.slots();
        Some(Reading { intent, name: rule.name.clone(), slots, confidence })
    }
}

/// One way to understand a sentence.
struct Reading {
    intent: Intent,
    /// `skill.intent`; empty where no skill's sentence was said.
    name: String,
    slots: BTreeMap<String, Given>,
    confidence: f32,
}

impl Reading {
    fn nameless(intent: Intent, confidence: f32) -> Self {
        Self { intent, name: String::new(), slots: BTreeMap::new(), confidence }
    }
}

/// The best reading so far, and its score.
#[derive(Default)]
struct Best(Option<(i64, Reading)>);

impl Best {
    fn try_all(
        &mut self,
        listener: &Listener<'_>,
        words: WordsRule,
        spoken: &Spoken<'_>,
        heard: &[Heard],
        confidence: f32,
    ) {
        let clear = listener.hearing.confidence >= CLEAR_MIN;
        // "Yes" asks for help and needs no clearness, but where it opens a door.
        let must_be_clear = listener.hearing.expectation.expects == Expects::Confirm;
        let counts = |rule: &&Rule| match rule.rule.words {
            WordsRule::Lenient => true,
            WordsRule::Strict => clear || rule.rule.means == Means::Yes && !must_be_clear,
        };
        // "Welterusten" is what the household named so, before it is a greeting; no answer is.
        let answers = listener.hearing.expectation.expects.is_question();
        let named = |rule: &Rule| match rule.rule.means == Means::RunScene && !answers {
            true => NAMED_BY_THE_HOUSEHOLD,
            false => 0,
        };
        let behind = |rule: &Rule| match rule.origin {
            Origin::Program => 0,
            Origin::Home => BEHIND_THE_PROGRAM,
        };
        let rules = listener.rules(Found::Whole).filter(|rule| rule.rule.words == words);
        for rule in rules.filter(counts) {
            for matched in rule.programs.iter().filter_map(|it| it.run(spoken, 0, Extent::Whole)) {
                // A word of ours counts, a word of the resident's own counts against it.
                let score = 2 * matched.words as i64 - matched.free as i64;
                let score = score + named(rule) - behind(rule);
                if self.0.as_ref().is_none_or(|(highest, _)| score > *highest)
                    && let Some(reading) = listener.reading(rule, &matched, heard, confidence)
                {
                    self.0 = Some((score, reading));
                }
            }
        }
    }
}

impl Rule {
    /// Is one of its sentences a piece of what was said, and no longer exception around it?
    fn anywhere(&self, spoken: &Spoken<'_>) -> bool {
        let length = spoken.ids.len();
        let runs = |programs: &[Program], from: usize| {
            programs
                .iter()
                .filter_map(|program| program.run(spoken, from, Extent::Prefix))
                .map(|matched| (from, matched.until))
                .collect::<Vec<_>>()
        };
        let pieces: Vec<_> = (0..length).flat_map(|from| runs(&self.programs, from)).collect();
        if pieces.is_empty() {
            return false;
        }
        let hidden: Vec<_> = (0..length).flat_map(|from| runs(&self.except, from)).collect();
        pieces.iter().any(|(from, until)| {
            !hidden.iter().any(|(hides_from, hides_until)| {
                hides_from < until && from < hides_until && hides_until - hides_from > until - from
            })
        })
    }
}

impl Listener<'_> {
    /// Own words as they are said back.
    fn turned(&self, own: &[Heard]) -> String {
        let turn = |word: &Heard| {
            let turned = self.tongue.turned.iter().find(|(from, _)| *from == word.strict);
            turned.map_or_else(|| word.raw.clone(), |(_, to)| to.clone())
        };
        own.iter().map(turn).collect::<Vec<_>>().join(" ")
    }
}
