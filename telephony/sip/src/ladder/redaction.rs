//! From the bytes of a message to an entry that names no person.

use std::time::UNIX_EPOCH;

use super::mask;
use super::{LadderEntry, Rung};
use crate::opaque_id::opaque_id as hashed_id;
use crate::screen::{RawMessage, parse_address};

/// Headers that tell how the protocol went and nothing about persons.
const TECHNICAL: [&str; 37] = [
    "via",
    "call-id",
    "cseq",
    "max-forwards",
    "content-type",
    "content-length",
    "content-encoding",
    "content-disposition",
    "allow",
    "supported",
    "require",
    "proxy-require",
    "unsupported",
    "accept",
    "accept-encoding",
    "accept-language",
    "allow-events",
    "event",
    "subscription-state",
    "session-expires",
    "min-se",
    "rseq",
    "rack",
    "expires",
    "min-expires",
    "retry-after",
    "reason",
    "warning",
    "user-agent",
    "server",
    "date",
    "timestamp",
    "mime-version",
    "refer-sub",
    "privacy",
    "p-asserted-service",
    "alert-info",
];

/// Headers whose values are addresses of persons or of machines on the way.
const ADDRESSES: [&str; 14] = [
    "from",
    "to",
    "contact",
    "route",
    "record-route",
    "p-asserted-identity",
    "p-preferred-identity",
    "remote-party-id",
    "diversion",
    "history-info",
    "refer-to",
    "referred-by",
    "reply-to",
    "path",
];

/// Headers whose values open doors.
const SECRET: [&str; 8] = [
    "authorization",
    "proxy-authorization",
    "www-authenticate",
    "proxy-authenticate",
    "authentication-info",
    "proxy-authentication-info",
    "identity",
    "replaces",
];

/// Attributes of a session description that concern codecs and directions.
const MEDIA_ATTRIBUTES: [&str; 11] = [
    "rtpmap", "fmtp", "ptime", "maxptime", "sendrecv", "sendonly", "recvonly", "inactive", "rtcp",
    "rtcp-mux", "setup",
];

/// The entry that may be shown.
pub(super) fn redacted(rung: &Rung) -> LadderEntry {
    let whole = completed(rung);
    let mut entry = LadderEntry {
        at_micros: rung
            .at
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(u64::MAX)),
        direction: rung.direction,
        transport: rung.transport.to_string(),
        peer: rung.peer,
        start_line: "[not readable]".to_owned(),
        headers: Vec::new(),
        media: Vec::new(),
        bytes: rung.length,
        cut: rung.bytes.len() < rung.length,
    };
    if let Ok(message) = RawMessage::parse(&whole) {
        entry.start_line = start_line(message.start_line);
        entry.headers = message
            .headers
            .iter()
            .map(|header| (spelled(&header.name), value(&header.name, &header.value)))
            .collect();
        entry.media = media(&message);
    }
    entry
}

/// The id of the call that an INVITE starts.
pub(super) fn opaque_id(rung: &Rung) -> Option<String> {
    let whole = completed(rung);
    let message = RawMessage::parse(&whole).ok()?;
    let from = parse_address(message.all("from").next()?)?;
    Some(hashed_id(message.all("call-id").next()?, from.tag()?))
}

/// The status of a response that refuses an INVITE.
pub(super) fn invite_failure(bytes: &[u8]) -> Option<u16> {
    let head = bytes.get(8..11).filter(|_| bytes.starts_with(b"SIP/2.0 "))?;
    let status: u16 = std::str::from_utf8(head).ok()?.parse().ok()?;
    let of_invite = bytes.windows(8).any(|at| at == b" INVITE\r");
    ((300..700).contains(&status) && of_invite).then_some(status)
}

/// The message with a head that ends, where it was cut inside it.
fn completed(rung: &Rung) -> Vec<u8> {
    let mut bytes = rung.bytes.to_vec();
    if bytes.len() == rung.length || bytes.windows(4).any(|at| at == b"\r\n\r\n") {
        return bytes;
    }
    let end = bytes.windows(2).rposition(|at| at == b"\r\n").unwrap_or(0);
    bytes.truncate(end);
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes
}

fn start_line(line: &str) -> String {
    if line.starts_with("SIP/") {
        return line.to_owned();
    }
    let mut parts = line.splitn(3, ' ');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(method), Some(uri), Some(version)) => {
            format!("{method} {} {version}", mask::uri(uri))
        }
        _ => mask::shape(line),
    }
}

fn value(name: &str, value: &str) -> String {
    if TECHNICAL.contains(&name) {
        return value.to_owned();
    }
    if ADDRESSES.contains(&name) {
        return mask::addresses(value);
    }
    if SECRET.contains(&name) {
        let scheme = value.split(' ').next().unwrap_or_default();
        let known = ["Digest", "Basic", "Bearer"].iter().find(|s| scheme.eq_ignore_ascii_case(s));
        return match known {
            Some(scheme) => format!("{scheme} {}", mask::hidden(&value[scheme.len()..])),
            None => mask::hidden(value),
        };
    }
    mask::shape(value)
}

/// The name as RFC 3261 spells it.
fn spelled(name: &str) -> String {
    let words = name.split('-').map(|word| match word {
        "id" => "ID".to_owned(),
        "www" => "WWW".to_owned(),
        "cseq" => "CSeq".to_owned(),
        "rseq" => "RSeq".to_owned(),
        "rack" => "RAck".to_owned(),
        "se" => "SE".to_owned(),
        "mime" => "MIME".to_owned(),
        _ => {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        }
    });
    words.collect::<Vec<_>>().join("-")
}

fn media(message: &RawMessage<'_>) -> Vec<String> {
    let kind = message.all("content-type").next().unwrap_or_default().to_ascii_lowercase();
    if !kind.contains("sdp") && !kind.starts_with("multipart/") {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(message.body);
    text.lines().filter_map(media_line).collect()
}

fn media_line(line: &str) -> Option<String> {
    if line.starts_with("m=") || line.starts_with("c=") {
        return Some(line.to_owned());
    }
    let attribute = line.strip_prefix("a=")?;
    let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
    if name == "crypto" {
        // `tag suite inline:key`: which suite was offered explains failures, the key opens calls.
        let mut words = value.split_ascii_whitespace();
        let (tag, suite) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let suite = suite.get(..40).unwrap_or(suite);
        let tag = if tag.bytes().all(|b| b.is_ascii_digit()) { tag } else { "?" };
        return Some(format!("a=crypto:{tag} {suite} [key]"));
    }
    MEDIA_ATTRIBUTES.contains(&name).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::Direction;
    use super::*;
    use crate::Transport;

    const INVITE: &str = "INVITE sip:+4930555@10.0.0.1 SIP/2.0\r\n\
        Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK-1\r\n\
        f: \"Ada Lovelace\" <sip:ada77@10.0.0.9>;tag=a1\r\n\
        To: <sip:+4930555@10.0.0.1>\r\ni: 1@10.0.0.9\r\nCSeq: 1 INVITE\r\n\
        Authorization: Digest username=\"ada77\", response=\"0123\"\r\n\
        Subject: call Bob 5\r\nX-Customer: Ada77\r\n\
        Content-Type: application/sdp\r\n\r\n\
        v=0\r\no=ada77 1 1 IN IP4 10.0.0.9\r\ns=Ada\r\nc=IN IP4 10.0.0.9\r\n\
        m=audio 4000 RTP/SAVP 0\r\na=rtpmap:0 PCMU/8000\r\n\
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0a2V5\r\na=x-name:Ada\r\n";

    fn entry(bytes: &[u8]) -> LadderEntry {
        let peer = "10.0.0.9:5060".parse().unwrap();
        redacted(&Rung::new(bytes, Direction::In, Transport::Udp, peer))
    }

    #[test]
    fn an_entry_names_nobody_and_holds_no_secret() {
        let entry = entry(INVITE.as_bytes());
        let text = format!("{} {:?} {:?}", entry.start_line, entry.headers, entry.media);
        for told in ["ada77", "Ada", "Lovelace", "Bob", "4930555", "0123", "c2VjcmV0", "username"] {
            assert!(!text.contains(told), "{told} in {text}");
        }
        assert_eq!(entry.start_line, "INVITE sip:+9999999@10.0.0.1 SIP/2.0");
        let header = |name: &str| {
            let found = entry.headers.iter().find(|(other, _)| other == name);
            found.map(|(_, value)| value.as_str()).unwrap()
        };
        assert_eq!(header("From"), "\"xxx xxxxxxxx\" <sip:xxx99@10.0.0.9>;tag=a1");
        assert_eq!(header("Call-ID"), "1@10.0.0.9");
        assert_eq!(header("Via"), "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK-1");
        assert_eq!(header("Subject"), "xxxx xxx 9");
        assert!(header("Authorization").starts_with("Digest ["));
        assert_eq!(
            entry.media,
            [
                "c=IN IP4 10.0.0.9",
                "m=audio 4000 RTP/SAVP 0",
                "a=rtpmap:0 PCMU/8000",
                "a=crypto:1 AES_CM_128_HMAC_SHA1_80 [key]",
            ]
        );
        assert!(!entry.cut);
    }

    #[test]
    fn a_message_cut_anywhere_is_still_an_entry() {
        let padded = INVITE.replace("X-Customer: Ada77", &format!("X: {}", "y".repeat(3000)));
        let long = entry(padded.as_bytes());
        assert!(long.cut && long.headers.len() == 7, "{:?}", long.headers);
        for end in 0..INVITE.len() {
            let entry = entry(&INVITE.as_bytes()[..end]);
            assert_eq!(entry.bytes, end);
            assert!(!format!("{:?}", entry.headers).contains("0123"));
        }
    }

    #[test]
    fn names_are_spelled_as_in_the_standard() {
        for name in ["Call-ID", "CSeq", "WWW-Authenticate", "Min-SE", "RSeq", "Max-Forwards"] {
            assert_eq!(spelled(&name.to_ascii_lowercase()), name);
        }
    }
}
