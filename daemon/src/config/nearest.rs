//! "Did you mean": the known word nearest to a written one. It never guesses wildly.

/// Alike enough to be a slip of the finger (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.8;
/// More than this many words are not listed in a mend.
const LISTED_MAX: usize = 12;

/// The word a person probably meant.
pub(super) fn nearest<'w>(
    written: &str,
    known: impl IntoIterator<Item = &'w str>,
) -> Option<&'w str> {
    let written = written.to_lowercase();
    known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(&written, &word.to_lowercase()), word))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, word)| word)
}

/// The mend for an unknown word: the nearest one, or what there is to choose from.
pub(super) fn suggest(written: &str, known: &[&str]) -> String {
    match nearest(written, known.iter().copied()) {
        Some(word) => format!("did you mean `{word}`?"),
        None if known.is_empty() => "there is none to choose from: remove it".to_owned(),
        None => format!("possible here: {}", list(known)),
    }
}

/// Words for a sentence; a long list is cut.
pub(super) fn list(words: &[&str]) -> String {
    let shown: Vec<_> = words.iter().take(LISTED_MAX).map(|word| format!("`{word}`")).collect();
    let more = words.len().saturating_sub(LISTED_MAX);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word_and_a_strange_word_the_list() {
        let known = ["companion", "language", "zone", "front_door"];
        assert_eq!(nearest("compagnon", known), Some("companion"));
        assert_eq!(nearest("front_dor", known), Some("front_door"));
        assert_eq!(nearest("quiet", known), None);
        assert_eq!(suggest("quiet", &["a", "b"]), "possible here: `a`, `b`");
    }
}
