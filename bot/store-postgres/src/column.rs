//! Texts from outside, as they stand in indexed columns. Both backends store
//! the same, so that neither a NUL character (which PostgreSQL refuses) nor a
//! key of many kilobytes (which no index takes) can make a write fail.

use mostik_store::StoreError;
use sha2::{Digest, Sha256};

/// Longer keys are cut, and told apart by their hash.
const LONGEST_KEY: usize = 512;
/// What stays readable of a longer one.
const READABLE: usize = 256;
/// The longest reason kept of a failure.
const LONGEST_REASON: usize = 2_000;

/// The form in which an outside text is stored in, and compared with, a key column.
pub(crate) fn key(text: &str) -> String {
    let clean = without_nul(text);
    if clean.len() <= LONGEST_KEY {
        return clean;
    }
    format!("{}#{:x}", head(&clean, READABLE), Sha256::digest(text.as_bytes()))
}

/// What is searched, and what is searched for: lower case in every script, ё as е.
pub(crate) fn searchable(text: &str) -> String {
    without_nul(text).to_lowercase().replace('ё', "е")
}

/// Why an attempt failed, short enough for a row of the desk.
pub(crate) fn reason(text: &str) -> String {
    head(&without_nul(text), LONGEST_REASON).to_owned()
}

/// An id as it stands in its column.
pub(crate) fn id<Id: std::str::FromStr>(text: &str) -> Result<Id, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt { why: "an id is not of its kind".to_owned() })
}

fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_stay_apart_and_short_ones_stay_as_they_are() {
        assert_eq!(key("web:form"), "web:form");
        let long = "я".repeat(5_000);
        assert!(key(&long).len() < LONGEST_KEY);
        assert_ne!(key(&long), key(&format!("{long}!")));
        assert!(!key("a\0b").contains('\0'));
    }

    #[test]
    fn search_does_not_mind_case_nor_the_dots_of_yo() {
        assert_eq!(searchable("ЗАКАЗ Ещё"), "заказ еще");
    }
}
