//! One message cut into start line, headers and body, without copying and without judging more
//! than its shape.

use std::borrow::Cow;

use super::tidy::tidy_head;

/// The longest message we read, in bytes: what a UDP datagram can hold.
pub(crate) const MAX_MESSAGE: usize = 65_535;

/// The most header lines we read.
pub(crate) const MAX_HEADERS: usize = 128;

/// Why bytes are no SIP message at all. Nothing of them can be echoed, so nothing is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotSip {
    TooLong,
    NoBlankLine,
    NotText,
    NoStartLine,
}

/// A flaw in the shape of the headers; the message can still be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShapeFlaw {
    TooManyHeaders,
    HeaderWithoutColon,
    LengthMismatch,
}

/// A header, its name in lower case and long form, its value unfolded and trimmed.
#[derive(Debug)]
pub(crate) struct RawHeader<'a> {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: Cow<'a, str>,
}

/// A message as it came.
#[derive(Debug)]
pub(crate) struct RawMessage<'a> {
    pub(crate) start_line: &'a str,
    pub(crate) headers: Vec<RawHeader<'a>>,
    pub(crate) body: &'a [u8],
    pub(crate) flaw: Option<ShapeFlaw>,
    /// The head up to its last line, without the blank line.
    head: &'a str,
    length_given: bool,
}

impl<'a> RawMessage<'a> {
    /// Cuts `bytes`. The body is what Content-Length says, or the rest without one (RFC 3261
    /// section 18.3).
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, NotSip> {
        if bytes.len() > MAX_MESSAGE {
            return Err(NotSip::TooLong);
        }
        let bytes = skip_blank_lines(bytes);
        let end = find(bytes, b"\r\n\r\n").ok_or(NotSip::NoBlankLine)?;
        let head = std::str::from_utf8(&bytes[..end]).map_err(|_| NotSip::NotText)?;
        let rest = &bytes[end + 4..];
        let mut lines = head.split("\r\n");
        let start_line = lines.next().filter(|line| !line.is_empty());
        let start_line = start_line.ok_or(NotSip::NoStartLine)?;
        if has_forbidden_control(&head.replace("\r\n", "")) {
            return Err(NotSip::NotText);
        }
        let (headers, mut flaw) = read_headers(lines);
        let length = content_length(&headers);
        let body = match length {
            Length::Missing => rest,
            Length::Given(length) if length <= rest.len() => &rest[..length],
            Length::Given(_) | Length::Wrong => {
                flaw = flaw.or(Some(ShapeFlaw::LengthMismatch));
                rest
            }
        };
        Ok(Self { start_line, headers, body, flaw, head, length_given: length != Length::Missing })
    }

    /// Every value of one header, in order. `name` is the long form in lower case.
    pub(crate) fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = &str> + use<'_, 'a, 'n> {
        self.headers.iter().filter(move |header| header.name == name).map(|header| &*header.value)
    }

    /// The value of a header that may stand once; `None` when it is missing or stands twice.
    pub(crate) fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.all(name);
        values.next().filter(|_| values.next().is_none())
    }

    /// The message in bytes that the stack reads as we do: it takes a missing Content-Length for 0.
    /// White space around the signs in addresses and an IPv6 address with three colons (RFC 5118
    /// section 4.10), which it cannot read, are tidied.
    pub(crate) fn normalised(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.head.len() + self.body.len() + 32);
        match tidy_head(self.start_line, &self.headers) {
            Some(head) => bytes.extend_from_slice(head.as_bytes()),
            None => bytes.extend_from_slice(self.head.as_bytes()),
        }
        if !self.length_given {
            bytes.extend_from_slice(format!("\r\nContent-Length: {}", self.body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(self.body);
        bytes
    }
}

/// What the Content-Length headers together say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Missing,
    Given(usize),
    Wrong,
}

/// Reads Content-Length; several that agree count as one.
pub(crate) fn content_length(headers: &[RawHeader<'_>]) -> Length {
    let mut length = Length::Missing;
    for header in headers.iter().filter(|h| h.name == "content-length") {
        let digits = !header.value.is_empty() && header.value.bytes().all(|b| b.is_ascii_digit());
        let Some(value) = header.value.parse().ok().filter(|_| digits) else {
            return Length::Wrong;
        };
        match length {
            Length::Given(before) if before != value => return Length::Wrong,
            _ => length = Length::Given(value),
        }
    }
    length
}

/// Reads header lines, joining folded ones (RFC 3261 section 7.3.1).
pub(crate) fn read_headers<'a>(
    lines: impl Iterator<Item = &'a str>,
) -> (Vec<RawHeader<'a>>, Option<ShapeFlaw>) {
    let mut headers: Vec<RawHeader<'a>> = Vec::new();
    let mut flaw = None;
    for line in lines {
        if line.starts_with([' ', '\t']) {
            match headers.last_mut() {
                Some(header) => {
                    let folded = line.trim();
                    let value = header.value.to_mut();
                    value.push(' ');
                    value.push_str(folded);
                }
                None => flaw = flaw.or(Some(ShapeFlaw::HeaderWithoutColon)),
            }
            continue;
        }
        if headers.len() == MAX_HEADERS {
            return (headers, Some(ShapeFlaw::TooManyHeaders));
        }
        match line.split_once(':') {
            Some((name, value)) if is_token(name.trim_end()) => headers.push(RawHeader {
                name: long_name(name.trim_end()),
                value: Cow::Borrowed(value.trim()),
            }),
            _ => flaw = flaw.or(Some(ShapeFlaw::HeaderWithoutColon)),
        }
    }
    (headers, flaw)
}

/// The long form of a header name in lower case (RFC 3261 section 7.3.3).
fn long_name(name: &str) -> Cow<'static, str> {
    let lower = name.to_ascii_lowercase();
    Cow::Borrowed(match lower.as_str() {
        "b" => "referred-by",
        "c" => "content-type",
        "e" => "content-encoding",
        "f" => "from",
        "i" => "call-id",
        "k" => "supported",
        "l" => "content-length",
        "m" => "contact",
        "o" => "event",
        "r" => "refer-to",
        "s" => "subject",
        "t" => "to",
        "v" => "via",
        "x" => "session-expires",
        _ => return Cow::Owned(lower),
    })
}

/// A token (RFC 3261 section 25.1).
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Controls stand in a message only where a backslash quotes them (RFC 3261 section 25.1,
/// quoted-pair), and line ends not even there.
fn has_forbidden_control(text: &str) -> bool {
    let mut quoted = false;
    text.chars().any(|c| {
        let allowed = c == '\t' || (quoted && c != '\r' && c != '\n');
        quoted = c == '\\' && !quoted;
        c.is_control() && !allowed
    })
}

fn skip_blank_lines(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(b"\r\n") {
        bytes = rest;
    }
    bytes
}

pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|at| at == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> RawMessage<'_> {
        RawMessage::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn compact_and_folded_headers_are_read_in_their_long_form() {
        let message = parse("OPTIONS sip:a SIP/2.0\r\ni : abc\r\nSubject: one\r\n  two\r\n\r\n");
        assert_eq!(message.only("call-id"), Some("abc"));
        assert_eq!(message.only("subject"), Some("one two"));
    }

    #[test]
    fn a_header_that_stands_twice_has_no_only_value() {
        let message = parse("OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\ni: b\r\n\r\n");
        assert_eq!(message.only("call-id"), None);
        assert_eq!(message.all("call-id").count(), 2);
    }

    #[test]
    fn a_missing_length_is_filled_in_for_the_stack() {
        let message = parse("INFO sip:a SIP/2.0\r\nTo: x\r\n\r\nbody");
        assert_eq!(
            String::from_utf8(message.normalised()).unwrap(),
            "INFO sip:a SIP/2.0\r\nTo: x\r\nContent-Length: 4\r\n\r\nbody"
        );
    }

    #[test]
    fn bytes_after_the_body_of_a_datagram_are_cut() {
        let message = parse("INFO sip:a SIP/2.0\r\nl: 2\r\n\r\nbody");
        assert_eq!(message.body, b"bo");
        assert_eq!(message.flaw, None);
    }

    #[test]
    fn a_length_that_is_longer_wrong_or_contradicted_is_a_flaw() {
        for length in ["5", "-1", "+2", "2 2", "", "99999999999999999999", "2\r\nl: 3"] {
            let text = format!("INFO sip:a SIP/2.0\r\nl: {length}\r\n\r\nbody");
            assert_eq!(parse(&text).flaw, Some(ShapeFlaw::LengthMismatch), "{length}");
        }
    }

    #[test]
    fn controls_and_bare_line_ends_are_not_sip() {
        for text in
            ["OPTIONS sip:a SIP/2.0\r\nTo: a\0b\r\n\r\n", "A\nB: c\n\n\r\n\r\n", "A\rB\r\n\r\n"]
        {
            assert_eq!(RawMessage::parse(text.as_bytes()).unwrap_err(), NotSip::NotText);
        }
    }

    #[test]
    fn header_number_129_is_a_flaw() {
        let many = |count: usize| format!("A b c\r\n{}\r\n", "X: y\r\n".repeat(count));
        assert_eq!(parse(&many(128)).flaw, None);
        assert_eq!(parse(&many(129)).flaw, Some(ShapeFlaw::TooManyHeaders));
    }
}
