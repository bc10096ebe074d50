//! Server-sent events: the main part of a page anew, whenever it changed for whoever follows it.
//! What a viewer may not see changes nothing here: their page is drawn, and the same page is not
//! sent twice.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use omzien_core::ContactId;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use super::acts::Token;
use super::mistake::Mistake;
use super::{Portal, circle, home, house};

/// A page draws itself anew at most this often.
const AT_MOST_EVERY: Duration = Duration::from_millis(300);
/// The page says that it lost us after two of these; see `script.js`.
const ALIVE_EVERY: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
pub(super) struct Following {
    page: String,
}

/// Which page somebody follows.
enum Viewed {
    Home,
    House,
    Circle { contact: ContactId, path: String },
}

pub(super) async fn home(
    State(portal): State<Portal>,
    Query(following): Query<Following>,
) -> Result<Response, Mistake> {
    follow(portal, Viewed::Home, &Token::parse(&following.page)?)
}

pub(super) async fn house(
    State(portal): State<Portal>,
    Query(following): Query<Following>,
) -> Result<Response, Mistake> {
    follow(portal, Viewed::House, &Token::parse(&following.page)?)
}

pub(super) async fn circle(
    State(portal): State<Portal>,
    Path(contact): Path<ContactId>,
    Query(following): Query<Following>,
    uri: axum::http::Uri,
) -> Result<Response, Mistake> {
    let token = Token::parse(&following.page)?;
    // The page that was loaded has been noted as a look under this token; who comes without one
    // is noted here.
    circle::look(&portal, &contact, &token).await?;
    let path = uri.path().trim_start_matches("/events").to_owned();
    follow(portal, Viewed::Circle { contact, path }, &token)
}

fn follow(portal: Portal, viewed: Viewed, token: &Token) -> Result<Response, Mistake> {
    let followers = portal.0.followers.clone();
    let place = followers.try_acquire_owned().map_err(|_| Mistake::Late)?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(send(portal, viewed, token.clone(), sender, place));
    let events = ReceiverStream::new(receiver).map(Ok::<Event, Infallible>);
    let alive = Event::default().event("alive").data("yes");
    let keep = KeepAlive::new().interval(ALIVE_EVERY).event(alive);
    Ok(Sse::new(events).keep_alive(keep).into_response())
}

/// Ends when the page is closed, or the home.
async fn send(
    portal: Portal,
    viewed: Viewed,
    token: Token,
    sender: mpsc::Sender<Event>,
    _place: OwnedSemaphorePermit,
) {
    let mut published = portal.handle().published.clone();
    let mut changes = portal.handle().controls().map(|controls| controls.changes());
    let mut shown = None;
    loop {
        published.mark_unchanged();
        let Some(text) = viewed.draw(&portal, &token) else { return };
        if shown.as_ref() != Some(&text) {
            let Ok(event) = Event::default().event("live").json_data(&text) else { return };
            if sender.send(event).await.is_err() {
                return;
            }
            shown = Some(text);
        }
        tokio::select! {
            changed = published.changed() => if changed.is_err() { return },
            () = changed(changes.as_mut()) => {}
            () = sender.closed() => return,
        }
        tokio::time::sleep(AT_MOST_EVERY).await;
    }
}

/// The simulated house moved; never, where there is none.
async fn changed(changes: Option<&mut watch::Receiver<u64>>) {
    let gone = match changes {
        Some(changes) => changes.changed().await.is_err(),
        None => true,
    };
    if gone {
        std::future::pending::<()>().await;
    }
}

impl Viewed {
    /// `None`: the page is no longer there.
    fn draw(&self, portal: &Portal, token: &Token) -> Option<String> {
        let drawn = match self {
            Self::Home => home::main(portal, token, None).to_string(),
            Self::House => house::main(portal, token, None)?.to_string(),
            Self::Circle { contact, path } => {
                circle::main(portal, contact, path, token, None)?.to_string()
            }
        };
        Some(drawn)
    }
}
