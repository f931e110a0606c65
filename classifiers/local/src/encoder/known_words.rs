//! How words were cut into pieces, for the next time: most words come again.

use std::sync::{Arc, RwLock};

use crate::hashing;

/// A few languages' everyday words; a power of two.
const PLACES: usize = 1 << 14;
/// Longer words do not come again.
const LONGEST: usize = 48;

/// A word and its pieces.
struct Known {
    word: Box<str>,
    pieces: Box<[u32]>,
}

/// The last word of each place in a table of fixed size.
pub(super) struct KnownWords(Vec<RwLock<Option<Arc<Known>>>>);

impl KnownWords {
    pub(super) fn new() -> Self {
        Self((0..PLACES).map(|_| RwLock::default()).collect())
    }

    /// Appends the pieces of a word: as they were found before, or as `cut` finds them.
    pub(super) fn cut(
        &self,
        word: &str,
        found: &mut Vec<u32>,
        cut: impl FnOnce(&str, &mut Vec<u32>),
    ) {
        if word.len() > LONGEST {
            return cut(word, found);
        }
        #[expect(clippy::cast_possible_truncation, reason = "masked to the table")]
        let place = &self.0[hashing::hash(21, word.as_bytes()) as usize & (PLACES - 1)];
        // Another thread in the way takes longer than cutting the word again.
        let known = place.try_read().ok().and_then(|known| known.clone());
        if let Some(known) = known.filter(|known| &*known.word == word) {
            return found.extend_from_slice(&known.pieces);
        }
        let from = found.len();
        cut(word, found);
        if let Ok(mut place) = place.try_write() {
            *place = Some(Arc::new(Known { word: word.into(), pieces: found[from..].into() }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_word_is_cut_once_and_another_in_its_place_is_not_mistaken_for_it() {
        let (known, times) = (KnownWords::new(), Cell::new(0_u32));
        let cut = |word: &str| {
            let mut found = vec![9];
            known.cut(word, &mut found, |word, found| {
                times.set(times.get() + 1);
                found.push(u32::try_from(word.len()).unwrap_or(0));
            });
            found
        };
        assert_eq!((cut("слово"), cut("слово")), (vec![9, 10], vec![9, 10]));
        assert_eq!(times.get(), 1);
        // More words than places: each is still answered for itself.
        for number in 0..3 * PLACES {
            let word = format!("{}{number}", "x".repeat(number % 7));
            assert_eq!(cut(&word), [9, u32::try_from(word.len()).unwrap_or(0)]);
        }
        let long = "ы".repeat(LONGEST);
        assert_eq!(cut(&long), [9, 96]);
    }
}
