//! Where a calendar comes from: a file, an address, a CalDAV server. It reads, and never writes,
//! and never sends a password over a line that others can read along.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};

use super::{Secrets, Via, dav};
use crate::secret::Secret;

/// A calendar of years with all its notes; a larger one is a mix-up.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// From one address to the next.
const REDIRECTS_MAX: usize = 3;

/// Why a calendar could not be read. For the log: no address, no name.
pub(super) type Why = &'static str;

/// One calendar's place, checked.
#[derive(Clone, Debug)]
pub(super) enum Source {
    File(PathBuf),
    Web(Place),
    Caldav(Place),
}

/// An address, and who asks there.
#[derive(Clone)]
pub(super) struct Place {
    url: Url,
    user: Option<(String, Secret)>,
}

/// An address may be the key to the calendar, so it is not shown.
impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Place(…)")
    }
}

impl Source {
    /// What is wrong with a calendar's place, and how to mend it.
    pub(super) fn new(
        via: &Via,
        secrets: Option<&Secrets>,
    ) -> Result<Self, (&'static str, &'static str)> {
        let place = |address: &Option<Secret>, user: &Option<String>| {
            let kept = secrets.and_then(|secrets| secrets.address.as_ref());
            let Some(address) = address.as_ref().or(kept) else {
                return Err(("has no address", "write `address`, here or in the secrets file"));
            };
            let password = secrets.and_then(|secrets| secrets.password.clone());
            let user = match (user, password) {
                (Some(user), Some(password)) => Some((user.clone(), password)),
                (None, None) => None,
                (Some(_), None) => {
                    return Err((
                        "has a username without a password",
                        "write `password` in the secrets file, under [calendar.ID]",
                    ));
                }
                (None, Some(_)) => {
                    return Err((
                        "has a password without a username",
                        "write `username` beside the address",
                    ));
                }
            };
            Ok(Place { url: url(address.reveal())?, user })
        };
        match via {
            Via::File(file) if file.path.is_absolute() => Ok(Self::File(file.path.clone())),
            Via::File(_) => Err((
                "has a path that depends on where it is started",
                "write the whole path, from the /",
            )),
            Via::Web(web) => Ok(Self::Web(place(&web.address, &web.username)?)),
            Via::Caldav(caldav) => Ok(Self::Caldav(place(&caldav.address, &caldav.username)?)),
        }
    }

    /// The texts of its calendars.
    pub(super) async fn read(
        &self,
        client: &Client,
        from: Timestamp,
        until: Timestamp,
        limit: Duration,
    ) -> Result<Vec<String>, Why> {
        let read = async {
            match self {
                Self::File(path) => {
                    let path = path.clone();
                    let read = tokio::task::spawn_blocking(move || file(&path)).await;
                    read.map_err(|_| "reading the file panicked")?.map(|text| vec![text])
                }
                Self::Web(place) => {
                    let request = place.ask(client, Method::GET).header(ACCEPT, "text/calendar");
                    body(request, StatusCode::OK).await.map(|text| vec![text])
                }
                Self::Caldav(place) => {
                    // Every CalDAV server knows it; the library has no name for it.
                    let report = Method::from_bytes(b"REPORT").map_err(|_| "no such method")?;
                    let request = place
                        .ask(client, report)
                        .header("Depth", "1")
                        .header(CONTENT_TYPE, "application/xml; charset=utf-8")
                        .body(dav::query(from, until));
                    let answer = body(request, StatusCode::MULTI_STATUS).await?;
                    dav::calendars(&answer).ok_or("the server's answer is no CalDAV")
                }
            }
        };
        tokio::time::timeout(limit, read).await.unwrap_or(Err("no answer in time"))
    }
}

impl Place {
    fn ask(&self, client: &Client, method: Method) -> RequestBuilder {
        let request = client.request(method, self.url.clone());
        match &self.user {
            Some((user, password)) => request.basic_auth(user, Some(password.reveal())),
            None => request,
        }
    }
}

/// One for all calendars. It follows a calendar that has moved, never out of an encrypted line; to
/// another machine no password goes along.
pub(super) fn client(connect: Duration) -> reqwest::Result<Client> {
    let follow = |attempt: Attempt<'_>| {
        let is_far = attempt.previous().len() > REDIRECTS_MAX;
        if is_far || !is_private(attempt.url()) { attempt.stop() } else { attempt.follow() }
    };
    Client::builder()
        .user_agent(concat!("omzien/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::custom(follow))
        .no_proxy()
        .connect_timeout(connect)
        .build()
}

fn is_private(url: &Url) -> bool {
    url.scheme() == "https"
        || url.scheme() == "http" && url.host_str().is_some_and(crate::is_this_machine)
}

/// `webcal://` is how calendars are handed out; it is read as `https://`.
fn url(text: &str) -> Result<Url, (&'static str, &'static str)> {
    const MEND: &str = "write it like \"https://cloud.example.org/calendars/riet/\"";
    let text = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("webcal") => format!("https://{rest}"),
        Some(_) | None => text.to_owned(),
    };
    let url = Url::parse(&text).map_err(|_| ("has an address that is none", MEND))?;
    if url.host_str().is_none() {
        return Err(("has an address that names no machine", MEND));
    }
    if !is_private(&url) {
        return Err((
            "has an address that is not encrypted",
            "write https: nobody on the way may read along",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err((
            "has a password in its address",
            "write `username`, and the password in the secrets file",
        ));
    }
    Ok(url)
}

async fn body(request: RequestBuilder, wanted: StatusCode) -> Result<String, Why> {
    let mut response = request.send().await.map_err(|error| {
        let why = if error.is_timeout() {
            "no answer in time"
        } else if error.is_connect() {
            "the server cannot be reached"
        } else {
            "the connection to the server broke"
        };
        tracing::debug!(error = %error.without_url(), why);
        why
    })?;
    match response.status() {
        status if status == wanted => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err("the server refused us"),
        StatusCode::NOT_FOUND | StatusCode::GONE => return Err("there is no such calendar"),
        status if status.is_redirection() => return Err("the calendar has moved too far"),
        status if status.is_server_error() => return Err("the server is in trouble"),
        _ => return Err("the server's answer is not what was asked"),
    }
    let mut bytes = Vec::new();
    loop {
        let chunk = response.chunk().await.map_err(|_| "the connection to the server broke")?;
        let Some(chunk) = chunk else { break };
        if bytes.len() + chunk.len() > BYTES_MAX {
            return Err("the calendar is larger than 8 MiB");
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(readable(bytes))
}

fn file(path: &Path) -> Result<String, Why> {
    // Asked before opening, because opening a pipe would wait for its other end.
    let is_file = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    if !is_file {
        return Err("there is no such file");
    }
    let mut bytes = Vec::new();
    let opened = File::open(path).map_err(|_| "the file may not be read")?;
    let read = opened.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|_| "the file cannot be read")?;
    if bytes.len() > BYTES_MAX {
        return Err("the calendar is larger than 8 MiB");
    }
    Ok(readable(bytes))
}

/// A letter that is no letter is shown as one; the rest of the calendar is still good.
fn readable(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
