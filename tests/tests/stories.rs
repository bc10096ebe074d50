//! The stories that must come true, minute by minute: the daemon's own loop, journal and perform
//! code over a simulated clock, disk, house and people. Judged by what was heard and read.

use jiff::civil::time;
use omzien::journal::Spared;
use omzien::simulation::Loudspeaker;
use omzien_core::device::Press;
use omzien_core::effect::Tap;
use omzien_core::{ContactId, DeviceId, Intent, Language};
use omzien_drivers::simulated::Act;
use omzien_tests::story::{MINUTE, Story, home};

fn press(press: Press) -> Act {
    Act::Press { device: DeviceId::new("help_button"), press }
}

#[test]
fn nobody_in_the_circle() {
    let mut plan = home();
    plan.circle.clear();
    plan.escalation.steps.clear();
    let mut story = Story::begin(plan, 21, 10);
    story.act(21, 14, 0, press(Press::Short));
    story.act(21, 22, 0, press(Press::Long));
    story.run_until(21, 40);

    let seven = "Ik kan niemand voor u bellen. Bel zelf 112, of roep de buren.";
    assert_eq!(story.heard((21, 14), (21, 15)), [seven]);
    assert_eq!(story.heard((21, 15), (21, 19)), [""; 0]);
    assert_eq!(story.heard((21, 19), (21, 20)), [seven], "every five minutes again");
    assert_eq!(story.switched("siren", (21, 14), (21, 15)), ["Siren(On)"]);
    assert_eq!(story.switched("bedroom_light", (21, 14), (21, 15)).len(), 1, "the lamp");
    assert_eq!(story.switched("siren", (21, 22), (21, 23)), ["Siren(Off)"]);
    assert_eq!(story.heard((21, 22), (21, 40)), [""; 0], "silent, closed");
    assert!(!story.heard((21, 10), (21, 40)).iter().any(|text| text.contains("komt")));
    story.end();
}

#[test]
fn power_cut_during_escalation() {
    let mut story = Story::begin(home(), 2, 0);
    story.act(2, 10, 45, Act::Fall);
    story.tap(2, 14, "anna", Tap::Go, Some(time(3, 0, 0, 0)));
    story.tap(2, 58, "anna", Tap::There, None);
    story.tap(3, 20, "anna", Tap::Done, None);
    story.run_until(2, 13);
    story.world.cut_power(20 * MINUTE, Spared::Nothing);
    story.run_until(3, 30);

    assert_eq!(
        story.heard((2, 10), (2, 13)),
        [
            "Misschien bent u gevallen. Heeft u hulp nodig? Zeg ja of nee.",
            "Ik hoor geen antwoord. Over dertig seconden waarschuw ik Anna.",
            "Ik heb Anna een bericht gestuurd. Zij heeft nog niet geantwoord.",
        ]
    );
    let after = story.heard((2, 33), (2, 40));
    assert_eq!(
        after,
        [
            "Ik was twintig minuten uit. Uw melding loopt nog. Heeft u hulp nodig?",
            "Anna zegt dat zij komt. Zij denkt er om drie uur te zijn.",
        ]
    );
    assert_eq!(story.read("anna", (2, 11), (2, 13)).len(), 1, "Anna gets hers");
    let closed = story.heard((3, 20), (3, 21));
    assert_eq!(closed.len(), 1, "{closed:?}");
    assert_eq!(story.heard((3, 21), (3, 30)), [""; 0]);
    story.end();
}

#[test]
fn false_alarm_at_three_in_the_morning() {
    let mut story = Story::begin(home(), 3, 0);
    story.act(3, 2, 10, Act::DropWearable);
    story.act(3, 4, 0, Act::GetUp);
    story.act(3, 4, 5, Act::Stir);
    story.act(3, 4, 10, Act::Say(Intent::No));
    story.run_until(4, 0);

    assert_eq!(
        story.heard((3, 2), (3, 4)),
        [
            "Misschien bent u gevallen. Heeft u hulp nodig? Zeg ja of nee.",
            "Ik hoor geen antwoord. Over dertig seconden waarschuw ik Anna.",
            "Ik heb Anna een bericht gestuurd. Zij heeft nog niet geantwoord.",
        ]
    );
    assert_eq!(
        story.heard((3, 4), (4, 0)),
        ["Het spijt me. Ik meld Anna dat u zegt: geen hulp nodig."],
        "movement was seen, so no second question"
    );
    assert_eq!(story.read("anna", (3, 3), (3, 4)).len(), 1);
    let told = story.read("anna", (3, 4), (4, 0));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(story.read("piet", (3, 0), (4, 0)), [""; 0], "step 2 never goes out");
    let lamp = story.switched("bedroom_light", (3, 2), (4, 0));
    assert_eq!(lamp, ["LightRise { over_s: 20 }", "Light(Off)"], "it rises, and goes dark");
    story.end();
}

#[test]
fn a_no_without_movement_is_asked_once_more_and_silence_goes_on() {
    let mut story = Story::begin(home(), 14, 0);
    story.act(14, 10, 0, Act::Fall);
    story.act(14, 10, 15, Act::Say(Intent::No));
    story.run_until(14, 30);

    assert_eq!(
        story.heard((14, 10), (14, 25)),
        [
            "Misschien bent u gevallen. Heeft u hulp nodig? Zeg ja of nee.",
            "Goed, ik waarschuw niemand. Ik vraag het over een kwartier nog eens.",
        ]
    );
    let again = story.heard((14, 25), (14, 27));
    assert!(again.len() >= 2, "{again:?}");
    assert_eq!(story.read("anna", (14, 0), (14, 26)), [""; 0]);
    assert_eq!(story.read("anna", (14, 26), (14, 28)).len(), 1, "silence then escalates");
    story.end();
}

#[test]
fn the_plan_goes_on_until_one_has_it_and_one_closes_it() {
    let mut story = Story::begin(home(), 15, 0);
    story.act(15, 10, 0, press(Press::Short));
    story.tap(15, 12, "anna", Tap::Cannot, None);
    story.tap(15, 13, "piet", Tap::Go, None);
    story.tap(15, 14, "anna", Tap::Go, None);
    story.tap(15, 25, "piet", Tap::There, None);
    story.tap(15, 40, "piet", Tap::Done, None);
    story.tap(15, 41, "piet", Tap::Done, None);
    story.run_until(16, 0);

    let heard = story.heard((15, 10), (16, 0));
    assert_eq!(heard.iter().filter(|text| text.contains("Piet zegt dat hij komt")).count(), 1);
    assert!(!heard.iter().any(|text| text.contains("Anna zegt dat zij komt")), "{heard:?}");
    let anna = story.read("anna", (15, 14), (15, 15));
    assert_eq!(anna.len(), 1, "she hears that Piet has it: {anna:?}");
    assert_eq!(story.read("piet", (15, 41), (16, 0)), [""; 0], "said twice, answered once");
    story.end();
}

/// Whoever said "I can't" has answered, also when the button is pressed once more.
#[test]
fn nobody_who_answered_is_said_to_be_silent() {
    let mut story = Story::begin(home(), 15, 0);
    story.act(15, 10, 0, press(Press::Short));
    story.tap(15, 12, "anna", Tap::Cannot, None);
    story.act(15, 12, 30, press(Press::Short));
    story.run_until(15, 13);

    let heard = story.heard((15, 12), (15, 13));
    let silent: Vec<_> = heard.iter().filter(|text| text.contains("nog niet geantwoord")).collect();
    assert!(!silent.is_empty(), "Piet was reached: {heard:?}");
    assert!(!silent.iter().any(|text| text.contains("Anna")), "{heard:?}");
    story.end();
}

/// kill -9 at every write of a story: whatever the moment, Anna is told, comes and closes it, no
/// promise breaks, and nothing whose outcome is on the disk is done again. (Only the reading
/// itself is lost if the machine dies in the milliseconds in which it is first written down.)
#[test]
fn a_kill_at_any_write_loses_nothing_and_repeats_nothing() {
    let tell = |die_at: Option<(u64, Spared)>| {
        let mut story = Story::begin(home(), 2, 0);
        story.act(2, 10, 0, Act::Fall);
        story.tap(2, 14, "anna", Tap::Go, Some(time(2, 40, 0, 0)));
        story.tap(2, 38, "anna", Tap::There, None);
        story.tap(2, 50, "anna", Tap::Done, None);
        story.run_until(2, 9);
        let before = story.world.writes();
        if let Some((write, spared)) = die_at {
            story.world.die_at_write(write, spared);
        }
        story.run_until(3, 30);
        (story.world.writes() - before, story)
    };
    let (writes, whole) = tell(None);
    whole.end();
    assert!(writes > 30, "the story writes {writes} times");
    // The first write and its sync carry the fall itself.
    for write in 3..=writes {
        for spared in [Spared::Nothing, Spared::Batches(1), Spared::BatchesAndTorn(0)] {
            let (_, story) = tell(Some((write, spared)));
            let context = format!("killed at write {write}, spared {spared:?}");
            // Only the very last write and its sync may find nothing left to die over.
            assert!(story.world.counts.cuts == 1 || write + 1 >= writes, "{context} of {writes}");
            assert!(!story.read("anna", (2, 10), (2, 13)).is_empty(), "{context}");
            let heard = story.heard((2, 10), (3, 30));
            assert!(heard.iter().any(|text| text.contains("Anna zegt dat zij komt")), "{context}");
            let open = story.world.companion().is_some_and(|home| home.home().has_alarm());
            assert!(!open, "{context}: closed at the end");
            story.end();
        }
    }
}

#[test]
fn the_first_sentence_of_the_day_proves_the_sound_and_the_night_stays_silent() {
    let mut story = Story::begin(home(), 3, 0);
    story.act(32, 0, 0, Act::Say(Intent::AskTime));
    story.run_until(72, 0);

    // It was started in the night, and waits for the hour.
    assert_eq!(story.heard((3, 0), (9, 1)), [""; 0]);
    let greeting = "Goedemorgen, mevrouw De Wit. Het is vandaag dinsdag 10 maart.";
    assert_eq!(story.heard((9, 1), (9, 3)), [greeting]);
    // The next morning it was asked for the time, and that was proof enough; not so the third.
    assert_eq!(story.heard((9, 3), (32, 0)), [""; 0]);
    assert_eq!(story.heard((32, 0), (48, 0)), ["Het is acht uur 's ochtends."]);
    let greeting = "Goedemorgen, mevrouw De Wit. Het is vandaag donderdag 12 maart.";
    assert_eq!(story.heard((48, 0), (72, 0)), [greeting]);
    assert_eq!(story.read("anna", (3, 0), (72, 0)), [""; 0]);
    story.end();
}

#[test]
fn a_dead_loudspeaker_is_told_to_the_caretaker_the_same_morning() {
    let mut plan = home();
    plan.circle.get_mut(&ContactId::new("piet")).expect("of the story").caretaker = true;
    let mut story = Story::begin(plan, 8, 0);
    story.world.sound.loudspeaker = Loudspeaker::Dead;
    story.run_until(10, 0);
    // The greeting, and twice a sound that nobody hears.
    let greeting = "Goedemorgen, mevrouw De Wit. Het is vandaag dinsdag 10 maart.";
    assert_eq!(story.heard((8, 0), (10, 0)), [greeting, "♪", "♪"]);
    let dead = "Het apparaat hoort zichzelf niet, of te zacht.";
    let told = story.read("piet", (9, 0), (10, 0));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains(dead) && story.read("anna", (8, 0), (10, 0)).is_empty());
    // Somebody turns it up; what is said next is the proof, and the trouble is over.
    story.world.sound.loudspeaker = Loudspeaker::Works;
    story.act(10, 5, 0, Act::Say(Intent::AskTime));
    story.run_until(23, 0);
    assert_eq!(story.heard((10, 0), (23, 0)), ["Het is vijf over tien 's ochtends."]);
    let told = story.read("piet", (10, 0), (23, 0));
    assert!(told.len() == 1 && told[0].contains("De storing is voorbij."), "{told:?}");
    story.end();
}

#[test]
fn whoever_shut_the_microphone_hears_no_sound_of_its_own() {
    let mut story = Story::begin(home(), 22, 0);
    story.world.sound.loudspeaker = Loudspeaker::Dead;
    story.act(22, 10, 0, Act::Say(Intent::StopListening { duration: None }));
    story.run_until(70, 0);
    assert_eq!(story.heard((22, 11), (70, 0)), [""; 0]);
    assert_eq!(story.read("anna", (22, 0), (70, 0)), [""; 0]);
    story.end();
}

#[test]
fn a_power_cut_at_night_is_not_sounded_and_one_by_day_is_softly() {
    let mut story = Story::begin(home(), 10, 0);
    story.run_until(26, 0);
    story.world.cut_power(5 * MINUTE, Spared::Nothing);
    story.run_until(38, 0);
    story.world.cut_power(5 * MINUTE, Spared::Nothing);
    story.run_until(40, 0);
    assert_eq!(story.heard((10, 1), (33, 0)), [""; 0]);
    let greeting = "Goedemorgen, mevrouw De Wit. Het is vandaag woensdag 11 maart.";
    assert_eq!(story.heard((33, 0), (34, 0)), [greeting]);
    assert_eq!(story.heard((34, 0), (40, 0)), ["♪"]);
    story.end();
}

#[test]
fn the_story_home_speaks_dutch() {
    assert_eq!(home().language, Language::Nl);
}
