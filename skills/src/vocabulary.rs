//! The names of one home, in the form in which sentences are compared. Knows no sentence.

use std::collections::{BTreeSet, HashMap};

use omzien_core::intent::Lights;
use omzien_core::{Capability, ContactId, DeviceId, Language, Plan, RoomId};

use crate::language::{self, LANGUAGES, Tongue};
use crate::text;

/// A name is at most this many words in a sentence ("all of the lights in the living room").
pub(crate) const NAME_WORDS_MAX: usize = 8;

/// The names of a home: the companion, rooms, lights, people. Built once per plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Vocabulary {
    companion: String,
    companion_spoken: String,
    contacts: Names<ContactId>,
    rooms: Names<RoomId>,
    devices: Names<DeviceId>,
    lights: [Names<LightName>; 2],
    /// Rooms that have a light.
    lit: BTreeSet<RoomId>,
    /// Single words of names, for the correction of misheard ones.
    words: [BTreeSet<String>; 2],
    /// Every name as the household writes it.
    spoken: Vec<String>,
}

/// What a lamp's name stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LightName {
    These(Lights),
    /// The lamps of the room in which it was said.
    Here,
}

/// Names with what they stand for; a name that stands for two things stands for none.
#[derive(Clone, Debug, PartialEq)]
struct Names<T> {
    /// Without spaces, so that "keuken lamp" is "keukenlamp".
    by_name: HashMap<String, Option<T>>,
    samples: Vec<String>,
}

impl Vocabulary {
    /// The vocabulary of a plan.
    pub fn of(plan: &Plan) -> Self {
        let lit = plan
            .devices_with(Capability::Light)
            .filter_map(|id| plan.devices.get(id))
            .map(|device| device.room.clone())
            .collect();
        let contacts = plan.circle.iter();
        let contacts = names(contacts.map(|(id, it)| (id, &it.name, &it.aliases)));
        let rooms = names(plan.rooms.iter().map(|(id, it)| (id, &it.name, &it.aliases)));
        let devices = names(plan.devices.iter().map(|(id, it)| (id, &it.name, &it.aliases)));
        let lights = LANGUAGES.map(|language| lights(plan, language::tongue(language)));
        let words = LANGUAGES.map(|language| words(plan, language));
        let mut spoken = vec![plan.companion.clone()];
        spoken.extend(plan.circle.values().map(|contact| contact.name.clone()));
        spoken.extend(plan.rooms.values().map(|room| room.name.clone()));
        spoken.extend(plan.devices.values().map(|device| device.name.clone()));
        spoken.dedup();
        Self {
            companion: text::joined(&plan.companion),
            companion_spoken: plan.companion.clone(),
            contacts,
            rooms,
            devices,
            lights,
            lit,
            words,
            spoken,
        }
    }

    pub(crate) fn companion(&self) -> &str {
        &self.companion
    }

    pub(crate) fn companion_spoken(&self) -> &str {
        &self.companion_spoken
    }

    pub(crate) fn spoken(&self) -> &[String] {
        &self.spoken
    }

    pub(crate) fn contact(&self, joined: &str) -> Option<&ContactId> {
        self.contacts.get(joined)
    }

    pub(crate) fn room(&self, joined: &str) -> Option<&RoomId> {
        self.rooms.get(joined)
    }

    pub(crate) fn device(&self, joined: &str) -> Option<&DeviceId> {
        self.devices.get(joined)
    }

    pub(crate) fn light(&self, joined: &str, language: Language) -> Option<&LightName> {
        self.lights[language::place(language)].get(joined)
    }

    pub(crate) fn has_light(&self, room: &RoomId) -> bool {
        self.lit.contains(room)
    }

    /// Words of names in which a misheard word may be found again.
    pub(crate) fn words(&self, language: Language) -> &BTreeSet<String> {
        &self.words[language::place(language)]
    }

    pub(crate) fn light_samples(&self, language: Language) -> &[String] {
        &self.lights[language::place(language)].samples
    }

    pub(crate) fn contact_samples(&self) -> &[String] {
        &self.contacts.samples
    }

    pub(crate) fn room_samples(&self) -> &[String] {
        &self.rooms.samples
    }

    pub(crate) fn device_samples(&self) -> &[String] {
        &self.devices.samples
    }
}

impl<T: Clone + PartialEq> Names<T> {
    fn new() -> Self {
        Self { by_name: HashMap::new(), samples: Vec::new() }
    }

    fn get(&self, joined: &str) -> Option<&T> {
        self.by_name.get(joined)?.as_ref()
    }

    /// A name given twice to different things is forgotten: better asked than the wrong one.
    fn add(&mut self, joined: String, thing: T) {
        if joined.is_empty() {
            return;
        }
        self.by_name
            .entry(joined)
            .and_modify(|known| {
                if known.as_ref() != Some(&thing) {
                    *known = None;
                }
            })
            .or_insert(Some(thing));
    }

    /// Adds a name unless something more specific has it.
    fn add_behind(&mut self, joined: String, thing: T) {
        if !joined.is_empty() {
            self.by_name.entry(joined).or_insert(Some(thing));
        }
    }
}

fn names<'a, T: Clone + PartialEq + 'a>(
    things: impl Iterator<Item = (&'a T, &'a String, &'a Vec<String>)>,
) -> Names<T> {
    let mut names = Names::new();
    for (id, name, aliases) in things {
        for name in std::iter::once(name).chain(aliases) {
            let name = without_article(name);
            names.add(text::joined(&name), id.clone());
            names.samples.push(name);
        }
    }
    names
}

fn lights(plan: &Plan, tongue: &Tongue) -> Names<LightName> {
    let mut names = Names::new();
    let mut placed = Vec::new();
    for id in plan.devices_with(Capability::Light) {
        let Some(device) = plan.devices.get(id) else { continue };
        for name in std::iter::once(&device.name).chain(&device.aliases) {
            let name = without_article(name);
            let lamp = LightName::These(Lights::Device(id.clone()));
            names.add(text::joined(&name), lamp.clone());
            names.samples.push(name.clone());
            placed.extend(places(plan, &device.room, tongue).map(|place| {
                let name = format!("{name} {place}");
                (name, lamp.clone())
            }));
        }
    }
    for (name, lamp) in placed {
        names.add_behind(text::joined(&name), lamp);
    }
    let mut rooms = Names::new();
    for (id, room) in &plan.rooms {
        for name in std::iter::once(&room.name).chain(&room.aliases) {
            let name = without_article(name).to_lowercase();
            for form in &tongue.room_lights {
                let form = form.replace('_', &name);
                let lights = LightName::These(Lights::Room(id.clone()));
                rooms.add(text::joined(&form), lights);
                rooms.samples.push(form);
            }
            // A recogniser writes a compound in one word or in two.
            for form in tongue.room_lights.iter().filter(|form| form.contains("_l")) {
                rooms.samples.push(form.replace('_', &format!("{name} ")));
            }
        }
    }
    names.samples.extend(rooms.samples);
    for (name, lights) in rooms.by_name {
        if let Some(lights) = lights {
            names.add_behind(name, lights);
        }
    }
    for (forms, lights) in [
        (&tongue.all_lights, LightName::These(Lights::All)),
        (&tongue.these_lights, LightName::Here),
    ] {
        for form in forms {
            let form = without_article(form);
            names.add_behind(text::joined(&form), lights.clone());
            names.samples.push(form);
        }
    }
    // What does not stand for one thing is not listed either.
    let by_name = &names.by_name;
    let mut known = BTreeSet::new();
    names.samples.retain(|sample| {
        let listed = matches!(by_name.get(&text::joined(sample)), Some(Some(_)));
        listed && known.insert(sample.to_lowercase())
    });
    names
}

/// "In the kitchen", for each name of a room.
fn places<'a>(
    plan: &'a Plan,
    room: &RoomId,
    tongue: &'a Tongue,
) -> impl Iterator<Item = String> + use<'a> {
    let room = plan.rooms.get(room);
    let names = room.into_iter().flat_map(|room| std::iter::once(&room.name).chain(&room.aliases));
    names.flat_map(|name| {
        let name = without_article(name).to_lowercase();
        tongue.within.iter().map(move |form| form.replace('_', &name))
    })
}

fn words(plan: &Plan, language: Language) -> BTreeSet<String> {
    let tongue = language::tongue(language);
    let mut words = BTreeSet::new();
    let rooms =
        plan.rooms.values().flat_map(|room| std::iter::once(&room.name).chain(&room.aliases));
    for name in rooms {
        words.extend(text::norms(name));
        for form in tongue.room_lights.iter().filter(|form| !form.contains(' ')) {
            words.insert(text::joined(&form.replace('_', name)));
        }
    }
    let people = plan.circle.values().map(|contact| (&contact.name, &contact.aliases));
    let devices = plan.devices.values().map(|device| (&device.name, &device.aliases));
    for (name, aliases) in people.chain(devices) {
        for name in std::iter::once(name).chain(aliases) {
            words.extend(text::norms(name));
        }
    }
    words
}

/// "Mijn dochter" is found as "dochter": what stands before a name is skipped in a sentence too.
fn without_article(name: &str) -> String {
    let mut name = name.trim();
    for language in LANGUAGES {
        for article in &language::tongue(language).articles {
            if let Some((first, rest)) = name.split_once(' ')
                && first.eq_ignore_ascii_case(article)
            {
                name = rest;
            }
        }
    }
    name.to_owned()
}
