/// A message as classifiers compare it: lower case, ё as е, digits as `0`,
/// everything else one space. «Не приходит ЗАКАЗ №15!!» → «не приходит заказ 0».
pub fn normalise(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        push_plain(&mut plain, letter);
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn push_plain(plain: &mut String, letter: char) {
    if is_digit(letter) {
        if !plain.ends_with('0') {
            plain.push('0');
        }
    } else if is_letter(letter) {
        push_lower(plain, letter);
    } else if !is_inside_word(letter) && !plain.is_empty() && !plain.ends_with(' ') {
        plain.push(' ');
    }
}

/// Appends a letter in lower case, with ё written as е, as most people type it.
pub fn push_lower(plain: &mut String, letter: char) {
    match letter {
        '\0'..='\u{7f}' => plain.push(letter.to_ascii_lowercase()),
        'а'..='я' => plain.push(letter),
        _ => plain.extend(letter.to_lowercase().map(|c| if c == 'ё' { 'е' } else { c })),
    }
}

/// As the library says, and sooner for the letters of two languages.
pub(crate) fn is_letter(letter: char) -> bool {
    match letter {
        '\0'..='\u{7f}' => letter.is_ascii_alphabetic(),
        'А'..='я' => true,
        _ => letter.is_alphabetic(),
    }
}

/// As the library says, and sooner for the letters of two languages.
pub(crate) fn is_digit(letter: char) -> bool {
    match letter {
        '\0'..='\u{7f}' => letter.is_ascii_digit(),
        'А'..='я' => false,
        _ => letter.is_numeric(),
    }
}

/// Apostrophes and accents join a word rather than end it: "don't" is "dont".
pub(crate) const fn is_inside_word(letter: char) -> bool {
    matches!(letter, '\'' | '’' | 'ʼ' | '`' | '\u{0300}'..='\u{036F}' | '\u{00AD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_leads_where_the_library_does() {
        for letter in (0..=0x2_ffff).filter_map(char::from_u32) {
            let mut lower = String::new();
            push_lower(&mut lower, letter);
            assert_eq!(lower, letter.to_lowercase().collect::<String>().replace('ё', "е"));
            assert_eq!(is_letter(letter), letter.is_alphabetic(), "{letter:?}");
            assert_eq!(is_digit(letter), letter.is_numeric(), "{letter:?}");
        }
    }

    #[test]
    fn case_punctuation_digits_and_yo_do_not_matter() {
        assert_eq!(normalise("  Не приходит ЗАКАЗ №15!!\n"), "не приходит заказ 0");
        assert_eq!(normalise("Ещё раз: don’t"), "еще раз dont");
        assert_eq!(normalise("1 250 000"), "0 0 0");
        assert_eq!(normalise("…!?"), "");
    }
}
