//! The ears by themselves, for somebody who tries them: every stage of every turn, told as it
//! happens. No home behind it, no loudspeaker; what is heard goes to whoever asked and is kept
//! nowhere, but for half of a sentence until the next turn.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use omzien_core::{Expects, Phrases};

use super::SpeechError;
use super::chain::{Chain, Understanding};
use super::halves::Halves;
use super::pace::Pace;
use super::stages::ms;
use super::turns::{Ears, Onset, Turn};
use crate::sound::{Block, Microphone, RATE_HZ};

/// One look at the microphone: how soon an end is noticed.
const LOOK: Duration = Duration::from_millis(100);
/// Turns that wait to be understood; then the newest is told as lost.
const WAITING_MAX: usize = 4;

/// What happens. Moments are counted from the beginning of listening.
#[derive(Debug, Clone, PartialEq)]
pub enum Live {
    Began {
        at: Duration,
    },
    Ended {
        at: Duration,
        voice_ms: u64,
        /// The silence that ended it.
        pause_ms: u64,
        /// Those inside it.
        pauses_ms: Vec<u64>,
    },
    Understood(Box<Understanding>),
    /// The recogniser is still busy with turns before it.
    Lost,
}

/// Listens until `stop`, or until a recording ends. `tell` is called from two threads.
pub fn listen(
    mut microphone: Box<dyn Microphone>,
    mut chain: Chain,
    phrases: &Phrases,
    expects: Expects,
    stop: &AtomicBool,
    tell: impl Fn(Live) + Sync,
) -> Result<(), SpeechError> {
    let mut ears = Ears::default();
    ears.attend(Pace::default().pause_ms(expects), Onset::of(expects));
    let tell = &tell;
    std::thread::scope(|scope| {
        let (turns, to_understand) = sync_channel::<(Turn, Instant)>(WAITING_MAX);
        let worker = scope.spawn(move || understand(&mut chain, &to_understand, phrases, tell));
        let mut speaking = false;
        let heard = loop {
            if stop.load(Ordering::Acquire) {
                break Ok(());
            }
            let (ended, over) = match microphone.next_block(LOOK) {
                Ok(Block::Nothing) => continue,
                Ok(Block::Samples(samples)) => (ears.push(&samples), false),
                Ok(Block::Ended) => (ears.close().into_iter().collect(), true),
                Err(error) => break Err(error.into()),
            };
            for turn in ended {
                if !speaking {
                    tell(Live::Began { at: moment(turn.began) });
                }
                speaking = false;
                tell(Live::Ended {
                    at: moment(turn.ended),
                    voice_ms: turn.voice_ms(),
                    pause_ms: turn.pause_ms,
                    pauses_ms: turn.pauses_ms.clone(),
                });
                if let Err(TrySendError::Full(_)) = turns.try_send((turn, Instant::now())) {
                    tell(Live::Lost);
                }
            }
            if let (Some(began), false) = (ears.began(), speaking) {
                speaking = true;
                tell(Live::Began { at: moment(began) });
            }
            if over {
                break Ok(());
            }
        };
        drop(turns);
        // A panic of the worker is one of ours: the scope passes it on.
        let understood = worker.join().unwrap_or(Ok(()));
        heard.and(understood)
    })
}

fn understand(
    chain: &mut Chain,
    turns: &Receiver<(Turn, Instant)>,
    phrases: &Phrases,
    tell: &(impl Fn(Live) + Sync),
) -> Result<(), SpeechError> {
    let mut halves = Halves::default();
    while let Ok((turn, since)) = turns.recv() {
        let waited_ms = ms(since.elapsed());
        let (mut understanding, _) = halves.understand(chain, &turn, (), phrases)?;
        understanding.stages.waited_ms = waited_ms;
        tell(Live::Understood(Box::new(understanding)));
    }
    Ok(())
}

fn moment(samples: u64) -> Duration {
    Duration::from_millis(samples * 1_000 / u64::from(RATE_HZ))
}
