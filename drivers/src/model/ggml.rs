//! Writes whisper.cpp's `ggml` file, weights as Q8_0. It only lays out bytes: which tensor is
//! called what is `convert`'s business.

use std::io::{self, Write};

use half::f16;

const MAGIC: i32 = 0x6767_6d6c;
/// "Mostly Q8_0", quantisation version 2: 7 + 2 × 1000.
const FILE_TYPE: i32 = 2007;
/// Numbers that share one scale.
pub(super) const BLOCK: usize = 32;

/// The head's sizes, in the file's order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sizes {
    pub(super) vocabulary: u32,
    pub(super) audio_context: u32,
    pub(super) audio_width: u32,
    pub(super) audio_heads: u32,
    pub(super) audio_layers: u32,
    pub(super) text_context: u32,
    pub(super) text_width: u32,
    pub(super) text_heads: u32,
    pub(super) text_layers: u32,
    pub(super) mels: u32,
}

/// How a tensor's numbers are written; the discriminant is the file's code for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Encoding {
    F32 = 0,
    F16 = 1,
    Q8 = 8,
}

pub(super) fn head(out: &mut impl Write, sizes: &Sizes) -> io::Result<()> {
    out.write_all(&MAGIC.to_le_bytes())?;
    let sizes = [
        sizes.vocabulary,
        sizes.audio_context,
        sizes.audio_width,
        sizes.audio_heads,
        sizes.audio_layers,
        sizes.text_context,
        sizes.text_width,
        sizes.text_heads,
        sizes.text_layers,
        sizes.mels,
    ];
    sizes.iter().try_for_each(|size| out.write_all(&size.to_le_bytes()))?;
    out.write_all(&FILE_TYPE.to_le_bytes())
}

/// A matrix of filters: how much each frequency bin counts for each mel band.
pub(super) fn filters(out: &mut impl Write, bands: u32, filters: &[f32]) -> io::Result<()> {
    let bins = (filters.len() as u32).checked_div(bands).unwrap_or(0);
    out.write_all(&bands.to_le_bytes())?;
    out.write_all(&bins.to_le_bytes())?;
    filters.iter().try_for_each(|weight| out.write_all(&weight.to_le_bytes()))
}

pub(super) fn tokens(out: &mut impl Write, tokens: &[Vec<u8>]) -> io::Result<()> {
    out.write_all(&(tokens.len() as u32).to_le_bytes())?;
    tokens.iter().try_for_each(|token| {
        out.write_all(&(token.len() as u32).to_le_bytes())?;
        out.write_all(token)
    })
}

/// A tensor's head; its numbers follow. `shape` is slowest dimension first, the file wants it the
/// other way round.
pub(super) fn tensor(
    out: &mut impl Write,
    name: &str,
    shape: &[u32],
    encoding: Encoding,
) -> io::Result<()> {
    out.write_all(&(shape.len() as u32).to_le_bytes())?;
    out.write_all(&(name.len() as u32).to_le_bytes())?;
    out.write_all(&(encoding as u32).to_le_bytes())?;
    shape.iter().rev().try_for_each(|size| out.write_all(&size.to_le_bytes()))?;
    out.write_all(name.as_bytes())
}

/// Numbers of a tensor; for Q8 whole blocks.
pub(super) fn numbers(out: &mut impl Write, encoding: Encoding, numbers: &[f32]) -> io::Result<()> {
    match encoding {
        Encoding::F32 => numbers.iter().try_for_each(|n| out.write_all(&n.to_le_bytes())),
        Encoding::F16 => {
            numbers.iter().try_for_each(|&n| out.write_all(&f16::from_f32(n).to_le_bytes()))
        }
        Encoding::Q8 => {
            numbers.as_chunks().0.iter().try_for_each(|block| out.write_all(&quantise(block)))
        }
    }
}

/// A scale as f16, then each number as a signed byte: the largest becomes ±127, halves go to even.
fn quantise(block: &[f32; BLOCK]) -> [u8; BLOCK + 2] {
    let largest = block.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
    let scale = largest / 127.0;
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let mut bytes = [0; BLOCK + 2];
    bytes[..2].copy_from_slice(&f16::from_f32(scale).to_le_bytes());
    for (byte, number) in bytes[2..].iter_mut().zip(block) {
        *byte = ((number * inverse).round_ties_even() as i8).cast_unsigned();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_keeps_its_largest_number_as_127() {
        let mut block = [0.0; BLOCK];
        (block[0], block[1], block[2], block[3]) = (-127.0, 63.5, 0.49, 64.5);
        let bytes = quantise(&block);
        assert_eq!(bytes[..2], f16::ONE.to_le_bytes());
        assert_eq!(
            bytes[2..6].iter().map(|b| b.cast_signed()).collect::<Vec<_>>(),
            [-127, 64, 0, 64]
        );
    }

    #[test]
    fn a_block_of_zeros_has_scale_zero() {
        assert_eq!(quantise(&[0.0; BLOCK]), [0; BLOCK + 2]);
    }

    #[test]
    fn a_tensor_head_turns_the_shape_round() {
        let mut out = Vec::new();
        tensor(&mut out, "ab", &[3, 64], Encoding::Q8).unwrap();
        let words = [2_u32, 2, 8, 64, 3].map(u32::to_le_bytes).concat();
        assert_eq!(out, [words.as_slice(), b"ab"].concat());
    }
}
