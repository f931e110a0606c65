//! Signs that the recogniser invents rather than hears.

use std::collections::HashSet;

/// Characters that make up one piece when repetition is counted.
const PIECE: usize = 6;
/// Texts shorter than this may repeat themselves as people do.
const SHORT: usize = 40;
/// More of a text than this said before makes it a loop.
const LOOP_SHARE: f64 = 0.5;
/// The fastest speakers say about 20 letters in a second.
const LETTERS_PER_SECOND: f64 = 25.0;
/// Letters that even the shortest sound may have.
const FEWEST_LETTERS: f64 = 10.0;
/// Below this mean log-probability the words are guesses.
const UNSURE: f32 = -1.0;
/// From this probability on, the model itself says that nobody speaks.
const NO_SPEECH: f32 = 0.6;

/// Credits of video subtitles, which Whisper learnt to write over silence.
const PHANTOMS: [&str; 12] = [
    "продолжение следует",
    "субтитры сделал dimatorzok",
    "субтитры создавал dimatorzok",
    "субтитры подогнал симон",
    "редактор субтитров а.семкин корректор а.егорова",
    "спасибо за просмотр",
    "подписывайтесь на канал",
    "thank you for watching",
    "thanks for watching",
    "please subscribe",
    "subtitles by the amara.org community",
    "to be continued",
];

/// Whether a text turns in a circle.
pub(crate) fn is_loop(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.len() < SHORT {
        return false;
    }
    let pieces = letters.windows(PIECE);
    let total = pieces.len();
    let distinct = pieces.collect::<HashSet<_>>().len();
    #[expect(clippy::cast_precision_loss, reason = "texts are short")]
    let repeated = (total - distinct) as f64 / total as f64;
    repeated > LOOP_SHARE
}

/// Whether nobody can say so much in so many seconds.
pub(crate) fn is_too_fast(text: &str, seconds: f64) -> bool {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    #[expect(clippy::cast_precision_loss, reason = "texts are short")]
    let letters = letters as f64;
    letters > FEWEST_LETTERS + LETTERS_PER_SECOND * seconds
}

/// Whether words this improbable should be searched for again in another way.
pub(crate) fn is_unsure(mean_log_probability: f32) -> bool {
    mean_log_probability < UNSURE
}

/// Whether a window's text should be dropped as invented.
pub(crate) fn is_invented(text: &str, mean_log_probability: f32, no_speech: f32) -> bool {
    is_phantom(text) || (no_speech > NO_SPEECH && is_unsure(mean_log_probability))
}

/// Whether words that were found on listening again had better be left out: the model guesses, or
/// says that nobody speaks.
pub(crate) fn is_doubtful(mean_log_probability: f32, no_speech: f32) -> bool {
    is_unsure(mean_log_probability) || no_speech > NO_SPEECH
}

/// Whether a text ends with these words already.
pub(crate) fn was_said(text: &str, words: &str) -> bool {
    let plain = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    plain(text).ends_with(&plain(words))
}

fn is_phantom(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    PHANTOMS.contains(&bare.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_told_from_emphasis() {
        assert!(is_loop(&"спасибо большое ".repeat(12)));
        assert!(is_loop(&"I don't know. ".repeat(10)));
        assert!(!is_loop("Не работает, не работает и ещё раз не работает!"));
        assert!(!is_loop("да да да да"));
        assert!(!is_loop(
            "My order was promised for Monday, then for Wednesday, and today is Friday: \
             nobody calls, nobody writes, and the courier does not know my address."
        ));
    }

    #[test]
    fn more_than_can_be_said_is_noticed() {
        let fast = "Мой заказ не привезли, курьер не звонит, деньги не вернули.";
        assert!(!is_too_fast(fast, 2.5));
        assert!(is_too_fast(fast, 1.0));
        assert!(!is_too_fast("Да, конечно", 0.4));
    }

    #[test]
    fn the_end_of_a_text_is_not_heard_twice() {
        assert!(was_said("Коробка разбита. Верните мне деньги.", "верните мне деньги"));
        assert!(was_said("Верните мне деньги.", " ... "), "nothing new");
        assert!(!was_said("Коробка была разбита.", "Верните мне деньги."));
        assert!(is_doubtful(-1.2, 0.1) && is_doubtful(-0.2, 0.7) && !is_doubtful(-0.4, 0.2));
    }

    #[test]
    fn credits_and_improbable_words_are_dropped() {
        assert!(is_invented(" Продолжение следует...", -0.1, 0.0));
        assert!(is_invented("Thanks for watching!", -0.1, 0.0));
        assert!(is_invented("Да.", -1.3, 0.8));
        assert!(!is_invented("Да.", -0.4, 0.8));
        assert!(!is_invented("Продолжение следует отправить мне по почте", -0.3, 0.1));
    }
}
