//! Names: introduced, signed, with a title, a patronymic, initials, or known
//! as given names.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{PersonalData, Spans};
use crate::words::{Word, words};

#[path = "given_names.rs"]
mod given_names;
use given_names::{is_function_word, is_given_name, is_surname, may_be_given_name};

/// No name has more words than this.
const LONGEST_NAME: usize = 4;

/// After these the next word is a name, whatever it looks like.
const INTRODUCTIONS: &[&str] = &[
    "меня зовут",
    "мое имя",
    "зовут меня",
    "моя фамилия",
    "фамилия",
    "фио",
    "my name is",
    "my names",
    "name is",
    "i am called",
    "surname is",
];

/// After these a capitalised word that looks like a name is one.
const ANNOUNCEMENTS: &[&str] = &[
    "ваш",
    "ваша",
    "подпись",
    "оператор",
    "оператора",
    "оператору",
    "оператором",
    "мастер",
    "мастера",
    "мастеру",
    "sir",
    "madam",
    "cheers",
    "yours",
    "signed",
    "name",
    "named",
    "call me",
    "оформлен на",
    "оформлена на",
    "оформлено на",
];

/// After these a capitalised word is a name.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "г н",
    "г жа",
    "господин",
    "господину",
    "господина",
    "госпожа",
    "госпоже",
    "гражданка",
    "гражданин",
    "на имя",
    "получатель",
    "regards",
    "с уважением",
    "sincerely",
    "cardholder",
    "by the name of",
];

/// «Иванов И. И.», «И.И. Иванов», "J. Smith" after a title is found otherwise.
static INITIALS: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"\b(?:[А-ЯЁ][а-яё]{2,25}\s[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.)?|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]{2,25}\b|[A-Z]\.\s?[A-Z]\.\s[A-Z][a-z]{2,25}\b)",
    )
});

static LAST_LINE: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?:\n|[.!?)]\s{1,3}|—\s|- )([A-ZА-ЯЁ][a-zа-яё'-]{1,25}(?:\s[A-ZА-ЯЁ][a-zа-яё'.-]{0,25}){0,2})[.!\s]{0,3}$",
    )
});

pub(super) fn find(text: &str, spans: &mut Spans) {
    for found in INITIALS.find_iter(text) {
        spans.claim(PersonalData::Name, found.range());
    }
    let words = words(text);
    let mut at = 0;
    while at < words.len() {
        let length = name_at(text, &words, at);
        if length > 0 {
            spans.claim(PersonalData::Name, span(&words[at..at + length]));
        }
        at += length.max(1);
    }
    find_signature(text, spans);
}

fn span(name: &[Word]) -> Range<usize> {
    match (name.first(), name.last()) {
        (Some(first), Some(last)) => first.span.start..last.span.end,
        _ => 0..0,
    }
}

/// How many words from `at` on are one name; 0 when none begins here.
fn name_at(text: &str, words: &[Word], at: usize) -> usize {
    let word = &words[at];
    let before = |phrases: &[&str]| follows_any(text, words, at, phrases);
    let capital = is_capitalised(text, word);
    if !capital && is_patronymic_at(words, at + 1) && may_be_given_name(&word.plain) {
        return 2 + usize::from(words.get(at + 2).is_some_and(|next| is_surname(&next.plain)));
    }
    if before(INTRODUCTIONS) && !is_function_word(&word.plain) && word.plain != "0" {
        return introduced_length(text, words, at);
    }
    if !capital {
        return 0;
    }
    let announced = before(TITLES)
        || (before(ANNOUNCEMENTS) && (may_be_given_name(&word.plain) || is_surname(&word.plain)));
    if announced && !is_function_word(&word.plain) && !is_all_capitals(text, word) {
        return capitalised_length(text, words, at);
    }
    if is_patronymic_at(words, at + 1)
        && touching(text, words, at)
        && is_capitalised(text, &words[at + 1])
    {
        return 2 + following_surname(text, words, at + 1);
    }
    if is_patronymic(&word.plain) && may_be_patronymic_alone(&word.plain) {
        return 1 + following_surname(text, words, at);
    }
    let surname_first = is_surname(&word.plain)
        && words
            .get(at + 1)
            .is_some_and(|next| may_be_given_name(&next.plain) && is_capitalised(text, next))
        && touching(text, words, at);
    if surname_first {
        return capitalised_length(text, words, at);
    }
    if is_given_name(&word.plain) {
        return 1 + following_surname(text, words, at);
    }
    let with_surname = may_be_given_name(&word.plain) && !is_sentence_start(text, word);
    if with_surname && following_surname(text, words, at) == 1 { 2 } else { 0 }
}

/// Whether one of the phrases ends right before the word.
fn follows_any(text: &str, words: &[Word], at: usize, phrases: &[&str]) -> bool {
    let Some(previous) = at.checked_sub(1).map(|before| &words[before]) else { return false };
    let between = &text[previous.span.end..words[at].span.start];
    let near = between.len() <= 5
        && between.chars().all(|c| c.is_whitespace() || matches!(c, ':' | ',' | '.' | '-' | '—'));
    near && phrases.iter().any(|phrase| {
        phrase
            .rsplit(' ')
            .enumerate()
            .all(|(back, part)| at.checked_sub(back + 1).is_some_and(|i| words[i].plain == part))
    })
}

fn introduced_length(text: &str, words: &[Word], at: usize) -> usize {
    let mut length = 1;
    while length < LONGEST_NAME
        && let Some(next) = words.get(at + length)
        && touching(text, words, at + length - 1)
        && is_name_continued(text, next)
    {
        length += 1;
    }
    length
}

fn is_name_continued(text: &str, next: &Word) -> bool {
    !is_function_word(&next.plain)
        && (is_capitalised(text, next)
            || is_patronymic(&next.plain)
            || is_surname(&next.plain)
            || may_be_given_name(&next.plain))
}

fn capitalised_length(text: &str, words: &[Word], at: usize) -> usize {
    let mut length = 1;
    while length < LONGEST_NAME
        && let Some(next) = words.get(at + length)
        && touching(text, words, at + length - 1)
        && is_capitalised(text, next)
        && !is_all_capitals(text, next)
        && !is_function_word(&next.plain)
    {
        length += 1;
    }
    length
}

fn following_surname(text: &str, words: &[Word], at: usize) -> usize {
    let Some(next) = words.get(at + 1) else { return 0 };
    let follows = touching(text, words, at)
        && is_capitalised(text, next)
        && !is_all_capitals(text, next)
        && next.plain.chars().count() > 2
        && !is_function_word(&next.plain)
        && (is_surname(&next.plain) || next.plain.is_ascii());
    usize::from(follows)
}

/// Only blanks between this word and the next.
fn touching(text: &str, words: &[Word], at: usize) -> bool {
    words.get(at + 1).is_some_and(|next| {
        let between = &text[words[at].span.end..next.span.start];
        between.len() <= 2 && between.chars().all(|c| c == ' ' || c == '-')
    })
}

fn is_capitalised(text: &str, word: &Word) -> bool {
    text[word.span.clone()].chars().next().is_some_and(char::is_uppercase)
}

/// "SBER", "USPS": an abbreviation or shouting, not a name.
fn is_all_capitals(text: &str, word: &Word) -> bool {
    let mut letters = text[word.span.clone()].chars().filter(|c| c.is_alphabetic());
    letters.clone().count() > 1 && letters.all(char::is_uppercase)
}

fn is_sentence_start(text: &str, word: &Word) -> bool {
    let before = text[..word.span.start].trim_end();
    before.is_empty() || before.ends_with(['.', '!', '?', '\n', ':', '"', '«'])
}

fn is_patronymic_at(words: &[Word], at: usize) -> bool {
    words.get(at).is_some_and(|word| is_patronymic(&word.plain))
}

/// «Иванович», «Петровной», «Ильича».
fn is_patronymic(word: &str) -> bool {
    const STEMS: &[&str] = &["ович", "евич", "ьич", "овн", "евн", "иничн", "ьиничн"];
    const ENDINGS: &[&str] = &["", "а", "у", "ем", "е", "ы", "ой", "ою"];
    word.chars().count() >= 6
        && ENDINGS.iter().any(|ending| {
            word.strip_suffix(ending).is_some_and(|stem| {
                STEMS.iter().any(|known| stem.ends_with(known))
                    && (!known_feminine(stem) || !ending.is_empty())
            })
        })
}

fn known_feminine(stem: &str) -> bool {
    stem.ends_with('н')
}

/// A patronymic without a name before it, unless it is an ordinary word.
fn may_be_patronymic_alone(word: &str) -> bool {
    let father = word.chars().take(word.chars().count().saturating_sub(4)).collect::<String>();
    [
        "иван",
        "петр",
        "серге",
        "александр",
        "алексе",
        "андре",
        "владимир",
        "никола",
        "михаил",
        "дмитри",
        "виктор",
        "юр",
        "борис",
        "анатол",
        "васил",
        "евген",
        "валер",
        "павл",
        "степан",
    ]
    .iter()
    .any(|known| father.starts_with(known))
}

fn find_signature(text: &str, spans: &mut Spans) {
    let Some(found) = LAST_LINE.captures(tail(text)).and_then(|captures| captures.get(1)) else {
        return;
    };
    let offset = text.len() - tail(text).len();
    let signed = words(found.as_str());
    let named =
        signed.iter().any(|word| may_be_given_name(&word.plain) || is_patronymic(&word.plain));
    if named {
        spans.claim(PersonalData::Name, offset + found.start()..offset + found.end());
    }
}

/// The end of a message, where a signature stands.
fn tail(text: &str) -> &str {
    let mut from = text.len().saturating_sub(160);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}
