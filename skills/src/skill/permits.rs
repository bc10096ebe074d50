//! What a folder of a home may mean: whatever is comfort. It can weaken no cry, no answer and
//! nothing that reaches people, whatever is written in it. Judges manifests, reads no sentence.

use super::{Autonomy, Found, Listens, Manifest, Means, Origin, Purpose, Skill, Touches};
use crate::template::Refused;
use crate::things::Kind;

/// What a meaning does, and so what a manifest must own up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// It says something.
    Nothing,
    /// It operates what is named; things of this kind where nothing is.
    Things(Kind),
    /// It may operate anything that a scene can.
    Scenes,
    Touches(Touches),
    /// A cry, an answer, what reaches people or is kept about somebody: the program's alone.
    Program,
}

/// What a scene can set.
const OF_SCENES: &[Touches] = &[
    Touches::Lights,
    Touches::Covers,
    Touches::Locks,
    Touches::Switches,
    Touches::Fans,
    Touches::Heating,
];
/// Two names speak of distress, and a folder of a home has neither.
const OF_DISTRESS: &[&str] = &["help", "distress"];
/// A longer name cannot be typed.
const NAME_BYTES_MAX: usize = 40;

impl Means {
    pub(crate) fn needs(self) -> Needs {
        match self {
            Self::Yes
            | Self::No
            | Self::Help
            | Self::Fine
            | Self::Taken
            | Self::Later
            | Self::Skip
            | Self::Moment
            | Self::Number
            | Self::Person
            | Self::Words
            | Self::Leave
            | Self::Back
            | Self::Company
            | Self::Alone
            | Self::Measured
            | Self::AskMeasured
            | Self::ForgetMeasured
            | Self::AddToAgenda
            | Self::OnDay
            | Self::AskAgenda
            | Self::RemoveFromAgenda
            | Self::Tell
            | Self::TellWhom
            | Self::AskPhone
            | Self::Lonely
            | Self::StopListening => Needs::Program,
            Self::SwitchOn
            | Self::SwitchOff
            | Self::Level
            | Self::Brighter
            | Self::Dimmer
            | Self::Colour => Needs::Things(Kind::Light),
            Self::Open | Self::Close | Self::Stop => Needs::Things(Kind::Cover),
            Self::Lock | Self::Unlock => Needs::Things(Kind::Lock),
            Self::SetTemperature | Self::Warmer | Self::Cooler => Needs::Things(Kind::Thermostat),
            Self::RunScene => Needs::Scenes,
            Self::Remind | Self::RemindMinutes | Self::ListReminders | Self::CancelReminders => {
                Needs::Touches(Touches::Reminders)
            }
            Self::AddToList
            | Self::TakeOffList
            | Self::ReadList
            | Self::AskList
            | Self::ClearList => Needs::Touches(Touches::Lists),
            Self::StartTimer
            | Self::StopTimer
            | Self::StopTimers
            | Self::PauseTimer
            | Self::ResumeTimer
            | Self::AskTimer
            | Self::LengthenTimer
            | Self::ShortenTimer => Needs::Touches(Touches::Timers),
            Self::AskOn
            | Self::AskOff
            | Self::AskOpen
            | Self::AskClosed
            | Self::AskLocked
            | Self::AskUnlocked
            | Self::AskHow
            | Self::AskTemperature
            | Self::AskSetting
            | Self::OtherOne
            | Self::AskTime
            | Self::AskDate
            | Self::AskTold
            | Self::AskWhy
            | Self::AskPlan
            | Self::AskAbilities
            | Self::AskMore
            | Self::AskKnown
            | Self::AskSeen
            | Self::Repeat
            | Self::Louder
            | Self::Softer
            | Self::Slower
            | Self::Faster
            | Self::Cancel
            | Self::Answer => Needs::Nothing,
        }
    }

    /// An answer that may close something, or a cry.
    fn closes(self) -> bool {
        use Means::{Fine, Help, Later, No, Skip, Taken, Yes};
        [Yes, No, Help, Fine, Taken, Later, Skip].contains(&self)
    }
}

/// What operating a thing of this kind touches; doors and thermometers are only asked.
pub(super) fn touched(kind: Kind) -> Option<Touches> {
    match kind {
        Kind::Light => Some(Touches::Lights),
        Kind::Cover => Some(Touches::Covers),
        Kind::Lock => Some(Touches::Locks),
        Kind::Switch => Some(Touches::Switches),
        Kind::Fan => Some(Touches::Fans),
        Kind::Thermostat => Some(Touches::Heating),
        Kind::Door | Kind::Sensor => None,
    }
}

/// A skill that keeps somebody safe, or that every home needs: no folder takes its place.
pub(crate) fn is_kept(skill: &Skill) -> bool {
    let Manifest { purpose, listens, intents, .. } = &skill.manifest;
    *purpose == Purpose::Safety
        || *listens == Listens::Always
        || intents.values().any(|rule| rule.means.closes())
}

/// What is wrong with the name of a folder.
pub(crate) fn folder_name(name: &str) -> Result<(), Refused> {
    let usual = |letter: u8| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || b"-_".contains(&letter)
    };
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(usual) {
        return Err(Refused::new(
            format!("a skill cannot be called {name:?}"),
            format!("small letters, digits, `-` and `_`, at most {NAME_BYTES_MAX}: `tea-time`"),
        ));
    }
    of_distress(name)
}

fn of_distress(name: &str) -> Result<(), Refused> {
    match OF_DISTRESS.iter().find(|word| name.contains(**word)) {
        Some(word) => Err(Refused::new(
            format!("{name:?} speaks of {word}: only the program's own skills do"),
            "give it another name",
        )),
        None => Ok(()),
    }
}

/// What a manifest must not say, by the path of its key.
pub(super) fn refusals(manifest: &Manifest, origin: Origin) -> Vec<(Vec<&str>, Refused)> {
    let mut refusals = missing_touches(manifest);
    if origin == Origin::Program {
        return refusals;
    }
    if manifest.listens == Listens::Always {
        let mend = "write `listens = \"when_enabled\"`, and its name under `skills` in home.toml";
        let problem = "only the program's own skills listen always";
        refusals.push((vec!["listens"], Refused::new(problem, mend)));
    }
    if manifest.autonomy != Autonomy::ResidentDecides {
        let problem = "a skill in a folder acts on the resident's word alone";
        let mend = "write `autonomy = \"resident_decides\"`";
        refusals.push((vec!["autonomy"], Refused::new(problem, mend)));
    }
    for (name, rule) in &manifest.intents {
        let mut refuse = |key: &'static str, problem: String, mend: &str| {
            refusals.push((vec!["intents", name, key], Refused::new(problem, mend)));
        };
        if let Err(refused) = of_distress(name) {
            refuse("means", refused.problem, &refused.mend);
        }
        if rule.means.needs() == Needs::Program {
            let problem = "this meaning is heard by the program's own skills alone".to_owned();
            refuse("means", problem, "leave the intent out; the program keeps hearing it");
        }
        if rule.found == Found::Anywhere {
            let problem = "only a cry for help is found anywhere in what was said".to_owned();
            refuse("found", problem, "leave `found` out");
        }
        if !rule.while_expected.is_empty() {
            let problem = "the answers to questions are heard by the program alone".to_owned();
            refuse("while_expected", problem, "leave `while_expected` out");
        }
    }
    refusals
}

/// What the meanings move beside what is named in a sentence.
fn missing_touches(manifest: &Manifest) -> Vec<(Vec<&str>, Refused)> {
    let mut missing = Vec::new();
    for (name, rule) in &manifest.intents {
        let needed = match rule.means.needs() {
            Needs::Touches(touches) => vec![touches],
            Needs::Scenes => OF_SCENES.to_vec(),
            // Which things they are, the sentences say.
            Needs::Things(_) | Needs::Nothing | Needs::Program => Vec::new(),
        };
        if let Some(touches) = needed.into_iter().find(|it| !manifest.touches.contains(it)) {
            missing.push((vec!["intents", name, "means"], not_owned(touches)));
        }
    }
    missing
}

/// The manifest does not say that it touches this.
pub(super) fn not_owned(touches: Touches) -> Refused {
    let word = format!("{touches:?}").to_lowercase();
    Refused::new(
        format!("this touches {word}, and `touches` does not say so"),
        format!("add \"{word}\" to `touches` in skill.toml"),
    )
}
