//! What a matched sentence means to the core: one row a meaning. Looks at no word.

use omzien_core::agenda::AgendaWish;
use omzien_core::lists::ListWish;
use omzien_core::stay::StayWish;
use omzien_core::timer::TimerChange;
use omzien_core::{Intent, MannerChange};

use super::{Captured, Heard, Listener, Rule, Value};
use crate::program::Matched;
use crate::skill::Means;

impl Listener<'_> {
    pub(super) fn intent(
        &self,
        rule: &Rule,
        matched: &Matched<Value>,
        heard: &[Heard],
    ) -> Option<Intent> {
        let found = Captured { matched, heard, listener: self };
        Some(match rule.rule.means {
            Means::Yes => Intent::Yes,
            Means::No => Intent::No,
            Means::Help => Intent::Help,
            Means::Fine => Intent::Fine,
            Means::Taken => Intent::Taken,
            Means::Later => Intent::Later,
            Means::Skip => Intent::Skip,
            Means::AskTime => Intent::AskTime,
            Means::AskDate => Intent::AskDate,
            Means::Remind => found.reminder()?,
            Means::RemindMinutes => Intent::RemindMinutes { what: found.what()? },
            Means::Moment => Intent::Moment(found.when()?),
            Means::Number => Intent::Number(found.number()?),
            Means::Person => Intent::Person(found.contact()?),
            Means::ListReminders => Intent::ListReminders,
            Means::CancelReminders => Intent::CancelReminders,
            Means::Leave => found.leave()?,
            Means::Back => Intent::Stay(StayWish::Back),
            Means::Company => Intent::Stay(StayWish::Company),
            Means::Alone => Intent::Stay(StayWish::Alone),
            Means::Measured => found.measured(),
            Means::AskMeasured => found.ask_measured(),
            Means::ForgetMeasured => found.forget_measured(),
            Means::Words => Intent::Words { words: found.what()?, things: found.things() },
            Means::AddToList => found.list(ListWish::Add(found.things())),
            Means::TakeOffList => found.list(ListWish::TakeOff(found.things())),
            Means::ReadList => found.list(ListWish::Read),
            Means::AskList => found.list(ListWish::Ask(found.things())),
            Means::ClearList => found.list(ListWish::Clear),
            Means::AddToAgenda => found.add_to_agenda(),
            Means::OnDay => Intent::Agenda(AgendaWish::On(found.stretch()?)),
            Means::AskAgenda => found.ask_agenda(),
            Means::RemoveFromAgenda => found.remove_from_agenda(),
            Means::StartTimer => found.new_timer()?,
            Means::StopTimer => found.timer(TimerChange::Stop)?,
            Means::StopTimers => found.all_timers(),
            Means::PauseTimer => found.timer(TimerChange::Pause)?,
            Means::ResumeTimer => found.timer(TimerChange::GoOn)?,
            Means::AskTimer => found.timer(TimerChange::Tell)?,
            Means::LengthenTimer => found.timer(TimerChange::Add(found.by()?))?,
            Means::ShortenTimer => found.timer(TimerChange::TakeOff(found.by()?))?,
            Means::Tell => Intent::Tell { contact: found.contact()?, words: found.words()? },
            Means::TellWhom => Intent::TellWhom { words: found.words()? },
            Means::AskTold => Intent::AskTold { contact: found.contact() },
            Means::AskWhy => Intent::AskWhy,
            Means::AskPlan => Intent::AskPlan,
            Means::AskAbilities => Intent::AskAbilities,
            Means::AskMore => Intent::AskMore,
            Means::AskKnown => Intent::AskKnown,
            Means::AskSeen => Intent::AskSeen,
            Means::AskPhone => Intent::AskPhone { contact: found.contact() },
            Means::Lonely => Intent::Lonely,
            Means::StopListening => Intent::StopListening { duration: found.duration() },
            Means::Repeat => Intent::Repeat,
            Means::Louder => Intent::Speak(MannerChange::Louder),
            Means::Softer => Intent::Speak(MannerChange::Softer),
            Means::Slower => Intent::Speak(MannerChange::Slower),
            Means::Faster => Intent::Speak(MannerChange::Faster),
            Means::Cancel => Intent::Cancel,
            Means::Level => found.level()?,
            Means::Colour => found.colour()?,
            Means::SetTemperature => found.temperature()?,
            Means::RunScene => Intent::RunScene(found.scene()?),
            Means::OtherOne => Intent::OtherOne,
            Means::SwitchOn
            | Means::SwitchOff
            | Means::Brighter
            | Means::Dimmer
            | Means::Open
            | Means::Close
            | Means::Stop
            | Means::Lock
            | Means::Unlock
            | Means::Warmer
            | Means::Cooler
            | Means::AskOn
            | Means::AskOff
            | Means::AskOpen
            | Means::AskClosed
            | Means::AskLocked
            | Means::AskUnlocked
            | Means::AskHow
            | Means::AskTemperature
            | Means::AskSetting => found.of_the_house(rule.rule.means)?,
            Means::Answer => Intent::Skill { name: rule.name.clone(), slots: found.slots() },
        })
    }
}
