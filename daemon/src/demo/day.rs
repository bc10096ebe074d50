//! The day of the demonstration, scene by scene: an ordinary good one, and in the evening a fall.
//! Every wait is a step that must happen; the first that does not ends the day.

use std::time::Duration;

use jiff::civil::{Time, time};
use omzien_core::Tap;
use omzien_core::catalogue::key;
use omzien_core::device::{Motion, Opening, Power, Reading};
use omzien_core::intent::{Act, Intent};
use omzien_core::plan::Channel;
use omzien_drivers::simulated::ntfy_server::Fault;

use super::director::{Director, Missed, Pace};
use super::resident;

/// Nobody takes a step in less, and an older person in the dark takes longer.
const STEP: Duration = Duration::from_millis(500);

const fn at(hour: i8, minute: i8) -> Time {
    time(hour, minute, 0, 0)
}

/// Lives the day.
pub(super) async fn live(day: &mut Director<'_>) -> Result<(), Missed> {
    day.wired().await?;
    get_up(day).await?;
    take_the_pills(day).await?;
    say_good_morning(day).await?;
    ask_for_things(day).await?;
    go_out_and_come_back(day).await?;
    fall(day).await?;
    be_helped(day).await?;
    go_to_bed(day).await
}

async fn get_up(day: &mut Director<'_>) -> Result<(), Missed> {
    day.quiet_until(at(7, 40)).await?;
    day.tell("It is dark. She gets up and steps into the hall.");
    walk(day, "bedroom").await?;
    let moved = day.device("hall_motion", Reading::Motion(Motion::Detected)).await?;
    let commanded = day.commanded("hall_light").await?;
    let took = commanded.saturating_duration_since(moved);
    let how = if took < STEP { ": before her second step" } else { "" };
    day.tell(&format!("Light, {:.1} ms after the sensor spoke{how}.", took.as_secs_f64() * 1000.0));
    day.device("hall_motion", Reading::Motion(Motion::Clear)).await?;
    Ok(())
}

async fn take_the_pills(day: &mut Director<'_>) -> Result<(), Missed> {
    day.quiet_until(at(7, 55)).await?;
    walk(day, "kitchen").await?;
    day.hear(key::DOSE_ASK, Pace::SkipTo(at(8, 1))).await?;
    day.say(resident::LATER, |intent| *intent == Intent::Later).await?;
    day.hear(key::DOSE_LATER, Pace::Real).await?;
    day.hear(key::DOSE_ASK_AGAIN, Pace::SkipTo(at(8, 40))).await?;
    let taken = |intent: &Intent| matches!(intent, Intent::Yes | Intent::Taken);
    day.say(resident::TAKEN, taken).await?;
    day.hear(key::DOSE_TAKEN, Pace::Real).await
}

async fn say_good_morning(day: &mut Director<'_>) -> Result<(), Missed> {
    day.hear(key::CHECK_IN_ASK, Pace::SkipTo(at(9, 1))).await?;
    let fine = |intent: &Intent| matches!(intent, Intent::Yes | Intent::Fine);
    day.say(resident::FINE, fine).await?;
    day.sent("anna", Channel::Ntfy, Pace::Real).await?;
    day.hear(key::CHECK_IN_GOOD_TOLD, Pace::Real).await
}

async fn ask_for_things(day: &mut Director<'_>) -> Result<(), Missed> {
    day.quiet_until(at(10, 15)).await?;
    day.tell("She looks for her glasses beside the bed.");
    walk(day, "bedroom").await?;
    let light = |intent: &Intent| operates(intent, Power::On);
    day.say(resident::LIGHT, light).await?;
    day.commanded("bedroom_light").await?;
    day.hear(key::LIGHT_ON, Pace::Real).await?;
    day.say(resident::TIME, |intent| *intent == Intent::AskTime).await?;
    day.hear(key::TIME_NOW, Pace::Real).await?;
    day.say(resident::REMIND, |intent| matches!(intent, Intent::Remind { .. })).await?;
    day.hear(key::REMIND_SET_IN, Pace::Real).await?;
    day.hear(key::REMIND, Pace::SkipTo(at(11, 30))).await
}

async fn go_out_and_come_back(day: &mut Director<'_>) -> Result<(), Missed> {
    day.quiet_until(at(12, 30)).await?;
    day.tell("She has lunch in the kitchen.");
    walk(day, "kitchen").await?;
    day.quiet_until(at(14, 0)).await?;
    day.tell("She goes out by the front door. Nobody asks where to.");
    walk(day, "hall").await?;
    pass_the_front_door(day).await?;
    day.quiet_until(at(17, 10)).await?;
    day.tell("She is back.");
    pass_the_front_door(day).await?;
    walk(day, "hall").await?;
    walk(day, "living_room").await
}

/// The wristband believes that she fell. She is asked, and does not answer.
async fn fall(day: &mut Director<'_>) -> Result<(), Missed> {
    day.quiet_until(at(19, 30)).await?;
    day.tell("In the living room she stumbles over the carpet. The wristband notices.");
    walk(day, "living_room").await?;
    day.device("wristband", Reading::Fall).await?;
    day.hear(key::FALL_ASK, Pace::Real).await?;
    day.tell("She does not answer.");
    day.hear(key::WARN_BEFORE_ALARM, Pace::SkipTo(at(19, 31))).await?;
    day.sent("anna", Channel::Ntfy, Pace::SkipTo(at(19, 32))).await?;
    day.hear(key::SENT_NOT_ANSWERED, Pace::Real).await?;
    day.tell(
        "Anna's telephone is in her bag. Three minutes later it is the turn of Piet and Mr Jansen, \
         and just then the ntfy server refuses Piet's message.",
    );
    day.stage.ntfy.fail_next([Fault::Status(500)]);
    day.sent("jansen", Channel::Mail, Pace::SkipTo(at(19, 35))).await?;
    day.sent("piet", Channel::Mail, Pace::Real).await?;
    day.sent("piet", Channel::Ntfy, Pace::SkipTo(at(19, 36))).await
}

async fn be_helped(day: &mut Director<'_>) -> Result<(), Missed> {
    day.settle().await?;
    day.tell("Anna sees the message and taps “I go”.");
    day.anna_taps(Tap::Go).await?;
    day.hear(key::COMING, Pace::Real).await?;
    day.sent("anna", Channel::Ntfy, Pace::Real).await?;
    day.quiet_until(at(19, 50)).await?;
    day.tell("Anna comes in, and taps “I'm there”.");
    pass_the_front_door(day).await?;
    walk(day, "hall").await?;
    day.anna_taps(Tap::There).await?;
    day.hear(key::THERE, Pace::Real).await?;
    day.quiet_until(at(20, 10)).await?;
    day.tell("Nothing is broken. They drink tea, and Anna taps “It is done”.");
    walk(day, "living_room").await?;
    day.anna_taps(Tap::Done).await?;
    day.hear(key::CLOSED_BY, Pace::Real).await?;
    day.sent("piet", Channel::Mail, Pace::Real).await
}

async fn go_to_bed(day: &mut Director<'_>) -> Result<(), Missed> {
    day.quiet_until(at(22, 15)).await?;
    let dark = |intent: &Intent| operates(intent, Power::Off);
    day.say(resident::DARK, dark).await?;
    day.commanded("bedroom_light").await?;
    day.hear(key::LIGHT_OFF, Pace::Real).await?;
    walk(day, "bedroom").await?;
    day.quiet_until(at(22, 45)).await
}

/// She moves in a room, and its sensor sees it.
async fn walk(day: &mut Director<'_>, room: &str) -> Result<(), Missed> {
    for motion in [Motion::Detected, Motion::Clear] {
        day.device(&format!("{room}_motion"), Reading::Motion(motion)).await?;
    }
    Ok(())
}

async fn pass_the_front_door(day: &mut Director<'_>) -> Result<(), Missed> {
    for opening in [Opening::Open, Opening::Closed] {
        day.device("front_door", Reading::Opening(opening)).await?;
    }
    Ok(())
}

fn operates(intent: &Intent, power: Power) -> bool {
    matches!(intent, Intent::Operate { act: Act::Switch(switched), .. } if *switched == power)
}
