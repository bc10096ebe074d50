//! What no template says: understood where it resembles one of ours, left alone where it does not,
//! and never guessed where something could be closed by it.

use omzien_core::intent::Given;
use omzien_core::{Expects, Intent, Language};

use super::{hearing, home};
use crate::{Skills, Through, Vocabulary};

/// No template has these words in this order.
const OTHERWISE: &[(Language, &str, &str)] = &[
    (Language::Nl, "wil je de lamp in de keuken voor mij nu maar weer uitschakelen", "lights.off"),
    (Language::Nl, "kun je mij eens vertellen hoe laat het op dit moment precies is", "time.now"),
    (Language::Nl, "kun je mij zeggen welke dag het vandaag eigenlijk is", "time.today"),
    (Language::En, "i want the kitchen lights to go off now", "lights.off"),
];

/// Said on a television, or about something that nobody here does.
const NOT_FOR_US: &[(Language, &str)] = &[
    (Language::Nl, "de premier heeft gisteren met de kamer gesproken over de begroting"),
    (Language::Nl, "en dan nu het weer voor de komende dagen met veel wind aan de kust"),
    (Language::Nl, "wie heeft de wedstrijd in eindhoven gewonnen"),
    (Language::En, "the prime minister has spoken about the budget with her colleagues"),
    (Language::En, "which team has won the match in liverpool"),
    (Language::En, "book me a table for two at the italian place"),
];

fn name(language: Language, text: &str, expects: Expects) -> Option<(String, Intent)> {
    let hearing = hearing(language, expects, Through::Text);
    let understood = Skills::built_in().understand(text, &hearing, &Vocabulary::of(&home()))?;
    Some((understood.name, understood.intent))
}

#[test]
fn another_way_to_say_it_is_understood() {
    for (language, text, wanted) in OTHERWISE {
        let found = name(*language, text, Expects::Anything).map(|(name, _)| name);
        assert_eq!(found.as_deref(), Some(*wanted), "{text}");
    }
}

#[test]
fn what_is_not_for_us_is_left_alone() {
    for (language, text) in NOT_FOR_US {
        let found = name(*language, text, Expects::Anything).map(|(name, _)| name);
        assert_eq!(found.unwrap_or_default(), "", "{text}");
    }
}

/// While an answer is awaited only an answer counts, and no answer is ever guessed.
#[test]
fn what_may_close_something_is_never_guessed() {
    for (language, text, _) in OTHERWISE {
        for expects in Expects::ALL.into_iter().filter(|expects| expects.is_question()) {
            let found = name(*language, text, expects).map(|(_, intent)| intent);
            let answers = [Expects::Words, Expects::Request].contains(&expects);
            assert_eq!(found == Some(Intent::NotUnderstood), !answers, "{text} while {expects:?}");
        }
    }
    let nearly = [
        (Language::Nl, "nou ja misschien dat het wel gaat met mij denk ik"),
        (Language::Nl, "die pillen heb ik geloof ik wel of toch niet genomen"),
        (Language::En, "well perhaps i may be sort of fine i suppose"),
        (Language::En, "those tablets i may or may not have had already"),
    ];
    let closing = [Intent::Yes, Intent::No, Intent::Fine, Intent::Taken, Intent::Skip];
    for (language, text) in nearly {
        for expects in Expects::ALL {
            let found = name(language, text, expects).map(|(_, intent)| intent);
            assert!(!found.is_some_and(|it| closing.contains(&it)), "{text} while {expects:?}");
        }
    }
}

/// What it names is taken wherever it stands.
#[test]
fn the_slots_of_the_likeliest_meaning_are_filled() {
    let hearing = hearing(Language::En, Expects::Anything, Through::Text);
    let text = "i want the kitchen lights to go off now";
    let understood = Skills::built_in().understand(text, &hearing, &Vocabulary::of(&home()));
    let slots = understood.expect("for us").slots;
    assert!(matches!(slots.get("light"), Some(Given::Things(_))), "{slots:?}");
}
