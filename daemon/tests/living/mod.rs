//! A home that runs as the daemon runs it, without sound, in a simulated house, behind its real
//! page; and a visitor who taps, waits and looks.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use omzien::portal;
use omzien::shell::clock::SystemClock;
use omzien::shell::published::Published;
use omzien::shell::{Handle, Options, Shell, Signal, Speech};
use omzien_core::Incident;
use omzien_core::ledger::Fact;
use omzien_core::request::Actor;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tokio::net::TcpListener;

/// Longer than anything here takes, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// Anna may know all, Mr Jansen alarms, Piet nothing.
pub(crate) const HOME: &str = r#"
companion = "Robin"
language = "nl"
zone = "Europe/Amsterdam"
skills = ["lights", "help", "reminder", "check-in", "time"]

[[resident]]
name = "mevrouw De Wit"

[room.kitchen]
name = "keuken"

[room.hall]
name = "gang"

[device.front_door]
name = "voordeur"
room = "hall"
can = ["opening"]
way_out = true
via.simulated = {}

[device.help_button]
name = "hulpknop"
room = "kitchen"
can = ["button"]
via.simulated = {}

[device.wristband]
name = "polsband"
room = "kitchen"
can = ["fall"]
via.simulated = {}

[circle.anna]
name = "Anna"
language = "en"
may_know = ["alarms", "good_news", "ledger"]
via.simulated = {}

[circle.jansen]
name = "meneer Jansen"
may_know = ["alarms"]
via.simulated = {}

[circle.piet]
name = "Piet"
may_know = []
via.simulated = {}

[[step]]
contacts = ["anna", "jansen"]
wait_min = 3
"#;

/// A home that runs while `visit` looks at it.
pub(crate) async fn living(home: &str, visit: impl AsyncFnOnce(Visit)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("home.toml");
    fs::write(&file, home).unwrap();
    let options = Options { home: file, state: folder.path().join("state"), speech: Speech::Off };
    let file = options.home.clone();
    let shell = Shell::open(options, SystemClock::default()).unwrap_or_else(|error| {
        panic!("the home does not open: {error}");
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let handle = shell.handle();
    let client =
        Client::builder().redirect(Policy::none()).timeout(PATIENCE).no_proxy().build().unwrap();
    let visit = visit(Visit { address, client, handle: handle.clone(), file });
    tokio::select! {
        () = shell.run(|| ()) => panic!("the home ended"),
        served = portal::serve(listener, handle) => panic!("the page ended: {served:?}"),
        () = visit => {}
    }
}

pub(crate) struct Visit {
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    pub(crate) handle: Handle,
    /// Its home file.
    pub(crate) file: PathBuf,
}

impl Visit {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.text().await.unwrap()
    }

    /// Posts a form as a page of ours does.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        let origin = self.url("");
        let request = self.client.post(self.url(path)).header("origin", origin).form(form);
        request.send().await.unwrap()
    }

    /// Posts what must succeed, and reads the page that it leads to.
    pub(crate) async fn act(&self, path: &str, form: &[(&str, &str)]) -> String {
        let response = self.post(path, form).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path} {form:?}");
        let to = response.headers()["location"].to_str().unwrap().to_owned();
        self.page(&to).await
    }

    pub(crate) async fn house(&self, act: &str) {
        let page = self.page("/house").await;
        self.act("/house/act", &[("id", token(&page)), ("act", act)]).await;
    }

    /// Waits until the published home is so.
    pub(crate) async fn until(&self, what: &str, mut so: impl FnMut(&Published) -> bool) {
        let mut published = self.handle.published.clone();
        let waited = tokio::time::timeout(PATIENCE, published.wait_for(|home| so(home))).await;
        assert!(waited.is_ok_and(|home| home.is_ok()), "it never came so far: {what}");
    }

    pub(crate) async fn until_alarm(&self, what: &str, mut so: impl FnMut(&Incident) -> bool) {
        self.until(what, |home| alarm(home).is_some_and(|incident| so(&incident))).await;
    }

    /// Writes another home file and has it read.
    pub(crate) async fn reload(&self, home: &str) {
        fs::write(&self.file, home).unwrap();
        self.handle.signals.send(Signal::Reload).await.unwrap();
    }

    /// How often something stands in the ledger.
    pub(crate) fn count(&self, fact: impl Fn(&Fact) -> bool) -> usize {
        let view = self.handle.published.borrow().view(&Actor::Resident);
        view.ledger.iter().filter(|entry| fact(&entry.fact)).count()
    }
}

/// The newest incident about the resident.
pub(crate) fn alarm(home: &Published) -> Option<Incident> {
    let incidents = home.view(&Actor::Resident).incidents;
    incidents.into_iter().find(|incident| incident.cause.is_about_the_resident())
}

/// The hidden name of one loading of a page.
pub(crate) fn token(page: &str) -> &str {
    after(page, "name=\"id\" value=\"")
}

pub(crate) fn after<'a>(page: &'a str, start: &str) -> &'a str {
    let from = page.find(start).unwrap_or_else(|| panic!("no {start} in {page}")) + start.len();
    page[from..].split('"').next().unwrap_or_default()
}
