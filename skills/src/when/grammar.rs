//! From the words of a sentence to what it said: the longest phrase of time that begins at a
//! place. It knows no clock. What it does not understand whole it leaves out.

mod clock;
mod day;
mod every;
mod length;
mod period;
mod span;

use omzien_core::Language;

use super::lexer::Lexeme;
use super::said::{Every, Meaning, Part, Said, Unit};
use super::words::Word;

use span::Stretch;

pub(super) struct Reader<'a> {
    pub(super) lexemes: &'a [Lexeme],
    pub(super) language: Language,
    /// The sentence speaks of how long: "drie uur" is a length then.
    pub(super) lasts: bool,
    /// Or of what rings: "an alarm for six".
    pub(super) rings: bool,
}

/// What was found, and where it ends.
pub(super) type Found<T> = Option<(usize, T)>;

impl<'a> Reader<'a> {
    pub(super) fn new(lexemes: &'a [Lexeme], language: Language) -> Self {
        let speaks_of = |word| lexemes.iter().any(|lexeme| lexeme.word == Some(word));
        let (lasts, rings) = (speaks_of(Word::Lasts), speaks_of(Word::Rings));
        Self { lexemes, language, lasts, rings }
    }

    /// All phrases of a sentence, in order; none if a word changes what they mean.
    pub(super) fn phrases(&self) -> Vec<Meaning> {
        let mut phrases = Vec::new();
        if (0..self.lexemes.len()).any(|at| self.asks(at)) {
            return phrases;
        }
        phrases.extend(self.number_alone());
        let (mut at, mut end) = (0, 0);
        while at < self.lexemes.len() {
            match self.phrase(at).filter(|(until, _)| *until > at) {
                // "At eight or nine": which?
                Some((until, _)) if self.is(until, Word::Or) && self.is_time(until + 1) => {
                    return Vec::new();
                }
                // "Before 2010 or after 2018": the first was not understood.
                Some(_) if self.before(at) == Some(Word::Or) && self.is_number_before(at) => {
                    return Vec::new();
                }
                Some((until, _)) if self.leaves_number(until) => return Vec::new(),
                // "The next two weeks and three days".
                Some((until, Meaning::Moment(Said { run: Some(_), .. })))
                    if self.length(self.skip(until, &[Word::And])).is_some() =>
                {
                    return Vec::new();
                }
                // "Two hours after dinner": the hour of the meal is not said.
                Some((until, Meaning::Length(_)))
                    if self.meal(until).is_some() && !self.is(until, Word::At) =>
                {
                    return Vec::new();
                }
                // "A christmas party on friday": which day?
                Some((_, Meaning::Moment(next)))
                    if phrases.iter().any(|said| {
                        matches!(said, Meaning::Moment(last)
                        if is_feast_and_day(last, &next) || is_feast_and_day(&next, last))
                    }) =>
                {
                    return Vec::new();
                }
                Some((until, meaning)) => {
                    if phrases.last().is_some_and(|last| self.lists(last, &meaning, end, at)) {
                        return Vec::new();
                    }
                    phrases.push(meaning);
                    (at, end) = (until, until);
                }
                None => at += 1,
            }
        }
        // What repeats in a way that is not understood is no single moment.
        let repeats = phrases.iter().any(|phrase| matches!(phrase, Meaning::Every(..)));
        let every = |at: usize| self.is(at, Word::Every) && self.every(at).is_some();
        if !repeats && (0..self.lexemes.len()).any(every) {
            return Vec::new();
        }
        phrases
    }

    /// "In the morning and in the evening", "monday, wednesday": more moments than one.
    fn lists(&self, last: &Meaning, next: &Meaning, end: usize, at: usize) -> bool {
        let (last, next) = match (last, next) {
            (Meaning::Moment(last), Meaning::Moment(next)) => (last, next),
            (Meaning::Every(_, last, _), Meaning::Moment(next)) => (last, next),
            _ => return false,
        };
        let joined = (end..at).all(|at| matches!(self.word(at), Some(Word::And | Word::Comma)));
        let two_hours = at > end && last.clock.is_some() && next.clock.is_some();
        joined && (two_hours || last.and(next).is_none())
    }

    fn is_time(&self, at: usize) -> bool {
        let number = self.number(at).is_some_and(|(_, number)| number > 1);
        number || self.phrase(at).is_some()
    }

    /// A number and nothing else is an hour or a year.
    fn number_alone(&self) -> Option<Meaning> {
        let (until, number) = self.number(0).filter(|_| self.is_stressed(0))?;
        if until < self.lexemes.len() {
            return None;
        }
        let said = if (1_900..2_100).contains(&number) {
            Said { year: i16::try_from(number).ok(), ..Said::default() }
        } else {
            Said {
                clock: clock::clock(number, 0).filter(|_| (1..24).contains(&number)),
                ..Said::default()
            }
        };
        (!said.is_empty()).then_some(Meaning::Moment(said))
    }

    fn is_number_before(&self, or: usize) -> bool {
        let number = or.checked_sub(2).and_then(|at| self.word(at));
        matches!(number, Some(Word::Number(_) | Word::Clock(..) | Word::Date(_)))
    }

    /// A number right behind a moment, and nothing more: it belongs to it, and is not understood.
    fn leaves_number(&self, until: usize) -> bool {
        let at = self.skip(until, &[Word::Comma]);
        let half = matches!(self.word(at), Some(Word::HalfOfDay(Part::Pm)));
        let number = matches!(
            self.word(at),
            Some(Word::Number(_) | Word::Clock(..) | Word::Ordinal(_) | Word::Date(_))
        );
        half || number
            && !(at..self.lexemes.len()).any(|at| self.is_other(at))
            && self.phrase(at).is_none()
    }

    /// "Except", and "three times": how often is more than a moment.
    fn asks(&self, at: usize) -> bool {
        let counted = matches!(self.before(at), Some(Word::Number(2..) | Word::Couple(_)));
        // "Within three days before christmas".
        let bound = self.is(at, Word::Within)
            && self.stretch(at).is_none()
            && !matches!(self.word(self.skip(at + 1, &[Word::The])), Some(Word::Last | Word::Past))
            && (at + 1..at + 4).any(|at| self.length(at).is_some());
        // "The week after easter" is another one than easter's.
        let after =
            matches!(self.word(at), Some(Word::Unit(Unit::Week | Unit::Month | Unit::Year)))
                && self.before(at) == Some(Word::The)
                && matches!(self.word(at + 1), Some(Word::After | Word::Before))
                && self.moment(at + 2).is_some();
        self.is(at, Word::Asks) || self.is(at, Word::AlsoTime) && counted || bound || after
    }

    /// The longest phrase that begins here.
    pub(super) fn phrase(&self, at: usize) -> Found<Meaning> {
        let mut said = Said::default();
        let mut stretch: Option<Stretch> = None;
        let mut every: Option<Every> = None;
        let mut place = at;
        loop {
            let next = self.connected(place, place == at);
            if stretch.is_none()
                && let Some((until, found)) = self.stretch(place).or_else(|| self.stretch(next))
            {
                stretch = Some(found);
                place = until;
            } else if every.is_none()
                && let Some((until, found, named)) = self.every(place).or_else(|| self.every(next))
                && let Some(both) = said.and(&named).or_else(|| said.within_part(&named))
            {
                (said, every, place) = (both, Some(found), until);
            } else if let Some((until, both)) = self.more(place, next, &said) {
                (said, place) = (both, until);
            } else {
                break;
            }
        }
        let meaning = match (every, stretch) {
            (Some(every), None) => Some(Meaning::Every(every, said, None)),
            (Some(every), Some(stretch)) => stretch.bounds(every, &said),
            (None, Some(stretch)) => stretch.meaning(&said),
            (None, None) if !said.is_empty() => Some(Meaning::Moment(said)),
            (None, None) => None,
        };
        meaning
            .map(|meaning| (place, meaning))
            .or_else(|| self.length(at).map(|(until, length)| (until, Meaning::Length(length))))
    }

    /// A moment without from and to.
    pub(super) fn moment(&self, at: usize) -> Found<Said> {
        let mut said = Said::default();
        let mut place = at;
        while let Some((until, both)) = self.more(place, self.connected(place, place == at), &said)
        {
            (said, place) = (both, until);
        }
        (!said.is_empty()).then_some((place, said))
    }

    /// One piece more, if it does not name again what is already said.
    fn more(&self, place: usize, connected: usize, said: &Said) -> Found<Said> {
        let both = |at: usize| {
            let (until, piece) = self.piece(at, said)?;
            let both = said.and(&piece)?;
            // What only repeats is another phrase.
            (both != *said || piece.is_empty()).then_some((until, both))
        };
        both(place).or_else(|| if connected == place { None } else { both(connected) })
    }

    fn piece(&self, at: usize, said: &Said) -> Found<Said> {
        self.clock_piece(at, said)
            .or_else(|| self.shift(at))
            .or_else(|| self.nth(at))
            .or_else(|| self.date(at, said))
            .or_else(|| self.edge(at))
            .or_else(|| self.which(at))
            .or_else(|| self.day(at))
            .or_else(|| self.part(at, said))
            .or_else(|| self.meal(at))
            .or_else(|| self.period(at, said))
    }

    /// After the small words that may stand between two pieces.
    fn connected(&self, at: usize, first: bool) -> usize {
        let mut place = at;
        while place < at + 3
            && self.word(place).is_some_and(|word| match word {
                Word::On
                | Word::In
                | Word::The
                | Word::About
                | Word::Roughly
                | Word::For
                | Word::Mine => true,
                Word::Of | Word::Comma | Word::At => !first,
                Word::Dash => !first,
                _ => false,
            })
        {
            place += 1;
        }
        place
    }

    pub(super) fn word(&self, at: usize) -> Option<Word> {
        self.lexemes.get(at)?.word
    }

    pub(super) fn is(&self, at: usize, wanted: Word) -> bool {
        self.word(at) == Some(wanted)
    }

    /// The place after a word that may be left out.
    pub(super) fn skip(&self, at: usize, words: &[Word]) -> usize {
        at + usize::from(self.word(at).is_some_and(|word| words.contains(&word)))
    }

    /// Is there a word here that has nothing to do with time?
    pub(super) fn is_other(&self, at: usize) -> bool {
        self.lexemes
            .get(at)
            .is_some_and(|lexeme| matches!(lexeme.word, None | Some(Word::Thing | Word::Rings)))
    }

    pub(super) fn before(&self, at: usize) -> Option<Word> {
        self.word(at.checked_sub(1)?)
    }

    pub(super) fn is_stressed(&self, at: usize) -> bool {
        self.lexemes.get(at).is_some_and(|lexeme| lexeme.stressed)
    }

    /// "May to december", "from december to may".
    fn is_between_months(&self, at: usize) -> bool {
        let month = |at: usize| matches!(self.word(at), Some(Word::Month(_)));
        let before = at >= 2 && self.is(at - 1, Word::To) && month(at - 2);
        month(at) && (before || self.is(at + 1, Word::To) && month(at + 2))
    }

    /// "Sun" and "ma" are words of their own: only beside something else of time.
    pub(super) fn is_sure(&self, at: usize) -> bool {
        let Some(lexeme) = self.lexemes.get(at) else { return false };
        let beside = |word: Option<Word>| {
            matches!(
                word,
                Some(
                    Word::Number(_)
                        | Word::Ordinal(_)
                        | Word::Clock(..)
                        | Word::Month(_)
                        | Word::Weekday(_)
                        | Word::Part(_)
                        | Word::HalfOfDay(_)
                )
            )
        };
        let after = self.skip(at + 1, &[Word::Comma, Word::The]);
        // "Wed at two"; but "we sat at two tables".
        let opens =
            at == 0 && self.is(1, Word::At) && self.clock_piece(1, &Said::default()).is_some();
        !lexeme.unsure
            || lexeme.dotted
            || opens
            || self.lexemes.len() == 1 && matches!(lexeme.word, Some(Word::Month(_)))
            || beside(self.word(after)) && !self.is_other(at + 1)
            || beside(self.before(at))
            || matches!(
                self.before(at),
                Some(
                    Word::On
                        | Word::Every
                        | Word::This
                        | Word::Next
                        | Word::Coming
                        | Word::Last
                        | Word::Previous
                )
            ) && !matches!(
                (lexeme.word, self.before(at)),
                (Some(Word::Month(_)), Some(Word::This))
            )
            || matches!(
                (self.before(at), lexeme.word),
                (
                    Some(
                        Word::In
                            | Word::Of
                            | Word::Ordinal(_)
                            | Word::From
                            | Word::Between
                            | Word::Until
                            | Word::Through
                    ),
                    Some(Word::Month(_))
                )
            )
            || self.is_between_months(at)
    }
}

/// A feast, and a day that is named beside it.
fn is_feast_and_day(feast: &Said, day: &Said) -> bool {
    let named = day.ahead.is_some() || day.weekday.is_some() || day.day.is_some();
    feast.holiday.is_some() && named
}
