//! Questions about what it keeps for the resident: what each asks, what answers it, and in which
//! words it is asked again. It decides nothing about help or medicine.

use serde::{Deserialize, Serialize};

use crate::agenda::{Entry, Stretch};
use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::intent::{Expects, Intent, When};
use crate::lists::ListName;
use crate::measurement::{Amount, MeasureWish, Quantity};
use crate::names::{ContactId, RoomId};
use crate::question::{ANSWER_WITHIN, Topic};
use crate::reply::{Reply, Slot};
use crate::stay::StayWish;
use crate::timer::{TimerChange, WhichTimer};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kept {
    /// "For how long?"
    TimerLength { name: Option<String> },
    /// "Which timer do you mean?"
    WhichTimer { change: TimerChange },
    /// "What shall I put on your shopping list?"
    ListThings { list: ListName },
    /// "Shall I read on?"
    ListRest { list: ListName, from: usize },
    /// "Shall I empty your shopping list?"
    ListClear { list: ListName },
    /// "Shall I delete your reminders?"
    RemindersClear,
    /// "What is your blood pressure?"
    MeasuredHow { quantity: Quantity },
    /// "I heard: … Is that right?"
    MeasuredRight { quantity: Quantity, amount: Amount },
    /// "Shall I forget your measurements?"
    MeasuredForget { quantity: Option<Quantity> },
    /// "What shall I put in your agenda?"
    AgendaWhat { when: Option<Stretch> },
    /// "When is it?"
    AgendaWhen { what: String },
    /// "I heard: … Shall I put that in your agenda?"
    AgendaRight { entry: Entry },
    /// "Shall I take this out of your agenda?"
    AgendaRemove { number: u64, entry: Entry },
    /// "Shall I read on?"
    AgendaRest { what: Option<String>, when: Option<Stretch>, from: usize },
    /// "Are you back?"
    BackAlready,
    /// "Shall I ask Anna to phone you?"
    Phone { contact: ContactId },
}

impl Kept {
    pub(crate) fn expects(&self) -> Expects {
        match self {
            Self::TimerLength { .. } => Expects::Time,
            Self::AgendaWhen { .. } => Expects::Day,
            Self::WhichTimer { .. } | Self::ListThings { .. } | Self::AgendaWhat { .. } => {
                Expects::Words
            }
            Self::MeasuredHow { .. } => Expects::Number,
            Self::ListRest { .. }
            | Self::ListClear { .. }
            | Self::RemindersClear
            | Self::MeasuredRight { .. }
            | Self::MeasuredForget { .. }
            | Self::AgendaRight { .. }
            | Self::AgendaRemove { .. }
            | Self::AgendaRest { .. }
            | Self::BackAlready
            | Self::Phone { .. } => Expects::YesNo,
        }
    }

    /// With how long it waits.
    pub(crate) fn asked(&self, home: &Home) -> Reply {
        self.around(key::KEPT_ASK, home).with("in", Slot::Duration(ANSWER_WITHIN))
    }

    pub(crate) fn in_other_words(&self, home: &Home) -> Reply {
        self.around(key::KEPT_REPHRASED, home)
    }

    /// What can be answered.
    pub(crate) fn in_fewer_words(&self) -> Reply {
        let hint = match self {
            Self::TimerLength { .. } => key::HINT_LENGTH,
            Self::WhichTimer { .. } => key::HINT_TIMER,
            Self::ListThings { .. } => key::HINT_THINGS,
            Self::AgendaWhat { .. } => key::HINT_ENTRY,
            Self::AgendaWhen { .. } => key::HINT_WHEN,
            Self::MeasuredHow { quantity: Quantity::BloodPressure } => key::HINT_PRESSURE,
            Self::MeasuredHow { .. } => key::HINT_NUMBER,
            Self::ListRest { .. }
            | Self::ListClear { .. }
            | Self::RemindersClear
            | Self::MeasuredRight { .. }
            | Self::MeasuredForget { .. }
            | Self::AgendaRight { .. }
            | Self::AgendaRemove { .. }
            | Self::AgendaRest { .. }
            | Self::BackAlready
            | Self::Phone { .. } => key::HINT_YES_NO,
        };
        Reply::new(key::KEPT_SIMPLER).with("hint", Slot::Reply(Box::new(Reply::new(hint))))
    }

    fn question(&self, home: &Home) -> Reply {
        match self {
            Self::TimerLength { .. } => Reply::new(key::TIMER_HOW_LONG),
            Self::WhichTimer { .. } => Reply::new(key::TIMER_WHICH),
            Self::ListThings { list } => list.reply(key::LIST_WHAT),
            Self::ListRest { .. } => Reply::new(key::LIST_READ_ON),
            Self::ListClear { list } => list.reply(key::LIST_CLEAR),
            Self::RemindersClear => Reply::new(key::REMIND_CLEAR),
            Self::MeasuredHow { quantity } => quantity.named(key::MEASURE_HOW),
            Self::MeasuredRight { quantity, amount } => {
                Reply::new(key::MEASURE_RIGHT).with("measurement", quantity.said(*amount))
            }
            Self::MeasuredForget { .. } => Reply::new(key::MEASURE_FORGET),
            Self::AgendaWhat { .. } => Reply::new(key::AGENDA_WHAT),
            Self::AgendaWhen { what } => {
                Reply::new(key::AGENDA_WHEN).with("what", Slot::Words(what.clone()))
            }
            Self::AgendaRight { entry } => {
                Reply::new(key::AGENDA_RIGHT).with("entry", home.entry_read_back(entry))
            }
            Self::AgendaRemove { entry, .. } => {
                Reply::new(key::AGENDA_REMOVE).with("entry", home.entry_read_back(entry))
            }
            Self::AgendaRest { .. } => Reply::new(key::AGENDA_READ_ON),
            Self::BackAlready => Reply::new(key::STAY_ASK),
            Self::Phone { contact } => {
                Reply::new(key::PHONE_ASK).name("contact", home.contact_name(contact))
            }
        }
    }

    fn around(&self, key: &'static str, home: &Home) -> Reply {
        Reply::new(key).with("question", Slot::Reply(Box::new(self.question(home))))
    }
}

impl Home {
    /// An answer to it. What is none is not understood; "no" ends it.
    pub(crate) fn answer_kept(&mut self, kept: &Kept, answer: &Intent, room: Option<&RoomId>) {
        let which = |name, length| WhichTimer { name, length, room: None };
        match (kept, answer) {
            (Kept::TimerLength { name }, Intent::Moment(When::In(length))) => {
                self.answered();
                self.start_timer(name.clone(), *length, room);
            }
            (Kept::WhichTimer { change }, Intent::Moment(When::In(length))) => {
                self.answered();
                self.change_timer(&which(None, Some(*length)), *change);
            }
            (Kept::ListThings { list }, Intent::Words { things, .. }) => {
                self.answered();
                self.add_to_list(*list, things);
            }
            (Kept::ListRest { list, from }, Intent::Yes) => {
                self.answered();
                self.read_list(*list, *from);
            }
            (Kept::ListClear { list }, Intent::Yes) => {
                self.answered();
                self.clear_list(*list);
            }
            (Kept::RemindersClear, Intent::Yes) => {
                self.answered();
                self.cancel_reminders();
            }
            (Kept::WhichTimer { change }, Intent::Words { words, .. }) => {
                self.answered();
                self.change_timer(&which(Some(words.clone()), None), *change);
            }
            (Kept::MeasuredHow { quantity }, Intent::Number(number)) => {
                self.answered();
                let tenths = number.saturating_mul(10);
                self.read_measurement_back(*quantity, Amount { tenths, under_tenths: None });
            }
            (
                Kept::MeasuredHow { quantity },
                Intent::Measure(MeasureWish::Keep { quantity: None, amount: Some(amount) }),
            ) => {
                self.answered();
                self.read_measurement_back(*quantity, *amount);
            }
            (Kept::MeasuredRight { quantity, amount }, Intent::Yes) => {
                self.answered();
                self.keep_measurement(*quantity, *amount);
            }
            (Kept::MeasuredRight { quantity, .. }, Intent::No) => {
                self.pose(Topic::Kept(Kept::MeasuredHow { quantity: *quantity }));
            }
            (Kept::MeasuredForget { quantity }, Intent::Yes) => {
                self.answered();
                self.drop_measurements(*quantity);
            }
            (Kept::Phone { contact }, Intent::Yes) => {
                self.answered();
                self.ask_to_phone(contact);
            }
            (Kept::BackAlready, Intent::Yes | Intent::Fine) => {
                self.answered();
                self.wish_stay(&StayWish::Back);
            }
            (_, Intent::No | Intent::Skip) => {
                self.answered();
                self.say(Reply::new(key::CANCELLED), Urgency::Calm);
            }
            (_, _) => {
                if self.answer_agenda(kept, answer).is_none() {
                    self.not_understand();
                }
            }
        }
    }

    /// Anything that the resident asked to be kept.
    pub(crate) fn keeps_anything(&self) -> bool {
        !self.state.lists.is_empty()
            || !self.state.measurements.is_empty()
            || self.state.reminders.has_own()
            || self.state.agenda.has_own()
            || self.next_timer().is_some()
    }

    fn answered(&mut self) {
        self.drop_question(|_| true);
    }
}
