//! Dates, clocks, fractions and ordinals that are written in digits.

use omzien_core::Language;

use super::super::words::{NumericDate, Word, entry};
use super::{Kind, Lexeme, Lexer};

impl Lexer {
    pub(super) fn numeric(&self, at: usize, before: &[Lexeme]) -> (usize, Option<Word>) {
        self.decade(at, before)
            .or_else(|| self.long_date(at))
            .or_else(|| self.clock(at))
            .or_else(|| self.fraction(at))
            .or_else(|| self.short_date(at, before))
            .or_else(|| self.decimal(at))
            .or_else(|| self.ordinal(at))
            .map_or_else(
                || (1, self.number(at).filter(|number| *number < 10_000).map(Word::Number)),
                |(count, word)| (count, Some(word)),
            )
    }

    /// "The 1970s", "the 70's".
    fn decade(&self, at: usize, before: &[Lexeme]) -> Option<(usize, Word)> {
        let number = self.number(at).filter(|number| number.is_multiple_of(10))?;
        let several = self.letters(at + 1) == Some("s") && self.atoms[at + 1].glued;
        let the = before.last().is_some_and(|last| last.word == Some(Word::The));
        let year = match number {
            1_000..=2_100 => number,
            20..=90 if the => number + 1_900,
            _ => return None,
        };
        let year = i16::try_from(year).ok().filter(|_| several && self.language == Language::En)?;
        Some((2, Word::Decade(year)))
    }

    /// "2016-12-22", "22-12-2016", "11/2016".
    fn long_date(&self, at: usize) -> Option<(usize, Word)> {
        let first = self.digits(at)?;
        let sign = self.sign(at + 1).filter(|sign| "-/.".contains(*sign))?;
        let second = self.digits(at + 2)?;
        let third = (self.sign(at + 3) == Some(sign)).then(|| self.digits(at + 4)).flatten();
        let (date, count) = match (first.len(), second.len(), third.map(str::len)) {
            (4, 1 | 2, Some(1 | 2)) => {
                let date = self.dated(third?, second, Some(first))?;
                // The "T" of a date and time in one word.
                let joint = self.letters(at + 5) == Some("t") && self.digits(at + 6).is_some();
                (NumericDate { open: false, ..date }, 5 + usize::from(joint))
            }
            (1 | 2, 1 | 2, Some(2 | 4)) if !self.is_glued_sign(at + 5, ':') => {
                (self.dated(first, second, third)?, 5)
            }
            (4, 1 | 2, None)
                if sign != '.' && !self.is_glued_sign(at + 3, ':') && !self.is_month(at + 3) =>
            {
                (Self::month_of(second, first)?, 3)
            }
            (1 | 2, 4, None) if sign != '.' => (Self::month_of(first, second)?, 3),
            _ => return None,
        };
        Some((count, Word::Date(date)))
    }

    /// "23-5", "3/24" in English.
    fn short_date(&self, at: usize, before: &[Lexeme]) -> Option<(usize, Word)> {
        let sign = self.sign(at + 1).filter(|sign| "-/".contains(*sign))?;
        let (first, second) = (self.digits(at)?, self.digits(at + 2)?);
        let short = first.len() <= 2 && second.len() <= 2;
        // "9-11am", "19-20 november", "van 4-23" are from and to.
        let to =
            matches!(self.letters(at + 3), Some("tot" | "to" | "until" | "till" | "and" | "en"));
        let span = sign == '-'
            && !to
            && (self.letters(at + 3).is_some()
                || before.last().is_some_and(|last| {
                    matches!(last.word, Some(Word::From | Word::Between | Word::Of))
                }));
        if !short || span && self.ends_span(at + 3, before) || self.is_glued_sign(at + 3, ':') {
            return None;
        }
        let mut date = self.dated(first, second, None)?;
        // "12-08, 2015".
        if self.sign(at + 3) == Some(',')
            && let Some(year) = self.digits(at + 4).filter(|year| matches!(year.len(), 2 | 4))
        {
            date.year = Self::year_of(year);
            return Some((5, Word::Date(date)));
        }
        Some((3, Word::Date(date)))
    }

    fn is_month(&self, at: usize) -> bool {
        let meaning = self.letters(at).and_then(|word| entry(word, |_| None, self.language));
        matches!(meaning, Some((_, Word::Month(_))))
    }

    fn ends_span(&self, at: usize, before: &[Lexeme]) -> bool {
        let meaning = self.letters(at).and_then(|word| entry(word, |_| None, self.language));
        before.last().is_some_and(|last| {
            matches!(last.word, Some(Word::From | Word::Between | Word::Of | Word::Month(_)))
        }) || matches!(
            meaning.map(|(_, word)| word),
            Some(Word::Month(_) | Word::HalfOfDay(_) | Word::Unit(_) | Word::Number(1))
        ) || matches!(
            (meaning, self.letters(at + 1).and_then(|word| entry(word, |_| None, self.language))),
            (Some((_, Word::At)), Some((_, Word::Part(_))))
        ) || matches!(self.letters(at), Some("a" | "p" | "u" | "h"))
    }

    fn dated(&self, first: &str, second: &str, year: Option<&str>) -> Option<NumericDate> {
        let year = match year {
            Some(year) => Some(Self::year_of(year)?),
            None => None,
        };
        let (first, second): (i8, i8) = (first.parse().ok()?, second.parse().ok()?);
        let is = |day: i8, month: i8| (1..=31).contains(&day) && (1..=12).contains(&month);
        let exchanged = self.language == Language::En && is(second, first) && first != second;
        if is(first, second) {
            Some(NumericDate { year, month: second, day: Some(first), open: exchanged })
        } else if exchanged {
            Some(NumericDate { year, month: first, day: Some(second), open: false })
        } else {
            None
        }
    }

    fn month_of(month: &str, year: &str) -> Option<NumericDate> {
        let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
        Some(NumericDate { year: Self::year_of(year), month, day: None, open: false })
    }

    /// "74" is 1974, "15" is 2015: who was born in 1940 is older than most, and nothing is planned
    /// for 2040.
    fn year_of(year: &str) -> Option<i16> {
        let number: i16 = year.parse().ok()?;
        Some(match (year.len(), number) {
            (2, ..40) => 2_000 + number,
            (2, _) => 1_900 + number,
            _ => number,
        })
    }

    /// "8:30", "20.15", "12:34:56", "18u25".
    fn clock(&self, at: usize) -> Option<(usize, Word)> {
        let hour = self.number(at).filter(|hour| *hour <= 24)?;
        let joint = match self.atoms.get(at + 1).filter(|joint| joint.glued)?.kind {
            Kind::Sign(sign @ (':' | '.')) => sign,
            Kind::Letters(ref letters) if matches!(&**letters, "u" | "h") => 'h',
            Kind::Sign(_) | Kind::Letters(_) | Kind::Digits(_) => return None,
        };
        let part = |at: usize| {
            let digits = self.digits(at).filter(|digits| digits.len() == 2)?;
            self.atoms[at].glued.then(|| digits.parse().ok())?.filter(|part| *part < 60)
        };
        let minute: u32 = part(at + 2)?;
        let second = self.is_glued_sign(at + 3, joint).then(|| part(at + 4)).flatten();
        let count = if second.is_some() { 5 } else { 3 };
        (hour < 24 || minute == 0).then_some((count, Word::Clock(hour % 24, minute, second)))
    }

    /// "3/4 hour".
    fn fraction(&self, at: usize) -> Option<(usize, Word)> {
        let (above, below) = (self.number(at)?, self.number(at + 2)?);
        let unit = matches!(self.letters(at + 3), Some("h" | "hour" | "hours" | "uur" | "u"));
        let hundredths = (above < below && matches!(below, 2 | 4)).then(|| above * 100 / below)?;
        (self.sign(at + 1) == Some('/') && unit).then_some((3, Word::Hundredths(hundredths)))
    }

    /// "2.5", "2,5".
    fn decimal(&self, at: usize) -> Option<(usize, Word)> {
        let glued = |at: usize| self.atoms.get(at).is_some_and(|atom| atom.glued);
        let whole = self.number(at).filter(|whole| *whole < 100_000)?;
        let point = self.sign(at + 1).filter(|sign| ",.".contains(*sign) && glued(at + 1))?;
        let digits = self.digits(at + 2).filter(|_| glued(at + 2) && point != ':')?;
        let hundredths = match digits.len() {
            1 => digits.parse::<u32>().ok()? * 10,
            2 => digits.parse().ok()?,
            _ => return None,
        };
        Some((3, Word::Hundredths(whole * 100 + hundredths)))
    }

    /// "3rd", "15de".
    fn ordinal(&self, at: usize) -> Option<(usize, Word)> {
        let suffix = self.letters(at + 1).filter(|_| self.atoms[at + 1].glued)?;
        let ordinal = matches!(suffix, "st" | "nd" | "rd" | "th" | "e" | "ste" | "de");
        ordinal.then(|| Some((2, Word::Ordinal(self.number(at)?))))?
    }
}
