//! The computation both ends share (RFC 7616 section 3.4.1).

use super::Algorithm;
use super::challenge::Protection;

/// Everything a proof is computed from, each value as it stands between its quotes.
pub(super) struct Proof<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) username: &'a str,
    pub(super) realm: &'a str,
    pub(super) nonce: &'a str,
    pub(super) uri: &'a str,
    pub(super) cnonce: &'a str,
    pub(super) count: Option<(Protection, u32)>,
}

impl Proof<'_> {
    /// The `response` for this password, in lower-case hexadecimal.
    pub(super) fn response(&self, password: &[u8], method: &str, body: &[u8]) -> String {
        let hash = |parts: &[&[u8]]| self.algorithm.hash(parts);
        let nonce = self.nonce.as_bytes();
        let cnonce = self.cnonce.as_bytes();
        let mut key = hash(&[self.username.as_bytes(), self.realm.as_bytes(), password]);
        if self.algorithm.is_of_session() {
            key = hash(&[key.as_bytes(), nonce, cnonce]);
        }
        let (method, uri) = (method.as_bytes(), self.uri.as_bytes());
        let Some((protection, count)) = self.count else {
            let request = hash(&[method, uri]);
            return hash(&[key.as_bytes(), nonce, request.as_bytes()]);
        };
        let request = match protection {
            Protection::Auth => hash(&[method, uri]),
            Protection::AuthInt => hash(&[method, uri, hash(&[body]).as_bytes()]),
        };
        let (count, quality) = (nonce_count(count), protection.token());
        let bound = [nonce, count.as_bytes(), cnonce, quality.as_bytes(), request.as_bytes()];
        hash(&[key.as_bytes(), &bound.join(&b':')])
    }
}

/// `nc`: eight hexadecimal digits.
pub(super) fn nonce_count(count: u32) -> String {
    format!("{count:08x}")
}
