//! Keys that phones send by SIP INFO.
//!
//! Two forms are in use: `application/dtmf-relay` with lines like `Signal=5` (Cisco's), and
//! `application/dtmf` with the bare key (3GPP-like). Other INFO bodies are not for us (RFC 6086).

/// The longest body that can hold one key.
const MAX_BODY: usize = 256;

/// The key in an INFO body, or the status that refuses it: 415 for another type, 400 for no key.
pub(crate) fn pressed_key(content_type: &str, body: &[u8]) -> Result<char, u16> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let relay = kind.eq_ignore_ascii_case("application/dtmf-relay");
    if !relay && !kind.eq_ignore_ascii_case("application/dtmf") {
        return Err(415);
    }
    let body = body.get(..MAX_BODY).unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|_| 400_u16)?;
    let signal = text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        name.trim().eq_ignore_ascii_case("signal").then_some(value)
    });
    let key = match signal {
        Some(signal) => signal,
        None if relay => return Err(400),
        None => text,
    };
    key_named(key.trim()).ok_or(400)
}

/// A key by its sign or its event number (RFC 4733 section 3.2: 10 is `*`, 11 is `#`).
fn key_named(name: &str) -> Option<char> {
    match name {
        "10" => return Some('*'),
        "11" => return Some('#'),
        _ => {}
    }
    let mut signs = name.chars();
    let sign = signs.next()?.to_ascii_uppercase();
    let only = signs.next().is_none();
    (only && matches!(sign, '0'..='9' | '*' | '#' | 'A'..='D')).then_some(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let relay = |body: &str| pressed_key("application/dtmf-relay", body.as_bytes());
        assert_eq!(relay("Signal=5\r\nDuration=160\r\n"), Ok('5'));
        assert_eq!(relay("signal = #\n"), Ok('#'));
        assert_eq!(relay("Signal=10"), Ok('*'));
        let plain = |body: &str| pressed_key("application/DTMF; x=y", body.as_bytes());
        assert_eq!(plain("7"), Ok('7'));
        assert_eq!(plain("11\r\n"), Ok('#'));
        assert_eq!(plain("Signal=d"), Ok('D'));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let relay = |body: &[u8]| pressed_key("application/dtmf-relay", body);
        for body in [&b""[..], b"Signal=", b"Signal=55", b"Signal=x", b"5", b"\xff", &[b'='; 9999]]
        {
            assert_eq!(relay(body), Err(400), "{body:?}");
        }
        assert_eq!(pressed_key("application/media_control+xml", b"<x/>"), Err(415));
        assert_eq!(pressed_key("", b"5"), Err(415));
    }
}
