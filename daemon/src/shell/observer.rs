//! A look at what crosses between a home and the world, for the demonstration and for judges. It
//! sees and changes nothing.

use omzien_core::{Event, Now, PendingEffect};
use omzien_drivers::Input;

/// Called by the loop itself, in order: it must not wait.
pub trait Observer: Send {
    /// Something came in. `event` is what the home is told of it; speech that was not for the
    /// home is none.
    fn came_in(&mut self, input: &Input, event: Option<&Event>, now: &Now);

    /// An effect was handed to its driver.
    fn went_out(&mut self, pending: &PendingEffect, now: &Now);
}
