//! An afternoon with the agenda, in words: noted after a yes, told, taken out, and still there
//! after the plug was pulled. Judged by what was heard alone.

use omzien::journal::Spared;
use omzien_core::agenda::AgendaWish;
use omzien_core::catalogue::CHIME_WRITTEN;
use omzien_core::{Intent, Language, Plan};
use omzien_drivers::simulated::Act;
use omzien_tests::story::{self, MINUTE, home};

fn heard(story: &story::Story, from: (u64, u64), until: (u64, u64)) -> Vec<String> {
    let mut said = story.heard(from, until);
    // The tone that proves loudspeaker and microphone once a day.
    said.retain(|text| text != CHIME_WRITTEN);
    said
}

#[test]
fn the_hairdresser_is_noted_told_and_survives_a_power_cut() {
    let says = [
        (0, "Robin, wat heb ik donderdag"),
        (15, "Robin, zet de kapper donderdag om tien uur in mijn agenda"),
        (40, "ja"),
        (60, "Robin, zet de verjaardag van Piet in mijn agenda"),
        (85, "zaterdag"),
        (110, "ja graag"),
        (130, "Robin, wat staat er in mijn agenda"),
        (150, "Robin, herinner me morgen om negen uur aan de was"),
        (170, "Robin, haal de verjaardag van Piet uit mijn agenda"),
        (195, "ja"),
    ];
    let mut story = story::conversation(home(), &says);
    story.run_until(14, 25);
    let said = heard(&story, (14, 14), (14, 25));
    assert_eq!(
        said,
        [
            "Voor donderdag 12 maart vind ik niets in uw agenda.",
            "Ik hoorde: kapper, donderdag 12 maart om tien uur 's ochtends. Zal ik dat in uw \
             agenda zetten? Ik wacht een minuut.",
            "Goed. Het staat in uw agenda.",
            "Wanneer is het: verjaardag van Piet? Ik wacht een minuut.",
            "Ik hoorde: verjaardag van Piet, zaterdag 14 maart, de hele dag. Zal ik dat in uw \
             agenda zetten? Ik wacht een minuut.",
            "Goed. Het staat in uw agenda.",
            "Dit staat er in uw agenda: kapper, donderdag 12 maart om tien uur 's ochtends; \
             verjaardag van Piet, zaterdag 14 maart, de hele dag.",
            "Goed. Op woensdag 11 maart om negen uur 's ochtends herinner ik u: de was.",
            "Ik vind: verjaardag van Piet, zaterdag 14 maart, de hele dag. Zal ik dat uit uw \
             agenda halen? Ik wacht een minuut.",
            "Goed. Het staat niet meer in uw agenda. Ik heb niets afgezegd.",
        ]
    );
    story.world.cut_power(20 * MINUTE, Spared::Nothing);
    let tell = AgendaWish::Tell { what: Some("kapper".to_owned()), when: None };
    story.act(15, 0, 0, Act::Say(Intent::Agenda(tell)));
    story.run_until(15, 5);
    let said = heard(&story, (14, 59), (15, 5));
    assert_eq!(
        said,
        ["Dit staat er in uw agenda: kapper, donderdag 12 maart om tien uur 's ochtends."]
    );
    story.end();
}

#[test]
fn in_english_too() {
    let plan = Plan { language: Language::En, ..home() };
    let says = [
        (0, "Robin, I have the dentist on Friday at three"),
        (25, "yes"),
        (40, "Robin, when is my appointment with the dentist"),
        (60, "Robin, who is coming tomorrow"),
    ];
    let mut story = story::conversation(plan, &says);
    story.run_until(14, 20);
    let said = heard(&story, (14, 14), (14, 20));
    assert_eq!(
        said,
        [
            "I heard: dentist, Friday 13 March at three o'clock in the afternoon. Shall I put that in \
             your calendar? I will wait a minute.",
            "All right. It is in your calendar.",
            "This is in your calendar: dentist, Friday 13 March at three o'clock in the afternoon.",
            "For tomorrow I find nothing in your calendar.",
        ]
    );
    story.end();
}
