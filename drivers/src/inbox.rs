//! The way in: one bounded inbox with two lanes.
//!
//! The *urgent* lane carries what must never be dropped: utterances, presses, falls,
//! acknowledgements, outcomes, requests, troubles. When it is full its sender waits. The
//! *readings* lane never makes a driver wait: when it is full, a reading replaces the older one of
//! the same device and kind, and the loss is counted.

use std::collections::VecDeque;
use std::mem::discriminant;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use omzien_core::agenda::CalendarRead;
use omzien_core::device::Observation;
use omzien_core::event::{Trouble, TroubleState};
use omzien_core::incident::Acknowledgement;
use omzien_core::intent::Utterance;
use omzien_core::request::Request;
use omzien_core::{EffectId, HeardBack, Outcome};
use tokio::sync::{Notify, mpsc};

/// Enough for every device of a large home to speak a hundred times before the loop looks.
const READINGS_MAX: usize = 8192;
/// A home hears, presses and answers far less often than this between two looks of the loop.
const URGENT_MAX: usize = 1024;

/// What a driver, the portal or the command line hands in; the loop stamps it with `Now`.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    Observed(Observation),
    /// Somebody speaks, since then (boot clock). What it was follows, or nothing does.
    VoiceBegan {
        began_ms: u64,
    },
    Heard(Utterance),
    Acknowledged(Acknowledgement),
    Concluded {
        effect: EffectId,
        outcome: Outcome,
    },
    Requested(Request),
    /// A sentence was said to its end, and this is what the microphone heard of it.
    HeardBack(HeardBack),
    /// A calendar elsewhere was read.
    CalendarRead(CalendarRead),
    Troubled {
        trouble: Trouble,
        state: TroubleState,
    },
}

/// A sender; clones share the lanes.
#[derive(Clone, Debug)]
pub struct Inbox {
    urgent: mpsc::Sender<Input>,
    readings: Arc<Readings>,
}

/// The loop's end.
#[derive(Debug)]
pub struct Received {
    urgent: mpsc::Receiver<Input>,
    readings: Arc<Readings>,
}

#[derive(Debug, Default)]
struct Readings {
    lane: Mutex<Lane>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Observation>,
    coalesced: u64,
}

/// Opens an inbox.
pub fn open() -> (Inbox, Received) {
    let (urgent, receiver) = mpsc::channel(URGENT_MAX);
    let readings = Arc::new(Readings::default());
    (Inbox { urgent, readings: Arc::clone(&readings) }, Received { urgent: receiver, readings })
}

impl Inbox {
    /// Hands in a reading. Presses and falls take the urgent lane, hence the `await`.
    pub async fn observe(&self, observation: Observation) {
        if observation.reading.is_momentary() {
            self.send(Input::Observed(observation)).await;
        } else {
            self.readings.push(observation);
        }
    }

    /// Hands in anything that must not be dropped; waits while the lane is full. When the loop
    /// has ended there is nobody to tell, and the input goes with it.
    pub async fn send(&self, input: Input) {
        let _ = self.urgent.send(input).await;
    }

    /// The same from a thread that is not async (sound, speech).
    pub fn blocking_send(&self, input: Input) {
        let _ = self.urgent.blocking_send(input);
    }

    pub async fn conclude(&self, effect: EffectId, outcome: Outcome) {
        self.send(Input::Concluded { effect, outcome }).await;
    }

    pub async fn trouble(&self, trouble: Trouble, state: TroubleState) {
        self.send(Input::Troubled { trouble, state }).await;
    }
}

impl Received {
    /// Waits until something is there, then takes up to `max` inputs, urgent ones first.
    /// `None` when every sender is gone and both lanes are empty.
    pub async fn take(&mut self, max: usize) -> Option<Vec<Input>> {
        loop {
            let batch = self.take_now(max);
            if !batch.is_empty() {
                return Some(batch);
            }
            tokio::select! {
                biased;
                input = self.urgent.recv() => match input {
                    Some(input) => {
                        let mut batch = vec![input];
                        batch.extend(self.take_now(max.saturating_sub(1)));
                        return Some(batch);
                    }
                    None if self.readings.lock().waiting.is_empty() => return None,
                    None => {}
                },
                () = self.readings.arrived.notified() => {}
            }
        }
    }

    /// What is there now, without waiting.
    pub fn take_now(&mut self, max: usize) -> Vec<Input> {
        let mut batch = Vec::new();
        while batch.len() < max
            && let Ok(input) = self.urgent.try_recv()
        {
            batch.push(input);
        }
        let mut lane = self.readings.lock();
        while batch.len() < max
            && let Some(observation) = lane.waiting.pop_front()
        {
            batch.push(Input::Observed(observation));
        }
        batch
    }

    /// Readings that were replaced by newer ones since the last call.
    pub fn take_coalesced(&self) -> u64 {
        std::mem::take(&mut self.readings.lock().coalesced)
    }
}

impl Readings {
    fn push(&self, observation: Observation) {
        let mut lane = self.lock();
        if lane.waiting.len() < READINGS_MAX {
            lane.waiting.push_back(observation);
        } else {
            lane.coalesced += 1;
            let kind = discriminant(&observation.reading);
            let older = lane.waiting.iter().position(|waiting| {
                waiting.device == observation.device && discriminant(&waiting.reading) == kind
            });
            match older {
                Some(place) => lane.waiting[place] = observation,
                // A device with nothing waiting: the oldest reading of another makes room.
                None => {
                    lane.waiting.pop_front();
                    lane.waiting.push_back(observation);
                }
            }
        }
        drop(lane);
        self.arrived.notify_one();
    }

    /// A panic elsewhere does not make a reading untrue.
    fn lock(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
