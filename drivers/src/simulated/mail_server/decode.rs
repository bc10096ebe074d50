//! Makes a mail readable again: the encodings that a mail's text and headers may have (RFC 2045,
//! RFC 2047). It is for looking at mails in tests and the demonstration; it never sends any.

/// `None` if it is not base64. Line ends and spaces are skipped.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0u32);
    for sign in text.bytes().filter(|sign| !sign.is_ascii_whitespace() && *sign != b'=') {
        let value = match sign {
            b'A'..=b'Z' => sign - b'A',
            b'a'..=b'z' => sign - b'a' + 26,
            b'0'..=b'9' => sign - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// `None` if an escape is not hexadecimal.
pub(super) fn quoted_printable(text: &str) -> Option<Vec<u8>> {
    let joined = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'=' {
            let (digits, after) = rest.split_at_checked(2)?;
            let digits = std::str::from_utf8(digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    Some(bytes)
}

/// `=?utf-8?b?…?=` and `=?utf-8?q?…?=` within a header; anything else stays as it is.
pub(super) fn words(header: &str) -> String {
    let mut plain = Vec::new();
    let mut decoded_before = false;
    for word in header.split(' ') {
        let decoded = encoded_word(word);
        // The space between two encoded words is not part of the text.
        let both_encoded = decoded_before && decoded.is_some();
        if !plain.is_empty() && !both_encoded {
            plain.push(b' ');
        }
        decoded_before = decoded.is_some();
        plain.extend(decoded.unwrap_or_else(|| word.as_bytes().to_vec()));
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn encoded_word(word: &str) -> Option<Vec<u8>> {
    let (head, text) = word.strip_prefix("=?")?.strip_suffix("?=")?.rsplit_once('?')?;
    let (charset, encoding) = head.split_once('?')?;
    match encoding {
        _ if !charset.eq_ignore_ascii_case("utf-8") => None,
        "b" | "B" => base64(text),
        "q" | "Q" => quoted_printable(&text.replace('_', " ")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn examples_of_the_standards() {
        assert_eq!(base64("Zm9v\r\nYmE="), Some(b"fooba".to_vec()));
        assert_eq!(base64("né"), None);
        assert_eq!(quoted_printable("a=C3=A9=\r\nb"), Some("aéb".into()));
        assert_eq!(words("=?utf-8?b?w6k=?= =?utf-8?q?_b?= c"), "é b c");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC*", header in "(=\\?|\\?=|\\?|utf-8| |.)*") {
            let _ = (base64(&text), quoted_printable(&text), words(&header));
        }
    }
}
