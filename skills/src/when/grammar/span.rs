//! From and to: "van twee tot vier", "between 3 and 5", "9-11am", "tot donderdag", "after lunch",
//! "within nine days".

use omzien_core::Language;

use super::super::said::{Clock, Every, Length, Meaning, Said, Unit};
use super::super::words::Word;
use super::clock::clock;
use super::{Found, Reader};

/// A stretch of time as it was said.
#[derive(Clone, Debug)]
pub(super) enum Stretch {
    Between(Said, Said),
    /// Bare numbers: hours, or days of the month that is named elsewhere.
    Numbers(u32, u32),
    From(Said),
    After(Said),
    Before(Said),
    Through(Said),
    Within(Length),
    Lasting(Said, Length),
}

/// One end of it.
#[derive(Clone, Debug)]
enum End {
    Said(Said),
    Bare(u32),
}

impl Stretch {
    /// Together with what was said around it.
    pub(super) fn meaning(self, around: &Said) -> Option<Meaning> {
        Some(match self {
            Self::Between(from, to) => {
                let both = |end: &Said| end.and(around).unwrap_or_else(|| end.or(around));
                Meaning::Span(both(&from), both(&to))
            }
            Self::Numbers(from, to) => {
                let month = around.month.is_some()
                    || around.cycle.is_some_and(|(unit, _)| unit == Unit::Month);
                if month && around.day.is_none() && around.weekday.is_none() {
                    let day = |day: u32| {
                        Some(Said { day: Some(i8::try_from(day).ok()?), ..around.clone() })
                    };
                    return Some(Meaning::Span(day(from)?, day(to)?));
                }
                let hour =
                    |hour: u32| Some(Said { clock: Some(clock(hour, 0)?), ..around.clone() });
                if around.clock.is_some() {
                    return None;
                }
                Meaning::Span(hour(from)?, hour(to)?)
            }
            Self::From(said) => Meaning::From(said.and(around)?),
            Self::After(said) => Meaning::After(said.and(around)?),
            Self::Before(said) => Meaning::Before(said.and(around)?),
            Self::Through(said) => Meaning::Through(said.and(around)?),
            Self::Within(length) => {
                if around.is_empty() {
                    Meaning::Within(length)
                } else {
                    return None;
                }
            }
            Self::Lasting(said, length) => Meaning::Lasting(said.and(around)?, length),
        })
    }

    /// A recurrence that is bounded by it: "elke dag tot vrijdag".
    pub(super) fn bounds(self, every: Every, around: &Said) -> Option<Meaning> {
        match self {
            Self::Before(until) | Self::Through(until) if until.names_day() => {
                Some(Meaning::Every(every, around.clone(), Some(until)))
            }
            Self::Before(until) | Self::Through(until) => {
                let said = around.and(&until)?;
                Some(Meaning::Every(every, said, None))
            }
            Self::From(from) | Self::After(from) if !from.names_day() => {
                let said = around.and(&from)?;
                Some(Meaning::Every(every, said, None))
            }
            // The window begins where its first end does.
            Self::Between(from, _) if !from.names_day() => {
                Some(Meaning::Every(every, around.and(&from)?, None))
            }
            Self::Numbers(from, _) if around.clock.is_none() => {
                let said = Said { clock: Some(clock(from, 0)?), ..around.clone() };
                Some(Meaning::Every(every, said, None))
            }
            Self::Between(..)
            | Self::Numbers(..)
            | Self::From(_)
            | Self::After(_)
            | Self::Within(_)
            | Self::Lasting(..) => None,
        }
    }
}

impl Reader<'_> {
    pub(super) fn stretch(&self, at: usize) -> Found<Stretch> {
        self.between(at)
            .or_else(|| self.ends(at))
            .or_else(|| self.within(at))
            .or_else(|| self.lasting(at))
            .or_else(|| self.open(at))
    }

    fn between(&self, at: usize) -> Found<Stretch> {
        if !self.is(at, Word::Between) {
            return None;
        }
        let (after, from) = self.end(at + 1)?;
        let and = matches!(
            self.word(after),
            Some(Word::And | Word::Dash | Word::Until | Word::To | Word::Through)
        );
        if !and {
            return None;
        }
        let (until, to) = self.end(after + 1)?;
        let to_begins = self.begins(after + 1);
        Some((until, joined(from, to, to_begins)?))
    }

    /// What an end names first: "6-7 maart om 18:00" and "4 tot 5 op 9 april".
    fn begins(&self, at: usize) -> Begins {
        let dated = self.date(at, &Said::default()).is_some();
        if dated { Begins::Date } else { Begins::Clock }
    }

    /// "Van maandag tot en met vrijdag", "from 5 to 6", "8:15 - 9:45".
    fn ends(&self, at: usize) -> Found<Stretch> {
        let opened = match self.word(at)? {
            Word::From | Word::Starting => true,
            Word::Of => self.language == Language::Nl,
            _ => false,
        };
        if let Some(found) = self.years(if opened { at + 1 } else { at }) {
            return Some(found);
        }
        let (after, from) = self.end(if opened { at + 1 } else { at })?;
        let after = match self.word(after)? {
            Word::Until | Word::Through | Word::Dash | Word::Slash => after + 1,
            Word::To if self.language == Language::En => after + 1,
            _ => return None,
        };
        let after = self.skip(after, &[Word::About]);
        let (until, to) = self.end(after)?;
        match (&from, &to) {
            // "Twee tot drie pillen": without a word before or after it nothing says hours.
            (End::Bare(_), End::Bare(_)) if !opened && !self.says_hours(at, until) => None,
            (End::Bare(_), End::Bare(_)) if self.counts_things(until) => None,
            // "4 mei 2027 - 7:25" is one moment.
            (End::Said(date), End::Said(clock))
                if date.clock.is_none() && clock.is_only_clock() && !opened =>
            {
                None
            }
            _ => Some((until, joined(from, to, self.begins(after))?)),
        }
    }

    /// "1960 - 1961".
    fn years(&self, at: usize) -> Found<Stretch> {
        let year = |at: usize| match self.word(at)? {
            Word::Number(year @ 1_900..2_100) if self.is_stressed(at) => {
                Some(Said { year: i16::try_from(year).ok(), ..Said::default() })
            }
            _ => None,
        };
        let joint = matches!(
            self.word(at + 1),
            Some(Word::Dash | Word::Until | Word::Through | Word::To | Word::Slash)
        );
        let (from, to) = (year(at)?, year(at + 2)?);
        (joint && from.year < to.year).then_some((at + 3, Stretch::Between(from, to)))
    }

    fn says_hours(&self, at: usize, until: usize) -> bool {
        matches!(
            self.before(at),
            Some(
                Word::Ahead(..)
                    | Word::Weekday(_)
                    | Word::WeekdayPart(..)
                    | Word::Part(_)
                    | Word::Month(_)
            )
        ) || matches!(
            self.word(until),
            Some(
                Word::Part(_)
                    | Word::Genitive
                    | Word::Ahead(..)
                    | Word::Hour
                    | Word::This
                    | Word::Next
            )
        )
    }

    fn counts_things(&self, at: usize) -> bool {
        matches!(self.word(at), Some(Word::Unit(_) | Word::AlsoTime | Word::Length(..)))
    }

    /// One end: a number before the word that separates is bare, whatever follows.
    fn end(&self, at: usize) -> Found<End> {
        let at = self.skip(at, &[Word::The]);
        if let Some((after, number)) = self.bare(at)
            && matches!(
                self.word(after),
                Some(Word::Until | Word::Through | Word::Dash | Word::To | Word::And)
            )
            && number <= 31
            && self.clock(at, false).is_none_or(|(until, _)| {
                self.is(after, Word::To) && self.language == Language::En && until > after
            })
        {
            return Some((after, End::Bare(number)));
        }
        let bare = self.bare(at).filter(|(_, number)| *number <= 31);
        let ordinal = self.ordinal(at).is_some();
        if let Some((until, said)) = self.moment(at)
            && bare.is_none_or(|(after, _)| until > after || ordinal && said.day.is_some())
        {
            return Some((until, End::Said(said)));
        }
        bare.map(|(after, number)| (after, End::Bare(number)))
    }

    fn bare(&self, at: usize) -> Found<u32> {
        self.number(at).or_else(|| self.ordinal(at))
    }

    fn within(&self, at: usize) -> Found<Stretch> {
        if !self.is(at, Word::Within) {
            return None;
        }
        let mut place = at + 1;
        while matches!(
            self.word(place),
            Some(Word::The | Word::Next | Word::Coming | Word::Upcoming)
        ) {
            place += 1;
        }
        let (until, length) = self.length(place)?;
        // "Within two weeks before christmas" is not from now.
        if matches!(self.word(until), Some(Word::Before | Word::To))
            && self.moment(until + 1).is_some()
        {
            return None;
        }
        // "Within nine days from today" says it twice; from another day is something else.
        if matches!(self.word(until), Some(Word::From | Word::After)) {
            return match self.word(until + 1) {
                Some(Word::Ahead(0, None) | Word::Now) => {
                    Some((until + 2, Stretch::Within(length)))
                }
                _ => None,
            };
        }
        Some((until, Stretch::Within(length)))
    }

    /// "From 4pm for thirty minutes", "for 20 minutes starting from 2pm".
    fn lasting(&self, at: usize) -> Found<Stretch> {
        // "Four days starting from sunday".
        if let Some((after, length)) = self.length(self.skip(at, &[Word::For]))
            && self.is(after, Word::Starting)
            && let Some((until, said)) = self.moment(after + 1)
        {
            return Some((until, Stretch::Lasting(said, length)));
        }
        let clocked = |at: usize| self.moment(at).filter(|(_, said)| said.clock.is_some());
        if let Some((after, length)) = self.length(self.skip(at, &[Word::For]))
            && matches!(self.word(after), Some(Word::From | Word::Starting))
            && self.before(after).is_some()
            && self.is(at, Word::For)
            && (length.unit < Unit::Day || self.is(after, Word::Starting))
            && let Some((until, said)) = clocked(after + 1)
        {
            return Some((until, Stretch::Lasting(said, length)));
        }
        let (after, said) = clocked(self.skip(at, &[Word::From]))?;
        if !self.is(after, Word::For) {
            return None;
        }
        let (until, length) = self.length(after + 1)?;
        Some((until, Stretch::Lasting(said, length)))
    }

    /// "Vanaf morgen", "after 6 pm", "tot donderdag", "by the end of september".
    fn open(&self, at: usize) -> Found<Stretch> {
        let word = self.word(at)?;
        let open: fn(Said) -> Stretch = match word {
            Word::After => Stretch::After,
            Word::From | Word::Starting => Stretch::From,
            Word::Until | Word::Before => Stretch::Before,
            Word::Through => Stretch::Through,
            // "Vóór maandag", with its accents.
            Word::To if self.language == Language::Nl && self.is_stressed(at) => Stretch::Before,
            // "Twee uur op zijn vroegst".
            _ => return self.open_behind(at),
        };
        // "Two to three" is of something else.
        let counts = matches!(self.before(at), Some(Word::Number(_)));
        if self.meal(at).is_some() || counts && word == Word::Until {
            return None;
        }
        let place = self.skip(at + 1, &[Word::The, Word::At]);
        let (until, said) = match self.moment(at + 1) {
            Some(found) => found,
            // "Na vijf dagen".
            None if word == Word::After => {
                let (until, length) = self.length(place)?;
                let shift = Some((length, super::super::said::Way::Forward));
                return Some((until, Stretch::From(Said { shift, ..Said::default() })));
            }
            None => return None,
        };
        Some((until, open(said)))
    }

    fn open_behind(&self, at: usize) -> Found<Stretch> {
        let (until, said) = self.moment(at).filter(|(_, said)| said.is_only_clock())?;
        match self.word(until)? {
            Word::From if self.is_last(until) => Some((until + 1, Stretch::From(said))),
            Word::Before if self.is_last(until) => Some((until + 1, Stretch::Before(said))),
            _ => None,
        }
    }

    /// "Op zijn vroegst" stands behind what it bounds.
    fn is_last(&self, at: usize) -> bool {
        self.lexemes[at].until - self.lexemes[at].from > 1 && self.moment(at + 1).is_none()
    }
}

/// What is named first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    Date,
    Clock,
}

fn joined(from: End, to: End, to_begins: Begins) -> Option<Stretch> {
    Some(match (from, to) {
        (End::Said(from), End::Said(to)) => Stretch::Between(from, to),
        (End::Bare(from), End::Bare(to)) => Stretch::Numbers(from, to),
        (End::Bare(from), End::Said(to)) => {
            let from = like(from, &to, to_begins)?;
            Stretch::Between(from, to)
        }
        (End::Said(from), End::Bare(to)) => {
            let begins = if from.clock.is_some() { Begins::Clock } else { Begins::Date };
            let to = like(to, &from, begins)?;
            Stretch::Between(from, to)
        }
    })
}

/// A bare number means what the other end is: an hour, or a day of that month.
fn like(number: u32, other: &Said, begins: Begins) -> Option<Said> {
    if other.clock.is_some() && (other.day.is_none() || begins == Begins::Clock) {
        let found: Clock = clock(number, 0)?;
        return Some(Said { clock: Some(found), ..Said::default() });
    }
    if other.day.is_some() {
        let day = i8::try_from(number).ok()?;
        // "22 to 23 february at seven": at seven on both.
        return Some(Said {
            day: Some(day),
            month: other.month,
            year: other.year,
            cycle: other.cycle,
            clock: other.clock,
            part: other.part,
            ..Said::default()
        });
    }
    None
}
