use std::ops::Range;

use crate::normalise::{is_digit, is_inside_word, is_letter, push_lower};

/// Most words fit into so many bytes.
const USUAL_BYTES: usize = 24;

/// A word of a message and where it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Byte range in the text.
    pub span: Range<usize>,
    /// Lower case, ё as е, digits as `0`.
    pub plain: String,
}

/// The words of a text, in order: runs of letters, or runs of digits.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut current: Option<(Word, bool)> = None;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        let numeric = is_digit(letter);
        if numeric || is_letter(letter) {
            match &mut current {
                Some((word, was_numeric)) if *was_numeric == numeric => word.span.end = end,
                _ => {
                    found.extend(current.take().map(|(word, _)| word));
                    let plain = String::with_capacity(USUAL_BYTES);
                    current = Some((Word { span: at..end, plain }, numeric));
                }
            }
            if let Some((word, _)) = &mut current {
                if !numeric {
                    push_lower(&mut word.plain, letter);
                } else if word.plain.is_empty() {
                    word.plain.push('0');
                }
            }
        } else if !is_inside_word(letter) {
            found.extend(current.take().map(|(word, _)| word));
        }
    }
    found.extend(current.map(|(word, _)| word));
    found
}

/// The first `bytes` bytes of a text, or fewer so as not to break a letter.
pub fn cut_at(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_where_they_stand() {
        let text = "Ещё don't, за 15кг";
        let found: Vec<_> =
            words(text).into_iter().map(|w| (text[w.span].to_owned(), w.plain)).collect();
        let expected = [("Ещё", "еще"), ("don't", "dont"), ("за", "за"), ("15", "0"), ("кг", "кг")];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn a_letter_is_never_broken() {
        assert_eq!(cut_at("жук", 3), "ж");
        assert_eq!(cut_at("жук", 99), "жук");
    }
}
