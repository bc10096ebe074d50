//! Who has the floor: the companion, or somebody who speaks over it. A voice over a sentence
//! pauses it; if it was nothing for us the sentence goes on, if it was understood the sentence is
//! over. Pure: it is told the time, and plays and hears nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use omzien_core::Urgency;

/// An alarm's sentence goes on by itself after this much silence, whatever the recogniser says.
const ALARM_SILENCE: Duration = Duration::from_secs(2);
/// How much of that silence is already past when the ears say that a voice has ended: the
/// shortest pause that ends a turn.
const ALREADY_SILENT: Duration = Duration::from_millis(800);
/// A room that never falls silent does not hold an alarm's sentence up for longer than this.
const ALARM_PAUSE_MAX: Duration = Duration::from_secs(8);
/// Nor a calm one for longer than the longest turn and its understanding take.
const CALM_PAUSE_MAX: Duration = Duration::from_secs(40);
/// A sentence is paused this often by voices that turn out to be nothing for us; then it is a
/// television, and the rest is said through. What is understood ends it still.
const PAUSES_MAX: u32 = 2;

/// What becomes of a sentence whose sound was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Onward {
    /// Go on where it stopped.
    GoOn,
    /// Nothing is decided yet; look again then, or when something changes.
    Wait(Instant),
    /// It is over: somebody was understood.
    End,
}

/// A voice in the room, from its beginning until it is known what it was.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
pub(super) struct VoiceId(u64);

/// The state of the floor. Memory: a few words for each voice that is not yet understood, and
/// the chain behind the ears bounds those.
#[derive(Debug, Default)]
pub(super) struct Floor {
    last: u64,
    /// The sentence that is being said.
    sentence: Option<Said>,
}

#[derive(Debug)]
struct Said {
    urgency: Urgency,
    /// Voices that began over it, and since when each is silent.
    over: BTreeMap<VoiceId, Option<Instant>>,
    paused_since: Option<Instant>,
    pauses: u32,
    understood: bool,
}

impl Floor {
    /// A sentence begins. Voices that began before it belong to something else: whatever becomes
    /// of them, they do not end it.
    pub(super) fn begin(&mut self, urgency: Urgency) {
        self.sentence = Some(Said {
            urgency,
            over: BTreeMap::new(),
            paused_since: None,
            pauses: 0,
            understood: false,
        });
    }

    pub(super) fn finish(&mut self) {
        self.sentence = None;
    }

    pub(super) fn voice_began(&mut self, now: Instant) -> VoiceId {
        self.last += 1;
        let id = VoiceId(self.last);
        if let Some(said) = &mut self.sentence {
            said.over.insert(id, None);
            if said.paused_since.is_none() && said.pauses < PAUSES_MAX {
                said.paused_since = Some(now);
                said.pauses += 1;
            }
        }
        id
    }

    /// It fell silent; what it said is not known yet.
    pub(super) fn voice_ended(&mut self, id: VoiceId, now: Instant) {
        if let Some(silent) = self.voice(id) {
            *silent = Some(now);
        }
    }

    /// It was nothing for us.
    pub(super) fn nothing(&mut self, id: VoiceId) {
        if let Some(said) = &mut self.sentence {
            said.over.remove(&id);
            if said.over.is_empty() {
                said.paused_since = None;
            }
        }
    }

    /// It said something that is ours to answer.
    pub(super) fn understood(&mut self, id: VoiceId) {
        if self.voice(id).is_some()
            && let Some(said) = &mut self.sentence
        {
            said.understood = true;
        }
    }

    /// Whether the sound must stop now.
    pub(super) fn must_stop(&self) -> bool {
        self.sentence.as_ref().is_some_and(|said| said.understood || said.paused_since.is_some())
    }

    /// What becomes of the sentence.
    pub(super) fn onward(&mut self, now: Instant) -> Onward {
        let Some(said) = &mut self.sentence else { return Onward::End };
        if said.understood {
            return Onward::End;
        }
        let Some(since) = said.paused_since else { return Onward::GoOn };
        let until = match said.urgency {
            Urgency::Calm => since + CALM_PAUSE_MAX,
            Urgency::Alarm => {
                let longest = since + ALARM_PAUSE_MAX;
                // Somebody who still speaks is waited for.
                let silent: Option<Vec<Instant>> = said.over.values().copied().collect();
                let silent = silent.and_then(|silent| silent.into_iter().max());
                silent.map_or(longest, |silent| {
                    longest.min(silent + (ALARM_SILENCE - ALREADY_SILENT))
                })
            }
        };
        if now < until {
            return Onward::Wait(until);
        }
        said.paused_since = None;
        Onward::GoOn
    }

    fn voice(&mut self, id: VoiceId) -> Option<&mut Option<Instant>> {
        self.sentence.as_mut()?.over.get_mut(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saying(urgency: Urgency) -> (Floor, Instant) {
        let mut floor = Floor::default();
        floor.begin(urgency);
        assert!(!floor.must_stop());
        (floor, Instant::now())
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_voice_that_was_nothing_lets_the_sentence_go_on() {
        let (mut floor, now) = saying(Urgency::Calm);
        let voice = floor.voice_began(now);
        assert!(floor.must_stop());
        floor.voice_ended(voice, now + SECOND);
        assert_eq!(floor.onward(now + SECOND), Onward::Wait(now + CALM_PAUSE_MAX));
        floor.nothing(voice);
        assert_eq!(floor.onward(now + SECOND), Onward::GoOn);
        assert!(!floor.must_stop());
    }

    #[test]
    fn what_is_understood_ends_the_sentence() {
        for urgency in [Urgency::Calm, Urgency::Alarm] {
            let (mut floor, now) = saying(urgency);
            let first = floor.voice_began(now);
            let second = floor.voice_began(now);
            floor.nothing(first);
            assert!(floor.must_stop(), "the second is not known yet");
            floor.understood(second);
            assert_eq!(floor.onward(now), Onward::End);
        }
    }

    #[test]
    fn words_from_before_the_sentence_do_not_end_it() {
        let (mut floor, now) = saying(Urgency::Calm);
        let before = floor.voice_began(now);
        floor.begin(Urgency::Calm);
        floor.understood(before);
        assert!(!floor.must_stop());
        assert_eq!(floor.onward(now), Onward::GoOn);
    }

    #[test]
    fn an_alarm_goes_on_after_two_seconds_of_silence_by_itself() {
        let (mut floor, now) = saying(Urgency::Alarm);
        let voice = floor.voice_began(now);
        assert_eq!(floor.onward(now), Onward::Wait(now + ALARM_PAUSE_MAX));
        floor.voice_ended(voice, now + SECOND);
        // 0.8 s of the two seconds were the pause by which the ears knew that it had ended.
        let due = now + SECOND + Duration::from_millis(1_200);
        assert_eq!(floor.onward(now + SECOND), Onward::Wait(due));
        assert_eq!(floor.onward(due), Onward::GoOn);
        // What is understood late ends it still.
        floor.understood(voice);
        assert_eq!(floor.onward(due), Onward::End);
    }

    #[test]
    fn a_room_that_never_falls_silent_holds_nothing_up_for_ever() {
        for (urgency, longest) in
            [(Urgency::Alarm, ALARM_PAUSE_MAX), (Urgency::Calm, CALM_PAUSE_MAX)]
        {
            let (mut floor, now) = saying(urgency);
            let _ = floor.voice_began(now);
            assert_eq!(floor.onward(now), Onward::Wait(now + longest));
            assert_eq!(floor.onward(now + longest), Onward::GoOn);
        }
        let (mut floor, now) = saying(Urgency::Calm);
        let pauses = (0..10)
            .filter(|_| {
                let voice = floor.voice_began(now);
                let paused = floor.must_stop();
                floor.nothing(voice);
                paused
            })
            .count();
        assert_eq!(pauses, PAUSES_MAX as usize);
    }
}
