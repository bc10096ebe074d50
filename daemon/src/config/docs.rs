//! The reference of the home file, written from the types; and the examples in the documents,
//! tried. Only in tests: the program carries no documents.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::file::HomeFile;
use super::shape::{Shape, follow, tags, words};
use super::*;
use crate::config::kept::{in_project, same_as_file};

const INTRODUCTION: &str = r#"<!-- Written from the doc comments of the types, by a test that fails when this page is stale:
     OMZIEN_UPDATE=1 cargo test -p omzien config::docs -->

# `home.toml`, every key

The smallest home that works. It hears, answers and reminds, and has nobody to reach:

```toml
companion = "Robin"
language = "nl"
zone = "Europe/Amsterdam"
skills = ["lights", "help", "reminder", "check-in", "time"]

[[resident]]
name = "mevrouw De Wit"
```

A whole one with explanations is `images/example/home.toml`; begin by copying it. `omzien check
--home FILE` prints every mistake at once with its line and what mends it, or tells in plain words
what it understood and which hours nobody covers. A running companion reads the file again on
`SIGHUP`; a file with a mistake changes nothing, and it says so.

A key that is not listed here is a mistake. *ID* stands for a name of your own choice by which the
file refers to its own entries: small letters, digits and `_`. A *name* is what people say aloud,
at most 64 bytes; a *time* is written `"07:30"`. Units are the last part of a key: `wait_min` is
in minutes.

```toml must-fail
companion = "Robin"
langauge = "nl"      # did you mean `language`?
```
"#;

const SECRETS_INTRODUCTION: &str = r#"
# `secrets.toml`, every key

Passwords and keys, in a file of their own beside `home.toml`. Its owner alone may read it
(`chmod 600 secrets.toml`); otherwise it is refused. It is needed only when something needs a
secret, and `omzien check` says when. No line of it is ever printed.
"#;

#[test]
fn the_reference_is_what_the_types_say() {
    let (home, secrets) = (Shape::of::<HomeFile>(), Shape::of::<Secrets>());
    let mut page = INTRODUCTION.to_owned();
    sections(home.as_json(), &mut page);
    page.push_str(SECRETS_INTRODUCTION);
    sections(secrets.as_json(), &mut page);
    same_as_file("docs/ref/home.md", &page);
}

/// Every key has words of its own: a reference with empty cells is none.
#[test]
fn every_key_is_explained() {
    for shape in [Shape::of::<HomeFile>(), Shape::of::<Secrets>()] {
        let mut rows = Vec::new();
        collect(shape.as_json(), shape.as_json(), "", Need::Needed, &mut rows);
        let mute: Vec<_> =
            rows.iter().filter(|row| row.about.is_empty()).map(|row| &row.path).collect();
        assert!(mute.is_empty(), "keys without a doc comment: {mute:?}");
    }
}

/// The keys that are values go first, under one heading; then one heading a section.
fn sections(root: &Json, page: &mut String) {
    let properties = root["properties"].as_object().expect("a file is a table");
    let is_section = |schema: &&Json| {
        let schema = follow(root, schema);
        let items = schema.get("items").map(|items| follow(root, items));
        kind(root, schema) == "table" || items.is_some_and(|items| kind(root, items) == "table")
    };
    let mut top = Vec::new();
    for (key, schema) in properties.iter().filter(|(_, schema)| !is_section(schema)) {
        top.push(row(root, root, key, key, schema));
    }
    if !top.is_empty() {
        page.push_str("\n## At the top\n\n");
        table(top, page);
    }
    for (key, schema) in properties.iter().filter(|(_, schema)| is_section(schema)) {
        let followed = follow(root, schema);
        let (heading, entry) = match (followed.get("items"), followed.get("additionalProperties")) {
            (Some(items), _) => (format!("[[{key}]]"), follow(root, items)),
            (None, Some(entry)) if entry.is_object() => {
                (format!("[{key}.ID]"), follow(root, entry))
            }
            (None, _) => (format!("[{key}]"), followed),
        };
        let mut rows = Vec::new();
        collect(root, entry, "", Need::Needed, &mut rows);
        // Of keys that a file chooses itself there is no table.
        let keyed = rows.is_empty();
        let about = schema.get("description").and_then(Json::as_str).unwrap_or_default();
        let about = one_line(about);
        let bound =
            bounds(followed).map_or(String::new(), |bound| format!(" There can be {bound}."));
        let _ = write!(page, "\n## `{heading}`\n\n{about}{bound}\n");
        if !keyed {
            page.push('\n');
            table(rows, page);
        }
    }
}

struct Row {
    path: String,
    kind: String,
    /// "needed", a default, or nothing.
    default: String,
    about: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Needed,
    Choice,
}

/// The rows of a table, nested tables included by their dotted path.
fn collect(root: &Json, schema: &Json, path: &str, need: Need, rows: &mut Vec<Row>) {
    let schema = follow(root, schema);
    let inner: Vec<(&str, &Json)> = match schema.get("properties").and_then(Json::as_object) {
        Some(properties) => properties.iter().map(|(key, inner)| (key.as_str(), inner)).collect(),
        None => tags(root, schema),
    };
    for (key, inner) in inner {
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let mut row = row(root, schema, key, &path, inner);
        if need == Need::Choice && row.default == "needed" {
            row.default = "one of these".to_owned();
        }
        let nested = follow(root, inner);
        let choice = !tags(root, nested).is_empty();
        rows.push(row);
        collect(root, inner, &path, if choice { Need::Choice } else { Need::Needed }, rows);
    }
}

fn row<'s>(root: &'s Json, table: &'s Json, key: &str, path: &str, schema: &'s Json) -> Row {
    let followed = follow(root, schema);
    let needed = table.get("required").and_then(Json::as_array);
    let choices = tags(root, table);
    let needed = needed.is_some_and(|needed| needed.iter().any(|name| name == key))
        || choices.iter().any(|(tag, _)| *tag == key);
    let default = schema.get("default").filter(|default| !default.is_null());
    let default = match default {
        _ if needed => "needed".to_owned(),
        Some(default) if default.is_object() => String::new(),
        Some(default) => format!("`{default}`"),
        None => String::new(),
    };
    let words_of = |schema: &'s Json| schema.get("description").and_then(Json::as_str);
    let about = words_of(schema)
        .or_else(|| choice_words(root, table, key))
        .or_else(|| words_of(followed))
        .unwrap_or_default();
    let mut about = one_line(about);
    let choices = explained_words(followed);
    if !choices.is_empty() {
        let _ = write!(about, " {choices}");
    }
    Row { path: path.to_owned(), kind: described_kind(root, followed), default, about }
}

/// What the variant of an enum says of itself.
fn choice_words<'s>(root: &'s Json, table: &'s Json, tag: &str) -> Option<&'s str> {
    let choices = table.get("oneOf")?.as_array()?;
    let choice = choices.iter().map(|choice| follow(root, choice)).find(|choice| {
        choice.get("properties").is_some_and(|properties| properties.get(tag).is_some())
    })?;
    choice.get("description").and_then(Json::as_str)
}

/// "`open`: it opens; `closed`: it closes.", for words that have explanations.
fn explained_words(schema: &Json) -> String {
    let items = schema.get("items").unwrap_or(schema);
    let choices = items.get("oneOf").and_then(Json::as_array).into_iter().flatten();
    let explained: Vec<String> = choices
        .filter_map(|choice| {
            let word = choice.get("const")?.as_str()?;
            let about = choice.get("description")?.as_str()?;
            (word != about).then(|| format!("`{word}`: {}", one_line(about).trim_end_matches('.')))
        })
        .collect();
    if explained.is_empty() { String::new() } else { format!("{}.", explained.join("; ")) }
}

fn kind(root: &Json, schema: &Json) -> &'static str {
    if !words(schema).is_empty() {
        return "one word";
    }
    if !tags(root, schema).is_empty() {
        return "table";
    }
    let of = |name: &str| match name {
        "string" => "text",
        "integer" => "number",
        "number" => "number",
        "boolean" => "true or false",
        "array" => "list",
        _ => "table",
    };
    match &schema["type"] {
        Json::Array(names) => {
            names.iter().filter_map(Json::as_str).find(|name| *name != "null").map_or("", of)
        }
        Json::String(name) => of(name),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => "",
    }
}

fn described_kind(root: &Json, schema: &Json) -> String {
    let mut text = match schema.get("format").and_then(Json::as_str) {
        Some("clock") => "time".to_owned(),
        Some("name") => "name".to_owned(),
        _ => kind(root, schema).to_owned(),
    };
    let choices = words(schema.get("items").unwrap_or(schema));
    if !choices.is_empty() {
        let choices: Vec<_> = choices.iter().map(|word| format!("`{word}`")).collect();
        let list = if text == "list" { "list of " } else { "" };
        text = format!("{list}{}", choices.join(", "));
    }
    match bounds(schema) {
        Some(bound) => format!("{text}, {bound}"),
        None => text,
    }
}

/// "1 to 60", "at most 500", as far as the schema says.
fn bounds(schema: &Json) -> Option<String> {
    let bound = |names: [&str; 4]| names.into_iter().find_map(|name| schema.get(name));
    let min = bound(["minimum", "minLength", "minItems", "minProperties"]);
    let max = bound(["maximum", "maxLength", "maxItems", "maxProperties"]);
    let min = min.filter(|min| min.as_f64() != Some(0.0));
    // The width of a number is no bound that anybody chose.
    let max = max.filter(|max| ![255.0, 65535.0].map(Some).contains(&max.as_f64()));
    match (min, max) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(min), None) => Some(format!("at least {min}")),
        (None, Some(max)) => Some(format!("at most {max}")),
        (None, None) => None,
    }
}

fn table(rows: Vec<Row>, page: &mut String) {
    page.push_str("| key | kind | left out | meaning |\n|---|---|---|---|\n");
    for Row { path, kind, default, about } in rows {
        let about = about.replace('|', "\\|");
        let _ = writeln!(page, "| `{path}` | {kind} | {default} | {about} |");
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A TOML block of a document.
struct Block {
    file: String,
    line: usize,
    mark: String,
    text: String,
}

/// Blocks marked `toml` (a home file or a part of one), `toml secrets`, `toml must-fail`. Other
/// marks belong to other files of the project.
#[test]
fn every_toml_block_in_the_documents_is_true() {
    let blocks = blocks();
    let judged =
        |block: &&Block| ["toml", "toml secrets", "toml must-fail"].contains(&&*block.mark);
    assert!(blocks.iter().any(|block| block.mark == "toml"), "there is none to try");
    for block in blocks.iter().filter(judged) {
        let found = match block.mark.as_str() {
            "toml secrets" => part::<Secrets>(&block.text),
            _ => part::<HomeFile>(&block.text),
        };
        let Block { file, line, mark, text } = block;
        if mark == "toml must-fail" {
            assert!(!found.is_empty(), "{file}:{line} should fail:\n{text}");
        } else {
            assert!(found.is_empty(), "{file}:{line}:\n{found}");
        }
    }
}

/// The skill that a guide builds up is one that can be read.
#[test]
fn the_skill_in_the_documents_is_read() {
    let blocks = blocks();
    let file = |name: &str| {
        let mark = format!("toml {name}");
        let texts = blocks.iter().filter(|block| block.mark == mark);
        texts.map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
    };
    // Its English is written like its Dutch.
    let (manifest, speech, examples) = (file("skill.toml"), file("nl.toml"), file("examples.toml"));
    let texts = [&manifest, &speech, &speech, &examples];
    let paths = omzien_skills::FILES_OF_A_SKILL.map(|file| format!("tea/{file}"));
    let files = paths.iter().zip(texts).map(|(path, text)| (path.as_str(), text.as_str()));
    let (_, errors) = Skills::with_those_of_a_home(files);
    assert!(errors.is_empty() && speech.contains("tea.where"), "{errors:#?}");
}

/// The mistakes in a part of a file: what it leaves out is not one.
fn part<T: JsonSchema>(text: &str) -> Mistakes {
    let source = Source { name: "block", text, showing: Showing::Lines };
    if text.starts_with("companion") {
        let secrets = Source { name: SECRETS_FILE, text: "", showing: Showing::Nothing };
        return read(source, secrets).err().unwrap_or_default();
    }
    let mut table = match page::parse(source) {
        Ok(table) => table,
        Err(found) => return Mistakes(found),
    };
    Mistakes(Shape::of::<T>().lenient().prune(source, &mut table))
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for file in documents() {
        let text = std::fs::read_to_string(&file).expect("a document can be read");
        let mut open: Option<Block> = None;
        for (number, line) in text.lines().enumerate() {
            match (&mut open, line.strip_prefix("```")) {
                (None, Some(mark)) => {
                    let (file, mark) = (file.display().to_string(), mark.trim().to_owned());
                    open = Some(Block { file, line: number + 2, mark, text: String::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
    }
    blocks
}

/// Every Markdown page of the project, in a fixed order.
fn documents() -> BTreeSet<PathBuf> {
    let pages_in = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").path()).collect::<Vec<_>>()
    };
    let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let mut pages: BTreeSet<PathBuf> =
        pages_in(&in_project("")).into_iter().filter(is_page).collect();
    let mut folders = vec![in_project("docs")];
    while let Some(folder) = folders.pop() {
        for path in pages_in(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if is_page(&path) {
                pages.insert(path);
            }
        }
    }
    pages
}
