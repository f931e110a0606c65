//! What is said letter by letter or group by group.

use mostik_taxonomy::Language;

use super::russian::{Case, Gender};
use super::{english, russian};

/// What Russians call the letters of the Latin alphabet.
const LATIN_IN_RUSSIAN: [&str; 26] = [
    "а",
    "бэ",
    "цэ",
    "дэ",
    "е",
    "эф",
    "жэ",
    "аш",
    "и",
    "йот",
    "ка",
    "эль",
    "эм",
    "эн",
    "о",
    "пэ",
    "ку",
    "эр",
    "эс",
    "тэ",
    "у",
    "вэ",
    "дубль вэ",
    "икс",
    "игрек",
    "зет",
];
const CYRILLIC: [(char, &str); 33] = [
    ('а', "а"),
    ('б', "бэ"),
    ('в', "вэ"),
    ('г', "гэ"),
    ('д', "дэ"),
    ('е', "е"),
    ('ё', "ё"),
    ('ж', "жэ"),
    ('з', "зэ"),
    ('и', "и"),
    ('й', "и краткое"),
    ('к', "ка"),
    ('л', "эль"),
    ('м', "эм"),
    ('н', "эн"),
    ('о', "о"),
    ('п', "пэ"),
    ('р', "эр"),
    ('с', "эс"),
    ('т', "тэ"),
    ('у', "у"),
    ('ф', "эф"),
    ('х', "ха"),
    ('ц', "цэ"),
    ('ч', "че"),
    ('ш', "ша"),
    ('щ', "ща"),
    ('ъ', "твёрдый знак"),
    ('ы', "ы"),
    ('ь', "мягкий знак"),
    ('э', "э"),
    ('ю', "ю"),
    ('я', "я"),
];

/// A short code letter by letter, a pause at each hyphen: `A7K2` is «а, семь, ка, два» in Russian
/// and "A, seven, K, two" in English.
pub fn reference(language: Language, code: &str) -> String {
    let said: Vec<String> =
        code.chars().filter_map(|letter| letter_name(language, letter)).collect();
    said.join(", ")
}

fn letter_name(language: Language, letter: char) -> Option<String> {
    let upper = letter.to_ascii_uppercase();
    match (language, letter) {
        (_, '0'..='9') => Some(digit(language, letter)),
        (Language::Russian, _) if upper.is_ascii_uppercase() => {
            let at = u32::from(upper).checked_sub(u32::from('A'))?;
            LATIN_IN_RUSSIAN.get(usize::try_from(at).ok()?).map(|name| (*name).to_owned())
        }
        (Language::English, _) if upper.is_ascii_uppercase() => Some(upper.to_string()),
        _ => {
            let lower = letter.to_lowercase().next()?;
            CYRILLIC.iter().find(|(known, _)| *known == lower).map(|(_, name)| (*name).to_owned())
        }
    }
}

/// Groups of a phone number: in Russian as numbers («четыреста девяносто пять, сто двадцать три»),
/// in English digit by digit. `written` may hold a plus, brackets, blanks and hyphens; a number
/// without groups is taken from its end in groups of 2, 2, 3 and 3.
pub fn phone_number(language: Language, written: &str) -> String {
    let plus = written.trim_start().starts_with('+');
    let mut groups: Vec<String> = written
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .map(str::to_owned)
        .collect();
    if let [whole] = groups.as_slice() {
        groups = grouped(whole);
    }
    let said: Vec<String> = groups.iter().map(|group| phone_group(language, group)).collect();
    let said = said.join(", ");
    match (plus, language) {
        (false, _) => said,
        (true, Language::Russian) => format!("плюс {said}"),
        (true, Language::English) => format!("plus {said}"),
    }
}

fn grouped(digits: &str) -> Vec<String> {
    let mut rest = digits;
    let mut groups = Vec::new();
    for size in [2, 2, 3, 3].into_iter().chain(std::iter::repeat(3)) {
        if rest.len() <= size {
            break;
        }
        let (before, group) = rest.split_at(rest.len() - size);
        groups.push(group.to_owned());
        rest = before;
    }
    groups.push(rest.to_owned());
    groups.reverse();
    groups
}

fn phone_group(language: Language, group: &str) -> String {
    let by_digit = || {
        let digits = group.chars().map(|letter| digit(language, letter));
        digits.collect::<Vec<_>>().join(" ")
    };
    if language == Language::English || group.len() > 3 {
        return by_digit();
    }
    let zeros = group.bytes().take_while(|byte| *byte == b'0').count().min(group.len());
    let (zeros, rest) = group.split_at(zeros);
    let mut words: Vec<String> = zeros.chars().map(|letter| digit(language, letter)).collect();
    words.extend(
        rest.parse().ok().map(|it| russian::cardinal(it, Case::Nominative, Gender::Masculine)),
    );
    words.join(" ")
}

/// One digit as a word.
pub(super) fn digit(language: Language, letter: char) -> String {
    let number = u64::from(letter.to_digit(10).unwrap_or_default());
    match language {
        Language::Russian => russian::cardinal(number, Case::Nominative, Gender::Masculine),
        Language::English => english::cardinal(number),
    }
}
