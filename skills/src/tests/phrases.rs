//! Every sentence that the recogniser is told to expect is understood as what it was made from.

use omzien_core::intent::Lights;
use omzien_core::{Expectation, Expects, Intent, Language, Power};

use super::{built_in, hearing, home};
use crate::language::LANGUAGES;
use crate::phrases::SENTENCES_MAX;
use crate::{Through, Vocabulary};

const EXPECTED: [Expects; 4] = [Expects::Anything, Expects::YesNo, Expects::Dose, Expects::Time];

#[test]
fn what_is_expected_is_understood() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    let mut lost = Vec::new();
    for language in LANGUAGES {
        for expects in EXPECTED {
            let expectation = Expectation { question: 1, expects };
            let phrases = skills.phrases(language, &vocabulary, expectation);
            let hearing = hearing(language, expects, Through::Voice);
            // Each list is long; neighbours differ in little.
            for sentence in phrases.sentences.iter().step_by(9) {
                let understood = skills.understand(sentence, &hearing, &vocabulary);
                if understood.is_none_or(|it| it.intent == Intent::NotUnderstood) {
                    lost.push(format!("{language:?} {expects:?}: {sentence}"));
                }
            }
        }
    }
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn cries_for_help_are_known_in_every_language_and_only_they() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    for language in LANGUAGES {
        let cries = skills.cries(language, &vocabulary);
        assert_ne!(cries, Default::default());
        assert_ne!(cries, skills.phrases(language, &vocabulary, Expectation::default()));
        let hears = skills.list().iter().filter(|skill| skill.hears_cries(language));
        assert_eq!(hears.map(|skill| &*skill.name).collect::<Vec<_>>(), ["help"]);
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
        let off = Intent::SwitchLights { lights: Lights::All, power: Power::Off };
        assert_eq!(understood.map(|it| it.intent), Some(off), "{sentence}");
    }
}

#[test]
fn a_template_is_understood_as_its_own_meaning() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    let mut strayed = Vec::new();
    for language in LANGUAGES {
        for skill in skills.list() {
            let place = crate::language::place(language);
            for sentences in &skill.speech[place].sentences {
                let expects = sentences.rule.while_expected.first().copied().unwrap_or_default();
                let hearing = hearing(language, expects, Through::Text);
                let (templates, lists) = (&sentences.templates, &skills.all.lists);
                let only =
                    crate::phrases::of_templates(templates, lists, language, &vocabulary, 12);
                for sentence in only {
                    let understood = skills.understand(&sentence, &hearing, &vocabulary);
                    let means = understood.map(|understood| understood.intent);
                    let found = means.as_ref().map(crate::brief).unwrap_or_default();
                    if !means.is_some_and(|means| sentences.rule.means.allows(&means)) {
                        strayed.push(format!(
                            "{language:?} {}.{}: {sentence} -> {found}",
                            skill.name, sentences.intent
                        ));
                    }
                }
            }
        }
    }
    assert!(strayed.is_empty(), "{} strayed:\n{}", strayed.len(), strayed.join("\n"));
}

#[test]
fn phrases_are_bounded_hold_the_names_and_need_a_name_only_where_nothing_was_asked() {
    let skills = built_in();
    let mut plan = home();
    for number in 0..200 {
        let mut lamp = super::lamp(&format!("lamp nummer {number}"), &[], "hall");
        lamp.aliases.push(format!("schemerlamp {number}"));
        plan.devices.insert(format!("lamp_{number}").as_str().into(), lamp);
    }
    let vocabulary = Vocabulary::of(&plan);
    for expects in EXPECTED {
        let expectation = Expectation { question: 1, expects };
        let phrases = skills.phrases(Language::Nl, &vocabulary, expectation);
        assert!(phrases.sentences.len() <= SENTENCES_MAX);
        assert!(phrases.sentences.len() > 1_000);
        assert!(["Robin", "Anna", "keuken"].iter().all(|it| phrases.names.iter().any(|n| n == it)));
        let plain = phrases.sentences.iter().any(|sentence| sentence == "hoe laat is het");
        assert_eq!(plain, expects != Expects::Anything);
        assert!(phrases.sentences.iter().any(|sentence| sentence == "help me"));
    }
}
