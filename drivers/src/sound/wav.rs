//! Sound files to samples and back: any rate, any number of channels, whole numbers or floats.
//! A file that says one thing and holds another is an error, never a guess. It writes what it is
//! given where it is told to: that a home keeps no sound is its callers' to keep.

use std::fs::File;
use std::io::{BufWriter, Cursor, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::resample::resample;
use super::{Pcm, RATE_HZ, SoundError};

/// Longer recordings are refused: ten minutes are 38 MB in memory.
pub const DURATION_MAX_S: u32 = 600;
/// What speech needs at least, and what no sound card exceeds.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=192_000;
const CHANNELS_MAX: u16 = 16;

/// Reads a file and makes it what the ears take: mono, [`RATE_HZ`].
pub fn read_for_ears(path: &Path) -> Result<Pcm, SoundError> {
    let pcm = read(path)?;
    Ok(Pcm { samples: resample(&pcm.samples, pcm.rate_hz, RATE_HZ), rate_hz: RATE_HZ })
}

/// Reads a file and mixes its channels into one, at its own rate.
pub fn read(path: &Path) -> Result<Pcm, SoundError> {
    let fail = |why: String| SoundError::File { file: path.display().to_string(), why };
    let file = File::open(path).map_err(|error| fail(error.to_string()))?;
    parse(std::io::BufReader::new(file)).map_err(fail)
}

/// The same from bytes in memory, as a voice program delivers them: its header cannot know the
/// length of what is still being spoken, so the length is taken from the bytes.
pub fn parse_streamed(mut bytes: Vec<u8>) -> Result<Pcm, String> {
    let data = bytes.windows(4).position(|four| four == b"data").ok_or("no sound in it")?;
    let (riff_length, data_length) =
        (bytes.len().saturating_sub(8), bytes.len().saturating_sub(data + 8));
    for (place, length) in [(4, riff_length), (data + 4, data_length & !1)] {
        let length = u32::try_from(length).map_err(|_| "more than 4 GB")?;
        let field = bytes.get_mut(place..place + 4).ok_or("the header is cut off")?;
        field.copy_from_slice(&length.to_le_bytes());
    }
    parse(Cursor::new(bytes))
}

/// Writes 16-bit mono; a file that is there already is replaced.
pub fn write(path: &Path, pcm: &Pcm) -> Result<(), SoundError> {
    let file = File::create(path);
    put(path, file, pcm)
}

/// The same into a new file that its owner alone can read: for somebody's voice.
///
/// # Errors
/// There is a file already, which stays as it is; or the disk does not take it.
pub fn write_private(path: &Path, pcm: &Pcm) -> Result<(), SoundError> {
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    put(path, file, pcm)
}

fn put(path: &Path, file: std::io::Result<File>, pcm: &Pcm) -> Result<(), SoundError> {
    let put = || encode(BufWriter::new(file?), pcm);
    put().map_err(|error| SoundError::File {
        file: path.display().to_string(),
        why: match error {
            hound::Error::IoError(error) => error.to_string(),
            other => other.to_string(),
        },
    })
}

fn encode(to: impl Write + Seek, pcm: &Pcm) -> Result<(), hound::Error> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: pcm.rate_hz,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::new(to, spec)?;
    for sample in &pcm.samples {
        // A float becomes the nearest whole number within range; `as` saturates.
        writer.write_sample((sample * 32_767.0).round() as i16)?;
    }
    writer.finalize()
}

fn parse(bytes: impl Read) -> Result<Pcm, String> {
    let mut reader = WavReader::new(bytes).map_err(|error| match error {
        hound::Error::IoError(_) => "the file ends within its header".to_owned(),
        hound::Error::FormatError(_)
        | hound::Error::TooWide
        | hound::Error::UnfinishedSample
        | hound::Error::Unsupported
        | hound::Error::InvalidSampleFormat => format!("not a wav file that can be read: {error}"),
    })?;
    let spec = reader.spec();
    if !RATES_HZ.contains(&spec.sample_rate) {
        return Err(format!("{} samples a second cannot be speech", spec.sample_rate));
    }
    if spec.channels == 0 || spec.channels > CHANNELS_MAX {
        return Err(format!("{} channels; 1 to {CHANNELS_MAX} can be read", spec.channels));
    }
    if reader.duration() / spec.sample_rate > DURATION_MAX_S {
        return Err(format!("longer than {} minutes", DURATION_MAX_S / 60));
    }
    let samples: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let full = 2_f32.powi(i32::from(spec.bits_per_sample) - 1);
            reader.samples::<i32>().map(|sample| Ok(sample? as f32 / full)).collect()
        }
    };
    let samples = samples.map_err(|_| "the file is shorter than its header says".to_owned())?;
    let channels = usize::from(spec.channels);
    let mono = samples
        .chunks_exact(channels)
        .map(|frame| frame.iter().sum::<f32>() / channels as f32)
        // Not a number, or louder than full: a broken file must not become a broken filter.
        .map(|sample| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 })
        .collect();
    Ok(Pcm { samples: mono, rate_hz: spec.sample_rate })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(channels: u16, sample_rate: u32, bits: u16, sample_format: SampleFormat) -> WavSpec {
        WavSpec { channels, sample_rate, bits_per_sample: bits, sample_format }
    }

    /// A tone at half loudness in every channel.
    fn wav(spec: WavSpec, seconds: f32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        for n in 0..(spec.sample_rate as f32 * seconds) as u32 {
            let angle = n as f32 * 440.0 * std::f32::consts::TAU / spec.sample_rate as f32;
            for _ in 0..spec.channels {
                match spec.sample_format {
                    SampleFormat::Float => writer.write_sample(angle.sin() / 2.0).unwrap(),
                    SampleFormat::Int => {
                        let full = 2_f32.powi(i32::from(spec.bits_per_sample) - 1);
                        writer.write_sample((angle.sin() / 2.0 * full) as i32).unwrap();
                    }
                }
            }
        }
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    fn saved(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn every_form_becomes_the_same_sound() {
        for spec in [
            spec(1, 16_000, 16, SampleFormat::Int),
            spec(2, 48_000, 16, SampleFormat::Int),
            spec(1, 8_000, 8, SampleFormat::Int),
            spec(6, 44_100, 24, SampleFormat::Int),
            spec(2, 96_000, 32, SampleFormat::Int),
            spec(1, 22_050, 32, SampleFormat::Float),
        ] {
            let pcm = read_for_ears(saved(&wav(spec, 0.5)).path()).unwrap();
            assert_eq!(pcm.rate_hz, RATE_HZ);
            assert!(pcm.samples.len().abs_diff(8_000) <= 2, "{spec:?}: {}", pcm.samples.len());
            let expected = 0.5 / 2_f32.sqrt();
            assert!((pcm.loudness() - expected).abs() < 0.01, "{spec:?}: {}", pcm.loudness());
        }
    }

    #[test]
    fn an_empty_recording_is_no_error() {
        let pcm = parse(Cursor::new(wav(spec(1, 16_000, 16, SampleFormat::Int), 0.0))).unwrap();
        assert!(pcm.samples.is_empty());
    }

    #[test]
    fn damage_is_named() {
        let whole = wav(spec(1, 16_000, 16, SampleFormat::Int), 0.1);
        for (bytes, why) in [
            (&[][..], "within its header"),
            (&whole[..20], "within its header"),
            (&whole[..1_000], "shorter than its header says"),
            (&b"this is no sound at all, but a line of text."[..], "not a wav file"),
        ] {
            let error = read(saved(bytes).path()).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        let error = read(Path::new("/nowhere/at/all.wav")).unwrap_err().to_string();
        assert!(error.contains("/nowhere/at/all.wav: No such file"), "{error}");
    }

    #[test]
    fn odd_rates_and_lengths_are_refused() {
        let slow = wav(spec(1, 100, 16, SampleFormat::Int), 1.0);
        assert!(parse(Cursor::new(slow)).unwrap_err().contains("cannot be speech"));
        let long = wav(spec(1, 4_000, 8, SampleFormat::Int), 602.0);
        assert!(parse(Cursor::new(long)).unwrap_err().contains("longer than 10 minutes"));
    }

    #[test]
    fn a_stream_is_as_long_as_its_bytes() {
        let mut bytes = wav(spec(1, 22_050, 16, SampleFormat::Int), 0.1);
        bytes[4..8].copy_from_slice(&0x7fff_f024_u32.to_le_bytes());
        bytes[40..44].copy_from_slice(&0x7fff_f000_u32.to_le_bytes());
        assert_eq!(parse_streamed(bytes).unwrap().samples.len(), 2_205);
        assert!(parse_streamed(Vec::new()).is_err());
        assert!(parse_streamed(b"data".to_vec()).is_err());
    }

    #[test]
    fn a_voice_is_for_its_owner_alone_and_replaces_nothing() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (file, pcm) =
            (folder.path().join("voice.wav"), Pcm { samples: vec![0.5], rate_hz: 8_000 });
        write_private(&file, &pcm).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let other = Pcm { samples: vec![], ..pcm };
        let error = write_private(&file, &other).unwrap_err().to_string();
        assert!(error.contains("voice.wav: File exists"), "{error}");
        assert_eq!(read(&file).unwrap().samples.len(), 1);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let pcm = Pcm { samples: vec![0.0, 0.5, -0.5, 1.0, -1.0], rate_hz: 22_050 };
        write(file.path(), &pcm).unwrap();
        let back = read(file.path()).unwrap();
        assert_eq!(back.rate_hz, 22_050);
        for (one, other) in back.samples.iter().zip(&pcm.samples) {
            assert!((one - other).abs() < 0.0001);
        }
    }
}
