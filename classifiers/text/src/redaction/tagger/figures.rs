//! How much a reader finds.

use std::fmt;

use super::{
    super::{found_by, reading::Reading},
    Label, Marked,
    model::Tagger,
};

/// What was found of each kind, and how many other words were taken along.
#[derive(Debug, Default)]
pub struct Figures {
    /// By label: pieces there were, and pieces of which nothing remains.
    pub pieces: Vec<(Label, usize, usize)>,
    /// Words that are no part of a marked piece.
    pub others: usize,
    /// Those of them that were taken all the same.
    pub touched: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (label, count, right) in &self.pieces {
            writeln!(f, "{label:?}: {right} of {count} hidden")?;
        }
        write!(f, "other words touched: {} of {}", self.touched, self.others)
    }
}

impl Figures {
    pub(super) fn add(&mut self, line: &Marked, tagger: &Tagger) {
        let reading = Reading::of(&line.text);
        let found = found_by(Some(tagger), &reading);
        let hidden = |at: usize| found.iter().any(|found| found.span.contains(&at));
        for (label, span) in &line.marks {
            let all = line.text[span.clone()]
                .char_indices()
                .all(|(at, letter)| !letter.is_alphanumeric() || hidden(span.start + at));
            match self.pieces.iter_mut().find(|(of, ..)| of == label) {
                Some((_, count, right)) => {
                    *count += 1;
                    *right += usize::from(all);
                }
                None => self.pieces.push((*label, 1, usize::from(all))),
            }
        }
        for word in &reading.words {
            let personal = line
                .marks
                .iter()
                .any(|(_, span)| span.start < word.span.end && word.span.start < span.end);
            self.others += usize::from(!personal);
            self.touched += usize::from(!personal && hidden(word.span.start));
        }
    }
}
