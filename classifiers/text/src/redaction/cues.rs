//! Words ahead of a number that say what it is.

use super::reading::Reading;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    Phone,
    Card,
    Reference,
    Passport,
    /// The number of a version or a model.
    Version,
}

/// As far back a cue may stand.
const WORDS_BACK: usize = 5;

const PHONE: &[&str] = &[
    "телефон",
    "позвон",
    "звон",
    "моб",
    "сотов",
    "городск",
    "вотсап",
    "ватсап",
    "вацап",
    "вайбер",
    "whatsapp",
    "viber",
    "phone",
    "call",
    "cell",
    "mobile",
    "landline",
    "dial",
    "reach",
    "факс",
    "fax",
    "смс",
    "диктую",
    "запиш",
    "запис",
    "набира",
];
const PHONE_WHOLE: &[&str] =
    &["тел", "tel", "ring", "text", "sms", "t", "m", "ph", "номер", "number", "номеру"];
const CARD: &[&str] =
    &["карт", "card", "visa", "mastercard", "maestro", "amex", "виза", "мастеркард"];
const REFERENCE: &[&str] = &[
    "заказ",
    "заявк",
    "договор",
    "обращени",
    "трек",
    "накладн",
    "отправлени",
    "отслежив",
    "посылк",
    "брон",
    "чек",
    "квитанц",
    "счет",
    "лицев",
    "полис",
    "инн",
    "снилс",
    "талон",
    "билет",
    "абонемент",
    "контракт",
    "кпп",
    "order",
    "track",
    "booking",
    "reservation",
    "reference",
    "invoice",
    "receipt",
    "contract",
    "account",
    "ticket",
    "policy",
    "claim",
    "confirmation",
    "shipment",
    "parcel",
    "social",
    "routing",
    "nino",
    "огрн",
];
const REFERENCE_WHOLE: &[&str] =
    &["ref", "ssn", "case", "acct", "member", "ein", "vat", "ni", "pnr", "customer", "id"];
const PASSPORT: &[&str] =
    &["паспорт", "загранпаспорт", "passport", "водительск", "удостоверен", "license", "licence"];
const PASSPORT_WHOLE: &[&str] = &["серия", "серии"];
const VERSION: &[&str] =
    &["верси", "version", "прошивк", "firmware", "модел", "model", "релиз", "release", "сборк"];

/// The nearest cue before a word, within its sentence.
pub(super) fn cue_before(reading: &Reading<'_>, at: usize) -> Option<Cue> {
    for back in 1..=WORDS_BACK.min(at) {
        let place = at - back + 1;
        if reading.begins_sentence(place) && !reading.gap_before(place).contains([':', '.']) {
            return None;
        }
        if reading.gap_before(place).contains(['!', '?']) || reading.is_number(at - back) {
            return None;
        }
        if let Some(cue) = cue_of(reading.plain(at - back)) {
            // «номер заказа» is read from its end, «заказ номер» through it.
            let vague = matches!(reading.plain(at - back), "номер" | "number" | "id");
            let nearer = vague.then(|| cue_of_previous(reading, at - back)).flatten();
            return Some(nearer.unwrap_or(cue));
        }
    }
    None
}

fn cue_of_previous(reading: &Reading<'_>, at: usize) -> Option<Cue> {
    (1..=2.min(at)).find_map(|back| cue_of(reading.plain(at - back)))
}

fn cue_of(word: &str) -> Option<Cue> {
    let starts = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    if starts(VERSION) {
        Some(Cue::Version)
    } else if starts(PASSPORT) || PASSPORT_WHOLE.contains(&word) {
        Some(Cue::Passport)
    } else if starts(REFERENCE) || REFERENCE_WHOLE.contains(&word) {
        Some(Cue::Reference)
    } else if starts(CARD) {
        Some(Cue::Card)
    } else if starts(PHONE) || PHONE_WHOLE.contains(&word) {
        Some(Cue::Phone)
    } else {
        None
    }
}
