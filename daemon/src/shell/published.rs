//! What the pages read: the home as it was a moment ago. At most ten copies a second, each made
//! after the lights had their turn; none while nothing happens.

use std::sync::Arc;
use std::time::Duration;

use omzien_core::request::{Actor, View};
use omzien_core::{Home, Language, Plan, Reply};
use omzien_skills::Skills;
use tokio::sync::watch;

use crate::companion::{Companion, Outlets};
use crate::journal::Store;

const AT_MOST_EVERY: Duration = Duration::from_millis(100);

/// A home at one moment, with the words to show it.
#[derive(Debug)]
pub struct Published {
    home: Home,
    plan: Arc<Plan>,
    skills: Skills,
}

/// The loop's end.
#[derive(Debug)]
pub struct Publisher {
    sender: watch::Sender<Arc<Published>>,
    revision: u64,
    last: Option<Duration>,
}

impl Published {
    pub fn new(home: Home, plan: Arc<Plan>, skills: Skills) -> Self {
        Self { home, plan, skills }
    }

    /// What this person may see; the core has left out the rest.
    pub fn view(&self, viewer: &Actor) -> View {
        self.home.view(viewer)
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The words of a reply; the key itself where the words are missing, which a test forbids.
    pub fn words(&self, reply: &Reply, language: Language) -> String {
        self.skills
            .render(reply, language, &self.plan)
            .unwrap_or_else(|_| reply.key.clone().into_owned())
    }
}

impl Publisher {
    pub(super) fn new<S: Store, O: Outlets>(companion: &Companion<S, O>) -> Self {
        let (sender, _) = watch::channel(copy(companion));
        Self { sender, revision: 0, last: None }
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Arc<Published>> {
        self.sender.subscribe()
    }

    /// Publishes if something changed and the last time was long enough ago; the loop comes by
    /// at least once a second, so nothing stays unseen for longer.
    pub(super) fn publish<S: Store, O: Outlets>(
        &mut self,
        companion: &Companion<S, O>,
        now: Duration,
    ) {
        let early = self.last.is_some_and(|last| now < last + AT_MOST_EVERY);
        if early || self.revision == companion.revision() {
            return;
        }
        self.revision = companion.revision();
        self.last = Some(now);
        self.sender.send_replace(copy(companion));
    }
}

fn copy<S: Store, O: Outlets>(companion: &Companion<S, O>) -> Arc<Published> {
    let home = companion.home().clone();
    let plan = Arc::clone(home.plan());
    Arc::new(Published::new(home, plan, companion.performer().skills().clone()))
}
