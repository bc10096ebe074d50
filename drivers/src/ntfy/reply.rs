//! What a button says when it is pressed: a short signed line, and how it is read again.
//!
//! Anybody may come to know the reply topic, so a line counts only with the tag that this home
//! alone can make. It never says anything beyond incident, person and tap: no name, no address,
//! nothing about health. That the same line can be sent twice is the core's to bear.

use hmac::{Hmac, Mac};
use omzien_core::incident::{Acknowledgement, IncidentId};
use omzien_core::names::NAME_BYTES_MAX;
use omzien_core::{ContactId, EffectId, Tap};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::Secret;

/// Longer than the longest line we make (incident 20, name 64 escaped to 384, tap, tag 64 and
/// the keys).
pub const REPLY_BYTES_MAX: usize = 640;

/// Signs and reads the lines of one home.
#[derive(Clone)]
pub struct Signer(Hmac<Sha256>);

/// Why a line is not an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("longer than any answer")]
    TooLong,
    #[error("not in the form of an answer")]
    Garbled,
    #[error("not signed by this home")]
    Forged,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    incident: u64,
    contact: String,
    tap: Tap,
    /// HMAC-SHA256 in hexadecimal.
    tag: String,
}

impl Signer {
    pub fn new(key: &Secret) -> Self {
        // Invariant: HMAC takes a key of any length.
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mac = Hmac::new_from_slice(key.reveal().as_bytes()).expect("any length");
        Self(mac)
    }

    /// The line that a button posts.
    pub fn line(&self, incident: IncidentId, contact: &ContactId, tap: Tap) -> String {
        let contact = contact.as_str().to_owned();
        let tag = hex(&self.mac(incident.0, &contact, tap).finalize().into_bytes());
        let line = Line { incident: incident.0, contact, tap, tag };
        // Invariant: a struct of a number, two texts and a unit variant has a JSON form.
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// What a line says, if this home made it.
    pub fn read(&self, line: &str) -> Result<Acknowledgement, Refused> {
        if line.len() > REPLY_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        let line: Line = serde_json::from_str(line).map_err(|_| Refused::Garbled)?;
        let tag = unhex(&line.tag).ok_or(Refused::Garbled)?;
        if line.contact.is_empty() || line.contact.len() > NAME_BYTES_MAX {
            return Err(Refused::Garbled);
        }
        // `verify_slice` takes the same time wherever the first wrong byte is.
        self.mac(line.incident, &line.contact, line.tap)
            .verify_slice(&tag)
            .map_err(|_| Refused::Forged)?;
        Ok(Acknowledgement {
            incident: IncidentId(line.incident),
            contact: ContactId::new(line.contact),
            tap: line.tap,
            at: None,
            finding: None,
        })
    }

    /// A reply topic that nobody can guess.
    pub fn topic(&self) -> String {
        format!("omzien-{}", &self.digest("topic", "")[..32])
    }

    /// The name of a message on the receiver's phone: an attempt of the same effect replaces the
    /// one before, another home's message never does.
    pub fn sequence(&self, id: EffectId) -> String {
        self.digest("sequence", &id.to_string())[..32].to_owned()
    }

    /// The name comes last, so that no two answers have the same text under the tag.
    fn mac(&self, incident: u64, contact: &str, tap: Tap) -> Hmac<Sha256> {
        self.over("reply 1", &format!("{incident}\0{}\0{contact}", word(tap)))
    }

    fn digest(&self, purpose: &str, text: &str) -> String {
        hex(&self.over(purpose, text).finalize().into_bytes())
    }

    /// One key serves several purposes; the purpose is under the tag.
    fn over(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(purpose).chain_update([0]).chain_update(text)
    }
}

fn word(tap: Tap) -> &'static str {
    match tap {
        Tap::Go => "go",
        Tap::Phone => "phone",
        Tap::Cannot => "cannot",
        Tap::There => "there",
        Tap::Done => "done",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |byte: u8| char::from(byte).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TAPS: [Tap; 5] = [Tap::Go, Tap::Phone, Tap::Cannot, Tap::There, Tap::Done];

    fn signer(key: &str) -> Signer {
        Signer::new(&Secret::new(key))
    }

    /// A published line of a published key: the form on the wire does not change unnoticed,
    /// because buttons already on a phone must still answer after an update.
    #[test]
    fn the_line_is_as_it_was() {
        let line =
            signer("0123456789abcdef0123456789abcdef").line(IncidentId(7), &"anna".into(), Tap::Go);
        assert_eq!(line, include_str!("reply_example.json").trim_end());
    }

    proptest! {
        #[test]
        fn what_was_signed_is_read(incident: u64, contact in "[^\\x00-\\x1f]{1,16}", tap in 0..5usize) {
            let line = signer("key").line(IncidentId(incident), &contact.as_str().into(), TAPS[tap]);
            prop_assert!(line.len() <= REPLY_BYTES_MAX);
            let read = signer("key").read(&line).unwrap();
            prop_assert_eq!(read.incident, IncidentId(incident));
            prop_assert_eq!(read.contact.as_str(), contact);
            prop_assert_eq!(read.tap, TAPS[tap]);
            prop_assert_eq!(signer("another key").read(&line), Err(Refused::Forged));
        }

        /// Whatever one byte is changed into, the answer is refused or the same.
        #[test]
        fn a_changed_byte_never_makes_another_answer(place in 0..200usize, byte: u8) {
            let signer = signer("key");
            let line = signer.line(IncidentId(7), &"anna".into(), Tap::Cannot);
            let meant = signer.read(&line).unwrap();
            let mut bytes = line.into_bytes();
            let place = place % bytes.len();
            bytes[place] = byte;
            if let Ok(changed) = String::from_utf8(bytes)
                && let Ok(read) = signer.read(&changed)
            {
                prop_assert_eq!(read, meant);
            }
        }

        #[test]
        fn nothing_makes_it_panic(line in "\\PC*") {
            prop_assert!(signer("key").read(&line).is_err());
        }

        #[test]
        fn nothing_in_its_form_makes_it_panic(
            incident in "-?[0-9]{1,25}", contact in "\\PC{0,80}", tap in "go|phone|\\PC{0,8}",
            tag in "[0-9a-fA-F]{0,70}|\\PC{0,8}",
        ) {
            let line = format!(
                r#"{{"incident":{incident},"contact":"{contact}","tap":"{tap}","tag":"{tag}"}}"#
            );
            prop_assert!(signer("key").read(&line).is_err());
        }
    }

    #[test]
    fn what_is_longer_is_not_even_parsed() {
        let line = " ".repeat(REPLY_BYTES_MAX + 1);
        assert_eq!(signer("key").read(&line), Err(Refused::TooLong));
    }
}
