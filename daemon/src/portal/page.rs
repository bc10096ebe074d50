//! What all pages share: the frame around them, how things stand, and their HTML as an answer.

use std::fmt::Display;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use omzien_core::incident::{Incident, Stage};
use omzien_core::ledger::{Fact, LedgerEntry};

use super::Portal;
use super::mistake::Mistake;
use super::words::{Words, clock};
use crate::shell::published::Published;

/// A whole page around its main part.
#[derive(Template)]
#[template(path = "frame.html")]
pub(super) struct Frame<M: Display> {
    pub(super) words: &'static Words,
    pub(super) title: String,
    pub(super) companion: String,
    /// Whose page this is, if it is one person's.
    pub(super) viewer: Option<String>,
    pub(super) links: Vec<Link>,
    /// Which page, for the style sheet.
    pub(super) place: &'static str,
    /// Where the page follows the home.
    pub(super) events: Option<String>,
    /// Load it again by itself where no script runs.
    pub(super) reload: bool,
    pub(super) stamp: String,
    pub(super) main: M,
}

/// A page that can be gone to.
pub(super) struct Link {
    to: &'static str,
    text: &'static str,
    here: bool,
}

impl Link {
    /// The pages at the device itself. The circle's pages do not show them.
    pub(super) fn both(portal: &Portal, words: &'static Words, here: Option<&str>) -> Vec<Self> {
        let house = portal.handle().controls().is_some();
        let all = [("/", words.home, true), ("/house", words.house, house)];
        all.into_iter()
            .filter(|(_, _, there)| *there)
            .map(|(to, text, _)| Self { to, text, here: here == Some(to) })
            .collect()
    }
}

/// How things stand, as one colour of the page.
pub(super) fn mood(incidents: &[Incident]) -> &'static str {
    let stages = incidents.iter().filter(|one| one.is_alarm()).map(|one| &one.stage);
    stages
        .map(|stage| match stage {
            Stage::Escalating { .. } | Stage::Closed(_) => (3, "alarm"),
            Stage::Asking { .. } | Stage::Recheck => (2, "asking"),
            Stage::Held { .. } | Stage::Attended { .. } => (1, "held"),
        })
        .max()
        .map_or("calm", |(_, class)| class)
}

/// A sentence of the companion with its time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) time: String,
}

/// The newest sentence the companion said, or wanted to say, that `wanted` accepts.
pub(super) fn last_said(
    published: &Published,
    ledger: &[LedgerEntry],
    wanted: impl Fn(&LedgerEntry, &str) -> bool,
) -> Option<Said> {
    ledger.iter().find_map(|entry| {
        let text = match &entry.fact {
            Fact::Spoken { text, .. } => text.clone(),
            Fact::Say { reply, .. } => published.words(reply, published.plan().language),
            _ => return None,
        };
        wanted(entry, &text).then(|| Said { text, time: time(published, entry.wall) })
    })
}

/// A moment as a clock in the home shows it.
pub(super) fn time(published: &Published, wall: Timestamp) -> String {
    clock(wall.to_zoned(published.plan().zone.time_zone()).time())
}

/// What the page's clock shows now.
pub(super) fn stamp(published: &Published) -> String {
    time(published, Timestamp::now())
}

/// A template as an answer. One that cannot be drawn is our bug.
pub(super) fn html(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            Mistake::Late.into_response()
        }
    }
}
