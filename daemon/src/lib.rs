//! The `omzien` program as a library, so that stories and tests drive what the daemon runs.

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
