//! What repeats: "elke maandag en donderdag", "om de dag", "every other tuesday", "op werkdagen",
//! "the first monday of every month".

use jiff::civil::Weekday;
use omzien_core::Language;

use super::super::said::{Every, Part, Said, Unit};
use super::super::words::Word;
use super::{Found, Reader};

/// Monday to Friday.
const WORKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
const WEEKEND: [Weekday; 2] = [Weekday::Saturday, Weekday::Sunday];

type EveryFound = Option<(usize, Every, Said)>;

impl Reader<'_> {
    pub(super) fn every(&self, at: usize) -> EveryFound {
        let said = Said::default();
        match self.word(at)? {
            Word::Every => self.after_every(at + 1),
            Word::Rhythm(unit, interval) => Some((at + 1, each(unit, interval), said)),
            // "Four working days" is a length that we do not count.
            Word::Workdays
                if !matches!(
                    self.before(at),
                    Some(
                        Word::Number(_)
                            | Word::Last
                            | Word::Next
                            | Word::Previous
                            | Word::Coming
                            | Word::This
                    )
                ) =>
            {
                Some((at + 1, on(&WORKDAYS), said))
            }
            Word::On | Word::Genitive | Word::The if self.is(at + 1, Word::Workdays) => {
                Some((at + 2, on(&WORKDAYS), said))
            }
            Word::On | Word::Genitive if matches!(self.word(at + 1), Some(Word::Weekdays(_))) => {
                let (until, every) = self.weekdays(at + 1, 1)?;
                Some((until, every, said))
            }
            Word::Weekends => Some((at + 1, on(&WEEKEND), said)),
            Word::On | Word::In | Word::The if self.is(at + 1, Word::Weekends) => {
                Some((at + 2, on(&WEEKEND), said))
            }
            Word::Weekdays(_) if !self.is_possessive(at) => {
                let (until, every) = self.weekdays(at, 1)?;
                Some((until, every, said))
            }
            // "Once a week", "eenmaal per jaar".
            Word::Once => {
                let per = self.skip(at + 1, &[Word::Per, Word::Number(1)]);
                let (until, unit) = self.unit_at(per).filter(|_| per > at + 1)?;
                Some((until, each(unit, 1), said))
            }
            Word::At if self.language == Language::Nl && self.is(at + 1, Word::The) => {
                self.om_de(at + 2)
            }
            Word::The | Word::Ordinal(_) | Word::Last | Word::Second => self.nth_of_every(at),
            _ => None,
        }
    }

    /// "Next mondays meeting", written without its apostrophe.
    pub(super) fn is_possessive(&self, at: usize) -> bool {
        let one = matches!(
            self.before(at),
            Some(Word::Next | Word::This | Word::Coming | Word::Last | Word::Previous)
        );
        let several = matches!(
            self.before(at),
            Some(Word::On | Word::For | Word::Every | Word::And | Word::Comma)
        );
        self.language == Language::En && (one || !several && self.is_other(at + 1))
    }

    /// "Om de dag", "om de andere week", "om de vier uur".
    fn om_de(&self, at: usize) -> EveryFound {
        let said = Said::default();
        if let Some((after, count)) = self.number(at).filter(|(_, count)| *count > 0) {
            if let Some((until, every)) = self.weekdays(after, count) {
                return Some((until, every, said));
            }
            let (until, unit) = self.repeating(after)?;
            return Some((until, each(unit, count), said));
        }
        let unit_at = self.skip(at, &[Word::Other]);
        if unit_at > at
            && let Some((until, every)) = self.weekdays(unit_at, 2)
        {
            return Some((until, every, said));
        }
        let (until, unit) = self.repeating(unit_at)?;
        // "Om de week" skips one.
        (unit >= Unit::Day || unit_at > at).then_some((until, each(unit, 2), said))
    }

    fn repeating(&self, at: usize) -> Found<Unit> {
        self.unit_at(at).filter(|(_, unit)| {
            matches!(
                unit,
                Unit::Minute
                    | Unit::Hour
                    | Unit::Day
                    | Unit::Week
                    | Unit::Month
                    | Unit::Quarter
                    | Unit::Year
            )
        })
    }

    fn after_every(&self, at: usize) -> EveryFound {
        let said = Said::default();
        let (at, interval) = self.interval(at);
        let part = match self.word(at) {
            Some(Word::Part(part)) => Some(part),
            // "Elke morgen".
            Some(Word::Ahead(1, None)) if self.language == Language::Nl => Some(Part::Morning),
            _ => None,
        };
        if part.is_some() {
            return Some((at + 1, each(Unit::Day, interval), Said { part, ..said }));
        }
        if let Some(Word::WeekdayPart(day, part)) = self.word(at) {
            let every = Every { interval, ..on(&[day]) };
            return Some((at + 1, every, Said { part: Some(part), ..said }));
        }
        if self.is(at, Word::Workdays) {
            return Some((at + 1, on(&WORKDAYS), said));
        }
        if self.is(at, Word::Unit(Unit::Weekend)) {
            return Some((at + 1, Every { interval, ..on(&WEEKEND) }, said));
        }
        if let Some((until, every)) = self.weekdays(at, interval) {
            return Some((until, every, said));
        }
        if let Some((until, unit)) = self.repeating(at) {
            return Some((until, each(unit, interval), said));
        }
        if interval != 1 {
            return None;
        }
        // "Elke eerste maandag van de maand", "every 15th".
        if let Some((until, every)) = self.nth_weekday(at) {
            let month = self.of_the_month(until).unwrap_or(until);
            return Some((month, every, said));
        }
        if let Some((until, day)) = self.ordinal(at).filter(|(_, day)| (1..=31).contains(day)) {
            let day = i8::try_from(day).ok();
            let month = self.of_the_month(until).unwrap_or(until);
            let known = self.is_stressed(at) || month > until;
            return known.then_some((month, each(Unit::Month, 1), Said { day, ..said }));
        }
        match self.word(at)? {
            Word::Date(_) | Word::Month(_) | Word::Number(_) => {
                let (until, date) = self.date(at, &said)?;
                let yearly = date.month.is_some() && date.year.is_none();
                yearly.then_some((until, each(Unit::Year, 1), date))
            }
            Word::Holiday(holiday) => {
                Some((at + 1, each(Unit::Year, 1), Said { holiday: Some(holiday), ..said }))
            }
            _ => None,
        }
    }

    /// "Other", "three", "third": every so many.
    fn interval(&self, at: usize) -> (usize, u32) {
        if self.is(at, Word::Other) {
            return (at + 1, 2);
        }
        let follows = |at: usize| {
            self.unit_at(at).is_some() || matches!(self.word(at), Some(Word::Weekday(_)))
        };
        if let Some((after, count)) = self.number(at)
            && (1..=366).contains(&count)
            && follows(after)
        {
            return (after, count);
        }
        // "Every second day"; the second monday is of the month.
        if let Some((after, count)) = self.ordinal(at)
            && (2..=366).contains(&count)
            && self.unit_at(after).is_some()
        {
            return (after, count);
        }
        (at, 1)
    }

    /// "Maandag, woensdag en vrijdag".
    fn weekdays(&self, at: usize, interval: u32) -> Found<Every> {
        let (Word::Weekday(first) | Word::Weekdays(first)) = self.word(at)? else { return None };
        let mut days = vec![first];
        let mut at = at + 1;
        loop {
            let next = self.skip(at, &[Word::Comma]);
            let next = self.skip(next, &[Word::And]);
            let next = self.skip(next, &[Word::On]);
            let next = self.skip(next, &[Word::Every]);
            match self.word(next) {
                Some(Word::Weekday(day) | Word::Weekdays(day))
                    if !days.contains(&day) && next > at =>
                {
                    days.push(day);
                    at = next + 1;
                }
                _ => return Some((at, Every { interval, ..on(&days) })),
            }
        }
    }

    fn nth_weekday(&self, at: usize) -> Found<Every> {
        let (after, nth) = match self.word(at)? {
            Word::Last => (at + 1, -1),
            _ => {
                let (after, nth) = self.ordinal(at)?;
                (after, i32::try_from(nth).ok().filter(|nth| *nth <= 5)?)
            }
        };
        let Word::Weekday(day) = self.word(after)? else { return None };
        let every = Every { nth: Some(nth), weekdays: vec![day], ..each(Unit::Month, 1) };
        Some((after + 1, every))
    }

    /// "De eerste maandag van elke maand".
    fn nth_of_every(&self, at: usize) -> EveryFound {
        let place = self.skip(at, &[Word::The]);
        if let Some((after, every)) = self.nth_weekday(place)
            && let Some(until) = self.of_every_month(after)
        {
            return Some((until, every, Said::default()));
        }
        let (after, day) = self.ordinal(place).filter(|(_, day)| (1..=31).contains(day))?;
        let until = self.of_every_month(after)?;
        let day = i8::try_from(day).ok();
        Some((until, each(Unit::Month, 1), Said { day, ..Said::default() }))
    }

    fn of_every_month(&self, at: usize) -> Option<usize> {
        let place = self.skip(at, &[Word::Of, Word::In]);
        let month = self.is(place, Word::Every) && self.is(place + 1, Word::Unit(Unit::Month));
        month.then_some(place + 2)
    }

    fn of_the_month(&self, at: usize) -> Option<usize> {
        let place = self.skip(at, &[Word::Of, Word::In]);
        let the = self.skip(place, &[Word::The, Word::Every]);
        (place > at && self.is(the, Word::Unit(Unit::Month))).then_some(the + 1)
    }
}

fn each(unit: Unit, interval: u32) -> Every {
    let (unit, interval) = match unit {
        Unit::Quarter => (Unit::Month, interval * 3),
        Unit::Second
        | Unit::Minute
        | Unit::Hour
        | Unit::Day
        | Unit::Week
        | Unit::Weekend
        | Unit::Month
        | Unit::Year
        | Unit::Decade
        | Unit::Century => (unit, interval),
    };
    Every { unit, interval, weekdays: Vec::new(), nth: None }
}

fn on(days: &[Weekday]) -> Every {
    Every { weekdays: days.to_vec(), ..each(Unit::Week, 1) }
}
