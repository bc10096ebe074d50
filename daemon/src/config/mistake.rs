//! What is wrong in a file, where, and what mends it; and how that is shown on a terminal.
//! It never judges a file, and never shows a line of the secrets.

use std::fmt;
use std::ops::Range;

/// A file with more is shown this many; the rest is counted.
const SHOWN_MAX: usize = 50;
/// Columns of the file shown around a span; a longer line is cut on both sides.
const SHOWN_COLUMNS: usize = 88;

/// A text with the name under which a person knows it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'t> {
    /// As it is shown: `/etc/omzien/home.toml`.
    pub name: &'t str,
    pub text: &'t str,
    pub showing: Showing,
}

/// Whether lines of a file may appear on a screen or in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    Lines,
    /// A secrets file: line and column only.
    Nothing,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub file: String,
    /// `None` when it is about the file as a whole.
    pub place: Option<Place>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub mend: String,
}

/// A span of a file, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Both count from 1; the column in characters.
    pub line: usize,
    pub column: usize,
    /// Bytes of the text.
    pub span: Range<usize>,
    /// The line itself, and how many characters of it are underlined from `column` on; `None`
    /// for a file that is not shown.
    pub shown: Option<(String, usize)>,
}

/// Everything that is wrong, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

/// Whether escape codes for colour may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Coloured,
}

impl Mistake {
    /// A mistake at a span of the text.
    pub fn at(
        source: Source<'_>,
        span: Range<usize>,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            file: source.name.to_owned(),
            place: Some(Place::of(source, span)),
            message: message.into(),
            mend: mend.into(),
        }
    }

    /// A mistake about a whole file.
    pub fn of_file(file: &str, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into(), mend: mend.into() }
    }
}

impl Place {
    /// A span outside the text, or inside a character, is moved to where it can be shown.
    fn of(source: Source<'_>, span: Range<usize>) -> Self {
        let text = source.text;
        let start = text.floor_char_boundary(span.start.min(text.len()));
        let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let underlined = text[start..end.min(line_end).max(start)].chars().count().max(1);
        let shown = match source.showing {
            Showing::Lines => {
                let line = text[line_start..line_end].trim_end_matches('\r');
                Some((line.to_owned(), underlined))
            }
            Showing::Nothing => None,
        };
        Self {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            span: start..end,
            shown,
        }
    }
}

impl Mistakes {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every mistake with its line, an underline and the mend. Bounded: see [`SHOWN_MAX`].
    pub fn show(&self, paint: Paint) -> String {
        let mut text = String::new();
        for mistake in self.0.iter().take(SHOWN_MAX) {
            show(mistake, paint, &mut text);
        }
        if let Some(more) = self.0.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
            text.push_str(&format!("… and {more} more.\n"));
        }
        text
    }
}

/// Plain, for a log or a page; [`Mistakes::show`] knows colours.
impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show(Paint::Plain))
    }
}

impl std::error::Error for Mistakes {}

impl Paint {
    fn code(self, code: &'static str) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Coloured => code,
        }
    }
}

fn show(mistake: &Mistake, paint: Paint, text: &mut String) {
    let [bold, red, green, off] =
        ["\x1b[1m", "\x1b[1;31m", "\x1b[32m", "\x1b[0m"].map(|code| paint.code(code));
    let Mistake { file, place, message, mend } = mistake;
    let Some(place) = place else {
        text.push_str(&format!("{bold}{file}: {message}{off}\n  {green}{mend}{off}\n\n"));
        return;
    };
    let Place { line, column, shown, .. } = place;
    text.push_str(&format!("{bold}{file}:{line}:{column}: {message}{off}\n"));
    match shown {
        Some((shown, underlined)) => {
            let (before, marked, after) = window(shown, column - 1, *underlined);
            let gutter = " ".repeat(line.to_string().len());
            let indent = " ".repeat(before.chars().count());
            let carets = "^".repeat(marked.chars().count().max(1));
            text.push_str(&format!("  {line} | {before}{marked}{after}\n"));
            text.push_str(&format!("  {gutter} | {indent}{red}{carets}{off} "));
            text.push_str(&format!("{green}{mend}{off}\n\n"));
        }
        None => text.push_str(&format!("  {green}{mend}{off}\n\n")),
    }
}

/// The line around the marked characters, free of tabs and control characters.
fn window(line: &str, before: usize, marked: usize) -> (String, String, String) {
    let clean = |character: char| if character.is_control() { ' ' } else { character };
    let line: Vec<char> = line.chars().map(clean).collect();
    let before = before.min(line.len());
    let after = (before + marked).min(line.len());
    let (mut from, mut until) = (0, line.len());
    if line.len() > SHOWN_COLUMNS {
        from = before.saturating_sub(SHOWN_COLUMNS / 2);
        until = (from + SHOWN_COLUMNS).min(line.len());
    }
    let text = |range: &[char]| range.iter().collect::<String>();
    let middle = after.min(until);
    (text(&line[from..before]), text(&line[before..middle]), text(&line[middle..until]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source<'_> {
        Source { name: "home.toml", text, showing: Showing::Lines }
    }

    #[test]
    fn a_mistake_is_shown_with_its_line_and_a_caret_under_the_span() {
        let text = "companion = \"Röbin\"\nzone = \"Europa\"\n";
        let start = text.find("\"Europa").expect("it is there");
        let mistake = Mistake::at(source(text), start..start + 8, "no such zone", "write one");
        assert_eq!(
            Mistakes(vec![mistake]).to_string(),
            "home.toml:2:8: no such zone\n  2 | zone = \"Europa\"\n    |        ^^^^^^^^ write one\n\n"
        );
    }

    #[test]
    fn any_span_of_any_text_can_be_shown() {
        let text = "é = \"\u{1F642}\"\r\n\tb = 1";
        for start in 0..text.len() + 3 {
            for end in start..text.len() + 5 {
                let mistake = Mistake::at(source(text), start..end, "m", "n");
                let place = mistake.place.clone().expect("a place");
                assert!(text.get(place.span).is_some());
                assert!(!Mistakes(vec![mistake]).show(Paint::Coloured).is_empty());
            }
        }
    }

    #[test]
    fn no_line_of_the_secrets_is_shown() {
        let secrets =
            Source { name: "secrets.toml", text: "a = \"hunter2\"", showing: Showing::Nothing };
        let shown = Mistakes(vec![Mistake::at(secrets, 4..13, "wrong", "mend")]).to_string();
        assert_eq!(shown, "secrets.toml:1:5: wrong\n  mend\n\n");
    }

    #[test]
    fn a_long_line_and_a_long_list_are_bounded() {
        let long = format!("x = \"{}\"", "y".repeat(5000));
        let mistake = Mistake::at(source(&long), 4000..4010, "m", "n");
        assert!(Mistakes(vec![mistake.clone()]).to_string().len() < 400);
        let shown = Mistakes(vec![mistake; SHOWN_MAX + 7]).to_string();
        assert!(shown.ends_with("… and 7 more.\n"));
    }
}
