//! Valid headers in unusual forms, rewritten in the usual one for the stack.

use std::borrow::Cow;

use super::message::RawHeader;

/// Headers whose values the stack takes apart at `;`, `=`, `,` and `/`.
const TAKEN_APART: [&str; 6] = ["via", "from", "to", "contact", "route", "record-route"];

/// The head in its usual form; `None` when it has it already.
pub(super) fn tidy_head(start_line: &str, headers: &[RawHeader<'_>]) -> Option<String> {
    let mended = mended_references(start_line);
    let untidy =
        mended.is_some() || headers.iter().any(|header| matches!(tidy(header), Cow::Owned(_)));
    if !untidy {
        return None;
    }
    let mut head = mended.unwrap_or_else(|| start_line.to_owned());
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
    let value = mended_references(value).map_or(Cow::Borrowed(value), Cow::Owned);
    match without_loose_space(&value, header.name == "via") {
        Some(tidied) => Cow::Owned(tidied),
        None => value,
    }
}

/// The text with two colons for three in each IPv6 reference; `None` when there is none such.
fn mended_references(text: &str) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let reference = after.split_once(']').filter(|(inside, _)| {
            inside.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.')
        });
        mended.push_str(before);
        mended.push('[');
        rest = after;
        if let Some((inside, after)) = reference {
            let mut inside = inside.to_owned();
            while inside.contains(":::") {
                inside = inside.replace(":::", "::");
            }
            mended.push_str(&inside);
            mended.push(']');
            rest = after;
        }
    }
    mended.push_str(rest);
    (mended != text).then_some(mended)
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
    fn only_references_lose_a_colon() {
        let mended = |text: &str| mended_references(text);
        assert_eq!(
            mended("<sip:a@[2001:db8:::192.0.2.1]>").as_deref(),
            Some("<sip:a@[2001:db8::192.0.2.1]>")
        );
        assert_eq!(mended("[::::::1][:::]").as_deref(), Some("[::1][::]"));
        for text in ["\":::Ada\" <sip:a@b>", "[x:::1]", "[:::1", "a:::b]", "[", "", "[::1]"] {
            assert_eq!(mended(text), None, "{text}");
        }
    }

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
