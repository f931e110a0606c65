//! Russian names, in all cases, with and without capitals.

use super::{
    name_lists::{
        GivenName, RUSSIAN, is_patronymic, is_patronymic_of_known, is_surely_surname, is_surname,
        russian_given_name,
    },
    names::follows,
    reading::Reading,
};

/// No name has more words than this.
const LONGEST_NAME: usize = 4;

/// How many words from `at` on are one Russian name; 0 when none begins here.
pub(super) fn length_at(reading: &Reading<'_>, at: usize) -> usize {
    let word = reading.plain(at);
    if RUSSIAN.has("never names", word) {
        return 0;
    }
    if begins(reading, at) { length_from(reading, at) } else { 0 }
}

fn begins(reading: &Reading<'_>, at: usize) -> bool {
    let after = |list: &str| follows(reading, &RUSSIAN, list, at);
    let word = reading.plain(at);
    let given = russian_given_name(word);
    if after("introductions")
        || (after("labels")
            && (given.is_some()
                || reading.is_capitalised(at)
                || is_surely_surname(word)
                || is_surname(word)))
    {
        return true;
    }
    if given.is_some() && is_patronymic(reading.plain(at + 1)) && reading.touches_previous(at + 1) {
        return true;
    }
    if precedes_patronymic(reading, at) {
        return true;
    }
    if reading.is_capitalised(at) {
        begins_capitalised(reading, at, given)
    } else {
        begins_small(reading, at, given)
    }
}

/// «Нариман Ахмедович», «Петросян Арам Гургенович»: known names or not.
fn precedes_patronymic(reading: &Reading<'_>, at: usize) -> bool {
    let is_capitalised = |at: usize| {
        reading.is_capitalised(at)
            && !reading.is_all_capitals(at)
            && reading.plain(at).chars().count() > 2
    };
    let next = |at: usize| reading.touches_previous(at) && is_capitalised(at);
    let patronymic = |at: usize| next(at) && is_patronymic(reading.plain(at));
    let third = next(at + 1)
        && patronymic(at + 2)
        && !RUSSIAN.has("people", reading.plain(at))
        && !reading.begins_sentence(at);
    is_capitalised(at) && (patronymic(at + 1) && !RUSSIAN.has("people", reading.plain(at)) || third)
}

fn begins_capitalised(reading: &Reading<'_>, at: usize, given: Option<GivenName>) -> bool {
    let after = |list: &str| follows(reading, &RUSSIAN, list, at);
    let word = reading.plain(at);
    let shouted = reading.is_all_capitals(at);
    if is_patronymic_of_known(word) {
        return true;
    }
    let next_is_name = reading.touches_previous(at + 1) && reading.is_capitalised(at + 1);
    if is_surname(word) && next_is_name && russian_given_name(reading.plain(at + 1)).is_some() {
        return true;
    }
    if after("titles") && !shouted {
        return given.is_some() || is_surname(word) || is_patronymic(word);
    }
    if after("people")
        && !shouted
        && (given.is_some() || is_surname(word))
        && !reading.is_quoted(at)
    {
        return given.is_some() || !reading.is_quoted(at);
    }
    match given {
        Some(GivenName::Full | GivenName::Short) => {
            !reading.is_quoted(at) && (!shouted || after("people"))
        }
        Some(GivenName::Ambiguous) => is_person(reading, at),
        None => after("before people") && is_surely_surname(word) && !shouted,
    }
}

/// «Слава» that is no glory: addressed, named in full, or amid a sentence.
fn is_person(reading: &Reading<'_>, at: usize) -> bool {
    if reading.is_quoted(at) || reading.is_all_capitals(at) {
        return false;
    }
    let addressed = reading.begins_sentence(at)
        && reading.gap_before(at + 1).starts_with(',')
        && matches!(
            reading.plain(at + 1),
            "здравствуйте"
                | "добрый"
                | "доброе"
                | "привет"
                | "вы"
                | "спасибо"
                | "подскажите"
        );
    let surnamed = reading.touches_previous(at + 1)
        && reading.is_capitalised(at + 1)
        && is_surely_surname(reading.plain(at + 1));
    let signed =
        at + 1 == reading.len() && at > 0 && reading.gap_before(at).contains(['\n', '.', '!']);
    let acting = matches!(
        reading.plain(at + 1),
        "сказал"
            | "сказала"
            | "обещал"
            | "обещала"
            | "приходил"
            | "приходила"
            | "приехал"
            | "звонил"
            | "звонила"
            | "говорит"
            | "из"
    );
    addressed
        || surnamed
        || signed
        || (!reading.begins_sentence(at))
        || (acting && reading.plain(at + 1) != "из")
}

/// In a transcript nothing is capitalised.
fn begins_small(reading: &Reading<'_>, at: usize, given: Option<GivenName>) -> bool {
    let after = |list: &str| follows(reading, &RUSSIAN, list, at);
    let next = reading.plain(at + 1);
    if given.is_none() {
        let named_next = russian_given_name(next).is_some() && reading.touches_previous(at + 1);
        return named_next
            && is_surely_surname(reading.plain(at))
            && !reading.is_capitalised(at + 1);
    }
    match given {
        Some(GivenName::Full) => reading.plain(at).chars().count() >= 4,
        Some(GivenName::Short) => {
            after("people")
                || (after("before people") && !matches!(reading.plain(at), "жене" | "саше"))
        }
        Some(GivenName::Ambiguous) => {
            let opened = at > 0 && RUSSIAN.has("told openers", reading.plain(at - 1));
            (opened && next != "богу" && next != "в")
                || is_surely_surname(next) && reading.touches_previous(at + 1)
        }
        None => false,
    }
}

fn length_from(reading: &Reading<'_>, at: usize) -> usize {
    let mut length = 1;
    while length < LONGEST_NAME && continues(reading, at, at + length) {
        length += 1;
    }
    length
}

fn continues(reading: &Reading<'_>, start: usize, at: usize) -> bool {
    let word = reading.plain(at);
    if !reading.touches_previous(at) || RUSSIAN.has("never names", word) || reading.is_number(at) {
        return false;
    }
    if is_patronymic(word) {
        return true;
    }
    let capital = reading.is_capitalised(at)
        && (!reading.is_all_capitals(at) || reading.is_all_capitals(start));
    let given_before =
        russian_given_name(reading.plain(at - 1)).is_some() || is_patronymic(reading.plain(at - 1));
    if capital {
        let initial = reading.raw(at).chars().count() == 1;
        return initial
            || given_before
            || is_surname(word)
            || russian_given_name(word).is_some()
            || reading.gap_before(at) == "-";
    }
    let surnamed_before =
        is_surely_surname(reading.plain(at - 1)) && !reading.is_capitalised(at - 1);
    (given_before && is_surely_surname(word) && !reading.is_capitalised(at - 1))
        || (surnamed_before && russian_given_name(word).is_some())
}
