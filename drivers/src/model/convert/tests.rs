//! The smallest Whisper there can be, converted and read back; then the same file damaged.

use std::io::Cursor;

use half::f16;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

const WIDTH: u32 = 32;
const VOCABULARY: &str = r#"["a", "Ġb", "é", "<|endoftext|>", "<|nl|>"]"#;

/// CTranslate2's `model.bin`: one layer a side, 32 wide, two mel bands. The number at place `n` of
/// a tensor is `n` modulo 251, which f16 holds exactly.
fn model_bin() -> Vec<u8> {
    let mut variables = Variables::default();
    for side in ["encoder", "decoder"] {
        variables.add(&format!("{side}/position_encodings/encodings"), &[4, WIDTH]);
        variables.add(&format!("{side}/layer_norm/gamma"), &[WIDTH]);
        variables.add(&format!("{side}/layer_norm/beta"), &[WIDTH]);
        variables.put(&format!("{side}/num_heads"), &[], 1, &[1]);
        let layer = |name: &str| format!("{side}/layer_0/{name}");
        variables.attention(&layer("self_attention"), &[3, 1]);
        if side == "decoder" {
            variables.attention(&layer("attention"), &[1, 2, 1]);
        }
        variables.linear(&layer("ffn/linear_0"), 4 * WIDTH, WIDTH);
        variables.linear(&layer("ffn/linear_1"), WIDTH, 4 * WIDTH);
        variables.norm(&layer("ffn"));
    }
    variables.add("encoder/conv1/weight", &[WIDTH, 2, 3]);
    variables.add("encoder/conv1/bias", &[WIDTH]);
    variables.add("encoder/conv2/weight", &[WIDTH, WIDTH, 3]);
    variables.add("encoder/conv2/bias", &[WIDTH]);
    variables.add("decoder/embeddings/weight", &[5, WIDTH]);
    variables.file()
}

#[derive(Default)]
struct Variables {
    count: u32,
    bytes: Vec<u8>,
}

impl Variables {
    fn put(&mut self, name: &str, shape: &[u32], kind: u8, bytes: &[u8]) {
        self.count += 1;
        self.bytes.extend(text(name));
        self.bytes.push(shape.len() as u8);
        self.bytes.extend(shape.iter().flat_map(|size| size.to_le_bytes()));
        self.bytes.push(kind);
        self.bytes.extend((bytes.len() as u32).to_le_bytes());
        self.bytes.extend(bytes);
    }

    fn add(&mut self, name: &str, shape: &[u32]) {
        let numbers = 0..shape.iter().product::<u32>();
        let bytes: Vec<u8> =
            numbers.flat_map(|n| f16::from_f32((n % 251) as f32).to_le_bytes()).collect();
        self.put(name, shape, 4, &bytes);
    }

    fn zero(&mut self, name: &str, numbers: u32) {
        self.put(name, &[numbers], 4, &vec![0; 2 * numbers as usize]);
    }

    fn linear(&mut self, name: &str, rows: u32, columns: u32) {
        self.add(&format!("{name}/weight"), &[rows, columns]);
        self.zero(&format!("{name}/bias"), rows);
    }

    fn norm(&mut self, name: &str) {
        self.add(&format!("{name}/layer_norm/gamma"), &[WIDTH]);
        self.add(&format!("{name}/layer_norm/beta"), &[WIDTH]);
    }

    fn attention(&mut self, name: &str, heights: &[u32]) {
        for (place, height) in heights.iter().enumerate() {
            self.linear(&format!("{name}/linear_{place}"), height * WIDTH, WIDTH);
        }
        self.norm(name);
    }

    fn file(self) -> Vec<u8> {
        let head =
            [6_u32.to_le_bytes().to_vec(), text("WhisperSpec"), 3_u32.to_le_bytes().to_vec()];
        let count = self.count.to_le_bytes().to_vec();
        [head.concat(), count, self.bytes, 0_u32.to_le_bytes().to_vec()].concat()
    }
}

fn text(text: &str) -> Vec<u8> {
    let length = (text.len() as u16 + 1).to_le_bytes();
    [&length, text.as_bytes(), &[0]].concat()
}

fn converted(model_bin: &[u8]) -> Result<Vec<u8>, ConvertError> {
    let mut out = Vec::new();
    to_ggml(Cursor::new(model_bin), VOCABULARY, &mut out).map(|()| out)
}

/// Reads what whisper.cpp would.
struct Ggml<'a>(&'a [u8]);

impl<'a> Ggml<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        bytes
    }

    fn word(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes(4).try_into().unwrap())
    }

    /// Name, dimensions (fastest first), type and bytes.
    fn tensor(&mut self) -> (String, Vec<u32>, u32, &'a [u8]) {
        let (rank, name, kind) = (self.word(), self.word(), self.word());
        let shape: Vec<u32> = (0..rank).map(|_| self.word()).collect();
        let name = String::from_utf8(self.bytes(name as usize).to_vec()).unwrap();
        let numbers = shape.iter().product::<u32>() as usize;
        let bytes = match kind {
            0 => numbers * 4,
            1 => numbers * 2,
            8 => numbers / 32 * 34,
            other => panic!("{name} has type {other}"),
        };
        (name, shape, kind, self.bytes(bytes))
    }
}

#[test]
fn the_smallest_whisper_comes_out_as_whisper_cpp_reads_it() {
    let file = converted(&model_bin()).unwrap();
    let mut ggml = Ggml(&file);
    let head: Vec<u32> = (0..12).map(|_| ggml.word()).collect();
    assert_eq!(head, [0x67676d6c, 5, 4, WIDTH, 1, 1, 4, WIDTH, 1, 1, 2, 2007]);
    assert_eq!((ggml.word(), ggml.word()), (2, 201));
    ggml.bytes(2 * 201 * 4);
    assert_eq!(ggml.word(), 3);
    let tokens: Vec<_> = (0..3)
        .map(|_| {
            let length = ggml.word() as usize;
            ggml.bytes(length)
        })
        .collect();
    assert_eq!(tokens, [b"a".as_slice(), b" b", &[0xe9]]);

    let mut tensors = Vec::new();
    while !ggml.0.is_empty() {
        tensors.push(ggml.tensor());
    }
    // Two position tables, nine closing ones, 15 in the encoder's layer, 24 in the decoder's.
    assert_eq!(tensors.len(), 2 + 9 + 15 + 24);
    let of = |name: &str| tensors.iter().find(|tensor| tensor.0 == name).unwrap();
    let kinds = ["encoder.positional_embedding", "encoder.conv1.weight", "decoder.ln.bias"];
    assert_eq!(kinds.map(|name| of(name).2), [0, 1, 0]);
    assert_eq!(of("encoder.conv1.bias").1, [1, WIDTH]);
    assert_eq!(of("decoder.token_embedding.weight").1, [WIDTH, 5]);

    // The value is the last third of the joined matrix: its first block starts at number 2 × 1024.
    let (_, shape, kind, bytes) = of("decoder.blocks.0.attn.value.weight");
    assert_eq!((shape.as_slice(), *kind), ([WIDTH, WIDTH].as_slice(), 8));
    let block: Vec<u32> = (2048..2080).map(|n| n % 251).collect();
    let scale = *block.iter().max().unwrap() as f32 / 127.0;
    assert_eq!(bytes[..2], f16::from_f32(scale).to_le_bytes());
    assert_eq!(bytes[2], (block[0] as f32 / scale).round() as u8);
    assert_eq!(bytes[33], 127);
}

#[test]
fn a_key_with_a_bias_is_refused_rather_than_lost() {
    let mut file = model_bin();
    let name = b"encoder/layer_0/self_attention/linear_0/bias\0";
    let place = file.windows(name.len()).position(|window| window == name).unwrap() + name.len();
    // Rank, one dimension, kind, byte count; then the middle third.
    file[place + 1 + 4 + 1 + 4 + 2 * 32 + 1] = 1;
    let error = converted(&file).unwrap_err();
    assert!(
        matches!(&error, ConvertError::NotZero(name) if name.ends_with("linear_0/bias")),
        "{error}"
    );
}

#[test]
fn the_filters_are_slaney_s() {
    let filters = mel_filters(80);
    assert_eq!(filters.len(), 80 * 201);
    // As published in Whisper's mel_filters.npz: first band, second bin, and the last band's peak.
    assert!((filters[1] - 0.024_862_594).abs() < 1e-8, "{}", filters[1]);
    assert!(filters.iter().all(|&weight| (0.0..0.03).contains(&weight)));
    assert_eq!(filters[79 * 201 + 200], 0.0);
    for band in filters.chunks(201) {
        assert!(band.iter().sum::<f32>() > 0.0);
    }
}

/// A build that rounds otherwise would write a model that its own checksum refuses.
#[test]
fn the_filters_are_the_same_bits_in_every_build() {
    let bytes: Vec<u8> = mel_filters(80).iter().flat_map(|height| height.to_le_bytes()).collect();
    assert_eq!(Sha256::digest(bytes)[..4], [136, 223, 53, 230]);
}

#[test]
fn a_vocabulary_that_is_none_is_refused() {
    for wrong in
        ["", "{}", "[1]", r#"["a"]"#, r#"["a b", "<|endoftext|>"]"#, r#"["中", "<|endoftext|>"]"#]
    {
        assert!(matches!(tokens(wrong), Err(ConvertError::Vocabulary(_))), "{wrong}");
    }
}

#[test]
fn every_beginning_of_the_file_is_refused() {
    let file = model_bin();
    for length in (0..file.len()).step_by(7) {
        assert!(converted(&file[..length]).is_err(), "{length} bytes of {}", file.len());
    }
}

proptest! {
    /// Damage may go unnoticed in the numbers, but never panics and never asks for more memory
    /// than the file has.
    #[test]
    fn damage_never_panics(place in 0..40_000_usize, bytes in prop::collection::vec(any::<u8>(), 1..9)) {
        let mut file = model_bin();
        let place = place % (file.len() - bytes.len());
        file[place..place + bytes.len()].copy_from_slice(&bytes);
        if let Ok(out) = converted(&file) {
            prop_assert!(out.len() < 4 * file.len());
        }
    }

    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(converted(&noise).is_err());
    }
}
