//! Text to tokens: the words of a sentence beside the form in which they are compared (lower
//! case, no accents, no apostrophes). Knows no language and no meaning.

/// Words beyond this are not looked at: twenty minutes of speech is not one sentence.
pub(crate) const WORDS_MAX: usize = 2_048;
/// Letters of one word beyond this are not looked at.
const LETTERS_MAX: usize = 64;

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// As it was written.
    pub(crate) raw: String,
    /// As it is compared.
    pub(crate) norm: String,
    /// What is written before it.
    pub(crate) before: Before,
}

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    Space,
    Comma,
}

/// The words of a text, in order. Everything that is no letter or digit separates, but for the
/// apostrophe within a word and the point or colon between two digits ("8.30").
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut raw = String::new();
    let mut letters = text.chars().peekable();
    let mut letters_in_word = 0;
    let mut before = Before::Space;
    while let Some(letter) = letters.next() {
        let within_number = matches!(letter, ':' | '.')
            && raw.ends_with(|last: char| last.is_ascii_digit())
            && letters.peek().is_some_and(char::is_ascii_digit);
        if letter.is_alphanumeric() || is_apostrophe(letter) || is_mark(letter) || within_number {
            letters_in_word += 1;
            if letters_in_word <= LETTERS_MAX {
                raw.push(letter);
            }
        } else {
            if close(&mut raw, before, &mut tokens) {
                before = Before::Space;
            }
            if letter == ',' {
                before = Before::Comma;
            }
            letters_in_word = 0;
            if tokens.len() >= WORDS_MAX {
                return tokens;
            }
        }
    }
    close(&mut raw, before, &mut tokens);
    tokens
}

/// The words of a text as they are compared.
pub(crate) fn norms(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.norm).collect()
}

/// The words of a text as they are compared, without the spaces: "keuken lamp" is "keukenlamp".
pub(crate) fn joined(text: &str) -> String {
    norms(text).concat()
}

/// Says whether there was a word to close.
fn close(raw: &mut String, before: Before, tokens: &mut Vec<Token>) -> bool {
    let norm = normal(raw);
    // English half days are written with points: "8 p.m."
    if norm == "m"
        && let Some(last) = tokens.last_mut()
        && matches!(&*last.norm, "a" | "p")
    {
        last.norm.push('m');
        last.raw.push('m');
        raw.clear();
        true
    } else if norm.is_empty() {
        raw.clear();
        false
    } else {
        tokens.push(Token { raw: std::mem::take(raw), norm, before });
        true
    }
}

fn normal(raw: &str) -> String {
    raw.chars()
        .filter(|letter| !is_apostrophe(*letter) && !is_mark(*letter))
        .flat_map(char::to_lowercase)
        .filter(|letter| !is_mark(*letter))
        .map(plain)
        .collect()
}

pub(crate) fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | '`')
}

/// A combining accent.
pub(crate) fn is_mark(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

pub(crate) fn plain(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_accents_apostrophes_and_capitals() {
        assert_eq!(
            norms("Om ÉÉN uur 's middags, foto’s!"),
            ["om", "een", "uur", "s", "middags", "fotos"]
        );
        assert_eq!(norms("8.30 uur, 20:15."), ["8.30", "uur", "20:15"]);
        assert_eq!(norms(" \u{0}\u{7}…—"), Vec::<String>::new());
    }

    #[test]
    fn a_flood_of_words_and_letters_is_cut() {
        assert_eq!(tokens(&"a ".repeat(10_000)).len(), WORDS_MAX);
        assert_eq!(tokens(&"a".repeat(10_000))[0].raw.len(), LETTERS_MAX);
    }
}
