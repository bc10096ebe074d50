//! Calendars elsewhere that the resident chose: a file, an address, a CalDAV server. Each is read
//! again and again, and what comes in the next weeks is handed in; nothing is ever written there.
//!
//! A calendar that cannot be read, or that is not whole, changes nothing: what was read before
//! stays, and the home says since when. It never decides, and never writes a title, an address or
//! a password to the log.

mod dav;
mod event;
mod lines;
mod moment;
mod occurrence;
mod source;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use omzien_core::CalendarId;
use omzien_core::agenda::{CalendarRead, Entry, Found};
use omzien_core::effect::Again;
use omzien_core::event::{Trouble, TroubleState};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use reqwest::Client;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};

use self::occurrence::{Coming, WORK_MAX, Window};
use self::source::{Source, Why};
use crate::lanes::failed;
use crate::secret::Secret;
use crate::{DriverError, Inbox, Input, Orders, Running};

/// As the table and troubles call it.
pub const NAME: &str = "calendar";

/// What is told of a calendar reaches so far ahead: appointments at a hospital are made for weeks.
const DAYS_AHEAD: i64 = 60;
/// And so far back: "who was here yesterday?".
const DAYS_BACK: i64 = 1;

/// Where a calendar is: exactly one of these.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// An iCalendar file on this machine, such as another program keeps.
    File(FileVia),
    /// An iCalendar file at an address: what "share" or "subscribe" gives in most calendars.
    Web(WebVia),
    /// A calendar on a CalDAV server: Nextcloud, Radicale, Fastmail, iCloud.
    Caldav(CaldavVia),
}

/// `via.file` of a calendar.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileVia {
    /// The whole path: `/var/lib/omzien/nurses.ics`.
    pub path: PathBuf,
}

/// `via.web` of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WebVia {
    /// `https://…` or `webcal://…`. Whoever knows it can often read along, so it may stand in the
    /// secrets file instead. `http` only on this machine itself.
    pub address: Option<Secret>,
    /// Where the server asks for one. The password is in the secrets file.
    pub username: Option<String>,
}

/// `via.caldav` of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CaldavVia {
    /// Of the calendar itself, not of the server: `https://…`, or in the secrets file. `http` only
    /// on this machine itself.
    pub address: Option<Secret>,
    /// Where the server asks for one. The password is in the secrets file.
    pub username: Option<String>,
}

/// The section `[calendar.ID]` of the secrets file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    /// Of `username`.
    pub password: Option<Secret>,
    /// The calendar's address, where that is a secret itself.
    pub address: Option<Secret>,
}

/// One calendar of a home.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub via: Via,
    /// From one reading to the next.
    pub every: Duration,
}

/// The wall clock: what "today" is.
pub type WallClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Everything the driver needs, resolved.
#[derive(Clone)]
pub struct Wiring {
    pub calendars: BTreeMap<CalendarId, Settings>,
    pub secrets: BTreeMap<String, Secrets>,
    /// Of the home: times without a zone are its.
    pub zone: TimeZone,
    pub clock: WallClock,
    pub pacing: Pacing,
}

/// How long it waits for what. The defaults suit the real world; tests are in more of a hurry.
#[derive(Debug, Clone, PartialEq)]
pub struct Pacing {
    /// For one calendar, from connecting to the last byte.
    pub request: Duration,
    /// After a failure it tries again so soon; twice as late each time, up to the usual time.
    pub again: Duration,
}

impl Default for Pacing {
    fn default() -> Self {
        Self { request: Duration::from_secs(30), again: Duration::from_secs(60) }
    }
}

/// What is wrong with a calendar's settings and how to mend it, before anything is opened.
///
/// # Errors
/// The problem, and the mend.
pub fn check(via: &Via, secrets: Option<&Secrets>) -> Result<(), (&'static str, &'static str)> {
    Source::new(via, secrets).map(drop)
}

/// Opens the driver. The first reading begins when the future is first polled.
///
/// # Errors
/// [`DriverError::Setting`] names the calendar that cannot be read as it is written.
pub fn open(wiring: Wiring, orders: Orders, inbox: Inbox) -> Result<Running, DriverError> {
    let setting = |place: String, problem: &str, mend: &'static str| DriverError::Setting {
        place,
        problem: format!("it {problem}"),
        mend,
    };
    let now = Instant::now();
    let mut calendars = Vec::new();
    for (id, settings) in &wiring.calendars {
        let source = Source::new(&settings.via, wiring.secrets.get(id.as_str()))
            .map_err(|(problem, mend)| setting(format!("[calendar.{id}]"), problem, mend))?;
        calendars.push(Calendar {
            id: id.clone(),
            source,
            every: settings.every,
            due: now,
            failures: 0,
            last: None,
            left_out: 0,
        });
    }
    let client = source::client(wiring.pacing.request).map_err(|error| {
        let mend = "start it again; if that does not help, reinstall";
        setting("[calendar]".to_owned(), &format!("gets no HTTP client: {error}"), mend)
    })?;
    let chance = SmallRng::seed_from_u64(RandomState::new().hash_one(0));
    let reader = Reader { wiring, client, calendars, inbox, chance, is_reported: false };
    Ok(Box::pin(reader.keep(orders)))
}

/// A calendar, and how it goes with it.
struct Calendar {
    id: CalendarId,
    source: Source,
    every: Duration,
    due: Instant,
    /// In a row.
    failures: u32,
    /// What was handed in last.
    last: Option<Vec<Entry>>,
    /// Events that could not be understood, as last reported.
    left_out: usize,
}

struct Reader {
    wiring: Wiring,
    client: Client,
    calendars: Vec<Calendar>,
    inbox: Inbox,
    chance: SmallRng,
    /// Whether it was reported that a calendar cannot be read.
    is_reported: bool,
}

impl Reader {
    /// One after the other, until the orders end. One that is slow makes the others late by no
    /// more than the limit of a request.
    async fn keep(mut self, mut orders: Orders) {
        while let Some(next) = self.next() {
            let due = self.calendars[next].due;
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => {
                        let outcome = failed("a calendar is only read", Again::Never);
                        self.inbox.conclude(order.id(), outcome).await;
                    }
                    None => return,
                },
                () = sleep_until(due) => {
                    let read = tokio::select! {
                        read = self.read(next) => read,
                        () = ended(&mut orders, &self.inbox) => return,
                    };
                    self.hand_in(next, read).await;
                }
            }
        }
        ended(&mut orders, &self.inbox).await;
    }

    fn next(&self) -> Option<usize> {
        (0..self.calendars.len()).min_by_key(|place| self.calendars[*place].due)
    }

    async fn read(&self, place: usize) -> Result<Coming, Why> {
        let now = (self.wiring.clock)();
        let home = self.wiring.zone.clone();
        let day = now.to_zoned(home.clone()).start_of_day().map_err(|_| "the clock is wrong")?;
        let reach = |days: i64| {
            day.checked_add(days.days()).map(|at| at.timestamp()).map_err(|_| "the clock is wrong")
        };
        let window = Window { from: reach(-DAYS_BACK)?, until: reach(DAYS_AHEAD)?, home };
        let source = &self.calendars[place].source;
        let request = self.wiring.pacing.request;
        let texts = source.read(&self.client, window.from, window.until, request).await?;
        let worked_out = tokio::task::spawn_blocking(move || work_out(&texts, &window)).await;
        worked_out.map_err(|_| "reading the calendar panicked")?
    }

    async fn hand_in(&mut self, place: usize, read: Result<Coming, Why>) {
        let calendar = &mut self.calendars[place];
        match read {
            Ok(Coming { entries, left_out }) => {
                calendar.failures = 0;
                calendar.due = Instant::now() + calendar.every;
                let broken = left_out.saturating_sub(calendar.left_out);
                calendar.left_out = left_out;
                let found = match &calendar.last {
                    Some(last) if *last == entries => Found::Unchanged,
                    Some(_) | None => Found::Entries(entries.clone()),
                };
                calendar.last = Some(entries);
                let read = CalendarRead { calendar: calendar.id.clone(), found };
                self.inbox.send(Input::CalendarRead(read)).await;
                if broken > 0 {
                    tracing::warn!(broken, "events of a calendar cannot be understood");
                    let count = broken as u64;
                    let trouble = Trouble::Nonsense { driver: NAME.to_owned(), count };
                    self.inbox.trouble(trouble, TroubleState::Happened).await;
                }
            }
            Err(why) => {
                let pause = self.wiring.pacing.again * 2_u32.saturating_pow(calendar.failures);
                calendar.failures = calendar.failures.saturating_add(1).min(16);
                // So that a thousand homes do not come back in the same second.
                let share = self.chance.random_range(0.8..1.2);
                calendar.due = Instant::now() + pause.min(calendar.every).mul_f64(share);
                tracing::warn!(why, "a calendar cannot be read");
            }
        }
        self.report().await;
    }

    /// One trouble for all of them; the home tells of each since when.
    async fn report(&mut self) {
        let fails = self.calendars.iter().any(|calendar| calendar.failures > 0);
        if fails == self.is_reported {
            return;
        }
        self.is_reported = fails;
        let state = if fails { TroubleState::Began } else { TroubleState::Over };
        self.inbox.trouble(Trouble::Driver { name: NAME.to_owned() }, state).await;
    }
}

/// Nothing is ordered of a calendar but to end.
async fn ended(orders: &mut Orders, inbox: &Inbox) {
    while let Some(order) = orders.recv().await {
        inbox.conclude(order.id(), failed("a calendar is only read", Again::Never)).await;
    }
}

/// On a thread of its own: a large calendar takes a moment.
fn work_out(texts: &[String], window: &Window) -> Result<Coming, Why> {
    let mut read = event::Read::default();
    for text in texts {
        event::read(text, &window.home, &mut read).map_err(|_| "it is no whole calendar")?;
    }
    let until = std::time::Instant::now() + WORK_MAX;
    let coming = occurrence::coming(&read.events, window, until);
    let mut coming = coming.map_err(|_| "the calendar takes too long to work out")?;
    coming.left_out += read.broken;
    Ok(coming)
}
