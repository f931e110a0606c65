//! E-mail addresses, handles with their sign and links that lead to a person.

use std::sync::LazyLock;

use regex::Regex;

use super::{PersonalData, Spans};

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[\p{L}0-9_.+%'’&=~-]+(?:@|\s@\s)[\p{L}0-9-]+(?:\.[\p{L}0-9-]+){1,5}")
});

/// `ivan(собака)mail.example`, `sarah [at] example [dot] com`.
static BRACKETED_EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b[\p{L}0-9_.+-]+\s?[\[(<{]\s?(?:at|@|эт|а|a|собак\p{L}{0,2})\s?[\])>}]\s?[\p{L}0-9-]+(?:\s?(?:\.|[\[({](?:dot|точка|\.)[\])}]|\sdot\s|\sточка\s)\s?[\p{L}0-9-]+){1,4}",
    )
});

static PROFILE_LINK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|m\.me|vk\.(?:com|ru|me)|ok\.ru|wa\.me|instagram\.com|facebook\.com|fb\.com|fb\.me|twitter\.com|x\.com|tiktok\.com|youtube\.com|github\.com|discord\.gg|steamcommunity\.com/id|linkedin\.com/in|twitch\.tv|reddit\.com/u(?:ser)?|threads\.net|bsky\.app/profile|snapchat\.com/add|pinterest\.com|soundcloud\.com)/@?[A-Za-z0-9_.+-]{2,64}",
    )
});

/// `u/kettle_on`, as people of one forum write each other's names.
static FORUM_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[\s(,;:])(/?u/[A-Za-z0-9_-]{3,32})\b"));

/// What follows `?` or `#` in a link, where session keys and order numbers are.
static LINK_QUERY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bhttps?://[^\s?#]+[?#](\S+)"));

static HANDLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:^|[\s(,;:])(@[\p{L}][\p{L}0-9_]{2,31}(?:\.[A-Za-z0-9_]{1,31}){0,3})")
});

fn pattern(source: &str) -> Regex {
    super::compile(source)
}

/// Each pattern is tried only where the sign it cannot do without is there:
/// most messages have none.
pub(super) fn find(text: &str, spans: &mut Spans) {
    let has_at = text.contains('@');
    let has_bracket = text.contains(['[', '(', '<', '{']);
    for (email, present) in [(&EMAIL, has_at), (&BRACKETED_EMAIL, has_bracket)] {
        for found in present.then(|| email.find_iter(text)).into_iter().flatten() {
            spans.claim(PersonalData::Email, found.range());
        }
    }
    let has_slash = text.contains('/');
    for found in has_slash.then(|| PROFILE_LINK.find_iter(text)).into_iter().flatten() {
        spans.claim(PersonalData::Name, found.range());
    }
    for (regex, kind, present) in [
        (&LINK_QUERY, PersonalData::Order, has_slash),
        (&FORUM_NAME, PersonalData::Name, has_slash),
        (&HANDLE, PersonalData::Name, has_at),
    ] {
        let captures = present.then(|| regex.captures_iter(text)).into_iter().flatten();
        for found in captures.filter_map(|captures| captures.get(1)) {
            spans.claim(kind, found.range());
        }
    }
}
