//! The simulated house, where a home has one: rooms, doors and lights as they are, and buttons
//! for everything that can happen there. An act goes to the house, never to the home: the home
//! learns it from the house's sensors.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use omzien_core::device::{Bolt, Capability, Motion, Opening, Power, Press};
use omzien_core::effect::Tap;
use omzien_core::incident::{Acknowledgement, IncidentId};
use omzien_core::ledger::{Fact, LedgerEntry};
use omzien_core::request::Actor;
use omzien_core::{ContactId, EffectId, Listening, RoomId};
use omzien_drivers::simulated::house::{Device, Lamp, Posture, Radio};
use omzien_drivers::simulated::live::ReceivedMessage;
use omzien_drivers::simulated::{Act, Controls, Snapshot};
use serde::Deserialize;

use super::Portal;
use super::acts::{Token, Told};
use super::home::Shown;
use super::mistake::Mistake;
use super::page::{self, Frame, Link, Said};
use super::words::Words;
use crate::shell::clock::{Clock, SystemClock};
use crate::shell::published::Published;

/// Messages shown on one telephone.
const LETTERS: usize = 4;
/// Nobody says a longer sentence (characters).
const SENTENCE_MAX: usize = 200;

#[derive(Template)]
#[template(path = "house.html")]
pub(super) struct Main {
    words: &'static Words,
    id: String,
    told: Option<Told>,
    companion: String,
    mood: &'static str,
    headline: Option<String>,
    microphone_off: bool,
    said: Option<Said>,
    resident: String,
    resident_acts: Vec<Button>,
    rooms: Vec<Room>,
    phones: Vec<Phone>,
}

/// An act, written as the house itself writes it.
struct Button {
    value: String,
    class: &'static str,
    text: &'static str,
}

struct Room {
    name: String,
    resident: bool,
    visitor: bool,
    devices: Vec<Thing>,
    walk: Option<Button>,
}

struct Thing {
    name: String,
    class: &'static str,
    state: &'static str,
    acts: Vec<Button>,
}

struct Phone {
    contact: String,
    name: String,
    letters: Vec<Letter>,
}

struct Letter {
    incident: u64,
    time: Option<String>,
    title: String,
    lines: Vec<String>,
    taps: Vec<TapButton>,
}

struct TapButton {
    value: String,
    text: String,
}

#[derive(Deserialize)]
pub(super) struct ActForm {
    id: String,
    /// An [`Act`] as JSON.
    act: String,
}

#[derive(Deserialize)]
pub(super) struct SayForm {
    id: String,
    text: String,
}

#[derive(Deserialize)]
pub(super) struct ReplyForm {
    id: String,
    contact: ContactId,
    incident: u64,
    tap: Tap,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    Query(shown): Query<Shown>,
) -> Result<Response, Mistake> {
    let token = portal.0.tokens.make();
    let told = portal.acts().told(shown.told.as_deref());
    let main = main(&portal, &token, told).ok_or(Mistake::NotFound)?;
    let published = portal.now();
    let words = main.words;
    Ok(page::html(&Frame {
        words,
        title: words.house.to_owned(),
        companion: published.plan().companion.clone(),
        viewer: None,
        links: Link::both(&portal, words, Some("/house")),
        place: "house",
        events: Some(format!("/events/house?page={}", token.as_str())),
        reload: false,
        stamp: page::stamp(&published),
        main,
    }))
}

pub(super) async fn act(
    State(portal): State<Portal>,
    Form(form): Form<ActForm>,
) -> Result<Response, Mistake> {
    let act: Act = serde_json::from_str(&form.act).map_err(|_| Mistake::Bad)?;
    let controls = controls(&portal)?;
    done(&portal, &form.id, &form.act, || controls.act(&act), portal.words().done_told)
}

/// Whoever types here means the companion: its name is put before the sentence if it is missing.
pub(super) async fn say(
    State(portal): State<Portal>,
    Form(form): Form<SayForm>,
) -> Result<Response, Mistake> {
    let controls = controls(&portal)?;
    let text = form.text.trim();
    if text.is_empty() || text.chars().count() > SENTENCE_MAX {
        return Err(Mistake::Bad);
    }
    let published = portal.now();
    let home = published.home();
    let words = portal.words();
    if home.listening() == Listening::Off {
        // Off means off, for a simulated voice too.
        let token = Token::parse(&form.id)?;
        portal.acts().once(&token, text, || Told::not(words.deaf_told));
        return Ok(back(&token));
    }
    let sentence = addressed(text, &published.plan().companion);
    let since_boot = SystemClock::default().since_boot();
    let at_ms = u64::try_from(since_boot.as_millis()).unwrap_or(u64::MAX);
    let expectation = home.expectation();
    let say = || controls.say(sentence, at_ms, expectation);
    done(&portal, &form.id, text, say, words.said_told)
}

/// A tap on the telephone of a simulated person.
pub(super) async fn reply(
    State(portal): State<Portal>,
    Form(form): Form<ReplyForm>,
) -> Result<Response, Mistake> {
    let controls = controls(&portal)?;
    let what = format!("{} {} {:?}", form.contact, form.incident, form.tap);
    let given = Acknowledgement {
        incident: IncidentId(form.incident),
        contact: form.contact,
        tap: form.tap,
        at: None,
        finding: None,
    };
    done(&portal, &form.id, &what, || controls.reply(given), portal.words().sent_told)
}

/// `None`: this home has no simulated house.
pub(super) fn main(portal: &Portal, token: &Token, told: Option<Told>) -> Option<Main> {
    let snapshot = portal.handle().controls()?.snapshot();
    let published = portal.now();
    let (plan, words) = (published.plan(), portal.words());
    let view = published.view(&Actor::Resident);
    Some(Main {
        words,
        id: token.as_str().to_owned(),
        told,
        companion: plan.companion.clone(),
        mood: page::mood(&view.incidents),
        headline: view.headline.as_ref().map(|reply| published.words(reply, plan.language)),
        microphone_off: published.home().listening() == Listening::Off,
        said: page::last_said(&published, &view.ledger, |_, _| true),
        resident: resident(&published, words, &snapshot),
        resident_acts: resident_acts(words, &snapshot),
        rooms: snapshot
            .rooms
            .iter()
            .map(|room| draw_room(&published, words, &snapshot, room))
            .collect(),
        phones: phones(&published, &view.ledger, &snapshot),
    })
}

fn controls(portal: &Portal) -> Result<Controls, Mistake> {
    portal.handle().controls().ok_or(Mistake::NotFound)
}

/// Lets it happen once, and goes back to the house.
fn done(
    portal: &Portal,
    id: &str,
    what: &str,
    act: impl FnOnce() -> Result<(), omzien_drivers::simulated::Impossible>,
    told: &'static str,
) -> Result<Response, Mistake> {
    let token = Token::parse(id)?;
    portal.acts().once(&token, what, || match act() {
        Ok(()) => Told::done(told),
        Err(why) => Told::not(portal.words().impossible(why)),
    });
    Ok(back(&token))
}

fn back(token: &Token) -> Response {
    Redirect::to(&format!("/house?told={}", token.as_str())).into_response()
}

fn addressed(text: &str, companion: &str) -> String {
    let named = text.to_lowercase().contains(&companion.to_lowercase());
    if named { text.to_owned() } else { format!("{companion}, {text}") }
}

/// Where the resident is and how: "mevrouw De Wit is op (keuken)".
fn resident(published: &Published, words: &Words, snapshot: &Snapshot) -> String {
    let name = published.plan().resident_name();
    match &snapshot.resident_room {
        None => format!("{name} {}", words.is_out),
        Some(room) => {
            let room = room_name(published, room);
            format!("{name} {} ({room})", words.posture(snapshot.posture))
        }
    }
}

/// What the resident can do as they are now.
fn resident_acts(words: &Words, snapshot: &Snapshot) -> Vec<Button> {
    let mut acts = Vec::new();
    let mut offer = |act: Act, class, text| acts.push(button(&act, class, text));
    match (&snapshot.resident_room, snapshot.posture) {
        (None, _) => offer(Act::ComeHome, "", words.come_home),
        (Some(_), Posture::Up) => {
            offer(Act::Stir, "", words.stir);
            offer(Act::LieDown, "", words.lie_down);
            offer(Act::Leave, "", words.leave);
            offer(Act::Fall, "fall", words.fall);
        }
        (Some(_), Posture::Lying) => {
            offer(Act::GetUp, "", words.get_up);
            offer(Act::FallAsleep, "", words.sleep);
            offer(Act::Stir, "", words.stir);
        }
        (Some(_), Posture::Asleep) => {
            offer(Act::GetUp, "", words.get_up);
            offer(Act::Stir, "", words.stir);
        }
        (Some(_), Posture::Fallen) => {
            offer(Act::GetUp, "", words.get_up);
            offer(Act::Stir, "", words.stir);
        }
    }
    match &snapshot.visitor_room {
        None => offer(Act::VisitorEnters, "", words.visitor_enters),
        Some(_) => offer(Act::VisitorLeaves, "", words.visitor_leaves),
    }
    acts
}

fn draw_room(
    published: &Published,
    words: &'static Words,
    snapshot: &Snapshot,
    room: &RoomId,
) -> Room {
    let here = snapshot.resident_room.as_ref() == Some(room);
    let can_walk = !here && snapshot.resident_room.is_some() && snapshot.posture != Posture::Fallen;
    let devices = snapshot.devices.iter().filter(|device| device.room == *room);
    Room {
        name: room_name(published, room),
        resident: here,
        visitor: snapshot.visitor_room.as_ref() == Some(room),
        devices: devices.map(|device| thing(published, words, device)).collect(),
        walk: can_walk.then(|| button(&Act::Walk(room.clone()), "", words.walk_here)),
    }
}

fn thing(published: &Published, words: &'static Words, device: &Device) -> Thing {
    let named = published.plan().devices.get(&device.id);
    let name = named.map_or_else(|| device.id.to_string(), |device| device.name.clone());
    let (class, state) = state_of(words, device);
    let mut acts = Vec::new();
    if device.capabilities.contains(&Capability::Opening) {
        let (is, text) = match device.opening {
            Opening::Open => (Opening::Closed, words.to_close),
            Opening::Closed => (Opening::Open, words.to_open),
        };
        acts.push(button(&Act::Open { device: device.id.clone(), is }, "", text));
    }
    if device.capabilities.contains(&Capability::Button) {
        for (press, text) in [(Press::Short, words.press), (Press::Long, words.hold)] {
            acts.push(button(&Act::Press { device: device.id.clone(), press }, "", text));
        }
    }
    Thing { name, class, state, acts }
}

/// What a device shows, as the house is; a dead one shows nothing.
fn state_of(words: &'static Words, device: &Device) -> (&'static str, &'static str) {
    if device.radio != Radio::Working {
        return ("dead", words.silent_device);
    }
    let Some(capability) = device.capabilities.first() else { return ("", "") };
    match capability {
        Capability::Opening => match device.opening {
            Opening::Open => ("lit", words.open),
            Opening::Closed => ("", words.closed),
        },
        Capability::Motion => match device.motion {
            Motion::Detected => ("lit", words.motion),
            Motion::Clear => ("", words.no_motion),
        },
        Capability::Light => match device.lamp {
            Lamp::On => ("lit", words.on),
            Lamp::Rising { .. } => ("lit", words.rising),
            Lamp::Off => ("", words.off),
        },
        Capability::Siren => match device.siren {
            Power::On => ("loud", words.siren_sounds),
            Power::Off => ("", words.off),
        },
        Capability::Cover => match device.things.cover.get() {
            0 => ("", words.closed),
            1.. => ("lit", words.open),
        },
        Capability::Lock => match device.things.lock {
            Bolt::Locked => ("", words.locked),
            Bolt::Unlocked => ("lit", words.unlocked),
        },
        Capability::Switch => on_or_off(words, device.things.switch),
        Capability::Fan => on_or_off(words, device.things.fan),
        Capability::Button
        | Capability::Fall
        | Capability::Dimmer
        | Capability::Colour
        | Capability::Thermostat
        | Capability::Temperature => ("", ""),
    }
}

fn on_or_off(words: &'static Words, power: Power) -> (&'static str, &'static str) {
    match power {
        Power::On => ("lit", words.on),
        Power::Off => ("", words.off),
    }
}

/// What simulated people received, newest first, as on their telephones.
fn phones(published: &Published, ledger: &[LedgerEntry], snapshot: &Snapshot) -> Vec<Phone> {
    snapshot
        .people
        .iter()
        .map(|(contact, messages)| {
            let person = published.plan().circle.get(contact);
            let letters = messages.iter().rev().take(LETTERS);
            Phone {
                contact: contact.to_string(),
                name: person.map_or_else(|| contact.to_string(), |person| person.name.clone()),
                letters: letters.map(|letter| draw_letter(published, ledger, letter)).collect(),
            }
        })
        .collect()
}

fn draw_letter(published: &Published, ledger: &[LedgerEntry], message: &ReceivedMessage) -> Letter {
    let taps = message.taps.iter().map(|(tap, text)| {
        let value = serde_json::to_value(tap).ok();
        let value = value.and_then(|value| value.as_str().map(str::to_owned));
        TapButton { value: value.unwrap_or_default(), text: text.clone() }
    });
    Letter {
        incident: message.incident.map_or(0, |incident| incident.0),
        time: sent_at(published, ledger, message.effect),
        title: message.title.clone(),
        lines: message.body.lines().map(str::to_owned).collect(),
        taps: taps.collect(),
    }
}

/// When a message left, while the ledger's page still has it.
fn sent_at(published: &Published, ledger: &[LedgerEntry], sent: EffectId) -> Option<String> {
    let entry = ledger
        .iter()
        .find(|entry| matches!(&entry.fact, Fact::Notified { effect, .. } if *effect == sent))?;
    Some(page::time(published, entry.wall))
}

fn room_name(published: &Published, room: &RoomId) -> String {
    let known = published.plan().rooms.get(room);
    known.map_or_else(|| room.to_string(), |room| room.name.clone())
}

fn button(act: &Act, class: &'static str, text: &'static str) -> Button {
    // An act is plain data with text keys: it always has a JSON form.
    let value = serde_json::to_string(act).unwrap_or_default();
    Button { value, class, text }
}
