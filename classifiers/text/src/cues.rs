//! Patterns of words, and where a message has them.

use crate::words::Word;

/// How many words `..` may stand for.
const WORDS_BETWEEN: usize = 3;

/// Sections of weighted patterns, read from a file of this crate.
pub(crate) struct Cues {
    titles: Vec<&'static str>,
    all: Vec<Cue>,
    /// By the first letters of their first word, so that a word is compared
    /// with few of them.
    by_beginning: Vec<u16>,
    /// Where those of each beginning end in it; close together, for every word
    /// of every message asks here.
    ends: Vec<u16>,
    /// Those that may begin with any word.
    anywhere: Vec<u16>,
}

struct Cue {
    /// Place of the title of its section.
    section: usize,
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
struct Hit {
    /// Place of the title of its section.
    section: usize,
    /// Its own place in the file.
    place: u16,
    weight: f32,
    /// The word where it begins.
    start: usize,
}

impl Cues {
    /// Lines `weight pattern` under `[section]` titles. Every file is a
    /// constant of this crate; its tests say when a line is wrong.
    pub(crate) fn read(file: &'static str) -> Self {
        let mut cues = Self {
            titles: Vec::new(),
            all: Vec::new(),
            by_beginning: Vec::new(),
            ends: Vec::new(),
            anywhere: Vec::new(),
        };
        for line in
            file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let title = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
            if let Some(title) = title {
                cues.titles.push(title);
            } else {
                cues.all.extend(Cue::read(cues.titles.len().saturating_sub(1), line));
            }
        }
        cues.index();
        cues
    }

    fn index(&mut self) {
        let mut buckets = vec![Vec::new(); BEGINNINGS];
        for (place, cue) in (0_u16..).zip(&self.all) {
            match cue.pattern.first() {
                Some(Element::Word(pieces)) if pieces.iter().all(Piece::has_beginning) => {
                    for piece in pieces {
                        let bucket: &mut Vec<u16> = &mut buckets[piece.bucket()];
                        if bucket.last() != Some(&place) {
                            bucket.push(place);
                        }
                    }
                }
                _ => self.anywhere.push(place),
            }
        }
        for bucket in buckets {
            self.by_beginning.extend(bucket);
            self.ends.push(u16::try_from(self.by_beginning.len()).unwrap_or(u16::MAX));
        }
    }

    fn bucket(&self, bucket: usize) -> &[u16] {
        let from = bucket.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.by_beginning[usize::from(from)..usize::from(self.ends[bucket])]
    }

    /// What a message has of every section.
    pub(crate) fn find(&self, words: &[Word]) -> Hits<'_> {
        let mut found = Vec::new();
        for (start, word) in words.iter().enumerate() {
            let short = self.bucket(beginning(&word.plain, SHORT)).iter();
            let long = self.bucket(beginning(&word.plain, LONG)).iter();
            for place in short.chain(long).chain(&self.anywhere) {
                let cue = &self.all[usize::from(*place)];
                if stands(&cue.pattern, words, start) {
                    let (section, weight) = (cue.section, cue.weight);
                    found.push(Hit { section, place: *place, weight, start });
                }
            }
        }
        Hits { titles: &self.titles, found }
    }

    /// Titles of the sections that a message has a cue of, in the order of the
    /// alphabet.
    pub(crate) fn present(&self, words: &[Word]) -> Vec<&'static str> {
        let found = self.find(words).found;
        let mut present: Vec<_> = found.iter().map(|hit| self.titles[hit.section]).collect();
        present.sort_unstable();
        present.dedup();
        present
    }

    /// The titles of all sections, in the order of the file.
    #[cfg(test)]
    pub(crate) fn sections(&self) -> &[&'static str] {
        &self.titles
    }
}

/// Every cue that a message has, in the order of its words.
pub(crate) struct Hits<'a> {
    titles: &'a [&'static str],
    found: Vec<Hit>,
}

impl Hits<'_> {
    /// What the cues of each section weigh together, in the order of the
    /// sections: at each word where one begins the heaviest, of equally heavy
    /// ones the later in the file.
    pub(crate) fn weights(&self) -> Vec<f32> {
        let mut weights = vec![0.0; self.titles.len()];
        let mut heaviest: Vec<Option<&Hit>> = vec![None; self.titles.len()];
        for hit in &self.found {
            match &mut heaviest[hit.section] {
                Some(best) if best.start == hit.start => {
                    let order = best.weight.abs().total_cmp(&hit.weight.abs());
                    if order.then(best.place.cmp(&hit.place)).is_lt() {
                        weights[hit.section] += hit.weight - best.weight;
                        *best = hit;
                    }
                }
                best => {
                    weights[hit.section] += hit.weight;
                    *best = Some(hit);
                }
            }
        }
        weights
    }
}

/// How many beginnings of words are told apart; others share a place.
const BEGINNINGS: usize = 1024;
/// Letters of a beginning: of most cues so many …
const LONG: usize = 3;
/// … and of the rest at least these.
const SHORT: usize = 2;

/// Where cues stand that begin like this word.
fn beginning(word: &str, letters: usize) -> usize {
    let mut given = word.chars();
    let next = |sum: usize, _| sum * 37 + given.next().map_or(0, |letter| letter as usize);
    (0..letters).fold(letters, next) % BEGINNINGS
}

impl Cue {
    fn read(section: usize, line: &'static str) -> Option<Self> {
        let (weight, pattern) = line.split_once(' ')?;
        let pattern = pattern.split_whitespace().map(Element::read).collect();
        Some(Self { section, weight: weight.parse().ok()?, pattern })
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

    /// Whether the words that it stands for begin alike.
    fn has_beginning(&self) -> bool {
        match self {
            Self::Whole(_) => true,
            Self::Beginning(text) => text.chars().count() >= SHORT,
        }
    }

    fn bucket(&self) -> usize {
        match self {
            Self::Beginning(text) if text.chars().count() < LONG => beginning(text, SHORT),
            Self::Whole(text) | Self::Beginning(text) => beginning(text, LONG),
        }
    }

    fn is(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => word == *whole,
            Self::Beginning(beginning) => word.starts_with(beginning),
        }
    }
}

/// Whether the pattern stands at `at`. The depth is that of the pattern, the
/// width that of its gaps: both are small constants.
fn stands(pattern: &[Element], words: &[Word], at: usize) -> bool {
    let Some((element, rest)) = pattern.split_first() else { return true };
    match element {
        Element::Gap => (0..=WORDS_BETWEEN).any(|skipped| stands(rest, words, at + skipped)),
        Element::Any => at < words.len() && stands(rest, words, at + 1),
        Element::Word(pieces) => words.get(at).is_some_and(|word| {
            pieces.iter().any(|piece| piece.is(&word.plain)) && stands(rest, words, at + 1)
        }),
    }
}
