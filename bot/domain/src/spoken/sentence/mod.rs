//! From a written sentence to the words of a voice.
//!
//! [`token`] finds what is written (numbers, times, dates, codes, links), [`reader`] walks through it,
//! `in_russian`, `russian_dates` and `in_english` say what has digits, [`speech`] puts words and pauses
//! together.

mod abbreviations;
mod in_english;
mod in_russian;
mod number_shapes;
mod reader;
mod russian_context;
mod russian_dates;
mod speech;
mod token;
mod units;

use mostik_taxonomy::Language;

use reader::Reader;

/// The longest text that is read, in characters; what is behind it is not said.
pub const LONGEST_TEXT: usize = 4_000;

/// The spoken form of a written text: numbers, times, dates, sums, signs and abbreviations as words,
/// links as «на вашей странице» / "on your page", quotes and brackets as pauses, emoji and markup
/// left out. What comes out holds letters, blanks, hyphens, apostrophes and `. , ! ? : ;` only.
pub fn sentence(language: Language, text: &str) -> String {
    let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(at, _)| at);
    let tokens = token::tokens(language, &text[..end]);
    Reader::new(language, &tokens).read()
}
