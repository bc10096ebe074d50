//! Questions to the resident: what each asks, how long it waits, in which words it asks again when
//! the answer was not understood. One is open at a time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::device::Bolt;
use crate::effect::Urgency;
use crate::home::Home;
use crate::incident::{Answer, IncidentId};
use crate::intent::{Act, Expects, Intent};
use crate::kept::Kept;
use crate::names::{ContactId, DeviceId, ReminderId};
use crate::reply::{Reply, Slot};
use crate::time::Instant;

/// What a calm question says that it waits for an answer; a dose has its own window.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// It is dropped after this long: the announced minute, after a sentence of half a minute at most.
const CALM_QUESTION_STAYS: Duration = Duration::from_secs(90);
/// Whoever has begun to answer is waited for this long: a slow sentence, and understanding it.
pub(crate) const WORDS_COME_IN: Duration = Duration::from_secs(15);
/// And a calm question no longer than this, whoever speaks.
const CALM_QUESTION_STAYS_AT_MOST: Duration = Duration::from_secs(180);
/// Whether a door may be unlocked is asked of whoever stands there: a yes that comes later was
/// said to something else.
const GIVE_WAY_WITHIN: Duration = Duration::from_secs(20);
/// It is dropped after this long, after a sentence of ten seconds; and then, whoever speaks.
const GIVE_WAY_STAYS: Duration = Duration::from_secs(30);
const GIVE_WAY_STAYS_AT_MOST: Duration = Duration::from_secs(45);
/// Whoever called it and says nothing is not waited for longer than this: fifteen seconds, after a
/// sentence of five at most. A television talks meanwhile, and would be taken for them.
const REQUEST_STAYS: Duration = Duration::from_secs(20);
/// And no longer than this, whoever speaks.
const REQUEST_STAYS_AT_MOST: Duration = Duration::from_secs(45);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) number: u64,
    pub(crate) topic: Topic,
    pub(crate) expects: Expects,
    /// As it was last put.
    #[serde(default)]
    pub(crate) words: Option<Reply>,
    /// When it is dropped; `None`: when its topic ends.
    pub(crate) closes: Option<Instant>,
    /// Until when speech can put that off.
    #[serde(default)]
    closes_at_latest: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Topic {
    /// "Do you need help?" *Yes* always means help.
    Help(IncidentId),
    Dose(ReminderId),
    CheckIn,
    /// "When shall I remind you?"
    ReminderTime {
        what: String,
    },
    /// "In how many minutes shall I remind you?"
    ReminderMinutes {
        what: String,
    },
    /// "To whom shall I send it?"
    Message {
        words: String,
    },
    /// "Shall I ask Anna to phone?"
    AskToPhone(ContactId),
    /// About what it keeps for the resident.
    Kept(Kept),
    /// "Shall I unlock the front door?"
    GiveWay {
        device: DeviceId,
        act: Act,
    },
    /// It was called by its name: what for?
    Request,
}

impl Topic {
    fn expects(&self) -> Expects {
        match self {
            Self::Help(_) | Self::CheckIn | Self::AskToPhone(_) => Expects::YesNo,
            Self::GiveWay { .. } => Expects::Confirm,
            Self::Dose(_) => Expects::Dose,
            Self::ReminderTime { .. } => Expects::Time,
            Self::ReminderMinutes { .. } => Expects::Number,
            Self::Message { .. } => Expects::Name,
            Self::Kept(kept) => kept.expects(),
            Self::Request => Expects::Request,
        }
    }

    /// The alarm that it is about, if it is about one.
    pub(crate) fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::Help(incident) => Some(*incident),
            Self::Dose(_)
            | Self::CheckIn
            | Self::ReminderTime { .. }
            | Self::ReminderMinutes { .. }
            | Self::Message { .. }
            | Self::GiveWay { .. }
            | Self::AskToPhone(_)
            | Self::Kept(_)
            | Self::Request => None,
        }
    }

    /// How much it matters; what is said just before it matters as much, or it would be cut off.
    pub(crate) fn urgency(&self) -> Urgency {
        self.incident().map_or(Urgency::Calm, |_| Urgency::Alarm)
    }

    /// A calm question is dropped when nobody answers: after so long, and after so long at most.
    /// The first two end when their matter does.
    fn stays(&self) -> Option<(Duration, Duration)> {
        match self {
            Self::Help(_) | Self::Dose(_) => None,
            Self::CheckIn
            | Self::ReminderTime { .. }
            | Self::ReminderMinutes { .. }
            | Self::Message { .. }
            | Self::AskToPhone(_)
            | Self::Kept(_) => Some((CALM_QUESTION_STAYS, CALM_QUESTION_STAYS_AT_MOST)),
            Self::GiveWay { .. } => Some((GIVE_WAY_STAYS, GIVE_WAY_STAYS_AT_MOST)),
            Self::Request => Some((REQUEST_STAYS, REQUEST_STAYS_AT_MOST)),
        }
    }
}

impl Home {
    /// Opens a question. The same topic again is still the same question, with its whole time: who
    /// began to answer before it was repeated has answered it. Help displaces anything else.
    pub(crate) fn ask(&mut self, topic: Topic) {
        let talk = &mut self.state.talk;
        let (at, stays) = (self.at, topic.stays());
        if talk.topic() != Some(&topic) {
            talk.last_question += 1;
            talk.misunderstood = 0;
        }
        talk.question = Some(Question {
            number: talk.last_question,
            expects: topic.expects(),
            topic,
            words: talk.last_said.as_ref().map(|said| said.reply.clone()),
            closes: stays.map(|(length, _)| at + length),
            closes_at_latest: stays.map(|(_, at_most)| at + at_most),
        });
    }

    /// Asks for what a request left open. While help is asked about nothing else is: that comes
    /// first, and is said instead.
    pub(crate) fn pose(&mut self, topic: Topic) {
        let help = self.state.talk.topic().filter(|open| open.incident().is_some()).cloned();
        if let Some(help) = &help {
            self.say(Reply::new(key::NOT_NOW), help.urgency());
        }
        self.ask_again(help.unwrap_or(topic));
    }

    /// It was called by its name. A question that is open comes first, and is asked again.
    pub(crate) fn answer_call(&mut self) {
        let open = self.state.talk.topic().cloned();
        self.ask_again(open.unwrap_or(Topic::Request));
    }

    /// What it was called for is said, whatever it is: from here on nothing is asked. A second
    /// call, "what did you say?" and words that nobody understands are not it.
    pub(crate) fn end_call(&mut self, intent: &Intent) {
        if !matches!(intent, Intent::Called | Intent::Repeat | Intent::NotUnderstood) {
            self.drop_question(|topic| *topic == Topic::Request);
        }
    }

    /// Somebody speaks: an answer that has begun is not cut off by its limit.
    pub(crate) fn wait_for_words(&mut self) {
        match self.state.talk.topic() {
            Some(Topic::Help(incident)) => self.let_finish(*incident),
            Some(Topic::Dose(reminder)) => self.let_dose_be_answered(&reminder.clone()),
            Some(_) => self.wait_for_answer(WORDS_COME_IN),
            None => {}
        }
    }

    /// A calm question stays open for so long from now, within its bound.
    fn wait_for_answer(&mut self, length: Duration) {
        let Some(question) = &mut self.state.talk.question else { return };
        if let (Some(closes), Some(latest)) = (question.closes, question.closes_at_latest) {
            question.closes = Some(closes.max((self.at + length).min(latest)));
        }
    }

    /// A question about help is open: nothing calm may displace it.
    pub(crate) fn asking_about_help(&self) -> bool {
        matches!(self.state.talk.topic(), Some(Topic::Help(_)))
    }

    pub(crate) fn drop_question(&mut self, about: impl Fn(&Topic) -> bool) {
        if self.state.talk.topic().is_some_and(about) {
            self.state.talk.question = None;
            self.state.talk.misunderstood = 0;
        }
    }

    /// For us, and not understood: in other words, then in fewer; the third time it stops asking
    /// and offers a person or the button.
    pub(crate) fn not_understand(&mut self) {
        if let Some(incident) = self.state.talk.topic().and_then(Topic::incident) {
            self.answer_help(incident, Answer::Unclear);
            return;
        }
        self.wait_for_answer(ANSWER_WITHIN);
        let talk = &mut self.state.talk;
        talk.misunderstood = talk.misunderstood.saturating_add(1);
        let (times, topic) = (talk.misunderstood, talk.topic().cloned());
        match (times, topic) {
            (1, None) => {
                self.say(Reply::new(key::NOT_UNDERSTOOD), Urgency::Calm);
            }
            (2, None) => {
                self.say(Reply::new(key::NOT_UNDERSTOOD_TWICE), Urgency::Calm);
            }
            (1, Some(topic)) => self.put(self.in_other_words(&topic)),
            (2, Some(topic)) => self.put(self.in_fewer_words(&topic)),
            (_, None | Some(Topic::Request)) => {
                self.drop_question(|_| true);
                self.state.talk.misunderstood = 0;
                self.offer_a_person();
            }
            (_, Some(_)) => {
                self.drop_question(|_| true);
                self.say(Reply::new(key::GIVE_UP), Urgency::Calm);
            }
        }
    }

    /// Says the open question in these words.
    fn put(&mut self, question: Reply) {
        self.say(question.clone(), Urgency::Calm);
        if let Some(open) = &mut self.state.talk.question {
            open.words = Some(question);
        }
    }

    /// "I don't know. I am a device. Shall I ask Anna to phone?"
    fn offer_a_person(&mut self) {
        let first = self
            .state
            .plan
            .escalation
            .steps
            .first()
            .and_then(|step| step.contacts.first())
            .filter(|contact| self.may_know_alarms(contact))
            .cloned();
        match first {
            Some(contact) => self.ask_again(Topic::AskToPhone(contact)),
            None => {
                self.say(Reply::new(key::NOT_UNDERSTOOD_THRICE), Urgency::Calm);
            }
        }
    }

    /// Asks it, or asks it again, and says how long it waits.
    pub(crate) fn ask_again(&mut self, topic: Topic) {
        if let Some(incident) = topic.incident() {
            self.let_finish(incident);
        }
        let question = self.question_again(&topic);
        self.say_about(topic.incident(), question, topic.urgency());
        if matches!(topic, Topic::AskToPhone(_)) {
            let within = Reply::new(key::ANSWER_WITHIN).with("in", Slot::Duration(ANSWER_WITHIN));
            self.say(within, topic.urgency());
        }
        self.ask(topic);
    }

    /// Asks for no more than can be answered in a word.
    pub(crate) fn ask_in_fewer_words(&mut self, topic: Topic) {
        self.say(self.in_fewer_words(&topic), Urgency::Calm);
        self.ask(topic);
    }

    /// The words of a question that is asked again.
    fn question_again(&self, topic: &Topic) -> Reply {
        let waits = |reply: Reply| reply.with("in", Slot::Duration(ANSWER_WITHIN));
        match topic {
            Topic::Help(incident) => self.help_question_again(*incident),
            Topic::Dose(reminder) => self.dose_question_again(reminder),
            Topic::CheckIn => waits(Reply::new(key::CHECK_IN_ASK_AGAIN)),
            Topic::ReminderTime { what } => {
                waits(Reply::new(key::REMIND_WHEN)).with("what", Slot::Words(what.clone()))
            }
            Topic::ReminderMinutes { what } => {
                waits(Reply::new(key::REMIND_MINUTES)).with("what", Slot::Words(what.clone()))
            }
            Topic::Message { .. } => waits(Reply::new(key::MESSAGE_WHOM)),
            Topic::GiveWay { device, act } => self
                .ask_to_give_way(give_way_key(*act), device)
                .with("in", Slot::Duration(GIVE_WAY_WITHIN)),
            // Its limit is a sentence of its own: these are the words of the stories.
            Topic::AskToPhone(contact) => {
                Reply::new(key::DONT_KNOW).name("contact", self.contact_name(contact))
            }
            Topic::Kept(kept) => kept.asked(self),
            // It has no limit to announce: nothing is lost when it lapses.
            Topic::Request => Reply::new(key::CALLED),
        }
    }

    /// The same question said differently: repeating helps nobody who was not understood.
    pub(crate) fn in_other_words(&self, topic: &Topic) -> Reply {
        match topic {
            Topic::Help(_) => Reply::new(key::ASK_REPHRASED),
            Topic::Dose(reminder) => self.about_dose(key::DOSE_REPHRASED, reminder),
            Topic::CheckIn => Reply::new(key::CHECK_IN_REPHRASED),
            Topic::ReminderTime { .. } => Reply::new(key::REMIND_WHEN_REPHRASED),
            Topic::ReminderMinutes { .. } => Reply::new(key::REMIND_MINUTES_REPHRASED),
            Topic::Message { .. } => Reply::new(key::MESSAGE_WHOM_REPHRASED),
            Topic::GiveWay { device, act } => {
                self.ask_to_give_way(give_way_rephrased_key(*act), device)
            }
            Topic::AskToPhone(contact) => self.about(key::PHONE_REPHRASED, contact),
            Topic::Kept(kept) => kept.in_other_words(self),
            Topic::Request => Reply::new(key::NOT_UNDERSTOOD),
        }
    }

    /// What can be answered, in a few words.
    pub(crate) fn in_fewer_words(&self, topic: &Topic) -> Reply {
        match topic {
            Topic::Help(_) => Reply::new(key::ASK_SIMPLER),
            Topic::Dose(reminder) => self.about_dose(key::DOSE_SIMPLER, reminder),
            Topic::CheckIn => Reply::new(key::CHECK_IN_SIMPLER),
            Topic::ReminderTime { .. } => Reply::new(key::REMIND_WHEN_SIMPLER),
            Topic::ReminderMinutes { .. } => Reply::new(key::REMIND_MINUTES_SIMPLER),
            Topic::Message { .. } => match self.state.plan.circle.keys().next() {
                Some(contact) => self.about(key::MESSAGE_WHOM_SIMPLER, contact),
                None => Reply::new(key::MESSAGE_WHOM_REPHRASED),
            },
            Topic::GiveWay { device, .. } => self.ask_to_give_way(key::GIVE_WAY_SIMPLER, device),
            Topic::AskToPhone(contact) => self.about(key::PHONE_SIMPLER, contact),
            Topic::Kept(kept) => kept.in_fewer_words(),
            Topic::Request => Reply::new(key::NOT_UNDERSTOOD_TWICE),
        }
    }

    fn about(&self, key: &'static str, contact: &ContactId) -> Reply {
        Reply::new(key).name("contact", self.contact_name(contact))
    }

    fn about_dose(&self, key: &'static str, reminder: &ReminderId) -> Reply {
        Reply::new(key).with("what", Slot::Words(self.reminder_words(reminder)))
    }
}

/// A lock is unlocked; a gate, which is all that is asked about otherwise, opens.
fn give_way_key(act: Act) -> &'static str {
    match act {
        Act::Bolt(Bolt::Unlocked | Bolt::Locked) => key::UNLOCK_ASK,
        Act::Switch(_)
        | Act::Level(_)
        | Act::Step(_)
        | Act::Colour(_)
        | Act::Move(_)
        | Act::Temperature(_) => key::OPEN_ASK,
    }
}

fn give_way_rephrased_key(act: Act) -> &'static str {
    if give_way_key(act) == key::UNLOCK_ASK { key::UNLOCK_REPHRASED } else { key::OPEN_REPHRASED }
}
