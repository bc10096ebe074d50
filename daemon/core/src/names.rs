//! The names by which things of a home are known: short texts, cheap to clone, never empty.
//! They carry no meaning of their own; what a name stands for is in the [`crate::Plan`].

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A name longer than this is not a name (bytes; `home.toml` names the offender).
pub const NAME_BYTES_MAX: usize = 64;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(Arc<str>);

        impl $type {
            pub fn new(name: impl AsRef<str>) -> Self {
                Self(Arc::from(name.as_ref()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl From<&str> for $type {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }
    };
}

name! {
    /// A device as `home.toml` names it: `front_door`.
    DeviceId
}
name! {
    /// A room as `home.toml` names it: `kitchen`.
    RoomId
}
name! {
    /// A person of the circle as `home.toml` names them: `anna`.
    ContactId
}
name! {
    /// A reminder of the plan (`pills_morning`) or one made by voice (`voice-3`).
    ReminderId
}
name! {
    /// A scene as `home.toml` names it: `night`.
    SceneId
}
name! {
    /// A calendar elsewhere as `home.toml` names it: `anna`.
    CalendarId
}
name! {
    /// A request from the portal or the command line; the same id again gets the same answer.
    RequestId
}
