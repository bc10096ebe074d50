//! The rules of the house that a compiler does not know: which package may know which, how files
//! begin and how long they get, that the papers say what is so. It judges files, never behaviour.
//! Each rule lists everything that breaks it, and what to do.

use std::collections::{BTreeMap, BTreeSet};

use omzien_drivers::DRIVERS;
use omzien_tests::project::{self, Page, anchors, functions, links, pages, quoted, rows, section};
use toml::{Table, Value};

/// The packages, by folder, with those of ours that each may know.
const ARROWS: &[(&str, &[&str])] = &[
    ("daemon/core", &[]),
    ("skills", &["omzien-core"]),
    ("drivers", &["omzien-core"]),
    ("daemon", &["omzien-core", "omzien-drivers", "omzien-skills"]),
    ("tests", &["omzien", "omzien-core", "omzien-drivers", "omzien-skills"]),
];
/// All that the pure packages may be built from: a date is arithmetic, a form is data.
const PURE: &[(&str, &[&str])] = &[
    ("daemon/core", &["jiff", "serde"]),
    ("skills", &["jiff", "omzien-core", "serde", "strsim", "thiserror", "toml"]),
];
/// The folders at the top; a new one needs a word in ARCHITECTURE.md first.
const ROOMS: &[&str] = &[".ci", "daemon", "docs", "drivers", "images", "skills", "tests"];

/// We aim at 500 and 70; what is longer than this must deserve a row below.
const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 80;
const COLUMNS_MAX: usize = 100;
/// What may be longer, and why. A row that is no longer needed is a mistake too.
const LONGER: &[(&str, &str)] = &[
    ("skills/src/skill/permits.rs: needs", "a table: one row a meaning, and none may be forgotten"),
    (
        "skills/src/understand/meaning.rs: intent",
        "a table: one row a meaning, and none may be forgotten",
    ),
];

/// Whom the project names on the network, and why. Nothing else is ever spoken to or referred to.
const HOSTS: &[(&str, &str)] = &[
    ("127.0.0.1", "this machine"),
    ("github.com", "sources of what we build on"),
    ("huggingface.co", "where the makers of the speech models publish them"),
    ("json-schema.org", "the name of a format"),
    ("keepachangelog.com", "the form of CHANGELOG.md"),
    ("localhost", "this machine"),
    ("ntfy.sh", "the public server of ntfy, in examples"),
    ("rustup.rs", "where Rust comes from"),
    ("semver.org", "the form of our version numbers"),
    ("www.apache.org", "the text of a licence"),
    ("www.w3.org", "the name of a format"),
    ("www.zigbee2mqtt.io", "the documents our MQTT driver follows"),
];

/// Design notes that the code refers to and that are being written.
const EXPECTED: &[&str] = &[];

/// Fails with every line, and what to do.
fn none(broken: Vec<String>, mend: &str) {
    assert!(broken.is_empty(), "\n{}\n\n{mend}\n", broken.join("\n"));
}

fn sources() -> Vec<Page> {
    pages().into_iter().filter(|page| page.path.ends_with(".rs")).collect()
}

fn papers() -> Vec<Page> {
    pages().into_iter().filter(|page| page.path.ends_with(".md")).collect()
}

fn manifest(folder: &str) -> Table {
    let path = if folder.is_empty() { "Cargo.toml" } else { &format!("{folder}/Cargo.toml") };
    project::text(path).parse().expect("cargo reads it, so it is TOML")
}

/// The names in the sections of a manifest, those for one kind of machine included.
fn dependencies(manifest: &Table, sections: &[&str]) -> BTreeMap<String, Value> {
    let machines = manifest.get("target").and_then(Value::as_table);
    let machines = machines.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    std::iter::once(manifest)
        .chain(machines)
        .flat_map(|table| sections.iter().filter_map(|name| table.get(*name)?.as_table()))
        .flat_map(|table| table.iter().map(|(name, value)| (name.clone(), value.clone())))
        .collect()
}

const EVERY_SECTION: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

#[test]
fn packages_know_only_whom_they_may() {
    let workspace = manifest("");
    let members: BTreeSet<&str> = workspace["workspace"]["members"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(members, ARROWS.iter().map(|(folder, _)| *folder).collect());
    let mut broken = Vec::new();
    for (folder, may_know) in ARROWS {
        for name in dependencies(&manifest(folder), EVERY_SECTION).keys() {
            let ours = name == "omzien" || name.starts_with("omzien-");
            if ours && !may_know.contains(&name.as_str()) {
                broken.push(format!("{folder} knows {name}"));
            }
        }
    }
    for (folder, allowed) in PURE {
        for name in dependencies(&manifest(folder), &["dependencies", "build-dependencies"]).keys()
        {
            if !allowed.contains(&name.as_str()) {
                broken.push(format!("{folder}, which is pure, is built with {name}"));
            }
        }
    }
    none(broken, "Move the code to the package that may, or hand in what it needs as data.");
}

#[test]
fn versions_and_lints_are_the_workspaces() {
    let mut broken = Vec::new();
    for (folder, _) in ARROWS {
        let manifest = manifest(folder);
        let inherits = |value: Option<&Value>| {
            value.and_then(|value| value.get("workspace")?.as_bool()) == Some(true)
        };
        for (name, value) in dependencies(&manifest, EVERY_SECTION) {
            if !inherits(Some(&value)) {
                broken.push(format!("{folder}: {name} has a version of its own"));
            }
        }
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            if !inherits(manifest["package"].get(key)) {
                broken.push(format!("{folder}: package.{key} is not the workspace's"));
            }
        }
        if !inherits(manifest.get("lints")) {
            broken.push(format!("{folder}: [lints] is not the workspace's"));
        }
    }
    none(broken, "Write `workspace = true`; what it is stands in the Cargo.toml at the top.");
}

#[test]
fn every_dependency_has_a_reason_and_is_used() {
    let workspace = manifest("");
    let known: BTreeSet<String> = workspace["workspace"]["dependencies"]
        .as_table()
        .expect("a table")
        .keys()
        .filter(|name| *name != "omzien" && !name.starts_with("omzien-"))
        .cloned()
        .collect();
    let used: BTreeSet<String> = ARROWS
        .iter()
        .flat_map(|(folder, _)| dependencies(&manifest(folder), EVERY_SECTION).into_keys())
        .collect();
    let contributing = project::text("CONTRIBUTING.md");
    let reasons: BTreeMap<String, String> = rows(section(&contributing, "## Dependencies"))
        .into_iter()
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].clone()))
        .collect();
    let mut broken = Vec::new();
    for name in &known {
        if !used.contains(name) {
            broken.push(format!("{name} stands in Cargo.toml, and no package uses it"));
        }
        if reasons.get(name).is_none_or(|reason| reason.len() < 10) {
            broken.push(format!("{name} has no reason in CONTRIBUTING.md"));
        }
    }
    for name in reasons.keys().filter(|name| !known.contains(*name)) {
        broken.push(format!("{name} has a reason, but is no dependency"));
    }
    none(broken, "Cargo.toml and the table \"Dependencies\" of CONTRIBUTING.md say the same.");
}

#[test]
fn everything_comes_from_the_public_registry() {
    let lock = project::text("Cargo.lock");
    let public = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let others = lock.lines().filter(|line| line.starts_with("source = ") && *line != public);
    none(others.map(str::to_owned).collect(), "Use the crate from crates.io.");
}

#[test]
fn every_source_file_says_what_it_is() {
    let silent = sources().into_iter().filter(|page| !page.text.starts_with("//! "));
    none(
        silent.map(|page| page.path).collect(),
        "Begin with `//! `: what it is, and what it never does.",
    );
}

#[test]
fn files_functions_and_lines_stay_short() {
    let mut broken = Vec::new();
    let mut excused: BTreeSet<&str> = LONGER.iter().map(|(what, _)| *what).collect();
    let mut too_long = |what: String, lines: usize| {
        if LONGER.iter().any(|(longer, _)| *longer == what) {
            excused.remove(what.as_str());
        } else {
            broken.push(format!("{what} has {lines} lines"));
        }
    };
    for page in sources() {
        let lines = page.text.lines().count();
        if lines > FILE_LINES_MAX {
            too_long(page.path.clone(), lines);
        }
        for function in functions(&page.text) {
            if function.lines > FUNCTION_LINES_MAX {
                too_long(format!("{}: {}", page.path, function.name), function.lines);
            }
        }
    }
    // Of code, rustfmt sees to it.
    for page in sources() {
        for (number, line) in page.text.lines().enumerate() {
            if line.trim_start().starts_with("//") && line.chars().count() > COLUMNS_MAX {
                broken.push(format!("{}:{} is too wide", page.path, number + 1));
            }
        }
    }
    broken.extend(excused.into_iter().map(|what| format!("{what} is long no more")));
    none(broken, "Take it apart along its ideas; LONGER in this file is for what deserves it.");
}

#[test]
fn nothing_is_left_for_later() {
    // In pieces, so that this file does not hold them.
    let everywhere = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let in_code = [
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("db", "g!("),
        concat!("#[ign", "ore"),
    ];
    let mut broken = Vec::new();
    for page in pages() {
        let code: &[&str] = if page.path.ends_with(".rs") { &in_code } else { &[] };
        for (number, line) in page.text.lines().enumerate() {
            for mark in everywhere.iter().chain(code).filter(|mark| line.contains(**mark)) {
                broken.push(format!("{}:{}: {mark}", page.path, number + 1));
            }
        }
    }
    none(broken, "Do it, or leave it out and say so in the papers.");
}

/// The host of each address in a text: what stands between `://` and the path.
fn hosts(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("://").filter_map(|(at, _)| {
        let scheme = text[..at].rsplit(|sign: char| !sign.is_ascii_alphanumeric()).next()?;
        if !["http", "https"].contains(&scheme) {
            return None;
        }
        let rest = &text[at + 3..];
        let end = rest.find(|sign: char| !(sign.is_alphanumeric() || ".:@-".contains(sign)));
        let authority = &rest[..end.unwrap_or(rest.len())];
        let host = authority.rsplit('@').next()?.split(':').next()?;
        (!host.is_empty()).then_some(host)
    })
}

#[test]
fn the_project_knows_no_machine_and_no_stranger() {
    // In pieces, so that this file does not hold them.
    let machines = [concat!("/ro", "ot/"), concat!("/Use", "rs/"), concat!("/wo", "rk/")];
    // A name under these is nobody's (RFC 2606).
    let nobody = |host: &str| host.ends_with("example.org") || host.ends_with(".example");
    let mut broken = Vec::new();
    for page in pages() {
        for (number, line) in page.text.lines().enumerate() {
            let place = format!("{}:{}", page.path, number + 1);
            for path in machines.iter().filter(|path| line.contains(**path)) {
                broken.push(format!("{place}: {path} is a path of one machine"));
            }
            for host in hosts(line) {
                if !nobody(host) && !HOSTS.iter().any(|(known, _)| *known == host) {
                    broken.push(format!("{place}: {host} is a stranger"));
                }
            }
        }
    }
    none(broken, "Write no path of a machine; a host needs a row, with its reason, in HOSTS.");
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    let all: BTreeMap<String, String> =
        pages().into_iter().map(|page| (page.path, page.text)).collect();
    for page in papers() {
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in links(&page.text) {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { page.path.clone() } else { joined(folder, path) };
            let exists = project::root().join(&target).exists();
            let text = all.get(&target).map_or("", String::as_str);
            let has_anchor = anchor.is_empty() || anchors(text).iter().any(|one| one == anchor);
            if !exists || !has_anchor {
                broken.push(format!("{}: {link}", page.path));
            }
        }
    }
    none(broken, "Mend the link, or write what it promises.");
}

/// A path as seen from a folder of the project.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn every_file_that_is_spoken_of_exists() {
    let mut broken = Vec::new();
    let of_ours = |quote: &str| {
        let plain = quote.chars().all(|sign| sign.is_ascii_alphanumeric() || "/._-".contains(sign));
        let room = quote.split_once('/').is_some_and(|(room, _)| ROOMS.contains(&room));
        plain && room
    };
    for page in papers() {
        for path in quoted(&page.text).into_iter().filter(|quote| of_ours(quote)) {
            if !project::root().join(&path).exists() {
                broken.push(format!("{}: {path}", page.path));
            }
        }
    }
    for page in sources() {
        for comment in page.text.lines().filter(|line| line.trim_start().starts_with("//")) {
            let words = comment.split(|sign: char| {
                !(sign.is_ascii_alphanumeric() || ['/', '.', '_', '-'].contains(&sign))
            });
            for word in words.map(|word| word.trim_end_matches('.')) {
                let is_doc = word.starts_with("docs/") && word.ends_with(".md");
                if is_doc && !EXPECTED.contains(&word) && !project::root().join(word).exists() {
                    broken.push(format!("{}: {word}", page.path));
                }
            }
        }
    }
    none(broken, "Mend the path, or write what it promises.");
}

#[test]
fn every_room_has_its_line() {
    let mut broken = Vec::new();
    let readme = project::text("README.md");
    let architecture = project::text("ARCHITECTURE.md");
    let rooms: BTreeSet<String> = pages()
        .iter()
        .filter_map(|page| page.path.split_once('/').map(|(room, _)| room.to_owned()))
        .collect();
    for room in rooms {
        if !ROOMS.contains(&room.as_str()) {
            broken.push(format!("{room}/ is no room of the house"));
        }
        for (name, paper) in [("README.md", &readme), ("ARCHITECTURE.md", &architecture)] {
            let cell = format!("`{room}/`");
            if !rows(paper).iter().any(|row| row[0].contains(&cell)) {
                broken.push(format!("{name} has no row for {cell}"));
            }
        }
    }
    let modules = sources().into_iter().filter_map(|page| {
        let folder = ["daemon/src/", "drivers/src/"]
            .iter()
            .find_map(|room| Some((*room, page.path.strip_prefix(room)?.split_once('/')?.0)));
        folder.map(|(room, module)| format!("{room}{module}/"))
    });
    for module in modules.collect::<BTreeSet<String>>() {
        if !architecture.contains(&format!("`{module}`")) {
            broken.push(format!("ARCHITECTURE.md says nothing of `{module}`"));
        }
    }
    none(broken, "The code map says of each folder what lives there and what never does.");
}

#[test]
fn every_command_is_in_the_readme() {
    let readme = project::text("README.md");
    let listed: BTreeSet<String> = rows(section(&readme, "## The command line"))
        .iter()
        .filter_map(|row| {
            let words = row[0].trim_matches('`').strip_prefix("omzien ")?;
            words.split_whitespace().next().map(str::to_owned)
        })
        .collect();
    let files: BTreeSet<String> = sources()
        .into_iter()
        .filter_map(|page| {
            let file = page.path.strip_prefix("daemon/src/commands/")?.strip_suffix(".rs")?;
            (file != "mod" && !file.contains('/')).then(|| file.replace('_', "-"))
        })
        .collect();
    assert_eq!(listed, files, "README.md, \"The command line\": a row a command");
}

#[test]
fn every_word_for_make_is_one() {
    let makefile = project::text("Makefile");
    let known: BTreeSet<&str> = makefile
        .lines()
        .filter(|line| !line.starts_with(['\t', '#', '.']))
        .filter_map(|line| line.split_once(':').map(|(target, _)| target))
        .collect();
    let mut broken = Vec::new();
    for page in papers() {
        for target in quoted(&page.text).iter().filter_map(|quote| quote.strip_prefix("make ")) {
            if !known.contains(target) {
                broken.push(format!("{}: make {target}", page.path));
            }
        }
    }
    none(broken, "The Makefile has no such target.");
}

#[test]
fn every_driver_is_in_the_architecture() {
    let architecture = project::text("ARCHITECTURE.md");
    let listed: Vec<Vec<String>> = rows(section(&architecture, "### Drivers"));
    let listed: BTreeMap<&str, &str> =
        listed.iter().map(|row| (row[0].trim_matches('`'), row[1].as_str())).collect();
    let table: BTreeMap<&str, &str> = DRIVERS.iter().map(|row| (row.name, row.about)).collect();
    assert_eq!(listed, table, "ARCHITECTURE.md, \"Drivers\", says what drivers/src/table.rs says");
}

#[test]
fn every_skill_is_in_the_architecture() {
    let architecture = project::text("ARCHITECTURE.md");
    let listed: BTreeSet<String> = rows(section(&architecture, "### Skills"))
        .iter()
        .map(|row| row[0].trim_matches('`').to_owned())
        .collect();
    let folders: BTreeSet<String> = pages()
        .iter()
        .filter_map(|page| {
            page.path.strip_prefix("skills/")?.strip_suffix("/skill.toml").map(str::to_owned)
        })
        .collect();
    assert_eq!(listed, folders, "ARCHITECTURE.md, \"Skills\": a row a folder");
}

#[test]
fn every_design_note_is_in_their_index() {
    let index = links(&project::text("docs/design/README.md"));
    let notes = papers().into_iter().filter_map(|page| {
        let note = page.path.strip_prefix("docs/design/")?.to_owned();
        (note != "README.md").then_some(note)
    });
    let missing = notes.filter(|note| !index.contains(note));
    none(missing.collect(), "docs/design/README.md: a row a note.");
}

/// Fourteen promises, each with where it is checked or an honest "not yet".
#[test]
fn the_promises_name_tests_that_exist() {
    let architecture = project::text("ARCHITECTURE.md");
    let promises = rows(section(&architecture, "### The fourteen promises"));
    let numbers: Vec<String> = promises.iter().map(|row| row[0].clone()).collect();
    assert_eq!(numbers, (1..=14).map(|number| number.to_string()).collect::<Vec<_>>());
    let mut broken = Vec::new();
    for row in &promises {
        if !row[2].contains('`') && !row[2].contains("not yet") {
            broken.push(format!("promise {} names no test and does not say \"not yet\"", row[0]));
        }
    }
    let of_file: BTreeMap<String, BTreeSet<String>> = sources()
        .into_iter()
        .map(|page| {
            let names = functions(&page.text).into_iter().map(|one| one.name).collect();
            (page.path, names)
        })
        .collect();
    let mut named = 0;
    for quote in quoted(&architecture) {
        let Some((file, test)) = quote.split_once(": ") else { continue };
        if !file.ends_with(".rs") {
            continue;
        }
        named += 1;
        if !of_file.get(file).is_some_and(|names| names.contains(test)) {
            broken.push(format!("ARCHITECTURE.md: {file} has no {test}"));
        }
    }
    assert!(named > 20, "only {named} tests are named: was the page read?");
    none(broken, "ARCHITECTURE.md names tests as `path/of/file.rs: name_of_the_function`.");
}

#[test]
fn the_change_log_knows_this_version() {
    let workspace = manifest("");
    let version = workspace["workspace"]["package"]["version"].as_str().expect("a text");
    let heading = format!("\n## [{version}]");
    assert!(
        project::text("CHANGELOG.md").contains(&heading),
        "CHANGELOG.md has no heading {heading:?}: say what is new"
    );
}

/// clippy does the forbidding; this keeps anybody from quietly taking a row out.
#[test]
fn the_core_is_forbidden_what_it_must_not_touch() {
    let list: Table = project::text("daemon/core/clippy.toml").parse().expect("it is TOML");
    let forbidden: BTreeSet<&str> = ["disallowed-types", "disallowed-methods"]
        .iter()
        .filter_map(|key| list.get(*key)?.as_array())
        .flatten()
        .filter_map(|row| row.get("path")?.as_str())
        .collect();
    let wanted = [
        "jiff::Timestamp::now",
        "jiff::Zoned::now",
        "jiff::tz::TimeZone::system",
        "std::collections::HashMap",
        "std::env::var",
        "std::fs::File",
        "std::fs::read",
        "std::fs::write",
        "std::hash::RandomState",
        "std::net::TcpListener",
        "std::net::TcpStream",
        "std::net::UdpSocket",
        "std::process::Command",
        "std::thread::sleep",
        "std::thread::spawn",
        "std::time::Instant",
        "std::time::SystemTime",
    ];
    let missing = wanted.iter().filter(|path| !forbidden.contains(*path));
    none(
        missing.map(|path| (*path).to_owned()).collect(),
        "daemon/core/clippy.toml must forbid these: time is an argument, deadlines are data.",
    );
}
