//! The HTTP side of the ntfy twin. It answers as ntfy's documents say, and where they are silent
//! as its error codes suggest.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Access, Fault, JSON_BYTES_MAX, Kept, MESSAGE_BYTES_MAX, Right, Shared};
use crate::ntfy::{ACTIONS_MAX, Publish};

const KEEPALIVE: Duration = Duration::from_secs(45);
/// Lines that a slow reader may be behind; then the stream waits for it.
const STREAM_LINES_MAX: usize = 64;

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "the ntfy twin has no listener"),
    };
    let router = Router::new()
        .route("/", post(publish_json))
        .route("/{topic}", post(publish_text).put(publish_text))
        .route("/{topic}/json", get(subscribe))
        .layer(DefaultBodyLimit::max(JSON_BYTES_MAX))
        .with_state(shared);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "the ntfy twin stopped");
    }
}

async fn publish_json(
    Extract(shared): Extract<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match serde_json::from_slice::<Publish>(&body) {
        Ok(form) => publish(&shared, &headers, form).await,
        Err(_) => refuse(StatusCode::BAD_REQUEST, "request body must be message JSON"),
    }
}

async fn publish_text(
    Extract(shared): Extract<Arc<Shared>>,
    Path(topic): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let title = headers.get("title").and_then(|title| title.to_str().ok()).unwrap_or_default();
    let form = Publish { topic, title: title.into(), message: body, ..Publish::default() };
    publish(&shared, &headers, form).await
}

async fn publish(shared: &Shared, headers: &HeaderMap, form: Publish) -> Response {
    let fault = shared.state().faults.pop_front();
    match fault {
        Some(Fault::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return refuse(status, "as the test wants");
        }
        Some(Fault::Stall) => return std::future::pending().await,
        Some(Fault::Redirect) => {
            let elsewhere = [(header::LOCATION, "/elsewhere")];
            return (StatusCode::TEMPORARY_REDIRECT, elsewhere).into_response();
        }
        Some(Fault::LoseAnswer) | None => {}
    }
    let allowed = check(&form).and_then(|()| allow(shared, headers, &form.topic, Right::Write));
    if let Err((status, why)) = allowed {
        return refuse(status, why);
    }
    let Some(kept) = shared.keep(form) else {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "too many topics");
    };
    if fault == Some(Fault::LoseAnswer) {
        return std::future::pending().await;
    }
    Json(kept).into_response()
}

/// The status and the reason.
type Refusal = (StatusCode, &'static str);

fn check(form: &Publish) -> Result<(), Refusal> {
    let wrong = if !is_topic(&form.topic) {
        "topic invalid"
    } else if form.message.len() > MESSAGE_BYTES_MAX {
        // The original makes an attachment of it, where its owner allows attachments.
        "attachments not allowed"
    } else if form.actions.len() > ACTIONS_MAX {
        "only 3 actions allowed"
    } else if form.actions.iter().any(|action| action.label.is_empty() || action.url.is_empty()) {
        "an action has no label or no url"
    } else if form.priority > 5 {
        "priority invalid"
    } else {
        return Ok(());
    };
    Err((StatusCode::BAD_REQUEST, wrong))
}

fn is_topic(topic: &str) -> bool {
    (1..=64).contains(&topic.len())
        && topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn allow(shared: &Shared, headers: &HeaderMap, topic: &str, right: Right) -> Result<(), Refusal> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match shared.may(token, topic, right) {
        Access::Given => Ok(()),
        Access::Forbidden => Err((StatusCode::FORBIDDEN, "forbidden")),
        Access::Unknown => Err((StatusCode::UNAUTHORIZED, "unauthorized")),
    }
}

fn refuse(status: StatusCode, error: &str) -> Response {
    let body = serde_json::json!({ "http": status.as_u16(), "error": error });
    (status, Json(body)).into_response()
}

#[derive(Deserialize)]
struct Subscribe {
    since: Option<String>,
    poll: Option<String>,
}

async fn subscribe(
    Extract(shared): Extract<Arc<Shared>>,
    Path(topic): Path<String>,
    Query(ask): Query<Subscribe>,
    headers: HeaderMap,
) -> Response {
    let polls = ask.poll.as_deref() == Some("1");
    if !is_topic(&topic) {
        return refuse(StatusCode::BAD_REQUEST, "topic invalid");
    }
    if let Err((status, why)) = allow(&shared, &headers, &topic, Right::Read) {
        return refuse(status, why);
    }
    if !shared.state().knows(&topic) {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "too many topics");
    }
    let since = match ask.since.as_deref() {
        Some("all") => 0,
        Some("none") => shared.latest(),
        None if polls => 0,
        None => shared.latest(),
        Some(id) if id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            shared.number_of(id)
        }
        Some(_) => return refuse(StatusCode::BAD_REQUEST, "invalid since parameter"),
    };
    let content = [(header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8")];
    if polls {
        let lines: String =
            shared.after(since, &topic).iter().map(|(_, kept)| line(kept)).collect();
        return (content, lines).into_response();
    }
    let (lines, stream) = mpsc::channel(STREAM_LINES_MAX);
    tokio::spawn(feed(shared, topic, since, lines));
    (content, Body::from_stream(ReceiverStream::new(stream))).into_response()
}

/// Ends when the reader is gone.
async fn feed(
    shared: Arc<Shared>,
    topic: String,
    mut since: u64,
    lines: mpsc::Sender<Result<String, Infallible>>,
) {
    let keepalive = shared.rules.keepalive.unwrap_or(KEEPALIVE);
    let mut arrived = shared.arrived.subscribe();
    let mut send = vec![sign("open", &topic)];
    loop {
        for (number, kept) in shared.after(since, &topic) {
            since = number;
            send.push(line(&kept));
        }
        for line in send.drain(..) {
            if lines.send(Ok(line)).await.is_err() {
                return;
            }
        }
        tokio::select! {
            () = lines.closed() => return,
            () = tokio::time::sleep(keepalive) => send.push(sign("keepalive", &topic)),
            changed = arrived.changed() => if changed.is_err() { return },
        }
    }
}

fn line(kept: &Kept) -> String {
    // Invariant: texts, numbers and lists of them have a JSON form.
    serde_json::to_string(kept).unwrap_or_default() + "\n"
}

fn sign(event: &str, topic: &str) -> String {
    let id = "keepalive000";
    serde_json::json!({ "id": id, "time": 0, "event": event, "topic": topic }).to_string() + "\n"
}
