//! A text with its digits and signs as the finders know them: full-width,
//! Arabic-Indic and other digits, wide brackets, hyphens and blanks as ASCII,
//! marks that nobody sees left out.

use std::ops::Range;

/// The zeros of the scripts whose ten digits stand one after another (Unicode
/// Standard, general category Nd), in order.
const ZEROS: [u32; 48] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1fbf0,
];

/// What a letter is read as.
enum Form {
    Itself,
    Plain(char),
    Unseen,
}

fn form_of(letter: char) -> Form {
    match letter {
        '\0'..='\u{ac}' | '\u{400}'..='\u{4ff}' => Form::Itself,
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => Form::Unseen,
        '\u{2010}' | '\u{2212}' | '\u{fe63}' => Form::Plain('-'),
        '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' => Form::Plain(' '),
        '\u{ff01}'..='\u{ff5e}' => ascii(u32::from(letter) - 0xfee0),
        _ => digit_of(u32::from(letter)),
    }
}

fn ascii(code: u32) -> Form {
    char::from_u32(code).map_or(Form::Itself, Form::Plain)
}

fn digit_of(code: u32) -> Form {
    let at = ZEROS.partition_point(|zero| *zero <= code);
    match at.checked_sub(1).map(|at| code - ZEROS[at]) {
        Some(value @ 0..=9) => ascii(u32::from(b'0') + value),
        _ => Form::Itself,
    }
}

/// A text in plain forms, and where each of its bytes stood in the original.
pub(super) struct PlainForms {
    pub(super) text: String,
    /// One place more than the text has bytes: the last is the original's end.
    places: Vec<usize>,
}

impl PlainForms {
    /// None when a text has nothing that is read otherwise, as most have.
    pub(super) fn of(original: &str) -> Option<Self> {
        if original.is_ascii() || original.chars().all(|c| matches!(form_of(c), Form::Itself)) {
            return None;
        }
        let mut text = String::with_capacity(original.len());
        let mut places = Vec::with_capacity(original.len() + 1);
        for (at, letter) in original.char_indices() {
            match form_of(letter) {
                Form::Itself => text.push(letter),
                Form::Plain(plain) => text.push(plain),
                Form::Unseen => continue,
            }
            places.resize(text.len(), at);
        }
        places.push(original.len());
        Some(Self { text, places })
    }

    /// Where a stretch of the plain text stood in the original.
    pub(super) fn place(&self, span: &Range<usize>) -> Range<usize> {
        let place = |at: usize| self.places[at.min(self.places.len() - 1)];
        place(span.start)..place(span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_of_a_script_is_known_and_no_other_letter_is_one() {
        let is_decimal = super::super::compile(r"^\p{Nd}$");
        for letter in (0..=0x2_ffff).filter_map(char::from_u32) {
            let read = matches!(form_of(letter), Form::Plain('0'..='9'));
            let decimal = is_decimal.is_match(letter.encode_utf8(&mut [0; 4]));
            assert!(!read || decimal, "{letter:?} is no digit");
            let widely_used = u32::from(letter) < 0x1_0000 && !letter.is_ascii();
            assert!(read || !decimal || !widely_used, "{letter:?} is a digit");
        }
        assert!(ZEROS.is_sorted());
    }

    #[test]
    fn places_lead_back_to_the_original() {
        let original = "тел.\u{200b} ＋７\u{ad}９é";
        let plain = PlainForms::of(original).expect("it has other forms");
        assert_eq!(plain.text, "тел. +79é");
        let at = plain.text.find("+79").expect("there");
        assert_eq!(&original[plain.place(&(at..at + 3))], "＋７\u{ad}９");
        assert_eq!(plain.place(&(0..plain.text.len())), 0..original.len());
        assert!(PlainForms::of("Ещё 15 кг, né").is_none());
    }
}
