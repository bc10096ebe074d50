//! The orders that have no outcome yet: held until there is a broker, written, waiting for a
//! confirmation. Pure; every order that goes in comes out exactly once.

use std::collections::VecDeque;

use omzien_core::EffectId;
use tokio::time::Instant;

use crate::Order;

/// At the bound no more orders are taken; the queue behind them then fills, and whoever filled it
/// is told.
pub(super) const ORDERS_MAX: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Pending {
    held: VecDeque<(Order, Instant)>,
    sent: VecDeque<Sent>,
    /// One for each message in the connection's queue, in its order: the order it belongs to.
    unwritten: VecDeque<EffectId>,
    /// Messages that the broker has yet to confirm, by packet number.
    unconfirmed: Vec<(u16, EffectId)>,
}

#[derive(Debug)]
struct Sent {
    id: EffectId,
    /// Messages neither written (QoS 0) nor confirmed (QoS 1).
    open: usize,
    until: Instant,
}

impl Pending {
    pub(super) fn has_room(&self) -> bool {
        // Messages of orders that expired unwritten still fill the connection's queue.
        self.held.len() + self.sent.len() < ORDERS_MAX && self.unwritten.len() < 2 * ORDERS_MAX
    }

    /// Keeps an order until there is a broker.
    pub(super) fn hold(&mut self, order: Order, until: Instant) {
        self.held.push_back((order, until));
    }

    /// There is a broker: the orders that waited for it.
    pub(super) fn release(&mut self) -> Vec<Order> {
        self.held.drain(..).map(|(order, _)| order).collect()
    }

    /// `messages` of this order went into the connection's queue. With none it is not kept.
    #[must_use]
    pub(super) fn sent(&mut self, id: EffectId, messages: usize, until: Instant) -> bool {
        if messages == 0 {
            return false;
        }
        self.sent.push_back(Sent { id, open: messages, until });
        self.unwritten.extend(std::iter::repeat_n(id, messages));
        true
    }

    /// The next message of the queue is on the wire. Packet 0 is QoS 0: nobody will confirm it.
    pub(super) fn written(&mut self, packet: u16) -> Option<EffectId> {
        let id = self.unwritten.pop_front()?;
        if packet == 0 {
            return self.close(id);
        }
        self.unconfirmed.push((packet, id));
        None
    }

    /// The broker has it.
    pub(super) fn confirmed(&mut self, packet: u16) -> Option<EffectId> {
        let place = self.unconfirmed.iter().position(|(waiting, _)| *waiting == packet)?;
        let (_, id) = self.unconfirmed.swap_remove(place);
        self.close(id)
    }

    /// One message fewer; the order itself when it was the last.
    fn close(&mut self, id: EffectId) -> Option<EffectId> {
        // An order that expired meanwhile is gone: its outcome was told.
        let place = self.sent.iter().position(|sent| sent.id == id)?;
        self.sent[place].open -= 1;
        (self.sent[place].open == 0).then(|| self.sent.remove(place)).flatten().map(|_| id)
    }

    /// When the first order has waited long enough.
    pub(super) fn due(&self) -> Option<Instant> {
        // Both queues are in the order of their deadlines: every order waits equally long.
        let held = self.held.front().map(|(_, until)| *until);
        let sent = self.sent.front().map(|sent| sent.until);
        match (held, sent) {
            (Some(held), Some(sent)) => Some(held.min(sent)),
            (held, sent) => held.or(sent),
        }
    }

    /// Orders that have waited long enough.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<EffectId> {
        let mut expired = Vec::new();
        while let Some((order, _)) = self.held.pop_front_if(|(_, until)| *until <= now) {
            expired.push(order.id());
        }
        while let Some(sent) = self.sent.pop_front_if(|sent| sent.until <= now) {
            expired.push(sent.id);
        }
        expired
    }

    /// The connection is gone, and all that it had not delivered. What is held goes on waiting.
    pub(super) fn lost(&mut self) -> Vec<EffectId> {
        self.unwritten.clear();
        self.unconfirmed.clear();
        self.sent.drain(..).map(|sent| sent.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use omzien_core::device::{Command, Power};

    use super::*;

    fn id(counter: u64) -> EffectId {
        EffectId { epoch: 1, counter }
    }

    fn order(counter: u64) -> Order {
        Order::Command {
            id: id(counter),
            device: "lamp".into(),
            command: Command::Light(Power::On),
        }
    }

    #[test]
    fn a_light_is_done_when_written_an_alarm_when_confirmed() {
        let (mut pending, now) = (Pending::default(), Instant::now());
        assert!(pending.sent(id(1), 1, now));
        assert!(pending.sent(id(2), 2, now));
        assert_eq!(pending.written(0), Some(id(1)));
        assert_eq!(pending.written(7), None);
        assert_eq!(pending.written(8), None);
        assert_eq!(pending.confirmed(8), None, "the other step is still open");
        assert_eq!(pending.confirmed(8), None, "confirmed twice");
        assert_eq!(pending.confirmed(7), Some(id(2)));
        assert_eq!(pending.due(), None);
    }

    #[test]
    fn an_order_that_expired_has_no_second_outcome() {
        let (mut pending, now) = (Pending::default(), Instant::now());
        let until = now + Duration::from_secs(2);
        assert!(pending.sent(id(1), 1, until));
        pending.hold(order(2), until);
        assert_eq!(pending.expire(now), []);
        assert_eq!(pending.expire(until), [id(2), id(1)]);
        assert_eq!(pending.written(0), None);
        assert_eq!(pending.lost(), []);
    }

    #[test]
    fn a_lost_connection_loses_what_it_carried_and_keeps_what_waits() {
        let (mut pending, now) = (Pending::default(), Instant::now());
        assert!(pending.sent(id(1), 1, now));
        pending.hold(order(2), now);
        assert_eq!(pending.lost(), [id(1)]);
        assert_eq!(pending.release(), [order(2)]);
    }

    #[test]
    fn nothing_is_kept_for_an_order_that_did_not_leave() {
        let mut pending = Pending::default();
        assert!(!pending.sent(id(1), 0, Instant::now()));
        assert_eq!(pending.lost(), []);
    }

    #[test]
    fn the_bound_holds() {
        let mut pending = Pending::default();
        for counter in 0..ORDERS_MAX as u64 {
            assert!(pending.has_room());
            pending.hold(order(counter), Instant::now());
        }
        assert!(!pending.has_room());
    }
}
