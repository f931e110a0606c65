//! What stands in a written text.

use mostik_taxonomy::Language;

use super::abbreviations;
use super::number_shapes;

/// A part of a written text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Letters, hyphens and apostrophes between them.
    Word(String),
    /// Digits, and the digits behind the decimal mark.
    Number { whole: String, decimals: String, grouped: bool },
    /// Two digits, a dot, two digits: a date, a time or a number.
    Dotted { left: u8, right: u8 },
    /// Digits with the ending of an ordinal: `21-го`, `3rd`.
    Ordinal { digits: String, ending: String },
    /// By the clock of 24 hours.
    Time { hour: u8, minute: u8 },
    /// A date in digits.
    Date { day: u8, month: u8, year: u16 },
    /// A phone number as written.
    Phone(String),
    /// A code to be spelt: `K7Q2-MD8X`.
    Code(String),
    /// An address of the web.
    Link,
    /// A mail address.
    Mail(String),
    /// The offset of our clock: `(UTC+3)`.
    OurTime,
    /// An abbreviation, in full.
    Full { words: &'static str, dotted: bool },
    /// Any other character.
    Mark(char),
    /// White space within a line.
    Blank,
    /// The end of a line.
    Line,
}

/// A part found at the beginning of a text, and how many bytes it takes.
pub(super) type Found = (Token, usize);

pub(super) fn tokens(language: Language, text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (token, length) = found(language, rest, letter);
        rest = &rest[length..];
        let repeated = matches!(token, Token::Blank | Token::Line)
            && tokens.last().is_some_and(|last| *last == token);
        if !repeated {
            tokens.push(token);
        }
    }
    tokens
}

fn found(language: Language, rest: &str, letter: char) -> Found {
    let special = match letter {
        '\n' | '\r' => Some((Token::Line, 1)),
        // A minus, hyphen or other mark never begins anything longer, but for a plus and a bracket.
        '+' | '(' | '0'..='9' => our_time(rest).or_else(|| number_shapes::find(language, rest)),
        _ if letter.is_whitespace() => Some((Token::Blank, letter.len_utf8())),
        _ if letter.is_alphabetic() => link(rest)
            .or_else(|| mail(rest))
            .or_else(|| our_time(rest))
            .or_else(|| abbreviations::find(language, rest))
            .or_else(|| code(rest))
            .or_else(|| word(rest)),
        _ => None,
    };
    special.unwrap_or((Token::Mark(letter), letter.len_utf8()))
}

/// Latin or Cyrillic letters and digits in capitals, with a digit among them, or two groups of four.
pub(super) fn code(rest: &str) -> Option<Found> {
    let length = rest
        .find(|letter: char| !(letter.is_ascii_digit() || letter.is_uppercase() || letter == '-'))
        .unwrap_or(rest.len());
    let code = rest[..length].trim_end_matches('-');
    let follows_letter = rest[code.len()..].starts_with(char::is_alphanumeric);
    let mixed =
        code.bytes().any(|byte| byte.is_ascii_digit()) && code.chars().any(char::is_uppercase);
    let fours = code.len() == 9 && code.split('-').all(|part| part.len() == 4);
    ((mixed || fours) && !follows_letter && code.len() <= 40)
        .then(|| (Token::Code(code.to_owned()), code.len()))
}

fn word(rest: &str) -> Option<Found> {
    let mut length = 0;
    for (at, letter) in rest.char_indices() {
        let joins = matches!(letter, '-' | '\'' | '’' | '\u{301}')
            && rest[at + letter.len_utf8()..].starts_with(char::is_alphabetic);
        if !letter.is_alphabetic() && !joins {
            break;
        }
        length = at + letter.len_utf8();
    }
    (length > 0).then(|| (Token::Word(rest[..length].to_owned()), length))
}

/// Known endings of bare addresses.
const TOP_DOMAINS: [&str; 6] = [".ru", ".com", ".org", ".net", ".io", ".рф"];

fn link(rest: &str) -> Option<Found> {
    let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let whole = rest[..length]
        .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '>', '»', '”', '"', '\'']);
    let lower = whole.to_lowercase();
    let scheme = lower.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|it| it.is_ascii_alphanumeric())
    });
    let host = lower.split('/').next().unwrap_or_default();
    let bare = !host.contains('@') && TOP_DOMAINS.iter().any(|end| host.ends_with(end));
    (scheme || lower.starts_with("www.") || bare).then_some((Token::Link, whole.len()))
}

fn mail(rest: &str) -> Option<Found> {
    let length = rest
        .find(|letter: char| {
            !(letter.is_alphanumeric() || matches!(letter, '@' | '.' | '-' | '_' | '+'))
        })
        .unwrap_or(rest.len());
    let whole = rest[..length].trim_end_matches(['.', '-']);
    let (local, host) = whole.split_once('@')?;
    let plausible = !local.is_empty() && host.contains('.') && !host.contains('@');
    plausible.then(|| (Token::Mail(whole.to_owned()), whole.len()))
}

/// `UTC`, `UTC+3`, `UTC-5:30`, with or without brackets around.
fn our_time(rest: &str) -> Option<Found> {
    let inner = rest.strip_prefix('(').unwrap_or(rest);
    let bracket = inner.len() < rest.len();
    let after = inner.strip_prefix("UTC")?;
    let sign = after.strip_prefix(['+', '-', '−']).unwrap_or(after);
    let digits = if sign.len() < after.len() {
        sign.find(|letter: char| !(letter.is_ascii_digit() || letter == ':')).unwrap_or(sign.len())
    } else {
        0
    };
    let left = if digits > 0 { &sign[digits..] } else { after };
    let left = match (bracket, left.strip_prefix(')')) {
        (true, Some(left)) => left,
        (true, None) => return None,
        (false, _) => left,
    };
    (!left.starts_with(char::is_alphanumeric)).then_some((Token::OurTime, rest.len() - left.len()))
}
