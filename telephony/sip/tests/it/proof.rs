//! Checks digests by another computation than the edge's own.

use md5::Digest;

/// The value of a parameter in a digest header.
pub(crate) fn value<'h>(header: &'h str, name: &str) -> &'h str {
    let (_, rest) = header.split_once(&format!(" {name}=")).expect(name);
    rest.split(',').next().unwrap().trim_matches('"')
}

fn md5(text: &str) -> String {
    md5::Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the header proves `desk`/`secret` for the realm `pbx`.
pub(crate) fn proves(header: &str, method: &str) -> bool {
    let key = md5("desk:pbx:secret");
    let request = md5(&format!("{method}:{}", value(header, "uri")));
    let (nonce, count, cnonce) =
        (value(header, "nonce"), value(header, "nc"), value(header, "cnonce"));
    value(header, "response") == md5(&format!("{key}:{nonce}:{count}:{cnonce}:auth:{request}"))
}
