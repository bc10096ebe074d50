//! Sentences of time and what they mean. It is Sunday 22 November 2026, 14:10.

mod hostile;
mod moments;
mod rules;

use super::*;

const NOW: DateTime = DateTime::constant(2026, 11, 22, 14, 10, 0, 0);

fn read(text: &str, language: Language, now: DateTime) -> String {
    let tokens = crate::text::norms(text);
    match when_at(&tokens, 0, language, now) {
        Some((until, when)) if until == tokens.len() => match when {
            When::In(length) => format!("in {}s", length.as_secs()),
            When::Today(time) => format!("{time:.0}"),
            When::At(moment) => moment.strftime("%m-%d %H:%M:%S").to_string(),
            When::Daily(time) => format!("daily {time:.0}"),
            When::Weekly { days, at } => format!("{days:?} {at:.0}"),
        },
        Some(_) | None => "?".to_owned(),
    }
}

fn check(language: Language, table: &[(&str, &str)]) {
    for (text, meaning) in table {
        assert_eq!(read(text, language, NOW), *meaning, "{text}");
    }
}

#[test]
fn dutch_moments() {
    check(
        Language::Nl,
        &[
            ("over tien minuten", "in 600s"),
            ("over een kwartiertje", "in 900s"),
            ("over drie kwartier", "in 2700s"),
            ("over een half uur", "in 1800s"),
            ("over een halfuurtje", "in 1800s"),
            ("over anderhalf uur", "in 5400s"),
            ("over een uur en een kwartier", "in 4500s"),
            ("over een uur en tien minuten", "in 4200s"),
            ("over 45 minuten", "in 2700s"),
            ("over acht en een halve minuut", "in 510s"),
            ("over anderhalve minuut", "in 90s"),
            ("over tweeënhalve minuut", "in 150s"),
            ("over een uur, tien minuten en vijf seconden", "in 4205s"),
            ("over negentig seconden", "in 90s"),
            ("over vijfenzeventig seconden", "in 75s"),
            ("over honderd minuten", "in 6000s"),
            ("over zevenentwintig minuten", "in 1620s"),
            ("over dertig seconden", "in 30s"),
            ("over twee dagen", "in 172800s"),
            ("om acht uur", "20:00:00"),
            ("om drie uur", "15:00:00"),
            ("om half drie", "14:30:00"),
            ("om halfnegen", "20:30:00"),
            ("om twee uur", "14:00:00"),
            ("om kwart voor drie", "14:45:00"),
            ("kwart over tien", "22:15:00"),
            ("om vijf voor half acht", "19:25:00"),
            ("om tien over half vier", "15:40:00"),
            ("om tien voor twaalf", "11:50:00"),
            ("om twaalf uur", "12:00:00"),
            ("om 20.15 uur", "20:15:00"),
            ("om acht uur dertig", "20:30:00"),
            ("om acht uur 's ochtends", "08:00:00"),
            ("om acht uur in de ochtend", "08:00:00"),
            ("om drie uur 's nachts", "03:00:00"),
            ("om twaalf uur 's nachts", "00:00:00"),
            ("om vijf", "17:00:00"),
            ("vanavond om negen uur", "11-22 21:00:00"),
            ("vandaag om drie uur", "11-22 15:00:00"),
            ("vandaag om acht uur", "11-22 20:00:00"),
            ("morgen om negen uur", "11-23 09:00:00"),
            ("om negen uur morgen", "11-23 09:00:00"),
            ("morgenavond om half acht", "11-23 19:30:00"),
            ("morgenmiddag om twee uur", "11-23 14:00:00"),
            ("overmorgen om negen uur", "11-24 09:00:00"),
            ("maandag om tien uur", "11-23 10:00:00"),
            ("op vrijdag om half drie", "11-27 14:30:00"),
            ("3 december om tien uur", "12-03 10:00:00"),
            ("op drie januari om elf uur", "01-03 11:00:00"),
            ("elke dag om acht uur", "daily 08:00:00"),
            ("dagelijks om 9 uur", "daily 09:00:00"),
            ("elke avond om acht uur", "daily 20:00:00"),
            ("elke maandag om tien uur", "[Monday] 10:00:00"),
            ("elke maandag en donderdag om tien uur", "[Monday, Thursday] 10:00:00"),
            ("iedere zaterdag om kwart over drie", "[Saturday] 15:15:00"),
        ],
    );
}

#[test]
fn english_moments() {
    check(
        Language::En,
        &[
            ("in ten minutes", "in 600s"),
            ("in four and a half hours", "in 16200s"),
            ("in an hour, ten minutes and five seconds", "in 4205s"),
            ("in one hundred and one seconds", "?"),
            ("in a hundred seconds", "in 100s"),
            ("in seventy five seconds", "in 75s"),
            ("in twenty-five minutes", "in 1500s"),
            ("in a quarter of an hour", "in 900s"),
            ("in three quarters of an hour", "in 2700s"),
            ("in half an hour", "in 1800s"),
            ("in an hour and a half", "in 5400s"),
            ("in an hour and ten minutes", "in 4200s"),
            ("in 2 hours", "in 7200s"),
            ("at eight", "20:00:00"),
            ("at eight o'clock", "20:00:00"),
            ("at half past eight", "20:30:00"),
            ("at half eight", "20:30:00"),
            ("at quarter to three", "14:45:00"),
            ("quarter past ten", "22:15:00"),
            ("at twenty five to four", "15:35:00"),
            ("at 8 p.m.", "20:00:00"),
            ("at 8:30 am", "08:30:00"),
            ("at eight thirty", "20:30:00"),
            ("at eight in the morning", "08:00:00"),
            ("at three at night", "03:00:00"),
            ("at noon", "12:00:00"),
            ("tonight at nine", "11-22 21:00:00"),
            ("tomorrow at nine", "11-23 09:00:00"),
            ("tomorrow morning at nine", "11-23 09:00:00"),
            ("tomorrow evening at seven", "11-23 19:00:00"),
            ("the day after tomorrow at nine", "11-24 09:00:00"),
            ("on monday at ten", "11-23 10:00:00"),
            ("on the 3rd of december at ten", "12-03 10:00:00"),
            ("every day at eight", "daily 08:00:00"),
            ("every evening at eight", "daily 20:00:00"),
            ("every monday at ten", "[Monday] 10:00:00"),
            ("every monday and thursday at ten", "[Monday, Thursday] 10:00:00"),
        ],
    );
}

#[test]
fn a_part_of_the_day_has_an_hour_and_a_day_may_be_far() {
    check(
        Language::Nl,
        &[
            ("vanavond", "11-22 19:00:00"),
            ("morgenmiddag", "11-23 14:00:00"),
            ("morgenochtend", "11-23 09:00:00"),
            ("woensdagavond", "11-25 19:00:00"),
            ("eind van de middag", "17:00:00"),
            ("aan het begin van de avond", "18:00:00"),
            ("elke avond", "daily 19:00:00"),
            ("elke morgen om zeven uur", "daily 07:00:00"),
            (
                "op werkdagen om zeven uur",
                "[Monday, Tuesday, Wednesday, Thursday, Friday] 07:00:00",
            ),
            ("volgende week maandag om tien uur", "11-23 10:00:00"),
            ("zaterdag over een week om drie uur", "12-05 15:00:00"),
            ("maandagmiddag over twee weken", "12-07 14:00:00"),
            ("over drie dagen om negen uur", "11-25 09:00:00"),
            ("over twee weken om half elf", "12-06 10:30:00"),
            ("de eerste maandag van december om negen uur", "12-07 09:00:00"),
            ("volgende vrijdag om tien uur", "11-27 10:00:00"),
            ("tweede kerstdag om elf uur", "12-26 11:00:00"),
        ],
    );
    check(
        Language::En,
        &[
            ("tonight", "11-22 19:00:00"),
            ("tomorrow afternoon", "11-23 14:00:00"),
            ("late in the afternoon", "17:00:00"),
            ("every morning", "daily 09:00:00"),
            ("tuesday week at nine", "12-01 09:00:00"),
            ("next week on wednesday at three", "11-25 15:00:00"),
            ("in a fortnight at noon", "12-06 12:00:00"),
            ("boxing day at eleven", "12-26 11:00:00"),
        ],
    );
}

#[test]
fn what_is_not_understood_whole_is_asked() {
    for text in [
        "morgen",
        "overmorgen",
        "vannacht",
        "'s nachts",
        "volgende week om tien uur",
        "vandaag over acht dagen om tien uur",
        "vanmiddag",
        "over twee uur om tien uur",
        "zondagavond over twee maanden of drie",
        "na het eten",
        "om de dag",
        "vanochtend om negen uur",
        "zondag om tien uur",
        "om vijfentwintig uur",
        "30 februari om tien uur",
        "over twee of drie uur",
        "over nul minuten",
        "om acht uur of negen uur",
        "morgen overmorgen",
        "over een jaar",
        "om acht uur 's middags",
        "over 99999999 uur",
        "om de week om tien uur",
        "vanavond om twaalf uur",
        "elke dag",
        "over",
        "om",
        "half",
        "kwart voor",
        "25:70",
    ] {
        assert_eq!(read(text, Language::Nl, NOW), "?", "{text}");
    }
    for text in [
        "tomorrow",
        "after dinner",
        "next week",
        "last night",
        "in two hours at ten",
        "this morning at nine",
        "every other day at nine",
        "february 30 at ten",
        "in a while",
        "at eight or nine",
        "in two or three hours",
        "at",
        "half",
        "quarter to",
        "every",
        "the day after",
        "at 13 pm am",
    ] {
        assert_eq!(read(text, Language::En, NOW), "?", "{text}");
    }
}

#[test]
fn an_hour_of_the_dial_is_the_next_that_makes_sense() {
    let evening = NOW.date().at(21, 0, 0, 0);
    let night = NOW.date().at(3, 0, 0, 0);
    assert_eq!(read("om acht uur", Language::Nl, evening), "08:00:00");
    assert_eq!(read("om tien uur", Language::Nl, evening), "22:00:00");
    assert_eq!(read("om drie uur", Language::Nl, evening), "15:00:00");
    assert_eq!(read("om acht uur", Language::Nl, night), "08:00:00");
    assert_eq!(read("om twaalf uur", Language::Nl, evening), "12:00:00");
}

#[test]
fn a_day_that_could_be_another_is_asked() {
    // On a Wednesday "next friday" is the coming one to some.
    let wednesday = DateTime::constant(2026, 11, 25, 9, 0, 0, 0);
    assert_eq!(read("volgende vrijdag om tien uur", Language::Nl, wednesday), "?");
    assert_eq!(read("next friday at ten", Language::En, wednesday), "?");
    assert_eq!(read("komende vrijdag om tien uur", Language::Nl, wednesday), "11-27 10:00:00");
    assert_eq!(read("3/4 at ten", Language::En, wednesday), "?");
}

#[test]
fn numbers_are_read_whole() {
    for (language, text, wanted) in [
        (Language::Nl, "eenentwintig graden", Some((1, 21))),
        (Language::Nl, "honderd procent", Some((1, 100))),
        (Language::Nl, "tweehonderd", None),
        (Language::Nl, "twee honderd", Some((2, 200))),
        (Language::Nl, "75 procent", Some((1, 75))),
        (Language::Nl, "nul", Some((1, 0))),
        (Language::En, "twenty one", Some((2, 21))),
        (Language::En, "20 1", Some((1, 20))),
        (Language::En, "a hundred", Some((2, 100))),
        (Language::En, "lamp", None),
        (Language::En, "", None),
    ] {
        let tokens = crate::text::norms(text);
        assert_eq!(number_at(&tokens, 0, language), wanted, "{text}");
    }
}
