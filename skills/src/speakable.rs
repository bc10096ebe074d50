//! A sentence as it is pronounced. What is shown and kept stays as it was written.

use std::collections::BTreeMap;

use omzien_core::Language;

/// See [`crate::Skills::speakable`].
pub(crate) fn speakable(text: &str, _: Language, say_as: &BTreeMap<String, String>) -> String {
    say_as.iter().fold(text.to_owned(), |said, (written, spoken)| said.replace(written, spoken))
}
