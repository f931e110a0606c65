//! One byte for each class and feature, and what a text's features add up to.

use pulp::{Arch, Simd, WithSimd};

use crate::features::{BySentence, Reading};

/// Classes that are worked on side by side.
const LANES: usize = 8;

type Sum = [f32; LANES];

/// The weights of all buckets.
pub(crate) struct ByteWeights {
    classes: usize,
    /// For each bucket so many blocks as its classes need; the last one is padded.
    blocks: Vec<[i8; LANES]>,
}

/// What the features of a text add up to, for all classes and without scales.
pub(crate) struct Sums {
    classes: usize,
    whole: Vec<f32>,
    /// `classes` for each sentence; none for a text of one sentence.
    sentences: Vec<f32>,
    /// `classes` for each word.
    words: Vec<f32>,
}

impl ByteWeights {
    /// From `classes` weights for each bucket.
    pub(crate) fn new(weights: &[i8], classes: usize) -> Self {
        let block = |some: &[i8]| std::array::from_fn(|at| some.get(at).copied().unwrap_or(0));
        let rows = weights.chunks_exact(classes);
        Self { classes, blocks: rows.flat_map(|row| row.chunks(LANES).map(block)).collect() }
    }

    /// As they were given.
    pub(crate) fn iter(&self) -> impl Iterator<Item = i8> {
        let rows = self.blocks.chunks_exact(self.per_bucket());
        rows.flat_map(|row| row.as_flattened()[..self.classes].iter().copied())
    }

    fn per_bucket(&self) -> usize {
        self.classes.div_ceil(LANES)
    }

    /// Adds up the features of a text, once; by words when asked for.
    pub(crate) fn sums(&self, reading: &Reading, pool: bool, words: bool) -> Sums {
        let by_sentence = if pool { reading.by_sentence() } else { None };
        let sentences = by_sentence.as_ref().map_or(0, BySentence::count);
        let words = if words { reading.words.len() } else { 0 };
        let mut sums = Sums {
            classes: self.classes,
            whole: vec![0.0; self.classes],
            sentences: vec![0.0; sentences * self.classes],
            words: vec![0.0; words * self.classes],
        };
        for block in 0..self.per_bucket() {
            let mut found = Found {
                whole: [0.0; LANES],
                sentences: vec![[0.0; LANES]; sentences],
                words: vec![[0.0; LANES]; words],
            };
            let by_sentence = by_sentence.as_ref();
            let found_in = &mut found;
            Arch::new().dispatch(Pass {
                weights: self,
                block,
                reading,
                by_sentence,
                found: found_in,
            });
            sums.take(block, &found);
        }
        sums
    }
}

impl Sums {
    /// One for each class.
    pub(crate) fn whole(&self) -> &[f32] {
        &self.whole
    }

    /// One for each class, for one sentence after the other.
    pub(crate) fn sentences(&self) -> &[f32] {
        &self.sentences
    }

    /// For each word one for each class.
    pub(crate) fn words(&self) -> impl Iterator<Item = &[f32]> {
        self.words.chunks_exact(self.classes)
    }

    fn take(&mut self, block: usize, found: &Found) {
        let from = block * LANES;
        let lanes = LANES.min(self.classes - from);
        let copy = |to: &mut [f32], found: &[Sum]| {
            for (to, found) in to.chunks_exact_mut(self.classes).zip(found) {
                to[from..from + lanes].copy_from_slice(&found[..lanes]);
            }
        };
        copy(&mut self.whole, &[found.whole]);
        copy(&mut self.sentences, &found.sentences);
        copy(&mut self.words, &found.words);
    }
}

/// Sums of one block of classes.
struct Found {
    whole: Sum,
    sentences: Vec<Sum>,
    words: Vec<Sum>,
}

/// All features of a text, once.
struct Pass<'a> {
    weights: &'a ByteWeights,
    block: usize,
    reading: &'a Reading,
    by_sentence: Option<&'a BySentence<'a>>,
    found: &'a mut Found,
}

impl WithSimd for Pass<'_> {
    type Output = ();

    #[expect(clippy::inline_always, reason = "compiled anew for each kind of registers")]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Found { whole, sentences, words } = self.found;
        let per_bucket = self.weights.per_bucket();
        let mut all = *whole;
        for feature in &self.reading.features {
            let bytes = self.weights.blocks[feature.bucket as usize * per_bucket + self.block];
            let weights = bytes.map(f32::from);
            let product = weights.map(|weight| weight * feature.value);
            add(&mut all, product);
            if !words.is_empty() {
                let half = product.map(|value| value / 2.0);
                add(&mut words[feature.first_word as usize], half);
                add(&mut words[feature.last_word as usize], half);
            }
            if let Some((sentence, value)) = self.by_sentence.and_then(|by| by.value(feature)) {
                add(&mut sentences[sentence], weights.map(|weight| weight * value));
            }
        }
        *whole = all;
    }
}

#[expect(clippy::inline_always, reason = "compiled anew for each kind of registers")]
#[inline(always)]
fn add(sum: &mut Sum, values: Sum) {
    for lane in 0..LANES {
        sum[lane] += values[lane];
    }
}
