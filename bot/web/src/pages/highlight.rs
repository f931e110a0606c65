//! Marks the deciding words in a customer's text.

/// A stretch of text, marked or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) marked: bool,
    pub(super) text: String,
}

/// Cuts the text where one of the words begins or ends; letters match in either case.
pub(super) fn mark<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> Vec<Stretch> {
    let letters: Vec<char> = text.chars().collect();
    let lower: Vec<char> = letters.iter().map(|c| lowered(*c)).collect();
    let mut marked = vec![false; letters.len()];
    for word in words {
        let word: Vec<char> = word.trim().chars().map(lowered).collect();
        if word.is_empty() {
            continue;
        }
        for start in 0..(lower.len() + 1).saturating_sub(word.len()) {
            if lower[start..].starts_with(&word) && begins_a_word(&lower, start) {
                marked[start..start + word.len()].fill(true);
            }
        }
    }
    stretches(&letters, &marked)
}

fn lowered(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

fn begins_a_word(letters: &[char], at: usize) -> bool {
    at == 0 || !letters[at - 1].is_alphanumeric()
}

fn stretches(letters: &[char], marked: &[bool]) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for (letter, marked) in letters.iter().zip(marked) {
        match all.last_mut() {
            Some(last) if last.marked == *marked => last.text.push(*letter),
            _ => all.push(Stretch { marked: *marked, text: letter.to_string() }),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, words: &[&str]) -> String {
        mark(text, words.iter().copied())
            .into_iter()
            .map(|s| if s.marked { format!("[{}]", s.text) } else { s.text })
            .collect()
    }

    #[test]
    fn deciding_words_are_marked_in_either_case() {
        assert_eq!(
            shown("Курьер опоздал, КУРЬЕР грубил", &["курьер", "опоздал"]),
            "[Курьер] [опоздал], [КУРЬЕР] грубил"
        );
        assert_eq!(shown("the cost of costs", &["cost"]), "the [cost] of [cost]s");
        assert_eq!(shown("recost", &["cost"]), "recost");
        assert_eq!(shown("a", &["", "a long one"]), "a");
        assert_eq!(shown("", &["x"]), "");
    }
}
