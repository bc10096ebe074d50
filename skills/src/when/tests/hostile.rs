//! Anything at all, from words of time to noise: the parser answers, never panics, and what it
//! answers holds together.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use omzien_core::Language;
use proptest::prelude::*;

use super::super::{times, words::Entry, words::entries};

/// A bounded budget: some seconds.
const CASES: u32 = 4_000;

fn word(table: Vec<Entry>) -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(table).prop_map(|(words, _)| words.to_owned()),
        2 => (0_u32..3_000).prop_map(|number| number.to_string()),
        1 => "[0-9]{1,4}[-/.:, uh][0-9]{1,4}([-/.:][0-9]{1,4})?",
        1 => "[0-9]{1,19}(e|de|ste|th|st|nd|am|pm|u|h|s)?",
        1 => prop::sample::select(&["-", ",", "/", "+", "'", ".", "@", "\u{301}", "ß", "\u{0}"][..])
            .prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

fn sentence() -> impl Strategy<Value = (Language, String)> {
    let said = |language| {
        let table: Vec<Entry> = entries(language).collect();
        prop::collection::vec(word(table), 0..12).prop_map(move |words| (language, words.join(" ")))
    };
    prop_oneof![said(Language::Nl), said(Language::En)]
}

fn zone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["Europe/Amsterdam", "Europe/London", "UTC", "Pacific/Apia"][..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said(
        (language, text) in sentence(),
        zone in zone(),
        minutes in 0_i64..40 * 366 * 24 * 60,
    ) {
        let zone = TimeZone::get(zone).expect("in the table");
        let first = DateTime::constant(2000, 1, 1, 0, 0, 0, 0);
        let now = first
            .checked_add(jiff::SignedDuration::from_mins(minutes))
            .expect("within the calendar")
            .to_zoned(zone)
            .expect("within the calendar");
        let Some(found) = times(&text, language, &now) else { return Ok(()) };
        prop_assert_eq!(found.start.is_some() || found.end.is_some(), found.grain.is_some());
        if let (Some(start), Some(end)) = (&found.start, &found.end) {
            prop_assert!(start <= end, "{} ends before it begins: {:?}", text, found);
        }
        if !found.ambiguous.is_empty() {
            let start = found.start.as_ref().expect("one of several");
            prop_assert!(found.ambiguous.contains(start) && found.ambiguous.len() > 1);
            prop_assert!(found.ambiguous.is_sorted_by_key(jiff::Zoned::timestamp));
        }
        if found.rrule.is_some() {
            prop_assert!(found.start.is_some());
        }
    }
}

#[test]
fn a_flood_of_words_is_read_in_time() {
    for word in ["elke ", "maandag ", "van ", "1-", "over een ", "tussen ", "8:30 ", "na de "] {
        let text = word.repeat(2_000);
        let begun = std::time::Instant::now();
        let _ = times(&text, Language::Nl, &super::moments::now());
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{word}");
    }
}
