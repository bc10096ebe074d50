//! The skills as a whole, in one small home: examples, every sentence it can say, every sentence
//! it expects, and whatever else may reach it.

mod broken_folders;
mod catalogue;
mod examples;
mod hostile;
mod likely;
mod meanings;
mod of_a_home;
mod phrases;
mod slots;

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use omzien_core::device::Capability;
use omzien_core::plan::{Contact, Device, Hours, Pronoun, Resident, Room, Scene};
use omzien_core::{DeviceId, Expectation, Expects, Language, Plan};

use crate::{Hearing, Skills, Through};

/// A Sunday afternoon.
const NOW: DateTime = DateTime::constant(2026, 11, 22, 14, 10, 0, 0);

/// What every file of the built-in skills must do: be read.
fn built_in() -> Skills {
    let (skills, errors) = Skills::read(crate::built_in::FILES.iter().copied());
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    skills
}

fn hearing(language: Language, expects: Expects, through: Through) -> Hearing<'static> {
    let expectation = Expectation { question: 1, expects };
    Hearing { language, expectation, now: NOW, room: None, through, confidence: 1.0 }
}

/// A home of five rooms and four people, with something of every kind.
fn home() -> Plan {
    let room = |name: &str, aliases: &[&str]| Room {
        name: name.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        floor: None,
    };
    let mut plan = Plan::empty();
    plan.companion = "Robin".to_owned();
    plan.residents =
        vec![Resident { name: "mevrouw De Wit".to_owned(), address: "mevrouw".to_owned() }];
    plan.rooms = BTreeMap::from([
        ("bathroom".into(), room("badkamer", &["bathroom"])),
        ("bedroom".into(), room("slaapkamer", &["bedroom"])),
        ("hall".into(), room("gang", &["hal", "hall"])),
        ("kitchen".into(), room("keuken", &["kitchen"])),
        ("living".into(), room("woonkamer", &["kamer", "living room"])),
    ]);
    plan.devices = BTreeMap::from([
        ("bed_lamp".into(), lamp("bedlampje", &["bedside lamp", "nachtlampje"], "bedroom")),
        ("floor_lamp".into(), lamp("staande lamp", &["floor lamp"], "living")),
        ("hall_lamp".into(), lamp("ganglamp", &["hall lamp"], "hall")),
        ("kitchen_lamp".into(), lamp("keukenlamp", &["kitchen lamp"], "kitchen")),
        ("table_lamp".into(), lamp("lamp boven de tafel", &["table lamp"], "living")),
        thing(Capability::Cover, "curtain_left", "gordijn links", "left curtain", "living"),
        thing(Capability::Cover, "curtain_right", "gordijn rechts", "right curtain", "living"),
        thing(Capability::Cover, "living_shutter", "rolluik voor", "front shutter", "living"),
        thing(Capability::Cover, "bed_curtain", "slaapkamergordijn", "bed curtain", "bedroom"),
        thing(Capability::Lock, "front_lock", "voordeur", "front door", "hall"),
        thing(Capability::Lock, "back_lock", "achterdeur", "back door", "kitchen"),
        thing(Capability::Opening, "front_door", "voordeur", "front door", "hall"),
        thing(Capability::Opening, "bed_window", "slaapkamerraam", "bedroom window", "bedroom"),
        thing(Capability::Switch, "coffee", "koffiezetapparaat", "coffee machine", "kitchen"),
        thing(Capability::Switch, "television", "televisie", "television", "living"),
        thing(Capability::Fan, "ceiling_fan", "plafondventilator", "ceiling fan", "living"),
        thing(Capability::Thermostat, "thermostat", "woonkamerthermostaat", "dial", "living"),
        thing(Capability::Temperature, "inside", "thermometer", "thermometer", "living"),
        thing(Capability::Temperature, "outside", "buitenmeter", "outside meter", "hall"),
    ]);
    let scene = |name: &str, aliases: &[&str]| Scene {
        name: name.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        sets: Vec::new(),
    };
    plan.scenes = BTreeMap::from([
        ("film".into(), scene("filmavond", &["filmmodus", "film night"])),
        ("night".into(), scene("naar bed", &["goedenacht", "bed", "bedtime"])),
    ]);
    plan.circle = BTreeMap::from([
        ("anna".into(), person("Anna", &["mijn dochter", "my daughter"], Pronoun::She)),
        ("fatma".into(), person("Fatma", &["de verpleegkundige", "my nurse"], Pronoun::They)),
        ("jansen".into(), person("meneer Jansen", &["Jansen", "Mr Jansen"], Pronoun::He)),
        ("piet".into(), person("Piet", &["mijn zoon", "my son"], Pronoun::He)),
    ]);
    plan
}

/// With a Dutch and an English name.
fn thing(
    capability: Capability,
    id: &str,
    name: &str,
    alias: &str,
    room: &str,
) -> (DeviceId, Device) {
    (id.into(), Device { capabilities: vec![capability], ..lamp(name, &[alias], room) })
}

fn lamp(name: &str, aliases: &[&str], room: &str) -> Device {
    Device {
        name: name.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        room: room.into(),
        capabilities: vec![Capability::Light],
        driver: "simulated".to_owned(),
        way_out: false,
    }
}

fn person(name: &str, aliases: &[&str], pronoun: Pronoun) -> Contact {
    Contact {
        name: name.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        pronoun,
        language: Language::Nl,
        channels: Vec::new(),
        hours: Hours::ALWAYS,
        grants: Default::default(),
        caretaker: false,
    }
}
