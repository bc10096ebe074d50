//! Every sentence that the recogniser is told to expect is understood as what it was made from.

use omzien_core::intent::{Act, Target};
use omzien_core::{
    Capability, Expectation, Expects, Intent, Language, Phrases, Place, Power, Step,
};

use super::{built_in, hearing, home, meanings};
use crate::language::LANGUAGES;
use crate::phrases::{PLACES_MAX, in_two_words};
use crate::{Through, Vocabulary};

/// Sentences of a graph, by ways through it that are drawn anew from a fixed seed.
fn walks(phrases: &Phrases, wanted: usize) -> Vec<String> {
    let mut seed = 7_u64;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % below
    };
    let mut sentences = Vec::new();
    for _ in 0..wanted {
        let (mut at, mut words) = (Place::START, Vec::new());
        loop {
            let steps: Vec<_> = phrases.steps(at).collect();
            if steps.is_empty() || phrases.ends_at(at) && draw(2) == 0 {
                break;
            }
            let (step, to) = steps[draw(steps.len())];
            at = to;
            match step {
                Step::Word(word) => words.push(phrases.spelling(word).to_owned()),
                Step::OwnWords => words.push("de planten".to_owned()),
                Step::Nothing => {}
            }
        }
        // A slot without values, as of people in a home with none, leads nowhere.
        let sentence = words.join(" ");
        // It is Sunday afternoon: "today at eight" may be past, and "Sunday" is asked back.
        let today = ["vandaag", "vanmiddag", "today", "this afternoon", "zondag", "Sunday"];
        if phrases.ends_at(at) && !today.iter().any(|day| sentence.contains(day)) {
            sentences.push(sentence);
        }
    }
    sentences
}

#[test]
fn what_is_expected_is_understood() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    let (mut lost, mut all) = (Vec::new(), 0);
    for language in LANGUAGES {
        for expects in Expects::ALL {
            let expectation = Expectation { question: 1, expects };
            let phrases = skills.phrases(language, &vocabulary, expectation);
            let hearing = hearing(language, expects, Through::Text);
            for sentence in walks(&phrases, 1_500) {
                all += 1;
                let understood = skills.understand(&sentence, &hearing, &vocabulary);
                if understood.is_none_or(|it| it.intent == Intent::NotUnderstood) {
                    lost.push(format!("{language:?} {expects:?}: {sentence}"));
                }
            }
        }
    }
    // Ways drawn at random say what nobody says ("every Monday and Monday").
    assert!(lost.len() < all / 100, "{} of {all} lost:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn cries_for_help_are_known_in_every_language_and_only_they() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    for language in LANGUAGES {
        let cries = skills.cries(language, &vocabulary);
        assert_ne!(cries, Default::default());
        assert_ne!(cries, skills.phrases(language, &vocabulary, Expectation::default()));
        assert!(!cries.has("Robin"), "a call is no cry");
        let hears = skills.list().iter().filter(|skill| skill.hears_cries(language));
        assert_eq!(hears.map(|skill| &*skill.name).collect::<Vec<_>>(), ["help", "answer"]);
    }
}

/// A lamp called "light" makes "lights" one letter off a name of this home.
#[test]
fn all_the_lights_are_no_misheard_light() {
    let skills = built_in();
    let mut plan = home();
    plan.devices.insert("reading_light".into(), super::lamp("reading light", &[], "living"));
    let vocabulary = Vocabulary::of(&plan);
    let hearing = hearing(Language::En, Expects::Anything, Through::Text);
    for sentence in ["turn off all the lights", "all lights off", "turn the lights off"] {
        let understood = skills.understand(sentence, &hearing, &vocabulary);
        let off =
            Intent::Operate { what: Target::All(Capability::Light), act: Act::Switch(Power::Off) };
        assert_eq!(understood.map(|it| it.intent), Some(off), "{sentence}");
    }
}

#[test]
fn a_template_is_understood_as_its_own_meaning() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    let (mut strayed, mut all) = (Vec::new(), 0);
    for language in LANGUAGES {
        for skill in skills.list() {
            let place = crate::language::place(language);
            for sentences in &skill.speech[place].sentences {
                let expects = sentences.rule.while_expected.first().copied().unwrap_or_default();
                let hearing = hearing(language, expects, Through::Text);
                let lists = &skills.all.lists;
                let only = crate::phrases::of_sentences(sentences, lists, language, &vocabulary);
                for sentence in walks(&only, 40 * sentences.templates.len()) {
                    all += 1;
                    let understood = skills.understand(&sentence, &hearing, &vocabulary);
                    let means = understood.map(|understood| understood.intent);
                    let found = means.as_ref().map(crate::brief).unwrap_or_default();
                    if !means.is_some_and(|means| meanings::allows(sentences.rule.means, &means)) {
                        strayed.push(format!(
                            "{language:?} {}.{}: {sentence} -> {found}",
                            skill.name, sentences.intent
                        ));
                    }
                }
            }
        }
    }
    assert!(
        strayed.len() < all / 100,
        "{} of {all} strayed:\n{}",
        strayed.len(),
        strayed.join("\n")
    );
}

#[test]
fn phrases_are_bounded_and_hold_the_names_of_the_home() {
    let skills = built_in();
    let mut plan = home();
    for number in 0..200 {
        let mut lamp = super::lamp(&format!("lamp nummer {number}"), &[], "hall");
        lamp.aliases.push(format!("schemerlamp {number}"));
        plan.devices.insert(format!("lamp_{number}").as_str().into(), lamp);
    }
    let vocabulary = Vocabulary::of(&plan);
    for expects in Expects::ALL {
        let expectation = Expectation { question: 1, expects };
        let phrases = skills.phrases(Language::Nl, &vocabulary, expectation);
        // The last template may go over it.
        assert!(phrases.size() <= PLACES_MAX + PLACES_MAX / 10, "{}", phrases.size());
        assert!(["Robin", "Anna", "keuken"].iter().all(|it| phrases.names.iter().any(|n| n == it)));
        for said in ["help me", "hoe laat is het", "Robin hoe laat is het alsjeblieft", "ja Robin"]
            .into_iter()
            .chain(["Robin", "Robin?", "hallo Robin", "Robin, alstublieft", "Robin, Robin"])
        {
            assert!(phrases.has(said), "{expects:?} {said}");
        }
        assert!(!phrases.has("help me graag"), "nothing polite stands in a cry");
    }
}

#[test]
fn a_compound_of_known_words_may_be_written_in_two() {
    let known = ["garage", "deur", "keuken", "lamp", "voor"].into();
    let parted = |name| in_two_words(name, &known);
    assert_eq!(parted("garagedeur").as_deref(), Some("garage deur"));
    assert_eq!(parted("keukenlamp").as_deref(), Some("keuken lamp"));
    for whole in ["garage", "garagedak", "deurgarages", "é", "", "keuken lamp"] {
        assert_eq!(parted(whole), None, "{whole}");
    }
}

#[test]
fn a_companion_without_a_name_is_not_listened_for() {
    let mut plan = home();
    plan.companion.clear();
    let phrases = built_in().phrases(Language::Nl, &Vocabulary::of(&plan), Expectation::default());
    assert!(phrases.has("hoe laat is het"));
    assert!(!phrases.has("") && !phrases.has("alstublieft") && !phrases.has("zeg"));
}
