//! What a client proves: Authorization and Proxy-Authorization.

use std::fmt;

use subtle::ConstantTimeEq;

use super::challenge::Protection;
use super::parameters::{Parameters, unescaped};
use super::proof::Proof;
use super::{Algorithm, Credentials, DigestFault};

/// A proof as a request carries it; nothing of it is true before [`Authorization::proves`] says so.
///
/// Personal data and secrets: `Debug` prints lengths only.
pub(crate) struct Authorization {
    username: String,
    realm: String,
    nonce: String,
    uri: String,
    response: String,
    algorithm: Algorithm,
    cnonce: String,
    count: Option<(Protection, u32)>,
}

impl Authorization {
    /// Reads one header value of at most 4 kB.
    pub(crate) fn parse(header: &str) -> Result<Self, DigestFault> {
        let parameters = Parameters::read(header)?;
        let algorithm = match parameters.get("algorithm") {
            Some(token) => Algorithm::named(token).ok_or(DigestFault::Unsupported)?,
            None => Algorithm::Md5,
        };
        let count = match parameters.get("qop") {
            Some(quality) => Some((protection(quality)?, count(parameters.need("nc")?)?)),
            None => None,
        };
        let cnonce = match count {
            Some(_) => parameters.need("cnonce")?,
            None if algorithm.is_of_session() => parameters.need("cnonce")?,
            None => "",
        };
        Ok(Self {
            username: parameters.need("username")?.to_owned(),
            realm: parameters.need("realm")?.to_owned(),
            nonce: parameters.need("nonce")?.to_owned(),
            uri: parameters.need("uri")?.to_owned(),
            response: parameters.need("response")?.to_owned(),
            algorithm,
            cnonce: cnonce.to_owned(),
            count,
        })
    }

    /// Who the client says it is.
    pub(crate) fn username(&self) -> String {
        unescaped(&self.username)
    }

    pub(crate) fn realm(&self) -> String {
        unescaped(&self.realm)
    }

    pub(crate) fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The address the proof is for; it must name what the request asks (RFC 7616 section 3.4.6).
    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }

    /// How often the client says it used the nonce, this time included; `None` in the old form of
    /// RFC 2069, which cannot be guarded against replay.
    pub(crate) fn nonce_count(&self) -> Option<u32> {
        self.count.map(|(_, count)| count)
    }

    /// Whether the password of `credentials` made this proof, in a time that depends on neither.
    /// The name in `credentials` is not looked at: what the client wrote is hashed.
    pub(crate) fn proves(&self, credentials: &Credentials, method: &str, body: &[u8]) -> bool {
        let proof = Proof {
            algorithm: self.algorithm,
            username: &self.username,
            realm: &self.realm,
            nonce: &self.nonce,
            uri: &self.uri,
            cnonce: &self.cnonce,
            count: self.count,
        };
        let expected = proof.response(credentials.password(), method, body);
        let given = self.response.to_ascii_lowercase();
        expected.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

fn protection(quality: &str) -> Result<Protection, DigestFault> {
    let known = [Protection::Auth, Protection::AuthInt];
    let known = known.into_iter().find(|known| quality.eq_ignore_ascii_case(known.token()));
    known.ok_or(DigestFault::Unsupported)
}

/// Exactly eight hexadecimal digits, from 1 (RFC 7616 section 3.4).
fn count(text: &str) -> Result<u32, DigestFault> {
    let hexadecimal = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let count = u32::from_str_radix(text, 16).ok().filter(|count| hexadecimal && *count > 0);
    count.ok_or(DigestFault::Malformed)
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("username_chars", &self.username.chars().count())
            .field("nonce_chars", &self.nonce.chars().count())
            .field("algorithm", &self.algorithm)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}
