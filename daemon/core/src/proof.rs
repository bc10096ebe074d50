//! The daily proof that loudspeaker and microphone work: what was said came back through the room
//! and the microphone, loud enough. Whatever is said anyway is the proof; only where nothing was
//! said by the friendly hour does the home greet, and only after a start or a change of the card
//! does it make a short soft sound. At night it does neither. Success is silent.

use std::time::Duration;

use jiff::civil::Time;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::activity::{Household, Whereabouts};
use crate::catalogue::key;
use crate::effect::{Effect, Listening, Urgency};
use crate::event::{Trouble, TroubleState};
use crate::home::Home;
use crate::ledger::Fact;
use crate::reply::{Reply, Slot};
use crate::time::{Instant, WallTrust};

/// A match so far above chance is the sound itself. Measured (drivers/tests/proof.rs): speech,
/// music and noise against what was said: up to 800; the same voice with the same words in it: up
/// to 900; what was said, 10 dB under a radio: 1800.
const LIKENESS_SURE_PERCENT: u16 = 1_200;
/// Loud enough: it adds as much to the room's own noise as the noise itself has.
const OVER_ROOM_DB: i16 = 3;
/// In a room louder than this, what is too soft may be loud enough when the radio is off.
const QUIET_ROOM_DBFS: i16 = -50;
/// Where it was not found, something else sounded that loudly over the room, or was that loud all
/// the time: a voice, a radio close by. Whether it was heard, nobody knows.
const SOMEBODY_DB: i16 = 6;
const LOUD_DBFS: i16 = -40;

/// So many sentences in a row that were not heard back are a trouble. One may fall together with
/// a slamming door, two with a lorry; the third comes twenty minutes after the first at the
/// latest, so a dead loudspeaker is known before the morning is over.
const MISSED_MAX: u8 = 3;
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(10 * 60);
/// After a start or a new card: the first sentences are being said, and the card settles.
const SETTLES_IN: Duration = Duration::from_secs(60);
/// A check-in or a reminder of the very hour comes first, and is the proof.
const GRACE: Duration = Duration::from_secs(2 * 60);
/// Later than this (the home was down, the clock jumped) the hour is over.
const TOO_LATE_AFTER: Duration = Duration::from_secs(3 * 3600);
/// Until then "good morning" is true.
const NOON: Time = Time::constant(12, 0, 0, 0);

/// What the microphone heard while a sound of ours was played to its end, and before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeardBack {
    /// How far the best match with what was played stands above chance: the peak of their
    /// correlation over the mean of all others, in per cent.
    pub likeness_percent: u16,
    /// Loudness at the microphone while it was played, in dB of full scale (-96 to 0).
    pub during_dbfs: i16,
    /// The room's own, just before.
    pub room_dbfs: i16,
}

/// What one measurement tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Proved,
    /// The room was quiet enough to hear it, and it was not there, or too soft.
    Missed,
    /// Somebody spoke, or the radio is loud: neither proved nor missed.
    Unclear,
}

impl HeardBack {
    fn verdict(&self) -> Verdict {
        let over_room_db = self.during_dbfs - self.room_dbfs;
        if self.likeness_percent >= LIKENESS_SURE_PERCENT {
            match (over_room_db >= OVER_ROOM_DB, self.room_dbfs < QUIET_ROOM_DBFS) {
                (true, _) => Verdict::Proved,
                (false, true) => Verdict::Missed,
                (false, false) => Verdict::Unclear,
            }
        } else if self.during_dbfs > LOUD_DBFS || over_room_db > SOMEBODY_DB {
            Verdict::Unclear
        } else {
            Verdict::Missed
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Proving {
    /// When loudspeaker and microphone last proved to work.
    proved: Option<Timestamp>,
    /// Sentences in a row that were not heard back, as far as they are counted.
    missed: u8,
    /// The next day's hour; one that was handled never comes again.
    next: Option<Timestamp>,
    handled: Option<Timestamp>,
    /// When a short sound is due that no sentence made needless before.
    chime: Option<Instant>,
}

impl Home {
    /// Plans the hour of the day at which the proof is made if none was by then.
    pub(crate) fn plan_proof(&mut self) {
        let Some(hour) = self.proof_hour() else {
            if self.state.proving.missed >= MISSED_MAX {
                self.be_troubled(&Trouble::Inaudible, TroubleState::Over);
            }
            self.state.proving = Proving::default();
            return;
        };
        let local = self.local();
        let after = self.state.proving.handled;
        self.state.proving.next = (-1..=2)
            .filter_map(|days| local.checked_add(days.days()).ok())
            .filter_map(|day| day.with().time(hour).build().ok())
            .map(|planned| planned.timestamp() + GRACE)
            .find(|planned| {
                let late = self.now.wall.duration_since(*planned);
                let in_time = late.as_secs() < TOO_LATE_AFTER.as_secs().cast_signed();
                in_time && after.is_none_or(|handled| *planned > handled)
            });
    }

    /// After a start, or when the card is back: nothing is known of the sound any more.
    pub(crate) fn prove_anew(&mut self) {
        if self.state.plan.prove_sound_at.is_some() {
            self.state.proving.chime = Some(self.at + SETTLES_IN);
        }
    }

    pub(crate) fn next_proof(&self) -> Option<Instant> {
        let planned = self.state.proving.next.map(|wall| self.state.clock.instant_of(wall));
        [planned, self.state.proving.chime].into_iter().flatten().min()
    }

    pub(crate) fn handle_proof_due(&mut self) {
        if let Some(planned) = self.state.proving.next
            && planned <= self.now.wall
        {
            self.state.proving.handled = Some(planned);
            self.plan_proof();
            self.prove_today();
        }
        if self.state.proving.chime.is_some_and(|due| due <= self.at) {
            self.state.proving.chime = None;
            match self.may_sound() {
                May::Now => self.chime(),
                May::Later => self.state.proving.chime = Some(self.at + TRY_AGAIN_AFTER),
                // The next friendly hour, or whatever is said before it, is the proof.
                May::NotToday => {}
            }
        }
    }

    /// What the microphone heard of a sentence.
    pub(crate) fn be_heard_back(&mut self, heard: &HeardBack) {
        if self.state.plan.prove_sound_at.is_none() {
            return;
        }
        let proving = &mut self.state.proving;
        match heard.verdict() {
            Verdict::Unclear => {}
            Verdict::Proved => {
                let first = !self.proved_today() || self.state.proving.missed > 0;
                let troubled = self.state.proving.missed >= MISSED_MAX;
                let proving = &mut self.state.proving;
                (proving.proved, proving.missed, proving.chime) = (Some(self.now.wall), 0, None);
                if first {
                    self.note(None, Fact::SoundProved);
                }
                if troubled {
                    self.be_troubled(&Trouble::Inaudible, TroubleState::Over);
                }
            }
            Verdict::Missed if proving.missed >= MISSED_MAX => {}
            Verdict::Missed => {
                proving.missed += 1;
                if proving.missed >= MISSED_MAX {
                    proving.chime = None;
                    self.be_troubled(&Trouble::Inaudible, TroubleState::Began);
                } else {
                    proving.chime = Some(self.at + TRY_AGAIN_AFTER);
                }
            }
        }
    }

    /// When it was last proved that it can be heard and hears, as a page shows it.
    pub(crate) fn proof_line(&self) -> Option<Reply> {
        let proved =
            self.state.proving.proved.filter(|_| self.state.proving.missed < MISSED_MAX)?;
        let proved = proved.to_zoned(self.local().time_zone().clone());
        let time = Slot::Time(proved.time());
        Some(if proved.date() == self.local().date() {
            Reply::new(key::PROVED_TODAY).with("time", time)
        } else {
            Reply::new(key::PROVED_ON).with("date", Slot::Date(proved.date())).with("time", time)
        })
    }

    /// A check-in of the same morning is the greeting; else the hour of the plan.
    fn proof_hour(&self) -> Option<Time> {
        let hour = self.state.plan.prove_sound_at?;
        let check_in = self.state.plan.check_in.as_ref().map(|check_in| check_in.at);
        Some(check_in.filter(|at| hour < *at && *at < NOON).unwrap_or(hour))
    }

    fn proved_today(&self) -> bool {
        let local = self.local();
        let zone = local.time_zone();
        let proved = self.state.proving.proved;
        proved.is_some_and(|proved| proved.to_zoned(zone.clone()).date() == local.date())
    }

    fn prove_today(&mut self) {
        // What was heard back this morning, and not doubted since, is enough.
        if self.proved_today()
            && self.state.proving.missed == 0
            && self.state.proving.chime.is_none()
        {
            return;
        }
        let out = self.state.activity.whereabouts == Whereabouts::PerhapsOut;
        match self.may_sound() {
            May::Now if out || self.local().time() >= NOON => self.chime(),
            May::Now => {
                self.state.proving.chime = None;
                let name = self.state.plan.resident_name().to_owned();
                let date = Slot::Date(self.local().date());
                let greeting = Reply::new(key::GOOD_MORNING).name("name", name).with("date", date);
                self.say(greeting, Urgency::Calm);
            }
            May::Later => self.state.proving.chime = Some(self.at + TRY_AGAIN_AFTER),
            May::NotToday => self.state.proving.chime = None,
        }
    }

    /// A sound of no words: neither "say that again" nor "what did you say" means it.
    fn chime(&mut self) {
        self.state.proving.chime = None;
        let reply = Reply::new(key::CHIME);
        self.send(Effect::Say { reply, urgency: Urgency::Calm }, None);
    }

    /// Whether a sound that nobody asked for may be made now.
    fn may_sound(&self) -> May {
        // A clock that nobody vouches for may be wrong by half a day, and then it is night.
        if self.now.wall_trusted == WallTrust::Unknown {
            return May::Later;
        }
        let local = self.local().time();
        let friendly = self.proof_hour().is_some_and(|hour| hour <= local);
        // Without a microphone it proves nothing; who shut it wants no sound from it either.
        let shut = self.state.talk.listening() == Listening::Off;
        let nobody = self.state.activity.household != Household::Living;
        if self.state.plan.quiet_hours.contains(local) || !friendly || shut || nobody {
            return May::NotToday;
        }
        if self.has_alarm() || self.awaits_answer() { May::Later } else { May::Now }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    Now,
    /// An alarm or a question has the floor, or the clock is not sure yet: looked at again.
    Later,
    NotToday,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Plan;
    use crate::afternoon::{Afternoon, plan};
    use crate::event::Event;
    use crate::intent::Intent;
    use crate::plan::Hours;
    use crate::request::Actor;

    const HEARD: HeardBack = heard(5_000, -35, -60);
    const NOT_HEARD: HeardBack = heard(400, -60, -60);

    const fn heard(likeness_percent: u16, during_dbfs: i16, room_dbfs: i16) -> HeardBack {
        HeardBack { likeness_percent, during_dbfs, room_dbfs }
    }

    /// A home whose friendly hour is always past, and in which it is never night.
    fn home() -> Afternoon {
        let quiet_hours =
            Hours { from: Time::constant(3, 0, 0, 0), until: Time::constant(3, 1, 0, 0) };
        let prove_sound_at = Some(Time::midnight());
        Afternoon::begin(Plan { quiet_hours, prove_sound_at, ..plan() })
    }

    fn chimes(home: &mut Afternoon) -> usize {
        home.said().iter().filter(|reply| reply.key == key::CHIME).count()
    }

    fn cannot(home: &Afternoon) -> Vec<Reply> {
        home.home.view(&Actor::Resident).cannot
    }

    #[test]
    fn what_is_measured_is_proof_or_failure_or_neither() {
        use Verdict::{Missed, Proved, Unclear};
        for (measured, verdict, why) in [
            (HEARD, Proved, "across a quiet room"),
            (heard(1_800, -35, -38), Proved, "over a radio"),
            (NOT_HEARD, Missed, "nothing in a quiet room"),
            (heard(0, -96, -96), Missed, "a microphone that is dead"),
            (heard(5_000, -59, -60), Missed, "hardly, in a quiet room"),
            (heard(2_300, -46, -42), Unclear, "softer than a radio"),
            (heard(600, -48, -42), Missed, "not even under a soft radio"),
            (heard(600, -26, -22), Unclear, "a loud radio"),
            (heard(887, -25, -28), Unclear, "the same words from the radio"),
            (heard(500, -45, -60), Unclear, "somebody began to speak"),
        ] {
            assert_eq!(measured.verdict(), verdict, "{why}");
        }
    }

    #[test]
    fn three_in_a_row_are_a_trouble_and_one_success_ends_it() {
        let mut home = home();
        let hear = |home: &mut Afternoon, heard| home.happens(&Event::HeardBack(heard));
        let unclear = heard(500, -20, -60);
        for measured in [NOT_HEARD, NOT_HEARD, HEARD, NOT_HEARD, unclear, NOT_HEARD] {
            hear(&mut home, measured);
            assert_eq!(cannot(&home), []);
        }
        hear(&mut home, NOT_HEARD);
        assert_eq!(cannot(&home), [Reply::new(key::TECH_INAUDIBLE)]);
        assert_eq!(home.home.view(&Actor::Resident).proved, None, "a doubt is no proof");
        hear(&mut home, NOT_HEARD);
        hear(&mut home, unclear);
        assert_eq!(cannot(&home).len(), 1, "one trouble, however often");
        home.passes(Duration::from_secs(600));
        assert_eq!(home.sent().len(), 1, "the caretaker is told once");
        hear(&mut home, HEARD);
        assert_eq!(cannot(&home), []);
        let proved = home.home.view(&Actor::Resident).proved.expect("a line");
        assert_eq!(proved.key, key::PROVED_TODAY);
        assert_eq!(home.sent().len(), 1, "and that it is over");
        assert_eq!(home.faults(), []);
    }

    #[test]
    fn where_nothing_can_be_proved_nothing_is_doubted() {
        let mut home = home();
        for _ in 0..3 {
            home.happens(&Event::HeardBack(NOT_HEARD));
        }
        assert_eq!(cannot(&home).len(), 1);
        // A speakerphone, as its home file now says.
        home.happens(&Event::Configured(plan().into()));
        for _ in 0..3 {
            home.happens(&Event::HeardBack(NOT_HEARD));
        }
        assert_eq!(cannot(&home), []);
        home.passes(Duration::from_secs(48 * 3_600));
        assert_eq!(home.said(), []);
    }

    #[test]
    fn after_a_start_it_sounds_once_unless_something_is_said() {
        let mut silent = home();
        silent.passes(Duration::from_secs(3_600));
        assert_eq!(chimes(&mut silent), 1);
        let mut talking = home();
        talking.hears(Intent::AskTime);
        talking.happens(&Event::HeardBack(HEARD));
        talking.passes(Duration::from_secs(3_600));
        assert_eq!(chimes(&mut talking), 0);
    }

    #[test]
    fn a_card_that_comes_back_is_proved_anew() {
        for trouble in [Trouble::Deaf, Trouble::Mute, Trouble::TurnedDown] {
            let mut home = home();
            home.happens(&Event::HeardBack(HEARD));
            home.passes(Duration::from_secs(3_600));
            for state in [TroubleState::Began, TroubleState::Over] {
                assert_eq!(chimes(&mut home), 0);
                home.happens(&Event::Troubled { trouble: trouble.clone(), state });
            }
            home.passes(Duration::from_secs(3_600));
            assert_eq!(chimes(&mut home), 1, "{trouble:?}");
        }
    }

    #[test]
    fn a_sound_waits_for_an_alarm_and_is_not_repeated_when_asked() {
        let mut home = home();
        home.hears(Intent::Help);
        home.passes(Duration::from_secs(300));
        assert_eq!(chimes(&mut home), 0);
        let mut home = self::home();
        home.hears(Intent::AskTime);
        home.passes(Duration::from_secs(300));
        let said = home.said();
        assert_eq!(said.last().map(|reply| &*reply.key), Some(key::CHIME));
        home.hears(Intent::Repeat);
        let again = home.said();
        let keys = |said: &[Reply]| said.iter().map(|reply| reply.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&again), keys(&said[said.len() - 2..said.len() - 1]));
    }

    #[test]
    fn it_survives_a_restart() {
        let mut home = home();
        home.happens(&Event::HeardBack(HEARD));
        for _ in 0..2 {
            home.happens(&Event::HeardBack(NOT_HEARD));
        }
        let written = serde_json::to_string(&home.home.snapshot()).expect("plain data");
        home.home = Home::restore(serde_json::from_str(&written).expect("the same data"));
        home.happens(&Event::HeardBack(NOT_HEARD));
        assert_eq!(cannot(&home), [Reply::new(key::TECH_INAUDIBLE)]);
    }
}
