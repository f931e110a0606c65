//! What speaks for a message being about a problem, in numbers.

use super::{
    features::FAMILIES,
    weighing::{Vectors, shared, together},
};

/// Kinds of likeness between two messages: one for each family of features,
/// the meaning, and the share of common letter trigrams.
pub(super) const KINDS: usize = FAMILIES + 2;
const MEANING: usize = FAMILIES;
const LITERAL: usize = FAMILIES + 1;

/// Numbers of [`Evidence`]: for each kind the likest message, the average one,
/// and all messages taken together; then how far the causes agree.
pub const EVIDENCE: usize = KINDS * 3 + 1;

/// What speaks for one problem; each number is between -1 and 1.
pub type Evidence = [f32; EVIDENCE];

/// A message as it is compared.
pub(super) struct Message {
    pub(super) features: Vectors,
    /// Of length 1; empty without an encoder.
    pub(super) meaning: Vec<f32>,
    /// Hashes of the letter trigrams, sorted.
    pub(super) shingles: Vec<u64>,
}

/// A problem by its messages.
pub(super) struct Known {
    messages: Vec<Message>,
    whole: Message,
}

impl Known {
    pub(super) fn by(messages: Vec<Message>) -> Self {
        let features: Vec<Vectors> = messages.iter().map(|it| it.features.clone()).collect();
        let mut shingles: Vec<u64> = messages.iter().flat_map(|it| it.shingles.clone()).collect();
        shingles.sort_unstable();
        shingles.dedup();
        let whole = Message { features: together(&features), meaning: middle(&messages), shingles };
        Self { messages, whole }
    }

    pub(super) fn evidence(&self, asked: &Message, agreement: f32) -> Evidence {
        let each: Vec<[f32; KINDS]> =
            self.messages.iter().map(|message| alike(asked, message)).collect();
        #[expect(clippy::cast_precision_loss, reason = "a handful of messages")]
        let count = each.len().max(1) as f32;
        let whole = alike(asked, &self.whole);
        std::array::from_fn(|at| {
            let kind = at / 3;
            if kind == KINDS {
                return agreement;
            }
            let numbers = each.iter().map(|kinds| kinds[kind]);
            match at % 3 {
                0 => numbers.fold(0.0, f32::max),
                1 => numbers.sum::<f32>() / count,
                _ => whole[kind],
            }
        })
    }
}

fn alike(asked: &Message, message: &Message) -> [f32; KINDS] {
    let families = shared(&asked.features, &message.features);
    std::array::from_fn(|kind| match kind {
        MEANING => asked.meaning.iter().zip(&message.meaning).map(|(a, b)| a * b).sum(),
        LITERAL => literal(&asked.shingles, &message.shingles),
        family => families[family],
    })
}

/// The share of common shingles; both sides are sorted.
fn literal(a: &[u64], b: &[u64]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let common = a.iter().filter(|shingle| b.binary_search(shingle).is_ok()).count();
    #[expect(clippy::cast_precision_loss, reason = "at most a few thousand shingles")]
    let dice = (2 * common) as f32 / (a.len() + b.len()) as f32;
    dice
}

/// The meaning that all messages share.
fn middle(messages: &[Message]) -> Vec<f32> {
    let size = messages.first().map_or(0, |message| message.meaning.len());
    let mut sum = vec![0.0_f32; size];
    for message in messages {
        for (total, value) in sum.iter_mut().zip(&message.meaning) {
            *total += value;
        }
    }
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::EPSILON);
    sum.iter().map(|value| value / length).collect()
}
