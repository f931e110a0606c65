//! Which of the known problems a message is about, in whatever words.
//!
//! The five likest are for a person to choose from. Joining by itself is safe
//! only far up: see [`JOINS`] and `LIKENESS.md`.

use std::collections::{HashMap, HashSet};

use super::features::{FAMILIES, Features, features};

/// From this certainty on a message may be joined to a problem by itself.
pub const JOINS: f32 = 0.6;

/// Messages of one problem that are compared: the first ones name it.
const MESSAGES_COMPARED: usize = 20;

/// Weight of each family of features, in their order.
const WEIGHTS: [f32; FAMILIES] = [0.157, 0.021, 0.219, 0.214, 0.091];
/// How much the likest message of a problem counts beside the average one.
const OF_LIKEST: f32 = 0.56;
/// How much all messages of a problem taken together count.
const OF_WHOLE: f32 = 1.69;
/// How much the lead over the next problem counts in the certainty.
const OF_LEAD: f32 = 1.0;
/// What a feature that no problem has counts: it says that the message may be
/// about something new.
const OF_UNKNOWN: f32 = 0.94;
/// Takes from what one message repeats and gives to what few have.
const DAMPED: f32 = 0.3;

type Vectors = [HashMap<u64, f32>; FAMILIES];

/// Problems by the messages gathered under them. Built in time linear in
/// their length; asking is linear in their number.
pub struct Ranking {
    problems: Vec<Known>,
    rarity: Rarity,
}

struct Known {
    messages: Vec<Vectors>,
    whole: Vectors,
}

/// A problem that a message may be about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// Its place among the problems given.
    pub problem: usize,
    /// 0 for nothing shared to 1 for the same words.
    pub likeness: f32,
    /// Likeness and its lead over the next problem.
    pub certainty: f32,
}

impl Alike {
    /// Whether the message may join the problem without a person.
    pub fn joins(&self) -> bool {
        self.certainty >= JOINS
    }
}

impl Ranking {
    /// Problems, each with the messages (or the one pattern) it is known by.
    pub fn of<'a, Messages>(problems: impl IntoIterator<Item = Messages>) -> Self
    where
        Messages: IntoIterator<Item = &'a str>,
    {
        let read = |messages: Messages| -> Vec<Features> {
            messages.into_iter().take(MESSAGES_COMPARED).map(features).collect()
        };
        let raw: Vec<Vec<Features>> = problems.into_iter().map(read).collect();
        let rarity = Rarity::among(&raw);
        let known = |messages: &Vec<Features>| {
            let messages: Vec<_> = messages.iter().map(|message| rarity.weigh(message)).collect();
            Known { whole: together(&messages), messages }
        };
        Self { problems: raw.iter().map(known).collect(), rarity }
    }

    /// The likest problems, the likest first.
    pub fn likest(&self, text: &str, most: usize) -> Vec<Alike> {
        let asked = self.rarity.weigh(&features(text));
        let alike = |(problem, known): (usize, &Known)| Alike {
            problem,
            likeness: known.likeness(&asked),
            certainty: 0.0,
        };
        let mut ranked: Vec<Alike> = self.problems.iter().enumerate().map(alike).collect();
        ranked.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
        let next: Vec<f32> = ranked.iter().skip(1).map(|next| next.likeness).chain([0.0]).collect();
        for (one, next) in ranked.iter_mut().zip(next) {
            let lead = one.likeness - next;
            one.certainty = (one.likeness + OF_LEAD * lead) / (1.0 + OF_LEAD);
        }
        ranked.truncate(most);
        ranked
    }
}

impl Known {
    fn likeness(&self, asked: &Vectors) -> f32 {
        let each: Vec<f32> = self.messages.iter().map(|message| shared(asked, message)).collect();
        #[expect(clippy::cast_precision_loss, reason = "at most MESSAGES_COMPARED")]
        let average = each.iter().sum::<f32>() / each.len().max(1) as f32;
        let likest = each.iter().copied().fold(0.0, f32::max);
        let single = OF_LIKEST * likest + (1.0 - OF_LIKEST) * average;
        (single + OF_WHOLE * shared(asked, &self.whole)) / (1.0 + OF_WHOLE)
    }
}

/// In how many problems a feature stands: what many have tells little.
struct Rarity {
    known: [HashMap<u64, f32>; FAMILIES],
    unknown: f32,
}

impl Rarity {
    fn among(problems: &[Vec<Features>]) -> Self {
        let mut known: [HashMap<u64, f32>; FAMILIES] = Default::default();
        for messages in problems {
            for (family, counts) in known.iter_mut().enumerate() {
                let present: HashSet<u64> =
                    messages.iter().flat_map(|message| message[family].keys().copied()).collect();
                for feature in present {
                    *counts.entry(feature).or_default() += 1.0;
                }
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "open problems of one company")]
        let all = problems.len() as f32;
        let weight = |having: f32| ((all - having + 0.5) / (having + 0.5) + 1.0).ln().max(0.02);
        for counts in &mut known {
            for having in counts.values_mut() {
                *having = weight(*having);
            }
        }
        Self { known, unknown: weight(0.0) * OF_UNKNOWN }
    }

    fn weigh(&self, features: &Features) -> Vectors {
        std::array::from_fn(|family| {
            let weight =
                |feature: &u64| self.known[family].get(feature).copied().unwrap_or(self.unknown);
            let weighed = features[family].iter().map(|(f, count)| (*f, count.sqrt() * weight(f)));
            of_length_one(weighed.collect())
        })
    }
}

/// All messages of a problem as one.
fn together(messages: &[Vectors]) -> Vectors {
    std::array::from_fn(|family| {
        let mut whole: HashMap<u64, f32> = HashMap::new();
        for (feature, weight) in messages.iter().flat_map(|message| &message[family]) {
            *whole.entry(*feature).or_default() += weight;
        }
        for weight in whole.values_mut() {
            *weight = weight.powf(1.0 - DAMPED);
        }
        of_length_one(whole)
    })
}

fn of_length_one(mut vector: HashMap<u64, f32>) -> HashMap<u64, f32> {
    let length =
        vector.values().map(|weight| weight * weight).sum::<f32>().sqrt().max(f32::EPSILON);
    for weight in vector.values_mut() {
        *weight /= length;
    }
    vector
}

fn shared(a: &Vectors, b: &Vectors) -> f32 {
    let cosine = |family: usize| {
        let (short, long) = if a[family].len() < b[family].len() {
            (&a[family], &b[family])
        } else {
            (&b[family], &a[family])
        };
        short
            .iter()
            .filter_map(|(feature, weight)| long.get(feature).map(|other| weight * other))
            .sum::<f32>()
    };
    let weights: f32 = WEIGHTS.iter().sum();
    WEIGHTS.iter().enumerate().map(|(family, weight)| weight * cosine(family)).sum::<f32>()
        / weights
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

    fn likest(text: &str) -> usize {
        Ranking::of(PROBLEMS.map(|messages| messages.iter().copied())).likest(text, 5)[0].problem
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
            assert_eq!(likest(text), problem, "{text}");
        }
    }

    #[test]
    fn only_the_same_words_join_by_themselves() {
        let ranking = Ranking::of(PROBLEMS.map(|messages| messages.iter().copied()));
        assert!(ranking.likest("The cash machine swallowed my card!", 1)[0].joins());
        assert!(!ranking.likest("What are your opening hours?", 1)[0].joins());
    }

    #[test]
    fn nothing_is_like_nothing() {
        let none: [[&str; 0]; 0] = [];
        assert!(Ranking::of(none).likest("hello", 5).is_empty());
        let empty = Ranking::of([[""], ["!!!"]]).likest("", 5);
        assert!(empty.iter().all(|alike| alike.likeness < 0.01 && !alike.joins()));
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "где мой заказ ".repeat(80_000);
        let start = std::time::Instant::now();
        let ranking = Ranking::of([[long.as_str()]]);
        assert_eq!(ranking.likest(&long, 1).len(), 1);
        assert!(start.elapsed() < std::time::Duration::from_secs(20));
    }
}
