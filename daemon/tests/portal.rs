//! The pages of a living home over real HTTP, and once in a real browser: what each shows and to
//! whom, that an act is done once, and that nothing foreign gets in.
//!
//! The home runs as the daemon runs it, without sound; the house is simulated, the clock is not.

#![allow(clippy::unwrap_used, reason = "a test may die where the home may not")]

use std::process::Stdio;

use omzien::shell::published::Published;
use omzien_core::device::{Opening, Reading};
use omzien_core::effect::Tap;
use omzien_core::incident::{Closing, Finding, Stage};
use omzien_core::ledger::Fact;
use omzien_core::request::Actor;
use omzien_core::{ContactId, Incident};
mod living;

use living::{HOME, PATIENCE, Visit, after, alarm, living, token};
use reqwest::StatusCode;

/// A first view must be small enough for a poor connection (bytes).
const PAGE_MAX: usize = 60_000;

fn escaped(text: &str) -> String {
    text.replace('"', "&#34;").replace('<', "&#60;").replace('>', "&#62;")
}

#[tokio::test]
async fn every_page_is_whole_small_private_and_asks_nobody_else() {
    living(HOME, async |visit| {
        for path in ["/", "/house", "/circle/anna", "/circle/jansen", "/circle/piet"] {
            let response = visit.get(path).await;
            let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("cache-control"), "no-store", "{path}");
            assert_eq!(header("referrer-policy"), "no-referrer");
            assert_eq!(header("x-content-type-options"), "nosniff");
            let policy = header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
            assert!(header("content-type").starts_with("text/html"));
            let page = response.text().await.unwrap();
            let files = visit.page("/style.css").await.len() + visit.page("/script.js").await.len();
            assert!(page.len() + files < PAGE_MAX, "{path} is {} bytes", page.len() + files);
            assert!(page.contains("href=\"tel:112\""), "{path} does not name 112");
            for foreign in ["http://", "https://", "style=", "onclick", "<script>", "javascript:"] {
                assert!(!page.contains(foreign), "{path} has {foreign}");
            }
        }
        let home = visit.page("/").await;
        assert!(home.contains("<html lang=\"nl\">") && home.contains("De Wit"));
        assert!(home.contains("value=\"help\""), "help can always be pressed");
        assert!(visit.page("/circle/anna").await.contains("<html lang=\"en\">"), "her language");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    living(HOME, async |visit| {
        for path in ["/nothing", "/circle/nobody", "/circle/", "/circle/anna/more"] {
            let response = visit.get(path).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            let page = response.text().await.unwrap();
            assert!(page.contains("Deze pagina is er niet") && page.contains("112"), "{path}");
        }
        let id = "0".repeat(32);
        let form = [("id", id.as_str()), ("incident", "1"), ("tap", "go")];
        assert_eq!(visit.post("/circle/nobody", &form).await.status(), StatusCode::NOT_FOUND);
        let following = format!("/events/circle/nobody?page={id}");
        assert_eq!(visit.get(&following).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(visit.count(|fact| matches!(fact, Fact::LookedAt { .. })), 0);
    })
    .await;
}

#[tokio::test]
async fn another_site_reaches_nothing() {
    living(HOME, async |visit| {
        let page = visit.page("/").await;
        let form = [("id", token(&page)), ("question", "0"), ("answer", "help")];
        let foreign: [&[(&str, &str)]; 5] = [
            &[("origin", "http://evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site"), ("origin", "null")],
            &[("host", "evil.example:8470"), ("origin", "http://evil.example:8470")],
            &[],
        ];
        for headers in foreign {
            let mut request = visit.client.post(visit.url("/answer")).form(&form);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{headers:?}");
        }
        // A name that was bent to point here reads nothing either.
        let bent = visit.client.get(visit.url("/circle/anna")).header("host", "evil.example");
        let response = bent.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert!(!response.text().await.unwrap().contains("De Wit"));
        assert!(alarm(&visit.handle.published.borrow()).is_none(), "nothing happened");
        assert_eq!(visit.count(|fact| matches!(fact, Fact::LookedAt { .. })), 0);
    })
    .await;
}

#[tokio::test]
async fn nonsense_is_refused_with_a_page_and_changes_nothing() {
    living(HOME, async |visit| {
        let id = "0".repeat(32);
        let (long, huge) = ("a".repeat(201), "a".repeat(100_000));
        let table: &[(&str, &[(&str, &str)])] = &[
            ("/answer", &[("id", &id), ("question", "0")]),
            ("/answer", &[("id", &id), ("question", "0"), ("answer", "perhaps")]),
            ("/answer", &[("id", "1"), ("question", "0"), ("answer", "help")]),
            ("/answer", &[("id", &id), ("question", "-1"), ("answer", "help")]),
            ("/answer", &[("id", &id), ("question", "0"), ("answer", &huge)]),
            ("/house/act", &[("id", &id), ("act", "burn")]),
            ("/house/act", &[("id", &id), ("act", "{\"walk\":3}")]),
            ("/house/say", &[("id", &id), ("text", "  ")]),
            ("/house/say", &[("id", &id), ("text", &long)]),
            ("/house/reply", &[("id", &id), ("contact", "anna"), ("tap", "go")]),
            ("/circle/anna", &[("id", &id), ("incident", "1"), ("tap", "sing")]),
            ("/circle/anna", &[("id", &id), ("incident", "x"), ("tap", "go")]),
            ("/circle/anna", &[("id", &id), ("incident", "1"), ("tap", "go"), ("at", "25:99")]),
            ("/circle/anna", &[("id", &id), ("incident", "1"), ("tap", "done"), ("finding", "x")]),
        ];
        let before = visit.handle.published.borrow().view(&Actor::Resident).ledger.len();
        for (path, form) in table {
            let response = visit.post(path, form).await;
            let status = response.status();
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path} {form:?}");
            let page = response.text().await.unwrap();
            assert!(page.contains("<h1>Dit verzoek is niet te begrijpen</h1>"), "{page}");
        }
        assert_eq!(visit.get("/answer").await.status(), StatusCode::BAD_REQUEST, "not a page");
        assert_eq!(visit.get("/events?page=1").await.status(), StatusCode::BAD_REQUEST);
        let after = visit.handle.published.borrow().view(&Actor::Resident).ledger.len();
        assert_eq!(before, after);
    })
    .await;
}

#[tokio::test]
async fn a_fall_is_asked_about_and_the_answer_counts_once() {
    living(HOME, async |visit| {
        let stale = visit.page("/").await;
        visit.house("\"fall\"").await;
        visit.until("a question", |home| home.home().question().is_some()).await;
        let page = visit.page("/").await;
        assert!(page.contains("Heeft u hulp nodig?"), "{page}");
        assert!(page.contains("class=\"now asking\""));

        // The page from before shows another question: its *no* is no answer to this one.
        let old = [("id", token(&stale)), ("question", "0"), ("answer", "no")];
        assert!(visit.act("/answer", &old).await.contains("Ik vroeg intussen iets anders"));
        assert_eq!(visit.count(|fact| matches!(fact, Fact::Answered { .. })), 0);

        let question = after(&page, "name=\"question\" value=\"");
        let no = [("id", token(&page)), ("question", question), ("answer", "no")];
        for _ in 0..2 {
            assert_eq!(visit.post("/answer", &no).await.status(), StatusCode::SEE_OTHER);
        }
        let answered = |home: &Published| home.home().question().is_none();
        visit.until("the answer", answered).await;
        assert_eq!(visit.count(|fact| matches!(fact, Fact::Answered { .. })), 1);
        assert!(visit.page("/").await.contains("geen hulp nodig"));
    })
    .await;
}

#[tokio::test]
async fn the_circle_takes_an_alarm_and_closes_it_each_word_once() {
    living(HOME, async |visit| {
        visit.house(r#"{"press":{"device":"help_button","press":"short"}}"#).await;
        let told = |incident: &Incident| incident.told.contains_key(&ContactId::new("anna"));
        visit.until_alarm("Anna is told", told).await;

        // The button sends first; who can answer still reads to what.
        let home = visit.page("/").await;
        let asked = after(&home, "<blockquote>");
        assert!(asked.contains("hulp nodig"), "*yes* and *no* stand under {asked}");

        let page = visit.page("/circle/anna").await;
        let incident = after(&page, "name=\"incident\" value=\"");
        for shown in ["The help button of", "kitchen", "Call 112", "Who knows", "I go"] {
            let shown = shown.replace("kitchen", "keuken");
            assert!(page.contains(&shown), "{shown} is missing in {page}");
        }
        let go = [("id", token(&page)), ("incident", incident), ("tap", "go"), ("at", "15:00")];
        for _ in 0..2 {
            let answered = visit.act("/circle/anna", &go).await;
            assert!(answered.contains("The alarm is now in your name"), "{answered}");
        }
        visit.until_alarm("held", |one| matches!(one.stage, Stage::Held { .. })).await;
        assert_eq!(visit.count(|fact| matches!(fact, Fact::Acknowledged { tap: Tap::Go, .. })), 1);

        // The neighbour reads who has it, and cannot take it too.
        let other = visit.page("/circle/jansen").await;
        assert!(other.contains("Anna") && !other.contains("value=\"go\""), "{other}");
        let late = [("id", token(&other)), ("incident", incident), ("tap", "phone")];
        assert!(visit.act("/circle/jansen", &late).await.contains("heeft de melding al"));

        let page = visit.page("/circle/anna").await;
        let there = [("id", token(&page)), ("incident", incident), ("tap", "there")];
        visit.act("/circle/anna", &there).await;
        let page = visit.page("/circle/anna").await;
        let done = [
            ("id", token(&page)),
            ("incident", incident),
            ("tap", "done"),
            ("finding", "false_alarm"),
        ];
        let closed = visit.act("/circle/anna", &done).await;
        assert!(closed.contains("The alarm is closed"), "{closed}");
        visit
            .until_alarm("closed", |one| {
                let finding = Finding::FalseAlarm;
                one.stage == Stage::Closed(Closing::Contact { by: ContactId::new("anna"), finding })
            })
            .await;
        let page = visit.page("/circle/anna").await;
        assert!(page.contains("Earlier alarms") && page.contains("a false alarm"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn who_was_granted_nothing_sees_nothing_and_no_hint() {
    living(HOME, async |visit| {
        let plain = |page: String| page.replace(token_of_events(&page), "T");
        let stamp = |page: String| {
            let (from, until) = (page.find("<p id=\"stamp\">").unwrap(), page.len());
            let end = page[from..until].find("</p>").unwrap() + from;
            format!("{}{}", &page[..from], &page[end..])
        };
        let before = stamp(plain(visit.page("/circle/piet").await));
        visit.house(r#"{"press":{"device":"help_button","press":"short"}}"#).await;
        visit.until_alarm("an alarm", |incident| !incident.told.is_empty()).await;
        let during = stamp(plain(visit.page("/circle/piet").await));
        assert_eq!(before, during);
        assert!(!during.contains("melding") && !during.contains("keuken"), "{during}");

        // Nor does an answer tell him whether there is anything to answer.
        let mut answers = Vec::new();
        for incident in ["1", "999"] {
            let id = "0".repeat(31) + &incident[..1];
            let form = [("id", id.as_str()), ("incident", incident), ("tap", "go")];
            let page = visit.act("/circle/piet", &form).await;
            answers.push(stamp(plain(page)));
        }
        assert_eq!(answers[0], answers[1]);
        assert!(answers[0].contains("De bewoner bepaalt dat"), "{}", answers[0]);
    })
    .await;
}

fn token_of_events(page: &str) -> &str {
    let start = page.find("?page=").map_or(0, |place| place + "?page=".len());
    &page[start..start + 32]
}

#[tokio::test]
async fn a_loaded_page_is_one_look_however_long_it_is_followed() {
    living(HOME, async |visit| {
        let looks = || visit.count(|fact| matches!(fact, Fact::LookedAt { .. }));
        let page = visit.page("/circle/anna").await;
        visit.until("the look", |_| looks_in(&visit) == 1).await;
        let token = token_of_events(&page).to_owned();
        for _ in 0..2 {
            let followed = visit.get(&format!("/events/circle/anna?page={token}")).await;
            assert_eq!(followed.status(), StatusCode::OK);
        }
        assert_eq!(looks(), 1, "following a page is the same look");
        let other = "f".repeat(32);
        visit.get(&format!("/events/circle/anna?page={other}")).await;
        visit.until("the second look", |_| looks_in(&visit) == 2).await;
        assert!(visit.page("/").await.contains("Anna keek op de pagina."));
    })
    .await;
}

fn looks_in(visit: &Visit) -> usize {
    visit.count(|fact| matches!(fact, Fact::LookedAt { .. }))
}

#[tokio::test]
async fn a_followed_page_is_sent_anew_when_it_changed() {
    living(HOME, async |visit| {
        let page = visit.page("/house").await;
        let path = format!("/events/house?page={}", token(&page));
        let mut followed = visit.get(&path).await;
        assert!(followed.headers()["content-type"].to_str().unwrap().contains("event-stream"));
        let mut heard = String::new();
        let mut acted = false;
        while !heard.contains("is de deur uit") {
            let chunk = followed.chunk().await.unwrap().expect("the stream goes on");
            heard.push_str(&String::from_utf8_lossy(&chunk));
            if !acted {
                acted = true;
                assert!(heard.contains("event: live") && heard.contains("mevrouw De Wit"));
                visit.house("\"leave\"").await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_typed_sentence_is_meant_for_the_companion() {
    living(HOME, async |visit| {
        let page = visit.page("/house").await;
        let form = [("id", token(&page)), ("text", "hoe laat is het?")];
        let page = visit.act("/house/say", &form).await;
        assert!(page.contains("Gezegd."), "{page}");
        let says_time = |home: &Published| {
            let view = home.view(&Actor::Resident);
            view.ledger.iter().any(|entry| {
                matches!(&entry.fact, Fact::Say { reply, .. } if reply.key.starts_with("time."))
            })
        };
        visit.until("it says the time", says_time).await;

        // Nobody who is out can be heard at home.
        visit.house("\"leave\"").await;
        let page = visit.page("/house").await;
        let form = [("id", token(&page)), ("text", "help")];
        assert!(visit.act("/house/say", &form).await.contains("is de deur uit"));
    })
    .await;
}

#[tokio::test]
async fn a_simulated_person_answers_on_their_telephone() {
    living(HOME, async |visit| {
        visit.house(r#"{"press":{"device":"help_button","press":"short"}}"#).await;
        let controls = visit.handle.controls().unwrap();
        let mut changes = controls.changes();
        let anna = ContactId::new("anna");
        let arrived = async {
            while controls.snapshot().people[&anna].is_empty() {
                changes.changed().await.unwrap()
            }
        };
        tokio::time::timeout(PATIENCE, arrived).await.expect("her message");
        let page = visit.page("/house").await;
        assert!(page.contains("Alarm from mevrouw De Wit"), "{page}");
        let incident = after(&page, "name=\"incident\" value=\"");
        let form =
            [("id", token(&page)), ("contact", "anna"), ("incident", incident), ("tap", "phone")];
        visit.act("/house/reply", &form).await;
        visit.until_alarm("held", |one| one.holder() == Some(&anna)).await;
    })
    .await;
}

#[tokio::test]
async fn a_simulated_house_that_is_wired_anew_answers_to_the_page() {
    living(HOME, async |visit| {
        let more = "\n[device.back_door]\nname = \"achterdeur\"\nroom = \"kitchen\"\n\
                    can = [\"opening\"]\nvia.simulated = {}\n";
        visit.reload(&format!("{HOME}{more}")).await;
        visit.until("the new plan", |home| home.plan().devices.len() == 4).await;
        visit.house(r#"{"open":{"device":"back_door","is":"open"}}"#).await;
        visit
            .until("the new door", |home| {
                let devices = home.view(&Actor::Resident).devices;
                let door = devices.iter().find(|one| one.device.as_str() == "back_door");
                door.is_some_and(|door| door.readings == [Reading::Opening(Opening::Open)])
            })
            .await;
    })
    .await;
}

#[tokio::test]
async fn hostile_names_are_text_and_nothing_else() {
    let evil = r#"<img src=x onerror=alert(1)> & "quotes""#;
    let toml = evil.replace('"', "\\\"");
    let home = HOME
        .replace("name = \"Anna\"", &format!("name = \"{toml}\""))
        .replace("name = \"hulpknop\"", "name = \"</button><script>alert(2)</script>\"");
    living(&home, async |visit| {
        visit.house(r#"{"press":{"device":"help_button","press":"short"}}"#).await;
        visit.until_alarm("told", |incident| !incident.told.is_empty()).await;
        for path in ["/", "/house", "/circle/anna", "/circle/jansen"] {
            let page = visit.page(path).await;
            assert!(!page.contains("<img") && !page.contains("<script>"), "{path}: {page}");
        }
        let page = visit.page("/").await;
        assert!(page.contains(&escaped("<img src=x onerror=alert(1)>")), "{page}");
        let page = visit.page("/house").await;
        let sentence = [("id", token(&page)), ("text", "<script>alert(3)</script>")];
        let told = visit.act("/house/say", &sentence).await;
        assert!(!told.contains("<script>alert"));
    })
    .await;
}

#[tokio::test]
async fn a_home_without_a_simulated_house_has_no_such_page() {
    let home = r#"
        companion = "Robin"
        language = "en"
        zone = "Europe/London"
        skills = []
        [[resident]]
        name = "Mrs De Wit"
        [room.kitchen]
        name = "kitchen"
    "#;
    living(home, async |visit| {
        let page = visit.page("/").await;
        assert!(page.contains("<html lang=\"en\">") && !page.contains("href=\"/house\""));
        assert!(page.contains("Nobody is alerted"), "an empty circle is said: {page}");
        assert_eq!(visit.get("/house").await.status(), StatusCode::NOT_FOUND);
        let id = "0".repeat(32);
        let form = [("id", id.as_str()), ("act", "\"fall\"")];
        assert_eq!(visit.post("/house/act", &form).await.status(), StatusCode::NOT_FOUND);
        let health = visit.page("/health").await;
        assert!(health.contains("\"running\":true") && health.contains("\"revision\":"));
    })
    .await;
}

#[tokio::test]
async fn a_real_browser_shows_the_headline() {
    living(HOME, async |visit| {
        let headline = "Bij mevrouw De Wit loopt geen melding.";
        // Somebody moves: nobody is thought to be out.
        visit.house(r#"{"walk":"hall"}"#).await;
        for path in ["/", "/house"] {
            let dom = in_browser(&visit.url(path)).await;
            assert!(dom.contains("<h1>"), "{path} has no headline: {dom}");
            assert!(dom.contains("tel:112"), "{path} is cut off: {dom}");
        }
        let dom = in_browser(&visit.url("/circle/jansen")).await;
        assert!(dom.contains(headline), "{dom}");
    })
    .await;
}

/// The page as Chromium has it after loading.
async fn in_browser(url: &str) -> String {
    let profile = tempfile::tempdir().unwrap();
    let mut command = tokio::process::Command::new("chromium");
    command
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=360,800",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(url)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(2 * PATIENCE, command.output()).await;
    let output = output.expect("chromium ends").expect("chromium runs; `make setup` installs it");
    assert!(output.status.success(), "chromium fails on {url}");
    String::from_utf8(output.stdout).expect("a page is UTF-8")
}
