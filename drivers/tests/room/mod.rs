//! The card of a virtual room, for the tests that run in one.

use omzien_drivers::sound::Settings;
use omzien_drivers::sound::card::SystemCard;

pub(crate) use omzien_drivers::simulated::in_a_room::in_a_room;

pub(crate) fn card() -> SystemCard {
    SystemCard::new(Settings {
        microphone: Some("robotmic".to_owned()),
        speaker: Some("robotspk".to_owned()),
    })
}
