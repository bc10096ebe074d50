//! A word that must not be read over anybody's shoulder: password, token, topic, key.
//! It never prints itself, whatever struct it sits in.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// From the secrets file. `Debug` shows only that there is one.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The word itself, for the one place that has to send it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_prints_itself() {
        let printed = format!("{:?} {:#?}", Secret::new("hush"), Some(Secret::new("hush")));
        assert!(!printed.contains("hush"), "{printed}");
    }
}
