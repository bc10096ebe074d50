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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use jiff::civil::Time;

    use super::*;
    use crate::afternoon::{Afternoon, plan};
    use crate::event::{Event, Heard};
    use crate::plan::{Hours, Voice};
    use crate::{Intent, Plan};

    /// A home in which it is day, or night, whenever the test runs.
    fn home(quiet: Hours) -> Afternoon {
        let voice =
            Voice { room_steps: BTreeMap::from([("kitchen".into(), 1)]), ..Voice::default() };
        Afternoon::begin(Plan { quiet_hours: quiet, voice, ..plan() })
    }

    fn day() -> Hours {
        // A minute in the middle of the night; the afternoon's is another.
        Hours { from: Time::constant(3, 0, 0, 0), until: Time::constant(3, 1, 0, 0) }
    }

    fn volume(home: &Afternoon) -> u8 {
        home.home.manner(Urgency::Calm).volume_percent
    }

    fn speaks(home: &mut Afternoon, change: MannerChange) -> String {
        home.hears(Intent::Speak(change));
        home.said().pop().expect("an answer").key.into_owned()
    }

    #[test]
    fn every_change_is_answered_within_bounds_and_can_be_taken_back() {
        use MannerChange::{Faster, Louder, Slower, Softer};
        let mut home = home(day());
        let at_first = home.home.manner(Urgency::Calm);
        for (change, back, changed, least) in [
            (Louder, Softer, key::SPEAK_LOUDER, key::SPEAK_LOUDEST),
            (Softer, Louder, key::SPEAK_SOFTER, key::SPEAK_SOFTEST),
            (Slower, Faster, key::SPEAK_SLOWER, key::SPEAK_SLOWEST),
            (Faster, Slower, key::SPEAK_FASTER, key::SPEAK_FASTEST),
        ] {
            let mut steps = 0;
            loop {
                let before = home.home.manner(Urgency::Calm);
                let answer = speaks(&mut home, change);
                let now = home.home.manner(Urgency::Calm);
                if answer == least {
                    assert_eq!(now, before);
                    break;
                }
                assert_eq!(answer, changed);
                assert_ne!(now, before);
                assert!((VOLUME_LEAST_PERCENT..=100).contains(&now.volume_percent));
                assert!((70..=130).contains(&now.pace_percent));
                steps += 1;
            }
            assert!((1..=STEPS_MAX).contains(&steps), "{change:?}: {steps} steps");
            // However often it was refused, the first step back is heard.
            speaks(&mut home, change);
            while home.home.manner(Urgency::Calm) != at_first {
                let before = home.home.manner(Urgency::Calm);
                speaks(&mut home, back);
                assert_ne!(home.home.manner(Urgency::Calm), before, "{change:?} is not taken back");
            }
        }
    }

    #[test]
    fn night_is_softer_and_has_steps_of_its_own() {
        let (mut by_day, mut by_night) = (home(day()), home(Hours::ALWAYS));
        assert!(volume(&by_night) < volume(&by_day));
        speaks(&mut by_night, MannerChange::Softer);
        assert!(volume(&by_night) < 35);
        // The same home, the night over.
        let voice = Voice::default();
        let plan = Plan { quiet_hours: day(), voice, ..plan() };
        by_night.happens(&Event::Configured(plan.into()));
        assert_eq!(volume(&by_night), 50);
        speaks(&mut by_day, MannerChange::Louder);
        assert_eq!(volume(&by_day), 70);
    }

    #[test]
    fn a_noisy_room_is_spoken_into_louder_and_an_alarm_is_always_full() {
        let mut home = home(Hours::ALWAYS);
        let before = volume(&home);
        let expectation = home.home.expectation();
        let intent = Intent::AskTime;
        home.happens(&Event::Heard(Heard { intent, room: Some("kitchen".into()), expectation }));
        assert_eq!(volume(&home), 49);
        assert!(volume(&home) > before);
        speaks(&mut home, MannerChange::Softer);
        assert_eq!(home.home.manner(Urgency::Alarm).volume_percent, 100);
    }

    #[test]
    fn again_is_what_was_said_before_louder() {
        let mut home = home(day());
        home.hears(Intent::AskTime);
        let time = home.said();
        speaks(&mut home, MannerChange::Louder);
        home.hears(Intent::Repeat);
        assert_eq!(home.said(), time);
    }

    #[test]
    fn it_survives_a_restart() {
        let mut home = home(day());
        home.passes(Duration::from_secs(1));
        speaks(&mut home, MannerChange::Louder);
        speaks(&mut home, MannerChange::Slower);
        let written = serde_json::to_string(&home.home.snapshot()).expect("plain data");
        let again = Home::restore(serde_json::from_str(&written).expect("the same data"));
        assert_eq!(again.manner(Urgency::Calm), home.home.manner(Urgency::Calm));
        assert_eq!(again.manner(Urgency::Calm), Manner { volume_percent: 70, pace_percent: 90 });
    }
}
