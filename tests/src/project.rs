//! The project as files and text, for the rules of the house. It reads; it never writes, starts a
//! program or judges.

use std::fs;
use std::path::{Path, PathBuf};

/// One text file of the project.
#[derive(Clone, Debug)]
pub struct Page {
    /// From the project's folder, with `/` on every system.
    pub path: String,
    pub text: String,
}

/// One function in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// From its `fn` to its closing brace.
    pub lines: usize,
}

/// The folder of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every text file of the project, by path; nothing that was built, hidden or is not text.
pub fn pages() -> Vec<Page> {
    let mut pages = Vec::new();
    collect(&root(), "", &mut pages);
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    pages
}

fn collect(folder: &Path, below: &str, pages: &mut Vec<Page>) {
    for entry in fs::read_dir(folder).expect("a folder of the project can be read") {
        let entry = entry.expect("a folder of the project can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.') && name != ".ci";
        if hidden || (below.is_empty() && name.starts_with("target")) || name == "Cargo.lock" {
            continue;
        }
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.path().is_dir() {
            collect(&entry.path(), &path, pages);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            pages.push(Page { path, text });
        }
    }
}

/// The text of one file that must be there.
pub fn text(path: &str) -> String {
    match fs::read_to_string(root().join(path)) {
        Ok(text) => text,
        Err(error) => panic!("{path}: {error}; it belongs to the project"),
    }
}

/// The functions of a source file that `cargo fmt` has been over: a body ends at the first `}`
/// that stands as far in as its `fn`.
pub fn functions(source: &str) -> Vec<Function> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let closing = format!("{indent}}}");
        let mut length = 0;
        for line in &lines[start..] {
            length += 1;
            let one_line = length == 1 && line.contains('{') && line.ends_with('}');
            let as_far_in = line.strip_prefix(indent).is_some_and(|rest| !rest.starts_with(' '));
            let no_body = as_far_in && line.ends_with(';');
            if one_line || no_body || *line == closing {
                break;
            }
        }
        found.push(Function { name: name.to_owned(), lines: length });
    }
    found
}

/// The name after `fn`, if this line begins a function.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let qualifiers = ["pub", "const", "async", "unsafe"];
    let begins = before.split_whitespace().all(|word| {
        qualifiers.contains(&word) || (word.starts_with("pub(") && word.ends_with(')'))
    });
    let name = after.split(['(', '<']).next()?;
    let is_name = |sign: char| sign == '_' || sign.is_ascii_alphanumeric();
    (begins && !name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// A Markdown text without its fenced blocks.
pub fn prose(markdown: &str) -> String {
    let mut fenced = false;
    let mut prose = String::with_capacity(markdown.len());
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose
}

/// Where the links of a Markdown text lead.
pub fn links(markdown: &str) -> Vec<String> {
    let prose = prose(markdown);
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.to_owned()).collect()
}

/// What stands between single backticks.
pub fn quoted(markdown: &str) -> Vec<String> {
    prose(markdown).split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The part of a Markdown text below the heading, up to the next heading as high or higher.
pub fn section<'a>(markdown: &'a str, heading: &str) -> &'a str {
    let level = heading.bytes().take_while(|sign| *sign == b'#').count();
    let Some((_, after)) = markdown.split_once(&format!("\n{heading}\n")) else {
        panic!("there is no heading {heading:?}");
    };
    let higher = |line: &str| {
        let signs = line.bytes().take_while(|sign| *sign == b'#').count();
        (1..=level).contains(&signs) && line[signs..].starts_with(' ')
    };
    let mut end = 0;
    for line in after.split_inclusive('\n') {
        if higher(line) {
            break;
        }
        end += line.len();
    }
    &after[..end]
}

/// The rows of the tables in a Markdown text, cell by cell, without their heads.
pub fn rows(markdown: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        let line = line.trim().trim_start_matches('|').trim_end_matches('|');
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let mut rows = Vec::new();
    let mut in_body = false;
    for line in markdown.lines() {
        if line.starts_with("|---") {
            in_body = true;
        } else if !line.starts_with('|') {
            in_body = false;
        } else if in_body {
            rows.push(cells(line));
        }
    }
    rows
}

/// The anchors a reader can jump to: the headings as web sites of repositories write them.
pub fn anchors(markdown: &str) -> Vec<String> {
    let headings = prose(markdown);
    let headings = headings.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            words
                .chars()
                .filter(|sign| sign.is_alphanumeric() || [' ', '-', '_'].contains(sign))
                .map(|sign| if sign == ' ' { '-' } else { sign })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured_from_fn_to_brace() {
        let source = "\
trait Voice {
    fn say(&self, text: &str);
    fn long(
        &self,
    ) -> u8;
}
fn short() { 1 }
    pub(super) async fn body<T>(
        one: T,
    ) -> u8
    {
        let fn_like = 1;
        fn_like
    }
// fn none()
";
        let measured: Vec<_> =
            functions(source).into_iter().map(|one| (one.name, one.lines)).collect();
        let wanted = [("say", 1), ("long", 3), ("short", 1), ("body", 7)];
        assert_eq!(measured, wanted.map(|(name, lines)| (name.to_owned(), lines)));
    }

    #[test]
    fn a_page_is_taken_apart() {
        let page = "\
# Top

See [this](a.md#b) and `code: here`.

```sh
# not a heading [nor](a-link)
```

## The `table`, *one*

| name | why |
|---|---|
| `a` | because |

# Next
";
        assert_eq!(links(page), ["a.md#b"]);
        assert_eq!(quoted(page), ["code: here", "table", "a"]);
        assert_eq!(anchors(page), ["top", "the-table-one", "next"]);
        assert_eq!(rows(section(page, "## The `table`, *one*")), [["`a`", "because"]]);
        assert!(!section(page, "## The `table`, *one*").contains("Next"));
    }
}
