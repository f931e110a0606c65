//! What a message must be to reach the stack.

use super::address::{are_parameters, parameter, parse_address, scheme, split_list};
use super::message::{RawMessage, ShapeFlaw, is_token};
use crate::counters::Counting;

/// The methods we offer (RFC 3261 section 20.5).
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY";

/// The same where desk phones register.
const ALLOW_WITH_REGISTER: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY, REGISTER";

/// The extensions we support (RFC 3261 section 20.37).
pub(crate) const SUPPORTED: &str = "timer, 100rel";

/// The shortest session interval we agree to, in seconds (RFC 4028 section 5).
pub(crate) const MIN_SESSION: u32 = 90;

/// The longest body we read, in bytes.
const MAX_BODY: usize = 48 * 1024;

/// What this edge offers beyond calls.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Offered {
    /// Desk phones may register.
    pub(crate) registration: bool,
    /// There is a TLS listener, so `sips:` can be kept.
    pub(crate) secure: bool,
}

impl Offered {
    fn methods(self) -> &'static str {
        if self.registration { ALLOW_WITH_REGISTER } else { ALLOW }
    }
}

/// The bodies we read (RFC 3261 section 20.1).
pub(crate) const ACCEPT: &str = "application/sdp, application/dtmf-relay, application/dtmf";

/// What a caller who comes at a bad moment is asked to wait, in seconds.
pub(crate) const RETRY_AFTER: &str = "10";

/// Methods that exist (IANA SIP methods) and are not offered here.
const ELSEWHERE: [&str; 4] = ["REGISTER", "SUBSCRIBE", "PUBLISH", "MESSAGE"];

/// Why a message does not reach the stack, as the status that tells its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) reason: &'static str,
    /// A header that helps the sender, for instance `Unsupported`.
    pub(crate) hint: Option<(&'static str, String)>,
}

impl Refusal {
    fn new(status: u16, reason: &'static str) -> Self {
        Self { status, reason, hint: None }
    }

    fn bad(reason: &'static str) -> Self {
        Self::new(400, reason)
    }

    fn hint(self, name: &'static str, value: impl Into<String>) -> Self {
        Self { hint: Some((name, value.into())), ..self }
    }

    pub(crate) fn too_long() -> Self {
        Self::new(513, "Message Too Large")
    }

    /// For a call that finds no place (RFC 3261 section 21.5.4). Said by the screen: it costs no
    /// memory and is never repeated.
    pub(crate) fn later() -> Self {
        Self::new(503, "Service Unavailable").hint("Retry-After", RETRY_AFTER)
    }

    pub(crate) fn length_needed() -> Self {
        Self::bad("Missing Content-Length")
    }

    /// For a message that our reading let through and the stack's did not.
    pub(crate) fn unreadable() -> Self {
        Self::bad("Malformed Request")
    }

    pub(crate) fn count(&self, counting: &Counting) {
        match self.status {
            405 | 501 | 603 => counting.refused_method.add(),
            420 => counting.refused_extension.add(),
            _ => counting.refused_malformed.add(),
        }
    }
}

/// Judges a message by itself, in the order of RFC 3261 section 8.2.
pub(crate) fn check(message: &RawMessage<'_>, offered: Offered) -> Result<(), Refusal> {
    if message.start_line.starts_with("SIP/") {
        return check_common(message, None);
    }
    let (method, uri) = check_start_line(message.start_line)?;
    check_common(message, Some(method))?;
    check_method(method, message, offered)?;
    check_request_uri(uri, offered)?;
    check_hops(message, method)?;
    if method != "ACK" && method != "CANCEL" {
        check_require(message)?;
    }
    if message.body.len() > MAX_BODY {
        return Err(Refusal::new(413, "Request Entity Too Large"));
    }
    match method {
        "INVITE" => {
            check_contact(message)?;
            check_offer(message)?;
            check_session_timer(message)
        }
        "UPDATE" => {
            check_offer(message)?;
            check_session_timer(message)
        }
        "REGISTER" => check_bindings(message),
        _ => Ok(()),
    }
}

/// Splits a request line (RFC 3261 section 7.1): exactly two single spaces.
fn check_start_line(line: &str) -> Result<(&str, &str), Refusal> {
    let mut parts = line.split(' ');
    let (Some(method), Some(uri), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Refusal::bad("Malformed Request-Line"));
    };
    if !is_token(method) || uri.is_empty() || uri.contains(['<', '>', '"', '\t']) {
        return Err(Refusal::bad("Malformed Request-Line"));
    }
    if version.eq_ignore_ascii_case("SIP/2.0") {
        return Ok((method, uri));
    }
    let numbers = version.get(..4).filter(|name| name.eq_ignore_ascii_case("SIP/"));
    let numbers = numbers.and_then(|_| version[4..].split_once('.'));
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match numbers {
        Some((major, minor)) if number(major) && number(minor) => {
            Err(Refusal::new(505, "Version Not Supported"))
        }
        _ => Err(Refusal::bad("Malformed Request-Line")),
    }
}

/// The headers that requests and responses share (RFC 3261 section 8.1.1).
fn check_common(message: &RawMessage<'_>, method: Option<&str>) -> Result<(), Refusal> {
    let from = message.only("from").ok_or(Refusal::bad("Missing or repeated From"))?;
    let to = message.only("to").ok_or(Refusal::bad("Missing or repeated To"))?;
    let call_id = message.only("call-id").ok_or(Refusal::bad("Missing or repeated Call-ID"))?;
    let cseq = message.only("cseq").ok_or(Refusal::bad("Missing or repeated CSeq"))?;
    let via = message.all("via").next().ok_or(Refusal::bad("Missing Via"))?;
    match message.flaw {
        Some(ShapeFlaw::TooManyHeaders) => return Err(Refusal::bad("Too Many Headers")),
        Some(ShapeFlaw::HeaderWithoutColon) => return Err(Refusal::bad("Malformed Header")),
        Some(ShapeFlaw::LengthMismatch) => return Err(Refusal::bad("Content-Length Mismatch")),
        None => {}
    }
    check_cseq(cseq, method)?;
    check_via(via)?;
    if call_id.is_empty() || call_id.contains([' ', '\t']) {
        return Err(Refusal::bad("Malformed Call-ID"));
    }
    let from = parse_address(from).ok_or(Refusal::bad("Malformed From"))?;
    from.tag().ok_or(Refusal::bad("Missing From Tag"))?;
    parse_address(to).ok_or(Refusal::bad("Malformed To"))?;
    Ok(())
}

/// `CSeq: number method`, the number under 2^31 (RFC 3261 section 8.1.1.5).
fn check_cseq(cseq: &str, method: Option<&str>) -> Result<(), Refusal> {
    let mut parts = cseq.split_ascii_whitespace();
    let (Some(number), Some(named), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(Refusal::bad("Malformed CSeq"));
    };
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    if !digits || number.parse::<i32>().is_err() {
        return Err(Refusal::bad("Malformed CSeq"));
    }
    match method {
        Some(method) if method != named => Err(Refusal::bad("CSeq Method Mismatch")),
        _ => Ok(()),
    }
}

/// The top Via (RFC 3261 section 20.42): `SIP/2.0/transport host[:port];parameters`, with white
/// space wherever RFC 4475 section 3.1.1.1 puts it.
fn check_via(via: &str) -> Result<(), Refusal> {
    let first = via.split(',').next().unwrap_or_default();
    if reads_as_via(first) { Ok(()) } else { Err(Refusal::bad("Malformed Via")) }
}

fn reads_as_via(via: &str) -> bool {
    let mut parts = via.splitn(3, '/').map(str::trim);
    let (Some(name), Some(version), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let Some((transport, rest)) = rest.split_once([' ', '\t']) else {
        return false;
    };
    let (host, parameters) = match rest.split_once(';') {
        Some((host, parameters)) => (host.trim(), Some(parameters)),
        None => (rest.trim(), None),
    };
    let part_of_host = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    let host_fits = !host.is_empty() && host.bytes().all(part_of_host);
    let branch = parameters.and_then(|parameters| parameter(parameters, "branch"));
    name.eq_ignore_ascii_case("SIP")
        && version == "2.0"
        && is_token(transport)
        && host_fits
        && branch.is_none_or(is_token)
        && parameters.is_none_or(are_parameters)
}

fn check_method(method: &str, message: &RawMessage<'_>, offered: Offered) -> Result<(), Refusal> {
    let methods = offered.methods();
    if methods.split(", ").any(|offered| offered == method) {
        return Ok(());
    }
    // Nobody outside may make this desk dial; within a call the call decides.
    if method == "REFER" {
        let to = message.only("to").and_then(parse_address);
        let within_call = to.is_some_and(|to| to.tag().is_some());
        return if within_call { Ok(()) } else { Err(Refusal::new(603, "Decline")) };
    }
    if ELSEWHERE.contains(&method) {
        return Err(Refusal::new(405, "Method Not Allowed").hint("Allow", methods));
    }
    Err(Refusal::new(501, "Not Implemented").hint("Allow", methods))
}

/// Which request addresses we read; `sips:` only where TLS is spoken.
fn check_request_uri(uri: &str, offered: Offered) -> Result<(), Refusal> {
    let scheme = scheme(uri).ok_or(Refusal::bad("Malformed Request-URI"))?;
    let sips = offered.secure && scheme.eq_ignore_ascii_case("sips");
    let sip = sips || scheme.eq_ignore_ascii_case("sip");
    if !sip && !scheme.eq_ignore_ascii_case("tel") {
        return Err(Refusal::new(416, "Unsupported URI Scheme"));
    }
    // Headers inside a request address are forbidden (RFC 3261 section 19.1.1, table 1).
    let rest = &uri[scheme.len() + 1..];
    if rest.is_empty() || (sip && (rest.contains('?') || !has_host(rest))) {
        return Err(Refusal::bad("Malformed Request-URI"));
    }
    Ok(())
}

/// Whether a `sip:` address names a host, and a port that is one if any.
fn has_host(rest: &str) -> bool {
    let host_port = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host_port = host_port.split(';').next().unwrap_or_default();
    let (host, port) = match host_port.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (host_port, None),
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    let host_fits = match host.strip_prefix('[').and_then(|six| six.strip_suffix(']')) {
        // Three colons are a known slip of the old grammar (RFC 5118 section 4.10).
        Some(six) => six.replace(":::", "::").parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(plain),
    };
    host_fits && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// A request that used up its hops went in circles. OPTIONS is answered by whoever it reaches
/// (RFC 3261 sections 11 and 16.3), and what ends a call does so however it came.
fn check_hops(message: &RawMessage<'_>, method: &str) -> Result<(), Refusal> {
    let Some(hops) = message.all("max-forwards").next() else {
        return Ok(());
    };
    if message.only("max-forwards").is_none() || hops.parse::<u8>().is_err() {
        return Err(Refusal::bad("Malformed Max-Forwards"));
    }
    if hops.bytes().all(|b| b == b'0') && !matches!(method, "OPTIONS" | "ACK" | "CANCEL" | "BYE") {
        return Err(Refusal::new(483, "Too Many Hops"));
    }
    Ok(())
}

/// An extension that a request requires must be one we support (RFC 3261 section 8.2.2.3).
fn check_require(message: &RawMessage<'_>) -> Result<(), Refusal> {
    let required: Vec<&str> = message
        .all("require")
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|option| !option.is_empty())
        .collect();
    if required.is_empty() {
        return Ok(());
    }
    if !required.iter().all(|option| is_token(option)) {
        return Err(Refusal::bad("Malformed Require"));
    }
    let supported =
        |option: &&str| SUPPORTED.split(", ").any(|ours| option.eq_ignore_ascii_case(ours));
    let unsupported: Vec<&str> = required.into_iter().filter(|option| !supported(option)).collect();
    if unsupported.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(420, "Bad Extension").hint("Unsupported", unsupported.join(", ")))
}

/// Whether an option stands in one of these lists.
pub(crate) fn are_listed(lists: &[String], option: &str) -> bool {
    let mut options = lists.iter().flat_map(|list| list.split(','));
    options.any(|other| other.trim().eq_ignore_ascii_case(option))
}

/// A session interval must be a number, and long enough where the peer can lengthen it (RFC 4028
/// sections 4 and 9).
fn check_session_timer(message: &RawMessage<'_>) -> Result<(), Refusal> {
    let malformed = || Refusal::bad("Malformed Session-Expires");
    let seconds = |name| -> Result<Option<u32>, Refusal> {
        let Some(value) = message.all(name).next() else {
            return Ok(None);
        };
        let value = message.only(name).map(|_| value).ok_or_else(malformed)?;
        let number = value.split(';').next().unwrap_or_default().trim();
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        number.parse().ok().filter(|_| digits).map(Some).ok_or_else(malformed)
    };
    seconds("min-se")?;
    let Some(interval) = seconds("session-expires")? else {
        return Ok(());
    };
    let mut supported = message.all("supported").flat_map(|value| value.split(','));
    if interval < MIN_SESSION && supported.any(|option| option.trim().eq_ignore_ascii_case("timer"))
    {
        let shortest = MIN_SESSION.to_string();
        return Err(Refusal::new(422, "Session Interval Too Small").hint("Min-SE", shortest));
    }
    Ok(())
}

/// The addresses a phone wants to be reached at (RFC 3261 section 10.2.1).
fn check_bindings(message: &RawMessage<'_>) -> Result<(), Refusal> {
    let mut contacts = message.all("contact").flat_map(split_list).peekable();
    let star = contacts.peek() == Some(&"*");
    let proper =
        contacts.all(|contact| (star && contact == "*") || parse_address(contact).is_some());
    if proper { Ok(()) } else { Err(Refusal::bad("Malformed Contact")) }
}

/// Without a Contact there is nobody to say goodbye to (RFC 3261 section 8.1.1.8).
fn check_contact(message: &RawMessage<'_>) -> Result<(), Refusal> {
    let contact = message.only("contact").and_then(parse_address);
    contact.map(drop).ok_or(Refusal::bad("Missing or malformed Contact"))
}

/// The body of an INVITE is a session description or nothing (RFC 3261 section 8.2.3), and so is
/// our answer, which the caller must be ready for (section 20.1).
fn check_offer(message: &RawMessage<'_>) -> Result<(), Refusal> {
    let mut accepts = message.all("accept").flat_map(|value| value.split(',')).peekable();
    if accepts.peek().is_some() && !accepts.any(takes_sdp) {
        return Err(Refusal::new(406, "Not Acceptable"));
    }
    if message.body.is_empty() {
        return Ok(());
    }
    let unsupported = || Refusal::new(415, "Unsupported Media Type");
    let encoded =
        message.all("content-encoding").any(|encoding| !encoding.eq_ignore_ascii_case("identity"));
    if encoded {
        return Err(unsupported().hint("Accept-Encoding", "identity"));
    }
    let kind = message.only("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/sdp") {
        return Err(unsupported().hint("Accept", "application/sdp"));
    }
    match std::str::from_utf8(message.body) {
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::bad("Session description is not UTF-8")),
    }
}

fn takes_sdp(range: &str) -> bool {
    let range = range.split(';').next().unwrap_or_default().trim();
    ["application/sdp", "application/*", "*/*"].iter().any(|kind| range.eq_ignore_ascii_case(kind))
}
