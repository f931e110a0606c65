//! The number inside a house that follows a telephone number: «доб. 12», "ext. 4".

use std::sync::LazyLock;

use regex::Regex;

use super::{PersonalData, Spans};
use crate::words::cut_at;

/// Longer ones are numbers of their own.
const REACH: usize = 40;

static EXTENSION: LazyLock<Regex> = LazyLock::new(|| {
    super::compile(concat!(
        r"(?i)^[,;]?\s{0,2}\(?(?:доб(?:\.|авочн\p{L}{1,3})?|вн(?:\.|утренн\p{L}{1,3})?|ext(?:\.|ension|n)?|x)",
        r"[\s.:]{0,2}(?:номер\s|number\s)?[0-9]{1,6}\b\)?",
    ))
});

/// Claims what follows the numbers that were found.
pub(super) fn find(text: &str, spans: &mut Spans) {
    for end in spans.of_kind(PersonalData::Phone).into_iter().map(|found| found.end) {
        if let Some(found) = EXTENSION.find(cut_at(&text[end..], REACH)) {
            spans.claim(PersonalData::Phone, end..end + found.end());
        }
    }
}
