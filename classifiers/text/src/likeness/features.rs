//! What two messages about the same thing share though their words differ:
//! stems, concepts of customer-speak, letters.

use std::{collections::HashMap, sync::LazyLock};

use rust_stemmers::{Algorithm, Stemmer};

use super::{BYTES_COMPARED, hash_letters, is_small_word, mix};
use crate::{
    cues::Cues,
    words::{Word, cut_at, words},
};

/// A family of features; each is weighed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Family {
    Stem,
    StemPair,
    Concept,
    ConceptPair,
    Letters,
}

pub(super) const FAMILIES: [Family; 5] =
    [Family::Stem, Family::StemPair, Family::Concept, Family::ConceptPair, Family::Letters];

/// How often each feature stands in a message, by family.
pub(super) type Features = [HashMap<u64, f32>; FAMILIES.len()];

static CONCEPTS: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("concepts.txt")));

/// Concepts of a message, each once, in the order of the file.
pub(super) fn concepts(words: &[Word]) -> Vec<u64> {
    let present = CONCEPTS.present(words);
    present.into_iter().map(|concept| hash_text(concept, 3)).collect()
}

pub(super) fn features(text: &str) -> Features {
    let words = words(cut_at(text, BYTES_COMPARED));
    let mut found = Features::default();
    let mut add = |family: Family, feature: u64, weight: f32| {
        *found[family as usize].entry(feature).or_default() += weight;
    };
    let stems: Vec<(u64, f32)> = words
        .iter()
        .map(|word| (hash_text(&stem(&word.plain), 1), if is_small_word(&word.plain) { 0.3 } else { 1.0 }))
        .collect();
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
            padded.windows(length).for_each(|letters| add(Family::Letters, hash_letters(letters), 1.0));
        }
    }
    found
}

fn stem(word: &str) -> String {
    let language = if word.is_ascii() { Algorithm::English } else { Algorithm::Russian };
    Stemmer::create(language).stem(word).into_owned()
}

fn hash_text(text: &str, seed: u64) -> u64 {
    let letters: Vec<char> = text.chars().collect();
    mix(hash_letters(&letters) ^ seed)
}
