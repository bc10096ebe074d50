//! Somebody calls the companion by its name alone, waits for its answer, and then says what they
//! want, without the name. The words go through the skills as a voice, into the daemon's own loop
//! over a simulated house.

use omzien_core::catalogue::CHIME_WRITTEN;
use omzien_core::{Expects, Intent, Language, Plan};
use omzien_drivers::simulated::Act;
use omzien_tests::story::{self, Story};

fn conversation(language: Language, says: &[(u64, &str)]) -> Story {
    story::conversation(Plan { language, ..story::home() }, says)
}

/// What is heard of it until twenty past two, but for the tone that proves loudspeaker and
/// microphone.
fn heard(mut story: Story) -> Vec<String> {
    story.run_until(14, 20);
    let mut said = story.heard((14, 14), (14, 20));
    said.retain(|text| text != CHIME_WRITTEN);
    story.end();
    said
}

fn assert_heard(language: Language, says: &[(u64, &str)], expected: &[&str]) {
    assert_eq!(heard(conversation(language, says)), expected, "{language:?} {says:?}");
}

#[test]
fn who_calls_is_answered_and_needs_the_name_no_more() {
    assert_heard(
        Language::Nl,
        &[(0, "Robin?"), (6, "doe de bedlamp aan"), (20, "doe de bedlamp uit")],
        &["Ja, zegt u het maar.", "Goed, bedlamp aan."],
    );
    assert_heard(
        Language::En,
        &[(0, "hello Robin"), (6, "turn on the bedlamp"), (20, "turn off the bedlamp")],
        &["Yes, I am listening.", "All right, bedlamp on."],
    );
}

#[test]
fn what_was_left_open_is_asked_as_ever() {
    assert_heard(
        Language::Nl,
        &[(0, "Hallo Robin!"), (6, "herinner me aan de was"), (16, "over tien minuten")],
        &[
            "Ja, zegt u het maar.",
            "U zei: de was. Wanneer zal ik u herinneren? Ik wacht een minuut op uw antwoord.",
            "Goed. Over tien minuten herinner ik u: de was.",
        ],
    );
}

/// Half a minute later somebody talks, perhaps on the television: it is not for the companion.
#[test]
fn who_says_nothing_more_is_let_be() {
    for (language, said, answer) in [
        (Language::Nl, ["Robin, alstublieft", "doe de bedlamp aan"], "Ja, zegt u het maar."),
        (Language::En, ["Robin, please", "turn on the bedlamp"], "Yes, I am listening."),
    ] {
        assert_heard(language, &[(0, said[0]), (30, said[1])], &[answer]);
    }
}

#[test]
fn who_is_not_understood_tries_again_without_the_name() {
    assert_heard(
        Language::Nl,
        &[(0, "Robin"), (6, "dinges"), (16, "hoe laat is het")],
        &[
            "Ja, zegt u het maar.",
            "Dat begreep ik niet. Zeg het eens anders.",
            "Het is kwart over twee 's middags.",
        ],
    );
}

/// The question about help comes first, and a name is no answer to it.
#[test]
fn a_fall_displaces_a_call_and_a_call_answers_no_question_about_help() {
    let mut story = conversation(Language::Nl, &[(0, "Robin?")]);
    story.act(14, 15, 5, Act::Fall);
    let at = story.at(14, 15, 15);
    story.world.run_until(at).expect("the home goes on");
    let companion = story.world.companion().expect("it runs");
    assert_eq!(companion.home().expectation().expects, Expects::YesNo);
    story.act(14, 15, 15, Act::Say(Intent::Called));
    story.run_until(14, 17);
    let said = story.heard((14, 15), (14, 16));
    assert_eq!(said[0], "Ja, zegt u het maar.");
    assert_eq!(said[1], "Misschien bent u gevallen. Heeft u hulp nodig? Zeg ja of nee.");
    let again = "Heeft u hulp nodig? Zeg ja of nee. Zonder antwoord waarschuw ik Anna binnen veertig seconden.";
    assert_eq!(said[2], again);
    assert_eq!(story.read("anna", (14, 15), (14, 17)).len(), 1);
    // Who judges the promises knows the ceiling, sixty seconds after the fall.
    story.end();
}
