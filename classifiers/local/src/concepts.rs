//! Words of two languages and many trades, brought to the few things that
//! customers speak of. What a model learns about a concept in one trade or
//! language holds in the others.

use std::sync::LazyLock;

use mostik_text::Word;

use crate::trie::{self, Trie};

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
    beginnings: Trie,
    /// By the number that a beginning has.
    entries: Vec<Entry>,
}

/// What a beginning of words speaks of.
#[derive(Default)]
struct Entry {
    stems: Vec<ConceptId>,
    /// When it is the whole word.
    whole: Vec<ConceptId>,
    /// When the words after it begin so.
    phrases: Vec<(Vec<&'static str>, ConceptId)>,
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
        let mut found = Vec::with_capacity(words.len());
        let mut beginnings = Vec::with_capacity(LONGEST_STEM);
        for (at, word) in words.iter().enumerate() {
            let from = found.len();
            let mut add = |concept: &ConceptId| {
                let hit = Hit { concept: *concept, word: at };
                if !found[from..].contains(&hit) {
                    found.push(hit);
                }
            };
            beginnings.clear();
            if let Some(whole) = self.walk(&word.plain, &mut beginnings) {
                whole.whole.iter().for_each(&mut add);
            }
            for entry in &beginnings {
                entry.stems.iter().for_each(&mut add);
                for (rest, concept) in &entry.phrases {
                    if continues(words, at + 1, rest) {
                        add(concept);
                    }
                }
            }
        }
        found
    }

    /// Notes the entries of all beginnings of a word; that of the whole word.
    fn walk<'a>(&'a self, word: &str, beginnings: &mut Vec<&'a Entry>) -> Option<&'a Entry> {
        let (mut node, mut last) = (trie::ROOT, None);
        for (letter, letters) in word.chars().zip(1..) {
            node = self.beginnings.step(node, letter)?;
            last = self.beginnings.value(node).map(|entry| &self.entries[entry as usize]);
            beginnings.extend(last.filter(|_| letters <= LONGEST_STEM));
        }
        last
    }

    fn parse(source: &'static str) -> Self {
        let mut lexicon = Self { source, beginnings: Trie::new(), entries: Vec::new() };
        let lines = source.lines().filter(|line| !line.starts_with('#'));
        for (line, concept) in lines.zip(0_u8..) {
            let Some((_, listed)) = line.split_once(':') else { continue };
            for stem in listed.split_whitespace() {
                if let Some(word) = stem.strip_prefix('=') {
                    lexicon.entry(word).whole.push(concept);
                } else if let Some((first, rest)) = stem.split_once('_') {
                    let rest = rest.split('_').collect();
                    lexicon.entry(first).phrases.push((rest, concept));
                } else {
                    lexicon.entry(stem).stems.push(concept);
                }
            }
        }
        lexicon
    }

    fn entry(&mut self, beginning: &str) -> &mut Entry {
        let end = beginning
            .chars()
            .try_fold(trie::ROOT, |node, letter| self.beginnings.step(node, letter));
        let known = end.and_then(|end| self.beginnings.value(end));
        let place = known.unwrap_or_else(|| {
            let place = u32::try_from(self.entries.len()).unwrap_or_default();
            self.beginnings.insert(beginning, place);
            self.entries.push(Entry::default());
            place
        });
        &mut self.entries[place as usize]
    }
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
