//! Reads CTranslate2's `model.bin` (binary version 6): names, shapes, numbers. It believes no
//! length before holding it against what the file has, and keeps one chunk of numbers in memory.
//!
//! Little endian: version u32, specification text, revision u32, count u32, then for each
//! variable its name, rank u8, dimensions u32, kind u8, byte count u32 and bytes; then aliases,
//! pairs of names. A text is its length u16, counting a final zero byte, and its bytes.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use half::{bf16, f16};
use thiserror::Error;

const VERSION: u32 = 6;
/// Whisper large has under a thousand variables and under a hundred aliases.
const VARIABLES_MAX: u32 = 4096;
const RANK_MAX: u8 = 4;
/// Numbers held at once: 32 KiB as f32, and a multiple of every quantisation block.
const CHUNK_NUMBERS: u64 = 8192;

#[derive(Debug, Error)]
pub enum ConvertError {
    #[error("reading or writing failed: {0}")]
    File(#[from] io::Error),
    #[error("the file has version {0}, not 6")]
    Version(u32),
    #[error("the file holds a `{0}`, not a WhisperSpec")]
    Specification(String),
    #[error("at byte {at}: {what}")]
    Structure { at: u64, what: &'static str },
    #[error("`{0}` is not in the file")]
    Absent(String),
    #[error("`{0}` has another shape or kind than Whisper's")]
    Shape(String),
    #[error("`{0}` should be zero: ggml has no place for it")]
    NotZero(String),
    #[error("the vocabulary is no list of Whisper's tokens: {0}")]
    Vocabulary(String),
}

/// A variable's place in the file; `bytes` fit the file and the shape.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tensor {
    pub(super) shape: Vec<u32>,
    kind: Kind,
    offset: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    F32,
    I8,
    I16,
    I32,
    F16,
    Bf16,
}

/// An opened file: the index in memory, the numbers on disk.
pub(super) struct Weights<R> {
    reader: R,
    tensors: BTreeMap<String, Tensor>,
    bytes: Vec<u8>,
}

impl<R: Read + Seek> Weights<R> {
    /// Reads the index and checks every length in it.
    pub(super) fn open(mut reader: R) -> Result<Self, ConvertError> {
        let length = reader.seek(SeekFrom::End(0))?;
        reader.rewind()?;
        let mut index = Index { reader, at: 0, length };
        match index.u32()? {
            VERSION => {}
            other => return Err(ConvertError::Version(other)),
        }
        let specification = index.text()?;
        if specification != "WhisperSpec" {
            return Err(ConvertError::Specification(specification));
        }
        let _revision = index.u32()?;
        let mut tensors = BTreeMap::new();
        for _ in 0..index.count()? {
            let name = index.text()?;
            let tensor = index.tensor()?;
            tensors.insert(name, tensor);
        }
        for _ in 0..index.count()? {
            let alias = index.text()?;
            let name = index.text()?;
            let tensor = tensors.get(&name).cloned().ok_or(ConvertError::Absent(name))?;
            tensors.insert(alias, tensor);
        }
        if index.at != length {
            return Err(index.wrong("something follows the last alias"));
        }
        Ok(Self { reader: index.reader, tensors, bytes: Vec::new() })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    pub(super) fn tensor(&self, name: &str) -> Result<Tensor, ConvertError> {
        self.tensors.get(name).cloned().ok_or_else(|| ConvertError::Absent(name.to_owned()))
    }

    /// A matrix's rows and columns.
    pub(super) fn matrix(&self, name: &str) -> Result<[u32; 2], ConvertError> {
        let shape = self.tensor(name)?.shape;
        <[u32; 2]>::try_from(shape).map_err(|_| ConvertError::Shape(name.to_owned()))
    }

    /// A variable that is a single number.
    pub(super) fn number(&mut self, name: &str) -> Result<u32, ConvertError> {
        let tensor = self.tensor(name)?;
        if tensor.numbers() != 1 {
            return Err(ConvertError::Shape(name.to_owned()));
        }
        let mut number = 0.0;
        self.read(&tensor, 0..1, |numbers| {
            number = numbers.iter().sum();
            Ok(())
        })?;
        // Truncation is the point: heads and layers are small whole numbers.
        Ok(number as u32)
    }

    /// Hands the numbers of a range of the tensor to `each`, in order, in chunks of at most
    /// [`CHUNK_NUMBERS`]. A range beyond the tensor is an error, not a short answer.
    pub(super) fn read(
        &mut self,
        tensor: &Tensor,
        range: Range<u64>,
        mut each: impl FnMut(&[f32]) -> Result<(), ConvertError>,
    ) -> Result<(), ConvertError> {
        if range.end > tensor.numbers() {
            return Err(ConvertError::Structure { at: tensor.offset, what: "no such range" });
        }
        let width = tensor.kind.bytes();
        self.reader.seek(SeekFrom::Start(tensor.offset + range.start * width))?;
        let mut numbers = Vec::new();
        let mut left = range.end.saturating_sub(range.start);
        while left > 0 {
            let now = left.min(CHUNK_NUMBERS);
            // At most `CHUNK_NUMBERS` × 4, which fits every usize.
            self.bytes.resize((now * width) as usize, 0);
            self.reader.read_exact(&mut self.bytes)?;
            tensor.kind.decode(&self.bytes, &mut numbers);
            each(&numbers)?;
            left -= now;
        }
        Ok(())
    }
}

impl Tensor {
    /// Fits u64: checked when the index was read.
    pub(super) fn numbers(&self) -> u64 {
        self.shape.iter().map(|&size| u64::from(size)).product()
    }
}

impl Kind {
    fn of(code: u8) -> Option<Self> {
        [Self::F32, Self::I8, Self::I16, Self::I32, Self::F16, Self::Bf16]
            .get(usize::from(code))
            .copied()
    }

    fn bytes(self) -> u64 {
        match self {
            Self::I8 => 1,
            Self::I16 | Self::F16 | Self::Bf16 => 2,
            Self::F32 | Self::I32 => 4,
        }
    }

    fn decode(self, bytes: &[u8], numbers: &mut Vec<f32>) {
        fn all<const N: usize>(
            bytes: &[u8],
            numbers: &mut Vec<f32>,
            decode: impl Fn([u8; N]) -> f32,
        ) {
            numbers.clear();
            numbers.extend(bytes.as_chunks::<N>().0.iter().map(|&number| decode(number)));
        }
        match self {
            Self::F32 => all(bytes, numbers, f32::from_le_bytes),
            Self::I8 => all(bytes, numbers, |b| f32::from(i8::from_le_bytes(b))),
            Self::I16 => all(bytes, numbers, |b| f32::from(i16::from_le_bytes(b))),
            Self::I32 => all(bytes, numbers, |b| i32::from_le_bytes(b) as f32),
            Self::F16 => all(bytes, numbers, |b| f16::from_le_bytes(b).to_f32()),
            Self::Bf16 => all(bytes, numbers, |b| bf16::from_le_bytes(b).to_f32()),
        }
    }
}

/// Reads the index; `at` never passes `length`.
struct Index<R> {
    reader: R,
    at: u64,
    length: u64,
}

impl<R: Read + Seek> Index<R> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ConvertError> {
        self.reserve(N as u64)?;
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, ConvertError> {
        self.take().map(u32::from_le_bytes)
    }

    fn count(&mut self) -> Result<u32, ConvertError> {
        match self.u32()? {
            count if count <= VARIABLES_MAX => Ok(count),
            _ => Err(self.wrong("more variables than any Whisper has")),
        }
    }

    fn text(&mut self) -> Result<String, ConvertError> {
        let length = self.take().map(u16::from_le_bytes)?;
        self.reserve(u64::from(length))?;
        let mut bytes = vec![0; usize::from(length)];
        self.reader.read_exact(&mut bytes)?;
        match bytes.pop() {
            Some(0) => String::from_utf8(bytes).map_err(|_| self.wrong("a name is not UTF-8")),
            _ => Err(self.wrong("a name has no end")),
        }
    }

    fn tensor(&mut self) -> Result<Tensor, ConvertError> {
        let [rank] = self.take()?;
        if rank > RANK_MAX {
            return Err(self.wrong("a variable has more than four dimensions"));
        }
        let shape = (0..rank).map(|_| self.u32()).collect::<Result<Vec<_>, _>>()?;
        let [code] = self.take()?;
        let kind = Kind::of(code).ok_or_else(|| self.wrong("an unknown kind of number"))?;
        let bytes = u64::from(self.u32()?);
        let wanted = shape
            .iter()
            .try_fold(kind.bytes(), |product: u64, &size| product.checked_mul(u64::from(size)));
        if wanted != Some(bytes) {
            return Err(self.wrong("a variable's bytes do not fit its shape"));
        }
        let offset = self.at;
        self.reserve(bytes)?;
        self.reader.seek(SeekFrom::Start(self.at))?;
        Ok(Tensor { shape, kind, offset })
    }

    /// Moves on, if the file has that much left.
    fn reserve(&mut self, bytes: u64) -> Result<(), ConvertError> {
        if bytes > self.length - self.at {
            return Err(self.wrong("the file ends too soon"));
        }
        self.at += bytes;
        Ok(())
    }

    fn wrong(&self, what: &'static str) -> ConvertError {
        ConvertError::Structure { at: self.at, what }
    }
}
