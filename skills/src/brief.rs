//! A meaning in one short line, for examples, the command line and people who write skills.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use omzien_core::agenda::{AgendaWish, Stretch};
use omzien_core::colour::Colour;
use omzien_core::device::{Bolt, Capability, Move, Power, Step};
use omzien_core::intent::{Act, Asked, Given, Target, When};
use omzien_core::lists::{ListName, ListWish};
use omzien_core::measurement::{MeasureWish, Quantity};
use omzien_core::stay::{StayWish, Until};
use omzien_core::timer::{TimerChange, TimerWish, WhichTimer};
use omzien_core::{Intent, MannerChange};

/// A meaning in one short line: `on kitchen_lamp`, `remind "the oven" in 600s`.
pub fn brief(intent: &Intent) -> String {
    match intent {
        Intent::Yes => "yes".into(),
        Intent::No => "no".into(),
        Intent::Help => "help".into(),
        Intent::Fine => "fine".into(),
        Intent::Taken => "taken".into(),
        Intent::Later => "later".into(),
        Intent::Skip => "skip".into(),
        Intent::Operate { what, act } => format!("{} {}", self::act(*act), target(what)),
        Intent::OtherOne => "other one".into(),
        Intent::AskState { what, is } => format!("{}? {}", asked(*is), target(what)),
        Intent::RunScene(scene) => format!("scene {scene}"),
        Intent::AskTime => "time?".into(),
        Intent::AskDate => "date?".into(),
        Intent::Remind { what, when } => format!("remind {what:?} {}", moment(when)),
        Intent::RemindWhen { what } => format!("remind {what:?} when?"),
        Intent::RemindMinutes { what } => format!("remind {what:?} minutes?"),
        Intent::Moment(when) => format!("moment {}", moment(when)),
        Intent::Number(number) => format!("number {number}"),
        Intent::Person(contact) => format!("person {contact}"),
        Intent::ListReminders => "reminders?".into(),
        Intent::CancelReminders => "cancel reminders".into(),
        Intent::Words { things, .. } => format!("words {things:?}"),
        Intent::Stay(wish) => stay(wish),
        Intent::Measure(wish) => measure(*wish),
        Intent::List { list, wish } => self::list(*list, wish),
        Intent::Timer(wish) => timer(wish),
        Intent::Agenda(wish) => agenda(wish),
        Intent::Tell { contact, words } => format!("tell {contact} {words:?}"),
        Intent::TellWhom { words } => format!("tell whom? {words:?}"),
        Intent::AskTold { contact: Some(contact) } => format!("told {contact}?"),
        Intent::AskTold { contact: None } => "told?".into(),
        Intent::AskWhy => "why?".into(),
        Intent::AskPlan => "plan?".into(),
        Intent::AskAbilities => "abilities?".into(),
        Intent::AskMore => "more?".into(),
        Intent::AskKnown => "known?".into(),
        Intent::AskSeen => "seen?".into(),
        Intent::AskPhone { contact: Some(contact) } => format!("phone {contact}"),
        Intent::AskPhone { contact: None } => "phone".into(),
        Intent::Lonely => "lonely".into(),
        Intent::StopListening { duration: Some(length) } => {
            format!("stop listening {}", seconds(*length))
        }
        Intent::StopListening { duration: None } => "stop listening".into(),
        Intent::Repeat => "repeat".into(),
        Intent::Called => "called".into(),
        Intent::Speak(change) => match change {
            MannerChange::Louder => "louder".into(),
            MannerChange::Softer => "softer".into(),
            MannerChange::Slower => "slower".into(),
            MannerChange::Faster => "faster".into(),
        },
        Intent::Cancel => "cancel".into(),
        Intent::Skill { name, slots } => {
            let slots = slots.iter().map(|(name, given)| format!(" {name}={}", self::given(given)));
            std::iter::once(name.clone()).chain(slots).collect()
        }
        Intent::NotUnderstood => "?".into(),
    }
}

fn stay(wish: &StayWish) -> String {
    match wish {
        StayWish::Leave { until: None } => "leave".into(),
        StayWish::Leave { until: Some(Until::Day(day)) } => {
            format!("leave until {}", day.strftime("%m-%d"))
        }
        StayWish::Leave { until: Some(Until::Moment(when)) } => {
            format!("leave until {}", moment(when))
        }
        StayWish::Back => "back".into(),
        StayWish::Company => "company".into(),
        StayWish::Alone => "alone".into(),
    }
}

fn measure(wish: MeasureWish) -> String {
    let name = |quantity: Option<Quantity>| match quantity {
        Some(Quantity::BloodPressure) => "blood pressure",
        Some(Quantity::Pulse) => "pulse",
        Some(Quantity::Weight) => "weight",
        Some(Quantity::Glucose) => "glucose",
        Some(Quantity::Temperature) => "temperature",
        None => "measured",
    };
    match wish {
        MeasureWish::Keep { quantity, amount: None } => format!("{} = ?", name(quantity)),
        MeasureWish::Keep { quantity, amount: Some(amount) } => {
            let under = amount.under_tenths.map(|under| format!("/{}", decimal(under)));
            format!("{} = {}{}", name(quantity), decimal(amount.tenths), under.unwrap_or_default())
        }
        MeasureWish::Tell { quantity } => format!("{}?", name(quantity)),
        MeasureWish::Forget { quantity } => format!("forget {}", name(quantity)),
    }
}

/// `note "the dentist" 11-24 10:00`, `agenda? 11-23`.
fn agenda(wish: &AgendaWish) -> String {
    let (act, what, when) = match wish {
        AgendaWish::Add { what: None, when: None } => return "note ?".into(),
        AgendaWish::Add { what: Some(what), when: None } => return format!("note {what:?} when?"),
        AgendaWish::Add { what, when } => ("note", what, when),
        AgendaWish::On(when) => return format!("on {}", stretch(when)),
        AgendaWish::Tell { what, when } => ("agenda?", what, when),
        AgendaWish::Remove { what, when } => ("strike", what, when),
    };
    let what = what.as_ref().map(|what| format!(" {what:?}"));
    let when = when.as_ref().map(|when| format!(" {}", stretch(when)));
    std::iter::once(act.to_owned()).chain(what).chain(when).collect()
}

fn stretch(stretch: &Stretch) -> String {
    let day = |day: &Date| day.strftime("%m-%d").to_string();
    let moment = |at: &DateTime| at.strftime("%m-%d %H:%M").to_string();
    match stretch {
        Stretch::Moment(at) => moment(at),
        Stretch::Between { from, until } => format!("{} to {}", moment(from), moment(until)),
        Stretch::Days { first, last } if first == last => day(first),
        Stretch::Days { first, last } => format!("{} to {}", day(first), day(last)),
        Stretch::Within { from, until } => format!("{} .. {}", moment(from), moment(until)),
    }
}

fn decimal(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn list(list: ListName, wish: &ListWish) -> String {
    let name = match list {
        ListName::Shopping => "shopping",
        ListName::ToDo => "to do",
    };
    match wish {
        ListWish::Add(things) => format!("{name} + {things:?}"),
        ListWish::TakeOff(things) => format!("{name} - {things:?}"),
        ListWish::Read => format!("{name}?"),
        ListWish::Ask(things) => format!("{name}? {things:?}"),
        ListWish::Clear => format!("clear {name}"),
    }
}

fn timer(wish: &TimerWish) -> String {
    match wish {
        TimerWish::Start { name, length } => {
            let length = length.map_or("?".into(), seconds);
            let name = name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
            format!("timer {length}{name}")
        }
        TimerWish::StopAll { room: None } => "stop timers".into(),
        TimerWish::StopAll { room: Some(room) } => format!("stop timers {room}"),
        TimerWish::Change { which, change } => {
            let change = match change {
                TimerChange::Stop => "stop timer".into(),
                TimerChange::Pause => "pause timer".into(),
                TimerChange::GoOn => "resume timer".into(),
                TimerChange::Tell => "timer?".into(),
                TimerChange::Add(length) => format!("timer +{}", seconds(*length)),
                TimerChange::TakeOff(length) => format!("timer -{}", seconds(*length)),
            };
            format!("{change}{}", which_timer(which))
        }
    }
}

fn which_timer(which: &WhichTimer) -> String {
    let WhichTimer { name, length, room } = which;
    let name = name.as_ref().map(|name| format!(" {name:?}"));
    let length = length.map(|length| format!(" of {}", seconds(length)));
    let room = room.as_ref().map(|room| format!(" in {room}"));
    [name, length, room].into_iter().flatten().collect()
}

/// Lamps have no word for what they are: `room kitchen`, `room kitchen cover`.
fn target(target: &Target) -> String {
    match target {
        Target::Device(device) => device.to_string(),
        Target::Room { room, of: Capability::Light } => format!("room {room}"),
        Target::Room { room, of } => format!("room {room} {}", lower(of)),
        Target::All(Capability::Light) => "all".into(),
        Target::All(of) => format!("all {}", lower(of)),
        Target::Several(devices) if devices.is_empty() => "nothing".into(),
        Target::Several(devices) => {
            devices.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
        }
        Target::Last => "last".into(),
    }
}

fn act(act: Act) -> String {
    match act {
        Act::Switch(Power::On) => "on".into(),
        Act::Switch(Power::Off) => "off".into(),
        Act::Level(percent) | Act::Move(Move::To(percent)) => format!("at {}%", percent.get()),
        Act::Step(Step::Up) => "more".into(),
        Act::Step(Step::Down) => "less".into(),
        Act::Colour(colour) => {
            let named = Colour::ALL.iter().find(|(_, known)| *known == colour);
            named.map_or("", |(name, _)| *name).into()
        }
        Act::Move(Move::Open) => "open".into(),
        Act::Move(Move::Close) => "close".into(),
        Act::Move(Move::Stop) => "stop".into(),
        Act::Bolt(Bolt::Locked) => "lock".into(),
        Act::Bolt(Bolt::Unlocked) => "unlock".into(),
        Act::Temperature(celsius) => {
            format!("{}.{}C", celsius.in_tenths() / 10, celsius.in_tenths().abs() % 10)
        }
    }
}

fn asked(asked: Asked) -> String {
    lower(&asked)
}

fn lower(word: &impl std::fmt::Debug) -> String {
    format!("{word:?}").to_lowercase()
}

fn given(given: &Given) -> String {
    match given {
        Given::Listed { id, .. } => id.clone(),
        Given::Things(things) => target(things),
        Given::Scene(scene) => scene.to_string(),
        Given::Room(room) => room.to_string(),
        Given::Floor(floor) => floor.clone(),
        Given::Device(device) => device.to_string(),
        Given::Contact(contact) => contact.to_string(),
        Given::When(when) => moment(when),
        Given::Stretch(period) => stretch(period),
        Given::Duration(length) => seconds(*length),
        Given::Number(number) => number.to_string(),
        Given::Tenths(tenths) => decimal(*tenths),
        Given::Words(words) => format!("{words:?}"),
    }
}

fn moment(when: &When) -> String {
    match when {
        When::In(length) => format!("in {}", seconds(*length)),
        When::Today(time) => format!("at {}", time.strftime("%H:%M")),
        When::At(moment) => format!("at {}", moment.strftime("%m-%d %H:%M")),
        When::Weekly { days, at } => {
            let days: Vec<_> = days.iter().map(|day| format!("{day:?}").to_lowercase()).collect();
            format!("every {} at {}", days.join(" "), at.strftime("%H:%M"))
        }
        When::Daily(at) => format!("every day at {}", at.strftime("%H:%M")),
    }
}

fn seconds(length: Duration) -> String {
    format!("{}s", length.as_secs())
}
