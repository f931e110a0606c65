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
    if letter.is_numeric() {
        if !plain.ends_with('0') {
            plain.push('0');
        }
    } else if letter.is_alphabetic() {
        push_lower(plain, letter);
    } else if !is_inside_word(letter) && !plain.is_empty() && !plain.ends_with(' ') {
        plain.push(' ');
    }
}

/// Lower case, with ё written as е, as most people type it.
pub(crate) fn push_lower(plain: &mut String, letter: char) {
    plain.extend(letter.to_lowercase().map(|c| if c == 'ё' { 'е' } else { c }));
}

/// Apostrophes and accents join a word rather than end it: "don't" is "dont".
pub(crate) const fn is_inside_word(letter: char) -> bool {
    matches!(letter, '\'' | '’' | 'ʼ' | '`' | '\u{0300}'..='\u{036F}' | '\u{00AD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_punctuation_digits_and_yo_do_not_matter() {
        assert_eq!(normalise("  Не приходит ЗАКАЗ №15!!\n"), "не приходит заказ 0");
        assert_eq!(normalise("Ещё раз: don’t"), "еще раз dont");
        assert_eq!(normalise("1 250 000"), "0 0 0");
        assert_eq!(normalise("…!?"), "");
    }
}
