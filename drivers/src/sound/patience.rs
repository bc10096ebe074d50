//! Calls into a sound card that may never come back: a sound server that stands still holds
//! whoever asks it (PulseAudio's own plugin for ALSA: half a minute for an opening, for ever for
//! a closing). Each call gets a thread of its own and a limit; a thread that is late is left to
//! itself and counted. It knows nothing of sound.

use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::SoundError;

/// A card that is well opens within half a second, also one that slept; a busy machine takes some
/// of the rest.
pub(super) const LIMIT: Duration = Duration::from_secs(4);

/// Threads that may be with a card at once. A home that is well has three: a microphone, a sound,
/// its closing. A card that keeps more than this many to itself is asked
/// nothing until one comes back.
const THREADS_MAX: usize = 12;

/// The threads that are with one card now. Shared by all that is open of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Patience(Arc<AtomicUsize>);

impl Patience {
    /// What `call` gives, or [`SoundError::Lost`] if that takes longer than `limit`. What comes
    /// later is dropped where it came, on its own thread.
    pub(super) fn within<T: Send + 'static>(
        &self,
        limit: Duration,
        what: &'static str,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, SoundError> {
        let (sender, receiver) = mpsc::sync_channel(0);
        self.start(what, move || {
            // Handed over or, if nobody waits any more, dropped here: never kept in between.
            let _ = sender.send(call());
        })?;
        receiver.recv_timeout(limit).map_err(|_| {
            let stuck = self.0.load(Ordering::Relaxed);
            tracing::warn!(what, stuck, "the sound card does not answer");
            SoundError::Lost { what, why: "it does not answer".to_owned() }
        })
    }

    /// Runs on a thread that is counted for as long as it lasts, and waits for nothing. What is
    /// refused is not even dropped: closing what it holds may wait for ever as well.
    pub(super) fn start(
        &self,
        what: &'static str,
        run: impl FnOnce() + Send + 'static,
    ) -> Result<(), SoundError> {
        let run = ManuallyDrop::new(run);
        let counted = Counted::one_more(&self.0).ok_or_else(|| SoundError::Lost {
            what,
            why: format!("{THREADS_MAX} calls are waiting for its answer; restart if it is well"),
        })?;
        let started = std::thread::Builder::new().name(what.to_owned()).spawn(move || {
            ManuallyDrop::into_inner(run)();
            drop(counted);
        });
        match started {
            Ok(_) => Ok(()),
            Err(error) => Err(SoundError::Refused { what, why: error.to_string() }),
        }
    }
}

struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn one_more(threads: &Arc<AtomicUsize>) -> Option<Self> {
        let more = |count: usize| (count < THREADS_MAX).then_some(count + 1);
        threads.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Self(Arc::clone(threads)))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_comes_back_gives_what_it_brought() {
        let patience = Patience::default();
        for number in 0..3 * THREADS_MAX {
            let brought = patience.within(LIMIT, "card", move || number);
            assert_eq!(brought.unwrap(), number);
        }
    }

    #[test]
    fn calls_that_do_not_are_bounded_and_those_that_do_at_last_make_room() {
        let patience = Patience::default();
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        for _ in 0..THREADS_MAX {
            let held = Arc::clone(&held);
            let error = patience.within(Duration::from_millis(1), "card", move || {
                held.lock().map(|held| held.recv().is_ok()).is_ok()
            });
            assert!(error.unwrap_err().to_string().contains("does not answer"));
        }
        let kept = Arc::new(());
        let held = Arc::clone(&kept);
        let error = patience.within(LIMIT, "card", move || drop(held)).unwrap_err().to_string();
        assert!(error.contains("12 calls are waiting"), "{error}");
        assert_eq!(Arc::strong_count(&kept), 2, "what is refused is not closed here");
        drop(release);
        while patience.0.load(Ordering::Relaxed) > 0 {
            std::thread::yield_now();
        }
        assert!(patience.within(LIMIT, "card", || ()).is_ok());
    }

    #[test]
    fn a_call_that_panics_is_an_error_and_no_longer_counted() {
        let patience = Patience::default();
        let gone = patience.within(LIMIT, "card", || panic!("a card's own mistake"));
        assert!(gone.is_err());
        while patience.0.load(Ordering::Relaxed) > 0 {
            std::thread::yield_now();
        }
    }
}
