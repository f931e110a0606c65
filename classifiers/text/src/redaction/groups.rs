//! Written codes of which only the digits were found: "GD 55 KLO", "MEDU 4471 902".
//! The capitals beside them belong to them, unless they are a word of every day
//! said loudly ("order 55120 NOT delivered").

use std::ops::Range;

use super::{PersonalData, Spans, growth::words_of, reading::Reading};

/// Longer groups of capitals are words.
const LONGEST_GROUP: usize = 4;
/// What says which number follows, or who brings it: worth reading, and nobody's.
const LABELS: &str = "
    acc acct bsb bvn case dhl dni dpd ems gls gst iban id imei inn inv ip mac ni nin no nr num ord pan
    pin pnr po ref sin sku sn ssn tfn tkt tnt ups usps utr vat vin
    ао бик жкх иин инн ип кбк кпп лс ндс огрн ооо пао птс рф снт стс ттн";

/// What belongs to the codes that were found. `is_ordinary` knows the words of every day.
pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans, is_ordinary: impl Fn(&str) -> bool) {
    for found in spans.of_kind(PersonalData::Order) {
        if !reading.text[found.clone()].contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let Range { start: first, end: after } = words_of(reading, &found);
        let is_group = |at: usize, beyond: Option<usize>| {
            let raw = reading.raw(at);
            let is_loud = beyond.is_some_and(|beyond| reading.is_all_capitals(beyond));
            !raw.is_empty()
                && raw.chars().count() <= LONGEST_GROUP
                && raw.chars().all(char::is_uppercase)
                && !is_loud
                && !LABELS.split_whitespace().any(|label| label == reading.plain(at))
                && !is_ordinary(reading.plain(at))
        };
        let is_beside = |at: usize| matches!(reading.gap_before(at), " " | "-" | "/" | "." | "");
        let before = first.checked_sub(1);
        if let Some(before) =
            before.filter(|before| is_beside(first) && is_group(*before, before.checked_sub(1)))
        {
            spans.claim(PersonalData::Order, reading.span(before..first + 1));
        }
        if after > first && is_beside(after) && is_group(after, Some(after + 1)) {
            spans.claim(PersonalData::Order, reading.span(after - 1..after + 1));
        }
    }
}
