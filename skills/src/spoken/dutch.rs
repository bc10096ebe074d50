//! How Dutch says times, days and numbers. Tables and arithmetic only.

use jiff::civil::{Date, Time};
use omzien_core::Weekday;

use super::{Speech, Unit};

pub(super) struct Dutch;

const SMALL: [&str; 20] = [
    "nul",
    "één",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
];
const TENS: [&str; 10] = [
    "", "", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig",
];
const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

impl Speech for Dutch {
    fn number(&self, number: u32) -> String {
        let small = |number: u32| SMALL[number as usize];
        match number {
            0..=19 => small(number).to_owned(),
            20..=99 => {
                let ten = TENS[number as usize / 10];
                match number % 10 {
                    0 => ten.to_owned(),
                    1 => format!("eenen{ten}"),
                    one @ (2 | 3) => format!("{}ën{ten}", small(one)),
                    one => format!("{}en{ten}", small(one)),
                }
            }
            100..=999 => self.joined(number, 100, "honderd", ""),
            _ => self.joined(number, 1_000, "duizend", " "),
        }
    }

    fn time(&self, time: Time) -> String {
        let hour = |ahead: u32| {
            let hour = u32::from(time.hour().unsigned_abs()) + ahead;
            self.number((hour + 11) % 12 + 1)
        };
        let words = |minutes: u32| match minutes {
            15 => "kwart".to_owned(),
            // "Zeven over drie", but "zeventien minuten" is no dial.
            _ => self.number(minutes),
        };
        match u32::from(time.minute().unsigned_abs()) {
            0 => format!("{} uur", hour(0)),
            30 => format!("half {}", hour(1)),
            minute @ 1..=15 => format!("{} over {}", words(minute), hour(0)),
            minute @ 16..=29 => format!("{} voor half {}", words(30 - minute), hour(1)),
            minute @ 31..=44 => format!("{} over half {}", words(minute - 30), hour(1)),
            minute => format!("{} voor {}", words(60 - minute), hour(1)),
        }
    }

    fn time_in_day(&self, time: Time) -> String {
        let part = match time.hour() {
            0..=5 => "'s nachts",
            6..=11 => "'s ochtends",
            12..=17 => "'s middags",
            _ => "'s avonds",
        };
        format!("{} {part}", self.time(time))
    }

    fn date(&self, date: Date) -> String {
        format!("{} {} {}", self.day(date.weekday().into()), date.day(), self.month(date))
    }

    fn day_of_month(&self, day: u32) -> String {
        self.number(day)
    }

    fn month(&self, date: Date) -> &'static str {
        MONTHS[usize::from(date.month().unsigned_abs()) - 1]
    }

    fn year(&self, year: u32) -> String {
        match (year / 100, year % 100) {
            (century @ 11..=19, 0) => format!("{}honderd", self.number(century)),
            (century @ 11..=19, rest) => {
                format!("{}honderd{}", self.number(century), self.number(rest))
            }
            _ => self.number(year),
        }
    }

    fn day(&self, day: Weekday) -> &'static str {
        match day {
            Weekday::Monday => "maandag",
            Weekday::Tuesday => "dinsdag",
            Weekday::Wednesday => "woensdag",
            Weekday::Thursday => "donderdag",
            Weekday::Friday => "vrijdag",
            Weekday::Saturday => "zaterdag",
            Weekday::Sunday => "zondag",
        }
    }

    fn and(&self) -> &'static str {
        "en"
    }

    fn special_length(&self, length_s: u64) -> Option<&'static str> {
        match length_s {
            900 => Some("een kwartier"),
            1_800 => Some("een half uur"),
            2_700 => Some("drie kwartier"),
            5_400 => Some("anderhalf uur"),
            _ => None,
        }
    }

    fn unit(&self, unit: Unit, count: u64) -> &'static str {
        match (unit, count) {
            (Unit::Day, 1) => "dag",
            (Unit::Day, _) => "dagen",
            (Unit::Hour, _) => "uur",
            (Unit::Minute, 1) => "minuut",
            (Unit::Minute, _) => "minuten",
            (Unit::Second, 1) => "seconde",
            (Unit::Second, _) => "seconden",
        }
    }

    fn minus(&self) -> &'static str {
        "min"
    }

    fn one(&self, _: Unit) -> &'static str {
        "een"
    }
}

impl Dutch {
    fn joined(&self, number: u32, size: u32, name: &str, space: &str) -> String {
        let large = match number / size {
            1 => String::new(),
            count => self.number(count),
        };
        match number % size {
            0 => format!("{large}{name}"),
            rest => format!("{large}{name}{space}{}", self.number(rest)),
        }
    }
}
