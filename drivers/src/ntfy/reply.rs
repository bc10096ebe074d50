//! What a button says when it is pressed: a short signed line, and how it is read again.
//!
//! `1 7 go 5f3c…e2 anna`: the form's version, incident, answer, tag, person. It is plain and short
//! because ntfy packs a message twice into what it hands to a phone's push service, escapes
//! buttons on the way, and cuts the text of the message where that passes 4,000 bytes.
//!
//! Anybody may come to know the reply topic, so a line counts only with the tag that this home
//! alone can make. It never says anything beyond incident, person and answer: no name, no address,
//! nothing about health. That the same line can be sent twice is the core's to bear.

use hmac::{Hmac, Mac};
use omzien_core::incident::{Acknowledgement, IncidentId};
use omzien_core::names::NAME_BYTES_MAX;
use omzien_core::{ContactId, EffectId, Tap};
use sha2::Sha256;

use crate::Secret;

/// Longer than the longest line we make: version 1, incident 20, answer 6, tag 32, person 64,
/// spaces 4.
pub const REPLY_BYTES_MAX: usize = 128;

const VERSION: &str = "1";
/// HMAC-SHA256 cut to its first half, as RFC 4868 does: 128 bits.
const TAG_BYTES: usize = 16;

/// The answers as a line spells them. Buttons already on a phone keep saying what they say.
const WORDS: [(Tap, &str); 5] = [
    (Tap::Go, "go"),
    (Tap::Phone, "phone"),
    (Tap::Cannot, "cannot"),
    (Tap::There, "there"),
    (Tap::Done, "done"),
];

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

impl Signer {
    pub fn new(key: &Secret) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mac = Hmac::new_from_slice(key.reveal().as_bytes()).expect("any length");
        Self(mac)
    }

    /// The line that a button posts.
    pub fn line(&self, incident: IncidentId, contact: &ContactId, tap: Tap) -> String {
        let (incident, word) = (incident.to_string(), word(tap));
        let tag = hex(&self.mac(&incident, word, contact.as_str()).finalize().into_bytes());
        format!("{VERSION} {incident} {word} {} {contact}", &tag[..2 * TAG_BYTES])
    }

    /// What a line says, if this home made it.
    pub fn read(&self, line: &str) -> Result<Acknowledgement, Refused> {
        if line.len() > REPLY_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        let parts: Vec<&str> = line.splitn(5, ' ').collect();
        let [VERSION, incident, word, tag, contact] = parts[..] else {
            return Err(Refused::Garbled);
        };
        let number = incident.parse().map_err(|_| Refused::Garbled)?;
        let tap = tap(word).ok_or(Refused::Garbled)?;
        let tag = unhex(tag).filter(|tag| tag.len() == TAG_BYTES).ok_or(Refused::Garbled)?;
        if contact.is_empty() || contact.len() > NAME_BYTES_MAX {
            return Err(Refused::Garbled);
        }
        // Takes the same time wherever the first wrong byte is. The texts are under the tag as
        // they stand in the line, so "07" for 7 is a forgery too.
        self.mac(incident, word, contact)
            .verify_truncated_left(&tag)
            .map_err(|_| Refused::Forged)?;
        Ok(Acknowledgement {
            incident: IncidentId(number),
            contact: ContactId::new(contact),
            tap,
            at: None,
            finding: None,
        })
    }

    /// A reply topic that nobody can guess.
    pub fn topic(&self) -> String {
        format!("omzien-{}", self.digest("topic", ""))
    }

    /// The name of a message on the receiver's phone: an attempt of the same effect replaces the
    /// one before, another home's message never does.
    pub fn sequence(&self, id: EffectId) -> String {
        self.digest("sequence", &id.to_string())
    }

    /// Neither a number nor an answer holds a space, so no two lines have the same text under
    /// the tag.
    fn mac(&self, incident: &str, word: &str, contact: &str) -> Hmac<Sha256> {
        self.over("reply 1", &format!("{incident} {word} {contact}"))
    }

    fn digest(&self, purpose: &str, text: &str) -> String {
        let whole = hex(&self.over(purpose, text).finalize().into_bytes());
        whole[..2 * TAG_BYTES].to_owned()
    }

    /// One key serves several purposes; the purpose is under the tag.
    fn over(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(purpose).chain_update([0]).chain_update(text)
    }
}

fn word(tap: Tap) -> &'static str {
    match tap {
        Tap::Go => WORDS[0].1,
        Tap::Phone => WORDS[1].1,
        Tap::Cannot => WORDS[2].1,
        Tap::There => WORDS[3].1,
        Tap::Done => WORDS[4].1,
    }
}

fn tap(word: &str) -> Option<Tap> {
    WORDS.iter().find(|(_, of)| *of == word).map(|(tap, _)| *tap)
}

/// What the button with this line would answer, for a look at it without the key.
pub fn says(line: &str) -> Option<Tap> {
    line.split(' ').nth(2).and_then(tap)
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

    fn signer(key: &str) -> Signer {
        Signer::new(&Secret::new(key))
    }

    /// A published line of a published key: the form on the wire does not change unnoticed,
    /// because buttons already on a phone must still answer after an update.
    #[test]
    fn the_line_is_as_it_was() {
        let line =
            signer("0123456789abcdef0123456789abcdef").line(IncidentId(7), &"anna".into(), Tap::Go);
        assert_eq!(line, "1 7 go 408140767d30ee4aa3be82264bc0434e anna");
        assert_eq!(says(&line), Some(Tap::Go));
    }

    #[test]
    fn every_answer_has_one_word() {
        for (meant, word_of_it) in WORDS {
            assert_eq!((word(meant), tap(word_of_it)), (word_of_it, Some(meant)));
        }
    }

    proptest! {
        #[test]
        fn what_was_signed_is_read(incident: u64, contact in "[^\\x00-\\x1f]{1,16}", tap in 0..5usize) {
            let line = signer("key").line(IncidentId(incident), &contact.as_str().into(), WORDS[tap].0);
            prop_assert!(line.len() <= REPLY_BYTES_MAX);
            let read = signer("key").read(&line).unwrap();
            prop_assert_eq!(read.incident, IncidentId(incident));
            prop_assert_eq!(read.contact.as_str(), contact);
            prop_assert_eq!(read.tap, WORDS[tap].0);
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
            tag in "[0-9a-fA-F]{30,34}|\\PC{0,8}",
        ) {
            let line = format!("1 {incident} {tap} {tag} {contact}");
            prop_assert!(signer("key").read(&line).is_err());
        }
    }

    #[test]
    fn what_is_longer_is_not_even_parsed() {
        let line = " ".repeat(REPLY_BYTES_MAX + 1);
        assert_eq!(signer("key").read(&line), Err(Refused::TooLong));
    }
}
