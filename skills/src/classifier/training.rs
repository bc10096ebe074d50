//! Makes the weights of a classifier from sentences that are labelled: multinomial logistic
//! regression by stochastic gradient descent with AdaGrad (Duchi, Hazan, Singer 2011). The same
//! sentences give the same weights, bit for bit. Keeps no sentence.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{BUCKETS, END_OF_HEAD, NOT_FOR_US, features, softmax};

/// Times that every sentence is gone through.
const ROUNDS: usize = 12;
const RATE: f32 = 0.6;
/// Draws weights to nothing that few sentences ask for.
const DECAY: f32 = 2e-6;
/// Every tenth sentence is kept aside to choose the threshold with.
const ASIDE_EACH: usize = 10;
/// Of what is not for us at most this share may be taken for something.
const ACCEPTED_MAX: f32 = 0.015;

/// A sentence as the classifier reads it, with its label.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) tokens: Vec<String>,
    /// Of several, what is learnt from the others chooses; none: not for us.
    pub(crate) labels: Vec<String>,
    /// How often it counts.
    pub(crate) worth: f32,
    /// Whether it may choose the threshold: it is what somebody said, not what we made up.
    pub(crate) said: Said,
}

/// Where a sentence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    ByPeople,
    ByOurTemplates,
}

/// The file of weights; `about` is for its head, each line a comment.
pub(crate) fn train(samples: &[Sample], about: &str) -> Vec<u8> {
    let labels: BTreeSet<&str> =
        samples.iter().flat_map(|sample| &sample.labels).map(String::as_str).collect();
    let labels: Vec<&str> = labels.into_iter().chain([NOT_FOR_US]).collect();
    let none = labels.len() - 1;
    let mut rows: Vec<Row> = samples.iter().map(|sample| Row::of(sample, &labels)).collect();
    let plain: Vec<&Row> = rows.iter().filter(|row| row.may_be.len() == 1).collect();
    let chooser = Weights::learn(&plain, labels.len());
    for row in rows.iter_mut().filter(|row| row.may_be.len() > 1) {
        chooser.choose(row);
    }
    let aside = |place: usize| place.is_multiple_of(ASIDE_EACH);
    let kept = rows.iter().enumerate().filter(|(place, _)| !aside(*place)).map(|(_, row)| row);
    let judge = Weights::learn(&kept.collect::<Vec<_>>(), labels.len());
    let judged = rows.iter().zip(samples).enumerate();
    let judged = judged.filter(|(place, (_, it))| aside(*place) && it.said == Said::ByPeople);
    let judged: Vec<&Row> = judged.map(|(_, (row, _))| row).collect();
    let threshold = judge.threshold(&judged, none);
    let weights = Weights::learn(&rows.iter().collect::<Vec<_>>(), labels.len());
    weights.write(&labels, threshold, about)
}

/// A sentence as numbers.
struct Row {
    features: Vec<(usize, f32)>,
    may_be: Vec<usize>,
    worth: f32,
}

impl Row {
    fn of(sample: &Sample, labels: &[&str]) -> Self {
        let tokens: Vec<&str> = sample.tokens.iter().map(String::as_str).collect();
        let place = |label: &String| labels.iter().position(|known| known == label);
        let mut may_be: Vec<usize> = sample.labels.iter().filter_map(place).collect();
        if may_be.is_empty() {
            may_be.push(labels.len() - 1);
        }
        Self { features: features(&tokens), may_be, worth: sample.worth }
    }
}

impl Row {
    fn label(&self) -> usize {
        self.may_be[0]
    }
}

struct Weights {
    labels: usize,
    /// A row of labels for each bucket.
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl Weights {
    fn learn(rows: &[&Row], labels: usize) -> Self {
        let mut learnt =
            Self { labels, weights: vec![0.0; BUCKETS * labels], biases: vec![0.0; labels] };
        let mut squares = vec![1e-3_f32; BUCKETS * labels];
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let mut chance = 1_u64;
        for _ in 0..ROUNDS {
            shuffle(&mut order, &mut chance);
            for place in &order {
                learnt.step(rows[*place], &mut squares);
            }
        }
        learnt
    }

    fn step(&mut self, row: &Row, squares: &mut [f32]) {
        let shares = softmax(self.scores(row));
        for (label, share) in shares.into_iter().enumerate() {
            let wanted = if label == row.label() { 1.0 } else { 0.0 };
            let wrong = (share - wanted) * row.worth;
            // What is right already teaches nothing.
            if wrong.abs() < 1e-4 {
                continue;
            }
            self.biases[label] -= 0.01 * wrong;
            for (bucket, value) in &row.features {
                let at = bucket * self.labels + label;
                let slope = wrong * value + DECAY * self.weights[at];
                squares[at] += slope * slope;
                self.weights[at] -= RATE * slope / squares[at].sqrt();
            }
        }
    }

    fn scores(&self, row: &Row) -> Vec<f32> {
        let mut sums = self.biases.clone();
        for (bucket, value) in &row.features {
            let weights = &self.weights[bucket * self.labels..][..self.labels];
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += value * weight;
            }
        }
        sums
    }

    /// Leaves a sentence the likeliest of what it may be.
    fn choose(&self, row: &mut Row) {
        let scores = self.scores(row);
        let likeliest =
            row.may_be.iter().copied().max_by(|one, other| scores[*one].total_cmp(&scores[*other]));
        row.may_be = likeliest.into_iter().collect();
    }

    /// The lowest share of certainty at which little enough of what is not for us is taken.
    fn threshold(&self, judged: &[&Row], none: usize) -> f32 {
        let mut taken: Vec<f32> = judged
            .iter()
            .filter(|row| row.label() == none)
            .map(|row| 1.0 - softmax(self.scores(row))[none])
            .collect();
        taken.sort_by(|one, other| other.total_cmp(one));
        let allowed = (taken.len() as f32 * ACCEPTED_MAX) as usize;
        taken.get(allowed).map_or(0.5, |share| share.max(0.2))
    }

    fn write(&self, labels: &[&str], threshold: f32, about: &str) -> Vec<u8> {
        let mut head = String::new();
        for line in about.lines() {
            let _ = writeln!(head, "# {line}");
        }
        let _ = writeln!(head, "threshold {threshold}");
        let mut scales = Vec::new();
        for (place, label) in labels.iter().enumerate() {
            let column = self.weights.iter().skip(place).step_by(self.labels);
            let scale = column.fold(f32::MIN_POSITIVE, |most, one| most.max(one.abs())) / 127.0;
            let _ = writeln!(head, "{label} {scale} {}", self.biases[place]);
            scales.push(scale);
        }
        let mut file = head.trim_end().as_bytes().to_vec();
        file.extend_from_slice(END_OF_HEAD);
        file.extend(self.weights.iter().enumerate().map(|(at, weight)| {
            let step = (weight / scales[at % self.labels]).round() as i8;
            step.cast_unsigned()
        }));
        file
    }
}

/// Fisher and Yates, by a generator of Knuth's: the order is the same each time.
fn shuffle(order: &mut [usize], chance: &mut u64) {
    for last in (1..order.len()).rev() {
        *chance =
            chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = (*chance >> 33) as usize % (last + 1);
        order.swap(last, other);
    }
}
