//! What the director of the demonstration sees: everything that crosses between the home and the
//! world, in order, each with its moment. It changes nothing.

use jiff::Timestamp;
use omzien_core::incident::Acknowledgement;
use omzien_core::{
    EffectId, Event, Heard, Now, Observation, Outcome, PendingEffect, Trouble, TroubleState,
};
use omzien_drivers::Input;
use omzien_drivers::simulated::zigbee2mqtt::Commanded;
use tokio::sync::mpsc::{self, error::TrySendError};

use super::clock::DayClock;
use crate::shell::clock::Clock;
use crate::shell::observer::Observer;
use crate::simulation::{Crossing, What};

/// Far more than happens between two looks of the director.
const UNSEEN_MAX: usize = 4096;

#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) at_ms: u64,
    pub(super) wall: Timestamp,
    pub(super) what: Happening,
}

#[derive(Clone, Debug)]
pub(super) enum Happening {
    Reading(Observation),
    /// What the recogniser wrote down, whoever it was meant for.
    Words(String),
    Heard(Heard),
    Tapped(Acknowledgement),
    Concluded(EffectId, Outcome),
    Troubled(Trouble, TroubleState),
    Handed(Box<PendingEffect>),
    /// A command that reached a device over MQTT.
    Commanded(Commanded),
}

impl Seen {
    /// As a judge sees it; some of it is not for the judge.
    pub(super) fn crossing(&self) -> Option<Crossing<'_>> {
        let what = match &self.what {
            Happening::Reading(observation) => What::Reading(observation),
            Happening::Heard(heard) => What::Heard(heard),
            Happening::Tapped(tap) => What::Tap(tap),
            Happening::Concluded(effect, outcome) => What::Outcome(*effect, outcome),
            Happening::Handed(pending) => What::Handed(pending),
            Happening::Words(_) | Happening::Troubled(..) | Happening::Commanded(_) => return None,
        };
        Some(Crossing { at_ms: self.at_ms, wall: self.wall, what })
    }
}

/// The way from the loop to the director; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Eyes {
    clock: DayClock,
    seen: mpsc::Sender<Seen>,
}

impl Eyes {
    pub(super) fn open(clock: &DayClock) -> (Self, mpsc::Receiver<Seen>) {
        let (seen, receiver) = mpsc::channel(UNSEEN_MAX);
        (Self { clock: clock.clone(), seen }, receiver)
    }

    /// Something that the loop does not see by itself.
    pub(super) fn see(&self, what: Happening) {
        let at_ms = u64::try_from(self.clock.since_boot().as_millis()).unwrap_or(u64::MAX);
        self.show(at_ms, self.clock.wall(), what);
    }

    fn show(&self, at_ms: u64, wall: Timestamp, what: Happening) {
        // Counted even if there is no room: then time stands still and the day fails, as it should
        // when its director is blind.
        self.clock.crossed();
        if let Err(TrySendError::Full(_)) = self.seen.try_send(Seen { at_ms, wall, what }) {
            tracing::error!("the director of the demonstration does not look any more");
        }
    }
}

impl Observer for Eyes {
    fn came_in(&mut self, input: &Input, event: Option<&Event>, now: &Now) {
        let show = |what| self.show(now.since_boot_ms, now.wall, what);
        match input {
            Input::Observed(observation) => show(Happening::Reading(observation.clone())),
            Input::Heard(utterance) => {
                show(Happening::Words(utterance.text.clone()));
                if let Some(Event::Heard(heard)) = event {
                    show(Happening::Heard(heard.clone()));
                }
            }
            Input::Acknowledged(tap) => show(Happening::Tapped(tap.clone())),
            Input::Concluded { effect, outcome } => {
                show(Happening::Concluded(*effect, outcome.clone()));
                self.clock.concluded(*effect);
            }
            Input::Troubled { trouble, state } => {
                show(Happening::Troubled(trouble.clone(), *state));
            }
            Input::VoiceBegan { .. }
            | Input::Requested(_)
            | Input::HeardBack(_)
            | Input::CalendarRead(_) => {}
        }
    }

    fn went_out(&mut self, pending: &PendingEffect, now: &Now) {
        self.clock.handed(pending.id);
        self.show(now.since_boot_ms, now.wall, Happening::Handed(Box::new(pending.clone())));
    }
}
