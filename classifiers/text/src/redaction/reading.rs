//! A text as the finders read it: its words, and what stands between them.

use std::ops::Range;

use crate::words::{Word, words};

pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    pub(super) words: Vec<Word>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, words: words(text) }
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The plain form of a word; empty beyond either end of the text.
    pub(super) fn plain(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.plain.as_str())
    }

    /// A word as it was written; empty beyond the end.
    pub(super) fn raw(&self, at: usize) -> &'a str {
        self.words.get(at).map_or("", |word| &self.text[word.span.clone()])
    }

    /// What stands between a word and the one before it, or the beginning.
    pub(super) fn gap_before(&self, at: usize) -> &'a str {
        let from = at.checked_sub(1).map_or(0, |before| self.words[before].span.end);
        &self.text[from..self.words.get(at).map_or(self.text.len(), |word| word.span.start)]
    }

    pub(super) fn span(&self, words: Range<usize>) -> Range<usize> {
        match self.words.get(words).map(|words| (words.first(), words.last())) {
            Some((Some(first), Some(last))) => first.span.start..last.span.end,
            _ => 0..0,
        }
    }

    pub(super) fn is_number(&self, at: usize) -> bool {
        self.plain(at) == "0"
    }

    pub(super) fn is_capitalised(&self, at: usize) -> bool {
        self.raw(at).chars().next().is_some_and(char::is_uppercase)
    }

    /// "SBER", "USPS": an abbreviation or shouting.
    pub(super) fn is_all_capitals(&self, at: usize) -> bool {
        let mut letters = self.raw(at).chars().filter(|c| c.is_alphabetic());
        letters.clone().count() > 1 && letters.all(char::is_uppercase)
    }

    pub(super) fn begins_sentence(&self, at: usize) -> bool {
        at == 0
            || self.gap_before(at).chars().any(|c| matches!(c, '.' | '!' | '?' | '\n' | ':' | '…'))
    }

    pub(super) fn is_quoted(&self, at: usize) -> bool {
        self.gap_before(at).ends_with(['«', '"', '“', '„', '‘'])
    }

    /// Only blanks, or a hyphen, between a word and the one before it.
    pub(super) fn touches_previous(&self, at: usize) -> bool {
        let gap = self.gap_before(at);
        at > 0 && gap.len() <= 2 && gap.chars().all(|c| matches!(c, ' ' | '-' | '\u{a0}'))
    }
}
