//! The word lists of `names.txt`.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

static LISTS: LazyLock<HashMap<&'static str, HashSet<&'static str>>> = LazyLock::new(|| {
    let mut lists: HashMap<_, HashSet<_>> = HashMap::new();
    let mut title = "";
    for line in include_str!("names.txt").lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(begun) => title = begun,
            None => lists.entry(title).or_default().extend(line.split_whitespace()),
        }
    }
    lists
});

fn is_listed(list: &str, word: &str) -> bool {
    LISTS.get(list).is_some_and(|words| words.contains(word))
}

fn ends_as_listed(list: &str, word: &str) -> bool {
    endings(word).any(|(_, ending)| is_listed(list, ending))
}

/// Every way to cut a word into a beginning and an ending of up to five letters.
fn endings(word: &str) -> impl Iterator<Item = (&str, &str)> {
    word.char_indices().rev().take(5).map(|(at, _)| word.split_at(at))
}

/// Whether a capitalised word (lower-cased, ё as е) is a given name by itself.
pub(super) fn is_given_name(word: &str) -> bool {
    may_be_given_name(word)
        && !is_listed("russian ordinary words", word)
        && !is_listed("english ordinary words", word)
}

/// Whether a word may be a given name when something else says so too.
pub(super) fn may_be_given_name(word: &str) -> bool {
    const WITHOUT_STEM: [&str; 9] =
        ["вера", "надежда", "любовь", "слава", "роман", "лев", "рома", "паша", "миша"];
    if word.is_ascii() {
        return is_listed("english given names", word) || is_listed("english ordinary words", word);
    }
    let has_stem = |stem: &str| is_listed("russian given name stems", stem);
    WITHOUT_STEM.contains(&word)
        || has_stem(word)
        || endings(word)
            .any(|(stem, ending)| is_listed("russian case endings", ending) && has_stem(stem))
}

/// Whether a Russian word ends as surnames do.
pub(super) fn is_surname(word: &str) -> bool {
    !word.is_ascii()
        && word.chars().count() >= 4
        && !is_listed("not surnames", word)
        && ends_as_listed("surname endings", word)
}

/// Whether a word is none of the words of a name, whatever stands before it.
pub(super) fn is_function_word(word: &str) -> bool {
    is_listed("never names", word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_is_asked_for_is_there() {
        let mut titles: Vec<_> = LISTS.keys().copied().collect();
        titles.sort_unstable();
        let expected = [
            "english given names",
            "english ordinary words",
            "never names",
            "not surnames",
            "russian case endings",
            "russian given name stems",
            "russian ordinary words",
            "surname endings",
        ];
        assert_eq!(
            titles.iter().filter(|title| !title.is_empty()).collect::<Vec<_>>(),
            expected.iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_stem_is_known_in_every_case() {
        for word in ["анна", "анну", "анной", "сергей", "сергею", "петр", "ольге", "дмитрием"]
        {
            assert!(may_be_given_name(word), "{word}");
        }
        for word in ["заказ", "курьер", "деньги", "банк"] {
            assert!(!may_be_given_name(word), "{word}");
        }
    }
}
