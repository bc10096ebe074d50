//! The journal against disks that fill up, fail, lose power and go bad. Random tests print their
//! seed; `SEED=n cargo test -p omzien --test journal` runs one seed alone.

#![allow(clippy::unwrap_used)]

mod damage;
mod faults;
mod records;

/// The seeds of a random test: `count` from 1 on, or the one in the environment.
fn seeds(count: u64) -> std::ops::RangeInclusive<u64> {
    match std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..=seed,
        None => 1..=count,
    }
}
