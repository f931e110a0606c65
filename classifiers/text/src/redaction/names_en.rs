//! English names, and names of other languages in English letters.

use super::{name_lists::ENGLISH, names::follows, reading::Reading};

/// No name has more words than this.
const LONGEST_NAME: usize = 5;

const PARTICLES: &[&str] = &[
    "van", "von", "de", "da", "del", "della", "der", "den", "la", "le", "al", "el", "bin", "ibn",
    "st", "o", "mc", "dos", "du",
];

/// Without the apostrophe-s, which the plain form has swallowed: "yusufs".
pub(super) fn bare(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if !is_given(word) && is_given(stem) => stem,
        _ => word,
    }
}

fn is_given(word: &str) -> bool {
    ENGLISH.has("given names", word) || is_ordinary(word) || is_never_alone(word)
}

fn is_ordinary(word: &str) -> bool {
    ENGLISH.has("ordinary words too", word)
}

fn is_never_alone(word: &str) -> bool {
    ENGLISH.has("never capital alone", word)
}

/// How many words from `at` on are one name; 0 when none begins here.
pub(super) fn length_at(reading: &Reading<'_>, at: usize) -> usize {
    if is_function_word(reading, at) && !is_title(reading.plain(at)) {
        return 0;
    }
    let after = |list: &str| follows(reading, &ENGLISH, list, at);
    if after("introductions") {
        return introduced_length(reading, at);
    }
    if is_title(reading.plain(at)) {
        let signed = after("titles") && reading.is_capitalised(at + 1);
        return if signed { 1 + capitalised_length(reading, at + 1) } else { 0 };
    }
    let begins = if reading.is_capitalised(at) {
        begins_capitalised(reading, at)
    } else {
        begins_small(reading, at)
    };
    if begins { capitalised_length(reading, at) } else { 0 }
}

fn is_title(word: &str) -> bool {
    matches!(word, "dr" | "mr" | "mrs" | "ms" | "prof" | "professor" | "captain")
}

/// "Will" may be a name, "Where" not.
fn is_function_word(reading: &Reading<'_>, at: usize) -> bool {
    let word = reading.plain(at);
    let initial = word.len() == 1
        && reading.gap_before(at + 1).starts_with(". ")
        && (follows(reading, &ENGLISH, "people", at) || follows(reading, &ENGLISH, "titles", at));
    if initial {
        return false;
    }
    let capital_name = reading.is_capitalised(at)
        && is_given(word)
        && (!is_month(word) || is_surnamed(reading, at));
    word.len() < 2 || (ENGLISH.has("never names", word) && !capital_name)
}

fn begins_capitalised(reading: &Reading<'_>, at: usize) -> bool {
    let after = |list: &str| follows(reading, &ENGLISH, list, at);
    let word = bare(reading.plain(at));
    let shouted = reading.is_all_capitals(at) && reading.raw(at).len() > 2;
    if after("titles") {
        return true;
    }
    let given = is_given(word);
    let clear = given && !is_never_alone(word);
    if shouted {
        return clear && after("people");
    }
    let own_line = reading.gap_before(at).contains('\n') && follows_thanks(reading, at);
    let assistant = matches!(word, "siri" | "alexa");
    if own_line || (after("people") && !assistant && is_addressed(reading, at)) {
        return true;
    }
    if clear && !reading.is_quoted(at) {
        return true;
    }
    if given {
        return is_person(reading, at)
            || (after("before people")
                && !in_month_place(reading, at)
                && followed_as_person(reading, at));
    }
    // "Kowalski, Adam".
    ends_as_surname(word)
        && reading.gap_before(at + 1) == ", "
        && reading.begins_sentence(at)
        && is_given(reading.plain(at + 1))
}

/// After "hi" and "dear" an unknown word is a name when a comma follows;
/// after "agent" or "husband" any word is.
fn is_addressed(reading: &Reading<'_>, at: usize) -> bool {
    let greeted = matches!(reading.plain(at - 1), "hi" | "hello" | "hey" | "dear");
    let close =
        reading.gap_before(at + 1).starts_with([',', '!', '\n', '.']) || at + 1 == reading.len();
    let of_thing =
        matches!(reading.plain(at + 1), "team" | "support" | "staff" | "app" | "page" | "service");
    let known = is_given(bare(reading.plain(at)));
    !of_thing
        && (known || !greeted || close)
        && (!reading.begins_sentence(at) || reading.gap_before(at).contains([',', ':']))
}

fn follows_thanks(reading: &Reading<'_>, at: usize) -> bool {
    at > 0
        && matches!(
            reading.plain(at - 1),
            "thanks"
                | "thank"
                | "best"
                | "cheers"
                | "you"
                | "regards"
                | "wishes"
                | "yours"
                | "love"
                | "xx"
        )
        && at + 4 >= reading.len()
}

/// "Mark from support", "Rose would call", "Grant Holbrook".
fn is_person(reading: &Reading<'_>, at: usize) -> bool {
    let next = reading.plain(at + 1);
    let close = reading.gap_before(at + 1) == " ";
    let acting = close && ENGLISH.has("verbs of people", next);
    let from = close
        && matches!(next, "from" | "in" | "at")
        && matches!(
            reading.plain(at + 2),
            "support" | "billing" | "sales" | "your" | "accounts" | "reception" | "customer"
        );
    let would = close
        && !reading.begins_sentence(at)
        && matches!(next, "would" | "has" | "was" | "will" | "did" | "who");
    acting || from || would || is_surnamed(reading, at)
}

fn is_surnamed(reading: &Reading<'_>, at: usize) -> bool {
    let next = reading.plain(at + 1);
    let article = at > 0
        && matches!(
            reading.plain(at - 1),
            "the" | "a" | "in" | "this" | "your" | "our" | "of" | "and"
        );
    (!article || reading.begins_sentence(at))
        && reading.gap_before(at + 1) == " "
        && reading.is_capitalised(at + 1)
        && !reading.is_all_capitals(at + 1)
        && !ENGLISH.has("never names", next)
        && next.len() > 2
        && !reading.is_number(at + 1)
        && !is_thing(next)
}

/// What the second word of a product or a place often is.
fn is_thing(word: &str) -> bool {
    matches!(
        word,
        "plan"
            | "hole"
            | "station"
            | "stations"
            | "city"
            | "beach"
            | "sale"
            | "invoice"
            | "card"
            | "park"
            | "pro"
            | "max"
            | "mini"
            | "plus"
            | "edition"
            | "set"
            | "bank"
            | "airport"
            | "island"
            | "lake"
            | "university"
            | "hospital"
            | "hotel"
            | "palace"
    )
}

fn is_month(word: &str) -> bool {
    matches!(word, "may" | "april" | "june" | "august" | "summer" | "jan" | "jun")
}

/// "pay in May", "by April".
fn in_month_place(reading: &Reading<'_>, at: usize) -> bool {
    is_month(bare(reading.plain(at))) && !is_surnamed(reading, at)
}

fn followed_as_person(reading: &Reading<'_>, at: usize) -> bool {
    let next = reading.plain(at + 1);
    let gap = reading.gap_before(at + 1);
    gap.starts_with([',', '.', '!', '?', '\n'])
        || at + 1 == reading.len()
        || matches!(next, "and" | "again" | "here" | "from" | "at" | "in" | "on" | "for" | "about")
}

/// In a transcript nothing is capitalised.
fn begins_small(reading: &Reading<'_>, at: usize) -> bool {
    let after = |list: &str| follows(reading, &ENGLISH, list, at);
    let word = bare(reading.plain(at));
    let titled = matches!(reading.plain(at.wrapping_sub(1)), "mr" | "mrs" | "ms")
        && reading.gap_before(at).len() <= 2;
    if titled && word.len() > 2 {
        return true;
    }
    if !is_given(word) {
        return false;
    }
    let ordinary = is_ordinary(word) || is_never_alone(word);
    if !ordinary {
        return word.len() >= 4 || after("people") || after("before people");
    }
    let calling =
        matches!(reading.plain(at + 1), "again" | "here" | "calling" | "speaking" | "from");
    let introduced = at > 0 && matches!(reading.plain(at - 1), "its" | "im" | "is" | "am");
    (introduced && calling) || (after("people") && !matches!(word, "may" | "will" | "max" | "mark"))
}

/// After "my name is" the surname may be in small letters too.
fn introduced_length(reading: &Reading<'_>, at: usize) -> usize {
    let length = capitalised_length(reading, at);
    let next = at + length;
    let told = !reading.is_capitalised(at)
        && length == 1
        && reading.gap_before(next) == " "
        && reading.plain(next).len() > 2
        && !reading.is_number(next)
        && !ENGLISH.has("never names", reading.plain(next));
    length + usize::from(told)
}

fn capitalised_length(reading: &Reading<'_>, at: usize) -> usize {
    let mut length = 1;
    if !reading.is_capitalised(at) {
        return length;
    }
    while length < LONGEST_NAME {
        let next = at + length;
        if continues(reading, at, next) {
            length += 1;
        } else if PARTICLES.contains(&reading.plain(next))
            && reading.gap_before(next) == " "
            && continues(reading, at, next + 1)
        {
            length += 2;
        } else {
            break;
        }
    }
    length
}

fn continues(reading: &Reading<'_>, start: usize, at: usize) -> bool {
    let gap = reading.gap_before(at);
    let after_initial = reading.raw(at - 1).len() == 1
        || matches!(reading.plain(at - 1), "dr" | "ms" | "mr" | "mrs");
    let joined = matches!(gap, " " | "-") || (gap == ". " && after_initial);
    let word = reading.plain(at);
    let shouted = reading.is_all_capitals(at) && !reading.is_all_capitals(start);
    let initial = reading.raw(at).len() == 1 && word != "i" && word != "a"
        || word == "a" && reading.gap_before(at + 1).starts_with(". ");
    let name =
        !ENGLISH.has("never names", word) || (is_given(word) && word != "may" && word != "will");
    joined
        && reading.is_capitalised(at)
        && !shouted
        && !reading.is_number(at)
        && (initial || (name && word.len() > 1 && !is_thing(word)))
}

fn ends_as_surname(word: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "ski", "sky", "son", "sen", "ez", "ov", "ova", "ko", "ian", "yan", "berg", "stein", "man",
        "wicz", "czyk",
    ];
    ENDINGS.iter().any(|ending| word.ends_with(ending))
        && word.len() > 4
        && !matches!(word, "reason" | "person" | "lesson" | "season")
}
