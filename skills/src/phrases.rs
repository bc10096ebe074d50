//! What can be said now, listed from the templates with the names of the home, for a recogniser
//! that decodes along it. Bounded, and the same each time.

use omzien_core::{Expectation, Expects, Language, Phrases};

use crate::language::{self, Tongue};
use crate::lists::Lists;
use crate::skill::{Means, Skill};
use crate::template::{Fill, Node, SlotKind, count, write_nth};
use crate::vocabulary::Vocabulary;

/// A trie of 1,400 sentences decodes in about a second beside Whisper; this leaves room for names.
pub(crate) const SENTENCES_MAX: usize = 4_000;

/// See [`crate::Skills::phrases`].
pub(crate) fn phrases(
    skills: &[Skill],
    lists: &Lists,
    enabled: &[bool],
    language: Language,
    vocabulary: &Vocabulary,
    expectation: Expectation,
) -> Phrases {
    let expects = expectation.expects;
    let fill = Home { lists, language, vocabulary, tongue: language::tongue(language) };
    let mut templates: Vec<(u64, bool, &Vec<Node>)> = Vec::new();
    for (skill, enabled) in skills.iter().zip(enabled) {
        for sentences in &skill.speech[language::place(language)].sentences {
            let expected = &sentences.rule.while_expected;
            if !enabled || !(expected.is_empty() || expected.contains(&expects)) {
                continue;
            }
            let cry = sentences.rule.means == Means::Help;
            let counted = sentences.templates.iter().map(|nodes| (count(nodes, &fill), cry, nodes));
            templates.extend(counted.filter(|(count, ..)| *count > 0));
        }
    }
    // The small ones whole; what they leave is shared by the large ones.
    templates.sort_by_key(|(count, ..)| *count);
    let mut sentences = Vec::new();
    let mut left = templates.len();
    for (size, cry, nodes) in templates {
        let needs_name = expects == Expects::Anything && !cry;
        let free = SENTENCES_MAX.saturating_sub(sentences.len());
        // No home is so large that its cries for help are not listened for.
        let room = if cry { free / 10 } else { free / left };
        left -= 1;
        for number in spread(size, room as u64) {
            let mut words = Vec::new();
            if needs_name {
                words.push(vocabulary.companion_spoken());
            }
            write_nth(nodes, number, &fill, &mut words);
            sentences.push(words.join(" "));
        }
    }
    sentences.sort();
    sentences.dedup();
    Phrases { sentences, names: vocabulary.spoken().to_vec() }
}

/// Some sentences of these templates alone.
#[cfg(test)]
pub(crate) fn of_templates(
    templates: &[Vec<Node>],
    lists: &Lists,
    language: Language,
    vocabulary: &Vocabulary,
    each: u64,
) -> Vec<String> {
    let fill = Home { lists, language, vocabulary, tongue: language::tongue(language) };
    let sentences = |nodes: &Vec<Node>| {
        spread(count(nodes, &fill).max(1), each)
            .map(|number| {
                let mut words = Vec::new();
                write_nth(nodes, number, &fill, &mut words);
                words.join(" ")
            })
            .collect::<Vec<_>>()
    };
    templates.iter().flat_map(sentences).collect()
}

/// `room` numbers below `size`, spread so that no choice in the template is always the same.
fn spread(size: u64, room: u64) -> impl Iterator<Item = u64> {
    // The golden section of the size, moved until it shares no factor: every number comes once.
    let golden = (size as f64 * 0.618_034) as u64;
    let step = (golden.max(1)..).find(|step| gcd(*step, size) == 1).unwrap_or(1);
    let wide = move |number: u64| (u128::from(number) * u128::from(step) % u128::from(size)) as u64;
    (0..room.min(size)).map(wide)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

struct Home<'a> {
    lists: &'a Lists,
    language: Language,
    vocabulary: &'a Vocabulary,
    tongue: &'static Tongue,
}

impl Fill for Home<'_> {
    fn values(&self, kind: SlotKind) -> &[String] {
        match kind {
            SlotKind::Light => self.vocabulary.light_samples(self.language),
            SlotKind::Contact => self.vocabulary.contact_samples(),
            SlotKind::Room => self.vocabulary.room_samples(),
            SlotKind::Device => self.vocabulary.device_samples(),
            SlotKind::List(list) => self.lists.forms(list),
            SlotKind::When | SlotKind::Duration | SlotKind::Number | SlotKind::Words => {
                self.tongue.samples(kind)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spread_and_come_once() {
        for size in [1, 2, 12, 97, 1_000, 720_720, u64::MAX] {
            let mut numbers: Vec<_> = spread(size, 500).collect();
            assert!(numbers.iter().all(|number| *number < size));
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len() as u64, size.min(500));
        }
    }
}
