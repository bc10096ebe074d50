//! Is a ggml model file whole? whisper.cpp does not look where a file ends: of nine bytes it makes
//! a model of whatever lay in memory. So the layout is walked first: header, mel filters,
//! vocabulary, tensors, and nothing behind the last byte. No weight is looked at.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

const MAGIC: u32 = 0x6767_6d6c;
/// Sizes of the model, in 32-bit numbers.
const HYPERPARAMETERS: i64 = 11;
const DIMENSIONS_MAX: u32 = 4;
/// The same of Silero's: before its layers, in each of them, and after them.
const VOICE_SIZES: i64 = 5;
const VOICE_LAYER: i64 = 3;
const VOICE_SIZES_AFTER: i64 = 4;

/// Bytes and weights of a block, by ggml's number of the weights' type.
const BLOCKS: &[(u32, u64, u64)] = &[
    (0, 4, 1),      // f32
    (1, 2, 1),      // f16
    (2, 18, 32),    // q4_0
    (3, 20, 32),    // q4_1
    (6, 22, 32),    // q5_0
    (7, 24, 32),    // q5_1
    (8, 34, 32),    // q8_0
    (10, 84, 256),  // q2_k
    (11, 110, 256), // q3_k
    (12, 144, 256), // q4_k
    (13, 176, 256), // q5_k
    (14, 210, 256), // q6_k
];

/// A Whisper model. `Err` says in words what is wrong with the file.
pub(super) fn check(path: &Path) -> Result<(), String> {
    let mut walk = Walk::begin(path)?;
    walk.skip(HYPERPARAMETERS * 4)?;
    let filters = i64::from(walk.number()?) * i64::from(walk.number()?);
    walk.skip(filters.saturating_mul(4))?;
    for _ in 0..walk.number()? {
        let word = walk.number()?;
        walk.skip(word.into())?;
    }
    walk.tensors()
}

/// A Silero model: its name and version, sizes, those of each layer, tensors.
pub(super) fn check_voice(path: &Path) -> Result<(), String> {
    let mut walk = Walk::begin(path)?;
    let name = walk.number()?;
    walk.skip(name.into())?;
    walk.skip(VOICE_SIZES * 4)?;
    let layers = walk.number()?;
    walk.skip(i64::from(layers).saturating_mul(VOICE_LAYER * 4))?;
    walk.skip(VOICE_SIZES_AFTER * 4)?;
    walk.tensors()
}

struct Walk {
    file: BufReader<File>,
    at: u64,
    length: u64,
}

impl Walk {
    fn begin(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let length = file.metadata().map_err(|error| error.to_string())?.len();
        let mut walk = Self { file: BufReader::new(file), at: 0, length };
        if walk.number()? == MAGIC { Ok(walk) } else { Err("it is not in ggml form".to_owned()) }
    }

    fn tensors(&mut self) -> Result<(), String> {
        while self.at < self.length {
            self.tensor()?;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<u32, String> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes).map_err(|_| cut_off(self.length))?;
        self.at += 4;
        Ok(u32::from_le_bytes(bytes))
    }

    fn skip(&mut self, bytes: i64) -> Result<(), String> {
        self.at = self.at.saturating_add(bytes.unsigned_abs());
        if bytes < 0 || self.at > self.length {
            return Err(cut_off(self.length));
        }
        self.file.seek_relative(bytes).map_err(|error| error.to_string())
    }

    fn tensor(&mut self) -> Result<(), String> {
        let (dimensions, name, kind) = (self.number()?, self.number()?, self.number()?);
        let (_, block_bytes, block_weights) = BLOCKS
            .iter()
            .find(|(number, ..)| *number == kind)
            .ok_or_else(|| format!("weights of type {kind} are unknown here"))?;
        if dimensions > DIMENSIONS_MAX {
            return Err(format!("a tensor of {dimensions} dimensions"));
        }
        let mut weights = 1_u64;
        for _ in 0..dimensions {
            weights = weights.saturating_mul(self.number()?.into());
        }
        let bytes = (weights / block_weights).saturating_mul(*block_bytes);
        self.skip(name.into())?;
        self.skip(i64::try_from(bytes).unwrap_or(i64::MAX))
    }
}

fn cut_off(length: u64) -> String {
    format!("it is cut off at {length} bytes")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The smallest file with the layout of a model: one word, one tensor of 32 q8_0 weights.
    pub(crate) fn tiny() -> Vec<u8> {
        let numbers = |numbers: &[u32]| -> Vec<u8> {
            numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
        };
        let mut bytes = numbers(&[MAGIC]);
        bytes.extend(numbers(&[1; HYPERPARAMETERS as usize]));
        bytes.extend(numbers(&[1, 2, 0, 0]));
        bytes.extend(numbers(&[1, 3]));
        bytes.extend(b"abc");
        bytes.extend(numbers(&[2, 4, 8, 32, 1]));
        bytes.extend(b"name");
        bytes.extend([0; 34]);
        bytes
    }

    fn check_bytes(bytes: &[u8]) -> Result<(), String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        check(file.path())
    }

    #[test]
    fn a_file_is_whole_or_cut_off_at_any_byte() {
        let whole = tiny();
        assert_eq!(check_bytes(&whole), Ok(()));
        let before_tensors = whole.len() - 34 - 4 - 5 * 4;
        for length in (0..whole.len()).filter(|length| *length != before_tensors) {
            assert_eq!(check_bytes(&whole[..length]), Err(cut_off(length as u64)));
        }
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!(check_bytes(b"RIFF, a wav"), Err("it is not in ggml form".to_owned()));
        let mut strange = tiny();
        let tensor = strange.len() - 34 - 4 - 5 * 4;
        strange[tensor + 8] = 99;
        assert!(check_bytes(&strange).unwrap_err().contains("type 99"));
        strange[tensor] = 200;
        strange[tensor + 8] = 8;
        assert!(check_bytes(&strange).unwrap_err().contains("200 dimensions"));
    }
}
