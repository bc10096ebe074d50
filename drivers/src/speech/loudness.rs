//! Whether the card itself is set so that it can be heard. A card that somebody turned down stays
//! so for a calm sentence, for that is their choice, and is told as a trouble; for an alarm every
//! card is made loud, and afterwards it is as it was. What is said, and how loudly, is not its
//! business.

use std::sync::Arc;

use omzien_core::{Trouble, Urgency};

use super::SpeechError;
use super::ability::Ability;
use crate::Inbox;
use crate::sound::SoundCard;
use crate::sound::volume::Volume;

pub(super) struct Loudness {
    card: Arc<dyn SoundCard>,
    turned_down: Ability,
}

/// A card that was made louder for an alarm.
struct Raised {
    before: Volume,
    /// As the card tells it, not as it was asked for: it has steps of its own, and one that
    /// refused may have done a part.
    became: Volume,
}

impl Loudness {
    pub(super) fn new(card: Arc<dyn SoundCard>, inbox: Inbox) -> Self {
        Self { card, turned_down: Ability::new(Trouble::TurnedDown, inbox) }
    }

    /// Plays something as it must be heard.
    pub(super) fn around<T, E>(
        &self,
        urgency: Urgency,
        play: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let before = self.volume();
        let raised = match (urgency, &before) {
            (Urgency::Alarm, Some(before)) => self.raise(before),
            (Urgency::Alarm, None) | (Urgency::Calm, _) => None,
        };
        let played = play();
        if let Some(raised) = raised {
            self.put_back(&raised);
        }
        // PulseAudio says of a card that is gone that it is muted: only one that plays is judged.
        if played.is_ok() {
            self.judge(before.as_ref());
        }
        played
    }

    /// Of a card that plays: whether somebody turned it down.
    pub(super) fn look(&self) {
        self.judge(self.volume().as_ref());
    }

    fn judge(&self, volume: Option<&Volume>) {
        if let Some(volume) = volume {
            let trouble = volume.is_turned_down().then_some(SpeechError::TurnedDown);
            self.turned_down.report("volume", trouble.as_ref());
        }
    }

    /// How the card is set; `None` if it does not tell.
    fn volume(&self) -> Option<Volume> {
        self.card.volume().unwrap_or_else(|error| {
            tracing::debug!(%error, "the card does not tell how loud it is");
            None
        })
    }

    /// To where an alarm is heard; `None` if it stands there already.
    fn raise(&self, before: &Volume) -> Option<Raised> {
        let audible = before.made_audible();
        if audible.is_set_like(before) {
            return None;
        }
        if let Err(error) = self.card.set_volume(&audible) {
            tracing::warn!(%error, "an alarm is said on a card that is turned down");
        }
        let became = self.volume().unwrap_or(audible);
        Some(Raised { before: before.clone(), became })
    }

    /// As it was before the alarm, unless somebody turned it meanwhile.
    fn put_back(&self, raised: &Raised) {
        let put_back = self.card.volume().and_then(|now| match now {
            Some(now) if now.is_set_like(&raised.became) => self.card.set_volume(&raised.before),
            Some(_) | None => Ok(()),
        });
        if let Err(error) = put_back {
            tracing::warn!(%error, "the card stays as loud as the alarm was");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use omzien_core::TroubleState;

    use super::*;
    use crate::Input;
    use crate::sound::volume::{Control, Level, Switch};
    use crate::sound::{Microphone, SoundError, Speaker};

    /// A control of 60 steps of 1 dB, of which the card keeps to every fifth from below.
    #[derive(Default)]
    struct Knob {
        below_db: Mutex<i64>,
        /// It does what it is asked for, and says that it did not.
        complains: bool,
    }

    impl SoundCard for Knob {
        fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError> {
            Err(SoundError::NoDevice { what: "microphone" })
        }

        fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError> {
            Err(SoundError::NoDevice { what: "loudspeaker" })
        }

        fn volume(&self) -> Result<Option<Volume>, SoundError> {
            Ok(Some(at(*self.below_db.lock().unwrap())))
        }

        fn set_volume(&self, volume: &Volume) -> Result<(), SoundError> {
            let level = volume.controls()[0].level.as_ref().unwrap();
            *self.below_db.lock().unwrap() = 60 - level.steps[0] / 5 * 5;
            let why = || "not all of it".to_owned();
            if self.complains {
                Err(SoundError::Refused { what: "mixer", why: why() })
            } else {
                Ok(())
            }
        }
    }

    fn at(below_db: i64) -> Volume {
        let steps = vec![60 - below_db];
        let level = Level { steps, below_db: below_db as f32, audible_steps: 54 };
        let (name, switch) = ("PCM".to_owned(), Some(Switch::On));
        Volume::of(vec![Control { name, index: 0, level: Some(level), switch }]).unwrap()
    }

    /// How far below the highest the card stands while something is said, and afterwards.
    fn said(card: &Arc<Knob>, urgency: Urgency) -> (i64, i64) {
        let loudness =
            Loudness::new(Arc::clone(card) as Arc<dyn SoundCard>, crate::inbox::open().0);
        let below_db = || *card.below_db.lock().unwrap();
        (loudness.around(urgency, || Ok::<i64, ()>(below_db())).unwrap(), below_db())
    }

    #[test]
    fn an_alarm_makes_every_card_loud_and_it_is_put_back_whatever_it_made_of_that() {
        for complains in [false, true] {
            // 6 dB below the highest is wanted, and this card can 10.
            for (below_db, during) in [(50, 10), (40, 10), (30, 10), (20, 10), (5, 5), (0, 0)] {
                let card = Arc::new(Knob { below_db: Mutex::new(below_db), complains });
                let was = format!("{below_db} dB below, complains: {complains}");
                assert_eq!(said(&card, Urgency::Calm), (below_db, below_db), "calm, {was}");
                assert_eq!(said(&card, Urgency::Alarm), (during, below_db), "an alarm, {was}");
            }
        }
    }

    #[test]
    fn what_somebody_turned_stands_and_is_told() {
        let card = Arc::new(Knob { below_db: Mutex::new(50), complains: false });
        let (inbox, mut received) = crate::inbox::open();
        let loudness = Loudness::new(Arc::clone(&card) as Arc<dyn SoundCard>, inbox);
        let turn = |below_db| *card.below_db.lock().unwrap() = below_db;
        let now = || *card.below_db.lock().unwrap();
        // A sound that failed judges nothing.
        assert_eq!(loudness.around(Urgency::Alarm, || Err::<(), u8>(7)), Err(7));
        assert_eq!((now(), received.take_now(10).len()), (50, 0), "put back all the same");
        loudness.look();
        // Somebody turns it while the alarm sounds.
        let played = loudness.around(Urgency::Alarm, || {
            turn(20);
            Ok::<(), ()>(())
        });
        assert_eq!((played, now()), (Ok(()), 20));
        loudness.look();
        let told: Vec<TroubleState> = received
            .take_now(10)
            .into_iter()
            .filter_map(|input| match input {
                Input::Troubled { trouble: Trouble::TurnedDown, state } => Some(state),
                _ => None,
            })
            .collect();
        assert_eq!(told, [TroubleState::Began, TroubleState::Over]);
    }
}
