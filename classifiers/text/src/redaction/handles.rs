//! Names under which people sign in and write, where a word says that one
//! follows: «ник vasya_92», "my username is bluefox".

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{PersonalData, Spans, numerals::is_numeral, reading::Reading};
use crate::words::cut_at;

/// More than a cue, what may stand between and a handle need.
const REACH: usize = 120;

/// "at dim sum underscore queen": so many words may stand before the sign.
const WORDS_AFTER_AT: usize = 3;

/// What follows a cue: some little words, a sign, quotes, the handle.
static AFTER_CUE: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(concat!(
        r"(?i)^(?P<between>(?:\s(?:мой|моя|у меня|это|такой|теперь|был|старый|новый|пользователя",
        r"|(?:на|в|для|от) (?:вашем |вашей |моем |личном )?\p{Cyrillic}{3,14}",
        r"|my|is|was|now|there|name|for (?:the |your |my )?\p{Latin}{2,12}|on (?:the |your )?\p{Latin}{2,12}|in (?:the |your )?\p{Latin}{2,12})\b){0,3})",
        r"(?P<sign>[\s:=—–-]{1,3})",
        r"(?P<quote>[«“„\x22'`]?)",
        r"(?P<handle>live:[a-z0-9_.]{2,32}|[\p{L}0-9_][\p{L}0-9_.-]{1,31})",
    ))
});

/// `name#1234`, and `vasya_92 is my username`.
static SHAPED: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(concat!(
        r"(?i)\b(?:([\p{L}0-9_.]{2,32}#[0-9]{4})\b|([a-z0-9][a-z0-9_.-]{2,31})\s?(?:[(,—–-]\s?)?",
        r"(?:is|was|это|-)?\s?(?:my|мой)\s(?:user ?name|nick(?:name)?|login|handle|ник\b|никнейм|логин|юзернейм))",
    ))
});

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    if reading.text.contains(['#', '_', '.']) || reading.text.bytes().any(|b| b.is_ascii_digit()) {
        find_shaped(reading.text, spans);
    }
    find_spoken(reading, spans);
    for at in 0..reading.len() {
        if is_cue(reading, at)
            && let Some(handle) = handle_after(reading, at)
        {
            spans.claim(PersonalData::Name, handle);
        }
    }
}

/// "at dim sum underscore queen nine", «дракон нижнее подчёркивание сорок».
fn find_spoken(reading: &Reading<'_>, spans: &mut Spans) {
    let is_line =
        |at: usize| matches!(reading.plain(at), "underscore" | "подчеркивание" | "андерскор");
    let mut at = 1;
    while at < reading.len() {
        if !is_line(at) {
            at += 1;
            continue;
        }
        let mut start = at - 1;
        start -= usize::from(start > 0 && reading.plain(start) == "нижнее");
        start = from_sign(reading, start);
        let mut end = at + 2;
        end += usize::from(reading.plain(end - 1) == "the");
        while is_line(end) || is_numeral(reading.plain(end)) || reading.is_number(end) {
            end += if is_line(end) { 2 } else { 1 };
        }
        let end = end.min(reading.len());
        spans.claim(PersonalData::Name, reading.span(start..end));
        at = end;
    }
}

/// Where a dictated handle begins whose word before the first line is known: at its sign, unless
/// that "at" is the one of "write me at", or «собака».
fn from_sign(reading: &Reading<'_>, word: usize) -> usize {
    let mut before = (1..=WORDS_AFTER_AT).filter_map(|back| word.checked_sub(back));
    let Some(sign) = before.find(|at| matches!(reading.plain(*at), "at" | "собака" | "собачка"))
    else {
        return word;
    };
    let object = sign.checked_sub(1).map_or("", |at| reading.plain(at));
    sign + usize::from(matches!(object, "me" | "us" | "him" | "her" | "them"))
}

fn find_shaped(text: &str, spans: &mut Spans) {
    for captures in SHAPED.captures_iter(text) {
        if let Some(tagged) = captures.get(1) {
            spans.claim(PersonalData::Name, tagged.range());
        } else if let Some(named) = captures.get(2).filter(|found| is_shaped(found.as_str())) {
            spans.claim(PersonalData::Name, named.range());
        }
    }
}

fn is_cue(reading: &Reading<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |at| reading.plain(at));
    match reading.plain(at) {
        "ник"
        | "ника"
        | "ником"
        | "нику"
        | "нике"
        | "никнейм"
        | "никнейма"
        | "никнеймом"
        | "никнейму"
        | "логин"
        | "логином"
        | "логина"
        | "юзернейм"
        | "юзернеймом"
        | "псевдоним"
        | "псевдонимом"
        | "скайп"
        | "скайпе"
        | "телеграм"
        | "телеграмм"
        | "телега"
        | "телеге"
        | "тг"
        | "инста"
        | "инсте"
        | "инстаграм"
        | "стим"
        | "дискорд"
        | "username"
        | "usernames"
        | "nickname"
        | "nick"
        | "gamertag"
        | "handle"
        | "login"
        | "skype"
        | "telegram"
        | "instagram"
        | "insta"
        | "discord"
        | "userid"
        | "user"
        | "seller"
        | "player"
        | "streamer" => true,
        "name" => matches!(before, "user" | "screen" | "login" | "account" | "profile"),
        "id" => before == "user",
        "as" | "with" => {
            let verb = at.checked_sub(2).map_or("", |at| reading.plain(at));
            matches!(before, "in" | "up") && (verb.starts_with("log") || verb.starts_with("sign"))
        }
        "как" => before.starts_with("зарегистрир") || before.starts_with("захо"),
        _ => false,
    }
}

fn handle_after(reading: &Reading<'_>, cue: usize) -> Option<Range<usize>> {
    let start = reading.words[cue].span.end;
    let rest = cut_at(&reading.text[start..], REACH);
    let captures = AFTER_CUE.captures(rest)?;
    let (between, sign) = (&captures["between"], &captures["sign"]);
    let found = captures.name("handle")?;
    let handle = found.as_str().trim_end_matches(['.', '-']);
    let follows = rest[found.start() + handle.len()..].chars().next();
    if follows.is_some_and(|c| matches!(c, '@' | '/' | ':')) {
        return None;
    }
    let quoted = !captures["quote"].is_empty()
        && follows.is_some_and(|c| matches!(c, '»' | '”' | '“' | '"' | '\'' | '`'));
    let pointed = sign.contains([':', '=', '—', '–']);
    let says_is = [" is", " was", " это"].iter().any(|is| between.ends_with(is));
    let cue = reading.plain(cue);
    let is_handle = if is_shaped(handle) {
        cue != "handle" || pointed || says_is
    } else if is_role(cue) || is_ordinary(handle) || is_service(cue) {
        false
    } else if quoted {
        true
    } else if is_russian(cue) {
        handle.is_ascii()
    } else {
        let ends = follows.is_none_or(|c| matches!(c, ',' | '.' | ';' | '\n' | ')'));
        handle.is_ascii() && ((pointed && ends) || (says_is && cue != "login"))
    };
    let from = start + found.start();
    is_handle.then(|| from..from + handle.len())
}

/// The name of a service may be followed by anything.
fn is_service(cue: &str) -> bool {
    ["телег", "тг", "инст", "дискорд", "стим", "скайп", "skype", "telegram", "insta", "discord"]
        .iter()
        .any(|service| cue.starts_with(service))
}

/// "logged in as guest": often a part, not a person.
fn is_role(cue: &str) -> bool {
    matches!(cue, "as" | "with" | "как" | "user" | "seller" | "player" | "streamer")
}

fn is_russian(cue: &str) -> bool {
    cue.starts_with(|c: char| ('а'..='я').contains(&c))
}

/// Letters with digits or lines between them, as no other word has; no version and
/// no address of a site.
fn is_shaped(handle: &str) -> bool {
    let joined = handle.contains(['_', ':']) || (handle.contains('.') && !is_site_or_file(handle));
    let mixed = handle.contains(|c: char| c.is_ascii_digit());
    let lettered = handle.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    lettered && handle.chars().count() >= 3 && (joined || mixed) && !is_version_or_measure(handle)
}

fn is_site_or_file(handle: &str) -> bool {
    let last = handle.rsplit('.').next().unwrap_or_default().to_lowercase();
    matches!(
        last.as_str(),
        "com"
            | "ru"
            | "net"
            | "org"
            | "io"
            | "uk"
            | "рф"
            | "app"
            | "js"
            | "py"
            | "php"
            | "html"
            | "exe"
            | "apk"
            | "dll"
            | "json"
            | "log"
            | "txt"
            | "png"
            | "jpg"
            | "pdf"
    )
}

/// `v2.14`, `beta3`, `90s`, `2fa`, `oauth2`.
fn is_version_or_measure(handle: &str) -> bool {
    let lower = handle.to_lowercase();
    let letters = lower.trim_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    matches!(
        letters,
        "v" | "ver"
            | "beta"
            | "alpha"
            | "rc"
            | "web"
            | "fa"
            | "oauth"
            | "oauth2"
            | "api"
            | "page"
            | "screen"
            | "step"
            | "form"
            | "st"
            | "nd"
            | "rd"
            | "th"
            | "мин"
            | "сек"
            | "час"
            | "раза"
            | "раз"
            | "sec"
            | "min"
            | "ms"
            | "am"
            | "pm"
            | "x"
            | "го"
            | "й"
    )
}

/// What is said of a handle, or what people sign in with.
const SAID: &str = "
    already wrong correct incorrect invalid valid taken required unavailable available unknown missing
    empty gone right same different still there here field page screen button form name password email
    mail phone error failed fails does doesn cannot cant wont isn long short free okay fine visible
    public private case with none null admin administrator guest root user your their that this what
    desktop windows android google facebook apple telegram whatsapp yandex gmail steam discord instagram
    twitter github microsoft easy hard weird strange blank hidden misspelt spelt used lost known kept
    shown stuck only just also never always longer shorter lowercase uppercase unique illegal slow broken
    down from into over after before when then than nothing nowhere works down back both simply
    нет занят свободен забыл забыла прежний";

/// Whether a word is no handle although one could stand there.
fn is_ordinary(word: &str) -> bool {
    let lower = word.to_lowercase();
    let ends = ["ed", "ing", "ly", "able", "ible", "less", "ful", "ive", "tion"];
    SAID.split_whitespace().any(|said| said == lower)
        || word.chars().count() < 4
        || !word.chars().all(char::is_alphabetic)
        || ends.iter().any(|end| lower.ends_with(end))
}
