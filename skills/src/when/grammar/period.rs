//! Stretches that have a name: "next week", "de komende drie dagen", "begin volgende maand",
//! "this evening", "na het eten", "the summer".

use omzien_core::Language;

use super::super::said::{Edge, Meal, MealSide, Part, Said, Unit, Which};
use super::super::words::Word;
use super::{Found, Reader};

impl Reader<'_> {
    /// "This week", "next friday", "vorige maand", "the last four years", "week after next".
    pub(super) fn which(&self, at: usize) -> Found<Said> {
        let said = Said::default();
        let at = self.skip(at, &[Word::The]);
        if let Some(found) = self.after_next(at) {
            return Some(found);
        }
        // "Two upcoming weeks".
        if let Some((after, count)) = self.number(at).filter(|(_, count)| *count > 1)
            && matches!(self.word(after), Some(Word::Coming | Word::Upcoming))
        {
            let (until, unit) = self.unit_at(after + 1)?;
            let which = self.is(after, Word::Upcoming).then_some(Which::Coming);
            let run = Some((unit, i32::try_from(count).ok()?));
            return Some((until, Said { run, which, ..said }));
        }
        if let Some(found) = self.by_article(at) {
            return Some(found);
        }
        let (which, way) = match self.word(at)? {
            Word::This => (Which::This, 0),
            Word::Coming | Word::Upcoming => (Which::Coming, 1),
            Word::Next => (Which::Next, 1),
            // Only behind a length: "two days after next friday".
            Word::AfterNext if matches!(self.word(at + 1), Some(Word::Weekday(_))) => {
                (Which::Next, 1)
            }
            Word::Previous | Word::Last => (Which::Previous, -1),
            Word::Past if self.language == Language::En => (Which::Previous, -1),
            _ => return None,
        };
        let after = self.skip(at + 1, &[Word::Whole]);
        let after = self.skip(after, &[Word::Number(1)]);
        if way != 0
            && let Some((unit_at, count)) = self.count(after)
            && let Some((until, unit)) = self.unit_at(unit_at)
        {
            let run = Some((unit, way * i32::try_from(count).ok().filter(|count| *count < 1_000)?));
            let which = self.is(at, Word::Upcoming).then_some(Which::Coming);
            return Some((until, Said { run, which, ..said }));
        }
        let until = after + 1;
        Some(match self.word(after)? {
            Word::Part(part) => (until, Said { ahead: Some(way), part: Some(part), ..said }),
            Word::Weekday(day) | Word::Weekdays(day)
                if matches!(self.word(after), Some(Word::Weekday(_)))
                    || self.is_possessive(after) =>
            {
                self.with_morning(until, Said { weekday: Some(day), which: Some(which), ..said })
            }
            Word::WeekdayPart(day, part) => {
                let said = Said { weekday: Some(day), part: Some(part), ..said };
                (until, Said { which: Some(which), ..said })
            }
            Word::Month(month) => (until, Said { month: Some(month), which: Some(which), ..said }),
            Word::Season(season) => {
                (until, Said { season: Some(season), which: Some(which), ..said })
            }
            Word::Holiday(holiday) => {
                (until, Said { holiday: Some(holiday), which: Some(which), ..said })
            }
            _ => {
                let (until, unit) = self.unit_at(after)?;
                (until, self.one_cycle(unit, way)?)
            }
        })
    }

    /// "For the week", "in the month", "my week": this one. "Of the week" is of any.
    fn by_article(&self, at: usize) -> Found<Said> {
        let mine = self.before(at) == Some(Word::Mine);
        let the = self.before(at) == Some(Word::The);
        let announced = at.checked_sub(2).is_none_or(|before| match self.word(before) {
            Some(Word::For | Word::In) => self.language == Language::En,
            Some(Word::To) => self.language == Language::Nl,
            _ => false,
        });
        let (until, unit) = self.unit_at(at)?;
        let known = matches!(unit, Unit::Week | Unit::Month | Unit::Year)
            || unit == Unit::Day && (mine || the && at > 1);
        let ends = !matches!(
            self.word(until),
            Some(
                Word::Of
                    | Word::In
                    | Word::AfterNext
                    | Word::After
                    | Word::Before
                    | Word::Number(_)
                    | Word::Month(_)
                    | Word::WeekOf
                    | Word::From
                    | Word::Starting
                    | Word::Begin
            )
        );
        let this = (mine || the && announced) && known;
        (this && ends).then(|| Some((until, self.one_cycle(unit, 0)?)))?
    }

    fn with_morning(&self, at: usize, said: Said) -> (usize, Said) {
        if self.language == Language::Nl && self.is(at, Word::Ahead(1, None)) {
            (at + 1, Said { part: Some(Part::Morning), ..said })
        } else {
            (at, said)
        }
    }

    fn one_cycle(&self, unit: Unit, way: i32) -> Option<Said> {
        let said = Said::default();
        match unit {
            Unit::Day => Some(Said { ahead: Some(way), ..said }),
            // "The coming hour" begins now.
            Unit::Second | Unit::Minute | Unit::Hour if way != 0 => {
                Some(Said { run: Some((unit, way)), ..said })
            }
            Unit::Second | Unit::Minute | Unit::Hour => None,
            Unit::Week
            | Unit::Weekend
            | Unit::Month
            | Unit::Quarter
            | Unit::Year
            | Unit::Decade
            | Unit::Century => Some(Said { cycle: Some((unit, way)), ..said }),
        }
    }

    /// "The week after next", "de week na de volgende".
    fn after_next(&self, at: usize) -> Found<Said> {
        let said = Said::default();
        let until = at + 2;
        if !self.is(at + 1, Word::AfterNext) {
            return None;
        }
        match self.word(at)? {
            Word::Month(month) => {
                Some((until, Said { month: Some(month), which: Some(Which::AfterNext), ..said }))
            }
            _ => {
                let (_, unit) = self.unit_at(at)?;
                let cycle = Some((unit, 2));
                (unit >= Unit::Week).then_some((until, Said { cycle, ..said }))
            }
        }
    }

    /// A number of more than one, or "a couple of".
    fn count(&self, at: usize) -> Found<u32> {
        if let Word::Couple(count) = self.word(at)? {
            return Some((self.skip(at + 1, &[Word::Of]), count));
        }
        self.number(at).filter(|(_, count)| *count > 0)
    }

    /// "Begin volgende week", "the end of november", "late in the evening", "half oktober".
    pub(super) fn edge(&self, at: usize) -> Found<Said> {
        let mut place = at;
        while place < at + 2
            && matches!(self.word(place), Some(Word::At | Word::The | Word::In | Word::Mine))
        {
            place += 1;
        }
        let edge = match self.word(place)? {
            Word::Begin => Edge::Begin,
            Word::Middle => Edge::Middle,
            Word::Half if matches!(self.word(place + 1), Some(Word::Month(_))) => Edge::Middle,
            Word::End => Edge::End,
            Word::Rest => Edge::Rest,
            Word::Early => Edge::Early,
            Word::Late => Edge::Late,
            Word::EarlyAdverb if self.is(place + 1, Word::In) => Edge::Early,
            Word::LateAdverb if matches!(self.word(place + 1), Some(Word::In | Word::On)) => {
                Edge::Late
            }
            Word::Earlier => Edge::Sooner,
            Word::Later => Edge::Later,
            Word::EndOf(unit) => {
                let said = Said { edge: Some(Edge::End), ..Said::default() };
                let (cycle, ahead) =
                    if unit == Unit::Day { (None, Some(0)) } else { (Some((unit, 0)), None) };
                return Some((place + 1, Said { cycle, ahead, ..said }));
            }
            _ => return None,
        };
        let mut after = place + 1;
        while after < place + 4
            && matches!(
                self.word(after),
                Some(Word::Of | Word::In | Word::The | Word::Genitive | Word::About | Word::Mine)
            )
        {
            after += 1;
        }
        let (until, said) = self.edged(after)?;
        // "I was late today".
        let whole_day = said.ahead.is_some() && said.part.is_none();
        let by_part = matches!(edge, Edge::Early | Edge::Late);
        (said.edge.is_none() && !(by_part && whole_day))
            .then_some((until, Said { edge: Some(edge), ..said }))
    }

    /// What has a begin and an end.
    fn edged(&self, at: usize) -> Found<Said> {
        let said = Said::default();
        if let Some(found) = self.which(at).filter(|(_, said)| said.run.is_none()) {
            return Some(found);
        }
        let until = at + 1;
        match self.word(at)? {
            Word::Part(part) => Some((until, Said { part: Some(part), ..said })),
            // "De late morgen".
            Word::Ahead(1, None)
                if self.language == Language::Nl
                    && matches!(self.before(at), Some(Word::Early | Word::Late)) =>
            {
                Some((until, Said { part: Some(Part::Morning), ..said }))
            }
            Word::Ahead(..) | Word::WeekdayPart(..) | Word::Weekday(_) => self.day(at),
            Word::Month(month) => Some(self.with_year(until, Said { month: Some(month), ..said })),
            Word::Number(_) => {
                let (until, year) = self.year(at)?;
                Some((until, Said { year: Some(year), ..said }))
            }
            _ => {
                let (until, unit) = self.unit_at(at)?;
                match unit {
                    Unit::Day => Some((until, Said { ahead: Some(0), ..said })),
                    Unit::Week | Unit::Month | Unit::Year | Unit::Quarter => {
                        Some((until, Said { cycle: Some((unit, 0)), ..said }))
                    }
                    Unit::Second
                    | Unit::Minute
                    | Unit::Hour
                    | Unit::Weekend
                    | Unit::Decade
                    | Unit::Century => None,
                }
            }
        }
    }

    /// "'s Ochtends", "in de middag", "in the evening", "at night", "pm"; "vroeg" after a part.
    pub(super) fn part(&self, at: usize, said: &Said) -> Found<Said> {
        if let Some(part) = said.part
            && said.edge.is_none()
            && matches!(part, Part::Morning | Part::Afternoon | Part::Evening | Part::Tonight)
        {
            let edge = match self.word(at)? {
                Word::Early => Some(Edge::Early),
                Word::Late => Some(Edge::Late),
                Word::EarlyAdverb if !self.is_other(at + 1) => Some(Edge::Early),
                Word::LateAdverb if !self.is_other(at + 1) => Some(Edge::Late),
                _ => None,
            };
            if edge.is_some() {
                return Some((at + 1, Said { edge, ..Said::default() }));
            }
        }
        let mut place = at;
        while place < at + 3
            && matches!(
                self.word(place),
                Some(Word::In | Word::At | Word::On | Word::The | Word::Genitive)
            )
        {
            place += 1;
        }
        match self.word(place)? {
            Word::Part(part) => {
                // "Tonight at night" says it twice.
                if said.part.is_some_and(|other| other == part || is_in(part, other)) {
                    return Some((place + 1, Said::default()));
                }
                Some((place + 1, Said { part: Some(part), ..Said::default() }))
            }
            // "I am", and not the morning.
            Word::HalfOfDay(half)
                if place == at
                    && (said.clock.is_some()
                        || half == Part::Pm
                            && matches!(self.before(at), Some(Word::Weekday(_)))) =>
            {
                match said.part {
                    None => Some((at + 1, Said { part: Some(half), ..Said::default() })),
                    Some(part) if is_in(part, half) => Some((at + 1, Said::default())),
                    Some(_) => None,
                }
            }
            _ => None,
        }
    }

    /// "Na het eten", "before breakfast", "at lunchtime".
    pub(super) fn meal(&self, at: usize) -> Found<Said> {
        let side = match self.word(at)? {
            Word::After => MealSide::After,
            Word::Before => MealSide::Before,
            Word::To if self.language == Language::Nl && self.is_stressed(at) => MealSide::Before,
            Word::To if self.language == Language::Nl => MealSide::For,
            Word::At | Word::In | Word::On => MealSide::At,
            Word::Meal(meal) => {
                let said = Said { meal: Some((meal, MealSide::At)), ..Said::default() };
                // "Eten" by itself is what one does.
                let is_time = self.is_meal_time(at);
                return is_time.then_some((at + 1, said));
            }
            _ => return None,
        };
        let after = self.skip(at + 1, &[Word::The, Word::Mine]);
        let Word::Meal(meal) = self.word(after)? else { return None };
        if side == MealSide::At && !self.is_meal_time(after) {
            return None;
        }
        // "Te laat voor werk".
        if side == MealSide::For && matches!(meal, Meal::Work | Meal::School) {
            return None;
        }
        Some((after + 1, Said { meal: Some((meal, side)), ..Said::default() }))
    }

    fn is_meal_time(&self, at: usize) -> bool {
        matches!(self.word(at), Some(Word::Meal(Meal::Bedtime | Meal::Tea | Meal::Coffee)))
            || self.lexemes[at].until - self.lexemes[at].from > 1
    }

    /// Months, years, seasons, quarters, weeks by number, a zone.
    pub(super) fn period(&self, at: usize, said: &Said) -> Found<Said> {
        let none = Said::default();
        let at = self.skip(at, &[Word::In]);
        let place = self.skip(at, &[Word::The]);
        let named = said.month.is_some()
            || said.holiday.is_some()
            || said.season.is_some()
            || said.quarter.is_some()
            || said.nth.is_some();
        match self.word(place)? {
            Word::Month(month) if self.is_sure(place) => {
                Some(self.with_year(place + 1, Said { month: Some(month), ..none }))
            }
            Word::Season(season) if self.is_season(place) => {
                Some((place + 1, Said { season: Some(season), ..none }))
            }
            Word::Zone(minutes) if said.clock.is_some() => {
                Some((place + 1, Said { zone: Some(minutes), ..none }))
            }
            Word::Number(_) => self.year_first(place, named),
            Word::Decade(year) => {
                let around = Some(Unit::Decade);
                Some((place + 1, Said { year: Some(year), around, ..none }))
            }
            Word::QuarterNumber(quarter) => {
                Some(self.with_year(place + 1, Said { quarter: Some(quarter), ..none }))
            }
            Word::Unit(Unit::Month) => {
                let of = self.skip(place + 1, &[Word::Of]);
                let Some(Word::Month(month)) = self.word(of) else { return None };
                Some(self.with_year(of + 1, Said { month: Some(month), ..none }))
            }
            Word::Whole if matches!(self.word(place + 1), Some(Word::Unit(Unit::Month))) => {
                self.period(place + 1, said)
            }
            Word::Unit(Unit::Year) => self.numbered_year(place + 1),
            Word::WeekOf => {
                let (until, said) = self.date(place + 1, &none)?;
                Some((until, Said { around: Some(Unit::Week), ..said }))
            }
            Word::Unit(Unit::Week) => match self.number(place + 1) {
                Some((until, week @ 1..=53)) => {
                    let week_number = i8::try_from(week).ok();
                    Some((until, Said { week_number, ..none }))
                }
                _ => {
                    let of = self.is(place + 1, Word::Of).then_some(place + 2)?;
                    let (until, said) = self.date(of, &none)?;
                    Some((until, Said { around: Some(Unit::Week), ..said }))
                }
            },
            Word::Unit(Unit::Weekend) => {
                let cycle = Some((Unit::Weekend, 0));
                (said.weekday.is_none()).then_some((place + 1, Said { cycle, ..none }))
            }
            _ => None,
        }
    }

    /// "2019", "2019 september", "2019-sep-1".
    fn year_first(&self, at: usize, named: bool) -> Found<Said> {
        let (until, year) = self.year(at)?;
        let said = Said { year: Some(year), ..Said::default() };
        let place = self.skip(until, &[Word::Comma]);
        if let Some(Word::Month(month)) = self.word(place) {
            let said = Said { month: Some(month), ..said };
            let day = self.skip(place + 1, &[Word::Dash, Word::Slash]);
            return match self.number(day) {
                Some((end, day @ 1..=31)) => {
                    Some((end, Said { day: i8::try_from(day).ok(), ..said }))
                }
                Some(_) | None => Some((place + 1, said)),
            };
        }
        let announced = matches!(
            self.before(at),
            Some(
                Word::In
                    | Word::Until
                    | Word::From
                    | Word::Before
                    | Word::After
                    | Word::Between
                    | Word::Through
                    | Word::Of
            )
        ) && (1_900..2_100).contains(&year);
        (named || announced).then_some((until, said))
    }

    /// "Het jaar 2027", "de jaren negentig".
    fn numbered_year(&self, at: usize) -> Found<Said> {
        let decade = self.number(at).filter(|(_, decade)| {
            self.language == Language::Nl && (20..100).contains(decade) && decade.is_multiple_of(10)
        });
        if let Some((until, decade)) = decade {
            let (year, around) = (i16::try_from(1_900 + decade).ok(), Some(Unit::Decade));
            return Some((until, Said { year, around, ..Said::default() }));
        }
        let (until, year) = self.year(at).or_else(|| {
            let (until, year) = self.number(at)?;
            Some((until, i16::try_from(year).ok().filter(|year| *year > 0)?))
        })?;
        Some((until, Said { year: Some(year), ..Said::default() }))
    }

    /// "Spring" and "fall" are verbs as well.
    fn is_season(&self, at: usize) -> bool {
        self.language == Language::Nl
            || matches!(self.before(at), Some(Word::The | Word::In | Word::Of))
            || self.lexemes.len() == 1
            || self.year(at + 1).is_some()
    }
}

fn is_in(part: Part, half: Part) -> bool {
    match part {
        Part::Morning | Part::Am => half == Part::Am,
        Part::Afternoon | Part::Evening | Part::Pm => half == Part::Pm,
        Part::Night | Part::Tonight | Part::Overnight => matches!(half, Part::Am | Part::Pm),
    }
}
