//! What a sentence about the things of the house means: which are named, and what is to be done
//! with them or asked about them. A table from the words of skill.toml to those of the core.

use omzien_core::colour::Colour;
use omzien_core::device::{Bolt, Celsius, Move, Percent, Power, Step};
use omzien_core::intent::{Act, Asked, Given, Target};
use omzien_core::{Intent, SceneId};

use super::{Captured, Value};
use crate::skill::Means;
use crate::things::{ANY, Kind, Place, ThingName};

/// What a meaning without a value of its own does, and with what where nothing is named.
const OPERATES: &[(Means, Kind, Act)] = &[
    (Means::SwitchOn, Kind::Light, Act::Switch(Power::On)),
    (Means::SwitchOff, Kind::Light, Act::Switch(Power::Off)),
    (Means::Brighter, Kind::Light, Act::Step(Step::Up)),
    (Means::Dimmer, Kind::Light, Act::Step(Step::Down)),
    (Means::Open, Kind::Cover, Act::Move(Move::Open)),
    (Means::Close, Kind::Cover, Act::Move(Move::Close)),
    (Means::Stop, Kind::Cover, Act::Move(Move::Stop)),
    (Means::Lock, Kind::Lock, Act::Bolt(Bolt::Locked)),
    (Means::Unlock, Kind::Lock, Act::Bolt(Bolt::Unlocked)),
    (Means::Warmer, Kind::Thermostat, Act::Step(Step::Up)),
    (Means::Cooler, Kind::Thermostat, Act::Step(Step::Down)),
];
const ASKS: &[(Means, Kind, Asked)] = &[
    (Means::AskOn, Kind::Light, Asked::On),
    (Means::AskOff, Kind::Light, Asked::Off),
    (Means::AskOpen, Kind::Door, Asked::Open),
    (Means::AskClosed, Kind::Door, Asked::Closed),
    (Means::AskLocked, Kind::Lock, Asked::Locked),
    (Means::AskUnlocked, Kind::Lock, Asked::Unlocked),
    (Means::AskHow, Kind::Door, Asked::How),
    (Means::AskTemperature, Kind::Sensor, Asked::Temperature),
    (Means::AskSetting, Kind::Thermostat, Asked::Setting),
];

impl Captured<'_> {
    /// What the tables above say of a meaning.
    pub(super) fn of_the_house(&self, means: Means) -> Option<Intent> {
        let operates = OPERATES.iter().find(|(known, ..)| *known == means);
        let asks = ASKS.iter().find(|(known, ..)| *known == means);
        match (operates, asks) {
            (Some((_, kind, act)), _) => Some(self.operate(*kind, *act)),
            (None, Some((_, kind, is))) => {
                Some(Intent::AskState { what: self.things_or(*kind), is: *is })
            }
            (None, None) => None,
        }
    }

    pub(super) fn operate(&self, kind: Kind, act: Act) -> Intent {
        Intent::Operate { what: self.things_or(kind), act }
    }

    /// `None`: a sentence of ours with a value that is none ("at four hundred percent").
    pub(super) fn level(&self) -> Option<Intent> {
        Some(self.operate(Kind::Light, Act::Level(self.percent()?)))
    }

    pub(super) fn colour(&self) -> Option<Intent> {
        let colour = self.listed(Colour::named)?;
        Some(self.operate(Kind::Light, Act::Colour(colour)))
    }

    pub(super) fn temperature(&self) -> Option<Intent> {
        Some(self.operate(Kind::Thermostat, Act::Temperature(self.degrees()?)))
    }

    pub(super) fn scene(&self) -> Option<SceneId> {
        self.first(|given| if let Given::Scene(it) = given { Some(it.clone()) } else { None })
    }

    /// What is named, with the room if that is named apart: "all lights off in the kitchen".
    pub(super) fn target(&self, kind: Kind, name: &ThingName) -> Target {
        let listener = self.listener;
        let things = listener.vocabulary.things(kind, listener.engine.language);
        things.target(name, self.place().as_ref(), listener.hearing.room)
    }

    /// What the name of a thing says beside which it is: its room or floor, and its sort.
    pub(super) fn named_with(
        &self,
        kind: Kind,
        name: &ThingName,
    ) -> impl Iterator<Item = (&'static str, Given)> {
        let listener = self.listener;
        let things = listener.vocabulary.things(kind, listener.engine.language);
        let (place, sort) = match name {
            ThingName::Device { id, placed: true } => (things.room_of(id).map(Given::Room), None),
            ThingName::Device { placed: false, .. } | ThingName::Last => (None, None),
            ThingName::Sort { sort, place } => {
                let place = match place {
                    Place::Here | Place::Everywhere => None,
                    Place::Room(room) => Some(Given::Room(room.clone())),
                    Place::Floor(floor) => Some(Given::Floor(floor.clone())),
                };
                let id = sort.clone().unwrap_or_else(|| ANY.to_owned());
                (place, Some(Given::Listed { written: id.clone(), id }))
            }
        };
        [("room", place), ("sort", sort)]
            .into_iter()
            .filter_map(|(slot, given)| given.map(|given| (slot, given)))
    }

    /// The room or floor that is named apart.
    pub(super) fn place(&self) -> Option<Place> {
        self.first(|given| match given {
            Given::Room(room) => Some(Place::Room(room.clone())),
            Given::Floor(floor) => Some(Place::Floor(floor.clone())),
            Given::Listed { .. }
            | Given::Things(_)
            | Given::Scene(_)
            | Given::Device(_)
            | Given::Contact(_)
            | Given::When(_)
            | Given::Stretch(_)
            | Given::Duration(_)
            | Given::Number(_)
            | Given::Tenths(_)
            | Given::Words(_) => None,
        })
    }

    /// What is named; where nothing is, those here: "it is so dark".
    fn things_or(&self, kind: Kind) -> Target {
        let named = self.matched.taken.iter().find_map(|taken| match &taken.value {
            Value::Thing(kind, name) => Some((*kind, name)),
            Value::Given(_) | Value::Words => None,
        });
        match named {
            // The temperature of a room is set on its thermostat.
            Some((Kind::Sensor, ThingName::Sort { place, .. })) if kind == Kind::Thermostat => {
                self.target(kind, &ThingName::Sort { sort: None, place: place.clone() })
            }
            Some((kind, name)) => self.target(kind, name),
            None => self.target(kind, &ThingName::Sort { sort: None, place: Place::Here }),
        }
    }

    fn listed<T>(&self, pick: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.first(|given| if let Given::Listed { id, .. } = given { pick(id) } else { None })
    }

    /// A number, or a word of a list whose entries are numbers: "half".
    fn percent(&self) -> Option<Percent> {
        let number = self.number().or_else(|| self.listed(|id| id.parse().ok()))?;
        Percent::new(number)
    }

    fn degrees(&self) -> Option<Celsius> {
        let tenths =
            self.first(|given| if let Given::Tenths(it) = given { Some(*it) } else { None });
        let tenths = tenths.or_else(|| self.number()?.checked_mul(10))?;
        Celsius::tenths(i32::try_from(tenths).ok()?)
    }
}
