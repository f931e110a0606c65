use std::collections::BTreeSet;

/// Text beyond this is not searched for.
const BYTES: usize = 8_192;
/// Shorter words say little, longer ones are noise.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=40;
/// So many words, the longest ones, are enough to find candidates by.
const WORDS: usize = 16;

/// The words of a text by which a full-text index is asked: lower case, ё as
/// е, letters and digits only (so that none is an operator of a query
/// language), without bare numbers, each once, the longest first.
pub fn asked_words(text: &str) -> Vec<String> {
    let text = text[..text.floor_char_boundary(BYTES)].to_lowercase().replace('ё', "е");
    let words: BTreeSet<&str> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| LETTERS.contains(&word.chars().count()))
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words.truncate(WORDS);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_plain_and_each_stands_once() {
        let asked = asked_words("Ещё: ЕЩЁ не привезли заказ 12345 \"OR\" a* NEAR(b)");
        assert_eq!(asked, ["привезли", "заказ", "near", "еще"]);
    }

    #[test]
    fn a_huge_text_gives_few_words() {
        let huge: Vec<String> = (0..50_000).map(|i| format!("слово{i}")).collect();
        assert_eq!(asked_words(&huge.join(" ")).len(), WORDS);
        assert!(asked_words(&"я".repeat(100_000)).is_empty());
        assert!(asked_words("!!! 🙂 \0").is_empty());
    }
}
