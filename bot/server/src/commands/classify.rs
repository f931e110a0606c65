use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use mostik_taxonomy::{Classification, Confidence, MessageJudge};
use mostik_text::understanding;
use serde::Serialize;

use super::{Place, lines};
use crate::{config::Config, wiring};

/// Customers' messages to root causes.
#[derive(Debug, Args)]
#[command(
    after_help = "Beside the cause each line tells what the customer wants (kind), criticality, complexity, \
risk of leaving (contact_risk), and the products and orders it names (mentions)."
)]
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
pub(super) enum Engine {
    /// On this machine
    Local,
    /// A language model, as configured
    Openai,
}

impl Engine {
    /// The configuration with the chosen engine in the place of its own.
    pub(super) fn chosen(engine: Option<Self>, mut config: Config) -> Config {
        match engine {
            Some(Self::Local) => "local".clone_into(&mut config.classifier.engine),
            Some(Self::Openai) => "openai".clone_into(&mut config.classifier.engine),
            None => {}
        }
        config
    }

    /// How many texts are worth having under way: a server answers slowly, but
    /// many at once.
    pub(super) fn threads(config: &Config) -> usize {
        const ASKED_AT_ONCE: usize = 8;
        match config.classifier.engine.as_str() {
            "openai" => ASKED_AT_ONCE,
            _ => lines::cores(),
        }
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a serde_json::Value,
    language: &'static str,
    root_cause: &'a str,
    confidence: f64,
    causes: Vec<Cause<'a>>,
    evidence: &'a [String],
    kind: &'static str,
    criticality: &'static str,
    complexity: &'static str,
    contact_risk: &'static str,
    mentions: Vec<Named<'a>>,
}

/// A product or an order that the message names.
#[derive(Serialize)]
struct Named<'a> {
    what: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct Cause<'a> {
    root_cause: &'a str,
    score: f64,
}

impl Classify {
    /// Reading and writing block; the classifier may wait for a server.
    pub(super) fn run(self, runtime: &tokio::runtime::Runtime) -> Result<ExitCode> {
        let config = Engine::chosen(self.classifier, self.place.config()?);
        let _entered = runtime.enter();
        let classifier = wiring::root_causes(&config, &self.place.data)?;
        let judge = wiring::judge()?;
        let (handle, hint) = (runtime.handle().clone(), config.language()?);
        lines::answer_together(&self.input, Engine::threads(&config), move |lines| {
            let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
            let found = handle.block_on(classifier.classify_each(&texts, hint));
            let told = lines.iter().zip(found);
            told.map(|(line, found)| lines::answer(&answer(&line.id, &line.text, &found?, &judge)))
                .collect()
        })
    }
}

fn answer<'a>(
    id: &'a serde_json::Value,
    text: &'a str,
    found: &'a Classification,
    judge: &impl MessageJudge,
) -> Answer<'a> {
    let judged = found.judgement.unwrap_or_else(|| judge.judge(text));
    let named = understanding::mentions(text, &[]).into_iter().filter_map(|mention| {
        Some(Named { what: mention.what.as_str(), text: text.get(mention.span)? })
    });
    let causes = found
        .causes
        .iter()
        .map(|cause| Cause { root_cause: cause.root_cause.as_str(), score: rounded(cause.score) });
    Answer {
        id,
        language: found.language.code(),
        root_cause: found.root_cause.as_str(),
        confidence: rounded(found.confidence),
        causes: causes.collect(),
        evidence: &found.evidence,
        kind: judged.kind.as_str(),
        criticality: judged.criticality.as_str(),
        complexity: judged.complexity.as_str(),
        contact_risk: judged.contact_risk.as_str(),
        mentions: named.collect(),
    }
}

/// Four digits: more would claim a precision that no calibration has.
pub(super) fn rounded(confidence: Confidence) -> f64 {
    (f64::from(confidence.value()) * 10_000.0).round() / 10_000.0
}
