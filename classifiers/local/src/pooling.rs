//! From the scores of sentences to those of a message. Real messages praise,
//! tell a story and greet around the one sentence that names a cause: the
//! strongest sentence counts beside the whole.

/// What the strongest sentence counts beside the whole message, when words and
/// letters are read.
pub(crate) const SENTENCE_SHARE: f32 = 0.2;

/// The scores of a message from those of the whole and, one after the other, of
/// its sentences. `resting` is the class that a text has when no sentence of it
/// speaks for another one.
pub(crate) fn pooled(
    mut whole: Vec<f32>,
    sentences: &[f32],
    resting: usize,
    share: f32,
) -> Vec<f32> {
    let lead = |scores: &[f32], class: usize| scores[class] - scores[resting];
    let classes = whole.len();
    let rest = whole[resting];
    for class in (0..classes).filter(|class| *class != resting) {
        let leads = sentences.chunks_exact(classes).map(|scores| lead(scores, class));
        if let Some(strongest) = leads.reduce(f32::max) {
            let own = whole[class] - rest;
            whole[class] = rest + own + share * (strongest - own);
        }
    }
    whole
}
