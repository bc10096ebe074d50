//! From what is written to what is meant: every name is looked up, every contradiction found.
//! It reports all of them; what had a mistake of shape is gone before it comes here, but its name
//! still counts as known, so that one slip is one mistake.

use std::collections::BTreeMap;
use std::time::Duration;

use omzien_core::names::{ContactId, DeviceId, ReminderId, RoomId};
use omzien_core::plan::{self, Alone, Grant, Grants};
use omzien_core::{Capability, Plan};
use omzien_skills::{Refused, Skills};

use super::file::{self, CAPABILITIES, HomeFile, Knowable, Trigger};
use super::format::{Clock, Name, check_id};
use super::mistake::{Mistake, Source};
use super::nearest::{list, suggest};
use super::page::Cursor;
use super::section::Section;
use super::sound_proof::SoundDevices;
use super::{ContactVia, HomeSkills, Secrets, Settings, calendars, reach, wires};

/// The outcome; the plan counts only without mistakes.
pub(super) struct Resolved {
    pub(super) plan: Plan,
    pub(super) settings: Settings,
    pub(super) skills: Skills,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<Mistake>,
}

pub(super) fn resolve<'t>(
    home_source: Source<'t>,
    home: Section<'t, HomeFile>,
    secrets_source: Source<'t>,
    secrets: Section<'t, Secrets>,
    skills: &HomeSkills,
) -> Resolved {
    let file = &home.read;
    let mut look = Look {
        home: Cursor::new(home_source, &home.sound),
        whole: Cursor::new(home_source, &home.whole),
        file,
        mistakes: Vec::new(),
        warnings: Vec::new(),
    };
    look.identifiers();
    let skills = look.skills(skills);
    let rooms = look.rooms();
    let devices = look.devices();
    let circle = look.circle();
    let plan = Plan {
        companion: file.companion.0.clone(),
        language: file.language,
        zone: file.zone.0.clone(),
        residents: file.resident.iter().map(resident).collect(),
        rooms,
        devices,
        circle,
        escalation: look.escalation(),
        automations: look.automations(),
        scenes: look.scenes(),
        watch: look.watch(),
        check_in: file.check_in.as_ref().map(|check_in| plan::CheckIn { at: check_in.at.0 }),
        reminders: look.reminders(),
        calendars: look.calendars(),
        quiet_hours: hours(Some(file.quiet_hours)),
        skills: file.skills.clone(),
        prove_sound_at: match file.sound_proof.devices {
            SoundDevices::Apart => Some(file.sound_proof.at.0),
            SoundDevices::Speakerphone => None,
        },
        voice: voice(file),
    };
    look.same_names();
    wires::check(&mut look, &secrets.read);
    let secrets_place = Cursor::new(secrets_source, &secrets.sound);
    reach::check(&mut look, &secrets_place, &secrets.read);
    calendars::check(&mut look, &secrets_place, &secrets.read);
    let Look { mistakes, warnings, .. } = look;
    let settings = settings(&home.read, secrets.read);
    Resolved { plan, settings, skills, mistakes, warnings }
}

/// Everything that is looked at and found.
pub(super) struct Look<'p, 't> {
    /// Without broken entries: positions and values as in `file`.
    pub(super) home: Cursor<'p, 't>,
    /// With them.
    whole: Cursor<'p, 't>,
    pub(super) file: &'p HomeFile,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<Mistake>,
}

impl<'p> Look<'p, '_> {
    /// The IDs of a section, broken entries included.
    fn ids(&self, section: &str) -> Vec<&'p str> {
        self.whole.at(section).keys()
    }

    /// Does the ID exist? If not, that is a mistake at `place`.
    pub(super) fn refer(&mut self, section: &str, what: &str, id: &str, place: &Cursor<'_, '_>) {
        let ids = self.ids(section);
        if !ids.contains(&id) {
            let message = format!("there is no {what} `{id}`");
            let mend = if ids.is_empty() {
                format!("add [{section}.{id}], or leave this out")
            } else {
                suggest(id, &ids)
            };
            self.mistakes.push(place.mistake(message, mend));
        }
    }

    fn identifiers(&mut self) {
        for section in ["room", "device", "circle", "reminder", "scene", "calendar"] {
            let section = self.whole.at(section);
            for id in section.keys() {
                if let Err(mend) = check_id(id) {
                    let message = format!("`{id}` cannot be an ID");
                    self.mistakes.push(section.at(id).key_mistake(message, mend));
                }
            }
        }
    }

    fn skills(&mut self, skills: &HomeSkills) -> Skills {
        let known = skills.names();
        let place = self.home.at("skills");
        for (number, name) in self.file.skills.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let message = format!("there is no skill `{name}`");
                self.mistakes.push(place.nth(number).mistake(message, suggest(name, &known)));
            }
        }
        for name in
            skills.of_the_home().filter(|name| !self.file.skills.iter().any(|it| it == name))
        {
            let message = format!("the skill `{name}` is in the folder and does not listen");
            let mend = format!("add \"{name}\" here, or take its folder away");
            self.warnings.push(place.mistake(message, mend));
        }
        let section = self.home.at("skill");
        let mut set = skills.skills.clone();
        for (name, settings) in &self.file.skill {
            let place = section.at(name);
            if !known.contains(&name.as_str()) {
                let message = format!("there is no skill `{name}`");
                self.mistakes.push(place.key_mistake(message, suggest(name, &known)));
            }
            // Of one that is left out nobody knows what it takes.
            let sound = known.contains(&name.as_str()) && !skills.left_out.contains(name);
            for (parameter, value) in settings.iter().filter(|_| sound) {
                match set.with_setting(name, parameter, &value.0) {
                    Ok(changed) => set = changed,
                    Err(Refused { problem, mend }) => {
                        self.mistakes.push(place.at(parameter).mistake(problem, mend));
                    }
                }
            }
        }
        set
    }

    fn rooms(&mut self) -> BTreeMap<RoomId, plan::Room> {
        if let Some(room) = &self.file.microphone_room {
            self.refer("room", "room", room, &self.home.at("microphone_room"));
        }
        let room = |(id, room): (&String, &file::Room)| {
            let floor = room.floor.as_ref().map(|name| name.0.clone());
            let aliases = texts(&room.aliases);
            let meant = plan::Room { name: room.name.0.clone(), aliases, floor };
            (RoomId::new(id), meant)
        };
        self.file.room.iter().map(room).collect()
    }

    fn devices(&mut self) -> BTreeMap<DeviceId, plan::Device> {
        let mut devices = BTreeMap::new();
        for (id, device) in &self.file.device {
            let place = self.home.at("device").at(id);
            self.refer("room", "room", &device.room, &place.at("room"));
            let can = |capability| device.can.contains(&capability);
            if device.way_out && !can(Capability::Opening) && !can(Capability::Cover) {
                let message = format!("`{id}` is a way out that cannot tell whether it opens");
                let mend = "add \"opening\" to `can`, or leave out `way_out`";
                self.mistakes.push(place.at("way_out").mistake(message, mend));
            }
            if (can(Capability::Dimmer) || can(Capability::Colour)) && !can(Capability::Light) {
                let message = format!("`{id}` can be dimmed or coloured, and is no light");
                let mend = "add \"light\" to `can`";
                self.mistakes.push(place.at("can").mistake(message, mend));
            }
            let mut capabilities = device.can.clone();
            capabilities.sort_unstable();
            capabilities.dedup();
            let meant = plan::Device {
                name: device.name.0.clone(),
                aliases: texts(&device.aliases),
                room: RoomId::new(&device.room),
                capabilities,
                driver: device.via.driver().to_owned(),
                way_out: device.way_out,
            };
            devices.insert(DeviceId::new(id), meant);
        }
        devices
    }

    fn circle(&mut self) -> BTreeMap<ContactId, plan::Contact> {
        let mut circle = BTreeMap::new();
        for (id, contact) in &self.file.circle {
            let grant = |knowable| {
                if contact.may_know.contains(&knowable) { Grant::Given } else { Grant::Withheld }
            };
            let meant = plan::Contact {
                name: contact.name.0.clone(),
                aliases: texts(&contact.aliases),
                pronoun: contact.pronoun,
                language: contact.language.unwrap_or(self.file.language),
                channels: reach::channels(&self.home.at("circle").at(id).at("via")),
                hours: hours(contact.hours),
                grants: Grants {
                    alarms: grant(Knowable::Alarms),
                    good_news: grant(Knowable::GoodNews),
                    ledger: grant(Knowable::Ledger),
                },
                caretaker: contact.caretaker,
            };
            circle.insert(ContactId::new(id), meant);
        }
        circle
    }

    fn escalation(&mut self) -> plan::EscalationPlan {
        let mut steps = Vec::new();
        for (position, step) in self.file.step.iter().enumerate() {
            let place = self.home.at("step").nth(position).at("contacts");
            for (number, id) in step.contacts.iter().enumerate() {
                self.step_contact(id, &place.nth(number));
                if step.contacts[..number].contains(id) {
                    let message = format!("`{id}` is in this step twice");
                    self.mistakes.push(place.nth(number).mistake(message, "name them once"));
                }
            }
            steps.push(plan::Step {
                contacts: step.contacts.iter().map(ContactId::new).collect(),
                wait: minutes(step.wait_min),
            });
        }
        let again_after = minutes(self.file.escalation.again_after_min);
        plan::EscalationPlan { steps, again_after }
    }

    fn step_contact(&mut self, id: &str, place: &Cursor<'_, '_>) {
        self.refer("circle", "person of the circle", id, place);
        let contact = self.file.circle.get(id);
        if contact.is_some_and(|contact| !contact.may_know.contains(&Knowable::Alarms)) {
            let message = format!("`{id}` is to be alarmed, but may not know of alarms");
            let mend = format!("take `{id}` out, or add \"alarms\" to their `may_know`");
            self.mistakes.push(place.mistake(message, mend));
        }
    }

    fn automations(&mut self) -> Vec<plan::Automation> {
        let mut automations = Vec::new();
        for (position, automation) in self.file.automation.iter().enumerate() {
            let place = self.home.at("automation").nth(position);
            let when = self.trigger(&automation.when, &place.at("when"));
            for (number, id) in automation.lights.iter().enumerate() {
                self.device_that(id, Capability::Light, &place.at("lights").nth(number));
            }
            automations.push(plan::Automation {
                when,
                lights: automation.lights.iter().map(DeviceId::new).collect(),
                power: automation.power,
                hours: hours(automation.hours),
                undo_after: automation.undo_after_min.map(minutes),
            });
        }
        automations
    }

    fn trigger(&mut self, trigger: &Trigger, place: &Cursor<'_, '_>) -> plan::Trigger {
        match trigger {
            Trigger::Opening { device, is } => {
                let place = place.at("opening").at("device");
                self.device_that(device, Capability::Opening, &place);
                plan::Trigger::Opening { device: DeviceId::new(device), is: *is }
            }
            Trigger::Motion { device } => {
                self.device_that(device, Capability::Motion, &place.at("motion").at("device"));
                plan::Trigger::Motion { device: DeviceId::new(device) }
            }
        }
    }

    /// The device exists and can do this.
    pub(super) fn device_that(&mut self, id: &str, capability: Capability, place: &Cursor<'_, '_>) {
        self.refer("device", "device", id, place);
        let device = self.file.device.get(id);
        if device.is_some_and(|device| !device.can.contains(&capability)) {
            let word = CAPABILITIES[capability as usize].0;
            let able: Vec<_> = self
                .file
                .device
                .iter()
                .filter(|(_, device)| device.can.contains(&capability))
                .map(|(id, _)| id.as_str())
                .collect();
            let mend = if able.is_empty() {
                format!("no device can: add \"{word}\" to the `can` of one")
            } else {
                format!("these can: {}", list(&able))
            };
            self.mistakes.push(place.mistake(format!("`{id}` cannot do `{word}`"), mend));
        }
    }

    fn watch(&mut self) -> plan::Watch {
        let watch = &self.file.watch;
        let place = self.home.at("watch");
        let several = self.whole.at("resident").len() > 1;
        let alone = watch.alone.unwrap_or(if several { Alone::CannotTell } else { Alone::Surely });
        if several && alone == Alone::Surely {
            let message = "with more than one resident, movement may be the other's";
            let mend = "write `alone = \"cannot_tell\"`, or leave it out";
            self.mistakes.push(place.at("alone").mistake(message, mend));
        }
        if watch.inactivity.is_some() {
            self.watch_can_work(alone, &place.at("inactivity"));
        }
        plan::Watch {
            inactivity: watch.inactivity.as_ref().map(|inactivity| plan::Inactivity {
                after: minutes(inactivity.after_min),
                hours: hours(inactivity.hours),
            }),
            silent_after: minutes(watch.silent_after_h * 60),
            alone,
        }
    }

    /// A rule of silence that can never ask is worth a look.
    fn watch_can_work(&mut self, alone: Alone, place: &Cursor<'_, '_>) {
        let sees = |device: &file::Device| {
            device.can.contains(&Capability::Motion) || device.can.contains(&Capability::Opening)
        };
        if alone == Alone::CannotTell {
            let message = "it cannot tell who moves, so it never asks because of silence";
            self.warnings.push(place.mistake(message, "leave the rule out"));
        } else if !self.file.device.values().any(sees) {
            let message = "no device sees a sign of life, so silence means nothing";
            let mend = "add a device that can `motion` or `opening`, or leave the rule out";
            self.warnings.push(place.mistake(message, mend));
        }
    }

    fn reminders(&mut self) -> BTreeMap<ReminderId, plan::Reminder> {
        let mut reminders = BTreeMap::new();
        for (id, reminder) in &self.file.reminder {
            if let Some(dose) = &reminder.dose
                && dose.latest.0 <= reminder.at.0
            {
                let message = "the latest time is not after the time itself";
                let mend = "write a later time of the same day, as the pharmacy says";
                let place = self.home.at("reminder").at(id).at("dose").at("latest");
                self.mistakes.push(place.mistake(message, mend));
            }
            let kind = match &reminder.dose {
                Some(file::Dose { latest: Clock(latest) }) => {
                    plan::ReminderKind::Dose { latest: *latest }
                }
                None => plan::ReminderKind::Plain,
            };
            let mut days = reminder.days.clone();
            days.sort_unstable();
            days.dedup();
            let what = reminder.what.0.clone();
            let meant = plan::Reminder { what, at: reminder.at.0, days, kind };
            reminders.insert(ReminderId::new(id), meant);
        }
        reminders
    }

    /// One spoken name for two things: it would have to guess which is meant.
    fn same_names(&mut self) {
        let people = self
            .file
            .circle
            .iter()
            .map(|(id, contact)| ("circle", id, "", &contact.name, &contact.aliases));
        let rooms =
            self.file.room.iter().map(|(id, room)| ("room", id, "", &room.name, &room.aliases));
        let devices = self.file.device.iter().map(|(id, device)| {
            ("device", id, device.room.as_str(), &device.name, &device.aliases)
        });
        let scenes = self
            .file
            .scene
            .iter()
            .map(|(id, scene)| ("scene", id, "", &scene.name, &scene.aliases));
        let mut taken: BTreeMap<(&str, &str, String), &str> = BTreeMap::new();
        for (section, id, within, name, aliases) in people.chain(rooms).chain(devices).chain(scenes)
        {
            for spoken in std::iter::once(name).chain(aliases) {
                let key = (section, within, spoken.0.to_lowercase());
                let other = *taken.entry(key).or_insert(id);
                if other != id {
                    let message = format!("\"{}\" is also the name of `{other}`", spoken.0);
                    let mend = "give one of them another name, so that it knows which is meant";
                    let place = self.home.at(section).at(id);
                    self.warnings.push(place.key_mistake(message, mend));
                }
            }
        }
    }
}

fn settings(file: &HomeFile, secrets: Secrets) -> Settings {
    let via = |(id, contact): (&String, &file::Contact)| -> (ContactId, ContactVia) {
        (ContactId::new(id), contact.via.clone())
    };
    Settings {
        devices: file
            .device
            .iter()
            .map(|(id, device)| (DeviceId::new(id), device.via.clone()))
            .collect(),
        contacts: file.circle.iter().map(via).collect(),
        calendars: calendars::settings(file),
        microphone_room: file.microphone_room.as_ref().map(RoomId::new),
        mqtt: file.mqtt.clone(),
        gpio: file.gpio,
        ntfy: file.ntfy.clone(),
        mail: file.mail.clone(),
        sound: file.sound.clone(),
        speech: file.speech.clone(),
        secrets,
    }
}

/// How it speaks: what `[speech]` says of loudness, the rooms' steps, and every pronunciation.
fn voice(file: &HomeFile) -> plan::Voice {
    let residents = file.resident.iter().map(|resident| (&resident.name, &resident.say_as));
    let contacts = file.circle.values().map(|contact| (&contact.name, &contact.say_as));
    let people = residents
        .chain(contacts)
        .filter_map(|(name, say_as)| Some((name.0.clone(), say_as.as_ref()?.0.clone())));
    let words = file.say_as.iter().map(|(written, spoken)| (written.clone(), spoken.0.clone()));
    plan::Voice {
        day_percent: file.speech.day_volume_percent,
        night_percent: file.speech.night_volume_percent,
        room_steps: file
            .room
            .iter()
            .filter(|(_, room)| room.louder_steps != 0)
            .map(|(id, room)| (RoomId::new(id), room.louder_steps))
            .collect(),
        say_as: people.chain(words).collect(),
    }
}

fn resident(resident: &file::Resident) -> plan::Resident {
    let address = resident.address.as_ref().unwrap_or(&resident.name);
    plan::Resident { name: resident.name.0.clone(), address: address.0.clone() }
}

pub(super) fn texts(names: &[Name]) -> Vec<String> {
    names.iter().map(|name| name.0.clone()).collect()
}

fn hours(hours: Option<file::Hours>) -> plan::Hours {
    hours.map_or(plan::Hours::ALWAYS, |hours| plan::Hours {
        from: hours.from.0,
        until: hours.until.0,
    })
}

pub(super) fn minutes(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}
