//! The circle's side: what the resident shares with one person, in that person's language, and
//! what they can say about an alarm. Who was granted nothing sees nothing, and no hint.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Time;
use omzien_core::catalogue::key;
use omzien_core::effect::Tap;
use omzien_core::incident::{Acknowledgement, Closing, Finding, Hold, Incident, IncidentId, Stage};
use omzien_core::ledger::{Fact, LedgerEntry};
use omzien_core::names::RequestId;
use omzien_core::plan::{Grant, Grants};
use omzien_core::request::{self, Actor, Ask};
use omzien_core::{ContactId, Reply, Slot};
use serde::Deserialize;

use super::Portal;
use super::acts::{Token, Told};
use super::home::Shown;
use super::ledger::{self, Day};
use super::mistake::Mistake;
use super::page::{self, Frame};
use super::words::facts::Teller;
use super::words::{Words, clock};
use crate::shell::asker::NoAnswer;

/// Messages and earlier alarms on a page.
const LETTERS: usize = 6;
const PAST: usize = 5;
const LINES: usize = 40;

#[derive(Template)]
#[template(path = "circle.html")]
pub(super) struct Main {
    words: &'static Words,
    id: String,
    told: Option<Told>,
    action: String,
    shares_anything: bool,
    mood: &'static str,
    headline: Option<String>,
    alarms: Vec<Alarm>,
    findings: [Choice; 4],
    news: Vec<Letter>,
    past: Vec<Past>,
    ledger_title: &'static str,
    lines: Vec<Day>,
}

struct Alarm {
    id: IncidentId,
    title: String,
    lines: Vec<String>,
    limits: String,
    since: String,
    told: Vec<Knows>,
    holder: Option<String>,
    offers: Vec<Offer>,
}

struct Knows {
    name: String,
    how: String,
}

struct Offer {
    /// As a form carries it, and what the style sheet calls it.
    tap: &'static str,
    class: &'static str,
    text: String,
}

struct Choice {
    value: &'static str,
    text: &'static str,
}

struct Letter {
    time: String,
    text: String,
}

struct Past {
    time: String,
    what: String,
    how: String,
}

#[derive(Deserialize)]
pub(super) struct AnswerForm {
    id: String,
    incident: u64,
    tap: Tap,
    at: Option<String>,
    finding: Option<Finding>,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    Path(contact): Path<ContactId>,
    Query(shown): Query<Shown>,
    uri: Uri,
) -> Result<Response, Mistake> {
    let token = portal.0.tokens.make();
    let told = portal.acts().told(shown.told.as_deref());
    look(&portal, &contact, &token).await?;
    let main = main(&portal, &contact, uri.path(), &token, told).ok_or(Mistake::NotFound)?;
    let published = portal.now();
    let plan = published.plan();
    let name = plan.circle.get(&contact).map_or_else(String::new, |one| one.name.clone());
    Ok(page::html(&Frame {
        words: main.words,
        title: name.clone(),
        companion: plan.companion.clone(),
        viewer: Some(name),
        links: Vec::new(),
        place: "circle",
        events: Some(format!("/events{}?page={}", uri.path(), token.as_str())),
        reload: false,
        stamp: page::stamp(&published),
        main,
    }))
}

/// A look is an event: the resident can ask who looked. One loading of a page, with all that it
/// follows afterwards, is one look.
///
/// # Errors
/// There is nobody of this name, or the look could not be handed in.
pub(super) async fn look(
    portal: &Portal,
    contact: &ContactId,
    token: &Token,
) -> Result<(), Mistake> {
    if !portal.now().plan().circle.contains_key(contact) {
        return Err(Mistake::NotFound);
    }
    let actor = Actor::Contact(contact.clone());
    let id = RequestId::new(format!("{}-look", token.as_str()));
    match portal.handle().asker.ask(id, actor, Ask::Look).await {
        // A late look is in the inbox: it will be in the ledger.
        Ok(_) | Err(NoAnswer::Late) => Ok(()),
        Err(NoAnswer::Crowded) => Err(Mistake::Late),
    }
}

pub(super) async fn answer(
    State(portal): State<Portal>,
    Path(contact): Path<ContactId>,
    uri: Uri,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Mistake> {
    let token = Token::parse(&form.id)?;
    let published = portal.now();
    let person = published.plan().circle.get(&contact).ok_or(Mistake::NotFound)?;
    let at = match form.at.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(Time::strptime("%H:%M", text).map_err(|_| Mistake::Bad)?),
    };
    let acknowledgement = Acknowledgement {
        incident: IncidentId(form.incident),
        contact: contact.clone(),
        tap: form.tap,
        at: at.filter(|_| form.tap == Tap::Go),
        finding: form.finding.filter(|_| form.tap == Tap::Done),
    };
    let what = what_of(&acknowledgement);
    let id = RequestId::new(format!("{}-{what}", token.as_str()));
    let ask = Ask::Acknowledge(acknowledgement);
    let asked = portal.handle().asker.ask(id, Actor::Contact(contact.clone()), ask).await;
    let told = match asked.map_err(|_| Mistake::Late)? {
        request::Response::Accepted(reply) => Told::done(published.words(&reply, person.language)),
        request::Response::Refused(reply) => Told::not(published.words(&reply, person.language)),
    };
    portal.acts().once(&token, &what, || told);
    Ok(Redirect::to(&format!("{}?told={}", uri.path(), token.as_str())).into_response())
}

/// `None`: there is nobody of this name.
pub(super) fn main(
    portal: &Portal,
    contact: &ContactId,
    path: &str,
    token: &Token,
    told: Option<Told>,
) -> Option<Main> {
    let published = portal.now();
    let person = published.plan().circle.get(contact)?;
    let words = Words::of(person.language);
    let view = published.view(&Actor::Contact(contact.clone()));
    let teller = Teller { published: &published, words };
    let side = Side { teller, me: contact };
    let knows_alarms = person.grants.alarms == Grant::Given;
    let shares_anything = person.grants != Grants::default();
    let lines = if shares_anything { ledger::worth_telling(&view.ledger) } else { Vec::new() };
    Some(Main {
        words,
        id: token.as_str().to_owned(),
        told,
        action: path.to_owned(),
        shares_anything,
        mood: if knows_alarms { page::mood(&view.incidents) } else { "none" },
        headline: view.headline.map(|reply| published.words(&reply, person.language)),
        alarms: view
            .incidents
            .iter()
            .filter(|incident| incident.is_alarm())
            .map(|incident| side.alarm(incident))
            .collect(),
        findings: findings(words),
        news: view.ledger.iter().filter_map(|entry| side.letter(entry)).take(LETTERS).collect(),
        past: view.incidents.iter().filter_map(|one| side.past(one)).take(PAST).collect(),
        ledger_title: match person.grants.ledger {
            Grant::Given => words.ledger,
            Grant::Withheld => words.own_words,
        },
        lines: ledger::days(&side.teller, &lines[..lines.len().min(LINES)]),
    })
}

/// One person's side of the home.
struct Side<'a> {
    teller: Teller<'a>,
    me: &'a ContactId,
}

impl Side<'_> {
    fn reply(&self, reply: &Reply) -> String {
        self.teller.published.words(reply, self.teller.words.language)
    }

    fn alarm(&self, incident: &Incident) -> Alarm {
        let home = self.teller.published.home();
        let lines = home.about_alarm(incident);
        let tap = |tap: Tap| Offer {
            tap: tap_name(tap),
            class: tap_name(tap),
            text: self.reply(&Reply::new(tap.label())),
        };
        Alarm {
            id: incident.id,
            title: self.teller.opened(&incident.cause),
            lines: lines.iter().map(|line| self.reply(line)).collect(),
            limits: self.reply(&Reply::new(key::ALARM_LIMITS)),
            since: self.moment(incident),
            told: incident.told.keys().map(|contact| self.knows(incident, contact)).collect(),
            holder: self.holder(incident),
            offers: self.taps(incident).iter().map(|one| tap(*one)).collect(),
        }
    }

    fn moment(&self, incident: &Incident) -> String {
        let zone = self.teller.published.plan().zone.time_zone();
        let local = incident.opened_wall.to_zoned(zone);
        format!("{}, {}", clock(local.time()), self.teller.words.date(local.date()))
    }

    /// What somebody who was told said; else how far the message came.
    fn knows(&self, incident: &Incident, contact: &ContactId) -> Knows {
        let name = self.teller.contact(contact);
        let how = incident.told.get(contact).map(|told| match told.answer {
            Some(tap) => format!("“{}”", self.reply(&Reply::new(tap.label()))),
            None => self.teller.words.delivery(told.delivery).to_owned(),
        });
        Knows { name, how: how.unwrap_or_default() }
    }

    /// Who has it, and what they said.
    fn holder(&self, incident: &Incident) -> Option<String> {
        let by = incident.holder()?;
        if by == self.me {
            return Some(self.reply(&Reply::new(key::ACK_HELD)));
        }
        let line = match &incident.stage {
            Stage::Held { how: Hold::Coming { at: Some(at) }, .. } => {
                Reply::new(key::UPDATE_COMING_AT).with("at", Slot::Time(*at))
            }
            Stage::Held { how: Hold::Coming { at: None }, .. } => Reply::new(key::UPDATE_COMING),
            Stage::Held { how: Hold::Phoning, .. } => Reply::new(key::UPDATE_PHONING),
            Stage::Attended { .. } => Reply::new(key::UPDATE_THERE),
            Stage::Asking { .. } | Stage::Escalating { .. } | Stage::Recheck | Stage::Closed(_) => {
                return None;
            }
        };
        Some(self.reply(&line.name("contact", self.teller.contact(by))))
    }

    /// What this person can say now.
    fn taps(&self, incident: &Incident) -> &'static [Tap] {
        let mine = incident.holder() == Some(self.me);
        match &incident.stage {
            Stage::Held { .. } if mine => &[Tap::There, Tap::Done, Tap::Cannot],
            Stage::Attended { .. } if mine => &[Tap::Done],
            // Whoever is in the home counts, also beside the one who has it.
            Stage::Held { .. } | Stage::Attended { .. } => &[Tap::There],
            Stage::Asking { .. } | Stage::Escalating { .. } | Stage::Recheck => {
                &[Tap::Go, Tap::Phone, Tap::Cannot]
            }
            Stage::Closed(_) => &[],
        }
    }

    /// A message to this person that was no alarm.
    fn letter(&self, entry: &LedgerEntry) -> Option<Letter> {
        let Fact::Notified { contact, body, .. } = &entry.fact else { return None };
        if contact != self.me || entry.incident.is_some() {
            return None;
        }
        let text: Vec<String> = body.iter().map(|line| self.reply(line)).collect();
        let time = page::time(self.teller.published, entry.wall);
        Some(Letter { time, text: text.join(" ") })
    }

    fn past(&self, incident: &Incident) -> Option<Past> {
        let Stage::Closed(closing) = &incident.stage else { return None };
        let by = match closing {
            Closing::Contact { by, .. } => self.teller.contact(by),
            Closing::Resident | Closing::Moved | Closing::InPerson | Closing::Alive => {
                String::new()
            }
        };
        Some(Past {
            time: self.moment(incident),
            what: self.teller.opened(&incident.cause),
            how: self.teller.words.closing(closing, &by),
        })
    }
}

fn findings(words: &Words) -> [Choice; 4] {
    [
        Choice { value: "helped", text: words.finding_helped },
        Choice { value: "false_alarm", text: words.finding_false },
        Choice { value: "to_hospital", text: words.finding_hospital },
        Choice { value: "not_said", text: words.finding_not_said },
    ]
}

fn tap_name(tap: Tap) -> &'static str {
    match tap {
        Tap::Go => "go",
        Tap::Phone => "phone",
        Tap::Cannot => "cannot",
        Tap::There => "there",
        Tap::Done => "done",
    }
}

/// What tells two answers of one page apart.
fn what_of(given: &Acknowledgement) -> String {
    let at = given.at.map_or_else(String::new, |at| format!("-{:02}{:02}", at.hour(), at.minute()));
    let finding = given.finding.map_or("", |finding| match finding {
        Finding::Helped => "-helped",
        Finding::FalseAlarm => "-false",
        Finding::ToHospital => "-hospital",
        Finding::NotSaid => "-not-said",
    });
    format!("{}-{}{at}{finding}", given.incident, tap_name(given.tap))
}
