//! Questions about what it keeps for the resident: what each asks, what answers it, and in which
//! words it is asked again. It decides nothing about help or medicine.

use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::intent::{Expects, Intent, When};
use crate::lists::ListName;
use crate::names::RoomId;
use crate::question::ANSWER_WITHIN;
use crate::reply::{Reply, Slot};
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
}

impl Kept {
    pub(crate) fn expects(&self) -> Expects {
        match self {
            Self::TimerLength { .. } => Expects::Time,
            Self::WhichTimer { .. } | Self::ListThings { .. } => Expects::Words,
            Self::ListRest { .. } | Self::ListClear { .. } => Expects::YesNo,
        }
    }

    /// With how long it waits.
    pub(crate) fn asked(&self) -> Reply {
        self.around(key::KEPT_ASK).with("in", Slot::Duration(ANSWER_WITHIN))
    }

    pub(crate) fn in_other_words(&self) -> Reply {
        self.around(key::KEPT_REPHRASED)
    }

    /// What can be answered.
    pub(crate) fn in_fewer_words(&self) -> Reply {
        let hint = match self {
            Self::TimerLength { .. } => key::HINT_LENGTH,
            Self::WhichTimer { .. } => key::HINT_TIMER,
            Self::ListThings { .. } => key::HINT_THINGS,
            Self::ListRest { .. } | Self::ListClear { .. } => key::HINT_YES_NO,
        };
        Reply::new(key::KEPT_SIMPLER).with("hint", Slot::Reply(Box::new(Reply::new(hint))))
    }

    fn question(&self) -> Reply {
        match self {
            Self::TimerLength { .. } => Reply::new(key::TIMER_HOW_LONG),
            Self::WhichTimer { .. } => Reply::new(key::TIMER_WHICH),
            Self::ListThings { list } => list.reply(key::LIST_WHAT),
            Self::ListRest { .. } => Reply::new(key::LIST_READ_ON),
            Self::ListClear { list } => list.reply(key::LIST_CLEAR),
        }
    }

    fn around(&self, key: &'static str) -> Reply {
        Reply::new(key).with("question", Slot::Reply(Box::new(self.question())))
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
            (Kept::WhichTimer { change }, Intent::Words { words, .. }) => {
                self.answered();
                self.change_timer(&which(Some(words.clone()), None), *change);
            }
            (_, Intent::No | Intent::Skip) => {
                self.answered();
                self.say(Reply::new(key::CANCELLED), Urgency::Calm);
            }
            (_, _) => self.not_understand(),
        }
    }

    fn answered(&mut self) {
        self.drop_question(|_| true);
    }
}
