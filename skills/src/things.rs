//! How the things of one home are called: by name, by what they are ("the curtains"), by room, and
//! as "it". One mechanism for lamps, curtains, locks and the rest; the words are in `language/`.

use std::collections::BTreeMap;

use omzien_core::intent::Target;
use omzien_core::{Capability, DeviceId, Plan, RoomId};
use serde::Deserialize;

use crate::language::Tongue;
use crate::text;
use crate::vocabulary::{Names, places, without_article};

/// What kind of thing a slot takes: `{light}`, `{cover}`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Light,
    Cover,
    Lock,
    Switch,
    Fan,
    Thermostat,
    /// Can be open, and tells whether it is.
    Door,
    /// Tells how warm it is.
    Sensor,
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::Light,
        Self::Cover,
        Self::Lock,
        Self::Switch,
        Self::Fan,
        Self::Thermostat,
        Self::Door,
        Self::Sensor,
    ];

    /// What a device of this kind can do.
    pub(crate) fn capability(self) -> Capability {
        match self {
            Self::Light => Capability::Light,
            Self::Cover => Capability::Cover,
            Self::Lock => Capability::Lock,
            Self::Switch => Capability::Switch,
            Self::Fan => Capability::Fan,
            Self::Thermostat => Capability::Thermostat,
            Self::Door => Capability::Opening,
            Self::Sensor => Capability::Temperature,
        }
    }
}

/// What the name of a thing stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ThingName {
    Device(DeviceId),
    /// Those of a sort ("the curtains"), or of the whole kind (`None`).
    Sort {
        sort: Option<usize>,
        place: Place,
    },
    /// "It", "that one".
    Last,
}

/// Where things are meant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    /// In the room in which it was said.
    Here,
    Everywhere,
    Room(RoomId),
}

/// The things of one kind, and their names in one language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Things {
    kind: Kind,
    names: Names<ThingName>,
    members: Vec<Member>,
    /// Single words for them, which a misheard one may have been.
    pub(crate) words: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Member {
    id: DeviceId,
    room: RoomId,
    sort: Option<usize>,
}

impl Things {
    /// A home without curtains does not know the word, nor has it one for a sort that it has none
    /// of. Lamps are known in every home, so that it can say that it has none.
    pub(crate) fn of(kind: Kind, plan: &Plan, tongue: &Tongue) -> Self {
        let sorts = tongue.things.kinds.get(&kind).map_or(&[][..], Vec::as_slice);
        let members: Vec<Member> = plan
            .devices_with(kind.capability())
            .filter_map(|id| plan.devices.get(id).map(|device| (id, device)))
            .map(|(id, device)| Member {
                id: id.clone(),
                room: device.room.clone(),
                sort: sort_of(std::iter::once(&device.name).chain(&device.aliases), sorts),
            })
            .collect();
        let (names, words) = (Names::new(), Vec::new());
        let mut things = Self { kind, names, members, words };
        if kind != Kind::Light && things.members.is_empty() {
            return things;
        }
        things.add_devices(plan, tongue);
        if kind == Kind::Light {
            things.add_lamps(plan, tongue);
        }
        things.add_sorts(plan, tongue, sorts);
        for form in &tongue.things.last {
            things.names.add_behind(text::joined(form), ThingName::Last);
            things.names.samples.push(form.clone());
        }
        things.names.keep_clear();
        things
    }

    pub(crate) fn get(&self, joined: &str) -> Option<&ThingName> {
        self.names.get(joined)
    }

    pub(crate) fn samples(&self) -> &[String] {
        &self.names.samples
    }

    /// What a name means, said in this room. A room that was named apart goes before it.
    pub(crate) fn target(
        &self,
        name: &ThingName,
        named: Option<&RoomId>,
        said_in: Option<&RoomId>,
    ) -> Target {
        let of = self.kind.capability();
        match name {
            ThingName::Device(id) => Target::Device(id.clone()),
            ThingName::Last => Target::Last,
            ThingName::Sort { sort, place } => {
                let here = || said_in.filter(|room| !self.matching(*sort, Some(room)).is_empty());
                let room = match place {
                    Place::Room(room) => Some(named.unwrap_or(room)),
                    Place::Everywhere => named,
                    Place::Here => named.or_else(here),
                };
                let all = self.in_room(room).count();
                match (&self.matching(*sort, room)[..], room) {
                    (some, Some(room)) if some.len() == all => {
                        Target::Room { room: room.clone(), of }
                    }
                    (some, None) if some.len() == all => Target::All(of),
                    ([one], _) => Target::Device(one.clone()),
                    (some, _) => Target::Several(some.to_vec()),
                }
            }
        }
    }

    fn in_room(&self, room: Option<&RoomId>) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| room.is_none_or(|room| member.room == *room))
    }

    fn matching(&self, sort: Option<usize>, room: Option<&RoomId>) -> Vec<DeviceId> {
        let found = self.in_room(room).filter(|member| sort.is_none() || member.sort == sort);
        found.map(|member| member.id.clone()).collect()
    }

    fn add_devices(&mut self, plan: &Plan, tongue: &Tongue) {
        let mut placed = Vec::new();
        for id in plan.devices_with(self.kind.capability()) {
            let Some(device) = plan.devices.get(id) else { continue };
            for name in std::iter::once(&device.name).chain(&device.aliases) {
                let name = without_article(name);
                let thing = ThingName::Device(id.clone());
                self.names.add(text::joined(&name), thing.clone());
                self.names.samples.push(name.clone());
                placed.extend(places(plan, &device.room, tongue).map(|place| {
                    let name = format!("{name} {place}");
                    (name, thing.clone())
                }));
            }
        }
        for (name, thing) in placed {
            self.names.add_behind(text::joined(&name), thing);
        }
    }

    /// Lamps have forms of their own: "the kitchen" alone is its lamps.
    fn add_lamps(&mut self, plan: &Plan, tongue: &Tongue) {
        let any = |place| ThingName::Sort { sort: None, place };
        let mut rooms = Names::new();
        for (id, room) in &plan.rooms {
            for name in std::iter::once(&room.name).chain(&room.aliases) {
                let name = without_article(name).to_lowercase();
                for form in &tongue.room_lights {
                    let form = form.replace('_', &name);
                    rooms.add(text::joined(&form), any(Place::Room(id.clone())));
                    rooms.samples.push(form);
                }
                // A recogniser writes a compound in one word or in two.
                for form in tongue.room_lights.iter().filter(|form| form.contains("_l")) {
                    rooms.samples.push(form.replace('_', &format!("{name} ")));
                }
            }
        }
        self.names.add_all_behind(rooms);
        for (forms, place) in
            [(&tongue.all_lights, Place::Everywhere), (&tongue.these_lights, Place::Here)]
        {
            for form in forms {
                let form = without_article(form);
                self.names.add_behind(text::joined(&form), any(place.clone()));
                self.names.samples.push(form);
            }
        }
    }

    fn add_sorts(&mut self, plan: &Plan, tongue: &Tongue, sorts: &[Vec<String>]) {
        let several = sorts.len() > 1;
        let mut rooms = Names::new();
        for (number, words) in sorts.iter().enumerate() {
            let sort = several.then_some(number);
            if several && self.members.iter().all(|member| member.sort != sort) {
                continue;
            }
            for word in words {
                self.words.extend(text::norms(word));
                for (forms, place) in
                    [(&tongue.things.here, Place::Here), (&tongue.things.all, Place::Everywhere)]
                {
                    for form in forms {
                        let form = form.replace('#', word);
                        let name = ThingName::Sort { sort, place: place.clone() };
                        self.names.add_behind(text::joined(&form), name);
                        self.names.samples.push(form);
                    }
                }
                for (id, room) in &plan.rooms {
                    for name in std::iter::once(&room.name).chain(&room.aliases) {
                        let name = without_article(name).to_lowercase();
                        for form in &tongue.things.of_room {
                            let form = form.replace('_', &name).replace('#', word);
                            self.words.extend(text::norms(&form));
                            let place = Place::Room(id.clone());
                            rooms.add(text::joined(&form), ThingName::Sort { sort, place });
                            rooms.samples.push(form);
                        }
                    }
                }
            }
        }
        self.names.add_all_behind(rooms);
    }
}

/// The sort whose word is in a name; of several the longest: "rolgordijn" is no "gordijn".
fn sort_of<'a>(names: impl Iterator<Item = &'a String>, sorts: &[Vec<String>]) -> Option<usize> {
    let names: Vec<String> = names.map(|name| text::joined(name)).collect();
    let words = sorts
        .iter()
        .enumerate()
        .flat_map(|(sort, words)| words.iter().map(move |word| (text::joined(word), sort)));
    words
        .filter(|(word, _)| names.iter().any(|name| name.contains(&**word)))
        .max_by_key(|(word, _)| word.len())
        .map(|(_, sort)| sort)
}

/// How a language names things by what they are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThingForms {
    /// Of a room: `_` is the room, `#` the word.
    of_room: Vec<String>,
    all: Vec<String>,
    /// Those here.
    here: Vec<String>,
    /// "It", "that one".
    last: Vec<String>,
    /// The words by kind, those of a sort together; a device is of the sort that its name holds.
    kinds: BTreeMap<Kind, Vec<Vec<String>>>,
}
