//! Which of the known problems a message is about, in whatever words.
//!
//! The five likest are for a person to choose from. Joining by itself is safe
//! only far up: see `LIKENESS.md`.

use super::{
    evidence::{Evidence, Known, Message},
    features::{Features, features},
    score::{Alike, Weights},
    shingles,
    weighing::Rarity,
};

/// Messages of one problem that are compared: the first ones name it.
pub const MESSAGES_COMPARED: usize = 20;

/// Tells what a text means as a vector of length 1, always of the same size:
/// texts that mean the same have a large inner product.
pub trait Meanings: Send + Sync {
    /// Fast and bounded, whatever the text.
    fn meaning(&self, text: &str) -> Vec<f32>;
}

/// Problems by the messages gathered under them. Built in time linear in
/// their length; asking is linear in their number.
pub struct Ranking<'m> {
    problems: Vec<Known>,
    rarity: Rarity,
    meanings: Option<&'m dyn Meanings>,
}

impl<'m> Ranking<'m> {
    /// Problems, each with the messages (or the one pattern) it is known by.
    pub fn of<'a, Messages>(
        problems: impl IntoIterator<Item = Messages>,
        meanings: Option<&'m dyn Meanings>,
    ) -> Self
    where
        Messages: IntoIterator<Item = &'a str>,
    {
        let texts: Vec<Vec<&str>> = problems
            .into_iter()
            .map(|messages| messages.into_iter().take(MESSAGES_COMPARED).collect())
            .collect();
        let raw: Vec<Vec<Features>> =
            texts.iter().map(|texts| texts.iter().map(|text| features(text)).collect()).collect();
        let mut ranking = Self { problems: Vec::new(), rarity: Rarity::among(&raw), meanings };
        for (texts, raw) in texts.iter().zip(&raw) {
            let messages = texts.iter().zip(raw).map(|(text, raw)| ranking.read(text, raw));
            let known = Known::by(messages.collect());
            ranking.problems.push(known);
        }
        ranking
    }

    fn read(&self, text: &str, raw: &Features) -> Message {
        Message {
            features: self.rarity.weigh(raw),
            meaning: self.meanings.map(|it| it.meaning(text)).unwrap_or_default(),
            shingles: shingles(text).into_iter().collect(),
        }
    }

    /// What speaks for each of the problems, in their order. `agreement` tells
    /// of a problem how far its root cause agrees with that of the message:
    /// the probability of that cause less one half, 0 where it is not known.
    pub fn evidence(&self, text: &str, agreement: impl Fn(usize) -> f32) -> Vec<Evidence> {
        let asked = self.read(text, &features(text));
        let problems = self.problems.iter().enumerate();
        problems.map(|(at, known)| known.evidence(&asked, agreement(at))).collect()
    }

    /// The likest problems, the likest first; `agreement` as in [`Self::evidence`].
    pub fn likest(&self, text: &str, agreement: impl Fn(usize) -> f32, most: usize) -> Vec<Alike> {
        let mut ranked = Weights::shipped().rank(&self.evidence(text, agreement));
        ranked.truncate(most);
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBLEMS: [&[&str]; 6] = [
        &["Курьер не приехал, жду третий день", "посылку до сих пор не доставили"],
        &["Не могу найти кнопку оплаты в приложении"],
        &["Списали деньги дважды за одну покупку"],
        &["Приложение вылетает при открытии корзины"],
        &["I forgot my passcode and cannot log in"],
        &["The cash machine swallowed my card"],
    ];

    fn known() -> Ranking<'static> {
        Ranking::of(PROBLEMS.map(|messages| messages.iter().copied()), None)
    }

    #[test]
    fn other_words_for_the_same_thing_are_recognised() {
        for (text, problem) in [
            ("где доставка, заказ не привезли", 0),
            ("в меню нет иконки для оплаты", 1),
            ("двойное списание с карты за один платеж", 2),
            ("виснет корзина", 3),
            ("I don't remember the password", 4),
            ("ATM ate my plastic", 5),
        ] {
            assert_eq!(known().likest(text, |_| 0.0, 5)[0].problem, problem, "{text}");
        }
    }

    #[test]
    fn what_is_about_nothing_known_does_not_join() {
        for text in ["What are your opening hours?", "Курьер нахамил мне у двери", "", "!!!"]
        {
            assert!(!known().likest(text, |_| 0.0, 1)[0].joins(), "{text}");
        }
    }

    #[test]
    fn certainties_of_all_problems_and_of_none_make_one() {
        let ranked = known().likest("деньги списали два раза", |_| 0.0, 6);
        let sum: f32 = ranked.iter().map(|alike| alike.certainty).sum();
        assert!(sum > 0.0 && sum <= 1.0 + 1e-5, "{sum}");
        assert!(ranked.is_sorted_by(|a, b| a.certainty >= b.certainty));
    }

    #[test]
    fn nothing_is_like_nothing() {
        let none: [[&str; 0]; 0] = [];
        assert!(Ranking::of(none, None).likest("hello", |_| 0.0, 5).is_empty());
        let silent: [[&str; 0]; 1] = [[]];
        assert!(!Ranking::of(silent, None).likest("hello", |_| 0.0, 5)[0].joins());
        let empty = Ranking::of([[""], ["!!!"]], None).likest("", |_| 0.0, 5);
        assert!(empty.iter().all(|alike| !alike.joins()));
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "где мой заказ ".repeat(80_000);
        let start = std::time::Instant::now();
        let ranking = Ranking::of([[long.as_str()]], None);
        assert_eq!(ranking.likest(&long, |_| 0.0, 1).len(), 1);
        assert!(start.elapsed() < std::time::Duration::from_secs(20));
    }
}
