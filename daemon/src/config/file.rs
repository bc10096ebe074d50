//! The home file as it is written: one type a section, with what each key means. From these doc
//! comments comes `docs/ref/home.md`; from the same types every mistake in a file is found.
//!
//! Names that refer to each other are still texts here; [`super::resolve`] looks them up.

use std::collections::BTreeMap;

use omzien_core::plan::{Alone, Pronoun};
use omzien_core::{Capability, Language, Opening, Power, Weekday};
use omzien_drivers::{gpio, mail, mqtt, ntfy, sound, speech};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::calendars::Calendar;
use super::format::{Clock, Name, Setting, ZoneName};
use super::scenes::Scene;
use super::sound_proof::SoundProof;

/// The whole of `home.toml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HomeFile {
    /// What the companion is called: the resident says this name to speak to it.
    pub(super) companion: Name,
    /// The language that is spoken in this home.
    #[schemars(schema_with = "language")]
    pub(super) language: Language,
    /// The time zone of the house, such as "Europe/Amsterdam".
    pub(super) zone: ZoneName,
    /// What it can talk about: names of built-in skills (`omzien skill list`), and of folders in
    /// `skills` beside this file. Help is always on.
    #[schemars(extend("maxItems" = 100))]
    pub(super) skills: Vec<String>,
    /// What is set of a skill: one `[skill.NAME]` each. Its keys are the parameters of that skill,
    /// which `omzien skill list` names with what they take.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 100))]
    pub(super) skill: BTreeMap<String, BTreeMap<String, Setting>>,
    /// The room in which the microphone stands.
    #[serde(default)]
    pub(super) microphone_room: Option<String>,
    /// Who lives here: one `[[resident]]` a person.
    #[schemars(extend("minItems" = 1, "maxItems" = 8))]
    pub(super) resident: Vec<Resident>,
    /// The rooms: one `[room.ID]` each.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 100))]
    pub(super) room: BTreeMap<String, Room>,
    /// Sensors, lights, buttons, curtains, locks: one `[device.ID]` each.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 500))]
    pub(super) device: BTreeMap<String, Device>,
    /// The people whom the resident chose: one `[circle.ID]` each. A home without is valid.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 50))]
    pub(super) circle: BTreeMap<String, Contact>,
    /// Who is reached when something is wrong, in this order: one `[[step]]` after another.
    #[serde(default)]
    #[schemars(extend("maxItems" = 20))]
    pub(super) step: Vec<Step>,
    /// What happens after the last step.
    #[serde(default)]
    pub(super) escalation: Escalation,
    /// What the house does by itself: one `[[automation]]` each.
    #[serde(default)]
    #[schemars(extend("maxItems" = 200))]
    pub(super) automation: Vec<Automation>,
    /// What is done together at a word, such as "ik ga naar bed": one `[scene.ID]` each.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 50))]
    pub(super) scene: BTreeMap<String, Scene>,
    /// When silence in the house is a reason to ask.
    #[serde(default)]
    pub(super) watch: Watch,
    /// A friendly question a day. Left out: it does not ask.
    #[serde(default)]
    pub(super) check_in: Option<CheckIn>,
    /// By when loudspeaker and microphone are proved every day. Left out: by 9:00.
    #[serde(default)]
    pub(super) sound_proof: SoundProof,
    /// What it reminds of: one `[reminder.ID]` each.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 100))]
    pub(super) reminder: BTreeMap<String, Reminder>,
    /// Calendars elsewhere that the resident chose: one `[calendar.ID]` each.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 10))]
    pub(super) calendar: BTreeMap<String, Calendar>,
    /// When nothing calm is said aloud and no good news is sent. Left out: 22:30 to 7:30.
    #[serde(default = "Hours::night")]
    pub(super) quiet_hours: Hours,
    /// The MQTT broker of Zigbee and Wi-Fi devices. Left out: Omzien brings its own.
    #[serde(default)]
    pub(super) mqtt: mqtt::Settings,
    /// The pins of a Raspberry Pi.
    #[serde(default)]
    pub(super) gpio: gpio::Settings,
    /// Messages to people through ntfy.
    #[serde(default)]
    pub(super) ntfy: ntfy::Settings,
    /// Messages to people by mail. Needed when somebody has `via.mail`.
    #[serde(default)]
    pub(super) mail: Option<mail::Settings>,
    /// Which microphone and loudspeaker.
    #[serde(default)]
    pub(super) sound: sound::Settings,
    /// How it hears and how it sounds.
    #[serde(default)]
    pub(super) speech: speech::Settings,
    /// How other words are spoken aloud, written as they sound: the companion's name, a medicine.
    /// `metoprolol = "meto prolol"`.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 200))]
    pub(super) say_as: BTreeMap<String, Name>,
}

/// Somebody who lives here.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resident {
    /// As they want to be called: "mevrouw De Wit", "Riet".
    pub(super) name: Name,
    /// As the house speaks of them where the name is too much: "mevrouw", "meneer". Left out: the
    /// name.
    #[serde(default)]
    pub(super) address: Option<Name>,
    /// How the name is spoken aloud, written as it sounds, where the voice gets it wrong.
    #[serde(default)]
    pub(super) say_as: Option<Name>,
}

/// A room.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Room {
    /// In the resident's own words: "gang".
    pub(super) name: Name,
    /// Other words for it.
    #[serde(default)]
    #[schemars(extend("maxItems" = 20))]
    pub(super) aliases: Vec<Name>,
    /// The floor that it is on, as the resident calls it: "boven". What is wanted of a floor is
    /// wanted of all its rooms.
    #[serde(default)]
    pub(super) floor: Option<Name>,
    /// What is said while the resident was last noticed here is louder by so many steps of 3 dB:
    /// the kettle sings, the loudspeaker stands far away. Below zero: softer.
    #[serde(default)]
    #[schemars(range(min = -3, max = 3))]
    pub(super) louder_steps: i8,
}

/// A sensor, light, button, siren, curtain, lock, plug, fan, thermostat or thermometer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    /// In the resident's own words: "voordeur".
    pub(super) name: Name,
    /// Other words for it.
    #[serde(default)]
    #[schemars(extend("maxItems" = 20))]
    pub(super) aliases: Vec<Name>,
    /// The ID of the room it is in.
    pub(super) room: String,
    /// What it can do. An empty list: it is only known by name.
    #[schemars(schema_with = "capabilities")]
    pub(super) can: Vec<Capability>,
    /// A door or gate to the outside: after it opens, silence inside may mean "gone out". One that
    /// opens by itself is opened by voice only after a yes.
    #[serde(default)]
    pub(super) way_out: bool,
    /// The driver it hangs on, with what that driver needs to know.
    pub(super) via: DeviceVia,
}

/// How a device is reached: exactly one of these.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceVia {
    /// A Zigbee or Wi-Fi device, as Zigbee2MQTT publishes it.
    Mqtt(mqtt::Via),
    /// Wired to a pin of the Raspberry Pi.
    Gpio(gpio::Via),
    /// A device of the simulated house.
    Simulated(Simulated),
}

impl DeviceVia {
    /// The driver's name, as in its table.
    pub fn driver(&self) -> &'static str {
        match self {
            Self::Mqtt(_) => mqtt::NAME,
            Self::Gpio(_) => "gpio",
            Self::Simulated(_) => "simulated",
        }
    }
}

/// In the simulated house. Nothing to choose.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Simulated {}

/// Somebody whom the resident chose.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    /// As the resident calls them: "Anna", "meneer Jansen".
    pub(super) name: Name,
    /// Other words for them: "mijn dochter".
    #[serde(default)]
    #[schemars(extend("maxItems" = 20))]
    pub(super) aliases: Vec<Name>,
    /// How the name is spoken aloud, written as it sounds, where the voice gets it wrong.
    #[serde(default)]
    pub(super) say_as: Option<Name>,
    /// How a sentence refers to them after the name was said.
    #[serde(default)]
    #[schemars(schema_with = "pronoun")]
    pub(super) pronoun: Pronoun,
    /// The language of their messages. Left out: that of the home.
    #[serde(default)]
    #[schemars(schema_with = "language")]
    pub(super) language: Option<Language>,
    /// When they can be reached for an alarm. Left out: day and night.
    #[serde(default)]
    pub(super) hours: Option<Hours>,
    /// What the resident lets them know. Kinship gives no right to any of it.
    #[schemars(extend("uniqueItems" = true))]
    pub(super) may_know: Vec<Knowable>,
    /// Looks after the technique: batteries, radio, software.
    #[serde(default)]
    pub(super) caretaker: bool,
    /// How to reach them; several ways are tried in the order in which they are written.
    pub(super) via: ContactVia,
}

/// What a person of the circle may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Knowable {
    /// That something is wrong, and how it goes on.
    Alarms,
    /// A good morning, and that all is well.
    GoodNews,
    /// What the house said and did today.
    Ledger,
}

/// The ways to a person.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContactVia {
    /// A message with buttons on their telephone.
    pub ntfy: Option<ntfy::Via>,
    /// A mail.
    pub mail: Option<mail::Via>,
    /// A person of the simulated house.
    pub simulated: Option<Simulated>,
}

/// Part of every day, local time.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Hours {
    /// "08:00".
    pub(super) from: Clock,
    /// Earlier than `from`: after midnight. The same as `from`: the whole day.
    pub(super) until: Clock,
}

/// One step of who is reached.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// IDs of people of the circle; they are reached at the same time.
    #[schemars(extend("minItems" = 1, "maxItems" = 20))]
    pub(super) contacts: Vec<String>,
    /// How long these people have before the next step.
    #[schemars(range(min = 1, max = 60))]
    pub(super) wait_min: u32,
}

/// After the last step.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Escalation {
    /// From the end of the last step to the first step again.
    #[schemars(range(min = 1, max = 60))]
    pub(super) again_after_min: u32,
}

impl Default for Escalation {
    fn default() -> Self {
        Self { again_after_min: 5 }
    }
}

/// "When the hall moves, the hall light goes on, and off ten minutes after."
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Automation {
    /// What sets it off.
    pub(super) when: Trigger,
    /// IDs of the lights it switches.
    #[schemars(extend("minItems" = 1, "maxItems" = 50))]
    pub(super) lights: Vec<String>,
    /// What it does with them.
    #[serde(default = "on")]
    #[schemars(schema_with = "power")]
    pub(super) power: Power,
    /// Only in these hours. Left out: day and night.
    #[serde(default)]
    pub(super) hours: Option<Hours>,
    /// Undone this long after the last time it was set off. Left out: it stays.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1440))]
    pub(super) undo_after_min: Option<u32>,
}

/// What sets an automation off: exactly one of these.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Trigger {
    /// A door, window or drawer opens or closes.
    Opening {
        /// ID of a device that can tell `opening`.
        device: String,
        /// Which of the two.
        #[schemars(schema_with = "opening")]
        is: Opening,
    },
    /// Something moves.
    Motion {
        /// ID of a device that can tell `motion`.
        device: String,
    },
}

/// When silence is a reason to ask.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Watch {
    /// Ask after so long without a sign of life. Left out: silence is never a reason.
    pub(super) inactivity: Option<Inactivity>,
    /// A device that has said nothing for this long is not known to be alive.
    #[schemars(range(min = 1, max = 168))]
    pub(super) silent_after_h: u32,
    /// Whether movement can only be the resident's. Left out: `surely` with one resident,
    /// `cannot_tell` with more.
    #[schemars(schema_with = "alone")]
    pub(super) alone: Option<Alone>,
}

impl Default for Watch {
    fn default() -> Self {
        // Zigbee sensors report at least once a day; an hour of slack.
        Self { inactivity: None, silent_after_h: 25, alone: None }
    }
}

/// The plain rule of silence.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Inactivity {
    /// No sign of life for this long, while at home.
    #[schemars(range(min = 10, max = 2880))]
    pub(super) after_min: u32,
    /// Counted within these hours. Left out: day and night.
    #[serde(default)]
    pub(super) hours: Option<Hours>,
}

/// A friendly question at a time the resident chose.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckIn {
    /// "09:00".
    pub(super) at: Clock,
}

/// Something to be reminded of.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reminder {
    /// As it is said: "uw pillen".
    pub(super) what: Name,
    /// "08:00".
    pub(super) at: Clock,
    /// On these days. Left out: every day.
    #[serde(default)]
    #[schemars(schema_with = "weekdays")]
    pub(super) days: Vec<Weekday>,
    /// It is medication: offered twice at most, the answer is kept. Left out: it is said once.
    #[serde(default)]
    pub(super) dose: Option<Dose>,
}

/// What is special about medication.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Dose {
    /// Never offered after this time of the same day, as the pharmacy says.
    pub(super) latest: Clock,
}

impl Hours {
    fn night() -> Self {
        let at = |hour, minute| Clock(jiff::civil::Time::constant(hour, minute, 0, 0));
        Self { from: at(22, 30), until: at(7, 30) }
    }
}

fn on() -> Power {
    Power::On
}

/// The words of an enum of the core, which has no schemas; a test walks each.
fn words(choices: &[(&str, &str)]) -> Schema {
    let choices: Vec<_> = choices
        .iter()
        .map(|(word, about)| serde_json::json!({ "const": word, "description": about }))
        .collect();
    json_schema!({ "oneOf": choices })
}

fn lists(choices: &[(&str, &str)]) -> Schema {
    json_schema!({ "type": "array", "items": words(choices), "maxItems": choices.len() })
}

const LANGUAGES: &[(&str, &str)] = &[("nl", "Dutch"), ("en", "English")];

/// In the order of the core.
pub(super) const CAPABILITIES: &[(&str, &str)] = &[
    ("opening", "tells whether a door, window or drawer is open"),
    ("motion", "tells whether something moves before it"),
    ("button", "is pressed by a person: the help button"),
    ("fall", "is worn, and tells when it believes that its wearer fell"),
    ("light", "can be switched on and off"),
    ("siren", "can make a loud noise"),
    ("dimmer", "beside `light`: can be brighter and dimmer"),
    ("colour", "beside `light`: can take a colour"),
    ("cover", "a curtain, blind, shutter, awning or gate that opens and closes by itself"),
    ("lock", "a door that is locked and unlocked by itself"),
    ("switch", "a plug or switch of something that is no light"),
    ("fan", "blows air"),
    ("thermostat", "keeps a temperature that it is told"),
    ("temperature", "tells how warm it is"),
];

const PRONOUNS: &[(&str, &str)] =
    &[("she", "she"), ("he", "he"), ("they", "not said: sentences are built without a pronoun")];

const POWERS: &[(&str, &str)] = &[("on", "on"), ("off", "off")];

const OPENINGS: &[(&str, &str)] = &[("open", "it opens"), ("closed", "it closes")];

const ALONES: &[(&str, &str)] = &[
    ("surely", "only the resident moves in the house"),
    ("cannot_tell", "company, or an animal that trips sensors: silence is then no reason to ask"),
];

const WEEKDAYS: &[(&str, &str)] = &[
    ("monday", "maandag"),
    ("tuesday", "dinsdag"),
    ("wednesday", "woensdag"),
    ("thursday", "donderdag"),
    ("friday", "vrijdag"),
    ("saturday", "zaterdag"),
    ("sunday", "zondag"),
];

fn language(_: &mut SchemaGenerator) -> Schema {
    words(LANGUAGES)
}

fn capabilities(_: &mut SchemaGenerator) -> Schema {
    lists(CAPABILITIES)
}

fn pronoun(_: &mut SchemaGenerator) -> Schema {
    words(PRONOUNS)
}

pub(super) fn power(_: &mut SchemaGenerator) -> Schema {
    words(POWERS)
}

fn opening(_: &mut SchemaGenerator) -> Schema {
    words(OPENINGS)
}

fn alone(_: &mut SchemaGenerator) -> Schema {
    words(ALONES)
}

fn weekdays(_: &mut SchemaGenerator) -> Schema {
    lists(WEEKDAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use std::fmt::Debug;

    /// Each word is one of the core's, and there are as many as the core has.
    fn same<T: DeserializeOwned + Serialize + Debug>(choices: &[(&str, &str)], count: usize) {
        assert_eq!(choices.len(), count, "{choices:?}");
        for (word, _) in choices {
            let value: T = serde_json::from_value((*word).into()).expect("a word of the core");
            assert_eq!(serde_json::to_value(value).expect("a word"), *word);
        }
    }

    /// A new variant in the core does not compile here until it is counted and given its word.
    #[test]
    fn every_word_of_the_core_can_be_written() {
        same::<Language>(
            LANGUAGES,
            match Language::Nl {
                Language::Nl | Language::En => 2,
            },
        );
        same::<Power>(
            POWERS,
            match Power::On {
                Power::On | Power::Off => 2,
            },
        );
        same::<Opening>(
            OPENINGS,
            match Opening::Open {
                Opening::Open | Opening::Closed => 2,
            },
        );
        same::<Alone>(
            ALONES,
            match Alone::Surely {
                Alone::Surely | Alone::CannotTell => 2,
            },
        );
        same::<Pronoun>(
            PRONOUNS,
            match Pronoun::She {
                Pronoun::She | Pronoun::He | Pronoun::They => 3,
            },
        );
        same::<Capability>(
            CAPABILITIES,
            match Capability::Light {
                Capability::Opening
                | Capability::Motion
                | Capability::Button
                | Capability::Fall
                | Capability::Light
                | Capability::Siren
                | Capability::Dimmer
                | Capability::Colour
                | Capability::Cover
                | Capability::Lock
                | Capability::Switch
                | Capability::Fan
                | Capability::Thermostat
                | Capability::Temperature => 14,
            },
        );
        for (place, (word, _)) in CAPABILITIES.iter().enumerate() {
            let capability: Capability = serde_json::from_value((*word).into()).expect("a word");
            assert_eq!(capability as usize, place, "{word}");
        }
        same::<Weekday>(WEEKDAYS, 7);
    }
}
