//! The ways out of a simulated home: they keep what was handed to them until the world looks.

use omzien_core::PendingEffect;
use omzien_core::names::RequestId;
use omzien_core::request::Response;
use omzien_drivers::Order;

use crate::companion::{Outlets, Refused};

/// Everything handed out since the world last looked.
#[derive(Debug, Default)]
pub struct Collected {
    pub(super) handed: Vec<(PendingEffect, Order)>,
}

impl Outlets for Collected {
    fn hand(&mut self, pending: &PendingEffect, order: Order) -> Result<(), Refused> {
        self.handed.push((pending.clone(), order));
        Ok(())
    }

    fn respond(&mut self, _request: &RequestId, _response: &Response) {}
}
