//! Skills in a folder of a home: they add and change what is comfort, and weaken nothing that
//! keeps somebody safe, whatever is written in them.

use omzien_core::{Expects, Intent, Language, Reply};

use super::{NOW, hearing, home};
use crate::built_in::FILES;
use crate::language::{self, LANGUAGES};
use crate::samples::Sampler;
use crate::{Origin, SkillError, Skills, Through, Vocabulary};

const MANIFEST: &str = r#"about = "Tells where things are kept."
purpose = "comfort"
autonomy = "resident_decides"
listens = "when_enabled"
touches = []

[intents.where]
means = "answer"
"#;

const DUTCH: &str = r#"why = "U vroeg mij waar iets ligt."

[lists.thing]
spare_keys = ["reservesleutels", "de reservesleutels"]
torch = ["zaklantaarn", "de zaklantaarn"]

[sentences]
where = ["waar (ligt|liggen|bewaar ik) [de] {thing}"]

[answers]
"places.where" = "Kijk eens in de la in de gang, daar hoort {thing}."
"#;

const ENGLISH: &str = r#"why = "You asked me where something is kept."

[lists.thing]
spare_keys = ["spare keys"]
torch = ["torch"]

[sentences]
where = ["where (is|are|do i keep) [the|my] {thing}"]

[answers]
"places.where" = "Look in the drawer in the hall, that is where {thing} belongs."
"#;

const EXAMPLES: &str = r#"[[example]]
means = "places.where thing=torch"
nl = ["waar ligt de zaklantaarn", "waar bewaar ik de zaklantaarn"]
en = ["where is the torch", "where do I keep my torch"]
"#;

/// The four files of a skill, some of them changed.
#[derive(Clone)]
struct Written {
    name: String,
    texts: [String; 4],
}

impl Written {
    fn places() -> Self {
        let texts = [MANIFEST, DUTCH, ENGLISH, EXAMPLES].map(str::to_owned);
        Self { name: "places".to_owned(), texts }
    }

    /// A copy of one of ours.
    fn copy(name: &str) -> Self {
        let text = |file: &str| {
            let path = format!("{name}/{file}");
            FILES.iter().find(|(known, _)| *known == path).expect("a file of ours").1.to_owned()
        };
        let texts = ["skill.toml", "nl.toml", "en.toml", "examples.toml"].map(text);
        Self { name: name.to_owned(), texts }
    }

    fn changed(mut self, from: &str, to: &str) -> Self {
        assert!(self.texts.iter().any(|text| text.contains(from)), "{from:?} is not there");
        self.texts = self.texts.map(|text| text.replacen(from, to, 1));
        self
    }

    fn files(&self) -> Vec<(String, &str)> {
        let names = ["skill.toml", "nl.toml", "en.toml", "examples.toml"];
        let texts = names.iter().zip(&self.texts);
        texts.map(|(file, text)| (format!("{}/{file}", self.name), &**text)).collect()
    }
}

fn read(written: &[Written]) -> (Skills, Vec<SkillError>) {
    let files: Vec<_> = written.iter().flat_map(Written::files).collect();
    Skills::with_those_of_a_home(files.iter().map(|(path, text)| (&**path, *text)))
}

fn sound(written: &[Written]) -> Skills {
    let (skills, errors) = read(written);
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    skills
}

fn meant(skills: &Skills, language: Language, text: &str, expects: Expects) -> Option<Intent> {
    let hearing = hearing(language, expects, Through::Text);
    skills.understand(text, &hearing, &Vocabulary::of(&home())).map(|it| it.intent)
}

#[test]
fn a_folder_adds_a_skill_and_its_answer() {
    let skills = sound(&[Written::places()]);
    let of_home: Vec<_> = skills.list().iter().filter(|it| it.origin == Origin::Home).collect();
    assert_eq!(of_home.len(), 1);
    for (language, text, answer) in [
        (
            Language::Nl,
            "waar liggen de reservesleutels",
            "Kijk eens in de la in de gang, daar hoort reservesleutels.",
        ),
        (
            Language::En,
            "where is my torch",
            "Look in the drawer in the hall, that is where torch belongs.",
        ),
    ] {
        let Some(Intent::Skill { name, slots }) = meant(&skills, language, text, Expects::Anything)
        else {
            panic!("{text}");
        };
        let reply = Reply::of_skill(&name, &slots);
        assert_eq!(skills.render(&reply, language, &home()).as_deref(), Ok(answer));
    }
    let ours: Vec<_> =
        skills.try_examples(&home(), NOW).into_iter().map(|it| it.to_string()).collect();
    assert!(ours.is_empty(), "{}", ours.join("\n"));
}

/// It listens where home.toml names it, as the others do.
#[test]
fn a_folder_listens_where_it_is_named() {
    let (skills, _) = sound(&[Written::places()]).enable(&["lights"]);
    let text = "waar ligt de zaklantaarn";
    let unknown = Some(Intent::NotUnderstood);
    assert_eq!(meant(&skills, Language::Nl, text, Expects::Anything), unknown);
}

#[test]
fn a_folder_takes_the_place_of_a_skill_of_ours() {
    let changed = Written::copy("lights")
        .changed("[sentences]\non = [", "[sentences]\non = [\n    \"schijn {light}\",")
        .changed("Goed, {light} aan.", "Komt eraan: {light}.");
    let skills = sound(&[changed]);
    let lights: Vec<_> = skills.list().iter().filter(|it| it.name == "lights").collect();
    assert_eq!(lights.len(), 1);
    assert_eq!(lights[0].origin, Origin::Home);
    let on = |text| meant(&skills, Language::Nl, text, Expects::Anything);
    assert_eq!(on("schijn de keukenlamp"), on("doe de keukenlamp aan"));
    assert!(matches!(on("schijn de keukenlamp"), Some(Intent::Operate { .. })));
    // What resembles its sentences is found as it was.
    let sentence = "wil je de lamp in de keuken voor mij nu maar weer uitschakelen";
    assert!(matches!(on(sentence), Some(Intent::Operate { .. })));
}

/// Whatever its folder leaves out, the program hears the answers to its own questions.
#[test]
fn a_folder_in_the_place_of_ours_leaves_answers_to_the_program() {
    let answer = "[intents.said]\nmeans = \"words\"\nwhile_expected = [\"words\"]\n";
    let copy = Written::copy("shopping");
    assert!(copy.texts[0].contains(answer));
    let without_sentences = |text: &str| {
        let from = text.find("\nsaid = [").expect("its sentences");
        let until = from + text[from..].find("\n]").expect("their end") + 2;
        format!("{}{}", &text[..from], &text[until..])
    };
    let mut changed = copy.changed(answer, "");
    changed.texts[1] = without_sentences(&changed.texts[1]);
    changed.texts[2] = without_sentences(&changed.texts[2]);
    let skills = sound(&[changed]);
    let words = meant(&skills, Language::Nl, "een doos lucifers", Expects::Words);
    assert!(matches!(words, Some(Intent::Words { .. })), "{words:?}");
}

/// What is written, and the line and the words of the refusal.
#[test]
fn what_would_weaken_something_is_refused_with_its_place() {
    let places = Written::places;
    let means = |meaning: &str| places().changed("\"answer\"", &format!("\"{meaning}\""));
    let sentence = |to: &str| places().changed("waar (ligt|liggen|bewaar ik) [de] {thing}", to);
    let answer = |to: &str| places().changed("in de gang, daar hoort {thing}", to);
    for (written, file, line, problem) in [
        (means("help"), "skill.toml", 8, "heard by the program's own skills alone"),
        (means("yes"), "skill.toml", 8, "heard by the program's own skills alone"),
        (means("taken"), "skill.toml", 8, "heard by the program's own skills alone"),
        (means("tell"), "skill.toml", 8, "heard by the program's own skills alone"),
        (means("stop_listening"), "skill.toml", 8, "heard by the program's own skills alone"),
        (means("switch_on"), "nl.toml", 8, "touches lights"),
        (means("start_timer"), "skill.toml", 8, "touches timers"),
        (means("run_scene"), "skill.toml", 8, "touches lights"),
        (means("answr"), "skill.toml", 8, "unknown variant"),
        (
            places().changed("means = \"answer\"", "means = \"answer\"\nfound = \"anywhere\""),
            "skill.toml",
            9,
            "only a cry for help is found anywhere",
        ),
        (
            places().changed("\"answer\"", "\"answer\"\nwhile_expected = [\"yes_no\"]"),
            "skill.toml",
            9,
            "answers to questions are heard by the program alone",
        ),
        (places().changed("\"when_enabled\"", "\"always\""), "skill.toml", 4, "listen always"),
        (
            places().changed("\"resident_decides\"", "\"announces\""),
            "skill.toml",
            3,
            "on the resident's word alone",
        ),
        (
            places().changed("[intents.where]", "[intents.distressed]"),
            "skill.toml",
            8,
            "speaks of distress",
        ),
        (sentence("{words}"), "nl.toml", 8, "sentences about anything"),
        (sentence("(de|het|een|zij) {words}"), "nl.toml", 8, "it would take \"de trein"),
        (sentence("waar ligt"), "nl.toml", 11, "no sentence of \"where\" names {thing}"),
        (sentence("waar ligt [{thing}]"), "nl.toml", 11, "not named on every way"),
        (sentence("waar ligt {thing} in de {room}"), "nl.toml", 0, ""),
        (answer("in de {room}"), "nl.toml", 11, "no sentence of \"where\" names {room}"),
        (answer("om {thing:digits}"), "nl.toml", 11, "cannot be said in this form"),
        (answer("\\u0007"), "nl.toml", 11, "cannot be said"),
        (answer(&"ver weg ".repeat(60)), "nl.toml", 11, "longer than"),
        (
            places().changed("[answers]", "[answers]\n\"alarm.told\" = \"Alles is goed.\""),
            "nl.toml",
            11,
            "nothing of this skill says",
        ),
        (
            places().changed("why = \"U vroeg mij waar iets ligt.\"", "why = \"\""),
            "nl.toml",
            1,
            "cannot be said",
        ),
    ] {
        let (_, errors) = read(std::slice::from_ref(&written));
        if line == 0 {
            assert!(errors.is_empty(), "{errors:?}");
            continue;
        }
        let here = errors.iter().find(|it| it.path == format!("places/{file}") && it.line == line);
        let here = here.unwrap_or_else(|| panic!("{problem}: {errors:#?}"));
        assert!(here.problem.contains(problem), "{here}");
        assert!(!here.mend.is_empty() && here.column > 0);
    }
}

#[test]
fn what_keeps_somebody_safe_is_replaced_by_no_folder() {
    for name in ["help", "check-in", "reminder", "talk", "circle", "technique", "away", "locks"] {
        let (skills, errors) = read(&[Written::copy(name)]);
        let [error] = &errors[..] else { panic!("{name}: {errors:?}") };
        assert_eq!(error.path, format!("{name}/skill.toml"));
        assert!(skills.list().iter().all(|skill| skill.origin == Origin::Program));
    }
    for name in ["first-help", "distress", "Tea", "", "a b"] {
        let (_, errors) = read(&[Written { name: name.to_owned(), ..Written::places() }]);
        assert_eq!(errors.len(), 1, "{name}: {errors:?}");
    }
}

#[test]
fn a_broken_folder_leaves_the_others_as_they_are() {
    let broken = Written { name: "broken".to_owned(), ..Written::places() };
    let broken = broken.changed("[sentences]", "[sentense]");
    let (skills, errors) = read(&[broken, Written::places()]);
    assert!(errors.iter().all(|error| error.path.starts_with("broken/")), "{errors:?}");
    assert!(!errors.is_empty());
    let text = "waar ligt de zaklantaarn";
    let found = meant(&skills, Language::Nl, text, Expects::Anything);
    assert!(matches!(found, Some(Intent::Skill { .. })), "{found:?}");
    assert_eq!(skills.list().len(), FILES.len() / 4 + 1);
}

/// All mistakes of a folder are told at once.
#[test]
fn all_that_is_wrong_is_told() {
    let written = Written::places()
        .changed("means = \"answer\"", "means = \"help\"")
        .changed("waar (ligt", "{nothing} (ligt")
        .changed("where (is", "(where (is")
        .changed("means = \"places.where thing=torch\"", "meens = \"places.where thing=torch\"");
    let (_, errors) = read(&[written]);
    let places: Vec<_> = errors.iter().map(|it| (&*it.path, it.line)).collect();
    for wanted in [
        ("places/skill.toml", 8),
        ("places/nl.toml", 8),
        ("places/en.toml", 8),
        ("places/examples.toml", 2),
    ] {
        assert!(places.contains(&wanted), "{wanted:?} is not in {places:?}");
    }
}

/// A home's own skill hears whatever the program would have heard, and the program goes first.
#[test]
fn no_folder_takes_a_cry_or_an_answer_from_the_program() {
    let ours = super::built_in();
    let plan = home();
    let vocabulary = Vocabulary::of(&plan);
    let mut heard = Vec::new();
    for language in LANGUAGES {
        let lists = &ours.all.lists;
        let sampler = Sampler { lists, language, vocabulary: Some(&vocabulary) };
        for skill in ours.list().iter().filter(|skill| crate::skill::is_kept(skill)) {
            for sentences in &skill.speech[language::place(language)].sentences {
                let name = format!("{}.{}", skill.name, sentences.intent);
                for nodes in &sentences.templates {
                    heard.push((language, name.clone(), sampler.sentence(nodes, 0)));
                }
            }
        }
    }
    assert!(heard.len() > 300, "{}", heard.len());
    let sentences = |language: Language| {
        let own = heard.iter().filter(|(of, ..)| *of == language).map(|(.., text)| text);
        let clean = own.map(|text| text.replace(|it: char| "\"\\()[]{}<>|^$".contains(it), " "));
        let quoted: Vec<_> = clean.map(|text| format!("    \"{text}\",")).collect();
        format!("where = [\n{}\n    \"waar where {{thing}}\",\n]", quoted.join("\n"))
    };
    let answer = |text: &str| text.replace("{thing}", "alles");
    let mut thief = Written::places();
    thief.texts[1] =
        answer(&DUTCH.replace("where = [\"waar (ligt|liggen|bewaar ik) [de] {thing}\"]", "@"))
            .replace('@', &sentences(Language::Nl));
    thief.texts[2] =
        answer(&ENGLISH.replace("where = [\"where (is|are|do i keep) [the|my] {thing}\"]", "@"))
            .replace('@', &sentences(Language::En));
    let with = sound(&[thief]);
    for (language, name, text) in &heard {
        for expects in Expects::ALL {
            let through = match expects.is_question() {
                true => Through::Voice,
                false => Through::Text,
            };
            let hearing = hearing(*language, expects, through);
            let understood = |skills: &Skills| {
                let understood = skills.understand(text, &hearing, &vocabulary)?;
                Some((understood.intent, understood.name, understood.addressed))
            };
            let (before, now) = (understood(&ours), understood(&with));
            // What was only guessed may have a sentence of its own now.
            let sure = before.as_ref().is_some_and(|(_, it, _)| it == name);
            if sure || expects.is_question() {
                assert_eq!(now, before, "{text} while {expects:?}");
            }
        }
    }
}

/// A word of a home's own skill that is nearly one of a cry does not keep the cry from being
/// found where it was misheard.
#[test]
fn a_cry_that_was_misheard_is_found_beside_any_folder() {
    let nearly = ["gevalle", "gevallem", "gevaller", "bevallen", "hevallen", "gevalled"];
    let ours = super::built_in();
    let vocabulary = Vocabulary::of(&home());
    let hearing = hearing(Language::Nl, Expects::Anything, Through::Voice);
    let cry = |skills: &Skills, text: &str| {
        skills.understand(text, &hearing, &vocabulary).is_some_and(|it| it.intent == Intent::Help)
    };
    let heard: Vec<_> = nearly.iter().map(|word| format!("ik ben {word}")).collect();
    let found: Vec<_> = heard.iter().filter(|text| cry(&ours, text)).collect();
    assert!(!found.is_empty(), "none of them is put right at all");
    let words = nearly.map(|word| format!("\"waar is {word} {{thing}}\"")).join(", ");
    let with =
        sound(
            &[Written::places().changed("\"waar (ligt|liggen|bewaar ik) [de] {thing}\"", &words)],
        );
    for text in found {
        assert!(cry(&with, text), "{text}");
    }
}

const PARAMETER: &str = r#"
[parameters.drawer]
type = "choice"
default = "top"
choices.top = { nl = "bovenste la", en = "top drawer" }
choices.bottom = { nl = "onderste la", en = "bottom drawer" }
ask = { nl = "In welke la ligt het?", en = "Which drawer is it in?" }

[parameters.after_min]
type = "minutes"
min = 5
max = 30
default = 10
ask = { nl = "Na hoeveel minuten?", en = "After how many minutes?" }

[parameters.at]
type = "time"
default = "08:00"
ask = { nl = "Hoe laat?", en = "At what time?" }

[parameters.copies]
type = "number"
default = 2
ask = { nl = "Hoeveel?", en = "How many?" }

[parameters.neighbour]
type = "words"
default = "de buren"
ask = { nl = "Wie heeft er nog een?", en = "Who has another one?" }
"#;

fn with_parameters() -> Written {
    let mut written = Written::places();
    written.texts[0].push_str(PARAMETER);
    let words =
        "Kijk in de {drawer}, na {after_min}, om {at:part}, {copies} stuks, of bij {neighbour}.";
    let answer = "Kijk eens in de la in de gang, daar hoort {thing}.";
    written.changed(answer, words)
}

#[test]
fn what_an_installer_sets_is_said() {
    let usual = sound(&[with_parameters()]);
    let said = |skills: &Skills| {
        let reply = Reply { key: "places.where".into(), slots: Default::default() };
        skills.render(&reply, Language::Nl, &home()).expect("words")
    };
    assert_eq!(
        said(&usual),
        "Kijk in de bovenste la, na tien minuten, om acht uur 's ochtends, twee stuks, of bij de buren."
    );
    let set = [
        ("drawer", toml::Value::from("bottom")),
        ("after_min", toml::Value::from(15)),
        ("at", toml::Value::from("19:30")),
        ("copies", toml::Value::from(3)),
        ("neighbour", toml::Value::from("Fatma")),
    ];
    let skills = set.iter().fold(usual, |skills, (name, value)| {
        skills.with_setting("places", name, value).unwrap_or_else(|it| panic!("{name}: {it:?}"))
    });
    // Whether it listens has nothing to do with it.
    let (skills, _) = skills.enable(&["places"]);
    assert_eq!(
        said(&skills),
        "Kijk in de onderste la, na een kwartier, om half acht 's avonds, drie stuks, of bij Fatma."
    );
}

#[test]
fn what_does_not_fit_is_refused_with_what_does() {
    let skills = sound(&[with_parameters()]);
    for (name, value, mend) in [
        ("after_min", toml::Value::from(31), "write a number of minutes from 5 to 30"),
        ("after_min", toml::Value::from(-1), "write a number of minutes from 5 to 30"),
        ("after_min", toml::Value::from("ten"), "write a number of minutes from 5 to 30"),
        ("after_min", toml::Value::from(7.5), "write a number of minutes from 5 to 30"),
        ("drawer", toml::Value::from("middle"), "write one of \"bottom\", \"top\""),
        ("at", toml::Value::from("25:00"), "write a time as \"07:30\""),
        ("copies", toml::Value::from(1_000_000), "write a whole number from 0 to 999999"),
        ("neighbour", toml::Value::from(" "), "write a text of at most 64 bytes"),
        ("neighbour", toml::Value::from("a\u{7}b"), "write a text of at most 64 bytes"),
        (
            "nieghbour",
            toml::Value::from("Fatma"),
            "possible here: after_min, at, copies, drawer, neighbour",
        ),
    ] {
        let refused = skills.with_setting("places", name, &value).expect_err(name);
        assert_eq!(refused.mend, mend, "{name} = {value}");
    }
    for (from, to, line, problem) in [
        ("default = 10", "default = 3", 21, "3 does not fit here"),
        ("max = 30", "max = 2", 20, "nothing is from 5 to 2"),
        ("default = 2", "default = 2\nmin = \"a\"", 32, "invalid type"),
        ("[parameters.copies]", "[parameters.number]", 29, "value of every sentence"),
        ("[parameters.copies]", "[parameters.thing]", 3, "has the name of a slot"),
        ("type = \"time\"", "type = \"time\"\nmin = 3", 25, "only numbers and minutes"),
        ("choices.top", "choises.top", 13, "unknown field"),
    ] {
        let (_, errors) = read(&[with_parameters().changed(from, to)]);
        let found = errors.iter().any(|it| it.line == line && it.problem.contains(problem));
        assert!(found, "{to}: {errors:#?}");
    }
}
