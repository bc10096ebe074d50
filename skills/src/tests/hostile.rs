//! Whatever may reach it: noise, floods, televisions, broken folders. It never panics, never
//! takes long, and never takes a television for a request.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use omzien_core::{Expects, Intent, Language};
use proptest::prelude::*;

use super::{built_in, hearing, home};
use crate::built_in::FILES;
use crate::language::LANGUAGES;
use crate::{Addressed, Hearing, Skills, Through, Vocabulary};

thread_local! {
    static HOME: (Skills, Vocabulary) = (built_in(), Vocabulary::of(&home()));
}

fn understood_in_every_way(text: &str) {
    HOME.with(|(skills, vocabulary)| {
        for language in LANGUAGES {
            for expects in Expects::ALL {
                for through in [Through::Voice, Through::Text] {
                    let hearing = hearing(language, expects, through);
                    let understood = skills.understand(text, &hearing, vocabulary);
                    if let Some(understood) = understood {
                        assert!((0.0..=1.0).contains(&understood.confidence));
                    }
                }
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        understood_in_every_way(&text);
    }

    #[test]
    fn any_order_of_known_words_is_survived(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "robin", "help", "me", "niet", "ja", "nee", "herinner", "aan", "om", "half", "kwart",
            "over", "voor", "acht", "uur", "morgen", "overmorgen", "elke", "maandag", "de", "lamp",
            "keuken", "anna", "zeg", "dat", "een", "en", "minuten", "in", "at", "past", "to",
            "every", "remind", "turn", "light", "an", "hour", "and", "a", "8:30", "25:99", "3",
        ]), 0..60))
    {
        understood_in_every_way(&words.join(" "));
    }

    #[test]
    fn any_skill_file_is_read_or_refused(text in any::<String>(), at in 0..4usize) {
        let mut files: Vec<(&str, &str)> = FILES.to_vec();
        files[at].1 = &text;
        let (skills, errors) = Skills::read(files);
        let broken: BTreeSet<_> = errors.iter().filter_map(|it| it.path.split('/').next()).collect();
        prop_assert_eq!(skills.list().len() + broken.len(), FILES.len() / 4);
    }
}

#[test]
fn a_flood_of_words_takes_bounded_time() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    for sentence in ["robin doe de lamp aan en ", "help ik zeg ja ", "herinner me om acht uur "] {
        let flood = sentence.repeat(2_000);
        let begun = Instant::now();
        for expects in Expects::ALL {
            let hearing = hearing(Language::Nl, expects, Through::Text);
            skills.understand(&flood, &hearing, &vocabulary);
        }
        // A debug build on a busy machine; a release build takes some milliseconds.
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    }
}

#[test]
fn a_cry_is_found_in_a_flood_and_needs_no_name() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    let hearing = hearing(Language::Nl, Expects::Anything, Through::Voice);
    let flood = format!("{} help ik ben gevallen {}", "en toen ".repeat(300), "ja ja ".repeat(50));
    let understood = skills.understand(&flood, &hearing, &vocabulary).expect("a cry is for us");
    assert_eq!((understood.intent, understood.addressed), (Intent::Help, Addressed::Cry));
}

#[test]
fn who_is_meant_is_known() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    let how = |text: &str, expects, through| {
        let hearing = hearing(Language::Nl, expects, through);
        skills.understand(text, &hearing, &vocabulary).map(|understood| understood.addressed)
    };
    let voice = Through::Voice;
    for (text, expects, through, addressed) in [
        ("hoe laat is het", Expects::Anything, voice, None),
        ("ja", Expects::Anything, voice, None),
        ("robin hoe laat is het", Expects::Anything, voice, Some(Addressed::ByName)),
        ("hé robin hoe laat is het", Expects::Anything, voice, Some(Addressed::ByName)),
        ("hoe laat is het robin", Expects::Anything, voice, Some(Addressed::ByName)),
        ("robim hoe laat is het", Expects::Anything, voice, Some(Addressed::ByName)),
        ("robin", Expects::Anything, voice, Some(Addressed::ByName)),
        ("doe de lamp aan", Expects::Request, voice, Some(Addressed::Following)),
        ("ja", Expects::YesNo, voice, Some(Addressed::Following)),
        ("mompel mompel", Expects::YesNo, voice, Some(Addressed::Following)),
        ("hoe laat is het", Expects::Anything, Through::Text, Some(Addressed::Typed)),
        ("help", Expects::Anything, voice, Some(Addressed::Cry)),
    ] {
        assert_eq!(how(text, expects, through), addressed, "{text}");
    }
}

#[test]
fn a_broken_skill_is_refused_with_its_place_and_the_others_go_on() {
    for (file, from, to, line) in [
        ("lights/nl.toml", "<do> {light} [weer|naar|op] aan\"", "<do> {lamp} aan\"", 42),
        ("lights/nl.toml", "<do> {light} [weer|naar|op] aan\"", "<do> {words}\"", 42),
        ("lights/nl.toml", "<do> {light} [weer|naar|op] aan\"", "{words}\"", 42),
        ("lights/nl.toml", "<do> {light} [weer|naar|op] aan\"", "(a|b\"", 42),
        ("lights/nl.toml", "on = [", "onn = [", 41),
        ("lights/nl.toml", "[parts]", "[partz]", 31),
        ("lights/skill.toml", "purpose = \"comfort\"", "purpose = \"fun\"", 2),
        ("lights/skill.toml", "means = \"switch_on\"", "means = \"switch\"", 8),
    ] {
        let changed: BTreeMap<&str, String> = FILES
            .iter()
            .map(|(path, text)| {
                let text = if *path == file { text.replacen(from, to, 1) } else { (*text).into() };
                (*path, text)
            })
            .collect();
        let (skills, errors) = Skills::read(changed.iter().map(|(path, text)| (*path, &**text)));
        let [error] = &errors[..] else { panic!("{to}: {errors:?}") };
        assert_eq!((&*error.path, error.line), (file, line), "{error}");
        assert!(!error.problem.is_empty() && !error.mend.is_empty());
        assert_eq!(skills.list().len(), FILES.len() / 4 - 1);
    }
    let (skills, errors) = Skills::read(FILES[1..].iter().copied());
    assert_eq!((skills.list().len(), errors.len()), (FILES.len() / 4 - 1, 1));
}

#[test]
fn what_closes_needs_clear_words_and_what_calls_for_help_does_not() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    for (language, expects, said, clear, unclear) in [
        (Language::Nl, Expects::YesNo, "nee", Intent::No, Intent::NotUnderstood),
        (Language::Nl, Expects::YesNo, "het gaat goed", Intent::Fine, Intent::NotUnderstood),
        (Language::En, Expects::YesNo, "no", Intent::No, Intent::NotUnderstood),
        (Language::En, Expects::Dose, "taken", Intent::Taken, Intent::NotUnderstood),
        (Language::Nl, Expects::YesNo, "ja", Intent::Yes, Intent::Yes),
        (Language::En, Expects::YesNo, "help", Intent::Help, Intent::Help),
    ] {
        let hearing = hearing(language, expects, Through::Voice);
        for (confidence, meant) in [(1.0, clear), (0.2, unclear)] {
            let hearing = Hearing { confidence, ..hearing };
            let understood = skills.understand(said, &hearing, &vocabulary);
            assert_eq!(understood.map(|it| it.intent), Some(meant), "{said} at {confidence}");
        }
    }
}

#[test]
fn the_name_and_nothing_else_is_a_call_whatever_was_asked() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    let calls = ["Robin?", "robin", "Robim!", "Robin, Robin, Robin!", "eh Robin"];
    let dutch = ["hé, Robin", "hallo Robin", "Robin, alstublieft", "Zeg Robin, ben je daar?"];
    let english = ["hey Robin", "hello Robin?", "Robin, please", "Hi Robin, are you there?"];
    let calls = |own: [&'static str; 4]| calls.into_iter().chain(own);
    for (language, calls) in [(Language::Nl, calls(dutch)), (Language::En, calls(english))] {
        for said in calls {
            for expects in Expects::ALL {
                for through in [Through::Voice, Through::Text] {
                    let hearing = hearing(language, expects, through);
                    let understood = skills.understand(said, &hearing, &vocabulary);
                    let understood = understood.map(|it| (it.intent, it.addressed));
                    let call = Some((Intent::Called, Addressed::ByName));
                    assert_eq!(understood, call, "{language:?} {expects:?} {said}");
                }
            }
        }
    }
}

/// A request that breaks off after its politeness is heard to its end; an answer keeps its own.
#[test]
fn politeness_alone_is_a_call_only_where_nothing_was_asked() {
    let skills = built_in();
    let vocabulary = Vocabulary::of(&home());
    for (said, expects, meant) in [
        ("Robin, zou u willen", Expects::Anything, Intent::Called),
        ("Robin, zou u willen", Expects::Request, Intent::Called),
        ("Robin, misschien", Expects::YesNo, Intent::NotUnderstood),
        ("graag, Robin", Expects::YesNo, Intent::Yes),
        ("Robin, help", Expects::Anything, Intent::Help),
    ] {
        let hearing = hearing(Language::Nl, expects, Through::Voice);
        let understood = skills.understand(said, &hearing, &vocabulary);
        assert_eq!(understood.map(|it| it.intent), Some(meant), "{said} {expects:?}");
    }
}

#[test]
fn a_companion_without_a_name_cannot_be_called() {
    let skills = built_in();
    let mut plan = home();
    plan.companion.clear();
    let vocabulary = Vocabulary::of(&plan);
    let hearing = |through| hearing(Language::Nl, Expects::Anything, through);
    let meant = |text, through| {
        let understood = skills.understand(text, &hearing(through), &vocabulary);
        understood.map(|understood| understood.intent)
    };
    assert_eq!(meant("hallo", Through::Voice), None);
    assert_ne!(meant("alsjeblieft", Through::Text), Some(Intent::Called));
    assert_ne!(meant("", Through::Text), Some(Intent::Called));
}
