//! Texts that are kept in a file of the project and must be what the code says. Only in tests.

use std::path::{Path, PathBuf};

/// A path from the root of the project.
pub(crate) fn in_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The file says what the code says. With `OMZIEN_UPDATE=1` it is written anew instead.
pub(crate) fn same_as_file(path: &str, text: &str) {
    let file = in_project(path);
    if std::env::var_os("OMZIEN_UPDATE").is_some() {
        let folder = file.parent().expect("a file is in a folder");
        std::fs::create_dir_all(folder).expect("the folder can be made");
        std::fs::write(&file, text).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if let Some((number, (kept, said))) = kept
        .lines()
        .chain(std::iter::repeat("(its end)"))
        .zip(text.lines())
        .enumerate()
        .find(|(_, (kept, said))| kept != said)
    {
        panic!(
            "{path}:{} is stale:\n  it says   {kept}\n  should be {said}\n\
             OMZIEN_UPDATE=1 with the same test writes it anew; read the difference",
            number + 1
        );
    }
    assert_eq!(kept, text, "{path} is stale: run the same test with OMZIEN_UPDATE=1");
}
