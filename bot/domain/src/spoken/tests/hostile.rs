use std::time::{Duration, Instant};

use mostik_taxonomy::Language;

use crate::spoken::{LONGEST_TEXT, sentence};

fn is_sayable(text: &str) -> bool {
    text.chars().all(|letter| letter.is_alphabetic() || " .,!?:;-'".contains(letter))
        && !text.contains("  ")
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn long_and_wild_texts_are_bounded_in_time_and_size() {
    let patterns = [
        "1",
        "9 ",
        "1-",
        "1:",
        "+7 (",
        "т. ",
        "A1-",
        "99.",
        "99,",
        "22.11.",
        "https://",
        "@",
        "«(",
        "e.g. ",
        "5 мин. ",
        "№ ",
        "$",
        "и ",
        "\u{0}",
        "😀",
        "\u{301}",
        "-",
        "\n",
        "12 345 ",
        "a@b.",
        "21 ноября ",
        "(UTC+",
        "November 2",
        "UTC",
        "3–",
        "0",
        "24/7",
    ];
    for language in Language::ALL {
        for pattern in patterns {
            let text = pattern.repeat(100_000 / pattern.len());
            let began = Instant::now();
            let said = sentence(language, &text);
            assert!(began.elapsed() < Duration::from_secs(2), "{pattern:?}: {:?}", began.elapsed());
            assert!(said.len() <= LONGEST_TEXT * 60, "{pattern:?}: {}", said.len());
            assert!(is_sayable(&said), "{pattern:?}: {}", &said[..said.len().min(200)]);
        }
    }
}

#[test]
fn any_mixture_of_characters_is_said_in_letters_only() {
    // A small generator with a fixed seed: the same texts each time.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).unwrap() % below
    };
    let parts = [
        "1",
        "21",
        "007",
        "2026",
        "999999999999999999999999",
        ".",
        ",",
        ":",
        "-",
        "–",
        "/",
        " ",
        "\n",
        "+",
        "(",
        ")",
        "«",
        "»",
        "№",
        "%",
        "₽",
        "$",
        "ч",
        "мин",
        "минут",
        "ноября",
        "November",
        "г.",
        "т. е.",
        "e.g.",
        "до",
        "в",
        "и",
        "the",
        "A7K2",
        "st",
        "-го",
        "UTC+3",
        "https://a.b/c",
        "a@b.cc",
        "😀",
        "\u{202e}",
        "\u{0}",
        "ё",
        "Ж",
        "’",
        "٣",
        "½",
        "²",
        "中",
    ];
    for _ in 0..20_000 {
        let count = next(12) + 1;
        let text: String = (0..count).map(|_| parts[next(parts.len())]).collect();
        for language in Language::ALL {
            let said = sentence(language, &text);
            assert!(is_sayable(&said), "{text:?}: {said:?}");
        }
    }
}
