//! What is said to somebody whose answer is not understood, again and again: the same question in
//! other words, then in fewer, then the button or a person. The daemon's own loop over a simulated
//! house, as a transcript in both languages.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{date, time};
use omzien::config;
use omzien::simulation::{Setting, To, World};
use omzien_core::plan::{CheckIn, Reminder, ReminderKind};
use omzien_core::{Intent, Language, Plan};
use omzien_drivers::simulated::{Act, Faults, Habits, Manners};
use omzien_skills::Skills;

const SECOND: u64 = 1_000;
/// Between two answers: a sentence, some thought, an answer.
const BETWEEN: u64 = 12 * SECOND;

/// The home of the stories, with pills at nine until ten and a check-in at noon.
fn home(language: Language) -> Plan {
    let text = include_str!("../homes/story.toml");
    let loaded = config::read_text("story.toml", text).unwrap_or_else(|it| panic!("{it}"));
    let what = match language {
        Language::Nl => "uw pillen",
        Language::En => "your pills",
    };
    let pills = Reminder {
        what: what.to_owned(),
        at: time(9, 0, 0, 0),
        days: Vec::new(),
        kind: ReminderKind::Dose { latest: time(10, 0, 0, 0) },
    };
    Plan {
        language,
        reminders: BTreeMap::from([("pills".into(), pills)]),
        check_in: Some(CheckIn { at: time(12, 0, 0, 0) }),
        ..loaded.plan
    }
}

/// What is heard from a moment on, while somebody says `first` (where nothing asked them yet) and
/// then mumbles three times.
fn heard(language: Language, at: (i8, i8), first: Option<Act>) -> Vec<String> {
    let plan = home(language);
    let begins = date(2026, 3, 10).to_datetime(time(at.0, at.1, 0, 0));
    let start = begins.to_zoned(plan.zone.time_zone()).expect("a moment that exists");
    let setting = Setting {
        plan: Arc::new(plan),
        skills: Skills::built_in(),
        start: start.timestamp(),
        seed: 1,
        habits: Habits::QUIET,
        manners: Manners::SILENT,
        faults: Faults::NONE,
        cuts_a_year: 0.0,
    };
    let mut world = World::told(setting, Vec::new()).expect("an empty disk opens");
    // A minute before the hour the home starts; on the hour it asks.
    let mut now = 60 * SECOND;
    if let Some(act) = first {
        world.at(now, act);
    }
    for _ in 0..3 {
        now += BETWEEN;
        world.at(now, Act::Say(Intent::NotUnderstood));
    }
    world.run_until(now + SECOND).expect("the home goes on");
    world.judge.end(now);
    assert_eq!(world.judge.broken(), []);
    // The tone that proves loudspeaker and microphone is no sentence.
    let said = world.transcript().iter().filter(|line| line.to == To::Home && line.text != "♪");
    said.map(|line| line.text.clone()).collect()
}

fn assert_heard(at: (i8, i8), first: Option<Act>, dutch: &[&str], english: &[&str]) {
    for (language, expected) in [(Language::Nl, dutch), (Language::En, english)] {
        assert_eq!(heard(language, at, first.clone()), expected, "{language:?}");
    }
}

#[test]
fn how_it_goes() {
    assert_heard(
        (11, 59),
        None,
        &[
            "Dag mevrouw De Wit. Gaat het goed met u? Zeg ja of nee. Ik wacht een minuut.",
            "Ik verstond u niet goed. Gaat het goed met u? Zeg ja of nee.",
            "Ik versta u nog niet. Gaat het goed? Zeg alleen ja, of nee.",
            "Het spijt me, ik versta u niet. Voor hulp is er de knop.",
        ],
        &[
            "Hello mevrouw De Wit. Are you well? Say yes or no. I will wait a minute.",
            "I did not hear you well. Are you well? Say yes or no.",
            "I still cannot hear you well. Are you all right? Say only yes, or no.",
            "I am sorry, I cannot hear you well. For help there is the button.",
        ],
    );
}

#[test]
fn whether_the_pills_were_taken() {
    assert_heard(
        (8, 59),
        None,
        &[
            "Het is tijd voor uw pillen. Heeft u dat al ingenomen? U kunt antwoorden tot tien uur.",
            "Ik verstond u niet goed. Heeft u uw pillen ingenomen? Zeg ja, nee of straks.",
            "Heeft u uw pillen ingenomen? Zeg alleen ja, nee of straks.",
            "Het spijt me, ik versta u niet. Voor hulp is er de knop.",
        ],
        &[
            "It is time for your pills. Have you taken this already? You can answer until ten.",
            "I did not hear you well. Have you taken your pills? Say yes, no or later.",
            "Have you taken your pills? Say only yes, no or later.",
            "I am sorry, I cannot hear you well. For help there is the button.",
        ],
    );
}

#[test]
fn when_to_remind() {
    assert_heard(
        (16, 0),
        Some(Act::Say(Intent::RemindWhen { what: "Anna".to_owned() })),
        &[
            "U zei: Anna. Wanneer zal ik u herinneren? Ik wacht een minuut op uw antwoord.",
            "Ik verstond de tijd niet. Hoe laat zal ik u herinneren?",
            "Ik versta u nog niet. Zeg bijvoorbeeld: om acht uur. Of: over een kwartier.",
            "Het spijt me, ik versta u niet. Voor hulp is er de knop.",
        ],
        &[
            "You said: Anna. When shall I remind you? I will wait a minute for your answer.",
            "I did not catch the time. At what time shall I remind you?",
            "I still cannot hear you well. Say for example: at eight. Or: in a quarter of an hour.",
            "I am sorry, I cannot hear you well. For help there is the button.",
        ],
    );
}

#[test]
fn in_how_many_minutes() {
    assert_heard(
        (16, 0),
        Some(Act::Say(Intent::RemindMinutes { what: "Anna".to_owned() })),
        &[
            "U zei: Anna. Over hoeveel minuten zal ik u herinneren? Ik wacht een minuut.",
            "Ik verstond het getal niet. Na hoeveel minuten zal ik u herinneren?",
            "Ik versta u nog niet. Zeg alleen een getal, bijvoorbeeld: tien.",
            "Het spijt me, ik versta u niet. Voor hulp is er de knop.",
        ],
        &[
            "You said: Anna. In how many minutes shall I remind you? I will wait a minute.",
            "I did not catch the number. After how many minutes shall I remind you?",
            "I still cannot hear you well. Say only a number, for example: ten.",
            "I am sorry, I cannot hear you well. For help there is the button.",
        ],
    );
}

#[test]
fn to_whom() {
    assert_heard(
        (16, 0),
        Some(Act::Say(Intent::TellWhom { words: "...".to_owned() })),
        &[
            "Aan wie zal ik het sturen? Noem de naam. Ik wacht een minuut.",
            "Ik verstond de naam niet. Wie krijgt het bericht?",
            "Ik versta u nog niet. Zeg alleen de naam, bijvoorbeeld: Anna.",
            "Het spijt me, ik versta u niet. Voor hulp is er de knop.",
        ],
        &[
            "To whom shall I send it? Say the name. I will wait a minute.",
            "I did not catch the name. Who gets the message?",
            "I still cannot hear you well. Say only the name, for example: Anna.",
            "I am sorry, I cannot hear you well. For help there is the button.",
        ],
    );
}

/// Nothing was asked: a person is offered.
#[test]
fn what_somebody_wants() {
    assert_heard(
        (16, 0),
        None,
        &[
            "Dat begreep ik niet. Zeg het eens anders.",
            "Ik begrijp het nog niet. Zeg het in een paar woorden.",
            "Dat weet ik niet. Ik ben een apparaat. Zal ik Anna vragen te bellen?",
            "Ik wacht een minuut op uw antwoord.",
        ],
        &[
            "I did not understand that. Please say it another way.",
            "I do not understand it yet. Say it in a few words.",
            "I don't know. I am a device. Shall I ask Anna to phone?",
            "I will wait a minute for your answer.",
        ],
    );
}

/// After a fall a mumble stops nothing, and it is not said that nothing was heard.
#[test]
fn whether_help_is_needed() {
    assert_heard(
        (16, 0),
        Some(Act::DropWearable),
        &[
            "Misschien bent u gevallen. Heeft u hulp nodig? Zeg ja of nee.",
            "Ik verstond u niet goed. Wilt u hulp? Zeg ja of nee.",
            "Ik kon u niet verstaan. Over dertig seconden waarschuw ik Anna. Zeg ja of nee.",
            "Ik versta u nog niet. Heeft u hulp nodig? Zeg alleen ja, of nee.",
            "Ik versta u nog niet. Wilt u hulp? Druk dan op de knop.",
        ],
        &[
            "Perhaps you fell. Do you need help? Say yes or no.",
            "I did not hear you well. Do you want help? Say yes or no.",
            "I could not make out what you said. In thirty seconds I alert Anna. Say yes or no.",
            "I still cannot hear you well. Do you need help? Say only yes, or no.",
            "I still cannot hear you well. Do you want help? Then press the button.",
        ],
    );
}
