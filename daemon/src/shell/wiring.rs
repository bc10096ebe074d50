//! Which drivers this home needs, each with what hangs on it. A driver that cannot be opened is a
//! trouble of the home, never the end of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use omzien_core::event::{Trouble, TroubleState};
use omzien_core::names::DeviceId;
use omzien_core::{Capability, Language, Plan};
use omzien_drivers::calendar::WallClock;
use omzien_drivers::speech::chain::Chain;
use omzien_drivers::speech::recogniser::Whisper;
use omzien_drivers::speech::{self, BootClock, Hearing, confirm};
use omzien_drivers::{
    DriverError, Inbox, Input, Orders, Running, calendar, gpio, mail, model, mqtt, ntfy, simulated,
};
use tokio::sync::watch;

use super::queues::{Queues, SPEECH};
use crate::config::{DeviceVia, Settings};

/// What the drivers of a home are opened with, beside its own settings.
pub(super) struct Surroundings {
    pub(super) inbox: Inbox,
    pub(super) clock: BootClock,
    pub(super) wall: WallClock,
    pub(super) hearing: watch::Receiver<Hearing>,
    pub(super) speech: Speech,
}

/// Whether this run hears and speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    On,
    /// For measurements, and machines without sound.
    Off,
}

/// The drivers of a home, not yet running.
pub(super) struct Wired {
    pub(super) running: Vec<(&'static str, Running)>,
    pub(super) controls: Option<simulated::Controls>,
    /// What could not be opened.
    pub(super) troubles: Vec<Input>,
}

pub(super) fn wire(
    plan: &Arc<Plan>,
    settings: &Settings,
    state: &Path,
    around: &Surroundings,
    queues: &mut Queues,
) -> Wired {
    let mut wired = Wired { running: Vec::new(), controls: None, troubles: Vec::new() };
    let devices = |pick: &dyn Fn(&DeviceVia) -> bool| -> BTreeSet<DeviceId> {
        let picked = settings.devices.iter().filter(|(_, via)| pick(via));
        picked.map(|(id, _)| id.clone()).collect()
    };
    let simulated_devices = devices(&|via| matches!(via, DeviceVia::Simulated(_)));
    let simulated_people = settings.contacts.values().any(|via| via.simulated.is_some());
    if !simulated_devices.is_empty() || simulated_people {
        let wiring = simulated::Wiring::new(plan, &simulated_devices);
        wired.controls = Some(wiring.controls());
        wired.add("simulated", queues, around, |orders, inbox| {
            simulated::open(wiring, orders, inbox)
        });
    }
    let zigbee = by_via(plan, settings, |via| match via {
        DeviceVia::Mqtt(via) => Some(via.clone()),
        DeviceVia::Gpio(_) | DeviceVia::Simulated(_) => None,
    });
    if !zigbee.is_empty() {
        let wiring = mqtt::Wiring {
            settings: settings.mqtt.clone(),
            secrets: settings.secrets.mqtt.clone(),
            devices: zigbee,
        };
        wired.add("mqtt", queues, around, |orders, inbox| mqtt::open(wiring, orders, inbox));
    }
    let pins = by_via(plan, settings, |via| match via {
        DeviceVia::Gpio(via) => Some(*via),
        DeviceVia::Mqtt(_) | DeviceVia::Simulated(_) => None,
    });
    if !pins.is_empty() {
        let wiring = gpio::Wiring { settings: settings.gpio, devices: pins };
        wired.add("gpio", queues, around, |orders, inbox| gpio::open(wiring, orders, inbox));
    }
    wire_people(settings, state, around, queues, &mut wired);
    if !settings.calendars.is_empty() {
        let wiring = calendar::Wiring {
            calendars: settings.calendars.clone(),
            secrets: settings.secrets.calendar.clone(),
            zone: plan.zone.time_zone(),
            clock: Arc::clone(&around.wall),
            pacing: calendar::Pacing::default(),
        };
        wired.add(calendar::NAME, queues, around, |orders, inbox| {
            calendar::open(wiring, orders, inbox)
        });
    }
    if around.speech == Speech::On {
        let wiring = speech::Wiring {
            sound: settings.sound.clone(),
            speech: settings.speech.clone(),
            model: settings.speech.model.clone().unwrap_or_else(speech_model),
            voice_model: model_path(VOICE_MODEL),
            language: plan.language,
            room: settings.microphone_room.clone(),
            hearing: around.hearing.clone(),
            clock: Arc::clone(&around.clock),
        };
        wired.add(SPEECH, queues, around, |orders, inbox| speech::open(wiring, orders, inbox));
    }
    wired
}

fn wire_people(
    settings: &Settings,
    state: &Path,
    around: &Surroundings,
    queues: &mut Queues,
    wired: &mut Wired,
) {
    let by_ntfy: BTreeMap<_, _> = settings
        .contacts
        .iter()
        .filter_map(|(id, via)| Some((id.clone(), via.ntfy.clone()?)))
        .collect();
    if let (false, Some(secrets)) = (by_ntfy.is_empty(), settings.secrets.ntfy.clone()) {
        let wiring = ntfy::Wiring {
            settings: settings.ntfy.clone(),
            secrets,
            contacts: by_ntfy,
            cursor: Some(state.join("ntfy-cursor")),
            pacing: ntfy::Pacing::default(),
        };
        wired.add("ntfy", queues, around, |orders, inbox| ntfy::open(wiring, orders, inbox));
    }
    let by_mail: BTreeMap<_, _> = settings
        .contacts
        .iter()
        .filter_map(|(id, via)| Some((id.clone(), via.mail.clone()?)))
        .collect();
    if let (false, Some(mail_settings)) = (by_mail.is_empty(), settings.mail.clone()) {
        let wiring = mail::Wiring {
            settings: mail_settings,
            secrets: settings.secrets.mail.clone(),
            contacts: by_mail,
            timeout: mail::TIMEOUT,
        };
        wired.add("mail", queues, around, |orders, inbox| mail::open(wiring, orders, inbox));
    }
}

impl Wired {
    fn add(
        &mut self,
        name: &'static str,
        queues: &mut Queues,
        around: &Surroundings,
        open: impl FnOnce(Orders, Inbox) -> Result<Running, DriverError>,
    ) {
        match open(queues.open(name), around.inbox.clone()) {
            Ok(running) => self.running.push((name, running)),
            Err(error) => {
                tracing::warn!(driver = name, %error, "the driver does not start");
                let trouble = Trouble::Driver { name: name.to_owned() };
                let state = TroubleState::Began;
                self.troubles.push(Input::Troubled { trouble, state });
            }
        }
    }
}

/// The devices of one driver, with their capabilities.
fn by_via<V>(
    plan: &Plan,
    settings: &Settings,
    pick: impl Fn(&DeviceVia) -> Option<V>,
) -> BTreeMap<DeviceId, (V, Vec<Capability>)> {
    settings
        .devices
        .iter()
        .filter_map(|(id, via)| {
            let capabilities = plan.devices.get(id)?.capabilities.clone();
            Some((id.clone(), (pick(via)?, capabilities)))
        })
        .collect()
}

/// The model that hears, as `images/models.toml` names it.
pub const SPEECH_MODEL: &str = "whisper-base";
/// The model that tells a voice from other sounds.
pub const VOICE_MODEL: &str = "silero-vad";

/// The speech model of this machine; the usual one, if only that is here.
fn speech_model() -> PathBuf {
    let chosen = &model::for_this_machine().name;
    model::locate(chosen)
        .or_else(|_| model::locate(SPEECH_MODEL))
        .unwrap_or_else(|_| model_path(chosen))
}

/// Where a model should be. If it is not there, speech itself says so and goes on without.
fn model_path(name: &str) -> PathBuf {
    model::locate(name).unwrap_or_else(|error| {
        tracing::debug!(%error, "looked for where the system keeps it");
        let file = model::named(name).map_or("", |model| model.file.as_str());
        Path::new(model::SYSTEM_FOLDER).join(file)
    })
}

/// What `omzien transcribe` and `omzien listen` hear with: the models of this machine, or another
/// Whisper model. The error says what to do.
pub fn listening_chain(
    model: Option<PathBuf>,
    language: Language,
    threads: Option<u8>,
) -> Result<Chain, String> {
    let located = match model {
        Some(file) => Ok(file),
        None => model::locate(SPEECH_MODEL),
    };
    let file = located.map_err(|error| error.to_string())?;
    let whisper = Whisper::find(&file, language, threads).map_err(|error| error.to_string())?;
    let confirm = confirm::find(&model_path(VOICE_MODEL));
    Ok(Chain::new(confirm, Box::new(whisper)))
}
