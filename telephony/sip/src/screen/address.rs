//! Address headers (From, To, Contact) and request addresses, as far as we need to read them.

use std::borrow::Cow;

/// A parsed `name-addr` or `addr-spec` with its header parameters (RFC 3261 section 20.10).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    pub(crate) display_name: Option<Cow<'a, str>>,
    pub(crate) uri: &'a str,
    parameters: &'a str,
}

impl<'a> Address<'a> {
    /// The `tag` parameter of the header.
    pub(crate) fn tag(&self) -> Option<&'a str> {
        parameter(self.parameters, "tag").filter(|tag| !tag.is_empty())
    }

    /// The value of another parameter of the header.
    pub(crate) fn parameter(&self, name: &str) -> Option<&'a str> {
        parameter(self.parameters, name)
    }
}

/// Reads one address; `None` when quotes or brackets do not close, a bare display name holds what
/// needs quotes, or the address is empty or holds white space.
pub(crate) fn parse_address(text: &str) -> Option<Address<'_>> {
    let text = text.trim();
    let (display_name, rest) = if let Some(quoted) = text.strip_prefix('"') {
        let end = closing_quote(quoted)?;
        (Some(unquote(&quoted[..end])), quoted[end + 1..].trim_start())
    } else if let Some(open) = text.find('<') {
        let name = text[..open].trim();
        if name.contains([',', '"', '@', ':', ';', '>']) {
            return None;
        }
        let name = (!name.is_empty()).then_some(Cow::Borrowed(name));
        (name, &text[open..])
    } else {
        let (uri, parameters) = text.split_once(';').unwrap_or((text, ""));
        // Only brackets tell whose these are (RFC 3261 section 20).
        if uri.contains(['?', ',']) {
            return None;
        }
        return address(None, uri.trim_end(), parameters);
    };
    let (uri, after) = rest.strip_prefix('<')?.split_once('>')?;
    let parameters = match after.trim_start() {
        "" => "",
        after => after.strip_prefix(';')?,
    };
    address(display_name, uri, parameters)
}

fn address<'a>(
    display_name: Option<Cow<'a, str>>,
    uri: &'a str,
    parameters: &'a str,
) -> Option<Address<'a>> {
    let scheme = scheme(uri)?;
    let plain = !uri.contains([' ', '\t', '<', '>', '"']);
    let plain = plain && (parameters.is_empty() || are_parameters(parameters));
    (plain && uri.len() > scheme.len() + 1).then_some(Address { display_name, uri, parameters })
}

/// The addresses of a header that may hold several; a comma in quotes or brackets parts nothing.
pub(crate) fn split_list(value: &str) -> Vec<&str> {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if !bracketed => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            ',' if !quoted && !bracketed => {
                parts.push(value[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(value[start..].trim());
    parts
}

/// The scheme of an address, without the colon.
pub(crate) fn scheme(uri: &str) -> Option<&str> {
    let (scheme, _) = uri.split_once(':')?;
    let mut bytes = scheme.bytes();
    let starts = bytes.next()?.is_ascii_alphabetic();
    (starts && bytes.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))).then_some(scheme)
}

/// User and host (without port) of a `sip:`, `sips:` or `tel:` address, percent signs decoded.
pub(crate) fn user_and_host(uri: &str) -> (String, String) {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    if scheme(uri).is_some_and(|scheme| scheme.eq_ignore_ascii_case("tel")) {
        let number = rest.split(';').next().unwrap_or_default();
        return (number.to_owned(), String::new());
    }
    let (user, host) = match rest.rsplit_once('@') {
        Some((user, host)) => (user.split([':', ';']).next().unwrap_or_default(), host),
        None => ("", rest),
    };
    let host = host.split([';', '?']).next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    (percent_decoded(user), host.to_owned())
}

/// Whether each of some header parameters has a name.
pub(crate) fn are_parameters(parameters: &str) -> bool {
    parameters.split(';').all(|parameter| {
        let name = parameter.split('=').next().unwrap_or_default();
        !name.trim().is_empty()
    })
}

/// The value of a header parameter, names compared without case; `""` for one without a value.
pub(crate) fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        key.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// Where the quoted string that began before `text` closes.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

fn unquote(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    Cow::Owned(plain)
}

/// `text` with its `%XX` escapes resolved.
pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            plain.push(byte);
            at += 3;
        } else {
            plain.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_ways_to_write_an_address_are_read() {
        let quoted = parse_address(r#""Bell \"A\", G" <sip:bell@example.org>;tag=43"#).unwrap();
        assert_eq!(quoted.display_name.as_deref(), Some(r#"Bell "A", G"#));
        assert_eq!((quoted.uri, quoted.tag()), ("sip:bell@example.org", Some("43")));
        let token = parse_address("Bell <sip:b@h;transport=tcp> ; x ; TAG=7").unwrap();
        assert_eq!(token.display_name.as_deref(), Some("Bell"));
        assert_eq!((token.uri, token.tag()), ("sip:b@h;transport=tcp", Some("7")));
        let bare = parse_address("sip:b@h;tag=7").unwrap();
        assert_eq!((bare.display_name, bare.uri), (None, "sip:b@h"));
    }

    #[test]
    fn broken_addresses_are_none() {
        for text in [
            "",
            "<>",
            "<sip:>",
            "sip:",
            "\"Open <sip:a@b>",
            "Bell, Alexander <sip:a@b>;tag=1",
            "\"W\" < sip:a@b >",
            "<sip:a@b",
            "<sip:a@b>junk",
            "<sip:a@b>;;;tag=1",
            "a b c",
            "<sip:a b@c>",
            "\"A\" sip:a@b",
        ] {
            assert_eq!(parse_address(text), None, "{text}");
        }
    }

    #[test]
    fn user_and_host_come_without_decoration() {
        let read = |uri| user_and_host(uri);
        let pair = |user: &str, host: &str| (user.to_owned(), host.to_owned());
        assert_eq!(read("sip:bob:pw@h.example:5060;x=y?z"), pair("bob", "h.example"));
        assert_eq!(read("sip:h.example"), pair("", "h.example"));
        assert_eq!(
            read("sip:%2B49;phone-context=x@[2001:db8::1]:5060"),
            pair("+49", "2001:db8::1")
        );
        assert_eq!(read("tel:+4930;phone-context=x"), pair("+4930", ""));
        assert_eq!(
            read("sip:sips%3Auser%40example.com@example.net"),
            pair("sips:user@example.com", "example.net")
        );
    }
}
