//! `omzien say`: a sentence → what was understood, and the answer. No hardware, no state: the home
//! hears it as if it had just been started.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use omzien_core::event::{Absence, Start};
use omzien_core::{Effect, Event, Heard, Home, Language, Plan};
use omzien_skills::{Hearing, Skills, Through, Vocabulary};

use crate::commands::{LanguageArgument, load_home};
use crate::config::Loaded;
use crate::shell::clock::{Clock, SystemClock};

/// Understand a sentence and print what would be answered
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The language of the sentence
    #[arg(long, value_enum, default_value_t = LanguageArgument::Nl)]
    lang: LanguageArgument,
    /// In this home instead of the built-in reference home
    #[arg(long, value_name = "FILE")]
    home: Option<PathBuf>,
    /// The sentence, as it would be said
    #[arg(required = true)]
    sentence: Vec<String>,
}

/// Exit code 1 if nothing was understood, 2 for a home file with mistakes.
pub fn run(arguments: Arguments) -> ExitCode {
    let language = Language::from(arguments.lang);
    let loaded = match load_home(arguments.home.as_deref(), Some(arguments.lang)) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let Loaded { plan, skills, .. } = loaded;
    let sentence = arguments.sentence.join(" ");
    let now = SystemClock::default().now(&plan.zone);
    let mut home = Home::new();
    let plan = Arc::new(plan);
    home.handle_event(&Event::Configured(Arc::clone(&plan)), &now);
    let start = Start { epoch: 1, away: Absence::For(omzien_core::time::Gap::Unknown) };
    home.handle_event(&Event::Started(start), &now);
    while home.poll_effect().is_some() {}
    let expectation = home.expectation();
    let hearing = Hearing {
        language,
        expectation,
        now: now.local().datetime(),
        room: None,
        through: Through::Text,
        confidence: 1.0,
    };
    let Some(understood) = skills.understand(&sentence, &hearing, &Vocabulary::of(&plan)) else {
        tell!("intent: none (it was not said to {})", plan.companion);
        return ExitCode::FAILURE;
    };
    let intent = serde_json::to_string(&understood.intent).unwrap_or_else(|error| error.to_string());
    tell!("intent: {intent}");
    tell!("confidence: {:.2}", understood.confidence);
    let known = understood.intent != omzien_core::Intent::NotUnderstood;
    let heard = Heard { intent: understood.intent, room: None, expectation };
    home.handle_event(&Event::Heard(heard), &now);
    while let Some(pending) = home.poll_effect() {
        tell!("{}", describe(&pending.effect, &skills, &plan));
    }
    if known { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn describe(effect: &Effect, skills: &Skills, plan: &Plan) -> String {
    match effect {
        Effect::Say { reply, .. } => match skills.render(reply, plan.language, plan) {
            Ok(text) => format!("says: {text}"),
            Err(error) => format!("says: ({error})"),
        },
        Effect::Command { device, command } => {
            let command = serde_json::to_string(command).unwrap_or_default();
            format!("switches: {device} {command}")
        }
        Effect::Notify(message) => format!("writes to: {}", message.contact),
        Effect::Listen(listening) => format!("microphone: {listening:?}"),
        Effect::Respond { .. } => "answers a page".to_owned(),
    }
}
