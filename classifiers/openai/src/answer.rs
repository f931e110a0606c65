//! The model's answer, believed only as far as it fits the question.

use mostik_taxonomy::{AcceptanceStage, RootCause};
use serde::Deserialize;

use crate::chat::NoAnswer;

/// A model is never surer than this: nothing has calibrated it.
const MOST_CONFIDENCE: f32 = 0.95;
const MOST_EVIDENCE: usize = 5;
const LONGEST_EVIDENCE_BYTES: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CauseAnswer {
    root_cause: String,
    second_cause: Option<String>,
    confidence: f32,
    #[serde(default)]
    evidence: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    answers: Vec<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageAnswer {
    stage: String,
    confidence: f32,
}

/// A checked answer.
#[derive(Debug, PartialEq)]
pub(crate) struct Cause {
    pub(crate) primary: RootCause,
    pub(crate) second: Option<RootCause>,
    pub(crate) confidence: f32,
    pub(crate) evidence: Vec<String>,
}

/// Only known causes, and only quotes that stand in the text.
pub(crate) fn cause(answer: &str, known: &[RootCause], text: &str) -> Result<Cause, NoAnswer> {
    let answer: CauseAnswer =
        serde_json::from_str(answer).map_err(|_| NoAnswer::Unfit("not the JSON asked for"))?;
    let named = |name: &str| known.iter().find(|cause| cause.as_str() == name).cloned();
    let primary = named(&answer.root_cause).ok_or(NoAnswer::Unfit("an unknown cause"))?;
    let second = match answer.second_cause.as_deref() {
        None => None,
        Some(name) => Some(named(name).ok_or(NoAnswer::Unfit("an unknown second cause"))?),
    };
    let evidence = answer.evidence.into_iter().filter(|quote| {
        !quote.trim().is_empty()
            && quote.len() <= LONGEST_EVIDENCE_BYTES
            && text.contains(quote.as_str())
    });
    Ok(Cause {
        second: second.filter(|second| *second != primary),
        primary,
        confidence: confidence(answer.confidence)?,
        evidence: evidence.take(MOST_EVIDENCE).collect(),
    })
}

/// The answers about `count` texts, numbered from 1, each as the JSON of one:
/// none where there is none or more than one. Numbers of no text make the whole
/// doubtful.
pub(crate) fn each(answer: &str, count: usize) -> Result<Vec<Option<String>>, NoAnswer> {
    let answers: Answers =
        serde_json::from_str(answer).map_err(|_| NoAnswer::Unfit("not the JSON asked for"))?;
    let mut found: Vec<Vec<String>> = vec![Vec::new(); count];
    for mut answer in answers.answers {
        let number = answer.remove("n").and_then(|number| number.as_u64());
        let place = number.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
        let place = place.and_then(|place| found.get_mut(place));
        let place = place.ok_or(NoAnswer::Unfit("an answer about no text"))?;
        place.push(serde_json::Value::Object(answer).to_string());
    }
    Ok(found.into_iter().map(|mut told| told.pop().filter(|_| told.is_empty())).collect())
}

/// Only known stages.
pub(crate) fn stage(answer: &str) -> Result<(AcceptanceStage, f32), NoAnswer> {
    let answer: StageAnswer =
        serde_json::from_str(answer).map_err(|_| NoAnswer::Unfit("not the JSON asked for"))?;
    let stage = answer.stage.parse().map_err(|_| NoAnswer::Unfit("an unknown stage"))?;
    Ok((stage, confidence(answer.confidence)?))
}

fn confidence(value: f32) -> Result<f32, NoAnswer> {
    if (0.0..=1.0).contains(&value) {
        Ok(value.min(MOST_CONFIDENCE))
    } else {
        Err(NoAnswer::Unfit("a confidence outside 0 to 1"))
    }
}
