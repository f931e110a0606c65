//! A linear chain: weights of a word's features for each label, and of one
//! label after another; the best whole sequence is the answer (Viterbi).

use std::fmt;

use super::{
    Label,
    features::{BUCKETS, Token, VERSION, Vocabulary, features},
    word_set::WordSet,
};

pub(super) const LABELS: usize = Label::ALL.len();
const MAGIC: &[u8; 8] = b"mostik-p";

/// Bytes that are not a reader of this version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InvalidTagger(&'static str);

impl fmt::Display for InvalidTagger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a reader of personal data: {}", self.0)
    }
}

/// Scores of the labels of a word, by label.
pub(super) type Scores = [i32; LABELS];

/// What has been learnt.
pub(in crate::redaction) struct Tagger {
    pub(super) vocabulary: Vocabulary,
    pub(super) weights: Weights<i8>,
    /// A fingerprint of the marked messages and of what is seen of them, so that
    /// a test sees when they or the rules have changed.
    pub(super) lines: u64,
}

/// Weights of features and of label after label.
pub(super) struct Weights<W> {
    /// For every bucket, for every label.
    pub(super) features: Vec<[W; LABELS]>,
    /// By the label before, for every label.
    pub(super) after: [[W; LABELS]; LABELS],
}

impl<W: Copy + Into<i32>> Weights<W> {
    /// What the features of every word say for each label.
    fn scores(&self, tokens: &[Token]) -> Vec<Scores> {
        let mut found = Vec::with_capacity(96);
        let mut score = |at: usize| {
            features(tokens, at, &mut found);
            let mut scores = Scores::default();
            for bucket in &found {
                for (score, weight) in scores.iter_mut().zip(self.features[*bucket as usize]) {
                    *score += weight.into();
                }
            }
            scores
        };
        (0..tokens.len()).map(&mut score).collect()
    }

    /// The best sequence of labels; `add` is added to a word's scores before.
    pub(super) fn best(&self, tokens: &[Token], add: impl Fn(usize, &mut Scores)) -> Vec<Label> {
        let mut scores = self.scores(tokens);
        scores.iter_mut().enumerate().for_each(|(at, scores)| add(at, scores));
        let mut before = Scores::default();
        let mut came_from: Vec<[usize; LABELS]> = Vec::with_capacity(tokens.len());
        for (at, own) in scores.iter().enumerate() {
            let mut from = [0; LABELS];
            let mut best = Scores::default();
            for label in 0..LABELS {
                // Before the first word there is nothing personal.
                let sources = 0..if at == 0 { 1 } else { LABELS };
                let score = |source: usize| before[source] + self.after[source][label].into();
                // The first of equal ones, so that nothing depends on chance.
                from[label] = sources.rev().max_by_key(|source| score(*source)).unwrap_or(0);
                best[label] = own[label] + score(from[label]);
            }
            before = best;
            came_from.push(from);
        }
        let mut label = (0..LABELS).rev().max_by_key(|label| before[*label]).unwrap_or(0);
        let mut labels = vec![Label::Nothing; tokens.len()];
        for at in (0..tokens.len()).rev() {
            labels[at] = Label::ALL[label];
            label = came_from[at][label];
        }
        labels
    }
}

impl Tagger {
    /// What every word is part of.
    pub(super) fn labels(&self, tokens: &[Token]) -> Vec<Label> {
        self.weights.best(tokens, |_, _| {})
    }

    /// Whether a word, in its plain form, is one of every day.
    pub(in crate::redaction) fn is_ordinary(&self, plain: &str) -> bool {
        self.vocabulary.ordinary.has(plain)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(self.lines.to_le_bytes());
        let Vocabulary { ordinary, given_names, surnames } = &self.vocabulary;
        for set in [ordinary, given_names, surnames] {
            bytes.extend(&set.0);
        }
        let rows = self.weights.after.iter().chain(&self.weights.features);
        bytes.extend(rows.flatten().map(|weight| weight.cast_unsigned()));
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidTagger> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(InvalidTagger("it does not begin like one"))?;
        let (version, rest) = number(rest)?;
        if version != VERSION {
            return Err(InvalidTagger("it was trained with other features"));
        }
        let (lines, rest) = number(rest)?;
        let (ordinary, rest) = word_set(rest)?;
        let (given_names, rest) = word_set(rest)?;
        let (surnames, rest) = word_set(rest)?;
        let vocabulary = Vocabulary { ordinary, given_names, surnames };
        let (rows, rest) = rest.as_chunks::<LABELS>();
        if rows.len() != LABELS + BUCKETS || !rest.is_empty() {
            return Err(InvalidTagger("it has another number of weights"));
        }
        let mut rows = rows.iter().map(|row| row.map(u8::cast_signed));
        let mut after = [[0; LABELS]; LABELS];
        after.iter_mut().zip(&mut rows).for_each(|(place, row)| *place = row);
        let weights = Weights { features: rows.collect(), after };
        Ok(Self { vocabulary, weights, lines })
    }
}

fn number(bytes: &[u8]) -> Result<(u64, &[u8]), InvalidTagger> {
    let (taken, rest) = bytes.split_first_chunk().ok_or(InvalidTagger("it is cut short"))?;
    Ok((u64::from_le_bytes(*taken), rest))
}

fn word_set(bytes: &[u8]) -> Result<(WordSet, &[u8]), InvalidTagger> {
    let cut = InvalidTagger("it is cut short");
    let (taken, rest) = bytes.split_at_checked(WordSet::BYTES).ok_or(cut)?;
    Ok((WordSet(taken.to_vec()), rest))
}

#[cfg(test)]
mod tests {
    use super::{super::COMPILED_IN, *};

    #[test]
    fn the_shipped_reader_is_read_and_a_damaged_one_refused() {
        let shipped = Tagger::from_bytes(COMPILED_IN).expect("the shipped reader");
        assert_eq!(shipped.to_bytes(), COMPILED_IN);
        let refused = |bytes: &[u8]| Tagger::from_bytes(bytes).is_err();
        assert!(refused(b"") && refused(b"mostik-p") && refused(&COMPILED_IN[1..]));
        assert!(refused(&COMPILED_IN[..COMPILED_IN.len() - 1]));
        assert!(refused(&[COMPILED_IN, b"x"].concat()));
        let mut of_other_features = COMPILED_IN.to_vec();
        of_other_features[MAGIC.len()] ^= 1;
        assert!(refused(&of_other_features));
    }
}
