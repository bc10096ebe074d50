//! The `omzien` program as a library, so that stories and tests drive what the daemon runs.

#![deny(clippy::print_stdout, reason = "`tell!` outlives a closed pipe")]

/// A line on the standard output, for whoever still reads it.
macro_rules! tell {
    ($($line:tt)*) => { $crate::commands::tell(format_args!($($line)*)) };
}

#[macro_use]
mod words;

pub mod backup;
pub mod bench;
pub mod commands;
pub mod companion;
pub mod config;
pub mod demo;
pub mod journal;
pub mod portal;
pub mod recording;
pub mod shell;
pub mod simulation;
pub mod understand_bench;
pub mod understanding;
pub mod voice_bench;
pub mod voice_test;
pub mod workshop;
