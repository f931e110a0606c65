//! A name and its password.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// What proves to a carrier or PBX who we are.
///
/// `Debug` prints neither the name nor the password.
#[derive(Clone)]
pub struct Credentials {
    /// The name that belongs to the password; carriers call it authentication user.
    pub username: String,
    /// The password; wiped from memory when dropped.
    pub password: SecretString,
}

impl Credentials {
    /// Joins a name and its password.
    pub fn new(username: impl Into<String>, password: SecretString) -> Self {
        Self { username: username.into(), password }
    }

    pub(super) fn password(&self) -> &[u8] {
        self.password.expose_secret().as_bytes()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials(username {} chars)", self.username.chars().count())
    }
}
