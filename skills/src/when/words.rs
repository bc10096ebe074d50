//! What the words of time mean to the parser, and how they are found. The words themselves stand
//! in the tables of `dutch.rs` and `english.rs`.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Weekday;
use omzien_core::Language;

use super::holidays::Holiday;
use super::said::{Meal, Part, Season, Unit};
use super::{dutch, english, feasts};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Word {
    Number(u32),
    /// "2,5": in hundredths.
    Hundredths(u32),
    Ordinal(u32),
    /// So many and a half.
    AndAHalf(u32),
    /// "8:30", "20.15.30", "18u25"; the hour as it was written, and the second if there was one.
    Clock(u32, u32, Option<u32>),
    /// "Uur", "15u", "15h": after a number a time of the clock, or a length.
    Hour,
    /// Year, month, day, each if it was written; only possible dates.
    Date(NumericDate),
    Noon,
    Midnight,
    Half,
    /// "Halfnegen", in one word.
    HalfTo(u32),
    /// "Tegen zessen".
    Around(u32),
    Quarter,
    /// "Over" and "past".
    Past,
    /// "Voor" and "to".
    To,
    OClock,
    Unit(Unit),
    /// English has one word for the unit and the ordinal.
    Second,
    /// A length in one word: "kwartiertje", "fortnight".
    Length(Unit, u32),
    Part(Part),
    Meal(Meal),
    /// "am" and "pm".
    HalfOfDay(Part),
    At,
    /// "For eight o'clock".
    For,
    In,
    On,
    Of,
    And,
    Or,
    The,
    /// The "'s" of "'s ochtends".
    Genitive,
    Mine,
    /// "Ongeveer", "around".
    About,
    /// "Sharp", "-ish": also behind what it is said of.
    Roughly,
    After,
    Before,
    From,
    /// "Starting from".
    Starting,
    /// "The week commencing".
    WeekOf,
    Between,
    Until,
    /// "Tot en met", "through": the end belongs to it.
    Through,
    Dash,
    Comma,
    Plus,
    Slash,
    Within,
    Ago,
    /// "Van tevoren", "in advance": before something that is not a moment.
    InAdvance,
    Later,
    Every,
    /// Every so many of a unit, in one word: "daily", "tweewekelijks".
    Rhythm(Unit, u32),
    Workdays,
    Weekends,
    /// "Ander": every other.
    Other,
    Once,
    Per,
    This,
    Next,
    /// "Komende": the one that comes first.
    Coming,
    /// Alone the same; of several it is the last of them: "two upcoming weeks".
    Upcoming,
    /// "Vorige": the one before this.
    Previous,
    /// "Laatste" and "last": the one before this, or the final one.
    Last,
    AfterNext,
    Begin,
    Middle,
    End,
    Rest,
    Early,
    Late,
    /// "Vroeg" and "laat" are verbs as well.
    EarlyAdverb,
    LateAdverb,
    /// "Eerder", "earlier": up to now.
    Earlier,
    Whole,
    Couple(u32),
    Now,
    /// Days from today, and the part of it: "vanavond", "tonight".
    Ahead(i32, Option<Part>),
    Weekday(Weekday),
    WeekdayPart(Weekday, Part),
    /// "Mondays", "'s maandags".
    Weekdays(Weekday),
    Month(i8),
    Season(Season),
    Holiday(Holiday),
    /// "GMT", in minutes from it.
    Zone(i16),
    /// The word before is no moment: "goede morgen".
    Greeting,
    /// What is measured by what follows: "timer", "lang".
    Lasts,
    /// "Verdieping", "time": what an ordinal counts instead of days.
    Thing,
    /// "Alarm": it is set for an hour.
    Rings,
    /// "EOM".
    EndOf(Unit),
    /// "Q3".
    QuarterNumber(i8),
    /// "The seventies", by its first year.
    Decade(i16),
    /// Belongs to a moment, and the parser cannot read it.
    AlsoTime,
    /// Changes the meaning of all that is said about time: "except", "three times". It is asked.
    Asks,
}

impl Word {
    /// No: it only joins, and a sentence without more speaks of no time.
    pub(super) fn says_something(self) -> bool {
        !matches!(
            self,
            Self::The
                | Self::In
                | Self::On
                | Self::Of
                | Self::And
                | Self::Or
                | Self::For
                | Self::At
                | Self::To
                | Self::Past
                | Self::After
                | Self::About
                | Self::Roughly
                | Self::Mine
                | Self::This
                | Self::Other
                | Self::Whole
                | Self::Per
                | Self::Once
                | Self::Lasts
                | Self::Thing
                | Self::Rings
                | Self::Genitive
                | Self::Comma
                | Self::Dash
                | Self::Slash
                | Self::Plus
        )
    }
}

/// A date in digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumericDate {
    pub(super) year: Option<i16>,
    pub(super) month: i8,
    pub(super) day: Option<i8>,
    /// Month and day could as well be exchanged.
    pub(super) open: bool,
}

/// An entry of a table: one word or several, and what they mean.
pub(super) type Entry = (&'static str, Word);

type Index = HashMap<&'static str, Vec<(&'static str, Word)>>;

static DUTCH: LazyLock<Index> = LazyLock::new(|| index(entries(Language::Nl)));
static ENGLISH: LazyLock<Index> = LazyLock::new(|| index(entries(Language::En)));

/// The longest entry that begins with a word: how many words it has, and its meaning. The words
/// after it are asked for by their distance.
pub(super) fn entry<'a>(
    first: &str,
    after: impl Fn(usize) -> Option<&'a str>,
    language: Language,
) -> Option<(usize, Word)> {
    let table = match language {
        Language::Nl => &DUTCH,
        Language::En => &ENGLISH,
    };
    let found = table.get(first).and_then(|entries| {
        entries.iter().find_map(|(rest, word)| {
            let mut count = 0;
            let whole = rest.split_whitespace().all(|next| {
                count += 1;
                after(count) == Some(next)
            });
            whole.then_some((count + 1, *word))
        })
    });
    found.or_else(|| match language {
        Language::Nl => dutch::compound(first).map(|word| (1, word)),
        Language::En => None,
    })
}

/// One word by itself.
pub(super) fn word(norm: &str, language: Language) -> Option<Word> {
    entry(norm, |_| None, language).map(|(_, word)| word)
}

/// Every entry of a language.
pub(super) fn entries(language: Language) -> impl Iterator<Item = Entry> {
    let own = match language {
        Language::Nl => dutch::WORDS,
        Language::En => english::WORDS,
    };
    own.iter().copied().chain(feasts::entries())
}

/// By first word, the longest entry first.
fn index(entries: impl Iterator<Item = Entry>) -> Index {
    let mut index = Index::new();
    for (words, word) in entries {
        let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
        index.entry(first).or_default().push((rest, word));
    }
    for entries in index.values_mut() {
        entries.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.split_whitespace().count()));
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_twice() {
        for language in [Language::Nl, Language::En] {
            let mut seen = std::collections::BTreeSet::new();
            for (words, _) in entries(language) {
                assert!(seen.insert(words), "{words} stands twice");
            }
        }
    }
}
