//! iCalendar as lines (RFC 5545, 3.1): folded ones joined, name, parameters and value apart. It
//! knows no property, and no line can make it panic, recurse or grow.

/// A longer line (bytes) is a picture or an attachment: the rest of it is not read.
const LINE_BYTES_MAX: usize = 8 * 1024;
/// Parameters of one line that are looked at.
const PARAMETERS_MAX: usize = 16;

/// `NAME;PARAMETER=VALUE:value`, name and parameters in capitals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    pub(super) value: String,
}

impl Line {
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A line without a colon says nothing.
    fn read(line: &str) -> Option<Self> {
        let colon = outside_quotes(line, ':').next()?;
        let (head, value) = (&line[..colon], &line[colon + 1..]);
        let mut cuts: Vec<usize> = outside_quotes(head, ';').take(PARAMETERS_MAX).collect();
        cuts.push(head.len());
        let name = head[..cuts[0]].trim().to_ascii_uppercase();
        let parameters = cuts.windows(2).filter_map(|cut| {
            let (name, value) = head[cut[0] + 1..cut[1]].split_once('=')?;
            Some((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
        });
        let parameters = parameters.collect();
        (!name.is_empty()).then(|| Self { name, parameters, value: value.to_owned() })
    }
}

/// Where the sign stands, but inside of quotes.
fn outside_quotes(text: &str, sign: char) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    text.char_indices().filter_map(move |(at, letter)| {
        quoted ^= letter == '"';
        (letter == sign && !quoted).then_some(at)
    })
}

/// Every line of a text that can be read as one.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line> {
    let mut pieces = text.lines().peekable();
    std::iter::from_fn(move || {
        let mut line = pieces.next()?.trim_end_matches('\r').to_owned();
        // What begins with a space goes on with the line before.
        while let Some(more) = pieces.next_if(|next| next.starts_with([' ', '\t'])) {
            if line.len() + more.len() <= LINE_BYTES_MAX {
                line.push_str(more[1..].trim_end_matches('\r'));
            }
        }
        Some(line)
    })
    .filter_map(|line| Line::read(&line))
}

/// A text as it is meant: on one line, without the signs that keep it apart in the file.
pub(super) fn text(value: &str, letters_max: usize) -> String {
    let mut said = String::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') | None => said.push(' '),
                Some(other) => said.push(other),
            },
            letter if letter.is_control() => said.push(' '),
            letter => said.push(letter),
        }
    }
    let words: Vec<&str> = said.split_whitespace().collect();
    words.join(" ").chars().take(letters_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folded_lines_are_one_and_quotes_hide_signs() {
        let folded = "begin:VEVENT\r\nDTSTART;TZID=\"Europe/Amsterdam; x:y\";VALUE=DATE-TIME:2026\r\n 1124\r\n\t\
                      T100000\r\nnonsense\r\n:empty\r\nSUMMARY:a:b;c\r\n";
        let read: Vec<Line> = lines(folded).collect();
        assert_eq!(read.len(), 3, "{read:?}");
        assert_eq!((read[0].name.as_str(), read[0].value.as_str()), ("BEGIN", "VEVENT"));
        assert_eq!(read[1].parameter("TZID"), Some("Europe/Amsterdam; x:y"));
        assert_eq!(read[1].value, "20261124T100000");
        assert_eq!(read[2].value, "a:b;c");
        let long = format!("ATTACH:{}", "\r\n aaaaaaaaaaaaaaaaaaaaaaaaaaaa".repeat(9_999));
        assert!(lines(&long).next().expect("a line").value.len() <= LINE_BYTES_MAX);
    }

    #[test]
    fn a_text_is_one_line_of_plain_words() {
        assert_eq!(
            text(r"Kapper\, 2e etage\nvraag naar \\Fatma\\ ", 99),
            r"Kapper, 2e etage vraag naar \Fatma\"
        );
        assert_eq!(text("a\u{7}b\u{1b}[31m  c", 99), "a b [31m c");
        assert_eq!(text("één twee", 5), "één t");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_text_is_survived(anything in "(?s).{0,200}") {
            for line in lines(&anything) {
                prop_assert!(!line.name.is_empty());
            }
            prop_assert!(text(&anything, 20).chars().count() <= 20);
        }
    }
}
