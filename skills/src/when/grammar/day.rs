//! Which day: "overmorgen", "friday the 13th", "23-5", "the second tuesday of july", "over een
//! week", "three days ago".

use omzien_core::Language;

use super::super::holidays::Holiday;
use super::super::said::{Length, Nth, NthOf, Part, Said, Unit, Way, Which};
use super::super::words::Word;
use super::{Found, Reader};

impl Reader<'_> {
    /// "Tomorrow", "maandag", "maandagochtend", "tuesday week", "kerst", "nu".
    pub(super) fn day(&self, at: usize) -> Found<Said> {
        let said = Said::default();
        match self.word(at)? {
            Word::Now => Some((at + 1, Said { now: Some(()), ..said })),
            Word::Ahead(days, part) => {
                // "Vandaag over acht dagen" is a week.
                let eight = self.language == Language::Nl
                    && self.is(at + 1, Word::Past)
                    && self.is(at + 2, Word::Number(8))
                    && self.is(at + 3, Word::Unit(Unit::Day));
                let eight_days = eight.then_some(());
                // "Tomorrow week".
                if self.language == Language::En
                    && part.is_none()
                    && let Some((until, length)) = self.week_after(at + 1)
                    && length.unit == Unit::Week
                {
                    let shift = Some((length, Way::Forward));
                    return Some((until, Said { ahead: Some(days), shift, ..said }));
                }
                Some((at + 1, Said { ahead: Some(days), part, eight_days, ..said }))
            }
            Word::WeekdayPart(day, part) => {
                Some((at + 1, Said { weekday: Some(day), part: Some(part), ..said }))
            }
            Word::Weekdays(day) if self.is_possessive(at) => {
                Some((at + 1, Said { weekday: Some(day), ..said }))
            }
            Word::Weekday(day) if self.is_sure(at) => {
                let said = Said { weekday: Some(day), ..said };
                match (self.language, self.word(at + 1)) {
                    // "Maandag morgen" is the morning of it.
                    (Language::Nl, Some(Word::Ahead(1, None))) => {
                        Some((at + 2, Said { part: Some(Part::Morning), ..said }))
                    }
                    (Language::Nl, Some(Word::AfterNext)) | (_, Some(Word::AfterNext)) => {
                        Some((at + 2, Said { which: Some(Which::AfterNext), ..said }))
                    }
                    // "Friday week".
                    (Language::En, Some(Word::Unit(Unit::Week) | Word::Length(Unit::Week, _))) => {
                        let (until, length) = self.week_after(at + 1)?;
                        Some((until, Said { shift: Some((length, Way::Forward)), ..said }))
                    }
                    // "Vrijdag aanstaande".
                    (Language::Nl, Some(Word::Coming)) if self.unit_at(at + 2).is_none() => {
                        Some((at + 2, Said { which: Some(Which::Coming), ..said }))
                    }
                    _ => Some((at + 1, said)),
                }
            }
            Word::Holiday(holiday) => Some((at + 1, Said { holiday: Some(holiday), ..said })),
            Word::Ordinal(which @ (1 | 2)) => match self.word(at + 1)? {
                Word::Holiday(Holiday::On(12, 25)) => {
                    let day = if which == 1 { 25 } else { 26 };
                    Some((at + 2, Said { holiday: Some(Holiday::On(12, day)), ..said }))
                }
                Word::Holiday(Holiday::Easter(days)) => {
                    let days = if which == 1 { days } else { days + 1 };
                    Some((at + 2, Said { holiday: Some(Holiday::Easter(days)), ..said }))
                }
                _ => None,
            },
            Word::Number(count @ 2..=20) => match self.word(at + 1)? {
                // "Two sundays from now".
                Word::Weekday(day) | Word::Weekdays(day) if self.is(at + 2, Word::Later) => {
                    let which = Some(Which::Count(i32::try_from(count).ok()?));
                    Some((at + 3, Said { weekday: Some(day), which, ..said }))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn week_after(&self, at: usize) -> Found<Length> {
        match self.word(at)? {
            Word::Unit(unit) => Some((at + 1, Length::of(unit, 100)?)),
            Word::Length(unit, count) => Some((at + 1, Length::of(unit, count * 100)?)),
            _ => None,
        }
    }

    /// "Over twee weken", "two days ago", "a week after christmas", "a week on friday".
    pub(super) fn shift(&self, at: usize) -> Found<Said> {
        let one = |length, way| Said { shift: Some((length, way)), ..Said::default() };
        let opens = match self.word(at)? {
            Word::Past => self.language == Language::Nl,
            Word::In | Word::Plus => true,
            _ => false,
        };
        if opens {
            let (until, length) = self.length(at + 1)?;
            // "In 2 days from today".
            return self
                .measured(until, length)
                .or(Some((self.skip(until, &[Word::Later]), one(length, Way::Forward))));
        }
        // "The day after christmas".
        if self.is(at, Word::Unit(Unit::Day)) && self.before(at) == Some(Word::The) {
            return self.measured(at + 1, Length::of(Unit::Day, 100)?);
        }
        let (until, length) = self.length(at)?;
        match self.word(until)? {
            Word::Ago => Some((until + 1, one(length, Way::Back))),
            Word::Later => Some((until + 1, one(length, Way::Forward))),
            // "A week today", "a week on friday".
            Word::Ahead(..) | Word::On
                if self.language == Language::En && length.unit >= Unit::Week =>
            {
                let (end, said) = self.moment(until)?;
                let by_day = said.weekday.is_some() || said.ahead.is_some();
                let shift = Some((length, Way::Forward));
                (by_day && said.shift.is_none()).then_some((end, Said { shift, ..said }))
            }
            _ => self.measured(until, length),
        }
    }

    /// Counted from another moment: "two days after tomorrow".
    fn measured(&self, at: usize, length: Length) -> Found<Said> {
        let way = match self.word(at)? {
            // "Two days after next friday".
            Word::AfterNext => {
                let (until, said) = self.which(at)?;
                let measured = Some(());
                let shift = Some((length, Way::Forward));
                return Some((until, Said { shift, measured, ..said }));
            }
            Word::After | Word::From => Way::Forward,
            Word::Before | Word::To => Way::Back,
            _ => return None,
        };
        let (until, said) = self.moment(at + 1)?;
        // An hour is measured from a clock, a day from a day.
        let fits = said.clock.is_some() || said.now.is_some() || length.unit >= Unit::Day;
        if said.shift.is_some() || !fits {
            return None;
        }
        let now = if said.is_only_now() { None } else { said.now };
        let measured = (!said.is_only_now()).then_some(());
        Some((until, Said { shift: Some((length, way)), measured, now, ..said }))
    }

    /// A date: "3 december 2027", "march the 5th", "23-5", "de 21ste".
    pub(super) fn date(&self, at: usize, said: &Said) -> Found<Said> {
        let at = self.skip(at, &[Word::On]);
        let at = self.skip(at, &[Word::The]);
        if let Some(Word::Date(date)) = self.word(at) {
            let said = Said {
                day: date.day,
                month: Some(date.month),
                year: date.year,
                exchangeable: date.open.then_some(()),
                ..Said::default()
            };
            return Some((at + 1, said));
        }
        self.spaced_date(at)
            .or_else(|| self.day_and_month(at))
            .or_else(|| self.month_and_day(at))
            .or_else(|| self.day_of_month(at, said))
    }

    /// "31 10 1974", as a sign is heard as nothing.
    fn spaced_date(&self, at: usize) -> Found<Said> {
        let digits = |at: usize| match self.word(at)? {
            Word::Number(number) if self.is_stressed(at) => Some(number),
            _ => None,
        };
        let (first, second) = (digits(at)?, digits(at + 1)?);
        let year = digits(at + 2).filter(|year| (1_900..2_100).contains(year))?;
        let american = self.language == Language::En && second > 12;
        let (day, month) = if american { (second, first) } else { (first, second) };
        let open = self.language == Language::En && day <= 12 && day != month;
        let said = Said {
            day: Some(day_number(day)?),
            month: i8::try_from(month).ok().filter(|month| (1..=12).contains(month)),
            year: i16::try_from(year).ok(),
            exchangeable: open.then_some(()),
            ..Said::default()
        };
        said.month.map(|_| (at + 3, said))
    }

    fn day_and_month(&self, at: usize) -> Found<Said> {
        let (after, day) = self.ordinal(at).or_else(|| self.number(at))?;
        let mut place = after;
        while matches!(self.word(place), Some(Word::Of | Word::In | Word::Slash | Word::Dash)) {
            place += 1;
        }
        let Word::Month(month) = self.word(place)? else { return None };
        let said = Said { day: Some(day_number(day)?), month: Some(month), ..Said::default() };
        Some(self.with_year(place + 1, said))
    }

    fn month_and_day(&self, at: usize) -> Found<Said> {
        let Word::Month(month) = self.word(at)? else { return None };
        let place = self.skip(at + 1, &[Word::The]);
        let (until, day) = self.ordinal(place).or_else(|| self.number(place))?;
        // "August 10 - 22", but not "august 10 - november 12".
        let dashed = self.is(until, Word::Dash)
            && self
                .number(until + 1)
                .or_else(|| self.ordinal(until + 1))
                .is_some_and(|(end, _)| !matches!(self.word(end), Some(Word::Month(_))));
        let counted = dashed
            || self.unit_at(until).is_some()
            || matches!(self.word(until), Some(Word::OClock | Word::HalfOfDay(_)));
        if counted || !self.is_sure(at) {
            return None;
        }
        let said = Said { day: Some(day_number(day)?), month: Some(month), ..Said::default() };
        Some(self.with_year(until, said))
    }

    /// "De 21ste", "the 3rd", "on 15 at eight".
    fn day_of_month(&self, at: usize, said: &Said) -> Found<Said> {
        let announced = matches!(self.before(at), Some(Word::The | Word::On | Word::Weekday(_)));
        let (until, day, sure) = match self.ordinal(at) {
            Some((until, day)) => {
                let by_month = self.names_month(until);
                (until, day, by_month || announced && !self.is_counting(at, until))
            }
            None => {
                let (until, day) = self.number(at)?;
                let on = self.before(at) == Some(Word::On) && self.is_stressed(at);
                let by_clock = said.clock.is_some() || self.clock_piece(until, said).is_some();
                let ends = self.before(at) == Some(Word::The)
                    && self.is_stressed(at)
                    && until == self.lexemes.len();
                (
                    until,
                    day,
                    on && by_clock || ends || self.names_month(until) && self.is_stressed(at),
                )
            }
        };
        let day = Some(day_number(day)?);
        sure.then_some((until, Said { day, ..Said::default() }))
    }

    /// "Of next month".
    fn names_month(&self, at: usize) -> bool {
        self.is(at, Word::Of)
            && self
                .which(self.skip(at + 1, &[Word::The]))
                .is_some_and(|(_, said)| said.cycle.is_some_and(|(unit, _)| unit == Unit::Month))
    }

    /// "The second thing" counts things.
    fn is_counting(&self, at: usize, until: usize) -> bool {
        let weekday = at.checked_sub(2).and_then(|at| self.word(at));
        let announced = self.before(at) == Some(Word::On)
            || matches!(self.before(at), Some(Word::Weekday(_)))
            || matches!(weekday, Some(Word::Weekday(_) | Word::On));
        // "The second thing" is likelier than "the twenty second thing".
        let many =
            self.ordinal(at).is_some_and(|(_, day)| day > 10) && self.before(at) == Some(Word::The);
        let few = self.ordinal(at).is_some_and(|(_, day)| day < 10)
            && !matches!(self.before(at), Some(Word::Weekday(_)))
            && !matches!(weekday, Some(Word::Weekday(_)));
        let plain = few || !self.is_stressed(at) && !announced && !many;
        self.unit_at(until).is_some()
            || matches!(self.word(until), Some(Word::Thing | Word::Couple(_)))
            || matches!(self.word(until), Some(Word::Weekday(_) | Word::Holiday(_)))
            || plain && self.is_other(until)
    }

    /// The year after a date: "5 mei, 2016".
    pub(super) fn with_year(&self, at: usize, said: Said) -> (usize, Said) {
        let mut place = self.skip(at, &[Word::Comma]);
        place = self.skip(place, &[Word::Of, Word::In, Word::Slash, Word::Dash]);
        match self.year(place).or_else(|| self.short_year(place, &said)) {
            Some((until, year)) => (until, Said { year: Some(year), ..said }),
            None => (at, said),
        }
    }

    /// "14 april 15", at the end of what is said.
    fn short_year(&self, at: usize, said: &Said) -> Found<i16> {
        let Word::Number(year @ 10..=31) = self.word(at)? else { return None };
        let ends = at + 1 == self.lexemes.len() && self.is_stressed(at) && said.day.is_some();
        ends.then(|| Some((at + 1, i16::try_from(year + 2_000).ok()?)))?
    }

    /// "2016", "tweeduizend achttien", "nineteen ninety nine"; "15" only right after a date.
    pub(super) fn year(&self, at: usize) -> Found<i16> {
        let Word::Number(first) = self.word(at)? else { return None };
        if self.unit_at(at + 1).is_some() || self.is(at + 1, Word::HalfOfDay(Part::Am)) {
            return None;
        }
        let (until, year) = if self.is_stressed(at) && first > 31 {
            let year = match first {
                32..=49 => first + 2_000,
                50..=99 => first + 1_900,
                _ => first,
            };
            (at + 1, year)
        } else if let (19 | 20, Some(Word::Number(0)), Some(Word::Number(ones @ 1..=9))) =
            (first, self.word(at + 1), self.word(at + 2))
            && !self.is_stressed(at)
        {
            // "Nineteen zero one".
            (at + 3, first * 100 + ones)
        } else if matches!(first, 19 | 20) && !self.is_stressed(at) {
            let (until, rest) = self.number(at + 1).filter(|(_, rest)| (10..100).contains(rest))?;
            (until, first * 100 + rest)
        } else {
            let (mut place, mut year) = match (first, self.word(at + 1)) {
                (2_000, _) => (at + 1, 2_000),
                // In one word.
                (1_901..2_100, _) => (at + 1, first),
                (1 | 2, Some(Word::Number(1_000))) => (at + 2, first * 1_000),
                _ => return None,
            };
            let rest = self.skip(place, &[Word::And]);
            if let Some((until, more)) = self.number(rest).filter(|(_, more)| *more < 100) {
                (place, year) = (until, year + more);
            }
            (place, year)
        };
        let year = i16::try_from(year).ok().filter(|year| (1_000..3_000).contains(year))?;
        Some((until, year))
    }

    /// "The third friday of july", "last day of october", "tweede week van volgende maand".
    pub(super) fn nth(&self, at: usize) -> Found<Said> {
        let at = self.skip(at, &[Word::The]);
        let (after, count) = match self.word(at)? {
            Word::Last => (at + 1, -1),
            _ => {
                let (after, count) = self.ordinal(at)?;
                let count = i32::try_from(count).ok().filter(|count| (1..=53).contains(count))?;
                // "The fifth last day".
                if self.is(after, Word::Last) { (after + 1, -count) } else { (after, count) }
            }
        };
        let (until, of) = match self.word(after)? {
            Word::Weekday(day) => (after + 1, NthOf::Weekday(day)),
            _ => {
                let (until, unit) = self.unit_at(after)?;
                (until, NthOf::Unit(unit))
            }
        };
        if let (NthOf::Unit(Unit::Quarter), 1..=4) = (of, count) {
            let quarter = i8::try_from(count).ok();
            return Some((until, Said { quarter, ..Said::default() }));
        }
        // "The 18th century".
        if let (NthOf::Unit(Unit::Century), 10..=30) = (of, count) {
            let (year, around) = (i16::try_from((count - 1) * 100).ok(), Some(Unit::Century));
            return Some((until, Said { year, around, ..Said::default() }));
        }
        let said = Said { nth: Some(Nth { count, of }), ..Said::default() };
        if let Some((until, container)) = self.container(until) {
            return said.and(&container).map(|both| (until, both));
        }
        // "The third tuesday" is of this month; "last tuesday" is another thing.
        let alone = matches!(of, NthOf::Weekday(_)) && count > 0 && !self.is(until, Word::Of);
        alone.then(|| {
            let cycle = Some((Unit::Month, 0));
            (until, Said { cycle, which: Some(Which::Coming), ..said })
        })
    }

    /// "Of july 2015", "in 2014", "of the month", "van volgende maand", "na kerst".
    fn container(&self, at: usize) -> Found<Said> {
        let joint = matches!(self.word(at), Some(Word::Of | Word::In));
        let place = if joint { at + 1 } else { at };
        let the = self.skip(place, &[Word::The]);
        if let Some((until, unit)) = self.unit_at(the)
            && joint
            && matches!(unit, Unit::Month | Unit::Year | Unit::Week | Unit::Quarter)
        {
            let which = Some(Which::Coming);
            return Some((until, Said { cycle: Some((unit, 0)), which, ..Said::default() }));
        }
        if let Some((until, said)) = self.which(the)
            && said.cycle.is_some()
        {
            return Some((until, said));
        }
        if let Some((until, year)) = self.year(the).filter(|_| joint) {
            return Some((until, Said { year: Some(year), ..Said::default() }));
        }
        match self.word(the)? {
            Word::Month(month) => {
                Some(self.with_year(the + 1, Said { month: Some(month), ..Said::default() }))
            }
            _ => None,
        }
    }
}

fn day_number(day: u32) -> Option<i8> {
    i8::try_from(day).ok().filter(|day| (1..=31).contains(day))
}
