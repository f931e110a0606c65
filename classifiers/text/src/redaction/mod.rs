//! Personal data is taken out of what leaves the company: an issue, a request
//! to a language model. Prices, dates and quantities stay.

mod address_words_ru;
mod addresses_en;
mod addresses_ru;
mod cues;
mod dates_of_birth;
mod digits;
mod extensions;
mod groups;
mod growth;
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
mod spans;
mod spoken;
mod spoken_email;
pub mod tagger;

use std::{fmt, ops::Range};

use plain_forms::PlainForms;
use reading::Reading;
use spans::Spans;
use tagger::Tagger;

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
    found_by(tagger::shipped(), &Reading::of(text))
}

/// What the rules and, when there is one, a reader that has learnt find.
fn found_by(tagger: Option<&Tagger>, reading: &Reading<'_>) -> Vec<Found> {
    let mut spans = by_rules(reading);
    if let Some(tagger) = tagger {
        tagger::claim(tagger, reading, &mut spans);
    }
    groups::find_dotted(reading, &mut spans);
    growth::find(reading, &mut spans);
    if let Some(tagger) = tagger {
        groups::find(reading, &mut spans, |word| tagger.is_ordinary(word));
    }
    spans.in_order(reading.text)
}

/// What has a form of its own or a word beside it that says what it is.
fn by_rules(reading: &Reading<'_>) -> Spans {
    let mut spans = Spans::default();
    letters::find(reading.text, &mut spans);
    handles::find(reading, &mut spans);
    masked_cards::find(reading, &mut spans);
    dates_of_birth::find(reading, &mut spans);
    spoken_email::find(reading, &mut spans);
    identifiers::find(reading, &mut spans);
    references::find(reading.text, &mut spans);
    addresses_ru::find(reading, &mut spans);
    addresses_en::find(reading, &mut spans);
    spoken::find(reading, &mut spans);
    digits::find(reading, &mut spans);
    extensions::find(reading.text, &mut spans);
    growth::find_spelled(reading, &mut spans);
    names::find(reading, &mut spans);
    spans
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

/// Every pattern is a literal of this crate and covered by its tests.
#[expect(clippy::expect_used, reason = "a pattern of ours that does not compile fails every test")]
pub(crate) fn compile(pattern: &str) -> regex::Regex {
    regex::Regex::new(pattern).expect("a valid pattern")
}

#[cfg(test)]
mod tests;
