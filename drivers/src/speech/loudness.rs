//! Whether the card itself is set so that it can be heard. A card that somebody turned down stays
//! so for a calm sentence, for that is their choice, and is told as a trouble; an alarm is heard,
//! and afterwards the card is as it was. What is said, and how loudly, is not its business.

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
    audible: Volume,
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
            (Urgency::Alarm, Some(before)) if before.is_turned_down() => self.raise(before),
            (Urgency::Alarm | Urgency::Calm, _) => None,
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

    fn raise(&self, before: &Volume) -> Option<Raised> {
        let audible = before.made_audible();
        match self.card.set_volume(&audible) {
            Ok(()) => Some(Raised { before: before.clone(), audible }),
            Err(error) => {
                tracing::warn!(%error, "an alarm is said on a card that is turned down");
                None
            }
        }
    }

    /// As it was before the alarm, unless somebody turned it meanwhile.
    fn put_back(&self, raised: &Raised) {
        let put_back = self.card.volume().and_then(|now| match now {
            Some(now) if now.is_set_like(&raised.audible) => self.card.set_volume(&raised.before),
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

    struct Knob(Mutex<Volume>);

    impl SoundCard for Knob {
        fn open_microphone(&self) -> Result<Box<dyn Microphone>, SoundError> {
            Err(SoundError::NoDevice { what: "microphone" })
        }

        fn open_speaker(&self) -> Result<Box<dyn Speaker>, SoundError> {
            Err(SoundError::NoDevice { what: "loudspeaker" })
        }

        fn volume(&self) -> Result<Option<Volume>, SoundError> {
            Ok(Some(self.0.lock().unwrap().clone()))
        }

        fn set_volume(&self, volume: &Volume) -> Result<(), SoundError> {
            *self.0.lock().unwrap() = volume.clone();
            Ok(())
        }
    }

    fn at(below_db: i64) -> Volume {
        let steps = vec![60 - below_db];
        let level = Level { steps, below_db: below_db as f32, audible_steps: 54 };
        let (name, switch) = ("PCM".to_owned(), Some(Switch::On));
        Volume::of(vec![Control { name, index: 0, level: Some(level), switch }]).unwrap()
    }

    #[test]
    fn an_alarm_is_heard_and_what_somebody_turned_stands() {
        let card = Arc::new(Knob(Mutex::new(at(50))));
        let (inbox, mut received) = crate::inbox::open();
        let loudness = Loudness::new(Arc::clone(&card) as Arc<dyn SoundCard>, inbox);
        let now = || card.0.lock().unwrap().clone();
        let play = |urgency| loudness.around(urgency, || Ok::<Volume, ()>(now()));
        assert_eq!(play(Urgency::Calm), Ok(at(50)));
        assert!(play(Urgency::Alarm).is_ok_and(|during| !during.is_turned_down()));
        assert_eq!(now(), at(50), "as it was");
        // Somebody turns it while the alarm sounds.
        let turned = loudness.around(Urgency::Alarm, || {
            *card.0.lock().unwrap() = at(20);
            Ok::<(), ()>(())
        });
        assert_eq!((turned, now()), (Ok(()), at(20)));
        // One that is loud enough is not touched, and a sound that failed judges nothing.
        assert_eq!(play(Urgency::Alarm), Ok(at(20)));
        *card.0.lock().unwrap() = at(50);
        assert_eq!(loudness.around(Urgency::Alarm, || Err::<(), u8>(7)), Err(7));
        assert_eq!(now(), at(50), "put back whatever became of it");
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
