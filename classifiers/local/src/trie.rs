//! Words by their beginnings, read letter by letter.

use crate::hashing;

/// Where a reader stands; [`ROOT`] before the first letter.
pub(crate) type Node = u32;

pub(crate) const ROOT: Node = 0;
const NO_VALUE: u32 = u32::MAX;
/// A node, a letter and the node behind it have 21 bits each.
const BITS: u32 = 21;
const MOST_NODES: usize = 1 << BITS;
const CHILD: u64 = (1 << BITS) - 1;

/// Texts with a number each.
pub(crate) struct Trie {
    /// An open hash table of steps; 0 is an empty place, for no step leads to the root.
    steps: Vec<u64>,
    mask: usize,
    values: Vec<u32>,
}

impl Trie {
    pub(crate) fn new() -> Self {
        Self { steps: vec![0; 1 << 10], mask: (1 << 10) - 1, values: vec![NO_VALUE] }
    }

    /// Where the letter leads, when any text goes on so.
    pub(crate) fn step(&self, from: Node, letter: char) -> Option<Node> {
        let found = self.steps[self.place(step(from, letter))];
        let child = (found & CHILD) as Node;
        (child != ROOT).then_some(child)
    }

    /// The number of the text that ends here.
    pub(crate) fn value(&self, node: Node) -> Option<u32> {
        let value = self.values[node as usize];
        (value != NO_VALUE).then_some(value)
    }

    /// Gives a text its number, in place of an earlier one. False when no more
    /// texts fit, which two million letters do.
    pub(crate) fn insert(&mut self, text: &str, value: u32) -> bool {
        let mut node = ROOT;
        for letter in text.chars() {
            node = match self.step(node, letter) {
                Some(next) => next,
                None if self.values.len() == MOST_NODES => return false,
                None => self.add(step(node, letter)),
            };
        }
        self.values[node as usize] = value;
        true
    }

    fn add(&mut self, step: u64) -> Node {
        if self.values.len() * 2 > self.steps.len() {
            let places = self.steps.len() * 2;
            let before = std::mem::replace(&mut self.steps, vec![0; places]);
            self.mask = places - 1;
            for step in before.into_iter().filter(|step| *step != 0) {
                let place = self.place(step & !CHILD);
                self.steps[place] = step;
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most two million")]
        let node = self.values.len() as Node;
        let place = self.place(step);
        self.steps[place] = step | u64::from(node);
        self.values.push(NO_VALUE);
        node
    }

    /// Where this step stands, or the empty place where it would.
    fn place(&self, step: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "masked to the table")]
        let mut place = hashing::finish(step) as usize & self.mask;
        while self.steps[place] != 0 && self.steps[place] & !CHILD != step {
            place = (place + 1) & self.mask;
        }
        place
    }
}

fn step(from: Node, letter: char) -> u64 {
    u64::from(from) << (2 * BITS) | u64::from(u32::from(letter)) << BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(trie: &Trie, text: &str) -> Option<u32> {
        let end = text.chars().try_fold(ROOT, |node, letter| trie.step(node, letter))?;
        trie.value(end)
    }

    #[test]
    fn texts_are_found_whole_and_nothing_else_is() {
        let mut trie = Trie::new();
        let texts: Vec<String> =
            (0..3_000_u32).map(|n| format!("{}ж{n:x}\u{10ffff}", n % 7)).collect();
        for (text, value) in texts.iter().zip(0..) {
            assert!(trie.insert(text, value));
        }
        for (text, value) in texts.iter().zip(0..) {
            assert_eq!(find(&trie, text), Some(value));
            assert_eq!(find(&trie, &text[..text.len() - 4]), None, "only a beginning");
            assert_eq!(find(&trie, &format!("{text}a")), None);
        }
        assert!(trie.insert("", 7) && trie.insert(&texts[5], 9));
        assert_eq!((find(&trie, ""), find(&trie, &texts[5])), (Some(7), Some(9)));
    }
}
