//! The Dutch words of time. Tables only, and the compounds that no table can hold.

use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

use super::holidays::Holiday;
use super::said::{Meal, Part::*, Season, Unit};
use super::words::{Entry, Word};

/// Short forms that are words of their own as well: only beside something else of time.
pub(super) const UNSURE: &[&str] = &[
    "jan", "ma", "di", "wo", "do", "vr", "za", "zo", "zon", "woe", "woens", "dins", "mrt", "vrij",
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

const TENS: &[(&str, u32)] = &[
    ("twintig", 20),
    ("dertig", 30),
    ("veertig", 40),
    ("vijftig", 50),
    ("zestig", 60),
    ("zeventig", 70),
    ("tachtig", 80),
    ("negentig", 90),
];

const WEEKDAYS: &[(&str, jiff::civil::Weekday)] = &[
    ("maandag", Monday),
    ("dinsdag", Tuesday),
    ("woensdag", Wednesday),
    ("donderdag", Thursday),
    ("vrijdag", Friday),
    ("zaterdag", Saturday),
    ("zondag", Sunday),
];

/// "Zevenentwintig", "tweeentwintigste", "halfnegen", "maandagochtend", "zaterdagen".
pub(super) fn compound(norm: &str) -> Option<Word> {
    if let Some(number) = number(norm) {
        return Some(Word::Number(number));
    }
    if let Some(number) = norm.strip_suffix("ste").and_then(number) {
        return Some(Word::Ordinal(number));
    }
    // "Vijfdaagse".
    if let Some(count) = norm.strip_suffix("daagse").or_else(|| norm.strip_suffix("daags")) {
        return small(count).map(|count| Word::Length(Unit::Day, count));
    }
    if let Some(hour) = norm.strip_prefix("half") {
        return small(hour).filter(|hour| *hour <= 12).map(Word::HalfTo);
    }
    if let Some((day, part)) =
        WEEKDAYS.iter().find_map(|(known, day)| Some((*day, norm.strip_prefix(known)?)))
    {
        return match part {
            "ochtend" | "morgen" => Some(Word::WeekdayPart(day, Morning)),
            "middag" | "namiddag" => Some(Word::WeekdayPart(day, Afternoon)),
            "avond" => Some(Word::WeekdayPart(day, Evening)),
            "nacht" => Some(Word::WeekdayPart(day, Overnight)),
            "s" | "en" => Some(Word::Weekdays(day)),
            _ => None,
        };
    }
    None
}

fn small(norm: &str) -> Option<u32> {
    let found = WORDS.iter().find(|(known, _)| *known == norm)?;
    if let Word::Number(number) = found.1 { Some(number) } else { None }
}

/// "Zevenentwintig"; the hundreds stay apart.
fn number(norm: &str) -> Option<u32> {
    // "Negentienachtenzeventig", "tweeduizendachttien".
    for (century, base) in
        [("negentienhonderd", 1_900), ("negentien", 1_900), ("tweeduizend", 2_000)]
    {
        if let Some(rest) = norm.strip_prefix(century).filter(|rest| !rest.is_empty()) {
            let rest = rest.strip_prefix("en").unwrap_or(rest);
            return tens(rest).or_else(|| small(rest)).map(|rest| base + rest);
        }
    }
    tens(norm)
}

fn tens(norm: &str) -> Option<u32> {
    TENS.iter().find_map(|(ten, tens)| {
        let one = norm.strip_suffix(ten)?;
        if one.is_empty() {
            return Some(*tens);
        }
        let one = one.strip_suffix("en")?;
        ONES.iter().find(|(known, _)| *known == one).map(|(_, ones)| tens + ones)
    })
}

#[rustfmt::skip]
pub(super) const WORDS: &[Entry] = &[
    ("nul", Word::Number(0)),
    ("een", Word::Number(1)), ("twee", Word::Number(2)), ("drie", Word::Number(3)),
    ("vier", Word::Number(4)), ("vijf", Word::Number(5)), ("zes", Word::Number(6)),
    ("zeven", Word::Number(7)), ("acht", Word::Number(8)), ("negen", Word::Number(9)),
    ("tien", Word::Number(10)), ("elf", Word::Number(11)), ("twaalf", Word::Number(12)),
    ("dertien", Word::Number(13)), ("veertien", Word::Number(14)), ("vijftien", Word::Number(15)),
    ("zestien", Word::Number(16)), ("zeventien", Word::Number(17)), ("achttien", Word::Number(18)),
    ("negentien", Word::Number(19)), ("honderd", Word::Number(100)),
    ("duizend", Word::Number(1000)), ("tweeduizend", Word::Number(2000)),
    ("eerste", Word::Ordinal(1)), ("tweede", Word::Ordinal(2)), ("derde", Word::Ordinal(3)),
    ("vierde", Word::Ordinal(4)), ("vijfde", Word::Ordinal(5)), ("zesde", Word::Ordinal(6)),
    ("zevende", Word::Ordinal(7)), ("achtste", Word::Ordinal(8)), ("negende", Word::Ordinal(9)),
    ("tiende", Word::Ordinal(10)), ("elfde", Word::Ordinal(11)), ("twaalfde", Word::Ordinal(12)),
    ("dertiende", Word::Ordinal(13)), ("veertiende", Word::Ordinal(14)),
    ("vijftiende", Word::Ordinal(15)), ("zestiende", Word::Ordinal(16)),
    ("zeventiende", Word::Ordinal(17)), ("achttiende", Word::Ordinal(18)),
    ("negentiende", Word::Ordinal(19)),
    ("anderhalf", Word::AndAHalf(1)), ("anderhalve", Word::AndAHalf(1)),
    ("tweeenhalf", Word::AndAHalf(2)), ("tweeenhalve", Word::AndAHalf(2)),
    ("tweeeneenhalf", Word::AndAHalf(2)), ("tweeeneenhalve", Word::AndAHalf(2)),
    ("drieenhalf", Word::AndAHalf(3)), ("drieenhalve", Word::AndAHalf(3)),
    ("vierenhalf", Word::AndAHalf(4)), ("vierenhalve", Word::AndAHalf(4)),
    ("vijfenhalf", Word::AndAHalf(5)), ("vijfenhalve", Word::AndAHalf(5)),
    ("half", Word::Half), ("halve", Word::Half), ("kwart", Word::Quarter),
    ("enen", Word::Around(1)), ("tweeen", Word::Around(2)), ("drieen", Word::Around(3)),
    ("vieren", Word::Around(4)), ("vijven", Word::Around(5)), ("zessen", Word::Around(6)),
    ("zevenen", Word::Around(7)), ("achten", Word::Around(8)), ("negenen", Word::Around(9)),
    ("tienen", Word::Around(10)), ("elven", Word::Around(11)), ("twaalven", Word::Around(12)),
    ("over", Word::Past), ("voor", Word::To), ("na", Word::After), ("nadat", Word::AlsoTime),
    ("na afloop van", Word::After), ("later dan", Word::After), ("voordat", Word::AlsoTime),
    ("sinds", Word::From), ("sedert", Word::From), ("vanaf", Word::From),
    ("gerekend vanaf", Word::From), ("te beginnen", Word::Starting), ("week die", Word::WeekOf),
    ("week die op", Word::WeekOf),
    ("op zijn vroegst", Word::From), ("op zn vroegst", Word::From), ("vroegst", Word::From),
    ("op zijn laatst", Word::Before), ("op zn laatst", Word::Before),
    ("uiterlijk", Word::Before), ("eerder dan", Word::Before), ("niet later dan", Word::Before),
    ("voor of op", Word::Before), ("voor of in", Word::Through), ("in of voor", Word::Through),
    ("op of voor", Word::Before), ("op of eerder dan", Word::Before),
    ("na of op", Word::From), ("later dan of op", Word::From), ("eindigend met", Word::Before),
    ("tussen", Word::Between), ("tot", Word::Until), ("tot aan", Word::Until),
    ("tot en met", Word::Through), ("tm", Word::Through), ("t m", Word::Through),
    ("binnen", Word::Within), ("binnen de", Word::Within), ("binnen het", Word::Within),
    ("geleden", Word::Ago), ("later", Word::Later),
    ("seconde", Word::Unit(Unit::Second)), ("seconden", Word::Unit(Unit::Second)),
    ("secondes", Word::Unit(Unit::Second)), ("sec", Word::Unit(Unit::Second)),
    ("secs", Word::Unit(Unit::Second)),
    ("minuut", Word::Unit(Unit::Minute)), ("minuten", Word::Unit(Unit::Minute)),
    ("minuutje", Word::Unit(Unit::Minute)), ("minuutjes", Word::Unit(Unit::Minute)),
    ("min", Word::Unit(Unit::Minute)), ("mins", Word::Unit(Unit::Minute)),
    ("uur", Word::Hour), ("uren", Word::Unit(Unit::Hour)),
    ("uurtje", Word::Unit(Unit::Hour)), ("uurtjes", Word::Unit(Unit::Hour)),
    ("dag", Word::Unit(Unit::Day)), ("dagen", Word::Unit(Unit::Day)),
    ("dagje", Word::Unit(Unit::Day)), ("dagjes", Word::Unit(Unit::Day)),
    ("dgn", Word::Unit(Unit::Day)), ("etmaal", Word::Unit(Unit::Day)),
    ("week", Word::Unit(Unit::Week)), ("weken", Word::Unit(Unit::Week)),
    ("weekje", Word::Unit(Unit::Week)), ("weekjes", Word::Unit(Unit::Week)),
    ("weekend", Word::Unit(Unit::Weekend)), ("weekeinde", Word::Unit(Unit::Weekend)),
    ("weekends", Word::Weekends), ("weekenden", Word::Weekends), ("weekeinden", Word::Weekends),
    ("maand", Word::Unit(Unit::Month)), ("maanden", Word::Unit(Unit::Month)),
    ("maandje", Word::Unit(Unit::Month)), ("mnd", Word::Unit(Unit::Month)),
    ("kwartaal", Word::Unit(Unit::Quarter)), ("kwartalen", Word::Unit(Unit::Quarter)),
    ("jaar", Word::Unit(Unit::Year)), ("jaren", Word::Unit(Unit::Year)),
    ("jaartje", Word::Unit(Unit::Year)), ("jr", Word::Unit(Unit::Year)),
    ("decennium", Word::Unit(Unit::Decade)), ("decennia", Word::Unit(Unit::Decade)),
    ("eeuw", Word::Unit(Unit::Century)), ("eeuwen", Word::Unit(Unit::Century)),
    ("kwartier", Word::Length(Unit::Minute, 15)), ("kwartiertje", Word::Length(Unit::Minute, 15)),
    ("kwartieren", Word::Length(Unit::Minute, 15)),
    ("halfuur", Word::Length(Unit::Minute, 30)), ("halfuurtje", Word::Length(Unit::Minute, 30)),
    ("halfjaar", Word::Length(Unit::Month, 6)),
    ("poosje", Word::AlsoTime), ("tijdje", Word::AlsoTime), ("straks", Word::AlsoTime),
    ("paar", Word::Couple(2)), ("enkele", Word::Couple(3)), ("aantal", Word::Couple(3)),
    ("dagelijks", Word::Rhythm(Unit::Day, 1)), ("dagelijkse", Word::Rhythm(Unit::Day, 1)),
    ("wekelijks", Word::Rhythm(Unit::Week, 1)), ("wekelijkse", Word::Rhythm(Unit::Week, 1)),
    ("tweewekelijks", Word::Rhythm(Unit::Week, 2)), ("tweewekelijkse", Word::Rhythm(Unit::Week, 2)),
    ("maandelijks", Word::Rhythm(Unit::Month, 1)), ("maandelijkse", Word::Rhythm(Unit::Month, 1)),
    ("jaarlijks", Word::Rhythm(Unit::Year, 1)), ("jaarlijkse", Word::Rhythm(Unit::Year, 1)),
    ("werkdag", Word::Workdays), ("werkdagen", Word::Workdays), ("weekdag", Word::Workdays),
    ("weekdagen", Word::Workdays), ("doordeweeks", Word::Workdays),
    ("doordeweekse dag", Word::Workdays), ("doordeweekse dagen", Word::Workdays),
    ("door de week", Word::Workdays),
    ("andere", Word::Other), ("eenmaal", Word::Once), ("per", Word::Per),
    ("elke", Word::Every), ("elk", Word::Every), ("iedere", Word::Every), ("ieder", Word::Every),
    ("om", Word::At), ("tegen", Word::At), ("precies om", Word::At), ("stipt om", Word::At),
    ("stipt", Word::At), ("klokslag", Word::At),
    ("in", Word::In), ("tijdens", Word::In), ("gedurende", Word::In), ("op", Word::On),
    ("en", Word::And), ("of", Word::Or), ("de", Word::The), ("het", Word::The), ("t", Word::The),
    ("van", Word::Of), ("s", Word::Genitive), ("mijn", Word::Mine), ("aan", Word::The),
    ("rond", Word::About), ("rondom", Word::About), ("ongeveer", Word::About),
    ("zon", Word::Weekday(Sunday)), ("circa", Word::About), ("ca", Word::About),
    ("omstreeks", Word::About), ("plusminus", Word::About),
    ("deze", Word::This), ("dit", Word::This), ("huidige", Word::This), ("dezelfde", Word::This),
    ("dat", Word::This),
    ("volgende", Word::Next), ("volgend", Word::Next), ("daaropvolgende", Word::Next),
    ("komende", Word::Coming), ("komend", Word::Coming), ("aankomende", Word::Coming),
    ("aankomend", Word::Coming), ("aanstaande", Word::Coming), ("eerstvolgende", Word::Coming),
    ("eerstkomende", Word::Coming), ("as", Word::Coming), ("a s", Word::Coming),
    ("vorige", Word::Previous), ("vorig", Word::Previous), ("afgelopen", Word::Previous),
    ("voorgaande", Word::Previous), ("verleden", Word::Previous), ("voorbije", Word::Previous),
    ("laatste", Word::Last), ("na de volgende", Word::AfterNext), ("na volgende", Word::AfterNext),
    ("na het volgende", Word::AfterNext), ("na afloop van de volgende", Word::AfterNext),
    ("begin", Word::Begin), ("aanvang", Word::Begin), ("halverwege", Word::Middle),
    ("midden", Word::Middle), ("medio", Word::Middle), ("eind", Word::End), ("einde", Word::End),
    ("rest", Word::Rest), ("vroeg", Word::EarlyAdverb), ("vroege", Word::Early),
    ("laat", Word::LateAdverb), ("eerder", Word::Earlier),
    ("late", Word::Late), ("hele", Word::Whole), ("heel", Word::Whole), ("gehele", Word::Whole),
    ("volle", Word::Whole), ("nog", Word::Whole),
    ("nu", Word::Now), ("direct", Word::Now), ("meteen", Word::Now), ("zojuist", Word::Now),
    ("onmiddellijk", Word::Now), ("op dit moment", Word::Now), ("nu direct", Word::Now),
    ("op dit ogenblik", Word::Now),
    ("ochtend", Word::Part(Morning)), ("ochtends", Word::Part(Morning)),
    ("sochtends", Word::Part(Morning)), ("morgens", Word::Part(Morning)),
    ("smorgens", Word::Part(Morning)), ("voormiddag", Word::Part(Morning)),
    ("ochtenden", Word::Part(Morning)), ("de morgen", Word::Part(Morning)),
    ("deze morgen", Word::Ahead(0, Some(Morning))),
    ("middag", Word::Part(Afternoon)), ("middags", Word::Part(Afternoon)),
    ("smiddags", Word::Part(Afternoon)), ("namiddag", Word::Part(Afternoon)),
    ("namiddags", Word::Part(Afternoon)), ("middagen", Word::Part(Afternoon)),
    ("avond", Word::Part(Evening)), ("avonds", Word::Part(Evening)),
    ("savonds", Word::Part(Evening)), ("avonden", Word::Part(Evening)),
    ("nacht", Word::Part(Night)), ("nachts", Word::Part(Night)),
    ("snachts", Word::Part(Night)), ("nachten", Word::Part(Night)),
    ("am", Word::HalfOfDay(Am)), ("pm", Word::HalfOfDay(Pm)),
    ("middernacht", Word::Midnight), ("het middaguur", Word::Noon), ("middaguur", Word::Noon),
    ("rond de middag", Word::Noon), ("op de middag", Word::Noon),
    ("tussen de middag", Word::Meal(Meal::Lunch)),
    ("goede morgen", Word::Greeting), ("goede middag", Word::Greeting),
    ("goede avond", Word::Greeting), ("goede nacht", Word::Greeting),
    ("ontbijt", Word::Meal(Meal::Breakfast)), ("koffietijd", Word::Meal(Meal::Coffee)),
    ("lunch", Word::Meal(Meal::Lunch)), ("lunchtijd", Word::Meal(Meal::Lunch)),
    ("middageten", Word::Meal(Meal::Lunch)), ("theetijd", Word::Meal(Meal::Tea)),
    ("avondeten", Word::Meal(Meal::Dinner)), ("etenstijd", Word::Meal(Meal::Dinner)),
    ("het eten", Word::Meal(Meal::Dinner)), ("eten", Word::Meal(Meal::Dinner)),
    ("avondmaal", Word::Meal(Meal::Dinner)), ("bedtijd", Word::Meal(Meal::Bedtime)),
    ("werk", Word::Meal(Meal::Work)), ("school", Word::Meal(Meal::School)),
    ("vandaag", Word::Ahead(0, None)), ("vanochtend", Word::Ahead(0, Some(Morning))),
    ("vanmorgen", Word::Ahead(0, Some(Morning))), ("vanmiddag", Word::Ahead(0, Some(Afternoon))),
    ("vannamiddag", Word::Ahead(0, Some(Afternoon))),
    ("vanavond", Word::Ahead(0, Some(Evening))), ("vannacht", Word::Ahead(0, Some(Overnight))),
    ("morgen", Word::Ahead(1, None)), ("morgenochtend", Word::Ahead(1, Some(Morning))),
    ("morgenvroeg", Word::Ahead(1, Some(Morning))),
    ("morgen vroeg", Word::Ahead(1, Some(Morning))),
    ("morgenmiddag", Word::Ahead(1, Some(Afternoon))),
    ("morgennamiddag", Word::Ahead(1, Some(Afternoon))),
    ("morgenavond", Word::Ahead(1, Some(Evening))), ("morgennacht", Word::Ahead(1, Some(Overnight))),
    ("overmorgen", Word::Ahead(2, None)), ("overmorgenochtend", Word::Ahead(2, Some(Morning))),
    ("overmorgenmiddag", Word::Ahead(2, Some(Afternoon))),
    ("overmorgenavond", Word::Ahead(2, Some(Evening))),
    ("over morgen", Word::AlsoTime), ("de dag na morgen", Word::Ahead(2, None)),
    ("gisteren", Word::Ahead(-1, None)), ("gister", Word::Ahead(-1, None)),
    ("gisterochtend", Word::Ahead(-1, Some(Morning))),
    ("gisterenochtend", Word::Ahead(-1, Some(Morning))),
    ("gistermorgen", Word::Ahead(-1, Some(Morning))),
    ("gistermiddag", Word::Ahead(-1, Some(Afternoon))),
    ("gisterenmiddag", Word::Ahead(-1, Some(Afternoon))),
    ("gisteravond", Word::Ahead(-1, Some(Evening))),
    ("gisterenavond", Word::Ahead(-1, Some(Evening))),
    ("gisternacht", Word::Ahead(-1, Some(Overnight))), ("eergisteren", Word::Ahead(-2, None)),
    ("eergisteravond", Word::Ahead(-2, Some(Evening))), ("dag na morgen", Word::Ahead(2, None)),
    ("volgende dag", Word::Ahead(1, None)), ("dag voor gisteren", Word::Ahead(-2, None)),
    ("maandag", Word::Weekday(Monday)), ("dinsdag", Word::Weekday(Tuesday)),
    ("woensdag", Word::Weekday(Wednesday)), ("donderdag", Word::Weekday(Thursday)),
    ("vrijdag", Word::Weekday(Friday)), ("zaterdag", Word::Weekday(Saturday)),
    ("zondag", Word::Weekday(Sunday)),
    ("ma", Word::Weekday(Monday)), ("di", Word::Weekday(Tuesday)), ("wo", Word::Weekday(Wednesday)),
    ("woe", Word::Weekday(Wednesday)), ("woens", Word::Weekday(Wednesday)),
    ("dins", Word::Weekday(Tuesday)), ("do", Word::Weekday(Thursday)),
    ("vr", Word::Weekday(Friday)), ("vrij", Word::Weekday(Friday)),
    ("za", Word::Weekday(Saturday)), ("zo", Word::Weekday(Sunday)),
    ("januari", Word::Month(1)), ("februari", Word::Month(2)), ("maart", Word::Month(3)),
    ("april", Word::Month(4)), ("mei", Word::Month(5)), ("juni", Word::Month(6)),
    ("juli", Word::Month(7)), ("augustus", Word::Month(8)), ("september", Word::Month(9)),
    ("oktober", Word::Month(10)), ("november", Word::Month(11)), ("december", Word::Month(12)),
    ("jan", Word::Month(1)), ("feb", Word::Month(2)), ("febr", Word::Month(2)),
    ("mrt", Word::Month(3)), ("apr", Word::Month(4)), ("jun", Word::Month(6)),
    ("jul", Word::Month(7)), ("aug", Word::Month(8)), ("sep", Word::Month(9)),
    ("sept", Word::Month(9)), ("okt", Word::Month(10)), ("nov", Word::Month(11)),
    ("dec", Word::Month(12)),
    ("lente", Word::Season(Season::Spring)), ("voorjaar", Word::Season(Season::Spring)),
    ("zomer", Word::Season(Season::Summer)), ("midzomer", Word::Season(Season::Summer)),
    ("herfst", Word::Season(Season::Autumn)), ("najaar", Word::Season(Season::Autumn)),
    ("winter", Word::Season(Season::Winter)),
    ("kerst", Word::Holiday(Holiday::On(12, 25))), ("kerstmis", Word::Holiday(Holiday::On(12, 25))),
    ("kerstdag", Word::Holiday(Holiday::On(12, 25))),
    ("eerste kerstdag", Word::Holiday(Holiday::On(12, 25))),
    ("tweede kerstdag", Word::Holiday(Holiday::On(12, 26))),
    ("kerstavond", Word::Holiday(Holiday::Evening(&Holiday::On(12, 24)))),
    ("oudjaar", Word::Holiday(Holiday::On(12, 31))),
    ("oudejaarsavond", Word::Holiday(Holiday::Evening(&Holiday::On(12, 31)))),
    ("oudejaarsdag", Word::Holiday(Holiday::On(12, 31))),
    ("oud en nieuw", Word::Holiday(Holiday::On(12, 31))),
    ("nieuwjaar", Word::Holiday(Holiday::On(1, 1))),
    ("nieuwjaarsdag", Word::Holiday(Holiday::On(1, 1))),
    ("driekoningen", Word::Holiday(Holiday::On(1, 6))),
    ("valentijnsdag", Word::Holiday(Holiday::On(2, 14))),
    ("valentijn", Word::Holiday(Holiday::On(2, 14))),
    ("carnaval", Word::Holiday(Holiday::Easter(-49))),
    ("aswoensdag", Word::Holiday(Holiday::Easter(-46))),
    ("palmzondag", Word::Holiday(Holiday::Easter(-7))),
    ("palmpasen", Word::Holiday(Holiday::Easter(-7))),
    ("witte donderdag", Word::Holiday(Holiday::Easter(-3))),
    ("goede vrijdag", Word::Holiday(Holiday::Easter(-2))),
    ("stille zaterdag", Word::Holiday(Holiday::Easter(-1))),
    ("pasen", Word::Holiday(Holiday::Easter(0))), ("paaszondag", Word::Holiday(Holiday::Easter(0))),
    ("eerste paasdag", Word::Holiday(Holiday::Easter(0))),
    ("paasdag", Word::Holiday(Holiday::Easter(0))),
    ("tweede paasdag", Word::Holiday(Holiday::Easter(1))),
    ("paasmaandag", Word::Holiday(Holiday::Easter(1))),
    ("hemelvaart", Word::Holiday(Holiday::Easter(39))),
    ("hemelvaartsdag", Word::Holiday(Holiday::Easter(39))),
    ("pinksteren", Word::Holiday(Holiday::Easter(49))),
    ("eerste pinksterdag", Word::Holiday(Holiday::Easter(49))),
    ("tweede pinksterdag", Word::Holiday(Holiday::Easter(50))),
    ("pinkstermaandag", Word::Holiday(Holiday::Easter(50))),
    ("dag van de arbeid", Word::Holiday(Holiday::On(5, 1))),
    ("feest van de arbeid", Word::Holiday(Holiday::On(5, 1))),
    ("dodenherdenking", Word::Holiday(Holiday::On(5, 4))),
    ("nationale dodenherdenking", Word::Holiday(Holiday::On(5, 4))),
    ("bevrijdingsdag", Word::Holiday(Holiday::On(5, 5))),
    ("moederdag", Word::Holiday(Holiday::Nth(5, 2, Sunday))),
    ("vaderdag", Word::Holiday(Holiday::Nth(6, 3, Sunday))),
    ("prinsjesdag", Word::Holiday(Holiday::Nth(9, 3, Tuesday))),
    ("boomfeestdag", Word::Holiday(Holiday::Nth(3, 3, Wednesday))),
    ("dierendag", Word::Holiday(Holiday::On(10, 4))),
    ("allerheiligen", Word::Holiday(Holiday::On(11, 1))),
    ("allerzielen", Word::Holiday(Holiday::On(11, 2))),
    ("sint maarten", Word::Holiday(Holiday::On(11, 11))),
    ("sinterklaas", Word::Holiday(Holiday::On(12, 6))),
    ("sinterklaasavond", Word::Holiday(Holiday::Evening(&Holiday::On(12, 5)))),
    ("pakjesavond", Word::Holiday(Holiday::Evening(&Holiday::On(12, 5)))),
    ("gmt", Word::Zone(0)), ("utc", Word::Zone(0)), ("cet", Word::Zone(60)),
    ("cest", Word::Zone(120)),
    ("van tevoren", Word::InAdvance), ("van te voren", Word::InAdvance),
    ("tevoren", Word::InAdvance), ("vooraf", Word::InAdvance), ("ervoor", Word::InAdvance),
    ("zeven dagen per week", Word::Rhythm(Unit::Day, 1)),
    ("zeven dagen in de week", Word::Rhythm(Unit::Day, 1)),
    ("alle dagen", Word::Rhythm(Unit::Day, 1)), ("minder dan", Word::Within),
    ("over minder dan", Word::Within), ("meer dan", Word::About), ("langer dan", Word::About),
    ("op deze tijd", Word::Ahead(0, None)), ("op dit tijdstip", Word::Now), ("den", Word::The),
    ("daagse", Word::Unit(Unit::Day)),
    ("vastentijd", Word::Holiday(Holiday::Long(&Holiday::Easter(-46), 46))),
    ("verdieping", Word::Thing), ("etage", Word::Thing), ("keer dat", Word::Thing),
    ("plaats", Word::Thing), ("plek", Word::Thing), ("verjaardag", Word::Thing),
    ("editie", Word::Thing), ("aflevering", Word::Thing), ("bladzijde", Word::Thing),
    ("hoofdstuk", Word::Thing), ("klas", Word::Thing), ("straat", Word::Thing),
    ("in de toekomst", Word::Later), ("vanaf nu", Word::Later), ("van nu af", Word::Later),
    ("van nu af aan", Word::Later),
    ("niet eerder dan", Word::From), ("niet voor", Word::From), ("eens per", Word::Once),
    ("tabletten", Word::Thing), ("tablet", Word::Thing), ("pillen", Word::Thing),
    ("pil", Word::Thing), ("pilletjes", Word::Thing), ("druppels", Word::Thing),
    ("capsules", Word::Thing), ("lepels", Word::Thing), ("glazen", Word::Thing),
    ("boterhammen", Word::Thing), ("mensen", Word::Thing), ("personen", Word::Thing),
    ("graden", Word::Thing), ("procent", Word::Thing),
    ("timer", Word::Lasts), ("kookwekker", Word::Lasts), ("eierwekker", Word::Lasts),
    ("lang", Word::Lasts), ("weg", Word::Lasts),
    ("behalve", Word::Asks), ("keer", Word::AlsoTime), ("maal", Word::AlsoTime), ("daarna", Word::Later),
    ("zonsopgang", Word::AlsoTime), ("zonsondergang", Word::AlsoTime),
];
