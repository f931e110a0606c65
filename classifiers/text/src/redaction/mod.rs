//! Personal data is taken out of what leaves the company: an issue, a request
//! to a language model. Prices, dates and quantities stay.

mod address_words_ru;
mod addresses_en;
mod addresses_ru;
mod cues;
mod dates_of_birth;
mod digits;
mod handles;
mod identifiers;
mod letters;
mod masked_cards;
mod name_lists;
mod names;
mod names_en;
mod names_ru;
mod numerals;
mod plain_forms;
mod reading;
mod references;
mod spoken;
mod spoken_email;

use std::{fmt, ops::Range};

use plain_forms::PlainForms;
use reading::Reading;

use crate::words::cut_at;

/// What is kept of one text, in bytes. A longer text is cut before it is
/// redacted, for nothing unredacted may remain.
pub const MAX_REDACTED_BYTES: usize = 65_536;

/// A kind of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonalData {
    /// A telephone number.
    Phone,
    /// A payment card.
    Card,
    /// An e-mail address.
    Email,
    /// A person's name or handle.
    Name,
    /// A postal address.
    Address,
    /// A number that leads to a person's records: order, contract, tracking,
    /// account, passport, date of birth, a link with a secret in it.
    Order,
}

impl PersonalData {
    /// What stands in the text instead.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Phone => "[phone]",
            Self::Card => "[card]",
            Self::Email => "[email]",
            Self::Name => "[name]",
            Self::Address => "[address]",
            Self::Order => "[order]",
        }
    }
}

/// One piece of personal data in the original text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: PersonalData,
    /// Byte range in the original text.
    pub span: Range<usize>,
}

/// A text without personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The text with `[phone]`, `[card]`, `[email]`, `[name]`, `[address]`
    /// and `[order]` in it.
    pub text: String,
    /// What was replaced, in the order of the text.
    pub found: Vec<Found>,
    /// Whether the text was longer than [`MAX_REDACTED_BYTES`] and was cut.
    pub cut: bool,
}

impl fmt::Debug for Redacted {
    /// Leaves the words out: redaction is never perfect, and logs are read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redacted({} bytes, {} found)", self.text.len(), self.found.len())
    }
}

/// Replaces the personal data that can be recognised. Linear in the length of
/// the text, whatever stands in it.
pub fn redact(text: &str) -> Redacted {
    let kept = cut_at(text, MAX_REDACTED_BYTES);
    let found = match PlainForms::of(kept) {
        None => find(kept),
        Some(plain) => {
            let in_original = |found: Found| Found { span: plain.place(&found.span), ..found };
            find(&plain.text).into_iter().map(in_original).collect()
        }
    };
    Redacted { text: replace(kept, &found), found, cut: kept.len() < text.len() }
}

/// The personal data of a text, in its order.
fn find(text: &str) -> Vec<Found> {
    let mut spans = Spans::default();
    let reading = Reading::of(text);
    letters::find(text, &mut spans);
    handles::find(&reading, &mut spans);
    masked_cards::find(&reading, &mut spans);
    dates_of_birth::find(&reading, &mut spans);
    spoken_email::find(&reading, &mut spans);
    identifiers::find(&reading, &mut spans);
    references::find(text, &mut spans);
    addresses_ru::find(&reading, &mut spans);
    addresses_en::find(&reading, &mut spans);
    spoken::find(&reading, &mut spans);
    digits::find(&reading, &mut spans);
    names::find(&reading, &mut spans);
    spans.in_order(text)
}

fn replace(text: &str, found: &[Found]) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut from = 0;
    for item in found {
        redacted.push_str(&text[from..item.span.start]);
        redacted.push_str(item.kind.tag());
        from = item.span.end;
    }
    redacted.push_str(&text[from..]);
    redacted
}

/// What was found so far; the first finder to claim a place keeps it.
#[derive(Default)]
struct Spans(std::collections::BTreeMap<usize, Found>);

impl Spans {
    /// Takes what is still free of a place, so that of two finds that overlap
    /// nothing stays visible.
    fn claim(&mut self, kind: PersonalData, span: Range<usize>) {
        let before = self.0.range(..span.start).next_back();
        let mut from = before.map_or(0, |(_, found)| found.span.end).max(span.start);
        let taken: Vec<_> =
            self.0.range(span.clone()).map(|(_, found)| found.span.clone()).collect();
        for next in taken {
            self.insert(kind, from..next.start);
            from = from.max(next.end);
        }
        self.insert(kind, from..span.end);
    }

    fn insert(&mut self, kind: PersonalData, span: Range<usize>) {
        if span.start < span.end {
            self.0.insert(span.start, Found { kind, span });
        }
    }

    fn is_free(&self, span: &Range<usize>) -> bool {
        self.0.range(..span.end).next_back().is_none_or(|(_, last)| last.span.end <= span.start)
    }

    /// Pieces of one kind with only a blank or comma between them are one.
    fn in_order(self, text: &str) -> Vec<Found> {
        let mut merged: Vec<Found> = Vec::with_capacity(self.0.len());
        let telling = |item: &Found| text[item.span.clone()].contains(char::is_alphanumeric);
        for item in self.0.into_values().filter(telling) {
            match merged.last_mut() {
                Some(last)
                    if last.kind == item.kind
                        && matches!(item.kind, PersonalData::Name | PersonalData::Address)
                        && is_gap(&text[last.span.end..item.span.start]) =>
                {
                    last.span.end = item.span.end;
                }
                _ => merged.push(item),
            }
        }
        merged
    }
}

fn is_gap(between: &str) -> bool {
    between.len() <= 3 && between.chars().all(|c| c == ' ' || c == ',')
}

/// Every pattern is a literal of this crate and covered by its tests.
#[expect(clippy::expect_used, reason = "a pattern of ours that does not compile fails every test")]
pub(crate) fn compile(pattern: &str) -> regex::Regex {
    regex::Regex::new(pattern).expect("a valid pattern")
}

#[cfg(test)]
mod tests;
