//! How it speaks: as loudly as the hour and the room ask for, and as slowly as the resident last
//! wanted. Numbers only; it makes no sound.

use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::effect::{Manner, Urgency};
use crate::home::Home;
use crate::intent::MannerChange;
use crate::reply::Reply;

/// Steps that the resident may go from what the plan says, each way.
pub const STEPS_MAX: i8 = 3;
/// Softer than this nobody hears across a room: 16 dB under the loudest.
pub const VOLUME_LEAST_PERCENT: u8 = 15;
/// Three steps softer to three louder. A step is 3 dB: about the least difference that is noticed
/// in a living room without listening for it.
const VOLUME_BY_STEP_PERCENT: [u16; 7] = [35, 50, 71, 100, 141, 200, 283];
/// Three steps slower to three faster. A difference of five per cent is just noticeable (Quené
/// 2007, Journal of Phonetics 35, 353–362); a step is twice that.
const PACE_BY_STEP_PERCENT: [u8; 7] = [70, 80, 90, 100, 110, 120, 130];

/// What the resident asked for, in steps from the plan. Day and night are apart: who says
/// "softer" at three in the morning still wants to hear the pills at eight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Adjusted {
    day_steps: i8,
    night_steps: i8,
    pace_steps: i8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Day,
    Night,
}

impl Home {
    /// How a sentence is to be spoken now. Asked when it is handed out, so that one that waited
    /// or is tried again is as loud as is right then.
    pub fn manner(&self, urgency: Urgency) -> Manner {
        let voice = &self.state.plan.voice;
        let adjusted = self.state.talk.adjusted;
        let pace_percent = by_step(&PACE_BY_STEP_PERCENT, adjusted.pace_steps);
        let (percent, steps) = match self.part_of_day() {
            Part::Day => (voice.day_percent, adjusted.day_steps),
            Part::Night => (voice.night_percent, adjusted.night_steps),
        };
        let here = self.last_room().and_then(|room| voice.room_steps.get(room)).copied();
        let steps = steps.saturating_add(here.unwrap_or(0));
        let volume_percent = match urgency {
            Urgency::Alarm => Manner::FULL.volume_percent,
            Urgency::Calm => {
                let volume = u16::from(percent) * by_step(&VOLUME_BY_STEP_PERCENT, steps) / 100;
                // Within one to a hundred, so it fits.
                volume.clamp(u16::from(VOLUME_LEAST_PERCENT), 100) as u8
            }
        };
        Manner { volume_percent, pace_percent }
    }

    /// "Louder": the answer is spoken in the new manner, so that the change is heard. At the end
    /// of what it can it says so and changes nothing, so that "softer" works at once.
    pub(crate) fn change_manner(&mut self, change: MannerChange) {
        let (before, kept) = (self.manner(Urgency::Calm), self.state.talk.adjusted);
        let part = self.part_of_day();
        let adjusted = &mut self.state.talk.adjusted;
        let volume_steps = match part {
            Part::Day => &mut adjusted.day_steps,
            Part::Night => &mut adjusted.night_steps,
        };
        let (steps, by) = match change {
            MannerChange::Louder => (volume_steps, 1),
            MannerChange::Softer => (volume_steps, -1),
            MannerChange::Slower => (&mut adjusted.pace_steps, -1),
            MannerChange::Faster => (&mut adjusted.pace_steps, 1),
        };
        *steps = (*steps + by).clamp(-STEPS_MAX, STEPS_MAX);
        let changed = self.manner(Urgency::Calm) != before;
        if !changed {
            self.state.talk.adjusted = kept;
        }
        let reply = match (change, changed) {
            (MannerChange::Louder, true) => key::SPEAK_LOUDER,
            (MannerChange::Softer, true) => key::SPEAK_SOFTER,
            (MannerChange::Slower, true) => key::SPEAK_SLOWER,
            (MannerChange::Faster, true) => key::SPEAK_FASTER,
            (MannerChange::Louder, false) => key::SPEAK_LOUDEST,
            (MannerChange::Softer, false) => key::SPEAK_SOFTEST,
            (MannerChange::Slower, false) => key::SPEAK_SLOWEST,
            (MannerChange::Faster, false) => key::SPEAK_FASTEST,
        };
        // "Louder", then "again": again is what was not heard, and not this answer.
        let said = self.state.talk.last_said.take();
        self.say(Reply::new(reply), Urgency::Calm);
        if said.is_some() {
            self.state.talk.last_said = said;
        }
    }

    fn part_of_day(&self) -> Part {
        match self.state.plan.quiet_hours.contains(self.local().time()) {
            true => Part::Night,
            false => Part::Day,
        }
    }
}

fn by_step<T: Copy>(table: &[T; 7], steps: i8) -> T {
    // Within −3 and 3 after the clamp, so a place of the table.
    table[(steps.clamp(-STEPS_MAX, STEPS_MAX) + STEPS_MAX) as usize]
}
