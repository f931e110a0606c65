use async_trait::async_trait;
use jiff::Timestamp;
use mostik_domain::{User, UserId};

use crate::StoreError;

/// The SHA-256 of a session or sign-in token: the store never sees the token.
pub type SecretHash = [u8; 32];

/// What a stored token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Secret {
    /// A one-time sign-in link.
    SignInLink,
    /// A browser session.
    Session,
}

impl Secret {
    /// The name stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignInLink => "sign_in_link",
            Self::Session => "session",
        }
    }
}

/// Who may sign in. Apart from [`crate::Store`], because nothing here is part of a decision.
#[async_trait]
pub trait AccessStore: Send + Sync {
    /// Adds or renames a user, or changes the role.
    async fn save_user(&self, user: User) -> Result<(), StoreError>;

    /// Everybody, oldest first.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// Stores a token of a user until it expires.
    async fn add_secret(
        &self,
        kind: Secret,
        hash: SecretHash,
        user: UserId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// The user of a token that has not expired.
    async fn user_by_secret(
        &self,
        kind: Secret,
        hash: SecretHash,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError>;

    /// Takes a token away, and says whose it was: only one of several takers gets it.
    async fn take_secret(
        &self,
        kind: Secret,
        hash: SecretHash,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError>;

    /// A secret of the installation under that name; made by `make` and kept the
    /// first time, the same for all nodes.
    async fn installation_secret(&self, name: &str, make: [u8; 32])
    -> Result<[u8; 32], StoreError>;
}
