//! `home.toml` → the [`Plan`] and the drivers' settings, or every mistake at once with its mend.
//!
//! Reading is a function of texts ([`read`]); only [`load`] opens files. Neither changes anything:
//! a bad file leaves the home as it was. Nothing here is decided about anybody.

mod calendars;
mod file;
mod format;
mod mistake;
mod nearest;
mod page;
mod reach;
mod resolve;
mod scenes;
mod section;
mod shape;
mod skills;
mod sound_proof;
mod wires;

#[cfg(test)]
mod docs;
#[cfg(test)]
pub(crate) mod kept;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use omzien_core::names::{CalendarId, ContactId, DeviceId, RoomId};
use omzien_core::{Language, Plan};
use omzien_drivers::{calendar, gpio, mail, mqtt, ntfy, sound, speech};
use omzien_skills::Skills;
use schemars::JsonSchema;
use serde::Deserialize;

pub use file::{ContactVia, DeviceVia, Simulated};
pub use mistake::{Mistake, Mistakes, Paint, Place, Showing, Source};
pub use skills::{HomeSkills, SKILLS_FOLDER};

use file::HomeFile;
use section::section;

/// Larger than any home; a larger file is a mix-up.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Where the home file is on a device that was set up.
pub const HOME_FILE: &str = "/etc/omzien/home.toml";
/// Beside `home.toml`; readable by its owner alone.
pub const SECRETS_FILE: &str = "secrets.toml";

/// A home file that was read without a mistake.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub plan: Plan,
    pub settings: Settings,
    /// Of the program and of the home; those listen that the home file names.
    pub skills: Skills,
    /// Folders of skills that are left out, by name, and what is wrong in them.
    pub left_out: BTreeSet<String>,
    pub in_skills: Mistakes,
    /// Not wrong, but worth a look.
    pub warnings: Mistakes,
}

/// What the drivers need and the plan does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How each device of the plan is reached; as many as the plan has.
    pub devices: BTreeMap<DeviceId, DeviceVia>,
    /// How each contact of the plan is reached; as many as the plan has.
    pub contacts: BTreeMap<ContactId, ContactVia>,
    /// How each calendar of the plan is read.
    pub calendars: BTreeMap<CalendarId, calendar::Settings>,
    /// Where the microphone stands.
    pub microphone_room: Option<RoomId>,
    pub mqtt: mqtt::Settings,
    pub gpio: gpio::Settings,
    pub ntfy: ntfy::Settings,
    /// Present whenever a contact has `via.mail`.
    pub mail: Option<mail::Settings>,
    pub sound: sound::Settings,
    pub speech: speech::Settings,
    pub secrets: Secrets,
}

/// The whole of `secrets.toml`. Each driver has its section.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    /// For a broker with passwords.
    pub mqtt: mqtt::Secrets,
    /// Needed when somebody has `via.ntfy`.
    pub ntfy: Option<ntfy::Secrets>,
    /// For `[mail]` with a `username`.
    pub mail: mail::Secrets,
    /// Of each calendar that needs one, by its ID.
    pub calendar: BTreeMap<String, calendar::Secrets>,
}

/// Reads `home`, and the secrets and skills beside it. Changes nothing, whatever is in them.
pub fn load(home: &Path) -> Result<Loaded, Mistakes> {
    let Some(text) = read_file(home, Readers::Anyone)? else {
        let mend = "name the home file: omzien … --home FILE";
        let name = home.display().to_string();
        return Err(Mistakes(vec![Mistake::of_file(&name, "there is no such file", mend)]));
    };
    let secrets_path = home.with_file_name(SECRETS_FILE);
    // No secrets file is an empty one: what needs a secret says so by itself.
    let secrets = read_file(&secrets_path, Readers::OwnerOnly)?.unwrap_or_default();
    let skills = HomeSkills::beside(home);
    let (home, secrets_path) = (home.display().to_string(), secrets_path.display().to_string());
    read_with(
        Source { name: &home, text: &text, showing: Showing::Lines },
        Source { name: &secrets_path, text: &secrets, showing: Showing::Nothing },
        skills,
    )
}

/// Reads the texts of a home file and its secrets (empty if there are none).
pub fn read(home: Source<'_>, secrets: Source<'_>) -> Result<Loaded, Mistakes> {
    read_with(home, secrets, HomeSkills::built_in())
}

/// The same in a home with skills of its own.
pub fn read_with(
    home: Source<'_>,
    secrets: Source<'_>,
    skills: HomeSkills,
) -> Result<Loaded, Mistakes> {
    let mut mistakes = Vec::new();
    let secrets_read = section::<Secrets>(secrets, &mut mistakes);
    let home_read = section::<HomeFile>(home, &mut mistakes);
    let (Some(home_read), Some(secrets_read)) = (home_read, secrets_read) else {
        return Err(in_order(mistakes));
    };
    let resolved = resolve::resolve(home, home_read, secrets, secrets_read, &skills);
    mistakes.extend(resolved.mistakes);
    if !mistakes.is_empty() {
        return Err(in_order(mistakes));
    }
    let warnings = in_order(resolved.warnings);
    let HomeSkills { mistakes: in_skills, left_out, .. } = skills;
    let (skills, _) = resolved.skills.enable(&resolved.plan.skills);
    let (plan, settings) = (resolved.plan, resolved.settings);
    Ok(Loaded { plan, settings, skills, left_out, in_skills, warnings })
}

/// Reads a home file that needs no secrets, such as one that is part of the program.
pub fn read_text(name: &str, text: &str) -> Result<Loaded, Mistakes> {
    let home = Source { name, text, showing: Showing::Lines };
    read(home, Source { name: SECRETS_FILE, text: "", showing: Showing::Nothing })
}

/// The reference home of a language: it has the rooms, devices and people that the measuring
/// recordings speak of, all simulated.
pub fn reference(language: Language) -> Loaded {
    let (name, text) = match language {
        Language::Nl => {
            ("reference_nl.toml", include_str!("../../../tests/homes/reference_nl.toml"))
        }
        Language::En => {
            ("reference_en.toml", include_str!("../../../tests/homes/reference_en.toml"))
        }
    };
    match read_text(name, text) {
        Ok(loaded) => loaded,
        // They are part of the program, and a test reads both.
        Err(mistakes) => unreachable!("the built-in home has mistakes:\n{mistakes}"),
    }
}

/// As they stand in the files, the secrets last.
fn in_order(mut mistakes: Vec<Mistake>) -> Mistakes {
    mistakes.sort_by_key(|mistake| {
        let start = mistake.place.as_ref().map_or(0, |place| place.span.start);
        let hidden = mistake.place.as_ref().is_some_and(|place| place.shown.is_none());
        (hidden, start)
    });
    mistakes.dedup();
    Mistakes(mistakes)
}

/// Whom a file may be readable for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    Anyone,
    OwnerOnly,
}

/// `None` if there is no such file.
fn read_file(path: &Path, readers: Readers) -> Result<Option<String>, Mistakes> {
    let name = path.display().to_string();
    let refuse =
        |message: String, mend: &str| Err(Mistakes(vec![Mistake::of_file(&name, message, mend)]));
    let check = "check the path, the disk, and who may read it";
    // Asked before opening, because opening a pipe would wait for its other end.
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return refuse("it is not a file".to_owned(), check),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return refuse(format!("it cannot be read: {error}"), check),
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(path).and_then(|file| {
        let mode = file.metadata()?.permissions().mode();
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        Ok(mode)
    });
    match opened {
        Ok(mode) if readers == Readers::OwnerOnly && mode & 0o077 != 0 => {
            return refuse(
                "others than its owner can read it".to_owned(),
                &format!("type: chmod 600 '{name}'"),
            );
        }
        Ok(_) => {}
        Err(error) => return refuse(format!("it cannot be read: {error}"), check),
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return refuse("it is larger than 1 MiB".to_owned(), "check that it is a home file");
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            refuse(format!("byte {at} is no UTF-8"), "save it as UTF-8 in the editor")
        }
    }
}
