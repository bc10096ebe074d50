//! The drivers' order queues: which driver an order goes to. Bounded; a full one fails the effect.

use std::collections::BTreeMap;
use std::sync::Arc;

use omzien_core::names::RequestId;
use omzien_core::plan::Channel;
use omzien_core::request::Response;
use omzien_core::{PendingEffect, Plan};
use omzien_drivers::Order;
use tokio::sync::mpsc::{self, error::TrySendError};

use super::asker::Answers;
use crate::companion::{Outlets, Refused};

/// Orders that may wait for one driver: every light of a large house at once.
const QUEUE: usize = 1024;

/// The name under which everything spoken and heard goes.
pub(super) const SPEECH: &str = "speech";

/// One queue a driver, and the way back to whoever asked.
#[derive(Debug)]
pub struct Queues {
    plan: Arc<Plan>,
    drivers: BTreeMap<&'static str, mpsc::Sender<Order>>,
    answers: Answers,
    /// What was handed to the drivers since the last look, if anybody looks.
    handed: Option<Vec<PendingEffect>>,
}

impl Queues {
    pub(super) fn new(plan: &Arc<Plan>, answers: Answers) -> Self {
        Self { plan: Arc::clone(plan), drivers: BTreeMap::new(), answers, handed: None }
    }

    /// Opens the queue of a driver. An older one of the same name is closed: that driver ends.
    pub(super) fn open(&mut self, driver: &'static str) -> omzien_drivers::Orders {
        let (sender, orders) = mpsc::channel(QUEUE);
        self.drivers.insert(driver, sender);
        orders
    }

    /// Closes every queue, which ends the drivers, and routes by another plan from now on.
    pub(super) fn close(&mut self, plan: &Arc<Plan>) {
        self.drivers.clear();
        self.plan = Arc::clone(plan);
    }

    pub(super) fn route_by(&mut self, plan: &Arc<Plan>) {
        self.plan = Arc::clone(plan);
    }

    /// What was handed out since the last call. From the first call on it is kept, until the next.
    pub(super) fn take_handed(&mut self) -> Vec<PendingEffect> {
        self.handed.replace(Vec::new()).unwrap_or_default()
    }

    fn driver(&self, order: &Order) -> Option<&mpsc::Sender<Order>> {
        let name = match order {
            Order::Say { .. } | Order::Listen { .. } => SPEECH,
            Order::Command { device, .. } => self.plan.devices.get(device)?.driver.as_str(),
            Order::Notify { message, .. } => match message.channel {
                Channel::Ntfy => "ntfy",
                Channel::Mail => "mail",
                Channel::Simulated => "simulated",
            },
        };
        self.drivers.get(name)
    }
}

impl Outlets for Queues {
    fn hand(&mut self, pending: &PendingEffect, order: Order) -> Result<(), Refused> {
        let driver = self.driver(&order).ok_or(Refused::NoDriver)?;
        driver.try_send(order).map_err(|error| match error {
            TrySendError::Full(_) => Refused::Full,
            TrySendError::Closed(_) => Refused::NoDriver,
        })?;
        if let Some(handed) = &mut self.handed {
            handed.push(pending.clone());
        }
        Ok(())
    }

    fn respond(&mut self, request: &RequestId, response: &Response) {
        self.answers.give(request, response);
    }
}
