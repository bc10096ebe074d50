//! The `omzien` program.
fn main() {}
