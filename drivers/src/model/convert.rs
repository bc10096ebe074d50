//! Whisper in CTranslate2's layout → Whisper in ggml's: which tensor becomes which, the mel
//! filters, the tokens. It streams: no tensor is ever whole in memory.

use std::io::{Read, Seek, Write};
use std::ops::Range;

use super::ctranslate2::{ConvertError, Tensor, Weights};
use super::ggml::{self, BLOCK, Encoding, Sizes};

/// Whisper large has 32 layers a side.
const LAYERS_MAX: u32 = 64;
/// The filters are for 80 bands, 128 in large-v3.
const BANDS_MAX: u32 = 128;
/// Whisper's window: 400 samples at 16 kHz, hence 201 bins of 40 Hz.
const BINS: u32 = 201;
const BIN_HZ: f64 = 40.0;
const HIGHEST_HZ: f64 = 8000.0;

/// What a tensor is called here and there, and which of its equal slices of rows it is.
struct Row(&'static str, &'static str, Slice);

/// Index and count.
struct Slice(u32, u32);

const ALL: Slice = Slice(0, 1);

const SELF_ATTENTION: &[Row] = &[
    Row("self_attention/linear_0/weight", "attn.query.weight", Slice(0, 3)),
    Row("self_attention/linear_0/bias", "attn.query.bias", Slice(0, 3)),
    Row("self_attention/linear_0/weight", "attn.key.weight", Slice(1, 3)),
    Row("self_attention/linear_0/weight", "attn.value.weight", Slice(2, 3)),
    Row("self_attention/linear_0/bias", "attn.value.bias", Slice(2, 3)),
    Row("self_attention/linear_1/weight", "attn.out.weight", ALL),
    Row("self_attention/linear_1/bias", "attn.out.bias", ALL),
    Row("self_attention/layer_norm/gamma", "attn_ln.weight", ALL),
    Row("self_attention/layer_norm/beta", "attn_ln.bias", ALL),
];

const CROSS_ATTENTION: &[Row] = &[
    Row("attention/linear_0/weight", "cross_attn.query.weight", ALL),
    Row("attention/linear_0/bias", "cross_attn.query.bias", ALL),
    Row("attention/linear_1/weight", "cross_attn.key.weight", Slice(0, 2)),
    Row("attention/linear_1/weight", "cross_attn.value.weight", Slice(1, 2)),
    Row("attention/linear_1/bias", "cross_attn.value.bias", Slice(1, 2)),
    Row("attention/linear_2/weight", "cross_attn.out.weight", ALL),
    Row("attention/linear_2/bias", "cross_attn.out.bias", ALL),
    Row("attention/layer_norm/gamma", "cross_attn_ln.weight", ALL),
    Row("attention/layer_norm/beta", "cross_attn_ln.bias", ALL),
];

const PERCEPTRON: &[Row] = &[
    Row("ffn/linear_0/weight", "mlp.0.weight", ALL),
    Row("ffn/linear_0/bias", "mlp.0.bias", ALL),
    Row("ffn/linear_1/weight", "mlp.2.weight", ALL),
    Row("ffn/linear_1/bias", "mlp.2.bias", ALL),
    Row("ffn/layer_norm/gamma", "mlp_ln.weight", ALL),
    Row("ffn/layer_norm/beta", "mlp_ln.bias", ALL),
];

const CLOSING: &[Row] = &[
    Row("encoder/conv1/weight", "encoder.conv1.weight", ALL),
    Row("encoder/conv1/bias", "encoder.conv1.bias", ALL),
    Row("encoder/conv2/weight", "encoder.conv2.weight", ALL),
    Row("encoder/conv2/bias", "encoder.conv2.bias", ALL),
    Row("encoder/layer_norm/gamma", "encoder.ln_post.weight", ALL),
    Row("encoder/layer_norm/beta", "encoder.ln_post.bias", ALL),
    Row("decoder/layer_norm/gamma", "decoder.ln.weight", ALL),
    Row("decoder/layer_norm/beta", "decoder.ln.bias", ALL),
    Row("decoder/embeddings/weight", "decoder.token_embedding.weight", ALL),
];

/// The encoder listens, the decoder writes; each is a stack of layers.
struct Side {
    name: &'static str,
    layer: &'static [&'static [Row]],
    /// Keys have no bias in ggml, so CTranslate2's must be zero.
    zeros: &'static [(&'static str, Slice)],
}

const SIDES: [Side; 2] = [
    Side {
        name: "encoder",
        layer: &[SELF_ATTENTION, PERCEPTRON],
        zeros: &[("self_attention/linear_0/bias", Slice(1, 3))],
    },
    Side {
        name: "decoder",
        layer: &[SELF_ATTENTION, CROSS_ATTENTION, PERCEPTRON],
        zeros: &[
            ("self_attention/linear_0/bias", Slice(1, 3)),
            ("attention/linear_1/bias", Slice(0, 2)),
        ],
    },
];

/// Converts. `vocabulary` is the JSON list of tokens that lies beside the weights.
pub(super) fn to_ggml(
    weights: impl Read + Seek,
    vocabulary: &str,
    out: &mut impl Write,
) -> Result<(), ConvertError> {
    let mut weights = Weights::open(weights)?;
    let sizes = sizes(&mut weights)?;
    ggml::head(out, &sizes)?;
    ggml::filters(out, sizes.mels, &mel_filters(sizes.mels))?;
    ggml::tokens(out, &tokens(vocabulary)?)?;
    let mut copy = Copy { weights, out };
    for (side, layers) in SIDES.iter().zip([sizes.audio_layers, sizes.text_layers]) {
        copy.side(side, layers)?;
    }
    CLOSING.iter().try_for_each(|Row(from, to, slice)| copy.tensor(from, to, slice))
}

fn sizes<R: Read + Seek>(weights: &mut Weights<R>) -> Result<Sizes, ConvertError> {
    let [vocabulary, text_width] = weights.matrix("decoder/embeddings/weight")?;
    let [audio_context, audio_width] = weights.matrix("encoder/position_encodings/encodings")?;
    let [text_context, _] = weights.matrix("decoder/position_encodings/encodings")?;
    let first = "encoder/conv1/weight";
    let [_, mels @ 1..=BANDS_MAX, _] = weights.tensor(first)?.shape[..] else {
        return Err(ConvertError::Shape(first.to_owned()));
    };
    let layers = |weights: &Weights<R>, side| {
        (0..LAYERS_MAX)
            .take_while(|layer| {
                weights.has(&format!("{side}/layer_{layer}/self_attention/linear_0/weight"))
            })
            .count() as u32
    };
    Ok(Sizes {
        vocabulary,
        audio_context,
        audio_width,
        audio_heads: weights.number("encoder/num_heads")?,
        audio_layers: layers(weights, "encoder"),
        text_context,
        text_width,
        text_heads: weights.number("decoder/num_heads")?,
        text_layers: layers(weights, "decoder"),
        mels,
    })
}

struct Copy<'a, R, W> {
    weights: Weights<R>,
    out: &'a mut W,
}

impl<R: Read + Seek, W: Write> Copy<'_, R, W> {
    fn side(&mut self, side: &Side, layers: u32) -> Result<(), ConvertError> {
        let name = side.name;
        let positions = format!("{name}/position_encodings/encodings");
        self.tensor(&positions, &format!("{name}.positional_embedding"), &ALL)?;
        for layer in 0..layers {
            let from = |variable| format!("{name}/layer_{layer}/{variable}");
            for (variable, slice) in side.zeros {
                self.must_be_zero(&from(variable), slice)?;
            }
            for Row(variable, to, slice) in side.layer.iter().copied().flatten() {
                let to = format!("{name}.blocks.{layer}.{to}");
                self.tensor(&from(variable), &to, slice)?;
            }
        }
        Ok(())
    }

    fn tensor(&mut self, from: &str, to: &str, slice: &Slice) -> Result<(), ConvertError> {
        let tensor = self.weights.tensor(from)?;
        let (mut shape, range) = slice.of(from, &tensor)?;
        if to.starts_with("encoder.conv") && to.ends_with(".bias") {
            // ggml adds it to every column of the convolution's output.
            shape.push(1);
        }
        let encoding = encoding(to, &shape);
        ggml::tensor(self.out, to, &shape, encoding)?;
        let out = &mut *self.out;
        self.weights.read(&tensor, range, |numbers| Ok(ggml::numbers(out, encoding, numbers)?))
    }

    fn must_be_zero(&mut self, name: &str, slice: &Slice) -> Result<(), ConvertError> {
        let tensor = self.weights.tensor(name)?;
        let (_, range) = slice.of(name, &tensor)?;
        self.weights.read(&tensor, range, |numbers| match numbers.iter().all(|&n| n == 0.0) {
            true => Ok(()),
            false => Err(ConvertError::NotZero(name.to_owned())),
        })
    }
}

impl Slice {
    /// The slice's shape, and its range of numbers.
    fn of(&self, name: &str, tensor: &Tensor) -> Result<(Vec<u32>, Range<u64>), ConvertError> {
        let Self(index, count) = *self;
        let mut shape = tensor.shape.clone();
        match shape.first_mut() {
            Some(rows) if *rows % count == 0 => *rows /= count,
            _ => return Err(ConvertError::Shape(name.to_owned())),
        }
        let numbers = tensor.numbers() / u64::from(count);
        let start = numbers * u64::from(index);
        Ok((shape, start..start + numbers))
    }
}

/// Matrices are quantised; whisper.cpp wants vectors and positions as f32, convolutions as f16.
fn encoding(name: &str, shape: &[u32]) -> Encoding {
    let columns = shape.last().copied().unwrap_or(0) as usize;
    match shape.len() {
        0 | 1 => Encoding::F32,
        2 if name.ends_with(".positional_embedding") || columns == 1 => Encoding::F32,
        2 if columns.is_multiple_of(BLOCK) => Encoding::Q8,
        _ => Encoding::F16,
    }
}

/// The plain tokens, as bytes: all before the first special one. whisper.cpp makes up the rest.
fn tokens(vocabulary: &str) -> Result<Vec<Vec<u8>>, ConvertError> {
    let wrong = |what: &str| ConvertError::Vocabulary(what.to_owned());
    let tokens: Vec<String> =
        serde_json::from_str(vocabulary).map_err(|error| wrong(&error.to_string()))?;
    let end = tokens.iter().position(|token| token == "<|endoftext|>");
    let plain = &tokens[..end.ok_or_else(|| wrong("it has no <|endoftext|>"))?];
    plain.iter().map(|token| bytes(token).ok_or_else(|| wrong(token))).collect()
}

/// A token is written as one printable character a byte. Those bytes that print in Latin-1 stand
/// for themselves; the others follow in order from U+0100 (Radford et al. 2019, GPT-2's tokens).
fn bytes(token: &str) -> Option<Vec<u8>> {
    let prints = |byte: &u8| matches!(byte, 33..=126 | 161..=172 | 174..=255);
    let hidden: Vec<u8> = (0..=u8::MAX).filter(|byte| !prints(byte)).collect();
    token
        .chars()
        .map(|character| match u8::try_from(character) {
            Ok(byte) if prints(&byte) => Some(byte),
            Ok(_) => None,
            Err(_) => hidden.get((u32::from(character) - 0x100) as usize).copied(),
        })
        .collect()
}

/// Triangular filters, evenly spaced on Slaney's mel scale (linear to 1 kHz, logarithmic above)
/// and of equal area: Slaney, Auditory Toolbox, 1998. Whisper was trained with exactly these.
fn mel_filters(bands: u32) -> Vec<f32> {
    let step = libm::log(6.4) / 27.0;
    let hertz = |mel: f64| {
        if mel >= 15.0 { 1000.0 * libm::exp(step * (mel - 15.0)) } else { mel * 200.0 / 3.0 }
    };
    let highest_mel = 15.0 + libm::log(HIGHEST_HZ / 1000.0) / step;
    let corners: Vec<f64> = (0..bands + 2)
        .map(|corner| hertz(highest_mel / f64::from(bands + 1) * f64::from(corner)))
        // The last corner is a bin; a rounding error above it would leave that bin 1e-17, not 0.
        .map(|corner| corner.min(HIGHEST_HZ))
        .collect();
    let filter = |corner: &[f64]| {
        let (low, peak, high) = (corner[0], corner[1], corner[2]);
        (0..BINS).map(move |bin| {
            let frequency = f64::from(bin) * BIN_HZ;
            let rising = (frequency - low) / (peak - low);
            let falling = (high - frequency) / (high - peak);
            let height = if rising < falling { rising } else { falling };
            if height > 0.0 { (height * (2.0 / (high - low))) as f32 } else { 0.0 }
        })
    };
    corners.windows(3).flat_map(filter).collect()
}

#[cfg(test)]
mod tests;
