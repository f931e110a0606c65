//! Signed links: who has the link may see that correspondence, nobody else (checklist #11).

use std::fmt::Write as _;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::FeedbackId;

/// Characters of the signature kept in a link: 128 bits.
const SIGNATURE_LENGTH: usize = 32;

/// Makes and checks the links of customers' own pages.
#[derive(Clone)]
pub struct LinkSigner {
    key: Vec<u8>,
    public_url: String,
}

impl std::fmt::Debug for LinkSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkSigner").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

impl LinkSigner {
    /// `key` is secret and stays the same over restarts; `public_url` is how
    /// customers reach the web pages, as `https://help.example.org`.
    pub fn new(key: impl Into<Vec<u8>>, public_url: &str) -> Self {
        Self { key: key.into(), public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// The address of the customer's own page: `<public_url>/c/fb_….<signature>`.
    pub fn customer_page(&self, feedback: FeedbackId) -> String {
        format!("{}/c/{}", self.public_url, self.token(feedback))
    }

    /// The address of a feedback at the desk, for those who may sign in.
    pub fn desk_page(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// `fb_….<signature>`, the last part of the address.
    pub fn token(&self, feedback: FeedbackId) -> String {
        format!("{feedback}.{}", hex(&self.mac(feedback).finalize().into_bytes()[..]))
    }

    /// The feedback of a token whose signature is right; compared in constant time.
    pub fn verify(&self, token: &str) -> Option<FeedbackId> {
        let (id, signature) = token.split_once('.')?;
        let feedback: FeedbackId = id.parse().ok()?;
        let given = from_hex(signature)?;
        self.mac(feedback).verify_truncated_left(&given).ok()?;
        Some(feedback)
    }

    fn mac(&self, feedback: FeedbackId) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.key)
            .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length (RFC 2104)"));
        mac.update(b"customer page ");
        mac.update(feedback.to_string().as_bytes());
        mac
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(SIGNATURE_LENGTH / 2).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != SIGNATURE_LENGTH || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_the_right_signature_opens_a_page() {
        let signer = LinkSigner::new("secret", "https://help.example.org/");
        let feedback = FeedbackId::new(Uuid::from_u128(5));
        let token = signer.token(feedback);
        assert_eq!(signer.verify(&token), Some(feedback));
        assert!(signer.customer_page(feedback).starts_with("https://help.example.org/c/fb_"));

        let other = LinkSigner::new("other", "").token(feedback);
        let shortened = &token[..token.len() - 2];
        let of_another = token.replacen('5', "6", 1);
        for wrong in ["", ".", "fb_", &other, shortened, &of_another, &format!("{token}00")] {
            assert_eq!(signer.verify(wrong), None, "{wrong}");
        }
    }
}
