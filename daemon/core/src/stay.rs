//! Whether the resident is away or has company, as they said it. Away ends at the end they named,
//! or as soon as they speak or press; a door alone only makes it ask. Company ends within a day,
//! because nobody tells a device that it has gone. What silence means is decided in
//! [`crate::watch`].

use std::time::Duration;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::activity::Household;
use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::intent::{Intent, When};
use crate::kept::Kept;
use crate::question::Topic;
use crate::reply::{Reply, Slot};
use crate::time::Instant;

/// Whoever says that they go is still in for this long: coat, keys, and a word on the way out.
const LEAVING_TAKES: Duration = Duration::from_secs(30 * 60);
/// Who does not say until when is not waited for much longer than an evening out.
const AWAY_AT_LEAST: Duration = Duration::from_secs(6 * 3600);
/// A longer journey is said again: nothing is watched or reminded meanwhile.
const AWAY_DAYS_MAX: i64 = 31;
const COMPANY_LASTS: Duration = Duration::from_secs(24 * 3600);
/// The door asks no oftener than this: whoever waters the plants goes in and out.
const DOOR_ASKS_AGAIN_AFTER: Duration = Duration::from_secs(3600);

/// What was said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StayWish {
    /// "I am going to my sister until Thursday."
    Leave { until: Option<Until> },
    /// "I am back."
    Back,
    /// "I have visitors."
    Company,
    /// "They have gone."
    Alone,
}

/// Until when somebody is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// Some time on that day.
    Day(Date),
    Moment(When),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stay {
    /// Holds while the household is `Away`.
    away: Option<Away>,
    /// Silence is counted from here at the earliest: nobody was expected before.
    pub(crate) back_at: Option<Instant>,
    company_until: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Away {
    since: Instant,
    until: Timestamp,
    /// When the door last made it ask.
    asked: Option<Instant>,
}

impl Home {
    pub(crate) fn next_stay(&self) -> Option<Instant> {
        let away = self.away().map(|away| self.state.clock.instant_of(away.until));
        [away, self.state.stay.company_until].into_iter().flatten().min()
    }

    pub(crate) fn has_company(&self) -> bool {
        self.state.stay.company_until.is_some()
    }

    pub(crate) fn wish_stay(&mut self, wish: &StayWish) {
        let reply = match wish {
            StayWish::Leave { until } => self.leave(until.as_ref()),
            StayWish::Back => {
                let was_away = self.away().is_some();
                self.come_back();
                Reply::new(if was_away { key::STAY_BACK } else { key::STAY_HERE })
            }
            StayWish::Company => {
                self.state.stay.company_until = Some(self.at + COMPANY_LASTS);
                Reply::new(key::STAY_COMPANY)
            }
            StayWish::Alone => {
                self.state.stay.company_until = None;
                self.expect_from_now();
                Reply::new(key::STAY_ALONE)
            }
        };
        self.say(reply, Urgency::Calm);
    }

    /// Somebody who was away was heard, or pressed. Who is still leaving, or says so, is not back.
    pub(crate) fn notice_at_home(&mut self, said: Option<&Intent>) {
        let at = self.at;
        let gone = self.away().is_some_and(|away| at.since(away.since) > LEAVING_TAKES);
        let asked = matches!(self.state.talk.topic(), Some(Topic::Kept(Kept::BackAlready)));
        let says_so = matches!(said, Some(Intent::Stay(_)));
        if gone && !asked && !says_so {
            self.come_back();
            self.say(Reply::new(key::STAY_NOTICED), Urgency::Calm);
        }
    }

    /// A door to the outside: whoever it was, it only asks.
    pub(crate) fn door_asks(&mut self) {
        let at = self.at;
        let due = self.away().is_some_and(|away| {
            at.since(away.since) > LEAVING_TAKES
                && away.asked.is_none_or(|asked| at.since(asked) > DOOR_ASKS_AGAIN_AFTER)
        });
        if !due || self.awaits_answer() {
            return;
        }
        if let Some(away) = &mut self.state.stay.away {
            away.asked = Some(at);
        }
        self.pose(Topic::Kept(Kept::BackAlready));
    }

    pub(crate) fn come_back(&mut self) {
        self.state.activity.household = Household::Living;
        self.state.stay.away = None;
        self.expect_from_now();
    }

    pub(crate) fn handle_stay_due(&mut self) {
        let (at, wall) = (self.at, self.now.wall);
        if self.away().is_some_and(|away| away.until <= wall) {
            self.come_back();
        }
        if self.state.stay.company_until.is_some_and(|until| until <= at) {
            self.state.stay.company_until = None;
            self.expect_from_now();
        }
    }

    fn away(&self) -> Option<&Away> {
        let away = self.state.activity.household == Household::Away;
        self.state.stay.away.as_ref().filter(|_| away)
    }

    fn expect_from_now(&mut self) {
        self.state.stay.back_at = Some(self.at);
        self.look_at_silence_again();
    }

    fn leave(&mut self, until: Option<&Until>) -> Reply {
        let local = self.local();
        let end_of = |date: Date| {
            let next = date.tomorrow().ok()?.to_zoned(local.time_zone().clone()).ok()?;
            Some(next.timestamp())
        };
        let tonight = end_of(local.date()).unwrap_or(self.now.wall);
        let at_least = self.now.wall + AWAY_AT_LEAST;
        let most = local.checked_add(AWAY_DAYS_MAX.days()).map_or(at_least, |it| it.timestamp());
        let moment = match until {
            Some(Until::Moment(when)) => self.moment_of(when),
            Some(Until::Day(_)) | None => None,
        };
        let (until, reply) = match (until, moment) {
            (Some(Until::Day(date)), _) => {
                let until = end_of(*date).unwrap_or(tonight).min(most);
                // The day before midnight, as it was said.
                let date = (until - Duration::from_secs(1)).to_zoned(local.time_zone().clone());
                let reply = Reply::new(key::STAY_AWAY_UNTIL);
                (until, reply.with("date", Slot::Date(date.date())))
            }
            (_, Some(moment)) => {
                let until = moment.min(most);
                let back = until.to_zoned(local.time_zone().clone());
                let reply = match back.date() == local.date() {
                    true => Reply::new(key::STAY_AWAY_AT).with("time", Slot::Time(back.time())),
                    false => Reply::new(key::STAY_AWAY_UNTIL).with("date", Slot::Date(back.date())),
                };
                (until, reply)
            }
            (Some(Until::Moment(_)) | None, None) => {
                (tonight.max(at_least), Reply::new(key::STAY_AWAY))
            }
        };
        self.state.activity.household = Household::Away;
        self.state.stay.away = Some(Away { since: self.at, until, asked: None });
        reply
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::Time;

    use super::*;
    use crate::afternoon::{Afternoon, plan};
    use crate::device::{Capability, Observation, Opening, Press, Reading};
    use crate::event::Event;
    use crate::plan::{Alone, Device, Hours, Inactivity, Plan, Reminder, ReminderKind, Watch};

    const fn hours(hours: u64) -> Duration {
        Duration::from_secs(hours * 3600)
    }

    fn device(capability: Capability, way_out: bool) -> Device {
        Device {
            name: "sensor".into(),
            aliases: Vec::new(),
            room: "hall".into(),
            capabilities: vec![capability],
            driver: "simulated".into(),
            way_out,
        }
    }

    /// Watched alone, with a front door and a help button, and something to remember every hour.
    fn watched() -> Plan {
        let reminder = |hour: i8| Reminder {
            what: "de was".into(),
            at: Time::constant(hour, 30, 0, 0),
            days: Vec::new(),
            kind: ReminderKind::Plain,
        };
        let rule = Inactivity { after: hours(4), hours: Hours::ALWAYS };
        Plan {
            devices: [
                ("door".into(), device(Capability::Opening, true)),
                ("button".into(), device(Capability::Button, false)),
            ]
            .into(),
            watch: Watch { inactivity: Some(rule), silent_after: hours(500), alone: Alone::Surely },
            reminders: (0..24)
                .map(|hour| (format!("r{hour}").as_str().into(), reminder(hour)))
                .collect(),
            ..plan()
        }
    }

    fn home() -> Afternoon {
        let mut afternoon = Afternoon::begin(watched());
        // Alive, and nobody went through it.
        door(&mut afternoon, Opening::Closed);
        afternoon.hears(Intent::AskTime);
        afternoon.said();
        afternoon
    }

    fn door(afternoon: &mut Afternoon, opening: Opening) {
        let (device, reading) = ("door".into(), Reading::Opening(opening));
        afternoon.happens(&Event::Observed(Observation { device, reading }));
    }

    fn stay(wish: StayWish) -> Intent {
        Intent::Stay(wish)
    }

    fn leave(afternoon: &mut Afternoon, days: i64) {
        let day = afternoon.home.local().date().checked_add(days.days()).expect("a day");
        afternoon.hears(stay(StayWish::Leave { until: Some(Until::Day(day)) }));
    }

    fn keys(afternoon: &mut Afternoon) -> Vec<String> {
        afternoon.said().into_iter().map(|reply| reply.key.into_owned()).collect()
    }

    #[test]
    fn in_an_empty_home_nothing_is_said_and_no_silence_is_an_alarm() {
        let mut afternoon = home();
        leave(&mut afternoon, 3);
        assert_eq!(keys(&mut afternoon), [key::STAY_AWAY_UNTIL]);
        afternoon.passes(hours(60));
        assert_eq!(keys(&mut afternoon), [""; 0]);
        assert_eq!(afternoon.sent(), []);
        // The day they named is over: silence means something again, from then on.
        afternoon.passes(hours(24 * 4 - 60));
        assert!(keys(&mut afternoon).contains(&key::REMIND.to_owned()));
        assert_ne!(afternoon.sent(), [], "nobody came back, and nobody answers");
        assert_eq!(afternoon.faults(), []);
    }

    #[test]
    fn without_those_words_the_same_silence_is_an_alarm() {
        let mut afternoon = home();
        afternoon.passes(hours(60));
        assert_ne!(afternoon.sent(), []);
    }

    #[test]
    fn away_ends_when_the_resident_speaks_or_presses_and_not_on_the_way_out() {
        for (said, noticed) in [
            (Intent::AskTime, key::STAY_NOTICED),
            (stay(StayWish::Back), key::STAY_BACK),
            (Intent::NotUnderstood, key::NOT_UNDERSTOOD),
        ] {
            let mut afternoon = home();
            leave(&mut afternoon, 2);
            afternoon.passes(Duration::from_secs(120));
            afternoon.hears(Intent::AskTime);
            assert_eq!(keys(&mut afternoon), [key::STAY_AWAY_UNTIL, key::TIME_NOW]);
            afternoon.passes(hours(5));
            assert_eq!(keys(&mut afternoon), [""; 0], "still away");
            afternoon.hears(said.clone());
            assert_eq!(keys(&mut afternoon)[0], noticed);
            let away = said == Intent::NotUnderstood;
            afternoon.passes(hours(2));
            assert_eq!(keys(&mut afternoon).is_empty(), away, "{said:?}");
        }
        let mut afternoon = home();
        leave(&mut afternoon, 2);
        afternoon.passes(hours(5));
        afternoon.said();
        let (device, reading) = ("button".into(), Reading::Button(Press::Long));
        afternoon.happens(&Event::Observed(Observation { device, reading }));
        assert_eq!(keys(&mut afternoon), [key::STAY_NOTICED]);
    }

    #[test]
    fn a_door_alone_only_asks_and_not_every_time() {
        for (answer, home_again) in
            [(Some(Intent::Yes), true), (Some(Intent::No), false), (None, false)]
        {
            let mut afternoon = home();
            leave(&mut afternoon, 2);
            door(&mut afternoon, Opening::Open);
            door(&mut afternoon, Opening::Closed);
            assert_eq!(keys(&mut afternoon), [key::STAY_AWAY_UNTIL], "on the way out");
            afternoon.passes(hours(5));
            afternoon.said();
            for _ in 0..2 {
                door(&mut afternoon, Opening::Open);
                door(&mut afternoon, Opening::Closed);
                afternoon.passes(Duration::from_secs(100));
            }
            assert_eq!(keys(&mut afternoon), [key::KEPT_ASK]);
            afternoon.passes(hours(1));
            door(&mut afternoon, Opening::Open);
            door(&mut afternoon, Opening::Closed);
            assert_eq!(keys(&mut afternoon), [key::KEPT_ASK]);
            if let Some(answer) = answer {
                afternoon.hears(answer);
            }
            let said = keys(&mut afternoon);
            assert_eq!(said == [key::STAY_BACK], home_again, "{said:?}");
            assert_eq!(afternoon.home.away().is_none(), home_again);
        }
    }

    #[test]
    fn it_says_until_when_and_no_longer_than_a_month() {
        for (until, said) in [
            (None, key::STAY_AWAY),
            (Some(Until::Moment(When::In(hours(2)))), key::STAY_AWAY_AT),
            (Some(Until::Moment(When::In(hours(48)))), key::STAY_AWAY_UNTIL),
            (Some(Until::Moment(When::Daily(Time::midnight()))), key::STAY_AWAY),
        ] {
            let mut afternoon = home();
            afternoon.hears(stay(StayWish::Leave { until }));
            assert_eq!(keys(&mut afternoon), [said]);
        }
        let mut afternoon = home();
        leave(&mut afternoon, 300);
        let month = afternoon.home.local().date().checked_add(AWAY_DAYS_MAX.days()).expect("a day");
        assert_eq!(afternoon.said()[0].slots.get("date"), Some(&Slot::Date(month)));
    }

    #[test]
    fn with_company_silence_says_nothing_for_a_day_at_most() {
        let quiet = Plan { reminders: Default::default(), ..watched() };
        for (words, silent) in [(&[][..], 24), (&[StayWish::Alone], 0)] {
            let mut afternoon = home();
            afternoon.happens(&Event::Configured(Arc::new(quiet.clone())));
            afternoon.hears(stay(StayWish::Company));
            words.iter().for_each(|wish| afternoon.hears(stay(wish.clone())));
            afternoon.passes(hours(silent + 3));
            assert_eq!(afternoon.sent(), [], "{words:?}");
            afternoon.passes(hours(3));
            assert_ne!(afternoon.sent(), [], "{words:?}");
        }
    }

    #[test]
    fn a_power_cut_brings_nobody_home() {
        let mut afternoon = home();
        leave(&mut afternoon, 3);
        afternoon.said();
        afternoon.is_off(hours(1));
        afternoon.passes(hours(20));
        assert_eq!(keys(&mut afternoon), [""; 0]);
        assert_eq!(afternoon.sent(), []);
    }
}
