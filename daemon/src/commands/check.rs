//! `omzien check`: reads the home file and its secrets, prints every mistake at once, or in plain
//! words what it understood: who is reached when, and the hours nobody covers. It changes nothing.

use std::io::{IsTerminal as _, stderr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use jiff::civil::Time;
use omzien_core::coverage::{Gap, coverage};
use omzien_core::plan::{Alone, Channel, Contact, Grant, Hours, Plan, ReminderKind, Trigger};
use omzien_core::{Capability, ContactId, Language, Opening, Power};
use omzien_skills::Origin;

use crate::config::{self, HOME_FILE, Loaded, Paint, SKILLS_FOLDER};

/// Exit code for a home file with mistakes.
const MISTAKEN: u8 = 2;

/// Read the home file: all mistakes at once, or what was understood
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The home file; its secrets are in `secrets.toml` beside it
    #[arg(long, value_name = "FILE", default_value = HOME_FILE)]
    pub home: PathBuf,
}

/// The report goes to the standard output with exit code 0; mistakes and warnings to the standard
/// error, with exit code 2 for mistakes; in a skill too, though the home runs without it.
pub fn run(arguments: Arguments) -> ExitCode {
    let paint = if stderr().is_terminal() { Paint::Coloured } else { Paint::Plain };
    match config::load(&arguments.home) {
        Ok(loaded) => {
            eprint!("{}", loaded.warnings.show(paint));
            tell!("{}", report(&loaded).trim_end());
            // The home runs without them: they are told apart from mistakes in its own file.
            if loaded.in_skills.is_empty() {
                return ExitCode::SUCCESS;
            }
            eprint!("{}", loaded.in_skills.show(paint));
            let names: Vec<_> = loaded.left_out.iter().map(String::as_str).collect();
            eprintln!("Left out until it is mended: {}. The home goes on without.", and(&names));
            ExitCode::from(MISTAKEN)
        }
        Err(mistakes) => {
            let count = mistakes.0.len();
            let noun = if count == 1 { "mistake" } else { "mistakes" };
            eprint!("{}", mistakes.show(paint));
            eprintln!("{count} {noun}: nothing was changed.");
            ExitCode::from(MISTAKEN)
        }
    }
}

/// What was understood, in plain words, ready for a terminal.
pub fn report(loaded: &Loaded) -> String {
    let plan = &loaded.plan;
    let mut text = String::new();
    home(plan, &mut text);
    skills(loaded, &mut text);
    for section in [house, people, silence, day] {
        section(plan, &mut text);
    }
    let warnings = loaded.warnings.0.len();
    if warnings > 0 {
        line(&mut text, &format!("Worth a look: {warnings} (printed above)"));
    }
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn home(plan: &Plan, text: &mut String) {
    let residents: Vec<_> = plan.residents.iter().map(|resident| resident.name.as_str()).collect();
    let language = match plan.language {
        Language::Nl => "Dutch",
        Language::En => "English",
    };
    let (companion, residents, zone) = (&plan.companion, and(&residents), plan.zone.name());
    line(text, &format!("{companion} lives with {residents} and speaks {language} ({zone})."));
    line(text, &format!("It can talk about: {}.", or_else(plan.skills.join(", "), "help alone")));
}

/// What comes from the folder beside the home file.
fn skills(loaded: &Loaded, text: &mut String) {
    let own = loaded.skills.list().iter().filter(|skill| skill.origin == Origin::Home);
    let own: Vec<_> = own.map(|skill| skill.name.as_str()).collect();
    if !own.is_empty() {
        line(text, &format!("From the folder `{SKILLS_FOLDER}` beside it: {}.", and(&own)));
    }
}

/// Rooms and devices, counted by what they can do.
fn house(plan: &Plan, text: &mut String) {
    let count = |capability, one: &str, many: &str| {
        let count = plan.devices_with(capability).count();
        (count > 0).then(|| counted(count, one, many))
    };
    let kinds: Vec<String> = [
        count(Capability::Opening, "door, window or drawer", "doors, windows and drawers"),
        count(Capability::Motion, "motion sensor", "motion sensors"),
        count(Capability::Button, "button", "buttons"),
        count(Capability::Fall, "wearable", "wearables"),
        count(Capability::Light, "light", "lights"),
        count(Capability::Siren, "siren", "sirens"),
        count(Capability::Cover, "curtain or blind", "curtains and blinds"),
        count(Capability::Lock, "lock", "locks"),
        count(Capability::Switch, "plug or switch", "plugs and switches"),
        count(Capability::Fan, "fan", "fans"),
        count(Capability::Thermostat, "thermostat", "thermostats"),
        count(Capability::Temperature, "thermometer", "thermometers"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let rooms = counted(plan.rooms.len(), "room", "rooms");
    let devices = counted(plan.devices.len(), "device", "devices");
    let kinds: Vec<_> = kinds.iter().map(String::as_str).collect();
    line(
        text,
        &format!(
            "It knows {rooms} and {devices}: {}.",
            or_else(kinds.join(", "), "known by name only")
        ),
    );
    for automation in &plan.automations {
        line(text, &format!("  {}", automation_in_words(plan, automation)));
    }
}

fn automation_in_words(plan: &Plan, automation: &omzien_core::plan::Automation) -> String {
    let name = |id| plan.devices.get(id).map_or("?", |device| device.name.as_str());
    let when = match &automation.when {
        Trigger::Opening { device, is: Opening::Open } => format!("{} opens", name(device)),
        Trigger::Opening { device, is: Opening::Closed } => format!("{} closes", name(device)),
        Trigger::Motion { device } => format!("{} sees movement", name(device)),
    };
    let lights: Vec<_> = automation.lights.iter().map(name).collect();
    let power = match automation.power {
        Power::On => "on",
        Power::Off => "off",
    };
    let undo = automation
        .undo_after
        .map_or_else(String::new, |after| format!(", undone after {}", minutes(after)));
    let hours = hours_in_words(automation.hours);
    format!("when {when} ({hours}): {} {power}{undo}", and(&lights))
}

/// Who is reached when something is wrong, and who hears what else.
fn people(plan: &Plan, text: &mut String) {
    line(text, "");
    line(
        text,
        "When something seems wrong, the resident is asked first; the help button asks nobody.",
    );
    line(text, "Then Omzien reaches:");
    for (position, step) in plan.escalation.steps.iter().enumerate() {
        let people: Vec<_> =
            step.contacts.iter().filter_map(|id| plan.circle.get(id)).map(reached).collect();
        let (number, wait) = (position + 1, minutes(step.wait));
        line(text, &format!("  {number}. {}; {wait} to answer", people.join(", and ")));
    }
    if plan.escalation.steps.is_empty() {
        line(text, "  nobody: it says so aloud, and sounds what can make a noise");
    } else {
        let again = minutes(plan.escalation.again_after);
        line(text, &format!("  and after {again} from the first step again, until one has it."));
    }
    line(text, "Hours nobody covers:");
    let gaps = coverage(plan);
    for gap in &gaps {
        line(text, &format!("  {}", gap_in_words(*gap)));
    }
    if gaps.is_empty() {
        line(text, "  none: at every hour somebody can be reached");
    }
    line(text, "");
    for (what, names) in [
        ("Good news goes to", names(plan, |person| person.grants.good_news == Grant::Given)),
        ("May read what the house did", names(plan, |person| person.grants.ledger == Grant::Given)),
        ("Looks after the technique", names(plan, |person| person.caretaker)),
    ] {
        line(text, &format!("{what}: {}.", or_else(names, "nobody")));
    }
    let unreached: Vec<_> = plan
        .circle
        .iter()
        .filter(|(id, person)| person.grants.alarms == Grant::Given && !is_in_a_step(plan, id))
        .map(|(_, person)| person.name.as_str())
        .collect();
    if !unreached.is_empty() {
        line(text, &format!("May know of alarms, but is in no step: {}.", and(&unreached)));
    }
}

fn names(plan: &Plan, is: impl Fn(&Contact) -> bool) -> String {
    let people = plan.circle.values().filter(|person| is(person));
    and(&people.map(|person| person.name.as_str()).collect::<Vec<_>>())
}

fn is_in_a_step(plan: &Plan, id: &ContactId) -> bool {
    plan.escalation.steps.iter().any(|step| step.contacts.contains(id))
}

/// "Anna (day and night, by ntfy, then mail)".
fn reached(contact: &Contact) -> String {
    let channels: Vec<_> = contact
        .channels
        .iter()
        .map(|channel| match channel {
            Channel::Ntfy => "ntfy",
            Channel::Mail => "mail",
            Channel::Simulated => "the simulated house",
        })
        .collect();
    let (name, hours) = (&contact.name, hours_in_words(contact.hours));
    format!("{name} ({hours}, by {})", channels.join(", then "))
}

fn silence(plan: &Plan, text: &mut String) {
    let watch = &plan.watch;
    let rule = match (&watch.inactivity, watch.alone) {
        (None, _) => "is no reason to ask".to_owned(),
        (Some(_), Alone::CannotTell) => "is no reason to ask: it cannot tell who moves".to_owned(),
        (Some(rule), Alone::Surely) => {
            let (after, hours) = (minutes(rule.after), hours_in_words(rule.hours));
            format!("is a reason to ask after {after} ({hours})")
        }
    };
    line(text, &format!("Silence {rule}."));
}

fn day(plan: &Plan, text: &mut String) {
    let check_in = plan.check_in.as_ref();
    let check_in = check_in.map_or_else(|| "not asked".to_owned(), |check_in| clock(check_in.at));
    line(text, &format!("How the day is: {check_in}."));
    for reminder in plan.reminders.values() {
        let days: Vec<_> = reminder.days.iter().map(|day| format!("{day:?}")).collect();
        let days = if days.is_empty() { "every day".to_owned() } else { days.join(", ") };
        let latest = match reminder.kind {
            ReminderKind::Plain => String::new(),
            ReminderKind::Dose { latest } => format!(", never after {}", clock(latest)),
        };
        let (what, at) = (&reminder.what, clock(reminder.at));
        line(text, &format!("Reminds of {what} at {at}, {days}{latest}."));
    }
    for calendar in plan.calendars.values() {
        line(text, &format!("Reads a calendar, and changes nothing in it: {}.", calendar.name));
    }
    line(text, &format!("Quiet: {}.", hours_in_words(plan.quiet_hours)));
}

/// "0 to 24 h: nobody", "23 to 7:30 h: nobody".
fn gap_in_words(gap: Gap) -> String {
    let hour = |time: Time| match (time.hour(), time.minute()) {
        (hour, 0) => hour.to_string(),
        (hour, minute) => format!("{hour}:{minute:02}"),
    };
    let until = if gap.until == Time::midnight() { "24".to_owned() } else { hour(gap.until) };
    format!("{} to {until} h: nobody", hour(gap.from))
}

fn hours_in_words(hours: Hours) -> String {
    if hours.from == hours.until {
        return "day and night".to_owned();
    }
    format!("{} to {}", clock(hours.from), clock(hours.until))
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn minutes(length: Duration) -> String {
    let minutes = length.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn or_else(words: String, nothing: &str) -> String {
    if words.is_empty() { nothing.to_owned() } else { words }
}

fn and(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SECRETS_FILE, Showing, Source, read};

    fn loaded(text: &str) -> Loaded {
        let home = Source { name: "home.toml", text, showing: Showing::Lines };
        let secrets = Source { name: SECRETS_FILE, text: "", showing: Showing::Nothing };
        read(home, secrets).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    const ALONE: &str = r#"
        companion = "Robin"
        language = "en"
        zone = "Europe/London"
        skills = []
        [[resident]]
        name = "Mrs De Wit"
    "#;

    #[test]
    fn an_empty_circle_is_valid_and_the_whole_day_is_named() {
        let report = report(&loaded(ALONE));
        assert!(report.contains("\n  0 to 24 h: nobody\n"), "{report}");
    }

    #[test]
    fn the_hours_between_the_hours_of_people_are_named() {
        let circle = r#"
            [circle.anna]
            name = "Anna"
            may_know = ["alarms"]
            hours = { from = "07:30", until = "23:00" }
            via.simulated = {}
            [[step]]
            contacts = ["anna"]
            wait_min = 3
        "#;
        let report = report(&loaded(&format!("{ALONE}{circle}")));
        assert!(report.contains("\n  23 to 7:30 h: nobody\n"), "{report}");
        assert!(report.contains("  1. Anna (07:30 to 23:00, by the simulated house); 3 min"));
    }

    #[test]
    fn the_example_home_in_plain_words() {
        let report = report(&loaded(include_str!("../../../images/example/home.toml")));
        for said in [
            "Robin lives with mevrouw De Wit and speaks Dutch (Europe/Amsterdam).",
            "It knows 5 rooms and 14 devices:",
            "  1. Anna (day and night, by the simulated house); 3 min to answer",
            "  2. meneer Jansen (07:00 to 23:00, by the simulated house), and Piet (",
            "and after 5 min from the first step again",
            "none: at every hour somebody can be reached",
            "Looks after the technique: Piet.",
            "Silence is a reason to ask after 4 h (08:00 to 22:00).",
            "Reminds of uw pillen at 08:00, every day, never after 10:00.",
        ] {
            assert!(report.contains(said), "{said:?} is not in\n{report}");
        }
    }
}
