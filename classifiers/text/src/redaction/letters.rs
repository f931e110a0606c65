//! E-mail addresses, handles and links that lead to a person.

use std::sync::LazyLock;

use regex::Regex;

use super::{PersonalData, Spans};

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[A-Za-zА-Яа-яЁё0-9_.+%-]+@[A-Za-zА-Яа-яЁё0-9-]+(?:\.[A-Za-zА-Яа-яЁё0-9-]+){1,5}")
});

/// As people say an address on the phone: "ivan собака почта точка ру".
static SPOKEN_EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b[A-Za-zА-Яа-яЁё0-9_.-]+\s(?:собака|собачка|at|\(at\)|\[at\])\s[A-Za-zА-Яа-яЁё0-9-]+\s?(?:\s(?:точка|dot)\s|\s?\.\s?)(?:ру|ком|орг|нет|рф|ru|com|org|net|io|co)\b",
    )
});

static PROFILE_LINK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|vk\.com|ok\.ru|wa\.me|instagram\.com|facebook\.com|twitter\.com|x\.com|linkedin\.com/in)/@?[A-Za-z0-9_.+-]{2,64}",
    )
});

/// What follows `?` or `#` in a link, where session keys and order numbers are.
static LINK_QUERY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bhttps?://[^\s?#]+[?#](\S+)"));

static HANDLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[\s(,;:])(@[A-Za-z][A-Za-z0-9_]{2,31})\b"));

fn pattern(source: &str) -> Regex {
    super::compile(source)
}

/// Each pattern is tried only where the sign it cannot do without is there:
/// most messages have none.
pub(super) fn find(text: &str, spans: &mut Spans) {
    let has_at = text.contains('@');
    let told_at =
        has_at || ["собак", "at", "AT", "At", "Собак"].iter().any(|sign| text.contains(sign));
    for (email, present) in [(&EMAIL, has_at), (&SPOKEN_EMAIL, told_at)] {
        for found in present.then(|| email.find_iter(text)).into_iter().flatten() {
            spans.claim(PersonalData::Email, found.range());
        }
    }
    let has_slash = text.contains('/');
    for found in has_slash.then(|| PROFILE_LINK.find_iter(text)).into_iter().flatten() {
        spans.claim(PersonalData::Name, found.range());
    }
    for (regex, kind, present) in
        [(&LINK_QUERY, PersonalData::Order, has_slash), (&HANDLE, PersonalData::Name, has_at)]
    {
        let captures = present.then(|| regex.captures_iter(text)).into_iter().flatten();
        for found in captures.filter_map(|captures| captures.get(1)) {
            spans.claim(kind, found.range());
        }
    }
}
