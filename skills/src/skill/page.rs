//! One file of a skill's folder, and how a mistake in it is told: where, what, and the mend.
//! Judges no content.

use std::ops::Range;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use crate::error::SkillError;
use crate::template::Refused;

/// The largest of ours has a fifth of it (bytes); a larger file is a mix-up.
pub const FILE_BYTES_MAX: usize = 64 * 1024;
/// Alike enough to be a slip of the finger (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.8;

/// A file that was handed in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'a> {
    pub(super) skill: &'a str,
    pub(super) file: &'static str,
    pub(super) text: &'a str,
}

impl Page<'_> {
    /// The file as one of our types.
    pub(super) fn read<T: for<'a> Deserialize<'a>>(&self) -> Result<T, SkillError> {
        if self.text.len() > FILE_BYTES_MAX {
            let problem = format!("the file is larger than {} KiB", FILE_BYTES_MAX / 1024);
            return Err(self.whole(Refused::new(problem, "make two skills of it")));
        }
        toml::from_str(self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            self.at(span, Refused::new(error.message().to_owned(), mend_of(error.message())))
        })
    }

    /// A mistake about the file as a whole.
    pub(super) fn whole(&self, refused: Refused) -> SkillError {
        SkillError::of_file(self.skill, self.file, refused)
    }

    /// A mistake at a place of the text.
    pub(super) fn at(&self, span: Range<usize>, refused: Refused) -> SkillError {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        SkillError {
            path: format!("{}/{}", self.skill, self.file),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&before[line_start..]).chars().count() + 1,
            span: Some(span),
            problem: refused.problem,
            mend: refused.mend,
        }
    }

    /// A mistake about a key, or about what it was left out of.
    pub(super) fn of(&self, path: &[&str], refused: Refused) -> SkillError {
        match place(self.text, path) {
            Some(span) => self.at(span, refused),
            None => self.whole(refused),
        }
    }
}

/// Where a key's value stands; a table is known by its key. Of a key that is not there, where the
/// last one above it is.
fn place(text: &str, path: &[&str]) -> Option<Range<usize>> {
    let whole = DeTable::parse(text).ok()?.into_inner();
    let mut table = &whole;
    let mut span = None;
    for key in path {
        let Some((key, value)) = table.get_key_value(*key) else { break };
        match value.get_ref() {
            DeValue::Table(inner) => {
                (table, span) = (inner, Some(key.span()));
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => return Some(value.span()),
        }
    }
    span
}

/// What to write instead, out of what the reader of TOML says: "unknown field `a`, expected one of
/// `b`, `c`", "missing field `a`".
fn mend_of(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match &quoted[..] {
        [field] if message.starts_with("missing field") => {
            format!("add `{field}`; another skill's file shows how")
        }
        [written, known @ ..] if message.starts_with("unknown") && !known.is_empty() => {
            nearest(written, known.iter().copied()).map_or_else(
                || format!("possible here: {}", known.join(", ")),
                |word| format!("did you mean `{word}`?"),
            )
        }
        _ => "compare with the same file of another skill".to_owned(),
    }
}

/// The word that was probably meant.
pub(super) fn nearest<'w>(written: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    known
        .map(|word| (strsim::jaro_winkler(written, word), word))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, word)| word)
}
