//! Patterns of words, and where a message has them.

use std::{collections::HashMap, ops::Range};

use crate::words::Word;

/// How many words `..` may stand for.
const WORDS_BETWEEN: usize = 3;

/// Sections of weighted patterns, read from a file of this crate.
pub(crate) struct Cues {
    sections: HashMap<&'static str, Vec<Cue>>,
}

struct Cue {
    weight: f32,
    pattern: Vec<Element>,
}

enum Element {
    /// One of these, each whole or the beginning of a word.
    Word(Vec<Piece>),
    Any,
    Gap,
}

enum Piece {
    Whole(&'static str),
    Beginning(&'static str),
}

/// A cue that a message has.
pub(crate) struct Hit {
    pub(crate) weight: f32,
    pub(crate) words: Range<usize>,
}

impl Cues {
    /// Lines `weight pattern` under `[section]` titles. Every file is a
    /// constant of this crate; its tests say when a line is wrong.
    pub(crate) fn read(file: &'static str) -> Self {
        let mut sections: HashMap<_, Vec<Cue>> = HashMap::new();
        let mut title = "";
        for line in
            file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(begun) => title = begun,
                None => sections.entry(title).or_default().extend(Cue::read(line)),
            }
        }
        Self { sections }
    }

    /// The heaviest cue of a section at each word where one begins.
    pub(crate) fn hits(&self, section: &str, words: &[Word]) -> Vec<Hit> {
        let cues = self.sections.get(section).map_or(&[][..], Vec::as_slice);
        let at = |start: usize| cues.iter().filter_map(move |cue| cue.hit(words, start));
        (0..words.len())
            .filter_map(|start| at(start).max_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs())))
            .collect()
    }

    /// Titles of the sections that a message has a cue of, in the order of the
    /// alphabet.
    pub(crate) fn present(&self, words: &[Word]) -> Vec<&'static str> {
        let has = |cues: &[Cue]| {
            (0..words.len()).any(|at| cues.iter().any(|cue| cue.hit(words, at).is_some()))
        };
        let mut present: Vec<_> =
            self.sections.iter().filter(|(_, cues)| has(cues)).map(|(title, _)| *title).collect();
        present.sort_unstable();
        present
    }

    #[cfg(test)]
    pub(crate) fn sections(&self) -> Vec<&'static str> {
        let mut titles: Vec<_> = self.sections.keys().copied().collect();
        titles.sort_unstable();
        titles
    }
}

impl Cue {
    fn read(line: &'static str) -> Option<Self> {
        let (weight, pattern) = line.split_once(' ')?;
        let pattern = pattern.split_whitespace().map(Element::read).collect();
        Some(Self { weight: weight.parse().ok()?, pattern })
    }

    fn hit(&self, words: &[Word], start: usize) -> Option<Hit> {
        let end = ends(&self.pattern, words, start)?;
        Some(Hit { weight: self.weight, words: start..end })
    }
}

impl Element {
    fn read(element: &'static str) -> Self {
        match element {
            "_" => Self::Any,
            ".." => Self::Gap,
            _ => Self::Word(element.split('/').map(Piece::read).collect()),
        }
    }
}

impl Piece {
    fn read(piece: &'static str) -> Self {
        piece.strip_suffix('*').map_or(Self::Whole(piece), Self::Beginning)
    }

    fn is(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => word == *whole,
            Self::Beginning(beginning) => word.starts_with(beginning),
        }
    }
}

/// The word after the pattern when it stands at `at`. The depth is that of
/// the pattern, the width that of its gaps: both are small constants.
fn ends(pattern: &[Element], words: &[Word], at: usize) -> Option<usize> {
    let Some((element, rest)) = pattern.split_first() else { return Some(at) };
    match element {
        Element::Gap => (0..=WORDS_BETWEEN).find_map(|skipped| ends(rest, words, at + skipped)),
        Element::Any => words.get(at).and_then(|_| ends(rest, words, at + 1)),
        Element::Word(pieces) => {
            let word = &words.get(at)?.plain;
            pieces.iter().any(|piece| piece.is(word)).then(|| ends(rest, words, at + 1))?
        }
    }
}
