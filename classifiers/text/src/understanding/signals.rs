//! What cues of words weigh in a message, and the shape of the message.

use std::sync::LazyLock;

use crate::{cues::Cues, words::Word};

static CUES: LazyLock<Cues> = LazyLock::new(|| {
    Cues::read(concat!(
        include_str!("kind.txt"),
        include_str!("criticality.txt"),
        include_str!("complexity.txt"),
        include_str!("contact_risk.txt"),
    ))
});

/// Sections of the cues.
const SECTIONS: usize = 18;
const SHAPES: usize = 15;
/// Numbers that [`signals`] gives.
pub const SIGNALS: usize = SECTIONS + SHAPES;

/// However many cues of one section a message has, they weigh no more.
const MOST: f32 = 10.0;
/// A message is longer than so many words, or it is not.
const LENGTHS: [usize; 6] = [1, 3, 7, 15, 31, 63];
/// Longer messages are as long as this.
const MOST_WORDS: u16 = 100;
const MOST_PARTS: u16 = 8;

/// What each section of cues weighs in a message, -10 to 10, then what its length
/// and punctuation are, 0 to 4: the same numbers in the same order for every
/// message. `words` are those of the text. Linear in its length.
pub fn signals(text: &str, words: &[Word]) -> [f32; SIGNALS] {
    let mut signals = [0.0; SIGNALS];
    let (of_cues, of_shape) = signals.split_at_mut(SECTIONS);
    for (signal, weight) in of_cues.iter_mut().zip(CUES.find(words).weights()) {
        *signal = weight.clamp(-MOST, MOST);
    }
    of_shape.copy_from_slice(&shape(text, words));
    signals
}

fn shape(text: &str, words: &[Word]) -> [f32; SHAPES] {
    let longer = LENGTHS.map(|length| is(words.len() > length));
    let letters = text.chars().filter(|letter| letter.is_alphabetic());
    let capitals = letters.clone().filter(|letter| letter.is_uppercase()).count();
    let exclaims = text.matches('!').count();
    let ended = text.trim_end();
    let others = [
        few(words.len(), MOST_WORDS) / 25.0,
        is(text.contains('?')),
        is(ended.ends_with('?')),
        is(exclaims > 0),
        is(exclaims > 2),
        few(parts(text), MOST_PARTS) / 4.0,
        is(words.iter().any(|word| word.plain == "0")),
        is(capitals * 5 > letters.count() * 2),
        is(ended.ends_with(['.', '!', '?', '…'])),
    ];
    let mut shape = [0.0; SHAPES];
    shape.iter_mut().zip(longer.into_iter().chain(others)).for_each(|(place, it)| *place = it);
    shape
}

fn is(said: bool) -> f32 {
    f32::from(u8::from(said))
}

fn few(count: usize, most: u16) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(most).min(most))
}

/// Parts between the commas of the sentence that has most of them.
fn parts(text: &str) -> usize {
    let sentences = text.split(['.', '!', '?', '\n']);
    sentences.map(|sentence| sentence.split([',', ':', ';']).count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    fn read(text: &str) -> [f32; SIGNALS] {
        signals(text, &words(text))
    }

    fn weight(section: &str, text: &str) -> f32 {
        let place = CUES.sections().iter().position(|title| *title == section);
        read(text)[place.expect("a section")]
    }

    #[test]
    fn every_section_has_its_number() {
        let sections = CUES.sections();
        assert_eq!(sections.len(), SECTIONS);
        assert!(sections.contains(&"cooperation") && sections.contains(&"bad contact"));
    }

    #[test]
    fn cues_of_both_languages_weigh() {
        assert!(weight("critical", "I am locked out and my train leaves in an hour") > 0.0);
        assert!(weight("repeated", "Пишу вам уже третий раз, никто не отвечает") > 0.0);
        assert!(weight("thanks", "Спасибо вам огромное!") > 0.0);
        assert!(weight("critical", "Спасибо вам огромное!") <= 0.0);
    }

    #[test]
    fn the_shape_tells_a_question_from_a_story() {
        let shape = |text: &str| shape(text, &words(text));
        let (asked, told) = (shape("Где мой заказ?"), shape("Заказ пришёл, но не тот."));
        // Beyond the lengths: words, a question mark, one at the end, two for "!".
        assert_eq!((asked[7], asked[8]), (1.0, 1.0));
        assert_eq!((told[7], told[8]), (0.0, 0.0));
        assert!(told[6] > asked[6] && told[11] > asked[11], "it has more words and parts");
        assert!(shape("")[..11].iter().all(|signal| *signal == 0.0));
    }

    #[test]
    fn signals_are_bounded_and_read_in_linear_time() {
        let text = "не жду!? третий раз, ".repeat(60_000);
        let start = std::time::Instant::now();
        assert!(read(&text).iter().all(|signal| (-MOST..=MOST).contains(signal)));
        assert!(start.elapsed() < std::time::Duration::from_secs(20));
    }
}
