//! How the things of one home are called: by name, by what they are ("the curtains"), by room, and
//! as "it". One mechanism for lamps, curtains, locks and the rest; the words are in `language/`.

use std::collections::{BTreeMap, BTreeSet};

use omzien_core::intent::Target;
use omzien_core::{Capability, DeviceId, Plan, RoomId};
use serde::Deserialize;

use crate::language::Tongue;
use crate::text;
use crate::vocabulary::{Names, without_article};

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
    Device {
        id: DeviceId,
        /// Its room was named with it.
        placed: bool,
    },
    /// Those of a sort ("the curtains"), or of the whole kind (`None`).
    Sort { sort: Option<String>, place: Place },
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
    /// In the rooms of a floor, by its name.
    Floor(String),
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
    floor: Option<String>,
    sort: Option<String>,
}

impl Things {
    /// The words of a sort that the home has none of are known too, so that it can say so.
    pub(crate) fn of(kind: Kind, plan: &Plan, tongue: &Tongue) -> Self {
        let none = Sorts::new();
        let sorts = tongue.things.kinds.get(&kind).unwrap_or(&none);
        let members: Vec<Member> = plan
            .devices_with(kind.capability())
            .filter_map(|id| plan.devices.get(id).map(|device| (id, device)))
            .map(|(id, device)| Member {
                id: id.clone(),
                room: device.room.clone(),
                floor: plan.rooms.get(&device.room).and_then(|room| room.floor.clone()),
                sort: sort_of(std::iter::once(&device.name).chain(&device.aliases), sorts),
            })
            .collect();
        let (names, words) = (Names::new(), Vec::new());
        let mut things = Self { kind, names, members, words };
        things.add_devices(plan, tongue, sorts);
        if kind == Kind::Light {
            things.add_lamps(plan, tongue);
        }
        things.add_sorts(plan, tongue, sorts);
        for form in &tongue.things.last {
            things.names.add_behind(text::joined(form), ThingName::Last);
            things.names.samples.push(form.clone());
        }
        things.names.keep_clear();
        if kind != Kind::Light && things.members.is_empty() {
            // It knows the words, so that it can say that there is none, and expects none.
            things.names.samples.clear();
        }
        things
    }

    pub(crate) fn get(&self, joined: &str) -> Option<&ThingName> {
        self.names.get(joined)
    }

    pub(crate) fn names(&self) -> &Names<ThingName> {
        &self.names
    }

    pub(crate) fn samples(&self) -> &[String] {
        &self.names.samples
    }

    /// What a name means, said in this room. A place that was named apart goes before it.
    pub(crate) fn target(
        &self,
        name: &ThingName,
        named: Option<&Place>,
        said_in: Option<&RoomId>,
    ) -> Target {
        let of = self.kind.capability();
        match name {
            ThingName::Device { id, .. } => Target::Device(id.clone()),
            ThingName::Last => Target::Last,
            ThingName::Sort { sort, place } => {
                let sort = sort.as_deref();
                let here = || said_in.map(|room| Place::Room(room.clone()));
                let here = || here().filter(|here| !self.matching(sort, here).is_empty());
                let place = match (place, named) {
                    (_, Some(named)) => named.clone(),
                    (Place::Here, None) => here().unwrap_or(Place::Everywhere),
                    (Place::Everywhere | Place::Room(_) | Place::Floor(_), None) => place.clone(),
                };
                let all = self.members.iter().filter(|member| member.is_at(&place)).count();
                match (&self.matching(sort, &place)[..], place) {
                    (some, Place::Room(room)) if some.len() == all => Target::Room { room, of },
                    (some, Place::Everywhere) if some.len() == all => Target::All(of),
                    ([one], _) => Target::Device(one.clone()),
                    (some, _) => Target::Several(some.to_vec()),
                }
            }
        }
    }

    /// Where a device is.
    pub(crate) fn room_of(&self, device: &DeviceId) -> Option<RoomId> {
        let member = self.members.iter().find(|member| member.id == *device);
        member.map(|member| member.room.clone())
    }

    fn matching(&self, sort: Option<&str>, place: &Place) -> Vec<DeviceId> {
        let is_one = |member: &&Member| {
            member.is_at(place) && (sort.is_none() || member.sort.as_deref() == sort)
        };
        self.members.iter().filter(is_one).map(|member| member.id.clone()).collect()
    }

    /// By name, by name and sort ("radio plug"), and each with its room. Only the names are
    /// expected: a recogniser need not know every way.
    fn add_devices(&mut self, plan: &Plan, tongue: &Tongue, sorts: &Sorts) {
        let mut longer = Vec::new();
        let lamps = tongue.these_lights.iter().filter(|form| !form.contains(' '));
        let lamps = lamps.filter(|_| self.kind == Kind::Light);
        let words: Vec<&String> = sorts.values().flatten().chain(lamps).collect();
        for id in plan.devices_with(self.kind.capability()) {
            let Some(device) = plan.devices.get(id) else { continue };
            let spot = Spot::of_room(plan, &device.room);
            for name in std::iter::once(&device.name).chain(&device.aliases) {
                let name = without_article(name);
                let thing = ThingName::Device { id: id.clone(), placed: false };
                self.names.add(text::joined(&name), thing.clone());
                self.names.samples.push(name.clone());
                let forms = words.iter().map(|word| format!("{name} {word}"));
                for name in std::iter::once(name.clone()).chain(forms) {
                    let placed = ThingName::Device { id: id.clone(), placed: true };
                    let with_room = |room: &String| format!("{room} {name}");
                    let names = spot.names.iter().map(with_room).chain(spot.after(&name, tongue));
                    longer.extend(names.map(|name| (name, placed.clone())));
                    longer.push((name, thing.clone()));
                }
            }
        }
        for (name, thing) in longer {
            self.names.add_behind(text::joined(&name), thing);
        }
    }

    /// Lamps have forms of their own: "the kitchen" alone is its lamps.
    fn add_lamps(&mut self, plan: &Plan, tongue: &Tongue) {
        let any = |place| ThingName::Sort { sort: None, place };
        let mut rooms = Names::new();
        for Spot { names, place } in Spot::all(plan) {
            for name in names {
                for form in &tongue.room_lights {
                    let form = form.replace('_', &name);
                    rooms.add(text::joined(&form), any(place.clone()));
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

    fn add_sorts(&mut self, plan: &Plan, tongue: &Tongue, sorts: &Sorts) {
        let spots = Spot::all(plan);
        let mut rooms = Names::new();
        let elsewhere = sorts_elsewhere(self.kind, plan, tongue);
        for (sort, words) in sorts {
            let sort = (sort != ANY).then(|| sort.clone());
            let known = !self.matching(sort.as_deref(), &Place::Everywhere).is_empty();
            let mut expected = |names: &mut Names<ThingName>, form: String| {
                if known {
                    self.words.extend(text::norms(&form));
                    names.samples.push(form);
                }
            };
            for word in words.iter().filter(|word| known || !elsewhere.contains(word.as_str())) {
                for (forms, place) in
                    [(&tongue.things.here, Place::Here), (&tongue.things.all, Place::Everywhere)]
                {
                    for form in forms {
                        let form = form.replace('#', word);
                        let name = ThingName::Sort { sort: sort.clone(), place: place.clone() };
                        self.names.add_behind(text::joined(&form), name);
                        expected(&mut self.names, form);
                    }
                }
                for Spot { names, place } in &spots {
                    for name in names {
                        for form in &tongue.things.of_room {
                            let form = form.replace('_', name).replace('#', word);
                            let (sort, place) = (sort.clone(), place.clone());
                            rooms.add(text::joined(&form), ThingName::Sort { sort, place });
                            expected(&mut rooms, form);
                        }
                    }
                }
            }
        }
        self.names.add_all_behind(rooms);
    }
}

impl Member {
    fn is_at(&self, place: &Place) -> bool {
        match place {
            Place::Here | Place::Everywhere => true,
            Place::Room(room) => self.room == *room,
            Place::Floor(floor) => self.floor.as_ref() == Some(floor),
        }
    }
}

/// A room or a floor, and how it is called: in lower case, without an article.
pub(crate) struct Spot {
    pub(crate) names: Vec<String>,
    pub(crate) place: Place,
}

impl Spot {
    /// Every room and floor of a home.
    pub(crate) fn all(plan: &Plan) -> Vec<Self> {
        let floors: BTreeSet<&String> =
            plan.rooms.values().filter_map(|room| room.floor.as_ref()).collect();
        let floor = |name: &String| Self {
            names: vec![without_article(name).to_lowercase()],
            place: Place::Floor(name.clone()),
        };
        let rooms = plan.rooms.keys().map(|id| Self::of_room(plan, id));
        rooms.chain(floors.into_iter().map(floor)).collect()
    }

    fn of_room(plan: &Plan, id: &RoomId) -> Self {
        let room = plan.rooms.get(id).into_iter();
        let names = room.flat_map(|room| std::iter::once(&room.name).chain(&room.aliases));
        Self {
            names: names.map(|name| without_article(name).to_lowercase()).collect(),
            place: Place::Room(id.clone()),
        }
    }

    /// A name with the place behind it: "the plug in the kitchen".
    fn after(&self, name: &str, tongue: &Tongue) -> impl Iterator<Item = String> {
        let places = self
            .names
            .iter()
            .flat_map(|place| tongue.within.iter().map(move |form| form.replace('_', place)));
        places.map(move |place| format!("{name} {place}"))
    }
}

/// The words of what the home has of other kinds: where it has windows that tell whether they are
/// open, "the window" is no window that could be opened.
fn sorts_elsewhere<'a>(kind: Kind, plan: &Plan, tongue: &'a Tongue) -> BTreeSet<&'a str> {
    let mut words = BTreeSet::new();
    for (other, sorts) in tongue.things.kinds.iter().filter(|(other, _)| **other != kind) {
        let devices = plan.devices_with(other.capability());
        for device in devices.filter_map(|id| plan.devices.get(id)) {
            let names = std::iter::once(&device.name).chain(&device.aliases);
            let sort = sort_of(names, sorts).unwrap_or_else(|| ANY.to_owned());
            words.extend(sorts.get(&sort).into_iter().flatten().map(String::as_str));
        }
    }
    words
}

/// The sort whose word is in a name; of several the longest: "rolgordijn" is no "gordijn".
fn sort_of<'a>(names: impl Iterator<Item = &'a String>, sorts: &Sorts) -> Option<String> {
    let names: Vec<String> = names.map(|name| text::joined(name)).collect();
    let words = sorts
        .iter()
        .flat_map(|(sort, words)| words.iter().map(move |word| (text::joined(word), sort)));
    words
        .filter(|(word, _)| names.iter().any(|name| name.contains(&**word)))
        .max_by_key(|(word, _)| word.len())
        .map(|(_, sort)| sort.clone())
}

/// The sort whose words mean all of the kind.
pub(crate) const ANY: &str = "any";

/// The words for each sort of a kind.
type Sorts = BTreeMap<String, Vec<String>>;

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
    /// The words by kind and sort; a device is of the sort that its name holds.
    kinds: BTreeMap<Kind, Sorts>,
}
