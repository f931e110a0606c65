//! From the scores of sentences to those of a message. Real messages praise,
//! tell a story and greet around the one sentence that names a cause: the
//! strongest sentence counts beside the whole.

use crate::features::{Feature, Reading};

/// What the strongest sentence counts beside the whole message.
const SENTENCE_SHARE: f32 = 0.4;

/// The scores of all classes. `resting` is the class that a text has when no
/// sentence of it speaks for another one.
pub(crate) fn scores(
    reading: &Reading,
    resting: Option<usize>,
    scores_of: impl Fn(&[Feature]) -> Vec<f32>,
) -> Vec<f32> {
    let whole = scores_of(&reading.features);
    let Some(resting) = resting else { return whole };
    let sentences: Vec<_> =
        reading.by_sentence().iter().map(|features| scores_of(features)).collect();
    pooled(whole, &sentences, resting, SENTENCE_SHARE)
}

/// The scores of a message from those of the whole and of its sentences.
pub(crate) fn pooled(
    mut whole: Vec<f32>,
    sentences: &[Vec<f32>],
    resting: usize,
    share: f32,
) -> Vec<f32> {
    let lead = |scores: &[f32], class: usize| scores[class] - scores[resting];
    let rest = whole[resting];
    for class in (0..whole.len()).filter(|class| *class != resting) {
        let strongest = sentences.iter().map(|scores| lead(scores, class)).reduce(f32::max);
        if let Some(strongest) = strongest {
            let own = whole[class] - rest;
            whole[class] = rest + own + share * (strongest - own);
        }
    }
    whole
}
