//! Which of the known problems a message is about.

use std::collections::HashMap;

use super::features::{FAMILIES, Features, features};

/// Weight of each family, in the order of [`FAMILIES`].
const WEIGHTS: [f32; FAMILIES.len()] = [0.30, 0.08, 0.27, 0.20, 0.15];
/// How much the likest example counts beside the average one.
const OF_LIKEST: f32 = 0.6;
/// How much the lead over the next problem counts when joining by itself.
const OF_LEAD: f32 = 1.0;

/// Problems by the messages gathered under them.
pub struct Ranking {
    problems: Vec<Vec<Vectors>>,
    rarity: [HashMap<u64, f32>; FAMILIES.len()],
    unseen: [f32; FAMILIES.len()],
}

type Vectors = [HashMap<u64, f32>; FAMILIES.len()];

/// A problem a message may be about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// Its place among the problems given.
    pub problem: usize,
    /// From 0 to 1.
    pub likeness: f32,
    /// Likeness and its lead over the next problem: what joining goes by.
    pub certainty: f32,
}

impl Ranking {
    /// Problems, each with the messages (or one pattern) it is known by.
    pub fn of<'a>(problems: impl IntoIterator<Item = Vec<&'a str>>) -> Self {
        let raw: Vec<Vec<Features>> =
            problems.into_iter().map(|messages| messages.into_iter().map(features).collect()).collect();
        let mut counts: [HashMap<u64, f32>; FAMILIES.len()] = Default::default();
        let mut all = 0.0_f32;
        for messages in &raw {
            all += 1.0;
            for family in 0..FAMILIES.len() {
                let mut seen: Vec<u64> = messages.iter().flat_map(|m| m[family].keys().copied()).collect();
                seen.sort_unstable();
                seen.dedup();
                seen.into_iter().for_each(|feature| *counts[family].entry(feature).or_default() += 1.0);
            }
        }
        let rarity = counts.map(|counts| {
            counts.into_iter().map(|(f, n)| (f, ((all - n + 0.5) / (n + 0.5) + 1.0).ln().max(0.05))).collect()
        });
        let unseen = [((all + 0.5) / 0.5 + 1.0).ln(); FAMILIES.len()];
        let mut ranking = Self { problems: Vec::new(), rarity, unseen };
        ranking.problems = raw.into_iter().map(|ms| ms.iter().map(|m| ranking.weigh(m)).collect()).collect();
        ranking
    }

    fn weigh(&self, features: &Features) -> Vectors {
        let mut family = 0;
        features.each_ref().map(|counts| {
            let rarity = &self.rarity[family];
            let unseen = self.unseen[family] * UNSEEN;
            family += 1;
            let mut weighed: HashMap<u64, f32> = counts
                .iter()
                .map(|(feature, count)| (*feature, count.sqrt() * rarity.get(feature).copied().unwrap_or(unseen)))
                .collect();
            let length = weighed.values().map(|w| w * w).sum::<f32>().sqrt().max(f32::EPSILON);
            weighed.values_mut().for_each(|weight| *weight /= length);
            weighed
        })
    }

    /// The likest problems, the likest first.
    pub fn likest(&self, text: &str, most: usize) -> Vec<Alike> {
        let asked = self.weigh(&features(text));
        let mut ranked: Vec<Alike> = self
            .problems
            .iter()
            .enumerate()
            .map(|(problem, messages)| Alike { problem, likeness: likeness(&asked, messages), certainty: 0.0 })
            .collect();
        ranked.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
        for at in 0..ranked.len() {
            let next = ranked.get(at + 1).map_or(0.0, |next| next.likeness);
            ranked[at].certainty = ranked[at].likeness + OF_LEAD * (ranked[at].likeness - next);
        }
        ranked.truncate(most);
        ranked
    }
}

/// Words that no problem has say that it may be a new one.
const UNSEEN: f32 = 0.6;

fn likeness(asked: &Vectors, messages: &[Vectors]) -> f32 {
    let each: Vec<f32> = messages.iter().map(|message| alike(asked, message)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a few messages")]
    let average = each.iter().sum::<f32>() / each.len().max(1) as f32;
    let likest = each.iter().copied().fold(0.0, f32::max);
    OF_LIKEST * likest + (1.0 - OF_LIKEST) * average
}

fn alike(a: &Vectors, b: &Vectors) -> f32 {
    (0..FAMILIES.len())
        .map(|family| {
            let (short, long) =
                if a[family].len() < b[family].len() { (&a[family], &b[family]) } else { (&b[family], &a[family]) };
            let common: f32 = short.iter().filter_map(|(f, w)| long.get(f).map(|v| v * w)).sum();
            WEIGHTS[family] * common
        })
        .sum()
}
