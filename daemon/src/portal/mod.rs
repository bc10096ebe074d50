//! The pages: the resident's side, the circle's side, and the simulated house. They draw what the
//! core lets a viewer see, and hand in what somebody taps; they decide nothing.
//!
//! This first form is for the machine itself: the daemon binds it to loopback and there is no
//! login yet, so whoever sits at the device may open every page. A later version pairs each
//! person's telephone and only then leaves the house. What is guarded already is what a browser
//! on this machine could be tricked into: see [`guard`].

mod acts;
mod circle;
mod events;
mod guard;
mod home;
mod house;
pub(crate) mod ledger;
mod mistake;
mod page;
mod serving;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use omzien_core::Language;
use omzien_core::request::Actor;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::shell::Handle;
use crate::shell::published::Published;

use acts::{Acts, Tokens};
use mistake::Mistake;
use words::Words;

/// The largest form that any page sends, several times over (bytes).
const BODY_MAX: usize = 8 * 1024;
/// Pages that follow the home live at once. One more is told to try later, and still works by
/// being loaded again.
const FOLLOWERS_MAX: usize = 32;

/// Serves the pages until the task is dropped.
///
/// # Errors
/// The listener's own address cannot be read.
pub async fn serve(listener: TcpListener, handle: Handle) -> std::io::Result<()> {
    let router = router(handle, listener.local_addr()?);
    serving::serve(listener, router).await
}

/// The pages of a home. `bound` is where they are served: the one name, beside loopback's, by
/// which a browser may ask for them.
pub fn router(handle: Handle, bound: SocketAddr) -> Router {
    let portal = Portal(Arc::new(Inner {
        handle,
        bound,
        tokens: Tokens::default(),
        acts: Acts::default(),
        followers: Arc::new(Semaphore::new(FOLLOWERS_MAX)),
    }));
    Router::new()
        .route("/", get(home::show))
        .route("/answer", post(home::answer))
        .route("/house", get(house::show))
        .route("/house/act", post(house::act))
        .route("/house/say", post(house::say))
        .route("/house/reply", post(house::reply))
        .route("/circle/{contact}", get(circle::show).post(circle::answer))
        .route("/events", get(events::home))
        .route("/events/house", get(events::house))
        .route("/events/circle/{contact}", get(events::circle))
        .route("/health", get(health))
        .route("/style.css", get(|| file("text/css; charset=utf-8", STYLE)))
        .route("/script.js", get(|| file("text/javascript; charset=utf-8", SCRIPT)))
        .route("/icon.svg", get(|| file("image/svg+xml", ICON)))
        .fallback(|| async { Mistake::NotFound })
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(portal.clone(), guard::guard))
        .with_state(portal)
}

/// What every page needs. Cheap to clone.
#[derive(Clone)]
struct Portal(Arc<Inner>);

struct Inner {
    handle: Handle,
    bound: SocketAddr,
    tokens: Tokens,
    acts: Acts,
    followers: Arc<Semaphore>,
}

impl Portal {
    /// The home as it was a moment ago.
    fn now(&self) -> Arc<Published> {
        Arc::clone(&self.0.handle.published.borrow())
    }

    fn handle(&self) -> &Handle {
        &self.0.handle
    }

    fn acts(&self) -> &Acts {
        &self.0.acts
    }

    /// The words of the home's own language.
    fn words(&self) -> &'static Words {
        Words::of(self.language())
    }

    fn language(&self) -> Language {
        self.now().plan().language
    }
}

const STYLE: &str = include_str!("pages/style.css");
const SCRIPT: &str = include_str!("pages/script.js");
const ICON: &str = include_str!("pages/icon.svg");

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    // The same release sends the same file; the next one is asked for within the hour.
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600")], text)
}

#[derive(Serialize)]
struct Health {
    /// The loop that watches the home is there.
    running: bool,
    /// The newest line of the ledger: it grows while the home lives.
    revision: u64,
}

/// For a machine that looks after this one; it tells nothing about the people.
async fn health(State(portal): State<Portal>) -> Response {
    let newest = portal.now().view(&Actor::Installer).ledger.first().map(|entry| entry.number);
    let running = portal.handle().published.has_changed().is_ok();
    let status = if running { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Health { running, revision: newest.unwrap_or(0) })).into_response()
}
