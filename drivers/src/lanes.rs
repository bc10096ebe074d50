//! The order in which messages leave: one at a time to each person, so that "false alarm" never
//! overtakes the alarm, and several people at once, so that one dead address delays nobody else.
//! It never repeats a message and never drops one: every order is concluded once.

use std::collections::{HashMap, VecDeque};
use std::future::Future;

use omzien_core::effect::Again;
use omzien_core::plan::Channel;
use omzien_core::{ContactId, EffectId, Outcome};
use tokio::task::{Id, JoinError, JoinSet};

use crate::{Inbox, Message, Order, Orders};

/// Messages under way at the same moment.
const AT_ONCE_MAX: usize = 8;
/// Messages that wait for their turn here; beyond it they stay in the queue of orders, which
/// fails the effect when it is full.
const WAITING_MAX: usize = 64;

/// Sends every `Notify` of `channel` with `send` until the queue is closed and empty.
pub(crate) async fn deliver<S, F>(channel: Channel, mut orders: Orders, inbox: Inbox, send: S)
where
    S: Fn(EffectId, Message) -> F,
    F: Future<Output = Outcome> + Send + 'static,
{
    let mut waiting: VecDeque<(EffectId, Message)> = VecDeque::new();
    let mut under_way = JoinSet::new();
    let mut of_task: HashMap<Id, (ContactId, EffectId)> = HashMap::new();
    let mut open = true;
    while open || !under_way.is_empty() {
        tokio::select! {
            order = orders.recv(), if open && waiting.len() < WAITING_MAX => match order {
                Some(Order::Notify { id, message }) if message.channel == channel => {
                    waiting.push_back((id, message));
                }
                Some(order) => inbox.conclude(order.id(), not_ours()).await,
                None => open = false,
            },
            Some(ended) = under_way.join_next_with_id() => {
                let (task, outcome) = conclusion(ended);
                if let Some((_, effect)) = of_task.remove(&task) {
                    inbox.conclude(effect, outcome).await;
                }
            }
        }
        while of_task.len() < AT_ONCE_MAX
            && let Some(place) = next(&waiting, &of_task)
            && let Some((id, message)) = waiting.remove(place)
        {
            let contact = message.contact.clone();
            let task = under_way.spawn(send(id, message));
            of_task.insert(task.id(), (contact, id));
        }
    }
}

/// The first message whose receiver is not being written to already.
fn next(
    waiting: &VecDeque<(EffectId, Message)>,
    of_task: &HashMap<Id, (ContactId, EffectId)>,
) -> Option<usize> {
    waiting
        .iter()
        .position(|(_, message)| of_task.values().all(|(contact, _)| *contact != message.contact))
}

fn conclusion(ended: Result<(Id, Outcome), JoinError>) -> (Id, Outcome) {
    ended.unwrap_or_else(|error| {
        tracing::error!(%error, "sending a message panicked");
        (error.id(), failed("sending panicked; this is a fault of the software", Again::Later))
    })
}

fn not_ours() -> Outcome {
    failed("this driver only carries messages of its own channel", Again::Never)
}

pub(crate) fn failed(trouble: impl Into<String>, again: Again) -> Outcome {
    Outcome::Failed { trouble: trouble.into(), again }
}

/// At most `bytes` of a text, cut between characters, with "…" where something is missing.
pub(crate) fn shorten(text: &str, bytes: usize) -> String {
    const MORE: &str = "…";
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = (0..=bytes.saturating_sub(MORE.len())).rev().find(|end| text.is_char_boundary(*end));
    format!("{}{MORE}", &text[..end.unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use omzien_core::{Language, Urgency};
    use tokio::sync::{Barrier, mpsc};

    use super::*;
    use crate::Input;

    fn notify(counter: u64, contact: &str) -> Order {
        Order::Notify {
            id: EffectId { epoch: 1, counter },
            message: Message {
                contact: contact.into(),
                channel: Channel::Mail,
                incident: None,
                title: String::new(),
                body: String::new(),
                taps: Vec::new(),
                urgency: Urgency::Calm,
                language: Language::Nl,
            },
        }
    }

    /// Anna's first message can only end while Piet's is under way, and Anna's second only after
    /// her first: a lane that waited for the other, or overtook itself, would hang or reorder.
    #[tokio::test]
    async fn one_person_waits_for_nobody_but_themselves() {
        let (orders, queue) = mpsc::channel(8);
        for order in [notify(1, "anna"), notify(2, "anna"), notify(3, "piet")] {
            orders.send(order).await.unwrap();
        }
        drop(orders);
        let (inbox, mut received) = crate::inbox::open();
        let together = Arc::new(Barrier::new(2));
        let begun = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&begun);
        deliver(Channel::Mail, queue, inbox, move |id, _| {
            let (together, noted) = (Arc::clone(&together), Arc::clone(&noted));
            async move {
                noted.lock().unwrap().push(id.counter);
                if id.counter != 2 {
                    together.wait().await;
                }
                Outcome::Accepted
            }
        })
        .await;
        let begun = begun.lock().unwrap().clone();
        assert_eq!(begun.len(), 3);
        assert_eq!(begun.last(), Some(&2), "{begun:?}");
        assert_eq!(received.take_now(8).len(), 3);
    }

    #[tokio::test]
    async fn a_panic_and_a_foreign_order_are_concluded_too() {
        let (orders, queue) = mpsc::channel(8);
        orders.send(notify(1, "anna")).await.unwrap();
        orders
            .send(Order::Listen {
                id: EffectId { epoch: 1, counter: 2 },
                listening: omzien_core::Listening::Off,
            })
            .await
            .unwrap();
        drop(orders);
        let (inbox, mut received) = crate::inbox::open();
        deliver(Channel::Mail, queue, inbox, |_, _| async { panic!("as the test wants") }).await;
        let mut concluded: Vec<u64> = received
            .take_now(8)
            .into_iter()
            .map(|input| match input {
                Input::Concluded { effect, outcome: Outcome::Failed { .. } } => effect.counter,
                other => panic!("{other:?}"),
            })
            .collect();
        concluded.sort_unstable();
        assert_eq!(concluded, [1, 2]);
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(shorten("één", 16), "één");
        assert_eq!(shorten("éééééé", 8), "éé…");
        assert_eq!(shorten("abc", 2), "…");
    }
}
