//! Text to the words of time: numbers, clocks and dates in digits, and the entries of the tables.
//! Everything else becomes a word without meaning, so that nobody reads across it.

use omzien_core::Language;

use super::said::{Part, Unit};
use super::words::{NumericDate, Word, entry};
use super::{dutch, english};

/// A sentence has fewer; what lies beyond is not looked at.
const ATOMS_MAX: usize = 4_096;

/// One word of the sentence, as far as time goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexeme {
    /// None: nothing of time.
    pub(super) word: Option<Word>,
    /// Which of the words that came in it begins with, and the one after its last.
    pub(super) from: usize,
    pub(super) until: usize,
    /// "ma" or "sun", which may be another word.
    pub(super) unsure: bool,
    /// A point follows: "ma."
    pub(super) dotted: bool,
    /// Written in digits, or with an accent: "één" is the number.
    pub(super) stressed: bool,
    /// Stands against the word before it: "15u", "7p".
    pub(super) glued: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Digits(String),
    Letters(String),
    Sign(char),
}

#[derive(Clone, Debug)]
struct Atom {
    kind: Kind,
    from: usize,
    glued: bool,
    stressed: bool,
    /// Ended in an apostrophe and an s: "friday's".
    possessive: bool,
}

/// The words of a sentence as it was written.
pub(super) fn lex(text: &str, language: Language) -> Vec<Lexeme> {
    let mut atoms = Vec::new();
    scan(text, 0, &mut atoms);
    for (place, atom) in atoms.iter_mut().enumerate() {
        atom.from = place;
    }
    Lexer { atoms, language }.run()
}

/// The words of a sentence that was already taken apart; `from` and `until` count these.
pub(super) fn lex_tokens(tokens: &[String], language: Language) -> Vec<Lexeme> {
    let mut atoms = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        scan(token, place, &mut atoms);
    }
    Lexer { atoms, language }.run()
}

fn scan(text: &str, from: usize, atoms: &mut Vec<Atom>) {
    let mut glued = false;
    let mut letters = text.chars().flat_map(char::to_lowercase).peekable();
    while let Some(letter) = letters.next() {
        if atoms.len() >= ATOMS_MAX {
            return;
        }
        let mut atom =
            Atom { kind: Kind::Sign(letter), from, glued, stressed: false, possessive: false };
        if letter.is_ascii_digit() {
            let mut digits = String::from(letter);
            while let Some(next) = letters.next_if(char::is_ascii_digit) {
                digits.push(next);
            }
            atom.stressed = true;
            atom.kind = Kind::Digits(digits);
        } else if letter.is_alphabetic() {
            let mut word = String::from(crate::text::plain(letter));
            atom.stressed = !word.starts_with(letter);
            while let Some(next) = letters.next_if(|next| {
                next.is_alphabetic()
                    || crate::text::is_apostrophe(*next)
                    || crate::text::is_mark(*next)
            }) {
                atom.possessive =
                    crate::text::is_apostrophe(next) || (atom.possessive && next == 's');
                if next.is_alphabetic() {
                    let plain = crate::text::plain(next);
                    atom.stressed |= plain != next;
                    word.push(plain);
                }
            }
            // "One" is no article.
            atom.stressed |= word == "one";
            atom.kind = Kind::Letters(word);
        } else if letter.is_whitespace() || !"-–—:.,/+@&".contains(letter) {
            glued = crate::text::is_apostrophe(letter) && glued;
            continue;
        }
        atoms.push(atom);
        glued = true;
    }
}

struct Lexer {
    atoms: Vec<Atom>,
    language: Language,
}

impl Lexer {
    fn run(self) -> Vec<Lexeme> {
        let mut lexemes: Vec<Lexeme> = Vec::with_capacity(self.atoms.len());
        let mut at = 0;
        while at < self.atoms.len() {
            let atom = &self.atoms[at];
            if self.sign(at) == Some('.') {
                if let Some(last) = lexemes.last_mut().filter(|_| atom.glued) {
                    last.dotted = true;
                }
                at += 1;
                continue;
            }
            if self.is_hyphen(at) {
                at += 1;
                continue;
            }
            let (count, word) = self.read(at, &lexemes);
            lexemes.push(Lexeme {
                word,
                from: atom.from,
                until: self.atoms[at + count - 1].from + 1,
                unsure: self.letters(at).is_some_and(|word| match self.language {
                    Language::Nl => dutch::UNSURE.contains(&word),
                    Language::En => english::UNSURE.contains(&word),
                }),
                dotted: false,
                stressed: atom.stressed,
                glued: atom.glued,
            });
            at += count;
        }
        lexemes
    }

    fn read(&self, at: usize, before: &[Lexeme]) -> (usize, Option<Word>) {
        match &self.atoms[at].kind {
            Kind::Digits(_) => self.numeric(at, before),
            Kind::Letters(letters) => self.lettered(at, letters, before),
            Kind::Sign('-' | '–' | '—') => (1, Some(Word::Dash)),
            Kind::Sign(',') => (1, Some(Word::Comma)),
            Kind::Sign('/') => (1, Some(Word::Slash)),
            Kind::Sign('+') => (1, Some(Word::Plus)),
            Kind::Sign('@') => (1, Some(Word::At)),
            Kind::Sign('&') => (1, Some(Word::And)),
            Kind::Sign(_) => (1, None),
        }
    }

    fn lettered(&self, at: usize, letters: &str, before: &[Lexeme]) -> (usize, Option<Word>) {
        let after_number = self.atoms[at].glued
            && matches!(
                before.last().and_then(|last| last.word),
                Some(Word::Number(_) | Word::Clock(..))
            );
        let point = usize::from(self.sign(at + 1) == Some('.'));
        let half = match letters {
            "a" => Some(Part::Am),
            "p" => Some(Part::Pm),
            _ => None,
        };
        if let Some(half) = half {
            if self.letters(at + 1 + point) == Some("m") {
                return (2 + point, Some(Word::HalfOfDay(half)));
            }
            // "4a" by itself is a house number.
            if after_number && (before.len() > 1 || half == Part::Pm || self.is_clock(before)) {
                return (1, Some(Word::HalfOfDay(half)));
            }
        }
        if self.sign(at + 1) == Some('/') {
            match (letters, self.letters(at + 2)) {
                ("t", Some("m")) => return (3, Some(Word::Through)),
                ("v", Some("d")) => return (3, Some(Word::Of)),
                _ => {}
            }
        }
        if matches!(letters, "u" | "h" | "hr" | "hrs")
            && matches!(
                before.last().and_then(|last| last.word),
                Some(Word::Number(_) | Word::Clock(..) | Word::Hundredths(_))
            )
        {
            return (1, Some(Word::Hour));
        }
        // "30s", and not "the 1970s".
        let decade = matches!(
            before.last().and_then(|last| last.word),
            Some(Word::Number(number)) if number >= 1_000
        ) || before.len() > 1 && before[before.len() - 2].word == Some(Word::The);
        if letters == "s" && after_number && !decade {
            return (1, Some(Word::Unit(Unit::Second)));
        }
        if letters == "s"
            && self.language == Language::Nl
            && matches!(before.last().and_then(|last| last.word), Some(Word::Number(_)))
            && self.atoms.get(at + 1).is_none()
        {
            return (1, Some(Word::Unit(Unit::Second)));
        }
        // A table entry of several words reaches over points and hyphens, never over other signs.
        let mut places = vec![at];
        let mut place = at + 1;
        while places.len() < 5 && place < self.atoms.len() {
            match &self.atoms[place].kind {
                Kind::Letters(_) => places.push(place),
                Kind::Sign('.' | '-') if self.atoms[place].glued => {}
                Kind::Sign(_) | Kind::Digits(_) => break,
            }
            place += 1;
        }
        let next = |count: usize| places.get(count).and_then(|place| self.letters(*place));
        match entry(letters, next, self.language) {
            Some((1, Word::Weekdays(day))) if self.atoms[at].possessive => {
                (1, Some(Word::Weekday(day)))
            }
            Some((count, word)) => (places[count - 1] - at + 1, Some(word)),
            None => (1, None),
        }
    }

    fn is_clock(&self, before: &[Lexeme]) -> bool {
        matches!(before.last().and_then(|last| last.word), Some(Word::Clock(..)))
    }

    /// A hyphen that only joins: "mid-october", "30-minutes", "jan-1".
    fn is_hyphen(&self, at: usize) -> bool {
        const OPENS: &[&str] = &[
            "mid", "early", "late", "full", "whole", "all", "half", "three", "twenty", "thirty",
            "forty", "fifty",
        ];
        const CLOSES: &[&str] = &["ish", "en"];
        let joined = self.sign(at).is_some_and(|sign| "-/".contains(sign))
            && self.atoms[at].glued
            && self.atoms.get(at + 1).is_some_and(|next| next.glued);
        let meaning =
            |at: usize| entry(self.letters(at)?, |_| None, self.language).map(|(_, word)| word);
        joined
            && (at.checked_sub(1).is_some_and(|before| {
                self.letters(before).is_some_and(|word| OPENS.contains(&word))
                    || matches!(meaning(before), Some(Word::Month(_)))
            }) || self.letters(at + 1).is_some_and(|word| CLOSES.contains(&word))
                || matches!(meaning(at + 1), Some(Word::Month(_) | Word::Unit(_) | Word::Second)))
    }

    fn numeric(&self, at: usize, before: &[Lexeme]) -> (usize, Option<Word>) {
        self.long_date(at)
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
            (4, 1 | 2, None) if sign != '.' && !self.is_glued_sign(at + 3, ':') => {
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

    fn ends_span(&self, at: usize, before: &[Lexeme]) -> bool {
        let meaning = self.letters(at).and_then(|word| entry(word, |_| None, self.language));
        before.last().is_some_and(|last| {
            matches!(last.word, Some(Word::From | Word::Between | Word::Of | Word::Month(_)))
        }) || matches!(
            meaning.map(|(_, word)| word),
            Some(Word::Month(_) | Word::HalfOfDay(_) | Word::Unit(_) | Word::Number(1))
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

    /// "74" is 1974, "15" is 2015.
    fn year_of(year: &str) -> Option<i16> {
        let number: i16 = year.parse().ok()?;
        Some(match (year.len(), number) {
            (2, ..50) => 2_000 + number,
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

    fn number(&self, at: usize) -> Option<u32> {
        self.digits(at)?.parse().ok()
    }

    fn digits(&self, at: usize) -> Option<&str> {
        match &self.atoms.get(at)?.kind {
            Kind::Digits(digits) => Some(digits),
            Kind::Letters(_) | Kind::Sign(_) => None,
        }
    }

    fn letters(&self, at: usize) -> Option<&str> {
        match &self.atoms.get(at)?.kind {
            Kind::Letters(letters) => Some(letters),
            Kind::Digits(_) | Kind::Sign(_) => None,
        }
    }

    fn sign(&self, at: usize) -> Option<char> {
        match self.atoms.get(at)?.kind {
            Kind::Sign(sign) => Some(sign),
            Kind::Digits(_) | Kind::Letters(_) => None,
        }
    }

    fn is_glued_sign(&self, at: usize, wanted: char) -> bool {
        self.sign(at) == Some(wanted) && self.atoms[at].glued
    }
}
