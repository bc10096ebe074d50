//! Which intents a sentence of a meaning may be understood as. Written beside the engine, so that
//! a slip there is seen.

use omzien_core::agenda::AgendaWish;
use omzien_core::device::{Bolt, Move, Power, Step};
use omzien_core::intent::{Act, Asked};
use omzien_core::lists::ListWish;
use omzien_core::measurement::MeasureWish;
use omzien_core::stay::StayWish;
use omzien_core::timer::{TimerChange, TimerWish};
use omzien_core::{Intent, MannerChange};

use crate::skill::Means;

/// May a sentence of this meaning be understood as that?
pub(super) fn allows(means: Means, intent: &Intent) -> bool {
    let one_of = |allowed: &[Means]| allowed.contains(&means);
    match intent {
        Intent::Yes => one_of(&[Means::Yes]),
        Intent::No => one_of(&[Means::No]),
        Intent::Help => one_of(&[Means::Help]),
        Intent::Fine => one_of(&[Means::Fine]),
        Intent::Taken => one_of(&[Means::Taken]),
        Intent::Later => one_of(&[Means::Later]),
        Intent::Skip => one_of(&[Means::Skip]),
        Intent::Operate { act, .. } => means == operating(*act, means),
        Intent::OtherOne => one_of(&[Means::OtherOne]),
        Intent::AskState { is, .. } => means == asking(*is),
        Intent::RunScene(_) => one_of(&[Means::RunScene]),
        Intent::AskTime => one_of(&[Means::AskTime]),
        Intent::AskDate => one_of(&[Means::AskDate]),
        Intent::Remind { .. } | Intent::RemindWhen { .. } => one_of(&[Means::Remind]),
        Intent::RemindMinutes { .. } => one_of(&[Means::RemindMinutes]),
        Intent::Moment(_) => one_of(&[Means::Moment]),
        Intent::Number(_) => one_of(&[Means::Number]),
        Intent::Person(_) => one_of(&[Means::Person]),
        Intent::ListReminders => one_of(&[Means::ListReminders]),
        Intent::CancelReminders => one_of(&[Means::CancelReminders]),
        Intent::Stay(wish) => match wish {
            StayWish::Leave { .. } => one_of(&[Means::Leave]),
            StayWish::Back => one_of(&[Means::Back]),
            StayWish::Company => one_of(&[Means::Company]),
            StayWish::Alone => one_of(&[Means::Alone]),
        },
        Intent::Measure(MeasureWish::Keep { .. }) => one_of(&[Means::Measured]),
        Intent::Measure(MeasureWish::Tell { .. }) => one_of(&[Means::AskMeasured]),
        Intent::Measure(MeasureWish::Forget { .. }) => one_of(&[Means::ForgetMeasured]),
        Intent::List { wish, .. } => match wish {
            ListWish::Add(_) => one_of(&[Means::AddToList]),
            ListWish::TakeOff(_) => one_of(&[Means::TakeOffList]),
            ListWish::Read => one_of(&[Means::ReadList]),
            ListWish::Ask(_) => one_of(&[Means::AskList]),
            ListWish::Clear => one_of(&[Means::ClearList]),
        },
        Intent::Timer(TimerWish::Start { .. }) => one_of(&[Means::StartTimer]),
        Intent::Timer(TimerWish::StopAll { .. }) => one_of(&[Means::StopTimers]),
        Intent::Timer(TimerWish::Change { change, .. }) => match change {
            TimerChange::Stop => one_of(&[Means::StopTimer]),
            TimerChange::Pause => one_of(&[Means::PauseTimer]),
            TimerChange::GoOn => one_of(&[Means::ResumeTimer]),
            TimerChange::Tell => one_of(&[Means::AskTimer]),
            TimerChange::Add(_) => one_of(&[Means::LengthenTimer]),
            TimerChange::TakeOff(_) => one_of(&[Means::ShortenTimer]),
        },
        Intent::Agenda(wish) => match wish {
            AgendaWish::Add { .. } => one_of(&[Means::AddToAgenda]),
            AgendaWish::On(_) => one_of(&[Means::OnDay]),
            AgendaWish::Tell { .. } => one_of(&[Means::AskAgenda]),
            AgendaWish::Remove { .. } => one_of(&[Means::RemoveFromAgenda]),
        },
        Intent::Tell { .. } => one_of(&[Means::Tell]),
        Intent::TellWhom { .. } => one_of(&[Means::TellWhom]),
        Intent::AskTold { .. } => one_of(&[Means::AskTold]),
        Intent::AskWhy => one_of(&[Means::AskWhy]),
        Intent::AskPlan => one_of(&[Means::AskPlan]),
        Intent::AskAbilities => one_of(&[Means::AskAbilities]),
        Intent::AskMore => one_of(&[Means::AskMore]),
        Intent::AskKnown => one_of(&[Means::AskKnown]),
        Intent::AskSeen => one_of(&[Means::AskSeen]),
        Intent::AskPhone { .. } => one_of(&[Means::AskPhone]),
        Intent::Lonely => one_of(&[Means::Lonely]),
        Intent::StopListening { .. } => one_of(&[Means::StopListening]),
        Intent::Repeat => one_of(&[Means::Repeat]),
        Intent::Speak(MannerChange::Louder) => one_of(&[Means::Louder]),
        Intent::Speak(MannerChange::Softer) => one_of(&[Means::Softer]),
        Intent::Speak(MannerChange::Slower) => one_of(&[Means::Slower]),
        Intent::Speak(MannerChange::Faster) => one_of(&[Means::Faster]),
        Intent::Cancel => one_of(&[Means::Cancel]),
        Intent::Skill { .. } => one_of(&[Means::Answer]),
        Intent::Words { .. } => one_of(&[Means::Words]),
        Intent::Called | Intent::NotUnderstood => false,
    }
}

/// The meaning of an act. A step is of light or of warmth: `means` says which.
fn operating(act: Act, means: Means) -> Means {
    match act {
        Act::Switch(Power::On) => Means::SwitchOn,
        Act::Switch(Power::Off) => Means::SwitchOff,
        Act::Level(_) => Means::Level,
        Act::Step(Step::Up) if means == Means::Warmer => Means::Warmer,
        Act::Step(Step::Up) => Means::Brighter,
        Act::Step(Step::Down) if means == Means::Cooler => Means::Cooler,
        Act::Step(Step::Down) => Means::Dimmer,
        Act::Colour(_) => Means::Colour,
        Act::Move(Move::Open) => Means::Open,
        Act::Move(Move::Close) => Means::Close,
        Act::Move(Move::Stop) => Means::Stop,
        Act::Move(Move::To(_)) => Means::Level,
        Act::Bolt(Bolt::Locked) => Means::Lock,
        Act::Bolt(Bolt::Unlocked) => Means::Unlock,
        Act::Temperature(_) => Means::SetTemperature,
    }
}

fn asking(asked: Asked) -> Means {
    match asked {
        Asked::On => Means::AskOn,
        Asked::Off => Means::AskOff,
        Asked::Open => Means::AskOpen,
        Asked::Closed => Means::AskClosed,
        Asked::Locked => Means::AskLocked,
        Asked::Unlocked => Means::AskUnlocked,
        Asked::How => Means::AskHow,
        Asked::Temperature => Means::AskTemperature,
        Asked::Setting => Means::AskSetting,
    }
}
