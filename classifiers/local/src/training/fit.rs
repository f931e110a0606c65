//! Multinomial logistic regression by adaptive gradient steps.

use std::collections::{BTreeSet, HashSet};

use super::Example;
use crate::{
    features::{BUCKETS, Feature, Reading},
    model, pooling,
    softmax::softmax,
};

const EPOCHS: u64 = 20;
const STEP: f32 = 0.15;
/// Pull towards zero, per step of a feature that is present.
const DECAY: f32 = 2e-4;
/// What a second cause counts beside the first.
const SECOND_LABEL_SHARE: f32 = 0.25;

pub(super) struct Fitted {
    /// For each bucket the weights of all classes.
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
    pub(super) known: Vec<u8>,
}

impl Fitted {
    pub(super) fn scores(&self, reading: &Reading, resting: Option<usize>) -> Vec<f32> {
        let classes = self.bias.len();
        let mut whole = self.bias.clone();
        for feature in &reading.features {
            self.add(&mut whole, feature, feature.value);
        }
        let Some(resting) = resting else { return whole };
        let Some(by_sentence) = reading.by_sentence() else { return whole };
        let mut sentences = self.bias.repeat(by_sentence.count());
        for feature in &reading.features {
            if let Some((sentence, value)) = by_sentence.value(feature) {
                self.add(&mut sentences[sentence * classes..][..classes], feature, value);
            }
        }
        pooling::pooled(whole, &sentences, resting, pooling::SENTENCE_SHARE)
    }

    fn add(&self, scores: &mut [f32], feature: &Feature, value: f32) {
        let from = feature.bucket as usize * scores.len();
        for (score, weight) in scores.iter_mut().zip(&self.weights[from..]) {
            *score += weight * value;
        }
    }
}

/// Fits the chosen examples.
pub(super) fn fit(
    examples: &[Example],
    readings: &[Reading],
    chosen: &[usize],
    classes: usize,
) -> Fitted {
    let rarity = rarity(readings, chosen);
    let importance = importance(examples, chosen, classes);
    let mut fitted = Fitted {
        weights: vec![0.0; BUCKETS * classes],
        bias: vec![0.0; classes],
        known: model::no_known_words(),
    };
    let mut seen = vec![1e-3_f32; BUCKETS * classes];
    let mut bias_seen = vec![1e-3_f32; classes];
    let mut order = chosen.to_vec();
    for epoch in 0..EPOCHS {
        shuffle(&mut order, epoch);
        for at in &order {
            let (example, reading) = (&examples[*at], &readings[*at]);
            let slopes = slopes(&fitted, example, reading, &rarity, importance[example.labels[0]]);
            for feature in &reading.features {
                let bucket = feature.bucket as usize;
                let value = feature.value * rarity[bucket];
                for (class, slope) in slopes.iter().enumerate() {
                    let place = bucket * classes + class;
                    let weight = &mut fitted.weights[place];
                    let slope = slope * value + DECAY * *weight;
                    seen[place] += slope * slope;
                    *weight -= STEP * slope / seen[place].sqrt();
                }
            }
            for (class, slope) in slopes.iter().enumerate() {
                bias_seen[class] += slope * slope;
                fitted.bias[class] -= 0.1 * STEP * slope / bias_seen[class].sqrt();
            }
        }
    }
    for (place, weight) in fitted.weights.iter_mut().enumerate() {
        *weight *= rarity[place / classes];
    }
    for at in chosen {
        model::know(&mut fitted.known, &readings[*at]);
    }
    fitted
}

/// How far the answer is from the labels, for each class.
fn slopes(
    fitted: &Fitted,
    example: &Example,
    reading: &Reading,
    rarity: &[f32],
    importance: f32,
) -> Vec<f32> {
    let classes = fitted.bias.len();
    let mut scores = fitted.bias.clone();
    for feature in &reading.features {
        let bucket = feature.bucket as usize;
        let value = feature.value * rarity[bucket];
        let weights = &fitted.weights[bucket * classes..(bucket + 1) * classes];
        for (score, weight) in scores.iter_mut().zip(weights) {
            *score += weight * value;
        }
    }
    let mut slopes = softmax(&scores);
    towards_labels(&mut slopes, example, importance);
    slopes
}

/// From probabilities to how far they are from the labels.
pub(super) fn towards_labels(odds: &mut [f32], example: &Example, importance: f32) {
    let second = example.labels.get(1);
    odds[example.labels[0]] -= if second.is_some() { 1.0 - SECOND_LABEL_SHARE } else { 1.0 };
    if let Some(second) = second {
        odds[*second] -= SECOND_LABEL_SHARE;
    }
    for slope in odds {
        *slope *= importance;
    }
}

/// What few texts have tells more: the fourth root of the inverse frequency.
/// A text chosen several times is still one text.
fn rarity(readings: &[Reading], chosen: &[usize]) -> Vec<f32> {
    let mut texts = vec![0_u32; BUCKETS];
    let chosen: BTreeSet<usize> = chosen.iter().copied().collect();
    for at in &chosen {
        let buckets: HashSet<u32> = readings[*at].features.iter().map(|f| f.bucket).collect();
        for bucket in buckets {
            texts[bucket as usize] += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "thousands of texts")]
    let rarity = |with: u32| (chosen.len() as f32 / (with + 1) as f32).sqrt().sqrt();
    texts.into_iter().map(rarity).collect()
}

/// Rare classes count more, so that each is answered as well as the others.
pub(super) fn importance(examples: &[Example], chosen: &[usize], classes: usize) -> Vec<f32> {
    let mut counts = vec![1_u32; classes];
    for at in chosen {
        counts[examples[*at].labels[0]] += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "thousands of texts")]
    let importance =
        |count: u32| (chosen.len() as f32 / (classes as f32 * count as f32)).sqrt().clamp(0.3, 3.0);
    counts.into_iter().map(importance).collect()
}

/// The same order on every machine.
pub(super) fn shuffle(order: &mut [usize], epoch: u64) {
    let mut state = 0x2545_f491_4f6c_dd1d_u64 ^ (epoch + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for last in (1..order.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        #[expect(clippy::cast_possible_truncation, reason = "reduced to a place in the list")]
        let place = (state % (last as u64 + 1)) as usize;
        order.swap(last, place);
    }
}

/// One byte a weight, and what one step of each class is worth.
pub(super) fn quantise(fitted: &Fitted, classes: usize) -> (Vec<i8>, Vec<f32>) {
    let mut scales = vec![0.0_f32; classes];
    for (place, weight) in fitted.weights.iter().enumerate() {
        let scale = &mut scales[place % classes];
        *scale = scale.max(weight.abs() / 127.0);
    }
    let one_byte = |(place, weight): (usize, &f32)| {
        let scale = scales[place % classes];
        #[expect(clippy::cast_possible_truncation, reason = "within -127..=127 by the scale")]
        let byte = if scale > 0.0 { (weight / scale).round() as i8 } else { 0 };
        byte
    };
    let weights = fitted.weights.iter().enumerate().map(one_byte).collect();
    (weights, scales)
}
