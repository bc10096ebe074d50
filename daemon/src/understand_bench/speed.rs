//! How long a sentence takes, by itself and beside hassil, the matcher of Home Assistant.

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::understanding::Reader;

/// Times of many sentences.
#[derive(Debug)]
pub(crate) struct Times {
    sorted: Vec<Duration>,
}

/// Each sentence once, after one round that nobody counts.
pub(crate) fn measure(reader: &Reader, sentences: &[String]) -> Times {
    for sentence in sentences {
        black_box(reader.understand(sentence));
    }
    let one = |sentence: &String| {
        let began = Instant::now();
        black_box(reader.understand(sentence));
        began.elapsed()
    };
    let mut sorted: Vec<Duration> = sentences.iter().map(one).collect();
    sorted.sort_unstable();
    Times { sorted }
}

impl Times {
    fn at(&self, hundredth: usize) -> Duration {
        let place = self.sorted.len() * hundredth / 100;
        self.sorted.get(place.min(self.sorted.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |length: Duration| length.as_secs_f64() * 1e3;
        write!(
            f,
            "{} sentences: median {:.3} ms, p95 {:.3} ms, p99 {:.3} ms",
            self.sorted.len(),
            ms(self.at(50)),
            ms(self.at(95)),
            ms(self.at(99))
        )
    }
}
