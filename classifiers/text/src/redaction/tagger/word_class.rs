//! Kinds of words that matter wherever personal data is told.

use super::super::{
    address_words_ru::{FLATS, HOUSES, REGIONS, SETTLEMENTS, STREETS},
    addresses_en::{DIRECTIONS, TYPES, UNITS},
    numerals::{is_digit_word, is_numeral},
    reading::Reading,
};

const MORE_UNITS: &[&str] = &[
    "block", "tower", "villa", "house", "plot", "sector", "entrance", "gate", "box", "postcode",
    "zip", "eircode", "cross", "main", "nagar", "estate", "lot", "stage", "phase", "county",
];
const MORE_STREETS: &[&str] = &[
    "weg",
    "strasse",
    "straße",
    "platz",
    "allee",
    "rue",
    "calle",
    "via",
    "rua",
    "ulica",
    "ul",
    "prospekt",
    "cad",
    "sok",
    "sokak",
    "mahallesi",
    "marg",
    "jalan",
    "galle",
    "kuca",
    "utca",
    "rehov",
    "sharia",
];
const JOINERS: &[&str] = &[
    "dash",
    "hyphen",
    "slash",
    "dot",
    "underscore",
    "at",
    "stroke",
    "double",
    "triple",
    "тире",
    "дефис",
    "дробь",
    "точка",
    "собака",
    "подчеркивание",
    "слитно",
    "слэш",
    "минус",
];

/// A number for the kind of a word; 0 for any other.
pub(super) fn class_of(reading: &Reading<'_>, at: usize) -> u64 {
    let plain = reading.plain(at);
    let is_one_of = |lists: &[&[&str]]| lists.iter().any(|list| list.contains(&plain));
    if reading.is_number(at) {
        1
    } else if is_digit_word(plain) {
        2
    } else if is_numeral(plain) {
        3
    } else if is_one_of(&[STREETS, TYPES, MORE_STREETS]) {
        4
    } else if is_one_of(&[FLATS, HOUSES, UNITS, MORE_UNITS]) {
        5
    } else if is_one_of(&[SETTLEMENTS, REGIONS, DIRECTIONS]) {
        6
    } else if is_one_of(&[JOINERS]) {
        7
    } else if plain.chars().count() == 1 {
        8
    } else {
        0
    }
}
