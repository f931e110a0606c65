use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Example;
use crate::{evaluation::Answer, hashing};

/// How own lines were answered by models that had not learnt them. A model in
/// use that has learnt a line by heart proves nothing by answering it: the next
/// training is compared with what was answered before. Texts are kept as
/// numbers that do not tell them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnAnswers(BTreeMap<u64, (usize, f32)>);

impl OwnAnswers {
    /// The class answered for a text, and how sure; none for one not learnt.
    pub(super) fn of(&self, text: &str, classes: usize) -> Option<(usize, f32)> {
        self.0.get(&key(text)).copied().filter(|(class, _)| *class < classes)
    }
}

impl<'a> FromIterator<(&'a Example, &'a Answer)> for OwnAnswers {
    fn from_iter<I: IntoIterator<Item = (&'a Example, &'a Answer)>>(answered: I) -> Self {
        let answers = answered.into_iter();
        let noted = |(example, answer): (&Example, &Answer)| {
            (key(&example.text), (answer.answered, answer.confidence))
        };
        Self(answers.map(noted).collect())
    }
}

fn key(text: &str) -> u64 {
    hashing::hash(23, text.trim().to_lowercase().as_bytes())
}
