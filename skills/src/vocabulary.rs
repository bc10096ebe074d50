//! The names of one home, in the form in which sentences are compared. Knows no sentence.

use omzien_core::Plan;

/// The names of a home: the companion, rooms, lights, people. Built once per plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Vocabulary {
    companion: String,
}

impl Vocabulary {
    /// The vocabulary of a plan.
    pub fn of(plan: &Plan) -> Self {
        Self { companion: plan.companion.clone() }
    }
}
