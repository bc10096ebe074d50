//! The conversation: one question at a time, what was said last and why, whether the microphone
//! is open. Plain data, so it survives a restart.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::activity::Household;
use crate::catalogue::key;
use crate::effect::{Effect, Listening, Urgency};
use crate::event::Heard;
use crate::home::Home;
use crate::incident::{Answer, Cause};
use crate::intent::{Expectation, Expects, Intent, When};
use crate::ledger::{DoseAnswer, Fact};
use crate::manner::Adjusted;
use crate::measurement::MeasureWish;
use crate::question::{Question, Topic};
use crate::reply::{Reply, Slot};
use crate::time::Instant;

/// "In how many minutes?" is answered within a day; a greater number was misheard.
const MINUTES_MAX: u32 = 24 * 60;
/// "One moment" is said once; a film that keeps the ears busy all evening makes it no refrain.
const ONE_MOMENT_LASTS: Duration = Duration::from_secs(15 * 60);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Talk {
    /// Counts questions, so that an answer to an older one is never counted for a newer.
    pub(crate) last_question: u64,
    pub(crate) question: Option<Question>,
    /// When the button last opened an alarm, or turned a question into one.
    pub(crate) called_for_help_at: Option<Instant>,
    /// Misunderstandings in a row.
    pub(crate) misunderstood: u8,
    #[serde(default, rename = "said_last")]
    pub(crate) last_said: Option<Said>,
    /// The answer to "why did you do that?".
    pub(crate) last_reason: Option<Reply>,
    listening: Listening,
    listen_again_at: Option<Instant>,
    #[serde(default)]
    pub(crate) adjusted: Adjusted,
    /// How many of the things it can do were told.
    #[serde(default)]
    pub(crate) abilities_told: usize,
    /// When it last asked for a moment.
    #[serde(default)]
    one_moment_at: Option<Instant>,
}

/// What was said, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) reply: Reply,
    pub(crate) at: Instant,
}

impl Talk {
    pub(crate) fn expectation(&self) -> Expectation {
        self.question.as_ref().map_or(
            Expectation { question: self.last_question, expects: Expects::Anything },
            |open| Expectation { question: open.number, expects: open.expects },
        )
    }

    pub(crate) fn topic(&self) -> Option<&Topic> {
        self.question.as_ref().map(|open| &open.topic)
    }

    /// A question is open, and not this one.
    pub(crate) fn asks_another(&self, question: u64) -> bool {
        self.question.as_ref().is_some_and(|open| open.number != question)
    }

    /// The open question, if it was said last, or is about help.
    fn asked_last(&self) -> Option<&Topic> {
        let open = self.question.as_ref()?;
        let last = self.last_said.as_ref().map(|said| &said.reply);
        let about_help = open.topic.incident().is_some();
        (about_help || last == open.words.as_ref()).then_some(&open.topic)
    }

    pub(crate) fn listening(&self) -> Listening {
        self.listening
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let closes = self.question.as_ref().and_then(|open| open.closes);
        [closes, self.listen_again_at].into_iter().flatten().min()
    }
}

impl Home {
    /// What the resident means. A voice is a sign of life only when it was understood.
    pub(crate) fn hear(&mut self, heard: &Heard) {
        if heard.intent != Intent::NotUnderstood {
            self.sign_of_life(heard.room.clone());
            self.come_back_from_hospital();
            self.notice_at_home(Some(&heard.intent));
            self.state.talk.misunderstood = 0;
        }
        self.end_call(&heard.intent);
        match &heard.intent {
            Intent::Help => self.open_alarm(Cause::Cry, heard.room.clone()),
            Intent::Yes
            | Intent::No
            | Intent::Fine
            | Intent::Taken
            | Intent::Later
            | Intent::Skip
            | Intent::Moment(_)
            | Intent::Number(_)
            | Intent::Person(_)
            | Intent::Words { .. } => self.hear_answer(heard),
            Intent::NotUnderstood => self.not_understand(),
            Intent::Operate { what, act } => self.operate_by_voice(what, *act),
            Intent::OtherOne => self.operate_other(),
            Intent::AskState { what, is } => self.tell_state(what, *is),
            Intent::RunScene(scene) => self.run_scene(scene),
            Intent::AskTime => self.tell_time(),
            Intent::AskDate => {
                let date = Slot::Date(self.local().date());
                self.say(Reply::new(key::DATE_TODAY).with("date", date), Urgency::Calm);
            }
            Intent::Remind { what, when } => self.remind_by_voice(what, when),
            Intent::RemindWhen { what } => {
                self.pose(Topic::ReminderTime { what: what.clone() });
            }
            Intent::RemindMinutes { what } => {
                self.pose(Topic::ReminderMinutes { what: what.clone() });
            }
            Intent::ListReminders => self.list_reminders(),
            Intent::CancelReminders => self.ask_to_cancel_reminders(),
            Intent::Stay(wish) => self.wish_stay(wish),
            Intent::Measure(wish) => self.hear_measurement(heard, *wish),
            Intent::List { list, wish } => self.wish_list(*list, wish),
            Intent::Agenda(wish) => self.hear_agenda(heard, wish),
            Intent::Timer(wish) => self.wish_timer(wish, heard.room.as_ref()),
            Intent::Tell { contact, words } => self.tell_contact(contact, words),
            Intent::TellWhom { words } => self.tell_whom(words),
            Intent::AskTold { contact } => self.tell_what_was_told(contact.as_ref()),
            Intent::AskWhy => self.tell_why(),
            Intent::AskPlan => self.tell_plan(),
            Intent::AskAbilities => self.tell_abilities(0),
            Intent::AskMore => self.tell_more_abilities(),
            Intent::AskKnown => self.tell_what_is_known(),
            Intent::AskSeen => self.tell_who_sees(),
            Intent::AskPhone { contact } => self.offer_a_call(contact.as_ref()),
            Intent::Lonely => self.meet_loneliness(),
            Intent::StopListening { duration } => self.stop_listening(*duration),
            Intent::Repeat => self.repeat(),
            Intent::Called => self.answer_call(),
            Intent::Speak(change) => self.change_manner(*change),
            Intent::Cancel => self.cancel(),
            // The skill's own answer is said by its folder's reply; nothing is decided.
            Intent::Skill { name, slots } => {
                self.say(Reply::of_skill(name, slots), Urgency::Calm);
            }
        }
    }

    /// What was said waits to be understood: whoever spoke hears that it was not lost.
    pub(crate) fn ask_for_a_moment(&mut self) {
        let at = self.at;
        let asked = self.state.talk.one_moment_at;
        if asked.is_none_or(|asked| at.since(asked) > ONE_MOMENT_LASTS) {
            self.state.talk.one_moment_at = Some(at);
            self.say(Reply::new(key::ONE_MOMENT), Urgency::Calm);
        }
    }

    /// The face answers like the voice.
    pub(crate) fn answer(&mut self, question: u64, intent: Intent) {
        let expectation = Expectation { question, ..self.expectation() };
        self.hear(&Heard { intent, room: None, expectation });
    }

    pub(crate) fn hear_answer(&mut self, heard: &Heard) {
        let Some(question) = self.question_answered(heard) else { return };
        match (&question.topic, &heard.intent) {
            (Topic::Help(incident), Intent::Yes) => self.answer_help(*incident, Answer::Yes),
            (Topic::Help(incident), Intent::No | Intent::Fine) => {
                self.answer_help(*incident, Answer::No);
            }
            (Topic::Help(incident), _) => self.answer_help(*incident, Answer::Unclear),
            (Topic::Dose(reminder), Intent::Yes | Intent::Taken) => {
                self.answer_dose(&reminder.clone(), DoseAnswer::Taken);
            }
            (Topic::Dose(reminder), Intent::Later) => {
                self.answer_dose(&reminder.clone(), DoseAnswer::Later);
            }
            (Topic::Dose(reminder), Intent::No | Intent::Skip) => {
                self.answer_dose(&reminder.clone(), DoseAnswer::Skipped);
            }
            (Topic::CheckIn, Intent::Yes | Intent::Fine | Intent::No) => {
                self.answer_check_in(&heard.intent);
            }
            (
                Topic::ReminderTime { what } | Topic::ReminderMinutes { what },
                Intent::Moment(when),
            ) => {
                self.state.talk.question = None;
                self.remind_by_voice(what, when);
            }
            (Topic::ReminderMinutes { what }, Intent::Number(minutes @ 1..=MINUTES_MAX)) => {
                self.state.talk.question = None;
                let length = Duration::from_secs(u64::from(*minutes) * 60);
                self.remind_by_voice(what, &When::In(length));
            }
            (Topic::Message { words }, Intent::Person(contact)) => {
                self.state.talk.question = None;
                self.tell_contact(contact, words);
            }
            (Topic::GiveWay { device, act }, Intent::Yes) => {
                self.state.talk.question = None;
                self.give_way(device, *act);
            }
            (Topic::AskToPhone(contact), Intent::Yes) => {
                let contact = contact.clone();
                self.state.talk.question = None;
                self.ask_to_phone(&contact);
            }
            (Topic::Kept(kept), answer) => {
                self.answer_kept(kept, answer, heard.room.as_ref());
            }
            (
                Topic::ReminderTime { .. }
                | Topic::ReminderMinutes { .. }
                | Topic::Message { .. }
                | Topic::GiveWay { .. }
                | Topic::AskToPhone(_),
                Intent::No | Intent::Skip,
            ) => self.cancel(),
            (
                Topic::Dose(_)
                | Topic::CheckIn
                | Topic::ReminderTime { .. }
                | Topic::ReminderMinutes { .. }
                | Topic::Message { .. }
                | Topic::GiveWay { .. }
                | Topic::AskToPhone(_)
                | Topic::Request,
                _,
            ) => self.not_understand(),
        }
    }

    /// A number without its name is the answer to "how much?", and nothing else.
    fn hear_measurement(&mut self, heard: &Heard, wish: MeasureWish) {
        match wish {
            MeasureWish::Keep { quantity: None, .. } => self.hear_answer(heard),
            MeasureWish::Keep { quantity: Some(_), .. }
            | MeasureWish::Tell { .. }
            | MeasureWish::Forget { .. } => self.wish_measurement(wish),
        }
    }

    /// The question that it answers. What answers none is dealt with here.
    fn question_answered(&mut self, heard: &Heard) -> Option<Question> {
        if self.counts_by_itself(&heard.intent) {
            return None;
        }
        let Some(question) = self.state.talk.question.clone() else {
            if matches!(heard.intent, Intent::Fine) {
                self.say(Reply::new(key::CHECK_IN_GOOD), Urgency::Calm);
            } else {
                self.say(Reply::new(key::YES_HEARD_NO_QUESTION), Urgency::Calm);
            }
            return None;
        };
        if self.state.talk.asks_another(heard.expectation.question) {
            // It began before this question was asked: it answers another one, or nothing.
            self.say(Reply::new(key::ANSWER_TO_OLDER_QUESTION), question.topic.urgency());
            self.ask_again(question.topic);
            return None;
        }
        Some(question)
    }

    /// An answer that can mean one thing alone counts for it, although its question was given up
    /// or something else is asked now. About help it is unclear, like any other.
    fn counts_by_itself(&mut self, intent: &Intent) -> bool {
        match (self.state.talk.topic(), intent) {
            (Some(Topic::Help(_)), _)
            | (Some(Topic::Dose(_)), Intent::Taken)
            | (Some(Topic::CheckIn), Intent::Fine) => false,
            (_, Intent::Taken) => self.answer_waiting_dose(DoseAnswer::Taken),
            (None, Intent::Skip) => self.answer_waiting_dose(DoseAnswer::Skipped),
            (_, Intent::Fine) => self.answer_waiting_check_in(),
            (_, _) => false,
        }
    }

    /// Whom it is for is asked, if there is anybody.
    fn tell_whom(&mut self, words: &str) {
        if self.state.plan.circle.is_empty() {
            self.say(Reply::new(key::PLAN_NOBODY), Urgency::Calm);
        } else {
            self.pose(Topic::Message { words: words.to_owned() });
        }
    }

    /// "What did you say?" is answered with what is so now: the question that is open, with what is
    /// left of its time; or what was said, as far as it is still true.
    fn repeat(&mut self) {
        if let Some(topic) = self.state.talk.asked_last().cloned() {
            self.ask_again(topic);
            return;
        }
        let said = self.state.talk.last_said.as_ref();
        let still = said.and_then(|said| said.reply.after(self.at.since(said.at)));
        match still {
            Some(Reply { key, .. }) if [key::TIME_NOW, key::TIME_NOT_SURE].contains(&&*key) => {
                self.tell_time();
            }
            Some(reply) => {
                self.say(reply, Urgency::Calm);
            }
            None => {
                self.say(Reply::new(key::NOTHING_TO_REPEAT), Urgency::Calm);
            }
        }
    }

    /// "Never mind" ends a calm question; it never closes one about help.
    fn cancel(&mut self) {
        if let Some(Topic::Help(incident)) = self.state.talk.topic() {
            let incident = *incident;
            self.answer_help(incident, Answer::Unclear);
            return;
        }
        if let Some(Topic::Dose(reminder)) = self.state.talk.topic().cloned() {
            self.answer_dose(&reminder, DoseAnswer::Skipped);
            return;
        }
        // "Stop" is said to what rings, and not to a question that stands as well.
        if !self.quiet_timers() {
            self.state.talk.question = None;
        }
        self.say(Reply::new(key::CANCELLED), Urgency::Calm);
    }

    fn tell_time(&mut self) {
        let time = Slot::Time(self.local().time());
        let said = match self.now.wall_trusted {
            crate::time::WallTrust::Trusted => key::TIME_NOW,
            crate::time::WallTrust::Unknown => key::TIME_NOT_SURE,
        };
        self.say(Reply::new(said).with("time", time), Urgency::Calm);
    }

    fn stop_listening(&mut self, duration: Option<Duration>) {
        self.state.talk.listening = Listening::Off;
        self.state.talk.listen_again_at = duration.map(|length| self.at + length);
        let reply = match duration {
            Some(length) => {
                Reply::new(key::LISTEN_OFF_FOR).with("duration", Slot::Duration(length))
            }
            None => Reply::new(key::LISTEN_OFF),
        };
        self.say(reply, Urgency::Calm);
        self.send(Effect::Listen(Listening::Off), None);
        self.note(None, Fact::Microphone { listening: Listening::Off });
    }

    /// The button also opens the microphone again.
    pub(crate) fn listen_again(&mut self) {
        if self.state.talk.listening == Listening::On {
            return;
        }
        self.state.talk.listening = Listening::On;
        self.state.talk.listen_again_at = None;
        self.send(Effect::Listen(Listening::On), None);
        self.note(None, Fact::Microphone { listening: Listening::On });
        self.say(Reply::new(key::LISTEN_ON), Urgency::Calm);
    }

    /// After a start the microphone is open; "off" is kept.
    pub(crate) fn resume_microphone(&mut self) {
        if self.state.talk.listening == Listening::Off {
            self.send(Effect::Listen(Listening::Off), None);
        }
    }

    pub(crate) fn handle_talk_deadline(&mut self) {
        let at = self.at;
        if self.state.talk.listen_again_at.is_some_and(|due| due <= at) {
            self.listen_again();
        }
        let talk = &mut self.state.talk;
        if talk.question.as_ref().and_then(|open| open.closes).is_some_and(|due| due <= at) {
            if talk.asked_last().is_some() {
                // Said again, it would ask what nobody waits for.
                talk.last_said = None;
            }
            talk.question = None;
            talk.misunderstood = 0;
        }
    }

    fn come_back_from_hospital(&mut self) {
        if self.state.activity.household == Household::Hospital {
            self.state.activity.household = Household::Living;
        }
    }
}
