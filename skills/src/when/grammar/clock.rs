//! Times of the clock: "kwart over acht", "half past eight", "8.30 pm", "om vijf voor half negen".

use omzien_core::Language;

use super::super::said::{Clock, Dial, Said, Unit};
use super::super::words::Word;
use super::{Found, Reader};

impl Reader<'_> {
    /// A time of the clock, with the words before it that say so.
    pub(super) fn clock_piece(&self, at: usize, said: &Said) -> Found<Said> {
        let mut place = at;
        let mut announced = self.before(at).is_some_and(announces);
        let mut on = false;
        while let Some(word) = self.word(place)
            && (announces(word) || matches!(word, Word::On | Word::The) && place == at)
        {
            announced |= announces(word);
            on |= matches!(word, Word::On | Word::The);
            place += 1;
        }
        let (until, clock) = self
            .clock(place, announced)
            .or_else(|| self.bare_hour(place, announced && !on, said))?;
        // "I'll be there in 4.22" is no time of the clock.
        let inside = self.language == Language::En && self.before(place) == Some(Word::In);
        if inside || self.is_length(place, until, announced) {
            return None;
        }
        let until = self.skip(until, &[Word::Roughly]);
        let (until, clock) = match self.word(until) {
            Some(Word::HalfOfDay(half)) => (until + 1, clock.halved(half)),
            _ => (until, clock),
        };
        let until = self.skip(until, &[Word::Roughly]);
        Some((until, Said { clock: Some(clock), ..Said::default() }))
    }

    /// "Three hours ago" and "drie uur later" begin like a clock and are none.
    fn is_length(&self, from: usize, until: usize, announced: bool) -> bool {
        let hours = self.is(until.saturating_sub(1), Word::Hour) && until == from + 2;
        if !hours || announced && !self.is(until, Word::Ago) {
            return false;
        }
        let by_part = matches!(self.before(from), Some(Word::Ahead(_, Some(_)) | Word::Part(_)));
        let one = self.is(from, Word::Number(1)) && self.beside_part(until).is_none() && !by_part;
        // "9 uur 40 minuten geleden".
        let measured = self.length(from).is_some_and(|(end, _)| {
            end > until
                || matches!(self.word(end), Some(Word::Ago | Word::Later | Word::InAdvance))
                || self.is(end, Word::From) && self.is(end + 1, Word::Now)
        });
        // "Drie uur voor de afspraak".
        let ahead = self.is(until, Word::To)
            && (self.is_other(until + 1)
                || matches!(self.word(until + 1), Some(Word::The | Word::Mine)));
        let spaced = self.language == Language::En
            && self.lexemes.get(from + 1).is_some_and(|hour| !hour.glued);
        one || spaced
            || measured
            || ahead
            || self.lasts && self.beside_part(until).is_none() && !self.is_day(self.before(from))
            || matches!(self.word(until), Some(Word::Ago | Word::Later | Word::After))
            || self.is(until, Word::And) && self.length(until + 1).is_some()
            || matches!(
                self.before(from),
                Some(Word::Within | Word::Whole | Word::Past | Word::Every)
            )
    }

    fn is_day(&self, word: Option<Word>) -> bool {
        matches!(word, Some(Word::Ahead(..) | Word::Weekday(_) | Word::WeekdayPart(..)))
    }

    /// The part of the day that follows: "'s middags", "in the morning", "pm".
    fn beside_part(&self, at: usize) -> Option<Word> {
        let mut place = self.skip(at, &[Word::Comma]);
        while place < at + 3
            && matches!(
                self.word(place),
                Some(Word::In | Word::At | Word::The | Word::Genitive | Word::This)
            )
        {
            place += 1;
        }
        let part = self.word(place)?;
        match part {
            Word::Part(_) | Word::Ahead(_, Some(_)) => Some(part),
            Word::HalfOfDay(_) if place == at => Some(part),
            _ => None,
        }
    }

    /// "At eight": an hour by itself, only where something says that it is one.
    fn bare_hour(&self, at: usize, announced: bool, said: &Said) -> Found<Clock> {
        if let Some(Word::Around(hour)) = self.word(at) {
            let near = matches!(self.before(at), Some(Word::To)) || self.lexemes.len() == 1;
            if !announced && !near {
                return None;
            }
            return clock(hour, 0).map(|clock| (at + 1, clock));
        }
        let (until, hour) = self.number(at)?;
        let beside = matches!(self.beside_part(until), Some(Word::Part(_) | Word::HalfOfDay(_)))
            || matches!(
                self.word(self.skip(until, &[Word::Comma])),
                Some(Word::Ahead(days, _)) if days <= 1
            )
            || self.is(self.skip(until, &[Word::Comma]), Word::This)
                && self.beside_part(until).is_some()
            || self.is(self.skip(until, &[Word::Comma]), Word::Zone(0));
        // "One" by itself is an article.
        let article = self.is(at, Word::Number(1)) && !self.is_stressed(at);
        // "Neem er twee vanavond" counts pills.
        // "Seven, this evening"; "van één uur 's middags".
        let alone = at == 0
            || self.is(until, Word::Comma)
            || self.language == Language::Nl && self.before(at) == Some(Word::Of)
            || self.before(at).is_some_and(|word| {
                announces(word)
                    || matches!(word, Word::For | Word::Genitive | Word::Part(_) | Word::Ahead(..))
            });
        let day_named = said.names_day() && self.before(at).is_some();
        // "An alarm for six".
        let ends = until == self.lexemes.len() || self.beside_part(until).is_some();
        let rung = self.rings && self.before(at) == Some(Word::For) && ends;
        // "At ten minutes …" and "om twee pillen te nemen" are something else.
        let follows = matches!(
            self.word(until),
            Some(
                Word::Unit(_)
                    | Word::Quarter
                    | Word::Half
                    | Word::Length(..)
                    | Word::Second
                    | Word::Thing
                    | Word::Number(100 | 1_000)
            )
        ) || self.is_purpose(until, announced)
            || matches!(self.word(self.skip(until, &[Word::Of])), Some(Word::Month(_)));
        // "Two to three" is of something else.
        let earlier = at.checked_sub(2).and_then(|at| self.word(at));
        let counts =
            self.before(at) == Some(Word::Until) && matches!(earlier, Some(Word::Number(_)));
        if hour >= 100 {
            // "For five hundred and thirty"; "na 2018" is a year, and "for 500 people" a number.
            let by_hour = match self.before(at) {
                Some(Word::At) => true,
                Some(Word::For) => !self.is_other(until),
                _ => false,
            };
            let english = self.language == Language::En && !follows;
            return self.joined(until, hour).filter(|_| by_hour && english);
        }
        let said_so = announced || rung || beside && (alone || day_named);
        if article || follows || counts && !beside || !said_so {
            return None;
        }
        clock(hour, 0).map(|clock| (until, clock))
    }

    /// "Om twee boterhammen te smeren": what for, not when.
    fn is_purpose(&self, at: usize, announced: bool) -> bool {
        announced && self.language == Language::Nl && self.is_other(at) && {
            let near = self.lexemes.get(at..).unwrap_or_default();
            near.iter().take(4).filter(|lexeme| lexeme.word.is_none()).count() >= 3
        }
    }

    /// "730" and "1140": hour and minute in one.
    fn joined(&self, until: usize, number: u32) -> Found<Clock> {
        clock(number / 100, number % 100).map(|clock| (until, clock))
    }

    pub(super) fn clock(&self, at: usize, announced: bool) -> Found<Clock> {
        let (until, clock) = self.face(at, announced)?;
        let hour = matches!(self.word(until), Some(Word::Hour | Word::OClock))
            && !matches!(self.word(until.saturating_sub(1)), Some(Word::Hour));
        Some((if hour { until + 1 } else { until }, clock))
    }

    fn face(&self, at: usize, announced: bool) -> Found<Clock> {
        match self.word(at)? {
            Word::Clock(hour, minute, second) => {
                let mut found = clock(hour, minute)?;
                found.grain = Unit::Minute;
                if found.dial == Dial::Twelve && self.language == Language::Nl {
                    found.dial = Dial::Written;
                }
                if let Some(second) = second {
                    (found.second, found.grain) = (i8::try_from(second).ok()?, Unit::Second);
                }
                Some((at + 1, found))
            }
            Word::Noon => clock(12, 0).map(|clock| (at + 1, certain(clock))),
            Word::Midnight => clock(0, 0).map(|clock| (at + 1, clock)),
            Word::HalfTo(hour) => shifted(hour, -30).map(|clock| (at + 1, clock)),
            Word::Half => self.half(at),
            Word::Quarter => self.past_or_to(at + 1, 15),
            Word::Number(1) if self.is(at + 1, Word::Quarter) => self.past_or_to(at + 2, 15),
            // "Een uur of vier" is about four.
            Word::Number(1)
                if self.is(at + 1, Word::Hour) && self.is(at + 2, Word::Or) && announced =>
            {
                let (until, hour) = self.number(at + 3)?;
                clock(hour, 0).map(|clock| (until, clock))
            }
            Word::Number(_) => {
                let (after, number) = self.number(at)?;
                self.after_number(after, number, announced)
            }
            _ => None,
        }
    }

    /// Half to nine in Dutch is half past eight in English, and so is "half eight".
    fn half(&self, at: usize) -> Found<Clock> {
        let past = self.is(at + 1, Word::Past);
        let hour = if past { at + 2 } else { at + 1 };
        let minutes = match self.language {
            Language::Nl if past => return None,
            Language::Nl => -30,
            Language::En => 30,
        };
        let (until, hour) = self.number(hour)?;
        if matches!(self.word(until), Some(Word::Unit(_) | Word::Length(..))) {
            return None;
        }
        shifted(hour, minutes).map(|clock| (until, clock))
    }

    fn after_number(&self, after: usize, number: u32, announced: bool) -> Found<Clock> {
        match (self.language, self.word(after)?) {
            (_, Word::Unit(Unit::Minute)) => self.past_or_to(after + 1, number),
            // "Two to three" is no time, "two minutes to three" is.
            (Language::En, Word::To) if !number.is_multiple_of(5) => None,
            (_, Word::Past | Word::To) => self.past_or_to(after, number),
            (_, Word::OClock) => clock(number, 0).map(|clock| (after + 1, clock)),
            (_, Word::Noon) if number == 12 => {
                clock(12, 0).map(|clock| (after + 1, certain(clock)))
            }
            (_, Word::Midnight) if number == 12 => clock(0, 0).map(|clock| (after + 1, clock)),
            // "Eleven-ish", "three-ish pm".
            (_, Word::Roughly)
                if announced
                    || after + 1 >= self.lexemes.len()
                    || matches!(self.word(after + 1), Some(Word::HalfOfDay(_))) =>
            {
                clock(number, 0).map(|clock| (after, clock))
            }
            (_, Word::HalfOfDay(_)) if number >= 100 => self.joined(after, number),
            (_, Word::HalfOfDay(_)) => clock(number, 0).map(|clock| (after, clock)),
            (Language::En, Word::Unit(Unit::Hour)) if (100..2_400).contains(&number) => {
                self.joined(after + 1, number)
            }
            (Language::En, Word::Number(_)) => {
                let (until, minute) =
                    self.number(after).filter(|(until, _)| !self.is(*until, Word::Thing))?;
                let said = announced
                    || self.before(after - 1) == Some(Word::For)
                    || self.beside_part(until).is_some();
                (said && (10..60).contains(&minute)).then(|| {
                    let clock = clock(number, minute)?;
                    Some((until, Clock { grain: Unit::Minute, ..clock }))
                })?
            }
            // "Three and forty five pm".
            (Language::En, Word::And) if number <= 12 => {
                let (until, minute) =
                    self.number(after + 1).filter(|(_, minute)| (10..60).contains(minute))?;
                let half = matches!(self.word(until), Some(Word::HalfOfDay(_)));
                half.then(|| clock(number, minute).map(|clock| (until, clock)))?
            }
            (Language::En, Word::Hour) => clock(number, 0).map(|clock| (after + 1, clock)),
            // "Om drie dertig", "drie dertig 's middags".
            (Language::Nl, Word::Number(minute @ 10..=59))
                if number <= 24
                    && (announced || self.beside_part(after + 1).is_some())
                    && !self.is_counted(after + 1) =>
            {
                let clock = clock(number, minute)?;
                Some((after + 1, Clock { grain: Unit::Minute, ..clock }))
            }
            // "Tien na zeven".
            (Language::Nl, Word::After) if self.number(after + 1).is_some() => {
                self.past_or_to(after, number)
            }
            (Language::Nl, Word::Hour) => match self.number(after + 1) {
                // "Acht uur een herinnering" is not a minute past eight.
                Some((until, minute @ 10..=59)) if !self.is_counted(until) => {
                    let clock = clock(number, minute)?;
                    Some((until, Clock { grain: Unit::Minute, ..clock }))
                }
                _ => clock(number, 0).map(|clock| (after + 1, clock)),
            },
            _ => None,
        }
    }

    /// "Acht uur twee pillen", "vijf uur vijftien minuten".
    fn is_counted(&self, at: usize) -> bool {
        matches!(self.word(at), Some(Word::Unit(_) | Word::Hour | Word::Month(_) | Word::Thing))
            || self.is_other(at) && !self.is_stressed(at - 1) && self.is_other(at + 1)
    }

    /// From "over" or "voor" on: "kwart over tien", "vijf voor half drie".
    fn past_or_to(&self, at: usize, minutes: u32) -> Found<Clock> {
        let minutes = i32::try_from(minutes).ok().filter(|minutes| (1..60).contains(minutes))?;
        let minutes = match self.word(at)? {
            Word::Past => minutes,
            Word::After => minutes,
            Word::To => -minutes,
            _ => return None,
        };
        match (self.language, self.word(at + 1)?) {
            (_, Word::Number(_)) => {
                let (until, hour) = self.number(at + 1)?;
                // "Tien over tien minuten".
                if matches!(self.word(until), Some(Word::Unit(_) | Word::Length(..))) {
                    return None;
                }
                shifted(hour, minutes).map(|clock| (until, clock))
            }
            (_, Word::Noon) => shifted(12, minutes).map(|clock| (at + 2, clock)),
            (_, Word::Midnight) => shifted(24, minutes).map(|clock| (at + 2, clock)),
            (Language::Nl, Word::HalfTo(hour)) => {
                shifted(hour, minutes - 30).map(|clock| (at + 2, clock))
            }
            (Language::Nl, Word::Half) => {
                let (until, hour) = self.number(at + 2)?;
                shifted(hour, minutes - 30).map(|clock| (until, clock))
            }
            _ => None,
        }
    }
}

fn announces(word: Word) -> bool {
    matches!(
        word,
        Word::At
            | Word::About
            | Word::Roughly
            | Word::Until
            | Word::From
            | Word::Before
            | Word::After
            | Word::Between
    )
}

fn certain(clock: Clock) -> Clock {
    Clock { dial: Dial::TwentyFour, ..clock }
}

/// "8:30" is said of both halves of the day, "20:30" is not.
pub(super) fn clock(hour: u32, minute: u32) -> Option<Clock> {
    let dial = if (1..=12).contains(&hour) { Dial::Twelve } else { Dial::TwentyFour };
    let hour = i8::try_from(hour).ok().filter(|hour| *hour < 25)?;
    let minute = i8::try_from(minute).ok().filter(|minute| *minute < 60)?;
    if hour == 24 && minute > 0 {
        return None;
    }
    let grain = if minute == 0 { Unit::Hour } else { Unit::Minute };
    Some(Clock { hour: hour % 24, minute, second: 0, dial, grain })
}

/// Minutes before or after a full hour of the twelve-hour face.
fn shifted(hour: u32, minutes: i32) -> Option<Clock> {
    let hour = i32::try_from(hour).ok().filter(|hour| (1..=24).contains(hour))?;
    let day = if hour <= 12 { 12 * 60 } else { 24 * 60 };
    let minutes = (hour * 60 + minutes).rem_euclid(day);
    let (hour, minute) = (minutes / 60, minutes % 60);
    let dial = if day == 12 * 60 { Dial::Twelve } else { Dial::TwentyFour };
    let hour = if dial == Dial::Twelve && hour == 0 { 12 } else { hour };
    Some(Clock {
        hour: i8::try_from(hour).ok()?,
        minute: i8::try_from(minute).ok()?,
        second: 0,
        dial,
        grain: Unit::Minute,
    })
}
