//! What a sentence names beside lamps and people: values of a skill's own lists, rooms, devices,
//! numbers, lengths of time.

use omzien_core::Capability;
use omzien_core::intent::{Given, Target};
use omzien_core::{Expectation, Expects, Intent, Language, Reply};

use super::{hearing, home};
use crate::{Skills, Through, Vocabulary};

const MANIFEST: &str = r#"
about = "Paints."
purpose = "comfort"
autonomy = "resident_decides"
listens = "always"
touches = []
[intents.wall]
means = "answer"
[intents.dry]
means = "answer"
"#;

const DUTCH: &str = r#"
why = "U vroeg mij te verven."
[lists.colour]
red = ["rood", "rode"]
sky = ["hemelsblauw", "hemels blauw"]
[sentences]
wall = ["verf {room} {number} keer {colour}", "verf {device} {colour}", "verf {words} {colour}"]
dry = ["laat {colour} {duration} drogen"]
[answers]
"paint.wall" = "Goed, {colour}."
"paint.dry" = "Goed, {duration}."
"#;

const ENGLISH: &str = r#"
why = "You asked me to paint."
[lists.colour]
red = ["red"]
[sentences]
wall = ["paint {room} {colour}"]
dry = ["let {colour} dry for {duration}"]
[answers]
"paint.wall" = "All right, {colour}."
"paint.dry" = "All right, {duration}."
"#;

fn files(dutch: &str) -> [(&'static str, String); 4] {
    [
        ("paint/skill.toml", MANIFEST.to_owned()),
        ("paint/nl.toml", dutch.to_owned()),
        ("paint/en.toml", ENGLISH.to_owned()),
        ("paint/examples.toml", "example = []".to_owned()),
    ]
}

fn painter() -> Skills {
    let files = files(DUTCH);
    let (skills, errors) = Skills::built_in_and(files.iter().map(|(path, text)| (*path, &**text)));
    assert!(errors.is_empty(), "{errors:?}");
    skills
}

fn understood(skills: &Skills, sentence: &str, language: Language) -> Option<Intent> {
    let hearing = hearing(language, Expects::Anything, Through::Text);
    skills.understand(sentence, &hearing, &Vocabulary::of(&home())).map(|it| it.intent)
}

#[test]
fn a_sentence_carries_what_it_named() {
    let skills = painter();
    for (sentence, means) in [
        ("verf de keuken twee keer rood", "paint.wall colour=red number=2 room=kitchen"),
        ("Verf de keuken 21 keer rode", "paint.wall colour=red number=21 room=kitchen"),
        ("verf het bedlampje hemels blauw", "paint.wall colour=sky device=bed_lamp"),
        ("verf het oude hek rood", "paint.wall colour=red words=\"het oude hek\""),
        ("laat rood anderhalf uur drogen", "paint.dry colour=red duration=5400s"),
        ("verf de keuken met een kwast", "?"),
    ] {
        let intent = understood(&skills, sentence, Language::Nl);
        assert_eq!(intent.as_ref().map(crate::brief), Some(means.to_owned()), "{sentence}");
    }
}

/// A list is written in each language, and means the same.
#[test]
fn both_languages_name_the_same_and_the_answer_says_it_back() {
    let skills = painter();
    let plan = home();
    for (language, sentence, answer) in [
        (Language::Nl, "laat rode een uur drogen", "Goed, een uur."),
        (Language::En, "let red dry for an hour", "All right, an hour."),
    ] {
        let Some(Intent::Skill { name, slots }) = understood(&skills, sentence, language) else {
            panic!("{sentence}");
        };
        assert!(matches!(&slots["colour"], Given::Listed { id, .. } if id == "red"));
        let said = skills.render(&Reply::of_skill(&name, &slots), language, &plan);
        assert_eq!(said.as_deref(), Ok(answer));
    }
}

#[test]
fn what_a_list_holds_is_listened_for() {
    let phrases = painter().phrases(
        Language::Nl,
        &Vocabulary::of(&home()),
        Expectation { question: 1, expects: Expects::YesNo },
    );
    for said in ["verf de keuken 3 keer rode", "verf keuken twee keer hemels blauw"] {
        assert!(phrases.has(said), "{said}");
    }
    assert!(!phrases.has("verf de keuken 3 keer groen"));
}

#[test]
fn a_broken_list_is_refused_with_its_line() {
    for (from, to, line, problem) in [
        ("{colour}\", \"verf {device}", "{tint}\", \"verf {device}", 7, "no slot \"tint\""),
        ("sky = [\"hemelsblauw\"", "sky = [\"rood\"", 3, "stands for two things"),
        ("red = [\"rood\", \"rode\"]", "red = []", 3, "has no words"),
        ("[lists.colour]", "[lists.room]", 3, "the name of a slot that exists"),
    ] {
        let files = files(&DUTCH.replacen(from, to, 1));
        let (_, errors) = Skills::read(files.iter().map(|(path, text)| (*path, &**text)));
        let [error] = &errors[..] else { panic!("{to}: {errors:?}") };
        assert_eq!((&*error.path, error.line), ("paint/nl.toml", line), "{error}");
        assert!(error.problem.contains(problem), "{error}");
        assert!(!error.mend.is_empty());
    }
}

/// A lamp's name with its room is the lamp; many lamps with a room named apart are the room's.
#[test]
fn a_room_beside_lamps_says_which() {
    let skills = painter();
    let kitchen = || Target::Room { room: "kitchen".into(), of: Capability::Light };
    for (sentence, wanted) in [
        ("doe alle lampen uit in de keuken", kitchen()),
        ("doe in de keuken het licht uit", kitchen()),
        ("doe het bedlampje in de slaapkamer uit", Target::Device("bed_lamp".into())),
    ] {
        let found = match understood(&skills, sentence, Language::Nl) {
            Some(Intent::Operate { what, .. }) => Some(what),
            _ => None,
        };
        assert_eq!(found, Some(wanted), "{sentence}");
    }
}
