//! Text to the words of time: numbers, clocks and dates in digits, and the entries of the tables.
//! Everything else becomes a word without meaning, so that nobody reads across it.

mod digits;

use omzien_core::Language;

use super::said::{Part, Unit};
use super::words::{Word, entry};
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

/// No entry of a table has more words.
const ENTRY_WORDS_MAX: usize = 5;

/// Units that are only read right behind a number.
const SHORT_UNITS: &[(&str, Unit)] = &[
    ("d", Unit::Day),
    ("w", Unit::Week),
    ("mo", Unit::Month),
    ("mos", Unit::Month),
    ("y", Unit::Year),
];

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
        let found = self
            .half_of_day(at, letters, before)
            .or_else(|| self.shortened(at, letters, before))
            .or_else(|| self.quarter(at, letters))
            .or_else(|| self.in_table(at, letters, before));
        found.map_or((1, None), |(count, word)| (count, Some(word)))
    }

    fn half_of_day(&self, at: usize, letters: &str, before: &[Lexeme]) -> Option<(usize, Word)> {
        let half = match letters {
            "a" => Part::Am,
            "p" => Part::Pm,
            _ => return None,
        };
        let point = usize::from(self.sign(at + 1) == Some('.'));
        if self.letters(at + 1 + point) == Some("m") {
            return Some((2 + point, Word::HalfOfDay(half)));
        }
        // "4a" by itself is a house number.
        let after_number = self.is_after_number(at, before)
            && (before.len() > 1 || half == Part::Pm || self.is_clock(before));
        after_number.then_some((1, Word::HalfOfDay(half)))
    }

    /// "T/m", "15u", "3d", "30s".
    fn shortened(&self, at: usize, letters: &str, before: &[Lexeme]) -> Option<(usize, Word)> {
        if self.sign(at + 1) == Some('/') {
            match (letters, self.letters(at + 2)) {
                ("t", Some("m")) => return Some((3, Word::Through)),
                ("v", Some("d")) => return Some((3, Word::Of)),
                _ => {}
            }
        }
        let last = before.last()?;
        let number =
            matches!(last.word, Some(Word::Number(_) | Word::Clock(..) | Word::Hundredths(_)));
        if matches!(letters, "u" | "h" | "hr" | "hrs") && last.stressed && number {
            return Some((1, Word::Hour));
        }
        let after_number = self.is_after_number(at, before);
        let unit = SHORT_UNITS.iter().find(|(short, _)| *short == letters);
        if let Some((_, unit)) = unit.filter(|_| after_number) {
            return Some((1, Word::Unit(*unit)));
        }
        // "30s", and not "the 1970s".
        let decade = matches!(last.word, Some(Word::Number(number)) if number >= 1_000)
            || before.len() > 1 && before[before.len() - 2].word == Some(Word::The);
        let ends = self.language == Language::Nl
            && matches!(last.word, Some(Word::Number(_)))
            && self.atoms.get(at + 1).is_none();
        let seconds = letters == "s" && (after_number && !decade || ends);
        seconds.then_some((1, Word::Unit(Unit::Second)))
    }

    /// "Q3", "K4".
    fn quarter(&self, at: usize, letters: &str) -> Option<(usize, Word)> {
        let quarter = letters == "q" || letters == "k" && self.language == Language::Nl;
        let glued = self.atoms.get(at + 1).is_some_and(|digits| digits.glued);
        let number = self.number(at + 1).filter(|number| (1..=4).contains(number))?;
        (quarter && glued).then(|| Some((2, Word::QuarterNumber(i8::try_from(number).ok()?))))?
    }

    /// An entry of several words reaches over points and hyphens, never over other signs.
    fn in_table(&self, at: usize, letters: &str, before: &[Lexeme]) -> Option<(usize, Word)> {
        let mut places = [at; ENTRY_WORDS_MAX];
        let (mut found, mut place) = (1, at + 1);
        while found < places.len() && place < self.atoms.len() {
            match &self.atoms[place].kind {
                Kind::Letters(_) => {
                    places[found] = place;
                    found += 1;
                }
                Kind::Sign('.' | '-') if self.atoms[place].glued => {}
                Kind::Sign(_) | Kind::Digits(_) => break,
            }
            place += 1;
        }
        let places = &places[..found];
        let next = |count: usize| places.get(count).and_then(|place| self.letters(*place));
        let alone = || entry(letters, |_| None, self.language);
        let (count, word) = match entry(letters, next, self.language)? {
            // "Two days after tomorrow", "two days after next friday".
            (2.., Word::Ahead(..)) if self.counts_days(letters, before) => alone()?,
            (count @ 2.., Word::AfterNext) if self.is_named(next(count)) => alone()?,
            found => found,
        };
        match word {
            Word::Weekdays(day) if count == 1 && self.atoms[at].possessive => {
                Some((1, Word::Weekday(day)))
            }
            _ => Some((places[count - 1] - at + 1, word)),
        }
    }

    fn is_after_number(&self, at: usize, before: &[Lexeme]) -> bool {
        let last = before.last().and_then(|last| last.word);
        self.atoms[at].glued && matches!(last, Some(Word::Number(_) | Word::Clock(..)))
    }

    /// "Two days" counts; "one day after tomorrow" may as well be the day after it.
    fn counts_days(&self, letters: &str, before: &[Lexeme]) -> bool {
        let unit = entry(letters, |_| None, self.language);
        matches!(unit, Some((_, Word::Unit(_))))
            && matches!(before.last().and_then(|last| last.word), Some(Word::Number(2..)))
    }

    /// A weekday, a month or a unit, of which there is a next one.
    fn is_named(&self, letters: Option<&str>) -> bool {
        let meaning = letters.and_then(|letters| entry(letters, |_| None, self.language));
        matches!(meaning, Some((_, Word::Weekday(_) | Word::Month(_) | Word::Unit(_))))
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
