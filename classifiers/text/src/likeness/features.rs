//! What two messages about the same thing share though their words differ:
//! stems, concepts of customer-speak, letters.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use rust_stemmers::{Algorithm, Stemmer};

use super::{BYTES_COMPARED, hash_letters, is_small_word, mix};
use crate::{
    cues::Cues,
    words::{Word, cut_at, words},
};

/// A family of features; each is weighed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Stem,
    StemPair,
    Concept,
    ConceptPair,
    Letters,
}

/// How many families there are.
pub(super) const FAMILIES: usize = 5;

/// How often each feature stands in a message, by family.
pub(super) type Features = [HashMap<u64, f32>; FAMILIES];

static CONCEPTS: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("concepts.txt")));

/// Concepts of a message, each once, in the order of the file.
fn concepts(words: &[Word]) -> Vec<u64> {
    let present = CONCEPTS.present(words);
    present.into_iter().map(|concept| hash_text(concept, 3)).collect()
}

pub(super) fn features(text: &str) -> Features {
    let text = cut_at(text, BYTES_COMPARED);
    let mut words = words(text);
    words.retain(|word| !is_mark(text, word));
    let mut found = Features::default();
    let mut add = |family: Family, feature: u64, weight: f32| {
        *found[family as usize].entry(feature).or_default() += weight;
    };
    let stems: Vec<(u64, f32)> =
        words.iter().map(|word| (hash_text(&stem(&word.plain), 1), telling(&word.plain))).collect();
    for (stem, weight) in &stems {
        add(Family::Stem, *stem, *weight);
    }
    for pair in stems.windows(2) {
        add(Family::StemPair, mix(pair[0].0 ^ mix(pair[1].0)), 1.0);
    }
    let concepts = concepts(&words);
    for (at, concept) in concepts.iter().enumerate() {
        add(Family::Concept, *concept, 1.0);
        for other in &concepts[at + 1..] {
            add(Family::ConceptPair, mix(concept ^ mix(*other)), 1.0);
        }
    }
    for word in words.iter().filter(|word| !is_small_word(&word.plain)) {
        let padded: Vec<char> = format!(" {} ", word.plain).chars().collect();
        for length in 3..=5 {
            let weight = telling(&word.plain);
            padded
                .windows(length)
                .for_each(|letters| add(Family::Letters, hash_letters(letters), weight));
        }
    }
    found
}

/// `[phone]`: stands for personal data that was taken out.
fn is_mark(text: &str, word: &Word) -> bool {
    text[..word.span.start].ends_with('[') && text[word.span.end..].starts_with(']')
}

/// How much a word says about the matter.
fn telling(word: &str) -> f32 {
    static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        include_str!("common_words.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_whitespace)
            .collect()
    });
    if is_small_word(word) {
        0.1
    } else if COMMON.contains(word) {
        0.3
    } else {
        1.0
    }
}

fn stem(word: &str) -> String {
    let language = if word.is_ascii() { Algorithm::English } else { Algorithm::Russian };
    Stemmer::create(language).stem(word).into_owned()
}

fn hash_text(text: &str, seed: u64) -> u64 {
    let letters: Vec<char> = text.chars().collect();
    mix(hash_letters(&letters) ^ seed)
}
