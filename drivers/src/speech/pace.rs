//! How long this person pauses: the silence that ends a turn. It begins as for anybody and learns
//! from the pauses inside turns, and from turns that went on just after they were ended. Pure, and
//! forgotten at the end of the run: how slowly somebody speaks is a thing about them that nobody
//! agreed to have written down, and it is learnt anew in a few sentences.

use std::collections::VecDeque;

use omzien_core::Expects;

/// The pause that ends a turn of somebody who is not known yet. Assistants for the young use half
/// a second.
pub const PAUSE_MS: u64 = 800;
/// No pause is waited out for longer.
pub const PAUSE_MAX_MS: u64 = 3_000;
/// A yes or no is one word, and whoever says more goes on sooner: so much less of a pause. It is
/// less than [`MARGIN_MS`], so that nobody is cut off within what they are known by.
const SHORTER_AFTER_YES_NO_MS: u64 = 200;
/// Added to the person's own long pauses, so that the next one just a little longer is none.
const MARGIN_MS: u64 = 300;
/// The pauses that count: more than this makes no pace better known, and an older one is of
/// another day.
const REMEMBERED: usize = 32;
/// The share of them that a turn must survive.
const SURVIVED_PERCENT: usize = 90;
/// Nobody is known by less than this.
const KNOWN_BY: usize = 4;
/// A turn that goes on within this after its end was cut off; later it is another sentence.
pub(super) const CONTINUES_WITHIN_MS: u64 = 1_500;
/// Being cut off is worse than waiting: it counts for as many pauses.
const CUT_OFF_COUNTS: usize = 3;

/// What is known of one home's pauses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    pauses_ms: VecDeque<u64>,
}

impl Pace {
    /// Takes the pauses inside a turn that was meant for us. (A television's are not the
    /// resident's: whoever calls this tells them apart.)
    pub fn learn(&mut self, pauses_ms: &[u64]) {
        pauses_ms.iter().for_each(|pause| self.remember(*pause));
    }

    /// The voice came back this long after a turn had been ended by a pause of `pause_ms`. Says
    /// whether it was the same turn, cut off.
    pub fn went_on(&mut self, silent_ms: u64, pause_ms: u64) -> bool {
        let cut_off = silent_ms >= pause_ms && silent_ms <= pause_ms + CONTINUES_WITHIN_MS;
        if cut_off {
            (0..CUT_OFF_COUNTS).for_each(|_| self.remember(silent_ms));
        }
        cut_off
    }

    /// The pause that ends a turn now: shorter after a question for yes or no, longer after one
    /// that needs thought.
    pub fn pause_ms(&self, expects: Expects) -> u64 {
        let own = self.own_ms();
        match expects {
            // "No – not yet": what is said about a dose is often more than one word.
            Expects::Anything | Expects::Dose => own,
            Expects::YesNo | Expects::Confirm => own - SHORTER_AFTER_YES_NO_MS,
            Expects::Time
            | Expects::Day
            | Expects::Number
            | Expects::Name
            | Expects::Words
            | Expects::Request => (own * 3 / 2).min(PAUSE_MAX_MS),
        }
    }

    fn own_ms(&self) -> u64 {
        if self.pauses_ms.len() < KNOWN_BY {
            return PAUSE_MS;
        }
        let mut sorted: Vec<u64> = self.pauses_ms.iter().copied().collect();
        sorted.sort_unstable();
        // Below the length: the share is less than the whole.
        let long = sorted[sorted.len() * SURVIVED_PERCENT / 100];
        (long + MARGIN_MS).clamp(PAUSE_MS, PAUSE_MAX_MS)
    }

    fn remember(&mut self, pause_ms: u64) {
        if self.pauses_ms.len() == REMEMBERED {
            self.pauses_ms.pop_front();
        }
        self.pauses_ms.push_back(pause_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Expects = Expects::Anything;

    #[test]
    fn a_stranger_gets_the_usual_pause() {
        let mut pace = Pace::default();
        assert_eq!(pace.pause_ms(FREE), 800);
        pace.learn(&[2_000, 2_000, 2_000]);
        assert_eq!(pace.pause_ms(FREE), 800, "three pauses are nobody's pace");
    }

    #[test]
    fn a_question_shortens_or_lengthens_it() {
        let pace = Pace::default();
        assert_eq!(pace.pause_ms(Expects::YesNo), 600);
        assert_eq!(pace.pause_ms(Expects::Dose), 800, "\"no – not yet\" is one answer");
        for thought in [Expects::Time, Expects::Number, Expects::Name] {
            assert_eq!(pace.pause_ms(thought), 1_200);
        }
        let mut slow = Pace::default();
        slow.learn(&[2_600; 10]);
        assert_eq!(slow.pause_ms(FREE), 2_900);
        assert_eq!(slow.pause_ms(Expects::YesNo), 2_700, "a slow yes is waited for, too");
        assert_eq!(slow.pause_ms(Expects::Time), PAUSE_MAX_MS);
    }

    /// Pauses of 1.4 s that a stranger's pause cuts off: by the second sentence it is known.
    #[test]
    fn whoever_is_cut_off_is_soon_let_finish() {
        let mut pace = Pace::default();
        let mut cut_off = 0;
        for _ in 0..20 {
            let pause = pace.pause_ms(FREE);
            if 1_400 > pause {
                assert!(pace.went_on(1_400, pause));
                cut_off += 1;
            } else {
                pace.learn(&[1_400]);
            }
        }
        assert_eq!(cut_off, 2);
    }

    #[test]
    fn the_next_sentence_is_no_cut_off_one() {
        let mut pace = Pace::default();
        assert!(!pace.went_on(2_400, 800));
        assert!(!pace.went_on(500, 800), "that was no end at all");
        assert_eq!(pace, Pace::default());
    }

    #[test]
    fn a_quick_voice_makes_nobody_hurry_and_nothing_exceeds_the_bound() {
        let mut pace = Pace::default();
        pace.learn(&[210; 1_000]);
        assert_eq!(pace.pause_ms(FREE), 800);
        assert_eq!(pace.pauses_ms.len(), REMEMBERED);
        pace.learn(&[60_000; 1_000]);
        assert_eq!(pace.pause_ms(FREE), PAUSE_MAX_MS);
    }

    /// One thoughtful pause in many is not a pace; and a slow day is forgotten with time.
    #[test]
    fn it_follows_the_person() {
        let mut pace = Pace::default();
        pace.learn(&[400; 30]);
        pace.learn(&[2_500]);
        assert_eq!(pace.pause_ms(FREE), 800);
        pace.learn(&[2_000; 6]);
        assert_eq!(pace.pause_ms(FREE), 2_300);
        pace.learn(&[400; REMEMBERED]);
        assert_eq!(pace.pause_ms(FREE), 800);
    }

    /// Random people: whatever is learnt, the pause stays within its bounds.
    #[test]
    fn it_stays_within_its_bounds() {
        let mut seed = 5_u64;
        let mut pace = Pace::default();
        for _ in 0..10_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let pause = (seed >> 40) % 5_000;
            if seed & 1 == 0 {
                pace.learn(&[pause]);
            } else {
                pace.went_on(pause, pace.pause_ms(FREE));
            }
            let answers = [Expects::YesNo, Expects::Dose, Expects::Time];
            for expects in answers.into_iter().chain([FREE, Expects::Number, Expects::Name]) {
                let pause = pace.pause_ms(expects);
                assert!((600..=PAUSE_MAX_MS).contains(&pause), "{pause} ms");
            }
        }
    }
}
