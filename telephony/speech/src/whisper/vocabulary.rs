//! From token numbers to text: the byte-level vocabulary of GPT-2 and Whisper's special tokens.
//!
//! Text is never turned into tokens here, so merges are not needed: `vocabulary.txt`, one token a
//! line, is enough. Each character of a token stands for one byte.

use std::collections::HashMap;

use crate::Language;

/// A token number.
pub(crate) type Token = u32;

/// Whisper's vocabulary has 51,866 tokens at most.
const MAX_TOKENS: usize = 60_000;
/// Seconds between two neighbouring timestamp tokens.
const TIMESTAMP_STEP: f64 = 0.02;

/// Token texts and the numbers of the special tokens.
pub(crate) struct Vocabulary {
    bytes: Vec<Vec<u8>>,
    /// Ends a transcript; text tokens are all below it.
    pub(crate) end: Token,
    /// Begins a transcript.
    pub(crate) start: Token,
    /// Asks for a transcript rather than a translation.
    pub(crate) transcribe: Token,
    /// Says that there is no speech.
    pub(crate) no_speech: Token,
    /// Asks for no timestamps.
    pub(crate) no_timestamps: Token,
    /// `<|0.00|>`, the first of the timestamps, which go up to the last token.
    pub(crate) first_timestamp: Token,
    languages: Vec<(Language, Token)>,
}

/// Why a vocabulary cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VocabularyError {
    #[error("the vocabulary has {0} tokens")]
    Size(usize),
    #[error("the vocabulary has no token {0}")]
    Missing(&'static str),
}

impl Vocabulary {
    /// Reads `vocabulary.txt`.
    pub(crate) fn read(text: &str) -> Result<Self, VocabularyError> {
        let lines: Vec<&str> = text.lines().collect();
        if lines.is_empty() || lines.len() > MAX_TOKENS {
            return Err(VocabularyError::Size(lines.len()));
        }
        let special: HashMap<&str, Token> = (0..)
            .zip(&lines)
            .filter(|(_, line)| line.starts_with("<|"))
            .map(|(n, l)| (*l, n))
            .collect();
        let find =
            |name: &'static str| special.get(name).copied().ok_or(VocabularyError::Missing(name));
        let no_speech = find("<|nospeech|>").or_else(|_| find("<|nocaptions|>"))?;
        let alphabet = byte_alphabet();
        Ok(Self {
            end: find("<|endoftext|>")?,
            start: find("<|startoftranscript|>")?,
            transcribe: find("<|transcribe|>")?,
            no_speech,
            no_timestamps: find("<|notimestamps|>")?,
            first_timestamp: find("<|0.00|>")?,
            languages: vec![
                (Language::Russian, find("<|ru|>")?),
                (Language::English, find("<|en|>")?),
            ],
            bytes: lines.iter().map(|line| token_bytes(line, &alphabet)).collect(),
        })
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The token that announces a language.
    pub(crate) fn language(&self, language: Language) -> Token {
        self.languages
            .iter()
            .find_map(|&(known, token)| (known == language).then_some(token))
            .unwrap_or(self.start)
    }

    /// Seconds into the window that a timestamp token stands for.
    pub(crate) fn seconds(&self, token: Token) -> Option<f64> {
        token.checked_sub(self.first_timestamp).map(|step| f64::from(step) * TIMESTAMP_STEP)
    }

    /// The text of tokens; special tokens have none, and bytes that are no UTF-8 are replaced.
    pub(crate) fn text(&self, tokens: &[Token]) -> String {
        let bytes: Vec<u8> = tokens
            .iter()
            .filter(|&&token| token < self.end)
            .filter_map(|&token| self.bytes.get(token as usize))
            .flatten()
            .copied()
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn token_bytes(token: &str, alphabet: &HashMap<char, u8>) -> Vec<u8> {
    token.chars().filter_map(|character| alphabet.get(&character).copied()).collect()
}

/// GPT-2's alphabet: printable characters of Latin-1 stand for their own byte, the other bytes
/// for the characters from U+0100 on, in order.
fn byte_alphabet() -> HashMap<char, u8> {
    let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let mut others = '\u{100}'..;
    (0..=u8::MAX)
        .filter_map(|byte| {
            let character = if printable(byte) { Some(char::from(byte)) } else { others.next() };
            character.map(|character| (character, byte))
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A vocabulary of a few words, with the special tokens in Whisper's order.
    pub(crate) fn small() -> Vocabulary {
        Vocabulary::read(SMALL).unwrap()
    }

    const SMALL: &str = "ĠHello\nĠworld\n,\nÐŁ\nÑĢ\nÐ\n¸\n\n<|endoftext|>\n<|startoftranscript|>\n\
        <|en|>\n<|ru|>\n<|transcribe|>\n<|nocaptions|>\n<|notimestamps|>\n<|0.00|>\n<|0.02|>\n\
        <|0.04|>\n<|0.06|>\n<|0.08|>\n";

    #[test]
    fn every_byte_has_its_character() {
        let alphabet = byte_alphabet();
        assert_eq!(alphabet.len(), 256);
        assert_eq!(alphabet[&'Ġ'], b' ');
        assert_eq!(alphabet[&'Ċ'], b'\n');
        assert_eq!(alphabet[&'A'], b'A');
        assert_eq!(alphabet[&'Ń'], 0xad);
    }

    #[test]
    fn tokens_become_text_even_when_a_letter_is_split() {
        let vocabulary = small();
        assert_eq!(vocabulary.text(&[0, 2, 1]), " Hello, world");
        assert_eq!(vocabulary.text(&[3, 4, 5, 6]), "При");
        assert_eq!(vocabulary.text(&[3, 5]), "П\u{fffd}");
        assert_eq!(vocabulary.text(&[vocabulary.start, 0, 16, vocabulary.end, 9_999]), " Hello");
    }

    #[test]
    fn special_tokens_are_found() {
        let vocabulary = small();
        assert_eq!((vocabulary.end, vocabulary.start), (8, 9));
        assert_eq!(vocabulary.language(Language::Russian), 11);
        assert_eq!(vocabulary.language(Language::English), 10);
        assert_eq!(vocabulary.seconds(14), None);
        assert_eq!(vocabulary.seconds(17), Some(0.04));
    }

    #[test]
    fn hostile_vocabularies_are_refused() {
        assert_eq!(Vocabulary::read("").err(), Some(VocabularyError::Size(0)));
        assert_eq!(
            Vocabulary::read(&"a\n".repeat(MAX_TOKENS + 1)).err(),
            Some(VocabularyError::Size(MAX_TOKENS + 1))
        );
        let cut = SMALL.replace("<|ru|>", "x");
        assert_eq!(Vocabulary::read(&cut).err(), Some(VocabularyError::Missing("<|ru|>")));
    }
}
