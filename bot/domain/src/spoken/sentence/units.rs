//! What is counted, as it is abbreviated.

use crate::spoken::russian::{Noun, nouns};

/// The noun of a Russian abbreviation or sign behind a number.
pub(super) fn russian(written: &str) -> Option<&'static Noun> {
    Some(match written {
        "сек" => &nouns::SECOND,
        "мин" => &nouns::MINUTE,
        "ч" => &nouns::HOUR,
        "дн" => &nouns::DAY,
        "нед" => &nouns::WEEK,
        "мес" => &nouns::MONTH,
        "коп" => &nouns::KOPECK,
        "шт" => &nouns::PIECE,
        "чел" => &nouns::PERSON,
        "кг" => &nouns::KILOGRAM,
        "км" => &nouns::KILOMETRE,
        "м" => &nouns::METRE,
        "см" => &nouns::CENTIMETRE,
        "г" | "гр" => &nouns::GRAM,
        "л" => &nouns::LITRE,
        "тыс" => &nouns::THOUSAND,
        "млн" => &nouns::MILLION,
        "%" => &nouns::PERCENT,
        "°" => &nouns::DEGREE,
        _ => return None,
    })
}

/// Singular and plural of an English abbreviation or sign behind a number.
pub(super) fn english(written: &str) -> Option<(&'static str, &'static str)> {
    Some(match written {
        "sec" | "secs" => ("second", "seconds"),
        "min" | "mins" => ("minute", "minutes"),
        "h" | "hr" | "hrs" => ("hour", "hours"),
        "wk" | "wks" => ("week", "weeks"),
        "yr" | "yrs" => ("year", "years"),
        "pcs" => ("piece", "pieces"),
        "kg" => ("kilogram", "kilograms"),
        "km" => ("kilometre", "kilometres"),
        "m" => ("metre", "metres"),
        "cm" => ("centimetre", "centimetres"),
        "g" => ("gram", "grams"),
        "l" => ("litre", "litres"),
        "%" => ("percent", "percent"),
        "°" => ("degree", "degrees"),
        _ => return None,
    })
}
