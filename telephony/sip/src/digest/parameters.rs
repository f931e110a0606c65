//! The list of names and values in a digest header (RFC 7235 section 2.1).

use super::DigestFault;
use crate::screen::is_token;

/// The longest header value we read, in bytes.
const MAX_LENGTH: usize = 4096;

/// The most parameters we read; an honest header has about ten.
const MAX_PARAMETERS: usize = 32;

/// Names in lower case with values as they stand between their quotes.
pub(crate) struct Parameters<'a>(Vec<(String, &'a str)>);

impl<'a> Parameters<'a> {
    /// Reads what follows `Digest`. A name that stands twice makes the whole header malformed:
    /// two readers could take different values.
    pub(crate) fn read(header: &'a str) -> Result<Self, DigestFault> {
        if header.len() > MAX_LENGTH {
            return Err(DigestFault::TooLong);
        }
        let (scheme, list) = header.trim().split_once([' ', '\t']).ok_or(DigestFault::NotDigest)?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return Err(DigestFault::NotDigest);
        }
        let mut parameters: Vec<(String, &str)> = Vec::new();
        let mut rest = list.trim();
        while !rest.is_empty() {
            let ((name, value), after) = first_of(rest)?;
            let name = name.to_ascii_lowercase();
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(DigestFault::Malformed);
            }
            if parameters.len() == MAX_PARAMETERS {
                return Err(DigestFault::TooLong);
            }
            parameters.push((name, value));
            rest = after;
        }
        Ok(Self(parameters))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    pub(crate) fn need(&self, name: &'static str) -> Result<&'a str, DigestFault> {
        self.get(name).ok_or(DigestFault::Missing(name))
    }
}

type Parameter<'a> = (&'a str, &'a str);

/// The first parameter of a list, and what follows its comma.
fn first_of(list: &str) -> Result<(Parameter<'_>, &str), DigestFault> {
    let (name, rest) = list.split_once('=').ok_or(DigestFault::Malformed)?;
    let (name, rest) = (name.trim(), rest.trim_start());
    if !is_token(name) {
        return Err(DigestFault::Malformed);
    }
    let (value, rest) = if let Some(quoted) = rest.strip_prefix('"') {
        let end = closing_quote(quoted).ok_or(DigestFault::Malformed)?;
        (&quoted[..end], quoted[end + 1..].trim_start())
    } else {
        let end = rest.find(',').unwrap_or(rest.len());
        let value = rest[..end].trim_end();
        if value.is_empty() || value.contains([' ', '\t', '"']) {
            return Err(DigestFault::Malformed);
        }
        (value, &rest[end..])
    };
    match rest.strip_prefix(',').map(str::trim_start) {
        Some("") => Err(DigestFault::Malformed),
        Some(after) => Ok(((name, value), after)),
        None if rest.is_empty() => Ok(((name, value), "")),
        None => Err(DigestFault::Malformed),
    }
}

/// Where the quoted string that began before `text` closes.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

/// `text` as it may stand between quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

/// The text that stands escaped between quotes.
pub(crate) fn unescaped(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    let mut signs = quoted.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => text.extend(signs.next()),
            sign => text.push(sign),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(header: &str) -> Option<DigestFault> {
        Parameters::read(header).err()
    }

    #[test]
    fn quoted_and_bare_values_are_read_with_any_white_space() {
        let header = "digest  Realm = \"a, \\\"b\\\"\" ,nonce=abc,\topaque=\"\" , qop=auth";
        let parameters = Parameters::read(header).unwrap();
        assert_eq!(parameters.get("realm"), Some("a, \\\"b\\\""));
        assert_eq!(parameters.get("nonce"), Some("abc"));
        assert_eq!(parameters.get("opaque"), Some(""));
        assert_eq!(parameters.get("qop"), Some("auth"));
        assert_eq!(parameters.need("stale").unwrap_err(), DigestFault::Missing("stale"));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for header in [
            "Digest realm",
            "Digest realm=\"open",
            "Digest realm=\"open\\\"",
            "Digest realm=\"a\" nonce=\"b\"",
            "Digest realm=a b",
            "Digest =a",
            "Digest realm=",
            "Digest realm=a,,nonce=b",
            "Digest realm=a,",
            "Digest re alm=a",
            "Digest realm=\"a\",Realm=\"b\"",
            "Digest ,",
        ] {
            assert_eq!(fault(header), Some(DigestFault::Malformed), "{header}");
        }
        for header in ["", "Digest", "Basic realm=\"a\"", "Digestrealm=\"a\""] {
            assert_eq!(fault(header), Some(DigestFault::NotDigest), "{header}");
        }
    }

    #[test]
    fn size_and_number_are_limited() {
        let long = format!("Digest realm=\"{}\"", "x".repeat(MAX_LENGTH));
        assert_eq!(fault(&long), Some(DigestFault::TooLong));
        let list: Vec<String> = (0..=MAX_PARAMETERS).map(|number| format!("p{number}=x")).collect();
        assert_eq!(fault(&format!("Digest {}", list.join(","))), Some(DigestFault::TooLong));
        let fits = list[1..].join(",");
        assert_eq!(fault(&format!("Digest {fits}")), None);
    }

    #[test]
    fn escapes_come_back() {
        for text in ["", "plain", "a\"b\\c", "Ольга\\"] {
            assert_eq!(unescaped(&escaped(text)), text);
        }
        assert_eq!(unescaped("open\\"), "open");
    }
}
