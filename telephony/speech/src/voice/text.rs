//! What may be said at all.

use crate::VoiceError;

/// The longest text that is spoken, in characters: about forty seconds.
pub const LONGEST_TEXT: usize = 600;

/// The text as an engine gets it: one line without control characters. Its length is bounded, and
/// there is something in it that can be said.
pub(super) fn sayable(text: &str) -> Result<String, VoiceError> {
    // Counting stops soon, however long a hostile text is.
    if text.chars().nth(LONGEST_TEXT).is_some() {
        return Err(VoiceError::TooLong);
    }
    let visible: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().any(char::is_alphanumeric) { Ok(line) } else { Err(VoiceError::NothingToSay) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_one_bounded_line() {
        assert_eq!(sayable(" Мы\tответим\r\nвам.\u{0}\u{1b}[1m ").unwrap(), "Мы ответим вам. [1m");
        assert!(sayable(&"я".repeat(LONGEST_TEXT)).is_ok());
        for (text, expected) in [
            ("я".repeat(LONGEST_TEXT + 1), VoiceError::TooLong),
            ("a".repeat(100_000_000), VoiceError::TooLong),
            (String::new(), VoiceError::NothingToSay),
            (" \n… — !".into(), VoiceError::NothingToSay),
        ] {
            assert_eq!(sayable(&text), Err(expected));
        }
    }
}
