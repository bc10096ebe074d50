//! The `omzien` program: reads the command line, and hands it to the command's own file.

use std::process::ExitCode;

use clap::Parser;
use omzien::commands::Command;

/// A home companion for older people who live on their own
#[derive(Debug, Parser)]
#[command(name = "omzien", version, max_term_width = 100)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    Line::parse().command.run()
}
