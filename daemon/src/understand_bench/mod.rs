//! `omzien understand-bench`: what is understood of collections of sentences that lie in a folder.
//! It measures and does not judge, and keeps nothing of what it reads.

pub(crate) mod data;
pub(crate) mod home_assistant;
pub(crate) mod massive;
pub(crate) mod speed;
pub(crate) mod times;
