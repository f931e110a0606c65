//! Takes persons and secrets out of header values and leaves their shape.

use crate::screen::split_list;

/// Letters become `x`, digits `9`; signs stay.
pub(super) fn shape(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            _ if c.is_numeric() => '9',
            _ if c.is_alphabetic() => 'x',
            _ if c.is_control() => '?',
            _ => c,
        })
        .collect()
}

/// A secret, of which only the length is told.
pub(super) fn hidden(text: &str) -> String {
    format!("[{} bytes]", text.len())
}

/// A request address or the address in angle brackets: hosts stay, who is meant does not.
pub(super) fn uri(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once(':') else {
        return shape(uri);
    };
    let (rest, headers) = match rest.split_once('?') {
        Some((rest, headers)) => (rest, format!("?{}", hidden(headers))),
        None => (rest, String::new()),
    };
    let sip = ["sip", "sips"].iter().any(|name| scheme.eq_ignore_ascii_case(name));
    if !sip {
        return format!("{}:{}{headers}", shape_of_unknown(scheme), shape(rest));
    }
    match rest.rsplit_once('@') {
        Some((user, host)) => format!("{scheme}:{}@{}{headers}", shape(user), host_part(host)),
        None => format!("{scheme}:{}{headers}", host_part(rest)),
    }
}

fn shape_of_unknown(scheme: &str) -> String {
    let known = ["tel", "mailto", "http", "https", "urn", "im", "pres"];
    if known.iter().any(|name| scheme.eq_ignore_ascii_case(name)) {
        scheme.to_owned()
    } else {
        shape(scheme)
    }
}

/// Host and parameters of an address; of parameters that are not the standard's own only the name.
fn host_part(text: &str) -> String {
    let (host, parameters) = text.split_once(';').unwrap_or((text, ""));
    let mut part = host.to_owned();
    part.push_str(&parameters_of(
        parameters,
        &["transport", "lr", "maddr", "ttl", "method", "user"],
    ));
    part
}

/// The parameters with the values of those in `kept` only.
fn parameters_of(parameters: &str, kept: &[&str]) -> String {
    let mut text = String::new();
    for parameter in parameters.split(';').filter(|parameter| !parameter.trim().is_empty()) {
        let (name, value) = match parameter.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (parameter.trim(), None),
        };
        let keep = kept.iter().any(|other| name.eq_ignore_ascii_case(other));
        text.push(';');
        text.push_str(&if keep { name.to_owned() } else { shape_of_name(name) });
        if let Some(value) = value {
            text.push('=');
            text.push_str(&if keep { value.to_owned() } else { shape(value) });
        }
    }
    text
}

/// Names of parameters are the sender's invention too.
fn shape_of_name(name: &str) -> String {
    let short = name.len() <= 20 && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    if short { name.to_owned() } else { shape(name) }
}

/// A header that holds addresses, such as From or Contact: perhaps several, with display names.
pub(super) fn addresses(value: &str) -> String {
    let mut text = String::new();
    for (number, address) in split_list(value).into_iter().enumerate() {
        if number > 0 {
            text.push_str(", ");
        }
        text.push_str(&one_address(address));
    }
    text
}

fn one_address(address: &str) -> String {
    const KEPT: [&str; 6] = ["tag", "q", "expires", "lr", "transport", "ob"];
    let Some(open) = outside_quotes(address).find(|(_, c)| *c == '<').map(|(at, _)| at) else {
        let (plain, parameters) = address.split_once(';').unwrap_or((address, ""));
        return uri(plain.trim()) + &parameters_of(parameters, &KEPT);
    };
    let (name, rest) = (&address[..open], &address[open + 1..]);
    let (inner, after) = rest.split_once('>').unwrap_or((rest, ""));
    format!("{}<{}>{}", shape(name), uri(inner), parameters_of(after, &KEPT))
}

/// The characters outside quoted strings, each with its place.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut quoted, mut escaped) = (false, false);
    text.char_indices().filter(move |(_, c)| {
        let was_quoted = quoted;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        !was_quoted && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_keep_their_shape() {
        assert_eq!(
            addresses("\"Ольга <Оля> 7\" <sip:+4930123@10.0.0.9:5062;transport=udp>;tag=a1"),
            "\"xxxxx <xxx> 9\" <sip:+9999999@10.0.0.9:5062;transport=udp>;tag=a1"
        );
        assert_eq!(addresses("sip:ada@example.org;tag=x7"), "sip:xxx@example.org;tag=x7");
        assert_eq!(
            addresses("Ada <tel:+49-30;phone-context=x>"),
            "xxx <tel:+99-99;xxxxx-xxxxxxx=x>"
        );
        assert_eq!(
            addresses("<sip:a@b>, \"B, C\" <sip:d@e?Replaces=secret%40x>"),
            "<sip:x@b>, \"x, x\" <sip:x@e?[19 bytes]>"
        );
    }

    #[test]
    fn an_address_without_a_user_stays() {
        assert_eq!(uri("sip:127.0.0.1:5060"), "sip:127.0.0.1:5060");
        assert_eq!(uri("sips:[2001:db8::1];lr"), "sips:[2001:db8::1];lr");
        assert_eq!(uri("ada"), "xxx");
    }

    #[test]
    fn instance_ids_are_only_told_in_shape() {
        assert_eq!(
            addresses("<sip:a@b>;+sip.instance=\"<urn:uuid:1a>\""),
            "<sip:x@b>;+xxx.xxxxxxxx=\"<xxx:xxxx:9x>\""
        );
    }
}
