//! `omzien when`: what a sentence says about time. A line in, one JSON line out, in order; also
//! for an empty line. No hardware, no state, and no verdict on what was said.

use std::io::{self, BufRead, Read, stdin};
use std::process::ExitCode;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use omzien_core::Language;
use omzien_skills::{Grain, TimeFound, times};
use serde::Serialize;

use crate::commands::LanguageArgument;

/// No sentence is longer; what lies beyond in the same line is not read.
const LINE_BYTES_MAX: u64 = 64 << 10;

/// Read the times in sentences: a line in, a JSON line out
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The language of the sentences
    #[arg(long, value_enum, default_value_t = LanguageArgument::Nl)]
    lang: LanguageArgument,
    /// When they are said, as RFC 3339 writes it [default: now]
    #[arg(long, value_name = "MOMENT")]
    now: Option<Timestamp>,
    /// Where they are said
    #[arg(long, value_name = "ZONE", default_value = "Europe/Amsterdam", value_parser = zone)]
    zone: TimeZone,
}

/// What one line says; what it does not say is null.
#[derive(Debug, Serialize)]
struct Line<'a> {
    text: &'a str,
    start: Option<String>,
    end: Option<String>,
    grain: Option<&'static str>,
    duration_s: Option<u64>,
    rrule: Option<String>,
    ambiguous: Vec<String>,
}

/// Exit code 1 if the sentences cannot be read.
pub fn run(arguments: Arguments) -> ExitCode {
    let language = Language::from(arguments.lang);
    let now = arguments.now.unwrap_or_else(Timestamp::now).to_zoned(arguments.zone);
    match each_line(stdin().lock(), |text| tell!("{}", line(text, language, &now))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("omzien when: the sentences cannot be read: {error}");
            ExitCode::FAILURE
        }
    }
}

fn zone(name: &str) -> Result<TimeZone, jiff::Error> {
    TimeZone::get(name)
}

/// Every line without its end. What is no UTF-8 is shown as such.
fn each_line(mut input: impl BufRead, mut with: impl FnMut(&str)) -> io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        let whole = bytes.ends_with(b"\n");
        let text = String::from_utf8_lossy(&bytes);
        with(text.trim_end_matches(['\n', '\r']));
        if !whole {
            skip_line(&mut input)?;
        }
    }
}

/// The rest of a line that is too long.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (read, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(read);
        if ended {
            return Ok(());
        }
    }
}

fn line(text: &str, language: Language, now: &Zoned) -> String {
    let found = times(text, language, now).unwrap_or_default();
    let TimeFound { start, end, grain, duration, rrule, ambiguous } = found;
    let line = Line {
        text,
        start: start.as_ref().map(written),
        end: end.as_ref().map(written),
        grain: grain.map(Grain::name),
        duration_s: duration.map(|length| length.as_secs()),
        rrule,
        ambiguous: ambiguous.iter().map(written).collect(),
    };
    // Texts and numbers only: nothing that JSON could not hold.
    serde_json::to_string(&line).unwrap_or_default()
}

fn written(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<String> {
        let now = "2026-11-22T14:10:00+01:00[Europe/Amsterdam]".parse().expect("a moment");
        let mut lines = Vec::new();
        each_line(input, |text| lines.push(line(text, Language::Nl, &now))).expect("readable");
        lines
    }

    #[test]
    fn a_line_in_is_a_line_out() {
        assert_eq!(
            lines("overmorgen om 15.30 uur\r\n\nde kat\n\u{7}".as_bytes()),
            [
                r#"{"text":"overmorgen om 15.30 uur","start":"2026-11-24T15:30:00+01:00","end":null,"grain":"minute","duration_s":null,"rrule":null,"ambiguous":[]}"#,
                r#"{"text":"","start":null,"end":null,"grain":null,"duration_s":null,"rrule":null,"ambiguous":[]}"#,
                r#"{"text":"de kat","start":null,"end":null,"grain":null,"duration_s":null,"rrule":null,"ambiguous":[]}"#,
                r#"{"text":"\u0007","start":null,"end":null,"grain":null,"duration_s":null,"rrule":null,"ambiguous":[]}"#,
            ]
        );
    }

    #[test]
    fn a_line_without_end_and_a_broken_one_are_one_line_each() {
        let mut input = vec![b'x'; 200_000];
        input.extend_from_slice(b"\n\xff\xfe\nmorgen");
        assert_eq!(lines(&input).len(), 3);
    }
}
