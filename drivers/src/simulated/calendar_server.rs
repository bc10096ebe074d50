//! A small server of one calendar, at an address and by CalDAV: the twin of the `calendar` driver,
//! for tests, on this machine only. It answers the one question that the driver asks, with all it
//! has, whatever time was asked about; what it cannot show is shown by a test with Radicale.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::own_thread::OwnThread;

/// What goes wrong with the next question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is refused with this HTTP status.
    Status(u16),
    /// Nothing is answered.
    Stall,
    /// This is answered in place of the calendar.
    Answer(String),
    /// The answer points to another address.
    Redirect(String),
}

/// The server. It ends when dropped.
#[derive(Debug)]
pub struct CalendarServer {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    /// `None` while it is down.
    serving: Option<OwnThread>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Each a calendar of its own, as CalDAV keeps them.
    events: Vec<String>,
    /// What `Authorization` must say, if anything.
    key: Option<String>,
    faults: VecDeque<Fault>,
    asked: usize,
}

impl CalendarServer {
    /// Starts on a free port of this machine.
    ///
    /// # Errors
    /// There is none, or no thread.
    pub fn start() -> io::Result<Self> {
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        let mut server = Self { address, shared: Arc::default(), serving: None };
        server.up()?;
        Ok(server)
    }

    /// `http://127.0.0.1:PORT/`, the same over [`Self::down`] and [`Self::up`].
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Ends every connection and takes no new one.
    pub fn down(&mut self) {
        self.serving = None;
    }

    /// Takes connections again, at the same address.
    ///
    /// # Errors
    /// Another program took the port meanwhile.
    pub fn up(&mut self) -> io::Result<()> {
        let listener = TcpListener::bind(self.address)?;
        listener.set_nonblocking(true)?;
        self.address = listener.local_addr()?;
        let shared = Arc::clone(&self.shared);
        self.serving = Some(OwnThread::start("calendar-twin", serve(listener, shared))?);
        Ok(())
    }

    /// The lines of each event that stands in it from now on, without BEGIN and END.
    pub fn keep(&self, events: &[&str]) {
        self.shared().events = events.iter().map(|event| (*event).to_owned()).collect();
    }

    /// Whoever asks has to send this from now on.
    pub fn ask_for(&self, authorization: &str) {
        self.shared().key = Some(authorization.to_owned());
    }

    /// The next questions go wrong in this way, in this order.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared().faults.extend(faults);
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.shared().asked
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

/// A panic elsewhere does not make a kept event untrue.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, shared: Arc<Mutex<Shared>>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "the calendar twin has no listener"),
    };
    let router = Router::new().fallback(answer).with_state(shared);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "the calendar twin stopped");
    }
}

async fn answer(
    Extract(shared): Extract<Arc<Mutex<Shared>>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let (fault, events, key) = {
        let mut shared = lock(&shared);
        shared.asked += 1;
        (shared.faults.pop_front(), shared.events.clone(), shared.key.clone())
    };
    match fault {
        Some(Fault::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return status.into_response();
        }
        Some(Fault::Stall) => return std::future::pending().await,
        Some(Fault::Redirect(to)) => {
            return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response();
        }
        Some(Fault::Answer(text)) => {
            let status =
                if method == Method::GET { StatusCode::OK } else { StatusCode::MULTI_STATUS };
            return (status, text).into_response();
        }
        None => {}
    }
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if key.is_some_and(|key| sent != Some(key.as_str())) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match method.as_str() {
        "GET" => calendar(&events.iter().map(event).collect::<String>()).into_response(),
        "REPORT" => (StatusCode::MULTI_STATUS, multistatus(&events)).into_response(),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn event(lines: impl AsRef<str>) -> String {
    format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", lines.as_ref())
}

fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Omzien//twin//EN\n{events}END:VCALENDAR\n")
}

fn multistatus(events: &[String]) -> String {
    let mut answer = String::from(
        "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\" \
         xmlns:c=\"urn:ietf:params:xml:ns:caldav\">",
    );
    for lines in events {
        let one = calendar(&event(lines));
        let one = one.replace('&', "&amp;").replace('<', "&lt;");
        // A string takes every write.
        let _ = write!(
            answer,
            "<d:response><d:propstat><d:prop><c:calendar-data>{one}</c:calendar-data></d:prop>\
             </d:propstat></d:response>"
        );
    }
    answer.push_str("</d:multistatus>");
    answer
}
