use std::{process::ExitCode, sync::Arc};

use anyhow::Result;
use clap::{Args, ValueEnum};
use mostik_taxonomy::{Classification, Confidence, Language, RootCauseClassifier};
use serde::Serialize;
use serde_json::json;

use super::{Place, lines};
use crate::wiring;

/// Customers' messages to root causes.
#[derive(Debug, Args)]
pub(super) struct Classify {
    /// A file of lines {"id","text"}, or texts; without any, standard input
    input: Vec<String>,
    /// Who decides; by default as configured
    #[arg(long)]
    classifier: Option<Engine>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Engine {
    Local,
    Openai,
}

impl Engine {
    /// As in the configuration.
    const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Openai => "openai",
        }
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    id: serde_json::Value,
    language: &'static str,
    root_cause: &'a str,
    confidence: f64,
    causes: Vec<serde_json::Value>,
    evidence: &'a [String],
}

impl Classify {
    /// Reading and writing block; the classifier may wait for a server.
    pub(super) fn run(self, runtime: &tokio::runtime::Runtime) -> Result<ExitCode> {
        let mut config = self.place.config()?;
        if let Some(engine) = self.classifier {
            engine.name().clone_into(&mut config.classifier.engine);
        }
        let _entered = runtime.enter();
        let classifier = wiring::root_causes(&config)?;
        let hint = config.language()?;
        lines::each(&self.input, |line, out| {
            let found = runtime.block_on(decide(&classifier, &line.text, hint))?;
            lines::answer(out, &answer(line.id, &found))
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn decide(
    classifier: &Arc<dyn RootCauseClassifier>,
    text: &str,
    hint: Language,
) -> Result<Classification> {
    Ok(classifier.classify(text, hint).await?)
}

fn answer(id: serde_json::Value, found: &Classification) -> Answer<'_> {
    let causes = found.causes.iter().map(
        |cause| json!({ "root_cause": cause.root_cause.as_str(), "score": rounded(cause.score) }),
    );
    Answer {
        id,
        language: found.language.code(),
        root_cause: found.root_cause.as_str(),
        confidence: rounded(found.confidence),
        causes: causes.collect(),
        evidence: &found.evidence,
    }
}

/// Four digits: more would claim a precision that no calibration has.
pub(super) fn rounded(confidence: Confidence) -> f64 {
    (f64::from(confidence.value()) * 10_000.0).round() / 10_000.0
}
