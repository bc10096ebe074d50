//! The simulated house as its users see it: what sensors make of acts, a life that is the same
//! for the same seed, people and networks that fail as told, and the driver end to end.

use std::collections::BTreeSet;
use std::time::Duration;

use omzien_core::device::{Capability, Command, Link, Motion, Opening, Power, Press};
use omzien_core::effect::Tap;
use omzien_core::incident::IncidentId;
use omzien_core::intent::Expects;
use omzien_core::plan::{Device, Room};
use omzien_core::{
    Again, DeviceId, EffectId, Expectation, Intent, Language, Outcome, Plan, Reading, Urgency, Zone,
};
use tokio::sync::mpsc;

use super::people::Line;
use super::*;
use crate::{Input, Message, Order};

const DAY_MS: u64 = 86_400_000;

fn plan() -> Plan {
    let mut plan = Plan::empty();
    for room in ["bathroom", "bedroom", "hall", "kitchen", "living"] {
        plan.rooms
            .insert(room.into(), Room { name: room.to_owned(), aliases: vec![], floor: None });
        add(&mut plan, &format!("{room}_motion"), room, Capability::Motion);
    }
    add(&mut plan, "front_door", "hall", Capability::Opening).way_out = true;
    add(&mut plan, "fridge", "kitchen", Capability::Opening);
    add(&mut plan, "help", "living", Capability::Button);
    add(&mut plan, "band", "living", Capability::Fall);
    add(&mut plan, "lamp", "living", Capability::Light);
    plan
}

fn add<'a>(plan: &'a mut Plan, id: &str, room: &str, can: Capability) -> &'a mut Device {
    plan.devices.entry(id.into()).or_insert_with(|| Device {
        name: id.to_owned(),
        aliases: vec![],
        room: room.into(),
        capabilities: vec![can],
        driver: "simulated".to_owned(),
        way_out: false,
    })
}

fn calendar(start: &str) -> Calendar {
    let zone = Zone::new("Europe/Amsterdam").expect("jiff brings its time zones");
    Calendar::new(start.parse().expect("a timestamp"), &zone)
}

fn seen(house: &mut House) -> Vec<(String, Reading)> {
    std::iter::from_fn(|| house.poll_observation())
        .map(|told| (told.device.as_str().to_owned(), told.reading))
        .collect()
}

fn life(seed: u64, start: &str, days: u64, habits: Habits) -> Vec<(u64, Act)> {
    let mut resident = Resident::new(seed, &plan(), calendar(start), habits);
    let mut acts = Vec::new();
    while let Some(now_ms) = resident.next_at_ms().filter(|at_ms| *at_ms < days * DAY_MS) {
        while let Some(act) = resident.poll_act(now_ms) {
            acts.push(act);
        }
    }
    acts
}

#[test]
fn sensors_see_a_walk_a_way_out_and_a_fall() {
    let mut house = House::new(&plan());
    let motion = |room: &str, motion| (format!("{room}_motion"), Reading::Motion(motion));
    let door = |is| ("front_door".to_owned(), Reading::Opening(is));

    house.act(&Act::Walk("kitchen".into())).expect("can walk");
    assert_eq!(seen(&mut house), [motion("kitchen", Motion::Detected)]);
    house.act(&Act::Leave).expect("can leave");
    assert_eq!(
        seen(&mut house),
        [
            motion("kitchen", Motion::Clear),
            motion("hall", Motion::Detected),
            door(Opening::Open),
            door(Opening::Closed),
            motion("hall", Motion::Clear),
        ]
    );
    assert_eq!(house.resident_room(), None);
    assert_eq!(house.act(&Act::Fall), Err(Impossible::Out));
    house.act(&Act::ComeHome).expect("was out");
    seen(&mut house);
    house.act(&Act::Fall).expect("is in");
    assert_eq!(seen(&mut house).last(), Some(&("band".to_owned(), Reading::Fall)));
    assert_eq!(house.act(&Act::Walk("hall".into())), Err(Impossible::OnTheFloor));
    house.act(&Act::GetUp).expect("is helped up");
    house.act(&Act::TakeOffWearable).expect("is in");
    seen(&mut house);
    house.act(&Act::Fall).expect("is up");
    assert!(seen(&mut house).iter().all(|(_, reading)| *reading != Reading::Fall));
}

#[test]
fn a_device_out_of_reach_is_silent_and_refuses() {
    let mut house = House::new(&plan());
    let lamp = DeviceId::new("lamp");
    assert_eq!(house.perform(&lamp, Command::Light(Power::On)), Outcome::Done);
    assert_eq!(seen(&mut house), [("lamp".to_owned(), Reading::Light(Power::On))]);
    house.set_link(&lamp, Link::Offline).expect("exists");
    assert_eq!(seen(&mut house), [("lamp".to_owned(), Reading::Link(Link::Offline))]);
    let refused = house.perform(&lamp, Command::Light(Power::Off));
    assert!(matches!(refused, Outcome::Failed { again: Again::Later, .. }));
    let nonsense = house.perform(&"help".into(), Command::Siren(Power::On));
    assert!(matches!(nonsense, Outcome::Failed { again: Again::Never, .. }));
    house.die_silently(&"help".into()).expect("exists");
    house.act(&Act::Press { device: "help".into(), press: Press::Short }).expect("can try");
    house.report();
    assert!(seen(&mut house).iter().all(|(device, _)| device != "help" && device != "lamp"));
}

#[test]
fn a_seed_is_a_life() {
    let start = "2026-01-01T00:00:00Z";
    let one = life(1, start, 60, Habits::HARSH);
    assert_eq!(one, life(1, start, 60, Habits::HARSH));
    assert_ne!(one, life(2, start, 60, Habits::HARSH));
    assert!(one.is_sorted_by_key(|(at_ms, _)| *at_ms), "time goes forward");
}

#[test]
fn an_ordinary_day_is_seen_two_hundred_times() {
    let mut house = House::new(&plan());
    let mut days = [0; 28];
    for (at_ms, act) in life(3, "2026-05-01T02:00:00Z", 28, Habits::QUIET) {
        house.act(&act).unwrap_or_else(|why| panic!("{act:?} at {at_ms}: {why}"));
        days[usize::try_from(at_ms / DAY_MS).expect("small")] += seen(&mut house).len();
    }
    assert!(days.iter().all(|seen| *seen >= 200), "{days:?}");
}

/// Gets up at ten past seven give or take eighty minutes by the clock on the wall, also after the
/// nights in which it changes; and what follows stays in order.
#[test]
fn the_clock_on_the_wall_may_change() {
    for start in ["2026-03-27T12:00:00Z", "2026-10-23T12:00:00Z"] {
        let calendar = calendar(start);
        for seed in 0..20 {
            let acts = life(seed, start, 5, Habits::QUIET);
            assert!(acts.is_sorted_by_key(|(at_ms, _)| *at_ms));
            let wearable_on = acts.iter().filter(|(_, act)| *act == Act::PutOnWearable);
            let hours: Vec<i8> =
                wearable_on.map(|(at_ms, _)| calendar.local(*at_ms).hour()).collect();
            assert!(hours.len() >= 4 && hours.iter().all(|hour| (5..=8).contains(hour)));
        }
    }
}

#[test]
fn the_resident_answers_as_they_are() {
    let start = "2026-05-01T10:00:00Z";
    let habits = Habits { answers_after: Duration::from_secs(1), ..Habits::QUIET };
    let mut well = Resident::new(5, &plan(), calendar(start), habits);
    well.asked(Expects::YesNo, Yes::NeedsHelp, 0);
    assert!(matches!(first_word(&mut well), Some(Intent::No | Intent::Fine)));

    let fell = Habits { falls_a_year: 1e6, gets_up_alone: 0.0, unconscious: 0.0, ..habits };
    let mut fallen = until_fallen(fell);
    let (condition, since_ms) = fallen.condition();
    assert_eq!(condition, Condition::Fallen);
    fallen.asked(Expects::YesNo, Yes::NeedsHelp, since_ms);
    assert!(matches!(first_word(&mut fallen), Some(Intent::Yes | Intent::Help)));
    fallen.help_arrives(since_ms + 60_000);
    while fallen.condition().0 == Condition::Fallen {
        let at_ms = fallen.next_at_ms().expect("lives");
        assert!(at_ms < since_ms + 20 * 60_000, "nobody helped");
        fallen.poll_act(at_ms);
    }

    let mut unconscious = until_fallen(Habits { unconscious: 1.0, ..fell });
    let (condition, since_ms) = unconscious.condition();
    assert_eq!(condition, Condition::Unconscious);
    unconscious.asked(Expects::YesNo, Yes::NeedsHelp, since_ms);
    assert_eq!(first_word(&mut unconscious), None);
}

fn until_fallen(habits: Habits) -> Resident {
    let mut resident = Resident::new(5, &plan(), calendar("2026-05-01T10:00:00Z"), habits);
    loop {
        let at_ms = resident.next_at_ms().expect("lives");
        if let Some((_, Act::Fall)) = resident.poll_act(at_ms) {
            return resident;
        }
    }
}

/// What they say within the next minute.
fn first_word(resident: &mut Resident) -> Option<Intent> {
    let until_ms = resident.condition().1 + 60_000;
    while let Some((_, act)) = resident.poll_act(until_ms) {
        if let Act::Say(intent) = act {
            return Some(intent);
        }
    }
    None
}

fn alarm() -> Letter {
    let taps = vec![Tap::Go, Tap::Phone, Tap::Cannot, Tap::There, Tap::Done];
    Letter { incident: Some(IncidentId(7)), taps }
}

fn deeds(person: &mut Person) -> Vec<Deed> {
    let mut deeds = Vec::new();
    while let Some(at_ms) = person.next_at_ms() {
        deeds.extend(std::iter::from_fn(|| person.poll_deed(at_ms)));
    }
    deeds
}

#[test]
fn a_dependable_person_goes_arrives_and_closes() {
    let manners = Manners { goes: 1.0, ..Manners::DEPENDABLE };
    let mut anna = Person::seeded("anna".into(), 1, manners, calendar("2026-05-01T10:00:00Z"));
    anna.receive(&Letter { incident: None, taps: vec![] }, 0);
    assert_eq!(anna.next_at_ms(), None, "good news needs no answer");
    anna.receive(&alarm(), 1_000);
    let taps: Vec<Option<Tap>> = deeds(&mut anna)
        .into_iter()
        .map(|deed| match deed {
            Deed::Taps(acknowledgement) => Some(acknowledgement.tap),
            Deed::Arrives(_) => None,
        })
        .collect();
    assert_eq!(taps, [Some(Tap::Go), None, Some(Tap::There), Some(Tap::Done)]);
}

#[test]
fn nobody_taps_what_was_not_offered() {
    for seed in 0..200 {
        let manners = Manners { late_word: 0.0, stranger: 0.0, ..Manners::HARSH };
        let mut piet =
            Person::seeded("piet".into(), seed, manners, calendar("2026-05-01T10:00:00Z"));
        piet.receive(&Letter { taps: vec![Tap::Cannot], ..alarm() }, 0);
        for deed in deeds(&mut piet) {
            assert!(matches!(deed, Deed::Taps(said) if said.tap == Tap::Cannot));
        }
    }
}

#[test]
fn harsh_people_double_come_late_and_are_strangers_but_always_end() {
    let (mut doubled, mut strangers) = (0, 0);
    for seed in 0..300 {
        let start = calendar("2026-05-01T10:00:00Z");
        let mut person = Person::seeded("piet".into(), seed, Manners::HARSH, start);
        person.receive(&alarm(), 0);
        let deeds = deeds(&mut person);
        doubled += usize::from((1..deeds.len()).any(|at| deeds[..at].contains(&deeds[at])));
        strangers += deeds
            .iter()
            .filter(|deed| matches!(deed, Deed::Taps(said) if said.contact.as_str() != "piet"))
            .count();
    }
    assert!(doubled > 30 && strangers > 3, "{doubled} doubled, {strangers} strangers");
}

#[test]
fn a_script_is_followed_to_the_letter() {
    let after = Duration::from_secs(30);
    let line = Line { message: 2, after, tap: Tap::Go, at: None, finding: None };
    let start = calendar("2026-05-01T10:00:00Z");
    let mut anna = Person::scripted("anna".into(), vec![line], start);
    anna.receive(&alarm(), 1_000);
    assert_eq!(anna.next_at_ms(), None);
    anna.receive(&alarm(), 2_000);
    assert_eq!(anna.next_at_ms(), Some(32_000));
    assert!(matches!(&deeds(&mut anna)[..], [Deed::Taps(said)] if said.tap == Tap::Go));
}

#[test]
fn a_network_fails_as_often_as_told_and_the_same_for_the_same_seed() {
    let attempts = |faults| {
        let mut network = Network::new(4, faults);
        let way = Way::People(omzien_core::plan::Channel::Ntfy);
        (0..20_000u64)
            .map(|minute| network.carry(way, Outcome::Accepted, minute * 60_000))
            .collect::<Vec<_>>()
    };
    let calm = attempts(Faults::NONE);
    assert!(calm.iter().all(|carried| matches!(carried.outcome, Some((_, Outcome::Accepted)))));
    let harsh = attempts(Faults::HARSH);
    assert_eq!(harsh, attempts(Faults::HARSH));
    let share = |is: fn(&network::Carried) -> bool| {
        harsh.iter().filter(|carried| is(carried)).count() as f64 / harsh.len() as f64
    };
    let lost = share(|carried| carried.outcome.is_none());
    assert!((0.03..0.07).contains(&lost), "{lost}");
    let carried = share(|carried| carried.received_at_ms.is_some());
    assert!((0.70..0.85).contains(&carried), "{carried}");
    assert!(share(|carried| carried.received_again_at_ms.is_some()) > 0.02);
}

#[tokio::test]
async fn the_page_plays_the_house_and_the_home_hears_it() {
    let mut plan = plan();
    plan.circle.insert("anna".into(), simulated_contact());
    let devices: BTreeSet<DeviceId> = plan.devices.keys().cloned().collect();
    let wiring = Wiring::new(&plan, &devices);
    let controls = wiring.controls();
    let (orders, queue) = mpsc::channel(4);
    let (inbox, mut received) = crate::inbox::open();
    let driver = tokio::spawn(open(wiring, queue, inbox).expect("always opens"));

    controls.act(&Act::Press { device: "help".into(), press: Press::Short }).expect("exists");
    controls.say("what time is it", 5, Expectation::default()).expect("is in");
    let mut heard = Vec::new();
    while heard.len() < 2 {
        for input in received.take(64).await.expect("it lives") {
            match input {
                Input::Observed(told) if told.reading == Reading::Button(Press::Short) => {
                    heard.push("press".to_owned());
                }
                Input::Heard(utterance) => heard.push(utterance.text),
                _ => {} // Proofs of life.
            }
        }
    }
    assert_eq!(heard, ["press", "what time is it"]);

    let id = EffectId { epoch: 1, counter: 1 };
    for _ in 0..2 {
        let message = message("anna");
        orders.send(Order::Notify { id, message }).await.expect("it listens");
        let outcome = concluded(&mut received).await;
        assert_eq!(outcome, Outcome::Delivered);
    }
    let snapshot = controls.snapshot();
    assert_eq!(snapshot.people[&"anna".into()].len(), 1, "the same message is shown once");
    orders.send(Order::Notify { id, message: message("nobody") }).await.expect("it listens");
    let outcome = concluded(&mut received).await;
    assert!(matches!(outcome, Outcome::Failed { again: Again::Never, .. }));
    drop(orders);
    driver.await.expect("it ends with its queue");
}

async fn concluded(received: &mut crate::Received) -> Outcome {
    loop {
        if let Input::Concluded { outcome, .. } = received.take(1).await.expect("lives").remove(0) {
            return outcome;
        }
    }
}

fn message(contact: &str) -> Message {
    Message {
        contact: contact.into(),
        channel: omzien_core::plan::Channel::Simulated,
        incident: Some(IncidentId(7)),
        title: "title".to_owned(),
        body: "body".to_owned(),
        taps: vec![(Tap::Go, "I go".to_owned())],
        urgency: Urgency::Alarm,
        language: Language::En,
    }
}

fn simulated_contact() -> omzien_core::plan::Contact {
    serde_json::from_value(serde_json::json!({
        "name": "Anna",
        "aliases": [],
        "language": "en",
        "pronoun": "she",
        "channels": ["simulated"],
        "hours": { "from": "00:00:00", "until": "00:00:00" },
        "grants": { "alarms": "given", "good_news": "given", "ledger": "withheld" },
        "caretaker": false,
    }))
    .expect("a contact")
}
