//! Messages to people by mail. A mail has no buttons; where the home has a page, its address is
//! under the text.
//!
//! It never decides, never retries by itself (an attempt has one outcome, the core tries again),
//! and never sends a password or a message over an unencrypted line out of this machine.

use std::collections::BTreeMap;
use std::time::Duration;

use omzien_core::ContactId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::secret::Secret;

/// The section `[mail]` of `home.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Settings {
    /// Host name of the mail server that takes outgoing mail.
    pub server: String,
    /// 465 speaks TLS from the first byte; any other port has to offer STARTTLS.
    #[serde(default = "port_default")]
    pub port: u16,
    /// The address the mails come from.
    pub from: String,
    #[serde(default)]
    pub tls: Tls,
    /// Left out, the server is not told who sends. The password is in the secrets file.
    #[serde(default)]
    pub username: Option<String>,
    /// Address of the home's page as the circle can open it; put under a mail that asks for an
    /// answer.
    #[serde(default)]
    pub page: Option<String>,
}

fn port_default() -> u16 {
    465
}

/// Whether the line to the mail server is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    #[default]
    Required,
    /// Only to a server on this machine itself; refused elsewhere.
    None,
}

/// `via.mail` of a person in the circle.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Via {
    /// `anna@example.org`
    pub address: String,
}

/// The section `[mail]` of the secrets file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case", default)]
pub struct Secrets {
    /// Of `username`.
    pub password: Option<Secret>,
}

/// Everything the driver needs, resolved.
#[derive(Debug, Clone)]
pub struct Wiring {
    pub settings: Settings,
    pub secrets: Secrets,
    /// The people who are reached this way.
    pub contacts: BTreeMap<ContactId, Via>,
    /// For a whole mail, from connecting to the server's last word.
    pub timeout: Duration,
}

/// Long enough for a slow server over a slow line; the next step of a plan waits longer.
pub const TIMEOUT: Duration = Duration::from_secs(30);
