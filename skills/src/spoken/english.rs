//! How English says times, days and numbers. Tables and arithmetic only.

use jiff::civil::{Date, Time};
use omzien_core::Weekday;

use super::{Speech, Unit};

pub(super) struct English;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ORDINALS: [&str; 20] = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Speech for English {
    fn number(&self, number: u32) -> String {
        match number {
            0..=19 => SMALL[number as usize].to_owned(),
            20..=99 => {
                let ten = TENS[number as usize / 10];
                match number % 10 {
                    0 => ten.to_owned(),
                    one => format!("{ten}-{}", SMALL[one as usize]),
                }
            }
            100..=999 => self.joined(number, 100, "hundred", " and "),
            _ => self.joined(number, 1_000, "thousand", " "),
        }
    }

    fn time(&self, time: Time) -> String {
        let hour = |ahead: u32| {
            let hour = u32::from(time.hour().unsigned_abs()) + ahead;
            self.number((hour + 11) % 12 + 1)
        };
        let words = |minutes: u32| match minutes {
            15 => "quarter".to_owned(),
            1 => "one minute".to_owned(),
            _ if minutes.is_multiple_of(5) => self.number(minutes),
            _ => format!("{} minutes", self.number(minutes)),
        };
        match u32::from(time.minute().unsigned_abs()) {
            0 => hour(0),
            30 => format!("half past {}", hour(0)),
            minute @ 1..=29 => format!("{} past {}", words(minute), hour(0)),
            minute => format!("{} to {}", words(60 - minute), hour(1)),
        }
    }

    fn time_in_day(&self, time: Time) -> String {
        let part = match time.hour() {
            0..=5 => "at night",
            6..=11 => "in the morning",
            12..=17 => "in the afternoon",
            _ => "in the evening",
        };
        let oclock = if time.minute() == 0 { " o'clock" } else { "" };
        format!("{}{oclock} {part}", self.time(time))
    }

    fn date(&self, date: Date) -> String {
        format!("{} {} {}", self.day(date.weekday().into()), date.day(), self.month(date))
    }

    fn day_of_month(&self, day: u32) -> String {
        let ordinal = match day {
            1..=19 => ORDINALS[day as usize].to_owned(),
            20 => "twentieth".to_owned(),
            30 => "thirtieth".to_owned(),
            _ => format!("{}-{}", TENS[(day as usize / 10) % 10], ORDINALS[day as usize % 10]),
        };
        format!("the {ordinal} of")
    }

    fn month(&self, date: Date) -> &'static str {
        MONTHS[usize::from(date.month().unsigned_abs()) - 1]
    }

    fn year(&self, year: u32) -> String {
        match (year / 100, year % 100) {
            (century @ 11..=20, rest @ 10..=99) => {
                format!("{} {}", self.number(century), self.number(rest))
            }
            (century @ 11..=19, 0) => format!("{} hundred", self.number(century)),
            _ => self.number(year),
        }
    }

    fn day(&self, day: Weekday) -> &'static str {
        match day {
            Weekday::Monday => "Monday",
            Weekday::Tuesday => "Tuesday",
            Weekday::Wednesday => "Wednesday",
            Weekday::Thursday => "Thursday",
            Weekday::Friday => "Friday",
            Weekday::Saturday => "Saturday",
            Weekday::Sunday => "Sunday",
        }
    }

    fn and(&self) -> &'static str {
        "and"
    }

    fn special_length(&self, length_s: u64) -> Option<&'static str> {
        match length_s {
            900 => Some("a quarter of an hour"),
            1_800 => Some("half an hour"),
            2_700 => Some("three quarters of an hour"),
            5_400 => Some("an hour and a half"),
            _ => None,
        }
    }

    fn unit(&self, unit: Unit, count: u64) -> &'static str {
        match (unit, count) {
            (Unit::Day, 1) => "day",
            (Unit::Day, _) => "days",
            (Unit::Hour, 1) => "hour",
            (Unit::Hour, _) => "hours",
            (Unit::Minute, 1) => "minute",
            (Unit::Minute, _) => "minutes",
            (Unit::Second, 1) => "second",
            (Unit::Second, _) => "seconds",
        }
    }

    fn minus(&self) -> &'static str {
        "minus"
    }

    fn one(&self, unit: Unit) -> &'static str {
        match unit {
            Unit::Hour => "an",
            Unit::Day | Unit::Minute | Unit::Second => "a",
        }
    }
}

impl English {
    fn joined(&self, number: u32, size: u32, name: &str, between: &str) -> String {
        let large = self.number(number / size);
        match number % size {
            0 => format!("{large} {name}"),
            rest if rest < 100 => format!("{large} {name} and {}", self.number(rest)),
            rest => format!("{large} {name}{between}{}", self.number(rest)),
        }
    }
}
