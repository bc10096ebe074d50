//! What is said to somebody whose answer is not understood, again and again: the same question in
//! other words, then in fewer, then the button or a person. The daemon's own loop over a simulated
//! house, as a transcript in both languages.

use std::collections::BTreeMap;

use jiff::civil::time;
use omzien_core::catalogue::CHIME_WRITTEN;
use omzien_core::plan::{CheckIn, Reminder, ReminderKind};
use omzien_core::{Intent, Language, Plan};
use omzien_drivers::simulated::Act;
use omzien_tests::story::{self, Story};

/// The home of the stories, with pills at nine until ten and a check-in at noon.
fn home(language: Language) -> Plan {
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
        ..story::home()
    }
}

/// The story of somebody who says `first` (where nothing asked them yet) in the second minute and
/// then mumbles three times, with time for a sentence, some thought and an answer in between.
fn mumbles(language: Language, (hour, minute): (i8, i8), first: Option<Act>) -> Story {
    // A minute before the hour the home starts; on the hour it asks.
    let mut story = Story::begin(home(language), hour, minute);
    let begins = (u64::from(hour.unsigned_abs()), u64::from(minute.unsigned_abs()) + 1);
    if let Some(act) = first {
        story.act(begins.0, begins.1, 0, act);
    }
    for second in [12, 24, 36] {
        story.act(begins.0, begins.1, second, Act::Say(Intent::NotUnderstood));
    }
    story
}

/// What is heard of it, but for the tone that proves loudspeaker and microphone.
fn sentences(story: &Story, from: (u64, u64), until: (u64, u64)) -> Vec<String> {
    let mut said = story.heard(from, until);
    said.retain(|text| text != CHIME_WRITTEN);
    said
}

/// What is heard from a moment on, until a second after the third mumble.
fn heard(language: Language, at: (i8, i8), first: Option<Act>) -> Vec<String> {
    let mut story = mumbles(language, at, first);
    let from = (u64::from(at.0.unsigned_abs()), u64::from(at.1.unsigned_abs()));
    let end = story.at(from.0, from.1 + 1, 37);
    story.world.run_until(end).expect("the home goes on");
    let said = sentences(&story, from, (from.0, from.1 + 2));
    story.end();
    said
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

/// Twenty minutes later the answer is clear, and it is one: who hears that nothing was asked may
/// take them twice.
#[test]
fn who_says_later_that_the_pills_were_taken_has_answered() {
    for (language, noted) in [
        (Language::Nl, "Goed. Ik schrijf op dat u zegt: ingenomen."),
        (Language::En, "Fine. I write down that you say: taken."),
    ] {
        let mut story = mumbles(language, (8, 59), None);
        story.act(9, 20, 0, Act::Say(Intent::Taken));
        story.run_until(11, 0);
        assert_eq!(sentences(&story, (9, 0), (9, 20)).len(), 4, "the question, and it gives up");
        assert_eq!(sentences(&story, (9, 20), (11, 0)), [noted], "and nothing at ten");
        story.end();
    }
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
