//! The skills of a home: those of the program, and those in the folder `skills` beside the home
//! file, which add to them or take their place. Reads files and judges none: the skills do. What
//! is broken is left out and told; it never keeps a home from running.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use omzien_skills::{FILE_BYTES_MAX, FILES_OF_A_SKILL, Origin, SkillError, Skills};

use super::mistake::{Mistake, Mistakes, Showing, Source};

/// Beside `home.toml`: a folder a skill.
pub const SKILLS_FOLDER: &str = "skills";
/// More than any home has; those behind them, by name, are left out and told.
const FOLDERS_MAX: usize = 30;
/// Of a folder with more in it the rest is not looked at: it is a mix-up.
const ENTRIES_MAX: usize = 1_000;

/// The skills of a home, all listening, and what is wrong with those that are left out.
#[derive(Clone, Debug)]
pub struct HomeSkills {
    pub skills: Skills,
    pub mistakes: Mistakes,
    /// The names of those that are left out.
    pub left_out: BTreeSet<String>,
}

/// The text of each file, by `name/file`.
type Texts = BTreeMap<String, String>;

impl HomeSkills {
    /// Those of the program alone.
    pub fn built_in() -> Self {
        let (mistakes, left_out) = Default::default();
        Self { skills: Skills::built_in(), mistakes, left_out }
    }

    /// With those beside this home file.
    pub fn beside(home: &Path) -> Self {
        Self::of_folder(&home.with_file_name(SKILLS_FOLDER))
    }

    /// With those in this folder; none if there is no such folder.
    pub fn of_folder(folder: &Path) -> Self {
        let mut found = Found { folder: folder.to_owned(), ..Found::default() };
        found.look();
        found.judged()
    }

    /// With this one skill in a folder of its own.
    pub fn of_skill(folder: &Path) -> Self {
        let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let name = whole.file_name().map(|name| name.to_string_lossy().into_owned());
        let parent = folder.parent().unwrap_or(Path::new("")).to_owned();
        let mut found = Found { folder: parent, at: Some(folder.to_owned()), ..Found::default() };
        found.take(&name.unwrap_or_default());
        found.judged()
    }

    /// The names of those that a home has of its own.
    pub fn of_the_home(&self) -> impl Iterator<Item = &str> {
        let own = self.skills.list().iter().filter(|skill| skill.origin == Origin::Home);
        own.map(|skill| &*skill.name)
    }

    /// Everything that `home.toml` may name, broken or not: a broken skill is a mistake in its own
    /// folder alone.
    pub(super) fn names(&self) -> Vec<&str> {
        let known = self.skills.list().iter().map(|skill| &*skill.name);
        known.chain(self.left_out.iter().map(String::as_str)).collect()
    }
}

/// What lies there.
#[derive(Default)]
struct Found {
    folder: PathBuf,
    /// The one skill, where its folder is called otherwise than it is reached.
    at: Option<PathBuf>,
    texts: Texts,
    mistakes: Vec<Mistake>,
    left_out: BTreeSet<String>,
}

impl Found {
    fn look(&mut self) {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                let message = format!("the skills cannot be read: {error}");
                let mend = "check that it is a folder, and who may read it";
                return self.wrong(&self.folder.clone(), message, mend);
            }
        };
        let entries = entries.take(ENTRIES_MAX).filter_map(Result::ok);
        let folders = entries.filter(|entry| entry.path().is_dir());
        let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
        // What begins with a point belongs to an editor or another program.
        let names: BTreeSet<String> = names.filter(|name| !name.starts_with('.')).collect();
        for (number, name) in names.iter().enumerate() {
            if number < FOLDERS_MAX {
                self.take(name);
            } else {
                let message = format!("there are more than {FOLDERS_MAX} skills here");
                let mend = "this one is left out: take away what is not used";
                self.wrong(&self.folder.join(name), message, mend);
                self.left_out.insert(name.clone());
            }
        }
    }

    /// The files of one skill; of one that cannot be read whole, none.
    fn take(&mut self, name: &str) {
        let mut texts = Texts::new();
        let before = self.mistakes.len();
        for file in FILES_OF_A_SKILL {
            match read_text(&self.path(name).join(file)) {
                Ok(Some(text)) => {
                    texts.insert(format!("{name}/{file}"), text);
                }
                // The skill says which files it needs.
                Ok(None) => {}
                Err(message) => {
                    let mend = "check the file, the disk, and who may read it";
                    self.wrong(&self.path(name).join(file), message, mend);
                }
            }
        }
        if self.mistakes.len() > before {
            self.left_out.insert(name.to_owned());
        } else if texts.is_empty() {
            let message = "this is no skill: none of its files is here";
            let mend =
                format!("it has {}; `omzien skill new` writes them", FILES_OF_A_SKILL.join(", "));
            self.wrong(&self.path(name), message.to_owned(), &mend);
            self.left_out.insert(name.to_owned());
        } else {
            self.texts.append(&mut texts);
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.at.clone().unwrap_or_else(|| self.folder.join(name))
    }

    fn wrong(&mut self, path: &Path, message: String, mend: &str) {
        self.mistakes.push(Mistake::of_file(&path.display().to_string(), message, mend));
    }

    fn judged(mut self) -> HomeSkills {
        let files = self.texts.iter().map(|(path, text)| (&**path, &**text));
        let (skills, errors) = Skills::with_those_of_a_home(files);
        for error in errors {
            let name = error.path.split('/').next().unwrap_or_default();
            self.mistakes.push(self.shown(name, &error));
            self.left_out.insert(name.to_owned());
        }
        HomeSkills { skills, mistakes: Mistakes(self.mistakes), left_out: self.left_out }
    }

    /// With its line, as mistakes in the home file are.
    fn shown(&self, name: &str, error: &SkillError) -> Mistake {
        let file = error.path.rsplit('/').next().unwrap_or_default();
        let path = self.path(name).join(file).display().to_string();
        let (problem, mend) = (error.problem.clone(), error.mend.clone());
        match (&error.span, self.texts.get(&error.path)) {
            (Some(span), Some(text)) => {
                let source = Source { name: &path, text, showing: Showing::Lines };
                Mistake::at(source, span.clone(), problem, mend)
            }
            (Some(_) | None, _) => Mistake::of_file(&path, problem, mend),
        }
    }
}

/// `None` if there is no such file.
fn read_text(path: &Path) -> Result<Option<String>, String> {
    // Asked before opening, because opening a pipe would wait for its other end.
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err("it is not a file".to_owned()),
        Ok(metadata) if metadata.len() > FILE_BYTES_MAX as u64 => {
            return Err(format!("it is larger than {} KiB", FILE_BYTES_MAX / 1024));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("it cannot be read: {error}")),
    }
    let bytes = fs::read(path).map_err(|error| format!("it cannot be read: {error}"))?;
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|error| format!("byte {} is no UTF-8", error.utf8_error().valid_up_to()))
}
