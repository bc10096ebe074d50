//! Every rule we write is read by another implementation of RFC 5545, and begins where we say.

use omzien_core::Language;
use rrule::RRuleSet;

use super::super::times;

const SENTENCES: &[(Language, &str)] = &[
    (Language::Nl, "elke dag om 8.15 uur"),
    (Language::Nl, "om de dag"),
    (Language::Nl, "om de dag om 20 uur"),
    (Language::Nl, "elke maandag, woensdag en vrijdag om 17 uur"),
    (Language::Nl, "om de andere week op dinsdag"),
    (Language::Nl, "op werkdagen"),
    (Language::Nl, "elk weekend"),
    (Language::Nl, "elke eerste maandag van de maand om 14 uur"),
    (Language::Nl, "elke laatste vrijdag van de maand"),
    (Language::Nl, "elke 31e van de maand"),
    (Language::Nl, "elk jaar op 29 februari"),
    (Language::Nl, "elke kerst"),
    (Language::Nl, "om de vier uur"),
    (Language::Nl, "elke dag om 9.30 uur tot vrijdag"),
    (Language::En, "every day at 7 pm"),
    (Language::En, "every other tuesday"),
    (Language::En, "every third day at noon"),
    (Language::En, "on mondays and thursdays at 9 am"),
    (Language::En, "the second wednesday of every month"),
    (Language::En, "monthly"),
    (Language::En, "every 90 minutes"),
    (Language::En, "every weekday until 24 december"),
];

#[test]
fn another_reader_agrees_on_the_first_occurrence() {
    let now = super::moments::now();
    for (language, text) in SENTENCES {
        let found = times(text, *language, &now).expect(text);
        let (rule, start) = (found.rrule.expect(text), found.start.expect(text));
        let written = start.strftime("DTSTART;TZID=Europe/Amsterdam:%Y%m%dT%H%M%S");
        let set: RRuleSet = format!("{written}\nRRULE:{rule}").parse().unwrap_or_else(|error| {
            panic!("{text}: {rule} from {start}: {error}");
        });
        let occurrences = set.all(3).dates;
        let first = occurrences.first().map(|first| first.to_rfc3339());
        let wanted = start.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        assert_eq!(first, Some(wanted), "{text}: {rule}");
        assert_eq!(occurrences.len(), 3, "{text}: {rule}");
    }
}
