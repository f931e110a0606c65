//! Tokens: made of the machine's randomness, stored and compared as hashes.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use mostik_domain::UserId;
use mostik_store::{AccessStore, Secret, SecretHash, StoreError};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A one-time link that was not used is worth nothing after this.
const LINK_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a browser stays signed in.
pub(crate) const SESSION_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Longer tokens than any of ours are refused unread.
pub(crate) const TOKEN_LIMIT: usize = 256;

/// The hash under which a token is stored.
pub fn token_hash(token: &str) -> SecretHash {
    Sha256::digest(token.trim().as_bytes()).into()
}

/// Whether a token is the one with that hash; takes the same time for any token.
pub(crate) fn is_token(given: &str, hash: &SecretHash) -> bool {
    given.len() <= TOKEN_LIMIT && token_hash(given).ct_eq(hash).into()
}

/// 256 random bits in URL-safe characters.
pub(crate) fn fresh_token() -> Result<String, StoreError> {
    let mut bits = [0_u8; 32];
    getrandom::fill(&mut bits).map_err(|error| StoreError::Unavailable {
        why: format!("the machine gives no randomness: {error}"),
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bits))
}

/// Stores a fresh sign-in link of a user, which works once within seven days,
/// and returns its address: `<public_url>/sign-in/<token>`.
pub async fn one_time_link(
    access: &dyn AccessStore,
    user: UserId,
    public_url: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    let token = fresh_token()?;
    access.add_secret(Secret::SignInLink, token_hash(&token), user, now + LINK_LASTS).await?;
    Ok(format!("{}/sign-in/{token}", public_url.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_only_its_own_lock() {
        let token = fresh_token().expect("randomness");
        assert_eq!(token.len(), 43);
        assert_ne!(token, fresh_token().expect("randomness"));
        let hash = token_hash(&token);
        assert!(is_token(&token, &hash));
        assert!(is_token(&format!("{token}\n"), &hash), "a token file ends with a line feed");
        for wrong in ["", "x", &token[1..], &"x".repeat(10_000)] {
            assert!(!is_token(wrong, &hash));
        }
    }
}
