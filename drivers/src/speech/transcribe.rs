//! A sound file to words: what `omzien transcribe` prints. No microphone, no inbox.

use std::path::{Path, PathBuf};
use std::time::Instant;

use omzien_core::Phrases;
use serde::Serialize;

use super::SpeechError;
use super::chain::Chain;
use super::halves;
use super::recogniser::Transcript;
use super::turns::{Ears, Turn};
use crate::sound::{RATE_HZ, wav};

/// One line of `omzien transcribe`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transcription {
    pub file: PathBuf,
    /// What passed the gate; empty if nothing did, or nobody spoke.
    pub text: String,
    /// What the model wrote, before the gate.
    pub free_text: String,
    /// Length of the recording, seconds.
    pub audio_s: f64,
    /// How long it took, seconds.
    pub wall_s: f64,
}

/// Reads a wav file (any rate, channels and sample form, up to ten minutes), finds the turns in
/// it as the microphone's ears do, and puts their words behind each other.
pub fn transcribe_file(
    file: &Path,
    chain: &mut Chain,
    phrases: &Phrases,
) -> Result<Transcription, SpeechError> {
    let start = Instant::now();
    let pcm = wav::read_for_ears(file)?;
    let understood = halves::understand_all(chain, &turns(&pcm.samples), phrases)?;
    let heard: Vec<Transcript> = understood.into_iter().filter_map(|it| it.transcript).collect();
    Ok(Transcription {
        file: file.to_path_buf(),
        text: join(heard.iter().map(|transcript| &transcript.text)),
        free_text: join(heard.iter().map(|transcript| &transcript.free_text)),
        audio_s: pcm.duration().as_secs_f64(),
        wall_s: start.elapsed().as_secs_f64(),
    })
}

/// A second of silence before and after stands for the room that a file was cut out of.
fn turns(samples: &[f32]) -> Vec<Turn> {
    let room = vec![0.0; RATE_HZ as usize];
    let mut ears = Ears::default();
    [&room, samples, &room].into_iter().flat_map(|part| ears.push(part)).collect()
}

fn join<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    let texts: Vec<&str> = texts.map(String::as_str).filter(|text| !text.is_empty()).collect();
    texts.join(" ")
}
