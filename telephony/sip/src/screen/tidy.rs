//! Valid headers in unusual forms, rewritten in the usual one for the stack.

use std::borrow::Cow;

use super::message::RawHeader;

/// Headers whose values the stack takes apart at `;`, `=`, `,` and `/`.
const TAKEN_APART: [&str; 6] = ["via", "from", "to", "contact", "route", "record-route"];

/// The head in its usual form; `None` when it has it already.
pub(super) fn tidy_head(start_line: &str, headers: &[RawHeader<'_>]) -> Option<String> {
    let untidy = start_line.contains(":::")
        || headers.iter().any(|header| matches!(tidy(header), Cow::Owned(_)));
    if !untidy {
        return None;
    }
    let mut head = start_line.replace(":::", "::");
    for header in headers {
        head.push_str("\r\n");
        head.push_str(&header.name);
        head.push_str(": ");
        head.push_str(&tidy(header));
    }
    Some(head)
}

fn tidy<'a>(header: &'a RawHeader<'_>) -> Cow<'a, str> {
    let value: &str = &header.value;
    if !TAKEN_APART.contains(&&*header.name) {
        return Cow::Borrowed(value);
    }
    let value = if value.contains(":::") {
        Cow::Owned(value.replace(":::", "::"))
    } else {
        Cow::Borrowed(value)
    };
    match without_loose_space(&value, header.name == "via") {
        Some(tidied) => Cow::Owned(tidied),
        None => value,
    }
}

/// The value without white space beside its signs; `None` when there is none. What stands in
/// quotes or angle brackets stays as it is. In Via the slash is a sign, too.
fn without_loose_space(value: &str, slash: bool) -> Option<String> {
    let is_sign = |c: char| matches!(c, ';' | '=') || (slash && c == '/');
    let mut tidied = String::with_capacity(value.len());
    let mut space = "";
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    for c in value.chars() {
        let inside = quoted || bracketed;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if !bracketed => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            ' ' | '\t' if !inside => {
                space = " ";
                continue;
            }
            _ => {}
        }
        let after_sign = tidied.chars().next_back().is_some_and(is_sign);
        let is_loose = after_sign || (is_sign(c) && !inside);
        if !is_loose {
            tidied.push_str(space);
        }
        space = "";
        tidied.push(c);
    }
    (tidied != value).then_some(tidied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_only_where_it_says_nothing() {
        let tidied = |value| without_loose_space(value, true);
        assert_eq!(
            tidied("SIP  / 2.0 /UDP    192.0.2.2 ; branch =  x").as_deref(),
            Some("SIP/2.0/UDP 192.0.2.2;branch=x")
        );
        let tidied = |value| without_loose_space(value, false);
        assert_eq!(
            tidied("\"a ; b = \\\" ; c\" <sip:a@b> ;  tag = 1").as_deref(),
            Some("\"a ; b = \\\" ; c\" <sip:a@b>;tag=1")
        );
        assert_eq!(tidied("\"A ; B\" <sip:a@b;x=y>;tag=1"), None);
    }
}
