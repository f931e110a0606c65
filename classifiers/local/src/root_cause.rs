use std::str::FromStr;

use mostik_taxonomy::{
    CauseScore, Classification, Confidence, Language, Pending, RootCause, RootCauseClassifier,
};
use mostik_text::{Word, detect_language};

use crate::{
    concepts::OF_CUSTOMERS,
    features::Reading,
    hashing,
    judge::LocalJudge,
    meaning::Meaning,
    model::{InvalidModel, Model},
    training::Task,
};

const COMPILED_IN: &[u8] = include_bytes!("../models/root_cause.bin");

/// Less likely causes are not worth showing.
const LEAST_SHOWN: f32 = 0.1;
const EVIDENCE_SHOWN: usize = 5;
/// A word matters when it speaks at least so much, beside the strongest one.
const EVIDENCE_SHARE: f32 = 0.25;

/// Names the root cause of a message on this machine, in microseconds.
pub struct LocalRootCause {
    model: Model,
    causes: Vec<RootCause>,
    version: String,
}

impl LocalRootCause {
    /// The model that ships with Mostik.
    pub fn new() -> Result<Self, InvalidModel> {
        Self::from_bytes(COMPILED_IN)
    }

    /// A model made by [`crate::training::train`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidModel> {
        let model = Model::from_bytes(bytes, &OF_CUSTOMERS)?;
        let causes = model
            .classes
            .iter()
            .map(|name| RootCause::from_str(name))
            .collect::<Result<_, _>>()
            .map_err(|_| InvalidModel::UNKNOWN_CLASS)?;
        let version = format!("local/{:08x}", hashing::hash(1, bytes) >> 32);
        Ok(Self { model, causes, version })
    }

    /// `local/` and a fingerprint of the model.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The cause of a message. An empty or wholly unknown text gets an answer
    /// with the least confidence there is, not an error.
    pub fn classify_now(&self, text: &str, hint: Language) -> Classification {
        self.classify_and_read(text, hint).0
    }

    /// The same, with what the message means: reading it twice would cost twice.
    pub(crate) fn classify_and_read(
        &self,
        text: &str,
        hint: Language,
    ) -> (Classification, Meaning) {
        let language = detect_language(text, hint);
        let reading = Task::RootCause.read(text);
        let sums = self.model.sums(&reading, true);
        let odds = self.model.probabilities(&reading, &sums, language);
        let mut ranked: Vec<(usize, f32)> = odds.iter().copied().enumerate().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (best, confidence) = if reading.words.is_empty() {
            (self.causes.iter().position(|c| *c == RootCause::Other).unwrap_or(0), ranked[0].1)
        } else {
            ranked[0]
        };
        let shown = |(class, odds): &(usize, f32)| *class == best || *odds >= LEAST_SHOWN;
        let causes = ranked.iter().filter(|candidate| shown(candidate)).map(|(class, odds)| {
            CauseScore { root_cause: self.causes[*class].clone(), score: Confidence::new(*odds) }
        });
        let classification = Classification {
            language,
            root_cause: self.causes[best].clone(),
            confidence: Confidence::new(confidence),
            causes: causes.collect(),
            evidence: evidence(text, &reading, &self.model.word_contributions(&sums, best)),
            version: self.version.clone(),
            judgement: LocalJudge::shipped().map(|judge| judge.judge_read(text, &reading)),
        };
        (classification, reading.meaning)
    }
}

impl RootCauseClassifier for LocalRootCause {
    fn classify<'a>(&'a self, text: &'a str, hint: Language) -> Pending<'a, Classification> {
        Box::pin(std::future::ready(Ok(self.classify_now(text, hint))))
    }
}

/// The words that speak most for the answer, neighbours joined as they stand.
fn evidence(text: &str, reading: &Reading, contributions: &[f32]) -> Vec<String> {
    let strongest = contributions.iter().copied().fold(0.0_f32, f32::max);
    if strongest <= 0.0 {
        return Vec::new();
    }
    let mut runs: Vec<(f32, std::ops::Range<usize>)> = Vec::new();
    let mut last_taken = None;
    for (at, (word, value)) in reading.words.iter().zip(contributions).enumerate() {
        if *value < strongest * EVIDENCE_SHARE || is_too_short(word) {
            continue;
        }
        match runs.last_mut() {
            Some(run) if last_taken == at.checked_sub(1) && run.1.len() < 60 => {
                *run = (run.0 + value, run.1.start..word.span.end);
            }
            _ => runs.push((*value, word.span.clone())),
        }
        last_taken = Some(at);
    }
    runs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut shown: Vec<String> = Vec::new();
    for (_, span) in runs {
        let words = text[span].to_owned();
        if shown.len() < EVIDENCE_SHOWN && !shown.contains(&words) {
            shown.push(words);
        }
    }
    shown
}

fn is_too_short(word: &Word) -> bool {
    word.plain.chars().count() < 2
}
