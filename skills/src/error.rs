//! What can be wrong with a skill folder or a reply. Each says what to do about it.

use std::ops::Range;

use crate::template::Refused;

/// Something wrong in a skill folder. The folder is not used; the others go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: {problem}\n  mend: {mend}")]
pub struct SkillError {
    /// The file, as it was handed in.
    pub path: String,
    /// Counts from 1; 1 when the file as a whole is wrong.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The bytes that are meant; none when the file as a whole is wrong.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub mend: String,
}

impl SkillError {
    /// About a file as a whole.
    pub(crate) fn of_file(skill: &str, file: &str, refused: Refused) -> Self {
        let Refused { problem, mend } = refused;
        Self { path: format!("{skill}/{file}"), line: 1, column: 1, span: None, problem, mend }
    }
}

/// A reply without words. A broken sentence is never said instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// No skill has words for this key.
    #[error("no words for {key:?}: add them to the answers of a skill, in every language")]
    UnknownKey {
        /// The reply's key.
        key: String,
    },
    /// The reply does not carry what its sentence needs.
    #[error("{key:?} needs the slot {slot:?}: give the reply a value for it")]
    MissingSlot {
        /// The reply's key.
        key: String,
        /// The slot's name.
        slot: String,
    },
    /// A value that cannot be said in that place.
    #[error("{key:?} cannot say what is in {slot:?}: give it a value of the kind it asks for")]
    WrongSlot {
        /// The reply's key.
        key: String,
        /// The slot's name.
        slot: String,
    },
    /// Replies inside replies inside replies.
    #[error("{key:?} lies too deep inside other replies: nest at most four")]
    TooDeep {
        /// The reply's key.
        key: String,
    },
}
