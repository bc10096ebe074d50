//! The words of time, Dutch and English, each with what it means to the parser. Tables only.

use omzien_core::{Language, Weekday};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Number(u32),
    /// So many and a half.
    AndAHalf(u32),
    /// "8:30".
    Clock(u32, u32),
    Noon,
    Midnight,
    Half,
    /// "Halfnegen", in one word.
    HalfTo(u32),
    Quarter,
    /// "Over" and "past".
    Past,
    To,
    OClock,
    Unit(Unit),
    /// A length in one word, in seconds: "kwartiertje", "halfuur".
    Length(u32),
    Part(Part),
    /// "am" and "pm".
    HalfOfDay(Part),
    At,
    In,
    On,
    Of,
    And,
    The,
    /// The "'s" of "'s ochtends".
    Genitive,
    After,
    Every,
    Daily,
    /// Days from today, and the part of it: "vanavond", "tonight".
    Ahead(i32, Option<Part>),
    Weekday(Weekday),
    /// "Mondays", "'s maandags".
    Weekdays(Weekday),
    Month(i8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
    /// Before and after noon.
    Am,
    Pm,
}

impl Part {
    pub(super) fn holds(self, hour: i8) -> bool {
        match self {
            Self::Morning => (4..12).contains(&hour),
            Self::Afternoon => (12..19).contains(&hour),
            Self::Evening => (17..24).contains(&hour),
            Self::Night => !(6..21).contains(&hour),
            Self::Am => hour < 12,
            Self::Pm => hour >= 12,
        }
    }
}

/// Words that belong to a moment though the parser cannot read it: what stands beside them must
/// be asked for.
pub(super) const ALSO_TIME: &[&str] = &[
    "week",
    "weken",
    "weekend",
    "maand",
    "maanden",
    "jaar",
    "volgende",
    "komende",
    "eerstvolgende",
    "straks",
    "eind",
    "einde",
    "begin",
    "rond",
    "ongeveer",
    "voordat",
    "nadat",
    "tot",
    "vanaf",
    "tussen",
    "pasen",
    "kerst",
    "weeks",
    "month",
    "months",
    "year",
    "next",
    "later",
    "end",
    "around",
    "about",
    "before",
    "until",
    "till",
    "between",
    "weekday",
    "weekdays",
    "weekends",
    "keer",
    "maal",
    "times",
    "twice",
    "once",
    "eergisteren",
    "gisteren",
    "yesterday",
    "vannacht",
];

pub(super) fn word(norm: &str, language: Language) -> Option<Word> {
    if norm.starts_with(|first: char| first.is_ascii_digit()) {
        return digits(norm);
    }
    let table = match language {
        Language::Nl => DUTCH,
        Language::En => ENGLISH,
    };
    table.iter().find(|(known, _)| *known == norm).map(|(_, word)| *word).or_else(|| match language
    {
        Language::Nl => dutch_number(norm).map(Word::Number).or_else(|| dutch_compound(norm)),
        Language::En => None,
    })
}

fn digits(norm: &str) -> Option<Word> {
    let split = norm.split_once([':', '.']);
    if let Some((hour, minute)) = split {
        return (minute.len() == 2)
            .then(|| Some(Word::Clock(hour.parse().ok()?, minute.parse().ok()?)))?;
    }
    let end = norm.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(norm.len());
    let number = norm[..end].parse().ok().filter(|number| *number < 10_000)?;
    matches!(&norm[end..], "" | "st" | "nd" | "rd" | "th" | "e" | "ste" | "de")
        .then_some(Word::Number(number))
}

/// "Zevenentwintig".
fn dutch_number(norm: &str) -> Option<u32> {
    #[rustfmt::skip]
    const TENS: &[(&str, u32)] = &[
        ("twintig", 20), ("dertig", 30), ("veertig", 40), ("vijftig", 50), ("zestig", 60),
        ("zeventig", 70), ("tachtig", 80), ("negentig", 90),
    ];
    const ONES: &[(&str, u32)] = &[
        ("een", 1),
        ("twee", 2),
        ("drie", 3),
        ("vier", 4),
        ("vijf", 5),
        ("zes", 6),
        ("zeven", 7),
        ("acht", 8),
        ("negen", 9),
    ];
    TENS.iter().find_map(|(ten, tens)| {
        let one = norm.strip_suffix(ten)?.strip_suffix("en")?;
        ONES.iter().find(|(known, _)| *known == one).map(|(_, ones)| tens + ones)
    })
}

/// "Halfnegen", "maandagochtend" stays unknown: it is asked.
fn dutch_compound(norm: &str) -> Option<Word> {
    let hour = norm.strip_prefix("half")?;
    match DUTCH.iter().find(|(known, _)| *known == hour)?.1 {
        Word::Number(hour @ 1..=12) => Some(Word::HalfTo(hour)),
        _ => None,
    }
}

use Part::{Afternoon, Am, Evening, Morning, Night, Pm};
use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

#[rustfmt::skip]
const DUTCH: &[(&str, Word)] = &[
    ("een", Word::Number(1)), ("twee", Word::Number(2)), ("drie", Word::Number(3)),
    ("vier", Word::Number(4)), ("vijf", Word::Number(5)), ("zes", Word::Number(6)),
    ("zeven", Word::Number(7)), ("acht", Word::Number(8)), ("negen", Word::Number(9)),
    ("tien", Word::Number(10)), ("elf", Word::Number(11)), ("twaalf", Word::Number(12)),
    ("dertien", Word::Number(13)), ("veertien", Word::Number(14)), ("vijftien", Word::Number(15)),
    ("zestien", Word::Number(16)), ("zeventien", Word::Number(17)), ("achttien", Word::Number(18)),
    ("negentien", Word::Number(19)), ("twintig", Word::Number(20)), ("dertig", Word::Number(30)),
    ("veertig", Word::Number(40)), ("vijftig", Word::Number(50)), ("zestig", Word::Number(60)),
    ("zeventig", Word::Number(70)), ("tachtig", Word::Number(80)), ("negentig", Word::Number(90)),
    ("honderd", Word::Number(100)), ("nul", Word::Number(0)),
    ("half", Word::Half), ("halve", Word::Half), ("kwart", Word::Quarter),
    ("over", Word::Past), ("voor", Word::To),
    ("seconde", Word::Unit(Unit::Second)), ("seconden", Word::Unit(Unit::Second)),
    ("minuut", Word::Unit(Unit::Minute)), ("minuten", Word::Unit(Unit::Minute)),
    ("minuutje", Word::Unit(Unit::Minute)), ("minuutjes", Word::Unit(Unit::Minute)),
    ("uur", Word::Unit(Unit::Hour)), ("uren", Word::Unit(Unit::Hour)),
    ("uurtje", Word::Unit(Unit::Hour)), ("uurtjes", Word::Unit(Unit::Hour)),
    ("dag", Word::Unit(Unit::Day)), ("dagen", Word::Unit(Unit::Day)),
    ("kwartier", Word::Length(900)), ("kwartiertje", Word::Length(900)),
    ("halfuur", Word::Length(1_800)), ("halfuurtje", Word::Length(1_800)),
    ("anderhalf", Word::AndAHalf(1)), ("anderhalve", Word::AndAHalf(1)), ("tweeenhalf", Word::AndAHalf(2)),
    ("tweeenhalve", Word::AndAHalf(2)), ("tweeeneenhalf", Word::AndAHalf(2)),
    ("tweeeneenhalve", Word::AndAHalf(2)), ("drieenhalf", Word::AndAHalf(3)),
    ("drieenhalve", Word::AndAHalf(3)), ("vierenhalf", Word::AndAHalf(4)),
    ("vierenhalve", Word::AndAHalf(4)), ("vijfenhalf", Word::AndAHalf(5)),
    ("vijfenhalve", Word::AndAHalf(5)),
    ("dagelijks", Word::Daily),
    ("ochtend", Word::Part(Morning)), ("ochtends", Word::Part(Morning)),
    ("morgens", Word::Part(Morning)), ("middag", Word::Part(Afternoon)),
    ("middags", Word::Part(Afternoon)), ("avond", Word::Part(Evening)),
    ("avonds", Word::Part(Evening)), ("nacht", Word::Part(Night)), ("nachts", Word::Part(Night)),
    ("middernacht", Word::Midnight),
    ("om", Word::At), ("in", Word::In), ("op", Word::On), ("en", Word::And), ("de", Word::The),
    ("s", Word::Genitive),
    ("elke", Word::Every), ("iedere", Word::Every),
    ("vandaag", Word::Ahead(0, None)), ("vanochtend", Word::Ahead(0, Some(Morning))),
    ("vanmorgen", Word::Ahead(0, Some(Morning))), ("vanmiddag", Word::Ahead(0, Some(Afternoon))),
    ("vanavond", Word::Ahead(0, Some(Evening))),
    ("morgen", Word::Ahead(1, None)), ("morgenochtend", Word::Ahead(1, Some(Morning))),
    ("morgenmiddag", Word::Ahead(1, Some(Afternoon))),
    ("morgenavond", Word::Ahead(1, Some(Evening))), ("overmorgen", Word::Ahead(2, None)),
    ("maandag", Word::Weekday(Monday)), ("dinsdag", Word::Weekday(Tuesday)),
    ("woensdag", Word::Weekday(Wednesday)), ("donderdag", Word::Weekday(Thursday)),
    ("vrijdag", Word::Weekday(Friday)), ("zaterdag", Word::Weekday(Saturday)),
    ("zondag", Word::Weekday(Sunday)),
    ("maandags", Word::Weekdays(Monday)), ("dinsdags", Word::Weekdays(Tuesday)),
    ("woensdags", Word::Weekdays(Wednesday)), ("donderdags", Word::Weekdays(Thursday)),
    ("vrijdags", Word::Weekdays(Friday)), ("zaterdags", Word::Weekdays(Saturday)),
    ("zondags", Word::Weekdays(Sunday)),
    ("januari", Word::Month(1)), ("februari", Word::Month(2)), ("maart", Word::Month(3)),
    ("april", Word::Month(4)), ("mei", Word::Month(5)), ("juni", Word::Month(6)),
    ("juli", Word::Month(7)), ("augustus", Word::Month(8)), ("september", Word::Month(9)),
    ("oktober", Word::Month(10)), ("november", Word::Month(11)), ("december", Word::Month(12)),
];

#[rustfmt::skip]
const ENGLISH: &[(&str, Word)] = &[
    ("a", Word::Number(1)), ("an", Word::Number(1)), ("one", Word::Number(1)),
    ("two", Word::Number(2)), ("three", Word::Number(3)), ("four", Word::Number(4)),
    ("five", Word::Number(5)), ("six", Word::Number(6)), ("seven", Word::Number(7)),
    ("eight", Word::Number(8)), ("nine", Word::Number(9)), ("ten", Word::Number(10)),
    ("eleven", Word::Number(11)), ("twelve", Word::Number(12)), ("thirteen", Word::Number(13)),
    ("fourteen", Word::Number(14)), ("fifteen", Word::Number(15)), ("sixteen", Word::Number(16)),
    ("seventeen", Word::Number(17)), ("eighteen", Word::Number(18)),
    ("nineteen", Word::Number(19)), ("twenty", Word::Number(20)), ("thirty", Word::Number(30)),
    ("forty", Word::Number(40)), ("fifty", Word::Number(50)), ("sixty", Word::Number(60)),
    ("seventy", Word::Number(70)), ("eighty", Word::Number(80)), ("ninety", Word::Number(90)),
    ("hundred", Word::Number(100)), ("zero", Word::Number(0)),
    ("half", Word::Half), ("quarter", Word::Quarter), ("quarters", Word::Quarter),
    ("past", Word::Past), ("after", Word::After), ("to", Word::To), ("oclock", Word::OClock),
    ("second", Word::Unit(Unit::Second)), ("seconds", Word::Unit(Unit::Second)),
    ("minute", Word::Unit(Unit::Minute)), ("minutes", Word::Unit(Unit::Minute)),
    ("hour", Word::Unit(Unit::Hour)), ("hours", Word::Unit(Unit::Hour)),
    ("day", Word::Unit(Unit::Day)), ("days", Word::Unit(Unit::Day)),
    ("morning", Word::Part(Morning)), ("afternoon", Word::Part(Afternoon)),
    ("evening", Word::Part(Evening)), ("night", Word::Part(Night)),
    ("am", Word::HalfOfDay(Am)), ("pm", Word::HalfOfDay(Pm)),
    ("noon", Word::Noon), ("midday", Word::Noon), ("midnight", Word::Midnight),
    ("at", Word::At), ("in", Word::In), ("on", Word::On), ("of", Word::Of), ("and", Word::And),
    ("the", Word::The), ("every", Word::Every), ("each", Word::Every), ("daily", Word::Daily),
    ("today", Word::Ahead(0, None)), ("tonight", Word::Ahead(0, Some(Evening))),
    ("tomorrow", Word::Ahead(1, None)),
    ("monday", Word::Weekday(Monday)), ("tuesday", Word::Weekday(Tuesday)),
    ("wednesday", Word::Weekday(Wednesday)), ("thursday", Word::Weekday(Thursday)),
    ("friday", Word::Weekday(Friday)), ("saturday", Word::Weekday(Saturday)),
    ("sunday", Word::Weekday(Sunday)),
    ("mondays", Word::Weekdays(Monday)), ("tuesdays", Word::Weekdays(Tuesday)),
    ("wednesdays", Word::Weekdays(Wednesday)), ("thursdays", Word::Weekdays(Thursday)),
    ("fridays", Word::Weekdays(Friday)), ("saturdays", Word::Weekdays(Saturday)),
    ("sundays", Word::Weekdays(Sunday)),
    ("january", Word::Month(1)), ("february", Word::Month(2)), ("march", Word::Month(3)),
    ("april", Word::Month(4)), ("may", Word::Month(5)), ("june", Word::Month(6)),
    ("july", Word::Month(7)), ("august", Word::Month(8)), ("september", Word::Month(9)),
    ("october", Word::Month(10)), ("november", Word::Month(11)), ("december", Word::Month(12)),
];
