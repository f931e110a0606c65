//! Nonces that need no memory until they are used: signed, dated, and each count once.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use tokio::time::Instant;

/// How long a nonce may be used.
const LIFETIME: Duration = Duration::from_mins(5);

/// Used nonces remembered; with more a phone has to ask for a new one.
const MAX_USED: usize = 4096;

/// Bytes that tell when a nonce was made and set it apart from others of that second.
const MARK: usize = 9;

/// Bytes of the signature: 96 bits.
const SIGNATURE: usize = 12;

type Signing = Hmac<Sha256>;

/// What a nonce is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Ours, fresh, and not used with this count before.
    Good,
    /// Ours, but too old or used already: ask with a new one.
    Old,
    /// Not made by us.
    Foreign,
}

pub(super) struct Nonces {
    signing: Signing,
    started: Instant,
    /// The highest count each nonce was used with.
    used: HashMap<[u8; MARK], u32>,
}

impl Nonces {
    pub(super) fn new(now: Instant) -> Self {
        let halves = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
        let key = halves.map(uuid::Uuid::into_bytes).concat();
        let Ok(signing) = Signing::new_from_slice(&key) else {
            unreachable!("this signature takes keys of any length");
        };
        Self { signing, started: now, used: HashMap::new() }
    }

    /// A new nonce.
    pub(super) fn issue(&self, now: Instant) -> String {
        let mut bytes = self.seconds(now).to_be_bytes().to_vec();
        bytes.extend_from_slice(&uuid::Uuid::new_v4().as_bytes()[..MARK - 4]);
        let signature = self.signing.clone().chain_update(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&signature[..SIGNATURE]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Judges a nonce that came back with a right proof, and remembers its use. The old form
    /// without a count is never good: it could be replayed.
    pub(super) fn standing(&mut self, nonce: &str, count: Option<u32>, now: Instant) -> Standing {
        let Some(mark) = self.mark_of(nonce) else {
            return Standing::Foreign;
        };
        let Some(count) = count else {
            return Standing::Foreign;
        };
        if !self.is_fresh(mark, now) {
            return Standing::Old;
        }
        if !self.used.contains_key(&mark) && self.used.len() >= MAX_USED {
            let fresh: Vec<_> =
                self.used.keys().filter(|mark| !self.is_fresh(**mark, now)).copied().collect();
            for old in fresh {
                self.used.remove(&old);
            }
            if self.used.len() >= MAX_USED {
                return Standing::Old;
            }
        }
        let highest = self.used.entry(mark).or_insert(0);
        if count <= *highest {
            return Standing::Old;
        }
        *highest = count;
        Standing::Good
    }

    fn mark_of(&self, nonce: &str) -> Option<[u8; MARK]> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        let (mark, signature) = bytes.split_first_chunk::<MARK>()?;
        if signature.len() != SIGNATURE {
            return None;
        }
        let signed = self.signing.clone().chain_update(mark);
        signed.verify_truncated_left(signature).is_ok().then_some(*mark)
    }

    fn is_fresh(&self, mark: [u8; MARK], now: Instant) -> bool {
        let [a, b, c, d, ..] = mark;
        let age = self.seconds(now).saturating_sub(u32::from_be_bytes([a, b, c, d]));
        u64::from(age) < LIFETIME.as_secs()
    }

    fn seconds(&self, now: Instant) -> u32 {
        let seconds = now.saturating_duration_since(self.started).as_secs();
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_is_good_once_and_a_nonce_for_a_while() {
        let now = Instant::now();
        let mut nonces = Nonces::new(now);
        let nonce = nonces.issue(now);
        assert_eq!(nonces.standing(&nonce, Some(1), now), Standing::Good);
        assert_eq!(nonces.standing(&nonce, Some(1), now), Standing::Old);
        assert_eq!(nonces.standing(&nonce, Some(3), now), Standing::Good);
        assert_eq!(nonces.standing(&nonce, Some(2), now), Standing::Old);
        assert_eq!(nonces.standing(&nonce, None, now), Standing::Foreign);
        let later = now + LIFETIME;
        assert_eq!(nonces.standing(&nonce, Some(4), later), Standing::Old);
    }

    #[test]
    fn a_nonce_of_somebody_else_or_altered_is_foreign() {
        let now = Instant::now();
        let (mut ours, theirs) = (Nonces::new(now), Nonces::new(now));
        assert_eq!(ours.standing(&theirs.issue(now), Some(1), now), Standing::Foreign);
        let nonce = ours.issue(now);
        for at in 0..nonce.len() {
            let mut altered = nonce.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(ours.standing(&altered, Some(1), now), Standing::Foreign, "{at}");
        }
        for nonce in ["", "x", "====", &"A".repeat(4000)] {
            assert_eq!(ours.standing(nonce, Some(1), now), Standing::Foreign);
        }
    }

    #[test]
    fn memory_for_used_nonces_is_bounded() {
        let now = Instant::now();
        let mut nonces = Nonces::new(now);
        for _ in 0..MAX_USED {
            let nonce = nonces.issue(now);
            assert_eq!(nonces.standing(&nonce, Some(1), now), Standing::Good);
        }
        let nonce = nonces.issue(now);
        assert_eq!(nonces.standing(&nonce, Some(1), now), Standing::Old);
        let later = now + LIFETIME;
        let nonce = nonces.issue(later);
        assert_eq!(nonces.standing(&nonce, Some(1), later), Standing::Good);
        assert_eq!(nonces.used.len(), 1);
    }
}
