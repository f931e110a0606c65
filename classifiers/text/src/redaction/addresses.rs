//! Postal addresses, as they are written and as they are told on the phone.

use std::sync::LazyLock;

use regex::Regex;

use super::{PersonalData, Spans};
use crate::words::words;

/// House, block, flat and so on, after a street.
const RUSSIAN_TAIL: &str = r"(?:[\s,]{1,3}(?:(?:дом|д|корпус|корп|к|строение|стр|квартира|кв|подъезд|под|этаж|эт|офис|оф|литера?)\.?\s{0,2}№?\s?)?[0-9]{1,4}(?:[/-][0-9]{1,4})?(?:\s?[а-гА-Г]\b)?){0,5}";

const RUSSIAN_STREET: &str = r"(?:ул\.|ул\b|улиц[аеуы]|просп\.|проспект[аеу]?|пр-т[аеу]?|пр\.|переул(?:ок|ке|ка)|пер\.|бульвар[аеу]?|б-р|шоссе|набережн(?:ая|ой|ую)|наб\.|площад[ьи]|пл\.|проезд[аеу]?|тупик|аллея|микрорайон[аеу]?|мкр\.?|мкр\b)";

/// «ул. Ленина, д. 5, кв. 10», «на улице Мира».
static STREET_THEN_NAME: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(&format!(
        r"(?:\b[0-9]{{6}},?\s)?\b(?i:{RUSSIAN_STREET})\s{{0,2}}(?:[0-9]{{1,2}}-?(?:я|й|го)?\s)?[А-ЯЁ][а-яё-]{{1,}}(?:\s[А-ЯЁ][а-яё-]{{1,}}){{0,2}}{RUSSIAN_TAIL}"
    ))
});

/// «ленинский проспект дом 45», «Тверская улица, 7».
static NAME_THEN_STREET: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(&format!(
        r"(?:\b[0-9]{{6}},?\s)?(?:\b[А-ЯЁ][а-яё-]{{2,}}(?:ая|ий|ый|ой|ое|ого|ой|ом)\s(?i:{RUSSIAN_STREET})|\b[а-яё-]{{2,}}(?:ая|ий|ый|ое|ой|ом)\s(?:{RUSSIAN_STREET})[\s,]{{1,3}}(?:дом|д\.)?\s?[0-9]{{1,4}}){RUSSIAN_TAIL}"
    ))
});

/// «улица ленина дом пять квартира десять» and the like in lower case.
static TOLD_STREET: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(&format!(
        r"(?i)\b{RUSSIAN_STREET}\s{{1,2}}(?:[а-яё-]{{2,}}\s){{1,3}}(?:дом|д\.|[0-9])\s?(?:[0-9]{{1,4}}|[а-яё]{{2,14}})?[а-г]?\b{RUSSIAN_TAIL}(?:[\s,]{{1,3}}квартира\s[а-яё]{{2,14}}(?:\s(?:один|два|три|четыре|пять|шесть|семь|восемь|девять))?)?"
    ))
});

static HOUSE_AND_FLAT: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"(?i)\b(?:(?:дом|д\.)\s?№?\s?[0-9]{1,4}[а-г]?(?:/[0-9]{1,3})?[\s,]{1,3}(?:(?:корпус|корп\.?|к\.|стр\.?)\s?[0-9]{1,3}[\s,]{1,3})?(?:квартира|кв\.?)\s?№?\s?[0-9]{1,4}|(?:квартира|кв\.)\s?№?\s?[0-9]{1,4})\b",
    )
});

static ENGLISH_STREET: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"\b(?:(?i:flat|apt\.?|apartment|unit|suite)\s?#?[A-Za-z0-9]{1,5},?\s)?[0-9]{1,5}[A-Za-z]?,?\s(?:(?:N|S|E|W|North|South|East|West)\.?\s)?(?:[A-Z0-9][A-Za-z0-9'.-]{1,}\s){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Place|Pl|Square|Sq|Way|Terrace|Close|Crescent|Highway|Hwy|Parkway|Pkwy|Row|Gardens|Grove|Circle|Cir|street|road|avenue|lane|drive|court|boulevard)\b\.?(?:,?\s(?i:apt|apartment|flat|unit|suite|ste|floor)\.?\s?#?[A-Za-z0-9]{1,6}|,?\s#[A-Za-z0-9]{1,6})?(?:,\s[A-Z][A-Za-z]{2,}(?:\s[A-Z][a-z]{2,})?)?(?:,?\s[A-Z]{2}\s[0-9]{5}(?:-[0-9]{4})?)?",
    )
});

/// "twenty two baker street", "14 oak tree lane" in transcripts.
static TOLD_ENGLISH_STREET: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"\b(?:[0-9]{1,5}|(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\s)?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))\s[a-z]{3,20}(?:\s[a-z]{3,20})?\s(?:street|avenue|boulevard|lane)\b(?:,?\s(?:apartment|apt|flat|unit)\s[A-Za-z0-9]{1,6})?",
    )
});

static CODES: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(
        r"\b(?:[A-Z]{1,2}[0-9][A-Z0-9]?\s[0-9][A-Z]{2}|(?:AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY)\s[0-9]{5}(?:-[0-9]{4})?|(?i:p\.?\s?o\.?\s?box)\s[0-9]{1,6}|(?i:apt|apartment|flat)\.?\s#?[0-9]{1,4}[A-Za-z]?|(?i:индекс)\s[0-9]{6})\b",
    )
});

/// Words without which there is no address of that language; a pattern is
/// tried only when one of them is there.
const RUSSIAN_SIGNS: &[&str] = &[
    "ул",
    "улица",
    "улице",
    "улицу",
    "улицы",
    "просп",
    "проспект",
    "пр",
    "переул",
    "пер",
    "бульвар",
    "б",
    "шоссе",
    "набережн",
    "наб",
    "площад",
    "пл",
    "проезд",
    "тупик",
    "аллея",
    "микрорайон",
    "мкр",
    "дом",
    "д",
    "кв",
    "квартир",
    "индекс",
];
const ENGLISH_SIGNS: &[&str] = &[
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "drive",
    "dr",
    "court",
    "ct",
    "boulevard",
    "blvd",
    "place",
    "pl",
    "square",
    "sq",
    "way",
    "terrace",
    "close",
    "crescent",
    "highway",
    "hwy",
    "parkway",
    "pkwy",
    "row",
    "gardens",
    "grove",
    "circle",
    "cir",
];

pub(super) fn find(text: &str, spans: &mut Spans) {
    let words = words(text);
    let has = |signs: &[&str]| {
        words.iter().any(|word| {
            signs.iter().any(|sign| match sign.len() {
                0..=8 => word.plain == *sign,
                _ => word.plain.starts_with(sign),
            })
        })
    };
    let russian = has(RUSSIAN_SIGNS);
    let english = has(ENGLISH_SIGNS);
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let patterns = [
        (&STREET_THEN_NAME, russian),
        (&NAME_THEN_STREET, russian),
        (&TOLD_STREET, russian),
        (&HOUSE_AND_FLAT, russian && digits),
        (&ENGLISH_STREET, english && digits),
        (&TOLD_ENGLISH_STREET, english),
        (&CODES, digits),
    ];
    for (pattern, _) in patterns.into_iter().filter(|(_, present)| *present) {
        for found in pattern.find_iter(text) {
            let end = found.start() + found.as_str().trim_end_matches([' ', ',']).len();
            spans.claim(PersonalData::Address, found.start()..end);
        }
    }
}
