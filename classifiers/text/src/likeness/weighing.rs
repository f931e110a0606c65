//! Features of messages as vectors in which rare features weigh more.

use std::collections::{HashMap, HashSet};

use super::features::{FAMILIES, Features};

/// What a feature that no problem has counts: it says that the message may be
/// about something new.
const OF_UNKNOWN: f32 = 0.94;
/// Takes from what one message repeats and gives to what few have.
const DAMPED: f32 = 0.3;
/// Problems that are imagined beside the known ones and share nothing with
/// them: beside one or two known problems a feature they have is still rare.
const IMAGINED: f32 = 30.0;

/// One vector of length 1 for each family of features.
pub(super) type Vectors = [HashMap<u64, f32>; FAMILIES];

/// In how many problems a feature stands: what many have tells little.
pub(super) struct Rarity {
    known: [HashMap<u64, f32>; FAMILIES],
    unknown: f32,
}

impl Rarity {
    pub(super) fn among(problems: &[Vec<Features>]) -> Self {
        let mut known: [HashMap<u64, f32>; FAMILIES] = Default::default();
        for messages in problems {
            for (family, counts) in known.iter_mut().enumerate() {
                let present: HashSet<u64> =
                    messages.iter().flat_map(|message| message[family].keys().copied()).collect();
                for feature in present {
                    *counts.entry(feature).or_default() += 1.0;
                }
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "open problems of one company")]
        let all = problems.len() as f32 + IMAGINED;
        let weight = |having: f32| ((all - having + 0.5) / (having + 0.5) + 1.0).ln();
        for counts in &mut known {
            for having in counts.values_mut() {
                *having = weight(*having);
            }
        }
        Self { known, unknown: weight(0.0) * OF_UNKNOWN }
    }

    pub(super) fn weigh(&self, features: &Features) -> Vectors {
        std::array::from_fn(|family| {
            let weight =
                |feature: &u64| self.known[family].get(feature).copied().unwrap_or(self.unknown);
            let weighed = features[family].iter().map(|(f, count)| (*f, count.sqrt() * weight(f)));
            of_length_one(weighed.collect())
        })
    }
}

/// All messages of a problem as one.
pub(super) fn together(messages: &[Vectors]) -> Vectors {
    std::array::from_fn(|family| {
        let mut whole: HashMap<u64, f32> = HashMap::new();
        for (feature, weight) in messages.iter().flat_map(|message| &message[family]) {
            *whole.entry(*feature).or_default() += weight;
        }
        for weight in whole.values_mut() {
            *weight = weight.powf(1.0 - DAMPED);
        }
        of_length_one(whole)
    })
}

fn of_length_one(mut vector: HashMap<u64, f32>) -> HashMap<u64, f32> {
    let length =
        vector.values().map(|weight| weight * weight).sum::<f32>().sqrt().max(f32::EPSILON);
    for weight in vector.values_mut() {
        *weight /= length;
    }
    vector
}

/// The cosine of each family.
pub(super) fn shared(a: &Vectors, b: &Vectors) -> [f32; FAMILIES] {
    std::array::from_fn(|family| {
        let (short, long) = if a[family].len() < b[family].len() {
            (&a[family], &b[family])
        } else {
            (&b[family], &a[family])
        };
        short
            .iter()
            .filter_map(|(feature, weight)| long.get(feature).map(|other| weight * other))
            .sum()
    })
}
