//! One alarm as the world sees it: what begins it, what puts it off, what it owes and by when.
//! It never looks into the home.

use omzien_core::ContactId;
use omzien_core::incident::IncidentId;

use super::{Judge, SLACK_MS};

/// A "no" that no movement confirmed is asked once more after a quarter of an hour.
const ASKED_AGAIN_MS: u64 = 15 * 60_000;

/// An alarm, from its cause to its end, as the world saw it.
#[derive(Clone, Debug)]
pub(super) struct Episode {
    pub(super) since_ms: u64,
    /// The first message must be out by then.
    pub(super) ceiling_ms: u64,
    /// A question to the resident was said; a button needs none.
    pub(super) asked: bool,
    pub(super) needs_question: bool,
    pub(super) reached: bool,
    /// The last time anything was done about it.
    pub(super) last_act_ms: u64,
    pub(super) held: Option<ContactId>,
    /// As its first message names it.
    pub(super) incident: Option<IncidentId>,
    pub(super) fell: bool,
    pub(super) rechecked: bool,
    /// The last press that called for help: nobody was being reached before it.
    pub(super) called_ms: Option<u64>,
}

/// How an alarm begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    Button,
    Fall,
    Words,
}

impl Judge {
    /// A cause came in: an episode begins, or the open one gets the nearer ceiling.
    pub(super) fn begin(&mut self, at: u64, within_ms: u64, begins: Begins) {
        let needs_question = begins != Begins::Button;
        let fell = begins == Begins::Fall;
        let called_ms = (begins == Begins::Button).then_some(at);
        let ceiling_ms = at + within_ms + SLACK_MS;
        match &mut self.open {
            Some(open) => {
                if !open.reached {
                    open.ceiling_ms = open.ceiling_ms.min(ceiling_ms);
                    open.called_ms = called_ms.or(open.called_ms);
                }
                open.needs_question &= needs_question;
                open.fell |= fell;
            }
            None => {
                self.accepted.clear();
                self.open = Some(Episode {
                    since_ms: at,
                    ceiling_ms,
                    asked: false,
                    needs_question,
                    reached: false,
                    last_act_ms: at,
                    held: None,
                    incident: None,
                    fell,
                    rechecked: false,
                    called_ms,
                });
            }
        }
    }

    /// The resident said clearly: no help. It ends an alarm that nobody has, but after a fall
    /// without movement it only puts the question off.
    pub(super) fn stand_down(&mut self, at: u64) {
        let Some(open) = self.open.as_ref().filter(|open| open.held.is_none()) else { return };
        let moved = self.moved_ms.is_some_and(|moved| moved > open.since_ms);
        if open.fell && !moved && !open.rechecked {
            self.put_off(at);
        } else {
            self.open = None;
        }
    }

    /// Nobody is reached until it was asked once more, or something new happens.
    pub(super) fn put_off(&mut self, at: u64) {
        let Some(open) = &mut self.open else { return };
        open.reached = false;
        open.ceiling_ms = at + ASKED_AGAIN_MS + SLACK_MS;
    }

    /// A question about help was said.
    pub(super) fn question(&mut self, at: u64, begins_within_ms: Option<u64>) {
        if self.open.is_none()
            && let Some(within) = begins_within_ms
        {
            self.begin(at, within, Begins::Words);
        }
        if let Some(open) = &mut self.open {
            open.asked = true;
            open.last_act_ms = open.last_act_ms.max(at);
        }
    }

    /// The home is back: what it owes is owed from now on.
    pub(super) fn light(&mut self, at: u64) {
        let was_dark = self.dark.take();
        if was_dark.is_some()
            && let Some(open) = &mut self.open
        {
            open.last_act_ms = at;
            if open.ceiling_ms != u64::MAX {
                open.ceiling_ms = open.ceiling_ms.max(at + 60_000 + SLACK_MS);
            }
        }
    }
}
