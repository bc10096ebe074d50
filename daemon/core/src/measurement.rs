//! What the resident measures and asks to be kept: blood pressure, pulse, weight, glucose,
//! temperature. It is read back before it is kept, told to nobody else, and never judged: no range
//! here says what is healthy, only what was hardly heard right.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::kept::Kept;
use crate::question::Topic;
use crate::reply::{Reply, Slot};

/// Measurements of one kind that are kept, the newest: three months of one a day.
const KEPT_MAX: usize = 100;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// In millimetres of mercury, one number over another.
    BloodPressure,
    /// Beats a minute.
    Pulse,
    /// In kilograms.
    Weight,
    /// In millimoles a litre, as the meters of the Low Countries and the British Isles show it.
    Glucose,
    /// Of the body, in degrees Celsius.
    Temperature,
}

/// What a meter showed, in tenths; blood pressure has a second number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    pub tenths: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under_tenths: Option<u32>,
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureWish {
    /// What is missing is asked. Without a quantity it is the answer to such a question.
    Keep {
        quantity: Option<Quantity>,
        amount: Option<Amount>,
    },
    /// "What was my blood pressure?"; `None`: all of them.
    Tell {
        quantity: Option<Quantity>,
    },
    Forget {
        quantity: Option<Quantity>,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Measurements(BTreeMap<Quantity, VecDeque<Measured>>);

impl Measurements {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Measured {
    amount: Amount,
    wall: Timestamp,
}

/// A row: its name, how it is said with a value, and what a meter can show at all. The bounds are
/// wide, against mishearing; they are wider than any living person's.
struct Row {
    quantity: Quantity,
    name: &'static str,
    said: &'static str,
    tenths: std::ops::RangeInclusive<u32>,
    under_tenths: Option<std::ops::RangeInclusive<u32>>,
}

const ROWS: [Row; 5] = [
    Row {
        quantity: Quantity::BloodPressure,
        name: key::NAME_BLOOD_PRESSURE,
        said: key::BLOOD_PRESSURE,
        tenths: 500..=3_000,
        under_tenths: Some(200..=2_000),
    },
    Row {
        quantity: Quantity::Pulse,
        name: key::NAME_PULSE,
        said: key::PULSE,
        tenths: 200..=2_500,
        under_tenths: None,
    },
    Row {
        quantity: Quantity::Weight,
        name: key::NAME_WEIGHT,
        said: key::WEIGHT,
        tenths: 200..=3_000,
        under_tenths: None,
    },
    Row {
        quantity: Quantity::Glucose,
        name: key::NAME_GLUCOSE,
        said: key::GLUCOSE,
        tenths: 5..=500,
        under_tenths: None,
    },
    Row {
        quantity: Quantity::Temperature,
        name: key::NAME_TEMPERATURE,
        said: key::TEMPERATURE,
        tenths: 250..=450,
        under_tenths: None,
    },
];

impl Quantity {
    fn row(self) -> &'static Row {
        // A row for each, as a test knows.
        let row = ROWS.iter().find(|row| row.quantity == self);
        row.expect("a row for every quantity")
    }

    pub(crate) fn named(self, key: &'static str) -> Reply {
        Reply::new(key).with("quantity", Slot::Reply(Box::new(Reply::new(self.row().name))))
    }

    /// A meter can show it, and it has as many numbers as it needs.
    fn can_be(self, amount: Amount) -> bool {
        let row = self.row();
        let under = match (&row.under_tenths, amount.under_tenths) {
            (None, None) => true,
            (Some(range), Some(under)) => range.contains(&under) && under < amount.tenths,
            (Some(_), None) | (None, Some(_)) => false,
        };
        row.tenths.contains(&amount.tenths) && under
    }

    /// "Blood pressure a hundred and thirty over eighty".
    pub(crate) fn said(self, amount: Amount) -> Slot {
        let said = Reply::new(self.row().said).with("amount", decimal(amount.tenths));
        let said = match amount.under_tenths {
            Some(under) => said.with("under", decimal(under)),
            None => said,
        };
        Slot::Reply(Box::new(said))
    }
}

impl Home {
    pub(crate) fn wish_measurement(&mut self, wish: MeasureWish) {
        match wish {
            MeasureWish::Keep { quantity: Some(quantity), amount: Some(amount) } => {
                self.read_measurement_back(quantity, amount);
            }
            MeasureWish::Keep { quantity: Some(quantity), amount: None } => {
                self.pose(Topic::Kept(Kept::MeasuredHow { quantity }));
            }
            // Without a question it answers nothing.
            MeasureWish::Keep { quantity: None, amount: _ } => self.not_understand(),
            MeasureWish::Tell { quantity } => self.tell_measurement(quantity),
            MeasureWish::Forget { quantity } => self.forget_measurements(quantity),
        }
    }

    /// Nothing is kept that was not confirmed; what no meter shows was misheard, and is asked.
    pub(crate) fn read_measurement_back(&mut self, quantity: Quantity, amount: Amount) {
        if quantity.can_be(amount) {
            self.pose(Topic::Kept(Kept::MeasuredRight { quantity, amount }));
        } else {
            self.say(Reply::new(key::MEASURE_UNLIKELY), Urgency::Calm);
            self.pose(Topic::Kept(Kept::MeasuredHow { quantity }));
        }
    }

    pub(crate) fn keep_measurement(&mut self, quantity: Quantity, amount: Amount) {
        let wall = self.now.wall;
        let kept = self.state.measurements.0.entry(quantity).or_default();
        if kept.len() == KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(Measured { amount, wall });
        self.say(Reply::new(key::MEASURE_KEPT), Urgency::Calm);
    }

    pub(crate) fn drop_measurements(&mut self, quantity: Option<Quantity>) {
        self.state.measurements.0.retain(|known, _| quantity.is_some_and(|it| it != *known));
        self.say(Reply::new(key::MEASURE_FORGOTTEN), Urgency::Calm);
    }

    /// The last of one kind, or of each, with its day.
    fn tell_measurement(&mut self, quantity: Option<Quantity>) {
        let zone = self.now.zone.time_zone();
        let last = |quantity: &Quantity, key: &'static str| {
            let measured = self.state.measurements.0.get(quantity)?.back()?;
            let when = measured.wall.to_zoned(zone.clone());
            let reply = Reply::new(key).with("measurement", quantity.said(measured.amount));
            Some((reply.with("date", Slot::Date(when.date())), when.time()))
        };
        let reply = match quantity {
            Some(quantity) => last(&quantity, key::MEASURE_LAST)
                .map(|(reply, time)| reply.with("time", Slot::Time(time)))
                .unwrap_or_else(|| quantity.named(key::MEASURE_NONE_OF)),
            None => {
                let items = self.state.measurements.0.keys();
                let items = items.filter_map(|quantity| last(quantity, key::MEASURE_ITEM));
                let items: Vec<Slot> = items.map(|(item, _)| Slot::Reply(Box::new(item))).collect();
                match items.is_empty() {
                    true => Reply::new(key::MEASURE_NONE),
                    false => Reply::new(key::MEASURE_LIST).with("measurements", Slot::List(items)),
                }
            }
        };
        self.say(reply, Urgency::Calm);
    }

    fn forget_measurements(&mut self, quantity: Option<Quantity>) {
        let measurements = &self.state.measurements.0;
        let some = quantity.map_or(!measurements.is_empty(), |it| measurements.contains_key(&it));
        if some {
            self.pose(Topic::Kept(Kept::MeasuredForget { quantity }));
        } else {
            self.say(Reply::new(key::MEASURE_NONE), Urgency::Calm);
        }
    }
}

/// A number with its tenth, if it has one.
fn decimal(tenths: u32) -> Slot {
    let (whole, tenth) = (i64::from(tenths / 10), i64::from(tenths % 10));
    match tenth {
        0 => Slot::Number(whole),
        tenth => Slot::Reply(Box::new(
            Reply::new(key::DECIMAL)
                .with("whole", Slot::Number(whole))
                .with("tenth", Slot::Number(tenth)),
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::afternoon::{Afternoon, plan};
    use crate::event::Event;
    use crate::intent::{Expects, Intent};
    use crate::plan::{Grant, Grants, Plan};
    use crate::request::Actor;

    const PRESSURE: Quantity = Quantity::BloodPressure;

    fn amount(tenths: u32, under_tenths: Option<u32>) -> Amount {
        Amount { tenths, under_tenths }
    }

    fn keep(quantity: Quantity, amount: Amount) -> Intent {
        let (quantity, amount) = (Some(quantity), Some(amount));
        Intent::Measure(MeasureWish::Keep { quantity, amount })
    }

    fn answer(amount: Amount) -> Intent {
        Intent::Measure(MeasureWish::Keep { quantity: None, amount: Some(amount) })
    }

    fn tell(quantity: Option<Quantity>) -> Intent {
        Intent::Measure(MeasureWish::Tell { quantity })
    }

    fn keys(afternoon: &mut Afternoon) -> Vec<String> {
        afternoon.said().into_iter().map(|reply| reply.key.into_owned()).collect()
    }

    #[test]
    fn nothing_is_kept_before_it_was_read_back_and_confirmed() {
        let high = amount(1_300, Some(800));
        for (answers, kept) in [
            (&[Intent::Yes][..], true),
            (&[Intent::No], false),
            (&[Intent::Cancel], false),
            (&[Intent::NotUnderstood, Intent::Yes], true),
            (&[Intent::No, answer(high), Intent::Yes], true),
            (&[], false),
        ] {
            let mut afternoon = Afternoon::begin(plan());
            afternoon.said();
            afternoon.hears(keep(PRESSURE, high));
            assert_eq!(keys(&mut afternoon), [key::KEPT_ASK]);
            assert_eq!(afternoon.home.expectation().expects, Expects::YesNo);
            answers.iter().for_each(|answer| afternoon.hears(answer.clone()));
            afternoon.passes(Duration::from_secs(300));
            afternoon.is_off(Duration::from_secs(60));
            afternoon.said();
            afternoon.hears(tell(Some(PRESSURE)));
            let said = afternoon.said().remove(0);
            assert_eq!(said.key == key::MEASURE_LAST, kept, "{answers:?}");
            if kept {
                assert_eq!(said.slots.get("measurement"), Some(&PRESSURE.said(high)));
            }
        }
    }

    #[test]
    fn what_no_meter_shows_was_misheard_and_is_asked_again() {
        for (quantity, value, likely) in [
            (PRESSURE, amount(1_300, Some(800)), true),
            (PRESSURE, amount(1_300, None), false),
            (PRESSURE, amount(800, Some(1_300)), false),
            (PRESSURE, amount(13_000, Some(800)), false),
            (Quantity::Weight, amount(685, None), true),
            (Quantity::Weight, amount(6_850, None), false),
            (Quantity::Weight, amount(685, Some(800)), false),
            (Quantity::Glucose, amount(61, None), true),
            (Quantity::Temperature, amount(375, None), true),
            (Quantity::Temperature, amount(3_750, None), false),
            (Quantity::Pulse, amount(720, None), true),
        ] {
            let mut afternoon = Afternoon::begin(plan());
            afternoon.said();
            afternoon.hears(keep(quantity, value));
            let asked: &[&str] =
                if likely { &[key::KEPT_ASK] } else { &[key::MEASURE_UNLIKELY, key::KEPT_ASK] };
            assert_eq!(keys(&mut afternoon), asked, "{quantity:?} {value:?}");
            let expects = if likely { Expects::YesNo } else { Expects::Number };
            assert_eq!(afternoon.home.expectation().expects, expects);
        }
    }

    #[test]
    fn a_number_by_itself_answers_how_much() {
        for number in [Intent::Number(70), answer(amount(700, None))] {
            let mut afternoon = Afternoon::begin(plan());
            let weight = Some(Quantity::Weight);
            let wish = MeasureWish::Keep { quantity: weight, amount: None };
            for intent in [Intent::Measure(wish), number, Intent::Yes] {
                afternoon.hears(intent);
            }
            afternoon.said();
            afternoon.hears(tell(None));
            assert_eq!(keys(&mut afternoon), [key::MEASURE_LIST]);
            let forget = MeasureWish::Forget { quantity: weight };
            for (intent, key) in [
                (Intent::Measure(forget), key::KEPT_ASK),
                (Intent::Yes, key::MEASURE_FORGOTTEN),
                (tell(weight), key::MEASURE_NONE_OF),
                (tell(None), key::MEASURE_NONE),
                (Intent::Measure(forget), key::MEASURE_NONE),
            ] {
                afternoon.hears(intent);
                assert_eq!(keys(&mut afternoon), [key]);
            }
        }
    }

    #[test]
    fn only_the_newest_are_kept() {
        let mut afternoon = Afternoon::begin(plan());
        for tenths in 600..600 + KEPT_MAX as u32 + 5 {
            afternoon.hears(keep(Quantity::Weight, amount(tenths, None)));
            afternoon.hears(Intent::Yes);
        }
        let kept = &afternoon.home.state.measurements.0[&Quantity::Weight];
        assert_eq!(kept.len(), KEPT_MAX);
        assert_eq!(kept[0].amount, amount(605, None));
    }

    /// Whoever may read what the house did reads no measurement, neither asked nor answered.
    #[test]
    fn nobody_else_reads_a_measurement() {
        let mut open = plan();
        let all = Grants { alarms: Grant::Given, good_news: Grant::Given, ledger: Grant::Given };
        open.circle.values_mut().for_each(|contact| contact.grants = all);
        let mut afternoon = Afternoon::begin(Plan { ..open.clone() });
        afternoon.happens(&Event::Configured(Arc::new(open)));
        afternoon.hears(Intent::AskTime);
        for intent in [keep(PRESSURE, amount(1_300, Some(800))), Intent::Yes, tell(Some(PRESSURE))]
        {
            afternoon.hears(intent);
        }
        let seen = |viewer: &Actor| {
            let view = afternoon.home.view(viewer);
            let lines: Vec<String> = view.ledger.iter().map(|line| format!("{line:?}")).collect();
            let text = lines.join("\n");
            (text.contains("measure"), text.contains(key::TIME_NOW))
        };
        assert_eq!(seen(&Actor::Resident), (true, true));
        assert_eq!(seen(&Actor::Contact("anna".into())), (false, true));
        assert_eq!(seen(&Actor::Installer), (false, true));
        assert_eq!(afternoon.sent(), []);
    }
}
