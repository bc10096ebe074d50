//! Calendars as they are written, and what of each is the plan's and what the driver's. Whether an
//! address can be read along is looked at here; nothing is opened.

use std::collections::BTreeMap;
use std::time::Duration;

use omzien_core::names::CalendarId;
use omzien_core::plan;
use omzien_drivers::calendar::{self, Settings, Via};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Secrets;
use super::file::HomeFile;
use super::format::Name;
use super::page::Cursor;
use super::resolve::{Look, minutes};

/// What was read longer ago than this may be out of date, and that is said: a morning's round of
/// the nurses changes within hours.
const STALE_AFTER_AT_LEAST: Duration = Duration::from_secs(2 * 3600);

/// A calendar elsewhere that the resident chose. It is only read, and told to nobody else.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Calendar {
    /// In the resident's own words: "de agenda van Anna".
    pub(super) name: Name,
    /// Who can change what stands in it: "Anna", "de thuiszorg". The resident is told to ask them.
    #[serde(default)]
    pub(super) kept_by: Option<Name>,
    /// From one reading to the next.
    #[serde(default = "every")]
    #[schemars(range(min = 5, max = 1440))]
    pub(super) every_min: u32,
    /// Where it is.
    pub(super) via: Via,
}

fn every() -> u32 {
    15
}

impl Look<'_, '_> {
    pub(super) fn calendars(&mut self) -> BTreeMap<CalendarId, plan::Calendar> {
        let calendar = |(id, calendar): (&String, &Calendar)| {
            let every = minutes(calendar.every_min);
            let meant = plan::Calendar {
                name: calendar.name.0.clone(),
                kept_by: calendar.kept_by.as_ref().map(|name| name.0.clone()),
                stale_after: (every * 2).max(STALE_AFTER_AT_LEAST),
            };
            (CalendarId::new(id), meant)
        };
        self.file.calendar.iter().map(calendar).collect()
    }
}

/// Each can be read as it is written, and no secret is kept for one that is not there.
pub(super) fn check(look: &mut Look<'_, '_>, secrets_place: &Cursor<'_, '_>, secrets: &Secrets) {
    let file = look.file;
    for (id, calendar) in &file.calendar {
        if let Err((problem, mend)) = calendar::check(&calendar.via, secrets.calendar.get(id)) {
            let place = look.home.at("calendar").at(id).at("via");
            look.mistakes.push(place.key_mistake(format!("`{id}` {problem}"), mend));
        }
    }
    let kept = secrets_place.at("calendar");
    for id in kept.keys() {
        look.refer("calendar", "calendar", id, &kept.at(id));
    }
    let skill = file.skills.iter().any(|skill| skill == "agenda");
    if !file.calendar.is_empty() && !skill {
        let message = "the calendars are read, and nobody can ask for them";
        let mend = "add \"agenda\" to `skills`";
        look.warnings.push(look.home.at("calendar").key_mistake(message, mend));
    }
}

/// What the driver needs of each.
pub(super) fn settings(file: &HomeFile) -> BTreeMap<CalendarId, Settings> {
    let settings = |(id, calendar): (&String, &Calendar)| {
        let every = minutes(calendar.every_min);
        (CalendarId::new(id), Settings { via: calendar.via.clone(), every })
    };
    file.calendar.iter().map(settings).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{SECRETS_FILE, Showing, Source, read};

    const HOME: &str = r#"
        companion = "Robin"
        language = "nl"
        zone = "Europe/Amsterdam"
        skills = ["agenda"]
        [[resident]]
        name = "mevrouw De Wit"
        [calendar.anna]
        name = "de agenda van Anna"
        kept_by = "Anna"
        every_min = 90
        via.caldav = { address = "https://cloud.example.org/riet/", username = "riet" }
        [calendar.nurses]
        name = "het rooster van de thuiszorg"
        via.web = {}
    "#;
    const SECRETS: &str = "[calendar.anna]\npassword = \"tulp\"\n[calendar.nurses]\n\
                           address = \"webcal://example.org/a.ics\"\n";

    /// The mistakes, or nothing.
    fn mistakes(home: &str, secrets: &str) -> Vec<String> {
        let home = Source { name: "home.toml", text: home, showing: Showing::Lines };
        let secrets = Source { name: SECRETS_FILE, text: secrets, showing: Showing::Nothing };
        match read(home, secrets) {
            Ok(loaded) => {
                assert_eq!(loaded.warnings.0, []);
                assert_eq!(loaded.plan.calendars.len(), loaded.settings.calendars.len());
                let stale = loaded.plan.calendars.values().map(|one| one.stale_after.as_secs());
                assert_eq!(stale.collect::<Vec<_>>(), [3 * 3600, 2 * 3600]);
                Vec::new()
            }
            Err(mistakes) => mistakes.0.iter().map(|mistake| mistake.message.clone()).collect(),
        }
    }

    #[test]
    fn a_calendar_is_whole_or_its_mistake_is_named() {
        assert_eq!(mistakes(HOME, SECRETS), [""; 0]);
        for (home, secrets, mistake) in [
            (HOME.to_owned(), "", "`anna` has a username without a password"),
            (HOME.replace("https", "http"), SECRETS, "`anna` has an address that is not encrypted"),
            (
                HOME.replace("[calendar.nurses]", "[calendar.nurse]"),
                SECRETS,
                "`nurse` has no address",
            ),
            (HOME.replace("every_min = 90", "every_min = 1"), SECRETS, "out of bounds"),
            (HOME.replace("via.web = {}", ""), SECRETS, "via"),
        ] {
            let found = mistakes(&home, secrets);
            assert!(found.iter().any(|one| one.contains(mistake)), "{mistake}: {found:?}");
        }
    }
}
