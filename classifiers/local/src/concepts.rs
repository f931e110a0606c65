//! Words of two languages and many trades, brought to the few things that
//! customers speak of. What a model learns about a concept in one trade or
//! language holds in the others.

use std::{collections::HashMap, sync::LazyLock};

use mostik_text::Word;

/// No stem of the lexicon is longer, in letters.
const LONGEST_STEM: usize = 16;

/// A concept's place in the lexicon.
pub(crate) type ConceptId = u8;

/// A concept met in a text, and the word it was met at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) concept: ConceptId,
    pub(crate) word: usize,
}

/// The concepts of one task, from lines of `name: stem =word two_words`.
pub(crate) struct Lexicon {
    source: &'static str,
    stems: HashMap<&'static str, Vec<ConceptId>>,
    whole: HashMap<&'static str, Vec<ConceptId>>,
    /// By the first stem of the phrase: the stems after it.
    phrases: HashMap<&'static str, Vec<(Vec<&'static str>, ConceptId)>>,
}

/// What customers complain of.
pub(crate) static OF_CUSTOMERS: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::parse(include_str!("concepts.txt")));

/// How owner teams react.
pub(crate) static OF_OWNERS: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::parse(include_str!("stage_concepts.txt")));

impl Lexicon {
    /// A model learnt with another lexicon does not fit.
    pub(crate) fn fingerprint(&self) -> u64 {
        crate::hashing::hash(0, self.source.as_bytes())
    }

    /// All concepts of a text, in the order of its words.
    pub(crate) fn hits(&self, words: &[Word]) -> Vec<Hit> {
        let mut found = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let from = found.len();
            let mut add = |concept: &ConceptId| {
                let hit = Hit { concept: *concept, word: at };
                if !found[from..].contains(&hit) {
                    found.push(hit);
                }
            };
            self.whole.get(word.plain.as_str()).into_iter().flatten().for_each(&mut add);
            for stem in prefixes(&word.plain) {
                self.stems.get(stem).into_iter().flatten().for_each(&mut add);
                for (rest, concept) in self.phrases.get(stem).into_iter().flatten() {
                    if continues(words, at + 1, rest) {
                        add(concept);
                    }
                }
            }
        }
        found
    }

    fn parse(source: &'static str) -> Self {
        let (mut stems, mut whole) = (HashMap::new(), HashMap::new());
        let mut phrases: HashMap<_, Vec<_>> = HashMap::new();
        let lines = source.lines().filter(|line| !line.starts_with('#'));
        for (line, concept) in lines.zip(0_u8..) {
            let Some((_, listed)) = line.split_once(':') else { continue };
            for stem in listed.split_whitespace() {
                if let Some(word) = stem.strip_prefix('=') {
                    push(&mut whole, word, concept);
                } else if let Some((first, rest)) = stem.split_once('_') {
                    phrases.entry(first).or_default().push((rest.split('_').collect(), concept));
                } else {
                    push(&mut stems, stem, concept);
                }
            }
        }
        Self { source, stems, whole, phrases }
    }
}

fn push(to: &mut HashMap<&'static str, Vec<ConceptId>>, stem: &'static str, concept: ConceptId) {
    to.entry(stem).or_default().push(concept);
}

fn prefixes(word: &str) -> impl Iterator<Item = &str> {
    word.char_indices().take(LONGEST_STEM).map(|(at, letter)| &word[..at + letter.len_utf8()])
}

fn continues(words: &[Word], from: usize, stems: &[&str]) -> bool {
    stems
        .iter()
        .enumerate()
        .all(|(i, stem)| words.get(from + i).is_some_and(|word| word.plain.starts_with(stem)))
}

#[cfg(test)]
mod tests {
    use mostik_text::words;

    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        let lexicon = &*OF_CUSTOMERS;
        let lines: Vec<_> = lexicon.source.lines().filter(|line| !line.starts_with('#')).collect();
        lexicon
            .hits(&words(text))
            .into_iter()
            .filter_map(|hit| lines[usize::from(hit.concept)].split(':').next())
            .collect()
    }

    #[test]
    fn both_languages_meet_in_one_concept() {
        for text in ["курьер опоздал", "the courier is late"] {
            let found = names(text);
            assert!(found.contains(&"courier") && found.contains(&"late"), "{text}: {found:?}");
        }
        assert!(names("the order was not as described").contains(&"mismatch"));
    }

    #[test]
    fn every_line_is_a_concept_with_stems_that_can_match() {
        let sources = [OF_CUSTOMERS.source, OF_OWNERS.source];
        let lines = sources.iter().flat_map(|source| source.lines());
        for line in lines.filter(|line| !line.starts_with('#')) {
            let (name, stems) = line.split_once(':').expect("name: stems");
            assert!(!name.is_empty() && stems.split_whitespace().count() > 0, "{line}");
            for stem in stems.split_whitespace() {
                assert!(!stem.contains('ё') && stem.to_lowercase() == stem, "{stem}");
                assert!(stem.split('_').all(|s| s.chars().count() <= LONGEST_STEM), "{stem}");
            }
        }
    }
}
