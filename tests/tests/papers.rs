//! What the papers say is tested is a test: every `module: name_of_a_test` in SECURITY.md and in
//! docs/design is a function of this workspace. It does not judge whether the test proves it.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file below with this extension; not what was built.
fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().expect("a type").is_dir() {
            if name != "target" && !name.starts_with('.') {
                files(&path, extension, found);
            }
        } else if path.extension().is_some_and(|of| of == extension) {
            found.push(path);
        }
    }
}

/// The test names between backticks: `people: a_pressed_button_comes_home`.
fn named(paper: &str) -> Vec<String> {
    let is_name = |name: &&str| {
        name.matches('_').count() > 1
            && name.chars().all(|sign| sign == '_' || sign.is_ascii_alphanumeric())
    };
    paper
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|quoted| quoted.rsplit_once(": ").map(|(_, name)| name))
        .filter(is_name)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_test_that_a_paper_names_exists() {
    let mut papers = vec![root().join("SECURITY.md")];
    files(&root().join("docs").join("design"), "md", &mut papers);
    let mut sources = Vec::new();
    files(&root(), "rs", &mut sources);
    let code: String =
        sources.iter().map(|path| fs::read_to_string(path).expect("readable")).collect();
    let mut count = 0;
    for paper in papers {
        for name in named(&fs::read_to_string(&paper).expect("readable")) {
            count += 1;
            let function = format!("fn {name}(");
            assert!(code.contains(&function), "{} names no test: {name}", paper.display());
        }
    }
    assert!(count > 20, "the papers were not read: {count} names");
}
