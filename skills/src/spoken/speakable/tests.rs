//! What is written, and how it is said.

use std::collections::BTreeMap;

use omzien_core::Language;
use proptest::prelude::*;

use super::speakable;

const DUTCH: &[(&str, &str)] = &[
    ("Kunt u zelf 112 bellen?", "Kunt u zelf één één twee bellen?"),
    ("Bel 0900-8844.", "Bel nul negen nul nul, acht acht vier vier."),
    ("Bel 06 1234 5678, graag.", "Bel nul zes, één twee drie vier, vijf zes zeven acht, graag."),
    ("0612345678", "nul zes, één twee, drie vier, vijf zes, zeven acht"),
    ("+31 6 12345678", "plus drie één, zes, één twee drie vier vijf zes zeven acht"),
    ("Het is 21:30.", "Het is half tien 's avonds."),
    ("om 8:00 uur en om 8.30 uur", "om acht uur 's ochtends en om half negen 's ochtends"),
    ("om 8 uur", "om acht uur"),
    ("25:00 is geen tijd", "25:00 is geen tijd"),
    ("zondag 22 november", "zondag tweeëntwintig november"),
    ("op 22-11-2026", "op tweeëntwintig november tweeduizend zesentwintig"),
    ("sinds 1948-03-02", "sinds twee maart negentienhonderdachtenveertig"),
    ("31-02-2026", "31-02-2026"),
    ("1 mg en 2,5 mg", "één milligram en twee komma vijf milligram"),
    ("500mg", "vijfhonderd milligram"),
    ("10 ml siroop", "tien milliliter siroop"),
    ("Het is 21 °C.", "Het is eenentwintig graden Celsius."),
    ("-3 °C", "min drie graden Celsius"),
    ("nog 15%", "nog vijftien procent"),
    ("1,5 kg", "één komma vijf kilo"),
    ("1.500 stappen", "duizend vijfhonderd stappen"),
    ("1/2 tablet", "een halve tablet"),
    ("€ 12,50", "twaalf euro vijftig"),
    ("€12,-", "twaalf euro"),
    ("€ 0,50", "vijftig cent"),
    ("12,50 euro", "twaalf euro vijftig"),
    ("8-10 minuten", "acht tot tien minuten"),
    ("2x per dag", "twee keer per dag"),
    ("dhr. Jansen, bijv. morgen", "meneer Jansen, bijvoorbeeld morgen"),
    ("Dr. Bakker & zn.", "dokter Bakker en zn."),
    ("code 12345", "code één twee, drie vier, vijf"),
    ("kamer 3b", "kamer 3b"),
    ("versie 1.2.3", "versie 1.2.3"),
    ("Fijne dag! 🌞", "Fijne dag! "),
    ("Anna komt om drie uur.", "Anna komt om drie uur."),
    ("", ""),
];

const ENGLISH: &[(&str, &str)] = &[
    ("Can you call 112 yourself?", "Can you call one one two yourself?"),
    ("Call 999 or 111.", "Call nine nine nine or one one one."),
    ("020 7946 0018", "zero two zero, seven nine four six, zero zero one eight"),
    ("It is 21:30.", "It is half past nine in the evening."),
    ("at 8:30 pm", "at half past eight in the evening"),
    ("at 12 am", "at twelve o'clock at night"),
    ("at 8 p.m. sharp", "at eight o'clock in the evening sharp"),
    ("8.30", "eight point three zero"),
    ("Sunday 22 November", "Sunday the twenty-second of November"),
    ("2026-11-01", "the first of November twenty twenty-six"),
    ("in 2005-03-02", "in the second of March two thousand and five"),
    // The day, or the month? The voice reads what stands there.
    ("03/04/2026", "03/04/2026"),
    ("1 mg or 2.5 mg", "one milligram or two point five milligrams"),
    ("21 °C", "twenty-one degrees Celsius"),
    ("1,500 steps", "one thousand five hundred steps"),
    ("£3.20", "three pounds twenty"),
    ("€1", "one euro"),
    ("5% of 10 kg", "five per cent of ten kilos"),
    ("Mr. Jansen & Mrs. Jansen", "Mister Jansen and Missis Jansen"),
    ("10-15 min", "ten to fifteen minutes"),
    ("a 5G mast", "a 5G mast"),
];

#[test]
fn what_is_written_is_said_as_people_say_it() {
    let mut wrong = Vec::new();
    for (language, table) in [(Language::Nl, DUTCH), (Language::En, ENGLISH)] {
        for (written, said) in table {
            let came = speakable(written, language, &BTreeMap::new());
            if came != *said {
                wrong.push(format!("{written:?} became {came:?}, not {said:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_said_as_the_home_says_they_sound() {
    let say_as = [
        ("Wojciech", "Wojtsjech"),
        ("metoprolol", "meetoproolol"),
        ("Anna", "Anne"),
        ("Anna Bos", "Enna Bos"),
    ];
    let say_as =
        say_as.map(|(written, spoken)| (written.to_owned(), spoken.to_owned())).into_iter();
    let say_as: BTreeMap<_, _> = say_as.collect();
    for (written, said) in [
        ("WOJCIECH komt.", "Wojtsjech komt."),
        ("Uw metoprolol, 50 mg.", "Uw meetoproolol, vijftig milligram."),
        ("Hannah en Annabel blijven wie zij zijn.", "Hannah en Annabel blijven wie zij zijn."),
        ("Anna's bericht", "Anne's bericht"),
        ("Anna Bos, en Anna", "Enna Bos, en Anne"),
    ] {
        assert_eq!(speakable(written, Language::Nl, &say_as), said);
    }
}

proptest! {
    #[test]
    fn any_text_is_survived(text in ".{0,200}", digits in "[-+0-9.,:/€ mgCa°%p]{0,60}") {
        for language in [Language::Nl, Language::En] {
            for text in [&text, &digits] {
                speakable(text, language, &BTreeMap::from([("É".to_owned(), "e".to_owned())]));
            }
        }
    }

    #[test]
    fn letters_alone_stay_as_they_are(text in "[a-z]{2,9}( [a-z]{2,9}){0,9}") {
        // Some words are short forms: those are the table's.
        let short = |word: &str| {
            let tables = [Language::Nl, Language::En].map(|it| &crate::language::tongue(it).speakable);
            tables.iter().any(|table| table.short.iter().any(|(short, _)| short == word))
        };
        prop_assume!(!text.split(' ').any(short));
        prop_assert_eq!(speakable(&text, Language::En, &BTreeMap::new()), text);
    }
}
