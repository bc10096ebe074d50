//! Silence: how long there was no sign of life, and whether anyone can tell. First form: one plain
//! rule with the hours and the length the plan names. It asks; it never judges.

use std::time::Duration;

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use crate::activity::{Household, Whereabouts};
use crate::device::Capability;
use crate::home::Home;
use crate::incident::Cause;
use crate::names::DeviceId;
use crate::plan::{Alone, Hours, Inactivity};
use crate::request::Alive;
use crate::time::Instant;

/// When nothing can be decided now, look again this much later.
const LOOK_AGAIN: Duration = Duration::from_secs(15 * 60);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Watching {
    /// When silence is looked at next.
    pub(crate) next_look: Option<Instant>,
}

impl Home {
    /// After a sign of life: silence can be long enough no sooner than `after` from now.
    pub(crate) fn look_at_silence_again(&mut self) {
        self.state.watching.next_look =
            self.state.plan.watch.inactivity.as_ref().map(|rule| self.at + rule.after);
    }

    pub(crate) fn look_at_silence(&mut self) {
        if self.state.watching.next_look.is_none_or(|look| look > self.at) {
            return;
        }
        let plan = std::sync::Arc::clone(&self.state.plan);
        let Some(rule) = &plan.watch.inactivity else {
            self.state.watching.next_look = None;
            return;
        };
        self.state.watching.next_look = Some(self.at + LOOK_AGAIN);
        if !self.is_watched() {
            return;
        }
        let Some(sign) = self.state.activity.last_sign.clone() else { return };
        let since = self.state.stay.back_at.map_or(sign.at, |back| back.max(sign.at));
        let due = self.silence_due(rule, since);
        if due > self.at {
            self.state.watching.next_look = Some(due);
            return;
        }
        match self.blind_sensor() {
            Some(device) => self.be_blind(&device),
            None => self.open_alarm(Cause::Inactivity { since: sign.wall }, sign.room),
        }
    }

    /// Whether silence would mean anything now.
    fn is_watched(&self) -> bool {
        let activity = &self.state.activity;
        activity.household == Household::Living
            && activity.whereabouts != Whereabouts::PerhapsOut
            && !self.has_company()
            && self.state.plan.watch.alone == Alone::Surely
            && !self.state.incidents.iter().any(|incident| incident.is_alarm())
    }

    /// When the silence that began at `since` is long enough: `after`, counted within the hours
    /// of the rule only, so that a night's sleep is not silence.
    fn silence_due(&self, rule: &Inactivity, since: Instant) -> Instant {
        let plain = since + rule.after;
        if rule.hours == Hours::ALWAYS {
            return plain;
        }
        let local = self.local();
        let opened = local
            .with()
            .time(rule.hours.from)
            .build()
            .ok()
            .filter(|opening| *opening <= local)
            .or_else(|| local.checked_sub(1.day()).ok()?.with().time(rule.hours.from).build().ok());
        let Some(opened) = opened else { return plain };
        let opened = self.state.clock.instant_of(opened.timestamp());
        let due = plain.max(opened + rule.after);
        if due > self.at || rule.hours.contains(local.time()) {
            return due;
        }
        // Long enough, but outside the hours: the count begins anew when they do.
        let next = local.checked_add(1.day()).ok().and_then(|day| {
            let today = local.with().time(rule.hours.from).build().ok();
            let tomorrow = day.with().time(rule.hours.from).build().ok();
            today.filter(|opening| *opening > local).or(tomorrow)
        });
        match next {
            Some(opening) => self.state.clock.instant_of(opening.timestamp()) + rule.after,
            None => self.at + LOOK_AGAIN,
        }
    }

    /// The sensor whose silence cannot be told from the resident's: one of the room where the
    /// resident was last noticed, or any if none at all is alive. `None`: the verdict may stand.
    fn blind_sensor(&self) -> Option<DeviceId> {
        let plan = &self.state.plan;
        let mut sensors = plan
            .devices_with(Capability::Motion)
            .chain(plan.devices_with(Capability::Opening))
            .peekable();
        let first = sensors.peek().map(|id| (*id).clone());
        let room = self.last_room();
        let mut any_alive = false;
        let mut deaf_in_room = None;
        for id in sensors {
            let alive = self.alive(id) == Alive::Proven;
            any_alive |= alive;
            let here = plan.devices.get(id).is_some_and(|device| Some(&device.room) == room);
            if here && !alive && deaf_in_room.is_none() {
                deaf_in_room = Some(id.clone());
            }
        }
        deaf_in_room.or(if any_alive { None } else { first })
    }
}
