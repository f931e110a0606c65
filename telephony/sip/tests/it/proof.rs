//! Checks digests by another computation than the edge's own.

use md5::Digest;
use sha2::Digest as _;

/// The value of a parameter in a digest header.
pub(crate) fn value<'h>(header: &'h str, name: &str) -> &'h str {
    let (_, rest) = header.split_once(&format!(" {name}=")).expect(name);
    rest.split(',').next().unwrap().trim_matches('"')
}

fn md5(text: &str) -> String {
    md5::Md5::digest(text).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Whether the header proves `desk`/`secret` for the realm `pbx`.
pub(crate) fn proves(header: &str, method: &str) -> bool {
    let key = md5("desk:pbx:secret");
    let request = md5(&format!("{method}:{}", value(header, "uri")));
    let (nonce, count, cnonce) =
        (value(header, "nonce"), value(header, "nc"), value(header, "cnonce"));
    value(header, "response") == md5(&format!("{key}:{nonce}:{count}:{cnonce}:auth:{request}"))
}

/// Answers a challenge for SHA-256 with `qop=auth`.
pub(crate) fn of_sha256(
    challenge: &str,
    user: &str,
    password: &str,
    method: &str,
    uri: &str,
) -> String {
    let hash = |text: String| -> String {
        sha2::Sha256::digest(text)
            .iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    };
    let (realm, nonce) = (value(challenge, "realm").to_owned(), value(challenge, "nonce"));
    let key = hash(format!("{user}:{realm}:{password}"));
    let request = hash(format!("{method}:{uri}"));
    let response = hash(format!("{key}:{nonce}:00000001:c:auth:{request}"));
    format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", \
         response=\"{response}\", algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"c\""
    )
}
