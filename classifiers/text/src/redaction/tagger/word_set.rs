//! Words as members of a list, without the list.

use super::features::hash_of;

const BITS: usize = 1 << 20;

/// A Bloom filter (Bloom 1970) with two bits for a word: with 20,000 words on
/// the list about one in 700 others is taken for one of them.
#[derive(Clone)]
pub(super) struct WordSet(pub(super) Vec<u8>);

impl WordSet {
    pub(super) const BYTES: usize = BITS / 8;

    pub(super) fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self(vec![0; Self::BYTES]);
        for word in words {
            for (byte, bit) in Self::places(word) {
                set.0[byte] |= bit;
            }
        }
        set
    }

    pub(super) fn has(&self, word: &str) -> bool {
        Self::places(word).into_iter().all(|(byte, bit)| self.0[byte] & bit != 0)
    }

    /// Whether a name is on the list, in any of its cases: «Ахмету», «Тамарой».
    /// It asks for every form the word may be of, and so is wrong more often.
    pub(super) fn has_name(&self, word: &str) -> bool {
        const ENDINGS: &[&str] =
            &["а", "у", "е", "и", "ы", "я", "ю", "ом", "ем", "ой", "ей", "ым", "ого", "ому"];
        const FIRST_ENDINGS: &[&str] = &["", "а", "я", "й", "ь"];
        if self.has(word) {
            return true;
        }
        if word.is_ascii() {
            return word.strip_suffix('s').is_some_and(|name| self.has(name));
        }
        let stems = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending));
        stems
            .filter(|stem| stem.chars().count() >= 3)
            .any(|stem| FIRST_ENDINGS.iter().any(|ending| self.has(&format!("{stem}{ending}"))))
    }

    fn places(word: &str) -> [(usize, u8); 2] {
        [1, 2].map(|seed| {
            let bit = hash_of(seed, word) % BITS as u64;
            ((bit / 8) as usize, 1 << (bit % 8))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_its_cases() {
        let names = WordSet::of(["ахмет", "тамара", "наталья", "yusuf"]);
        for known in ["ахмет", "ахмету", "тамарой", "наталью", "yusufs"] {
            assert!(names.has_name(known), "{known}");
        }
        for unknown in ["заказ", "тамаг", "use", "дом"] {
            assert!(!names.has_name(unknown), "{unknown}");
        }
    }
}
