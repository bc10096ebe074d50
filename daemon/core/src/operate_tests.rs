//! The things of the house by voice, from what is said to what is told to a device and back. What
//! the sentences are is the skills' business.

use std::time::Duration;

use crate::afternoon::Afternoon;
use crate::catalogue::key;
use crate::colour::Colour;
use crate::device::{
    Bolt, Capability, Celsius, Command, Move, Opening, Percent, Power, Reading, Step,
};
use crate::event::Event;
use crate::intent::{Act, Asked, Expects, Target};
use crate::plan::{Device, Room, Scene};
use crate::{DeviceId, Effect, Intent, Observation, Plan, Reply, Slot};

fn percent(percent: u32) -> Percent {
    Percent::new(percent).expect("a percentage")
}

fn degrees(tenths: i32) -> Celsius {
    Celsius::tenths(tenths).expect("a temperature")
}

fn device(room: &str, capabilities: &[Capability]) -> Device {
    Device {
        name: String::new(),
        aliases: Vec::new(),
        room: room.into(),
        capabilities: capabilities.to_vec(),
        driver: "simulated".to_owned(),
        way_out: false,
    }
}

fn plan() -> Plan {
    use Capability::{
        Colour, Cover, Dimmer, Fan, Light, Lock, Opening, Switch, Temperature, Thermostat,
    };
    let mut plan = Plan::empty();
    for room in ["kitchen", "living"] {
        let named = Room { name: room.to_owned(), aliases: Vec::new(), floor: None };
        plan.rooms.insert(room.into(), named);
    }
    let devices = [
        ("plain_lamp", device("living", &[Light])),
        ("fine_lamp", device("living", &[Light, Dimmer, Colour])),
        ("curtain", device("living", &[Cover])),
        ("gate", Device { way_out: true, ..device("kitchen", &[Cover]) }),
        ("front_door", device("kitchen", &[Lock, Opening])),
        ("back_door", device("kitchen", &[Lock])),
        ("kettle", device("kitchen", &[Switch])),
        ("fan", device("living", &[Fan])),
        ("thermostat", device("living", &[Thermostat, Temperature])),
    ];
    for (id, device) in devices {
        plan.devices.insert(id.into(), Device { name: id.to_owned(), ..device });
    }
    let sets = vec![
        ("plain_lamp".into(), Command::Light(Power::Off)),
        ("fine_lamp".into(), Command::Light(Power::Off)),
        ("curtain".into(), Command::Cover(Move::Close)),
        ("front_door".into(), Command::Lock(Bolt::Locked)),
    ];
    let night = Scene { name: "bed".to_owned(), aliases: Vec::new(), sets };
    plan.scenes.insert("night".into(), night);
    plan
}

fn one(id: &str) -> Target {
    Target::Device(id.into())
}

/// What was told to devices since the last call, as `device command`.
fn told(afternoon: &mut Afternoon) -> Vec<(String, Command)> {
    let effects = afternoon.effects().into_iter().filter_map(|effect| match effect {
        Effect::Command { device, command } => Some((device.to_string(), command)),
        Effect::Say { .. } | Effect::Notify(_) | Effect::Listen(_) | Effect::Respond { .. } => None,
    });
    effects.collect()
}

fn keys(afternoon: &mut Afternoon) -> Vec<String> {
    afternoon.said().into_iter().map(|reply| reply.key.into_owned()).collect()
}

#[test]
fn each_thing_does_what_it_can_and_the_rest_is_said() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    for (id, act, command, said) in [
        ("plain_lamp", Act::Switch(Power::On), Some(Command::Light(Power::On)), key::LIGHT_ON),
        ("plain_lamp", Act::Level(percent(40)), None, key::LIGHT_CANNOT_DIM),
        ("plain_lamp", Act::Colour(Colour::Blue), None, key::LIGHT_CANNOT_COLOUR),
        (
            "fine_lamp",
            Act::Level(percent(40)),
            Some(Command::Brightness(percent(40))),
            key::LEVEL_TO,
        ),
        ("fine_lamp", Act::Level(percent(0)), Some(Command::Light(Power::Off)), key::LIGHT_OFF),
        (
            "fine_lamp",
            Act::Step(Step::Down),
            Some(Command::BrightnessStep(Step::Down)),
            key::LIGHT_DIMMER,
        ),
        (
            "fine_lamp",
            Act::Colour(Colour::Blue),
            Some(Command::Colour(Colour::Blue)),
            key::LIGHT_COLOUR,
        ),
        ("curtain", Act::Move(Move::Open), Some(Command::Cover(Move::Open)), key::COVER_OPENS),
        (
            "curtain",
            Act::Level(percent(30)),
            Some(Command::Cover(Move::To(percent(30)))),
            key::LEVEL_TO,
        ),
        ("curtain", Act::Switch(Power::On), None, key::OPERATE_CANNOT),
        ("kettle", Act::Switch(Power::On), Some(Command::Switch(Power::On)), key::LIGHT_ON),
        ("fan", Act::Level(percent(50)), Some(Command::FanSpeed(percent(50))), key::LEVEL_TO),
        ("front_door", Act::Bolt(Bolt::Locked), Some(Command::Lock(Bolt::Locked)), key::LOCK_LOCKS),
        // How it stands is not known yet, so a degree more is of nothing.
        ("thermostat", Act::Step(Step::Up), None, key::SETTING_UNKNOWN),
        ("thermostat", Act::Temperature(degrees(450)), None, key::SETTING_RANGE),
        (
            "thermostat",
            Act::Level(percent(21)),
            Some(Command::Target(degrees(210))),
            key::SETTING_TO,
        ),
        ("thermostat", Act::Step(Step::Up), Some(Command::Target(degrees(220))), key::SETTING_TO),
        ("nowhere", Act::Switch(Power::On), None, key::LIGHT_NONE),
    ] {
        afternoon.hears(Intent::Operate { what: one(id), act });
        let wanted: Vec<_> = command.map(|command| (id.to_owned(), command)).into_iter().collect();
        assert_eq!(told(&mut afternoon), wanted, "{id} {act:?}");
        assert_eq!(keys(&mut afternoon), [said], "{id} {act:?}");
    }
    assert_eq!(afternoon.faults(), []);
}

#[test]
fn what_lets_somebody_in_takes_a_clear_yes() {
    for (id, act, command) in [
        ("front_door", Act::Bolt(Bolt::Unlocked), Command::Lock(Bolt::Unlocked)),
        ("gate", Act::Move(Move::Open), Command::Cover(Move::Open)),
        ("gate", Act::Level(percent(20)), Command::Cover(Move::To(percent(20)))),
    ] {
        for (answer, done) in [
            (Some(Intent::Yes), true),
            (Some(Intent::No), false),
            (Some(Intent::Fine), false),
            (Some(Intent::NotUnderstood), false),
            (Some(Intent::Cancel), false),
            (None, false),
        ] {
            let mut afternoon = Afternoon::begin(plan());
            afternoon.hears(Intent::Operate { what: one(id), act });
            assert_eq!(told(&mut afternoon), [], "{id} before any answer");
            assert_eq!(afternoon.home.expectation().expects, Expects::Confirm);
            match answer.clone() {
                Some(answer) => afternoon.hears(answer),
                // A yes after the time that was announced is an answer to something else.
                None => {
                    afternoon.passes(Duration::from_secs(46));
                    afternoon.hears(Intent::Yes);
                }
            }
            let wanted = if done { vec![(id.to_owned(), command)] } else { Vec::new() };
            assert_eq!(told(&mut afternoon), wanted, "{id} {answer:?}");
        }
    }
}

#[test]
fn two_doors_are_never_unlocked_at_once() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    let what = Target::All(Capability::Lock);
    afternoon.hears(Intent::Operate { what: what.clone(), act: Act::Bolt(Bolt::Unlocked) });
    assert_eq!(keys(&mut afternoon), [key::OPERATE_WHICH]);
    afternoon.hears(Intent::Yes);
    assert_eq!(told(&mut afternoon), []);
    afternoon.hears(Intent::Operate { what, act: Act::Bolt(Bolt::Locked) });
    assert_eq!(told(&mut afternoon).len(), 2, "locking just happens");
}

#[test]
fn it_and_the_other_one_are_of_what_was_operated_last() {
    let mut afternoon = Afternoon::begin(plan());
    let last = |power| Intent::Operate { what: Target::Last, act: Act::Switch(power) };
    afternoon.said();
    afternoon.hears(last(Power::Off));
    afternoon.hears(Intent::OtherOne);
    assert_eq!(keys(&mut afternoon), [key::OPERATE_NOTHING_LAST, key::OPERATE_NOTHING_LAST]);
    afternoon.hears(Intent::Operate { what: one("plain_lamp"), act: Act::Switch(Power::On) });
    told(&mut afternoon);
    afternoon.hears(Intent::OtherOne);
    let light = |id: &str, power| (id.to_owned(), Command::Light(power));
    let other = [light("plain_lamp", Power::Off), light("fine_lamp", Power::On)];
    assert_eq!(told(&mut afternoon), other);
    afternoon.hears(last(Power::Off));
    assert_eq!(told(&mut afternoon), [light("fine_lamp", Power::Off)]);
    afternoon.passes(Duration::from_secs(11 * 60));
    afternoon.hears(last(Power::On));
    assert_eq!(told(&mut afternoon), [], "nobody knows any more what it was");
}

/// "The other one" after a door was locked does not unlock that one, and asks about no other.
#[test]
fn the_other_door_is_locked_and_the_first_stays_locked() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.hears(Intent::Operate { what: one("front_door"), act: Act::Bolt(Bolt::Locked) });
    told(&mut afternoon);
    afternoon.hears(Intent::OtherOne);
    let locked = ("back_door".to_owned(), Command::Lock(Bolt::Locked));
    assert_eq!(told(&mut afternoon), [locked]);
}

#[test]
fn a_scene_does_all_of_it_and_says_it_in_parts() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    afternoon.hears(Intent::RunScene("night".into()));
    assert_eq!(told(&mut afternoon), {
        let scene = &plan().scenes[&"night".into()];
        let sets = scene.sets.iter().map(|(id, command)| (id.to_string(), *command));
        sets.collect::<Vec<_>>()
    });
    let said = afternoon.said();
    let [Reply { key, slots }] = &said[..] else { panic!("{said:?}") };
    let Some(Slot::List(parts)) = slots.get("parts") else { panic!("{slots:?}") };
    assert_eq!((&**key, parts.len()), (key::SCENE_RUNS, 3), "two lamps are one part");
}

#[test]
fn what_is_asked_is_answered_from_what_the_device_said() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    let ask = |id: &str, is| Intent::AskState { what: one(id), is };
    let says = |afternoon: &mut Afternoon, id: &str, reading| {
        let device = DeviceId::new(id);
        afternoon.happens(&Event::Observed(Observation { device, reading }));
    };
    afternoon.hears(ask("front_door", Asked::Locked));
    assert_eq!(keys(&mut afternoon), [key::STATE_UNSURE], "it never said anything");
    // What it was told is told as just that.
    afternoon.hears(Intent::Operate { what: one("front_door"), act: Act::Bolt(Bolt::Locked) });
    afternoon.said();
    afternoon.hears(ask("front_door", Asked::Locked));
    assert_eq!(keys(&mut afternoon), [key::STATE_TOLD]);
    says(&mut afternoon, "front_door", Reading::Lock(Bolt::Unlocked));
    says(&mut afternoon, "front_door", Reading::Opening(Opening::Closed));
    for (is, said) in [
        (Asked::Locked, key::STATE_NO),
        (Asked::Unlocked, key::STATE_YES),
        (Asked::Closed, key::STATE_YES),
        (Asked::Open, key::STATE_NO),
        (Asked::How, key::STATE_IS),
        (Asked::Temperature, key::TEMPERATURE_UNKNOWN),
    ] {
        afternoon.hears(ask("front_door", is));
        assert_eq!(keys(&mut afternoon), [said], "{is:?}");
    }
    // One is known, of the other nothing.
    let what = Target::All(Capability::Lock);
    afternoon.hears(Intent::AskState { what, is: Asked::Locked });
    assert_eq!(keys(&mut afternoon), [key::STATE_THESE, key::STATE_UNSURE]);
    says(&mut afternoon, "front_door", Reading::Link(crate::device::Link::Offline));
    afternoon.hears(ask("front_door", Asked::Locked));
    assert_eq!(keys(&mut afternoon), [key::STATE_WAS], "with the time, for it is gone since");
}

#[test]
fn how_warm_it_is_was_measured_and_is_not_made_up() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    let what = Target::All(Capability::Temperature);
    let ask = Intent::AskState { what, is: Asked::Temperature };
    afternoon.hears(ask.clone());
    assert_eq!(keys(&mut afternoon), [key::TEMPERATURE_UNKNOWN]);
    let device: DeviceId = "thermostat".into();
    let reading = Reading::Temperature(degrees(198));
    afternoon.happens(&Event::Observed(Observation { device, reading }));
    afternoon.hears(ask.clone());
    let said = afternoon.said();
    assert_eq!(said[0].slots.get("degrees"), Some(&Slot::Degrees(degrees(198))), "{said:?}");
    // The day after nobody knows.
    afternoon.passes(Duration::from_secs(26 * 3600));
    afternoon.said();
    afternoon.hears(ask);
    assert_eq!(keys(&mut afternoon), [key::TEMPERATURE_UNKNOWN]);
}

#[test]
fn what_did_not_work_is_said() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.is_unplugged = true;
    afternoon.said();
    for (id, act, done, failed) in [
        ("plain_lamp", Act::Switch(Power::On), key::LIGHT_ON, key::LIGHT_FAILED),
        ("curtain", Act::Move(Move::Open), key::COVER_OPENS, key::OPERATE_FAILED),
        ("front_door", Act::Bolt(Bolt::Locked), key::LOCK_LOCKS, key::LOCK_FAILED),
        ("kettle", Act::Switch(Power::Off), key::LIGHT_OFF, key::OPERATE_FAILED),
    ] {
        afternoon.hears(Intent::Operate { what: one(id), act });
        let mut said = keys(&mut afternoon);
        said.sort_unstable();
        let mut wanted = [done, failed];
        wanted.sort_unstable();
        assert_eq!(said, wanted, "{id}");
    }
}
