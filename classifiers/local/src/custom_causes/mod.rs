//! Causes that a company adds by configuration: learnt at start from a
//! description and a few examples, beside a sample of the shipped lines.

mod learn;

use std::{collections::HashSet, thread};

use mostik_taxonomy::{
    CauseScore, Classification, Confidence, Language, Pending, RootCause, RootCauseClassifier,
};
use mostik_text::words;

use crate::{
    LocalRootCause,
    encoder::Encoder,
    hashing,
    meaning::Meaning,
    training::{Example, Task, shipped_sample},
};
use learn::{Learnt, Line};

/// One shipped line in so many is what a new cause has to be told apart from.
const ONE_IN: usize = 24;
/// What the lines of one new cause weigh together, beside all others.
const SHARE_OF_A_CAUSE: f32 = 0.5;
/// What a shipped line of `other` counts: it may well belong to the new cause,
/// which is mostly carved out of there.
const SHARE_OF_OTHER: f32 = 0.2;
/// What a new cause may take of a message that a built-in one but `other` is
/// sure of.
const FROM_A_SURE_CAUSE: f32 = 0.7;
/// As the built-in causes: less likely ones are not worth showing.
const LEAST_SHOWN: f32 = 0.1;
const EVIDENCE_SHOWN: usize = 5;
const STEM: usize = 5;

/// A cause of the company's own, as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomCause {
    /// The cause.
    pub root_cause: RootCause,
    /// What belongs to it, in a sentence or two.
    pub description: String,
    /// Messages that belong to it, in any of the languages.
    pub examples: Vec<String>,
}

/// The local classifier, with causes of the company's own.
pub struct WithCustomCauses {
    built_in: LocalRootCause,
    causes: Vec<RootCause>,
    /// The beginnings of the words of each cause's description and examples.
    stems: Vec<HashSet<String>>,
    /// Knows the causes, and first everything else.
    learnt: Learnt,
    version: String,
}

impl WithCustomCauses {
    /// Learns the causes; some tens of milliseconds for a handful of them.
    pub fn new(built_in: LocalRootCause, causes: &[CustomCause]) -> Self {
        let version = format!("{}+{:08x}", built_in.version(), fingerprint(causes) >> 32);
        Self {
            learnt: Learnt::of(&lines_to_learn(causes), causes.len() + 1),
            stems: causes.iter().map(stems).collect(),
            causes: causes.iter().map(|cause| cause.root_cause.clone()).collect(),
            built_in,
            version,
        }
    }

    /// The version of the built-in model, and a fingerprint of the added causes.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The cause of a message.
    pub fn classify_now(&self, text: &str, hint: Language) -> Classification {
        let (mut found, meaning) = self.built_in.classify_and_read(text, hint);
        found.version.clone_from(&self.version);
        if meaning.whole.is_empty() || !text.chars().any(char::is_alphabetic) {
            return found;
        }
        let odds = self.odds(&meaning);
        let known: f32 = found.causes.iter().map(|cause| cause.score.value()).sum();
        let resting = found.causes.iter().find(|cause| cause.root_cause == RootCause::Other);
        // What is not shown of the built-in causes is shared by all of them.
        let resting = resting.map_or(1.0 - known, |cause| cause.score.value()).clamp(0.0, 1.0);
        let may_take = FROM_A_SURE_CAUSE + (1.0 - FROM_A_SURE_CAUSE) * resting;
        let taken: Vec<f32> = odds.iter().map(|odds| odds * may_take).collect();
        let left = 1.0 - taken.iter().sum::<f32>();
        for cause in &mut found.causes {
            cause.score = Confidence::new(cause.score.value() * left);
        }
        for (cause, odds) in self.causes.iter().zip(&taken) {
            if *odds >= LEAST_SHOWN {
                let (root_cause, score) = (cause.clone(), Confidence::new(*odds));
                found.causes.push(CauseScore { root_cause, score });
            }
        }
        found.causes.sort_by(|a, b| b.score.value().total_cmp(&a.score.value()));
        let Some(best) = found.causes.first().cloned() else { return found };
        found.causes.retain(|cause| {
            cause.root_cause == best.root_cause || cause.score.value() >= LEAST_SHOWN
        });
        found.confidence = best.score;
        if let Some(place) = self.causes.iter().position(|cause| *cause == best.root_cause) {
            found.evidence = self.evidence(text, place);
        }
        found.root_cause = best.root_cause;
        found
    }

    /// How likely each added cause is: of the whole message, or of the sentence
    /// that speaks most for it.
    fn odds(&self, meaning: &Meaning) -> Vec<f32> {
        let mut odds = self.learnt.odds(&meaning.whole);
        for sentence in &meaning.sentences {
            let alone = self.learnt.odds(sentence);
            if alone[0] < odds[0] {
                // A sentence alone says less than a whole message.
                let whole = odds.clone();
                odds = alone.iter().zip(whole).map(|(a, b)| f32::midpoint(*a, b)).collect();
            }
        }
        odds.split_off(1)
    }

    /// The customer's words that stand in the description or an example too.
    fn evidence(&self, text: &str, cause: usize) -> Vec<String> {
        let mut shown: Vec<String> = Vec::new();
        for word in words(text) {
            let said = &text[word.span.clone()];
            let telling = stem(&word.plain).is_some_and(|stem| self.stems[cause].contains(&stem));
            if telling && shown.len() < EVIDENCE_SHOWN && !shown.iter().any(|it| it == said) {
                shown.push(said.to_owned());
            }
        }
        shown
    }
}

impl RootCauseClassifier for WithCustomCauses {
    fn classify<'a>(&'a self, text: &'a str, hint: Language) -> Pending<'a, Classification> {
        Box::pin(std::future::ready(Ok(self.classify_now(text, hint))))
    }
}

fn fingerprint(causes: &[CustomCause]) -> u64 {
    causes.iter().fold(0, |hash, cause| {
        let told =
            format!("{hash:x}\n{}\n{}\n{:?}", cause.root_cause, cause.description, cause.examples);
        hashing::hash(17, told.as_bytes())
    })
}

/// The beginning of a word long enough to say something.
fn stem(plain: &str) -> Option<String> {
    (plain.chars().count() >= STEM).then(|| plain.chars().take(STEM).collect())
}

fn stems(cause: &CustomCause) -> HashSet<String> {
    let texts = cause.examples.iter().chain([&cause.description]);
    texts.flat_map(|text| words(text)).filter_map(|word| stem(&word.plain)).collect()
}

fn lines_to_learn(causes: &[CustomCause]) -> Vec<Line> {
    let shipped = shipped_sample(Task::RootCause, ONE_IN).unwrap_or_default();
    let classes = Task::RootCause.classes();
    let other = classes.iter().position(|class| class == RootCause::Other.as_str());
    let sample = shipped.iter().map(|Example { text, labels, .. }| {
        (text.as_str(), 0, if labels.first().copied() == other { SHARE_OF_OTHER } else { 1.0 })
    });
    let own = causes.iter().zip(1..).flat_map(|(cause, class)| {
        let texts = cause.examples.iter().chain([&cause.description]);
        texts.map(move |text| (text.as_str(), class, SHARE_OF_A_CAUSE))
    });
    let texts: Vec<(&str, usize, f32)> = sample.chain(own).collect();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = texts.len().div_ceil(threads).max(1);
    let Some(encoder) = Encoder::shipped() else { return Vec::new() };
    thread::scope(|scope| {
        let read = |some: &[(&str, usize, f32)]| -> Vec<Line> {
            let one = |(text, class, share): &(&str, usize, f32)| {
                let meaning = encoder.read(text).meaning();
                Line { meaning, class: *class, share: *share }
            };
            some.iter().map(one).collect()
        };
        let running: Vec<_> =
            texts.chunks(share).map(|some| scope.spawn(move || read(some))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}
