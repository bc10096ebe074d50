//! What the home keeps for the resident, as it is heard: timers that ring, and what a power cut
//! does to them. Judged by what was heard alone.

use std::time::Duration;

use omzien::journal::Spared;
use omzien_core::Intent;
use omzien_core::catalogue::CHIME_WRITTEN;
use omzien_core::timer::{TimerChange, TimerWish, WhichTimer};
use omzien_drivers::simulated::Act;
use omzien_tests::story::{MINUTE, Story, home};

const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

fn timer(name: Option<&str>, length: Duration) -> Act {
    let name = name.map(str::to_owned);
    Act::Say(Intent::Timer(TimerWish::Start { name, length: Some(length) }))
}

#[test]
fn two_pans_on_the_stove_and_a_power_cut() {
    let mut story = Story::begin(home(), 17, 0);
    story.act(17, 1, 0, timer(Some("de eieren"), minutes(8)));
    story.act(17, 2, 0, timer(None, minutes(20)));
    let which = WhichTimer::default();
    let ask = TimerWish::Change { which, change: TimerChange::Tell };
    story.act(17, 5, 0, Act::Say(Intent::Timer(ask)));
    story.run_until(17, 15);
    story.world.cut_power(15 * MINUTE, Spared::Nothing);
    story.run_until(18, 0);

    let mut said = story.heard((17, 0), (17, 15));
    // The tone that proves loudspeaker and microphone once a day.
    said.retain(|text| text != CHIME_WRITTEN);
    assert_eq!(
        said,
        [
            "Goed. De timer voor de eieren gaat over acht minuten af.",
            "Goed. De timer gaat over twintig minuten af.",
            "Dit zijn uw timers: timer voor de eieren, nog vier minuten; timer van twintig \
             minuten, nog zeventien minuten.",
            "De timer voor de eieren is klaar.",
            "Ik zeg het nog eens. De timer voor de eieren is klaar.",
        ]
    );
    let late = "Ik ben laat. De timer van twintig minuten was acht minuten geleden klaar.";
    assert_eq!(story.heard((17, 30), (18, 0)), [late], "late, said as late, and once");
    story.end();
}
