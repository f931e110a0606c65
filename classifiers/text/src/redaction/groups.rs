//! Written codes in several groups, of which only the digits were found, "GD 55 KLO", or nothing.
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
/// What stands before such a number.
const ANNOUNCING: &str = "
    number no order booking reference ref claim ticket contract account
    номер номером заказа заказ договора договор заявки заявка обращения обращение брони бронь";
/// Fewer digits with dots between them are a version.
const LEAST_DOTTED: usize = 4;

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

/// A number told digit by digit, as speech recognition writes some: "order number 774.1.2".
pub(super) fn find_dotted(reading: &Reading<'_>, spans: &mut Spans) {
    let mut at = 0;
    while at < reading.len() {
        let goes_on = |to: &usize| reading.is_number(*to) && reading.gap_before(*to) == ".";
        let end = at + 1 + (at + 1..reading.len()).take_while(goes_on).count();
        if end - at > 2 && is_announced(reading, at) && !is_date(reading, at..end) {
            let digits: usize = (at..end).map(|part| reading.raw(part).len()).sum();
            if digits >= LEAST_DOTTED {
                spans.claim(PersonalData::Order, reading.span(at..end));
            }
        }
        at = end;
    }
}

/// Whether the word before says that a number of an order, or the like, follows.
fn is_announced(reading: &Reading<'_>, at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map_or("", |at| reading.plain(at));
    let named = if matches!(before(1), "is" | "это") { before(2) } else { before(1) };
    reading.is_number(at) && ANNOUNCING.split_whitespace().any(|word| word == named)
}

/// "12.03.24" and "12.03.2024".
fn is_date(reading: &Reading<'_>, parts: Range<usize>) -> bool {
    let lengths: Vec<usize> = parts.map(|part| reading.raw(part).len()).collect();
    matches!(lengths.as_slice(), [1 | 2, 1 | 2, 2 | 4])
}
