//! Asking the home from a page or a command: a request goes in, its response comes back or the
//! wait ends. The same id asked again gets the same answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use omzien_core::names::RequestId;
use omzien_core::request::{Actor, Ask, Request, Response};
use omzien_drivers::{Inbox, Input};
use tokio::sync::oneshot;

/// A person waits no longer for a page.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Requests that may wait at once; more means that somebody floods the page.
const WAITING_MAX: usize = 200;

/// Those who wait for a response.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    waiting: Arc<Mutex<BTreeMap<RequestId, Vec<oneshot::Sender<Response>>>>>,
}

/// Hands requests in and waits for their responses.
#[derive(Clone, Debug)]
pub struct Asker {
    inbox: Inbox,
    answers: Answers,
}

/// The home did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("the home did not answer in time; it may be busy: try again")]
    Late,
    #[error("too many requests at once; try again in a moment")]
    Crowded,
}

impl Answers {
    pub(super) fn give(&self, request: &RequestId, response: &Response) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for asker in waiting.remove(request).unwrap_or_default() {
            // Who asked may have left.
            let _ = asker.send(response.clone());
        }
    }

    fn wait(&self, request: &RequestId) -> Result<oneshot::Receiver<Response>, NoAnswer> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MAX {
            return Err(NoAnswer::Crowded);
        }
        let (sender, receiver) = oneshot::channel();
        waiting.entry(request.clone()).or_default().push(sender);
        Ok(receiver)
    }

    fn forget(&self, request: &RequestId) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(request);
    }
}

impl Asker {
    pub fn new(inbox: Inbox, answers: Answers) -> Self {
        Self { inbox, answers }
    }

    /// Asks; waits five seconds at most.
    ///
    /// # Errors
    /// The home did not answer in time. The request may still be carried out: ask again with the
    /// same id to learn it.
    pub async fn ask(&self, id: RequestId, actor: Actor, ask: Ask) -> Result<Response, NoAnswer> {
        let response = self.answers.wait(&id)?;
        self.inbox.send(Input::Requested(Request { id: id.clone(), actor, ask })).await;
        match tokio::time::timeout(ANSWER_WITHIN, response).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(_)) | Err(_) => {
                self.answers.forget(&id);
                Err(NoAnswer::Late)
            }
        }
    }
}
