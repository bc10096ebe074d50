//! Everything the home can say: it has words in every language, they are the stories' words, and
//! they keep the promises about speech. `docs/ref/sentences.md` lists it all, to be read aloud.

use std::fmt::Write;
use std::time::Duration;

use jiff::civil::{Date, Time};
use omzien_core::catalogue::{CHIME_WRITTEN, ROWS, Row, To, key};
use omzien_core::device::Celsius;
use omzien_core::{Language, Reply, Slot, Weekday};

use super::{built_in, home};
use crate::language::LANGUAGES;
use crate::render::{Piece, pieces};
use crate::{RenderError, Skills};

/// A value for each slot of the catalogue.
fn sample(slot: &str, language: Language) -> Slot {
    let words = |nl: &str, en: &str| match language {
        Language::Nl => nl.to_owned(),
        Language::En => en.to_owned(),
    };
    match slot {
        "contact" => Slot::Name("Anna".to_owned()),
        "contacts" => Slot::Names(vec!["Anna".to_owned()]),
        "address" => Slot::Name(words("mevrouw", "the lady")),
        "name" => Slot::Name(words("mevrouw De Wit", "Mrs De Wit")),
        "cover" => Slot::Name(words("gordijn links", "left curtain")),
        "lock" => Slot::Name(words("voordeur", "front door")),
        "percent" => Slot::Number(40),
        "least" => Slot::Number(5),
        "most" => Slot::Number(30),
        "degrees" => Slot::Degrees(Celsius::tenths(205).expect("a temperature")),
        "state" => Slot::Reply(Box::new(filled(row(key::STATE_OPEN), language))),
        "light" => Slot::Name(words("keukenlamp", "kitchen lamp")),
        "room" => Slot::Name(words("keuken", "kitchen")),
        "device" => Slot::Name(words("deursensor", "door sensor")),
        "driver" => Slot::Name("mqtt".to_owned()),
        "skill" => Slot::Name(words("thee", "tea")),
        "what" => Slot::Words(words("uw pillen", "your pills")),
        "words" => Slot::Words(words("ik kom later", "I will be late")),
        "time" | "from" => Slot::Time(Time::constant(2, 30, 0, 0)),
        "until" => Slot::Time(Time::constant(7, 0, 0, 0)),
        "at" => Slot::Time(Time::constant(3, 0, 0, 0)),
        "since" => Slot::Time(Time::constant(9, 15, 0, 0)),
        "date" => Slot::Date(Date::constant(2026, 11, 23)),
        "in" => Slot::Duration(Duration::from_secs(30)),
        "duration" => Slot::Duration(Duration::from_secs(20 * 60)),
        "days" => Slot::Days(vec![Weekday::Monday, Weekday::Thursday]),
        "count" => Slot::Number(3),
        "message" => Slot::Reply(Box::new(filled(row(key::ALARM_BUTTON), language))),
        "parts" => {
            let part = Slot::Reply(Box::new(filled(row(key::SCENE_PART), language)));
            Slot::List(vec![part.clone(), part])
        }
        "reminders" => {
            let item = Slot::Reply(Box::new(filled(row(key::LIST_ITEM), language)));
            Slot::List(vec![item.clone(), item])
        }
        "question" => Slot::Reply(Box::new(filled(row(key::TIMER_HOW_LONG), language))),
        "abilities" => {
            let parts = [key::CAN_REMIND, key::CAN_LIGHTS, key::CAN_TIMER];
            Slot::List(parts.map(|part| Slot::Reply(Box::new(Reply::new(part)))).to_vec())
        }
        "known" => {
            let parts = [key::KNOWN_NAME, key::KNOWN_CIRCLE, key::KNOWN_SAID];
            Slot::List(parts.map(|part| Slot::Reply(Box::new(Reply::new(part)))).to_vec())
        }
        "amount" => Slot::Number(130),
        "under" => Slot::Number(80),
        "whole" => Slot::Number(37),
        "tenth" => Slot::Number(5),
        "quantity" => Slot::Reply(Box::new(filled(row(key::NAME_BLOOD_PRESSURE), language))),
        "measurement" => Slot::Reply(Box::new(filled(row(key::BLOOD_PRESSURE), language))),
        "measurements" => {
            let item = Slot::Reply(Box::new(filled(row(key::MEASURE_ITEM), language)));
            Slot::List(vec![item.clone(), item])
        }
        "things" => Slot::Names(match language {
            Language::Nl => vec!["melk".to_owned(), "twee broden".to_owned()],
            Language::En => vec!["milk".to_owned(), "two loaves".to_owned()],
        }),
        "list" => Slot::Reply(Box::new(filled(row(key::LIST_SHOPPING), language))),
        "hint" => Slot::Reply(Box::new(filled(row(key::HINT_LENGTH), language))),
        "timer" => Slot::Reply(Box::new(filled(row(key::TIMER_PART), language))),
        "timers" => {
            let item = Slot::Reply(Box::new(filled(row(key::TIMER_ITEM), language)));
            Slot::List(vec![item.clone(), item])
        }
        agenda => sample_of_agenda(agenda, language),
    }
}

fn sample_of_agenda(slot: &str, language: Language) -> Slot {
    let words = |nl: &str, en: &str| match language {
        Language::Nl => nl.to_owned(),
        Language::En => en.to_owned(),
    };
    match slot {
        "calendar" => Slot::Name(words("de agenda van Anna", "Anna's calendar")),
        "place" => Slot::Words(words("Dorpsstraat 3", "3 High Street")),
        "when" => Slot::Reply(Box::new(filled(row(key::AGENDA_ON), language))),
        "first" => Slot::Date(Date::constant(2026, 11, 20)),
        "entry" => Slot::Reply(Box::new(filled(row(key::AGENDA_ITEM), language))),
        "entries" => {
            let item = Slot::Reply(Box::new(filled(row(key::AGENDA_ITEM), language)));
            Slot::List(vec![item.clone(), item])
        }
        unknown => panic!("the catalogue has a new slot {unknown:?}: give it a sample here"),
    }
}

fn row(key: &str) -> &'static Row {
    omzien_core::catalogue::row(key).expect("a key of the catalogue")
}

fn filled(row: &Row, language: Language) -> Reply {
    row.slots
        .iter()
        .fold(Reply::new(row.key), |reply, slot| reply.with(slot, sample(slot, language)))
}

fn said(skills: &Skills, reply: &Reply, language: Language) -> String {
    skills.render(reply, language, &home()).unwrap_or_else(|error| panic!("{error}"))
}

/// Every sentence of the catalogue, with Anna in it.
fn everything() -> Vec<(&'static Row, Language, String)> {
    let skills = built_in();
    ROWS.iter()
        .flat_map(|row| LANGUAGES.map(|language| (row, language)))
        .map(|(row, language)| (row, language, said(&skills, &filled(row, language), language)))
        .collect()
}

#[test]
fn the_hardest_moments_have_the_words_of_the_stories() {
    let table = [
        (
            key::FALL_ASK,
            "Misschien bent u gevallen. Heeft u hulp nodig? Zeg ja of nee.",
            "Perhaps you fell. Do you need help? Say yes or no.",
        ),
        (
            key::WARN_BEFORE_ALARM,
            "Ik hoor geen antwoord. Over dertig seconden waarschuw ik Anna.",
            "I hear no answer. In thirty seconds I alert Anna.",
        ),
        (
            key::SENT_NOT_ANSWERED,
            "Ik heb Anna een bericht gestuurd. Zij heeft nog niet geantwoord.",
            "I sent Anna a message. She has not answered yet.",
        ),
        (
            key::COMING_AT,
            "Anna zegt dat zij komt. Zij denkt er om drie uur te zijn.",
            "Anna says she is coming. She expects to be here at three.",
        ),
        (
            key::PHONING,
            "Anna zegt dat zij u belt. Zij zei niet dat zij komt.",
            "Anna says she will phone you. She did not say she is coming.",
        ),
        (
            key::NOBODY_ANSWERED,
            "Nog niemand heeft geantwoord. Ik ga door. Kunt u zelf 112 bellen?",
            "Nobody has answered yet. I go on. Can you call 112 yourself?",
        ),
        (
            key::NOBODY_TO_REACH,
            "Ik kan niemand voor u bellen. Bel zelf 112, of roep de buren.",
            "I can call nobody for you. Call 112, or shout for the neighbours.",
        ),
        (
            key::WAS_OFF,
            "Ik was twintig minuten uit. Uw melding loopt nog. Heeft u hulp nodig?",
            "I was off for twenty minutes. Your alarm is still open. Do you need help?",
        ),
        (
            key::NO_HELP_ASK_LATER,
            "Goed, ik waarschuw niemand. Ik vraag het over een kwartier nog eens.",
            "Fine, I alert nobody. I ask again in a quarter of an hour.",
        ),
        (
            key::SORRY_TELL,
            "Het spijt me. Ik meld Anna dat u zegt: geen hulp nodig.",
            "I am sorry. I tell Anna that you say: no help needed.",
        ),
        (
            key::DOSE_PASSED,
            "De tijd voor uw pillen is voorbij. Vraag de apotheek wat u doet.",
            "The time for your pills has passed. Ask the pharmacy what to do.",
        ),
        (
            key::DONT_KNOW,
            "Dat weet ik niet. Ik ben een apparaat. Zal ik Anna vragen te bellen?",
            "I don't know. I am a device. Shall I ask Anna to phone?",
        ),
    ];
    let skills = built_in();
    for (key, dutch, english) in table {
        for (language, words) in [(Language::Nl, dutch), (Language::En, english)] {
            assert_eq!(said(&skills, &filled(row(key), language), language), words);
        }
    }
}

#[test]
fn a_sentence_uses_every_slot_of_its_row_and_no_other() {
    let skills = built_in();
    for row in ROWS {
        for language in LANGUAGES {
            let answers = &skills.all.answers[crate::language::place(language)];
            for words in answers[row.key].all() {
                let mut used: Vec<&str> = pieces(words)
                    .into_iter()
                    .filter_map(|piece| match piece {
                        Piece::Slot { name, .. } => Some(name),
                        Piece::Words(_) => None,
                    })
                    .collect();
                used.sort_unstable();
                used.dedup();
                let mut wanted = row.slots.to_vec();
                wanted.sort_unstable();
                assert_eq!(used, wanted, "{} {language:?}: {words}", row.key);
            }
        }
    }
}

#[test]
fn no_words_are_kept_that_nothing_can_say() {
    let skills = built_in();
    let own = |key: &str| {
        skills.list().iter().any(|skill| {
            key.strip_prefix(&format!("{}.", skill.name))
                .is_some_and(|intent| skill.manifest.intents.contains_key(intent))
        })
    };
    for answers in &skills.all.answers {
        for key in answers.keys() {
            let known = omzien_core::catalogue::row(key).is_some() || own(key);
            assert!(known, "{key} is in no row of the catalogue");
        }
    }
}

#[test]
fn sentences_are_short_and_ask_one_thing() {
    for (row, language, said) in everything() {
        let place = format!("{} {language:?}: {said}", row.key);
        if row.to == To::Part {
            continue;
        }
        assert!(said.matches('?').count() <= 1, "two questions: {place}");
        // A message or a list inside a sentence is as long as it is.
        if row.slots.iter().any(|slot| {
            ["message", "reminders", "timers", "measurements", "entries", "abilities", "known"]
                .contains(slot)
        }) {
            continue;
        }
        let sentences: Vec<&str> = said.split_inclusive(['.', '?']).collect();
        assert!(sentences.len() <= 4, "too many sentences: {place}");
        let words: Vec<usize> =
            sentences.iter().map(|sentence| sentence.split_whitespace().count()).collect();
        assert!(words.iter().all(|count| *count <= 16), "too long a sentence: {place}");
        assert!(words.iter().sum::<usize>() <= 25, "too many words: {place}");
        let title = row.key.starts_with("title.");
        assert!(title || said.ends_with(['.', '?']), "no end: {place}");
        assert!(said.starts_with(|first: char| first.is_uppercase()), "no capital: {place}");
    }
}

#[test]
fn what_asks_has_a_question_mark() {
    const STARTS: &[&str] = &[
        "Heeft u",
        "Wilt u",
        "Gaat het",
        "Kunt u",
        "Zal ik",
        "Welke bedoelt",
        "Wanneer",
        "Over hoeveel",
        "Na hoeveel",
        "Hoe laat",
        "Hoe lang",
        "Welke",
        "Wie krijgt",
        "Aan wie",
        "Wat wilt",
        "Wat zal",
        "Wat is",
        "Klopt dat",
        "Bent u",
        "Is de melding",
        "Wie kan",
        "Do you",
        "Can you",
        "Shall I",
        "Which one",
        "When shall",
        "When is",
        "In how many",
        "After how many",
        "At what time",
        "How long",
        "Which",
        "Who gets",
        "To whom",
        "What would",
        "What shall",
        "What is",
        "Is that",
        "Are you",
        "Is the alarm",
        "Who can",
        "Have you",
        "Did you",
    ];
    for (row, language, said) in everything() {
        for sentence in said.split_inclusive(['.', '?']) {
            let asks = STARTS.iter().any(|start| sentence.trim().starts_with(start));
            assert_eq!(asks, sentence.ends_with('?'), "{} {language:?}: {said}", row.key);
        }
    }
}

#[test]
fn the_sound_without_words_reaches_the_voice_as_it_is_written() {
    let skills = built_in();
    for language in LANGUAGES {
        let written = said(&skills, &Reply::new(key::CHIME), language);
        assert_eq!(skills.speakable(&written, language, &home()), CHIME_WRITTEN);
    }
}

#[test]
fn some_words_are_never_said() {
    const NEVER: &[&str] = &[
        "patiënt",
        "patient",
        "gebruiker",
        "user",
        "systeem",
        "system",
        "cliënt",
        "client",
        "helaas",
        "fout gedaan",
        "verkeerd gedaan",
        "moet u",
        "u moet",
        "you must",
        "you should",
        "vergeten",
        "forgot",
        "score",
        "risico",
        "risk",
        "diagnos",
        "dement",
        "oké",
        "error",
        "ik bel 112",
        "i call 112",
        "i am calling 112",
        "112 gebeld",
        "called 112",
        "ik ben een mens",
        "i am a person",
        "lieverd",
        "dear",
    ];
    const HEALTH: &[&str] = &[
        "gevallen",
        "val",
        "hulp",
        "nood",
        "ziek",
        "pijn",
        "dokter",
        "arts",
        "pil",
        "medicijn",
        "fell",
        "fall",
        "help",
        "emergency",
        "ill",
        "pain",
        "doctor",
        "medicine",
        "health",
    ];
    for (row, language, said) in everything() {
        let lower = said.to_lowercase();
        let place = format!("{} {language:?}: {said}", row.key);
        for word in NEVER {
            assert!(!lower.contains(word), "{word:?} in {place}");
        }
        if row.key.starts_with("title.") {
            let words = crate::text::norms(&said);
            assert!(HEALTH.iter().all(|word| !words.iter().any(|one| one == word)), "{place}");
        }
    }
}

#[test]
fn nobody_comes_before_they_said_so() {
    const MAY: &[&str] =
        &[key::COMING, key::COMING_AT, key::PHONING, key::UPDATE_COMING, key::UPDATE_COMING_AT];
    for (row, language, said) in everything() {
        let words = crate::text::norms(&said);
        let comes = ["komt", "komen", "coming", "onderweg"];
        let says = words.iter().any(|word| comes.contains(&&**word));
        assert!(!says || MAY.contains(&row.key), "{} {language:?}: {said}", row.key);
    }
    // Phoning is said as phoning, and going is denied.
    let skills = built_in();
    for (language, denied) in [(Language::Nl, "niet dat zij komt"), (Language::En, "not say she")] {
        assert!(said(&skills, &filled(row(key::PHONING), language), language).contains(denied));
    }
}

#[test]
fn an_alarm_says_what_it_cannot_judge_and_names_112() {
    for (row, _, said) in everything() {
        if row.key == key::ALARM_LIMITS {
            assert!(said.contains("112"));
            assert!(
                said.contains("niet zien of beoordelen") || said.contains("cannot see or judge")
            );
        }
    }
}

#[test]
fn a_sentence_is_true_of_whoever_is_in_it() {
    let skills = built_in();
    let names = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Reply::new(key::SENT_NOT_ANSWERED).with("contacts", Slot::Names(names))
    };
    for (people, dutch, english) in [
        (
            &["Piet"][..],
            "Ik heb Piet een bericht gestuurd. Hij heeft nog niet geantwoord.",
            "I sent Piet a message. He has not answered yet.",
        ),
        (
            &["Fatma"],
            "Ik heb Fatma een bericht gestuurd. Er is nog geen antwoord.",
            "I sent Fatma a message. There is no answer yet.",
        ),
        (
            &["Anna", "Piet"],
            "Ik heb Anna en Piet een bericht gestuurd. Zij hebben nog niet geantwoord.",
            "I sent Anna and Piet a message. They have not answered yet.",
        ),
    ] {
        assert_eq!(said(&skills, &names(people), Language::Nl), dutch);
        assert_eq!(said(&skills, &names(people), Language::En), english);
    }
    let nobody = skills.render(&names(&[]), Language::Nl, &home());
    assert!(matches!(nobody, Err(RenderError::MissingSlot { .. })), "{nobody:?}");
}

#[test]
fn a_broken_reply_is_an_error_and_never_a_broken_sentence() {
    let skills = built_in();
    let render = |reply: &Reply| skills.render(reply, Language::Nl, &home());
    for row in ROWS.iter().filter(|row| !row.slots.is_empty()) {
        let error = render(&Reply::new(row.key)).expect_err("slots are missing");
        assert!(matches!(error, RenderError::MissingSlot { .. }), "{error}");
    }
    let unknown = render(&Reply::new("fall.asked")).expect_err("there is no such key");
    assert!(matches!(unknown, RenderError::UnknownKey { .. }));
    let wrong = Reply::new(key::ALARM_BUTTON).name("name", "Riet").name("time", "vroeg");
    assert!(matches!(render(&wrong), Err(RenderError::WrongSlot { .. })));
    let mut deep = Reply::new(key::TOLD_NOTHING);
    for _ in 0..9 {
        deep = filled(row(key::TOLD), Language::Nl).with("message", Slot::Reply(Box::new(deep)));
    }
    assert!(matches!(render(&deep), Err(RenderError::TooDeep { .. })));
}

#[test]
fn the_list_of_sentences_is_fresh() {
    let mut page = String::from(
        "# Everything it can say\n\n\
         Made from the skills by a test; do not edit. Read it aloud: each sentence should be plain, \
         short and true, at three in the morning too. Names and times are examples.\n",
    );
    let skills = built_in();
    for (to, title) in [
        (To::Resident, "Said in the home"),
        (To::Circle, "Written to the circle"),
        (To::Part, "Parts of sentences"),
    ] {
        write!(page, "\n## {title}\n\n| | Dutch | English |\n|---|---|---|\n").expect("a string");
        for row in ROWS.iter().filter(|row| row.to == to) {
            let [nl, en] = LANGUAGES.map(|it| said(&skills, &filled(row, it), it));
            writeln!(page, "| {} | {nl} | {en} |", row.key).expect("a string");
        }
    }
    page.push_str("\n## Why it asks\n\n| | Dutch | English |\n|---|---|---|\n");
    for skill in skills.list() {
        let [nl, en] = LANGUAGES.map(|language| skill.why(language));
        writeln!(page, "| {} | {nl} | {en} |", skill.name).expect("a string");
    }
    page.push_str("\n## A skill's own answers\n\n| | Dutch | English |\n|---|---|---|\n");
    let own = |key: &&String| omzien_core::catalogue::row(key).is_none();
    for key in skills.all.answers[0].keys().filter(own) {
        let reply = Reply { key: key.clone().into(), slots: Default::default() };
        let [nl, en] = LANGUAGES.map(|language| said(&skills, &reply, language));
        writeln!(page, "| {key} | {nl} | {en} |").expect("a string");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ref/sentences.md");
    if std::env::var_os("OMZIEN_UPDATE").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ref"))
            .expect("the folder of the docs can be made");
        std::fs::write(path, &page).expect("the docs can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == page,
        "docs/ref/sentences.md is stale: OMZIEN_UPDATE=1 cargo test -p omzien-skills"
    );
}
