//! The names of one home, in the form in which sentences are compared. Knows no sentence.

use std::collections::{BTreeSet, HashMap, HashSet};

use omzien_core::{ContactId, DeviceId, Language, Plan, RoomId, SceneId};

use crate::language::{self, LANGUAGES};
use crate::spelling::Spelling;
use crate::text;
use crate::things::{Kind, Place, Spot, Things};

/// A name is at most this many words in a sentence ("all of the lights in the living room").
pub(crate) const NAME_WORDS_MAX: usize = 8;

/// The names of a home: the companion, rooms, lights, people. Built once per plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Vocabulary {
    companion: String,
    companion_spoken: String,
    contacts: Names<ContactId>,
    rooms: Names<RoomId>,
    /// Floors, by their names.
    floors: Names<String>,
    devices: Names<DeviceId>,
    scenes: Names<SceneId>,
    /// By language and kind.
    things: [Vec<Things>; 2],
    /// Single words of names, for the correction of misheard ones.
    spelling: [Spelling; 2],
    /// Whatever is a name of something.
    known: [HashSet<String>; 2],
    /// Every name as the household writes it.
    spoken: Vec<String>,
}

/// Names with what they stand for; a name that stands for two things stands for none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Names<T> {
    /// Without spaces, so that "keuken lamp" is "keukenlamp".
    by_name: HashMap<String, Option<T>>,
    pub(crate) samples: Vec<String>,
}

impl Vocabulary {
    /// The vocabulary of a plan.
    pub fn of(plan: &Plan) -> Self {
        let contacts = plan.circle.iter();
        let contacts = names(contacts.map(|(id, it)| (id, &it.name, &it.aliases)));
        let rooms = names(plan.rooms.iter().map(|(id, it)| (id, &it.name, &it.aliases)));
        let mut floors = Names::new();
        for Spot { names, place } in Spot::all(plan) {
            if let Place::Floor(floor) = place {
                names.iter().for_each(|name| floors.add(text::joined(name), floor.clone()));
                floors.samples.extend(names);
            }
        }
        let devices = names(plan.devices.iter().map(|(id, it)| (id, &it.name, &it.aliases)));
        let scenes = names(plan.scenes.iter().map(|(id, it)| (id, &it.name, &it.aliases)));
        let things = LANGUAGES.map(|language| {
            let tongue = language::tongue(language);
            Kind::ALL.map(|kind| Things::of(kind, plan, tongue)).into()
        });
        let words = LANGUAGES.map(|language| {
            let mut words = words(plan, language);
            let things: &Vec<Things> = &things[language::place(language)];
            words.extend(things.iter().flat_map(|things| things.words.iter().cloned()));
            words
        });
        let spelling = LANGUAGES.map(|language| {
            let words = words[language::place(language)].iter().map(String::as_str);
            Spelling::of(words, language::tongue(language))
        });
        let known = LANGUAGES.map(|language| {
            let things: &Vec<Things> = &things[language::place(language)];
            let things = things.iter().flat_map(|things| things.names().known());
            let people = contacts.known().chain(rooms.known()).chain(floors.known());
            let names = things.chain(people).chain(devices.known()).chain(scenes.known());
            names.cloned().collect()
        });
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
            floors,
            devices,
            scenes,
            things,
            spelling,
            known,
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

    /// Is it the name of anything?
    pub(crate) fn has(&self, joined: &str, language: Language) -> bool {
        self.known[language::place(language)].contains(joined)
    }

    pub(crate) fn contact(&self, joined: &str) -> Option<&ContactId> {
        self.contacts.get(joined)
    }

    pub(crate) fn room(&self, joined: &str) -> Option<&RoomId> {
        self.rooms.get(joined)
    }

    pub(crate) fn floor(&self, joined: &str) -> Option<&String> {
        self.floors.get(joined)
    }

    pub(crate) fn device(&self, joined: &str) -> Option<&DeviceId> {
        self.devices.get(joined)
    }

    pub(crate) fn scene(&self, joined: &str) -> Option<&SceneId> {
        self.scenes.get(joined)
    }

    /// There is one for each kind.
    pub(crate) fn things(&self, kind: Kind, language: Language) -> &Things {
        &self.things[language::place(language)][kind as usize]
    }

    /// Words of names in which a misheard word may be found again.
    pub(crate) fn spelling(&self, language: Language) -> &Spelling {
        &self.spelling[language::place(language)]
    }

    /// The names of the things of every kind.
    pub(crate) fn thing_samples(&self, language: Language) -> impl Iterator<Item = &String> {
        self.things[language::place(language)].iter().flat_map(Things::samples)
    }

    pub(crate) fn scene_samples(&self) -> &[String] {
        &self.scenes.samples
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
    pub(crate) fn new() -> Self {
        Self { by_name: HashMap::new(), samples: Vec::new() }
    }

    pub(crate) fn get(&self, joined: &str) -> Option<&T> {
        self.by_name.get(joined)?.as_ref()
    }

    fn known(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }

    /// A name given twice to different things is forgotten: better asked than the wrong one.
    pub(crate) fn add(&mut self, joined: String, thing: T) {
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
    pub(crate) fn add_behind(&mut self, joined: String, thing: T) {
        if !joined.is_empty() {
            self.by_name.entry(joined).or_insert(Some(thing));
        }
    }

    /// The same with all of them.
    pub(crate) fn add_all_behind(&mut self, others: Self) {
        self.samples.extend(others.samples);
        for (name, thing) in others.by_name {
            if let Some(thing) = thing {
                self.add_behind(name, thing);
            }
        }
    }

    /// What does not stand for one thing is not listed either.
    pub(crate) fn keep_clear(&mut self) {
        let by_name = &self.by_name;
        let mut known = BTreeSet::new();
        self.samples.retain(|sample| {
            let listed = matches!(by_name.get(&text::joined(sample)), Some(Some(_)));
            listed && known.insert(sample.to_lowercase())
        });
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
pub(crate) fn without_article(name: &str) -> String {
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
