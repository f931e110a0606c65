use mostik_taxonomy::Language;

use crate::normalise::is_letter;

/// Letters looked at: enough to tell, and a bound on the work.
const LETTERS_READ: usize = 4_000;

/// The language of a message by its alphabet. Russian messages often carry
/// Latin product names, so a third of Cyrillic letters is enough for Russian.
/// A text without letters of either alphabet is in the language of `hint`.
pub fn detect_language(text: &str, hint: Language) -> Language {
    let (mut cyrillic, mut latin) = (0_usize, 0_usize);
    for letter in text.chars().filter(|c| is_letter(*c)).take(LETTERS_READ) {
        match letter {
            '\u{0400}'..='\u{04FF}' => cyrillic += 1,
            'a'..='z' | 'A'..='Z' => latin += 1,
            _ => {}
        }
    }
    match (cyrillic, latin) {
        (0, 0) => hint,
        _ if cyrillic * 2 >= latin => Language::Russian,
        _ => Language::English,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_tells() {
        for (text, expected) in [
            ("где мой заказ", Language::Russian),
            ("where is my order", Language::English),
            ("Не работает Apple Pay в приложении", Language::Russian),
            ("I ordered пельмени and they never came, where is my money", Language::English),
            ("iPhone 15 Pro Max брак", Language::English),
        ] {
            assert_eq!(detect_language(text, Language::Russian), expected, "{text}");
        }
    }

    #[test]
    fn without_letters_the_hint_decides() {
        for hint in Language::ALL {
            assert_eq!(detect_language("12 345 ?!", hint), hint);
            assert_eq!(detect_language("", hint), hint);
        }
    }
}
