//! What a model sees of a text: concepts, words and letters, each a numbered
//! bucket. Letters survive typing errors and slips of speech recognition,
//! concepts survive another trade.

use mostik_text::{Word, cut_at, words};

use crate::{concepts::Lexicon, hashing, meaning::Meaning};

/// Buckets of a weight table; a power of two.
pub(crate) const BUCKETS: usize = 1 << 18;
const BUCKET_MASK: u64 = (BUCKETS - 1) as u64;

/// Longer messages say what is wrong in their first pages.
pub(crate) const BYTES_READ: usize = 12_000;
/// Two concepts further apart than this many words do not belong together.
const PAIR_REACH: usize = 5;
/// A sentence without an end is taken to end after so many words.
const SENTENCE_WORDS: usize = 16;
const GRAM_LETTERS: std::ops::RangeInclusive<usize> = 2..=5;

/// Raised when the same text would give other features: old models do not fit.
pub(crate) const VERSION: u64 = 5;

/// How much each group weighs against the others.
const GROUP_SCALES: [f32; 3] = [1.0, 0.4, 0.5];

/// The kinds of features, each of which is normalised for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Concept,
    Word,
    Letters,
}

/// One feature: its bucket, its value, and the words it was taken from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    pub(crate) bucket: u32,
    pub(crate) value: f32,
    group: Group,
    pub(crate) first_word: u32,
    pub(crate) last_word: u32,
}

/// A text as a model reads it.
pub(crate) struct Reading {
    pub(crate) words: Vec<Word>,
    pub(crate) features: Vec<Feature>,
    /// For each word the sentence it stands in, counted from 0.
    pub(crate) sentences: Vec<u16>,
    pub(crate) meaning: Meaning,
}

/// Reads a text. Linear in its length; at most 12,000 bytes are looked at.
pub(crate) fn read(text: &str, lexicon: &Lexicon) -> Reading {
    let text = cut_at(text, BYTES_READ);
    let words = words(text);
    let mut features = Vec::with_capacity(words.len() * 24);
    for group in [Group::Concept, Group::Word, Group::Letters] {
        let from = features.len();
        match group {
            Group::Concept => {
                add_concepts(&words, lexicon, &mut features);
                add_marks(text, words.len(), &mut features);
            }
            Group::Word => add_words(&words, &mut features),
            Group::Letters => add_letters(&words, &mut features),
        }
        normalise(&mut features[from..], group);
    }
    let sentences = sentences(text, &words);
    Reading { words, features, sentences, meaning: Meaning::of(text) }
}

/// Numbers the sentences; what has no punctuation, as a transcript, is cut
/// into stretches of a sentence's length.
fn sentences(text: &str, words: &[Word]) -> Vec<u16> {
    let (mut sentence, mut length, mut end) = (0_u16, 0, 0);
    words
        .iter()
        .map(|word| {
            let between = &text[end..word.span.start];
            let ended = length > 0 && between.contains(['.', '!', '?', ';', '\n']);
            if ended || length == SENTENCE_WORDS {
                (sentence, length) = (sentence.saturating_add(1), 0);
            }
            (length, end) = (length + 1, word.span.end);
            sentence
        })
        .collect()
}

/// What features are worth in the sentence they stand in, as if it stood alone.
pub(crate) struct BySentence<'a> {
    sentences: &'a [u16],
    /// For each sentence and each group.
    values: Vec<[f32; 3]>,
}

impl Reading {
    /// The buckets of concepts, words and pairs of them: all but letters.
    pub(crate) fn word_buckets(&self) -> impl Iterator<Item = u32> {
        let of_words = self.features.iter().take_while(|feature| feature.group != Group::Letters);
        of_words.map(|feature| feature.bucket)
    }

    /// None for a text of one sentence.
    pub(crate) fn by_sentence(&self) -> Option<BySentence<'_>> {
        let count = self.sentences.last().map_or(0, |last| usize::from(*last) + 1);
        if count < 2 {
            return None;
        }
        let mut counts = vec![[0_usize; 3]; count];
        for feature in &self.features {
            if let Some(sentence) = sentence_of(&self.sentences, feature) {
                counts[sentence][feature.group as usize] += 1;
            }
        }
        let values = |counts: [usize; 3]| {
            [Group::Concept, Group::Word, Group::Letters]
                .map(|group| value_among(counts[group as usize], group))
        };
        let values = counts.into_iter().map(values).collect();
        Some(BySentence { sentences: &self.sentences, values })
    }
}

impl BySentence<'_> {
    pub(crate) fn count(&self) -> usize {
        self.values.len()
    }

    /// The sentence that holds the feature, and its value there.
    pub(crate) fn value(&self, feature: &Feature) -> Option<(usize, f32)> {
        let sentence = sentence_of(self.sentences, feature)?;
        Some((sentence, self.values[sentence][feature.group as usize]))
    }
}

fn sentence_of(sentences: &[u16], feature: &Feature) -> Option<usize> {
    let sentence = sentences[feature.first_word as usize];
    (sentence == sentences[feature.last_word as usize]).then_some(usize::from(sentence))
}

/// The bucket of a word in the table of words seen in training.
pub(crate) fn known_word_slot(word: &str, slots: usize) -> usize {
    let end = word.char_indices().nth(5).map_or(word.len(), |(end, _)| end);
    #[expect(clippy::cast_possible_truncation, reason = "reduced to the number of slots")]
    let slot = hashing::hash(77, &word.as_bytes()[..end]) as usize % slots;
    slot
}

fn add_concepts(words: &[Word], lexicon: &Lexicon, features: &mut Vec<Feature>) {
    let hits = lexicon.hits(words);
    for (i, hit) in hits.iter().enumerate() {
        push(features, 1, &[hit.concept], hit.word, hit.word);
        for other in hits[i + 1..].iter().take_while(|other| other.word <= hit.word + PAIR_REACH) {
            if other.concept != hit.concept {
                push(features, 2, &[hit.concept, other.concept], hit.word, other.word);
            }
        }
    }
}

/// Marks that say how something is said, or that it is about money.
fn add_marks(text: &str, words: usize, features: &mut Vec<Feature>) {
    let Some(last) = words.checked_sub(1) else { return };
    let marks: [(u8, &[char]); 3] = [(1, &['?']), (2, &['!']), (3, &['$', '€', '£', '₽', '%'])];
    for (mark, letters) in marks {
        if text.contains(letters) {
            push(features, 6, &[mark], last, last);
        }
    }
    if text.trim_end().ends_with('?') {
        push(features, 6, &[4], last, last);
    }
}

fn add_words(words: &[Word], features: &mut Vec<Feature>) {
    for (at, word) in words.iter().enumerate() {
        push(features, 3, word.plain.as_bytes(), at, at);
        if let Some(next) = words.get(at + 1) {
            let first = hashing::extend(hashing::begin(4), word.plain.as_bytes());
            let pair = hashing::extend(hashing::extend(first, b" "), next.plain.as_bytes());
            features.push(feature(pair, at, at + 1));
        }
    }
}

/// Grams of two letters first, then of three, and so on. Each is hashed as the
/// shorter one before it, and a letter more.
fn add_letters(words: &[Word], features: &mut Vec<Feature>) {
    let mut padded = String::new();
    let mut starts = Vec::new();
    for (at, word) in words.iter().enumerate() {
        padded.clear();
        padded.push(' ');
        padded.push_str(&word.plain);
        padded.push(' ');
        starts.clear();
        starts.extend(padded.char_indices().map(|(start, _)| start));
        starts.push(padded.len());
        let letters = starts.len() - 1;
        let mut places = [0; *GRAM_LETTERS.end() + 1];
        let mut end = features.len();
        for length in GRAM_LETTERS {
            places[length] = end;
            end += (letters + 1).saturating_sub(length);
        }
        features.resize(end, feature(0, at, at));
        for start in 0..letters {
            let mut state = hashing::begin(5);
            let longest = GRAM_LETTERS.end().min(&(letters - start)) + 1;
            for length in 1..longest {
                let letter = &padded.as_bytes()[starts[start + length - 1]..starts[start + length]];
                state = hashing::extend(state, letter);
                if GRAM_LETTERS.contains(&length) {
                    features[places[length] + start].bucket = bucket(state);
                }
            }
        }
    }
}

fn push(features: &mut Vec<Feature>, kind: u64, bytes: &[u8], first: usize, last: usize) {
    features.push(feature(hashing::extend(hashing::begin(kind), bytes), first, last));
}

fn feature(state: u64, first: usize, last: usize) -> Feature {
    #[expect(clippy::cast_possible_truncation, reason = "words are few")]
    let (first_word, last_word) = (first as u32, last as u32);
    Feature { bucket: bucket(state), value: 1.0, group: Group::Concept, first_word, last_word }
}

fn bucket(state: u64) -> u32 {
    (hashing::finish(state) & BUCKET_MASK) as u32
}

/// A long text says no more than a short one: each group has length `scale`.
fn normalise(features: &mut [Feature], group: Group) {
    let each = value_among(features.len(), group);
    for feature in features {
        (feature.value, feature.group) = (each, group);
    }
}

fn value_among(count: usize, group: Group) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "thousands of features")]
    let count = count.max(1) as f32;
    GROUP_SCALES[group as usize] / count.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::concepts::OF_CUSTOMERS;

    #[test]
    fn each_group_has_its_own_length() {
        let reading = read("Курьер опоздал на два часа", &OF_CUSTOMERS);
        let length: f32 = reading.features.iter().map(|f| f.value * f.value).sum();
        let expected: f32 = GROUP_SCALES.iter().map(|scale| scale * scale).sum();
        assert!((length - expected).abs() < 1e-3, "{length}");
    }

    #[test]
    fn a_huge_text_costs_no_more_than_its_first_pages() {
        let reading = read(&"слово ".repeat(1_000_000), &OF_CUSTOMERS);
        assert!(reading.words.len() <= BYTES_READ / 11 + 1);
        assert!(read("", &OF_CUSTOMERS).features.is_empty());
    }
}
