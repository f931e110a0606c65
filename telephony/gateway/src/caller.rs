//! Who called, kept out of logs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The person at the other end, as the signalling names her. `Debug` shows lengths only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The whole address of record, for instance `sip:+74951234567@example.net`.
    pub uri: String,
    /// The user part of the address; empty when the caller gave none.
    pub user: String,
    /// The host part of the address.
    pub host: String,
    /// The display name, when one was sent.
    pub display_name: Option<String>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("uri_length", &self.uri.len())
            .field("user_length", &self.user.len())
            .field("has_display_name", &self.display_name.is_some())
            .finish_non_exhaustive()
    }
}

/// The keys a caller pressed, oldest first. They may be a card number, so `Debug` shows the count.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PressedKeys(String);

impl PressedKeys {
    /// Keys beyond this many are not kept: nobody dials a novel.
    pub const LIMIT: usize = 64;

    /// Remembers one more key, up to [`Self::LIMIT`].
    pub fn push(&mut self, key: char) {
        if self.0.len() < Self::LIMIT {
            self.0.push(key);
        }
    }

    /// The keys themselves, for storage; never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PressedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PressedKeys({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_who_called() {
        let caller = Caller {
            uri: "sip:+74951234567@example.net".into(),
            user: "+74951234567".into(),
            host: "example.net".into(),
            display_name: Some("Анна".into()),
        };
        let shown = format!("{caller:?}");
        for secret in ["4951234567", "example", "Анна"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn keys_are_bounded_and_hidden() {
        let mut keys = PressedKeys::default();
        (0..1000).for_each(|_| keys.push('7'));
        assert_eq!(keys.as_str().len(), PressedKeys::LIMIT);
        assert_eq!(format!("{keys:?}"), "PressedKeys(64)");
    }
}
