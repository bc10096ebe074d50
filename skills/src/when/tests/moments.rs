//! What people say about time and what it means, both languages, told as the command line tells
//! it. It is Sunday 22 November 2026, 14:10, in Amsterdam.

use jiff::Zoned;
use omzien_core::Language;

use super::super::{TimeFound, times};

const NOW: &str = "2026-11-22T14:10:00+01:00[Europe/Amsterdam]";

pub(super) fn now() -> Zoned {
    NOW.parse().expect("a moment")
}

/// Start, end, grain, length, rule, and the other starts.
fn told(found: Option<TimeFound>) -> String {
    let Some(found) = found else { return "?".to_owned() };
    let moment = |moment: &Zoned| moment.strftime("%Y-%m-%d %H:%M").to_string();
    let mut parts: Vec<String> = Vec::new();
    parts.extend(found.start.as_ref().map(moment));
    parts.extend(found.end.as_ref().map(|end| format!("to {}", moment(end))));
    parts.extend(found.grain.map(|grain| grain.name().to_owned()));
    parts.extend(found.duration.map(|length| format!("{} s", length.as_secs())));
    parts.extend(found.rrule);
    let others = found.ambiguous.iter().filter(|other| Some(*other) != found.start.as_ref());
    parts.extend(others.map(|other| format!("or {}", moment(other))));
    parts.join(" ")
}

fn check(language: Language, table: &[(&str, &str)]) {
    for (text, meaning) in table {
        assert_eq!(told(times(text, language, &now())), *meaning, "{text}");
    }
}

#[test]
#[rustfmt::skip]
fn dutch() {
    check(Language::Nl, &[
        ("over een kwartier", "2026-11-22 14:25 second"),
        ("over een week of drie", "2026-12-13 00:00 day"),
        ("over veertien dagen", "2026-12-06 14:00 hour"),
        ("een week geleden", "2026-11-15 00:00 day"),
        ("overmorgen", "2026-11-24 00:00 day"),
        ("herinner me overmorgen om half drie aan de kapper", "2026-11-24 14:30 minute or 2026-11-24 02:30"),
        ("herinner me morgen eraan om Anna om negen uur te bellen", "2026-11-23 09:00 hour or 2026-11-23 21:00"),
        ("bel Piet om een uur of vier", "2026-11-22 16:00 hour or 2026-11-23 04:00"),
        ("om acht uur", "2026-11-22 20:00 hour or 2026-11-23 08:00"),
        ("tegen zessen", "2026-11-22 18:00 hour or 2026-11-23 06:00"),
        ("vijf voor half negen", "2026-11-22 20:25 minute or 2026-11-23 08:25"),
        ("om 20.15 uur", "2026-11-22 20:15 minute"),
        ("vanavond om twaalf uur", "2026-11-23 00:00 hour"),
        ("vannacht om drie uur", "2026-11-23 03:00 hour"),
        ("morgen om drie uur 's nachts", "2026-11-23 03:00 hour or 2026-11-24 03:00"),
        ("'s avonds", "2026-11-22 18:00 to 2026-11-23 00:00 hour"),
        ("eind van de middag", "2026-11-22 16:00 to 2026-11-22 18:00 hour"),
        ("na het eten", "2026-11-22 19:00 to 2026-11-22 21:00 hour"),
        ("voor het ontbijt", "2026-11-23 07:00 to 2026-11-23 08:00 hour or 2026-11-23 08:00"),
        ("op 3 september", "2027-09-03 00:00 day or 2026-09-03 00:00"),
        ("op 3 juni", "2027-06-03 00:00 day"),
        ("van vandaag tot de eenentwintigste", "2026-11-22 00:00 to 2026-12-22 00:00 day"),
        ("neem om acht uur twee tabletten", "2026-11-22 20:00 hour or 2026-11-23 08:00"),
        ("van één uur 's middags tot half drie", "2026-11-22 13:00 to 2026-11-22 14:30 minute"),
        ("op de derde advent", "2026-12-13 00:00 day"),
        ("kerstavond om zes uur", "2026-12-24 18:00 hour"),
        ("de dag na kerst", "2026-12-26 00:00 day"),
        ("in de 21e eeuw", "2000-01-01 00:00 to 2100-01-01 00:00 year"),
        ("een concert van 11:00 tot 11:50", "2026-11-23 11:00 to 2026-11-23 11:50 minute or 2026-11-23 23:00"),
        ("vóór maandag", "2026-11-22 14:10 to 2026-11-23 00:00 day"),
        ("tot en met donderdag", "2026-11-22 14:10 to 2026-11-27 00:00 day"),
        ("zet morgen vier uur van tevoren de verwarming aan", "2026-11-23 00:00 day 14400 s"),
        ("bel me drie uur voor de afspraak", "10800 s"),
        ("tien na zeven", "2026-11-22 19:10 minute or 2026-11-23 07:10"),
        ("muziek uit de jaren zestig", "1960-01-01 00:00 to 1970-01-01 00:00 year"),
        ("de achttiende is het feest", "2026-12-18 00:00 day"),
        ("elke morgen om zeven uur", "2026-11-23 07:00 hour FREQ=DAILY"),
        ("om de andere woensdag", "2026-11-25 00:00 day FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"),
        ("van 20 december tot 3 januari", "2026-12-20 00:00 to 2027-01-04 00:00 day"),
        ("van 20 november tot 3 december", "2026-11-20 00:00 to 2026-12-04 00:00 day"),
        ("suikerfeest", "2027-03-09 00:00 day or 2027-03-08 00:00 or 2027-03-10 00:00"),
        ("wanneer is Divali", "2027-10-29 00:00 day or 2027-10-28 00:00 or 2027-10-30 00:00"),
        ("tussen de middag", "2026-11-23 12:00 to 2026-11-23 13:00 hour"),
        ("rond het middaguur", "2026-11-23 12:00 hour"),
        ("zaterdag over een week", "2026-12-05 00:00 day"),
        ("vandaag over acht dagen", "2026-11-29 00:00 day or 2026-11-30 00:00"),
        ("zondag", "2026-11-29 00:00 day or 2026-11-22 00:00"),
        ("maandag morgen om tien uur", "2026-11-23 10:00 hour"),
        ("volgende week donderdag", "2026-11-26 00:00 day"),
        ("begin volgende week", "2026-11-23 00:00 to 2026-11-26 00:00 day"),
        ("de eerste maandag van december", "2026-12-07 00:00 day"),
        ("half oktober", "2027-10-11 00:00 to 2027-10-21 00:00 day"),
        ("tweede kerstdag", "2026-12-26 00:00 day"),
        ("met Pasen", "2027-03-28 00:00 day"),
        ("vrijdag 27 november", "2026-11-27 00:00 day"),
        ("vanaf morgen", "2026-11-23 00:00 day"),
        ("tot donderdag", "2026-11-22 14:10 to 2026-11-26 00:00 day"),
        ("van twee tot vier", "2026-11-22 14:00 to 2026-11-22 16:00 hour or 2026-11-22 02:00"),
        ("op 3 december van tien tot half twaalf 's ochtends", "2026-12-03 10:00 to 2026-12-03 11:30 minute"),
        ("binnen tien dagen", "2026-11-22 14:10 to 2026-12-02 14:10 second"),
        ("zet de kookwekker op drie uur", "10800 s"),
        ("anderhalf uur", "5400 s"),
        ("elke maandag en donderdag om negen uur", "2026-11-23 09:00 hour FREQ=WEEKLY;BYDAY=MO,TH or 2026-11-23 21:00"),
        ("om de dag", "2026-11-22 00:00 day FREQ=DAILY;INTERVAL=2"),
        ("om de vier uur", "2026-11-22 18:10 hour FREQ=HOURLY;INTERVAL=4"),
        ("op werkdagen om 13.30 uur", "2026-11-23 13:30 minute FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("elke dag tot vrijdag", "2026-11-22 00:00 day FREQ=DAILY;UNTIL=20261127T225959Z"),
        ("elke eerste maandag van de maand", "2026-12-07 00:00 day FREQ=MONTHLY;BYDAY=1MO"),
        ("elk jaar op 3 mei", "2027-05-03 00:00 day FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn english() {
    check(Language::En, &[
        ("in a quarter of an hour", "2026-11-22 14:25 second"),
        ("in a fortnight", "2026-12-06 00:00 day"),
        ("tomorrow week", "2026-11-30 00:00 day"),
        ("Tuesday week", "2026-12-01 00:00 day"),
        ("a week on Friday", "2026-12-04 00:00 day"),
        ("ten days ago", "2026-11-12 14:00 hour"),
        ("at half eight", "2026-11-22 20:30 minute or 2026-11-23 08:30"),
        ("ten to nine", "2026-11-22 20:50 minute or 2026-11-23 08:50"),
        ("remind me to ring Anna the day after tomorrow at 10 am", "2026-11-24 10:00 hour"),
        ("tonight at midnight", "2026-11-23 00:00 hour"),
        ("last night", "2026-11-21 18:00 to 2026-11-22 00:00 hour"),
        ("after my lunch", "2026-11-22 13:00 to 2026-11-22 17:00 hour"),
        ("next week on wednesday afternoon", "2026-11-25 12:00 to 2026-11-25 19:00 hour"),
        ("boxing day", "2026-12-26 00:00 day"),
        ("week commencing 7 december", "2026-12-07 00:00 to 2026-12-14 00:00 week"),
        ("3/4/2027", "2027-04-03 00:00 day or 2027-03-04 00:00"),
        ("between three and five", "2026-11-22 15:00 to 2026-11-22 17:00 hour or 2026-11-22 03:00"),
        ("from 11 to 3pm", "2026-11-22 11:00 to 2026-11-22 15:00 hour"),
        ("from 4 pm for half an hour", "2026-11-22 16:00 to 2026-11-22 16:30 minute"),
        ("this week", "2026-11-16 00:00 to 2026-11-23 00:00 week"),
        ("for three days", "259200 s"),
        ("an hour and a half", "5400 s"),
        ("set an alarm for six", "2026-11-22 18:00 hour or 2026-11-23 06:00"),
        ("a quarter to midnight", "2026-11-22 23:45 minute"),
        ("wed at two", "2026-11-25 14:00 hour or 2026-11-25 02:00"),
        ("no earlier than nine", "2026-11-22 21:00 hour or 2026-11-23 09:00"),
        ("the day before christmas", "2026-12-24 00:00 day"),
        ("quarter of an hour ago", "2026-11-22 13:55 second"),
        ("on or before the 1st of may", "2026-11-22 14:10 to 2027-05-01 00:00 day"),
        ("before or in may", "2026-11-22 14:10 to 2027-06-01 00:00 month"),
        ("from December to May", "2026-12-01 00:00 to 2027-06-01 00:00 month"),
        ("from 5 to 18:00", "2026-11-22 17:00 to 2026-11-22 18:00 minute or 2026-11-22 05:00"),
        ("two days after tomorrow", "2026-11-25 00:00 day"),
        ("three days after next friday", "2026-11-30 00:00 day"),
        ("at six hundred and fifteen pm", "2026-11-22 18:15 minute"),
        ("seven-ish", "2026-11-22 19:00 hour or 2026-11-23 07:00"),
        ("in the 1980s", "1980-01-01 00:00 to 1990-01-01 00:00 year"),
        ("Q3", "2026-07-01 00:00 to 2026-10-01 00:00 quarter"),
        ("what have I got for the week", "2026-11-16 00:00 to 2026-11-23 00:00 week"),
        ("next thursdays lunch", "2026-11-26 00:00 day"),
        ("8", "2026-11-22 20:00 hour or 2026-11-23 08:00"),
        ("chinese new year", "2027-02-06 00:00 day"),
        ("hanukkah", "2026-12-04 00:00 to 2026-12-12 00:00 day or 2026-12-05 00:00"),
        ("every other tuesday", "2026-11-24 00:00 day FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("on weekdays at 8 pm", "2026-11-23 20:00 hour FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every day until friday", "2026-11-22 00:00 day FREQ=DAILY;UNTIL=20261127T225959Z"),
        ("on the first monday of every month", "2026-12-07 00:00 day FREQ=MONTHLY;BYDAY=1MO"),
    ]);
}

#[test]
fn what_is_not_there_or_not_understood_whole_is_asked() {
    for text in [
        "",
        "de kat slaapt",
        "goede morgen",
        "over morgen",
        "30 februari",
        "donderdag 27 november",
        "drie keer per dag",
        "elke dag behalve zondag om negen uur",
        "om acht uur of negen uur",
        "vandaag of morgen",
        "ik heb brood om twee boterhammen te smeren",
        "neem er twee tot drie",
        "over negenhonderdduizend jaar",
        "om 88:88",
        "'s morgens en 's avonds een pil",
        "elke dag om acht uur 's ochtends en om acht uur 's avonds",
        "om acht uur en om half tien",
        "op maandag, woensdag en vrijdag om tien uur",
        "van maandag tot en met vrijdag om negen uur",
        "vanaf maandag elke dag om acht uur",
        "twee uur na het eten",
        "het kerstfeest is vrijdag, en kerst vieren we donderdag",
        "op de tweede verdieping",
        "binnen drie dagen na Pasen",
        "de komende twee weken en drie dagen",
        "voor 2028 of na 2030",
        "woensdag de eenendertigste om drie",
    ] {
        assert_eq!(told(times(text, Language::Nl, &now())), "?", "{text}");
    }
    for text in [
        "good morning",
        "i am at home",
        "may i have some tea",
        "bank holiday",
        "the 31st of november",
        "three times a day",
        "every day except sunday",
        "at eight or nine",
        "two to three tablets",
        "the week after easter",
        "half an hour after breakfast",
        "in the morning and in the evening",
        "within two weeks before christmas",
        "monday january 5 7",
    ] {
        assert_eq!(told(times(text, Language::En, &now())), "?", "{text}");
    }
}

#[test]
fn the_night_on_which_the_clock_changes() {
    let read = |text| {
        let found = times(text, Language::Nl, &now()).expect("a moment");
        let all: Vec<String> =
            found.ambiguous.iter().map(|other| other.timestamp().to_string()).collect();
        (found.start.expect("a start").timestamp().to_string(), all)
    };
    // Half past two does not exist: the clock shows half past three.
    let (start, all) = read("28 maart 2027 om 2.30 uur 's ochtends");
    assert_eq!((&*start, all.len()), ("2027-03-28T01:30:00Z", 0));
    // Half past two comes twice: both are told.
    let (start, all) = read("31 oktober 2027 om 2.30 uur 's ochtends");
    assert_eq!(start, "2027-10-31T00:30:00Z");
    assert_eq!(all, ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"]);
    // A day later is as late by the clock, however long the day.
    let eve: Zoned = "2027-03-27T12:00:00+01:00[Europe/Amsterdam]".parse().expect("a moment");
    let found = times("over een dag", Language::Nl, &eve).and_then(|found| found.start);
    assert_eq!(
        found.map(|start| start.to_string()).as_deref(),
        Some("2027-03-28T12:00:00+02:00[Europe/Amsterdam]")
    );
    let found = times("over 24 uur", Language::Nl, &eve).and_then(|found| found.start);
    assert_eq!(
        found.map(|start| start.to_string()).as_deref(),
        Some("2027-03-28T13:00:00+02:00[Europe/Amsterdam]")
    );
}
