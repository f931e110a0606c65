//! Which messages say the same thing in nearly the same words.
//!
//! [`keys`] finds the same complaint with other case, punctuation, typing
//! errors, small words or slips of speech recognition by an indexed equality
//! search; [`Ranking`] judges by words and meaning which problem a message is
//! about. What is not sure enough is a person's decision, for which it offers
//! the likest problems.

mod evidence;
mod features;
mod ranking;
mod score;
mod weighing;
mod weights;

use std::{
    collections::{BTreeSet, HashSet},
    sync::LazyLock,
};

pub use evidence::{EVIDENCE, Evidence};
pub use ranking::{MESSAGES_COMPARED, Meanings, Ranking};
pub use score::{Alike, Weights};

use crate::words::{cut_at, words};

/// From this similarity on two messages say the same in the same words, also
/// when two known problems do so and neither is surer than the other. Of the
/// 45 messages so alike in 20 draws from BANKING77 (see `LIKENESS.md`) all had
/// the same intent; from 0.8 on only nine in ten.
pub const REPEATED: f32 = 0.95;

/// What two messages must share, at the least, to be worth comparing: two
/// equal ones share all, two of similarity 0.8 share one with probability
/// above 0.98.
const BANDS: u64 = 24;
const ROWS: u64 = 3;

/// Text beyond this is not compared: who writes more does not repeat himself
/// literally.
const BYTES_COMPARED: usize = 8_192;

/// Keys of a message for an index: messages alike share at least one of them.
/// Stable across versions and machines, so they may be stored. Empty for a
/// text without words.
pub fn keys(text: &str) -> Vec<u64> {
    let shingles = shingles(text);
    if shingles.is_empty() {
        return Vec::new();
    }
    (0..BANDS)
        .map(|band| {
            (0..ROWS).fold(band, |key, row| {
                let seed = band * ROWS + row;
                let least = shingles.iter().map(|s| mix(s ^ mix(seed + 1))).min().unwrap_or(0);
                mix(key ^ least)
            })
        })
        .collect()
}

/// From 0 (nothing shared) to 1 (the same words): the share of common letter
/// trigrams, small words aside.
pub fn similarity(a: &str, b: &str) -> f32 {
    let (a, b) = (shingles(a), shingles(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let common = a.intersection(&b).count();
    #[expect(clippy::cast_precision_loss, reason = "at most a few thousand shingles")]
    let dice = (2 * common) as f32 / (a.len() + b.len()) as f32;
    dice
}

fn shingles(text: &str) -> BTreeSet<u64> {
    let words = words(cut_at(text, BYTES_COMPARED));
    let telling: Vec<_> = words.iter().filter(|w| !is_small_word(&w.plain)).collect();
    let chosen = if telling.is_empty() { words.iter().collect() } else { telling };
    chosen.into_iter().flat_map(|word| trigrams(&word.plain)).collect()
}

fn trigrams(word: &str) -> Vec<u64> {
    let padded: Vec<char> =
        std::iter::once(' ').chain(word.chars()).chain(std::iter::once(' ')).collect();
    padded.windows(3).map(hash_letters).collect()
}

/// FNV-1a over code points: ours, so that stored keys outlive any library.
fn hash_letters(letters: &[char]) -> u64 {
    letters.iter().fold(0xcbf2_9ce4_8422_2325, |hash, letter| {
        (hash ^ u64::from(u32::from(*letter))).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The finaliser of SplitMix64: spreads near values far apart.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Words that change nothing about what is complained of. Negations stay.
fn is_small_word(word: &str) -> bool {
    static SMALL: LazyLock<HashSet<&str>> =
        LazyLock::new(|| include_str!("small_words.txt").split_whitespace().collect());
    SMALL.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From here on keys find nearly all.
    const NEARLY: f32 = 0.8;

    const SAME_COMPLAINT: &[(&str, &str)] = &[
        ("Курьер не приехал, жду третий день!", "курьер не приехал жду третий день"),
        (
            "Курьер не приехал, жду третий день",
            "здравствуйте курьер так и не приехал, жду третий день",
        ),
        ("Не могу найти кнопку оплаты в приложении", "не могу найти кнопку оплаты в преложении"),
        ("Введите код из смс, а смс не приходит", "видите код из смс а смс не приходит"),
        (
            "Charged twice for the same subscription",
            "I was charged twice for the same subscription!!",
        ),
        ("The parcel arrived with a crushed box", "the parcel arived with a crushed box"),
    ];

    const OTHER_COMPLAINT: &[(&str, &str)] = &[
        ("Курьер не приехал, жду третий день", "Курьер нахамил мне у двери"),
        ("Не приходит код подтверждения", "Не приходит заказ"),
        ("Не могу найти кнопку оплаты", "Не могу найти кнопку возврата товара в корзине"),
        ("Charged twice for my subscription", "Subscription price went up without notice"),
        ("The parcel arrived with a crushed box", "The parcel never arrived"),
        ("Где мой заказ", "Where is my order"),
    ];

    #[test]
    fn the_same_complaint_is_found_by_its_keys() {
        for (a, b) in SAME_COMPLAINT {
            assert!(similarity(a, b) >= NEARLY, "{a} / {b}: {}", similarity(a, b));
            let keys_of_b = keys(b);
            assert!(keys(a).iter().any(|key| keys_of_b.contains(key)), "no common key: {a} / {b}");
        }
    }

    #[test]
    fn different_complaints_stay_apart() {
        for (a, b) in OTHER_COMPLAINT {
            assert!(similarity(a, b) < NEARLY, "{a} / {b}: {}", similarity(a, b));
        }
    }

    #[test]
    fn nothing_is_like_nothing() {
        assert!(similarity("", "") < f32::EPSILON);
        assert!(keys("!!! …").is_empty());
        assert!(similarity("это", "это") > 0.99);
    }

    #[test]
    fn stored_keys_stay_valid() {
        let keys = keys("Курьер не приехал, жду третий день");
        assert_eq!(keys.len(), 24);
        assert_eq!(keys[..2], [3_271_012_898_483_102_416, 13_128_471_359_674_093_929]);
    }
}
