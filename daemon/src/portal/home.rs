//! The resident's side: how things are, the question that stands with its answers, and
//! everything the home did. It answers only the question that it showed.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use omzien_core::intent::Expects;
use omzien_core::ledger::LedgerEntry;
use omzien_core::names::RequestId;
use omzien_core::plan::{Contact, Grant};
use omzien_core::request::{self, Actor, Ask};
use omzien_core::{Intent, Listening};
use serde::{Deserialize, Serialize};

use super::Portal;
use super::acts::{Token, Told};
use super::ledger::{self, Day};
use super::mistake::Mistake;
use super::page::{self, Frame, Link, Said};
use super::words::Words;
use super::words::facts::Teller;
use crate::shell::published::Published;

/// Lines that are shown without unfolding.
const RECENT: usize = 25;

#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct Main {
    words: &'static Words,
    id: String,
    told: Option<Told>,
    companion: String,
    mood: &'static str,
    headline: Option<String>,
    microphone_off: bool,
    cannot: Vec<String>,
    /// When loudspeaker and microphone were last proved.
    proved: Option<String>,
    said: Option<Said>,
    /// What it said after the question that stands.
    since: Option<Said>,
    asking: bool,
    question: u64,
    answers: Vec<Answer>,
    people: Vec<Person>,
    recent: Vec<Day>,
    earlier: Vec<Day>,
}

struct Answer {
    value: &'static str,
    class: &'static str,
    text: &'static str,
}

struct Person {
    id: String,
    name: String,
    knows: String,
}

/// An answer on the resident's face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pressed {
    Yes,
    No,
    Help,
    Taken,
    Later,
    Skip,
}

#[derive(Deserialize)]
pub(super) struct AnswerForm {
    id: String,
    question: u64,
    answer: Pressed,
}

#[derive(Deserialize)]
pub(super) struct Shown {
    pub(super) told: Option<String>,
}

pub(super) async fn show(State(portal): State<Portal>, Query(shown): Query<Shown>) -> Response {
    let token = portal.0.tokens.make();
    let main = main(&portal, &token, portal.acts().told(shown.told.as_deref()));
    let published = portal.now();
    let words = portal.words();
    page::html(&Frame {
        words,
        title: words.home.to_owned(),
        companion: published.plan().companion.clone(),
        viewer: None,
        links: Link::both(&portal, words, Some("/")),
        place: "home",
        events: Some(format!("/events?page={}", token.as_str())),
        reload: true,
        stamp: page::stamp(&published),
        main,
    })
}

/// An answer counts for the question it was given to. *Help* needs no question.
pub(super) async fn answer(
    State(portal): State<Portal>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Mistake> {
    let token = Token::parse(&form.id)?;
    let id = RequestId::new(format!("{}-{}", token.as_str(), form.answer.name()));
    let ask = Ask::Answer { question: form.question, intent: form.answer.intent() };
    let asked = portal.handle().asker.ask(id, Actor::Resident, ask).await;
    if let request::Response::Refused(reply) = asked.map_err(|_| Mistake::Late)? {
        let words = portal.now().words(&reply, portal.language());
        portal.acts().once(&token, "answer", || Told::not(words));
    }
    Ok(Redirect::to(&format!("/?told={}", token.as_str())).into_response())
}

pub(super) fn main(portal: &Portal, token: &Token, told: Option<Told>) -> Main {
    let published = portal.now();
    let (plan, home, words) = (published.plan(), published.home(), portal.words());
    let view = published.view(&Actor::Resident);
    let teller = Teller { published: &published, words };
    let lines = ledger::worth_telling(&view.ledger);
    let (recent, earlier) = lines.split_at(lines.len().min(RECENT));
    // Called by its name it waits for words; on the page there is nothing to answer.
    let asked = home.question().map(|open| open.expects).filter(|one| one.is_question());
    let newest = page::last_said(&published, &view.ledger, |_, _| true);
    let question = asked.and_then(|_| question(&published, &view.ledger));
    let (said, since) = match question {
        Some(question) if newest.as_ref() == Some(&question) => (newest, None),
        Some(question) => (Some(question), newest),
        None => (newest, None),
    };
    Main {
        words,
        id: token.as_str().to_owned(),
        told,
        companion: plan.companion.clone(),
        mood: page::mood(&view.incidents),
        headline: view.headline.as_ref().map(|reply| published.words(reply, plan.language)),
        microphone_off: home.listening() == Listening::Off,
        cannot: view.cannot.iter().map(|line| published.words(line, plan.language)).collect(),
        proved: view.proved.as_ref().map(|line| published.words(line, plan.language)),
        said,
        since,
        asking: asked.is_some(),
        question: home.expectation().question,
        answers: answers(words, asked),
        people: plan
            .circle
            .iter()
            .map(|(id, contact)| Person {
                id: id.to_string(),
                name: contact.name.clone(),
                knows: knows(words, contact),
            })
            .collect(),
        recent: ledger::days(&teller, recent),
        earlier: ledger::days(&teller, earlier),
    }
}

/// The words of the question that stands: the last ones about its own matter. An answer to the
/// pills must never stand under a question about help, nor the other way round.
fn question(published: &Published, ledger: &[LedgerEntry]) -> Option<Said> {
    let about = published.home().asked_about();
    let asked = page::last_said(published, ledger, |entry, text| {
        entry.incident == about && text.contains('?')
    });
    asked.or_else(|| {
        // The button called: it sends first, and asks nothing aloud.
        let opened =
            ledger.iter().find(|entry| entry.incident.is_some() && entry.incident == about);
        let text = Words::of(published.plan().language).help_needed.to_owned();
        opened.map(|entry| Said { text, time: page::time(published, entry.wall) })
    })
}

/// The buttons under a question. *Help* is always there.
fn answers(words: &'static Words, asked: Option<Expects>) -> Vec<Answer> {
    let pressed: &[Pressed] = match asked {
        Some(Expects::YesNo | Expects::Confirm) => &[Pressed::Yes, Pressed::No],
        Some(Expects::Dose) => &[Pressed::Taken, Pressed::Later, Pressed::Skip],
        Some(
            Expects::Anything
            | Expects::Time
            | Expects::Day
            | Expects::Number
            | Expects::Name
            | Expects::Words
            | Expects::Request,
        )
        | None => &[],
    };
    pressed
        .iter()
        .chain([&Pressed::Help])
        .map(|pressed| Answer {
            value: pressed.name(),
            class: pressed.name(),
            text: pressed.text(words),
        })
        .collect()
}

/// What the resident lets this person know.
fn knows(words: &Words, contact: &Contact) -> String {
    let grants = &contact.grants;
    let rows = [
        (grants.alarms, words.grant_alarms),
        (grants.good_news, words.grant_good_news),
        (grants.ledger, words.grant_ledger),
    ];
    let given: Vec<&str> =
        rows.iter().filter(|(grant, _)| *grant == Grant::Given).map(|(_, name)| *name).collect();
    if given.is_empty() { words.grant_none.to_owned() } else { given.join(", ") }
}

impl Pressed {
    fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Help => "help",
            Self::Taken => "taken",
            Self::Later => "later",
            Self::Skip => "skip",
        }
    }

    fn text(self, words: &Words) -> &'static str {
        match self {
            Self::Yes => words.yes,
            Self::No => words.no,
            Self::Help => words.help,
            Self::Taken => words.taken,
            Self::Later => words.later,
            Self::Skip => words.skip,
        }
    }

    fn intent(self) -> Intent {
        match self {
            Self::Yes => Intent::Yes,
            Self::No => Intent::No,
            Self::Help => Intent::Help,
            Self::Taken => Intent::Taken,
            Self::Later => Intent::Later,
            Self::Skip => Intent::Skip,
        }
    }
}
