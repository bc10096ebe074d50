//! A sentence that was cut in two. Whoever pauses for longer than a turn waits has said two turns,
//! and neither is a sentence of ours; together they may be. So the sound of a turn that began like
//! one and did not end is kept for a moment, and no longer. It understands nothing.

use std::time::Duration;

use omzien_core::{Phrases, plain};

use super::SpeechError;
use super::chain::{Chain, Understanding};
use super::pace::CONTINUES_WITHIN_MS;
use super::recogniser::Heard;
use super::turns::{End, Turn};
use crate::sound::{RATE_HZ, samples_in};

/// Two halves that are longer than this together are no sentence of ours; to listen to them again
/// would take longer than anybody waits.
const WHOLE_MAX_MS: u64 = 15_000;
/// A second half that has not come by then comes no more: the longest pause, and the longest half.
const KEPT: Duration = Duration::from_secs(20);
/// Of the silence after the first half this much is left; before the second lies its pre-roll.
const SILENCE: Duration = Duration::from_millis(200);
/// A call is the name, with a greeting perhaps.
const CALL_WORDS_MAX: usize = 2;
const PER_MS: u64 = RATE_HZ as u64 / 1_000;

/// Keeps one half at most (1 MB), with what its owner must know of it.
#[derive(Debug)]
pub struct Halves<C> {
    first: Option<(Turn, C)>,
}

/// A first half that was completed.
#[derive(Debug, PartialEq, Eq)]
pub struct CutOff<C> {
    pub first: C,
    /// The silence between the halves, and the one that ended the first, milliseconds.
    pub silent_ms: u64,
    pub pause_ms: u64,
}

impl<C> Default for Halves<C> {
    fn default() -> Self {
        Self { first: None }
    }
}

impl<C> Halves<C> {
    /// Understands a turn: with the one before, if that makes a sentence of ours, and by itself
    /// otherwise. `context` belongs to this turn.
    pub fn understand(
        &mut self,
        chain: &mut Chain,
        turn: &Turn,
        context: C,
        phrases: &Phrases,
    ) -> Result<(Understanding, Option<CutOff<C>>), SpeechError> {
        let mut begun = None;
        let before = self.first.take().filter(|(first, _)| goes_on(first, turn));
        if let Some((first, its)) = before {
            let whole = joined(&first, turn);
            let understanding = chain.understand(&whole, phrases)?;
            if understanding.heard() == Heard::Known {
                let silent_ms = silent_ms(&first, turn);
                let cut_off = CutOff { first: its, silent_ms, pause_ms: first.pause_ms };
                return Ok((understanding, Some(cut_off)));
            }
            begun = may_go_on(&understanding, phrases).then_some((whole, its));
        }
        let understanding = chain.understand(turn, phrases)?;
        if turn.end == End::Pause && understanding.heard() != Heard::Known && begun.is_some() {
            self.first = begun;
        } else if turn.end == End::Pause && may_go_on(&understanding, phrases) {
            self.first = Some((turn.clone(), context));
        }
        Ok((understanding, None))
    }

    /// After so long without a turn there is something to forget.
    pub(super) fn patience(&self) -> Option<Duration> {
        self.first.as_ref().map(|_| KEPT)
    }

    pub(super) fn forget(&mut self) {
        self.first = None;
    }
}

/// Understands one turn after the other, as the running companion does; a sentence in two halves
/// stands where its first half stood, alone.
pub fn understand_all(
    chain: &mut Chain,
    turns: &[Turn],
    phrases: &Phrases,
) -> Result<Vec<Understanding>, SpeechError> {
    let (mut halves, mut understood) = (Halves::default(), Vec::new());
    for turn in turns {
        let at = understood.len();
        let (understanding, cut_off) = halves.understand(chain, turn, at, phrases)?;
        if let Some(CutOff { first, .. }) = cut_off {
            understood.truncate(first);
        }
        understood.push(understanding);
    }
    Ok(understood)
}

fn silent_ms(first: &Turn, second: &Turn) -> u64 {
    second.began.saturating_sub(first.ended) / PER_MS
}

/// Whether a turn follows the half before it soon enough.
fn goes_on(first: &Turn, turn: &Turn) -> bool {
    silent_ms(first, turn) <= first.pause_ms + CONTINUES_WITHIN_MS
        && first.sound_ms() + turn.sound_ms() <= WHOLE_MAX_MS
}

/// It stopped in the middle of a sentence of ours, or was a call and no more.
fn may_go_on(understanding: &Understanding, phrases: &Phrases) -> bool {
    let Some(transcript) = &understanding.transcript else { return false };
    match transcript.heard {
        Heard::Known => is_call(&transcript.text, phrases),
        Heard::Words | Heard::Nothing => transcript.begun,
    }
}

fn is_call(text: &str, phrases: &Phrases) -> bool {
    let text = plain(text);
    text.split(' ').count() <= CALL_WORDS_MAX
        && phrases.names.iter().any(|name| text.ends_with(&plain(name)))
}

/// One turn of two, with most of the silence between them taken out.
fn joined(first: &Turn, second: &Turn) -> Turn {
    let voice = first.samples.len().saturating_sub(first.silence_after());
    let kept = first.samples.len().min(voice + samples_in(SILENCE, RATE_HZ));
    Turn {
        samples: [&first.samples[..kept], &second.samples].concat(),
        pauses_ms: [&first.pauses_ms[..], &second.pauses_ms].concat(),
        pause_ms: second.pause_ms,
        began: first.began,
        ended: second.ended,
        end: second.end,
        onset: first.onset,
    }
}

#[cfg(test)]
mod tests {
    use super::super::recogniser::{Recogniser, Transcript};
    use super::super::turns::Onset;
    use super::*;

    /// A second of sound for each word, as loud as its place in this list.
    const WORDS: [&str; 6] = ["Robin", "doe", "de", "lamp", "aan", "regen"];

    /// Hears the words, and which of the three sentences they are or begin.
    struct Listener;

    impl Recogniser for Listener {
        fn transcribe(&mut self, samples: &[f32], _: &Phrases) -> Result<Transcript, SpeechError> {
            let runs = samples.chunk_by(|one, next| one == next);
            let words = runs.filter(|run| run[0] > 0.0).map(|run| {
                assert_eq!(run.len(), RATE_HZ as usize, "no word loses its end");
                WORDS[run[0] as usize - 1]
            });
            let text = words.collect::<Vec<_>>().join(" ");
            let ours = ["Robin", "doe de lamp aan", "Robin doe de lamp aan"];
            let heard = if ours.contains(&&*text) { Heard::Known } else { Heard::Words };
            let begun = ours.iter().any(|ours| ours.starts_with(&text) && *ours != text);
            Ok(Transcript { heard, text, begun, ..Transcript::default() })
        }
    }

    struct Room {
        chain: Chain,
        halves: Halves<u64>,
        now: u64,
    }

    impl Room {
        fn new() -> Self {
            let chain = Chain::new(None, Box::new(Listener));
            Self { chain, halves: Halves::default(), now: 0 }
        }

        /// Says this after a silence; what is made of it, and of which moment it is.
        fn hears(&mut self, silent_ms: u64, said: &str) -> (String, Heard, Option<CutOff<u64>>) {
            let places =
                said.split(' ').map(|word| 1 + WORDS.iter().position(|w| *w == word).unwrap());
            let sound = places.flat_map(|place| vec![place as f32; RATE_HZ as usize]);
            // A pause of two seconds ends a turn; less of it is kept, as by the ears.
            let kept = 800 * PER_MS as usize;
            let samples: Vec<f32> = sound.chain(vec![0.0; kept]).collect();
            let began = self.now + silent_ms * PER_MS;
            self.now = began + (samples.len() - kept) as u64;
            let turn = Turn {
                samples,
                pauses_ms: Vec::new(),
                pause_ms: 2_000,
                began,
                ended: self.now,
                end: End::Pause,
                onset: Onset::Sentence,
            };
            let phrases = Phrases::of(["doe de lamp aan"]).with_names(["Robin"]);
            let heard = self.halves.understand(&mut self.chain, &turn, began / PER_MS, &phrases);
            let (understanding, cut_off) = heard.unwrap();
            let heard = understanding.heard();
            (understanding.transcript.unwrap().text, heard, cut_off)
        }
    }

    #[test]
    fn a_command_in_three_pieces_is_one_command() {
        let mut room = Room::new();
        assert_eq!(room.hears(5_000, "Robin"), ("Robin".to_owned(), Heard::Known, None));
        assert_eq!(room.hears(2_300, "doe de"), ("doe de".to_owned(), Heard::Words, None));
        let cut_off = CutOff { first: 5_000, silent_ms: 2_600, pause_ms: 2_000 };
        let whole = ("Robin doe de lamp aan".to_owned(), Heard::Known, Some(cut_off));
        assert_eq!(room.hears(2_600, "lamp aan"), whole);
        assert_eq!(room.halves.patience(), None, "its sound is forgotten");
    }

    #[test]
    fn what_comes_later_or_is_of_no_sentence_of_ours_stands_by_itself() {
        for (first, silent_ms, second) in [
            ("Robin doe", 3_600, "de lamp aan"),
            ("Robin doe", 2_500, "regen"),
            ("regen", 2_500, "doe de"),
        ] {
            let mut room = Room::new();
            room.hears(5_000, first);
            let alone = (second.to_owned(), Heard::Words, None);
            assert_eq!(room.hears(silent_ms, second), alone, "{first}, {second}");
        }
        let mut room = Room::new();
        room.hears(5_000, "Robin doe");
        let again = ("Robin doe de lamp aan".to_owned(), Heard::Known, None);
        assert_eq!(room.hears(2_500, "Robin doe de lamp aan"), again);
        room.hears(5_000, "doe de");
        assert_eq!(room.halves.patience(), Some(KEPT));
        room.halves.forget();
        assert_eq!(
            room.hears(2_500, "lamp aan").1,
            Heard::Words,
            "and nobody waits for it for ever"
        );
    }
}
