//! Where a turn of speech begins and ends. A pure state machine: it is given frames of sound, each
//! with how likely it is a voice, and gives back whole turns. It has no clock (it counts samples),
//! no detector and no microphone.

use std::collections::VecDeque;

use omzien_core::Expects;

use super::pace::PAUSE_MS;
use crate::sound::RATE_HZ;

/// Samples of one frame: 16 ms, what the detector takes.
pub const FRAME: usize = 256;
const FRAME_MS: u64 = FRAME as u64 * 1_000 / RATE_HZ as u64;

/// Kept from before the first voiced frame, so that a soft "h" or "s" is not cut off.
const PRE_ROLL: usize = frames(400);

/// A turn begins when this many of the last [`ONSET_WINDOW`] frames are voiced: a click, a cup put
/// down, are shorter.
const ONSET: usize = frames(80);
/// While an answer is awaited a short "ja" must not be missed; what is no voice is told from it
/// by whoever confirms the turn.
const ONSET_OF_ANSWER: usize = frames(48);
const ONSET_WINDOW: usize = frames(160);

/// Of the closing pause this much is kept: Whisper ends a sentence better in a little silence.
const POST_ROLL: usize = frames(800);

/// A shorter silence is the gap before a "p" or "t", and says nothing about a person's pace.
const PAUSE_COUNTS: usize = frames(200);

/// The longest turn; Whisper hears 30 s at once. What goes on after it is another turn.
const LONGEST: usize = frames(28_000);

/// A voice begins above this likelihood and lasts while it stays above the lower one.
const VOICE_BEGINS: f32 = 0.5;
const VOICE_LASTS: f32 = 0.35;

const fn frames(ms: usize) -> usize {
    ms * RATE_HZ as usize / 1000 / FRAME
}

/// One turn of speech, with its pre-roll and some of its closing pause.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    pub samples: Vec<f32>,
    /// The silences inside it that somebody thought in, milliseconds: at most 140 of them fit.
    pub pauses_ms: Vec<u64>,
    /// The silence that ended it, milliseconds; nearly none if it was cut for its length.
    pub pause_ms: u64,
    /// Counted in samples since the machine started; where the voice began, not the pre-roll.
    pub began: u64,
    /// Where the voice ended, not the pause.
    pub ended: u64,
    pub end: End,
    /// How little was taken for its beginning.
    pub onset: Onset,
}

impl Turn {
    /// From the first to the last sound of the voice, milliseconds.
    pub fn voice_ms(&self) -> u64 {
        (self.ended - self.began) * 1_000 / u64::from(RATE_HZ)
    }

    /// How much of its closing pause it holds, samples.
    pub(super) fn silence_after(&self) -> usize {
        ((self.pause_ms / FRAME_MS) as usize).min(POST_ROLL) * FRAME
    }

    /// How much sound it holds, milliseconds.
    pub fn sound_ms(&self) -> u64 {
        self.samples.len() as u64 * 1_000 / u64::from(RATE_HZ)
    }
}

/// How little is a beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Onset {
    #[default]
    Sentence,
    /// After a question: one short word is enough.
    Answer,
}

impl Onset {
    /// What begins a turn while this is expected.
    pub fn of(expects: Expects) -> Self {
        match expects {
            Expects::Anything => Self::Sentence,
            Expects::YesNo
            | Expects::Confirm
            | Expects::Dose
            | Expects::Time
            | Expects::Day
            | Expects::Number
            | Expects::Name
            | Expects::Words
            | Expects::Request => Self::Answer,
        }
    }
}

/// Why a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Pause,
    TooLong,
    /// The microphone was closed or the file ended.
    Closed,
}

/// The machine. Memory: at most [`LONGEST`] of sound, 1.8 MB.
#[derive(Debug)]
pub struct EndPointer {
    /// Frames since the start.
    clock: u64,
    /// Frames of silence that end a turn.
    pause: u64,
    onset: Onset,
    state: State,
}

impl Default for EndPointer {
    fn default() -> Self {
        Self {
            clock: 0,
            pause: PAUSE_MS / FRAME_MS,
            onset: Onset::default(),
            state: State::default(),
        }
    }
}

#[derive(Debug)]
enum State {
    /// The last frames, in case a turn begins, and which of them were voiced.
    Quiet {
        before: VecDeque<f32>,
        voiced: VecDeque<bool>,
    },
    Speaking {
        samples: Vec<f32>,
        began: u64,
        last_voice: u64,
        pauses_ms: Vec<u64>,
    },
}

impl Default for State {
    fn default() -> Self {
        Self::Quiet { before: VecDeque::new(), voiced: VecDeque::new() }
    }
}

impl EndPointer {
    /// From now on, what ends a turn and what begins one.
    pub fn attend(&mut self, pause_ms: u64, onset: Onset) {
        self.pause = (pause_ms / FRAME_MS).max(1);
        self.onset = onset;
    }

    /// Takes one frame ([`FRAME`] samples) with the likelihood of a voice in it, 0 to 1.
    pub fn push(&mut self, frame: &[f32], voice: f32) -> Option<Turn> {
        self.clock += 1;
        match &mut self.state {
            State::Quiet { .. } => {
                self.wait(frame, voice);
                None
            }
            State::Speaking { samples, last_voice, pauses_ms, .. } => {
                samples.extend_from_slice(frame);
                let silent = self.clock - *last_voice;
                if voice >= VOICE_LASTS {
                    if silent > PAUSE_COUNTS as u64 {
                        pauses_ms.push((silent - 1) * FRAME_MS);
                    }
                    *last_voice = self.clock;
                } else if silent >= self.pause {
                    return self.finish(End::Pause);
                }
                if samples.len() >= LONGEST * FRAME { self.finish(End::TooLong) } else { None }
            }
        }
    }

    /// Keeps a frame in case a turn begins; begins one when enough of the last are voiced.
    fn wait(&mut self, frame: &[f32], voice: f32) {
        let State::Quiet { before, voiced } = &mut self.state else { return };
        before.extend(frame);
        let surplus = before.len().saturating_sub((PRE_ROLL + ONSET_WINDOW) * FRAME);
        before.drain(..surplus);
        voiced.push_back(voice >= VOICE_BEGINS);
        if voiced.len() > ONSET_WINDOW {
            voiced.pop_front();
        }
        let enough = match self.onset {
            Onset::Sentence => ONSET,
            Onset::Answer => ONSET_OF_ANSWER,
        };
        if voiced.iter().filter(|voiced| **voiced).count() < enough {
            return;
        }
        // The count is at least one, so a first voiced frame exists.
        let first = voiced.iter().position(|voiced| *voiced).unwrap_or_default();
        let since_first = voiced.len() - first;
        let kept = ((PRE_ROLL + since_first) * FRAME).min(before.len());
        before.drain(..before.len() - kept);
        self.state = State::Speaking {
            samples: before.drain(..).collect(),
            began: self.clock - since_first as u64,
            last_voice: self.clock,
            pauses_ms: Vec::new(),
        };
    }

    /// The microphone closed: what was begun is a turn, too.
    pub fn close(&mut self) -> Option<Turn> {
        self.finish(End::Closed)
    }

    /// Forgets a turn that was begun: what was heard was the companion itself.
    pub fn forget(&mut self) {
        self.state = State::default();
    }

    /// The sample at which the turn that is being heard began.
    pub fn began(&self) -> Option<u64> {
        match &self.state {
            State::Quiet { .. } => None,
            State::Speaking { began, .. } => Some(began * FRAME as u64),
        }
    }

    /// Samples taken since the start.
    pub fn heard(&self) -> u64 {
        self.clock * FRAME as u64
    }

    fn finish(&mut self, end: End) -> Option<Turn> {
        match std::mem::take(&mut self.state) {
            State::Quiet { .. } => None,
            State::Speaking { mut samples, began, last_voice, pauses_ms } => {
                let silent = self.clock - last_voice;
                let surplus = (silent as usize).saturating_sub(POST_ROLL) * FRAME;
                samples.truncate(samples.len().saturating_sub(surplus));
                Some(Turn {
                    samples,
                    pauses_ms,
                    pause_ms: silent * FRAME_MS,
                    began: began * FRAME as u64,
                    ended: last_voice * FRAME as u64,
                    end,
                    onset: self.onset,
                })
            }
        }
    }
}

/// The detector (earshot, its weights built in) in front of the machine: samples in, turns out.
/// earshot scored best of the detectors that run on every frame: measured on speech with noise at
/// 5 dB it found every utterance, at a tenth of Silero's cost; it takes music for a voice, which
/// the gate behind the recogniser catches.
pub struct Ears {
    detector: Box<earshot::Detector>,
    pointer: EndPointer,
    rest: Vec<f32>,
}

impl Default for Ears {
    fn default() -> Self {
        let detector = earshot::Detector::new_boxed(earshot::DefaultPredictor::new());
        Self { detector, pointer: EndPointer::default(), rest: Vec::new() }
    }
}

impl Ears {
    /// From now on, what ends a turn (milliseconds of silence) and what begins one.
    pub fn attend(&mut self, pause_ms: u64, onset: Onset) {
        self.pointer.attend(pause_ms, onset);
    }

    /// Takes samples in blocks of any size; gives the turns that ended in them.
    pub fn push(&mut self, samples: &[f32]) -> Vec<Turn> {
        let mut turns = Vec::new();
        self.rest.extend(samples.iter().map(|sample| sample.clamp(-1.0, 1.0)));
        let whole = self.rest.len() - self.rest.len() % FRAME;
        for frame in self.rest[..whole].chunks_exact(FRAME) {
            let voice = self.detector.predict_f32(frame);
            turns.extend(self.pointer.push(frame, voice));
        }
        self.rest.drain(..whole);
        turns
    }

    pub fn close(&mut self) -> Option<Turn> {
        self.detector.reset();
        self.rest.clear();
        self.pointer.close()
    }

    pub fn forget(&mut self) {
        self.detector.reset();
        self.rest.clear();
        self.pointer.forget();
    }

    pub fn began(&self) -> Option<u64> {
        self.pointer.began()
    }

    pub fn heard(&self) -> u64 {
        self.pointer.heard() + self.rest.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pushes `(ms, likelihood)` stretches; samples carry their frame's number.
    fn hear(pointer: &mut EndPointer, stretches: &[(usize, f32)]) -> Vec<Turn> {
        let mut turns = Vec::new();
        for (ms, voice) in stretches {
            for _ in 0..frames(*ms) {
                let number = pointer.clock as f32;
                turns.extend(pointer.push(&[number; FRAME], *voice));
            }
        }
        turns
    }

    const MS: u64 = RATE_HZ as u64 / 1000;

    fn near(samples: u64, ms: u64) -> bool {
        samples.abs_diff(ms * MS) <= 3 * FRAME as u64
    }

    #[test]
    fn a_sentence_is_one_turn_with_its_pre_roll() {
        let mut pointer = EndPointer::default();
        let turns = hear(&mut pointer, &[(2_000, 0.1), (1_500, 0.9), (1_000, 0.1)]);
        let [turn] = &turns[..] else { panic!("{} turns", turns.len()) };
        assert_eq!(turn.end, End::Pause);
        assert!(near(turn.began, 2_000), "began {}", turn.began / MS);
        assert!(near(turn.ended, 3_500), "ended {}", turn.ended / MS);
        assert!(near(turn.samples.len() as u64, 400 + 1_500 + 800));
        // The pre-roll is what came directly before, and nothing is missing or twice.
        for pair in turn.samples.chunks(FRAME).collect::<Vec<_>>().windows(2) {
            assert_eq!(pair[1][0] - pair[0][0], 1.0);
        }
    }

    #[test]
    fn a_pause_for_thought_does_not_end_a_turn() {
        let mut pointer = EndPointer::default();
        let turns = hear(
            &mut pointer,
            &[(1_000, 0.9), (650, 0.1), (900, 0.9), (160, 0.1), (100, 0.9), (700, 0.1), (200, 0.9)],
        );
        assert!(turns.is_empty());
        let turns = hear(&mut pointer, &[(1_000, 0.1)]);
        let [turn] = &turns[..] else { panic!("{} turns", turns.len()) };
        let [first, second] = turn.pauses_ms[..] else { panic!("{:?}", turn.pauses_ms) };
        assert!(first.abs_diff(650) < 32 && second.abs_diff(700) < 32, "{first}, {second} ms");
        assert!(turn.pause_ms.abs_diff(800) < 32, "{} ms", turn.pause_ms);
    }

    #[test]
    fn a_longer_pause_is_waited_out_and_not_kept() {
        let mut pointer = EndPointer::default();
        pointer.attend(2_000, Onset::Sentence);
        let stretches = [(1_000, 0.9), (1_800, 0.1), (1_000, 0.9), (1_900, 0.1)];
        assert!(hear(&mut pointer, &stretches).is_empty());
        let turns = hear(&mut pointer, &[(200, 0.1)]);
        let [turn] = &turns[..] else { panic!("{} turns", turns.len()) };
        assert!(turn.pause_ms.abs_diff(2_000) < 32);
        assert!(near(turn.samples.len() as u64, 1_000 + 1_800 + 1_000 + 800));
        // A pace that is learnt in the middle of a turn holds for it.
        hear(&mut pointer, &[(500, 0.9), (700, 0.1)]);
        pointer.attend(600, Onset::Answer);
        assert_eq!(hear(&mut pointer, &[(16, 0.1)]).len(), 1);
    }

    #[test]
    fn after_a_question_less_is_a_beginning() {
        let word = [(500, 0.1), (64, 0.9), (1_000, 0.1)];
        let mut pointer = EndPointer::default();
        assert!(hear(&mut pointer, &word).is_empty());
        pointer.attend(600, Onset::Answer);
        assert_eq!(hear(&mut pointer, &word).len(), 1);
        assert!(hear(&mut pointer, &[(32, 0.9), (1_000, 0.1)]).is_empty(), "a click is none yet");
    }

    #[test]
    fn two_sentences_are_two_turns() {
        let mut pointer = EndPointer::default();
        let turns = hear(&mut pointer, &[(600, 0.9), (1_500, 0.1), (600, 0.9), (1_500, 0.1)]);
        assert_eq!(turns.len(), 2);
        assert!(turns[0].ended < turns[1].began);
    }

    #[test]
    fn a_click_is_no_turn_and_a_short_yes_is_one() {
        let mut pointer = EndPointer::default();
        assert!(hear(&mut pointer, &[(500, 0.1), (48, 0.9), (2_000, 0.1)]).is_empty());
        assert_eq!(pointer.began(), None);
        assert_eq!(hear(&mut pointer, &[(200, 0.9), (1_000, 0.1)]).len(), 1);
    }

    #[test]
    fn a_fading_voice_lasts() {
        let mut pointer = EndPointer::default();
        assert!(hear(&mut pointer, &[(300, 0.9), (2_000, 0.4)]).is_empty());
        assert!(pointer.began().is_some());
        assert!(hear(&mut EndPointer::default(), &[(5_000, 0.4)]).is_empty());
    }

    #[test]
    fn an_endless_voice_is_cut_and_goes_on_as_another_turn() {
        let mut pointer = EndPointer::default();
        let turns = hear(&mut pointer, &[(60_000, 0.9), (1_000, 0.0)]);
        let ends: Vec<End> = turns.iter().map(|turn| turn.end).collect();
        assert_eq!(ends, [End::TooLong, End::TooLong, End::Pause]);
        for turn in &turns {
            assert!(turn.samples.len() <= LONGEST * FRAME);
        }
    }

    #[test]
    fn closing_ends_a_turn_and_forgetting_drops_it() {
        let mut pointer = EndPointer::default();
        hear(&mut pointer, &[(500, 0.9)]);
        assert_eq!(pointer.close().map(|turn| turn.end), Some(End::Closed));
        assert_eq!(pointer.close(), None);
        hear(&mut pointer, &[(500, 0.9)]);
        pointer.forget();
        assert!(hear(&mut pointer, &[(2_000, 0.1)]).is_empty());
    }

    #[test]
    fn silence_and_hiss_have_no_turns() {
        let mut ears = Ears::default();
        assert!(ears.push(&[0.0; 5 * RATE_HZ as usize]).is_empty());
        let mut seed = 1_u32;
        let hiss: Vec<f32> = (0..5 * RATE_HZ)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 24) as f32 * 0.2 - 0.1
            })
            .collect();
        assert!(ears.push(&hiss).is_empty());
        assert_eq!(ears.close(), None);
    }
}
