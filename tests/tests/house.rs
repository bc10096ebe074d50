//! The things of the house by voice, the whole way: words through the skills as a voice, the
//! daemon's own loop, the devices of a simulated house, and what is heard. What fails is said.

use omzien_core::catalogue::CHIME_WRITTEN;
use omzien_core::device::{Bolt, Capability, Command, Move, Power};
use omzien_core::plan::{Device, Scene};
use omzien_core::{DeviceId, Language, Plan};
use omzien_tests::story::{self, Story};

/// The home of the stories, with something of each kind.
fn home(language: Language) -> Plan {
    use Capability::{Cover, Lock, Opening, Switch, Temperature, Thermostat};
    let mut plan = Plan { language, ..story::home() };
    for (id, name, alias, room, capabilities) in [
        ("left", "gordijn links", "left curtain", "bedroom", vec![Cover]),
        ("right", "gordijn rechts", "right curtain", "bedroom", vec![Cover]),
        ("door", "voordeur", "front door", "hall", vec![Lock, Opening]),
        ("coffee", "koffiezetapparaat", "coffee machine", "hall", vec![Switch]),
        // In the plan, and not in the simulated house.
        ("lost", "radio", "radio", "nowhere", vec![Switch]),
        ("warmth", "thermostaat", "thermostat", "hall", vec![Thermostat, Temperature]),
    ] {
        let device = Device {
            name: if language == Language::Nl { name } else { alias }.to_owned(),
            aliases: Vec::new(),
            room: room.into(),
            capabilities,
            driver: "simulated".to_owned(),
            way_out: false,
        };
        plan.devices.insert(id.into(), device);
    }
    let sets = vec![
        (DeviceId::new("bedroom_light"), Command::Light(Power::Off)),
        ("left".into(), Command::Cover(Move::Close)),
        ("door".into(), Command::Lock(Bolt::Locked)),
    ];
    let name = if language == Language::Nl { "naar bed" } else { "bed" };
    let scene = Scene { name: name.to_owned(), aliases: Vec::new(), sets };
    plan.scenes.insert("night".into(), scene);
    plan
}

fn heard(story: &mut Story) -> Vec<String> {
    story.run_until(14, 20);
    let mut said = story.heard((14, 14), (14, 20));
    said.retain(|text| text != CHIME_WRITTEN);
    said
}

/// What is said, what is heard, and what one device is told.
#[test]
fn what_is_asked_for_is_done_and_said() {
    for (language, says, wanted, device, told) in [
        (
            Language::Nl,
            &[(0, "Robin, doe de gordijnen in de slaapkamer open")][..],
            &["Goed, ik doe gordijn links en gordijn rechts open."][..],
            "left",
            &["Cover(Open)"][..],
        ),
        (
            Language::En,
            &[(0, "Robin, close the left curtain"), (20, "Robin, no, the other one")],
            &["All right, closing: left curtain.", "All right, closing: right curtain."],
            "left",
            &["Cover(Close)", "Cover(Open)"],
        ),
        (
            Language::Nl,
            &[(0, "Robin, zet het koffiezetapparaat aan"), (20, "Robin, zet hem weer uit")],
            &["Goed, koffiezetapparaat aan.", "Goed, koffiezetapparaat uit."],
            "coffee",
            &["Switch(On)", "Switch(Off)"],
        ),
        (
            Language::Nl,
            &[(0, "Robin, zet de thermostaat op 21 graden"), (20, "Robin, maak het wat warmer")],
            &[
                "Goed, ik zet thermostaat op eenentwintig graden.",
                "Goed, ik zet thermostaat op tweeëntwintig graden.",
            ],
            "warmth",
            &["Target(Celsius(210))", "Target(Celsius(220))"],
        ),
        (
            Language::Nl,
            &[(0, "Robin, zet de radio aan")],
            &["Goed, radio aan.", "Dat lukte niet: radio. Kijk even hoe het staat."],
            "lost",
            &["Switch(On)"],
        ),
        (
            Language::Nl,
            &[(0, "Robin, maak de bedlamp blauw")],
            &["Die kan ik geen andere kleur geven: bedlamp."],
            "bedroom_light",
            &[],
        ),
        (
            Language::Nl,
            &[(0, "Robin, ik ga naar bed")],
            &["Goed: bedlamp uit; gordijn links dicht; voordeur op slot."],
            "door",
            &["Lock(Locked)"],
        ),
        (
            Language::En,
            &[(0, "Robin, I am going to bed")],
            &["All right: bedlamp off; left curtain closed; front door locked."],
            "left",
            &["Cover(Close)"],
        ),
    ] {
        let mut story = story::conversation(home(language), says);
        assert_eq!(heard(&mut story), wanted, "{says:?}");
        assert_eq!(story.switched(device, (14, 14), (14, 20)), told, "{says:?}");
        story.end();
    }
}

/// A television that says something near yes opens nothing.
#[test]
fn a_door_is_unlocked_by_a_clear_yes_alone() {
    let ask = (0, "Robin, doe de voordeur van het slot");
    for (answers, told) in [
        (&[(12, "ja")][..], &["Lock(Unlocked)"][..]),
        (&[(12, "nee")], &[]),
        (&[(12, "ja maar toen kwam de inspecteur binnen")], &[]),
        (&[(12, "het gaat goed met mij")], &[]),
        (&[(55, "ja")], &[]),
        (&[], &[]),
    ] {
        let says: Vec<_> = std::iter::once(ask).chain(answers.iter().copied()).collect();
        let mut story = story::conversation(home(Language::Nl), &says);
        let said = heard(&mut story);
        let asked = "Zal ik voordeur van het slot doen? Zeg ja of nee. Ik wacht twintig seconden.";
        assert_eq!(said[0], asked);
        assert_eq!(story.switched("door", (14, 14), (14, 20)), told, "{answers:?}: {said:?}");
        story.end();
    }
}

#[test]
fn a_question_is_answered_from_what_the_device_said() {
    let says = [
        (0, "Robin, doe de voordeur op slot"),
        (15, "Robin, zit de voordeur op slot?"),
        (30, "Robin, heb ik de gordijnen dichtgedaan?"),
    ];
    let mut story = story::conversation(home(Language::Nl), &says);
    let said = heard(&mut story);
    let expected = [
        "Goed, ik doe voordeur op slot.",
        "Ja, voordeur: op slot.",
        "Voor zover ik weet is er niets open.",
    ];
    assert_eq!(said, expected);
    story.end();
}
