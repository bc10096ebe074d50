//! A linear classifier over hashed n-grams: which of the known meanings a sentence most resembles,
//! or that it is none of ours. It reads tokens, names no slot, and is asked only where no template
//! matched. Its weights are data (`skills/weights/`), made by [`training`].

pub(crate) mod lessons;
pub(crate) mod training;

use std::borrow::Cow;

/// Buckets of the hash; two n-grams that share one are told apart by the others of a sentence.
const BUCKETS: usize = 1 << 15;
/// Words beyond this are not looked at.
const TOKENS_MAX: usize = 40;
/// A meaning below this share of certainty is asked about rather than done: at 0.63 *uitgedaan*
/// was taken for *on*, and what tells two opposites apart is looked for since.
const SURE_MIN: f32 = 0.65;
/// The label of what was not said to us.
pub(crate) const NOT_FOR_US: &str = "-";
/// Divides the text at the head of a file of weights from the numbers behind it.
const END_OF_HEAD: &[u8] = b"\n---\n";

/// The classifier of one language.
#[derive(Clone, Debug)]
pub(crate) struct Classifier {
    labels: Vec<String>,
    /// If all meanings together have less than this share of certainty, it is none of them.
    threshold: f32,
    /// What one step of a label's weights is worth.
    scales: Vec<f32>,
    biases: Vec<f32>,
    /// A row of labels for each bucket, in 8 bits.
    weights: Cow<'static, [u8]>,
}

/// Why a file of weights cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WeightsError {
    /// Its head cannot be read.
    #[error("the head of the weights is broken: train them again")]
    Head,
    /// It is shorter or longer than its head says.
    #[error("the weights do not have the length that their head says: train them again")]
    Length,
}

impl Classifier {
    /// Reads weights as [`training`] writes them.
    pub(crate) fn read(file: Cow<'static, [u8]>) -> Result<Self, WeightsError> {
        let end = file.windows(END_OF_HEAD.len()).position(|window| window == END_OF_HEAD);
        let end = end.ok_or(WeightsError::Head)?;
        let head = std::str::from_utf8(&file[..end]).map_err(|_| WeightsError::Head)?;
        let mut threshold = None;
        let (mut labels, mut scales, mut biases) = (Vec::new(), Vec::new(), Vec::new());
        for line in head.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let number = |at: usize| words[at].parse::<f32>().map_err(|_| WeightsError::Head);
            match words.len() {
                2 if words[0] == "threshold" => threshold = Some(number(1)?),
                3 => {
                    labels.push(words[0].to_owned());
                    scales.push(number(1)?);
                    biases.push(number(2)?);
                }
                _ => return Err(WeightsError::Head),
            }
        }
        let from = end + END_OF_HEAD.len();
        let weights = match file {
            Cow::Borrowed(file) => Cow::Borrowed(&file[from..]),
            Cow::Owned(file) => Cow::Owned(file[from..].to_vec()),
        };
        if labels.is_empty() || weights.len() != BUCKETS * labels.len() {
            return Err(WeightsError::Length);
        }
        Ok(Self {
            labels,
            threshold: threshold.ok_or(WeightsError::Head)?,
            scales,
            biases,
            weights,
        })
    }

    /// The meaning that a sentence resembles, with its share of certainty; `asked` says which may
    /// be meant at all. `None` if it is likelier to be nothing for us, or if none is sure enough.
    pub(crate) fn likeliest(
        &self,
        tokens: &[&str],
        asked: impl Fn(&str) -> bool,
    ) -> Option<(&str, f32)> {
        let shares = softmax(self.scores(tokens));
        let labelled = self.labels.iter().map(String::as_str).zip(shares);
        let likely = labelled.filter(|(label, _)| *label != NOT_FOR_US && asked(label));
        let likely: Vec<(&str, f32)> = likely.collect();
        let ours: f32 = likely.iter().map(|(_, share)| share).sum();
        let sure = likely.into_iter().find(|(_, share)| *share >= SURE_MIN);
        sure.filter(|_| ours >= self.threshold)
    }

    fn scores(&self, tokens: &[&str]) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.labels.len()];
        for (bucket, value) in features(tokens) {
            let row = &self.weights[bucket * sums.len()..][..sums.len()];
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += value * f32::from(weight.cast_signed());
            }
        }
        let scaled = sums.iter().zip(&self.scales).zip(&self.biases);
        scaled.map(|((sum, scale), bias)| sum * scale + bias).collect()
    }
}

/// Shares that add up to one.
fn softmax(mut scores: Vec<f32>) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::MIN, f32::max);
    for score in &mut scores {
        *score = (*score - highest).exp();
    }
    let sum: f32 = scores.iter().sum();
    for score in &mut scores {
        *score /= sum;
    }
    scores
}

/// What is looked at: words, neighbours, neighbours but one, and the letters of each word, so that
/// a misheard one still counts for something. The sum of the squares is one.
fn features(tokens: &[&str]) -> Vec<(usize, f32)> {
    let tokens = &tokens[..tokens.len().min(TOKENS_MAX)];
    let mut hashes = Vec::with_capacity(tokens.len() * 16);
    let edged: Vec<&str> = ["^"].iter().chain(tokens).chain(&["$"]).copied().collect();
    for token in tokens {
        hashes.push(hash(b'w', &[token.as_bytes()]));
        if !token.starts_with('{') {
            letters(token, &mut hashes);
        }
    }
    for pair in edged.windows(2) {
        hashes.push(hash(b'b', &[pair[0].as_bytes(), pair[1].as_bytes()]));
    }
    for three in edged.windows(3) {
        hashes.push(hash(b's', &[three[0].as_bytes(), three[2].as_bytes()]));
    }
    hashes.sort_unstable();
    let mut features: Vec<(usize, f32)> = Vec::with_capacity(hashes.len());
    for hash in hashes {
        let bucket = (hash >> 1) as usize % BUCKETS;
        let sign = if hash & 1 == 0 { 1.0 } else { -1.0 };
        features.push((bucket, sign));
    }
    let norm = (features.len() as f32).sqrt().max(1.0);
    for (_, value) in &mut features {
        *value /= norm;
    }
    features
}

/// Three and four letters, the ends of the word marked.
fn letters(token: &str, hashes: &mut Vec<u64>) {
    let letters: Vec<u8> = [b"<", token.as_bytes(), b">"].concat();
    for length in [3, 4] {
        for piece in letters.windows(length) {
            hashes.push(hash(b'c', &[piece]));
        }
    }
}

/// FNV-1a: the same on every machine, and a few instructions a letter.
fn hash(kind: u8, pieces: &[&[u8]]) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    let hashed = pieces.iter().fold(step(OFFSET, kind), |hash, piece| {
        step(piece.iter().fold(hash, |hash, byte| step(hash, *byte)), b'_')
    });
    // The low bits of FNV mix little: fold the high ones in.
    hashed ^ (hashed >> 29)
}

#[cfg(test)]
mod tests;
