//! The recognising thread: turns → words → inbox. A turn is forgotten when its words are known, or,
//! if it stopped in the middle of a sentence, when no second half came; the words go into the inbox
//! and nowhere else. Whether they were meant for us is decided elsewhere.

use std::sync::Arc;

use omzien_core::{Expectation, RoomId, Utterance};

use super::ability::Ability;
use super::backlog::{Backlog, Task};
use super::chain::{Chain, Understanding};
use super::confirm::Confirm;
use super::halves::Halves;
use super::learning::{Learning, Spoken};
use super::listening::Said;
use super::recogniser::{Heard, Transcript};
use super::{BootClock, ConfirmLoader, Loader, SpeechError};
use crate::{Inbox, Input};

/// Everything the recognising thread works with.
pub(super) struct Recognising {
    pub(super) load: Loader,
    pub(super) confirm: ConfirmLoader,
    pub(super) line: Arc<Backlog<Said>>,
    pub(super) learning: Learning,
    pub(super) halves: Halves<Began>,
    pub(super) room: Option<RoomId>,
    pub(super) clock: BootClock,
    pub(super) deaf: Arc<Ability>,
    pub(super) inbox: Inbox,
}

/// When a turn began, and what held then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Began {
    at_ms: u64,
    expectation: Expectation,
}

impl Recognising {
    /// Runs until the listening thread has ended.
    pub(super) fn run(mut self) {
        let mut confirm = std::mem::replace(&mut self.confirm, Box::new(|| None))();
        let mut chain = None;
        self.bring(&mut chain, &mut confirm);
        while let Some(task) = self.line.take(self.halves.patience()) {
            self.bring(&mut chain, &mut confirm);
            // Deaf, and told so: what is said meanwhile is lost.
            let Some(ready) = &mut chain else { continue };
            let failed = match task {
                Task::Understand(said) => self.understand(ready, said),
                Task::SeekCry(said) => self.seek_cry(ready, said),
                Task::Rest => {
                    self.halves.forget();
                    continue;
                }
            };
            if let Err(error) = failed {
                self.deaf.report("model", Some(&error));
                confirm = chain.take().and_then(Chain::without_recogniser);
            }
            self.line.look((self.clock)());
        }
    }

    /// Loads what is not loaded; a model that was fetched meanwhile is found with the next words.
    fn bring(&self, chain: &mut Option<Chain>, confirm: &mut Option<Box<dyn Confirm>>) {
        if chain.is_some() {
            return;
        }
        match (self.load)() {
            Ok(recogniser) => {
                self.deaf.report("model", None);
                *chain = Some(Chain::new(confirm.take(), recogniser));
            }
            Err(error) => self.deaf.report("model", Some(&error)),
        }
    }

    fn understand(&mut self, chain: &mut Chain, said: Said) -> Result<(), SpeechError> {
        let waited_ms = (self.clock)().saturating_sub(said.closed_ms);
        let began = Began { at_ms: said.began_ms, expectation: said.hearing.expectation };
        let phrases = &said.hearing.phrases;
        let (understanding, cut_off) = self.halves.understand(chain, &said.turn, began, phrases)?;
        show(&understanding, waited_ms);
        let Some(transcript) = understanding.transcript.filter(has_words) else { return Ok(()) };
        match &cut_off {
            Some(cut_off) => self.learning.was_cut_off(cut_off.silent_ms, cut_off.pause_ms),
            None => self.learning.learn(Spoken {
                turn: &said.turn,
                heard: transcript.heard,
                expectation: began.expectation,
                began_ms: began.at_ms,
                ended_ms: said.ended_ms,
            }),
        }
        // A sentence counts as what it was when it began.
        let began = cut_off.map_or(began, |cut_off| cut_off.first);
        self.pass_on(said, began, transcript);
        Ok(())
    }

    /// There is no time for everything: is it a cry for help? What is none waits for its turn, or
    /// makes room.
    fn seek_cry(&self, chain: &mut Chain, said: Said) -> Result<(), SpeechError> {
        let waited_ms = (self.clock)().saturating_sub(said.closed_ms);
        let understanding = chain.understand(&said.turn, &said.hearing.cries)?;
        show(&understanding, waited_ms);
        match understanding.transcript {
            Some(transcript) if transcript.heard == Heard::Known => {
                let began = Began { at_ms: said.began_ms, expectation: said.hearing.expectation };
                self.pass_on(said, began, transcript);
            }
            Some(_) => self.line.give_back(said),
            // Nobody spoke: there is nothing to understand later.
            None => {}
        }
        Ok(())
    }

    fn pass_on(&self, said: Said, began: Began, transcript: Transcript) {
        // A television's words end no sentence of ours.
        if transcript.heard == Heard::Known {
            said.over.understood();
        }
        self.inbox.blocking_send(Input::Heard(Utterance {
            text: transcript.text,
            confidence: transcript.confidence,
            room: self.room.clone(),
            began_ms: began.at_ms,
            ended_ms: said.ended_ms,
            expectation: began.expectation,
        }));
    }
}

fn has_words(transcript: &Transcript) -> bool {
    !transcript.text.is_empty()
}

/// How long it took; never what it was.
fn show(understanding: &Understanding, waited_ms: u64) {
    let stages = super::stages::Stages { waited_ms, ..understanding.stages };
    let voice = understanding.voice;
    tracing::debug!(?stages, ?voice, "a turn was listened to");
}
