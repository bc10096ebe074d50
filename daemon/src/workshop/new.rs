//! Begins a new skill: a small folder that works, to be changed. Overwrites nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use omzien_skills::{Refused, Skills, check_folder_name};

/// The word in the files that becomes the name.
const NAME: &str = "NAME";
const FILES: [(&str, &str); 4] = [
    ("skill.toml", include_str!("new/skill.toml")),
    ("nl.toml", include_str!("new/nl.toml")),
    ("en.toml", include_str!("new/en.toml")),
    ("examples.toml", include_str!("new/examples.toml")),
];

/// Why no skill was begun.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    #[error("{problem}: {mend}")]
    Name { problem: String, mend: String },
    #[error("the program has a skill {name:?}: give yours another name")]
    Known { name: String },
    #[error("{} is there already: nothing was changed", .0.display())]
    There(PathBuf),
    #[error("{} cannot be written: {error}", path.display())]
    NotWritten { path: PathBuf, error: io::Error },
}

/// Writes the folder of a skill below `folder`, and gives its path.
pub fn begin(folder: &Path, name: &str) -> Result<PathBuf, NewError> {
    check_folder_name(name)
        .map_err(|Refused { problem, mend }| NewError::Name { problem, mend })?;
    if Skills::built_in().list().iter().any(|skill| skill.name == name) {
        return Err(NewError::Known { name: name.to_owned() });
    }
    let path = folder.join(name);
    let not_written = |path: &Path| {
        let path = path.to_owned();
        |error| NewError::NotWritten { path, error }
    };
    fs::create_dir_all(folder).map_err(not_written(folder))?;
    match fs::create_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(NewError::There(path));
        }
        made => made.map_err(not_written(&path))?,
    }
    for (file, text) in FILES {
        let file = path.join(file);
        fs::write(&file, text.replace(NAME, name)).map_err(not_written(&file))?;
    }
    Ok(path)
}
