//! The examples of the skill folders are tests, and there are enough of them.

use super::{NOW, built_in, home};
use crate::Listens;

#[test]
fn every_example_comes_out_as_its_folder_says() {
    let mismatches = built_in().try_examples(&home(), NOW);
    let lines: Vec<_> = mismatches.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} examples:\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn every_skill_that_listens_has_examples_of_what_is_and_what_is_not_its_own() {
    for skill in built_in().list().iter().filter(|skill| !skill.manifest.intents.is_empty()) {
        let name = &skill.name;
        for count in [
            skill.examples.iter().map(|example| example.nl.len()).sum::<usize>(),
            skill.examples.iter().map(|example| example.en.len()).sum::<usize>(),
        ] {
            assert!(count >= 25, "{name} has {count} examples in one language");
        }
        let others = skill.examples.iter().filter(|it| ["?", "-"].contains(&&*it.means));
        assert!(others.count() >= 1, "{name} has no example of what it must not take");
    }
}

#[test]
fn help_and_talk_listen_in_every_home() {
    let (skills, unknown) = built_in().enable(&["lights", "light"]);
    assert_eq!(unknown, ["light"]);
    for (skill, enabled) in skills.list().iter().zip(&skills.enabled) {
        let wanted = skill.name == "lights" || skill.manifest.listens == Listens::Always;
        assert_eq!(*enabled, wanted, "{}", skill.name);
    }
}

#[test]
fn what_home_assistant_has_too_is_found_by_the_name_of_the_intent() {
    let skills = built_in();
    assert_eq!(skills.equivalent("lights.on"), Some("HassTurnOn"));
    assert_eq!(skills.equivalent("talk.repeat"), None);
    assert_eq!(skills.equivalent("nothing"), None);
    let equivalents = skills.list().iter().flat_map(|skill| {
        skill.manifest.intents.values().filter_map(|rule| rule.equivalent.as_deref())
    });
    for name in equivalents {
        let known = name.strip_prefix("Hass").is_some_and(|rest| !rest.is_empty());
        assert!(known && name.chars().all(char::is_alphanumeric), "{name}");
    }
}
