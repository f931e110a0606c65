use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use mostik_taxonomy::StageVerdict;
use serde_json::json;

use super::{
    Place,
    classify::{Engine, rounded},
    lines,
};
use crate::wiring;

/// Owner-side comments to stages.
#[derive(Debug, Args)]
pub(super) struct Stage {
    /// A file of lines {"id","text"}, or texts; without any, standard input
    input: Vec<String>,
    /// Who decides; by default as configured
    #[arg(long)]
    classifier: Option<Engine>,
    #[command(flatten)]
    place: Place,
}

impl Stage {
    /// Reading and writing block; the classifier may wait for a server.
    pub(super) fn run(self, runtime: &tokio::runtime::Runtime) -> Result<ExitCode> {
        let config = Engine::chosen(self.classifier, self.place.config()?);
        let _entered = runtime.enter();
        let classifier = wiring::stages(&config, &self.place.data)?;
        let handle = runtime.handle().clone();
        lines::answer_each(&self.input, Engine::threads(&config), move |line| {
            let found = handle.block_on(classifier.stage(&line.text))?;
            answer(&line.id, &found)
        })
    }
}

fn answer(id: &serde_json::Value, found: &StageVerdict) -> Result<String> {
    lines::answer(&json!({
        "id": id,
        "stage": found.stage.as_str(),
        "confidence": rounded(found.confidence),
    }))
}
