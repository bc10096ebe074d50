//! A home on a new card: its file, its secrets and its state in one archive, and back again. It
//! copies bytes and never looks into them; nothing is changed before everything is verified.
//!
//! The archive is a plain tar: `home.toml`, `secrets.toml`, `skills/…`, `state/…`, and last
//! `manifest.json` with the size and SHA-256 of each. It is not encrypted; whoever has it has the
//! home.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::config::{SECRETS_FILE, SKILLS_FOLDER};
use crate::journal::{self, OpenError};

/// Rises when an older program could not read the archive any more.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const HOME: &str = "home.toml";
/// How the names of the files of its skills begin.
const SKILLS: &str = "skills/";
const SECRETS: &str = SECRETS_FILE;
const STATE: &str = "state";
/// A state folder has some ten files and at most a few hundred megabytes.
const FILES_MAX: usize = 10_000;
const BYTES_MAX: u64 = 4 << 30;
const MANIFEST_BYTES_MAX: u64 = 4 << 20;

/// What is in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: u32,
    /// The version of the program that made it; for whoever reads it.
    omzien: String,
    pub files: BTreeMap<String, Sum>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    pub bytes: u64,
    sha256: String,
}

impl Manifest {
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|sum| sum.bytes).sum()
    }
}

/// The places of one home on this machine.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    pub state: &'a Path,
    /// The secrets are beside it.
    pub home: &'a Path,
}

#[derive(Debug, Error)]
pub enum BackupError {
    #[error("there is no home at {0}; name its state with --state")]
    NoState(PathBuf),
    #[error("{0} is there already; choose another name, an archive is never overwritten")]
    Exists(PathBuf),
    #[error("{0} is not empty; a home is restored onto a new card only (see omzien reset)")]
    NotEmpty(PathBuf),
    #[error("the state cannot be taken: {0}")]
    State(#[from] OpenError),
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error("the archive is damaged or not one of ours ({0}); nothing was changed")]
    Archive(String),
    #[error("the archive is of format {0}, this program knows {FORMAT}; install a newer omzien")]
    Newer(u32),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::File { path, error }
}

fn damaged(error: impl ToString) -> BackupError {
    BackupError::Archive(error.to_string())
}

/// Writes the archive `out`, readable by its owner alone. The companion must not be running: its
/// files would change while they are copied.
pub fn back_up(places: Places<'_>, out: &Path) -> Result<Manifest, BackupError> {
    if !places.state.join("VERSION").exists() {
        return Err(BackupError::NoState(places.state.to_owned()));
    }
    if out.exists() {
        return Err(BackupError::Exists(out.to_owned()));
    }
    let _claim = journal::claim(places.state)?;
    let mut sources = vec![(HOME.to_owned(), places.home.to_owned())];
    let secrets = places.home.with_file_name(SECRETS);
    if secrets.exists() {
        sources.push((SECRETS.to_owned(), secrets));
    }
    let skills = places.home.with_file_name(SKILLS_FOLDER);
    if skills.is_dir() {
        list(&skills, SKILLS_FOLDER, &mut sources)?;
    }
    list(places.state, STATE, &mut sources)?;
    let new = beside(out, "new");
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)
        .map_err(at(&new))?;
    let manifest = write_archive(&sources, &file)?;
    file.sync_all().map_err(at(&new))?;
    fs::rename(&new, out).map_err(at(out))?;
    sync_parent(out)?;
    Ok(manifest)
}

/// Puts the home in the archive in its places. The state must be empty or absent; a home file
/// that is there already stays beside the restored one as `….before-restore`.
pub fn restore(archive: &Path, places: Places<'_>) -> Result<Manifest, BackupError> {
    if fs::read_dir(places.state).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(BackupError::NotEmpty(places.state.to_owned()));
    }
    let manifest = verify(archive)?;
    let staged = Staged {
        state: beside(places.state, "restoring"),
        home: beside(places.home, "restoring"),
        secrets: beside(&places.home.with_file_name(SECRETS), "restoring"),
        skills: beside(&places.home.with_file_name(SKILLS_FOLDER), "restoring"),
    };
    for folder in [&staged.state, &staged.skills] {
        // Of a restore that was interrupted.
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(at(folder))?;
        }
    }
    let done = staged.unpack(archive, &manifest).and_then(|()| {
        // Refuses a state of a newer release while the card is still as it was.
        drop(journal::claim(&staged.state)?);
        staged.put(places)
    });
    if done.is_err() {
        staged.remove();
    }
    done.map(|()| manifest)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// What of a state folder makes the home. What was set aside for diagnosis stays behind.
fn belongs(name: &str) -> bool {
    !["lock", "reserve", "cut"].contains(&name)
        && !name.starts_with("journal.damaged")
        && !name.ends_with(".new")
}

fn list(
    folder: &Path,
    name: &str,
    sources: &mut Vec<(String, PathBuf)>,
) -> Result<(), BackupError> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let kind = entry.file_type().map_err(at(&entry.path()))?;
        let file_name = entry.file_name();
        let Some(part) = file_name.to_str().filter(|part| belongs(part)) else { continue };
        let name = format!("{name}/{part}");
        if kind.is_dir() {
            list(&entry.path(), &name, sources)?;
        } else if kind.is_file() {
            sources.push((name, entry.path()));
        }
    }
    Ok(())
}

fn write_archive(sources: &[(String, PathBuf)], out: &File) -> Result<Manifest, BackupError> {
    let mut archive = tar::Builder::new(out);
    let omzien = env!("CARGO_PKG_VERSION").to_owned();
    let mut manifest = Manifest { format: FORMAT, omzien, files: BTreeMap::new() };
    for (name, path) in sources {
        let file = File::open(path).map_err(at(path))?;
        let meta = file.metadata().map_err(at(path))?;
        let mut summed = Summing::new(file.take(meta.len()));
        let mut header = header(meta.len(), meta.mode() & 0o777);
        archive.append_data(&mut header, name, &mut summed).map_err(at(path))?;
        let sum = summed.finish();
        if sum.bytes != meta.len() {
            return Err(at(path)(io::Error::other("it became shorter while it was copied")));
        }
        manifest.files.insert(name.clone(), sum);
    }
    let json = serde_json::to_vec_pretty(&manifest).map_err(damaged)?;
    let mut header = header(json.len() as u64, 0o600);
    archive.append_data(&mut header, MANIFEST, &json[..]).map_err(damaged)?;
    archive.finish().map_err(damaged)?;
    Ok(manifest)
}

fn header(bytes: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(mode);
    header
}

/// Reads the whole archive and compares every file with the manifest.
fn verify(path: &Path) -> Result<Manifest, BackupError> {
    let mut found = BTreeMap::new();
    let mut manifest = None;
    let mut left = BYTES_MAX;
    read_archive(path, &mut |name, _, content| {
        if manifest.is_some() {
            return Err(damaged("something follows its manifest"));
        }
        if name == MANIFEST {
            let mut json = Vec::new();
            content.take(MANIFEST_BYTES_MAX).read_to_end(&mut json).map_err(damaged)?;
            let form: Form = serde_json::from_slice(&json).map_err(damaged)?;
            if form.format != FORMAT {
                return Err(BackupError::Newer(form.format));
            }
            manifest = Some(serde_json::from_slice::<Manifest>(&json).map_err(damaged)?);
            return Ok(());
        }
        let mut summed = Summing::new(content.take(left));
        io::copy(&mut summed, &mut io::sink()).map_err(damaged)?;
        let sum = summed.finish();
        left -= sum.bytes;
        if left == 0 || found.len() >= FILES_MAX {
            return Err(damaged("it is larger than any home"));
        }
        if found.insert(name.to_owned(), sum).is_some() {
            return Err(damaged(format!("{name} is in it twice")));
        }
        Ok(())
    })?;
    let manifest = manifest.ok_or_else(|| damaged("it ends before its manifest"))?;
    if manifest.files != found {
        return Err(damaged("its checksums do not match"));
    }
    for name in [HOME, "state/VERSION"] {
        if !found.contains_key(name) {
            return Err(damaged(format!("it holds no {name}")));
        }
    }
    Ok(manifest)
}

/// The one key that every format has.
#[derive(Deserialize)]
struct Form {
    format: u32,
}

type Take<'a> = &'a mut dyn FnMut(&str, u32, &mut dyn Read) -> Result<(), BackupError>;

/// Hands over every file with its name and mode; refuses anything that is not a file of a home.
fn read_archive(path: &Path, take: Take<'_>) -> Result<(), BackupError> {
    let file = File::open(path).map_err(at(path))?;
    let mut archive = tar::Archive::new(io::BufReader::new(file));
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path().map_err(damaged)?.to_str().map(str::to_owned);
        let name = name.filter(|name| is_ours(name)).ok_or_else(|| damaged("a strange name"))?;
        if entry.header().entry_type() != tar::EntryType::Regular {
            return Err(damaged(format!("{name} is not a file")));
        }
        let mode = entry.header().mode().map_err(damaged)?;
        take(&name, mode, &mut entry)?;
    }
    Ok(())
}

fn is_ours(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let plain = parts.all(|part| matches!(part, Component::Normal(_)));
    let below = ["state/", SKILLS].iter().any(|folder| name.starts_with(folder));
    let place = below || [HOME, SECRETS, MANIFEST].contains(&name);
    plain && place
}

/// A home that is unpacked beside its places, and not yet in them.
struct Staged {
    state: PathBuf,
    home: PathBuf,
    secrets: PathBuf,
    skills: PathBuf,
}

impl Staged {
    fn unpack(&self, archive: &Path, manifest: &Manifest) -> Result<(), BackupError> {
        fs::create_dir_all(&self.state).map_err(at(&self.state))?;
        fs::set_permissions(&self.state, Permissions::from_mode(0o700)).map_err(at(&self.state))?;
        read_archive(archive, &mut |name, mode, content| {
            let (path, mode) = match name {
                MANIFEST => return Ok(()),
                HOME => (self.home.clone(), mode & 0o755),
                SECRETS => (self.secrets.clone(), 0o600),
                _ if name.starts_with(SKILLS) => {
                    (self.skills.join(name.trim_start_matches(SKILLS)), mode & 0o755)
                }
                _ => (self.state.join(name.trim_start_matches("state/")), 0o600),
            };
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(at(folder))?;
            }
            let mut options = File::options();
            options.write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.open(&path).map_err(at(&path))?;
            let mut summed = Summing::new(content);
            io::copy(&mut summed, &mut file).map_err(at(&path))?;
            file.set_permissions(Permissions::from_mode(mode)).map_err(at(&path))?;
            file.sync_all().map_err(at(&path))?;
            // The archive may lie on a stick that gives another answer the second time.
            if manifest.files.get(name) != Some(&summed.finish()) {
                return Err(damaged(format!("{name} changed while it was read")));
            }
            Ok(())
        })
    }

    /// Gives everything its name; the state last, so that an interrupted restore can be repeated.
    fn put(&self, places: Places<'_>) -> Result<(), BackupError> {
        let secrets = places.home.with_file_name(SECRETS);
        let skills = places.home.with_file_name(SKILLS_FOLDER);
        for (staged, place) in
            [(&self.skills, &*skills), (&self.secrets, &secrets), (&self.home, places.home)]
        {
            if !staged.exists() {
                continue;
            }
            give_to_owner_of(place, staged)?;
            if place.exists() {
                let before = beside(place, "before-restore");
                if before.is_dir() {
                    fs::remove_dir_all(&before).map_err(at(&before))?;
                }
                fs::rename(place, before).map_err(at(place))?;
            }
            fs::rename(staged, place).map_err(at(place))?;
            sync_parent(place)?;
        }
        give_to_owner_of(places.state, &self.state)?;
        fs::rename(&self.state, places.state).map_err(at(places.state))?;
        sync_parent(places.state)
    }

    fn remove(&self) {
        // What stays is overwritten by the next try.
        let _ = fs::remove_dir_all(&self.state);
        let _ = fs::remove_dir_all(&self.skills);
        let _ = fs::remove_file(&self.home);
        let _ = fs::remove_file(&self.secrets);
    }
}

/// Root restores for the service: everything gets the owner of what it takes the place of, or
/// of the folder around it.
fn give_to_owner_of(place: &Path, staged: &Path) -> Result<(), BackupError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let around = place.parent().unwrap_or_else(|| Path::new("/"));
    let owner = fs::metadata(place).or_else(|_| fs::metadata(around)).map_err(at(around))?;
    give(staged, owner.uid(), owner.gid())
}

fn give(path: &Path, user: u32, group: u32) -> Result<(), BackupError> {
    chown(path, Some(user), Some(group)).map_err(at(path))?;
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(at(path))? {
            give(&entry.map_err(at(path))?.path(), user, group)?;
        }
    }
    Ok(())
}

fn sync_parent(path: &Path) -> Result<(), BackupError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    File::open(parent).and_then(|folder| folder.sync_all()).map_err(at(parent))
}

/// Sums up what is read through it.
struct Summing<R> {
    inner: R,
    bytes: u64,
    hash: Sha256,
}

impl<R: Read> Summing<R> {
    fn new(inner: R) -> Self {
        Self { inner, bytes: 0, hash: Sha256::new() }
    }

    fn finish(self) -> Sum {
        let digest = self.hash.finalize();
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Sum { bytes: self.bytes, sha256 }
    }
}

impl<R: Read> Read for Summing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        self.hash.write_all(&buffer[..count])?;
        Ok(count)
    }
}
